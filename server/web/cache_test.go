package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"shangquan/frontend"
)

// counting is a cached route whose answer says how often it was made.
func counting(made *atomic.Int64) []Route {
	return []Route{{Method: "GET", Path: "/x", Kind: Page, Cached: true, Query: []string{"q", "cat"}, Handle: func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		return c.SendString(fmt.Sprintf("%d %s %s %s %q", made.Add(1), Of(c).Lang, Of(c).Theme, Of(c).Size, c.Query("q")) + strings.Repeat(" 商圈", 400))
	}}}
}

// TestCacheAsksForAMoment (FLT-08): whether a page still holds is asked of a store that may be away, so the question ends.
func TestCacheAsksForAMoment(t *testing.T) {
	var made atomic.Int64
	x := newTrial(t, counting(&made))
	x.revision = func(ctx context.Context) (string, error) {
		if end, ok := ctx.Deadline(); !ok || time.Until(end) > 2*time.Second {
			t.Errorf("the question ends %v %v", end, ok)
		}
		return "", context.DeadlineExceeded
	}
	if res, _ := x.ask(t, "GET", "/x", ""); res.StatusCode != 200 || made.Load() != 1 {
		t.Errorf("%d, made %d times", res.StatusCode, made.Load())
	}
}

// TestCacheKey: which requests share an answer and which must not.
func TestCacheKey(t *testing.T) {
	for _, tt := range []struct {
		name          string
		first, second []string // path, then headers
		change        func(*trial)
		shared        bool
	}{
		{"the same", []string{"/x"}, []string{"/x"}, nil, true},
		{"another order", []string{"/x?q=a&cat=b"}, []string{"/x?cat=b&q=a"}, nil, true},
		{"a parameter the page does not read", []string{"/x?q=a"}, []string{"/x?utm_source=z&q=a"}, nil, true},
		{"what WeChat adds to an address", []string{"/x?q=a"}, []string{"/x?from=timeline&isappinstalled=0&q=a"}, nil, true},
		{"a cookie the page does not read", []string{"/x"}, []string{"/x", "Cookie", "other=1"}, nil, true},
		{"a theme off the list", []string{"/x"}, []string{"/x", "Cookie", "theme=pink"}, nil, true},
		{"escaped otherwise", []string{"/x?q=a"}, []string{"/x?q=%61"}, nil, true},
		{"another query", []string{"/x?q=a"}, []string{"/x?q=b"}, nil, false},
		{"no query", []string{"/x?q=a"}, []string{"/x"}, nil, false},
		{"empty query", []string{"/x?q="}, []string{"/x"}, nil, false},
		{"two values", []string{"/x?cat=a&cat=b"}, []string{"/x?cat=a"}, nil, false},
		{"values that join", []string{"/x?cat=a&cat=b"}, []string{"/x?cat=ab"}, nil, false},
		{"a value that looks like another parameter", []string{"/x?q=a&cat=b"}, []string{"/x?q=a%26cat%3Db"}, nil, false},
		{"NUL in a value", []string{"/x?q=a&cat=b"}, []string{"/x?cat=b%00q%00a"}, nil, false},
		{"another language", []string{"/x"}, []string{"/en/x"}, nil, false},
		{"another theme", []string{"/x"}, []string{"/x", "Cookie", "theme=dark"}, nil, false},
		{"another size", []string{"/x"}, []string{"/x", "Cookie", "size=large"}, nil, false},
		{"theme is not size", []string{"/x", "Cookie", "theme=dark"}, []string{"/x", "Cookie", "size=large"}, nil, false},
		{"data changed", []string{"/x"}, []string{"/x"}, func(x *trial) { x.rev.Add(1) }, false},
		{"the minute changed", []string{"/x"}, []string{"/x"}, func(x *trial) { x.wait(time.Minute) }, false},
		{"the same minute", []string{"/x"}, []string{"/x"}, func(x *trial) { x.wait(59 * time.Second) }, true},
		{"too long to keep", []string{"/x?q=" + strings.Repeat("a", 3000)}, []string{"/x?q=" + strings.Repeat("a", 3000)}, nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var made atomic.Int64
			x := newTrial(t, counting(&made))
			_, a := x.ask(t, "GET", tt.first[0], "", tt.first[1:]...)
			if tt.change != nil {
				tt.change(x)
			}
			_, b := x.ask(t, "GET", tt.second[0], "", tt.second[1:]...)
			if (a == b) != tt.shared || (made.Load() == 1) != tt.shared {
				t.Errorf("%.40q and %.40q, made %d times; want shared %v", a, b, made.Load(), tt.shared)
			}
		})
	}
}

