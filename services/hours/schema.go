package hours

import (
	"fmt"
	"slices"

	"shangquan/services/calendar"
)

// Specification is one OpeningHoursSpecification of schema.org, ready to be written as JSON-LD. Closes at or before Opens is
// on the next day, except 00:00 and 00:00, which is closed all day; 24 hours end a minute early, as search engines ask.
type Specification struct {
	Type         string   `json:"@type"`
	DayOfWeek    []string `json:"dayOfWeek,omitempty"`
	Opens        string   `json:"opens"`
	Closes       string   `json:"closes"`
	ValidFrom    string   `json:"validFrom,omitempty"`
	ValidThrough string   `json:"validThrough,omitempty"`
}

var schemaDays = [7]string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}

// Specifications returns the ordinary week for openingHoursSpecification. Closed days are left out, which says that they are
// closed; unknown hours give an empty list.
func Specifications(h Hours) []Specification {
	out := []Specification{}
	if !h.Known {
		return out
	}
	week := h.Ordinary()
	for _, days := range alike(week) {
		for _, span := range week[days[0]] {
			s := specification(span)
			for _, d := range days {
				s.DayOfWeek = append(s.DayOfWeek, "https://schema.org/"+schemaDays[d])
			}
			out = append(out, s)
		}
	}
	return out
}

// SpecialSpecifications returns the dates from d on, days of them looked at, on which something else holds than in the
// ordinary week, one date each, for specialOpeningHoursSpecification.
func SpecialSpecifications(h Hours, cal *calendar.Calendar, d calendar.Date, days int) []Specification {
	out := []Specification{}
	p := prepare(h, cal)
	for i := range calendar.Date(days) {
		on := p.day(d + i)
		if !on.Known || h.Known && slices.Equal(on.Spans, p.week[on.Date.FromMonday()]) {
			continue
		}
		iso := on.Date.String()
		if len(on.Spans) == 0 {
			out = append(out, Specification{"OpeningHoursSpecification", nil, "00:00", "00:00", iso, iso})
		}
		for _, span := range on.Spans {
			s := specification(span)
			s.ValidFrom, s.ValidThrough = iso, iso
			out = append(out, s)
		}
	}
	return out
}

func specification(s Span) Specification {
	if s.Close-s.Open >= day {
		s.Close--
	}
	return Specification{Type: "OpeningHoursSpecification", Opens: twoDigits(s.Open % day), Closes: twoDigits(s.Close % day)}
}

// twoDigits writes minutes as machines exchange them: "09:05", and "26:00" past midnight.
func twoDigits(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
