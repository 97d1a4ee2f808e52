package web

import (
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
)

// memberRoutes are the joint meeting as the people of a member have it.
func (s *Site) memberRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/my/assembly/:id", "/my/assembly/none"
	read := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: get, Path: one + path, Handle: h, Kind: Private, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: none + probe}
	}
	send := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: post, Path: one + path, Handle: h, Kind: Private, Rate: Write, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: none + probe}
	}
	proof := send("/actions/:action", s.ownActionSent, "/actions/none")
	proof.Body = proofBody
	consent := send("/consent", s.ownConsentSent, "/consent")
	consent.Needs = access.AssemblyConsent
	return []Route{
		{Method: get, Path: "/my/assembly", Handle: s.ownAssembly, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		read("", s.ownMemberPage, ""),
		consent,
		read("/pact", s.ownPactPage, "/pact"),
		send("/pact", s.ownPactSent, "/pact"),
		read("/meetings/:meeting", s.ownMeetingPage, "/meetings/none"),
		send("/meetings/:meeting", s.ownMeetingSent, "/meetings/none"),
		read("/meetings/:meeting/print", s.ownMinutesSheet, "/meetings/none/print"),
		read("/meetings/:meeting/calendar", s.ownMeetingCalendar, "/meetings/none/calendar"),
		read("/actions/:action", s.ownActionPage, "/actions/none"),
		proof,
		read("/actions/:action/evidence/:n", s.ownActionProof, "/actions/none/evidence/1"),
	}
}

// ofMember says whose the organisation is that the address names.
func (s *Site) ofMember(c *fiber.Ctx) (access.Thing, error) {
	return s.services.Assembly.Of(c.UserContext(), Of(c).Actor, c.Params("id"))
}

func ownHref(c *fiber.Ctx, path string) string { return at(c, "/my/assembly/"+c.Params("id")+path) }

