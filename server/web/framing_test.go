package web

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// raw sends bytes as they are to a site that listens, on a connection of their own, and returns the first answer and everything after it.
func (x *trial) raw(t testing.TB, bytes string) (*http.Response, string) {
	t.Helper()
	return converse(t, x.addr, bytes)
}

func dial(t testing.TB, addr string) net.Conn {
	t.Helper()
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	_ = conn.SetDeadline(time.Now().Add(15 * time.Second))
	return conn
}

func converse(t testing.TB, addr, bytes string) (*http.Response, string) {
	t.Helper()
	conn := dial(t, addr)
	if _, err := io.WriteString(conn, bytes); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("%.60q: %v", bytes, err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	rest, _ := io.ReadAll(r)
	return resp, string(rest)
}

// TestFraming sends requests that two readers could cut in two ways. Each must be refused, or answered once with the
// connection closed; the request hidden in the body must never be answered. HTT-05.
func TestFraming(t *testing.T) {
	x := newTrial(t, []Route{{Method: "GET", Path: "/hidden", Handle: words("hidden"), Kind: File}, {Method: "POST", Path: "/take", Handle: words("taken"), Kind: File}}, "RATE_FACTOR", "0")
	x.listen(t)
	const hidden = "GET /hidden HTTP/1.1\r\nHost: shop.test\r\n\r\n"
	for _, tt := range []struct{ name, request string }{
		{"two content lengths", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0\r\nContent-Length: 43\r\n\r\n" + hidden},
		{"list of content lengths", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 0, 43\r\n\r\n" + hidden},
		{"signed content length", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: +0\r\n\r\n" + hidden},
		{"negative content length", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: -1\r\n\r\n" + hidden},
		{"length and chunked", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
		{"two transfer encodings", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + hidden},
		{"unknown transfer encoding", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + hidden},
		{"transfer encoding in HTTP/1.0", "POST /take HTTP/1.0\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + hidden},
		{"line feed in a chunk extension", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n1;a\nb\r\nx\r\n0\r\n\r\n" + hidden},
		{"chunk size with 0x", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n" + hidden},
		{"two hosts", "GET /hidden HTTP/1.1\r\nHost: shop.test\r\nHost: evil.test\r\n\r\n" + hidden},
		{"no host", "GET /hidden HTTP/1.1\r\nAccept: */*\r\n\r\n" + hidden},
		{"NUL in a value", "GET /hidden HTTP/1.1\r\nHost: shop.test\r\nX: a\x00b\r\n\r\n" + hidden},
		{"bare CR in a value", "GET /hidden HTTP/1.1\r\nHost: shop.test\r\nX: a\rb\r\n\r\n" + hidden},
		{"space before the colon", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length : 43\r\n\r\n" + hidden},
		{"body of a GET", "GET /hidden HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 43\r\n\r\n" + hidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			resp, rest := x.raw(t, tt.request)
			if resp.StatusCode < 400 && !resp.Close {
				t.Errorf("answered %d and kept the connection", resp.StatusCode)
			}
			if strings.Contains(rest, "hidden") || strings.Contains(rest, "HTTP/1.1 2") {
				t.Errorf("the hidden request was answered: %.80q", rest)
			}
			checkHeaders(t, tt.name, resp, "")
		})
	}
}

func TestConnectionLimits(t *testing.T) {
	x := newTrial(t, []Route{{Method: "POST", Path: "/take", Handle: words("taken"), Kind: Private}}, "RATE_FACTOR", "0")
	x.listen(t)
	post := func(n int) string {
		return "POST /take HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Length: " + strconv.Itoa(n) + "\r\n\r\n" + strings.Repeat("x", n)
	}
	typed := func(media string) string {
		return strings.Replace(post(65<<10), "Connection:", "Content-Type: "+media+"\r\nConnection:", 1)
	}
	for _, tt := range []struct {
		name, request string
		status        int
	}{
		{"header of 9 KiB", "GET /healthz HTTP/1.1\r\nHost: shop.test\r\nX: " + strings.Repeat("x", 9<<10) + "\r\n\r\n", 431},
		{"header under 8 KiB", "GET /healthz HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nX: " + strings.Repeat("x", 7<<10) + "\r\n\r\n", 200},
		{"body of 64 KiB", post(64 << 10), 200},
		{"body of 65 KiB", post(65 << 10), 413},
		{"JSON of 65 KiB", typed("application/json"), 413},
		{"form of 65 KiB", typed("application/x-www-form-urlencoded"), 413},
		{"file of 65 KiB", typed("multipart/form-data; boundary=b"), 413},
		{"65 KiB said, nothing sent", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 66560\r\n\r\n", 413},
		{"65 KiB said, asking first", "POST /take HTTP/1.1\r\nHost: shop.test\r\nExpect: 100-continue\r\nContent-Length: 66560\r\n\r\n", 413},
		{"65 KiB for nobody", "POST /nothing HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 66560\r\n\r\n", 413},
		{"absurd length", "POST /take HTTP/1.1\r\nHost: shop.test\r\nContent-Length: 99999999999999999999\r\n\r\n", 400},
		{"endless chunks", "POST /take HTTP/1.1\r\nHost: shop.test\r\nTransfer-Encoding: chunked\r\n\r\n" + strings.Repeat("1000\r\n"+strings.Repeat("x", 4096)+"\r\n", 17), 413},
	} {
		t.Run(tt.name, func(t *testing.T) {
			conn := dial(t, x.addr)
			go func() { _, _ = io.WriteString(conn, tt.request) }() // the server may answer before it has read all
			r := bufio.NewReader(conn)
			resp, err := http.ReadResponse(r, nil)
			if err == nil && resp.StatusCode == http.StatusContinue {
				resp, err = http.ReadResponse(r, nil)
			}
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if resp.StatusCode != tt.status {
				t.Errorf("= %d, want %d", resp.StatusCode, tt.status)
			}
			checkHeaders(t, tt.name, resp, "")
		})
	}
}

// TestEncodedBodies: Fiber inflates bodies without a limit, so no encoded body gets that far. HTT-02.
func TestEncodedBodies(t *testing.T) {
	x := newTrial(t, []Route{{Method: "POST", Path: "/take", Handle: func(c *fiber.Ctx) error { return c.Send(c.Body()) }, Kind: Private}}, "RATE_FACTOR", "0")
	for _, coding := range []string{"gzip", "GZIP", "deflate", "br", "zstd", "gzip, gzip", "identity, gzip", "x-unknown"} {
		for _, path := range []string{"/take", "/healthz", "/nothing"} {
			if resp, _ := x.ask(t, "POST", path, "\x1f\x8b", "Content-Encoding", coding, "Content-Type", "multipart/form-data; boundary=x"); resp.StatusCode != 415 {
				t.Errorf("POST %s with %s = %d, want 415", path, coding, resp.StatusCode)
			}
		}
	}
	if resp, body := x.ask(t, "POST", "/take", "a=1", "Content-Encoding", "identity"); resp.StatusCode != 200 || body != "a=1" {
		t.Errorf("identity = %d %q", resp.StatusCode, body)
	}
}

// TestValuesOutliveTheRequest holds Immutable in place: without it what a handler kept changed with the next request on the
// same connection.
func TestValuesOutliveTheRequest(t *testing.T) {
	var kept []string
	x := newTrial(t, []Route{{Method: "GET", Path: "/keep/:word", Kind: File, Probe: "/keep/x", Handle: func(c *fiber.Ctx) error {
		kept = append(kept, c.Params("word"), c.Query("q"), c.Get("X-Word"), c.Cookies("word"), c.Path())
		return c.SendString("kept")
	}}}, "RATE_FACTOR", "0")
	conn := dial(t, x.listen(t))
	r := bufio.NewReader(conn)
	for _, w := range []string{"first", "zweit", "third"} {
		if _, err := io.WriteString(conn, "GET /keep/"+w+"?q="+w+" HTTP/1.1\r\nHost: shop.test\r\nX-Word: "+w+"\r\nCookie: word="+w+"\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, resp.Body)
		_ = resp.Body.Close()
	}
	if want := "first first first first /keep/first zweit zweit zweit zweit /keep/zweit third third third third /keep/third"; strings.Join(kept, " ") != want {
		t.Errorf("kept %q, want %q", kept, want)
	}
}
