package cli

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/merchant"
	"shangquan/services/report"
)

// job is something that is done again and again, by one server at a time.
type job struct {
	name  string
	every time.Duration
	do    func(context.Context) error
}

// counted turns what most jobs are into one: how many they dealt with is for those who call them by hand.
func counted(do func(context.Context) (int, error)) func(context.Context) error {
	return func(ctx context.Context) error { _, err := do(ctx); return err }
}

// jobs are what a server does by itself.
func (d *district) jobs() []job {
	p := d.people
	return []job{
		{"claims and transfers", time.Minute, counted(p.merchants.Settle)},
		{"papers", 6 * time.Hour, func(ctx context.Context) error {
			_, err := p.merchants.Remind(ctx, calendar.Today(d.now()))
			return err
		}},
		{"evidence", time.Hour, d.eraseEvidence},
		{"invitations", 24 * time.Hour, counted(p.merchants.Sweep)},
		{"news of reports", time.Minute, counted(d.tellReports)},
		{"reports", time.Hour, counted(p.reports.Sweep)},
		{"notices", time.Minute, counted(p.notices.Settle)},
		{"ledgers of notices", time.Minute, counted(p.notices.Follow)},
		{"reminders of notices", time.Minute, counted(p.notices.Remind)},
		{"what notices forget", 24 * time.Hour, func(ctx context.Context) error {
			_, words := p.notices.Sweep(ctx)
			_, counts := p.notices.SweepLetters(ctx)
			return errors.Join(words, counts)
		}},
		{"sessions", 6 * time.Hour, counted(p.accounts.Sweep)},
		{"repeated requests", time.Hour, counted(p.repeats.Sweep)},
		{"answers of walks", 24 * time.Hour, counted(p.walks.Sweep)},
		{"imports", time.Hour, counted(p.imports.Sweep)},
		{"counts", 24 * time.Hour, counted(p.insight.Sweep)},
		{"pictures", 24 * time.Hour, func(ctx context.Context) error {
			_, err := p.photos.Sweep(ctx, d.inUse(ctx))
			return err
		}},
	}
}

// tellReports tells owners what was said about their shops.
func (d *district) tellReports(ctx context.Context) (int, error) {
	return d.people.reports.Inform(ctx, func(ctx context.Context, r report.Item) error {
		return d.people.merchants.TellReport(ctx, r.ListingID, r.Ref)
	})
}

// eraseEvidence deletes the pictures of claims that were decided long enough ago.
func (d *district) eraseEvidence(ctx context.Context) error {
	due, err := d.people.merchants.DueForErasure(ctx, 100)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range due { // one that fails is no reason to keep the others
		errs = append(errs, d.eraseClaim(ctx, e))
	}
	return errors.Join(errs...)
}

func (d *district) eraseClaim(ctx context.Context, e merchant.Erasure) error {
	for _, key := range e.Keys {
		if err := d.people.photos.DeleteEvidence(ctx, key); err != nil {
			return err
		}
	}
	return d.people.merchants.Erased(ctx, e.ClaimID)
}

// tickEvery is how often the schedule looks for what is due.
const tickEvery = 20 * time.Second

// keepSchedule does every job when it is due until ctx ends. A lease makes sure that of several servers one does it.
func (d *district) keepSchedule(ctx context.Context, owner string, log *slog.Logger) {
	due := map[string]time.Time{}
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		for _, j := range d.jobs() {
			now := d.now()
			if now.Before(due[j.name]) {
				continue
			}
			due[j.name] = now.Add(j.every)
			if err := d.once(ctx, j, owner); err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "a job did not go well", "job", j.name, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// once does a job unless another server has just done it.
func (d *district) once(ctx context.Context, j job, owner string) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.Join(err, errors.New("it panicked"))
		}
	}()
	mine, err := d.db.Lease(ctx, "job "+j.name, owner, j.every/2)
	if err != nil || !mine {
		return err
	}
	return j.do(ctx)
}
