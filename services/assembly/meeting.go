package assembly

import (
	"fmt"
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/store"
)

// State is how far a meeting is.
type State string

// The states, in their order. Cancelled is the other end.
const (
	Open      State = "open"      // members propose topics
	Agenda    State = "agenda"    // which topics, in which order, is settled
	Called    State = "called"    // everybody knows when and where
	Held      State = "held"      // who was there is noted; the minutes are written
	Asked     State = "asked"     // the members confirm the minutes
	Published State = "published" // for the members; a summary for the public is let through by a second person
	Cancelled State = "cancelled"
)

// States lists the states in their order.
var States = []State{Open, Agenda, Called, Held, Asked, Published, Cancelled}

// Presence is how an organisation was at a meeting.
type Presence string

// The presences.
const (
	Present Presence = "present"
	Absent  Presence = "absent"
	Excused Presence = "excused"
)

// Presences lists them in the order people choose from.
var Presences = []Presence{Present, Excused, Absent}

// Meeting is one joint meeting, from its first topic to the summary.
type Meeting struct {
	store.Meta
	audit.Trail
	Title string    `json:"title"`
	At    time.Time `json:"at"`
	Place string    `json:"place"`
	State State     `json:"state"`
	// Sequence counts the calls, for calendars (RFC 5545, SEQUENCE).
	Sequence int          `json:"sequence"`
	Topics   []Topic      `json:"topics"` // those on the agenda first, in its order
	Rows     []Attendance `json:"rows"`   // every member of the day of the meeting
	// Due is the last day to confirm the minutes, YYYY-MM-DD; Minutes their hash as they went out. Both are empty until they do.
	Due     string   `json:"due,omitempty"`
	Minutes string   `json:"minutes,omitempty"`
	Answers []Answer `json:"answers"`
	// Back is why minutes that were out were taken back, until they go out again; Backs counts how often that happened.
	Back    string        `json:"back,omitempty"`
	Backs   int           `json:"backs,omitempty"`
	Summary Gate[Summary] `json:"summary"`
	// Shown says that the public has a summary.
	Shown bool `json:"shown"`
}

