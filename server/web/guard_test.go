package web

import (
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// TestHosts: only the configured names are answered, and links are built of the configured origin. HTT-06.
func TestHosts(t *testing.T) {
	x := newTrial(t, []Route{{Method: "GET", Path: "/x", Handle: words("x"), Kind: Page, Cached: true}}, "RATE_FACTOR", "0")
	x.listen(t)
	port := x.addr[strings.LastIndex(x.addr, ":"):]
	for _, tt := range []struct {
		name, target, host string
		status             int
	}{
		{"ours", "/x", "shop.test", 200},
		{"ours with the default port", "/x", "shop.test:80", 200},
		{"ours in capitals", "/x", "SHOP.Test", 200},
		{"ours in absolute form", "http://shop.test/x", "shop.test", 200},
		{"this machine from this machine", "/x", "127.0.0.1" + port, 200},
		{"localhost from this machine", "/x", "localhost:9", 200},
		{"another", "/x", "evil.test", 421},
		{"another port", "/x", "shop.test:8081", 421},
		{"ours as a prefix", "/x", "shop.test.evil.test", 421},
		{"ours as a suffix", "/x", "evilshop.test", 421},
		{"script", "/x", `a"><script>`, 421},
		{"user information", "/x", "shop.test@evil.test", 421},
		{"absolute form overrides", "http://evil.test/x", "shop.test", 421},
		{"absolute form hides", "http://shop.test/x", "evil.test", 421},
		{"dotted", "/x", "shop.test.", 421},
		{"another address", "/x", "10.0.0.1", 421},
		{"a static file", "/static/none.js", "evil.test", 421},
		{"health", "/healthz", "evil.test", 421},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, _ := x.raw(t, "GET "+tt.target+" HTTP/1.1\r\nHost: "+tt.host+"\r\nConnection: close\r\n\r\n")
			// What cannot be read as a host at all is refused before the guard.
			if resp.StatusCode != tt.status && (tt.status != 421 || resp.StatusCode != 400) {
				t.Errorf("= %d, want %d", resp.StatusCode, tt.status)
			}
			checkHeaders(t, tt.name, resp, "")
		})
	}
	// app.Test's peer is 0.0.0.0: not this machine.
	if resp, _ := x.ask(t, "GET", "/x", "", "Host", "localhost"); resp.StatusCode != 421 {
		t.Errorf("localhost from elsewhere = %d, want 421", resp.StatusCode)
	}
}

// TestForwardedHeaders: what a client says of itself changes neither its address nor a link. HTT-07.
func TestForwardedHeaders(t *testing.T) {
	var seen Request
	var host, proto string
	route := []Route{{Method: "GET", Path: "/who", Kind: File, Handle: func(c *fiber.Ctx) error {
		seen, host, proto = *Of(c), c.Hostname(), c.Protocol()
		return c.SendString("x")
	}}}
	spoof := "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\nForwarded: for=6.6.6.6;host=evil.test\r\nTrue-Client-Ip: 6.6.6.6\r\n"
	for _, tt := range []struct{ name, proxies, header, want string }{
		{"direct", "", "X-Real-IP: 6.6.6.6\r\n" + spoof, "127.0.0.1"},
		{"another proxy is trusted", "10.0.0.0/8", "X-Real-IP: 6.6.6.6\r\n" + spoof, "127.0.0.1"},
		{"through the proxy", "127.0.0.1", "X-Real-IP: 9.9.9.9\r\nX-Forwarded-For: 6.6.6.6\r\n", "9.9.9.9"},
		{"through the proxy, IPv6", "127.0.0.0/8", "X-Real-IP: 2001:db8::1\r\n", "2001:db8::1"},
		{"mapped", "127.0.0.1", "X-Real-IP: ::ffff:9.9.9.9\r\n", "9.9.9.9"},
		{"the proxy says two things", "127.0.0.1", "X-Real-IP: 9.9.9.9\r\nX-Real-IP: 6.6.6.6\r\n", "127.0.0.1"},
		{"the proxy says a list", "127.0.0.1", "X-Real-IP: 9.9.9.9, 6.6.6.6\r\n", "127.0.0.1"},
		{"the proxy says a name", "127.0.0.1", "X-Real-IP: client\r\n", "127.0.0.1"},
		{"with a zone", "127.0.0.1", "X-Real-IP: fe80::1%eth0\r\n", "127.0.0.1"},
		{"the proxy says nothing", "127.0.0.1", "X-Forwarded-For: 6.6.6.6\r\n", "127.0.0.1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := newTrial(t, route, "TRUSTED_PROXIES", tt.proxies)
			x.listen(t)
			x.raw(t, "GET /who HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n"+tt.header+"\r\n")
			if seen.Client != netip.MustParseAddr(tt.want) {
				t.Errorf("client %v, want %s", seen.Client, tt.want)
			}
			if tt.proxies == "" && (host != "shop.test" || proto != "http") {
				t.Errorf("host %q, protocol %q: believed", host, proto)
			}
			if strings.Contains(x.lines.String(), "6.6.6") {
				t.Errorf("the log believed it: %s", x.lines)
			}
		})
	}
}

