// Package fallback answers searches from a spare engine while the usual one is down or slow.
package fallback

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"shangquan/services/fault"
	"shangquan/services/rescue"
	"shangquan/services/search"
)

// The breaker: after so many failures in a row the usual engine is left alone for a while, then tried by one search.
const (
	failures = 5
	pause    = 10 * time.Second
)

// Engine sends everything to both engines and asks the spare one when the usual one cannot answer.
type Engine struct {
	usual, spare search.Engine
	now          func() time.Time
	limit        time.Duration

	mu      sync.Mutex
	failed  int       // in a row
	until   time.Time // the usual engine is left alone until then
	probing bool      // one search tries whether it is back
}

var _ search.Engine = (*Engine)(nil)

// New returns an engine that gives the usual engine at most limit for a search (800 ms when 0). Both engines are closed with
// it.
func New(usual, spare search.Engine, limit time.Duration, now func() time.Time) *Engine {
	if limit == 0 {
		limit = 800 * time.Millisecond
	}
	return &Engine{usual: usual, spare: spare, now: now, limit: limit}
}

// Search implements search.Engine. Result.Degraded says that the spare engine answered.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Result, error) {
	if !e.admit() {
		return e.degraded(ctx, q)
	}
	limited, cancel := context.WithTimeout(ctx, e.limit)
	defer cancel()
	r, err := e.usual.Search(limited, q)
	switch {
	case err == nil:
		e.succeed()
		return r, nil
	case fault.Is(err, fault.Invalid):
		e.succeed() // it was asked something wrong and said so
		return r, err
	case ctx.Err() != nil:
		e.abstain() // the caller gave up; that says nothing of the engine
		return search.Result{}, err
	}
	e.fail()
	return e.degraded(ctx, q)
}

func (e *Engine) degraded(ctx context.Context, q search.Query) (search.Result, error) {
	r, err := e.spare.Search(ctx, q)
	r.Degraded = err == nil
	return r, err
}

// admit reports whether the usual engine is to be asked.
func (e *Engine) admit() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.failed < failures {
		return true
	}
	if e.probing || e.now().Before(e.until) {
		return false
	}
	e.probing = true
	return true
}

func (e *Engine) succeed() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.failed, e.probing = 0, false
}

func (e *Engine) abstain() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.probing = false
}

func (e *Engine) fail() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.probing = false
	if e.failed++; e.failed >= failures {
		e.until = e.now().Add(pause)
	}
}

// Open reports whether the breaker keeps searches from the usual engine.
func (e *Engine) Open() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.failed >= failures
}

// Upsert implements search.Engine. The spare engine is written first and always; an error of the usual one is returned, so
// that the write is repeated.
func (e *Engine) Upsert(ctx context.Context, ls ...search.Listing) error {
	return either(e.spare.Upsert(ctx, ls...), e.usual.Upsert(ctx, ls...))
}

// Delete implements search.Engine; see Upsert.
func (e *Engine) Delete(ctx context.Context, ids ...string) error {
	return either(e.spare.Delete(ctx, ids...), e.usual.Delete(ctx, ids...))
}

var errCut = errors.New("search: the listings were not read to their end")

// Rebuild implements search.Engine. all is walked once, for both engines, so that a write accepted meanwhile is repeated on
// both. The spare engine is filled even when the usual one is down; the error of that is returned all the same.
func (e *Engine) Rebuild(ctx context.Context, all iter.Seq2[search.Listing, error]) error {
	type item struct {
		l   search.Listing
		err error
	}
	items, begun, done := make(chan item), make(chan struct{}), make(chan struct{})
	var beside rescue.Group
	beside.Go(func() error {
		defer close(done)
		return e.usual.Rebuild(ctx, func(yield func(search.Listing, error) bool) {
			close(begun)
			for i := range items {
				if !yield(i.l, i.err) {
					return
				}
			}
		})
	})
	select {
	case <-begun:
	case <-done:
	}
	pass := func(i item) {
		select {
		case items <- i:
		case <-done:
		}
	}
	ended := false
	spare := e.spare.Rebuild(ctx, func(yield func(search.Listing, error) bool) {
		for l, err := range all {
			pass(item{l, err})
			if !yield(l, err) {
				return
			}
		}
		ended = true
	})
	switch { // or the usual engine would take a part for the whole
	case spare != nil && ctx.Err() != nil:
		pass(item{err: ctx.Err()})
	case !ended: // a source that panics does not even yield an error
		pass(item{err: cmp.Or(spare, errCut)})
	}
	close(items)
	return either(spare, beside.Wait())
}

// RebuildSpare fills the spare engine alone: at start, when the usual one still has its index.
func (e *Engine) RebuildSpare(ctx context.Context, all iter.Seq2[search.Listing, error]) error {
	return e.spare.Rebuild(ctx, all)
}

// Sync implements search.Engine.
func (e *Engine) Sync(ctx context.Context) error { return either(e.spare.Sync(ctx), e.usual.Sync(ctx)) }

// Health implements search.Engine: that of the usual engine. Searches are answered even when it is ill.
func (e *Engine) Health(ctx context.Context) error { return e.usual.Health(ctx) }

// Close implements search.Engine.
func (e *Engine) Close() error { return either(e.spare.Close(), e.usual.Close()) }

// either joins the errors of both engines. What both refuse, a bad listing, is said once.
func either(spare, usual error) error {
	if spare != nil && usual != nil && spare.Error() == usual.Error() {
		return usual
	}
	return errors.Join(usual, spare)
}
