package station

import (
	"context"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Spot is where something is that an organisation opens, and when it can be used.
type Spot struct {
	Address  string        `json:"address"`
	StreetID string        `json:"street_id"` // empty: the street its position is on
	Location *geo.Location `json:"location,omitempty"`
	Opening  place.Times   `json:"opening,omitzero"`
}

// moved reports whether y is another place than x.
func (x *Spot) moved(y *Spot) bool {
	at := func(s *Spot) geo.Location {
		if s.Location == nil {
			return geo.Location{}
		}
		return *s.Location
	}
	return x.Address != y.Address || x.StreetID != y.StreetID || at(x) != at(y)
}

// read brings a spot into its stored form and says which fields may not be stored.
func (s *Service) readSpot(ctx context.Context, x *Spot) ([]fault.Field, error) {
	x.Address = lang.Clean(x.Address)
	wrong := (lang.Limit{Max: MaxLine, Must: true}).Check("address", x.Address)
	wrong = append(wrong, phone.NoMobile("address", x.Address)...)
	var readable bool
	if x.Opening, readable = place.ReadTimes(x.Opening.Text); !readable {
		wrong = append(wrong, fault.Field{Name: "opening", Key: "error.street.pedestrian"})
	}
	if x.StreetID == "" {
		return wrong, nil
	}
	if s.Street == nil {
		return append(wrong, fault.Field{Name: "street", Key: "error.choice"}), nil
	}
	_, err := s.Street(ctx, x.StreetID)
	if fault.Is(err, fault.NotFound) {
		return append(wrong, fault.Field{Name: "street", Key: "error.choice"}), nil
	}
	return wrong, err
}

// memberHolds lets who acts for an organisation: fault.NotFound.
func (s *Service) memberHolds(ctx context.Context, by access.Actor, id string) (*holder, error) {
	o, err := s.Members.Own(ctx, by, id)
	return &holder{organisationID: id, write: audit.Write{Action: access.AssemblyMember, Title: o.Name.Hans}}, err
}

// PointsOfMember returns what an organisation opens, every kind, for who acts for it and who works on the joint meeting: fault.NotFound.
func (s *Service) PointsOfMember(ctx context.Context, by access.Actor, id string) ([]Opened, error) {
	if !access.Can(by, access.AssemblyRead, access.Thing{Kind: "assembly"}) {
		if _, err := s.memberHolds(ctx, by, id); err != nil {
			return nil, err
		}
	}
	return s.kindsOf(ctx, store.Where("organisation_id", store.Eq, id), "")
}

// OpenMemberPoint opens something of an organisation to everybody, or changes what is said of it; of the opening times in x the text is
// read. It is public while the organisation may be named. fault.NotFound for who does not act for it; fault.Invalid names the fields.
func (s *Service) OpenMemberPoint(ctx context.Context, by access.Actor, id string, kind place.PointKind, note string, x Spot) error {
	h, err := s.memberHolds(ctx, by, id)
	if err != nil {
		return err
	}
	note, wrong := readNote(note)
	more, err := s.readSpot(ctx, &x)
	if err == nil {
		err = fault.Wrongs(append(more, wrong...))
	}
	if err != nil {
		return err
	}
	return s.setPoint(ctx, by, h, kind, s.opens(note, x))
}

// CloseMemberPoint takes it back at once: fault.NotFound.
func (s *Service) CloseMemberPoint(ctx context.Context, by access.Actor, id string, kind place.PointKind) error {
	h, err := s.memberHolds(ctx, by, id)
	if err != nil {
		return err
	}
	return s.setPoint(ctx, by, h, kind, func(p *Point) { p.Open = false })
}

// ofMember is the point as the public reads it, under the name of the organisation that opens it.
func (p *Point) ofMember(name lang.Text) place.Point {
	return place.Point{
		Meta: p.Meta, Kind: p.Kind, Name: name, Address: p.Spot.Address, StreetID: p.Spot.StreetID, Location: p.Spot.Location, Note: p.Note,
		Lines: []string{}, Core: true, Source: "organisation", CheckedOn: p.CheckedOn, Opening: p.Spot.Opening,
	}
}
