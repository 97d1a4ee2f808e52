package web

import (
	"encoding/xml"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/lang"
	"shangquan/services/notice"
)

// The sitemap follows the protocol of sitemaps.org, with the pages of each language as alternates of each other. It is one file; of a
// district that needs more, it is the list of these.
type (
	sitemapSet struct {
		XMLName xml.Name     `xml:"urlset"`
		Space   string       `xml:"xmlns,attr"`
		XHTML   string       `xml:"xmlns:xhtml,attr"`
		URLs    []sitemapURL `xml:"url"`
	}
	sitemapURL struct {
		Loc   string        `xml:"loc"`
		Mod   string        `xml:"lastmod,omitempty"`
		Other []sitemapLink `xml:"xhtml:link"`
	}
	sitemapLink struct {
		Rel  string `xml:"rel,attr"`
		Lang string `xml:"hreflang,attr"`
		Href string `xml:"href,attr"`
	}
	sitemapIndex struct {
		XMLName xml.Name      `xml:"sitemapindex"`
		Space   string        `xml:"xmlns,attr"`
		Files   []sitemapFile `xml:"sitemap"`
	}
	sitemapFile struct {
		Loc string `xml:"loc"`
	}
)

const (
	sitemapSpace = "http://www.sitemaps.org/schemas/sitemap/0.9"
	// sitemapMost is how many addresses a file has at most: a fifth of what sitemaps.org allows, for a page cache keeps it.
	sitemapMost = 10_000
)

// address is a page worth finding, without the prefix of a language, and when it changed; zero where nobody keeps that.
type address struct {
	path string
	mod  time.Time
}

// sitemap: GET /sitemap.xml (part).
func (s *Site) sitemap(c *fiber.Ctx) error {
	all, err := s.addresses(c)
	if err != nil {
		return err
	}
	v, err := s.sitemapPart(all, sitemapMost, c.Query("part"))
	if err != nil {
		return err
	}
	return sendXML(c, v)
}

// sitemapPart is the file with these addresses, or the list of files with at most so many each; with part, counted from 1, one of these. A
// file speaks for what is in its folder and below, so all of them are at the root. The first is there where one file is enough, too.
func (s *Site) sitemapPart(all []address, most int, part string) (any, error) {
	files := slices.Collect(slices.Chunk(all, most))
	if part != "" {
		n, err := strconv.Atoi(part)
		if err != nil || strconv.Itoa(n) != part || n < 1 || n > len(files) {
			return nil, fiber.ErrNotFound
		}
		return s.sitemapOf(files[n-1]), nil
	}
	if len(files) <= 1 {
		return s.sitemapOf(all), nil
	}
	index := sitemapIndex{Space: sitemapSpace}
	for n := range files {
		index.Files = append(index.Files, sitemapFile{s.config.Origin + "/sitemap.xml?part=" + strconv.Itoa(n+1)})
	}
	return index, nil
}

func (s *Site) sitemapOf(all []address) sitemapSet {
	set := sitemapSet{Space: sitemapSpace, XHTML: "http://www.w3.org/1999/xhtml", URLs: make([]sitemapURL, len(all))}
	for i, a := range all {
		u := &set.URLs[i]
		u.Loc = s.config.Origin + a.path
		if !a.mod.IsZero() {
			u.Mod = a.mod.UTC().Format(time.RFC3339)
		}
		for _, t := range lang.Tags {
			if s.leadsTo(t) {
				u.Other = append(u.Other, sitemapLink{"alternate", string(t), s.config.Origin + ui.Href(t, a.path)})
			}
		}
	}
	return set
}

func sendXML(c *fiber.Ctx, v any) error {
	body, err := xml.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/xml; charset=utf-8")
	return c.Send(append([]byte(xml.Header), body...))
}

// addresses is every page worth finding, in the same order as long as none comes or goes.
func (s *Site) addresses(c *fiber.Ctx) ([]address, error) {
	entries, err := s.directory.Sitemap(c.UserContext())
	if err != nil {
		return nil, err
	}
	var all []address
	add := func(path string, mod time.Time) { all = append(all, address{path, mod}) }
	for _, path := range []string{"/", "/plazas", "/streets", "/night", "/heritage", "/points", "/holidays", "/notices", "/about", "/help", "/accessibility", "/privacy", "/open-data", "/bodies", "/meetings", "/station", "/spaces", "/activities", "/neighbours", "/programme", "/policies", "/outdoor", "/vacancies", "/heritage/walk", "/how-we-answer"} {
		add(path, time.Time{})
	}
	if s.services.Vacancies != nil {
		list, err := s.services.Vacancies.Public(c.UserContext())
		if err != nil {
			return nil, err
		}
		for i := range list {
			add("/vacancies/"+list[i].ID, list[i].UpdatedAt)
		}
	}
	if s.services.Posts != nil {
		live, err := s.services.Posts.Published(c.UserContext(), s.now())
		if err != nil {
			return nil, err
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
	folder := map[string]string{"shop": "/shops/", "street": "/streets/", "plaza": "/plazas/"}
	for _, e := range entries {
		add(folder[e.Kind]+e.Slug, e.Mod)
	}
	return all, nil
}
