package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/lang"
	"shangquan/services/phone"
)

// fellowRoutes are what a member reads of the others, and its calendar.
func (s *Site) fellowRoutes() []Route {
	const one, none = "/my/assembly/:id", "/my/assembly/none"
	return []Route{
		{Method: http.MethodGet, Path: one + "/members", Handle: s.fellowsPage, Kind: Private, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: none + "/members"},
		{Method: http.MethodGet, Path: one + "/calendar", Handle: s.feedPage, Kind: Private, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: none + "/calendar"},
		{Method: http.MethodPost, Path: one + "/calendar", Handle: s.feedRenewed, Kind: Private, Rate: Write, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: none + "/calendar"},
		{Method: http.MethodGet, Path: "/meetings/calendar/:token", Handle: s.meetingFeed, Kind: Private, Needs: access.PublicRead, Probe: "/meetings/calendar/none"},
	}
}

// fellowsPage: GET /my/assembly/:id/members: the members, as far as they show themselves to each other.
func (s *Site) fellowsPage(c *fiber.Ctx) error {
	list, err := s.services.Assembly.Fellows(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.say("assembly.my_title"), Href: ownHref(c, "")}, Title: p.say("assembly.members"), Lead: p.say("assembly.fellows_lead")}
	records := ui.Records{}
	for i := range list {
		x := &list[i]
		name, in := x.Name.In(p.Lang)
		number := ""
		if numbers, err := phone.Parse(x.Desk.Phone); err == nil {
			number = phone.Format(numbers)
		}
		records.Items = append(records.Items, ui.Record{Title: name, Lang: in, Lines: []string{p.say("assembly.kind." + string(x.Kind)), x.Seat, x.Desk.Title, number}})
	}
	v.add(section{Title: p.say("assembly.list.members"), Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// feedPage: GET /my/assembly/:id/calendar: the address of the calendar that telephones subscribe to.
func (s *Site) feedPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.feedCase(c, p)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) feedCase(c *fiber.Ctx, p *speaker) (*casePage, error) {
	o, err := s.services.Assembly.Own(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.my_title"), Href: ownHref(c, "")}, Title: p.say("assembly.feed"), Lead: p.say("assembly.feed_lead")}
	if w := saidHere(c, "feed"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	to := s.config.Origin + "/meetings/calendar/" + s.services.Assembly.FeedToken(&o)
	v.add(section{Facts: []ui.Fact{{Term: p.say("assembly.feed_url"), Values: []ui.Value{{Text: to, Href: to}}}}})
	x := s.act(c, "feed", ownHref(c, "/calendar"), 0, p.say("assembly.feed_renew"))
	x.Bar.Buttons[0].Kind = "alt"
	v.add(section{Title: p.say("assembly.feed_new"), Text: p.say("assembly.feed_text"), Forms: []*ui.Form{x}})
	return v, nil
}

// feedRenewed: POST /my/assembly/:id/calendar: another address, and the old one is dead.
func (s *Site) feedRenewed(c *fiber.Ctx) error {
	if _, err := s.form(c); err != nil {
		return err
	}
	if _, err := s.services.Assembly.NewFeed(c.UserContext(), Of(c).Actor, c.Params("id")); err != nil {
		return err
	}
	return see(c, "/my/assembly/"+c.Params("id")+"/calendar?done=feed")
}

// meetingFeed: GET /meetings/calendar/:token, an iCalendar file of the meetings an organisation was called to. Telephones ask for it
// without signing in: the address is the key.
func (s *Site) meetingFeed(c *fiber.Ctx) error {
	if s.services.Assembly == nil {
		return notThere()
	}
	p := s.speaker(c)
	name := p.say("assembly.home")
	body, err := s.services.Assembly.Feed(c.UserContext(), c.Params("token"), name, s.config.Host())
	if err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="meetings.ics"`)
	return c.Send(body)
}

// decidedSection are the action items of a meeting; only the own ones lead somewhere.
func decidedSection(c *fiber.Ctx, p *speaker, organisationID string, list []assembly.Action, names map[string]lang.Text) section {
	records := ui.Records{}
	for i := range list {
		r := actionRecord(c, p, "/my/assembly/"+organisationID+"/actions/", &list[i], names)
		if list[i].OrganisationID != organisationID {
			r.Href = ""
		}
		records.Items = append(records.Items, r)
	}
	return section{Title: p.say("assembly.actions"), Records: &records}
}
