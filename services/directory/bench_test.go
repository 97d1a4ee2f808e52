package directory

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/sample"
	"shangquan/services/search/memory"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// generated is a district of n shops without a store: what is measured is the answering.
type generated struct {
	list []listing.Listing
	rev  int64
	at   time.Time
}

func (g *generated) Boundary(context.Context) (place.Boundary, error) { return place.Boundary{}, nil }
func (g *generated) Revision(context.Context) (int64, error)          { return g.rev, nil }

func (g *generated) Each(_ context.Context, q store.Query) iter.Seq2[listing.Listing, error] {
	return func(yield func(listing.Listing, error) bool) {
		for _, l := range g.list {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func (g *generated) Streets(context.Context) ([]place.Street, error) {
	return sample.GeneratedStreets(), nil
}

func (g *generated) Plazas(context.Context) ([]place.Plaza, error) {
	return sample.GeneratedPlazas(), nil
}

func (g *generated) Points(context.Context, ...place.PointKind) ([]place.Point, error) {
	return nil, nil
}
func (g *generated) Units(context.Context, string) ([]place.Unit, error) { return nil, nil }

func generate(b testing.TB, n int) (*Service, *generated) {
	b.Helper()
	g := &generated{rev: 1, at: thursday}
	for l := range sample.Generate(42, n) {
		l.Rev, l.UpdatedAt = 1, thursday.Add(-time.Duration(len(g.list))*time.Second)
		g.list = append(g.list, l)
	}
	index := memory.New()
	s := New(Sources{Listings: g, Places: g, Words: taxonomy.Default, Calendar: calendar.China}, index, index,
		slog.New(slog.DiscardHandler), func() time.Time { return g.at })
	b.Cleanup(s.Close)
	if err := s.Refresh(context.Background()); err != nil {
		b.Fatal(err)
	}
	return s, g
}

// cpu reports the processor time of an operation: other programs on the machine change it less than the time that passes.
func cpu(b *testing.B, from time.Duration) {
	b.ReportMetric(float64(used()-from)/float64(b.N), "cpu-ns/op")
}

func used() time.Duration {
	var r syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

func BenchmarkSearch(b *testing.B) {
	near := &geo.Point{Lat: 31.009, Lng: 121.23}
	for _, n := range []int{1_000, 5_000, 50_000, 100_000} {
		s, g := generate(b, n)
		for _, q := range []struct {
			name string
			q    Query
		}{
			{"home", Query{}},
			{"open", Query{Open: Now}},
			{"near", Query{Near: near, Sort: Nearest}},
			{"filters", Query{Groups: []string{"food"}, Open: After22, Tags: []string{"cash"}}},
			{"narrow", Query{Text: "华亭大药房"}},
			{"pinyin", Query{Text: "xingbake"}},
			{"one character, open", Query{Text: "药", Open: Now}},
			{"nearly all, by door", Query{Text: "店", Sort: Door}},
			{"nothing", Query{Text: "修手表"}},
		} {
			b.Run(fmt.Sprintf("%d/%s", n, q.name), func(b *testing.B) {
				q.q.Page = 1
				from := used()
				for b.Loop() {
					if _, err := s.Search(b.Context(), q.q, lang.Hans, g.at); err != nil {
						b.Fatal(err)
					}
				}
				cpu(b, from)
			})
		}
		b.Run(fmt.Sprintf("%d/shop page", n), func(b *testing.B) {
			from := used()
			for b.Loop() {
				if _, err := s.Shop(b.Context(), "generated-0000500", lang.Hans, g.at); err != nil {
					b.Fatal(err)
				}
			}
			cpu(b, from)
		})
		b.Run(fmt.Sprintf("%d/next minute", n), func(b *testing.B) {
			at, from := g.at, used()
			for b.Loop() {
				at = at.Add(time.Minute)
				if _, err := s.state(b.Context(), at); err != nil {
					b.Fatal(err)
				}
			}
			cpu(b, from)
		})
		b.Run(fmt.Sprintf("%d/one edit", n), func(b *testing.B) {
			all, from := g.list, used()
			for b.Loop() {
				l := all[g.rev%int64(len(all))]
				l.Rev = g.rev + 1
				g.rev++
				g.list = []listing.Listing{l}
				if err := s.Refresh(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			cpu(b, from)
			g.list = all
		})
	}
}

// BenchmarkStart measures reading a district and the memory it takes; the listings themselves are made outside the clock.
func BenchmarkStart(b *testing.B) {
	for _, n := range []int{5_000, 50_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var before, after runtime.MemStats
			for b.Loop() {
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&before)
				b.StartTimer()
				s, _ := generate(b, n)
				b.StopTimer()
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(s)
				b.StartTimer()
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
		})
	}
}
