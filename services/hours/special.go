package hours

import (
	"slices"

	"shangquan/services/calendar"
)

// Usual returns the special days that say what an ordinary week says for the dates from first to last: the answer 照常 to a
// holiday. Neighbouring dates with the same spans are one. What already holds on them as special days or a pause is left aside.
func Usual(h Hours, cal *calendar.Calendar, first, last calendar.Date) []Special {
	h.Special, h.Pause = nil, nil
	p := prepare(h, cal)
	out := []Special{}
	for d := first; d <= last; d++ {
		spans, iso := slices.Clone(p.day(d).Spans), d.String()
		if n := len(out); n > 0 && slices.Equal(out[n-1].Spans, spans) {
			out[n-1].To = iso
			continue
		}
		out = append(out, Special{From: iso, To: iso, Spans: spans})
	}
	return out
}

// Without returns h with nothing special on the dates from first to last. A special day that reaches further keeps the rest.
func (h Hours) Without(first, last calendar.Date) Hours {
	out := []Special{}
	for _, s := range h.Special {
		from, err1 := calendar.ParseDate(s.From)
		to, err2 := calendar.ParseDate(s.To)
		if err1 != nil || err2 != nil || to < first || from > last {
			out = append(out, s)
			continue
		}
		if from < first {
			before := s
			before.To = (first - 1).String()
			out = append(out, before)
		}
		if to > last {
			after := s
			after.From = (last + 1).String()
			out = append(out, after)
		}
	}
	h.Special = out
	return h
}

// With returns h with the special days in list, which replace whatever was special on their dates, in order of date. Those whose
// dates cannot be read are added as they are, for Validate to name.
func (h Hours) With(list ...Special) Hours {
	for _, s := range list {
		from, err1 := calendar.ParseDate(s.From)
		to, err2 := calendar.ParseDate(s.To)
		if err1 == nil && err2 == nil {
			h = h.Without(from, to)
		}
		h.Special = append(slices.Clone(h.Special), s)
	}
	slices.SortStableFunc(h.Special, func(a, b Special) int {
		switch {
		case a.From < b.From:
			return -1
		case a.From > b.From:
			return 1
		}
		return 0
	})
	return h
}

// Ahead returns the public holidays and make-up days from today on that a shop has to answer for, those that it has answered too:
// dates in a row that the State Council gives one name are one. A make-up day is left out where every weekday is alike.
func Ahead(h Hours, cal *calendar.Calendar, today calendar.Date) []Holiday {
	p := prepare(h, cal)
	out := []Holiday{}
	for _, year := range []int{today.Year() - 1, today.Year(), today.Year() + 1} {
		for _, d := range cal.Days(year) {
			if d.Date < today || d.Class == calendar.Makeup && p.uniform() {
				continue
			}
			answered := !p.Known || !p.day(d.Date).Unanswered
			if n := len(out); n > 0 && out[n-1].To == d.Date-1 && out[n-1].Name == d.Name && out[n-1].Class == d.Class {
				out[n-1].To = d.Date
				out[n-1].Answered = out[n-1].Answered && answered
				continue
			}
			out = append(out, Holiday{d.Date, d.Date, d.Name, d.Class, answered})
		}
	}
	slices.SortStableFunc(out, func(a, b Holiday) int { return int(a.From - b.From) })
	return out
}

// Holiday is a public holiday, or a working day moved for one, that lies ahead.
type Holiday struct {
	From, To calendar.Date
	Name     string // as the State Council calls it; of a make-up day the holiday it makes up for
	Class    calendar.Class
	Answered bool // the shop has said what holds on every date of it
}
