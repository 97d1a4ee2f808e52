package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/fault"
	"shangquan/services/lang"
)

// TestErrors breaks a handler in every way and reads what people and programs get. HTT-08.
func TestErrors(t *testing.T) {
	secret := errors.New("dial tcp 10.9.8.7:27017: /var/lib/shangquan.db SELECT * FROM accounts hunter2")
	for _, tt := range []struct {
		name   string
		handle fiber.Handler
		status int
		page   string // a sentence of the page in Simplified Chinese
	}{
		{"unknown error", failing(secret), 500, "刚才没办成，是我们这边的问题"},
		{"wrapped unknown error", failing(fmt.Errorf("read: %w", secret)), 500, "是我们这边的问题"},
		{"panic with an error", func(*fiber.Ctx) error { panic(secret) }, 500, "是我们这边的问题"},
		{"panic with a text", func(*fiber.Ctx) error { panic("hunter2") }, 500, "是我们这边的问题"},
		{"runtime panic", func(c *fiber.Ctx) error { return c.SendStatus([]int{}[len(c.Path())]) }, 500, "是我们这边的问题"},
		{"internal", failing(fault.New(fault.Internal, "error.x", secret)), 500, "是我们这边的问题"},
		{"store gone", failing(fault.New(fault.Unavailable, "error.unavailable", secret)), 503, "名录暂时打不开"},
		{"deadline", failing(fmt.Errorf("find: %w", context.DeadlineExceeded)), 503, "名录暂时打不开"},
		{"not found", failing(fault.New(fault.NotFound, "error.not_found", secret)), 404, "没有这个页面"},
		{"wrapped not found", failing(fmt.Errorf("shop: %w", fault.New(fault.NotFound, "error.not_found", secret))), 404, "没有这个页面"},
		{"invalid", failing(fault.Wrong("theme", "error.page.preference", nil)), 422, "只有大字、标准"},
		{"invalid without a sentence", failing(fault.Wrong("q", "error.no.such.key", nil)), 422, "有一处看不懂"},
		{"conflict", failing(fault.New(fault.Conflict, "error.stale", secret)), 409, "别人刚刚改过"},
		{"forbidden", failing(fault.New(fault.Forbidden, "", secret)), 403, "回到刚才的页面"},
		{"unauthenticated", failing(fault.New(fault.Unauthenticated, "", secret)), 401, "要先登录"},
		{"template", func(c *fiber.Ctx) error { return nil }, 200, ""},
		{"fiber's own", failing(fiber.NewError(418, "hunter2")), 400, "这个请求看不懂"},
		{"after half an answer", func(c *fiber.Ctx) error {
			c.Set("Etag", `"x"`)
			c.Cookie(&fiber.Cookie{Name: "a", Value: "hunter2"})
			_ = c.SendString("half hunter2")
			return secret
		}, 500, "是我们这边的问题"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := newTrial(t, []Route{
				{Method: "GET", Path: "/page", Handle: tt.handle, Kind: Page},
				{Method: "GET", Path: "/kept", Handle: tt.handle, Kind: Page, Cached: true},
				{Method: "GET", Path: "/api/v1/x", Handle: tt.handle, Kind: API},
			})
			for _, path := range []string{"/page", "/kept", "/en/page", "/zh-hant/kept"} {
				resp, body := x.ask(t, "GET", path, "", "Accept", "text/html")
				if resp.StatusCode != tt.status {
					t.Fatalf("GET %s = %d, want %d", path, resp.StatusCode, tt.status)
				}
				if tt.status >= 400 {
					checkHeaders(t, path, resp, body)
					checkNoLeak(t, path, body, fmt.Sprint(resp.Header))
				}
				if strings.HasPrefix(path, "/page") && !strings.Contains(body, tt.page) {
					t.Errorf("GET %s does not say %q:\n%s", path, tt.page, body)
				}
				code := resp.Header.Get("X-Request-Id")
				if shown := strings.Contains(body, code[:4]+"-"+code[4:]); shown != (tt.status >= 500) {
					t.Errorf("GET %s: the code is shown: %v", path, shown)
				}
			}
			for path, accept := range map[string]string{"/api/v1/x": "*/*", "/page": "application/json"} {
				resp, body := x.ask(t, "GET", path, "", "Accept", accept)
				if tt.status == 200 {
					continue
				}
				checkHeaders(t, path, resp, body)
				checkNoLeak(t, path, body, fmt.Sprint(resp.Header))
				var p Problem
				if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != resp.StatusCode || p.Type == "" || p.Title == "" || p.Detail == "" ||
					p.Instance != "urn:shangquan:request:"+resp.Header.Get("X-Request-Id") {
					t.Errorf("GET %s = %s (%v)", path, body, err)
				}
				if ct := resp.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/problem+json") {
					t.Errorf("GET %s is %q", path, ct)
				}
			}
			if tt.status >= 500 {
				if n := strings.Count(x.lines.String(), "hunter2") + strings.Count(x.lines.String(), "out of range") + strings.Count(x.lines.String(), "deadline"); n < 6 {
					t.Errorf("the log does not say what happened in %d of 6 requests: %s", 6-n, x.lines)
				}
			}
			if resp, _ := x.ask(t, "GET", "/healthz", ""); resp.StatusCode != 200 {
				t.Error("the process does not live on")
			}
		})
	}
}

