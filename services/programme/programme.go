// Package programme keeps what the joint organisation sets out to do in a year 年度计划 and what came of it. Items are an organisation's or
// the station's, never a person's. What the public reads was let through by a second person, exactly as it stands.
package programme

import (
	"time"

	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/store"
)

const kind = "programme"

// State is how far an item is.
type State string

// The states: planned → underway → done. Done takes a result in words and something that shows it.
const (
	Planned  State = "planned"
	Underway State = "underway"
	Done     State = "done"
)

// States lists the states in order.
var States = []State{Planned, Underway, Done}

// Limits. Texts are in characters.
const (
	MaxTitle    = 60
	MaxLead     = 300
	MaxResult   = 300
	MaxReason   = 200
	MaxItems    = 60
	MaxEvidence = 10 // pieces for one item
	FirstYear   = 2020
	LastYear    = 2100
)

// Year is the programme of one year.
type Year struct {
	store.Meta
	audit.Trail
	Year int                 `json:"year"`
	Page assembly.Gate[Plan] `json:"page"`
	// Evidence shows that items were done; the liaison and who approves see it, the public does not.
	Evidence []Evidence `json:"evidence"`
}

// Plan is everything the page of a year says.
type Plan struct {
	Lead  lang.Text `json:"lead,omitzero"`
	Items []Item    `json:"items"`
}

// Item is one thing that is set out to do.
type Item struct {
	ID      string    `json:"id"`
	Quarter int       `json:"quarter"` // 1 to 4
	Title   lang.Text `json:"title"`
	// OrganisationID is who does it; empty: the station. The public reads its name while it may be named.
	OrganisationID string    `json:"organisation_id,omitempty"`
	State          State     `json:"state"`
	Result         lang.Text `json:"result,omitzero"`
}

// Evidence shows that an item was done.
type Evidence struct {
	ItemID    string          `json:"item_id"`
	Text      string          `json:"text"`
	Photo     *media.Evidence `json:"photo,omitempty"`
	At        time.Time       `json:"at"`
	AccountID string          `json:"account_id"`
}

// Of returns the items of a quarter in the order they were written.
func (p *Plan) Of(quarter int) []Item {
	out := []Item{}
	for _, x := range p.Items {
		if x.Quarter == quarter {
			out = append(out, x)
		}
	}
	return out
}

// Counts are how many items there are of each state.
func (p *Plan) Counts() map[State]int {
	out := map[State]int{}
	for _, x := range p.Items {
		out[x.State]++
	}
	return out
}

// Late are the items of quarters that are over on a day of a year, and that are not done.
func (y *Year) Late(now time.Time) []Item {
	quarter := (int(now.Month())-1)/3 + 1
	out := []Item{}
	for _, x := range y.Page.Draft.Items {
		if x.State != Done && (y.Year < now.Year() || y.Year == now.Year() && x.Quarter < quarter) {
			out = append(out, x)
		}
	}
	return out
}

// EvidenceOf are the pieces of an item, with their place in the list of the year, counted from 1.
func (y *Year) EvidenceOf(itemID string) map[int]Evidence {
	out := map[int]Evidence{}
	for i, e := range y.Evidence {
		if e.ItemID == itemID {
			out[i+1] = e
		}
	}
	return out
}
