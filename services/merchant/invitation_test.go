package merchant_test

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/merchant"
)

func TestAnInvitation(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	x, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: " 138 0013 8000 ", Role: access.Manager, ListingIDs: []string{"s1"}})
	want(t, err, "")
	if x.Shown != "138****8000" || x.State != merchant.Pending || !x.Until.Equal(b.now().Add(7*24*time.Hour)) {
		t.Errorf("invited: %+v", x)
	}
	if got := b.mail.sent[0]; got.To != "+8613800138000" || got.Kind != "merchant_invitation" {
		t.Errorf("sent %+v", got)
	}
	token := b.mail.token(t)
	rev := b.get(t, m.ID).Rev
	for range 20 { // chat apps open links by themselves
		o, err := b.ShowInvitation(t.Context(), token)
		if err != nil || o.Role != access.Manager || o.Name.Hans != "余天成" {
			t.Fatalf("shown: %+v, %v", o, err)
		}
	}
	if b.get(t, m.ID).Rev != rev {
		t.Error("looking changed something")
	}
	_, err = b.AcceptInvitation(t.Context(), nobody, token)
	want(t, err, signIn)
	_, err = b.AcceptInvitation(t.Context(), b.person(t, "new"), token)
	want(t, err, "")
	if s := b.person(t, "new").Seats; len(s) != 1 || s[0].Role != access.Manager || len(s[0].ListingIDs) != 1 {
		t.Errorf("seats: %+v", s)
	}
	_, err = b.AcceptInvitation(t.Context(), b.person(t, "another"), token)
	want(t, err, "conflict error.invitation.used")
	_, err = b.ShowInvitation(t.Context(), token)
	want(t, err, "conflict error.invitation.used")
	_, list, err := b.Access(t.Context(), who["owner"], m.ID)
	want(t, err, "")
	if last := list[len(list)-1]; last.State != merchant.Accepted {
		t.Errorf("on the page: %+v", last)
	}
}

func TestTokensThatDoNotWork(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	owner := who["owner"]
	invite := func(to string) (merchant.Invited, string) {
		x, err := b.Invite(t.Context(), sudo(owner), m.ID, merchant.Invite{To: to, Role: access.Staff})
		want(t, err, "")
		return x, b.mail.token(t)
	}
	accept := func(token string) error {
		_, err := b.AcceptInvitation(t.Context(), b.person(t, "new"), token)
		return err
	}
	for _, token := range []string{"", "x", strings.Repeat("A", 43)} {
		want(t, accept(token), hiddenThing)
		_, err := b.ShowInvitation(t.Context(), token)
		want(t, err, hiddenThing)
	}
	x, token := invite("a@example.com")
	want(t, b.WithdrawInvitation(t.Context(), owner, m.ID, x.ID), "")
	want(t, accept(token), "conflict error.invitation.withdrawn")
	want(t, b.WithdrawInvitation(t.Context(), owner, m.ID, x.ID), "conflict error.invitation.withdrawn")
	_, err := b.Resend(t.Context(), owner, m.ID, x.ID)
	want(t, err, "conflict error.invitation.withdrawn")

	x, token = invite("b@example.com")
	b.pass(7*24*time.Hour - time.Second)
	if _, err := b.ShowInvitation(t.Context(), token); err != nil {
		t.Error("too early:", err)
	}
	b.pass(time.Second)
	want(t, accept(token), "conflict error.invitation.expired")
	again, err := b.Resend(t.Context(), owner, m.ID, x.ID)
	want(t, err, "")
	if again.State != merchant.Pending {
		t.Errorf("again: %+v", again)
	}
	want(t, accept(token), hiddenThing) // the old link is dead
	want(t, accept(b.mail.token(t)), "")
	_, err = b.Resend(t.Context(), owner, m.ID, x.ID)
	want(t, err, "conflict error.invitation.used")
	_, token = invite("c@example.com")
	want(t, accept(token), "conflict error.member.already")

	foreign := who["foreign owner"]
	_, err = b.Resend(t.Context(), foreign, m.ID, x.ID)
	want(t, err, hiddenThing)
	want(t, b.WithdrawInvitation(t.Context(), foreign, m.ID, x.ID), hiddenThing)
	mine, err := b.Mine(t.Context(), foreign)
	want(t, err, "")
	want(t, b.WithdrawInvitation(t.Context(), foreign, mine[0].ID, x.ID), hiddenThing)
}

