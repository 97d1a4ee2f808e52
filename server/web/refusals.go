package web

import (
	"context"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
)

// refusalsKept is how many refusals a minute stand in the trail, for each server: enough to see that somebody tries doors, too few
// to fill it. What was left out is counted in the next one.
const refusalsKept = 20

// refusalTime is how long the writing of one may take.
const refusalTime = 2 * time.Second

// refusals meters what is written down.
type refusals struct {
	mu      sync.Mutex
	minute  time.Time
	kept    int
	dropped int
}

// take reports whether one more may be written, and how many were left out before it.
func (r *refusals) take(now time.Time) (ok bool, dropped int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m := now.Truncate(time.Minute); !m.Equal(r.minute) {
		r.minute, r.kept = m, 0
	}
	if r.kept == refusalsKept {
		r.dropped++
		return false, 0
	}
	r.kept++
	dropped, r.dropped = r.dropped, 0
	return true, dropped
}

// writeRefusal writes to the trail that somebody who is signed in was refused something, or that a form was not ours (AUD-01).
// Visitors who find a door closed are led to the sign-in and are no news.
func (s *Site) writeRefusal(c *fiber.Ctx, err error) {
	r := Of(c)
	if s.services.Trail == nil || r.route == nil {
		return
	}
	act, denied := access.Refused(err)
	why := "not granted"
	if f, ok := errors.AsType[*fault.Error](err); ok {
		switch f.Key {
		case "error.form.token", "error.page.cross_site":
			act, denied, why = r.route.Needs, true, "a form that is not ours"
		case "error.second_factor", "error.sudo", "error.sign_in":
			denied = false // they are shown the way
		}
	}
	if !denied || !r.Actor.Known() {
		return
	}
	ok, dropped := s.refusals.take(s.now())
	if !ok {
		return
	}
	if dropped > 0 {
		why += ", and " + strconv.Itoa(dropped) + " more left out"
	}
	ctx, cancel := context.WithTimeout(s.base, refusalTime) // the request has had its time
	defer cancel()
	err = s.services.Trail.Event(ctx, r.Actor, audit.Event{Action: act, Object: audit.Ref{Kind: "page", ID: r.route.Method + " " + r.route.Path}, Result: "refused", Why: why})
	if err != nil {
		s.log.ErrorContext(ctx, "a refusal is not on record", "id", r.ID, "error", err)
	}
}
