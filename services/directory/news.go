package directory

import (
	"context"
	"slices"

	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// MaxNews is how much news of a street or plaza is told; who follows it has read the older ones.
const MaxNews = 100

// Told is news of one shop. The shop is shared: nobody changes it.
type Told struct {
	Shop *listing.Listing
	News listing.News
	// Away says that the shop left the place for another one.
	Away bool
}

// StreetNews returns the news of a street, the newest first: fault.NotFound. It costs no query.
func (s *Service) StreetNews(ctx context.Context, slug string) (*place.Street, []Told, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return nil, nil, err
	}
	i, ok := st.snap.reg.streetFor[slug]
	if !ok {
		return nil, nil, fault.Missing()
	}
	x := &st.snap.reg.streets[i]
	return x, st.snap.news(func(l *listing.Listing) bool { return l.Address.StreetID == x.ID }, func(y *listing.News) bool { return y.FromStreetID == x.ID }), nil
}

// PlazaNews is StreetNews of a plaza.
func (s *Service) PlazaNews(ctx context.Context, slug string) (*place.Plaza, []Told, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return nil, nil, err
	}
	i, ok := st.snap.reg.plazaFor[slug]
	if !ok {
		return nil, nil, fault.Missing()
	}
	x := &st.snap.reg.plazas[i]
	return x, st.snap.news(func(l *listing.Listing) bool { return l.Address.PlazaID == x.ID }, func(y *listing.News) bool { return y.FromPlazaID == x.ID }), nil
}

// news returns the news of public shops that are here, and of those that left from here.
func (s *snapshot) news(here func(*listing.Listing) bool, from func(*listing.News) bool) []Told {
	out := []Told{}
	for n := range s.shops {
		l := s.shops[n].Listing
		if len(l.News) == 0 || !l.Public() {
			continue
		}
		is := here(l)
		for _, x := range l.News {
			if is || x.Kind == listing.NewsAddress && from(&x) {
				out = append(out, Told{Shop: l, News: x, Away: !is})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Told) int { return b.News.At.Compare(a.News.At) })
	return out[:min(len(out), MaxNews)]
}
