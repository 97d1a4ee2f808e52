package account

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
)

func TestParseContact(t *testing.T) {
	for in, want := range map[string]Contact{
		"13812345678": phone1, " 138 1234 5678 ": phone1, "138-1234-5678": phone1, "+86 138 1234 5678": phone1, "0086 13812345678": phone1, "１３８１２３４５６７８": phone1,
		"Wang@Example.COM": "wang@example.com", "wang.fang+shop@mail.example.cn": "wang.fang+shop@mail.example.cn", "ｗang＠example.com": "wang@example.com",
		"": "", "wang": "", "021-57721664": "", "95588": "", "12345678901": "", "13812345678、13912345678": "", "老板：13812345678": "", "wang@": "", "@example.com": "", "wang@localhost": "",
		"Wang <wang@example.com>": "", "a@b.c\r\nBcc: d@e.f": "", "a b@example.com": "", "王@example.com": "", `"a b"@example.com`: "", "a@[127.0.0.1]": "", strings.Repeat("a", 250) + "@example.com": "",
	} {
		got, err := ParseContact(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("ParseContact(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for c, want := range map[Contact]string{phone1: "138****5678", "wang@example.com": "w***@example.com"} {
		if got := c.Masked(); got != want {
			t.Errorf("Masked = %s, want %s", got, want)
		}
	}
}

func FuzzParseContact(f *testing.F) {
	for _, s := range []string{phone1, "wang@example.com", "a@b.c\r\nx", "＋86 138"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := ParseContact(s)
		if err != nil {
			return
		}
		if again, err := ParseContact(string(c)); err != nil || again != c {
			t.Errorf("%q is read as %q, and that as %q, %v", s, c, again, err)
		}
		if strings.ContainsAny(string(c), "\r\n\x00 <>,") {
			t.Errorf("%q is read as %q", s, c)
		}
	})
}

// sendCode asks for a code and returns the message.
func (w *world) sendCode(p Purpose, to string, c Client) mail.Message {
	w.t.Helper()
	if err := w.SendCode(w.t.Context(), p, to, lang.En, c); err != nil {
		w.t.Fatal(err)
	}
	m := w.mails()
	if len(m) != 1 {
		w.t.Fatalf("%d messages", len(m))
	}
	return m[0]
}

// TestOneTimeCodes: six digits, ten minutes, five tries, one use, one purpose, one contact, and not in the store.
func TestOneTimeCodes(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	w.register("+8613912345678")
	n := 0
	c := func() Client { n++; return from(300 + n) }
	ask := func() string {
		w.pass(codeEvery)
		w.mails()
		m := w.sendCode(ForSignIn, phone1, c())
		code := m.Args["Code"].(string)
		if m.To != phone1 || m.Kind != "code" || m.Lang != lang.En || len(code) != codeDigits || m.Args["Minutes"] != 10 || m.Key == "" {
			t.Fatalf("message %+v", m)
		}
		return code
	}
	bad := func(what, contact, code string) {
		t.Helper()
		_, err := w.SignInByCode(t.Context(), contact, code, c())
		is(t, what, err, fault.Invalid, "account.code.wrong")
	}
	code := ask()
	bad("for another contact", "+8613912345678", code)
	is(t, "for another purpose", w.useCode(t.Context(), ForContact, phone1, true, code), fault.Invalid, "account.code.wrong")
	must[SignedIn](t)(w.SignInByCode(t.Context(), "138 1234 5678", code[:3]+" "+code[3:], c()))
	bad("used", phone1, code)
	code = ask()
	w.pass(CodeLife)
	bad("old", phone1, code)
	code = ask()
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	for range codeTries {
		bad("wrong", phone1, wrong)
	}
	bad("after five wrong tries", phone1, code)
	code, next := ask(), ""
	if next = ask(); next != code {
		bad("replaced by another", phone1, code)
	}
	must[SignedIn](t)(w.SignInByCode(t.Context(), phone1, next, c()))
	bad("no code was sent", "+8613912345678", "123456")
}

// TestCodesAreLimited: one a minute and ten a day to one contact; six a minute from one client.
func TestCodesAreLimited(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	for i := range codesPerDay {
		w.sendCode(ForSignIn, phone1, from(i))
		is(t, "another one at once", w.SendCode(t.Context(), ForSignIn, phone1, "", from(50+i)), fault.TooMany, "account.code.wait")
		w.pass(codeEvery)
	}
	is(t, "the eleventh", w.SendCode(t.Context(), ForSignIn, phone1, "", from(99)), fault.TooMany, "account.code.spent")
	w.pass(24 * time.Hour)
	w.sendCode(ForSignIn, phone1, from(1))
	for i := range clientMinute {
		if err := w.SendCode(t.Context(), ForRegister, fmt.Sprintf("1370000%04d", i), "", from(200)); err != nil {
			t.Fatal(err)
		}
	}
	is(t, "the seventh of a client", w.SendCode(t.Context(), ForRegister, "13700001111", "", from(200)), fault.TooMany, "account.too_many")
	is(t, "no contact", w.SendCode(t.Context(), ForRegister, "wang", "", from(201)), fault.Invalid, "account.contact.unreadable")
}

// TestOneCodeInTwoRequests: exactly one of many requests at once gets in.
func TestOneCodeInTwoRequests(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	code := w.sendCode(ForSignIn, phone1, from(1)).Args["Code"].(string)
	in := 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range codeTries {
		wg.Go(func() {
			if _, err := w.SignInByCode(t.Context(), phone1, code, from(i)); err == nil {
				mu.Lock()
				defer mu.Unlock()
				in++
			}
		})
	}
	wg.Wait()
	if in != 1 {
		t.Errorf("%d of %d got in with one code", in, codeTries)
	}
}

func TestRegister(t *testing.T) {
	w := newWorld(t)
	new := func() Registration {
		return Registration{Name: " 陈阿姨 ", Contact: "138 1234 5678", Password: password, Lang: lang.Hant, Words: []string{"云间面馆"}}
	}
	m := w.sendCode(ForRegister, phone1, from(1))
	n := new()
	n.Code = m.Args["Code"].(string)
	weak := n
	weak.Password, weak.Name = "云间面馆123456", ""
	_, err := w.Register(t.Context(), weak, from(1))
	is(t, "a weak password", err, fault.Invalid, "account.password.word")
	is(t, "no name", err, fault.Invalid, "error.text.empty")
	in := must[SignedIn](t)(w.Register(t.Context(), n, from(1))) // the code was not used up
	if a := in.Account; a.Name != "陈阿姨" || a.Phone != phone1 || a.Email != "" || a.Lang != lang.Hant || in.Session.Pending || in.Device == "" {
		t.Errorf("registered: %+v", in)
	}
	if k := w.kinds(); k != "" {
		t.Errorf("messages after the registration: %s", k)
	}
	w.pass(time.Minute)
	if m := w.sendCode(ForRegister, phone1, from(1)); m.Kind != "known" || m.Args["Code"] != nil {
		t.Errorf("who registers again gets %+v", m)
	}
	n = new()
	n.Proved = true
	_, err = w.Register(t.Context(), n, from(1))
	is(t, "registered again", err, fault.Invalid, "account.contact.taken")
	n = new()
	n.Contact, n.Code = "13912345678", "123456"
	_, err = w.Register(t.Context(), n, from(1))
	is(t, "without a code", err, fault.Invalid, "account.code.wrong")
	// Two accounts without e-mail, and one without a password, which signs in by code only.
	n.Code, n.Proved, n.Password = "", true, ""
	must[SignedIn](t)(w.Register(t.Context(), n, from(1)))
	for _, p := range []string{"", password} {
		_, err = w.SignIn(t.Context(), "13912345678", p, from(2))
		is(t, "a password where there is none", err, fault.Unauthenticated, "account.sign_in.wrong")
	}
	w.pass(time.Minute)
	code := w.sendCode(ForSignIn, "13912345678", from(3)).Args["Code"].(string)
	must[SignedIn](t)(w.SignInByCode(t.Context(), "13912345678", code, from(3)))
}

// TestResetsAreFew: nobody fills another person's phone with links, and who asks learns nothing about whose number it is.
func TestResetsAreFew(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	for _, to := range []string{phone1, "+8613700000000"} {
		for i := range codesPerDay {
			if err := w.AskReset(t.Context(), to, from(100+i)); err != nil {
				t.Fatalf("%s, link %d: %v", to, i+1, err)
			}
			is(t, "another at once", w.AskReset(t.Context(), to, from(200+i)), fault.TooMany, "account.code.wait")
			w.pass(codeEvery)
		}
		is(t, "the eleventh of a day", w.AskReset(t.Context(), to, from(50)), fault.TooMany, "account.code.spent")
	}
	w.pass(24 * time.Hour)
	if err := w.AskReset(t.Context(), phone1, from(51)); err != nil {
		t.Error("a day later:", err)
	}
}

// TestAUT11: a link of 256 random bits, its host from the configuration, hashed in the store, good for fifteen minutes, once, and only
// while the password is the one it was. Who triggers it for others never sees it.
func TestAUT11(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	n := 0
	ask := func() string {
		t.Helper()
		n++
		w.pass(codeEvery)
		if err := w.AskReset(t.Context(), phone1, from(300+n)); err != nil {
			t.Fatal(err)
		}
		m := w.mails()
		link, _ := m[0].Args["Link"].(string)
		token, ok := strings.CutPrefix(link, "https://shop.example.com/reset/")
		if len(m) != 1 || m[0].Kind != "reset" || !ok {
			t.Fatalf("messages %+v", m)
		}
		return token
	}
	const next = "雨停以后自行车骑过了桥"
	old := ask()
	token := ask()
	gone := func(what, token string) {
		t.Helper()
		is(t, what+", looked at", w.CheckReset(t.Context(), token), fault.NotFound, "account.reset.gone")
		is(t, what, w.Reset(t.Context(), token, next, from(1)), fault.NotFound, "account.reset.gone")
	}
	gone("replaced by another", old)
	for _, bad := range []string{"", ".", "x", token + "x", strings.Replace(token, ".", "", 1), in.Account.ID + "." + strings.Repeat("A", 43), strings.Repeat("x", 10_000)} {
		gone("made up", bad)
	}
	g := must[guard](t)(w.guards.Get(t.Context(), guardOf(in.Account.ID)))
	if _, plain, _ := strings.Cut(token, "."); g.Reset.Hash == "" || g.Reset.Hash == plain {
		t.Error("the token is stored as it is")
	}
	for range 20 {
		if err := w.CheckReset(t.Context(), token); err != nil {
			t.Fatal("looking at the link used it up:", err)
		}
	}
	is(t, "a weak password", w.Reset(t.Context(), token, "12345678", from(1)), fault.Invalid, "account.password.common")
	for i := range 20 {
		w.fail(phone1, from(400+i))
	}
	if err := w.Reset(t.Context(), token, next, from(1)); err != nil {
		t.Fatal(err)
	}
	if k := w.kinds(); k != "password" {
		t.Errorf("messages: %s", k)
	}
	gone("used", token)
	if _, err := w.auth(in.Token); err == nil {
		t.Error("a session lives after the reset")
	}
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, next, from(2))) // the pause is over, too
	w.mails()
	token = ask()
	w.pass(ResetLife)
	gone("old", token)
	token = ask()
	cur := must[SignedIn](t)(w.SignIn(t.Context(), phone1, next, from(2)))
	must[SignedIn](t)(w.ChangePassword(t.Context(), w.Actor(cur.Session, cur.Account), cur.Session, next, password, from(2)))
	w.mails()
	gone("the password is another one now", token)
	token = ask()
	must[Account](t)(w.SetDisabled(t.Context(), access.System("test"), in.Account.ID, 0, true, ""))
	gone("of a disabled account", token)
	must[Account](t)(w.SetDisabled(t.Context(), access.System("test"), in.Account.ID, 0, false, ""))
	_, admin, _ := w.staff("+8613912345678", access.Admin)
	if err := w.TriggerReset(t.Context(), admin, in.Account.ID); err != nil {
		t.Fatal(err)
	}
	if m := w.mails(); len(m) != 1 || m[0].To != phone1 {
		t.Errorf("triggered: %+v", m)
	}
	is(t, "by a merchant", w.TriggerReset(t.Context(), w.Actor(cur.Session, cur.Account), in.Account.ID), fault.NotFound, "error.not_found")
}

// TestOneResetInTwoRequests: the link is good once, also for two requests at the same moment.
func TestOneResetInTwoRequests(t *testing.T) {
	w := newWorld(t)
	w.register(phone1)
	if err := w.AskReset(t.Context(), phone1, from(1)); err != nil {
		t.Fatal(err)
	}
	token := strings.TrimPrefix(w.mails()[0].Args["Link"].(string), "https://shop.example.com/reset/")
	var wg sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		wg.Go(func() {
			errs[i] = w.Reset(t.Context(), token, fmt.Sprintf("雨停以后自行车骑过了第%d座桥", i), from(i))
		})
	}
	wg.Wait()
	set := 0
	for _, err := range errs {
		if err == nil {
			set++
		}
	}
	if set != 1 {
		t.Errorf("%d passwords were set with one link: %v", set, errs)
	}
}
