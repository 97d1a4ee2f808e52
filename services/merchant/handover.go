package merchant

import (
	"context"
	"errors"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Handover is how a listing comes to a merchant once that is decided. The decision is one write; what follows takes several, each of which can
// be done again: after a crash Settle goes on where it stopped.
type Handover struct {
	To string `json:"to"` // the merchant that gets the listing
	// Founds says that the merchant is made by the handover and Account becomes its owner. Otherwise Account is in it, or gets this shop only.
	Founds  bool   `json:"founds"`
	Account string `json:"account"`
	// Owner says that Account becomes an owner of a merchant that is there. Only a dispute comes to that, decided by two people.
	Owner bool `json:"owner"`
	// Unsettled says that the decision has not been carried out in full.
	Unsettled bool `json:"unsettled"`
}

// transferee is what a handover is about.
type transferee struct {
	Handover
	act             access.Action // what the decision was
	listingID, from string
	draft           Draft
}

func errMoved() error {
	return fault.New(fault.Conflict, "error.claim.moved", errors.New("merchant: the listing came to somebody else meanwhile"))
}

// plan decides which merchant gets a listing: the one the person named and owns; the one that has the credit code and a
// shop already; or a new one, whose id is that of the deciding document, so that it is made once.
func (s *Service) plan(ctx context.Context, from, named, accountID, docID, code string) (Handover, error) {
	h := Handover{Account: accountID, Unsettled: true}
	if named != "" {
		m, err := s.merchants.Get(ctx, named)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return h, err
		}
		if x, ok := m.Member(accountID); err != nil || m.State != Active || !ok || x.Role != access.Owner || named == from {
			return h, fault.New(fault.Conflict, "error.claim.merchant", errors.New("merchant: the claimant does not own the merchant named"))
		}
		h.To = named
		return h, nil
	}
	if code != "" {
		m, err := s.merchants.GetBy(ctx, "code_key", code)
		switch {
		case err == nil && m.ID == from:
			// The merchant that has the shop already, whose account somebody else holds: two people of the district let its true owner in.
			h.To, h.Owner = from, true
			return h, nil
		case err == nil:
			// Anybody can write a code into a merchant of their own. One that runs no shop was never looked at, and gets none by this.
			shops, err := s.Shops.ShopsOf(ctx, m.ID)
			if err != nil {
				return h, err
			}
			if len(shops) > 0 {
				h.To = m.ID
				return h, nil
			}
		case !fault.Is(err, fault.NotFound):
			return h, err
		}
	}
	h.To, h.Founds = docID, true
	return h, nil
}

// hand carries a handover out. It can be repeated. errMoved when the listing belongs to a third by now; then nobody gained anything in a
// merchant that had owners before.
func (s *Service) hand(ctx context.Context, by access.Actor, t transferee) error {
	shop, err := s.Shops.Shop(ctx, t.listingID)
	if err != nil {
		return err
	}
	if shop.MerchantID != t.from && shop.MerchantID != t.To {
		return errMoved()
	}
	if t.Founds {
		if err := s.found(ctx, by, t); err != nil {
			return err
		}
	}
	if err := s.assign(ctx, by, t); err != nil || t.Founds {
		return err
	}
	m, err := s.merchants.Get(ctx, t.To)
	if err != nil {
		return err
	}
	x, in := m.Member(t.Account)
	if in && (x.Role == access.Owner || !t.Owner && (len(x.ListingIDs) == 0 || slices.Contains(x.ListingIDs, t.listingID))) {
		return nil
	}
	_, err = s.people(ctx, by, access.MerchantPeople, t.To, 0, func(m *Merchant) error {
		if t.Owner {
			m.crown(t.Account, by.AccountID, s.Now())
			return nil
		}
		m.admit(t.Account, t.listingID, by.AccountID, s.Now())
		return nil
	})
	return err
}

