package overview

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

var (
	now   = time.Date(2026, 10, 15, 19, 20, 0, 0, calendar.Shanghai)
	clerk = access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
)

func shop(street, plaza, format, confirmed, by string) *listing.Listing {
	l := &listing.Listing{FormatID: format, Confirmed: listing.Confirmed{On: confirmed, By: by}}
	l.Address.StreetID, l.Address.PlazaID = street, plaza
	l.CreatedAt = now.AddDate(-1, 0, 0)
	return l
}

func TestFigures(t *testing.T) {
	full := shop("s1", "", "store", "2026-10-01", "owner")
	full.Description = lang.Text{Hans: "开了三十年。"}
	full.Goods, full.TagIDs, full.Payments = []string{"面"}, []string{"wifi"}, []string{"cash"}
	full.Hours = hours.Hours{Known: true, Week: [7][]hours.Span{{{Open: 10 * 60, Close: 12 * 60}}, 6: {{Open: 22 * 60, Close: 26 * 60}}}}
	fresh := shop("s1", "p1", "store", "", "")
	fresh.CreatedAt = now.AddDate(0, 0, -3)
	f := count([]*listing.Listing{full, fresh, shop("s1", "p1", "market", "2026-04-17", "coordinator"), shop("", "", "", "2026-10-01", "source"), shop("s1", "", "store", "2026-04-19", "plaza")}, nil, calendar.China(), now)
	if f.Shops != 5 || f.Confirmed != 2 || f.New != 1 || f.Known != 1 {
		t.Errorf("%d shops, %d confirmed, %d new, %d with hours; want 5, 2, 1, 1", f.Shops, f.Confirmed, f.New, f.Known)
	}
	for _, tt := range []struct{ day, hour, want int }{{0, 9, 0}, {0, 10, 1}, {0, 11, 1}, {0, 12, 0}, {6, 22, 1}, {6, 23, 1}, {0, 0, 1}, {0, 1, 1}, {0, 2, 0}, {3, 10, 0}} {
		if got := f.Open[tt.day][tt.hour]; got != tt.want {
			t.Errorf("open on day %d at %d:30: %d, want %d", tt.day, tt.hour, got, tt.want)
		}
	}
	if f.Formats[0] != (Count{"store", 3}) || len(f.Formats) != 3 {
		t.Errorf("formats: %+v", f.Formats)
	}
	last := f.Places[len(f.Places)-1]
	if len(f.Places) != 3 || last.Place != "s1" || last.Shops != 2 || last.Percent <= f.Places[0].Percent {
		t.Errorf("places: %+v", f.Places)
	}
}

func TestMonths(t *testing.T) {
	at := now
	list := []*listing.Listing{shop("s1", "", "store", "", ""), shop("s1", "", "store", "", ""), shop("", "p1", "market", "", "")}
	asked, rev := 0, 1
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "test.db"), store.Clock(func() time.Time { return at }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s := New(db, func(context.Context) ([]*listing.Listing, string, error) {
		asked++
		return list, strconv.Itoa(rev), nil
	}, func(context.Context) ([]place.Street, []place.Plaza, error) { return nil, nil, nil }, calendar.China, func() time.Time { return at })
	for _, step := range []struct {
		on    string
		shops int
	}{{"2026-08-31", 1}, {"2026-09-02", 2}, {"2026-09-30", 3}, {"2026-10-15", 2}} {
		if at, err = time.ParseInLocation(time.DateOnly, step.on, calendar.Shanghai); err != nil {
			t.Fatal(err)
		}
		whole := list
		list = list[:step.shops]
		if n, err := s.Count(t.Context()); err != nil || n != step.shops {
			t.Fatalf("%s: Count = %d, %v", step.on, n, err)
		}
		list = whole
	}
	got, err := s.Months(t.Context(), clerk, 2)
	if err != nil || len(got) != 2 || got[0].Month != "2026-09" || got[0].Total() != 3 || got[0].Places["p1"]["market"] != 1 || got[1].Total() != 2 {
		t.Errorf("Months = %+v, %v", got, err)
	}
	for _, by := range []access.Actor{{AccountID: "x"}, {AccountID: "l", Roles: []access.Role{access.Liaison}, TwoFactor: true}} {
		_, figures := s.Figures(t.Context(), by)
		_, months := s.Months(t.Context(), by, 2)
		if !fault.Is(figures, fault.NotFound) || !fault.Is(months, fault.NotFound) {
			t.Errorf("%s reads the figures: %v, %v", by.AccountID, figures, months)
		}
	}
	// The figures follow the register, and are not worked out for each who asks.
	for range 3 {
		if f, err := s.Figures(t.Context(), clerk); err != nil || f.Shops != 3 {
			t.Errorf("Figures = %+v, %v", f, err)
		}
	}
	list, rev = list[:1], 2
	if f, err := s.Figures(t.Context(), clerk); err != nil || f.Shops != 1 {
		t.Errorf("after a change Figures = %+v, %v", f, err)
	}
}

