package web

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend"
	"shangquan/server/web/ui"
	"shangquan/services/lang"
	"shangquan/services/notice"
)

// sitemap of the protocol of sitemaps.org, with the pages of each language as alternates of each other.
type sitemapSet struct {
	XMLName xml.Name     `xml:"urlset"`
	Space   string       `xml:"xmlns,attr"`
	XHTML   string       `xml:"xmlns:xhtml,attr"`
	URLs    []sitemapURL `xml:"url"`
}

type sitemapURL struct {
	Loc   string        `xml:"loc"`
	Mod   string        `xml:"lastmod,omitempty"`
	Other []sitemapLink `xml:"xhtml:link"`
}

type sitemapLink struct {
	Rel  string `xml:"rel,attr"`
	Lang string `xml:"hreflang,attr"`
	Href string `xml:"href,attr"`
}

// sitemapLimit is the most addresses one file may have (sitemaps.org); a district has a few thousand.
const sitemapLimit = 50_000

func (s *Site) sitemap(c *fiber.Ctx) error {
	entries, err := s.directory.Sitemap(c.UserContext())
	if err != nil {
		return err
	}
	set := sitemapSet{Space: "http://www.sitemaps.org/schemas/sitemap/0.9", XHTML: "http://www.w3.org/1999/xhtml"}
	add := func(path string, mod time.Time) {
		if len(set.URLs) >= sitemapLimit {
			return
		}
		u := sitemapURL{Loc: s.config.Origin + path}
		if !mod.IsZero() {
			u.Mod = mod.UTC().Format(time.RFC3339)
		}
		for _, t := range lang.Tags {
			if !s.leadsTo(t) {
				continue
			}
			u.Other = append(u.Other, sitemapLink{"alternate", string(t), s.config.Origin + ui.Href(t, path)})
		}
		set.URLs = append(set.URLs, u)
	}
	for _, path := range []string{"/", "/plazas", "/streets", "/night", "/heritage", "/points", "/holidays", "/notices", "/about", "/help", "/accessibility", "/privacy", "/open-data", "/bodies", "/meetings", "/station", "/spaces", "/activities", "/neighbours", "/programme", "/policies", "/outdoor", "/vacancies", "/heritage/walk", "/how-we-answer"} {
		add(path, time.Time{})
	}
	if s.services.Vacancies != nil {
		list, err := s.services.Vacancies.Public(c.UserContext())
		if err != nil {
			return err
		}
		for i := range list {
			add("/vacancies/"+list[i].ID, list[i].UpdatedAt)
		}
	}
	if s.services.Posts != nil {
		live, err := s.services.Posts.Published(c.UserContext(), s.now())
		if err != nil {
			return err
		}
		for i := range live {
			if live[i].Held != nil {
				add("/events/"+live[i].ID, live[i].UpdatedAt)
			}
		}
	}
	for _, x := range s.board(c).Live(s.now(), notice.Filter{}) {
		add("/notices/"+x.ID, x.UpdatedAt)
	}
	// Streets, plazas and shops come last: of a district with more than one file holds, only shops are left to be found by their lists.
	folder := map[string]string{"shop": "/shops/", "street": "/streets/", "plaza": "/plazas/"}
	slices.Reverse(entries)
	for _, e := range entries {
		add(folder[e.Kind]+e.Slug, e.Mod)
	}
	body, err := xml.Marshal(set)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	return c.Send(append([]byte(xml.Header), body...))
}

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
