package station

import (
	"cmp"
	"slices"
	"time"

	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// State is how far a booking is: requested → confirmed → used or no-show → closed; refused with a reason, or withdrawn.
type State string

// The states.
const (
	Requested State = "requested"
	Confirmed State = "confirmed"
	Used      State = "used"
	NoShow    State = "no_show"
	Closed    State = "closed"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// Holds reports whether a booking in this state keeps others out.
func (s State) Holds() bool { return s != Refused && s != Withdrawn }

// Booking is a room on one day for one organisation. It names no person.
type Booking struct {
	ID             string    `json:"id"`
	OrganisationID string    `json:"organisation_id"`
	Day            string    `json:"day"`  // YYYY-MM-DD
	From           int       `json:"from"` // minutes after midnight
	To             int       `json:"to"`
	Purpose        string    `json:"purpose"`
	People         int       `json:"people"` // how many come
	State          State     `json:"state"`
	Reason         string    `json:"reason,omitempty"`  // why it was refused or withdrawn
	Outcome        State     `json:"outcome,omitempty"` // of a closed one: used or no-show
	AskedAt        time.Time `json:"asked_at"`
	Sequence       int       `json:"sequence"` // counts its changes, for calendars
}

// Start and End are when it begins and ends.
func (b *Booking) Start() time.Time { return b.minute(b.From) }

// End is when it ends.
func (b *Booking) End() time.Time { return b.minute(b.To) }

func (b *Booking) minute(m int) time.Time {
	d, err := calendar.ParseDate(b.Day)
	if err != nil {
		return time.Time{}
	}
	return d.At(m)
}

// Week holds all bookings of one room from a Monday to the Sunday after it. It is one document, written by compare-and-swap: two bookings
// that overlap, and the second of an organisation above its limit, cannot both be in it, whoever writes at once.
type Week struct {
	store.Meta
	audit.Trail
	Key           string    `json:"key"` // room and Monday
	RoomID        string    `json:"room_id"`
	Monday        string    `json:"monday"`
	Waiting       bool      `json:"waiting"` // a booking waits for an answer
	Organisations []string  `json:"organisations"`
	Bookings      []Booking `json:"bookings"` // by day and begin
}

func weekKey(roomID string, monday calendar.Date) string { return roomID + " " + monday.String() }

// mostInWeek bounds the bookings of a week, with those refused and withdrawn.
const mostInWeek = 200

// Step is the grid of bookings in minutes.
const Step = 15

// Wish is what an organisation asks for.
type Wish struct {
	Day      string
	From, To int // minutes after midnight
	Purpose  string
	People   int
}

// Taken is why a booking is refused when the room is another's then: Free are the nearest times of the same length.
type Taken struct{ Free []Slot }

// Error implements error.
func (t *Taken) Error() string { return "station: somebody has the room then" }

// Slot is a stretch of a day that a room is free for.
type Slot struct {
	Day      calendar.Date
	From, To int
}

// check reads a wish against the rules of the room: fault.Invalid.
func (w *Wish) check(r *Room, cal *calendar.Calendar, now time.Time) (calendar.Date, error) {
	w.Purpose = lang.Clean(w.Purpose)
	wrong := (lang.Limit{Max: MaxLine, Must: true}).Check("purpose", w.Purpose)
	if w.People < 1 || w.People > r.Seats {
		wrong = append(wrong, fault.Field{Name: "people", Key: "station.wrong.people", Args: map[string]any{"Max": r.Seats}})
	}
	day, err := calendar.ParseDate(w.Day)
	if err != nil {
		return 0, fault.Wrongs(append(wrong, fault.Field{Name: "day", Key: "station.wrong.day"}))
	}
	switch today := calendar.Today(now); {
	case w.From%Step != 0 || w.To%Step != 0 || w.From < 0 || w.To > 24*60:
		wrong = append(wrong, fault.Field{Name: "from", Key: "station.wrong.time"})
	case w.To <= w.From:
		wrong = append(wrong, fault.Field{Name: "to", Key: "station.wrong.order"})
	case w.To-w.From > r.MaxMinutes:
		wrong = append(wrong, fault.Field{Name: "to", Key: "station.wrong.long", Args: map[string]any{"Max": r.MaxMinutes}})
	case day > today+calendar.Date(r.AheadDays):
		wrong = append(wrong, fault.Field{Name: "day", Key: "station.wrong.ahead", Args: map[string]any{"Days": r.AheadDays}})
	case day.At(w.From).Before(now.Add(time.Duration(r.LeadHours) * time.Hour)):
		wrong = append(wrong, fault.Field{Name: "day", Key: "station.wrong.lead", Args: map[string]any{"Hours": r.LeadHours}})
	case !r.openFor(cal, day, w.From, w.To):
		wrong = append(wrong, fault.Field{Name: "from", Key: "station.wrong.shut"})
	}
	return day, fault.Wrongs(wrong)
}

// openFor reports whether the room is open all the time from one minute to another. A holiday nobody has spoken of is not.
func (r *Room) openFor(cal *calendar.Calendar, day calendar.Date, from, to int) bool {
	on := hours.DayOf(r.Hours, cal, day)
	return on.Known && !on.Unanswered && slices.ContainsFunc(on.Spans, func(s hours.Span) bool { return s.Open <= from && to <= s.Close })
}

// take puts a booking into the week: fault.Conflict with Taken where another holds the room, and where the organisation has its share.
func (w *Week) take(b Booking, perWeek int) error {
	mine := 0
	for i := range w.Bookings {
		x := &w.Bookings[i]
		if !x.State.Holds() {
			continue
		}
		if x.Day == b.Day && x.From < b.To && b.From < x.To {
			return fault.New(fault.Conflict, "station.wrong.taken", &Taken{})
		}
		if x.OrganisationID == b.OrganisationID {
			mine++
		}
	}
	if mine >= perWeek {
		return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: []fault.Field{{Name: "day", Key: "station.wrong.share", Args: map[string]any{"Max": perWeek}}}}
	}
	if len(w.Bookings) >= mostInWeek {
		return cannot("station.wrong.full", "too many bookings in a week")
	}
	w.Bookings = append(slices.Clone(w.Bookings), b)
	w.settle()
	return nil
}

// settle brings in order what follows from the bookings.
func (w *Week) settle() {
	slices.SortStableFunc(w.Bookings, func(a, b Booking) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From), cmp.Compare(a.ID, b.ID))
	})
	w.Waiting, w.Organisations = false, []string{}
	for i := range w.Bookings {
		b := &w.Bookings[i]
		w.Waiting = w.Waiting || b.State == Requested
		if !slices.Contains(w.Organisations, b.OrganisationID) {
			w.Organisations = append(w.Organisations, b.OrganisationID)
		}
	}
}