// ownAssembly: GET /my/assembly: the organisations somebody acts for; who acts for one goes there.
func (s *Site) ownAssembly(c *fiber.Ctx) error {
	list, err := s.services.Assembly.Mine(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	if len(list) == 1 && c.Query("done") == "" {
		return see(c, "/my/assembly/"+list[0].ID)
	}
	p := s.speaker(c)
	v := casePage{Title: p.say("assembly.my_title"), Lead: p.say("assembly.my_lead")}
	if w := saidHere(c, "left"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	records := ui.Records{Empty: p.say("assembly.my_none")}
	for _, o := range list {
		name, in := o.Name.In(p.Lang)
		records.Items = append(records.Items, ui.Record{Title: name, Lang: in, Href: at(c, "/my/assembly/"+o.ID), Lines: []string{o.Seat}})
	}
	v.add(section{Title: p.say("assembly.list.own"), Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// ownMemberPage: GET /my/assembly/:id (after, items): what waits for the organisation.
func (s *Site) ownMemberPage(c *fiber.Ctx) error {
	p, ctx, by, a := s.speaker(c), c.UserContext(), Of(c).Actor, s.services.Assembly
	o, err := a.Own(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	meetings, err := a.MemberMeetings(ctx, by, o.ID, c.Query("after"), onLiaison)
	if err != nil {
		return err
	}
	actions, err := a.OwnActions(ctx, by, o.ID, c.Query("items"), onLiaison)
	if err != nil {
		return err
	}
	pact, some, err := a.CurrentPact(ctx, by, o.ID)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("assembly.my_title"), Lead: p.name(o.Name)}
	if w := saidHere(c, "agreed", "revoked", "signed", "speaks"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	if _, signed := o.HasSigned(pact.Number); some && !signed {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("assembly.sign_asked", "N", pact.Number), Link: &ui.Link{Label: p.say("assembly.read_pact"), Href: ownHref(c, "/pact")}})
	}
	list := ui.Records{Empty: p.say("assembly.no_meeting")}
	for i := range meetings.Items {
		m := &meetings.Items[i]
		r := meetingRecord(c, p, "/my/assembly/"+o.ID+"/meetings/", m)
		if m.State == assembly.Asked {
			if _, ok := m.AnswerOf(o.ID); !ok && !m.Late(p.now) {
				r.State = ui.TaskTodo
				r.Lines = append(r.Lines, p.say("assembly.answer_by", "Day", onDay(p, m.Due)))
			}
		}
		list.Items = append(list.Items, r)
	}
	x := section{Title: p.say("assembly.meetings"), Records: &list}
	if meetings.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: ownHref(c, "") + "?after=" + escaped(meetings.Next)}}
	}
	v.add(x)
	items := ui.Records{Empty: p.say("assembly.no_own_action")}
	for i := range actions.Items {
		r := actionRecord(c, p, "/my/assembly/"+o.ID+"/actions/", &actions.Items[i], nil)
		r.Lines = r.Lines[1:] // they are all the reader's own
		items.Items = append(items.Items, r)
	}
	x = section{Title: p.say("assembly.own_actions"), Records: &items}
	if actions.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: ownHref(c, "") + "?items=" + escaped(actions.Next)}}
	}
	v.add(x)
	more := section{Title: p.say("assembly.more"), Links: []ui.Link{{Label: p.say("assembly.members"), Href: ownHref(c, "/members")}, {Label: p.say("assembly.feed"), Href: ownHref(c, "/calendar")}}}
	v.add(section{Title: p.say("benefits.own"), Text: p.say("benefits.own_text"), Links: []ui.Link{{Label: p.say("benefits.own_go"), Href: ownHref(c, "/benefits")}, {Label: p.say("benefits.title"), Href: at(c, "/neighbours")}}})
	v.add(section{Title: p.say("station.points_title"), Text: p.say("station.member_points_text"), Links: []ui.Link{{Label: p.say("station.member_points_go"), Href: ownHref(c, "/points")}, {Label: p.say("points.title"), Href: at(c, "/points")}}})
	v.add(section{Title: p.say("activity.title"), Links: []ui.Link{{Label: p.say("activity.take_places"), Href: ownHref(c, "/activities")}}})
	if some {
		more.Links = append(more.Links, ui.Link{Label: p.say("assembly.pact_n", "N", pact.Number), Href: ownHref(c, "/pact")})
	}
	v.add(more)
	v.Links = append(v.Links, ui.Link{Label: p.say("station.my_rooms"), Href: at(c, "/my/rooms/"+o.ID)}, ui.Link{Label: p.say("resource.my_title"), Href: at(c, "/my/resources/"+o.ID)})
	consent := section{ID: "consent", Title: p.say("assembly.consent"), Text: p.say("assembly.consent_words"), Facts: fact(consentFact(p, &o), p.say("assembly.visibility_label"), p.say("assembly.visibility."+string(o.Visibility)))}
	if access.Can(by, access.AssemblyConsent, o.Thing(by)) {
		consent.Forms = []*ui.Form{s.consentForm(c, p, &o, ownHref(c, "/consent"), p.say("assembly.agree"))}
	}
	v.add(consent)
	if slices.Contains(o.Speakers, by.AccountID) {
		x := s.act(c, "leave", ownHref(c, "/leave"), 0, p.say("assembly.stop"))
		x.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("assembly.you_act"), Text: p.say("assembly.you_act_text", "Name", p.name(o.Name)), Forms: []*ui.Form{x}})
	}
	return s.showCase(c, p, &v, nil, nil)
}

// ownConsentSent: POST /my/assembly/:id/consent (do).
func (s *Site) ownConsentSent(c *fiber.Ctx) error {
	done, err := s.consented(c)
	if err != nil {
		return err
	}
	return see(c, "/my/assembly/"+c.Params("id")+"?done="+done)
}

