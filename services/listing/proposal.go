package listing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Proposal is the sensitive change of a published page that waits for a coordinator. There is one of each listing; later edits
// are added to it. Closing is proposed the same way, so that it takes two.
type Proposal struct {
	Paths []string  `json:"paths"` // the fields that change, of class Waits
	Want  Sensitive `json:"want"`  // their new values; of other fields it says nothing
	At    time.Time `json:"at"`    // since when something waits
	// Accounts are those who had a hand in it: none of them may approve it. Name is what colleagues call the last of them.
	Accounts []string `json:"accounts"`
	Name     string   `json:"name"`
}

// Sensitive are the fields that wait.
type Sensitive struct {
	Name       Name          `json:"name"`
	Aliases    []string      `json:"aliases"`
	CategoryID string        `json:"category_id"`
	FormatID   string        `json:"format_id"`
	Address    Address       `json:"address"`
	Location   *geo.Location `json:"location,omitempty"`
	Marks      []Mark        `json:"marks"`
	Closure    *Closure      `json:"closure,omitempty"`
}

// Returned is why the district sent something back, for the merchant to read, and what: nothing anybody typed is lost.
type Returned struct {
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Name     string    `json:"name"` // of the coordinator
	Proposal *Proposal `json:"proposal,omitempty"`
}

func (p *Proposal) has(path string) bool { return p != nil && slices.Contains(p.Paths, path) }

// fields are the fields that change.
func (p *Proposal) fields() []*Field {
	var out []*Field
	for _, path := range p.Paths {
		if f := fieldAt[path]; f != nil && f.Class == Waits {
			out = append(out, f)
		}
	}
	return out
}

// Proposed returns the listing as it would be with the change that waits; as it is when nothing waits.
func (l *Listing) Proposed() Listing {
	out := *l
	if l.Proposal == nil {
		return out
	}
	w := l.Proposal.Want
	from := Listing{
		Name: w.Name, Aliases: w.Aliases, CategoryID: w.CategoryID, FormatID: w.FormatID, Address: w.Address, Location: w.Location,
		Marks: w.Marks, Closure: w.Closure,
	}
	for _, f := range l.Proposal.fields() {
		f.copy(&out, &from)
	}
	if l.Proposal.has("closure") {
		out.State = Closed
	}
	return out
}

// propose lets the fields of want wait beside what is waiting. was is the listing before the edit.
func (l *Listing) propose(was, want *Listing, fields []*Field, h hand) {
	next := Proposal{At: h.now}
	if l.Proposal != nil {
		next = *l.Proposal
		next.Paths, next.Accounts = slices.Clone(next.Paths), slices.Clone(next.Accounts)
	}
	for _, f := range fields {
		if !slices.Contains(next.Paths, f.Path) {
			next.Paths = append(next.Paths, f.Path)
		}
	}
	var only Listing
	for _, path := range next.Paths {
		fieldAt[path].copy(&only, want)
	}
	next.Want = Sensitive{
		Name: only.Name, Aliases: only.Aliases, CategoryID: only.CategoryID, FormatID: only.FormatID, Address: only.Address,
		Location: only.Location, Marks: only.Marks, Closure: only.Closure,
	}
	if was.Proposal != nil && slices.Equal(next.Paths, was.Proposal.Paths) && sameValue(next.Want, was.Proposal.Want) {
		return // it says nothing new
	}
	if h.by.AccountID != "" && !slices.Contains(next.Accounts, h.by.AccountID) {
		next.Accounts = append(next.Accounts, h.by.AccountID)
	}
	next.Name = h.by.Name
	l.Proposal, l.Returned = &next, nil
	l.prune()
}

