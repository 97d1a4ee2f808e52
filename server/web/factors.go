package web

import (
	"encoding/json"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/account"
	"shangquan/services/fault"
)

// factorsView is templates/pages/account-factors.html.
type factorsView struct {
	Base     ui.Base
	Up       *ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	App      ui.Form
	Passkeys ui.Records
	// AddPasskey is the form that the script sends; Finish where the browser's answer goes. Nil until there was a fresh check.
	AddPasskey *passkeyForm
	Codes      *ui.Form // nil without a second factor: there is nothing to recover
	Check      *ui.Link // what to press before anything can be changed; nil after a fresh check
}

// passkeyForm is what components/passkey needs: where options come from, where the answer goes, what is said when it does not work.
type passkeyForm struct {
	Start, Finish, CSRF string
	Name                *ui.Field // of a new key; nil where one is used
	Label, Wrong        string
	Back, Kept          string // where to go on, and the form that waits there; see resume.go
}

// usePasskey offers the second factor by a passkey; nil for who has none.
func (s *Site) usePasskey(c *fiber.Ctx, p *speaker, to, kept string) *passkeyForm {
	r := Of(c)
	if len(r.Account.Factors.Passkeys) == 0 {
		return nil
	}
	return &passkeyForm{
		Start: at(c, "/sign-in/factor/passkey/start"), Finish: at(c, "/sign-in/factor/passkey"), CSRF: s.token(r),
		Label: p.say("factor.passkey"), Wrong: p.say("account.passkey.wrong"), Back: to, Kept: kept,
	}
}

