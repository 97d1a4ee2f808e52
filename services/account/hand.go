package account

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// maxWhy is how many characters the reason has for which somebody's data is handed out.
const maxWhy = 200

// HandOut returns the account of somebody who asks for the own data and cannot sign in any more, for who hands the data to them:
// access.AccountExport. Whoever does so reads what is in it. So why, which says who asked and how that was made sure of, is in the trail
// before anything leaves, and the person hears of it by every contact. fault.Conflict for the own account, whose file is beside it, and for
// one that was deleted, of which nothing is left.
func (s *Service) HandOut(ctx context.Context, by access.Actor, accountID, why string) (Account, error) {
	if err := access.Require(by, access.AccountExport, access.Thing{Kind: Kind, ID: accountID}); err != nil {
		return Account{}, err
	}
	a, err := s.accounts.Get(ctx, accountID)
	if err != nil {
		return Account{}, err
	}
	switch {
	case a.ID == by.AccountID:
		return Account{}, fault.New(fault.Conflict, "account.hand_out.own", nil)
	case a.Deleted():
		return Account{}, fault.New(fault.Conflict, "account.hand_out.gone", nil)
	}
	if why = lang.Clean(why); why == "" {
		return Account{}, fault.Wrong("why", "account.erase.why", nil)
	}
	if err := fault.Wrongs((lang.Limit{Max: maxWhy, Prose: true}).Check("why", why)); err != nil {
		return Account{}, err
	}
	if err := s.event(ctx, by, access.AccountExport, went, why, a.ID); err != nil {
		return Account{}, err
	}
	s.tell(&a, mailHandedOut, nil)
	return a, nil
}
