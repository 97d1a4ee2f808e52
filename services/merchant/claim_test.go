package merchant_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/merchant"
	"shangquan/services/phone"
)

// talked is what a coordinator notes of a visit.
const talked = "去过了，和老板娘王小姐谈过"

func form(listingID string) merchant.ClaimForm {
	return merchant.ClaimForm{
		ListingID: listingID, Draft: draft("新主", codeB), Note: "我是老板",
		Evidence: []merchant.Evidence{{Key: paper1, Kind: "licence"}, {Key: paper2, Kind: "sign"}},
	}
}

func (b *bench) send(t *testing.T, account, listingID string) merchant.Claim {
	t.Helper()
	c, err := b.SendClaim(t.Context(), b.person(t, account), form(listingID))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// visited is a claim to s1 that a coordinator has checked.
func (b *bench) visited(t *testing.T, account string) merchant.Claim {
	t.Helper()
	c := b.send(t, account, "s1")
	c, err := b.Check(t.Context(), first, c.ID, c.Rev, merchant.CheckForm{Kind: merchant.Visit, Note: talked})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAClaimOfAShopThatIsNobodys(t *testing.T) {
	b := open(t)
	c := b.send(t, "a", "s1")
	if c.State != merchant.ClaimSubmitted || b.mail.kinds() != "" {
		t.Errorf("sent: %+v", c)
	}
	_, err := b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "conflict error.claim.check")
	c, err = b.Check(t.Context(), first, c.ID, c.Rev, merchant.CheckForm{Kind: merchant.CallBack, Number: "5772 1664"})
	want(t, err, "")
	if c.Checks[0].By != "first" || c.Checks[0].Number != "215****1664" {
		t.Errorf("check: %+v", c.Checks)
	}
	_, err = b.Approve(t.Context(), first, c.ID, 0)
	want(t, err, "conflict error.stale")
	_, err = b.Approve(t.Context(), first, c.ID, c.Rev-1)
	want(t, err, "conflict error.stale")
	_, err = b.Propose(t.Context(), first, c.ID, c.Rev, true, "好")
	want(t, err, "conflict error.claim.state")
	c, err = b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "")
	if c.State != merchant.ClaimApproved || c.Unsettled || c.Untold || c.Decision.By != "first" {
		t.Errorf("approved: %+v", c)
	}
	s := b.person(t, "a").Seats
	if len(s) != 1 || s[0].Role != access.Owner || b.shops.owner("s1") != s[0].MerchantID {
		t.Errorf("seats %+v, shop of %s", s, b.shops.owner("s1"))
	}
	m := b.get(t, s[0].MerchantID)
	if p, err := b.Private(b.person(t, "a"), m); err != nil || m.CreditCode != codeB || m.Name.Hans != "新主" || p.RegisteredName != "新主有限公司" {
		t.Errorf("merchant %+v %+v %v", m, p, err)
	}
	if got := b.mail.kinds(); got != "claim_approved→a" {
		t.Errorf("sent %s", got)
	}
	_, err = b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "conflict error.claim.state")
	_, err = b.SendClaim(t.Context(), b.person(t, "a"), form("s1"))
	want(t, err, "conflict error.claim.yours")
}

func TestACallCountsOnlyToANumberOnRecord(t *testing.T) {
	b := open(t)
	c := b.send(t, "a", "s1")
	for number, expected := range map[string]string{
		"13800138000": "invalid number:error.claim.number", "": "invalid number:error.claim.number", "x": "invalid number:error.claim.number",
		"57721664、13800138000": "invalid number:error.claim.number", "+86 21 5772 1664": "",
	} {
		got, err := b.Check(t.Context(), first, c.ID, 0, merchant.CheckForm{Kind: merchant.CallBack, Number: number})
		if answer(err) != expected {
			t.Errorf("%q: %v", number, err)
		}
		if err == nil {
			c = got
		}
	}
	x, _ := b.shops.Shop(t.Context(), "s1")
	x.Phones = []phone.Number{}
	b.shops.put(x)
	_, err := b.Check(t.Context(), first, c.ID, 0, merchant.CheckForm{Kind: merchant.CallBack, Number: "57721664"})
	want(t, err, "invalid number:error.claim.number")
	_, err = b.Check(t.Context(), first, c.ID, 0, merchant.CheckForm{Kind: "letter"})
	want(t, err, "invalid kind:error.choice")
}

