// Package alarm keeps what somebody must look at soon: content that is not what was written, a broken trail, guessing at passwords.
// An alarm is a record, a line in the log and a message. The same thing again makes no second record: it is counted.
package alarm

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
	"shangquan/services/store"
)

// Kind is what happened.
type Kind string

// The kinds (security AUD-07).
const (
	Content  Kind = "content"  // a document is not what was sealed; the object is COLLECTION/ID
	Trail    Kind = "trail"    // the trail is not what was written
	Guessing Kind = "guessing" // many sign-ins fail
	Network  Kind = "network"  // somebody of the staff signed in from a network for the first time; the object is the account
	Drift    Kind = "drift"    // the search index differed from the register
	Refused  Kind = "refused"  // the search engine did not take what it was sent
	Frozen   Kind = "frozen"   // the site was frozen
	Backup   Kind = "backup"   // there is no backup of the last day
	Errors   Kind = "errors"   // too many answers are errors
	Damage   Kind = "damage"   // the file of the database is damaged
)

// Kinds lists the kinds.
var Kinds = []Kind{Content, Trail, Guessing, Network, Drift, Refused, Frozen, Backup, Errors, Damage}

// letters are the kinds of messages about alarms.
var letters = map[Kind]string{
	Content: "alarm_content", Trail: "alarm_trail", Guessing: "alarm_guessing", Network: "alarm_network", Drift: "alarm_drift", Refused: "alarm_refused",
	Frozen: "alarm_frozen", Backup: "alarm_backup", Errors: "alarm_errors", Damage: "alarm_damage",
}

// Alarm is one thing to look at.
type Alarm struct {
	store.Meta
	Kind   Kind      `json:"kind"`
	Object string    `json:"object"`
	Note   string    `json:"note"` // what the one who looks must know; nothing personal
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Count  int       `json:"count"` // since it was opened
	Told   time.Time `json:"told"`  // when a message was last sent
	Open   bool      `json:"open"`
	By     string    `json:"by"` // who closed it
}

// Recipient is somebody a message goes to.
type Recipient struct {
	To   string
	Lang lang.Tag
}

// Service keeps the alarms of one store.
type Service struct {
	coll  *store.Collection[Alarm]
	trail *audit.Log
	log   *slog.Logger
	now   func() time.Time

	queue chan raised
	mu    sync.Mutex
	last  map[string]time.Time // when an alarm was last written, by id
	tell  func(context.Context, Alarm) error
	fails []time.Time
	// minutes are the answers of the last minutes, one after the other in a ring.
	minutes [errorWindow]minute
}

type raised struct {
	kind         Kind
	object, note string
}

const (
	waiting    = 256              // alarms that may wait to be written
	again      = time.Minute      // how often the same alarm is counted at most
	tellAgain  = 24 * time.Hour   // how often a message says the same
	tellWithin = 20 * time.Second // how long messages may take
	maxNote    = 500
)

// New returns the alarms on db.
func New(db store.DB, trail *audit.Log, log *slog.Logger, now func() time.Time) *Service {
	return &Service{
		coll:  store.NewCollection[Alarm](db, "alarms", store.Index("open", "last")),
		trail: trail, log: log, now: now, queue: make(chan raised, waiting), last: map[string]time.Time{},
	}
}

// Tell makes messages leave: to returns who gets them.
func (s *Service) Tell(by mail.Sender, site, link string, to func(context.Context) ([]Recipient, error)) {
	s.tell = func(ctx context.Context, a Alarm) error {
		list, err := to(ctx)
		if err != nil {
			return err
		}
		var failed error
		for _, r := range list {
			err := by.Send(ctx, mail.Message{
				To: r.To, Kind: letters[a.Kind], Lang: r.Lang, Key: a.ID + "/" + a.Last.Format(time.RFC3339) + "/" + r.To,
				Args: map[string]any{"Site": site, "Link": link, "Object": a.Object, "Time": a.Last.In(s.now().Location()).Format("2006-01-02 15:04")},
			})
			if err != nil {
				failed = err
			}
		}
		return failed
	}
}

// Raise says that something must be looked at. It never waits: what it says is written by Run.
func (s *Service) Raise(kind Kind, object, note string) {
	if !s.due(kind, object) {
		return
	}
	select {
	case s.queue <- raised{kind, object, note}:
	default:
		s.log.Error("too many alarms at once", "kind", kind, "object", object)
	}
}

