package searchtest

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/search"
)

// Run checks an engine against the contract. open returns an empty engine; dir is services/search/testdata.
func Run(t *testing.T, dir string, open func(t *testing.T) search.Engine) {
	t.Helper()
	s := load(t, dir, open)
	t.Run("1 expectations", s.expectations)
	t.Run("7 prefixes", s.prefixes)
	t.Run("8 infixes", s.infixes)
	t.Run("9 typos", s.typos)
	t.Run("12 highlights", s.highlights)
	s.structure(t)
}

// RunStructure checks the rules that do not depend on how an engine ranks and forgives: filters, counts, pages, sorts,
// folding, odd input, writes, rebuilds and cancellation. It is for an adapter on a stand-in of its engine.
func RunStructure(t *testing.T, dir string, open func(t *testing.T) search.Engine) {
	t.Helper()
	s := load(t, dir, open)
	s.stride, s.many = 7, 400 // a stand-in is slow, pairs of filters are many, and it looks for who went away at every request
	s.structure(t)
}

func load(t *testing.T, dir string, open func(t *testing.T) search.Engine) *suite {
	t.Helper()
	f := Load(t, dir)
	e := open(t)
	if err := e.Rebuild(t.Context(), All(f.Listings)); err != nil {
		t.Fatal(err)
	}
	if err := e.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return &suite{f: f, e: e, open: open, traditional: traditional(), stride: 1, many: 4000}
}

func (s *suite) structure(t *testing.T) {
	t.Helper()
	t.Run("2 filters", s.filters)
	t.Run("2 refused filters", s.refused)
	t.Run("3 facets", s.facets)
	t.Run("4 pages", s.pages)
	t.Run("5 sorts", s.sorts)
	t.Run("6 folding", s.folding)
	t.Run("10 odd input", s.odd)
	t.Run("11 writes", s.writes)
	t.Run("11 rebuild", s.rebuild)
	t.Run("13 cancellation", s.cancellation)
}

type suite struct {
	f           *Fixture
	e           search.Engine
	open        func(t *testing.T) search.Engine
	traditional map[rune]rune
	stride      int // of the pairs of filters tried: 1 is all
	many        int // listings, so that an engine that looks now and then for who went away is in the middle when it looks again
}

// All is the listings as Rebuild takes them.
func All(ls []search.Listing) iter.Seq2[search.Listing, error] {
	return func(yield func(search.Listing, error) bool) {
		for _, l := range ls {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func ask(t *testing.T, e search.Engine, q search.Query) search.Result {
	t.Helper()
	r, err := e.Search(t.Context(), q)
	if err != nil {
		t.Fatalf("%+v: %v", q, err)
	}
	return r
}

func ids(r search.Result) []string {
	out := make([]string, 0, len(r.Hits))
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out
}

func (s *suite) names(ids []string) string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, s.f.names[id])
	}
	return strings.Join(out, " | ")
}

// rank returns the place of id among the first n hits, −1 when it is not there.
func (s *suite) rank(t *testing.T, query, id string, n int) int {
	t.Helper()
	return slices.Index(ids(ask(t, s.e, search.Query{Text: query, PerPage: n})), id)
}

func (s *suite) expectations(t *testing.T) {
	for _, x := range s.f.Expected {
		t.Run(x.Query, func(t *testing.T) {
			r := ask(t, s.e, search.Query{Text: x.Query, Filters: x.Filters, Sort: x.Sort})
			got := ids(r)
			for _, name := range x.Find {
				if !slices.Contains(got, s.f.byName[name]) {
					t.Errorf("%s not found (%s); got %s", name, x.Note, s.names(got))
				}
			}
			for i := range x.Top {
				if i >= len(got) || !slices.Contains(x.Top, s.f.names[got[i]]) {
					t.Errorf("place %d is none of %s; got %s", i+1, strings.Join(x.Top, " | "), s.names(got))
				}
			}
			for _, name := range x.NotTop {
				if len(got) > 0 && got[0] == s.f.byName[name] {
					t.Errorf("%s is first", name)
				}
			}
			if x.Max >= 0 && r.Total > x.Max {
				t.Errorf("%d hits, want at most %d: %s", r.Total, x.Max, s.names(got))
			}
		})
	}
}

func (s *suite) cancellation(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.e.Search(ctx, search.Query{Text: "余天成"}); err == nil {
		t.Error("a search answers although it was given up")
	}
	e := s.open(t)
	if err := e.Rebuild(ctx, All(s.f.Listings)); err == nil {
		t.Error("a rebuild succeeds although it was given up")
	}
	if r := ask(t, e, search.Query{}); r.Total != 0 {
		t.Errorf("a rebuild that was given up left %d listings", r.Total)
	}
	if err := errors.Join(e.Rebuild(t.Context(), All(District(s.many, 13))), e.Sync(t.Context())); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "店"} {
		ctx, cancel := context.WithCancel(t.Context())
		begun := time.Now()
		if r, err := e.Search(&leaving{Context: ctx, cancel: cancel}, search.Query{Text: text, PerPage: 100}); err == nil {
			t.Errorf("%q: a search that was given up midway answers with %d", text, r.Total)
		}
		if took := time.Since(begun); took > promptly {
			t.Errorf("%q: it took %v to stop", text, took)
		}
		cancel()
	}
}

const promptly = 5 * time.Second // generous: machines that test are slow

// leaving is the context of a caller who goes away meanwhile. It ends when an engine that looks at it now and then looks for the
// second time, or one that has itself told begins to listen: no clock decides how far a search has come.
type leaving struct {
	context.Context
	cancel context.CancelFunc
	looks  atomic.Int32
}

func (l *leaving) Err() error {
	if l.looks.Add(1) == 2 {
		l.cancel()
	}
	return l.Context.Err()
}

func (l *leaving) Done() <-chan struct{} {
	l.cancel()
	return l.Context.Done()
}
