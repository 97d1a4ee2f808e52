package directory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/lastknown"
	"shangquan/services/place"
)

// Area is a business area 商圈 with its plazas.
type Area struct {
	Name   string // as the source names it, empty when it names none
	Plazas []PlaceCount
}

// Plazas returns the plazas by area: areas with plazas of the district first, then those with most plazas. A plaza nobody has
// listed shops of yet is there too.
func (s *Service) Plazas(ctx context.Context, now time.Time) ([]Area, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	out := []Area{}
	at := map[string]int{}
	core := map[string]bool{}
	for _, c := range st.plazas() {
		i, ok := at[c.Plaza.Area]
		if !ok {
			i = len(out)
			at[c.Plaza.Area] = i
			out = append(out, Area{Name: c.Plaza.Area})
		}
		out[i].Plazas = append(out[i].Plazas, c)
		core[c.Plaza.Area] = core[c.Plaza.Area] || c.Plaza.Core
	}
	slices.SortStableFunc(out, func(a, b Area) int {
		return cmp.Or(coreFirst(core[a.Name], core[b.Name]), cmp.Compare(len(b.Plazas), len(a.Plazas)), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

// plazas counts the shops of every plaza, in the order of the register.
func (st *state) plazas() []PlaceCount {
	out := make([]PlaceCount, len(st.snap.reg.plazas))
	for i := range out {
		out[i].Plaza = &st.snap.reg.plazas[i]
	}
	for _, n := range st.snap.lists.door.list {
		if i := st.snap.shops[n].plaza; i >= 0 {
			out[i].add(st.clock.bits[n])
		}
	}
	return out
}

// UnitRow is a unit of a plaza with the shop in it.
type UnitRow struct {
	Unit *place.Unit
	Row  *Row // nil: vacant, or the shop in it is not public
}

// FloorPage is a floor of a plaza.
type FloorPage struct {
	Level int // 0: the floor is not known
	Label string
	Note  lang.Text
	Units []UnitRow // by number
	Rows  []Row     // shops that are in none of the units of the register
}

// PlazaPage is a plaza by floors, from the highest to the lowest as a lift board shows them; what is on no known floor is last.
type PlazaPage struct {
	Plaza  *place.Plaza
	Street *place.Street // nil when not in the register
	Floors []FloorPage
	Way    []WayGroup // stops, entrances, parking, toilets and ramps near it
	Total  int
	Open   int
	Part   bool // the store is away: units are those that were last read, if any, and what shops and stations open is not told
}

// Plaza returns the plaza with this slug: fault.NotFound.
func (s *Service) Plaza(ctx context.Context, slug string, t lang.Tag, now time.Time) (PlazaPage, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return PlazaPage{}, err
	}
	i, ok := st.snap.reg.plazaFor[slug]
	if !ok {
		return PlazaPage{}, fault.Missing()
	}
	p := PlazaPage{Plaza: &st.snap.reg.plazas[i], Floors: []FloorPage{}}
	if n := find(st.snap.reg.street, p.Plaza.StreetID); n >= 0 {
		p.Street = &st.snap.reg.streets[n]
	}
	units, fresh := s.unitsOf(ctx, p.Plaza.ID)
	rows := map[string]*Row{}
	var order []string
	for _, n := range st.snap.lists.door.list {
		sh := &st.snap.shops[n]
		if sh.plaza != i {
			continue
		}
		p.Total++
		if st.clock.bits[n]&isOpen != 0 {
			p.Open++
		}
		r := st.snap.row(n, st.cal, t, now, nil)
		rows[sh.ID] = &r
		order = append(order, sh.ID)
	}
	floors := map[int]*FloorPage{}
	floor := func(level int) *FloorPage {
		if floors[level] == nil {
			floors[level] = &FloorPage{Level: level, Label: p.Plaza.Label(level), Units: []UnitRow{}, Rows: []Row{}}
		}
		return floors[level]
	}
	for _, f := range p.Plaza.Floors {
		floor(f.Level).Note = f.Note
	}
	for u := range units {
		row := UnitRow{Unit: &units[u], Row: rows[units[u].OccupiedBy]}
		delete(rows, units[u].OccupiedBy)
		f := floor(units[u].Level)
		f.Units = append(f.Units, row)
	}
	for _, id := range order {
		if r := rows[id]; r != nil {
			f := floor(r.Listing.Address.Level)
			f.Rows = append(f.Rows, *r)
		}
	}
	for _, f := range floors {
		p.Floors = append(p.Floors, *f)
	}
	slices.SortFunc(p.Floors, func(a, b FloorPage) int {
		return cmp.Or(coreFirst(a.Level != 0, b.Level != 0), cmp.Compare(b.Level, a.Level))
	})
	points, whole := s.pointsNow(ctx, st)
	p.Way, p.Part = st.aroundPlaza(p.Plaza, points), !fresh || !whole
	return p, nil
}

// unitsOf returns the units of a plaza; fresh is false when the store is away and they are those that were last read.
func (s *Service) unitsOf(ctx context.Context, plazaID string) (units []place.Unit, fresh bool) {
	ctx, cancel := context.WithTimeout(ctx, lastknown.Patience)
	defer cancel()
	err := errAway
	if !s.known.Away() {
		units, err = s.src.Places.Units(ctx, plazaID)
	}
	s.unitsMu.Lock()
	defer s.unitsMu.Unlock()
	if err != nil {
		s.log.WarnContext(ctx, "the units of a plaza are those that were last read", "plaza", plazaID, "error", err)
		return s.units[plazaID], false
	}
	s.units[plazaID] = units
	return units, true
}
