package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

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

// PRV-03: who can no longer sign in is erased by the administrator, with the reason; never somebody who still stands for a shop, the
// district or an organisation, and by nobody else.
func TestAccountIsErasedForSomebody(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin, was := x.as(t, demo.Admin), x.people[demo.Staff]
	rev := func(one string) string {
		return regexp.MustCompile(`name="rev" value="(\d+)"`).FindStringSubmatch(admin.page(one))[1]
	}
	x.as(t, demo.Liaison).done("/liaison/members/"+x.bank(t)+"/invite", url.Values{"form": {"invite"}, "to": {"desk@bank.example"}})
	clerk := x.as(t, "")
	clerk.post(x.linkTo(t, "desk@bank.example"), url.Values{"new": {"1"}, "name": {"柜台"}})
	contact, err := account.ParseContact("desk@bank.example")
	if err != nil {
		t.Fatal(err)
	}
	desk, err := x.services.Accounts.ByContact(t.Context(), contact)
	if err != nil {
		t.Fatal(err)
	}
	one := func(id string) string { return "/admin/accounts/" + id }
	for name, tt := range map[string]struct {
		id, why string
		status  int
		says    string
	}{
		"without a reason":      {was.AccountID, " ", http.StatusUnprocessableEntity, "怎么核对的"},
		"in a shop":             {was.AccountID, "本人来了", http.StatusConflict, "先请店主移出"},
		"works for us":          {x.people[demo.Liaison].AccountID, "本人来了", http.StatusConflict, "先取消"},
		"acts for somebody":     {desk.ID, "本人来了", http.StatusConflict, "先请联络站换人"},
		"the administrator":     {x.people[demo.Admin].AccountID, "走了", http.StatusConflict, ""},
		"nobody of that number": {"none", "走了", http.StatusNotFound, ""},
	} {
		values := url.Values{"rev": {"1"}, "why": {tt.why}}
		if tt.status != http.StatusNotFound {
			values.Set("rev", rev(one(tt.id)))
		}
		if a := admin.post(one(tt.id)+"/erased", values); a.status != tt.status || !strings.Contains(a.body, tt.says) {
			t.Errorf("%s: %d %s", name, a.status, complaint(a.body))
		}
	}
	staff := x.as(t, demo.Staff)
	staff.done("/my/merchants/"+x.merchantOfOwner(t).ID+"/leave", url.Values{})
	at, now := one(was.AccountID), rev(one(was.AccountID))
	if a := x.as(t, demo.Coordinator).post(at+"/erased", url.Values{"rev": {now}, "why": {"x"}}); a.status == http.StatusSeeOther && !strings.Contains(a.to, "/sign-in") {
		t.Errorf("a coordinator erases: %d %s", a.status, a.to)
	}
	if a := admin.post(at+"/erased", url.Values{"rev": {"999"}, "why": {"本人来了"}}); a.status != http.StatusConflict {
		t.Errorf("over an old revision: %d", a.status)
	}
	if to := admin.done(at+"/erased", url.Values{"rev": {now}, "why": {"本人带证件来要求的"}}); to != at+"?done=erased" {
		t.Errorf("leads to %s", to)
	}
	if a := staff.get("/account"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
		t.Errorf("still signed in: %d", a.status)
	}
	left, err := x.services.Accounts.Get(t.Context(), was.AccountID)
	if err != nil || left.Name != "" || left.Password != "" || left.Factors.Any() || !left.Deleted() {
		t.Errorf("left of it: %+v %v", left, err)
	}
	body := admin.page(at)
	has(t, "the page of it", body, "已删除的账号")
	if strings.Contains(body, at+"/erased") {
		t.Error("it can be erased twice")
	}
	has(t, "the trail", admin.page("/admin/audit?account="+x.people[demo.Admin].AccountID), "本人带证件来要求的")
	if m := x.sent(t, was.Contact, "deleted"); !strings.Contains(m.Text, "账号删掉了") {
		t.Errorf("the letter says %q", m.Text)
	}
}

