package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/neighbour"
)

// ownCases: GET /my/neighbours: the cases about the shops of somebody.
func (s *Site) ownCases(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.services.Neighbours.Mine(c.UserContext(), Of(c).Actor, onLiaison)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("neighbour.title"), Lead: p.say("neighbour.my_lead")}
	records := ui.Records{Empty: p.say("neighbour.my_none")}
	for i := range list {
		records.Items = append(records.Items, caseRecord(c, p, "/my/neighbours/", &list[i]))
	}
	v.add(section{Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// ownCasePage: GET /my/neighbours/:id.
func (s *Site) ownCasePage(c *fiber.Ctx) error { return s.shown(c, s.ownCaseCase) }

func (s *Site) ownCaseCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, said, err := s.services.Neighbours.Own(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("neighbour.title"), Href: at(c, "/my/neighbours")}, Title: p.say("neighbour.topic." + string(x.Topic)), Lead: x.Shop}
	if saidHere(c, "answered") != "" {
		v.ok(p.say("assembly.done.answered"))
	}
	v.add(section{Facts: caseFacts(p, &x)})
	v.Sections = append(v.Sections, caseLists(p, &x)...)
	answer := section{ID: "answer", Title: p.say("neighbour.answer"), Text: p.say("neighbour.answer_text")}
	if x.State == neighbour.Invited {
		g := only(f, "answer")
		form := s.act(c, "answer", at(c, "/my/neighbours/"+x.ID), 0, "", filled(g, "answer", "said", p.say("neighbour.said"), said, func(y *ui.Field) {
			y.Type, y.Max, y.Optional = "textarea", neighbour.MaxSide, true
		}))
		form.Bar.Buttons = []ui.Button{{Label: p.say("neighbour.coming_send"), Name: "do", Value: "yes"}, {Label: p.say("neighbour.away_send"), Kind: "alt", Name: "do", Value: "no"}}
		answer.Forms = []*ui.Form{form}
		if x.Coming != nil {
			answer.Facts = fact(nil, p.say("neighbour.answered"), p.say("neighbour.coming_"+map[bool]string{true: "yes", false: "no"}[*x.Coming]))
		}
		v.add(answer)
	} else if said != "" {
		answer.Facts = fact(nil, p.say("neighbour.said"), said)
		v.add(answer)
	}
	return v, nil
}

// ownCaseSent: POST /my/neighbours/:id (do, said).
func (s *Site) ownCaseSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	do := f.Get("do")
	if do != "yes" && do != "no" {
		return fiber.ErrBadRequest
	}
	_, err = s.services.Neighbours.Answer(c.UserContext(), Of(c).Actor, c.Params("id"), do == "yes", f.Get("said"))
	if err == nil {
		return see(c, "/my/neighbours/"+c.Params("id")+"?done=answered")
	}
	return s.refused(c, f, err, s.ownCaseCase)
}
