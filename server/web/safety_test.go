package web

import (
	"database/sql"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/alarm"
	"shangquan/services/audit"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// past is the way to the store around the program, for somebody with the file.
func (x *town) past(t *testing.T, statement string, args ...any) {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(x.dir, "shangquan.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	res, err := raw.ExecContext(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); n != 1 || err != nil {
		t.Fatalf("%d rows were changed: %v", n, err)
	}
}

// The drill of CON-04 and CON-05: a page is defaced in the database, found, never shown; the site is frozen, the page put back, the
// site released. How long each step takes is logged.
func TestDefacementDrill(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	shop := x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	visitor := x.as(t, "")
	shown := func() string { return visitor.get("/shops/" + l.Slug).body }
	if !strings.Contains(shown(), l.Name.Hans) {
		t.Fatal("the shop is not shown")
	}
	step := func(name string, f func()) {
		start := time.Now()
		f()
		t.Logf("%-60s %6.1f ms", name, float64(time.Since(start).Microseconds())/1000)
	}
	operator := access.System("command line")
	x.past(t, `UPDATE listings SET _doc = replace(_doc, ?, '被人改了'), rev = rev + 1, updated_at = updated_at + 1 WHERE id = ?`, l.Name.Hans, l.ID)
	step("the altered page is asked for by a server that reads everything anew", func() {
		if err := x.directory.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if body := shown(); strings.Contains(body, "被人改了") || !strings.Contains(body, l.Name.Hans) {
			t.Error("the page shows the altered text")
		}
		if body := visitor.get("/?q=" + url.QueryEscape("被人改了")).body; strings.Contains(body, l.Slug) {
			t.Error("search finds the altered text")
		}
		if a := visitor.get("/api/v1/listings/" + l.Slug); strings.Contains(a.body, "被人改了") {
			t.Error("the API says the altered text")
		}
	})
	step("verify-content finds it", func() {
		r, err := x.services.Integrity.Verify(t.Context())
		if err != nil || r.Wrong != 1 || r.Findings[0].ID != l.ID || r.Findings[0].Condition != store.Altered {
			t.Errorf("found %+v %v", r, err)
		}
	})
	admin := x.as(t, demo.Admin)
	if body := admin.get("/admin/safety").body; !strings.Contains(body, "listings/"+l.ID) {
		t.Error("the page of the administrator shows no alarm")
	}
	if body := x.as(t, demo.Coordinator).get("/desk").body; !strings.Contains(body, "绕过本站") {
		t.Error("the desk does not warn")
	}
	step("freeze", func() {
		if err := x.services.Freeze.Freeze(t.Context(), operator, "演练"); err != nil {
			t.Fatal(err)
		}
	})
	step("revert", func() {
		if did, err := x.services.Integrity.Restore(t.Context(), operator, "listings", l.ID); !did || err != nil {
			t.Errorf("Restore = %t %v", did, err)
		}
	})
	step("verify-content is content", func() {
		if r, err := x.services.Integrity.Verify(t.Context()); err != nil || r.Wrong != 0 || r.Checked < 100 {
			t.Errorf("afterwards %+v %v", r, err)
		}
	})
	step("unfreeze", func() {
		if err := x.services.Freeze.Unfreeze(t.Context(), operator); err != nil {
			t.Fatal(err)
		}
	})
	if r, err := x.services.Trail.Verify(t.Context()); err != nil || r.Broken != 0 {
		t.Errorf("the trail after the drill: %+v %v", r, err)
	}
	for _, act := range []access.Action{access.SiteFreeze, access.SiteUnfreeze, access.ContentSeal} {
		if page, err := x.services.Trail.All(t.Context(), audit.Filter{Action: act}, "", 5); err != nil || len(page.Items) == 0 {
			t.Errorf("%s is not in the trail: %v", act, err)
		}
	}
}

// Somebody put an older revision back, with its own seal, or took a page away: its seal cannot tell, the trail can.
func TestRollbackAndDeletion(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	shops := x.people[demo.Owner].ListingIDs
	raw, err := sql.Open("sqlite", "file:"+filepath.Join(x.dir, "shangquan.db")+"?_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var doc, seal []byte
	var rev int64
	if err := raw.QueryRowContext(t.Context(), "SELECT _doc, _seal, rev FROM listings WHERE id = ?", shops[0]).Scan(&doc, &seal, &rev); err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Listings.Update(t.Context(), access.System("test"), shops[0], 0, func(l *listing.Listing) error { l.Popularity = 77; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Trail.CatchUp(t.Context()); err != nil { // as a server does within a second
		t.Fatal(err)
	}
	x.past(t, "UPDATE listings SET _doc = ?, _seal = ?, rev = ? WHERE id = ?", string(doc), seal, rev, shops[0])
	var other string
	if err := raw.QueryRowContext(t.Context(), "SELECT id FROM listings WHERE id <> ? AND _pk NOT IN (SELECT doc FROM \"listings/tag_ids\") AND _pk NOT IN (SELECT doc FROM \"listings/watch.changed\") LIMIT 1", shops[0]).Scan(&other); err != nil {
		t.Fatal(err)
	}
	x.past(t, "DELETE FROM listings WHERE id = ?", other)
	r, err := x.services.Integrity.Verify(t.Context())
	got := map[string]store.Condition{}
	for _, f := range r.Findings {
		got[f.ID] = f.Condition
	}
	if err != nil || len(got) != 2 || got[shops[0]] != "older" || got[other] != "missing" {
		t.Errorf("found %+v %v", r, err)
	}
}

// While the site is frozen every page can be read and none can be written to, nobody but an administrator is somebody, and who was
// signed in is not any more.
func TestFrozen(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, owner, visitor := x.as(t, demo.Admin), x.as(t, demo.Owner), x.as(t, "")
	a := admin.post("/admin/safety/freeze", url.Values{"why": {""}})
	if a.status != http.StatusUnprocessableEntity || x.services.Freeze.Now().Frozen || !strings.Contains(a.body, `id="why-error"`) {
		t.Errorf("frozen without a reason: %d", a.status)
	}
	for _, key := range []string{demo.Owner, demo.Coordinator, demo.Liaison} {
		if a := x.as(t, key).post("/admin/safety/freeze", url.Values{"why": {"我来"}}); a.status != http.StatusNotFound || x.services.Freeze.Now().Frozen {
			t.Errorf("%s freezes: %d", key, a.status)
		}
	}
	x.wait(time.Second)
	if to := admin.done("/admin/safety/freeze", url.Values{"why": {"网页被改了"}}); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("led to %s", to)
	}
	if st := x.services.Freeze.Now(); !st.Frozen || st.Why != "网页被改了" {
		t.Errorf("the state is %+v", st)
	}
	for _, r := range x.Routes() {
		if r.Method == http.MethodGet || r.Always {
			continue
		}
		path := r.Path
		if r.Probe != "" {
			path = r.Probe
		}
		res := visitor.send(r.Method, path, "application/x-www-form-urlencoded", nil)
		if res.status != http.StatusServiceUnavailable || res.header.Get("Retry-After") == "" || r.Kind != API && !strings.Contains(res.body, "正在检查，暂时只能看") {
			t.Errorf("%s %s while frozen: %d", r.Method, path, res.status)
		}
	}
	for _, path := range []string{"/", "/streets", "/api/v1/listings", "/sign-in", "/healthz"} {
		if a := visitor.get(path); a.status != http.StatusOK {
			t.Errorf("%s while frozen: %d", path, a.status)
		}
	}
	for name, b := range map[string]*browser{"/my": owner, "/admin/safety": admin} {
		if a := b.get(name); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
			t.Errorf("%s with a session from before: %d %s", name, a.status, a.to)
		}
	}
	if strings.Contains(x.lines.String(), `"level":"ERROR"`) {
		t.Errorf("what was refused is logged as a mistake of ours:\n%s", firstErrors(x.lines.String()))
	}
	if err := x.services.Freeze.Unfreeze(t.Context(), access.Actor{AccountID: x.people[demo.Admin].AccountID, Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}); err == nil {
		t.Error("an administrator unfroze the site")
	}
	if err := x.services.Freeze.Unfreeze(t.Context(), access.System("command line")); err != nil {
		t.Fatal(err)
	}
	if a := owner.get("/my"); a.status != http.StatusSeeOther {
		t.Errorf("a session from before came back to life: %d", a.status)
	}
}

func TestSafetyPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	for range 3 {
		x.wait(time.Minute)
		if err := x.services.Alarms.Record(t.Context(), alarm.Network, "account-1", ""); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := x.services.Integrity.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, l := range lang.Tags {
		admin.page(ui.Href(l, "/admin/safety"))
	}
	page := admin.get("/admin/safety")
	if !strings.Contains(page.body, `href="/admin/accounts/account-1"`) || !strings.Contains(page.body, "3 次") || !strings.Contains(page.body, "都和存底一样") {
		t.Error("the page does not say what sounded and that the content is whole")
	}
	for _, key := range []string{demo.Owner, demo.Coordinator, demo.Liaison} {
		if a := x.as(t, key).get("/admin/safety"); a.status != http.StatusNotFound {
			t.Errorf("%s asks: %d", key, a.status)
		}
	}
	open, err := x.services.Alarms.Open(t.Context(), access.System("test"))
	if err != nil || len(open) != 1 {
		t.Fatalf("open: %v %v", open, err)
	}
	if a := admin.post("/admin/safety/alarms", url.Values{"close": {"1 network/account-1"}}); a.status != http.StatusConflict {
		t.Errorf("closed as it was before it sounded again: %d", a.status)
	}
	if a := admin.post("/admin/safety/alarms", url.Values{"close": {"x"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("closed without a revision: %d", a.status)
	}
	if to := admin.done("/admin/safety/alarms", url.Values{"close": {itoa(open[0].Rev) + " " + open[0].ID}}); to != "/admin/safety?done=closed" {
		t.Errorf("led to %s", to)
	}
	if open, err := x.services.Alarms.Open(t.Context(), access.System("test")); err != nil || len(open) != 0 {
		t.Errorf("still open: %v %v", open, err)
	}
}

// AUD-01: somebody who tries doors is on record, and cannot fill the trail.
func TestRefusalsAreOnRecord(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	for range 30 {
		owner.get("/admin/audit")
	}
	owner.get("/my")
	x.as(t, "").get("/admin/audit")
	refused := func() (n int, last audit.Entry) {
		page, err := x.services.Trail.All(t.Context(), audit.Filter{Action: access.AuditRead}, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Items), page.Items[0]
	}
	n, last := refused()
	if n != refusalsKept || last.Result != "refused" || last.Fact.By.Account != x.people[demo.Owner].AccountID || last.Of != "page/GET /admin/audit" {
		t.Errorf("%d refusals on record, want %d; the last: %+v", n, refusalsKept, last)
	}
	x.wait(time.Minute)
	owner.get("/admin/audit")
	if n, last := refused(); n != refusalsKept+1 || !strings.Contains(last.Fact.Why, "10 more") {
		t.Errorf("a minute later: %d, %q", n, last.Fact.Why)
	}
}
