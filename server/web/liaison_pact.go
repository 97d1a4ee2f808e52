package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
	"shangquan/services/lang"
)

// pactPage: GET /liaison/pact.
func (s *Site) pactPage(c *fiber.Ctx) error { return s.shown(c, s.pactCase) }

func (s *Site) pactCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	versions, err := s.services.Assembly.Pacts(ctx, by)
	if err != nil {
		return nil, err
	}
	members, err := s.services.Assembly.Organisations(ctx, by, false)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("assembly.pact"), Lead: p.say("assembly.pact_lead")}
	if w := saidHere(c, "renewed"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	last := assembly.Pact{}
	if len(versions) > 0 {
		last = versions[0]
		v.add(section{
			Title: p.say("assembly.version_n", "N", last.Number), Text: p.say("assembly.asked_since", "Day", dayOf(p, last.From)), Article: s.prose(c, p, last.Text),
			Links: []ui.Link{{Label: p.say("assembly.roster"), Href: at(c, "/liaison/pact/roster")}},
		})
		list := ui.Records{Empty: p.say("assembly.no_member")}
		for i := range members {
			r := ui.Record{Title: p.name(members[i].Name), Href: at(c, "/liaison/members/"+members[i].ID), Tag: p.say("assembly.unsigned"), State: ui.TaskTodo}
			if when, ok := members[i].HasSigned(last.Number); ok {
				r.Tag, r.State, r.Lines = p.say("assembly.signed"), ui.TaskDone, []string{dayOf(p, when)}
			}
			list.Items = append(list.Items, r)
		}
		v.add(section{Title: p.say("assembly.signatures"), Records: &list})
	}
	if by.Is("liaison") {
		x := s.act(c, "pact", at(c, "/liaison/pact"), 0, p.say("assembly.renew_send"),
			threefold(p, only(f, "pact"), "pact", "text", p.say("assembly.pact_text"), last.Text, func(y *ui.Field) { y.Type, y.Max, y.Rows = "textarea", assembly.MaxPact, 10 })...)
		x.Hidden = append(x.Hidden, ui.Hidden{Name: "after", Value: revision(int64(last.Number))})
		v.add(section{Title: p.say("assembly.renew"), Text: p.say("assembly.renew_text"), Forms: []*ui.Form{x}})
	}
	return v, nil
}

// pactSent: POST /liaison/pact (after, text).
func (s *Site) pactSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	_, err = s.services.Assembly.Renew(c.UserContext(), Of(c).Actor, whole(f.Get("after")), typedText(f, "text"))
	if err == nil {
		return see(c, "/liaison/pact?done=renewed")
	}
	return s.refused(c, f, err, s.pactCase)
}

// assemblySheet is templates/pages/assembly-sheet.html: minutes or a roster on paper.
type assemblySheet struct {
	Base  ui.Base
	Up    ui.Link
	Title string
	Facts []ui.Fact
	Parts []sheetPart
	Head  []string
	Rows  [][]string
	Note  string
}

// sheetPart is a heading with what stands beneath.
type sheetPart struct {
	Title string
	Facts []ui.Fact
}

func (s *Site) showSheet(c *fiber.Ctx, p *speaker, v assemblySheet) error {
	v.Note = p.say("assembly.printed", "When", stamp(p, p.now))
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "assembly-sheet", v)
}

// rosterSheet: GET /liaison/pact/roster: who signed which version when.
func (s *Site) rosterSheet(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	members, err := s.services.Assembly.Organisations(ctx, by, false)
	if err != nil {
		return err
	}
	v := assemblySheet{
		Up: ui.Link{Label: p.say("assembly.pact"), Href: at(c, "/liaison/pact")}, Title: p.say("assembly.roster"),
		Head: []string{p.say("assembly.name"), p.say("assembly.seat"), p.say("assembly.version"), p.say("assembly.signed_on")},
	}
	for _, o := range members {
		row := []string{p.name(o.Name), o.Seat, p.say("assembly.unsigned"), ""}
		if n := len(o.Signed); n > 0 {
			row[2], row[3] = p.say("assembly.version_n", "N", o.Signed[n-1].Version), dayOf(p, o.Signed[n-1].At)
		}
		v.Rows = append(v.Rows, row)
	}
	return s.showSheet(c, p, v)
}

// minutesSheet: GET /liaison/meetings/:id/print.
func (s *Site) minutesSheet(c *fiber.Ctx) error {
	m, err := s.services.Assembly.Meeting(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return err
	}
	actions, err := s.services.Assembly.ActionsOf(c.UserContext(), Of(c).Actor, m.ID)
	if err != nil {
		return err
	}
	return s.printMeeting(c, &m, "/liaison/meetings/"+m.ID, actions, names)
}

// printMeeting is a meeting on paper, with who does what by when, and what members said of the minutes once they are published.
func (s *Site) printMeeting(c *fiber.Ctx, m *assembly.Meeting, up string, actions []assembly.Action, names map[string]lang.Text) error {
	p := s.speaker(c)
	v := assemblySheet{Up: ui.Link{Label: m.Title, Href: at(c, up)}, Title: m.Title, Facts: meetingFacts(p, m)}
	for i, t := range m.OnAgenda() {
		facts := fact(nil, p.say("assembly.said"), t.Said)
		facts = fact(facts, p.say("assembly.decision"), t.Decision)
		v.Parts = append(v.Parts, sheetPart{p.say("assembly.topic_n", "N", i+1, "Title", t.Title), facts})
	}
	items := sheetPart{Title: p.say("assembly.actions")}
	for i := range actions {
		a := &actions[i]
		state, _ := actionState(p, a)
		items.Facts = append(items.Facts, ui.Fact{Term: a.Text, Values: []ui.Value{{Text: memberName(p, names, a.OrganisationID)}, {Text: p.say("assembly.by_day", "Day", onDay(p, a.Due))}, {Text: state}}})
	}
	if len(actions) > 0 {
		v.Parts = append(v.Parts, items)
	}
	if m.State == assembly.Published {
		v.Head = []string{p.say("assembly.name"), p.say("assembly.answers")}
		for _, r := range m.Rows {
			said := p.say("assembly.answer.silent")
			if a, ok := m.AnswerOf(r.OrganisationID); ok {
				said = p.say("assembly.answer.right")
				if !a.OK {
					said = p.say("assembly.answer.objection") + p.say("my.comma") + a.Text
				}
			}
			v.Rows = append(v.Rows, []string{rowName(p, &r), strings.TrimSpace(said)})
		}
	}
	return s.showSheet(c, p, v)
}
