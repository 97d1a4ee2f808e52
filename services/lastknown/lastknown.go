// Package lastknown keeps what was last read of a store, so that a store that is slow or away keeps nobody waiting who can be answered
// from what is known (security FLT-08). However many ask, one of them reads; a reading that failed is not tried again at once.
package lastknown

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"shangquan/services/rescue"
)

const (
	// Patience is how long a question waits for a store that does not answer when something is known.
	Patience = 500 * time.Millisecond
	// Pause is how long after a reading that failed the store is left alone.
	Pause = 2 * time.Second
)

// Source is what a Value is read from. Log, Clock and Read must be there.
type Source[T any] struct {
	Name  string // for the log, a constant of the code
	Fresh time.Duration
	Clock func() time.Time
	Log   *slog.Logger
	// Read reads the value anew; old is the one before and nil at first. It may return old. What it returns is shared and never changes.
	// Of several questions it is asked one at a time.
	Read func(ctx context.Context, old *T) (*T, error)
	// Then, which may be nil, hears what is known after every reading, also one that failed.
	Then func(context.Context, *T)
}

// Value answers with what was read at most Fresh ago, or with the last that is known when the store does not answer. It is safe for
// concurrent use.
type Value[T any] struct {
	from Source[T]
	cur  atomic.Pointer[kept[T]]

	mu      sync.Mutex
	reading *reading // nil: nobody reads
	away    bool     // the last reading failed
	tasks   rescue.Tasks
}

// kept is a value that holds for a time after at.
type kept[T any] struct {
	val   *T
	at    time.Time
	holds time.Duration
}

func (k *kept[T]) good(now time.Time) bool {
	age := now.Sub(k.at)
	return age >= 0 && age < k.holds
}

// reading is one question to the store.
type reading struct {
	since time.Time
	done  chan struct{}
	err   error // once done
}

// New returns a value that nothing is known of yet.
func New[T any](from Source[T]) *Value[T] { return &Value[T]{from: from} }

// Last returns what is known, nil before the first reading succeeded. It asks nobody.
func (v *Value[T]) Last() *T {
	if k := v.cur.Load(); k != nil {
		return k.val
	}
	return nil
}

// Away reports whether the last reading failed: whatever else is asked of the store would fail as well.
func (v *Value[T]) Away() bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.away
}

// Get returns the value. It fails only while nothing is known. Who finds it too old has it read, and all wait for that until it has
// taken Patience; while the store is known to be away, only the one who tries again does.
func (v *Value[T]) Get(ctx context.Context) (*T, error) {
	if k := v.cur.Load(); k != nil && k.good(v.from.Clock()) {
		return k.val, nil
	}
	v.mu.Lock()
	k := v.cur.Load()
	if k != nil && k.good(v.from.Clock()) {
		v.mu.Unlock()
		return k.val, nil
	}
	r, away := v.reading, v.away
	mine := r == nil
	if mine {
		r = v.begin()
	}
	v.mu.Unlock()
	switch {
	case k == nil && mine:
		v.read(ctx, r)
	case k == nil:
		select {
		case <-r.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	case mine:
		// What is read is for all, so it does not end with this question.
		beside := context.WithoutCancel(ctx)
		v.tasks.Go(v.from.Log, v.from.Name, func() { v.read(beside, r) })
		fallthrough
	case !away:
		wait(ctx, r)
	}
	if last := v.Last(); last != nil {
		return last, nil
	}
	return nil, r.err
}

// Renew returns the value as the store has it now, or the error.
func (v *Value[T]) Renew(ctx context.Context) (*T, error) {
	for {
		v.mu.Lock()
		r := v.reading
		if r == nil {
			r = v.begin()
			v.mu.Unlock()
			if v.read(ctx, r); r.err != nil {
				return nil, r.err
			}
			return v.Last(), nil
		}
		v.mu.Unlock()
		select {
		case <-r.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close waits for a reading that goes on.
func (v *Value[T]) Close() { v.tasks.Wait() }

// begin notes that somebody reads; the caller holds mu.
func (v *Value[T]) begin() *reading {
	v.reading = &reading{since: time.Now(), done: make(chan struct{})}
	return v.reading
}

func (v *Value[T]) read(ctx context.Context, r *reading) {
	defer close(r.done)
	was := v.Last()
	var val *T
	err := rescue.Do(func() (err error) {
		val, err = v.from.Read(ctx, was)
		return err
	})
	at := v.from.Clock() // after it: a store that took its time is not asked again at once
	v.mu.Lock()
	r.err, v.reading = err, nil
	switch {
	case err == nil:
		v.away = false
		v.cur.Store(&kept[T]{val, at, v.from.Fresh})
	case was != nil && ctx.Err() == nil:
		v.away = true
		v.cur.Store(&kept[T]{was, at, Pause})
	}
	v.mu.Unlock()
	if err != nil && was != nil && ctx.Err() == nil {
		v.from.Log.ErrorContext(ctx, "answers come from what was last read", "of", v.from.Name, "error", err)
	}
	if last := v.Last(); last != nil && v.from.Then != nil {
		v.from.Then(ctx, last)
	}
}

// wait waits for a reading until it has taken as long as a question waits: who comes later waits less.
func wait(ctx context.Context, r *reading) {
	timer := time.NewTimer(Patience - time.Since(r.since))
	defer timer.Stop()
	select {
	case <-r.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}
