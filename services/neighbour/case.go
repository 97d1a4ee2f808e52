// Package neighbour keeps the cases that residents and a shop settle with each other 居商联动: smoke, noise, bicycles, deliveries at
// night, waste. The contact of the residential area invites both, they agree on measures with dates, and two checks follow. Neither side
// ever reads how the other is reached, and of the residents' side only the contact does: what is about a side is sealed, and erased a
// year after the case was closed. There are no open comments.
package neighbour

import (
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/store"
)

// Topic is what a case is about.
type Topic string

// Topics lists the topics in the order people choose from.
var Topics = []Topic{"smoke", "noise", "bicycles", "delivery", "waste", "else"}

// State is how far a case is.
type State string

// The states: open → invited → agreed → checked once → checked twice → closed; not agreed from invited, and from a check that went
// badly back to invited.
const (
	Open      State = "open"
	Invited   State = "invited"
	Agreed    State = "agreed"
	Once      State = "checked_once"
	Twice     State = "checked_twice"
	Closed    State = "closed"
	NotAgreed State = "not_agreed"
)

// States lists the states in order.
var States = []State{Open, Invited, Agreed, Once, Twice, Closed, NotAgreed}

// Who is who does a measure.
type Who string

// The sides.
const (
	Residents Who = "residents"
	Shop      Who = "shop"
	Both      Who = "both"
)

// Sides lists who can do a measure.
var Sides = []Who{Shop, Residents, Both}

// Limits. Texts are in characters.
const (
	MaxName     = 30
	MaxPlace    = 60
	MaxText     = 300
	MaxSide     = 300
	MaxMeetings = 10
	MaxMeasures = 12
	mostAreas   = 200
)

// The checks come this long after the agreement, and what is about a side is kept this long after the end.
const (
	FirstCheck  = 14 // days
	SecondCheck = 56
	Keep        = 365
)

// never is later than any time something is due.
const never = "9999-12-31"

// Area is a residential area with the account that is its contact: the one person who speaks with both sides.
type Area struct {
	store.Meta
	audit.Trail
	Name string `json:"name"`
	// ContactID is an account of a liaison. It says who answers for the area at work, and nothing else of that person.
	ContactID string `json:"contact_id"`
}

// Case is one matter between the residents of an area and a shop.
type Case struct {
	store.Meta
	audit.Trail
	AreaID string `json:"area_id"`
	Topic  Topic  `json:"topic"`
	Place  string `json:"place"` // street and number, or the unit of a plaza
	// ListingID and MerchantID say which shop it is about, and whose that was when the case began.
	ListingID  string `json:"listing_id"`
	MerchantID string `json:"merchant_id"`
	Shop       string `json:"shop"`
	State      State  `json:"state"`
	// Matter is what both sides read: written by the contact, without a name.
	Matter   string    `json:"matter"`
	Meetings []Meeting `json:"meetings"`
	Measures []Measure `json:"measures"`
	Checks   []Check   `json:"checks"`
	AgreedOn string    `json:"agreed_on,omitempty"` // YYYY-MM-DD
	Result   string    `json:"result,omitempty"`
	ClosedOn string    `json:"closed_on,omitempty"`
	EraseOn  string    `json:"erase_on"` // never while it is open, "" once erased
	// Sealed are the sides: personal, see Side. Empty once erased.
	Sealed string `json:"sealed"`
	// Coming is what the shop answered to the invitation: nil, nothing yet.
	Coming *bool `json:"coming,omitempty"`
}

// Side is what is known of the two sides. The contact of the area reads Residents and Shop, the shop its own words only.
// Personal; purpose: to invite and to ask back; retention: Keep after the case was closed.
type Side struct {
	Residents string `json:"residents"` // how they are reached, what they wish
	Shop      string `json:"shop"`      // how it is reached
	Said      string `json:"said"`      // what the shop wrote to the contact
}

// Meeting is one of both sides.
type Meeting struct {
	On    string `json:"on"` // YYYY-MM-DD
	Time  string `json:"time"`
	Place string `json:"place"`
	// ToldOn is when the residents heard of it, ToldBy the contact who told them: nothing says whom.
	ToldOn string `json:"told_on,omitempty"` // YYYY-MM-DD
	ToldBy string `json:"told_by,omitempty"`
}

// Measure is something that was agreed on.
type Measure struct {
	Text   string `json:"text"`
	Who    Who    `json:"who"`
	Due    string `json:"due"` // YYYY-MM-DD
	DoneOn string `json:"done_on,omitempty"`
}

// Check is one of the two looks at whether the measures hold.
type Check struct {
	On    string `json:"on"` // YYYY-MM-DD
	Holds bool   `json:"holds"`
	Text  string `json:"text"`
}

// CheckDue is the day of the check that comes next; "" where none does.
func (x *Case) CheckDue() string {
	day, err := time.Parse(time.DateOnly, x.AgreedOn)
	if err != nil {
		return ""
	}
	switch x.State {
	case Agreed:
		return day.AddDate(0, 0, FirstCheck).Format(time.DateOnly)
	case Once:
		return day.AddDate(0, 0, SecondCheck).Format(time.DateOnly)
	default:
		return ""
	}
}

// Overdue reports whether on a day a check or a measure is late.
func (x *Case) Overdue(today string) bool {
	if x.State == Closed || x.State == NotAgreed {
		return false
	}
	due := x.CheckDue()
	return due != "" && due < today || slices.ContainsFunc(x.Measures, func(m Measure) bool { return m.DoneOn == "" && m.Due < today })
}

// Invited reports whether the shop was ever called to a meeting. Before that the case is no business of it, also where it was given up.
func (x *Case) Invited() bool { return len(x.Meetings) > 0 }

// Ended reports whether nothing can change any more.
func (x *Case) Ended() bool { return x.State == Closed || x.State == NotAgreed }
