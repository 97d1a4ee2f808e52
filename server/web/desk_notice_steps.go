package web

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/notice"
)

// noticeNext adds what can be done with a notice as it stands, and returns the forms by the word of their address. Nothing is offered
// that is for somebody else to do.
func (s *Site) noticeNext(c *fiber.Ctx, p *speaker, v *casePage, n *notice.Notice, f *form, shops int) map[string]*ui.Form {
	by, csrf := Of(c).Actor, s.token(Of(c))
	forms := map[string]*ui.Form{}
	x := section{ID: "next", Title: p.say("notice_desk.next")}
	offer := func(word string, parts []ui.FormPart, b ui.Button) {
		forms[word] = &ui.Form{ID: word, Action: noticeHref(c, n.ID, word), CSRF: csrf, Rev: revision(n.Rev), Parts: parts, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{b}}}
		x.Forms = append(x.Forms, forms[word])
	}
	may := func(act access.Action) bool { return n.Can(act) && access.Can(by, act, access.Thing{}) }
	if may(access.NoticeApprove) {
		if n.MayApprove(by.AccountID) {
			reason := field(only(f, "approve"), "approve", "reason", p.say("notice_desk.do.reason"), func(y *ui.Field) {
				y.Type, y.Rows, y.Max, y.Hint = "textarea", 2, 200, p.say("notice_desk.do.reason_hint")
			})
			d := ui.NewDecision(noticeHref(c, n.ID, "approve"), csrf, n.Content.Hash(), *reason.Field, p.say("notice_desk.do.approve"), p.say("notice_desk.do.return"))
			d.ID, d.Rev, d.Hidden = "approve", revision(n.Rev), append(d.Hidden, ui.Hidden{Name: "form", Value: "approve"})
			forms["approve"] = &d
			x.Forms = append(x.Forms, &d)
		} else {
			x.Text = p.say("notice_desk.do.own")
		}
	}
	if may(access.NoticeEmergency) {
		offer("emergency", nil, ui.Button{Label: p.say("notice_urgent.send"), Icon: "alert"})
	}
	if may(access.NoticePublish) {
		label, parts := p.say("notice_desk.do.publish"), []ui.FormPart{}
		if n.Content.PublishAt.After(p.now) {
			label = p.say("notice_desk.do.schedule", "When", stamp(p, n.Content.PublishAt))
		}
		if n.Content.MustConfirm {
			parts = append(parts, ui.FormPart{Text: p.count("notice_desk.do.publish_asks", shops)})
		}
		offer("publish", parts, ui.Button{Label: label})
	}
	if n.CanSubmit() && n.Content.NeedsApproval() && access.Can(by, access.NoticeWrite, access.Thing{}) {
		b := ui.Button{Label: p.say("notice_desk.do.submit")}
		if n.Content.Kind == notice.Emergency {
			b.Kind = "alt"
		}
		offer("submit", []ui.FormPart{{Text: p.say("notice_desk.do.submit_text")}}, b)
	}
	if may(access.NoticeWithdraw) {
		parts := []ui.FormPart{}
		if n.Version() > 0 {
			why := field(only(f, "withdraw"), "withdraw", "reason", p.say("notice_desk.do.withdraw_why"), func(y *ui.Field) {
				y.Max, y.Hint = 200, p.say("notice_desk.do.withdraw_hint")
			})
			parts = append(parts, why)
		}
		offer("withdraw", parts, ui.Button{Label: p.say("notice_desk.do.withdraw"), Kind: "alt"})
		forms["withdraw"].Hidden = []ui.Hidden{{Name: "form", Value: "withdraw"}}
	}
	if x.Text != "" || len(x.Forms) > 0 {
		v.add(x)
	}
	return forms
}

