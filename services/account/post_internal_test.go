package account

import (
	"context"
	"slices"
	"sync"
	"testing"

	"shangquan/services/mail"
)

// broken panics at one message.
type broken struct {
	mu   sync.Mutex
	sent []string
}

func (b *broken) Send(_ context.Context, m mail.Message) error {
	if m.Key == "bad" {
		panic("a bug")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, m.Key)
	return nil
}

// TestAMessageThatPanics is lost; more of them than there are senders hold up no other, nor the end. OPS-05.
func TestAMessageThatPanics(t *testing.T) {
	to := new(broken)
	p := newPost(to)
	for range postSenders + 1 {
		if err := p.put(mail.Message{Key: "bad"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.put(mail.Message{Key: "good"}); err != nil {
		t.Fatal(err)
	}
	if err := p.close(t.Context()); err != nil || !slices.Equal(to.sent, []string{"good"}) {
		t.Errorf("sent %v, %v", to.sent, err)
	}
}
