package hours

import (
	"slices"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// Reason says which part of the hours decides a day.
type Reason string

// The reasons, from the weakest to the strongest.
const (
	ByWeek    Reason = "week"
	ByClass   Reason = "class"
	BySpecial Reason = "special"
	ByPause   Reason = "pause"
)

// Day is what holds on one date.
type Day struct {
	Date   calendar.Date  `json:"date"`
	Class  calendar.Class `json:"class"`
	Known  bool           `json:"known"` // false: the hours are unknown and Spans says nothing
	Spans  []Span         `json:"spans"` // never nil; empty: closed
	Reason Reason         `json:"reason"`
	Note   lang.Text      `json:"note,omitzero"` // of the special day or the pause
	// Unanswered: a holiday or a make-up day for which the shop has not said what it does, so that the week stands in:
	// 节假日时间待确认.
	Unanswered bool `json:"unanswered,omitempty"`
}

// DayOf returns what holds on date d.
func DayOf(h Hours, cal *calendar.Calendar, d calendar.Date) Day {
	p := prepare(h, cal)
	return p.day(d)
}

// plan is hours made ready for questions: dates parsed, calendar at hand.
type plan struct {
	Hours
	cal      *calendar.Calendar
	week     [7][]Span // ordinary
	specials []dated
	pause    dated
	paused   bool // there is a pause at all
	// settled is the last date of the special days and the pause.
	settled calendar.Date
}

// dated is a range of dates, both ends inside, and where the special day stands in the list.
type dated struct {
	from, to calendar.Date
	index    int
}

const (
	day     = 24 * 60
	forever = calendar.Date(1 << 30)
)

func prepare(h Hours, cal *calendar.Calendar) *plan {
	p := &plan{Hours: h, cal: cal, week: h.Ordinary()}
	// A range that cannot be read holds on no day; Validate refuses it before it is stored.
	for i, s := range h.Special {
		from, err := calendar.ParseDate(s.From)
		if err != nil {
			continue
		}
		if to, err := calendar.ParseDate(s.To); err == nil {
			p.specials = append(p.specials, dated{from, to, i})
			p.settled = max(p.settled, to)
		}
	}
	if h.Pause != nil {
		from, err := calendar.ParseDate(h.Pause.From)
		until := forever
		if err == nil && h.Pause.Until != "" {
			until, err = calendar.ParseDate(h.Pause.Until)
		}
		if err == nil {
			p.pause, p.paused = dated{from: from, to: until}, true
			p.settled = max(p.settled, until)
		}
	}
	return p
}

func (d dated) holds(on calendar.Date) bool { return d.from <= on && on <= d.to }

func (p *plan) day(d calendar.Date) Day {
	out := Day{Date: d, Class: p.cal.Class(d), Known: p.Known, Reason: ByWeek}
	if p.paused && p.pause.holds(d) {
		out.Known, out.Reason, out.Note, out.Spans = true, ByPause, p.Pause.Note, []Span{}
		return out
	}
	if !p.Known {
		out.Spans = []Span{}
		return out
	}
	for i := len(p.specials) - 1; i >= 0; i-- { // the later one wins, as in OSM
		if s := p.specials[i]; s.holds(d) {
			out.Reason, out.Note, out.Spans = BySpecial, p.Special[s.index].Note, list(p.Special[s.index].Spans)
			return out
		}
	}
	if spans, ok := p.ByClass[string(out.Class)]; ok {
		out.Reason, out.Spans = ByClass, list(spans)
		return out
	}
	out.Spans = list(p.week[d.FromMonday()])
	out.Unanswered = out.Class == calendar.Holiday || out.Class == calendar.Makeup && !p.uniform()
	return out
}

// ClassDay is what a shop says of all days of one class.
type ClassDay struct {
	Class calendar.Class
	Spans []Span // never nil; empty: closed
	// Usual: that is what holds on every day of the week. Unanswered: nobody has said, and Spans says nothing.
	Usual, Unanswered bool
}

// ClassDays returns what is known of public holidays and of make-up working days, none for unknown hours. Make-up days are left out where
// nobody has said and every day is the same: there is nothing to ask.
func ClassDays(h Hours) []ClassDay {
	out := []ClassDay{}
	if !h.Known {
		return out
	}
	p := plan{Hours: h, week: h.Ordinary()}
	for _, class := range []calendar.Class{calendar.Holiday, calendar.Makeup} {
		spans, answered := h.ByClass[string(class)]
		if !answered && class == calendar.Makeup && p.uniform() {
			continue
		}
		out = append(out, ClassDay{Class: class, Spans: list(spans), Usual: answered && p.uniform() && slices.Equal(spans, p.week[0]), Unanswered: !answered})
	}
	return out
}

// uniform reports whether every weekday has the same spans: then a make-up day has them without being asked.
func (p *plan) uniform() bool {
	for _, spans := range p.week[1:] {
		if !slices.Equal(spans, p.week[0]) {
			return false
		}
	}
	return true
}

// Ordinary returns the spans of an ordinary week, Monday first: what ByClass says of working days and days of rest goes before Week.
func (h Hours) Ordinary() [7][]Span {
	week := h.Week
	for i := range week {
		class := calendar.Weekday
		if i >= 5 {
			class = calendar.Rest
		}
		if spans, ok := h.ByClass[string(class)]; ok {
			week[i] = spans
		}
	}
	return week
}
