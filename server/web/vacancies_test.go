package web

import (
	"html"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/integrity"
	"shangquan/services/place"
	"shangquan/services/store"
	"shangquan/services/vacancy"
)

// filledVacancy is a card as its form sends it.
func filledVacancy(more url.Values) url.Values {
	v := url.Values{
		"form": {"card"}, "frontage_m": {"6.5"}, "power_kw": {"30"}, "gas": {"yes"}, "exhaust": {""}, "available_from": {"2026-11-01"}, "formats": {"convenience-store"},
		"note": {"临街，有后门"}, "note.en": {"On the street"}, "desk_name": {"街道招商办"}, "desk_phone": {"021-5777 0000"}, "desk_email": {""},
	}
	for name, x := range more {
		v[name] = x
	}
	return v
}

// unit adds an empty unit to the plaza that demo.Plaza runs, and returns its id with the plaza's.
func (x *town) unit(t *testing.T, number string) (id, plaza string) {
	t.Helper()
	plaza = x.listing(t, x.people[demo.Owner].ListingIDs[1]).Address.PlazaID
	u, err := x.services.Streets.AddUnit(t.Context(), x.actor(t, demo.Coordinator), place.Unit{PlazaID: plaza, Level: 1, Number: number, AreaM2: 42})
	if err != nil {
		t.Fatal(err)
	}
	return u.ID, plaza
}

// offer puts a unit, 1F-88, on offer through the pages and returns the desk's page of its card and the public one.
func (x *town) offer(t *testing.T) (desk, public string) {
	t.Helper()
	id, _ := x.unit(t, "1F-88")
	v := filledVacancy(nil)
	v.Set("unit", id)
	desk, _, _ = strings.Cut(x.as(t, demo.Coordinator).done("/desk/vacancies/new", v), "?")
	return desk, strings.TrimPrefix(desk, "/desk")
}

// unitLink is the link that the desk's page of a card shows, for whoever lets the unit.
func (b *browser) unitLink(path string) string {
	b.t.Helper()
	_, rest, ok := strings.Cut(html.UnescapeString(b.page(path)), "http://shop.test/unit/")
	if !ok {
		b.t.Fatal("the desk has no link")
	}
	token, _, _ := strings.Cut(rest, "<")
	return "/unit/" + token
}

// A coordinator enters a card; everybody reads it, in every language and where they look for the plaza, until a shop moves in.
func TestAUnitOnOfferThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	has(t, "nothing yet", anybody.page("/vacancies"), "现在没有招商铺位")
	unit, plazaID := x.unit(t, "1F-88")
	has(t, "empty units", desk.page("/desk/vacancies"), "1F-88", "/desk/vacancies/new?unit="+unit)
	has(t, "the unit", desk.page("/desk/units/"+unit), "/desk/vacancies/new?unit="+unit)
	has(t, "a new card", desk.page("/desk/vacancies/new?unit="+unit), "名录里空着", "42 平方米")
	v := filledVacancy(nil)
	v.Set("unit", unit)
	to := desk.done("/desk/vacancies/new", v)
	path, _, _ := strings.Cut(to, "?")
	card := strings.TrimPrefix(path, "/desk")
	has(t, "the card at the desk", desk.page(to), "加上了", "临街，有后门", "街道商圈专员核对", `value="convenience-store" checked`)
	if a := desk.get("/desk/vacancies/new?unit=" + unit); a.to != path {
		t.Errorf("a second card of the unit: %d %s", a.status, a.to)
	}
	has(t, "everybody", anybody.page("/vacancies"), "1F-88", "42 平方米", "空着", card)
	has(t, "the card", anybody.page(card), "1F-88", "6.5 米", "30 千瓦", "便利店", "街道招商办", "tel:&#43;862157770000", "10 月 15 日，街道商圈专员核对", card+"/ask")
	has(t, "in English", anybody.page("/en"+card), "On the street", "Letting desk", "by the coordinator of the district")
	if body := anybody.page(card); strings.Contains(body, "排烟") || strings.Contains(body, "演示协管员") {
		t.Error("the card says what nobody knows, or who confirmed it by name")
	}
	plaza, err := x.services.Places.Plaza(t.Context(), plazaID)
	if err != nil {
		t.Fatal(err)
	}
	has(t, "the page of the plaza", anybody.page("/plazas/"+plaza.Slug), "/vacancies?at="+plaza.Slug, "招商铺位（1）")
	has(t, "the sitemap", anybody.page("/sitemap.xml"), "http://shop.test"+card)
	for query, want := range map[string]bool{
		"at=" + plaza.Slug: true, "at=none": false, "size=small": true, "size=large": false, "format=convenience-store": true, "format=supermarket": false, "size=small&at=" + plaza.Slug: true,
	} {
		if got := strings.Contains(anybody.page("/vacancies?"+query), card); got != want {
			t.Errorf("with %s it is shown: %v", query, got)
		}
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.as(t, who).get("/desk/vacancies"); a.status != http.StatusNotFound {
			t.Errorf("%s keeps cards: %d", who, a.status)
		}
	}
	has(t, "an administrator", x.as(t, demo.Admin).page(path), "1F-88")

	if err := x.services.Places.Occupy(t.Context(), unit, x.people[demo.Rival].ListingIDs[0], "2026-10-15"); err != nil {
		t.Fatal(err)
	}
	x.wait(time.Minute)
	if a := anybody.get(card); a.status != http.StatusNotFound || strings.Contains(anybody.page("/vacancies"), "1F-88") {
		t.Errorf("a shop moved in, and the card is there: %d", a.status)
	}
	has(t, "at the desk", desk.page("/desk/vacancies"), "不在招商的", "1F-88", "有店了")
	if a := desk.post(path, url.Values{"form": {"confirm"}, "rev": {"1"}}); a.status != http.StatusConflict {
		t.Errorf("confirmed though it is let: %d", a.status)
	}
	a := desk.done(path, url.Values{"form": {"step"}, "rev": {"1"}, "to": {"notice"}})
	has(t, "the shop gave notice", desk.page(a), "记下了", "快要空出来")
	has(t, "on offer again", anybody.page(card), "快要空出来")
}

