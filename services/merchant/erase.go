package merchant

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Erasure is a claim whose evidence is to go, EvidenceKept after the decision at the latest (PRV-04).
type Erasure struct {
	ClaimID string
	Keys    []string // of services/media
}

// evidenceDue is the time until which a claim says its evidence stays, for those where it goes now: it is stored for EvidenceKept.
func (s *Service) evidenceDue(days int) time.Time {
	return s.Now().Add(EvidenceKept - time.Duration(days)*24*time.Hour)
}

func (s *Service) evidenceDays() int {
	if s.EvidenceDays == nil {
		return EvidenceDays
	}
	return s.EvidenceDays()
}

// The zero time, of claims that are open or were erased, lies before 1970.
func erasable(until time.Time) store.Query {
	return store.Where("erase_at", store.Gt, time.UnixMilli(0)).And("erase_at", store.Lte, until)
}

// EvidenceDue returns of how many claims the evidence would go at once, if it were kept for so many days.
func (s *Service) EvidenceDue(ctx context.Context, days int) (int, error) {
	return s.claims.Count(ctx, erasable(s.evidenceDue(days)))
}

// DueForErasure returns up to limit claims whose evidence and personal data are to go. services/media deletes the pictures first, then Erased
// is called: the other way round a crash would leave pictures that nobody knows of.
func (s *Service) DueForErasure(ctx context.Context, limit int) ([]Erasure, error) {
	q := erasable(s.evidenceDue(s.evidenceDays())).OrderBy("erase_at", store.Asc).Limit(limit)
	page, err := s.claims.Find(ctx, q)
	if err != nil {
		return nil, err
	}
	out := []Erasure{}
	for _, c := range page.Items {
		keys := []string{}
		for _, e := range c.Evidence {
			keys = append(keys, e.Key)
		}
		out = append(out, Erasure{c.ID, keys})
	}
	return out, nil
}

// Erased notes that the pictures of a claim are gone, and erases the personal data and the notes of the checks with them. fault.Conflict for a claim that is not due.
func (s *Service) Erased(ctx context.Context, claimID string) error {
	due := s.evidenceDue(s.evidenceDays())
	_, err := s.claims.Update(ctx, access.System("retention"), audit.Write{Action: access.ClaimDecide, Why: "retention"}, claimID, 0, func(c *Claim) error {
		if c.EraseAt.IsZero() || due.Before(c.EraseAt) {
			return fault.New(fault.Conflict, "error.claim.state", nil)
		}
		c.Evidence, c.Sealed, c.EraseAt = []Evidence{}, "", time.Time{}
		c.Checks = slices.Clone(c.Checks)
		for i := range c.Checks {
			c.Checks[i].Note = "" // says whom one talked to
		}
		return nil
	})
	return err
}

// EvidenceOf returns nil when key is a picture of this claim and the actor may see it. services/media asks it before it hands
// out a picture: fault.NotFound for everything else.
func (s *Service) EvidenceOf(ctx context.Context, by access.Actor, claimID, key string) error {
	c, err := s.Claim(ctx, by, claimID)
	if err != nil {
		return err
	}
	for _, e := range c.Evidence {
		if e.Key == key {
			return nil
		}
	}
	return fault.Missing()
}

// EvidenceKeys returns the keys of all pictures that claims refer to, for the sweep of those that nobody does.
func (s *Service) EvidenceKeys(ctx context.Context) ([]string, error) {
	keys := []string{}
	for c, err := range s.claims.Each(ctx, store.All().Limit(500)) {
		if err != nil {
			return nil, err
		}
		for _, e := range c.Evidence {
			keys = append(keys, e.Key)
		}
	}
	return keys, nil
}

// Sweep erases the addresses of invitations that expired 30 days ago, and returns how many. A server calls it daily.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	now := s.Now()
	due := func(x Invitation) bool { return x.To != "" && !now.Before(x.Until.Add(AddressKept)) }
	for m, err := range s.merchants.Each(ctx, store.All().Limit(500)) {
		if err != nil {
			return n, err
		}
		if !slices.ContainsFunc(m.Invitations, due) {
			continue
		}
		gone := 0
		_, err := s.merchants.Update(ctx, access.System("retention"), audit.Write{Action: access.MerchantPeople, Title: m.Name.Hans, Why: "retention"}, m.ID, 0, func(m *Merchant) error {
			gone = 0
			for i := range m.Invitations {
				if due(m.Invitations[i]) {
					m.Invitations[i].end(Expired, now)
					gone++
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += gone
	}
	return n, nil
}
