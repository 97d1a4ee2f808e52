package account

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// fail tries a wrong password.
func (w *world) fail(name string, c Client) {
	w.t.Helper()
	_, err := w.SignIn(w.t.Context(), name, "not the password", c)
	is(w.t, "a wrong password", err, fault.Unauthenticated, "account.sign_in.wrong")
}

func TestPause(t *testing.T) {
	for n, want := range map[int]time.Duration{0: 0, 1: 0, 4: 0, 5: time.Second, 6: 2 * time.Second, 7: 4 * time.Second, 14: 512 * time.Second, 15: maxPause, 16: maxPause, 1000: maxPause} {
		if got := pause(n); got != want {
			t.Errorf("pause(%d) = %v, want %v", n, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 1<<20).Draw(t, "n")
		if a, b := pause(n), pause(n+1); a > b || b > maxPause {
			t.Fatalf("pause(%d) = %v, pause(%d) = %v", n, a, n+1, b)
		}
	})
}

// TestAUT07Account: after the fifth failure the account pauses, for a second and then twice as long each time; a restart forgives nothing.
func TestAUT07Account(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	for i := range 5 {
		w.fail(phone1, from(10+i))
	}
	_, err := w.SignIn(t.Context(), phone1, password, from(30))
	is(t, "the right password at once", err, fault.Unauthenticated, "account.sign_in.wrong")
	w.start()
	_, err = w.SignIn(t.Context(), phone1, password, from(31))
	is(t, "and after a restart", err, fault.Unauthenticated, "account.sign_in.wrong")
	w.pass(time.Second)
	w.fail(phone1, from(32)) // the sixth: two seconds
	w.pass(time.Second)
	_, err = w.SignIn(t.Context(), phone1, password, from(33))
	is(t, "after one of two seconds", err, fault.Unauthenticated, "account.sign_in.wrong")
	w.pass(time.Second)
	in := must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(34)))
	if in.Session.Before != 6 {
		t.Errorf("%d failures before", in.Session.Before)
	}
	// The count began anew.
	for i := range 4 {
		w.fail(phone1, from(40+i))
	}
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(50)))
}

// TestAUT07NeverLocksOut: forty wrong tries from elsewhere, then a hundred, and the owner still signs in: on the known device with the
// password, anywhere with a code or a reset. From elsewhere the password alone is no good any more.
func TestAUT07NeverLocksOut(t *testing.T) {
	w := newWorld(t)
	owner := w.register(phone1)
	home := from(1)
	home.Device = owner.Device
	for i := range 40 {
		w.fail(phone1, from(100+i))
	}
	in := must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, home))
	home.Device = in.Device
	for i := range maxFailures {
		w.fail(phone1, from(200+i))
		w.pass(maxPause)
	}
	_, err := w.SignIn(t.Context(), phone1, password, from(400))
	is(t, "from elsewhere after a hundred", err, fault.Unauthenticated, "account.sign_in.wrong")
	w.mails()
	if err := w.SendCode(t.Context(), ForSignIn, phone1, "", from(401)); err != nil {
		t.Fatal(err)
	}
	must[SignedIn](t)(w.SignInByCode(t.Context(), phone1, w.mails()[0].Args["Code"].(string), from(402)))
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(403))) // the code made the count begin anew
	for i := range maxFailures {
		w.fail(phone1, from(500+i))
		w.pass(maxPause)
	}
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, home))
}

