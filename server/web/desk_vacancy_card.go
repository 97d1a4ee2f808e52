package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/vacancy"
)

// vacancyDeskPage: GET /desk/vacancies/:id: a card with what can be done to it.
func (s *Site) vacancyDeskPage(c *fiber.Ctx) error { return s.shown(c, s.vacancyCase) }

func (s *Site) vacancyCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	o, err := s.services.Vacancies.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	w, err := s.unitWhere(c, p, &o.Unit)
	if err != nil {
		return nil, err
	}
	today := calendar.Today(p.now)
	v := &casePage{Up: &ui.Link{Label: p.say("vacancy.title"), Href: at(c, "/desk/vacancies")}, Title: w.title}
	if said := saidHere(c, "added", "saved", "confirmed", "moved"); said != "" {
		v.ok(p.say("vacancy.done." + said))
	}
	switch {
	case o.Unit.Retired != "":
		v.warn(p.say("vacancy.retired"))
	case o.Open():
		v.Callouts = append(v.Callouts, confirmNote(p, &o, today)...)
	default:
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("vacancy.resting")})
	}
	facts := section{Facts: append(s.vacancyFacts(p, &o, w), vacancyDeskFacts(p, &o)...), Links: []ui.Link{{Label: p.say("vacancy.unit"), Href: at(c, "/desk/units/"+o.UnitID)}}}
	if o.Public(today) {
		facts.Links = append(facts.Links, ui.Link{Label: p.say("assembly.public_page"), Href: at(c, "/vacancies/"+o.ID)})
	}
	v.add(facts)
	here := at(c, "/desk/vacancies/"+o.ID)
	if o.Open() {
		v.add(section{Title: p.say("vacancy.confirm"), Text: p.say("vacancy.confirm_text", "Days", vacancy.ConfirmDays), Forms: []*ui.Form{s.act(c, "confirm", here, o.Rev, p.say("vacancy.confirm_send"))}})
		if err := s.vacancyLink(c, p, v, &o); err != nil {
			return nil, err
		}
	}
	if next := o.Next(); len(next) > 0 {
		form := s.act(c, "step", here, o.Rev, "", ui.FormPart{Text: p.say("vacancy.step_text")})
		form.Bar.Buttons = []ui.Button{}
		for _, to := range next {
			form.Bar.Buttons = append(form.Bar.Buttons, ui.Button{Label: p.say("vacancy.step_to." + string(to)), Kind: "alt", Name: "to", Value: string(to)})
		}
		v.add(section{Title: p.say("vacancy.step"), Forms: []*ui.Form{form}})
	}
	if err := s.vacancyLeads(c, p, v, &o); err != nil {
		return nil, err
	}
	v.add(section{ID: "edit", Title: p.say("vacancy.edit"), Text: p.say("vacancy.edit_text"), Forms: []*ui.Form{s.act(c, "card", here, o.Rev, p.say("policy.save"), s.vacancyParts(p, only(f, "card"), &o.Card)...)}})
	return v, nil
}

// vacancyLink is the link by which who lets the unit confirms the card as it is now.
func (s *Site) vacancyLink(c *fiber.Ctx, p *speaker, v *casePage, o *vacancy.Offer) error {
	token, until, err := s.services.Vacancies.Link(c.UserContext(), Of(c).Actor, o.ID, o.Rev)
	if err != nil {
		return err
	}
	to := s.config.Origin + "/unit/" + token
	v.add(section{ID: "link", Title: p.say("vacancy.link_title"), Text: p.say("vacancy.link_text", "Day", dayOf(p, until)), Facts: []ui.Fact{
		{Term: p.say("vacancy.link_label"), Values: []ui.Value{{Text: to, Copy: to, CopyLabel: p.say("shop.fact.copy")}}},
	}})
	return nil
}

// vacancySent: POST /desk/vacancies/:id (form: card, confirm, step).
func (s *Site) vacancySent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "card":
		var x vacancy.Card
		if x, err = typedVacancy(f); err == nil {
			_, err = s.services.Vacancies.Set(ctx, by, id, rev, x)
		}
	case "confirm":
		done = "confirmed"
		_, err = s.services.Vacancies.Confirm(ctx, by, id, rev)
	case "step":
		done = "moved"
		_, err = s.services.Vacancies.Step(ctx, by, id, rev, vacancy.State(f.Get("to")))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/vacancies/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.vacancyCase)
}
