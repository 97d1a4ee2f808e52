package web

import (
	"errors"
	"log/slog"
	"net"
	"strings"
	"syscall"
	"testing"
)

type scarce struct {
	net.Listener
	errs []error
}

func (s *scarce) Accept() (net.Conn, error) {
	err := s.errs[0]
	s.errs = s.errs[1:]
	return nil, err
}

// A shortage passes, and is said once; the end of the listener is the end.
func TestPatientListener(t *testing.T) {
	t.Parallel()
	full := &net.OpError{Op: "accept", Err: syscall.EMFILE}
	var log strings.Builder
	l := &patient{Listener: &scarce{errs: []error{full, full, net.ErrClosed, full, net.ErrClosed}}, log: slog.New(slog.NewTextHandler(&log, nil))}
	for range 2 {
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Fatalf("Accept = %v, want the end of the listener", err)
		}
	}
	if n := strings.Count(log.String(), "connections wait"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
}