func TestClaimsThatCannotBe(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "别家", "")
	for name, tt := range map[string]struct {
		change func(*merchant.ClaimForm)
		want   string
	}{
		"no picture":            {func(f *merchant.ClaimForm) { f.Evidence = nil }, "invalid evidence:error.claim.evidence"},
		"too many":              {func(f *merchant.ClaimForm) { f.Evidence = slices.Repeat(f.Evidence, 5) }, "invalid evidence:error.list.long"},
		"a picture of nothing":  {func(f *merchant.ClaimForm) { f.Evidence[0].Kind = "selfie" }, "invalid evidence:error.choice"},
		"no name":               {func(f *merchant.ClaimForm) { f.Name.Hans = " " }, "invalid name:error.text.empty"},
		"a wrong code":          {func(f *merchant.ClaimForm) { f.CreditCode = "91350100M000100Y44" }, "invalid credit_code:error.credit_code.check"},
		"an operator of plazas": {func(f *merchant.ClaimForm) { f.Kind = merchant.Plaza }, "invalid kind:error.choice"},
		"another's merchant":    {func(f *merchant.ClaimForm) { f.MerchantID = m.ID }, "invalid merchant_id:error.choice"},
		"no such merchant":      {func(f *merchant.ClaimForm) { f.MerchantID = "x" }, "invalid merchant_id:error.choice"},
		"no such shop":          {func(f *merchant.ClaimForm) { f.ListingID = "x" }, hiddenThing},
	} {
		f := form("s1")
		f.Evidence = slices.Clone(f.Evidence)
		tt.change(&f)
		_, err := b.SendClaim(t.Context(), b.person(t, "a"), f)
		if got := answer(err); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
	_, err := b.SendClaim(t.Context(), nobody, form("s1"))
	want(t, err, signIn)
	key := b.person(t, "a")
	key.Key = &access.Key{Actions: access.Actions()}
	_, err = b.SendClaim(t.Context(), key, form("s1"))
	want(t, err, hiddenThing)
}

