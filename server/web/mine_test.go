package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/apikey"
	"shangquan/services/demo"
)

// key makes a key of somebody's merchant, for everything unless actions says what for.
func (x *town) key(t testing.TB, who string, w apikey.Wish) string {
	t.Helper()
	w.MerchantID, w.Name = x.people[who].MerchantID, "收银系统"
	if w.Actions == nil {
		w.Actions = slices.Concat(keyUses, []access.Action{access.ListingOpen})
	}
	if w.Until == "" {
		w.Until = "2027-10-01"
	}
	plain, _, err := x.services.APIKeys.Make(t.Context(), x.actor(t, who), w)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// machine asks the API as a merchant's program does.
type machine struct {
	*browser
	key string
}

func (x *town) machine(t testing.TB, key string) machine { return machine{x.as(t, ""), key} }

func (m machine) ask(method, path, kind, body string, header ...string) answer {
	m.t.Helper()
	if m.key != "" {
		header = append(header, "Authorization", "Bearer "+m.key)
	}
	return m.send(method, path, kind, []byte(body), header...)
}

func (m machine) patch(id, match, body string) answer {
	m.t.Helper()
	header := []string{}
	if match != "" {
		header = append(header, "If-Match", match)
	}
	return m.ask(http.MethodPatch, "/api/v1/my/listings/"+id, "application/merge-patch+json", body, header...)
}

// as reads an answer.
func read[T any](t testing.TB, a answer) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), &v); err != nil {
		t.Fatalf("%d %s: %v", a.status, a.body, err)
	}
	return v
}

type mineAnswer struct {
	ID, State, Website string
	Rev                int64
	Name, Description  struct{ Hans, Hant, En string }
	Waiting            *struct{ Fields []string }
	Photos             []struct{ Key string }
}

func TestAPIShowsAndChangesOwnShops(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m := x.machine(t, x.key(t, demo.Owner, apikey.Wish{}))
	id := x.people[demo.Owner].ListingIDs[0]
	all := read[struct{ Items []mineAnswer }](t, m.ask(http.MethodGet, "/api/v1/my/listings", "", ""))
	if len(all.Items) != 2 {
		t.Fatalf("%d shops, want the owner's two", len(all.Items))
	}
	here := "/api/v1/my/listings/" + id
	one := m.ask(http.MethodGet, here, "", "")
	was := read[mineAnswer](t, one)
	etag := one.header.Get("ETag")
	if one.status != http.StatusOK || etag != `"`+id+"-"+strconv.FormatInt(was.Rev, 10)+`"` || one.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%d %s %s", one.status, etag, one.header.Get("Cache-Control"))
	}
	if a := m.ask(http.MethodGet, here, "", "", "If-None-Match", etag); a.status != http.StatusNotModified || a.body != "" {
		t.Errorf("asked for again: %d %s", a.status, a.body)
	}
	// One field that is seen at once and one that waits.
	a := m.patch(id, etag, `{"website":"https://coffee.example/","description":{"hans":"街角的咖啡","en":"Coffee on the corner"},"name":{"en":"Corner Coffee"}}`)
	got := read[struct {
		Listing       mineAnswer
		Live, Waiting []string
	}](t, a)
	if a.status != http.StatusOK || strings.Join(got.Live, " ") != "website description" || strings.Join(got.Waiting, " ") != "name" || a.header.Get("ETag") == etag {
		t.Fatalf("%d %s", a.status, a.body)
	}
	l := x.shop(t, id)
	if l.Website != "https://coffee.example/" || l.Name.En == "Corner Coffee" || l.Proposal.Want.Name.En != "Corner Coffee" || l.Proposal.Want.Name.Hans != l.Name.Hans {
		t.Errorf("stored %q %+v, proposed %+v", l.Website, l.Name, l.Proposal)
	}
	// A merge: what is not named stays, null takes away.
	a = m.patch(id, a.header.Get("ETag"), `{"description":{"en":null}}`)
	if l = x.shop(t, id); a.status != http.StatusOK || l.Description.Hans != "街角的咖啡" || l.Description.En != "" {
		t.Errorf("%d, the description is %+v", a.status, l.Description)
	}
	if a = m.patch(id, a.header.Get("ETag"), `{}`); a.status != http.StatusOK || x.shop(t, id).Rev != l.Rev {
		t.Errorf("an empty edit = %d", a.status)
	}
	// Hours as OpenStreetMap writes them; a mistake is told with its place, and nothing is stored.
	a = m.patch(id, a.header.Get("ETag"), `{"hours":"Mo-Fr 09:00-17:00; Sa 09:99-12:00"}`)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `"hours"`) || !strings.Contains(a.body, "第 23 个字") || x.shop(t, id).Rev != l.Rev {
		t.Errorf("hours that cannot be read = %d %s", a.status, a.body)
	}
	a = m.patch(id, `"`+id+"-"+strconv.FormatInt(l.Rev, 10)+`"`, `{"hours":"Mo-Fr 09:00-17:00; Sa,Su off; PH off"}`)
	if h := x.shop(t, id).Hours; a.status != http.StatusOK || !h.Known || len(h.Week[4]) != 1 || h.Week[4][0].Close != 1020 || len(h.Week[6]) != 0 {
		t.Errorf("hours = %d %s", a.status, a.body)
	}
	who, err := x.services.Listings.History(t.Context(), x.actor(t, demo.Owner), id, "", 5)
	if err != nil || len(who.Items) == 0 || who.Items[0].By.Role != "key" || who.Items[0].By.Name != "收银系统" {
		t.Errorf("the history does not say that a key did it: %+v %v", who.Items, err)
	}
}

