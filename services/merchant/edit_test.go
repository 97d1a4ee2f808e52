package merchant_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/creditcode"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

func TestCreate(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", " 余天成 ", "9135 0100m000100y43")
	if m.Name.Hans != "余天成" || m.CreditCode != codeA || m.State != merchant.Active || !slices.Equal(m.Owners(), []string{"o"}) {
		t.Errorf("made %+v", m)
	}
	_, err := b.Create(t.Context(), b.person(t, "x"), draft("又一家", codeA))
	want(t, err, "conflict credit_code:error.credit_code.taken")
	for range 3 { // any number has none
		b.create(t, "x", "摊位", "")
	}
	d := draft(strings.Repeat("长", 61), "913")
	d.Kind, d.Phone = "shop", strings.Repeat("1", 200)
	_, err = b.Create(t.Context(), b.person(t, "x"), d)
	want(t, err, "invalid kind:error.choice name:error.text.long credit_code:error.credit_code.length phone:error.text.long")
	_, err = b.Create(t.Context(), nobody, draft("a", ""))
	want(t, err, signIn)
	_, err = b.Create(t.Context(), liaison, draft("a", ""))
	want(t, err, "") // a liaison is a person with an account, too
	d = draft("百联", "")
	d.Kind = merchant.Plaza
	_, err = b.Create(t.Context(), b.person(t, "x"), d)
	want(t, err, "invalid kind:error.choice")
	m, err = b.Create(t.Context(), first, d)
	want(t, err, "")
	if len(m.Members) != 0 {
		t.Errorf("the coordinator is in it: %+v", m.Members)
	}
}

// AUZ-04: what claims are decided by is not the owner's to change, once it is there.
func TestWhatAnOwnerMayNotChange(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	d := draft("新名字", codeB)
	d.RegisteredName = "别人"
	d.Kind = merchant.Individual
	_, err := b.Edit(t.Context(), who["owner"], m.ID, m.Rev, d)
	want(t, err, "invalid kind:error.merchant.identity credit_code:error.merchant.identity registered_name:error.merchant.identity")
	got, err := b.Edit(t.Context(), first, m.ID, m.Rev, d)
	want(t, err, "")
	if got.CreditCode != codeB || got.Kind != merchant.Individual {
		t.Errorf("edited: %+v", got)
	}
	_, err = b.Edit(t.Context(), who["owner"], m.ID, m.Rev, d)
	want(t, err, "conflict error.stale")
	if other, err := b.Create(t.Context(), b.person(t, "x"), draft("别家", codeA)); err != nil || other.CreditCode != codeA {
		t.Error("the old code is not free:", err)
	}
}

func TestAnOwnerFillsInWhatIsMissing(t *testing.T) {
	b := open(t)
	d := merchant.Draft{Name: draft("摊位", "").Name}
	m, err := b.Create(t.Context(), b.person(t, "o"), d)
	if err != nil || m.Kind != merchant.Other {
		t.Fatalf("made %+v, %v", m, err)
	}
	b.create(t, "x", "别家", codeA)
	_, err = b.Edit(t.Context(), b.person(t, "o"), m.ID, m.Rev, draft("摊位", codeA))
	want(t, err, "conflict credit_code:error.credit_code.taken")
	m, err = b.Edit(t.Context(), b.person(t, "o"), m.ID, m.Rev, draft("摊位", codeB))
	want(t, err, "")
	p, err := b.Private(b.person(t, "o"), m)
	if err != nil || m.CreditCode != codeB || p.RegisteredName != "摊位有限公司" || m.Kind != merchant.Company {
		t.Errorf("filled in: %+v %+v %v", m, p, err)
	}
	pl := draft("摊位", codeB)
	pl.Kind = merchant.Plaza
	_, err = b.Edit(t.Context(), b.person(t, "o"), m.ID, m.Rev, pl)
	want(t, err, "invalid kind:error.merchant.identity")
}

// A code and a name that nobody saw papers for are not put behind shops that were given by papers.
func TestAnOwnerWithShopsFillsInNothing(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "摊位", "", "s1")
	_, err := b.Edit(t.Context(), b.person(t, "o"), m.ID, m.Rev, draft("摊位", codeB))
	want(t, err, "invalid credit_code:error.merchant.identity")
	_, err = b.Edit(t.Context(), first, m.ID, m.Rev, draft("摊位", codeB))
	want(t, err, "")
}

func TestCheckCode(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	n, err := b.CheckCode(t.Context(), first, " 91350100m000100y43", merchant.Individual)
	if err != nil || n.Code != codeA || n.Kind != creditcode.Company || n.Odd || !n.OtherKind || n.MerchantID != m.ID {
		t.Errorf("coordinator: %+v, %v", n, err)
	}
	// A stranger does not hear whose it is.
	if n, err := b.CheckCode(t.Context(), who["signed"], codeA, merchant.Company); err != nil || n.MerchantID != "" || n.OtherKind {
		t.Errorf("signed: %+v, %v", n, err)
	}
	if n, err := b.CheckCode(t.Context(), who["signed"], "91310117M000100Y5N", merchant.Plaza); err == nil || n.Code != "" {
		t.Errorf("a wrong code: %+v", n)
	}
	if n, err := b.CheckCode(t.Context(), nobody, "", ""); err != nil || n.Code != "" {
		t.Errorf("none: %+v, %v", n, err)
	}
}

