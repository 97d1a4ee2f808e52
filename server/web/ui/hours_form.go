package ui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
)

// HoursKind is the answer to 这一周怎么开？
type HoursKind string

// The answers (design H1). In WorkAndRest 平日 are the working days, make-up days too, 周末 the rest days.
const (
	EveryDay    HoursKind = "same"
	WorkAndRest HoursKind = "split"
	DayByDay    HoursKind = "each"
	AllHours    HoursKind = "always"
)

// HourRows are the rows of the editor by the answer that needs them.
var HourRows = map[HoursKind][]string{
	EveryDay:    {"all"},
	WorkAndRest: {"work", "rest"},
	DayByDay:    {"mon", "tue", "wed", "thu", "fri", "sat", "sun"},
}

// NotChosen is the minute of a time nobody has chosen yet.
const NotChosen = -1

// HoursInput is the opening hours of a week as they stand in the form, right or wrong. The names in the form are
//
//	kind             same, split, each or always
//	ROW_on           1 when the box is ticked: open on these days
//	ROW_N_open       minutes after midnight, N from 0 to 2; empty: not chosen
//	ROW_N_close      as open; past 1440 it is on the next day
//	do               add:ROW, del:ROW:N, copy (Monday to Tuesday … Friday)
//	fix              ROW_N_close=MINUTES, the value of a one-tap fix
//
// for each ROW of HourRows. Rows that the answer does not need are sent too, so that another answer finds what was typed.
type HoursInput struct {
	Kind HoursKind // "": not answered
	Rows map[string]DayInput
}

// DayInput is a row. The spans of a row that is not open are kept for when its box is ticked again.
type DayInput struct {
	Open  bool
	Spans []SpanInput
}

// SpanInput is a span in minutes after midnight.
type SpanInput struct{ Open, Close int }

func (s SpanInput) blank() bool { return s.Open == NotChosen && s.Close == NotChosen }

// ParseHours reads what the form sent. What cannot be read counts as not chosen.
func ParseHours(v url.Values) HoursInput {
	in := HoursInput{Kind: HoursKind(v.Get("kind")), Rows: map[string]DayInput{}}
	if in.Kind != AllHours && HourRows[in.Kind] == nil {
		in.Kind = ""
	}
	for _, rows := range HourRows {
		for _, row := range rows {
			in.Rows[row] = ParseDay(v, row)
		}
	}
	return in
}

// ParseDay reads one row, for forms that have a single one.
func ParseDay(v url.Values, row string) DayInput {
	d := DayInput{Open: v.Get(row+"_on") == "1", Spans: []SpanInput{}}
	for i := range hours.MaxSpans {
		open, closing := hourName(row, i, "open"), hourName(row, i, "close")
		if v.Has(open) || v.Has(closing) {
			d.Spans = append(d.Spans, SpanInput{minute(v.Get(open)), minute(v.Get(closing))})
		}
	}
	return d
}

func hourName(row string, i int, end string) string { return row + "_" + strconv.Itoa(i) + "_" + end }

func minute(s string) int {
	m, err := strconv.Atoi(s)
	if err != nil || m < 0 || m > hours.LastClose {
		return NotChosen
	}
	return m
}

// Values returns what a form with this in it sends.
func (in HoursInput) Values() url.Values {
	v := url.Values{"kind": {string(in.Kind)}}
	for row, d := range in.Rows {
		d.put(v, row)
	}
	return v
}

func (d DayInput) put(v url.Values, row string) {
	if d.Open {
		v.Set(row+"_on", "1")
	}
	said := func(m int) string {
		if m == NotChosen {
			return ""
		}
		return strconv.Itoa(m)
	}
	for i, s := range d.Spans {
		v.Set(hourName(row, i, "open"), said(s.Open))
		v.Set(hourName(row, i, "close"), said(s.Close))
	}
}

// NewHoursInput returns the form for stored hours. Every row is filled from the week, so that whoever changes the answer to the
// first question does not begin anew.
func NewHoursInput(h hours.Hours) HoursInput {
	in := HoursInput{Rows: map[string]DayInput{}}
	day := func(row string, weekday int) {
		if !h.Known {
			in.Rows[row] = DayInput{Open: true, Spans: []SpanInput{}}
			return
		}
		in.Rows[row] = NewDayInput(h.Week[weekday])
	}
	day("all", 0)
	day("work", 0)
	day("rest", 5)
	for i, row := range HourRows[DayByDay] {
		day(row, i)
	}
	if !h.Known {
		return in
	}
	in.Kind = kindOf(h)
	return in
}