// Whoever changes something says what they saw. Page and program meet: the second of two is told, and has overwritten nothing
// (UPD-01, UPD-03).
func TestAPIAgainstAPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m := x.machine(t, x.key(t, demo.Owner, apikey.Wish{}))
	id := x.people[demo.Owner].ListingIDs[0]
	etag := m.ask(http.MethodGet, "/api/v1/my/listings/"+id, "", "").header.Get("ETag")
	for name, match := range map[string]string{"none": "", "any": "*"} {
		if a := m.patch(id, match, `{"website":"https://a.example/"}`); a.status != http.StatusPreconditionRequired || !strings.Contains(a.body, "If-Match") {
			t.Errorf("%s = %d %s", name, a.status, a.body)
		}
	}
	x.as(t, demo.Owner).done("/my/shops/"+id+"/texts", url.Values{"rev": {strconv.FormatInt(x.shop(t, id).Rev, 10)}, "description": {"页面上写的"}})
	for name, match := range map[string]string{
		"stale": etag, "weak": `W/"` + id + "-" + strconv.FormatInt(x.shop(t, id).Rev, 10) + `"`, "of another": `"other-1"`, "words": "yesterday",
	} {
		a := m.patch(id, match, `{"description":{"hans":"程序写的"}}`)
		now := read[mineAnswer](t, a)
		if a.status != http.StatusPreconditionFailed || now.Description.Hans != "页面上写的" || a.header.Get("ETag") != `"`+id+"-"+strconv.FormatInt(now.Rev, 10)+`"` {
			t.Errorf("%s = %d %s", name, a.status, a.body)
		}
	}
	if x.shop(t, id).Description.Hans != "页面上写的" {
		t.Error("the page's words are gone")
	}
	// And the other way round: the page is shown both.
	rev := strconv.FormatInt(x.shop(t, id).Rev, 10)
	if a := m.patch(id, `"`+id+"-"+rev+`"`, `{"description":{"hans":"程序写的"}}`); a.status != http.StatusOK {
		t.Fatalf("the program = %d %s", a.status, a.body)
	}
	a := x.as(t, demo.Owner).post("/my/shops/"+id+"/texts", url.Values{"rev": {rev}, "description": {"页面又写的"}})
	if a.status != http.StatusConflict || !strings.Contains(a.body, "程序写的") || !strings.Contains(a.body, "页面又写的") {
		t.Errorf("the page after the program = %d %s", a.status, complaint(a.body))
	}
}