// UPD-06: of 200 who claim one shop at the same moment one gets through.
func TestTwoHundredClaimsOfOneShop(t *testing.T) {
	b := open(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	answers := map[string]int{}
	for i := range 200 {
		wg.Go(func() {
			_, err := b.SendClaim(t.Context(), access.Actor{AccountID: fmt.Sprint("racer", i)}, form("s1"))
			mu.Lock()
			answers[answer(err)]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if answers[""] != 1 || answers["conflict error.claim.open"] != 199 {
		t.Errorf("answers: %v", answers)
	}
	if page, err := b.OpenClaims(t.Context(), first, "", 10); err != nil || len(page.Items) != 1 {
		t.Errorf("open: %v, %v", page.Items, err)
	}
}

func TestReturnedAndSentAgain(t *testing.T) {
	b := open(t)
	c := b.visited(t, "a")
	_, err := b.Return(t.Context(), first, c.ID, c.Rev, " ")
	want(t, err, "invalid reason:error.text.empty")
	c, err = b.Return(t.Context(), first, c.ID, c.Rev, "执照看不清，再拍一张")
	want(t, err, "")
	if got := b.mail.kinds(); got != "claim_returned→a" || c.State != merchant.ClaimReturned || c.Untold {
		t.Errorf("returned: %s %+v", got, c)
	}
	other := b.send(t, "other", "s1") // the shop is free for others meanwhile
	_, err = b.SendAgain(t.Context(), b.person(t, "a"), c.ID, c.Rev, form("s1"))
	want(t, err, "conflict error.claim.open")
	_, err = b.WithdrawClaim(t.Context(), b.person(t, "other"), other.ID, other.Rev)
	want(t, err, "")
	f := form("s1")
	f.Evidence = []merchant.Evidence{{Key: paper3, Kind: "licence"}}
	c, err = b.SendAgain(t.Context(), b.person(t, "a"), c.ID, c.Rev, f)
	want(t, err, "")
	if c.State != merchant.ClaimSubmitted || c.Evidence[0].Key != paper3 || len(c.Checks) != 1 || c.Decision != nil {
		t.Errorf("again: %+v", c)
	}
	_, err = b.Approve(t.Context(), second, c.ID, c.Rev)
	want(t, err, "")
}

// Who may do what to a claim; the claimant is a.
func TestWhoMayDoWhatToAClaim(t *testing.T) {
	b := open(t)
	_, who := b.towards(t)
	c := b.send(t, "claimant", "s1") // a dispute: s1 is the merchant's of "owner"
	who["claimant"] = b.person(t, "claimant")
	who["claimant's key"] = who["claimant"]
	k := who["claimant"]
	k.Key = &access.Key{Actions: access.Actions()}
	who["claimant's key"] = k
	one := first
	one.TwoFactor = false
	who["coordinator, one factor"] = one
	who["program"] = access.System("import")
	const partial, factor = "forbidden error.claim.partial", "forbidden error.second_factor"
	for action, tt := range map[string]struct {
		may map[string]string
		do  func(by access.Actor) error
	}{
		"read": {
			map[string]string{"claimant": "", "coordinator": "", "second coordinator": "", "program": "", "coordinator, one factor": hiddenThing},
			func(by access.Actor) error { _, err := b.Claim(t.Context(), by, c.ID); return err },
		},
		"list": {
			map[string]string{"coordinator": "", "second coordinator": "", "program": "", "coordinator, one factor": factor},
			func(by access.Actor) error { _, err := b.OpenClaims(t.Context(), by, "", 10); return err },
		},
		"private": {
			map[string]string{"claimant": "", "coordinator": "", "second coordinator": "", "program": "", "coordinator, one factor": hiddenThing},
			func(by access.Actor) error { _, err := b.ClaimPrivate(by, c); return err },
		},
		"evidence": {
			map[string]string{"claimant": "", "coordinator": "", "second coordinator": "", "program": "", "coordinator, one factor": hiddenThing},
			func(by access.Actor) error { return b.EvidenceOf(t.Context(), by, c.ID, paper1) },
		},
		"add evidence": {
			map[string]string{"claimant": "invalid evidence:error.choice", "program": "invalid evidence:error.choice"},
			func(by access.Actor) error {
				_, err := b.AddEvidence(t.Context(), by, c.ID, 0, []merchant.Evidence{{}})
				return err
			},
		},
		"withdraw": {
			map[string]string{"claimant": "conflict error.stale", "program": "conflict error.stale"},
			func(by access.Actor) error { _, err := b.WithdrawClaim(t.Context(), by, c.ID, 1000); return err },
		},
		"answer": {
			map[string]string{"owner": "conflict error.stale", "program": "conflict error.stale"},
			func(by access.Actor) error {
				_, err := b.AnswerDispute(t.Context(), by, c.ID, 1000, true, "")
				return err
			},
		},
		"check": {
			map[string]string{"coordinator": "conflict error.stale", "second coordinator": "conflict error.stale", "program": partial, "coordinator, one factor": factor},
			func(by access.Actor) error {
				_, err := b.Check(t.Context(), by, c.ID, 1000, merchant.CheckForm{Kind: merchant.Visit})
				return err
			},
		},
		"return": {
			map[string]string{"coordinator": "conflict error.stale", "second coordinator": "conflict error.stale", "program": partial, "coordinator, one factor": factor},
			func(by access.Actor) error { _, err := b.Return(t.Context(), by, c.ID, 1000, "x"); return err },
		},
		"approve": {
			map[string]string{"coordinator": "conflict error.stale", "second coordinator": "conflict error.stale", "program": partial, "coordinator, one factor": factor},
			func(by access.Actor) error { _, err := b.Approve(t.Context(), by, c.ID, 1000); return err },
		},
		"propose": {
			map[string]string{"coordinator": "conflict error.stale", "second coordinator": "conflict error.stale", "program": partial, "coordinator, one factor": factor},
			func(by access.Actor) error { _, err := b.Propose(t.Context(), by, c.ID, 1000, true, "x"); return err },
		},
		"agree": {
			map[string]string{"coordinator": "conflict error.stale", "second coordinator": "conflict error.stale", "admin": "conflict error.stale", "program": partial, "coordinator, one factor": factor},
			func(by access.Actor) error { _, err := b.Agree(t.Context(), by, c.ID, 1000); return err },
		},
		"differ": {
			map[string]string{"coordinator": "conflict error.stale", "second coordinator": "conflict error.stale", "program": partial, "coordinator, one factor": factor},
			func(by access.Actor) error { _, err := b.Differ(t.Context(), by, c.ID, 1000); return err },
		},
	} {
		for name, by := range who {
			expected, ok := tt.may[name]
			if !ok {
				expected = hiddenThing
				if name == "nobody" {
					expected = signIn
				}
			}
			if got := answer(tt.do(by)); got != expected {
				t.Errorf("%s %s: %q, want %q", name, action, got, expected)
			}
		}
	}
	now, err := b.Claim(t.Context(), first, c.ID)
	if err != nil || now.Rev != c.Rev {
		t.Errorf("somebody changed something: %v, %v", now, err)
	}
	_, err = b.Claim(t.Context(), nobody, "none")
	want(t, err, signIn)
	_, err = b.Approve(t.Context(), nobody, "none", 1)
	want(t, err, signIn)
	want(t, b.EvidenceOf(t.Context(), first, c.ID, paper3), hiddenThing)
}

// A coordinator has no part in what is decided: neither claims the shop nor belongs to a merchant that wins or loses it.
func TestNobodyDecidesTheirOwnClaim(t *testing.T) {
	b := open(t)
	c := b.send(t, "first", "s1")
	_, err := b.Check(t.Context(), first, c.ID, 0, merchant.CheckForm{Kind: merchant.Visit})
	want(t, err, "forbidden error.claim.partial")
	b.create(t, "o", "余天成", codeA, "s2")
	o := b.person(t, "o")
	b.join(t, o, o.Seats[0].MerchantID, "second", access.Staff)
	d := b.send(t, "a", "s2")
	by := second
	by.Seats = b.person(t, "second").Seats
	_, err = b.Propose(t.Context(), by, d.ID, d.Rev, true, "x")
	want(t, err, "forbidden error.claim.partial")
}

// A claim with the code of a merchant that is there joins it: as manager of that one shop, and the owners hear of it. A false claim on a corner
// shop never makes anybody owner of a chain (T-04).
func TestAClaimThatJoinsAChain(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "连锁", codeB, "s2")
	c := b.visited(t, "a")
	_, err := b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "")
	s := b.person(t, "a").Seats
	if len(s) != 1 || s[0].MerchantID != m.ID || s[0].Role != access.Manager || !slices.Equal(s[0].ListingIDs, []string{"s1"}) {
		t.Errorf("seats: %+v", s)
	}
	if got := b.mail.kinds(); b.shops.owner("s1") != m.ID || got != "claim_approved→a shop_joined→o" {
		t.Errorf("owner %s, sent %s", b.shops.owner("s1"), got)
	}
	// The owner of a chain who opens one more shop stays owner, and nobody is told what he knows.
	f := form("s3")
	f.MerchantID = m.ID
	c, err = b.SendClaim(t.Context(), b.person(t, "o"), f)
	want(t, err, "")
	c, err = b.Check(t.Context(), first, c.ID, 0, merchant.CheckForm{Kind: merchant.Visit})
	want(t, err, "")
	_, err = b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "")
	if got := b.get(t, m.ID); b.shops.owner("s3") != m.ID || len(got.Members) != 2 || !slices.Equal(got.Owners(), []string{"o"}) {
		t.Errorf("merchant %+v", got)
	}
	if got := b.mail.kinds(); got != "claim_approved→o" {
		t.Errorf("sent %s", got)
	}
}

// What was decided is carried out after a crash, once: nothing is lost and nothing is done twice.
func TestSettleAfterACrash(t *testing.T) {
	b := open(t)
	c := b.visited(t, "a")
	b.shops.fail = fault.New(fault.Unavailable, "error.unavailable", errors.New("crash"))
	_, err := b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "unavailable error.unavailable")
	c, err = b.Claim(t.Context(), first, c.ID)
	if err != nil || c.State != merchant.ClaimApproved || !c.Unsettled || b.mail.kinds() != "" {
		t.Fatalf("after the crash: %+v, %v", c, err)
	}
	b.shops.fail = nil
	if n, err := b.Settle(t.Context()); err != nil || n != 1 {
		t.Errorf("settled %d, %v", n, err)
	}
	s := b.person(t, "a").Seats
	if len(s) != 1 || b.shops.owner("s1") != s[0].MerchantID || b.mail.kinds() != "claim_approved→a" {
		t.Errorf("settled: %+v", s)
	}
	if n, err := b.Settle(t.Context()); err != nil || n != 0 {
		t.Errorf("settled again %d, %v", n, err)
	}
}

