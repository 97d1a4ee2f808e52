package ui

import (
	"net/url"
	"strings"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
)

// SpecialRow is the row of the form of a special day.
const SpecialRow = "day"

// SpecialInput is a special day as it stands in its form: from and to (YYYY-MM-DD), the row day (see HoursInput) and note.
type SpecialInput struct {
	From, To string
	Day      DayInput
	Note     string
}

// ParseSpecial reads what the form sent. A day without an end is that day alone.
func ParseSpecial(v url.Values) SpecialInput {
	in := SpecialInput{From: strings.TrimSpace(v.Get("from")), To: strings.TrimSpace(v.Get("to")), Day: ParseDay(v, SpecialRow), Note: v.Get("note")}
	if in.To == "" {
		in.To = in.From
	}
	return in
}

// NewSpecialInput returns the form for a stored special day.
func NewSpecialInput(s hours.Special) SpecialInput {
	return SpecialInput{From: s.From, To: s.To, Day: NewDayInput(s.Spans), Note: s.Note.Hans}
}

// Special returns the special day that the form means. Notes in other languages are those of stored. The error is a fault.Error
// of kind Invalid whose fields carry the names of the form: a fault of the dates is one of from.
func (in SpecialInput) Special(stored hours.Special) (hours.Special, error) {
	s := hours.Special{From: in.From, To: in.To, Note: stored.Note}
	s.Note.Hans = lang.Clean(in.Note)
	spans, missing := in.Day.spans(SpecialRow)
	if len(missing) > 0 {
		return s, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: missing}
	}
	s.Spans = spans
	invalid, ok := hours.Validate(hours.Hours{Known: true, Special: []hours.Special{s}}).(*fault.Error) //nolint:errorlint // wraps nothing
	if !ok {
		return s, nil
	}
	for i, f := range invalid.Fields {
		if f.Key == "hours.dates" || f.Key == "hours.long" || f.Key == "hours.too_many_specials" {
			invalid.Fields[i].Name = "from"
		} else {
			invalid.Fields[i].Name = in.Day.named(SpecialRow, f)
		}
	}
	return s, invalid
}

// SpecialKey names the dates of a special day in the buttons of the list: 2027-01-01:2027-01-03.
func SpecialKey(from, to calendar.Date) string { return from.String() + ":" + to.String() }

// ParseSpecialDo reads the button of the list that was pressed: usual, closed, festival, first or clear, and for which dates. ok is false for
// anything else.
func ParseSpecialDo(do string) (verb string, from, to calendar.Date, ok bool) {
	verb, dates, _ := strings.Cut(do, ":")
	first, last, _ := strings.Cut(dates, ":")
	from, err := calendar.ParseDate(first)
	if err != nil {
		return "", 0, 0, false
	}
	if to, err = calendar.ParseDate(last); err != nil || to < from {
		return "", 0, 0, false
	}
	switch verb {
	case "usual", "closed", "festival", "first", "clear":
		return verb, from, to, true
	}
	return "", 0, 0, false
}
