package merchant

import (
	"context"

	"shangquan/services/calendar"
	"shangquan/services/store"
)

// Totals returns how many claims were sent in a year of the district, and how many of those are settled, however. Small numbers are no
// matter of everybody's: who shows them withholds them.
func (s *Service) Totals(ctx context.Context, year int) (received, settled int, err error) {
	counts, err := s.claims.CountBy(ctx, "state", store.Created(calendar.YearSpan(year)))
	for _, st := range ClaimStates {
		if received += counts[string(st)]; st == ClaimApproved || st == ClaimReturned || st == ClaimRefused || st == ClaimWithdrawn {
			settled += counts[string(st)]
		}
	}
	return received, settled, err
}