// Every answer of the program's part, good or bad, is what the document promises.
func TestKeyedAnswersKeepTheContract(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	c := contractOf(t, x.trial)
	id, foreign := x.people[demo.Owner].ListingIDs[0], x.people[demo.Rival].ListingIDs[0]
	m := x.machine(t, x.key(t, demo.Owner, apikey.Wish{Burst: 100}))
	readOnly := x.machine(t, x.key(t, demo.Owner, apikey.Wish{Actions: []access.Action{access.ListingOpen}}))
	one := x.machine(t, x.key(t, demo.Owner, apikey.Wish{ListingIDs: []string{id}}))
	here := "/api/v1/my/listings/" + id
	l := x.shop(t, id)
	etag := `"` + id + "-" + strconv.FormatInt(l.Rev, 10) + `"`
	const merge, kind = "application/merge-patch+json", "application/json"
	offer := `{"kind":"offer","title":{"hans":"咖啡 8 折"},"who":{"hans":"大家"},"conditions":{"hans":"到店"},"from":"2026-10-15","until":"2026-10-20","repeat":{"every":"week","days":[3]},"times":{"open":540,"close":660},"publish":true}`
	for _, tc := range []struct {
		name               string
		m                  machine
		method, path, kind string
		body               string
		match              string
		status             int
		says               string
	}{
		{"own shops", m, "GET", "/api/v1/my/listings", "", "", "", 200, id},
		{"one", m, "GET", here, "", "", "", 200, id},
		{"no key", machine{m.browser, ""}, "GET", here, "", "", "", 401, "sq_…"},
		{"no such key", machine{m.browser, "sq_00000000_" + strings.Repeat("A", 43)}, "GET", here, "", "", "", 401, ""},
		{"somebody else's", m, "GET", "/api/v1/my/listings/" + foreign, "", "", "", 404, ""},
		{"somebody else's, changed", m, "PATCH", "/api/v1/my/listings/" + foreign, merge, `{"website":"https://a.example/"}`, `"` + foreign + `-1"`, 404, ""},
		{"the other own shop with a key for one", one, "GET", "/api/v1/my/listings/" + x.people[demo.Owner].ListingIDs[1], "", "", "", 404, ""},
		{"a parameter", m, "GET", here + "?fields=name", "", "", "", 422, "fields"},
		{"not made for posts", readOnly, "GET", here + "/posts", "", "", "", 403, ""},
		{"not made for changes", readOnly, "PATCH", here, merge, `{"website":"https://a.example/"}`, etag, 422, "website"},
		{"no such field", m, "PATCH", here, merge, `{"owner":"me"}`, etag, 422, "owner"},
		{"kept by others", m, "PATCH", here, merge, `{"popularity":9,"state":"published"}`, etag, 422, "popularity"},
		{"a wrong value", m, "PATCH", here, merge, `{"website":7}`, etag, 422, "website"},
		{"a field with nothing", m, "PATCH", here, merge, `{"website":null}`, etag, 422, "website"},
		{"a wrong website", m, "PATCH", here, merge, `{"website":"javascript:alert(1)"}`, etag, 422, "website"},
		{"a strange photo", m, "PATCH", here, merge, `{"photos":[{"key":"` + strings.Repeat("a", 32) + `"}]}`, etag, 422, "photos"},
		{"JSON of another kind", m, "PATCH", here, kind, `{"website":"https://a.example/"}`, etag, 415, "Content-Type"},
		{"a form", m, "PATCH", here, "application/x-www-form-urlencoded", `website=https://a.example/`, etag, 415, ""},
		{"a key twice", m, "PATCH", here, merge, `{"website":"https://a.example/","website":"https://b.example/"}`, etag, 400, ""},
		{"null", m, "PATCH", here, merge, `null`, etag, 400, ""},
		{"no revision", m, "PATCH", here, merge, `{}`, "", 428, ""},
		{"another revision", m, "PATCH", here, merge, `{}`, `"` + id + `-999"`, 412, ""},
		{"an edit", m, "PATCH", here, merge, `{"address.hint":"路口往西","hours":{"text":""}}`, etag, 200, "address.hint"},
		{"confirmed without a revision", m, "POST", here + "/confirm", "", "", "", 428, ""},
		{"confirmed of before", m, "POST", here + "/confirm", "", "", etag, 412, ""},
		{"posts", m, "GET", here + "/posts", "", "", "", 200, "items"},
		{"an offer", m, "POST", here + "/posts", kind, offer, "", 201, "published"},
		{"an offer for nobody", m, "POST", here + "/posts", kind, `{"kind":"offer","title":{"hans":"打折"},"from":"2026-10-15","until":"2026-10-20"}`, "", 422, "who"},
		{"a post with an id", m, "POST", here + "/posts", kind, `{"id":"x"}`, "", 422, "id"},
		{"a post elsewhere", m, "POST", "/api/v1/my/listings/" + foreign + "/posts", kind, offer, "", 404, ""},
		{"posts again", m, "GET", here + "/posts", "", "", "", 200, "咖啡 8 折"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			header := []string{}
			if tc.match != "" {
				header = append(header, "If-Match", tc.match)
			}
			a := tc.m.ask(tc.method, tc.path, tc.kind, tc.body, header...)
			if a.status != tc.status || !strings.Contains(a.body, tc.says) {
				t.Fatalf("= %d %s, want %d with %q", a.status, a.body, tc.status, tc.says)
			}
			if tc.status >= 400 && tc.status != 412 && !strings.HasPrefix(a.header.Get("Content-Type"), "application/problem+json") {
				t.Errorf("an error as %s", a.header.Get("Content-Type"))
			}
			if tc.status == 401 && a.header.Get("WWW-Authenticate") != "Bearer" {
				t.Error("401 does not say how to come in")
			}
			path, _, _ := strings.Cut(tc.path, "?")
			for _, wrong := range c.broken(tc.method, path, a.status, a.header, a.body) {
				t.Error(wrong)
			}
		})
	}
}

