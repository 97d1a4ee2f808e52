// Package care keeps the street-care board 美丽路段: shopfronts, signboards, cleanliness and bicycles along the streets, from what somebody
// noted to what somebody saw put right, with pictures of before and after. It is the district's own work: a shop reads what was noted of
// itself, and nobody else reads anything. There is no list of shops by it and no figure of a shop.
package care

import (
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/media"
	"shangquan/services/store"
)

// Kind is what an item is about.
type Kind string

// Kinds lists the kinds in the order people choose from.
var Kinds = []Kind{"shopfront", "signboard", "cleanliness", "bicycles"}

// State is how far an item is.
type State string

// The states: noted → informed → improved → verified. What is looked at and not better goes back from improved to informed; what was
// entered wrongly is withdrawn.
const (
	Noted     State = "noted"
	Informed  State = "informed"
	Improved  State = "improved"
	Verified  State = "verified"
	Withdrawn State = "withdrawn"
)

// States lists the states in order.
var States = []State{Noted, Informed, Improved, Verified, Withdrawn}

// Act is what moves an item on.
type Act string

// The acts.
const (
	Inform   Act = "inform"   // the owner was told
	Improve  Act = "improve"  // somebody says that it is better: the district, or the shop itself
	Verify   Act = "verify"   // somebody else saw that it is
	Again    Act = "again"    // somebody saw that it is not
	Withdraw Act = "withdraw" // it was entered wrongly
)

// steps says where each act leads from where; what is not in it cannot be done.
var steps = map[Act]map[State]State{
	Inform:   {Noted: Informed},
	Improve:  {Informed: Improved},
	Verify:   {Improved: Verified},
	Again:    {Improved: Informed},
	Withdraw: {Noted: Withdrawn, Informed: Withdrawn, Improved: Withdrawn},
}

// After returns where an act leads from a state; false where it cannot be done there.
func (s State) After(a Act) (State, bool) {
	to, ok := steps[a][s]
	return to, ok
}

// Limits. Texts are in characters.
const (
	MaxText   = 200
	MaxPhotos = 6 // of each side of an item
	// onBoard bounds lists, months how far the figures look back.
	onBoard = 2000
	months  = 12
)

// Item is one thing along a street that somebody noted.
type Item struct {
	store.Meta
	audit.Trail
	Kind  Kind   `json:"kind"`
	Spot  Spot   `json:"spot"`
	Text  string `json:"text"` // what is to be seen
	State State  `json:"state"`
	// Month is when it was noted, YYYY-MM.
	Month string `json:"month"`
	// Steps are what was done, the noting first.
	Steps  []Step  `json:"steps"`
	Photos []Photo `json:"photos"`
}

// Spot is where an item is: a unit or a stretch of a street, with the shop that was there. Place says it in words.
type Spot struct {
	StreetID  string `json:"street_id"`
	StretchID string `json:"stretch_id,omitempty"`
	PlazaID   string `json:"plaza_id,omitempty"`
	UnitID    string `json:"unit_id,omitempty"`
	ListingID string `json:"listing_id"`
	Place     string `json:"place"`
}

// Step is one thing that was done about an item, by whom and when.
type Step struct {
	State     State     `json:"state"`
	At        time.Time `json:"at"`
	AccountID string    `json:"account_id"`
	// Shop is set where the shop itself did it.
	Shop bool   `json:"shop,omitempty"`
	Text string `json:"text,omitempty"`
}

// Photo is a sealed picture of before or after, on the word of who added it that nobody can be made out.
type Photo struct {
	media.Evidence
	After bool `json:"after"`
	// Words is the version of the sentence that was ticked.
	Words int `json:"words"`
}

// FaceWords is the version of that sentence; another sentence takes another number.
const FaceWords = 1

// Of returns the pictures of before, or of after.
func (x *Item) Of(after bool) []Photo {
	return slices.DeleteFunc(slices.Clone(x.Photos), func(p Photo) bool { return p.After != after })
}

// Told reports whether the owner was told of it. Before that it is no business of the shop.
func (x *Item) Told() bool {
	return slices.ContainsFunc(x.Steps, func(s Step) bool { return s.State == Informed })
}

// Open reports whether something is still to be done.
func (x *Item) Open() bool { return x.State != Verified && x.State != Withdrawn }

// saidBy is the account that said it was better.
func (x *Item) saidBy() string {
	for _, s := range slices.Backward(x.Steps) {
		if s.State == Improved {
			return s.AccountID
		}
	}
	return ""
}

// CheckFaces refuses a picture for which nobody says that no passer-by can be made out in it.
func CheckFaces(said bool) error {
	if !said {
		return fault.Wrong("faceless", "care.wrong.faces", nil)
	}
	return nil
}
