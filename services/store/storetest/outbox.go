package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/fault"
	"shangquan/services/store"
)

func (s *suite) upserts(t *testing.T) {
	c := shops(s.open(t))
	old := insert(t, c, Shop{Slug: "old", Tags: []string{"a", "b"}})[0]
	before := must[int64](t)(c.Revision(t.Context()))
	docs := []Shop{
		{Meta: store.Meta{ID: old.ID, Rev: 77}, Slug: "old", State: "first"},
		{Slug: "new", Tags: nil},
		{Meta: store.Meta{ID: "given"}, Slug: "given"},
		{Meta: store.Meta{ID: old.ID}, Slug: "old", State: "last", Tags: []string{"b", "c"}},
	}
	ok(t, c.Upsert(t.Context(), docs))
	got := must[Shop](t)(c.Get(t.Context(), old.ID))
	if got.Rev != 2 || got.State != "last" || !got.CreatedAt.Equal(old.CreatedAt) {
		t.Errorf("the last write of an id = %+v, want it as revision 2 with the old creation time", got)
	}
	for _, d := range docs {
		if stored := must[Shop](t)(c.Get(t.Context(), d.ID)); !cmp.Equal(stored.Meta, d.Meta) {
			t.Errorf("Upsert set %+v, stored is %+v", d.Meta, stored.Meta)
		}
	}
	if n := must[int](t)(c.Count(t.Context(), store.Where("tags", store.Eq, "a"))); n != 0 {
		t.Errorf("an element that was taken out of a list still finds %d documents", n)
	}
	if got := must[Shop](t)(c.GetBy(t.Context(), "slug", "new")); got.Rev != 1 || got.Tags == nil {
		t.Errorf("a new document = %+v", got)
	}
	if must[int64](t)(c.Revision(t.Context())) == before {
		t.Error("Upsert left the revision of the collection as it was")
	}
	s.conflictOn(t, "Upsert with a slug that is taken", c.Upsert(t.Context(), []Shop{{Slug: "given"}}), "slug")
	ok(t, c.Upsert(t.Context(), nil))

	for name, over := range map[string]store.Meta{"an older revision": {ID: old.ID, Rev: 1}, "one that is there": {ID: old.ID}, "one that is not": {ID: "nobody", Rev: 3}} {
		if err := c.Overwrite(t.Context(), []Shop{{Meta: over, Slug: "over"}}); !fault.Is(err, fault.Conflict) {
			t.Errorf("Overwrite of %s = %v, want a conflict", name, err)
		}
	}
	over := []Shop{{Meta: store.Meta{ID: old.ID, Rev: 2}, Slug: "old", State: "over"}, {Slug: "beside"}}
	ok(t, c.Overwrite(t.Context(), over))
	if got := must[Shop](t)(c.Get(t.Context(), old.ID)); got.Rev != 3 || got.State != "over" || over[0].Rev != 3 || over[1].Rev != 1 {
		t.Errorf("after Overwrite: %+v", got)
	}

	many := make([]Shop, 70)
	for i := range many {
		many[i].Slug = fmt.Sprintf("many%d", i)
	}
	ok(t, c.Upsert(t.Context(), many))
	ok(t, c.Upsert(t.Context(), many))
	n := 0
	for _, d := range must[[]Shop](t)(store.Collect(c.Each(t.Context(), store.All()), 1000)) {
		if d.Rev == 2 {
			n++
		}
	}
	if n != 70 {
		t.Errorf("after loading 70 documents twice %d have revision 2, want 70", n)
	}
}

func ids(all []Shop) []string {
	out := []string{}
	for _, d := range all {
		out = append(out, d.ID)
	}
	slices.Sort(out)
	return out
}

