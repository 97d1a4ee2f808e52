package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/callout"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/phone"
)

// calloutRoutes are whom the district rings in an emergency, and what was practised.
func (s *Site) calloutRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const list = "/desk/callout"
	route := func(method, path string, h fiber.Handler, probe string) Route {
		r := Route{Method: method, Path: list + path, Handle: h, Kind: Private, Needs: access.CalloutEdit, Probe: probe}
		if method == post {
			r.Rate = Write
		}
		return r
	}
	return []Route{
		route(get, "", s.calloutPage, ""), route(post, "", s.calloutAdded, ""),
		route(get, "/drills/:id", s.drillPage, list+"/drills/none"), route(post, "/drills/:id", s.drillSent, list+"/drills/none"),
		route(get, "/:id", s.calloutEntry, list+"/none"), route(post, "/:id", s.calloutSent, list+"/none"),
	}
}

// drillsShown is how many drills the page of the list has.
const drillsShown = 20

// calloutPage: GET /desk/callout (after): whom to ring now, and the drills.
func (s *Site) calloutPage(c *fiber.Ctx) error { return s.shown(c, s.calloutCase) }

func (s *Site) calloutCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	entries, err := s.services.Callout.Entries(ctx, by)
	if err != nil {
		return nil, err
	}
	page, err := s.services.Callout.Drills(ctx, by, c.Query("after"), drillsShown)
	if err != nil {
		return nil, err
	}
	due, err := s.services.Callout.Due(ctx, by)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("callout.title"), Lead: p.say("callout.lead")}
	if w := saidHere(c, "saved"); w != "" {
		v.ok(p.say("callout.done." + w))
	}
	today := calendar.Today(p.now)
	if due != "" && due < today.String() {
		v.warn(p.say("callout.overdue", "Day", onDay(p, due)))
	}
	now, gone := ui.Records{Empty: p.say("callout.none")}, ui.Records{}
	names := map[string]string{}
	for i := range entries {
		e := &entries[i]
		names[e.ID] = e.Name
		if e.EndedOn == "" {
			now.Items = append(now.Items, s.calloutRecord(c, p, e, today))
			continue
		}
		gone.Items = append(gone.Items, ui.Record{Title: e.Name, Lang: lang.Hans, Href: at(c, "/desk/callout/"+e.ID), Tag: p.say("callout.ended", "Day", onDay(p, e.EndedOn)), State: ui.TaskDone})
	}
	v.add(section{ID: "now", Title: p.say("callout.whom"), Records: &now})
	drills := ui.Records{Empty: p.say("callout.no_drill")}
	for i := range page.Items {
		d := &page.Items[i]
		r := ui.Record{Title: d.Topic, Lang: lang.Hans, Href: at(c, "/desk/callout/drills/"+d.ID), Lines: []string{onDay(p, d.On)}}
		for _, id := range d.With {
			r.Lines = append(r.Lines, names[id])
		}
		drills.Items = append(drills.Items, r)
	}
	x := section{ID: "drills", Title: p.say("callout.drills"), Records: &drills}
	if due != "" {
		x.Text = p.say("callout.due", "Day", onDay(p, due))
	}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/desk/callout") + "?after=" + escaped(page.Next) + "#drills"}}
	}
	v.add(x)
	v.add(section{ID: "new", Title: p.say("callout.new"), Forms: []*ui.Form{s.act(c, "entry", at(c, "/desk/callout"), 0, p.say("callout.add"), calloutParts(p, only(f, "entry"), &callout.Facts{})...)}})
	if len(now.Items) > 0 {
		v.add(section{ID: "practised", Title: p.say("callout.new_drill"), Forms: []*ui.Form{
			s.act(c, "drill", at(c, "/desk/callout"), 0, p.say("callout.add_drill"), drillParts(p, only(f, "drill"), &callout.Practised{On: today.String()}, entries)...),
		}})
	}
	if len(gone.Items) > 0 {
		v.add(section{ID: "gone", Title: p.say("callout.gone"), Records: &gone})
	}
	return v, nil
}

