package directory

import (
	"context"
	"slices"
	"strings"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/taxonomy"
)

// ShopPage is everything the page of a shop says.
type ShopPage struct {
	Row
	Group  *taxonomy.Group  // nil when not in the register
	Format *taxonomy.Format // nil when not in the register
	// Week is the days of this week, Monday first, with everything that holds on them.
	Week []hours.Day
	// Coming are the exceptions ahead, in order.
	Coming []Coming
	// Stop is the nearest place where a bus or the metro stops, nil when none is within StopWithin.
	Stop *Stop
	// Neighbours are the shops next door, at most four, in the order of their doors.
	Neighbours []Row
	// Forward is the page of the new place, when it is ours too and public.
	Forward *Row
}

// Coming is one exception ahead: a special day, a public holiday, a make-up working day or a pause, from one date to another.
type Coming struct {
	From, To calendar.Date
	Name     string // of the public holiday, as the State Council calls it; empty for others
	Spans    []hours.Span
	Reason   hours.Reason
	Note     lang.Text
	// Unanswered: the shop has not said whether it is open: 节假日时间待确认. Spans is then what an ordinary week would have.
	Unanswered bool
}

// Stop is a stop with the way to it.
type Stop struct {
	Point  *place.Point
	Metres float64
}

// How far the page of a shop looks: ahead in days, and round in metres.
const (
	ComingDays = 30
	StopWithin = 800
	NextDoor   = 500 // a road may be ten kilometres long, and the next shop we know on it far away
)

// Shop returns the page of the shop with this slug: fault.NotFound, also for a shop that is not public. A shop that moved or
// closed keeps its page, which says so.
func (s *Service) Shop(ctx context.Context, slug string, t lang.Tag, now time.Time) (ShopPage, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return ShopPage{}, err
	}
	n, ok := st.snap.public(st.snap.slugs, slug)
	if !ok {
		return ShopPage{}, fault.Missing()
	}
	snap, cal := st.snap, st.cal
	p := ShopPage{Row: snap.row(n, cal, t, now, nil), Week: []hours.Day{}, Coming: []Coming{}, Neighbours: []Row{}}
	if p.Category != nil {
		if i, ok := snap.reg.group[p.Category.GroupID]; ok {
			p.Group = &snap.reg.groups[i]
		}
	}
	if f, ok := snap.reg.words.Format(p.Listing.FormatID); ok {
		p.Format = &f
	}
	if c := p.Listing.Closure; p.Gone() && c != nil {
		if to, ok := snap.public(snap.ids, c.ForwardID); ok {
			r := snap.row(to, cal, t, now, nil)
			p.Forward = &r
		}
	}
	if p.At != nil {
		p.Stop = snap.reg.nearestStop(*p.At)
	}
	if p.Gone() {
		return p, nil
	}
	p.timetable(cal, now)
	p.Neighbours = snap.rows(snap.neighbours(n, 2), cal, t, now, p.At)
	return p, nil
}

// timetable fills in what the page says of days: this week, and the exceptions ahead.
func (p *ShopPage) timetable(cal *calendar.Calendar, now time.Time) {
	h := listing.ReliableHours(p.Listing, now)
	today := calendar.Today(now)
	p.Week = []hours.Day{}
	for d := today.Monday(); d < today.Monday()+7; d++ {
		p.Week = append(p.Week, hours.DayOf(h, cal, d))
	}
	p.Coming = coming(h, cal, today)
}

// Preview returns of the page of a listing what depends on the listing alone: the status, this week, the exceptions ahead. Who edits
// sees with it, before anything is stored, what customers will see after.
func Preview(l *listing.Listing, cal *calendar.Calendar, t lang.Tag, now time.Time) ShopPage {
	p := ShopPage{Row: Row{Listing: l, Stale: listing.Stale(l, now), Tags: []taxonomy.Tag{}, Metres: -1}, Week: []hours.Day{}, Coming: []Coming{}, Neighbours: []Row{}}
	p.Name, p.NameLang = l.Name.In(t)
	p.Status = hours.At(listing.ReliableHours(l, now), cal, now)
	p.Heritage = shownMark(l, now)
	if !p.Gone() {
		p.timetable(cal, now)
	}
	return p
}

