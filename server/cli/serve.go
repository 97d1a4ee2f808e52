package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/server/api"
	"shangquan/server/config"
	"shangquan/server/web"
	"shangquan/services/rescue"
	"shangquan/services/sample"
)

// catalogue is the words of the site; a process reads them once.
var catalogue = sync.OnceValues(func() (*locales.Catalogue, error) { return locales.Load(frontend.FS) })

// serve answers until ctx ends.
func (p program) serve(ctx context.Context, o *options) (err error) {
	c, err := load(o, func(f config.Finding) { _, _ = fmt.Fprintln(p.Err, f) })
	if err != nil {
		return err
	}
	assets, err := frontend.Load()
	if err != nil {
		return err
	}
	// Parsing the words and the pages takes as long as reading a small district; neither waits for the other.
	var renderer *web.Renderer
	var parsing rescue.Group
	parsing.Go(func() error {
		words, err := catalogue()
		if err == nil {
			renderer, err = web.NewRenderer(frontend.FS, words, assets)
		}
		return err
	})
	defer func() { _ = parsing.Wait() }()
	log := web.NewLog(p.Err, c.LogLevel)
	defer func() { err = errors.Join(err, log.Close()) }()
	madeStore := makesStore(c)
	d, err := open(ctx, c, log.Logger)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }() //nolint:contextcheck // what is under way is ended though ctx may be over
	words, err := catalogue()
	if err != nil {
		return err
	}
	by, err := d.sender(c, words, p.Out)
	if err != nil {
		return err
	}
	if err := d.admitPeople(ctx, c, by, log.Logger); err != nil {
		return err
	}
	if c.Sample {
		if err := p.sample(ctx, d); err != nil {
			return err
		}
	}
	if err := p.demonstrate(ctx, c, d, madeStore); err != nil {
		return err
	}
	services := d.services()
	if services.Demo, err = demoPeople(c); err != nil {
		return err
	}
	// A crash between a shop's closing and the end of it leaves its unit occupied.
	if _, err := d.shops.ReleaseUnits(ctx); err != nil {
		return err
	}
	if err := d.directory.Load(ctx, patience); err != nil {
		return err
	}
	if err := parsing.Wait(); err != nil {
		return err
	}

	site := web.New(web.Deps{ //nolint:contextcheck // its handlers outlive ctx: they finish after the signal to stop
		Config: c, Assets: assets, Catalogue: words, Renderer: renderer, Directory: d.directory, Calendar: d.holidays.Calendar,
		API: api.New(d.directory, d.shops, d.vocabulary.Words, d.holidays.Calendar, c.Origin, d.now).For(d.posts, d.people.repeats), Log: log, Now: d.now,
		Revision: d.revision, Ready: d.db.Ping, Parts: d.parts(),
		Services: services,
	})
	var listen net.ListenConfig
	ln, err := listen.Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", c.Addr, err)
	}
	workers := site.Workers()
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer func() { stop(); workers.Wait() }()
	workers.Go(background, "directory", func(ctx context.Context) error { d.directory.Run(ctx); return nil })
	workers.Go(background, "memory of the start", func(ctx context.Context) error { return giveBack(ctx, d.directory.Indexed()) })
	workers.Go(background, "trail", func(ctx context.Context) error { d.trail.Run(ctx, log.Logger); return nil })
	workers.Go(background, "imports", func(ctx context.Context) error { d.people.imports.Run(ctx, log.Logger); return nil })
	workers.Go(background, "counts", d.people.insight.Run)
	workers.Go(background, "schedule", func(ctx context.Context) error {
		// What came due while the server was down reads the whole store: whoever waits for the first page goes before.
		select {
		case <-d.directory.Indexed():
		case <-ctx.Done():
			return nil
		}
		d.keepSchedule(ctx, serverName(), log.Logger, site.JobEnded)
		return nil
	})
	workers.Go(background, "webhooks", func(ctx context.Context) error {
		return d.people.webhooks.Run(ctx, log.Logger, func(ctx context.Context) error {
			return errors.Join(d.people.webhooks.Shops(ctx, d.listings), d.people.webhooks.Notices(ctx, d.people.notices))
		})
	})
	if f := d.follower(log.Logger); f != nil {
		workers.Go(background, "search follower", func(ctx context.Context) error { return d.follow(ctx, f, log.Logger) })
	}
	workers.Go(background, "alarms", d.alarms.Run)
	workers.Go(background, "freeze", func(ctx context.Context) error { return d.frozen.Run(ctx, log.Logger) })
	switch control, err := listenControl(ctx, c); {
	case err != nil:
		log.Warn("commands cannot reach the running server", "error", err)
	case control != nil:
		workers.Go(background, "commands", servePrivate(control, p.controlled(c, d)))
	}
	if c.MetricsAddr != "" {
		private, err := listen.Listen(ctx, "tcp", c.MetricsAddr)
		if err != nil {
			return errors.Join(fmt.Errorf("cannot listen on %s: %w", c.MetricsAddr, err), ln.Close())
		}
		_, _ = fmt.Fprintf(p.Out, "metrics and readiness on %s\n", private.Addr())
		workers.Go(background, "private listener", servePrivate(private, site.Private()))
	}
	_, _ = fmt.Fprintf(p.Out, "listening on %s, open %s\n", ln.Addr(), c.Origin)
	log.Info("serving", "config", c)
	return site.Serve(ctx, ln)
}

// patience is how long the start waits for the search index.
const patience = 100 * time.Millisecond

// giveBack returns to the system what only the start needed: as much again as what stays, which the collector would keep for a
// heap that never grows so fast again.
func giveBack(ctx context.Context, started <-chan struct{}) error {
	select {
	case <-started:
		debug.FreeOSMemory()
	case <-ctx.Done():
	}
	return nil
}

// sample fills an empty store with the sample district. An import that was cut off leaves listings behind, so "empty" is asked
// of the points, which come last. The old shops of one that was filled long ago get the records their marks lacked.
func (p program) sample(ctx context.Context, d *district) error {
	to := sample.Register{Places: d.places, Shops: d.shops}
	if d.people != nil {
		to.Marks = d.people.together.heritage
	}
	points, err := d.places.Points(ctx)
	switch {
	case err != nil || len(points) > 0 && d.frozen.Refused() != nil:
		return err
	case len(points) > 0:
		_, err = sample.Heritage(ctx, to)
		return err
	}
	shown := ""
	counts, err := sample.Import(ctx, to, func(done, total int, what string) {
		if shown != "" && what != shown {
			_, _ = fmt.Fprintln(p.Out)
		}
		shown = what
		_, _ = fmt.Fprintf(p.Out, "\rsample district: %s, %d of %d", what, done, total)
	})
	_, _ = fmt.Fprintln(p.Out)
	if err != nil {
		return fmt.Errorf("the sample district: %w", err)
	}
	_, _ = fmt.Fprintf(p.Out, "sample district: %d places\n", counts.Places())
	return nil
}

// servePrivate answers on ln until the context ends.
func servePrivate(ln net.Listener, h http.Handler) func(context.Context) error {
	return func(ctx context.Context) error {
		s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 8 << 10}
		stop := context.AfterFunc(ctx, func() { _ = s.Close() })
		defer stop()
		if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	}
}
