package audit

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
)

// asking is the context of somebody who waits for a copy: it says when they begin to wait, and may end when it is they who copy.
type asking struct {
	context.Context
	waits func()
	gone  func() bool
}

func (a asking) Done() <-chan struct{} {
	a.waits()
	if a.gone() {
		over := make(chan struct{})
		close(over)
		return over
	}
	return a.Context.Done()
}

func (a asking) Err() error {
	if a.gone() {
		return context.Canceled
	}
	return a.Context.Err()
}

// TestOneCopyServesAllWhoAsked: twenty who ask while a copy is made wait for that and for one more, which has what was written before
// they asked; when it ends badly, another of them makes one. Whoever gives up meanwhile is told at once.
func TestOneCopyServesAllWhoAsked(t *testing.T) {
	for _, failing := range []bool{false, true} {
		w := newWorld(t)
		var looks, refused atomic.Int64
		begun, goOn, now := make(chan struct{}), make(chan struct{}), w.log.now
		w.log.now = func() time.Time {
			if looks.Add(1) == 1 { // that of the first copy
				close(begun)
				<-goOn
			}
			return now()
		}
		var all, here sync.WaitGroup
		all.Go(func() {
			if _, err := w.log.CatchUp(t.Context()); err != nil {
				t.Error(err)
			}
		})
		<-begun
		if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a"}}); err != nil {
			t.Fatal(err)
		}
		here.Add(20)
		for range 20 {
			waits := sync.OnceFunc(here.Done)
			all.Go(func() {
				_, err := w.log.CatchUp(asking{t.Context(), waits, func() bool { return failing && w.log.begun.Load() == 2 }})
				if errors.Is(err, context.Canceled) {
					refused.Add(1)
					return
				}
				if n, counted := w.log.Count(t.Context(), Filter{}); n != 1 || err != nil || counted != nil {
					t.Errorf("%d entries, %v, %v; want what was written before", n, err, counted)
				}
			})
		}
		here.Wait()
		gone, leave := context.WithCancel(t.Context())
		leave()
		if _, err := w.log.CatchUp(gone); !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up = %v", err)
		}
		close(goOn)
		all.Wait()
		want, wantRefused := int64(2), int64(0)
		if failing {
			want, wantRefused = 3, 1
		}
		if n := w.log.begun.Load(); n != want || refused.Load() != wantRefused {
			t.Errorf("failing %v: %d copies, %d refused; want %d and %d", failing, n, refused.Load(), want, wantRefused)
		}
	}
}

// TestWritersKeepNobodyFromReading: whoever reads the trail waits for what was there when they asked, not until nobody writes any more.
func TestWritersKeepNobodyFromReading(t *testing.T) {
	w := newWorld(t)
	event := Event{Action: access.AccountOpen, Object: Ref{"account", "a"}}
	if err := w.log.Event(t.Context(), owner, event); err != nil {
		t.Fatal(err)
	}
	now, meanwhile, inside := w.log.now, 0, false
	w.log.now = func() time.Time { // every look at the clock, one of which is in each round of copying, is a fact more
		if !inside && meanwhile < 100 {
			inside = true
			meanwhile++
			if err := w.log.Event(t.Context(), owner, event); err != nil {
				t.Error(err)
			}
			inside = false
		}
		return now()
	}
	p, err := w.log.All(t.Context(), Filter{}, "", 1000)
	if err != nil || len(p.Items) == 0 {
		t.Fatalf("%d entries, %v", len(p.Items), err)
	}
	if meanwhile == 0 || meanwhile == 100 {
		t.Errorf("read after %d more facts were written", meanwhile)
	}
}

// TestMoreThanABatch: however much waits, whoever reads the trail reads all of it.
func TestMoreThanABatch(t *testing.T) {
	w := newWorld(t)
	pages := make([]page, batch+1)
	if err := w.pages.Upsert(t.Context(), owner, edit, pages); err != nil {
		t.Fatal(err)
	}
	p, err := w.log.All(t.Context(), Filter{}, "", 2*batch)
	if err != nil || len(p.Items) != len(pages) {
		t.Errorf("%d entries of %d, %v", len(p.Items), len(pages), err)
	}
}

func TestOnlyOneServerCopies(t *testing.T) {
	w := newWorld(t)
	if mine, err := w.db.Lease(t.Context(), "audit", "another server", leaseTime); !mine || err != nil {
		t.Fatal(mine, err)
	}
	if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a"}}); err != nil {
		t.Fatal(err)
	}
	if n, err := w.log.CatchUp(t.Context()); n != 0 || err != nil {
		t.Errorf("CatchUp = %d, %v while another server is at it", n, err)
	}
}

// TestALeaseThatRanOut: a server that has copied is not sure of its turn for longer than half of its lease.
func TestALeaseThatRanOut(t *testing.T) {
	y := newYears(t)
	copied := func(want int) {
		t.Helper()
		if err := y.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a1"}}); err != nil {
			t.Fatal(err)
		}
		if n, err := y.log.CatchUp(t.Context()); n != want || err != nil {
			t.Fatalf("CatchUp at %s = %d, %v, want %d", y.at.Format(time.TimeOnly), n, err, want)
		}
	}
	copied(1)
	y.at = y.at.Add(leaseTime/2 - time.Millisecond)
	copied(1) // without asking again
	y.at = y.at.Add(leaseTime)
	if mine, err := y.db.Lease(t.Context(), "audit", "another server", leaseTime); !mine || err != nil {
		t.Fatal(mine, err)
	}
	copied(0)
	y.at = y.at.Add(leaseTime)
	copied(2)
}
