package idempotency_test

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/idempotency"
	"shangquan/services/secret"
	"shangquan/services/store"
)

const key = "0123456789abcdef"

type bench struct {
	*idempotency.Service
	file string
	at   atomic.Int64
}

func (b *bench) now() time.Time       { return time.UnixMilli(b.at.Load()) }
func (b *bench) pass(d time.Duration) { b.at.Add(d.Milliseconds()) }

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{file: filepath.Join(t.TempDir(), "test.db")}
	b.at.Store(time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC).UnixMilli())
	db, err := store.Open(t.Context(), "file:"+b.file, store.Clock(b.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	b.Service = idempotency.New(db, ring, b.now)
	return b
}

func owner(id string) access.Actor { return access.Actor{AccountID: id} }

func request(body string) idempotency.Request {
	return idempotency.Request{Key: key, Route: "POST /api/v1/keys", Body: []byte(body)}
}

// says is work that gives the answer and counts how often it runs.
func says(body string, runs *int) func(context.Context, string) (idempotency.Answer, error) {
	return func(context.Context, string) (idempotency.Answer, error) {
		*runs++
		return idempotency.Answer{Status: 201, Header: map[string]string{"Location": "/x"}, Body: []byte(body)}, nil
	}
}

func TestTheSameAnswer(t *testing.T) {
	b := open(t)
	runs := 0
	first, again, err := b.Do(t.Context(), owner("a"), request(`{"n":1}`), says("once-shown", &runs))
	if err != nil || again || string(first.Body) != "once-shown" {
		t.Fatal(first, again, err)
	}
	quoted := request(`{"n":1}`)
	quoted.Key = `"` + key + `"`
	for name, r := range map[string]idempotency.Request{"again": request(`{"n":1}`), "with quotes": quoted} {
		got, again, err := b.Do(t.Context(), owner("a"), r, says("other", &runs))
		if err != nil || !again {
			t.Fatal(name, again, err)
		}
		if d := cmp.Diff(first, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
	if runs != 1 {
		t.Errorf("the work ran %d times", runs)
	}
	_, _, err = b.Do(t.Context(), owner("a"), request(`{"n":2}`), says("other", &runs))
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Key != "error.idempotency.body" {
		t.Errorf("another body: %v", err)
	}
	if raw, err := os.ReadFile(b.file + "-wal"); err != nil || strings.Contains(string(raw), "once-shown") || strings.Contains(string(raw), key) {
		t.Errorf("the stored answer or key can be read: %v", err)
	}
}

func TestWhoNeverMeets(t *testing.T) {
	b := open(t)
	at := func(a string) access.Actor { return access.Actor{Client: netip.MustParseAddr(a)} }
	withKey := owner("a")
	withKey.Key = &access.Key{ID: "a"}
	other := request("")
	other.Route = "POST /api/v1/reports"
	runs := 0
	for i, tt := range []struct {
		by access.Actor
		r  idempotency.Request
	}{
		{owner("a"), request("")},
		{owner("b"), request("")},
		{withKey, request("")},
		{access.System("a"), request("")},
		{at("192.0.2.1"), request("")},
		{at("192.0.2.2"), request("")},
		{owner("a"), other},
	} {
		if _, again, err := b.Do(t.Context(), tt.by, tt.r, says("x", &runs)); err != nil || again {
			t.Errorf("%d: again %v, %v", i, again, err)
		}
	}
	if runs != 7 {
		t.Errorf("%d of 7 ran", runs)
	}
}

func TestKeysThatAreRefused(t *testing.T) {
	b := open(t)
	runs := 0
	for _, k := range []string{"", "short", strings.Repeat("k", 15), strings.Repeat("k", 65), strings.Repeat("k", 20) + " ", strings.Repeat("钥", 16), strings.Repeat("k", 20) + "\n", `"` + strings.Repeat("k", 15) + `"`} {
		r := request("")
		r.Key = k
		_, _, err := b.Do(t.Context(), owner("a"), r, says("x", &runs))
		if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || f.Key != "error.idempotency.key" {
			t.Errorf("%q: %v", k, err)
		}
	}
	for _, k := range []string{strings.Repeat("k", 16), strings.Repeat("~", 64), `"` + strings.Repeat("k", 16) + `"`} {
		r := request("")
		r.Key = k
		if _, _, err := b.Do(t.Context(), owner("a"), r, says("x", &runs)); err != nil {
			t.Errorf("%q: %v", k, err)
		}
	}
	if runs != 2 { // the first and the last are one key
		t.Errorf("ran %d times, want 2", runs)
	}
}

func TestFiftyAtOnceAreOne(t *testing.T) {
	b := open(t)
	var runs, answered, told atomic.Int32
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			a, _, err := b.Do(t.Context(), owner("a"), request(""), func(context.Context, string) (idempotency.Answer, error) {
				runs.Add(1)
				return idempotency.Answer{Status: 201}, nil
			})
			switch f, ok := errors.AsType[*fault.Error](err); {
			case err == nil && a.Status == 201:
				answered.Add(1)
			case ok && f.Kind == fault.Conflict && f.Key == "error.idempotency.running":
				told.Add(1)
			default:
				t.Error(a, err)
			}
		})
	}
	all.Wait()
	if runs.Load() != 1 || answered.Load() < 1 || answered.Load()+told.Load() != 50 {
		t.Errorf("ran %d times, %d answers, %d told to wait", runs.Load(), answered.Load(), told.Load())
	}
}

