package account

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// benchWorld is a world with real hashes. Its clock stands still.
func benchWorld(b *testing.B) *world {
	b.Helper()
	w := newWorld(b)
	w.hasher = newHasher(today)
	return w
}

// BenchmarkLoginFlood is AUT-03: 300 sign-ins with wrong passwords at once, each from an address of its own. It reports how much memory
// that takes beyond what there was, how many a second were answered, how many were sent away, and how long a read of the store
// took meanwhile.
func BenchmarkLoginFlood(b *testing.B) {
	w := benchWorld(b)
	in, err := w.Register(b.Context(), Registration{Name: "x", Contact: phone1, Proved: true, Password: password}, from(1))
	if err != nil {
		b.Fatal(err)
	}
	var peak, sentAway, answered atomic.Int64
	var slowest atomic.Int64
	const flood = 300
	for range b.N {
		runtime.GC()
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		done := make(chan struct{})
		var watch sync.WaitGroup
		watch.Go(func() {
			var m runtime.MemStats
			for {
				select {
				case <-done:
					return
				case <-time.After(5 * time.Millisecond):
				}
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), int64(m.Sys-m.HeapReleased)-int64(before.Sys-before.HeapReleased))) // #nosec G115 -- bytes of memory
				start := time.Now()
				if _, _, err := w.Authenticate(b.Context(), in.Token); err != nil {
					b.Error(err)
				}
				slowest.Store(max(slowest.Load(), int64(time.Since(start))))
			}
		})
		var wg sync.WaitGroup
		for i := range flood {
			wg.Go(func() {
				_, err := w.SignIn(b.Context(), fmt.Sprintf("1370000%04d", i), "not the password", from(i))
				switch {
				case fault.Is(err, fault.Unavailable):
					sentAway.Add(1)
				case fault.Is(err, fault.Unauthenticated), fault.Is(err, fault.TooMany):
					answered.Add(1)
				default:
					b.Error(err)
				}
			})
		}
		wg.Wait()
		close(done)
		watch.Wait()
	}
	b.ReportMetric(float64(peak.Load())/1e6, "MB-more")
	b.ReportMetric(float64(answered.Load())/b.Elapsed().Seconds(), "answers/s")
	b.ReportMetric(float64(sentAway.Load())/float64(b.N), "sent-away/flood")
	b.ReportMetric(float64(slowest.Load())/1e6, "ms-slowest-read")
}

// BenchmarkTiming is AUT-08: how long a refusal takes for each reason. It reports the medians in microseconds and, against the wrong
// password, the p of a rank-sum test (two-sided, normal approximation).
func BenchmarkTiming(b *testing.B) {
	w := benchWorld(b)
	ids := map[string]string{}
	for _, c := range []string{"13812345678", "13712345678", "13612345678"} {
		in, err := w.Register(b.Context(), Registration{Name: "x", Contact: c, Proved: true, Password: password}, from(1))
		if err != nil {
			b.Fatal(err)
		}
		ids[c] = in.Account.ID
	}
	if _, err := w.SetDisabled(b.Context(), access.System("bench"), ids["13712345678"], 0, true, ""); err != nil {
		b.Fatal(err)
	}
	classes := []struct{ name, who string }{{"wrong", "13812345678"}, {"unknown", "13512345678"}, {"disabled", "13712345678"}, {"locked", "13612345678"}}
	took := make([][]time.Duration, len(classes))
	n := 0
	for range b.N {
		for i, c := range classes {
			n++
			// Each time the counts are the same, so that only the reason differs.
			if err := w.level(b, ids[c.who], c.name == "locked"); err != nil {
				b.Fatal(err)
			}
			start := time.Now()
			_, err := w.SignIn(b.Context(), c.who, "not the password", from(n))
			took[i] = append(took[i], time.Since(start))
			if !fault.Is(err, fault.Unauthenticated) {
				b.Fatal(c.name, err)
			}
		}
	}
	for i, c := range classes {
		sorted := slices.Sorted(slices.Values(took[i]))
		b.ReportMetric(float64(sorted[len(sorted)/2].Microseconds()), c.name+"-µs")
		if i > 0 {
			b.ReportMetric(rankSum(took[0], took[i]), c.name+"-p")
		}
	}
}

func (w *world) level(b *testing.B, id string, locked bool) error {
	if id == "" { // nobody: every bucket
		for g, err := range w.guards.Each(b.Context(), store.All()) {
			if err != nil {
				return err
			}
			if g.Failures > 0 && g.ID[:5] == "name:" {
				if err := w.succeeded(b.Context(), g.ID); err != nil {
					return err
				}
			}
		}
		return nil
	}
	err := w.change(b.Context(), guardOf(id), func(g *guard) error {
		g.Failures, g.Until = 0, time.Time{}
		if locked {
			g.Failures, g.Until = 20, w.now().Add(maxPause)
		}
		return nil
	})
	return err
}

// rankSum is the Mann–Whitney test with the normal approximation; ties do not happen at this resolution.
func rankSum(a, b []time.Duration) float64 {
	type one struct {
		d     time.Duration
		first bool
	}
	var all []one
	for _, d := range a {
		all = append(all, one{d, true})
	}
	for _, d := range b {
		all = append(all, one{d, false})
	}
	slices.SortFunc(all, func(x, y one) int { return int(x.d - y.d) })
	sum := 0.0
	for i, x := range all {
		if x.first {
			sum += float64(i + 1)
		}
	}
	n, m := float64(len(a)), float64(len(b))
	u := sum - n*(n+1)/2
	z := (u - n*m/2) / math.Sqrt(n*m*(n+m+1)/12)
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// BenchmarkAuthenticate is what every request of somebody signed in costs.
func BenchmarkAuthenticate(b *testing.B) {
	w := benchWorld(b)
	in, err := w.Register(b.Context(), Registration{Name: "x", Contact: phone1, Proved: true, Password: password}, from(1))
	if err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N {
		if _, _, err := w.Authenticate(b.Context(), in.Token); err != nil {
			b.Fatal(err)
		}
	}
}
