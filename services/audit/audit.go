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
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
	"shangquan/services/turns"
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

	copies *turns.Queue // its runs guard what follows
	renew  time.Time    // when the lease is to be asked for again
}

// New returns the trail on db, signed with keys.
func New(db store.DB, keys *secret.Ring, now func() time.Time) *Log {
	return &Log{
		db: db, keys: keys, now: now, owner: rand.Text(), wake: make(chan struct{}, 1), copies: turns.New(), sources: map[string]*recorder{}, kinds: map[string]string{},
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

// errBroken is the reason of every finding of Verify.
var errBroken = errors.New("audit: the trail is not what was written")

// seqID is the id of the entry with this number: ids sort as numbers do.
func seqID(seq int64) string { return fmt.Sprintf("%012d", seq) }

func encode(mac []byte) string { return base64.RawURLEncoding.EncodeToString(mac) }
