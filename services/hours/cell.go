package hours

import (
	"slices"
	"strings"

	"shangquan/services/calendar"
)

// FormatCell writes the spans of a day for a sheet: "09:00-17:00", "11:30-14:00, 17:00-22:00", closed "x".
func FormatCell(spans []Span) string {
	if len(spans) == 0 {
		return "x"
	}
	return strings.Join(strings.Split(osmOpen(spans, ""), ","), ", ")
}

// typed are the signs a Chinese keyboard puts where FormatCell has others.
var typed = strings.NewReplacer("：", ":", "，", ",", "、", ",", "；", ",", ";", ",", "～", "-", "~", "-", "—", "-", "–", "-", "－", "-", "至", "-")

// ParseCell reads what FormatCell writes, also as people type it: 9：00～17：00, and 休息 or 休 for a closed day. Errors are as
// ParseOSM's.
func ParseCell(cell string) ([]Span, error) {
	s := scanner{text: typed.Replace(cell)} // one sign for one, so that the place of an error stays
	if len(cell) > MaxText {
		return nil, tooLong()
	}
	spans, err := s.cell()
	if err != nil {
		return nil, err
	}
	if s.space(); !s.done() {
		return nil, s.fail("hours.parse.unexpected")
	}
	return spans, nil
}

func (s *scanner) cell() ([]Span, error) {
	s.space()
	if s.done() {
		return nil, s.fail("hours.parse.empty")
	}
	if s.word("x") || s.word("X") || s.eat("休息") || s.eat("休") {
		return []Span{}, nil
	}
	return s.spans()
}

// maxSpecialCell is what a spreadsheet holds in a cell; MaxSpecialDays days fit in.
const maxSpecialCell = 32767

// FormatSpecialCell writes special days for a sheet, date by date: "2025-12-31: 05:00-23:00, 2026-01-01: x". Several spans of a
// date are written with the date repeated. Notes have no place in the cell.
func FormatSpecialCell(specials []Special) string {
	var parts []string
	for _, s := range specials {
		from, err1 := calendar.ParseDate(s.From)
		to, err2 := calendar.ParseDate(s.To)
		if err1 != nil || err2 != nil {
			continue
		}
		for d := from; d <= to; d++ {
			if len(s.Spans) == 0 {
				parts = append(parts, d.String()+": x")
			}
			for _, span := range s.Spans {
				parts = append(parts, d.String()+": "+FormatCell([]Span{span}))
			}
		}
	}
	return strings.Join(parts, ", ")
}

// ParseSpecialCell reads what FormatSpecialCell writes: dates in order, following dates with the same spans becoming one
// special day. An empty cell is no special days. Errors are as ParseOSM's.
func ParseSpecialCell(cell string) ([]Special, error) {
	s := scanner{text: typed.Replace(cell)}
	if len(cell) > maxSpecialCell {
		return nil, tooLong()
	}
	type single struct {
		date  calendar.Date
		spans []Span
	}
	var days []single
	for s.space(); !s.done(); s.space() {
		if len(days) > 0 {
			if !s.eat(",") {
				return nil, s.fail("hours.parse.unexpected")
			}
			s.space()
		}
		start := s.pos
		d, err := calendar.ParseDate(s.text[s.pos:min(s.pos+len("2006-01-02"), len(s.text))])
		if err != nil {
			return nil, s.failAt(start, "hours.parse.date")
		}
		s.pos += len("2006-01-02")
		s.space()
		if !s.eat(":") {
			return nil, s.fail("hours.parse.unexpected")
		}
		spans, err := s.cell()
		if err != nil {
			return nil, err
		}
		n := len(days)
		switch {
		case n == 0 || d > days[n-1].date:
			days = append(days, single{d, spans})
		case d == days[n-1].date && len(spans) > 0 && len(days[n-1].spans) > 0:
			days[n-1].spans = append(days[n-1].spans, spans...)
		default:
			return nil, s.failAt(start, "hours.parse.date")
		}
	}
	out := []Special{}
	for i, x := range days {
		if n := len(out); i > 0 && x.date == days[i-1].date+1 && slices.Equal(x.spans, out[n-1].Spans) {
			out[n-1].To = x.date.String()
		} else {
			out = append(out, Special{From: x.date.String(), To: x.date.String(), Spans: x.spans})
		}
	}
	return out, nil
}
