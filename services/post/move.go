package post

import (
	"context"
	"errors"
	"fmt"

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
		if err := s.moveOne(ctx, by, act, &page.Items[n], to); err != nil {
			return n, err
		}
	}
	return len(page.Items), nil
}

func (s *Service) moveOne(ctx context.Context, by access.Actor, act access.Action, p *Post, to string) error {
	w := audit.Write{Action: act, Title: p.Title.Hans, Why: "moved"}
	move := func(slot string, state State) error {
		_, err := s.docs.Update(ctx, by, w, p.ID, 0, func(p *Post) error {
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
