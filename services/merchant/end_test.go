package merchant_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"shangquan/services/access"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

const asked = "店主来信，核对过身份证"

// ending proposes that the merchant closes.
func (b *bench) ending(t *testing.T, m merchant.Merchant) countersign.Proposal {
	t.Helper()
	p, err := b.ProposeEnd(t.Context(), admin, m.ID, b.get(t, m.ID).Rev, asked)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhoMayProposeAnEnd(t *testing.T) {
	each(t, map[string]string{"admin": ""}, func(b *bench, m merchant.Merchant, by access.Actor) error {
		_, err := b.ProposeEnd(t.Context(), sudo(by), m.ID, m.Rev, asked)
		return err
	})
	b := open(t)
	m, _ := b.towards(t)
	tired := admin
	tired.Sudo = false
	_, err := b.ProposeEnd(t.Context(), tired, m.ID, m.Rev, asked)
	want(t, err, "forbidden error.sudo")
	_, err = b.ProposeEnd(t.Context(), admin, m.ID, m.Rev, " \n")
	want(t, err, "invalid why:error.text.empty")
	_, err = b.ProposeEnd(t.Context(), admin, m.ID, m.Rev-1, asked)
	want(t, err, "conflict error.stale")
	_, err = b.ProposeEnd(t.Context(), admin, "none", 1, asked)
	want(t, err, hiddenThing)
	p := b.ending(t, m)
	_, err = b.ProposeEnd(t.Context(), admin, m.ID, m.Rev, asked)
	want(t, err, "conflict countersign.wrong.waiting")
	if got := b.get(t, m.ID); got.Rev != m.Rev || b.shops.owner("s1") != m.ID || b.mail.kinds() != "merchant_ending→o" {
		t.Error("something happened before a second person agreed, or nobody was told")
	}
	for name, by := range map[string]access.Actor{"its author": admin, "the liaison": liaison, "the owner": sudo(b.person(t, "o"))} {
		if _, err := b.signs.Confirm(t.Context(), by, p.ID, p.Hash()); err == nil {
			t.Errorf("confirmed by %s", name)
		}
	}
}

// What is personal of the merchant is gone with the second signature, its people have no access, its shops are nobody's and its seat ends.
func TestAnEndByTwo(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	if _, err := b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{Kind: "food", Until: "2027-01-01"}); err != nil {
		t.Fatal(err)
	}
	seats := []string{}
	b.Closes = []merchant.Closing{func(_ context.Context, _ access.Actor, id string) error { seats = append(seats, id); return nil }}
	p := b.ending(t, m)
	_ = b.mail.kinds()
	if p, err := b.signs.Confirm(t.Context(), first, p.ID, p.Hash()); err != nil || p.State != countersign.Done {
		t.Fatalf("confirmed: %+v, %v", p, err)
	}
	got := b.get(t, m.ID)
	if got.State != merchant.Closed || len(got.Members)+len(got.Invitations) != 0 || got.Sealed != "" || !slices.Equal(seats, []string{m.ID}) {
		t.Errorf("closed: %+v, %v", got, seats)
	}
	for _, id := range []string{"o", "manager", "staff", "limited"} {
		if len(b.person(t, id).Seats) != 0 {
			t.Errorf("%s has a seat", id)
		}
	}
	if b.shops.owner("s1") != "" || b.shops.owner("s2") != "" || b.shops.owner("s3") == "" {
		t.Error("shops are not whose they should be")
	}
	if due, err := b.Due(t.Context(), day(t, "2026-12-31")); err != nil || len(due) != 0 {
		t.Errorf("papers are still due: %v, %v", due, err)
	}
	if got := b.mail.kinds(); got != "merchant_ended→o merchant_ended→manager merchant_ended→staff merchant_ended→limited" {
		t.Errorf("told %s", got)
	}
	entries := b.entries(t, merchant.KindMerchant, m.ID)
	if e := entries[0].Fact; e.Action != access.MerchantEnd || e.By.Account != first.AccountID || e.Why != asked {
		t.Errorf("the trail says %+v", e)
	}
	_, err := b.ProposeEnd(t.Context(), admin, m.ID, got.Rev, asked)
	want(t, err, "conflict error.merchant.closed")
}

