package account

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// TestAUT02: what is stored is PHC argon2id at the cost asked for, and a hash that cost less is made anew at the next sign-in.
func TestAUT02(t *testing.T) {
	w := newWorld(t)
	w.hasher = newHasher(today)
	a := w.register(phone1).Account
	if !strings.HasPrefix(a.Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("stored as %s", a.Password)
	}
	normal, _ := NormalPassword(password)
	weak := derive(normal, params{memory: 4096, passes: 1, lanes: 1})
	must[Account](t)(w.accounts.Update(t.Context(), access.System("test"), write(access.AccountOwn, ""), a.ID, 0, func(a *Account) error {
		a.Password = weak
		return nil
	}))
	in := must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(1)))
	if _, err := w.auth(in.Token); err != nil {
		t.Error("the session does not survive that the hash was made anew")
	}
	got := must[Account](t)(w.Get(t.Context(), a.ID))
	if got.Password == weak || !strings.HasPrefix(got.Password, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("after the sign-in stored as %s", got.Password)
	}
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(1)))
}

func TestPHC(t *testing.T) {
	phc := derive("x", cheap)
	if ok, p, err := matches(phc, "x"); !ok || p != cheap || err != nil {
		t.Errorf("matches = %v %v %v", ok, p, err)
	}
	if ok, _, _ := matches(phc, "y"); ok {
		t.Error("another password matches")
	}
	if derive("x", cheap) == phc {
		t.Error("two hashes have one salt")
	}
	none := unmatched(cheap)
	if ok, p, err := matches(none, "x"); ok || p != cheap || err != nil {
		t.Errorf("the hash of no password: matches = %v %v %v", ok, p, err)
	}
	if unmatched(cheap) == none {
		t.Error("the hash of no password can be known")
	}
	for _, bad := range []string{
		"", "x", strings.Replace(phc, "argon2id", "argon2i", 1), strings.Replace(phc, "v=19", "v=16", 1), strings.Replace(phc, "t=1", "t=0", 1),
		strings.Replace(phc, "m=64", "m=999999999", 1), strings.Replace(phc, "m=64", "m=064", 1), strings.Replace(phc, "p=1", "p=1,q=2", 1), phc + "$", phc[:len(phc)-3], phc + "A",
	} {
		if _, _, err := matches(bad, "x"); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add(derive("x", params{64, 1, 1}))
	f.Add("$argon2id$v=19$m=1,t=1,p=1$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, salt, key, err := parsePHC(s)
		if err == nil && (p.memory > maxMemory || p.passes == 0 || p.lanes == 0 || len(salt) != saltSize || len(key) != keySize) {
			t.Errorf("%q is read as %+v", s, p)
		}
	})
}

// TestAUT03: a bounded number is hashed at once, a bounded number waits, and nobody waits for long.
func TestAUT03(t *testing.T) {
	h := newHasher(cheap)
	h.wait = 20 * time.Millisecond
	for range cap(h.slots) {
		h.slots <- struct{}{}
	}
	is(t, "with every slot taken", h.enter(t.Context()), fault.Unavailable, "account.busy")
	h.wait = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	var waiting sync.WaitGroup
	for range maxQueue {
		waiting.Go(func() { _ = h.enter(ctx) })
	}
	for h.waiting.Load() < maxQueue {
		time.Sleep(time.Millisecond)
	}
	start := time.Now()
	is(t, "with the queue full", h.enter(t.Context()), fault.Unavailable, "account.busy")
	if time.Since(start) > time.Second {
		t.Error("who finds the queue full waits")
	}
	cancel()
	waiting.Wait()
	h.leave()
	if err := h.enter(t.Context()); err != nil || h.waiting.Load() != 0 {
		t.Errorf("after a slot is free: %v, %d waiting", err, h.waiting.Load())
	}
}

