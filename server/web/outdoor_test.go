package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
)

// filledArea is an area before a shop as its form sends it.
func filledArea(slug string, more url.Values) url.Values {
	v := url.Values{
		"form": {"area"}, "kind": {"outdoor_seating"}, "name": {"面馆门前"}, "name.en": {"Before the noodle house"}, "shop": {"/shops/" + slug}, "location": {"31.0069, 121.2277"},
		"location.datum": {"gcj02"}, "hours": {"每天 17:00-22:00"}, "conditions": {"no_cooking", "made_indoors", "safety_kit"}, "words": {"音响不开"}, "complaints": {"城管 021-5777 0000"},
		"authority": {"区绿化市容局"}, "authority.en": {"The district office"}, "number": {"沪松绿容 12 号"}, "from": {"2026-10-01"}, "until": {"2026-10-31"},
	}
	for name, x := range more {
		v[name] = x
	}
	return v
}

// A coordinator enters what an authority decided; everybody finds it in the list, on the plan, on the pages of the shop and the street and as
// GeoJSON, until the last day is over, when it goes by itself. A new decision brings it back, and an end takes it away at once.
func TestAnOutdoorAreaThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	l := x.shop(t, x.people[demo.Owner].ListingIDs[0])
	street, err := x.services.Places.Street(t.Context(), l.Address.StreetID)
	if err != nil {
		t.Fatal(err)
	}
	shop, along := "/shops/"+l.Slug, "/streets/"+street.Slug
	has(t, "nothing yet", anybody.page("/outdoor"), "现在没有", "不是许可证")
	to := desk.done("/desk/outdoor", filledArea(l.Slug, nil))
	path, _, _ := strings.Cut(to, "?")
	anchor := `id="point-` + strings.TrimPrefix(path, "/desk/outdoor/") + `"`
	has(t, "the desk", desk.page(to), "保存了", "正在摆", "沪松绿容 12 号", `value="`+l.Slug+`"`)
	has(t, "the list", anybody.page("/outdoor"), anchor, "面馆门前", "不在室外加工食品", "音响不开", "城管 021-5777 0000", "区绿化市容局", "沪松绿容 12 号", "不是许可证", `href="`+shop+`"`, `href="`+along+`"`, "<svg")
	has(t, "in English", anybody.page("/en/outdoor"), "Before the noodle house", "The district office", "not a licence")
	has(t, "the shop", anybody.page(shop), "门前有外摆", "/outdoor#point-")
	has(t, "the street", anybody.page(along), "有 1 处外摆或集市")
	has(t, "the points", anybody.page("/points"), "外摆", "面馆门前")
	has(t, "GeoJSON", anybody.page("/api/v1/points?kind=outdoor_seating"), `"kind":"outdoor_seating"`, "区绿化市容局 沪松绿容 12 号", "2026-10-31")

	x.wait(16 * 24 * time.Hour) // the last day
	has(t, "on the last day", anybody.page(shop), "门前有外摆")
	desk = x.again(t, demo.Coordinator)
	has(t, "the desk before the end", desk.page("/desk/outdoor"), "快到期")
	x.wait(24 * time.Hour)
	gone := func(when string) {
		t.Helper()
		for _, page := range []string{"/outdoor", shop, along, "/points", "/api/v1/points"} {
			if strings.Contains(anybody.page(page), "外摆或集市") && page == along || strings.Contains(anybody.page(page), "面馆门前") || page == shop && strings.Contains(anybody.page(page), "门前有外摆") {
				t.Errorf("%s, and on %s", when, page)
			}
		}
	}
	gone("over")
	desk = x.again(t, demo.Coordinator)
	has(t, "the desk", desk.page("/desk/outdoor"), "过了的", "到期了")
	send := func(form string, v url.Values) answer {
		t.Helper()
		v.Set("form", form)
		v.Set("rev", revOf(t, desk.page(path), form))
		return desk.post(path, v)
	}
	next := url.Values{"authority": {"区绿化市容局"}, "number": {"沪松绿容 40 号"}, "from": {"2026-10-31"}, "until": {"2026-12-31"}}
	if a := send("renew", next); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="renew-from-error"`) || !strings.Contains(a.body, "沪松绿容 40 号") {
		t.Errorf("over the days of the last decision: %d %s", a.status, complaint(a.body))
	}
	next.Set("from", "2026-11-01")
	if a := send("renew", next); a.to != path+"?done=renewed" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "both decisions", desk.page(path), "沪松绿容 12 号", "沪松绿容 40 号")
	has(t, "again", anybody.page("/outdoor"), "沪松绿容 40 号")
	if a := send("end", url.Values{"why": {""}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="end-why-error"`) {
		t.Errorf("ended without a reason: %d", a.status)
	}
	if a := send("end", url.Values{"why": {"主管部门收回了"}}); a.to != path+"?done=ended" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	gone("ended")
	if page := desk.page(path); !strings.Contains(page, "主管部门收回了") || strings.Contains(page, `id="area"`) {
		t.Error("no reason, or it can be corrected still")
	}
	if a := desk.post(path, url.Values{"form": {"else"}, "rev": {"1"}}); a.status != http.StatusBadRequest {
		t.Errorf("no such form: %d", a.status)
	}
}

