package insight

import (
	"encoding/binary"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"
)

// Kind is what somebody did.
type Kind uint8

// The kinds, in the order of Counts.
const (
	View  Kind = iota // looked at the shop's page
	Found             // was shown the shop among the results of a search
	Call              // tapped the phone number
	Go                // asked for the way
	Site              // opened the shop's own website
	kinds
)

// Counts is how often, by kind. Each visitor counts once a day and kind.
type Counts struct {
	View  int `json:"view"`
	Found int `json:"found"`
	Call  int `json:"call"`
	Go    int `json:"go"`
	Site  int `json:"site"`
}

func (c *Counts) of(k Kind) *int {
	return [kinds]*int{&c.View, &c.Found, &c.Call, &c.Go, &c.Site}[k]
}

// Add adds what was counted elsewhere, or at another time.
func (c *Counts) Add(d Counts) {
	for k := range kinds {
		*c.of(k) += *d.of(k)
	}
}

const (
	shards = 64
	// seenLimit bounds the memory for telling repeats from news: under 64 MB, reached by two million different things seen in a
	// day. Beyond it nothing new counts until midnight, so that a flood can neither raise a number nor fill the memory.
	seenLimit = 2_000_000 / shards
)

// Counter counts in memory. It is meant for the hot path: pages note what happens and go on; Service.Flush takes it from there.
type Counter struct {
	today  atomic.Pointer[day]
	shards [shards]shard
	words  words
	missed words // what no listing was found for
}

// day is what is thrown away at midnight.
type day struct {
	date string // YYYY-MM-DD in the zone of the district
	seed maphash.Seed
}

type shard struct {
	mu     sync.Mutex
	seen   map[uint64]struct{} // hashes of visitor, kind and listing
	counts map[cell]int        // not yet written
	_      [24]byte            // keeps two shards off one cache line
}

type cell struct {
	listing string
	kind    Kind
}

func newCounter(date string) *Counter {
	c := &Counter{}
	c.turn(date)
	return c
}

// turn begins a day: yesterday's salt and hashes are gone.
func (c *Counter) turn(date string) {
	c.today.Store(&day{date, maphash.MakeSeed()})
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		s.seen = map[uint64]struct{}{}
		if s.counts == nil {
			s.counts = map[cell]int{}
		}
		s.mu.Unlock()
	}
	c.words.turn()
	c.missed.turn()
}

// Note counts that the visitor did this to the listing, once a day. The listing is one that exists; the zero Visitor does nothing.
func (c *Counter) Note(k Kind, listingID string, v Visitor) {
	if v == 0 || k >= kinds || listingID == "" {
		return
	}
	h := c.hash(k, listingID, v)
	s := &c.shards[h%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.first(h) {
		return
	}
	at := cell{listingID, k}
	n, known := s.counts[at]
	if !known {
		at.listing = strings.Clone(listingID) // may be part of a page
	}
	s.counts[at] = n + 1
}

// once reports whether the visitor does this for the first time today.
func (c *Counter) once(k Kind, what string, v Visitor) bool {
	h := c.hash(k, what, v)
	s := &c.shards[h%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.first(h)
}

// again forgets that the visitor did this.
func (c *Counter) again(k Kind, what string, v Visitor) {
	h := c.hash(k, what, v)
	s := &c.shards[h%shards]
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.seen, h)
}

// first reports whether a thing was not seen today, and remembers it; not when too much was seen. The shard is locked.
func (s *shard) first(h uint64) bool {
	if _, old := s.seen[h]; old || len(s.seen) >= seenLimit {
		return false
	}
	s.seen[h] = struct{}{}
	return true
}

// hash tells one thing that a visitor did from all others of the day.
func (c *Counter) hash(k Kind, listingID string, v Visitor) uint64 {
	seed := c.today.Load().seed
	var b [17]byte
	binary.LittleEndian.PutUint64(b[:], uint64(v))
	binary.LittleEndian.PutUint64(b[8:], maphash.String(seed, listingID))
	b[16] = byte(k)
	return maphash.Bytes(seed, b[:])
}

// take empties the counter into a sum by listing.
func (c *Counter) take() map[string]*gain {
	out := map[string]*gain{}
	of := func(id string) *gain {
		if out[id] == nil {
			out[id] = &gain{}
		}
		return out[id]
	}
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		for at, n := range s.counts {
			*of(at.listing).counts.of(at.kind) += n
		}
		clear(s.counts)
		s.mu.Unlock()
	}
	c.words.take(func(listing, word string, n int) {
		of(listing).words = append(of(listing).words, Word{word, n})
	})
	return out
}

// gain is what one listing has to be given.
type gain struct {
	counts Counts
	words  []Word
}
