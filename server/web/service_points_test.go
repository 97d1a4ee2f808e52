package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/place"
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
