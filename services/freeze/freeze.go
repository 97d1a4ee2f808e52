// Package freeze is the switch that makes the site one that can only be read (security CON-04). Public pages stay; every page and
// every address of the API that would write is refused, and everybody who was signed in is signed out. It is turned on from the
// command line or by an administrator, and turned off from the command line alone: who has stolen an administrator's account must
// not be able to undo it.
package freeze

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// State is whether the site is frozen. There is one.
type State struct {
	store.Meta
	audit.Trail
	Frozen bool      `json:"frozen"`
	Why    string    `json:"why"`
	Since  time.Time `json:"since"` // of what Frozen says
	// SessionsFrom ends every session that was opened before it, for good.
	SessionsFrom time.Time `json:"sessions_from"`
}

// Kind and theOne name the state in the trail and in the store.
const (
	Kind   = "site"
	theOne = "site"
)

// maxWhy is how long a reason may be, in characters.
const maxWhy = 200

// Service knows the state. It is safe for concurrent use.
type Service struct {
	docs *audit.Recorded[State]
	now  func() time.Time
	seen atomic.Pointer[State]
	told func(State)
}

// Declare declares the collection of the state on db; it may be done again.
func Declare(db store.DB) *store.Collection[State] {
	return store.NewCollection[State](db, "site", store.Follow("audit"), store.Sealed())
}

// New returns the switch on db. told, which may be nil, hears that the site was frozen by this process.
func New(db store.DB, log *audit.Log, now func() time.Time, told func(State)) *Service {
	s := &Service{docs: audit.Record(Declare(db), log, Kind), now: now, told: told}
	s.seen.Store(&State{})
	return s
}

// Now returns the state as it was last read: at most a second old while Run runs.
func (s *Service) Now() State { return *s.seen.Load() }

// Refused returns the fault that a write is answered with while the site is frozen, nil otherwise.
func (s *Service) Refused() error {
	if s == nil || !s.Now().Frozen {
		return nil
	}
	return fault.New(fault.Unavailable, "error.frozen", errors.New("freeze: the site is frozen"))
}

// SessionsFrom returns before when opened sessions are over.
func (s *Service) SessionsFrom() time.Time { return s.Now().SessionsFrom }

// Refresh reads the state. A state that somebody tampered with counts as frozen.
func (s *Service) Refresh(ctx context.Context) error {
	st, err := s.docs.Get(ctx, theOne)
	if f, ok := errors.AsType[*fault.Error](err); ok {
		switch {
		case f.Kind == fault.NotFound:
			st, err = State{}, nil
		case f.Key == "error.altered":
			st, err = State{Frozen: true, Why: "the switch itself was tampered with"}, nil
		}
	}
	if err == nil {
		s.seen.Store(&st)
	}
	return err
}

// lookEvery is how soon a server notices what another process did.
const lookEvery = time.Second

// Run reads the state every second until ctx ends.
func (s *Service) Run(ctx context.Context, log *slog.Logger) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		if err := s.Refresh(ctx); err != nil && ctx.Err() == nil {
			log.WarnContext(ctx, "whether the site is frozen is not known", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Freeze makes the site read-only and signs everybody out: fault.Invalid without a reason. Doing it again changes the reason and
// signs out once more.
func (s *Service) Freeze(ctx context.Context, by access.Actor, why string) error {
	if err := access.Require(by, access.SiteFreeze, access.Thing{Kind: Kind}); err != nil {
		return err
	}
	why = lang.Clean(why)
	if wrong := (lang.Limit{Max: maxWhy, Must: true}).Check("why", why); len(wrong) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	err := s.put(ctx, by, audit.Write{Action: access.SiteFreeze, Why: why}, func(st *State) error {
		now := s.now()
		if !st.Frozen {
			st.Since = now
		}
		st.Frozen, st.Why, st.SessionsFrom = true, why, now
		return nil
	})
	if err == nil && s.told != nil {
		s.told(s.Now())
	}
	return err
}

// Unfreeze lets the site be written to again. Who was signed out signs in again.
func (s *Service) Unfreeze(ctx context.Context, by access.Actor) error {
	if err := access.Require(by, access.SiteUnfreeze, access.Thing{Kind: Kind}); err != nil {
		return err
	}
	return s.put(ctx, by, audit.Write{Action: access.SiteUnfreeze}, func(st *State) error {
		st.Frozen, st.Why, st.Since = false, "", s.now()
		return nil
	})
}

// Restored puts on the trail that a backup was put back, and signs everybody out: the store does not know whom somebody signed out after
// the backup was made.
func (s *Service) Restored(ctx context.Context, by access.Actor, why string) error {
	if err := access.Require(by, access.SiteRestore, access.Thing{Kind: Kind}); err != nil {
		return err
	}
	return s.put(ctx, by, audit.Write{Action: access.SiteRestore, Why: why}, func(st *State) error {
		st.SessionsFrom = s.now()
		return nil
	})
}

func (s *Service) put(ctx context.Context, by access.Actor, w audit.Write, change func(*State) error) error {
	st, err := s.docs.Update(ctx, by, w, theOne, 0, change)
	if fault.Is(err, fault.NotFound) {
		st = State{Meta: store.Meta{ID: theOne}}
		if err = change(&st); err == nil {
			err = s.docs.Insert(ctx, by, w, &st)
		}
	}
	if err == nil {
		s.seen.Store(&st)
	}
	return err
}
