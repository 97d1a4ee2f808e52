package web

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// meetingsPage: GET /liaison/meetings (after).
func (s *Site) meetingsPage(c *fiber.Ctx) error { return s.shown(c, s.meetingsCase) }

func (s *Site) meetingsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	page, err := s.services.Assembly.Meetings(c.UserContext(), Of(c).Actor, assembly.States, c.Query("after"), onLiaison)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("assembly.meetings")}
	list := ui.Records{Empty: p.say("assembly.no_meeting")}
	for i := range page.Items {
		list.Items = append(list.Items, meetingRecord(c, p, "/liaison/meetings/", &page.Items[i]))
	}
	x := section{Title: p.say("assembly.list.meetings"), Records: &list}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/liaison/meetings") + "?after=" + escaped(page.Next)}}
	}
	v.add(x)
	if Of(c).Actor.Is("liaison") {
		v.add(section{ID: "new", Title: p.say("assembly.meeting_new"), Text: p.say("assembly.meeting_new_text"), Forms: []*ui.Form{
			s.act(c, "meeting", at(c, "/liaison/meetings"), 0, p.say("assembly.convene"), planParts(p, only(f, "meeting"), "meeting", nil)...),
		}})
	}
	return v, nil
}

// planParts are the fields of what a meeting is called, when and where it is.
func planParts(p *speaker, f *form, id string, m *assembly.Meeting) []ui.FormPart {
	title, place, day, clock := "", "", "", "14:00"
	if m != nil {
		at := m.At.In(calendar.Shanghai)
		title, place, day, clock = m.Title, m.Place, at.Format(time.DateOnly), at.Format("15:04")
	}
	return []ui.FormPart{
		filled(f, id, "title", p.say("assembly.meeting_title"), title, func(x *ui.Field) { x.Max = assembly.MaxTitle }),
		filled(f, id, "day", p.say("assembly.day"), day, func(x *ui.Field) { x.Type, x.Short = "date", true }),
		filled(f, id, "time", p.say("assembly.time"), clock, func(x *ui.Field) { x.Short, x.Options = true, halfHours(p, x.Value) }),
		filled(f, id, "place", p.say("assembly.place"), place, func(x *ui.Field) { x.Max = assembly.MaxTitle }),
	}
}

// halfHours are the times of a day to choose from, and the chosen one where that is another. Native time fields follow the language of the
// telephone and are not used.
func halfHours(p *speaker, chosen string) []ui.Option {
	out, known := []ui.Option{}, chosen == ""
	for m := 8 * 60; m < 22*60; m += 30 {
		clock := fmt.Sprintf("%02d:%02d", m/60, m%60)
		known = known || clock == chosen
		out = append(out, ui.Option{Value: clock, Label: ui.ClockMinutes(p.Lang, m), Checked: clock == chosen})
	}
	if !known {
		out = append(out, ui.Option{Value: chosen, Label: chosen, Checked: true})
	}
	return out
}

func typedPlan(f *form) assembly.Plan {
	at, err := time.ParseInLocation("2006-01-02 15:04", f.Get("day")+" "+f.Get("time"), calendar.Shanghai)
	if err != nil {
		at = time.Time{} // the service says so at the day
	}
	return assembly.Plan{Title: f.Get("title"), Place: f.Get("place"), At: at}
}

// meetingConvened: POST /liaison/meetings.
func (s *Site) meetingConvened(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	m, err := s.services.Assembly.Convene(c.UserContext(), Of(c).Actor, typedPlan(f))
	if err == nil {
		return see(c, "/liaison/meetings/"+m.ID)
	}
	return s.refused(c, f, err, s.meetingsCase)
}

// meetingPage: GET /liaison/meetings/:id.
func (s *Site) meetingPage(c *fiber.Ctx) error { return s.shown(c, s.meetingCase) }

