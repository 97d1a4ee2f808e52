package account

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"shangquan/services/mail"
	"shangquan/services/rescue"
)

const (
	postQueue   = 64
	postSenders = 2
	postTimeout = 10 * time.Second
	postTries   = 3
)

// post sends messages beside the request that caused them, so that an answer takes as long whether or not there was somebody to
// write to.
type post struct {
	to    mail.Sender
	queue chan mail.Message
	open  sync.WaitGroup // messages taken and not yet sent or given up
	mu    sync.RWMutex
	done  bool
	wait  time.Duration // before the second try; then twice as long each time
}

func newPost(to mail.Sender) *post {
	p := &post{to: to, queue: make(chan mail.Message, postQueue), wait: time.Second}
	for range postSenders {
		rescue.Go(slog.Default(), "post", func() {
			for m := range p.queue {
				// A message that makes the sender panic is lost; the others are not.
				if err := rescue.Do(func() error { p.send(m); return nil }); err != nil {
					slog.Error("a message was given up", "kind", m.Kind, "error", err)
				}
				p.open.Done()
			}
		})
	}
	return p
}

// full reports whether put would refuse; it is asked before anybody is looked up.
func (p *post) full() bool { return len(p.queue) >= postQueue-postSenders }

// put hands messages to the senders: fault.Unavailable "account.busy" when too many wait.
func (p *post) put(list ...mail.Message) error {
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, m := range list {
		if p.done {
			return busy("the post is closed")
		}
		p.open.Add(1)
		select {
		case p.queue <- m:
		default:
			p.open.Done()
			return busy("too many messages wait to be sent")
		}
	}
	return nil
}

func (p *post) send(m mail.Message) {
	var err error
	for try, wait := range [postTries]time.Duration{0, p.wait, 2 * p.wait} {
		time.Sleep(wait)
		ctx, cancel := context.WithTimeout(context.Background(), postTimeout)
		err = p.to.Send(ctx, m)
		cancel()
		if err == nil || mail.Never(err) { // others wait meanwhile
			break
		}
		slog.Warn("a message was not taken", "kind", m.Kind, "try", try+1, "error", err)
	}
	if err != nil {
		slog.Error("a message was given up", "kind", m.Kind, "error", err)
	}
}

func (p *post) close(ctx context.Context) error {
	p.mu.Lock()
	if !p.done {
		p.done = true
		close(p.queue)
	}
	p.mu.Unlock()
	sent := make(chan struct{})
	rescue.Go(slog.Default(), "end of post", func() { p.open.Wait(); close(sent) })
	select {
	case <-sent:
		return nil
	case <-ctx.Done():
		return errors.Join(ctx.Err(), errors.New("account: messages were not sent"))
	}
}
