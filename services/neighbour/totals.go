package neighbour

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// Totals returns how many cases were begun in a year of the district, and how many of those have ended, however. Small numbers may tell who
// it was: who shows them withholds them.
func (s *Service) Totals(ctx context.Context, year int) (begun, ended int, err error) {
	from, until := calendar.YearSpan(year)
	for _, st := range States {
		n, err := s.cases.Count(ctx, store.Where("state", store.Eq, string(st)).And("created_at", store.Gte, from).And("created_at", store.Lt, until))
		if err != nil {
			return 0, 0, err
		}
		if begun += n; st == Closed || st == NotAgreed {
			ended += n
		}
	}
	return begun, ended, nil
}
