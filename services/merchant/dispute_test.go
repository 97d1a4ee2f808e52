package merchant_test

import (
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// disputed is a checked claim on shop s1 of owner "o", at the end of the owner's 72 hours.
func disputed(t *testing.T) (*bench, merchant.Merchant, merchant.Claim) {
	t.Helper()
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1")
	c := b.visited(t, "rival")
	b.pass(72 * time.Hour)
	return b, m, c
}

func TestADispute(t *testing.T) {
	b := open(t)
	m := b.create(t, "o", "余天成", codeA, "s1")
	c := b.send(t, "rival", "s1")
	if got := b.mail.kinds(); got != "dispute_opened→o" || c.State != merchant.ClaimDisputed || !c.WaitUntil.Equal(b.now().Add(72*time.Hour)) {
		t.Fatalf("opened: %s %+v", got, c)
	}
	c, err := b.Check(t.Context(), first, c.ID, c.Rev, merchant.CheckForm{Kind: merchant.Visit})
	want(t, err, "")
	_, err = b.Approve(t.Context(), first, c.ID, c.Rev)
	want(t, err, "conflict error.claim.state")
	_, err = b.Agree(t.Context(), first, c.ID, c.Rev)
	want(t, err, "conflict error.claim.state")
	b.pass(72*time.Hour - time.Second)
	_, err = b.Propose(t.Context(), first, c.ID, c.Rev, true, "看过执照")
	want(t, err, "conflict error.claim.wait")
	b.pass(time.Second)
	_, err = b.Propose(t.Context(), first, c.ID, 0, true, "看过执照")
	want(t, err, "conflict error.stale")
	c, err = b.Propose(t.Context(), first, c.ID, c.Rev, true, "看过执照")
	want(t, err, "")
	_, err = b.Agree(t.Context(), first, c.ID, c.Rev)
	want(t, err, "forbidden error.claim.same_person")
	tired := second
	tired.Sudo = false
	_, err = b.Agree(t.Context(), tired, c.ID, c.Rev)
	want(t, err, "forbidden error.sudo")
	c, err = b.Agree(t.Context(), second, c.ID, c.Rev)
	want(t, err, "")
	if c.State != merchant.ClaimApproved || c.Decision.By != "first" || c.Decision.Second != "second" {
		t.Errorf("decided: %+v", c)
	}
	s := b.person(t, "rival").Seats
	if len(s) != 1 || s[0].Role != access.Owner || s[0].MerchantID == m.ID || b.shops.owner("s1") != s[0].MerchantID {
		t.Errorf("seats %+v, shop of %s", s, b.shops.owner("s1"))
	}
	if got := b.mail.kinds(); got != "claim_approved→rival dispute_lost→o" {
		t.Errorf("sent %s", got)
	}
}

func TestADisputeThatIsRefused(t *testing.T) {
	b, m, c := disputed(t)
	_ = b.mail.kinds()
	c, err := b.Propose(t.Context(), first, c.ID, c.Rev, false, "执照不是这家店的")
	want(t, err, "")
	c, err = b.Agree(t.Context(), admin, c.ID, c.Rev)
	want(t, err, "")
	if c.State != merchant.ClaimRefused || b.shops.owner("s1") != m.ID || len(b.person(t, "rival").Seats) != 0 {
		t.Errorf("refused: %+v", c)
	}
	if got := b.mail.kinds(); got != "claim_refused→rival dispute_over→o" {
		t.Errorf("sent %s", got)
	}
	b.send(t, "rival", "s1") // who comes with something new may
}

// A proposal stands for what its maker saw: whatever comes after it makes it void (AUZ-07).
func TestAProposalIsVoidWhenAnythingChanges(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, b *bench, c merchant.Claim) error{
		"more evidence": func(t *testing.T, b *bench, c merchant.Claim) error {
			_, err := b.AddEvidence(t.Context(), b.person(t, "rival"), c.ID, c.Rev, []merchant.Evidence{{Key: paper3, Kind: "other"}})
			return err
		},
		"the owner's answer": func(t *testing.T, b *bench, c merchant.Claim) error {
			_, err := b.AnswerDispute(t.Context(), b.person(t, "o"), c.ID, c.Rev, false, "店是我的")
			return err
		},
		"another check": func(t *testing.T, b *bench, c merchant.Claim) error {
			_, err := b.Check(t.Context(), second, c.ID, c.Rev, merchant.CheckForm{Kind: merchant.Visit})
			return err
		},
		"a second thought": func(t *testing.T, b *bench, c merchant.Claim) error {
			_, err := b.Differ(t.Context(), second, c.ID, c.Rev)
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, m, c := disputed(t)
			c, err := b.Propose(t.Context(), first, c.ID, c.Rev, true, "看过执照")
			want(t, err, "")
			want(t, change(t, b, c), "")
			_, err = b.Agree(t.Context(), second, c.ID, c.Rev)
			want(t, err, "conflict error.stale")
			now, err := b.Claim(t.Context(), first, c.ID)
			if err != nil || now.State != merchant.ClaimDisputed || now.Proposal != nil {
				t.Errorf("now %+v, %v", now, err)
			}
			_, err = b.Agree(t.Context(), second, c.ID, now.Rev)
			want(t, err, "conflict error.claim.state")
			if b.shops.owner("s1") != m.ID {
				t.Error("the shop moved")
			}
		})
	}
}

