package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lead"
	"shangquan/services/vacancy"
	"shangquan/services/vocabulary"
)

// leadRoutes are the enquiries about units on offer: the form that everybody can fill in, and the desk that goes on with them.
func (s *Site) leadRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const ask, noCard, one, none = "/vacancies/:id/ask", "/vacancies/none/ask", "/desk/leads/:id", "/desk/leads/none"
	return []Route{
		{Method: get, Path: ask, Handle: s.interestPage, Kind: Private, Needs: access.LeadSend, Probe: noCard},
		{Method: post, Path: ask, Handle: s.interestSent, Kind: Private, Rate: Report, Needs: access.LeadSend, Probe: noCard},
		{Method: get, Path: "/desk/leads", Handle: s.leadDesk, Kind: Private, Needs: access.LeadEdit},
		{Method: get, Path: one, Handle: s.leadPage, Kind: Private, Needs: access.LeadEdit, Probe: none},
		{Method: post, Path: one, Handle: s.leadSent, Kind: Private, Rate: Write, Needs: access.LeadEdit, Probe: none},
	}
}

// askedCard is the card that somebody asks about.
func (s *Site) askedCard(c *fiber.Ctx, p *speaker) (vacancy.Offer, where, error) {
	if s.services.Vacancies == nil {
		return vacancy.Offer{}, where{}, notThere()
	}
	o, err := s.services.Vacancies.PublicCard(c.UserContext(), c.Params("id"))
	if err != nil {
		return o, where{}, err
	}
	w, err := s.unitWhere(c, p, &o.Unit)
	return o, w, err
}

// interestPage: GET /vacancies/:id/ask.
func (s *Site) interestPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	o, w, err := s.askedCard(c, p)
	if err != nil {
		return err
	}
	v := s.interestForm(c, p, &o, w, nil)
	switch {
	case saidHere(c, "sent") != "":
		v.Form, v.Lead = nil, ""
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("lead.sent"), Text: p.say("lead.sent_text")}}
	case !o.Asks():
		v.Form, v.Lead = nil, ""
		v.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("vacancy.reserved_text")}}
	}
	return s.showForm(c, p, v, nil)
}

func (s *Site) interestForm(c *fiber.Ctx, p *speaker, o *vacancy.Offer, w where, f *form) formPage {
	agreed := f != nil && f.Get("agree") == "1"
	return formPage{
		Up: &ui.Link{Label: w.title, Href: at(c, "/vacancies/"+o.ID)}, Title: p.say("lead.ask_title", "Unit", w.title), Lead: p.say("lead.ask_lead"),
		Form: &ui.Form{
			Action: at(c, "/vacancies/"+o.ID+"/ask"),
			Parts: []ui.FormPart{
				input(f, "business", p.say("lead.business"), func(x *ui.Field) {
					x.Max, x.Autocomplete, x.Hint = lead.MaxBusiness, "organization", p.say("lead.business_hint")
				}),
				input(f, "contact", p.say("lead.contact"), func(x *ui.Field) { x.Hint = p.say("lead.contact_hint") }),
				input(f, "wants", p.say("lead.wants"), func(x *ui.Field) { x.Type, x.Max, x.Hint = "textarea", lead.MaxWants, p.say("lead.wants_hint") }),
				{Choice: &ui.Choice{ID: "agree", Name: "agree", Legend: p.say("lead.agree_legend"), Many: true, Options: []ui.Pick{{Value: "1", Label: p.say("lead.agree"), Checked: agreed}}}},
			},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("lead.send")}}},
		},
		Links: []ui.Link{{Label: p.say("nav.privacy"), Href: at(c, "/privacy")}},
	}
}

// interestSent: POST /vacancies/:id/ask (business, contact, wants, agree).
func (s *Site) interestSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	o, w, err := s.askedCard(c, p)
	if err != nil {
		return err
	}
	_, err = s.services.Leads.Send(c.UserContext(), Of(c).Actor, o.ID, lead.Asker{Business: f.Get("business"), Contact: f.Get("contact"), Wants: f.Get("wants")}, f.Get("agree") == "1")
	if err != nil {
		return s.showForm(c, p, s.interestForm(c, p, &o, w, f), err)
	}
	return see(c, "/vacancies/"+o.ID+"/ask?done=sent")
}

