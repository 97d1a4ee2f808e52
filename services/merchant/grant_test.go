package merchant_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// grant is access to s1, and its code.
func (b *bench) grant(t *testing.T) (merchant.Grant, string) {
	t.Helper()
	g, code, err := b.Grant(t.Context(), first, "s1")
	if err != nil {
		t.Fatal(err)
	}
	return g, code
}

func (b *bench) redeem(t *testing.T, account, listingID, code string) error {
	t.Helper()
	_, err := b.Redeem(t.Context(), b.person(t, account), listingID, code, merchant.ClaimForm{Draft: draft("新主", codeB)})
	return err
}

func TestAccessOnTheSpot(t *testing.T) {
	b := open(t)
	g, code := b.grant(t)
	if !regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`).MatchString(code) || g.By != "first" || strings.Contains(g.Code, code) {
		t.Errorf("made %q %+v", code, g)
	}
	_, err := b.Redeem(t.Context(), nobody, "s1", code, merchant.ClaimForm{})
	want(t, err, signIn)
	want(t, b.redeem(t, "a", "s2", code), "invalid code:error.grant.code") // of shop s1, at shop s2
	want(t, b.redeem(t, "a", "s1", " "+strings.ToLower(code)+" "), "")
	s := b.person(t, "a").Seats
	if len(s) != 1 || s[0].Role != access.Owner || b.shops.owner("s1") != s[0].MerchantID {
		t.Errorf("seats: %+v", s)
	}
	want(t, b.redeem(t, "b", "s1", code), "conflict error.grant.used")
	if m := b.get(t, s[0].MerchantID); m.Name.Hans != "新主" || m.CreditCode != codeB || m.Members[0].By != "a" {
		t.Errorf("merchant %+v", m)
	}
	list, err := b.Grants(t.Context(), second, "s1")
	if err != nil || len(list) != 1 || list[0].State != merchant.GrantRedeemed || list[0].By != "first" || list[0].Account != "a" || list[0].Sealed != "" {
		t.Errorf("on record: %+v, %v", list, err)
	}
	if _, _, err := b.Grant(t.Context(), first, "s1"); answer(err) != "conflict error.grant.owned" {
		t.Error(err)
	}
	if n := len(b.entries(t, merchant.KindGrant, g.ID)); n != 3 {
		t.Errorf("%d entries", n)
	}
}

func TestWhoMayGrant(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	x, _ := b.shops.Shop(t.Context(), "s2")
	x.MerchantID = ""
	b.shops.put(x)
	_ = m
	for name, by := range who {
		expected := hiddenThing
		switch name {
		case "coordinator", "second coordinator", "admin":
			expected = ""
		case "nobody":
			expected = signIn
		}
		g, _, err := b.Grant(t.Context(), by, "s2")
		if answer(err) != expected {
			t.Errorf("%s grants: %v", name, err)
		}
		_, err = b.Grants(t.Context(), by, "s2")
		if answer(err) != expected {
			t.Errorf("%s lists: %v", name, err)
		}
		id := g.ID
		if id == "" {
			id = "some"
		}
		_, err = b.RevokeGrant(t.Context(), by, id)
		if answer(err) != expected {
			t.Errorf("%s revokes: %v", name, err)
		}
	}
	if _, _, err := b.Grant(t.Context(), access.System("import"), "s2"); answer(err) != hiddenThing {
		t.Error("a program grants:", err)
	}
	if _, _, err := b.Grant(t.Context(), first, "none"); answer(err) != hiddenThing {
		t.Error(err)
	}
}

func TestCodesThatDoNotWork(t *testing.T) {
	b := open(t)
	for _, code := range []string{"", "ABCD-EFGH", strings.Repeat("9", 1000)} {
		want(t, b.redeem(t, "a", "s1", code), "invalid code:error.grant.code")
	}
	g, code := b.grant(t)
	_, newer := b.grant(t) // an old letter is void once there is a new one
	want(t, b.redeem(t, "a", "s1", code), "conflict error.grant.revoked")
	_, err := b.RevokeGrant(t.Context(), first, g.ID)
	want(t, err, "conflict error.grant.used")
	b.pass(14 * 24 * time.Hour)
	want(t, b.redeem(t, "a", "s1", newer), "conflict error.grant.expired")
	g, code = b.grant(t)
	_, err = b.RevokeGrant(t.Context(), second, g.ID)
	want(t, err, "")
	want(t, b.redeem(t, "a", "s1", code), "conflict error.grant.revoked")
	_, code = b.grant(t)
	b.create(t, "o", "余天成", codeA, "s1")
	want(t, b.redeem(t, "a", "s1", code), "conflict error.claim.moved")
	if len(b.person(t, "a").Seats) != 0 {
		t.Error("a came in")
	}
}

func TestWhatIsSaidWithACodeIsChecked(t *testing.T) {
	b := open(t)
	_, code := b.grant(t)
	f := merchant.ClaimForm{Draft: draft("", "91350100M000100Y44")}
	_, err := b.Redeem(t.Context(), b.person(t, "a"), "s1", code, f)
	want(t, err, "invalid name:error.text.empty credit_code:error.credit_code.check")
	f = merchant.ClaimForm{Draft: draft("广场", "")}
	f.Kind = merchant.Plaza
	_, err = b.Redeem(t.Context(), b.person(t, "a"), "s1", code, f)
	want(t, err, "invalid kind:error.choice")
	m := b.create(t, "o", "别家", "")
	_, err = b.Redeem(t.Context(), b.person(t, "a"), "s1", code, merchant.ClaimForm{MerchantID: m.ID})
	want(t, err, "conflict error.claim.merchant")
	_, err = b.Redeem(t.Context(), b.person(t, "o"), "s1", code, merchant.ClaimForm{MerchantID: m.ID})
	want(t, err, "")
	if b.shops.owner("s1") != m.ID {
		t.Error("not the merchant named")
	}
}

func TestGuessingEndsACode(t *testing.T) {
	b := open(t)
	_, code := b.grant(t)
	for range 49 {
		want(t, b.redeem(t, "a", "s1", "0000-0000"), "invalid code:error.grant.code")
	}
	list, _ := b.Grants(t.Context(), first, "s1")
	if list[0].State != merchant.GrantMade || list[0].Wrong != 49 {
		t.Fatalf("after 49: %+v", list[0])
	}
	want(t, b.redeem(t, "a", "s1", "0000-0000"), "invalid code:error.grant.code")
	want(t, b.redeem(t, "a", "s1", code), "conflict error.grant.revoked")
	b.grant(t)
	want(t, b.redeem(t, "a", "s1", "0000-0000"), "invalid code:error.grant.code")
	list, _ = b.Grants(t.Context(), first, "s1") // the one that is over counts no more
	slices.SortFunc(list, func(x, y merchant.Grant) int { return x.Wrong - y.Wrong })
	if list[0].Wrong != 1 || list[1].Wrong != 50 {
		t.Errorf("wrong codes: %d, %d", list[0].Wrong, list[1].Wrong)
	}
}

func TestACodeWorksOnce(t *testing.T) {
	b := open(t)
	_, code := b.grant(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	in := 0
	for i := range 20 {
		wg.Go(func() {
			f := merchant.ClaimForm{Draft: draft(fmt.Sprint("店", i), "")}
			if _, err := b.Redeem(t.Context(), access.Actor{AccountID: fmt.Sprint("racer", i)}, "s1", code, f); err == nil {
				mu.Lock()
				in++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	m := b.get(t, b.shops.owner("s1"))
	if in != 1 || len(m.Members) != 1 {
		t.Errorf("%d came in: %+v", in, m)
	}
}

func TestARedeemedCodeSurvivesACrash(t *testing.T) {
	b := open(t)
	_, code := b.grant(t)
	b.shops.fail = fault.New(fault.Unavailable, "error.unavailable", errors.New("crash"))
	want(t, b.redeem(t, "a", "s1", code), "unavailable error.unavailable")
	b.shops.fail = nil
	if n, err := b.Settle(t.Context()); err != nil || n != 1 {
		t.Errorf("settled %d, %v", n, err)
	}
	if s := b.person(t, "a").Seats; len(s) != 1 || b.shops.owner("s1") != s[0].MerchantID {
		t.Errorf("seats: %+v", s)
	}
}

// Somebody takes the credit code between the decision and its carrying out: the shop still goes where it was decided to go.
func TestACreditCodeTakenMeanwhile(t *testing.T) {
	b := open(t)
	_, code := b.grant(t)
	b.shops.look = []func(){nil, func() { b.create(t, "other", "抢先", codeB) }}
	want(t, b.redeem(t, "a", "s1", code), "")
	s := b.person(t, "a").Seats
	if len(s) != 1 || s[0].Role != access.Owner || b.shops.owner("s1") != s[0].MerchantID {
		t.Fatalf("seats: %+v", s)
	}
	if m := b.get(t, s[0].MerchantID); m.CreditCode != "" {
		t.Errorf("merchant: %+v", m)
	}
}

// A chain that is there gets the shop, the person who redeemed a place at this shop, and its owners are told.
func TestACodeThatJoinsAChain(t *testing.T) {
	b := open(t)
	chain := b.create(t, "o", "连锁", codeB, "s2")
	_, code := b.grant(t)
	want(t, b.redeem(t, "a", "s1", code), "")
	s := b.person(t, "a").Seats
	if len(s) != 1 || s[0].MerchantID != chain.ID || s[0].Role != access.Manager || len(s[0].ListingIDs) != 1 || b.mail.kinds() != "shop_joined→o" {
		t.Errorf("seats: %+v", s)
	}
}

// Anybody can write somebody else's credit code into a merchant of their own. The shop still comes to who has the letter.
func TestACreditCodeThatARivalWroteDown(t *testing.T) {
	b := open(t)
	rival := b.create(t, "rival", "抢注", codeB)
	_, code := b.grant(t)
	want(t, b.redeem(t, "a", "s1", code), "")
	s := b.person(t, "a").Seats
	if len(s) != 1 || s[0].Role != access.Owner || s[0].MerchantID == rival.ID || b.shops.owner("s1") != s[0].MerchantID {
		t.Errorf("seats: %+v, owner %s", s, b.shops.owner("s1"))
	}
}

// A coordinator does not become the owner of a shop alone.
func TestNobodyRedeemsTheirOwnCode(t *testing.T) {
	b := open(t)
	_, code := b.grant(t)
	want(t, b.redeem(t, "first", "s1", code), "forbidden error.claim.same_person")
	want(t, b.redeem(t, "a", "s1", code), "")
}
