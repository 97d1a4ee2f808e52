package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// ownRoutes are the pages of the own account.
func (s *Site) ownRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	own := func(method, path string, h fiber.Handler, needs access.Action) Route {
		r := Route{Method: method, Path: path, Handle: h, Kind: Private, Needs: needs, Thing: ownAccount}
		if method == post {
			r.Rate = Write
		}
		return r
	}
	return []Route{
		own(get, "/account", s.accountPage, access.AccountOwn),
		own(post, "/account", s.accountSent, access.AccountOwn),
		own(get, "/account/password", s.passwordPage, access.AccountOwn),
		own(post, "/account/password", s.passwordSent, access.AccountOwn),
		own(get, "/account/contact", s.contactPage, access.AccountFactor),
		own(post, "/account/contact", s.contactSent, access.AccountFactor),
		own(get, "/account/sessions", s.sessionsPage, access.AccountOwn),
		own(post, "/account/sessions", s.sessionsSent, access.AccountOwn),
		own(get, "/account/factors", s.factorsPage, access.AccountOwn),
		own(post, "/account/factors/app", s.appSent, access.AccountFactor),
		own(post, "/account/factors/app/confirm", s.appConfirmed, access.AccountFactor),
		own(post, "/account/factors/remove", s.factorRemoved, access.AccountFactor),
		own(post, "/account/factors/codes", s.codesRenewed, access.AccountFactor),
		own(post, "/account/factors/shown", s.codesShown, access.AccountOwn),
		own(post, "/account/factors/passkey/start", s.passkeyStarted, access.AccountFactor),
		own(post, "/account/factors/passkey", s.passkeyMade, access.AccountFactor),
		own(post, "/account/export", s.accountExport, access.AccountOwn),
		own(get, "/account/delete", s.deletePage, access.AccountFactor),
		own(post, "/account/delete", s.deleteSent, access.AccountFactor),
		{Method: post, Path: "/sign-in/factor/passkey/start", Handle: s.passkeyAsked, Kind: Private, Rate: Write, Needs: access.AccountOpen, Always: true},
		{Method: post, Path: "/sign-in/factor/passkey", Handle: s.passkeyGiven, Kind: Private, Rate: Write, Needs: access.AccountOpen, Always: true},
	}
}

// ownDone is what /account and the pages under it say after something was done.
var ownDone = map[string]string{
	"saved": "own.saved", "password": "own.password_saved", "contact": "own.contact_saved", "ended": "own.session_ended",
	"others": "own.others_ended", "removed": "own.factor_removed", "passkey": "own.passkey_added",
}

// doneCallout says what the page before has done; nothing when the word is not in said.
func doneCallout(c *fiber.Ctx, p *speaker, said map[string]string) []ui.Callout {
	key, ok := said[c.Query("done")]
	if !ok {
		return nil
	}
	return []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say(key)}}
}

// freshly turns a refusal for want of a fresh check into the way to one, and shows every other error at the form.
func (s *Site) freshly(c *fiber.Ctx, p *speaker, v formPage, err error) error {
	if f, ok := err.(*fault.Error); ok && f.Key == "error.sudo" { //nolint:errorlint // access.Require returns the fault itself
		return s.turnedAway(c, err)
	}
	return s.showForm(c, p, v, err)
}

func (s *Site) upToAccount(c *fiber.Ctx, p *speaker) *ui.Link {
	return &ui.Link{Label: p.say("own.title"), Href: at(c, "/account")}
}

// accountPage: GET /account.
func (s *Site) accountPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.accountForm(c, p, nil)
	if err != nil {
		return err
	}
	refused, err := s.refusedCallout(c, p, &Of(c).Account, "own.refused", "own.refused_text")
	if err != nil {
		return err
	}
	for i := range refused {
		refused[i].Link = &ui.Link{Label: p.say("own.change_contact"), Href: at(c, "/account/contact")}
	}
	v.Callouts = append(doneCallout(c, p, ownDone), refused...)
	return s.showForm(c, p, v, nil)
}

// refusedCallout says that the e-mail address of an account refused messages for good; nothing as long as it takes them. lead and text
// are the keys of what it says. Of a phone number that is never known.
func (s *Site) refusedCallout(c *fiber.Ctx, p *speaker, a *account.Account, lead, text string) ([]ui.Callout, error) {
	if a.Email == "" {
		return nil, nil
	}
	on, err := s.services.Pace.Refused(c.UserContext(), string(a.Email))
	if err != nil || on.IsZero() {
		return nil, err
	}
	return []ui.Callout{{
		Kind: "warn", Icon: "alert", Lead: p.say(lead), Text: p.say(text, "Date", ui.Date(p.Lang, on.In(p.now.Location()), p.now), "Contact", a.Email.Masked()),
	}}, nil
}

