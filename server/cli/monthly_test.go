package cli

import (
	"maps"
	"strings"
	"testing"
	"time"

	"shangquan/services/insight"
	"shangquan/services/lang"
)

// The monthly letter says both months in words, leads to the figures, and says how to end it.
func TestMonthlyLetterInWords(t *testing.T) {
	catalogue, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	l := insight.Letter{
		Month: time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC), Shops: []insight.Shop{{ID: "a", Name: "老面馆"}},
		Now: insight.Counts{View: 301, Found: 41, Call: 12, Go: 7, Site: 5}, Before: insight.Counts{View: 290, Found: 38, Call: 15, Go: 9, Site: 6},
	}
	words := func(tag lang.Tag, l insight.Letter) string {
		args := monthlyArgs("https://shop.example", "TOKEN", l)
		maps.Copy(args, map[string]any{"Site": "商圈"})
		subject, text, err := catalogue.Mail(tag, "monthly", args)
		if err != nil {
			t.Fatal(err)
		}
		return subject + "\n" + text
	}
	for _, tag := range lang.Tags {
		got := words(tag, l)
		for _, want := range []string{"老面馆", "10", "301", "290", "41", "38", "12", "15", "7", "9", "5", "6", "https://shop.example/my/shops/a/insights", "https://shop.example/monthly/TOKEN"} {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %s in %s", tag, want, got)
			}
		}
	}
	l.Shops = append(l.Shops, insight.Shop{ID: "b", Name: "茶馆"})
	if got := words(lang.Hans, l); !strings.Contains(got, "老面馆等 2 家店 10 月") || !strings.Contains(got, "https://shop.example/my ") {
		t.Error(got)
	}
}
