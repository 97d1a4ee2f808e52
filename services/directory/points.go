package directory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lastknown"
	"shangquan/services/place"
)

// PointGroup is the points of one kind.
type PointGroup struct {
	Kind   place.PointKind
	Points []PointRow
}

// PointRow is a point in a list.
type PointRow struct {
	Point *place.Point
	// Slug is the page of the shop that is the same place, empty for none.
	Slug   string
	Metres float64 // from where the visitor is; −1 when either is not known
	Number int     // of its pin on the plan, 0 for none; who draws one counts
}

// Points returns the points of the given kinds, all without any, by kind in the order of place.PointKinds: the nearest first when
// the visitor says where he is, else those of the district first and then by name.
func (s *Service) Points(ctx context.Context, near *geo.Point, now time.Time, kinds ...place.PointKind) ([]PointGroup, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, err
	}
	opened, err := s.opened(ctx, st)
	if err != nil {
		return nil, err
	}
	groups := map[place.PointKind][]PointRow{}
	for _, p := range opened {
		if len(kinds) > 0 && !slices.Contains(kinds, p.Kind) {
			continue
		}
		r := PointRow{Point: p, Metres: -1}
		if near != nil && p.Location != nil {
			r.Metres = geo.Distance(*near, p.Location.Point)
		}
		if n, ok := st.snap.public(st.snap.ids, p.ListingID); ok {
			r.Slug = st.snap.shops[n].Slug
		}
		groups[p.Kind] = append(groups[p.Kind], r)
	}
	out := []PointGroup{}
	for _, kind := range place.PointKinds {
		list := groups[kind]
		if len(list) == 0 {
			continue
		}
		slices.SortStableFunc(list, func(a, b PointRow) int {
			if near != nil {
				return cmp.Or(coreFirst(a.Metres >= 0, b.Metres >= 0), cmp.Compare(a.Metres, b.Metres))
			}
			return coreFirst(a.Point.Core, b.Point.Core)
		})
		out = append(out, PointGroup{kind, list})
	}
	return out, nil
}

// opened are the points of the register with those that shops and stations open.
func (s *Service) opened(ctx context.Context, st *state) ([]*place.Point, error) {
	out := []*place.Point{}
	for i := range st.snap.reg.points {
		out = append(out, &st.snap.reg.points[i])
	}
	if s.src.Opened == nil {
		return out, nil
	}
	if s.known.Away() {
		return out, errAway
	}
	list, err := s.src.Opened(ctx)
	for i := range list {
		out = append(out, &list[i])
	}
	return out, err
}

// lastKinds are the points of the last steps to a shop.
var lastKinds = []place.PointKind{place.Entrance, place.StepFree, place.Parking}

// WayTo returns the entrances, ways without steps and car parks of the plaza a shop is in, or of its street within AtPlaza metres of its door;
// nothing for a shop that is gone or whose place is not known. Metres is −1: nobody asks how far they are from the middle of a plaza.
//
// whole is false when the store is away and what shops and stations open is not told.
func (s *Service) WayTo(ctx context.Context, shop *ShopPage, now time.Time) (way []WayGroup, whole bool, err error) {
	door := shop.Listing.Location
	if shop.Gone() || shop.Plaza == nil && (shop.Street == nil || door == nil) {
		return nil, true, nil
	}
	st, err := s.state(ctx, now)
	if err != nil {
		return nil, false, err
	}
	points, whole := s.pointsNow(ctx, st)
	points = slices.DeleteFunc(points, func(p *place.Point) bool {
		return !slices.Contains(lastKinds, p.Kind) || shop.Plaza == nil && (p.Location == nil || geo.Distance(door.Point, p.Location.Point) > AtPlaza)
	})
	if shop.Plaza != nil {
		out := st.aroundPlaza(shop.Plaza, points)
		for _, g := range out {
			for i := range g.Points {
				g.Points[i].Metres = -1
			}
		}
		return out, whole, nil
	}
	i, ok := st.snap.reg.street[shop.Street.ID]
	if !ok {
		return nil, true, nil
	}
	return st.alongStreet(i, points), whole, nil
}

