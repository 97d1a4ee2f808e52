package web

import (
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/atom"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/post"
)

// placeFeedRoutes are what one can follow of a street, a plaza or a category: which shops opened, closed, moved or have other hours, and
// when there is what.
func (s *Site) placeFeedRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/streets/:slug/changes.atom", Handle: s.streetNews, Cached: true, Needs: access.PublicRead, Probe: "/streets/none/changes.atom"},
		{Method: http.MethodGet, Path: "/plazas/:slug/changes.atom", Handle: s.plazaNews, Cached: true, Needs: access.PublicRead, Probe: "/plazas/none/changes.atom"},
		{Method: http.MethodGet, Path: "/offers.ics", Handle: s.offersCalendar, Cached: true, Query: []string{"at", "cat"}, Needs: access.PublicRead},
	}
}

// streetNews: GET /streets/:slug/changes.atom.
func (s *Site) streetNews(c *fiber.Ctx) error {
	x, news, err := s.directory.StreetNews(c.UserContext(), c.Params("slug"))
	if err != nil {
		return err
	}
	return s.sendNews(c, "/streets/"+x.Slug, x.Name, news)
}

// plazaNews: GET /plazas/:slug/changes.atom.
func (s *Site) plazaNews(c *fiber.Ctx) error {
	x, news, err := s.directory.PlazaNews(c.UserContext(), c.Params("slug"))
	if err != nil {
		return err
	}
	return s.sendNews(c, "/plazas/"+x.Slug, x.Name, news)
}

func (s *Site) sendNews(c *fiber.Ctx, path string, of lang.Text, news []directory.Told) error {
	p := s.speaker(c)
	site, _ := s.config.Site.Name.In(p.Lang)
	self := s.config.Origin + ui.Href(p.Lang, path+"/changes.atom")
	feed := atom.Feed{
		Lang: string(p.Lang), ID: atom.TagURI(s.idHost(), idSince, "changes"+atom.PathOf(self)), Author: atom.Person{Name: orElse(s.config.Site.Operator, site)},
		Title: p.say("shell.title", "Page", p.say("place_feed.title", "Name", p.name(of)), "Site", site), Links: atom.Links(self, s.config.Origin+ui.Href(p.Lang, path)),
	}
	newest, err := calendar.ParseDate(idSince)
	if err != nil {
		return err
	}
	updated := newest.At(0)
	for i := range news {
		e := s.newsEntry(p, &news[i])
		feed.Entries = append(feed.Entries, e)
		if at := news[i].News.At; at.After(updated) {
			updated = at
		}
	}
	feed.Updated = updated.UTC().Format(time.RFC3339)
	body, err := feed.Bytes()
	if err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, atom.MediaType+"; charset=utf-8")
	return c.Send(body)
}

// newsEntry is one change in words. It says where the shop is now, and how it opens is read on its page, which is always of today.
func (s *Site) newsEntry(p *speaker, x *directory.Told) atom.Entry {
	name := p.name(x.Shop.Name.Text)
	key := "place_feed." + string(x.News.Kind)
	switch {
	case x.Away:
		key = "place_feed.away"
	case x.News.Kind == listing.NewsClosed && x.Shop.Closure != nil:
		key = "place_feed." + string(x.Shop.Closure.Kind)
	}
	at := x.News.At.UTC().Format(time.RFC3339)
	e := atom.Entry{
		ID:    atom.TagURI(s.idHost(), idSince, "change/"+x.Shop.ID+"/"+string(x.News.Kind)+"/"+x.News.At.UTC().Format("20060102T150405")),
		Title: atom.Text{Type: "text", Lang: string(p.Lang), Body: p.say(key, "Name", name)}, Published: at, Updated: at,
		Links:      []atom.Link{{Rel: "alternate", Type: "text/html", Href: s.config.Origin + ui.Href(p.Lang, "/shops/"+x.Shop.Slug)}},
		Categories: []atom.Category{{Term: string(x.News.Kind)}},
	}
	if line := x.Shop.Address.Line; line != "" {
		e.Summary = &atom.Text{Type: "text", Lang: string(lang.Hans), Body: line}
	}
	return e
}

// offersCalendar: GET /offers.ics (at, cat): the offers and events of a street, a plaza, a category, or of all, to be followed by a
// calendar.
func (s *Site) offersCalendar(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, err := s.directory.Posts(c.UserContext(), directory.PostsQuery{At: c.Query("at"), Category: c.Query("cat")}, p.Lang, p.now)
	if err != nil {
		return err
	}
	if !page.Known {
		return fault.Missing()
	}
	posts := []post.Post{}
	told := map[string]*directory.ShopPost{}
	for i := range page.Posts {
		if x := &page.Posts[i]; x.Post.Kind != post.News {
			posts = append(posts, *x.Post)
			told[x.Post.ID] = x
		}
	}
	cal := post.Calendar{
		Name: p.say("offers.title"), Host: s.config.Host(), Lang: p.Lang,
		URL: func(x *post.Post) string {
			return s.config.Origin + postHrefOf(p, told[x.ID])
		},
		Place: func(x *post.Post) string {
			return postPlace(p, told[x.ID])
		},
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(cal.ICalendar(posts))
}

// postPlace is where a post is, in words.
func postPlace(p *speaker, x *directory.ShopPost) string {
	out := p.name(x.Where())
	if x.Shop.Listing != nil {
		out += " " + x.Shop.Listing.Address.Line
	}
	if x.Post.Held != nil {
		out += " " + p.name(x.Post.Held.Page.Public.Spot)
	}
	return strings.TrimSpace(out)
}

// follow says in the head and on the page of a street or plaza what of it one can follow.
func follow(p *speaker, v *placePage, path, slug string) {
	feed := ui.Href(p.Lang, path+"/changes.atom")
	v.Feeds = []ui.Link{{Label: p.say("place_feed.title", "Name", v.Name.String()), Href: feed}, {Label: p.say("notices.of_place"), Href: ui.Href(p.Lang, path+"/notices.atom")}}
	v.Links = append(v.Links,
		ui.Link{Label: p.say("place_feed.link"), Href: feed},
		ui.Link{Label: p.say("place_feed.calendar"), Href: ui.Href(p.Lang, "/offers.ics") + directory.PostsQuery{At: slug}.Encode()})
}