func (s *suite) outbox(t *testing.T) {
	c := shops(s.open(t))
	pending := func(follower string) []Shop {
		t.Helper()
		return must[[]Shop](t)(c.Pending(t.Context(), follower, 1000))
	}
	expect := func(when, follower string, want ...string) {
		t.Helper()
		slices.Sort(want)
		if d := cmp.Diff(append([]string{}, want...), ids(pending(follower))); d != "" {
			t.Errorf("%s, pending for %s (-want +got):\n%s", when, follower, d)
		}
	}
	deliver := func(id string, rev int64) { t.Helper(); ok(t, c.Delivered(t.Context(), "search", id, rev)) }
	expect("at first", "search")
	all := insert(t, c, Shop{Slug: "a"}, Shop{Slug: "b"})
	a, b := all[0].ID, all[1].ID
	expect("after two inserts", "search", a, b)
	before := must[int64](t)(c.Revision(t.Context()))
	deliver(a, 1)
	if must[int64](t)(c.Revision(t.Context())) != before {
		t.Error("a delivery counts as a change of the documents")
	}
	expect("after one delivery", "search", b)
	expect("after a delivery to search", "mail", a, b)
	deliver(a, 1)
	expect("after a second delivery of the same", "search", b)
	must[Shop](t)(c.Update(t.Context(), a, 0, func(d *Shop) error { d.Rank = 1; return nil }))
	expect("after an update", "search", a, b)
	deliver(a, 1)
	expect("after a late delivery of the old revision", "search", a, b)
	deliver(a, 3)
	expect("after a delivery of a revision that is not there yet", "search", a, b)
	deliver(a, 2)
	deliver(a, 1)
	expect("after the delivery of the new revision, then the old one", "search", b)
	_, err := c.Update(t.Context(), a, 2, func(d *Shop) error { d.Slug = "b"; return nil })
	s.conflictOn(t, "Update to a slug that is taken", err, "slug")
	expect("after a write that failed", "search", b)
	deliver("nobody", 1)
	ok(t, c.Upsert(t.Context(), []Shop{{Meta: store.Meta{ID: a}, Slug: "a"}}))
	expect("after an upsert", "search", a, b)
	if got := pending("search"); len(got) == 2 && got[0].ID != b {
		t.Errorf("first in the queue is %s, want %s, which waits longest", got[0].Slug, "b")
	}
	if got := must[[]Shop](t)(c.Pending(t.Context(), "search", 1)); len(got) != 1 || got[0].Tags == nil {
		t.Errorf("Pending with limit 1 = %+v", got)
	}
	if d := must[Shop](t)(c.Get(t.Context(), a)); d.Rev != 3 {
		t.Errorf("deliveries changed the revision: %d, want 3", d.Rev)
	}

	// Deliveries three times each, in any order, between writes: in the end exactly what is undelivered is pending.
	r := rand.New(rand.NewPCG(3, 4)) // #nosec G404 -- a fixed sequence
	type delivery struct {
		id  string
		rev int64
	}
	var due []delivery
	for range 30 {
		id := []string{a, b}[r.IntN(2)]
		d := must[Shop](t)(c.Update(t.Context(), id, 0, func(d *Shop) error { d.Rank++; return nil }))
		due = append(due, delivery{id, d.Rev}, delivery{id, d.Rev}, delivery{id, d.Rev})
		r.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
		for range r.IntN(4) {
			deliver(due[0].id, due[0].rev)
			due = due[1:]
		}
	}
	last := must[Shop](t)(c.Update(t.Context(), b, 0, func(d *Shop) error { d.Rank++; return nil }))
	for _, d := range due {
		deliver(d.id, d.rev)
	}
	expect("after all deliveries but the last", "search", b)
	deliver(b, last.Rev)
	expect("after all deliveries", "search")
}

// oldShop and newShop are the document before and after a release.
type oldShop struct {
	store.Meta
	Slug  string   `json:"slug"`
	State string   `json:"state"`
	Tags  []string `json:"tags"`
}

type newShop struct {
	oldShop
	Rank  int       `json:"rank"`
	Since time.Time `json:"since"`
}

func (s *suite) migration(t *testing.T) {
	address := s.address(t)
	db := s.opened(t, address)
	again := func(t *testing.T) store.DB { t.Helper(); ok(t, db.Close()); return s.opened(t, address) }
	old := store.NewCollection[oldShop](db, "shops", store.Unique("slug"), store.Index("state"), store.Follow("search"))
	for i := range 25 {
		d := oldShop{Slug: fmt.Sprint("s", i), State: "open", Tags: []string{"all", fmt.Sprint("t", i%5)}}
		ok(t, old.Insert(t.Context(), &d))
		ok(t, old.Delivered(t.Context(), "search", d.ID, 1))
	}

	// New fields are indexed, a list too; a follower is new; slug and state are no longer declared.
	db = again(t)
	c := store.NewCollection[newShop](db, "shops", store.Index("rank", "slug"), store.Multi("tags"), store.Index("since"), store.Follow("search"), store.Follow("mail"))
	ok(t, db.Prepare(t.Context()))
	count := func(what string, q store.Query, want int) {
		t.Helper()
		if n := must[int](t)(c.Count(t.Context(), q)); n != want {
			t.Errorf("after the migration %s = %d, want %d", what, n, want)
		}
	}
	count("an element of a list", store.Where("tags", store.Eq, "t3"), 5)
	count("a new field's zero value", store.Where("rank", store.Eq, 0), 25)
	count("a new time's zero value", store.Where("since", store.Lt, day), 25)
	_, err := c.Find(t.Context(), store.Where("state", store.Eq, "open"))
	wantKind(t, "Find by a field that is no longer declared", err, fault.Internal)
	for follower, want := range map[string]int{"search": 0, "mail": 25} {
		if got := must[[]newShop](t)(c.Pending(t.Context(), follower, 100)); len(got) != want {
			t.Errorf("after the migration %d are pending for %s, want %d", len(got), follower, want)
		}
	}
	twin := newShop{oldShop: oldShop{Slug: "s1"}, Rank: 5}
	ok(t, c.Insert(t.Context(), &twin))
	up := must[newShop](t)(c.Update(t.Context(), twin.ID, 1, func(d *newShop) error { d.Slug, d.State = "s99", "shut"; return nil }))

	// And back again: what was dropped is filled from the documents.
	db = again(t)
	old = store.NewCollection[oldShop](db, "shops", store.Unique("slug"), store.Index("state"), store.Follow("search"))
	if n := must[int](t)(old.Count(t.Context(), store.Where("state", store.Eq, "shut"))); n != 1 {
		t.Errorf("a field declared again finds %d, want 1", n)
	}
	if got := must[oldShop](t)(old.GetBy(t.Context(), "slug", "s99")); got.ID != up.ID {
		t.Errorf("a unique field declared again finds %s, want %s", got.ID, up.ID)
	}
	err = old.Insert(t.Context(), &oldShop{Slug: "s1"})
	s.conflictOn(t, "Insert with a slug that is taken", err, "slug")
}