func TestADisputeNeedsACheck(t *testing.T) {
	b := open(t)
	b.create(t, "o", "余天成", codeA, "s1")
	c := b.send(t, "rival", "s1")
	b.pass(100 * time.Hour)
	_, err := b.Propose(t.Context(), first, c.ID, c.Rev, true, "x")
	want(t, err, "conflict error.claim.check")
}

// The 72 hours begin when the message has left, not before.
func TestTheOwnersTimeBeginsWithTheMessage(t *testing.T) {
	b := open(t)
	b.create(t, "o", "余天成", codeA, "s1")
	b.mail.set(true)
	c := b.send(t, "rival", "s1")
	if c.State != merchant.ClaimSubmitted || !c.WaitUntil.IsZero() {
		t.Fatalf("told by a mail that is down: %+v", c)
	}
	c, err := b.Check(t.Context(), first, c.ID, c.Rev, merchant.CheckForm{Kind: merchant.Visit})
	want(t, err, "")
	b.pass(200 * time.Hour)
	_, err = b.Propose(t.Context(), first, c.ID, c.Rev, true, "x")
	want(t, err, "conflict error.claim.state")
	if _, err := b.Settle(t.Context()); err == nil {
		t.Error("Settle says nothing of the mail")
	}
	b.mail.set(false)
	if n, err := b.Settle(t.Context()); err != nil || n != 1 {
		t.Errorf("settled %d, %v", n, err)
	}
	c, err = b.Claim(t.Context(), first, c.ID)
	if err != nil || c.State != merchant.ClaimDisputed || !c.WaitUntil.Equal(b.now().Add(72*time.Hour)) || b.mail.kinds() != "dispute_opened→o" {
		t.Errorf("told: %+v, %v", c, err)
	}
}

func TestWhatTheOwnerSees(t *testing.T) {
	b := open(t)
	m, who := b.towards(t)
	c := b.send(t, "rival", "s1")
	list, err := b.Disputes(t.Context(), who["owner"], m.ID)
	if err != nil || len(list) != 1 || list[0].ID != c.ID || list[0].WaitUntil.IsZero() {
		t.Errorf("disputes: %+v, %v", list, err)
	}
	_, err = b.Claim(t.Context(), who["owner"], c.ID)
	want(t, err, hiddenThing)
	for _, name := range []string{"staff", "manager", "foreign owner", "coordinator", "liaison", "signed"} {
		_, err := b.Disputes(t.Context(), who[name], m.ID)
		want(t, err, hiddenThing)
	}
	_, err = b.AnswerDispute(t.Context(), who["owner"], c.ID, 0, false, "")
	want(t, err, "invalid why:error.text.empty")
	d, err := b.AnswerDispute(t.Context(), who["owner"], c.ID, 0, true, "")
	if err != nil || !d.Answer.Agree || d.Answer.By != "o" {
		t.Errorf("answered: %+v, %v", d, err)
	}
	_, err = b.WithdrawClaim(t.Context(), b.person(t, "rival"), c.ID, 0)
	want(t, err, "")
	if got := b.mail.kinds(); got != "dispute_opened→o dispute_over→o" {
		t.Errorf("sent %s", got)
	}
	_, err = b.AnswerDispute(t.Context(), who["owner"], c.ID, 0, true, "")
	want(t, err, "conflict error.claim.state")
}

