package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/fault"
	"shangquan/services/store"
)

func (s *suite) documents(t *testing.T) {
	c := shops(s.open(t))
	due := time.Date(2026, 10, 1, 9, 30, 0, 123456789, time.FixedZone("CST", 8*3600))
	shop := Shop{
		Slug: "yu-tian-cheng", State: "published", Rank: 1 << 53, Area: 3, Open: true, Due: &due, Tags: []string{"药店 & <老字号>", ""},
		Marks: []Mark{{Kind: "heritage"}}, Extra: map[string][]string{"a b": nil, "c": {"x"}}, Years: []int{1782}, Hidden: "not kept",
		Place: Place{Level: -1, Since: due},
	}
	ok(t, c.Insert(t.Context(), &shop))
	if shop.ID == "" || shop.Rev != 1 || shop.CreatedAt.IsZero() || !shop.CreatedAt.Equal(shop.UpdatedAt) || shop.CreatedAt.Nanosecond()%1e6 != 0 {
		t.Errorf("Insert set %+v", shop.Meta)
	}
	if shop.Marks[0].Refs != nil || shop.Due != &due {
		t.Error("Insert changed the caller's document beyond its Meta")
	}
	at := time.Date(2026, 10, 1, 1, 30, 0, 123000000, time.UTC)
	want := shop
	want.Due, want.Place.Since, want.Hidden = &at, at, ""
	want.Marks = []Mark{{Kind: "heritage", Refs: []string{}}}
	want.Extra = map[string][]string{"a b": {}, "c": {"x"}}
	got := must[Shop](t)(c.Get(t.Context(), shop.ID))
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Get (-want +got):\n%s", d)
	}
	if got.Due.Location() != time.UTC {
		t.Errorf("a time comes back in %v, want UTC", got.Due.Location())
	}
	if d := cmp.Diff(want, must[Shop](t)(c.GetBy(t.Context(), "slug", "yu-tian-cheng"))); d != "" {
		t.Errorf("GetBy (-want +got):\n%s", d)
	}
	empty := insert(t, c, Shop{Slug: "empty"})[0]
	got = must[Shop](t)(c.Get(t.Context(), empty.ID))
	if got.Tags == nil || got.Marks == nil || got.Extra == nil || got.Years == nil || got.Due != nil {
		t.Errorf("lists of an empty document = %#v, want empty ones, never nil", got)
	}

	// No aliasing: what was given and what is returned can be changed without changing what is stored.
	shop.Tags[0], shop.Extra["a b"] = "changed", []string{"changed"}
	var kept *Shop
	up := must[Shop](t)(c.Update(t.Context(), shop.ID, 1, func(d *Shop) error { kept = d; d.Tags = append(d.Tags, "new"); return nil }))
	kept.Tags[2], up.Tags[1] = "changed", "changed"
	got = must[Shop](t)(c.Get(t.Context(), shop.ID))
	if d := cmp.Diff([]string{"药店 & <老字号>", "", "new"}, got.Tags); d != "" {
		t.Errorf("stored data was changed from outside (-want +got):\n%s", d)
	}

	own := Shop{Meta: store.Meta{ID: "my-own_id", Rev: 7, CreatedAt: due}, Slug: "own"}
	ok(t, c.Insert(t.Context(), &own))
	if own.ID != "my-own_id" || own.Rev != 1 || own.CreatedAt.Equal(due) {
		t.Errorf("Insert with an id of one's own set %+v", own.Meta)
	}
	for _, id := range []string{"a\nb", "\xff", strings.Repeat("x", 201)} {
		wantKind(t, fmt.Sprintf("Insert with id %q", id), c.Insert(t.Context(), &Shop{Meta: store.Meta{ID: id}, Slug: "bad"}), fault.Invalid)
	}
	_, err := c.Get(t.Context(), "nobody")
	wantKind(t, "Get of an unknown id", err, fault.NotFound)
	_, err = c.GetBy(t.Context(), "slug", "nobody")
	wantKind(t, "GetBy of an unknown value", err, fault.NotFound)
}

func (s *suite) conflictOn(t *testing.T, what string, err error, field string) {
	t.Helper()
	if s.vague != "" && err != nil {
		t.Logf("NOT TESTED on this engine: which error %s gives. Reason: %s", what, s.vague)
		return
	}
	wantKind(t, what, err, fault.Conflict)
	e, _ := errors.AsType[*fault.Error](err)
	if e == nil || len(e.Fields) != 1 || e.Fields[0].Name != field {
		t.Errorf("%s = %v, want a conflict that names %q", what, err, field)
	}
}

