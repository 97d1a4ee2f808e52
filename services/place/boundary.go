package place

import (
	"context"
	"slices"
	"sync"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/store"
)

// KindBoundary is what the trail calls the boundary of the district.
const KindBoundary = "boundary"

// theBoundary is the id of the only one there is.
const theBoundary = "district"

// Boundary is where the district ends 商圈范围, as its office draws it: one outline or several. While nobody has drawn it there is none, and
// nothing is inside or outside.
type Boundary struct {
	store.Meta
	audit.Trail
	Outlines [][]geo.Point `json:"outlines"`
}

// Known reports whether anybody has drawn it.
func (b *Boundary) Known() bool { return len(b.Outlines) > 0 }

// Outside reports whether a position lies outside of a boundary that is known.
func (b *Boundary) Outside(p geo.Point) bool { return b.Known() && !geo.Inside(p, b.Outlines) }

// bounds keeps the boundary in memory until its revision changes.
type bounds struct {
	coll *store.Collection[Boundary]

	mu   sync.Mutex
	read bool
	rev  int64
	kept Boundary
}

// Boundary returns where the district ends; a zero one while nobody has drawn it. It is shared: nobody changes it.
func (s *Service) Boundary(ctx context.Context) (Boundary, error) {
	b := &s.bounds
	rev, err := b.coll.Revision(ctx)
	if err != nil {
		return Boundary{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.read && b.rev == rev {
		return b.kept, nil
	}
	x, err := b.coll.Get(ctx, theBoundary)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Boundary{}, err
	}
	b.read, b.rev, b.kept = true, rev, x
	return x, nil
}

// SetBoundary draws the boundary over revision rev, 0 for the first; no outlines take it away. fault.Invalid on "lines" for an outline of
// fewer than three corners, fault.Conflict.
func (e *Editor) SetBoundary(ctx context.Context, by access.Actor, rev int64, outlines [][]geo.Point) (Boundary, error) {
	if err := may(by, KindBoundary, theBoundary); err != nil {
		return Boundary{}, err
	}
	kept := [][]geo.Point{}
	for _, line := range outlines {
		line = slices.Compact(slices.Clone(line))
		if n := len(line); n > 1 && line[0] == line[n-1] {
			line = line[:n-1] // closed by itself
		}
		kept = append(kept, line)
	}
	if err := (&Boundary{Outlines: kept}).Validate(); err != nil {
		return Boundary{}, err
	}
	was, err := e.Boundary(ctx)
	if err != nil {
		return Boundary{}, err
	}
	if was.ID == "" {
		if rev != 0 {
			return Boundary{}, fault.New(fault.Conflict, "error.stale", nil)
		}
		b := Boundary{Meta: store.Meta{ID: theBoundary}, Outlines: kept}
		return b, e.bounds.Insert(ctx, by, wrote(KindBoundary), &b)
	}
	if err := store.Seen(rev); err != nil {
		return Boundary{}, err
	}
	return e.bounds.UpdateAs(ctx, by, theBoundary, rev, func(b *Boundary) (audit.Write, error) {
		b.Outlines = kept
		return wrote(KindBoundary), nil
	})
}

// Validate refuses an outline of fewer than three corners: fault.Invalid on "lines".
func (b *Boundary) Validate() error {
	for _, line := range b.Outlines {
		if len(line) < 3 {
			return fault.Wrong("lines", "error.geo.outline", nil)
		}
	}
	return nil
}
