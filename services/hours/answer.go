package hours

import "shangquan/services/calendar"

// Answer is what a shop says of a holiday with one press.
type Answer string

// The answers. Clear takes an answer back: the shop has then said nothing.
const (
	AsUsual     Answer = "usual"    // 照常
	AllShut     Answer = "closed"   // 休息
	NewYearShut Answer = "festival" // 初一至初三休息, else as usual
	FirstShut   Answer = "first"    // the first day is off, else as usual
	Clear       Answer = "clear"
)

// Answers returns the answers that make sense for a holiday of these dates, in the order people are offered them: those of Spring
// Festival only where the first three days of the lunar year lie in it.
func Answers(from, to calendar.Date) []Answer {
	out := []Answer{AsUsual, AllShut}
	if _, ok := newYearIn(from, to); ok {
		return append(out, NewYearShut)
	}
	if to-from >= 2 {
		out = append(out, FirstShut)
	}
	return out
}

// newYearIn returns 初一, where it and the two days behind it lie in the dates.
func newYearIn(from, to calendar.Date) (calendar.Date, bool) {
	d, ok := calendar.NewYear(to.Year())
	return d, ok && from <= d && d+2 <= to
}

// Answered returns the hours with an answer for the dates from first to last; whatever was said for them before is gone. More than
// MaxClosedRun days of rest are a pause (design H5): a special day would be one that nobody ends. ok is false for an answer that
// these dates do not have.
func (h Hours) Answered(cal *calendar.Calendar, a Answer, from, to calendar.Date) (out Hours, paused, ok bool) {
	shut := func(first, last calendar.Date) Hours {
		return h.WithoutPause(from, to).With(Usual(h, cal, from, to)...).With(Special{From: first.String(), To: last.String(), Spans: []Span{}})
	}
	switch a {
	case AsUsual:
		return h.WithoutPause(from, to).With(Usual(h, cal, from, to)...), false, true
	case Clear:
		return h.WithoutPause(from, to).Without(from, to), false, true
	case NewYearShut:
		first, has := newYearIn(from, to)
		if !has {
			return h, false, false
		}
		return shut(first, first+2), false, true
	case FirstShut:
		if to <= from {
			return h, false, false
		}
		return shut(from, from), false, true
	case AllShut:
		if to-from+1 > MaxClosedRun && (h.Pause == nil || h.Pause.within(from, to)) {
			h = h.Without(from, to)
			h.Pause = &Pause{From: from.String(), Until: to.String()}
			return h, true, true
		}
		return h.With(Special{From: from.String(), To: to.String(), Spans: []Span{}}), false, true
	}
	return h, false, false
}

// WithoutPause returns the hours without a pause that is the answer for exactly these dates.
func (h Hours) WithoutPause(from, to calendar.Date) Hours {
	if h.Pause != nil && h.Pause.within(from, to) {
		h.Pause = nil
	}
	return h
}

// within reports whether a pause lies in the dates altogether.
func (x *Pause) within(from, to calendar.Date) bool {
	return x.Until != "" && from.String() <= x.From && x.Until <= to.String()
}

// Silent reports whether the shop has said nothing for some of the dates, though it has hours: 节假日时间待确认. Of a shop whose hours are
// unknown there is nothing to ask before the week is known.
func Silent(h Hours, cal *calendar.Calendar, from, to calendar.Date) bool {
	p := prepare(h, cal)
	for d := from; d <= to; d++ {
		if p.Known && p.day(d).Unanswered {
			return true
		}
	}
	return false
}
