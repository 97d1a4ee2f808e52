package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/place"
	"shangquan/services/plan"
)

// A coordinator enters a bench, a shaded place and a ramp; everybody finds them in the list, on the plan and as GeoJSON, until they are gone.
func TestServicePoints(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	entered := func(kind, name string) string {
		t.Helper()
		to := desk.done("/desk/service-points", url.Values{"form": {"point"}, "kind": {kind}, "name": {name}, "note": {"两张"}, "location": {"31.0113, 121.2260"}, "location.datum": {"gcj02"}})
		path, _, _ := strings.Cut(to, "?")
		return path
	}
	bench := entered("bench", "银行门口的座椅")
	entered("shade", "骑楼下")
	entered("step_free", "路口的坡道")
	x.public(t)
	page := anybody.page("/points")
	has(t, "the list", page, "休息座椅", "遮荫", "无障碍通道", "银行门口的座椅", "骑楼下", "路口的坡道", `id="bench"`)
	id := strings.TrimPrefix(bench, "/desk/service-points/")
	has(t, "the plan", page, "<svg", `href="#point-`+id+`"`, `id="point-`+id+`"`)
	has(t, "GeoJSON", anybody.page("/api/v1/points?kind=bench&kind=shade&kind=step_free"), `"kind":"bench"`, `"kind":"shade"`, `"kind":"step_free"`, "银行门口的座椅")
	has(t, "the desk", desk.page("/desk/service-points"), "银行门口的座椅", "骑楼下")

	if page := x.as(t, demo.Admin).page(bench); !strings.Contains(page, "银行门口的座椅") || strings.Contains(page, `id="point"`) {
		t.Error("an administrator does not read a point, or may change it")
	}
	edit := url.Values{"form": {"point"}, "rev": {revOf(t, desk.page(bench), "point")}, "kind": {"bench"}, "name": {"邮局门口的座椅"}, "location": {""}, "location.datum": {"gcj02"}}
	if a := desk.post(bench, edit); a.to != bench+"?done=saved" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	if a := desk.post(bench, edit); a.status != http.StatusConflict || !strings.Contains(a.body, "邮局门口的座椅") {
		t.Errorf("over an old revision: %d", a.status)
	}
	x.public(t)
	page = anybody.page("/points")
	has(t, "changed", page, "邮局门口的座椅")
	if strings.Contains(page, `href="#point-`+id+`"`) {
		t.Error("it has no position, and a pin")
	}
	look := func(do string) answer {
		return desk.post(bench, url.Values{"form": {"look"}, "do": {do}, "rev": {revOf(t, desk.page(bench), "look")}})
	}
	if a := look("there"); a.to != bench+"?done=there" {
		t.Errorf("seen: %d %s", a.status, a.to)
	}
	if a := look("else"); a.status != http.StatusBadRequest {
		t.Errorf("no such press: %d", a.status)
	}
	if a := look("gone"); a.to != "/desk/service-points?done=gone" {
		t.Errorf("gone: %d %s", a.status, a.to)
	}
	x.public(t)
	if strings.Contains(anybody.page("/points"), "邮局门口的座椅") || strings.Contains(desk.page("/desk/service-points"), "邮局门口的座椅") {
		t.Error("gone, and listed")
	}
	if a := desk.get(bench); a.status != http.StatusNotFound {
		t.Errorf("gone, and there: %d", a.status)
	}
}

func TestServicePointsThatAreRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	for field, v := range map[string]url.Values{
		"name": {"name": {""}}, "kind": {"kind": {"castle"}}, "location": {"location": {"路口"}}, "location.datum": {"location.datum": {"?"}, "location": {"31.0, 121.2"}},
	} {
		sent := url.Values{"form": {"point"}, "kind": {"bench"}, "name": {"座椅"}, "note": {"靠墙两张"}, "location": {"31.0113, 121.2260"}, "location.datum": {"gcj02"}}
		for k, values := range v {
			sent[k] = values
		}
		a := desk.post("/desk/service-points", sent)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="point-`+field+`-error"`) || !strings.Contains(a.body, "靠墙两张") {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	if list, err := x.services.Streets.Points(t.Context(), place.Bench); err != nil || len(list) != 0 {
		t.Errorf("what was refused was written: %v %v", list, err)
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.as(t, who).get("/desk/service-points"); a.status != http.StatusNotFound {
			t.Errorf("%s keeps points: %d", who, a.status)
		}
	}
}

// S5: what somebody of the district wrote down of the night stands on the page of the night, with who says so and when it was looked up; what
// nobody wrote down does not.
func TestFactsOfTheNight(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	if page := anybody.page("/night"); strings.Contains(page, "末班车") || strings.Contains(page, "打车点") || strings.Contains(page, "安静时段") || strings.Contains(page, "夜里能用的厕所") {
		t.Error("the night has facts that nobody wrote down")
	}
	point := func(kind, name, opening, lit string) {
		t.Helper()
		v := url.Values{"form": {"point"}, "kind": {kind}, "name": {name}, "opening": {opening}, "location": {"31.0113, 121.2260"}, "location.datum": {"gcj02"}}
		if lit != "" {
			v.Set("lit", lit)
		}
		desk.done("/desk/service-points", v)
	}
	point("taxi", "剧场门口", "", "")
	point("toilet", "公园里的厕所", "每天 6:00-23:00", "1")
	point("toilet", "没灯的厕所", "每天24小时", "")
	point("toilet", "不知道几点关的厕所", "", "1")
	stops, err := x.services.Streets.Points(t.Context(), place.BusStop)
	if err != nil || len(stops) == 0 {
		t.Fatalf("there is no stop: %v", err)
	}
	stop := "/desk/service-points/" + stops[0].ID
	has(t, "the desk", desk.page("/desk/service-points"), stop, stops[0].Name.Hans)
	lasts := func(last, source string) answer {
		return desk.post(stop, url.Values{"form": {"lasts"}, "rev": {revOf(t, desk.page(stop), "lasts")}, "last": {last}, "source": {source}})
	}
	for field, typed := range map[string][2]string{"last": {"松江2路 晚上", "站牌"}, "source": {"松江2路 22:10", ""}} {
		if a := lasts(typed[0], typed[1]); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="lasts-`+field+`-error"`) || !strings.Contains(a.body, typed[0]+"</textarea>") {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	if a := lasts("松江2路 往大学城 22:10\n松江3路 0:20", "站牌"); a.to != stop+"?done=saved" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "the stop at the desk", desk.page(stop), "松江2路 往大学城", "站牌")
	has(t, "the list at the desk", desk.page("/desk/service-points"), "末班 2 条")
	st, _ := x.streetWith(t)
	street := "/desk/streets/" + st.Slug
	quiet := url.Values{"form": {"quiet"}, "rev": {revision(st.Rev)}, "quiet": {"每天 22:00-6:00"}, "quiet.by": {""}}
	if a := desk.post(street, quiet); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="quiet-quiet.by-error"`) || !strings.Contains(a.body, `value="每天 22:00-6:00"`) {
		t.Errorf("quiet hours that nobody set: %d %s", a.status, complaint(a.body))
	}
	quiet.Set("quiet.by", "岳阳街道")
	desk.done(street, quiet)
	x.public(t)
	page := anybody.page("/night")
	has(t, "the night", page, "剧场门口", "公园里的厕所", "夜里有灯", "现在能用", "松江2路 往大学城", "22:10", "次日 0:20", "站牌，", st.Name.Hans, "22:00–次日 6:00", "岳阳街道，", `href="#last"`, `id="quiet"`)
	for _, not := range []string{"没灯的厕所", "不知道几点关的厕所"} {
		if strings.Contains(page, not) {
			t.Errorf("%s is lit and open at night", not)
		}
	}
	if strings.Contains(anybody.page("/night?after=24"), "公园里的厕所") {
		t.Error("it is shut at midnight")
	}
	has(t, "in English", anybody.page("/en/night"), "Last buses", "Toilets open at night", "Quiet hours", "lit at night")
	has(t, "the points", anybody.page("/points"), "剧场门口", "松江2路 往大学城", "次日 0:20")
	has(t, "GeoJSON", anybody.page("/api/v1/points?kind=toilet&kind=bus_stop"), `"opening_hours":"Mo-Su 06:00-23:00"`, `"lit":true`, `"last_departures":{"list":[{"line":"松江2路","toward":"大学城","at":"22:10"}`, `"source":"站牌"`)
	if a := lasts("", ""); a.to != stop+"?done=saved" {
		t.Errorf("emptied: %d", a.status)
	}
	x.public(t)
	if strings.Contains(anybody.page("/night"), "末班车") {
		t.Error("the last bus is still there")
	}
	if a := desk.post("/desk/service-points", url.Values{"form": {"point"}, "kind": {"toilet"}, "name": {"厕所"}, "opening": {"看情况"}, "location.datum": {"gcj02"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="point-opening-error"`) {
		t.Errorf("hours nobody can read: %d %s", a.status, complaint(a.body))
	}
	points, err := x.services.Streets.Points(t.Context(), place.Taxi)
	if err != nil || len(points) != 1 {
		t.Fatalf("%d %v", len(points), err)
	}
	if a := desk.post("/desk/service-points/"+points[0].ID, url.Values{"form": {"lasts"}, "rev": {revision(points[0].Rev)}, "last": {"松江2路 22:10"}, "source": {"站牌"}}); a.status != http.StatusBadRequest {
		t.Errorf("a bus leaves from where taxis stand: %d", a.status)
	}
}

// The plan holds as many pins as one can tell apart. They are dealt to the kinds in turn, so that many toilets leave a pin to a bench, and
// the page says how many are in the list alone.
func TestPinsAreDealtToEveryKind(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	entered := func(kind, name string, n int) string {
		t.Helper()
		to := desk.done("/desk/service-points", url.Values{"form": {"point"}, "kind": {kind}, "name": {name}, "location": {fmt.Sprintf("31.01%02d, 121.2260", n)}, "location.datum": {"gcj02"}})
		path, _, _ := strings.Cut(to, "?")
		return "#point-" + strings.TrimPrefix(path, "/desk/service-points/")
	}
	for n := range plan.MaxPins + 6 {
		entered("toilet", fmt.Sprintf("%d 号厕所", n+1), n)
	}
	bench, aed := entered("bench", "银行门口的座椅", 50), entered("aed", "站厅里的", 51)
	x.public(t)
	page := anybody.page("/points")
	for _, pin := range []string{bench, aed} {
		if !strings.Contains(page, `href="`+pin+`"`) {
			t.Errorf("%s has no pin", pin)
		}
	}
	pins, listed := strings.Count(page, `href="#point-`), strings.Count(page, ` id="point-`)
	if pins != plan.MaxPins {
		t.Errorf("%d pins, want %d", pins, plan.MaxPins)
	}
	has(t, "the caption", page, fmt.Sprintf("还有 %d 处不在图上", listed-pins))
	numbers := regexp.MustCompile(`<span class="num mut">(\d+)</span>`).FindAllStringSubmatch(page, -1)
	for i, n := range numbers {
		if n[1] != fmt.Sprint(i+1) {
			t.Fatalf("number %d of the list is %s", i+1, n[1])
		}
	}
}
