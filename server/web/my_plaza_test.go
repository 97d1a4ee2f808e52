package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Who runs a plaza sees every unit of it, is led to the editors of the shops that let the plaza in, and to no others.
func TestThePlazaOfAnOperator(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	shop := x.listing(t, x.people[demo.Owner].ListingIDs[1])
	plaza := "/my/plazas/" + shop.Address.PlazaID
	if _, err := x.services.Places.SaveUnits(t.Context(), []place.Unit{{Meta: store.Meta{ID: "u-99"}, PlazaID: shop.Address.PlazaID, Level: 1, Number: "1F-99", AreaM2: 40}}); err != nil {
		t.Fatal(err)
	}
	b := x.as(t, demo.Plaza)
	if a := b.get("/my"); a.status != http.StatusSeeOther || a.to != plaza {
		t.Errorf("an operator begins at %d %q", a.status, a.to)
	}
	if a := b.get("/my?all=1"); !strings.Contains(a.body, `href="`+plaza+`"`) {
		t.Error("no way to the plaza")
	}
	page := b.get(plaza)
	name := shop.Name.Hans
	if page.status != http.StatusOK || !strings.Contains(page.body, name) || !strings.Contains(page.body, `href="/my/shops/`+shop.ID+`"`) {
		t.Fatalf("%d: %s is not there to edit", page.status, name)
	}
	if !strings.Contains(page.body, "1F-99") || !strings.Contains(page.body, "空着") {
		t.Error("the vacant unit is not there")
	}
	own := x.as(t, demo.Owner)
	l := x.listing(t, shop.ID)
	if !l.PlazaMay {
		t.Fatal("the fixture lets the plaza in")
	}
	own.saved(shop.ID, "plaza", url.Values{"may": {"0"}})
	if x.listing(t, shop.ID).PlazaMay {
		t.Fatal("the shop still lets the plaza in")
	}
	page = b.get(plaza)
	if !strings.Contains(page.body, name) || strings.Contains(page.body, `href="/my/shops/`+shop.ID+`"`) || !strings.Contains(page.body, "店家自己管") {
		t.Error("what a shop does not let the plaza do leads there all the same")
	}
	if a := b.get("/my/plazas/none"); a.status != http.StatusNotFound {
		t.Errorf("a plaza that is none: %d", a.status)
	}
	if a := own.get(plaza); a.status != http.StatusNotFound {
		t.Errorf("a shop's owner at the plaza's page: %d", a.status)
	}
	if !access.Can(x.actor(t, demo.Coordinator), access.PlazaOpen, access.Thing{PlazaID: shop.Address.PlazaID}) {
		t.Error("the district sees no plaza")
	}
}