// meetingCase is a meeting with the steps it is at.
func (s *Site) meetingCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Assembly.Meeting(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	actions, err := s.services.Assembly.ActionsOf(ctx, by, m.ID)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.meetings"), Href: at(c, "/liaison/meetings")}, Title: m.Title}
	if w := saidHere(c, "saved", "called", "asked", "back", "published", "waits"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	v.add(section{Facts: meetingFacts(p, &m), Links: []ui.Link{{Label: p.say("assembly.print"), Href: at(c, "/liaison/meetings/"+m.ID+"/print")}}})
	v.Sections = append(v.Sections, topicSections(p, &m, names, func(item string) string { return at(c, "/liaison/actions/"+item) })...)
	if x := answersSection(p, &m); x != nil {
		v.add(*x)
	}
	if len(actions) > 0 {
		list := ui.Records{}
		for i := range actions {
			list.Items = append(list.Items, actionRecord(c, p, "/liaison/actions/", &actions[i], names))
		}
		v.add(section{Title: p.say("assembly.actions"), Records: &list})
	}
	if by.Is("liaison") {
		members, err := s.services.Assembly.Organisations(ctx, by, false)
		if err != nil {
			return nil, err
		}
		s.meetingSteps(c, p, v, &m, members, f)
		nextStep(p, v, &m)
	}
	return v, nil
}

// nextStep says above the page what the meeting waits for, with a way to the form of it.
func nextStep(p *speaker, v *casePage, m *assembly.Meeting) {
	step, word := "", ""
	switch {
	case m.State == assembly.Open:
		step = "agenda"
	case m.State == assembly.Agenda:
		step = "call"
	case m.State == assembly.Called && !m.At.After(p.now):
		step = "hold"
	case m.State == assembly.Held:
		step = "ask"
		if !slices.ContainsFunc(m.OnAgenda(), func(t assembly.Topic) bool { return t.Said+t.Decision != "" }) {
			step = "write"
		}
	case m.Ready(p.now):
		step = "publish"
	case m.State == assembly.Asked:
		word = p.say("assembly.next_answers", "Day", onDay(p, m.Due))
	case m.State == assembly.Published && m.Summary.Public == nil && m.Summary.Asked == "":
		step = "summary"
	}
	if step != "" {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("assembly.next"), Link: &ui.Link{Label: p.say("assembly.next_step." + step), Href: "#step-" + step}})
	} else if word != "" {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: word})
	}
}

func meetingFacts(p *speaker, m *assembly.Meeting) []ui.Fact {
	facts := fact(nil, p.say("assembly.state_label"), p.say("assembly.state."+string(m.State)))
	facts = fact(facts, p.say("assembly.when"), stamp(p, m.At))
	facts = fact(facts, p.say("assembly.place"), m.Place)
	facts = fact(facts, p.say("assembly.why_back"), m.Back)
	if m.Due != "" {
		facts = fact(facts, p.say("assembly.due"), onDay(p, m.Due))
	}
	for _, w := range assembly.Presences {
		there := []string{}
		for _, r := range m.Rows {
			if r.Presence == w {
				there = append(there, rowName(p, &r))
			}
		}
		facts = fact(facts, p.say("assembly.presence."+string(w)), strings.Join(there, p.say("empty.and")))
	}
	return facts
}

// topicSections are the topics: a list as long as there are no minutes, then one part for each. item, unless it is nil, is where an action
// item that came back leads.
func topicSections(p *speaker, m *assembly.Meeting, names map[string]lang.Text, item func(id string) string) []section {
	from := func(t *assembly.Topic) string {
		switch {
		case t.ActionID != "":
			return p.say("assembly.carried")
		case t.OrganisationID != "":
			name, ok := names[t.OrganisationID]
			if !ok { // a member that others do not know of
				return p.say("assembly.proposed_member")
			}
			return p.say("assembly.proposed", "Name", p.name(name))
		}
		return p.say("assembly.proposed_station")
	}
	if len(m.Rows) > 0 {
		out := []section{}
		for i, t := range m.OnAgenda() {
			facts := fact(nil, p.say("assembly.from"), from(&t))
			facts = fact(facts, p.say("assembly.said"), t.Said)
			facts = fact(facts, p.say("assembly.decision"), t.Decision)
			x := section{Title: p.say("assembly.topic_n", "N", i+1, "Title", t.Title), Facts: facts}
			if t.ActionID != "" && item != nil {
				x.Links = []ui.Link{{Label: p.say("assembly.to_action"), Href: item(t.ActionID)}}
			}
			out = append(out, x)
		}
		return out
	}
	list := ui.Records{Empty: p.say("assembly.no_topic")}
	n := 0
	for i := range m.Topics {
		t := &m.Topics[i]
		r := ui.Record{Title: t.Title, Lang: lang.Hans, Lines: []string{from(t), t.Text}}
		if t.ActionID != "" && item != nil {
			r.Href = item(t.ActionID)
		}
		if t.On {
			n++
			r.Tag, r.State = p.say("assembly.agenda_n", "N", n), ui.TaskWait
		}
		list.Items = append(list.Items, r)
	}
	return []section{{Title: p.say("assembly.topics"), Records: &list}}
}

