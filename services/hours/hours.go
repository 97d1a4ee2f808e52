// Package hours holds opening hours and answers, as pure functions of hours, calendar, zone and instant: open or not, until
// when, from when.
//
// A span belongs to the day it begins on: 22:00–02:00 of Friday is Friday's even at one o'clock on Saturday, and a special day or
// a pause that begins on Saturday does not shorten it. Minutes count from the midnight of the span's own day.
package hours

import (
	"encoding/json"
	"slices"

	"shangquan/services/lang"
)

// Span is one stretch of opening on a day, in minutes after that day's midnight. Close may pass 1440: 22:00–02:00 is
// {1320, 1560}. All day is {0, 1440}.
type Span struct {
	Open  int `json:"open"`
	Close int `json:"close"`
}

// Special sets the hours of single dates and never edits the week. Empty Spans: closed that day.
type Special struct {
	From  string    `json:"from"` // YYYY-MM-DD
	To    string    `json:"to"`   // YYYY-MM-DD, inclusive
	Spans []Span    `json:"spans"`
	Note  lang.Text `json:"note,omitzero"`
}

// Pause is a temporary closing 暂停营业. Until empty: nobody has said when it opens again.
type Pause struct {
	From  string    `json:"from"`
	Until string    `json:"until,omitempty"` // last closed day
	Note  lang.Text `json:"note,omitzero"`
}

// Hours is when a shop is open. Known false: unknown, shown as 时间待核对 and never as closed.
type Hours struct {
	Known bool `json:"known"`
	// Week holds the spans by weekday, Monday first.
	Week [7][]Span `json:"week"`
	// ByClass overrides Week on days of a class ("rest", "holiday", "makeup"); a class not in it follows the weekday, a holiday
	// on a Saturday for instance an ordinary Saturday.
	ByClass map[string][]Span `json:"by_class,omitempty"`
	Special []Special         `json:"special"`
	Pause   *Pause            `json:"pause,omitempty"`
	// Text keeps what was typed where it could not be read; it is shown as it is, marked as to be checked.
	Text string `json:"text,omitempty"`
}

// MarshalJSON writes empty lists where Go has nil ones: a closed day is [], never null.
func (h Hours) MarshalJSON() ([]byte, error) {
	type plain Hours
	p := plain(h)
	p.Week, p.ByClass = written(h.Week, h.ByClass)
	p.Special = make([]Special, len(h.Special))
	for i, s := range h.Special {
		s.Spans = list(s.Spans)
		p.Special[i] = s
	}
	return json.Marshal(p)
}

// written is a week, and the classes that have hours of their own, with empty lists where Go has nil ones.
func written(week [7][]Span, byClass map[string][]Span) (days [7][]Span, classes map[string][]Span) {
	for i := range week {
		days[i] = list(week[i])
	}
	if len(byClass) > 0 {
		classes = make(map[string][]Span, len(byClass))
		for class, spans := range byClass {
			classes[class] = list(spans)
		}
	}
	return days, classes
}

func list(s []Span) []Span {
	if s == nil {
		return []Span{}
	}
	return s
}

// Equal reports whether two hours say the same; a nil list is an empty list.
func (h Hours) Equal(o Hours) bool {
	if h.Known != o.Known || h.Text != o.Text || len(h.ByClass) != len(o.ByClass) || (h.Pause == nil) != (o.Pause == nil) {
		return false
	}
	if h.Pause != nil && *h.Pause != *o.Pause {
		return false
	}
	for class, spans := range h.ByClass {
		if other, ok := o.ByClass[class]; !ok || !slices.Equal(spans, other) {
			return false
		}
	}
	for i := range h.Week {
		if !slices.Equal(h.Week[i], o.Week[i]) {
			return false
		}
	}
	return slices.EqualFunc(h.Special, o.Special, func(a, b Special) bool {
		return a.From == b.From && a.To == b.To && a.Note == b.Note && slices.Equal(a.Spans, b.Spans)
	})
}
