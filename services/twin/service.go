package twin

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// Kind names decisions about pairs in the trail; MergeKind the proposals of merges.
const (
	Kind      = "twin"
	MergeKind = "merge"
)

// Decision is what was decided about a pair: that it is not one shop, so that nobody is asked again.
type Decision struct {
	store.Meta // the id is the key of the pair
	audit.Trail
	Why string    `json:"why"`
	By  string    `json:"by"` // what colleagues call who decided
	At  time.Time `json:"at"`
	// Off is set when somebody thinks otherwise later: the pair is shown again.
	Off bool `json:"off"`
}

// Posts is what a merge needs of posts.
type Posts interface {
	// Move gives the posts of one listing to another; doing it twice is harmless.
	Move(ctx context.Context, by access.Actor, act access.Action, from, to string) (int, error)
	// MoveBack gives back what Move took from one listing to another; doing it twice is harmless.
	MoveBack(ctx context.Context, by access.Actor, act access.Action, from, to string) (int, error)
}

// Seats is what a merge needs of merchants.
type Seats interface {
	// Reseat lets members who are limited to one listing of a merchant reach another of it as well.
	Reseat(ctx context.Context, by access.Actor, act access.Action, merchantID, from, to string) error
	// Unseat takes back what Reseat gave.
	Unseat(ctx context.Context, by access.Actor, act access.Action, merchantID, from, to string) error
	// ClaimedNow reports whether a claim on a listing waits to be decided.
	ClaimedNow(ctx context.Context, listingID string) (bool, error)
}

// Marks is what a merge needs of the marks of old shops.
type Marks interface {
	// CanMove says why the page gone may not be given up for keep; nil when it may.
	CanMove(ctx context.Context, keep, gone string) error
	// Move gives the mark of one listing, and its history, to another; doing it twice is harmless.
	Move(ctx context.Context, by access.Actor, act access.Action, from, to string) error
	// MoveBack gives back what Move took from one listing to another; doing it twice is harmless.
	MoveBack(ctx context.Context, by access.Actor, act access.Action, from, to string) error
}

// Deps are what the service stands on.
type Deps struct {
	DB       store.DB
	Log      *audit.Log
	Listings *listing.Service
	Posts    Posts
	Seats    Seats
	Marks    Marks
	Signs    *countersign.Service
	Now      func() time.Time
}

// Service finds and merges.
type Service struct {
	Deps
	decisions *audit.Recorded[Decision]

	mu    sync.Mutex // one indexing at a time
	rev   int64
	index *Index
	pairs []Pair
}

// New returns the service; merging becomes a deed that takes two people.
func New(d Deps) *Service {
	coll := store.NewCollection[Decision](d.DB, "twins", store.Index("off", "at"), store.Follow("audit"))
	s := &Service{Deps: d, decisions: audit.Record(coll, d.Log, Kind)}
	d.Signs.Register(MergeKind, countersign.Deed{Action: access.RegisterMerge, Do: s.merge})
	return s
}

