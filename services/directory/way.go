package directory

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"shangquan/services/geo"
	"shangquan/services/place"
)

// wayKinds are the points that the page of a street or plaza tells of, in its order; the others are in the list of all.
var wayKinds = []place.PointKind{place.Entrance, place.Metro, place.BusStop, place.Taxi, place.Parking, place.Toilet, place.StepFree}

// How near something is, in metres: a point to the drawn line of a street it is on, to a plaza it is at, to a door it is before, and to another
// street at whose corner it is.
const (
	OnStreet = 60
	AtPlaza  = 150
	atDoor   = 40
	atCorner = 40
)

// WayPoint is a point on the way, and where it is in words that people know.
type WayPoint struct {
	Point  *place.Point
	Lines  []string      // of all stops of the name: one has two sides
	Slug   string        // of the shop that is the same place; empty for none
	Where  string        // its address, as it was entered; empty for a stop with two sides, which have one each
	Door   place.House   // of the nearest shop in the street, zero where none is near
	Cross  *place.Street // the street at whose corner it is; nil for none
	Metres float64       // from a plaza; −1 on a street
}

// WayGroup is the points of one kind.
type WayGroup struct {
	Kind   place.PointKind
	Points []WayPoint
}

// alongStreet are the points on street i: those that were entered as being there, else those near its drawn line. They are in the order of the doors
// they are before.
func (st *state) alongStreet(i int32, all []*place.Point) []WayGroup {
	street := &st.snap.reg.streets[i]
	return st.way(all, func(p *place.Point) (WayPoint, bool) {
		w := WayPoint{Metres: -1}
		on := p.StreetID == street.ID
		if p.StreetID == "" && p.Location != nil {
			on = geo.FromLines(p.Location.Point, street.Lines) <= OnStreet
		}
		if on && p.Location != nil {
			w.Cross = st.snap.reg.corner(p.Location.Point, i)
			w.Door = st.snap.doorAt(p.Location.Point, i)
		}
		return w, on
	})
}

// aroundPlaza are the points near a plaza, the nearest first.
func (st *state) aroundPlaza(z *place.Plaza, all []*place.Point) []WayGroup {
	return st.way(all, func(p *place.Point) (WayPoint, bool) {
		if z.Location == nil || p.Location == nil {
			return WayPoint{}, false
		}
		w := WayPoint{Metres: geo.Distance(z.Location.Point, p.Location.Point)}
		return w, w.Metres <= AtPlaza
	})
}

// way groups the points that pick says yes to. The two sides of a stop are one point.
func (st *state) way(all []*place.Point, pick func(*place.Point) (WayPoint, bool)) []WayGroup {
	out := []WayGroup{}
	for _, kind := range wayKinds {
		g := WayGroup{Kind: kind}
		for _, p := range all {
			if p.Kind != kind {
				continue
			}
			w, ok := pick(p)
			if !ok {
				continue
			}
			if n := slices.IndexFunc(g.Points, func(x WayPoint) bool { return kind.Stops() && x.Point.Name.Hans == p.Name.Hans }); n >= 0 {
				g.Points[n].join(p, w)
				continue
			}
			w.Point, w.Where, w.Lines = p, p.Address, slices.Clone(p.Lines)
			if n, ok := st.snap.public(st.snap.ids, p.ListingID); ok {
				w.Slug = st.snap.shops[n].Slug
			}
			g.Points = append(g.Points, w)
		}
		slices.SortStableFunc(g.Points, func(a, b WayPoint) int {
			return cmp.Or(cmp.Compare(a.Metres, b.Metres), coreFirst(a.Door.Side() != "", b.Door.Side() != ""), place.CompareHouses(a.Door, b.Door))
		})
		if len(g.Points) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// join takes in the other side of a stop.
func (w *WayPoint) join(p *place.Point, other WayPoint) {
	for _, line := range p.Lines {
		if !slices.Contains(w.Lines, line) {
			w.Lines = append(w.Lines, line)
		}
	}
	w.Where, w.Metres = "", min(w.Metres, other.Metres)
	if w.Cross == nil {
		w.Cross = other.Cross
	}
	if w.Door.Side() == "" {
		w.Door = other.Door
	}
	if w.Point.Access != p.Access { // one side has steps: nobody is told that there are none
		one := *w.Point
		one.Access = ""
		w.Point = &one
	}
}

// corner returns the street nearest to a point besides street i, nil where none is near.
func (r *register) corner(at geo.Point, i int32) *place.Street {
	var best *place.Street
	least := float64(atCorner)
	for n := range r.streets {
		if int32(n) == i { // a register has fewer
			continue
		}
		if d := geo.FromLines(at, r.streets[n].Lines); d <= least {
			best, least = &r.streets[n], d
		}
	}
	return best
}

// doorAt returns the house number of the shop in street i that is nearest to a point, zero where none is near.
func (s *snapshot) doorAt(at geo.Point, i int32) place.House {
	var best place.House
	least := math.Inf(1)
	list, key := s.lists.door.list, streetKey(i)
	from, _ := slices.BinarySearchFunc(list, key, func(n int32, key string) int { return strings.Compare(s.shops[n].door, key) })
	for _, n := range list[from:] {
		sh := &s.shops[n]
		if !strings.HasPrefix(sh.door, key) {
			break // the doors of the next street
		}
		if sh.street != i || !sh.located || sh.Location == nil {
			continue
		}
		h, _, _ := place.ParseHouse(sh.Address.House)
		if d := geo.Distance(at, sh.at); d <= atDoor && d < least && h.Side() != "" {
			best, least = h, d
		}
	}
	return best
}
