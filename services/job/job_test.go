package job

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

type bench struct {
	*Ledger
	at atomic.Int64
}

func (b *bench) now() time.Time       { return time.UnixMilli(b.at.Load()).In(zone) }
func (b *bench) pass(d time.Duration) { b.at.Add(d.Milliseconds()) }

func start(t *testing.T) *bench {
	t.Helper()
	b := &bench{}
	b.at.Store(time.Date(2026, 10, 15, 3, 0, 0, 0, zone).UnixMilli())
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "test.db"), store.Clock(b.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	b.Ledger = New(db, b.now)
	return b
}

var admin = access.Actor{AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true, Sudo: true}

func (b *bench) round(t *testing.T, server string, jobs ...Job) {
	t.Helper()
	if err := b.Round(t.Context(), jobs, server, nil); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) one(t *testing.T) Status {
	t.Helper()
	list, err := b.List(t.Context(), admin)
	if err != nil || len(list) != 1 {
		t.Fatalf("List = %+v, %v", list, err)
	}
	return list[0]
}

func TestWhenAJobIsDone(t *testing.T) {
	b := start(t)
	runs := 0
	j := Job{"tidy", time.Hour, func(context.Context) (int, error) { runs++; return 3, nil }}
	for _, step := range []struct {
		pass time.Duration
		runs int
	}{{0, 1}, {0, 1}, {59 * time.Minute, 1}, {time.Minute, 2}, {5 * time.Hour, 3}, {time.Minute, 3}} {
		b.pass(step.pass)
		b.round(t, "one", j)
		if runs != step.runs {
			t.Errorf("%v later it ran %d times, want %d", step.pass, runs, step.runs)
		}
	}
	s := b.one(t)
	if s.State != Good || s.Count != 3 || s.Server != "one" || s.NextAt.Sub(s.StartedAt) != time.Hour || s.GoodAt.IsZero() {
		t.Errorf("it says %+v", s)
	}
}

func TestHowItWent(t *testing.T) {
	for name, tt := range map[string]struct {
		do   func(context.Context) (int, error)
		want Problem
	}{
		"well":   {func(context.Context) (int, error) { return -1, nil }, ""},
		"panics": {func(context.Context) (int, error) { panic("13800000000") }, Panicked},
		"mail": {func(context.Context) (int, error) {
			return 0, fault.New(fault.Unavailable, "x", errors.New("a@example.com"))
		}, Unavailable},
		"too far": {func(context.Context) (int, error) { return 0, context.DeadlineExceeded }, TooLong},
		"a bug":   {func(context.Context) (int, error) { return 0, errors.New("陈阿姨") }, Other},
	} {
		b := start(t)
		var heard error
		other := false
		err := b.Round(t.Context(), []Job{{name, time.Hour, tt.do}, {"next", time.Hour, func(context.Context) (int, error) { other = true; return 0, nil }}}, "one",
			func(j Job, _ time.Duration, err error) {
				if j.Name == name {
					heard = err
				}
			})
		if err != nil || !other || (heard != nil) != (tt.want != "") {
			t.Errorf("%s: Round = %v, heard %v, the next job was done: %v", name, err, heard, other)
		}
		list, err := b.List(t.Context(), admin)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range list {
			if s.Name == name && (s.Problem != tt.want || (s.State == Bad) != (tt.want != "") || (s.Failures == 1) != (tt.want != "")) {
				t.Errorf("%s: %+v", name, s)
			}
		}
		if tt.want != "" && list[0].Name != name {
			t.Errorf("%s: what went wrong is not the first of the list", name)
		}
	}
}

// Two servers with one store and one clock: every job is done by one of them in each of its times.
func TestTwoServers(t *testing.T) {
	b := start(t)
	var runs [6]atomic.Int32
	jobs := []Job{}
	for i, name := range []string{"a", "b", "c", "d", "e", "f"} {
		jobs = append(jobs, Job{name, time.Hour, func(context.Context) (int, error) { runs[i].Add(1); return 0, nil }})
	}
	for hour := range 5 {
		var group sync.WaitGroup
		for _, server := range []string{"one", "two", "three"} {
			group.Go(func() {
				if err := b.Round(t.Context(), jobs, server, nil); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for i := range runs {
			if n := int(runs[i].Load()); n != hour+1 {
				t.Fatalf("after %d hours job %d was done %d times", hour+1, i, n)
			}
		}
		b.pass(time.Hour)
	}
}

// A server that dies in the middle leaves the job to another one, once its time is over; until then nobody begins it again.
func TestServerThatDied(t *testing.T) {
	b := start(t)
	inside, leave := make(chan struct{}), make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = b.Round(context.Background(), []Job{{"tidy", time.Minute, func(context.Context) (int, error) { close(inside); <-leave; return 1, nil }}}, "one", nil)
	}()
	<-inside
	if s := b.one(t); s.State != Running {
		t.Errorf("while it runs: %q", s.State)
	}
	runs := 0
	j := Job{"tidy", time.Minute, func(context.Context) (int, error) { runs++; return 7, nil }}
	b.pass(Longest)
	if b.round(t, "two", j); runs != 0 {
		t.Error("a job was begun that another server is doing")
	}
	b.pass(grace + time.Second)
	if s := b.one(t); s.State != Missed {
		t.Errorf("long after: %q", s.State)
	}
	if b.round(t, "two", j); runs != 1 {
		t.Error("nobody took the job of the server that died")
	}
	close(leave) // it lived after all: what it says is too late
	<-done
	if s := b.one(t); s.Server != "two" || s.Count != 7 || s.State != Good {
		t.Errorf("in the end %+v", s)
	}
}

func TestMissed(t *testing.T) {
	b := start(t)
	j := Job{"tidy", time.Hour, func(context.Context) (int, error) { return 0, nil }}
	b.round(t, "one", j)
	b.pass(time.Hour + grace)
	if s := b.one(t); s.State != Good {
		t.Errorf("within the grace: %q", s.State)
	}
	b.pass(time.Second)
	if s := b.one(t); s.State != Missed {
		t.Errorf("after it: %q", s.State)
	}
}

func TestSoon(t *testing.T) {
	b := start(t)
	runs := 0
	j := Job{"tidy", time.Hour, func(context.Context) (int, error) { runs++; return 0, nil }}
	b.round(t, "one", j)
	if err := b.Soon(t.Context(), admin, "tidy"); err != nil {
		t.Fatal(err)
	}
	if b.round(t, "one", j); runs != 2 {
		t.Errorf("it ran %d times, want 2", runs)
	}
	clerk := access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true, Sudo: true}
	_, err := b.List(t.Context(), clerk)
	for name, err := range map[string]error{"a list by a coordinator": err, "a run by one": b.Soon(t.Context(), clerk, "tidy"), "none": b.Soon(t.Context(), admin, "none")} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s = %v", name, err)
		}
	}
}

// One that fails keeps none of the others from being done, and what had nothing to do does not count.
func TestEach(t *testing.T) {
	sorry := errors.New("sorry")
	seen := []int{}
	n, err := Each([]int{1, 2, 3, 4}, func(x *int) (bool, error) {
		seen = append(seen, *x)
		if *x == 2 {
			return false, sorry
		}
		return *x != 3, nil
	})
	if n != 2 || !errors.Is(err, sorry) || !slices.Equal(seen, []int{1, 2, 3, 4}) {
		t.Errorf("Each = %d, %v over %v; want 2 done of all four, and the failure", n, err, seen)
	}
	if n, err := Each([]int{}, func(*int) (bool, error) { return true, nil }); n != 0 || err != nil {
		t.Errorf("Each of nothing = %d, %v", n, err)
	}
}
