package place

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Service answers where things are. A neighbourhood has hundreds of places, asked for by every page, so it keeps streets,
// plazas and points in memory, by data revision. What it returns is shared: read it, do not change it.
type Service struct {
	streets memo[Street, *Street]
	plazas  memo[Plaza, *Plaza]
	points  memo[Point, *Point]
	bounds  bounds
	units   *store.Collection[Unit]
}

// Collections are the collections of places, for whoever reads them as a whole.
type Collections struct {
	Streets *store.Collection[Street]
	Plazas  *store.Collection[Plaza]
	Units   *store.Collection[Unit]
	Points  *store.Collection[Point]
	Bounds  *store.Collection[Boundary]
}

// Declare declares the collections of places on db; it may be done again.
func Declare(db store.DB) Collections {
	return Collections{
		Streets: store.NewCollection[Street](db, "streets", store.Unique("slug"), store.Follow("audit"), store.Sealed()),
		Plazas:  store.NewCollection[Plaza](db, "plazas", store.Unique("slug"), store.Follow("audit"), store.Sealed()),
		Units: store.NewCollection[Unit](db, "units",
			store.Index("plaza_id"), store.Index("street_id"), store.Index("occupied_by"), store.Follow("audit"), store.Sealed()),
		Points: store.NewCollection[Point](db, "points", store.Index("kind"), store.Follow("audit"), store.Sealed()),
		Bounds: store.NewCollection[Boundary](db, "boundary", store.Follow("audit"), store.Sealed()),
	}
}

// New returns the service over the collections of db.
func New(db store.DB) *Service {
	c := Declare(db)
	s := &Service{units: c.Units}
	s.streets.coll, s.plazas.coll, s.points.coll, s.bounds.coll = c.Streets, c.Plazas, c.Points, c.Bounds
	return s
}

// Streets returns the streets that are there, in alphabetical order.
func (s *Service) Streets(ctx context.Context) ([]Street, error) {
	all, err := s.streets.all(ctx)
	return slices.DeleteFunc(all, func(x Street) bool { return x.Ended != "" }), err
}

// EveryStreet is Streets with those that have ended, for who has to name what was there.
func (s *Service) EveryStreet(ctx context.Context) ([]Street, error) { return s.streets.all(ctx) }

// Street returns the street with this id, also one that has ended: fault.NotFound.
func (s *Service) Street(ctx context.Context, id string) (Street, error) {
	return s.streets.byID(ctx, id)
}

// StreetBySlug returns the street with this slug, also one that has ended: fault.NotFound.
func (s *Service) StreetBySlug(ctx context.Context, slug string) (Street, error) {
	return s.streets.bySlug(ctx, slug)
}

// Plazas returns the plazas that are there, in alphabetical order.
func (s *Service) Plazas(ctx context.Context) ([]Plaza, error) {
	all, err := s.plazas.all(ctx)
	return slices.DeleteFunc(all, func(x Plaza) bool { return x.Ended != "" }), err
}

// EveryPlaza is Plazas with those that have ended.
func (s *Service) EveryPlaza(ctx context.Context) ([]Plaza, error) { return s.plazas.all(ctx) }

// Plaza returns the plaza with this id, also one that has ended: fault.NotFound.
func (s *Service) Plaza(ctx context.Context, id string) (Plaza, error) { return s.plazas.byID(ctx, id) }

// PlazaBySlug returns the plaza with this slug, also one that has ended: fault.NotFound.
func (s *Service) PlazaBySlug(ctx context.Context, slug string) (Plaza, error) {
	return s.plazas.bySlug(ctx, slug)
}

// Points returns the points of the given kinds that are still there, all without any, by kind in the order of PointKinds and then alphabetically.
func (s *Service) Points(ctx context.Context, kinds ...PointKind) ([]Point, error) {
	all, err := s.points.all(ctx)
	return slices.DeleteFunc(all, func(p Point) bool { return p.Gone != "" || len(kinds) > 0 && !slices.Contains(kinds, p.Kind) }), err
}

// Point returns the point with this id: fault.NotFound, also for one that is gone.
func (s *Service) Point(ctx context.Context, id string) (Point, error) {
	p, err := s.points.byID(ctx, id)
	if err == nil && p.Gone != "" {
		return Point{}, fault.Missing()
	}
	return p, err
}

// Units returns the units of a plaza that are still there, from the lowest floor up and by number.
func (s *Service) Units(ctx context.Context, plazaID string) ([]Unit, error) {
	return s.unitsOf(ctx, "plaza_id", plazaID)
}

// UnitsOn returns the units along a street that are still there, by house number.
func (s *Service) UnitsOn(ctx context.Context, streetID string) ([]Unit, error) {
	return s.unitsOf(ctx, "street_id", streetID)
}

