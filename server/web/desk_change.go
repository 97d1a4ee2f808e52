package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// toDesk leads back from a case to the queue.
func toDesk(c *fiber.Ctx, p *speaker) *ui.Link {
	return &ui.Link{Label: p.say("desk.back"), Href: at(c, "/desk")}
}

// decided leads to the queue and says there what was done.
func decided(c *fiber.Ctx, word string) error { return see(c, "/desk?done="+word) }

// changePage: GET /desk/changes/:id: a sensitive change, old and new side by side.
func (s *Site) changePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	v, _, err := s.changeCase(c, p, l, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// changeCase is the page of a change; its form is nil when nothing waits.
func (s *Site) changeCase(c *fiber.Ctx, p *speaker, l listing.Listing, f *form) (*casePage, *ui.Form, error) {
	name := p.name(l.Name.Text)
	v := &casePage{Up: toDesk(c, p), Title: p.say("desk.change_title", "Shop", name)}
	v.Links = []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}}
	w := l.Proposal
	if w == nil {
		v.warn(p.say("desk.change_none"))
		return v, nil, nil
	}
	v.Lead = p.say("desk.change_by", "Name", w.Name, "When", stamp(p, w.At))
	now := l.Proposed()
	if err := s.outsideNote(c, p, v, &now); err != nil {
		return nil, nil, err
	}
	v.add(section{Compare: &ui.Compare{OldTitle: p.say("desk.old"), NewTitle: p.say("desk.new"), Fields: s.compared(c, p, onPage(listing.Diff(l, now)))}})
	x := decision(c, p, "/desk/changes/"+l.ID, l.ProposalHash(), f, s.token(Of(c)), p.say("desk.approve"))
	v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{x}})
	return v, x, nil
}

// decision is the form under a case: approve, or return with a reason the merchant reads.
func decision(c *fiber.Ctx, p *speaker, path, shown string, f *form, csrf, approve string) *ui.Form {
	reason := input(f, "reason", p.say("desk.reason"), func(x *ui.Field) {
		x.Type, x.Rows, x.Max, x.Hint = "textarea", 2, 300, p.say("desk.reason_hint")
	})
	x := ui.NewDecision(at(c, path), csrf, shown, *reason.Field, approve, p.say("desk.return"))
	return &x
}

// changeSent: POST /desk/changes/:id (shown, reason, do).
func (s *Site) changeSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	word := "approved"
	if f.Get("do") == "return" {
		word = "returned"
		_, err = s.services.Listings.Return(ctx, by, id, f.Get("shown"), f.Get("reason"))
	} else {
		_, err = s.services.Listings.Approve(ctx, by, id, f.Get("shown"))
	}
	if err == nil {
		return decided(c, word)
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	l, openErr := s.services.Listings.Open(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, x, caseErr := s.changeCase(c, p, l, f)
	if caseErr != nil {
		return caseErr
	}
	if stale(err) {
		// What is there now is shown, under a seal of its own: nobody approves what they have not seen.
		if x != nil {
			v.warn(p.say("desk.changed"))
		}
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, err)
}

// lookPage: GET /desk/looks/:id: what a shop changed on its own page and nobody of the district has looked at.
func (s *Site) lookPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.lookCase(c, p)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// lookBack is how many of the last changes of a shop are shown.
const lookBack = 10

func (s *Site) lookCase(c *fiber.Ctx, p *speaker) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	l, err := s.services.Listings.Open(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: toDesk(c, p), Title: p.say("desk.look_title", "Shop", p.name(l.Name.Text)), Links: []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}}}
	if len(l.Watch.Changed) == 0 && !l.Watch.NeedsLook {
		v.warn(p.say("desk.look_none"))
		return v, nil, nil
	}
	v.Lead = changedFields(p, l.Watch.Changed)
	if l.Watch.NeedsLook {
		v.warn(p.say("desk.watch." + l.Watch.Why))
	}
	history, err := s.services.Listings.History(ctx, by, l.ID, "", lookBack)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range history.Items {
		x := ui.Compare{OldTitle: p.say("desk.before"), NewTitle: p.say("desk.after")}
		for _, d := range r.Changes {
			if watched(d.Path) {
				x.Fields = append(x.Fields, s.compared(c, p, []listing.FieldDiff{d})...)
			}
		}
		if len(x.Fields) > 0 {
			v.add(section{Title: strings.TrimSpace(stamp(p, r.At) + " " + r.By.Name), Compare: &x})
		}
	}
	x := &ui.Form{Action: at(c, "/desk/looks/"+l.ID), CSRF: s.token(Of(c)), Rev: revision(l.Rev), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("desk.looked")}}}}
	v.add(section{Forms: []*ui.Form{x}})
	return v, x, nil
}

func watched(path string) bool {
	for _, w := range listing.Watched {
		if path == w || strings.HasPrefix(path, w+".") {
			return true
		}
	}
	return false
}

// lookSent: POST /desk/looks/:id (rev).
func (s *Site) lookSent(c *fiber.Ctx) error {
	_, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	if _, err = s.services.Listings.Looked(c.UserContext(), Of(c).Actor, c.Params("id"), rev); err == nil {
		return decided(c, "looked")
	}
	if !stale(err) {
		return err
	}
	p := s.speaker(c)
	v, x, err := s.lookCase(c, p)
	if err != nil {
		return err
	}
	if x != nil {
		v.warn(p.say("desk.changed"))
	}
	c.Status(fiber.StatusConflict)
	return s.showCase(c, p, v, nil, nil)
}
