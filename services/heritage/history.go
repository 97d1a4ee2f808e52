package heritage

import (
	"context"
	"slices"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// AddEntry adds a year to the history of a shop; without a source it is refused: fault.Invalid.
func (s *Service) AddEntry(ctx context.Context, by access.Actor, id string, rev int64, e Entry) (Record, error) {
	if err := e.read(s.Now()); err != nil {
		return Record{}, err
	}
	return s.change(ctx, by, id, rev, "history", func(r *Record) error {
		if len(r.Timeline) >= MaxEntries {
			return cannot("heritage.wrong.full", "enough entries")
		}
		r.Timeline = append(slices.Clone(r.Timeline), e)
		slices.SortStableFunc(r.Timeline, func(a, b Entry) int { return a.Year - b.Year })
		return nil
	}, States...)
}

// DropEntry takes the entry with this place in the list, counted from 1, out of the history.
func (s *Service) DropEntry(ctx context.Context, by access.Actor, id string, rev int64, n int) (Record, error) {
	return s.change(ctx, by, id, rev, "history", func(r *Record) error {
		if n < 1 || n > len(r.Timeline) {
			return fault.Missing()
		}
		r.Timeline = slices.Delete(slices.Clone(r.Timeline), n-1, n)
		return nil
	}, States...)
}
