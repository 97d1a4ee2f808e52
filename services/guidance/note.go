// Package guidance keeps what the district suggests for a unit 业态指导: what would do the street good there, what was said about it, and
// whether it came to something. It is for the staff of the district alone, and a suggestion binds nobody.
package guidance

import (
	"context"
	"errors"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/store"
)

const kind = "guidance_note"

// State is how far a suggestion is.
type State string

// The states: suggested → discussed → adopted or declined.
const (
	Suggested State = "suggested"
	Discussed State = "discussed"
	Adopted   State = "adopted"
	Declined  State = "declined"
)

// next says which states follow a state.
var next = map[State][]State{
	Suggested: {Discussed},
	Discussed: {Adopted, Declined},
}

// Next lists the states that follow this one, none where it is decided.
func (s State) Next() []State { return next[s] }

// MaxText is how long a text may be, in characters.
const MaxText = 300

// mostOfUnit is how many suggestions of a unit are shown.
const mostOfUnit = 100

// Note is one suggestion for a unit.
type Note struct {
	store.Meta
	audit.Trail
	UnitID string `json:"unit_id"`
	State  State  `json:"state"`
	// Steps are what was written at each state, the suggestion first.
	Steps []Step `json:"steps"`
}

// Step is what was written when a note came to a state: the suggestion, what was said about it, why it was adopted or declined.
type Step struct {
	State     State     `json:"state"`
	Text      string    `json:"text"`
	At        time.Time `json:"at"`
	AccountID string    `json:"account_id"`
}

// Text is the suggestion itself.
func (n *Note) Text() string { return n.Steps[0].Text }

// Deps are what New needs.
type Deps struct {
	DB   store.DB
	Log  *audit.Log
	Unit func(ctx context.Context, id string) (place.Unit, error)
	Now  func() time.Time
}

// Service keeps the notes. It is safe for concurrent use.
type Service struct {
	Deps
	docs *audit.Recorded[Note]
}

// New returns the notes on d.DB.
func New(d Deps) *Service {
	return &Service{Deps: d, docs: audit.Record(store.NewCollection[Note](d.DB, "guidance_notes", store.Index("unit_id", "created_at"), store.Follow("audit"), store.Sealed()), d.Log, kind)}
}

func may(by access.Actor) error {
	return access.Require(by, access.GuidanceEdit, access.Thing{Kind: kind})
}

// Suggest writes a suggestion for a unit: fault.Invalid names the field, fault.NotFound for a unit that is not there or no more.
func (s *Service) Suggest(ctx context.Context, by access.Actor, unitID, text string) (Note, error) {
	if err := may(by); err != nil {
		return Note{}, err
	}
	u, err := s.Unit(ctx, unitID)
	if err != nil {
		return Note{}, err
	}
	if u.Retired != "" {
		return Note{}, fault.Missing()
	}
	st, err := s.step(by, Suggested, text)
	if err != nil {
		return Note{}, err
	}
	n := Note{UnitID: unitID, State: Suggested, Steps: []Step{st}}
	return n, s.docs.Insert(ctx, by, audit.Write{Action: access.GuidanceEdit, Title: u.Number}, &n)
}

// Move brings a note of a unit to its next state with what is to be said of it, over the revision that was shown: fault.Invalid without words,
// fault.NotFound; fault.Conflict where the state does not follow, or the note changed since.
func (s *Service) Move(ctx context.Context, by access.Actor, unitID, id string, rev int64, to State, text string) (Note, error) {
	if err := may(by); err != nil {
		return Note{}, err
	}
	if err := store.Seen(rev); err != nil {
		return Note{}, err
	}
	st, err := s.step(by, to, text)
	if err != nil {
		return Note{}, err
	}
	return s.docs.UpdateAs(ctx, by, id, rev, func(n *Note) (audit.Write, error) {
		w := audit.Write{Action: access.GuidanceEdit, Title: n.UnitID, Why: string(to)}
		switch {
		case n.UnitID != unitID:
			return w, fault.Missing()
		case !slices.Contains(n.State.Next(), to):
			return w, fault.New(fault.Conflict, "guidance.wrong.state", errors.New("guidance: "+string(to)+" when it is "+string(n.State)))
		}
		n.State, n.Steps = to, append(slices.Clone(n.Steps), st)
		return w, nil
	})
}

func (s *Service) step(by access.Actor, st State, text string) (Step, error) {
	text = lang.Clean(text)
	wrong := append((lang.Limit{Max: MaxText, Must: true, Prose: true}).Check("text", text), phone.NoMobile("text", text)...)
	return Step{State: st, Text: text, At: s.Now().UTC().Truncate(time.Millisecond), AccountID: by.Who()}, fault.Wrongs(wrong)
}

// Of returns the notes of a unit, the newest first.
func (s *Service) Of(ctx context.Context, by access.Actor, unitID string) ([]Note, error) {
	if err := may(by); err != nil {
		return nil, err
	}
	page, err := s.docs.Find(ctx, store.Where("unit_id", store.Eq, unitID).OrderBy("created_at", store.Desc).Limit(mostOfUnit))
	return page.Items, err
}
