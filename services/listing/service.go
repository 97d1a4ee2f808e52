package listing

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Service is the register of listings.
type Service struct {
	coll   *store.Collection[Listing]
	docs   *audit.Recorded[Listing]
	log    *audit.Log
	places *place.Service
	names  NameRules
	mirror *Mirror
	// reasons says which reasons of turns can be chosen, see OfferReasons.
	reasons func(code string) bool
	now     func() time.Time
}

// Declare declares the collection of listings on db; it may be done again.
func Declare(db store.DB) *store.Collection[Listing] {
	return store.NewCollection[Listing](db, "listings",
		store.Unique("slug"), store.Unique("code"),
		store.Index("state", "address.street_id"), store.Index("state", "address.plaza_id"), store.Index("state", "category_id"),
		store.Index("state", "updated_at"), store.Index("state", "name.sort_key"),
		store.Index("merchant_id", "state"), store.Index("waits_since"), store.Index("watch.needs_look", "updated_at"), store.Index("looks.since"),
		store.Multi("tag_ids"), store.Multi("watch.changed"), store.Multi("turns.on"), store.Multi("marks.kind"), store.Follow("search"), store.Follow("audit"), store.Follow("webhook"), store.Sealed())
}

// New returns the register on db, which writes to the trail log. now tells the time in the zone of the district.
func New(db store.DB, log *audit.Log, now func() time.Time) *Service {
	coll := Declare(db)
	return &Service{
		coll: coll, docs: audit.Record(coll, log, Kind), log: log, places: place.New(db), names: DefaultNameRules(),
		mirror: &Mirror{coll: coll}, now: now, reasons: func(code string) bool { return slices.Contains(TurnReasons, code) },
	}
}

// Recorded are the documents with their trail, for the worker that catches up after a crash.
func (s *Service) Recorded() *audit.Recorded[Listing] { return s.docs }

// Published returns what a visitor may see at this address: fault.NotFound also for what is there but not public, so that
// nobody learns of it.
func (s *Service) Published(ctx context.Context, slug string) (Listing, error) {
	l, err := s.coll.GetBy(ctx, "slug", slug)
	if err == nil && !l.Public() {
		return Listing{}, fault.Missing()
	}
	return l.ForPublic(), err
}

// Get returns a listing in any state with everything in it, for what the program does by itself: fault.NotFound. For people there
// is Open.
func (s *Service) Get(ctx context.Context, id string) (Listing, error) { return s.coll.Get(ctx, id) }

// Open returns a listing in any state for somebody who works on it: fault.NotFound, also for one that is not theirs.
func (s *Service) Open(ctx context.Context, by access.Actor, id string) (Listing, error) {
	l, err := s.coll.Get(ctx, id)
	if err == nil {
		err = access.Require(by, access.ListingOpen, l.Thing())
	}
	if err != nil {
		return Listing{}, err
	}
	return l, nil
}

// ByCode returns the listing with this shop code in any state: fault.NotFound. Ask Public before showing it to a visitor.
func (s *Service) ByCode(ctx context.Context, code string) (Listing, error) {
	return s.coll.GetBy(ctx, "code", code)
}

// maxIDs is how many ids one query takes.
const maxIDs = 500

// ByIDs returns the public ones among ids, in their order and each once. A list of ids comes from a search index or from a
// visitor's own favourites: neither proves that a listing may still be seen.
func (s *Service) ByIDs(ctx context.Context, ids []string) ([]Listing, error) {
	found := map[string]Listing{}
	for part := range slices.Chunk(ids, maxIDs) {
		for l, err := range s.coll.Each(ctx, store.Where("id", store.In, part).Limit(maxIDs)) {
			if err != nil {
				return nil, err
			}
			if l.Public() {
				found[l.ID] = l.ForPublic()
			}
		}
	}
	out := []Listing{}
	for _, id := range ids {
		if l, ok := found[id]; ok {
			out = append(out, l)
			delete(found, id)
		}
	}
	return out, nil
}

// ByStreet returns the published listings of a street in the order of its house numbers, those without a number last.
func (s *Service) ByStreet(ctx context.Context, streetID string) ([]Listing, error) {
	out, err := s.publishedAt(ctx, "address.street_id", streetID, (*Listing).ForPublic)
	slices.SortStableFunc(out, func(a, b Listing) int {
		ha, _, _ := place.ParseHouse(a.Address.House)
		hb, _, _ := place.ParseHouse(b.Address.House)
		return cmp.Or(place.CompareHouses(ha, hb), byName(a, b))
	})
	return out, err
}

// ByPlaza returns the published listings of a plaza from the lowest floor up, then by unit; an unknown floor comes last.
func (s *Service) ByPlaza(ctx context.Context, plazaID string) ([]Listing, error) {
	out, err := s.publishedAt(ctx, "address.plaza_id", plazaID, (*Listing).ForPublic)
	floor := func(l Listing) int {
		if l.Address.Level == 0 {
			return maxLevel + 1
		}
		return l.Address.Level
	}
	slices.SortStableFunc(out, func(a, b Listing) int {
		return cmp.Or(cmp.Compare(floor(a), floor(b)), cmp.Compare(a.Address.Unit, b.Address.Unit), byName(a, b))
	})
	return out, err
}

func byName(a, b Listing) int {
	return cmp.Or(cmp.Compare(a.Name.SortKey, b.Name.SortKey), cmp.Compare(a.ID, b.ID))
}

func sortByName(list []Listing) { slices.SortStableFunc(list, byName) }

// StandingAt counts the listings of a street, or of a plaza, that are there or are going to be: in every state but closed and archived.
func (s *Service) StandingAt(ctx context.Context, streetID, plazaID string) (int, error) {
	field, id := "address.street_id", streetID
	if plazaID != "" {
		field, id = "address.plaza_id", plazaID
	}
	all := 0
	for _, state := range []State{Draft, Submitted, Published, Suspended} {
		n, err := s.coll.Count(ctx, store.Where("state", store.Eq, string(state)).And(field, store.Eq, id))
		if err != nil {
			return 0, err
		}
		all += n
	}
	return all, nil
}

// publishedAt returns the published listings of one place, as show leaves them.
func (s *Service) publishedAt(ctx context.Context, field, id string, show func(*Listing) Listing) ([]Listing, error) {
	out := []Listing{}
	if id == "" {
		return out, nil
	}
	for l, err := range s.coll.Each(ctx, store.Where("state", store.Eq, string(Published)).And(field, store.Eq, id).Limit(500)) {
		if err != nil {
			return nil, err
		}
		out = append(out, show(&l))
	}
	return out, nil
}