func (s *Service) unitsOf(ctx context.Context, field, id string) ([]Unit, error) {
	out := []Unit{}
	if id == "" {
		return out, nil
	}
	for u, err := range s.units.Each(ctx, store.Where(field, store.Eq, id)) {
		if err != nil {
			return nil, err
		}
		if u.Retired == "" {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b Unit) int { return compareUnits(&a, &b) })
	return out, nil
}

// compareUnits orders the units of one place: from the lowest floor up and by number.
func compareUnits(a, b *Unit) int {
	ha, _, _ := ParseHouse(a.Number)
	hb, _, _ := ParseHouse(b.Number)
	return cmp.Or(cmp.Compare(a.Level, b.Level), CompareHouses(ha, hb), cmp.Compare(a.Number, b.Number), cmp.Compare(a.ID, b.ID))
}

// Unit returns the unit with this id: fault.NotFound.
func (s *Service) Unit(ctx context.Context, id string) (Unit, error) { return s.units.Get(ctx, id) }

// Occupied returns the units with a listing in them.
func (s *Service) Occupied(ctx context.Context) ([]Unit, error) {
	out := []Unit{}
	for u, err := range s.units.Each(ctx, store.Where("occupied_by", store.Gt, "")) {
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	return out, nil
}

// Vacant returns the units that are still there with no listing in them, those of a place beside each other and by number.
func (s *Service) Vacant(ctx context.Context) ([]Unit, error) {
	out := []Unit{}
	for u, err := range s.units.Each(ctx, store.Where("occupied_by", store.Eq, "")) {
		if err != nil {
			return nil, err
		}
		if u.Retired == "" {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b Unit) int {
		return cmp.Or(cmp.Compare(a.PlazaID, b.PlazaID), cmp.Compare(a.StreetID, b.StreetID), compareUnits(&a, &b))
	})
	return out, nil
}

// Occupy puts a listing into a unit from a day on, see Unit.Occupy. Doing it twice is harmless.
func (s *Service) Occupy(ctx context.Context, unitID, listingID, on string) error {
	return s.change(ctx, unitID, func(u *Unit) error { return u.Occupy(listingID, on) })
}

// Vacate takes a listing out of a unit, see Unit.Vacate. Doing it twice is harmless.
func (s *Service) Vacate(ctx context.Context, unitID, listingID string, l Leaving) error {
	return s.change(ctx, unitID, func(u *Unit) error { return u.Vacate(listingID, l) })
}

// errSame ends an update that would change nothing.
var errSame = errors.New("nothing to change")

func (s *Service) change(ctx context.Context, unitID string, f func(*Unit) error) error {
	_, err := s.units.Update(ctx, unitID, 0, func(u *Unit) error {
		was := u.OccupiedBy
		if err := f(u); err != nil {
			return err
		}
		if u.OccupiedBy == was {
			return errSame
		}
		return nil
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// Tally counts what a save did.
type Tally struct {
	New, Changed, Unchanged int
}

// SaveStreets writes streets, matched with the stored ones by slug, all or (when one is invalid) none.
func (s *Service) SaveStreets(ctx context.Context, streets []Street) (Tally, error) {
	return s.streets.save(ctx, streets)
}

// SavePlazas is SaveStreets for plazas.
func (s *Service) SavePlazas(ctx context.Context, plazas []Plaza) (Tally, error) {
	return s.plazas.save(ctx, plazas)
}

// SavePoints is SaveStreets for points, matched by id, which must be set.
func (s *Service) SavePoints(ctx context.Context, points []Point) (Tally, error) {
	return s.points.save(ctx, points)
}

// SaveUnits writes units, matched by id, which must be set. Who occupies a stored unit stays as it is.
func (s *Service) SaveUnits(ctx context.Context, units []Unit) (Tally, error) {
	stored := map[string]Unit{}
	for u, err := range s.units.Each(ctx, store.All()) {
		if err != nil {
			return Tally{}, err
		}
		stored[u.ID] = u
	}
	return save(ctx, s.units, stored, slices.Clone(units))
}

// kept is what the three kinds of places have in common.
type kept[T any] interface {
	*T
	StoreMeta() *store.Meta
	Validate() error
	key() string // what a save matches by
	slug() string
	order() string
	carry(was *T) // takes over what is kept here and no list brings
}

func (s *Street) key() string   { return s.Slug }
func (s *Street) slug() string  { return s.Slug }
func (s *Street) order() string { return signOrder(s.Name.Hans, s.Pinyin) }
func (p *Plaza) key() string    { return p.Slug }
func (p *Plaza) slug() string   { return p.Slug }
func (p *Plaza) order() string  { return signOrder(p.Name.Hans, p.Pinyin) }
func (p *Point) key() string    { return p.ID }
func (p *Point) slug() string   { return "" }
func (p *Point) order() string {
	return string(rune('a'+slices.Index(PointKinds, p.Kind))) + lang.SortKey(p.Name.Hans, "")
}
func (u *Unit) key() string { return u.ID }

func (s *Street) carry(was *Street) {
	s.Trail, s.Stretches, s.StretchesMade, s.Aliases, s.Ended = was.Trail, was.Stretches, was.StretchesMade, was.Aliases, was.Ended
	s.Pedestrian, s.Quiet = was.Pedestrian, was.Quiet
	if len(s.SideNames) == 0 {
		s.SideNames = was.SideNames
	}
}
func (p *Plaza) carry(was *Plaza) { p.Trail, p.Ended = was.Trail, was.Ended }
func (p *Point) carry(was *Point) {
	p.Trail, p.Gone, p.Opening, p.Lit, p.Access, p.Lot, p.Lasts = was.Trail, was.Gone, was.Opening, was.Lit, was.Access, was.Lot, was.Lasts
}

func (u *Unit) carry(was *Unit) {
	u.Trail, u.OccupiedBy, u.VacantSince, u.SeenOn, u.History = was.Trail, was.OccupiedBy, was.VacantSince, was.SeenOn, was.History
	u.Retired, u.PartOf = was.Retired, was.PartOf
}

// signOrder sorts by the reading on the sign, which joins syllables as it likes: "Zhongshan Zhonglu".
func signOrder(name, pinyin string) string {
	return strings.ReplaceAll(lang.SortKey(name, pinyin), " ", "")
}

// memo keeps a small collection in memory until its revision changes.
type memo[T any, P kept[T]] struct {
	coll *store.Collection[T]

	mu    sync.Mutex
	rev   int64
	items []T
	ids   map[string]int
	slugs map[string]int
}

// load returns the current items with their indexes. The maps and the list are replaced as a whole, never changed.
func (m *memo[T, P]) load(ctx context.Context) (items []T, ids, slugs map[string]int, err error) {
	// The revision is read first: a write in between only means one more load next time.
	rev, err := m.coll.Revision(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.items != nil && m.rev == rev {
		return m.items, m.ids, m.slugs, nil
	}
	items = []T{}
	for x, err := range m.coll.Each(ctx, store.All().Limit(1000)) {
		if err != nil {
			return nil, nil, nil, err
		}
		items = append(items, x)
	}
	order := make(map[string]string, len(items)) // read once, not at every comparison
	for i := range items {
		order[P(&items[i]).StoreMeta().ID] = P(&items[i]).order()
	}
	slices.SortFunc(items, func(a, b T) int {
		x, y := P(&a).StoreMeta().ID, P(&b).StoreMeta().ID
		return cmp.Or(strings.Compare(order[x], order[y]), strings.Compare(x, y))
	})
	ids, slugs = map[string]int{}, map[string]int{}
	for i := range items {
		ids[P(&items[i]).StoreMeta().ID] = i
		slugs[P(&items[i]).slug()] = i
	}
	m.rev, m.items, m.ids, m.slugs = rev, items, ids, slugs
	return items, ids, slugs, nil
}

func (m *memo[T, P]) all(ctx context.Context) ([]T, error) {
	items, _, _, err := m.load(ctx)
	return slices.Clone(items), err
}

func (m *memo[T, P]) byID(ctx context.Context, id string) (T, error) {
	items, ids, _, err := m.load(ctx)
	return pick(items, ids, id, err)
}

func (m *memo[T, P]) bySlug(ctx context.Context, slug string) (T, error) {
	items, _, slugs, err := m.load(ctx)
	return pick(items, slugs, slug, err)
}

func pick[T any](items []T, index map[string]int, key string, err error) (T, error) {
	var none T
	if err != nil {
		return none, err
	}
	i, ok := index[key]
	if !ok {
		return none, fault.Missing()
	}
	return items[i], nil
}

func (m *memo[T, P]) save(ctx context.Context, list []T) (Tally, error) {
	items, _, _, err := m.load(ctx)
	if err != nil {
		return Tally{}, err
	}
	stored := map[string]T{}
	for i := range items {
		stored[P(&items[i]).key()] = items[i]
	}
	return save[T, P](ctx, m.coll, stored, slices.Clone(list))
}

// save writes what is new or differs from what is stored under the same key.
func save[T any, P interface {
	*T
	StoreMeta() *store.Meta
	Validate() error
	key() string
	carry(was *T)
}](ctx context.Context, coll *store.Collection[T], stored map[string]T, list []T) (Tally, error) {
	var t Tally
	var write []T
	for i := range list {
		x := P(&list[i])
		if err := x.Validate(); err != nil {
			return Tally{}, err
		}
		if x.key() == "" {
			return Tally{}, fault.Wrong("id", "error.text.empty", nil)
		}
		was, ok := stored[x.key()]
		if !ok {
			t.New++
			write = append(write, list[i])
			continue
		}
		*x.StoreMeta() = *P(&was).StoreMeta()
		x.carry(&was)
		if store.Same(&list[i], &was) {
			t.Unchanged++
			continue
		}
		t.Changed++
		write = append(write, list[i])
	}
	if len(write) == 0 {
		return t, nil
	}
	return t, coll.Upsert(ctx, write)
}
