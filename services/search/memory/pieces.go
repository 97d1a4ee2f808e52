package memory

import (
	"strings"

	"shangquan/services/search/text"
)

// seams is how many pairs a run loses when its pieces stand in different places: one, or two where it is long enough for
// three pieces.
func seams(w *want) int {
	switch n := len(w.Grams) + 1; {
	case n >= 6:
		return 2
	case n >= 4:
		return 1
	}
	return 0
}

// splitMax bounds the characters of a run that is tried in pieces.
const splitMax = 24

// splitPoints returns the points of a run of Chinese typed without spaces whose pieces, of two characters and more, stand
// in different places: 松江万达星巴克 is a plaza and a name. Two or three pieces.
func (r *record) splitPoints(w *want) int {
	s := w.Text
	n := len(w.Grams) + 1
	if w.Kind != text.Han || n < 4 || n > splitMax {
		return 0
	}
	cut := make([]int, 0, n+1)
	for i := range s {
		cut = append(cut, i)
	}
	best := 0
	for i := 2; i <= n-2; i++ {
		left := r.hanPoints(s[:cut[i]], false)
		if left == 0 {
			break // a longer piece is not there either
		}
		if right := r.hanPoints(s[cut[i]:], false); right > 0 {
			best = max(best, (left+right)/2)
		}
		for j := i + 2; j <= n-2; j++ {
			middle := r.hanPoints(s[cut[i]:cut[j]], false)
			if middle == 0 {
				break
			}
			if right := r.hanPoints(s[cut[j]:], false); right > 0 {
				best = max(best, (left+middle+right)/3)
			}
		}
	}
	return best
}

// fuzzyPoints returns the points of a run of Chinese with one wrong character: all but two of its pairs stand in the name
// or in one alias.
func (r *record) fuzzyPoints(w *want) int {
	if w.Kind != text.Han || len(w.Grams) < 2 {
		return 0
	}
	best := 0
	if n := missing(r.name.folded, w.Grams); n <= mayMiss(w) {
		best = fuzzyName - perTypo*n
	}
	for i := range r.aliases {
		if n := missing(r.aliases[i].folded, w.Grams); n <= mayMiss(w) {
			best = max(best, fuzzyAlias-perTypo*n)
		}
	}
	return best
}

// mayMiss is how many pairs one wrong character spoils, of which at least one must be left.
func mayMiss(w *want) int { return min(2, len(w.Grams)-1) }

func missing(s string, grams []string) int {
	n := 0
	for _, g := range grams {
		if !strings.Contains(s, g) {
			n++
		}
	}
	return n
}