func (s *Site) accountForm(c *fiber.Ctx, p *speaker, f *form) (formPage, error) {
	r := Of(c)
	a := r.Account
	sessions, err := s.services.Accounts.Sessions(c.UserContext(), r.Actor, a.ID)
	if err != nil {
		return formPage{}, err
	}
	name, language := a.Name, a.Lang
	if f != nil {
		name, language = f.Get("name"), lang.Tag(f.Get("lang"))
	}
	languages := []ui.Option{}
	for _, t := range lang.Tags {
		languages = append(languages, ui.Option{Value: string(t), Label: languageNames[t], Count: -1, Checked: t == language})
	}
	contact := func(x account.Contact) string {
		if x == "" {
			return p.say("own.none")
		}
		return x.Masked()
	}
	link := func(key, path string) *ui.Link { return &ui.Link{Label: p.say(key), Href: at(c, path)} }
	password := p.say("own.no_password")
	if a.Password != "" {
		password = p.say("own.password_since", "Date", ui.Date(p.Lang, a.PasswordAt, p.now))
	}
	factor := p.say("own.factor_none")
	if a.Factors.Any() {
		factor = p.say("own.factor_set")
	}
	return formPage{
		Title: p.say("own.title"),
		Form: &ui.Form{Action: at(c, "/account"), CSRF: s.token(r), Parts: []ui.FormPart{
			{Field: &ui.Field{ID: "name", Name: "name", Label: p.say("own.name"), Hint: p.say("own.name_hint"), Type: "text", Value: name, Autocomplete: "name", Short: true}},
			{Field: &ui.Field{ID: "lang", Name: "lang", Label: p.say("own.lang"), Options: languages}},
		}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.save")}}}},
		Facts: []ui.Static{
			{Label: p.say("own.phone"), Value: contact(a.Phone), Link: link("own.change_contact", "/account/contact")},
			{Label: p.say("own.email"), Value: contact(a.Email), Link: link("own.change_contact", "/account/contact")},
			{Label: p.say("own.password"), Value: password, Link: link("own.change_password", "/account/password")},
			{Label: p.say("own.factor"), Value: factor, Link: link("own.change_factor", "/account/factors")},
			{Label: p.say("monthly.title"), Value: monthlyWords(p, a.Monthly != nil), Link: link("monthly.change", "/account/monthly")},
			{Label: p.say("own.sessions"), Value: p.count("own.sessions_count", len(sessions)), Link: link("own.see_sessions", "/account/sessions")},
		},
		More: []ui.Form{{
			Action: at(c, "/account/export"), CSRF: s.token(r), Parts: []ui.FormPart{{Heading: p.say("own.export")}, {Text: p.say("own.export_text")}},
			Bar: &ui.Bar{Loose: true, Buttons: exportButtons(p)},
		}},
		Links: []ui.Link{{Label: p.say("asks.title"), Href: at(c, "/account/asks")}, {Label: p.say("own.delete"), Href: at(c, "/account/delete")}},
	}, nil
}

// accountSent: POST /account.
func (s *Site) accountSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, r := s.speaker(c), Of(c)
	t, ok := lang.Parse(f.Get("lang"))
	if !ok {
		t = r.Lang
	}
	if _, err := s.services.Accounts.Rename(c.UserContext(), r.Actor, r.Account.ID, f.Get("name"), t); err != nil {
		v, bad := s.accountForm(c, p, f)
		if bad != nil {
			return bad
		}
		return s.showForm(c, p, v, err)
	}
	return see(c, "/account?done=saved")
}

// passwordPage: GET /account/password.
func (s *Site) passwordPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.passwordForm(c, p), nil)
}

func (s *Site) passwordForm(c *fiber.Ctx, p *speaker) formPage {
	r := Of(c)
	v := formPage{Title: p.say("own.change_password"), Up: s.upToAccount(c, p), Lead: p.say("own.password_lead")}
	v.Form = &ui.Form{Action: at(c, "/account/password"), CSRF: s.token(r), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.save")}}}}
	if r.Account.Password != "" {
		v.Form.Parts = append(v.Form.Parts, input(nil, "proof", p.say("own.current"), func(x *ui.Field) { x.Type, x.Autocomplete = "password", "current-password" }))
	}
	v.Form.Parts = append(v.Form.Parts, input(nil, "password", p.say("reset_new.password"), func(x *ui.Field) {
		x.Type, x.Autocomplete, x.Hint = "password", "new-password", p.say("reset_new.hint")
	}))
	return v
}

// passwordSent: POST /account/password.
func (s *Site) passwordSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, r := s.speaker(c), Of(c)
	in, err := s.services.Accounts.ChangePassword(c.UserContext(), r.Actor, r.Session, f.Get("proof"), f.Get("password"), client(c))
	if err != nil {
		return s.freshly(c, p, s.passwordForm(c, p), err)
	}
	s.signIn(c, in)
	return see(c, "/account?done=password")
}

