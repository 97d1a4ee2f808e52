package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// endForm is the id of the form with which an administrator proposes that a merchant closes.
const endForm = "end"

// endSection is where an administrator proposes that a merchant closes whose people cannot sign in, or what waits of that.
func (s *Site) endSection(c *fiber.Ctx, p *speaker, m *merchant.Merchant, f *form) (section, *ui.Form, error) {
	out := section{ID: "end-merchant", Title: p.say("merchant.end"), Text: p.say("merchant.end_text")}
	switch open, err := s.services.Signs.Open(c.UserContext(), Of(c).Actor, merchant.EndKind, m.ID); {
	case err == nil:
		out.Text = p.say("merchant.end_waits")
		out.Links = []ui.Link{{Label: p.say("countersign.look"), Href: at(c, "/desk/signatures/"+open.ID)}}
		return out, nil, nil
	case !fault.Is(err, fault.NotFound):
		return out, nil, err
	}
	form := &ui.Form{
		ID: endForm, Action: at(c, "/my/merchants/"+m.ID+"/end"), CSRF: s.token(Of(c)), Rev: revision(m.Rev), Hidden: hidden("form", endForm),
		Parts: []ui.FormPart{{Text: p.say("merchant.end_does")}, field(only(f, endForm), endForm, "why", p.say("office.erase_why"), func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Hint = "textarea", 2, 300, p.say("office.erase_why_hint")
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("merchant.end_go"), Kind: "alt"}}},
	}
	out.Forms = []*ui.Form{form}
	return out, form, nil
}

// endSent: POST /my/merchants/:id/end (rev, why).
func (s *Site) endSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	x, err := s.services.Merchants.ProposeEnd(c.UserContext(), Of(c).Actor, c.Params("id"), rev, f.Get("why"))
	if err == nil {
		return see(c, "/desk/signatures/"+x.ID+"?done=proposed")
	}
	p := s.speaker(c)
	v, forms, caseErr := s.merchantCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showCase(c, p, v, forms[endForm], err)
}

// endSigned shows what closing a merchant takes away.
func (s *Site) endSigned(c *fiber.Ctx, p *speaker, x *countersign.Proposal) ([]section, error) {
	var e merchant.End
	if err := x.Read(&e); err != nil {
		return nil, err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Merchants.Get(ctx, by, e.ID)
	if err != nil {
		return nil, err
	}
	out := section{Title: p.say("merchant.end_becomes"), Text: p.say("merchant.end_does")}
	if x.StateAt(p.now) == countersign.Waiting {
		people := ""
		for i, y := range m.Members {
			if i > 0 {
				people += p.say("empty.and")
			}
			people += p.say("merchant.end_member", "Name", s.personName(c, y.AccountID), "Role", p.say("member.role."+string(y.Role)))
		}
		out.Facts = fact(out.Facts, p.say("merchant.end_people"), people)
		if m.Rev != e.Rev {
			out.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("merchant.end_moved_on")}}
		}
	}
	shops := ""
	for i, id := range e.Shops {
		name, err := s.shopName(c, p, id)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			shops += p.say("empty.and")
		}
		shops += name
	}
	out.Facts = fact(out.Facts, p.say("merchant.end_shops"), shops)
	if access.Can(by, access.MerchantRead, m.Thing()) {
		out.Links = []ui.Link{{Label: p.name(m.Name), Href: at(c, "/my/merchants/"+m.ID)}}
	}
	return []section{out}, nil
}
