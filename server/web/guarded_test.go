package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/apikey"
	"shangquan/services/demo"
)

// TestSES02: the cookie of a session is bound to this host, kept from scripts, and for those who work for the district from every
// other site.
func TestSES02(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	for key, site := range map[string]string{demo.Owner: "SameSite=Lax", demo.Coordinator: "SameSite=Strict"} {
		p := x.people[key]
		planted := strings.Repeat("A", 43)
		b := &browser{t: t, x: x, cookies: map[string]string{sessionCookie: planted}}
		answers := []answer{b.post("/sign-in", url.Values{"name": {p.Contact}, "password": {p.Password}})}
		if p.Secret != "" {
			answers = append(answers, b.post("/sign-in/factor", url.Values{"proof": {x.code(key)}}))
		}
		before := planted
		for _, a := range answers {
			n := 0
			for _, line := range a.header.Values("Set-Cookie") {
				for _, part := range []string{"__Host-", "; Path=/", "; HttpOnly", "; Secure"} {
					if !strings.Contains(strings.ToLower(line), strings.ToLower(part)) {
						t.Errorf("%s: a cookie without %q: %s", key, part, line)
					}
				}
				if strings.Contains(strings.ToLower(line), "domain=") {
					t.Errorf("%s: a cookie for other hosts: %s", key, line)
				}
				value, ok := strings.CutPrefix(line, sessionCookie+"=")
				if !ok {
					continue
				}
				n++
				if value, _, _ = strings.Cut(value, ";"); value == before || len(value) != 43 {
					t.Errorf("%s: the token was there before: %q", key, value)
				}
				if before = value; !strings.Contains(line, site) {
					t.Errorf("%s: want %s: %s", key, site, line)
				}
			}
			if n != 1 || a.status != http.StatusSeeOther {
				t.Errorf("%s: %d session cookies, status %d %s", key, n, a.status, complaint(a.body))
			}
		}
	}
}

// TestSES06: every route that changes something refuses a form of another site, and one without the token of this session, before
// it looks at anything else.
func TestSES06(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	for _, key := range []string{demo.Owner, demo.Coordinator, demo.Admin} {
		b := x.as(t, key)
		other := x.as(t, demo.Rival).token()
		if other == b.token() {
			t.Fatal("two sessions have one token")
		}
		for _, r := range x.Routes() {
			if r.Method == http.MethodGet || r.Kind != Private {
				continue
			}
			foreign := [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.test"}, {"Origin", "null"}}
			for _, header := range foreign {
				if a := b.post(r.probe(), nil, header...); a.status != http.StatusForbidden {
					t.Errorf("%s: %s %s with %v = %d", key, r.Method, r.Path, header, a.status)
				}
			}
			if r.Needs == access.PublicRead { // theme and size: of no session
				continue
			}
			for what, token := range map[string][]string{"no token": {}, "an empty one": {""}, "a made-up one": {"AAAA"}, "somebody else's": {other}} {
				if a := b.post(r.probe(), url.Values{"csrf": token}); a.status != http.StatusForbidden {
					t.Errorf("%s: %s %s with %s = %d", key, r.Method, r.Path, what, a.status)
				}
			}
			if a := b.send(r.Method, r.probe(), "application/json", []byte("{}")); a.status != http.StatusForbidden {
				t.Errorf("%s: %s %s as JSON without a token = %d", key, r.Method, r.Path, a.status)
			}
		}
	}
}

// TestAUZ02: no other spelling of an address opens it.
func TestAUZ02(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	visitor := x.as(t, "")
	for _, r := range x.Routes() {
		if r.Kind != Private || r.Method != http.MethodGet || access.Grant(access.Visitor, r.Needs) == access.All {
			continue
		}
		path := r.probe()
		cut := strings.LastIndexByte(path, '/')
		for _, p := range []string{
			path, strings.ToUpper(path), path + "/", path + ";x", "/" + path, path[:cut] + "/" + path[cut:], max(path[:cut], "/") + "%2f" + path[cut+1:],
			path + "%00", path + "/.", "/x/.." + path, path + "?x=1", "/en" + path, "/EN" + path,
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions} {
				if a := visitor.send(method, p, "", nil); a.status < 300 {
					t.Errorf("%s %s = %d for a visitor", method, p, a.status)
				}
			}
		}
	}
}