// contactPage: GET /account/contact.
func (s *Site) contactPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.contactForm(c, p, nil, false), nil)
}

func (s *Site) contactForm(c *fiber.Ctx, p *speaker, f *form, sent bool) formPage {
	r := Of(c)
	v := formPage{Title: p.say("own.change_contact"), Up: s.upToAccount(c, p), Lead: p.say("own.contact_lead")}
	v.Form = &ui.Form{
		Action: at(c, "/account/contact"), CSRF: s.token(r),
		Parts: []ui.FormPart{input(f, "contact", p.say("own.contact_new"), nil)},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("sign_in_code.send"), Name: "send", Value: "1"}}},
	}
	if sent {
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("own.contact_sent")}}
		v.Form.Parts = append(v.Form.Parts, input(nil, "code", p.say("sign_in_code.code"), codeField))
		v.Form.Bar.Buttons = []ui.Button{{Label: p.say("own.save")}, {Label: p.say("sign_in_code.again"), Name: "send", Value: "1", Kind: "alt"}}
	}
	return v
}

// contactSent: POST /account/contact: first a code goes to the new contact, then it comes back with the form.
func (s *Site) contactSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, r := s.speaker(c), Of(c)
	if f.Has("send") || f.Get("code") == "" {
		err := s.services.Accounts.SendCode(c.UserContext(), account.ForContact, f.Get("contact"), r.Lang, client(c))
		return s.showForm(c, p, s.contactForm(c, p, f, err == nil), err)
	}
	if _, err := s.services.Accounts.AddContact(c.UserContext(), r.Actor, r.Account.ID, f.Get("contact"), f.Get("code")); err != nil {
		return s.showForm(c, p, s.contactForm(c, p, f, true), err)
	}
	return see(c, "/account?done=contact")
}

// sessionsView is templates/pages/account-sessions.html.
type sessionsView struct {
	Base     ui.Base
	Up       *ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Sessions ui.Records
	Others   *ui.Form // nil while there is only this session
}

// sessionsPage: GET /account/sessions.
func (s *Site) sessionsPage(c *fiber.Ctx) error {
	p, r := s.speaker(c), Of(c)
	list, err := s.services.Accounts.Sessions(c.UserContext(), r.Actor, r.Account.ID)
	if err != nil {
		return err
	}
	v := sessionsView{Title: p.say("own.sessions"), Up: s.upToAccount(c, p), Lead: p.say("own.sessions_lead"), Callouts: doneCallout(c, p, ownDone)}
	v.Sessions = s.sessionRecords(c, p, list, at(c, "/account/sessions"))
	if len(list) > 1 {
		v.Others = &ui.Form{Action: at(c, "/account/sessions"), CSRF: s.token(r), Hidden: hidden("others", "1"), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.end_others"), Kind: "alt"}}}}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "account-sessions", v)
}

// sessionRecords lists sessions with a button to end each but the one of the request.
func (s *Site) sessionRecords(c *fiber.Ctx, p *speaker, list []account.Session, action string) ui.Records {
	r := Of(c)
	out := ui.Records{Action: action, CSRF: s.token(r), Empty: p.say("own.sessions_none")}
	for _, x := range list {
		item := ui.Record{Title: x.Device, Lines: []string{
			p.say("own.session_since", "Time", p.moment(x.Created)), p.say("own.session_used", "Time", p.moment(x.Used)), x.Area,
		}}
		if item.Title == "" {
			item.Title = p.say("own.device_unknown")
		}
		item.Lines = slices.DeleteFunc(item.Lines, func(s string) bool { return s == "" })
		if x.ID == r.Session.ID {
			item.Tag, item.State = p.say("own.session_this"), ui.TaskDone
		} else {
			item.Buttons = []ui.Button{{Label: p.say("own.session_end"), Name: "end", Value: x.ID, Kind: "alt s"}}
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// sessionsSent: POST /account/sessions: end one, or all but this one.
func (s *Site) sessionsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r := Of(c)
	if !f.Has("others") {
		if err := s.services.Accounts.End(c.UserContext(), r.Actor, r.Account.ID, f.Get("end")); err != nil {
			return err
		}
		return see(c, "/account/sessions?done=ended")
	}
	list, err := s.services.Accounts.Sessions(c.UserContext(), r.Actor, r.Account.ID)
	if err != nil {
		return err
	}
	for _, x := range list {
		if x.ID == r.Session.ID {
			continue
		}
		if err := s.services.Accounts.End(c.UserContext(), r.Actor, r.Account.ID, x.ID); err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
	}
	return see(c, "/account/sessions?done=others")
}
