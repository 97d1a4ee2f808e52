package cli

import "time"

// mostLeap is how far the clock may move by itself between two looks before it is said (security OPS-10).
const mostLeap = 5 * time.Minute

// leap notices that the clock of the machine was set, or that the machine slept: hours, ends of offers, sessions and what is due go by
// that clock, and who wonders about one of them has to find it in the log.
type leap struct {
	wall    func() time.Time
	elapsed func() time.Duration // by a clock that nobody can set

	at   time.Time
	gone time.Duration
}

func newLeap(wall func() time.Time, elapsed func() time.Duration) *leap {
	return &leap{wall: wall, elapsed: elapsed, at: wall().Round(0), gone: elapsed()}
}

// look returns by how much the clock moved since the last look beside the time that went by; false when that is not worth a word.
func (l *leap) look() (by time.Duration, far bool) {
	at, gone := l.wall().Round(0), l.elapsed() // Round: without the reading that a time carries of the clock nobody can set
	by = at.Sub(l.at) - (gone - l.gone)
	l.at, l.gone = at, gone
	return by, by.Abs() > mostLeap
}
