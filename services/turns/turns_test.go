package turns_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"shangquan/services/turns"
)

// TestOneRunServesAllWhoAsked: twenty who ask during a run wait for that and for one more, which began after they asked; when it ends
// badly, one of them hears of it and another makes the next.
func TestOneRunServesAllWhoAsked(t *testing.T) {
	broken := errors.New("broken")
	for _, tt := range []struct {
		name    string
		fails   int64 // the number of the run that fails
		runs    int64
		refused int64
	}{
		{"all well", 0, 2, 0},
		{"the first fails", 1, 2, 1},
		{"the second fails", 2, 3, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				q := turns.New()
				var runs, refused atomic.Int64
				goOn := make(chan struct{})
				var written, seen, done, said atomic.Int64
				ask := func() {
					want := written.Load()
					did, err := q.Do(t.Context(), func(context.Context) (int, error) {
						n, now := runs.Add(1), written.Load()
						<-goOn
						if n == tt.fails {
							return 0, broken
						}
						seen.Store(now)
						done.Add(1)
						return 1, nil
					})
					said.Add(int64(did))
					switch {
					case errors.Is(err, broken):
						refused.Add(1)
					case err != nil:
						t.Error(err)
					case seen.Load() < want:
						t.Errorf("saw %d of %d", seen.Load(), want)
					}
				}
				go ask()
				synctest.Wait()
				written.Store(1)
				for range 20 {
					go ask()
				}
				synctest.Wait()
				close(goOn)
				synctest.Wait()
				if runs.Load() != tt.runs || refused.Load() != tt.refused {
					t.Errorf("%d runs, %d refused; want %d and %d", runs.Load(), refused.Load(), tt.runs, tt.refused)
				}
				if said.Load() != done.Load() {
					t.Errorf("%d done by all who asked, %d by the runs", said.Load(), done.Load())
				}
				go ask()
				synctest.Wait()
				if runs.Load() != tt.runs+1 {
					t.Error("who asks later was served by an earlier run")
				}
			})
		})
	}
}

// TestAlone: nothing else happens meanwhile, what happens alone counts for nobody, and whoever gives up is told at once.
func TestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := turns.New()
		goOn := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			if err := q.Alone(t.Context(), func() error { <-goOn; return nil }); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		var runs atomic.Int64
		all.Go(func() {
			if _, err := q.Do(t.Context(), func(context.Context) (int, error) { runs.Add(1); return 1, nil }); err != nil {
				t.Error(err)
			}
		})
		impatient, leave := context.WithCancel(t.Context())
		all.Go(func() {
			if _, err := q.Do(impatient, func(context.Context) (int, error) { t.Error("a run for somebody who left"); return 0, nil }); !errors.Is(err, context.Canceled) {
				t.Errorf("who gave up = %v", err)
			}
		})
		synctest.Wait()
		if runs.Load() != 0 {
			t.Error("a run beside what was to be alone")
		}
		leave()
		synctest.Wait()
		close(goOn)
		all.Wait()
		if runs.Load() != 1 {
			t.Errorf("%d runs, want one", runs.Load())
		}
	})
}
