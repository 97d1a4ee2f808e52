package web

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
)

// Kind says what a route is, which decides how it is addressed, cached and how its errors look.
type Kind uint8

// The kinds. A Page and a Private route exist in each language under its prefix; the others have one address.
const (
	Page    Kind = iota // HTML, or another file that is written in a language; public
	File                // a file for machines: robots.txt, sitemap.xml, a redirect of a short address
	API                 // JSON; errors are problem details
	Static              // a built file
	Private             // answers for one person only: never stored by anybody
)

// Route is one line of the site map.
type Route struct {
	Method string // http.MethodGet answers HEAD too
	Path   string // as Fiber reads it, without the language prefix: /shops/:slug
	Handle fiber.Handler
	Kind   Kind
	// Needs is what the one who asks must be allowed to do; every route says it. Thing says to what, where the address names one;
	// the service asks again about the thing it then works on.
	Needs access.Action
	Thing func(*fiber.Ctx) (access.Thing, error)
	// Body is how many bytes a body may have; 0 stands for bodyLimit.
	Body int
	// Cached answers are kept per data revision and minute, and shared by everybody who sees the same language, theme and size.
	Cached bool
	// Always says that a route that writes answers while the site is frozen, too: signing in and out, and what changes only the
	// visitor's own cookie.
	Always bool
	// Query names the parameters that change the answer. The cache sees no others, so ?utm_source= does not make a second copy;
	// the handler of a cached route reads no others.
	Query []string
	Rate  Rate
	// Framed pages may stand in a frame on other sites; see framed.
	Framed bool
	// Probe is a path the sweep tests send when Path has parameters; it may lead to nothing.
	Probe string
}

// pattern is a Route as it is registered: in one language, with what is counted for it.
type pattern struct {
	Route
	lang   lang.Tag
	counts *routeCounts
}

// register adds every route, in every language it exists in. Nothing else registers routes, so that the sweep tests, the
// limits and the metrics cover each new one without being told.
func (s *Site) register() {
	for _, r := range s.routes {
		if !slices.ContainsFunc(access.Roles, func(x access.Role) bool { return access.Grant(x, r.Needs) != access.None }) {
			panic(fmt.Sprintf("web: %s %s needs %q, which nobody is granted", r.Method, r.Path, r.Needs))
		}
		tags := []lang.Tag{lang.Hans}
		if r.Kind == Page || r.Kind == Private {
			tags = lang.Tags
		}
		counts := s.metrics.route(r.Method, r.Path)
		for _, t := range tags {
			p := &pattern{Route: r, lang: t, counts: counts}
			var handlers []fiber.Handler
			switch {
			case r.Framed:
				handlers = []fiber.Handler{s.enter(p), framed, s.cached(p), r.Handle}
			case r.Cached: // what everybody sees alike
				handlers = []fiber.Handler{s.enter(p), s.cached(p), r.Handle}
			case r.Method == http.MethodGet:
				handlers = []fiber.Handler{s.enter(p), s.deadline, s.admit(p), r.Handle}
			default:
				handlers = []fiber.Handler{s.enter(p), s.sameOrigin, s.deadline, s.admit(p), r.Handle}
			}
			if r.Method == http.MethodGet {
				s.app.Get(ui.Href(t, r.Path), handlers...)
			} else {
				s.app.Add(r.Method, ui.Href(t, r.Path), handlers...)
			}
		}
	}
	s.app.Use(s.unmatched)
}

// largeBodies are the patterns, cut at the slashes, of the routes that take more than bodyLimit.
func largeBodies(routes []Route) []largeBody {
	out := []largeBody{}
	for _, r := range routes {
		if r.Body > bodyLimit {
			out = append(out, largeBody{r.Method, strings.Split(r.Path, "/"), r.Body})
		}
	}
	return out
}

type largeBody struct {
	method string
	path   []string
	bytes  int
}

// bodyLimits allows a body only where something reads one, and as much as it reads, before any of it is read.
func bodyLimits(routes []Route) func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	large := largeBodies(routes)
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		if h.IsGet() || h.IsHead() {
			return fasthttp.RequestConfig{MaxRequestBodySize: noBodyExpected}
		}
		path, _, _ := strings.Cut(string(h.RequestURI()), "?")
		_, path = lang.FromPath(path)
		parts := strings.Split(path, "/")
		for _, l := range large {
			if l.method == string(h.Method()) && l.fits(parts) {
				return fasthttp.RequestConfig{MaxRequestBodySize: l.bytes, ReadTimeout: uploadTime}
			}
		}
		return fasthttp.RequestConfig{}
	}
}

func (l largeBody) fits(parts []string) bool {
	if len(parts) != len(l.path) {
		return false
	}
	for i, p := range l.path {
		if p != parts[i] && !strings.HasPrefix(p, ":") {
			return false
		}
	}
	return true
}
