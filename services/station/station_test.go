package station

import (
	"testing"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

func TestWhatAStationMaySay(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*Details)
		want   string
	}{
		"as it is":                {func(*Details) {}, "<nil>"},
		"no name":                 {func(d *Details) { d.Name.Hans = " " }, "name error.text.empty"},
		"no place":                {func(d *Details) { d.Where = lang.Text{En: "Somewhere"} }, "where error.text.empty"},
		"a mobile number":         {func(d *Details) { d.Phone = "13812345678" }, "phone station.wrong.mobile"},
		"no number":               {func(d *Details) { d.Phone = "打电话" }, "phone station.wrong.phone"},
		"a mobile in the name":    {func(d *Details) { d.Name.Hant = "小王13812345678" }, "name error.mobile"},
		"a mobile in the intro":   {func(d *Details) { d.Intro.Hans = "找小王 138 1234 5678" }, "intro error.mobile"},
		"a mobile in the place":   {func(d *Details) { d.Where.En = "ring +86 138-1234-5678" }, "where error.mobile"},
		"a mobile in a service":   {func(d *Details) { d.Items = []Item{{lang.Text{Hans: "代办"}, lang.Text{Hans: "打 13812345678"}}} }, "items error.mobile"},
		"a desk in a service":     {func(d *Details) { d.Items = []Item{{lang.Text{Hans: "代办"}, lang.Text{Hans: "打 021-5777 0000"}}} }, "<nil>"},
		"checked tomorrow":        {func(d *Details) { d.CheckedOn = "2026-10-16" }, "checked_on station.wrong.checked"},
		"checked some day":        {func(d *Details) { d.CheckedOn = "昨天" }, "checked_on station.wrong.checked"},
		"a service without steps": {func(d *Details) { d.Items = []Item{{Name: lang.Text{Hans: "代办"}}} }, "items error.text.empty"},
		"steps without a name":    {func(d *Details) { d.Items = []Item{{Steps: lang.Text{Hans: "一"}}} }, "items error.text.empty"},
		"empty rows":              {func(d *Details) { d.Items = make([]Item, 20) }, "<nil>"},
	} {
		d := someDetails()
		x.change(&d)
		if got := fieldOf(d.read("2026-10-15")); got != x.want {
			t.Errorf("%s: %s, want %s", name, got, x.want)
		}
	}
}

func TestAStationIsPublicWhenASecondPersonSaysSo(t *testing.T) {
	h, ctx := opened(t), t.Context()
	x := ok(h, func() ([]Station, error) { return h.Stations(ctx, liaison) })[0]
	if has := x.Page.Draft.Facilities; len(has) != 2 || has[0] != Water {
		t.Errorf("facilities %v", has)
	}
	if _, err := h.PublicStation(ctx, x.Slug); !fault.Is(err, fault.NotFound) {
		t.Errorf("public at once: %v", err)
	}
	for name, by := range map[string]access.Actor{"the owner": owner, "a coordinator": coordinator, "an administrator": admin, "a visitor": {}} {
		if _, err := h.Submit(ctx, by, x.ID, x.Rev); err == nil {
			t.Errorf("%s hands it in", name)
		}
		if _, err := h.Stations(ctx, by); err == nil {
			t.Errorf("%s reads stations that are not public", name)
		}
	}
	x = ok(h, func() (Station, error) { return h.Submit(ctx, liaison, x.ID, x.Rev) })
	if _, err := h.Submit(ctx, liaison, x.ID, x.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("handed in twice: %v", err)
	}
	both := liaison
	both.Roles = []access.Role{access.Liaison, access.Admin}
	if _, err := h.Approve(ctx, both, x.ID, x.Rev, x.Page.Asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved by who wrote it: %v", err)
	}
	for name, by := range map[string]access.Actor{"the liaison": liaison, "a coordinator": coordinator, "the owner": owner} {
		if _, err := h.Approve(ctx, by, x.ID, x.Rev, x.Page.Asked); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s approves: %v", name, err)
		}
		if _, err := h.Unapproved(ctx, by); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s reads what waits: %v", name, err)
		}
	}
	asked, changed := x.Page.Asked, someDetails()
	changed.Intro = lang.Text{Hans: "坐坐"}
	x = ok(h, func() (Station, error) { return h.Edit(ctx, liaison, x.ID, x.Rev, changed) })
	if _, err := h.Approve(ctx, admin, x.ID, x.Rev, asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("approved what it does not say any more: %v", err)
	}
	x = ok(h, func() (Station, error) { return h.Submit(ctx, liaison, x.ID, x.Rev) })
	if _, err := h.Return(ctx, admin, x.ID, x.Rev, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("given back without a reason: %v", err)
	}
	x = ok(h, func() (Station, error) { return h.Return(ctx, admin, x.ID, x.Rev, "门牌不对") })
	x = ok(h, func() (Station, error) { return h.Submit(ctx, liaison, x.ID, x.Rev) })
	if _, err := h.PublicStation(ctx, x.Slug); !fault.Is(err, fault.NotFound) {
		t.Errorf("public before anybody let it through: %v", err)
	}
	x = ok(h, func() ([]Station, error) { return h.Unapproved(ctx, admin) })[0]
	x = ok(h, func() (Station, error) { return h.Approve(ctx, admin, x.ID, x.Rev, x.Page.Asked) })
	changed.Where.Hans = "假路 9 号"
	x = ok(h, func() (Station, error) { return h.Edit(ctx, liaison, x.ID, x.Rev, changed) })
	open := hours.Hours{Known: true, Text: "", Week: [7][]hours.Span{{{Open: 540, Close: 720}}}, Special: []hours.Special{}}
	x = ok(h, func() (Station, error) { return h.SetHours(ctx, liaison, x.ID, x.Rev, open) })
	if now := ok(h, func() (Shown, error) { return h.PublicStation(ctx, x.Slug) }); now.Where.Hans != someDetails().Where.Hans || !now.Hours.Known {
		t.Errorf("what one person wrote is public, or the hours are not: %+v", now)
	}
	if _, err := h.Edit(ctx, liaison, x.ID, x.Rev-1, someDetails()); !fault.Is(err, fault.Conflict) {
		t.Errorf("written over another version: %v", err)
	}
	if _, err := h.Edit(ctx, liaison, x.ID, 0, someDetails()); !fault.Is(err, fault.Conflict) {
		t.Errorf("written without a version: %v", err)
	}
	if list := ok(h, func() ([]place.Point, error) { return h.Points(ctx) }); len(list) != 2 || list[0].Page != "/station/yun-jian" {
		t.Errorf("points %+v", list)
	}
	_ = ok(h, func() (Station, error) { return h.Withdraw(ctx, liaison, x.ID, x.Rev) })
	if list := ok(h, func() ([]place.Point, error) { return h.Points(ctx) }); len(list) != 0 {
		t.Errorf("points of a station that is not public: %+v", list)
	}
	if _, err := h.Add(ctx, liaison, "yun-jian", someDetails()); fieldOf(err) != "slug station.wrong.taken_slug" {
		t.Errorf("the same address twice: %v", err)
	}
	if _, err := h.Add(ctx, liaison, "云间", someDetails()); fieldOf(err) != "slug station.wrong.slug" {
		t.Errorf("an address in Chinese: %v", err)
	}
}

