package web

import (
	"context"
	"math/rand/v2"
	"net"
	"net/netip"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/lang"
)

// Request is what is known of a request besides its input. It lives in the Fiber context and dies with the request.
type Request struct {
	ID     string     // for the log and, in large letters, for people to read out
	Lang   lang.Tag   // of the address
	Theme  string     // "light", "dark" or "" (as the device says)
	Size   string     // "large" or ""
	Client netip.Addr // see clientAddr

	// Actor is who asks. It is a visitor on routes that everybody shares, and until admit has looked.
	Actor access.Actor
	// Session and Account are there when Actor is a person who signed in, or who has yet to give the second factor.
	Session account.Session
	Account account.Account

	form    *form  // of a request with one; see Site.form
	counted *tally // see notes
	route   *pattern
	start   time.Time
	// patience is until when questions beside the matter may go on, see beside; zero before the first.
	patience time.Time
	// expected says that an answer of 500 and more is no mistake of ours: the site is frozen.
	expected bool
	err      error // what the log has to say; nil for what is the visitor's own
}

type requestKey struct{}

// Of returns the Request of c. It is never nil inside a handler.
func Of(c *fiber.Ctx) *Request {
	r, _ := c.Locals(requestKey{}).(*Request)
	return r
}

// begin makes the Request. Its language is that of the route, once one is entered.
func (s *Site) begin(c *fiber.Ctx) *Request {
	r := &Request{ID: newID(), Client: s.clientAddr(c.Context()), start: s.now(), Lang: lang.Hans}
	h := &c.Request().Header
	switch theme := h.Cookie(themeCookie); string(theme) {
	case "light":
		r.Theme = "light"
	case "dark":
		r.Theme = "dark"
	}
	if string(h.Cookie(sizeCookie)) == "large" {
		r.Size = "large"
	}
	c.Locals(requestKey{}, r)
	c.Response().Header.Set("X-Request-Id", r.ID)
	return r
}

// idLetters are Crockford's base 32: no letter that is mistaken for a digit when read out on the phone.
const idLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newID returns 8 letters, 40 bits: an identifier to find a line in the log with, not a secret.
func newID() string {
	var b [8]byte
	n := rand.Uint64() //nolint:gosec // G404: it names a line in the log and opens nothing
	for i := range b {
		b[i] = idLetters[n>>(5*i)&31]
	}
	return string(b[:])
}

// clientAddr returns who is asking: the peer, or what a trusted proxy says in X-Real-IP. The proxy overwrites that header;
// X-Forwarded-For is never read, because its left end is the client's own word.
func (s *Site) clientAddr(c *fasthttp.RequestCtx) netip.Addr {
	addr := peerAddr(c)
	for _, p := range s.config.TrustedProxies {
		if !p.Contains(addr) {
			continue
		}
		if said := c.Request.Header.PeekAll("X-Real-Ip"); len(said) == 1 {
			if real, err := netip.ParseAddr(string(said[0])); err == nil && real.Zone() == "" {
				return real.Unmap()
			}
		}
		break
	}
	return addr
}

// peerAddr returns who holds the other end of the connection; the zero address when that is not TCP.
func peerAddr(c *fasthttp.RequestCtx) netip.Addr {
	if tcp, ok := c.RemoteAddr().(*net.TCPAddr); ok {
		return tcp.AddrPort().Addr().Unmap()
	}
	return netip.Addr{}
}

// handlerTime is how long a handler may work: shorter than the write timeout, so that the answer says what happened.
const handlerTime = 10 * time.Second

// deadline gives the handler a context that ends. Fiber's own has no deadline.
func (s *Site) deadline(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(s.base, handlerTime)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}

// enter notes which route answers and in which language, and charges the client for it.
func (s *Site) enter(p *pattern) fiber.Handler {
	return func(c *fiber.Ctx) error {
		r := Of(c)
		r.route, r.Lang = p, p.lang
		if p.Kind == API {
			if t, ok := lang.Parse(c.Query("lang")); ok {
				r.Lang = t
			}
			if err := keyless(c); err != nil {
				return err
			}
		}
		if p.Kind == Private {
			c.Response().Header.Set(fiber.HeaderCacheControl, "no-store")
		}
		if wait := s.limits.take(r.Client, p.Rate, r.start); wait > 0 {
			return tooMany(wait)
		}
		return c.Next()
	}
}
