package fallback

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/search/searchtest"
)

var errDown = fault.New(fault.Unavailable, "error.search.unavailable", errors.New("down"))

// flaky is an engine that can be made to fail.
type flaky struct {
	search.Engine
	mu    sync.Mutex
	err   error
	asked int
	wait  chan struct{} // when set, a search waits for it or for its context
}

func (f *flaky) Search(ctx context.Context, q search.Query) (search.Result, error) {
	f.mu.Lock()
	f.asked++
	err, wait := f.err, f.wait
	f.mu.Unlock()
	if wait != nil {
		select {
		case <-wait:
		case <-ctx.Done():
			return search.Result{}, ctx.Err()
		}
	}
	if err != nil {
		return search.Result{}, err
	}
	return f.Engine.Search(ctx, q)
}

func (f *flaky) Upsert(ctx context.Context, ls ...search.Listing) error {
	if f.err != nil {
		return f.err
	}
	return f.Engine.Upsert(ctx, ls...)
}

func (f *flaky) Health(context.Context) error { return f.err }

func (f *flaky) set(err error) {
	f.mu.Lock()
	f.err = err
	f.mu.Unlock()
}

func pair(t *testing.T) (*Engine, *flaky, *time.Time) {
	t.Helper()
	now := time.Unix(1_790_000_000, 0)
	usual := &flaky{Engine: memory.New()}
	e := New(usual, memory.New(), time.Minute, func() time.Time { return now })
	if err := e.Upsert(t.Context(), search.Listing{ID: "lst_1", Name: "余天成"}); err != nil {
		t.Fatal(err)
	}
	return e, usual, &now
}

func search1(t *testing.T, e *Engine, degraded bool) {
	t.Helper()
	r, err := e.Search(t.Context(), search.Query{Text: "余天成"})
	if err != nil || r.Total != 1 || r.Degraded != degraded {
		t.Errorf("got %+v, %v; want it found, degraded %v", r, err, degraded)
	}
}

func TestContract(t *testing.T) {
	searchtest.Run(t, "../testdata", func(*testing.T) search.Engine {
		return New(memory.New(), memory.New(), time.Minute, time.Now)
	})
}

func TestContractWhileDown(t *testing.T) {
	searchtest.RunStructure(t, "../testdata", func(*testing.T) search.Engine {
		return New(&deaf{memory.New()}, memory.New(), time.Minute, time.Now)
	})
}

// deaf takes writes and answers nothing but wrong queries.
type deaf struct{ search.Engine }

func (d *deaf) Search(ctx context.Context, q search.Query) (search.Result, error) {
	if _, err := d.Engine.Search(ctx, q); err != nil {
		return search.Result{}, err
	}
	return search.Result{}, errDown
}

// TestBreaker: after failures in a row the engine is left alone, and asked again later. SEA-02.
func TestBreaker(t *testing.T) {
	e, usual, now := pair(t)
	search1(t, e, false)
	usual.set(errDown)
	for range failures {
		search1(t, e, true)
	}
	if usual.asked != 1+failures || !e.Open() {
		t.Fatalf("asked %d times", usual.asked)
	}
	for range 20 {
		search1(t, e, true)
	}
	*now = now.Add(pause - time.Nanosecond)
	search1(t, e, true)
	if usual.asked != 1+failures {
		t.Errorf("asked %d times although it is left alone", usual.asked)
	}
	*now = now.Add(time.Nanosecond)
	search1(t, e, true) // the probe fails
	search1(t, e, true)
	if usual.asked != 2+failures {
		t.Errorf("asked %d times, want one probe", usual.asked)
	}
	usual.set(nil)
	*now = now.Add(pause)
	search1(t, e, false)
	search1(t, e, false)
	if usual.asked != 4+failures || e.Open() {
		t.Errorf("asked %d times after it came back", usual.asked)
	}
}

func TestFailuresMustBeInARow(t *testing.T) {
	e, usual, _ := pair(t)
	for range 3 {
		usual.set(errDown)
		for range failures - 1 {
			search1(t, e, true)
		}
		usual.set(nil)
		search1(t, e, false)
	}
	if e.Open() {
		t.Error("the breaker opened")
	}
}

