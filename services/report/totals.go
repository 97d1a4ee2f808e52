package report

import (
	"context"
	"time"

	"shangquan/services/store"
)

// Totals are how many reports came in a year, and how many of them are answered. They say nothing of anybody.
type Totals struct {
	Year               int
	Received, Answered int
}

// Totals counts the reports of a year, of the zone of the district. Everybody may read it.
func (s *Service) Totals(ctx context.Context, year int) (Totals, error) {
	zone := s.now().Location()
	from, until := time.Date(year, 1, 1, 0, 0, 0, 0, zone), time.Date(year+1, 1, 1, 0, 0, 0, 0, zone)
	out := Totals{Year: year}
	for _, st := range []State{Fresh, Looked, Answered} {
		n, err := s.coll.Count(ctx, store.Where("state", store.Eq, string(st)).And("created_at", store.Gte, from.UTC()).And("created_at", store.Lt, until.UTC()))
		if err != nil {
			return out, err
		}
		out.Received += n
		if st == Answered {
			out.Answered = n
		}
	}
	return out, nil
}
