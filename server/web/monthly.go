package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
)

// monthlyRoutes are the monthly letter with the figures of the own shops: asked for in the account, ended there or by the link in it.
func (s *Site) monthlyRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/account/monthly", Handle: s.monthlyPage, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: post, Path: "/account/monthly", Handle: s.monthlySent, Kind: Private, Rate: Write, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: "/monthly/:token", Handle: s.monthlyLink, Kind: Private, Needs: access.PublicRead, Probe: "/monthly/none"},
		{Method: post, Path: "/monthly/:token", Handle: s.monthlyEnded, Kind: Private, Rate: Write, Needs: access.PublicRead, Probe: "/monthly/none"},
	}
}

// monthlyPage: GET /account/monthly.
func (s *Site) monthlyPage(c *fiber.Ctx) error {
	p, r := s.speaker(c), Of(c)
	v := formPage{Title: p.say("monthly.title"), Up: s.upToAccount(c, p), Lead: p.say("monthly.agree"), Form: &ui.Form{Action: at(c, "/account/monthly"), CSRF: s.token(r)}}
	v.Callouts = doneCallout(c, p, map[string]string{"on": "monthly.done_on", "off": "monthly.done_off"})
	button := ui.Button{Label: p.say("monthly.on"), Name: "want", Value: "1"}
	v.Form.Parts = []ui.FormPart{{Static: &ui.Static{Label: p.say("monthly.now"), Value: monthlyWords(p, r.Account.Monthly != nil)}}, {Text: p.say("monthly.rule")}}
	if r.Account.Monthly != nil {
		button = ui.Button{Label: p.say("monthly.off"), Name: "want", Value: "0", Kind: "alt"}
	}
	v.Form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{button}}
	return s.showForm(c, p, v, nil)
}

func monthlyWords(p *speaker, yes bool) string {
	if yes {
		return p.say("monthly.yes")
	}
	return p.say("monthly.no")
}

// monthlySent: POST /account/monthly (want).
func (s *Site) monthlySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r := Of(c)
	want := f.Get("want") == "1"
	if err := s.services.Accounts.AskMonthly(c.UserContext(), r.Actor, r.Account.ID, want); err != nil {
		return err
	}
	if want {
		return see(c, "/account/monthly?done=on")
	}
	return see(c, "/account/monthly?done=off")
}

// monthlyLink: GET /monthly/:token: what the link in a letter can do. Opening it changes nothing: mail programs open links by themselves.
func (s *Site) monthlyLink(c *fiber.Ctx) error {
	yes, err := s.services.Accounts.MonthlyOf(c.UserContext(), c.Params("token"))
	if err != nil {
		return goneAs(err)
	}
	return s.showMonthly(c, yes)
}

// monthlyEnded: POST /monthly/:token: no more letters.
func (s *Site) monthlyEnded(c *fiber.Ctx) error {
	if err := s.services.Accounts.EndMonthly(c.UserContext(), c.Params("token")); err != nil {
		return goneAs(err)
	}
	return s.showMonthly(c, false)
}

func (s *Site) showMonthly(c *fiber.Ctx, yes bool) error {
	p := s.speaker(c)
	v := formPage{Title: p.say("monthly.title"), Form: &ui.Form{Bar: &ui.Bar{Loose: true}}}
	if yes {
		v.Lead = p.say("monthly.link")
		v.Form.Action = at(c, "/monthly/"+c.Params("token"))
		v.Form.Bar.Buttons = []ui.Button{{Label: p.say("monthly.off")}}
	} else {
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("monthly.done_off"), Text: p.say("monthly.again")}}
		v.Form.Bar.Buttons = []ui.Button{{Label: p.say("monthly.title"), Href: at(c, "/account/monthly"), Kind: "alt"}}
	}
	return s.showForm(c, p, v, nil)
}