func TestAPIConfirmsAndPostsOnce(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m := x.machine(t, x.key(t, demo.Owner, apikey.Wish{Burst: 100}))
	id := x.people[demo.Owner].ListingIDs[0]
	here := "/api/v1/my/listings/" + id
	etag := m.ask(http.MethodGet, here, "", "").header.Get("ETag")
	first := m.ask(http.MethodPost, here+"/confirm", "", "", "If-Match", etag, "Idempotency-Key", "confirm-2026-10-15")
	if l := x.shop(t, id); first.status != http.StatusOK || l.Confirmed.On != "2026-10-15" || l.Confirmed.By != "owner" {
		t.Fatalf("%d %s, %+v", first.status, first.body, l.Confirmed)
	}
	again := m.ask(http.MethodPost, here+"/confirm", "", "", "If-Match", etag, "Idempotency-Key", "confirm-2026-10-15")
	if again.status != http.StatusOK || again.body != first.body || again.header.Get("Idempotency-Replayed") != "true" || again.header.Get("ETag") != first.header.Get("ETag") {
		t.Errorf("sent again: %d %s", again.status, again.body)
	}
	const news = `{"kind":"news","title":{"hans":"周末营业到九点"},"from":"2026-10-15","until":"2026-10-20"}`
	ids := map[string]bool{}
	for range 3 {
		a := m.ask(http.MethodPost, here+"/posts", "application/json", news, "Idempotency-Key", "news-of-this-weekend")
		if a.status != http.StatusCreated {
			t.Fatalf("%d %s", a.status, a.body)
		}
		ids[read[struct{ ID string }](t, a).ID] = true
	}
	if all := x.posts(t, id); len(ids) != 1 || len(all) != 1 || all[0].State != "draft" {
		t.Errorf("%d ids, %d posts", len(ids), len(all))
	}
	for name, a := range map[string]answer{
		"another body": m.ask(http.MethodPost, here+"/posts", "application/json", strings.Replace(news, "九", "十", 1), "Idempotency-Key", "news-of-this-weekend"),
		"too short":    m.ask(http.MethodPost, here+"/posts", "application/json", news, "Idempotency-Key", "short"),
	} {
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Idempotency-Key") {
			t.Errorf("%s = %d %s", name, a.status, a.body)
		}
	}
	if n := len(x.posts(t, id)); n != 1 {
		t.Errorf("%d posts", n)
	}
}

