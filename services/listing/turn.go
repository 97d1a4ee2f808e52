package listing

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
)

// Turn is a turn 变动 in the life of a shop: it opened, moved or closed. The register of openings and closings is all turns of all
// listings; what the program can tell from what is done to a listing it writes down in the same write, and nobody enters it twice.
type Turn struct {
	ID     string     `json:"id"` // within its listing
	Kind   TurnKind   `json:"kind"`
	On     string     `json:"on"`               // YYYY-MM-DD, by the calendar of the district
	Reason string     `json:"reason,omitempty"` // one of TurnReasons, or of the district's own
	Source TurnSource `json:"source"`
	Note   string     `json:"note,omitempty"`
	// Within says of a closing that the shop goes on elsewhere in the district: it moved, and is not counted as lost.
	Within bool      `json:"within,omitempty"`
	Void   bool      `json:"void,omitempty"` // it was a mistake; counted nowhere
	At     time.Time `json:"at"`             // when it was written down
}

// TurnKind is what happened.
type TurnKind string

// The kinds of turns.
const (
	Opened     TurnKind = "opened"
	MovedUnits TurnKind = "moved"    // into another unit of the district, under the same page
	Grew       TurnKind = "grew"     // took more floor
	Shrank     TurnKind = "shrank"   // gave some up
	ShutDown   TurnKind = "closed"   // 停业 or 迁出, see Closure
	Registered TurnKind = "recorded" // was there before, and was only then entered: no opening
)

// TurnKinds lists the kinds in the order forms offer them.
var TurnKinds = []TurnKind{Opened, MovedUnits, Grew, Shrank, ShutDown, Registered}

// TurnSource says how a turn is known.
type TurnSource string

// The sources of turns.
const (
	FromAct    TurnSource = "act"    // from what was done to the listing
	FromSurvey TurnSource = "survey" // seen at the door
	FromTyped  TurnSource = "typed"  // entered or corrected by a coordinator
)

// TurnReasons are why shops close or move, as they come with the program; empty is not known. What the district adds and offers no more
// the service is told by OfferReasons.
var TurnReasons = []string{"rent", "lease", "trade", "owner", "site", "licence", "chain", "else"}

// Reopening within so many days of the closing means that the closing was a mistake.
const reopenDays = 30

// maxTyped bounds how many turns one listing may have before no more are typed in.
const maxTyped = 50

var turnNote = lang.Limit{Max: 200, Prose: true}

// life is what turned compares.
type life struct {
	state State
	unit  string
}

func (l *Listing) life() life { return life{l.State, l.Address.UnitID} }

// turned writes down what a change of l means for the register of openings and closings.
func (l *Listing) turned(was life, now time.Time) {
	today := now.Format(time.DateOnly)
	switch {
	case was.state == Submitted && l.State == Published:
		if l.last(Opened) < 0 && l.last(Registered) < 0 {
			l.turn(Turn{Kind: Opened, On: l.opensOn(today), Source: FromAct, At: now})
		}
	case was.state == Published && l.State == Closed && l.Closure != nil:
		l.turn(Turn{Kind: ShutDown, On: l.Closure.On, Source: FromAct, Within: l.Closure.ForwardID != "", At: now})
	case was.state == Closed && l.State == Published:
		i := l.last(ShutDown)
		if i >= 0 && within(l.Turns[i].On, today, reopenDays) {
			next := slices.Clone(l.Turns)
			next[i].Void = true
			l.Turns = next
			return
		}
		l.turn(Turn{Kind: Opened, On: today, Source: FromAct, At: now})
	case l.State == Published && was.state == Published && was.unit != "" && l.Address.UnitID != "" && was.unit != l.Address.UnitID:
		l.turn(Turn{Kind: MovedUnits, On: today, Source: FromAct, At: now})
	}
}

// opensOn is the day a submitted shop opens by what a survey said of it, else today.
func (l *Listing) opensOn(today string) string {
	if l.SeenOpenOn != "" {
		return l.SeenOpenOn
	}
	return today
}

func (l *Listing) turn(t Turn) {
	next := 0
	for _, x := range l.Turns {
		if n, err := strconv.Atoi(x.ID); err == nil {
			next = max(next, n)
		}
	}
	t.ID = strconv.Itoa(next + 1)
	l.Turns = append(slices.Clone(l.Turns), t)
}

// last returns the index of the last turn of a kind that stands; −1 where there is none.
func (l *Listing) last(k TurnKind) int {
	for i := len(l.Turns) - 1; i >= 0; i-- {
		if l.Turns[i].Kind == k && !l.Turns[i].Void {
			return i
		}
	}
	return -1
}

