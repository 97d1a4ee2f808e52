package directory

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"shangquan/services/listing"
	"shangquan/services/search"
)

// childEnv makes the test binary a server that writes and delivers until it is killed; its value is the path of the store.
const childEnv = "SHANGQUAN_TEST_KILLED_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		child(path)
		return
	}
	os.Exit(m.Run())
}

// wire is an engine outside the process, at the other end of standard output.
type wire struct {
	mu  *sync.Mutex
	out *os.File
}

func (w wire) say(kind string, what any) error {
	b, err := json.Marshal(what)
	if err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_, err = fmt.Fprintf(w.out, "%s %s\n", kind, b)
	return err
}

func (w wire) Search(context.Context, search.Query) (search.Result, error) {
	return search.Result{}, errDown
}

func (w wire) Upsert(_ context.Context, ls ...search.Listing) error {
	for i := range ls {
		if err := w.say("put", ls[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w wire) Delete(_ context.Context, ids ...string) error { return w.say("delete", ids) }
func (w wire) Rebuild(context.Context, iter.Seq2[search.Listing, error]) error {
	return errDown
}

// Holds says nothing: it is no conversation.
func (w wire) Holds(context.Context) (map[string]search.Held, error) {
	return map[string]search.Held{}, nil
}
func (w wire) Sync(context.Context) error   { return nil }
func (w wire) Health(context.Context) error { return nil }
func (w wire) Close() error                 { return nil }

// child writes as fast as it can, says which writes were acknowledged, and delivers beside it.
func child(path string) {
	t := &testing.T{}
	w := wire{new(sync.Mutex), os.Stdout}
	d := open(t, path, w)
	f := NewFollower(d.Service, d.listings, w, d.db, "child", slog.New(slog.DiscardHandler))
	go func() {
		for {
			if err := f.Sync(context.Background()); err != nil {
				os.Exit(3)
			}
		}
	}()
	for i := range 100_000 {
		id := []string{"noodles", "bar", "pharmacy", "quarter", "optician"}[i%5]
		l, err := d.listings.Update(context.Background(), id, 0, func(l *listing.Listing) error {
			l.Aliases = []string{fmt.Sprintf("编号%04d%06d", l.Rev+1, i)}
			return nil
		})
		d.pass(1e6)
		if err != nil || w.say("ack", []string{id, l.Aliases[0]}) != nil {
			os.Exit(4)
		}
	}
}

// TestKilledBetweenWriteAndIndex kills a server at random moments between writing and delivering. Every write it acknowledged is
// found after a restart. DUR-03.
func TestKilledBetweenWriteAndIndex(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.db")
	r := newRemote()
	d := openFilled(t, path, r)
	f := NewFollower(d.Service, d.listings, r, d.db, "me", slog.New(slog.DiscardHandler))
	d.must(f.Sync(t.Context()))
	d.must(d.db.Close())
	acked := map[string]string{}
	for range 5 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		out, err := cmd.StdoutPipe()
		d.must(err)
		d.must(cmd.Start())
		left := 1 + rand.IntN(20) // when to kill is meant to differ
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			kind, what, _ := strings.Cut(lines.Text(), " ")
			switch kind {
			case "ack":
				var pair []string
				if json.Unmarshal([]byte(what), &pair) != nil {
					continue // cut off by the kill
				}
				acked[pair[0]] = pair[1]
				if left--; left == 0 {
					d.must(cmd.Process.Kill())
				}
			case "put":
				var l search.Listing
				if json.Unmarshal([]byte(what), &l) == nil {
					d.must(r.Upsert(t.Context(), l))
				}
			}
		}
		if err := cmd.Wait(); err == nil || left > 0 {
			t.Fatalf("the child ended by itself: %v, %d left", err, left)
		}
	}
	again := open(t, path, r)
	f = NewFollower(again.Service, again.listings, r, again.db, "me", slog.New(slog.DiscardHandler))
	d.must(f.Sync(t.Context()))
	for id, name := range acked {
		stored, err := again.listings.Get(t.Context(), id)
		d.must(err)
		// A later write may have been stored and not acknowledged; none may have been lost.
		var was, is int
		_, _ = fmt.Sscanf(name, "编号%4d", &was)
		_, _ = fmt.Sscanf(stored.Aliases[0], "编号%4d", &is)
		if is < was {
			t.Errorf("%s: acknowledged %s, stored %s", id, name, stored.Aliases[0])
		}
		// Strictly: an older form of it would only come near.
		res, err := r.Engine.Search(t.Context(), search.Query{Text: stored.Aliases[0]})
		d.must(err)
		if res.Stage != search.Strict || !slices.ContainsFunc(res.Hits, func(h search.Hit) bool { return h.ID == id }) {
			t.Errorf("%s is not found by %s: %+v", id, stored.Aliases[0], res)
		}
	}
	if len(acked) == 0 {
		t.Error("nothing was written")
	}
}
