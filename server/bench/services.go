package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"shangquan/services/access"
	"shangquan/services/geo"
	"shangquan/services/listing"
	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/search/searchtest"
	"shangquan/services/store"
)

// store measures the store on the district's own file, inside this process and without a server.
func (b *bench) store(d *district) (err error) {
	ctx := b.ctx
	db, keys, err := openStore(ctx, d.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	listings := listing.Declare(db)
	shops, trail := registerOf(db, keys)
	if err := db.Prepare(ctx); err != nil {
		return err
	}
	id := func(i int) string { return d.ids[i*7919%len(d.ids)] }
	published := store.Where("state", store.Eq, "published").OrderBy("updated_at", store.Desc).Limit(20)
	deep := store.All().OrderBy("updated_at", store.Desc).Limit(1000)
	for range d.size / 2000 {
		p, err := listings.Find(ctx, deep)
		if err != nil {
			return err
		}
		deep = deep.After(p.Next)
	}
	deep = deep.Limit(20)
	find := func(q store.Query) error {
		p, err := listings.Find(ctx, q)
		if err == nil && len(p.Items) != 20 {
			err = fmt.Errorf("%d found", len(p.Items))
		}
		return err
	}
	edit := func(i int) error {
		l, err := shops.Get(ctx, id(i))
		if err == nil {
			_, err = shops.Update(ctx, access.System("bench"), l.ID, l.Rev, func(l *listing.Listing) error {
				l.Popularity = (l.Popularity + 1) % 100
				return nil
			})
		}
		return err
	}
	const alone = "compare-and-swap of the document alone"
	var swap float64
	var flushes []float64
	flush, end, err := disk(d.file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	hand, err := openByHand(ctx, d.file, db, keys)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hand.close()) }()
	reads := func(st *sql.Stmt, arg any) error { _, err := hand.read(ctx, st, arg); return err }
	for _, x := range []struct {
		aim, what string
		n         int
		limit     float64
		floor     map[int]float64 // ms
		do        func(i int) error
		hand      func(i int) error // the same by hand
	}{
		{"", "get by id", 5000, 0, map[int]float64{5000: 0.015, 100_000: 0.022}, func(i int) error { _, err := listings.Get(ctx, id(i)); return err }, func(i int) error { return reads(hand.get, id(i)) }},
		{"", "get by unique field", 5000, 0, map[int]float64{5000: 0.015, 100_000: 0.022}, func(i int) error { _, err := listings.GetBy(ctx, "slug", id(i)); return err }, func(i int) error { return reads(hand.bySlug, id(i)) }},
		{"", "find by indexed field, sorted, 20", 1000, 0, map[int]float64{5000: 0.23, 100_000: 0.25}, func(int) error { return find(published) }, func(int) error { return reads(hand.find, "published") }},
		{"", "a page in the middle, by keyset, 20", 1000, 0, map[int]float64{5000: 0.28, 100_000: 0.35}, func(int) error { return find(deep) }, nil},
		{"", alone, 1000, 0, map[int]float64{5000: 0.2, 100_000: 0.33}, func(i int) error {
			_, err := listings.Update(ctx, id(i), 0, func(l *listing.Listing) error { l.Popularity = (l.Popularity + 1) % 100; return nil })
			return err
		}, func(i int) error { return hand.swap(ctx, id(i)) }},
		{"3", "durable edit of a listing: read, check, compare-and-swap with its entry for the trail, outbox; synchronous=FULL", 1000, 1, nil, edit, nil},
	} {
		if x.aim != "" { // as in a server, where the trail is written meanwhile
			if _, err := trail.CatchUp(ctx); err != nil {
				return err
			}
			running, stop := context.WithCancel(ctx)
			done := make(chan struct{})
			go func() { defer close(done); trail.Run(running, slog.New(slog.DiscardHandler)) }()
			defer func() { stop(); <-done }()
		}
		// By turns: what else the machine does meanwhile falls on both.
		var took, byHand []float64
		for i := range b.count(x.n) {
			if err := timed(&took, func() error { return x.do(i) }); err != nil {
				return fmt.Errorf("%s: %w", x.what, err)
			}
			if x.hand != nil {
				if err := timed(&byHand, func() error { return x.hand(i) }); err != nil {
					return fmt.Errorf("%s, by hand: %w", x.what, err)
				}
			}
			if x.what == alone {
				if err := timed(&flushes, flush); err != nil {
					return err
				}
			}
		}
		slices.Sort(took)
		if x.what == alone {
			swap = median(took)
			slices.Sort(flushes)
		}
		r := row{Aim: x.aim, What: fmt.Sprintf("store, %s, p50, %s listings", x.what, thousands(d.size)), Figure: median(took), Unit: "ms", Limit: x.limit, Beside: fmt.Sprintf("p99 %s ms", short(took[len(took)*99/100]))}
		if f, ok := x.floor[d.size]; ok {
			r.Beside += fmt.Sprintf("; prototype %s ms", short(f))
		}
		b.report.add(r)
		if x.hand != nil {
			slices.Sort(byHand)
			b.report.add(row{What: "store, the same against SQL by hand", Figure: median(took) / median(byHand), Unit: "×", Beside: fmt.Sprintf("by hand %s ms", short(median(byHand)))})
		}
	}
	wait := median(flushes)
	b.report.add(row{What: "disk, 20 KB written and flushed between the swaps, p50", Figure: wait, Unit: "ms", Beside: fmt.Sprintf("a compare-and-swap takes %s × as long", short(swap/wait))})
	rate, err := together(ctx, 64, b.count(5000), edit)
	if err != nil {
		return err
	}
	r := row{What: fmt.Sprintf("store, durable edits by 64 callers, %s listings", thousands(d.size)), Figure: rate, Unit: "/s"}
	if f, ok := map[int]float64{5000: 12_000, 100_000: 6800}[d.size]; ok {
		r.Beside = fmt.Sprintf("prototype %s/s, without the read and the checks", short(f))
	}
	b.report.add(r)
	return nil
}

