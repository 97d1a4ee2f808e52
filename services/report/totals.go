package report

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// Totals returns how many reports came in a year of the district, and how many of those are answered. They say nothing of anybody, and
// everybody may read them.
func (s *Service) Totals(ctx context.Context, year int) (received, answered int, err error) {
	from, until := calendar.YearSpan(year)
	for _, st := range []State{Fresh, Looked, Answered} {
		n, err := s.coll.Count(ctx, store.Where("state", store.Eq, string(st)).And("created_at", store.Gte, from).And("created_at", store.Lt, until))
		if err != nil {
			return 0, 0, err
		}
		if received += n; st == Answered {
			answered = n
		}
	}
	return received, answered, nil
}
