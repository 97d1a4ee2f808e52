// Package retention keeps what became of what must not be kept (requirements PRV-04, AUD-04): of each class of records how long it stays, and
// a report of every day on which some were erased, with how many. Erasing itself is the matter of the packages that keep the records;
// they are called through Do, so that none erases without a report.
package retention

import (
	"context"
	"errors"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Class is a kind of records with a rule of its own.
type Class struct {
	Name string
	// Days is how long they are kept, counted from From: "decided", "answered", "used", "made", "ended", "withdrawn", "day".
	Days int
	From string
	// Due counts what the next run would erase, were the records kept for so many days; nil: nobody sets the days.
	Due func(ctx context.Context, days int) (int, error)
}

// Report is what was erased of one class on one day.
type Report struct {
	store.Meta
	Day    string    `json:"day"` // 2026-11-28
	Class  string    `json:"class"`
	Erased int       `json:"erased"`
	Runs   int       `json:"runs"`
	Last   time.Time `json:"last"`
	Days   int       `json:"days"` // the rule of that day
	Failed int       `json:"failed"`
}

// State is how a class stands.
type State struct {
	Class
	Last   time.Time // of the last run; zero: none yet
	Failed bool      // it did not go well
	Erased int       // in the last 30 days
}

// kept is how long the reports themselves are kept: as long as the trail at least.
const kept = 3 * 365 * 24 * time.Hour

// Service keeps the reports. It is safe for concurrent use.
type Service struct {
	coll    *store.Collection[Report]
	last    *store.Collection[last]
	classes func() []Class
	now     func() time.Time
}

// last is when a class was last looked at, also when there was nothing to erase.
type last struct {
	store.Meta
	At     time.Time `json:"at"`
	Failed bool      `json:"failed"`
}

// New returns the reports on db. classes are those of now; their order is that of the page.
func New(db store.DB, classes func() []Class, now func() time.Time) *Service {
	return &Service{
		coll: store.NewCollection[Report](db, "retention_reports", store.Index("day")),
		last: store.NewCollection[last](db, "retention_runs"), classes: classes, now: now,
	}
}

// Classes returns the classes with their rules of now, in the order of the page.
func (s *Service) Classes() []Class { return s.classes() }

// Do erases what is due of a class and reports it. It returns what erase returns, and the error of the report besides.
func (s *Service) Do(class string, erase func(context.Context) (int, error)) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		n, err := erase(ctx)
		note := s.note(context.WithoutCancel(ctx), class, n, err)
		return n, errors.Join(err, note)
	}
}

// note writes down how a run went. A run that erased nothing and went well leaves only its time.
func (s *Service) note(ctx context.Context, class string, erased int, failed error) error {
	now := s.now()
	bad := failed != nil
	if err := put(ctx, s.last, last{Meta: store.Meta{ID: class}, At: now, Failed: bad}, func(x *last) { x.At, x.Failed = now, bad }); err != nil {
		return err
	}
	if erased == 0 && !bad {
		return nil
	}
	days, failures := 0, 0
	for _, c := range s.classes() {
		if c.Name == class {
			days = c.Days
		}
	}
	if bad {
		failures = 1
	}
	day := calendar.Today(now).String()
	return put(ctx, s.coll, Report{Meta: store.Meta{ID: day + "." + class}, Day: day, Class: class, Erased: erased, Runs: 1, Last: now, Days: days, Failed: failures}, func(r *Report) {
		r.Erased, r.Runs, r.Last, r.Days, r.Failed = r.Erased+erased, r.Runs+1, now, days, r.Failed+failures
	})
}

// put adds a document or changes the one that is there.
func put[T any](ctx context.Context, coll *store.Collection[T], fresh T, change func(*T)) error {
	id := any(&fresh).(interface{ StoreMeta() *store.Meta }).StoreMeta().ID //nolint:forcetypeassert // a collection takes no other type
	err := coll.Insert(ctx, &fresh)
	if fault.Is(err, fault.Conflict) {
		_, err = coll.Update(ctx, id, 0, func(x *T) error { change(x); return nil })
	}
	return err
}

// Due returns how many records of a class the next run would erase, were they kept for so many days: access.RetentionRead. It is 0 for a class whose days nobody sets.
func (s *Service) Due(ctx context.Context, by access.Actor, class string, days int) (int, error) {
	if err := access.Require(by, access.RetentionRead, access.Thing{Kind: "retention"}); err != nil {
		return 0, err
	}
	for _, c := range s.classes() {
		if c.Name == class && c.Due != nil {
			return c.Due(ctx, days)
		}
	}
	return 0, nil
}

// window is what the states and the reports look back.
const window = 30

// States returns how every class stands: access.RetentionRead.
func (s *Service) States(ctx context.Context, by access.Actor) ([]State, error) {
	reports, err := s.Reports(ctx, by)
	if err != nil {
		return nil, err
	}
	erased := map[string]int{}
	for _, r := range reports {
		erased[r.Class] += r.Erased
	}
	out := []State{}
	for _, c := range s.classes() {
		x := State{Class: c, Erased: erased[c.Name]}
		run, err := s.last.Get(ctx, c.Name)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		x.Last, x.Failed = run.At, run.Failed
		out = append(out, x)
	}
	return out, nil
}

// Reports returns the reports of the last 30 days, the latest day first: access.RetentionRead.
func (s *Service) Reports(ctx context.Context, by access.Actor) ([]Report, error) {
	if err := access.Require(by, access.RetentionRead, access.Thing{Kind: "retention"}); err != nil {
		return nil, err
	}
	from := (calendar.Today(s.now()) - window).String()
	page, err := s.coll.Find(ctx, store.Where("day", store.Gt, from).OrderBy("day", store.Desc).Limit(window*30))
	return page.Items, err
}

// Sweep erases reports of three years ago, and returns how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	before := calendar.Today(s.now().Add(-kept)).String()
	n := 0
	for {
		page, err := s.coll.Find(ctx, store.Where("day", store.Lt, before).Limit(200))
		if err != nil || len(page.Items) == 0 {
			return n, err
		}
		k, err := s.coll.Erase(ctx, page.Items...)
		if n += k; err != nil {
			return n, err
		}
	}
}
