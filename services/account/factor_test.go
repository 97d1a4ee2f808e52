package account

import (
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// pending signs in the holder of phone1, who has a second factor.
func (w *world) pending(n int) SignedIn {
	w.t.Helper()
	in, err := w.SignIn(w.t.Context(), phone1, password, from(n))
	if err != nil {
		w.t.Fatal(err)
	}
	if !in.Session.Pending || in.Session.TwoFactor || in.Device != "" {
		w.t.Fatalf("with a second factor the session is %+v", in.Session)
	}
	return in
}

// TestPendingEndsNothing: who knows only the password cannot sign the owner out by asking again and again.
func TestPendingEndsNothing(t *testing.T) {
	w := newWorld(t)
	in, _ := w.totp(w.register(phone1))
	for i := range 2 * MaxSessions {
		w.pending(100 + i)
	}
	if _, err := w.auth(in.Token); err != nil {
		t.Error("the session of the owner ended:", err)
	}
	if n := must[int](t)(w.sessions.Count(t.Context(), store.All())); n != 1+MaxSessions {
		t.Errorf("%d sessions are kept", n)
	}
}

// TestAUT09: a code of the app opens the session, works once, one step early or late and no more, and roles count only with it.
func TestAUT09(t *testing.T) {
	w := newWorld(t)
	first := w.register(phone1)
	must[Account](t)(w.SetRoles(t.Context(), access.System("test"), first.Account.ID, 0, []access.Role{access.Admin}, ""))
	plain := must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(1)))
	by := w.Actor(plain.Session, plain.Account)
	_, err := w.List(t.Context(), by, "", 10)
	is(t, "an administrator without a second factor", err, fault.Forbidden, "error.second_factor")
	in, key := w.totp(plain)
	if _, err := w.auth(plain.Token); err == nil {
		t.Error("the token from before the factor lives")
	}
	if _, err := w.List(t.Context(), w.Actor(in.Session, in.Account), "", 10); err != nil {
		t.Error("after the factor was set up:", err)
	}
	w.pass(time.Minute)
	half := w.pending(2)
	if by := w.Actor(half.Session, half.Account); by.Known() || len(by.Roles) > 0 || by.Sudo {
		t.Errorf("a pending session stands for %+v", by)
	}
	if list := must[[]Session](t)(w.Sessions(t.Context(), w.Actor(in.Session, in.Account), in.Account.ID)); len(list) != 1 {
		t.Errorf("%d sessions are listed, the pending one among them", len(list))
	}
	give := func(x Session, code string) error {
		t.Helper()
		_, err := w.GiveFactor(t.Context(), x, code, from(2))
		return err
	}
	for what, code := range map[string]string{
		"two steps late": w.codeAt(key, w.clock().Add(-time.Minute)), "two steps early": w.codeAt(key, w.clock().Add(time.Minute)), "nothing": "", "letters": "abcdef",
	} {
		is(t, what, give(half.Session, code), fault.Invalid, "account.proof.wrong")
	}
	whole := must[SignedIn](t)(w.GiveFactor(t.Context(), half.Session, w.code(key), from(2)))
	if whole.Session.Pending || !whole.Session.TwoFactor || whole.Token == half.Token || whole.Device == "" || whole.Session.ID != half.Session.ID {
		t.Errorf("after the code: %+v", whole)
	}
	if _, err := w.auth(half.Token); err == nil {
		t.Error("the pending token lives")
	}
	if !w.Actor(whole.Session, whole.Account).Is(access.Admin) {
		t.Error("not an administrator after the second factor")
	}
	is(t, "the same code again", give(w.pending(3).Session, w.code(key)), fault.Invalid, "account.proof.wrong")
	is(t, "the one before it", give(w.pending(4).Session, w.codeAt(key, w.clock().Add(-30*time.Second))), fault.Invalid, "account.proof.wrong")
	must[SignedIn](t)(w.GiveFactor(t.Context(), w.pending(5).Session, w.codeAt(key, w.clock().Add(30*time.Second)), from(5))) // a clock that is ahead
	w.pass(90 * time.Second)
	must[SignedIn](t)(w.GiveFactor(t.Context(), w.pending(6).Session, w.codeAt(key, w.clock().Add(-30*time.Second)), from(6))) // one that is late
	half = w.pending(7)
	w.pass(LifePending)
	_, err = w.auth(half.Token)
	is(t, "a pending session after ten minutes", err, fault.Unauthenticated, "error.sign_in")
}

// TestAUT09Race: of parallel requests with one code exactly one gets in.
func TestAUT09Race(t *testing.T) {
	w := newWorld(t)
	_, _, key := w.staff(phone1, access.Coordinator)
	for round := range 5 {
		w.pass(time.Minute)
		halves := []SignedIn{w.pending(10), w.pending(11), w.pending(12)}
		code := w.code(key)
		var wg sync.WaitGroup
		errs := make([]error, len(halves))
		for i, h := range halves {
			wg.Go(func() { _, errs[i] = w.GiveFactor(t.Context(), h.Session, code, from(i)) })
		}
		wg.Wait()
		ok := 0
		for _, err := range errs {
			if err == nil {
				ok++
			}
		}
		if ok != 1 {
			t.Fatalf("round %d: %d got in with one code: %v", round, ok, errs)
		}
	}
}