// answersSection is what the members said of the minutes. Silence is told as such.
func answersSection(p *speaker, m *assembly.Meeting) *section {
	if m.State != assembly.Asked && m.State != assembly.Published {
		return nil
	}
	list := ui.Records{}
	for _, row := range m.Rows {
		r := ui.Record{Title: rowName(p, &row), Lang: lang.Hans, Tag: p.say("assembly.answer.silent"), State: ui.TaskTodo}
		if a, ok := m.AnswerOf(row.OrganisationID); ok {
			r.Lines = []string{stamp(p, a.At), a.Text}
			r.Tag, r.State = p.say("assembly.answer.right"), ui.TaskDone
			if !a.OK {
				r.Tag, r.State = p.say("assembly.answer.objection"), ui.TaskBad
			}
		}
		list.Items = append(list.Items, r)
	}
	return &section{Title: p.say("assembly.answers"), Text: p.say("assembly.answers_text"), Records: &list}
}

// meetingSteps are the forms for what can be done with a meeting as it stands.
func (s *Site) meetingSteps(c *fiber.Ctx, p *speaker, v *casePage, m *assembly.Meeting, members []assembly.Organisation, f *form) {
	here := at(c, "/liaison/meetings/"+m.ID)
	step := func(id, title, text, button string, parts ...ui.FormPart) *ui.Form {
		x := s.act(c, id, here, m.Rev, button, parts...)
		v.add(section{ID: "step-" + id, Title: title, Text: text, Forms: []*ui.Form{x}})
		return x
	}
	is := func(states ...assembly.State) bool { return slices.Contains(states, m.State) }
	if is(assembly.Open, assembly.Agenda) {
		step("topic", p.say("assembly.propose"), "", p.say("assembly.propose_send"), topicParts(p, only(f, "topic"), "topic")...)
		parts := []ui.FormPart{}
		for i, t := range m.Topics {
			n := ""
			if t.On || m.State == assembly.Open {
				n = strconv.Itoa(i + 1)
			}
			parts = append(parts, filled(only(f, "agenda"), "agenda", "order."+t.ID, t.Title, n, func(x *ui.Field) { x.InputMode, x.Short, x.Optional = "numeric", true, true }))
		}
		step("agenda", p.say("assembly.settle"), p.say("assembly.settle_text"), p.say("assembly.settle_send"), parts...)
	}
	if is(assembly.Agenda, assembly.Called) {
		word := p.say("assembly.call_send")
		if m.State == assembly.Called {
			word = p.say("assembly.call_again")
		}
		step("call", p.say("assembly.call"), p.say("assembly.call_text"), word, planParts(p, only(f, "call"), "call", m)...)
	}
	if is(assembly.Called, assembly.Held) && !m.At.After(p.now) {
		typed, parts := only(f, "hold"), []ui.FormPart{}
		for _, o := range members {
			now := assembly.Present
			for _, r := range m.Rows {
				if r.OrganisationID == o.ID {
					now = r.Presence
				}
			}
			options := []ui.Option{}
			for _, w := range assembly.Presences {
				on := w == now
				if typed != nil {
					on = typed.Get("was."+o.ID) == string(w)
				}
				options = append(options, ui.Option{Value: string(w), Label: p.say("assembly.presence." + string(w)), Checked: on})
			}
			parts = append(parts, filled(typed, "hold", "was."+o.ID, p.name(o.Name), "", func(x *ui.Field) { x.Options = options }))
		}
		step("hold", p.say("assembly.hold"), p.say("assembly.hold_text"), p.say("assembly.hold_send"), parts...)
	}
	if is(assembly.Held) {
		s.writeStep(c, p, v, m, f)
		step("ask", p.say("assembly.ask"), p.say("assembly.ask_text"), p.say("assembly.ask_send"), duePart(p, only(f, "ask"), p.now.AddDate(0, 0, 7).Format(time.DateOnly)))
	}
	if is(assembly.Asked) && !m.Confirmed(p.now) {
		step("ask", p.say("assembly.again"), p.say("assembly.again_text"), p.say("assembly.again_send"), duePart(p, only(f, "ask"), m.Due)).Bar.Buttons[0].Kind = "alt"
		step("back", p.say("assembly.back"), p.say("assembly.back_text"), p.say("assembly.back_send"),
			field(only(f, "back"), "back", "reason", p.say("assembly.reason"), func(x *ui.Field) { x.Max = assembly.MaxReason })).Bar.Buttons[0].Kind = "alt"
	}
	if m.Ready(p.now) {
		step("publish", p.say("assembly.publish"), p.say("assembly.publish_text"), p.say("assembly.publish_send"))
	}
	if is(assembly.Held, assembly.Asked, assembly.Published) {
		step("assign", p.say("assembly.assign"), p.say("assembly.assign_text"), p.say("assembly.assign_send"), assignParts(p, only(f, "assign"), m, members)...)
	}
	if is(assembly.Published) {
		s.summaryStep(p, m, f, step)
	}
	if is(assembly.Open, assembly.Agenda, assembly.Called) {
		step("cancel", p.say("assembly.cancel"), "", p.say("assembly.cancel_send")).Bar.Buttons[0].Kind = "alt"
	}
}

