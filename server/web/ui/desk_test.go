package ui

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestDiff(t *testing.T) {
	for _, tt := range []struct{ before, after, old, next string }{
		{"云间面馆", "云间面馆（总店）", "云间面馆", "云间面馆[（总店）]"},
		{"中山中路 218 号", "中山中路 220 号", "中山中路 2[18] 号", "中山中路 2[20] 号"},
		{"", "Yunjian", "", "[Yunjian]"},
		{"传真", "", "[传真]", ""},
		{"一样", "一样", "一样", "一样"},
		{"早市面馆，现做", "早市面馆，手工现做，可外带", "早市面馆，现做", "早市面馆，[手工]现做[，可外带]"},
	} {
		old, next := Diff(tt.before, tt.after)
		if a, b := marked(old), marked(next); a != tt.old || b != tt.next {
			t.Errorf("%q → %q: %s | %s", tt.before, tt.after, a, b)
		}
	}
}

func marked(parts []DiffPart) string {
	var b strings.Builder
	for _, p := range parts {
		if p.Changed {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// The parts are the texts, and what is not marked is the same in both.
func TestDiffLaw(t *testing.T) {
	text := rapid.StringMatching(`[ab云间面 ]{0,12}`)
	rapid.Check(t, func(t *rapid.T) {
		before, after := text.Draw(t, "before"), text.Draw(t, "after")
		old, next := Diff(before, after)
		join := func(parts []DiffPart, all bool) string {
			s := ""
			for _, p := range parts {
				if all || !p.Changed {
					s += p.Text
				}
			}
			return s
		}
		if join(old, true) != before || join(next, true) != after {
			t.Fatalf("%v %v", old, next)
		}
		if diff := cmp.Diff(join(old, false), join(next, false)); diff != "" {
			t.Fatal(diff)
		}
		f := NewCompareField("", before, after)
		if f.Changed() != (before != after) {
			t.Fatalf("changed: %v %v", old, next)
		}
	})
}

func TestDiffOfLongTexts(t *testing.T) {
	old, next := Diff(strings.Repeat("甲", 5000), strings.Repeat("乙", 5000))
	if len(old) != 1 || !old[0].Changed || len(next) != 1 || !next[0].Changed {
		t.Error("long texts that share nothing are marked whole")
	}
}
