package listing

import (
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
)

// Action is what moves a listing from one state to another.
type Action string

// The actions.
const (
	Submit    Action = "submit"    // the merchant asks for publication
	Publish   Action = "publish"   // the district agrees
	SendBack  Action = "send_back" // the district does not, and says why
	Suspend   Action = "suspend"   // the district takes it from the public
	Reinstate Action = "reinstate" // and back
	Close     Action = "close"     // moved away or out of business: the page stays and says so
	Reopen    Action = "reopen"
	Archive   Action = "archive"
)

// moves is the whole state machine: what is not in it cannot be done.
var moves = map[Action]map[State]State{
	Submit:    {Draft: Submitted},
	Publish:   {Submitted: Published},
	SendBack:  {Submitted: Draft},
	Suspend:   {Published: Suspended},
	Reinstate: {Suspended: Published},
	Close:     {Published: Closed},
	Reopen:    {Closed: Published},
	Archive:   {Draft: Archived, Submitted: Archived, Suspended: Archived, Closed: Archived},
}

// States lists the states in the order of a listing's life.
var States = []State{Draft, Submitted, Published, Suspended, Closed, Archived}

// Actions lists the actions.
var Actions = []Action{Submit, Publish, SendBack, Suspend, Reinstate, Close, Reopen, Archive}

// Takes returns what it takes to do an action.
func (a Action) Takes() access.Action {
	switch a {
	case Submit:
		return access.ListingSubmit
	case Publish, SendBack:
		return access.ReviewDecide
	case Close:
		return access.RegisterClose
	case Suspend, Reinstate, Reopen, Archive:
	}
	return access.RegisterState
}

// After returns the state that a leads to from s: fault.Conflict where it cannot be done.
func (s State) After(a Action) (State, error) {
	next, ok := moves[a][s]
	if !ok {
		return s, fault.New(fault.Conflict, "error.listing.state", fmt.Errorf("listing: cannot %s what is %s", a, s))
	}
	return next, nil
}

// act moves the listing. Close needs its closure, see closeAs, and SendBack its reason, see sendBack.
func (l *Listing) act(a Action) error {
	next, err := l.State.After(a)
	if err != nil {
		return err
	}
	switch a { //nolint:exhaustive // the others change the state alone
	case Close:
		return fault.Wrong("closure.kind", "error.text.empty", nil)
	case SendBack:
		return fault.Wrong("reason", "error.text.empty", nil)
	case Reopen:
		l.Closure = nil
	case Submit, Publish:
		l.Returned = nil
	case Archive:
		l.Proposal = nil
	}
	l.State = next
	return nil
}

// closeAs closes the listing for good.
func (l *Listing) closeAs(c Closure) error {
	next, err := l.State.After(Close)
	if err != nil {
		return err
	}
	l.State, l.Closure, l.Proposal = next, &c, nil
	return nil
}

// sendBack returns what was submitted to its merchant.
func (l *Listing) sendBack(r Returned) error {
	next, err := l.State.After(SendBack)
	if err != nil {
		return err
	}
	l.State, l.Returned = next, &r
	return nil
}

// Public reports whether a visitor may see the page at all: published ones, and closed ones, which say so.
func (l *Listing) Public() bool { return l.State == Published || l.State == Closed }

// holdsUnit reports whether the shop is in its unit: it is while it is in business, also when the district has suspended its page.
func (l *Listing) holdsUnit() bool {
	return l.Address.UnitID != "" && (l.State == Published || l.State == Suspended)
}

// Shown reports whether the mark may be shown at now, which is in the zone of the district: until the day of its review, and never
// without one.
func (m *Mark) Shown(now time.Time) bool {
	return now.Format(time.DateOnly) <= m.ReviewOn
}
