package care

import (
	"context"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// KeepPhotos is for how many days the pictures of what was put right stay, from when somebody saw that it was: by then they have shown what
// they were for. What was entered wrongly keeps none at all.
const KeepPhotos = 365

// Sweep takes the pictures away from what was verified KeepPhotos ago and returns how many there were; the words stay. The pictures
// themselves go with those that nothing names any more.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n, before := 0, s.Now().AddDate(0, 0, -KeepPhotos)
	for x, err := range s.items.Each(ctx, store.Where("state", store.Eq, string(Verified))) {
		if err != nil {
			return n, err
		}
		if len(x.Photos) == 0 || !x.verifiedBy(before) {
			continue
		}
		_, err = s.items.Update(ctx, access.System("retention"), audit.Write{Action: access.CareEdit, Title: x.Spot.Place, Why: "retention"}, x.ID, x.Rev, func(now *Item) error {
			now.Photos = []Photo{}
			return nil
		})
		if fault.Is(err, fault.Conflict) {
			continue // somebody was at it; the next round looks again
		}
		if err != nil {
			return n, err
		}
		n += len(x.Photos)
	}
	return n, nil
}

// verifiedBy reports whether it was verified at t or before.
func (x *Item) verifiedBy(t time.Time) bool {
	return x.State == Verified && len(x.Steps) > 0 && !x.Steps[len(x.Steps)-1].At.After(t)
}
