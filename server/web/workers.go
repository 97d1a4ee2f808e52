package web

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// Workers runs what goes on beside the requests. One that fails or panics is logged, counted and started again: a bug in a
// follower must not end the site. Plain "go" has no place in the server.
type Workers struct {
	log   *slog.Logger
	group sync.WaitGroup
	// failed is told the name of a worker that ended with an error; it may be nil.
	failed func(name string, panicked bool)
	pause  time.Duration
}

// Workers returns the workers of the site, counted in its metrics.
func (s *Site) Workers() *Workers {
	return &Workers{log: s.log, pause: restartAfter, failed: func(name string, panicked bool) {
		s.metrics.workers.WithLabelValues(name).Inc()
		if panicked {
			s.metrics.panics.Inc()
		}
	}}
}

// restartAfter keeps a worker that fails at once from using a whole core.
const restartAfter = time.Second

// Go runs work until it returns nil or ctx ends. name is a constant of the code; it is a label of the metrics.
func (w *Workers) Go(ctx context.Context, name string, work func(context.Context) error) {
	w.group.Go(func() {
		for ctx.Err() == nil {
			err := once(ctx, work)
			if err == nil || ctx.Err() != nil {
				return
			}
			p, panicked := err.(*panicked) //nolint:errorlint // a panic is never wrapped
			stack := ""
			if panicked {
				stack = p.stack
			}
			w.log.ErrorContext(ctx, "worker failed", slog.String("worker", name), slog.Any("error", err), slog.String("stack", stack))
			if w.failed != nil {
				w.failed(name, panicked)
			}
			select {
			case <-time.After(w.pause):
			case <-ctx.Done():
			}
		}
	})
}

// Wait returns when every worker has.
func (w *Workers) Wait() { w.group.Wait() }

func once(ctx context.Context, work func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = newPanicked(p)
		}
	}()
	return work(ctx)
}

// watchTime is how old a page may be after a change that another process made.
const watchTime = time.Second

// Watch keeps the data revision at hand for Deps.Revision, so that a page from the cache costs no question to the store.
// read is the sum of the revisions of the collections the pages show.
type Watch struct {
	read    func(context.Context) (int64, error)
	current atomic.Int64
}

// NewWatch reads the revision once.
func NewWatch(ctx context.Context, read func(context.Context) (int64, error)) (*Watch, error) {
	w := &Watch{read: read}
	return w, w.Refresh(ctx)
}

// Revision returns the last revision read.
func (w *Watch) Revision() int64 { return w.current.Load() }

// Refresh reads the revision now: after an edit by this process, so that the next page shows it.
func (w *Watch) Refresh(ctx context.Context) error {
	rev, err := w.read(ctx)
	if err == nil {
		w.current.Store(rev)
	}
	return err
}

// Run reads the revision every second until ctx ends. A store that does not answer keeps the last one: pages stay readable.
func (w *Watch) Run(ctx context.Context) error {
	t := time.NewTicker(watchTime)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			if err := w.Refresh(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		case <-ctx.Done():
			return nil
		}
	}
}
