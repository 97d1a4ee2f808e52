package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// TestMonthlyLetter: asked for in the account, written into the ledger of consents, ended there or by the link, which does nothing until
// its button is pressed.
func TestMonthlyLetter(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.wait(time.Minute)
	owner, admin, visitor := x.as(t, demo.Owner), x.as(t, demo.Admin), x.as(t, "")
	account := x.people[demo.Owner].AccountID
	wants := func(want bool) {
		t.Helper()
		ids, err := x.services.Accounts.WantMonthly(t.Context())
		if err != nil || (len(ids) == 1 && ids[0] == account) != want || len(ids) > 1 {
			t.Fatalf("%v want it, %v", ids, err)
		}
	}
	wants(false)
	id := x.people[demo.Owner].ListingIDs[0]
	if page := owner.page("/my/shops/" + id + "/insights"); !strings.Contains(page, `href="/account/monthly"`) {
		t.Error("the figures do not lead to the letter")
	}
	for _, l := range lang.Tags {
		owner.page(ui.Href(l, "/account/monthly"))
	}
	ask := func(want string) {
		t.Helper()
		if a := owner.post("/account/monthly", url.Values{"want": {want}}); a.status != http.StatusSeeOther {
			t.Fatalf("want=%s: %d", want, a.status)
		}
	}
	ask("1")
	ask("1")
	wants(true)
	if page := owner.page("/account"); !strings.Contains(page, "每月收") {
		t.Error("the account does not say it")
	}
	if page := admin.page("/admin/consents"); strings.Count(page, "每月收店里的数字") != 1 || !strings.Contains(page, "随时可以不收") {
		t.Error("the ledger does not say who agreed to which words")
	}
	ask("0")
	wants(false)
	if page := admin.page("/admin/consents"); !strings.Contains(page, "收回了") {
		t.Error("the ledger does not say that it was taken back")
	}

	ask("1")
	link := "/monthly/" + x.services.Accounts.MonthlyToken(account)
	for range 2 { // a mail program opens it, and the person
		if a := visitor.get(link); a.status != http.StatusOK || !strings.Contains(a.body, "不再收") {
			t.Fatalf("the link: %d", a.status)
		}
	}
	wants(true)
	for _, l := range lang.Tags {
		visitor.page(ui.Href(l, link))
	}
	for range 2 {
		if a := visitor.post(link, url.Values{}); a.status != http.StatusOK || !strings.Contains(a.body, "不再发了") {
			t.Fatalf("its button: %d %s", a.status, complaint(a.body))
		}
		wants(false)
	}
	if a := visitor.get(link); !strings.Contains(a.body, "不再发了") {
		t.Error("the link does not say that it is done")
	}
	for _, wrong := range []string{"/monthly/none", link + "x", "/monthly/" + x.services.Accounts.MonthlyToken("nobody")} {
		for _, a := range []answer{visitor.get(wrong), visitor.post(wrong, url.Values{})} {
			if a.status != http.StatusNotFound && a.status != http.StatusGone {
				t.Errorf("%s = %d", wrong, a.status)
			}
		}
	}
	if a := visitor.get("/account/monthly"); a.status == http.StatusOK {
		t.Error("who is not signed in can ask")
	}
}
