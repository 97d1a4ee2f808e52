package web

import (
	"html/template"
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/phone"
)

// liaisonRoutes are where the joint meeting is kept. Nothing of the coordinators' desk opens here, and nothing here opens to them.
func (s *Site) liaisonRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	read := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: get, Path: "/liaison" + path, Handle: h, Kind: Private, Needs: access.AssemblyRead, Probe: probe}
	}
	send := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: post, Path: "/liaison" + path, Handle: h, Kind: Private, Rate: Write, Needs: access.AssemblyEdit, Probe: probe}
	}
	proof := send("/actions/:id", s.actionSent, "/liaison/actions/none")
	proof.Body = proofBody
	step := send("/meetings/:id", s.meetingSent, "/liaison/meetings/none")
	step.Body = minutesBody
	return []Route{
		read("", s.liaisonPage, ""),
		read("/members", s.membersPage, ""),
		send("/members", s.memberAdded, ""),
		read("/roster", s.membersTable, ""),
		read("/members/:id", s.seatPage, "/liaison/members/none"),
		send("/members/:id", s.seatSent, "/liaison/members/none"),
		{Method: post, Path: "/liaison/members/:id/consent", Handle: s.memberConsentSent, Kind: Private, Rate: Write, Needs: access.AssemblyConsent, Probe: "/liaison/members/none/consent"},
		read("/meetings", s.meetingsPage, ""),
		send("/meetings", s.meetingConvened, ""),
		read("/meetings/:id", s.meetingPage, "/liaison/meetings/none"),
		step,
		read("/meetings/:id/print", s.minutesSheet, "/liaison/meetings/none/print"),
		read("/actions", s.actionsPage, ""),
		read("/actions/:id", s.actionPage, "/liaison/actions/none"),
		proof,
		read("/actions/:id/evidence/:n", s.actionProof, "/liaison/actions/none/evidence/1"),
		read("/pact", s.pactPage, ""),
		send("/pact", s.pactSent, ""),
		read("/pact/roster", s.rosterSheet, ""),
		read("/bodies", s.bodiesPage, ""),
		send("/bodies", s.bodyAdded, ""),
		read("/bodies/:id", s.bodyPage, "/liaison/bodies/none"),
		send("/bodies/:id", s.bodySent, "/liaison/bodies/none"),
		{Method: get, Path: "/admin/assembly", Handle: s.approvalsPage, Kind: Private, Needs: access.AssemblyApprove},
		{Method: post, Path: "/admin/assembly/:kind/:id", Handle: s.approvalSent, Kind: Private, Rate: Write, Needs: access.AssemblyApprove, Probe: "/admin/assembly/meeting/none"},
	}
}

// onLiaison is how many meetings and action items a page lists.
const onLiaison = 30

// memberNames are the members by id, also those whose seat has ended.
func (s *Site) memberNames(c *fiber.Ctx) (map[string]lang.Text, error) {
	out := map[string]lang.Text{}
	for _, gone := range []bool{true, false} {
		list, err := s.services.Assembly.Organisations(c.UserContext(), Of(c).Actor, gone)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			out[o.ID] = o.Name
		}
	}
	return out, nil
}

func meetingRecord(c *fiber.Ctx, p *speaker, path string, m *assembly.Meeting) ui.Record {
	r := ui.Record{Title: m.Title, Lang: lang.Hans, Href: at(c, path+m.ID), Lines: []string{stamp(p, m.At), m.Place}, Tag: p.say("assembly.state." + string(m.State)), State: ui.TaskWait}
	if m.State == assembly.Published || m.State == assembly.Cancelled {
		r.State = ui.TaskDone
	}
	return r
}

func actionRecord(c *fiber.Ctx, p *speaker, path string, a *assembly.Action, names map[string]lang.Text) ui.Record {
	r := ui.Record{Title: a.Text, Lang: lang.Hans, Href: at(c, path+a.ID), Lines: []string{memberName(p, names, a.OrganisationID), p.say("assembly.by_day", "Day", onDay(p, a.Due))}}
	r.Tag, r.State = actionState(p, a)
	return r
}

// memberName is what a member is called; one that the reader may not know of has no name.
func memberName(p *speaker, names map[string]lang.Text, id string) string {
	if n, ok := names[id]; ok {
		return p.name(n)
	}
	return p.say("assembly.unnamed")
}

// rowName is a member as the minutes call it.
func rowName(p *speaker, r *assembly.Attendance) string {
	if r.Name == "" {
		return p.say("assembly.unnamed")
	}
	return r.Name
}

