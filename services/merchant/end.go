package merchant

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// EndKind names the proposals to close a merchant for people who cannot do it themselves.
const EndKind = "merchant_end"

// endWhyLimit is that of a proposal's reason, which has to be there.
var endWhyLimit = lang.Limit{Max: 300, Must: true, Prose: true}

// End is what such a proposal does: the merchant closes as it was at this revision, and exactly these shops become nobody's.
type End struct {
	ID    string   `json:"id"`
	Rev   int64    `json:"rev"`
	Shops []string `json:"shops"` // sorted
	// People are the accounts of its members, who hear of it in the end: the merchant itself knows them no more by then.
	People []string `json:"people"`
}

// end takes away what a closed merchant has no more: its people and what is personal of it.
func (m *Merchant) end() {
	m.State, m.Members, m.Invitations, m.Sealed, m.PlazaID, m.CodeKey = Closed, []Member{}, []Invitation{}, "", "", codeKey("")
}

// Close ends a merchant that has no shops any more: its people lose access, its seat in the joint meeting and the leave to be listed end, and
// its personal data is erased; the name and the credit code stay for the trail. fault.Conflict while it has shops: they are handed over or
// given back first (Offer, GiveBack).
func (s *Service) Close(ctx context.Context, by access.Actor, id string, rev int64) error {
	m, err := s.allowed(ctx, by, access.MerchantTransfer, id)
	if err != nil {
		return err
	}
	switch shops, err := s.shopIDs(ctx, id); {
	case err != nil:
		return err
	case len(shops) > 0:
		return fault.New(fault.Conflict, "error.merchant.shops", nil)
	case m.State != Active:
		return errClosed()
	case rev != 0 && rev != m.Rev:
		return fault.New(fault.Conflict, "error.stale", errors.New("merchant: closed over another revision"))
	}
	if m, err = s.people(ctx, by, access.MerchantTransfer, id, atLeast(rev, m.Rev), func(m *Merchant) error {
		m.end()
		m.Unsettled = true
		return nil
	}); err != nil {
		return err
	}
	if err := s.finishEnd(ctx, by, m); err != nil {
		slog.WarnContext(ctx, "a merchant closed and left something; it is tried again", "merchant", id, "error", err)
	}
	return nil
}

// finishEnd takes away what a merchant that its owner closed has elsewhere. It can be repeated.
func (s *Service) finishEnd(ctx context.Context, by access.Actor, m Merchant) error {
	if err := s.afterEnd(ctx, by, m.ID, nil); err != nil {
		return err
	}
	_, err := s.merchants.Update(ctx, by, audit.Write{Action: access.MerchantTransfer, Title: m.Name.Hans}, m.ID, m.Rev, func(m *Merchant) error {
		m.Unsettled = false
		return nil
	})
	return err
}

// ProposeEnd proposes to a second person of the district that a merchant closes, whose people asked for it in writing and cannot sign in: an
// administrator does it over revision rev, and why says who asked and how that was made sure of. Its owners are told at once, so that who
// asked nothing can still object. fault.Invalid without why; fault.Conflict when it is proposed already, closed, changed since it was shown,
// and while somebody disputes one of its shops.
func (s *Service) ProposeEnd(ctx context.Context, by access.Actor, id string, rev int64, why string) (countersign.Proposal, error) {
	m, err := s.allowed(ctx, by, access.MerchantEnd, id)
	if err != nil {
		return countersign.Proposal{}, err
	}
	if err := fault.Wrongs(endWhyLimit.Check("why", lang.Clean(why))); err != nil {
		return countersign.Proposal{}, err
	}
	shops, err := s.endable(ctx, m, rev)
	if err != nil {
		return countersign.Proposal{}, err
	}
	x := End{ID: m.ID, Rev: m.Rev, Shops: shops, People: []string{}}
	for _, y := range m.Members {
		x.People = append(x.People, y.AccountID)
	}
	p, err := s.Signs.Propose(ctx, by, countersign.Draft{Kind: EndKind, Subject: m.ID, Title: m.Name.Hans, Why: why, Content: x})
	if err == nil {
		s.tellAll(ctx, m.Owners(), m, "merchant_ending", p.ID)
	}
	return p, err
}

// endable returns the shops of a merchant that can close as it is at revision rev.
func (s *Service) endable(ctx context.Context, m Merchant, rev int64) ([]string, error) {
	switch {
	case m.State != Active:
		return nil, errClosed()
	case m.Rev != rev:
		return nil, fault.New(fault.Conflict, "error.stale", errors.New("merchant: closed over another revision"))
	}
	shops, err := s.shopIDs(ctx, m.ID)
	if err != nil {
		return nil, err
	}
	for _, id := range shops {
		if err := s.undisputed(ctx, id); err != nil {
			return nil, err
		}
	}
	slices.Sort(shops)
	return shops, nil
}

// endSigned closes a merchant as two people signed it. The merchant's own end comes first and decides; what follows can be repeated, after a
// crash too.
func (s *Service) endSigned(ctx context.Context, by access.Actor, p countersign.Proposal) error {
	var x End
	if err := p.Read(&x); err != nil {
		return err
	}
	m, err := s.merchants.Get(ctx, x.ID)
	if err != nil {
		return err
	}
	if m.State == Active {
		shops, err := s.endable(ctx, m, x.Rev)
		if err != nil {
			return err
		}
		if !slices.Equal(shops, x.Shops) {
			return fault.New(fault.Conflict, "error.stale", errors.New("merchant: other shops than were signed"))
		}
		w := audit.Write{Action: access.MerchantEnd, Title: m.Name.Hans, Why: p.Why}
		if _, err := s.merchants.Update(ctx, by, w, m.ID, x.Rev, func(m *Merchant) error {
			m.end()
			return nil
		}); err != nil {
			return err
		}
	}
	if err := s.afterEnd(ctx, by, x.ID, x.Shops); err != nil {
		return err
	}
	s.tellAll(ctx, x.People, m, "merchant_ended", p.ID)
	return nil
}

// afterEnd takes from a closed merchant what it has elsewhere, these shops and its papers. It goes through all of them whatever fails, and can be repeated:
// its error is always fault.Internal, for the merchant is closed already and whoever asked has nothing to change.
func (s *Service) afterEnd(ctx context.Context, by access.Actor, id string, shops []string) error {
	var errs []error
	for _, closes := range s.Closes {
		errs = append(errs, closes(ctx, by, id))
	}
	for _, shop := range shops {
		err := s.assign(ctx, by, transferee{act: access.MerchantEnd, listingID: shop, from: id})
		if !moved(err) && !fault.Is(err, fault.NotFound) {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(append(errs, s.dropPapers(ctx, by, id))...); err != nil {
		return fault.New(fault.Internal, "error.internal", err)
	}
	return nil
}

// tellAll tells people of a merchant what becomes of it; key keeps a message that is sent again from arriving twice.
func (s *Service) tellAll(ctx context.Context, accountIDs []string, m Merchant, kind, key string) {
	for _, id := range accountIDs {
		s.tell(ctx, id, kind, key+"."+kind+"."+id, map[string]any{"Merchant": m.Name.Hans})
	}
}