// An address that is not quite right asks the same of the page as of the cache.
func TestBrokenAddressesAreReadInOneWay(t *testing.T) {
	x := sampled(t)
	for broken, right := range map[string]string{"/?q=%zz": "/?q=%25zz", "/?q=a;b": "/?q=a%3Bb", "/?q=%": "/?q=%25"} {
		want := x.get(t, broken)
		if title, _, _ := strings.Cut(want, "</title>"); !strings.Contains(title, "“") {
			t.Errorf("%s is not the search it asks for", broken)
		}
		if got := x.get(t, right); got != want {
			t.Errorf("%s and %s are one question with two answers", broken, right)
		}
	}
}

func TestEncodingsAndValidators(t *testing.T) {
	var made atomic.Int64
	x := newTrial(t, counting(&made))
	_, plain := x.ask(t, "GET", "/x", "")
	tags := map[string]string{}
	for _, coding := range []string{"", "gzip", "br", "zstd"} {
		resp, body := x.ask(t, "GET", "/x", "", "Accept-Encoding", coding)
		var r io.Reader = strings.NewReader(body)
		switch coding {
		case "gzip":
			z, err := gzip.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		case "br":
			r = brotli.NewReader(r)
		case "zstd":
			z, err := zstd.NewReader(r)
			if err != nil {
				t.Fatal(err)
			}
			r = z
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != plain || resp.Header.Get("Content-Encoding") != coding {
			t.Errorf("%s: %v, as %q", coding, err, resp.Header.Get("Content-Encoding"))
		}
		if coding != "" && len(body) > len(plain)/2 {
			t.Errorf("%s: %d of %d bytes", coding, len(body), len(plain))
		}
		tag := resp.Header.Get("Etag")
		if tag == "" || strings.HasPrefix(tag, "W/") || tags[tag] != "" {
			t.Errorf("%s: tag %q is not strong and its own", coding, tag)
		}
		tags[tag] = coding + "."
		if v, cc := resp.Header.Get("Vary"), resp.Header.Get("Cache-Control"); v != "Cookie, Accept-Encoding" || cc != "no-cache" {
			t.Errorf("%s: Vary %q, Cache-Control %q", coding, v, cc)
		}
		for _, header := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again, rest := x.ask(t, "GET", "/x", "", "Accept-Encoding", coding, "If-None-Match", header)
			if again.StatusCode != http.StatusNotModified || rest != "" || again.Header.Get("Etag") != tag {
				t.Errorf("%s, If-None-Match %s = %d with %d bytes", coding, header, again.StatusCode, len(rest))
			}
			checkHeaders(t, "304", again, rest)
		}
		if again, _ := x.ask(t, "GET", "/x", "", "Accept-Encoding", coding, "If-None-Match", `"other"`); again.StatusCode != 200 {
			t.Errorf("%s with another tag = %d", coding, again.StatusCode)
		}
	}
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
}

