package merchant

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/audit"
)

// Tamper changes a claim behind the rules, as somebody with the database could.
func (s *Service) Tamper(ctx context.Context, id string, change func(*Claim)) (Claim, error) {
	return s.claims.Update(ctx, access.System("test"), audit.Write{Action: access.ClaimDecide}, id, 0, func(c *Claim) error {
		change(c)
		return nil
	})
}
