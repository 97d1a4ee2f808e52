package listing_test

import (
	"slices"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/listing"
)

// What is done to a listing writes its turns down.
func TestTurnsFollowActs(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	turns := func(l listing.Listing) []string {
		out := []string{}
		for _, x := range l.Turns {
			s := string(x.Kind) + " " + x.On
			if x.Void {
				s += " void"
			}
			out = append(out, s)
		}
		return out
	}
	l := b.enter(t, shop("T1", "余天成堂", listing.Draft))
	l = b.act(t, l.ID, listing.Submit, listing.Publish)
	if got := turns(l); !slices.Equal(got, []string{"opened 2026-10-15"}) {
		t.Fatal(got)
	}
	l = b.act(t, l.ID, listing.Suspend, listing.Reinstate)
	if got := turns(l); len(got) != 1 {
		t.Errorf("taking a page down is no closing: %v", got)
	}
	l, err := b.Close(ctx, machine, l.ID, 0, listing.Closure{Kind: listing.Ceased, On: "2026-10-14"})
	if err != nil {
		t.Fatal(err)
	}
	l = b.act(t, l.ID, listing.Reopen)
	if got := turns(l); !slices.Equal(got, []string{"opened 2026-10-15", "closed 2026-10-14 void"}) {
		t.Errorf("closed by mistake: %v", got)
	}
	if _, err = b.Close(ctx, machine, l.ID, 0, listing.Closure{Kind: listing.Ceased}); err != nil {
		t.Fatal(err)
	}
	b.pass(60 * 24 * time.Hour)
	l = b.act(t, l.ID, listing.Reopen)
	if got := turns(l); !slices.Equal(got, []string{"opened 2026-10-15", "closed 2026-10-14 void", "closed 2026-10-15", "opened 2026-12-14"}) {
		t.Errorf("opened again after two months: %v", got)
	}
	if l := b.enter(t, shop("T2", "草庐", listing.Published)); len(l.Turns) != 0 {
		t.Errorf("what was entered was always there: %v", turns(l))
	}
	// The district's own edits keep them.
	got, err := b.Update(ctx, machine, l.ID, l.Rev, func(x *listing.Listing) error { x.Turns, x.Popularity = nil, 7; return nil })
	if err != nil || len(got.Turns) != 4 {
		t.Errorf("%v %v", turns(got), err)
	}
	if p := got.ForPublic(); len(p.Turns) != 0 {
		t.Error("the public is told")
	}
}

func TestTurnsAreCorrected(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.enter(t, shop("T1", "余天成堂", listing.Published))
	for name, x := range map[string]listing.Turn{
		"no kind":     {On: "2026-10-01"},
		"no day":      {Kind: listing.Opened},
		"to come":     {Kind: listing.Opened, On: "2026-10-16"},
		"such reason": {Kind: listing.Opened, On: "2026-10-01", Reason: "aliens"},
	} {
		if _, err := b.Correct(ctx, machine, l.ID, l.Rev, x); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	l, err := b.Correct(ctx, machine, l.ID, l.Rev, listing.Turn{Kind: listing.Opened, On: "2020-05-01"})
	if err != nil || len(l.Turns) != 1 || l.Turns[0].Source != listing.FromTyped {
		t.Fatal(l.Turns, err)
	}
	if _, err := b.Correct(ctx, machine, l.ID, l.Rev-1, listing.Turn{ID: "1", Kind: listing.Opened, On: "2020-06-01"}); !fault.Is(err, fault.Conflict) {
		t.Errorf("over a newer one: %v", err)
	}
	if _, err := b.Correct(ctx, machine, l.ID, l.Rev, listing.Turn{ID: "9", Kind: listing.Opened, On: "2020-06-01"}); !fault.Is(err, fault.NotFound) {
		t.Errorf("one it does not have: %v", err)
	}
	for day, want := range map[string]int{"2020-05-01": 1, "2020-05-02": 0} {
		if all, err := b.TurnsSince(ctx, machine, day); err != nil || len(all) != want {
			t.Errorf("since %s: %d %v", day, len(all), err)
		}
	}
}

// The district says which reasons can be chosen; what a turn has already it keeps.
func TestReasonsThatAreOffered(t *testing.T) {
	b, ctx := open(t), t.Context()
	offered := []string{"rent", "flood"}
	b.OfferReasons(func(code string) bool { return slices.Contains(offered, code) })
	l := b.enter(t, shop("T1", "余天成堂", listing.Published))
	l, err := b.Correct(ctx, machine, l.ID, l.Rev, listing.Turn{Kind: listing.ShutDown, On: "2026-10-01", Reason: "flood"})
	if err != nil {
		t.Fatal(err)
	}
	offered = []string{"rent"}
	if l, err = b.Correct(ctx, machine, l.ID, l.Rev, listing.Turn{ID: "1", Kind: listing.ShutDown, On: "2026-10-02", Reason: "flood"}); err != nil || l.Turns[0].On != "2026-10-02" {
		t.Errorf("a turn cannot keep its reason: %v", err)
	}
	for what, x := range map[string]listing.Turn{
		"a new turn": {Kind: listing.ShutDown, On: "2026-10-01", Reason: "flood"},
		"another":    {ID: "1", Kind: listing.ShutDown, On: "2026-10-02", Reason: "trade"},
		"not a code": {ID: "1", Kind: listing.ShutDown, On: "2026-10-02", Reason: "进水"},
	} {
		if _, err := b.Correct(ctx, machine, l.ID, l.Rev, x); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s with a reason that is not offered: %v", what, err)
		}
	}
}