// While a claim is approved the shop comes to somebody else: the claim goes back, and nobody gains anything by it.
func TestTheShopMovesInTheVeryMoment(t *testing.T) {
	b := open(t)
	chain := b.create(t, "chain", "连锁", codeB, "s2")
	c := b.visited(t, "a")
	b.shops.before = func() { b.create(t, "o", "余天成", codeA, "s1") }
	c, err := b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "")
	if c.State != merchant.ClaimReturned || !c.Decision.Moved || c.Unsettled || len(b.person(t, "a").Seats) != 0 || len(b.get(t, chain.ID).Members) != 1 {
		t.Errorf("claim %+v", c)
	}
	if got := b.mail.kinds(); got != "claim_returned→a" {
		t.Errorf("sent %s", got)
	}
}

func TestEvidenceGoes(t *testing.T) {
	b := open(t)
	c := b.visited(t, "a")
	c, err := b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "")
	waiting := b.send(t, "b", "s2")
	for year, n := range map[int][2]int{b.now().Year(): {2, 1}, b.now().Year() - 1: {0, 0}} {
		if sent, settled, err := b.Totals(t.Context(), year); err != nil || sent != n[0] || settled != n[1] {
			t.Errorf("%d: %d sent, %d settled, %v; want %v", year, sent, settled, err, n)
		}
	}
	b.pass(90*24*time.Hour - time.Second)
	if due, err := b.DueForErasure(t.Context(), 10); err != nil || len(due) != 0 {
		t.Errorf("due too early: %v, %v", due, err)
	}
	want(t, b.Erased(t.Context(), c.ID), "conflict error.claim.state")
	for days, n := range map[int]int{merchant.EvidenceDays: 0, merchant.EvidenceDays - 1: 1} {
		if due, err := b.EvidenceDue(t.Context(), days); err != nil || due != n {
			t.Errorf("due if kept for %d days: %d, %v; want %d", days, due, err, n)
		}
	}
	b.EvidenceDays = func() int { return merchant.EvidenceDays - 1 }
	if due, err := b.DueForErasure(t.Context(), 10); err != nil || len(due) != 1 {
		t.Errorf("kept for a day less: %v, %v", due, err)
	}
	b.EvidenceDays = nil
	b.pass(time.Second)
	due, err := b.DueForErasure(t.Context(), 10)
	if err != nil || len(due) != 1 || due[0].ClaimID != c.ID || !slices.Equal(due[0].Keys, []string{paper1, paper2}) {
		t.Fatalf("due: %v, %v", due, err)
	}
	want(t, b.Erased(t.Context(), c.ID), "")
	want(t, b.Erased(t.Context(), waiting.ID), "conflict error.claim.state")
	c, err = b.Claim(t.Context(), first, c.ID)
	p, _ := b.ClaimPrivate(first, c)
	if err != nil || len(c.Evidence) != 0 || p.Person != "" || len(c.Checks) == 0 || c.Checks[0].Note != "" {
		t.Errorf("after: %+v", c)
	}
	if due, err := b.DueForErasure(t.Context(), 10); err != nil || len(due) != 0 {
		t.Errorf("due again: %v, %v", due, err)
	}
	for _, e := range b.entries(t, merchant.KindClaim, c.ID) { // the trail outlives it
		if s := fmt.Sprint(e.Fact); strings.Contains(s, talked) {
			t.Errorf("the trail has what a coordinator wrote about a person: %s", s)
		}
	}
}

func TestTheTrailOfAClaim(t *testing.T) {
	b := open(t)
	c := b.visited(t, "a")
	if _, err := b.Approve(t.Context(), second, c.ID, c.Rev); err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, e := range slices.Backward(b.entries(t, merchant.KindClaim, c.ID)) {
		got = append(got, string(e.Fact.Action)+" by "+e.Fact.By.Account)
	}
	if s := strings.Join(got, ", "); s != "claim.send by a, claim.decide by first, claim.decide by second, claim.decide by second, claim.send by " {
		t.Errorf("trail: %s", s)
	}
}
