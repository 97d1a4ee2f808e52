package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"shangquan/server/config"
	"shangquan/services/audit"
)

// withStore runs f over the store of the settings, with accounts, and closes it.
func (p program) withStore(ctx context.Context, o *options, f func(config.Config, *district) error) (err error) {
	if p.live != nil {
		return f(p.live.config, p.live.district)
	}
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		return err
	}
	if done, err := p.forward(ctx, c, o); done {
		return err
	}
	words, err := catalogue()
	if err != nil {
		return err
	}
	d, err := open(ctx, c, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }() //nolint:contextcheck // what is under way is ended though ctx may be over
	by, err := d.sender(c, words, p.Err)
	if err != nil {
		return err
	}
	if err := d.admitPeople(ctx, c, by, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	return errors.Join(f(c, d), d.trail.Release(ctx))
}

// admin makes the secret with which the first administrator registers.
func (p program) admin(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(c config.Config, d *district) error {
		secret, err := d.people.accounts.Bootstrap(ctx)
		if err != nil {
			return err
		}
		if o.json {
			return p.writeJSON(map[string]string{"address": c.Origin + "/setup", "secret": secret})
		}
		_, err = fmt.Fprintf(p.Out, "Open %s/setup within 24 hours and give this secret once:\n\n    %s\n\n", c.Origin, secret)
		return err
	})
}

// auditCommand verifies the trail, writes down where it ends, or checks a file of it.
func (p program) auditCommand(ctx context.Context, o *options) error {
	switch o.args[0] {
	case "check":
		return p.checkTrail(o)
	case "verify":
		return p.withStore(ctx, o, func(_ config.Config, d *district) error { return p.verify(ctx, o, d) })
	case "anchor":
		return p.withStore(ctx, o, func(_ config.Config, d *district) error {
			if _, err := d.trail.CatchUp(ctx); err != nil {
				return err
			}
			a, err := d.trail.Anchor(ctx)
			if err != nil {
				return err
			}
			return json.NewEncoder(p.Out).Encode(a)
		})
	}
	return fmt.Errorf("audit %s: there are verify, anchor and check", o.args[0])
}

func (p program) verify(ctx context.Context, o *options, d *district) error {
	var anchors []audit.Anchor
	if o.anchors != "" {
		f, err := os.Open(o.anchors)
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		if anchors, err = audit.ReadAnchors(f); err != nil {
			return fmt.Errorf("%s: %w", o.anchors, err)
		}
	}
	if _, err := d.trail.CatchUp(ctx); err != nil {
		return err
	}
	r, err := d.verifyTrail(ctx, anchors...)
	if err != nil {
		return err
	}
	if o.json {
		if err := p.writeJSON(r); err != nil {
			return err
		}
	} else if r.Broken == 0 {
		_, _ = fmt.Fprintf(p.Out, "%d entries, all as they were written\n", r.Entries)
	}
	if err := r.Err(); err != nil {
		if o.json {
			return errReported
		}
		return err
	}
	return nil
}
