package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/notice"
)

// receiptLinkPage: GET /receipt/:token: the notice a message is about. Opening it answers nothing: chat programs open links by
// themselves.
func (s *Site) receiptLinkPage(c *fiber.Ctx) error {
	x, err := s.services.Notices.ShowLink(c.UserContext(), c.Params("token"))
	if err != nil {
		return goneAs(err)
	}
	return s.showReceiptLink(c, &x)
}

// receiptLinkSent: POST /receipt/:token: it answers once; again it says that it has been answered.
func (s *Site) receiptLinkSent(c *fiber.Ctx) error {
	x, err := s.services.Notices.UseLink(c.UserContext(), c.Params("token"))
	switch {
	case fault.Is(err, fault.NotFound):
		return goneAs(err)
	case fault.Is(err, fault.Conflict):
		if x, err = s.services.Notices.ShowLink(c.UserContext(), c.Params("token")); err != nil {
			return goneAs(err)
		}
		c.Status(fiber.StatusConflict)
	case err != nil:
		return err
	}
	return s.showReceiptLink(c, &x)
}

// showReceiptLink shows what the notice says now and what the link can still do.
func (s *Site) showReceiptLink(c *fiber.Ctx, x *notice.Shown) error {
	p := s.speaker(c)
	article := s.article(c, p, &x.Posted.Content, true)
	article.By = postedWords(p, x.Posted)
	v := casePage{Title: p.say("receipt_link.title", "Shop", p.name(x.Shop.Name.Text))}
	answer := section{ID: "answer"}
	switch x.State {
	case notice.LinkReady:
		v.Lead = p.say("receipt_link.lead")
		answer.Forms = []*ui.Form{{Action: at(c, "/receipt/"+c.Params("token")), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("inbox.confirm")}}}}}
		answer.Text, _ = dueWords(p, x.Posted.Content.Due, true)
	case notice.LinkDone:
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("receipt_link.done"), Text: ownAnswer(p, &x.Receipt)}}
	case notice.LinkChanged:
		v.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("receipt_link.older", "N", x.Version)}}
	case notice.LinkWithdrawn:
		v.Callouts = []ui.Callout{{Kind: "warn", Icon: "info", Lead: p.say("receipt_link.withdrawn"), Text: x.Posted.Why}}
	case notice.LinkOver:
		v.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("receipt_link.over")}}
	}
	v.add(section{ID: "notice", Article: &article})
	if len(answer.Forms) > 0 {
		v.add(answer)
	}
	v.Links = []ui.Link{{Label: p.say("receipt_link.sign_in"), Href: letterHref(c, x.Shop.ID, x.Posted.ID, "")}}
	return s.showCase(c, p, &v, nil, nil)
}
