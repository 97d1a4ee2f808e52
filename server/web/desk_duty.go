package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
)

// dutySection is whom to ring about a place: the organisations of the joint meeting that look after the plaza or the street of a shop, or
// of something that was noted there. nil where there is none.
func (s *Site) dutySection(c *fiber.Ctx, p *speaker, at access.Thing, streetID string) (*section, error) {
	if at.PlazaID+streetID == "" || s.services.Assembly == nil || !access.Can(Of(c).Actor, access.AssemblyDuty, at) {
		return nil, nil //nolint:nilnil // there is nothing to show
	}
	list, err := s.services.Assembly.Serving(c.UserContext(), Of(c).Actor, at, streetID)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	x := section{ID: "duty", Title: p.say("assembly.duty_title")}
	for _, d := range list {
		of := ui.Fact{Term: p.name(d.Name)}
		if d.For != "" {
			of.Values = append(of.Values, ui.Value{Text: d.For})
		}
		for _, desk := range deskFact(p, nil, d.Desk) {
			of.Values = append(of.Values, desk.Values...)
		}
		x.Facts = append(x.Facts, of)
	}
	return &x, nil
}
