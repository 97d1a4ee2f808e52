package directory

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"

	"shangquan/services/rescue"
	"shangquan/services/search"
)

// feeder keeps the index of this process in step with the snapshot. It needs no memory of deliveries: the index lives as long as
// the process, and what it holds is the snapshot it was fed last.
type feeder struct {
	engine search.Engine
	log    *slog.Logger

	mu    sync.Mutex // held while the engine is written to
	fed   atomic.Pointer[snapshot]
	turns atomic.Uint64 // how often fed was stored; the index answers differently after each
	built chan struct{} // closed when fed is first stored
	tasks rescue.Tasks
}

// ready reports whether the index has been built at all.
func (f *feeder) ready() bool { return f.fed.Load() != nil }

// follow brings the index up to s. Small changes are made at once; building everything anew goes on in the background, while
// the index answers from what it has.
func (f *feeder) follow(s *snapshot) {
	fed := f.fed.Load()
	if fed == s || !f.mu.TryLock() {
		return // whoever is at it, the next refresh comes back
	}
	if fed != nil && fed.reg == s.reg {
		defer f.mu.Unlock()
		f.report(f.apply(context.Background(), s))
		return
	}
	f.tasks.Go(f.log, "search index", func() {
		defer f.mu.Unlock()
		f.report(f.apply(context.Background(), s))
	})
}

// catchUp brings the index up to s before it returns.
func (f *feeder) catchUp(ctx context.Context, s *snapshot) error {
	if f.engine == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.apply(ctx, s)
}

// apply makes the engine hold s. The caller holds mu.
func (f *feeder) apply(ctx context.Context, s *snapshot) error {
	fed := f.fed.Load()
	switch {
	case fed == s:
		return nil
	case fed == nil || fed.reg != s.reg:
		err := f.engine.Rebuild(ctx, s.documents(nil))
		if unrefused(err) != nil {
			return err
		}
		f.stored(s)
		if fed == nil {
			close(f.built)
		}
		return errors.Join(err, f.engine.Sync(ctx))
	}
	var in []search.Listing
	var out []string
	for n := range s.shops {
		sh := &s.shops[n]
		switch {
		case n < len(fed.shops) && fed.shops[n].Listing == sh.Listing && fed.shops[n].board == sh.board:
		case sh.listed:
			in = append(in, s.reg.derive(sh))
		case n < len(fed.shops) && fed.shops[n].listed:
			out = append(out, sh.ID)
		}
	}
	// A listing the engine refuses is reported and left out; trying again would not help it.
	var err error
	if len(out) > 0 {
		err = f.engine.Delete(ctx, out...)
	}
	if len(in) > 0 {
		err = errors.Join(err, f.engine.Upsert(ctx, in...))
	}
	err = errors.Join(err, f.engine.Sync(ctx))
	if ctx.Err() == nil {
		f.stored(s)
	}
	return err
}

func (f *feeder) stored(s *snapshot) {
	f.fed.Store(s)
	f.turns.Add(1)
}

func (f *feeder) report(err error) {
	if err != nil {
		f.log.Error("some listings cannot be searched for", "error", err)
	}
}
