package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/valyala/fasthttp"
	"golang.org/x/sync/singleflight"

	"shangquan/frontend"
	"shangquan/services/directory"
)

// cacheBytes bounds the page cache. A page of 20 KB with one encoding counts about 30 KB.
const cacheBytes = 24 << 20

// pageCache keeps whole answers. The key holds everything an answer may depend on, so nothing is ever made invalid. What is
// left of the last minute is not asked for any more and goes at once.
type pageCache struct {
	mu           sync.Mutex
	minute       int64 // of pages
	pages        *lru[string, *page]
	making       singleflight.Group
	hits, misses atomic.Int64
}

func newPageCache(size int) *pageCache { return &pageCache{pages: newLRU[string, *page](size)} }

// put keeps a page made in a minute since 1970.
func (p *pageCache) put(minute int64, key string, made *page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case minute == p.minute-1:
		return // begun before the minute turned
	case minute != p.minute:
		p.minute, p.pages = minute, newLRU[string, *page](p.pages.max)
	}
	p.pages.put(key, made, made.cost())
}

func (p *pageCache) bytes() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pages.used
}

// page is one answer in every encoding that was asked for.
type page struct {
	contentType  string
	cacheControl string
	body         []byte
	tag          string // without quotes
	encoded      map[frontend.Encoding]func() []byte
	tags         map[frontend.Encoding]string
	counted      *tally
}

func newPage(c *fiber.Ctx) *page {
	h := &c.Response().Header
	body := bytes.Clone(c.Response().Body())
	sum := sha256.Sum256(body)
	p := &page{
		contentType: string(h.ContentType()), cacheControl: string(h.Peek(fiber.HeaderCacheControl)), body: body,
		tag: base64.RawURLEncoding.EncodeToString(sum[:12]), counted: Of(c).counted,
	}
	if p.cacheControl == "" {
		p.cacheControl = "no-cache"
	}
	p.encoded = map[frontend.Encoding]func() []byte{
		frontend.Identity: func() []byte { return body },
		frontend.Zstd: sync.OnceValue(func() []byte {
			// The encoder wants room for what cannot be compressed; what stays has the room it needs.
			room := encoding.Get().(*[]byte) //nolint:forcetypeassert // nothing else is in it
			defer encoding.Put(room)
			*room = zstdWriter.EncodeAll(body, (*room)[:0])
			return bytes.Clone(*room)
		}),
		frontend.Brotli: sync.OnceValue(func() []byte {
			return squeeze(body, func(b *bytes.Buffer) closer { return brotli.NewWriterLevel(b, brotliLevel) })
		}),
		frontend.Gzip: sync.OnceValue(func() []byte { return squeeze(body, func(b *bytes.Buffer) closer { return gzip.NewWriter(b) }) }),
	}
	p.tags = map[frontend.Encoding]string{frontend.Identity: `"` + p.tag + `"`}
	for _, e := range forPages {
		p.tags[e] = `"` + p.tag + "-" + string(e) + `"`
	}
	return p
}

// cost estimates what the page keeps in memory: itself, about a quarter for each of two encodings, and the bookkeeping.
func (p *page) cost() int { return len(p.body)*3/2 + 2<<10 }

type closer interface {
	Write(p []byte) (int, error)
	Close() error
}

// brotliLevel 5 is where the curve bends: a third of the time of level 7 for 2 % more bytes.
const brotliLevel = 5

var zstdWriter = func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(128<<10))
	if err != nil {
		panic(err) // the options are constants
	}
	return w
}()

// encoding lends out room to encode pages in.
var encoding = sync.Pool{New: func() any { return new([]byte) }}

func squeeze(body []byte, to func(*bytes.Buffer) closer) []byte {
	var b bytes.Buffer
	w := to(&b)
	_, _ = w.Write(body) // a buffer does not fail
	_ = w.Close()
	return b.Bytes()
}

// errNotKept says that the handler answered with something that is only for the one who asked, or only for now: a redirect, a
// cookie, a page that says no-store.
var errNotKept = errors.New("answer is not kept")