// A key in an address is refused, told so, and written down nowhere.
func TestKeysDoNotBelongInAddresses(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	plain := x.key(t, demo.Owner, apikey.Wish{})
	m := x.machine(t, "")
	for _, q := range []string{"?key=" + plain, "?api_key=" + plain, "?access_token=" + plain, "?anything=" + plain, "?x=%73q_" + plain[3:], "?Authorization=Bearer"} {
		a := m.ask(http.MethodGet, "/api/v1/my/listings"+q, "", "")
		if a.status != http.StatusBadRequest || !strings.Contains(a.body, "钥匙不能放在网址里") || strings.Contains(a.body, plain) {
			t.Errorf("%s = %d %s", q, a.status, a.body)
		}
	}
	m.key = plain
	for _, public := range []string{"/api/v1/listings?q=" + plain, "/api/v1/streets?access_token=" + plain} { // where no key is needed, too
		if a := x.as(t, "").get(public); a.status != http.StatusBadRequest || strings.Contains(a.body, plain) {
			t.Errorf("%s = %d", public, a.status)
		}
	}
	if a := m.ask(http.MethodGet, "/api/v1/my/listings?key="+plain, "", ""); a.status != http.StatusBadRequest {
		t.Errorf("in both = %d", a.status)
	}
	if log := x.lines.String(); strings.Contains(log, plain) || strings.Contains(log, plain[12:]) {
		t.Error("the key is in the log")
	}
	// The cookie of a person opens no door of the API.
	if a := x.as(t, demo.Owner).get("/api/v1/my/listings"); a.status != http.StatusUnauthorized {
		t.Errorf("with a cookie = %d", a.status)
	}
}