// find returns the index of the register as it is now, and its pairs where they are wanted; both are made once per revision.
func (s *Service) find(ctx context.Context, pairs bool) (*Index, []Pair, error) {
	all, err := s.Listings.Mirror().Read(ctx)
	if err != nil {
		return nil, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.index == nil || s.rev != all.Rev {
		s.index, s.pairs, s.rev = NewIndex(all.Shops), nil, all.Rev
	}
	if pairs && s.pairs == nil {
		s.pairs = s.index.Pairs()
	}
	return s.index, s.pairs, nil
}

func mayLook(by access.Actor) error {
	return access.Require(by, access.RegisterTable, access.Thing{Kind: listing.Kind})
}

// Pairs returns the pairs nobody has decided about, the surest first.
func (s *Service) Pairs(ctx context.Context, by access.Actor) ([]Pair, error) {
	if err := mayLook(by); err != nil {
		return nil, err
	}
	_, pairs, err := s.find(ctx, true)
	if err != nil {
		return nil, err
	}
	apart := map[string]bool{}
	for d, err := range s.decisions.Each(ctx, store.Where("off", store.Eq, false).Limit(1000)) {
		if err != nil {
			return nil, err
		}
		apart[d.ID] = true
	}
	out := []Pair{}
	for _, p := range pairs {
		if !apart[p.Key()] {
			out = append(out, p)
		}
	}
	return out, nil
}

// Pair returns two listings beside each other, whether or not they look alike; decided is what was decided about them, nil when
// nothing was. fault.NotFound when one of the two is not there.
func (s *Service) Pair(ctx context.Context, by access.Actor, a, b string) (p Pair, decided *Decision, err error) {
	if err := mayLook(by); err != nil {
		return Pair{}, nil, err
	}
	if a == b {
		return Pair{}, nil, fault.New(fault.NotFound, "error.not_found", errors.New("twin: one listing is no pair"))
	}
	if a > b {
		a, b = b, a
	}
	x, err := s.Listings.Open(ctx, by, a)
	if err != nil {
		return Pair{}, nil, err
	}
	y, err := s.Listings.Open(ctx, by, b)
	if err != nil {
		return Pair{}, nil, err
	}
	ix, _, err := s.find(ctx, false)
	if err != nil {
		return Pair{}, nil, err
	}
	p, _ = ix.compare(cardOf(&x), cardOf(&y))
	p.A, p.B = &x, &y
	d, err := s.decisions.Get(ctx, p.Key())
	if fault.Is(err, fault.NotFound) {
		return p, nil, nil
	}
	if err == nil && !d.Off {
		decided = &d
	}
	return p, decided, err
}

// Like returns the shops that a new one may be already, the likeliest first: for the district every page, for others what visitors see.
func (s *Service) Like(ctx context.Context, by access.Actor, l *listing.Listing, n int) ([]Pair, error) {
	ix, _, err := s.find(ctx, false)
	if err != nil || len([]rune(lang.Clean(l.Name.Hans))) < 2 {
		return nil, err
	}
	all := mayLook(by) == nil
	out := []Pair{}
	for _, p := range ix.Like(l, 4*n) {
		if !all {
			if !p.B.Public() && !access.Can(by, access.ListingOpen, p.B.Thing()) {
				continue
			}
			shown := p.B.ForPublic()
			p.B = &shown
		}
		if out = append(out, p); len(out) == n {
			break
		}
	}
	return out, nil
}

var whyLimit = lang.Limit{Max: 300, Prose: true}

// Different says that two listings are two shops; the pair is not shown again.
func (s *Service) Different(ctx context.Context, by access.Actor, a, b, why string) error {
	return s.decide(ctx, by, a, b, why, false)
}

// Again takes that back.
func (s *Service) Again(ctx context.Context, by access.Actor, a, b string) error {
	return s.decide(ctx, by, a, b, "", true)
}

func (s *Service) decide(ctx context.Context, by access.Actor, a, b, why string, off bool) error {
	if err := access.Require(by, access.RegisterMerge, access.Thing{Kind: Kind}); err != nil {
		return err
	}
	why = lang.Clean(why)
	if wrong := whyLimit.Check("why", why); len(wrong) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	p, _, err := s.Pair(ctx, by, a, b)
	if err != nil {
		return err
	}
	w := audit.Write{Action: access.RegisterMerge, Title: p.A.Name.Hans, Why: why}
	set := func(d *Decision) error {
		d.Why, d.By, d.At, d.Off = why, by.Name, s.Now(), off
		return nil
	}
	_, err = s.decisions.Update(ctx, by, w, p.Key(), 0, set)
	if fault.Is(err, fault.NotFound) {
		d := Decision{Meta: store.Meta{ID: p.Key()}}
		_ = set(&d)
		err = s.decisions.Insert(ctx, by, w, &d)
	}
	return err
}

// Order is what a proposal of a merge says: both as they were seen.
type Order struct {
	Keep    string `json:"keep"`
	KeepRev int64  `json:"keep_rev"`
	Gone    string `json:"gone"`
	GoneRev int64  `json:"gone_rev"`
}

// Propose puts the merge of two listings before a second person: gone is given up for keep. fault.Conflict when they cannot be merged,
// see listing.CanMerge, when one changed since it was seen, or when a claim on one of them waits.
func (s *Service) Propose(ctx context.Context, by access.Actor, o Order, why string) (countersign.Proposal, error) {
	if err := access.Require(by, access.RegisterMerge, access.Thing{Kind: listing.Kind}); err != nil {
		return countersign.Proposal{}, err
	}
	keep, gone, err := s.both(ctx, by, o)
	if err != nil {
		return countersign.Proposal{}, err
	}
	if keep.Rev != o.KeepRev || gone.Rev != o.GoneRev {
		return countersign.Proposal{}, fault.New(fault.Conflict, "error.stale", errors.New("twin: one of the two changed since it was seen"))
	}
	if err := s.can(ctx, &keep, &gone); err != nil {
		return countersign.Proposal{}, err
	}
	return s.Signs.Propose(ctx, by, countersign.Draft{Kind: MergeKind, Subject: gone.ID, Title: gone.Name.Hans + " → " + keep.Name.Hans, Why: why, Content: o})
}

func (s *Service) both(ctx context.Context, by access.Actor, o Order) (keep, gone listing.Listing, err error) {
	if keep, err = s.Listings.Open(ctx, by, o.Keep); err == nil {
		gone, err = s.Listings.Open(ctx, by, o.Gone)
	}
	return keep, gone, err
}

// can is listing.CanMerge that also lets a claim be decided first, because who asked for a page is not sent to another one, and loses no
// mark of an old shop.
func (s *Service) can(ctx context.Context, keep, gone *listing.Listing) error {
	if err := listing.CanMerge(keep, gone); err != nil {
		return err
	}
	if err := s.Marks.CanMove(ctx, keep.ID, gone.ID); err != nil {
		return err
	}
	for _, l := range []*listing.Listing{keep, gone} {
		claimed, err := s.Seats.ClaimedNow(ctx, l.ID)
		if err != nil {
			return err
		}
		if claimed {
			return fault.New(fault.Conflict, "listing.wrong.merge_claim", errors.New("twin: a claim waits"))
		}
	}
	return nil
}

// merge is the deed: the page, then what hangs on it. Each step can be done again.
func (s *Service) merge(ctx context.Context, by access.Actor, p countersign.Proposal) error {
	var o Order
	if err := p.Read(&o); err != nil {
		return err
	}
	gone, err := s.Listings.Get(ctx, o.Gone)
	if err != nil {
		return err
	}
	if gone.Merged == nil {
		keep, err := s.Listings.Get(ctx, o.Keep)
		if err != nil {
			return err
		}
		if err := s.can(ctx, &keep, &gone); err != nil {
			return err
		}
	}
	if _, err := s.Listings.Merge(ctx, by, o.Keep, o.KeepRev, o.Gone, o.GoneRev); err != nil {
		return err
	}
	if _, err := s.Posts.Move(ctx, by, access.RegisterMerge, o.Gone, o.Keep); err != nil {
		return err
	}
	if err := s.Marks.Move(ctx, by, access.RegisterMerge, o.Gone, o.Keep); err != nil {
		return err
	}
	return s.Seats.Reseat(ctx, by, access.RegisterMerge, gone.MerchantID, o.Gone, o.Keep)
}

// Undo takes a merge back within listing.UnmergeFor: the page is back at its address, with its owner, its posts, its mark of an old
// shop and who could reach it.
// kept names what the other page says otherwise by now and keeps. Keys of programs, counts, receipts of notices and reports were never
// taken from the page that was given up; what came in on the other page since stays there, because it is about what people saw.
func (s *Service) Undo(ctx context.Context, by access.Actor, id string) (kept []string, err error) {
	gone, err := s.Listings.Open(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := access.Require(by, access.RegisterMerge, gone.Thing()); err != nil {
		return nil, err
	}
	if err := s.Listings.CanUnmerge(&gone); err != nil {
		return nil, err
	}
	// What hangs on the page goes first: cut off by a crash, the merge still stands and is undone again.
	into := gone.Merged.Into
	if _, err := s.Posts.MoveBack(ctx, by, access.RegisterMerge, id, into); err != nil {
		return nil, err
	}
	if err := s.Marks.MoveBack(ctx, by, access.RegisterMerge, id, into); err != nil {
		return nil, err
	}
	if err := s.Seats.Unseat(ctx, by, access.RegisterMerge, gone.MerchantID, id, into); err != nil {
		return nil, err
	}
	_, kept, err = s.Listings.Unmerge(ctx, by, id)
	if err != nil { // somebody else has its unit by now: everything stays merged
		_, moved := s.Posts.Move(ctx, by, access.RegisterMerge, id, into)
		return nil, errors.Join(err, moved, s.Marks.Move(ctx, by, access.RegisterMerge, id, into), s.Seats.Reseat(ctx, by, access.RegisterMerge, gone.MerchantID, id, into))
	}
	return kept, nil
}

// Merges returns the merges of the last listing.UnmergeFor that can be taken back, the latest first.
func (s *Service) Merges(ctx context.Context, by access.Actor) ([]*listing.Listing, error) {
	if err := mayLook(by); err != nil {
		return nil, err
	}
	all, err := s.Listings.Mirror().Read(ctx)
	if err != nil {
		return nil, err
	}
	out := []*listing.Listing{}
	for _, l := range all.Shops {
		if l.State == listing.Archived && l.Merged != nil && s.Now().Sub(l.Merged.At) <= listing.UnmergeFor {
			out = append(out, l)
		}
	}
	slices.SortFunc(out, func(a, b *listing.Listing) int { return b.Merged.At.Compare(a.Merged.At) })
	return out, nil
}
