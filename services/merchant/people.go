package merchant

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/audit"
)

// Access returns who has access to a merchant and who was invited, for its owners and the district: the one page that answers "who can
// change my shop". Invitations show a masked address only.
func (s *Service) Access(ctx context.Context, by access.Actor, id string) ([]Member, []Invited, error) {
	m, err := s.allowed(ctx, by, access.MerchantPeople, id)
	if err != nil {
		return nil, nil, err
	}
	out := []Invited{}
	for _, x := range m.Invitations {
		out = append(out, x.view(s.Now()))
	}
	return m.Members, out, nil
}

// shopIDs returns the ids of the merchant's shops.
func (s *Service) shopIDs(ctx context.Context, merchantID string) ([]string, error) {
	shops, err := s.Shops.ShopsOf(ctx, merchantID)
	out := make([]string, len(shops))
	for i := range shops {
		out[i] = shops[i].ID
	}
	return out, err
}

// SetRole changes what a member may do and for which shops (none: all), with a fresh check. Owners do it, and an administrator where it
// neither makes nor unmakes an owner: fault.Forbidden. The last owner keeps the role. The member is told. fault.NotFound, fault.Invalid,
// fault.Conflict.
func (s *Service) SetRole(ctx context.Context, by access.Actor, id string, rev int64, accountID string, r access.Role, listingIDs []string) (Merchant, error) {
	if _, err := s.allowed(ctx, by, access.MerchantRole, id); err != nil {
		return Merchant{}, err
	}
	listingIDs = distinct(listingIDs)
	own, err := s.shopIDs(ctx, id)
	if err != nil {
		return Merchant{}, err
	}
	if err := checkRole(r, listingIDs, own); err != nil {
		return Merchant{}, err
	}
	m, err := s.people(ctx, by, access.MerchantRole, id, rev, func(m *Merchant) error { return m.setRole(by, accountID, r, listingIDs) })
	if err == nil && accountID != by.AccountID {
		s.tell(ctx, accountID, "merchant_role", m.keyFor("role", accountID), map[string]any{"Merchant": m.Name.Hans, "Role": string(r)})
	}
	return m, err
}

// Remove takes a member out, who loses access with the next request and is told. Owners do it, and an administrator to who is no
// owner: fault.Forbidden. The last owner stays: fault.Conflict.
func (s *Service) Remove(ctx context.Context, by access.Actor, id string, rev int64, accountID string) (Merchant, error) {
	if _, err := s.allowed(ctx, by, access.MerchantPeople, id); err != nil {
		return Merchant{}, err
	}
	m, err := s.people(ctx, by, access.MerchantPeople, id, rev, func(m *Merchant) error { return m.remove(by, accountID) })
	if err == nil && accountID != by.AccountID {
		s.tell(ctx, accountID, "merchant_removed", m.keyFor("removed", accountID), map[string]any{"Merchant": m.Name.Hans})
	}
	return m, err
}

// Leave takes the actor out of the merchant. The last owner stays: fault.Conflict; such a one makes somebody else owner first, or closes the
// merchant.
func (s *Service) Leave(ctx context.Context, by access.Actor, id string) error {
	if _, err := s.allowed(ctx, by, access.MerchantLeave, id); err != nil {
		return err
	}
	_, err := s.people(ctx, by, access.MerchantLeave, id, 0, func(m *Merchant) error { return m.remove(by, by.AccountID) })
	return err
}

// people changes the members of a merchant that is in business. The rule is asked inside the compare-and-swap, so that of two last owners who
// go at once one stays.
func (s *Service) people(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, change func(*Merchant) error) (Merchant, error) {
	m, err := s.merchants.Get(ctx, id)
	if err != nil {
		return Merchant{}, err
	}
	return s.merchants.Update(ctx, by, audit.Write{Action: act, Title: m.Name.Hans}, id, rev, func(m *Merchant) error {
		if m.State != Active {
			return errClosed()
		}
		return change(m)
	})
}