// found makes the merchant of a handover, unless that was done before.
func (s *Service) found(ctx context.Context, by access.Actor, t transferee) error {
	switch _, err := s.merchants.Get(ctx, t.To); {
	case err == nil:
		return nil
	case !fault.Is(err, fault.NotFound):
		return err
	}
	code, err := t.draft.read()
	if err != nil {
		return err
	}
	m, err := s.fresh(t.draft, code)
	if err != nil {
		return err
	}
	m.ID = t.To
	m.Members = []Member{{AccountID: t.Account, Role: access.Owner, ListingIDs: []string{}, Since: s.Now(), By: by.AccountID}}
	w := audit.Write{Action: access.MerchantCreate, Title: m.Name.Hans}
	err = s.merchants.Insert(ctx, by, w, &m)
	if fault.Is(err, fault.Conflict) {
		if _, again := s.merchants.Get(ctx, t.To); again == nil {
			return nil // another server made it
		}
		// Somebody took the credit code since the decision. The shop goes to whom it was decided to go; the code is put right by the district.
		m.CreditCode, m.CodeKey = "", codeKey("")
		err = s.merchants.Insert(ctx, by, w, &m)
	}
	return err
}

// swaps bounds how often an assignment is tried while others edit the listing.
const swaps = 20

// assign gives the listing to its new merchant, unless it has it.
func (s *Service) assign(ctx context.Context, by access.Actor, t transferee) error {
	for try := 1; ; try++ {
		shop, err := s.Shops.Shop(ctx, t.listingID)
		if err != nil {
			return err
		}
		switch shop.MerchantID {
		case t.To:
			return nil
		case t.from:
		default:
			return errMoved()
		}
		err = s.Shops.Assign(ctx, by, t.act, t.listingID, t.from, t.To)
		if !fault.Is(err, fault.Conflict) || try == swaps {
			return err
		}
	}
}

func moved(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Key == "error.claim.moved"
}

// finishClaim hands the listing of an approved claim over and tells everybody. A claim whose listing came to somebody else in the very moment
// goes back to the claimant.
func (s *Service) finishClaim(ctx context.Context, by access.Actor, c Claim) (Claim, error) {
	if c.Unsettled {
		var p ClaimPrivate
		if err := s.unseal(KindClaim, c.Sealed, &p); err != nil {
			return c, err
		}
		err := s.hand(ctx, by, transferee{
			Handover: c.Handover, act: c.decidedAs(), listingID: c.ListingID, from: c.From,
			draft: Draft{Kind: c.Kind, Name: c.Name, CreditCode: string(c.CreditCode), Private: p.Private},
		})
		if err != nil && !moved(err) {
			return c, err
		}
		lost := moved(err)
		done, err := s.claims.Update(ctx, by, audit.Write{Action: c.decidedAs(), Title: c.Name.Hans}, c.ID, c.Rev, func(c *Claim) error {
			c.Unsettled = false
			if lost {
				c.State, c.Handover = ClaimReturned, Handover{}
				d := *c.Decision
				d.Moved = true
				c.Decision = &d
			}
			return nil
		})
		if err != nil {
			return c, err
		}
		c = done
	}
	return s.deliverClaim(ctx, c), nil
}

// Settle carries out what was decided and not finished, as a crash leaves it, tells who has not been told, and returns how many it dealt with. A
// server calls it when it starts and every minute.
func (s *Service) Settle(ctx context.Context) (int, error) {
	by := access.System("schedule")
	n := 0
	var errs []error
	try := func(err error) {
		n++
		errs = append(errs, err)
	}
	for c, err := range s.claims.Each(ctx, store.Where("unsettled", store.Eq, true)) {
		if err != nil {
			return n, err
		}
		_, err = s.finishClaim(ctx, by, c)
		try(err)
	}
	for g, err := range s.grants.Each(ctx, store.Where("unsettled", store.Eq, true)) {
		if err != nil {
			return n, err
		}
		_, err = s.finishGrant(ctx, by, g)
		try(err)
	}
	for t, err := range s.transfers.Each(ctx, store.Where("unsettled", store.Eq, true)) {
		if err != nil {
			return n, err
		}
		_, err = s.finishTransfer(ctx, by, t)
		try(err)
	}
	for m, err := range s.merchants.Each(ctx, store.Where("unsettled", store.Eq, true)) {
		if err != nil {
			return n, err
		}
		try(s.finishEnd(ctx, by, m))
	}
	for c, err := range s.claims.Each(ctx, store.Where("untold", store.Eq, true)) {
		if err != nil {
			return n, err
		}
		_, err = s.tellClaim(ctx, c)
		try(err)
	}
	for t, err := range s.transfers.Each(ctx, store.Where("untold", store.Eq, true)) {
		if err != nil {
			return n, err
		}
		try(s.tellTransfer(ctx, t))
	}
	return n, errors.Join(errs...)
}
