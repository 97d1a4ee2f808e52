package hours

import (
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"shangquan/services/calendar"
	"shangquan/services/fault"
)

// The limits of hours. LastClose is noon of the next day; a closing longer than MaxClosedRun days is a pause (design H5).
const (
	MaxSpans       = 3
	LastClose      = 36 * 60
	MaxClosedRun   = 6
	MaxSpecials    = 100
	MaxSpecialDays = 400  // of all special days together
	MaxText        = 1024 // bytes, of a text that is parsed or kept
)

// Minute is a time of day in minutes. It prints without a language: "9:30", and "26:00" for two o'clock of the next day.
type Minute int

// String returns the 24-hour time without a leading zero.
func (m Minute) String() string { return fmt.Sprintf("%d:%02d", int(m)/60, int(m)%60) }

// Clock returns the time on the clock, "1:30" for 25:30, and whether it is on the next day (次日). The end of a day is 24:00.
func (m Minute) Clock() (text string, nextDay bool) {
	if m > day {
		return (m - day).String(), true
	}
	return m.String(), false
}

// sound reports whether a span has a length and begins and ends where one can.
func (s Span) sound() bool {
	return s.Open >= 0 && s.Open < day && s.Open < s.Close && s.Close <= LastClose && s.Close-s.Open <= day
}

// Validate checks hours before they are stored. The error is a fault.Error of kind Invalid with one field for each mistake:
//
//	name                                             key
//	week.0 … week.6, class.holiday, special.0 …      hours.range, hours.order, hours.overlap, hours.too_many
//	week.0 … week.6                                  hours.next_day
//	class.…                                          hours.class
//	special.0 …                                      hours.dates, hours.twice, hours.long
//	special, pause, text                             hours.too_many_specials, hours.dates, hours.text
//
// Args hold Minute values open and close, other_open and other_close for the span it collides with, and where they would
// help later and next_day, the closings twelve hours and a day later; weekday (Monday 0) and max where they apply.
func Validate(h Hours) error {
	var v validator
	for i, spans := range h.Week {
		v.spans("week."+strconv.Itoa(i), spans, map[string]any{"weekday": i})
		next := h.Week[(i+1)%7]
		for _, s := range spans {
			if len(next) > 0 && s.sound() && s.Close-day > next[0].Open {
				v.add("week."+strconv.Itoa(i), "hours.next_day", s, map[string]any{
					"weekday": i, "other_open": Minute(next[0].Open), "other_close": Minute(next[0].Close),
				})
			}
		}
	}
	classes := make([]string, 0, len(h.ByClass))
	for class := range h.ByClass {
		classes = append(classes, class)
	}
	slices.Sort(classes)
	for _, class := range classes {
		switch calendar.Class(class) {
		case calendar.Weekday, calendar.Rest, calendar.Holiday, calendar.Makeup:
			v.spans("class."+class, h.ByClass[class], map[string]any{"class": class})
		default:
			v.fields = append(v.fields, fault.Field{Name: "class", Key: "hours.class", Args: map[string]any{"class": class}})
		}
	}
	v.specials(h.Special)
	if p := h.Pause; p != nil {
		from, err := calendar.ParseDate(p.From)
		if err == nil && p.Until != "" {
			var until calendar.Date
			if until, err = calendar.ParseDate(p.Until); err == nil && until < from {
				err = strconv.ErrRange
			}
		}
		if err != nil {
			v.fields = append(v.fields, fault.Field{Name: "pause", Key: "hours.dates", Args: map[string]any{"from": p.From, "to": p.Until}})
		}
	}
	if len(h.Text) > MaxText || !utf8.ValidString(h.Text) {
		v.fields = append(v.fields, fault.Field{Name: "text", Key: "hours.text", Args: map[string]any{"max": MaxText}})
	}
	if len(v.fields) == 0 {
		return nil
	}
	return &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: v.fields}
}

type validator struct{ fields []fault.Field }

