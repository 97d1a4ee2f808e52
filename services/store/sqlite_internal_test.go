package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/fault"
)

type note struct {
	Meta
	Slug string   `json:"slug"`
	N    int      `json:"n"`
	Text string   `json:"text"`
	Tags []string `json:"tags"`
}

func openTest(t *testing.T, path string) (*sqliteDB, *Collection[note]) {
	t.Helper()
	db, err := Open(t.Context(), "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db.(*sqliteDB), NewCollection[note](db, "notes", Unique("slug"), Index("n"), Multi("tags"), Follow("search"))
}

// TestSQLiteSettings: what makes writes durable is in force, read back from the engine. DUR-01.
func TestSQLiteSettings(t *testing.T) {
	db, _ := openTest(t, filepath.Join(t.TempDir(), "made", "here", "a b?#%.db"))
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "trusted_schema": "0", "busy_timeout": "5000", "page_size": "8192", "user_version": "1", "secure_delete": "1"}
	for name, want := range want {
		for who, q := range map[string]interface {
			QueryRowContext(context.Context, string, ...any) *sql.Row
		}{"writer": db.writer.conn, "reader": db.readers} {
			var got string
			if err := q.QueryRowContext(t.Context(), "PRAGMA "+name).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s = %q (%v), want %q", who, name, got, err, want)
			}
		}
	}
	if _, err := db.readers.ExecContext(t.Context(), "DELETE FROM _collections"); err == nil {
		t.Error("a reader can write")
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

// An edit writes the columns that differ from the document, whoever made them differ.
func TestSQLiteColumnsFollowTheDocument(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "notes.db"))
	for i, tt := range []struct {
		past string // what somebody does to the row meanwhile
		edit func(*note)
	}{
		{"", func(*note) {}},
		{"", func(n *note) { n.N = 7 }},
		{"", func(n *note) { n.Slug, n.N = "other", -1 }},
		{"UPDATE notes SET n = 99", func(n *note) { n.Text = "untouched else" }},
		{"UPDATE notes SET n = NULL, slug = 'taken'", func(*note) {}},
	} {
		n := note{Slug: fmt.Sprint("s", i), N: 5, Tags: []string{"a"}}
		if err := c.Insert(t.Context(), &n); err != nil {
			t.Fatal(err)
		}
		if tt.past != "" {
			if _, err := db.writer.conn.ExecContext(t.Context(), tt.past+" WHERE id = ?", n.ID); err != nil {
				t.Fatal(err)
			}
		}
		got, err := c.Update(t.Context(), n.ID, n.Rev, func(n *note) error { tt.edit(n); return nil })
		if err != nil {
			t.Fatal(i, err)
		}
		var slug string
		var num, rev, pending int
		row := db.readers.QueryRowContext(t.Context(), `SELECT slug, n, rev, "pending:search" FROM notes WHERE id = ?`, n.ID)
		if err := row.Scan(&slug, &num, &rev, &pending); err != nil || slug != got.Slug || num != got.N || rev != 2 || pending != 1 {
			t.Errorf("%d: slug %q, n %d, revision %d, pending %d (%v), of %+v", i, slug, num, rev, pending, err, got)
		}
	}
}

func TestSQLiteRefusesToStart(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	db, c := openTest(t, good)
	for i := range 40 {
		if err := c.Insert(t.Context(), &note{Slug: fmt.Sprint(i), Text: strings.Repeat("text ", 400)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		file []byte
		says string
	}{
		{"truncated", whole[:len(whole)/2], "restore the latest backup"},
		{"page overwritten", append(append(bytes.Clone(whole[:8192*2]), bytes.Repeat([]byte{0xA5}, 8192*3)...), whole[8192*5:]...), "restore the latest backup"},
		{"another format", bytes.Repeat([]byte("not a database. "), 1000), "restore the latest backup"},
		{"newer layout", append(append(bytes.Clone(whole[:60]), 0, 0, 0, 99), whole[64:]...), "newer version"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "bad.db")
			if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), "file:"+path)
			if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open = %v, want a refusal that says %q and names the file", err, c.says)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, c.file) {
				t.Errorf("the refused file was changed (%v)", err)
			}
		})
	}
	t.Run("folder in the way", func(t *testing.T) {
		path := filepath.Join(good, "x.db")
		if _, err := Open(t.Context(), "file:"+path); !fault.Is(err, fault.Unavailable) {
			t.Errorf("Open = %v, want Unavailable", err)
		}
	})
	for _, uri := range []string{"", "file:", "file::memory:", "postgres://x", "mongodb://x/?shangquanAllow=anything"} {
		if _, err := Open(t.Context(), uri); !fault.Is(err, fault.Invalid) {
			t.Errorf("Open(%q) = %v, want Invalid", uri, err)
		}
	}
}

func TestSQLiteSecondProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.db")
	db, _ := openTest(t, path)
	started := time.Now()
	_, err := Open(t.Context(), "file:"+path)
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("a second Open = %v, want a refusal", err)
	}
	if lockWait >= 3*time.Second {
		t.Errorf("a second process is kept waiting for %v", time.Since(started))
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	openTest(t, path)
}

func TestSQLiteClosed(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "closed.db"))
	if err := c.Insert(t.Context(), &note{Slug: "a"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := db.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
	}
	_, err := c.Find(t.Context(), All())
	for what, err := range map[string]error{"Insert": c.Insert(t.Context(), &note{Slug: "b"}), "Find": err, "Ping": db.Ping(t.Context())} {
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s after Close = %v, want Unavailable", what, err)
		}
	}
}

// TestSQLiteGroupCommit holds the writer while callers gather: they share one commit, and those that fail are undone alone.
func TestSQLiteGroupCommit(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "group.db"))
	taken := note{Slug: "taken"}
	if err := c.Insert(t.Context(), &taken); err != nil {
		t.Fatal(err)
	}
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.write(t.Context(), func(*txn) error { close(held); <-hold; return nil }); err != nil {
			t.Error(err)
		}
	})
	<-held
	before, err := c.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	const callers = 40
	results := make([]error, callers)
	var waiting sync.WaitGroup
	waiting.Add(callers)
	for i := range callers {
		wg.Go(func() {
			n := note{Slug: fmt.Sprint("s", i), Tags: []string{"x"}}
			if i%4 == 0 {
				n.Slug = "taken"
			}
			waiting.Done()
			results[i] = c.Insert(t.Context(), &n)
		})
	}
	waiting.Wait()
	close(hold)
	wg.Wait()
	for i, err := range results {
		if want := i%4 == 0; fault.Is(err, fault.Conflict) != want || (err != nil) != want {
			t.Errorf("caller %d = %v, conflict wanted: %t", i, err, want)
		}
	}
	if n, err := c.Count(t.Context(), Where("tags", Eq, "x")); err != nil || n != callers*3/4 {
		t.Errorf("%d documents (%v), want %d", n, err, callers*3/4)
	}
	after, err := c.Revision(t.Context())
	if err != nil || after == before || after > before+callers {
		t.Errorf("revision went from %d to %d (%v)", before, after, err)
	}

	// An engine error in the middle undoes the whole batch, and the writer goes on with the next one.
	broken := db.write(t.Context(), func(tx *txn) error {
		if _, err := tx.exec("UPDATE notes SET n = 1"); err != nil {
			return err
		}
		_, err := tx.exec("ROLLBACK")
		return err
	})
	if broken == nil {
		t.Error("a transaction that vanished is reported as a success")
	}
	if n, err := c.Count(t.Context(), Where("n", Eq, 1)); err != nil || n != 0 {
		t.Errorf("%d documents keep what was undone (%v)", n, err)
	}
	if err := c.Insert(t.Context(), &note{Slug: "later"}); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
}

// TestSQLiteWriterOutlivesAPanic: a job that panics is undone, and the next one is not kept waiting.
func TestSQLiteWriterOutlivesAPanic(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "panic.db"))
	if err := c.Insert(t.Context(), &note{Slug: "a", N: 5}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic does not reach its caller")
			}
		}()
		_ = db.write(t.Context(), func(tx *txn) error {
			if _, err := tx.exec("UPDATE notes SET n = 1"); err != nil {
				t.Error(err)
			}
			panic("a job")
		})
	}()
	if n, err := c.Count(t.Context(), Where("n", Eq, 5)); err != nil || n != 1 {
		t.Errorf("%d documents are as they were (%v)", n, err)
	}
	if err := c.Insert(t.Context(), &note{Slug: "b"}); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
}

