package webhook

import (
	"context"
	"strconv"
	"time"

	"shangquan/services/notice"
	"shangquan/services/store"
)

// Notices is what the service needs of the notices.
type Notices interface {
	Pending(ctx context.Context, follower string, limit int) ([]notice.Notice, error)
	Delivered(ctx context.Context, follower, id string, rev int64) error
}

// Notices takes in the notices that were written since, as Shops does with shops. Only what is for everybody is told: what a notice for
// some shops says is between them and the district.
func (s *Service) Notices(ctx context.Context, from Notices) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mine, err := s.DB.Lease(ctx, "webhook notices", s.owner, turn); err != nil || !mine {
		return err
	}
	for {
		list, err := from.Pending(ctx, FollowerName, batch)
		if err != nil || len(list) == 0 {
			return err
		}
		for i := range list {
			if err := s.noticeChanged(ctx, &list[i]); err != nil {
				return err
			}
			if err := from.Delivered(ctx, FollowerName, list[i].ID, list[i].Rev); err != nil {
				return err
			}
		}
	}
}

// noticeData says which notice it is and where it can be read.
type noticeData struct {
	ID      string    `json:"id"`
	Version int       `json:"version"` // a corrected notice is published again
	URL     string    `json:"url"`
	EndsAt  time.Time `json:"ends_at,omitzero"`
}

func (s *Service) noticeChanged(ctx context.Context, n *notice.Notice) error {
	now := shown{Meta: store.Meta{ID: "notice." + n.ID}}
	t := NoticePublished
	switch {
	case !n.Content.Audience.Everybody || len(n.Versions) == 0:
	case n.Public == notice.Live:
		now.State, now.Sum = "live", strconv.Itoa(n.Versions[len(n.Versions)-1].N)
	case n.Public == notice.Over, n.Public == notice.Taken:
		now.State, t = "over", NoticeEnded
	}
	was, err := s.shops.Get(ctx, now.ID)
	if err != nil && !stale(err) {
		return err
	}
	if was.State == now.State && was.Sum == now.Sum {
		return nil
	}
	if now.State != "" && (t == NoticePublished || was.State == "live") {
		c := change{id: now.ID + "." + string(now.State) + now.Sum, t: t, anybody: true, at: n.UpdatedAt}
		c.data = noticeData{ID: n.ID, Version: len(n.Versions), URL: s.Origin + "/notices/" + n.ID, EndsAt: n.EndsAt.UTC()}
		if err := s.announce(ctx, []change{c}); err != nil {
			return err
		}
	}
	return s.shops.Upsert(ctx, []shown{now})
}
