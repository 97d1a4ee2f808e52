package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/account"
	"shangquan/services/fault"
)

// signInPage: GET /sign-in (back, out, changed).
func (s *Site) signInPage(c *fiber.Ctx) error {
	if Of(c).Actor.Known() && c.Query("back") == "" {
		return see(c, home(Of(c)))
	}
	p := s.speaker(c)
	v := s.signInForm(c, p, nil)
	if s.services.Freeze.Refused() != nil {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("error.frozen.title"), Text: p.say("safety.only_admins")})
	}
	for query, key := range map[string]string{"out": "sign_in.out", "changed": "sign_in.changed", "deleted": "own.deleted"} {
		if c.Query(query) != "" {
			v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: p.say(key)})
		}
	}
	return s.showForm(c, p, v, nil)
}

func (s *Site) signInForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	to, kept := c.Query("back"), ""
	if f != nil {
		to, kept = f.Get("back"), f.Get("kept")
	}
	query := ""
	if to != "" {
		query = "?back=" + escaped(to)
	}
	return formPage{
		Title: p.say("sign_in.title"), Lead: p.say("sign_in.lead"),
		Form: &ui.Form{
			Action: at(c, "/sign-in"), Hidden: hidden("back", to, "kept", kept),
			Parts: []ui.FormPart{
				input(f, "name", p.say("sign_in.name"), func(x *ui.Field) { x.Autocomplete = "username" }),
				input(f, "password", p.say("sign_in.password"), func(x *ui.Field) { x.Type, x.Autocomplete = "password", "current-password" }),
			},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("sign_in.go")}, {Label: p.say("sign_in.code"), Href: at(c, "/sign-in/code") + query, Kind: "alt"}}},
		},
		Links: []ui.Link{{Label: p.say("sign_in.forgot"), Href: at(c, "/reset")}, {Label: p.say("sign_in.none"), Href: at(c, "/help")}},
	}
}

// signInSent: POST /sign-in.
func (s *Site) signInSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if f.Has("show") { // only the form, with what is kept in it
		return s.showForm(c, p, s.signInForm(c, p, f), nil)
	}
	in, err := s.services.Accounts.SignIn(c.UserContext(), f.Get("name"), f.Get("password"), client(c))
	if err != nil {
		return s.showForm(c, p, s.signInForm(c, p, f), err)
	}
	return s.signedIn(c, in, f)
}

// signedIn goes on after a sign-in: to the second factor, or to where the person was going.
func (s *Site) signedIn(c *fiber.Ctx, in account.SignedIn, f *form) error {
	s.signIn(c, in)
	r := Of(c)
	if in.Session.Pending {
		if f.Get("kept") != "" {
			p := s.speaker(c)
			return s.showForm(c, p, s.factorForm(c, p, f), nil)
		}
		return see(c, "/sign-in/factor?back="+escaped(f.Get("back")))
	}
	return s.proceed(c, f.Get("kept"), back(f.Get("back"), at(c, home(r))))
}

// factorPage: GET /sign-in/factor.
func (s *Site) factorPage(c *fiber.Ctx) error {
	if !Of(c).Session.Pending {
		return see(c, "/sign-in")
	}
	p := s.speaker(c)
	return s.showForm(c, p, s.factorForm(c, p, nil), nil)
}

func (s *Site) factorForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	to, kept := c.Query("back"), ""
	if f != nil {
		to, kept = f.Get("back"), f.Get("kept")
	}
	r := Of(c)
	v := formPage{Title: p.say("factor.title"), Lead: p.say("factor.lead"), Passkey: s.usePasskey(c, p, to, kept), Links: []ui.Link{{Label: p.say("factor.lost"), Href: at(c, "/help")}}}
	v.Form = &ui.Form{
		Action: at(c, "/sign-in/factor"), CSRF: s.token(r), Hidden: hidden("back", to, "kept", kept),
		Parts: []ui.FormPart{input(nil, "proof", p.say("factor.code"), codeField)},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("factor.go")}}},
	}
	return v
}

// codeField makes a field for a code that a person reads elsewhere and may paste.
func codeField(x *ui.Field) { x.Autocomplete, x.InputMode, x.Short = "one-time-code", "numeric", true }

// factorSent: POST /sign-in/factor.
func (s *Site) factorSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r := Of(c)
	if !r.Session.Pending {
		if r.Actor.Known() { // a passkey was faster
			return s.proceed(c, f.Get("kept"), back(f.Get("back"), at(c, home(r))))
		}
		return see(c, "/sign-in")
	}
	p := s.speaker(c)
	if f.Has("show") {
		return s.showForm(c, p, s.factorForm(c, p, f), nil)
	}
	in, err := s.services.Accounts.GiveFactor(c.UserContext(), r.Session, f.Get("proof"), client(c))
	if err != nil {
		return s.showForm(c, p, s.factorForm(c, p, f), err)
	}
	return s.signedIn(c, in, f)
}

// codePage: GET /sign-in/code. Two steps in one form: the contact, then the code that was sent to it.
func (s *Site) codePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.codeForm(c, p, nil, false), nil)
}

