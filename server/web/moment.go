package web

import (
	"context"
	"sync/atomic"
	"time"

	"shangquan/services/lastknown"
)

// revisionTime is how long an answer waits at least to hear whether a page that is kept still holds.
const revisionTime = 3 * lastknown.Patience // what it asks waits twice

// moment lends out contexts that end soon. All who ask within a while get the same one: making one costs more than a microsecond, a
// tenth of what answering with a kept page does.
type moment struct{ cur atomic.Pointer[lent] }

type lent struct {
	ctx context.Context
	end time.Time
}

// in returns a context of base that ends in revisionTime at the earliest, and lastknown.Patience after that at the latest.
func (m *moment) in(base context.Context) context.Context {
	now := time.Now()
	if l := m.cur.Load(); l != nil && l.end.Sub(now) >= revisionTime {
		return l.ctx
	}
	l := lent{end: now.Add(revisionTime + lastknown.Patience)}
	var cancel context.CancelFunc
	l.ctx, cancel = context.WithDeadline(base, l.end)
	context.AfterFunc(l.ctx, cancel) // others may still ask by it, so it ends by itself alone
	m.cur.Store(&l)
	return l.ctx
}
