package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/hours"
)

// What one shop says of a holiday is written for the others that were chosen, each by itself, and the answer says what became of each.
func TestSpecialDaysAreCopied(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.clock.Store(nationalDay.UnixNano())
	owner := x.as(t, "")
	owner.done("/sign-in", url.Values{"name": {x.people[demo.Owner].Contact}, "password": {x.people[demo.Owner].Password}})
	ids := x.people[demo.Owner].ListingIDs
	id, other := ids[0], ids[1]
	path := "/my/shops/" + id + "/special/copy?from=2026-10-01&to=2026-10-07"
	owner.saved(id, "hours", hoursForm("same", map[string][]string{"all": {"540", "1260"}}))
	if body := owner.page(path); !strings.Contains(body, "自己还没填") {
		t.Errorf("what nobody said is offered: %s", complaint(body))
	}
	owner.saved(id, "special", url.Values{"do": {"usual:2026-10-01:2026-10-07"}})
	if body := owner.page("/my/shops/" + id + "/special"); !strings.Contains(body, "special/copy?from=2026-10-01&amp;to=2026-10-07") {
		t.Error("the list of days does not lead there")
	}
	name := x.listing(t, other).Name.Hans
	body := owner.page(path)
	if !strings.Contains(body, name) || strings.Contains(body, "checked") {
		t.Errorf("nothing is chosen beforehand: %s", complaint(body))
	}
	send := func(more url.Values) answer {
		v := url.Values{"rev": {revision(x.listing(t, id).Rev)}}
		for k, values := range more {
			v[k] = values
		}
		return owner.post(path, v)
	}
	if a := send(nil); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#shop"`) {
		t.Errorf("nothing chosen = %d %s", a.status, complaint(a.body))
	}

	// A week that is not known takes nothing.
	if _, err := x.services.Listings.Edit(t.Context(), access.System("test"), other, x.listing(t, other).Rev, mustPatch(t, "hours", hours.Hours{})); err != nil {
		t.Fatal(err)
	}
	rev := func() string { return revision(x.listing(t, other).Rev) }
	if a := send(url.Values{"shop": {other}, "rev-" + other: {rev()}}); a.status != http.StatusConflict || !strings.Contains(a.body, "平常的营业时间还没填") {
		t.Errorf("into an unknown week = %d %s", a.status, complaint(a.body))
	}

	// Its own usual hours are written, not those of the first shop.
	owner.saved(other, "hours", hoursForm("same", map[string][]string{"all": {"600", "1200"}}))
	seen := rev()
	if a := send(url.Values{"shop": {other}, "rev-" + other: {seen}}); a.status != http.StatusOK || !strings.Contains(a.body, "1 家店里，1 家写好了") {
		t.Fatalf("written = %d %s", a.status, complaint(a.body))
	}
	l := x.listing(t, other)
	if len(l.Hours.Special) != 1 || l.Hours.Special[0].From != "2026-10-01" || l.Hours.Special[0].To != "2026-10-07" || l.Hours.Special[0].Spans[0].Open != 600 {
		t.Errorf("it says %+v", l.Hours.Special)
	}

	// Somebody was there meanwhile: what they wrote stays, and it is said.
	owner.saved(other, "special", url.Values{"do": {"clear:2026-10-01:2026-10-07"}})
	if a := send(url.Values{"shop": {other}, "rev-" + other: {seen}}); a.status != http.StatusConflict || !strings.Contains(a.body, "刚刚有人改过这家店") || len(x.listing(t, other).Hours.Special) != 0 {
		t.Errorf("over what somebody else wrote = %d %s", a.status, complaint(a.body))
	}
	// So does who changed the days of the first shop.
	old := x.listing(t, id).Rev
	owner.saved(id, "special", url.Values{"do": {"closed:2026-10-01:2026-10-07"}})
	if a := owner.post(path, url.Values{"rev": {strconv.FormatInt(old, 10)}, "shop": {other}, "rev-" + other: {rev()}}); a.status != http.StatusConflict || len(x.listing(t, other).Hours.Special) != 0 {
		t.Errorf("of days that changed = %d", a.status)
	}
	// Seven days of rest are a pause there, too.
	if a := send(url.Values{"shop": {other}, "rev-" + other: {rev()}}); a.status != http.StatusOK || x.listing(t, other).Hours.Pause == nil {
		t.Errorf("a pause = %d %s", a.status, complaint(a.body))
	}
	// The shop of somebody else is not there.
	if a := send(url.Values{"shop": {x.people[demo.Rival].ListingIDs[0]}}); a.status != http.StatusNotFound {
		t.Errorf("the shop of another = %d", a.status)
	}
	if a := owner.get("/my/shops/" + id + "/special/copy"); a.status != http.StatusNotFound {
		t.Errorf("without days = %d", a.status)
	}
}
