package listing

import (
	"context"
	"slices"

	"shangquan/services/store"
)

// RunBy returns the public ones among ids, as visitors see them but with the merchant that runs each, for what the program makes of
// them by itself.
func (s *Service) RunBy(ctx context.Context, ids []string) ([]Listing, error) {
	out := []Listing{}
	for part := range slices.Chunk(ids, maxIDs) {
		for l, err := range s.coll.Each(ctx, store.Where("id", store.In, part).Limit(maxIDs)) {
			if err != nil {
				return nil, err
			}
			if l.Public() {
				merchant := l.MerchantID
				l = l.ForPublic()
				l.MerchantID = merchant
				out = append(out, l)
			}
		}
	}
	return out, nil
}
