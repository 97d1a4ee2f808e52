package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
)

// TestStopFinishesWhatIsUnderWay: OPS-03. 200 requests are inside their handlers when the server is told to stop.
func TestStopFinishesWhatIsUnderWay(t *testing.T) {
	const under = 200
	inside := make(chan struct{}, under)
	gate := make(chan struct{})
	x := newTrial(t, []Route{{Method: "GET", Path: "/slow", Kind: Private, Handle: func(c *fiber.Ctx) error {
		inside <- struct{}{}
		<-gate
		if err := c.UserContext().Err(); err != nil {
			return err
		}
		return c.SendString("done")
	}}}, "RATE_FACTOR", "0", "TRUSTED_PROXIES", "127.0.0.1")
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Serve(ctx, ln) }()

	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: under}}
	defer client.CloseIdleConnections()
	var dropped atomic.Int64
	var all sync.WaitGroup
	for range under {
		all.Go(func() {
			req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, "http://"+ln.Addr().String()+"/slow", nil)
			resp, err := client.Do(req)
			if err != nil {
				dropped.Add(1)
				return
			}
			defer func() { _ = resp.Body.Close() }()
			if b, err := io.ReadAll(resp.Body); err != nil || string(b) != "done" {
				dropped.Add(1)
			}
		})
	}
	for range under {
		<-inside
	}
	stop()
	<-x.down
	if x.isReady(context.Background()) {
		t.Error("still ready while stopping")
	}
	close(gate)
	all.Wait()
	if err := <-ended; err != nil || dropped.Load() != 0 {
		t.Errorf("Serve = %v, %d of %d dropped", err, dropped.Load(), under)
	}
	if _, err := (&net.Dialer{Timeout: time.Second}).Dial("tcp", ln.Addr().String()); err == nil {
		t.Error("still accepting after the end")
	}
}

// TestWorkersSurvive: a worker that fails or panics is logged, counted and started again; the site goes on. OPS-05.
func TestWorkersSurvive(t *testing.T) {
	x := newTrial(t, nil)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	w := x.Workers()
	w.pause = 0
	var runs atomic.Int64
	done := make(chan struct{})
	w.Go(ctx, "trial", func(context.Context) error {
		switch runs.Add(1) {
		case 1:
			panic("hunter2")
		case 2:
			return errors.New("store gone")
		}
		close(done)
		return nil
	})
	<-done
	w.Wait()
	if log := x.lines.String(); strings.Count(log, `"worker":"trial"`) != 2 || !strings.Contains(log, "panic: hunter2") || !strings.Contains(log, "store gone") {
		t.Errorf("log: %s", log)
	}
	if m := metricsOf(t, x); !strings.Contains(m, `shangquan_worker_restarts_total{worker="trial"} 2`) || !strings.Contains(m, "shangquan_panics_total 1") {
		t.Errorf("metrics: %s", m)
	}
}

func metricsOf(t *testing.T, x *trial) string {
	t.Helper()
	w := httptest.NewRecorder()
	x.Private().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/metrics", nil))
	return w.Body.String()
}

