package merchant

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/creditcode"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// KindClaim names claims in the trail and in questions of permission.
const KindClaim = "claim"

// ClaimState is where a claim 认领 stands.
type ClaimState string

// The states. A claim of a shop that is nobody's goes submitted → approved, by one coordinator who has checked it. A claim of a shop that
// has an owner is a dispute: submitted → disputed (the owner was told, and 72 hours run) → proposed (a first person of the district has a view)
// → approved or refused (a second one agrees). Either is returned with a reason, to be sent again, or withdrawn.
const (
	ClaimSubmitted ClaimState = "submitted"
	ClaimDisputed  ClaimState = "disputed"
	ClaimProposed  ClaimState = "proposed"
	ClaimApproved  ClaimState = "approved"
	ClaimReturned  ClaimState = "returned"
	ClaimRefused   ClaimState = "refused"
	ClaimWithdrawn ClaimState = "withdrawn"
)

// ClaimStates lists the states in the order of a claim's life.
var ClaimStates = []ClaimState{ClaimSubmitted, ClaimDisputed, ClaimProposed, ClaimApproved, ClaimReturned, ClaimRefused, ClaimWithdrawn}

const (
	// OwnerHas is how long the present owner has to answer, counted from when the message left (AUT-15).
	OwnerHas = 72 * time.Hour
	// EvidenceKept is how long evidence is kept after the decision at most (PRV-04), see Deps.EvidenceDays.
	EvidenceKept = EvidenceDays * 24 * time.Hour
	EvidenceDays = 90

	maxEvidence = 8
	maxChecks   = 20
)

// Claim is a claim 认领: somebody asks for a listing.
type Claim struct {
	store.Meta
	audit.Trail
	ListingID string `json:"listing_id"`
	// OpenKey is the listing while the claim is open and the claim's own afterwards: two claims of one shop are never open at once.
	OpenKey   string     `json:"open_key"`
	State     ClaimState `json:"state"`
	Round     int        `json:"round"`      // how often it was sent again
	AccountID string     `json:"account_id"` // who claims
	// From is the merchant that had the listing when the claim was sent; empty: nobody.
	From string `json:"from"`

	// What the claimant says. MerchantID is one of the claimant's own merchants; where it is empty, the rest tells who runs the shop.
	MerchantID string          `json:"merchant_id"`
	Kind       Kind            `json:"kind"`
	Name       lang.Text       `json:"name"`
	CreditCode creditcode.Code `json:"credit_code"`
	Sealed     string          `json:"sealed"` // ClaimPrivate
	Evidence   []Evidence      `json:"evidence"`

	// What the district and the present owner did.
	Checks    []Check   `json:"checks"`
	ToldAt    time.Time `json:"told_at"`
	WaitUntil time.Time `json:"wait_until"`
	Answer    *Answer   `json:"answer,omitempty"`
	Proposal  *Proposal `json:"proposal,omitempty"`
	Decision  *Decision `json:"decision,omitempty"`

	Handover
	// Untold says that somebody has not yet been told of the present state.
	Untold bool `json:"untold"`
	// EraseAt is when evidence and personal data go; zero while the claim is open and once they are gone.
	EraseAt time.Time `json:"erase_at"`
}

// ClaimPrivate is what only the claimant and coordinators read. Purpose: the decision. Erased 90 days after it.
type ClaimPrivate struct {
	Private
	Note string `json:"note"`
}

// Evidence is a picture that belongs to the claim, kept by services/media under Key.
type Evidence struct {
	Key  string `json:"key"`
	Kind string `json:"kind"` // one of EvidenceKinds
}

// EvidenceKinds are what a picture can show: the licence, the shop sign, the inside, a lease or letter, something else.
var EvidenceKinds = []string{"licence", "sign", "inside", "letter", "other"}

// CheckKind is how a coordinator made sure.
type CheckKind string

// The ways: a call to a number that was on record already, or a visit to the shop.
const (
	CallBack CheckKind = "call_back"
	Visit    CheckKind = "visit"
)

// Check is a call-back or visit that was made.
type Check struct {
	Kind CheckKind `json:"kind"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`
	// Number is the number that was called, masked. It was on record when it was called.
	Number string `json:"number"`
	Note   string `json:"note"`
}

// Answer is what the present owner says to a dispute.
type Answer struct {
	Agree bool      `json:"agree"`
	Why   string    `json:"why"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
}

// Proposal is what the first of two people of the district would decide. It is bound to what that person saw.
type Proposal struct {
	Approve bool      `json:"approve"`
	Why     string    `json:"why"`
	By      string    `json:"by"`
	At      time.Time `json:"at"`
	Digest  string    `json:"digest"`
}

// Decision is how a claim ended. Second is who agreed to the proposal of By; empty where one person decides. Reason is what the claimant reads;
// Moved says instead that the shop came to somebody else meanwhile.
type Decision struct {
	By     string    `json:"by"`
	Second string    `json:"second"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Moved  bool      `json:"moved"`
}

// Thing is what permission is asked for: a claim is the claimant's.
func (c *Claim) Thing() access.Thing {
	return access.Thing{Kind: KindClaim, ID: c.ID, AccountID: c.AccountID}
}

// owned is the claim as the present owner sees it.
func (c *Claim) owned() access.Thing {
	return access.Thing{Kind: KindClaim, ID: c.ID, ListingID: c.ListingID, MerchantID: c.From}
}

