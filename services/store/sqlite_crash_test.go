package store_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/store"
)

const crashFile = "SHANGQUAN_TEST_CRASH_FILE"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashFile); path != "" {
		fmt.Fprintln(os.Stderr, writeUntilKilled(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

type entry struct {
	store.Meta
	Key  string   `json:"key"`
	N    int      `json:"n"`
	Tags []string `json:"tags"`
	Text string   `json:"text"`
}

func entries(db store.DB) *store.Collection[entry] {
	return store.NewCollection[entry](db, "entries", store.Unique("key"), store.Multi("tags"), store.Follow("search"))
}

// writeUntilKilled is the child: four writers insert and update, and say on standard output what was acknowledged.
func writeUntilKilled(path string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, "file:"+path)
	if err != nil {
		return err
	}
	c := entries(db)
	failed := make(chan error)
	var mu sync.Mutex
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				e := entry{Key: fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i), Tags: []string{"one"}, Text: strings.Repeat("x", i%5000)}
				if err := c.Insert(ctx, &e); err != nil {
					failed <- err
					return
				}
				mu.Lock()
				fmt.Println("written", e.ID, e.Rev)
				mu.Unlock()
				up, err := c.Update(ctx, e.ID, 1, func(e *entry) error { e.N = 2; e.Tags = append(e.Tags, "two"); return nil })
				if err != nil {
					failed <- err
					return
				}
				mu.Lock()
				fmt.Println("written", up.ID, up.Rev)
				mu.Unlock()
				// A follower that delivers only now and then leaves its work to whoever comes after the crash.
				if i%3 == 0 {
					if err := c.Delivered(ctx, "search", up.ID, up.Rev); err != nil {
						failed <- err
						return
					}
				}
			}
		}()
	}
	return <-failed
}

// TestSQLiteKilled kills a writing process twenty times at random moments. Every write that it acknowledged is there afterwards,
// whole, found by its index columns, and pending unless it was delivered. DUR-01.
func TestSQLiteKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "crash.db")
	acknowledged := map[string]int64{}
	for range 20 {
		child := exec.CommandContext(t.Context(), os.Args[0]) // #nosec G204 -- this test itself
		child.Env = append(os.Environ(), crashFile+"="+path)
		var complaint strings.Builder
		child.Stderr = &complaint
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		// At the n-th acknowledgement, plus a random moment: the writers go on meanwhile.
		stop := 1 + rand.IntN(40) // #nosec G404 -- any moment will do
		lines := bufio.NewScanner(out)
		for n := 0; lines.Scan(); n++ {
			var id string
			var rev int64
			if _, err := fmt.Sscanf(lines.Text(), "written %s %d", &id, &rev); err != nil {
				continue // the kill cut the line short
			}
			acknowledged[id] = max(acknowledged[id], rev)
			if n == stop {
				time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { _ = child.Process.Kill() }) // #nosec G404
			}
		}
		_ = child.Wait()
		if complaint.Len() > 0 {
			t.Fatalf("the writer ended by itself: %s", complaint.String())
		}
	}
	if len(acknowledged) < 20 {
		t.Fatalf("only %d documents were acknowledged", len(acknowledged))
	}
	db, err := store.Open(t.Context(), "file:"+path) // runs the integrity check
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	c := entries(db)
	stored := map[string]entry{}
	for e, err := range c.Each(t.Context(), store.All()) {
		if err != nil {
			t.Fatal(err)
		}
		stored[e.ID] = e
	}
	twos := 0
	for id, rev := range acknowledged {
		if e, ok := stored[id]; !ok || e.Rev < rev {
			t.Errorf("%s was acknowledged with revision %d, stored is %+v", id, rev, e.Meta)
		}
	}
	for id, e := range stored {
		if (e.Rev == 2) != (e.N == 2) || int(e.Rev) != len(e.Tags) {
			t.Errorf("%s is a mix of two revisions: %+v", id, e)
		}
		twos += int(e.Rev) - 1
	}
	if n, err := c.Count(t.Context(), store.Where("tags", store.Eq, "two")); err != nil || n != twos {
		t.Errorf("the list index finds %d documents (%v), want %d", n, err, twos)
	}
	pending, err := c.Pending(t.Context(), "search", 1000)
	if err != nil {
		t.Fatal(err)
	}
	waiting := map[string]bool{}
	for _, e := range pending {
		waiting[e.ID] = true
	}
	for id, e := range stored {
		if e.Rev == 1 && !waiting[id] {
			t.Errorf("%s is written but not pending, and nobody delivered it", id)
		}
	}
	t.Logf("20 kills, %d documents acknowledged, %d stored", len(acknowledged), len(stored))
}
