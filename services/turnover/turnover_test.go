package turnover

import (
	"slices"
	"testing"

	"shangquan/services/listing"
	"shangquan/services/store"
)

func turned(id string, kind listing.TurnKind, on string, more func(*listing.Turned)) listing.Turned {
	t := listing.Turned{Turn: listing.Turn{Kind: kind, On: on}, Listing: listing.Listing{Meta: store.Meta{ID: id}}}
	if more != nil {
		more(&t)
	}
	return t
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		day   string
		span  Span
		want  Period
		first string
	}{
		{"2026-01-31", Month, Period{2026, 1, Month}, "2026-01-01"},
		{"2026-12-01", Month, Period{2026, 12, Month}, "2026-12-01"},
		{"2026-03-31", Quarter, Period{2026, 1, Quarter}, "2026-01-01"},
		{"2026-04-01", Quarter, Period{2026, 2, Quarter}, "2026-04-01"},
		{"2026-12-31", Quarter, Period{2026, 4, Quarter}, "2026-10-01"},
	} {
		if p, err := PeriodOf(c.day, c.span); err != nil || p != c.want || p.First() != c.first {
			t.Errorf("%s: %+v %s %v", c.day, p, p.First(), err)
		}
	}
	last, err := Last(3, "2026-01-15", Month)
	if err != nil || !slices.Equal(last, []Period{{2025, 11, Month}, {2025, 12, Month}, {2026, 1, Month}}) {
		t.Errorf("%v %v", last, err)
	}
	last, err = Last(2, "2026-01-15", Quarter)
	if err != nil || !slices.Equal(last, []Period{{2025, 4, Quarter}, {2026, 1, Quarter}}) {
		t.Errorf("%v %v", last, err)
	}
}

// What is counted as what.
func TestFigures(t *testing.T) {
	forward := func(x *listing.Turned) { x.Listing.Closure = &listing.Closure{On: x.On, ForwardID: "new"} }
	for name, c := range map[string]struct {
		turns []listing.Turned
		want  Figure
	}{
		"an opening":                     {[]listing.Turned{turned("a", listing.Opened, "2026-10-01", nil)}, Figure{Opened: 1}},
		"a closing":                      {[]listing.Turned{turned("a", listing.ShutDown, "2026-10-01", nil)}, Figure{Closed: 1}},
		"entered late":                   {[]listing.Turned{turned("a", listing.Registered, "2026-10-01", nil)}, Figure{}},
		"a mistake":                      {[]listing.Turned{turned("a", listing.Opened, "2026-10-01", func(x *listing.Turned) { x.Void = true })}, Figure{}},
		"into another unit":              {[]listing.Turned{turned("a", listing.MovedUnits, "2026-10-01", nil)}, Figure{Moved: 1}},
		"goes on in the district":        {[]listing.Turned{turned("a", listing.ShutDown, "2026-10-01", forward)}, Figure{Moved: 1}},
		"said to go on":                  {[]listing.Turned{turned("a", listing.ShutDown, "2026-10-01", func(x *listing.Turned) { x.Within = true })}, Figure{Moved: 1}},
		"a move with its new page":       {[]listing.Turned{turned("a", listing.ShutDown, "2026-10-01", forward), turned("new", listing.Opened, "2026-10-02", nil)}, Figure{Moved: 1}},
		"more floor is neither":          {[]listing.Turned{turned("a", listing.Grew, "2026-10-01", nil)}, Figure{}},
		"another month":                  {[]listing.Turned{turned("a", listing.Opened, "2026-09-30", nil)}, Figure{}},
		"opened and closed in one month": {[]listing.Turned{turned("a", listing.Opened, "2026-10-01", nil), turned("a", listing.ShutDown, "2026-10-31", nil)}, Figure{Opened: 1, Closed: 1}},
	} {
		if got := New(c.turns).By([]Period{{2026, 10, Month}})[0]; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestSurvival(t *testing.T) {
	for name, c := range map[string]struct {
		turns     []listing.Turned
		of, alive int
	}{
		"still there":             {[]listing.Turned{turned("a", listing.Opened, "2025-10-15", nil)}, 1, 1},
		"too young to say":        {[]listing.Turned{turned("a", listing.Opened, "2025-10-16", nil)}, 0, 0},
		"closed in time":          {[]listing.Turned{turned("a", listing.Opened, "2025-01-01", nil), turned("a", listing.ShutDown, "2025-12-31", nil)}, 1, 0},
		"closed a day later":      {[]listing.Turned{turned("a", listing.Opened, "2025-01-01", nil), turned("a", listing.ShutDown, "2026-01-01", nil)}, 1, 1},
		"moved":                   {[]listing.Turned{turned("a", listing.Opened, "2025-01-01", nil), turned("a", listing.MovedUnits, "2025-06-01", nil)}, 1, 1},
		"closed before it opened": {[]listing.Turned{turned("a", listing.ShutDown, "2024-01-01", nil), turned("a", listing.Opened, "2025-01-01", nil)}, 1, 1},
		"on the 29th of February": {[]listing.Turned{turned("a", listing.Opened, "2024-02-29", nil), turned("a", listing.ShutDown, "2025-02-28", nil)}, 1, 1},
	} {
		got, err := New(c.turns).Survive(12, "2026-10-15")
		if err != nil || got.Of != c.of || got.Alive != c.alive {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	if p := (Survival{}).Percent(); p != -1 {
		t.Errorf("of nobody %d percent", p)
	}
	if p := (Survival{Of: 3, Alive: 2}).Percent(); p != 67 {
		t.Errorf("two of three are %d percent", p)
	}
}

func TestGroups(t *testing.T) {
	street := func(id string) func(*listing.Turned) {
		return func(x *listing.Turned) { x.Listing.Address.StreetID = id }
	}
	b := New([]listing.Turned{turned("a", listing.Opened, "2026-10-01", street("s")), turned("b", listing.ShutDown, "2026-10-02", street("s")), turned("c", listing.Opened, "2026-10-02", street("t")), turned("d", listing.Opened, "2020-01-01", street("u"))})
	got := b.Groups("2026-01-01", func(l *listing.Listing) string { return l.Address.StreetID })
	if !slices.Equal(got, []Group{{"s", Figure{Opened: 1, Closed: 1}}, {"t", Figure{Opened: 1}}}) {
		t.Errorf("%+v", got)
	}
}
