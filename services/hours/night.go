package hours

import (
	"time"

	"shangquan/services/calendar"
)

// The hours after which Shanghai's guidance of 2019 speaks of the night economy, and the two steps visitors ask for.
const (
	Evening  = 19 * 60
	Night    = 22 * 60
	Midnight = 24 * 60
)

// OpenAfter reports whether a shop is open on date d at some time after minute (Evening, Night, Midnight), the night of d
// lasting until it closes. Night trade 夜间营业 is computed this way and never ticked. Unknown hours: false.
func OpenAfter(h Hours, cal *calendar.Calendar, d calendar.Date, minute int) bool {
	p := prepare(h, cal)
	for _, s := range p.day(d).Spans {
		if s.sound() && s.Close > minute {
			return true
		}
	}
	// A span from 0:00 of the next day is the rest of this night, whichever way it was typed.
	for _, s := range p.day(d + 1).Spans {
		if s.sound() && s.Open == 0 && s.Close > minute-day {
			return true
		}
	}
	return false
}

// AllDay reports whether a shop does not close between the two midnights of d.
func AllDay(h Hours, cal *calendar.Calendar, d calendar.Date) bool {
	var buf [8]Span
	spans := prepare(h, cal).stretches(d, buf[:0])
	return end(spans, 0) >= day
}

// StaleAfter is how many days hours count as confirmed; then the page says 时间待核对 (design H7).
const StaleAfter = 180

// Stale reports whether hours last confirmed on a date (YYYY-MM-DD) need to be confirmed again at now. Never confirmed is
// stale.
func Stale(confirmed string, now time.Time) bool {
	d, err := calendar.ParseDate(confirmed)
	return err != nil || calendar.Today(now)-d >= StaleAfter
}