// TestAUT03GivesBack: a sign-in that was not looked at because the server was busy is no failure.
func TestAUT03GivesBack(t *testing.T) {
	w := newWorld(t)
	a := w.register(phone1).Account
	w.hasher.wait = time.Millisecond
	for range cap(w.hasher.slots) {
		w.hasher.slots <- struct{}{}
	}
	for range clientMinute + 4 {
		_, err := w.SignIn(t.Context(), phone1, password, from(1))
		is(t, "busy", err, fault.Unavailable, "account.busy")
	}
	for range cap(w.hasher.slots) {
		w.hasher.leave()
	}
	if g := must[guard](t)(w.guards.Get(t.Context(), guardOf(a.ID))); g.Failures != 0 {
		t.Errorf("%d failures", g.Failures)
	}
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(1)))
}

// TestAUT04: 8 characters, 15 for who works for the district with a password alone, 128 at most, counted after NFKC.
func TestAUT04(t *testing.T) {
	letters := "kqzmrwtvbnxdjhgfpsly" // no word and no row of keys
	text := func(n int) string { return strings.Repeat(letters, 7)[:n] }
	merchant, staff, twoFactor := rules{}, rules{staff: true}, rules{staff: true, twoFactor: true}
	for _, tt := range []struct {
		name     string
		password string
		r        rules
		want     string // key of the refusal
	}{
		{"7 for a merchant", text(7), merchant, "account.password.short"},
		{"8 for a merchant", text(8), merchant, ""},
		{"14 for staff", text(14), staff, "account.password.short"},
		{"15 for staff", text(15), staff, ""},
		{"7 with a second factor", text(7), twoFactor, "account.password.short"},
		{"8 with a second factor", text(8), twoFactor, ""},
		{"64", text(64), staff, ""},
		{"128", text(128), staff, ""},
		{"129", text(129), staff, "account.password.long"},
		{"far too long", strings.Repeat("密", 100_000), staff, "account.password.long"},
		{"a Chinese passphrase", "我家门口的桂花开了", merchant, ""},
		{"seven hanzi", "门口的桂花开了", merchant, "account.password.short"},
		{"hanzi count once", strings.Repeat("东南西北风雨雷电", 16), merchant, ""},
		{"and no more", strings.Repeat("东南西北风雨雷电", 16) + "云", merchant, "account.password.long"},
		{"four that are eight before NFKC", norm.NFD.String("éèêë"), merchant, "account.password.short"},
		{"composed counts as composed", norm.NFD.String(strings.Repeat("éèêëâäàå", 16)), merchant, ""},
		{"spaces inside", "two wheels by the bridge", staff, ""},
		{"a control character", "bicycle\x00bicycle", merchant, "account.password.odd"},
		{"broken encoding", "bicycle\xffbicycle", merchant, "account.password.odd"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Policy{}.check(tt.password, tt.r)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			is(t, "check", err, fault.Invalid, tt.want)
		})
	}
	w := newWorld(t)
	if _, err := w.Register(t.Context(), Registration{Name: "x", Contact: phone1, Proved: true, Password: norm.NFD.String("déjà vu café")}, from(1)); err != nil {
		t.Fatal(err)
	}
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, norm.NFC.String("déjà vu café"), from(1)))
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, "ｄéjà vu café", from(1))) // a full-width letter is the same letter
	_, err := w.SignIn(t.Context(), phone1, norm.NFC.String("déjà vu café")+"x", from(1))
	is(t, "one character more", err, fault.Unauthenticated, "account.sign_in.wrong")
}

