package mail

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

const (
	// leaveBatch is how many waiting messages one round looks at.
	leaveBatch = 100
	// tryAgain is after how long a message is tried again that the other side did not take.
	tryAgain = 15 * time.Minute
	// giveUp is for how long that is tried: what an engine has not taken in three days is seen on the site by then.
	giveUp = 3 * 24 * time.Hour
	// failures is how many messages in a row may not be taken before a round ends: the engine is down, and each costs its time.
	failures = 5
)

// waiting is a message that waits for its hour. Purpose: to send it. Kept until it left.
type waiting struct {
	store.Meta         // the id is made of the key and the address, so that the same message waits once
	Message    Message `json:"message"`
	// Due is when it may leave at the earliest; Failed when it was first not taken, zero: never.
	Due    time.Time `json:"due"`
	Failed time.Time `json:"failed"`
}

// keep puts a message into the store until due.
func (p *Pace) keep(ctx context.Context, m Message, due time.Time) error {
	for name, v := range m.Args {
		switch v.(type) {
		case string, int:
		default: // it would come back as something else
			return fault.New(fault.Internal, "error.internal", fmt.Errorf("mail: %s of %q is neither text nor a whole number", name, m.Kind))
		}
	}
	if m.Key == "" {
		m.Key = rand.Text()
	}
	w := waiting{Meta: store.Meta{ID: secret.Hash(m.Key + "\x00" + m.To)}, Message: m, Due: due.UTC().Truncate(time.Millisecond)}
	if err := p.waiting.Insert(ctx, &w); !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil // it waits already
}

// Leave sends what waits and may leave, by day and as much of it as the day allows, the oldest first, and returns how many left. A worker
// calls it every minute. After a crash a message may leave twice: with the same key.
func (p *Pace) Leave(ctx context.Context) (int, error) {
	if !Day(p.Now()) {
		return 0, nil
	}
	page, err := p.waiting.Find(ctx, store.Where("due", store.Lte, p.Now().UTC()).OrderBy("created_at", store.Asc).Limit(leaveBatch))
	if err != nil {
		return 0, err
	}
	left, row := 0, 0
	var failed []error
	for i := range page.Items {
		err := p.leave(ctx, &page.Items[i])
		switch {
		case errors.Is(err, errEnough):
		case err == nil:
			left++
			row = 0
		case errors.Is(err, errDropped):
			slog.WarnContext(ctx, "a message that waited does not leave", "kind", page.Items[i].Message.Kind, "error", err)
		default:
			failed = append(failed, err)
			if row++; row == failures || ctx.Err() != nil {
				return left, errors.Join(failed...)
			}
		}
	}
	return left, errors.Join(failed...)
}

var errDropped = errors.New("mail: nobody is there to take the message")

// leave sends one message, or says when it is its turn again: errEnough, errDropped, or why it was not taken.
func (p *Pace) leave(ctx context.Context, w *waiting) error {
	ours, err := p.Belongs(ctx, w.Message.To)
	if err != nil {
		return err
	}
	at, err := p.Refused(ctx, w.Message.To)
	if err != nil {
		return err
	}
	if !ours || !at.IsZero() {
		return p.drop(ctx, w, nil)
	}
	now := p.Now()
	switch err := p.paced(ctx, whole(w.Message)); {
	case err == nil:
		_, err = p.waiting.Erase(ctx, *w)
		return err
	case errors.Is(err, errEnough):
		return errors.Join(err, p.later(ctx, w, func(w *waiting) { w.Due = opening(now).UTC() }))
	case Never(err), !w.Failed.IsZero() && now.Sub(w.Failed) >= giveUp:
		return p.drop(ctx, w, err)
	default:
		return errors.Join(err, p.later(ctx, w, func(w *waiting) {
			if w.Due = now.Add(tryAgain).UTC(); w.Failed.IsZero() {
				w.Failed = now.UTC()
			}
		}))
	}
}

// drop forgets a message that nobody will take, and says so: errDropped.
func (p *Pace) drop(ctx context.Context, w *waiting, why error) error {
	_, err := p.waiting.Erase(ctx, *w)
	if err != nil {
		return err
	}
	return errors.Join(errDropped, why)
}

func (p *Pace) later(ctx context.Context, w *waiting, change func(*waiting)) error {
	_, err := p.waiting.Update(context.WithoutCancel(ctx), w.ID, 0, func(w *waiting) error {
		change(w)
		w.Due, w.Failed = w.Due.Truncate(time.Millisecond), w.Failed.Truncate(time.Millisecond)
		return nil
	})
	return err
}

// whole returns a message as it was before it lay in the store, which has whole numbers as numbers of any kind.
func whole(m Message) Message {
	for name, v := range m.Args {
		if n, ok := v.(float64); ok {
			m.Args[name] = int(n)
		}
	}
	return m
}
