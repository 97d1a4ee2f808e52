package activity

import (
	"strconv"
	"time"

	"shangquan/services/ical"
	"shangquan/services/lang"
)

// Calendar is what ICalendar needs to know of the site.
type Calendar struct {
	Name string // what the calendar is called
	Host string // makes the ids of events unique
	Lang lang.Tag
	URL  func(id string) string
}

// ICalendar writes activities as an iCalendar object (RFC 5545). Ids never change and SEQUENCE counts the changes, so that a calendar
// moves the event it has, or strikes it out.
func (c Calendar) ICalendar(list []Shown) []byte {
	var b ical.Writer
	b.Begin("Activities", c.Name)
	for i := range list {
		a := &list[i]
		b.Line("BEGIN:VEVENT")
		b.Line("UID:activity." + a.ID + "@" + c.Host)
		b.Line("DTSTAMP:" + ical.UTC(a.UpdatedAt))
		b.Line("SEQUENCE:" + strconv.Itoa(a.Sequence))
		status := "CONFIRMED"
		if a.State == Cancelled {
			status = "CANCELLED"
		}
		b.Line("STATUS:" + status)
		b.Line("DTSTART" + ical.At(a.Plan().From))
		b.Line("DTEND" + ical.At(a.Plan().Until))
		b.Said("SUMMARY", c.Lang, a.Plan().Title)
		b.Text("LOCATION", a.Plan().Place)
		b.Said("DESCRIPTION", c.Lang, a.Plan().Text)
		b.Line("URL:" + c.URL(a.ID))
		b.Line("LAST-MODIFIED:" + ical.UTC(a.UpdatedAt.Truncate(time.Second)))
		b.Line("END:VEVENT")
	}
	return b.End()
}
