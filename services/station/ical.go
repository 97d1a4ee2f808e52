package station

import (
	"fmt"
	"time"

	"shangquan/services/ical"
)

// ICalendar writes the bookings of a room as an iCalendar object (RFC 5545). The id of an event never changes and SEQUENCE counts its
// changes, so that a calendar moves the event it has, or strikes it out. name says what an organisation is called.
func (r *Room) ICalendar(list []Booking, host string, name func(organisationID string) string, now time.Time) []byte {
	var c ical.Writer
	c.Begin("Rooms", r.Name.Hans)
	for i := range list {
		b := &list[i]
		status := "CONFIRMED"
		switch {
		case b.State == Requested:
			status = "TENTATIVE"
		case !b.State.Holds():
			status = "CANCELLED"
		}
		c.Line("BEGIN:VEVENT")
		c.Line("UID:" + b.ID + "@" + host)
		c.Line("DTSTAMP:" + ical.UTC(now))
		c.Line(fmt.Sprintf("SEQUENCE:%d", b.Sequence))
		c.Line("STATUS:" + status)
		c.Line("DTSTART" + ical.At(b.Start()))
		c.Line("DTEND" + ical.At(b.End()))
		c.Text("SUMMARY", fmt.Sprintf("%s：%s（%d）", name(b.OrganisationID), b.Purpose, b.People))
		c.Text("LOCATION", r.Name.Hans)
		c.Line("END:VEVENT")
	}
	return c.End()
}