func (s *Site) codeForm(c *fiber.Ctx, p *speaker, f *form, sent bool) formPage {
	to, kept := c.Query("back"), ""
	if f != nil {
		to, kept = f.Get("back"), f.Get("kept")
	}
	v := formPage{Title: p.say("sign_in_code.title"), Up: &ui.Link{Label: p.say("sign_in.title"), Href: at(c, "/sign-in")}}
	v.Form = &ui.Form{
		Action: at(c, "/sign-in/code"), Hidden: hidden("back", to, "kept", kept),
		Parts: []ui.FormPart{input(f, "contact", p.say("sign_in.name"), func(x *ui.Field) { x.Autocomplete = "username" })},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("sign_in_code.send"), Name: "send", Value: "1"}}},
	}
	if sent {
		// The same sentence whether the contact has an account or not.
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("sign_in_code.sent")}}
		v.Form.Parts = append(v.Form.Parts, input(nil, "code", p.say("sign_in_code.code"), codeField))
		v.Form.Bar.Buttons = []ui.Button{{Label: p.say("sign_in.go")}, {Label: p.say("sign_in_code.again"), Name: "send", Value: "1", Kind: "alt"}}
	}
	return v
}

// codeSent: POST /sign-in/code.
func (s *Site) codeSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if f.Has("send") || f.Get("code") == "" {
		err := s.services.Accounts.SendCode(c.UserContext(), account.ForSignIn, f.Get("contact"), Of(c).Lang, client(c))
		return s.showForm(c, p, s.codeForm(c, p, f, err == nil), err)
	}
	in, err := s.services.Accounts.SignInByCode(c.UserContext(), f.Get("contact"), f.Get("code"), client(c))
	if err != nil {
		return s.showForm(c, p, s.codeForm(c, p, f, true), err)
	}
	return s.signedIn(c, in, f)
}

// signOutSent: POST /sign-out.
func (s *Site) signOutSent(c *fiber.Ctx) error { return s.signOut(c) }

// resetPage: GET /reset: asks for a link to set a new password.
func (s *Site) resetPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.resetForm(c, p, nil, false), nil)
}

func (s *Site) resetForm(c *fiber.Ctx, p *speaker, f *form, sent bool) formPage {
	v := formPage{Title: p.say("reset.title"), Lead: p.say("reset.lead"), Up: &ui.Link{Label: p.say("sign_in.title"), Href: at(c, "/sign-in")}}
	if sent {
		v.Lead, v.Callouts = "", []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("reset.sent")}}
		return v
	}
	v.Form = &ui.Form{
		Action: at(c, "/reset"),
		Parts:  []ui.FormPart{input(f, "contact", p.say("sign_in.name"), func(x *ui.Field) { x.Autocomplete = "username" })},
		Bar:    &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("reset.send")}}},
	}
	return v
}

// resetSent: POST /reset.
func (s *Site) resetSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	err = s.services.Accounts.AskReset(c.UserContext(), f.Get("contact"), client(c))
	return s.showForm(c, p, s.resetForm(c, p, f, err == nil), err)
}

// newPasswordPage: GET /reset/:token. Opening the link changes nothing: chat programs open links by themselves.
func (s *Site) newPasswordPage(c *fiber.Ctx) error {
	if err := s.services.Accounts.CheckReset(c.UserContext(), c.Params("token")); err != nil {
		return goneAs(err)
	}
	p := s.speaker(c)
	return s.showForm(c, p, s.newPasswordForm(c, p), nil)
}

func (s *Site) newPasswordForm(c *fiber.Ctx, p *speaker) formPage {
	return formPage{Title: p.say("reset_new.title"), Form: &ui.Form{
		Action: at(c, account.ResetPath+c.Params("token")),
		Parts: []ui.FormPart{input(nil, "password", p.say("reset_new.password"), func(x *ui.Field) {
			x.Type, x.Autocomplete, x.Hint = "password", "new-password", p.say("reset_new.hint")
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("reset_new.save")}}},
	}}
}

// newPasswordSent: POST /reset/:token.
func (s *Site) newPasswordSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if err := s.services.Accounts.Reset(c.UserContext(), c.Params("token"), f.Get("password"), client(c)); err != nil {
		if fault.Is(err, fault.NotFound) {
			return goneAs(err)
		}
		return s.showForm(c, p, s.newPasswordForm(c, p), err)
	}
	return see(c, "/sign-in?changed=1")
}

// goneAs answers 410 for a link that was good once.
func goneAs(err error) error {
	if fault.Is(err, fault.NotFound) {
		return &ended{err}
	}
	return err
}

// setupPage: GET /setup/:secret: the first administrator.
func (s *Site) setupPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.setupForm(c, p, nil), nil)
}

func (s *Site) setupForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	return formPage{Title: p.say("setup.title"), Lead: p.say("setup.lead"), Form: &ui.Form{
		Action: at(c, "/setup"),
		Parts: []ui.FormPart{
			input(f, "secret", p.say("setup.secret"), func(x *ui.Field) { x.Autocomplete = "off" }),
			input(f, "name", p.say("setup.name"), func(x *ui.Field) { x.Autocomplete = "name" }),
			input(f, "contact", p.say("sign_in.name"), func(x *ui.Field) { x.Autocomplete = "username" }),
			input(f, "password", p.say("sign_in.password"), func(x *ui.Field) {
				x.Type, x.Autocomplete, x.Hint = "password", "new-password", p.say("setup.hint")
			}),
		},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("setup.go")}}},
	}}
}

// setupSent: POST /setup.
func (s *Site) setupSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	in, err := s.services.Accounts.Setup(c.UserContext(), f.Get("secret"), account.Registration{
		Name: f.Get("name"), Contact: f.Get("contact"), Password: f.Get("password"), Lang: Of(c).Lang,
	}, client(c))
	if fault.Is(err, fault.NotFound) {
		err = fault.Wrong("secret", "account.setup.gone", nil)
	}
	if err != nil {
		return s.showForm(c, p, s.setupForm(c, p, f), err)
	}
	s.signIn(c, in)
	return see(c, "/account/factors")
}