// TestCrossOrigin sends the eight cases of a foreign page to every route that changes something.
func TestCrossOrigin(t *testing.T) {
	x := newTrial(t, nil, "RATE_FACTOR", "0")
	for _, r := range x.Routes() {
		if r.Method == http.MethodGet {
			continue
		}
		for _, tt := range []struct {
			name   string
			header []string
			pass   bool
		}{
			{"cross-site", []string{"Sec-Fetch-Site", "cross-site"}, false},
			{"same-site", []string{"Sec-Fetch-Site", "same-site"}, false},
			{"foreign origin", []string{"Origin", "https://evil.test"}, false},
			{"null origin", []string{"Origin", "null"}, false},
			{"cross-site with our origin", []string{"Sec-Fetch-Site", "cross-site", "Origin", "http://shop.test"}, false},
			{"same-origin", []string{"Sec-Fetch-Site", "same-origin"}, true},
			{"typed", []string{"Sec-Fetch-Site", "none"}, true},
			{"our origin, old browser", []string{"Origin", "http://shop.test"}, true},
			{"not a browser", nil, true},
		} {
			resp, _ := x.ask(t, r.Method, r.probe(), "", tt.header...)
			if (resp.StatusCode != http.StatusForbidden) != tt.pass {
				t.Errorf("%s %s, %s = %d, pass %v", r.Method, r.Path, tt.name, resp.StatusCode, tt.pass)
			}
		}
	}
}

func TestPreferences(t *testing.T) {
	x := newTrial(t, []Route{{Method: "GET", Path: "/x", Kind: Page, Handle: func(c *fiber.Ctx) error {
		r := Of(c)
		return c.SendString(r.Theme + "|" + r.Size)
	}}}, "RATE_FACTOR", "0", "ORIGIN", "http://shop.test")
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	for _, tt := range []struct {
		name, body   string
		status       int
		cookies, see string
	}{
		{"dark", "theme=dark&back=/en/", 303, "theme=dark", "dark|"},
		{"large", "size=large", 303, "size=large", "|large"},
		{"both", "size=large&theme=light", 303, "theme=light; size=large", "light|large"},
		{"as the device says", "theme=auto", 303, "theme=", "|"},
		{"neither", "", 303, "", "|"},
		{"unknown word", "theme=%22%3E%3Cscript%3E", 422, "", "|"},
		{"unreadable", "theme=%zz", 400, "", "|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, _ := x.ask(t, "POST", "/preferences", tt.body, form...)
			var got []string
			for _, c := range resp.Cookies() {
				got = append(got, c.Name+"="+c.Value)
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
					t.Errorf("cookie %v", c)
				}
			}
			if resp.StatusCode != tt.status || strings.Join(got, "; ") != tt.cookies {
				t.Errorf("= %d %q, want %d %q", resp.StatusCode, got, tt.status, tt.cookies)
			}
			if _, body := x.ask(t, "GET", "/x", "", "Cookie", strings.Join(got, "; ")); body != tt.see {
				t.Errorf("the next page sees %q, want %q", body, tt.see)
			}
		})
	}
	if resp, _ := x.ask(t, "POST", "/preferences", `{"theme":"dark"}`, "Content-Type", "application/json"); resp.StatusCode != 415 {
		t.Errorf("JSON = %d, want 415", resp.StatusCode)
	}
	if _, body := x.ask(t, "GET", "/x", "", "Cookie", `theme="><script>; size=huge`); body != "|" {
		t.Errorf("cookies off the list reach the page: %q", body)
	}
}