// TestSQLiteWriterOutlivesAPanicBeside: a job that panics in a commit that is nobody's own ends neither the process nor the writer.
func TestSQLiteWriterOutlivesAPanicBeside(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "beside.db"))
	held, release := make(chan struct{}), make(chan struct{})
	first, second := make(chan error, 1), make(chan error, 1)
	go func() {
		first <- db.write(t.Context(), func(*txn) error { close(held); <-release; return nil })
	}()
	<-held
	go func() { second <- db.write(t.Context(), func(*txn) error { panic("a job") }) }()
	for waiting := 0; waiting == 0; time.Sleep(time.Millisecond) {
		db.writer.mu.Lock()
		waiting = len(db.writer.waiting)
		db.writer.mu.Unlock()
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
	if err := <-second; err == nil {
		t.Error("a job that panicked is a success")
	}
	if err := c.Insert(t.Context(), &note{Slug: "b"}); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
}

// TestSQLiteFailsWhole: a job that has the transaction to itself is undone whole, whatever it wrote before it failed.
func TestSQLiteFailsWhole(t *testing.T) {
	_, c := openTest(t, filepath.Join(t.TempDir(), "whole.db"))
	if err := c.Insert(t.Context(), &note{Slug: "taken"}); err != nil {
		t.Fatal(err)
	}
	before, err := c.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Upsert(t.Context(), []note{{Slug: "first"}, {Slug: "second"}, {Slug: "taken"}}); !fault.Is(err, fault.Conflict) {
		t.Fatalf("Upsert = %v, want a conflict", err)
	}
	if n, err := c.Count(t.Context(), All()); err != nil || n != 1 {
		t.Errorf("%d documents (%v), want only the one before", n, err)
	}
	if after, err := c.Revision(t.Context()); err != nil || after != before {
		t.Errorf("revision went from %d to %d (%v) though nothing changed", before, after, err)
	}
	if err := c.Insert(t.Context(), &note{Slug: "first"}); err != nil {
		t.Errorf("the writer does not go on: %v", err)
	}
}

// TestSQLiteAbandoned: a caller that gives up while it waits has written nothing, then or later.
func TestSQLiteAbandoned(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "abandoned.db"))
	if err := db.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	hold, held, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() { done <- db.write(t.Context(), func(*txn) error { close(held); <-hold; return nil }) }()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Insert(ctx, &note{Slug: "late"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Insert past its deadline = %v", err)
	}
	close(hold)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if n, err := c.Count(t.Context(), All()); err != nil || n != 0 {
		t.Errorf("%d documents (%v), want none", n, err)
	}
}

func TestSQLiteBackup(t *testing.T) {
	dir := t.TempDir()
	db, c := openTest(t, filepath.Join(dir, "live.db"))
	for i := range 30 {
		if err := c.Insert(t.Context(), &note{Slug: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "it's a backup.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), path); !fault.Is(err, fault.Conflict) {
		t.Errorf("Backup over a file = %v, want Conflict", err)
	}
	_, copied := openTest(t, path)
	if n, err := copied.Count(t.Context(), All()); err != nil || n != 30 {
		t.Errorf("the backup has %d documents (%v), want 30", n, err)
	}
}

// TestSQLiteExamine finds damage in a file that is in use.
func TestSQLiteExamine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "used.db")
	db, c := openTest(t, path)
	for i := range 200 {
		if err := c.Insert(t.Context(), &note{Slug: fmt.Sprint(i), Text: strings.Repeat("text ", 400)}); err != nil {
			t.Fatal(err)
		}
	}
	if damage, err := db.Examine(t.Context()); damage != "" || err != nil {
		t.Errorf("Examine = %q, %v; all is well", damage, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, _ = openTest(t, path)
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	at, err := f.Seek(-8192, io.SeekEnd)
	if err == nil {
		_, err = f.WriteAt(bytes.Repeat([]byte{0xA5}, 8192), at)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	if damage, err := db.Examine(t.Context()); damage == "" || err != nil {
		t.Errorf("Examine = %q, %v; a page is overwritten", damage, err)
	}
}

// TestSQLiteDiskFull: on a full disk writes are refused and change nothing, reads go on, and with space it writes again. FLT-10.
func TestSQLiteDiskFull(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "full.db"))
	if err := c.Insert(t.Context(), &note{Meta: Meta{ID: "a"}, Slug: "a", Text: "before"}); err != nil {
		t.Fatal(err)
	}
	pages := func(n int) {
		t.Helper()
		if _, err := db.writer.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", n)); err != nil {
			t.Fatal(err)
		}
	}
	pages(1) // as many as there are
	long := strings.Repeat("long ", 50_000)
	if err := c.Insert(t.Context(), &note{Meta: Meta{ID: "b"}, Slug: "b", Text: long}); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Insert = %v, want Unavailable", err)
	}
	if _, err := c.Update(t.Context(), "a", 1, func(n *note) error { n.Text = long; return nil }); !fault.Is(err, fault.Unavailable) {
		t.Errorf("Update = %v, want Unavailable", err)
	}
	if got, err := c.Get(t.Context(), "a"); err != nil || got.Text != "before" || got.Rev != 1 {
		t.Errorf("Get = %+v, %v; want what was there before", got.Meta, err)
	}
	if n, err := c.Count(t.Context(), All()); err != nil || n != 1 {
		t.Errorf("Count = %d, %v", n, err)
	}
	pages(100_000)
	if got, err := c.Update(t.Context(), "a", 1, func(n *note) error { n.Text = long; return nil }); err != nil || got.Rev != 2 {
		t.Errorf("Update with space again = %+v, %v", got.Meta, err)
	}
}

