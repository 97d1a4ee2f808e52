package place

import (
	"errors"

	"shangquan/services/fault"
)

// Vacant reports whether no listing is in the unit.
func (u *Unit) Vacant() bool { return u.OccupiedBy == "" }

// Occupy puts a listing into the unit. It may be there already; fault.Conflict when another one is.
func (u *Unit) Occupy(listingID string) error {
	if listingID == "" {
		return fault.New(fault.Internal, "error.internal", errors.New("place: a unit is occupied by a listing"))
	}
	if !u.Vacant() && u.OccupiedBy != listingID {
		return fault.New(fault.Conflict, "error.unit.occupied", errors.New("unit "+u.ID+" is occupied by "+u.OccupiedBy))
	}
	u.OccupiedBy = listingID
	return nil
}

// Vacate takes a listing out of the unit. It may be gone already; fault.Conflict when another one is in it.
func (u *Unit) Vacate(listingID string) error {
	if !u.Vacant() && u.OccupiedBy != listingID {
		return fault.New(fault.Conflict, "error.unit.occupied", errors.New("unit "+u.ID+" is occupied by "+u.OccupiedBy))
	}
	u.OccupiedBy = ""
	return nil
}
