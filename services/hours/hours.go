// Package hours holds opening hours and answers, as pure functions of hours, calendar, zone and instant: open or not, until
// when, from when.
package hours

import "shangquan/services/lang"

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
	// ByClass overrides Week on days of a class ("rest", "holiday", "makeup"); a class not in it follows the weekday.
	ByClass map[string][]Span `json:"by_class,omitempty"`
	Special []Special         `json:"special"`
	Pause   *Pause            `json:"pause,omitempty"`
	// Text keeps what was typed where it could not be read; it is shown as it is, marked as to be checked.
	Text string `json:"text,omitempty"`
}
