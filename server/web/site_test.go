package web

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/fault"
)

// front is what every site of these tests shares: reading it takes longer than most tests.
var front = sync.OnceValues(func() (Deps, error) {
	assets, err := frontend.Load()
	if err != nil {
		return Deps{}, err
	}
	catalogue, err := locales.Load(frontend.FS)
	if err != nil {
		return Deps{}, err
	}
	renderer, err := NewRenderer(frontend.FS, catalogue, assets)
	return Deps{Assets: assets, Catalogue: catalogue, Renderer: renderer}, err
})

// trial is a site whose clock, revision, store and log the test holds.
type trial struct {
	*Site
	clock    atomic.Int64 // Unix nanoseconds
	rev      atomic.Int64
	storeErr atomic.Value // error
	addr     string       // see listen
	lines    *lines
}

type lines struct {
	mu    sync.Mutex
	b     strings.Builder
	flush func() error
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	_ = l.flush()
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// newTrial builds a site with extra routes. settings are pairs of a name without SHANGQUAN_ and a value.
func newTrial(t testing.TB, extra []Route, settings ...string) *trial {
	t.Helper()
	d, err := front()
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"SHANGQUAN_ORIGIN": "http://shop.test", "SHANGQUAN_FOOTER_PHONE": "021-5777 0000"}
	for i := 0; i < len(settings); i += 2 {
		env["SHANGQUAN_"+settings[i]] = settings[i+1]
	}
	if d.Config, err = config.Load(func(k string) string { return env[k] }); err != nil {
		t.Fatal(err)
	}
	x := &trial{lines: &lines{}}
	x.clock.Store(time.Date(2026, 11, 23, 19, 20, 0, 0, time.UTC).UnixNano())
	d.Now = func() time.Time { return time.Unix(0, x.clock.Load()).UTC() }
	d.Revision = func(context.Context) (string, error) { return strconv.FormatInt(x.rev.Load(), 10), nil }
	d.Ready = func(context.Context) error { err, _ := x.storeErr.Load().(error); return err }
	asked, once := make(chan struct{}), sync.Once{}
	d.Parts = map[string]func(context.Context) error{
		"search": func(ctx context.Context) error { // answers when the pictures are asked, so all are asked at once
			select {
			case <-asked:
				return errors.New("no answer")
			case <-ctx.Done():
				return nil
			}
		},
		"pictures": func(context.Context) error { once.Do(func() { close(asked) }); return nil },
	}
	d.Log = NewLog(x.lines, slog.LevelInfo)
	t.Cleanup(func() { _ = d.Log.Close() })
	x.lines.flush = d.Log.out.flush
	for i := range extra {
		if extra[i].Needs == "" {
			extra[i].Needs = access.PublicRead
		}
	}
	d.Extra = extra
	x.Site = New(d)
	return x
}

func (x *trial) wait(d time.Duration) { x.clock.Add(int64(d)) }

// ask sends a request without a network and returns the answer and its body. header are pairs.
func (x *trial) ask(t testing.TB, method, target, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	r.Host = "shop.test"
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		} else {
			r.Header.Add(header[i], header[i+1])
		}
	}
	resp, err := x.app.Test(r, 10_000)
	if err != nil {
		t.Fatalf("%s %s: %v", method, target, err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	return resp, string(b)
}

// listen serves the site on a loopback port until the test ends and returns the address.
func (x *trial) listen(t testing.TB) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- x.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Serve = %v", err)
		}
	})
	x.addr = ln.Addr().String()
	return x.addr
}

// words answers with a text, for routes whose content does not matter.
func words(text string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		return c.SendString(text)
	}
}

func failing(err error) fiber.Handler { return func(*fiber.Ctx) error { return err } }

// TestHealth: without the store the server is not ready; without the search it is ready and degraded. OPS-02.
func TestHealth(t *testing.T) {
	x := newTrial(t, nil)
	for _, tt := range []struct {
		name, path string
		store      error
		status     int
		body       string
	}{
		{"process", "/healthz", nil, 200, "ok\n"},
		{"process while the store is down", "/healthz", fault.New(fault.Unavailable, "", nil), 200, "ok\n"},
		{"ready", "/readyz", nil, 200, "ready\n"},
		{"store down", "/readyz", fault.New(fault.Unavailable, "", errors.New("dial tcp 10.9.8.7:27017")), 503, "not ready\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if x.storeErr = (atomic.Value{}); tt.store != nil {
				x.storeErr.Store(tt.store)
			}
			resp, body := x.ask(t, "GET", tt.path, "")
			if resp.StatusCode != tt.status || body != tt.body {
				t.Errorf("GET %s = %d %q, want %d %q", tt.path, resp.StatusCode, body, tt.status, tt.body)
			}
		})
	}
}

// The footer leads to where what is illegal is reported, and to the record of the police filing.
func TestFooterLinks(t *testing.T) {
	for where, want := range map[string]string{
		"12377": "tel:12377", "021-5777 0000": "tel:02157770000", "https://www.12377.cn/": "https://www.12377.cn/", "": "", "岳阳街道 021-5777 0000": "",
		"http://www.12377.cn/": "", "javascript:alert(1)": "", "-": "",
		"021-57770000": "tel:02157770000", "021 57770000": "tel:02157770000", "（021）5777 0000": "tel:02157770000", "(021)57770000": "tel:02157770000",
		"57770000": "tel:57770000", "5777-0000": "tel:57770000", "0512 12345": "tel:051212345", "13800138000": "tel:13800138000", "138 0013 8000": "tel:13800138000",
		"400-820-8820": "tel:4008208820", "4008 208 820": "", "400 8208 820": "tel:4008208820", "+86 21 5777 0000": "tel:+862157770000", "+86 13800138000": "tel:+8613800138000",
		"12377 021-62470000": "", "021-62470000 12377": "", "12377 12345": "", "12377,021-62470000": "", "12377、12345": "", "5777 0000 5777 0001": "",
		"021-57770000 021-57770001": "", "13800138000 13800138001": "", "57770000-8012": "", "110 12345": "",
		"https://www.shjbzx.cn/a?b=c": "https://www.shjbzx.cn/a?b=c", "https://www.shjbzx.cn 12377": "", "https://www.shjbzx.cn，12377": "", "https://www.shjbzx.cn,12377": "",
		"https://www.shjbzx.cn举报": "", "https://www.shjbzx.cn\u300012377": "", "https://": "", "https:///a": "", "https://a b": "", "https://x:y/": "", "https://%zz/": "",
	} {
		if got := leadsThere(where); got != want {
			t.Errorf("%q leads to %q, want %q", where, got, want)
		}
	}
	x := newTrial(t, nil, "FOOTER_POLICE", "沪公网安备 31011702000001号")
	if _, body := x.ask(t, "GET", "/none", ""); !strings.Contains(body, `<a href="https://beian.mps.gov.cn/#/query/webSearch?code=31011702000001" rel="nofollow">沪公网安备 31011702000001号</a>`) {
		t.Error("the police number does not lead to its record")
	}
}
