// Package directory answers what a visitor can ask: which shops there are, which of them are open, and what a shop, a street, a
// plaza, the night and the marks look like. It keeps the whole district decoded in memory as a snapshot that never changes and is
// replaced when the store changes, so that an answer costs no query and no lock.
//
// The search engine is asked for one thing only: which listings match some words, best first. Filters, counts, orders and pages
// are made here from the snapshot, because "open now" must be right to the minute, because a listing that was just taken from the
// public must neither be shown nor counted although an index may still hold it (security SEA-03), and because both engines then
// give the same numbers.
package directory

import (
	"context"
	"encoding/binary"
	"errors"
	"hash"
	"hash/fnv"
	"io"
	"iter"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lastknown"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// Listings is what the directory needs of the store.Collection of listings.
type Listings interface {
	Revision(ctx context.Context) (int64, error)
	Each(ctx context.Context, q store.Query) iter.Seq2[listing.Listing, error]
}

// Places is what the directory needs of place.Service, which keeps places in memory.
type Places interface {
	Streets(ctx context.Context) ([]place.Street, error)
	Plazas(ctx context.Context) ([]place.Plaza, error)
	Points(ctx context.Context, kinds ...place.PointKind) ([]place.Point, error)
	Units(ctx context.Context, plazaID string) ([]place.Unit, error)
	Boundary(ctx context.Context) (place.Boundary, error)
}

// Sources is where the directory reads.
type Sources struct {
	Listings Listings
	Places   Places
	Posts    Posts // nil: there are none
	// Opened are the points that shops and stations open, asked for at every answer: what is taken back is gone at once; nil: there are
	// none.
	Opened func(ctx context.Context) ([]place.Point, error)
	// Words and Calendar are what the district edits besides its register. What they return never changes; another pointer means
	// that something did.
	Words    func() *taxonomy.Table
	Calendar func() *calendar.Calendar
	// Look brings Words and Calendar up to what the store holds and returns a mark that is another after every change, for all
	// servers alike; nil: they never change.
	Look func(ctx context.Context) (mark int64, err error)
}

// Service answers. It is safe for concurrent use. What it returns is shared: callers must not change it.
type Service struct {
	src      Sources
	engine   search.Engine // answers
	embedded search.Engine // fed by this process; nil: the engine is fed by a Follower alone
	log      *slog.Logger
	clock    func() time.Time

	known   *lastknown.Value[known]
	now     atomic.Pointer[state]
	feed    feeder
	asked   asked
	suggest suggestions

	mu    sync.Mutex  // one makes the next state
	whole atomic.Bool // the next reading is of everything

	unitsMu sync.Mutex
	units   map[string][]place.Unit // by plaza, as they were last read
}

// known is what was read of the store.
type known struct {
	snap *snapshot
	cal  *calendar.Calendar
	mark int64  // of words and calendar
	rev  int64  // of the listings
	key  string // what all of it together identifies
}

// state is what answers are made from during one minute.
type state struct {
	*known
	clock *clock
}

// Fresh is how old a snapshot may be before the store is asked whether it changed: well under the second within which a listing
// taken from the public has to be gone.
const Fresh = 200 * time.Millisecond

var errAway error = fault.New(fault.Unavailable, "error.unavailable", errors.New("directory: the store is away"))

// Away reports whether the store did not answer when it was last asked.
func (s *Service) Away() bool { return s.known.Away() }

// overlap is how far behind the last change changes are read again, for writers whose clocks differ and writes that were slow.
const overlap = 10 * time.Second

// New returns a Service. engine answers searches; embedded, which may be the same, is the index of this process and kept up to
// date with the snapshot; it may be nil. now is the time the age of the snapshot is measured by.
func New(src Sources, engine, embedded search.Engine, log *slog.Logger, now func() time.Time) *Service {
	s := &Service{src: src, engine: engine, embedded: embedded, log: log, clock: now, feed: feeder{engine: embedded, log: log, built: make(chan struct{})}, units: map[string][]place.Unit{}}
	from := lastknown.Source[known]{Name: "directory", Fresh: Fresh, Clock: now, Log: log, Read: s.read}
	if embedded != nil {
		from.Then = func(_ context.Context, k *known) { s.feed.follow(k.snap) } //nolint:contextcheck // the index is not of this one question
	}
	s.known = lastknown.New(from)
	return s
}

// Refresh brings the snapshot up to the store at once, with the embedded index: after it, what was written before is answered.
// Without it, changes show within Fresh.
func (s *Service) Refresh(ctx context.Context) error {
	k, err := s.known.Renew(ctx)
	if err != nil {
		return err
	}
	return s.feed.catchUp(ctx, k.snap)
}

// Load reads the store, for a server that starts. The embedded index is built meanwhile; until it is whole, only names are
// searched, and the answer says so. Load waits for the index for at most patience: a small district then starts whole, and a
// large one starts.
func (s *Service) Load(ctx context.Context, patience time.Duration) error {
	if _, err := s.state(ctx, s.clock()); err != nil {
		return err
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-s.Indexed():
	case <-timer.C:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// Indexed is closed once the embedded index holds the district for the first time; without one it never is.
func (s *Service) Indexed() <-chan struct{} { return s.feed.built }

// Reload is Refresh that reads every listing again, not only those that changed since the last look. It finds what a clock that
// was set back has hidden.
func (s *Service) Reload(ctx context.Context) error {
	s.whole.Store(true)
	return s.Refresh(ctx)
}

// The pace of Run.
const (
	lookEvery   = time.Second
	reloadEvery = time.Hour
)

// Run keeps the snapshot, what is open, the suggestions and the embedded index up to date until ctx ends, so that no visitor's question has to
// wait for it. Answers are right without it.
func (s *Service) Run(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	reloaded := s.clock()
	for {
		now := s.clock()
		st, err := s.state(ctx, now)
		if err == nil {
			s.suggest.list(st.snap, now, s.log)
		}
		if err == nil && now.Sub(reloaded) >= reloadEvery {
			reloaded = now
			err = s.Reload(ctx)
		}
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "the directory cannot be brought up to date", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close waits for what goes on in the background.
func (s *Service) Close() {
	s.known.Close()
	s.feed.tasks.Wait()
	s.suggest.tasks.Wait()
}

// Revision identifies the data answers are made from; with the minute it is the key of caches of pages. It is another also when
// only the embedded index changed: after new words the index is built in the background, and until then pages come from the old one.
func (s *Service) Revision(ctx context.Context) (string, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return "", err
	}
	return st.key + "-" + strconv.FormatUint(s.feed.turns.Load(), 36), nil
}

func (k *known) revision() string {
	return strconv.FormatInt(k.rev, 36) + "-" + strconv.FormatUint(k.snap.reg.mark, 36) + "-" + strconv.FormatInt(k.snap.postsAt.rev, 36) + "-" + strconv.FormatInt(k.mark, 36)
}

// state returns what to answer from at now. A store that cannot be asked is no reason not to answer from what is known.
func (s *Service) state(ctx context.Context, now time.Time) (*state, error) {
	k, err := s.known.Get(ctx)
	if err != nil {
		return nil, err
	}
	if st := s.now.Load(); st != nil && st.known == k && st.clock.minute == floorMinutes(now) {
		return st, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	next, old := &state{known: s.known.Last()}, s.now.Load()
	if old != nil && old.cal == next.cal { // with another calendar, what is open has to be looked at again
		next.clock = old.clock
	}
	next.clock = next.clock.tick(next.snap, next.cal, now)
	if old != nil && old.snap == next.snap && next.clock.minute < old.clock.minute {
		return next, nil // an answer about the past; the present stays at hand
	}
	s.now.Store(next)
	return next, nil
}

// read brings what is known up to the store.
func (s *Service) read(ctx context.Context, old *known) (*known, error) {
	at, whole := s.clock(), s.whole.Load()
	mark, err := s.look(ctx)
	if err != nil {
		return nil, err
	}
	snap, rev, err := s.load(ctx, old, whole)
	if err != nil {
		return nil, err
	}
	if snap, err = s.withPosts(ctx, snap, at); err != nil {
		return nil, err
	}
	if whole {
		s.whole.Store(false)
	}
	next := known{snap: snap, cal: s.src.Calendar(), mark: mark, rev: rev}
	if next.key = next.revision(); old != nil && next == *old {
		return old, nil
	}
	return &next, nil
}

// look brings words and calendar up to the store.
func (s *Service) look(ctx context.Context) (int64, error) {
	if s.src.Look == nil {
		return 0, nil
	}
	return s.src.Look(ctx)
}

// load reads what changed since old, or everything. The revision is read first: a write in between is only read twice.
func (s *Service) load(ctx context.Context, old *known, whole bool) (*snapshot, int64, error) {
	rev, err := s.src.Listings.Revision(ctx)
	if err != nil {
		return nil, 0, err
	}
	reg, err := s.register(ctx, old)
	if err != nil {
		return nil, 0, err
	}
	var snap *snapshot
	q := store.All().Limit(1000)
	switch {
	case old == nil:
		snap = emptySnapshot(reg)
	case old.snap.reg != reg:
		snap = old.snap.over(reg)
	default:
		snap = old.snap
	}
	if old != nil && !whole {
		if rev == old.rev {
			return snap, rev, nil
		}
		q = store.Where("updated_at", store.Gte, snap.newest.Add(-overlap)).OrderBy("updated_at", store.Asc).Limit(1000)
	}
	// Only what a visitor may know is kept, so that no answer can say more. Each by itself: one kept does not keep its neighbours.
	var changed []*listing.Listing
	for l, err := range s.src.Listings.Each(ctx, q) {
		if err != nil {
			return nil, 0, err
		}
		shown := l.ForPublic()
		changed = append(changed, &shown)
	}
	return snap.with(changed), rev, nil
}

// register returns the register of old when no place changed since.
func (s *Service) register(ctx context.Context, old *known) (*register, error) {
	streets, err := s.src.Places.Streets(ctx)
	if err != nil {
		return nil, err
	}
	plazas, err := s.src.Places.Plazas(ctx)
	if err != nil {
		return nil, err
	}
	points, err := s.src.Places.Points(ctx)
	if err != nil {
		return nil, err
	}
	bounds, err := s.src.Places.Boundary(ctx)
	if err != nil {
		return nil, err
	}
	mark := fnv.New64a()
	for i := range streets {
		note(mark, &streets[i].Meta)
	}
	for i := range plazas {
		note(mark, &plazas[i].Meta)
	}
	named := mark.Sum64()
	note(mark, &bounds.Meta)
	for i := range points {
		note(mark, &points[i].Meta)
	}
	words := s.src.Words()
	if sum := mark.Sum64(); old == nil || old.snap.reg.mark != sum || old.snap.reg.words != words {
		r := newRegister(words, streets, plazas, points, sum)
		r.bounds, r.named = bounds, named
		return r, nil
	}
	return old.snap.reg, nil
}

func note(h hash.Hash64, m *store.Meta) {
	_, _ = io.WriteString(h, m.ID)
	_ = binary.Write(h, binary.LittleEndian, m.Rev)
}
