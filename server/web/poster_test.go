package web

import (
	"net/http"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// The seal on the poster says that the district has checked the shop: nobody else's word earns it.
func TestSealIsTheDistrictsOwn(t *testing.T) {
	for _, tt := range []struct {
		confirmed listing.Confirmed
		want      bool
	}{
		{listing.Confirmed{}, false},
		{listing.Confirmed{By: "source"}, false},
		{listing.Confirmed{On: "2026-10-13", By: "source"}, false},
		{listing.Confirmed{On: "2026-10-13", By: "owner"}, false},
		{listing.Confirmed{By: "coordinator"}, false},
		{listing.Confirmed{On: "2026-10-13", By: "coordinator"}, true},
		{listing.Confirmed{On: "2026-10-13", By: "survey"}, true},
	} {
		if _, got := checked(&listing.Listing{Confirmed: tt.confirmed}); got != tt.want {
			t.Errorf("%+v: %v", tt.confirmed, got)
		}
	}
	if body := sampled(t).get(t, "/shops/yu-tian-cheng/poster"); strings.Contains(body, `class="seal"`) {
		t.Error("a shop from a public list has the seal of the district")
	}
}

// The sheet of a street leads to its page.
func TestPosterOfAStreet(t *testing.T) {
	x := sampled(t)
	const path = "/streets/zhongshan-zhonglu"
	has(t, "the street", x.get(t, path), `href="`+path+`/poster"`)
	page := x.get(t, path+"/poster")
	has(t, "the sheet", page, `class="poster poster-a5"`, "shop.test"+path+`"`, "看这条街哪些店开着", `href="`+path+`/poster?size=a4"`, `href="`+path+`"`)
	if strings.Contains(page, `class="plate`) {
		t.Error("a street has a door plate")
	}
	has(t, "A4", x.get(t, path+"/poster?size=a4"), `class="poster poster-a4"`, `href="`+path+`/poster?size=a5"`)
}

// The sheet of a plaza leads to its page, that of a floor to the floor there; a floor that is not on the page has none.
func TestPosterOfAFloor(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	plazas, err := x.services.Places.Plazas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	z := plazas[0]
	for _, f := range []place.Floor{{Level: 2, Label: "2F", Note: lang.Text{Hans: "餐饮"}}, {Level: 17, Label: "17F"}} {
		if z, err = x.services.Streets.SetFloor(t.Context(), x.actor(t, demo.Coordinator), z.ID, z.Rev, f); err != nil {
			t.Fatal(err)
		}
	}
	x.public(t)
	in, path := x.as(t, ""), "/plazas/"+z.Slug
	has(t, "the plaza", in.page(path), `id="floor-2"`, `href="`+path+`/poster"`)
	page := in.page(path + "/poster")
	has(t, "the sheet of the plaza", page, "shop.test"+path, "看这里有哪些店", "整个广场", `href="`+path+`/poster?size=a5&amp;floor=2"`)
	if strings.Contains(page, "#floor") || strings.Contains(page, "17F") {
		t.Error("the plaza leads to a floor, or to one that is not on its page")
	}
	has(t, "the sheet of a floor", in.page(path+"/poster?size=a4&floor=2"), "shop.test"+path+"#floor-2", "2F", `class="poster poster-a4"`, `href="`+path+`/poster?size=a5&amp;floor=2"`)
	for query, want := range map[string]string{"?floor=17": "没有“17”这一层", "?floor=x": "没有“x”这一层", "?size=a3": "没有“A3”"} {
		if a := in.get(path + "/poster" + query); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d", query, a.status)
		}
	}
	for _, none := range []string{"/plazas/none/poster", "/streets/none/poster"} {
		if a := in.get(none); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", none, a.status)
		}
	}
}

// The directory of a plaza on paper has its units in order, who is in them and which are vacant, as a sketch and as a list; a shop that is not public is
// not named.
func TestDirectoryOfAPlaza(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	shop := x.listing(t, x.people[demo.Owner].ListingIDs[1])
	z, err := x.services.Places.Plaza(t.Context(), shop.Address.PlazaID)
	if err != nil {
		t.Fatal(err)
	}
	for n, number := range []string{"3F-01", "3F-02"} {
		u, err := x.services.Streets.AddUnit(t.Context(), x.actor(t, demo.Coordinator), place.Unit{PlazaID: z.ID, Level: 3, Number: number})
		if err == nil && n == 0 {
			err = x.services.Streets.Occupy(t.Context(), u.ID, shop.ID, "2026-10-01")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	x.public(t)
	in, path := x.as(t, ""), "/plazas/"+z.Slug
	has(t, "the plaza", in.page(path), `href="`+path+`/directory"`)
	page := in.page(path + "/directory")
	has(t, "the sheet", page, "poster-a4", "3F", `class="u u-free"`, `role="img"`, "非按比例", `<b class="num">3F-01</b> `+shop.Name.Hans, `<b class="num">3F-02</b> 空铺`, "shop.test"+path)
	if a := in.get("/plazas/none/directory"); a.status != http.StatusNotFound {
		t.Errorf("of no plaza: %d", a.status)
	}
}