// TestOneMakesIt: however many ask at once, the handler runs once.
func TestOneMakesIt(t *testing.T) {
	const askers = 50
	var made atomic.Int64
	entered, gate := make(chan struct{}, askers), make(chan struct{})
	x := newTrial(t, []Route{{Method: "GET", Path: "/x", Kind: Page, Cached: true, Handle: func(c *fiber.Ctx) error {
		made.Add(1)
		entered <- struct{}{}
		<-gate
		return c.SendString("page")
	}}}, "RATE_FACTOR", "0")
	x.app.Handler() // app.Test prepares the routes without a lock
	var all sync.WaitGroup
	for range askers {
		all.Go(func() {
			if _, body := x.ask(t, "GET", "/x", ""); body != "page" {
				t.Errorf("= %q", body)
			}
		})
	}
	<-entered
	close(gate)
	all.Wait()
	if made.Load() != 1 {
		t.Errorf("made %d times for %d askers", made.Load(), askers)
	}
}

// TestNotKept: what is for one person, or went wrong, is made anew each time.
func TestNotKept(t *testing.T) {
	var made atomic.Int64
	for _, tt := range []struct {
		name   string
		handle fiber.Handler
		status int
	}{
		{"error", failing(errors.New("x")), 500},
		{"redirect", func(c *fiber.Ctx) error { return c.Redirect("/y", 302) }, 302},
		{"cookie", func(c *fiber.Ctx) error { c.Cookie(&fiber.Cookie{Name: "a", Value: "b"}); return c.SendString("x") }, 200},
		{"panic", func(*fiber.Ctx) error { panic("x") }, 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			made.Store(0)
			x := newTrial(t, []Route{{Method: "GET", Path: "/x", Kind: Page, Cached: true, Handle: func(c *fiber.Ctx) error {
				made.Add(1)
				return tt.handle(c)
			}}})
			for range 2 {
				if resp, _ := x.ask(t, "GET", "/x", ""); resp.StatusCode != tt.status {
					t.Errorf("= %d, want %d", resp.StatusCode, tt.status)
				}
			}
			if made.Load() != 2 {
				t.Errorf("made %d times, want 2", made.Load())
			}
		})
	}
}

func TestCacheIsBounded(t *testing.T) {
	var made atomic.Int64
	x := newTrial(t, counting(&made), "RATE_FACTOR", "0")
	x.cache.pages.max = 20 << 10
	for i := range 100 {
		x.ask(t, "GET", fmt.Sprintf("/x?q=%d", i), "")
	}
	if used := x.cache.bytes(); used > 20<<10 || used == 0 {
		t.Errorf("%d bytes used, want at most %d", used, 20<<10)
	}
	x.ask(t, "GET", "/x?q=99", "")
	if made.Load() != 100 {
		t.Errorf("made %d times: the newest is not kept", made.Load())
	}
}

func TestNegotiate(t *testing.T) {
	for accept, want := range map[string]frontend.Encoding{
		"":                                frontend.Identity,
		"gzip":                            frontend.Gzip,
		"gzip, deflate, br":               frontend.Brotli,
		"gzip, deflate, br, zstd":         frontend.Zstd,
		"GZIP":                            frontend.Gzip,
		"gzip;q=1, br;q=0.5":              frontend.Gzip,
		"gzip; q=0.2 , zstd ;q=0.1":       frontend.Gzip,
		"br;q=0":                          frontend.Identity,
		"br;q=0, gzip":                    frontend.Gzip,
		"*":                               frontend.Zstd,
		"*;q=0.5, br":                     frontend.Brotli,
		"zstd;q=0, *":                     frontend.Brotli,
		"identity":                        frontend.Identity,
		"identity, gzip;q=0.5":            frontend.Identity,
		"identity;q=0":                    frontend.Identity,
		"gzip;q=2":                        frontend.Identity,
		"gzip;q=NaN":                      frontend.Identity,
		"gzip;q=-1":                       frontend.Identity,
		"gzip;x":                          frontend.Identity,
		"bro, xgzip":                      frontend.Identity,
		",,;,q=1":                         frontend.Identity,
		strings.Repeat("a,", 1000) + "br": frontend.Brotli,
	} {
		if got := negotiate([]byte(accept), forPages); got != want {
			t.Errorf("negotiate(%.40q) = %q, want %q", accept, got, want)
		}
	}
	if got := negotiate([]byte("gzip, deflate, br, zstd"), forFiles); got != frontend.Brotli {
		t.Errorf("a built file is sent as %q, want the smallest", got)
	}
}

