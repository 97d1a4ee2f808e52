package hours

import (
	"math/bits"

	"shangquan/services/calendar"
)

// SlotCount is the number of half hours in a week.
const SlotCount = 7 * 48

// Slots is the set of half hours of a week at whose start a shop is open; slot 0 is Monday 0:00–0:30.
type Slots [(SlotCount + 63) / 64]uint64

// SlotAt returns the slot of a weekday (Monday 0) and a minute of that day.
func SlotAt(weekday, minute int) int { return weekday*48 + minute/30 }

// Has reports whether slot i is in the set.
func (s *Slots) Has(i int) bool { return s[i/64]&(1<<(i%64)) != 0 }

// Len returns the number of slots in the set.
func (s *Slots) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// List returns the slots in the set in order, never nil.
func (s *Slots) List() []int {
	out := make([]int, 0, s.Len())
	for i := range SlotCount {
		if s.Has(i) {
			out = append(out, i)
		}
	}
	return out
}

// add marks the slots that begin inside a span of a weekday; what runs past Sunday's midnight goes to Monday.
func (s *Slots) add(weekday int, span Span) {
	if !span.sound() {
		return
	}
	for m := (span.Open + 29) / 30; m*30 < span.Close; m++ {
		i := (weekday*48 + m) % SlotCount
		s[i/64] |= 1 << (i % 64)
	}
}

// RegularSlots returns the slots of the ordinary week, without holidays, make-up days, special days and pauses: what holds in any week.
// Unknown hours have none.
func RegularSlots(h Hours) Slots {
	var s Slots
	if h.Known {
		for weekday, spans := range h.Ordinary() {
			for _, span := range spans {
				s.add(weekday, span)
			}
		}
	}
	return s
}

// SlotsOf returns the slots of the week that holds date d, with everything that holds on its days. Like the ordinary week it
// is closed in itself: what runs past Sunday's midnight is put on Monday.
func SlotsOf(h Hours, cal *calendar.Calendar, d calendar.Date) Slots {
	var s Slots
	p := prepare(h, cal)
	for weekday := range 7 {
		for _, span := range p.day(d.Monday() + calendar.Date(weekday)).Spans {
			s.add(weekday, span)
		}
	}
	return s
}

// ClosedOn returns the exceptional closing days from date d on, days of them looked at: days on which the ordinary week is
// open and the shop is not. Never nil.
func ClosedOn(h Hours, cal *calendar.Calendar, d calendar.Date, days int) []calendar.Date {
	out := []calendar.Date{}
	p := prepare(h, cal)
	for i := range calendar.Date(days) {
		if len(p.week[(d+i).FromMonday()]) > 0 && p.Known && len(p.day(d+i).Spans) == 0 {
			out = append(out, d+i)
		}
	}
	return out
}
