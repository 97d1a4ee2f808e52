package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// Every page of the own account answers in every language, to everybody who has one and to nobody else, and is kept by nobody (SES-07).
func TestOwnPages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	for _, path := range []string{"/account", "/account/password", "/account/contact", "/account/sessions", "/account/factors"} {
		for _, l := range lang.Tags {
			at := ui.Href(l, path)
			for _, key := range []string{demo.Owner, demo.Staff, demo.Plaza, demo.Coordinator, demo.Liaison, demo.Auditor, demo.Admin} {
				a := x.as(t, key).get(at)
				if a.status != http.StatusOK || a.header.Get("Cache-Control") != "no-store" {
					t.Errorf("%s asks %s: %d, %q", key, at, a.status, a.header.Get("Cache-Control"))
				}
				if strings.Contains(a.body, "example.cn") && !strings.Contains(a.body, "d***@example.cn") {
					t.Errorf("%s shows a contact in full", at)
				}
			}
			if a := x.as(t, "").get(at); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, ui.Href(l, "/sign-in?back=")) {
				t.Errorf("a visitor asks %s: %d %s", at, a.status, a.to)
			}
		}
	}
	if out := x.lines.String(); strings.Contains(out, `"error"`) {
		t.Errorf("the log has errors:\n%s", firstErrors(out))
	}
}

func TestNameAndLanguage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	if to := owner.done("/account", url.Values{"name": {" 老王 "}, "lang": {"en"}}); to != "/account?done=saved" {
		t.Errorf("led to %s", to)
	}
	body := owner.page("/account?done=saved")
	if !strings.Contains(body, "存好了") || !strings.Contains(body, `value="老王"`) || !strings.Contains(body, `<option value="en" selected>`) {
		t.Error("the page does not show what was saved")
	}
	a := owner.post("/account", url.Values{"name": {strings.Repeat("王", 200)}, "lang": {"zh-Hant"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, strings.Repeat("王", 200)) || !strings.Contains(a.body, `<option value="zh-Hant" selected>`) || !strings.Contains(a.body, `id="name-error"`) {
		t.Errorf("a long name: %d %s", a.status, complaint(a.body))
	}
	if strings.Contains(owner.page("/account?done=anything"), "callout ok") {
		t.Error("an unknown word says that something was done")
	}
}

func TestNewPassword(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, phone := x.as(t, demo.Owner), x.signIn(t, demo.Owner)
	old := x.people[demo.Owner].Password
	for _, tt := range []struct{ current, next, field string }{
		{"wrong", "一句自己记得住的话而已", "proof"},
		{old, "12345678", "password"},
		{old, "short", "password"},
	} {
		a := owner.post("/account/password", url.Values{"proof": {tt.current}, "password": {tt.next}})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+tt.field+`-error"`) || strings.Contains(a.body, tt.next) {
			t.Errorf("%q to %q: %d %s", tt.current, tt.next, a.status, complaint(a.body))
		}
	}
	was := owner.cookies[sessionCookie]
	if to := owner.done("/account/password", url.Values{"proof": {old}, "password": {"云间的鲈鱼到了秋天"}}); to != "/account?done=password" {
		t.Errorf("led to %s", to)
	}
	if owner.cookies[sessionCookie] == was {
		t.Error("SES-03: the session kept its token")
	}
	owner.page("/account")
	if a := phone.get("/account"); a.status != http.StatusSeeOther {
		t.Errorf("SES-05: the other device still sees the account: %d", a.status)
	}
	x.sent(t, demo.Owner, "password")
}

