package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/extract"
	"shangquan/services/fault"
)

// releasesShown is how many requests the page lists.
const releasesShown = 20

// contactsPage: GET /desk/contacts: ask for the list of contacts, and what was asked.
func (s *Site) contactsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.contactsView(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "asked", "allowed", "denied"); w != "" {
		v.ok(p.say("contacts.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) contactsView(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	by := Of(c).Actor
	v := &casePage{Up: &ui.Link{Label: p.say("exports.title"), Href: at(c, "/desk/export")}, Title: p.say("contacts.title"), Lead: p.say("contacts.lead")}
	streets, err := s.streetOptions(c, p)
	if err != nil {
		return nil, nil, err
	}
	x := &ui.Form{ID: "ask", Action: at(c, "/desk/contacts"), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("contacts.ask"), Name: "do", Value: "ask"}}}}
	x.Parts = []ui.FormPart{
		input(f, "street", p.say("contacts.street"), func(y *ui.Field) {
			y.Options = append([]ui.Option{{Value: "", Label: p.say("contacts.whole")}}, streets...)
			for i := range y.Options {
				y.Options[i].Checked = y.Options[i].Value == y.Value
			}
		}),
		input(f, "why", p.say("contacts.why"), func(y *ui.Field) {
			y.Type, y.Rows, y.Max, y.Hint = "textarea", 2, 200, p.say("contacts.why_hint")
		}),
	}
	v.add(section{Forms: []*ui.Form{x}})
	all, err := s.services.Contacts.List(c.UserContext(), by, releasesShown)
	if err != nil {
		return nil, nil, err
	}
	list := ui.Records{Action: at(c, "/desk/contacts"), CSRF: s.token(Of(c)), Empty: p.say("contacts.none")}
	for i := range all {
		r := &all[i]
		state := r.At(p.now)
		item := ui.Record{Title: p.say("contacts.title_of", "Name", r.ByName, "Why", r.Why), Lines: []string{stamp(p, r.CreatedAt)}, Tag: p.say("contacts.state." + string(state)), State: ui.TaskDone}
		if r.SecondName != "" {
			item.Lines = append(item.Lines, p.say("contacts.second", "Name", r.SecondName))
		}
		if state == extract.Asked || state == extract.Allowed {
			item.State = ui.TaskWait
			item.Lines = append(item.Lines, p.say("contacts.until", "When", stamp(p, r.Until)))
		}
		mark := r.ID + "." + revision(r.Rev)
		switch {
		case state == extract.Asked && r.By != by.AccountID:
			item.Buttons = []ui.Button{{Label: p.say("contacts.allow"), Kind: "alt s", Name: "allow", Value: mark}, {Label: p.say("contacts.deny"), Kind: "alt s", Name: "deny", Value: mark}}
		case state == extract.Allowed && r.By == by.AccountID:
			item.Buttons = []ui.Button{{Label: p.say("contacts.fetch"), Kind: "alt s", Href: at(c, "/desk/contacts/"+r.ID+"/file")}}
		}
		list.Items = append(list.Items, item)
	}
	v.add(section{Title: p.say("contacts.list"), Records: &list})
	return v, x, nil
}

// contactsSent: POST /desk/contacts (do=ask with street and why; or allow, deny = a request and its revision).
func (s *Site) contactsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	word := "asked"
	if f.Get("do") == "ask" {
		_, err = s.services.Contacts.Ask(ctx, by, f.Get("street"), f.Get("why"))
	} else {
		name := "deny"
		if word = "denied"; f.Has("allow") {
			name, word = "allow", "allowed"
		}
		id, said, _ := strings.Cut(f.Get(name), ".")
		rev, bad := strconv.ParseInt(said, 10, 64)
		if bad != nil || rev < 1 {
			return fault.New(fault.Invalid, "error.form.rev", bad)
		}
		_, err = s.services.Contacts.Decide(ctx, by, id, rev, name == "allow")
	}
	if err == nil {
		return see(c, "/desk/contacts?done="+word)
	}
	p := s.speaker(c)
	v, x, viewErr := s.contactsView(c, p, f)
	if viewErr != nil {
		return viewErr
	}
	return s.showCase(c, p, v, x, err)
}

// contactsFile: GET /desk/contacts/:id/file (format): the list, for an hour; then the address says that it was good once.
func (s *Site) contactsFile(c *fiber.Ctx) error {
	out, err := s.services.Contacts.Fetch(c.UserContext(), Of(c).Actor, c.Params("id"), formatAsked(c.Query("format")))
	if fault.Is(err, fault.Conflict) {
		return &ended{err}
	}
	if err != nil {
		return err
	}
	return sendFile(c, out.Format, "contacts-"+s.now().Format("20060102"), out.Body)
}