// calloutRecord is an organisation with its number to press, what it can do, and whether somebody answers now.
func (s *Site) calloutRecord(c *fiber.Ctx, p *speaker, e *callout.Entry, today calendar.Date) ui.Record {
	r := ui.Record{Title: e.Name, Lang: lang.Hans, Href: at(c, "/desk/callout/"+e.ID), Lines: []string{e.Can, p.say("callout.answers", "Hours", e.Hours)}}
	r.Tag, r.State = p.say("callout.nobody_now"), ui.TaskDone
	if hours.At(e.Reached(), s.calendar(), p.now).IsOpen() {
		r.Tag, r.State = p.say("callout.now"), ui.TaskWait
	}
	if numbers, err := phone.Parse(e.Phone); err == nil {
		for _, n := range numbers {
			r.Buttons = append(r.Buttons, ui.Button{Label: n.Display(), Href: n.Tel(), Kind: "alt s"})
		}
	}
	if e.Stale(today) {
		r.Lines = append(r.Lines, p.say("callout.stale", "Day", onDay(p, e.TriedOn)))
	}
	return r
}

func calloutParts(p *speaker, f *form, x *callout.Facts) []ui.FormPart {
	const id = "entry"
	return []ui.FormPart{
		filled(f, id, "name", p.say("callout.name"), x.Name, func(y *ui.Field) { y.Max, y.Lang = callout.MaxName, lang.Hans }),
		filled(f, id, "can", p.say("callout.can"), x.Can, func(y *ui.Field) { y.Max, y.Lang, y.Hint = callout.MaxCan, lang.Hans, p.say("callout.can_hint") }),
		filled(f, id, "phone", p.say("callout.phone"), x.Phone, func(y *ui.Field) { y.Type, y.Hint = "tel", p.say("callout.phone_hint") }),
		filled(f, id, "hours", p.say("callout.hours"), x.Hours, func(y *ui.Field) { y.Max, y.Lang, y.Hint = callout.MaxHours, lang.Hans, p.say("callout.hours_hint") }),
	}
}

// drillParts are the fields of a drill. Organisations that are off the list can be chosen where they took part.
func drillParts(p *speaker, f *form, x *callout.Practised, entries []callout.Entry) []ui.FormPart {
	const id = "drill"
	with := ui.Choice{ID: id + "-with", Name: "with", Legend: p.say("callout.with"), Many: true, Columns: true}
	chosen := x.With
	if f != nil {
		chosen = f.Values["with"]
	}
	for i := range entries {
		e := &entries[i]
		if is := slices.Contains(chosen, e.ID); is || e.EndedOn == "" {
			with.Options = append(with.Options, ui.Pick{Value: e.ID, Label: e.Name, Checked: is})
		}
	}
	day := func(name, label, value string, optional bool) ui.FormPart {
		return filled(f, id, name, label, value, func(y *ui.Field) { y.Type, y.Short, y.Optional = "date", true, optional })
	}
	text := func(name, label, value string, optional bool) ui.FormPart {
		return filled(f, id, name, label, value, func(y *ui.Field) {
			y.Type, y.Rows, y.Max, y.Lang, y.Optional = "textarea", 3, callout.MaxResult, lang.Hans, optional
		})
	}
	return []ui.FormPart{
		day("on", p.say("callout.on"), x.On, false),
		filled(f, id, "topic", p.say("callout.topic"), x.Topic, func(y *ui.Field) { y.Max, y.Lang, y.Hint = callout.MaxTopic, lang.Hans, p.say("callout.topic_hint") }),
		{Choice: &with},
		text("result", p.say("callout.result"), x.Result, false),
		text("better", p.say("callout.better"), x.Better, true),
		day("next_on", p.say("callout.next"), x.NextOn, true),
	}
}

func typedFacts(f *form) callout.Facts {
	return callout.Facts{Name: f.Get("name"), Can: f.Get("can"), Phone: f.Get("phone"), Hours: f.Get("hours")}
}

func typedDrill(f *form) callout.Practised {
	return callout.Practised{On: f.Get("on"), Topic: f.Get("topic"), With: slices.Clone(f.Values["with"]), Result: f.Get("result"), Better: f.Get("better"), NextOn: f.Get("next_on")}
}

// calloutAdded: POST /desk/callout (form: entry, drill).
func (s *Site) calloutAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	switch f.Get("form") {
	case "entry":
		_, err = s.services.Callout.Add(c.UserContext(), Of(c).Actor, typedFacts(f))
	case "drill":
		_, err = s.services.Callout.AddDrill(c.UserContext(), Of(c).Actor, typedDrill(f))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/callout?done=saved")
	}
	return s.refused(c, f, err, s.calloutCase)
}

