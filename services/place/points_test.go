package place_test

import (
	"testing"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

func bench() place.PointFacts {
	return place.PointFacts{Kind: place.Bench, Name: lang.Text{Hans: "银行门口"}, Address: "中山中路 218 号", Note: "两张", Location: &geo.Location{Point: geo.Point{Lat: 31.01, Lng: 121.22}, Source: geo.WGS84}}
}

func TestPointsOfTheDistrict(t *testing.T) {
	e, log, _ := editor(t)
	ctx := t.Context()
	p := must(t, first(e.AddPoint(ctx, coordinator, bench())), nil)
	if p.CheckedOn != "2026-10-15" || !p.Core || p.Source != "district" {
		t.Errorf("%+v", p)
	}
	shade := bench()
	shade.Kind, shade.Name.En = place.Shade, " Under the arcade "
	p = must(t, first(e.SetPoint(ctx, coordinator, p.ID, p.Rev, shade)), nil)
	if list := first(e.Points(ctx, place.Shade)); len(list) != 1 || list[0].Name.En != "Under the arcade" || list[0].Location == nil {
		t.Errorf("%+v", list)
	}
	if got := first(e.Point(ctx, p.ID)); got.Rev != p.Rev {
		t.Errorf("%+v", got)
	}
	if _, err := e.SetPoint(ctx, coordinator, p.ID, p.Rev-1, bench()); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an old revision: %v", err)
	}
	if _, err := e.SawPoint(ctx, coordinator, p.ID, 0, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("without a revision: %v", err)
	}
	p = must(t, first(e.SawPoint(ctx, coordinator, p.ID, p.Rev, true)), nil)
	p = must(t, first(e.SawPoint(ctx, coordinator, p.ID, p.Rev, false)), nil)
	if list := first(e.Points(ctx)); p.Gone != "2026-10-15" || len(list) != 0 {
		t.Errorf("gone, and listed: %+v", list)
	}
	if _, err := e.Point(ctx, p.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("gone, and there: %v", err)
	}
	if _, err := e.SetPoint(ctx, coordinator, p.ID, p.Rev, bench()); !fault.Is(err, fault.NotFound) {
		t.Errorf("gone, and changed: %v", err)
	}
	must(t, first(e.SavePoints(ctx, []place.Point{{Meta: p.Meta, Kind: place.Bench, Name: p.Name}})), nil)
	if list := first(e.Points(ctx)); len(list) != 0 {
		t.Error("a list brings back what is gone")
	}
	page, err := log.Of(ctx, audit.Ref{Kind: place.KindPoint, ID: p.ID}, "", 10)
	if err != nil || len(page.Items) < 3 {
		t.Errorf("the trail has %d entries: %v", len(page.Items), err)
	}
}

func TestPointsThatAreRefused(t *testing.T) {
	e, _, _ := editor(t)
	p := must(t, first(e.AddPoint(t.Context(), coordinator, bench())), nil)
	for field, change := range map[string]func(*place.PointFacts){
		"kind":     func(x *place.PointFacts) { x.Kind = "castle" },
		"name":     func(x *place.PointFacts) { x.Name = lang.Text{En: "bench"} },
		"location": func(x *place.PointFacts) { x.Location = &geo.Location{Point: geo.Point{Lat: 91}, Source: geo.WGS84} },
	} {
		x := bench()
		change(&x)
		if _, err := e.AddPoint(t.Context(), coordinator, x); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s added: %v", field, err)
		}
		if _, err := e.SetPoint(t.Context(), coordinator, p.ID, p.Rev, x); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s changed: %v", field, err)
		}
	}
	for _, by := range []access.Actor{{}, {AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}, {AccountID: "l", Roles: []access.Role{access.Liaison}, TwoFactor: true}} {
		_, add := e.AddPoint(t.Context(), by, bench())
		_, set := e.SetPoint(t.Context(), by, p.ID, p.Rev, bench())
		_, saw := e.SawPoint(t.Context(), by, p.ID, p.Rev, false)
		if add == nil || set == nil || saw == nil {
			t.Errorf("%s enters points: %v %v %v", by.AccountID, add, set, saw)
		}
	}
	for kind, want := range map[place.PointKind]bool{place.Bench: true, place.StepFree: true, place.BusStop: false, place.Metro: false, "castle": false} {
		if kind.ByHand() != want {
			t.Errorf("%s is entered by hand: %v", kind, !want)
		}
	}
}

// What kind of car park it is, is said of car parks alone: who changes the kind of a point leaves nothing behind. A list that is read in
// again knows nothing of it and takes nothing away.
func TestLotIsOfCarParks(t *testing.T) {
	e, _, _ := editor(t)
	ctx := t.Context()
	park := bench()
	park.Kind, park.Lot = place.Parking, "rooftop"
	if _, err := e.AddPoint(ctx, coordinator, park); !fault.Is(err, fault.Invalid) {
		t.Errorf("no such kind: %v", err)
	}
	park.Lot = place.Underground
	p := must(t, first(e.AddPoint(ctx, coordinator, park)), nil)
	must(t, first(e.SavePoints(ctx, []place.Point{{Meta: p.Meta, Kind: place.Parking, Name: p.Name}})), nil)
	if p = first(e.Point(ctx, p.ID)); p.Lot != place.Underground {
		t.Errorf("%+v", p)
	}
	park.Kind = place.Toilet
	if p = must(t, first(e.SetPoint(ctx, coordinator, p.ID, p.Rev, park)), nil); p.Lot != "" {
		t.Errorf("a toilet is %s", p.Lot)
	}
	stray := place.Point{Kind: place.Toilet, Name: p.Name, Lines: []string{}, Lot: place.Roadside}
	if err := stray.Validate(); !fault.Is(err, fault.Invalid) {
		t.Errorf("a toilet beside the road: %v", err)
	}
}
