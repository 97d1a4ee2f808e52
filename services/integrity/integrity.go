// Package integrity says whether what the district publishes is what was written (security CON-05): every sealed document against
// its seal, and against the trail, which knows how many revisions there were.
package integrity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"shangquan/services/access"
	"shangquan/services/alarm"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// What beside store.Condition can be found.
const (
	Older   store.Condition = "older"   // a revision that was written over: somebody put it back past the program
	Missing store.Condition = "missing" // the trail knows the document, the database does not
)

// Finding is a document that is not as it was written.
type Finding struct {
	Collection string          `json:"collection"`
	ID         string          `json:"id"`
	Condition  store.Condition `json:"condition"`
}

// Report is what Verify found. Findings are at most maxFindings; Wrong counts all.
type Report struct {
	At       time.Time     `json:"at"`
	Checked  int           `json:"checked"`
	Wrong    int           `json:"wrong"`
	Took     time.Duration `json:"took_ns"`
	Findings []Finding     `json:"findings"`
}

const maxFindings = 1000

// Service verifies. It is safe for concurrent use.
type Service struct {
	db     store.DB
	trail  *audit.Log
	alarms *alarm.Service
	now    func() time.Time
	last   atomic.Pointer[Report]
}

// New returns a service over every collection of db that is declared store.Sealed. alarms hear of every finding.
func New(db store.DB, trail *audit.Log, alarms *alarm.Service, now func() time.Time) *Service {
	return &Service{db: db, trail: trail, alarms: alarms, now: now}
}

// Last returns what this process found last, nil when it has not looked yet.
func (s *Service) Last() *Report { return s.last.Load() }

// Begin seals what was written before collections had seals. It does so once for each collection and says so in the trail: from
// then on a document without a seal is one that somebody put there past the program.
func (s *Service) Begin(ctx context.Context) error {
	for _, c := range store.SealedIn(s.db) {
		key := "sealed/" + c.Name()
		done, err := s.trail.Has(ctx, key)
		if err != nil || done {
			if err != nil {
				return err
			}
			continue
		}
		n, err := c.SealAll(ctx)
		if err != nil {
			return fmt.Errorf("integrity: %s cannot be sealed: %w", c.Name(), err)
		}
		err = s.trail.Once(ctx, access.System("seals"), key, audit.Event{
			Action: access.ContentSeal, Object: audit.Ref{Kind: "collection", ID: c.Name()}, Result: "ok", Why: fmt.Sprintf("%d documents from before", n),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Verify compares every document with its seal and with the trail, and raises an alarm for each that is not as it was written.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	r := Report{At: s.now().UTC(), Findings: []Finding{}}
	start := time.Now()
	if _, err := s.trail.CatchUp(ctx); err != nil {
		return r, err
	}
	for _, c := range store.SealedIn(s.db) {
		revs := map[string]int64{}
		err := c.Inspect(ctx, func(f store.Finding) error {
			r.Checked++
			if f.Condition != store.Whole {
				r.add(c, f.ID, f.Condition)
			}
			revs[f.ID] = f.Rev
			return nil
		})
		if err != nil {
			return r, err
		}
		if err := s.history(ctx, c, revs, &r); err != nil {
			return r, err
		}
	}
	r.Took = time.Since(start)
	s.last.Store(&r)
	for _, f := range r.Findings {
		if err := s.alarms.Record(ctx, alarm.Content, f.Collection+"/"+f.ID, string(f.Condition)); err != nil {
			return r, err
		}
	}
	return r, nil
}

// history compares the revisions with what the trail knows.
func (s *Service) history(ctx context.Context, c store.SealedCollection, revs map[string]int64, r *Report) error {
	kind := s.trail.KindOf(c.Name())
	if kind == "" {
		return nil
	}
	older, err := s.trail.Beyond(ctx, kind, revs)
	if err != nil {
		return err
	}
	for _, id := range older {
		r.add(c, id, Older)
	}
	known, err := s.trail.Known(ctx, kind)
	if err != nil {
		return err
	}
	for _, id := range known {
		if _, there := revs[id]; there {
			continue
		}
		switch written, err := s.trail.Written(ctx, audit.Ref{Kind: kind, ID: id}); {
		case err != nil:
			return err
		case written:
			r.add(c, id, Missing)
		}
	}
	return nil
}

func (r *Report) add(c store.SealedCollection, id string, what store.Condition) {
	r.Wrong++
	f := Finding{c.Name(), id, what}
	if len(r.Findings) < maxFindings && !slices.ContainsFunc(r.Findings, func(x Finding) bool { return x.Collection == f.Collection && x.ID == id }) {
		r.Findings = append(r.Findings, f)
	}
}

// Restore puts the sealed copy of a document back, when the database says something else, and reports whether it did. It is an
// operator's doing and stands in the trail.
func (s *Service) Restore(ctx context.Context, by access.Actor, collection, id string) (bool, error) {
	if err := access.Require(by, access.ContentSeal, access.Thing{Kind: "collection"}); err != nil {
		return false, err
	}
	for _, c := range store.SealedIn(s.db) {
		if c.Name() != collection {
			continue
		}
		did, err := c.Restore(ctx, id)
		if err != nil || !did {
			return false, err
		}
		kind := s.trail.KindOf(collection)
		if kind == "" {
			kind = collection
		}
		return true, s.trail.Event(ctx, by, audit.Event{Action: access.ContentSeal, Object: audit.Ref{Kind: kind, ID: id}, Result: "ok", Why: "the sealed copy was put back"})
	}
	return false, fault.New(fault.NotFound, "error.not_found", fmt.Errorf("integrity: no sealed collection is called %q", collection))
}

// ErrWrong says that something is not as it was written.
var ErrWrong = errors.New("integrity: the content is not what was written")

// Err returns an error when the report found something.
func (r Report) Err() error {
	if r.Wrong == 0 {
		return nil
	}
	return fmt.Errorf("%w: %d of %d documents", ErrWrong, r.Wrong, r.Checked)
}
