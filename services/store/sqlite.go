package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"shangquan/services/fault"
)

// lockWait is how long a second process waits for the first to end, as at a restart, before it is refused.
const lockWait = 2 * time.Second

// pragmas is what every connection runs; the driver puts busy_timeout first and the others in the order of the alphabet.
// synchronous=FULL: an acknowledged write survives a power failure. secure_delete: what is erased is overwritten in the file. The journal mode belongs to the file: see inspect.
var pragmas = []string{
	"busy_timeout(5000)", "cache_size(-4000)", "foreign_keys(1)", "journal_size_limit(67108864)", "page_size(8192)", "secure_delete(1)", "synchronous(FULL)",
	"trusted_schema(0)", "wal_autocheckpoint(1000)",
}

// inForce is what is read back at start. What an engine promises and does not do is found here, not after a power failure.
var inForce = map[string]string{
	"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "busy_timeout": "5000", "secure_delete": "1",
}

type sqliteDB struct {
	*settings
	path    string
	lock    *flock.Flock
	readers *sql.DB
	single  *sql.DB // holds the writer's one connection
	writer  *writer
	since   int64 // where the revisions of collections begin in this run

	mu     sync.Mutex
	tables map[string]*sqliteTable

	closed atomic.Bool

	stmts sync.Map     // of the readers: text → *sql.Stmt
	kept  atomic.Int64 // how many there are
}

func unavailable(format string, args ...any) error {
	return fault.New(fault.Unavailable, keyUnavailable, fmt.Errorf(format, args...))
}

func openSQLite(ctx context.Context, name string, s *settings) (DB, error) {
	path, err := fileOf(name)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, unavailable("store: the folder of %s cannot be made: %w", path, err)
	}
	db := &sqliteDB{settings: s, path: path, tables: map[string]*sqliteTable{}}
	if err := db.takeLock(ctx); err != nil {
		return nil, err
	}
	if err := db.start(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// takeLock guards the data file by a lock on a file beside it. A lock on the file itself would be lost: closing any descriptor
// of a file drops the locks that SQLite holds on it.
func (db *sqliteDB) takeLock(ctx context.Context) error {
	db.lock = flock.New(db.path + ".lock")
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	if ok, err := db.lock.TryLockContext(ctx, 50*time.Millisecond); !ok {
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			return unavailable("store: %s.lock cannot be locked: %w", db.path, err)
		}
		return unavailable("store: %s is in use by another process; stop that one first", db.path)
	}
	return nil
}

func (db *sqliteDB) dsn(extra ...string) string {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": append(append([]string{}, pragmas...), extra...)}
	return "file:" + (&url.URL{Path: db.path}).EscapedPath() + "?" + q.Encode()
}

func (db *sqliteDB) start(ctx context.Context) error {
	var err error
	// What a savepoint may have to put back is kept in memory, not in a file made for every commit.
	if db.single, err = sql.Open("sqlite", db.dsn("temp_store(memory)")); err != nil {
		return db.refusal(err)
	}
	db.single.SetMaxOpenConns(1)
	conn, err := db.single.Conn(ctx)
	if err != nil {
		return db.refusal(err)
	}
	if err := db.inspect(ctx, conn); err != nil {
		_ = conn.Close()
		return err
	}
	if db.readers, err = sql.Open("sqlite", db.dsn("query_only(1)")); err != nil {
		_ = conn.Close()
		return db.refusal(err)
	}
	db.readers.SetMaxOpenConns(4)
	db.readers.SetMaxIdleConns(4)
	db.writer = newWriter(ctx, conn)
	return nil
}

// inspect refuses a file that is damaged or newer, and settings that are not in force; it makes the tables of the store itself.
func (db *sqliteDB) inspect(ctx context.Context, conn *sql.Conn) error {
	var verdict string
	if err := conn.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return db.refusal(err)
	}
	if verdict != "ok" {
		return db.damaged(errors.New(verdict))
	}
	var version int
	if err := conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return db.refusal(err)
	}
	if version > layout {
		return unavailable("store: %s was written by a newer version of this program (layout %d; this one knows %d): start that version", db.path, version, layout)
	}
	// Only now: it writes to the file. A new one has pages of 8 KB by then, which this fixes.
	if _, err := conn.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return db.refusal(err)
	}
	for name, want := range inForce {
		var got string
		if err := conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&got); err != nil || got != want {
			return unavailable("store: %s: SQLite runs with %s=%q where %q is needed; is the file on a network share? (%v)", db.path, name, got, want, err)
		}
	}
	if _, err := conn.ExecContext(ctx, fmt.Sprintf(`BEGIN IMMEDIATE;
		CREATE TABLE IF NOT EXISTS _collections (name TEXT PRIMARY KEY, columns TEXT NOT NULL, revision INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS _leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
		CREATE TABLE IF NOT EXISTS _starts (one INTEGER PRIMARY KEY CHECK (one = 1), n INTEGER NOT NULL);
		PRAGMA user_version = %d; COMMIT`, layout)); err != nil {
		return db.refusal(err)
	}
	return db.refusal(db.countStart(ctx, conn))
}

// startShift leaves room for 2³² commits in one run.
const startShift = 32

// countStart makes the revisions of this run others than those of every run before. One process has the file at a time, so a revision
// needs to be on disk only as far as that: a row written with each commit would be one more page for every edit.
func (db *sqliteDB) countStart(ctx context.Context, conn *sql.Conn) error {
	var n int64
	err := conn.QueryRowContext(ctx, "INSERT INTO _starts (one, n) VALUES (1, 1) ON CONFLICT (one) DO UPDATE SET n = n + 1 RETURNING n").Scan(&n)
	db.since = n << startShift
	return err
}

