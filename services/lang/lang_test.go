package lang_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"shangquan/services/lang"
)

func TestTextFallsBackToTheLanguageOfRecord(t *testing.T) {
	x := lang.Text{Hans: "余天成", Hant: "餘天成"}
	for _, c := range []struct {
		in   lang.Tag
		want string
		tag  lang.Tag
	}{{lang.Hans, "余天成", lang.Hans}, {lang.Hant, "餘天成", lang.Hant}, {lang.En, "余天成", lang.Hans}} {
		if got, tag := x.In(c.in); got != c.want || tag != c.tag {
			t.Errorf("In(%s) = %s %s", c.in, got, tag)
		}
	}
	if x.IsZero() || !(lang.Text{}).IsZero() {
		t.Error("IsZero")
	}
}

func TestParseAndPaths(t *testing.T) {
	for s, want := range map[string]lang.Tag{"zh-hans": lang.Hans, "ZH-HANT": lang.Hant, "en": lang.En} {
		if got, ok := lang.Parse(s); !ok || got != want {
			t.Errorf("Parse(%s) = %s", s, got)
		}
	}
	for _, s := range []string{"", "zh", "fr", "en-GB"} {
		if got, ok := lang.Parse(s); ok {
			t.Errorf("Parse(%q) = %s", s, got)
		}
	}
	for _, c := range []struct {
		path string
		tag  lang.Tag
		rest string
	}{
		{"/", lang.Hans, "/"},
		{"/shops/x", lang.Hans, "/shops/x"},
		{"/en", lang.En, "/"},
		{"/en/", lang.En, "/"},
		{"/en/shops/x", lang.En, "/shops/x"},
		{"/zh-hant/night", lang.Hant, "/night"},
		{"/english", lang.Hans, "/english"},
		{"/zh-hans", lang.Hans, "/zh-hans"},
	} {
		if tag, rest := lang.FromPath(c.path); tag != c.tag || rest != c.rest {
			t.Errorf("FromPath(%s) = %s %s", c.path, tag, rest)
		}
	}
	for _, tag := range lang.Tags {
		if got, rest := lang.FromPath(tag.Prefix() + "/shops"); got != tag || rest != "/shops" {
			t.Errorf("%s: %s %s", tag, got, rest)
		}
	}
}

func TestPinyin(t *testing.T) {
	for in, want := range map[string]string{
		"余天成堂药号":         "yu tian cheng tang yao hao",
		"餘天成":            "yu tian cheng",
		"重庆小面":           "chong qing xiao mian",
		"长桥羊肉面":          "chang qiao yang rou mian",
		"中国建设银行":         "zhong guo jian she yin hang",
		"乐都路":            "le du lu",
		"莘松路":            "xin song lu",
		"长者食堂":           "zhang zhe shi tang",
		"绿苑":             "lv yuan",
		"7-ELEVEn（谷阳路店）": "7 eleven gu yang lu dian",
		"Häagen-Dazs":    "haagen dazs",
		"McDonald's":     "mcdonalds",
		"ＫＦＣ":            "kfc",
		"！？":             "",
		"361°运动":         "361 yun dong",
	} {
		if got := strings.Join(lang.Pinyin(in), " "); got != want {
			t.Errorf("%s = %s, want %s", in, got, want)
		}
	}
}

func TestSortOrder(t *testing.T) {
	names := []string{"周大福", "重庆小面", "Manner Coffee", "草庐酱菜", "长桥面", "7-ELEVEn", "余天成"}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(lang.SortKey(a, ""), lang.SortKey(b, "")) })
	if want := []string{"7-ELEVEn", "草庐酱菜", "长桥面", "重庆小面", "Manner Coffee", "余天成", "周大福"}; !slices.Equal(names, want) {
		t.Errorf("got %v", names)
	}
	if got := lang.SortKey("乐坊", "Yue Fang"); got != "yue fang" {
		t.Errorf("the given reading was not used: %s", got)
	}
}

func TestSlugs(t *testing.T) {
	for in, want := range map[string]string{"余天成堂": "yu-tian-cheng-tang", "7-ELEVEn（谷阳路店）": "7-eleven-gu-yang-lu-dian", "☕": ""} {
		if got := lang.SlugOf(in); got != want {
			t.Errorf("%s = %q", in, got)
		}
	}
	for _, s := range []string{"", "-", "a-", "-a", "a--b", "A", "a b", "店", "a/b", "..", strings.Repeat("a", lang.MaxSlug+1)} {
		if lang.Slug(s) {
			t.Errorf("%q passed", s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := lang.SlugOf(rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("余天成重长乐A1é-' ")))).Draw(t, "text"))
		if s != "" && !lang.Slug(s) {
			t.Fatalf("%q is no slug", s)
		}
		if len(s) > 60 {
			t.Fatalf("%q leaves no room", s)
		}
	})
}

// TestLimits: length and letters of a field have bounds in one place. INP-02.
func TestLimits(t *testing.T) {
	line, must, prose := lang.Limit{Max: 4}, lang.Limit{Max: 4, Must: true}, lang.Limit{Max: 9, Prose: true}
	for _, c := range []struct {
		name string
		l    lang.Limit
		in   string
		key  string
	}{
		{"empty", line, "", ""},
		{"empty but needed", must, "", "error.text.empty"},
		{"blank", line, "  ", "error.text.empty"},
		{"four", line, "余天成堂", ""},
		{"five", line, "余天成堂药", "error.text.long"},
		{"line feed", line, "a\nb", "error.text.control"},
		{"line feed in prose", prose, "a\nb", ""},
		{"tab in prose", prose, "a\tb", "error.text.control"},
		{"NUL", line, "a\x00", "error.text.control"},
		{"override", line, "a\u202eb", "error.text.control"},
		{"isolate", line, "a\u2066b", "error.text.control"},
		{"mark", line, "a\u200fb", "error.text.control"},
		{"not NFC", line, "e\u0301", "error.text.encoding"},
		{"not UTF-8", line, "a\xff", "error.text.encoding"},
		{"lost character", line, "a\ufffd", "error.text.control"},
	} {
		got := c.l.Check("f", c.in)
		if c.key == "" && len(got) != 0 || c.key != "" && (len(got) != 1 || got[0].Key != c.key || got[0].Name != "f") {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if got := must.CheckText("name", lang.Text{Hant: "\u0000", En: "abcde"}); len(got) != 3 || got[1].Name != "name.hant" || got[2].Name != "name.en" {
		t.Errorf("got %v", got)
	}
}

// TestCleanIsStableAndPasses: what Clean returns has nothing left to clean, and no check refuses it. INP-02.
func TestCleanIsStableAndPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		c := lang.Clean(s)
		if lang.Clean(c) != c {
			t.Fatalf("%q is not stable", c)
		}
		unsafe := strings.ContainsFunc(c, lang.Unsafe)
		if got := (lang.Limit{Max: utf8.RuneCountInString(c)}).Check("f", c); (len(got) > 0) != unsafe {
			t.Fatalf("%q: %v", c, got)
		}
	})
}
