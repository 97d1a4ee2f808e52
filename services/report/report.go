// Package report takes what people say is wrong with a shop's page, 这条信息不对, and gives them a number under which they read
// what came of it. A report never changes a page: it informs the owner of the shop and a coordinator.
package report

import (
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/store"
)

// Reason is what is wrong.
type Reason string

// The reasons.
const (
	Closed Reason = "closed" // out of business
	Moved  Reason = "moved"
	Hours  Reason = "hours"
	Phone  Reason = "phone"
	Place  Reason = "place" // the plan or the address is wrong
	Name   Reason = "name"
	Absent Reason = "absent" // there is no such shop there
	Photo  Reason = "photo"  // a picture that should not be on the page
	Other  Reason = "other"  // asks for a note
)

// Reasons lists the reasons that come with the program, in the order people choose from. Others may be added, see Service.OfferReasons.
var Reasons = []Reason{Closed, Moved, Hours, Phone, Place, Name, Absent, Photo, Other}

// State is how far a report has come.
type State string

// The states: new → looked → answered, or at once from new to answered.
const (
	Fresh    State = "new"
	Looked   State = "looked" // a coordinator is on it
	Answered State = "answered"
)

// Outcome is what came of a report.
type Outcome string

// The outcomes.
const (
	Done    Outcome = "done"     // the page was put right
	Right   Outcome = "right"    // it was right already
	NotOurs Outcome = "not_ours" // the district cannot do it; the answer says who can
)

// Outcomes lists the outcomes.
var Outcomes = []Outcome{Done, Right, NotOurs}

// Limits.
const (
	MaxNote    = 300 // runes
	MaxContact = 60
	MaxAnswer  = 300
	// MaxVoices is how many people a report counts; it says "and more" then. Whoever comes later gets the same number, and nothing
	// is written any more: a thousand reports of one thing are one report that says fifty.
	MaxVoices = 50
	// maxNotes and perVoice bound what is read beside it: the first notes say it all.
	maxNotes = 20
	perVoice = 3
	// Keep is how long what is personal in a report is kept at most, see KeepFor.
	Keep     = KeepDays * 24 * time.Hour
	KeepDays = 30
)

// never is later than any time something is due.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// report is one thing that is wrong with one shop, said by one or many.
type report struct {
	store.Meta
	audit.Trail
	Ref       string `json:"ref"`  // the number people are given, without its hyphen
	Open      string `json:"open"` // shop and reason while it is open, so that there is one of each; then its number
	ListingID string `json:"listing_id"`
	Reason    Reason `json:"reason"`
	State     State  `json:"state"`
	Count     int    `json:"count"` // people who said it, at most MaxVoices
	// Notes are what people wrote. They may hold personal data; purpose: to see what is wrong; retention: Keep from the answer on.
	Notes []Note `json:"notes"`
	// Voices are the people, as far as they must be told apart. Personal; retention: Keep.
	Voices []voice `json:"voices"`
	// Told says that the owner of the shop was told, or that there is none.
	Told       bool       `json:"told"`
	LookedAt   *time.Time `json:"looked_at,omitempty"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Outcome    Outcome    `json:"outcome"`
	Answer     string     `json:"answer"`   // in the words of the coordinator; may be empty
	EraseAt    time.Time  `json:"erase_at"` // when the next personal part is due
}

// Note is what somebody wrote.
type Note struct {
	Text string    `json:"text"`
	At   time.Time `json:"at"`
}

// voice is one person who reported.
type voice struct {
	// Hash is a keyed hash of the address. Personal; purpose: one person counts once; retention: Keep.
	Hash  string    `json:"hash"`
	At    time.Time `json:"at"` // when last heard
	Times int       `json:"times"`
	// Contact is a phone number or address, sealed. Personal; purpose: a coordinator asks back; retention: Keep.
	Contact string `json:"contact"`
}

// Item is a report as the desk and the shop read it.
type Item struct {
	ID         string
	Rev        int64
	Ref        string
	ListingID  string
	Reason     Reason
	State      State
	Count      int  // people who said it
	More       bool // there may be more than Count
	Notes      []Note
	Contacts   int // people who can be asked back, see Service.Contacts
	SentAt     time.Time
	LookedAt   time.Time // zero before
	AnsweredAt time.Time // zero before
	Outcome    Outcome
	Answer     string
}

func (r *report) item() Item {
	i := Item{
		ID: r.ID, Rev: r.Rev, Ref: Spell(r.Ref), ListingID: r.ListingID, Reason: r.Reason, State: r.State, Count: r.Count, More: r.Count >= MaxVoices,
		Notes: r.Notes, SentAt: r.CreatedAt, Outcome: r.Outcome, Answer: r.Answer,
	}
	for _, v := range r.Voices {
		if v.Contact != "" {
			i.Contacts++
		}
	}
	if r.LookedAt != nil {
		i.LookedAt = *r.LookedAt
	}
	if r.AnsweredAt != nil {
		i.AnsweredAt = *r.AnsweredAt
	}
	return i
}

// hear adds what a person says, and reports whether that changes anything.
func (r *report) hear(who, note, contact string, now time.Time) bool {
	at := slices.IndexFunc(r.Voices, func(v voice) bool { return v.Hash == who })
	switch {
	case at >= 0 && (r.Voices[at].Times >= perVoice || note == "" && contact == ""):
		return false // the same again
	case at < 0 && r.Count >= MaxVoices:
		return false
	case at < 0:
		r.Count++
		r.Voices = append(r.Voices, voice{Hash: who})
		at = len(r.Voices) - 1
	}
	v := &r.Voices[at]
	v.At, v.Times = now, v.Times+1
	if contact != "" {
		v.Contact = contact
	}
	said := slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Text == note })
	if note != "" && !said && len(r.Notes) < maxNotes {
		r.Notes = append(r.Notes, Note{note, now})
	}
	r.due()
	return true
}

// forget erases the personal parts whose time is over.
func (r *report) forget(now time.Time) {
	r.Voices = slices.DeleteFunc(r.Voices, func(v voice) bool { return !now.Before(v.At.Add(Keep)) })
	if r.AnsweredAt != nil && !now.Before(r.AnsweredAt.Add(Keep)) {
		r.Notes = []Note{}
	}
	r.due()
}

// due says when forget has something to do again.
func (r *report) due() {
	r.EraseAt = never
	for _, v := range r.Voices {
		r.EraseAt = earlier(r.EraseAt, v.At.Add(Keep))
	}
	if r.AnsweredAt != nil && len(r.Notes) > 0 {
		r.EraseAt = earlier(r.EraseAt, r.AnsweredAt.Add(Keep))
	}
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
