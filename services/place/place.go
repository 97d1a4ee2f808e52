// Package place holds where shops are: streets with sides and house numbers, plazas with floors and units, and the points
// (stops, toilets, first aid …) that people look for on the way.
package place

import (
	"shangquan/services/audit"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// Side is the side of a street a house number lies on, by the convention of the street itself.
type Side string

// The sides. Chinese house numbers are odd on one side and even on the other; which compass side that is, is data.
const (
	Odd  Side = "odd"
	Even Side = "even"
)

// Street is a street 路段: a named street of the district.
type Street struct {
	store.Meta
	audit.Trail
	Slug   string    `json:"slug"`
	Name   lang.Text `json:"name"`
	Pinyin string    `json:"pinyin"` // as on the street sign: "Zhongshan Zhonglu"; empty: as its characters are usually read
	// Aliases are the names it had before.
	Aliases []string `json:"aliases,omitempty"`
	// SideNames says in words where each side lies ("路北", "路南"); empty where nobody recorded it.
	SideNames map[Side]lang.Text `json:"side_names,omitempty"`
	// Stretches are its named pieces, in the order of house numbers. StretchesMade is how many there ever were: ids are not given twice.
	Stretches     []Stretch `json:"stretches,omitempty"`
	StretchesMade int       `json:"stretches_made,omitempty"`
	// Pedestrian is when no car may enter; without text cars always may.
	Pedestrian Times `json:"pedestrian,omitzero"`
	// Quiet is when it is to be quiet, and who says so.
	Quiet Quiet `json:"quiet,omitzero"`
	// Lines is the drawn course, WGS-84, for the street plan; empty when unknown.
	Lines [][]geo.Point `json:"lines"`
	// Core is true for the streets of the district itself; others are only where a listed shop's address lies.
	Core   bool   `json:"core"`
	Source string `json:"source"`
	// Ended is the day since when it is none of the register any more, YYYY-MM-DD; its page says so.
	Ended string `json:"ended,omitempty"`
}

// Floor is a floor of a plaza. Level 0 does not exist: the ground floor is 1, the first basement −1.
type Floor struct {
	Level int       `json:"level"`
	Label string    `json:"label"` // as on the lift button: "B1", "1F"
	Note  lang.Text `json:"note,omitzero"`
}

// Plaza is a plaza 商业广场.
type Plaza struct {
	store.Meta
	audit.Trail
	Slug     string        `json:"slug"`
	Name     lang.Text     `json:"name"`
	Pinyin   string        `json:"pinyin"`
	Aliases  []string      `json:"aliases"`
	Area     string        `json:"area"` // business area 商圈 as the source names it
	StreetID string        `json:"street_id"`
	Address  string        `json:"address"`
	Location *geo.Location `json:"location,omitempty"`
	Floors   []Floor       `json:"floors"`
	Core     bool          `json:"core"`
	Source   string        `json:"source"`
	// Ended is the day since when it is closed for good, YYYY-MM-DD; its page says so.
	Ended string `json:"ended,omitempty"`
}

// Unit is a unit 铺位: permanent, occupied by a listing or vacant.
type Unit struct {
	store.Meta
	audit.Trail
	PlazaID  string  `json:"plaza_id"` // one of PlazaID and StreetID is set
	StreetID string  `json:"street_id"`
	Number   string  `json:"number"` // unit number "1F-06" or house number "218"
	Level    int     `json:"level"`  // floor of the plaza, 0 on a street
	AreaM2   float64 `json:"area_m2,omitempty"`
	// OccupiedBy is the id of the listing in it; empty means vacant.
	OccupiedBy string `json:"occupied_by"`
	// VacantSince is the first day it was known to be vacant, YYYY-MM-DD; empty while occupied or where nobody knows. SeenOn is the
	// last day somebody stood before it and saw it vacant.
	VacantSince string `json:"vacant_since,omitempty"`
	SeenOn      string `json:"seen_on,omitempty"`
	// History is who was in it, the oldest first; it only grows.
	History []Stay `json:"history,omitempty"`
	// Retired is the day since when the unit is no more, because it was split; PartOf is the unit that a part was cut from.
	Retired string `json:"retired,omitempty"`
	PartOf  string `json:"part_of,omitempty"`
}

// PointKind is what a point offers.
type PointKind string

// The kinds of points.
const (
	BusStop  PointKind = "bus_stop"
	Metro    PointKind = "metro"
	Taxi     PointKind = "taxi" // where taxis pick people up
	Toilet   PointKind = "toilet"
	Water    PointKind = "water"
	Charging PointKind = "charging"
	FirstAid PointKind = "first_aid"
	Nursing  PointKind = "nursing"
	AED      PointKind = "aed"
	Rest     PointKind = "rest"
	Canteen  PointKind = "canteen"
	Health   PointKind = "health"
	Bench    PointKind = "bench"
	Shade    PointKind = "shade"     // out of sun and rain
	StepFree PointKind = "step_free" // a ramp, a lift, a dropped kerb
	Entrance PointKind = "entrance"  // of the metro, of a pedestrian street, of a plaza
	Parking  PointKind = "parking"
	// What stands in the street for a time because an authority allowed it; see services/outdoor.
	Seating PointKind = "outdoor_seating"
	Market  PointKind = "market"
	PopUp   PointKind = "pop_up"
)

// PointKinds lists the kinds in the order pages show them.
var PointKinds = []PointKind{Canteen, Health, Toilet, Water, Charging, FirstAid, AED, Nursing, Rest, Bench, Shade, StepFree, Seating, Market, PopUp, Entrance, Parking, Taxi, Metro, BusStop}

// Point is a service point 便民服务点 or a way-finding point such as a bus stop.
type Point struct {
	store.Meta
	audit.Trail
	Kind     PointKind     `json:"kind"`
	Name     lang.Text     `json:"name"`
	Address  string        `json:"address"`
	StreetID string        `json:"street_id"`
	Location *geo.Location `json:"location,omitempty"`
	Lines    []string      `json:"lines"` // bus or metro lines
	Note     string        `json:"note"`  // "首末班 5:30–22:00", as the operator publishes it
	// ListingID is the shop page of the same place, which then holds hours and phone.
	ListingID string `json:"listing_id"`
	Core      bool   `json:"core"`
	Source    string `json:"source"`
	// Opening is when it can be used, as the district wrote it down. Lit says that somebody saw it lit at night.
	Opening Times `json:"opening,omitzero"`
	Lit     bool  `json:"lit,omitempty"`
	// Access is whether there are steps on the way into it.
	Access Access `json:"access,omitempty"`
	// Lot is how cars stand there, of a car park.
	Lot Lot `json:"lot,omitempty"`
	// Lasts are the last departures, of a stop.
	Lasts Lasts `json:"lasts,omitzero"`
	// Page is the path of a page that says more, of points that are made of other records.
	Page string `json:"-"`
	// Hours are when it can be used, of points that are made of other records; see Usable.
	Hours     *hours.Hours `json:"-"`
	CheckedOn string       `json:"checked_on"` // YYYY-MM-DD, empty when nobody of the district has checked it
	// Gone is the day since when it is no more, YYYY-MM-DD; it is kept so that no list brings it back.
	Gone string `json:"gone,omitempty"`
}

// Access is whether a wheelchair gets into something; empty where nobody looked.
type Access string

// What somebody saw who looked.
const (
	NoSteps Access = "step_free"
	Steps   Access = "steps"
)

// Lot is how cars stand in a car park; empty where nobody looked, and of everything else.
type Lot string

// The kinds of car parks.
const (
	Ground      Lot = "ground" // open, at street level
	Underground Lot = "underground"
	Storeys     Lot = "storeys" // a building of its own
	Roadside    Lot = "roadside"
)

// Lots lists the kinds of car parks in the order forms offer them.
var Lots = []Lot{Ground, Underground, Storeys, Roadside}

// Usable is when a point can be used: as the record says that it is made of, or as the district wrote it down; nil where nobody says.
func (p *Point) Usable() *hours.Hours {
	switch {
	case p.Hours != nil && p.Hours.Known:
		return p.Hours
	case p.Opening.Text != "":
		return &p.Opening.Hours
	}
	return nil
}
