package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
)

// checkPage: GET /account/check: who is about to do something dangerous proves again who they are.
func (s *Site) checkPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.checkForm(c, p, nil), nil)
}

func (s *Site) checkForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	r := Of(c)
	to, kept := c.Query("back"), ""
	if f != nil {
		to, kept = f.Get("back"), f.Get("kept")
	}
	proof := input(nil, "proof", p.say("check.password"), func(x *ui.Field) { x.Type, x.Autocomplete = "password", "current-password" })
	if r.Account.Factors.Any() {
		proof = input(nil, "proof", p.say("factor.code"), codeField)
	}
	return formPage{Title: p.say("check.title"), Lead: p.say("check.lead"), Passkey: s.usePasskey(c, p, to, kept), Form: &ui.Form{
		Action: at(c, "/account/check"), CSRF: s.token(r), Hidden: hidden("back", to, "kept", kept),
		Parts: []ui.FormPart{proof}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("check.go")}}},
	}}
}

// checkSent: POST /account/check.
func (s *Site) checkSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r := Of(c)
	p := s.speaker(c)
	if f.Has("show") {
		return s.showForm(c, p, s.checkForm(c, p, f), nil)
	}
	in, err := s.services.Accounts.Recheck(c.UserContext(), r.Session, f.Get("proof"), client(c))
	if err != nil {
		return s.showForm(c, p, s.checkForm(c, p, f), err)
	}
	s.signIn(c, in)
	return s.proceed(c, f.Get("kept"), back(f.Get("back"), at(c, home(r))))
}

// ownAccount is the thing of routes about the account of the one who asks.
func ownAccount(c *fiber.Ctx) (access.Thing, error) { return Of(c).Account.Thing(), nil }
