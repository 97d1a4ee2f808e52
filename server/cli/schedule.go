package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/job"
	"shangquan/services/merchant"
	"shangquan/services/report"
)

// The jobs that go on while the site is frozen: they change nothing that people see.
const (
	contentJob = "content"
	trailJob   = "trail"
	storeJob   = "database"
	backupsJob = "backups"
	backupJob  = "backup"
)

// due are the jobs that may be done now.
func (d *district) due() []job.Job {
	all := d.jobs()
	if d.frozen.Refused() == nil {
		return all
	}
	return slices.DeleteFunc(all, func(j job.Job) bool {
		return j.Name != contentJob && j.Name != trailJob && j.Name != storeJob && j.Name != backupsJob && j.Name != backupJob
	})
}

// jobs are what a server does by itself, by one server at a time. What people call each is in frontend/locales/*/jobs.toml.
func (d *district) jobs() []job.Job {
	p := d.people
	list := []job.Job{
		{Name: contentJob, Every: 5 * time.Minute, Do: d.watchContent},
		{Name: trailJob, Every: 24 * time.Hour, Do: d.watchTrail},
		{Name: storeJob, Every: 7 * 24 * time.Hour, Do: d.watchStore},
		{Name: "claims and transfers", Every: time.Minute, Do: p.merchants.Settle},
		{Name: "papers", Every: 6 * time.Hour, Do: func(ctx context.Context) (int, error) { return p.merchants.Remind(ctx, calendar.Today(d.now())) }},
		{Name: "evidence", Every: time.Hour, Do: d.erases("evidence", d.eraseEvidence)},
		{Name: "invitations", Every: 24 * time.Hour, Do: d.erases("invitations", p.merchants.Sweep)},
		{Name: "news of reports", Every: time.Minute, Do: d.tellReports},
		{Name: "reports", Every: time.Hour, Do: d.erases("reports", p.reports.Sweep)},
		{Name: "holidays", Every: 10 * time.Minute, Do: d.holidays.Ask},
		{Name: "asked about holidays", Every: 24 * time.Hour, Do: d.erases("asked", d.holidays.Sweep)},
		{Name: "notices", Every: time.Minute, Do: p.notices.Settle},
		{Name: "ledgers of notices", Every: time.Minute, Do: p.notices.Follow},
		{Name: "reminders of notices", Every: time.Minute, Do: p.notices.Remind},
		{Name: "letters of meetings", Every: time.Minute, Do: p.assembly.Tell},
		{Name: "what notices forget", Every: 24 * time.Hour, Do: d.erases("notices", func(ctx context.Context) (int, error) {
			n, words := p.notices.Sweep(ctx)
			m, counts := p.notices.SweepLetters(ctx)
			return n + m, errors.Join(words, counts)
		})},
		{Name: "marks of old shops", Every: 10 * time.Minute, Do: p.together.heritage.Settle},
		{Name: "sides of cases", Every: 24 * time.Hour, Do: d.erases("cases", p.together.neighbours.Sweep)},
		{Name: "pictures of street care", Every: 24 * time.Hour, Do: d.erases("care_photos", p.together.care.Sweep)},
		{Name: "enquiries", Every: 24 * time.Hour, Do: d.erases("enquiries", p.offers.leads.Sweep)},
		{Name: "rooms of seats that ended", Every: 10 * time.Minute, Do: p.stations.Sweep},
		{Name: "resources", Every: 6 * time.Hour, Do: p.resources.Sweep},
		{Name: "sessions", Every: 6 * time.Hour, Do: d.erases("sessions", p.accounts.Sweep)},
		{Name: "repeated requests", Every: time.Hour, Do: d.erases("repeats", p.repeats.Sweep)},
		{Name: "answers of walks", Every: 24 * time.Hour, Do: d.erases("walks", p.walks.Sweep)},
		{Name: "imports", Every: time.Hour, Do: d.erases("imports", p.imports.Sweep)},
		{Name: "signatures", Every: time.Minute, Do: p.signs.Settle},
		{Name: "batches", Every: time.Minute, Do: p.batches.Settle},
		{Name: "questions to owners", Every: time.Minute, Do: p.rechecks.Send},
		{Name: "monthly letters", Every: 10 * time.Minute, Do: p.monthly.Send},
		{Name: "waiting messages", Every: time.Minute, Do: p.pace.Leave},
		{Name: "what messages left behind", Every: 24 * time.Hour, Do: d.erases("messages", p.pace.Sweep)},
		{Name: "counts", Every: 24 * time.Hour, Do: d.erases("counts", func(ctx context.Context) (int, error) {
			n, counts := p.insight.Sweep(ctx)
			m, letters := p.monthly.Sweep(ctx)
			return n + m, errors.Join(counts, letters)
		})},
		{Name: "pictures", Every: 24 * time.Hour, Do: d.erases("pictures", func(ctx context.Context) (int, error) {
			hidden := d.eraseHidden(ctx)
			swept, err := p.photos.Sweep(ctx, d.inUse(ctx))
			return swept.Deleted, errors.Join(hidden, err)
		})},
		{Name: "consents", Every: 10 * time.Minute, Do: p.consents.Take},
		{Name: "old consents", Every: 24 * time.Hour, Do: d.erases("consents", p.consents.Sweep)},
		{Name: "old asks", Every: 24 * time.Hour, Do: d.erases("asks", p.asks.Sweep)},
		{Name: "old trail", Every: 24 * time.Hour, Do: d.erases("trail", d.purgeTrail)},
		{Name: "old reports of erasing", Every: 24 * time.Hour, Do: p.retention.Sweep},
		{Name: "district figures", Every: 24 * time.Hour, Do: p.overview.Count},
		{Name: "broken webhooks", Every: time.Minute, Do: p.webhooks.Tell},
		{Name: "links", Every: 6 * time.Hour, Do: p.outlinks.Check},
		{Name: "webhook log", Every: 24 * time.Hour, Do: d.erases("webhooks", p.webhooks.Sweep)},
	}
	if d.backup != nil && d.copies {
		list = append(list, job.Job{Name: backupJob, Every: 24 * time.Hour, Do: d.backUp})
	}
	if d.backups != "" {
		list = append(list, job.Job{Name: backupsJob, Every: time.Hour, Do: func(ctx context.Context) (int, error) { return d.alarms.WatchBackups(ctx, d.backups) }})
	}
	return list
}

