package directory

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/search/text"
	"shangquan/services/store"
)

// remote is an engine outside the process: it can be down, and it can refuse listings.
type remote struct {
	*memory.Engine
	mu      sync.Mutex
	down    bool
	refuses string // the id of a listing it takes for broken
	rebuilt int
	sent    []string // ids, in the order they came
	held    map[string]search.Held
}

var errDown = fault.New(fault.Unavailable, "error.search.down", nil)

func newRemote() *remote { return &remote{Engine: memory.New(), held: map[string]search.Held{}} }

// hold notes a listing as an engine outside does.
func (r *remote) hold(l *search.Listing) {
	r.held[l.ID] = search.Held{UpdatedAt: l.UpdatedAt.Unix(), Sum: text.DocumentOf(l).Sum}
}

func (r *remote) Holds(context.Context) (map[string]search.Held, error) {
	if err := r.err(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.held), nil
}

func (r *remote) set(f func(*remote)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(r)
}

func (r *remote) err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return errDown
	}
	return nil
}

func (r *remote) Upsert(ctx context.Context, ls ...search.Listing) error {
	if err := r.err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range ls {
		if ls[i].ID == r.refuses {
			return errors.New("the whole payload failed")
		}
		r.sent = append(r.sent, ls[i].ID)
		r.hold(&ls[i])
	}
	return r.Engine.Upsert(ctx, ls...)
}

