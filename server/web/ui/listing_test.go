package ui

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"shangquan/services/lang"
)

func TestMark(t *testing.T) {
	const text = "云间面馆" // three bytes a character
	for _, tt := range []struct {
		name string
		hits [][2]int
		want []Part
	}{
		{"none", nil, []Part{{text, false}}},
		{"in the middle", [][2]int{{3, 6}}, []Part{{"云", false}, {"间", true}, {"面馆", false}}},
		{"whole", [][2]int{{0, 12}}, []Part{{text, true}}},
		{"two", [][2]int{{0, 3}, {9, 12}}, []Part{{"云", true}, {"间面", false}, {"馆", true}}},
		{"touching", [][2]int{{0, 3}, {3, 6}}, []Part{{"云", true}, {"间", true}, {"面馆", false}}},
		{"overlapping", [][2]int{{0, 6}, {3, 9}}, []Part{{"云间", true}, {"面馆", false}}},
		{"inside a character", [][2]int{{1, 6}}, []Part{{text, false}}},
		{"beyond the end", [][2]int{{6, 15}}, []Part{{text, false}}},
		{"empty", [][2]int{{3, 3}}, []Part{{text, false}}},
		{"negative", [][2]int{{-3, 3}}, []Part{{text, false}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Mark(text, lang.Hans, tt.hits).Parts); diff != "" {
				t.Errorf("Mark (-want +got):\n%s", diff)
			}
		})
	}
	if got := Plain("", lang.Hans).Parts; got == nil || len(got) != 0 {
		t.Errorf("Plain(\"\") has parts %v", got)
	}
}

// Whatever ranges come in, the text stays whole.
func TestMarkKeepsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		end := rapid.IntRange(-2, len(text)+2)
		var hits [][2]int
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			hits = append(hits, [2]int{end.Draw(t, "from"), end.Draw(t, "to")})
		}
		if got := Mark(text, lang.Hans, hits).String(); got != text {
			t.Fatalf("Mark(%q, %v) reads %q", text, hits, got)
		}
	})
}

func TestPlateSizes(t *testing.T) {
	for number, want := range map[string]string{"218": "", "3": "", "B1-12": "mid", "1F-06": "mid", "265弄3": "tiny", "L3-A128": "tiny", "": ""} {
		if got := (Plate{Number: number}).NumberClass(); got != want {
			t.Errorf("NumberClass(%q) = %q, want %q", number, got, want)
		}
	}
	for number, want := range map[string]string{"01-2、01-3、01-4": "01-2…", "106-1、106-2": "106-1、106-2", "265弄3": "265弄3", "": ""} {
		if got := (Plate{Number: number}).Shown(); got != want {
			t.Errorf("Shown of %q = %q, want %q", number, got, want)
		}
	}
	for top, want := range map[string]bool{"中山中路": false, "中山中路路": false, "人民南路谷阳北路": true} {
		if got := (Plate{Top: top}).LongTop(); got != want {
			t.Errorf("LongTop(%q) = %v, want %v", top, got, want)
		}
	}
}

func TestNewPager(t *testing.T) {
	href := func(n int) string { return fmt.Sprintf("?page=%d", n) }
	got := NewPager(2, 1, 3, []int{1, 2, 3, 0, 9}, href)
	want := Pager{
		Pages:    []PageLink{{1, "?page=1", false, false}, {2, "?page=2", true, false}, {3, "?page=3", false, false}, {Gap: true}, {9, "?page=9", false, false}},
		Previous: "?page=1", Next: "?page=3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("NewPager (-want +got):\n%s", diff)
	}
	if got := NewPager(1, 0, 0, nil, href); got.Previous != "" || got.Next != "" || got.Pages == nil {
		t.Errorf("NewPager of one page = %+v", got)
	}
}

// A code drawn as runs has to cover exactly its dark modules.
func TestNewQR(t *testing.T) {
	dark := func(x, y int) bool { return (x*7+y*3+x*y)%5 < 2 }
	const size = 21
	q := NewQR(size, dark)
	if q.ViewBox != "-4 -4 29 29" {
		t.Errorf("ViewBox = %q, want a margin of 4 modules on every side", q.ViewBox)
	}
	var painted [size][size]bool
	for run := range strings.SplitSeq(strings.TrimSuffix(q.Path, "z"), "z") {
		var x, y, w, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &w, &back); err != nil || w != back {
			t.Fatalf("run %q: %v", run, err)
		}
		for i := range w {
			painted[y][x+i] = true
		}
	}
	for y := range size {
		for x := range size {
			if painted[y][x] != dark(x, y) {
				t.Fatalf("module %d,%d painted %v, want %v", x, y, painted[y][x], dark(x, y))
			}
		}
	}
}
