package directory

import (
	"context"

	"shangquan/services/fault"
	"shangquan/services/listing"
)

// maxMerges is how many merges in a row are followed: each is the work of two people, so a chain is short, and a circle ends.
const maxMerges = 8

// lasting is public that follows merges: the shop of a number map by key, or the one that goes on for it.
func (s *snapshot) lasting(m map[string]int32, key string) (int32, bool) {
	n, ok := m[key]
	for range maxMerges {
		if !ok || s.shops[n].Public() {
			return n, ok
		}
		into := s.shops[n].Merged
		if into == nil || s.shops[n].State != listing.Archived {
			return n, false
		}
		n, ok = s.ids[into.Into]
	}
	return n, false
}

// Survivor returns the slug of the public shop that goes on for the one with this slug, which was merged: fault.NotFound for others.
func (s *Service) Survivor(ctx context.Context, slug string) (string, error) {
	return s.survivor(ctx, func(snap *snapshot) map[string]int32 { return snap.slugs }, slug, func(l *listing.Listing) string { return l.Slug })
}

// SurvivorID is Survivor by ids.
func (s *Service) SurvivorID(ctx context.Context, id string) (string, error) {
	return s.survivor(ctx, func(snap *snapshot) map[string]int32 { return snap.ids }, id, func(l *listing.Listing) string { return l.ID })
}

func (s *Service) survivor(ctx context.Context, by func(*snapshot) map[string]int32, key string, name func(*listing.Listing) string) (string, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return "", err
	}
	n, ok := st.snap.lasting(by(st.snap), key)
	if !ok || name(st.snap.shops[n].Listing) == key {
		return "", fault.Missing()
	}
	return name(st.snap.shops[n].Listing), nil
}
