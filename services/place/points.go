package place

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// PointFacts are what a coordinator enters of a point.
type PointFacts struct {
	Kind     PointKind
	Name     lang.Text
	Address  string
	StreetID string // the street it is to be found on; empty: the one its position is on
	Note     string
	Location *geo.Location
	Opening  string // when it can be used, see ReadTimes; empty: nobody says
	Lit      bool   // somebody saw it lit at night
	Access   Access
	Lot      Lot // of a car park; of everything else it is not looked at
}

func (x *PointFacts) into(p *Point) error {
	p.Kind, p.Name, p.Address, p.Note, p.Location, p.Lit = x.Kind, x.Name.Clean(), lang.Clean(x.Address), lang.Clean(x.Note), x.Location, x.Lit
	p.StreetID, p.Access, p.Lot = x.StreetID, x.Access, ""
	if p.Kind == Parking {
		p.Lot = x.Lot
	}
	p.Opening, _ = ReadTimes(x.Opening) // what cannot be read has no hours, which Validate refuses
	return p.Validate()
}

// AddPoint adds a point of the district, checked today: who enters it has stood before it. fault.Invalid names the fields.
func (e *Editor) AddPoint(ctx context.Context, by access.Actor, x PointFacts) (Point, error) {
	if err := may(by, KindPoint, ""); err != nil {
		return Point{}, err
	}
	if err := e.known(ctx, x.StreetID); err != nil {
		return Point{}, err
	}
	p := Point{Lines: []string{}, Core: true, Source: "district", CheckedOn: e.now().Format(time.DateOnly)}
	if err := x.into(&p); err != nil {
		return Point{}, err
	}
	return p, e.points.Insert(ctx, by, wrote(p.Name.Hans), &p)
}

// SetPoint changes what is said of a point over revision rev: fault.Invalid, fault.NotFound, fault.Conflict.
func (e *Editor) SetPoint(ctx context.Context, by access.Actor, id string, rev int64, x PointFacts) (Point, error) {
	if err := e.known(ctx, x.StreetID); err != nil {
		return Point{}, err
	}
	return e.point(ctx, by, id, rev, x.into)
}

// known refuses a street that is not in the register; none is known.
func (e *Editor) known(ctx context.Context, streetID string) error {
	if streetID == "" {
		return nil
	}
	_, err := e.Street(ctx, streetID)
	if fault.Is(err, fault.NotFound) {
		return fault.Wrong("street", "error.choice", nil)
	}
	return err
}

// SawPoint says that somebody looked today and the point was there, or was not and is taken off every list.
func (e *Editor) SawPoint(ctx context.Context, by access.Actor, id string, rev int64, there bool) (Point, error) {
	return e.point(ctx, by, id, rev, func(p *Point) error {
		today := e.now().Format(time.DateOnly)
		if p.CheckedOn = today; !there {
			p.Gone = today
		}
		return nil
	})
}

func (e *Editor) point(ctx context.Context, by access.Actor, id string, rev int64, f func(*Point) error) (Point, error) {
	if err := may(by, KindPoint, id); err != nil {
		return Point{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Point{}, err
	}
	return e.points.UpdateAs(ctx, by, id, rev, func(p *Point) (audit.Write, error) {
		if p.Gone != "" {
			return audit.Write{}, fault.Missing()
		}
		return wrote(p.Name.Hans), f(p)
	})
}

// Stops reports whether a bus or the metro stops at a kind of point.
func (k PointKind) Stops() bool { return k == BusStop || k == Metro }

// ByHand reports whether a kind is entered here by the district itself; stops come from the lists of who runs them, and what stands in the
// street for a time from the decision of an authority.
func (k PointKind) ByHand() bool {
	return slices.Contains(PointKinds, k) && !slices.Contains([]PointKind{BusStop, Metro, Seating, Market, PopUp}, k)
}