// cached answers from the page cache and fills it. However many ask for a page that is not there, one of them makes it.
func (s *Site) cached(p *pattern) fiber.Handler {
	names := slices.Sorted(slices.Values(p.Query))
	return func(c *fiber.Ctx) error {
		r := Of(c)
		var room [256]byte
		raw := s.cacheKey(room[:0], c, r, names)
		if raw == nil {
			return s.uncached(c, r)
		}
		s.cache.mu.Lock()
		found, ok := s.cache.pages.get(string(raw))
		s.cache.mu.Unlock()
		if ok {
			s.cache.hits.Add(1)
			s.count(c, found.counted)
			return found.send(c)
		}
		key, mine := string(raw), false
		made, err, _ := s.cache.making.Do(key, func() (any, error) {
			s.cache.mu.Lock()
			late, ok := s.cache.pages.get(key)
			s.cache.mu.Unlock()
			if ok { // it was put there after this one had looked
				return late, nil
			}
			mine = true
			s.cache.misses.Add(1)
			if err := s.recoveredDeadline(c); err != nil {
				return nil, err
			}
			if c.Response().StatusCode() != fiber.StatusOK || len(c.Response().Header.Peek(fiber.HeaderSetCookie)) > 0 || r.err != nil ||
				bytes.Contains(c.Response().Header.Peek(fiber.HeaderCacheControl), []byte("no-store")) {
				return nil, errNotKept
			}
			made := newPage(c)
			s.cache.put(minuteOf(r), key, made)
			return made, nil
		})
		switch {
		case err == nil:
			s.count(c, made.(*page).counted)
			return made.(*page).send(c)
		case !errors.Is(err, errNotKept):
			return err
		case mine:
			s.count(c, r.counted)
			return nil
		}
		return s.uncached(c, r)
	}
}

// uncached answers with what is only for this one request.
func (s *Site) uncached(c *fiber.Ctx, r *Request) error {
	err := s.deadline(c)
	if err == nil {
		s.count(c, r.counted)
	}
	return err
}

// recoveredDeadline keeps a panic of the one who makes the page from reaching those who wait for it.
func (s *Site) recoveredDeadline(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = newPanicked(p)
			s.metrics.panics.Inc()
		}
	}()
	return s.deadline(c)
}

func minuteOf(r *Request) int64 { return r.start.Unix() / 60 }

// cacheKey appends to b everything an answer may depend on: path (with the language), the parameters the route reads, theme,
// size, the minute (open or closed is a matter of minutes) and the data revision. Values carry their length, so that no value
// can pass for two. It is nil for an address too long to keep.
func (s *Site) cacheKey(b []byte, c *fiber.Ctx, r *Request, names []string) []byte {
	rev, err := s.revision(s.moment.in(s.base))
	if err != nil {
		return nil // the handler will say what is wrong
	}
	b = binary.AppendVarint(b, minuteOf(r))
	part := func(v []byte) {
		b = binary.AppendUvarint(b, uint64(len(v)))
		b = append(b, v...)
	}
	part([]byte(rev))
	part([]byte(r.Theme))
	part([]byte(r.Size))
	part(c.Request().URI().PathOriginal())
	if len(c.Request().URI().QueryString()) > 0 {
		args := c.Request().URI().QueryArgs()
		if asksMore(args, names) {
			return nil // the handler says that it does not know the parameter
		}
		for _, n := range names {
			values := args.PeekMulti(n)
			if len(values) == 0 {
				continue
			}
			part([]byte(n))
			b = binary.AppendUvarint(b, uint64(len(values)))
			for _, v := range values {
				part(v)
			}
		}
	}
	if len(b) > maxAddress {
		return nil
	}
	return b
}

// asksMore reports whether there are parameters beside those that change the answer and those that say how people came by the address.
func asksMore(args *fasthttp.Args, names []string) bool {
	for k := range args.All() {
		if !slices.Contains(names, string(k)) && !directory.Carried(string(k)) {
			return true
		}
	}
	return false
}

// send answers with the page, or with 304 where the client has it.
func (p *page) send(c *fiber.Ctx) error {
	coding := negotiate(c.Request().Header.Peek(fiber.HeaderAcceptEncoding), forPages)
	h := &c.Response().Header
	h.Set(fiber.HeaderETag, p.tags[coding])
	h.Set(fiber.HeaderCacheControl, p.cacheControl)
	h.Set(fiber.HeaderVary, "Cookie, Accept-Encoding")
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), p.tags[coding]) {
		c.Response().ResetBody()
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(p.contentType)
	if coding != frontend.Identity {
		h.Set(fiber.HeaderContentEncoding, string(coding))
	}
	c.Response().SetBodyRaw(p.encoded[coding]())
	return nil
}
