// Package overview works out how the district stands: how many shops there are and how many were looked at, how complete the pages of
// each street and plaza are, when shops are open in an ordinary week, and how they sell, month by month. It is arithmetic over the
// published shops; nothing in it is about a person, and no shop is graded.
package overview

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

// ConfirmedDays is for how long a confirmation counts, as for hours (design H7).
const ConfirmedDays = 180

// Figures are how the district stands.
type Figures struct {
	Shops     int
	Confirmed int // looked at by the shop or the district in the last ConfirmedDays
	New       int // entered in the last seven days
	// Places are the stretches of streets, the streets and the plazas with shops, the least complete first. A shop is counted once: in its
	// plaza, on its stretch, or on its street where that has none.
	Places []Fill
	// Open is how many shops are open in each hour of an ordinary week, Monday first, at half past; Known is of how many the hours are
	// known.
	Open  [7][24]int
	Known int
	// Formats are how many shops there are of each retail format, the most first; "" for those without one.
	Formats []Count
}

// Fill is how complete the pages of one place are.
type Fill struct {
	Place   string // id of the street or plaza; empty: of neither
	Stretch string // id of the stretch of the street; empty: none
	Shops   int
	Percent int // of what a page should say, on average, see listing.Completeness
}

// Count is a number of something.
type Count struct {
	ID string
	N  int
}

// Month is how shops sold in a month: as it was on the last day of it on which somebody counted.
type Month struct {
	Month   string // YYYY-MM
	Formats map[string]int
	// Places has the same for each street and plaza, by id; "" for shops in neither.
	Places map[string]map[string]int
}

// Total is how many shops there were.
func (m *Month) Total() int {
	n := 0
	for _, x := range m.Formats {
		n += x
	}
	return n
}

// month is a Month as it is stored; its id is the month.
type month struct {
	store.Meta
	Places []placed `json:"places"`
}

type placed struct {
	Place   string         `json:"place"`
	Formats map[string]int `json:"formats"`
}

// Span is how far apart the ends of periods are.
type Span string

// The spans.
const (
	ByMonth   Span = "month"
	ByQuarter Span = "quarter"
)

// Ends returns of the months that were counted those at the end of a month or quarter. A quarter at whose last month nobody counted has no
// end and is left out; the present one stands as it is by now. Nothing is worked out for times before somebody counted.
func Ends(list []Month, by Span) []Month {
	if by != ByQuarter {
		return list
	}
	out := []Month{}
	for i, m := range list {
		last := strings.HasSuffix(m.Month, "-03") || strings.HasSuffix(m.Month, "-06") || strings.HasSuffix(m.Month, "-09") || strings.HasSuffix(m.Month, "-12")
		if last || i == len(list)-1 {
			out = append(out, m)
		}
	}
	return out
}

// Of returns how shops sold at one place in the months that were counted. A month in which there were no shops has none.
func Of(list []Month, placeID string) []Month {
	out := make([]Month, len(list))
	for i, m := range list {
		out[i] = Month{Month: m.Month, Formats: m.Places[placeID]}
	}
	return out
}

// Formats are all formats that shops had in these months, those with the most shops in the last of them first.
func Formats(list []Month) []string {
	out := []string{}
	for _, m := range list {
		for id := range m.Formats {
			if !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		last := list[len(list)-1].Formats
		return cmp.Or(cmp.Compare(last[b], last[a]), cmp.Compare(a, b))
	})
	return out
}

// Listed returns the published shops and what identifies this list, as directory.Service has it.
type Listed func(ctx context.Context) ([]*listing.Listing, string, error)

// Placed returns the streets and plazas of the register, as directory.Service has it.
type Placed func(ctx context.Context) ([]place.Street, []place.Plaza, error)

// Service works it out.
type Service struct {
	listed   Listed
	placed   Placed
	calendar func() *calendar.Calendar
	now      func() time.Time
	months   *store.Collection[month]

	mu   sync.Mutex
	of   string // what kept was made from
	kept Figures
}

// New returns the service on db.
func New(db store.DB, listed Listed, placed Placed, cal func() *calendar.Calendar, now func() time.Time) *Service {
	return &Service{listed: listed, placed: placed, calendar: cal, now: now, months: store.NewCollection[month](db, "overview_months")}
}

var thing = access.Thing{Kind: "overview"}

// Figures returns how the district stands today. It is worked out once for each state of the register and day; what is returned is
// shared and must not be changed.
func (s *Service) Figures(ctx context.Context, by access.Actor) (Figures, error) {
	if err := access.Require(by, access.OverviewRead, thing); err != nil {
		return Figures{}, err
	}
	list, rev, err := s.listed(ctx)
	if err != nil {
		return Figures{}, err
	}
	streets, _, err := s.placed(ctx)
	if err != nil {
		return Figures{}, err
	}
	now := s.now()
	key := rev + " " + now.Format(time.DateOnly)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of != key {
		s.of, s.kept = key, count(list, streets, s.calendar(), now)
	}
	return s.kept, nil
}

