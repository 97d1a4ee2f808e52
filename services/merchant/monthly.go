package merchant

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/store"
)

// Owned returns the shops of the merchants that an account owns and that are still there.
func (s *Service) Owned(ctx context.Context, accountID string) ([]Shop, error) {
	out := []Shop{}
	for m, err := range s.merchants.Each(ctx, store.Where("members.account_id", store.Eq, accountID)) {
		if err != nil {
			return nil, err
		}
		if x, ok := m.Member(accountID); !ok || x.Role != access.Owner || m.State != Active {
			continue
		}
		shops, err := s.Shops.ShopsOf(ctx, m.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, shops...)
	}
	return out, nil
}

// TellMonthly sends an account the figures of its shops in one month.
func (s *Service) TellMonthly(ctx context.Context, accountID, key string, args map[string]any) error {
	return s.letter(ctx, accountID, "monthly", key, args)
}
