package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/account"
	"shangquan/services/demo"
	"shangquan/services/fault"
)

// PRV-03: a person erases the own account; what is left says nothing about them.
func TestAccountIsDeleted(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	for who, why := range map[string]string{demo.Coordinator: "先请管理员取消", demo.Owner: "你还在店铺里"} {
		a := x.as(t, who).post("/account/delete", url.Values{})
		if a.status != http.StatusConflict || !strings.Contains(a.body, why) {
			t.Errorf("%s: %d %s", who, a.status, complaint(a.body))
		}
	}
	staff, other := x.as(t, demo.Staff), x.as(t, demo.Staff)
	was := x.people[demo.Staff]
	staff.done("/my/merchants/"+x.merchantOfOwner(t).ID+"/leave", url.Values{})
	has(t, "what goes", staff.page("/account/delete"), "不能恢复")
	if to := staff.done("/account/delete", url.Values{}); to != "/sign-in?deleted=1" {
		t.Errorf("leads to %s", to)
	}
	for _, b := range []*browser{staff, other} {
		if a := b.get("/account"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
			t.Errorf("still signed in: %d", a.status)
		}
	}
	if m := x.sent(t, was.Contact, "deleted"); !strings.Contains(m.Text, "账号删掉了") {
		t.Errorf("the letter says %q", m.Text)
	}
	if a := x.as(t, "").post("/sign-in", url.Values{"name": {was.Contact}, "password": {was.Password}}); a.status == http.StatusSeeOther {
		t.Error("the password still opens it")
	}
	contact, err := account.ParseContact(was.Contact)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Accounts.ByContact(t.Context(), contact); !fault.Is(err, fault.NotFound) {
		t.Errorf("the contact is still taken: %v", err)
	}
	left, err := x.services.Accounts.Get(t.Context(), was.AccountID)
	if err != nil || left.Name != "" || left.Password != "" || left.Factors.Any() || !left.Deleted() {
		t.Errorf("left of it: %+v %v", left, err)
	}
	has(t, "the list of accounts", x.as(t, demo.Admin).page("/admin/accounts"), "已删除的账号")
}

// Who acts for an organisation hands that over first.
func TestAccountOfASpeakerStays(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.as(t, demo.Liaison).done("/liaison/members/"+x.bank(t)+"/invite", url.Values{"form": {"invite"}, "to": {"desk@bank.example"}})
	clerk := x.as(t, "")
	if a := clerk.post(x.linkTo(t, "desk@bank.example"), url.Values{"new": {"1"}, "name": {"柜台"}}); a.status != http.StatusSeeOther {
		t.Fatalf("nobody acts for the bank: %d", a.status)
	}
	if a := clerk.post("/account/delete", url.Values{}); a.status != http.StatusConflict || !strings.Contains(a.body, "先请联络站换人") {
		t.Errorf("%d %s", a.status, complaint(a.body))
	}
}
