package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/listing"
)

// dutySection is whom to ring about the plaza a shop is in: the organisations of the joint meeting that look after it. nil where there is
// none.
func (s *Site) dutySection(c *fiber.Ctx, p *speaker, l *listing.Listing) (*section, error) {
	if l.Address.PlazaID == "" || s.services.Assembly == nil || !access.Can(Of(c).Actor, access.AssemblyDuty, l.Thing()) {
		return nil, nil //nolint:nilnil // there is nothing to show
	}
	list, err := s.services.Assembly.Serving(c.UserContext(), Of(c).Actor, l.Thing())
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
