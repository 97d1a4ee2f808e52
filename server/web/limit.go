package web

import (
	"net/netip"
	"sync"
	"time"

	"shangquan/services/fault"
)

// Rate is what a request costs, as a class of its own count.
type Rate uint8

// The rates per client. Pages and everything else that is public count together; assets do not, since a first visit asks
// for many at once and they never reach a service. What an account sends is counted for the account besides, wherever it is sent from.
const (
	Public    Rate = iota // 50 in 10 s, 200 in a minute
	Search                // 30 in 10 s
	Typing                // 60 in 10 s: words completed while somebody types, so that they leave searches to search with
	Write                 // 30 in a minute
	Report                // 5 in an hour
	Pictures              // 300 in 10 s: photos, of which a page may have thirty
	Upload                // 10 in a minute
	Dumps                 // 10 in a minute: files of everything
	Claims                // 3 in an hour, of those that are taken: a mistake in the form costs none
	Unlimited             // assets and health
)

type window struct {
	n   int
	per time.Duration
}

var windows = [...][]window{
	Public: {{50, 10 * time.Second}, {200, time.Minute}},
	Search: {{30, 10 * time.Second}, {200, time.Minute}},
	Typing: {{60, 10 * time.Second}, {300, time.Minute}},
	Write:  {{30, time.Minute}},
	Report: {{5, time.Hour}},

	Pictures: {{300, 10 * time.Second}, {1200, time.Minute}},
	Upload:   {{10, time.Minute}},
	Dumps:    {{10, time.Minute}},
	Claims:   {{3, time.Hour}},
}

// limitKeys bounds the memory: under 10 MB when full. The client asked for longest ago is forgotten first.
const limitKeys = 50_000

// limitKey is whose requests of one class are counted: those of a client, or of an account.
type limitKey struct {
	who     netip.Addr
	account string
	rate    Rate
}

type limitCount struct {
	start [2]time.Time
	n     [2]int32
}

type limits struct {
	factor int // 0: no limits
	mu     sync.Mutex
	counts *lru[limitKey, *limitCount]
}

func newLimits(factor int) *limits {
	return &limits{factor: factor, counts: newLRU[limitKey, *limitCount](limitKeys)}
}

// take counts one request of a client and returns how long it has to wait, 0 when it may go on. An IPv6 household has a whole
// /64 to choose addresses from, so that counts as one.
func (l *limits) take(who netip.Addr, rate Rate, now time.Time) time.Duration {
	return l.count(limitKey{who: household(who), rate: rate}, now)
}

func household(who netip.Addr) netip.Addr {
	if who.Is6() {
		if p, err := who.Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return who
}

// takeBy counts one request of an account, as take does of a client.
func (l *limits) takeBy(account string, rate Rate, now time.Time) time.Duration {
	return l.count(limitKey{account: account, rate: rate}, now)
}

func (l *limits) count(key limitKey, now time.Time) time.Duration {
	rate := key.rate
	if l.factor == 0 || rate == Unlimited {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	c, ok := l.counts.get(key)
	if !ok {
		c = &limitCount{}
		l.counts.put(key, c, 1)
	}
	var wait time.Duration
	for i, w := range windows[rate] {
		// A clock that was set back starts a new window instead of locking people out.
		if gone := now.Sub(c.start[i]); gone >= w.per || gone < 0 {
			c.start[i], c.n[i] = now, 0
		}
		if int(c.n[i]) >= w.n*l.factor {
			wait = max(wait, w.per-now.Sub(c.start[i]))
		}
	}
	if wait == 0 {
		for i := range windows[rate] {
			c.n[i]++
		}
	}
	return wait
}

// back takes one request out of each count: it came to nothing.
func (l *limits) back(keys ...limitKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, key := range keys {
		key.who = household(key.who)
		if c, ok := l.counts.get(key); ok {
			for i := range windows[key.rate] {
				c.n[i] = max(0, c.n[i]-1)
			}
		}
	}
}

// limited is the refusal; it knows how long to wait, for the header and the sentence.
type limited struct {
	seconds int
	cause   *fault.Error
}

func tooMany(wait time.Duration) error { return tooManyOf("error.too_many", wait) }

// tooManyOf refuses with a sentence of its own.
func tooManyOf(key string, wait time.Duration) error {
	return &limited{int((wait + time.Second - 1) / time.Second), fault.New(fault.TooMany, key, nil)}
}

func (l *limited) Error() string { return l.cause.Error() }
func (l *limited) Unwrap() error { return l.cause }
