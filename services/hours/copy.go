package hours

import (
	"slices"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// Copied returns the hours with what those of another shop say of the dates from first to last: a rest is a rest, 照常 is what is usual
// here, and other times are taken as they are, with their note. ok is false where the week of one of the two is not known, or the other
// shop has said nothing of one of the dates.
func (h Hours) Copied(cal *calendar.Calendar, of Hours, first, last calendar.Date) (out Hours, ok bool) {
	if !h.Known || !of.Known || last < first || last-first > MaxSpecialDays {
		return h, false
	}
	said, theirs, mine := prepare(of, cal), prepare(of.ordinarily(), cal), prepare(h.ordinarily(), cal)
	usual, shut := true, true
	for d := first; d <= last; d++ {
		day := said.day(d)
		if day.Unanswered {
			return h, false
		}
		usual = usual && slices.Equal(day.Spans, theirs.day(d).Spans)
		shut = shut && len(day.Spans) == 0
	}
	if shut && last-first+1 > MaxClosedRun {
		out, _, ok = h.Answered(cal, AllShut, first, last)
		return out, ok
	}
	list := []Special{}
	for d := first; d <= last; d++ {
		next := Special{From: d.String(), To: d.String(), Spans: slices.Clone(said.day(d).Spans), Note: of.noteOn(d)}
		if !shut && slices.Equal(next.Spans, theirs.day(d).Spans) && (usual || len(next.Spans) > 0) {
			next.Spans = slices.Clone(mine.day(d).Spans)
		}
		if n := len(list); n > 0 && slices.Equal(list[n-1].Spans, next.Spans) && list[n-1].Note == next.Note {
			list[n-1].To = next.To
			continue
		}
		list = append(list, next)
	}
	return h.WithoutPause(first, last).With(list...), true
}

// ordinarily returns the hours without special days and pause.
func (h Hours) ordinarily() Hours {
	h.Special, h.Pause = nil, nil
	return h
}

// noteOn is what the shop tells customers of a date.
func (h Hours) noteOn(d calendar.Date) lang.Text {
	iso := d.String()
	for _, s := range h.Special {
		if s.From <= iso && iso <= s.To {
			return s.Note
		}
	}
	return lang.Text{}
}