func TestAShopOpensItsWater(t *testing.T) {
	h, ctx := opened(t), t.Context()
	l := listing.Listing{MerchantID: "m1", State: listing.Published, Name: listing.Name{Text: lang.Text{Hans: "云间面馆"}}}
	l.ID = "s1"
	h.shops["s1"] = l
	points := func() []place.Point { return ok(h, func() ([]place.Point, error) { return h.Points(ctx) }) }
	for name, by := range map[string]access.Actor{"staff": staff, "another": rival, "a coordinator": coordinator, "the liaison": liaison} {
		if err := h.OpenPoint(ctx, by, "s1", place.Water, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s opens it: %v", name, err)
		}
	}
	if err := h.OpenPoint(ctx, owner, "s1", place.Metro, ""); fieldOf(err) != "kind error.choice" {
		t.Errorf("a metro station: %v", err)
	}
	if err := h.OpenPoint(ctx, owner, "s1", place.Water, "打 13812345678"); fieldOf(err) != "note error.mobile" {
		t.Errorf("a mobile number in the note: %v", err)
	}
	open := func() {
		t.Helper()
		if err := h.OpenPoint(ctx, owner, "s1", place.Water, " 进门右手边 "); err != nil {
			t.Fatal(err)
		}
	}
	open()
	if list := points(); len(list) != 1 || list[0].Name.Hans != "云间面馆" || list[0].Note != "进门右手边" || list[0].CheckedOn != "" {
		t.Fatalf("points %+v", list)
	}
	check := func() Point {
		t.Helper()
		return ok(h, func() (store.Page[Point], error) { return h.ToCheck(ctx, coordinator, "", 10) }).Items[0]
	}
	p := check()
	for name, by := range map[string]access.Actor{"the owner": owner, "the liaison": liaison} {
		if err := h.CheckPoint(ctx, by, p.ID, p.Rev, true); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s checks: %v", name, err)
		}
	}
	if err := h.CheckPoint(ctx, coordinator, p.ID, p.Rev, true); err != nil {
		t.Fatal(err)
	}
	if err := h.CheckPoint(ctx, coordinator, p.ID, p.Rev, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("checked what had changed: %v", err)
	}
	if points()[0].CheckedOn != "2026-10-15" {
		t.Errorf("checked on %q", points()[0].CheckedOn)
	}
	for name, change := range map[string]func(*listing.Listing){
		"without a public page": func(l *listing.Listing) { l.State = listing.Suspended },
		"run by somebody else":  func(l *listing.Listing) { l.MerchantID = "m2" },
	} {
		other := l
		change(&other)
		h.shops["s1"] = other
		if len(points()) != 0 {
			t.Errorf("a shop %s has a point", name)
		}
	}
	h.shops["s1"] = l
	if err := h.ClosePoint(ctx, owner, "s1", place.Water); err != nil || len(points()) != 0 {
		t.Errorf("taken back: %v, %v", err, points())
	}
	open()
	if points()[0].CheckedOn != "" {
		t.Error("opened again, it counts as checked")
	}
	p = check()
	if err := h.CheckPoint(ctx, coordinator, p.ID, p.Rev, false); err != nil || len(points()) != 0 {
		t.Errorf("not there: %v, %v", err, points())
	}
	list := ok(h, func() ([]Opened, error) { return h.PointsOf(ctx, owner, "s1") })
	if len(list) != len(Kinds) || list[0].Open {
		t.Errorf("the owner sees %+v", list)
	}
}