// ByCode returns the slug of the public shop with this code, for the short address on posters: fault.NotFound. Who types it off
// a window may leave out the capitals.
func (s *Service) ByCode(ctx context.Context, code string) (string, error) {
	st, err := s.state(ctx, s.clock())
	if err != nil {
		return "", err
	}
	n, ok := st.snap.lasting(st.snap.codes, code)
	if !ok {
		n, ok = st.snap.lasting(st.snap.codes, strings.ToUpper(code))
	}
	if !ok {
		return "", fault.Missing()
	}
	return st.snap.shops[n].Slug, nil
}

// coming gathers the exceptions of the days ahead; days that say the same are one.
func coming(h hours.Hours, cal *calendar.Calendar, today calendar.Date) []Coming {
	out := []Coming{}
	for d := today; d < today+ComingDays; d++ {
		day := hours.DayOf(h, cal, d)
		if !exceptional(day) {
			continue
		}
		c := Coming{From: d, To: d, Spans: day.Spans, Reason: day.Reason, Note: day.Note, Unanswered: day.Unanswered}
		if named, ok := cal.Day(d); ok {
			c.Name = named.Name
		}
		if n := len(out); n > 0 && out[n-1].To == d-1 && out[n-1].same(&c) {
			out[n-1].To = d
			continue
		}
		out = append(out, c)
	}
	return out
}

func exceptional(d hours.Day) bool {
	switch d.Reason { //nolint:exhaustive // the week is the rule
	case hours.BySpecial, hours.ByPause:
		return true
	case hours.ByClass:
		return d.Class == calendar.Holiday || d.Class == calendar.Makeup
	}
	return d.Unanswered
}

func (c *Coming) same(o *Coming) bool {
	return c.Name == o.Name && c.Reason == o.Reason && c.Note == o.Note && c.Unanswered == o.Unanswered && slices.Equal(c.Spans, o.Spans)
}

// nearestStop returns the stop nearest to p within StopWithin metres.
func (r *register) nearestStop(p geo.Point) *Stop {
	var best *Stop
	for _, i := range r.stops {
		if m := geo.Distance(p, r.points[i].Location.Point); m <= StopWithin && (best == nil || m < best.Metres) {
			best = &Stop{&r.points[i], m}
		}
	}
	return best
}

// neighbours returns up to k listed shops before and k after shop n, as one walks past the doors of the same street or plaza,
// up to one that is known to be further than NextDoor.
func (s *snapshot) neighbours(n int32, k int) []int32 {
	at := &s.shops[n]
	near := func(i int) (int32, bool) {
		if !at.listed || i < 0 || i >= len(s.lists.door.list) {
			return 0, false
		}
		m := s.lists.door.list[i]
		sh := &s.shops[m]
		if at.located && sh.located && geo.Distance(at.at, sh.at) > NextDoor {
			return 0, false
		}
		return m, at.plaza >= 0 && sh.plaza == at.plaza || at.street >= 0 && sh.street == at.street
	}
	rank := int(s.lists.door.rank[n])
	var before, after []int32
	for i := rank - 1; len(before) < k; i-- {
		m, ok := near(i)
		if !ok {
			break
		}
		before = append(before, m)
	}
	for i := rank + 1; len(after) < k; i++ {
		m, ok := near(i)
		if !ok {
			break
		}
		after = append(after, m)
	}
	slices.Reverse(before)
	return append(before, after...)
}

// Get returns the row of the public listing with this id: fault.NotFound.
func (s *Service) Get(ctx context.Context, id string, t lang.Tag, now time.Time) (Row, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return Row{}, err
	}
	n, ok := st.snap.public(st.snap.ids, id)
	if !ok {
		return Row{}, fault.Missing()
	}
	return st.snap.row(n, st.cal, t, now, nil), nil
}
