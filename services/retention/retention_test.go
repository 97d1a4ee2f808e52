package retention_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/retention"
)

var admin = access.Actor{AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true}

func TestReports(t *testing.T) {
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	db, _, _ := audittest.Open(t, func() time.Time { return at })
	days := 30
	s := retention.New(db, func() []retention.Class {
		return []retention.Class{{Name: "sessions", Days: days, From: "used"}, {Name: "trail", Days: 365, From: "made", Due: func(_ context.Context, days int) (int, error) { return 400 - days, nil }}}
	}, func() time.Time { return at })
	run := func(class string, n int, failed error) {
		t.Helper()
		got, err := s.Do(class, func(context.Context) (int, error) { return n, failed })(t.Context())
		if got != n || !errors.Is(err, failed) {
			t.Errorf("Do = %d, %v", got, err)
		}
	}
	run("sessions", 3, nil)
	at = at.Add(time.Hour)
	run("sessions", 2, nil)
	run("trail", 0, nil) // nothing to erase: no report, but the time
	at = at.Add(24 * time.Hour)
	days = 20
	broken := errors.New("broken")
	run("sessions", 1, broken)
	reports, err := s.Reports(t.Context(), admin)
	if err != nil || len(reports) != 2 {
		t.Fatalf("%+v, %v", reports, err)
	}
	if r := reports[0]; r.Day != "2026-11-29" || r.Erased != 1 || r.Failed != 1 || r.Days != 20 {
		t.Errorf("the second day: %+v", r)
	}
	if r := reports[1]; r.Day != "2026-11-28" || r.Erased != 5 || r.Runs != 2 || r.Days != 30 || r.Failed != 0 {
		t.Errorf("the first day: %+v", r)
	}
	states, err := s.States(t.Context(), admin)
	if err != nil || len(states) != 2 {
		t.Fatalf("%+v, %v", states, err)
	}
	if x := states[0]; x.Erased != 6 || !x.Failed || !x.Last.Equal(at) {
		t.Errorf("sessions: %+v", x)
	}
	if x := states[1]; x.Erased != 0 || x.Failed || x.Last.IsZero() || x.Due == nil {
		t.Errorf("trail: %+v", x)
	}
	for class, want := range map[string]int{"trail": 30, "sessions": 0, "nothing": 0} {
		if n, err := s.Due(t.Context(), admin, class, 370); n != want || err != nil {
			t.Errorf("due of %s: %d, %v; want %d", class, n, err, want)
		}
	}
	if _, err := s.Due(t.Context(), access.Actor{}, "trail", 370); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("a visitor asks what is due: %v", err)
	}
	at = at.AddDate(0, 0, 40)
	if states, err := s.States(t.Context(), admin); err != nil || states[0].Erased != 0 {
		t.Errorf("after forty days: %+v, %v", states, err)
	}
	at = at.AddDate(3, 0, 0)
	if n, err := s.Sweep(t.Context()); n != 2 || err != nil {
		t.Errorf("Sweep = %d, %v", n, err)
	}
	for name, by := range map[string]access.Actor{"a visitor": {}, "a coordinator": {AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}} {
		if _, err := s.States(t.Context(), by); !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("%s reads the reports: %v", name, err)
		}
	}
}
