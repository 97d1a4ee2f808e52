package recheck_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/recheck"
)

var (
	coordinator = access.Actor{AccountID: "c", Name: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	owner       = access.Actor{AccountID: "o", Name: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}
)

type bench struct {
	*recheck.Service
	shops *listing.Service
	sent  []string
	mu    sync.Mutex
	at    time.Time
}

func (b *bench) now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.at }
func (b *bench) to(at string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at, _ = time.Parse("2006-01-02 15:04", at)
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	b.to("2026-10-15 12:00")
	db, log, _ := audittest.Open(t, b.now)
	b.shops = listing.New(db, log, b.now)
	b.Service = recheck.New(recheck.Deps{
		DB: db, Log: log, Listings: b.shops, Now: b.now,
		Letters: func(_ context.Context, id, link, _ string, _ time.Time) (int, error) {
			b.sent = append(b.sent, id+" "+link)
			return 1, nil
		},
		Link: func(l *listing.Listing, until time.Time) string { return "/confirm/" + l.ID },
	})
	return b
}

func (b *bench) enter(t *testing.T, code, street, merchant, confirmed string) listing.Listing {
	t.Helper()
	l := listing.Listing{Code: code, State: listing.Published, MerchantID: merchant, Name: listing.Name{Text: lang.Text{Hans: "店" + code}}, Address: listing.Address{StreetID: street}}
	if confirmed != "" {
		l.Confirmed = listing.Confirmed{On: confirmed, By: "owner"}
	}
	if err := b.shops.Enter(t.Context(), access.System("test"), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *bench) stands(t *testing.T, code string) recheck.Standing {
	t.Helper()
	list, err := b.List(t.Context(), coordinator, 6)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		for _, x := range s.Shops {
			if x.Code == code {
				return x.Standing
			}
		}
	}
	return ""
}

func (b *bench) send(t *testing.T) int {
	t.Helper()
	n, err := b.Send(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Owners of old pages are asked by day, once in thirty days, twice at most; who answered is seen from the page; the rest is for the walk.
func TestRounds(t *testing.T) {
	b, ctx := open(t), t.Context()
	old := b.enter(t, "OLD", "s1", "m", "2026-03-01")
	b.enter(t, "NEVER", "s1", "m", "")
	b.enter(t, "FRESH", "s1", "m", "2026-09-01")
	b.enter(t, "NOBODY", "s2", "", "2025-01-01")
	for code, want := range map[string]recheck.Standing{"OLD": recheck.Open, "NEVER": recheck.Open, "FRESH": "", "NOBODY": recheck.Walk} {
		if got := b.stands(t, code); got != want {
			t.Errorf("%s: %q", code, got)
		}
	}
	if ids, err := b.ForWalk(ctx, 6); err != nil || len(ids) != 1 {
		t.Errorf("%v %v", ids, err)
	}
	b.to("2026-10-15 21:00")
	r, err := b.Start(ctx, coordinator, 6, "")
	if err != nil || r.Shops != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	if b.send(t) != 0 || b.stands(t, "OLD") != recheck.Waits {
		t.Error("somebody is written to by night")
	}
	if _, err := b.Start(ctx, coordinator, 6, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("asked again while the question waits: %v", err)
	}
	b.to("2026-10-16 08:00")
	if b.send(t) != 2 || b.send(t) != 0 || len(b.sent) != 2 {
		t.Error(b.sent)
	}
	if !strings.Contains(strings.Join(b.sent, "\n"), "/confirm/"+old.ID) {
		t.Error(b.sent)
	}
	if b.stands(t, "OLD") != recheck.Asked {
		t.Error(b.stands(t, "OLD"))
	}
	b.to("2026-10-20 12:00")
	if _, err := b.Start(ctx, coordinator, 6, ""); !fault.Is(err, fault.Conflict) {
		t.Errorf("asked twice within thirty days: %v", err)
	}
	if _, err := b.shops.Confirm(ctx, owner, old.ID, old.Rev); err != nil {
		t.Fatal(err)
	}
	if b.stands(t, "OLD") != recheck.Answered {
		t.Error(b.stands(t, "OLD"))
	}
	b.to("2026-11-16 12:00")
	if r, err := b.Start(ctx, coordinator, 6, "s1"); err != nil || r.Shops != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	if b.send(t) != 1 || b.stands(t, "NEVER") != recheck.Walk {
		t.Error("asked twice without an answer, and nobody goes there")
	}
	if rounds, err := b.Rounds(ctx, coordinator, 10); err != nil || len(rounds) != 2 || rounds[0].StreetID != "s1" {
		t.Errorf("%+v %v", rounds, err)
	}
}

func TestWhoMayAsk(t *testing.T) {
	b, ctx := open(t), t.Context()
	if _, err := b.Start(ctx, owner, 6, ""); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := b.List(ctx, owner, 6); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := b.Start(ctx, coordinator, 5, ""); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if _, err := b.Start(ctx, coordinator, 6, "nowhere"); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}
