package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/insight"
)

// wantRoutes are 缺这样的店: anybody tells the district what shop is missing, without an account and without saying who it is.
func (s *Site) wantRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/missing", Handle: s.wantPage, Kind: Private, Needs: access.ReportSend},
		{Method: http.MethodPost, Path: "/missing", Handle: s.wantSent, Kind: Private, Rate: Report, Needs: access.ReportSend},
	}
}

// wantPage: GET /missing (what): what was searched for stands there already.
func (s *Site) wantPage(c *fiber.Ctx) error {
	if s.services.Insight == nil {
		return notThere()
	}
	p := s.speaker(c)
	if saidHere(c, "said") != "" {
		return s.showForm(c, p, formPage{
			Up: s.toSearch(c, p), Title: p.say("want.thanks"),
			Callouts: []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("want.thanks_lead"), Text: p.say("want.thanks_text", "Weeks", insight.MissedWeeks)}},
		}, nil)
	}
	return s.showForm(c, p, s.wantForm(c, p, &form{Values: map[string][]string{"what": {c.Query("what")}}}), nil)
}

func (s *Site) toSearch(c *fiber.Ctx, p *speaker) *ui.Link {
	return &ui.Link{Label: p.say("want.back"), Href: at(c, "/")}
}

func (s *Site) wantForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	return formPage{
		Up: s.toSearch(c, p), Title: p.say("want.title"), Lead: p.say("want.lead"),
		Form: &ui.Form{
			Action: at(c, "/missing"), CSRF: s.token(Of(c)),
			Parts: []ui.FormPart{input(f, "what", p.say("want.what"), func(x *ui.Field) {
				x.Max, x.Hint = insight.MaxWant, p.say("want.hint")
			})},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("want.send")}}},
		},
	}
}

// wantSent: POST /missing (what).
func (s *Site) wantSent(c *fiber.Ctx) error {
	if s.services.Insight == nil {
		return notThere()
	}
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if err := s.services.Insight.Want(c.UserContext(), f.Get("what"), s.visitor(c)); err != nil {
		p := s.speaker(c)
		return s.showForm(c, p, s.wantForm(c, p, f), err)
	}
	return see(c, "/missing?done=said")
}
