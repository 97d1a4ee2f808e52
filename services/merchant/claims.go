package merchant

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/store"
)

// ClaimForm is what a claimant says.
type ClaimForm struct {
	ListingID string
	// MerchantID is a merchant that the claimant owns already, as a chain opens one more shop; otherwise Draft says who runs the shop.
	MerchantID string
	Draft
	Note     string
	Evidence []Evidence
}

// SendClaim asks for a listing. Where the listing has an owner it opens a dispute, and the owner is told. Of two who claim one shop the second
// is refused while the first is open: fault.Conflict. fault.Invalid, fault.NotFound.
func (s *Service) SendClaim(ctx context.Context, by access.Actor, f ClaimForm) (Claim, error) {
	if err := access.Require(by, access.ClaimSend, access.Thing{Kind: KindClaim}); err != nil {
		return Claim{}, err
	}
	if by.AccountID == "" {
		return Claim{}, fault.Missing() // a claim is a person's
	}
	shop, err := s.Shops.Shop(ctx, f.ListingID)
	if err != nil {
		return Claim{}, err
	}
	c := Claim{AccountID: by.AccountID, ListingID: shop.ID, OpenKey: shop.ID, State: ClaimSubmitted, Checks: []Check{}}
	if err := s.fill(ctx, by, &c, f, shop); err != nil {
		return Claim{}, err
	}
	c.Untold = c.From != ""
	err = s.claims.Insert(ctx, by, audit.Write{Action: access.ClaimSend, Title: shop.Name.Hans}, &c)
	if err != nil {
		return Claim{}, openElsewhere(err)
	}
	return s.deliverClaim(ctx, c), nil
}

// fill puts a form into a claim.
func (s *Service) fill(ctx context.Context, by access.Actor, c *Claim, f ClaimForm, shop Shop) error {
	if shop.MerchantID != "" && by.RoleIn(access.Thing{MerchantID: shop.MerchantID}) == access.Owner {
		return fault.New(fault.Conflict, "error.claim.yours", errors.New("merchant: the claimant owns the shop"))
	}
	f.Note = lang.Clean(f.Note)
	out := append(noteLimit.Check("note", f.Note), evidenceFields(f.Evidence)...)
	if f.MerchantID != "" {
		m, err := s.merchants.Get(ctx, f.MerchantID)
		if x, ok := m.Member(by.AccountID); err != nil || !ok || x.Role != access.Owner || m.State != Active {
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			out = append(out, fault.Field{Name: "merchant_id", Key: "error.choice"})
		}
		f.Draft = Draft{Kind: m.Kind, Name: m.Name, CreditCode: string(m.CreditCode), Private: f.Private}
	}
	code, err := f.read()
	if fe, ok := errors.AsType[*fault.Error](err); ok && f.MerchantID == "" {
		out = append(out, fe.Fields...)
	}
	if f.Kind == Plaza && f.MerchantID == "" {
		out = append(out, fault.Field{Name: "kind", Key: "error.choice"})
	}
	if err := fault.Wrongs(out); err != nil {
		return err
	}
	sealed, err := s.seal(KindClaim, ClaimPrivate{f.Private, f.Note})
	if err != nil {
		return err
	}
	if shop.MerchantID != c.From {
		c.Checks = []Check{} // they were made about another owner
	}
	c.From, c.MerchantID, c.Kind, c.Name, c.CreditCode, c.Sealed, c.Evidence = shop.MerchantID, f.MerchantID, f.Kind, f.Name, code, sealed, f.Evidence
	return nil
}

func evidenceFields(list []Evidence) []fault.Field {
	switch {
	case len(list) == 0:
		return []fault.Field{{Name: "evidence", Key: "error.claim.evidence"}}
	case len(list) > maxEvidence:
		return []fault.Field{{Name: "evidence", Key: "error.list.long", Args: map[string]any{"Max": maxEvidence}}}
	}
	for _, e := range list {
		if !media.IsEvidence(e.Key) || !slices.Contains(EvidenceKinds, e.Kind) {
			return []fault.Field{{Name: "evidence", Key: "error.choice"}}
		}
	}
	return nil
}

// openElsewhere says in words that somebody else's claim came first.
func openElsewhere(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if ok && f.Kind == fault.Conflict && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == "open_key" }) {
		return fault.New(fault.Conflict, "error.claim.open", f)
	}
	return err
}

// Claim returns a claim to the claimant or a coordinator: fault.NotFound for everybody else.
func (s *Service) Claim(ctx context.Context, by access.Actor, id string) (Claim, error) {
	c, err := s.claims.Get(ctx, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			if err := access.Require(by, access.ClaimDecide, access.Thing{Kind: KindClaim, ID: id}); err != nil {
				return Claim{}, err
			}
		}
		return Claim{}, err
	}
	return c, requireClaim(by, &c)
}

func requireClaim(by access.Actor, c *Claim) error {
	if access.Can(by, access.ClaimDecide, c.Thing()) {
		return nil
	}
	return access.Require(by, access.ClaimOwn, c.Thing())
}

