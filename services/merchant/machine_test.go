package merchant

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// The whole state machine of claims, each act from each state, for shops that are nobody's and for those that have an owner.
func TestTheStateMachineOfClaims(t *testing.T) {
	const u, d, p, a, r, x, w = ClaimSubmitted, ClaimDisputed, ClaimProposed, ClaimApproved, ClaimReturned, ClaimRefused, ClaimWithdrawn
	unowned := map[claimAct]map[ClaimState]ClaimState{
		actAmend: {u: u}, actApprove: {u: a}, actReturn: {u: r}, actTake: {u: w}, actSend: {r: u},
	}
	owned := map[claimAct]map[ClaimState]ClaimState{
		actTell: {u: d}, actAmend: {u: u, d: d, p: d}, actPropose: {d: p}, actAgree: {p: a}, actDeny: {p: x}, actDiffer: {p: d},
		actReturn: {u: r, d: r, p: r}, actTake: {u: w, d: w, p: w}, actSend: {r: u},
	}
	acts := []claimAct{actTell, actAmend, actApprove, actPropose, actAgree, actDeny, actDiffer, actReturn, actTake, actSend}
	now := time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)
	for from, want := range map[string]map[claimAct]map[ClaimState]ClaimState{"": unowned, "m": owned} {
		for _, act := range acts {
			for _, st := range ClaimStates {
				c := Claim{State: st, From: from, ListingID: "l", Proposal: &Proposal{}}
				c.ID = "c"
				err := c.move(act, now)
				next, ok := want[act][st]
				if (err == nil) != ok || ok && c.State != next || !ok && c.State != st {
					t.Errorf("from %q: %s %s gives %s, %v", from, act, st, c.State, err)
				}
				if !ok {
					continue
				}
				if key := map[bool]string{true: "l", false: "-c"}[c.Open()]; c.OpenKey != key {
					t.Errorf("%s %s: the guard is %s", act, st, c.OpenKey)
				}
				if c.Open() != c.EraseAt.IsZero() {
					t.Errorf("%s %s: evidence goes at %v", act, st, c.EraseAt)
				}
				if c.Proposal != nil && !slices.Contains([]ClaimState{p, a, x}, c.State) {
					t.Errorf("%s %s: a proposal stands though the claim is %s", act, st, c.State)
				}
			}
		}
	}
}

// No path of any length reaches approved but by approve on what is nobody's, and by propose and then agree on what has an owner.
func TestNoOtherPathLeadsToAnOwner(t *testing.T) {
	for _, from := range []string{"", "m"} {
		moves := claimMoves
		if from != "" {
			moves = disputeMoves
		}
		for act, table := range moves {
			for st, next := range table {
				if next != ClaimApproved {
					continue
				}
				if got := fmt.Sprint(from, act, st); got != "approvesubmitted" && got != "magreeproposed" {
					t.Errorf("%s of a %s claim leads to an owner", act, st)
				}
			}
		}
	}
	for act, table := range disputeMoves {
		for st, next := range table {
			if next == ClaimProposed && (act != actPropose || st != ClaimDisputed) {
				t.Errorf("%s of %s counts as a proposal", act, st)
			}
			if next == ClaimDisputed && st == ClaimSubmitted && act != actTell {
				t.Errorf("%s opens a dispute that the owner has not been told of", act)
			}
		}
	}
}

func TestTheDigestCoversWhatIsDecidedOn(t *testing.T) {
	base := func() Claim {
		return Claim{ListingID: "l", AccountID: "a", From: "m", Evidence: []Evidence{{"k", "sign"}}, Checks: []Check{{Kind: Visit}}}
	}
	c := base()
	was := c.digest()
	for name, change := range map[string]func(*Claim){
		"listing": func(c *Claim) { c.ListingID = "k" }, "claimant": func(c *Claim) { c.AccountID = "b" }, "owner": func(c *Claim) { c.From = "n" },
		"merchant": func(c *Claim) { c.MerchantID = "x" }, "name": func(c *Claim) { c.Name.Hans = "x" }, "kind": func(c *Claim) { c.Kind = Other },
		"code": func(c *Claim) { c.CreditCode = "x" }, "private": func(c *Claim) { c.Sealed = "x" }, "evidence": func(c *Claim) { c.Evidence[0].Key = "x" },
		"checks": func(c *Claim) { c.Checks[0].Note = "x" }, "answer": func(c *Claim) { c.Answer = &Answer{Agree: true} },
		"wait": func(c *Claim) { c.WaitUntil = time.Now() },
	} {
		c := base()
		if change(&c); c.digest() == was {
			t.Errorf("%s may change under a proposal", name)
		}
	}
	if same := base(); same.digest() != was {
		t.Error("the digest of the same claim differs")
	}
}
