// Package rescue is the one way to start a goroutine. A panic in a goroutine that nobody recovers ends the whole process, whoever's
// data caused it, and at every start again when that data is stored (security OPS-05). Plain "go", sync.WaitGroup.Go and errgroup
// have no place outside; a test of the source says so.
package rescue

import (
	"fmt"
	"log/slog"
	"path"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Panic is a panic as an error, for logs.
type Panic struct {
	value string
	at    []string
}

// deepest is how many frames of a panic are kept.
const deepest = 16

// Error says what happened and where, on one line. Of the value only what the runtime says or of which type it is: a text that the
// program made may hold somebody's data.
func (p *Panic) Error() string { return "panic: " + p.value + " at " + strings.Join(p.at, " < ") }

func of(value any) *Panic {
	p := &Panic{value: fmt.Sprintf("%T", value)}
	if e, ok := value.(runtime.Error); ok {
		p.value = e.Error()
	}
	counters := make([]uintptr, 64)
	panicking := false // the frames above are the recovery's own
	for frames, more := runtime.CallersFrames(counters[:runtime.Callers(1, counters)]), true; more; {
		var f runtime.Frame
		f, more = frames.Next()
		switch {
		case f.Function == "runtime.gopanic":
			panicking = true
		case panicking && !strings.HasPrefix(f.Function, "runtime.") && len(p.at) < deepest:
			p.at = append(p.at, fmt.Sprintf("%s %s:%d", path.Base(f.Function), path.Base(f.File), f.Line))
		}
	}
	return p
}

// Do runs f. A panic in it is its error, a *Panic.
func Do(f func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = of(value)
		}
	}()
	return f()
}

// Go runs f beside the caller. A panic in it is logged. name is a constant of the code.
func Go(log *slog.Logger, name string, f func()) { new(Tasks).Go(log, name, f) }

// Tasks are goroutines that somebody waits for. The zero value is ready.
type Tasks struct{ group sync.WaitGroup }

// Go runs f beside the caller, as the function Go does.
func (t *Tasks) Go(log *slog.Logger, name string, f func()) {
	t.group.Go(func() {
		if err := Do(func() error { f(); return nil }); err != nil {
			log.Error("a goroutine panicked", "name", name, "error", err)
		}
	})
}

// Wait returns when all have ended.
func (t *Tasks) Wait() { t.group.Wait() }

// Group is an errgroup.Group in which a panic is the error of its goroutine. The zero value is ready.
type Group struct{ group errgroup.Group }

// SetLimit says how many run at once at most; it is called before Go.
func (g *Group) SetLimit(n int) { g.group.SetLimit(n) }

// Go runs f beside the caller, or waits until it may.
func (g *Group) Go(f func() error) { g.group.Go(func() error { return Do(f) }) }

// Wait returns the first error when all have ended.
func (g *Group) Wait() error { return g.group.Wait() }