// tellReports tells owners what was said about their shops.
func (d *district) tellReports(ctx context.Context) (int, error) {
	return d.people.reports.Inform(ctx, func(ctx context.Context, r report.Item) error {
		return d.people.merchants.TellReport(ctx, r.ListingID, r.Ref)
	})
}

// eraseEvidence deletes the pictures of claims that were decided long enough ago.
func (d *district) eraseEvidence(ctx context.Context) (erased int, err error) {
	due, err := d.people.merchants.DueForErasure(ctx, 100)
	if err != nil {
		return 0, err
	}
	var errs []error
	for _, e := range due { // one that fails is no reason to keep the others
		if err := d.eraseClaim(ctx, e); err != nil {
			errs = append(errs, err)
			continue
		}
		erased++
	}
	return erased, errors.Join(errs...)
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

// keepSchedule does every job when it is due until ctx ends, and says when the clock was set. ended hears of every run.
func (d *district) keepSchedule(ctx context.Context, server string, log *slog.Logger, ended func(name string, took time.Duration, err error)) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	begun := time.Now()
	clock := newLeap(d.now, func() time.Duration { return time.Since(begun) })
	for {
		if by, far := clock.look(); far {
			log.WarnContext(ctx, "the clock was set, or the machine slept", "by", by.String())
		}
		err := d.people.ledger.Round(ctx, d.due(), server, func(j job.Job, took time.Duration, err error) {
			ended(j.Name, took, err)
			if err != nil && ctx.Err() == nil {
				log.ErrorContext(ctx, "a job did not go well", "job", j.Name, "error", err)
			}
		})
		if err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the schedule cannot be kept", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// serverName tells this process from others that share a store: its machine, and a few letters.
func serverName() string {
	host, err := os.Hostname()
	if err != nil || host == "" {
		host = "server"
	}
	return host + "-" + strings.ToLower(rand.Text()[:4])
}
