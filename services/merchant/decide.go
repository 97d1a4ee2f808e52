package merchant

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
)

// decides lets in who may decide this claim: a person of the district (programs decide nothing) who neither claims the shop nor belongs to
// a merchant that stands to win or lose it.
func (s *Service) decides(by access.Actor, act access.Action) func(*Claim) error {
	return func(c *Claim) error {
		if err := access.Require(by, act, access.Thing{Kind: KindClaim, ID: c.ID}); err != nil {
			return err
		}
		partial := by.AccountID == c.AccountID || slices.ContainsFunc(by.Seats, func(x access.Seat) bool {
			return x.MerchantID != "" && (x.MerchantID == c.From || x.MerchantID == c.MerchantID)
		})
		if by.AccountID == "" || partial {
			return fault.New(fault.Forbidden, "error.claim.partial", errors.New("merchant: a claim is decided by a person who has no part in it"))
		}
		return nil
	}
}

// CheckForm is what a coordinator says of a call-back or visit.
type CheckForm struct {
	Kind   CheckKind
	Number string // the number that was called, as typed
	Note   string
}

// Check records that a coordinator called back or went there. A call counts only to a number that is on record at the shop already: one that
// the claimant gives proves nothing. fault.Invalid, fault.Conflict.
func (s *Service) Check(ctx context.Context, by access.Actor, id string, rev int64, f CheckForm) (Claim, error) {
	may := s.decides(by, access.ClaimDecide)
	c, err := s.claims.Get(ctx, id)
	if err != nil {
		return Claim{}, s.hidden(by, access.ClaimDecide, id, err)
	}
	if err := may(&c); err != nil {
		return Claim{}, err
	}
	now := s.Now()
	check := Check{Kind: f.Kind, By: by.AccountID, At: now, Note: lang.Clean(f.Note)}
	out := noteLimit.Check("note", check.Note)
	switch f.Kind {
	case Visit:
	case CallBack:
		shop, err := s.Shops.Shop(ctx, c.ListingID)
		if err != nil {
			return Claim{}, err
		}
		called, err := phone.Parse(f.Number)
		onRecord := err == nil && len(called) == 1 && slices.ContainsFunc(shop.Phones, func(n phone.Number) bool {
			return n.National() == called[0].National()
		})
		if !onRecord {
			out = append(out, fault.Field{Name: "number", Key: "error.claim.number"})
		} else {
			check.Number = account.Contact(called[0].Digits).Masked()
		}
	default:
		out = append(out, fault.Field{Name: "kind", Key: "error.choice"})
	}
	if err := fault.Wrongs(out); err != nil {
		return Claim{}, err
	}
	return s.claim(ctx, by, access.ClaimDecide, id, atLeast(rev, c.Rev), may, func(c *Claim) error {
		if len(c.Checks) >= maxChecks {
			return fault.Wrong("kind", "error.list.long", map[string]any{"Max": maxChecks})
		}
		c.Checks = append(c.Checks, check)
		return c.move(actAmend, now)
	})
}

// hidden tells somebody who is not signed in to sign in, and others no more than that there is nothing.
func (s *Service) hidden(by access.Actor, act access.Action, id string, err error) error {
	if fault.Is(err, fault.NotFound) {
		if err := access.Require(by, act, access.Thing{Kind: KindClaim, ID: id}); err != nil {
			return err
		}
	}
	return err
}

// Approve gives the listing to the claimant. rev is the revision the coordinator looked at, so that nothing is approved unseen: it must be
// given. It is for shops that are nobody's; a dispute needs Propose and Agree. fault.Conflict says what is missing: evidence, a check, or
// that the shop has an owner by now.
func (s *Service) Approve(ctx context.Context, by access.Actor, id string, rev int64) (Claim, error) {
	return s.conclude(ctx, by, access.ClaimDecide, id, rev, func(c *Claim) error {
		if err := c.move(actApprove, s.Now()); err != nil {
			return err
		}
		c.Decision = &Decision{By: by.AccountID, At: s.Now()}
		return nil
	})
}

