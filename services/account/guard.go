package account

import (
	"context"
	"encoding/hex"
	"net/netip"
	"time"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// Limits of guessing (NIST SP 800-63B-4, 3.2.2; security.md AUT-07).
const (
	freeTries    = 4 // failures without a wait
	maxPause     = 15 * time.Minute
	maxFailures  = 100 // in a row; then only a code, a reset or a known device opens the account
	clientMinute = 6
	clientHour   = 30
	factorTries  = 5 // wrong codes of a second factor before a pause
)

// guard counts what went wrong for one account, client or device. It lies in the store, so that a restart forgives nothing, and
// beside the account, so that guessing fills no trail. Clients, devices and names nobody has are counted in a fixed number of buckets
// by a signature: the collection cannot be made to grow, and no address can be read from it.
type guard struct {
	store.Meta
	Failures int       `json:"failures"` // in a row
	Until    time.Time `json:"until"`    // no try before
	Tries    []tick    `json:"tries"`    // of a client, in the last hour
	Asked    int64     `json:"asked"`    // how often it was refused; written so that a refusal takes as long as a try

	FactorFailures int       `json:"factor_failures"`
	FactorUntil    time.Time `json:"factor_until"`
	// Step is the last time step a code of the authenticator app was accepted for: each works once.
	Step int64 `json:"step"`
	// Signs are the signature counters of the passkeys by id.
	Signs  map[string]uint32 `json:"signs"`
	Reset  reset             `json:"reset"`
	Resets []tick            `json:"resets"` // links asked for in the last day
}

// tick is a moment in Unix milliseconds.
type tick int64

// pause is the wait after n failures in a row: none for the first four, then 1 s, 2 s … 15 min.
func pause(n int) time.Duration {
	if n <= freeTries {
		return 0
	}
	if d := time.Second << min(n-freeTries-1, 10); d < maxPause {
		return d
	}
	return maxPause
}

// waits reports whether until is still ahead. A moment further ahead than any pause was written by a clock that was wrong.
func waits(now, until time.Time) bool { return now.Before(until) && until.Sub(now) <= maxPause }

// bucket names the guard of something that is no account, one of 65,536 of its kind.
func (s *Service) bucket(kind string, data ...[]byte) string {
	mac := s.keys.MAC("guard "+kind, data...)
	return kind + ":" + hex.EncodeToString(mac[:2])
}

func guardOf(accountID string) string { return "account:" + accountID }

// clientOf is the part of an address that one customer of a network has: a whole IPv4 address, the first 64 bits of an IPv6 one.
func clientOf(a netip.Addr) netip.Prefix {
	a = a.Unmap()
	bits := 64
	if a.Is4() {
		bits = 32
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return netip.Prefix{}
	}
	return p
}

// area is what a session shows of an address: enough to tell home from elsewhere, too little to find a person.
func area(a netip.Addr) string {
	a = a.Unmap()
	bits := 48
	if a.Is4() {
		bits = 24
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.Masked().String()
}

// change updates a guard, which is made when it is not there.
func (s *Service) change(ctx context.Context, id string, change func(*guard) error) error {
	for {
		there := false
		_, err := s.guards.Update(ctx, id, 0, func(g *guard) error {
			there = true
			return change(g)
		})
		if there || !fault.Is(err, fault.NotFound) {
			return err
		}
		fresh := guard{Meta: store.Meta{ID: id}}
		if err := s.guards.Insert(ctx, &fresh); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
}

// try takes one try from an account, device or name before it is known whether it succeeds, so that many at once are no way around
// the limit. It reports whether the try may be made, and how many failures came before.
func (s *Service) try(ctx context.Context, id string) (allowed bool, before int, err error) {
	err = s.change(ctx, id, func(g *guard) error {
		now := s.now()
		before = g.Failures
		if allowed = !waits(now, g.Until) && g.Failures < maxFailures; !allowed {
			g.Asked++
			return nil
		}
		g.Failures++
		g.Until = now.Add(pause(g.Failures))
		return nil
	})
	return allowed, before, err
}

// succeeded forgets the failures of an account or device.
func (s *Service) succeeded(ctx context.Context, id string) error {
	err := s.change(ctx, id, func(g *guard) error {
		g.Failures, g.Until = 0, time.Time{}
		return nil
	})
	return err
}

// giveBack returns a try that was not used, because the server was too busy to look.
func (s *Service) giveBack(ctx context.Context, id string) {
	_ = s.change(context.WithoutCancel(ctx), id, func(g *guard) error {
		g.Failures = max(0, g.Failures-1)
		g.Until = time.Time{}
		return nil
	})
}

// clientTry counts a try of a client: fault.TooMany when it made six in the last minute or thirty in the last hour.
func (s *Service) clientTry(ctx context.Context, kind string, a netip.Addr) (id string, err error) {
	p := clientOf(a)
	raw, _ := p.MarshalBinary()
	id = s.bucket(kind, raw)
	over := false
	err = s.change(ctx, id, func(g *guard) error {
		now := tick(s.now().UnixMilli())
		recent := []tick{}
		minute := 0
		for _, t := range g.Tries {
			if age := time.Duration(now-t) * time.Millisecond; age >= 0 && age < time.Hour {
				recent = append(recent, t)
				if age < time.Minute {
					minute++
				}
			}
		}
		if over = minute >= clientMinute || len(recent) >= clientHour; !over {
			recent = append(recent, now)
		}
		g.Tries = recent
		return nil
	})
	if err == nil && over {
		err = fault.New(fault.TooMany, "account.too_many", nil)
	}
	return id, err
}

// clientBack takes back the last try of a client: it succeeded, or was never looked at.
func (s *Service) clientBack(ctx context.Context, id string) {
	_ = s.change(context.WithoutCancel(ctx), id, func(g *guard) error {
		if n := len(g.Tries); n > 0 {
			g.Tries = g.Tries[:n-1]
		}
		return nil
	})
}