// count works the figures out.
func count(list []*listing.Listing, streets []place.Street, cal *calendar.Calendar, now time.Time) Figures {
	f := Figures{Shops: len(list)}
	since := now.AddDate(0, 0, -ConfirmedDays).Format(time.DateOnly)
	week := now.AddDate(0, 0, -7)
	type sum struct{ shops, done, all int }
	type spot struct{ place, stretch string }
	fills, formats := map[spot]*sum{}, map[string]int{}
	for _, l := range list {
		if l.Confirmed.On >= since && l.Confirmed.By != "source" {
			f.Confirmed++
		}
		if l.CreatedAt.After(week) {
			f.New++
		}
		formats[l.FormatID]++
		where := spot{placeOf(l), stretchOf(l, streets)}
		at := fills[where]
		if at == nil {
			at = &sum{}
			fills[where] = at
		}
		at.shops++
		for _, item := range listing.Completeness(l, cal, now) {
			at.all++
			if item.Done {
				at.done++
			}
		}
		h := listing.ReliableHours(l, now)
		if !h.Known {
			continue
		}
		f.Known++
		open := hours.RegularSlots(h)
		for day := range 7 {
			for hour := range 24 {
				if open.Has(hours.SlotAt(day, hour*60+30)) {
					f.Open[day][hour]++
				}
			}
		}
	}
	for at, x := range fills {
		f.Places = append(f.Places, Fill{Place: at.place, Stretch: at.stretch, Shops: x.shops, Percent: x.done * 100 / max(x.all, 1)})
	}
	slices.SortFunc(f.Places, func(a, b Fill) int {
		return cmp.Or(cmp.Compare(a.Percent, b.Percent), cmp.Compare(b.Shops, a.Shops), cmp.Compare(a.Place, b.Place), cmp.Compare(a.Stretch, b.Stretch))
	})
	for id, n := range formats {
		f.Formats = append(f.Formats, Count{id, n})
	}
	slices.SortFunc(f.Formats, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.ID, b.ID)) })
	return f
}

// placeOf is the plaza a shop is in, else its street.
func placeOf(l *listing.Listing) string {
	if l.Address.PlazaID != "" {
		return l.Address.PlazaID
	}
	return l.Address.StreetID
}

// stretchOf is the stretch of its street that a shop is on; empty in a plaza, on no stretch, and where the house number cannot be read.
func stretchOf(l *listing.Listing, streets []place.Street) string {
	h, _, ok := place.ParseHouse(l.Address.House)
	if l.Address.PlazaID != "" || !ok {
		return ""
	}
	for i := range streets {
		if streets[i].ID == l.Address.StreetID {
			x, _ := streets[i].StretchOf(h)
			return x.ID
		}
	}
	return ""
}

// Count writes down how shops sell this month, over what was written earlier in it, and returns how many shops that were. A worker
// does it every day, so that a month ends with its last day and a server that was away for a day leaves no gap.
func (s *Service) Count(ctx context.Context) (int, error) {
	list, _, err := s.listed(ctx)
	if err != nil {
		return 0, err
	}
	at := map[string]map[string]int{}
	for _, l := range list {
		id := placeOf(l)
		if at[id] == nil {
			at[id] = map[string]int{}
		}
		at[id][l.FormatID]++
	}
	m := month{Meta: store.Meta{ID: s.now().Format("2006-01")}, Places: []placed{}}
	for id, formats := range at {
		m.Places = append(m.Places, placed{id, formats})
	}
	slices.SortFunc(m.Places, func(a, b placed) int { return cmp.Compare(a.Place, b.Place) })
	if old, err := s.months.Get(ctx, m.ID); err == nil && fmt.Sprint(old.Places) == fmt.Sprint(m.Places) {
		return len(list), nil // nothing changed since yesterday
	}
	return len(list), s.months.Upsert(ctx, []month{m})
}

// Months returns the last n months that were counted, the earliest first.
func (s *Service) Months(ctx context.Context, by access.Actor, n int) ([]Month, error) {
	if err := access.Require(by, access.OverviewRead, thing); err != nil {
		return nil, err
	}
	from := s.now().AddDate(0, 0, 1-s.now().Day()).AddDate(0, 1-n, 0).Format("2006-01")
	out := []Month{}
	for m, err := range s.months.Each(ctx, store.Where("id", store.Gte, from).OrderBy("id", store.Asc)) {
		if err != nil {
			return nil, err
		}
		x := Month{Month: m.ID, Formats: map[string]int{}, Places: map[string]map[string]int{}}
		for _, p := range m.Places {
			x.Places[p.Place] = p.Formats
			for id, k := range p.Formats {
				x.Formats[id] += k
			}
		}
		out = append(out, x)
	}
	return out, nil
}
