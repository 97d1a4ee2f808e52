package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/account"
	"shangquan/services/fault"
)

// deletePage: GET /account/delete: what goes, what stays, and the button.
func (s *Site) deletePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.deleteForm(c, p), nil)
}

func (s *Site) deleteForm(c *fiber.Ctx, p *speaker) formPage {
	return formPage{
		Title: p.say("own.delete"), Up: s.upToAccount(c, p), Lead: p.say("own.delete_text"),
		Form: &ui.Form{Action: at(c, "/account/delete"), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("own.delete_go")}}}},
	}
}

// deleteSent: POST /account/delete. Who still acts for an organisation is told to hand that over first.
func (s *Site) deleteSent(c *fiber.Ctx) error {
	if _, err := s.form(c); err != nil {
		return err
	}
	p, r := s.speaker(c), Of(c)
	speaks, err := s.services.Assembly.Mine(c.UserContext(), r.Actor)
	if err != nil {
		return err
	}
	if len(r.Actor.Seats) == 0 && len(speaks) > 0 {
		return s.showForm(c, p, s.deleteForm(c, p), fault.New(fault.Conflict, "account.delete.speaks", nil))
	}
	if err := s.services.Accounts.Delete(c.UserContext(), r.Actor, r.Session); err != nil {
		return s.showForm(c, p, s.deleteForm(c, p), err)
	}
	s.setCookie(c, sessionCookie, "", -1, false)
	s.setCookie(c, deviceCookie, "", -1, false)
	c.Set("Clear-Site-Data", `"cache", "storage"`)
	return c.Redirect(ui.Href(r.Lang, "/sign-in")+"?deleted=1", fiber.StatusSeeOther)
}

// calledBy is how a list names an account.
func calledBy(p *speaker, a *account.Account) string {
	if a.Deleted() {
		return p.say("own.deleted_name")
	}
	return a.Name
}