func (r *remote) Delete(ctx context.Context, ids ...string) error {
	if err := r.err(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, id := range ids {
		delete(r.held, id)
	}
	return r.Engine.Delete(ctx, ids...)
}

func (r *remote) Sync(context.Context) error   { return r.err() }
func (r *remote) Health(context.Context) error { return r.err() }

func (r *remote) Search(ctx context.Context, q search.Query) (search.Result, error) {
	if err := r.err(); err != nil {
		return search.Result{}, err
	}
	return r.Engine.Search(ctx, q)
}

func (r *remote) Rebuild(ctx context.Context, all iter.Seq2[search.Listing, error]) error {
	if err := r.err(); err != nil {
		return err
	}
	r.set(func(r *remote) { r.rebuilt++ })
	// The old index answers until the new one is whole, and knows of no writes to the old one.
	next := newRemote()
	var bad error
	err := next.Engine.Rebuild(ctx, func(yield func(search.Listing, error) bool) {
		for l, err := range all {
			if l.ID == r.refuses {
				bad = errors.Join(bad, fault.New(fault.Invalid, "error.search.listing", errors.New("refused")))
				continue
			}
			if err == nil {
				next.hold(&l)
			}
			if !yield(l, err) {
				return
			}
		}
	})
	if err == nil {
		r.set(func(r *remote) { r.Engine, r.held = next.Engine, next.held })
	}
	return errors.Join(err, bad)
}

// finds returns the ids the remote engine finds for words.
func (r *remote) finds(t testing.TB, words string) []string {
	t.Helper()
	res, err := r.Engine.Search(t.Context(), search.Query{Text: words, PerPage: search.MaxPerPage})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, h := range res.Hits {
		out = append(out, h.ID)
	}
	return out
}

func follow(t testing.TB, r Outside) (*district, *Follower) {
	t.Helper()
	d := openFilled(t, filepath.Join(t.TempDir(), "d.db"), r)
	f := NewFollower(d.Service, d.listings, r, d.db, "me", slog.New(slog.DiscardHandler))
	d.must(f.Sync(t.Context()))
	return d, f
}

func TestFollowerDelivers(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	if got := r.finds(t, "云间面馆"); !slices.Equal(got, []string{"noodles"}) {
		t.Fatalf("at first: %v", got)
	}
	if got := r.finds(t, "还没开"); len(got) != 0 {
		t.Errorf("a draft was sent: %v", got)
	}
	d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
	d.change("bar", func(l *listing.Listing) { l.State = listing.Suspended })
	d.must(f.Sync(t.Context()))
	if got := r.finds(t, "云间面庄"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("after a change: %v", got)
	}
	if got := r.finds(t, "长桥酒吧"); len(got) != 0 {
		t.Errorf("after it was taken from the public: %v", got)
	}
	if pending, err := d.listings.Pending(t.Context(), FollowerName, 10); err != nil || len(pending) != 0 {
		t.Errorf("%v, %d pending", err, len(pending))
	}
}

// TestWritesDoNotWaitForTheEngine: with the search engine down every edit succeeds. SEA-01.
func TestWritesDoNotWaitForTheEngine(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	r.set(func(r *remote) { r.down = true })
	d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
	if err := f.Sync(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("the follower said %v", err)
	}
	// Visitors find it all the same, by its name, and are told.
	if p := d.ask(Query{Text: "云间面"}); !slices.Equal(ids(p.Rows), []string{"noodles"}) || !p.Degraded {
		t.Errorf("%v, degraded %v", ids(p.Rows), p.Degraded)
	}
	if p := d.ask(Query{}); p.Total != 7 || p.Degraded {
		t.Errorf("browsing needs no engine: %d, degraded %v", p.Total, p.Degraded)
	}
	r.set(func(r *remote) { r.down = false })
	d.must(f.Sync(t.Context()))
	if got := r.finds(t, "云间面庄"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("later: %v", got)
	}
	if p := d.ask(Query{Text: "云间面"}); p.Degraded {
		t.Error("still degraded")
	}
}

// TestARefusedListing: it is told, left alone for a while, tried again, and keeps neither other edits nor the daily check from
// going on. SEA-04, SEA-07.
func TestARefusedListing(t *testing.T) {
	r := &tidied{remote: newRemote()}
	d, f := follow(t, r)
	var notes []string
	var drifts []Drift
	f.Refused, f.Drifted = func(note string) { notes = append(notes, note) }, func(x Drift) { drifts = append(drifts, x) }
	r.set(func(r *remote) { r.refuses = "bar" })
	d.change("bar", func(l *listing.Listing) { l.Goods = []string{"新品"} })
	deliver := func() error {
		t.Helper()
		d.change("noodles", func(l *listing.Listing) { l.Popularity++ })
		n, err := f.Deliver(t.Context())
		if n != 1 || unrefused(err) != nil {
			t.Errorf("delivered %d, %v", n, err)
		}
		return err
	}
	if err := deliver(); err == nil || len(notes) != 1 || notes[0] != "1 refused: bar" {
		t.Errorf("%v, told %q", err, notes)
	}
	if err := deliver(); err != nil || len(notes) != 1 {
		t.Errorf("it is not left alone: %v, told %q", err, notes)
	}
	d.must(r.Delete(t.Context(), "pharmacy"))
	if err := f.daily(t.Context()); err == nil || unrefused(err) != nil {
		t.Errorf("the daily check says %v", err)
	}
	if len(drifts) != 1 || !slices.Equal(drifts[0].all(), []string{"pharmacy"}) || r.times != 1 {
		t.Errorf("drift %+v, tidied %d times", drifts, r.times)
	}
	if got := r.finds(t, "济和堂药房"); !slices.Contains(got, "pharmacy") || len(notes) != 2 {
		t.Errorf("repaired %v, told %q", got, notes)
	}
	d.pass(againAfter)
	if err := deliver(); err == nil || len(notes) != 3 {
		t.Errorf("it is not tried again: %v, told %q", err, notes)
	}
	r.set(func(r *remote) { r.refuses = "" })
	d.change("bar", func(l *listing.Listing) { l.Goods = []string{"更新的"} })
	if n, err := f.Deliver(t.Context()); n != 1 || err != nil || len(r.finds(t, "更新的")) != 1 {
		t.Errorf("another revision is another matter: %d, %v", n, err)
	}
}

type tidied struct {
	*remote
	times int
}

func (x *tidied) Tidy(context.Context) error {
	x.times++
	return nil
}

// TestARebuildWithoutARefusedListing: what a rebuild leaves out is said, and is no reason to rebuild for ever.
func TestARebuildWithoutARefusedListing(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	r.set(func(r *remote) { r.refuses = "bar" })
	if err := f.Reindex(t.Context(), nil); err == nil || unrefused(err) != nil {
		t.Errorf("nobody heard of it, or nothing else went: %v", err)
	}
	if got := r.finds(t, "云间面馆"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("found %v", got)
	}
	if _, err := f.Deliver(t.Context()); err != nil || r.rebuilt != 1 {
		t.Errorf("%v, rebuilt %d times", err, r.rebuilt)
	}
	_ = d
}

// TestRunTellsOfFailedTasks: also those that are about no one listing.
func TestRunTellsOfFailedTasks(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.engine = &spoilt{r}
	f.Refused = func(note string) {
		if note != "a task failed" {
			t.Errorf("told %q", note)
		}
		cancel()
	}
	d.change("noodles", func(l *listing.Listing) { l.Popularity++ })
	f.Run(ctx)
}

type spoilt struct{ *remote }

func (*spoilt) Health(context.Context) error { return errDown }

func (*spoilt) Sync(context.Context) error {
	return fault.New(fault.Unavailable, "error.search.unavailable", search.ErrTask)
}

func TestOneBadListingHoldsNobodyUp(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	r.set(func(r *remote) { r.refuses = "bar" })
	for _, id := range []string{"noodles", "bar", "pharmacy", "quarter"} {
		d.change(id, func(l *listing.Listing) { l.Goods = []string{"新品"} })
	}
	if err := f.Sync(t.Context()); err == nil {
		t.Error("nobody heard of it")
	}
	if got := r.finds(t, "新品"); !slices.Equal(sorted(got), []string{"noodles", "pharmacy", "quarter"}) {
		t.Errorf("got %v", got)
	}
	pending, err := d.listings.Pending(t.Context(), FollowerName, 10)
	d.must(err)
	if len(pending) != 1 || pending[0].ID != "bar" {
		t.Errorf("pending %+v", pending)
	}
	r.set(func(r *remote) { r.refuses = "" })
	d.must(f.Sync(t.Context()))
	if got := r.finds(t, "新品"); !slices.Contains(got, "bar") {
		t.Errorf("later: %v", got)
	}
}

// TestLateAndDoubleDeliveries lets a follower that read the queue long ago deliver what it read, three times and in any order. DUR-04.
func TestLateAndDoubleDeliveries(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	var read [][]listing.Listing
	for _, name := range []string{"甲字面馆", "乙字面馆", "丙字面馆"} {
		d.change("noodles", func(l *listing.Listing) { l.Name.Hans = name })
		pending, err := d.listings.Pending(t.Context(), FollowerName, 10)
		d.must(err)
		read = append(read, pending)
	}
	for _, i := range []int{2, 0, 1, 0, 2, 1, 1, 2, 0} {
		for _, l := range read[i] {
			sent, err := f.send(t.Context(), []string{l.ID})
			d.must(err)
			d.must(d.listings.Delivered(t.Context(), FollowerName, l.ID, l.Rev))
			if sent[l.ID] != read[2][0].Rev {
				t.Errorf("revision %d was sent", sent[l.ID])
			}
		}
		if got := r.finds(t, "丙字面馆"); !slices.Equal(got, []string{"noodles"}) {
			t.Fatalf("after delivering reading %d: %v", i, got)
		}
	}
	if pending, err := d.listings.Pending(t.Context(), FollowerName, 10); err != nil || len(pending) != 0 {
		t.Errorf("%v, %d pending", err, len(pending))
	}
}

// TestAChangeOnTheWayIsSentAgain changes a listing while an older form of it is being delivered.
func TestAChangeOnTheWayIsSentAgain(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "甲字面馆" })
	slow := &during{remote: r, then: func() { d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "乙字面馆" }) }}
	f.engine = slow
	_, err := f.Deliver(t.Context())
	d.must(err)
	if got := r.finds(t, "乙字面馆"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("got %v", got)
	}
	if pending, err := d.listings.Pending(t.Context(), FollowerName, 10); err != nil || len(pending) != 0 {
		t.Errorf("%v, %d pending", err, len(pending))
	}
}

