package mail

import (
	"context"
	"fmt"
	"io"
	"sync"
)

// outbox is how many messages Log remembers.
const outbox = 100

// Sent is a message as it would have gone out.
type Sent struct {
	Message
	Subject string
	Text    string
}

// Log is the engine for development and tests: it shows messages on the console, and remembers the last hundred. It sends nothing.
type Log struct {
	words  Words
	manner func() Manner
	to     io.Writer
	mu     sync.Mutex
	sent   []Sent
}

// NewLog returns an engine that writes to o.Console.
func NewLog(o Options) *Log { return &Log{words: o.Words, manner: o.manner, to: o.Console} }

// Send implements Sender.
func (l *Log) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	subject, text, err := prepare(l.words, m, l.manner())
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent = append(l.sent, Sent{m, subject, text}); len(l.sent) > outbox {
		l.sent = l.sent[1:]
	}
	if l.to != nil {
		_, err = fmt.Fprintf(l.to, "message to %s: %s\n  %s\n", m.To, subject, text)
	}
	return err
}

// Sent returns the messages since the start, the oldest first, at most a hundred.
func (l *Log) Sent() []Sent {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]Sent{}, l.sent...)
}

// Shown returns the engine of s that only shows its messages; nil for a sender that sends them all.
func Shown(s Sender) *Log {
	switch s := s.(type) {
	case *Log:
		return s
	case *router:
		l, _ := s.mail.(*Log)
		return l
	}
	return nil
}
