package post

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Move gives the posts of one shop to another and returns how many it moved; doing it again moves what is left. What is public stays
// public as long as the other shop has a place for it (MaxLive) and becomes a draft otherwise. The caller has decided that the two are
// one shop; the trail names act.
func (s *Service) Move(ctx context.Context, by access.Actor, act access.Action, from, to string) (int, error) {
	if from == "" || to == "" || from == to {
		return 0, nil
	}
	page, err := s.docs.Find(ctx, store.Where("listing_id", store.Eq, from).OrderBy("created_at", store.Asc).Limit(MaxKept))
	if err != nil {
		return 0, err
	}
	for n := range page.Items {
		away := func(p *Post) { p.Homes = append(slices.Clone(p.Homes), from) }
		if err := s.moveOne(ctx, by, act, "moved", &page.Items[n], to, away); err != nil {
			return n, err
		}
	}
	return len(page.Items), nil
}

// MoveBack gives the posts that Move last took from one shop to another back to it, and returns how many; doing it again moves what is
// left. What was written for the other shop itself stays there.
func (s *Service) MoveBack(ctx context.Context, by access.Actor, act access.Action, from, to string) (int, error) {
	if from == "" || to == "" || from == to {
		return 0, nil
	}
	done := 0
	for cursor := ""; ; {
		q := store.Where("listing_id", store.Eq, to).OrderBy("created_at", store.Asc).Limit(MaxKept).After(cursor)
		page, err := s.docs.Find(ctx, q)
		if err != nil {
			return done, err
		}
		for i := range page.Items {
			p := &page.Items[i]
			if n := len(p.Homes); n == 0 || p.Homes[n-1] != from {
				continue
			}
			home := func(p *Post) { p.Homes = slices.Clone(p.Homes[:max(0, len(p.Homes)-1)]) }
			if err := s.moveOne(ctx, by, act, "moved back", p, from, home); err != nil {
				return done, err
			}
			done++
		}
		if cursor = page.Next; cursor == "" {
			return done, nil
		}
	}
}

// moveOne writes a post at the revision that was read; note says of it where it came from.
func (s *Service) moveOne(ctx context.Context, by access.Actor, act access.Action, why string, p *Post, to string, note func(*Post)) error {
	w := audit.Write{Action: act, Title: p.Title.Hans, Why: why}
	move := func(slot string, state State) error {
		_, err := s.docs.Update(ctx, by, w, p.ID, p.Rev, func(p *Post) error {
			note(p)
			p.ListingID, p.State, p.Slot = to, state, slot
			return nil
		})
		return err
	}
	if p.State != Published {
		return move(draftSlot(), p.State)
	}
	for i := range MaxLive {
		err := move(fmt.Sprintf("listing:%s/%d", to, i), Published)
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Key == "error.taken" {
			continue
		}
		return err
	}
	return move(draftSlot(), Draft)
}
