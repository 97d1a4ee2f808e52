package notice

import (
	"strconv"
	"strings"
	"time"

	"shangquan/services/atom"
	"shangquan/services/calendar"
	"shangquan/services/ical"
	"shangquan/services/lang"
)

// Feed is what a feed or a calendar of notices is made with.
type Feed struct {
	Title string
	Lang  lang.Tag // titles and texts are in this language, or in the one of record where a translation is missing
	Host  string   // begins the ids, which never change, whoever serves them: songjiang.example.cn
	Since string   // the date from which Host belongs to the district, YYYY-MM-DD (RFC 4151)
	Self  string   // the address of the feed
	Page  string   // the address of the page with the same notices
	URL   func(*Posted) string
	Kind  func(Kind) string            // what a kind is called
	Place func(*Posted) string         // where it is, in words; "" where nobody said
	Tags  func(*Posted) []string       // further categories: the streets and plazas it is for
	Who   string                       // who tells it
	Ended func(*Posted, Public) string // what is said before the title of one that is over or was withdrawn
}

// tagURI is an id that never changes (RFC 4151).
func (f *Feed) tagURI(what string) string { return atom.TagURI(f.Host, f.Since, what) }

// Atom writes notices as an Atom feed (RFC 4287), in the order given. Of what was withdrawn only why.
func (f Feed) Atom(list []*Posted, now time.Time) ([]byte, error) {
	out := atom.Feed{
		Lang: string(f.Lang), ID: f.tagURI("notices" + atom.PathOf(f.Self)), Title: f.Title, Updated: f.stamp(list, now).Format(time.RFC3339), Author: atom.Person{Name: f.Who},
		Links: atom.Links(f.Self, f.Page),
	}
	for _, p := range list {
		c := &p.Content
		title, in := c.Title.In(f.Lang)
		if s := p.StateAt(now); s != Live && f.Ended != nil {
			title = f.Ended(p, s) + title
		}
		e := atom.Entry{
			ID: f.tagURI("notice/" + p.ID), Title: atom.Text{Type: "text", Lang: string(in), Body: title}, Published: p.PublicAt.UTC().Format(time.RFC3339), Updated: p.changed(now).UTC().Format(time.RFC3339),
			Links: []atom.Link{{Rel: "alternate", Type: "text/html", Href: f.URL(p)}}, Categories: []atom.Category{{Term: string(c.Kind), Label: f.Kind(c.Kind)}},
		}
		if f.Tags != nil {
			for _, t := range f.Tags(p) {
				e.Categories = append(e.Categories, atom.Category{Term: t})
			}
		}
		if p.State == Taken {
			if p.Why != "" {
				e.Summary = &atom.Text{Type: "text", Lang: string(lang.Hans), Body: p.Why}
			}
			out.Entries = append(out.Entries, e)
			continue
		}
		if s, in := c.Instruction.In(f.Lang); s != "" {
			e.Summary = &atom.Text{Type: "text", Lang: string(in), Body: s}
		}
		if m, in := p.Text(f.Lang); m != "" {
			e.Content = &atom.Text{Type: "html", Lang: string(in), Body: string(m)}
		}
		out.Entries = append(out.Entries, e)
	}
	return out.Bytes()
}

// changed is when what a reader sees of it changed last.
func (p *Posted) changed(now time.Time) time.Time {
	if p.State == Live && p.StateAt(now) == Over {
		return p.Content.ExpiresAt
	}
	return p.UpdatedAt
}

// Stamp is when the newest of a list changed, for Last-Modified; zero for none.
func Stamp(list []*Posted, now time.Time) time.Time {
	var newest time.Time
	for _, p := range list {
		if at := p.changed(now); at.After(newest) {
			newest = at
		}
	}
	return newest
}

// stamp is Stamp in UTC; a feed with nothing in it was changed when its host became the district's.
func (f *Feed) stamp(list []*Posted, now time.Time) time.Time {
	at := Stamp(list, now)
	if d, err := calendar.ParseDate(f.Since); at.IsZero() && err == nil {
		at = d.At(0)
	}
	return at.UTC()
}

// ICalendar writes notices as an iCalendar object (RFC 5545): one event each, of when what it is about takes place; of one that does not
// say, from the day it was published to its end. What was withdrawn is cancelled.
func (f Feed) ICalendar(list []*Posted, now time.Time) []byte {
	var b ical.Writer
	b.Begin("Notices", f.Title)
	for _, p := range list {
		c := &p.Content
		b.Line("BEGIN:VEVENT")
		b.Line("UID:notice-" + p.ID + "@" + f.Host)
		b.Line("DTSTAMP:" + ical.UTC(p.changed(now)))
		b.Line("LAST-MODIFIED:" + ical.UTC(p.changed(now)))
		sequence, status := p.N-1, "CONFIRMED"
		if p.State == Taken {
			sequence, status = p.N, "CANCELLED"
		}
		b.Line("SEQUENCE:" + strconv.Itoa(sequence))
		b.Line("STATUS:" + status)
		if c.From.IsZero() {
			b.Line("DTSTART" + ical.On(calendar.Today(p.PublicAt)))
			b.Line("DTEND" + ical.On(max(calendar.Today(c.ExpiresAt), calendar.Today(p.PublicAt))+1))
		} else {
			b.Line("DTSTART" + ical.At(c.From))
			if c.Until.After(c.From) {
				b.Line("DTEND" + ical.At(c.Until))
			}
		}
		b.Said("SUMMARY", f.Lang, c.Title)
		text, in := c.Text.In(f.Lang)
		if p.State == Taken {
			text, in = p.Why, lang.Hans
		} else if instruct, _ := c.Instruction.In(f.Lang); instruct != "" {
			text = instruct + "\n\n" + text
		}
		b.Text("DESCRIPTION;LANGUAGE="+string(in), Plain(text))
		if f.Place != nil {
			b.Text("LOCATION", f.Place(p))
		}
		b.Line("URL:" + f.URL(p))
		b.Text("CATEGORIES", strings.ToUpper(string(c.Kind)))
		b.Line("END:VEVENT")
	}
	return b.End()
}
