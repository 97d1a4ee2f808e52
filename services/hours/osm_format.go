package hours

import (
	"slices"
	"strings"

	"shangquan/services/calendar"
)

var (
	osmDays   = [7]string{"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"}
	osmMonths = [12]string{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}
)

// FormatOSM writes hours as an OpenStreetMap opening_hours value (specification 0.7.2). What holds on holidays and make-up
// days is written as dates, for the announced years of first to last: PH does not mean the same in China, where weekends
// are worked for it. Special days and the pause follow, so that they override. With many dates the value grows beyond the
// 255 characters OpenStreetMap stores and the MaxText that ParseOSM reads.
func FormatOSM(h Hours, cal *calendar.Calendar, first, last int) string {
	var rules []string
	if !h.Known {
		rules = append(rules, "unknown"+comment(h.Text))
	} else {
		rules = append(osmWeek(h.Ordinary()), osmClasses(h, cal, first, last)...)
		for _, s := range h.Special {
			rules = append(rules, osmDates(s.From, s.To)+" "+osmOpen(s.Spans, s.Note.Hans))
		}
	}
	if h.Pause != nil {
		dates := osmDates(h.Pause.From, h.Pause.Until)
		rules = append(rules, dates+" "+osmOpen(nil, h.Pause.Note.Hans))
	}
	return strings.Join(rules, "; ")
}

func osmWeek(week [7][]Span) []string {
	var rules []string
	for _, days := range alike(week) {
		spans := week[days[0]]
		if len(days) == 7 && len(spans) == 1 && spans[0] == (Span{0, day}) {
			return []string{"24/7"}
		}
		var names []string
		for _, r := range ranges(days) {
			name := osmDays[r.From]
			if r.To != r.From {
				name += "-" + osmDays[r.To]
			}
			names = append(names, name)
		}
		rules = append(rules, strings.Join(names, ",")+" "+osmOpen(spans, ""))
	}
	return rules
}

// osmClasses writes the holidays and make-up days that differ from the ordinary week. A run is cut after MaxClosedRun days,
// so that ParseOSM does not take a long holiday for a pause.
func osmClasses(h Hours, cal *calendar.Calendar, first, last int) []string {
	var rules []string
	p := prepare(Hours{Known: true, Week: h.Week, ByClass: h.ByClass}, cal)
	var run []calendar.Day
	flush := func() {
		if len(run) > 0 {
			spans := p.day(run[0].Date).Spans
			rules = append(rules, osmDates(run[0].Date.String(), run[len(run)-1].Date.String())+" "+osmOpen(spans, run[0].Name))
			run = nil
		}
	}
	for year := first; year <= last; year++ {
		for _, d := range cal.Days(year) {
			spans := p.day(d.Date).Spans
			if slices.Equal(spans, p.week[d.Date.FromMonday()]) {
				flush()
				continue
			}
			if n := len(run); n == MaxClosedRun || n > 0 && (run[n-1].Date+1 != d.Date || run[n-1].Name != d.Name || !slices.Equal(p.day(run[n-1].Date).Spans, spans)) {
				flush()
			}
			run = append(run, d)
		}
		flush()
	}
	return rules
}

// osmDates writes a range of ISO dates; an empty end is an open one.
func osmDates(from, to string) string {
	out := osmDate(from)
	switch to {
	case from:
		return out
	case "":
		return out + "+"
	}
	return out + "-" + osmDate(to)
}

func osmDate(iso string) string {
	d, err := calendar.ParseDate(iso)
	if err != nil {
		return iso // Validate let it through for nobody; a reader will refuse it
	}
	_, month, _ := d.Civil()
	return iso[:4] + " " + osmMonths[month-1] + " " + iso[8:]
}

func osmOpen(spans []Span, note string) string {
	if len(spans) == 0 {
		return "off" + comment(note)
	}
	var times []string
	for _, s := range spans {
		closes := s.Close
		if closes > day && closes-day < s.Open {
			closes -= day
		}
		times = append(times, twoDigits(s.Open)+"-"+twoDigits(closes))
	}
	out := strings.Join(times, ",")
	if c := comment(note); c != "" {
		out += " open" + c // without the word, OSM reads a comment as "perhaps"
	}
	return out
}

// comment writes a note as a comment; the syntax has no way to write a quotation mark or a line break in one.
func comment(note string) string {
	note = strings.Join(strings.Fields(strings.ReplaceAll(note, `"`, "”")), " ")
	if note == "" {
		return ""
	}
	return ` "` + note + `"`
}
