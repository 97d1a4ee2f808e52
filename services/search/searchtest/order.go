package searchtest

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"shangquan/services/geo"
	"shangquan/services/search"
)

func (s *suite) pages(t *testing.T) {
	for _, query := range []string{"", "松江", "店", "y", "咖啡"} {
		for _, sort := range []search.Sort{search.Best, search.Popularity, search.Newest, search.ByName, search.ByDoor} {
			whole := ask(t, s.e, search.Query{Text: query, Sort: sort, PerPage: search.MaxPerPage})
			var pieces []string
			for page := 1; ; page++ {
				r := ask(t, s.e, search.Query{Text: query, Sort: sort, Page: page, PerPage: 7})
				if r.Total != whole.Total {
					t.Errorf("%q by %q, page %d: total %d, want %d", query, sort, page, r.Total, whole.Total)
				}
				if len(r.Hits) == 0 {
					break
				}
				pieces = append(pieces, ids(r)...)
			}
			if !slices.Equal(pieces, ids(whole)) {
				t.Errorf("%q by %q: pages give %v, one page %v", query, sort, pieces, ids(whole))
			}
			if r := ask(t, s.e, search.Query{Text: query, Sort: sort, Page: 4000}); len(r.Hits) != 0 || r.Total != whole.Total || r.Hits == nil {
				t.Errorf("%q by %q: page 4000 has %d hits, total %d", query, sort, len(r.Hits), r.Total)
			}
		}
	}
	if r := ask(t, s.e, search.Query{}); r.Total != len(s.f.Listings) {
		t.Errorf("browsing: total %d, want %d", r.Total, len(s.f.Listings))
	}
}

func (s *suite) sorts(t *testing.T) {
	e := s.open(t)
	ls := slices.Clone(s.f.Listings)
	for i := range ls { // some without a place, many ties
		if i%10 == 3 {
			ls[i].At, ls[i].NameKey, ls[i].DoorKey = nil, "", ""
		}
		if i%3 == 0 {
			ls[i].Popularity, ls[i].UpdatedAt = ls[0].Popularity, ls[0].UpdatedAt
		}
	}
	if err := e.Rebuild(t.Context(), All(ls)); err != nil {
		t.Fatal(err)
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	byID := map[string]*search.Listing{}
	for i := range ls {
		byID[ls[i].ID] = &ls[i]
	}
	centre := geo.Point{Lat: 31.0045, Lng: 121.229}
	metres := func(l *search.Listing) float64 {
		if l.At == nil {
			return math.Inf(1)
		}
		return geo.Distance(*l.At, centre)
	}
	keyed := func(key func(*search.Listing) string) func(a, b *search.Listing) int {
		return func(a, b *search.Listing) int {
			if (key(a) == "") != (key(b) == "") {
				return cmp.Compare(key(b), key(a))
			}
			return cmp.Compare(key(a), key(b))
		}
	}
	for sort, order := range map[search.Sort]func(a, b *search.Listing) int{
		search.Distance: func(a, b *search.Listing) int {
			if math.Abs(metres(a)-metres(b)) <= 1 {
				return 0
			}
			return cmp.Compare(metres(a), metres(b))
		},
		search.Popularity: func(a, b *search.Listing) int { return b.Popularity - a.Popularity },
		search.Newest:     func(a, b *search.Listing) int { return b.UpdatedAt.Compare(a.UpdatedAt) },
		search.ByName:     keyed(func(l *search.Listing) string { return l.NameKey }),
		search.ByDoor:     keyed(func(l *search.Listing) string { return l.DoorKey }),
	} {
		for _, query := range []string{"", "松江", "店"} {
			q := search.Query{Text: query, Sort: sort, Near: &centre, PerPage: search.MaxPerPage}
			got := ids(ask(t, e, q))
			for i := 1; i < len(got); i++ {
				if order(byID[got[i-1]], byID[got[i]]) > 0 {
					t.Errorf("%q by %s: %s before %s", query, sort, s.names(got[i-1:i]), s.names(got[i:i+1]))
				}
			}
			for range 3 {
				if again := ids(ask(t, e, q)); !slices.Equal(again, got) {
					t.Errorf("%q by %s: another order the second time", query, sort)
				}
			}
		}
	}
	// Browsing in the default order, everything else being equal, goes by popularity, then time, then id.
	got := ids(ask(t, e, search.Query{PerPage: search.MaxPerPage}))
	for i := 1; i < len(got); i++ {
		a, b := byID[got[i-1]], byID[got[i]]
		if cmp.Or(b.Popularity-a.Popularity, b.UpdatedAt.Compare(a.UpdatedAt), cmp.Compare(a.ID, b.ID)) > 0 {
			t.Errorf("browsing: %s before %s", a.ID, b.ID)
		}
	}
}
