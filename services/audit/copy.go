package audit

import (
	"context"
	"log/slog"
	"time"

	"shangquan/services/rescue"
	"shangquan/services/store"
)

// leaseTime is how long one server may copy without saying that it is still there.
const leaseTime = 15 * time.Second

// batch is how many facts are copied at once.
const batch = 200

// CatchUp copies every fact that waits at this moment to the trail, and perhaps some that come meanwhile, and returns how many it copied
// itself: of several who ask at once, one copies for all. It ends however many go on writing. When another server is at it, there is
// nothing to do.
func (l *Log) CatchUp(ctx context.Context) (int, error) { return l.copies.Do(ctx, l.copyAll) }

func (l *Log) copyAll(ctx context.Context) (total int, err error) {
	for {
		mine, err := l.held(ctx)
		if err != nil || !mine {
			return total, err
		}
		n, full, err := l.copyBatch(ctx)
		total += n
		if err != nil || !full {
			return total, err
		}
	}
}

// held reports whether this server is the one that copies, for half of the lease at least. Asking is a write: it does so twice a lease.
func (l *Log) held(ctx context.Context) (bool, error) {
	at := l.now()
	if at.Before(l.renew) {
		return true, nil
	}
	mine, err := l.db.Lease(ctx, "audit", l.owner, leaseTime)
	if l.renew = (time.Time{}); mine {
		l.renew = at.Add(leaseTime / 2)
	}
	return mine, err
}

// copyBatch copies what waits, of documents at most a batch of each kind, and returns how many facts it dealt with, and whether a
// batch was full: only then did more wait than has been read.
func (l *Log) copyBatch(ctx context.Context) (n int, full bool, err error) {
	var waiting []Entry
	var from []*recorder
	l.mu.Lock()
	sources := make([]*recorder, 0, len(l.sources))
	for _, s := range l.sources {
		sources = append(sources, s)
	}
	l.mu.Unlock()
	for _, s := range sources {
		more, all, err := s.pending(ctx, batch)
		if err != nil {
			return 0, false, err
		}
		full = full || !all
		for _, e := range more {
			waiting, from = append(waiting, e), append(from, s)
		}
	}
	// The inbox comes second and whole: what a document's fact had before it was set aside before the document was written, so
	// no fact is read without those of its earlier revisions.
	for e, err := range l.inbox.Each(ctx, store.All().OrderBy("created_at", store.Asc).Limit(batch)) {
		if err != nil {
			return 0, false, err
		}
		waiting, from = append(waiting, e), append(from, nil)
	}
	if len(waiting) == 0 {
		return 0, full, nil
	}
	if err := l.link(ctx, waiting); err != nil {
		return 0, false, err
	}
	return len(waiting), full, l.tickOff(ctx, waiting, from)
}

// together is how many facts are ticked off at once, so that they share commits.
const together = 16

// tickOff notes that facts have their place: those from documents at their documents, the others leave the inbox.
func (l *Log) tickOff(ctx context.Context, waiting []Entry, from []*recorder) error {
	var done []Entry
	var g rescue.Group
	g.SetLimit(together)
	for i := range waiting {
		if from[i] == nil {
			done = append(done, waiting[i])
			continue
		}
		g.Go(func() error { return from[i].delivered(ctx, &waiting[i]) })
	}
	if err := g.Wait(); err != nil || len(done) == 0 {
		return err
	}
	_, err := l.inbox.Erase(ctx, done...)
	return err
}

// Release lets another server copy at once, instead of when the lease of this one has run out.
func (l *Log) Release(ctx context.Context) error {
	return l.copies.Alone(ctx, func() error {
		l.renew = time.Time{}
		_, err := l.db.Lease(ctx, "audit", l.owner, 0)
		return err
	})
}

// gather is how long facts wait for others to be copied with. They are safe where they are, whoever reads the trail copies first, and
// a copy for each write would keep the disk from the next write.
const gather = 50 * time.Millisecond

// Run copies facts as they come until ctx ends, and then lets others.
func (l *Log) Run(ctx context.Context, log *slog.Logger) {
	defer func() { _ = l.Release(context.WithoutCancel(ctx)) }() // the lease ends by itself otherwise
	tick := time.NewTicker(time.Second)                          // what other servers wrote does not wake this one
	defer tick.Stop()
	for {
		if _, err := l.CatchUp(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the trail cannot be written", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			continue
		case <-l.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(gather):
		}
	}
}
