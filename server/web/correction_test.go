package web

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/report"
)

var number = regexp.MustCompile(`ref=([0-9A-Z]{4}-[0-9A-Z]{4})`)

// Anybody says what is wrong, without an account, and reads by the number what came of it. The page itself does not change.
func TestReportIsAnsweredByNumber(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l, err := x.services.Listings.Get(t.Context(), x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	visitor, path := x.as(t, ""), "/shops/"+l.Slug+"/report"
	if body := visitor.page("/shops/" + l.Slug); !strings.Contains(body, path) {
		t.Error("the page of the shop does not lead to its report")
	}
	if a := visitor.post(path, url.Values{"note": {"门口贴了条子"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "门口贴了条子") {
		t.Errorf("without a reason = %d %s", a.status, complaint(a.body))
	}
	to := visitor.done(path, url.Values{"reason": {"hours"}, "note": {"门口贴了条子"}, "contact": {"13800000000"}})
	m := number.FindStringSubmatch(to)
	if m == nil {
		t.Fatalf("leads to %s", to)
	}
	if body := visitor.page(to); !strings.Contains(body, m[1]) || strings.Contains(body, "13800000000") || strings.Contains(body, "门口贴了条子") {
		t.Errorf("thanks: %s", complaint(body))
	}
	desk := x.as(t, demo.Coordinator)
	queue := desk.page("/desk?kind=report")
	id := regexp.MustCompile(`/desk/reports/([^"]+)"`).FindStringSubmatch(queue)
	if id == nil {
		t.Fatalf("the report is not in the queue: %s", complaint(queue))
	}
	at := "/desk/reports/" + id[1]
	body := desk.page(at)
	if strings.Contains(body, "13800000000") || !strings.Contains(body, "门口贴了条子") {
		t.Errorf("the desk reads: %s", complaint(body))
	}
	if a := desk.post(at, url.Values{"do": {"contacts"}}); a.status != http.StatusOK || !strings.Contains(a.body, "13800000000") {
		t.Errorf("the contact that was asked for = %d %s", a.status, complaint(a.body))
	}
	rev := func() string {
		item, err := x.services.Reports.Get(t.Context(), x.actor(t, demo.Coordinator), id[1])
		if err != nil {
			t.Fatal(err)
		}
		return revision(item.Rev)
	}
	desk.done(at, url.Values{"do": {"look"}, "rev": {rev()}})
	old := rev()
	if a := desk.post(at, url.Values{"do": {"answer"}, "rev": {old}, "text": {"改好了"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "改好了") {
		t.Errorf("without an outcome = %d", a.status)
	}
	desk.done(at, url.Values{"do": {"answer"}, "rev": {old}, "outcome": {"right"}, "text": {"店主说没变"}})
	if a := desk.post(at, url.Values{"do": {"answer"}, "rev": {old}, "outcome": {"done"}}); a.status != http.StatusConflict {
		t.Errorf("answered twice: %d", a.status)
	}
	if body := visitor.page("/reports?ref=" + strings.ToLower(strings.ReplaceAll(m[1], "-", ""))); !strings.Contains(body, "店主说没变") {
		t.Errorf("progress: %s", complaint(body))
	}
	if now, _ := x.services.Listings.Get(t.Context(), l.ID); now.Rev != l.Rev {
		t.Error("the report has changed the shop")
	}
	for typed, want := range map[string]int{"7K2M-9XQD": http.StatusNotFound, "nonsense!": http.StatusUnprocessableEntity} {
		if a := visitor.get("/reports?ref=" + url.QueryEscape(typed)); a.status != want || !strings.Contains(a.body, `aria-invalid="true"`) {
			t.Errorf("%s = %d", typed, a.status)
		}
	}
}

// A thousand reports of one thing are one number and one item of the queue (CON-09). That people are told apart by their address is
// tested in services/report.
func TestThousandReportsAreOne(t *testing.T) {
	if testing.Short() {
		t.Skip("a thousand requests")
	}
	x := peopled(t)
	x.public(t)
	l, err := x.services.Listings.Get(t.Context(), x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	refs := map[string]bool{}
	visitor := x.as(t, "")
	for i := range 1000 {
		a := visitor.post("/shops/"+l.Slug+"/report", url.Values{"reason": {"closed"}, "note": {fmt.Sprint("第 ", i, " 个人说")}})
		if a.status != http.StatusSeeOther {
			t.Fatalf("report %d = %d", i, a.status)
		}
		refs[number.FindStringSubmatch(a.to)[1]] = true
	}
	page, err := x.services.Reports.Queue(t.Context(), x.actor(t, demo.Coordinator), "", 100)
	if err != nil {
		t.Fatal(err)
	}
	mine := []report.Item{}
	for _, r := range page.Items {
		if r.ListingID == l.ID {
			mine = append(mine, r)
		}
	}
	if len(refs) != 1 || len(mine) != 1 {
		t.Fatalf("%d numbers, %d items", len(refs), len(mine))
	}
}

// Somebody who forgot to say what is wrong has typed the rest only once.
func TestReportMistakes(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.nobodys(t)
	a := x.as(t, "").post("/shops/"+l.Slug+"/report", url.Values{"note": {"门口贴着告示"}, "contact": {"13800000000"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "门口贴着告示") || !strings.Contains(a.body, "13800000000") || !strings.Contains(a.body, `href="#reason"`) {
		t.Errorf("%d %s", a.status, complaint(a.body))
	}
}