type during struct {
	*remote
	once sync.Once
	then func()
}

func (d *during) Sync(ctx context.Context) error {
	d.once.Do(d.then)
	return d.remote.Sync(ctx)
}

func TestAPlaceChangedItsName(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	r.set(func(r *remote) { r.sent = nil })
	_, err := d.places.SaveStreets(t.Context(), []place.Street{
		{Meta: store.Meta{ID: "st-gy"}, Slug: "guyang", Name: lang.Text{Hans: "新谷阳路"}, Core: true, Lines: nil},
	})
	d.must(err)
	d.must(f.Sync(t.Context()))
	if got := r.finds(t, "新谷阳路"); !slices.Equal(got, []string{"bar"}) || !slices.Equal(r.sent, []string{"bar"}) {
		t.Errorf("got %v, sent %v", got, r.sent)
	}
	if p := d.ask(Query{Streets: []string{"guyang"}}); p.Rows[0].Street.Name.Hans != "新谷阳路" {
		t.Errorf("%+v", p.Rows)
	}
}

// TestABadListingAtStart is left out of the embedded index, which is whole for all others.
func TestABadListingAtStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	d := openFilled(t, path, nil)
	d.change("bar", func(l *listing.Listing) { l.Address.Level = 999 })
	d.must(d.db.Close())
	d = open(t, path, nil)
	_ = d.Refresh(t.Context()) // who builds the index, here or beside, says what was left out
	select {
	case <-d.Indexed():
	default:
		t.Fatal("the index is not taken")
	}
	if p := d.ask(Query{Text: "yjmg"}); !slices.Equal(ids(p.Rows), []string{"noodles"}) || p.Degraded {
		t.Errorf("found %v, degraded %v", ids(p.Rows), p.Degraded)
	}
	d.must(d.Refresh(t.Context()))
}