func (db *sqliteDB) damaged(cause error) error {
	return unavailable("store: the database %s is damaged (%w). Nothing was changed. Keep the file and those named %s-wal and %s-shm for examination, then restore the latest backup in their place", db.path, cause, db.path, db.path)
}

// refusal translates an error at start.
func (db *sqliteDB) refusal(err error) error {
	if err == nil {
		return nil
	}
	switch code(err) {
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return db.damaged(err)
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return unavailable("store: %s cannot be opened for writing; check the owner and the permissions of the file and its folder: %w", db.path, err)
	}
	return db.translate(err)
}

// code returns SQLite's primary result code, 0 when err is not one of SQLite's.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// translate turns SQLite's errors into faults, at this one place.
func (db *sqliteDB) translate(err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if _, ok := errors.AsType[*fault.Error](err); ok {
		return err
	}
	switch code(err) {
	case sqlite3.SQLITE_CONSTRAINT:
		return taken(err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return db.damaged(err)
	case sqlite3.SQLITE_INTERRUPT:
		return context.Canceled
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOMEM:
		return unavailable("store: %s: %w", db.path, err)
	}
	if errors.Is(err, sql.ErrConnDone) || strings.Contains(err.Error(), "database is closed") {
		return unavailable("store: %s is closed", db.path)
	}
	return fault.New(fault.Internal, keyInternal, fmt.Errorf("store: %s: %w", db.path, err))
}

// taken names the field of a unique conflict: SQLite says "UNIQUE constraint failed: shops.slug (2067)".
func taken(err error) error {
	name := "id"
	if _, after, ok := strings.Cut(err.Error(), "UNIQUE constraint failed: "); ok {
		if _, col, ok := strings.Cut(after, "."); ok {
			name, _, _ = strings.Cut(col, " ")
		}
	}
	return &fault.Error{Kind: fault.Conflict, Key: keyTaken, Fields: []fault.Field{{Name: name, Key: keyTaken}}, Err: err}
}

func (db *sqliteDB) now() time.Time { return db.settings.now() }

func (db *sqliteDB) Ping(ctx context.Context) error {
	var one int
	return db.translate(db.readers.QueryRowContext(ctx, "SELECT 1 FROM _collections UNION SELECT 1").Scan(&one))
}

func (db *sqliteDB) Prepare(ctx context.Context) error {
	db.mu.Lock()
	tables := make([]*sqliteTable, 0, len(db.tables))
	for _, t := range db.tables {
		tables = append(tables, t)
	}
	db.mu.Unlock()
	for _, t := range tables {
		if err := t.prepare(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (db *sqliteDB) Lease(ctx context.Context, name, owner string, ttl time.Duration) (held bool, err error) {
	at := db.now().UnixMilli()
	err = db.write(ctx, func(tx *txn) error {
		n, err := tx.exec(`INSERT INTO _leases (name, owner, until) VALUES (?1, ?2, ?3)
			ON CONFLICT (name) DO UPDATE SET owner = ?2, until = ?3 WHERE owner = ?2 OR until <= ?4`, name, owner, at+ttl.Milliseconds(), at)
		held = n == 1
		return err
	})
	return held && err == nil, err
}

// Backup copies with VACUUM INTO, which sees one consistent state; copying the file would lose what is still in the log. The
// copy appears under its name only when it is whole and on disk.
func (db *sqliteDB) Backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fault.New(fault.Conflict, keyTaken, fmt.Errorf("store: %s exists already", path))
	}
	part := path + ".part"
	_ = os.Remove(part)
	defer func() { _ = os.Remove(part) }()
	if err := db.vacuumInto(ctx, part); err != nil {
		return db.translate(err)
	}
	f, err := os.Open(part) // #nosec G304 -- the operator names the file
	if err != nil {
		return unavailable("store: backup: %w", err)
	}
	err = errors.Join(f.Sync(), f.Close())
	if err == nil {
		err = os.Link(part, path) // unlike a rename it never replaces a file
	}
	if err != nil {
		return unavailable("store: backup: %w", err)
	}
	return nil
}

// Examine takes a connection of its own, which has none of the pages in memory yet.
func (db *sqliteDB) Examine(ctx context.Context) (damage string, err error) {
	own, err := sql.Open("sqlite", db.dsn("query_only(1)"))
	if err != nil {
		return "", db.translate(err)
	}
	defer func() { _ = own.Close() }()
	err = own.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&damage)
	switch {
	case code(err) == sqlite3.SQLITE_CORRUPT:
		return err.Error(), nil
	case err != nil:
		return "", db.translate(err)
	case damage == "ok":
		return "", nil
	}
	return damage, nil
}

// vacuumInto takes a connection of its own: the readers may not write, not even elsewhere, and the writer is not to wait.
func (db *sqliteDB) vacuumInto(ctx context.Context, path string) error {
	own, err := sql.Open("sqlite", db.dsn())
	if err != nil {
		return err
	}
	_, err = own.ExecContext(ctx, "VACUUM INTO ?", path)
	return errors.Join(err, own.Close())
}

func (db *sqliteDB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	var errs []error
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	if db.readers != nil {
		errs = append(errs, db.readers.Close())
	}
	if db.single != nil {
		errs = append(errs, db.single.Close())
	}
	errs = append(errs, db.lock.Unlock())
	return errors.Join(errs...)
}