// The pages of a street are counted by its stretches; a shop in a plaza belongs to the plaza, one whose number is on none to the street.
func TestFillsByStretch(t *testing.T) {
	at := func(house, plaza string) *listing.Listing {
		l := shop("s1", plaza, "store", "", "")
		l.Address.House = house
		return l
	}
	st := place.Street{Stretches: []place.Stretch{
		{ID: "west", Ranges: map[place.Side]place.Range{place.Odd: {From: 1, To: 99}}},
		{ID: "east", Ranges: map[place.Side]place.Range{place.Odd: {From: 101, To: 199}, place.Even: {From: 2, To: 98}}},
	}}
	st.ID = "s1"
	f := count([]*listing.Listing{at("11号", ""), at("15号", ""), at("101号", ""), at("8号", ""), at("300号", ""), at("", ""), at("11号", "p1")}, []place.Street{st}, calendar.China(), now)
	got := map[string]int{}
	for _, x := range f.Places {
		got[x.Place+" "+x.Stretch] = x.Shops
	}
	for where, want := range map[string]int{"s1 west": 2, "s1 east": 2, "s1 ": 2, "p1 ": 1} {
		if got[where] != want {
			t.Errorf("%s: %d shops, want %d", where, got[where], want)
		}
	}
}

func TestTheMixOverTime(t *testing.T) {
	month := func(name string, cafes, banks int) Month {
		return Month{Month: name, Formats: map[string]int{"all": cafes + banks}, Places: map[string]map[string]int{"p1": {"cafe": cafes, "bank": banks}}}
	}
	list := []Month{month("2026-02", 1, 0), month("2026-03", 2, 1), month("2026-05", 9, 9), month("2026-09", 3, 4), month("2026-10", 3, 5)}
	names := func(list []Month) (out []string) {
		for _, m := range list {
			out = append(out, m.Month)
		}
		return out
	}
	// June was not counted: the second quarter has no end, and nobody makes one up.
	if got := names(Ends(list, ByQuarter)); !slices.Equal(got, []string{"2026-03", "2026-09", "2026-10"}) {
		t.Errorf("quarters: %v", got)
	}
	if got := Ends(list, ByMonth); len(got) != len(list) {
		t.Errorf("months: %v", names(got))
	}
	of := Of(list, "p1")
	if of[1].Total() != 3 || of[1].Formats["cafe"] != 2 || of[1].Month != "2026-03" {
		t.Errorf("of a place: %+v", of[1])
	}
	if got := Formats(of); !slices.Equal(got, []string{"bank", "cafe"}) {
		t.Errorf("formats: %v", got)
	}
	if got := Of(list, "p2"); got[0].Total() != 0 || Formats(got) == nil {
		t.Errorf("of a place without shops: %+v", got)
	}
}
