// Package turns has one of many bring up to date what all of them want to read: a run that begins after several have asked serves them
// all. It is not golang.org/x/sync/singleflight, which has those who come later share a run that began before they asked, and does not
// see what was written since.
package turns

import (
	"context"
	"sync/atomic"
)

// Queue makes runs one at a time. New makes one; it is safe for concurrent use.
type Queue struct {
	begun atomic.Int64  // runs that began, whoever made them
	busy  chan struct{} // holds one during a run, and guards what follows
	whole int64         // the number of the latest run that ended well
}

// New returns a queue nobody stands in.
func New() *Queue { return &Queue{busy: make(chan struct{}, 1)} }

// Do returns once a run that began after this call has ended well: its own, or that of somebody who asked before the run began. It returns
// how much its own run did, 0 where there was no need of one. Whoever waits gives up when ctx ends, with its error.
func (q *Queue) Do(ctx context.Context, run func(context.Context) (int, error)) (did int, err error) {
	asked := q.begun.Load()
	err = q.Alone(ctx, func() error {
		if q.whole > asked {
			return nil
		}
		number := q.begun.Add(1)
		var err error
		if did, err = run(ctx); err == nil {
			q.whole = number
		}
		return err
	})
	return did, err
}

// Alone does what must not happen during a run, and serves nobody else.
func (q *Queue) Alone(ctx context.Context, do func() error) error {
	select {
	case q.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-q.busy }()
	return do()
}