// TestAUT09Routes: without a second factor nobody works for the district, whatever the account says.
func TestAUT09Routes(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	p := x.people[demo.Coordinator]
	b := &browser{t: t, x: x, cookies: map[string]string{}}
	b.done("/sign-in", url.Values{"name": {p.Contact}, "password": {p.Password}}) // and no code
	for _, r := range x.Routes() {
		if r.Kind != Private || access.Grant(access.Visitor, r.Needs) == access.All {
			continue
		}
		if r.Method != http.MethodGet {
			if a := b.post(r.probe(), nil); a.status < 400 && !strings.Contains(a.body, `action="/sign-in/factor"`) {
				t.Errorf("%s %s = %d, want the second factor", r.Method, r.Path, a.status)
			}
			continue
		}
		if a := b.get(r.probe()); a.status != http.StatusSeeOther || !strings.Contains(a.to, "/sign-in/factor") {
			t.Errorf("GET %s = %d %s, want the second factor", r.Path, a.status, a.to)
		}
	}
}

// TestAUZ03: what is another merchant's answers as what is not there, to the letter, on every address that names a thing of somebody.
func TestAUZ03(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	claims := map[string]string{demo.Rival: x.claim(t, demo.Rival), "assembly." + demo.Rival: x.member(t, demo.Rival), "neighbours." + demo.Rival: x.invited(t, demo.Rival).ID}
	owner, key := x.as(t, demo.Owner), x.key(t, demo.Owner, apikey.Wish{})
	asked := 0
	for _, r := range x.Routes() {
		if r.Thing == nil && !mine(&r) || !strings.Contains(r.Path, "/:") {
			continue
		}
		path := x.object(t, &r, demo.Owner, true, claims)
		absent := strings.Split(path, "/")
		for i, p := range strings.Split(r.Path, "/") {
			if strings.HasPrefix(p, ":") && absent[i] != strings.Split(r.probe(), "/")[i] {
				absent[i] = "none"
			}
		}
		nowhere := strings.Join(absent, "/")
		if nowhere == path {
			continue // the thing is not a merchant's
		}
		ask := func(path string) (a answer) {
			switch {
			case mine(&r) && r.Method == http.MethodGet:
				a = owner.get(path, "Authorization", "Bearer "+key)
			case mine(&r):
				kind := "application/json"
				if r.Method == http.MethodPatch {
					kind = "application/merge-patch+json"
				}
				id := strings.Split(path, "/")[5]
				a = owner.send(r.Method, path, kind, []byte("{}"), "Authorization", "Bearer "+key, "If-Match", `"`+id+`-1"`, "Idempotency-Key", "the-request-for-"+id)
			case r.Method == http.MethodGet:
				a = owner.get(path)
			default:
				a = owner.post(path, url.Values{"rev": {"1"}})
			}
			for i, p := range absent {
				if p == "none" {
					a.body = strings.ReplaceAll(a.body, strings.Split(path, "/")[i], "ID")
				}
			}
			return a
		}
		asked++
		theirs, none := ask(path), ask(nowhere)
		if theirs.status != http.StatusNotFound || none.status != http.StatusNotFound {
			t.Errorf("%s %s = %d for what is another's and %d for what is not there", r.Method, r.Path, theirs.status, none.status)
		} else if strip(theirs.body) != strip(none.body) {
			t.Errorf("%s %s tells what is another's from what is not there:\n%s\n%s", r.Method, r.Path, theirs.body, none.body)
		}
	}
	if asked < 100 {
		t.Errorf("asked %d addresses only", asked)
	}
}

// strip takes out of a page what is new in every answer.
func strip(body string) string { return changing.ReplaceAllString(body, "") }

var changing = regexp.MustCompile(`[0-9A-Za-z_-]{16,}|request:[0-9A-Z]{8}`)
