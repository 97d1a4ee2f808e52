package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/mail"
)

// TestAUT01: no account is there from the start; the first administrator comes by a secret that is good once, for a day, and only while
// there is none.
func TestAUT01(t *testing.T) {
	w := newWorld(t)
	for i, name := range []string{"admin", "admin@example.com", "root", "13800000000", "administrator"} {
		for j, p := range []string{"admin", "password", "123456", ""} {
			w.fail(name, from(10+i*4+j))
			_, err := w.SignIn(t.Context(), name, p, from(50+i*4+j))
			is(t, name+"/"+p, err, fault.Unauthenticated, "account.sign_in.wrong")
		}
	}
	n := Registration{Name: "站长", Contact: phone1, Password: password}
	_, err := w.Setup(t.Context(), "", n, from(1))
	is(t, "before there is a secret", err, fault.NotFound, "account.setup.gone")
	old := must[string](t)(w.Bootstrap(t.Context()))
	w.pass(SetupLife)
	_, err = w.Setup(t.Context(), old, n, from(1))
	is(t, "after a day", err, fault.NotFound, "account.setup.gone")
	old = must[string](t)(w.Bootstrap(t.Context()))
	plain := must[string](t)(w.Bootstrap(t.Context()))
	_, err = w.Setup(t.Context(), old, n, from(1))
	is(t, "replaced", err, fault.NotFound, "account.setup.gone")
	weak := n
	weak.Password = "桂花开了门口的香"
	_, err = w.Setup(t.Context(), plain, weak, from(1))
	is(t, "eight characters for an administrator without a second factor", err, fault.Invalid, "account.password.short")
	n.Password = password + "十五个字"
	var wg sync.WaitGroup
	errs := make([]error, 3)
	for i := range errs {
		wg.Go(func() {
			n := n
			n.Contact = []string{phone1, "13912345678", "13712345678"}[i]
			_, errs[i] = w.Setup(t.Context(), plain, n, from(60+i))
		})
	}
	wg.Wait()
	if ok := len(errs) - failures(errs); ok != 1 {
		t.Errorf("%d administrators came of one secret: %v", ok, errs)
	}
	_, err = w.Setup(t.Context(), plain, n, from(2))
	is(t, "used", err, fault.NotFound, "account.setup.gone")
	_, err = w.Bootstrap(t.Context())
	is(t, "with an administrator", err, fault.Conflict, "account.setup.done")
	admins := must[[]Account](t)(w.Holders(t.Context(), access.Admin))
	if len(admins) != 1 {
		t.Errorf("administrators: %+v", admins)
	}
}

// TestAUT12: the owner hears of a new device, of a sign-in after five failures, and of every change of password, factor, contact and roles,
// by every way there is; not of a sign-in on a known device.
func TestAUT12(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	expect := func(what, kinds string) []mail.Message {
		t.Helper()
		sent := w.mails()
		var got []string
		for _, m := range sent {
			got = append(got, m.Kind+">"+m.To)
			if m.Args["Site"] != site || m.Args["Time"] == "" {
				t.Errorf("%s: arguments %v", what, m.Args)
			}
		}
		slices.Sort(got) // there are two senders
		want := strings.Fields(kinds)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: messages %q, want %q", what, got, want)
		}
		return sent
	}
	home := from(1)
	home.Device = in.Device
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, home))
	expect("known device", "")
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(2)))
	if m := expect("new device", "new_device>"+phone1); m[0].Args["Device"] != "Chrome, Android" || m[0].Args["Area"] != "203.0.0.0/24" {
		t.Errorf("arguments %v", m[0].Args)
	}
	for i := range 5 {
		w.fail(phone1, from(10+i))
	}
	w.pass(time.Second)
	must[SignedIn](t)(w.SignIn(t.Context(), phone1, password, from(20)))
	if m := expect("after five failures", "guessed>"+phone1); m[0].Args["N"] != 5 {
		t.Errorf("arguments %v", m[0].Args)
	}
	by := func() access.Actor { return w.Actor(in.Session, in.Account) }
	must[Account](t)(w.Rename(t.Context(), by(), in.Account.ID, "陈师傅", lang.En))
	code := w.sendCode(ForContact, "wang@example.com", from(21)).Args["Code"].(string)
	_, err := w.AddContact(t.Context(), by(), in.Account.ID, "wang@example.com", "000000")
	is(t, "a wrong code", err, fault.Invalid, "account.code.wrong")
	must[Account](t)(w.AddContact(t.Context(), by(), in.Account.ID, "wang@example.com", code))
	if m := expect("a second contact", "contact>"+phone1+" contact>wang@example.com"); m[0].Lang != lang.En || m[0].Args["Contact"] != "w***@example.com" {
		t.Errorf("message %+v", m[0])
	}
	code = w.sendCode(ForContact, "13912345678", from(22)).Args["Code"].(string)
	must[Account](t)(w.AddContact(t.Context(), by(), in.Account.ID, "13912345678", code))
	expect("another phone", "contact>+8613912345678 contact>wang@example.com contact>"+phone1)
	w.fail(phone1, from(30))
	must[SignedIn](t)(w.SignIn(t.Context(), "WANG@example.com", password, home))
	expect("known device", "")
	in = must[SignedIn](t)(w.ChangePassword(t.Context(), by(), in.Session, password, "雨停以后自行车骑过了桥", from(1)))
	expect("password", "password>+8613912345678 password>wang@example.com")
	in, _ = w.totp(in)
	expect("factor", "factor>+8613912345678 factor>wang@example.com")
	must[Account](t)(w.SetRoles(t.Context(), access.System("test"), in.Account.ID, 0, []access.Role{access.Liaison}, ""))
	expect("roles", "roles>+8613912345678 roles>wang@example.com")
	// A contact that somebody else has is theirs.
	w.register(phone1)
	other := w.register("+8613712345678")
	m := w.sendCode(ForContact, phone1, from(40))
	if m.Kind != "known" {
		t.Errorf("message %+v", m)
	}
	_, err = w.AddContact(t.Context(), w.Actor(other.Session, other.Account), other.Account.ID, phone1, "123456")
	is(t, "a contact of somebody else", err, fault.Invalid, "account.code.wrong")
}

