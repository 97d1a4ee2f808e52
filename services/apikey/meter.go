package apikey

import (
	"context"
	"time"

	"shangquan/services/fault"
	"shangquan/services/store"
)

const (
	burstOver = 10 * time.Second
	// writeEvery is how often the use of a key is written down at most. What a server that stops has not written is not counted;
	// what other servers count is known here as late.
	writeEvery = time.Minute
)

// use is how a key was used; its id is the key's. It is not in the trail: nobody changes anything with it.
type use struct {
	store.Meta
	Last  time.Time `json:"last"`
	Day   string    `json:"day"` // YYYY-MM-DD in the zone of the district
	Count int       `json:"count"`
}

// meter counts the requests with a key on this server.
type meter struct {
	day     string
	count   int // of today on all servers, as last read
	more    int // of today here, not yet written
	start   time.Time
	burst   int // since start
	written time.Time
}

// take counts one request with the key: fault.TooMany.
func (s *Service) take(ctx context.Context, k *key) error {
	now := s.now()
	s.mu.Lock()
	m, known := s.meter[k.ID]
	s.mu.Unlock()
	if !known {
		was, err := s.uses.Get(ctx, k.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		m = &meter{day: was.Day, count: was.Count, written: was.Last}
	}
	more, err := s.step(k, m, now)
	if err != nil || more == 0 {
		return err
	}
	return s.write(ctx, k.ID, now, more)
}

// step counts in memory and returns how many requests are to be written now.
func (s *Service) step(k *key, fresh *meter, now time.Time) (write int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m, known := s.meter[k.ID]
	if !known {
		m = fresh
		s.meter[k.ID] = m
	}
	if day := now.Format(time.DateOnly); day != m.day {
		m.day, m.count, m.more = day, 0, 0
	}
	// A clock that was set back begins anew instead of locking the key out.
	if gone := now.Sub(m.start); gone >= burstOver || gone < 0 {
		m.start, m.burst = now, 0
	}
	switch {
	case m.count+m.more >= k.Daily:
		return 0, fault.New(fault.TooMany, "error.api_key.daily", nil)
	case m.burst >= k.Burst:
		return 0, fault.New(fault.TooMany, "error.api_key.burst", nil)
	}
	m.more++
	m.burst++
	if gone := now.Sub(m.written); gone < writeEvery && gone >= 0 {
		return 0, nil
	}
	write, m.written = m.more, now
	m.count, m.more = m.count+m.more, 0
	return write, nil
}

// write adds requests to what is stored, and learns what other servers have added.
func (s *Service) write(ctx context.Context, id string, now time.Time, more int) error {
	day := now.Format(time.DateOnly)
	add := func(u *use) error {
		if u.Day != day {
			u.Day, u.Count = day, 0
		}
		u.Last, u.Count = now, u.Count+more
		return nil
	}
	got, err := s.uses.Update(ctx, id, 0, add)
	if fault.Is(err, fault.NotFound) {
		got = use{Meta: store.Meta{ID: id}, Day: day, Count: more, Last: now}
		if err = s.uses.Insert(ctx, &got); fault.Is(err, fault.Conflict) { // another server wrote first
			got, err = s.uses.Update(ctx, id, 0, add)
		}
	}
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.meter[id]; m != nil && m.day == day {
		m.count = max(m.count, got.Count)
	}
	return nil
}