// A card that nobody confirms leaves public view; the desk has it first, and who runs the plaza brings it back.
func TestACardLapses(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	anybody := x.as(t, "")
	path, card := x.offer(t)
	plaza := "/my/plazas/" + x.listing(t, x.people[demo.Owner].ListingIDs[1]).Address.PlazaID
	x.wait(vacancy.ConfirmDays * 24 * time.Hour)
	has(t, "on the thirtieth day", anybody.page("/vacancies"), "1F-88")
	has(t, "at the desk", x.again(t, demo.Coordinator).page("/desk/vacancies"), "快要下架的", "再过 0 天")
	x.wait(24 * time.Hour)
	if a := anybody.get(card); a.status != http.StatusNotFound || strings.Contains(anybody.page("/vacancies"), "1F-88") {
		t.Errorf("on the thirty-first day it is there: %d", a.status)
	}
	if a := anybody.get(card + "/ask"); a.status != http.StatusNotFound {
		t.Errorf("and can be asked for: %d", a.status)
	}
	has(t, "lapsed", x.again(t, demo.Coordinator).page("/desk/vacancies"), `id="lapsed"`, "没人核对，下架了的")

	operator := x.again(t, demo.Plaza)
	has(t, "the plaza", operator.page(plaza), plaza+"/vacancies")
	page := operator.page(plaza + "/vacancies")
	has(t, "its cards", page, "1F-88", "超过 30 天没人核对")
	id := strings.TrimPrefix(card, "/vacancies/")
	a := operator.post(plaza+"/vacancies", url.Values{"form": {"confirm-" + id}, "card": {id}, "rev": {revOf(t, page, "confirm-"+id)}})
	if a.to != plaza+"/vacancies?done=confirmed" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "confirmed", anybody.page(card), "广场管理方核对")
	if a := operator.post(plaza+"/vacancies", url.Values{"form": {"confirm-" + id}, "card": {id}, "rev": {"1"}}); a.status != http.StatusConflict {
		t.Errorf("over an old revision: %d", a.status)
	}
	if a := x.again(t, demo.Owner).get(plaza + "/vacancies"); a.status != http.StatusNotFound {
		t.Errorf("a shop of the plaza confirms its units: %d", a.status)
	}
	has(t, "at the desk, confirmed", x.again(t, demo.Coordinator).page(path), "广场管理方核对")
}

// The link shows the card and changes nothing when it is opened; pressed, it confirms the card as it was, once.
func TestTheLinkOfACard(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, landlord := x.as(t, demo.Coordinator), x.as(t, "")
	path, card := x.offer(t)
	to := desk.unitLink(path)
	for range 2 {
		has(t, "opened", landlord.page(to), "1F-88", "街道想请人看一看")
	}
	has(t, "not confirmed by that", landlord.page(card), "街道商圈专员核对")
	for range 2 {
		if a := landlord.post(to, url.Values{}); a.status != http.StatusOK || !strings.Contains(a.body, "记下了，谢谢") {
			t.Errorf("pressed: %d %s", a.status, complaint(a.body))
		}
	}
	has(t, "confirmed", x.as(t, "").page(card), "业主方核对")
	to = desk.unitLink(path)
	desk.done(path, func() url.Values {
		v := filledVacancy(url.Values{"power_kw": {"60"}})
		v.Set("rev", revOf(t, desk.page(path), "card"))
		return v
	}())
	if a := landlord.post(to, url.Values{}); a.status != http.StatusConflict || !strings.Contains(a.body, "卡片改过了") || !strings.Contains(a.body, "60 千瓦") {
		t.Errorf("of a card that changed: %d %s", a.status, complaint(a.body))
	}
	to = desk.unitLink(path)
	x.wait((vacancy.LinkDays + 1) * 24 * time.Hour)
	for _, gone := range []string{to, "/unit/none", to + "x"} {
		if a := landlord.get(gone); a.status != http.StatusNotFound && a.status != http.StatusGone {
			t.Errorf("%s: %d", gone, a.status)
		}
	}
}

