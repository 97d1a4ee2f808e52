package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/vacancy"
)

// plazaVacancies: GET /my/plazas/:id/vacancies: the units on offer of a plaza, which who runs it confirms.
func (s *Site) plazaVacancies(c *fiber.Ctx) error { return s.shown(c, s.plazaVacanciesCase) }

func (s *Site) plazaVacanciesCase(c *fiber.Ctx, p *speaker, _ *form) (*casePage, error) {
	ctx := c.UserContext()
	z, err := s.services.Places.Plaza(ctx, c.Params("id"))
	if err != nil {
		return nil, err
	}
	list, err := s.services.Vacancies.OfPlaza(ctx, Of(c).Actor, z.ID)
	if err != nil {
		return nil, err
	}
	v := &casePage{
		Up: &ui.Link{Label: p.name(z.Name), Href: at(c, "/my/plazas/"+z.ID)}, Title: p.say("vacancy.title"),
		Lead: p.say("vacancy.my_lead", "Days", vacancy.ConfirmDays),
	}
	if saidHere(c, "confirmed") != "" {
		v.ok(p.say("vacancy.done.confirmed"))
	}
	if len(list) == 0 {
		v.add(section{Records: &ui.Records{Empty: p.say("vacancy.my_none")}})
	}
	today := calendar.Today(p.now)
	for i := range list {
		o := &list[i]
		w, err := s.unitWhere(c, p, &o.Unit)
		if err != nil {
			return nil, err
		}
		x := section{ID: "unit-" + o.ID, Title: w.title, Callouts: confirmNote(p, o, today), Facts: s.vacancyFacts(p, o, w)}
		if o.VerifiedOn != today.String() {
			f := s.act(c, "confirm-"+o.ID, at(c, "/my/plazas/"+z.ID+"/vacancies"), o.Rev, p.say("vacancy.confirm_send"))
			f.Hidden = append(f.Hidden, ui.Hidden{Name: "card", Value: o.ID})
			x.Forms = []*ui.Form{f}
		}
		v.add(x)
	}
	return v, nil
}

// confirmNote says of a card that it has lapsed, or is about to; nothing while it has time.
func confirmNote(p *speaker, o *vacancy.Offer, today calendar.Date) []ui.Callout {
	n, _ := o.Left(today)
	switch {
	case o.Lapsed(today):
		return []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("vacancy.lapsed_text", "Days", vacancy.ConfirmDays)}}
	case o.Soon(today):
		return []ui.Callout{{Icon: "clock", Lead: p.count("vacancy.left", n)}}
	}
	return nil
}

// plazaVacancyConfirmed: POST /my/plazas/:id/vacancies (card, rev).
func (s *Site) plazaVacancyConfirmed(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	_, err = s.services.Vacancies.Confirm(c.UserContext(), Of(c).Actor, f.Get("card"), rev)
	if err == nil {
		return see(c, "/my/plazas/"+c.Params("id")+"/vacancies?done=confirmed")
	}
	return s.refused(c, f, err, s.plazaVacanciesCase)
}

// vacancyLinkPage: GET /unit/:token: the card a link is about. Opening it changes nothing: chat programs open links by themselves.
func (s *Site) vacancyLinkPage(c *fiber.Ctx) error {
	o, state, err := s.services.Vacancies.ShowLink(c.UserContext(), c.Params("token"))
	if err != nil {
		return goneAs(err)
	}
	return s.showVacancyLink(c, &o, state)
}

// vacancyLinkSent: POST /unit/:token: it confirms once; again it says that it is done.
func (s *Site) vacancyLinkSent(c *fiber.Ctx) error {
	o, state, err := s.services.Vacancies.UseLink(c.UserContext(), c.Params("token"))
	if fault.Is(err, fault.Conflict) {
		c.Status(fiber.StatusConflict)
	} else if err != nil {
		return goneAs(err)
	}
	return s.showVacancyLink(c, &o, state)
}

// showVacancyLink shows what the card says now and what the link can still do.
func (s *Site) showVacancyLink(c *fiber.Ctx, o *vacancy.Offer, state vacancy.LinkState) error {
	p := s.speaker(c)
	w, err := s.unitWhere(c, p, &o.Unit)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("vacancy.link.title", "Unit", w.title)}
	x := section{Facts: append(s.vacancyFacts(p, o, w), vacancyDeskFacts(p, o)...)}
	switch state {
	case vacancy.LinkReady:
		v.Lead = p.say("vacancy.link.ready", "Days", vacancy.ConfirmDays)
		x.Forms = []*ui.Form{s.act(c, "confirm", at(c, "/unit/"+c.Params("token")), 0, p.say("vacancy.confirm_send"))}
	case vacancy.LinkDone:
		v.ok(p.say("vacancy.link.done"))
	case vacancy.LinkChanged:
		v.warn(p.say("vacancy.link.changed"))
	case vacancy.LinkOver:
		v.warn(p.say("vacancy.link.over"))
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}
