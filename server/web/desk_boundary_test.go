package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/geo"
	"shangquan/services/listing"
)

// K23: the district draws where it ends, after a look; the plan then has the line, and shops outside are told of.
func TestTheBoundaryOfTheDistrict(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	const path = "/desk/boundary"
	has(t, "the streets lead there", desk.page("/desk/streets"), `href="`+path+`"`)
	list, _, err := x.directory.Listed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lat, lng float64
	id := ""
	for _, l := range list {
		if l.Location != nil {
			lat, lng, id = l.Location.Lat, l.Location.Lng, l.ID
			break
		}
	}
	if id == "" {
		t.Fatal("no shop has a position")
	}
	around := func(lat, lng float64) url.Values {
		const d = 0.002
		return url.Values{"form": {"line"}, "datum": {"wgs84"}, "do": {"save"}, "lines": {fmt.Sprintf("%f, %f\n%f, %f\n%f, %f\n%f, %f", lat-d, lng-d, lat-d, lng+d, lat+d, lng+d, lat+d, lng-d)}}
	}
	for what, wrong := range map[string]url.Values{"two corners": {"lines": {"31.0, 121.2\n31.0, 121.3"}}, "words": {"lines": {"从人民路到谷阳路"}}, "no datum": {"datum": {""}}} {
		v := around(lat, lng)
		for name, value := range wrong {
			v[name] = value
		}
		if a := desk.post(path, v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `-error"`) || wrong["lines"] != nil && !strings.Contains(a.body, strings.Split(wrong.Get("lines"), "\n")[0]) {
			t.Errorf("%s: %d %s", what, a.status, complaint(a.body))
		}
	}
	look := around(lat, lng)
	look.Set("do", "look")
	if a := desk.post(path, look); a.status != http.StatusOK || !strings.Contains(a.body, "m-marked") || strings.Contains(a.body, "在范围外") {
		t.Errorf("a look: %d %s", a.status, complaint(a.body))
	}
	if strings.Contains(desk.page("/desk/shops/"+id), "在商圈范围外") || strings.Contains(x.as(t, "").page("/?view=map"), "m-bound") {
		t.Error("a look draws it")
	}
	desk.done(path, around(lat, lng))
	x.public(t)
	page := desk.page(path)
	has(t, "drawn", page, "家店在范围外", "m-marked")
	if strings.Contains(page, `href="/desk/shops/`+id+`"`) || strings.Contains(desk.page("/desk/shops/"+id), "在商圈范围外") {
		t.Error("a shop inside is outside")
	}
	has(t, "the plan", x.as(t, "").page("/?view=map"), "m-bound")
	moved := around(lat+1, lng+1)
	if a := desk.post(path, moved); a.status != http.StatusConflict {
		t.Errorf("over no revision: %d", a.status)
	}
	moved.Set("rev", revOf(t, page, "line"))
	desk.done(path, moved)
	has(t, "moved away", desk.page(path), `href="/desk/shops/`+id+`"`)
	has(t, "the shop", desk.page("/desk/shops/"+id), "在商圈范围外", `href="`+path+`"`)
	// Whoever looks through the table, decides about a new shop or about another place of one, sees it too.
	l := x.listing(t, id)
	table := "/desk/shops?q=" + url.QueryEscape(l.Name.Hans)
	has(t, "the table", desk.page(table), `>在范围外</span>`)
	away, near := *l.Location, *l.Location
	near.Lat, near.Lng = lat+1, lng+1
	for name, c := range map[string]struct {
		state    listing.State
		at, asks *geo.Location
		path     string
		want     bool
	}{
		"a new shop outside":        {listing.Draft, &away, nil, "/desk/shops/", true},
		"a new shop inside":         {listing.Draft, &near, nil, "/desk/shops/", false},
		"a new shop of no place":    {listing.Draft, nil, nil, "/desk/shops/", false},
		"a shop that moves out":     {listing.Published, &near, &away, "/desk/changes/", true},
		"a shop that moves back in": {listing.Published, &away, &near, "/desk/changes/", false},
	} {
		n := listing.Listing{Code: "NEW-" + strconv.Itoa(len(name)), Name: l.Name, CategoryID: l.CategoryID, Address: l.Address, Hours: l.Hours, Phones: l.Phones, State: c.state, Location: c.at}
		if c.asks != nil {
			n.Proposal = &listing.Proposal{Paths: []string{"location"}, Want: listing.Sensitive{Location: c.asks}, At: evening}
		}
		if err := x.services.Listings.Enter(t.Context(), access.System("test"), &n); err != nil {
			t.Fatal(name, err)
		}
		if c.asks == nil {
			if _, err := x.services.Listings.Act(t.Context(), access.System("test"), n.ID, n.Rev, listing.Submit); err != nil {
				t.Fatal(name, err)
			}
		}
		if page := desk.page(c.path + n.ID); strings.Contains(page, "在商圈范围外") != c.want || !strings.Contains(page, `value="return"`) {
			t.Errorf("%s: %s", name, complaint(page))
		}
	}
	for _, who := range []string{"", demo.Owner, demo.Liaison} {
		if a := x.as(t, who).get(path); a.status == http.StatusOK {
			t.Errorf("%q draws the boundary", who)
		}
	}
}