// PRV-03: who asks for the own data and cannot sign in gets the file they would take themselves, by way of an administrator, who says why;
// it is in the trail and the person hears of it. Nobody else takes anybody's.
func TestDataIsHandedToSomebody(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin, was := x.as(t, demo.Admin), x.people[demo.Owner]
	at := "/admin/accounts/" + was.AccountID
	x.claim(t, demo.Owner)
	own := map[string]any{}
	if err := json.Unmarshal([]byte(x.as(t, demo.Owner).post("/account/export", url.Values{}).body), &own); err != nil {
		t.Fatal(err)
	}
	has(t, "the form", admin.page(at), "你也看得到", `action="`+at+`/export"`)
	letters := func(want int) int { // they leave a moment later
		n := 0
		for range 500 {
			n = 0
			for _, m := range x.outbox.Sent() {
				if m.Kind == "handed_out" {
					n++
				}
			}
			if n >= want {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		return n
	}
	for name, tt := range map[string]struct {
		id, why string
		status  int
		says    string
	}{
		"without a reason":  {was.AccountID, " ", http.StatusUnprocessableEntity, "怎么核对的"},
		"a reason too long": {was.AccountID, strings.Repeat("长", 201), http.StatusUnprocessableEntity, strings.Repeat("长", 201)},
		"the own account":   {x.people[demo.Admin].AccountID, "本人", http.StatusConflict, ""},
		"nobody":            {"none", "本人", http.StatusNotFound, ""},
	} {
		a := admin.post("/admin/accounts/"+tt.id+"/export", url.Values{"why": {tt.why}})
		if a.status != tt.status || !strings.Contains(a.body, tt.says) || strings.Contains(a.body, was.Contact) {
			t.Errorf("%s: %d %s", name, a.status, complaint(a.body))
		}
	}
	for _, who := range []string{demo.Coordinator, demo.Liaison, demo.Auditor, demo.Owner, demo.Rival} {
		if a := x.as(t, who).post(at+"/export", url.Values{"why": {"本人来要的"}}); a.status != http.StatusNotFound {
			t.Errorf("%s takes it: %d", who, a.status)
		}
	}
	if n := letters(0); n != 0 {
		t.Errorf("%d letters of what was refused", n)
	}

	a := admin.post(at+"/export", url.Values{"why": {"本人带证件来要的"}})
	got := map[string]any{}
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("the file: %d %v %s", a.status, err, complaint(a.body))
	}
	for _, moves := range []string{"at", "trail", "sessions"} { // the own export is in the trail by now
		delete(own, moves)
		delete(got, moves)
	}
	if !reflect.DeepEqual(got, own) || len(got["claims"].([]any)) == 0 { //nolint:forcetypeassert // a panic is as good
		t.Errorf("the file is another than the person's:\n%v\n%v", got, own)
	}
	if a := admin.post(at+"/export", url.Values{"why": {"又来要的"}, "format": {"csv"}}); a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/csv") || !strings.Contains(a.body, was.Contact) {
		t.Errorf("the table: %d %s", a.status, a.header.Get("Content-Type"))
	}
	has(t, "the trail", admin.page("/admin/audit?action=account.export"), "本人带证件来要的", "替登录不了的人取他自己的资料", was.AccountID)
	if m := x.sent(t, was.Contact, "handed_out"); !strings.Contains(m.Text, "不是你要的") || letters(2) != 2 {
		t.Errorf("the letter says %q", m.Text)
	}
	x.wait(11 * time.Minute) // and once more who is there
	if a := admin.post(at+"/export", url.Values{"why": {"本人带证件来要的"}}); a.status == http.StatusOK && a.header.Get("Content-Disposition") != "" || letters(2) != 2 {
		t.Errorf("without a fresh check: %d", a.status)
	}
	admin = x.again(t, demo.Admin)
	x.as(t, demo.Staff).done("/my/merchants/"+x.merchantOfOwner(t).ID+"/leave", url.Values{})
	x.again(t, demo.Staff).done("/account/delete", url.Values{})
	gone := "/admin/accounts/" + x.people[demo.Staff].AccountID
	if strings.Contains(admin.page(gone), gone+"/export") {
		t.Error("an account of which nothing is left has a file")
	}
	if a := admin.post(gone+"/export", url.Values{"why": {"本人来要的"}}); a.status != http.StatusConflict {
		t.Errorf("of a deleted account: %d", a.status)
	}
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
