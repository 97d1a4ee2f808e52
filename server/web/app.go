package web

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"shangquan/services/rescue"
)

// The limits of a connection. A header larger than the read buffer is answered 431.
const (
	bodyLimit      = 64 << 10
	headerLimit    = 8 << 10
	readTime       = 10 * time.Second
	uploadTime     = 60 * time.Second // for bodies beyond bodyLimit
	writeTime      = 30 * time.Second
	idleTime       = 30 * time.Second
	maxConns       = 2_000
	maxConnsPeer   = 100
	shutdownTime   = 20 * time.Second
	maxAddress     = 2 << 10 // bytes of an address that is kept or redirected to
	noBodyExpected = 1       // fasthttp reads 0 as "the default"
)

func (s *Site) newApp() *fiber.App {
	proxies := make([]string, 0, len(s.config.TrustedProxies))
	for _, p := range s.config.TrustedProxies {
		proxies = append(proxies, p.String())
	}
	app := fiber.New(fiber.Config{
		// Without it the strings of Params, Query, Get, Cookies … change when the connection's next request arrives, and the
		// page cache and the log keep them longer.
		Immutable:     true,
		CaseSensitive: true, StrictRouting: true,
		BodyLimit: bodyLimit, ReadBufferSize: headerLimit, Concurrency: maxConns,
		ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		EnableTrustedProxyCheck: true, TrustedProxies: proxies, ProxyHeader: "X-Real-IP",
		DisablePreParseMultipartForm: true,
		DisableStartupMessage:        true,
		ErrorHandler:                 s.unparsed,
	})
	server := app.Server()
	server.NoDefaultContentType = true
	if len(s.config.TrustedProxies) == 0 {
		server.MaxConnsPerIP = maxConnsPeer // behind a proxy every peer is the proxy
	}
	server.HeaderReceived = bodyLimits(s.routes)
	// Fiber answers a method it does not know by itself, without our headers.
	next := server.Handler
	server.Handler = func(c *fasthttp.RequestCtx) {
		if !knownMethod(c.Method()) {
			ctx := app.AcquireCtx(c)
			defer app.ReleaseCtx(ctx)
			_ = s.unparsed(ctx, fiber.ErrMethodNotAllowed)
			return
		}
		next(c)
	}
	app.Use(s.observe, s.guard)
	return app
}

var methods = [][]byte{
	[]byte("GET"), []byte("HEAD"), []byte("POST"), []byte("PUT"), []byte("PATCH"), []byte("DELETE"), []byte("OPTIONS"),
}

func knownMethod(m []byte) bool {
	for _, k := range methods {
		if bytes.Equal(k, m) {
			return true
		}
	}
	return false
}

// observe is the outermost layer: only here is the outcome of a request known, however it ended.
//
//	observe   request id, security headers, recover, the error as an answer, log line, metrics
//	guard     encoded bodies 415, foreign hosts 421
//	enter     of a route: language, rate limit
//	cached    of a cached route: the stored bytes or 304
//	sameOrigin, deadline
//	admit     who asks, whether they may, and that a form is one of ours
//	handler
func (s *Site) observe(c *fiber.Ctx) error {
	s.secure(c)
	r := s.begin(c)
	if err := s.recovered(c); err != nil {
		s.writeRefusal(c, err)
		s.fail(c, err)
	}
	s.finish(c, r)
	return nil
}

// recovered runs the rest of the chain and turns a panic into an error.
func (s *Site) recovered(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = newPanicked(p)
			s.metrics.panics.Inc()
		}
	}()
	return c.Next()
}

// Serve answers on ln until ctx ends, then lets the requests under way finish, for at most 20 s.
func (s *Site) Serve(ctx context.Context, ln net.Listener) error {
	failed := make(chan error, 1)
	rescue.Go(s.log.Logger, "listener", func() {
		failed <- rescue.Do(func() error { return s.app.Listener(&patient{Listener: ln, log: s.log.Logger}) })
	})
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	close(s.down) // readiness first, so that a balancer sends nothing more
	s.log.Info("stopping", slog.Duration("at_most", shutdownTime))
	err := s.app.ShutdownWithTimeout(shutdownTime)
	s.give()
	return errors.Join(err, <-failed)
}
