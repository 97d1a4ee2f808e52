package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/lang"
	"shangquan/services/post"
)

// eventRoutes are the events of streets and plazas: as everybody reads them, and as the district writes them.
func (s *Site) eventRoutes() []Route {
	get, send := http.MethodGet, http.MethodPost
	const one, none = "/desk/events/:id", "/desk/events/none"
	return []Route{
		{Method: get, Path: "/events/:id", Handle: s.eventPage, Cached: true, Needs: access.PublicRead, Probe: "/events/none"},
		{Method: get, Path: "/events/:id/calendar.ics", Handle: s.eventCalendar, Cached: true, Needs: access.PublicRead, Probe: "/events/none/calendar.ics"},
		{Method: get, Path: "/desk/events", Handle: s.eventsDesk, Kind: Private, Query: []string{"after"}, Needs: access.EventApprove},
		{Method: send, Path: "/desk/events", Handle: s.eventAdded, Kind: Private, Rate: Write, Needs: access.EventEdit},
		{Method: get, Path: one, Handle: s.eventDesk, Kind: Private, Needs: access.EventApprove, Probe: none},
		{Method: send, Path: one, Handle: s.eventSent, Kind: Private, Rate: Write, Needs: access.EventEdit, Probe: none},
		{Method: send, Path: one + "/decide", Handle: s.eventDecided, Kind: Private, Rate: Write, Needs: access.EventApprove, Probe: none + "/decide"},
	}
}

// publicEvent is the event that an address names, and what it is at.
func (s *Site) publicEvent(c *fiber.Ctx, p *speaker) (directory.ShopPost, error) {
	if s.services.Posts == nil {
		return directory.ShopPost{}, notThere()
	}
	x, err := s.services.Posts.PublicEvent(c.UserContext(), c.Params("id"))
	if err != nil {
		return directory.ShopPost{}, err
	}
	return s.directory.EventAt(c.UserContext(), &x, p.Lang, p.now)
}

// eventPage: GET /events/:id. It stays when the event is past.
func (s *Site) eventPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.publicEvent(c, p)
	if err != nil {
		return err
	}
	v := casePage{Up: &ui.Link{Label: p.say("offers.title"), Href: at(c, "/offers")}, Title: p.name(x.Post.Title)}
	over := x.Post.StateAt(p.now) == post.Ended
	switch {
	case x.Post.Cancelled():
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "bad", Icon: "alert", Lead: p.say("events.off"), Text: p.say("events.off_why." + string(x.Post.Held.Off))})
	case over:
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("events.past")})
	case !x.Post.Held.ChangedAt.IsZero():
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("events.changed", "When", stamp(p, x.Post.Held.ChangedAt))})
	}
	body := section{Facts: s.eventFacts(p, &x, x.Post.Held.Page.Public), Article: s.prose(c, p, x.Post.Text)}
	if !over && !x.Post.Cancelled() {
		body.Links = append(body.Links, ui.Link{Label: p.say("offer.calendar"), Href: at(c, "/events/"+x.Post.ID+"/calendar.ics")})
	}
	v.add(body)
	v.Base = s.Base(c, v.Title)
	v.Base.Description = postPlace(p, &x) + p.say("posts.comma") + postWhen(p, x.Post)
	v.Base.JSONLD = graph(s.eventJSONLD(p, &x), s.crumbsJSONLD(p, v.Title, *v.Up))
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "case", v)
}

