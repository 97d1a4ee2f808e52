package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/outward"
	"shangquan/services/rescue"
	"shangquan/services/store"
)

// gaps are how long after each try the next one comes; after the last a message is given up. In all a receiver has three days, as
// Standard Webhooks proposes.
var gaps = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour,
}

const (
	// claimed is how long a message is left to the server that took it. When that server dies, another one takes it then.
	claimed = time.Minute
	// each is how many messages one webhook gets in a round, and rounds of how many webhooks run beside each other: a receiver that
	// is slow keeps nobody but itself waiting for long.
	each     = 20
	together = 8
	// restart is the longest pause after something went wrong here.
	restart = time.Minute
	// pollEvery is how often the queues are looked at.
	pollEvery = 2 * time.Second
	maxAnswer = 64 << 10
)

// Run sends what is due until ctx ends. find, called before each round, looks for what happened. Several servers may run it: each
// message is taken by one of them.
func (s *Service) Run(ctx context.Context, log *slog.Logger, find func(context.Context) error) error {
	var gap time.Duration
	for {
		err := find(ctx)
		n, sendErr := s.Send(ctx)
		wait := pollEvery
		if n > 0 {
			wait = 0
		}
		if err = errors.Join(err, sendErr); err != nil && ctx.Err() == nil {
			gap = min(max(2*gap, time.Second), restart)
			wait = gap
			log.WarnContext(ctx, "webhooks wait", "error", err, "retry_in", gap)
		} else {
			gap = 0
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-s.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Send sends what is due now and returns how many calls it made.
func (s *Service) Send(ctx context.Context) (int, error) {
	due, err := s.sent.CountBy(ctx, "hook_id", store.Where("state", store.Eq, string(Due)).And("next_at", store.Lte, s.Now()))
	if err != nil || len(due) == 0 {
		return 0, err
	}
	calls := make(chan int, len(due))
	var group rescue.Group
	group.SetLimit(together)
	for id := range due {
		group.Go(func() error {
			n, err := s.sendTo(ctx, id)
			calls <- n
			return err
		})
	}
	err = group.Wait()
	close(calls)
	total := 0
	for n := range calls {
		total += n
	}
	return total, err
}

// sendTo sends what is due for one webhook. After a call without success the others of the round wait for the next one.
func (s *Service) sendTo(ctx context.Context, hookID string) (calls int, err error) {
	h, err := s.hooks.Get(ctx, hookID)
	if err != nil {
		return 0, err
	}
	page, err := s.sent.Find(ctx, store.Where("hook_id", store.Eq, hookID).And("state", store.Eq, string(Due)).And("next_at", store.Lte, s.Now()).
		OrderBy("next_at", store.Asc).Limit(each))
	if err != nil {
		return 0, err
	}
	for i := range page.Items {
		if i > 0 { // a receiver may take minutes for what came before
			if h, err = s.hooks.Get(ctx, hookID); err != nil {
				return calls, err
			}
		}
		if h.State != Active {
			return calls, s.dismiss(ctx, page.Items[i:])
		}
		d, err := s.claim(ctx, &page.Items[i])
		if stale(err) {
			continue // another server has it
		}
		if err != nil {
			return calls, err
		}
		try := s.call(ctx, &h, &d)
		calls++
		if ctx.Err() != nil {
			return calls, nil //nolint:nilerr // whoever ends does not count the call: it is made again
		}
		if err := s.settle(ctx, &h, &d, try); err != nil || !try.ok() {
			return calls, err
		}
	}
	return calls, nil
}

// stale reports that somebody else wrote first, or that the document is gone: whoever it was goes on with it.
func stale(err error) bool { return fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) }

// dismiss gives up what waits for a webhook that is not active.
func (s *Service) dismiss(ctx context.Context, list []delivery) error {
	for i := range list {
		_, err := s.sent.Update(ctx, list[i].ID, list[i].Rev, func(d *delivery) error { d.State, d.NextAt = Given, s.Now().UTC(); return nil })
		if err != nil && !stale(err) {
			return err
		}
	}
	return nil
}

// claim takes a message for this server, until claimed is over.
func (s *Service) claim(ctx context.Context, d *delivery) (delivery, error) {
	until := s.Now().Add(claimed).UTC()
	return s.sent.Update(ctx, d.ID, d.Rev, func(d *delivery) error { d.NextAt = until; return nil })
}

func (t *Try) ok() bool { return t.Status >= 200 && t.Status < 300 }

// call makes one call.
func (s *Service) call(ctx context.Context, h *hook, d *delivery) Try {
	at := s.Now()
	start := time.Now()
	t := Try{At: at.UTC()}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	r, err := s.request(ctx, h, d, at)
	if err != nil {
		t.Cause = "network"
		return t
	}
	resp, err := s.HTTP.Do(r) // the client refuses addresses of closed networks, see outward
	t.Took = int(time.Since(start).Milliseconds())
	if err != nil {
		t.Cause = outward.Cause(err)
		return t
	}
	defer func() { _ = resp.Body.Close() }()
	t.Status = resp.StatusCode
	begin, _ := io.ReadAll(io.LimitReader(resp.Body, keptAnswer))
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	t.Answer = printable(begin)
	return t
}

// request is a message with its signatures.
func (s *Service) request(ctx context.Context, h *hook, d *delivery, at time.Time) (*http.Request, error) {
	body := []byte(d.Body)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	secrets, err := s.secrets(h)
	if err != nil {
		return nil, err
	}
	signatures := []string{}
	for _, plain := range secrets {
		x, err := Sign(plain, d.MessageID, at, body)
		if err != nil {
			return nil, err
		}
		signatures = append(signatures, x)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Shangquan-Webhook/1")
	r.Header.Set("Webhook-Id", d.MessageID)
	r.Header.Set("Webhook-Timestamp", strconv.FormatInt(at.Unix(), 10))
	r.Header.Set("Webhook-Signature", strings.Join(signatures, " "))
	return r, nil
}

// printable leaves of an answer what can be shown: a stranger wrote it.
func printable(b []byte) string {
	for len(b) > 0 && !utf8.Valid(b) && utf8.RuneStart(b[len(b)-1]) { // cut inside a letter
		b = b[:len(b)-1]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, strings.TrimSpace(string(b)))
}

// settle notes what a call led to.
func (s *Service) settle(ctx context.Context, h *hook, d *delivery, t Try) error {
	now := s.Now().UTC()
	got, err := s.sent.Update(ctx, d.ID, d.Rev, func(d *delivery) error {
		d.Tries++
		if d.Log = append(d.Log, t); len(d.Log) > keptTries {
			d.Log = d.Log[len(d.Log)-keptTries:]
		}
		switch {
		case t.ok():
			d.State, d.NextAt = Done, now
		case t.Status == http.StatusGone || d.Tries > len(gaps):
			d.State, d.NextAt = Given, now
		default:
			d.NextAt = now.Add(gaps[d.Tries-1])
		}
		return nil
	})
	if stale(err) {
		return nil // somebody asked for it again meanwhile
	}
	if err != nil || got.State != Given {
		return err
	}
	if t.Status == http.StatusGone { // as Standard Webhooks says: the receiver wants no more
		return s.giveUp(ctx, h.ID, "gone")
	}
	// One message that a receiver does not like is given up; a receiver that took no other one since is not there.
	n, err := s.sent.Count(ctx, store.Where("hook_id", store.Eq, h.ID).And("state", store.Eq, string(Done)).And("next_at", store.Gte, got.CreatedAt))
	if err != nil || n > 0 {
		return err
	}
	return s.giveUp(ctx, h.ID, "silent")
}

// giveUp breaks a webhook. Its maker is told by Tell.
func (s *Service) giveUp(ctx context.Context, id, why string) error {
	h, err := s.hooks.Get(ctx, id)
	if err != nil || h.State != Active {
		return err
	}
	_, err = s.hooks.Update(ctx, access.System("webhooks"), audit.Write{Action: access.WebhookSend, Title: h.Name, Why: why}, id, h.Rev, func(h *hook) error {
		h.State, h.Why, h.Told = Broken, why, false
		return nil
	})
	if stale(err) {
		return nil
	}
	return err
}

// Tell writes to the makers of webhooks that broke, and returns to how many. A worker runs it every minute; the letter has a key,
// so that a crash between sending and noting it sends nothing twice where the engine can tell.
func (s *Service) Tell(ctx context.Context) (int, error) {
	told := 0
	for h, err := range s.hooks.Each(ctx, store.Where("state", store.Eq, string(Broken))) {
		if err != nil {
			return told, err
		}
		if h.Told {
			continue
		}
		if err := s.letter(ctx, &h); err != nil {
			return told, err
		}
		_, err := s.hooks.Update(ctx, access.System("webhooks"), audit.Write{Action: access.WebhookSend, Title: h.Name}, h.ID, h.Rev, func(h *hook) error { h.Told = true; return nil })
		if err != nil && !stale(err) {
			return told, err
		}
		told++
	}
	return told, nil
}
