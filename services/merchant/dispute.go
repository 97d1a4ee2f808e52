package merchant

import (
	"context"
	"log/slog"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Dispute is what the present owner of a shop reads of somebody else's claim: that there is one, until when an answer counts, and how it
// ended. Who claims and with what evidence is the district's to judge.
type Dispute struct {
	ID, ListingID string
	Rev           int64
	State         ClaimState
	At            time.Time
	WaitUntil     time.Time // zero: the message has not left yet
	Answer        *Answer
}

func (c *Claim) dispute() Dispute {
	return Dispute{c.ID, c.ListingID, c.Rev, c.State, c.CreatedAt, c.WaitUntil, c.Answer}
}

// Disputes returns the claims of others on the merchant's shops, the newest first, for its owners and the district.
func (s *Service) Disputes(ctx context.Context, by access.Actor, merchantID string) ([]Dispute, error) {
	if _, err := s.allowed(ctx, by, access.MerchantPeople, merchantID); err != nil {
		return nil, err
	}
	page, err := s.claims.Find(ctx, store.Where("from", store.Eq, merchantID).OrderBy("created_at", store.Desc).Limit(100))
	if err != nil {
		return nil, err
	}
	out := make([]Dispute, len(page.Items))
	for i := range page.Items {
		out[i] = page.Items[i].dispute()
	}
	return out, nil
}

// AnswerDispute is what an owner of the present merchant says: that the claim is right, or why it is not. It decides nothing, and what was
// proposed without it is void.
func (s *Service) AnswerDispute(ctx context.Context, by access.Actor, id string, rev int64, agree bool, why string) (Dispute, error) {
	why = lang.Clean(why)
	limit := whyLimit
	limit.Must = !agree
	if err := fault.Wrongs(limit.Check("why", why)); err != nil {
		return Dispute{}, err
	}
	now := s.Now()
	may := func(c *Claim) error { return access.Require(by, access.ClaimAnswer, c.owned()) }
	c, err := s.claim(ctx, by, access.ClaimAnswer, id, rev, may, func(c *Claim) error {
		c.Answer = &Answer{Agree: agree, Why: why, By: by.AccountID, At: now}
		return c.move(actAmend, now)
	})
	return c.dispute(), err
}

// deliverClaim tells whoever must hear of the claim's present state. What does not leave now is sent by Settle.
func (s *Service) deliverClaim(ctx context.Context, c Claim) Claim {
	told, err := s.tellClaim(ctx, c)
	if err != nil {
		slog.WarnContext(ctx, "the message about a claim did not leave; it is tried again", "claim", c.ID, "error", err)
		return c
	}
	return told
}

// tellClaim sends the messages of a state and notes that they left. The owner's 72 hours begin with this note: a message that does not leave
// takes nobody's time.
func (s *Service) tellClaim(ctx context.Context, c Claim) (Claim, error) {
	if !c.Untold || c.Unsettled {
		return c, nil
	}
	shop, err := s.Shops.Shop(ctx, c.ListingID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return c, err
	}
	args := map[string]any{"Shop": shop.Name.Hans, "Reason": "", "Hours": int(OwnerHas.Hours())}
	if c.Decision != nil {
		args["Reason"] = c.Decision.Reason
	}
	owners := []string{}
	if c.From != "" {
		m, err := s.merchants.Get(ctx, c.From)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return c, err
		}
		owners = m.Owners()
	}
	send := func(kind string, accounts ...string) error {
		for _, id := range accounts {
			if err := s.letter(ctx, id, kind, c.claimKey(id), args); err != nil {
				return err
			}
		}
		return nil
	}
	err = nil
	switch c.State {
	case ClaimSubmitted:
		err = send("dispute_opened", owners...)
	case ClaimApproved:
		if err = send("claim_approved", c.AccountID); err == nil {
			err = send("dispute_lost", owners...)
		}
		if err == nil && !c.Founds {
			err = s.tellJoined(ctx, c.Handover, c.ID, shop)
		}
	case ClaimReturned:
		if err = send("claim_returned", c.AccountID); err == nil {
			err = send("dispute_over", owners...)
		}
	case ClaimRefused:
		if err = send("claim_refused", c.AccountID); err == nil {
			err = send("dispute_over", owners...)
		}
	case ClaimWithdrawn:
		err = send("dispute_over", owners...)
	case ClaimDisputed, ClaimProposed:
	}
	if err != nil {
		return c, err
	}
	now := s.Now()
	return s.claims.Update(ctx, access.System("schedule"), audit.Write{Action: access.ClaimSend, Title: c.Name.Hans}, c.ID, c.Rev, func(c *Claim) error {
		if c.State == ClaimSubmitted {
			return c.move(actTell, now)
		}
		c.Untold = false
		return nil
	})
}

// tellJoined tells the owners of a merchant that it got a shop, and who came with it.
func (s *Service) tellJoined(ctx context.Context, h Handover, id string, shop Shop) error {
	m, err := s.merchants.Get(ctx, h.To)
	if err != nil {
		return err
	}
	for _, owner := range m.Owners() {
		if owner == h.Account {
			continue
		}
		if err := s.letter(ctx, owner, "shop_joined", id+".joined."+owner, map[string]any{"Shop": shop.Name.Hans, "Merchant": m.Name.Hans}); err != nil {
			return err
		}
	}
	return nil
}
