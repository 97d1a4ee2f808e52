package listing

import (
	"context"
	"errors"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

// Survey writes over revision rev what somebody saw at the door on a day, YYYY-MM-DD: the fields of p, which may be none, and that the
// rest is right. fault.Invalid as Edit; fault.Conflict when rev is no longer current or the page is not public. Seen on an earlier day
// than the page was confirmed on, it confirms nothing new.
func (s *Service) Survey(ctx context.Context, by access.Actor, id string, rev int64, on string, p Patch) (Listing, error) {
	return s.change(ctx, by, access.WalkDo, audit.Write{Action: access.WalkDo, Why: on}, id, rev, func(l *Listing) error {
		if l.State != Published {
			return fault.New(fault.Conflict, "error.listing.state", errors.New("listing: surveyed while "+string(l.State)))
		}
		was := l.Confirmed
		err := error(errSame)
		if len(p) > 0 {
			err = s.apply(l, hand{by, s.now()}, p)
		}
		if err != nil && !errors.Is(err, errSame) {
			return err
		}
		l.Confirmed = was
		if on > was.On || was.By == "source" {
			l.Confirmed = Confirmed{On: on, By: "survey"}
		}
		if errors.Is(err, errSame) && l.Confirmed == was {
			return errSame
		}
		return nil
	})
}

// Spot enters a shop that was seen open on a day and is not in the register, as a page that asks to be published. id and code are the
// caller's: with the same ones it may be done again and makes one page. fault.Invalid as Edit.
func (s *Service) Spot(ctx context.Context, by access.Actor, id, code, on string, p Patch) (Listing, error) {
	l := Listing{State: Draft, Code: code, SeenOpenOn: on}
	l.ID = id
	if err := access.Require(by, access.WalkDo, l.Thing()); err != nil {
		return Listing{}, err
	}
	switch was, err := s.coll.Get(ctx, id); {
	case err == nil && was.State == Draft:
		return s.Act(ctx, by, id, was.Rev, Submit)
	case err == nil || !fault.Is(err, fault.NotFound):
		return was, err
	}
	if _, err := time.Parse(time.DateOnly, on); err != nil {
		return Listing{}, fault.Wrong("on", "error.date", nil)
	}
	if err := s.apply(&l, hand{by, s.now()}, p); err != nil && !errors.Is(err, errSame) {
		return Listing{}, err
	}
	if err := s.insert(ctx, by, audit.Write{Action: access.WalkDo, Why: on}, &l); err != nil {
		return Listing{}, err
	}
	return s.Act(ctx, by, id, l.Rev, Submit)
}

// Says reports whether a page says already what a patch would make it say.
func Says(l *Listing, p Patch) bool {
	for path, raw := range p {
		f := fieldAt[path]
		if f == nil || f.set == nil {
			return false
		}
		next := *l
		if f.set(&next, hand{}, raw) != nil {
			return false
		}
		next.Normalise()
		if !f.same(l, &next) {
			return false
		}
	}
	return true
}
