package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/api"
	"shangquan/server/web/ui"
	"shangquan/services/access"
)

// apiRoutes puts the addresses of the API into the site map: they share the limits, the cache and the sweep tests with the pages.
func apiRoutes(a *api.API) []Route {
	out := []Route{}
	for _, r := range a.Routes() {
		rate := Public
		if r.Search {
			rate = Search
		}
		out = append(out, Route{Method: http.MethodGet, Path: r.Path, Handle: r.Handle, Kind: API, Cached: true, Query: r.Query, Rate: rate, Probe: r.Probe, Needs: access.PublicRead})
	}
	return out
}

// apiPage is the OpenAPI document for people: what there is, and an address to try.
type apiPage struct {
	Base       ui.Base
	Operations []api.Operation
}

func (s *Site) apiPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := apiPage{Base: s.Base(c, p.say("api.title")), Operations: api.Operations()}
	v.Base.Description = p.say("api.lead")
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "api", v)
}
