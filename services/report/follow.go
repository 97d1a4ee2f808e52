package report

import (
	"context"
	"errors"

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

// Sweep erases what is personal and has been kept for 30 days, and returns from how many reports. A worker runs it every hour.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n := 0
	for {
		page, err := s.coll.Find(ctx, store.Where("erase_at", store.Lte, s.now()).Limit(batch))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		for i := range page.Items {
			r := &page.Items[i]
			_, err := s.coll.Update(ctx, access.System("schedule"), audit.Write{Action: access.ReportErase, Title: Spell(r.Ref)}, r.ID, 0, func(r *report) error {
				r.forget(s.now())
				return nil
			})
			if err != nil {
				return n, err
			}
			n++
		}
	}
}
