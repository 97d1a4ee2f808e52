package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/merchant"
)

var inMessage = regexp.MustCompile(`http://shop\.test(/(?:join|transfer)/[A-Za-z0-9_-]+)`)

// link is the address in the newest message of a kind to somebody.
func (x *town) link(t testing.TB, to, kind string) string {
	t.Helper()
	m := inMessage.FindStringSubmatch(x.sent(t, to, kind).Text)
	if m == nil {
		t.Fatalf("no link in %q", x.sent(t, to, kind).Text)
	}
	return m[1]
}

// merchantOfOwner is the merchant the owner is in, as the store has it now.
func (x *town) merchantOfOwner(t testing.TB) merchant.Merchant {
	t.Helper()
	by := x.actor(t, demo.Owner)
	m, err := x.services.Merchants.Get(t.Context(), by, by.Seats[0].MerchantID)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// An owner asks somebody who has no account: the link shows and changes nothing however often it is opened, one press registers and
// joins, and after that it is gone.
func TestInvitationIsAccepted(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, m := x.as(t, demo.Owner), x.merchantOfOwner(t)
	page := "/my/merchants/" + m.ID
	if a := owner.post(page, url.Values{"do": {"invite"}, "form": {"invite"}, "to": {"12"}, "role": {"staff"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="12"`) {
		t.Errorf("to no address = %d %s", a.status, complaint(a.body))
	}
	const to = "+8613900000077"
	owner.done(page, url.Values{"do": {"invite"}, "form": {"invite"}, "to": {"139 0000 0077"}, "role": {"staff"}, "listing_ids": {x.people[demo.Owner].ListingIDs[0]}})
	if body := owner.page(page); !strings.Contains(body, "等对方接受") || strings.Contains(body, "13900000077") {
		t.Errorf("the page of people: %s", complaint(body))
	}
	link := x.link(t, to, "merchant_invitation")
	visitor, before := x.as(t, ""), x.merchantOfOwner(t).Rev
	for range 20 {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if a := visitor.send(method, link, "", nil); a.status != http.StatusOK {
				t.Fatalf("%s = %d", method, a.status)
			}
		}
	}
	if x.merchantOfOwner(t).Rev != before {
		t.Fatal("opening the link has changed something")
	}
	if body := visitor.page(link); strings.Contains(body, "13900000077") || !strings.Contains(body, "139****0077") {
		t.Errorf("the bearer reads: %s", complaint(body))
	}
	// Without a name nobody is made; with one the account has the address of the invitation, whatever the form says.
	if a := visitor.post(link, url.Values{"new": {"1"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("without a name = %d", a.status)
	}
	done := visitor.done(link, url.Values{"new": {"1"}, "name": {"陈小妹"}, "contact": {"13811111111"}})
	if done != page+"?done=joined" {
		t.Errorf("leads to %s", done)
	}
	if body := visitor.page(done); strings.Contains(body, `id="invite"`) || !strings.Contains(body, "加入了") {
		t.Errorf("staff reads: %s", complaint(body))
	}
	now := x.merchantOfOwner(t)
	last := now.Members[len(now.Members)-1]
	a, err := x.services.Accounts.Get(t.Context(), last.AccountID)
	if err != nil || string(a.Phone) != to || last.Role != access.Staff || len(last.ListingIDs) != 1 {
		t.Errorf("joined: %+v, %v, %v", last, a.Phone, err)
	}
	if a := x.as(t, "").get(link); a.status != http.StatusGone {
		t.Errorf("the used link = %d", a.status)
	}
	if a := x.as(t, demo.Rival).post(link, url.Values{}); a.status != http.StatusGone {
		t.Errorf("the used link again = %d", a.status)
	}
	if body := owner.page(page); !strings.Contains(body, "陈小妹") || !strings.Contains(body, "上次登录") {
		t.Errorf("the page of people: %s", complaint(body))
	}
}

// Somebody who has an account accepts with it; an invitation that was taken back or sent again leaves a dead link.
func TestInvitationIsTakenBack(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, m := x.as(t, demo.Owner), x.merchantOfOwner(t)
	page, rival := "/my/merchants/"+m.ID, x.as(t, demo.Rival)
	owner.done(page, url.Values{"do": {"invite"}, "to": {x.people[demo.Rival].Contact}, "role": {"manager"}})
	first := x.link(t, demo.Rival, "merchant_invitation")
	id := func() string {
		all := x.merchantOfOwner(t).Invitations
		return all[len(all)-1].ID
	}
	owner.done(page, url.Values{"resend": {id()}})
	second := x.link(t, demo.Rival, "merchant_invitation")
	if a := rival.get(first); a.status != http.StatusGone {
		t.Errorf("the first link = %d", a.status)
	}
	owner.done(page, url.Values{"withdraw": {id()}})
	if a := rival.get(second); a.status != http.StatusGone {
		t.Errorf("the link that was taken back = %d", a.status)
	}
	owner.done(page, url.Values{"do": {"invite"}, "to": {x.people[demo.Rival].Contact}, "role": {"manager"}})
	third := x.link(t, demo.Rival, "merchant_invitation")
	if a := x.as(t, "").post(third, url.Values{}); a.status != http.StatusOK || !strings.Contains(a.body, "先登录") {
		t.Errorf("a press without an account = %d %s", a.status, complaint(a.body))
	}
	if to := rival.done(third, url.Values{}); to != page+"?done=joined" {
		t.Errorf("leads to %s", to)
	}
	x.wait(8 * 24 * time.Hour)
	if a := x.as(t, "").get(third); a.status != http.StatusGone {
		t.Errorf("the old link = %d", a.status)
	}
}

// An administrator manages the staff of a merchant, and is not offered what takes two people: sent all the same, it is refused with the reason.
func TestOwnershipIsNoMatterOfOneAdministrator(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m, admin := x.merchantOfOwner(t), x.as(t, demo.Admin)
	page, owner, staff := "/my/merchants/"+m.ID, x.actor(t, demo.Owner).AccountID, x.actor(t, demo.Staff).AccountID
	const why, offered = "换店主要两个人办", `name="role" value="owner"`
	for _, path := range []string{page, page + "/people/" + staff, page + "/people/" + owner} {
		if body := admin.page(path); strings.Contains(body, offered) || !strings.Contains(body, why) {
			t.Errorf("%s for an administrator: offered %v", path, strings.Contains(body, offered))
		}
		if body := x.as(t, demo.Owner).page(path); !strings.Contains(body, offered) || strings.Contains(body, why) {
			t.Errorf("%s does not offer an owner to owners", path)
		}
	}
	rev := revision(m.Rev)
	for path, form := range map[string]url.Values{
		page:                      {"do": {"invite"}, "form": {"invite"}, "to": {"139 0000 0088"}, "role": {"owner"}},
		page + "/people/" + staff: {"rev": {rev}, "do": {"role"}, "role": {"owner"}},
		page + "/people/" + owner: {"rev": {rev}, "do": {"remove"}},
	} {
		if a := admin.post(path, form); a.status != http.StatusForbidden || !strings.Contains(a.body, why) {
			t.Errorf("POST %s = %d %s", path, a.status, complaint(a.body))
		}
	}
	if now := x.merchantOfOwner(t); now.Rev != m.Rev {
		t.Error("something changed")
	}
	admin.done(page+"/people/"+staff, url.Values{"rev": {rev}, "do": {"role"}, "role": {"manager"}})
}

// Who leaves, or is taken out, has no access at the very next request, with the session still open.
func TestLeavingEndsAccessAtOnce(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m := x.merchantOfOwner(t)
	page, shop := "/my/merchants/"+m.ID, "/my/shops/"+x.people[demo.Owner].ListingIDs[0]
	staff, manager, owner := x.as(t, demo.Staff), x.as(t, demo.Manager), x.as(t, demo.Owner)
	for _, b := range []*browser{staff, manager} {
		b.page(page)
		b.page(shop)
	}
	if to := staff.done(page+"/leave", url.Values{}); to != "/my?done=left" {
		t.Errorf("leads to %s", to)
	}
	member := x.actor(t, demo.Manager).AccountID
	rev := x.merchantOfOwner(t).Rev
	owner.done(page+"/people/"+member, url.Values{"rev": {revision(rev)}, "do": {"remove"}})
	for name, b := range map[string]*browser{"staff": staff, "manager": manager} {
		for _, path := range []string{page, page + "/papers", page + "/leave", shop} {
			if a := b.get(path); a.status != http.StatusNotFound {
				t.Errorf("%s: GET %s = %d", name, path, a.status)
			}
		}
		if b.get("/account").status != http.StatusOK {
			t.Errorf("%s is signed out, which proves nothing", name)
		}
	}
	// The last owner stays, and hears why.
	if a := owner.post(page+"/leave", url.Values{}); a.status != http.StatusConflict || !strings.Contains(a.body, "最后一位店主") {
		t.Errorf("the last owner leaves: %d %s", a.status, complaint(a.body))
	}
}

// Only owners change who has access; everything of another merchant is not there.
func TestPeopleAreTheOwnersBusiness(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m := x.merchantOfOwner(t)
	page, staff := "/my/merchants/"+m.ID, x.actor(t, demo.Staff).AccountID
	forms := map[string]url.Values{
		page:                      {"do": {"invite"}, "to": {"13900000077"}, "role": {"owner"}},
		page + "/people/" + staff: {"do": {"role"}, "role": {"owner"}, "rev": {revision(m.Rev)}},
		page + "/edit":            {"name": {"别家"}, "rev": {revision(m.Rev)}},
		page + "/hand-over":       {"do": {"give_back"}, "listing_id": {x.people[demo.Owner].ListingIDs[0]}},
		page + "/export":          {},
		page + "/papers":          {"kind": {"food"}, "until": {"2027-01-01"}},
	}
	for _, who := range []string{demo.Rival, demo.Staff, demo.Liaison} {
		b := x.as(t, who)
		for path, values := range forms {
			if a := b.post(path, values); a.status != http.StatusNotFound {
				t.Errorf("%s: POST %s = %d", who, path, a.status)
			}
		}
	}
	rival := x.as(t, demo.Rival)
	for _, path := range []string{page, page + "/edit", page + "/papers", page + "/hand-over", page + "/leave", page + "/people/" + staff} {
		if a := rival.get(path); a.status != http.StatusNotFound {
			t.Errorf("GET %s = %d", path, a.status)
		}
	}
	if x.merchantOfOwner(t).Rev != m.Rev {
		t.Error("something was changed")
	}
	// Two owners at once: the second is told, and nothing is changed unseen.
	owner := x.as(t, demo.Owner)
	owner.done(page+"/people/"+staff, url.Values{"do": {"role"}, "role": {"manager"}, "rev": {revision(m.Rev)}})
	if a := owner.post(page+"/people/"+staff, url.Values{"do": {"role"}, "role": {"owner"}, "rev": {revision(m.Rev)}}); a.status != http.StatusConflict {
		t.Errorf("over an old revision = %d", a.status)
	}
}

// A shop is handed over to somebody who makes an account on the way: with a code, and at the same address.
func TestShopIsHandedOver(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, m := x.as(t, demo.Owner), x.merchantOfOwner(t)
	page, shop := "/my/merchants/"+m.ID+"/hand-over", x.people[demo.Owner].ListingIDs[0]
	const to = "new@example.com"
	if a := owner.post(page, url.Values{"do": {"offer"}, "form": {"offer"}, "to": {to}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, to) {
		t.Errorf("of no shop = %d %s", a.status, complaint(a.body))
	}
	owner.done(page, url.Values{"do": {"offer"}, "form": {"offer"}, "listing_id": {shop}, "to": {to}})
	link := x.link(t, to, "transfer_offered")
	visitor := x.as(t, "")
	if body := visitor.page(link); !strings.Contains(body, `name="contact"`) {
		t.Errorf("a visitor reads: %s", complaint(body))
	}
	if a := visitor.post(link, url.Values{"contact": {to}, "send": {"1"}}); a.status != http.StatusOK {
		t.Fatalf("the code is not sent: %d %s", a.status, complaint(a.body))
	}
	var code string
	for range 500 {
		for _, s := range x.outbox.Sent() {
			if c := regexp.MustCompile(`\b\d{6}\b`).FindString(s.Text); s.To == to && c != "" {
				code = c
			}
		}
		if code != "" {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := visitor.done(link, url.Values{"contact": {to}, "code": {code}, "name": {"新店主"}}); got != link {
		t.Fatalf("leads to %s", got)
	}
	if a := visitor.post(link, url.Values{"kind": {"individual"}, "name": {"新开的面馆"}, "credit_code": {"91310117MA1J00000X"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "新开的面馆") {
		t.Errorf("a credit code that is none = %d", a.status)
	}
	if now, _ := x.services.Listings.Get(t.Context(), shop); now.MerchantID != m.ID {
		t.Fatal("the shop has moved before it was taken")
	}
	if got := visitor.done(link, url.Values{"kind": {"individual"}, "name": {"新开的面馆"}}); got != "/my?done=joined" {
		t.Errorf("leads to %s", got)
	}
	if a := owner.get("/my/shops/" + shop); a.status != http.StatusNotFound {
		t.Errorf("the old owner still gets %d", a.status)
	}
	visitor.page("/my/shops/" + shop)
	if a := x.as(t, "").get(link); a.status != http.StatusGone {
		t.Errorf("the used link = %d", a.status)
	}
}

// Papers are the merchant's own: noted, changed, reminded of, and read by nobody else; the export has everything in it.
func TestPapersAndExport(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, m := x.as(t, demo.Owner), x.merchantOfOwner(t)
	page := "/my/merchants/" + m.ID + "/papers"
	if a := owner.post(page, url.Values{"kind": {"food"}, "until": {"明年"}, "number": {"JY1"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="JY1"`) {
		t.Errorf("a day that is none = %d", a.status)
	}
	owner.done(page, url.Values{"kind": {"food"}, "until": {"2026-11-01"}, "number": {"JY13101170000000"}})
	body := owner.page(page)
	if !strings.Contains(body, "还有 17 天") {
		t.Errorf("papers: %s", complaint(body))
	}
	id := regexp.MustCompile(page + `/([^"]+)"`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("the paper has no page")
	}
	one := page + "/" + id[1]
	owner.page(one)
	for _, who := range []string{demo.Staff, demo.Rival, demo.Coordinator, demo.Admin} {
		if a := x.as(t, who).get(one); a.status != http.StatusNotFound {
			t.Errorf("%s reads the paper: %d", who, a.status)
		}
	}
	a := owner.post("/my/merchants/"+m.ID+"/export", url.Values{})
	var out struct {
		Papers []struct{ Number string }
	}
	if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || len(out.Papers) != 1 {
		t.Errorf("export: %d %v %+v", a.status, err, out)
	}
	if a := owner.get("/my/merchants/" + m.ID + "/export"); a.status == http.StatusOK {
		t.Error("a link exports")
	}
	owner.done(one, url.Values{"rev": {"1"}, "do": {"drop"}})
	if a := owner.get(one); a.status != http.StatusNotFound {
		t.Errorf("the paper that was dropped = %d", a.status)
	}
}
