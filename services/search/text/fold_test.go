package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"餘廣醫發點滬陽號園麵":          "余广医发点沪阳号园面",
		"頭電藝雲鐘鐵萬葉體廬總備優達麗寶":    "头电艺云钟铁万叶体庐总备优达丽宝",
		"ＫＦＣ　１２":              "kfc 12",
		"Häagen-Dazs Café":    "haagen-dazs cafe",
		"Cafe\u0301 Mu\u0308": "cafe mu",
		"ŁÓDŹ Straße ØRE":     "lodz strase ore",
		"鲜の果 々〇":              "鲜の果 々〇",
		"\u0000a\u200b":       " a\u200b",
		"\uFA10":              "冢", // a compatibility ideograph of 塚
		"👨‍👩‍👧":               "👨‍👩‍👧",
	} {
		if got := FoldString(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
		if got := string(Fold(in).Runes); got != want {
			t.Errorf("%q folds with places to %q, want %q", in, got, want)
		}
	}
}

func TestTableOfTraditionalCharacters(t *testing.T) {
	n := 0
	for line := range strings.Lines(tsTable) {
		pair := []rune(strings.TrimSpace(line))
		if len(pair) != 2 || FoldString(string(pair[0])) == string(pair[0]) {
			t.Errorf("bad pair %q", line)
		}
		n++
	}
	if n != 2966 {
		t.Errorf("%d pairs, want 2966", n)
	}
}

func TestFoldLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		f := Fold(s)
		if len(f.At) != len(f.Runes)+1 || f.At[len(f.Runes)] != len(s) {
			t.Fatalf("%q: %d places for %d characters", s, len(f.At), len(f.Runes))
		}
		for i, at := range f.At {
			if at < len(s) && !utf8.RuneStart(s[at]) || i > 0 && at < f.At[i-1] {
				t.Fatalf("%q: place %d is %d", s, i, at)
			}
		}
		once := FoldString(s)
		if twice := FoldString(once); Key(twice) != Key(once) {
			t.Fatalf("%q folds to %q and then to %q", s, once, twice)
		}
	})
}

func TestTokenise(t *testing.T) {
	for in, want := range map[string]Tokens{
		"余天成堂":          {Grams: []string{"余天", "天成", "成堂"}, Uni: []string{"余", "天", "成", "堂"}},
		"余":             {Grams: []string{"余"}, Uni: []string{"余"}},
		"Häagen-Dazs":   {Words: []string{"haagendazs", "haagen", "dazs"}},
		"H&M":           {Words: []string{"hm", "h", "m"}},
		"7-ELEVEn":      {Words: []string{"7eleven", "7", "eleven"}},
		"3C":            {Words: []string{"3c", "3", "c"}},
		"McDonald’s":    {Words: []string{"mcdonalds", "mcdonald", "s"}},
		"luckin coffee": {Words: []string{"luckin", "coffee", "luckincoffee"}},
		"361°":          {Words: []string{"361"}},
		"- & '":         {},
		"中山中路123号":      {Grams: []string{"中山", "山中", "中路", "号"}, Uni: []string{"中", "山", "中", "路", "号"}, Words: []string{"123"}},
		"鲜の果":           {Grams: []string{"鲜の", "の果"}, Uni: []string{"鲜", "の", "果"}},
	} {
		got := Tokenise(in)
		if strings.Join(got.Grams, " ") != strings.Join(want.Grams, " ") || strings.Join(got.Uni, " ") != strings.Join(want.Uni, " ") ||
			strings.Join(got.Words, " ") != strings.Join(want.Words, " ") {
			t.Errorf("%q: %+v, want %+v", in, got, want)
		}
	}
}
