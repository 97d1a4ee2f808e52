// Package ical writes iCalendar objects (RFC 5545): content lines, escaped and folded, and the zone of the district.
package ical

import (
	"strings"
	"time"
	"unicode/utf8"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// zoneID names the zone that Begin defines and At refers to.
const zoneID = "Asia/Shanghai"

// The forms of values (RFC 5545, 3.3.4 and 3.3.5).
const (
	localForm = "20060102T150405"
	utcForm   = "20060102T150405Z"
	dayForm   = "20060102"
)

// UTC writes an instant in UTC.
func UTC(t time.Time) string { return t.UTC().Format(utcForm) }

// Day writes a date.
func Day(d calendar.Date) string { return d.At(0).Format(dayForm) }

// At returns the parameter and value of a property that is an instant in the zone of the district: ";TZID=Asia/Shanghai:20261015T080000".
func At(t time.Time) string {
	return ";TZID=" + zoneID + ":" + t.In(calendar.Shanghai).Format(localForm)
}

// On returns the parameter and value of a property that is a date: ";VALUE=DATE:20261015".
func On(d calendar.Date) string { return ";VALUE=DATE:" + Day(d) }

// Begin writes the head of a calendar that programs ask for again every six hours (RFC 7986). of names what it holds in the id of the
// product.
func (b *Writer) Begin(of, name string) {
	b.Line("BEGIN:VCALENDAR")
	b.Line("VERSION:2.0")
	b.Line("PRODID:-//Shangquan//" + of + "//EN")
	b.Line("CALSCALE:GREGORIAN")
	b.Line("METHOD:PUBLISH")
	b.Text("NAME", name)
	b.Text("X-WR-CALNAME", name)
	b.Line("REFRESH-INTERVAL;VALUE=DURATION:PT6H")
	b.Line("BEGIN:VTIMEZONE")
	b.Line("TZID:" + zoneID)
	b.Line("BEGIN:STANDARD")
	b.Line("DTSTART:19910915T000000") // no summer time since
	b.Line("TZOFFSETFROM:+0800")
	b.Line("TZOFFSETTO:+0800")
	b.Line("TZNAME:CST")
	b.Line("END:STANDARD")
	b.Line("END:VTIMEZONE")
}

// End closes the calendar and returns it.
func (b *Writer) End() []byte {
	b.Line("END:VCALENDAR")
	return []byte(b.String())
}

// Writer writes content lines. The zero Writer is empty.
type Writer struct{ strings.Builder }

// escape writes a text value (RFC 5545, 3.3.11). Line ends cannot end the line they stand in, so nobody can write lines of their own.
var escape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// Text writes a text value; nothing for an empty one.
func (b *Writer) Text(name, value string) {
	if value != "" {
		b.Line(name + ":" + escape.Replace(value))
	}
}

// Said writes a text with the language it is really in.
func (b *Writer) Said(name string, t lang.Tag, x lang.Text) {
	if value, in := x.In(t); value != "" {
		b.Text(name+";LANGUAGE="+string(in), value)
	}
}

// maxLine is how many bytes a line has before its CRLF.
const maxLine = 75

// Line writes one content line, folded; control characters do not belong in one.
func (b *Writer) Line(s string) {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, s)
	for room := maxLine; ; room = maxLine - 1 { // the space that continues a line counts
		if len(s) <= room {
			b.WriteString(s + "\r\n")
			return
		}
		cut := room
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		b.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
}