// What was typed is not lost when the trouble is ours or it was too much at once: it can be sent again as it was, by who sent it alone.
func TestFormThatFailedIsSentAgain(t *testing.T) {
	const path, note = "/page?from=list", `只开半天 <b>"午后"</b>`
	typed := url.Values{"reason": {"hours", "phone"}, "note": {note}, "rev": {"7"}, "csrf": {"token-of-the-sender"}}
	hidden := regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	for _, tt := range []struct {
		name   string
		err    error
		body   string
		header []string
		kept   bool
	}{
		{"the store gone", fault.New(fault.Unavailable, "error.unavailable", errors.New("dial")), typed.Encode(), nil, true},
		{"our mistake", errors.New("broken"), typed.Encode(), nil, true},
		{"the disk full", fault.New(fault.Unavailable, "media.full", nil), typed.Encode(), nil, true},
		{"too many", tooMany(20), typed.Encode(), nil, true},
		{"a wrong entry is said at the form", fault.Wrong("note", "error.invalid.title", nil), typed.Encode(), nil, false},
		{"not allowed", fault.New(fault.Forbidden, "", nil), typed.Encode(), nil, false},
		{"a password", errors.New("broken"), "name=a&password=hunter2", nil, false},
		{"a proof", errors.New("broken"), "name=a&proof=hunter2", nil, false},
		{"from another site", tooMany(20), typed.Encode(), []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, false},
		{"more than one types", errors.New("broken"), "note=" + strings.Repeat("a", maxEntries+1), nil, false},
		{"no form", errors.New("broken"), "%", nil, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got url.Values
			fails := true
			x := newTrial(t, []Route{{Method: "POST", Path: "/page", Kind: Page, Query: []string{"from"}, Handle: func(c *fiber.Ctx) error {
				if fails {
					return tt.err
				}
				var err error
				got, err = url.ParseQuery(string(c.Body()))
				return err
			}}})
			header := append([]string{"Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html"}, tt.header...)
			resp, body := x.ask(t, "POST", path, tt.body, header...)
			checkHeaders(t, tt.name, resp, body)
			if strings.Contains(body, "再发一次") != tt.kept || strings.Contains(body, "hunter2") || strings.Contains(body, "<b>\"") {
				t.Fatalf("%d: %s", resp.StatusCode, body)
			}
			if !tt.kept {
				return
			}
			again := url.Values{}
			for _, m := range hidden.FindAllStringSubmatch(body[strings.Index(body, `action="`+path+`"`):], -1) {
				again.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
			}
			fails = false
			if x.ask(t, "POST", path, again.Encode(), header...); got.Encode() != typed.Encode() {
				t.Errorf("sent again: %v, want %v", got, typed)
			}
		})
	}
}

