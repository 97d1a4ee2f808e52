package memory

import (
	"cmp"
	"slices"

	"shangquan/services/search/text"
)

// Typos are allowed in Latin letters only: one from five letters on, two from nine, never in the first.
const (
	oneTypo     = 5
	twoTypos    = 9
	maxVariants = 48
)

func typosIn(n int) int {
	switch {
	case n >= twoTypos:
		return 2
	case n >= oneTypo:
		return 1
	}
	return 0
}

// vary finds the words and readings that w may be a mistyped beginning of, and the documents that hold them.
func (x *index) vary(w *want, into set) {
	most := typosIn(w.Len())
	if w.Kind != text.Latin || most == 0 {
		return
	}
	type candidate struct {
		text   string
		pinyin bool
	}
	best := map[candidate]int{}
	look := func(d *dict, pinyin bool) {
		d.letter(w.Text[0], func(key string, p *posting) {
			if typos, n := distance(w.Text, key, most); typos > 0 && typos <= most {
				p.orInto(into)
				best[candidate{key[:n], pinyin}] = typos
			}
		})
	}
	look(x.words, false)
	look(x.pinyin, true)
	w.variants = w.variants[:0]
	for c, typos := range best {
		v := wantOf(text.Term{Kind: text.Latin, Text: c.text})
		w.variants = append(w.variants, variant{&v, c.pinyin, typos})
	}
	slices.SortFunc(w.variants, func(a, b variant) int {
		return cmp.Or(a.typos-b.typos, cmp.Compare(a.want.Text, b.want.Text))
	})
	w.variants = w.variants[:min(len(w.variants), maxVariants)]
}

// distance returns the least number of typos (a letter wrong, missing, too many, or two swapped) that turn s into a
// beginning of key, and how long that beginning is; more than most when there is none.
func distance(s, key string, most int) (typos, n int) {
	const limit = 72
	if len(s) >= limit || len(key) < len(s)-most {
		return most + 1, 0
	}
	key = key[:min(len(key), len(s)+most)]
	var rows [3][limit + 4]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(key) + 1 {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row[0] = i
		least := i
		for j := 1; j <= len(key); j++ {
			cost := 1
			if s[i-1] == key[j-1] {
				cost = 0
			}
			v := min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == key[j-2] && s[i-2] == key[j-1] {
				v = min(v, before[j-2]+1)
			}
			row[j] = v
			least = min(least, v)
		}
		if least > most {
			return most + 1, 0
		}
		before, last, row = last, row, before
	}
	typos = most + 1
	for j := 1; j <= len(key); j++ {
		if last[j] <= typos {
			typos, n = last[j], j
		}
	}
	return typos, n
}
