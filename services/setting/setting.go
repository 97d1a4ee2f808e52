// Package setting keeps what an administrator sets without starting the program anew: what the site is called, who answers for it, its
// filing numbers, the languages it offers, whether its street plan is shown and which maps it leads to, how long some records are kept,
// where the staff's pages answer and what messages leave as. There is one document. Secrets, the servers of messages and whatever the
// machine says itself stay with whoever runs it (server/config).
package setting

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// Set is the document. Each write is a new edition, numbered by the revision of the store; the latest Kept editions can be put in force again.
type Set struct {
	store.Meta
	audit.Trail
	Values
	At      time.Time `json:"at"`
	By      string    `json:"by"` // account
	ByName  string    `json:"by_name"`
	Earlier []Edition `json:"earlier"` // the newest first
}

// Edition is the settings as they were.
type Edition struct {
	Number int64     `json:"number"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	ByName string    `json:"by_name"`
	Values Values    `json:"values"`
}

// Kept is how many earlier editions there are at most.
const Kept = 20

const (
	kind   = "setting"
	theOne = "settings"
)

// Service keeps the settings. It is safe for concurrent use.
type Service struct {
	docs    *audit.Recorded[Set]
	initial Values
	now     func() time.Time
	cur     *store.Latest[Set]
}

// New returns the settings on db. initial are those of the environment, in force until somebody sets others. Ranges of the office that the
// environment names stay in force whatever is set: who runs the machine gets in again with them.
func New(db store.DB, log *audit.Log, initial Values, now func() time.Time) *Service {
	coll := store.NewCollection[Set](db, kind, store.Follow("audit"), store.Sealed())
	s := &Service{docs: audit.Record(coll, log, kind, audit.Hide("earlier")), initial: complete(initial), now: now}
	s.cur = store.NewLatest(Set{Values: s.initial}, s.docs.Revision, s.read)
	return s
}

// Now returns the settings in force when they were last looked at. They are shared: nobody changes them.
func (s *Service) Now() Values { return s.cur.Now().Values }

// Fixed reports whether the environment names the ranges of the office.
func (s *Service) Fixed() bool { return len(s.initial.Office) > 0 }

// inForce completes what is stored, perhaps by an earlier version of this program, and lets the environment win where it does.
func (s *Service) inForce(set Set) Set {
	set.Values = complete(set.Values)
	if s.Fixed() {
		set.Office = s.initial.Office
	}
	set.Earlier = slices.Clone(set.Earlier)
	for i := range set.Earlier {
		set.Earlier[i].Values = complete(set.Earlier[i].Values)
	}
	return set
}

// Look brings Now up to the store and returns a mark that is another after every change. It answers from memory while nothing changed.
func (s *Service) Look(ctx context.Context) (int64, error) { return s.cur.Look(ctx) }

func (s *Service) read(ctx context.Context, was Set) (Set, error) {
	set, err := s.docs.Get(ctx, theOne)
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case ok && f.Kind == fault.NotFound:
		return Set{Values: s.initial}, nil
	case ok && f.Key == "error.altered": // an alarm sounds; a site that says nothing at all would be worse
		slog.ErrorContext(ctx, "the settings stay as they were", "error", err)
		return was, nil
	}
	return s.inForce(set), err
}

// Get returns the settings with their earlier editions; revision 0: nobody has set any, and those of the environment are in force.
func (s *Service) Get(ctx context.Context, by access.Actor) (Set, error) {
	if err := access.Require(by, access.SettingRead, access.Thing{Kind: kind}); err != nil {
		return Set{}, err
	}
	set, err := s.docs.Get(ctx, theOne)
	if fault.Is(err, fault.NotFound) {
		return Set{Values: s.initial}, nil
	}
	return s.inForce(set), err
}

// Check says what is wrong with settings for who would put them in force: fault.Invalid with a field for each. Ranges of the office must
// have by in them.
func (s *Service) Check(by access.Actor, v Values) error {
	if err := access.Require(by, access.SettingEdit, access.Thing{Kind: kind}); err != nil {
		return err
	}
	v = s.clean(v)
	wrong := v.wrong()
	if len(wrong) == 0 && !s.Fixed() && !v.Admits(by.Client) {
		wrong = append(wrong, fault.Field{Name: "office", Key: "setting.wrong.outside", Args: map[string]any{"Address": by.Client.String()}})
	}
	return fault.Wrongs(wrong)
}

func (s *Service) clean(v Values) Values {
	if v = clean(v); s.Fixed() {
		v.Office = s.initial.Office
	}
	return v
}

// Put puts settings in force over edition number: a fault of Check, or fault.Conflict when another edition is in force.
func (s *Service) Put(ctx context.Context, by access.Actor, number int64, v Values) (Set, error) {
	if err := s.Check(by, v); err != nil {
		return Set{}, err
	}
	v = s.clean(v)
	return s.put(ctx, by, number, "", func(*Set) (Values, error) { return v, nil })
}

// Back puts an earlier edition in force again, number 0 being that of the environment: fault.NotFound for one that is not kept. Nothing is
// erased by it, and nobody shut out: terms that were shorter, and ranges of the office without by in them, stay as they are.
func (s *Service) Back(ctx context.Context, by access.Actor, number, to int64) (Set, error) {
	if err := access.Require(by, access.SettingEdit, access.Thing{Kind: kind}); err != nil {
		return Set{}, err
	}
	return s.put(ctx, by, number, fmt.Sprintf("edition %d", to), func(set *Set) (Values, error) {
		if to == 0 {
			return s.harmless(by, s.initial, complete(set.Values)), nil
		}
		for _, e := range set.Earlier {
			if e.Number == to {
				return s.harmless(by, complete(e.Values), complete(set.Values)), nil
			}
		}
		return Values{}, fault.New(fault.NotFound, "error.not_found", fmt.Errorf("setting: edition %d is not kept", to))
	})
}

// harmless is an earlier edition with the longer terms of now, and with the ranges of now where those of then would shut by out.
func (s *Service) harmless(by access.Actor, then, now Values) Values {
	for i, t := range then.Terms() {
		*t.Days = max(*t.Days, *now.Terms()[i].Days)
	}
	if !s.Fixed() && !then.Admits(by.Client) {
		then.Office = now.Office
	}
	return then
}

func (s *Service) put(ctx context.Context, by access.Actor, number int64, why string, next func(*Set) (Values, error)) (Set, error) {
	w := audit.Write{Action: access.SettingEdit, Why: why}
	stamp := func(set *Set, v Values) { set.Values, set.At, set.By, set.ByName = v, s.now(), by.AccountID, by.Name }
	var out Set
	var err error
	if number == 0 {
		out = Set{Meta: store.Meta{ID: theOne}, Earlier: []Edition{}}
		v, bad := next(&out)
		if bad != nil {
			return Set{}, bad
		}
		stamp(&out, v)
		if err = s.docs.Insert(ctx, by, w, &out); fault.Is(err, fault.Conflict) {
			err = fault.New(fault.Conflict, "error.stale", err)
		}
	} else {
		out, err = s.docs.Update(ctx, by, w, theOne, number, func(set *Set) error {
			v, err := next(set)
			if err != nil {
				return err
			}
			set.Earlier = slices.Insert(set.Earlier, 0, Edition{set.Rev, set.At, set.By, set.ByName, set.Values})
			set.Earlier = set.Earlier[:min(len(set.Earlier), Kept)]
			stamp(set, v)
			return nil
		})
	}
	if err != nil {
		return Set{}, err
	}
	_, err = s.Look(ctx)
	return out, err
}
