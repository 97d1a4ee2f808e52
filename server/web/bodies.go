package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
)

// assemblyRoutes are what everybody reads of the joint meeting: the pages of bodies, and summaries.
func (s *Site) assemblyRoutes() []Route {
	read := func(path string, h fiber.Handler, probe string, query ...string) Route {
		return Route{Method: http.MethodGet, Path: path, Handle: h, Cached: true, Query: query, Needs: access.PublicRead, Probe: probe}
	}
	return []Route{
		read("/bodies", s.publicBodies, ""),
		read("/bodies/:slug", s.publicBody, "/bodies/none"),
		read("/meetings", s.publicMeetings, "", "after"),
		read("/meetings/:id", s.publicMeeting, "/meetings/none"),
	}
}

// showPublic answers with a page of sections that everybody sees alike.
func (s *Site) showPublic(c *fiber.Ctx, p *speaker, v *casePage) error {
	v.Base = s.Base(c, v.Title)
	if v.Up != nil {
		v.Base.JSONLD = graph(s.crumbsJSONLD(p, v.Title, *v.Up))
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "case", v)
}

// publicBodies: GET /bodies.
func (s *Site) publicBodies(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("assembly.bodies"), Lead: p.say("assembly.public_lead"), Links: []ui.Link{{Label: p.say("assembly.summaries"), Href: at(c, "/meetings")}}}
	records := ui.Records{Empty: p.say("assembly.no_body")}
	if s.services.Assembly != nil {
		list, err := s.services.Assembly.PublicBodies(c.UserContext())
		if err != nil {
			return err
		}
		for i := range list {
			name, in := list[i].Name.In(p.Lang)
			records.Items = append(records.Items, ui.Record{Title: name, Lang: in, Href: at(c, "/bodies/"+list[i].Slug), Lines: []string{p.name(list[i].Scope)}})
		}
	}
	v.add(section{Title: p.say("assembly.list.bodies"), Records: &records})
	return s.showPublic(c, p, &v)
}

// publicBody: GET /bodies/:slug. Its members are read anew for each page: who took the leave back is not on the next one.
func (s *Site) publicBody(c *fiber.Ctx) error {
	if s.services.Assembly == nil {
		return notThere()
	}
	x, err := s.services.Assembly.PublicBody(c.UserContext(), c.Params("slug"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.say("assembly.bodies"), Href: at(c, "/bodies")}, Title: p.name(x.Name)}
	facts := []ui.Fact{}
	say := func(term string, t lang.Text) {
		if text, in := t.In(p.Lang); text != "" {
			facts = append(facts, ui.Fact{Term: term, Values: []ui.Value{{Text: text, Lang: in}}})
		}
	}
	say(p.say("assembly.scope"), x.Scope)
	say(p.say("assembly.station"), x.Station)
	v.add(section{Facts: deskFact(p, facts, x.Desk)})
	if article := s.prose(c, p, x.Programme); article != nil {
		v.add(section{Title: p.say("assembly.programme"), Article: article})
	}
	if len(x.Listed) > 0 {
		list := ui.Records{}
		for _, n := range x.Listed {
			name, in := n.In(p.Lang)
			list.Items = append(list.Items, ui.Record{Title: name, Lang: in})
		}
		v.add(section{Title: p.say("assembly.members"), Text: p.say("assembly.listed_only"), Records: &list})
	}
	return s.showPublic(c, p, &v)
}

// publicMeetings: GET /meetings (after).
func (s *Site) publicMeetings(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("assembly.summaries"), Lead: p.say("assembly.summaries_lead"), Links: []ui.Link{{Label: p.say("assembly.bodies"), Href: at(c, "/bodies")}}}
	x := section{Title: p.say("assembly.list.meetings"), Records: &ui.Records{Empty: p.say("assembly.no_summary")}}
	if s.services.Assembly != nil {
		list, next, err := s.services.Assembly.PublicMeetings(c.UserContext(), c.Query("after"), onLiaison)
		if err != nil {
			return err
		}
		for i := range list {
			title, in := list[i].Title.In(p.Lang)
			x.Records.Items = append(x.Records.Items, ui.Record{Title: title, Lang: in, Href: at(c, "/meetings/"+list[i].ID), Lines: []string{dayOf(p, list[i].At)}})
		}
		if next != "" {
			x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/meetings") + "?after=" + escaped(next)}}
		}
	}
	v.add(x)
	return s.showPublic(c, p, &v)
}

// publicMeeting: GET /meetings/:id.
func (s *Site) publicMeeting(c *fiber.Ctx) error {
	if s.services.Assembly == nil {
		return notThere()
	}
	m, err := s.services.Assembly.PublicMeeting(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.say("assembly.summaries"), Href: at(c, "/meetings")}, Title: p.name(m.Title), Lead: dayOf(p, m.At)}
	v.add(section{Article: s.prose(c, p, m.Text)})
	return s.showPublic(c, p, &v)
}
