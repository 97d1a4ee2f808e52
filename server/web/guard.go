package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"shangquan/services/fault"
)

// guard refuses what no route wants to see: an encoded body (Fiber would inflate it without a limit) and a host that is not ours.
func (s *Site) guard(c *fiber.Ctx) error {
	if len(c.Request().Header.Peek(fiber.HeaderContentEncoding)) > 0 {
		for _, v := range c.Request().Header.PeekAll(fiber.HeaderContentEncoding) {
			for coding := range strings.SplitSeq(string(v), ",") {
				if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
					return fiber.ErrUnsupportedMediaType
				}
			}
		}
	}
	// An address in absolute form overrides Host: both have to be ours.
	if !s.ours(c, c.Request().URI().Host()) || !s.ours(c, c.Request().Header.Host()) {
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

// ours reports whether the host said is the origin's, or a name of this machine asked for from this machine (health checks).
func (s *Site) ours(c *fiber.Ctx, said []byte) bool {
	if s.hosts[string(said)] {
		return true
	}
	host := strings.ToLower(string(said))
	if s.hosts[host] {
		return true
	}
	name := host
	if h, _, err := net.SplitHostPort(host); err == nil {
		name = h
	}
	a, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return (name == "localhost" || (err == nil && a.IsLoopback())) && peerAddr(c.Context()).IsLoopback()
}

// securityHeaders go with every answer, errors and files included. A page with them is an A+ (130, with cookies 135) in the MDN scanner.
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

// firstHeader returns the header every answer begins with.
func firstHeader() *fasthttp.ResponseHeader {
	h := &fasthttp.ResponseHeader{}
	h.SetNoDefaultContentType(true)
	for _, kv := range securityHeaders {
		h.Set(kv[0], kv[1])
	}
	return h
}

// secure begins the answer with the security headers, before anything else, so that no refusal can be without them. Copying a
// header that is made already costs a tenth of setting nine.
func (s *Site) secure(c *fiber.Ctx) { s.first.CopyTo(&c.Response().Header) }

// sameOrigin refuses a change that another site's page asked the browser to make.
func (s *Site) sameOrigin(c *fiber.Ctx) error {
	if err := s.foreign(c); err != nil {
		return fault.New(fault.Forbidden, "error.page.cross_site", err)
	}
	return c.Next()
}

// foreign is the error of a request that another site's page asked the browser for; nil for any other.
func (s *Site) foreign(c *fiber.Ctx) error {
	// Check looks at method, Host, Origin and Sec-Fetch-Site only; the rest of the request stays where it is.
	r := &http.Request{Method: c.Method(), Host: s.config.Host(), URL: &url.URL{}, Header: http.Header{}}
	for _, k := range []string{"Origin", "Sec-Fetch-Site"} {
		for _, v := range c.Request().Header.PeekAll(k) {
			r.Header.Add(k, string(v))
		}
	}
	return s.origin.Check(r)
}
