package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/bulk"
	"shangquan/services/countersign"
	"shangquan/services/merchant"
	"shangquan/services/twin"
)

// countersignRoutes are what waits for a second person.
func (s *Site) countersignRoutes() []Route {
	const path, none = "/desk/signatures/:id", "/desk/signatures/none"
	return []Route{
		{Method: http.MethodGet, Path: "/desk/signatures", Handle: s.signsPage, Kind: Private, Needs: access.CountersignRead},
		{Method: http.MethodGet, Path: path, Handle: s.signPage, Kind: Private, Needs: access.CountersignRead, Probe: none},
		{Method: http.MethodPost, Path: path, Handle: s.signSent, Kind: Private, Rate: Write, Needs: access.CountersignDecide, Probe: none},
		{Method: http.MethodPost, Path: path + "/withdraw", Handle: s.signWithdrawn, Kind: Private, Rate: Write, Needs: access.CountersignPropose, Probe: none + "/withdraw"},
	}
}

// signWords shows, by the kind of a proposal, what exactly would be done.
func (s *Site) signWords() map[string]func(*fiber.Ctx, *speaker, *countersign.Proposal) ([]section, error) {
	return map[string]func(*fiber.Ctx, *speaker, *countersign.Proposal) ([]section, error){
		twin.MergeKind:   s.mergeSigned,
		bulk.CloseKind:   s.batchSigned,
		bulk.SuspendKind: s.batchSigned,
		merchant.EndKind: s.endSigned,
	}
}

// How many are read of each kind that waits, and how many that ended are listed.
const (
	mostWaiting = 100
	signsEnded  = 20
)

// signsPage: GET /desk/signatures: everything that waits for a second person, and how the last deeds ended.
func (s *Site) signsPage(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	waits, err := s.seconds(c, p)
	if err != nil {
		return err
	}
	ended, err := s.services.Signs.Ended(ctx, by, signsEnded)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("countersign.title"), Lead: p.say("countersign.lead")}
	if access.Can(by, access.ReviewRead, access.Thing{}) { // an administrator has no desk to go back to
		v.Up = toDesk(c, p)
	}
	if w := saidHere(c, "done", "failed", "refused", "withdrawn"); w == "failed" {
		v.warn(p.say("countersign.done." + w))
	} else if w != "" {
		v.ok(p.say("countersign.done." + w))
	}
	v.add(section{ID: "waiting", Title: p.say("countersign.waiting"), Records: &ui.Records{Items: waits, Empty: p.say("countersign.none")}})
	past := ui.Records{}
	for i := range ended {
		past.Items = append(past.Items, signRecord(c, p, &ended[i]))
	}
	if len(past.Items) > 0 {
		v.add(section{ID: "past", Title: p.say("countersign.past"), Records: &past})
	}
	return s.showCase(c, p, &v, nil, nil)
}

// signPage: GET /desk/signatures/:id: exactly what would be done.
func (s *Site) signPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.signCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "proposed"); w != "" {
		v.ok(p.say("countersign.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) signCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	by := Of(c).Actor
	x, err := s.services.Signs.Get(c.UserContext(), by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{
		Up:    &ui.Link{Label: p.say("countersign.title"), Href: at(c, "/desk/signatures")},
		Title: p.say("countersign.named", "What", p.say("countersign.kind."+x.Kind), "Title", x.Title),
		Lead:  p.say("countersign.by", "Name", x.By.Name, "When", stamp(p, x.At)),
	}
	st := x.StateAt(p.now)
	facts := fact(nil, p.say("countersign.why"), x.Why)
	facts = fact(facts, p.say("countersign.stands"), p.say("countersign.state."+string(st)))
	facts = fact(facts, p.say("countersign.who_second"), x.Second.Name)
	switch {
	case st == countersign.Waiting:
		facts = fact(facts, p.say("countersign.ends"), stamp(p, x.Until))
	case st == countersign.Failed && p.Has(x.Fault):
		text, err := p.With(x.Fault, nil)
		p.note(err)
		facts = fact(facts, p.say("countersign.reason"), text)
	default:
		facts = fact(facts, p.say("countersign.reason"), x.Reason)
	}
	v.add(section{Facts: facts})
	if words, ok := s.signWords()[x.Kind]; ok {
		more, err := words(c, p, &x)
		if err != nil {
			return nil, nil, err
		}
		v.Sections = append(v.Sections, more...)
	}
	if st != countersign.Waiting {
		return v, nil, nil
	}
	if x.By.Account == by.AccountID {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("countersign.own")})
		v.add(section{Forms: []*ui.Form{{Action: at(c, "/desk/signatures/"+x.ID+"/withdraw"), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("countersign.withdraw"), Kind: "alt"}}}}}})
		return v, nil, nil
	}
	reason := input(f, "reason", p.say("countersign.refuse_why"), func(y *ui.Field) { y.Type, y.Rows, y.Max = "textarea", 2, 300 })
	form := ui.NewDecision(at(c, "/desk/signatures/"+x.ID), s.token(Of(c)), x.Hash(), *reason.Field, p.say("countersign.agree"), p.say("countersign.refuse"))
	v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{&form}})
	return v, &form, nil
}

// signSent: POST /desk/signatures/:id (shown, reason, do).
func (s *Site) signSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	word := "done"
	if f.Get("do") == "return" {
		word = "refused"
		_, err = s.services.Signs.Refuse(ctx, by, id, f.Get("shown"), f.Get("reason"))
	} else {
		_, err = s.services.Signs.Confirm(ctx, by, id, f.Get("shown"))
	}
	if err == nil {
		return see(c, "/desk/signatures?done="+word)
	}
	p := s.speaker(c)
	v, form, caseErr := s.signCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	if form == nil { // decided by somebody else, or it could not be done any more: the page says how it ended
		v.warn(p.say("countersign.ended"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, form, err)
}

// signWithdrawn: POST /desk/signatures/:id/withdraw.
func (s *Site) signWithdrawn(c *fiber.Ctx) error {
	if _, err := s.services.Signs.Withdraw(c.UserContext(), Of(c).Actor, c.Params("id")); err != nil {
		return err
	}
	return see(c, "/desk/signatures?done=withdrawn")
}
