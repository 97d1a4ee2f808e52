package listing

import (
	"testing"
	"time"

	"shangquan/services/fault"
)

// Every state × action: the states of the table, and a conflict everywhere else.
func TestTransitions(t *testing.T) {
	want := map[State]map[Action]State{
		Draft:     {Submit: Submitted, Archive: Archived},
		Submitted: {Publish: Published, SendBack: Draft, Archive: Archived},
		Published: {Suspend: Suspended, Close: Closed},
		Suspended: {Reinstate: Published, Archive: Archived},
		Closed:    {Reopen: Published, Archive: Archived},
		Archived:  {},
		"":        {},
		"lost":    {},
	}
	if len(want) != len(States)+2 {
		t.Fatal("a state is missing here")
	}
	for from, actions := range want {
		for _, a := range append([]Action{"", "delete"}, Actions...) {
			next, err := from.After(a)
			to, allowed := actions[a]
			switch {
			case allowed && (err != nil || next != to):
				t.Errorf("%s of %s = %s, %v", a, from, next, err)
			case !allowed && (!fault.Is(err, fault.Conflict) || next != from):
				t.Errorf("%s of %s = %s, %v; want a conflict", a, from, next, err)
			}
			l := Listing{State: from, Closure: &Closure{Kind: Ceased}}
			err = l.act(a)
			if a == Close {
				if err == nil || l.State != from {
					t.Errorf("closed %s without saying how", from)
				}
				err = l.closeAs(Closure{Kind: Moved})
			}
			if a == SendBack {
				if err == nil || l.State != from {
					t.Errorf("sent back %s without a reason", from)
				}
				err = l.sendBack(Returned{Reason: "门牌不对"})
			}
			if allowed != (err == nil) || allowed && l.State != to || !allowed && l.State != from {
				t.Errorf("%s of %s: %s, %v", a, from, l.State, err)
			}
			if allowed && a == Close && l.Closure.Kind != Moved || allowed && a == Reopen && l.Closure != nil {
				t.Errorf("%s of %s left the closure %+v", a, from, l.Closure)
			}
		}
	}
}

func TestPublicAndUnit(t *testing.T) {
	for _, s := range States {
		l := Listing{State: s, Address: Address{UnitID: "u"}}
		if want := s == Published || s == Closed; l.Public() != want {
			t.Errorf("%s public: %v", s, !want)
		}
		if want := s == Published || s == Suspended; l.holdsUnit() != want {
			t.Errorf("%s holds its unit: %v", s, !want)
		}
	}
	if (&Listing{State: Published}).holdsUnit() {
		t.Error("no unit is held")
	}
}

func TestMarkDisappearsWhenReviewIsOverdue(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for _, c := range []struct {
		name, review string
		now          time.Time
		want         bool
	}{
		{"no review planned", "", time.Date(2026, 10, 1, 0, 0, 0, 0, zone), false},
		{"before", "2026-10-15", time.Date(2026, 10, 14, 23, 0, 0, 0, zone), true},
		{"the last minute", "2026-10-15", time.Date(2026, 10, 15, 23, 59, 0, 0, zone), true},
		{"the day after", "2026-10-15", time.Date(2026, 10, 16, 0, 0, 0, 0, zone), false},
	} {
		if got := (&Mark{Kind: "heritage", ReviewOn: c.review}).Shown(c.now); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
