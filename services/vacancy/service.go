package vacancy

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/place"
	"shangquan/services/secret"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// Deps are what New needs.
type Deps struct {
	DB    store.DB
	Log   *audit.Log
	Keys  *secret.Ring
	Words func() *taxonomy.Table
	// Unit returns a unit of the register: fault.NotFound.
	Unit func(ctx context.Context, id string) (place.Unit, error)
	Now  func() time.Time // in the zone of the district
}

// Service keeps the cards. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Card]
}

// New returns the cards on d.DB.
func New(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Card](d.DB, "vacancies", store.Unique("unit_id"), store.Follow("audit"), store.Sealed()), d.Log, Name)}
}

// Revision identifies the cards that public pages show. Whether their units are occupied, the register says.
func (s *Service) Revision(ctx context.Context) (int64, error) { return store.Mark(ctx, s.docs) }

func may(by access.Actor) error {
	return access.Require(by, access.VacancyEdit, access.Thing{Kind: Name})
}

func (s *Service) today() calendar.Date { return calendar.Today(s.Now()) }

// Add makes the card of a unit, confirmed today: who enters it has just looked. It begins as vacant, or as notice while a shop is in the
// unit. fault.Invalid names the fields; fault.NotFound for a unit that is not there; fault.Conflict for one that has a card.
func (s *Service) Add(ctx context.Context, by access.Actor, unitID string, c Card) (Card, error) {
	if err := may(by); err != nil {
		return Card{}, err
	}
	u, err := s.Unit(ctx, unitID)
	if err == nil && u.Retired != "" {
		err = fault.New(fault.Conflict, "error.unit.retired", errors.New("vacancy: a card of a unit that was split"))
	}
	if err != nil {
		return Card{}, err
	}
	made := c.content()
	if err := made.read(&Card{}, s.Words(), s.Now()); err != nil {
		return Card{}, err
	}
	made.UnitID, made.State = u.ID, Vacant
	if !u.Vacant() {
		made.State, made.Leaving = Notice, u.OccupiedBy
	}
	made.VerifiedOn, made.VerifiedBy = s.today().String(), Desk
	err = s.docs.Insert(ctx, by, audit.Write{Action: access.VacancyEdit, Title: u.Number, Why: string(made.State)}, &made)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Conflict && len(f.Fields) > 0 {
		err = cannot("vacancy.wrong.taken", "the unit has a card")
	}
	return made, err
}

// Set writes what a card says over the revision that was shown: fault.Invalid, fault.NotFound; fault.Conflict when it changed since. It is
// no confirmation.
func (s *Service) Set(ctx context.Context, by access.Actor, id string, rev int64, c Card) (Card, error) {
	o, err := s.Get(ctx, by, id)
	if err != nil {
		return Card{}, err
	}
	return s.change(ctx, by, &o, rev, access.VacancyEdit, "", func(x *Card) error {
		next := c.content()
		if err := next.read(x, s.Words(), s.Now()); err != nil {
			return err
		}
		next.Meta, next.Trail, next.UnitID, next.State, next.Leaving = x.Meta, x.Trail, x.UnitID, x.State, x.Leaving
		next.VerifiedOn, next.VerifiedBy, next.VerifiedRev = x.VerifiedOn, x.VerifiedBy, x.VerifiedRev
		*x = next
		return nil
	})
}

// Step brings the unit to its next state: fault.Conflict where the present one does not lead there. On offer again, the card counts as
// confirmed today.
func (s *Service) Step(ctx context.Context, by access.Actor, id string, rev int64, to State) (Card, error) {
	o, err := s.Get(ctx, by, id)
	if err != nil {
		return Card{}, err
	}
	if !slices.Contains(o.Next(), to) {
		return Card{}, cannot("vacancy.wrong.state", string(o.Standing)+" does not lead to "+string(to))
	}
	return s.change(ctx, by, &o, rev, access.VacancyEdit, string(to), func(x *Card) error {
		if !o.Open() && to.offered() {
			x.VerifiedOn, x.VerifiedBy, x.VerifiedRev = s.today().String(), Desk, 0
		}
		x.State, x.Leaving = to, ""
		if to == Notice {
			x.Leaving = o.Unit.OccupiedBy
		}
		return nil
	})
}