// TestAUT09Throttle: five wrong codes make a pause of a quarter of an hour, in which the right one is of no use either.
func TestAUT09Throttle(t *testing.T) {
	w := newWorld(t)
	_, _, key := w.staff(phone1, access.Coordinator)
	w.pass(time.Minute)
	x := w.pending(1).Session
	for range factorTries {
		_, err := w.GiveFactor(t.Context(), x, "000000", from(1))
		is(t, "a wrong code", err, fault.Invalid, "account.proof.wrong")
	}
	_, err := w.GiveFactor(t.Context(), x, w.code(key), from(1))
	is(t, "the right code in the pause", err, fault.TooMany, "account.factor.wait")
	w.start()
	_, err = w.GiveFactor(t.Context(), x, w.code(key), from(1))
	is(t, "and after a restart", err, fault.TooMany, "account.factor.wait")
	w.pass(maxPause)
	must[SignedIn](t)(w.GiveFactor(t.Context(), w.pending(2).Session, w.code(key), from(2)))
}

// TestAUT09Enrol: nothing changes before the code of the app is right, and a setup left lying ends.
func TestAUT09Enrol(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	by := w.Actor(in.Session, in.Account)
	e := must[Enrolment](t)(w.StartTOTP(t.Context(), by, in.Session))
	if !strings.HasPrefix(e.URL, "otpauth://totp/") || strings.Contains(e.URL, "13812345678") || len(e.Secret) != 32 {
		t.Errorf("enrolment %+v", e)
	}
	x := must[Session](t)(w.auth(in.Token))
	if strings.Contains(x.Ceremony, e.Secret) {
		t.Error("the secret lies open in the session")
	}
	_, _, err := w.ConfirmTOTP(t.Context(), by, x, "000000", from(1))
	is(t, "a wrong code", err, fault.Invalid, "account.code.wrong")
	if a := must[Account](t)(w.Get(t.Context(), in.Account.ID)); a.Factors.Any() {
		t.Error("there is a factor already")
	}
	w.pass(ceremonyLife)
	fresh := w.Actor(x, in.Account)
	_, _, err = w.ConfirmTOTP(t.Context(), fresh, x, w.code(e.Secret), from(1))
	is(t, "too late", err, fault.Conflict, "account.factor.late")
	_, _, err = w.ConfirmTOTP(t.Context(), fresh, in.Session, w.code(e.Secret), from(1))
	is(t, "never begun", err, fault.Conflict, "account.factor.late")
	w.pass(time.Minute)
	_, err = w.StartTOTP(t.Context(), w.Actor(x, in.Account), x)
	is(t, "without a fresh check", err, fault.Forbidden, "error.sudo")
	other := w.register("+8613912345678")
	_, err = w.StartTOTP(t.Context(), w.Actor(other.Session, other.Account), x)
	is(t, "for somebody else", err, fault.NotFound, "error.not_found")
	if a := must[Account](t)(w.Get(t.Context(), in.Account.ID)); a.Factors.TOTP != "" {
		t.Error("a factor was stored")
	}
}

