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
