// Package memory is the embedded search engine: an index of the whole district in memory, rebuilt from the store at start.
// It ranks exactly: every match is scored, not a sample of them.
package memory

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync"

	"shangquan/services/fault"
	"shangquan/services/rescue"
	"shangquan/services/search"
	"shangquan/services/search/text"
)

// Engine implements search.Engine. Writes are visible when Upsert and Delete return.
type Engine struct {
	mu     sync.RWMutex
	x      *index
	labels *labels
	derive func(*search.Listing, *labels) prepared

	building sync.Mutex // one rebuild at a time
	replay   []change   // writes accepted while a rebuild runs; nil when none does
	replays  bool
}

// change is a write to repeat on the index that is being built.
type change struct {
	put    *prepared
	delete string
}

var _ search.Engine = (*Engine)(nil)

// New returns an empty engine.
func New() *Engine {
	x := newIndex()
	x.settle()
	return &Engine{x: x, labels: new(labels), derive: prepare}
}

// Search implements search.Engine.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Result, error) {
	if err := q.Check(); err != nil {
		return search.Result{}, err
	}
	if err := ctx.Err(); err != nil {
		return search.Result{}, err
	}
	plan := text.Parse(q.Text)
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.x.search(ctx, &q, &plan)
}

// Upsert implements search.Engine.
func (e *Engine) Upsert(ctx context.Context, ls ...search.Listing) error {
	var errs []error
	ready := make([]prepared, 0, len(ls))
	for i := range ls {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := ls[i].Check(); err != nil {
			errs = append(errs, err)
			continue
		}
		p, err := e.prepare(&ls[i], e.labels)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ready = append(ready, p)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for i := range ready {
		e.x.put(ready[i])
		if e.replays {
			e.replay = append(e.replay, change{put: &ready[i]})
		}
	}
	e.x.tidy()
	return errors.Join(errs...)
}

// Delete implements search.Engine.
func (e *Engine) Delete(ctx context.Context, ids ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, id := range ids {
		e.x.remove(id)
		if e.replays {
			e.replay = append(e.replay, change{delete: id})
		}
	}
	e.x.tidy()
	return nil
}

// Rebuild implements search.Engine. Bad listings are left out and reported; the new index is taken all the same. When all
// itself fails, the old index stays.
func (e *Engine) Rebuild(ctx context.Context, all iter.Seq2[search.Listing, error]) error {
	e.building.Lock()
	defer e.building.Unlock()
	e.mu.Lock()
	e.replay, e.replays = nil, true
	e.mu.Unlock()
	ls := new(labels)
	x, bad, err := e.build(ctx, all, ls)
	e.mu.Lock()
	defer e.mu.Unlock()
	log := e.replay
	e.replay, e.replays = nil, false
	if err != nil {
		return err
	}
	for _, c := range log {
		if c.put != nil {
			x.put(*c.put)
		} else {
			x.remove(c.delete)
		}
	}
	x.tidy()
	e.x, e.labels = x, ls
	return errors.Join(bad...)
}

// prepare derives what the index keeps of a listing.
func (e *Engine) prepare(l *search.Listing, ls *labels) (p prepared, err error) {
	err = search.Guard(l.ID, func() { p = e.derive(l, ls) })
	return p, err
}

// chunk is how many listings are prepared at a time by one worker.
const chunk = 128

// build makes an index: workers prepare listings on all cores while one puts them in, in the order given.
func (e *Engine) build(ctx context.Context, all iter.Seq2[search.Listing, error], ls *labels) (*index, []error, error) {
	type job struct {
		listings []search.Listing
		done     chan []prepared
	}
	workers := runtime.GOMAXPROCS(0)
	jobs := make(chan job, workers)
	order := make(chan job, 2*workers) // bounds what waits to be put in
	var bad []error
	var running rescue.Group
	var spoilt sync.Mutex
	var wrong []error // what could not be derived, found by several workers
	for range workers {
		running.Go(func() error {
			for j := range jobs {
				out := make([]prepared, 0, len(j.listings))
				for i := range j.listings {
					p, err := e.prepare(&j.listings[i], ls)
					if err != nil {
						spoilt.Lock()
						wrong = append(wrong, err)
						spoilt.Unlock()
						continue
					}
					out = append(out, p)
				}
				j.done <- out
			}
			return nil
		})
	}
	running.Go(func() error {
		defer close(order)
		defer close(jobs)
		next := make([]search.Listing, 0, chunk)
		send := func() {
			j := job{next, make(chan []prepared, 1)}
			jobs <- j
			order <- j
			next = make([]search.Listing, 0, chunk)
		}
		for l, err := range all {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				return err
			}
			if err := l.Check(); err != nil {
				bad = append(bad, err)
				continue
			}
			if next = append(next, l); len(next) == chunk {
				send()
			}
		}
		send()
		return nil
	})
	x := newIndex()
	for j := range order {
		for _, p := range <-j.done {
			x.put(p)
		}
	}
	if err := running.Wait(); err != nil {
		return nil, nil, err
	}
	x.settle()
	return x, append(bad, wrong...), nil
}

// Sync implements search.Engine; there is nothing to wait for.
func (e *Engine) Sync(ctx context.Context) error { return ctx.Err() }

// Health implements search.Engine.
func (e *Engine) Health(ctx context.Context) error { return ctx.Err() }

// Close implements search.Engine.
func (e *Engine) Close() error { return nil }

// Len returns the number of listings.
func (e *Engine) Len() int {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return len(e.x.byID)
}

// stopped is the error of a search that the caller gave up; half an answer is none.
func stopped(err error) error { return fault.New(fault.Unavailable, "error.search.stopped", err) }
