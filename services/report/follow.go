package report

import (
	"context"
	"errors"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/store"
)

// batch is how many reports one round of a worker deals with.
const batch = 50

// Inform has tell called once for every report that the owner of its shop has not heard of, the oldest first, and returns how
// many those were. tell may come again for the same report after a crash; one that fails is tried at the next round. A worker
// calls it every minute.
func (s *Service) Inform(ctx context.Context, tell func(context.Context, Item) error) (int, error) {
	page, err := s.coll.Find(ctx, store.Where("told", store.Eq, false).OrderBy("created_at", store.Asc).Limit(batch))
	if err != nil {
		return 0, err
	}
	told := 0
	var failed error
	for i := range page.Items {
		r := &page.Items[i]
		if err := tell(ctx, r.item()); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		_, err := s.coll.Update(ctx, access.System("mail"), audit.Write{Action: access.ReportTell, Title: Spell(r.Ref)}, r.ID, 0, func(r *report) error {
			r.Told = true
			return nil
		})
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		told++
	}
	return told, failed
}

// due is the time until which a report says its personal parts stay, for those that go now: it is stored for the longest time that can be.
func (s *Service) due(days int) time.Time {
	return s.now().Add(Keep - time.Duration(days)*24*time.Hour)
}

// Due returns how many reports the next Sweep would erase something of, if what is personal were kept for so many days.
func (s *Service) Due(ctx context.Context, days int) (int, error) {
	return s.coll.Count(ctx, store.Where("erase_at", store.Lte, s.due(days)))
}

// Sweep erases what is personal and has been kept for 30 days, and returns from how many reports. A worker runs it every hour.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	for {
		due := s.due(s.days())
		page, err := s.coll.Find(ctx, store.Where("erase_at", store.Lte, due).Limit(batch))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		for i := range page.Items {
			r := &page.Items[i]
			_, err := s.coll.Update(ctx, access.System("schedule"), audit.Write{Action: access.ReportErase, Title: Spell(r.Ref)}, r.ID, 0, func(r *report) error {
				r.forget(due)
				return nil
			})
			if err != nil {
				return n, err
			}
			n++
		}
	}
}