// TestRedirectTargets: INP-06.
func TestRedirectTargets(t *testing.T) {
	x := newTrial(t, nil, "RATE_FACTOR", "0")
	for _, tt := range []struct {
		back string
		safe bool
	}{
		{"/", true},
		{"/en/shops/a?q=%E9%9D%A2&x=//y", true},
		{"/streets/中山中路", true},
		{"/a#b", true},
		{"", false},
		{"shops", false},
		{"//evil.test", false},
		{"///evil.test", false},
		{`/\evil.test`, false},
		{`\/evil.test`, false},
		{`/a\..\..\\evil.test`, false},
		{"/\t/evil.test", false},
		{"/\n/evil.test", false},
		{"/\r\nLocation: //evil.test", false},
		{"\t//evil.test", false},
		{" //evil.test", false},
		{"/\x00", false},
		{"/\x7f", false},
		{"http://evil.test", false},
		{"https:evil.test", false},
		{"HTTP://shop.test/", false},
		{"javascript:alert(1)", false},
		{"data:text/html,x", false},
		{"//shop.test@evil.test", false},
		{"/%2F/evil.test", false},
		{"/%", false},
		{"?q=1", false},
		{"/" + strings.Repeat("a", 3000), false},
	} {
		if got := safeBack(tt.back); got != tt.safe {
			t.Errorf("safeBack(%.40q) = %v, want %v", tt.back, got, tt.safe)
		}
	}
	resp, _ := x.ask(t, "POST", "/preferences", "theme=dark&back=//evil.test", "Content-Type", "application/x-www-form-urlencoded")
	if to := resp.Header.Get("Location"); to != "/" {
		t.Errorf("an unsafe target leads to %q, want /", to)
	}
}