// TestAUT05: common passwords, dates, repetitions, words of the place, of the shop and of the person, and their pinyin.
func TestAUT05(t *testing.T) {
	p := Policy{Words: func() []string {
		return []string{"中山中路商圈", "中山中路", "松江", "人民北路", "shop.example.com"}
	}}
	r := rules{own: []string{"陈阿姨", "13812345678", "wang.fang@example.com", "云间面馆"}}
	for _, tt := range []struct{ name, password, want string }{
		{"common", "password1", "account.password.common"},
		{"common in capitals", "PASSWORD1", "account.password.common"},
		{"common and long", "1qaz2wsx3edc4rfv", "account.password.common"},
		{"a birthday", "19650318", "account.password.common"},
		{"repeated", "aaaaaaaaaaaaaaaa", "account.password.common"},
		{"site", "中山中路商圈2026", "account.password.word"},
		{"site in pinyin", "zhongshanzhonglu", "account.password.word"},
		{"street in pinyin", "renminbeilu123", "account.password.word"},
		{"sub-district in pinyin", "Songjiang2026!", "account.password.word"},
		{"shop", "云间面馆12345", "account.password.word"},
		{"shop in pinyin", "yunjianmianguan88", "account.password.word"},
		{"own name", "陈阿姨123456", "account.password.word"},
		{"own phone", "a13812345678", "account.password.word"},
		{"own e-mail", "wangfang.2026", ""},
		{"part of own e-mail", "example.2026", "account.password.word"},
		{"a habit", "woaini5201", "account.password.word"},
		{"a habit with digits", "5201314a", "account.password.word"},
		{"a sentence that mentions the place", "我在松江开了三十年面馆啊", ""},
		{"letters without meaning", "kqzmrwtvbnxdjhgf", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := p.check(tt.password, r)
			if tt.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			is(t, "check", err, fault.Invalid, tt.want)
		})
	}
	if n := len(common); n < 3000 {
		t.Errorf("%d common passwords", n)
	}
	for i, c := range common {
		if len(c) < MinPassword || c != strings.ToLower(c) || i > 0 && common[i-1] >= c {
			t.Fatalf("common.txt, line %d: %q", i+1, c)
		}
	}
}

// TestAUT06: no composition and no periodic change, unless the profile for graded protection says so, and then for staff only.
func TestAUT06(t *testing.T) {
	plain, graded := Policy{}, Policy{Graded: true}
	staff := rules{staff: true, twoFactor: true}
	for _, tt := range []struct {
		name     string
		p        Policy
		r        rules
		password string
		want     string
	}{
		{"16 small letters by default", plain, rules{staff: true}, "kqzmrwtvbnxdjhgf", ""},
		{"16 small letters in the profile", graded, staff, "kqzmrwtvbnxdjhgf", "account.password.classes"},
		{"three classes in the profile", graded, staff, "Kqzmrwtvbnx7", ""},
		{"eleven characters in the profile", graded, staff, "Kqzmrwtvbn7", "account.password.short"},
		{"a merchant in the profile", graded, rules{}, "kqzmrwtv", ""},
		{"hanzi, letters and digits", graded, staff, "桂花开了门口的香kq77", ""},
	} {
		_, err := tt.p.check(tt.password, tt.r)
		if tt.want == "" && err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if tt.want != "" {
			is(t, tt.name, err, fault.Invalid, tt.want)
		}
	}
	for _, p := range []Policy{plain, graded} {
		w := newWorld(t, p)
		in, _, _ := w.staff(phone1, access.Admin)
		w.pass(89 * 24 * time.Hour)
		if w.Expired(in.Account) {
			t.Error("expired after 89 days")
		}
		w.pass(2 * 24 * time.Hour)
		by := w.Actor(Session{TwoFactor: true}, in.Account)
		if w.Expired(in.Account) != p.Graded || len(by.Roles) == 0 != p.Graded {
			t.Errorf("graded %v: expired after 91 days: %v, roles %v", p.Graded, w.Expired(in.Account), by.Roles)
		}
	}
}

// TestPasswordsAreNeverCutOff: a password is accepted as a whole or not at all.
func TestPasswordsAreNeverCutOff(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "password")
		got, err := Policy{}.check(s, rules{})
		if err == nil && got != norm.NFKC.String(s) {
			t.Fatalf("%q is stored as %q", s, got)
		}
		if normal, ok := NormalPassword(s); err == nil && (!ok || normal != got) {
			t.Fatalf("%q signs in as %q, is stored as %q", s, normal, got)
		}
	})
}