// The account of a company is held by somebody who left: its true owner comes with the licence and is let in by two people.
func TestTheTrueOwnerOfTheSameMerchant(t *testing.T) {
	b := open(t)
	m := b.create(t, "former", "余天成", codeB, "s1")
	b.join(t, b.person(t, "former"), m.ID, "true", access.Staff, "s1")
	c := b.visited(t, "true")
	b.pass(72 * time.Hour)
	c, err := b.Propose(t.Context(), first, c.ID, c.Rev, true, "执照是他的")
	want(t, err, "")
	_, err = b.Agree(t.Context(), second, c.ID, c.Rev)
	want(t, err, "")
	m = b.get(t, m.ID)
	x, _ := m.Member("true")
	if b.shops.owner("s1") != m.ID || x.Role != access.Owner || len(x.ListingIDs) != 0 {
		t.Errorf("member %+v", x)
	}
	_, err = b.Remove(t.Context(), b.person(t, "true"), m.ID, 0, "former")
	want(t, err, "")
}

func TestAReturnedDisputeStartsAfresh(t *testing.T) {
	b, m, c := disputed(t)
	c, err := b.Return(t.Context(), first, c.ID, c.Rev, "租约呢")
	want(t, err, "")
	_ = b.mail.kinds()
	// The shop was sold meanwhile: the new owner hears of it and has the same time, and the checks count no more.
	next := b.create(t, "buyer", "新店", "", "s1")
	c, err = b.SendAgain(t.Context(), b.person(t, "rival"), c.ID, c.Rev, form("s1"))
	want(t, err, "")
	if got := b.mail.kinds(); got != "dispute_opened→buyer" || c.From != next.ID || len(c.Checks) != 0 || c.State != merchant.ClaimDisputed {
		t.Errorf("again: %s %+v", got, c)
	}
	_ = m
}

// A shop that came to a third since the claim was sent is not given by it.
func TestADisputeAgainstAFormerOwner(t *testing.T) {
	b, _, c := disputed(t)
	c, err := b.Propose(t.Context(), first, c.ID, c.Rev, true, "x")
	want(t, err, "")
	b.create(t, "buyer", "新店", "", "s1")
	_, err = b.Agree(t.Context(), second, c.ID, c.Rev)
	want(t, err, "conflict error.claim.moved")
	m := b.get(t, b.shops.owner("s1"))
	if !slices.Equal(m.Owners(), []string{"buyer"}) {
		t.Error("the shop moved")
	}
}

// Somebody with the database changes the claim under a proposal: the second person does not sign what the first never saw.
func TestAProposalIsBoundToItsContent(t *testing.T) {
	b, m, c := disputed(t)
	c, err := b.Propose(t.Context(), first, c.ID, c.Rev, true, "看过执照")
	want(t, err, "")
	c, err = b.Tamper(t.Context(), c.ID, func(c *merchant.Claim) { c.AccountID = "thief" })
	want(t, err, "")
	_, err = b.Agree(t.Context(), second, c.ID, c.Rev)
	want(t, err, "conflict error.claim.changed")
	if b.shops.owner("s1") != m.ID {
		t.Error("the shop moved")
	}
}

// A dispute does not wait for ever for a message that can never leave; one way of two is enough.
func TestOwnersWhoCannotBeReached(t *testing.T) {
	down := fault.New(fault.Unavailable, "mail.down", nil)
	none := fault.New(fault.Unavailable, "mail.none", nil)
	refused := fault.New(fault.Invalid, "mail.refused", nil)
	for name, tt := range map[string]struct {
		none  map[string]error
		state merchant.ClaimState
		sent  string
	}{
		"no short messages here":     {map[string]error{"+86": none}, merchant.ClaimDisputed, "dispute_opened→both"},
		"the gateway is down":        {map[string]error{"+86": down}, merchant.ClaimDisputed, "dispute_opened→both"},
		"the mailbox is gone":        {map[string]error{"both": refused}, merchant.ClaimDisputed, "dispute_opened→+8613800138000"},
		"neither will ever take it":  {map[string]error{"+86": none, "both": refused}, merchant.ClaimDisputed, ""},
		"neither takes it right now": {map[string]error{"+86": down, "both": down}, merchant.ClaimSubmitted, ""},
	} {
		b := open(t)
		b.create(t, "both", "余天成", codeA, "s1")
		b.mail.none = tt.none
		if c := b.send(t, "rival", "s1"); c.State != tt.state {
			t.Errorf("%s: the claim is %s, want %s", name, c.State, tt.state)
		}
		if got := b.mail.kinds(); got != tt.sent {
			t.Errorf("%s: sent %q, want %q", name, got, tt.sent)
		}
	}
}