// A mistake stands at its field, what was typed is still there, and nothing is written.
func TestAnOutdoorAreaThatIsRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	l := x.shop(t, x.people[demo.Owner].ListingIDs[0])
	to := desk.done("/desk/outdoor", filledArea(l.Slug, nil))
	path, _, _ := strings.Cut(to, "?")
	for field, bad := range map[string]url.Values{
		"kind": {"kind": {"bench"}}, "name": {"name": {""}}, "shop": {"shop": {"/shops/none"}}, "street": {"shop": {""}}, "location": {"location": {"路口"}}, "hours": {"hours": {"晚上"}},
		"complaints": {"complaints": {""}}, "authority": {"authority": {""}}, "number": {"number": {""}}, "from": {"from": {""}}, "until": {"until": {"2026-09-30"}}, "words": {"words": {"找 13800138000"}},
	} {
		v := filledArea(l.Slug, bad)
		v.Set("words.en", "No music")
		for _, at := range []string{"/desk/outdoor", path} {
			v.Set("rev", revOf(t, desk.page(path), "area"))
			a := desk.post(at, v)
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="area-`+field+`-error"`) || !strings.Contains(a.body, "No music") {
				t.Errorf("%s at %s: %d %s", field, at, a.status, complaint(a.body))
			}
		}
	}
	v := filledArea(l.Slug, url.Values{"number": {"沪松绿容 21 号"}, "rev": {revOf(t, desk.page(path), "area")}})
	if a := desk.post(path, v); a.to != path+"?done=saved" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	if a := desk.post(path, v); a.status != http.StatusConflict || !strings.Contains(a.body, "沪松绿容 21 号") {
		t.Errorf("over an old revision: %d", a.status)
	}
	if a := desk.get("/desk/outdoor/none"); a.status != http.StatusNotFound {
		t.Errorf("no such area: %d", a.status)
	}
	for who, want := range map[string]int{demo.Owner: http.StatusNotFound, demo.Liaison: http.StatusNotFound, demo.Admin: http.StatusOK} {
		if a := x.as(t, who).get(path); a.status != want {
			t.Errorf("%s: %d", who, a.status)
		}
	}
}

// What somebody changes in the database is on no page.
func TestOutdoorAreasAreSealed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shop(t, x.people[demo.Owner].ListingIDs[0])
	x.as(t, demo.Coordinator).done("/desk/outdoor", filledArea(l.Slug, nil))
	x.past(t, "UPDATE outdoor_areas SET _doc = replace(_doc, ?, ?)", "沪松绿容 12 号", "假 9 号")
	if body := x.as(t, "").page("/outdoor"); strings.Contains(body, "假 9 号") || !strings.Contains(body, "沪松绿容 12 号") {
		t.Error("the page says what somebody wrote into the database")
	}
}
