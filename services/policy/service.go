package policy

import (
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/listing"
	"shangquan/services/notice"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// Deps are what New needs.
type Deps struct {
	DB    store.DB
	Log   *audit.Log
	Words func() *taxonomy.Table
	// Hosts are the sites a card may link to: those that notices link to.
	Hosts func(context.Context) notice.Hosts
	Shop  func(ctx context.Context, id string) (listing.Listing, error)
	Now   func() time.Time // in the zone of the district
}

// Service keeps the cards. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Card]
}

// New returns the cards on d.DB.
func New(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Card](d.DB, "policies", store.Follow("audit"), store.Sealed()), d.Log, Name)}
}

// Revision identifies everything of it that public pages show.
func (s *Service) Revision(ctx context.Context) (int64, error) { return store.Mark(ctx, s.docs) }

func may(by access.Actor) error {
	return access.Require(by, access.PolicyEdit, access.Thing{Kind: Name})
}

func (s *Service) today() calendar.Date { return calendar.Today(s.Now()) }

// Add makes a card, checked today: who enters it has just read what the authority says. fault.Invalid names the fields.
func (s *Service) Add(ctx context.Context, by access.Actor, c Card) (Card, error) {
	if err := may(by); err != nil {
		return Card{}, err
	}
	made := c.content()
	if err := made.read(&Card{}, s.Words(), s.Hosts(ctx).Address, s.Now()); err != nil {
		return Card{}, err
	}
	made.CheckedOn = s.today().String()
	return made, s.docs.Insert(ctx, by, audit.Write{Action: access.PolicyEdit, Title: made.Title.Hans}, &made)
}

// content is what a form says of a card.
func (c *Card) content() Card {
	return Card{Kind: c.Kind, Title: c.Title, Who: c.Who, What: c.What, Deadline: c.Deadline, Link: c.Link, CategoryIDs: c.CategoryIDs, FormatIDs: c.FormatIDs}
}

// Set writes what a card says over the revision that was shown: fault.Invalid, fault.NotFound; fault.Conflict when it changed since.
func (s *Service) Set(ctx context.Context, by access.Actor, id string, rev int64, c Card) (Card, error) {
	hosts := s.Hosts(ctx)
	return s.change(ctx, by, id, rev, "", func(x *Card) error {
		next := c.content()
		if err := next.read(x, s.Words(), hosts.Address, s.Now()); err != nil {
			return err
		}
		next.Meta, next.Trail, next.CheckedOn, next.Hidden = x.Meta, x.Trail, x.CheckedOn, x.Hidden
		*x = next
		return nil
	})
}

// Check says that a coordinator has compared the card with what the authority says today.
func (s *Service) Check(ctx context.Context, by access.Actor, id string, rev int64) (Card, error) {
	return s.change(ctx, by, id, rev, "checked", func(x *Card) error { x.CheckedOn = s.today().String(); return nil })
}

// Hide takes a card away from everybody, or shows it again.
func (s *Service) Hide(ctx context.Context, by access.Actor, id string, rev int64, hidden bool) (Card, error) {
	why := "shown"
	if hidden {
		why = "hidden"
	}
	return s.change(ctx, by, id, rev, why, func(x *Card) error { x.Hidden = hidden; return nil })
}

func (s *Service) change(ctx context.Context, by access.Actor, id string, rev int64, why string, f func(*Card) error) (Card, error) {
	if err := may(by); err != nil {
		return Card{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Card{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(x *Card) (audit.Write, error) {
		err := f(x)
		return audit.Write{Action: access.PolicyEdit, Title: x.Title.Hans, Why: why}, err
	})
}

// Get returns a card for the desk, in any state: fault.NotFound.
func (s *Service) Get(ctx context.Context, by access.Actor, id string) (Card, error) {
	if err := may(by); err != nil {
		return Card{}, err
	}
	return s.docs.Get(ctx, id)
}

// List returns every card for the desk, the soonest deadline first.
func (s *Service) List(ctx context.Context, by access.Actor) ([]Card, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	return s.all(ctx, func(*Card) bool { return true })
}

// Public returns the cards that are shown today, the soonest deadline first.
func (s *Service) Public(ctx context.Context) ([]Card, error) {
	today := s.today()
	return s.all(ctx, func(c *Card) bool { return c.Live(today) })
}

// For returns the cards shown today that are for a shop, the soonest deadline first: fault.NotFound for who has no part in the shop.
func (s *Service) For(ctx context.Context, by access.Actor, listingID string) ([]Card, error) {
	l, err := s.Shop(ctx, listingID)
	if err != nil {
		return nil, err
	}
	if err := access.Require(by, access.ListingOpen, l.Thing()); err != nil {
		return nil, err
	}
	today, words := s.today(), s.Words()
	return s.all(ctx, func(c *Card) bool { return c.Live(today) && c.Fits(&l, words) })
}

func (s *Service) all(ctx context.Context, which func(*Card) bool) ([]Card, error) {
	list, err := store.Collect(s.docs.Each(ctx, store.All().Limit(most)), most)
	list = slices.DeleteFunc(list, func(c Card) bool { return !which(&c) })
	slices.SortStableFunc(list, bySoonest)
	return list, err
}
