package care

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// KeepPhotos is for how many days the pictures of what was put right stay, from when somebody saw that it was, or said so and nobody looked:
// by then they have shown what they were for. What was entered wrongly keeps none at all.
const KeepPhotos = 365

// Sweep takes the pictures away from what was verified, or said to be better, KeepPhotos ago and returns how many there were; the words
// stay. A picture that somebody added since, to look after all, has its own KeepPhotos. The pictures themselves go with those that nothing
// names any more.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	n, before := 0, s.Now().AddDate(0, 0, -KeepPhotos)
	for x, err := range s.items.Each(ctx, store.Where("state", store.In, []string{string(Improved), string(Verified)})) {
		if err != nil {
			return n, err
		}
		kept := x.kept(before)
		if len(kept) == len(x.Photos) {
			continue
		}
		_, err = s.items.Update(ctx, access.System("retention"), audit.Write{Action: access.CareEdit, Title: x.Spot.Place, Why: "retention"}, x.ID, x.Rev, func(now *Item) error {
			now.Photos = kept
			return nil
		})
		if fault.Is(err, fault.Conflict) {
			continue // somebody was at it; the next round looks again
		}
		if err != nil {
			return n, err
		}
		n += len(x.Photos) - len(kept)
	}
	return n, nil
}

// kept are the pictures that stay of what was verified, or was said to be better and left at that, where t is KeepPhotos ago.
func (x *Item) kept(t time.Time) []Photo {
	if len(x.Steps) == 0 || x.Steps[len(x.Steps)-1].At.After(t) {
		return x.Photos
	}
	return slices.DeleteFunc(slices.Clone(x.Photos), func(p Photo) bool { return x.State == Verified || !p.AddedAt.After(t) })
}