// noticeStep does one step with a notice and says on its page what was done. What stands in the way is said there too, beside the
// field where there is one; of what has changed since it was shown, the new is shown and nothing is done.
func (s *Site) noticeStep(c *fiber.Ctx, word string, do func(ctx context.Context, by access.Actor, id string, rev int64, f *form) (said string, err error)) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	said, err := do(ctx, by, id, rev, f)
	if err == nil {
		return see(c, "/desk/notices/"+id+"?done="+said)
	}
	if fault.Is(err, fault.NotFound) || keyOf(err) == "error.sudo" {
		return err
	}
	n, openErr := s.services.Notices.Get(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, forms, caseErr := s.noticeCase(c, p, &n, f)
	if caseErr != nil {
		return caseErr
	}
	if stale(err) && n.Rev != rev || forms[word] == nil {
		v.warn(p.say("notice_desk.said.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, forms[word], err)
}

// noticeSubmitted: POST /desk/notices/:id/submit (rev).
func (s *Site) noticeSubmitted(c *fiber.Ctx) error {
	return s.noticeStep(c, "submit", func(ctx context.Context, by access.Actor, id string, rev int64, _ *form) (string, error) {
		_, err := s.services.Notices.Submit(ctx, by, id, rev)
		return "submitted", err
	})
}

// noticeDecided: POST /desk/notices/:id/approve (rev, shown, reason, do).
func (s *Site) noticeDecided(c *fiber.Ctx) error {
	return s.noticeStep(c, "approve", func(ctx context.Context, by access.Actor, id string, rev int64, f *form) (string, error) {
		if f.Get("do") == "return" {
			_, err := s.services.Notices.Return(ctx, by, id, rev, f.Get("reason"))
			return "returned", err
		}
		_, err := s.services.Notices.Approve(ctx, by, id, rev, f.Get("shown"))
		return "approved", err
	})
}

// noticePublished: POST /desk/notices/:id/publish (rev).
func (s *Site) noticePublished(c *fiber.Ctx) error {
	return s.noticeStep(c, "publish", func(ctx context.Context, by access.Actor, id string, rev int64, _ *form) (string, error) {
		n, err := s.services.Notices.Publish(ctx, by, id, rev)
		if n.State == notice.Scheduled {
			return "scheduled", err
		}
		return "published", err
	})
}

// noticeHurried: POST /desk/notices/:id/emergency (rev).
func (s *Site) noticeHurried(c *fiber.Ctx) error {
	return s.noticeStep(c, "emergency", func(ctx context.Context, by access.Actor, id string, rev int64, _ *form) (string, error) {
		_, err := s.services.Notices.PublishEmergency(ctx, by, id, rev)
		return "published", err
	})
}

// noticeWithdrawn: POST /desk/notices/:id/withdraw (rev, reason).
func (s *Site) noticeWithdrawn(c *fiber.Ctx) error {
	return s.noticeStep(c, "withdraw", func(ctx context.Context, by access.Actor, id string, rev int64, f *form) (string, error) {
		_, err := s.services.Notices.Withdraw(ctx, by, id, rev, f.Get("reason"))
		return "withdrawn", err
	})
}

// noticeVersions: GET /desk/notices/:id/versions: what was public, and what each version changed.
func (s *Site) noticeVersions(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	n, err := s.services.Notices.Get(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _, err := s.versionsCase(c, p, &n)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) versionsCase(c *fiber.Ctx, p *speaker, n *notice.Notice) (*casePage, *ui.Form, error) {
	list, err := s.services.Notices.Versions(c.UserContext(), Of(c).Actor, n.ID)
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.name(n.Content.Title), Href: noticeHref(c, n.ID, "")}, Title: p.say("notice_desk.versions")}
	if len(list) == 0 {
		v.Lead = p.say("notice_desk.compare.none")
		return v, nil, nil
	}
	var last *ui.Form
	for i := range list {
		x := section{Title: p.say("notice_desk.compare.version", "N", list[i].N), Text: versionWords(p, &list[i])}
		if i+1 < len(list) {
			x.Compare = s.noticeCompare(c, p, &list[i+1].Content, &list[i].Content, p.say("notice_desk.compare.version", "N", list[i+1].N), p.say("notice_desk.compare.version", "N", list[i].N))
		}
		if n.Can(access.NoticeWrite) && list[i].Hash != n.Content.Hash() && access.Can(Of(c).Actor, access.NoticeWrite, access.Thing{}) {
			last = &ui.Form{
				Action: noticeHref(c, n.ID, "versions"), CSRF: s.token(Of(c)), Rev: revision(n.Rev), Hidden: []ui.Hidden{{Name: "n", Value: itoa(int64(list[i].N))}},
				Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("notice_desk.do.revert"), Kind: "alt", Of: x.Title}}},
			}
			x.Forms = []*ui.Form{last}
		}
		v.add(x)
	}
	return v, last, nil
}

// versionWords say when a version was published, by whom, and who approved it.
func versionWords(p *speaker, x *notice.Version) string {
	if x.Approved != "" {
		return p.say("notice_desk.compare.checked", "When", stamp(p, x.At), "Name", x.Name, "Second", x.Approved)
	}
	return p.say("notice_desk.compare.by", "When", stamp(p, x.At), "Name", x.Name)
}

// noticeReverted: POST /desk/notices/:id/versions (rev, n): an earlier version becomes the working copy.
func (s *Site) noticeReverted(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	if _, err = s.services.Notices.Revert(ctx, by, id, rev, whole(f.Get("n"))); err == nil {
		return see(c, "/desk/notices/"+id+"?done=reverted")
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	n, openErr := s.services.Notices.Get(ctx, by, id)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, x, caseErr := s.versionsCase(c, p, &n)
	if caseErr != nil {
		return caseErr
	}
	if stale(err) || x == nil {
		v.warn(p.say("notice_desk.said.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, err)
}