// Deed is what is done to a booking.
type Deed string

// The deeds. Withdraw is the organisation's, the others are the liaison's.
const (
	Confirm  Deed = "confirm"
	Refuse   Deed = "refuse"
	MarkUsed Deed = "used"
	MarkGone Deed = "no_show"
	Close    Deed = "close"
	Withdraw Deed = "withdraw"
)

// deed is one line of what can be done when.
type deed struct {
	from   []State
	to     State
	before bool // only before it begins
	after  bool // only once it has begun
	reason bool
}

var deeds = map[Deed]deed{
	Confirm:  {from: []State{Requested}, to: Confirmed, before: true},
	Refuse:   {from: []State{Requested, Confirmed}, to: Refused, reason: true},
	MarkUsed: {from: []State{Confirmed}, to: Used, after: true},
	MarkGone: {from: []State{Confirmed}, to: NoShow, after: true},
	Close:    {from: []State{Used, NoShow}, to: Closed},
	Withdraw: {from: []State{Requested, Confirmed}, to: Withdrawn, before: true},
}

// Can reports whether something can be done to a booking now.
func (b *Booking) Can(d Deed, now time.Time) bool {
	x, ok := deeds[d]
	begun := !now.Before(b.Start())
	return ok && slices.Contains(x.from, b.State) && (!x.before || !begun) && (!x.after || begun)
}

// do carries out a deed: fault.NotFound, fault.Conflict when the booking is not at it.
func (w *Week) do(id string, d Deed, reason string, now time.Time) (Booking, error) {
	w.Bookings = slices.Clone(w.Bookings)
	for i := range w.Bookings {
		b := &w.Bookings[i]
		if b.ID != id {
			continue
		}
		if !b.Can(d, now) {
			return Booking{}, cannot("station.wrong.state", "a "+string(b.State)+" booking is not at "+string(d))
		}
		if d == Close {
			b.Outcome = b.State
		}
		b.State, b.Reason = deeds[d].to, reason
		b.Sequence++
		done := *b
		w.settle()
		return done, nil
	}
	return Booking{}, fault.Missing()
}

// searchDays is how many days before and after the wish free times are looked for.
const searchDays = 3

// Free returns up to n free times of a room nearest to the wish, none of them overlapping another, among the weeks given.
func (r *Room) Free(cal *calendar.Calendar, weeks []Week, day calendar.Date, from, length, n int, now time.Time) []Slot {
	earliest := now.Add(time.Duration(r.LeadHours) * time.Hour)
	latest := calendar.Today(now) + calendar.Date(r.AheadDays)
	near := []Slot{}
	for d := day - searchDays; d <= day+searchDays; d++ {
		if d > latest {
			break
		}
		taken := held(weeks, d.String())
		on := hours.DayOf(r.Hours, cal, d)
		if !on.Known || on.Unanswered {
			continue
		}
		for _, s := range on.Spans {
			for m := (s.Open + Step - 1) / Step * Step; m+length <= min(s.Close, 24*60); m += Step {
				slot := Slot{d, m, m + length}
				if d.At(m).Before(earliest) || slices.ContainsFunc(taken, func(b Booking) bool { return b.From < slot.To && slot.From < b.To }) {
					continue
				}
				near = append(near, slot)
			}
		}
	}
	far := func(s Slot) int {
		x := int(s.Day-day)*24*60 + s.From - from
		return max(x, -x)
	}
	slices.SortStableFunc(near, func(a, b Slot) int { return cmp.Compare(far(a), far(b)) })
	out := []Slot{}
	for _, s := range near {
		if len(out) == n {
			break
		}
		if !slices.ContainsFunc(out, func(x Slot) bool { return x.Day == s.Day && x.From < s.To && s.From < x.To }) {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b Slot) int { return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.From, b.From)) })
	return out
}

// held are the bookings of a day that keep others out.
func held(weeks []Week, day string) []Booking {
	out := []Booking{}
	for _, w := range weeks {
		for _, b := range w.Bookings {
			if b.Day == day && b.State.Holds() {
				out = append(out, b)
			}
		}
	}
	return out
}
