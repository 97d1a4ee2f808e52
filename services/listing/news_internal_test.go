package listing

import (
	"slices"
	"testing"
	"time"

	"shangquan/services/hours"
)

func TestNews(t *testing.T) {
	now := time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)
	open := hours.Hours{Known: true}
	open.Week[0] = []hours.Span{{Open: 540, Close: 1080}}
	at := func(street, house string) Address { return Address{StreetID: street, House: house} }
	for name, c := range map[string]struct {
		was, is Listing
		want    []NewsKind
	}{
		"nothing":                {Listing{State: Published}, Listing{State: Published}, nil},
		"a new shop":             {Listing{State: Submitted}, Listing{State: Published, Turns: []Turn{{Kind: Opened}}}, []NewsKind{NewsOpened}},
		"entered late":           {Listing{State: Submitted}, Listing{State: Published, Turns: []Turn{{Kind: Registered}}}, nil},
		"back from the district": {Listing{State: Suspended}, Listing{State: Published}, nil},
		"back from a merge":      {Listing{State: Archived}, Listing{State: Published}, nil},
		"opened again":           {Listing{State: Closed}, Listing{State: Published}, []NewsKind{NewsOpened}},
		"closed":                 {Listing{State: Published}, Listing{State: Closed}, []NewsKind{NewsClosed}},
		"taken down":             {Listing{State: Published}, Listing{State: Suspended}, nil},
		"other hours":            {Listing{State: Published}, Listing{State: Published, Hours: open}, []NewsKind{NewsHours}},
		"other hours of a draft": {Listing{State: Draft}, Listing{State: Draft, Hours: open}, nil},
		"another door":           {Listing{State: Published, Address: at("s1", "1")}, Listing{State: Published, Address: at("s1", "2")}, []NewsKind{NewsAddress}},
		"a better hint":          {Listing{State: Published, Address: Address{Hint: "a"}}, Listing{State: Published, Address: Address{Hint: "b"}}, nil},
		"both":                   {Listing{State: Published, Address: at("s1", "1")}, Listing{State: Published, Address: at("s2", "1"), Hours: open}, []NewsKind{NewsAddress, NewsHours}},
	} {
		l := c.is
		l.announce(c.was, now)
		got := []NewsKind{}
		for _, n := range l.News {
			got = append(got, n.Kind)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	// Who corrects within a day tells once, and an address says where the shop was before all of it; later it is news again.
	l := Listing{State: Published, Address: at("s1", "1")}
	move := func(to string, after time.Duration) {
		was := l
		now = now.Add(after)
		l.Address.StreetID = to
		l.announce(was, now)
	}
	move("s2", 0)
	move("s3", time.Hour)
	if len(l.News) != 1 || l.News[0].FromStreetID != "s1" || !l.News[0].At.Equal(now) {
		t.Errorf("%+v", l.News)
	}
	for range 2 * maxNews {
		move(l.Address.StreetID+"x", 25*time.Hour)
	}
	if len(l.News) != maxNews || !l.News[maxNews-1].At.Equal(now) {
		t.Errorf("%d kept, the last of %s", len(l.News), l.News[len(l.News)-1].At)
	}
}