// Propose is the first of the two decisions that a dispute takes. It can be made once the owner was told and has had 72 hours.
func (s *Service) Propose(ctx context.Context, by access.Actor, id string, rev int64, approve bool, why string) (Claim, error) {
	why = lang.Clean(why)
	if err := fault.Wrongs(whyLimit.Check("why", why)); err != nil {
		return Claim{}, err
	}
	if err := mustSee(rev); err != nil {
		return Claim{}, err
	}
	now := s.Now()
	return s.claim(ctx, by, access.ClaimDecide, id, rev, s.decides(by, access.ClaimDecide), func(c *Claim) error {
		if err := c.move(actPropose, now); err != nil {
			return err
		}
		if err := c.ready(now); err != nil {
			return err
		}
		c.Proposal = &Proposal{Approve: approve, Why: why, By: by.AccountID, At: now, Digest: c.digest()}
		return nil
	})
}

// Agree is the second decision, by somebody else than the first and freshly checked: the dispute ends as proposed. fault.Forbidden for the
// person who proposed; fault.Conflict when anything changed since the proposal, which is void then.
func (s *Service) Agree(ctx context.Context, by access.Actor, id string, rev int64) (Claim, error) {
	return s.conclude(ctx, by, access.MerchantDecide, id, rev, func(c *Claim) error {
		p := c.Proposal
		if p == nil {
			return c.move(actAgree, s.Now()) // says what state it is in
		}
		if p.By == by.AccountID {
			return fault.New(fault.Forbidden, "error.claim.same_person", errors.New("merchant: the second person is the first"))
		}
		if p.Digest != c.digest() {
			return fault.New(fault.Conflict, "error.claim.changed", errors.New("merchant: the claim is not what was proposed on"))
		}
		act := actAgree
		if !p.Approve {
			act = actDeny
		}
		if err := c.move(act, s.Now()); err != nil {
			return err
		}
		c.Decision = &Decision{By: p.By, Second: by.AccountID, At: s.Now(), Reason: p.Why}
		return nil
	})
}

// Differ takes a proposal off the table: the second person does not agree, or the first thinks again.
func (s *Service) Differ(ctx context.Context, by access.Actor, id string, rev int64) (Claim, error) {
	now := s.Now()
	return s.claim(ctx, by, access.ClaimDecide, id, rev, s.decides(by, access.ClaimDecide), func(c *Claim) error { return c.move(actDiffer, now) })
}

// Return sends a claim back to the claimant with the reason, which says what to do.
func (s *Service) Return(ctx context.Context, by access.Actor, id string, rev int64, reason string) (Claim, error) {
	reason = lang.Clean(reason)
	if err := fault.Wrongs(whyLimit.Check("reason", reason)); err != nil {
		return Claim{}, err
	}
	now := s.Now()
	c, err := s.claim(ctx, by, access.ClaimDecide, id, rev, s.decides(by, access.ClaimDecide), func(c *Claim) error {
		c.Decision = &Decision{By: by.AccountID, At: now, Reason: reason}
		return c.move(actReturn, now)
	})
	if err != nil {
		return Claim{}, err
	}
	return s.deliverClaim(ctx, c), nil
}

func mustSee(rev int64) error {
	if rev == 0 {
		return fault.New(fault.Conflict, "error.stale", errors.New("merchant: a decision names the revision it is made on"))
	}
	return nil
}

// conclude ends a claim by decide, hands the listing over where it was approved, and tells everybody.
func (s *Service) conclude(ctx context.Context, by access.Actor, act access.Action, id string, rev int64, decide func(*Claim) error) (Claim, error) {
	if err := mustSee(rev); err != nil {
		return Claim{}, err
	}
	may := s.decides(by, act)
	c, err := s.claims.Get(ctx, id)
	if err != nil {
		return Claim{}, s.hidden(by, act, id, err)
	}
	if err := may(&c); err != nil {
		return Claim{}, err
	}
	shop, err := s.Shops.Shop(ctx, c.ListingID)
	if err != nil {
		return Claim{}, err
	}
	h, blocked := s.plan(ctx, c.From, c.MerchantID, c.AccountID, c.ID, string(c.CreditCode))
	if shop.MerchantID != c.From {
		blocked = errMoved()
	}
	now := s.Now()
	c, err = s.claim(ctx, by, act, id, rev, may, func(c *Claim) error {
		if err := decide(c); err != nil {
			return err
		}
		if c.State == ClaimApproved {
			if err := cmp.Or(blocked, c.ready(now)); err != nil {
				return err
			}
			c.Handover = h
		}
		return nil
	})
	if err != nil {
		return Claim{}, err
	}
	return s.finishClaim(ctx, by, c)
}
