package web

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"shangquan/services/demo"
)

var maxAge = regexp.MustCompile(`max-age=(\d+)`)

// observatory scores a page served over TLS by the rules of the MDN HTTP Observatory (algorithm 4), as far as they tell headers from one
// another: from 100 downwards, and upwards only for who lost ten at most. Whether http leads to https is the proxy's.
func observatory(h http.Header, body string) int {
	policy, score, extra := map[string]string{}, 100, 0
	rule := func(n int, applies bool) {
		if applies && n < 0 {
			score += n
		} else if applies {
			extra += n
		}
	}
	csp := h.Get("Content-Security-Policy")
	for part := range strings.SplitSeq(csp, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(part), " ")
		policy[name] = sources
	}
	safe := !regexp.MustCompile(`'unsafe-|data:|https?:|\*`).MatchString(csp) && (policy["default-src"] != "" || policy["script-src"] != "" && policy["object-src"] != "")
	own := []string{"'none'", "'self'"}
	rule(-25, csp == "")
	rule(-20, csp != "" && !safe)
	rule(5, safe)
	rule(5, safe && policy["default-src"] == "'none'" && slices.Contains(own, policy["form-action"]))
	framed := !slices.Contains(own, policy["frame-ancestors"])
	rule(5, !framed)
	rule(-20, framed && !slices.Contains([]string{"DENY", "SAMEORIGIN"}, h.Get("X-Frame-Options")))
	private := slices.Contains([]string{"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}, h.Get("Referrer-Policy"))
	rule(5, private)
	rule(-5, !private && h.Get("Referrer-Policy") != "")
	seconds := 0
	if m := maxAge.FindStringSubmatch(h.Get("Strict-Transport-Security")); m != nil {
		seconds, _ = strconv.Atoi(m[1]) // too large is 0
	}
	rule(-20, seconds == 0)
	rule(-10, seconds > 0 && seconds < 15552000)
	rule(-5, h.Get("X-Content-Type-Options") != "nosniff")
	rule(10, slices.Contains([]string{"same-origin", "same-site"}, h.Get("Cross-Origin-Resource-Policy")))
	rule(-50, h.Get("Access-Control-Allow-Credentials") == "true")
	rule(-50, regexp.MustCompile(`<script[^>]*src="?(https?:)?//`).MatchString(body))
	lax, all := 0, (&http.Response{Header: h}).Cookies()
	for _, c := range all {
		session := strings.Contains(c.Name, "sess") || strings.Contains(c.Name, "login")
		rule(-40, session && !c.Secure)
		rule(-30, session && !c.HttpOnly)
		rule(-20, !c.Secure || c.SameSite == http.SameSiteNoneMode)
		if c.Secure && (c.SameSite == http.SameSiteLaxMode || c.SameSite == http.SameSiteStrictMode) {
			lax++
		}
	}
	rule(5, len(all) > 0 && lax == len(all))
	if score >= 90 {
		score += extra
	}
	return score
}

// HTT-10: every kind of answer has an A+ of at least 120 in the scanner, whose own 130 for the home page this agrees with; and each header
// counts.
func TestObservatory(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b, p := x.as(t, ""), x.people[demo.Owner]
	home := b.get("/")
	for path, want := range map[string]int{"/": 130, "/sign-in": 130, "/no-such-page": 130, "/api/v1/listings": 120, "/robots.txt": 130} {
		if a := b.get(path); observatory(a.header, a.body) < want {
			t.Errorf("%s scores %d, want %d", path, observatory(a.header, a.body), want)
		}
	}
	if a := b.post("/sign-in", url.Values{"name": {p.Contact}, "password": {p.Password}}); observatory(a.header, a.body) != 135 {
		t.Errorf("signing in scores %d: %v", observatory(a.header, a.body), a.header)
	}
	for name, want := range map[string]int{"Content-Security-Policy": 75, "Strict-Transport-Security": 80, "Referrer-Policy": 125, "X-Content-Type-Options": 125, "Cross-Origin-Resource-Policy": 120} {
		h := home.header.Clone()
		h.Del(name)
		if got := observatory(h, home.body); got != want {
			t.Errorf("without %s: %d, want %d", name, got, want)
		}
	}
}
