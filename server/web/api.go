package web

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/api"
	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
)

// apiRoutes puts the addresses of the API into the site map: they share the limits, the cache and the sweep tests with the pages.
func (s *Site) apiRoutes(a *api.API) []Route {
	out := []Route{}
	for _, r := range a.Routes() {
		route := Route{Method: http.MethodGet, Path: r.Path, Handle: r.Handle, Kind: API, Cached: true, Query: r.Query, Probe: r.Probe, Needs: access.PublicRead}
		switch {
		case r.Needs != "":
			route.Handle, route.Cached, route.Needs = s.keyed(r), false, r.Needs
			if r.Method != "" {
				route.Method, route.Rate = r.Method, Write
			}
		case r.Search:
			route.Rate = Search
		}
		out = append(out, route)
	}
	return out
}

// keyed lets a merchant's program in by its key, which stands in the header Authorization and nowhere else: addresses are written
// down on the way, in logs and histories.
func (s *Site) keyed(r api.Route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		by, err := s.program(c)
		if err != nil {
			if fault.Is(err, fault.Unauthenticated) {
				c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
			}
			return err
		}
		if !slices.Contains(by.Key.Actions, r.Needs) {
			return fault.New(fault.Forbidden, "api.problem.scope", nil)
		}
		q := Of(c)
		by.Request, by.Client = q.ID, q.Client
		q.Actor = by
		api.SetActor(c, by)
		return r.Handle(c)
	}
}

// program finds out whose key a request has.
func (s *Site) program(c *fiber.Ctx) (access.Actor, error) {
	scheme, key, ok := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || s.services.APIKeys == nil {
		return access.Actor{}, fault.New(fault.Unauthenticated, "api.problem.no_key", nil)
	}
	by, err := s.services.APIKeys.Authenticate(c.UserContext(), strings.TrimSpace(key))
	if f, ok := err.(*fault.Error); ok && f.Key == "error.api_key.daily" { //nolint:errorlint // of a service, which wraps nothing
		now := s.now()
		midnight := time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location())
		return by, &limited{int(midnight.Sub(now).Seconds()) + 1, f}
	}
	return by, err
}

// keyless refuses an address with a key in it, on every address of the API: it should fail before it becomes a habit.
func keyless(c *fiber.Ctx) error {
	if len(c.Request().URI().QueryString()) > 0 && keyInQuery(c) {
		return &api.Refused{Status: fiber.StatusBadRequest, Fault: fault.New(fault.Invalid, "api.problem.key_in_query", nil)}
	}
	return nil
}

// keyInQuery reports whether somebody put a key into the address.
func keyInQuery(c *fiber.Ctx) bool {
	for name, value := range c.Request().URI().QueryArgs().All() {
		switch strings.ToLower(string(name)) {
		case "key", "api_key", "apikey", "api-key", "token", "access_token", "authorization":
			return true
		}
		if bytes.HasPrefix(value, []byte("sq_")) {
			return true
		}
	}
	return false
}

// apiPage is the OpenAPI document for people: what there is, and an address to try.
type apiPage struct {
	Base       ui.Base
	Operations []api.Operation
	Webhook    webhookDoc
}

func (s *Site) apiPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := apiPage{Base: s.Base(c, p.say("api.title")), Operations: api.Operations(), Webhook: s.webhookDoc(p)}
	v.Base.Description = p.say("api.lead")
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "api", v)
}
