package place_test

import (
	"errors"
	"slices"
	"testing"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

func named(hans string) place.StreetFacts {
	return place.StreetFacts{Name: lang.Text{Hans: hans}, Core: true}
}

// wrongAt is the field a mistake is about; "" for none.
func wrongAt(err error) string {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid && len(f.Fields) > 0 {
		return f.Fields[0].Name
	}
	return ""
}

// written counts what the trail has of a place.
func written(t *testing.T, log *audit.Log, kind, id string) int {
	t.Helper()
	if _, err := log.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := log.Of(t.Context(), audit.Ref{Kind: kind, ID: id}, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Items)
}

// A street that is added has an address made of its reading; a new name keeps the address, and the old name finds it.
func TestStreetIsAddedAndRenamed(t *testing.T) {
	t.Parallel()
	e, log, _ := editor(t)
	st := must(t, first(e.AddStreet(t.Context(), coordinator, named(" 长桥街 "))), nil)
	if st.Slug != "chang-qiao-jie" || st.Name.Hans != "长桥街" || st.Reading() != "Chang Qiao Jie" || !st.Core || st.Pinyin != "" {
		t.Errorf("%+v", st)
	}
	alike := must(t, first(e.AddStreet(t.Context(), coordinator, place.StreetFacts{Name: lang.Text{Hans: "常桥街"}, Pinyin: "Changqiao Jie"})), nil)
	if alike.Slug != "changqiao-jie" || alike.Reading() != "Changqiao Jie" {
		t.Errorf("%+v", alike)
	}
	third := must(t, first(e.AddStreet(t.Context(), coordinator, named("常乔街"))), nil)
	if third.Slug != "chang-qiao-jie-2" {
		t.Errorf("two have one address: %s", third.Slug)
	}
	if _, err := e.AddStreet(t.Context(), coordinator, named("长桥街")); wrongAt(err) != "name" {
		t.Errorf("two have one name: %v", err)
	}
	if _, err := e.AddStreet(t.Context(), coordinator, named("")); wrongAt(err) != "name" {
		t.Errorf("without a name: %v", err)
	}
	if _, err := e.AddStreet(t.Context(), access.Actor{AccountID: "x"}, named("别的路")); err == nil {
		t.Error("anybody adds a street")
	}
	next := must(t, first(e.SetStreet(t.Context(), coordinator, st.ID, st.Rev, named("秀野桥路"))), nil)
	if next.Slug != st.Slug || !slices.Equal(next.Aliases, []string{"长桥街"}) {
		t.Errorf("%+v", next)
	}
	if _, err := e.SetStreet(t.Context(), coordinator, st.ID, st.Rev, named("又一个名字")); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an old revision: %v", err)
	}
	if _, err := e.SetStreet(t.Context(), coordinator, st.ID, next.Rev, named("中山中路")); wrongAt(err) != "name" {
		t.Errorf("takes the name of another: %v", err)
	}
	all := must(t, first(e.Streets(t.Context())), nil)
	if got, house, _, ok := place.Find("松江区长桥街 18 号", all); !ok || got.ID != st.ID || house.Number != 18 {
		t.Errorf("the old name finds %v %v", got.Name, ok)
	}
	back := must(t, first(e.SetStreet(t.Context(), coordinator, st.ID, next.Rev, named("长桥街"))), nil)
	if !slices.Equal(back.Aliases, []string{"秀野桥路"}) {
		t.Errorf("%v", back.Aliases)
	}
	if entries := written(t, log, place.KindStreet, st.ID); entries < 3 {
		t.Errorf("%d entries of the trail", entries)
	}
}

func TestStreetIsDrawn(t *testing.T) {
	t.Parallel()
	e, _, st := editor(t)
	line := [][]geo.Point{{{Lat: 31.0, Lng: 121.2}, {Lat: 31.01, Lng: 121.21}}}
	st = must(t, first(e.SetLines(t.Context(), coordinator, st.ID, st.Rev, line)), nil)
	if len(st.Lines) != 1 || len(st.Lines[0]) != 2 {
		t.Errorf("%v", st.Lines)
	}
	if _, err := e.SetLines(t.Context(), coordinator, st.ID, st.Rev, [][]geo.Point{{{Lat: 91}, {}}}); wrongAt(err) != "lines" {
		t.Errorf("off the globe: %v", err)
	}
	if _, err := e.SetLines(t.Context(), coordinator, st.ID, st.Rev, [][]geo.Point{make([]geo.Point, geo.MaxLinePoints+1)}); wrongAt(err) != "lines" {
		t.Errorf("without end: %v", err)
	}
	if _, err := e.SetLines(t.Context(), coordinator, st.ID, st.Rev-1, nil); !fault.Is(err, fault.Conflict) {
		t.Errorf("over an old revision: %v", err)
	}
	st = must(t, first(e.SetLines(t.Context(), coordinator, st.ID, st.Rev, nil)), nil)
	if st.Lines == nil || len(st.Lines) != 0 {
		t.Errorf("%v", st.Lines)
	}
}

