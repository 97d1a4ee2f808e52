package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// Every action says in every language what it is; a new one needs its words in frontend/locales/*/actions.toml.
func TestActionsHaveWords(t *testing.T) {
	d, err := front()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lang.Tags {
		w := d.Catalogue.In(l)
		for _, act := range access.Actions() {
			if !w.Has("act." + string(act)) {
				t.Errorf("%s has no words for %s", l, act)
			}
		}
		for _, r := range access.Roles {
			if !w.Has("roles." + string(r)) {
				t.Errorf("%s has no word for %s", l, r)
			}
		}
	}
}

// The pages of the administrator answer to administrators, in every language, and to nobody else.
func TestAdminPages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	one := "/admin/accounts/" + x.people[demo.Owner].AccountID
	for _, path := range []string{"/admin/accounts", "/admin/invite", one, "/admin/permissions", "/admin/audit"} {
		for _, l := range lang.Tags {
			x.as(t, demo.Admin).page(ui.Href(l, path))
		}
		for _, key := range []string{demo.Owner, demo.Staff, demo.Plaza, demo.Coordinator, demo.Liaison} {
			if a := x.as(t, key).get(path); a.status != http.StatusNotFound {
				t.Errorf("%s asks %s: %d", key, path, a.status)
			}
		}
		if a := x.as(t, "").get(path); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
			t.Errorf("a visitor asks %s: %d", path, a.status)
		}
	}
	if a := x.as(t, demo.Admin).get("/admin/accounts/none"); a.status != http.StatusNotFound {
		t.Errorf("an account that is none: %d", a.status)
	}
	if out := x.lines.String(); strings.Contains(out, `"error"`) {
		t.Errorf("the log has errors:\n%s", firstErrors(out))
	}
}

