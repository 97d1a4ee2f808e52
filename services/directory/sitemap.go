package directory

import (
	"context"
	"time"
)

// SitemapEntry is a page worth finding.
type SitemapEntry struct {
	Kind string // "shop", "street" or "plaza"
	Slug string
	Mod  time.Time
}

// Sitemap returns every public shop, and every street and plaza, with the time of its last change. A street or plaza changes
// with the shops in it. Shops that have moved or closed are in it: old links still have to answer.
func (s *Service) Sitemap(ctx context.Context) ([]SitemapEntry, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return nil, err
	}
	snap := st.snap
	out := make([]SitemapEntry, 0, len(snap.shops))
	streets, plazas := make([]time.Time, len(snap.reg.streets)), make([]time.Time, len(snap.reg.plazas))
	latest := func(list []time.Time, i int32, t time.Time) {
		if i >= 0 && t.After(list[i]) {
			list[i] = t
		}
	}
	for i := range snap.shops {
		sh := &snap.shops[i]
		if !sh.Public() {
			continue
		}
		out = append(out, SitemapEntry{"shop", sh.Slug, sh.UpdatedAt})
		if sh.listed {
			latest(streets, sh.street, sh.UpdatedAt)
			latest(plazas, sh.plaza, sh.UpdatedAt)
		}
	}
	for i := range snap.reg.streets {
		x := &snap.reg.streets[i]
		if !streets[i].IsZero() { // a street without shops is not worth finding
			latest(streets, int32(i), x.UpdatedAt)
			out = append(out, SitemapEntry{"street", x.Slug, streets[i]})
		}
	}
	for i := range snap.reg.plazas {
		x := &snap.reg.plazas[i]
		latest(plazas, int32(i), x.UpdatedAt)
		out = append(out, SitemapEntry{"plaza", x.Slug, plazas[i]})
	}
	return out, nil
}