// TestRateLimits holds HTT-13: each class of requests has its own count, of a client and of an account.
func TestRateLimits(t *testing.T) {
	start := time.Unix(1_800_000_000, 0)
	a := netip.MustParseAddr("203.0.113.7")
	burst := func(l *limits, who netip.Addr, rate Rate, now time.Time, n int) (passed int) {
		for range n {
			if l.take(who, rate, now) == 0 {
				passed++
			}
		}
		return passed
	}
	t.Run("each class", func(t *testing.T) {
		for rate, want := range map[Rate]int{Public: 50, Search: 30, Write: 30, Upload: 10, Report: 5, Claims: 3, Unlimited: 500} {
			if got := burst(newLimits(1), a, rate, start, 500); got != want {
				t.Errorf("class %d let %d of 500 pass, want %d", rate, got, want)
			}
		}
	})
	t.Run("both windows", func(t *testing.T) {
		l := newLimits(1)
		total := 0
		for i := range 6 {
			total += burst(l, a, Public, start.Add(time.Duration(i)*10*time.Second), 100)
		}
		if total != 200 {
			t.Errorf("%d in a minute, want 200", total)
		}
		if wait := l.take(a, Public, start.Add(59*time.Second)); wait != time.Second {
			t.Errorf("wait %v, want 1s", wait)
		}
		if wait := l.take(a, Public, start.Add(61*time.Second)); wait != 0 {
			t.Errorf("wait %v after the minute, want none", wait)
		}
	})
	t.Run("clients and classes apart", func(t *testing.T) {
		l := newLimits(1)
		burst(l, a, Public, start, 100)
		if l.take(netip.MustParseAddr("203.0.113.8"), Public, start) != 0 || l.take(a, Search, start) != 0 {
			t.Error("one client's burst in one class stops others")
		}
	})
	t.Run("clock set back", func(t *testing.T) {
		l := newLimits(1)
		burst(l, a, Report, start, 5)
		if l.take(a, Report, start.Add(-24*time.Hour)) != 0 {
			t.Error("locked out until the clock is where it was")
		}
	})
	t.Run("a /64 is one", func(t *testing.T) {
		l := newLimits(1)
		b := netip.MustParseAddr("2001:db8::").As16()
		passed := 0
		for i := range 1_000_000 {
			b[13], b[14], b[15] = byte(i>>16), byte(i>>8), byte(i)
			if l.take(netip.AddrFrom16(b), Public, start) == 0 {
				passed++
			}
		}
		if passed != 50 || len(l.counts.byKey) != 1 {
			t.Errorf("%d passed under %d keys, want 50 under 1", passed, len(l.counts.byKey))
		}
	})
	t.Run("an account is one, wherever it is", func(t *testing.T) {
		l := newLimits(1)
		passed := 0
		for i := range 60 {
			at := start.Add(time.Duration(i) * time.Second)
			if l.take(netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}), Write, at) == 0 && l.takeBy("a1", Write, at) == 0 {
				passed++
			}
		}
		if passed != 30 || l.takeBy("a2", Write, start) != 0 || l.takeBy("a1", Write, start.Add(61*time.Second)) != 0 {
			t.Errorf("%d of 60 passed, want 30, and nothing of other accounts or of the next minute", passed)
		}
	})
	t.Run("what came to nothing", func(t *testing.T) {
		l := newLimits(1)
		for range 9 {
			if l.take(a, Claims, start) != 0 || l.takeBy("a1", Claims, start) != 0 {
				t.Fatal("a claim that was not taken counts")
			}
			l.back(limitKey{who: a, rate: Claims}, limitKey{account: "a1", rate: Claims})
		}
	})
	t.Run("bounded", func(t *testing.T) {
		l := newLimits(1)
		for i := range 3 * limitKeys {
			l.take(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), Public, start)
		}
		if n := len(l.counts.byKey); n != limitKeys || l.counts.order.Len() != limitKeys {
			t.Errorf("%d keys, want %d", n, limitKeys)
		}
	})
	t.Run("off", func(t *testing.T) {
		if got := burst(newLimits(0), a, Report, start, 100); got != 100 {
			t.Errorf("%d passed, want all", got)
		}
	})
	t.Run("answer", func(t *testing.T) {
		x := newTrial(t, []Route{{Method: "GET", Path: "/x", Handle: words("x"), Kind: Page, Cached: true}})
		var last *http.Response
		var body string
		for range 51 {
			last, body = x.ask(t, "GET", "/x", "")
		}
		if last.StatusCode != 429 || last.Header.Get("Retry-After") != "10" || !strings.Contains(body, "10 秒") {
			t.Errorf("= %d, Retry-After %q", last.StatusCode, last.Header.Get("Retry-After"))
		}
		if last, _ = x.ask(t, "GET", "/static/none.js", ""); last.StatusCode != 404 {
			t.Errorf("a file = %d: files are not limited", last.StatusCode)
		}
		if last, _ = x.ask(t, "GET", "/nothing", ""); last.StatusCode != 429 {
			t.Errorf("an unknown address = %d: those are limited, too", last.StatusCode)
		}
		x.wait(10 * time.Second)
		if last, _ = x.ask(t, "GET", "/x", ""); last.StatusCode != 200 {
			t.Errorf("= %d after the wait", last.StatusCode)
		}
	})
}
