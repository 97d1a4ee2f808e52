package directory

import (
	"context"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// PlaceCount is a street or a plaza in a list.
type PlaceCount struct {
	Street *place.Street // one of the two is set
	Plaza  *place.Plaza
	Total  int
	Open   int // open now
}

// Streets returns the streets with shops on them, those of the district first, then alphabetically.
func (s *Service) Streets(ctx context.Context, now time.Time) ([]PlaceCount, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	counts := make([]PlaceCount, len(st.snap.reg.streets))
	for _, n := range st.snap.lists.door.list {
		if i := st.snap.shops[n].street; i >= 0 {
			counts[i].add(st.clock.bits[n])
		}
	}
	out := []PlaceCount{}
	for i := range counts {
		if counts[i].Street = &st.snap.reg.streets[i]; counts[i].Total > 0 {
			out = append(out, counts[i])
		}
	}
	return out, nil
}

// Register returns every street of the register, also those without shops, and never asks the store for it alone.
func (s *Service) Register(ctx context.Context, now time.Time) ([]place.Street, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	return st.snap.reg.streets, nil
}

func (c *PlaceCount) add(now uint8) {
	c.Total++
	if now&isOpen != 0 {
		c.Open++
	}
}

// StreetSide is one side of a street, in the order of its house numbers.
type StreetSide struct {
	Side place.Side // empty: the house number is not known, or says nothing of the side
	Name lang.Text  // "路北", where somebody recorded it
	Rows []Row
}

// StreetPage is a street as one walks along it.
type StreetPage struct {
	Street *place.Street
	Sides  []StreetSide // odd, even, unknown; empty ones are left out
	Plazas []PlaceCount // plazas of the street, with shops or not
	Way    []WayGroup   // stops, entrances, parking, toilets and ramps on it
	Total  int
	Open   int
	Part   bool // the store is away: what shops and stations open for everybody is not told
}

// Street returns the street with this slug: fault.NotFound.
func (s *Service) Street(ctx context.Context, slug string, t lang.Tag, now time.Time) (StreetPage, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return StreetPage{}, err
	}
	i, ok := st.snap.reg.streetFor[slug]
	if !ok {
		return StreetPage{}, fault.Missing()
	}
	p := StreetPage{Street: &st.snap.reg.streets[i], Sides: []StreetSide{}, Plazas: []PlaceCount{}}
	lists := map[place.Side][]int32{}
	for _, n := range st.snap.lists.door.list {
		sh := &st.snap.shops[n]
		if sh.street != i {
			continue
		}
		p.Total++
		if st.clock.bits[n]&isOpen != 0 {
			p.Open++
		}
		h, _, _ := place.ParseHouse(sh.Address.House)
		lists[h.Side()] = append(lists[h.Side()], n)
	}
	for _, side := range []place.Side{place.Odd, place.Even, ""} {
		if list := lists[side]; len(list) > 0 {
			p.Sides = append(p.Sides, StreetSide{side, p.Street.SideNames[side], st.snap.rows(list, st.cal, t, now, nil)})
		}
	}
	for _, c := range st.plazas() {
		if c.Plaza.StreetID == p.Street.ID {
			p.Plazas = append(p.Plazas, c)
		}
	}
	points, whole := s.pointsNow(ctx, st)
	p.Way, p.Part = st.alongStreet(i, points), !whole
	return p, nil
}