// turn checks a turn as it is stored.
func (c *checks) turn(t *Turn) {
	c.when(t.ID == "" || len(t.ID) > 4 || strings.Trim(t.ID, "0123456789") != "", "turns.id", "error.choice")
	c.when(!slices.Contains(TurnKinds, t.Kind), "kind", "error.choice")
	c.when(t.On == "", "on", "error.date")
	c.date("on", t.On)
	c.when(t.Reason != "" && !lang.Slug(t.Reason), "reason", "error.choice")
	c.when(!slices.Contains([]TurnSource{FromAct, FromSurvey, FromTyped}, t.Source), "turns.source", "error.choice")
	c.fields = append(c.fields, turnNote.Check("note", t.Note)...)
}

// typed checks a turn as it is typed in: nothing is known of days to come.
func (t Turn) typed(today string) error {
	var c checks
	if t.ID == "" {
		t.ID = "0"
	}
	t.Source = FromTyped
	c.turn(&t)
	c.when(len(c.fields) == 0 && t.On > today, "on", "error.turn.later")
	if len(c.fields) > 0 {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: c.fields}
	}
	return nil
}

// OfferReasons says which reasons of turns can be chosen; without it those of the program. It is called before the service is used.
func (s *Service) OfferReasons(offered func(code string) bool) { s.reasons = offered }

// offers refuses a reason that cannot be chosen, unless the turn has it already.
func (s *Service) offers(reason, had string) error {
	if reason == "" || reason == had || s.reasons(reason) {
		return nil
	}
	return fault.Wrong("reason", "error.choice", nil)
}

// Correct writes a turn of a listing by hand over revision rev: a new one without an id, else the one with this id, which keeps when
// it was written down. The page itself stays as it is: a shop is closed by Close. fault.Invalid names kind, on, reason or note;
// fault.NotFound for an id it does not have.
func (s *Service) Correct(ctx context.Context, by access.Actor, id string, rev int64, t Turn) (Listing, error) {
	t.Note = lang.Clean(t.Note)
	if err := t.typed(s.now().Format(time.DateOnly)); err != nil {
		return Listing{}, err
	}
	return s.change(ctx, by, access.TurnCorrect, audit.Write{Action: access.TurnCorrect}, id, rev, func(l *Listing) error {
		if t.ID == "" {
			if len(l.Turns) >= maxTyped {
				return fault.New(fault.Conflict, "error.turn.most", errors.New("listing: too many turns"))
			}
			if err := s.offers(t.Reason, ""); err != nil {
				return err
			}
			made := t
			made.Source, made.At = FromTyped, s.now()
			l.turn(made)
			return nil
		}
		i := slices.IndexFunc(l.Turns, func(x Turn) bool { return x.ID == t.ID })
		if i < 0 {
			return fault.Missing()
		}
		next := slices.Clone(l.Turns)
		was := next[i]
		if err := s.offers(t.Reason, was.Reason); err != nil {
			return err
		}
		next[i] = t
		next[i].At, next[i].Source = was.At, FromTyped
		if next[i] == was {
			return errSame
		}
		l.Turns = next
		return nil
	})
}

// Turned is a turn with the shop it is of.
type Turned struct {
	Turn
	Listing Listing
}

// TurnsSince returns the turns of every listing from a day on, YYYY-MM-DD, those that were mistakes too, in the order of their days.
func (s *Service) TurnsSince(ctx context.Context, by access.Actor, day string) ([]Turned, error) {
	if err := access.Require(by, access.TurnRead, access.Thing{Kind: Kind}); err != nil {
		return nil, err
	}
	out := []Turned{}
	for l, err := range s.coll.Each(ctx, store.Where("turns.on", store.Gte, day)) {
		if err != nil {
			return nil, err
		}
		if l.Merged != nil {
			continue // one shop under two entries opened once
		}
		for _, t := range l.Turns {
			if t.On >= day {
				out = append(out, Turned{Turn: t, Listing: l})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Turned) int {
		if a.On != b.On {
			if a.On < b.On {
				return -1
			}
			return 1
		}
		return byName(a.Listing, b.Listing)
	})
	return out, nil
}

// left says how l left its unit.
func (l *Listing) left(now time.Time) place.Leaving {
	out := place.Leaving{On: now.Format(time.DateOnly), How: place.EndRelocated}
	switch {
	case l.State == Closed && l.Closure != nil:
		out.On = l.Closure.On
		out.How = place.EndCeased
		if l.Closure.Kind == Moved {
			out.How = place.EndMoved
		}
	case l.State == Archived:
		out.How = place.EndArchived
	}
	return out
}
