package web

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// renamed has the owner ask for another name and returns the shop.
func (x *town) renamed(t testing.TB, name string) listing.Listing {
	t.Helper()
	by, id := x.actor(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	p := listing.Patch{}
	if err := p.Put("name", listing.Name{Text: lang.Text{Hans: name}}); err != nil {
		t.Fatal(err)
	}
	if l, err = x.services.Listings.Edit(t.Context(), by, id, l.Rev, p); err != nil {
		t.Fatal(err)
	}
	return l
}

var shownAs = regexp.MustCompile(`name="shown" value="([^"]+)"`)

// shown is the seal of what the page of a change shows.
func shown(t testing.TB, body string) string {
	t.Helper()
	m := shownAs.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the page binds its answer to nothing: %s", complaint(body))
	}
	return html.UnescapeString(m[1])
}

// The old name stays until somebody approves what they saw; what has changed since is shown and not approved.
func TestChangeIsApprovedAsItWasShown(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	was := x.renamed(t, "春申面馆")
	desk, path := x.as(t, demo.Coordinator), "/desk/changes/"+was.ID
	if body := desk.page("/desk"); !strings.Contains(body, path) {
		t.Fatalf("the change is not in the queue: %s", complaint(body))
	}
	body := desk.page(path)
	if !strings.Contains(body, "<ins>") || !strings.Contains(body, "<del>") {
		t.Errorf("old and new do not stand side by side: %s", complaint(body))
	}
	old := shown(t, body)
	x.renamed(t, "春申小吃店")
	a := desk.post(path, url.Values{"shown": {old}, "do": {"approve"}})
	if a.status != http.StatusConflict || !strings.Contains(a.body, "刚才看的内容又变了") {
		t.Fatalf("what was not shown is approved: %d %s", a.status, complaint(a.body))
	}
	if now, _ := x.services.Listings.Get(t.Context(), was.ID); now.Name.Hans != was.Name.Hans {
		t.Fatalf("the name is %s", now.Name.Hans)
	}
	// The answer itself shows the new content and its seal.
	if to := desk.done(path, url.Values{"shown": {shown(t, a.body)}, "do": {"approve"}}); to != "/desk?done=approved" {
		t.Errorf("leads to %s", to)
	}
	if now, _ := x.services.Listings.Get(t.Context(), was.ID); now.Name.Hans != "春申小吃店" {
		t.Errorf("the name is %s", now.Name.Hans)
	}
	// A second press of the same button changes nothing and says so.
	if a := desk.post(path, url.Values{"shown": {shown(t, a.body)}, "do": {"approve"}}); a.status != http.StatusConflict {
		t.Errorf("the same answer again = %d", a.status)
	}
}

