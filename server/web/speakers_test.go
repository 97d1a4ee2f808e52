package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// bank is a member that is no merchant.
func (x *town) bank(t *testing.T) string {
	t.Helper()
	o, err := x.services.Assembly.Add(t.Context(), x.actor(t, demo.Liaison), assembly.Details{
		Name: lang.Text{Hans: "演示银行"}, Kind: assembly.Bank, Since: "2026-01-01", Visibility: assembly.Public,
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

// linkTo is the path of the link in the newest invitation to an address.
func (x *town) linkTo(t *testing.T, to string) string {
	t.Helper()
	text := x.sent(t, to, "assembly_invitation").Text
	_, rest, ok := strings.Cut(text, "http://shop.test")
	if !ok {
		t.Fatalf("the message has no link: %s", text)
	}
	link, _, _ := strings.Cut(rest, " ")
	return link
}

func TestABankGetsSomebodyWhoActsForIt(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.bank(t)
	seat := "/liaison/members/" + id
	lian := x.as(t, demo.Liaison)
	has(t, "nobody acts yet", lian.page(seat), "还没有人")
	bad := lian.post(seat+"/invite", url.Values{"form": {"invite"}, "to": {"柜台"}})
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, `value="柜台"`) || !strings.Contains(bad.body, `id="invite-to-error"`) {
		t.Errorf("no address: %d %s", bad.status, complaint(bad.body))
	}
	lian.done(seat+"/invite", url.Values{"form": {"invite"}, "to": {"desk@bank.example"}})
	page := lian.page(seat)
	has(t, "who was asked", page, "发的邀请", "还没接受")
	if strings.Contains(page, "bank.example") {
		t.Error("the page shows where the invitation went")
	}
	link := x.linkTo(t, "desk@bank.example")

	// Somebody without an account opens the link, makes one and acts for the bank.
	clerk := x.as(t, "")
	has(t, "the invitation", clerk.page(link), "替“演示银行”办事", "d***@bank.example")
	if a := clerk.post(link, url.Values{"new": {"1"}, "name": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an account without a name: %d", a.status)
	}
	to := clerk.post(link, url.Values{"new": {"1"}, "name": {"柜台"}}).to
	if to != "/my/assembly/"+id+"?done=speaks" {
		t.Fatalf("who accepted is led to %q", to)
	}
	has(t, "the bank's page", clerk.page(to), "演示银行", "不再替单位办事")
	if a := clerk.get("/my"); a.to != "/my/assembly" {
		t.Errorf("who acts for the bank only lands at %q", a.to)
	}
	if a := x.as(t, demo.Owner).post(link, url.Values{}); a.status != http.StatusGone {
		t.Errorf("a link that was used: %d", a.status)
	}
	for _, path := range []string{"/speak/none", link} {
		if a := x.as(t, "").get(path); a.status != http.StatusGone {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	has(t, "who acts", lian.page(seat), "柜台")

	// The bank agrees, signs and is left again in one press.
	clerk.done("/my/assembly/"+id+"/consent", url.Values{"do": {"agree"}})
	clerk.done("/my/assembly/"+id+"/leave", url.Values{})
	if a := clerk.get("/my/assembly/" + id); a.status != http.StatusNotFound {
		t.Errorf("after leaving: %d", a.status)
	}

	// One who has an account accepts with it, and the liaison ends that in one press.
	lian.done(seat+"/invite", url.Values{"form": {"invite"}, "to": {"again@bank.example"}})
	link = x.linkTo(t, "again@bank.example")
	rival := x.as(t, demo.Rival)
	has(t, "the invitation", rival.page(link), "演示另一位店主")
	rival.done(link, url.Values{})
	rival.page("/my/assembly/" + id)
	lian.done(seat+"/acting", url.Values{"dismiss": {x.people[demo.Rival].AccountID}})
	if a := rival.get("/my/assembly/" + id); a.status != http.StatusNotFound {
		t.Errorf("after the end: %d", a.status)
	}

	// An invitation is taken back.
	lian.done(seat+"/invite", url.Values{"form": {"invite"}, "to": {"third@bank.example"}})
	o, err := x.services.Assembly.Organisation(t.Context(), x.actor(t, demo.Liaison), id)
	if err != nil || len(o.Invitations) != 1 {
		t.Fatalf("invitations %v %v", o.Invitations, err)
	}
	lian.done(seat+"/acting", url.Values{"withdraw": {o.Invitations[0].ID}})
	if a := rival.get(x.linkTo(t, "third@bank.example")); a.status != http.StatusGone {
		t.Errorf("a link that was taken back: %d", a.status)
	}
	if a := lian.post(seat+"/acting", url.Values{}); a.status != http.StatusBadRequest {
		t.Errorf("a press of nothing: %d", a.status)
	}
}

func TestMembersReadOfEachOther(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own := x.member(t, demo.Owner)
	x.bank(t)
	owner, lian := x.as(t, demo.Owner), x.as(t, demo.Liaison)
	has(t, "the members", owner.page("/my/assembly/"+own+"/members"), "演示单位owner", "演示银行")
	page := owner.page("/my/assembly/" + own + "/calendar")
	_, rest, _ := strings.Cut(page, `href="http://shop.test/meetings/calendar/`)
	token, _, _ := strings.Cut(rest, `"`)
	feed := x.as(t, "").get("/meetings/calendar/" + token)
	if feed.status != http.StatusOK || feed.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.HasPrefix(feed.body, "BEGIN:VCALENDAR") {
		t.Errorf("the calendar: %d %s", feed.status, feed.body)
	}
	owner.done("/my/assembly/"+own+"/calendar", url.Values{"form": {"feed"}})
	if a := x.as(t, "").get("/meetings/calendar/" + token); a.status != http.StatusNotFound {
		t.Errorf("the address of before: %d", a.status)
	}
	table := lian.get("/liaison/roster?format=csv")
	x.onRecord(t, access.AssemblyRead, "extract/members", table.body)
	if table.status != http.StatusOK || !strings.Contains(table.body, "演示银行") || !strings.Contains(table.body, "名称") {
		t.Errorf("the table: %d %s", table.status, table.body)
	}
}
