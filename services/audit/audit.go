// Package audit is the trail: who did what to which record, what it was before, and why. It only grows, and every entry carries the
// hash of the one before it under a key that is not in the store, so that a change, a gap or another order is found.
//
// A document that is audited carries the fact of its latest write inside itself: the fact and the change are one write, and neither
// can be lost without the other. From there one server at a time copies facts to the trail; before a document is written again,
// its fact is set aside, so a crash at any point leaves every revision with exactly one entry.
package audit

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/rescue"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// Ref names what an entry is about.
type Ref struct {
	Kind string `json:"kind"` // "listing", "account"
	ID   string `json:"id"`
}

// String returns the one text of a ref, by which entries are found.
func (r Ref) String() string { return r.Kind + "/" + r.ID }

// By is who did it. Personal: kept as long as the trail, which the law asks to keep for six months at least and we keep for a year.
type By struct {
	Account string `json:"account"`
	Name    string `json:"name,omitempty"`
	Role    string `json:"role,omitempty"` // what the person was: "owner", "coordinator", "key", "system"
	Session string `json:"session,omitempty"`
	Client  string `json:"client,omitempty"`
	Request string `json:"request,omitempty"`
}

// Change is one top-level field of a document before and after, as JSON; empty where it was not there, both empty where the
// trail must not know the value.
type Change struct {
	Path   string `json:"path"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Fact is what one write of a document was.
type Fact struct {
	Rev     int64         `json:"rev"`
	At      time.Time     `json:"at"`
	Action  access.Action `json:"action"`
	By      By            `json:"by"`
	Why     string        `json:"why,omitempty"`
	Title   string        `json:"title,omitempty"` // what people call the record
	Changes []Change      `json:"changes"`
}

// Trail is embedded by documents that are audited, beside store.Meta.
type Trail struct {
	Fact Fact `json:"fact,omitzero"`
}

// AuditTrail gives the package access to the embedded Trail.
func (t *Trail) AuditTrail() *Trail { return t }

// Entry is one line of the trail.
type Entry struct {
	store.Meta
	Seq  int64  `json:"seq"`
	Key  string `json:"key"`  // what makes it this one fact: "listing/ID/REV"
	Prev string `json:"prev"` // hash of the entry before; empty for the first
	Hash string `json:"hash"`
	Of   string `json:"of"` // Ref as text
	Fact Fact   `json:"fact"`
	// Result says how it ended where it is not a write: "ok", "refused".
	Result string `json:"result"`
}

// Object returns what the entry is about.
func (e *Entry) Object() Ref {
	for i := range e.Of {
		if e.Of[i] == '/' {
			return Ref{e.Of[:i], e.Of[i+1:]}
		}
	}
	return Ref{Kind: e.Of}
}

// Log is the trail over one store.
type Log struct {
	db    store.DB
	chain *store.Collection[Entry]
	base  *store.Collection[base]
	inbox *store.Collection[Entry] // facts that wait for their place in the chain
	keys  *secret.Ring
	now   func() time.Time
	owner string
	wake  chan struct{}

	mu      sync.Mutex
	sources map[string]*recorder
	kinds   map[string]string // of documents, by the name of their collection
	copying sync.Mutex
	renew   time.Time // when the lease is to be asked for again; guarded by copying
}

// New returns the trail on db, signed with keys.
func New(db store.DB, keys *secret.Ring, now func() time.Time) *Log {
	return &Log{
		db: db, keys: keys, now: now, owner: rand.Text(), wake: make(chan struct{}, 1), sources: map[string]*recorder{}, kinds: map[string]string{},
		chain: store.NewCollection[Entry](db, "audit", store.Unique("key"), store.Index("of"), store.Index("fact.by.account", "fact.at"),
			store.Index("fact.action", "fact.at"), store.Index("result", "fact.at"), store.Index("fact.at")),
		base:  store.NewCollection[base](db, "audit_base"),
		inbox: store.NewCollection[Entry](db, "audit_inbox"),
	}
}

// Event is something that happened and is no write of a document: a sign-in, an export, a refusal.
type Event struct {
	Action  access.Action
	Object  Ref
	Title   string
	Why     string
	Result  string   // "ok", "refused"
	Changes []Change // details, as JSON values; nothing secret
}

// Event records an event before it returns: an action that must be on record does not happen when this fails.
func (l *Log) Event(ctx context.Context, by access.Actor, e Event) error {
	entry := Entry{
		Key: "event/" + rand.Text(), Of: e.Object.String(), Result: e.Result,
		Fact: Fact{At: l.now(), Action: e.Action, By: byOf(by), Why: e.Why, Title: e.Title, Changes: e.Changes},
	}
	return l.setAside(ctx, entry)
}

// setAside keeps a fact until it has its place in the chain. Doing it twice is doing it once.
func (l *Log) setAside(ctx context.Context, e Entry) error {
	e.ID = e.Key
	err := l.inbox.Insert(ctx, &e)
	if fault.Is(err, fault.Conflict) {
		return nil
	}
	l.nudge()
	return err
}

func (l *Log) nudge() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake already
	}
}

// byOf says who an actor is, in the words of the trail.
func byOf(a access.Actor) By {
	b := By{Account: a.AccountID, Name: a.Name, Session: a.Session, Request: a.Request}
	if a.Client.IsValid() {
		b.Client = a.Client.String()
	}
	switch {
	case a.System != "":
		b.Role = "system"
	case a.Key != nil:
		b.Role = "key"
	default:
		for _, r := range access.DistrictRoles {
			if a.Is(r) {
				b.Role = string(r)
			}
		}
		if b.Role == "" && len(a.Seats) > 0 {
			b.Role = string(a.Seats[0].Role)
		}
	}
	return b
}

// leaseTime is how long one server may copy without saying that it is still there.
const leaseTime = 15 * time.Second

// batch is how many facts are copied at once.
const batch = 200

// CatchUp copies every fact that waits at this moment to the trail, and perhaps some that come meanwhile, and returns how many those
// were. It ends however many go on writing. When another server is at it, there is nothing to do.
func (l *Log) CatchUp(ctx context.Context) (int, error) {
	l.copying.Lock()
	defer l.copying.Unlock()
	total := 0
	for {
		mine, err := l.held(ctx)
		if err != nil || !mine {
			return total, err
		}
		n, full, err := l.copyBatch(ctx)
		total += n
		if err != nil || !full {
			return total, err
		}
	}
}

// held reports whether this server is the one that copies, for half of the lease at least. Asking is a write: it does so twice a lease.
func (l *Log) held(ctx context.Context) (bool, error) {
	at := l.now()
	if at.Before(l.renew) {
		return true, nil
	}
	mine, err := l.db.Lease(ctx, "audit", l.owner, leaseTime)
	if l.renew = (time.Time{}); mine {
		l.renew = at.Add(leaseTime / 2)
	}
	return mine, err
}

// copyBatch copies what waits, of documents at most a batch of each kind, and returns how many facts it dealt with, and whether a
// batch was full: only then did more wait than has been read.
func (l *Log) copyBatch(ctx context.Context) (n int, full bool, err error) {
	var waiting []Entry
	var from []*recorder
	l.mu.Lock()
	sources := make([]*recorder, 0, len(l.sources))
	for _, s := range l.sources {
		sources = append(sources, s)
	}
	l.mu.Unlock()
	for _, s := range sources {
		more, all, err := s.pending(ctx, batch)
		if err != nil {
			return 0, false, err
		}
		full = full || !all
		for _, e := range more {
			waiting, from = append(waiting, e), append(from, s)
		}
	}
	// The inbox comes second and whole: what a document's fact had before it was set aside before the document was written, so
	// no fact is read without those of its earlier revisions.
	for e, err := range l.inbox.Each(ctx, store.All().OrderBy("created_at", store.Asc).Limit(batch)) {
		if err != nil {
			return 0, false, err
		}
		waiting, from = append(waiting, e), append(from, nil)
	}
	if len(waiting) == 0 {
		return 0, full, nil
	}
	if err := l.link(ctx, waiting); err != nil {
		return 0, false, err
	}
	return len(waiting), full, l.tickOff(ctx, waiting, from)
}

// together is how many facts are ticked off at once, so that they share commits.
const together = 16

// tickOff notes that facts have their place: those from documents at their documents, the others leave the inbox.
func (l *Log) tickOff(ctx context.Context, waiting []Entry, from []*recorder) error {
	var done []Entry
	var g rescue.Group
	g.SetLimit(together)
	for i := range waiting {
		if from[i] == nil {
			done = append(done, waiting[i])
			continue
		}
		g.Go(func() error { return from[i].delivered(ctx, &waiting[i]) })
	}
	if err := g.Wait(); err != nil || len(done) == 0 {
		return err
	}
	_, err := l.inbox.Erase(ctx, done...)
	return err
}

// Release lets another server copy at once, instead of when the lease of this one has run out.
func (l *Log) Release(ctx context.Context) error {
	l.copying.Lock()
	defer l.copying.Unlock()
	l.renew = time.Time{}
	_, err := l.db.Lease(ctx, "audit", l.owner, 0)
	return err
}

// gather is how long facts wait for others to be copied with. They are safe where they are, whoever reads the trail copies first, and
// a copy for each write would keep the disk from the next write.
const gather = 50 * time.Millisecond

// Run copies facts as they come until ctx ends, and then lets others.
func (l *Log) Run(ctx context.Context, log *slog.Logger) {
	defer func() { _ = l.Release(context.WithoutCancel(ctx)) }() // the lease ends by itself otherwise
	tick := time.NewTicker(time.Second)                          // what other servers wrote does not wake this one
	defer tick.Stop()
	for {
		if _, err := l.CatchUp(ctx); err != nil && ctx.Err() == nil {
			log.ErrorContext(ctx, "the trail cannot be written", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			continue
		case <-l.wake:
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(gather):
		}
	}
}

// errBroken is the reason of every finding of Verify.
var errBroken = errors.New("audit: the trail is not what was written")

// seqID is the id of the entry with this number: ids sort as numbers do.
func seqID(seq int64) string { return fmt.Sprintf("%012d", seq) }

func encode(mac []byte) string { return base64.RawURLEncoding.EncodeToString(mac) }
