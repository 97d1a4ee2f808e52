package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Progress is where a delivery stands.
type Progress string

// The states of a delivery.
const (
	Due   Progress = "due" // now or at Next
	Done  Progress = "done"
	Given Progress = "given_up"
)

// delivery is one message to one webhook. It holds nothing that is not public.
type delivery struct {
	store.Meta           // the id is the webhook and the message
	HookID     string    `json:"hook_id"`
	MessageID  string    `json:"message_id"` // webhook-id: the same at every try, so that a receiver recognises it
	Type       Type      `json:"type"`
	Body       string    `json:"body"`
	State      Progress  `json:"state"`
	NextAt     time.Time `json:"next_at"` // of what is due; when it ended, of the others
	Tries      int       `json:"tries"`   // since it was last begun
	Log        []Try     `json:"log"`     // the last of them
}

// Try is one call.
type Try struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"` // of HTTP; 0: no answer
	Cause  string    `json:"cause"`  // why there was none: "timeout", "name", "closed", "certificate", "network"
	Took   int       `json:"took"`   // milliseconds
	Answer string    `json:"answer"` // how the answer begins
}

const (
	keptTries  = 20
	keptAnswer = 200 // bytes
	// MaxDue is how many messages may wait for one webhook. One that has more is broken: its receiver is better served by the API.
	MaxDue = 5000
	// Kept is how long a delivery can be looked at and sent again.
	Kept = 30 * 24 * time.Hour
)

// Delivery is what people read of one.
type Delivery struct {
	ID, MessageID string
	Rev           int64
	Type          Type
	State         Progress
	At, Next      time.Time
	Tries         []Try
	Body          string
}

// change is something that happened.
type change struct {
	id         string // of the message; the same for the same thing, whoever finds it
	t          Type
	merchantID string // whose shop it is; merchants hear of their own shops and of notices
	anybody    bool   // every webhook that asked for the type hears of it
	at         time.Time
	data       any
}

// body is the message as Standard Webhooks has it.
func (c *change) body() (string, error) {
	b, err := json.Marshal(struct {
		Type      Type      `json:"type"`
		Timestamp time.Time `json:"timestamp"`
		Data      any       `json:"data"`
	}{c.t, c.at.UTC().Truncate(time.Second), c.data})
	return string(b), err
}

// announce puts changes into the queues of the webhooks that asked for them. To do it twice is harmless.
func (s *Service) announce(ctx context.Context, changes []change) error {
	if len(changes) == 0 {
		return nil
	}
	for h, err := range s.hooks.Each(ctx, store.Where("state", store.Eq, string(Active))) {
		if err != nil {
			return err
		}
		room := -1
		for i := range changes {
			c := &changes[i]
			if !slices.Contains(h.Types, c.t) || !c.anybody && h.MerchantID != "" && h.MerchantID != c.merchantID {
				continue
			}
			if room < 0 {
				n, err := s.sent.Count(ctx, store.Where("hook_id", store.Eq, h.ID).And("state", store.Eq, string(Due)))
				if err != nil {
					return err
				}
				room = max(MaxDue-n, 0)
			}
			if room == 0 {
				if err := s.giveUp(ctx, h.ID, "full"); err != nil {
					return err
				}
				break
			}
			room--
			if err := s.enqueue(ctx, h.ID, c); err != nil {
				return err
			}
		}
	}
	s.nudge()
	return nil
}

func (s *Service) enqueue(ctx context.Context, hookID string, c *change) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	d := delivery{
		Meta: store.Meta{ID: hookID + "." + c.id}, HookID: hookID, MessageID: c.id, Type: c.t, Body: body, State: Due, NextAt: s.Now().UTC(), Log: []Try{},
	}
	if err := s.sent.Insert(ctx, &d); err != nil && !fault.Is(err, fault.Conflict) {
		return err
	}
	return nil
}

// nudge wakes the sender of this process; those of others look by themselves.
func (s *Service) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Ping sends a message of the type ping, so that people see whether the receiver answers: fault.Conflict for a webhook that is not
// active.
func (s *Service) Ping(ctx context.Context, by access.Actor, id string) error {
	h, err := s.get(ctx, by, access.WebhookRun, id)
	if err != nil {
		return err
	}
	if h.State != Active {
		return fault.New(fault.Conflict, "error.webhook.state", nil)
	}
	now := s.Now()
	err = s.enqueue(ctx, h.ID, &change{id: "ping." + now.UTC().Format("20060102T150405.000"), t: Ping, at: now, data: struct{}{}})
	s.nudge()
	return err
}

// Log returns the deliveries of a webhook, the newest first, page by page.
func (s *Service) Deliveries(ctx context.Context, by access.Actor, id, after string, limit int) (store.Page[Delivery], error) {
	out := store.Page[Delivery]{Items: []Delivery{}}
	if _, err := s.get(ctx, by, access.WebhookList, id); err != nil {
		return out, err
	}
	page, err := s.sent.Find(ctx, store.Where("hook_id", store.Eq, id).OrderBy("created_at", store.Desc).Limit(limit).After(after))
	if err != nil {
		return out, err
	}
	out.Next = page.Next
	for i := range page.Items {
		d := &page.Items[i]
		out.Items = append(out.Items, Delivery{
			ID: d.ID, Rev: d.Rev, MessageID: d.MessageID, Type: d.Type, State: d.State, At: d.CreatedAt, Next: d.NextAt, Tries: d.Log, Body: d.Body,
		})
	}
	return out, nil
}

// Again sends a message once more, with the id it had: a receiver that has it already does nothing. fault.NotFound for a delivery
// of another webhook, fault.Conflict while the webhook is not active.
func (s *Service) Again(ctx context.Context, by access.Actor, id, deliveryID string) error {
	h, err := s.get(ctx, by, access.WebhookRun, id)
	if err != nil {
		return err
	}
	if h.State != Active {
		return fault.New(fault.Conflict, "error.webhook.state", nil)
	}
	now := s.Now().UTC()
	_, err = s.sent.Update(ctx, deliveryID, 0, func(d *delivery) error {
		if d.HookID != id {
			return fault.New(fault.NotFound, "error.not_found", errors.New("webhook: a delivery of another webhook"))
		}
		d.State, d.NextAt, d.Tries = Due, now, 0
		return nil
	})
	s.nudge()
	return err
}

// Sweep erases deliveries that have been kept long enough and returns how many. A worker runs it every day.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	erased := 0
	for {
		page, err := s.sent.Find(ctx, store.Where("created_at", store.Lt, s.Now().Add(-Kept)).Limit(500))
		if err != nil || len(page.Items) == 0 {
			return erased, err
		}
		n, err := s.sent.Erase(ctx, page.Items...)
		erased += n
		if err != nil || n == 0 {
			return erased, err
		}
	}
}
