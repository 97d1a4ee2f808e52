package post

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// Calendar is what a calendar of posts is made with.
type Calendar struct {
	Name  string
	Host  string             // ends the ids of events: they never change, whoever serves them
	Lang  lang.Tag           // titles and texts are in this language
	URL   func(*Post) string // the page of a post
	Place func(*Post) string // where it is, in words
}

// ICalendar writes posts as an iCalendar object (RFC 5545): one event each, recurring ones with their rule, withdrawn ones as
// cancelled, times in the zone of the district. Lines end in CRLF and are folded at 75 bytes.
func (c Calendar) ICalendar(posts []Post) []byte {
	var b icsWriter
	b.line("BEGIN:VCALENDAR")
	b.line("VERSION:2.0")
	b.line("PRODID:-//Shangquan//Posts//EN")
	b.line("CALSCALE:GREGORIAN")
	b.line("METHOD:PUBLISH")
	b.text("NAME", c.Name)
	b.text("X-WR-CALNAME", c.Name)
	b.line("REFRESH-INTERVAL;VALUE=DURATION:PT6H")
	b.line("BEGIN:VTIMEZONE")
	b.line("TZID:" + zoneID)
	b.line("BEGIN:STANDARD")
	b.line("DTSTART:19910915T000000") // no summer time since
	b.line("TZOFFSETFROM:+0800")
	b.line("TZOFFSETTO:+0800")
	b.line("TZNAME:CST")
	b.line("END:STANDARD")
	b.line("END:VTIMEZONE")
	for i := range posts {
		c.event(&b, &posts[i])
	}
	b.line("END:VCALENDAR")
	return []byte(b.String())
}

const (
	zoneID    = "Asia/Shanghai"
	localForm = "20060102T150405"
	utcForm   = "20060102T150405Z"
	dayForm   = "20060102"
)

func (c Calendar) event(b *icsWriter, p *Post) {
	from, err := calendar.ParseDate(p.From)
	if err != nil {
		return
	}
	first, ok := p.Next(from)
	until, err := calendar.ParseDate(p.Until)
	if !ok || err != nil {
		return
	}
	b.line("BEGIN:VEVENT")
	b.line("UID:" + p.ID + "@" + c.Host)
	b.line("DTSTAMP:" + p.UpdatedAt.UTC().Format(utcForm))
	b.line("LAST-MODIFIED:" + p.UpdatedAt.UTC().Format(utcForm))
	b.line(fmt.Sprintf("SEQUENCE:%d", max(p.Rev-1, 0)))
	status := "CONFIRMED"
	if p.State != Published {
		status = "CANCELLED"
	}
	b.line("STATUS:" + status)
	span := p.Repeat.Every == Daily && p.Times == nil
	end := "" // of the recurrence
	switch t := p.Times; {
	case t != nil:
		b.line("DTSTART;TZID=" + zoneID + ":" + first.At(t.Open).Format(localForm))
		b.line("DTEND;TZID=" + zoneID + ":" + first.At(t.Close).Format(localForm))
		end = until.At(24*60 - 1).UTC().Format(utcForm)
	case span:
		b.line("DTSTART;VALUE=DATE:" + first.At(0).Format(dayForm))
		b.line("DTEND;VALUE=DATE:" + (until + 1).At(0).Format(dayForm))
	default:
		b.line("DTSTART;VALUE=DATE:" + first.At(0).Format(dayForm))
		b.line("DTEND;VALUE=DATE:" + (first + 1).At(0).Format(dayForm))
		end = until.At(0).Format(dayForm)
	}
	if rule := p.rule(); !span && first != until {
		b.line("RRULE:" + rule + ";UNTIL=" + end)
	}
	b.said("SUMMARY", c.Lang, p.Title)
	b.said("DESCRIPTION", c.Lang, p.Text)
	if c.Place != nil {
		b.text("LOCATION", c.Place(p))
	}
	if c.URL != nil {
		b.line("URL:" + c.URL(p))
	}
	b.line("CATEGORIES:" + strings.ToUpper(string(p.Kind)))
	b.line("END:VEVENT")
}

var weekdays = [7]string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}

// rule is the recurrence as RFC 5545 has it, without its end.
func (p *Post) rule() string {
	days := make([]string, len(p.Repeat.Days))
	switch p.Repeat.Every {
	case Weekly:
		for i, d := range p.Repeat.Days {
			days[i] = weekdays[d]
		}
		return "FREQ=WEEKLY;BYDAY=" + strings.Join(days, ",")
	case Monthly:
		for i, d := range p.Repeat.Days {
			days[i] = fmt.Sprint(d)
		}
		return "FREQ=MONTHLY;BYMONTHDAY=" + strings.Join(days, ",")
	case Daily:
	}
	return "FREQ=DAILY"
}

// icsWriter writes content lines.
type icsWriter struct{ strings.Builder }

// escape writes a text value (RFC 5545, 3.3.11). Line ends cannot end the line they stand in, so nobody can write lines of their own.
var escape = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

func (b *icsWriter) text(name, value string) {
	if value != "" {
		b.line(name + ":" + escape.Replace(value))
	}
}

// said writes a text with the language it is really in.
func (b *icsWriter) said(name string, t lang.Tag, x lang.Text) {
	if value, in := x.In(t); value != "" {
		b.text(name+";LANGUAGE="+string(in), value)
	}
}

// maxLine is how many bytes a line has before its CRLF.
const maxLine = 75

// line writes one content line, folded; control characters do not belong in one.
func (b *icsWriter) line(s string) {
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

// Stamp is when the newest of posts was written, for Last-Modified; zero for none.
func Stamp(posts []Post) time.Time {
	var newest time.Time
	for i := range posts {
		if posts[i].UpdatedAt.After(newest) {
			newest = posts[i].UpdatedAt
		}
	}
	return newest
}
