package merchant_test

import (
	"errors"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/merchant"
)

// offer offers s1 to a buyer; it returns the token of the message too.
func (b *bench) offer(t *testing.T, account string) (merchant.Transfer, string) {
	t.Helper()
	x, err := b.Offer(t.Context(), sudo(b.person(t, account)), "s1", "buyer@example.com", lang.Hans)
	if err != nil {
		t.Fatal(err)
	}
	return x, b.mail.token(t)
}

func (b *bench) accept(t *testing.T, account, token string, f merchant.ClaimForm) error {
	t.Helper()
	_, err := b.AcceptTransfer(t.Context(), b.person(t, account), token, f)
	return err
}

func newMerchant() merchant.ClaimForm { return merchant.ClaimForm{Draft: draft("新主", codeB)} }

func TestATransfer(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1", "s2")
	b.join(t, b.person(t, "o"), m.ID, "staff", access.Staff, "s1")
	x, token := b.offer(t, "o")
	if x.Shown != "b***@example.com" || x.From != m.ID {
		t.Errorf("offered: %+v", x)
	}
	for range 20 {
		if got, shop, err := b.ShowTransfer(t.Context(), token); err != nil || got.Rev != x.Rev || shop.ID != "s1" {
			t.Fatalf("shown: %+v, %v", got, err)
		}
	}
	_, err := b.AcceptTransfer(t.Context(), nobody, token, newMerchant())
	want(t, err, signIn)
	_ = b.mail.kinds()
	want(t, b.accept(t, "buyer", token, newMerchant()), "")
	s := b.person(t, "buyer").Seats
	if len(s) != 1 || s[0].Role != access.Owner || b.shops.owner("s1") != s[0].MerchantID || b.shops.owner("s2") != m.ID {
		t.Errorf("seats: %+v", s)
	}
	if got := b.mail.kinds(); got != "transfer_done→o" {
		t.Errorf("sent %s", got)
	}
	want(t, b.accept(t, "other", token, newMerchant()), "conflict error.transfer.over")
	want(t, b.WithdrawTransfer(t.Context(), b.person(t, "o"), x.ID), "conflict error.transfer.over")
	// Who worked at the shop for the seller has no seat in the buyer's merchant.
	for _, seat := range b.person(t, "staff").Seats {
		if seat.MerchantID != m.ID {
			t.Errorf("staff: %+v", seat)
		}
	}
	if n := len(b.entries(t, merchant.KindTransfer, x.ID)); n != 4 {
		t.Errorf("%d entries", n)
	}
}

func TestWhoMayOfferAndWithdraw(t *testing.T) {
	b := open(t)
	_, who := b.towards(t)
	for name, by := range who {
		by.Sudo = true
		expected := hiddenThing
		switch name {
		case "owner":
			expected = ""
		case "nobody":
			expected = signIn
		}
		x, err := b.Offer(t.Context(), by, "s1", "buyer@example.com", lang.Hans)
		if answer(err) != expected {
			t.Errorf("%s offers: %v", name, err)
		}
		if err := b.GiveBack(t.Context(), by, "s2"); answer(err) != expected {
			t.Errorf("%s gives back: %v", name, err)
		}
		if err == nil {
			want(t, b.WithdrawTransfer(t.Context(), by, x.ID), "")
		}
	}
	_, err := b.Offer(t.Context(), who["owner"], "s1", "buyer@example.com", lang.Hans)
	want(t, err, "forbidden error.sudo")
	want(t, b.GiveBack(t.Context(), who["owner"], "s1"), "forbidden error.sudo")
	_, err = b.Offer(t.Context(), sudo(who["owner"]), "none", "buyer@example.com", lang.Hans)
	want(t, err, hiddenThing)
	_, err = b.Offer(t.Context(), nobody, "none", "buyer@example.com", lang.Hans)
	want(t, err, signIn)
	_, err = b.Offer(t.Context(), sudo(who["owner"]), "s1", "buyer", lang.Hans)
	want(t, err, "invalid to:account.contact.unreadable")
	if b.shops.owner("s2") != "" {
		t.Error("s2 was not given back")
	}
	x, _ := b.offer(t, "o")
	for name, by := range who {
		expected := hiddenThing
		switch name {
		case "owner", "admin":
			continue
		case "nobody":
			expected = signIn
		}
		want(t, b.WithdrawTransfer(t.Context(), by, x.ID), expected)
	}
	_, err = b.Transfers(t.Context(), who["manager"], x.From)
	want(t, err, hiddenThing)
	if list, err := b.Transfers(t.Context(), who["owner"], x.From); err != nil || len(list) != 2 {
		t.Errorf("offers: %v, %v", list, err)
	}
}

