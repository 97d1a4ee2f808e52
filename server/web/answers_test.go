package web

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/report"
)

// How requests are answered is what holds, and what is counted is what is stored: small numbers say nothing, none is a number.
func TestHowRequestsAreAnswered(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	visitor := x.as(t, "")
	page := visitor.page("/how-we-answer")
	has(t, "the page", page, "tel:12345", "72 小时", "15 个工作日", "收到 0 件，办完 0 件", "2026 年", "2025 年")
	if strings.Contains(page, "收到 不到") || strings.Contains(page, "信访</dt>") {
		t.Error("something is said of nothing")
	}
	list, _, err := x.directory.Listed(t.Context())
	if err != nil || len(list) < 6 {
		t.Fatal(err, len(list))
	}
	send := func(n int) {
		t.Helper()
		by := access.Actor{Client: netip.MustParseAddr(fmt.Sprintf("203.0.113.%d", n+1))}
		if _, err := x.services.Reports.Send(t.Context(), by, report.Message{ListingID: list[n].ID, Reason: report.Reasons[0]}); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 4 {
		send(n)
	}
	x.wait(time.Minute) // for so long a page is kept
	has(t, "four", visitor.page("/how-we-answer"), "收到 不到 5 件，办完 0 件")
	send(4)
	x.wait(time.Minute)
	has(t, "five", visitor.page("/how-we-answer"), "收到 5 件，办完 0 件")
	item, err := x.services.Reports.Queue(t.Context(), x.actor(t, demo.Coordinator), "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Reports.Answer(t.Context(), x.actor(t, demo.Coordinator), item.Items[0].ID, item.Items[0].Rev, report.Done, "改好了"); err != nil {
		t.Fatal(err)
	}
	x.wait(time.Minute)
	has(t, "one of five", visitor.page("/how-we-answer"), "收到 5 件，办完 不到 5 件")
}

// Where petitions go is written by the administrator and leads to an official site or nowhere.
func TestOfficialChannel(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin, visitor := x.as(t, demo.Admin), x.as(t, "")
	const to = "https://www.example.gov.cn/xinfang"
	for _, link := range []string{"http://www.example.gov.cn/", "https://example.com/", "javascript:alert(1)", "信访"} {
		a := admin.post("/admin/settings", settingsSent("0", url.Values{"official": {"去信访办"}, "official_link": {link}}))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="official_link-error"`) || !strings.Contains(a.body, "去信访办") {
			t.Errorf("%s: %d %s", link, a.status, complaint(a.body))
		}
	}
	admin.done("/admin/settings", settingsSent("0", url.Values{"official": {"去信访办"}, "official_link": {to}}))
	for _, l := range lang.Tags {
		has(t, string(l), visitor.page(ui.Href(l, "/how-we-answer")), "去信访办", `href="`+to+`"`, "12345")
	}
}
