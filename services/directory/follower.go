package directory

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"shangquan/services/listing"
	"shangquan/services/search"
)

// FollowerName is the follower the listings are declared with: store.Follow(FollowerName).
const FollowerName = "search"

// Queue is what the follower needs of the store.Collection of listings.
type Queue interface {
	Pending(ctx context.Context, follower string, limit int) ([]listing.Listing, error)
	Delivered(ctx context.Context, follower, id string, rev int64) error
}

// Follower carries listings that were written to an index outside the process. The write itself marks a listing as pending, so
// nothing is lost when a server dies before it comes to delivering; delivery is at least once, and harmless twice or late,
// because what is sent is always the listing as it is now. Writes never wait for it.
type Follower struct {
	dir    *Service
	queue  Queue
	engine Outside
	leases Leases
	owner  string
	log    *slog.Logger

	// Drifted, which may be nil, hears when the index was found to differ from the directory.
	Drifted func(Drift)
	// Refused, which may be nil, hears that the engine works and did not take what it was sent; note says which listings, by their
	// ids (security SEA-04). It is said again with every attempt.
	Refused func(note string)

	index  terms             // the words the index is known to have, or to get by owed
	boards map[string]*board // the same of the posts
	owed   []string          // listings to be sent besides those that are pending
	found  *Drift            // what the last Deliver or Sync found when it compared; nil: it had no reason to

	leased time.Time // when the lease was last taken; zero: without one

	refused map[string]int64 // revisions that the engine did not take, by listing: left alone until again
	again   time.Time
}

// Leases is what the follower needs of a store.DB: servers that share the work take turns. It is a courtesy only; two that work
// at once do no harm.
type Leases interface {
	Lease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)
}

// NewFollower returns a follower that delivers what dir knows to engine. owner names this process among those that share the
// work through leases.
func NewFollower(dir *Service, queue Queue, engine Outside, leases Leases, owner string, log *slog.Logger) *Follower {
	return &Follower{dir: dir, queue: queue, engine: engine, leases: leases, owner: owner, log: log, refused: map[string]int64{}}
}

// The pace of a follower.
const (
	batchSize  = 500
	maxPending = 1000 // that a store gives at once
	pollEvery  = 500 * time.Millisecond
	longestGap = time.Minute
	leaseTerm  = 30 * time.Second
	checkEvery = 24 * time.Hour
	againAfter = 10 * time.Minute
)

