package web

import (
	"errors"
	"log/slog"
	"net"
	"syscall"
	"time"
)

// patient is a listener that outlives a shortage: fasthttp stops serving for good when a connection cannot be taken because the process or
// the machine has no file descriptor or no memory for it at the moment (security FLT-22). Who comes meanwhile waits in the system's queue.
type patient struct {
	net.Listener
	log  *slog.Logger
	said time.Time
}

// A shortage is looked at again after a pause, and told at most once a minute while it lasts.
const (
	shortagePause = 50 * time.Millisecond
	shortageSaid  = time.Minute
)

// Accept is called by one goroutine at a time.
func (p *patient) Accept() (net.Conn, error) {
	for {
		c, err := p.Listener.Accept()
		if !short(err) {
			return c, err
		}
		if now := time.Now(); now.Sub(p.said) >= shortageSaid {
			p.said = now
			p.log.Error("connections wait: the system gives no more", "error", err)
		}
		time.Sleep(shortagePause)
	}
}

func short(err error) bool {
	for _, e := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}