// ownPactPage: GET /my/assembly/:id/pact.
func (s *Site) ownPactPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.ownPactCase(c, p)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) ownPactCase(c *fiber.Ctx, p *speaker) (*casePage, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	o, err := s.services.Assembly.Own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	pact, some, err := s.services.Assembly.CurrentPact(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if !some {
		return nil, notThere()
	}
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.my_title"), Href: ownHref(c, "")}, Title: p.say("assembly.pact"), Lead: p.say("assembly.version_n", "N", pact.Number)}
	v.add(section{Article: s.prose(c, p, pact.Text)})
	if when, signed := o.HasSigned(pact.Number); signed {
		v.ok(p.say("assembly.signed_version", "N", pact.Number, "Day", dayOf(p, when)))
		return v, nil
	}
	x := s.act(c, "sign", ownHref(c, "/pact"), 0, p.say("assembly.sign_send"))
	x.Hidden = append(x.Hidden, ui.Hidden{Name: "shown", Value: pact.Hash()})
	v.add(section{Title: p.say("assembly.sign"), Text: p.say("assembly.sign_text", "Name", p.name(o.Name)), Forms: []*ui.Form{x}})
	return v, nil
}

// ownPactSent: POST /my/assembly/:id/pact (shown).
func (s *Site) ownPactSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	_, err = s.services.Assembly.Sign(c.UserContext(), Of(c).Actor, c.Params("id"), f.Get("shown"))
	if err == nil {
		return see(c, "/my/assembly/"+c.Params("id")+"?done=signed")
	}
	p := s.speaker(c)
	v, caseErr := s.ownPactCase(c, p)
	if caseErr != nil {
		return caseErr
	}
	return s.refuse(c, p, v, f, err)
}

// ownMeetingPage: GET /my/assembly/:id/meetings/:meeting.
func (s *Site) ownMeetingPage(c *fiber.Ctx) error { return s.shown(c, s.ownMeetingCase) }

func (s *Site) ownMeetingCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	o, err := s.services.Assembly.Own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	read, err := s.services.Assembly.Read(ctx, by, id, c.Params("meeting"))
	if err != nil {
		return nil, err
	}
	m := read.Meeting
	here := ownHref(c, "/meetings/"+m.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.my_title"), Href: ownHref(c, "")}, Title: m.Title}
	if w := saidHere(c, "proposed", "answered"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	if m.Back != "" {
		v.warn(p.say("assembly.taken_back"))
	}
	facts := section{Facts: meetingFacts(p, &m)}
	if m.State == assembly.Called || m.State == assembly.Cancelled {
		facts.Links = append(facts.Links, ui.Link{Label: p.say("assembly.to_calendar"), Href: here + "/calendar"})
	}
	if m.State == assembly.Asked || m.State == assembly.Published {
		facts.Links = append(facts.Links, ui.Link{Label: p.say("assembly.print"), Href: here + "/print"})
	}
	v.add(facts)
	v.Sections = append(v.Sections, topicSections(p, &m, read.Names, nil)...)
	if len(read.Actions) > 0 {
		v.add(decidedSection(c, p, id, read.Actions, read.Names))
	}
	if m.State == assembly.Open {
		v.add(section{Title: p.say("assembly.propose"), Forms: []*ui.Form{s.act(c, "topic", here, 0, p.say("assembly.propose_send"), topicParts(p, only(f, "topic"), "topic")...)}})
	}
	if m.State == assembly.Asked {
		v.add(s.answerSection(c, p, &m, &o, here, f))
	}
	if m.State == assembly.Published {
		v.add(*answersSection(p, &m))
	}
	return v, nil
}

// answerSection is where an organisation says whether the minutes are right.
func (s *Site) answerSection(c *fiber.Ctx, p *speaker, m *assembly.Meeting, o *assembly.Organisation, here string, f *form) section {
	x := section{ID: "answer", Title: p.say("assembly.answer_title"), Text: p.say("assembly.answer_text", "Day", onDay(p, m.Due))}
	if a, ok := m.AnswerOf(o.ID); ok {
		word := p.say("assembly.answer.right")
		if !a.OK {
			word = p.say("assembly.answer.objection")
		}
		x.Facts = fact(fact(nil, p.say("assembly.answered"), word+" "+stamp(p, a.At)), p.say("assembly.objection"), a.Text)
	}
	if m.Late(p.now) {
		x.Text = p.say("assembly.answer_late")
		return x
	}
	form := s.act(c, "answer", here, 0, "", field(only(f, "answer"), "answer", "text", p.say("assembly.objection"), func(y *ui.Field) {
		y.Type, y.Max, y.Optional, y.Hint = "textarea", assembly.MaxText, true, p.say("assembly.objection_hint")
	}))
	form.Hidden = append(form.Hidden, ui.Hidden{Name: "shown", Value: m.Minutes})
	form.Bar.Buttons = []ui.Button{{Label: p.say("assembly.right"), Name: "do", Value: "right"}, {Label: p.say("assembly.object"), Kind: "alt", Name: "do", Value: "object"}}
	x.Forms = []*ui.Form{form}
	return x
}

// ownMeetingSent: POST /my/assembly/:id/meetings/:meeting (form: topic, answer).
func (s *Site) ownMeetingSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, meeting, done := c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("meeting"), "proposed"
	switch f.Get("form") + " " + f.Get("do") {
	case "topic ":
		_, err = s.services.Assembly.Propose(ctx, by, id, meeting, f.Get("title"), f.Get("text"))
	case "answer right", "answer object":
		done = "answered"
		_, err = s.services.Assembly.Answer(ctx, by, id, meeting, f.Get("shown"), f.Get("do") == "right", f.Get("text"))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/my/assembly/"+id+"/meetings/"+meeting+"?done="+done)
	}
	return s.refused(c, f, err, s.ownMeetingCase)
}