// TestAUT07Device: a known device is counted by itself, is of no use for another account, and one that guesses is known no longer.
func TestAUT07Device(t *testing.T) {
	w := newWorld(t)
	mine, theirs := w.register(phone1), w.register("+8613912345678")
	c := from(1)
	c.Device = mine.Device
	for range clientMinute { // counted as any client
		w.fail("+8613912345678", c)
		w.pass(pause(6))
	}
	_, err := w.SignIn(t.Context(), "+8613912345678", "x", c)
	is(t, "another account's", err, fault.TooMany, "account.too_many")
	// Both accounts on one device.
	c.Device = w.remember(c.Device, theirs.Account.ID)
	for _, id := range []string{mine.Account.ID, theirs.Account.ID} {
		if _, ok := w.knows(c.Device, id); !ok {
			t.Error("a device of two accounts does not know one of them")
		}
	}
	for range maxFailures {
		w.fail(phone1, c)
		w.pass(maxPause)
	}
	w.pass(time.Hour)
	for range clientMinute {
		w.fail(phone1, c)
	}
	_, err = w.SignIn(t.Context(), phone1, password, c)
	is(t, "a known device that guessed a hundred times", err, fault.TooMany, "account.too_many")
}

func TestDeviceCookie(t *testing.T) {
	w := newWorld(t)
	cookie := w.remember("", "a1")
	for i := range 10 {
		cookie = w.remember(cookie, "b"+string(rune('0'+i)))
	}
	if _, ok := w.knows(cookie, "b9"); !ok || len(cookie) > maxDevice {
		t.Errorf("the last of eleven accounts is not known, or the cookie has %d characters", len(cookie))
	}
	if _, ok := w.knows(cookie, "a1"); ok {
		t.Error("more than five accounts are known")
	}
	id, marks, _ := strings.Cut(cookie, ".")
	other := "A"
	if id[:1] == other { // one id in 64
		other = "B"
	}
	for name, bad := range map[string]string{
		"empty": "", "another id": other + id[1:] + "." + marks, "no id": marks, "changed": strings.Replace(cookie, ".", ".9", 1), "long": cookie + strings.Repeat("x", maxDevice),
		"days made up": id + ".99999-" + strings.SplitN(marks, "-", 2)[1],
	} {
		if _, ok := w.knows(bad, "b9"); ok {
			t.Errorf("%s: known", name)
		}
	}
	w.pass(366 * 24 * time.Hour)
	if _, ok := w.knows(cookie, "b9"); !ok {
		t.Error("not known after a year")
	}
	w.pass(DeviceAge)
	if _, ok := w.knows(cookie, "b9"); ok {
		t.Error("known for ever")
	}
}

// TestAUT07Client: six failures a minute and thirty an hour from one address, or one /64 of IPv6; successes do not count.
func TestAUT07Client(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	v6 := func(host uint64) Client {
		a := netip.MustParseAddr("2001:db8:1:2::").As16()
		for i := range 8 {
			a[15-i] = byte(host >> (8 * i))
		}
		return Client{Addr: netip.AddrFrom16(a)}
	}
	for name, client := range map[string]func(i int) Client{"IPv4": func(int) Client { return from(7) }, "IPv6": func(i int) Client { return v6(uint64(i) * 7919) }} {
		for i := range clientHour {
			if i%clientMinute == 0 && i > 0 {
				_, err := w.SignIn(t.Context(), phone1, password, client(i))
				is(t, name+", the seventh in a minute", err, fault.TooMany, "account.too_many")
				w.pass(time.Minute)
			}
			w.fail("nobody"+string(rune('a'+i%26))+"@example.com", client(i))
		}
		w.pass(time.Minute)
		_, err := w.SignIn(t.Context(), phone1, password, client(99))
		is(t, name+", the thirty-first in an hour", err, fault.TooMany, "account.too_many")
		must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(8)))
		w.pass(time.Hour)
		for range 2 * clientHour {
			must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, client(1)))
		}
	}
	if clientOf(netip.MustParseAddr("2001:db8:1:3::1")) == clientOf(v6(1).Addr) || clientOf(from(1).Addr) == clientOf(from(2).Addr) {
		t.Error("different clients are counted as one")
	}
	if clientOf(netip.MustParseAddr("::ffff:203.0.0.1")) != clientOf(from(1).Addr) {
		t.Error("one IPv4 client is counted as two")
	}
	// No address, no name and no contact lies in the guards.
	for g, err := range w.guards.Each(t.Context(), store.All()) {
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(g.ID, "203") && strings.Contains(g.ID, ".") || strings.Contains(g.ID, "138") || strings.Contains(g.ID, "@") {
			t.Errorf("guard %s", g.ID)
		}
	}
}