func actionState(p *speaker, a *assembly.Action) (string, ui.TaskState) {
	switch {
	case a.Overdue(p.now.Format(time.DateOnly)):
		return p.say("assembly.overdue"), ui.TaskBad
	case a.State == assembly.Todo:
		return p.say("assembly.progress.open"), ui.TaskTodo
	case a.State == assembly.Done:
		return p.say("assembly.progress.done"), ui.TaskWait
	}
	return p.say("assembly.progress." + string(a.State)), ui.TaskDone
}

// onDay is a day written YYYY-MM-DD, as people say it.
func onDay(p *speaker, day string) string {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return day
	}
	return ui.ShortDate(p.Lang, d.At(0), p.now)
}

// filled is a field with what is stored, or with what was typed.
func filled(f *form, formID, name, label, value string, more func(*ui.Field)) ui.FormPart {
	return field(f, formID, name, label, func(x *ui.Field) {
		if f == nil {
			x.Value = value
		}
		if more != nil {
			more(x)
		}
	})
}

// threefold are the fields of a text in three languages; only the first has to be filled in.
func threefold(p *speaker, f *form, formID, name, label string, x lang.Text, more func(*ui.Field)) []ui.FormPart {
	out := []ui.FormPart{}
	for _, l := range []struct {
		tag           lang.Tag
		suffix, label string
		value         string
		maybe         bool
	}{{lang.Hans, "", label, x.Hans, false}, {lang.Hant, ".hant", p.say("assembly.in_hant", "Label", label), x.Hant, true}, {lang.En, ".en", p.say("assembly.in_en", "Label", label), x.En, true}} {
		out = append(out, filled(f, formID, name+l.suffix, l.label, l.value, func(y *ui.Field) {
			y.Lang = l.tag
			if more != nil {
				more(y)
			}
			y.Optional = y.Optional || l.maybe
		}))
	}
	return out
}

// typedText is a text in three languages as threefold sends it.
func typedText(f *form, name string) lang.Text {
	return lang.Text{Hans: f.Get(name), Hant: f.Get(name + ".hant"), En: f.Get(name + ".en")}
}

// prose is a text with paragraphs and lists, as notices have them.
func (s *Site) prose(c *fiber.Ctx, p *speaker, x lang.Text) *ui.Article {
	text, in := x.In(p.Lang)
	if text == "" {
		return nil
	}
	return &ui.Article{BodyLang: in, Body: template.HTML(notice.Render(text, s.services.Notices.Hosts(c.UserContext())))} // made of a closed list of elements
}

// deskFact is whom to ring.
func deskFact(p *speaker, list []ui.Fact, d assembly.Desk) []ui.Fact {
	x := ui.Fact{Term: p.say("assembly.desk")}
	if d.Title != "" {
		x.Values = append(x.Values, ui.Value{Text: d.Title, Lang: lang.Hans})
	}
	numbers, err := phone.Parse(d.Phone)
	for _, n := range numbers {
		if err == nil {
			x.Values = append(x.Values, ui.Value{Text: n.Display(), Href: n.Tel(), Number: true})
		}
	}
	if len(x.Values) == 0 {
		return list
	}
	return append(list, x)
}

// act is a form of this area: its id goes along, so that what was typed comes back in no other.
func (s *Site) act(c *fiber.Ctx, id, action string, rev int64, button string, parts ...ui.FormPart) *ui.Form {
	x := &ui.Form{ID: id, Action: action, CSRF: s.token(Of(c)), Hidden: hidden("form", id), Parts: parts, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: button}}}}
	if rev > 0 {
		x.Rev = revision(rev)
	}
	return x
}

// formsOf are the forms of a page by their id.
func formsOf(v *casePage) map[string]*ui.Form {
	out := map[string]*ui.Form{}
	for _, x := range v.Sections {
		for _, f := range x.Forms {
			out[f.ID] = f
		}
	}
	return out
}

// refuse shows a page again with what was wrong with the form that was sent.
func (s *Site) refuse(c *fiber.Ctx, p *speaker, v *casePage, f *form, err error) error {
	if bad := formsOf(v)[f.Get("form")]; bad != nil {
		return s.showCase(c, p, v, bad, err)
	}
	why := p.why(err)
	if !stale(err) || why == "" {
		return err
	}
	v.warn(why) // what was pressed is not offered any more
	c.Status(fiber.StatusConflict)
	return s.showCase(c, p, v, nil, nil)
}
