package webhook

import (
	"context"
	"strconv"
	"time"

	"shangquan/services/fault"
	"shangquan/services/notice"
	"shangquan/services/store"
)

// Notices is what the service needs of the notices.
type Notices interface {
	Pending(ctx context.Context, follower string, limit int) ([]notice.Notice, error)
	Delivered(ctx context.Context, follower, id string, rev int64) error
	// Published returns the version that is public, or was last: fault.NotFound when none ever was.
	Published(ctx context.Context, n *notice.Notice) (notice.Version, error)
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
			if err := s.noticeChanged(ctx, from, &list[i]); err != nil {
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

// noticeChanged judges a notice by what was published of it: the working copy of a correction that is being written is nobody's yet.
func (s *Service) noticeChanged(ctx context.Context, from Notices, n *notice.Notice) error {
	now := shown{Meta: store.Meta{ID: "notice." + n.ID}}
	v, err := from.Published(ctx, n)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	all := err == nil && v.Content.Audience.Everybody
	was, err := s.shops.Get(ctx, now.ID)
	if err != nil && !stale(err) {
		return err
	}
	var t Type
	now.Sum = strconv.Itoa(v.N)
	switch {
	case all && n.Public == notice.Live:
		now.State, t = "live", NoticePublished
	case was.State == "live": // it ended, was withdrawn, or is for some shops only from now on
		now.State, t = "over", NoticeEnded
	default:
		return nil
	}
	if was.State == now.State && was.Sum == now.Sum {
		return nil
	}
	c := change{id: now.ID + "." + string(now.State) + now.Sum, t: t, anybody: true, at: n.UpdatedAt}
	c.data = noticeData{ID: n.ID, Version: v.N, URL: s.Origin + "/notices/" + n.ID, EndsAt: n.EndsAt.UTC()}
	if err := s.announce(ctx, []change{c}); err != nil {
		return err
	}
	return s.shops.Upsert(ctx, []shown{now})
}
