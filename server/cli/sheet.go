package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/sheet"
	"shangquan/services/store"
)

// with opens the district for a command that is not the server, and closes it.
func (p program) with(ctx context.Context, o *options, use func(*district) error) (err error) {
	c, err := load(o, func(config.Finding) {})
	if err != nil {
		return err
	}
	d, err := open(ctx, c, slog.New(slog.NewJSONHandler(p.Err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }() //nolint:contextcheck // what is under way is ended though ctx may be over
	return use(d)
}

func (d *district) names(ctx context.Context) (*sheet.Names, error) {
	streets, err := d.places.EveryStreet(ctx)
	if err != nil {
		return nil, err
	}
	plazas, err := d.places.EveryPlaza(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := d.vocabulary.Look(ctx); err != nil {
		return nil, err
	}
	return sheet.NewNames(d.vocabulary.Words(), streets, plazas), nil
}

// importSheet reads shops from a file. It fails when the file or a row of it was refused; the rows that were not are written.
func (p program) importSheet(ctx context.Context, o *options) error {
	in := p.In
	if o.args[0] != "-" {
		f, err := os.Open(o.args[0])
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	return p.with(ctx, o, func(d *district) error {
		names, err := d.names(ctx)
		if err != nil {
			return err
		}
		plan, err := sheet.NewPlan(ctx, in, d.shops, names)
		if err != nil {
			return err
		}
		report := plan.Report
		if err := d.frozen.Refused(); err != nil && !o.dry {
			return errors.New("the site is frozen: shangquan unfreeze comes first")
		}
		if !o.dry {
			if report, err = plan.Apply(ctx, access.System("command line"), d.shops); err != nil {
				return err
			}
		}
		if o.json {
			err = p.writeJSON(report)
		} else {
			err = p.tell(report, o.dry)
		}
		if err == nil && (report.Refused != nil || report.Failed > 0) {
			return errReported
		}
		return err
	})
}

// tell prints a report in the language of record.
func (p program) tell(r sheet.Report, dry bool) error {
	all, err := catalogue()
	if err != nil {
		return err
	}
	words := all.In(lang.Hans)
	say := func(b sheet.Problem) string {
		text, err := words.With(b.Key, b.Args)
		if err != nil {
			text = b.Key
		}
		if b.Suggestion != "" {
			text += " → " + b.Suggestion
		}
		return text
	}
	if r.Encoding != "" {
		_, _ = fmt.Fprintf(p.Out, "read as %s\n", r.Encoding)
	}
	if r.Refused != nil {
		_, _ = fmt.Fprintln(p.Out, say(*r.Refused))
		return nil
	}
	for _, b := range r.Rows {
		_, _ = fmt.Fprintf(p.Out, "%d\t%s\t%s\t%s\n", b.Row, b.Code, b.Column, say(b))
	}
	if len(r.Ignored) > 0 {
		_, _ = fmt.Fprintf(p.Out, "columns not understood: %v\n", r.Ignored)
	}
	if r.Marks > 0 {
		_, _ = fmt.Fprintf(p.Out, "rows whose mark of an old shop is left out: %d\n", r.Marks)
	}
	mode := ""
	if dry {
		mode = " (dry run, nothing written)"
	}
	_, _ = fmt.Fprintf(p.Out, "new %d, changed %d, unchanged %d, failed %d%s\n", r.New, r.Changed, r.Unchanged, r.Failed, mode)
	return nil
}

// exportSheet writes all shops in the order of their codes. A file is written beside its name first, so that a run that is cut
// off leaves the old one.
func (p program) exportSheet(ctx context.Context, o *options) error {
	format := sheet.Format(o.format)
	if format != sheet.CSV && format != sheet.XLSX {
		return fmt.Errorf("--format is %q; it can be csv or xlsx", o.format)
	}
	return p.with(ctx, o, func(d *district) error {
		names, err := d.names(ctx)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error {
			return sheet.Export(ctx, w, format, d.listings.Each(ctx, store.All().OrderBy("code", store.Asc)), names)
		}
		if o.output == "-" {
			return write(p.Out)
		}
		return replaceFile(o.output, write)
	})
}

func replaceFile(name string, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// reindexed is what reindex says to a program.
type reindexed struct {
	Indexed int `json:"indexed"`
}

// reindex builds the index outside the process anew, beside a server or in it: what is written meanwhile is in the new index too. The one
// inside is built at every start.
func (p program) reindex(ctx context.Context, o *options) error {
	return p.withStore(ctx, o, func(_ config.Config, d *district) error {
		count := 0
		follower := d.follower(slog.New(slog.DiscardHandler))
		if follower == nil {
			if o.json {
				return p.writeJSON(reindexed{})
			}
			_, _ = fmt.Fprintln(p.Out, "nothing to do: the index inside the server is built at every start")
			return nil
		}
		err := follower.Reindex(ctx, func(done, total int) {
			count = done
			if !o.json && p.live == nil { // what a server says arrives at the end
				_, _ = fmt.Fprintf(p.Err, "\r%d of %d", done, total)
			}
		})
		if err != nil {
			return err
		}
		if o.json {
			return p.writeJSON(reindexed{count})
		}
		_, _ = fmt.Fprintf(p.Out, "indexed %d shops\n", count)
		return nil
	})
}