// TestSQLiteErasesForGood: what is erased is in no free page of the file.
func TestSQLiteErasesForGood(t *testing.T) {
	path := filepath.Join(t.TempDir(), "erased.db")
	db, _ := openTest(t, path)
	c := NewCollection[note](db, "letters")
	words := "13800001111 "
	for i := range 40 {
		if err := c.Insert(t.Context(), &note{Meta: Meta{ID: fmt.Sprint(i)}, Slug: fmt.Sprint(i), Text: strings.Repeat(words, 100)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 40 {
		if _, err := c.Erase(t.Context(), note{Meta: Meta{ID: fmt.Sprint(i), Rev: 1}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if whole, err := os.ReadFile(path); err != nil || bytes.Contains(whole, []byte(words)) {
		t.Errorf("the file still has what was erased (%v)", err)
	}
}

// TestSQLitePopularElement: an element that very many documents have is looked for another way, with the same answer.
func TestSQLitePopularElement(t *testing.T) {
	_, c := openTest(t, filepath.Join(t.TempDir(), "popular.db"))
	docs := make([]note, manyDocuments+5)
	for i := range docs {
		docs[i] = note{Slug: fmt.Sprint(i), N: i % 10, Tags: []string{"all"}}
	}
	docs[3].Tags, docs[17].Tags = []string{"rare"}, []string{"rare", "all"}
	if err := c.Upsert(t.Context(), docs); err != nil {
		t.Fatal(err)
	}
	n, last := 0, 10
	for d, err := range c.Each(t.Context(), Where("tags", Eq, "all").OrderBy("n", Desc)) {
		if err != nil || d.N > last {
			t.Fatalf("%+v after n=%d, %v", d, last, err)
		}
		n, last = n+1, d.N
	}
	if n != len(docs)-1 {
		t.Errorf("%d documents, want %d", n, len(docs)-1)
	}
}

// TestSQLiteQueriesUseIndexes asks the planner: no query of the kinds the store promises may scan or sort the whole table.
func TestSQLiteQueriesUseIndexes(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "plan.db"))
	if err := db.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	table := db.tables["notes"]
	explain := func(what, query string, args []any) {
		t.Helper()
		err := table.read(t.Context(), "EXPLAIN QUERY PLAN "+query, args, func(rows *sql.Rows) error {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			if strings.Contains(detail, "SCAN notes") && !strings.Contains(detail, "INDEX") || strings.Contains(detail, "TEMP B-TREE") {
				t.Errorf("%s: %s", what, detail)
			}
			return err
		})
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, q := range map[string]Query{
		"by a field": Where("n", Eq, 1).OrderBy("n", Desc), "by a unique field": Where("slug", Eq, "a").OrderBy("slug", Asc),
		"in order": All().OrderBy("updated_at", Desc), "by id": All(),
	} {
		p, err := c.docs.spec.check(q)
		if err != nil {
			t.Fatal(err)
		}
		first := p
		p.after = &position{value: int64(1), id: "x"}
		if p.sort.kind == kindString {
			p.after.value = "a"
		}
		for page, p := range map[string]plan{"first page": first, "next page": p} {
			query, args, err := table.selects(p)
			if err != nil {
				t.Fatal(err)
			}
			explain(what+", "+page, query, args)
		}
	}
	p, err := c.docs.spec.check(Where("tags", Eq, "a").OrderBy("updated_at", Desc))
	if err != nil {
		t.Fatal(err)
	}
	query, args, err := table.selects(p, c.docs.spec.field("tags"))
	if err != nil {
		t.Fatal(err)
	}
	explain("by an element that many have", query, args)
	explain("pending", table.selectsPending("search"), []any{10})
}
