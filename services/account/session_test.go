package account

import (
	"bytes"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// TestSES01: the token is 256 random bits and nowhere in the store.
func TestSES01(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	if len(in.Token) != 43 {
		t.Fatalf("token %q", in.Token)
	}
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(w.path)
	if err != nil || !bytes.Contains(raw, []byte(in.Session.Hash)) {
		t.Fatal("the dump does not have the session at all", err)
	}
	if bytes.Contains(raw, []byte(in.Token)) {
		t.Error("the token is in the store")
	}
	if bytes.Contains(raw, []byte(password)) {
		t.Error("the password is in the store")
	}
	w.start()
	for _, bad := range []string{"", in.Token[:42], in.Token + "x", in.Session.Hash, in.Session.ID, strings.Repeat("A", 43), "6ba7b810-9dad-11d1-80b4-00c04fd430c8"} {
		_, err := w.auth(bad)
		is(t, "with "+bad, err, fault.Unauthenticated, "error.sign_in")
	}
	if _, err := w.auth(in.Token); err != nil {
		t.Error("the session does not survive a restart:", err)
	}
}

// TestSES03: a new token at the second factor, at a re-check and at a new password; the old one dies.
func TestSES03(t *testing.T) {
	w := newWorld(t)
	first := w.register(phone1)
	other := must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(2)))
	if first.Token == other.Token {
		t.Fatal("two sign-ins have one token")
	}
	again := must[SignedIn](t)(w.Recheck(t.Context(), first.Session, password, from(1)))
	if _, err := w.auth(first.Token); err == nil {
		t.Error("the token from before the re-check lives")
	}
	if _, err := w.Recheck(t.Context(), first.Session, password, from(1)); err == nil {
		t.Error("a session of another token was renewed")
	}
	next := must[SignedIn](t)(w.ChangePassword(t.Context(), w.Actor(again.Session, again.Account), again.Session, password, "雨停以后自行车骑过了桥", from(1)))
	for what, token := range map[string]string{"own, before": again.Token, "another": other.Token} {
		if _, err := w.auth(token); err == nil {
			t.Error("after a new password lives the session: " + what)
		}
	}
	if _, err := w.auth(next.Token); err != nil {
		t.Error("the own session ended with the new password:", err)
	}
	_, err := w.SignIn(t.Context(), phone1, password, from(3))
	is(t, "the old password", err, fault.Unauthenticated, "account.sign_in.wrong")
	// Roles: the person signs in again.
	if _, err := w.SetRoles(t.Context(), access.System("test"), next.Account.ID, 0, []access.Role{access.Liaison}, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.auth(next.Token); err == nil {
		t.Error("a session lives after the roles changed")
	}
}

// TestSES04: limits of idle time and of a whole session, for merchants and for staff, with a clock that also goes back.
func TestSES04(t *testing.T) {
	steps := func(d time.Duration, n int) []time.Duration {
		out := make([]time.Duration, n)
		for i := range out {
			out[i] = d
		}
		return out
	}
	for _, tt := range []struct {
		name  string
		staff bool
		wait  []time.Duration // between requests
		last  time.Duration
		lives bool
	}{
		{"merchant idle 23 h 59", false, nil, 24*time.Hour - time.Minute, true},
		{"merchant idle 24 h 1", false, nil, 24*time.Hour + time.Minute, false},
		{"merchant 29 d 23 h", false, steps(23*time.Hour, 31), 6 * time.Hour, true},
		{"merchant 30 d 1 h", false, steps(23*time.Hour, 31), 8 * time.Hour, false},
		{"staff idle 29 min", true, nil, 29 * time.Minute, true},
		{"staff idle 31 min", true, nil, 31 * time.Minute, false},
		{"staff 11 h 59", true, steps(29*time.Minute, 24), 23 * time.Minute, true},
		{"staff 12 h 1", true, steps(29*time.Minute, 24), 25 * time.Minute, false},
		{"a clock one day back", false, nil, -24 * time.Hour, false},
		{"a clock one minute back", false, nil, -time.Minute, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			in := w.register(phone1)
			if tt.staff {
				must[Account](t)(w.SetRoles(t.Context(), access.System("test"), in.Account.ID, 0, []access.Role{access.Admin}, ""))
				in = must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(1)))
			}
			for i, d := range tt.wait {
				w.pass(d)
				if _, err := w.auth(in.Token); err != nil {
					t.Fatalf("ended at request %d: %v", i, err)
				}
			}
			w.pass(tt.last)
			if _, err := w.auth(in.Token); (err == nil) != tt.lives {
				t.Errorf("lives: %v (%v)", err == nil, err)
			}
		})
	}
}

// TestSES04Sudo: a check of who is there is good for ten minutes.
func TestSES04Sudo(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	sudo := func() bool {
		x, a, err := w.Authenticate(t.Context(), in.Token)
		if err != nil {
			t.Fatal(err)
		}
		return w.Actor(x, a).Sudo
	}
	if !sudo() {
		t.Error("not fresh after the sign-in")
	}
	w.pass(SudoAge)
	if !sudo() {
		t.Error("not fresh after ten minutes")
	}
	w.pass(time.Second)
	if sudo() {
		t.Error("fresh after more than ten minutes")
	}
	_, err := w.Recheck(t.Context(), in.Session, "wrong", from(1))
	is(t, "a wrong password", err, fault.Invalid, "account.proof.wrong")
	in = must[SignedIn](t)(w.Recheck(t.Context(), in.Session, password, from(1)))
	if !sudo() {
		t.Error("not fresh after the re-check")
	}
}

// TestSES05: what ends sessions ends them for the next request; here while fifty requests run.
func TestSES05(t *testing.T) {
	for name, revoke := range map[string]func(*world, SignedIn) error{
		"sign-out": func(w *world, in SignedIn) error { return w.SignOut(w.t.Context(), in.Token, from(1)) },
		"own session": func(w *world, in SignedIn) error {
			return w.End(w.t.Context(), w.Actor(in.Session, in.Account), in.Account.ID, in.Session.ID)
		},
		"own sessions": func(w *world, in SignedIn) error {
			return w.EndAll(w.t.Context(), w.Actor(in.Session, in.Account), in.Account.ID)
		},
		"by an admin": func(w *world, in SignedIn) error {
			return w.EndAll(w.t.Context(), access.System("test"), in.Account.ID)
		},
		"one by an admin": func(w *world, in SignedIn) error {
			return w.End(w.t.Context(), access.System("test"), in.Account.ID, in.Session.ID)
		},
		"disabled": func(w *world, in SignedIn) error {
			_, err := w.SetDisabled(w.t.Context(), access.System("test"), in.Account.ID, 0, true, "")
			return err
		},
		"roles": func(w *world, in SignedIn) error {
			_, err := w.SetRoles(w.t.Context(), access.System("test"), in.Account.ID, 0, nil, "")
			return err
		},
		"password": func(w *world, in SignedIn) error {
			_, err := w.ChangePassword(w.t.Context(), w.Actor(in.Session, in.Account), in.Session, password, "雨停以后自行车骑过了桥", from(1))
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			in := w.register(phone1)
			var done atomic.Bool
			var wg sync.WaitGroup
			for range 50 {
				wg.Go(func() {
					for !done.Load() {
						_, _ = w.auth(in.Token)
					}
				})
			}
			w.pass(2 * time.Minute) // so that requests write the time of last use as well
			err := revoke(w, in)
			_, after := w.auth(in.Token)
			done.Store(true)
			wg.Wait()
			if err != nil {
				t.Fatal(err)
			}
			is(t, "the next request", after, fault.Unauthenticated, "error.sign_in")
		})
	}
}