// onLeads is how many enquiries a page has.
const onLeads = 50

// leadChips are the stages with how many enquiries are in each.
func (s *Site) leadChips(c *fiber.Ctx, p *speaker, on lead.State) ([]ui.Chip, error) {
	counts, err := s.services.Leads.Counts(c.UserContext(), Of(c).Actor)
	out := []ui.Chip{}
	for _, x := range lead.States {
		out = append(out, ui.Chip{Label: p.say("lead.chip", "State", p.say("lead.state."+string(x)), "N", counts[x]), Href: at(c, "/desk/leads") + "?state=" + string(x), On: x == on})
	}
	return out, err
}

// leadDesk: GET /desk/leads (state, after).
func (s *Site) leadDesk(c *fiber.Ctx) error {
	p, state := s.speaker(c), lead.New
	for _, x := range lead.States {
		if c.Query("state") == string(x) {
			state = x
		}
	}
	v := casePage{Up: &ui.Link{Label: p.say("vacancy.title"), Href: at(c, "/desk/vacancies")}, Title: p.say("lead.title"), Lead: p.say("lead.lead", "Days", s.settings().EnquiryDays)}
	var err error
	if v.Chips, err = s.leadChips(c, p, state); err != nil {
		return err
	}
	page, err := s.services.Leads.List(c.UserContext(), Of(c).Actor, state, c.Query("after"), onLeads)
	if err != nil {
		return err
	}
	x := section{ID: "enquiries", Records: s.leadRecords(c, p, page.Items)}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/desk/leads") + "?state=" + string(state) + "&after=" + escaped(page.Next)}}
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

var leadLooks = map[lead.State]ui.TaskState{
	lead.New: ui.TaskTodo, lead.Contacted: ui.TaskWait, lead.Viewing: ui.TaskWait, lead.Proposal: ui.TaskWait, lead.Matched: ui.TaskDone, lead.Lost: ui.TaskDone,
}

// leadRecords are enquiries in a list, by the unit they are about: who asks stands on the page of each.
func (s *Site) leadRecords(c *fiber.Ctx, p *speaker, list []lead.Enquiry) *ui.Records {
	out := ui.Records{Empty: p.say("lead.none")}
	for i := range list {
		e := &list[i]
		r := ui.Record{Title: s.askedTitle(c, p, e), Href: at(c, "/desk/leads/"+e.ID), Lines: []string{p.say("lead.sent_at", "When", stamp(p, e.CreatedAt))}}
		r.Tag, r.State = p.say("lead.state."+string(e.State)), leadLooks[e.State]
		if e.Reason != "" {
			r.Lines = append(r.Lines, s.reasonWord(p, vocabulary.LeadReasons, e.Reason))
		}
		if n := len(e.Steps); n > 0 {
			r.Lines = append(r.Lines, s.stepWords(c, p, &e.Steps[n-1]))
		}
		out.Items = append(out.Items, r)
	}
	return &out
}

// askedTitle is the unit an enquiry is about, with its place as long as there is the card.
func (s *Site) askedTitle(c *fiber.Ctx, p *speaker, e *lead.Enquiry) string {
	o, err := s.services.Vacancies.Get(c.UserContext(), Of(c).Actor, e.CardID)
	if err != nil {
		return e.Unit
	}
	w, err := s.unitWhere(c, p, &o.Unit)
	if err != nil {
		return e.Unit
	}
	return w.title
}

// stepWords say who brought an enquiry where, and when.
func (s *Site) stepWords(c *fiber.Ctx, p *speaker, x *lead.Step) string {
	who := orElse(s.personNamed(c, x.Name, x.By), p.say("consents.program"))
	return p.say("lead.step_line", "When", stamp(p, x.At), "Who", who, "State", p.say("lead.state."+string(x.To)))
}

// leadPage: GET /desk/leads/:id.
func (s *Site) leadPage(c *fiber.Ctx) error { return s.shown(c, s.leadCase) }

func (s *Site) leadCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	e, asker, err := s.services.Leads.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/leads/"+e.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("lead.title"), Href: at(c, "/desk/leads")}, Title: s.askedTitle(c, p, &e)}
	if said := saidHere(c, "moved", "forgotten"); said != "" {
		v.ok(p.say("lead.done." + said))
	}
	facts := fact(nil, p.say("lead.how_far"), p.say("lead.state."+string(e.State)))
	if e.Reason != "" {
		facts = fact(facts, p.say("lead.reason_label"), s.reasonWord(p, vocabulary.LeadReasons, e.Reason))
	}
	facts = fact(facts, p.say("lead.business"), asker.Business)
	facts = fact(fact(facts, p.say("lead.contact"), asker.Contact), p.say("lead.wants"), asker.Wants)
	facts = fact(facts, p.say("lead.asked"), stamp(p, e.CreatedAt))
	if e.Forgotten() {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("lead.forgotten_text")})
	} else {
		facts = fact(facts, p.say("lead.erase_on"), onDay(p, e.EraseOn))
	}
	v.add(section{Facts: facts, Links: []ui.Link{{Label: p.say("lead.card"), Href: at(c, "/desk/vacancies/"+e.CardID)}}})
	list := ui.Records{Empty: p.say("lead.no_steps")}
	for i := range e.Steps {
		r := ui.Record{Title: s.stepWords(c, p, &e.Steps[i])}
		if e.Steps[i].Note != "" {
			r.Lines = []string{e.Steps[i].Note}
		}
		list.Items = append(list.Items, r)
	}
	v.add(section{ID: "steps", Title: p.say("lead.steps"), Records: &list})
	s.leadSteps(c, p, v, f, &e, here)
	if !e.Forgotten() {
		form := s.act(c, "forget", here, e.Rev, p.say("lead.forget_send"))
		form.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("lead.forget"), Text: p.say("lead.forget_text"), Forms: []*ui.Form{form}})
	}
	return v, nil
}

