package heritage

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// Name makes the record of a shop that the district itself names as an old one in source, and of which nothing else is known: shown at
// once, reviewed a year from today. It is for the program alone, which has the list; people claim with evidence: fault.NotFound for them.
// A shop that has a record already, whatever became of it, keeps it: false.
func (s *Service) Name(ctx context.Context, by access.Actor, listingID, source string) (bool, error) {
	if by.System == "" {
		return false, fault.Missing()
	}
	source = lang.Clean(source)
	if wrong := (lang.Limit{Max: MaxText, Must: true}).Check("source", source); len(wrong) > 0 {
		return false, fault.Wrongs(wrong)
	}
	l, err := s.Shops.Get(ctx, listingID)
	if err != nil {
		return false, err
	}
	if _, err := s.docs.GetBy(ctx, "listing_id", listingID); !fault.Is(err, fault.NotFound) {
		return false, err
	}
	r := Record{
		ListingID: l.ID, MerchantID: l.MerchantID, Shop: l.Name.Hans, State: Shown, Claim: Claim{Level: namedLevel}, Named: source,
		ReviewOn: s.Now().AddDate(namedYears, 0, 0).Format(time.DateOnly), Timeline: []Entry{},
	}
	switch err := s.docs.Insert(ctx, by, audit.Write{Action: access.HeritageCheck, Title: r.Shop, Why: "named"}, &r); {
	case fault.Is(err, fault.Conflict): // another server was first
		return false, nil
	case err != nil:
		return false, err
	}
	if _, err := s.Shops.Bear(ctx, by, l.ID, markOf(&r)); err != nil { // Settle does it later
		slog.ErrorContext(ctx, "a named shop does not bear its mark yet", "listing", l.ID, "error", err)
	}
	return true, nil
}

// Settle makes every page bear what its record says: a mark without a record that is shown goes, as from older versions and cut-off
// writes, and one that a page has lost comes back. It returns how many pages it put right.
func (s *Service) Settle(ctx context.Context) (int, error) {
	at, err := s.Shops.Bearing(ctx) // first: a mark that comes with its record meanwhile is left alone
	if err != nil {
		return 0, err
	}
	pages := map[string]bool{}
	for id := range at {
		pages[id] = true
	}
	for r, err := range s.docs.Each(ctx, store.All().Limit(most)) {
		if err != nil {
			return 0, err
		}
		if markOf(&r) != nil {
			pages[r.ListingID] = true
		}
	}
	n := 0
	var errs []error
	for id := range pages {
		// Somebody may be deciding just now: what counts is what the record says at the last moment.
		marks, err := s.said(ctx, id)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if slices.Equal(at[id], marks) {
			continue
		}
		if _, err := s.Shops.Bear(ctx, access.System("heritage"), id, marks); err != nil {
			if !fault.Is(err, fault.NotFound) {
				errs = append(errs, err)
			}
			continue
		}
		if marks == nil {
			slog.WarnContext(ctx, "a mark that no record says was taken off a page", "listing", id)
		}
		n++
	}
	return n, errors.Join(errs...)
}

// said are the marks that the record of a shop puts on its page now.
func (s *Service) said(ctx context.Context, listingID string) ([]listing.Mark, error) {
	r, err := s.docs.GetBy(ctx, "listing_id", listingID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return markOf(&r), err
}
