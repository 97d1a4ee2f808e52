package merchant

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

// ClaimedNow reports whether a claim on a listing, or its transfer, waits to be decided. It asks for no permission: the answer decides
// whether the listing can be given up for another.
func (s *Service) ClaimedNow(ctx context.Context, listingID string) (bool, error) {
	_, err := s.claims.GetBy(ctx, "open_key", listingID)
	if fault.Is(err, fault.NotFound) {
		_, err = s.transfers.GetBy(ctx, "open_key", listingID)
	}
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// Reseat lets the members of a merchant who are limited to shops, among them from, reach to as well: the page of from was given up for
// that of to, and they go on with their work. Nobody else gains anything. The caller has decided; the trail names act.
func (s *Service) Reseat(ctx context.Context, by access.Actor, act access.Action, merchantID, from, to string) error {
	if merchantID == "" {
		return nil
	}
	shop, err := s.Shops.Shop(ctx, to)
	if err != nil || shop.MerchantID != merchantID {
		return err
	}
	m, err := s.merchants.Get(ctx, merchantID)
	if err != nil {
		return err
	}
	lacks := func(x Member) bool { return slices.Contains(x.ListingIDs, from) && !slices.Contains(x.ListingIDs, to) }
	if !slices.ContainsFunc(m.Members, lacks) {
		return nil
	}
	_, err = s.merchants.Update(ctx, by, audit.Write{Action: act, Title: m.Name.Hans}, m.ID, 0, func(m *Merchant) error {
		m.Members = slices.Clone(m.Members)
		for i := range m.Members {
			if x := &m.Members[i]; lacks(*x) {
				x.ListingIDs = append(slices.Clone(x.ListingIDs), to)
				x.Merged = append(slices.Clone(x.Merged), MergedReach{From: from, To: to})
			}
		}
		return nil
	})
	return err
}

// Unseat takes back what Reseat gave: members reach to no longer, as far as they reached it through the merge alone. Somebody whose
// shops were chosen anew since keeps them.
func (s *Service) Unseat(ctx context.Context, by access.Actor, act access.Action, merchantID, from, to string) error {
	if merchantID == "" {
		return nil
	}
	m, err := s.merchants.Get(ctx, merchantID)
	if err != nil {
		return err
	}
	reach := MergedReach{From: from, To: to}
	if !slices.ContainsFunc(m.Members, func(x Member) bool { return slices.Contains(x.Merged, reach) }) {
		return nil
	}
	_, err = s.merchants.Update(ctx, by, audit.Write{Action: act, Title: m.Name.Hans}, m.ID, m.Rev, func(m *Merchant) error {
		m.Members = slices.Clone(m.Members)
		for i := range m.Members {
			x := &m.Members[i]
			if !slices.Contains(x.Merged, reach) {
				continue
			}
			x.Merged = slices.DeleteFunc(slices.Clone(x.Merged), func(r MergedReach) bool { return r == reach })
			x.ListingIDs = slices.DeleteFunc(slices.Clone(x.ListingIDs), func(id string) bool { return id == to })
		}
		return nil
	})
	return err
}

// AskConfirm asks the owners of a shop whether its page is still right. link leads to a page that asks nothing but that; key is what
// keeps one question from leaving twice. It returns how many owners it was sent to; a shop that is nobody's has none.
func (s *Service) AskConfirm(ctx context.Context, listingID, link, key string, confirmed time.Time) (int, error) {
	shop, err := s.Shops.Shop(ctx, listingID)
	if err != nil || shop.MerchantID == "" {
		return 0, err
	}
	m, err := s.merchants.Get(ctx, shop.MerchantID)
	if err != nil || m.State != Active {
		return 0, err
	}
	n := 0
	for _, owner := range m.Owners() {
		args := map[string]any{"Shop": shop.Name.Hans, "Link": link, "Since": ""}
		if !confirmed.IsZero() {
			args["Since"] = confirmed.Format("2006-01-02")
		}
		if err := s.letter(ctx, owner, "ask_confirm", key+"."+owner, args); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
