package audit

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/turns/turnstest"
)

// TestOneCopyServesAllWhoAsked: twenty who ask while a copy is made wait for that and for one more, and read what was written before.
func TestOneCopyServesAllWhoAsked(t *testing.T) {
	w := newWorld(t)
	var looks atomic.Int64
	begun, goOn, now := make(chan struct{}), make(chan struct{}), w.log.now
	w.log.now = func() time.Time { // each copy looks at it once, and so does what happens
		if looks.Add(1) == 1 {
			close(begun)
			<-goOn
		}
		return now()
	}
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := w.log.CatchUp(t.Context()); err != nil {
			t.Error(err)
		}
	})
	<-begun
	if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a"}}); err != nil {
		t.Fatal(err)
	}
	answered := turnstest.Waiting(t.Context(), 20, func(ctx context.Context) {
		if p, err := w.log.All(ctx, Filter{}, "", 10); err != nil || len(p.Items) != 1 {
			t.Errorf("%d entries, %v; want what was written before", len(p.Items), err)
		}
	})
	close(goOn)
	first.Wait()
	answered()
	if n := looks.Load(); n != 3 {
		t.Errorf("the clock was looked at %d times; want it for the event, the first copy, and one for all who asked meanwhile", n)
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
