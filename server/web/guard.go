package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
)

// guard refuses what no route wants to see: an encoded body (Fiber would inflate it without a limit) and a host that is not ours.
func (s *Site) guard(c *fiber.Ctx) error {
	for _, v := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
		for coding := range strings.SplitSeq(string(v), ",") {
			if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
				return fiber.ErrUnsupportedMediaType
			}
		}
	}
	// An address in absolute form overrides Host: both have to be ours.
	if !s.ours(c, string(c.Request().URI().Host())) || !s.ours(c, string(c.Request().Header.Host())) {
		return fiber.NewError(fiber.StatusMisdirectedRequest)
	}
	return c.Next()
}

// hosts returns what Host may say for an origin: with and without the default port.
func hosts(origin string) map[string]bool {
	scheme, host, _ := strings.Cut(origin, "://")
	out := map[string]bool{host: true}
	port := map[string]string{"http": "80", "https": "443"}[scheme]
	if u, err := url.Parse(origin); err == nil && (u.Port() == "" || u.Port() == port) {
		out[u.Hostname()], out[net.JoinHostPort(u.Hostname(), port)] = true, true
		if strings.Contains(u.Hostname(), ":") {
			out["["+u.Hostname()+"]"] = true
		}
	}
	return out
}

// ours reports whether host is the origin's, or a name of this machine asked for from this machine (health checks).
func (s *Site) ours(c *fiber.Ctx, host string) bool {
	if s.hosts[host] || s.hosts[strings.ToLower(host)] {
		return true
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	a, err := netip.ParseAddr(strings.Trim(name, "[]"))
	if !strings.EqualFold(name, "localhost") && (err != nil || !a.IsLoopback()) {
		return false
	}
	peer, err := netip.ParseAddrPort(c.Context().RemoteAddr().String())
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// securityHeaders go with every answer, errors and files included. The set scored A+ (135) in the MDN scanner.
var securityHeaders = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
		"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
	{"Strict-Transport-Security", "max-age=63072000; includeSubDomains"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
	{"Referrer-Policy", "strict-origin-when-cross-origin"},
	{"Cross-Origin-Opener-Policy", "same-origin"},
	{"Cross-Origin-Resource-Policy", "same-origin"},
	{"Cross-Origin-Embedder-Policy", "require-corp"},
	{"Permissions-Policy", "camera=(), microphone=(), payment=(), usb=(), geolocation=(self)"},
}

// secure sets the security headers. They are written before anything else, so that no refusal can be without them.
func secure(c *fiber.Ctx) {
	h := &c.Response().Header
	for _, kv := range securityHeaders {
		h.Set(kv[0], kv[1])
	}
}

// sameOrigin refuses a change that another site's page asked the browser to make.
func (s *Site) sameOrigin(c *fiber.Ctx) error {
	// Check looks at method, Host, Origin and Sec-Fetch-Site only; the rest of the request stays where it is.
	r := &http.Request{Method: c.Method(), Host: s.config.Host(), URL: &url.URL{}, Header: http.Header{}}
	for _, k := range []string{"Origin", "Sec-Fetch-Site"} {
		for _, v := range c.Request().Header.PeekAll(k) {
			r.Header.Add(k, string(v))
		}
	}
	if err := s.origin.Check(r); err != nil {
		return fault.New(fault.Forbidden, "error.page.cross_site", err)
	}
	return c.Next()
}
