package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"shangquan/services/fault"
)

// Copy is what a file that DB.Backup wrote holds.
type Copy struct {
	Layout int              `json:"layout"`
	Rows   map[string]int64 `json:"rows"` // by collection
}

// ReadCopy looks through a file that DB.Backup wrote, and changes nothing: fault.Unavailable when it is damaged, or was written by a
// newer program than this one.
func ReadCopy(ctx context.Context, path string) (Copy, error) {
	if _, err := os.Stat(path); err != nil {
		return Copy{}, unavailable("store: %w", err)
	}
	// immutable: without a lock and without a log, which a copy has not.
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&immutable=1")
	if err != nil {
		return Copy{}, unavailable("store: %s: %w", path, err)
	}
	defer func() { _ = db.Close() }()
	c := Copy{Rows: map[string]int64{}}
	if err := c.read(ctx, db); err != nil {
		if ctx.Err() != nil {
			return Copy{}, ctx.Err()
		}
		return Copy{}, unavailable("store: the copy %s is damaged: %w", path, err)
	}
	if c.Layout > layout {
		return Copy{}, unavailable("store: the copy %s was written by a newer version of this program (layout %d; this one knows %d)", path, c.Layout, layout)
	}
	return c, nil
}

func (c *Copy) read(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return err
	}
	if verdict != "ok" {
		return errors.New(verdict)
	}
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&c.Layout); err != nil {
		return err
	}
	rows, err := db.QueryContext(ctx, "SELECT name FROM _collections")
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		c.Rows[name] = 0
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for name := range c.Rows {
		var n int64
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM "+quoted(name)).Scan(&n); err != nil {
			return err
		}
		c.Rows[name] = n
	}
	return nil
}

// Install puts a copy that DB.Backup wrote, and copied writes out again, in the place of the SQLite file of uri, which no process may have
// open. What was there is never deleted: it stays beside the new file under the name that is returned, "" when there was nothing. After an error everything is
// as it was. fault.Unavailable: the copy is damaged or newer than this program, or the store is in use; fault.Invalid: uri names no file.
func Install(ctx context.Context, uri string, copied func(io.Writer) error) (kept string, err error) {
	name, ok := strings.CutPrefix(uri, "file:")
	if !ok {
		return "", fault.New(fault.Invalid, keyInternal, errors.New("store: MongoDB is restored with mongorestore"))
	}
	path, err := fileOf(name)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return "", unavailable("store: the folder of %s cannot be made: %w", path, err)
	}
	db := &sqliteDB{path: path}
	if err := db.takeLock(ctx); err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, db.lock.Unlock()) }()
	part := path + ".part"
	defer func() { _ = os.Remove(part) }()
	if err := writeFile(part, copied); err != nil {
		return "", err
	}
	if _, err := ReadCopy(ctx, part); err != nil {
		return "", err
	}
	if _, err := os.Lstat(path); err == nil {
		kept = path + ".before-" + time.Now().UTC().Format("20060102T150405.000Z")
	}
	if err := swapFiles(path, part, kept); err != nil {
		return "", unavailable("store: %w", err)
	}
	return kept, nil
}

// logs are the files that belong to a file of SQLite; they follow its name.
var logs = []string{"", "-wal", "-shm"}

// swapFiles moves what is at path away to kept and part to path, or does nothing.
func swapFiles(path, part, kept string) error {
	moved := []string{}
	back := func(err error) error {
		for _, end := range moved {
			err = errors.Join(err, os.Rename(kept+end, path+end))
		}
		return err
	}
	if kept != "" {
		for _, end := range logs {
			switch err := os.Rename(path+end, kept+end); {
			case err == nil:
				moved = append(moved, end)
			case !errors.Is(err, os.ErrNotExist):
				return back(err)
			}
		}
	}
	if err := os.Rename(part, path); err != nil {
		return back(err)
	}
	return syncFolder(filepath.Dir(path))
}

// writeFile makes a file and brings it to the disk; only its owner may read it.
func writeFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // #nosec G304 -- beside the store
	if err != nil {
		return unavailable("store: %w", err)
	}
	if err := write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return unavailable("store: %w", err)
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir) // #nosec G304 -- of the store
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// fileOf is the path in an address after "file:".
func fileOf(name string) (string, error) {
	path, _, _ := strings.Cut(name, "?")
	path = strings.TrimPrefix(path, "//")
	if path == "" || path == ":memory:" {
		return "", fault.New(fault.Invalid, keyInternal, errors.New("store: name a file, as in file:data/shangquan.db"))
	}
	return path, nil
}
