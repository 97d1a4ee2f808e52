package resource

import (
	"strconv"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/ical"
	"shangquan/services/lang"
)

// CalendarDays is how far ahead the calendar of spaces looks: programs ask for it again every few hours.
const CalendarDays = 28

// Calendar is what ICalendar needs to know of the site.
type Calendar struct {
	Name  string // what the calendar is called
	Host  string // makes the ids of events unique
	Lang  lang.Tag
	Days  *calendar.Calendar
	URL   string
	Place func(slug string) string // in words
	Now   time.Time
}

// ICalendar writes when spaces are open to others as an iCalendar object (RFC 5545): an event for each stretch of each day ahead, named by
// the space and its organisation. A holiday for which nobody has said what happens has no event.
func (c Calendar) ICalendar(list []Space) []byte {
	var b ical.Writer
	b.Begin("Spaces", c.Name)
	today := calendar.Today(c.Now)
	for i := range list {
		x := &list[i]
		for d := today; d < today+CalendarDays; d++ {
			day := hours.DayOf(x.Hours, c.Days, d)
			if !day.Known || day.Unanswered {
				continue
			}
			for _, s := range day.Spans {
				b.Line("BEGIN:VEVENT")
				b.Line("UID:space." + x.ID + "." + ical.Day(d) + "." + strconv.Itoa(s.Open) + "@" + c.Host)
				b.Line("DTSTAMP:" + ical.UTC(x.UpdatedAt))
				b.Line("DTSTART" + ical.At(d.At(s.Open)))
				b.Line("DTEND" + ical.At(d.At(s.Close)))
				b.Said("SUMMARY", c.Lang, lang.Text{Hans: x.Title})
				b.Text("LOCATION", c.Place(x.Place))
				b.Said("DESCRIPTION", c.Lang, x.Organisation)
				b.Line("URL:" + c.URL)
				b.Line("TRANSP:TRANSPARENT") // it is open, nobody has to be there
				b.Line("END:VEVENT")
			}
		}
	}
	return b.End()
}