// owed saves the street under another name and returns a follower that knows nothing of it, as after a crash or on another server.
func owed(t *testing.T, d *district, r *remote) *Follower {
	t.Helper()
	_, err := d.places.SaveStreets(t.Context(), []place.Street{
		{Meta: store.Meta{ID: "st-gy"}, Slug: "guyang", Name: lang.Text{Hans: "新谷阳路"}, Core: true, Lines: nil},
	})
	d.must(err)
	d.must(d.Refresh(t.Context()))
	return NewFollower(d.Service, d.listings, r, d.db, "another", slog.New(slog.DiscardHandler))
}

// TestWordsOutliveAFollower: a street that was renamed, or an offer that was withdrawn, before the follower came to it reaches the
// index though the follower is gone. DUR-03, SEA-07.
func TestWordsOutliveAFollower(t *testing.T) {
	r := newRemote()
	d, _ := follow(t, r)
	f := owed(t, d, r)
	if got, err := f.compare(t.Context()); err != nil || got.Found() || !slices.Equal(got.Behind, []string{"bar"}) {
		t.Errorf("before: %+v %v", got, err)
	}
	r.set(func(r *remote) { r.sent = nil })
	d.must(f.Sync(t.Context()))
	if got := r.finds(t, "新谷阳路"); !slices.Equal(got, []string{"bar"}) || !slices.Equal(r.sent, []string{"bar"}) || r.rebuilt != 0 {
		t.Errorf("found %v, sent %v, rebuilt %d times", got, r.sent, r.rebuilt)
	}
	if got, err := f.Check(t.Context(), false); err != nil || len(got.all()) > 0 {
		t.Errorf("after: %+v %v", got, err)
	}
	// The check sees it by itself, too.
	d.must(r.Upsert(t.Context(), search.Listing{ID: "bar", Name: "长桥酒吧", UpdatedAt: d.known.Last().snap.shops[d.known.Last().snap.ids["bar"]].UpdatedAt}))
	if got, err := f.Check(t.Context(), true); err != nil || got.Found() || !slices.Equal(got.Behind, []string{"bar"}) {
		t.Errorf("checked: %+v %v", got, err)
	}
	if got := r.finds(t, "新谷阳路"); !slices.Equal(got, []string{"bar"}) {
		t.Errorf("after the check: %v", got)
	}
}

// TestALongStreetChangedItsName: more than a batch is not sent piece by piece, the index is built again.
func TestALongStreetChangedItsName(t *testing.T) {
	r := newRemote()
	d, _ := follow(t, r)
	many := make([]listing.Listing, batchSize)
	for i := range many {
		many[i] = shopAt(fmt.Sprint("long-", i), "小店", "noodles", "st-gy", strconv.Itoa(i+100), hours.Hours{})
	}
	d.must(d.listings.Upsert(t.Context(), many))
	d.must(NewFollower(d.Service, d.listings, r, d.db, "me", slog.New(slog.DiscardHandler)).Sync(t.Context()))
	f := owed(t, d, r)
	d.must(f.Sync(t.Context()))
	if got := r.finds(t, "新谷阳路"); len(got) != batchSize+1 || r.rebuilt != 1 {
		t.Errorf("found %d, rebuilt %d times", len(got), r.rebuilt)
	}
	d.must(f.Sync(t.Context()))
	if r.rebuilt != 1 {
		t.Errorf("rebuilt again")
	}
}

