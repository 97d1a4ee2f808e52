package web

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"shangquan/services/lastknown"
)

// Whoever asks gets time enough and not too much, whenever the context they are lent was made; it ends by itself, and with what it is of.
func TestMoment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		base, stop := context.WithCancel(t.Context())
		defer stop()
		var m moment
		seen := map[context.Context]bool{}
		for range 100 {
			ctx := m.in(base)
			end, _ := ctx.Deadline()
			if left := time.Until(end); left < revisionTime || left > revisionTime+lastknown.Patience || ctx.Err() != nil {
				t.Fatalf("%v are left (%v)", left, ctx.Err())
			}
			seen[ctx] = true
			time.Sleep(lastknown.Patience / 10)
		}
		if len(seen) > 10 {
			t.Errorf("%d contexts were made for 100 questions in ten times as long as one is shared", len(seen))
		}
		time.Sleep(revisionTime + lastknown.Patience)
		for ctx := range seen {
			if ctx.Err() == nil {
				t.Error("a context that was lent does not end")
			}
		}
		last := m.in(base)
		stop()
		if last.Err() == nil {
			t.Error("a context outlives what it is of")
		}
	})
}