// NewDayInput returns a row for stored spans; none: closed.
func NewDayInput(spans []hours.Span) DayInput {
	d := DayInput{Open: len(spans) > 0, Spans: []SpanInput{}}
	for _, s := range spans {
		d.Spans = append(d.Spans, SpanInput(s))
	}
	return d
}

// kindOf returns the shortest answer that says what h says.
func kindOf(h hours.Hours) HoursKind {
	same := func(days ...int) bool {
		return !slices.ContainsFunc(days[1:], func(d int) bool { return !slices.Equal(h.Week[d], h.Week[days[0]]) })
	}
	like := func(class calendar.Class, weekday int) bool {
		spans, said := h.ByClass[string(class)]
		return !said || slices.Equal(spans, h.Week[weekday])
	}
	if !like(calendar.Weekday, 0) || !like(calendar.Rest, 5) || !like(calendar.Makeup, 0) || !same(0, 1, 2, 3, 4) || !same(5, 6) {
		return DayByDay
	}
	switch {
	case !same(0, 5):
		return WorkAndRest
	case slices.Equal(h.Week[0], []hours.Span{{Open: 0, Close: 24 * 60}}):
		return AllHours
	}
	return EveryDay
}

// Change does what a small button of the form asks for (the values of do and fix) and reports whether there was one: then the
// form is shown again and nothing is stored.
func (in *HoursInput) Change(do, fix string) bool {
	verb, rest, _ := strings.Cut(do, ":")
	switch {
	case fix != "":
		name, value, _ := strings.Cut(fix, "=")
		for row, d := range in.Rows {
			in.Rows[row] = d.fixed(row, name, value)
		}
	case verb == "add" || verb == "del":
		row, _, _ := strings.Cut(rest, ":")
		d, ok := in.Rows[row]
		if ok {
			in.Rows[row] = d.changed(verb, rest)
		}
	case do == "copy":
		for _, row := range HourRows[DayByDay][1:5] {
			monday := in.Rows["mon"]
			in.Rows[row] = DayInput{monday.Open, slices.Clone(monday.Spans)}
		}
	default:
		return false
	}
	return true
}

// Change does the same for a form of one row.
func (d *DayInput) Change(row, do, fix string) bool {
	verb, rest, _ := strings.Cut(do, ":")
	switch {
	case fix != "":
		name, value, _ := strings.Cut(fix, "=")
		*d = d.fixed(row, name, value)
	case verb == "add" || verb == "del":
		*d = d.changed(verb, rest)
	default:
		return false
	}
	return true
}

func (d DayInput) changed(verb, rest string) DayInput {
	spans := slices.Clone(d.Spans)
	if verb == "add" {
		if len(spans) == 0 { // the row shows an empty one already
			spans = append(spans, SpanInput{NotChosen, NotChosen})
		}
		if len(spans) < hours.MaxSpans {
			spans = append(spans, SpanInput{NotChosen, NotChosen})
		}
		return DayInput{true, spans}
	}
	_, number, _ := strings.Cut(rest, ":")
	i, err := strconv.Atoi(number)
	if err != nil || i < 0 || i >= len(spans) {
		return d
	}
	spans = slices.Delete(spans, i, i+1)
	return DayInput{d.Open && len(spans) > 0, spans}
}

func (d DayInput) fixed(row, name, value string) DayInput {
	spans := slices.Clone(d.Spans)
	for i := range spans {
		switch name {
		case hourName(row, i, "open"):
			spans[i].Open = minute(value)
		case hourName(row, i, "close"):
			spans[i].Close = minute(value)
		}
	}
	return DayInput{d.Open, spans}
}

