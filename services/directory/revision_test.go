package directory

import (
	"context"
	"iter"
	"log/slog"
	"sync/atomic"
	"testing"

	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/taxonomy"
)

// held is an index that is built only when it is let.
type held struct {
	*memory.Engine
	building, let chan struct{}
}

func (h *held) Rebuild(ctx context.Context, all iter.Seq2[search.Listing, error]) error {
	h.building <- struct{}{}
	<-h.let
	return h.Engine.Rebuild(ctx, all)
}

// A page that was made while the index was still the old one must not be served from a cache when it is the new one.
func TestRevisionChangesWithTheIndex(t *testing.T) {
	d := newDistrict(t)
	var words atomic.Pointer[taxonomy.Table]
	words.Store(taxonomy.Default())
	src := d.src
	src.Words = words.Load
	h := &held{Engine: memory.New(), building: make(chan struct{}), let: make(chan struct{}, 1)}
	s := New(src, h, h, slog.New(slog.DiscardHandler), d.clock)
	t.Cleanup(s.Close)

	go func() { <-h.building }()
	h.let <- struct{}{}
	if err := s.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	other, err := taxonomy.Default().Over(&taxonomy.Overlay{})
	if err != nil {
		t.Fatal(err)
	}
	words.Store(other)
	d.pass(Fresh)
	if _, err := s.Revision(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-h.building
	before, err := s.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h.let <- struct{}{}
	s.feed.tasks.Wait()
	after, err := s.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before == after {
		t.Errorf("the revision is %s before and after the index was built", after)
	}
}
