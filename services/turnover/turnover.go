// Package turnover counts the openings, moves and closings of the district (feature S9). It is arithmetic over the turns of listings:
// what a turn is and who may write one is said in services/listing.
package turnover

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"shangquan/services/listing"
)

// Span is how long a period is.
type Span string

// The spans.
const (
	Month   Span = "month"
	Quarter Span = "quarter"
)

// Period is a month or a quarter of the calendar of the district.
type Period struct {
	Year, N int // N: the month, or the quarter
	Span    Span
}

// PeriodOf returns the period a day, YYYY-MM-DD, lies in.
func PeriodOf(day string, s Span) (Period, error) {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return Period{}, err
	}
	n := int(t.Month())
	if s == Quarter {
		n = (n + 2) / 3
	}
	return Period{t.Year(), n, s}, nil
}

func (p Period) months() int {
	if p.Span == Quarter {
		return 3
	}
	return 1
}

// First is its first day, YYYY-MM-DD.
func (p Period) First() string { return fmt.Sprintf("%04d-%02d-01", p.Year, (p.N-1)*p.months()+1) }

// Before is the period n periods earlier.
func (p Period) Before(n int) Period {
	first := time.Date(p.Year, time.Month((p.N-1)*p.months()+1), 1, 0, 0, 0, 0, time.UTC).AddDate(0, -n*p.months(), 0)
	out, err := PeriodOf(first.Format(time.DateOnly), p.Span)
	if err != nil {
		return p // cannot be: the day was just written
	}
	return out
}

// Last returns the n periods that end with the one today, YYYY-MM-DD, lies in, the earliest first.
func Last(n int, today string, s Span) ([]Period, error) {
	now, err := PeriodOf(today, s)
	if err != nil {
		return nil, err
	}
	out := make([]Period, n)
	for i := range out {
		out[i] = now.Before(n - 1 - i)
	}
	return out, nil
}

// Figure is what happened in one period or to one group of shops.
type Figure struct {
	Opened, Closed, Moved int
}

// Net is by how many shops there are more.
func (f Figure) Net() int { return f.Opened - f.Closed }

func (f *Figure) add(k counted) {
	switch k {
	case opening:
		f.Opened++
	case closing:
		f.Closed++
	case move:
		f.Moved++
	case nothing:
	}
}

type counted int

const (
	nothing counted = iota
	opening
	closing
	move
)

// Book is turns with what is counted of each.
type Book struct {
	turns []listing.Turned
	kinds []counted
}

// New returns the book of turns. A shop that closes and goes on elsewhere in the district has moved: neither its closing nor the
// opening of its new page is counted as one.
func New(turns []listing.Turned) *Book {
	moved := map[string]bool{} // pages that are the new place of another
	for i := range turns {
		if c := turns[i].Listing.Closure; c != nil && c.ForwardID != "" {
			moved[c.ForwardID] = true
		}
	}
	b := &Book{turns: turns, kinds: make([]counted, len(turns))}
	for i := range turns {
		b.kinds[i] = kind(&turns[i], moved)
	}
	return b
}

func kind(t *listing.Turned, moved map[string]bool) counted {
	switch {
	case t.Void:
		return nothing
	case t.Kind == listing.Opened && moved[t.Listing.ID]:
		return nothing // its move is counted where it left
	case t.Kind == listing.Opened:
		return opening
	case t.Kind == listing.MovedUnits, t.Kind == listing.ShutDown && (t.Within || forwarded(t)):
		return move
	case t.Kind == listing.ShutDown:
		return closing
	}
	return nothing
}

// forwarded reports whether the page of a closing leads to another page of the district.
func forwarded(t *listing.Turned) bool {
	c := t.Listing.Closure
	return c != nil && c.ForwardID != "" && c.On == t.On
}

// By counts per period; what lies in none of them is left out.
func (b *Book) By(periods []Period) []Figure {
	out := make([]Figure, len(periods))
	for i := range b.turns {
		for n, p := range periods {
			if at, err := PeriodOf(b.turns[i].On, p.Span); err == nil && at == p {
				out[n].add(b.kinds[i])
			}
		}
	}
	return out
}

// Group is the shops of one street, plaza or format.
type Group struct {
	Key string
	Figure
}

// Groups counts from a day on by what of returns for a listing, the groups with most turns first.
func (b *Book) Groups(from string, of func(*listing.Listing) string) []Group {
	at := map[string]int{}
	out := []Group{}
	for i := range b.turns {
		if b.turns[i].On < from || b.kinds[i] == nothing {
			continue
		}
		key := of(&b.turns[i].Listing)
		n, ok := at[key]
		if !ok {
			n = len(out)
			at[key] = n
			out = append(out, Group{Key: key})
		}
		out[n].add(b.kinds[i])
	}
	slices.SortStableFunc(out, func(x, y Group) int {
		if d := (y.Opened + y.Closed + y.Moved) - (x.Opened + x.Closed + x.Moved); d != 0 {
			return d
		}
		return strings.Compare(x.Key, y.Key)
	})
	return out
}

// Survival says how many of the shops that opened were still there so many months later. Only those that opened long enough ago are
// counted: of the others nobody knows yet.
type Survival struct {
	Months    int
	Of, Alive int
}

// Percent is the share still there, rounded; −1 when nobody opened long enough ago.
func (s Survival) Percent() int {
	if s.Of == 0 {
		return -1
	}
	return (s.Alive*100 + s.Of/2) / s.Of
}

// Survive counts the survival of the openings in the book, looked at on a day, YYYY-MM-DD. A move is no closing.
func (b *Book) Survive(months int, today string) (Survival, error) {
	out := Survival{Months: months}
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return out, err
	}
	closed := map[string][]string{}
	for i := range b.turns {
		if b.kinds[i] == closing {
			closed[b.turns[i].Listing.ID] = append(closed[b.turns[i].Listing.ID], b.turns[i].On)
		}
	}
	for i := range b.turns {
		t := &b.turns[i]
		if b.kinds[i] != opening {
			continue
		}
		on, err := time.Parse(time.DateOnly, t.On)
		if err != nil {
			return out, err
		}
		until := later(on, months)
		if until.After(now) {
			continue
		}
		out.Of++
		if !slices.ContainsFunc(closed[t.Listing.ID], func(day string) bool { return day >= t.On && day < until.Format(time.DateOnly) }) {
			out.Alive++
		}
	}
	return out, nil
}

// later is the same day so many months later, the last of the month where there is none.
func later(t time.Time, months int) time.Time {
	out := t.AddDate(0, months, 0)
	if out.Day() != t.Day() {
		out = out.AddDate(0, 0, -out.Day())
	}
	return out
}
