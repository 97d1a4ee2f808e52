package merchant

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// Totals returns how many claims were sent in a year of the district, and how many of those are settled, however. Small numbers are no
// matter of everybody's: who shows them withholds them.
func (s *Service) Totals(ctx context.Context, year int) (received, settled int, err error) {
	from, until := calendar.YearSpan(year)
	for _, st := range ClaimStates {
		n, err := s.claims.Count(ctx, store.Where("state", store.Eq, string(st)).And("created_at", store.Gte, from).And("created_at", store.Lt, until))
		if err != nil {
			return 0, 0, err
		}
		if received += n; st == ClaimApproved || st == ClaimReturned || st == ClaimRefused || st == ClaimWithdrawn {
			settled += n
		}
	}
	return received, settled, nil
}
