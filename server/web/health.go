package web

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/services/rescue"
)

// readyTime is how long the store may take to say that it is there.
const readyTime = 2 * time.Second

// healthz: GET /healthz. The process lives; nothing else is asked, so that a sick store does not make a balancer kill us.
func (s *Site) healthz(c *fiber.Ctx) error { return plain(c, fiber.StatusOK, "ok\n") }

// readyz: GET /readyz. 200 while the store answers and the server is not stopping. A search engine that is down makes the
// site poorer, not unready: visitors are still served. Which part ails is said on the private listener only.
func (s *Site) readyz(c *fiber.Ctx) error {
	if s.isReady(c.UserContext()) {
		return plain(c, fiber.StatusOK, "ready\n")
	}
	return plain(c, fiber.StatusServiceUnavailable, "not ready\n")
}

func (s *Site) isReady(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, readyTime)
	defer cancel()
	return !s.stopping() && s.ready(ctx) == nil
}

func (s *Site) stopping() bool {
	select {
	case <-s.down:
		return true
	default:
		return false
	}
}

// askParts asks the store and every other part at once, each for as long as the store may take: one that hangs says nothing of the others.
func (s *Site) askParts(ctx context.Context) map[string]error {
	ask := maps.Clone(s.parts)
	if ask == nil {
		ask = map[string]func(context.Context) error{}
	}
	ask["store"] = s.ready
	var mu sync.Mutex
	var all rescue.Group
	answers := map[string]error{}
	for name, f := range ask {
		all.Go(func() error {
			ctx, cancel := context.WithTimeout(ctx, readyTime)
			defer cancel()
			err := rescue.Do(func() error { return f(ctx) })
			mu.Lock()
			defer mu.Unlock()
			answers[name] = err
			return nil
		})
	}
	_ = all.Wait()
	return answers
}

func plain(c *fiber.Ctx, status int, text string) error {
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Status(status).SendString(text)
}
