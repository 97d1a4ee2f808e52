// Package outdoor keeps what an authority has allowed to stand in the street for a time 外摆位、集市: seats before a shop, a market, a
// pop-up stall. The authority decided, under a number of its own; here it is only told, and nothing here is a licence. An area is on the
// public pages from the first to the last day of the decision and goes by itself.
package outdoor

import (
	"cmp"
	"slices"

	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Name is what the trail and questions of permission call an area.
const Name = "outdoor_area"

// Kinds lists what can be allowed, in the order people choose from.
var Kinds = []place.PointKind{place.Seating, place.Market, place.PopUp}

// Condition is one of the conditions that authorities usually set.
type Condition string

// Standard lists them in the order pages show them: nothing is cooked outside, only food made indoors is served, fire extinguisher and
// first-aid kit are there.
var Standard = []Condition{"no_cooking", "made_indoors", "safety_kit"}

// Area is one place in the street with what was decided about it.
type Area struct {
	store.Meta
	audit.Trail
	Facts
	// Terms are the decisions, the oldest first, never empty. They do not overlap.
	Terms []Term `json:"terms"`
}

// Facts are what holds of an area whichever decision it stands on.
type Facts struct {
	Kind place.PointKind `json:"kind"`
	Name lang.Text       `json:"name"` // 云间面馆门前
	// ListingID is the shop it belongs to, empty for none; StreetID the street it lies on. One of them is there.
	ListingID string       `json:"listing_id"`
	StreetID  string       `json:"street_id"`
	Location  geo.Location `json:"location"`
	// Typed is what was typed of the hours, Hours how it was read.
	Typed string      `json:"typed"`
	Hours hours.Hours `json:"hours"`
	// Conditions are those of Standard that the authority set, Words what else it set.
	Conditions []Condition `json:"conditions"`
	Words      lang.Text   `json:"words,omitzero"`
	// Complaints is where to complain: an office and its number.
	Complaints string `json:"complaints"`
}

// Term is one decision of an authority: from when until when, who decided, under which number.
type Term struct {
	From      string    `json:"from"`  // the first day, YYYY-MM-DD
	Until     string    `json:"until"` // the last day
	Authority lang.Text `json:"authority"`
	Number    string    `json:"number"`
	EnteredOn string    `json:"entered_on"`
	// EndedOn is the day from which it does not hold any more although its last day is not over, Why the reason; empty for none.
	EndedOn string `json:"ended_on,omitempty"`
	Why     string `json:"why,omitempty"`
}

// Holds reports whether a decision holds on a day: from its first to its last day, both included, and not from the day it was ended on.
func (t *Term) Holds(day calendar.Date) bool {
	d := day.String()
	return t.From <= d && d <= t.Until && (t.EndedOn == "" || d < t.EndedOn)
}

// On returns the decision that holds on a day; false where none does, and the area is on no public page.
func (a *Area) On(day calendar.Date) (Term, bool) {
	if i := slices.IndexFunc(a.Terms, func(t Term) bool { return t.Holds(day) }); i >= 0 {
		return a.Terms[i], true
	}
	return Term{}, false
}

// Last is the decision that was entered last.
func (a *Area) Last() Term { return a.Terms[len(a.Terms)-1] }

// State is how an area stands on a day. It follows from the decisions and is never stored.
type State string

// The states: not yet, now, now and with an end that is near and nothing after it, over, ended before its last day.
const (
	Coming  State = "coming"
	InForce State = "in_force"
	Soon    State = "soon"
	Over    State = "over"
	Ended   State = "ended"
)

// SoonDays is how many days before its last day an area is said to end soon.
const SoonDays = 14

// State says how the area stands on a day.
func (a *Area) State(today calendar.Date) State {
	last := a.Last()
	_, now := a.On(today)
	switch {
	case now:
		if end, err := calendar.ParseDate(last.Until); err == nil && last.Holds(today) && end-today <= SoonDays {
			return Soon
		}
		return InForce
	case last.EndedOn != "" && last.EndedOn <= today.String():
		return Ended
	case today.String() < last.From:
		return Coming
	}
	return Over
}

// Point is the area as one of the points that people find on the way, for the time of a decision.
func (a *Area) Point(t Term) place.Point {
	at := a.Location
	return place.Point{
		Meta: a.Meta, Kind: a.Kind, Name: a.Name, StreetID: a.StreetID, ListingID: a.ListingID, Location: &at, Lines: []string{}, Core: true,
		Note: t.From + " – " + t.Until, Source: t.Authority.Hans + " " + t.Number, CheckedOn: t.EnteredOn, Page: "/outdoor", Hours: &a.Hours,
	}
}

// byKind orders by kind and name.
func byKind(a, b Area) int {
	return cmp.Or(cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)), cmp.Compare(lang.SortKey(a.Name.Hans, ""), lang.SortKey(b.Name.Hans, "")), cmp.Compare(a.ID, b.ID))
}
