// Package store keeps documents in typed collections over one of two engines: an SQLite file inside the process, or MongoDB.
//
// It is a small seam, not a query language. A document is a Go struct that embeds Meta; it is encoded once, as JSON, and it is
// the unit of atomicity: there are no transactions over several documents. Every query runs over declared indexes, every write
// is a compare-and-swap on the revision, and a document that others must hear of carries that fact itself (see Follow).
//
//	db, err := store.Open(ctx, "file:data/shangquan.db")
//	shops := store.NewCollection[Shop](db, "shops", store.Unique("slug"), store.Index("state", "updated_at"))
//	shop, err := shops.Update(ctx, id, rev, func(s *Shop) error { s.Name = name; return nil })
//	page, err := shops.Find(ctx, store.Where("state", store.Eq, "open").OrderBy("updated_at", store.Desc).Limit(20))
//
// It refuses what only one of the engines can do.
package store

import (
	"context"
	"errors"
	"maps"
	"reflect"
	"strings"
	"sync"
	"time"

	"shangquan/services/fault"
)

// Message keys of the faults this package returns.
const (
	keyNotFound    = "error.not_found"
	keyStale       = "error.stale"       // somebody else changed the document first
	keyTaken       = "error.taken"       // a unique field has this value elsewhere; Fields names it
	keyUnavailable = "error.unavailable" // the engine is down, closed, or refuses to start
	keyInternal    = "error.internal"
	keyCursor      = "error.cursor" // a page cursor that is damaged or belongs to another query
	keyID          = "error.id"
)

// Meta is what the store keeps with every document; document types embed it.
type Meta struct {
	ID  string `json:"id"`
	Rev int64  `json:"rev"`
	// CreatedAt and UpdatedAt are UTC, truncated to milliseconds, and set by the store.
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

// StoreMeta gives the store access to the embedded Meta.
func (m *Meta) StoreMeta() *Meta { return m }

// layout is the version of what this program keeps in a database, tables and documents. It is raised with every change that an earlier
// program would misread, or would lose by writing a document back. A database with a higher one is refused.
const layout = 1

// DB is an opened database. It is safe for concurrent use; its collections are made with NewCollection.
type DB interface {
	// Ping asks the engine whether it answers: fault.Unavailable when it does not.
	Ping(ctx context.Context) error
	// Prepare creates or migrates what the collections made so far have declared. A collection that was not prepared does it at
	// its first use; a server calls Prepare at start, so that a refusal comes before the first visitor.
	Prepare(ctx context.Context) error
	// Lease takes or extends the lease called name for owner until ttl from now, and reports whether owner holds it. Servers that
	// share follower work hold a lease while they work. It relies on the servers' clocks agreeing to well within ttl.
	Lease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)
	// Backup writes a consistent copy to a new file at path: fault.Conflict when the file exists, fault.Invalid on an engine that
	// is backed up with its own tools (MongoDB: mongodump --oplog).
	Backup(ctx context.Context, path string) error
	// Examine reads everything, compares it with every index and says what is damaged, "" when nothing is. It takes a second for 100 MB and
	// is for once a week. MongoDB compares the checksum of a block each time it reads it, so there it has nothing to find.
	Examine(ctx context.Context) (damage string, err error)
	// Close waits for the writes under way and releases the engine. Later calls answer fault.Unavailable.
	Close() error

	collection(sp *spec) engine
	now() time.Time
	set() *settings
}

// Option changes how Open opens.
type Option func(*settings)

type settings struct {
	clock   func() time.Time
	sealer  Sealer // nil: nothing is sealed
	altered func(collection, id string)

	mu     sync.Mutex
	sealed map[string]SealedCollection
	types  map[string]reflect.Type // of the documents, by collection
}

func (s *settings) now() time.Time { return s.clock() }

func (s *settings) set() *settings { return s }

func (s *settings) keeps(sp *spec) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.types == nil {
		s.types = map[string]reflect.Type{}
	}
	s.types[sp.name] = sp.doc
}

// Types returns what the documents of each collection made so far are, by name. It is how a test walks everything that is stored.
func Types(db DB) map[string]reflect.Type {
	s := db.set()
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.types)
}

// Clock makes the store read the time from now: created_at, updated_at and leases follow it.
func Clock(now func() time.Time) Option { return func(s *settings) { s.clock = now } }

// Open opens the database at uri: "file:path/to/file.db" for SQLite (the folder is created), "mongodb://…" or "mongodb+srv://…"
// for MongoDB. It refuses with fault.Unavailable, and a sentence that says what to do, a file that is damaged, newer than this
// program or in use by another process, and a server that is down or cannot promise durability.
func Open(ctx context.Context, uri string, opts ...Option) (DB, error) {
	s := &settings{clock: time.Now}
	for _, o := range opts {
		o(s)
	}
	switch {
	case strings.HasPrefix(uri, "file:"):
		return openSQLite(ctx, strings.TrimPrefix(uri, "file:"), s)
	case strings.HasPrefix(uri, "mongodb://"), strings.HasPrefix(uri, "mongodb+srv://"):
		return openMongo(ctx, uri, s)
	}
	return nil, fault.New(fault.Invalid, keyInternal, errors.New(`the store's address must begin with "file:" or "mongodb://"`))
}

// instant is t as both engines keep it.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
