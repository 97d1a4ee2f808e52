package outdoor

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Deps are what New needs.
type Deps struct {
	DB     store.DB
	Log    *audit.Log
	Shop   func(ctx context.Context, id string) (listing.Listing, error)
	Street func(ctx context.Context, id string) (place.Street, error)
	Now    func() time.Time // in the zone of the district
}

// Service keeps the areas. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Area]
	cur  *store.Latest[[]Area] // all areas by kind and name: every page of a shop asks for those that are in force
}

// New returns the areas on d.DB.
func New(d Deps) *Service {
	s := &Service{Deps: d, docs: audit.Record(store.NewCollection[Area](d.DB, "outdoor_areas", store.Follow("audit"), store.Sealed()), d.Log, Name)}
	s.cur = store.NewLatest([]Area{}, s.docs.Revision, s.read)
	return s
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) { return store.Mark(ctx, s.docs) }

func may(by access.Actor) error {
	return access.Require(by, access.OutdoorEdit, access.Thing{Kind: Name})
}

func (s *Service) today() calendar.Date { return calendar.Today(s.Now()) }

// Add enters an area with the decision of an authority: fault.Invalid names the fields.
func (s *Service) Add(ctx context.Context, by access.Actor, f Facts, t Term) (Area, error) {
	if err := may(by); err != nil {
		return Area{}, err
	}
	if err := s.check(ctx, &f, &t, nil, nil); err != nil {
		return Area{}, err
	}
	a := Area{Facts: f, Terms: []Term{s.entered(t)}}
	return a, s.docs.Insert(ctx, by, audit.Write{Action: access.OutdoorEdit, Title: f.Name.Hans}, &a)
}

// entered is what somebody typed of a decision, entered today.
func (s *Service) entered(t Term) Term {
	return Term{From: t.From, Until: t.Until, Authority: t.Authority, Number: t.Number, EnteredOn: s.today().String()}
}

// check reads facts and a decision. The position and the street of a shop stand in where none is given.
func (s *Service) check(ctx context.Context, f *Facts, t, before, was *Term) error {
	wrong := []fault.Field{}
	if f.ListingID != "" {
		switch l, err := s.Shop(ctx, f.ListingID); {
		case fault.Is(err, fault.NotFound):
			wrong = append(wrong, fault.Field{Name: "shop", Key: "outdoor.wrong.shop"})
		case err != nil:
			return err
		default:
			if f.StreetID == "" {
				f.StreetID = l.Address.StreetID
			}
			if f.Location.Source == "" && l.Location != nil {
				f.Location = *l.Location
			}
		}
	}
	if f.StreetID != "" {
		if _, err := s.Street(ctx, f.StreetID); fault.Is(err, fault.NotFound) {
			wrong = append(wrong, fault.Field{Name: "street", Key: "error.choice"})
		} else if err != nil {
			return err
		}
	}
	wrong = append(wrong, f.read()...)
	return fault.Wrongs(append(wrong, t.read(before, was, s.today())...))
}

// Set corrects what was entered of an area and of its last decision, over the revision that was shown: fault.Invalid, fault.NotFound;
// fault.Conflict when it changed since, or was ended.
func (s *Service) Set(ctx context.Context, by access.Actor, id string, rev int64, f Facts, t Term) (Area, error) {
	a, err := s.Get(ctx, by, id)
	if err != nil {
		return Area{}, err
	}
	was, n := a.Last(), len(a.Terms)
	var before *Term
	if n > 1 {
		before = &a.Terms[n-2]
	}
	if err := s.check(ctx, &f, &t, before, &was); err != nil {
		return Area{}, err
	}
	return s.change(ctx, by, id, rev, "corrected", func(a *Area) error {
		last := a.Last()
		if last.EndedOn != "" {
			return cannot("outdoor.wrong.ended", "it was ended")
		}
		last.From, last.Until, last.Authority, last.Number = t.From, t.Until, t.Authority, t.Number
		a.Facts, a.Terms = f, append(slices.Clone(a.Terms[:len(a.Terms)-1]), last)
		return nil
	})
}

