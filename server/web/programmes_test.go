package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
)

func TestAProgrammeThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	own := x.member(t, demo.Owner)
	lian, admin, anybody := x.as(t, demo.Liaison), x.as(t, demo.Admin), x.as(t, "")
	if a := lian.post("/liaison/programme", url.Values{"form": {"year"}, "year": {"明年"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="明年"`) {
		t.Errorf("no year: %d", a.status)
	}
	to := lian.done("/liaison/programme", url.Values{"form": {"year"}, "year": {"2026"}})
	item := url.Values{"form": {"item"}, "title": {""}, "quarter": {"2"}, "organisation": {own}, "state": {"planned"}}
	send := func(path, form string, v url.Values) answer {
		t.Helper()
		v.Set("form", form)
		v.Set("rev", revOf(t, lian.page(path), form))
		return lian.post(path, v)
	}
	if a := send(to, "item", item); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="item-title-error"`) {
		t.Errorf("an item without a title: %d", a.status)
	}
	item.Set("title", "给老人理发")
	item.Set("title.en", "Haircuts for the elderly")
	if a := send(to, "item", item); a.status != http.StatusSeeOther {
		t.Fatalf("an item: %d %s", a.status, complaint(a.body))
	}
	if a := send(to, "submit", url.Values{}); a.status != http.StatusSeeOther {
		t.Fatalf("to a second person: %d", a.status)
	}
	if a := anybody.get("/programme/2026"); a.status != http.StatusNotFound {
		t.Errorf("public before anybody looked: %d", a.status)
	}
	wait := admin.page("/admin/assembly")
	has(t, "what waits", wait, "2026 年计划", "给老人理发", "Haircuts for the elderly")
	id := strings.TrimPrefix(to, "/liaison/programme/")
	decide := url.Values{"rev": {hiddenOf(t, wait, "rev")}, "shown": {"else"}, "form": {"decide-" + id}, "do": {"approve"}}
	if a := admin.post("/admin/assembly/programme/"+id, decide); a.status != http.StatusConflict {
		t.Errorf("something else approved: %d", a.status)
	}
	decide.Set("shown", hiddenOf(t, wait, "shown"))
	admin.done("/admin/assembly/programme/"+id, decide)
	page := anybody.page("/programme/2026")
	has(t, "everybody", page, "给老人理发", "第二季度")
	if strings.Contains(page, "演示单位") {
		t.Error("an organisation is named that did not agree")
	}
	x.as(t, demo.Owner).done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	has(t, "with consent", anybody.page("/programme/2026"), "演示单位owner")
	has(t, "on paper", anybody.page("/programme/2026/print"), "给老人理发")
	has(t, "the list", anybody.page("/programme"), "2026 年计划")

	one := lian.page(to)
	_, rest, _ := strings.Cut(one, to+"/items/")
	itemID, _, _ := strings.Cut(rest, `"`)
	at := to + "/items/" + itemID
	done := url.Values{"title": {"给老人理发"}, "quarter": {"2"}, "organisation": {own}, "state": {"done"}, "result": {"理了 12 次"}}
	if a := send(at, "item", done); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "先加上凭证") || !strings.Contains(a.body, "理了 12 次") {
		t.Errorf("done without evidence: %d %s", a.status, complaint(a.body))
	}
	if a := lian.upload(at, url.Values{"form": {"prove"}, "rev": {revOf(t, lian.page(at), "prove")}, "text": {"登记表 12 张"}}, upload{"photo", "a.jpg", picture(t, 800, 600)}); a.status != http.StatusSeeOther {
		t.Fatalf("evidence: %d %s", a.status, complaint(a.body))
	}
	if a := lian.get(to + "/evidence/1"); a.status != http.StatusOK || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture of evidence: %d", a.status)
	}
	if a := anybody.get(to + "/evidence/1"); a.status == http.StatusOK {
		t.Error("anybody sees evidence")
	}
	if a := send(at, "item", done); a.status != http.StatusSeeOther {
		t.Fatalf("done: %d %s", a.status, complaint(a.body))
	}
	if strings.Contains(anybody.page("/programme/2026"), "理了 12 次") {
		t.Error("the public reads what nobody let through")
	}
	has(t, "the liaison's sheet", lian.page(to+"/print"), "理了 12 次")
	if a := send(to, "withdraw", url.Values{}); a.status != http.StatusSeeOther {
		t.Fatalf("withdrawn: %d", a.status)
	}
	if a := anybody.get("/programme/2026"); a.status != http.StatusNotFound {
		t.Errorf("withdrawn and still there: %d", a.status)
	}
}
