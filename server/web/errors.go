package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/api"
	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// statusOf is the one table from kinds of faults to HTTP.
var statusOf = map[fault.Kind]int{
	fault.Internal: 500, fault.NotFound: 404, fault.Invalid: 422, fault.Conflict: 409, fault.Forbidden: 403,
	fault.Unauthenticated: 401, fault.TooMany: 429, fault.Unavailable: 503,
}

// statusFor is the status of a fault. One fault has a status of its own: the disk is full, which is no matter of waiting a little.
func statusFor(f *fault.Error) int {
	if f.Key == "media.full" {
		return fiber.StatusInsufficientStorage
	}
	return statusOf[f.Kind]
}

// pauses are the seconds after which another try makes sense, for Retry-After, where a fault says which pause it is about.
var pauses = map[string]int{
	"account.busy": 5, "account.too_many": 300, "account.code.wait": 60, "account.code.spent": 86_400, "account.factor.wait": 900,
	"error.api_key.burst": 10, "media.busy": 60, "error.frozen": 600,
}

// words of an error by status: error.<name>.title and error.<name>.text in the catalogue.
var errorName = map[int]string{
	400: "unreadable", 401: "unauthenticated", 403: "forbidden", 404: "not_found", 405: "method", 408: "slow", 409: "conflict",
	413: "too_large", 414: "too_large", 410: "gone", 412: "precondition", 415: "encoding", 421: "host", 422: "invalid", 428: "precondition_missing", 429: "too_many", 431: "too_large",
	500: "internal", 503: "unavailable", 507: "unavailable",
}

// panicked is a panic as an error: for the log only, and short.
type panicked struct {
	value string
	stack string
}

func newPanicked(p any) *panicked {
	stack := string(debug.Stack())
	// The frames above the panic are the recovery's own.
	if _, after, ok := strings.Cut(stack, "\npanic("); ok {
		stack = after
	}
	return &panicked{fmt.Sprint(p), stack[:min(len(stack), maxField)]}
}

func (p *panicked) Error() string { return "panic: " + p.value }

// ended is the error of a link that was good once: 410 instead of 404.
type ended struct{ cause error }

func (e *ended) Error() string { return e.cause.Error() }
func (e *ended) Unwrap() error { return e.cause }

// outcome is what an error means to the one who asked.
type outcome struct {
	status int
	key    string // a sentence of its own, where the catalogue has one
	fields []fault.Field
	wait   int // seconds; 0: none
}

// judge classifies err. Unknown errors are ours, and so is a deadline that passed.
func judge(err error) outcome {
	var o outcome
	fe, isFault := errors.AsType[*fault.Error](err)
	fiberErr, isFiber := errors.AsType[*fiber.Error](err)
	l, isLimited := errors.AsType[*limited](err)
	switch {
	case isFault:
		o.status, o.key, o.fields, o.wait = statusFor(fe), fe.Key, fe.Fields, pauses[fe.Key]
	case isFiber && errorName[fiberErr.Code] != "":
		o.status = fiberErr.Code
	case isFiber && fiberErr.Code < 500:
		o.status = fiber.StatusBadRequest
	case errors.Is(err, context.DeadlineExceeded):
		o.status = fiber.StatusServiceUnavailable
	default:
		o.status = fiber.StatusInternalServerError
	}
	if isLimited {
		o.wait = l.seconds
	}
	if _, ok := errors.AsType[*ended](err); ok {
		o.status = fiber.StatusGone
	}
	if r, ok := errors.AsType[*api.Refused](err); ok {
		o.status = r.Status
	}
	return o
}

// expected reports whether an answer of 500 and more is none of our mistakes: the log has no error and people no number to read out.
func (o outcome) expected() bool { return o.key == "error.frozen" }

// title and text are the keys of the words of an outcome: its own for one that is none of our mistakes, those of the status otherwise.
func (o outcome) title() string {
	if o.expected() {
		return "error.frozen.title"
	}
	return "error." + errorName[o.status] + ".title"
}

func (o outcome) text() string {
	if o.expected() {
		return "error.frozen.text"
	}
	return "error." + errorName[o.status] + ".text"
}

// fail turns err into the answer: a page, or problem details where a program asks. Nothing of err itself is in it.
func (s *Site) fail(c *fiber.Ctx, err error) {
	r := Of(c)
	if r.route == nil {
		r.Lang, _ = lang.FromPath(c.Path())
	}
	o := judge(err)
	if r.expected = o.expected(); o.status >= 500 && !r.expected {
		r.err = err
	}
	c.Response().ResetBody()
	h := &c.Response().Header
	for _, k := range []string{fiber.HeaderETag, fiber.HeaderContentEncoding, fiber.HeaderLastModified, fiber.HeaderSetCookie, fiber.HeaderLocation} {
		h.Del(k)
	}
	h.Set(fiber.HeaderCacheControl, "no-store")
	if o.wait > 0 {
		h.Set(fiber.HeaderRetryAfter, fmt.Sprint(o.wait))
	}
	c.Status(o.status)
	if wantsProblem(c, r) {
		s.problem(c, r, o)
		return
	}
	page := s.errorPage(c, r, o)
	if err := s.renderer.HTML(c, r.Lang, "error", page); err != nil {
		// The page about an error is broken itself: say the sentence alone.
		r.err = errors.Join(r.err, err)
		c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
		c.Response().SetBodyString(page.Title + "\n" + page.Code + "\n")
	}
}