func TestDrift(t *testing.T) {
	t.Run("ids", func(t *testing.T) {
		r := newRemote()
		d, f := follow(t, r)
		if got, err := f.Check(t.Context(), false); err != nil || len(got.all()) > 0 {
			t.Fatalf("%v %+v", err, got)
		}
		d.must(r.Delete(t.Context(), "noodles", "bar", "pharmacy"))
		d.must(r.Upsert(t.Context(), search.Listing{ID: "ghost", Name: "鬼店"}))
		got, err := f.Check(t.Context(), true)
		d.must(err)
		if !slices.Equal(sorted(got.Missing), []string{"bar", "noodles", "pharmacy"}) || !slices.Equal(got.Extra, []string{"ghost"}) || !got.Found() {
			t.Errorf("%+v", got)
		}
		if got, err = f.Check(t.Context(), false); err != nil || len(got.all()) > 0 {
			t.Errorf("after the repair: %v %+v", err, got)
		}
		if found := r.finds(t, "云间面馆"); !slices.Equal(found, []string{"noodles"}) {
			t.Errorf("found %v", found)
		}
	})
	t.Run("times", func(t *testing.T) {
		r := newRemote()
		d, f := follow(t, r)
		r.set(func(r *remote) {
			r.sent = nil
			for id, by := range map[string]int64{"bar": -1, "noodles": 1} {
				h := r.held[id]
				h.UpdatedAt += by
				r.held[id] = h
			}
		})
		got, err := f.Check(t.Context(), true)
		d.must(err)
		if !slices.Equal(sorted(got.Stale), []string{"bar", "noodles"}) || !slices.Equal(sorted(r.sent), []string{"bar", "noodles"}) {
			t.Errorf("%+v, sent %v", got, r.sent)
		}
	})
	t.Run("the engine is down", func(t *testing.T) {
		r := newRemote()
		_, f := follow(t, r)
		r.set(func(r *remote) { r.down = true })
		if _, err := f.Check(t.Context(), true); !errors.Is(err, errDown) {
			t.Error(err)
		}
	})
}

func TestReindex(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	d.must(r.Engine.Delete(t.Context(), "noodles"))
	var heard []int
	d.must(f.Reindex(t.Context(), func(done, total int) { heard = append(heard, done, total) }))
	if !slices.Equal(heard, []int{7, 7}) {
		t.Errorf("progress %v", heard)
	}
	if got := r.finds(t, "云间面馆"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("found %v", got)
	}
}

// TestReindexBesideAServer: what a server writes to the old index while another process builds the new one is in the new one.
func TestReindexBesideAServer(t *testing.T) {
	r := newRemote()
	d, server := follow(t, r)
	command := NewFollower(d.Service, d.listings, r, d.db, "command", slog.New(slog.DiscardHandler))
	d.must(command.Reindex(t.Context(), func(done, total int) {
		if done < total {
			return
		}
		d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
		d.change("bar", func(l *listing.Listing) { l.State = listing.Suspended })
		d.change("draft", func(l *listing.Listing) { l.State = listing.Published })
		owed(t, d, r)
		d.must(server.Sync(t.Context()))
	}))
	if pending, err := d.listings.Pending(t.Context(), FollowerName, 10); err != nil || len(pending) != 0 {
		t.Fatalf("%v, %d pending: the server is not done", err, len(pending))
	}
	if got, err := server.compare(t.Context()); err != nil || len(got.all()) > 0 {
		t.Errorf("after it: %+v %v", got, err)
	}
	if got := r.finds(t, "云间面庄"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("found %v", got)
	}
	if r.rebuilt != 1 {
		t.Errorf("rebuilt %d times", r.rebuilt)
	}
}

// TestRun lets the worker run: it takes the lease, delivers, and stops when told.
func TestRun(t *testing.T) {
	r := newRemote()
	d, f := follow(t, r)
	d.change("noodles", func(l *listing.Listing) { l.Name.Hans = "云间面庄" })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	delivered := make(chan struct{})
	f.queue = &watched{Queue: d.listings, then: func() { close(delivered) }}
	go func() {
		defer close(done)
		f.Run(ctx)
	}()
	<-delivered
	// Another server has to wait for its turn.
	if mine, err := d.db.Lease(t.Context(), FollowerName, "another", leaseTerm); err != nil || mine {
		t.Errorf("another server got the lease too: %v %v", mine, err)
	}
	cancel()
	<-done
	if got := r.finds(t, "云间面庄"); !slices.Equal(got, []string{"noodles"}) {
		t.Errorf("found %v", got)
	}
}

// watched tells when something was delivered.
type watched struct {
	Queue
	once sync.Once
	then func()
}

func (w *watched) Delivered(ctx context.Context, follower, id string, rev int64) error {
	err := w.Queue.Delivered(ctx, follower, id, rev)
	w.once.Do(w.then)
	return err
}
