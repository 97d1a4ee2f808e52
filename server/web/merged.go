package web

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
)

// shopPath begins the addresses of a shop's pages.
const shopPath = "/shops/:slug"

// forMerged lets every page of a shop that was merged lead to the same page of the shop that goes on, for good.
func (s *Site) forMerged(routes []Route) []Route {
	for i := range routes {
		if r := &routes[i]; r.Method == http.MethodGet && (r.Kind == Page || r.Kind == Private) && (r.Path == shopPath || strings.HasPrefix(r.Path, shopPath+"/")) {
			r.Handle = s.orSurvivor(r.Path, r.Handle)
		}
	}
	return routes
}

func (s *Site) orSurvivor(path string, handle fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		err := handle(c)
		if !fault.Is(err, fault.NotFound) {
			return err
		}
		slug, merged := s.directory.Survivor(c.UserContext(), c.Params("slug"))
		if merged != nil {
			return err
		}
		to := at(c, strings.Replace(path, ":slug", slug, 1))
		if q := string(c.Request().URI().QueryString()); q != "" {
			to += "?" + q
		}
		return c.Redirect(to, fiber.StatusMovedPermanently)
	}
}
