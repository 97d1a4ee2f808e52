package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/demo"
)

// TestAReportFromAPlazaSaysWhomToRing: the liaison writes down who looks after a plaza, and who answers a report from there reads it.
func TestAReportFromAPlazaSaysWhomToRing(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.listing(t, x.people[demo.Owner].ListingIDs[1]) // the one in the plaza
	lian := x.as(t, demo.Liaison)
	v := url.Values{
		"form": {"member"}, "name": {"演示物业"}, "kind": {"property"}, "since": {"2026-01-01"}, "visibility": {"station"}, "desk": {"物业值班室"}, "phone": {"021-5777 0002"},
		"serves": {l.Address.PlazaID}, "duties": {strings.Repeat("很", 61)},
	}
	if a := lian.post("/liaison/members", v); !strings.Contains(a.body, `id="member-duties-error"`) || !regexp.MustCompile(`value="`+l.Address.PlazaID+`"[^>]*checked`).MatchString(a.body) {
		t.Errorf("too long: %d %s", a.status, complaint(a.body))
	}
	v.Set("duties", "公共烟道、垃圾房")
	seat, _, _ := strings.Cut(lian.done("/liaison/members", v), "?")
	has(t, "the member", lian.page(seat), "照看哪些广场、哪些路", "公共烟道、垃圾房")

	x.as(t, "").done("/shops/"+l.Slug+"/report", url.Values{"reason": {"other"}, "note": {"烟道漏油"}})
	desk := x.as(t, demo.Coordinator)
	report := regexp.MustCompile(`/desk/reports/[^"]+`).FindString(desk.page("/desk?kind=report"))
	has(t, "the report", desk.page(report), "烟道漏油", "这里找谁", "演示物业", "公共烟道、垃圾房", "物业值班室", "tel:&#43;862157770002")

	// Who works for the shop reads the same, of a shop elsewhere there is nothing to read, and everybody else reads nothing of it.
	owner, mine := x.as(t, demo.Owner), "/my/shops/"
	has(t, "the owner", owner.page(mine+l.ID), "这里找谁", "演示物业", "公共烟道、垃圾房", "tel:&#43;862157770002")
	if elsewhere := owner.page(mine + x.people[demo.Owner].ListingIDs[0]); strings.Contains(elsewhere, "演示物业") {
		t.Error("a shop in no plaza reads whom to ring about one")
	}
	if public := x.as(t, "").page("/shops/" + l.Slug); strings.Contains(public, "物业值班室") {
		t.Error("everybody reads the desk of the plaza")
	}
}

// TestAnItemOfStreetCareSaysWhomToRing: who looks after a street is rung about what was noted there; who has the item reads it, and nobody
// else does.
func TestAnItemOfStreetCareSaysWhomToRing(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.listing(t, x.people[demo.Owner].ListingIDs[1])
	st, _ := x.streetWith(t)
	lian, desk := x.as(t, demo.Liaison), x.as(t, demo.Coordinator)
	note := func(place url.Values) string {
		v := url.Values{"form": {"item"}, "kind": {"cleanliness"}, "text": {"烟道漏油"}}
		for k, list := range place {
			v[k] = list
		}
		to, _, _ := strings.Cut(desk.done("/desk/care/new", v), "?")
		return to
	}
	street, shop := note(url.Values{"place": {st.ID}}), note(url.Values{"shop": {l.Slug}})
	for _, path := range []string{street, shop} {
		if strings.Contains(desk.page(path), "这里找谁") {
			t.Errorf("%s: somebody is rung whom nobody named", path)
		}
	}
	lian.done("/liaison/members", url.Values{
		"form": {"member"}, "name": {"演示物业"}, "kind": {"property"}, "since": {"2026-01-01"}, "visibility": {"station"}, "desk": {"物业值班室"}, "phone": {"021-5777 0002"},
		"serves": {st.ID, l.Address.PlazaID}, "duties": {"公共烟道、垃圾房"},
	})
	for _, path := range []string{street, shop} {
		has(t, path, desk.page(path), "这里找谁", "演示物业", "公共烟道、垃圾房", "物业值班室", "tel:&#43;862157770002")
	}
	desk.done(shop, url.Values{"form": {"inform"}, "rev": {revOf(t, desk.page(shop), "inform")}})
	mine := "/my/shops/" + l.ID + "/care/" + shop[strings.LastIndexByte(shop, '/')+1:]
	has(t, "the shop", x.as(t, demo.Owner).page(mine), "这里找谁", "物业值班室")
	if a := lian.get(street); a.status == http.StatusOK {
		t.Error("the liaison reads the board")
	}
}
