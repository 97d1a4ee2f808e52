package demo

import (
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/lead"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/sample"
	"shangquan/services/taxonomy"
	"shangquan/services/vacancy"
)

// TestOffers reads what is on offer in the demonstration, whichever shop of the owner comes first.
func TestOffers(t *testing.T) {
	ctx := t.Context()
	now := func() time.Time { return time.Date(2026, 10, 15, 19, 12, 0, 0, calendar.Shanghai) }
	db, trail, keys := audittest.Open(t, now)
	d := Deps{DB: db, Keys: keys, Log: trail, Listings: listing.New(db, trail, now), Places: place.New(db), Now: now}
	if err := db.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Import(ctx, sample.Register{Places: d.Places, Shops: d.Listings}, func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	m := &maker{Deps: d}
	shops, err := m.shops(ctx)
	if err != nil {
		t.Fatal(err)
	}
	people := []Person{{Key: Owner, AccountID: "o", ListingIDs: []string{shops.street.ID, shops.inPlaza.ID}}, {Key: Coordinator, AccountID: "c", Name: "演示协管员"}}
	if err := Offers(ctx, d, people); err != nil {
		t.Fatal(err)
	}
	by := access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	cards, err := vacancy.New(vacancy.Deps{DB: db, Log: trail, Keys: keys, Words: taxonomy.Default, Unit: d.Places.Unit, Now: now}).Public(ctx)
	if err != nil || len(cards) != 1 || !strings.HasPrefix(cards[0].Unit.Number, "演示") || cards[0].Unit.PlazaID != shops.plaza {
		t.Errorf("units on offer: %+v %v", cards, err)
	}
	counts, err := lead.NewService(lead.Deps{DB: db, Log: trail, Keys: keys, Now: now}).Counts(ctx, by)
	if err != nil || counts[lead.New] != 1 {
		t.Errorf("enquiries: %v %v", counts, err)
	}
	owed, err := lead.NewVisits(lead.VisitDeps{DB: db, Log: trail, Now: now}).Owed(ctx, by, 10)
	if err != nil || len(owed) != 1 || owed[0].ListingID != shops.inPlaza.ID || !strings.HasPrefix(owed[0].Promises[0].Text, "演示") {
		t.Errorf("visits: %+v %v", owed, err)
	}
	if err := Offers(ctx, d, []Person{{Key: Owner, ListingIDs: []string{shops.street.ID}}}); err == nil {
		t.Error("a unit on offer in no plaza")
	}
}
