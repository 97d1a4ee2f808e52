package lead

import (
	"cmp"
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

// KindVisit is what the trail and questions of permission call a visit.
const KindVisit = "visit"

// Limits. Texts are in characters.
const (
	MaxTopics   = 300
	MaxPromise  = 120
	MaxPromises = 20
	mostBack    = 1 // years a visit may lie back
	mostAhead   = 2 // years a promise may lie ahead
	// MostMonths bounds for how long coverage can be asked.
	MostMonths = 24
)

// Visit is a call on a shop by somebody of the business team.
type Visit struct {
	store.Meta
	audit.Trail
	// ListingID and MerchantID say which shop, and whose that was then: who has it later has no part in what was promised to another.
	ListingID  string `json:"listing_id"`
	MerchantID string `json:"merchant_id"`
	Shop       string `json:"shop"`
	By         string `json:"by"` // account
	Name       string `json:"name"`
	On         string `json:"on"` // YYYY-MM-DD
	Topics     string `json:"topics"`
	// Promises are in the order they were made; NextDue is the first day by which one of them is to be kept, "" where none is open.
	Promises []Promise `json:"promises"`
	NextDue  string    `json:"next_due"`
}

// Promise is something the district said it would do.
type Promise struct {
	Text   string `json:"text"`
	Due    string `json:"due"` // YYYY-MM-DD
	DoneOn string `json:"done_on,omitempty"`
}

// Late reports whether a promise is not kept though its day is over.
func (p *Promise) Late(today string) bool { return p.DoneOn == "" && p.Due < today }

// due finds the first day by which a promise is to be kept.
func (v *Visit) due() {
	v.NextDue = ""
	for i := range v.Promises {
		if p := &v.Promises[i]; p.DoneOn == "" && (v.NextDue == "" || p.Due < v.NextDue) {
			v.NextDue = p.Due
		}
	}
}

// Report is what somebody writes of a visit.
type Report struct {
	On     string
	Topics string
	// Promise is the first one; more are added later. Without text there is none.
	Promise Promise
}

// read brings what somebody typed into its stored form, and says what is wrong with it.
func (r *Report) read(now time.Time) []fault.Field {
	r.Topics = lang.Clean(r.Topics)
	wrong := lang.Limit{Max: MaxTopics, Must: true, Prose: true}.Check("topics", r.Topics)
	day, err := time.Parse(time.DateOnly, r.On)
	switch {
	case err != nil || day.Before(now.AddDate(-mostBack, 0, 0)):
		wrong = append(wrong, fault.Field{Name: "on", Key: "error.date"})
	case r.On > now.Format(time.DateOnly):
		wrong = append(wrong, fault.Field{Name: "on", Key: "visit.wrong.ahead"})
	}
	if r.Promise.Text = lang.Clean(r.Promise.Text); r.Promise.Text != "" {
		wrong = append(wrong, r.Promise.read(r.On, now)...)
	}
	return wrong
}

// read is of a promise made at a visit on a day.
func (p *Promise) read(on string, now time.Time) []fault.Field {
	p.Text, p.DoneOn = lang.Clean(p.Text), ""
	wrong := lang.Limit{Max: MaxPromise, Must: true}.Check("promise", p.Text)
	day, err := time.Parse(time.DateOnly, p.Due)
	switch {
	case err != nil || day.After(now.AddDate(mostAhead, 0, 0)):
		wrong = append(wrong, fault.Field{Name: "due", Key: "error.date"})
	case p.Due < on:
		wrong = append(wrong, fault.Field{Name: "due", Key: "visit.wrong.due"})
	}
	return wrong
}

// Unseen is a shop that nobody called on for a while.
type Unseen struct {
	Shop *listing.Listing
	Last string // YYYY-MM-DD; empty: never
}

// unseen lists the shops with no visit since a day, those never visited first and then by the last visit; otherwise they stay in their order.
func unseen(shops []*listing.Listing, last map[string]string, since string) []Unseen {
	out := []Unseen{}
	for _, l := range shops {
		if on := last[l.ID]; on < since {
			out = append(out, Unseen{l, on})
		}
	}
	slices.SortStableFunc(out, func(a, b Unseen) int { return cmp.Compare(a.Last, b.Last) })
	return out
}
