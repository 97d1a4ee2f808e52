// Package calendar knows which days China works and rests: the State Council arranges public holidays year by year and moves
// working days onto weekends to make long ones. It also has the civil date and the zone the district lives in.
package calendar

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"
)

// Class is what kind of day a date is.
type Class string

// The classes. In a year that is not announced there are only Weekday and Rest.
const (
	Weekday Class = "weekday" // Monday to Friday, worked
	Rest    Class = "rest"    // Saturday or Sunday, not worked
	Holiday Class = "holiday" // off by the State Council's arrangement, weekend days inside it included
	Makeup  Class = "makeup"  // 调休上班: a weekend day that is worked
)

// Day is one day of an arrangement.
type Day struct {
	Date  Date   `json:"date"`
	Class Class  `json:"class"` // Holiday or Makeup
	Name  string `json:"name"`  // 国庆节; of a make-up day: the holiday it makes up for
	Year  int    `json:"year"`  // the arrangement it belongs to, which may differ from the year of Date
	Paper string `json:"paper"` // address of the State Council's notice
}

// Calendar answers for dates. It never changes once made and may be shared.
type Calendar struct {
	byDate map[Date]Day
	byYear map[int][]Day
}

// New returns the calendar of the days given. A day twice in different ways, or one that is neither Holiday nor Makeup, is
// an error.
func New(days []Day) (*Calendar, error) {
	c := &Calendar{byDate: make(map[Date]Day, len(days)), byYear: map[int][]Day{}}
	for _, d := range days {
		if d.Class != Holiday && d.Class != Makeup {
			return nil, fmt.Errorf("calendar: %s: an arrangement has no days of class %q", d.Date, d.Class)
		}
		if d.Year < 2000 || d.Year > 9998 {
			return nil, fmt.Errorf("calendar: %s: no arrangement of the year %d", d.Date, d.Year)
		}
		if old, ok := c.byDate[d.Date]; ok {
			if old.Class != d.Class {
				return nil, fmt.Errorf("calendar: %s is both %s and %s", d.Date, old.Class, d.Class)
			}
			continue
		}
		c.byDate[d.Date] = d
		c.byYear[d.Year] = append(c.byYear[d.Year], d)
	}
	for _, days := range c.byYear {
		slices.SortFunc(days, func(a, b Day) int { return int(a.Date - b.Date) })
	}
	return c, nil
}

//go:embed holidays.csv
var embedded []byte

// China returns the calendar that comes with the program: the arrangements of 2024 to 2026.
var China = sync.OnceValue(func() *Calendar {
	days, err := Read(bytes.NewReader(embedded))
	if err == nil {
		var c *Calendar
		if c, err = New(days); err == nil {
			return c
		}
	}
	panic("calendar: the embedded holidays.csv is broken: " + err.Error())
})

// Read reads days from CSV with the header year,date,weekday,name,is_off_day,kind,source_paper. Errors name the line.
func Read(r io.Reader) ([]Day, error) {
	const columns = 7
	cr := csv.NewReader(r)
	cr.FieldsPerRecord = columns
	var days []Day
	for first := true; ; first = false {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return days, nil
		}
		if err != nil {
			return nil, fmt.Errorf("calendar: %w", err)
		}
		if first {
			continue
		}
		line, _ := cr.FieldPos(0)
		d := Day{Name: rec[3], Paper: rec[6]}
		if d.Year, err = strconv.Atoi(rec[0]); err != nil {
			return nil, fmt.Errorf("calendar: line %d: %.20q is not a year", line, rec[0])
		}
		if d.Date, err = ParseDate(rec[1]); err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		switch rec[5] {
		case "holiday":
			d.Class = Holiday
		case "adjusted_workday":
			d.Class = Makeup
		default:
			return nil, fmt.Errorf("calendar: line %d: kind %.20q is neither holiday nor adjusted_workday", line, rec[5])
		}
		days = append(days, d)
	}
}

// Class returns what kind of day d is.
func (c *Calendar) Class(d Date) Class {
	if day, ok := c.byDate[d]; ok {
		return day.Class
	}
	if d.FromMonday() >= 5 {
		return Rest
	}
	return Weekday
}

// Day returns the day of an arrangement that d is; false for ordinary days.
func (c *Calendar) Day(d Date) (Day, bool) {
	day, ok := c.byDate[d]
	return day, ok
}

// Announced reports whether the arrangement of a year is known. Where it is not, holidays are not known either.
func (c *Calendar) Announced(year int) bool { return len(c.byYear[year]) > 0 }

// Days returns the days of a year's arrangement in order of date; empty, not nil, when it is not announced.
func (c *Calendar) Days(year int) []Day { return append([]Day{}, c.byYear[year]...) }

// Working reports whether offices work on d. Where the arrangement of the year is not announced, Monday to Friday are taken for worked.
func (c *Calendar) Working(d Date) bool {
	class := c.Class(d)
	return class == Weekday || class == Makeup
}

// AfterWorking returns the nth working day after d, as deadlines are counted: the day itself is none of them.
func (c *Calendar) AfterWorking(d Date, n int) Date {
	for n > 0 {
		if d++; c.Working(d) {
			n--
		}
	}
	return d
}
