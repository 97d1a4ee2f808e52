package care

import (
	"cmp"
	"context"
	"strings"

	"shangquan/services/fault"
	"shangquan/services/place"
)

// find completes a spot: a shop stands in its unit, a unit on its street or in its plaza, and a plaza at its street. fault.Invalid where there
// is no such place.
func (s *Service) find(ctx context.Context, at Spot) (Spot, error) {
	switch {
	case at.ListingID != "":
		return s.ofShop(ctx, at.ListingID)
	case at.UnitID != "":
		return s.ofUnit(ctx, at.UnitID)
	}
	st, err := s.Places.Street(ctx, at.StreetID)
	if fault.Is(err, fault.NotFound) {
		return Spot{}, fault.Wrong("place", "care.wrong.place", nil)
	}
	if err != nil {
		return Spot{}, err
	}
	out := Spot{StreetID: st.ID, Place: st.Name.Hans}
	if at.StretchID != "" {
		x, ok := st.Stretch(at.StretchID)
		if !ok {
			return Spot{}, fault.Wrong("place", "care.wrong.place", nil)
		}
		out.StretchID, out.Place = x.ID, st.Name.Hans+" "+x.Name.Hans
	}
	return out, nil
}

func (s *Service) ofShop(ctx context.Context, id string) (Spot, error) {
	l, err := s.Shop(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return Spot{}, fault.Wrong("shop", "care.wrong.shop", nil)
	}
	if err != nil {
		return Spot{}, err
	}
	a := l.Address
	out := Spot{ListingID: l.ID, UnitID: a.UnitID, PlazaID: a.PlazaID, StreetID: a.StreetID, Place: strings.TrimSpace(l.Name.Hans + " " + a.Line)}
	return s.street(ctx, out, a.House)
}

func (s *Service) ofUnit(ctx context.Context, id string) (Spot, error) {
	u, err := s.Places.Unit(ctx, id)
	if fault.Is(err, fault.NotFound) || err == nil && u.Retired != "" {
		return Spot{}, fault.Wrong("unit", "care.wrong.unit", nil)
	}
	if err != nil {
		return Spot{}, err
	}
	if u.OccupiedBy != "" {
		out, err := s.ofShop(ctx, u.OccupiedBy)
		out.UnitID = u.ID
		return out, err
	}
	out := Spot{UnitID: u.ID, PlazaID: u.PlazaID, StreetID: u.StreetID}
	if u.PlazaID != "" {
		z, err := s.Places.Plaza(ctx, u.PlazaID)
		if err != nil {
			return Spot{}, err
		}
		out.Place = z.Name.Hans + " " + u.Number
		return s.street(ctx, out, "")
	}
	st, err := s.Places.Street(ctx, u.StreetID)
	if err != nil {
		return Spot{}, err
	}
	h, _, _ := place.ParseHouse(u.Number)
	out.Place = st.Name.Hans + " " + cmp.Or(h.Door(), u.Number)
	return s.street(ctx, out, u.Number)
}

// street adds the stretch that a house lies on, and the street of a plaza where the address names none.
func (s *Service) street(ctx context.Context, at Spot, house string) (Spot, error) {
	if at.StreetID == "" && at.PlazaID != "" {
		z, err := s.Places.Plaza(ctx, at.PlazaID)
		if err != nil {
			return Spot{}, err
		}
		at.StreetID = z.StreetID
	}
	if at.StreetID == "" || house == "" {
		return at, nil
	}
	st, err := s.Places.Street(ctx, at.StreetID)
	if err != nil {
		return Spot{}, err
	}
	h, _, _ := place.ParseHouse(house)
	if x, ok := st.StretchOf(h); ok {
		at.StretchID = x.ID
	}
	return at, nil
}
