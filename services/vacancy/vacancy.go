// Package vacancy keeps the public cards of units on offer 招商铺位: what a unit has, from when on, whom to ask, and when somebody last
// said that this is still so. A card that nobody confirms leaves public view by itself, and so does one whose unit a shop has moved into.
// What is paid for a unit is none of its business, and neither is the contract.
package vacancy

import (
	"slices"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Name is what the trail and questions of permission call a card.
const Name = "vacancy"

// State is how far a unit is from being let again.
type State string

// The states: occupied → notice → vacant → reserved → fit-out → occupied.
const (
	Occupied State = "occupied" // let: the card rests until the unit is on offer again
	Notice   State = "notice"   // who is in it has given notice
	Vacant   State = "vacant"
	Reserved State = "reserved" // somebody is to have it
	FitOut   State = "fitout"   // who is to have it works on it
)

// States lists the states in order.
var States = []State{Notice, Vacant, Reserved, FitOut, Occupied}

// steps says where each state leads: onwards, and back to vacant where nothing comes of it. Notice that is taken back leads to occupied.
var steps = map[State][]State{
	Occupied: {Notice, Vacant},
	Notice:   {Vacant, Occupied},
	Vacant:   {Reserved, Occupied},
	Reserved: {FitOut, Vacant},
	FitOut:   {Occupied, Vacant},
}

// Source is who said last that a card is right.
type Source string

// The sources.
const (
	Desk   Source = "desk"   // a coordinator
	Plaza  Source = "plaza"  // who runs the plaza
	Holder Source = "holder" // who lets the unit, by a link the desk sent
)

// Fitted says whether a unit has something.
type Fitted string

// What is known of it.
const (
	Unknown Fitted = ""
	Yes     Fitted = "yes"
	No      Fitted = "no"
)

// Fits lists what can be said, in the order of a form.
var Fits = []Fitted{Unknown, Yes, No}

// Limits. Texts are in characters.
const (
	MaxDesk     = 40
	MaxNote     = 200
	MaxContact  = 60
	maxFormats  = 20
	maxFrontage = 200  // metres
	maxPower    = 5000 // kilowatts
	mostYears   = 3    // how far ahead a unit may become free
	// ConfirmDays is how long a confirmation keeps a card in public view, SoonDays how long before its end the desk is told.
	ConfirmDays = 30
	SoonDays    = 7
	// most bounds the lists: a district has dozens.
	most = 1000
)

// Card is what is told of one unit. A unit has one card, which is used again each time it is on offer.
type Card struct {
	store.Meta
	audit.Trail
	UnitID string `json:"unit_id"`
	State  State  `json:"state"`
	// Leaving is the listing that gave notice. When another one is in the unit, it has been let.
	Leaving   string  `json:"leaving,omitempty"`
	FrontageM float64 `json:"frontage_m,omitempty"` // 0: not known
	PowerKW   int     `json:"power_kw,omitempty"`   // 0: not known
	Gas       Fitted  `json:"gas,omitempty"`
	Exhaust   Fitted  `json:"exhaust,omitempty"`
	// FormatIDs are how a shop may sell there; empty: nobody has limited it.
	FormatIDs []string `json:"format_ids"`
	// AvailableFrom is the day from which it can be taken, YYYY-MM-DD; empty: at once, or to be asked.
	AvailableFrom string    `json:"available_from,omitempty"`
	Note          lang.Text `json:"note,omitzero"`
	// DeskName, DeskPhone and DeskEmail are a desk to ask at, never a person. One of the last two is there.
	DeskName  lang.Text `json:"desk_name"`
	DeskPhone string    `json:"desk_phone,omitempty"`
	DeskEmail string    `json:"desk_email,omitempty"`
	// VerifiedOn is when somebody last said that all this is so, VerifiedBy who.
	VerifiedOn string `json:"verified_on"`
	VerifiedBy Source `json:"verified_by"`
	// VerifiedRev is the revision that was confirmed; 0: the card was made or changed then.
	VerifiedRev int64 `json:"verified_rev,omitempty"`
}

// Standing is the state as it really is: the register knows better than a card that a shop moved in, or out.
func (c *Card) Standing(u *place.Unit) State {
	switch {
	case c.State == Notice && u.Vacant():
		return Vacant
	case c.State == Notice && u.OccupiedBy == c.Leaving, u.Vacant():
		return c.State
	}
	return Occupied
}

// Lapsed reports whether on a day nobody has confirmed the card for too long.
func (c *Card) Lapsed(today calendar.Date) bool {
	n, ok := c.Left(today)
	return !ok || n < 0
}

// Left is how many days a card still stays in public view without being confirmed, 0 on the last of them; false where it never was.
func (c *Card) Left(today calendar.Date) (int, bool) {
	day, err := calendar.ParseDate(c.VerifiedOn)
	return int(day + ConfirmDays - today), err == nil
}

// Soon reports whether a card has to be confirmed soon, or everybody stops seeing it.
func (c *Card) Soon(today calendar.Date) bool {
	n, ok := c.Left(today)
	return ok && n >= 0 && n <= SoonDays
}

// offered reports whether a unit in this state is shown to people who look for one.
func (s State) offered() bool { return s == Notice || s == Vacant || s == Reserved }

// Offer is a card with its unit, and the state both together are in.
type Offer struct {
	Card
	Unit     place.Unit
	Standing State
}

func offerOf(c *Card, u *place.Unit) Offer { return Offer{Card: *c, Unit: *u, Standing: c.Standing(u)} }

// Open reports whether the card is to be confirmed at all: its unit is there, and on offer.
func (o *Offer) Open() bool { return o.Unit.Retired == "" && o.Standing.offered() }

// Public reports whether everybody sees the card on a day.
func (o *Offer) Public(today calendar.Date) bool { return o.Open() && !o.Lapsed(today) }

// Asks reports whether people may still ask for the unit.
func (o *Offer) Asks() bool { return o.Standing == Notice || o.Standing == Vacant }

// Next lists the states the card can be brought to. Notice can be given by who is in the unit, and only an empty one is vacant.
func (o *Offer) Next() []State {
	if o.Unit.Retired != "" {
		return []State{}
	}
	return slices.DeleteFunc(slices.Clone(steps[o.Standing]), func(to State) bool {
		return to == Notice && o.Unit.Vacant() || to == Vacant && !o.Unit.Vacant()
	})
}

// Thing is what permission is asked for: who runs the plaza of the unit confirms its cards.
func (o *Offer) Thing() access.Thing {
	return access.Thing{Kind: Name, ID: o.ID, PlazaID: o.Unit.PlazaID, PlazaMay: o.Unit.PlazaID != ""}
}
