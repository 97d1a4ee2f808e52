package web

import (
	"net/http"
	"strings"
	"testing"

	"shangquan/services/lang"
)

// probe returns an address of the route that its handler can be asked for.
func (r Route) probe() string {
	if r.Probe != "" {
		return r.Probe
	}
	return r.Path
}

// TestRoutes sends every method to every route of the site map, so that a new route is covered without a new test. HTT-04, HTT-09, HTT-10.
func TestRoutes(t *testing.T) {
	x := newTrial(t, nil, "RATE_FACTOR", "0")
	allowed := map[string]map[string]bool{}
	for _, r := range x.Routes() {
		if strings.ContainsAny(r.Path, ":*+") && r.Probe == "" {
			t.Errorf("%s has parameters and no Probe", r.Path)
		}
		if allowed[r.probe()] == nil {
			allowed[r.probe()] = map[string]bool{}
		}
		allowed[r.probe()][r.Method] = true
		if r.Method == http.MethodGet {
			allowed[r.probe()][http.MethodHead] = true
		}
	}
	for path, methods := range allowed {
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "BREW"} {
			resp, body := x.ask(t, method, path, "", "X-HTTP-Method-Override", "GET")
			name := method + " " + path
			if !methods[method] && resp.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s = %d, want 405", name, resp.StatusCode)
			}
			if methods[method] && resp.StatusCode == http.StatusMethodNotAllowed {
				t.Errorf("%s = 405, want it to answer", name)
			}
			if method == http.MethodHead && body != "" {
				t.Errorf("%s has a body", name)
			}
			checkHeaders(t, name, resp, body)
		}
		get, _ := x.ask(t, "GET", path, "")
		head, _ := x.ask(t, "HEAD", path, "")
		for _, k := range []string{"Content-Type", "Content-Length", "Etag", "Cache-Control"} {
			if methods["GET"] && get.Header.Get(k) != head.Header.Get(k) && (k != "Content-Length" || get.StatusCode < 300 || get.StatusCode >= 400) { // a redirect has no body to measure
				t.Errorf("%s: GET says %s %q, HEAD %q", path, k, get.Header.Get(k), head.Header.Get(k))
			}
		}
	}
}

// framedAt reports whether "GET /path" is a page that other sites may frame.
func framedAt(name string) bool {
	method, path, _ := strings.Cut(name, " ")
	_, own := lang.FromPath(path)
	own, _, _ = strings.Cut(own, "?")
	return (method == http.MethodGet || method == http.MethodHead) && (own == "/embed" || strings.HasPrefix(own, "/embed/shops/"))
}

// asFramed is a header of securityHeaders as such a page has it; without a value it must not be there.
func asFramed(kv [2]string) [2]string {
	if kv[0] == "X-Frame-Options" {
		return [2]string{kv[0], ""}
	}
	for _, f := range framedHeaders {
		if f[0] == kv[0] {
			return f
		}
	}
	return kv
}

// checkHeaders checks what every answer has, whatever it says.
func checkHeaders(t *testing.T, name string, resp *http.Response, body string) {
	t.Helper()
	for _, kv := range securityHeaders {
		if framedAt(name) && resp.StatusCode == http.StatusOK {
			kv = asFramed(kv)
		}
		if got := resp.Header.Values(kv[0]); kv[1] == "" && len(got) > 0 || kv[1] != "" && (len(got) != 1 || got[0] != kv[1]) {
			t.Errorf("%s: %s = %q, want once %q", name, kv[0], got, kv[1])
		}
	}
	if csp := resp.Header.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || strings.Contains(csp, "http") {
		t.Errorf("%s: loose policy %q", name, csp)
	}
	for _, k := range []string{"Server", "X-Powered-By"} {
		if v := resp.Header.Get(k); v != "" {
			t.Errorf("%s: %s = %q, want none", name, k, v)
		}
	}
	if len(resp.Header.Get("X-Request-Id")) != 8 {
		t.Errorf("%s: no request id", name)
	}
	ct := resp.Header.Get("Content-Type")
	if body != "" && ct == "" {
		t.Errorf("%s: a body without a type", name)
	}
	if (strings.HasPrefix(ct, "text/") || strings.Contains(ct, "json")) && !strings.Contains(ct, "charset=utf-8") {
		t.Errorf("%s: %q without charset", name, ct)
	}
	if resp.StatusCode >= 400 && resp.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("%s: an error may be stored: %q", name, resp.Header.Get("Cache-Control"))
	}
}

// TestNothingBehindTheScenes asks for what other programs leave open. OPS-04.
func TestNothingBehindTheScenes(t *testing.T) {
	x := newTrial(t, nil, "RATE_FACTOR", "0")
	for _, path := range strings.Fields(`
		/debug /debug/ /debug/pprof /debug/pprof/ /debug/pprof/heap /debug/pprof/goroutine /debug/pprof/cmdline /debug/vars /debug/requests
		/metrics /metrics/ /monitor /stats /status /server-status /server-info /actuator /actuator/health /actuator/env /health /info
		/.git/config /.git/HEAD /.env /.env.production /.htaccess /.svn/entries /.DS_Store /.well-known/ /config /config.json /config.yaml
		/admin.php /administrator /wp-admin/ /wp-login.php /phpinfo.php /phpmyadmin/ /console /manager/html /swagger /swagger.json /graphql /graphiql
		/static /static/ /static/.keep /static/manifest.json /static/..%2fembed.go /static/%2e%2e/embed.go /static/../embed.go /dist /dist/
		/templates /templates/layout.html /locales /components /frontend/ /data /data/shangquan.db /backup /backup.zip /dump.sql
		/go.mod /main.go /package.json /trace /test /gallery/ /_next /index.php /cgi-bin/ /shell /api/debug
	`) {
		resp, body := x.ask(t, "GET", path, "")
		if resp.StatusCode == http.StatusPermanentRedirect { // a slash too many
			to := resp.Header.Get("Location")
			resp, body = x.ask(t, "GET", to, "")
		}
		if resp.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s = %d, want 404", path, resp.StatusCode)
		}
		checkHeaders(t, path, resp, body)
	}
}

func TestSlashes(t *testing.T) {
	x := newTrial(t, nil)
	x.listen(t)
	for _, tt := range []struct{ path, want string }{
		{"/en", "/en/"},
		{"/zh-hant", "/zh-hant/"},
		{"/healthz/", "/healthz"},
		{"/healthz/?a=1", "/healthz?a=1"},
		{"/a///", "/a"},
		{"//evil.example/", ""},
		{"/%5cevil.example/", "/%5cevil.example"},
		{"/\\evil.example/", ""},
		{"/nothing", ""},
	} {
		resp, _ := x.raw(t, "GET "+tt.path+" HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n")
		got := resp.Header.Get("Location")
		if got != tt.want && got != "http://shop.test"+tt.want {
			t.Errorf("GET %s leads to %q, want %q", tt.path, got, tt.want)
		}
	}
}
