package web

import (
	"net"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/notice"
)

// idSince is a day on which whoever runs the site had its host, as ids of feeds have to name one (RFC 4151). It never changes.
const idSince = "2026-01-01"

// feedEntries is how many notices a feed or calendar has; older ones were read long ago.
const feedEntries = 100

// idHost is the host in ids of feeds and events: without a port, which RFC 4151 does not allow.
func (s *Site) idHost() string {
	host := s.config.Host()
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// noticeFeed is a feed of the notices of one place and kind; at is empty for everywhere.
type noticeFeed struct {
	notice.Feed
	list []*notice.Posted
}

// feedOf makes the feed of the address asked for. ending is that of its address.
func (s *Site) feedOf(c *fiber.Ctx, p *speaker, folder, ending string) (x noticeFeed, err error) {
	kind, err := askedKind(c)
	if err != nil {
		return x, err
	}
	places, err := s.noticePlaces(c)
	if err != nil {
		return x, err
	}
	here := spot{path: ""}
	title := p.say("notices.title")
	if folder != "" {
		if here, err = places.at(c.Params("slug")); err != nil {
			return x, err
		}
		if !strings.HasPrefix(here.path, folder) {
			return x, fault.Missing()
		}
		title = p.say("notices.title_at", "Name", p.name(here.name))
	}
	if kind != "" {
		title = p.say("notices.title_kind", "Title", title, "Kind", p.say("notice_kind."+string(kind)))
	}
	b, f := s.board(c), here.filter
	f.Kind = kind
	// The newest first: readers of feeds look at the top.
	x.list = slices.Concat(b.Live(p.now, f), b.Ended(p.now, f))
	slices.SortStableFunc(x.list, func(a, b *notice.Posted) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	x.list = x.list[:min(len(x.list), feedEntries)]
	x.Feed = s.feed(p, title, &places)
	x.Self = s.config.Origin + ui.Href(p.Lang, here.path+"/notices"+ending) + noticesQuery("", kind)
	x.Page = s.config.Origin + ui.Href(p.Lang, "/notices") + noticesQuery(here.slug, kind)
	return x, nil
}

// feed is what every feed of notices has.
func (s *Site) feed(p *speaker, title string, places *noticePlaces) notice.Feed {
	name, _ := s.identity().Name.In(p.Lang)
	return notice.Feed{
		Title: p.say("shell.title", "Page", title, "Site", name), Lang: p.Lang, Host: s.idHost(), Since: idSince, Who: orElse(s.identity().Operator, name),
		URL:  func(x *notice.Posted) string { return s.config.Origin + postedHref(p, x) },
		Kind: func(k notice.Kind) string { return p.say("notice_kind." + string(k)) },
		Place: func(x *notice.Posted) string {
			if words := p.name(x.Content.Place.Words); words != "" {
				return words
			}
			return strings.Join(spotNames(p, places.named(x)), p.say("empty.and"))
		},
		Tags: func(x *notice.Posted) []string { return spotNames(p, places.named(x)) },
		Ended: func(_ *notice.Posted, state notice.Public) string {
			if state == notice.Taken {
				return p.say("notices.before", "What", p.say("notices.taken"))
			}
			return p.say("notices.before", "What", p.say("article.ended"))
		},
	}
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func spotNames(p *speaker, list []spot) []string {
	out := []string{}
	for _, x := range list {
		out = append(out, p.name(x.name))
	}
	return out
}

func (s *Site) sendAtom(c *fiber.Ctx, folder string) error {
	p := s.speaker(c)
	x, err := s.feedOf(c, p, folder, ".atom")
	if err != nil {
		return err
	}
	body, err := x.Atom(x.list, p.now)
	if err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "application/atom+xml; charset=utf-8")
	return c.Send(body)
}

func (s *Site) sendCalendar(c *fiber.Ctx, folder string) error {
	p := s.speaker(c)
	x, err := s.feedOf(c, p, folder, ".ics")
	if err != nil {
		return err
	}
	body := x.ICalendar(x.list, p.now)
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(body)
}

// noticesAtom: GET /notices.atom (kind), and the same of a street or plaza.
func (s *Site) noticesAtom(c *fiber.Ctx) error { return s.sendAtom(c, "") }

func (s *Site) streetAtom(c *fiber.Ctx) error { return s.sendAtom(c, "/streets/") }

func (s *Site) plazaAtom(c *fiber.Ctx) error { return s.sendAtom(c, "/plazas/") }

// noticesCalendar: GET /notices.ics (kind), and the same of a street or plaza.
func (s *Site) noticesCalendar(c *fiber.Ctx) error { return s.sendCalendar(c, "") }

func (s *Site) streetCalendar(c *fiber.Ctx) error { return s.sendCalendar(c, "/streets/") }

func (s *Site) plazaCalendar(c *fiber.Ctx) error { return s.sendCalendar(c, "/plazas/") }

// noticeCalendar: GET /notices/:id/calendar.ics, one notice for the calendar of a telephone.
func (s *Site) noticeCalendar(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, ok := s.board(c).Get(c.Params("id"))
	if !ok || x.At.After(p.now) {
		return fault.Missing()
	}
	places, err := s.noticePlaces(c)
	if err != nil {
		return err
	}
	title, _ := x.Content.Title.In(p.Lang)
	body := s.feed(p, title, &places).ICalendar([]*notice.Posted{x}, p.now)
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(body)
}

// noticeJSONLD is a notice as schema.org describes it: an announcement while it is about a disruption or a danger, else news.
func (s *Site) noticeJSONLD(p *speaker, x *notice.Posted) any {
	c := &x.Content
	url := s.config.Origin + postedHref(p, x)
	title, in := c.Title.In(p.Lang)
	name, _ := s.identity().Name.In(lang.Hans)
	who := thing{"@type": "GovernmentOrganization", "name": orElse(s.identity().Operator, name)}
	t := thing{
		"url": url, "inLanguage": in, "datePublished": x.PublicAt.Format(isoTime), "dateModified": x.UpdatedAt.Format(isoTime), "publisher": who,
	}
	text, _ := c.Text.In(p.Lang)
	switch c.Kind {
	case notice.Works, notice.Safety, notice.Emergency:
		t["@type"], t["name"], t["datePosted"], t["expires"] = "SpecialAnnouncement", title, x.PublicAt.Format(isoTime), c.ExpiresAt.Format(isoTime)
		if instruction, _ := c.Instruction.In(p.Lang); instruction != "" {
			text = instruction + "\n\n" + text
		}
		put(t, "text", notice.Plain(text))
	case notice.Activity, notice.Policy:
		t["@type"], t["headline"], t["author"], t["expires"] = "NewsArticle", title, who, c.ExpiresAt.Format(isoTime)
		put(t, "articleBody", notice.Plain(text))
	}
	return t
}

// isoTime is a time as schema.org writes it.
const isoTime = "2006-01-02T15:04:05Z07:00"