func (s *suite) writes(t *testing.T) {
	c := shops(s.open(t))
	rev := func() int64 { return must[int64](t)(c.Revision(t.Context())) }
	before := rev()
	all := insert(t, c, Shop{Slug: "a"}, Shop{Slug: "b"})
	a := all[0]
	if rev() == before {
		t.Error("Insert left the revision of the collection as it was")
	}
	before = rev()
	if rev() != before {
		t.Error("the revision of the collection changes without a write")
	}
	s.conflictOn(t, "Insert with an id that is taken", c.Insert(t.Context(), &Shop{Meta: store.Meta{ID: a.ID}, Slug: "c"}), "id")
	twin := Shop{Slug: "a"}
	s.conflictOn(t, "Insert with a slug that is taken", c.Insert(t.Context(), &twin), "slug")
	if twin.ID != "" {
		t.Errorf("a failed Insert changed the document: %+v", twin.Meta)
	}
	_, err := c.Update(t.Context(), a.ID, 1, func(d *Shop) error { d.Slug = "b"; return nil })
	s.conflictOn(t, "Update to a slug that is taken", err, "slug")

	up := must[Shop](t)(c.Update(t.Context(), a.ID, 1, func(d *Shop) error {
		d.State = "published"
		d.Meta = store.Meta{ID: "other", Rev: 99}
		return nil
	}))
	if up.ID != a.ID || up.Rev != 2 || up.State != "published" || !up.CreatedAt.Equal(a.CreatedAt) {
		t.Errorf("Update = %+v, want revision 2 of the same document", up)
	}
	if rev() == before {
		t.Error("Update left the revision of the collection as it was")
	}
	if n := must[int64](t)(c.Revision(store.AtOnce(t.Context()))); n != rev() {
		t.Errorf("asked for together with others the revision is %d, by itself %d", n, rev())
	}
	before = rev()
	ran := false
	_, err = c.Update(t.Context(), a.ID, 1, func(*Shop) error { ran = true; return nil })
	wantKind(t, "Update of a stale revision", err, fault.Conflict)
	if ran {
		t.Error("the change ran on a stale revision")
	}
	_, err = c.Update(t.Context(), "nobody", 0, func(*Shop) error { return nil })
	wantKind(t, "Update of an unknown id", err, fault.NotFound)

	sorry := errors.New("sorry")
	if _, err = c.Update(t.Context(), a.ID, 2, func(d *Shop) error { d.State = "broken"; d.Tags = append(d.Tags, "x"); return sorry }); !errors.Is(err, sorry) {
		t.Errorf("Update whose change fails = %v, want that error", err)
	}
	if d := cmp.Diff(up, must[Shop](t)(c.Get(t.Context(), a.ID))); d != "" {
		t.Errorf("a failed Update left something (-want +got):\n%s", d)
	}
	if rev() != before {
		t.Error("failed writes changed the revision of the collection")
	}
	up = must[Shop](t)(c.Update(t.Context(), a.ID, 0, func(d *Shop) error { d.Tags = nil; return nil }))
	if up.Rev != 3 || up.Tags == nil {
		t.Errorf("Update of whatever is current = %+v", up)
	}
	// The old slug is free again once it is given up.
	must[Shop](t)(c.Update(t.Context(), a.ID, 0, func(d *Shop) error { d.Slug = "z"; return nil }))
	ok(t, c.Insert(t.Context(), &Shop{Slug: "a"}))
}

// races is about many writers on one document: of those who hold the same revision exactly one wins.
func (s *suite) races(t *testing.T) {
	if s.noRace != "" {
		t.Skipf("NOT TESTED on this engine: races between writers (one winner per revision, no lost update). Reason: %s", s.noRace)
	}
	const writers, rounds = 32, 20
	t.Run("one winner per revision", func(t *testing.T) {
		c := shops(s.open(t))
		shop := insert(t, c, Shop{Slug: "a"})[0]
		for round := range rounds {
			var wins, other atomic.Int64
			var wg sync.WaitGroup
			start := make(chan struct{})
			for w := range writers {
				wg.Go(func() {
					<-start
					_, err := c.Update(t.Context(), shop.ID, int64(round+1), func(d *Shop) error { d.Rank = w; d.Tags = []string{fmt.Sprint(w)}; return nil })
					switch {
					case err == nil:
						wins.Add(1)
					case !fault.Is(err, fault.Conflict):
						other.Add(1)
						t.Error(err)
					}
				})
			}
			close(start)
			wg.Wait()
			if wins.Load() != 1 || other.Load() != 0 {
				t.Fatalf("round %d: %d winners, want 1", round, wins.Load())
			}
		}
		got := must[Shop](t)(c.Get(t.Context(), shop.ID))
		if got.Rev != rounds+1 || got.Tags[0] != fmt.Sprint(got.Rank) {
			t.Errorf("after %d rounds: %+v", rounds, got)
		}
	})
	t.Run("no lost update", func(t *testing.T) {
		c := shops(s.open(t))
		shop := insert(t, c, Shop{Slug: "a"})[0]
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range 3 {
					if _, err := c.Update(t.Context(), shop.ID, 0, func(d *Shop) error { d.Rank++; return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := must[Shop](t)(c.Get(t.Context(), shop.ID)); got.Rank != writers*3 || got.Rev != writers*3+1 {
			t.Errorf("after %d increments: rank %d, revision %d", writers*3, got.Rank, got.Rev)
		}
	})
	t.Run("one of many with the same unique value", func(t *testing.T) {
		c := shops(s.open(t))
		var wins atomic.Int64
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				if err := c.Insert(t.Context(), &Shop{Slug: "only"}); err == nil {
					wins.Add(1)
				} else if !fault.Is(err, fault.Conflict) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if wins.Load() != 1 {
			t.Errorf("%d of %d inserts with one slug succeeded, want 1", wins.Load(), writers)
		}
	})
}
