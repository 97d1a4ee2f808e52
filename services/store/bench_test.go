package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"shangquan/services/store"
)

// card is about as long as a listing: 4.8 KB.
type card struct {
	store.Meta
	Slug     string   `json:"slug"`
	State    string   `json:"state"`
	Category string   `json:"category"`
	Tags     []string `json:"tags"`
	Goods    []string `json:"goods"`
	Text     string   `json:"text"`
}

func cards(n int) []card {
	out := make([]card, n)
	for i := range out {
		out[i] = card{
			Slug: fmt.Sprintf("shop-%06d", i), State: "published", Category: fmt.Sprint("c", i%100),
			Tags: []string{fmt.Sprint("t", i%100), "all"}, Goods: strings.Fields(strings.Repeat("小笼包 生煎 ", 10)), Text: strings.Repeat("中山中路的老店，", 170),
		}
		out[i].ID = fmt.Sprintf("id%06d", i)
	}
	return out
}

// cpuTime is what the process has used: on a machine with other work it says more than the clock.
func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkStore measures the rows of the performance table on SQLite; SHANGQUAN_BENCH_DOCS sets how many documents (5,000).
func BenchmarkStore(b *testing.B) {
	docs := 5000
	if s := os.Getenv("SHANGQUAN_BENCH_DOCS"); s != "" {
		var err error
		if docs, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	ctx := b.Context()
	open := func(b *testing.B) *store.Collection[card] {
		db, err := store.Open(ctx, "file:"+filepath.Join(b.TempDir(), "bench.db"))
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = db.Close() })
		c := store.NewCollection[card](db, "cards", store.Unique("slug"), store.Index("state", "updated_at"), store.Index("category", "updated_at"), store.Multi("tags"), store.Follow("search"))
		if _, err := c.Revision(ctx); err != nil {
			b.Fatal(err)
		}
		return c
	}
	all := cards(docs)
	b.Run("bulk load", func(b *testing.B) {
		for range b.N {
			if err := open(b).Upsert(ctx, all); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(docs*b.N)/b.Elapsed().Seconds(), "docs/s")
	})
	c := open(b)
	if err := c.Upsert(ctx, all); err != nil {
		b.Fatal(err)
	}
	for _, d := range all {
		if err := c.Delivered(ctx, "search", d.ID, d.Rev); err != nil {
			b.Fatal(err)
		}
	}
	run := func(name string, f func(i int) error) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			cpu := cpuTime()
			defer func() { b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/float64(b.N), "cpu-ns/op") }()
			for i := range b.N {
				if err := f(i * 7919 % docs); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	page := func(q store.Query) func(int) error {
		return func(int) error {
			p, err := c.Find(ctx, q)
			if err == nil && len(p.Items) != 20 {
				err = fmt.Errorf("%d found", len(p.Items))
			}
			return err
		}
	}
	run("get by id", func(i int) error { _, err := c.Get(ctx, all[i].ID); return err })
	run("get by unique field", func(i int) error { _, err := c.GetBy(ctx, "slug", all[i].Slug); return err })
	run("find sorted 20", page(store.Where("category", store.Eq, "c7").OrderBy("updated_at", store.Desc).Limit(20)))
	deep := store.All().OrderBy("updated_at", store.Desc).Limit(20)
	for range docs / 40 {
		p, err := c.Find(ctx, deep)
		if err != nil {
			b.Fatal(err)
		}
		deep = deep.After(p.Next)
	}
	run("next page deep", page(deep))
	run("find by element sorted 20", page(store.Where("tags", store.Eq, "t7").OrderBy("updated_at", store.Desc).Limit(20)))
	run("find by element of all sorted 20", page(store.Where("tags", store.Eq, "all").OrderBy("updated_at", store.Desc).Limit(20)))
	run("count one value", func(int) error { _, err := c.Count(ctx, store.Where("category", store.Eq, "c7")); return err })
	run("count by field", func(int) error { _, err := c.CountBy(ctx, "category", store.All()); return err })
	run("pending none", func(int) error { _, err := c.Pending(ctx, "search", 100); return err })
	touch := func(d *card) error { d.State = "suspended"; return nil }
	run("compare-and-swap", func(i int) error { _, err := c.Update(ctx, all[i].ID, 0, touch); return err })
	b.Run("64 callers", func(b *testing.B) {
		cpu := cpuTime()
		var next atomic.Int64
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() {
				for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
					if _, err := c.Update(ctx, all[int(i)*7919%docs].ID, 0, touch); err != nil {
						b.Error(err)
					}
				}
			})
		}
		wg.Wait()
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "writes/s")
		b.ReportMetric(float64((cpuTime()-cpu).Nanoseconds())/float64(b.N), "cpu-ns/op")
	})
}
