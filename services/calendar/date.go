package calendar

import (
	"fmt"
	"time"
)

// Shanghai is the zone all opening hours are in. China has kept UTC+8 without summer time since 1991, so a fixed offset is
// exact and works on machines that have no zone data.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a civil date: the number of days after 1970-01-01. Dates compare with < and count with + and -.
type Date int

const minutesPerDay = 24 * 60

// On returns the date of year, month and day; days beyond the month carry over as in time.Date.
func On(year int, month time.Month, day int) Date {
	return Date(floorDiv(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix(), 24*60*60))
}

// Today returns the date it is in Shanghai at t.
func Today(t time.Time) Date {
	d, _ := Clock(t)
	return d
}

// Clock returns the date in Shanghai at t and the whole minutes since its midnight.
func Clock(t time.Time) (Date, int) {
	m := floorDiv(t.Unix()+8*60*60, 60)
	d := floorDiv(m, minutesPerDay)
	return Date(d), int(m - d*minutesPerDay)
}

// ParseDate reads YYYY-MM-DD and nothing else; years are 1000 to 9999.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1000 {
		return 0, fmt.Errorf("calendar: %.20q is not a date YYYY-MM-DD", s)
	}
	return Date(floorDiv(t.Unix(), 24*60*60)), nil
}

// At returns the instant that lies minute minutes after the start of d in Shanghai; minute may exceed a day.
func (d Date) At(minute int) time.Time {
	return time.Unix(int64(d)*24*60*60+int64(minute)*60, 0).In(Shanghai).Add(-8 * time.Hour)
}

// Civil returns year, month and day.
func (d Date) Civil() (int, time.Month, int) { return d.utc().Date() }

// Year returns the year of d.
func (d Date) Year() int { return d.utc().Year() }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return time.Weekday((d.FromMonday() + 1) % 7) }

// FromMonday returns the day of the week counted from Monday = 0, as hours.Hours.Week is indexed.
func (d Date) FromMonday() int { return int(((d+3)%7 + 7) % 7) } // 1970-01-01 was a Thursday

// Monday returns the Monday of d's week.
func (d Date) Monday() Date { return d - Date(d.FromMonday()) }

// String returns YYYY-MM-DD.
func (d Date) String() string { return d.utc().Format(time.DateOnly) }

// MarshalText writes YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads YYYY-MM-DD.
func (d *Date) UnmarshalText(b []byte) error {
	x, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = x
	return nil
}

func (d Date) utc() time.Time { return time.Unix(int64(d)*24*60*60, 0).UTC() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// YearSpan returns when a year begins in the district, and when the next one does, as they are stored.
func YearSpan(year int) (from, until time.Time) {
	return time.Date(year, 1, 1, 0, 0, 0, 0, Shanghai).UTC(), time.Date(year+1, 1, 1, 0, 0, 0, 0, Shanghai).UTC()
}