// A mistake stands at its field, what was typed is still there, and nothing is written.
func TestACardThatIsRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	path, _ := x.offer(t)
	unit, _ := x.unit(t, "1F-89")
	for field, bad := range map[string]url.Values{
		"desk_name": {"desk_name": {""}}, "desk_phone": {"desk_phone": {"138 0013 8000"}}, "desk_email": {"desk_email": {"13800138000@example.cn"}}, "frontage_m": {"frontage_m": {"宽"}},
		"power_kw": {"power_kw": {"很多"}}, "gas": {"gas": {"some"}}, "available_from": {"available_from": {"年底"}}, "formats": {"formats": {"none"}}, "note": {"note": {"找 13800138000"}},
	} {
		v := filledVacancy(bad)
		v.Set("unit", unit)
		v.Set("note.en", "With a yard")
		v.Add("formats", "supermarket")
		v.Set("rev", revOf(t, desk.page(path), "card"))
		for _, at := range []string{"/desk/vacancies/new", path} {
			a := desk.post(at, v)
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="card-`+field+`-error"`) || !strings.Contains(a.body, "With a yard") || !strings.Contains(a.body, `value="supermarket" checked`) {
				t.Errorf("%s at %s: %d %s", field, at, a.status, complaint(a.body))
			}
		}
	}
	if a := desk.post("/desk/vacancies/new", func() url.Values {
		v := filledVacancy(url.Values{"desk_phone": {"13800138000"}})
		v.Set("unit", unit)
		return v
	}()); !strings.Contains(a.body, "这是手机号") {
		t.Errorf("a mobile number is refused without saying why: %s", complaint(a.body))
	}
	v := filledVacancy(nil)
	v.Set("rev", "1")
	if a := desk.post(path, v); a.status != http.StatusSeeOther {
		t.Fatalf("nothing was written so far, and revision 1 is gone: %d", a.status)
	}
	if a := desk.post(path, v); a.status != http.StatusConflict || !strings.Contains(a.body, "临街，有后门") {
		t.Errorf("over an old revision: %d", a.status)
	}
	for _, none := range []string{"/desk/vacancies/none", "/desk/vacancies/new?unit=none", "/vacancies/none", "/vacancies/none/ask"} {
		if a := desk.get(none); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", none, a.status)
		}
	}
	if a := desk.post(path, url.Values{"form": {"else"}, "rev": {"2"}}); a.status != http.StatusBadRequest {
		t.Errorf("no such form: %d", a.status)
	}
}

// What somebody changes in the database of units on offer, enquiries and visits is on no page, and is found.
func TestOffersAreSealed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	_, card := x.offer(t)
	anybody.done(card+"/ask", filledAsk(nil))
	l := x.listing(t, x.people[demo.Owner].ListingIDs[0])
	desk.done("/desk/visits/new", filledVisit(l.Slug, nil))
	has(t, "the card", anybody.page(card), "临街，有后门")
	for collection, forge := range map[string][2]string{"vacancies": {"临街，有后门", "假的后门"}, "enquiries": {`"new"`, `"matched"`}, "visits": {"问交警能不能画线", "假的答应"}} {
		x.past(t, "UPDATE "+collection+" SET _doc = replace(_doc, ?, ?)", forge[0], forge[1])
	}
	x.wait(61 * time.Second) // pages are kept for a minute
	if body := anybody.page(card); strings.Contains(body, "假的后门") || !strings.Contains(body, "临街，有后门") {
		t.Error("the page says what somebody wrote into the database")
	}
	if list, err := x.services.Visits.For(t.Context(), x.actor(t, demo.Owner), l.ID); err != nil || list[0].Text != "问交警能不能画线" {
		t.Errorf("the shop reads %v %v", list, err)
	}
	r, err := x.services.Integrity.Verify(t.Context())
	for _, collection := range []string{"vacancies", "enquiries", "visits"} {
		if err != nil || !slices.ContainsFunc(r.Findings, func(f integrity.Finding) bool { return f.Collection == collection && f.Condition == store.Altered }) {
			t.Errorf("%s: not found: %+v %v", collection, r.Findings, err)
		}
	}
}
