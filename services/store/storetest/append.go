package storetest

import (
	"fmt"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// Line is a document of a log: nobody follows it, so lines can be deleted.
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
			ok(t, c.Delete(t.Context(), fmt.Sprintf("%04d", i), 0))
		}
	}

	before = must[int64](t)(c.Revision(t.Context()))
	wantKind(t, "Delete with an old revision", c.Delete(t.Context(), "0001", 7), fault.Conflict)
	wantKind(t, "Delete of what is not there", c.Delete(t.Context(), "nothing", 0), fault.NotFound)
	if count() != 60 || must[int64](t)(c.Revision(t.Context())) != before {
		t.Error("a Delete that was refused changed something")
	}
	ok(t, c.Delete(t.Context(), "0001", 1))
	ok(t, c.Delete(t.Context(), "0002", 0))
	_, err := c.Get(t.Context(), "0001")
	wantKind(t, "Get of what was deleted", err, fault.NotFound)
	if must[int64](t)(c.Revision(t.Context())) == before {
		t.Error("Delete left the revision of the collection as it was")
	}
	if n := must[int](t)(c.Count(t.Context(), store.Where("tags", store.Eq, "1"))); n != 0 {
		t.Errorf("%d documents that were deleted are found by their list", n)
	}
	if n := must[int](t)(c.Count(t.Context(), store.Where("tags", store.Eq, "x"))); n != 58 {
		t.Errorf("%d lines are left, want 58", n)
	}
	// A deleted key is free again.
	ok(t, c.Insert(t.Context(), &Line{Meta: store.Meta{ID: "again"}, Key: "k1"}))

	followed := shops(db)
	shop := insert(t, followed, Shop{Slug: "followed"})[0]
	wantKind(t, "Delete of what others follow", followed.Delete(t.Context(), shop.ID, 0), fault.Internal)
}