// calloutEntry: GET /desk/callout/:id.
func (s *Site) calloutEntry(c *fiber.Ctx) error { return s.shown(c, s.calloutEntryCase) }

func (s *Site) calloutEntryCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	e, err := s.services.Callout.Entry(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/callout/"+e.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("callout.title"), Href: at(c, "/desk/callout")}, Title: e.Name}
	if w := saidHere(c, "saved"); w != "" {
		v.ok(p.say("callout.done." + w))
	}
	press := func(id, title, text, button string) section {
		form := s.act(c, id, here, e.Rev, button)
		form.Bar.Buttons[0].Kind = "alt"
		return section{Title: title, Text: text, Forms: []*ui.Form{form}}
	}
	if e.EndedOn != "" {
		v.warn(p.say("callout.ended", "Day", onDay(p, e.EndedOn)))
		v.add(press("again", p.say("callout.again"), "", p.say("callout.again_send")))
		return v, nil
	}
	rings := s.calloutRecord(c, p, &e, calendar.Today(p.now))
	rings.Title, rings.Href, rings.Lines = e.Can, "", rings.Lines[1:] // the page is called what the organisation is
	v.add(section{Records: &ui.Records{Items: []ui.Record{rings}}})
	v.add(press("tried", p.say("callout.tried"), p.say("callout.tried_on", "Day", onDay(p, e.TriedOn)), p.say("callout.tried_send")))
	v.add(section{ID: "edit", Title: p.say("callout.edit"), Forms: []*ui.Form{s.act(c, "entry", here, e.Rev, p.say("assembly.save"), calloutParts(p, only(f, "entry"), &e.Facts)...)}})
	v.add(press("end", p.say("callout.end"), p.say("callout.end_text"), p.say("callout.end_send")))
	return v, nil
}

// calloutSent: POST /desk/callout/:id (form: entry, tried, end, again).
func (s *Site) calloutSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, list := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Callout
	switch f.Get("form") {
	case "entry":
		_, err = list.Set(ctx, by, id, rev, typedFacts(f))
	case "tried":
		_, err = list.Tried(ctx, by, id, rev)
	case "end":
		_, err = list.End(ctx, by, id, rev)
	case "again":
		_, err = list.Again(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/callout/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.calloutEntryCase)
}

// drillPage: GET /desk/callout/drills/:id.
func (s *Site) drillPage(c *fiber.Ctx) error { return s.shown(c, s.drillCase) }

func (s *Site) drillCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	d, err := s.services.Callout.Drill(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	entries, err := s.services.Callout.Entries(ctx, by)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("callout.title"), Href: at(c, "/desk/callout")}, Title: d.Topic}
	if w := saidHere(c, "saved"); w != "" {
		v.ok(p.say("callout.done." + w))
	}
	facts := fact(nil, p.say("callout.on"), onDay(p, d.On))
	with := ui.Fact{Term: p.say("callout.with")}
	for i := range entries {
		if slices.Contains(d.With, entries[i].ID) {
			with.Values = append(with.Values, ui.Value{Text: entries[i].Name, Lang: lang.Hans, Href: at(c, "/desk/callout/"+entries[i].ID)})
		}
	}
	facts = append(facts, with)
	facts = fact(fact(facts, p.say("callout.result"), d.Result), p.say("callout.better"), d.Better)
	if d.NextOn != "" {
		facts = fact(facts, p.say("callout.next"), onDay(p, d.NextOn))
	}
	v.add(section{Facts: facts})
	v.add(section{ID: "edit", Title: p.say("callout.edit"), Forms: []*ui.Form{
		s.act(c, "drill", at(c, "/desk/callout/drills/"+d.ID), d.Rev, p.say("assembly.save"), drillParts(p, only(f, "drill"), &d.Practised, entries)...),
	}})
	return v, nil
}

// drillSent: POST /desk/callout/drills/:id (the fields of a drill).
func (s *Site) drillSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	if _, err = s.services.Callout.SetDrill(c.UserContext(), Of(c).Actor, id, rev, typedDrill(f)); err == nil {
		return see(c, "/desk/callout/drills/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.drillCase)
}