// minutesAtOnce is how many topics one form of the minutes has, minutesBody how many bytes it may have: two texts for each topic, of
// characters that browsers send as twelve bytes at most.
const (
	minutesAtOnce = 20
	minutesBody   = minutesAtOnce*2*assembly.MaxText*12 + bodyLimit
)

// writeStep is the form of the minutes, a part of the agenda at a time where that is long.
func (s *Site) writeStep(c *fiber.Ctx, p *speaker, v *casePage, m *assembly.Meeting, f *form) {
	here, topics := at(c, "/liaison/meetings/"+m.ID), m.OnAgenda()
	typed, chosen := only(f, "write"), c.Query("part")
	if typed != nil {
		chosen = typed.Get("part")
	}
	x, now := section{ID: "step-write", Title: p.say("assembly.write")}, 1
	of := (len(topics) + minutesAtOnce - 1) / minutesAtOnce
	if n := whole(chosen); n > 1 && n <= of {
		now = n
	}
	parts := []ui.FormPart{}
	for i := range of {
		first, last := i*minutesAtOnce, min((i+1)*minutesAtOnce, len(topics))
		if i+1 != now {
			x.Links = append(x.Links, ui.Link{Label: p.say("assembly.write_part", "First", first+1, "Last", last), Href: here + "?part=" + strconv.Itoa(i+1) + "#step-write"})
			continue
		}
		for n, t := range topics[first:last] {
			parts = append(parts, ui.FormPart{Heading: p.say("assembly.topic_n", "N", first+n+1, "Title", t.Title)},
				filled(typed, "write", "said."+t.ID, p.say("assembly.said"), t.Said, func(x *ui.Field) { x.Type, x.Max, x.Optional = "textarea", assembly.MaxText, true }),
				filled(typed, "write", "decision."+t.ID, p.say("assembly.decision"), t.Decision, func(x *ui.Field) { x.Type, x.Max, x.Optional = "textarea", assembly.MaxText, true }))
		}
		if of > 1 {
			x.Text = p.say("assembly.write_some", "First", first+1, "Last", last, "All", len(topics))
		}
	}
	form := s.act(c, "write", here, m.Rev, p.say("assembly.save"), parts...)
	form.Hidden = append(form.Hidden, ui.Hidden{Name: "part", Value: strconv.Itoa(now)})
	x.Forms = []*ui.Form{form}
	v.add(x)
}

func duePart(p *speaker, f *form, day string) ui.FormPart {
	return filled(f, "ask", "due", p.say("assembly.due"), day, func(x *ui.Field) { x.Type, x.Short = "date", true })
}

// summaryStep is what the public is to read, and where that stands.
func (s *Site) summaryStep(p *speaker, m *assembly.Meeting, f *form, step func(id, title, text, button string, parts ...ui.FormPart) *ui.Form) {
	typed := only(f, "summary")
	parts := threefold(p, typed, "summary", "title", p.say("assembly.summary_title"), m.Summary.Draft.Title, func(x *ui.Field) { x.Max = assembly.MaxTitle })
	parts = append(parts, threefold(p, typed, "summary", "text", p.say("assembly.summary_text"), m.Summary.Draft.Text, func(x *ui.Field) { x.Type, x.Max, x.Rows = "textarea", assembly.MaxText, 6 })...)
	step("summary", p.say("assembly.summary"), gateWords(p, m.Summary.Asked, m.Summary.Reason, m.Summary.Public != nil), p.say("assembly.submit"), parts...)
	if m.Summary.Public != nil {
		step("withdraw", p.say("assembly.withdraw"), "", p.say("assembly.withdraw_send")).Bar.Buttons[0].Kind = "alt"
	}
}

