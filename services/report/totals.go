package report

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// Totals returns how many reports came in a year of the district, and how many of those are answered. They say nothing of anybody, and
// everybody may read them.
func (s *Service) Totals(ctx context.Context, year int) (received, answered int, err error) {
	counts, err := s.coll.CountBy(ctx, "state", store.Created(calendar.YearSpan(year)))
	answered = counts[string(Answered)]
	return counts[string(Fresh)] + counts[string(Looked)] + answered, answered, err
}
