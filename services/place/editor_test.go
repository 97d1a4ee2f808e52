package place_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/place"
)

var coordinator = access.Actor{AccountID: "a1", Roles: []access.Role{access.Coordinator}, TwoFactor: true}

func editor(t *testing.T) (*place.Editor, *audit.Log, place.Street) {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC) }
	db, log, _ := audittest.Open(t, now)
	e := place.NewEditor(db, log, now)
	must(t, first(e.SaveStreets(t.Context(), []place.Street{street("z", "中山中路")})), nil)
	return e, log, must(t, first(e.StreetBySlug(t.Context(), "z")), nil)
}

func TestStretches(t *testing.T) {
	odd := func(from, to int) place.Stretch {
		return place.Stretch{Name: lang.Text{Hans: "谷阳路到人民路"}, Ranges: map[place.Side]place.Range{place.Odd: {From: from, To: to}}}
	}
	for name, c := range map[string]struct {
		before, add place.Stretch
		want        string // field, empty: taken
	}{
		"beside another":     {odd(1, 99), odd(101, 199), ""},
		"over another":       {odd(1, 99), odd(99, 199), "stretches.odd"},
		"even on the odd":    {odd(1, 99), odd(102, 198), "stretches.odd"},
		"backwards":          {odd(1, 99), odd(199, 101), "stretches.odd"},
		"without a side":     {odd(1, 99), place.Stretch{Name: lang.Text{Hans: "x"}}, "stretches"},
		"without a name":     {odd(1, 99), place.Stretch{Ranges: odd(101, 199).Ranges}, "stretches.hans"},
		"no number so large": {odd(1, 99), odd(101, 100_001), "stretches.odd"},
	} {
		e, _, st := editor(t)
		st = must(t, first(e.SetStretch(t.Context(), coordinator, st.ID, st.Rev, c.before)), nil)
		got, err := e.SetStretch(t.Context(), coordinator, st.ID, st.Rev, c.add)
		if c.want == "" {
			if err != nil || len(got.Stretches) != 2 || got.Stretches[1].ID != "s2" {
				t.Errorf("%s: %+v %v", name, got.Stretches, err)
			}
			continue
		}
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	e, _, st := editor(t)
	st = must(t, first(e.SetStretch(t.Context(), coordinator, st.ID, st.Rev, odd(1, 99))), nil)
	st = must(t, first(e.RemoveStretch(t.Context(), coordinator, st.ID, st.Rev, "s1")), nil)
	st = must(t, first(e.SetStretch(t.Context(), coordinator, st.ID, st.Rev, odd(1, 99))), nil)
	if st.Stretches[0].ID != "s2" {
		t.Errorf("an id is given twice: %s", st.Stretches[0].ID)
	}
	for house, want := range map[string]bool{"1": true, "99": true, "98": false, "101": false, "51弄3号": true, "": false} {
		h, _, _ := place.ParseHouse(house)
		if _, ok := st.StretchOf(h); ok != want {
			t.Errorf("%q lies on it: %v", house, ok)
		}
	}
	if _, err := e.SetSides(t.Context(), coordinator, st.ID, st.Rev-1, place.North); !fault.Is(err, fault.Conflict) {
		t.Errorf("written over a newer one: %v", err)
	}
	if _, err := e.SetSides(t.Context(), access.Actor{AccountID: "x"}, st.ID, st.Rev, place.North); err == nil {
		t.Error("anybody changes a street")
	}
	st = must(t, first(e.SetSides(t.Context(), coordinator, st.ID, st.Rev, place.North)), nil)
	if st.OddSide() != place.North || st.SideNames[place.Even].Hans != "路南" {
		t.Errorf("%+v", st.SideNames)
	}
	// An import brings no stretches and takes none.
	must(t, first(e.SaveStreets(t.Context(), []place.Street{{Slug: "z", Name: lang.Text{Hans: "中山中路"}, Pinyin: "Zhongshan Zhonglu"}})), nil)
	if st = must(t, first(e.StreetBySlug(t.Context(), "z")), nil); len(st.Stretches) != 1 || st.OddSide() != place.North {
		t.Errorf("an import took %+v", st)
	}
}

// A unit keeps everybody who was in it, and what it is cut into.
func TestUnitsHaveAHistory(t *testing.T) {
	e, log, st := editor(t)
	ctx := t.Context()
	u := must(t, first(e.AddUnit(ctx, coordinator, place.Unit{StreetID: st.ID, Number: "２１８ 号"})), nil)
	if u.Number != "218" {
		t.Errorf("stored as %s", u.Number)
	}
	if _, err := e.AddUnit(ctx, coordinator, place.Unit{StreetID: st.ID, Number: "218"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("the number twice: %v", err)
	}
	must(t, 0, e.Occupy(ctx, u.ID, "a", "2025-01-01"))
	must(t, 0, e.Vacate(ctx, u.ID, "a", place.Leaving{On: "2025-06-30", How: place.EndCeased}))
	must(t, 0, e.Occupy(ctx, u.ID, "b", "2025-08-01"))
	must(t, 0, e.Vacate(ctx, u.ID, "b", place.Leaving{On: "2026-10-15", How: place.EndMoved}))
	must(t, 0, e.Occupy(ctx, u.ID, "b", "2026-10-15")) // it was a mistake
	u = must(t, first(e.Unit(ctx, u.ID)), nil)
	want := []place.Stay{{ListingID: "a", Since: "2025-01-01", Until: "2025-06-30", End: place.EndCeased}, {ListingID: "b", Since: "2025-08-01"}}
	if !slices.Equal(u.History, want) {
		t.Errorf("%+v", u.History)
	}
	if _, err := e.Retire(ctx, coordinator, u.ID, u.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("retired with a shop in it: %v", err)
	}
	part := must(t, first(e.Split(ctx, coordinator, u.ID, u.Rev, place.Part{Number: "218", AreaM2: 20}, place.Part{Number: "218甲", AreaM2: 15})), nil)
	if !part.Vacant() || part.PartOf != u.ID {
		t.Errorf("%+v", part)
	}
	if u = must(t, first(e.Unit(ctx, u.ID)), nil); u.OccupiedBy != "b" || u.AreaM2 != 20 || len(u.History) != 2 {
		t.Errorf("%+v", u)
	}
	if _, err := e.Split(ctx, coordinator, u.ID, u.Rev, place.Part{Number: "218"}, place.Part{Number: "218甲"}); !fault.Is(err, fault.Invalid) {
		t.Errorf("split into what is there: %v", err)
	}
	must(t, first(e.Retire(ctx, coordinator, part.ID, part.Rev)), nil)
	if err := e.Occupy(ctx, part.ID, "c", "2026-10-15"); !fault.Is(err, fault.Conflict) {
		t.Errorf("somebody moves into what is no more: %v", err)
	}
	if units := must(t, first(e.UnitsOn(ctx, st.ID)), nil); len(units) != 1 {
		t.Errorf("%+v", units)
	}
	again := must(t, first(e.AddUnit(ctx, coordinator, place.Unit{StreetID: st.ID, Number: "218甲"})), nil)
	if again.ID == part.ID {
		t.Error("a unit that is no more came back")
	}
	if _, err := log.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := log.Of(ctx, audit.Ref{Kind: place.KindUnit, ID: u.ID}, "", 10)
	if err != nil || len(page.Items) < 2 {
		t.Errorf("the trail has %d entries: %v", len(page.Items), err)
	}
}

func TestVacantAsSeen(t *testing.T) {
	e, _, st := editor(t)
	h, _, _ := place.ParseHouse("88")
	for _, c := range []struct{ on, since, seen string }{{"2026-10-10", "2026-10-10", "2026-10-10"}, {"2026-10-12", "2026-10-10", "2026-10-12"}, {"2026-10-11", "2026-10-10", "2026-10-12"}} {
		u := must(t, first(e.SawVacant(t.Context(), coordinator, st.ID, h, c.on)), nil)
		if u.VacantSince != c.since || u.SeenOn != c.seen {
			t.Errorf("%s: since %s, seen %s", c.on, u.VacantSince, u.SeenOn)
		}
	}
	u := must(t, first(e.UnitsOn(t.Context(), st.ID)), nil)[0]
	must(t, 0, e.Occupy(t.Context(), u.ID, "a", "2026-10-13"))
	if _, err := e.SawVacant(t.Context(), coordinator, st.ID, h, "2026-10-14"); !fault.Is(err, fault.Conflict) {
		t.Errorf("vacant with a shop in it: %v", err)
	}
}

// The order of house numbers is one: antisymmetric, transitive, and a number never stands before a smaller one of its street.
func TestOrderOfHouseNumbers(t *testing.T) {
	house := rapid.Custom(func(t *rapid.T) place.House {
		h := place.House{Number: rapid.IntRange(0, 40).Draw(t, "number"), Lane: rapid.SampledFrom([]int{0, 0, 3, 20}).Draw(t, "lane")}
		if h.Number > 0 {
			h.Suffix = rapid.SampledFrom([]string{"", "", "甲", "乙", "A", "-2"}).Draw(t, "suffix")
		}
		return h
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := house.Draw(t, "a"), house.Draw(t, "b"), house.Draw(t, "c")
		ab, ba := place.CompareHouses(a, b), place.CompareHouses(b, a)
		if (ab < 0) != (ba > 0) || (ab == 0) != (ba == 0) {
			t.Fatalf("%v and %v: %d and %d", a, b, ab, ba)
		}
		if ab <= 0 && place.CompareHouses(b, c) <= 0 && place.CompareHouses(a, c) > 0 {
			t.Fatalf("%v, %v, %v go round", a, b, c)
		}
		if x, y := a.Doorstep(), b.Doorstep(); x > 0 && y > 0 && x < y && ab >= 0 {
			t.Fatalf("%v does not stand before %v", a, b)
		}
		back, rest, ok := place.ParseHouse(a.String())
		if a.Doorstep() > 0 && (!ok || rest != "" || place.CompareHouses(a, back) != 0) {
			t.Fatalf("%v is read back as %v %q", a, back, rest)
		}
	})
}
