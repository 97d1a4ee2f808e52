package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// drafts are shops that nobody follows.
func drafts(db store.DB) *store.Collection[Shop] {
	return store.NewCollection[Shop](db, "drafts", store.Unique("slug"), store.Index("rank"), store.Multi("tags"))
}

func (s *suite) erasing(t *testing.T) {
	db := s.open(t)
	c := drafts(db)
	all := insert(t, c, Shop{Slug: "a", Tags: []string{"x", "y"}}, Shop{Slug: "b", Tags: []string{"x"}}, Shop{Slug: "c"})
	newer := must[Shop](t)(c.Update(t.Context(), all[1].ID, 1, func(d *Shop) error { d.Rank = 1; return nil }))
	before := must[int64](t)(c.Revision(t.Context()))
	if n := must[int](t)(c.Erase(t.Context(), all[0], all[1], Shop{Meta: store.Meta{ID: "nobody", Rev: 1}})); n != 1 {
		t.Errorf("erased %d documents, want the one that is as it was read", n)
	}
	if must[int64](t)(c.Revision(t.Context())) == before {
		t.Error("erasing left the revision of the collection as it was")
	}
	_, err := c.Get(t.Context(), all[0].ID)
	wantKind(t, "Get of what was erased", err, fault.NotFound)
	if d := cmp.Diff(newer, must[Shop](t)(c.Get(t.Context(), newer.ID))); d != "" {
		t.Errorf("what was written meanwhile (-want +got):\n%s", d)
	}
	for tag, want := range map[string]int{"x": 1, "y": 0} {
		if n := must[int](t)(c.Count(t.Context(), store.Where("tags", store.Eq, tag))); n != want {
			t.Errorf("%d documents have the tag %q, want %d", n, tag, want)
		}
	}
	before = must[int64](t)(c.Revision(t.Context()))
	if n := must[int](t)(c.Erase(t.Context(), all[0])); n != 0 || must[int64](t)(c.Revision(t.Context())) != before {
		t.Errorf("erasing again removed %d documents, or counts as a change", n)
	}
	again := insert(t, c, Shop{Slug: "a"})[0] // the value is free
	must[int](t)(c.Erase(t.Context(), again, newer, all[2]))

	many := make([]Shop, 450)
	for i := range many {
		many[i].Slug, many[i].Tags = fmt.Sprint("many", i), []string{"m"}
	}
	ok(t, c.Upsert(t.Context(), many))
	if n := must[int](t)(c.Erase(t.Context(), many...)); n != len(many) {
		t.Errorf("erased %d of %d", n, len(many))
	}
	if n := must[int](t)(c.Count(t.Context(), store.All())); n != 0 {
		t.Errorf("%d documents are left", n)
	}
	_, err = shops(db).Erase(t.Context(), all[0])
	wantKind(t, "Erase from what somebody follows", err, fault.Internal)
}
