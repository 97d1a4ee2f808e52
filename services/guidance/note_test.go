package guidance

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/place"
)

var (
	coord   = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
)

func opened(t testing.TB) *Service {
	now := func() time.Time { return time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai) }
	db, log, _ := audittest.Open(t, now)
	return New(Deps{DB: db, Log: log, Now: now, Unit: func(_ context.Context, id string) (place.Unit, error) {
		u := place.Unit{Number: "218"}
		switch u.ID = id; id {
		case "u1":
			return u, nil
		case "old":
			u.Retired = "2026-01-01"
			return u, nil
		}
		return place.Unit{}, fault.Missing()
	}})
}

// Every state with every state after it: what is not in the list does not follow, and a note is decided once.
func TestTheWayOfANote(t *testing.T) {
	states := []State{Suggested, Discussed, Adopted, Declined}
	follows := map[State][]State{Suggested: {Discussed}, Discussed: {Adopted, Declined}}
	way := map[State][]State{Suggested: {}, Discussed: {Discussed}, Adopted: {Discussed, Adopted}, Declined: {Discussed, Declined}}
	s := opened(t)
	for _, from := range states {
		for _, to := range states {
			n, err := s.Suggest(t.Context(), coord, "u1", "这里少一家早点铺")
			for _, st := range way[from] {
				if err == nil {
					n, err = s.Move(t.Context(), coord, "u1", n.ID, n.Rev, st, "说过了")
				}
			}
			if err != nil || n.State != from {
				t.Fatalf("%s: %v", from, err)
			}
			got, err := s.Move(t.Context(), admin, "u1", n.ID, n.Rev, to, "因为")
			if want := slices.Contains(follows[from], to); want != (err == nil) || want && (got.State != to || got.Steps[len(got.Steps)-1].AccountID != "guan") || !want && !fault.Is(err, fault.Conflict) {
				t.Errorf("%s → %s: %s %v", from, to, got.State, err)
			}
		}
	}
}

func TestANoteThatIsRefused(t *testing.T) {
	s, ctx := opened(t), t.Context()
	n, err := s.Suggest(ctx, coord, "u1", "这里少一家早点铺")
	if err != nil || n.Text() != "这里少一家早点铺" {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"nothing": " ", "too much": strings.Repeat("长", MaxText+1), "a mobile number": "找 13800138000"} {
		_, a := s.Suggest(ctx, coord, "u1", text)
		_, b := s.Move(ctx, coord, "u1", n.ID, n.Rev, Discussed, text)
		for _, err := range []error{a, b} {
			if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Fields[0].Name != "text" {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	for _, unit := range []string{"none", "old"} {
		if _, err := s.Suggest(ctx, coord, unit, "早点铺"); !fault.Is(err, fault.NotFound) {
			t.Errorf("for unit %s: %v", unit, err)
		}
	}
	if _, err := s.Move(ctx, coord, "u2", n.ID, n.Rev, Discussed, "说过了"); !fault.Is(err, fault.NotFound) {
		t.Errorf("a note of another unit: %v", err)
	}
	if _, err := s.Move(ctx, coord, "u1", n.ID, n.Rev, Discussed, "说过了"); err != nil {
		t.Fatal(err)
	}
	for _, rev := range []int64{0, n.Rev} {
		if _, err := s.Move(ctx, coord, "u1", n.ID, rev, Adopted, "好"); !fault.Is(err, fault.Conflict) {
			t.Errorf("over revision %d: %v", rev, err)
		}
	}
}

func TestWhoReadsNotes(t *testing.T) {
	s, ctx := opened(t), t.Context()
	n, err := s.Suggest(ctx, admin, "u1", "这里少一家早点铺")
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []access.Actor{{}, owner, liaison} {
		_, a := s.Suggest(ctx, by, "u1", "早点铺")
		_, b := s.Move(ctx, by, "u1", n.ID, n.Rev, Discussed, "说过了")
		_, c := s.Of(ctx, by, "u1")
		if a == nil || b == nil || c == nil {
			t.Errorf("%s: %v %v %v", by.AccountID, a, b, c)
		}
	}
	if list, err := s.Of(ctx, coord, "u1"); err != nil || len(list) != 1 {
		t.Errorf("%v %v", list, err)
	}
	if list, err := s.Of(ctx, coord, "u2"); err != nil || len(list) != 0 {
		t.Errorf("of another unit: %v %v", list, err)
	}
}
