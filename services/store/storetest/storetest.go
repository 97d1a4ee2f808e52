// Package storetest is the contract of services/store as tests. Every engine passes the same suite:
//
//	storetest.Run(t, func(t *testing.T) string { return "file:" + filepath.Join(t.TempDir(), "test.db") })
package storetest

import (
	"context"
	"math/rand/v2"
	"testing"
	"time"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// Option declares what an engine under test cannot do.
type Option func(*suite)

// WithoutAtomicSwap skips the cases in which several writers race, and prints the reason: the server under test compares and
// swaps in two steps.
func WithoutAtomicSwap(reason string) Option { return func(s *suite) { s.noRace = reason } }

// VagueConflicts accepts any error where a unique value is taken, and prints the reason: the server under test does not say which
// index it was, or that it was one. What is stored is checked all the same.
func VagueConflicts(reason string) Option { return func(s *suite) { s.vague = reason } }

// Faulty runs the suite on the engine that wrap makes of the one opened, which asks before first and is late by that, and adds what must hold
// when it fails.
func Faulty(wrap func(db store.DB, before func(ctx context.Context, op string) error) store.DB) Option {
	return func(s *suite) { s.wrap = wrap }
}

type suite struct {
	address func(t *testing.T) string
	noRace  string
	vague   string
	wrap    func(db store.DB, before func(ctx context.Context, op string) error) store.DB // nil: the engine itself
}

// Run runs the suite. address returns what to open an empty database with; the suite opens and closes it, more than once.
func Run(t *testing.T, address func(t *testing.T) string, opts ...Option) {
	s := &suite{address: address}
	for _, o := range opts {
		o(s)
	}
	for _, c := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"documents", s.documents},
		{"writes", s.writes},
		{"races", s.races},
		{"lists", s.lists},
		{"queries", s.queries},
		{"pages", s.pages},
		{"refusals", s.refusals},
		{"upsert", s.upserts},
		{"append", s.appends},
		{"outbox", s.outbox},
		{"erasing", s.erasing},
		{"migration", s.migration},
		{"cancellation", s.cancellation},
		{"lease", s.lease},
		{"seals", s.seals},
		{"faults", s.faults},
	} {
		if c.name == "faults" && s.wrap == nil {
			continue // only an engine in between fails when it is asked to
		}
		t.Run(c.name, c.run)
	}
}

// Shop is the document of the suite. It has a field of every kind.
type Shop struct {
	store.Meta
	Slug   string   `json:"slug"`
	State  State    `json:"state"`
	Street string   `json:"street"`
	Rank   int      `json:"rank"`
	Area   float64  `json:"area"`
	Open   bool     `json:"open"`
	Tags   []string `json:"tags"`
	Marks  []Mark   `json:"marks"`
	Place  Place    `json:"place"`

	Due    *time.Time          `json:"due,omitempty"`
	Extra  map[string][]string `json:"extra"`
	Years  []int               `json:"years"`
	Hidden string              `json:"-"`
}

// State is a named text, as domain packages have them.
type State string

// Mark is an element of a list of structs.
type Mark struct {
	Kind string   `json:"kind"`
	Refs []string `json:"refs"`
}

// Place is a struct inside the document.
type Place struct {
	Level int       `json:"level"`
	Since time.Time `json:"since"`
}

func (s *suite) open(t *testing.T) store.DB {
	t.Helper()
	return s.opened(t, s.address(t))
}

func (s *suite) opened(t *testing.T, address string, opts ...store.Option) store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), address, opts...)
	ok(t, err)
	if s.wrap != nil {
		db = s.wrap(db, late)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// late makes callers of an engine overtake one another: one of ten is.
func late(ctx context.Context, _ string) error {
	n := rand.IntN(2000) // #nosec G404 -- any order will do
	if n >= 200 {
		return nil
	}
	select {
	case <-time.After(time.Duration(n) * time.Microsecond):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func declarations() []store.Declaration {
	return []store.Declaration{
		store.Unique("slug"), store.Index("state", "updated_at"), store.Index("state", "street"), store.Index("rank"), store.Index("area"),
		store.Index("open"), store.Index("place.level"), store.Index("place.since"), store.Index("due"), store.Multi("tags"),
		store.Multi("marks.kind"), store.Follow("search"), store.Follow("mail"),
	}
}

func shops(db store.DB) *store.Collection[Shop] {
	return store.NewCollection[Shop](db, "shops", declarations()...)
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, want fault.Kind) {
	t.Helper()
	if !fault.Is(err, want) {
		t.Errorf("%s = %v, want %v", what, err, want)
	}
}

func insert(t *testing.T, c *store.Collection[Shop], all ...Shop) []Shop {
	t.Helper()
	for i := range all {
		ok(t, c.Insert(t.Context(), &all[i]))
	}
	return all
}

func (s *suite) cancellation(t *testing.T) {
	db := s.open(t)
	c := shops(db)
	shop := insert(t, c, Shop{Slug: "a"})[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	calls := map[string]func() error{
		"Get":       func() error { _, err := c.Get(ctx, shop.ID); return err },
		"GetBy":     func() error { _, err := c.GetBy(ctx, "slug", "a"); return err },
		"Insert":    func() error { return c.Insert(ctx, &Shop{Slug: "b"}) },
		"Update":    func() error { _, err := c.Update(ctx, shop.ID, 0, func(*Shop) error { return nil }); return err },
		"Find":      func() error { _, err := c.Find(ctx, store.All()); return err },
		"Count":     func() error { _, err := c.Count(ctx, store.All()); return err },
		"CountBy":   func() error { _, err := c.CountBy(ctx, "state", store.All()); return err },
		"Upsert":    func() error { return c.Upsert(ctx, []Shop{{Slug: "c"}}) },
		"Erase":     func() error { _, err := drafts(db).Erase(ctx, Shop{}); return err },
		"Pending":   func() error { _, err := c.Pending(ctx, "search", 1); return err },
		"Delivered": func() error { return c.Delivered(ctx, "search", shop.ID, 1) },
		"Revision":  func() error { _, err := c.Revision(ctx); return err },
	}
	for name, call := range calls {
		if err := call(); err == nil || ctx.Err().Error() != err.Error() {
			t.Errorf("%s with a cancelled context = %v, want %v untouched", name, err, ctx.Err())
		}
	}
	if n := must[int](t)(c.Count(t.Context(), store.All())); n != 1 {
		t.Errorf("after cancelled calls there are %d documents, want 1", n)
	}
}

func (s *suite) lease(t *testing.T) {
	db := s.open(t)
	take := func(owner string, ttl time.Duration, want bool) {
		t.Helper()
		if got := must[bool](t)(db.Lease(t.Context(), "follow", owner, ttl)); got != want {
			t.Errorf("lease for %s = %t, want %t", owner, got, want)
		}
	}
	take("a", time.Hour, true)
	take("b", time.Hour, false)
	take("a", 0, true) // given back: over at once
	take("b", time.Hour, true)
	take("a", time.Hour, false)
	if got := must[bool](t)(db.Lease(t.Context(), "other", "a", time.Hour)); !got {
		t.Error("leases with different names get in each other's way")
	}
}