// TestLastAdmin: there is always an administrator, also when two take each other's role at the same moment.
func TestLastAdmin(t *testing.T) {
	w := newWorld(t)
	a, _, _ := w.staff(phone1, access.Admin)
	_, err := w.SetRoles(t.Context(), access.System("test"), a.Account.ID, 0, []access.Role{access.Liaison}, "")
	is(t, "the role of the last", err, fault.Conflict, "account.last_admin")
	_, err = w.SetDisabled(t.Context(), access.System("test"), a.Account.ID, 0, true, "")
	is(t, "the last disabled", err, fault.Conflict, "account.last_admin")
	b, byB, _ := w.staff("+8613912345678", access.Admin)
	byA := w.Actor(must[Session](t)(w.auth(a.Token)), a.Account)
	var wg sync.WaitGroup
	errs := make([]error, 2)
	wg.Go(func() { _, errs[0] = w.SetRoles(t.Context(), byA, b.Account.ID, 0, nil, "") })
	wg.Go(func() { _, errs[1] = w.SetRoles(t.Context(), byB, a.Account.ID, 0, nil, "") })
	wg.Wait()
	if failures(errs) != 1 {
		t.Errorf("both administrators: %v", errs)
	}
	if n := len(must[[]Account](t)(w.Holders(t.Context(), access.Admin))); n != 1 {
		t.Errorf("%d administrators are left", n)
	}
	// Another server is at it.
	if held, err := w.db.Lease(t.Context(), lessening, "another", lessenTime); err != nil || !held {
		t.Fatalf("the lease was not given back: %v, %v", held, err)
	}
	_, err = w.SetRoles(t.Context(), byA, b.Account.ID, 0, []access.Role{access.Liaison}, "")
	is(t, "while another server changes roles", err, fault.Unavailable, "account.busy")
	w.pass(lessenTime)
	_, err = w.SetRoles(t.Context(), access.System("test"), a.Account.ID, 0, []access.Role{access.Owner}, "")
	is(t, "a role of a merchant", err, fault.Invalid, "error.choice")
	for _, other := range []access.Role{access.Coordinator, access.Liaison, access.Admin} { // nobody audits the own work
		_, err = w.SetRoles(t.Context(), byA, b.Account.ID, 0, []access.Role{other, access.Auditor}, "")
		is(t, "an auditor who is "+string(other), err, fault.Invalid, "account.auditor_alone")
	}
	_, err = w.SetRoles(t.Context(), access.System("test"), a.Account.ID, 1, []access.Role{access.Admin}, "")
	is(t, "a stale page", err, fault.Conflict, "error.stale")
}