// TestAUT10: ten recovery codes of fifty bits, signed in the store, each good once; taking the factors away needs another administrator
// and the owner hears of it.
func TestAUT10(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	e := must[Enrolment](t)(w.StartTOTP(t.Context(), w.Actor(in.Session, in.Account), in.Session))
	x := must[Session](t)(w.auth(in.Token))
	in, codes, err := w.ConfirmTOTP(t.Context(), w.Actor(x, in.Account), x, w.code(e.Secret), from(1))
	if err != nil || len(codes) != recoveryCodes {
		t.Fatalf("codes %v, %v", codes, err)
	}
	for i, c := range codes {
		if len(c) != recoverySize+1 || strings.Contains(strings.Join(codes[:i], " "), c) {
			t.Errorf("code %q", c)
		}
	}
	if k := w.kinds(); k != "factor" {
		t.Errorf("messages %q", k)
	}
	typed := strings.ToUpper(strings.ReplaceAll(strings.ReplaceAll(codes[0], "-", " "), "0", "O"))
	must[SignedIn](t)(w.GiveFactor(t.Context(), w.pending(1).Session, typed, from(1)))
	_, err = w.GiveFactor(t.Context(), w.pending(2).Session, codes[0], from(2))
	is(t, "used", err, fault.Invalid, "account.proof.wrong")
	if a := must[Account](t)(w.Get(t.Context(), in.Account.ID)); len(a.Factors.Recovery) != recoveryCodes-1 {
		t.Errorf("%d codes left", len(a.Factors.Recovery))
	}
	// Of parallel requests with one code exactly one gets in.
	halves := []SignedIn{w.pending(3), w.pending(4), w.pending(5)}
	var wg sync.WaitGroup
	errs := make([]error, len(halves))
	for i, h := range halves {
		wg.Go(func() { _, errs[i] = w.GiveFactor(t.Context(), h.Session, codes[1], from(i)) })
	}
	wg.Wait()
	if ok := len(halves) - failures(errs); ok != 1 {
		t.Errorf("%d got in with one recovery code: %v", ok, errs)
	}
	by := w.Actor(in.Session, in.Account)
	fresh := must[[]string](t)(w.RenewRecovery(t.Context(), by, in.Session))
	_, err = w.GiveFactor(t.Context(), w.pending(6).Session, codes[2], from(6))
	is(t, "replaced", err, fault.Invalid, "account.proof.wrong")
	must[SignedIn](t)(w.GiveFactor(t.Context(), w.pending(7).Session, fresh[2], from(7)))
	w.mails()

	_, admin, _ := w.staff("+8613912345678", access.Admin)
	is(t, "the own factors", w.ResetFactors(t.Context(), admin, admin.AccountID, ""), fault.Forbidden, "account.factor.own")
	_, coordinator, _ := w.staff("+8613612345678", access.Coordinator)
	is(t, "by a coordinator", w.ResetFactors(t.Context(), coordinator, in.Account.ID, ""), fault.NotFound, "error.not_found")
	if err := w.ResetFactors(t.Context(), admin, in.Account.ID, "手机丢了"); err != nil {
		t.Fatal(err)
	}
	if m := w.mails(); len(m) != 1 || m[0].Kind != "factor_gone" || m[0].To != phone1 {
		t.Errorf("messages %+v", m)
	}
	if _, err := w.auth(in.Token); err == nil {
		t.Error("a session lives after the factors were taken away")
	}
	if again := must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(8))); again.Session.Pending {
		t.Error("a factor is asked for that is not there")
	}
}

func failures(errs []error) (n int) {
	for _, err := range errs {
		if err != nil {
			n++
		}
	}
	return n
}

// TestLastFactor: who works for the district keeps a second factor; a merchant may do without.
func TestLastFactor(t *testing.T) {
	w := newWorld(t)
	in, by, _ := w.staff(phone1, access.Liaison)
	_, err := w.RemoveTOTP(t.Context(), by, in.Session, from(1))
	is(t, "the last factor of staff", err, fault.Conflict, "account.factor.last")
	merchant := w.register("+8613912345678")
	merchant, _ = w.totp(merchant)
	next := must[SignedIn](t)(w.RemoveTOTP(t.Context(), w.Actor(merchant.Session, merchant.Account), merchant.Session, from(1)))
	if next.Account.Factors.Any() || len(next.Account.Factors.Recovery) != 0 || next.Session.TwoFactor {
		t.Errorf("after the last factor: %+v", next)
	}
	_, err = w.RemoveTOTP(t.Context(), w.Actor(next.Session, next.Account), next.Session, from(1))
	is(t, "none there", err, fault.NotFound, "error.not_found")
	_, err = w.RenewRecovery(t.Context(), w.Actor(next.Session, next.Account), next.Session)
	is(t, "recovery codes without a factor", err, fault.Conflict, "account.factor.none")
	// With a factor a re-check asks for it, not for the password.
	w.pass(time.Minute)
	in, _, key := w.staff("+8613712345678", access.Coordinator)
	w.pass(time.Minute)
	_, err = w.Recheck(t.Context(), in.Session, password, from(1))
	is(t, "the password alone", err, fault.Invalid, "account.proof.wrong")
	must[SignedIn](t)(w.Recheck(t.Context(), in.Session, w.code(key), from(1)))
}

// An administrator may give the site another name: authenticator apps and passkeys are labelled with that of now, and passwords do not lean
// on it.
func TestTheNameOfNow(t *testing.T) {
	name := site
	w := newWorld(t, Policy{Words: func() []string { return []string{name} }})
	in, by, _ := w.staff(phone1, access.Liaison)
	w.called, name = "方塔商圈", "方塔商圈"
	e := must[Enrolment](t)(w.StartTOTP(t.Context(), by, in.Session))
	if u, err := url.Parse(e.URL); err != nil || u.Query().Get("issuer") != "方塔商圈" || !strings.HasPrefix(u.Path, "/方塔商圈:") {
		t.Errorf("the app says %s %v", e.URL, err)
	}
	raw, err := w.StartPasskey(t.Context(), by, in.Session)
	if err != nil {
		t.Fatal(err)
	}
	if o := newAuthenticator(t).read(raw); o.PublicKey.RP.Name != "方塔商圈" || o.PublicKey.RP.ID != "shop.example.com" {
		t.Errorf("the passkey is of %+v", o.PublicKey.RP)
	}
	_, err = w.ChangePassword(t.Context(), by, in.Session, password, "fangtashangquan1234", from(3))
	is(t, "a password that leans on the new name", err, fault.Invalid, "account.password.word")
}
