package outdoor

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

var (
	coord   = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
)

type book struct {
	*Service
	now time.Time
}

func opened(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.now }
	db, log, _ := audittest.Open(t, now)
	at := pin(t)
	b.Service = New(Deps{
		DB: db, Log: log, Now: now,
		Shop: func(_ context.Context, id string) (listing.Listing, error) {
			l := listing.Listing{Location: &at, Address: listing.Address{StreetID: "s1"}}
			if l.ID = id; id == "lost" {
				l.Location, l.Address.StreetID = nil, ""
			}
			if id == "none" {
				return l, fault.Missing()
			}
			return l, nil
		},
		Street: func(_ context.Context, id string) (place.Street, error) {
			if id != "s1" {
				return place.Street{}, fault.Missing()
			}
			return place.Street{}, nil
		},
	})
	return b
}

func pin(t testing.TB) geo.Location {
	t.Helper()
	at, err := geo.New(31.0069, 121.2277, geo.WGS84)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func facts(t testing.TB) Facts {
	return Facts{Kind: place.Seating, Name: lang.Text{Hans: "面馆门前"}, ListingID: "l1", Location: pin(t), Typed: "每天 17:00-22:00", Conditions: slices.Clone(Standard), Complaints: "城管 021-5777 0000"}
}

func term() Term {
	return Term{From: "2026-10-01", Until: "2026-12-31", Authority: lang.Text{Hans: "区绿化市容局"}, Number: "沪松绿容〔2026〕12 号"}
}

func (b *book) added(t testing.TB) Area {
	t.Helper()
	a, err := b.Add(t.Context(), coord, facts(t), term())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (b *book) public(t testing.TB) int {
	t.Helper()
	list, err := b.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// A decision holds from its first to its last day, both included, and not from the day on which it was ended.
func TestWhenADecisionHolds(t *testing.T) {
	for _, x := range []struct {
		day   string
		ended string
		want  bool
	}{
		{"2026-09-30", "", false},
		{"2026-10-01", "", true},
		{"2026-12-31", "", true},
		{"2027-01-01", "", false},
		{"2026-10-31", "2026-11-01", true},
		{"2026-11-01", "2026-11-01", false},
		{"2026-11-02", "2026-11-01", false},
		{"2026-10-01", "2026-10-01", false},
	} {
		tm := term()
		tm.EndedOn = x.ended
		day, err := calendar.ParseDate(x.day)
		if err != nil {
			t.Fatal(err)
		}
		a := Area{Terms: []Term{tm}}
		if _, now := a.On(day); tm.Holds(day) != x.want || now != x.want {
			t.Errorf("on %s, ended %q: %v", x.day, x.ended, !x.want)
		}
	}
}

func TestHowAnAreaStands(t *testing.T) {
	first, second, ended := term(), term(), term()
	second.From, second.Until = "2027-01-01", "2027-03-31"
	ended.EndedOn = "2026-11-01"
	for _, x := range []struct {
		day   string
		terms []Term
		want  State
	}{
		{"2026-09-30", []Term{first}, Coming},
		{"2026-10-01", []Term{first}, InForce},
		{"2026-12-16", []Term{first}, InForce},
		{"2026-12-17", []Term{first}, Soon},
		{"2026-12-31", []Term{first}, Soon},
		{"2027-01-01", []Term{first}, Over},
		{"2026-12-31", []Term{first, second}, InForce},
		{"2027-01-01", []Term{first, second}, InForce},
		{"2027-03-31", []Term{first, second}, Soon},
		{"2026-10-31", []Term{ended}, InForce},
		{"2026-11-01", []Term{ended}, Ended},
		{"2026-12-01", []Term{ended, second}, Coming},
	} {
		day, err := calendar.ParseDate(x.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := (&Area{Terms: x.terms}).State(day); got != x.want {
			t.Errorf("on %s with %d decisions: %s, want %s", x.day, len(x.terms), got, x.want)
		}
	}
}

// It is on the public pages on its last day and gone a minute after, without anybody doing anything.
func TestAnAreaGoesByItself(t *testing.T) {
	b := opened(t)
	b.added(t)
	b.now = time.Date(2026, 12, 31, 23, 59, 59, 0, calendar.Shanghai)
	if n := b.public(t); n != 1 {
		t.Errorf("%d on the last day", n)
	}
	b.now = b.now.Add(time.Second)
	if n := b.public(t); n != 0 {
		t.Errorf("%d after the last day", n)
	}
	b.now = time.Date(2026, 9, 30, 23, 59, 59, 0, calendar.Shanghai)
	if n := b.public(t); n != 0 {
		t.Errorf("%d before the first day", n)
	}
}

func TestWhatIsRefused(t *testing.T) {
	b := opened(t)
	was := b.added(t)
	for _, x := range []struct {
		what, field string
		change      func(*Facts, *Term)
	}{
		{"no kind", "kind", func(f *Facts, _ *Term) { f.Kind = place.Bench }},
		{"no name", "name", func(f *Facts, _ *Term) { f.Name.Hans = " " }},
		{"no such shop", "shop", func(f *Facts, _ *Term) { f.ListingID = "none" }},
		{"no such street", "street", func(f *Facts, _ *Term) { f.StreetID = "none" }},
		{"neither shop nor street", "street", func(f *Facts, _ *Term) { f.ListingID = "" }},
		{"no position", "location", func(f *Facts, _ *Term) { f.Location, f.ListingID, f.StreetID = geo.Location{}, "lost", "s1" }},
		{"no hours", "hours", func(f *Facts, _ *Term) { f.Typed = "" }},
		{"hours nobody can read", "hours", func(f *Facts, _ *Term) { f.Typed = "晚上" }},
		{"a condition nobody knows", "conditions", func(f *Facts, _ *Term) { f.Conditions = []Condition{"music"} }},
		{"a mobile number", "words", func(f *Facts, _ *Term) { f.Words.Hans = "找 13800138000" }},
		{"nowhere to complain", "complaints", func(f *Facts, _ *Term) { f.Complaints = "" }},
		{"nobody decided", "authority", func(_ *Facts, tm *Term) { tm.Authority = lang.Text{En: "Office"} }},
		{"no number", "number", func(_ *Facts, tm *Term) { tm.Number = " " }},
		{"no first day", "from", func(_ *Facts, tm *Term) { tm.From = "十月" }},
		{"no last day", "until", func(_ *Facts, tm *Term) { tm.Until = "" }},
		{"the wrong way round", "until", func(_ *Facts, tm *Term) { tm.From, tm.Until = "2026-12-02", "2026-12-01" }},
		{"for ever", "until", func(_ *Facts, tm *Term) { tm.Until = "2030-10-02" }},
		{"over already", "until", func(_ *Facts, tm *Term) { tm.Until = "2026-10-14" }},
	} {
		f, tm := facts(t), term()
		x.change(&f, &tm)
		_, add := b.Add(t.Context(), coord, f, tm)
		_, set := b.Set(t.Context(), coord, was.ID, was.Rev, f, tm)
		for _, err := range []error{add, set} {
			if !named(err, x.field) {
				t.Errorf("%s: %v", x.what, err)
			}
		}
	}
	if list, err := b.List(t.Context(), coord); err != nil || len(list) != 1 || list[0].Rev != was.Rev {
		t.Errorf("what was refused was written: %v %v", list, err)
	}
}

func named(err error, field string) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.Invalid && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == field })
}

// The position and the street of the shop stand in where none is given; the hours are those that the hours engine reads.
func TestAnAreaOfAShop(t *testing.T) {
	b := opened(t)
	f := facts(t)
	f.Location, f.StreetID = geo.Location{}, ""
	a, err := b.Add(t.Context(), admin, f, term())
	if err != nil || a.StreetID != "s1" || a.Location.Source != geo.WGS84 {
		t.Fatalf("%+v %v", a, err)
	}
	cal := calendar.China()
	for at, want := range map[string]bool{"2026-10-15 18:00": true, "2026-10-15 16:59": false} {
		when, err := time.ParseInLocation("2006-01-02 15:04", at, calendar.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		if hours.At(a.Hours, cal, when).IsOpen() != want {
			t.Errorf("at %s: %v", at, !want)
		}
	}
	of, err := b.OfShop(t.Context(), "l1")
	on, err2 := b.OnStreet(t.Context(), "s1")
	points, err3 := b.Points(t.Context())
	if err := errors.Join(err, err2, err3); err != nil || len(of) != 1 || len(on) != 1 || len(points) != 1 {
		t.Fatalf("%d %d %d %v", len(of), len(on), len(points), err)
	}
	if p := points[0]; p.Kind != place.Seating || !strings.Contains(p.Source, "沪松绿容") || !strings.Contains(p.Note, "2026-12-31") {
		t.Errorf("%+v", p)
	}
	if none, err := b.OfShop(t.Context(), "l2"); err != nil || len(none) != 0 {
		t.Errorf("before another shop: %v %v", none, err)
	}
}

func TestRenewedAndEnded(t *testing.T) {
	b, ctx := opened(t), t.Context()
	a := b.added(t)
	next := term()
	if _, err := b.Renew(ctx, coord, a.ID, a.Rev, next); !named(err, "from") {
		t.Errorf("over the days of the last decision: %v", err)
	}
	next.From, next.Until, next.Number = "2027-01-01", "2027-06-30", "〔2027〕3 号"
	a, err := b.Renew(ctx, coord, a.ID, a.Rev, next)
	if err != nil || len(a.Terms) != 2 || a.Terms[0].Number != term().Number {
		t.Fatalf("%+v %v", a.Terms, err)
	}
	b.now = time.Date(2027, 2, 1, 9, 0, 0, 0, calendar.Shanghai)
	if _, err := b.End(ctx, coord, a.ID, a.Rev, " "); !named(err, "why") {
		t.Errorf("without a reason: %v", err)
	}
	ended, err := b.End(ctx, coord, a.ID, a.Rev, "主管部门收回了")
	if err != nil || b.public(t) != 0 {
		t.Fatalf("%d public, %v", b.public(t), err)
	}
	if _, err := b.End(ctx, coord, a.ID, ended.Rev, "再一次"); !fault.Is(err, fault.Conflict) {
		t.Errorf("ended twice: %v", err)
	}
	f, last := facts(t), next
	if _, err := b.Set(ctx, coord, a.ID, ended.Rev, f, last); !fault.Is(err, fault.Conflict) {
		t.Errorf("corrected after the end: %v", err)
	}
	// A decision after one that was ended may begin on that very day.
	next.From, next.Until, next.Number = "2027-02-01", "2027-06-30", "〔2027〕9 号"
	if a, err = b.Renew(ctx, coord, a.ID, ended.Rev, next); err != nil || b.public(t) != 1 || a.Terms[1].Why != "主管部门收回了" {
		t.Errorf("%+v %v", a.Terms, err)
	}
	// What is over is not ended, but corrected all the same.
	b.now = time.Date(2027, 7, 1, 9, 0, 0, 0, calendar.Shanghai)
	if _, err := b.End(ctx, coord, a.ID, a.Rev, "晚了"); !fault.Is(err, fault.Conflict) {
		t.Errorf("ended after its last day: %v", err)
	}
	next.Number = "〔2027〕90 号"
	if a, err = b.Set(ctx, coord, a.ID, a.Rev, f, next); err != nil || a.Last().Number != "〔2027〕90 号" || a.Terms[0].Number != term().Number {
		t.Errorf("%+v %v", a.Terms, err)
	}
}

func TestWhoMay(t *testing.T) {
	b, ctx := opened(t), t.Context()
	a := b.added(t)
	for _, by := range []access.Actor{{}, owner, liaison} {
		_, add := b.Add(ctx, by, facts(t), term())
		_, set := b.Set(ctx, by, a.ID, a.Rev, facts(t), term())
		_, renew := b.Renew(ctx, by, a.ID, a.Rev, term())
		_, end := b.End(ctx, by, a.ID, a.Rev, "收回")
		_, get := b.Get(ctx, by, a.ID)
		_, list := b.List(ctx, by)
		for _, err := range []error{add, set, renew, end, get, list} {
			if !fault.Is(err, fault.NotFound) && !fault.Is(err, fault.Unauthenticated) && !fault.Is(err, fault.Forbidden) {
				t.Errorf("%q: %v", by.AccountID, err)
			}
		}
	}
	if _, err := b.Set(ctx, admin, a.ID, a.Rev, facts(t), term()); err != nil {
		t.Fatal(err)
	}
	for _, rev := range []int64{0, a.Rev} {
		_, set := b.Set(ctx, coord, a.ID, rev, facts(t), term())
		_, end := b.End(ctx, coord, a.ID, rev, "收回")
		if !fault.Is(set, fault.Conflict) || !fault.Is(end, fault.Conflict) {
			t.Errorf("over revision %d: %v %v", rev, set, end)
		}
	}
	if _, err := b.Get(ctx, coord, "none"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	before, err := b.Revision(ctx)
	if err != nil {
		t.Fatal(err)
	}
	b.added(t)
	if after, err := b.Revision(ctx); err != nil || after == before {
		t.Errorf("kept pages do not know: %d %v", after, err)
	}
}