func TestOffersThatAreOver(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1")
	_, err := b.AcceptTransfer(t.Context(), b.person(t, "buyer"), "x", newMerchant())
	want(t, err, hiddenThing)
	_, token := b.offer(t, "o")
	_, err = b.Offer(t.Context(), sudo(b.person(t, "o")), "s1", "c@example.com", lang.Hans)
	want(t, err, "conflict error.transfer.open")
	b.pass(7 * 24 * time.Hour)
	want(t, b.accept(t, "buyer", token, newMerchant()), "conflict error.transfer.expired")
	x, token := b.offer(t, "o") // the expired one makes room
	want(t, b.WithdrawTransfer(t.Context(), b.person(t, "o"), x.ID), "")
	want(t, b.accept(t, "buyer", token, newMerchant()), "conflict error.transfer.over")
	_, token = b.offer(t, "o")
	want(t, b.RefuseTransfer(t.Context(), nobody, token), signIn)
	want(t, b.RefuseTransfer(t.Context(), b.person(t, "buyer"), token), "")
	want(t, b.accept(t, "buyer", token, newMerchant()), "conflict error.transfer.over")

	// Who offered is no owner any more when it is accepted (T-06).
	b.join(t, b.person(t, "o"), m.ID, "partner", access.Owner)
	_, token = b.offer(t, "partner")
	_, err = b.Remove(t.Context(), b.person(t, "o"), m.ID, 0, "partner")
	want(t, err, "")
	want(t, b.accept(t, "buyer", token, newMerchant()), "conflict error.transfer.over")
	if b.shops.owner("s1") != m.ID {
		t.Error("the shop moved")
	}
}

func TestWhoTakesAShopOver(t *testing.T) {
	b := open(t)
	b.create(t, "o", "余天成", codeA, "s1")
	chain := b.create(t, "chain", "连锁", codeB)
	b.join(t, b.person(t, "chain"), chain.ID, "manager", access.Manager)
	_, token := b.offer(t, "o")
	want(t, b.accept(t, "buyer", token, newMerchant()), "invalid credit_code:error.credit_code.taken")
	want(t, b.accept(t, "buyer", token, merchant.ClaimForm{MerchantID: chain.ID}), "conflict error.claim.merchant")
	want(t, b.accept(t, "manager", token, merchant.ClaimForm{MerchantID: chain.ID}), "conflict error.claim.merchant")
	want(t, b.accept(t, "buyer", token, merchant.ClaimForm{}), "invalid name:error.text.empty")
	want(t, b.accept(t, "o", token, merchant.ClaimForm{MerchantID: b.shops.owner("s1")}), "conflict error.transfer.own")
	want(t, b.accept(t, "o", token, newMerchant()), "conflict error.transfer.own")
	want(t, b.accept(t, "chain", token, merchant.ClaimForm{MerchantID: chain.ID}), "")
	if b.shops.owner("s1") != chain.ID {
		t.Error("the shop did not move")
	}
}

// An owner does not hand on what is being decided; nor does an offer keep others from disputing.
func TestTransfersAndDisputes(t *testing.T) {
	b := open(t)
	b.create(t, "o", "余天成", codeA, "s1")
	_, token := b.offer(t, "o")
	c := b.send(t, "rival", "s1")
	want(t, b.accept(t, "buyer", token, newMerchant()), "conflict error.transfer.dispute")
	_, err := b.Offer(t.Context(), sudo(b.person(t, "o")), "s1", "c@example.com", lang.Hans)
	want(t, err, "conflict error.transfer.dispute")
	want(t, b.GiveBack(t.Context(), sudo(b.person(t, "o")), "s1"), "conflict error.transfer.dispute")
	_, err = b.WithdrawClaim(t.Context(), b.person(t, "rival"), c.ID, 0)
	want(t, err, "")
	want(t, b.accept(t, "buyer", token, newMerchant()), "")
}

func TestATransferSurvivesACrash(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1")
	_, token := b.offer(t, "o")
	b.shops.fail = fault.New(fault.Unavailable, "error.unavailable", errors.New("crash"))
	want(t, b.accept(t, "buyer", token, newMerchant()), "unavailable error.unavailable")
	b.shops.fail = nil
	_ = b.mail.kinds()
	if n, err := b.Settle(t.Context()); err != nil || n != 1 {
		t.Errorf("settled %d, %v", n, err)
	}
	if got := b.shops.owner("s1"); got == m.ID || got == "" || b.mail.kinds() != "transfer_done→o" {
		t.Errorf("owner %s", got)
	}
	b.mail.set(true)
	_, err := b.Offer(t.Context(), sudo(b.person(t, "buyer")), "s1", "c@example.com", lang.Hans)
	want(t, err, "unavailable error.invitation.unsent")
}