func TestCloseAndLeaveNothing(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1")
	o := sudo(b.person(t, "o"))
	if _, err := b.AddPaper(t.Context(), o, m.ID, merchant.PaperForm{Kind: "food", Until: "2027-01-01"}); err != nil {
		t.Fatal(err)
	}
	want(t, b.Close(t.Context(), o, m.ID, 0), "conflict error.merchant.shops")
	want(t, b.GiveBack(t.Context(), o, "s1"), "")
	if b.shops.owner("s1") != "" {
		t.Error("the shop is still whose it was")
	}
	if _, err := b.Invite(t.Context(), sudo(o), m.ID, merchant.Invite{To: "a@example.com", Role: "staff"}); err != nil {
		t.Fatal(err)
	}
	token := b.mail.token(t)
	// Its own end comes first and decides, so that nothing ends of a merchant that stays. What does not end then is ended by the schedule:
	// nobody is left who could try again.
	ended, broken := []string{}, fault.New(fault.Conflict, "error.stale", errors.New("broken"))
	b.Closes = []merchant.Closing{func(ctx context.Context, by access.Actor, merchantID string) error {
		m, err := b.Get(ctx, admin, merchantID)
		if err != nil {
			return err
		}
		ended = append(ended, by.Who()+" "+merchantID+" "+string(m.State))
		if broken != nil {
			return broken
		}
		return nil
	}}
	rev := b.get(t, m.ID).Rev
	want(t, b.Close(t.Context(), o, m.ID, rev-1), "conflict error.stale")
	if len(ended) != 0 {
		t.Errorf("ended before a stale page was refused: %v", ended)
	}
	want(t, b.Close(t.Context(), o, m.ID, rev), "")
	if n, err := b.Settle(t.Context()); n != 1 || !fault.Is(err, fault.Internal) {
		t.Errorf("settled %d, %v", n, err)
	}
	broken = nil
	for _, n := range []int{1, 0} {
		if got, err := b.Settle(t.Context()); got != n || err != nil {
			t.Errorf("settled %d, %v, want %d", got, err, n)
		}
	}
	by := access.System("schedule")
	if s := " " + m.ID + " closed"; !slices.Equal(ended, []string{"o" + s, by.Who() + s, by.Who() + s}) {
		t.Errorf("ended: %v", ended)
	}
	got := b.get(t, m.ID)
	if got.State != merchant.Closed || len(got.Members)+len(got.Invitations) != 0 || got.Sealed != "" || len(b.person(t, "o").Seats) != 0 {
		t.Errorf("closed: %+v", got)
	}
	if due, err := b.Due(t.Context(), day(t, "2026-12-31")); err != nil || len(due) != 0 {
		t.Errorf("papers are still due: %v, %v", due, err)
	}
	_, err := b.AcceptInvitation(t.Context(), b.person(t, "a"), token)
	want(t, err, hiddenThing)
	_, err = b.RunPlaza(t.Context(), admin, m.ID, 0, "p1")
	want(t, err, "conflict error.merchant.closed")
	_, err = b.Edit(t.Context(), admin, m.ID, 0, draft("x", ""))
	want(t, err, "conflict error.merchant.closed")
	_, err = b.Invite(t.Context(), sudo(admin), m.ID, merchant.Invite{To: "a@example.com", Role: "owner"})
	want(t, err, "conflict error.merchant.closed")
	b.create(t, "next", "余天成", codeA) // the code is free again
}

func TestExportHasEverything(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	if _, err := b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{Kind: "food", Until: "2027-01-01", PaperPrivate: merchant.PaperPrivate{Number: "JY13101170001"}}); err != nil {
		t.Fatal(err)
	}
	b.send(t, "rival", "s1")
	if _, err := b.Offer(t.Context(), sudo(who["owner"]), "s2", "buyer@example.com", ""); err != nil {
		t.Fatal(err)
	}
	x, err := b.Export(t.Context(), sudo(who["owner"]), m.ID)
	want(t, err, "")
	raw, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"余天成有限公司", "王师傅", codeA, "JY13101170001", `"s1"`, `"s2"`, "m***@example.com", `"account_id":"staff"`, `"disputed"`, `"offered"`} {
		if !strings.Contains(string(raw), s) {
			t.Errorf("%s is missing in %s", s, raw)
		}
	}
	for _, s := range []string{"rival", "token", "sealed", "buyer@", "新主"} {
		if strings.Contains(string(raw), s) {
			t.Errorf("%s is in the export: that is not theirs", s)
		}
	}
	if !slices.ContainsFunc(b.entries(t, merchant.KindMerchant, m.ID), func(e audit.Entry) bool {
		return e.Fact.Action == "merchant.export" && e.Fact.By.Account == "o"
	}) {
		t.Error("the export is not on record")
	}
}

func TestList(t *testing.T) {
	b := open(t)
	_, who := b.towards(t)
	for name, by := range who {
		expected := hiddenThing
		switch name {
		case "coordinator", "second coordinator", "admin":
			expected = ""
		case "nobody":
			expected = signIn
		}
		page, err := b.List(t.Context(), by, merchant.Active, "", 10)
		if answer(err) != expected || err == nil && len(page.Items) != 2 {
			t.Errorf("%s: %d, %v", name, len(page.Items), err)
		}
	}
}
