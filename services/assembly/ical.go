package assembly

import (
	"fmt"
	"time"

	"shangquan/services/ical"
)

// meetingLasts is how long a meeting takes in a calendar; nobody says how long it will be.
const meetingLasts = 2 * time.Hour

// ICalendar writes a meeting as an iCalendar object (RFC 5545). Its id never changes and SEQUENCE counts the calls, so that a calendar
// moves the event it has, or strikes it out.
func (m *Meeting) ICalendar(host, url string) []byte {
	var b ical.Writer
	b.Begin("Meetings", m.Title)
	m.event(&b, host, url)
	return b.End()
}

func (m *Meeting) event(b *ical.Writer, host, url string) {
	b.Line("BEGIN:VEVENT")
	b.Line("UID:" + m.ID + "@" + host)
	b.Line("DTSTAMP:" + ical.UTC(m.UpdatedAt))
	b.Line(fmt.Sprintf("SEQUENCE:%d", m.Sequence))
	status := "CONFIRMED"
	if m.State == Cancelled {
		status = "CANCELLED"
	}
	b.Line("STATUS:" + status)
	b.Line("DTSTART" + ical.At(m.At))
	b.Line("DTEND" + ical.At(m.At.Add(meetingLasts)))
	b.Text("SUMMARY", m.Title)
	b.Text("LOCATION", m.Place)
	agenda := ""
	for i, t := range m.OnAgenda() {
		agenda += fmt.Sprintf("%d. %s\n", i+1, t.Title)
	}
	b.Text("DESCRIPTION", agenda)
	b.Line("URL:" + url)
	b.Line("END:VEVENT")
}
