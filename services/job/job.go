// Package job keeps what servers do by themselves: when each job is due, which server does it, and how it went. The record of a job
// is its lease: whoever moves the next time forward by compare-and-swap does the job, so of several servers one does it, and a
// restart neither repeats nor forgets it.
package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Job is something that is done again and again.
type Job struct {
	Name  string // also its id in the store
	Every time.Duration
	// Do does it and returns how many things it dealt with, less than 0 where there is nothing to count.
	Do func(context.Context) (int, error)
}

// Problem is why a run did not go well. The error itself is in the log of the server: it may name people.
type Problem string

// The problems.
const (
	Panicked    Problem = "panicked"
	TooLong     Problem = "too_long"
	Unavailable Problem = "unavailable" // something it needs did not answer
	CutOff      Problem = "cut_off"     // its server stopped in the middle
	Other       Problem = "error"
)

const (
	// Longest is how long one run may take.
	Longest = 15 * time.Minute
	// grace is how late a job may be before it counts as missed: the schedule looks every 20 seconds, and others go first.
	grace = 10 * time.Minute
)

// record is a job as it is stored.
type record struct {
	store.Meta
	Every     int       `json:"every"` // seconds
	NextAt    time.Time `json:"next_at"`
	Running   bool      `json:"running"`
	StartedAt time.Time `json:"started_at"` // zero: never
	EndedAt   time.Time `json:"ended_at"`   // of the last run that ended
	Took      int       `json:"took"`       // milliseconds
	Count     int       `json:"count"`
	Problem   Problem   `json:"problem"` // empty: it went well
	Failures  int       `json:"failures"`
	GoodAt    time.Time `json:"good_at"` // when it last went well
	Server    string    `json:"server"`
}

// State is how a job stands.
type State string

// The states, from what needs somebody to what does not.
const (
	Bad     State = "bad"    // the last run did not go well
	Missed  State = "missed" // it should have begun
	Running State = "running"
	Fresh   State = "new" // it has not been done yet
	Good    State = "good"
)

// Status is what people read of a job.
type Status struct {
	Name      string        `json:"name"`
	State     State         `json:"state"`
	Every     time.Duration `json:"-"`
	Seconds   int           `json:"every_s"`
	StartedAt time.Time     `json:"started_at,omitzero"`
	EndedAt   time.Time     `json:"ended_at,omitzero"`
	GoodAt    time.Time     `json:"good_at,omitzero"`
	NextAt    time.Time     `json:"next_at"`
	TookMS    int           `json:"took_ms"`
	Count     int           `json:"count"` // less than 0: nothing to count
	Problem   Problem       `json:"problem,omitempty"`
	Failures  int           `json:"failures"` // in a row
	Server    string        `json:"server"`
}

// Ledger keeps the records.
type Ledger struct {
	coll *store.Collection[record]
	now  func() time.Time
}

// New returns the ledger on db.
func New(db store.DB, now func() time.Time) *Ledger {
	return &Ledger{coll: store.NewCollection[record](db, "jobs"), now: now}
}

// Round does those of jobs that are due and that no other server does. server names this one. ended, which may be nil, hears of
// every run with its error; one job that goes wrong keeps no other from being done.
func (l *Ledger) Round(ctx context.Context, jobs []Job, server string, ended func(j Job, took time.Duration, err error)) error {
	known, err := l.all(ctx)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		r, ok := known[j.Name]
		if !ok {
			r = record{Meta: store.Meta{ID: j.Name}, NextAt: l.now().UTC()}
			if err := l.coll.Insert(ctx, &r); fault.Is(err, fault.Conflict) {
				continue // another server was first
			} else if err != nil {
				return err
			}
		}
		if !l.due(&r) {
			continue
		}
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end of the server is no error
		}
		if err := l.do(ctx, j, r, server, ended); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) all(ctx context.Context) (map[string]record, error) {
	out := map[string]record{}
	for r, err := range l.coll.Each(ctx, store.All()) {
		if err != nil {
			return nil, err
		}
		out[r.ID] = r
	}
	return out, nil
}

// due reports whether the job may begin. One whose server died in the middle may when its time is over.
func (l *Ledger) due(r *record) bool {
	now := l.now()
	if r.Running {
		return now.After(r.StartedAt.Add(Longest + time.Minute))
	}
	return !now.Before(r.NextAt)
}