// Run delivers until ctx ends. After a failure it waits, at first a second, then twice as long each time up to a minute. Once a
// day it compares the index with the directory and lets the engine clear away what it no longer needs. A listing that the engine
// does not take is tried again after ten minutes and keeps nothing else from going on.
func (f *Follower) Run(ctx context.Context) {
	var gap time.Duration
	var checked time.Time
	for {
		wait := pollEvery
		mine, err := f.leases.Lease(ctx, FollowerName, f.owner, leaseTerm)
		if err == nil && mine {
			f.leased = f.dir.clock()
			var n int
			if n, err = f.Deliver(ctx); n >= batchSize {
				wait = 0
			}
			if at := f.dir.clock(); unrefused(err) == nil && at.Sub(checked) >= checkEvery {
				if err = f.daily(ctx); unrefused(err) == nil {
					checked = at
				}
			}
		}
		if err = unrefused(err); err != nil && ctx.Err() == nil {
			if errors.Is(err, search.ErrTask) {
				f.refuse("a task failed")
			}
			gap = min(max(2*gap, time.Second), longestGap)
			wait = gap
			f.log.WarnContext(ctx, "listings wait to be searchable", "error", err, "retry_in", gap)
		} else {
			gap = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// daily checks, repairs and tidies.
func (f *Follower) daily(ctx context.Context) error {
	d, err := f.check(ctx, true)
	if d.Found() {
		f.log.WarnContext(ctx, "the search index had drifted and was repaired", "missing", len(d.Missing), "stale", len(d.Stale), "extra", len(d.Extra))
		if f.Drifted != nil {
			f.Drifted(d)
		}
	}
	if unrefused(err) == nil {
		f.tidy(ctx)
	}
	return err
}

// stay keeps the lease through work that takes longer than it lasts.
func (f *Follower) stay(ctx context.Context) {
	if at := f.dir.clock(); !f.leased.IsZero() && at.Sub(f.leased) >= leaseTerm/3 {
		f.leased = at
		_, _ = f.leases.Lease(ctx, FollowerName, f.owner, leaseTerm) // without it another works at the same, which does no harm
	}
}

// Sync delivers until nothing is pending but what the engine refuses, which is the error then. What was refused before is tried
// again.
func (f *Follower) Sync(ctx context.Context) error {
	f.retry()
	var refused error
	var found *Drift
	for {
		left := len(f.refused)
		n, err := f.Deliver(ctx)
		refused = errors.Join(refused, err)
		if f.found == nil {
			f.found = found
		}
		found = f.found
		if unrefused(err) != nil || n == 0 && len(f.refused) == left {
			return refused
		}
	}
}

// retry makes what was refused be sent again, also what is not pending: a listing with new words of its street, or another post.
func (f *Follower) retry() {
	for id := range f.refused {
		f.owe(id)
	}
	clear(f.refused)
}

func (f *Follower) owe(ids ...string) { f.owed = union(f.owed, ids) }

// Deliver delivers one batch and returns how many listings it was. When a street, a plaza or a word changed, any listing may be found by
// other words. Whether the index has them is asked of the index: what this process remembers says nothing of what the one before
// it still had to do. That takes a while, so edits go first.
func (f *Follower) Deliver(ctx context.Context) (int, error) {
	f.found = nil
	if !f.dir.clock().Before(f.again) {
		f.retry()
	}
	most := min(batchSize+len(f.refused), maxPending)
	docs, err := f.queue.Pending(ctx, FollowerName, most)
	if err != nil {
		return 0, err
	}
	snap, err := f.current(ctx)
	if err != nil {
		return 0, err
	}
	f.owe(reposted(f.boards, snap.boards)...)
	f.boards = snap.boards
	ids := slices.Clone(f.owed)
	for i := range docs {
		if rev, refused := f.refused[docs[i].ID]; !refused || rev != docs[i].Rev {
			ids = union(ids, []string{docs[i].ID})
		}
	}
	n, err := f.deliver(ctx, ids)
	if unrefused(err) != nil || len(docs) == most || f.index == snap.reg.terms() {
		return n, err
	}
	d, e := f.compare(ctx)
	if errors.Is(e, errBehind) { // once that is delivered
		return n, err
	}
	if e != nil {
		return n, errors.Join(err, e)
	}
	f.found = &d
	if len(d.Behind) > batchSize {
		e = unrefused(f.Reindex(ctx, nil))
	} else {
		f.index = snap.reg.terms()
		f.owe(d.Behind...)
		var more int
		more, e = f.deliver(ctx, f.owed)
		n += more
	}
	d.Behind = nil
	return n, errors.Join(err, e)
}

// deliver sends listings and notes in the queue which revisions went. What is refused is no longer owed: it is tried again later.
func (f *Follower) deliver(ctx context.Context, ids []string) (int, error) {
	sent, err := f.send(ctx, slices.Clone(ids))
	if unrefused(err) == nil {
		f.owed = nil
	}
	for id, rev := range sent {
		if e := f.queue.Delivered(ctx, FollowerName, id, rev); e != nil {
			return len(sent), e
		}
	}
	return len(sent), err
}

// union returns a and what of b is not in it.
func union(a, b []string) []string {
	for _, id := range b {
		if !slices.Contains(a, id) {
			a = append(a, id)
		}
	}
	return a
}

func (f *Follower) current(ctx context.Context) (*snapshot, error) {
	if err := f.dir.Refresh(ctx); err != nil {
		return nil, err
	}
	return f.dir.known.Last().snap, nil
}

// send makes the index hold the listings of ids as they are now and returns the revisions it then holds. A listing that changes
// on the way is sent again: another server may have delivered the change before our older copy arrived.
func (f *Follower) send(ctx context.Context, ids []string) (map[string]int64, error) {
	sent := map[string]int64{}
	var refused error
	for len(ids) > 0 {
		snap, err := f.current(ctx)
		if err != nil {
			return sent, err
		}
		done, err := f.write(ctx, snap, ids)
		f.note(snap, err)
		for _, id := range done {
			sent[id] = snap.revision(id)
		}
		if refused = errors.Join(refused, err); err != nil && len(done) == 0 {
			return sent, refused
		}
		now, err := f.current(ctx)
		if err != nil {
			return sent, err
		}
		ids = ids[:0]
		for _, id := range done {
			if now.revision(id) != sent[id] {
				ids = append(ids, id)
			}
		}
	}
	return sent, refused
}

// revision returns the revision of a listing, 0 when there is none.
func (s *snapshot) revision(id string) int64 {
	if n, ok := s.ids[id]; ok {
		return s.shops[n].Rev
	}
	return 0
}

// write puts the listings into the index, or takes them out, and waits until that is done. When the engine works but refuses the
// batch, its halves are tried, so that one bad listing holds nobody up; done are those that went through.
func (f *Follower) write(ctx context.Context, snap *snapshot, ids []string) (done []string, err error) {
	var in []search.Listing
	var out []string
	for _, id := range ids {
		n, ok := snap.ids[id]
		if !ok || !snap.shops[n].listed {
			out = append(out, id)
			continue
		}
		doc, _, bad := snap.document(n)
		if bad != nil {
			// No index takes it as it is; only another edit can help, and that makes it pending again.
			f.log.ErrorContext(ctx, "a listing cannot be searched for", "id", id, "error", bad)
			out = append(out, id)
			continue
		}
		in = append(in, doc)
	}
	if len(out) > 0 {
		err = f.engine.Delete(ctx, out...)
	}
	if err == nil && len(in) > 0 {
		err = f.engine.Upsert(ctx, in...)
	}
	if e := f.engine.Sync(ctx); err == nil {
		err = e
	}
	if err == nil {
		return ids, nil
	}
	if ctx.Err() != nil || f.engine.Health(ctx) != nil {
		return nil, err
	}
	if len(ids) == 1 {
		return nil, &refusal{ids[0], err}
	}
	half := len(ids) / 2
	first, err1 := f.write(ctx, snap, ids[:half])
	second, err2 := f.write(ctx, snap, ids[half:])
	return append(first[:len(first):len(first)], second...), errors.Join(err1, err2)
}

// Reindex builds the index anew while the old one answers; listings that are refused are left out, and the error. progress, which may be nil, hears how many listings were handed over.
// What another process delivered meanwhile went to the old index, and its deliveries are marked as done; so the new one is
// compared with the store before Reindex returns, and what differs is sent again.
func (f *Follower) Reindex(ctx context.Context, progress func(done, total int)) error {
	snap, err := f.current(ctx)
	if err != nil {
		return err
	}
	bad := f.engine.Rebuild(ctx, snap.documents(func(done, total int) {
		if f.stay(ctx); progress != nil {
			progress(done, total)
		}
	}))
	if unrefused(bad) != nil {
		return bad
	}
	if err := f.engine.Sync(ctx); err != nil {
		return err
	}
	f.index, f.boards, f.owed = snap.reg.terms(), snap.boards, nil
	d, err := f.compare(ctx)
	if err != nil {
		return err
	}
	_, err = f.send(ctx, d.all())
	return errors.Join(bad, err)
}
