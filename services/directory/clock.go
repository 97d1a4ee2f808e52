package directory

import (
	"math"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// What is true of a shop at a minute.
const (
	isOpen uint8 = 1 << iota
	isAfter19
	isAfter22
	isAfter24
	isAllDay
	isHeritage
	isUnknown
)

// bitOf returns the bit a filter asks for.
var bitOf = map[Open]uint8{AnyTime: 0, Now: isOpen, After19: isAfter19, After22: isAfter22, After24: isAfter24, AllDay: isAllDay}

// clock is what is true of every shop of a snapshot during one minute. Most shops change a few times a day only, so the clock
// of the next minute looks again at those few.
type clock struct {
	of     *snapshot
	minute int64 // since 1970
	bits   []uint8
	until  []int64 // first minute at which bits may differ
}

// nightBegins is the minute of a date before which the night of the day before is still under way: Shanghai's guidance counts
// the night economy from 19:00 to 6:00.
const nightEnds = 6 * 60

// Tonight returns the date of the night that is under way at now or ahead: at two in the morning, yesterday's.
func Tonight(now time.Time) calendar.Date {
	d, minute := calendar.Clock(now)
	if minute < nightEnds {
		return d - 1
	}
	return d
}

// tick returns the clock of s at now, made from the last one where that is of use.
func (c *clock) tick(s *snapshot, cal *calendar.Calendar, now time.Time) *clock {
	minute := floorMinutes(now)
	if c != nil && c.of == s && c.minute == minute {
		return c
	}
	next := &clock{of: s, minute: minute, bits: make([]uint8, len(s.shops)), until: make([]int64, len(s.shops))}
	known := 0
	if c != nil && c.minute <= minute && len(c.bits) <= len(s.shops) {
		known = len(c.bits)
		copy(next.bits, c.bits)
		copy(next.until, c.until)
	}
	// Dates are looked at again at midnight and when the night ends.
	day, ofDay := calendar.Clock(now)
	bound := minute - int64(ofDay)
	if ofDay < nightEnds {
		bound += nightEnds
	} else {
		bound += 24 * 60
	}
	night := Tonight(now)
	for n := range s.shops {
		if n < known && next.until[n] > minute && (c.of == s || c.of.shops[n].Listing == s.shops[n].Listing) {
			continue
		}
		next.bits[n], next.until[n] = look(s.shops[n].Listing, cal, now, day, night)
		next.until[n] = min(next.until[n], bound)
	}
	return next
}

// look computes the bits of one shop at now and the minute of its next opening or closing.
func look(l *listing.Listing, cal *calendar.Calendar, now time.Time, day, night calendar.Date) (bits uint8, until int64) {
	until = math.MaxInt64
	if l.State != listing.Published {
		return 0, until
	}
	if shownMark(l, now) != nil {
		bits |= isHeritage
	}
	h := listing.ReliableHours(l, now)
	if !h.Known && h.Pause == nil {
		return bits | isUnknown, until
	}
	switch st := hours.At(h, cal, now); {
	case st.IsOpen():
		bits |= isOpen
	case st.State == hours.Unknown:
		bits |= isUnknown
	}
	if at, ok := hours.NextChange(h, cal, now); ok {
		until = floorMinutes(at)
	}
	for _, after := range [...]struct {
		minute int
		bit    uint8
	}{{hours.Evening, isAfter19}, {hours.Night, isAfter22}, {hours.Midnight, isAfter24}} {
		if !hours.OpenAfter(h, cal, night, after.minute) {
			break // who is closed by then stays closed
		}
		bits |= after.bit
	}
	if hours.AllDay(h, cal, day) {
		bits |= isAllDay
	}
	return bits, until
}

func floorMinutes(t time.Time) int64 {
	s := t.Unix()
	m := s / 60
	if s%60 < 0 {
		m--
	}
	return m
}
