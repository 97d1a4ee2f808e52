package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/report"
	"shangquan/services/vocabulary"
)

// reportCasePage: GET /desk/reports/:number: what people say is wrong, beside what the page says.
func (s *Site) reportCasePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.services.Reports.Get(c.UserContext(), Of(c).Actor, c.Params("number"))
	if err != nil {
		return err
	}
	v, _, err := s.reportCase(c, p, x, nil, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "looking", "hidden"); w != "" {
		v.ok(p.say("desk.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

// reportCase is the page of a report; contacts are shown only where somebody asked for them.
func (s *Site) reportCase(c *fiber.Ctx, p *speaker, x report.Item, f *form, contacts []report.Contact) (*casePage, *ui.Form, error) {
	by := Of(c).Actor
	l, err := s.services.Listings.Open(c.UserContext(), by, x.ListingID)
	if err != nil {
		return nil, nil, err
	}
	ref := report.Spell(x.Ref)
	v := &casePage{
		Up: toDesk(c, p), Title: p.say("desk.report_title", "Shop", p.name(l.Name.Text), "What", s.reasonWord(p, vocabulary.ReportReasons, string(x.Reason))),
		Links: []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}},
	}
	facts := fact(nil, p.say("report.number"), ref)
	voices := p.count("desk.people", x.Count)
	if x.More {
		voices = p.count("desk.people_more", x.Count)
	}
	facts = fact(facts, p.say("desk.who_said"), voices)
	facts = fact(facts, p.say("desk.sent_at"), stamp(p, x.SentAt))
	facts = fact(facts, p.say("report.state_label"), p.say("report.state."+string(x.State)))
	says := section{Title: p.say("desk.report_says"), Facts: facts}
	if len(x.Notes) > 0 {
		notes := ui.Records{}
		for _, n := range x.Notes {
			notes.Items = append(notes.Items, ui.Record{Title: n.Text, Lines: []string{stamp(p, n.At)}})
		}
		says.Records = &notes
	}
	v.add(section{Columns: []section{says, {Title: p.say("desk.page_says"), Facts: s.listingFacts(c, p, &l)}}})
	duty, err := s.dutySection(c, p, l.Thing(), l.Address.StreetID)
	if err != nil {
		return nil, nil, err
	}
	if duty != nil {
		v.add(*duty)
	}
	if pictures := s.hideForm(c, p, &l, nil, x.ID); pictures != nil && x.Reason == report.Photo {
		v.add(section{Title: p.say("desk.photos_hide"), Forms: []*ui.Form{pictures}})
	} else if pictures != nil {
		v.Links = append(v.Links, ui.Link{Label: p.say("desk.photos_all"), Href: at(c, "/desk/photos/"+l.ID)})
	}
	if x.Contacts > 0 {
		v.add(s.contactSection(c, p, x, contacts))
	}
	if x.State == report.Answered {
		v.add(section{Title: p.say("desk.answered"), Facts: fact(fact(nil, p.say("report.outcome_label"), p.say("report.outcome."+string(x.Outcome))), p.say("report.answer"), x.Answer)})
		return v, nil, nil
	}
	if x.State == report.Fresh {
		v.add(section{Forms: []*ui.Form{{
			ID: "look", Action: at(c, "/desk/reports/"+x.ID), CSRF: s.token(Of(c)), Rev: revision(x.Rev), Hidden: hidden("form", "look"),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("desk.look"), Kind: "alt", Name: "do", Value: "look"}}},
		}}})
	}
	outcome := &ui.Choice{ID: "outcome", Name: "outcome", Legend: p.say("report.outcome_label")}
	for _, o := range report.Outcomes {
		outcome.Options = append(outcome.Options, ui.Pick{Value: string(o), Label: p.say("report.outcome." + string(o)), Checked: f != nil && f.Get("outcome") == string(o)})
	}
	answer := &ui.Form{
		ID: "answer", Action: at(c, "/desk/reports/"+x.ID), CSRF: s.token(Of(c)), Rev: revision(x.Rev), Hidden: hidden("form", "answer"),
		Parts: []ui.FormPart{{Choice: outcome}, input(f, "text", p.say("report.answer"), func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Optional, x.Hint = "textarea", 3, report.MaxAnswer, true, p.say("desk.answer_hint", "Ref", ref)
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("desk.answer"), Name: "do", Value: "answer"}}},
	}
	v.add(section{Title: p.say("desk.answer_title"), Forms: []*ui.Form{answer}})
	return v, answer, nil
}

// contactSection offers to show how people can be asked back, or shows it.
func (s *Site) contactSection(c *fiber.Ctx, p *speaker, x report.Item, contacts []report.Contact) section {
	out := section{Title: p.say("desk.contacts"), Text: p.count("desk.contacts_text", x.Contacts)}
	if contacts == nil {
		out.Forms = []*ui.Form{{
			ID: "contacts", Action: at(c, "/desk/reports/"+x.ID), CSRF: s.token(Of(c)), Hidden: hidden("form", "contacts"),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("desk.contacts_show"), Kind: "alt", Name: "do", Value: "contacts"}}},
		}}
		return out
	}
	list := ui.Records{}
	for _, x := range contacts {
		list.Items = append(list.Items, ui.Record{Title: x.Text, Lines: []string{stamp(p, x.At)}})
	}
	out.Records = &list
	return out
}

// reportCaseSent: POST /desk/reports/:number (rev, do, outcome, text).
func (s *Site) reportCaseSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if f.Get("do") == "contacts" {
		return s.reportContacts(c)
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("number")
	if f.Get("do") == "look" {
		if _, err = s.services.Reports.Look(ctx, by, id, rev); err == nil {
			return see(c, "/desk/reports/"+id+"?done=looking")
		}
	} else if _, err = s.services.Reports.Answer(ctx, by, id, rev, report.Outcome(f.Get("outcome")), f.Get("text")); err == nil {
		return decided(c, "answered")
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	x, openErr := s.services.Reports.Get(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, bad, openErr := s.reportCase(c, p, x, f, nil)
	if openErr != nil {
		return openErr
	}
	if bad == nil || stale(err) {
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, bad, err)
}

// reportContacts shows how to ask back, which goes on record.
func (s *Site) reportContacts(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("number")
	contacts, err := s.services.Reports.Contacts(ctx, by, id)
	if err != nil {
		return err
	}
	x, err := s.services.Reports.Get(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _, err := s.reportCase(c, p, x, nil, contacts)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}