// Open reports whether the claim waits for something.
func (c *Claim) Open() bool {
	return c.State == ClaimSubmitted || c.State == ClaimDisputed || c.State == ClaimProposed
}

// decidedAs is the action that gives the shop to the claimant.
func (c *Claim) decidedAs() access.Action {
	if c.From != "" {
		return access.MerchantDecide
	}
	return access.ClaimDecide
}

// claimAct is what happens to a claim.
type claimAct string

const (
	actTell    claimAct = "tell"    // the present owner has been told
	actAmend   claimAct = "amend"   // more evidence, a check, an answer: what was proposed on less is void
	actApprove claimAct = "approve" // one coordinator, a shop that is nobody's
	actPropose claimAct = "propose" // the first of two, a shop that has an owner
	actAgree   claimAct = "agree"   // the second: the claim is approved
	actDeny    claimAct = "deny"    // the second: the claim is refused
	actDiffer  claimAct = "differ"  // the second does not agree, or the first thinks again
	actReturn  claimAct = "return"
	actTake    claimAct = "take" // withdrawn by the claimant
	actSend    claimAct = "send" // sent again
)

// claimMoves is the state machine of claims on shops that are nobody's, disputeMoves that of the others. What is not in them cannot be done.
var (
	claimMoves = map[claimAct]map[ClaimState]ClaimState{
		actAmend:   {ClaimSubmitted: ClaimSubmitted},
		actApprove: {ClaimSubmitted: ClaimApproved},
		actReturn:  {ClaimSubmitted: ClaimReturned},
		actTake:    {ClaimSubmitted: ClaimWithdrawn},
		actSend:    {ClaimReturned: ClaimSubmitted},
	}
	disputeMoves = map[claimAct]map[ClaimState]ClaimState{
		actTell:    {ClaimSubmitted: ClaimDisputed},
		actAmend:   {ClaimSubmitted: ClaimSubmitted, ClaimDisputed: ClaimDisputed, ClaimProposed: ClaimDisputed},
		actPropose: {ClaimDisputed: ClaimProposed},
		actAgree:   {ClaimProposed: ClaimApproved},
		actDeny:    {ClaimProposed: ClaimRefused},
		actDiffer:  {ClaimProposed: ClaimDisputed},
		actReturn:  {ClaimSubmitted: ClaimReturned, ClaimDisputed: ClaimReturned, ClaimProposed: ClaimReturned},
		actTake:    {ClaimSubmitted: ClaimWithdrawn, ClaimDisputed: ClaimWithdrawn, ClaimProposed: ClaimWithdrawn},
		actSend:    {ClaimReturned: ClaimSubmitted},
	}
)

// after returns the state that act leads to: fault.Conflict where it cannot be done.
func (c *Claim) after(act claimAct) (ClaimState, error) {
	moves := claimMoves
	if c.From != "" {
		moves = disputeMoves
	}
	next, ok := moves[act][c.State]
	if !ok {
		return c.State, fault.New(fault.Conflict, "error.claim.state", fmt.Errorf("merchant: cannot %s a claim that is %s", act, c.State))
	}
	return next, nil
}

// move does act to the claim: the state follows, and with it what each state entails.
func (c *Claim) move(act claimAct, now time.Time) error {
	next, err := c.after(act)
	if err != nil {
		return err
	}
	c.State = next
	if next != ClaimProposed && next != ClaimApproved && next != ClaimRefused {
		c.Proposal = nil
	}
	if c.Open() {
		c.OpenKey, c.EraseAt = c.ListingID, time.Time{}
	} else {
		c.OpenKey, c.EraseAt = "-"+c.ID, now.Add(EvidenceKept)
	}
	switch act {
	case actTell:
		c.ToldAt, c.WaitUntil, c.Untold = now, now.Add(OwnerHas), false
	case actSend:
		c.Round++
		c.ToldAt, c.WaitUntil, c.Answer, c.Decision = time.Time{}, time.Time{}, nil, nil
		c.Untold = c.From != ""
	case actApprove, actAgree, actDeny, actReturn:
		c.Untold = true
	case actTake:
		c.Untold = c.From != ""
	case actAmend, actPropose, actDiffer:
	}
	return nil
}

// ready says what still stands against a decision: fault.Conflict.
func (c *Claim) ready(now time.Time) error {
	switch {
	case len(c.Evidence) == 0:
		return fault.New(fault.Conflict, "error.claim.evidence", errors.New("merchant: a claim without evidence"))
	case len(c.Checks) == 0:
		return fault.New(fault.Conflict, "error.claim.check", errors.New("merchant: a claim that nobody has checked"))
	case c.From != "" && (c.ToldAt.IsZero() || now.Before(c.WaitUntil)):
		return fault.New(fault.Conflict, "error.claim.wait", errors.New("merchant: the owner still has time to answer"))
	}
	return nil
}

// digest is a fingerprint of all that a decision is made on. A proposal stands for exactly this and nothing else (AUZ-07).
func (c *Claim) digest() string {
	b, err := json.Marshal([]any{c.ListingID, c.AccountID, c.From, c.MerchantID, c.Kind, c.Name, c.CreditCode, c.Sealed, c.Evidence, c.Checks, c.WaitUntil, c.Answer})
	if err != nil {
		panic(err) // plain data always encodes
	}
	sum := sha256.Sum256(b)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