func TestInvite(t *testing.T) {
	w := newWorld(t)
	_, admin, _ := w.staff(phone1, access.Admin)
	_, err := w.Invite(t.Context(), admin, "", "nobody", []access.Role{"chief"}, lang.Hans)
	for _, key := range []string{"error.text.empty", "account.contact.unreadable", "error.choice"} {
		is(t, "everything wrong", err, fault.Invalid, key)
	}
	a := must[Account](t)(w.Invite(t.Context(), admin, "李专员", "li@example.com", []access.Role{access.Coordinator}, lang.Hans))
	m := w.mails()
	if len(m) != 1 || m[0].Kind != "reset" || m[0].To != "li@example.com" || a.Password != "" || !a.has(access.Coordinator) {
		t.Fatalf("invited: %+v, %+v", a, m)
	}
	token := strings.TrimPrefix(m[0].Args["Link"].(string), "https://shop.example.com/reset/")
	is(t, "fourteen characters", w.Reset(t.Context(), token, "雨停以后自行车骑过了桥三四五"[:3*14], from(1)), fault.Invalid, "account.password.short")
	if err := w.Reset(t.Context(), token, "雨停以后自行车骑过了桥三四五六", from(1)); err != nil {
		t.Fatal(err)
	}
	in := must[SignedIn](t)(w.SignIn(t.Context(), "li@example.com", "雨停以后自行车骑过了桥三四五六", from(1)))
	if by := w.Actor(in.Session, in.Account); by.Works() {
		t.Error("works for the district without a second factor")
	}
	_, err = w.Invite(t.Context(), admin, "李专员", "li@example.com", nil, lang.Hans)
	is(t, "invited twice", err, fault.Invalid, "account.contact.taken")
	_, coordinator, _ := w.staff("+8613612345678", access.Coordinator)
	_, err = w.Invite(t.Context(), coordinator, "x", "13512345678", nil, lang.Hans)
	is(t, "by a coordinator", err, fault.NotFound, "error.not_found")
	_, err = w.List(t.Context(), coordinator, "", 10)
	is(t, "listed by a coordinator", err, fault.NotFound, "error.not_found")
	if p, err := w.List(t.Context(), admin, "", 10); err != nil || len(p.Items) != 3 {
		t.Errorf("list: %d, %v", len(p.Items), err)
	}
}

// TestAUD01: each of these leaves exactly one entry in the trail, and none says a contact, a password or a code.
func TestAUD01(t *testing.T) {
	w := newWorld(t)
	in := w.register(phone1)
	id := in.Account.ID
	by := w.Actor(in.Session, in.Account)
	disabled := w.register("+8613712345678").Account.ID
	must[Account](t)(w.SetDisabled(t.Context(), access.System("test"), disabled, 0, true, ""))
	ok := func(_ SignedIn, err error) error { return err }
	for _, tt := range []struct {
		what, result, why string
		action            access.Action
		do                func() error
	}{
		{"sign-in", "ok", "signed in", access.AccountOpen, func() error { return ok(w.SignIn(t.Context(), phone1, password, from(1))) }},
		{"wrong password", "refused", "sign-in: wrong password", access.AccountOpen, func() error { return ok(w.SignIn(t.Context(), phone1, "x", from(2))) }},
		{"nobody", "refused", "sign-in: nobody has the name", access.AccountOpen, func() error { return ok(w.SignIn(t.Context(), "13612345678", "x", from(3))) }},
		{"disabled", "refused", "sign-in: disabled", access.AccountOpen, func() error { return ok(w.SignIn(t.Context(), "13712345678", password, from(4))) }},
		{"wrong code", "refused", "sign-in: wrong code", access.AccountOpen, func() error { return ok(w.SignInByCode(t.Context(), phone1, "123456", from(5))) }},
		{"reset asked", "ok", "asked for a reset", access.AccountOpen, func() error { return w.AskReset(t.Context(), phone1, from(6)) }},
		{"re-check wrong", "refused", "check: wrong password", access.AccountOwn, func() error { return ok(w.Recheck(t.Context(), in.Session, "x", from(7))) }},
		{"rename", "", "", access.AccountOwn, func() error { _, err := w.Rename(t.Context(), by, id, "陈师傅", lang.Hans); return err }},
		{"secret for the first administrator", "ok", "a secret for the first administrator was made", access.AccountInvite, func() error { _, err := w.Bootstrap(t.Context()); return err }},
		{"roles", "", "新来的", access.AccountRole, func() error {
			_, err := w.SetRoles(t.Context(), access.System("test"), id, 0, []access.Role{access.Liaison}, "新来的")
			return err
		}},
		{"sessions ended", "", "", access.AccountEnd, func() error { return w.EndAll(t.Context(), access.System("test"), id) }},
	} {
		before := w.trail()
		err := tt.do()
		if (err != nil) != (tt.result == "refused") {
			t.Fatalf("%s: %v", tt.what, err)
		}
		after := w.trail()
		if len(after) != len(before)+1 {
			t.Errorf("%s: %d entries", tt.what, len(after)-len(before))
			continue
		}
		if e := after[0]; e.Fact.Action != tt.action || e.Result != tt.result || e.Fact.Why != tt.why || e.Object().Kind != Kind {
			t.Errorf("%s: %+v", tt.what, e)
		}
	}
	for i := range 5 {
		w.fail(phone1, from(20+i))
	}
	w.trail() // what waits gets its place, so that the next one is the last
	_, _ = w.SignIn(t.Context(), phone1, password, from(30))
	if e := w.trail()[0]; e.Fact.Why != "sign-in: locked" || e.Fact.By.Client != "203.0.0.30" {
		t.Errorf("locked: %+v", e)
	}
	for _, e := range w.trail() {
		for _, c := range e.Fact.Changes {
			for _, s := range []string{"13812345678", "13712345678", "argon2", password} {
				if strings.Contains(c.Before+c.After, s) {
					t.Errorf("the trail says %s: %+v", s, e)
				}
			}
		}
	}
}

