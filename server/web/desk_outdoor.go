package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/outdoor"
)

// outdoorDesk: GET /desk/outdoor: every area by how it stands, and a new one.
func (s *Site) outdoorDesk(c *fiber.Ctx) error { return s.shown(c, s.outdoorDeskCase) }

func (s *Site) outdoorDeskCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Outdoor.List(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("outdoor.title"), Lead: p.say("outdoor.desk_lead"), Links: []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/outdoor")}}}
	now, rest := ui.Records{Empty: p.say("outdoor.desk_none")}, ui.Records{}
	today := calendar.Today(p.now)
	for i := range list {
		r := outdoorRecord(c, p, &list[i])
		if st := list[i].State(today); st == outdoor.Over || st == outdoor.Ended {
			rest.Items = append(rest.Items, r)
		} else {
			now.Items = append(now.Items, r)
		}
	}
	v.add(section{ID: "now", Title: p.say("outdoor.now"), Records: &now})
	if len(rest.Items) > 0 {
		v.add(section{ID: "over", Title: p.say("outdoor.past"), Records: &rest})
	}
	parts, err := s.areaParts(c, p, only(f, "area"), &outdoor.Area{Facts: outdoor.Facts{Kind: outdoor.Kinds[0], Conditions: outdoor.Standard}, Terms: []outdoor.Term{{}}}, "")
	if err != nil {
		return nil, err
	}
	v.add(section{ID: "new", Title: p.say("outdoor.new"), Text: p.say("outdoor.new_text"), Forms: []*ui.Form{s.act(c, "area", at(c, "/desk/outdoor"), 0, p.say("outdoor.add"), parts...)}})
	return v, nil
}

func outdoorRecord(c *fiber.Ctx, p *speaker, a *outdoor.Area) ui.Record {
	name, in := a.Name.In(p.Lang)
	last := a.Last()
	r := ui.Record{Title: name, Lang: in, Href: at(c, "/desk/outdoor/"+a.ID), Lines: []string{p.say("points.kind." + string(a.Kind)), datesWords(p, last.From, last.Until)}}
	st := a.State(calendar.Today(p.now))
	r.Tag = p.say("outdoor.state." + string(st))
	r.State = map[outdoor.State]ui.TaskState{outdoor.Coming: ui.TaskWait, outdoor.InForce: ui.TaskWait, outdoor.Soon: ui.TaskTodo, outdoor.Over: ui.TaskDone, outdoor.Ended: ui.TaskDone}[st]
	return r
}

// areaParts are the fields of an area and of its last decision. shop is the last part of the address of the shop's page.
func (s *Site) areaParts(c *fiber.Ctx, p *speaker, f *form, a *outdoor.Area, shop string) ([]ui.FormPart, error) {
	const id = "area"
	streets, err := s.services.Streets.Streets(c.UserContext())
	if err != nil {
		return nil, err
	}
	kinds := ui.Choice{ID: id + "-kind", Name: "kind", Legend: p.say("outdoor.kind")}
	for _, k := range outdoor.Kinds {
		kinds.Options = append(kinds.Options, ui.Pick{Value: string(k), Label: p.say("points.kind." + string(k)), Checked: typedOr(f, "kind", string(a.Kind)) == string(k)})
	}
	on := append([]ui.Option{{Label: p.say("outdoor.no_street")}}, streetOptions(p, streets, typedOr(f, "street", a.StreetID))...)
	pin, datum := "", geo.GCJ02 // what people copy from a map here is in this one
	if a.Location.Source != "" {
		pin, datum = pinWords(&a.Location), a.Location.Source
	}
	conditions := ui.Choice{ID: id + "-conditions", Name: "conditions", Legend: p.say("outdoor.conditions"), Many: true, Optional: true}
	for _, k := range outdoor.Standard {
		set := slices.Contains(a.Conditions, k)
		if f != nil {
			set = slices.Contains(f.Values["conditions"], string(k))
		}
		conditions.Options = append(conditions.Options, ui.Pick{Value: string(k), Label: p.say("outdoor.condition." + string(k)), Checked: set})
	}
	out := []ui.FormPart{{Choice: &kinds}}
	out = append(out, threefold(p, f, id, "name", p.say("outdoor.name"), a.Name, func(y *ui.Field) { y.Max, y.Hint = outdoor.MaxName, p.say("outdoor.name_hint") })...)
	out = append(out,
		filled(f, id, "shop", p.say("outdoor.shop"), shop, func(y *ui.Field) { y.Optional, y.Hint = true, p.say("outdoor.shop_hint") }),
		filled(f, id, "street", p.say("outdoor.street"), "", func(y *ui.Field) { y.Options, y.Optional, y.Hint = on, true, p.say("outdoor.street_hint") }),
		filled(f, id, "location", p.say("my.place.pin"), pin, func(y *ui.Field) { y.InputMode, y.Optional, y.Hint = "decimal", true, p.say("outdoor.pin_hint") }),
		filled(f, id, "location.datum", p.say("my.place.datum"), "", func(y *ui.Field) { y.Options = datums(p, typedOr(f, "location.datum", string(datum))) }),
		filled(f, id, "hours", p.say("outdoor.hours"), a.Typed, func(y *ui.Field) {
			y.Max, y.Lang, y.Hint = outdoor.MaxHours, lang.Hans, p.say("outdoor.hours_hint")
		}),
		ui.FormPart{Choice: &conditions})
	out = append(out, threefold(p, f, id, "words", p.say("outdoor.words"), a.Words, func(y *ui.Field) { y.Type, y.Max, y.Optional = "textarea", outdoor.MaxWords, true })...)
	out = append(out,
		filled(f, id, "complaints", p.say("outdoor.complaints"), a.Complaints, func(y *ui.Field) {
			y.Max, y.Lang, y.Hint = outdoor.MaxComplaints, lang.Hans, p.say("outdoor.complaints_hint")
		}),
		ui.FormPart{Heading: p.say("outdoor.decision")})
	return append(out, termParts(p, f, id, a.Last())...), nil
}

