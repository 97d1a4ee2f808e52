package neighbour

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// Totals returns how many cases were begun in a year of the district, and how many of those have ended, however. Small numbers may tell who
// it was: who shows them withholds them.
func (s *Service) Totals(ctx context.Context, year int) (begun, ended int, err error) {
	counts, err := s.cases.CountBy(ctx, "state", store.Created(calendar.YearSpan(year)))
	for _, st := range States {
		if begun += counts[string(st)]; st == Closed || st == NotAgreed {
			ended += counts[string(st)]
		}
	}
	return begun, ended, err
}
