package notice

import (
	"context"
	"errors"
	"iter"
	"log/slog"
	"strconv"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// versionID is made of what a version says, so that two that were prepared at once never stand in each other's place.
func versionID(noticeID string, n int, hash string) string {
	return noticeID + "." + strconv.Itoa(n) + "." + hash[:min(len(hash), 24)]
}

// publish writes the version first and then, in one compare-and-swap, the notice that names it: a crash in between leaves a version that
// nothing names.
func (s *Service) publish(ctx context.Context, by access.Actor, act access.Action, how step, id string, rev int64) (Notice, error) {
	if how != stepDue {
		if err := s.ready(ctx, by, act, id); err != nil {
			return Notice{}, err
		}
	}
	was, err := s.get(ctx, by, act, id)
	if err != nil {
		return Notice{}, err
	}
	if rev != was.Rev {
		return Notice{}, fault.New(fault.Conflict, "error.stale", errors.New("notice: not the revision that was shown"))
	}
	if how == stepEmergency {
		if err := s.mayAlone(ctx, by, &was); err != nil {
			return Notice{}, err
		}
	}
	now := s.Now()
	v := Version{NoticeID: id, N: was.Version() + 1, Hash: was.Content.Hash(), Content: was.Content, At: now, By: actor(by), Name: by.Name}
	if was.Approval != nil {
		v.Approved = was.Approval.Name
	}
	trial := was // what cannot be published leaves nothing behind
	if err := trial.publish(how, &v, now); err != nil {
		return Notice{}, err
	}
	if trial.Public == Live && trial.Version() == v.N {
		v.ID = versionID(id, v.N, v.Hash)
		if err := s.versions.Insert(ctx, &v); err != nil && !fault.Is(err, fault.Conflict) {
			return Notice{}, err
		}
	}
	n, err := s.docs.Update(ctx, by, write(act, &was, "publish"), id, rev, func(n *Notice) error { return n.publish(how, &v, now) })
	if err != nil {
		return Notice{}, err
	}
	if n.State == Published {
		rolled, err := s.rollFor(ctx, &n)
		quietly(ctx, "the ledger of a notice is not complete yet", err)
		if err == nil {
			n = rolled
		}
	}
	return n, nil
}

// Blobs gives the key of every picture and file that a notice has now, or had in a version that was public.
func (s *Service) Blobs(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		each := func(c *Content) bool {
			for _, p := range c.Photos {
				for _, key := range p.Files() {
					if !yield(key, nil) {
						return false
					}
				}
			}
			for _, f := range c.Files {
				if !yield(f.Blob(), nil) {
					return false
				}
			}
			return true
		}
		for n, err := range s.docs.Each(ctx, store.All().Limit(200)) {
			if err != nil {
				yield("", err)
				return
			}
			if !each(&n.Content) {
				return
			}
		}
		for v, err := range s.versions.Each(ctx, store.All().Limit(200)) {
			if err != nil {
				yield("", err)
				return
			}
			if !each(&v.Content) {
				return
			}
		}
	}
}

// batch is how many notices one round of the schedule deals with.
const batch = 50

// Settle publishes what is scheduled and ends what is over, and returns how many notices it dealt with. A worker calls it every
// minute; two at once do no harm. What says something else than was scheduled waits for a second person again.
func (s *Service) Settle(ctx context.Context) (int, error) {
	page, err := s.docs.Find(ctx, store.Where("due_at", store.Lte, s.Now()).OrderBy("due_at", store.Asc).Limit(batch))
	if err != nil {
		return 0, err
	}
	done := 0
	var failed []error
	for i := range page.Items {
		switch err := s.settle(ctx, &page.Items[i]); {
		case err == nil:
			done++
		case errors.Is(err, errNotDue), fault.Is(err, fault.Conflict): // somebody was faster
		default:
			failed = append(failed, err)
		}
	}
	return done, errors.Join(failed...)
}

func (s *Service) settle(ctx context.Context, n *Notice) error {
	by := access.System("schedule")
	if n.Public == Live && !n.EndsAt.After(s.Now()) {
		_, err := s.docs.Update(ctx, by, write(access.NoticePublish, n, "ended"), n.ID, n.Rev, func(n *Notice) error { return n.end(s.Now()) })
		return err
	}
	if n.State != Scheduled {
		return errNotDue
	}
	by.Name = n.Author
	_, err := s.publish(ctx, by, access.NoticePublish, stepDue, n.ID, n.Rev)
	if err == nil || fault.Is(err, fault.Unavailable) {
		return err
	}
	slog.WarnContext(ctx, "a scheduled notice was not published", "notice", n.ID, "error", err)
	// What cannot be published at its time is not tried again every minute: somebody looks at it.
	_, back := s.docs.Update(ctx, by, audit.Write{Action: access.NoticePublish, Title: n.Content.Title.Hans, Why: "not published"}, n.ID, n.Rev, func(n *Notice) error {
		n.State, n.Approval = Submitted, nil
		if !n.Content.NeedsApproval() {
			n.State = Draft
		}
		n.due()
		return nil
	})
	return errors.Join(err, back)
}
