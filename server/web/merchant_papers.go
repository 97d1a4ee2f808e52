package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// papersPage: GET /my/merchants/:id/papers: licences, certificates and contracts with their end.
func (s *Site) papersPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.papersCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "added", "saved", "dropped"); w != "" {
		v.ok(p.say("paper.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) papersCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Merchants.Get(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	papers, err := s.services.Merchants.Papers(ctx, by, m.ID)
	if err != nil {
		return nil, nil, err
	}
	base := "/my/merchants/" + m.ID
	v := &casePage{Up: &ui.Link{Label: p.name(m.Name), Href: at(c, base)}, Title: p.say("paper.title"), Lead: p.say("paper.lead")}
	list := ui.Records{Empty: p.say("paper.none")}
	today := calendar.Today(p.now)
	for _, x := range papers {
		r := ui.Record{Title: p.say("paper.kind." + x.Kind), Href: at(c, base+"/papers/"+x.ID), Lines: []string{}}
		if x.ListingID != "" {
			name, err := s.shopName(c, p, x.ListingID)
			if err != nil {
				return nil, nil, err
			}
			r.Lines = append(r.Lines, name)
		}
		if x.Number != "" {
			r.Lines = append(r.Lines, x.Number)
		}
		if end, err := calendar.ParseDate(x.Until); err == nil {
			r.Lines = append(r.Lines, p.say("paper.until", "Day", ui.ShortDate(p.Lang, end.At(0), p.now)))
			switch left := int(end - today); {
			case left < 0:
				r.Tag, r.State = p.say("paper.over"), ui.TaskBad
			case left <= 60:
				r.Tag, r.State = p.count("paper.left", left), ui.TaskTodo
			}
		}
		list.Items = append(list.Items, r)
	}
	v.add(section{Records: &list})
	shops, err := s.services.Merchants.Shops.ShopsOf(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	form := paperForm(p, f, nil, shops)
	form.Action, form.CSRF = at(c, base+"/papers"), s.token(Of(c))
	form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("paper.add")}}}
	v.add(section{Title: p.say("paper.new"), Forms: []*ui.Form{form}})
	return v, form, nil
}

func paperForm(p *speaker, f *form, was *merchant.Listed, shops []merchant.Shop) *ui.Form {
	x := merchant.Listed{}
	if was != nil {
		x = *was
	}
	kind, listing := x.Kind, x.ListingID
	if f != nil {
		kind, listing = f.Get("kind"), f.Get("listing_id")
	}
	kinds := &ui.Choice{ID: "kind", Name: "kind", Legend: p.say("paper.what"), Columns: true}
	for _, k := range merchant.PaperKinds {
		kinds.Options = append(kinds.Options, ui.Pick{Value: k, Label: p.say("paper.kind." + k), Checked: k == kind})
	}
	text := func(name, label, value string, more func(*ui.Field)) ui.FormPart {
		part := input(f, name, label, more)
		if f == nil {
			part.Field.Value = value
		}
		return part
	}
	parts := []ui.FormPart{{Choice: kinds}, text("until", p.say("paper.until_label"), x.Until, func(x *ui.Field) { x.Type = "date" })}
	if len(shops) > 0 {
		of := ui.Field{ID: "listing_id", Name: "listing_id", Label: p.say("paper.shop"), Options: []ui.Option{{Value: "", Label: p.say("paper.whole"), Checked: listing == ""}}}
		for _, shop := range shops {
			of.Options = append(of.Options, ui.Option{Value: shop.ID, Label: p.name(shop.Name), Checked: shop.ID == listing})
		}
		parts = append(parts, ui.FormPart{Field: &of})
	}
	parts = append(
		parts,
		text("number", p.say("paper.number"), x.Number, func(x *ui.Field) { x.Optional = true }),
		text("note", p.say("paper.note"), x.Note, func(x *ui.Field) { x.Type, x.Rows, x.Optional, x.Max = "textarea", 2, true, 500 }),
	)
	return &ui.Form{Parts: parts}
}

func readPaper(f *form) merchant.PaperForm {
	return merchant.PaperForm{ListingID: f.Get("listing_id"), Kind: f.Get("kind"), Until: f.Get("until"), PaperPrivate: merchant.PaperPrivate{Number: f.Get("number"), Note: f.Get("note")}}
}

// papersSent: POST /my/merchants/:id/papers: notes a paper.
func (s *Site) papersSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	if _, err = s.services.Merchants.AddPaper(c.UserContext(), Of(c).Actor, id, readPaper(f)); err == nil {
		return see(c, "/my/merchants/"+id+"/papers?done=added")
	}
	p := s.speaker(c)
	v, form, caseErr := s.papersCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showCase(c, p, v, form, err)
}

// paperPage: GET /my/merchants/:id/papers/:paper.
func (s *Site) paperPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.paperCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) paperCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	papers, err := s.services.Merchants.Papers(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	shops, err := s.services.Merchants.Shops.ShopsOf(ctx, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	base := "/my/merchants/" + c.Params("id") + "/papers"
	for i := range papers {
		x := &papers[i]
		if x.ID != c.Params("paper") {
			continue
		}
		v := &casePage{Up: &ui.Link{Label: p.say("paper.title"), Href: at(c, base)}, Title: p.say("paper.kind." + x.Kind)}
		form := paperForm(p, f, x, shops)
		form.Action, form.CSRF, form.Rev = at(c, base+"/"+x.ID), s.token(Of(c)), revision(x.Rev)
		form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("paper.save"), Name: "do", Value: "save"}, {Label: p.say("paper.drop"), Kind: "alt", Name: "do", Value: "drop"}}}
		v.add(section{Forms: []*ui.Form{form}})
		return v, form, nil
	}
	return nil, nil, fault.Missing()
}

// paperSent: POST /my/merchants/:id/papers/:paper (rev, do).
func (s *Site) paperSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, form, err := s.paperCase(c, p, f) // a paper of another merchant is none here
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("paper")
	done := "saved"
	if f.Get("do") == "drop" {
		done, err = "dropped", s.services.Merchants.DropPaper(ctx, by, id)
	} else {
		_, err = s.services.Merchants.ChangePaper(ctx, by, id, rev, readPaper(f))
	}
	if err == nil {
		return see(c, "/my/merchants/"+c.Params("id")+"/papers?done="+done)
	}
	return s.showCase(c, p, v, form, err)
}