// TestPrivateListener: metrics have bounded labels, and only here is said what ails.
func TestPrivateListener(t *testing.T) {
	x := newTrial(t, []Route{
		{Method: "GET", Path: "/trial/:word", Handle: words("x"), Kind: Page, Cached: true, Query: []string{"q"}, Probe: "/trial/a"},
		{Method: "GET", Path: "/quiet", Handle: words("x"), Kind: Page},
	}, "RATE_FACTOR", "0")
	x.ask(t, "GET", "/trial/yu-tian-cheng", "")
	x.ask(t, "GET", "/en/trial/yu-tian-cheng", "")
	x.ask(t, "GET", "/trial/other?q=hunter2", "")
	x.ask(t, "GET", "/hunter2", "")
	x.ask(t, "BREW", "/", "")
	m := metricsOf(t, x)
	for _, want := range []string{
		`shangquan_requests_total{route="/trial/:word",status="2xx"} 3`, `shangquan_requests_total{route="none",status="4xx"} 2`,
		`shangquan_request_seconds_count{route="/trial/:word"} 3`, "shangquan_page_cache_misses_total 3", "go_goroutines",
	} {
		if !strings.Contains(m, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	if strings.Contains(m, "hunter2") || strings.Contains(m, "yu-tian") {
		t.Error("metrics show what people asked for")
	}
	if strings.Contains(m, "/quiet") {
		t.Error("a route that nobody asked has metrics")
	}
	for _, tt := range []struct {
		store error
		want  string
	}{
		{nil, `{"ready":true,"degraded":["search"],"parts":{"pictures":"up","search":"down","store":"up"}}`},
		{fault.New(fault.Unavailable, "", nil), `{"ready":false,"degraded":["search"],"parts":{"pictures":"up","search":"down","store":"down"}}`},
	} {
		if tt.store != nil {
			x.storeErr.Store(tt.store)
		}
		w := httptest.NewRecorder()
		x.Private().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), "GET", "/readyz", nil))
		if got := strings.TrimSpace(w.Body.String()); got != tt.want || (w.Code == 200) != (tt.store == nil) {
			t.Errorf("/readyz = %d %s, want %s", w.Code, got, tt.want)
		}
	}
}

// TestLogHoldsNothingPersonal: AUD-05. Canaries in every field of a request; one line each, none of them in it.
func TestLogHoldsNothingPersonal(t *testing.T) {
	x := newTrial(t, []Route{{Method: "POST", Path: "/take/:word", Handle: failing(errors.New("a\r\nb\x1b[31m" + strings.Repeat("长", 2000))), Kind: Private, Probe: "/take/x"}}, "TRUSTED_PROXIES", "0.0.0.0", "RATE_FACTOR", "0")
	x.ask(t, "POST", "/take/canary1?q=canary2", "phone=canary3", "Cookie", "theme=canary4; session=canary5", "Authorization", "Bearer canary6",
		"User-Agent", "canary7\u2028", "Referer", "http://shop.test/?q=canary8", "X-Real-Ip", "203.0.113.77", "X-Request-Id", "canary9",
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	x.ask(t, "GET", "/canary1?q=canary2", "", "X-Real-Ip", "2001:db8:1:2:3:4:5:6")
	log := x.lines.String()
	if strings.Contains(log, "canary") || strings.Contains(log, "203.0.113.77") || strings.Contains(log, "2001:db8:1:2") {
		t.Errorf("personal: %s", log)
	}
	out := strings.Split(strings.TrimSpace(log), "\n")
	if len(out) != 2 {
		t.Fatalf("%d lines for 2 requests: %s", len(out), log)
	}
	var line struct {
		ID, Method, Route, Client, Error, Level string
		Status                                  int
	}
	if err := json.Unmarshal([]byte(out[0]), &line); err != nil {
		t.Fatal(err)
	}
	if line.Route != "POST /take/:word" || line.Client != "203.0.113.0/24" || line.Status != 500 || line.Level != "ERROR" || len(line.ID) != 8 || len(line.Error) > maxField+3 {
		t.Errorf("line = %+v", line)
	}
	if !strings.Contains(out[1], `"client":"2001:db8:1::/48"`) || strings.ContainsAny(log, "\x1b\r") {
		t.Errorf("log: %q", log)
	}
}

func TestLogBuffer(t *testing.T) {
	var b lockedBuffer
	l := NewLog(&b, slog.LevelInfo)
	l.With("a", 1).WithGroup("g").Info("quiet")
	l.Debug("not at this level")
	l.Warn("loud")
	if got := b.String(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "loud") {
		t.Errorf("after a warning: %q", got)
	}
	l.Info("last")
	if err := l.Close(); err != nil || !strings.Contains(b.String(), "last") {
		t.Errorf("Close = %v, %q", err, b.String())
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }
