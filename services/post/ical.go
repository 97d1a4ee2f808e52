package post

import (
	"fmt"
	"strings"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/ical"
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
	var b ical.Writer
	b.Begin("Posts", c.Name)
	for i := range posts {
		c.event(&b, &posts[i])
	}
	return b.End()
}

func (c Calendar) event(b *ical.Writer, p *Post) {
	from, err := calendar.ParseDate(p.From)
	if err != nil {
		return
	}
	first, ok := p.Next(from)
	until, err := calendar.ParseDate(p.Until)
	if !ok || err != nil {
		return
	}
	b.Line("BEGIN:VEVENT")
	b.Line("UID:" + p.ID + "@" + c.Host)
	b.Line("DTSTAMP:" + ical.UTC(p.UpdatedAt))
	b.Line("LAST-MODIFIED:" + ical.UTC(p.UpdatedAt))
	b.Line(fmt.Sprintf("SEQUENCE:%d", max(p.Rev-1, 0)))
	status := "CONFIRMED"
	if p.State != Published || p.Cancelled() {
		status = "CANCELLED"
	}
	b.Line("STATUS:" + status)
	span := p.Repeat.Every == Daily && p.Times == nil
	end := "" // of the recurrence
	switch t := p.Times; {
	case t != nil:
		b.Line("DTSTART" + ical.At(first.At(t.Open)))
		b.Line("DTEND" + ical.At(first.At(t.Close)))
		end = ical.UTC(until.At(24*60 - 1))
	case span:
		b.Line("DTSTART" + ical.On(first))
		b.Line("DTEND" + ical.On(until+1))
	default:
		b.Line("DTSTART" + ical.On(first))
		b.Line("DTEND" + ical.On(first+1))
		end = ical.Day(until)
	}
	if rule := p.rule(); !span && first != until {
		b.Line("RRULE:" + rule + ";UNTIL=" + end)
	}
	b.Said("SUMMARY", c.Lang, p.Title)
	b.Said("DESCRIPTION", c.Lang, p.Text)
	if c.Place != nil {
		b.Text("LOCATION", c.Place(p))
	}
	if c.URL != nil {
		b.Line("URL:" + c.URL(p))
	}
	b.Line("CATEGORIES:" + strings.ToUpper(string(p.Kind)))
	b.Line("END:VEVENT")
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
