package account

import (
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

type heard struct {
	failed   int
	networks []string
}

func (h *heard) Failed()              { h.failed++ }
func (h *heard) NewNetwork(id string) { h.networks = append(h.networks, id) }

// AUD-07: the first sign-in of somebody of the staff from another network is heard of, once; nobody asks where shopkeepers are.
func TestNewNetwork(t *testing.T) {
	w := newWorld(t)
	h := &heard{}
	w.watch = h
	in, _, key := w.staff("13800000001", access.Coordinator)
	enter := func(n int) {
		t.Helper()
		w.at = w.at.Add(time.Minute)
		got, err := w.SignIn(t.Context(), "13800000001", password, from(n))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.GiveFactor(t.Context(), got.Session, w.code(key), from(n)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		from, want int
	}{{2, 0}, {3, 0}, {1 << 8, 1}, {1 << 8, 1}, {2, 1}, {2 << 8, 2}} {
		enter(tt.from)
		if len(h.networks) != tt.want {
			t.Errorf("after a sign-in from %v: heard %d times, want %d", from(tt.from).Addr, len(h.networks), tt.want)
		}
	}
	if len(h.networks) > 0 && h.networks[0] != in.Account.ID {
		t.Errorf("heard of %v", h.networks)
	}
	h.networks = nil
	w.register("13800000002")
	for _, n := range []int{1, 1 << 8, 2 << 8} {
		if _, err := w.SignIn(t.Context(), "13800000002", password, from(n)); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.networks) != 0 {
		t.Errorf("a shopkeeper is watched: %v", h.networks)
	}
}

// Every sign-in that does not succeed is heard of, whoever it was about.
func TestFailuresAreHeard(t *testing.T) {
	w := newWorld(t)
	h := &heard{}
	w.watch = h
	w.register("13800000001")
	for n, name := range []string{"13800000001", "13900000000", "nonsense"} {
		if _, err := w.SignIn(t.Context(), name, "this is not the password", from(10+n)); !fault.Is(err, fault.Unauthenticated) {
			t.Fatal(err)
		}
	}
	if _, err := w.SignIn(t.Context(), "13800000001", password, from(20)); err != nil {
		t.Fatal(err)
	}
	if h.failed != 3 {
		t.Errorf("heard of %d failures, want 3", h.failed)
	}
}

// CON-04: what freezes the site ends every session that was opened before, for good, and no later one.
func TestSessionsFrom(t *testing.T) {
	w := newWorld(t)
	var at time.Time
	w.from = func() time.Time { return at }
	in := w.register("13800000001")
	if _, err := w.auth(in.Token); err != nil {
		t.Fatal(err)
	}
	w.at = w.at.Add(time.Minute)
	at = w.at
	_, err := w.auth(in.Token)
	is(t, "a session from before", err, fault.Unauthenticated, "error.sign_in")
	again, err := w.SignIn(t.Context(), "13800000001", password, from(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.auth(again.Token); err != nil {
		t.Errorf("a session from afterwards: %v", err)
	}
}