func TestContact(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	a := owner.post("/account/contact", url.Values{"contact": {"nothing"}, "send": {"1"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="nothing"`) {
		t.Errorf("no contact: %d", a.status)
	}
	a = owner.post("/account/contact", url.Values{"contact": {"138 0013 8000"}, "send": {"1"}})
	if a.status != http.StatusOK || !strings.Contains(a.body, `name="code"`) {
		t.Fatalf("send: %d %s", a.status, complaint(a.body))
	}
	code := regexp.MustCompile(`\d{6}`).FindString(x.sent(t, "+8613800138000", "code").Text)
	a = owner.post("/account/contact", url.Values{"contact": {"138 0013 8000"}, "code": {"000000"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="code-error"`) {
		t.Errorf("a wrong code: %d", a.status)
	}
	if to := owner.done("/account/contact", url.Values{"contact": {"138 0013 8000"}, "code": {code}}); to != "/account?done=contact" {
		t.Errorf("led to %s", to)
	}
	if !strings.Contains(owner.page("/account"), "138****8000") {
		t.Error("the phone is not shown")
	}
	x.sent(t, demo.Owner, "contact")
	// It is dangerous: after ten minutes it asks who is there.
	x.wait(11 * time.Minute)
	if a := owner.get("/account/contact"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/account/check?back=") {
		t.Errorf("without a fresh check: %d %s", a.status, a.to)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, phone, tablet := x.as(t, demo.Owner), x.signIn(t, demo.Owner), x.signIn(t, demo.Owner)
	ends := regexp.MustCompile(`name="end" value="([^"]+)"`)
	body := owner.page("/account/sessions")
	if n := len(ends.FindAllString(body, -1)); n != 2 || strings.Count(body, "这一台") != 1 {
		t.Fatalf("%d sessions can be ended, want 2", n)
	}
	// Somebody else's session is none of theirs.
	theirs, err := x.services.Accounts.Sessions(t.Context(), x.actor(t, demo.Rival), x.people[demo.Rival].AccountID)
	if err != nil {
		t.Fatal(err)
	}
	if a := owner.post("/account/sessions", url.Values{"end": {theirs[0].ID}}); a.status != http.StatusNotFound {
		t.Errorf("ended a foreign session: %d", a.status)
	}
	x.as(t, demo.Rival).page("/account")
	owner.done("/account/sessions", url.Values{"end": {ends.FindStringSubmatch(body)[1]}})
	left := 0
	for _, b := range []*browser{phone, tablet} {
		if b.get("/account").status == http.StatusOK {
			left++
		}
	}
	if left != 1 {
		t.Errorf("%d of two devices are left after one was ended", left)
	}
	owner.done("/account/sessions", url.Values{"others": {"1"}})
	if phone.get("/account").status == http.StatusOK || tablet.get("/account").status == http.StatusOK {
		t.Error("another device is still signed in")
	}
	owner.page("/account/sessions?done=others")
}

func TestAuthenticator(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	a := owner.post("/account/factors/app", url.Values{})
	if a.status != http.StatusOK || !strings.Contains(a.body, "<svg") {
		t.Fatalf("start: %d %s", a.status, complaint(a.body))
	}
	secret := strings.ReplaceAll(regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`).FindString(a.body), " ", "")
	sealed := regexp.MustCompile(`name="enrolment" value="([^"]+)"`).FindStringSubmatch(a.body)[1]
	wrong := owner.post("/account/factors/app/confirm", url.Values{"code": {"000000"}, "enrolment": {sealed}})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, `id="code-error"`) || !strings.Contains(wrong.body, "<svg") {
		t.Errorf("a wrong code: %d, want the same picture again", wrong.status)
	}
	code, err := totp.GenerateCode(secret, time.Unix(0, x.clock.Load()))
	if err != nil {
		t.Fatal(err)
	}
	a = owner.post("/account/factors/app/confirm", url.Values{"code": {code}, "enrolment": {sealed}})
	codes := regexp.MustCompile(`<code>([0-9a-z]{5}-[0-9a-z]{5})</code>`).FindAllStringSubmatch(a.body, -1)
	if a.status != http.StatusOK || len(codes) != 10 || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("confirmed: %d with %d recovery codes", a.status, len(codes))
	}
	if strings.Contains(owner.page("/account/factors"), codes[0][1]) {
		t.Error("a recovery code is shown again")
	}
	// A recovery code opens the account once.
	for i, want := range []int{http.StatusSeeOther, http.StatusUnprocessableEntity} {
		b := x.as(t, "")
		b.done("/sign-in", url.Values{"name": {x.people[demo.Owner].Contact}, "password": {x.people[demo.Owner].Password}})
		if a := b.post("/sign-in/factor", url.Values{"proof": {codes[0][1]}}); a.status != want {
			t.Errorf("use %d of a recovery code: %d, want %d", i+1, a.status, want)
		}
	}
	if to := owner.done("/account/factors/remove", url.Values{"app": {"1"}}); to != "/account/factors?done=removed" {
		t.Errorf("led to %s", to)
	}
	if a := x.as(t, demo.Admin).post("/account/factors/remove", url.Values{"app": {"1"}}); a.status != http.StatusConflict {
		t.Errorf("an account of the district lost its last factor: %d", a.status)
	}
}

