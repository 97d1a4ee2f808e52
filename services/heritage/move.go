package heritage

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

// CanMove says why the page of gone may not be given up for that of keep: each has a record of its own, and the mark is on the page that
// goes. fault.Conflict.
func (s *Service) CanMove(ctx context.Context, keep, gone string) error {
	from, err := s.docs.GetBy(ctx, "listing_id", gone)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	to, err := s.docs.GetBy(ctx, "listing_id", keep)
	switch {
	case fault.Is(err, fault.NotFound):
		return nil
	case err == nil && markOf(&from) != nil && markOf(&to) == nil:
		return cannot("heritage.wrong.merge", "the page that goes bears the mark")
	}
	return err
}

// Move gives the record of one page, with its history and the badge, to another that the first is merged into; where that has a record of
// its own each keeps its own. Doing it again is harmless; cut off in between, Settle brings the badge after.
func (s *Service) Move(ctx context.Context, by access.Actor, act access.Action, from, to string) error {
	return s.move(ctx, by, act, from, to, func(r *Record) bool {
		r.Homes = append(slices.Clone(r.Homes), from)
		return true
	})
}

// MoveBack gives back what Move took from one page to another; doing it again is harmless.
func (s *Service) MoveBack(ctx context.Context, by access.Actor, act access.Action, from, to string) error {
	return s.move(ctx, by, act, to, from, func(r *Record) bool {
		last := len(r.Homes) - 1
		if last < 0 || r.Homes[last] != from {
			return false
		}
		r.Homes = r.Homes[:last:last]
		return true
	})
}

// move brings a record to another page; home notes whence, and reports whether it goes at all.
func (s *Service) move(ctx context.Context, by access.Actor, act access.Action, from, to string, home func(*Record) bool) error {
	r, err := s.docs.GetBy(ctx, "listing_id", from)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil || !home(&r) {
		return err
	}
	if _, err := s.docs.GetBy(ctx, "listing_id", to); !fault.Is(err, fault.NotFound) {
		return err
	}
	l, err := s.Shops.Get(ctx, to)
	if err != nil {
		return err
	}
	r, err = s.docs.UpdateAs(ctx, by, r.ID, 0, func(r *Record) (audit.Write, error) {
		w := audit.Write{Action: act, Title: r.Shop, Why: "merge"}
		if r.ListingID != from || !home(r) {
			return w, cannot("heritage.wrong.state", "it has moved")
		}
		r.ListingID, r.Shop = to, l.Name.Hans
		return w, nil
	})
	if err != nil {
		return err
	}
	if _, err := s.Shops.Bear(ctx, by, to, markOf(&r)); err != nil {
		return err
	}
	_, err = s.Shops.Bear(ctx, by, from, nil)
	return err
}