func (w *world) trail() []audit.Entry {
	w.t.Helper()
	p, err := w.log.All(w.t.Context(), audit.Filter{}, "", 200)
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Items
}

// TestPost: a message that is not taken is tried again; what does not fit is refused at once, before anybody is looked up.
func TestPost(t *testing.T) {
	var mu sync.Mutex
	tries, stuck, entered := 0, make(chan struct{}), make(chan struct{}, postQueue)
	letGo := sync.OnceFunc(func() { close(stuck) })
	p := newPost(sender(func(m mail.Message) error {
		mu.Lock()
		defer mu.Unlock()
		tries++
		switch {
		case m.Kind == "refused":
			return fault.New(fault.Invalid, "mail.refused", nil)
		case m.Kind == "no engine":
			return fault.New(fault.Unavailable, "mail.none", nil)
		case m.Kind == "later" && tries < postTries:
			return errors.New("not now")
		case m.Kind == "stuck":
			mu.Unlock()
			entered <- struct{}{}
			<-stuck
			mu.Lock()
		}
		return nil
	}))
	p.wait = time.Millisecond
	for kind, want := range map[string]int{"later": postTries, "refused": 1, "no engine": 1} {
		tries = 0
		if err := p.put(mail.Message{Kind: kind}); err != nil {
			t.Fatal(err)
		}
		p.open.Wait()
		if tries != want {
			t.Errorf("%s: %d tries, want %d", kind, tries, want)
		}
	}
	// Both senders are at it before the queue is filled: one that took a message later would make room.
	for range postSenders {
		if err := p.put(mail.Message{Kind: "stuck"}); err != nil {
			t.Fatal(err)
		}
		<-entered
	}
	for !p.full() {
		if err := p.put(mail.Message{Kind: "stuck"}); err != nil {
			t.Fatal(err)
		}
	}
	w := newWorld(t)
	t.Cleanup(letGo) // before the world is closed, which waits for what is being sent
	w.register(phone1)
	mine := w.post
	w.post = p
	is(t, "a code, known", w.SendCode(t.Context(), ForSignIn, phone1, "", from(1)), fault.Unavailable, "account.busy")
	is(t, "a code, unknown", w.SendCode(t.Context(), ForSignIn, "13612345678", "", from(1)), fault.Unavailable, "account.busy")
	is(t, "a reset", w.AskReset(t.Context(), phone1, from(1)), fault.Unavailable, "account.busy")
	w.post = mine
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.close(ctx); err == nil {
		t.Error("closed with messages under way and no word about it")
	}
	letGo()
	if err := p.close(t.Context()); err != nil {
		t.Error(err)
	}
	is(t, "after the end", p.put(mail.Message{}), fault.Unavailable, "account.busy")
}

type sender func(mail.Message) error

func (f sender) Send(_ context.Context, m mail.Message) error { return f(m) }

// Who sets how messages leave sees at once whether they do, on every way to them.
func TestTry(t *testing.T) {
	w := newWorld(t)
	_, by, _ := w.staff("boss@example.com", access.Admin)
	by.Sudo = true
	tried, err := w.Try(t.Context(), by)
	if err != nil || len(tried) != 1 || tried[0].To != "boss@example.com" || tried[0].Err != nil || w.kinds() != "test" {
		t.Fatalf("%+v, %v", tried, err)
	}
	w.pass(time.Minute)
	w.post.to = sender(func(mail.Message) error { return fault.New(fault.Unavailable, "mail.down", nil) })
	if tried, err = w.Try(t.Context(), by); err != nil || len(tried) != 1 || !fault.Is(tried[0].Err, fault.Unavailable) {
		t.Errorf("nothing leaves: %+v, %v", tried, err)
	}
	w.post.to = w
	page, err := w.conf.Log.All(t.Context(), audit.Filter{Action: access.SettingEdit}, "", 10)
	if err != nil || len(page.Items) != 2 || page.Items[0].Result != refused || page.Items[1].Result != went {
		t.Errorf("the trail: %+v, %v", page.Items, err)
	}
	_, stranger, _ := w.staff("desk@example.com", access.Coordinator)
	w.mails()
	if _, err := w.Try(t.Context(), stranger); err == nil || w.kinds() != "" {
		t.Errorf("a coordinator sends one: %v", err)
	}
}
