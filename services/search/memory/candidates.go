package memory

import (
	"strings"

	"shangquan/services/search/text"
)

// strict returns the documents that may hold the term; scoring decides.
func (x *index) strict(w *want) set {
	s := newSet(len(x.recs))
	if w.Kind == text.Han {
		x.allGrams(w, s)
		return s
	}
	x.words.prefix(w.Text, w.Kind == text.Digits && !w.Last, s)
	if w.Pinyin {
		x.pinyin.prefix(w.Text, false, s)
	}
	if w.Initials {
		x.initials.prefix(w.Text, false, s)
	}
	if w.Phone() {
		for d, digits := range x.phone {
			if strings.Contains(digits, w.Text) {
				s.add(uint32(d))
			}
		}
	}
	return s
}

// allGrams adds the documents that have every pair of the term, the rarest pair first.
func (x *index) allGrams(w *want, s set) {
	postings := make([]*posting, 0, len(w.Grams))
	for _, g := range w.Grams {
		p := x.grams[gramOf(g)]
		if p == nil {
			return
		}
		postings = append(postings, p)
		if n := len(postings) - 1; p.size() < postings[0].size() {
			postings[0], postings[n] = postings[n], postings[0]
		}
	}
	postings[0].orInto(s)
	for _, p := range postings[1:] {
		other := newSet(len(x.recs))
		p.orInto(other)
		s.and(other)
	}
}

// loose returns the documents that have all but so many pairs of a run of Chinese, and for other terms those with typos.
func (x *index) loose(w *want, miss int) set {
	if w.Kind != text.Han || len(w.Grams) < 2 {
		s := x.strict(w)
		x.vary(w, s)
		return s
	}
	counts := make([]uint8, len(x.recs))
	tmp := newSet(len(x.recs))
	for _, g := range w.Grams {
		if p := x.grams[gramOf(g)]; p != nil {
			clear(tmp)
			p.orInto(tmp)
			tmp.each(func(d uint32) bool { counts[d]++; return true })
		}
	}
	out := newSet(len(x.recs))
	for d, n := range counts {
		if int(n) >= len(w.Grams)-miss {
			out.add(uint32(d))
		}
	}
	return out
}
