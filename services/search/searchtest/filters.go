package searchtest

import (
	"fmt"
	"slices"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/search"
)

// narrow is one filter with the plain test it stands for.
type narrow struct {
	name  string
	group search.Group // whose counts ignore it; empty: none
	set   func(*search.Filters)
	holds func(*search.Listing) bool
}

func hasTag(l *search.Listing, id string) bool {
	return slices.ContainsFunc(l.Tags, func(t search.Label) bool { return t.ID == id })
}

func (s *suite) narrows() (plain, slots []narrow) {
	seen := map[string]bool{}
	add := func(name string, n narrow) {
		if !seen[name] {
			seen[name], n.name = true, name
			plain = append(plain, n)
		}
	}
	for i := range s.f.Listings {
		l := &s.f.Listings[i]
		cat, street, plaza, level := l.Category.ID, l.Street.ID, l.Plaza.ID, l.Level
		add("category "+cat, narrow{
			group: search.CategoryGroup, set: func(f *search.Filters) { f.Categories = append(f.Categories, cat) },
			holds: func(l *search.Listing) bool { return l.Category.ID == cat },
		})
		add("street "+street, narrow{
			group: search.StreetGroup, set: func(f *search.Filters) { f.Streets = append(f.Streets, street) },
			holds: func(l *search.Listing) bool { return l.Street.ID == street },
		})
		if plaza != "" {
			add("plaza "+plaza, narrow{
				group: search.PlazaGroup, set: func(f *search.Filters) { f.Plazas = append(f.Plazas, plaza) },
				holds: func(l *search.Listing) bool { return l.Plaza.ID == plaza },
			})
		}
		if level != 0 {
			add(fmt.Sprint("level ", level), narrow{
				group: search.LevelGroup, set: func(f *search.Filters) { f.Levels = append(f.Levels, level) },
				holds: func(l *search.Listing) bool { return l.Level == level },
			})
		}
		if price := l.Price; price != 0 {
			add(fmt.Sprint("price ", price), narrow{
				group: search.PriceGroup, set: func(f *search.Filters) { f.Prices = append(f.Prices, price) },
				holds: func(l *search.Listing) bool { return l.Price == price },
			})
		}
		for _, tag := range l.Tags {
			add("tag "+tag.ID, narrow{
				set:   func(f *search.Filters) { f.Tags = append(f.Tags, tag.ID) },
				holds: func(l *search.Listing) bool { return hasTag(l, tag.ID) },
			})
		}
	}
	add("heritage", narrow{
		group: search.HeritageGroup, set: func(f *search.Filters) { f.Heritage = true },
		holds: func(l *search.Listing) bool { return l.Heritage },
	})
	centre := geo.Point{Lat: 31.0045, Lng: 121.229}
	for _, m := range []int{100, 300, 1000, 2500, 5000} {
		add(fmt.Sprint("within ", m), narrow{
			group: "near", set: func(f *search.Filters) { f.Near = &search.Circle{Point: centre, Metres: m} },
			holds: func(l *search.Listing) bool {
				return l.At != nil && geo.Distance(*l.At, centre) <= float64(m)
			},
		})
	}
	for slot := range search.SlotCount {
		slots = append(slots, narrow{
			name: fmt.Sprint("slot ", slot), group: search.OpenGroup,
			set:   func(f *search.Filters) { f.OpenSlots = append(f.OpenSlots, slot) },
			holds: func(l *search.Listing) bool { return l.Open.Has(slot) },
		})
	}
	return plain, slots
}

func (s *suite) brute(ns ...narrow) []string {
	out := []string{}
	for i := range s.f.Listings {
		if !slices.ContainsFunc(ns, func(n narrow) bool { return !n.holds(&s.f.Listings[i]) }) {
			out = append(out, s.f.Listings[i].ID)
		}
	}
	slices.Sort(out)
	return out
}

func (s *suite) filters(t *testing.T) {
	check := func(ns ...narrow) {
		var f search.Filters
		name := ""
		for _, n := range ns {
			n.set(&f)
			name += " " + n.name
		}
		r := ask(t, s.e, search.Query{Filters: f, PerPage: search.MaxPerPage})
		got := ids(r)
		slices.Sort(got)
		if want := s.brute(ns...); !slices.Equal(got, want) || r.Total != len(want) {
			t.Errorf("%s: got %s (total %d), want %s", name, s.names(got), r.Total, s.names(want))
		}
	}
	plain, slots := s.narrows()
	for i, a := range plain {
		check(a)
		for j, b := range plain[i+1:] {
			if (i+j)%s.stride == 0 && (a.group == "" || a.group != b.group) {
				check(a, b)
			}
			if j%16 == 0 {
				check(a, slots[(i*31+j*7)%len(slots)])
			}
		}
	}
	for _, a := range slots {
		check(a)
	}
	check(slots[20], slots[44]) // every slot must hold
	var any search.Filters
	any.Categories = []string{plain[0].name[len("category "):], "shudian"}
	want := s.brute(narrow{holds: func(l *search.Listing) bool { return slices.Contains(any.Categories, l.Category.ID) }})
	got := ids(ask(t, s.e, search.Query{Filters: any, PerPage: search.MaxPerPage}))
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("either of two categories: got %s, want %s", s.names(got), s.names(want))
	}
}

