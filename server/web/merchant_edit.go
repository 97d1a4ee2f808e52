package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// memberPage: GET /my/merchants/:id/people/:account: what one person may do.
func (s *Site) memberPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.memberCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) memberCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Merchants.Get(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	x, ok := m.Member(c.Params("account"))
	if !ok {
		return nil, nil, fault.Missing()
	}
	a, err := s.services.Accounts.Get(ctx, x.AccountID)
	if err != nil {
		return nil, nil, err
	}
	shops, err := s.services.Merchants.Shops.ShopsOf(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	role, ids := x.Role, x.ListingIDs
	if f != nil {
		role, ids = access.Role(f.Get("role")), f.Values["listing_ids"]
	}
	base := "/my/merchants/" + m.ID
	v := &casePage{Up: &ui.Link{Label: p.name(m.Name), Href: at(c, base)}, Title: p.say("member.of", "Name", a.Name)}
	crowns := m.Crowns(by.AccountID)
	if x.Role == access.Owner && !crowns {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("error.merchant.two_people")})
		return v, nil, nil
	}
	form := &ui.Form{
		Action: at(c, base+"/people/"+x.AccountID), CSRF: s.token(Of(c)), Rev: revision(m.Rev), Parts: roleParts(p, "member", crowns, role, shops, ids),
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("member.save"), Name: "do", Value: "role"}, {Label: p.say("member.remove"), Kind: "alt", Name: "do", Value: "remove"}}},
	}
	v.add(section{Text: p.say("member.remove_text"), Forms: []*ui.Form{form}})
	return v, form, nil
}

// memberSent: POST /my/merchants/:id/people/:account (rev, do, role, listing_ids).
func (s *Site) memberSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, account := c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("account")
	done := "role"
	if f.Get("do") == "remove" {
		done = "removed"
		_, err = s.services.Merchants.Remove(ctx, by, id, rev, account)
	} else {
		_, err = s.services.Merchants.SetRole(ctx, by, id, rev, account, access.Role(f.Get("role")), f.Values["listing_ids"])
	}
	if err == nil {
		if account == by.AccountID {
			return see(c, "/my") // an owner who has taken the own role away sees no more of this page
		}
		return see(c, "/my/merchants/"+id+"?done="+done)
	}
	p := s.speaker(c)
	v, form, caseErr := s.memberCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showCase(c, p, v, form, err)
}

// merchantEditPage: GET /my/merchants/:id/edit.
func (s *Site) merchantEditPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.merchantEdit(c, p, nil)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

func (s *Site) merchantEdit(c *fiber.Ctx, p *speaker, f *form) (formPage, error) {
	by := Of(c).Actor
	m, err := s.services.Merchants.Get(c.UserContext(), by, c.Params("id"))
	if err != nil {
		return formPage{}, err
	}
	private, err := s.services.Merchants.Private(by, m)
	if err != nil {
		return formPage{}, err
	}
	was := merchant.Draft{Kind: m.Kind, Name: m.Name, CreditCode: string(m.CreditCode), Private: private}
	parts := s.merchantParts(c, p, f, &was)
	texts := []ui.FormPart{}
	for _, l := range []struct{ name, label, value string }{{"name_hant", p.say("merchant.name_hant"), m.Name.Hant}, {"name_en", p.say("merchant.name_en"), m.Name.En}} {
		x := input(f, l.name, l.label, func(x *ui.Field) { x.Optional = true })
		if f == nil {
			x.Field.Value = l.value
		}
		texts = append(texts, x)
	}
	parts = append(parts[:1:1], append(texts, parts[1:]...)...)
	base := "/my/merchants/" + m.ID
	return formPage{
		Up: &ui.Link{Label: p.name(m.Name), Href: at(c, base)}, Title: p.say("merchant.edit"), Lead: p.say("merchant.edit_lead"),
		Form: &ui.Form{Action: at(c, base+"/edit"), CSRF: s.token(Of(c)), Rev: revision(m.Rev), Parts: parts, Bar: &ui.Bar{Buttons: []ui.Button{{Label: p.say("merchant.save")}}}},
	}, nil
}

// merchantEditSent: POST /my/merchants/:id/edit (rev and the fields).
func (s *Site) merchantEditSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	d := readDraft(f)
	d.Name.Hant, d.Name.En = f.Get("name_hant"), f.Get("name_en")
	id := c.Params("id")
	if _, err = s.services.Merchants.Edit(c.UserContext(), Of(c).Actor, id, rev, d); err == nil {
		return see(c, "/my/merchants/"+id+"?done=saved")
	}
	p := s.speaker(c)
	v, formErr := s.merchantEdit(c, p, f)
	if formErr != nil {
		return formErr
	}
	return s.showForm(c, p, v, err)
}

