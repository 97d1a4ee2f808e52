package place_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
)

func open(t *testing.T) *place.Service {
	t.Helper()
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return place.New(db)
}

func street(slug, name string) place.Street {
	return place.Street{Slug: slug, Name: lang.Text{Hans: name}}
}

func must[T any](t *testing.T, v T, err error) T {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestStreets(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	if got := must(t, first(s.Streets(ctx)), nil); got == nil || len(got) != 0 {
		t.Fatalf("nothing saved, got %v", got)
	}
	list := []place.Street{street("zhongshan-zhonglu", "中山中路"), street("chongqing-lu", "重庆路"), street("renmin-beilu", "人民北路")}
	tally, err := s.SaveStreets(ctx, list)
	if err != nil || tally != (place.Tally{New: 3}) {
		t.Fatalf("%+v %v", tally, err)
	}
	if list[0].ID != "" {
		t.Error("the caller's list was changed")
	}
	got := first(s.Streets(ctx))
	for i, want := range []string{"重庆路", "人民北路", "中山中路"} {
		if got[i].Name.Hans != want {
			t.Errorf("place %d is %s", i, got[i].Name.Hans)
		}
	}
	one, err := s.StreetBySlug(ctx, "renmin-beilu")
	if err != nil || one.Name.Hans != "人民北路" {
		t.Fatal(one, err)
	}
	if same, err := s.Street(ctx, one.ID); err != nil || same.Slug != one.Slug {
		t.Error(same, err)
	}
	list[1].Pinyin = "Zhongqing Lu"
	if tally, err := s.SaveStreets(ctx, list); err != nil || tally != (place.Tally{Changed: 1, Unchanged: 2}) {
		t.Errorf("%+v %v", tally, err)
	}
	if got := first(s.Streets(ctx)); got[2].Name.Hans != "中山中路" || got[1].Name.Hans != "重庆路" || got[1].ID == "" {
		t.Errorf("the change of a reading is not seen: %v", got)
	}
	for _, f := range []func() error{
		func() error { _, err := s.Street(ctx, "nothing"); return err },
		func() error { _, err := s.StreetBySlug(ctx, "nothing"); return err },
		func() error { _, err := s.Plaza(ctx, ""); return err },
		func() error { _, err := s.PlazaBySlug(ctx, ""); return err },
		func() error { _, err := s.Unit(ctx, "nothing"); return err },
	} {
		if err := f(); !fault.Is(err, fault.NotFound) {
			t.Errorf("got %v", err)
		}
	}
}

func first[T any](v T, _ error) T { return v }

func TestAnInvalidPlaceStopsTheWholeSave(t *testing.T) {
	s := open(t)
	if _, err := s.SaveStreets(t.Context(), []place.Street{street("a", "甲路"), street("B", "乙路")}); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	if got := first(s.Streets(t.Context())); len(got) != 0 {
		t.Errorf("half of it was written: %v", got)
	}
	if _, err := s.SavePoints(t.Context(), []place.Point{{Kind: place.Toilet, Name: lang.Text{Hans: "厕所"}}}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a point without id: %v", err)
	}
}

func TestPlazasAndPoints(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	p := place.Plaza{Slug: "pinggao", Name: lang.Text{Hans: "平高广场"}, Floors: []place.Floor{{Level: 1, Label: "1F"}}}
	must(t, first(s.SavePlazas(ctx, []place.Plaza{p})), nil)
	got, err := s.PlazaBySlug(ctx, "pinggao")
	if err != nil || len(got.Floors) != 1 || len(first(s.Plazas(ctx))) != 1 {
		t.Fatal(got, err)
	}
	point := func(id string, k place.PointKind, name string) place.Point {
		return place.Point{Meta: store.Meta{ID: id}, Kind: k, Name: lang.Text{Hans: name}}
	}
	if _, err := s.SavePoints(ctx, []place.Point{point("a", place.BusStop, "阿站"), point("b", place.Toilet, "中厕"), point("c", place.Toilet, "北厕")}); err != nil {
		t.Fatal(err)
	}
	ids := ""
	for _, p := range first(s.Points(ctx)) {
		ids += p.ID
	}
	for _, p := range first(s.Points(ctx, place.BusStop)) {
		ids += p.ID
	}
	if ids != "cbaa" {
		t.Errorf("order %s", ids)
	}
	if got := first(s.Points(ctx, place.AED)); got == nil || len(got) != 0 {
		t.Errorf("none of a kind: %v", got)
	}
}

func TestUnits(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	unit := func(id, number string, level int) place.Unit {
		return place.Unit{Meta: store.Meta{ID: id}, PlazaID: "p", Number: number, Level: level}
	}
	list := []place.Unit{unit("u1", "2F-01", 2), unit("u2", "1F-02", 1), unit("u3", "1F-01", 1), {Meta: store.Meta{ID: "u4"}, StreetID: "s", Number: "12"}, {Meta: store.Meta{ID: "u5"}, StreetID: "s", Number: "2"}}
	if tally, err := s.SaveUnits(ctx, list); err != nil || tally.New != 5 {
		t.Fatal(tally, err)
	}
	ids := ""
	for _, u := range append(must(t, first(s.Units(ctx, "p")), nil), first(s.UnitsOn(ctx, "s"))...) {
		ids += u.ID
	}
	if ids != "u3u2u1u5u4" {
		t.Errorf("order %s", ids)
	}
	if got := first(s.Units(ctx, "")); len(got) != 0 {
		t.Errorf("no plaza: %v", got)
	}
	for range 2 { // twice is harmless
		if err := s.Occupy(ctx, "u1", "l1", "2026-10-01"); err != nil {
			t.Fatal(err)
		}
	}
	if u := first(s.Unit(ctx, "u1")); u.OccupiedBy != "l1" || u.Rev != 2 {
		t.Errorf("%+v", u)
	}
	if err := s.Occupy(ctx, "u1", "l2", "2026-10-01"); !fault.Is(err, fault.Conflict) {
		t.Errorf("occupied twice: %v", err)
	}
	if err := s.Vacate(ctx, "u1", "l2", place.Leaving{On: "2026-10-02", How: place.EndMoved}); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody else moved it out: %v", err)
	}
	if err := s.Occupy(ctx, "nothing", "l1", "2026-10-01"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if tally, err := s.SaveUnits(ctx, list); err != nil || tally.Unchanged != 5 {
		t.Errorf("saving again: %+v %v", tally, err)
	}
	if got := first(s.Occupied(ctx)); len(got) != 1 || got[0].ID != "u1" {
		t.Errorf("occupied: %v", got)
	}
	for range 2 {
		if err := s.Vacate(ctx, "u1", "l1", place.Leaving{On: "2026-10-02", How: place.EndMoved}); err != nil {
			t.Fatal(err)
		}
	}
	if u := first(s.Unit(ctx, "u1")); !u.Vacant() {
		t.Errorf("%+v", u)
	}
}

func TestOneListingGetsTheUnit(t *testing.T) {
	s := open(t)
	ctx := t.Context()
	must(t, first(s.SaveUnits(ctx, []place.Unit{{Meta: store.Meta{ID: "u"}, PlazaID: "p", Number: "1"}})), nil)
	won := make(chan string, 8)
	var wg sync.WaitGroup
	for _, l := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		wg.Go(func() {
			if err := s.Occupy(ctx, "u", l, "2026-10-01"); err == nil {
				won <- l
			} else if !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	close(won)
	var winners []string
	for l := range won {
		winners = append(winners, l)
	}
	if u := first(s.Unit(ctx, "u")); len(winners) != 1 || u.OccupiedBy != winners[0] {
		t.Errorf("%v won, %s is in it", winners, u.OccupiedBy)
	}
}

func TestOccupyAndVacate(t *testing.T) {
	for _, c := range []struct {
		name, in string
		act      func(*place.Unit) error
		want     string
		kind     fault.Kind
		fails    bool
	}{
		{"into a vacant unit", "", func(u *place.Unit) error { return u.Occupy("a", "2026-10-01") }, "a", 0, false},
		{"in it already", "a", func(u *place.Unit) error { return u.Occupy("a", "2026-10-01") }, "a", 0, false},
		{"another is in it", "b", func(u *place.Unit) error { return u.Occupy("a", "2026-10-01") }, "b", fault.Conflict, true},
		{"nobody", "", func(u *place.Unit) error { return u.Occupy("", "2026-10-01") }, "", fault.Internal, true},
		{"out", "a", func(u *place.Unit) error { return u.Vacate("a", place.Leaving{On: "2026-10-02", How: place.EndCeased}) }, "", 0, false},
		{"gone already", "", func(u *place.Unit) error { return u.Vacate("a", place.Leaving{On: "2026-10-02", How: place.EndCeased}) }, "", 0, false},
		{"another stays", "b", func(u *place.Unit) error { return u.Vacate("a", place.Leaving{On: "2026-10-02", How: place.EndCeased}) }, "b", fault.Conflict, true},
	} {
		u := place.Unit{OccupiedBy: c.in}
		err := c.act(&u)
		if (err != nil) != c.fails || c.fails && !fault.Is(err, c.kind) || u.OccupiedBy != c.want || u.Vacant() != (c.want == "") {
			t.Errorf("%s: %v %+v", c.name, err, u)
		}
	}
}

func TestValidate(t *testing.T) {
	name := lang.Text{Hans: "名"}
	bad := lang.Text{Hans: "a\u202eb"}
	far := &geo.Location{Point: geo.Point{Lat: 91}, Source: geo.WGS84}
	for _, c := range []struct {
		what  string
		v     interface{ Validate() error }
		field string
	}{
		{"street", &place.Street{Slug: "a", Name: name, SideNames: map[place.Side]lang.Text{place.Odd: name}}, ""},
		{"street slug", &place.Street{Slug: "A", Name: name}, "slug"},
		{"street name", &place.Street{Slug: "a"}, "name"},
		{"street control", &place.Street{Slug: "a", Name: bad}, "name"},
		{"street pinyin", &place.Street{Slug: "a", Name: name, Pinyin: "\x00"}, "pinyin"},
		{"street side", &place.Street{Slug: "a", Name: name, SideNames: map[place.Side]lang.Text{"left": name}}, "side_names"},
		{"street line", &place.Street{Slug: "a", Name: name, Lines: [][]geo.Point{{{Lat: 91}}}}, "lines"},
		{"plaza", &place.Plaza{Slug: "a", Name: name, Floors: []place.Floor{{Level: -1}, {Level: 1}}}, ""},
		{"plaza floor 0", &place.Plaza{Slug: "a", Name: name, Floors: []place.Floor{{}}}, "floors"},
		{"plaza floor twice", &place.Plaza{Slug: "a", Name: name, Floors: []place.Floor{{Level: 1}, {Level: 1}}}, "floors"},
		{"plaza alias", &place.Plaza{Slug: "a", Name: name, Aliases: []string{""}}, "aliases"},
		{"plaza aliases", &place.Plaza{Slug: "a", Name: name, Aliases: make([]string, 21)}, "aliases"},
		{"plaza location", &place.Plaza{Slug: "a", Name: name, Location: far}, "location"},
		{"plaza without datum", &place.Plaza{Slug: "a", Name: name, Location: &geo.Location{}}, "location"},
		{"unit", &place.Unit{PlazaID: "p", Number: "1", Level: 1}, ""},
		{"unit nowhere", &place.Unit{Number: "1"}, "plaza_id"},
		{"unit in two places", &place.Unit{PlazaID: "p", StreetID: "s", Number: "1"}, "plaza_id"},
		{"unit number", &place.Unit{PlazaID: "p"}, "number"},
		{"unit of a street with a floor", &place.Unit{StreetID: "s", Number: "1", Level: 2}, "level"},
		{"unit area", &place.Unit{StreetID: "s", Number: "1", AreaM2: -1}, "area_m2"},
		{"point", &place.Point{Kind: place.Toilet, Name: name, CheckedOn: "2026-10-01"}, ""},
		{"point kind", &place.Point{Kind: "tree", Name: name}, "kind"},
		{"point date", &place.Point{Kind: place.Toilet, Name: name, CheckedOn: "2026-13-01"}, "checked_on"},
		{"point note", &place.Point{Kind: place.Toilet, Name: name, Note: "a\tb"}, "note"},
		{"point lines", &place.Point{Kind: place.Toilet, Name: name, Lines: []string{""}}, "lines"},
	} {
		err := c.v.Validate()
		if c.field == "" {
			if err != nil {
				t.Errorf("%s: %v", c.what, err)
			}
			continue
		}
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.what, err)
		}
		if ok && f.Fields[0].Key == "error.list.long" && f.Fields[0].Args["Max"] != 20 {
			t.Errorf("%s: does not say how many there may be: %v", c.what, f.Fields[0].Args)
		}
	}
}
