package web

import (
	"context"
	"log/slog"
	"time"

	"shangquan/services/rescue"
)

// Workers runs what goes on beside the requests. One that fails or panics is logged, counted and started again: a bug in a
// follower must not end the site. Plain "go" has no place in the program, see services/rescue.
type Workers struct {
	log   *slog.Logger
	group rescue.Tasks
	// failed is told the name of a worker that ended with an error; it may be nil.
	failed func(name string, panicked bool)
	pause  time.Duration
}

// Workers returns the workers of the site, counted in its metrics.
func (s *Site) Workers() *Workers {
	return &Workers{log: s.log.Logger, pause: restartAfter, failed: func(name string, panicked bool) {
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
	w.group.Go(w.log, name, func() {
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
