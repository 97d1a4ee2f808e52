package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics count what the server does. Labels are patterns of the site map and classes of status: their number is fixed by the
// code, whatever people send.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	panics   prometheus.Counter
	workers  *prometheus.CounterVec
	jobs     *prometheus.CounterVec
	jobTook  *prometheus.GaugeVec
	jobGood  *prometheus.GaugeVec
	none     *routeCounts // what no route answered
}

// routeCounts are the series of one route. They are looked up once, when the route is first asked: most of the hundreds of routes never are,
// and each series costs memory and lines of every scrape.
type routeCounts struct {
	name   string
	series func() *routeSeries
}

type routeSeries struct {
	status  [6]prometheus.Counter
	seconds prometheus.Observer
}

func newMetrics(cache *pageCache) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shangquan_requests_total", Help: "Requests by route and class of status."}, []string{"route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "shangquan_request_seconds", Help: "Time to the answer, by route.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5},
		}, []string{"route"}),
		panics:  prometheus.NewCounter(prometheus.CounterOpts{Name: "shangquan_panics_total", Help: "Panics in handlers and workers."}),
		workers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shangquan_worker_restarts_total", Help: "Workers started again after a failure."}, []string{"worker"}),
	}
	m.jobs = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "shangquan_job_runs_total", Help: "Runs of scheduled jobs on this server, by how they went."}, []string{"job", "result"})
	m.jobTook = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "shangquan_job_seconds", Help: "Time of the last run on this server."}, []string{"job"})
	m.jobGood = prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "shangquan_job_good_timestamp_seconds", Help: "When the job last went well on this server."}, []string{"job"})
	m.registry.MustRegister(
		m.requests, m.seconds, m.panics, m.workers, m.jobs, m.jobTook, m.jobGood, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "shangquan_page_cache_bytes", Help: "Bytes of the page cache."}, func() float64 { return float64(cache.bytes()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "shangquan_page_cache_hits_total", Help: "Answers from the page cache."}, func() float64 { return float64(cache.hits.Load()) }),
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "shangquan_page_cache_misses_total", Help: "Pages made for the page cache."}, func() float64 { return float64(cache.misses.Load()) }),
	)
	m.none = m.route("", "none")
	return m
}

func (m *metrics) route(method, path string) *routeCounts {
	c := &routeCounts{name: path}
	if method != "" && method != http.MethodGet {
		c.name = method + " " + path
	}
	c.series = sync.OnceValue(func() *routeSeries {
		out := &routeSeries{seconds: m.seconds.WithLabelValues(c.name)}
		for i := 1; i < len(out.status); i++ {
			out.status[i] = m.requests.WithLabelValues(c.name, fmt.Sprintf("%dxx", i))
		}
		return out
	})
	return c
}

func (m *metrics) count(c *routeCounts, status int, took time.Duration) {
	series := c.series()
	if class := status / 100; class > 0 && class < len(series.status) {
		series.status[class].Inc()
	}
	series.seconds.Observe(took.Seconds())
}

// JobEnded counts a run of a job. name is a constant of the code; it is a label of the metrics.
func (s *Site) JobEnded(name string, took time.Duration, err error) {
	result := "good"
	if err != nil {
		result = "bad"
	} else {
		s.metrics.jobGood.WithLabelValues(name).Set(float64(s.now().Unix()))
	}
	s.metrics.jobs.WithLabelValues(name, result).Inc()
	s.metrics.jobTook.WithLabelValues(name).Set(took.Seconds())
}

// Private returns the handler of the private listener: /metrics, and /readyz with what ails.
func (s *Site) Private() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		state := struct {
			Ready    bool              `json:"ready"`
			Degraded []string          `json:"degraded"`
			Parts    map[string]string `json:"parts"`
		}{false, []string{}, map[string]string{}}
		for name, err := range s.askParts(r.Context()) {
			if state.Parts[name] = "up"; err != nil {
				state.Parts[name] = "down"
				if name != "store" { // without which the site is not poorer but away
					state.Degraded = append(state.Degraded, name)
				}
			}
		}
		slices.Sort(state.Degraded)
		state.Ready = state.Parts["store"] == "up" && !s.stopping()
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if !state.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(state)
	})
	return mux
}
