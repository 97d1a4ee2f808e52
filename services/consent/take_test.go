package consent_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/consent"
	"shangquan/services/listing"
	"shangquan/services/store"
	"shangquan/services/turns/turnstest"
)

// TestWritersKeepNobodyFromTheLedger: whoever reads it waits for what was there when they asked, not until nobody writes any more.
func TestWritersKeepNobodyFromTheLedger(t *testing.T) {
	var log *audit.Log
	meanwhile, inside := 0, true
	now := func() time.Time { // every look at the clock, one of which is in each copy to the trail, is an entry more
		if !inside && meanwhile < 100 {
			inside = true
			meanwhile++
			if err := log.Event(t.Context(), owner, audit.Event{Action: access.AccountOpen, Object: audit.Ref{Kind: "account", ID: "a"}}); err != nil {
				t.Error(err)
			}
			inside = false
		}
		return time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	}
	db, log, keys := audittest.Open(t, now)
	s := consent.New(consent.Deps{DB: db, Log: log, Keys: keys})
	inside = false
	if _, err := s.List(t.Context(), admin, consent.Filter{}, "", 50); err != nil {
		t.Fatal(err)
	}
	if inside = true; meanwhile == 0 || meanwhile == 100 {
		t.Errorf("read after %d entries more", meanwhile)
	}
}

// TestOneReadsForAll: of twenty who want the ledger while it is written, one reads the trail.
func TestOneReadsForAll(t *testing.T) {
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	db, log, keys := audittest.Open(t, func() time.Time { return at })
	var asked atomic.Int64
	begun, goOn := make(chan struct{}), make(chan struct{})
	s := consent.New(consent.Deps{DB: db, Log: log, Keys: keys, Shop: func(context.Context, string) (listing.Listing, error) {
		if asked.Add(1) == 1 {
			close(begun)
			<-goOn
		}
		return listing.Listing{Consents: []listing.Consent{{Digits: "+8613812345678", Version: "2026-11", At: at, By: "o"}}}, nil
	}})
	shops := audit.Record(store.NewCollection[shop](db, "shops", store.Follow("audit")), log, listing.Kind)
	opens := func() {
		if err := shops.Insert(t.Context(), owner, audit.Write{Action: access.ListingContact, Title: "老面馆"}, &shop{}); err != nil {
			t.Fatal(err)
		}
	}
	read := func(ctx context.Context, want int) {
		if page, err := s.List(ctx, admin, consent.Filter{}, "", 50); err != nil || len(page.Items) < want {
			t.Errorf("%d consents, %v; want %d", len(page.Items), err, want)
		}
	}
	opens()
	var first sync.WaitGroup
	first.Go(func() { read(t.Context(), 1) })
	<-begun
	opens()
	answered := turnstest.Waiting(t.Context(), 20, func(ctx context.Context) { read(ctx, 2) })
	close(goOn)
	first.Wait()
	answered()
	if n := asked.Load(); n != 2 {
		t.Errorf("%d shops were looked at, want each of the two once", n)
	}
}
