package directory

import (
	"cmp"
	"slices"
	"strings"
	"testing"

	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// TestPagesMakeOneList turns the pages of a larger district in every order: each shop comes once, in the order promised.
func TestPagesMakeOneList(t *testing.T) {
	s, g := generate(t, 700)
	near := &geo.Point{Lat: 31.009, Lng: 121.23}
	rankOf := func(r *Row) int {
		switch {
		case r.Status.IsOpen():
			return 0
		case r.Status.State == hours.Unknown:
			return 1
		}
		return 2
	}
	door := func(r *Row) string { st := s.known.Last().snap; return st.shops[st.ids[r.Listing.ID]].door }
	for _, tt := range []struct {
		name  string
		q     Query
		order func(a, b *Row) int // of neighbours; never more than 0
	}{
		{"open first", Query{}, func(a, b *Row) int {
			return cmp.Or(cmp.Compare(rankOf(a), rankOf(b)), cmp.Compare(b.Listing.Popularity, a.Listing.Popularity))
		}},
		{"nearest", Query{Sort: Nearest, Near: near}, func(a, b *Row) int {
			switch {
			case b.Metres < 0:
				return -1
			case a.Metres < 0:
				return 1
			}
			return cmp.Compare(a.Metres, b.Metres+0.01)
		}},
		{"by door", Query{Sort: Door}, func(a, b *Row) int { return strings.Compare(door(a), door(b)) }},
		{"by name", Query{Sort: ByName}, func(a, b *Row) int { return strings.Compare(a.Listing.Name.SortKey, b.Listing.Name.SortKey) }},
		{"popular", Query{Sort: Popular}, func(a, b *Row) int { return cmp.Compare(b.Listing.Popularity, a.Listing.Popularity) }},
		{"newest", Query{Sort: Newest}, func(a, b *Row) int { return b.Listing.UpdatedAt.Compare(a.Listing.UpdatedAt) }},
		{"words by name", Query{Text: "药", Sort: ByName}, func(a, b *Row) int { return strings.Compare(a.Listing.Name.SortKey, b.Listing.Name.SortKey) }},
		{"words, nearest", Query{Text: "店", Sort: Nearest, Near: near}, func(a, b *Row) int {
			if b.Metres < 0 {
				return -1
			}
			return cmp.Compare(a.Metres, b.Metres+0.01)
		}},
		{"words and a filter", Query{Text: "药", Open: Now}, func(_, _ *Row) int { return 0 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var all []Row
			total := 0
			for page := 1; ; page++ {
				p, err := s.Search(t.Context(), tt.q.AtPage(page), lang.Hans, g.at)
				if err != nil {
					t.Fatal(err)
				}
				all, total = append(all, p.Rows...), p.Total
				if p.Pager.Next() == 0 {
					break
				}
			}
			if len(all) != total || total == 0 || len(slices.Compact(sorted(ids(all)))) != total {
				t.Fatalf("%d rows, %d different, of %d", len(all), len(slices.Compact(sorted(ids(all)))), total)
			}
			for i := 1; i < len(all); i++ {
				if tt.order(&all[i-1], &all[i]) > 0 {
					t.Fatalf("row %d (%s) comes before row %d (%s)", i-1, all[i-1].Name, i, all[i].Name)
				}
			}
		})
	}
}

func TestHouseKeysCompareAsHouses(t *testing.T) {
	inOrder := strings.Fields("2 12 99 100 218 218-220 218甲 218乙 218弄 218弄3号 219")
	for i := 1; i < len(inOrder); i++ {
		if a, b := houseKey(inOrder[i-1]), houseKey(inOrder[i]); a >= b {
			t.Errorf("%s (%s) is not before %s (%s)", inOrder[i-1], a, inOrder[i], b)
		}
	}
	if houseKey("") <= houseKey("99999") || houseKey("底楼") != houseKey("") {
		t.Error("what is no number comes last")
	}
	units := strings.Fields("1F-2 1F-06 1F-10 1F-100 a-3 B1-12")
	for i := 1; i < len(units); i++ {
		if a, b := unitKey(units[i-1]), unitKey(units[i]); a >= b {
			t.Errorf("%s (%s) is not before %s (%s)", units[i-1], a, units[i], b)
		}
	}
	if unitKey("") <= unitKey("z99") {
		t.Error("no unit comes last")
	}
}
