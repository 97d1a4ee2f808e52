package account

import (
	"context"
	"errors"
	"runtime"
	"sync/atomic"
	"time"

	"shangquan/services/fault"
)

// Hashing costs 19 MiB and 28 ms each, so only so many run at once and only so many wait: without this, 200 sign-ins at the same
// moment took 3.7 GB.
const (
	maxQueue = 64
	maxWait  = 3 * time.Second
)

// hasher lets a bounded number of password hashes run.
type hasher struct {
	slots   chan struct{}
	waiting atomic.Int64
	wait    time.Duration
	cost    params
	// dummy is compared with when there is nothing else to compare with, so that an unknown name costs what a known one does.
	dummy string
}

func newHasher(cost params) *hasher {
	return &hasher{slots: make(chan struct{}, max(2, runtime.GOMAXPROCS(0))), wait: maxWait, cost: cost, dummy: unmatched(cost)}
}

func busy(cause string) error {
	return fault.New(fault.Unavailable, "account.busy", errors.New("account: "+cause))
}

// enter waits for a slot: fault.Unavailable "account.busy" when too many wait already or it takes too long.
func (h *hasher) enter(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	defer h.waiting.Add(-1)
	if h.waiting.Add(1) > maxQueue {
		return busy("too many passwords wait to be hashed")
	}
	timer := time.NewTimer(h.wait)
	defer timer.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return busy("a password waited too long to be hashed")
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) leave() { <-h.slots }

// hash returns the PHC form of a normalised password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.enter(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return derive(password, h.cost), nil
}

// check compares a password with a stored hash; an empty hash is compared all the same, and never matches.
func (h *hasher) check(ctx context.Context, phc, password string) (ok, weak bool, err error) {
	if err := h.enter(ctx); err != nil {
		return false, false, err
	}
	defer h.leave()
	if phc == "" {
		_, _, err = matches(h.dummy, password)
		return false, false, err
	}
	ok, p, err := matches(phc, password)
	return ok, p.memory < h.cost.memory || p.passes < h.cost.passes, err
}
