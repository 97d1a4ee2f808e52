package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// sqliteTable is one collection: a table with the document beside its index columns, and for each Multi field a table of values.
// The names say what they hold: "shops", "shops/tag_ids", index "shops/index:state,updated_at".
type sqliteTable struct {
	db  *sqliteDB
	sp  *spec
	sql statements
	rev atomic.Int64

	mu    sync.Mutex
	ready atomic.Bool
}

func (db *sqliteDB) collection(sp *spec) engine {
	db.mu.Lock()
	defer db.mu.Unlock()
	if t, ok := db.tables[sp.name]; ok {
		if !t.sp.same(sp) {
			panic(fmt.Sprintf("store: collection %s is declared twice, differently", sp.name))
		}
		return t
	}
	t := &sqliteTable{db: db, sp: sp}
	t.sql = t.statements()
	db.tables[sp.name] = t
	return t
}

// quoted is a name as an SQL identifier. Names are checked when they are declared; paths are JSON names of the program.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

var columnTypes = [...]string{kindString: "TEXT", kindInt: "INTEGER", kindFloat: "REAL", kindBool: "INTEGER", kindTime: "INTEGER"}

// columns is the wanted shape of the table beyond the metadata: what is recorded, to see what a new declaration changes.
func (t *sqliteTable) columns() map[string]string {
	out := map[string]string{}
	for _, f := range t.sp.fields[len(metaFields):] {
		out[f.path] = columnTypes[f.kind]
		if f.many {
			out[f.path] = "many " + out[f.path]
		}
	}
	for _, f := range t.sp.followers {
		out[pendingColumn(f)] = "pending"
	}
	if t.sp.sealed {
		out[sealColumn] = "seal"
	}
	return out
}

// sealColumn holds the sealed copy of the document. No path of a document begins like it.
const sealColumn = "_seal"

func pendingColumn(follower string) string { return pendingPrefix + follower }

func (t *sqliteTable) side(path string) string { return quoted(t.sp.name + "/" + path) }

// prepare makes or migrates the table in one transaction: a program killed meanwhile leaves the old state.
func (t *sqliteTable) prepare(ctx context.Context) error {
	if t.ready.Load() {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.ready.Load() {
		return nil
	}
	if err := t.db.write(ctx, t.migrate); err != nil {
		return err
	}
	t.ready.Store(true)
	return nil
}

func (t *sqliteTable) migrate(tx *txn) error {
	t.rev.Store(t.db.since)
	was, err := t.recorded(tx)
	if err != nil {
		return err
	}
	want := t.columns()
	if was == nil {
		err = t.create(tx, want)
	} else if !maps.Equal(was, want) {
		err = t.reshape(tx, was, want)
	}
	if err != nil {
		return err
	}
	if err := t.reindex(tx); err != nil {
		return err
	}
	if was != nil && maps.Equal(was, want) {
		return nil
	}
	b, err := json.Marshal(want)
	if err != nil {
		return err
	}
	_, err = tx.exec(`INSERT INTO _collections (name, columns, revision) VALUES (?1, ?2, 1)
		ON CONFLICT (name) DO UPDATE SET columns = ?2`, t.sp.name, string(b))
	return err
}

// recorded is the shape that the table has, nil when there is none yet.
func (t *sqliteTable) recorded(tx *txn) (columns map[string]string, err error) {
	rows, err := tx.query("SELECT columns FROM _collections WHERE name = ?", t.sp.name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var b string
		if err := rows.Scan(&b); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(b), &columns); err != nil {
			return nil, err
		}
	}
	return columns, rows.Err()
}

// create makes the table with the document last, so that reading a column never goes through the pages of a long document.
func (t *sqliteTable) create(tx *txn, want map[string]string) error {
	cols := "_pk INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, rev INTEGER NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL"
	var sides []string
	for _, path := range slices.Sorted(maps.Keys(want)) {
		switch {
		case strings.HasPrefix(want[path], "many "):
			sides = append(sides, t.added(path, want[path]))
		case path == sealColumn: // behind the document
		default:
			cols += ", " + quoted(path) + " " + columnType(want[path])
		}
	}
	cols += ", _doc TEXT NOT NULL"
	if t.sp.sealed {
		cols += ", " + sealColumn + " " + columnType("seal")
	}
	statement := "CREATE TABLE " + quoted(t.sp.name) + " (" + cols + ")"
	for _, s := range append([]string{statement}, sides...) {
		if err := tx.define(s); err != nil {
			return err
		}
	}
	return nil
}