// do takes the job, does it and notes how it went. The error is that of the store.
func (l *Ledger) do(ctx context.Context, j Job, r record, server string, ended func(Job, time.Duration, error)) error {
	begun := l.now().UTC()
	r, err := l.coll.Update(ctx, r.ID, r.Rev, func(r *record) error {
		if r.Running {
			r.Problem, r.Failures = CutOff, r.Failures+1
		}
		r.Running, r.StartedAt, r.NextAt, r.Every, r.Server = true, begun, begun.Add(j.Every), int(j.Every/time.Second), server
		return nil
	})
	if fault.Is(err, fault.Conflict) {
		return nil // another server has it
	}
	if err != nil {
		return err
	}
	start := time.Now()
	n, problem, failed := run(ctx, j)
	took := time.Since(start)
	if ended != nil {
		ended(j, took, failed)
	}
	// Also a server that is stopping says how it went, if the store still listens.
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_, err = l.coll.Update(after, r.ID, 0, func(x *record) error {
		if x.Server != server || !x.StartedAt.Equal(r.StartedAt) {
			return errTaken
		}
		x.Running, x.EndedAt, x.Took, x.Count, x.Problem = false, l.now().UTC(), int(took.Milliseconds()), n, problem
		if problem != "" {
			x.Failures++
			return nil
		}
		x.Failures, x.GoodAt = 0, x.EndedAt
		return nil
	})
	if errors.Is(err, errTaken) {
		return nil
	}
	return err
}

// errTaken says that another server took the job because this one was too slow.
var errTaken = errors.New("job: taken by another server")

var errPanicked = errors.New("it panicked")

func run(ctx context.Context, j Job) (n int, problem Problem, err error) {
	defer func() {
		if p := recover(); p != nil {
			problem, err = Panicked, fmt.Errorf("job: %s: %w: %v", j.Name, errPanicked, p)
		}
	}()
	within, cancel := context.WithTimeout(ctx, Longest)
	defer cancel()
	n, err = j.Do(within)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		problem = CutOff
	case errors.Is(err, context.DeadlineExceeded):
		problem = TooLong
	case fault.Is(err, fault.Unavailable):
		problem = Unavailable
	default:
		problem = Other
	}
	return n, problem, err
}

// List returns every job that was ever due, what needs somebody first.
func (l *Ledger) List(ctx context.Context, by access.Actor) ([]Status, error) {
	if err := access.Require(by, access.JobRead, access.Thing{Kind: "job"}); err != nil {
		return nil, err
	}
	all, err := l.all(ctx)
	if err != nil {
		return nil, err
	}
	out := []Status{}
	for _, r := range all {
		out = append(out, l.status(&r))
	}
	order := []State{Bad, Missed, Running, Fresh, Good}
	slices.SortFunc(out, func(a, b Status) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.State), slices.Index(order, b.State)), cmp.Compare(a.Name, b.Name))
	})
	return out, nil
}

func (l *Ledger) status(r *record) Status {
	s := Status{
		Name: r.ID, Every: time.Duration(r.Every) * time.Second, Seconds: r.Every, StartedAt: r.StartedAt, EndedAt: r.EndedAt, GoodAt: r.GoodAt, NextAt: r.NextAt,
		TookMS: r.Took, Count: r.Count, Problem: r.Problem, Failures: r.Failures, Server: r.Server,
	}
	now := l.now()
	switch {
	case r.Running && now.After(r.StartedAt.Add(Longest+grace)), !r.Running && now.After(r.NextAt.Add(grace)):
		s.State = Missed
	case r.Running:
		s.State = Running
	case r.Problem != "":
		s.State = Bad
	case r.StartedAt.IsZero():
		s.State = Fresh
	default:
		s.State = Good
	}
	return s
}

// Soon makes a job due now; the next round of any server does it. fault.NotFound for a job that is none. One that is being done is
// left as it is.
func (l *Ledger) Soon(ctx context.Context, by access.Actor, name string) error {
	if err := access.Require(by, access.JobRun, access.Thing{Kind: "job"}); err != nil {
		return err
	}
	now := l.now().UTC()
	_, err := l.coll.Update(ctx, name, 0, func(r *record) error {
		if !r.Running && r.NextAt.After(now) {
			r.NextAt = now
		}
		return nil
	})
	return err
}