// pointsNow is opened for a page that has more to tell: while the store is away, it goes without what shops and stations open, and is not
// whole.
func (s *Service) pointsNow(ctx context.Context, st *state) (points []*place.Point, whole bool) {
	ctx, cancel := context.WithTimeout(ctx, lastknown.Patience)
	defer cancel()
	points, err := s.opened(ctx, st)
	if err != nil {
		s.log.WarnContext(ctx, "a page goes without the points that shops and stations open", "error", err)
	}
	return points, err == nil
}

// FeatureCollection is the points as GeoJSON (RFC 7946). Coordinates are WGS-84, longitude first; Datum says so aloud, because in
// China nobody can tell from the numbers.
type FeatureCollection struct {
	Type     string    `json:"type"`
	Datum    geo.Datum `json:"datum"`
	Features []Feature `json:"features"`
}

// Feature is one point of a FeatureCollection.
type Feature struct {
	Type       string       `json:"type"`
	ID         string       `json:"id"`
	Geometry   Geometry     `json:"geometry"`
	Properties PointSummary `json:"properties"`
}

// Geometry is a GeoJSON point.
type Geometry struct {
	Type        string     `json:"type"`
	Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
}

// PointSummary is what is said of a point.
type PointSummary struct {
	Kind      place.PointKind `json:"kind"`
	Name      string          `json:"name"`
	NameHant  string          `json:"name_hant,omitempty"`
	NameEn    string          `json:"name_en,omitempty"`
	Address   string          `json:"address"`
	Lines     []string        `json:"lines"`
	Note      string          `json:"note"`
	Shop      string          `json:"shop,omitempty"` // slug
	Source    string          `json:"source"`
	CheckedOn string          `json:"checked_on"`
	AccuracyM int             `json:"accuracy_m,omitempty"`
	// Hours are when it can be used, as OpenStreetMap writes opening_hours; empty where nobody says.
	Hours string `json:"opening_hours,omitempty"`
	Lit   bool   `json:"lit,omitempty"`
	// Access is place.NoSteps or place.Steps; empty where nobody looked.
	Access place.Access `json:"access,omitempty"`
	// Parking is how cars stand in a car park; empty where nobody looked.
	Parking place.Lot `json:"parking,omitempty"`
	// Lasts are the last departures of a stop that somebody of the district looked up.
	Lasts *place.Lasts `json:"last_departures,omitempty"`
}

// GeoJSON returns the points of the groups that have a position. Hours are written with the dates of the year of now and the next.
func GeoJSON(groups []PointGroup, cal *calendar.Calendar, now time.Time) FeatureCollection {
	year := now.Year()
	out := FeatureCollection{Type: "FeatureCollection", Datum: geo.WGS84, Features: []Feature{}}
	for _, g := range groups {
		for _, r := range g.Points {
			p := r.Point
			if p.Location == nil {
				continue
			}
			f := Feature{
				Type: "Feature", ID: p.ID,
				Geometry: Geometry{"Point", [2]float64{p.Location.Lng, p.Location.Lat}},
				Properties: PointSummary{
					Kind: p.Kind, Name: p.Name.Hans, NameHant: p.Name.Hant, NameEn: p.Name.En, Address: p.Address,
					Lines: append([]string{}, p.Lines...), Note: p.Note, Shop: r.Slug, Source: p.Source, CheckedOn: p.CheckedOn,
					AccuracyM: p.Location.AccuracyM, Lit: p.Lit, Access: p.Access, Parking: p.Lot,
				},
			}
			if h := p.Usable(); h != nil {
				f.Properties.Hours = hours.FormatOSM(*h, cal, year, year+1)
			}
			if len(p.Lasts.List) > 0 {
				f.Properties.Lasts = &p.Lasts
			}
			out.Features = append(out.Features, f)
		}
	}
	return out
}
