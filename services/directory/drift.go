package directory

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"shangquan/services/search"
)

// Outside is an engine outside the process, which outlives it: it can say what it holds.
type Outside interface {
	search.Engine
	Holds(ctx context.Context) (map[string]search.Held, error)
}

// Tidier is an engine that keeps something which has to be cleared away from time to time.
type Tidier interface {
	Tidy(ctx context.Context) error
}

// tidy lets the engine clear away what it can. Searches do not suffer when it cannot, so that is told and tried again with the
// next check.
func (f *Follower) tidy(ctx context.Context) {
	if t, ok := f.engine.(Tidier); ok {
		if err := t.Tidy(ctx); err != nil && ctx.Err() == nil {
			f.log.WarnContext(ctx, "the search engine could not clear away its finished tasks", "error", err)
		}
	}
}

// Drift is how an index differs from the directory (security SEA-07).
type Drift struct {
	Missing []string // listed, but not in the index
	Stale   []string // in the index as they were at another time
	Extra   []string // in the index, but not listed
	// Behind are in the index as they are, but with the words that a street, plaza, category or post had before. Words are carried
	// over when they change, so this is what was still to do when a server died, and no drift.
	Behind []string
}

// Found reports whether there is any.
func (d *Drift) Found() bool { return len(d.Missing)+len(d.Stale)+len(d.Extra) > 0 }

// all returns the ids of every listing that differs.
func (d *Drift) all() []string { return slices.Concat(d.Missing, d.Stale, d.Extra, d.Behind) }

// Check compares the index with the store, read anew as a whole, and with repair puts right what differs. What is only waiting to
// be delivered is delivered first and is no drift. What the engine refuses waits on; it is part of the error, and the rest is
// compared and repaired all the same.
func (f *Follower) Check(ctx context.Context, repair bool) (Drift, error) {
	f.found = nil
	return f.check(ctx, repair)
}

// check is Check that believes what the last Deliver found: comparing all listings of a large district takes seconds.
func (f *Follower) check(ctx context.Context, repair bool) (Drift, error) {
	if err := f.dir.Reload(ctx); err != nil {
		return Drift{}, err
	}
	just := f.found
	refused := f.Sync(ctx)
	if unrefused(refused) != nil {
		return Drift{}, refused
	}
	d, err := Drift{}, error(nil)
	if just = cmp.Or(f.found, just); just != nil {
		d, f.found = *just, nil
	} else {
		d, err = f.compare(ctx)
	}
	switch wrong := d.all(); {
	case err != nil || !repair || len(wrong) == 0:
	case len(wrong) > batchSize:
		err = f.Reindex(ctx, nil)
	default:
		_, err = f.send(ctx, wrong)
	}
	return d, errors.Join(refused, err)
}

// errBehind says that so much waits to be delivered that nothing can be said of what the index should hold.
var errBehind = errors.New("directory: too much waits to be delivered to compare the index")

// compare says how what the index holds differs from what the directory knows. A listing that no index takes is not to be held,
// and one that the engine refused as it is now is known to differ. Asking what is held takes long, and edits go on meanwhile: what
// changed since before, or waits to be delivered, is no drift.
func (f *Follower) compare(ctx context.Context) (Drift, error) {
	d := Drift{Missing: []string{}, Stale: []string{}, Extra: []string{}, Behind: []string{}}
	before, err := f.current(ctx)
	if err != nil {
		return d, err
	}
	docs, err := f.queue.Pending(ctx, FollowerName, maxPending)
	if err != nil {
		return d, err
	}
	if len(docs) == maxPending {
		return d, errBehind
	}
	waits := map[string]bool{}
	for i := range docs {
		waits[docs[i].ID] = true
	}
	held, err := f.engine.Holds(ctx)
	if err != nil {
		return d, err
	}
	snap, err := f.current(ctx)
	if err != nil {
		return d, err
	}
	moving := func(id string) bool {
		return waits[id] || before.revision(id) != snap.revision(id)
	}
	for _, n := range snap.lists.popular.list {
		f.stay(ctx)
		sh := &snap.shops[n]
		_, sum, bad := snap.document(n)
		if bad != nil {
			continue // nor can any engine hold it; whoever sends it says so
		}
		is, ok := held[sh.ID]
		delete(held, sh.ID)
		if f.refused[sh.ID] == sh.Rev || moving(sh.ID) {
			continue
		}
		switch {
		case !ok:
			d.Missing = append(d.Missing, sh.ID)
		case is.UpdatedAt != sh.UpdatedAt.Unix():
			d.Stale = append(d.Stale, sh.ID)
		case is.Sum != sum:
			d.Behind = append(d.Behind, sh.ID)
		}
	}
	for id := range held {
		if !moving(id) {
			d.Extra = append(d.Extra, id)
		}
	}
	slices.Sort(d.Extra)
	return d, nil
}