// eventFacts are everything that d says but its title and text, with what the event is at.
func (s *Site) eventFacts(p *speaker, x *directory.ShopPost, d *post.Details) []ui.Fact {
	facts := fact(nil, p.say("events.when"), postWhen(p, detailed(d)))
	at := ui.Fact{Term: p.say("events.place")}
	add := func(name lang.Text, href string) {
		text, in := name.In(p.Lang)
		at.Values = append(at.Values, ui.Value{Text: text, Lang: in, Href: ui.Href(p.Lang, href)})
	}
	if l := x.Shop.Listing; l != nil {
		add(l.Name.Text, "/shops/"+l.Slug)
	}
	if x.Plaza != nil {
		add(x.Plaza.Name, "/plazas/"+x.Plaza.Slug)
	}
	if x.Street != nil {
		add(x.Street.Name, "/streets/"+x.Street.Slug)
	}
	if text, in := d.Spot.In(p.Lang); text != "" {
		at.Values = append(at.Values, ui.Value{Text: text, Lang: in})
	}
	if len(at.Values) > 0 {
		facts = append(facts, at)
	}
	organiser, in := d.Organiser.In(p.Lang)
	if organiser == "" {
		organiser, in = s.identity().Name.In(p.Lang)
	}
	facts = append(facts, ui.Fact{Term: p.say("events.organiser"), Values: []ui.Value{{Text: organiser, Lang: in}}})
	if price, in := d.Price.In(p.Lang); price != "" {
		facts = append(facts, ui.Fact{Term: p.say("events.price"), Values: []ui.Value{{Text: price, Lang: in}}})
	} else if d.Free {
		facts = fact(facts, p.say("events.price"), p.say("events.free"))
	}
	if d.Capacity > 0 {
		facts = fact(facts, p.say("events.capacity"), p.count("activity.people", d.Capacity))
	}
	if d.Link != "" {
		facts = append(facts, ui.Fact{Term: p.say("events.link"), Values: []ui.Value{{Text: strings.TrimPrefix(d.Link, "https://"), Href: d.Link}}})
	}
	return facts
}

// detailed is a post that says when d is.
func detailed(d *post.Details) *post.Post {
	return &post.Post{Kind: post.Event, Title: d.Title, From: d.From, Until: d.Until, Repeat: d.Repeat, Times: d.Times}
}

// eventCalendar: GET /events/:id/calendar.ics.
func (s *Site) eventCalendar(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.publicEvent(c, p)
	if err != nil {
		return err
	}
	cal := post.Calendar{
		Name: p.name(x.Post.Title), Host: s.config.Host(), Lang: p.Lang,
		URL:   func(e *post.Post) string { return s.config.Origin + ui.Href(p.Lang, "/events/"+e.ID) },
		Place: func(*post.Post) string { return postPlace(p, &x) },
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(cal.ICalendar([]post.Post{*x.Post}))
}

// eventJSONLD is an event of a street or plaza as schema.org describes it: with its hours where it has some, its place, who holds it, what
// it costs, and whether it is held.
func (s *Site) eventJSONLD(p *speaker, x *directory.ShopPost) any {
	d := x.Post.Held.Page.Public
	title, in := x.Post.Title.In(p.Lang)
	url := s.config.Origin + "/events/" + x.Post.ID
	status := "EventScheduled"
	if x.Post.Cancelled() {
		status = "EventCancelled"
	}
	t := thing{"@type": "Event", "@id": url, "url": url, "name": title, "inLanguage": in, "startDate": x.Post.From, "endDate": x.Post.Until, "eventStatus": schemaOrg + "/" + status}
	if from, err := calendar.ParseDate(x.Post.From); err == nil && x.Post.Times != nil {
		if first, ok := x.Post.Next(from); ok && x.Post.From == x.Post.Until {
			t["startDate"], t["endDate"] = first.At(x.Post.Times.Open).Format("2006-01-02T15:04:05-07:00"), first.At(x.Post.Times.Close).Format("2006-01-02T15:04:05-07:00")
		}
	}
	where := thing{"@type": "Place", "name": p.name(x.Where())}
	if l := x.Shop.Listing; l != nil {
		where["address"] = l.Address.Line
	} else {
		address := thing{"@type": "PostalAddress", "addressCountry": "CN"}
		put(address, "addressRegion", s.identity().City)
		put(address, "addressLocality", s.identity().County)
		put(address, "streetAddress", p.name(d.Spot))
		where["address"] = address
	}
	organiser := p.name(d.Organiser)
	if organiser == "" {
		organiser = p.name(s.identity().Name)
	}
	t["location"], t["organizer"] = where, thing{"@type": "Organization", "name": organiser}
	put(t, "description", p.name(x.Post.Text))
	if d.Free {
		t["isAccessibleForFree"] = true
	}
	if d.Capacity > 0 {
		t["maximumAttendeeCapacity"] = d.Capacity
	}
	return t
}

// capacityTyped is how many people an event has room for, as the form has it.
func capacityTyped(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
