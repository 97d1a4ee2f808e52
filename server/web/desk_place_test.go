package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
)

// A coordinator enters a street, draws it, gives it another name; everybody reads the new one at the old address.
func TestStreetOfTheDesk(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	street := url.Values{"form": {"street"}, "name": {"秀野桥路"}, "name.en": {"Xiuyeqiao Road"}, "core": {"true"}}
	if a := desk.post("/desk/streets", url.Values{"form": {"street"}, "core": {"true"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="street-name-error"`) {
		t.Errorf("without a name: %d %s", a.status, complaint(a.body))
	}
	if a := desk.post("/desk/streets", url.Values{"form": {"street"}, "name": {"中山中路"}, "core": {"true"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a name that is taken: %d", a.status)
	}
	to := desk.done("/desk/streets", street)
	here, _, _ := strings.Cut(to, "?")
	if here != "/desk/streets/xiu-ye-qiao-lu" {
		t.Fatalf("leads to %s", to)
	}
	has(t, "the list", desk.page("/desk/streets"), here, "秀野桥路")
	line := url.Values{"form": {"line"}, "rev": {revOf(t, desk.page(here), "form-line")}, "lines": {"31.0100, 121.2200\n31.0105, 121.2260"}, "do": {"save"}}
	if a := desk.post(here, line); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="line-datum-error"`) || !strings.Contains(a.body, "31.0105, 121.2260") {
		t.Errorf("without a datum: %d %s", a.status, complaint(a.body))
	}
	line.Set("datum", "gcj02")
	line.Set("do", "look")
	if a := desk.post(here, line); a.status != http.StatusOK || !strings.Contains(a.body, "m-marked") || !strings.Contains(a.body, "31.0105, 121.2260") || !strings.Contains(a.body, "还没有保存") {
		t.Errorf("a look at the plan: %d %s", a.status, complaint(a.body))
	}
	if strings.Contains(desk.page(here), "m-marked") {
		t.Error("a look has saved the line")
	}
	line.Set("do", "save")
	if a := desk.post(here, line); a.to != here+"?done=line" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "drawn", desk.page(here), "m-marked", `id="line-lines"`)
	if a := desk.post(here, line); a.status != http.StatusConflict {
		t.Errorf("over an old revision: %d", a.status)
	}
	x.public(t)
	has(t, "the public page", anybody.page("/streets/xiu-ye-qiao-lu"), "秀野桥路", "Xiu Ye Qiao Lu")
	name := url.Values{"form": {"name"}, "rev": {revOf(t, desk.page(here), "form-name")}, "name": {"长桥街"}, "pinyin": {"Changqiao Jie"}, "core": {"true"}}
	if a := desk.post(here, name); a.to != here+"?done=name" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	x.public(t)
	has(t, "at the old address", anybody.page("/streets/xiu-ye-qiao-lu"), "长桥街", "Changqiao Jie")
	if a := x.as(t, demo.Owner).post("/desk/streets", street); a.status != http.StatusNotFound {
		t.Errorf("an owner adds a street: %d", a.status)
	}
	if page := x.as(t, demo.Admin).page("/desk/streets"); strings.Contains(page, `id="street"`) {
		t.Error("an administrator is offered what is the coordinator's")
	}
}

// A plaza is entered, and closed when nothing is in it: it leaves the lists, and its old address says so.
func TestPlazaOfTheDesk(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	to := desk.done("/desk/streets", url.Values{"form": {"plaza"}, "name": {"云间里"}, "core": {"true"}, "area": {"中山中路商圈"}, "location": {"31.0113, 121.2260"}, "location.datum": {"gcj02"}})
	here, _, _ := strings.Cut(to, "?")
	if here != "/desk/plazas/yun-jian-li" {
		t.Fatalf("leads to %s", to)
	}
	page := desk.page(here + "?done=added")
	has(t, "the page of the desk", page, "登记了", "<svg", `value="云间里"`, "31.011300, 121.226000")
	x.public(t)
	has(t, "the list", anybody.page("/plazas"), "云间里", "/plazas/yun-jian-li")
	has(t, "the public page", anybody.page("/plazas/yun-jian-li"), "云间里")
	has(t, "the sitemap", anybody.page("/sitemap.xml"), "/plazas/yun-jian-li")
	unit := url.Values{"form": {"unit"}, "number": {"1F-01"}, "level": {"1"}}
	if a := desk.post(here, unit); a.to != here+"?done=unit" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	end := func() answer {
		return desk.post(here, url.Values{"form": {"end"}, "rev": {revOf(t, desk.page(here), "form-end")}})
	}
	if a := end(); a.status != http.StatusConflict || !strings.Contains(a.body, "那里还有店或者铺位") {
		t.Errorf("closed with a unit in it: %d %s", a.status, complaint(a.body))
	}
	units, err := x.services.Places.Plazas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, z := range units {
		if z.Slug != "yun-jian-li" {
			continue
		}
		list, err := x.services.Places.Units(t.Context(), z.ID)
		if err != nil || len(list) != 1 {
			t.Fatalf("%v %v", list, err)
		}
		retire := "/desk/units/" + list[0].ID
		desk.done(retire, url.Values{"form": {"retire"}, "rev": {revOf(t, desk.page(retire), "form-retire")}})
	}
	if a := end(); a.to != here+"?done=end" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	x.public(t)
	has(t, "its old address", anybody.page("/plazas/yun-jian-li"), "云间里", "已经关闭")
	if strings.Contains(anybody.page("/plazas"), "/plazas/yun-jian-li") {
		t.Error("it is still listed")
	}
	has(t, "the desk", desk.page("/desk/streets"), "已经不在的", here)
	if a := desk.post(here, unit); a.status != http.StatusNotFound {
		t.Errorf("a unit of a closed plaza: %d", a.status)
	}
	if a := desk.post(here, url.Values{"form": {"revive"}, "rev": {revOf(t, desk.page(here), "form-revive")}}); a.to != here+"?done=revive" {
		t.Errorf("%d %s", a.status, complaint(a.body))
	}
	// A plaza with shops does not close.
	full := x.plazaWithShops(t)
	busy := "/desk/plazas/" + full
	if a := desk.post(busy, url.Values{"form": {"end"}, "rev": {revOf(t, desk.page(busy), "form-end")}}); a.status != http.StatusConflict {
		t.Errorf("closed over its shops: %d", a.status)
	}
}

// plazaWithShops is the page address of a plaza with a shop in it.
func (x *town) plazaWithShops(t *testing.T) string {
	t.Helper()
	plazas, err := x.services.Places.Plazas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i := range plazas {
		if n, err := x.services.Listings.StandingAt(t.Context(), "", plazas[i].ID); err == nil && n > 0 {
			return plazas[i].Slug
		}
	}
	t.Fatal("no plaza has a shop")
	return ""
}
