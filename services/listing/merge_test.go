package listing_test

import (
	"slices"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

// merged are a page without a unit and one with the unit u1, put together: the first has taken over name and unit of the second.
func (b *bench) merged(t *testing.T) (keep, gone listing.Listing) {
	t.Helper()
	ctx := t.Context()
	if _, err := b.places.SaveUnits(ctx, []place.Unit{{Meta: store.Meta{ID: "u1"}, PlazaID: "p", Number: "u1"}}); err != nil {
		t.Fatal(err)
	}
	keep = b.enter(t, shop("A1", "云间面馆", listing.Published))
	with := shop("B1", "云间面馆二店", listing.Published)
	with.Address.PlazaID, with.Address.UnitID = "p", "u1"
	gone = b.enter(t, with)
	var err error
	if keep, err = b.Merge(ctx, machine, keep.ID, keep.Rev, gone.ID, gone.Rev); err != nil {
		t.Fatal(err)
	}
	if gone, err = b.Get(ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	if b.occupant(t) != keep.ID || !slices.Contains(keep.Aliases, "云间面馆二店") {
		t.Fatalf("not merged: %+v", keep)
	}
	return keep, gone
}

// occupant is who is in the unit u1.
func (b *bench) occupant(t *testing.T) string {
	t.Helper()
	u, err := b.places.Unit(t.Context(), "u1")
	if err != nil {
		t.Fatal(err)
	}
	return u.OccupiedBy
}

// A unit that the other page has because of the merge is given back.
func TestUnmergeGivesTheUnitBack(t *testing.T) {
	b, ctx := open(t), t.Context()
	keep, gone := b.merged(t)
	back, kept, err := b.Unmerge(ctx, machine, gone.ID)
	if err != nil || len(kept) > 0 || back.State != listing.Published {
		t.Fatal(back.State, kept, err)
	}
	if l, _ := b.Get(ctx, keep.ID); len(l.Aliases) > 0 || l.Address.UnitID != "" || b.occupant(t) != gone.ID {
		t.Errorf("%+v, and in the unit is %s", l, b.occupant(t))
	}
}

// A merge that cannot be taken back leaves both pages as they are.
func TestUnmergeChangesAllOrNothing(t *testing.T) {
	move := func(b *bench, t *testing.T, keep *listing.Listing, unit string) {
		t.Helper()
		if _, err := b.Update(t.Context(), machine, keep.ID, 0, func(l *listing.Listing) error { l.Address.UnitID = unit; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for name, meanwhile := range map[string]func(*bench, *testing.T, *listing.Listing){
		"another shop is in the unit": func(b *bench, t *testing.T, keep *listing.Listing) {
			move(b, t, keep, "")
			other := shop("C1", "新来的店", listing.Published)
			other.Address.PlazaID, other.Address.UnitID = "p", "u1"
			b.enter(t, other)
		},
		"the unit is no more": func(b *bench, t *testing.T, keep *listing.Listing) {
			move(b, t, keep, "")
			if _, err := place.Declare(b.db).Units.Update(t.Context(), "u1", 0, func(u *place.Unit) error { u.Retired = "2026-10-15"; return nil }); err != nil {
				t.Fatal(err)
			}
		},
		"the other page has said something about its door since": func(b *bench, t *testing.T, keep *listing.Listing) {
			if _, err := b.Update(t.Context(), machine, keep.ID, 0, func(l *listing.Listing) error { l.Address.Line = "中山中路 1 号"; return nil }); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			keep, gone := b.merged(t)
			meanwhile(b, t, &keep)
			before, _ := b.Get(ctx, keep.ID)
			was := b.occupant(t)
			if _, _, err := b.Unmerge(ctx, machine, gone.ID); !fault.Is(err, fault.Conflict) {
				t.Fatalf("taken back: %v", err)
			}
			after, _ := b.Get(ctx, keep.ID)
			still, _ := b.Get(ctx, gone.ID)
			if after.Rev != before.Rev || !slices.Contains(after.Aliases, "云间面馆二店") || still.Rev != gone.Rev || still.Merged == nil || b.occupant(t) != was {
				t.Errorf("refused, and changed: %+v\n%+v\nin the unit is %s, was %s", after, still, b.occupant(t), was)
			}
		})
	}
}