// Sending back takes a reason, which stays in the form when it is missing and reaches the shop when it is there.
func TestChangeIsSentBackWithAReason(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.renamed(t, "春申面馆")
	desk, path := x.as(t, demo.Coordinator), "/desk/changes/"+l.ID
	seal := shown(t, desk.page(path))
	if a := desk.post(path, url.Values{"shown": {seal}, "do": {"return"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `aria-invalid="true"`) {
		t.Errorf("without a reason = %d %s", a.status, complaint(a.body))
	}
	desk.done(path, url.Values{"shown": {seal}, "do": {"return"}, "reason": {"和招牌不一样"}})
	now, err := x.services.Listings.Get(t.Context(), l.ID)
	if err != nil || now.Returned == nil || now.Returned.Reason != "和招牌不一样" || now.Proposal != nil {
		t.Errorf("returned = %+v, %v", now.Returned, err)
	}
}

// Hours changed in public are looked at afterwards, in words and not as the record has them.
func TestLiveChangeIsLookedAt(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	by, id := x.actor(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	h := l.Hours
	h.Known, h.Text = true, ""
	for i := range h.Week {
		h.Week[i] = nil
	}
	h.Week[0] = append(h.Week[0], hours.Span{Open: 9 * 60, Close: 17 * 60})
	p := listing.Patch{}
	if err := p.Put("hours", h); err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Listings.Edit(t.Context(), by, id, l.Rev, p); err != nil {
		t.Fatal(err)
	}
	desk, path := x.as(t, demo.Coordinator), "/desk/looks/"+id
	body := desk.page(path)
	if !strings.Contains(body, "周二至周日 休息") || strings.Contains(body, "&#34;open&#34;") {
		t.Errorf("the change is not said in words: %s", complaint(body))
	}
	now, _ := x.services.Listings.Get(t.Context(), id)
	if a := desk.post(path, url.Values{"rev": {revision(now.Rev - 1)}}); a.status != http.StatusConflict {
		t.Errorf("an older revision is looked at: %d", a.status)
	}
	desk.done(path, url.Values{"rev": {revision(now.Rev)}})
	if now, _ = x.services.Listings.Get(t.Context(), id); len(now.Watch.Changed) > 0 {
		t.Errorf("still to be looked at: %v", now.Watch.Changed)
	}
}

// A new shop is published or sent back; one that may be there already is named.
func TestNewShopIsPublished(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	by := x.actor(t, demo.Owner)
	twin, err := x.services.Listings.Get(t.Context(), x.people[demo.Rival].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	p := listing.Patch{}
	for path, value := range map[string]any{"name": twin.Name, "category_id": twin.CategoryID, "address": listing.Address{Line: "中山中路 999 号", House: "999"}} {
		if err := p.Put(path, value); err != nil {
			t.Fatal(err)
		}
	}
	l, err := x.services.Listings.Found(t.Context(), by, by.Seats[0].MerchantID, p)
	if err != nil {
		t.Fatal(err)
	}
	if l, err = x.services.Listings.Act(t.Context(), by, l.ID, l.Rev, listing.Submit); err != nil {
		t.Fatal(err)
	}
	desk, path := x.as(t, demo.Coordinator), "/desk/shops/"+l.ID
	if body := desk.page(path); !strings.Contains(body, "店名一样") || !strings.Contains(body, twin.ID) {
		t.Errorf("the shop of the same name is not named: %s", complaint(body))
	}
	if a := desk.post(path, url.Values{"rev": {revision(l.Rev)}, "do": {"return"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("sent back without a reason = %d", a.status)
	}
	if to := desk.done(path, url.Values{"rev": {revision(l.Rev)}, "do": {"publish"}}); to != "/desk?done=published" {
		t.Errorf("leads to %s", to)
	}
	if now, _ := x.services.Listings.Get(t.Context(), l.ID); now.State != listing.Published {
		t.Errorf("the shop is %s", now.State)
	}
}

// The desk is for coordinators: it is not there for anybody else who works for the district or runs a shop.
func TestDeskIsForCoordinators(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	l := x.renamed(t, "春申面馆")
	for _, who := range []string{demo.Liaison, demo.Owner, demo.Plaza} {
		b := x.as(t, who)
		for _, path := range []string{"/desk", "/desk/changes/" + l.ID, "/desk/looks/" + l.ID, "/desk/shops/" + l.ID, "/desk/claims/none", "/desk/reports/none", "/desk/grants"} {
			if a := b.get(path); a.status != http.StatusNotFound {
				t.Errorf("%s: GET %s = %d", who, path, a.status)
			}
		}
		if a := b.post("/desk/changes/"+l.ID, url.Values{"shown": {l.ProposalHash()}, "do": {"approve"}}); a.status != http.StatusNotFound {
			t.Errorf("%s approves: %d", who, a.status)
		}
		if body := b.page("/account"); strings.Contains(body, `href="/desk`) {
			t.Errorf("%s is led to the desk", who)
		}
	}
	if a := x.as(t, "").get("/desk"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in?back=") {
		t.Errorf("a visitor: %d %s", a.status, a.to)
	}
	if now, _ := x.services.Listings.Get(t.Context(), l.ID); now.Name.Hans != l.Name.Hans {
		t.Errorf("the name is %s", now.Name.Hans)
	}
}