// wantsProblem says whether the answer is read by a program.
func wantsProblem(c *fiber.Ctx, r *Request) bool {
	if r.route != nil && r.route.Kind == API || strings.HasPrefix(c.Path(), "/api/") {
		return true
	}
	accept := c.Get(fiber.HeaderAccept)
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// Problem is an error as RFC 9457 has it.
type Problem struct {
	Type     string         `json:"type"`
	Title    string         `json:"title"`
	Status   int            `json:"status"`
	Detail   string         `json:"detail,omitempty"`
	Instance string         `json:"instance"` // names the request in our log
	Errors   []ProblemField `json:"errors,omitempty"`
}

// ProblemField is one wrong field of the input.
type ProblemField struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func (s *Site) problem(c *fiber.Ctx, r *Request, o outcome) {
	name := errorName[o.status]
	p := Problem{
		Type: "/api#" + strings.ReplaceAll(name, "_", "-"), Title: http.StatusText(o.status), Status: o.status,
		Detail: s.say(r, o.title(), nil), Instance: "urn:shangquan:request:" + r.ID,
	}
	if words := s.catalogue.In(r.Lang); words.Has(o.key) {
		if text, err := words.With(o.key, nil); err == nil { // one that needs more than its key says is said at its field
			p.Detail = text
		}
	}
	for _, f := range o.fields {
		p.Errors = append(p.Errors, ProblemField{f.Name, s.say(r, f.Key, f.Args)})
	}
	body, err := json.Marshal(p)
	if err != nil {
		r.err = errors.Join(r.err, err)
	}
	c.Set(fiber.HeaderContentType, "application/problem+json; charset=utf-8")
	c.Response().SetBody(body)
}

// say returns a sentence of the catalogue; one that is missing is our fault, so the log gets it and people the general one.
func (s *Site) say(r *Request, key string, args map[string]any) string {
	text, err := s.catalogue.In(r.Lang).With(key, args)
	if err != nil {
		r.err = errors.Join(r.err, err)
		text, _ = s.catalogue.In(r.Lang).Say("error.invalid.title")
	}
	return text
}

// errorPage is what templates/pages/error.html is given.
type errorPage struct {
	Base   ui.Base
	Title  string
	Text   string
	Fields []string
	// Code is what people read out on the phone; empty when the trouble is not ours.
	Code string
	// Again is what was sent, to be sent again; nil: there is nothing to send.
	Again *ui.Form
}

func (s *Site) errorPage(c *fiber.Ctx, r *Request, o outcome) errorPage {
	p := errorPage{
		Title: s.say(r, o.title(), nil),
		Text:  s.say(r, o.text(), map[string]any{"Seconds": o.wait}),
	}
	if s.catalogue.In(r.Lang).Has(o.key) {
		p.Text = s.say(r, o.key, nil)
	}
	for _, f := range o.fields {
		p.Fields = append(p.Fields, s.say(r, f.Key, f.Args))
	}
	if o.status >= 500 && !o.expected() {
		p.Code = r.ID[:4] + "-" + r.ID[4:]
	}
	if o.status >= 500 || o.status == fiber.StatusTooManyRequests {
		p.Again = s.again(c, o.status)
	}
	p.Base = s.Base(c, p.Title)
	p.Base.NoIndex, p.Base.Canonical, p.Base.Alternates = true, "", nil
	return p
}

// unmatched answers where no route is: a slip with the slash is put right, the rest is 404 or 405.
func (s *Site) unmatched(c *fiber.Ctx) error {
	r := Of(c)
	if wait := s.limits.take(r.Client, Public, s.now()); wait > 0 {
		return tooMany(wait)
	}
	if m := c.Method(); m == fiber.MethodGet || m == fiber.MethodHead {
		if to := slash(c.Path()); to != "" && safeBack(to) {
			if q := string(c.Request().URI().QueryString()); q != "" {
				to += "?" + q
			}
			return c.Redirect(to, fiber.StatusPermanentRedirect)
		}
	}
	return c.Next()
}

// slash returns the address that path was meant to be, "" when it is not about the slash at its end.
func slash(path string) string {
	switch {
	case isPrefix(path):
		return path + "/"
	case path == "/" || isPrefix(strings.TrimSuffix(path, "/")) || !strings.HasSuffix(path, "/"):
		return ""
	}
	return strings.TrimRight(path, "/")
}

func isPrefix(path string) bool {
	t, rest := lang.FromPath(path)
	return t != lang.Hans && rest == "/" && path == t.Prefix()
}

// unparsed answers what never became a request: framing the server cannot read, too large, too slow, an unknown method.
func (s *Site) unparsed(c *fiber.Ctx, err error) error {
	r := &Request{ID: newID(), Lang: lang.Hans, Client: s.clientAddr(c.Context()), start: s.now()}
	c.Locals(requestKey{}, r)
	s.secure(c)
	o := judge(err)
	c.Response().Header.Set("X-Request-Id", r.ID)
	c.Response().Header.Set(fiber.HeaderCacheControl, "no-store")
	c.Status(o.status)
	s.problem(c, r, o)
	s.finish(c, r)
	return nil
}
