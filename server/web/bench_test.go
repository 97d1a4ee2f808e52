package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// The hot paths over loopback, 64 connections, each against Fiber's hello in the same run, so that only the ratio is read:
//
//	go test -run '^$' -bench Loopback -benchtime 3s ./server/web
//
// The page is 18 KB of markup; the log goes to a file, the limits are on and never reached. The time of the processors, which
// includes the generator's, is steadier than the rate on a machine that does other work.
func BenchmarkLoopback(b *testing.B) {
	hello := fiber.New(fiber.Config{DisableStartupMessage: true})
	hello.Get("/", func(c *fiber.Ctx) error { return c.SendString("hello") })
	helloAt := listenOn(b, hello)

	var row strings.Builder
	for i := range 90 {
		fmt.Fprintf(&row, `<li><article class="shop"><h2><a href="/shops/%d">商户 %d</a></h2><p><span class="st open">营业中</span> %d 号</p></article></li>`, i*7919, i, i*13%997)
	}
	page := row.String()
	log, err := os.CreateTemp(b.TempDir(), "log")
	if err != nil {
		b.Fatal(err)
	}
	lines := NewLog(log, slog.LevelInfo)
	b.Cleanup(func() { _ = lines.Close() })
	x := newTrial(b, []Route{{Method: "GET", Path: "/page", Kind: Page, Cached: true, Query: []string{"q"}, Handle: words(page)}}, "RATE_FACTOR", "1000000")
	x.log, x.now = lines, time.Now
	siteAt := listenOn(b, x.app)
	resp, _ := x.ask(b, "GET", "/page", "")
	tag := resp.Header.Get("Etag")

	base := load(b, "hello", helloAt, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 0)
	for _, tt := range []struct{ name, request string }{
		{"page", "GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n"},
		{"page-zstd", "GET /page HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n\r\n"},
		{"page-br", "GET /page HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"},
		{"304", "GET /page HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: " + tag + "\r\n\r\n"},
	} {
		load(b, tt.name, siteAt, tt.request, base)
	}
}

func listenOn(b *testing.B, app *fiber.App) string {
	b.Helper()
	ln, err := (&net.ListenConfig{}).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	go func() { _ = app.Listener(ln) }()
	b.Cleanup(func() { _ = app.Shutdown() })
	return ln.Addr().String()
}

// load sends one request over and over on 64 connections and returns the rate per second.
func load(b *testing.B, name, addr, request string, base float64) (rate float64) {
	b.Run(name, func(b *testing.B) {
		conns := make([]net.Conn, 64)
		for i := range conns {
			conns[i] = dial(b, addr)
			_ = conns[i].SetDeadline(time.Now().Add(time.Minute))
		}
		var left atomic.Int64
		left.Store(int64(b.N))
		var all sync.WaitGroup
		b.ResetTimer()
		before := processors(b)
		for _, c := range conns {
			all.Go(func() {
				r := bufio.NewReaderSize(c, 64<<10)
				for left.Add(-1) >= 0 {
					if _, err := io.WriteString(c, request); err != nil {
						b.Error(err)
						return
					}
					if err := skip(r); err != nil {
						b.Error(err)
						return
					}
				}
			})
		}
		all.Wait()
		rate = float64(b.N) / b.Elapsed().Seconds()
		b.ReportMetric(rate, "req/s")
		b.ReportMetric(float64((processors(b)-before).Nanoseconds())/float64(b.N)/1000, "cpu-µs/op")
		if base > 0 {
			b.ReportMetric(rate/base, "×hello")
		}
	})
	return rate
}

// processors returns the processor time this process has used.
func processors(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// skip reads one answer as cheaply as can be: the generator shares the cores with the server.
func skip(r *bufio.Reader) error {
	status, err := r.ReadSlice('\n')
	if err != nil {
		return err
	}
	if s := string(status[9:12]); s != "200" && s != "304" {
		return fmt.Errorf("status %s", s)
	}
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			break
		}
		if len(line) > 16 && (line[0] == 'C' || line[0] == 'c') && strings.EqualFold(string(line[:15]), "Content-Length:") {
			if length, err = strconv.Atoi(strings.TrimSpace(string(line[15:]))); err != nil {
				return err
			}
		}
	}
	_, err = r.Discard(length)
	return err
}

// TestBenchmarkReader keeps the benchmark honest: what it counts as answers are answers.
func TestBenchmarkReader(t *testing.T) {
	r := bufio.NewReader(strings.NewReader("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nX: y\r\n\r\nabcHTTP/1.1 304 Not Modified\r\n\r\nHTTP/1.1 500 X\r\n\r\n"))
	for i, want := range []bool{true, true, false} {
		if err := skip(r); (err == nil) != want {
			t.Errorf("answer %d: %v", i, err)
		}
	}
}

// BenchmarkLayers is what the layers cost without the network: allocations and time of an answer from the cache.
func BenchmarkLayers(b *testing.B) {
	lines := NewLog(io.Discard, slog.LevelInfo)
	b.Cleanup(func() { _ = lines.Close() })
	x := newTrial(b, []Route{{Method: "GET", Path: "/page", Kind: Page, Cached: true, Handle: words(strings.Repeat("商圈", 3000))}}, "RATE_FACTOR", "1000000")
	x.log, x.now = lines, time.Now
	x.ask(b, "GET", "/page", "") // Fiber prepares its routes with the first
	for name, path := range map[string]string{"page": "/page", "404": "/healthz/no"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var ctx fasthttp.RequestCtx
			for b.Loop() {
				var req fasthttp.Request
				req.Header.SetMethod("GET")
				req.SetRequestURI(path)
				req.Header.SetHost("shop.test")
				ctx.Init(&req, nil, nil)
				x.app.Server().Handler(&ctx)
			}
		})
	}
}