// ownMinutesSheet: GET /my/assembly/:id/meetings/:meeting/print.
func (s *Site) ownMinutesSheet(c *fiber.Ctx) error {
	m, err := s.services.Assembly.Read(c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("meeting"))
	if err != nil {
		return err
	}
	return s.printMeeting(c, &m.Meeting, "/my/assembly/"+c.Params("id")+"/meetings/"+m.ID, m.Actions, m.Names)
}

// ownMeetingCalendar: GET /my/assembly/:id/meetings/:meeting/calendar, an iCalendar file of one event.
func (s *Site) ownMeetingCalendar(c *fiber.Ctx) error {
	m, err := s.services.Assembly.MemberMeeting(c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("meeting"))
	if err != nil {
		return err
	}
	if m.State == assembly.Open || m.State == assembly.Agenda {
		return notThere() // nobody is called yet
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="meeting.ics"`)
	c.Set(fiber.HeaderLastModified, m.UpdatedAt.UTC().Format(http.TimeFormat))
	return c.Send(m.ICalendar(s.config.Host(), s.config.Origin+"/my/assembly/"+c.Params("id")+"/meetings/"+m.ID))
}

// ownActionPage: GET /my/assembly/:id/actions/:action.
func (s *Site) ownActionPage(c *fiber.Ctx) error { return s.shown(c, s.ownActionCase) }

func (s *Site) ownActionCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	a, err := s.services.Assembly.OwnAction(c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("action"))
	if err != nil {
		return nil, err
	}
	here := ownHref(c, "/actions/"+a.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.my_title"), Href: ownHref(c, "")}, Title: a.Text}
	if w := saidHere(c, "saved"); w != "" {
		v.ok(p.say("assembly.done.proved"))
	}
	if a.Overdue(p.now.Format(time.DateOnly)) {
		v.warn(p.say("assembly.overdue"))
	}
	v.add(section{Facts: actionFacts(p, &a)})
	v.add(proofs(p, &a, here))
	if a.State == assembly.Todo || a.State == assembly.Done {
		v.add(section{Title: p.say("assembly.prove"), Forms: []*ui.Form{s.proofForm(c, p, only(f, "prove"), here)}})
	}
	return v, nil
}

// ownActionSent: POST /my/assembly/:id/actions/:action (text, photo).
func (s *Site) ownActionSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	a, err := s.services.Assembly.OwnAction(ctx, by, id, c.Params("action"))
	if err != nil {
		return err
	}
	e, err := s.typedProof(c, f)
	if err == nil {
		_, err = s.services.Assembly.Prove(ctx, by, id, a.ID, e)
	}
	if err == nil {
		return see(c, "/my/assembly/"+id+"/actions/"+a.ID+"?done=saved")
	}
	return s.refused(c, f, err, s.ownActionCase)
}

// ownActionProof: GET /my/assembly/:id/actions/:action/evidence/:n, a picture.
func (s *Site) ownActionProof(c *fiber.Ctx) error {
	a, err := s.services.Assembly.OwnAction(c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("action"))
	if err != nil {
		return err
	}
	return s.sendProof(c, &a)
}