func (s *suite) refused(t *testing.T) {
	for _, v := range []string{"YAODIAN", "药店", "a b", `x" OR id = "1`, "", "a_b", "ＹＡＯ"} {
		for name, f := range map[string]search.Filters{
			"category": {Categories: []string{v}}, "street": {Streets: []string{v}}, "plaza": {Plazas: []string{v}}, "tag": {Tags: []string{v}},
		} {
			if _, err := s.e.Search(t.Context(), search.Query{Filters: f}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s %q: got %v, want it refused", name, v, err)
			}
		}
	}
	for name, q := range map[string]search.Query{
		"slot": {Filters: search.Filters{OpenSlots: []int{336}}}, "per page": {PerPage: search.MaxPerPage + 1}, "page": {Page: -1},
		"sort": {Sort: "id"}, "distance from nowhere": {Sort: search.Distance}, "facet": {Facets: []search.Group{"id"}},
		"price": {Filters: search.Filters{Prices: []int{5}}}, "no price": {Filters: search.Filters{Prices: []int{0}}},
		"radius": {Filters: search.Filters{Near: &search.Circle{Metres: 0}}},
	} {
		if _, err := s.e.Search(t.Context(), q); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
	}
	for name, f := range map[string]search.Filters{
		"category": {Categories: []string{"no-such"}}, "street": {Streets: []string{"no-such"}},
		"plaza": {Plazas: []string{"no-such"}}, "tag": {Tags: []string{"no-such"}}, "level": {Levels: []int{99}},
	} {
		if r := ask(t, s.e, search.Query{Filters: f}); r.Total != 0 || r.Hits == nil {
			t.Errorf("unknown %s: %d hits, want none and no error", name, r.Total)
		}
	}
}

func (s *suite) facets(t *testing.T) {
	groups := []search.Group{
		search.CategoryGroup, search.StreetGroup, search.PlazaGroup, search.TagGroup, search.LevelGroup, search.PriceGroup, search.HeritageGroup, search.OpenGroup,
	}
	counted := []int{20, 44, 300}
	plain, slots := s.narrows()
	plain = append(plain, slots[44])
	for _, query := range []string{"", "松江", "药"} {
		matched := map[string]bool{}
		for _, id := range ids(ask(t, s.e, search.Query{Text: query, PerPage: search.MaxPerPage})) {
			matched[id] = true
		}
		for i := -1; i < len(plain); i += s.stride {
			var chosen []narrow
			if i >= 0 {
				chosen = []narrow{plain[i], plain[(i*5+1)%len(plain)]}
			}
			if len(chosen) == 2 && chosen[0].group == chosen[1].group {
				chosen = chosen[:1]
			}
			q := search.Query{Text: query, Facets: groups, CountSlots: counted, PerPage: 3}
			for _, n := range chosen {
				n.set(&q.Filters)
			}
			r := ask(t, s.e, q)
			if r.Stage != search.Strict || r.Total == 0 && query != "" {
				continue // another stage matches other listings
			}
			for _, g := range groups {
				want := s.bruteCounts(g, counted, matched, chosen)
				if !slices.Equal(r.Facets[g], want) {
					t.Errorf("%q, filters %v: %s counts %v, want %v", query, chosen, g, r.Facets[g], want)
				}
			}
		}
	}
}

func (s *suite) bruteCounts(g search.Group, slots []int, matched map[string]bool, chosen []narrow) []search.Count {
	n := map[string]int{}
	for i := range s.f.Listings {
		l := &s.f.Listings[i]
		if !matched[l.ID] || slices.ContainsFunc(chosen, func(c narrow) bool { return c.group != g && !c.holds(l) }) {
			continue
		}
		switch g {
		case search.CategoryGroup:
			n[l.Category.ID]++
		case search.StreetGroup:
			n[l.Street.ID]++
		case search.PlazaGroup:
			n[l.Plaza.ID]++
		case search.TagGroup:
			for _, tag := range l.Tags {
				n[tag.ID]++
			}
		case search.LevelGroup:
			if l.Level != 0 {
				n[fmt.Sprint(l.Level)]++
			}
		case search.PriceGroup:
			if l.Price != 0 {
				n[fmt.Sprint(l.Price)]++
			}
		case search.HeritageGroup:
			if l.Heritage {
				n["true"]++
			}
		case search.OpenGroup:
			for _, slot := range slots {
				if l.Open.Has(slot) {
					n[fmt.Sprint(slot)]++
				}
			}
		}
	}
	delete(n, "")
	out := []search.Count{}
	for id, c := range n {
		out = append(out, search.Count{ID: id, N: c})
	}
	search.SortCounts(out)
	return out
}
