package ui

import "shangquan/services/lang"

// Walk is the page of a street walk: one stop at a time, with a button for each thing that can be said of it. With a script the stops
// of the whole side are kept on the phone and what is said waits there for the network. Answers arrive as kind, with what a stop is
// (listing, unit, house, rev) and, of a change, name, phone, hours; of a new shop, new.name, new.category, new.house.
type Walk struct {
	Data   string // address of the stops as JSON; empty on the page that stands in without a network
	Send   string // address that takes what waits
	Open   string // page of what has to be decided
	List   string // page of all streets
	Action string // address of the forms without a script
	CSRF   string
	ID     string // of the answer, so that a form sent twice is one
	N, All int    // from 1; N above All: everything was seen
	Stop   *WalkStop
	// Previous and Next are empty at the ends.
	Previous, Next string
	Categories     []Option
}

// WalkStop is a stop in words, as pages and the script show it.
type WalkStop struct {
	Listing string   `json:"listing"`
	Unit    string   `json:"unit"`
	House   string   `json:"house"` // as it is stored
	Rev     int64    `json:"rev"`
	Door    string   `json:"door"` // as it is read
	Name    string   `json:"name"`
	Lang    lang.Tag `json:"lang,omitempty"`
	Kind    string   `json:"kind"`
	Phone   string   `json:"phone"`
	Hours   string   `json:"hours"`
	Checked string   `json:"checked"` // when it was last looked at; of a vacant unit, since when
}

// Vacant reports whether no shop is there by the register.
func (s WalkStop) Vacant() bool { return s.Listing == "" }

// Done reports whether the last stop lies behind.
func (w Walk) Done() bool { return w.Stop == nil && w.Data != "" }
