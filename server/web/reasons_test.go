package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
)

// An administrator adds a reason why shops close, calls one otherwise and offers one no more; what is on record keeps its words.
func TestReasonsOfTurnsAreEdited(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, desk := x.as(t, demo.Admin), x.as(t, demo.Coordinator)
	path := "/desk/register/" + x.people[demo.Owner].ListingIDs[0]
	has(t, "the lists", desk.page("/admin/taxonomy"), "停业、搬迁的原因", "租金", "信息不对的选项", "别的，写在下面")
	if a := desk.get("/admin/taxonomy/turn/rent"); a.status != http.StatusNotFound {
		t.Errorf("a coordinator edits reasons: %d", a.status)
	}
	has(t, "a reason", admin.page("/admin/taxonomy/turn/rent"), `value="租金"`, `value="Rent"`)

	admin.done("/admin/taxonomy/turn", url.Values{"rev": {"0"}, "id": {"flood"}, "hans": {"进水"}, "hant": {"進水"}, "en": {"Flood"}})
	admin.done("/admin/taxonomy/turn/rent", url.Values{"rev": {"1"}, "do": {"set"}, "hans": {"房租"}, "hant": {"房租"}, "en": {"The rent"}})
	page := desk.page(path)
	has(t, "the form", page, `<option value="flood">进水</option>`, `<option value="rent">房租</option>`)
	if strings.Index(page, `value="flood"`) > strings.Index(page, `value="else"`) {
		t.Error("what is for everything else is not last")
	}
	desk.done(path, url.Values{"rev": {hiddenOf(t, page, "rev")}, "kind": {"closed"}, "on": {"2026-10-01"}, "reason": {"flood"}})
	has(t, "the register", desk.page("/desk/register"), "进水")
	has(t, "the register in English", desk.page("/en/desk/register"), "Flood")
	has(t, "the table", desk.page("/desk/register.csv"), "进水")

	admin.done("/admin/taxonomy/turn/flood", url.Values{"rev": {"2"}, "do": {"retire"}})
	has(t, "what is on record", desk.page("/desk/register"), "进水")
	page = desk.page(path)
	if strings.Contains(page, `<option value="flood"`) {
		t.Error("a retired reason is offered")
	}
	if a := desk.post(path, url.Values{"rev": {hiddenOf(t, page, "rev")}, "kind": {"closed"}, "on": {"2026-10-02"}, "reason": {"flood"}, "note": {"地下室"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="reason-error"`) || !strings.Contains(a.body, "地下室") {
		t.Errorf("a retired reason is taken: %d", a.status)
	}
	_, turn, _ := strings.Cut(page, "?turn=")
	turn, _, _ = strings.Cut(turn, "#")
	page = desk.page(path + "?turn=" + turn)
	has(t, "a record that has it", page, `<option value="flood" selected>进水</option>`)
	desk.done(path, url.Values{"rev": {hiddenOf(t, page, "rev")}, "turn": {turn}, "kind": {"closed"}, "on": {"2026-10-03"}, "reason": {"flood"}})
	admin.done("/admin/taxonomy/turn/flood", url.Values{"rev": {"3"}, "do": {"offer"}})
	has(t, "offered again", desk.page(path), `<option value="flood">`)

	for do, want := range map[string]string{"retire": "要一直留着", "remove": "系统自带的删不掉"} {
		if a := admin.post("/admin/taxonomy/turn/else", url.Values{"rev": {"4"}, "do": {do}}); a.status != http.StatusConflict || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", do, a.status, complaint(a.body))
		}
	}
	if a := admin.post("/admin/taxonomy/turn/flood", url.Values{"rev": {"4"}, "do": {"remove"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "记录里可能用着") {
		t.Errorf("removed: %d", a.status)
	}
	if a := admin.post("/admin/taxonomy/turn", url.Values{"rev": {"4"}, "id": {"water"}, "hans": {"进水"}, "hant": {"水"}, "en": {"Water"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="Water"`) {
		t.Errorf("a name that is taken: %d", a.status)
	}
}

// What can be wrong with a page is chosen from what the district offers.
func TestReasonsOfReportsAreEdited(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, anybody := x.as(t, demo.Admin), x.as(t, "")
	path := "/shops/" + x.listing(t, x.people[demo.Rival].ListingIDs[0]).Slug + "/report"
	admin.done("/admin/taxonomy/report", url.Values{"rev": {"0"}, "id": {"lights"}, "hans": {"招牌灯不亮"}, "hant": {"招牌燈不亮"}, "en": {"Sign unlit"}})
	has(t, "what can be chosen", anybody.page(path), `value="lights"`, "招牌灯不亮")
	has(t, "in English", anybody.page("/en"+path), "Sign unlit")
	if a := anybody.post(path, url.Values{"reason": {"lights"}}); a.status >= http.StatusBadRequest {
		t.Fatalf("sent: %d %s", a.status, complaint(a.body))
	}
	has(t, "the desk", x.as(t, demo.Coordinator).page("/desk"), "招牌灯不亮")
	admin.done("/admin/taxonomy/report/lights", url.Values{"rev": {"1"}, "do": {"retire"}})
	if strings.Contains(anybody.page(path), `value="lights"`) {
		t.Error("a retired reason is offered")
	}
	if a := anybody.post(path, url.Values{"reason": {"lights"}, "note": {"是隔壁的"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "是隔壁的") {
		t.Errorf("a retired reason is taken: %d", a.status)
	}
	has(t, "what is on record", x.as(t, demo.Coordinator).page("/desk"), "招牌灯不亮")
}
