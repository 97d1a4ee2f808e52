package directory

import (
	"context"
	"log/slog"
	"testing"
)

// tidier is an engine that cannot clear away what it should.
type tidier struct{ *remote }

func (tidier) Tidy(context.Context) error { return errDown }

// TestRunTidies: the daily check lets the engine clear away, and tells when it cannot.
func TestRunTidies(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, f := follow(t, tidier{newRemote()})
	told := make(chan struct{})
	f.log = slog.New(&listener{Handler: slog.DiscardHandler, hear: func(r slog.Record) {
		if r.Message == "the search engine could not clear away its finished tasks" {
			close(told)
		}
	}})
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.Run(ctx)
	}()
	<-told
	cancel()
	<-done
}

// listener hears what is logged.
type listener struct {
	slog.Handler
	hear func(slog.Record)
}

func (l *listener) Enabled(context.Context, slog.Level) bool { return true }

func (l *listener) Handle(_ context.Context, r slog.Record) error { l.hear(r); return nil }