// What was signed is done, or nothing: another member, another shop or a dispute since then, and it cannot be done any more.
func TestAnEndOfSomethingElse(t *testing.T) {
	for name, x := range map[string]struct {
		change func(*bench, merchant.Merchant, map[string]access.Actor)
		fault  string
	}{
		"another member": {func(b *bench, m merchant.Merchant, who map[string]access.Actor) {
			_, err := b.Remove(t.Context(), who["owner"], m.ID, 0, "staff")
			want(t, err, "")
		}, "error.stale"},
		"a shop more": {func(b *bench, m merchant.Merchant, _ map[string]access.Actor) {
			s, _ := b.shops.Shop(t.Context(), "s3")
			s.MerchantID = m.ID
			b.shops.put(s)
		}, "error.stale"},
		"a dispute": {func(b *bench, _ merchant.Merchant, _ map[string]access.Actor) { b.send(t, "rival", "s1") }, "error.transfer.dispute"},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m, who := b.towards(t)
			p := b.ending(t, m)
			x.change(b, m, who)
			if _, err := b.signs.Confirm(t.Context(), first, p.ID, p.Hash()); answer(err) != "conflict "+x.fault {
				t.Errorf("confirmed: %v", err)
			}
			if p, err := b.signs.Get(t.Context(), admin, p.ID); err != nil || p.State != countersign.Failed || p.Fault != x.fault {
				t.Errorf("%+v, %v", p, err)
			}
			if got := b.get(t, m.ID); got.State != merchant.Active || b.shops.owner("s1") != m.ID {
				t.Error("something was done")
			}
		})
	}
}

// A crash after the merchant closed leaves its shops for Settle.
func TestAnEndSurvivesACrash(t *testing.T) {
	b := open(t)
	m, _ := b.towards(t)
	p := b.ending(t, m)
	b.shops.fail = fault.New(fault.Unavailable, "error.unavailable", errors.New("crash"))
	_, err := b.signs.Confirm(t.Context(), first, p.ID, p.Hash())
	want(t, err, "internal error.internal")
	if got := b.get(t, m.ID); got.State != merchant.Closed || b.shops.owner("s1") != m.ID {
		t.Fatalf("after the crash: %+v", got)
	}
	b.shops.fail = nil
	if got := b.mail.kinds(); got != "merchant_ending→o" {
		t.Errorf("told before it was done: %s", got)
	}
	b.pass(countersign.For) // long after
	if n, err := b.signs.Settle(t.Context()); n != 1 || err != nil {
		t.Errorf("settled %d, %v", n, err)
	}
	if p, err := b.signs.Get(t.Context(), admin, p.ID); err != nil || p.State != countersign.Done || b.shops.owner("s1") != "" || b.shops.owner("s2") != "" {
		t.Errorf("%+v, %v", p, err)
	}
	if got := b.mail.kinds(); got != "merchant_ended→o merchant_ended→manager merchant_ended→staff merchant_ended→limited" {
		t.Errorf("told %s", got)
	}
}

// Once the merchant is closed there is no way back: whatever does not let itself be ended, the rest ends, and the proposal waits for another try.
func TestAnEndIsNeverHalf(t *testing.T) {
	for name, x := range map[string]struct {
		seat, shop error
	}{
		"a shop that is not valid":        {nil, fault.Wrong("phones", "error.phone", nil)},
		"a shop others are editing":       {nil, fault.New(fault.Conflict, "error.stale", errors.New("edited"))},
		"a seat that somebody changed":    {fault.New(fault.Conflict, "error.stale", errors.New("changed")), nil},
		"a seat and a shop, both refused": {fault.Missing(), fault.Wrong("phones", "error.phone", nil)},
	} {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			m, who := b.towards(t)
			if _, err := b.AddPaper(t.Context(), who["owner"], m.ID, merchant.PaperForm{Kind: "food", Until: "2027-01-01"}); err != nil {
				t.Fatal(err)
			}
			b.Closes = []merchant.Closing{func(context.Context, access.Actor, string) error { return x.seat }}
			b.shops.fail, b.shops.only = x.shop, "s1"
			p := b.ending(t, m)
			_, err := b.signs.Confirm(t.Context(), first, p.ID, p.Hash())
			want(t, err, "internal error.internal")
			if p, err := b.signs.Get(t.Context(), admin, p.ID); err != nil || p.State != countersign.Confirmed {
				t.Errorf("%+v, %v", p, err)
			}
			if got := b.get(t, m.ID); got.State != merchant.Closed || b.shops.owner("s2") != "" {
				t.Error("the other shop is still the closed merchant's")
			}
			if due, err := b.Due(t.Context(), day(t, "2026-12-31")); err != nil || len(due) != 0 {
				t.Errorf("papers are still there: %v, %v", due, err)
			}
			x.seat, b.shops.fail = nil, nil
			b.pass(countersign.For)
			if n, err := b.signs.Settle(t.Context()); n != 1 || err != nil {
				t.Errorf("settled %d, %v", n, err)
			}
			if p, err := b.signs.Get(t.Context(), admin, p.ID); err != nil || p.State != countersign.Done || b.shops.owner("s1") != "" {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}