// gateWords say where something stands that a second person lets through.
func gateWords(p *speaker, asked, reason string, public bool) string {
	words := []string{}
	if public {
		words = append(words, p.say("assembly.gate.public"))
	}
	switch {
	case asked != "":
		words = append(words, p.say("assembly.gate.asked"))
	case reason != "":
		words = append(words, p.say("assembly.gate.returned", "Why", reason))
	case !public:
		words = append(words, p.say("assembly.gate.draft"))
	}
	return strings.Join(words, " ")
}

func topicParts(p *speaker, f *form, id string) []ui.FormPart {
	return []ui.FormPart{
		field(f, id, "title", p.say("assembly.topic"), func(x *ui.Field) { x.Max = assembly.MaxTitle }),
		field(f, id, "text", p.say("assembly.topic_text"), func(x *ui.Field) { x.Type, x.Max, x.Optional = "textarea", assembly.MaxText, true }),
	}
}

func assignParts(p *speaker, f *form, m *assembly.Meeting, members []assembly.Organisation) []ui.FormPart {
	topics, owners := []ui.Option{}, []ui.Option{}
	for _, t := range m.OnAgenda() {
		topics = append(topics, ui.Option{Value: t.ID, Label: t.Title, Checked: f != nil && f.Get("topic") == t.ID})
	}
	for _, o := range members {
		owners = append(owners, ui.Option{Value: o.ID, Label: p.name(o.Name), Checked: f != nil && f.Get("organisation") == o.ID})
	}
	return []ui.FormPart{
		field(f, "assign", "text", p.say("assembly.what"), func(x *ui.Field) { x.Max = assembly.MaxTitle }),
		field(f, "assign", "topic", p.say("assembly.of_topic"), func(x *ui.Field) { x.Options = topics }),
		field(f, "assign", "organisation", p.say("assembly.who"), func(x *ui.Field) { x.Options = owners }),
		filled(f, "assign", "due", p.say("assembly.until"), p.now.AddDate(0, 1, 0).Format(time.DateOnly), func(x *ui.Field) { x.Type, x.Short = "date", true }),
	}
}

// keyed are the values of a form whose names begin with a prefix, by the rest of the name.
func keyed(f *form, prefix string) map[string]string {
	out := map[string]string{}
	for name := range f.Values {
		if id, ok := strings.CutPrefix(name, prefix); ok {
			out[id] = f.Get(name)
		}
	}
	return out
}

// meetingSent: POST /liaison/meetings/:id (form: the step).
func (s *Site) meetingSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	ctx, by, id, a := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Assembly
	done, more := "saved", ""
	switch f.Get("form") {
	case "topic":
		_, err = a.Propose(ctx, by, "", id, f.Get("title"), f.Get("text"))
	case "agenda":
		order := map[string]int{}
		for topic, n := range keyed(f, "order.") {
			order[topic] = max(whole(strings.TrimSpace(n)), 0)
		}
		_, err = a.Settle(ctx, by, id, rev, order)
	case "call":
		done = "called"
		_, err = a.Call(ctx, by, id, rev, typedPlan(f))
	case "hold":
		was := map[string]assembly.Presence{}
		for member, w := range keyed(f, "was.") {
			was[member] = assembly.Presence(w)
		}
		_, err = a.Hold(ctx, by, id, rev, was)
	case "write":
		words := map[string]assembly.Words{}
		for topic, said := range keyed(f, "said.") {
			words[topic] = assembly.Words{Said: said, Decision: f.Get("decision." + topic)}
		}
		_, err = a.Write(ctx, by, id, rev, words)
		if n := whole(f.Get("part")); n > 1 {
			more = "&part=" + strconv.Itoa(n) + "#step-write"
		}
	case "ask":
		done = "asked"
		_, err = a.Ask(ctx, by, id, rev, f.Get("due"))
	case "back":
		done = "back"
		_, err = a.TakeBack(ctx, by, id, rev, f.Get("reason"))
	case "publish":
		done = "published"
		_, err = a.Publish(ctx, by, id, rev)
	case "assign":
		_, err = a.Assign(ctx, by, id, f.Get("topic"), f.Get("text"), f.Get("organisation"), f.Get("due"))
	case "summary":
		done = "waits"
		_, err = a.Summarise(ctx, by, id, rev, assembly.Summary{Title: typedText(f, "title"), Text: typedText(f, "text")})
	case "withdraw":
		_, err = a.WithdrawSummary(ctx, by, id, rev)
	case "cancel":
		_, err = a.Cancel(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/meetings/"+id+"?done="+done+more)
	}
	return s.refused(c, f, err, s.meetingCase)
}