// timed adds how many milliseconds a piece of work took.
func timed(to *[]float64, do func() error) error {
	began := time.Now()
	err := do()
	*to = append(*to, float64(time.Since(began).Nanoseconds())/1e6)
	return err
}

// disk returns what writes as many bytes beside the file as one edit writes to the log of the database, and waits until they are safe.
// Every durable write waits that long at least, so a slow disk is told from slow work.
func disk(beside string) (flush, end func() error, err error) {
	f, err := os.CreateTemp(filepath.Dir(beside), "disk")
	if err != nil {
		return nil, nil, err
	}
	page := make([]byte, 20<<10)
	flush = func() error {
		_, err := f.WriteAt(page, 0)
		return errors.Join(err, f.Sync())
	}
	return flush, func() error { return errors.Join(f.Close(), os.Remove(f.Name())) }, flush()
}

// together does n things from so many goroutines and returns how many a second.
func together(ctx context.Context, callers, n int, do func(i int) error) (float64, error) {
	var next atomic.Int64
	var all sync.WaitGroup
	failed := make(chan error, callers)
	began := time.Now()
	for range callers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := do(int(i)); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	all.Wait()
	rate := float64(n) / time.Since(began).Seconds()
	select {
	case err := <-failed:
		return 0, err
	default:
		return rate, ctx.Err()
	}
}

// floors are the medians of the prototype of the engine in the design, in ms, in the order of engineQueries.
var floors = map[int][]float64{
	5000:   {.03, .07, .03, .03, .03, .03, .12, .12, .12, .03, .5, .9, 1.4, .3, .2},
	50_000: {.07, .8, .08, .08, .11, .11, .9, 2.0, 1.3, .7, 9, 28, 40, .03, 4.6},
}

var here = geo.Point{Lat: 31.0045, Lng: 121.229}

// engineQueries are the questions of the design's table, on the district they were measured with.
var engineQueries = []search.Query{
	{Text: "余天成"},
	{Text: "药"},
	{Text: "天成药"},
	{Text: "餘天成藥店"},
	{Text: "yutiancheng"},
	{Text: "ytc"},
	{Text: "starbuks"},
	{Text: "中山中路123号"},
	{Text: "理发", Filters: search.Filters{OpenSlots: []int{70}, Near: &search.Circle{Point: here, Metres: 1500}}},
	{Text: "5782"},
	{Sort: search.Distance, Near: &here, Filters: search.Filters{OpenSlots: []int{70}}},
	{Text: "店"},
	{Text: "y"},
	{Text: "xingbake wanda"},
	{Text: "yutianchenf"},
}

// engine measures the embedded search engine alone.
func (b *bench) engine(n int) error {
	e := memory.New()
	began := time.Now()
	if err := e.Rebuild(b.ctx, searchtest.All(searchtest.District(n, seed))); err != nil {
		return err
	}
	b.report.add(row{What: fmt.Sprintf("engine, build of %s listings", thousands(n)), Figure: time.Since(began).Seconds(), Unit: "s"})
	for i, q := range engineQueries {
		q.Facets = []search.Group{search.CategoryGroup, search.StreetGroup, search.PlazaGroup, search.TagGroup}
		var took []float64
		for range max(b.count(60), 15) {
			began := time.Now()
			if _, err := e.Search(b.ctx, q); err != nil {
				return err
			}
			took = append(took, float64(time.Since(began).Nanoseconds())/1e6)
		}
		what := q.Text
		switch {
		case what == "":
			what = "everything open, by distance"
		case q.Filters.Near != nil:
			what += ", open, within 1.5 km"
		}
		b.report.add(row{What: fmt.Sprintf("engine, %s, p50, %s listings", what, thousands(n)), Figure: median(took), Unit: "ms", Beside: "prototype " + short(floors[n][i]) + " ms"})
	}
	return nil
}
