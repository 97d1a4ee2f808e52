package locales_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/services/lang"
)

func mustLoad(t testing.TB) *locales.Catalogue {
	t.Helper()
	c, err := locales.Load(frontend.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadRefuses(t *testing.T) {
	whole := func() fstest.MapFS {
		m := fstest.MapFS{}
		for _, l := range lang.Tags {
			m["locales/"+string(l)+"/common.toml"] = &fstest.MapFile{Data: []byte("[a]\nb = \"x\"\n")}
		}
		return m
	}
	if _, err := locales.Load(whole()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, want string
		change     func(fstest.MapFS)
	}{
		{"a language without catalogue", "language en", func(m fstest.MapFS) { delete(m, "locales/en/common.toml") }},
		{"a key in two files", "a.b is in another file", func(m fstest.MapFS) {
			m["locales/zh-Hans/shop.toml"] = &fstest.MapFile{Data: []byte("[a]\nb = \"y\"\n")}
		}},
		{"not TOML", "locales/zh-Hant/common.toml", func(m fstest.MapFS) {
			m["locales/zh-Hant/common.toml"] = &fstest.MapFile{Data: []byte("[a")}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := whole()
			tt.change(m)
			if _, err := locales.Load(m); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Load = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestSay(t *testing.T) {
	c := mustLoad(t)
	for _, tt := range []struct {
		name string
		say  func() (string, error)
		want string // "" means an error
	}{
		{"plain", func() (string, error) { return c.In(lang.Hans).Say("status.open") }, "营业中"},
		{"placeholder", func() (string, error) { return c.In(lang.En).Say("hours.closes", "Time", "21:30") }, "closes 21:30"},
		{"traditional", func() (string, error) { return c.In(lang.Hant).Say("status.unk") }, "時間待核對"},
		{"one", func() (string, error) { return c.In(lang.En).Count("error.count", 1) }, "1 thing to fix"},
		{"many", func() (string, error) { return c.In(lang.En).Count("error.count", 3) }, "3 things to fix"},
		{"many in Chinese", func() (string, error) { return c.In(lang.Hans).Count("error.count", 3) }, "有 3 处要改"},
		{"unknown language", func() (string, error) { return c.In("fr").Say("status.open") }, "营业中"},
		{"from a fault", func() (string, error) { return c.In(lang.Hans).With("hours.closes", map[string]any{"Time": "9:00"}) }, "9:00 打烊"},
		{"the part that cannot be read", func() (string, error) {
			return c.In(lang.Hans).With("hours.parse.unexpected", map[string]any{"pos": 3, "near": "吧"})
		}, "第 3 个字“吧”起看不懂，像 9:00-21:30 这样写"},
		{"nothing left to show", func() (string, error) {
			return c.In(lang.En).With("hours.parse.unexpected", map[string]any{"pos": 3, "near": ""})
		}, "This is not finished; write it like 9:00-21:30"},
		{"a pause without end", func() (string, error) {
			return c.In(lang.Hans).With("hours.dates", map[string]any{"from": "昨天", "to": ""})
		}, "日期“昨天”不对，写成 2026-10-18 这样，早的在前"},
		{"unknown key", func() (string, error) { return c.In(lang.Hans).Say("no.such.key") }, ""},
		{"missing value", func() (string, error) { return c.In(lang.Hans).Say("hours.closes") }, ""},
		{"odd arguments", func() (string, error) { return c.In(lang.Hans).Say("hours.closes", "Time") }, ""},
		{"name that is no text", func() (string, error) { return c.In(lang.Hans).Say("hours.closes", 1, 2) }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := tt.say()
			if got != tt.want || (err == nil) != (tt.want != "") {
				t.Errorf("= %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

var placeholder = regexp.MustCompile(`\{\{\.\w+\}\}|\{[a-z]+\}`)

// holes returns the placeholders of all forms of a message, each once.
func holes(forms []string) []string {
	found := []string{}
	for _, f := range forms {
		found = append(found, placeholder.FindAllString(f, -1)...)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestLanguagesAgree(t *testing.T) {
	c := mustLoad(t)
	hans := c.In(lang.Hans)
	for _, l := range []lang.Tag{lang.Hant, lang.En} {
		w := c.In(l)
		if diff := cmp.Diff(hans.Keys(), w.Keys()); diff != "" {
			t.Errorf("keys of zh-Hans (-) and %s (+):\n%s", l, diff)
		}
		for _, key := range hans.Keys() {
			if w.Has(key) && !slices.Equal(holes(hans.Forms(key)), holes(w.Forms(key))) {
				t.Errorf("%s: placeholders %v in zh-Hans, %v in %s", key, holes(hans.Forms(key)), holes(w.Forms(key)), l)
			}
		}
	}
}