// A page cannot give files back: what was typed beside them is kept, and the page says that they are to be chosen again, and asks for them.
func TestFormWithFilesThatFailed(t *testing.T) {
	parts := func(file string) string {
		return "--x\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n门口\r\n--x\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.jpg\"\r\n\r\n" + file + "\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"paper\"; filename=\"b.jpg\"\r\n\r\nJPEG\r\n--x\r\nContent-Disposition: form-data; name=\"paper\"; filename=\"c.jpg\"\r\n\r\nJPEG\r\n--x--\r\n"
	}
	unavailable := fault.New(fault.Unavailable, "error.unavailable", errors.New("disk"))
	large := parts(strings.Repeat("a", maxEntries))
	for name, tt := range map[string]struct {
		prefix, body, says string
		err                error
		read, kept         bool // read: the handler had read the form
	}{
		"our mistake":                  {"", parts("JPEG"), "<p>刚才填的还在。</p>\n<p>照片和文件没有留下，请再选一次。</p>", errors.New("broken"), true, true},
		"traditional":                  {"/zh-hant", parts("JPEG"), "<p>剛才填的還在。</p>\n<p>照片和檔案沒有留下，請再選一次。</p>", errors.New("broken"), true, true},
		"English":                      {"/en", parts("JPEG"), "<p>What you filled in is still here.</p>\n<p>Photos and files were not kept. Choose them again.</p>", errors.New("broken"), true, true},
		"storage down":                 {"", large, "请再选一次。", unavailable, true, true},
		"store down before it is read": {"", large, "请再选一次。", unavailable, false, true},
		"too many before it is read":   {"", large, "", tooMany(20), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			var x *trial
			x = newTrial(t, []Route{{Method: "POST", Path: "/page", Kind: Page, Body: 1 << 20, Handle: func(c *fiber.Ctx) error {
				if tt.read {
					if _, err := x.form(c); err != nil {
						return err
					}
				}
				return tt.err
			}}})
			_, body := x.ask(t, "POST", tt.prefix+"/page", tt.body, "Content-Type", "multipart/form-data; boundary=x", "Accept", "text/html")
			for _, want := range []string{
				tt.says, `enctype="multipart/form-data"`, `<input type="hidden" name="note" value="门口">`,
				`name="photo" type="file">`, `name="paper" type="file" multiple>`,
			} {
				if strings.Contains(body, want) != tt.kept && want != "" {
					t.Errorf("%q is on the page: %v, want %v", want, !tt.kept, tt.kept)
				}
			}
			if strings.Contains(body, "JPEG") || t.Failed() {
				t.Fatal(body)
			}
		})
	}
}

func checkNoLeak(t *testing.T, name string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		for _, word := range []string{"hunter2", "10.9.8.7", "27017", "/var/lib", "SELECT", "goroutine", ".go:", "panic", "runtime", "shangquan/server", "out of range", "no.such.key", "deadline"} {
			if strings.Contains(text, word) {
				t.Errorf("%s shows %q: %s", name, word, text)
			}
		}
	}
}

func TestUnknownAddresses(t *testing.T) {
	x := newTrial(t, nil, "RATE_FACTOR", "0")
	for _, tt := range []struct{ path, want string }{
		{"/no/such", "没有这个页面"},
		{"/zh-hant/no/such", "沒有這個頁面"},
		{"/en/no/such", "There is no such page"},
	} {
		resp, body := x.ask(t, "GET", tt.path+"?q=%3Cscript%3E", "")
		if resp.StatusCode != 404 || !strings.Contains(body, tt.want) || !strings.Contains(body, `href="tel:02157770000"`) {
			t.Errorf("GET %s = %d %s", tt.path, resp.StatusCode, body)
		}
		if strings.Contains(body, "<script>") || strings.Contains(body, `rel="canonical"`) || !strings.Contains(body, "noindex") {
			t.Errorf("GET %s: %s", tt.path, body)
		}
	}
	if resp, _ := x.ask(t, "POST", "/healthz", ""); resp.StatusCode != 405 || !strings.Contains(resp.Header.Get("Allow"), "GET") {
		t.Errorf("POST /healthz = %d, Allow %q", resp.StatusCode, resp.Header.Get("Allow"))
	}
}

// TestErrorPageIsBroken: when even the error page cannot be made, the sentence is still there.
func TestErrorPageIsBroken(t *testing.T) {
	x := newTrial(t, []Route{{Method: "GET", Path: "/x", Handle: failing(errors.New("hunter2")), Kind: Page}})
	whole := x.renderer
	x.renderer = &Renderer{pages: nil}
	defer func() { x.renderer = whole }()
	resp, body := x.ask(t, "GET", "/x", "")
	if resp.StatusCode != 500 || !strings.HasPrefix(body, "刚才没办成") {
		t.Errorf("= %d %q", resp.StatusCode, body)
	}
	checkHeaders(t, "/x", resp, body)
	checkNoLeak(t, "/x", body)
}

// TestEveryErrorHasWords: each status has a title and a text in each language.
func TestEveryErrorHasWords(t *testing.T) {
	x := newTrial(t, nil)
	for _, tag := range lang.Tags {
		for status, name := range errorName {
			for _, part := range []string{"title", "text"} {
				if text, err := x.catalogue.In(tag).Say("error."+name+"."+part, "Seconds", 3); err != nil || text == "" {
					t.Errorf("%d in %s: %q, %v", status, tag, text, err)
				}
			}
		}
	}
}