func TestInviteAndRoles(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	a := admin.post("/admin/invite", url.Values{"name": {""}, "contact": {"nothing"}, "roles": {"liaison"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="nothing"`) || !strings.Contains(a.body, `value="liaison" checked`) || !strings.Contains(a.body, `id="contact-error"`) {
		t.Errorf("a wrong invitation: %d %s", a.status, complaint(a.body))
	}
	if to := admin.done("/admin/invite", url.Values{"name": {"新来的"}, "contact": {"new@example.cn"}, "roles": {"liaison"}}); to != "/admin/accounts?done=invited" {
		t.Errorf("led to %s", to)
	}
	link := regexp.MustCompile(`http://shop\.test(/reset/\S+)`).FindStringSubmatch(x.sent(t, "new@example.cn", "reset").Text)
	if link == nil {
		t.Fatal("the message has no link")
	}
	guest := x.as(t, "")
	if to := guest.done(link[1], url.Values{"password": {"一句自己记得住的很长很长的话啊"}}); to != "/sign-in?changed=1" {
		t.Errorf("led to %s", to)
	}
	if !strings.Contains(guest.page("/sign-in?changed=1"), "密码改好了") {
		t.Error("the page of signing in does not say that the password is changed")
	}
	// AUT-09: without a second factor there is nothing but setting one up.
	if to := guest.done("/sign-in", url.Values{"name": {"new@example.cn"}, "password": {"一句自己记得住的很长很长的话啊"}}); to != "/account/factors" {
		t.Errorf("led to %s", to)
	}
	body := admin.page("/admin/accounts?done=invited")
	id := regexp.MustCompile(`href="/admin/accounts/([A-Z0-9]+)">新来的`).FindStringSubmatch(body)
	if id == nil {
		t.Fatalf("the list has not who was invited")
	}
	one := "/admin/accounts/" + id[1]
	rev := func() string {
		return regexp.MustCompile(`name="rev" value="(\d+)"`).FindStringSubmatch(admin.page(one))[1]
	}
	old := rev()
	if to := admin.done(one+"/roles", url.Values{"rev": {old}, "roles": {"coordinator"}, "why": {"换岗"}}); to != one+"?done=roles" {
		t.Errorf("led to %s", to)
	}
	if a := guest.get("/account"); a.status != http.StatusSeeOther {
		t.Errorf("SES-05: with other roles the session goes on: %d", a.status)
	}
	if a := admin.post(one+"/roles", url.Values{"rev": {old}, "roles": {"liaison"}}); a.status != http.StatusConflict {
		t.Errorf("over an old revision: %d", a.status)
	}
	for what, values := range map[string]url.Values{"reset": {}, "sessions": {}, "factors": {"why": {"丢了"}}} {
		if to := admin.done(one+"/"+what, values); to != one+"?done="+what {
			t.Errorf("%s led to %s", what, to)
		}
	}
	admin.done(one+"/closed", url.Values{"rev": {rev()}, "closed": {"1"}, "why": {"走了"}})
	if a := x.as(t, "").post("/sign-in", url.Values{"name": {"new@example.cn"}, "password": {"一句自己记得住的很长很长的话啊"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a closed account signs in: %d", a.status)
	}
	own := "/admin/accounts/" + x.people[demo.Admin].AccountID
	mine := regexp.MustCompile(`name="rev" value="(\d+)"`).FindStringSubmatch(admin.page(own))[1]
	a = admin.post(own+"/closed", url.Values{"rev": {mine}, "closed": {"1"}})
	if a.status != http.StatusConflict || !strings.Contains(a.body, "最后一位管理员") {
		t.Errorf("the last administrator: %d %s", a.status, complaint(a.body))
	}
}

// A role is given only by who proved just now who they are, and a form sent too late is not lost.
func TestRolesAskForAFreshCheck(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	code := x.code(demo.Admin) // a minute on
	x.wait(10 * 60 * 1e9)
	one := "/admin/accounts/" + x.people[demo.Liaison].AccountID
	rev := regexp.MustCompile(`name="rev" value="(\d+)"`).FindStringSubmatch(admin.page(one))[1]
	a := admin.post(one+"/roles", url.Values{"rev": {rev}, "roles": {"coordinator"}})
	if a.status != http.StatusOK || !strings.Contains(a.body, `action="/account/check"`) {
		t.Fatalf("= %d %s", a.status, complaint(a.body))
	}
	if a := admin.post("/account/check", url.Values{"proof": {code}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a code of ten minutes ago: %d", a.status)
	}
	kept := regexp.MustCompile(`name="kept" value="([^"]+)"`).FindStringSubmatch(a.body)[1]
	a = admin.post("/account/check", url.Values{"proof": {x.code(demo.Admin)}, "kept": {kept}})
	if a.status != http.StatusOK || !strings.Contains(a.body, `action="`+one+`/roles"`) || !strings.Contains(a.body, `name="roles" value="coordinator"`) {
		t.Fatalf("the form is not offered again: %d %s", a.status, complaint(a.body))
	}
	admin.done(one+"/roles", url.Values{"rev": {rev}, "roles": {"coordinator"}})
}

func TestPermissionsPageIsTheTable(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	body := x.as(t, demo.Admin).page("/admin/permissions")
	if n := strings.Count(body, "<h3"); n != len(access.Actions()) {
		t.Errorf("%d actions on the page, %d in the table", n, len(access.Actions()))
	}
	for _, want := range []string{"改营业时间", "自己的：店员、店长、店主", "本广场的：广场管理处", "全部：协管员", "要再确认是本人", "人人都能", "只有程序自己"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

// tags are what stands between the words of a page.
var tags = regexp.MustCompile(`<[^>]+>`)

func TestTrailPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	x.as(t, demo.Owner).done("/account", url.Values{"name": {"改了名的店主"}, "lang": {"zh-Hans"}})
	id := x.people[demo.Owner].AccountID
	for _, q := range []url.Values{{"account": {id}}, {"account": {x.people[demo.Owner].Contact}}, {"object": {"account/" + id}}, {"action": {"account.own"}}} {
		body := admin.page("/admin/audit?" + q.Encode())
		if !strings.Contains(body, "<ins") || !strings.Contains(tags.ReplaceAllString(body, ""), "改了名的店主") || !strings.Contains(body, "看和改自己的账号") {
			t.Errorf("%v does not show the change: %s", q, complaint(body))
		}
	}
	if body := admin.page("/admin/audit?account=nobody@example.cn"); !strings.Contains(body, "没有这样的记录") {
		t.Error("somebody else's entries are shown")
	}
	page, err := x.services.Trail.Of(t.Context(), audit.Ref{Kind: "account", ID: id}, "", 10)
	if err != nil || len(page.Items) == 0 {
		t.Fatal(err)
	}
	// Contacts and passwords never stand in the trail.
	if body := admin.page("/admin/audit?object=account/" + id); strings.Contains(body, "demo-owner@example.cn") && !strings.Contains(body, `value="demo-owner`) || strings.Contains(body, "argon2") {
		t.Error("the trail shows a secret")
	}
}

// AUZ-08: pages that only the district's staff may see are not there for the rest of the world.
func TestAUZ08StaffPagesAnswerOnlyWhereTheyMay(t *testing.T) {
	t.Parallel()
	x := peopled(t, "STAFF_RANGES", "203.0.113.0/24")
	y := peopled(t, "STAFF_RANGES", "0.0.0.0/32") // where requests of these tests come from
	staff := 0
	for _, r := range x.Routes() {
		if !staffOnly(r.Needs) {
			continue
		}
		staff++
		for _, key := range []string{"", demo.Owner, demo.Admin, demo.Coordinator} {
			b := x.as(t, key)
			var a answer
			if r.Method == http.MethodGet {
				a = b.get(r.probe())
			} else {
				a = b.send(r.Method, r.probe(), "application/x-www-form-urlencoded", []byte("csrf="+b.token()))
			}
			if a.status != http.StatusNotFound {
				t.Errorf("%s %s by %q from elsewhere: %d, want 404", r.Method, r.probe(), key, a.status)
			}
		}
	}
	if staff < 10 {
		t.Errorf("only %d routes are the staff's", staff)
	}
	y.as(t, demo.Admin).page("/admin/accounts")
	x.as(t, demo.Owner).page("/account")
	if !slices.Equal(x.config.StaffRanges, []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}) {
		t.Error("the setting was not read")
	}
}

// SES-05: who is signed out by the administrator is, on every device, and a single session too.
func TestSignedOutByTheAdministrator(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin, at := x.as(t, demo.Admin), "/admin/accounts/"+x.people[demo.Staff].AccountID
	out := func(what string, b *browser) {
		t.Helper()
		if a := b.get("/account"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/sign-in") {
			t.Errorf("%s: still signed in, %d", what, a.status)
		}
	}
	was := x.people[demo.Staff]
	in := func() *browser {
		t.Helper()
		b := x.as(t, "")
		b.done("/sign-in", url.Values{"name": {was.Contact}, "password": {was.Password}})
		return b
	}
	first := x.as(t, demo.Staff)
	one := regexp.MustCompile(`name="end" value="([^"]+)"`).FindStringSubmatch(admin.page(at))
	if one == nil {
		t.Fatal("the page lists no session to end")
	}
	second := in()
	admin.done(at+"/sessions", url.Values{"end": {one[1]}})
	out("the one session", first)
	if a := second.get("/account"); a.status != http.StatusOK {
		t.Errorf("the other session ended too: %d", a.status)
	}
	third := in()
	admin.done(at+"/sessions", url.Values{})
	out("one of all", second)
	out("the other of all", third)
}