func TestAnInvitationWorksOnce(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	if _, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: "a@example.com", Role: access.Owner}); err != nil {
		t.Fatal(err)
	}
	token := b.mail.token(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for i := range 20 {
		wg.Go(func() {
			_, err := b.AcceptInvitation(t.Context(), access.Actor{AccountID: fmt.Sprint("racer", i)}, token)
			if err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got := b.get(t, m.ID); in != 1 || len(got.Owners()) != 2 {
		t.Errorf("%d came in, owners %v", in, got.Owners())
	}
}

func TestInvitationsThatCannotBe(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	for to, expected := range map[string]string{
		"": "invalid to:account.contact.unreadable", "wang": "invalid to:account.contact.unreadable", "021-57721664": "invalid to:account.contact.unreadable",
		"Wang <w@example.com>": "invalid to:account.contact.unreadable", "95588": "invalid to:account.contact.unreadable",
		"13800138000、13900139000": "invalid to:account.contact.unreadable", "a@" + strings.Repeat("b", 300): "invalid to:account.contact.unreadable",
	} {
		_, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: to, Role: access.Staff})
		if answer(err) != expected {
			t.Errorf("%q: %v", to, err)
		}
	}
	for i := range 20 {
		if _, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: fmt.Sprintf("p%d@example.com", i), Role: access.Staff}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: "more@example.com", Role: access.Staff})
	want(t, err, "conflict error.invitation.full")
	b.pass(8 * 24 * time.Hour) // those are over, and the oldest make room
	for i := range 60 {
		if i == 20 || i == 40 {
			b.pass(8 * 24 * time.Hour)
		}
		if _, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: fmt.Sprintf("q%d@example.com", i), Role: access.Staff}); err != nil {
			t.Fatal(i, err)
		}
	}
	if n := len(b.get(t, m.ID).Invitations); n != 60 {
		t.Errorf("%d are kept", n)
	}
}

func TestAMessageThatDoesNotLeave(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	b.mail.set(true)
	x, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: "a@example.com", Role: access.Staff})
	want(t, err, "unavailable error.invitation.unsent")
	b.mail.set(false)
	_, err = b.Resend(t.Context(), who["owner"], m.ID, x.ID)
	want(t, err, "")
	_, err = b.AcceptInvitation(t.Context(), b.person(t, "new"), b.mail.token(t))
	want(t, err, "")
}

// Nothing personal and no token lies in the store as it is (PRV-05, AUT-13).
func TestTheStoreTellsNothing(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	if _, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: "secret.person@example.com", Role: access.Staff}); err != nil {
		t.Fatal(err)
	}
	token := b.mail.token(t)
	if _, err := b.log.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir() + "/copy.db"
	if err := b.db.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{token, "secret.person", "王师傅", "13800138000", "余天成有限公司"} {
		if strings.Contains(string(raw), s) {
			t.Errorf("the store has %q", s)
		}
	}
	p, err := b.Private(who["owner"], b.get(t, m.ID))
	if err != nil || p.Person != "王师傅" {
		t.Errorf("private: %+v, %v", p, err)
	}
	_, err = b.Private(who["staff"], b.get(t, m.ID))
	want(t, err, hiddenThing)
}

// An address is kept no longer than there is a use for it.
func TestAddressesOfExpiredInvitationsGo(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	x, err := b.Invite(t.Context(), sudo(who["owner"]), m.ID, merchant.Invite{To: "13800138000", Role: access.Staff})
	want(t, err, "")
	address := func() string {
		for _, i := range b.get(t, m.ID).Invitations {
			if i.ID == x.ID {
				return i.To
			}
		}
		return "no such invitation"
	}
	b.pass(37*24*time.Hour - time.Second)
	if n, err := b.Sweep(t.Context()); err != nil || n != 0 || address() == "" {
		t.Fatalf("too early: %d, %v", n, err)
	}
	b.pass(time.Second)
	if n, err := b.Sweep(t.Context()); err != nil || n != 1 || address() != "" {
		t.Fatalf("swept %d, %v: %q", n, err, address())
	}
	if n, err := b.Sweep(t.Context()); err != nil || n != 0 {
		t.Errorf("again: %d, %v", n, err)
	}
	_, err = b.Resend(t.Context(), who["owner"], m.ID, x.ID)
	want(t, err, "conflict error.invitation.expired")
	want(t, b.WithdrawInvitation(t.Context(), who["owner"], m.ID, x.ID), "")
}
