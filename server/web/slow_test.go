package web

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// The scripts of HTT-03: clients that are slow on purpose. The times are set short, and what is checked is that a connection ends
// by its own deadline however busy it keeps itself; that the real times are those of the design is TestTimes.
const (
	shortTime = 100 * time.Millisecond
	drip      = 5 * time.Millisecond
	patience  = 10 * time.Second // for a machine that does other things; a connection that never ends fails after it
)

func TestTimes(t *testing.T) {
	x := newTrial(t, nil)
	server := x.app.Server()
	if server.ReadTimeout != 10*time.Second || server.WriteTimeout != 30*time.Second || server.IdleTimeout != 30*time.Second {
		t.Errorf("read %v, write %v, idle %v", server.ReadTimeout, server.WriteTimeout, server.IdleTimeout)
	}
	if server.MaxConnsPerIP != 100 || server.Concurrency != 2_000 || server.ReadBufferSize != 8<<10 || server.MaxRequestBodySize != 64<<10 {
		t.Errorf("%d connections of one peer, %d in all, header %d, body %d", server.MaxConnsPerIP, server.Concurrency, server.ReadBufferSize, server.MaxRequestBodySize)
	}
	if behind := newTrial(t, nil, "TRUSTED_PROXIES", "10.0.0.1"); behind.app.Server().MaxConnsPerIP != 0 {
		t.Error("behind a proxy the peers are limited, and every peer is the proxy")
	}
}

// TestSlowSenders: each client begins a request and goes on with a byte now and then for ever. The deadline is of the whole
// request, so that no byte buys more time.
func TestSlowSenders(t *testing.T) {
	var handled atomic.Int64
	x := newTrial(t, []Route{{Method: "POST", Path: "/take", Kind: Private, Handle: func(c *fiber.Ctx) error {
		handled.Add(1)
		return c.SendString("taken")
	}}}, "RATE_FACTOR", "0")
	x.app.Server().ReadTimeout = shortTime
	x.listen(t)
	for _, tt := range []struct{ name, begin, again string }{
		{"nothing", "", ""},
		{"half a request line", "GET /heal", ""},
		{"half a header", "GET /healthz HTTP/1.1\r\nHost: sh", ""},
		{"a header byte by byte", "GET /healthz HTTP/1.1\r\nHost: shop.test\r\nX: ", "x"},
		{"header after header", "GET /healthz HTTP/1.1\r\nHost: shop.test\r\n", "X: y\r\n"},
		{"empty lines", "", "\r\n"},
		{"half a body", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 60000\r\n\r\nabc", ""},
		{"a body byte by byte", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 60000\r\n\r\n", "x"},
		{"a form byte by byte", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 60000\r\n\r\n--b\r\n", "-"},
		{"chunk after chunk", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n"},
		{"half a chunk", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nx", ""},
		{"trailer after trailer", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n", "X: y\r\n"},
		{"a body that waits to be asked for", "POST /take HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 60000\r\n\r\n", ""},
		{"a body nobody reads", "POST /nothing HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 60000\r\n\r\n", "x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, x.addr)
			_ = conn.SetReadDeadline(time.Now().Add(patience))
			ended := make(chan struct{})
			defer close(ended)
			go dribble(conn, tt.begin, tt.again, ended)
			answer, err := io.ReadAll(conn)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.Fatal("the connection stayed open")
			}
			got := strings.TrimPrefix(string(answer), "HTTP/1.1 100 Continue\r\n\r\n")
			if got != "" && !strings.HasPrefix(got, "HTTP/1.1 408") {
				t.Errorf("answered %.80q, want 408 or nothing", got)
			}
		})
	}
	t.Cleanup(func() {
		if n := handled.Load(); n != 0 {
			t.Errorf("%d half requests reached the handler", n)
		}
	})
}

// dribble sends begin, then again after every drip until the connection ends.
func dribble(conn net.Conn, begin, again string, ended <-chan struct{}) {
	if _, err := io.WriteString(conn, begin); err != nil || again == "" {
		return
	}
	every := time.NewTicker(drip)
	defer every.Stop()
	for {
		select {
		case <-ended:
			return
		case <-every.C:
			if _, err := io.WriteString(conn, again); err != nil {
				return
			}
		}
	}
}

// TestSlowReaders: a client that takes an answer larger than the buffers between us, a little at a time or not at all, is
// left when the write time is over.
func TestSlowReaders(t *testing.T) {
	large := strings.Repeat("x", 32<<20)
	for _, tt := range []struct {
		name string
		read int // bytes at every drip
	}{{"nothing", 0}, {"a little", 512}} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, []Route{{Method: "GET", Path: "/large", Handle: words(large), Kind: Private}}, "RATE_FACTOR", "0")
			left := make(chan struct{})
			x.app.Server().WriteTimeout = shortTime
			x.app.Server().ConnState = func(_ net.Conn, s fasthttp.ConnState) {
				if s == fasthttp.StateClosed {
					close(left)
				}
			}
			conn := dial(t, x.listen(t))
			if err := conn.(*net.TCPConn).SetReadBuffer(4 << 10); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(conn, "GET /large HTTP/1.1\r\nHost: shop.test\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			every, end := time.NewTicker(drip), time.After(patience)
			defer every.Stop()
			for taken := make([]byte, tt.read); ; {
				select {
				case <-left:
					return
				case <-end:
					t.Fatal("the server still waits for the reader")
				case <-every.C:
					_, _ = conn.Read(taken)
				}
			}
		})
	}
}

// TestIdleConnections: between two requests a connection is kept for the idle time and no longer, and ends without a word.
func TestIdleConnections(t *testing.T) {
	x := newTrial(t, nil, "RATE_FACTOR", "0")
	x.app.Server().IdleTimeout = shortTime
	conn := dial(t, x.listen(t))
	r := bufio.NewReader(conn)
	for range 2 {
		if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: shop.test\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	if rest, err := io.ReadAll(r); err != nil || len(rest) != 0 {
		t.Errorf("then %q, %v; want the end", rest, err)
	}
}

// TestManyConnections: what one peer and what all peers may hold open. The rest are told so at once, and those who are inside go on.
func TestManyConnections(t *testing.T) {
	for _, tt := range []struct {
		name, proxies  string
		open, capacity int
		status         string
	}{
		{"one peer", "", maxConnsPeer, maxConns, "HTTP/1.1 429"},
		{"all peers", "127.0.0.1", 8, 8, "HTTP/1.1 503"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := newTrial(t, nil, "RATE_FACTOR", "0", "TRUSTED_PROXIES", tt.proxies)
			x.app.Server().Concurrency = tt.capacity
			addr := x.listen(t)
			inside := make([]net.Conn, tt.open)
			for i := range inside {
				inside[i] = dial(t, addr)
				health(t, inside[i])
			}
			refused, err := io.ReadAll(dial(t, addr))
			if err != nil && len(refused) == 0 || !strings.HasPrefix(string(refused), tt.status) {
				t.Errorf("one more = %.60q, %v; want %s and the end", refused, err, tt.status)
			}
			health(t, inside[0])
		})
	}
}

func health(t *testing.T, conn net.Conn) {
	t.Helper()
	if _, err := io.WriteString(conn, "GET /healthz HTTP/1.1\r\nHost: shop.test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	if _ = resp.Body.Close(); resp.StatusCode != http.StatusOK {
		t.Fatalf("= %d", resp.StatusCode)
	}
}
