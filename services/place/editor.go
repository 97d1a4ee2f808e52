package place

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Editor is how people change places: streets with their sides and stretches, plazas with their floors, units, service points. Every change is
// compare-and-swap on the revision that was shown and leaves an entry in the trail.
type Editor struct {
	*Service
	streets *audit.Recorded[Street]
	plazas  *audit.Recorded[Plaza]
	units   *audit.Recorded[Unit]
	points  *audit.Recorded[Point]
	bounds  *audit.Recorded[Boundary]
	now     func() time.Time
}

// What the trail and questions of permission call places.
const (
	KindStreet = "street"
	KindPlaza  = "plaza"
	KindUnit   = "unit"
	KindPoint  = "service_point"
)

// NewEditor returns the editor of the places on db, which writes to the trail log. now tells the time in the zone of the district.
func NewEditor(db store.DB, log *audit.Log, now func() time.Time) *Editor {
	c := Declare(db)
	return &Editor{
		Service: New(db), streets: audit.Record(c.Streets, log, KindStreet), plazas: audit.Record(c.Plazas, log, KindPlaza),
		units: audit.Record(c.Units, log, KindUnit), points: audit.Record(c.Points, log, KindPoint), bounds: audit.Record(c.Bounds, log, KindBoundary), now: now,
	}
}

func may(by access.Actor, kind, id string) error {
	return access.Require(by, access.PlaceEdit, access.Thing{Kind: kind, ID: id})
}

func wrote(title string) audit.Write { return audit.Write{Action: access.PlaceEdit, Title: title} }

// street changes a street over revision rev.
func (e *Editor) street(ctx context.Context, by access.Actor, id string, rev int64, f func(*Street) error) (Street, error) {
	if err := may(by, KindStreet, id); err != nil {
		return Street{}, err
	}
	return e.streets.UpdateAs(ctx, by, id, rev, func(s *Street) (audit.Write, error) {
		if err := f(s); err != nil {
			return audit.Write{}, err
		}
		slices.SortStableFunc(s.Stretches, compareStretches)
		return wrote(s.Name.Hans), s.Validate()
	})
}

// SetSides records where the odd numbers of a street lie; the even ones lie opposite. An empty compass: nobody knows.
// fault.NotFound; fault.Conflict when rev is no longer current.
func (e *Editor) SetSides(ctx context.Context, by access.Actor, id string, rev int64, odd Compass) (Street, error) {
	return e.street(ctx, by, id, rev, func(s *Street) error {
		if odd != "" && !slices.Contains(Compasses, odd) {
			return fault.Wrong("odd", "error.choice", nil)
		}
		s.SideNames = SidesFrom(odd)
		return nil
	})
}

// SetStretch writes a stretch of a street: a new one without an id, else the one with this id. fault.Invalid names "name",
// "stretches.odd" or "stretches.even"; fault.NotFound for an id the street does not have.
func (e *Editor) SetStretch(ctx context.Context, by access.Actor, id string, rev int64, x Stretch) (Street, error) {
	x.Name = x.Name.Clean()
	return e.street(ctx, by, id, rev, func(s *Street) error {
		next := slices.Clone(s.Stretches)
		if x.ID == "" {
			made := x
			made.ID = s.nextStretch()
			s.StretchesMade++
			s.Stretches = append(next, made)
			return nil
		}
		i := slices.IndexFunc(next, func(y Stretch) bool { return y.ID == x.ID })
		if i < 0 {
			return fault.Missing()
		}
		next[i] = x
		s.Stretches = next
		return nil
	})
}

// RemoveStretch takes a stretch away; houses stay where they are.
func (e *Editor) RemoveStretch(ctx context.Context, by access.Actor, id string, rev int64, stretch string) (Street, error) {
	return e.street(ctx, by, id, rev, func(s *Street) error {
		if _, ok := s.Stretch(stretch); !ok {
			return fault.Missing()
		}
		s.Stretches = slices.DeleteFunc(slices.Clone(s.Stretches), func(x Stretch) bool { return x.ID == stretch })
		return nil
	})
}

// compareStretches orders as one walks up the street.
func compareStretches(a, b Stretch) int { return a.first() - b.first() }

func (s *Stretch) first() int {
	n := maxNumber
	for _, r := range s.Ranges {
		n = min(n, r.From)
	}
	return n
}

// SetFloor writes a floor of a plaza, by its level: fault.Invalid for a level there cannot be.
func (e *Editor) SetFloor(ctx context.Context, by access.Actor, id string, rev int64, f Floor) (Plaza, error) {
	f.Label = lang.Clean(f.Label)
	if f.Label == "" {
		f.Label = LevelLabel(f.Level)
	}
	return e.plaza(ctx, by, id, rev, func(p *Plaza) error {
		next := slices.DeleteFunc(slices.Clone(p.Floors), func(x Floor) bool { return x.Level == f.Level })
		p.Floors = append(next, f)
		p.Floors = p.FloorsUp()
		return nil
	})
}

// AddUnit adds a unit to a plaza or a street, vacant. fault.Invalid names what is wrong, also a number that another unit of the place
// has; fault.NotFound for a place that is not there.
func (e *Editor) AddUnit(ctx context.Context, by access.Actor, u Unit) (Unit, error) {
	if err := may(by, KindUnit, ""); err != nil {
		return Unit{}, err
	}
	next := Unit{PlazaID: u.PlazaID, StreetID: u.StreetID, Number: clean(u), Level: u.Level, AreaM2: u.AreaM2, PartOf: u.PartOf}
	if err := next.Validate(); err != nil {
		return Unit{}, err
	}
	if err := e.placeOf(ctx, &next); err != nil {
		return Unit{}, err
	}
	if err := e.free(ctx, &next); err != nil {
		return Unit{}, err
	}
	// Two who add the same number at once make the same id, so that one of them hears of the other.
	sum := sha256.Sum256([]byte(next.PlazaID + "\x00" + next.StreetID + "\x00" + fmt.Sprint(next.Level) + "\x00" + next.Number))
	next.ID = "u" + hex.EncodeToString(sum[:10])
	err := e.units.Insert(ctx, by, wrote(next.Number), &next)
	if fault.Is(err, fault.Conflict) {
		was, getErr := e.units.Get(ctx, next.ID)
		if getErr != nil || was.Retired == "" && was.Number == next.Number {
			return Unit{}, errors.Join(fault.Wrong("number", "error.taken", map[string]any{"Value": next.Number}), getErr)
		}
		next.Meta = store.Meta{} // the id belongs to a unit that has another number by now, or is no more
		err = e.units.Insert(ctx, by, wrote(next.Number), &next)
	}
	return next, err
}

// clean is the number as it is stored: a house number in its one form, a unit number without spaces around it.
func clean(u Unit) string {
	s := lang.Clean(u.Number)
	if u.StreetID != "" {
		if h, rest, ok := ParseHouse(s); ok && rest == "" {
			return h.String()
		}
	}
	return s
}

func (e *Editor) placeOf(ctx context.Context, u *Unit) error {
	if u.PlazaID != "" {
		z, err := e.Plaza(ctx, u.PlazaID)
		if err == nil && z.Ended != "" {
			err = fault.Missing()
		}
		return err
	}
	if _, _, ok := ParseHouse(u.Number); !ok {
		return fault.Wrong("number", "error.unit.house", nil)
	}
	s, err := e.Street(ctx, u.StreetID)
	if err == nil && s.Ended != "" {
		err = fault.Missing()
	}
	return err
}

// siblings are the units of the same place.
func (e *Editor) siblings(ctx context.Context, u *Unit) ([]Unit, error) {
	if u.PlazaID != "" {
		return e.Units(ctx, u.PlazaID)
	}
	return e.UnitsOn(ctx, u.StreetID)
}

// free refuses a number that another unit of the place has.
func (e *Editor) free(ctx context.Context, u *Unit) error {
	all, err := e.siblings(ctx, u)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(x Unit) bool { return x.ID != u.ID && x.Number == u.Number && x.Level == u.Level }) {
		return fault.Wrong("number", "error.taken", map[string]any{"Value": u.Number})
	}
	return nil
}