// leadSteps are what can be done next: onwards with one press, or lost for a reason.
func (s *Site) leadSteps(c *fiber.Ctx, p *speaker, v *casePage, f *form, e *lead.Enquiry, here string) {
	for _, to := range e.Next() {
		id := "to-" + string(to)
		g := only(f, id)
		note := filled(g, id, "note", p.say("lead.note"), "", func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Optional = "textarea", 2, lead.MaxNote, true
		})
		x := section{Title: p.say("lead.to." + string(to))}
		if to == lead.Lost {
			reasons := []ui.Option{{Label: p.say("my.choose")}}
			for _, r := range s.reasonChoices(p, vocabulary.LeadReasons, "") {
				reasons = append(reasons, ui.Option{Value: r.code, Label: r.word, Checked: typedOr(g, "reason", "") == r.code})
			}
			x.Forms = []*ui.Form{s.act(c, id, here, e.Rev, p.say("lead.send_to."+string(to)),
				filled(g, id, "reason", p.say("lead.reason_label"), "", func(y *ui.Field) { y.Options = reasons }), note)}
		} else {
			x.Forms = []*ui.Form{s.act(c, id, here, e.Rev, p.say("lead.send_to."+string(to)), note)}
		}
		v.add(x)
	}
}

// leadSent: POST /desk/leads/:id (form: to-STATE, forget).
func (s *Site) leadSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "moved"
	if f.Get("form") == "forget" {
		done = "forgotten"
		_, err = s.services.Leads.Forget(ctx, by, id, rev)
	} else {
		to, ok := movedTo(f.Get("form"))
		if !ok {
			return fiber.ErrBadRequest
		}
		_, err = s.services.Leads.Step(ctx, by, id, rev, lead.Move{To: to, Reason: f.Get("reason"), Note: f.Get("note")})
	}
	if err == nil {
		return see(c, "/desk/leads/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.leadCase)
}

// movedTo is the state a form leads to.
func movedTo(form string) (lead.State, bool) {
	for _, x := range lead.States {
		if form == "to-"+string(x) {
			return x, true
		}
	}
	return "", false
}

// vacancyLeads are the latest enquiries about a card.
func (s *Site) vacancyLeads(c *fiber.Ctx, p *speaker, v *casePage, o *vacancy.Offer) error {
	page, err := s.services.Leads.OfCard(c.UserContext(), Of(c).Actor, o.ID, onLeads)
	if err == nil {
		v.add(section{ID: "leads", Title: p.say("lead.title"), Records: s.leadRecords(c, p, page.Items)})
	}
	return err
}
