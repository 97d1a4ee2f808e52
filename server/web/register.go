package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
)

// Who claims a shop, has a letter with a code or was handed a shop may have no account yet: they make one on the way, with a code
// sent to their phone or e-mail. There is no other way in, see account.Registration.

// registration is the page that leads somebody who is not signed in on to what they came for: sign in, or make an account. back is
// the page, path where the form posts. sent says that a code is on its way.
func (s *Site) registration(c *fiber.Ctx, p *speaker, v formPage, path, back string, f *form, sent bool) formPage {
	signIn := ui.Link{Label: p.say("register.sign_in"), Href: at(c, "/sign-in") + "?back=" + escaped(back)}
	v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("register.have"), Link: &signIn})
	v.Form = &ui.Form{
		Action: at(c, path), CSRF: s.token(Of(c)),
		Parts: []ui.FormPart{
			{Heading: p.say("register.title")},
			input(f, "contact", p.say("sign_in.name"), func(x *ui.Field) { x.Autocomplete, x.Hint = "username", p.say("register.contact_hint") }),
		},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("sign_in_code.send"), Name: "send", Value: "1"}}},
	}
	if f != nil && f.Get("shop") != "" {
		v.Form.Hidden = append(v.Form.Hidden, ui.Hidden{Name: "shop", Value: f.Get("shop")})
	} else if shop := c.Query("shop"); shop != "" {
		v.Form.Hidden = append(v.Form.Hidden, ui.Hidden{Name: "shop", Value: shop})
	}
	if sent {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: p.say("register.sent")})
		v.Form.Parts = append(
			v.Form.Parts,
			input(nil, "code", p.say("sign_in_code.code"), codeField),
			input(f, "name", p.say("register.name"), func(x *ui.Field) { x.Autocomplete, x.Hint = "name", p.say("register.name_hint") }),
			input(nil, "password", p.say("register.password"), func(x *ui.Field) {
				x.Type, x.Autocomplete, x.Optional, x.Hint = "password", "new-password", true, p.say("register.password_hint")
			}),
		)
		v.Form.Bar.Buttons = []ui.Button{{Label: p.say("register.go")}, {Label: p.say("sign_in_code.again"), Name: "send", Value: "1", Kind: "alt"}}
	}
	return v
}

// registerSent answers a form of registration and goes on to back. words are names the password must not lean on. Another form, of
// somebody whose session has ended, is kept while they sign in again, for act.
func (s *Site) registerSent(c *fiber.Ctx, f *form, act access.Action, v formPage, path, back string, words ...string) error {
	if !f.Has("contact") {
		return s.turnedAway(c, access.Require(Of(c).Actor, act, access.Thing{}))
	}
	p := s.speaker(c)
	if f.Has("send") || f.Get("code") == "" {
		err := s.services.Accounts.SendCode(c.UserContext(), account.ForRegister, f.Get("contact"), p.Lang, client(c))
		return s.showForm(c, p, s.registration(c, p, v, path, back, f, err == nil), err)
	}
	in, err := s.services.Accounts.Register(c.UserContext(), account.Registration{
		Name: f.Get("name"), Contact: f.Get("contact"), Code: f.Get("code"), Password: f.Get("password"), Lang: p.Lang, Words: words,
	}, client(c))
	if err != nil {
		return s.showForm(c, p, s.registration(c, p, v, path, back, f, true), err)
	}
	s.signIn(c, in)
	return c.Redirect(back, fiber.StatusSeeOther)
}

// newcomer is who just registered, as services see them.
func (s *Site) newcomer(c *fiber.Ctx, in account.SignedIn) access.Actor {
	r := Of(c)
	by := s.services.Accounts.Actor(in.Session, in.Account)
	by.Request, by.Client = r.ID, r.Client
	return by
}
