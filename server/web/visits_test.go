package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
)

// filledVisit is a visit as its form sends it.
func filledVisit(shop string, more url.Values) url.Values {
	v := url.Values{"form": {"visit"}, "shop": {shop}, "on": {"2026-10-14"}, "topics": {"门口停车"}, "promise": {"问交警能不能画线"}, "due": {"2026-10-30"}}
	for name, x := range more {
		v[name] = x
	}
	return v
}

// A coordinator notes a visit with a promise; the shop reads the promise and not what was talked about, and nobody else's shop does.
func TestAVisitThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	own := "/my/shops/" + l.ID
	desk, owner, rival := x.as(t, demo.Coordinator), x.as(t, demo.Owner), x.as(t, demo.Rival)
	has(t, "nothing yet", owner.page(own+"/promises"), "现在没有")
	has(t, "long not visited", desk.page("/desk/unvisited?months=3"), l.Name.Hans, "没去过", "/desk/visits/new?shop="+l.Slug)
	has(t, "the form", desk.page("/desk/visits/new?shop="+l.Slug), `value="`+l.Slug+`"`, `value="2026-10-15"`)
	to := desk.done("/desk/visits/new", filledVisit("http://shop.test/shops/"+l.Slug, nil))
	path, _, _ := strings.Cut(to, "?")
	has(t, "the visit", desk.page(to), "存好了", "门口停车", "问交警能不能画线", "演示协管员")
	has(t, "the desk", desk.page("/desk/visits"), "答应了、还没做的", "问交警能不能画线", l.Name.Hans, "答应了 1 件事")
	if strings.Contains(desk.page("/desk/unvisited"), "/shops/"+l.Slug+`"`) {
		t.Error("a shop that was visited is not covered")
	}
	has(t, "the page of the shop", owner.page(own), "街道答应了 1 件事", "问交警能不能画线", own+"/promises")
	page := owner.page(own + "/promises")
	has(t, "its promises", page, "问交警能不能画线", "还没做", "10 月 14 日走访时说的")
	if strings.Contains(page, "门口停车") {
		t.Error("the shop reads what was written about the visit")
	}
	if a := rival.get(own + "/promises"); a.status != http.StatusNotFound {
		t.Errorf("another shop reads it: %d", a.status)
	}
	if strings.Contains(rival.page("/my/shops/"+x.people[demo.Rival].ListingIDs[0]+"/promises"), "画线") {
		t.Error("another shop reads it among its own")
	}
	for _, who := range []string{demo.Coordinator, demo.Plaza, demo.Liaison} {
		if a := x.as(t, who).get(own + "/promises"); a.status != http.StatusNotFound {
			t.Errorf("%s reads it as the shop: %d", who, a.status)
		}
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.as(t, who).get("/desk/visits"); a.status != http.StatusNotFound {
			t.Errorf("%s keeps visits: %d", who, a.status)
		}
	}
	rev := func(form string) string { t.Helper(); return revOf(t, desk.page(path), form) }
	desk.done(path, url.Values{"form": {"promise"}, "rev": {rev("promise")}, "promise": {"修路灯"}, "due": {"2026-10-20"}})
	desk.done(path, url.Values{"form": {"keep-1"}, "rev": {rev("keep-1")}})
	has(t, "kept", owner.page(own+"/promises"), "10 月 15 日做了", "修路灯")
	desk.done(path, url.Values{"form": {"reopen-1"}, "rev": {rev("reopen-1")}})
	has(t, "not kept after all", owner.page(own), "街道答应了 2 件事", "修路灯，10 月 20 日以前")
	desk.done(path, url.Values{"form": {"visit"}, "rev": {rev("visit")}, "on": {"2026-10-13"}, "topics": {"门口停车，还有路灯"}})
	has(t, "corrected", desk.page(path), "10 月 13 日", "还有路灯")
}

// A mistake stands at its field, what was typed is still there, and nothing is written.
func TestAVisitThatIsRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Admin)
	l := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	for field, bad := range map[string]url.Values{
		"shop": {"shop": {"none"}}, "on": {"on": {"2026-10-16"}}, "topics": {"topics": {""}}, "due": {"due": {"2026-10-01"}},
	} {
		a := desk.post("/desk/visits/new", filledVisit(l.Slug, bad))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="visit-`+field+`-error"`) || !strings.Contains(a.body, "问交警能不能画线") {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	has(t, "nothing was written", desk.page("/desk/visits"), "还没有走访")
	path, _, _ := strings.Cut(desk.done("/desk/visits/new", filledVisit(l.Slug, url.Values{"promise": {""}, "due": {""}})), "?")
	has(t, "without a promise", desk.page(path), "没有答应什么")
	if a := desk.post(path, url.Values{"form": {"promise"}, "rev": {"1"}, "promise": {"修路灯"}, "due": {"明天"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="promise-due-error"`) || !strings.Contains(a.body, "修路灯") {
		t.Errorf("a promise without a day: %d %s", a.status, complaint(a.body))
	}
	v := url.Values{"form": {"promise"}, "rev": {"1"}, "promise": {"修路灯"}, "due": {"2026-10-20"}}
	desk.done(path, v)
	if a := desk.post(path, v); a.status != http.StatusConflict || !strings.Contains(a.body, "修路灯") {
		t.Errorf("over an old revision: %d", a.status)
	}
	for form, want := range map[string]int{"keep-2": http.StatusConflict, "reopen-1": http.StatusConflict, "keep-x": http.StatusBadRequest, "keep": http.StatusBadRequest, "else": http.StatusBadRequest} {
		if a := desk.post(path, url.Values{"form": {form}, "rev": {"2"}}); a.status != want {
			t.Errorf("%s: %d", form, a.status)
		}
	}
	if a := desk.get("/desk/visits/none"); a.status != http.StatusNotFound {
		t.Errorf("no such visit: %d", a.status)
	}
}