// A plaza closes once nothing is in it, is in no list any more and still found by its address, and can come back.
func TestPlazaEnds(t *testing.T) {
	t.Parallel()
	e, _, st := editor(t)
	at := geo.Location{Point: geo.Point{Lat: 31.01, Lng: 121.22}, Source: geo.WGS84}
	z := must(t, first(e.AddPlaza(t.Context(), coordinator, place.PlazaFacts{Name: lang.Text{Hans: "新天地", En: "New Plaza"}, StreetID: st.ID, Location: &at})), nil)
	if z.Slug != "xin-tian-di" || z.Location == nil {
		t.Errorf("%+v", z)
	}
	if _, err := e.AddPlaza(t.Context(), coordinator, place.PlazaFacts{Name: lang.Text{Hans: "别处"}, StreetID: "none"}); wrongAt(err) != "street_id" {
		t.Errorf("on a street there is not: %v", err)
	}
	z = must(t, first(e.SetPlaza(t.Context(), coordinator, z.ID, z.Rev, place.PlazaFacts{Name: lang.Text{Hans: "老天地"}, StreetID: st.ID})), nil)
	if !slices.Equal(z.Aliases, []string{"新天地"}) || z.Location != nil || z.Slug != "xin-tian-di" {
		t.Errorf("%+v", z)
	}
	if _, err := e.EndStreet(t.Context(), coordinator, st.ID, st.Rev, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("a street ends under its plaza: %v", err)
	}
	u := must(t, first(e.AddUnit(t.Context(), coordinator, place.Unit{PlazaID: z.ID, Number: "1F-01", Level: 1})), nil)
	if _, err := e.EndPlaza(t.Context(), coordinator, z.ID, z.Rev, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("with a unit in it: %v", err)
	}
	must(t, first(e.Retire(t.Context(), coordinator, u.ID, u.Rev)), nil)
	if _, err := e.EndPlaza(t.Context(), coordinator, z.ID, z.Rev, 1); !fault.Is(err, fault.Conflict) {
		t.Errorf("with a shop in it: %v", err)
	}
	z = must(t, first(e.EndPlaza(t.Context(), coordinator, z.ID, z.Rev, 0)), nil)
	if z.Ended != "2026-10-15" {
		t.Errorf("ended on %q", z.Ended)
	}
	if list := must(t, first(e.Plazas(t.Context())), nil); len(list) != 0 {
		t.Errorf("%v is still listed", list)
	}
	if list := must(t, first(e.EveryPlaza(t.Context())), nil); len(list) != 1 {
		t.Errorf("%d kept", len(list))
	}
	if got := must(t, first(e.PlazaBySlug(t.Context(), z.Slug)), nil); got.ID != z.ID {
		t.Error("its address does not find it")
	}
	if _, err := e.AddUnit(t.Context(), coordinator, place.Unit{PlazaID: z.ID, Number: "1F-02", Level: 1}); err == nil {
		t.Error("a closed plaza gets a unit")
	}
	if _, err := e.EndPlaza(t.Context(), coordinator, z.ID, z.Rev, 0); !fault.Is(err, fault.Conflict) {
		t.Errorf("ended twice: %v", err)
	}
	st = must(t, first(e.EndStreet(t.Context(), coordinator, st.ID, st.Rev, 0)), nil)
	// What an import says of it does not bring it back.
	must(t, first(e.SaveStreets(t.Context(), []place.Street{street("z", "中山中路")})), nil)
	if got := must(t, first(e.Street(t.Context(), st.ID)), nil); got.Ended == "" {
		t.Error("an import has brought it back")
	} else {
		st = got
	}
	if st = must(t, first(e.ReviveStreet(t.Context(), coordinator, st.ID, st.Rev)), nil); st.Ended != "" {
		t.Errorf("%+v", st)
	}
	if z = must(t, first(e.RevivePlaza(t.Context(), coordinator, z.ID, z.Rev)), nil); z.Ended != "" {
		t.Errorf("%+v", z)
	}
	if _, err := e.RevivePlaza(t.Context(), coordinator, z.ID, z.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("come back twice: %v", err)
	}
}