// TestSES05Foreign: nobody lists or ends the sessions of others but an administrator.
func TestSES05Foreign(t *testing.T) {
	w := newWorld(t)
	mine, theirs := w.register(phone1), w.register("+8613912345678")
	me := w.Actor(mine.Session, mine.Account)
	_, err := w.Sessions(t.Context(), me, theirs.Account.ID)
	is(t, "list", err, fault.NotFound, "error.not_found")
	is(t, "end", w.End(t.Context(), me, theirs.Account.ID, theirs.Session.ID), fault.NotFound, "error.not_found")
	is(t, "end as the own", w.End(t.Context(), me, mine.Account.ID, theirs.Session.ID), fault.NotFound, "error.not_found")
	is(t, "end all", w.EndAll(t.Context(), me, theirs.Account.ID), fault.NotFound, "error.not_found")
	is(t, "by nobody", w.EndAll(t.Context(), access.Actor{}, theirs.Account.ID), fault.Unauthenticated, "error.sign_in")
	if _, err := w.auth(theirs.Token); err != nil {
		t.Error(err)
	}
	_, admin, _ := w.staff("+8613712345678", access.Admin)
	if err := w.EndAll(t.Context(), admin, theirs.Account.ID); err != nil {
		t.Error(err)
	}
	_, coordinator, _ := w.staff("+8613612345678", access.Coordinator)
	is(t, "by a coordinator", w.EndAll(t.Context(), coordinator, mine.Account.ID), fault.NotFound, "error.not_found")
}

// TestSES08: sessions say device, coarse address and times; ten at most, the oldest ends first.
func TestSES08(t *testing.T) {
	w := newWorld(t)
	tokens := []string{w.register(phone1).Token}
	c := from(1)
	c.Label = "Chrome，安卓\x1b[31m" + strings.Repeat("长", 100)
	var in SignedIn
	for range MaxSessions {
		w.pass(time.Minute)
		in = must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, c))
		tokens = append(tokens, in.Token)
	}
	for i, token := range tokens {
		if _, err := w.auth(token); (err == nil) != (i > 0) {
			t.Errorf("sign-in %d lives: %v", i+1, err == nil)
		}
	}
	list := must[[]Session](t)(w.Sessions(t.Context(), w.Actor(in.Session, in.Account), in.Account.ID))
	if len(list) != MaxSessions || list[0].ID != in.Session.ID {
		t.Fatalf("%d sessions", len(list))
	}
	x := list[0]
	if !strings.HasPrefix(x.Device, "Chrome，安卓") || strings.ContainsRune(x.Device, 0x1b) || len([]rune(x.Device)) > maxLabel || x.Area != "203.0.0.0/24" || x.Created.IsZero() || x.Used.IsZero() {
		t.Errorf("session %+v", x)
	}
	// The time of last use is written at most once a minute.
	rev := x.Rev
	w.pass(30 * time.Second)
	for range 3 {
		if y, err := w.auth(in.Token); err != nil || y.Rev != rev {
			t.Errorf("revision %d, %v", y.Rev, err)
		}
	}
	w.pass(31 * time.Second)
	if y, err := w.auth(in.Token); err != nil || y.Rev == rev || !y.Used.Equal(w.clock()) {
		t.Errorf("after a minute: %+v, %v", y, err)
	}
}

func TestSweep(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	if err := w.SendCode(t.Context(), ForRegister, "13912345678", "", from(1)); err != nil {
		t.Fatal(err)
	}
	if n := must[int](t)(w.Sweep(t.Context())); n != 0 {
		t.Errorf("%d erased at once", n)
	}
	w.pass(LifeMerchant + time.Hour)
	if n := must[int](t)(w.Sweep(t.Context())); n != 2 {
		t.Errorf("%d erased, want the session and the code", n)
	}
}

// TestSES05Revived: who proves themselves while the session is being ended gets a session that has ended too.
func TestSES05Revived(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	end := func(a *Account) error { a.Epoch++; return nil } // the write that ends every session; those who write it clear up after
	if _, err := w.accounts.Update(t.Context(), access.System("test"), write(access.AccountEnd, ""), in.Account.ID, 0, end); err != nil {
		t.Fatal(err)
	}
	again, err := w.Recheck(t.Context(), in.Session, password, from(1))
	if err == nil {
		_, err = w.auth(again.Token)
	}
	is(t, "the session after it was ended", err, fault.Unauthenticated, "error.sign_in")
}
