package web

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/post"
)

// offerView is a post as customers see it.
func offerView(p *speaker, x *post.Post) ui.Offer {
	v := ui.Offer{When: postWhen(p, x)}
	if x.Held != nil {
		v.Href = ui.Href(p.Lang, "/events/"+x.ID)
	}
	v.Title, v.Lang = x.Title.In(p.Lang)
	v.Text = p.phrase(x.Text)
	for _, t := range []lang.Text{x.Who, x.Conditions} {
		if y := p.phrase(t); y.Text != "" {
			v.Who = append(v.Who, y)
		}
	}
	return v
}

// postHrefOf leads to the page of a post: its own, or that of its shop.
func postHrefOf(p *speaker, x *directory.ShopPost) string {
	if x.Post.Held != nil {
		return ui.Href(p.Lang, "/events/"+x.Post.ID)
	}
	return ui.Href(p.Lang, "/shops/"+x.Shop.Listing.Slug)
}

// postWhen says when a post holds: 10 月 18 日至 10 月 20 日，每天 9:00–11:00. Empty while its dates cannot be read.
func postWhen(p *speaker, x *post.Post) string {
	from, errFrom := calendar.ParseDate(x.From)
	until, errUntil := calendar.ParseDate(x.Until)
	if errFrom != nil || errUntil != nil {
		return ""
	}
	when := ui.Date(p.Lang, from.At(0), p.now)
	if until != from {
		when = p.say("posts.when.range", "From", ui.ShortDate(p.Lang, from.At(0), p.now), "To", ui.ShortDate(p.Lang, until.At(0), p.now))
	}
	names := []string{}
	each := ""
	switch x.Repeat.Every {
	case post.Weekly:
		for _, d := range x.Repeat.Days {
			names = append(names, ui.Weekday(p.Lang, time.Weekday((d+1)%7)))
		}
		each = p.say("posts.when.week", "Days", strings.Join(names, p.say("empty.and")))
	case post.Monthly:
		for _, d := range x.Repeat.Days {
			names = append(names, p.say("posts.when.month_day", "N", d))
		}
		each = p.say("posts.when.month", "Days", strings.Join(names, p.say("empty.and")))
	case post.Daily:
		if until != from && x.Times != nil {
			each = p.say("posts.when.day")
		}
	}
	if x.Times != nil {
		each = strings.TrimSpace(each + " " + ui.Range(p.Lang, x.Times.Open, x.Times.Close))
	}
	if each == "" {
		return when
	}
	return when + p.say("posts.comma") + each
}

// postViews are the live posts of a shop for its page; the calendar belongs to all of them and stands with the first.
func postViews(p *speaker, r *directory.Row) []ui.Offer {
	out := []ui.Offer{}
	for _, x := range r.Posts {
		o := offerView(p, x)
		o.Tag, o.State = p.say("posts.kind."+string(x.Kind)), ui.TaskWait
		if x.Cancelled() {
			o.Tag, o.State = p.say("events.off"), ui.TaskBad
		}
		out = append(out, o)
	}
	return out
}

// shopCalendar: GET /shops/:slug/calendar.ics, the posts of a shop for the calendar of a telephone.
func (s *Site) shopCalendar(c *fiber.Ctx) error {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	posts := make([]post.Post, 0, len(shop.Posts))
	for _, x := range shop.Posts {
		posts = append(posts, *x)
	}
	page := s.config.Origin + ui.Href(p.Lang, "/shops/"+shop.Listing.Slug)
	cal := post.Calendar{
		Name: p.say("posts.calendar", "Name", shop.Name), Host: s.config.Host(), Lang: p.Lang,
		URL: func(x *post.Post) string {
			if x.Held != nil {
				return s.config.Origin + ui.Href(p.Lang, "/events/"+x.ID)
			}
			return page
		},
		Place: func(*post.Post) string { return strings.TrimSpace(shop.Name + " " + shop.Listing.Address.Line) },
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(cal.ICalendar(posts))
}

// offersPage is templates/pages/offers.html: what shops announce, those that hold soonest first.
type offersPage struct {
	Base    ui.Base
	Title   string
	Lead    string
	Streets []ui.Chip
	Kinds   []ui.Chip
	Offers  []ui.Offer
	Empty   string
	Follow  ui.Link // the same as a calendar
}

// offers: GET /offers. It is narrowed to a street or plaza and a category by their slugs.
func (s *Site) offers(c *fiber.Ctx) error {
	p := s.speaker(c)
	q := directory.PostsQuery{At: c.Query("at"), Category: c.Query("cat")}
	page, err := s.directory.Posts(c.UserContext(), q, p.Lang, p.now)
	if err != nil {
		return err
	}
	if !page.Known {
		return fault.Missing()
	}
	v := offersPage{Title: p.say("offers.title"), Lead: p.say("offers.lead"), Empty: p.say("offers.none")}
	to := func(q directory.PostsQuery) string { return ui.Href(p.Lang, "/offers") + q.Encode() }
	chips := func(list []directory.PostsPlace, on string, change func(string) directory.PostsQuery) []ui.Chip {
		out := []ui.Chip{}
		if len(list) > 1 || on != "" {
			out = append(out, ui.Chip{Label: p.say("offers.all"), Href: to(change("")), On: on == ""})
		}
		for _, x := range list {
			if len(list) > 1 || on != "" {
				out = append(out, ui.Chip{Label: p.name(x.Name), Href: to(change(x.Slug)), On: x.Slug == on})
			}
		}
		return out
	}
	v.Streets = chips(page.Places, q.At, func(at string) directory.PostsQuery { return directory.PostsQuery{At: at, Category: q.Category} })
	v.Kinds = chips(page.Categories, q.Category, func(cat string) directory.PostsQuery { return directory.PostsQuery{At: q.At, Category: cat} })
	for i := range page.Posts {
		x := &page.Posts[i]
		o := offerView(p, x.Post)
		o.Href, o.Tag, o.State = postHrefOf(p, x), p.name(x.Where()), ui.TaskDone
		if x.Post.Cancelled() {
			o.Tag, o.State = p.say("events.off"), ui.TaskBad
		}
		v.Offers = append(v.Offers, o)
	}
	v.Follow = ui.Link{Label: p.say("place_feed.calendar"), Href: ui.Href(p.Lang, "/offers.ics") + q.Encode()}
	v.Base = s.Base(c, v.Title)
	v.Base.Description = v.Lead
	if list := s.offersJSONLD(p, v.Title, page.Posts); list != nil {
		v.Base.JSONLD = graph(list)
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "offers", v)
}
