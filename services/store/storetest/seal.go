package storetest

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// wax seals for the suite: what a sealer must do, and no more.
type wax struct{}

func (wax) Seal(about string, plain []byte) []byte { return append([]byte(about+"\n"), plain...) }

func (wax) Open(about string, sealed []byte) ([]byte, bool) {
	return bytes.CutPrefix(sealed, []byte(about+"\n"))
}

// seals: every way of writing brings its seal, what comes back is found whole in whatever way the engine writes values, and documents
// from before get theirs once.
func (s *suite) seals(t *testing.T) {
	address := s.address(t)
	before := s.opened(t, address)
	old := insert(t, shops(before), Shop{Slug: "before"})[0]
	ok(t, before.Close())

	heard := 0
	db := s.opened(t, address, store.Seal(wax{}, func(string, string) { heard++ }))
	c := store.NewCollection[Shop](db, "shops", append(declarations(), store.Sealed())...)
	_, err := c.Get(t.Context(), old.ID)
	wantKind(t, "a document without a seal", err, fault.Unavailable)
	if page := must[store.Page[Shop]](t)(c.Find(t.Context(), store.All())); len(page.Items) != 0 {
		t.Errorf("a document without a seal is listed: %v", page.Items)
	}
	if n := must[int](t)(c.SealAll(t.Context())); n != 1 {
		t.Errorf("SealAll sealed %d documents, want 1", n)
	}
	if n := must[int](t)(c.SealAll(t.Context())); n != 0 {
		t.Errorf("SealAll sealed %d documents again", n)
	}
	heard = 0

	due := time.Date(2026, 10, 1, 9, 30, 0, 123456789, time.UTC)
	all := Shop{
		Slug: "all", State: "published", Rank: 1 << 53, Area: 121.22500001, Open: true, Due: &due, Tags: []string{"药店 & <老字号>", "\u2028"},
		Marks: []Mark{{Kind: "heritage"}}, Extra: map[string][]string{"a b": nil}, Years: []int{1782}, Place: Place{Level: -1, Since: due},
	}
	ok(t, c.Insert(t.Context(), &all))
	round := Shop{Slug: "round", Area: 3, Tags: []string{}}
	ok(t, c.Upsert(t.Context(), []Shop{round, {Slug: "small", Area: 1e-9}, {Slug: "large", Area: 1e22}}))
	up := must[Shop](t)(c.Update(t.Context(), all.ID, 1, func(d *Shop) error { d.Rank = 7; return nil }))
	if d := cmp.Diff(up, must[Shop](t)(c.Get(t.Context(), all.ID))); d != "" {
		t.Errorf("after a write (-want +got):\n%s", d)
	}
	n := 0
	ok(t, c.Inspect(t.Context(), func(f store.Finding) error {
		n++
		if f.Condition != store.Whole || f.ID == all.ID && f.Rev != 2 {
			t.Errorf("%+v, want whole", f)
		}
		return nil
	}))
	if n != 5 || heard != 0 {
		t.Errorf("%d documents inspected, want 5; %d were said to be altered", n, heard)
	}
	if did := must[bool](t)(c.Restore(t.Context(), all.ID)); did {
		t.Error("a whole document was restored")
	}
}