func (v *validator) add(name, key string, s Span, args map[string]any) {
	args["open"], args["close"] = Minute(s.Open), Minute(s.Close)
	v.fields = append(v.fields, fault.Field{Name: name, Key: key, Args: args})
}

// spans checks the spans of one day; who says in the arguments which day it is.
func (v *validator) spans(name string, spans []Span, who map[string]any) {
	args := func() map[string]any {
		m := map[string]any{}
		for k, x := range who {
			m[k] = x
		}
		return m
	}
	if len(spans) > MaxSpans {
		a := args()
		a["max"] = MaxSpans
		v.fields = append(v.fields, fault.Field{Name: name, Key: "hours.too_many", Args: a})
		return
	}
	for i, s := range spans {
		switch a := args(); {
		case s.Open < 0 || s.Open >= day || s.Close < 0 || s.Close > LastClose || s.Close-s.Open > day:
			v.add(name, "hours.range", s, a)
		case s.Close <= s.Open:
			if s.Close+day/2 > s.Open && s.Close+day/2 <= day {
				a["later"] = Minute(s.Close + day/2)
			}
			if s.Close+day <= LastClose {
				a["next_day"] = Minute(s.Close + day)
			}
			v.add(name, "hours.order", s, a)
		case i > 0 && s.Open < spans[i-1].Close:
			a["other_open"], a["other_close"] = Minute(spans[i-1].Open), Minute(spans[i-1].Close)
			v.add(name, "hours.overlap", s, a)
		}
	}
}

func (v *validator) specials(specials []Special) {
	if len(specials) > MaxSpecials {
		v.fields = append(v.fields, fault.Field{Name: "special", Key: "hours.too_many_specials", Args: map[string]any{"max": MaxSpecials}})
		return
	}
	var seen []dated
	total := calendar.Date(0)
	for i, s := range specials {
		name := "special." + strconv.Itoa(i)
		args := map[string]any{"from": s.From, "to": s.To}
		v.spans(name, s.Spans, args)
		from, err1 := calendar.ParseDate(s.From)
		to, err2 := calendar.ParseDate(s.To)
		if err1 != nil || err2 != nil || to < from {
			v.fields = append(v.fields, fault.Field{Name: name, Key: "hours.dates", Args: args})
			continue
		}
		for _, o := range seen {
			if o.from <= to && from <= o.to {
				v.fields = append(v.fields, fault.Field{Name: name, Key: "hours.twice", Args: args})
				break
			}
		}
		seen = append(seen, dated{from, to, i})
		if total += to - from + 1; total > MaxSpecialDays {
			v.fields = append(v.fields, fault.Field{Name: name, Key: "hours.too_many_specials", Args: map[string]any{"max": MaxSpecialDays}})
			return
		}
	}
	if run, ok := longClosing(specials); ok {
		name := "special." + strconv.Itoa(run.index)
		v.fields = append(v.fields, fault.Field{Name: name, Key: "hours.long", Args: map[string]any{
			"from": run.from.String(), "to": run.to.String(), "max": MaxClosedRun,
		}})
	}
}

// longClosing returns the first run of more than MaxClosedRun closed days in a row, made of one or several special days: such
// a closing is a pause.
func longClosing(specials []Special) (dated, bool) {
	var closed []dated
	for i, s := range specials {
		from, err1 := calendar.ParseDate(s.From)
		to, err2 := calendar.ParseDate(s.To)
		if err1 == nil && err2 == nil && len(s.Spans) == 0 {
			closed = append(closed, dated{from, to, i})
		}
	}
	slices.SortFunc(closed, func(a, b dated) int { return int(a.from - b.from) })
	var run dated
	for i, c := range closed {
		if i > 0 && c.from <= run.to+1 {
			run.to = max(run.to, c.to)
		} else {
			run = c
		}
		if run.to-run.from >= MaxClosedRun {
			return run, true
		}
	}
	return dated{}, false
}
