package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// gone answers 410 for a link that was good once, with the reason.
func gone(err error) error {
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return &ended{err}
	}
	return err
}

// joinPage: GET /join/:token: what an invitation offers. Opening it changes nothing: chat programs open links by themselves.
func (s *Site) joinPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.services.Merchants.ShowInvitation(c.UserContext(), c.Params("token"))
	if err != nil {
		return gone(err)
	}
	if Of(c).Actor.Known() {
		return s.showForm(c, p, s.joinForm(c, p, x), nil)
	}
	return s.showForm(c, p, s.joinNew(c, p, x, nil), nil)
}

// joinHead says who invites and what one may do then.
func (s *Site) joinHead(p *speaker, x merchant.Offered) formPage {
	name := p.name(x.Name)
	v := formPage{Title: p.say("join.title", "Merchant", name), Lead: p.say("join.lead", "Role", p.say("member.role."+string(x.Role)), "Until", dayOf(p, x.Until))}
	if len(x.ListingIDs) > 0 {
		v.Lead += p.count("join.limited", len(x.ListingIDs))
	}
	return v
}

func (s *Site) joinForm(c *fiber.Ctx, p *speaker, x merchant.Offered) formPage {
	v := s.joinHead(p, x)
	v.Form = &ui.Form{
		Action: at(c, "/join/"+c.Params("token")), CSRF: s.token(Of(c)), Parts: []ui.FormPart{{Text: p.say("join.as", "Name", Of(c).Account.Name)}},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("join.accept")}}},
	}
	return v
}

// joinNew is for somebody without an account. The link came to their own phone or e-mail, which is as good as a code sent to it.
func (s *Site) joinNew(c *fiber.Ctx, p *speaker, x merchant.Offered, f *form) formPage {
	path := "/join/" + c.Params("token")
	v := s.joinHead(p, x)
	v.Form = &ui.Form{Action: at(c, path), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("join.register")}}}}
	v.Callouts, v.Form.Hidden, v.Form.Parts = s.newAccount(c, p, at(c, path), x.Shown, f)
	return v
}

// newAccount is what a page asks of somebody who was invited and has no account: where to sign in, and the fields of a new one. shown is
// what of the address is shown.
func (s *Site) newAccount(c *fiber.Ctx, p *speaker, back, shown string, f *form) ([]ui.Callout, []ui.Hidden, []ui.FormPart) {
	signIn := ui.Link{Label: p.say("register.sign_in"), Href: at(c, "/sign-in") + "?back=" + escaped(back)}
	return []ui.Callout{{Icon: "info", Lead: p.say("register.have"), Link: &signIn}}, hidden("new", "1"), []ui.FormPart{
		{Heading: p.say("register.title")},
		{Static: &ui.Static{Label: p.say("sign_in.name"), Value: shown, Hint: p.say("join.contact_hint")}},
		input(f, "name", p.say("register.name"), func(x *ui.Field) { x.Autocomplete, x.Hint = "name", p.say("register.name_hint") }),
		input(nil, "password", p.say("register.password"), func(x *ui.Field) {
			x.Type, x.Autocomplete, x.Optional, x.Hint = "password", "new-password", true, p.say("register.password_hint")
		}),
	}
}

// joinSent: POST /join/:token.
func (s *Site) joinSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, token := c.UserContext(), c.Params("token")
	if !Of(c).Actor.Known() {
		if f.Get("new") != "" {
			return s.joinRegister(c, f)
		}
		return s.turnedAway(c, access.Require(Of(c).Actor, access.InvitationAccept, access.Thing{}))
	}
	p := s.speaker(c)
	m, err := s.services.Merchants.AcceptInvitation(ctx, Of(c).Actor, token)
	if err == nil {
		return see(c, "/my/merchants/"+m.ID+"?done=joined")
	}
	x, showErr := s.services.Merchants.ShowInvitation(ctx, token)
	if showErr != nil {
		return gone(showErr)
	}
	return s.showForm(c, p, s.joinForm(c, p, x), err)
}