func TestStaticFiles(t *testing.T) {
	x := newTrial(t, nil)
	for _, entry := range []string{frontend.StyleEntry, frontend.ScriptEntry, frontend.IconsEntry} {
		f := x.assets.Entry(entry)
		name := f.Name
		for _, accept := range []string{"", "gzip", "br", "zstd"} {
			resp, body := x.ask(t, "GET", "/static/"+name, "", "Accept-Encoding", accept)
			coding := frontend.Encoding(resp.Header.Get("Content-Encoding"))
			if resp.StatusCode != 200 || !bytes.Equal([]byte(body), f.Bytes(coding)) || resp.Header.Get("Etag") != f.Tag(coding) {
				t.Errorf("%s as %q = %d, %d bytes as %q", name, accept, resp.StatusCode, len(body), coding)
			}
			if cc := resp.Header.Get("Cache-Control"); cc != "public, max-age=31536000, immutable" || resp.Header.Get("Content-Type") != f.ContentType {
				t.Errorf("%s: %q %q", name, cc, resp.Header.Get("Content-Type"))
			}
			checkHeaders(t, name, resp, body)
			if again, rest := x.ask(t, "GET", "/static/"+name, "", "Accept-Encoding", accept, "If-None-Match", f.Tag(coding)); again.StatusCode != 304 || rest != "" {
				t.Errorf("%s again = %d", name, again.StatusCode)
			}
		}
	}
}

func TestLRU(t *testing.T) {
	l := newLRU[string, int](10)
	l.put("a", 1, 4)
	l.put("b", 2, 4)
	l.get("a")
	l.put("c", 3, 4) // b was used longest ago
	if _, ok := l.get("b"); ok || l.used != 8 {
		t.Errorf("b is still there, %d used", l.used)
	}
	l.put("a", 5, 2)
	if v, ok := l.get("a"); !ok || v != 5 || l.used != 6 {
		t.Errorf("a = %d, %v, %d used", v, ok, l.used)
	}
	l.put("huge", 9, 11)
	if _, ok := l.get("huge"); ok || l.used != 6 {
		t.Errorf("what costs more than everything is kept, %d used", l.used)
	}
}

// A page that is only for now, because something it needs is down, is made anew for everybody who asks.
func TestPagesForNowAreNotKept(t *testing.T) {
	var made atomic.Int64
	x := newTrial(t, []Route{{Method: "GET", Path: "/trial", Cached: true, Handle: func(c *fiber.Ctx) error {
		made.Add(1)
		c.Set(fiber.HeaderCacheControl, "no-store")
		return words("for now")(c)
	}}})
	for range 2 {
		if resp, _ := x.ask(t, "GET", "/trial", ""); resp.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("Cache-Control = %q, want no-store", resp.Header.Get("Cache-Control"))
		}
	}
	if made.Load() != 2 {
		t.Errorf("made %d times for two who asked", made.Load())
	}
}

// What an app adds to the address of one visitor may be a pass of his. It is in no page that others are given.
func TestCarriedParametersStayOutOfPages(t *testing.T) {
	x := sampled(t)
	for _, path := range []string{"/points", "/", "/?q=%E9%9D%A2&open=now"} {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		first := x.get(t, path+mark+"pass_ticket=SECRET1&from=timeline&utm_source=mail")
		if again := x.get(t, path); strings.Contains(first, "SECRET1") || again != first {
			t.Errorf("%s holds what was added to the address of one visitor", path)
		}
	}
	if body := x.get(t, "/?q=%E9%9D%A2&open=now&pass_ticket=1"); !strings.Contains(body, `name="back" value="/?q=%E9%9D%A2&amp;open=now"`) {
		t.Error("the way back has lost what was asked")
	}
}