// EditUnit changes number, floor and area of a unit over revision rev.
func (e *Editor) EditUnit(ctx context.Context, by access.Actor, id string, rev int64, number string, level int, areaM2 float64) (Unit, error) {
	if err := may(by, KindUnit, id); err != nil {
		return Unit{}, err
	}
	was, err := e.units.Get(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	want := was
	want.Number, want.Level, want.AreaM2 = number, level, areaM2
	want.Number = clean(want)
	if err := want.Validate(); err != nil {
		return Unit{}, err
	}
	if err := e.placeOf(ctx, &want); err != nil {
		return Unit{}, err
	}
	if err := e.free(ctx, &want); err != nil {
		return Unit{}, err
	}
	return e.unit(ctx, by, id, rev, func(u *Unit) error {
		u.Number, u.Level, u.AreaM2 = want.Number, want.Level, want.AreaM2
		return nil
	})
}

func (e *Editor) unit(ctx context.Context, by access.Actor, id string, rev int64, f func(*Unit) error) (Unit, error) {
	if err := may(by, KindUnit, id); err != nil {
		return Unit{}, err
	}
	return e.units.UpdateAs(ctx, by, id, rev, func(u *Unit) (audit.Write, error) {
		if err := f(u); err != nil {
			return audit.Write{}, err
		}
		return wrote(u.Number), u.Validate()
	})
}

// Part is what a unit is cut into.
type Part struct {
	Number string
	AreaM2 float64
}

// Split cuts a unit in two. The unit itself becomes the first part and keeps its listing and its history; the second is new and
// vacant. fault.Invalid when the second number is taken or is the first.
func (e *Editor) Split(ctx context.Context, by access.Actor, id string, rev int64, first, second Part) (Unit, error) {
	was, err := e.units.Get(ctx, id)
	if err != nil {
		return Unit{}, err
	}
	if was.Rev != rev {
		return Unit{}, fault.New(fault.Conflict, "error.stale", errors.New("place: the unit has changed"))
	}
	if lang.Clean(first.Number) == lang.Clean(second.Number) {
		return Unit{}, fault.Wrong("number2", "error.unit.same", nil)
	}
	part, err := e.AddUnit(ctx, by, Unit{PlazaID: was.PlazaID, StreetID: was.StreetID, Level: was.Level, Number: second.Number, AreaM2: second.AreaM2, PartOf: id})
	if err != nil {
		return Unit{}, renamed(err)
	}
	if _, err := e.EditUnit(ctx, by, id, rev, first.Number, was.Level, first.AreaM2); err != nil {
		_, undo := e.Retire(ctx, by, part.ID, part.Rev)
		return Unit{}, errors.Join(err, undo)
	}
	return part, nil
}

// renamed says of a mistake in the second part that it is one, where a form has both.
func renamed(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) == 0 {
		return err
	}
	next := *f
	next.Fields = slices.Clone(f.Fields)
	for i := range next.Fields {
		next.Fields[i].Name += "2"
	}
	return &next
}

// Retire says that a vacant unit is no more: its neighbour has its floor now. Its history stays. fault.Conflict while a listing is in it.
func (e *Editor) Retire(ctx context.Context, by access.Actor, id string, rev int64) (Unit, error) {
	return e.unit(ctx, by, id, rev, func(u *Unit) error {
		if !u.Vacant() {
			return fault.New(fault.Conflict, "error.unit.occupied", errors.New("unit "+id+" is occupied"))
		}
		u.Retired = e.now().Format(time.DateOnly)
		return nil
	})
}

// SawVacant says that somebody stood before a door of a street on a day and found it vacant; a unit that is not in the register yet
// is added. fault.Conflict when a listing is in it.
func (e *Editor) SawVacant(ctx context.Context, by access.Actor, streetID string, house House, on string) (Unit, error) {
	want := Unit{StreetID: streetID, Number: house.String()}
	all, err := e.siblings(ctx, &want)
	if err != nil {
		return Unit{}, err
	}
	i := slices.IndexFunc(all, func(u Unit) bool { return u.Number == want.Number })
	if i < 0 {
		made, err := e.AddUnit(ctx, by, want)
		if err != nil {
			return Unit{}, err
		}
		all, i = append(all, made), len(all)
	}
	if all[i].SeenOn >= on && all[i].Vacant() {
		return all[i], nil
	}
	return e.unit(ctx, by, all[i].ID, 0, func(u *Unit) error { return u.Saw(on) })
}
