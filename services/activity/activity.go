// Package activity keeps what organisations do for the neighbourhood 活动: planned, under way, done. Places are counted by organisation
// and never by person: there is no roster of names, and no field for one.
package activity

import (
	"slices"
	"time"

	"shangquan/services/assembly"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// State is how far an activity is.
type State string

// The states: planned → underway → done; cancelled from the first two.
const (
	Planned   State = "planned"
	Underway  State = "underway"
	Done      State = "done"
	Cancelled State = "cancelled"
)

// States lists the states in the order of time.
var States = []State{Planned, Underway, Done, Cancelled}

// Limits. Texts are in characters.
const (
	MaxTitle  = 60
	MaxPlace  = 60
	MaxText   = 600
	MaxReason = 200
	MaxPlaces = 5000 // people at one activity
	MaxPhotos = 12
	longest   = 31 * 24 * time.Hour
)

// Activity is one thing that is done on one occasion.
type Activity struct {
	store.Meta
	audit.Trail
	// Page is everything that is said of it. The liaison and the organisations work with the draft, everybody reads what a second person let
	// through. How far it is, and how many places are taken, are facts that do not wait for anybody.
	Page  assembly.Gate[Plan] `json:"page"`
	State State               `json:"state"`
	// Shown says that it is on the public calendar, and Ends until when it is ahead there; zero where it is not.
	Shown bool      `json:"shown"`
	Ends  time.Time `json:"ends"`
	// Taken are the places by organisation, at most one line each. A number only.
	Taken []Places `json:"taken"`
	// Sequence counts the changes that a calendar must follow (RFC 5545, SEQUENCE).
	Sequence int `json:"sequence"`
}

// Plan is everything that is said of an activity: what it is to be, and later how it went.
type Plan struct {
	Details
	// Came is how many people came, counted at the door and not written down; Result is what came of it.
	Came   int       `json:"came"`
	Result lang.Text `json:"result,omitzero"`
	Why    string    `json:"why,omitempty"` // of cancelling
	Photos []Photo   `json:"photos"`
}

// Plan is what the liaison works with; of a Shown what everybody reads.
func (a *Activity) Plan() *Plan { return &a.Page.Draft }

// Details are what the liaison writes of an activity.
type Details struct {
	Title lang.Text `json:"title"`
	Text  lang.Text `json:"text,omitzero"`
	// OrganiserID is the organisation that does it; empty: the liaison's station itself.
	OrganiserID string    `json:"organiser_id,omitempty"`
	From        time.Time `json:"from"`
	Until       time.Time `json:"until"`
	Place       string    `json:"place"`
	Capacity    int       `json:"capacity"` // people; 0: places are not counted
}

// Places is how many an organisation comes with.
type Places struct {
	OrganisationID string    `json:"organisation_id"`
	N              int       `json:"n"`
	At             time.Time `json:"at"`
	AccountID      string    `json:"account_id"`
}

// Photo is a picture with the word of who said that it may be shown.
type Photo struct {
	media.Photo
	Consent Consent `json:"consent"`
}

// Basis is why a picture may be shown.
type Basis string

// The bases: nobody's face can be made out; everybody who can be made out agreed.
const (
	Faceless Basis = "faceless"
	Agreed   Basis = "agreed"
)

// Bases lists them, the better one first.
var Bases = []Basis{Faceless, Agreed}

// ConsentWords is the version of the sentence that is ticked; another sentence takes another number.
const ConsentWords = 1

// Consent is who said that a picture may be shown, why, when, and to which words.
type Consent struct {
	Basis     Basis     `json:"basis"`
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
}

// Pictures are the photos as a page shows them.
func (p *Plan) Pictures() []media.Photo {
	out := []media.Photo{}
	for _, x := range p.Photos {
		out = append(out, x.Photo)
	}
	return out
}

// TakenSum is how many places are taken.
func (a *Activity) TakenSum() int {
	n := 0
	for _, x := range a.Taken {
		n += x.N
	}
	return n
}

// Left is how many places are left; false where they are not counted.
func (a *Activity) Left() (int, bool) {
	return max(a.Plan().Capacity-a.TakenSum(), 0), a.Plan().Capacity > 0
}

// TakenBy is how many places an organisation has.
func (a *Activity) TakenBy(organisationID string) int {
	for _, x := range a.Taken {
		if x.OrganisationID == organisationID {
			return x.N
		}
	}
	return 0
}

// OpenTo reports whether places may still be taken at now.
func (a *Activity) OpenTo(now time.Time) bool {
	return a.State == Planned && a.Plan().Capacity > 0 && now.Before(a.Plan().From)
}

// Overdue reports whether it has ended and nobody said how it went.
func (a *Activity) Overdue(now time.Time) bool {
	return (a.State == Planned || a.State == Underway) && now.After(a.Plan().Until)
}

func (d *Details) read() error {
	for _, x := range []*lang.Text{&d.Title, &d.Text} {
		*x = x.Clean()
	}
	d.Place = lang.Clean(d.Place)
	d.From, d.Until = d.From.UTC().Truncate(time.Minute), d.Until.UTC().Truncate(time.Minute)
	wrong := (lang.Limit{Max: MaxTitle, Must: true}).CheckText("title", d.Title)
	wrong = append(wrong, (lang.Limit{Max: MaxText, Prose: true}).CheckText("text", d.Text)...)
	wrong = append(wrong, (lang.Limit{Max: MaxPlace, Must: true}).Check("place", d.Place)...)
	wrong = append(wrong, phone.NoMobile("title", d.Title.All()...)...)
	wrong = append(wrong, phone.NoMobile("text", d.Text.All()...)...)
	wrong = append(wrong, phone.NoMobile("place", d.Place)...)
	switch {
	case d.From.Year() < 2000:
		wrong = append(wrong, fault.Field{Name: "day", Key: "activity.wrong.day"})
	case !d.Until.After(d.From):
		wrong = append(wrong, fault.Field{Name: "until", Key: "activity.wrong.until"})
	case d.Until.Sub(d.From) > longest:
		wrong = append(wrong, fault.Field{Name: "until", Key: "activity.wrong.long"})
	}
	if d.Capacity < 0 || d.Capacity > MaxPlaces {
		wrong = append(wrong, fault.Field{Name: "capacity", Key: "activity.wrong.capacity", Args: map[string]any{"Max": MaxPlaces}})
	}
	return fault.Wrongs(wrong)
}

// take writes n places for an organisation; 0 gives them back.
func (a *Activity) take(organisationID, accountID string, n int, now time.Time) error {
	if n < 0 || n > MaxPlaces {
		return fault.Wrong("n", "activity.wrong.n", nil)
	}
	if !a.OpenTo(now) {
		return cannot("activity.wrong.closed", "places are not given any more")
	}
	others := a.TakenSum() - a.TakenBy(organisationID)
	if room := a.Plan().Capacity - others; n > room {
		return fault.Wrong("n", "activity.wrong.full", map[string]any{"Left": room})
	}
	a.Taken = slices.DeleteFunc(slices.Clone(a.Taken), func(x Places) bool { return x.OrganisationID == organisationID })
	if n > 0 {
		a.Taken = append(a.Taken, Places{OrganisationID: organisationID, N: n, At: now.UTC().Truncate(time.Millisecond), AccountID: accountID})
	}
	return nil
}
