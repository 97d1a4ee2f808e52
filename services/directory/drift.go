package directory

import (
	"context"
	"slices"

	"shangquan/services/search"
)

// Holder is an engine that can say what it holds. One that cannot is compared by ids and counts alone.
type Holder interface {
	// Holds returns the ids of what the index holds with the time of their last change, in Unix seconds.
	Holds(ctx context.Context) (map[string]int64, error)
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
	Stale   []string // in the index in another form
	Extra   []string // in the index, but not listed
	Held    int      // how many the index holds
	Listed  int      // how many it should
}

// Found reports whether there is any.
func (d *Drift) Found() bool {
	return len(d.Missing)+len(d.Stale)+len(d.Extra) > 0 || d.Held != d.Listed
}

// Check compares the index with the store, read anew as a whole, and with repair puts right what differs. What is only waiting to
// be delivered is delivered first and is no drift.
func (f *Follower) Check(ctx context.Context, repair bool) (Drift, error) {
	if err := f.dir.Reload(ctx); err != nil {
		return Drift{}, err
	}
	if err := f.Sync(ctx); err != nil {
		return Drift{}, err
	}
	snap, err := f.current(ctx)
	if err != nil {
		return Drift{}, err
	}
	d := Drift{Missing: []string{}, Stale: []string{}, Extra: []string{}, Listed: len(snap.lists.popular.list)}
	held, dated, err := f.held(ctx, &d)
	if err != nil {
		return Drift{}, err
	}
	whole := len(held) == d.Held // the engine told us every id
	for _, n := range snap.lists.popular.list {
		sh := &snap.shops[n]
		switch at, ok := held[sh.ID]; {
		case !ok && whole:
			d.Missing = append(d.Missing, sh.ID)
		case ok && dated && at != sh.UpdatedAt.Unix():
			d.Stale = append(d.Stale, sh.ID)
		}
	}
	for id := range held {
		if n, ok := snap.ids[id]; !ok || !snap.shops[n].listed {
			d.Extra = append(d.Extra, id)
		}
	}
	slices.Sort(d.Extra)
	if !repair || !d.Found() {
		return d, nil
	}
	wrong := slices.Concat(d.Missing, d.Stale, d.Extra)
	if len(wrong) == 0 || len(wrong) > batchSize {
		return d, f.Reindex(ctx, nil)
	}
	_, err = f.send(ctx, wrong)
	return d, err
}

// held asks the engine what it holds; dated says that it knows when each was changed. Without a Holder no more than
// search.MaxTotal ids can be had.
func (f *Follower) held(ctx context.Context, d *Drift) (held map[string]int64, dated bool, err error) {
	if h, ok := f.engine.(Holder); ok {
		held, err = h.Holds(ctx)
		d.Held = len(held)
		return held, true, err
	}
	held = map[string]int64{}
	for page := 1; (page-1)*search.MaxPerPage < search.MaxTotal; page++ {
		res, err := f.engine.Search(ctx, search.Query{Page: page, PerPage: search.MaxPerPage})
		if err != nil {
			return nil, false, err
		}
		for _, hit := range res.Hits {
			held[hit.ID] = 0
		}
		if d.Held = res.Total; len(res.Hits) == 0 || page*search.MaxPerPage >= res.Total {
			break
		}
	}
	return held, false, nil
}