// due reports whether the alarm was not written within the last minute, and notes that it is now.
func (s *Service) due(kind Kind, object string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, now := idOf(kind, object), s.now()
	if at, ok := s.last[id]; ok && now.Sub(at) < again && now.Sub(at) >= 0 {
		return false
	}
	if len(s.last) > 10*waiting {
		clear(s.last)
	}
	s.last[id] = now
	return true
}

func idOf(kind Kind, object string) string {
	id := string(kind) + "/" + object
	return id[:min(len(id), 200)]
}

// Run writes what was raised until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case r := <-s.queue:
			if err := s.Record(ctx, r.kind, r.object, r.note); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "an alarm could not be written", "kind", r.kind, "object", r.object, "error", err)
			}
		}
	}
}

// Record writes an alarm before it returns, and sends messages when it is new, was closed, or was last told a day ago.
func (s *Service) Record(ctx context.Context, kind Kind, object, note string) error {
	s.log.ErrorContext(ctx, "alarm", "kind", kind, "object", object, "note", note)
	note = note[:min(len(note), maxNote)]
	tell := false
	sound := func(a *Alarm) error {
		now := s.now()
		if !a.Open {
			*a = Alarm{Meta: a.Meta, Kind: kind, Object: object, First: now, Open: true}
		}
		a.Note, a.Last, a.Count = note, now, a.Count+1
		if tell = now.Sub(a.Told) >= tellAgain; tell {
			a.Told = now
		}
		return nil
	}
	id := idOf(kind, object)
	a, err := s.coll.Update(ctx, id, 0, sound)
	if fault.Is(err, fault.NotFound) {
		a = Alarm{Meta: store.Meta{ID: id}}
		_ = sound(&a)
		if err = s.coll.Insert(ctx, &a); fault.Is(err, fault.Conflict) { // another server was quicker
			a, err = s.coll.Update(ctx, id, 0, sound)
		}
	}
	if err != nil || !tell || s.tell == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, tellWithin)
	defer cancel()
	return s.tell(ctx, a)
}

// Thing is what permission is asked for.
func Thing() access.Thing { return access.Thing{Kind: "alarm"} }

// shown is how many open alarms a list has at most.
const shown = 100

// Open returns the alarms that nobody has closed, the latest first, at most 100.
func (s *Service) Open(ctx context.Context, by access.Actor) ([]Alarm, error) {
	if err := access.Require(by, access.AlarmRead, Thing()); err != nil {
		return nil, err
	}
	page, err := s.coll.Find(ctx, store.Where("open", store.Eq, true).OrderBy("last", store.Desc).Limit(shown))
	return page.Items, err
}

// Close says that an alarm was looked at: fault.NotFound, fault.Conflict when it sounded again since the revision that was seen.
func (s *Service) Close(ctx context.Context, by access.Actor, id string, rev int64) error {
	if err := access.Require(by, access.AlarmClose, Thing()); err != nil {
		return err
	}
	a, err := s.coll.Update(ctx, id, rev, func(a *Alarm) error {
		a.Open, a.By = false, by.Name
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.last, id)
	s.mu.Unlock()
	return s.trail.Event(ctx, by, audit.Event{Action: access.AlarmClose, Object: audit.Ref{Kind: "alarm", ID: a.ID}, Result: "ok"})
}

// What counts as guessing (security AUD-07).
const (
	manyFailures = 20
	within       = time.Minute
)

// Failed counts a sign-in that did not succeed, and raises an alarm when more than 20 did within a minute, whoever they were about:
// many names tried once each pass every limit of one account.
func (s *Service) Failed() {
	s.mu.Lock()
	now := s.now()
	for len(s.fails) > 0 && now.Sub(s.fails[0]) >= within {
		s.fails = s.fails[1:]
	}
	s.fails = append(s.fails, now)
	many := len(s.fails) > manyFailures
	if len(s.fails) > 2*manyFailures {
		s.fails = s.fails[1:]
	}
	s.mu.Unlock()
	if many {
		s.Raise(Guessing, "sign-in", "more than 20 sign-ins failed within a minute")
	}
}
