package web

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend"
	"shangquan/server/web/ui"
)

func (s *Site) robots(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.SendString("User-agent: *\nDisallow: /suggest\nDisallow: /favourites?\nDisallow: /preferences\nSitemap: " + s.config.Origin + "/sitemap.xml\n")
}

// manifest lets the site be put on the home screen.
func (s *Site) manifest(c *fiber.Ctx) error {
	t := Of(c).Lang
	name, _ := s.identity().Name.In(t)
	icon, err := s.assets.URL(frontend.MarkEntry)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{
		"name": name, "short_name": s.identity().Sign, "lang": t, "start_url": ui.Href(t, "/"), "scope": "/", "display": "browser",
		"background_color": "#FAF8F2", "theme_color": "#FAF8F2",
		"icons": []map[string]string{{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}},
	})
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/manifest+json; charset=utf-8")
	return c.Send(body)
}

// worker is the script of the offline copy. It stands at the root because it may only serve what lies below it.
func (s *Site) worker(c *fiber.Ctx) error {
	f := s.assets.Entry(frontend.WorkerEntry)
	c.Set(fiber.HeaderContentType, f.ContentType)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Send(f.Bytes(frontend.Identity))
}

// securityText is RFC 9116: where to report a hole. It is there when the site has a phone to call.
func (s *Site) securityText(c *fiber.Ctx) error {
	contact := dialled(s.identity().Phone)
	if contact == "" {
		return fiber.ErrNotFound
	}
	expires := s.now().UTC().AddDate(1, 0, 0).Format("2006-01-02") + "T00:00:00Z"
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.SendString(strings.Join([]string{
		"Contact: tel:" + contact, "Expires: " + expires, "Preferred-Languages: zh, en", "Canonical: " + s.config.Origin + "/.well-known/security.txt", "",
	}, "\n"))
}