// ProposalHash identifies what a coordinator sees: the change that waits, and what it would replace. Empty when nothing waits.
func (l *Listing) ProposalHash() string {
	if l.Proposal == nil {
		return ""
	}
	want := l.Proposed()
	h := sha256.New()
	e := json.NewEncoder(h)
	_ = e.Encode([]any{l.ID, l.State}) // a hash takes everything
	for _, f := range l.Proposal.fields() {
		_ = e.Encode([]any{f.Path, f.value(l), f.value(&want)})
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// shown refuses to decide on anything but the proposal with this hash.
func (l *Listing) shown(hash string) error {
	switch {
	case l.Proposal == nil:
		return fault.New(fault.Conflict, "listing.wrong.decided", errors.New("listing: no proposal waits"))
	case l.ProposalHash() != hash:
		return fault.New(fault.Conflict, "error.stale", errors.New("listing: the proposal is not the one that was shown"))
	}
	return nil
}

// Approve makes the change that waits public. hash is the ProposalHash of what the coordinator saw: fault.Conflict when it or
// what it replaces has changed since, or nothing waits; fault.Forbidden for who proposed it.
func (s *Service) Approve(ctx context.Context, by access.Actor, id, hash string) (Listing, error) {
	return s.change(ctx, by, access.ReviewDecide, audit.Write{Action: access.ReviewDecide}, id, 0, func(l *Listing) error {
		if err := l.shown(hash); err != nil {
			return err
		}
		if by.AccountID != "" && slices.Contains(l.Proposal.Accounts, by.AccountID) {
			return fault.New(fault.Forbidden, "listing.wrong.own", errors.New("listing: approved by who proposed it"))
		}
		next := l.Proposed()
		next.State, next.Closure = l.State, l.Closure
		next.KeepHeritage(l) // it may have changed while this waited
		if c := l.Proposal.Want.Closure; l.Proposal.has("closure") && c != nil {
			if err := next.closeAs(*c); err != nil {
				return err
			}
		}
		*l = next
		l.Proposal, l.Returned = nil, nil
		return s.Check(l)
	})
}

// reasonLimit is how long a reason may be.
var reasonLimit = lang.Limit{Max: 300, Must: true, Prose: true}

func checkReason(reason string) (string, error) {
	reason = lang.Clean(reason)
	if wrong := reasonLimit.Check("reason", reason); len(wrong) > 0 {
		return "", &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: wrong}
	}
	return reason, nil
}

// Return sends the change that waits back with a reason the merchant reads: fault.Invalid without one, fault.Conflict as Approve.
func (s *Service) Return(ctx context.Context, by access.Actor, id, hash, reason string) (Listing, error) {
	reason, err := checkReason(reason)
	if err != nil {
		return Listing{}, err
	}
	return s.change(ctx, by, access.ReviewDecide, audit.Write{Action: access.ReviewDecide, Why: reason}, id, 0, func(l *Listing) error {
		if err := l.shown(hash); err != nil {
			return err
		}
		l.Returned = &Returned{Reason: reason, At: s.now(), Name: by.Name, Proposal: l.Proposal}
		l.Proposal = nil
		return nil
	})
}

// Withdraw takes back the change that waits.
func (s *Service) Withdraw(ctx context.Context, by access.Actor, id string, rev int64) (Listing, error) {
	return s.change(ctx, by, access.ListingSensitive, audit.Write{Action: access.ListingSensitive}, id, rev, func(l *Listing) error {
		if l.Proposal == nil {
			return fault.New(fault.Conflict, "listing.wrong.decided", errors.New("listing: no proposal waits"))
		}
		l.Proposal = nil
		return nil
	})
}

// Waiting returns the listings with a change that waits, the one that waits longest first.
func (s *Service) Waiting(ctx context.Context, by access.Actor, cursor string, limit int) (store.Page[Listing], error) {
	if err := access.Require(by, access.ReviewRead, access.Thing{Kind: Kind}); err != nil {
		return store.Page[Listing]{}, err
	}
	return s.docs.Find(ctx, store.Where("waits_since", store.Gt, time.Time{}).OrderBy("waits_since", store.Asc).Limit(limit).After(cursor))
}
