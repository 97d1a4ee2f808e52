// Package insight counts for the owner of a shop: how often its page was looked at, how often a search showed it and for what,
// how often people tapped its phone number, asked for the way and opened its website.
//
// It knows no persons. There are no cookies; whoever comes again is recognised within a day by a hash of network and browser under
// a salt that never leaves the memory and is thrown away at midnight. So a repeat does not raise a number, and nobody can say
// afterwards who it was. A restart forgets who was there, and a visitor whom two servers see counts on both.
package insight

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/rescue"
	"shangquan/services/store"
)

const (
	// flushEvery is how long a count may stay in memory only: that much a crash loses.
	flushEvery = 10 * time.Second
	// KeepDays is how long counts are kept at most.
	KeepDays = 400
	// writers is how many listings are written at once: they share commits.
	writers = 8
	// MaxWeeks is how far back Weeks goes.
	MaxWeeks = 52
)

// week is what one listing has of one week. It holds numbers and words that several people used, nothing of a person.
type week struct {
	store.Meta // the id is listing and Monday
	// Monday is the first day of the week, YYYY-MM-DD in the zone of the district.
	Monday string    `json:"monday"`
	Days   [7]Counts `json:"days"`
	Words  []Word    `json:"words"` // the most frequent first
}

// Week is what the owner reads of one week.
type Week struct {
	Monday string // YYYY-MM-DD
	Total  Counts
	Days   [7]Counts // from Monday
	Words  []Word    // the most frequent first, at most 20
}

// Service counts and answers.
type Service struct {
	*Counter
	coll       *store.Collection[week]
	missedColl *store.Collection[missedWeek]
	now        func() time.Time
	log        *slog.Logger

	mu sync.Mutex // held while counts are written
}

// New returns the service on db. now tells the time in the zone of the district.
func New(db store.DB, now func() time.Time, log *slog.Logger) *Service {
	return &Service{
		Counter:    newCounter(now().Format(time.DateOnly)),
		coll:       store.NewCollection[week](db, "insight_weeks", store.Index("monday")),
		missedColl: store.NewCollection[missedWeek](db, "insight_missed", store.Index("monday")),
		now:        now, log: log,
	}
}

// Weeks returns n weeks of a listing, from 1 to MaxWeeks, the oldest first and the present one last; weeks in which nothing
// happened are there with zeros. fault.NotFound for whom the numbers are none of their business.
func (s *Service) Weeks(ctx context.Context, by access.Actor, shop access.Thing, n int) ([]Week, error) {
	if err := access.Require(by, access.ListingInsight, shop); err != nil {
		return nil, err
	}
	n = min(max(n, 1), MaxWeeks)
	out := make([]Week, n)
	ids, place := make([]string, n), map[string]int{}
	monday := mondayOf(s.now())
	for i := range n {
		out[i] = Week{Monday: monday.AddDate(0, 0, -7*(n-1-i)).Format(time.DateOnly), Words: []Word{}}
		ids[i] = weekID(shop.ListingID, out[i].Monday)
		place[ids[i]] = i
	}
	for w, err := range s.coll.Each(ctx, store.Where("id", store.In, ids)) {
		if err != nil {
			return nil, err
		}
		to := &out[place[w.ID]]
		to.Days, to.Words = w.Days, w.Words
		for _, d := range w.Days {
			to.Total.Add(d)
		}
	}
	return out, nil
}

// Run writes the counts every ten seconds until ctx ends, and then once more.
func (s *Service) Run(ctx context.Context) error {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.Flush(ctx); err != nil {
				s.log.WarnContext(ctx, "counts could not be written and wait", slog.Any("error", err))
			}
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushEvery)
			defer cancel()
			return s.Flush(last)
		}
	}
}

// Flush writes what has been counted since the last time, and begins a new day after midnight: what was noted in between counts
// for the day before. What cannot be written stays for the next time.
func (s *Service) Flush(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	date := s.today.Load().date
	gains := s.take()
	on, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return err
	}
	missedErr := s.flushMissed(ctx, on)
	if now := s.now().Format(time.DateOnly); now != date {
		s.turn(now)
	}
	var group rescue.Group
	group.SetLimit(writers)
	var mu sync.Mutex
	var failed error
	for id, g := range gains {
		group.Go(func() error {
			if err := s.write(ctx, id, on, g); err != nil {
				s.putBack(id, g)
				mu.Lock()
				defer mu.Unlock()
				failed = err // one is enough: they are alike
			}
			return nil
		})
	}
	return errors.Join(missedErr, group.Wait(), failed)
}

// write adds to the week of a listing; servers that write at the same time add up.
func (s *Service) write(ctx context.Context, listingID string, on time.Time, g *gain) error {
	monday := mondayOf(on).Format(time.DateOnly)
	id := weekID(listingID, monday)
	add := func(w *week) error {
		w.Days[weekday(on)].Add(g.counts)
		w.Words = merge(w.Words, g.words)
		return nil
	}
	_, err := s.coll.Update(ctx, id, 0, add)
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	first := week{Meta: store.Meta{ID: id}, Monday: monday}
	if err := add(&first); err != nil {
		return err
	}
	if err = s.coll.Insert(ctx, &first); fault.Is(err, fault.Conflict) { // another server began the week
		_, err = s.coll.Update(ctx, id, 0, add)
	}
	return err
}

// putBack lets counts wait for the next flush. They then count for the day that it is; better a day late than never.
func (s *Service) putBack(listingID string, g *gain) {
	sh := &s.shards[0]
	sh.mu.Lock()
	for k := range kinds {
		if n := *g.counts.of(k); n > 0 {
			sh.counts[cell{listingID, k}] += n
		}
	}
	sh.mu.Unlock()
	s.words.putBack(listingID, g.words)
}

// Sweep erases what is older than 400 days and returns how many weeks those were. A worker runs it once a day.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	if err := s.sweepMissed(ctx); err != nil {
		return 0, err
	}
	return eraseAll(ctx, s.coll, store.Where("monday", store.Lt, s.now().AddDate(0, 0, -KeepDays).Format(time.DateOnly)))
}

// eraseAll erases what q finds, a piece at a time, and returns how much that was. It ends where another server erases the same.
func eraseAll[T any](ctx context.Context, coll *store.Collection[T], q store.Query) (int, error) {
	erased := 0
	for {
		page, err := coll.Find(ctx, q.Limit(200))
		if err != nil || len(page.Items) == 0 {
			return erased, err
		}
		n, err := coll.Erase(ctx, page.Items...)
		if erased += n; err != nil || n == 0 {
			return erased, err
		}
	}
}

func weekID(listingID, monday string) string { return listingID + " " + monday }

// weekday counts from Monday, 0.
func weekday(t time.Time) int { return (int(t.Weekday()) + 6) % 7 }

func mondayOf(t time.Time) time.Time { return t.AddDate(0, 0, -weekday(t)) }
