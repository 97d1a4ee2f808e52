package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/resource"
)

// spaces are those that everybody may see.
func (s *Site) spaces(c *fiber.Ctx) ([]resource.Space, error) {
	if s.services.Resources == nil {
		return nil, nil
	}
	return s.services.Resources.Spaces(c.UserContext())
}

// publicSpaces: GET /spaces: when the spaces of organisations are open to others, those alone whose organisation agreed.
func (s *Site) publicSpaces(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("resource.spaces"), Lead: p.say("resource.spaces_lead"), Links: []ui.Link{{Label: p.say("activity.subscribe"), Href: at(c, "/spaces.ics")}, {Label: p.say("station.public"), Href: at(c, "/station")}}}
	list, err := s.spaces(c)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		v.add(section{Records: &ui.Records{Empty: p.say("resource.no_space")}})
	}
	for i := range list {
		x := &list[i]
		facts := fact(nil, p.say("resource.kind_label"), p.say("resource.kind."+string(x.Kind)))
		facts = fact(facts, p.say("station.who"), p.name(x.Organisation))
		facts = fact(facts, p.say("resource.place"), s.placeWords(c, p, x.Place))
		v.add(section{ID: "space-" + x.ID, Title: x.Title, Text: x.Text, Facts: facts, Week: s.daysAhead(p, x.Hours)})
	}
	return s.showPublic(c, p, &v)
}

// spacesCalendar: GET /spaces.ics: the same for the calendar of a telephone, which asks again by itself.
func (s *Site) spacesCalendar(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.spaces(c)
	if err != nil {
		return err
	}
	cal := resource.Calendar{
		Name: p.say("resource.spaces"), Host: s.config.Host(), Lang: p.Lang, Days: s.calendar(), URL: s.config.Origin + ui.Href(p.Lang, "/spaces"), Now: p.now,
		Place: func(slug string) string { return s.placeWords(c, p, slug) },
	}
	body := cal.ICalendar(list)
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(body)
}
