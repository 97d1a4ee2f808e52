// Package walk is the street walk 走街: a coordinator goes from door to door with a phone and says of each what is there. The phone may
// be without a network for an hour; what was said arrives later, perhaps twice, and never overwrites what changed meanwhile.
package walk

import (
	"cmp"
	"context"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/hours"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Kind is what somebody says of a stop.
type Kind string

// The kinds of answers.
const (
	Same    Kind = "same"    // 没变: the page is right
	Changed Kind = "changed" // 有变: name, telephone or hours differ
	Gone    Kind = "gone"    // 不在了: another shop or something else is there
	Vacant  Kind = "vacant"  // 空着: nobody is there
	NewShop Kind = "new"     // 新开的: a shop that is not in the register
)

// Kinds lists the kinds in the order of the buttons.
var Kinds = []Kind{Same, Changed, Gone, Vacant, NewShop}

// State is what became of an answer.
type State string

// The states of an answer.
const (
	Taken    State = "taken"    // received, not yet carried out
	Done     State = "done"     // carried out
	Waits    State = "waits"    // carried out as far as one person can: a closing or a new shop waits in the queue
	Conflict State = "conflict" // the page changed after it was seen: somebody has to choose
	Wrong    State = "wrong"    // it cannot be taken as it is: see Check
	Dropped  State = "dropped"  // somebody chose what the page says
)

// Said is what was written besides the kind. Empty means: as on the page. It may hold a telephone number of a person, and so it is kept
// for a limited time only, see Sweep.
type Said struct {
	Name     string `json:"name,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Hours    string `json:"hours,omitempty"`
	Category string `json:"category,omitempty"`
	House    string `json:"house,omitempty"` // of a new shop, where it is another door
}

// Answer is what somebody said of a stop. The phone gives it an id, with which it may be sent any number of times.
type Answer struct {
	store.Meta
	Key       string    `json:"key"` // account and the id the phone gave
	By        string    `json:"by"`  // account
	StreetID  string    `json:"street_id"`
	House     string    `json:"house"`
	ListingID string    `json:"listing_id"`
	UnitID    string    `json:"unit_id"`
	SeenRev   int64     `json:"seen_rev"` // of the listing as the phone showed it
	Kind      Kind      `json:"kind"`
	On        string    `json:"on"` // the day it was seen, YYYY-MM-DD
	Said      Said      `json:"said"`
	State     State     `json:"state"`
	Made      string    `json:"made,omitempty"` // id of the listing it made
	SettledAt time.Time `json:"settled_at"`     // zero while it is open
}

// Service is the street walk.
type Service struct {
	answers *store.Collection[Answer]
	shops   *listing.Service
	places  *place.Editor
	now     func() time.Time
}

// Declare declares the collection of answers on db; it may be done again.
func Declare(db store.DB) *store.Collection[Answer] {
	return store.NewCollection[Answer](db, "walk_answers", store.Unique("key"), store.Index("state", "created_at"), store.Index("settled_at"))
}

// New returns the street walk on db. now tells the time in the zone of the district.
func New(db store.DB, shops *listing.Service, places *place.Editor, now func() time.Time) *Service {
	return &Service{answers: Declare(db), shops: shops, places: places, now: now}
}

// Stop is one thing to look at: a shop, or a vacant unit. A door with two shops makes two stops. It says nothing the public may not
// know, since a phone keeps it.
type Stop struct {
	House       place.House
	ListingID   string // empty: a vacant unit
	Rev         int64
	Name        listing.Name
	CategoryID  string
	Phones      []phone.Number
	Hours       hours.Hours
	Confirmed   listing.Confirmed
	UnitID      string
	VacantSince string // YYYY-MM-DD, empty where nobody knows
	SeenOn      string // last day somebody saw the unit vacant
}

// thing is what permission to walk is asked for.
func thing() access.Thing { return access.Thing{Kind: "walk"} }

// Stops returns what there is to see on one side of a street in the order of its house numbers; side "" is what has no house number.
func (s *Service) Stops(ctx context.Context, by access.Actor, streetID string, side place.Side) ([]Stop, error) {
	if err := access.Require(by, access.WalkDo, thing()); err != nil {
		return nil, err
	}
	shops, err := s.shops.ByStreet(ctx, streetID)
	if err != nil {
		return nil, err
	}
	units, err := s.places.UnitsOn(ctx, streetID)
	if err != nil {
		return nil, err
	}
	out := []Stop{}
	for i := range shops {
		l := &shops[i]
		h, _, _ := place.ParseHouse(l.Address.House)
		if h.Side() == side {
			out = append(out, Stop{
				House: h, ListingID: l.ID, Rev: l.Rev, Name: l.Name, CategoryID: l.CategoryID, Phones: l.PublicPhones(), Hours: l.Hours,
				Confirmed: l.Confirmed, UnitID: l.Address.UnitID,
			})
		}
	}
	for i := range units {
		u := &units[i]
		h, _, _ := place.ParseHouse(u.Number)
		if h.Side() == side && u.Vacant() {
			out = append(out, Stop{House: h, UnitID: u.ID, VacantSince: u.VacantSince, SeenOn: u.SeenOn})
		}
	}
	slices.SortStableFunc(out, func(a, b Stop) int {
		return cmp.Or(place.CompareHouses(a.House, b.House), cmp.Compare(b.ListingID, a.ListingID)) // the shop before the vacant unit
	})
	return out, nil
}