// ClaimPrivate returns what is sealed in a claim that the actor may read.
func (s *Service) ClaimPrivate(by access.Actor, c Claim) (ClaimPrivate, error) {
	if err := requireClaim(by, &c); err != nil {
		return ClaimPrivate{}, err
	}
	var p ClaimPrivate
	return p, s.unseal(KindClaim, c.Sealed, &p)
}

// OpenClaims returns the claims that wait, the oldest first, for coordinators.
func (s *Service) OpenClaims(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Claim], error) {
	if err := access.Require(by, access.ClaimDecide, access.Thing{Kind: KindClaim}); err != nil {
		return store.Page[Claim]{Items: []Claim{}}, err
	}
	open := []ClaimState{ClaimSubmitted, ClaimDisputed, ClaimProposed}
	return s.claims.Find(ctx, store.Where("state", store.In, open).OrderBy("created_at", store.Asc).Limit(limit).After(cursor))
}

// MyClaims returns the actor's own claims, the newest first.
func (s *Service) MyClaims(ctx context.Context, by access.Actor) ([]Claim, error) {
	out := []Claim{}
	if by.AccountID == "" {
		return out, nil
	}
	page, err := s.claims.Find(ctx, store.Where("account_id", store.Eq, by.AccountID).OrderBy("created_at", store.Desc).Limit(100))
	if err != nil {
		return nil, err
	}
	for _, c := range page.Items {
		if access.Can(by, access.ClaimOwn, c.Thing()) {
			out = append(out, c)
		}
	}
	return out, nil
}

// claim changes a claim over revision rev after the actor has been let in by may.
func (s *Service) claim(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, may func(*Claim) error, change func(*Claim) error) (Claim, error) {
	c, err := s.claims.Get(ctx, id)
	if err != nil {
		if fault.Is(err, fault.NotFound) {
			if err := access.Require(by, act, access.Thing{Kind: KindClaim, ID: id}); err != nil {
				return Claim{}, err
			}
		}
		return Claim{}, err
	}
	if err := may(&c); err != nil {
		return Claim{}, err
	}
	w := audit.Write{Action: act, Title: c.Name.Hans}
	c, err = s.claims.Update(ctx, by, w, id, atLeast(rev, c.Rev), change)
	if err != nil {
		return Claim{}, openElsewhere(err)
	}
	return c, nil
}

func (s *Service) ownClaim(by access.Actor) func(*Claim) error {
	return func(c *Claim) error { return access.Require(by, access.ClaimOwn, c.Thing()) }
}

// AddEvidence adds pictures to an open claim. What was proposed without having seen them is void.
func (s *Service) AddEvidence(ctx context.Context, by access.Actor, id string, rev int64, more []Evidence) (Claim, error) {
	now := s.Now()
	return s.claim(ctx, by, access.ClaimOwn, id, rev, s.ownClaim(by), func(c *Claim) error {
		all := slices.Concat(c.Evidence, more)
		if err := fault.Wrongs(evidenceFields(all)); err != nil {
			return err
		}
		c.Evidence = all
		return c.move(actAmend, now)
	})
}

// SendAgain sends a claim that was returned once more, with what the form says now. If the shop has another owner since, the checks that were
// made count no more.
func (s *Service) SendAgain(ctx context.Context, by access.Actor, id string, rev int64, f ClaimForm) (Claim, error) {
	now := s.Now()
	was, err := s.Claim(ctx, by, id)
	if err != nil {
		return Claim{}, err
	}
	if err := access.Require(by, access.ClaimOwn, was.Thing()); err != nil {
		return Claim{}, err
	}
	shop, err := s.Shops.Shop(ctx, was.ListingID)
	if err != nil {
		return Claim{}, err
	}
	next := was
	if err := s.fill(ctx, by, &next, f, shop); err != nil {
		return Claim{}, err
	}
	c, err := s.claim(ctx, by, access.ClaimOwn, id, atLeast(rev, was.Rev), s.ownClaim(by), func(c *Claim) error {
		meta := c.Meta
		*c = next
		c.Meta = meta
		return c.move(actSend, now)
	})
	if err != nil {
		return Claim{}, err
	}
	return s.deliverClaim(ctx, c), nil
}

// WithdrawClaim takes the actor's own claim back.
func (s *Service) WithdrawClaim(ctx context.Context, by access.Actor, id string, rev int64) (Claim, error) {
	now := s.Now()
	c, err := s.claim(ctx, by, access.ClaimOwn, id, rev, s.ownClaim(by), func(c *Claim) error { return c.move(actTake, now) })
	if err != nil {
		return Claim{}, err
	}
	return s.deliverClaim(ctx, c), nil
}

// claimKey makes a letter about this state of a claim go out once in each round.
func (c *Claim) claimKey(accountID string) string {
	return c.ID + "." + strconv.Itoa(c.Round) + "." + string(c.State) + "." + accountID
}