// joinRegister makes an account for the address the invitation went to, and joins with it.
func (s *Site) joinRegister(c *fiber.Ctx, f *form) error {
	p := s.speaker(c)
	ctx, token := c.UserContext(), c.Params("token")
	x, err := s.services.Merchants.ShowInvitation(ctx, token)
	if err != nil {
		return gone(err)
	}
	to, err := s.services.Merchants.InvitedAt(ctx, token)
	if err != nil {
		return gone(err)
	}
	in, err := s.services.Accounts.Register(ctx, account.Registration{
		Name: f.Get("name"), Contact: string(to), Proved: true, Password: f.Get("password"), Lang: p.Lang, Words: []string{x.Name.Hans},
	}, client(c))
	if err != nil {
		return s.showForm(c, p, s.joinNew(c, p, x, f), err)
	}
	s.signIn(c, in)
	m, err := s.services.Merchants.AcceptInvitation(ctx, s.newcomer(c, in), token)
	if err != nil {
		return err
	}
	return see(c, "/my/merchants/"+m.ID+"?done=joined")
}

// transferPage: GET /transfer/:token: a shop that its owner hands over. Opening it changes nothing.
func (s *Site) transferPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	t, shop, err := s.services.Merchants.ShowTransfer(c.UserContext(), c.Params("token"))
	if err != nil {
		return gone(err)
	}
	if !Of(c).Actor.Known() {
		path := "/transfer/" + c.Params("token")
		return s.showForm(c, p, s.registration(c, p, transferHead(p, t, shop), path, at(c, path), nil, false), nil)
	}
	v, err := s.transferForm(c, p, t, shop, nil)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

func transferHead(p *speaker, t merchant.Transfer, shop merchant.Shop) formPage {
	return formPage{Title: p.say("transfer.title", "Shop", p.name(shop.Name)), Lead: p.say("transfer.lead", "Until", dayOf(p, t.Until))}
}

func (s *Site) transferForm(c *fiber.Ctx, p *speaker, t merchant.Transfer, shop merchant.Shop, f *form) (formPage, error) {
	v := transferHead(p, t, shop)
	parts, err := s.draftParts(c, p, f, nil)
	if err != nil {
		return v, err
	}
	path := "/transfer/" + c.Params("token")
	v.Form = &ui.Form{Action: at(c, path), CSRF: s.token(Of(c)), Parts: parts, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("transfer.accept")}}}}
	v.More = []ui.Form{{Action: at(c, path), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("transfer.refuse"), Kind: "alt", Name: "do", Value: "refuse"}}}}}
	return v, nil
}

// transferSent: POST /transfer/:token.
func (s *Site) transferSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, token := c.UserContext(), c.Params("token")
	if f.Get("do") == "refuse" {
		return s.transferRefused(c)
	}
	if !Of(c).Actor.Known() {
		t, shop, err := s.services.Merchants.ShowTransfer(ctx, token)
		if err != nil {
			return gone(err)
		}
		path := "/transfer/" + token
		return s.registerSent(c, f, access.TransferAccept, transferHead(s.speaker(c), t, shop), path, at(c, path), shop.Name.Hans)
	}
	if _, err = s.services.Merchants.AcceptTransfer(ctx, Of(c).Actor, token, readClaim(f, "")); err == nil {
		return see(c, "/my?done=joined")
	}
	p := s.speaker(c)
	t, shop, showErr := s.services.Merchants.ShowTransfer(ctx, token)
	if showErr != nil {
		return gone(showErr)
	}
	v, formErr := s.transferForm(c, p, t, shop, f)
	if formErr != nil {
		return formErr
	}
	return s.showForm(c, p, v, err)
}

// transferRefused says no: whoever has the link may.
func (s *Site) transferRefused(c *fiber.Ctx) error {
	if err := s.services.Merchants.RefuseTransfer(c.UserContext(), Of(c).Actor, c.Params("token")); err != nil {
		return gone(err)
	}
	p := s.speaker(c)
	return s.showForm(c, p, formPage{Title: p.say("transfer.refused"), Callouts: []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("transfer.refused_text")}}}, nil)
}
