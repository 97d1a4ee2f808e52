package storetest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"shangquan/services/store"
)

// lists edits lists of values that look like what an engine might join them with, and leaves them alone in other edits: afterwards a
// document is found by what stands in its lists and by nothing else.
func (s *suite) lists(t *testing.T) {
	c := shops(s.open(t))
	texts := []string{"a", "b", "ab", "a\x1fb", "a:b", "1:a", "1:a1:b", "2:ab", "", ":", ",", "药店", "药", "店", "\U0001F9CB", "10", "9"}
	r := rand.New(rand.NewPCG(7, 7))
	some := func() []string {
		var out []string
		for range r.IntN(4) {
			out = append(out, texts[r.IntN(len(texts))])
		}
		return out
	}
	shop := insert(t, c, Shop{Slug: "a", Tags: []string{"a\x1fb"}})[0]
	pairs := [][]string{{"a", "b"}, {"a:b"}, {"1:a1:b"}, {"a", "b", "b"}, {"2:ab"}, {"ab"}, {}, {""}}
	for range 60 {
		pairs = append(pairs, some())
	}
	for _, tags := range pairs {
		must[Shop](t)(c.Update(t.Context(), shop.ID, 0, func(d *Shop) error { d.Tags = tags; return nil }))
		must[Shop](t)(c.Update(t.Context(), shop.ID, 0, func(d *Shop) error { d.Years = append(d.Years, 1); return nil })) // nothing it is found by
		for _, x := range texts {
			if got, want := must[int](t)(c.Count(t.Context(), store.Where("tags", store.Eq, x))) == 1, slices.Contains(tags, x); got != want {
				t.Fatalf("with tags %q it is found by %q: %v, want %v", tags, x, got, want)
			}
		}
	}
}
