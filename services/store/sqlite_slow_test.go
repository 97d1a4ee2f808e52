package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"shangquan/services/fault"
)

// TestSQLiteSlowDisk: while a commit waits for the disk, reading goes on, who has no more time leaves and has written nothing, and who has
// waits. Then everything goes on. FLT-11.
func TestSQLiteSlowDisk(t *testing.T) {
	db, c := openTest(t, filepath.Join(t.TempDir(), "slow.db"))
	if err := c.Insert(t.Context(), &note{Meta: Meta{ID: "a"}, Slug: "a", Text: "before"}); err != nil {
		t.Fatal(err)
	}
	stuck, disk := make(chan struct{}), make(chan struct{})
	free := sync.OnceFunc(func() { close(disk) })
	guard := time.AfterFunc(5*time.Second, func() { t.Error("who has no more time waits for the disk"); free() })
	var all sync.WaitGroup
	all.Go(func() {
		if err := db.write(t.Context(), func(*txn) error { close(stuck); <-disk; return nil }); err != nil {
			t.Errorf("the slow write = %v", err)
		}
	})
	<-stuck
	var hurried sync.WaitGroup
	for range 8 {
		hurried.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			if _, err := c.Update(ctx, "a", 1, func(n *note) error { n.Text = "too late"; return nil }); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("Update without time = %v", err)
			}
		})
	}
	for range 8 {
		all.Go(func() {
			if err := c.Insert(t.Context(), &note{Text: "in time"}); err != nil && !fault.Is(err, fault.Conflict) { // one of eight has the slug
				t.Errorf("Insert with time = %v", err)
			}
		})
	}
	if got, err := c.Get(t.Context(), "a"); err != nil || got.Text != "before" {
		t.Errorf("Get while a commit waits = %+v, %v", got, err)
	}
	hurried.Wait() // their own deadlines, not the disk, let them go
	guard.Stop()
	free()
	all.Wait()
	if got, err := c.Get(t.Context(), "a"); err != nil || got.Rev != 1 || got.Text != "before" {
		t.Errorf("who left has written: %+v, %v", got, err)
	}
	if n, err := c.Count(t.Context(), All()); err != nil || n != 2 {
		t.Errorf("%d documents, %v; want what was there and what waited", n, err)
	}
	if got, err := c.Update(t.Context(), "a", 1, func(n *note) error { n.Text = "after"; return nil }); err != nil || got.Rev != 2 {
		t.Errorf("Update afterwards = %+v, %v", got, err)
	}
}

// TestSQLiteStuckFile: a write that the file does not take within the time of the engine is refused and changes nothing; with the file free it
// writes again. FLT-11.
func TestSQLiteStuckFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "stuck.db")
	db, c := openTest(t, path)
	if err := c.Insert(t.Context(), &note{Meta: Meta{ID: "a"}, Slug: "a", Text: "before"}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.writer.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 20"); err != nil { // instead of five seconds
		t.Fatal(err)
	}
	other, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close() }()
	other.SetMaxOpenConns(1)
	if _, err := other.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := c.Update(t.Context(), "a", 1, func(n *note) error { n.Text = "lost"; return nil }); !fault.Is(err, fault.Unavailable) {
				t.Errorf("Update = %v, want Unavailable", err)
			}
		})
	}
	all.Wait()
	if got, err := c.Get(t.Context(), "a"); err != nil || got.Rev != 1 || got.Text != "before" {
		t.Errorf("Get = %+v, %v", got, err)
	}
	if _, err := other.ExecContext(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	if got, err := c.Update(t.Context(), "a", 1, func(n *note) error { n.Text = "after"; return nil }); err != nil || got.Rev != 2 {
		t.Errorf("Update afterwards = %+v, %v", got, err)
	}
}