// Confirm says that what the card says is still so, for a coordinator and for who runs the plaza of the unit: fault.Conflict when it
// changed since it was shown, and where the unit is not on offer.
func (s *Service) Confirm(ctx context.Context, by access.Actor, id string, rev int64) (Card, error) {
	o, err := s.offer(ctx, id)
	if err != nil {
		return Card{}, err
	}
	as := Plaza
	if access.Can(by, access.VacancyEdit, o.Thing()) {
		as = Desk
	}
	return s.confirm(ctx, by, &o, rev, as)
}

func (s *Service) confirm(ctx context.Context, by access.Actor, o *Offer, rev int64, as Source) (Card, error) {
	if err := access.Require(by, access.VacancyConfirm, o.Thing()); err != nil {
		return Card{}, err
	}
	if !o.Open() {
		return Card{}, cannot("vacancy.wrong.state", "it is not on offer")
	}
	return s.change(ctx, by, o, rev, access.VacancyConfirm, string(as), func(x *Card) error {
		x.VerifiedOn, x.VerifiedBy, x.VerifiedRev = s.today().String(), as, rev
		return nil
	})
}

func (s *Service) change(ctx context.Context, by access.Actor, o *Offer, rev int64, act access.Action, why string, f func(*Card) error) (Card, error) {
	if err := store.Seen(rev); err != nil {
		return Card{}, err
	}
	return s.docs.Update(ctx, by, audit.Write{Action: act, Title: o.Unit.Number, Why: why}, o.ID, rev, f)
}

func (s *Service) offer(ctx context.Context, id string) (Offer, error) {
	c, err := s.docs.Get(ctx, id)
	if err != nil {
		return Offer{}, err
	}
	u, err := s.Unit(ctx, c.UnitID)
	return offerOf(&c, &u), err
}

// Get returns a card for the desk, in any state: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Offer, error) {
	if err := may(by); err != nil {
		return Offer{}, err
	}
	return s.offer(ctx, id)
}

// OfUnit returns the card of a unit for the desk: fault.NotFound where it has none.
func (s *Service) OfUnit(ctx context.Context, by access.Actor, unitID string) (Offer, error) {
	if err := may(by); err != nil {
		return Offer{}, err
	}
	c, err := s.docs.GetBy(ctx, "unit_id", unitID)
	if err != nil {
		return Offer{}, err
	}
	return s.offer(ctx, c.ID)
}

// List returns every card for the desk, what lapses first at the front.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Offer, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	return s.all(ctx, func(*Offer) bool { return true })
}

// OfPlaza returns the cards of a plaza that are to be confirmed, for who runs it, what lapses first at the front.
func (s *Service) OfPlaza(ctx context.Context, by access.Actor, plazaID string) ([]Offer, error) {
	if err := access.Require(by, access.VacancyConfirm, access.Thing{Kind: Name, PlazaID: plazaID, PlazaMay: true}); err != nil {
		return nil, err
	}
	return s.all(ctx, func(o *Offer) bool { return o.Unit.PlazaID == plazaID && o.Open() })
}

// Public returns the cards everybody sees today, those confirmed last at the end.
func (s *Service) Public(ctx context.Context) ([]Offer, error) {
	today := s.today()
	return s.all(ctx, func(o *Offer) bool { return o.Public(today) })
}

// PublicCard returns a card that everybody sees today: fault.NotFound for any other.
func (s *Service) PublicCard(ctx context.Context, id string) (Offer, error) {
	o, err := s.offer(ctx, id)
	if err == nil && !o.Public(s.today()) {
		return Offer{}, fault.Missing()
	}
	return o, err
}

func (s *Service) all(ctx context.Context, which func(*Offer) bool) ([]Offer, error) {
	cards, err := store.Collect(s.docs.Each(ctx, store.All().Limit(most)), most)
	if err != nil {
		return nil, err
	}
	out := []Offer{}
	for i := range cards {
		u, err := s.Unit(ctx, cards[i].UnitID)
		if err != nil {
			return nil, err
		}
		if o := offerOf(&cards[i], &u); which(&o) {
			out = append(out, o)
		}
	}
	slices.SortStableFunc(out, func(a, b Offer) int { return cmp.Compare(a.VerifiedOn, b.VerifiedOn) })
	return out, nil
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("vacancy: "+why))
}
