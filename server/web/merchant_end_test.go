package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/merchant"
	"shangquan/services/webhook"
)

// endDeed closes the merchant of an owner who cannot sign in.
func endDeed(t *testing.T, x *town) deed {
	m := x.merchantOfOwner(t)
	page := "/my/merchants/" + m.ID
	return deed{
		author: demo.Admin,
		ask: func() {
			admin := x.as(t, demo.Admin)
			admin.done(page+"/end", url.Values{"rev": {revOf(t, admin.page(page), endForm)}, "why": {"店主来信要注销"}})
		},
		next: func() (string, url.Values) { return x.sign(t) },
		change: func() { // its author takes it back, for somebody left meanwhile, and proposes it anew
			path, _ := x.sign(t)
			x.as(t, demo.Admin).done(path+"/withdraw", url.Values{})
			x.as(t, demo.Staff).done(page+"/leave", url.Values{})
			admin := x.as(t, demo.Admin)
			admin.done(page+"/end", url.Values{"rev": {revOf(t, admin.page(page), endForm)}, "why": {"店主来信要注销"}})
		},
		did: func() int {
			n := 0
			if got, err := x.services.Merchants.Get(t.Context(), x.actor(t, demo.Admin), m.ID); err == nil && got.State == merchant.Closed {
				n++
			}
			for _, id := range x.people[demo.Owner].ListingIDs {
				if x.listing(t, id).MerchantID == "" {
					n++
				}
			}
			return n
		},
		all: 1 + len(x.people[demo.Owner].ListingIDs),
	}
}

