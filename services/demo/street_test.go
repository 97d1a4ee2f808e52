package demo

import (
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/callout"
	"shangquan/services/care"
	"shangquan/services/heritage"
	"shangquan/services/listing"
	"shangquan/services/outdoor"
	"shangquan/services/place"
	"shangquan/services/post"
	"shangquan/services/sample"
)

// TestStreet reads what stands and is seen in the streets of the demonstration, whichever shop is the neighbour's.
func TestStreet(t *testing.T) {
	ctx := t.Context()
	today := time.Date(2026, 10, 15, 19, 12, 0, 0, calendar.Shanghai)
	now := func() time.Time { return today }
	db, trail, keys := audittest.Open(t, now)
	places, shops := place.New(db), listing.New(db, trail, now)
	if err := db.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := sample.Import(ctx, sample.Register{Places: places, Shops: shops}, func(int, int, string) {}); err != nil {
		t.Fatal(err)
	}
	streets, err := places.Streets(ctx)
	if err != nil {
		t.Fatal(err)
	}
	shop := listing.Listing{}
	for _, st := range streets {
		list, err := shops.ByStreet(ctx, st.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) > 0 {
			shop = list[len(list)-1]
			break
		}
	}
	people := []Person{{Key: Coordinator, AccountID: "c"}, {Key: Second, AccountID: "c2"}, {Key: Rival, AccountID: "r", MerchantID: "m2", ListingIDs: []string{shop.ID}}}
	d := Deps{DB: db, Keys: keys, Log: trail, Listings: shops, Places: places, Now: now}
	if err := Street(ctx, d, people); err != nil {
		t.Fatal(err)
	}
	events, err := post.New(db, trail, shops, places, now).Published(ctx, today)
	if err != nil || len(events) != 1 || !strings.HasPrefix(events[0].Title.Hans, "演示") {
		t.Errorf("events: %+v %v", events, err)
	}
	coordinator := access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	if err := Heritage(ctx, d, people); err != nil {
		t.Fatal(err)
	}
	old, err := shops.ByCode(ctx, "DEMO1")
	if err != nil {
		t.Fatal(err)
	}
	r, err := heritage.New(heritage.Deps{DB: db, Log: trail, Shops: shops, Now: now}).Public(ctx, old.ID)
	if err != nil || !strings.HasPrefix(r.Shop, "演示") || !strings.HasPrefix(r.Named, "演示") || len(r.Timeline) != 2 {
		t.Errorf("the old shop: %+v %v", r, err)
	}
	for _, e := range r.Timeline {
		if !strings.HasPrefix(e.Text.Hans, "演示") || !strings.HasPrefix(e.Source, "演示") {
			t.Errorf("%d is not marked: %+v", e.Year, e)
		}
	}
	out := callout.New(callout.Deps{DB: db, Log: trail, Now: now})
	entries, err := out.Entries(ctx, coordinator)
	if err != nil || len(entries) != 1 || !strings.HasPrefix(entries[0].Name, "演示") || !strings.HasPrefix(entries[0].Can, "演示") || !entries[0].Reached().Known {
		t.Errorf("the call-out list: %+v %v", entries, err)
	}
	drills, err := out.Drills(ctx, coordinator, "", 10)
	if err != nil || len(drills.Items) != 1 || !strings.HasPrefix(drills.Items[0].Topic, "演示") || !strings.HasPrefix(drills.Items[0].Result, "演示") {
		t.Errorf("drills: %+v %v", drills, err)
	}
	s := outdoor.New(outdoor.Deps{DB: db, Log: trail, Shop: shops.Get, Street: places.Street, Now: now})
	areas, err := s.Public(ctx)
	if err != nil || len(areas) != 2 {
		t.Fatalf("%d areas: %v", len(areas), err)
	}
	for _, a := range areas {
		if !strings.HasPrefix(a.Name.Hans, "演示") || !strings.HasPrefix(a.Term.Authority.Hans, "演示") || !strings.HasPrefix(a.Term.Number, "演示") {
			t.Errorf("%s is not marked", a.Name.Hans)
		}
	}
	board := care.New(care.Deps{DB: db, Log: trail, Places: places, Shop: shops.Get, Now: now})
	items, err := board.List(ctx, coordinator, care.Informed, "", 10)
	if err != nil || len(items.Items) != 1 || !strings.HasPrefix(items.Items[0].Text, "演示") {
		t.Errorf("street care: %v %v", items.Items, err)
	}
	if rounds, err := board.Rounds(ctx, coordinator); err != nil || len(rounds) != 1 || len(rounds[0].Parts) != 1 {
		t.Errorf("rounds: %v %v", rounds, err)
	}
}