// Renew adds a further decision, which begins after the last one has ended: fault.Invalid.
func (s *Service) Renew(ctx context.Context, by access.Actor, id string, rev int64, t Term) (Area, error) {
	today := s.today()
	return s.change(ctx, by, id, rev, "renewed", func(a *Area) error {
		if len(a.Terms) >= mostTerms {
			return cannot("outdoor.wrong.full", "too many decisions")
		}
		last, next := a.Last(), t
		if err := fault.Wrongs(next.read(&last, nil, today)); err != nil {
			return err
		}
		a.Terms = append(slices.Clone(a.Terms), s.entered(next))
		return nil
	})
}

// End says that the last decision does not hold any more from today on, and why: fault.Conflict where it is over already.
func (s *Service) End(ctx context.Context, by access.Actor, id string, rev int64, why string) (Area, error) {
	why = lang.Clean(why)
	wrong := (lang.Limit{Max: MaxWhy, Must: true, Prose: true}).Check("why", why)
	if err := fault.Wrongs(append(wrong, phone.NoMobile("why", why)...)); err != nil {
		return Area{}, err
	}
	today := s.today().String()
	return s.change(ctx, by, id, rev, why, func(a *Area) error {
		last := a.Last()
		if last.EndedOn != "" || last.Until < today {
			return cannot("outdoor.wrong.over", "it is over")
		}
		last.EndedOn, last.Why = today, why
		a.Terms = append(slices.Clone(a.Terms[:len(a.Terms)-1]), last)
		return nil
	})
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Area) error) (Area, error) {
	if err := may(by); err != nil {
		return Area{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Area{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(a *Area) (audit.Write, error) {
		err := f(a)
		return audit.Write{Action: access.OutdoorEdit, Title: a.Name.Hans, Why: why}, err
	})
}

// Get returns an area for the desk, however it stands: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Area, error) {
	if err := may(by); err != nil {
		return Area{}, err
	}
	return s.docs.Get(ctx, id)
}

// List returns every area for the desk, by kind and name.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Area, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	return s.all(ctx)
}

// all are the areas by kind and name, read anew when one of them was written. Callers must not change them.
func (s *Service) all(ctx context.Context) ([]Area, error) {
	if _, err := s.cur.Look(ctx); err != nil {
		return nil, err
	}
	return s.cur.Now(), nil
}

func (s *Service) read(ctx context.Context, _ []Area) ([]Area, error) {
	list, err := store.Collect(s.docs.Each(ctx, store.All()), most)
	slices.SortFunc(list, byKind)
	return list, err
}

// Now is an area with the decision it stands on today.
type Now struct {
	Area
	Term Term
}

// Public returns the areas that are in force today, by kind and name.
func (s *Service) Public(ctx context.Context) ([]Now, error) {
	return s.where(ctx, func(*Area) bool { return true })
}

// OfShop returns what is in force today before a shop.
func (s *Service) OfShop(ctx context.Context, listingID string) ([]Now, error) {
	return s.where(ctx, func(a *Area) bool { return a.ListingID == listingID })
}

// OnStreet returns what is in force today on a street.
func (s *Service) OnStreet(ctx context.Context, streetID string) ([]Now, error) {
	return s.where(ctx, func(a *Area) bool { return a.StreetID == streetID })
}

func (s *Service) where(ctx context.Context, which func(*Area) bool) ([]Now, error) {
	list, err := s.all(ctx)
	out, today := []Now{}, s.today()
	for i := range list {
		if t, now := list[i].On(today); now && which(&list[i]) {
			out = append(out, Now{list[i], t})
		}
	}
	return out, err
}

// Points returns the areas that are in force today as points of the district.
func (s *Service) Points(ctx context.Context) ([]place.Point, error) {
	list, err := s.Public(ctx)
	out := []place.Point{}
	for i := range list {
		out = append(out, list[i].Point(list[i].Term))
	}
	return out, err
}

func cannot(key, why string) error {
	return fault.New(fault.Conflict, key, errors.New("outdoor: "+why))
}