// An owner who cannot sign in asks in writing: an administrator takes the file of the merchant for them, has it closed by a second person,
// and erases the account. Each of it is refused to everybody else, and the owner hears of it before it is done.
func TestAMerchantIsClosedForSomebody(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m, was := x.merchantOfOwner(t), x.people[demo.Owner]
	own := x.member(t, demo.Owner)
	owner := x.as(t, demo.Owner)
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	_, hook, err := x.services.Webhooks.Make(t.Context(), x.actor(t, demo.Owner), webhook.Wish{MerchantID: m.ID, Name: "总部", URL: "https://hooks.example.com/in", Types: webhook.Types})
	if err != nil {
		t.Fatal(err)
	}
	page, account := "/my/merchants/"+m.ID, "/admin/accounts/"+was.AccountID
	admin, coord := x.as(t, demo.Admin), x.as(t, demo.Coordinator)
	has(t, "the account", admin.page(account), `href="`+page+`"`, "演示") // where the person is still an owner
	body := admin.page(page)
	has(t, "the merchant", body, `action="`+page+`/export"`, `action="`+page+`/end"`, `href="/admin/accounts">人员`)
	for _, who := range []string{demo.Owner, demo.Staff, demo.Coordinator} {
		b := x.as(t, who)
		if strings.Contains(b.page(page), page+"/end") {
			t.Errorf("%s is offered to close it on request", who)
		}
		if a := b.post(page+"/end", url.Values{"rev": {revision(m.Rev)}, "why": {"x"}}); a.status != http.StatusNotFound {
			t.Errorf("%s proposes it: %d", who, a.status)
		}
	}
	if strings.Contains(coord.page(page), page+"/export") {
		t.Error("a coordinator is offered the file")
	}
	var file struct{ ID string }
	if a := admin.post(page+"/export", url.Values{}); json.Unmarshal([]byte(a.body), &file) != nil || a.status != http.StatusOK || file.ID != m.ID {
		t.Errorf("the file: %d %s", a.status, complaint(a.body))
	}
	rev := revOf(t, body, endForm)
	if a := admin.post(page+"/end", url.Values{"form": {endForm}, "rev": {rev}, "why": {" "}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="end-why-error"`) {
		t.Errorf("without a reason: %d %s", a.status, complaint(a.body))
	}
	if a := admin.post(page+"/end", url.Values{"form": {endForm}, "rev": {"1"}, "why": {"店主来信要注销"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "店主来信要注销") {
		t.Errorf("over an old revision: %d %s", a.status, complaint(a.body))
	}
	sign, _, _ := strings.Cut(admin.done(page+"/end", url.Values{"form": {endForm}, "rev": {rev}, "why": {"店主来信要注销，身份证核对过"}}), "?")
	has(t, "what waits", admin.page(page), `href="`+sign+`"`, "等另一位同事看过")
	if msg := x.sent(t, was.Contact, "merchant_ending"); !strings.Contains(msg.Text, "书面申请") {
		t.Errorf("the owner reads %q", msg.Text)
	}
	has(t, "what is signed", coord.page(sign), "店主来信要注销，身份证核对过", was.Name, "不能再进来的人", "退回街道的店")
	shown := hiddenOf(t, coord.page(sign), "shown")
	if a := admin.post(sign, url.Values{"shown": {shown}}); a.status != http.StatusForbidden && a.status != http.StatusConflict {
		t.Errorf("by its author: %d", a.status)
	}
	owner.page(page)
	coord.done(sign, url.Values{"shown": {shown}})
	if a := owner.get(page); a.status != http.StatusNotFound {
		t.Errorf("its owner still reads it: %d", a.status)
	}
	body = admin.page(page)
	has(t, "the closed merchant", body, "已经注销了")
	if strings.Contains(body, page+"/end") || strings.Contains(body, `id="invite"`) || strings.Contains(admin.page(account), page) {
		t.Error("what is closed has forms")
	}
	if o, err := x.services.Assembly.Organisation(t.Context(), x.actor(t, demo.Liaison), own); err != nil || o.Active || o.Consent != nil {
		t.Errorf("its seat: %+v %v", o, err)
	}
	if h, err := x.services.Webhooks.Get(t.Context(), x.actor(t, demo.Admin), hook.ID); err != nil || h.State != webhook.Ended {
		t.Errorf("its webhook: %+v %v", h, err)
	}
	has(t, "the trail", admin.page("/admin/audit?action=merchant.end"), "店主来信要注销，身份证核对过")
	_, rest, _ := strings.Cut(admin.page(account), `action="`+account+`/erased"`)
	admin.done(account+"/erased", url.Values{"rev": {hiddenOf(t, rest, "rev")}, "why": {"店主来信要删号"}})
	if a, err := x.services.Accounts.Get(t.Context(), was.AccountID); err != nil || !a.Deleted() {
		t.Errorf("the account: %v", err)
	}
}

// The copy of the own data says for whom one acts, and what one said of an old shop.
func TestTheOwnCopySaysForWhomOneActs(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own := x.member(t, demo.Owner)
	owner := x.as(t, demo.Owner)
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	claim := url.Values{"form": {"claim"}, "level": {"shanghai"}, "certificate": {"沪老 001"}, "issuer": {"市商务委"}, "founded": {"1926"}, "recognised": {"2006"}, "words": {"手工泛丸"}}
	if a := owner.upload("/my/shops/"+x.people[demo.Owner].ListingIDs[0]+"/heritage", claim, upload{"photo", "a.jpg", picture(t, 800, 600)}); a.status != http.StatusSeeOther {
		t.Fatalf("claimed: %d %s", a.status, complaint(a.body))
	}
	type copied struct {
		Organisations []struct {
			Organisation string
			Acts         bool                    `json:"acts_for"`
			Listed       time.Time               `json:"let_it_be_listed"`
			Signed       []struct{ Version int } `json:"pact_signed"`
		}
		Heritage []struct {
			Shop  string
			State string
			Wrote bool      `json:"wrote_the_claim"`
			Sent  time.Time `json:"certificate_sent"`
		}
	}
	read := func(who string) copied {
		t.Helper()
		var out copied
		if err := json.Unmarshal([]byte(x.as(t, who).post("/account/export", url.Values{}).body), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	out := read(demo.Owner)
	if len(out.Organisations) != 1 || out.Organisations[0].Organisation != "演示单位"+demo.Owner || !out.Organisations[0].Acts || out.Organisations[0].Listed.IsZero() {
		t.Errorf("acts for %+v", out.Organisations)
	}
	if len(out.Heritage) != 1 || out.Heritage[0].Shop == "" || out.Heritage[0].State != "claimed" || !out.Heritage[0].Wrote || out.Heritage[0].Sent.IsZero() {
		t.Errorf("said of old shops %+v", out.Heritage)
	}
	if out := read(demo.Rival); len(out.Organisations) != 0 || len(out.Heritage) != 0 {
		t.Errorf("somebody else: %+v", out)
	}
	// Who speaks for a bank has no seat in any merchant.
	id := x.bank(t)
	x.as(t, demo.Liaison).done("/liaison/members/"+id+"/invite", url.Values{"form": {"invite"}, "to": {"desk@bank.example"}})
	clerk := x.as(t, "")
	clerk.done(x.linkTo(t, "desk@bank.example"), url.Values{"new": {"1"}, "name": {"柜台"}})
	speaks := func(state string, acts, listed bool, signed int) {
		t.Helper()
		var got copied
		if err := json.Unmarshal([]byte(clerk.post("/account/export", url.Values{}).body), &got); err != nil || len(got.Organisations) != 1 {
			t.Fatalf("%s: %+v %v", state, got, err)
		}
		if o := got.Organisations[0]; o.Organisation == "" || o.Acts != acts || o.Listed.IsZero() == listed || len(o.Signed) != signed {
			t.Errorf("%s: %+v", state, o)
		}
	}
	speaks("who speaks", true, false, 0)
	// What they did in its name is kept when they speak for it no more, and when its seat has ended: so the file still says it.
	a, liaison, ctx := x.services.Assembly, x.actor(t, demo.Liaison), t.Context()
	versions, err := a.Pacts(ctx, liaison)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Renew(ctx, liaison, len(versions), lang.Text{Hans: "一起守的几条"}); err != nil {
		t.Fatal(err)
	}
	clerk.done("/my/assembly/"+id+"/consent", url.Values{"do": {"agree"}})
	signs := clerk.page("/my/assembly/" + id + "/pact")
	clerk.done("/my/assembly/"+id+"/pact", url.Values{"shown": {hiddenOf(t, signs, "shown")}})
	speaks("who agreed and signed", true, true, 1)
	bank, err := a.Organisation(ctx, liaison, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Dismiss(ctx, liaison, bank.ID, bank.Speakers[0]); err != nil {
		t.Fatal(err)
	}
	speaks("who speaks no more", false, true, 1)
	if bank, err = a.Organisation(ctx, liaison, bank.ID); err == nil {
		_, err = a.Leave(ctx, liaison, bank.ID, bank.Rev, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	speaks("whose organisation has no seat", false, false, 1)
}