// handOverPage: GET /my/merchants/:id/hand-over: a shop goes to somebody else, or back to nobody.
func (s *Site) handOverPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.handOver(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "offered", "taken_back", "given_back"); w != "" {
		v.ok(p.say("handover.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) handOver(c *fiber.Ctx, p *speaker, f *form) (*casePage, map[string]*ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Merchants.Get(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	shops, err := s.services.Merchants.Shops.ShopsOf(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	offers, err := s.services.Merchants.Transfers(ctx, by, m.ID)
	if err != nil {
		return nil, nil, err
	}
	base := "/my/merchants/" + m.ID
	v := &casePage{Up: &ui.Link{Label: p.name(m.Name), Href: at(c, base)}, Title: p.say("handover.title"), Lead: p.say("handover.lead")}
	forms := map[string]*ui.Form{}
	form := func(id, button, kind string, parts []ui.FormPart) *ui.Form {
		forms[id] = &ui.Form{ID: id, Action: at(c, base+"/hand-over"), CSRF: s.token(Of(c)), Hidden: hidden("form", id), Parts: parts, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: button, Kind: kind, Name: "do", Value: id}}}}
		return forms[id]
	}
	pick := func(id string) ui.FormPart {
		x := &ui.Choice{ID: id + "-shop", Name: "listing_id", Legend: p.say("handover.shop")}
		for _, shop := range shops {
			x.Options = append(x.Options, ui.Pick{Value: shop.ID, Label: p.name(shop.Name), Checked: only(f, id) != nil && f.Get("listing_id") == shop.ID})
		}
		return ui.FormPart{Choice: x}
	}
	list := ui.Records{Action: at(c, base+"/hand-over"), CSRF: s.token(Of(c)), Empty: p.say("handover.none")}
	for i := range offers {
		t := &offers[i]
		name, err := s.shopName(c, p, t.ListingID)
		if err != nil {
			return nil, nil, err
		}
		st := t.StateAt(p.now)
		x := ui.Record{Title: name, Lines: []string{p.say("handover.to", "To", t.Shown), p.say("member.until", "Day", dayOf(p, t.Until))}, Tag: p.say("handover.state." + string(st)), State: ui.TaskDone}
		if st == merchant.TransferOffered {
			x.State, x.Buttons = ui.TaskWait, []ui.Button{{Label: p.say("handover.withdraw"), Kind: "alt s", Name: "withdraw", Value: t.ID}}
		}
		list.Items = append(list.Items, x)
	}
	if len(shops) > 0 {
		v.add(section{Title: p.say("handover.offer"), Text: p.say("handover.offer_text"), Forms: []*ui.Form{form("offer", p.say("handover.send"), "", []ui.FormPart{
			pick("offer"), field(only(f, "offer"), "offer", "to", p.say("member.to"), nil),
		})}})
		v.add(section{Title: p.say("handover.give_back"), Text: p.say("handover.give_back_text"), Forms: []*ui.Form{form("give_back", p.say("handover.give_back"), "alt", []ui.FormPart{pick("give_back")})}})
	} else {
		v.add(section{Title: p.say("handover.close"), Text: p.say("handover.close_text"), Forms: []*ui.Form{form("close", p.say("handover.close"), "alt", nil)}})
		forms["close"].Rev = revision(m.Rev)
	}
	v.add(section{Title: p.say("handover.list"), Records: &list})
	return v, forms, nil
}

// handOverSent: POST /my/merchants/:id/hand-over (do = offer, give_back or close; withdraw = a transfer).
func (s *Site) handOverSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, m := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Merchants
	done, to := "", "/my/merchants/"+id+"/hand-over?done="
	switch {
	case f.Get("withdraw") != "":
		done = "taken_back"
		err = m.WithdrawTransfer(ctx, by, f.Get("withdraw"))
	case f.Get("do") == "offer":
		done = "offered"
		_, err = m.Offer(ctx, by, f.Get("listing_id"), f.Get("to"), Of(c).Lang)
	case f.Get("do") == "give_back":
		done = "given_back"
		err = m.GiveBack(ctx, by, f.Get("listing_id"))
	case f.Get("do") == "close":
		done, to = "closed", "/my?done="
		var rev int64
		if rev, err = f.rev(); err == nil {
			err = m.Close(ctx, by, id, rev)
		}
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, to+done)
	}
	if f.Get("listing_id") == "" && fault.Is(err, fault.NotFound) && f.Get("do") != "" {
		err = fault.Wrong("listing_id", "error.choice", nil)
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	p := s.speaker(c)
	v, forms, caseErr := s.handOver(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	bad := forms[f.Get("do")]
	if bad == nil {
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, bad, err)
}