// TestFLT09Guard: a clock that jumps neither locks for longer than a pause nor forgives.
func TestFLT09Guard(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	for i := range 20 {
		w.fail(phone1, from(10+i))
		w.pass(maxPause)
	}
	w.pass(-24 * time.Hour)
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(60)))
}

// TestAUT08: the answer is the same error for a name nobody has, a wrong password, a pause and a disabled account, the same writes are
// made, and one hash is computed each time.
func TestAUT08(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	paused := w.register("+8613912345678")
	disabled := w.register("+8613712345678")
	must[Account](t)(w.SetDisabled(t.Context(), access.System("test"), disabled.Account.ID, 0, true, ""))
	if err := w.change(t.Context(), guardOf(paused.Account.ID), func(g *guard) error {
		g.Failures, g.Until = 20, w.clock().Add(maxPause)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	coll := func() (n [3]int64) {
		n[0] = must[int64](t)(w.guards.Revision(t.Context()))
		n[1] = must[int64](t)(w.sessions.Revision(t.Context()))
		n[2] = must[int64](t)(w.accounts.Revision(t.Context()))
		return n
	}
	var answer *fault.Error
	var writes [3]int64
	for i, tt := range []struct{ name, who, password string }{
		{"wrong password", phone1, "not the password"},
		{"nobody, phone", "13612345678", password},
		{"nobody, e-mail", "nobody@example.com", password},
		{"no contact at all", "wang", password},
		{"nothing", "", ""},
		{"paused, right", "+8613912345678", password},
		{"paused, wrong", "+8613912345678", "not the password"},
		{"disabled, right", "+8613712345678", password},
		{"disabled, wrong", "+8613712345678", "not the password"},
		{"a password that cannot be one", phone1, "\x00" + strings.Repeat("x", 200)},
	} {
		// Guards that are there already, so that none is counted as a write more.
		_, _ = w.SignIn(t.Context(), tt.who, tt.password, from(70+i))
		before := coll()
		_, err := w.SignIn(t.Context(), tt.who, tt.password, from(70+i))
		after := coll()
		f, ok := err.(*fault.Error) //nolint:errorlint // SignIn returns the fault itself
		if !ok {
			t.Fatalf("%s: %v", tt.name, err)
		}
		var made [3]int64
		for k := range made {
			made[k] = after[k] - before[k]
		}
		if answer == nil {
			answer, writes = f, made
		}
		if f.Kind != answer.Kind || f.Key != answer.Key || len(f.Fields) != 0 {
			t.Errorf("%s: %v, want the answer %v", tt.name, f, answer)
		}
		if made != writes {
			t.Errorf("%s: writes %v, want %v", tt.name, made, writes)
		}
	}
	for i, who := range []string{phone1, "13612345678", "+8613712345678"} {
		if err := w.SendCode(t.Context(), ForSignIn, who, "", from(90+i)); err != nil {
			t.Errorf("a code for %s: %v", who, err)
		}
		if err := w.AskReset(t.Context(), who, from(90+i)); err != nil {
			t.Errorf("a reset for %s: %v", who, err)
		}
	}
	for _, m := range w.mails() {
		if m.To != phone1 {
			t.Errorf("%s to %s", m.Kind, m.To)
		}
	}
	for i, who := range []string{phone1, "13612345678", "+8613712345678"} {
		_, err := w.SignInByCode(t.Context(), who, "000000", from(95+i))
		is(t, "a wrong code for "+who, err, fault.Invalid, "account.code.wrong")
	}
}
