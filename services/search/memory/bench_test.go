package memory_test

import (
	"fmt"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"shangquan/services/geo"
	"shangquan/services/search"
	"shangquan/services/search/memory"
	"shangquan/services/search/searchtest"
)

var questions = []struct {
	name string
	q    search.Query
}{
	{"name", search.Query{Text: "余天成"}},
	{"one character", search.Query{Text: "药"}},
	{"infix", search.Query{Text: "天成药"}},
	{"traditional", search.Query{Text: "餘天成藥店"}},
	{"pinyin", search.Query{Text: "yutiancheng"}},
	{"initials", search.Query{Text: "ytc"}},
	{"typo", search.Query{Text: "starbuks"}},
	{"mixed and open", search.Query{Text: "kfc 松江", Filters: search.Filters{OpenSlots: []int{70}}}},
	{"house number", search.Query{Text: "中山中路123号"}},
	{"service, open, near", search.Query{Text: "理发", Filters: search.Filters{OpenSlots: []int{70}, Near: &search.Circle{Point: here, Metres: 1500}}}},
	{"phone", search.Query{Text: "5782"}},
	{"browse by distance", search.Query{Sort: search.Distance, Near: &here, Filters: search.Filters{OpenSlots: []int{70}}}},
	{"nearly all", search.Query{Text: "店"}},
	{"one letter", search.Query{Text: "y"}},
	{"two pinyin words", search.Query{Text: "xingbake wanda"}},
	{"pinyin typo", search.Query{Text: "yutianchenf"}},
}

var here = geo.Point{Lat: 31.0045, Lng: 121.229}

var fourFacets = []search.Group{search.CategoryGroup, search.StreetGroup, search.PlazaGroup, search.TagGroup}

// BenchmarkSearch reports the median beside the mean, which is what the design's table holds.
func BenchmarkSearch(b *testing.B) {
	for _, n := range []int{5_000, 50_000} {
		e := memory.New()
		if err := e.Rebuild(b.Context(), searchtest.All(searchtest.District(n, 42))); err != nil {
			b.Fatal(err)
		}
		for _, x := range questions {
			x.q.Facets = fourFacets
			b.Run(fmt.Sprintf("%d/%s", n, x.name), func(b *testing.B) {
				took := make([]time.Duration, 0, b.N)
				spent := cpu()
				for b.Loop() {
					start := time.Now()
					if _, err := e.Search(b.Context(), x.q); err != nil {
						b.Fatal(err)
					}
					took = append(took, time.Since(start))
				}
				b.ReportMetric(float64((cpu()-spent).Microseconds())/1000/float64(b.N), "cpu-ms/op")
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	}
}

func BenchmarkRebuild(b *testing.B) {
	for _, n := range []int{5_000, 50_000} {
		ls := searchtest.District(n, 42)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var before, after runtime.MemStats
			var spent time.Duration
			for b.Loop() {
				runtime.GC()
				runtime.ReadMemStats(&before)
				e := memory.New()
				spent -= cpu()
				if err := e.Rebuild(b.Context(), searchtest.All(ls)); err != nil {
					b.Fatal(err)
				}
				spent += cpu()
				runtime.GC()
				runtime.ReadMemStats(&after)
				runtime.KeepAlive(e)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/float64(n), "B/listing")
			b.ReportMetric(spent.Seconds()/float64(b.N), "cpu-s/build")
		})
	}
}

// cpu is the processor time this process has used: the steady figure on a machine that others use too.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkUpdate(b *testing.B) {
	ls := searchtest.District(50_000, 42)
	e := memory.New()
	if err := e.Rebuild(b.Context(), searchtest.All(ls)); err != nil {
		b.Fatal(err)
	}
	i := 0
	for b.Loop() {
		if err := e.Upsert(b.Context(), ls[i%len(ls)]); err != nil {
			b.Fatal(err)
		}
		i++
	}
}