// factorsPage: GET /account/factors.
func (s *Site) factorsPage(c *fiber.Ctx) error {
	p, r := s.speaker(c), Of(c)
	a := r.Account
	v := factorsView{Title: p.say("own.factor"), Up: s.upToAccount(c, p), Lead: p.say("own.factor_lead"), Callouts: doneCallout(c, p, ownDone)}
	if a.Staff() && !r.Session.TwoFactor {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("own.factor_must")})
	}
	if !r.Actor.Sudo {
		v.Check = &ui.Link{Label: p.say("own.factor_check"), Href: at(c, "/account/check") + "?back=" + escaped(at(c, "/account/factors"))}
	}
	v.App = ui.Form{Action: at(c, "/account/factors/app"), CSRF: s.token(r), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.app_add")}}}}
	v.App.Parts = []ui.FormPart{{Text: p.say("own.app_none")}}
	if a.Factors.TOTP != "" {
		v.App = ui.Form{Action: at(c, "/account/factors/remove"), CSRF: s.token(r), Hidden: hidden("app", "1"), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.app_remove"), Kind: "alt"}}}}
		v.App.Parts = []ui.FormPart{{Text: p.say("own.app_set")}}
	}
	v.Passkeys = ui.Records{Action: at(c, "/account/factors/remove"), CSRF: s.token(r), Empty: p.say("own.passkeys_none")}
	for _, k := range a.Factors.Passkeys {
		item := ui.Record{Title: k.Name, Lines: []string{p.say("own.passkey_since", "Date", ui.Date(p.Lang, k.Added, p.now))}}
		if v.Check == nil {
			item.Buttons = []ui.Button{{Label: p.say("own.passkey_remove"), Name: "passkey", Value: k.ID(), Kind: "alt s"}}
		}
		v.Passkeys.Items = append(v.Passkeys.Items, item)
	}
	if v.Check == nil {
		v.AddPasskey = &passkeyForm{
			Start: at(c, "/account/factors/passkey/start"), Finish: at(c, "/account/factors/passkey"), CSRF: s.token(r),
			Name:  &ui.Field{ID: "passkey-name", Name: "name", Label: p.say("own.passkey_name"), Type: "text", Value: deviceLabel(c.Get(fiber.HeaderUserAgent)), Short: true},
			Label: p.say("own.passkey_add"), Wrong: p.say("account.passkey.wrong"),
		}
	}
	if a.Factors.Any() {
		v.Codes = &ui.Form{
			Action: at(c, "/account/factors/codes"), CSRF: s.token(r),
			Parts: []ui.FormPart{{Text: p.count("own.codes_left", len(a.Factors.Recovery))}},
			Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.codes_renew"), Kind: "alt"}}},
		}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "account-factors", v)
}

// enrolPurpose seals what a page about a new app carries, so that a wrong code shows the same picture again.
const enrolPurpose = "enrolment"

// appSent: POST /account/factors/app: begins with an authenticator app. Nothing has changed before its first code is right.
func (s *Site) appSent(c *fiber.Ctx) error {
	r := Of(c)
	e, err := s.services.Accounts.StartTOTP(c.UserContext(), r.Actor, r.Session)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(e) //nolint:gosec // G117: sealed in the next step, never sent as it is
	if err != nil {
		return err
	}
	sealed, err := s.services.Keys.Seal(enrolPurpose, raw)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, err := s.appForm(c, p, e, sealed)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

func (s *Site) appForm(c *fiber.Ctx, p *speaker, e account.Enrolment, sealed string) (formPage, error) {
	code, err := qrCode(e.URL)
	if err != nil {
		return formPage{}, err
	}
	return formPage{
		Title: p.say("own.app_add"), Up: &ui.Link{Label: p.say("own.factor"), Href: at(c, "/account/factors")}, Lead: p.say("own.app_lead"),
		Picture: &qrPicture{QR: code, Label: p.say("own.app_picture")},
		Form: &ui.Form{
			Action: at(c, "/account/factors/app/confirm"), CSRF: s.token(Of(c)), Hidden: hidden("enrolment", sealed),
			Parts: []ui.FormPart{{Static: &ui.Static{Label: p.say("own.app_secret"), Value: grouped(e.Secret)}}, input(nil, "code", p.say("sign_in_code.code"), codeField)},
			Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.app_go")}}},
		},
	}, nil
}

// grouped sets a secret in groups of four, to be typed.
func grouped(secret string) string {
	out := []byte{}
	for i := range len(secret) {
		if i > 0 && i%4 == 0 {
			out = append(out, ' ')
		}
		out = append(out, secret[i])
	}
	return string(out)
}

// appConfirmed: POST /account/factors/app/confirm.
func (s *Site) appConfirmed(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, r := s.speaker(c), Of(c)
	in, recovery, err := s.services.Accounts.ConfirmTOTP(c.UserContext(), r.Actor, r.Session, f.Get("code"), client(c))
	if fault.Is(err, fault.Invalid) {
		var e account.Enrolment
		raw, bad := s.services.Keys.Open(enrolPurpose, f.Get("enrolment"))
		if bad != nil || json.Unmarshal(raw, &e) != nil {
			return see(c, "/account/factors")
		}
		v, bad := s.appForm(c, p, e, f.Get("enrolment"))
		if bad != nil {
			return bad
		}
		return s.showForm(c, p, v, err)
	}
	if err != nil {
		return err
	}
	s.signIn(c, in)
	return s.showCodes(c, p, recovery)
}

// showCodes shows recovery codes, this once; without new ones it leads back to the factors.
func (s *Site) showCodes(c *fiber.Ctx, p *speaker, codes []string) error {
	if len(codes) == 0 {
		return see(c, "/account/factors?done=saved")
	}
	return s.showForm(c, p, formPage{
		Title: p.say("own.codes_title"), Callouts: []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("own.codes_on")}}, Lead: p.say("own.codes_lead"), List: codes,
		Links: []ui.Link{{Label: p.say("own.codes_kept"), Href: at(c, "/account/factors")}},
	}, nil)
}

// codesRenewed: POST /account/factors/codes.
func (s *Site) codesRenewed(c *fiber.Ctx) error {
	r := Of(c)
	codes, err := s.services.Accounts.RenewRecovery(c.UserContext(), r.Actor, r.Session)
	if err != nil {
		return err
	}
	return s.showCodes(c, s.speaker(c), codes)
}

// factorRemoved: POST /account/factors/remove: the app, or one passkey.
func (s *Site) factorRemoved(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r := Of(c)
	var in account.SignedIn
	if f.Has("app") {
		in, err = s.services.Accounts.RemoveTOTP(c.UserContext(), r.Actor, r.Session, client(c))
	} else {
		in, err = s.services.Accounts.RemovePasskey(c.UserContext(), r.Actor, r.Session, f.Get("passkey"), client(c))
	}
	if err != nil {
		return err
	}
	s.signIn(c, in)
	return see(c, "/account/factors?done=removed")
}
