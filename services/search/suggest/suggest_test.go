package suggest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/search/searchtest"
	"shangquan/services/search/text"
)

func list() *List {
	return New([]Entry{
		{Text: "余天成堂药号", Kind: Shop, ID: "yutiancheng", Count: 1},
		{Text: "余天成药店", Kind: Alias, ID: "yutiancheng", Count: 1},
		{Text: "药店", Kind: Category, ID: "yaodian", Count: 7},
		{Text: "肯德基", Kind: Shop, Count: 2},
		{Text: "肯德基", Kind: Shop, Count: 3},
		{Text: "KFC", Kind: Alias, Count: 3},
		{Text: "重庆小面", Kind: Shop, Pinyin: "chong qing xiao mian", Count: 1},
		{Text: "长桥街", Kind: Street, ID: "changqiaojie", Count: 4},
		{Text: "H&M", Kind: Shop, Count: 1},
		{Text: "Pizza Hut 必胜客", Kind: Shop, Count: 1},
		{Text: "要紧", Kind: Service, Count: 9},
		{Text: "——", Kind: Service, Count: 9},
	})
}

func texts(s []Suggestion) string {
	var out []string
	for _, x := range s {
		out = append(out, fmt.Sprint(x.Kind, ":", x.Text))
	}
	return strings.Join(out, " ")
}

func TestComplete(t *testing.T) {
	l := list()
	for typed, want := range map[string]string{
		"余":          "shop:余天成堂药号 alias:余天成药店",
		"餘天成":        "shop:余天成堂药号 alias:余天成药店",
		"yut":        "shop:余天成堂药号 alias:余天成药店",
		"yu tian":    "shop:余天成堂药号 alias:余天成药店",
		"ytc":        "shop:余天成堂药号 alias:余天成药店",
		"ｙ":          "shop:余天成堂药号 category:药店 service:要紧 alias:余天成药店",
		"药":          "category:药店",
		"kfc":        "alias:KFC",
		"k":          "alias:KFC shop:肯德基",
		"chongq":     "shop:重庆小面",
		"zhongqing":  "",
		"zhangqiao":  "street:长桥街",
		"cq":         "shop:重庆小面 street:长桥街",
		"hm":         "shop:H&M",
		"h&m":        "shop:H&M",
		"hut":        "shop:Pizza Hut 必胜客",
		"bsk":        "shop:Pizza Hut 必胜客",
		"天成":         "",
		"":           "",
		" - ":        "",
		"nothing":    "",
		"<script>":   "",
		"余天成堂药号中山中路": "",
	} {
		if got := texts(l.Complete(typed, Max)); got != want {
			t.Errorf("%q: %s, want %s", typed, got, want)
		}
	}
	if got := l.Complete("ken", Max); len(got) != 1 || got[0].Count != 5 || !slices.Equal(got[0].Marks, []text.Span{{From: 0, To: 3}}) {
		t.Errorf("two entries of one name: %+v", got)
	}
	if l.Len() != 10 {
		t.Errorf("%d entries, want 10", l.Len())
	}
	if got := l.Complete("y", 2); len(got) != 2 {
		t.Errorf("two asked for, %d given", len(got))
	}
	if got := l.Complete("", 3); got == nil {
		t.Error("nothing is nil")
	}
}

func TestOrder(t *testing.T) {
	l := New([]Entry{
		{Text: "面馆", Kind: Category, Count: 2},
		{Text: "面店", Kind: Category, Count: 5},
		{Text: "面包房", Kind: Category, Count: 5},
		{Text: "面对面", Kind: Shop},
		{Text: "面路", Kind: Street, Count: 100},
	})
	if got, want := texts(l.Complete("面", Max)), "shop:面对面 category:面包房 category:面店 category:面馆 street:面路"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestEveryBeginningCompletes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringOfN(rapid.RuneFrom([]rune("余天成药店KFc1 长重")), 1, 6, -1), 1, Max).Draw(t, "names")
		var entries []Entry
		for _, n := range names {
			entries = append(entries, Entry{Text: n})
		}
		l := New(entries)
		name := rapid.SampledFrom(names).Draw(t, "name")
		runes := []rune(name)
		typed := string(runes[:rapid.IntRange(1, len(runes)).Draw(t, "n")])
		got := l.Complete(typed, Max)
		if text.Key(typed) != "" && !slices.ContainsFunc(got, func(s Suggestion) bool { return text.Key(s.Text) == text.Key(name) }) {
			t.Fatalf("%q does not complete to %q: %v", typed, name, texts(got))
		}
		if len(got) > Max {
			t.Fatalf("%d suggestions", len(got))
		}
	})
}

func BenchmarkComplete(b *testing.B) {
	var entries []Entry
	for _, l := range searchtest.District(5000, 42) {
		entries = append(entries, Entry{Text: text.Core(l.Name), Kind: Shop, Count: 1}, Entry{Text: l.Street.Terms[0], Kind: Street, Count: 1})
		for _, g := range l.Goods {
			entries = append(entries, Entry{Text: g, Kind: Service, Count: 1})
		}
	}
	l := New(entries)
	b.Logf("%d entries", l.Len())
	for _, typed := range []string{"y", "余", "yut", "ytc"} {
		b.Run(typed, func(b *testing.B) {
			for b.Loop() {
				l.Complete(typed, Max)
			}
		})
	}
}
