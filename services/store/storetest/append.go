package storetest

import (
	"fmt"
	"testing"

	"shangquan/services/store"
)

// Line is a document of a log.
type Line struct {
	store.Meta
	Key  string   `json:"key"`
	Tags []string `json:"tags"`
}

func (s *suite) appends(t *testing.T) {
	db := s.open(t)
	c := store.NewCollection[Line](db, "lines", store.Unique("key"), store.Multi("tags"))
	count := func() int { return must[int](t)(c.Count(t.Context(), store.All())) }
	lines := func(from, to int) []Line {
		out := []Line{}
		for i := from; i < to; i++ {
			out = append(out, Line{Meta: store.Meta{ID: fmt.Sprintf("%04d", i)}, Key: fmt.Sprint("k", i), Tags: []string{"x", fmt.Sprint(i)}})
		}
		return out
	}
	before := must[int64](t)(c.Revision(t.Context()))
	ok(t, c.Append(t.Context(), nil))
	list := lines(0, 60)
	ok(t, c.Append(t.Context(), list))
	if count() != 60 || list[59].Rev != 1 || list[59].CreatedAt.IsZero() {
		t.Errorf("Append of 60 left %d, the last as %+v", count(), list[59].Meta)
	}
	if must[int64](t)(c.Revision(t.Context())) == before {
		t.Error("Append left the revision of the collection as it was")
	}

	// What is stored after an error is a beginning of what was given, whatever the reason.
	for name, clash := range map[string]Line{"id": {Meta: store.Meta{ID: "0003"}, Key: "free"}, "key": {Meta: store.Meta{ID: "0900"}, Key: "k3"}} {
		next := append(lines(60, 65), append([]Line{clash}, lines(65, 70)...)...)
		s.conflictOn(t, "Append of a taken "+name, c.Append(t.Context(), next), name)
		n := count()
		for i := 60; i < 70; i++ {
			_, err := c.Get(t.Context(), fmt.Sprintf("%04d", i))
			if there := err == nil; there != (i < n) {
				t.Errorf("after an Append that failed at a taken %s there are %d lines, and line %d is there: %v", name, n, i, there)
			}
		}
		for i := 60; i < n; i++ {
			line := must[Line](t)(c.Get(t.Context(), fmt.Sprintf("%04d", i)))
			must[int](t)(c.Erase(t.Context(), line))
		}
	}
}