// termParts are the fields of a decision.
func termParts(p *speaker, f *form, id string, t outdoor.Term) []ui.FormPart {
	out := threefold(p, f, id, "authority", p.say("outdoor.authority"), t.Authority, func(y *ui.Field) { y.Max, y.Hint = outdoor.MaxLine, p.say("outdoor.authority_hint") })
	day := func(name, label, value string) ui.FormPart {
		return filled(f, id, name, label, value, func(y *ui.Field) { y.Type, y.Short = "date", true })
	}
	return append(out,
		filled(f, id, "number", p.say("outdoor.number"), t.Number, func(y *ui.Field) { y.Max, y.Lang, y.Hint = outdoor.MaxLine, lang.Hans, p.say("outdoor.number_hint") }),
		day("from", p.say("outdoor.from"), t.From), day("until", p.say("outdoor.until"), t.Until))
}

func typedTerm(f *form) outdoor.Term {
	return outdoor.Term{From: f.Get("from"), Until: f.Get("until"), Authority: typedText(f, "authority"), Number: f.Get("number")}
}

// typedArea reads the fields of an area; was is its position as it is stored. fault.Invalid for a shop or a position that cannot be read.
func (s *Site) typedArea(c *fiber.Ctx, f *form, was *geo.Location) (outdoor.Facts, error) {
	x := outdoor.Facts{Name: typedText(f, "name"), StreetID: f.Get("street"), Typed: f.Get("hours"), Words: typedText(f, "words"), Complaints: f.Get("complaints")}
	for _, k := range outdoor.Kinds {
		if string(k) == f.Get("kind") {
			x.Kind = k
		}
	}
	for _, k := range f.Values["conditions"] {
		x.Conditions = append(x.Conditions, outdoor.Condition(k))
	}
	if lang.Clean(f.Get("shop")) != "" {
		switch l, err := s.shopAt(c, f.Get("shop")); {
		case fault.Is(err, fault.NotFound):
			return x, fault.Wrong("shop", "outdoor.wrong.shop", nil)
		case err != nil:
			return x, err
		default:
			x.ListingID = l.ID
		}
	}
	pin, err := typedPin(f, was)
	if pin != nil {
		x.Location = *pin
	}
	return x, err
}

// outdoorAdded: POST /desk/outdoor (the fields of an area and of a decision).
func (s *Site) outdoorAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := s.typedArea(c, f, nil)
	if err == nil {
		var made outdoor.Area
		if made, err = s.services.Outdoor.Add(c.UserContext(), Of(c).Actor, x, typedTerm(f)); err == nil {
			return see(c, "/desk/outdoor/"+made.ID+"?done=saved")
		}
	}
	return s.refused(c, f, err, s.outdoorDeskCase)
}