// added is the statement that adds a column, or the side table of a list.
func (t *sqliteTable) added(path, typ string) string {
	if of, ok := strings.CutPrefix(typ, "many "); ok {
		return "CREATE TABLE " + t.side(path) + " (value " + of + " NOT NULL, doc INTEGER NOT NULL REFERENCES " + quoted(t.sp.name) +
			" (_pk), PRIMARY KEY (value, doc)) WITHOUT ROWID; CREATE INDEX " + quoted(t.sp.name+"/doc:"+path) + " ON " + t.side(path) + " (doc)"
	}
	return "ALTER TABLE " + quoted(t.sp.name) + " ADD COLUMN " + quoted(path) + " " + columnType(typ)
}

func columnType(typ string) string {
	if typ == "pending" {
		return "INTEGER NOT NULL DEFAULT 1"
	}
	if typ == "seal" {
		return "BLOB"
	}
	return typ
}

// reshape drops the columns that are no longer declared, adds the new ones and fills them from the documents.
func (t *sqliteTable) reshape(tx *txn, was, want map[string]string) error {
	table := quoted(t.sp.name)
	if err := t.dropIndexes(tx, func(string) bool { return true }); err != nil { // an index would keep its column
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(was)) {
		if want[path] == was[path] {
			continue
		}
		drop := "ALTER TABLE " + table + " DROP COLUMN " + quoted(path)
		if strings.HasPrefix(was[path], "many ") {
			drop = "DROP TABLE " + t.side(path)
		}
		if err := tx.define(drop); err != nil {
			return err
		}
	}
	fill := false
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if want[path] == was[path] {
			continue
		}
		fill = true
		if err := tx.define(t.added(path, want[path])); err != nil {
			return err
		}
	}
	if !fill {
		return nil
	}
	return t.fill(tx)
}

// fill computes the index columns of every document again, a few hundred at a time.
func (t *sqliteTable) fill(tx *txn) error {
	var last int64
	for {
		rows, err := tx.query("SELECT _pk, _doc FROM "+quoted(t.sp.name)+" WHERE _pk > ? ORDER BY _pk LIMIT 500", last)
		if err != nil {
			return err
		}
		var ids []int64
		var records []record
		for rows.Next() {
			var id int64
			var doc []byte
			if err := rows.Scan(&id, &doc); err != nil {
				_ = rows.Close()
				return err
			}
			r, err := t.sp.extract(doc)
			if err != nil {
				_ = rows.Close()
				return err
			}
			ids, records = append(ids, id), append(records, r)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		if len(ids) == 0 {
			return nil
		}
		for i, r := range records {
			if _, err := tx.exec(t.sql.refill, append(t.args(r), ids[i])...); err != nil {
				return err
			}
			if err := t.writeLists(tx, ids[i], r, true); err != nil {
				return err
			}
		}
		last = ids[len(ids)-1]
	}
}

// reindex makes the indexes equal to the declarations. A name says everything of an index, so equal names are equal indexes.
func (t *sqliteTable) reindex(tx *txn) error {
	table := quoted(t.sp.name)
	want := map[string]string{}
	for _, ix := range t.sp.indexes {
		name := t.sp.name + "/" + ix.name()
		cols := make([]string, len(ix.fields))
		for i, f := range ix.fields {
			cols[i] = quoted(f)
		}
		switch {
		case ix.many: // the side table is its own index
		case ix.unique:
			want[name] = "CREATE UNIQUE INDEX " + quoted(name) + " ON " + table + " (" + cols[0] + ")"
		default: // the id at the end settles ties in the order of pages
			want[name] = "CREATE INDEX " + quoted(name) + " ON " + table + " (" + strings.Join(cols, ", ") + ", id)"
		}
	}
	for _, f := range t.sp.followers {
		name := t.sp.name + "/" + pendingColumn(f)
		want[name] = "CREATE INDEX " + quoted(name) + " ON " + table + " (updated_at, id) WHERE " + quoted(pendingColumn(f)) + " = 1"
	}
	have := map[string]bool{}
	err := t.dropIndexes(tx, func(name string) bool {
		_, keep := want[name]
		have[name] = keep
		return !keep
	})
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !have[name] {
			if err := tx.define(want[name]); err != nil {
				return fmt.Errorf("index %s: %w", name, err)
			}
		}
	}
	return nil
}

func (t *sqliteTable) dropIndexes(tx *txn, drop func(name string) bool) error {
	rows, err := tx.query("SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", t.sp.name)
	if err != nil {
		return err
	}
	var names []string
	for rows.Next() {
		var n string
		if err := rows.Scan(&n); err != nil {
			_ = rows.Close()
			return err
		}
		names = append(names, n)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, n := range names {
		if drop(n) {
			if err := tx.define("DROP INDEX " + quoted(n)); err != nil {
				return err
			}
		}
	}
	return nil
}
