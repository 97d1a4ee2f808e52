package cli

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/server/config"
	"shangquan/services/access"
	"shangquan/services/alarm"
	"shangquan/services/job"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/store"
)

// Every job has a name in every language: the page of the administrator shows it.
func TestJobsHaveNames(t *testing.T) {
	catalogue, err := catalogue()
	if err != nil {
		t.Fatal(err)
	}
	d := district0(t, t.TempDir())
	seen := map[string]bool{}
	for _, j := range d.jobs() {
		if seen[j.Name] || j.Every < time.Minute {
			t.Errorf("%q is there twice, or done more often than the schedule looks", j.Name)
		}
		seen[j.Name] = true
		for _, l := range lang.Tags {
			if key := "jobs.name." + strings.ReplaceAll(j.Name, " ", "_"); !catalogue.In(l).Has(key) {
				t.Errorf("%s has no %s", l, key)
			}
		}
	}
}

// district0 is an empty district with everybody's services.
func district0(t *testing.T, dir string) *district {
	t.Helper()
	return districtWith(t, "ENV", "development", "STORE", storeIn(dir), "MEDIA", "file:"+dir+"/media", "MAIL", "log:", "BACKUPS", dir+"/backups")
}

// districtWith is one with these settings.
func districtWith(t *testing.T, pairs ...string) *district {
	t.Helper()
	c, err := config.Load(environment(pairs...))
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	d, err := open(t.Context(), c, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.close() })
	none := func(lang.Tag, string, map[string]any) (string, string, error) { return "-", "-", nil }
	if err := d.admitPeople(t.Context(), c, mail.NewLog(mail.Options{Words: none}), quiet); err != nil {
		t.Fatal(err)
	}
	return d
}

// Two servers that share a store keep one schedule: after a round of both, every job has run once, and all went well.
func TestTwoSchedules(t *testing.T) {
	dir := t.TempDir()
	// One server may look for backups while the other one makes the first: the folder is there before both.
	if err := os.Mkdir(filepath.Join(dir, "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	d := district0(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	runs := map[string]int{}
	all := make(chan struct{})
	ended := func(name string, _ time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		if runs[name]++; err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(runs) == len(d.jobs()) {
			close(all)
		}
	}
	var group sync.WaitGroup
	for _, server := range []string{"a", "b"} {
		group.Go(func() { d.keepSchedule(ctx, server, slog.New(slog.DiscardHandler), ended) })
	}
	select {
	case <-all:
	case <-time.After(time.Minute):
		t.Error("not every job was done")
	}
	stop()
	group.Wait()
	for name, n := range runs {
		if n != 1 {
			t.Errorf("%s was done %d times", name, n)
		}
	}
}

type damaged struct{ store.DB }

func (damaged) Examine(context.Context) (string, error) { return "page 7 is no page", nil }

// Damage that only reading everything finds is an alarm and a job that went wrong.
func TestDamageIsAnAlarm(t *testing.T) {
	d := district0(t, t.TempDir())
	if n, err := d.watchStore(t.Context()); n != 0 || err != nil {
		t.Errorf("a sound file: %d, %v", n, err)
	}
	d.db = damaged{d.db}
	if _, err := d.watchStore(t.Context()); err == nil {
		t.Error("the job went well")
	}
	open, err := d.alarms.Open(t.Context(), access.System("test"))
	if err != nil || len(open) != 1 || open[0].Kind != alarm.Damage || open[0].Note != "page 7 is no page" {
		t.Errorf("alarms %+v, %v", open, err)
	}
}

func TestJobsCommand(t *testing.T) {
	dir := t.TempDir()
	set := []string{"ENV", "development", "STORE", storeIn(dir), "MEDIA", "file:" + dir + "/media", "MAIL", "log:"}
	if code, out, errs := run(t, []string{"jobs"}, "", set...); code != Done || !strings.Contains(out, "no job") {
		t.Errorf("before the first start: %d %q %q", code, out, errs)
	}
	d := district0(t, dir)
	jobs := []job.Job{
		{Name: "tidy", Every: time.Hour, Do: func(context.Context) (int, error) { return 3, nil }},
		{Name: "broken", Every: time.Hour, Do: func(context.Context) (int, error) { panic("no") }},
	}
	if err := d.people.ledger.Round(t.Context(), jobs, "a", nil); err != nil {
		t.Fatal(err)
	}
	if err := d.close(); err != nil {
		t.Fatal(err)
	}
	code, out, errs := run(t, []string{"jobs"}, "", set...)
	if code != Failed || !strings.Contains(out, "tidy") || !strings.Contains(out, "panicked") {
		t.Errorf("jobs = %d %q %q", code, out, errs)
	}
	code, out, _ = run(t, []string{"jobs", "--json"}, "", set...)
	var list []job.Status
	if err := json.Unmarshal([]byte(out), &list); code != Failed || err != nil || len(list) != 2 || list[0].Name != "broken" || list[0].Problem != job.Panicked {
		t.Errorf("jobs --json = %d %s", code, out)
	}
}

// What webhooks tell of is followed: a collection that does not declare it answers with an error.
func TestWebhooksFollow(t *testing.T) {
	d := district0(t, t.TempDir())
	if err := d.people.webhooks.Shops(t.Context(), d.listings); err != nil {
		t.Errorf("shops: %v", err)
	}
	if err := d.people.webhooks.Notices(t.Context(), d.people.notices); err != nil {
		t.Errorf("notices: %v", err)
	}
}