func TestOneProbeAtATime(t *testing.T) {
	e, usual, now := pair(t)
	usual.set(errDown)
	for range failures {
		search1(t, e, true)
	}
	usual.set(nil)
	*now = now.Add(pause)
	usual.wait = make(chan struct{})
	before := usual.asked
	var running sync.WaitGroup
	started := make(chan struct{})
	running.Go(func() {
		close(started)
		search1(t, e, false) // the probe
	})
	<-started
	for {
		usual.mu.Lock()
		asked := usual.asked
		usual.mu.Unlock()
		if asked > before {
			break
		}
	}
	for range 10 {
		search1(t, e, true)
	}
	close(usual.wait)
	running.Wait()
	if usual.asked != before+1 {
		t.Errorf("%d searches tried at once", usual.asked-before)
	}
}

// TestSlowEngine: an engine that does not answer in time is not waited for. SEA-02.
func TestSlowEngine(t *testing.T) {
	e, usual, _ := pair(t)
	e.limit = time.Millisecond
	usual.wait = make(chan struct{})
	defer close(usual.wait)
	search1(t, e, true)
	if e.failed != 1 {
		t.Error("a slow answer is no failure")
	}
}

func TestWhatIsNoFailure(t *testing.T) {
	e, usual, _ := pair(t)
	for range 2 * failures {
		if _, err := e.Search(t.Context(), search.Query{PerPage: search.MaxPerPage + 1}); !fault.Is(err, fault.Invalid) {
			t.Errorf("a wrong query: %v", err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	usual.wait = make(chan struct{})
	for range 2 * failures {
		if _, err := e.Search(ctx, search.Query{}); !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
	}
	if e.Open() {
		t.Error("the breaker opened")
	}
}

func TestWritesReachTheSpareEngine(t *testing.T) {
	e, usual, _ := pair(t)
	usual.set(errDown)
	if err := e.Upsert(t.Context(), search.Listing{ID: "lst_2", Name: "草庐酱菜"}); !errors.Is(err, errDown) {
		t.Errorf("the failure is not returned: %v", err)
	}
	r, err := e.Search(t.Context(), search.Query{Text: "草庐"})
	if err != nil || r.Total != 1 || !r.Degraded {
		t.Errorf("got %+v, %v", r, err)
	}
	if err := e.Health(t.Context()); !errors.Is(err, errDown) {
		t.Errorf("health: %v", err)
	}
	usual.set(nil)
	err = e.Upsert(t.Context(), search.Listing{ID: "no name"})
	if err == nil || strings.Count(err.Error(), "no name") != strings.Count(memory.New().Upsert(t.Context(), search.Listing{ID: "no name"}).Error(), "no name") {
		t.Errorf("a bad listing is said twice: %v", err)
	}
	all := searchtest.All([]search.Listing{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}})
	if err := errors.Join(e.RebuildSpare(t.Context(), all), e.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	r, _ = e.Search(t.Context(), search.Query{})
	usual.set(errDown)
	s, _ := e.Search(t.Context(), search.Query{})
	if r.Total != 1 || s.Total != 2 {
		t.Errorf("usual %d, spare %d listings", r.Total, s.Total)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

// TestASourceThatBreaksOff: a part of the listings is never taken for the whole, by neither engine.
func TestASourceThatBreaksOff(t *testing.T) {
	for name, all := range map[string]func(yield func(search.Listing, error) bool){
		"a panic": func(yield func(search.Listing, error) bool) {
			yield(search.Listing{ID: "a", Name: "甲"}, nil)
			panic("a bug")
		},
		"an error": func(yield func(search.Listing, error) bool) {
			_ = yield(search.Listing{ID: "a", Name: "甲"}, nil) && yield(search.Listing{}, errDown)
		},
	} {
		t.Run(name, func(t *testing.T) {
			e, usual, _ := pair(t)
			whole := searchtest.All([]search.Listing{{ID: "a", Name: "甲"}, {ID: "b", Name: "乙"}})
			if err := e.Rebuild(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			if err := e.Rebuild(t.Context(), all); err == nil {
				t.Error("nobody heard of it")
			}
			r, err := e.Search(t.Context(), search.Query{})
			usual.set(errDown)
			s, bad := e.Search(t.Context(), search.Query{})
			if err != nil || bad != nil || r.Total != 2 || s.Total != 2 {
				t.Errorf("usual %d, spare %d listings; %v %v", r.Total, s.Total, err, bad)
			}
		})
	}
}
