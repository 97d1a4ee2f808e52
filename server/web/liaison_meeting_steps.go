package web

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
)

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
