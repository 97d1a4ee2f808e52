package directory

import (
	"context"

	"shangquan/services/listing"
	"shangquan/services/place"
)

// Listed returns the published shops in the order one walks past them, street by street, as a visitor may know them, and what identifies
// this list. It costs no query. They are shared: nobody changes them.
func (s *Service) Listed(ctx context.Context) ([]*listing.Listing, string, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return nil, "", err
	}
	snap := st.snap
	out := make([]*listing.Listing, len(snap.lists.door.list))
	for i, n := range snap.lists.door.list {
		out[i] = snap.shops[n].Listing
	}
	return out, st.key, nil
}

// Places returns the streets and plazas of the register. It costs no query. They are shared: nobody changes them.
func (s *Service) Places(ctx context.Context) ([]place.Street, []place.Plaza, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return nil, nil, err
	}
	return st.snap.reg.streets, st.snap.reg.plazas, nil
}