func TestPasskeyOptions(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	ask := func(path, kind, token string) answer {
		return owner.send(http.MethodPost, path, kind, []byte(`{}`), csrfHeader, token)
	}
	a := ask("/account/factors/passkey/start", "application/json", owner.token())
	var options struct {
		PublicKey struct {
			Challenge string `json:"challenge"`
			RP        struct {
				ID string `json:"id"`
			} `json:"rp"`
		} `json:"publicKey"`
	}
	if err := json.Unmarshal([]byte(a.body), &options); err != nil || a.status != 200 || options.PublicKey.Challenge == "" || options.PublicKey.RP.ID != "shop.test" {
		t.Errorf("options: %d %s %v", a.status, a.body, err)
	}
	for name, bad := range map[string]answer{
		"no token":         ask("/account/factors/passkey/start", "application/json", ""),
		"a form":           ask("/account/factors/passkey/start", "application/x-www-form-urlencoded", owner.token()),
		"no such passkey":  ask("/sign-in/factor/passkey/start", "application/json", owner.token()),
		"not an answer":    ask("/account/factors/passkey", "application/json", owner.token()),
		"not JSON at all":  owner.send(http.MethodPost, "/account/factors/passkey", "application/json", []byte(`{`), csrfHeader, owner.token()),
		"a forged listing": owner.post("/account/factors/shown", url.Values{"kept": {"x"}}),
	} {
		if bad.status < 400 || bad.status >= 500 {
			t.Errorf("%s: %d", name, bad.status)
		}
	}
	if !strings.Contains(owner.page("/account/factors"), `data-module="passkey"`) {
		t.Error("the page does not offer a passkey")
	}
}

// The own data holds what is known of the person, nothing secret and nothing of others.
func TestOwnData(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	a := owner.post("/account/export", url.Values{})
	var got map[string]json.RawMessage
	if err := json.Unmarshal([]byte(a.body), &got); err != nil || a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		t.Fatalf("export: %d %v", a.status, err)
	}
	keys := []string{}
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := strings.Fields("asks at authenticator claims consents email heritage lang merchants name organisations passkeys password_set recovery_codes_left roles sessions since trail")
	if !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	for _, secret := range []string{"argon2", "hash", x.people[demo.Manager].Name, owner.cookies[sessionCookie]} {
		if strings.Contains(a.body, secret) {
			t.Errorf("the export has %q", secret)
		}
	}
	if !strings.Contains(a.body, "演示商户") || !strings.Contains(a.body, "demo-owner@example.cn") {
		t.Error("the export lacks the merchant or the contact")
	}
}

// signIn goes through the pages: password, and a code where one is asked for.
func (x *town) signIn(t testing.TB, key string) *browser {
	t.Helper()
	b := x.as(t, "")
	p := x.people[key]
	to := b.done("/sign-in", url.Values{"name": {p.Contact}, "password": {p.Password}})
	if strings.HasPrefix(to, "/sign-in/factor") {
		b.done("/sign-in/factor", url.Values{"proof": {x.code(key)}})
	}
	return b
}

// The messages of a site to try out can be read, newest first, with the codes of the demonstration accounts; in production there is
// no such page.
func TestOutbox(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := x.as(t, "")
	for _, contact := range []string{x.people[demo.Owner].Contact, x.people[demo.Rival].Contact} {
		b.post("/reset", url.Values{"contact": {contact}})
		x.sent(t, contact, "reset")
	}
	body := b.page("/outbox")
	first, second := strings.Index(body, x.people[demo.Rival].Contact), strings.Index(body, x.people[demo.Owner].Contact)
	if first < 0 || second < first || !strings.Contains(body, `href="/reset/`) {
		t.Errorf("the messages are not there in order: %s", complaint(body))
	}
	x.services.Demo = []demo.Person{x.people[demo.Admin], x.people[demo.Owner]}
	if body := b.page("/outbox"); !strings.Contains(body, x.people[demo.Admin].Code(evening)) || strings.Contains(body, x.people[demo.Admin].Password) {
		t.Error("the code of the administrator is not shown, or the password is")
	}
	x.services.Outbox = nil
	if routes := x.outboxRoutes(); len(routes) != 0 {
		t.Errorf("without messages that are only shown there are %d routes", len(routes))
	}
}
