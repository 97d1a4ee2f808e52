package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
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
	// Cached answers are kept per data revision and minute, and shared by everybody who sees the same language, theme and size.
	Cached bool
	// Query names the parameters that change the answer. The cache sees no others, so ?utm_source= does not make a second copy;
	// the handler of a cached route reads no others.
	Query []string
	Rate  Rate
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
		tags := []lang.Tag{lang.Hans}
		if r.Kind == Page || r.Kind == Private {
			tags = lang.Tags
		}
		counts := s.metrics.route(r.Method, r.Path)
		for _, t := range tags {
			p := &pattern{Route: r, lang: t, counts: counts}
			handlers := []fiber.Handler{s.enter(p), s.deadline}
			if r.Cached {
				handlers = []fiber.Handler{s.enter(p), s.cached(p)}
			}
			if r.Method == http.MethodGet {
				s.app.Get(ui.Href(t, r.Path), append(handlers, r.Handle)...)
			} else {
				s.app.Add(r.Method, ui.Href(t, r.Path), append([]fiber.Handler{s.enter(p), s.sameOrigin, s.deadline}, r.Handle)...)
			}
		}
	}
	s.app.Use(s.unmatched)
}
