package lastknown

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

const fresh = 200 * time.Millisecond

// store answers after a while with a number that grows, or fails.
type store struct {
	takes time.Duration
	err   error
	asked atomic.Int64
}

func (s *store) value() *Value[int64] {
	return New(Source[int64]{Name: "test", Fresh: fresh, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Read: func(ctx context.Context, _ *int64) (*int64, error) {
		n, takes, err := s.asked.Add(1), s.takes, s.err
		select {
		case <-time.After(takes):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		return &n, err
	}})
}

var errAway = errors.New("away")

// many lets ten ask at once, each with a second, and says what they got and how long the slowest waited.
func many(t *testing.T, v *Value[int64]) (got map[int64]int, slowest time.Duration) {
	t.Helper()
	got = map[int64]int{}
	var mu sync.Mutex
	var all sync.WaitGroup
	began := time.Now()
	for range 10 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			n, err := v.Get(ctx)
			mu.Lock()
			defer mu.Unlock()
			if slowest = max(slowest, time.Since(began)); err != nil {
				t.Error(err)
				return
			}
			got[*n]++
		})
	}
	all.Wait()
	return got, slowest
}

// FLT-08: nobody waits for a store that is away, which is asked by one alone and left in peace after it failed.
func TestAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(store)
		v := s.value()
		if got, slow := many(t, v); got[1] != 10 || slow != 0 {
			t.Fatalf("at first: %v after %v", got, slow)
		}
		time.Sleep(fresh)
		s.takes = 300 * time.Millisecond
		if got, slow := many(t, v); got[2] != 10 || slow != s.takes {
			t.Errorf("a slow store: %v after %v", got, slow)
		}
		time.Sleep(fresh)
		s.takes, s.err = 2*time.Second, errAway
		if got, slow := many(t, v); got[2] != 10 || slow != Patience {
			t.Errorf("a store that goes away: %v after %v", got, slow)
		}
		if got, slow := many(t, v); got[2] != 10 || slow != 0 {
			t.Errorf("a store that has been slow for long already: %v after %v", got, slow)
		}
		time.Sleep(s.takes - Patience)
		synctest.Wait()
		for range 5 {
			if got, slow := many(t, v); got[2] != 10 || slow != 0 {
				t.Errorf("known to be away: %v after %v", got, slow)
			}
		}
		if n := s.asked.Load(); n != 3 {
			t.Errorf("asked %d times", n)
		}
		time.Sleep(Pause)
		done := make(chan struct{})
		go func() { // one tries again, the others do not wait for it
			defer close(done)
			if _, err := v.Get(t.Context()); err != nil {
				t.Error(err)
			}
		}()
		synctest.Wait()
		if got, slow := many(t, v); got[2] != 10 || slow != 0 {
			t.Errorf("while one tries again: %v after %v", got, slow)
		}
		<-done
		s.takes, s.err = 0, nil
		time.Sleep(2*time.Second + Pause)
		// While it was away only the one who tries again waits; with what that one read everybody is answered.
		if got, err := v.Get(t.Context()); err != nil || *got != 5 {
			t.Errorf("back: %v, %v", got, err)
		}
		if got, _ := many(t, v); got[5] != 10 {
			t.Errorf("back: %v", got)
		}
		v.Close()
	})
}

// A question that nothing is known for fails with the store, and one that ended takes nobody else along.
func TestFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &store{takes: 2 * time.Second, err: errAway}
		v := s.value()
		go func() {
			if _, err := v.Get(t.Context()); !errors.Is(err, errAway) {
				t.Errorf("the one who reads: %v", err)
			}
		}()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := v.Get(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("one who has a second: %v", err)
		}
		if _, err := v.Get(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("one who waits: %v", err)
		}
		s.takes, s.err = 0, nil
		if n, err := v.Get(t.Context()); err != nil || *n != 2 {
			t.Errorf("then: %v", err)
		}
	})
}

func TestRenew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := new(store)
		v := s.value()
		for want := range int64(2) {
			if n, err := v.Renew(t.Context()); err != nil || *n != want+1 {
				t.Errorf("%v %v", n, err)
			}
		}
		time.Sleep(fresh)
		s.takes = time.Second
		ctx, cancel := context.WithCancel(t.Context())
		go func() { _, _ = v.Renew(ctx) }()
		synctest.Wait()
		cancel() // it has read nothing, and that says nothing of the store
		synctest.Wait()
		if n, err := v.Renew(t.Context()); err != nil || *n != 4 {
			t.Errorf("after one that was given up: %v", err)
		}
		s.err = errAway
		if _, err := v.Renew(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("away: %v", err)
		}
		if n, err := v.Get(t.Context()); err != nil || *n != 4 {
			t.Errorf("known: %v", err)
		}
	})
}

// A reading that panics is one that failed.
func TestPanic(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		v := New(Source[int]{Name: "test", Fresh: fresh, Clock: time.Now, Log: slog.New(slog.DiscardHandler), Read: func(_ context.Context, old *int) (*int, error) {
			if old != nil {
				panic("a bug")
			}
			return &n, nil
		}})
		for range 3 {
			if got, err := v.Get(t.Context()); err != nil || got != &n {
				t.Errorf("%v", err)
			}
			time.Sleep(fresh)
		}
	})
}
