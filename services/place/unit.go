package place

import (
	"errors"

	"shangquan/services/fault"
)

// Stay is one listing's time in a unit.
type Stay struct {
	ListingID string `json:"listing_id"`
	Since     string `json:"since"`           // YYYY-MM-DD; empty where nobody knows
	Until     string `json:"until,omitempty"` // empty while it lasts
	End       End    `json:"end,omitempty"`
}

// End is how a stay ended.
type End string

// The ends of a stay.
const (
	EndMoved     End = "moved"     // the shop left the district
	EndCeased    End = "ceased"    // it went out of business
	EndRelocated End = "relocated" // it went to another unit
	EndArchived  End = "archived"  // its entry was taken out of the register
)

// Leaving says when and how a listing leaves a unit.
type Leaving struct {
	On  string // YYYY-MM-DD
	How End
}

// Vacant reports whether no listing is in the unit.
func (u *Unit) Vacant() bool { return u.OccupiedBy == "" }

// Occupy puts a listing into the unit from a day on, empty where nobody knows since when. It may be there already; fault.Conflict when another one is, or when the unit is
// no more.
func (u *Unit) Occupy(listingID, on string) error {
	if listingID == "" {
		return fault.New(fault.Internal, "error.internal", errors.New("place: a unit is occupied by a listing"))
	}
	if !u.Vacant() && u.OccupiedBy != listingID {
		return fault.New(fault.Conflict, "error.unit.occupied", errors.New("unit "+u.ID+" is occupied by "+u.OccupiedBy))
	}
	if u.Retired != "" {
		return fault.New(fault.Conflict, "error.unit.retired", errors.New("unit "+u.ID+" was split"))
	}
	if u.OccupiedBy == listingID {
		return nil
	}
	u.OccupiedBy, u.VacantSince, u.SeenOn = listingID, "", ""
	// A page that was closed by mistake and opened again was never away.
	if n := len(u.History); n > 0 && u.History[n-1].ListingID == listingID && on != "" && u.History[n-1].Until == on {
		back := u.History[n-1]
		back.Until, back.End = "", ""
		u.History = append(u.History[:n-1:n-1], back)
		return nil
	}
	u.History = append(u.History[:len(u.History):len(u.History)], Stay{ListingID: listingID, Since: on})
	return nil
}

// Vacate takes a listing out of the unit. It may be gone already; fault.Conflict when another one is in it.
func (u *Unit) Vacate(listingID string, l Leaving) error {
	if !u.Vacant() && u.OccupiedBy != listingID {
		return fault.New(fault.Conflict, "error.unit.occupied", errors.New("unit "+u.ID+" is occupied by "+u.OccupiedBy))
	}
	if u.Vacant() {
		return nil
	}
	u.OccupiedBy, u.VacantSince = "", l.On
	history := u.History[:len(u.History):len(u.History)]
	n := len(history)
	if n == 0 || history[n-1].ListingID != listingID || history[n-1].Until != "" {
		// It was there before anybody kept the history.
		u.History = append(history, Stay{ListingID: listingID, Until: l.On, End: l.How})
		return nil
	}
	last := history[n-1]
	last.Until, last.End = max(l.On, last.Since), l.How
	u.History = append(history[:n-1:n-1], last)
	return nil
}

// Saw says that somebody stood before the unit on a day and found it vacant: fault.Conflict when a listing is in it. An earlier day
// than what is known already says nothing new.
func (u *Unit) Saw(on string) error {
	if !u.Vacant() {
		return fault.New(fault.Conflict, "error.unit.occupied", errors.New("unit "+u.ID+" is occupied by "+u.OccupiedBy))
	}
	if u.VacantSince == "" || on < u.VacantSince {
		u.VacantSince = on
	}
	u.SeenOn = max(u.SeenOn, on)
	return nil
}
