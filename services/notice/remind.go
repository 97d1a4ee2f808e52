package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/store"
)

// How often people are written to about notices. A round that somebody asks for counts too.
const (
	// MaxReminders is how many messages a shop gets about one version; at most one a day.
	MaxReminders = 3
	// MaxLetters is how many messages one person gets in a day about all notices and shops together. It is asked before a message is
	// written, so that none waits at the bound of all messages (mail.Most) about a notice that was confirmed meanwhile.
	MaxLetters = 3
	// beforeDue is how many days before it is due a notice is reminded of.
	beforeDue = 2
	// remindBatch is how many shops one round of the worker writes to.
	remindBatch = 200
)

// allowance is how many messages about notices one person got on one day.
type allowance struct {
	store.Meta
	Day   string `json:"day"`
	Count int    `json:"count"`
}

func declareAllowances(db store.DB) *store.Collection[allowance] {
	return store.NewCollection[allowance](db, "notice_letters", store.Index("day"))
}

var errEnough = errors.New("notice: this person was written to often enough today")

// allow takes one of a person's messages of a day: errEnough.
func (s *Service) allow(ctx context.Context, accountID, day string) error {
	a := allowance{Meta: store.Meta{ID: accountID + "." + day}, Day: day, Count: 1}
	err := s.letters.Insert(ctx, &a)
	if !fault.Is(err, fault.Conflict) {
		return err
	}
	_, err = s.letters.Update(ctx, a.ID, 0, func(a *allowance) error {
		if a.Count >= MaxLetters {
			return errEnough
		}
		a.Count++
		return nil
	})
	return err
}

// RemindNow asks for a round of reminders to all shops that have not confirmed, within the same bounds as every other: the worker sends it
// when it comes by, in the hours of the day. fault.Conflict when nobody has to confirm.
func (s *Service) RemindNow(ctx context.Context, by access.Actor, id string, rev int64) (Notice, error) {
	return s.change(ctx, by, access.NoticeCall, id, rev, "remind", func(n *Notice) error {
		if n.Public != Live || !n.EndsAt.After(s.Now()) {
			return fault.New(fault.Conflict, "notice.wrong.over", nil)
		}
		if n.State == Published && !n.Content.MustConfirm {
			return fault.New(fault.Conflict, "notice.wrong.nothing", nil)
		}
		n.RoundAt = s.Now()
		return nil
	})
}

// Remind writes to the shops whose turn it is and returns how many those were. A worker calls it every minute. It may come twice for the
// same shop after a crash: the message has the same key then.
func (s *Service) Remind(ctx context.Context) (int, error) {
	if s.Letters == nil {
		return 0, nil
	}
	sent := 0
	var failed []error
	for n, err := range s.docs.Each(ctx, store.Where("public", store.Eq, string(Live))) {
		if err != nil {
			return sent, err
		}
		k, err := s.remindOf(ctx, &n)
		sent += k
		failed = append(failed, err)
	}
	return sent, errors.Join(failed...)
}

// stage is how many messages about c a shop that has not answered should have had at now.
func stage(c *Content, round, now time.Time) int {
	today := calendar.Today(now)
	out := 1
	if !c.MustConfirm {
		if c.Kind == Emergency {
			return 1
		}
		return 0
	}
	if due, err := calendar.ParseDate(c.Due); err == nil {
		if today >= due-beforeDue {
			out = 2
		}
		if today >= due {
			out = 3
		}
	}
	if !round.IsZero() && calendar.Today(round) == today {
		out = MaxReminders
	}
	return out
}

func (s *Service) remindOf(ctx context.Context, n *Notice) (int, error) {
	now := s.Now()
	ref, ok := n.Current()
	if !ok || n.RolledFor != ref.N || !n.EndsAt.After(now) {
		return 0, nil
	}
	v, err := s.versions.Get(ctx, versionID(n.ID, ref.N, ref.Hash))
	if err != nil {
		return 0, err
	}
	due := stage(&v.Content, n.RoundAt, now)
	if due == 0 || v.Content.Kind != Emergency && !mail.Day(now) {
		return 0, nil
	}
	group := Waiting
	if !v.Content.MustConfirm {
		group = Told
	}
	page, err := s.receipts.Find(ctx, store.Where("notice_id", store.Eq, n.ID).And("group", store.Eq, string(group)).
		And("reminded", store.Lt, due).And("reminded_at", store.Lt, calendar.Today(now).At(0)).Limit(remindBatch))
	if err != nil {
		return 0, err
	}
	sent := 0
	var failed []error
	for i := range page.Items {
		done, err := s.remindShop(ctx, &v, &page.Items[i])
		if failed = append(failed, err); done {
			sent++
		}
	}
	return sent, errors.Join(failed...)
}

// remindShop writes to the people of one shop and notes it. Somebody who got enough today does not get more; the shop's turn comes again
// tomorrow.
func (s *Service) remindShop(ctx context.Context, v *Version, r *Receipt) (bool, error) {
	people, err := s.Letters.ShopPeople(ctx, r.ListingID, v.Content.Audience.Roles)
	if err != nil {
		return false, err
	}
	now := s.Now()
	reached := false
	for _, id := range people {
		switch err := s.allow(ctx, id, calendar.Today(now).String()); {
		case errors.Is(err, errEnough):
			continue
		case err != nil:
			return false, err
		}
		args := map[string]any{
			"Shop": r.Name.Hans, "Notice": v.Content.Title.Hans, "Due": dayWords(v.Content.Due), "Instruction": lineOf(v.Content.Instruction), "Link": s.Link(s.LinkTo(v, r.ListingID)),
		}
		if err := s.Letters.TellNotice(ctx, id, fmt.Sprintf("%s.%d.%d.%s", r.ID, v.N, r.Reminded+1, id), v.Content.Kind == Emergency, args); err != nil {
			return false, err
		}
		reached = true
	}
	_, err = s.receipts.Update(ctx, access.System("schedule"), audit.Write{Action: access.NoticeRoll, Title: v.Content.Title.Hans + " · " + r.Name.Hans, Why: "reminded"}, r.ID, 0, func(r *Receipt) error {
		if r.Version != v.N {
			return errSame
		}
		if r.RemindedAt, r.Unreachable = now, len(people) == 0; reached {
			r.Reminded++
		}
		return nil
	})
	if errors.Is(err, errSame) {
		err = nil
	}
	return reached, err
}

// dayWords is a day as messages say it: 10月20日.
func dayWords(day string) string {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return ""
	}
	_, m, n := d.Civil()
	return fmt.Sprintf("%d 月 %d 日", m, n)
}

// lineOf is a text as one line of a message.
func lineOf(x lang.Text) string { return lang.Clean(x.Hans) }

// SweepLetters forgets how often people were written to on days that are over, and returns of how many.
func (s *Service) SweepLetters(ctx context.Context) (int, error) {
	n := 0
	for {
		page, err := s.letters.Find(ctx, store.Where("day", store.Lt, (calendar.Today(s.Now())-1).String()).Limit(200))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		k, err := s.letters.Erase(ctx, page.Items...)
		if n += k; err != nil || k == 0 {
			return n, err
		}
	}
}