// Hours returns the hours that the form means. stored gives what the form does not show: special days, the pause, what holds on
// public holidays. The error is a fault.Error of kind Invalid; its fields carry the names of the form and the keys of
// hours.Validate, or hours.form.kind and hours.form.choose for what was not answered.
func (in HoursInput) Hours(stored hours.Hours) (hours.Hours, error) {
	h := stored
	h.Known, h.Text, h.Week, h.ByClass = true, "", [7][]hours.Span{}, map[string][]hours.Span{}
	if in.Kind == "" {
		return h, fault.Wrong("kind", "hours.form.kind", nil)
	}
	var missing []fault.Field
	spans := map[string][]hours.Span{}
	for _, row := range HourRows[in.Kind] {
		var without []fault.Field
		spans[row], without = in.Rows[row].spans(row)
		missing = append(missing, without...)
	}
	if len(missing) > 0 {
		return h, &fault.Error{Kind: fault.Invalid, Key: "error.invalid", Fields: missing}
	}
	for i := range h.Week {
		if in.Kind == AllHours {
			h.Week[i] = []hours.Span{{Open: 0, Close: 24 * 60}}
		} else {
			h.Week[i] = spans[in.rowOf(i)]
		}
	}
	if same(h.Week, stored.Week) && in.Kind == DayByDay {
		h.ByClass = stored.ByClass
	} else {
		if holiday, ok := stored.ByClass[string(calendar.Holiday)]; ok {
			h.ByClass[string(calendar.Holiday)] = holiday
		}
		if in.Kind == WorkAndRest {
			h.ByClass[string(calendar.Makeup)] = spans["work"]
		}
	}
	if len(h.ByClass) == 0 {
		h.ByClass = nil
	}
	return h, in.blame(hours.Validate(h))
}

func same(a, b [7][]hours.Span) bool {
	for i := range a {
		if !slices.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

// spans returns the spans of a row in order of time, none when it is not open, and the times that were not chosen.
func (d DayInput) spans(row string) ([]hours.Span, []fault.Field) {
	out := []hours.Span{}
	if !d.Open {
		return out, nil
	}
	var missing []fault.Field
	choose := func(i int, end string) {
		missing = append(missing, fault.Field{Name: hourName(row, i, end), Key: "hours.form.choose"})
	}
	if len(d.Spans) == 0 {
		choose(0, "open")
	}
	for i, s := range d.Spans {
		switch {
		case s.blank() && len(d.Spans) > 1: // an added one that was not needed
		case s.Open == NotChosen:
			choose(i, "open")
		case s.Close == NotChosen:
			choose(i, "close")
		default:
			out = append(out, hours.Span(s))
		}
	}
	if len(out) == 0 && len(missing) == 0 {
		choose(0, "open")
	}
	slices.SortStableFunc(out, func(a, b hours.Span) int { return a.Open - b.Open })
	return out, missing
}

func (in HoursInput) rowOf(weekday int) string {
	switch in.Kind {
	case WorkAndRest:
		if weekday >= 5 {
			return "rest"
		}
		return "work"
	case DayByDay:
		return HourRows[DayByDay][weekday]
	case EveryDay, AllHours:
	}
	return "all"
}

// blame gives the fields of hours.Validate the names they have in the form; what several days of a row have in common is said once.
func (in HoursInput) blame(err error) error {
	f, ok := err.(*fault.Error) //nolint:errorlint // of hours.Validate, which wraps nothing
	if !ok {
		return err
	}
	out := &fault.Error{Kind: f.Kind, Key: f.Key, Fields: []fault.Field{}}
	for _, field := range f.Fields {
		if number, week := strings.CutPrefix(field.Name, "week."); week {
			weekday, _ := strconv.Atoi(number)
			row := in.rowOf(weekday)
			field.Name = in.Rows[row].named(row, field)
		} else if strings.HasPrefix(field.Name, "class.") {
			continue // the working days again
		}
		if !slices.ContainsFunc(out.Fields, func(o fault.Field) bool { return o.Name == field.Name && o.Key == field.Key }) {
			out.Fields = append(out.Fields, field)
		}
	}
	return out
}

// named returns the name of the control to blame for a mistake in a row.
func (d DayInput) named(row string, field fault.Field) string {
	end := "close"
	if field.Key == "hours.overlap" {
		end = "open"
	}
	open, _ := field.Args["open"].(hours.Minute)
	closing, _ := field.Args["close"].(hours.Minute)
	i := slices.Index(d.Spans, SpanInput{int(open), int(closing)})
	return hourName(row, max(i, 0), end)
}