// A key that asks too often, was ended, or whose maker has left is refused at once; what it may is what its maker may.
func TestKeysHaveTheirLimits(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	const all = "/api/v1/my/listings"
	m := x.machine(t, x.key(t, demo.Owner, apikey.Wish{Burst: 2, Daily: 3}))
	get := func() answer { return m.ask(http.MethodGet, all, "", "") }
	for _, want := range []struct {
		wait       time.Duration
		status     int
		retryAfter string
	}{{0, 200, ""}, {0, 200, ""}, {0, 429, "10"}, {11 * time.Second, 200, ""}, {11 * time.Second, 429, "16779"}, {5 * time.Hour, 200, ""}} {
		x.wait(want.wait)
		if a := get(); a.status != want.status || a.header.Get("Retry-After") != want.retryAfter {
			t.Errorf("after %s: %d, come back in %q: %s", want.wait, a.status, a.header.Get("Retry-After"), a.body)
		}
	}
	keys, err := x.services.APIKeys.List(t.Context(), access.System("test"), x.people[demo.Owner].MerchantID)
	if err != nil || len(keys) != 1 {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	if err := x.services.APIKeys.End(t.Context(), access.System("test"), keys[0].ID, ""); err != nil {
		t.Fatal(err)
	}
	if a := get(); a.status != http.StatusUnauthorized || !strings.Contains(a.body, "已经停用") {
		t.Errorf("ended: %d %s", a.status, a.body)
	}
}

func TestKeysPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, id := x.as(t, demo.Owner), x.people[demo.Owner].MerchantID
	page := "/my/merchants/" + id + "/keys"
	if body := owner.page(page); !strings.Contains(body, "还没有钥匙") || !strings.Contains(body, `name="listing_ids"`) {
		t.Errorf("without keys: %s", complaint(body))
	}
	if body := owner.page("/my/merchants/" + id); !strings.Contains(body, page) {
		t.Error("the page of the merchant does not lead to its keys")
	}
	for name, v := range map[string]url.Values{
		"nothing":        {},
		"no end":         {"name": {"收银"}, "actions": {"listing.hours"}},
		"too long":       {"name": {"收银"}, "actions": {"listing.hours"}, "until": {"2029-01-01"}},
		"not a key's":    {"name": {"收银"}, "actions": {"merchant.people"}, "until": {"2027-01-01"}},
		"a foreign shop": {"name": {"收银"}, "actions": {"listing.hours"}, "until": {"2027-01-01"}, "listing_ids": x.people[demo.Rival].ListingIDs},
	} {
		if a := owner.post(page, v); a.status != http.StatusUnprocessableEntity || strings.Contains(a.body, "sq_") {
			t.Errorf("%s = %d", name, a.status)
		}
	}
	made := owner.post(page, url.Values{"name": {"收银系统"}, "actions": {"listing.hours", "listing.offers"}, "until": {"2027-01-01"}})
	plain := regexp.MustCompile(`sq_[0-9a-z]{8}_[A-Za-z0-9_-]{43}`).FindString(made.body)
	if made.status != http.StatusOK || plain == "" || made.header.Get("Cache-Control") != "no-store" || !strings.Contains(made.body, "只显示这一次") {
		t.Fatalf("%d %s", made.status, complaint(made.body))
	}
	if a := x.machine(t, plain).ask(http.MethodGet, "/api/v1/my/listings", "", ""); a.status != http.StatusOK {
		t.Errorf("the key = %d %s", a.status, a.body)
	}
	list := owner.page(page)
	if strings.Contains(list, plain) || !strings.Contains(list, plain[:11]) || !strings.Contains(list, "营业时间") || !strings.Contains(list, "今天 1 次") {
		t.Errorf("the list: %s", complaint(list))
	}
	manager := x.as(t, demo.Manager)
	if body := manager.page(page); !strings.Contains(body, "停掉") || strings.Contains(body, "做钥匙") {
		t.Error("a manager sees keys and ends them, and makes none")
	}
	if a := manager.post(page, url.Values{"name": {"x"}, "actions": {"listing.hours"}, "until": {"2027-01-01"}}); a.status != http.StatusNotFound {
		t.Errorf("made by a manager = %d", a.status)
	}
	for _, who := range []string{demo.Staff, demo.Rival} {
		if a := x.as(t, who).get(page); a.status != http.StatusNotFound {
			t.Errorf("%s = %d", who, a.status)
		}
	}
	end := regexp.MustCompile(`name="end" value="([^"]+)"`).FindStringSubmatch(list)
	if end == nil {
		t.Fatal("no button ends the key")
	}
	if a := x.as(t, demo.Rival).post("/my/merchants/"+x.people[demo.Rival].MerchantID+"/keys/end", url.Values{"end": {end[1]}}); a.status != http.StatusNotFound {
		t.Errorf("ended by a rival = %d", a.status)
	}
	if to := manager.done(page+"/end", url.Values{"end": {end[1]}}); to != page+"?done=ended" {
		t.Errorf("leads to %s", to)
	}
	if a := x.machine(t, plain).ask(http.MethodGet, "/api/v1/my/listings", "", ""); a.status != http.StatusUnauthorized {
		t.Errorf("an ended key = %d", a.status)
	}
	// After ten minutes the owner proves again who asks before a key is made.
	x.wait(15 * time.Minute)
	if a := owner.post(page, url.Values{"name": {"另一把"}, "actions": {"listing.hours"}, "until": {"2027-01-01"}}); strings.Contains(a.body, "sq_") || !strings.Contains(a.body, "/account/check") {
		t.Errorf("later = %d %s", a.status, complaint(a.body))
	}
}