// Topic is something to talk about, and what came of it.
type Topic struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`
	// OrganisationID proposed it; empty: the liaison.
	OrganisationID string `json:"organisation_id,omitempty"`
	// ActionID is the action item that is not closed and comes back by itself.
	ActionID string `json:"action_id,omitempty"`
	On       bool   `json:"on"` // on the agenda
	Said     string `json:"said,omitempty"`
	Decision string `json:"decision,omitempty"`
}

// Attendance is one organisation at a meeting. Who came for it nobody notes.
type Attendance struct {
	OrganisationID string   `json:"organisation_id"`
	Name           string   `json:"name"` // as it was called then
	Presence       Presence `json:"presence"`
}

// Summary is what the public reads of a meeting.
type Summary struct {
	Title lang.Text `json:"title"`
	Text  lang.Text `json:"text"`
}

// mostTopics bounds the topics that are proposed to a meeting; what comes back by itself does not count.
const mostTopics = 60

// OnAgenda returns the topics of the agenda, in its order.
func (m *Meeting) OnAgenda() []Topic {
	out := []Topic{}
	for _, t := range m.Topics {
		if t.On {
			out = append(out, t)
		}
	}
	return out
}

// ForMembers returns what members read of it: nothing of minutes that are not out yet, nothing of the working copy of the summary, and of
// another's answer only that there is one once they are published.
func (m *Meeting) ForMembers(organisationID string) Meeting {
	out := *m
	out.Summary = Gate[Summary]{}
	if m.State != Asked && m.State != Published {
		out.Topics = slices.Clone(m.Topics)
		for i := range out.Topics {
			out.Topics[i].Said, out.Topics[i].Decision = "", ""
		}
		out.Rows = []Attendance{}
	}
	if m.State != Published {
		out.Answers = slices.DeleteFunc(slices.Clone(m.Answers), func(a Answer) bool { return a.OrganisationID != organisationID })
	}
	return out
}

func (m *Meeting) in(states ...State) error {
	if slices.Contains(states, m.State) {
		return nil
	}
	return fault.New(fault.Conflict, "assembly.wrong.state", fmt.Errorf("assembly: the meeting is %s", m.State))
}

// propose adds a topic.
func (m *Meeting) propose(t Topic) error {
	if err := m.in(Open, Agenda); err != nil {
		return err
	}
	if m.State == Agenda && t.OrganisationID != "" {
		return cannot("assembly.wrong.state", "the agenda is settled")
	}
	proposed := 0
	for _, x := range m.Topics {
		if x.ActionID == "" {
			proposed++
		}
	}
	if proposed >= mostTopics {
		return cannot("assembly.wrong.full", "too many topics")
	}
	t.Title, t.Text = lang.Clean(t.Title), lang.Clean(t.Text)
	wrong := (lang.Limit{Max: MaxTitle, Must: true}).Check("title", t.Title)
	if err := fault.Wrongs(append(wrong, (lang.Limit{Max: MaxText, Prose: true}).Check("text", t.Text)...)); err != nil {
		return err
	}
	t.On = m.State == Agenda
	m.Topics = append(slices.Clone(m.Topics), t)
	return nil
}

// carry puts the action items that are not closed on the agenda, before everything else, and takes those off that were closed since. Those
// that are there stay where they are.
func (m *Meeting) carry(open []Action) {
	m.Topics = slices.DeleteFunc(slices.Clone(m.Topics), func(t Topic) bool {
		return t.ActionID != "" && !slices.ContainsFunc(open, func(a Action) bool { return a.ID == t.ActionID })
	})
	m.bring(open...)
}

// bring puts action items on the agenda, before everything else, and reports whether one was not there yet. Those of the meeting itself do
// not come back to it.
func (m *Meeting) bring(open ...Action) bool {
	front := []Topic{}
	for _, a := range open {
		if a.MeetingID != m.ID && !slices.ContainsFunc(m.Topics, func(t Topic) bool { return t.ActionID == a.ID }) {
			front = append(front, Topic{ID: a.ID, Title: a.Text, ActionID: a.ID, On: true})
		}
	}
	m.Topics = append(front, m.Topics...)
	return len(front) > 0
}

// settle fixes the agenda: order gives the places of topics by id, from 1; a topic without one is not on it. What came back by itself stays on.
func (m *Meeting) settle(order map[string]int, open []Action) error {
	if err := m.in(Open, Agenda); err != nil {
		return err
	}
	m.Topics = slices.Clone(m.Topics)
	for i := range m.Topics {
		t := &m.Topics[i]
		t.On = order[t.ID] > 0 || t.ActionID != ""
	}
	m.carry(open)
	place := func(t Topic) int {
		switch n := order[t.ID]; {
		case n > 0:
			return n
		case t.On:
			return 0 // came back by itself
		default:
			return 1 << 20
		}
	}
	slices.SortStableFunc(m.Topics, func(a, b Topic) int { return place(a) - place(b) })
	if len(m.OnAgenda()) == 0 {
		return fault.Wrong("topics", "assembly.wrong.no_topic", nil)
	}
	m.State = Agenda
	return nil
}

// call says when and where; again when that changes.
func (m *Meeting) call(open []Action, now time.Time) error {
	if err := m.in(Agenda, Called); err != nil {
		return err
	}
	if !m.At.After(now) {
		return fault.Wrong("day", "assembly.wrong.past", nil)
	}
	was := m.Topics
	if m.carry(open); len(m.OnAgenda()) == 0 {
		m.Topics = was // as takeOff leaves it
	}
	if m.State == Called {
		m.Sequence++
	}
	m.State = Called
	return nil
}

// hold notes who was there. Every member has a row; what nobody said of one is absent.
func (m *Meeting) hold(members []Organisation, was map[string]Presence, now time.Time) error {
	if err := m.in(Called, Held); err != nil {
		return err
	}
	if m.At.After(now) {
		return cannot("assembly.wrong.early", "before it begins")
	}
	rows := []Attendance{}
	for _, o := range members {
		p := was[o.ID]
		if !slices.Contains(Presences, p) {
			p = Absent
		}
		rows = append(rows, Attendance{o.ID, o.Name.Hans, p})
	}
	m.Rows, m.State = rows, Held
	return nil
}

func (m *Meeting) cancel() error {
	if err := m.in(Open, Agenda, Called); err != nil {
		return err
	}
	if m.State == Called {
		m.Sequence++
	}
	m.State = Cancelled
	return nil
}

// readSummary checks what the public is to read.
func readSummary(x *Summary) error {
	x.Title, x.Text = x.Title.Clean(), x.Text.Clean()
	wrong := (lang.Limit{Max: MaxTitle, Must: true}).CheckText("title", x.Title)
	wrong = append(wrong, (lang.Limit{Max: MaxText, Must: true, Prose: true}).CheckText("text", x.Text)...)
	wrong = append(wrong, phone.NoMobile("title", x.Title.All()...)...)
	return fault.Wrongs(append(wrong, phone.NoMobile("text", x.Text.All()...)...))
}