// outdoorArea: GET /desk/outdoor/:id.
func (s *Site) outdoorArea(c *fiber.Ctx) error { return s.shown(c, s.outdoorAreaCase) }

func (s *Site) outdoorAreaCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	a, err := s.services.Outdoor.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here, last, st := at(c, "/desk/outdoor/"+a.ID), a.Last(), a.State(calendar.Today(p.now))
	v := &casePage{Up: &ui.Link{Label: p.say("outdoor.title"), Href: at(c, "/desk/outdoor")}, Title: p.name(a.Name), Lead: p.say("outdoor.licence")}
	if w := saidHere(c, "saved", "renewed", "ended"); w != "" {
		v.ok(p.say("outdoor.done." + w))
	}
	if st == outdoor.Soon || st == outdoor.Over || st == outdoor.Ended {
		v.warn(p.say("outdoor.state." + string(st)))
	}
	facts, err := s.outdoorFacts(c, p, &a, &last)
	if err != nil {
		return nil, err
	}
	v.add(section{Facts: fact(facts, p.say("outdoor.how_far"), p.say("outdoor.state."+string(st)))})
	v.add(section{ID: "decisions", Title: p.say("outdoor.decisions"), Records: decisions(p, &a)})
	v.add(section{ID: "renewal", Title: p.say("outdoor.renew"), Text: p.say("outdoor.renew_text"), Forms: []*ui.Form{
		s.act(c, "renew", here, a.Rev, p.say("outdoor.renew_send"), termParts(p, only(f, "renew"), "renew", outdoor.Term{Authority: last.Authority})...),
	}})
	if last.EndedOn != "" {
		return v, nil
	}
	shop := ""
	if l, err := s.services.Listings.Get(c.UserContext(), a.ListingID); err == nil {
		shop = l.Slug
	}
	parts, err := s.areaParts(c, p, only(f, "area"), &a, shop)
	if err != nil {
		return nil, err
	}
	v.add(section{ID: "edit", Title: p.say("outdoor.edit"), Text: p.say("outdoor.edit_text"), Forms: []*ui.Form{s.act(c, "area", here, a.Rev, p.say("outdoor.save"), parts...)}})
	if st != outdoor.Over {
		form := s.act(c, "end", here, a.Rev, p.say("outdoor.end_send"), filled(only(f, "end"), "end", "why", p.say("outdoor.why"), "", func(y *ui.Field) { y.Max, y.Hint = outdoor.MaxWhy, p.say("outdoor.why_hint") }))
		form.Bar.Buttons[0].Kind = "alt"
		v.add(section{ID: "ending", Title: p.say("outdoor.end"), Text: p.say("outdoor.end_text"), Forms: []*ui.Form{form}})
	}
	return v, nil
}

// decisions are those of an area, the last one first.
func decisions(p *speaker, a *outdoor.Area) *ui.Records {
	out := ui.Records{}
	for _, t := range slices.Backward(a.Terms) {
		authority, in := t.Authority.In(p.Lang)
		r := ui.Record{Title: authority + " " + t.Number, Lang: in, Lines: []string{datesWords(p, t.From, t.Until), p.say("outdoor.entered", "Day", onDay(p, t.EnteredOn))}}
		if t.EndedOn != "" {
			r.Tag, r.State = p.say("outdoor.ended_on", "Day", onDay(p, t.EndedOn)), ui.TaskDone
			r.Lines = append(r.Lines, t.Why)
		}
		out.Items = append(out.Items, r)
	}
	return &out
}

// outdoorSent: POST /desk/outdoor/:id (form: area, renew, end).
func (s *Site) outdoorSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "area":
		err = s.areaCorrected(c, f, rev)
	case "renew":
		done = "renewed"
		_, err = s.services.Outdoor.Renew(ctx, by, id, rev, typedTerm(f))
	case "end":
		done = "ended"
		_, err = s.services.Outdoor.End(ctx, by, id, rev, f.Get("why"))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/outdoor/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.outdoorAreaCase)
}

func (s *Site) areaCorrected(c *fiber.Ctx, f *form, rev int64) error {
	ctx, by := c.UserContext(), Of(c).Actor
	was, err := s.services.Outdoor.Get(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	x, err := s.typedArea(c, f, &was.Location)
	if err != nil {
		return err
	}
	_, err = s.services.Outdoor.Set(ctx, by, was.ID, rev, x, typedTerm(f))
	return err
}
