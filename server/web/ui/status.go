package ui

import (
	"time"

	"shangquan/frontend/locales"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// StatusKind is one of the states a shop can be in, for shape, word and colour.
type StatusKind string

// The states.
const (
	Open    StatusKind = "open"
	Soon    StatusKind = "soon" // closes within half an hour
	Shut    StatusKind = "shut"
	Unknown StatusKind = "unk" // never shown as closed
	Paused  StatusKind = "paused"
	Moved   StatusKind = "moved"
	Ceased  StatusKind = "ceased"
)

// Status is a state in words with what comes next: 营业中, 21:30 打烊.
type Status struct {
	Kind StatusKind
	Word string
	Next string
	Rest string // ，还有 2 小时 10 分钟
}

// Tone returns the ground the status stands on at the head of a shop page.
func (s Status) Tone() string {
	switch s.Kind {
	case Open:
		return "ok"
	case Soon, Paused, Moved, Ceased:
		return "warn"
	case Shut, Unknown:
	}
	return ""
}

// NewStatus puts the answer of the hours into words. now is in the zone of the district, as the times of st are.
func NewStatus(w *locales.Words, st hours.Status, now time.Time) (Status, error) {
	s, err := BriefStatus(w, st, now)
	if err == nil && (s.Kind == Open || s.Kind == Soon) && !allDay(st, now) {
		s.Rest, err = rest(w, st.Until.Sub(now))
	}
	return s, err
}

// BriefStatus is NewStatus without how long it stays so, for lists: those words change every minute.
func BriefStatus(w *locales.Words, st hours.Status, now time.Time) (Status, error) {
	switch st.State {
	case hours.Open, hours.ClosingSoon:
		return openStatus(w, st, now)
	case hours.Closed:
		s, err := named(w, Shut)
		if err != nil || st.Opens.IsZero() {
			return s, err
		}
		if daysBetween(now, st.Opens) == 0 {
			s.Next, err = w.Say("hours.opens", "Time", Clock(st.Opens))
			return s, err
		}
		s.Next, err = w.Say("hours.opens_on", "Day", Soonest(w.Lang, st.Opens, now), "Time", Clock(st.Opens))
		return s, err
	case hours.Paused:
		s, err := named(w, Paused)
		if err != nil || st.Opens.IsZero() {
			return s, err
		}
		s.Next, err = w.Say("hours.reopens", "Day", Soonest(w.Lang, st.Opens, now))
		return s, err
	case hours.Unknown:
	}
	s, err := named(w, Unknown)
	if err != nil {
		return s, err
	}
	s.Next, err = w.Say("hours.call_first")
	return s, err
}

// GoneStatus puts a closure for good into words.
func GoneStatus(w *locales.Words, kind listing.ClosureKind) (Status, error) {
	if kind == listing.Moved {
		return named(w, Moved)
	}
	return named(w, Ceased)
}

func named(w *locales.Words, kind StatusKind) (Status, error) {
	word, err := w.Say("status." + string(kind))
	return Status{Kind: kind, Word: word}, err
}

// openStatus says until when: 24 小时 for a shop that closes on no day within sight or not before tomorrow's morning.
func openStatus(w *locales.Words, st hours.Status, now time.Time) (Status, error) {
	kind := Open
	if st.State == hours.ClosingSoon {
		kind = Soon
	}
	s, err := named(w, kind)
	if err != nil {
		return s, err
	}
	midnight := st.Until.Hour() == 0 && st.Until.Minute() == 0
	switch {
	case allDay(st, now):
		s.Next, err = w.Say("hours.allday")
	case daysBetween(now, st.Until) == 0:
		s.Next, err = w.Say("hours.closes", "Time", Clock(st.Until))
	case midnight:
		s.Next, err = w.Say("hours.closes", "Time", "24:00")
	default:
		s.Next, err = w.Say("hours.closes_next_day", "Time", Clock(st.Until))
	}
	return s, err
}

// allDay reports whether an open shop closes on no day within sight, or not before tomorrow at this time.
func allDay(st hours.Status, now time.Time) bool {
	if st.Until.IsZero() {
		return true
	}
	days := daysBetween(now, st.Until)
	return days > 1 || days == 1 && st.Until.Sub(now) >= 24*time.Hour
}

func rest(w *locales.Words, d time.Duration) (string, error) {
	said, err := Duration(w, d)
	if err != nil {
		return "", err
	}
	return w.Say("hours.left", "Duration", said)
}

// Duration returns a length of time in hours and minutes, at least one minute: 2 小时 10 分钟.
func Duration(w *locales.Words, d time.Duration) (string, error) {
	minutes := max(int(d.Round(time.Minute).Minutes()), 1)
	h, m := minutes/60, minutes%60
	switch {
	case h == 0:
		return w.Count("unit.minutes", m)
	case m == 0:
		return w.Count("unit.hours", h)
	}
	return w.Say("unit.hours_minutes", "Hours", h, "Minutes", m)
}