func TestWhatFailsFreesTheKey(t *testing.T) {
	b := open(t)
	wrong := fault.Wrong("name", "error.text.empty", nil)
	runs := 0
	_, _, err := b.Do(t.Context(), owner("a"), request("{}"), func(context.Context, string) (idempotency.Answer, error) {
		return idempotency.Answer{Status: 422}, wrong
	})
	if !errors.Is(err, wrong) {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }()
		_, _, _ = b.Do(t.Context(), owner("a"), request("{}"), func(context.Context, string) (idempotency.Answer, error) { panic("a bug") })
	}()
	if a, again, err := b.Do(t.Context(), owner("a"), request(`{"name":"x"}`), says("made", &runs)); err != nil || again || a.Status != 201 {
		t.Errorf("after it was put right: %v, %v", again, err)
	}
}

func TestWhoeverHangsUpGetsTheAnswerLater(t *testing.T) {
	b := open(t)
	ctx, hangUp := context.WithCancel(t.Context())
	runs := 0
	_, _, err := b.Do(ctx, owner("a"), request(""), func(ctx context.Context, op string) (idempotency.Answer, error) {
		hangUp()
		return says("made", &runs)(ctx, op)
	})
	if err != nil {
		t.Fatal(err)
	}
	if a, again, err := b.Do(t.Context(), owner("a"), request(""), says("other", &runs)); err != nil || !again || string(a.Body) != "made" {
		t.Errorf("%s, %v, %v", a.Body, again, err)
	}
}

// TestAProgramThatWasKilled: the try that never ended holds the key for a minute, then the next one does the same operation.
func TestAProgramThatWasKilled(t *testing.T) {
	b := open(t)
	var ops []string
	work := func(_ context.Context, op string) (idempotency.Answer, error) { //nolint:unparam // the form that Do takes
		ops = append(ops, op)
		return idempotency.Answer{Status: 201}, nil
	}
	_, _, err := b.Do(t.Context(), owner("a"), request(""), func(ctx context.Context, op string) (idempotency.Answer, error) {
		ops = append(ops, op)
		b.pass(59 * time.Second)
		if _, _, err := b.Do(ctx, owner("a"), request(""), work); !fault.Is(err, fault.Conflict) {
			t.Errorf("after 59 seconds: %v", err)
		}
		b.pass(2 * time.Second)
		if _, again, err := b.Do(ctx, owner("a"), request(""), work); err != nil || again {
			t.Errorf("after a minute: %v, %v", again, err)
		}
		return idempotency.Answer{}, errors.New("it comes back after all")
	})
	if err == nil || len(ops) != 2 || ops[0] != ops[1] || ops[0] == "" {
		t.Errorf("operations %q, %v", ops, err)
	}
	if _, again, err := b.Do(t.Context(), owner("a"), request(""), work); err != nil || !again {
		t.Errorf("the late one took the answer of the other away: %v, %v", again, err)
	}
}

func TestADayLater(t *testing.T) {
	b := open(t)
	runs := 0
	do := func() bool {
		t.Helper()
		_, again, err := b.Do(t.Context(), owner("a"), request(""), says("x", &runs))
		if err != nil {
			t.Fatal(err)
		}
		return again
	}
	sweep := func(want int) {
		t.Helper()
		if n, err := b.Sweep(t.Context()); err != nil || n != want {
			t.Errorf("Sweep = %d, %v; want %d", n, err, want)
		}
	}
	do()
	b.pass(idempotency.Keep - time.Minute)
	sweep(0)
	if !do() {
		t.Error("forgotten within the day")
	}
	b.pass(2 * time.Minute)
	if do() {
		t.Error("repeated after a day, though not swept")
	}
	for i := range 450 {
		r := request("")
		r.Route += string(rune('a' + i))
		if _, _, err := b.Do(t.Context(), owner("a"), r, says("x", &runs)); err != nil {
			t.Fatal(err)
		}
	}
	b.pass(idempotency.Keep)
	sweep(451)
	sweep(0)
}
