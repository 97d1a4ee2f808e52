package cli

import (
	"log/slog"
	"sync/atomic"
	"time"

	"shangquan/services/lastknown"
)

// marks remembers the last mark that was read, for while the store is away: pages that are kept go on answering, and one alone asks
// again every lastknown.Pause.
type marks struct {
	last  atomic.Pointer[int64]
	again atomic.Int64 // when the store is asked again after it failed, in nanoseconds since 1970; 0: it answered
}

// ask returns what read says, or said last.
func (m *marks) ask(now time.Time, read func() (int64, error)) (int64, error) {
	last, again := m.last.Load(), m.again.Load()
	at := now.UnixNano()
	if away := int64(lastknown.Pause); last != nil && again != 0 && (at < again && again-at <= away || !m.again.CompareAndSwap(again, at+away)) {
		return *last, nil
	}
	mark, err := read()
	switch {
	case err == nil:
		if last == nil || *last != mark {
			m.last.Store(&mark)
		}
		if again != 0 {
			m.again.Store(0)
		}
		return mark, nil
	case last == nil:
		return 0, err
	}
	m.again.Store(time.Now().Add(lastknown.Pause).UnixNano())
	slog.Warn("pages are kept by the mark that was last read", "error", err)
	return *last, nil
}
