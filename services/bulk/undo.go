package bulk

import (
	"context"
	"errors"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// Undo takes a batch back within UndoFor, shop by shop where nobody has written since; the others are left and named (Changed).
// fault.Conflict when it was not applied, was taken back, or is too old.
func (s *Service) Undo(ctx context.Context, by access.Actor, id string) (Batch, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return Batch{}, err
	}
	if b.Stage != Applied || !s.now().Before(b.Until) {
		return Batch{}, fault.New(fault.Conflict, "bulk.wrong.undo", errors.New("bulk: "+string(b.Stage)))
	}
	if b, err = s.stage(ctx, id, b.Rev, Applied, Undoing); err != nil {
		return Batch{}, err
	}
	return s.undo(ctx, by, b)
}

func (s *Service) undo(ctx context.Context, by access.Actor, b Batch) (Batch, error) {
	for i := range b.Rows {
		r := &b.Rows[i]
		if r.Outcome != Written {
			continue
		}
		l, err := s.shops.Get(ctx, r.ID)
		if err != nil {
			return b, err
		}
		if err = s.back(ctx, by, &b, r, &l); err == nil {
			r.Outcome = Back
			continue
		}
		f, _ := errors.AsType[*fault.Error](err)
		switch {
		case f == nil || f.Kind == fault.Internal || f.Kind == fault.Unavailable:
			return b, err
		case f.Key == "error.stale":
			r.Outcome = Changed
		default:
			r.Outcome, r.Why = Cannot, keyOf(err)
		}
	}
	b.Stage = Undone
	if err := s.save(ctx, &b); err != nil {
		return b, err
	}
	return b, s.event(ctx, by, &b, "undone")
}

func (s *Service) back(ctx context.Context, by access.Actor, b *Batch, r *Row, l *listing.Listing) error {
	if l.Rev == r.Made+1 && b.Stage == Undoing {
		// Perhaps this very undo wrote it before a crash: then it says what it said before.
		if was, err := s.shops.At(ctx, by, r.ID, r.Made-1); err == nil && len(listing.Diff(*l, was)) == 0 {
			return nil
		}
	}
	var err error
	switch {
	case b.Change.Field != State:
		_, _, err = s.shops.TakeBack(ctx, by, access.RegisterBatch, r.ID, r.Made, r.Made)
	case b.Change.Move == listing.Reopen:
		was, atErr := s.shops.At(ctx, by, r.ID, r.Made-1)
		if atErr != nil {
			return atErr
		}
		if was.Closure == nil {
			return fault.New(fault.Conflict, "error.listing.state", errors.New("bulk: it was closed without saying how"))
		}
		_, err = s.shops.Close(ctx, by, r.ID, r.Made, *was.Closure)
	default:
		_, err = s.shops.Act(ctx, by, r.ID, r.Made, inverse[b.Change.Move])
	}
	return err
}
