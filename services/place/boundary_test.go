package place_test

import (
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
)

func TestTheBoundary(t *testing.T) {
	e, _, _ := editor(t)
	ctx := t.Context()
	at := func(lat, lng float64) geo.Point { return geo.Point{Lat: lat, Lng: lng} }
	square := []geo.Point{at(31, 121), at(31, 122), at(32, 122), at(32, 121), at(31, 121)}
	b, err := e.Boundary(ctx)
	if err != nil || b.Known() || b.Outside(at(0, 0)) {
		t.Fatalf("before anybody drew it: %+v %v", b, err)
	}
	for _, by := range []access.Actor{{}, {AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}} {
		if _, err := e.SetBoundary(ctx, by, 0, [][]geo.Point{square}); err == nil || fault.Is(err, fault.Invalid) {
			t.Errorf("%+v draws it: %v", by, err)
		}
	}
	if _, err := e.SetBoundary(ctx, coordinator, 0, [][]geo.Point{{at(31, 121), at(31, 122), at(31, 121)}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("two corners: %v", err)
	}
	if b, err = e.SetBoundary(ctx, coordinator, 0, [][]geo.Point{square}); err != nil || len(b.Outlines[0]) != 4 {
		t.Fatal(b, err)
	}
	if b, err = e.Boundary(ctx); err != nil || !b.Known() || b.Outside(at(31.5, 121.5)) || !b.Outside(at(33, 121.5)) {
		t.Errorf("drawn: %+v %v", b, err)
	}
	for _, rev := range []int64{0, b.Rev + 1} {
		if _, err := e.SetBoundary(ctx, coordinator, rev, nil); !fault.Is(err, fault.Conflict) {
			t.Errorf("over revision %d: %v", rev, err)
		}
	}
	if b, err = e.SetBoundary(ctx, coordinator, b.Rev, nil); err != nil || b.Known() || b.Outside(at(33, 121.5)) {
		t.Errorf("taken away: %+v %v", b, err)
	}
}
