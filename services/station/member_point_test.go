package station

import (
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
)

func hall() Spot {
	return Spot{
		Address: " 中山中路 218 号一楼 ", StreetID: "st1", Opening: place.Times{Text: "每天 8:00-17:00"},
		Location: &geo.Location{Point: geo.Point{Lat: 31.006, Lng: 121.227}, Source: geo.GCJ02, Method: "map search"},
	}
}

func TestWhatAnOrganisationMayOpen(t *testing.T) {
	h, ctx := opened(t), t.Context()
	for name, x := range map[string]struct {
		kind   place.PointKind
		note   string
		change func(*Spot)
		want   string
	}{
		"as it is":                   {place.Water, "自己倒", func(*Spot) {}, "<nil>"},
		"on no street, at any time":  {place.Rest, "", func(x *Spot) { *x = Spot{Address: "一楼大厅"} }, "<nil>"},
		"nowhere":                    {place.Water, "", func(x *Spot) { x.Address = " " }, "address error.text.empty"},
		"a mobile number":            {place.Water, "", func(x *Spot) { x.Address = "找小王 13812345678" }, "address error.mobile"},
		"a mobile number in a note":  {place.Water, "打 13812345678", func(*Spot) {}, "note error.mobile"},
		"hours nobody can read":      {place.Water, "", func(x *Spot) { x.Opening.Text = "有人就开" }, "opening error.street.pedestrian"},
		"a street that is not there": {place.Water, "", func(x *Spot) { x.StreetID = "st9" }, "street error.choice"},
		"a metro station":            {place.Metro, "", func(*Spot) {}, "kind error.choice"},
	} {
		spot := hall()
		x.change(&spot)
		if got := fieldOf(h.OpenMemberPoint(ctx, owner, "o1", x.kind, x.note, spot)); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
	for name, by := range map[string]access.Actor{"staff": staff, "another": rival, "a coordinator": coordinator, "the liaison": liaison} {
		if err := h.OpenMemberPoint(ctx, by, "o1", place.Water, "", hall()); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s opens it: %v", name, err)
		}
		if err := h.CloseMemberPoint(ctx, by, "o1", place.Water); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s takes it back: %v", name, err)
		}
		if _, err := h.PointsOfMember(ctx, by, "o1"); (err == nil) != (name == "the liaison") {
			t.Errorf("%s reads what it opens: %v", name, err)
		}
	}
}

func TestAnOrganisationOpensItsWater(t *testing.T) {
	h, ctx := opened(t), t.Context()
	points := func() []place.Point { return ok(h, func() ([]place.Point, error) { return h.Points(ctx) }) }
	open := func(x Spot) {
		t.Helper()
		if err := h.OpenMemberPoint(ctx, owner, "o1", place.Water, "自己倒", x); err != nil {
			t.Fatal(err)
		}
	}
	open(hall())
	if len(points()) != 0 {
		t.Error("a member that may not be named is on the map")
	}
	h.named = map[string]lang.Text{"o1": {Hans: "云间银行"}}
	list := points()
	if len(list) != 1 || list[0].Name.Hans != "云间银行" || list[0].Address != "中山中路 218 号一楼" || list[0].StreetID != "st1" || list[0].Location == nil ||
		list[0].Note != "自己倒" || list[0].ListingID != "" || list[0].CheckedOn != "" || list[0].Usable() == nil {
		t.Fatalf("points %+v", list)
	}
	check := func(there bool) {
		t.Helper()
		p := ok(h, func() (store.Page[Point], error) { return h.ToCheck(ctx, coordinator, "", 10) }).Items[0]
		if err := h.CheckPoint(ctx, coordinator, p.ID, p.Rev, there); err != nil {
			t.Fatal(err)
		}
	}
	check(true)
	again := hall()
	again.Opening.Text = "每天 9:00-17:00"
	open(again)
	if got := points()[0]; got.CheckedOn != "2026-10-15" || got.Opening.Text != "每天 9:00-17:00" {
		t.Errorf("other hours: %+v", got)
	}
	again.Address = "中山中路 220 号"
	open(again)
	if got := points()[0]; got.CheckedOn != "" {
		t.Error("at another place it counts as checked")
	}
	h.named = nil
	if len(points()) != 0 {
		t.Error("still on the map after the leave was taken back")
	}
	// Nobody sees it, so nobody has to look: what comes after it is on the first page.
	if err := h.OpenMemberPoint(ctx, rival, "o2", place.Toilet, "", hall()); err != nil {
		t.Fatal(err)
	}
	h.named = map[string]lang.Text{"o2": {Hans: "谷阳物业"}}
	if page := ok(h, func() (store.Page[Point], error) { return h.ToCheck(ctx, coordinator, "", 1) }); len(page.Items) != 1 || page.Items[0].OrganisationID != "o2" {
		t.Errorf("to look at: %+v", page)
	}
	if err := h.CloseMemberPoint(ctx, rival, "o2", place.Toilet); err != nil {
		t.Fatal(err)
	}
	if page := ok(h, func() (store.Page[Point], error) { return h.ToCheck(ctx, coordinator, "", 1) }); len(page.Items) != 0 || page.Next != "" {
		t.Errorf("nothing to look at: %+v", page)
	}
	h.named = map[string]lang.Text{"o1": {Hans: "云间银行"}}
	check(false)
	if len(points()) != 0 {
		t.Error("on the map though nobody found it")
	}
	open(again)
	if err := h.CloseMemberPoint(ctx, owner, "o1", place.Water); err != nil || len(points()) != 0 {
		t.Errorf("taken back: %v, %v", err, points())
	}
	mine := ok(h, func() ([]Opened, error) { return h.PointsOfMember(ctx, owner, "o1") })
	if len(mine) != len(Kinds) || mine[0].Open || mine[0].Spot.Address != "中山中路 220 号" {
		t.Errorf("the organisation sees %+v", mine)
	}
}
