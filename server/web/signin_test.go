package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/fault"
)

// TestSES03OneSession: a browser that signs in while it has a session gives that one up, and its form is ours.
func TestSES03OneSession(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := x.as(t, demo.Owner)
	old := b.cookies[sessionCookie]
	_, form, _ := strings.Cut(b.page("/sign-in?back=%2Fmy"), `action="/sign-in"`)
	if form, _, _ = strings.Cut(form, "</form>"); !strings.Contains(form, b.token()) {
		t.Error("the form is refused to who has a session, as while the second factor is missing")
	}
	p := x.people[demo.Rival]
	b.done("/sign-in", url.Values{"name": {p.Contact}, "password": {p.Password}})
	if _, _, err := x.services.Accounts.Authenticate(t.Context(), old); !fault.Is(err, fault.Unauthenticated) {
		t.Errorf("the session before = %v, want it ended", err)
	}
	if _, a, err := x.services.Accounts.Authenticate(t.Context(), b.cookies[sessionCookie]); err != nil || a.ID == "" {
		t.Errorf("the session now: %v", err)
	}
}

// TestRetryAfter: who has to wait reads how long, in the page and in the header.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := &browser{x: x, t: t, cookies: map[string]string{}}
	for range 20 {
		a := b.post("/sign-in", url.Values{"name": {"13800138000"}, "password": {"错的密码错的密码"}})
		if a.status == http.StatusUnprocessableEntity {
			continue
		}
		if a.status != http.StatusTooManyRequests || a.header.Get("Retry-After") != "300" {
			t.Fatalf("= %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
		}
		break
	}
	for key, want := range map[string]outcome{"account.busy": {status: 503, wait: 5}, "media.full": {status: 507}, "error.unavailable": {status: 503}} {
		if got := judge(fault.New(fault.Unavailable, key, nil)); got.status != want.status || got.wait != want.wait {
			t.Errorf("%s = %d after %d s", key, got.status, got.wait)
		}
	}
}
