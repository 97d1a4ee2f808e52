package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/mail"
	"shangquan/services/notice"
)

// remindSection is the button for a round of reminders, with what it will send; nil when nobody is to be reminded.
func (s *Site) remindSection(c *fiber.Ctx, p *speaker, n *notice.Notice, t notice.Tally) *section {
	if n.Public != notice.Live || !n.Content.MustConfirm || !access.Can(Of(c).Actor, access.NoticeCall, access.Thing{}) {
		return nil
	}
	x := &section{ID: "remind", Title: p.say("receipts.remind")}
	left := t.Groups[notice.Waiting]
	switch hour := p.now.Hour(); {
	case left == 0:
		x.Text = p.say("receipts.remind_all")
	case !n.RoundAt.IsZero() && dayOf(p, n.RoundAt) == dayOf(p, p.now):
		x.Text = p.say("receipts.remind_today", "When", stamp(p, n.RoundAt))
	case hour >= mail.LastHour:
		x.Text = p.say("receipts.remind_late", "From", mail.FirstHour, "Until", mail.LastHour)
	default:
		x.Text = p.count("receipts.remind_text", left, "Most", notice.MaxReminders, "From", mail.FirstHour, "Until", mail.LastHour)
		x.Forms = []*ui.Form{{Action: noticeHref(c, n.ID, "remind"), CSRF: s.token(Of(c)), Rev: revision(n.Rev), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("receipts.remind"), Kind: "alt"}}}}}
	}
	return x
}

// receiptsReminded: POST /desk/notices/:id/remind (rev).
func (s *Site) receiptsReminded(c *fiber.Ctx) error {
	return s.ledgerStep(c, func(ctx context.Context, by access.Actor, id string, f *form) (string, error) {
		rev, err := f.rev()
		if err == nil {
			_, err = s.services.Notices.RemindNow(ctx, by, id, rev)
		}
		return "reminded", err
	})
}
