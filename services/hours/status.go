package hours

import (
	"time"

	"shangquan/services/calendar"
)

// State is open or not.
type State string

// The states. Unknown is never closed: it means that nobody has said.
const (
	Open        State = "open"
	ClosingSoon State = "closing_soon" // open, for SoonMinutes or less
	Closed      State = "closed"
	Unknown     State = "unknown"
	Paused      State = "paused" // 暂停营业
)

// SoonMinutes is how long before closing a shop counts as closing soon.
const SoonMinutes = 30

// Horizon is how many days ahead the next opening or closing is looked for. What lies beyond is reported as not known.
const Horizon = 400

// Status is the answer to "is it open": computed, never stored.
type Status struct {
	State State `json:"state"`
	// Since is when this stretch of opening began; zero unless open, and when it began more than a week ago.
	Since time.Time `json:"since,omitzero"`
	// Until is when it closes; zero unless open, and for shops that never close.
	Until time.Time `json:"until,omitzero"`
	// Opens is when it opens next; zero when it is open or unknown, and when no opening lies within Horizon.
	Opens time.Time `json:"opens,omitzero"`
	// Today is what holds on the date it is in Shanghai.
	Today Day `json:"today"`
}

// IsOpen reports whether customers can go in.
func (s Status) IsOpen() bool { return s.State == Open || s.State == ClosingSoon }

// At returns whether a shop is open at t, and the next change.
func At(h Hours, cal *calendar.Calendar, t time.Time) Status {
	p := prepare(h, cal)
	d, minute := calendar.Clock(t)
	out := Status{Today: p.day(d)}
	switch open := p.open(d, minute); {
	case open:
		out.State = Open
		out.Since = p.since(d, minute)
		if end, ok := p.flip(d, minute, true); ok {
			out.Until = end
			if end.Sub(t) <= SoonMinutes*time.Minute {
				out.State = ClosingSoon
			}
		}
		return out
	case out.Today.Reason == ByPause:
		out.State = Paused
	case !h.Known:
		out.State = Unknown
		return out
	default:
		out.State = Closed
	}
	if next, ok := p.flip(d, minute, false); ok {
		out.Opens = next
	}
	return out
}

// NextChange returns the first instant after t at which an open shop closes or a closed one opens; false when there is none
// within Horizon or the hours are unknown.
func NextChange(h Hours, cal *calendar.Calendar, t time.Time) (time.Time, bool) {
	if !h.Known {
		return time.Time{}, false
	}
	p := prepare(h, cal)
	d, minute := calendar.Clock(t)
	return p.flip(d, minute, p.open(d, minute))
}

// stretches appends to buf the spans that can cover a minute of d, counted from d's midnight: those of d, and those of the day
// before, which may have run past midnight.
func (p *plan) stretches(d calendar.Date, buf []Span) []Span {
	for _, s := range p.day(d - 1).Spans {
		if s.sound() && s.Close > day {
			buf = append(buf, Span{s.Open - day, s.Close - day})
		}
	}
	for _, s := range p.day(d).Spans {
		if s.sound() {
			buf = append(buf, s)
		}
	}
	return buf
}

func (p *plan) open(d calendar.Date, minute int) bool {
	var buf [8]Span
	for _, s := range p.stretches(d, buf[:0]) {
		if s.Open <= minute && minute < s.Close {
			return true
		}
	}
	return false
}

// flip returns the first instant after minute of d at which being open is no longer was, which it is at minute of d.
func (p *plan) flip(d calendar.Date, minute int, was bool) (time.Time, bool) {
	var buf [8]Span
	last := d + Horizon
	if len(p.ByClass) == 0 { // every week is the same once the last special day is over
		last = min(last, max(d, p.settled)+8)
	}
	for ; d <= last; d, minute = d+1, 0 {
		if !was && p.paused && p.pause.to == forever && d >= p.pause.from {
			break
		}
		next := first(p.stretches(d, buf[:0]), minute)
		if was {
			next = end(p.stretches(d, buf[:0]), minute)
		}
		if next < day {
			return d.At(next), true
		}
	}
	return time.Time{}, false
}

// first returns the first open minute from minute on, a day or more when there is none.
func first(spans []Span, minute int) int {
	next := day
	for _, s := range spans {
		if s.Close > minute {
			next = min(next, max(s.Open, minute))
		}
	}
	return next
}

// end returns the first closed minute from minute on.
func end(spans []Span, minute int) int {
	for moved := true; moved; {
		moved = false
		for _, s := range spans {
			if s.Open <= minute && minute < s.Close {
				minute, moved = s.Close, true
			}
		}
	}
	return minute
}

// since returns when the opening that holds at minute of d began, looking back a week.
func (p *plan) since(d calendar.Date, minute int) time.Time {
	var buf [8]Span
	minute++
	for first := d - 7; d >= first; d, minute = d-1, minute+day {
		spans := p.stretches(d, buf[:0])
		for moved := true; moved; {
			moved = false
			for _, s := range spans {
				if s.Open < minute && minute <= s.Close {
					minute, moved = s.Open, true
				}
			}
		}
		if minute > 0 {
			return d.At(minute)
		}
	}
	return time.Time{}
}
