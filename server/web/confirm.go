package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// confirmPage: GET /confirm/:token: what a link of a reminder is about. Opening it changes nothing: chat programs open links by
// themselves.
func (s *Site) confirmPage(c *fiber.Ctx) error {
	l, state, err := s.services.Links.Show(c.UserContext(), c.Params("token"))
	if err != nil {
		return goneAs(err)
	}
	return s.showConfirm(c, &l, state)
}

// confirmSent: POST /confirm/:token: it confirms once; again it says that it is done.
func (s *Site) confirmSent(c *fiber.Ctx) error {
	l, state, err := s.services.Links.Use(c.UserContext(), c.Params("token"))
	if fault.Is(err, fault.NotFound) {
		return goneAs(err)
	}
	if err != nil && state != listing.LinkChanged {
		return err
	}
	if state == listing.LinkChanged {
		c.Status(fiber.StatusConflict)
	}
	return s.showConfirm(c, &l, state)
}

// showConfirm shows the shop as customers see it, and what the link can still do.
func (s *Site) showConfirm(c *fiber.Ctx, l *listing.Listing, state listing.LinkState) error {
	p := s.speaker(c)
	st, _ := s.seen(p, l)
	name, in := l.Name.In(p.Lang)
	v := formPage{Title: p.say("my.link.title"), Form: &ui.Form{Parts: []ui.FormPart{
		{Static: &ui.Static{Label: p.say("fact.name"), Value: name, Lang: in}},
		{Static: &ui.Static{Label: p.say("fact.address"), Value: or(l.Address.Line, p.say("compare.nothing"))}},
		{Static: &ui.Static{Label: p.say("fact.week"), Value: or(hoursWords(p, l), p.say("compare.nothing"))}},
		{Static: &ui.Static{Label: p.say("fact.phones"), Value: or(joined(p, l.PublicPhones(), phoneWords), p.say("compare.nothing"))}},
		{Static: &ui.Static{Label: p.say("my.link.now"), Value: st.Word + " " + st.Next}},
	}}}
	page := ui.Button{Label: p.say("my.link.public"), Href: at(c, "/shops/"+l.Slug), Kind: "alt"}
	switch state {
	case listing.LinkReady:
		v.Lead = p.say("my.link.ready")
		v.Form.Action = at(c, "/confirm/"+c.Params("token"))
		v.Form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.confirm.button")}, {Label: p.say("my.link.edit"), Href: shopHref(c, l, "hours"), Kind: "alt"}}}
	case listing.LinkDone:
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("my.link.done"), Text: p.say("my.confirm.shown", "Words", confirmed(p, l))}}
		v.Form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{page}}
	case listing.LinkChanged:
		v.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("my.link.changed")}}
		v.Form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.link.look"), Href: shopHref(c, l, ""), Kind: "alt"}, page}}
	}
	return s.showForm(c, p, v, nil)
}

// hoursWords are the hours of a listing in one line.
func hoursWords(p *speaker, l *listing.Listing) string {
	if !l.Hours.Known {
		return l.Hours.Text
	}
	return weekWords(p, l.Hours.Week)
}

// or returns s, or what stands for nothing.
func or(s, nothing string) string {
	if s == "" {
		return nothing
	}
	return s
}
