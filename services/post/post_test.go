package post

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"
	"pgregory.net/rapid"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/store"
)

var (
	machine = access.System("test")
	owner   = access.Actor{AccountID: "o", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}}
	staff   = access.Actor{AccountID: "s", Seats: []access.Seat{{MerchantID: "m", Role: access.Staff}}}
	rival   = access.Actor{AccountID: "r", Seats: []access.Seat{{MerchantID: "x", Role: access.Owner}}}
	mall    = access.Actor{AccountID: "p", Seats: []access.Seat{{MerchantID: "mall", Role: access.Manager, PlazaID: "p"}}}
	desk    = access.Actor{AccountID: "c", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
)

type bench struct {
	*Service
	shops  *listing.Service
	places *place.Service
	at     time.Time
	shop   listing.Listing
}

func open(t testing.TB) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 10, 15, 12, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.at }
	db, log, _ := audittest.Open(t, now)
	b.shops, b.places = listing.New(db, log, now), place.New(db)
	b.Service = New(db, log, b.shops, b.places, now)
	b.shop = b.enter(t, "A1")
	return b
}

func (b *bench) enter(t testing.TB, code string) listing.Listing {
	t.Helper()
	l := listing.Listing{Code: code, State: listing.Published, MerchantID: "m", Name: listing.Name{Text: lang.Text{Hans: "面馆" + code}}, CategoryID: "noodles", Address: listing.Address{PlazaID: "p", StreetID: "s"}}
	if err := b.shops.Enter(t.Context(), machine, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *bench) post(change func(*Post)) *Post {
	p := &Post{ListingID: b.shop.ID, Kind: News, Title: lang.Text{Hans: "新到大闸蟹"}, From: "2026-10-15", Until: "2026-10-31"}
	if change != nil {
		change(p)
	}
	return p
}

func (b *bench) live(t testing.TB, change func(*Post)) Post {
	t.Helper()
	p := b.post(change)
	if err := b.Create(t.Context(), machine, p); err != nil {
		t.Fatal(err)
	}
	got, err := b.Publish(t.Context(), machine, p.ID, p.Rev)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestValidate(t *testing.T) {
	b := open(t)
	for _, c := range []struct {
		name       string
		change     func(*Post)
		field, key string
	}{
		{"no title", func(p *Post) { p.Title.Hans = " " }, "title", "error.text.empty"},
		{"a long text", func(p *Post) { p.Text.Hans = strings.Repeat("字", 61) }, "text", "error.text.long"},
		{"another kind", func(p *Post) { p.Kind = "sale" }, "kind", "error.choice"},
		{"an offer for nobody", func(p *Post) { p.Kind, p.Conditions.Hans = Offer, "堂吃" }, "who", "error.text.empty"},
		{"an offer without conditions", func(p *Post) { p.Kind, p.Who.Hans = Offer, "老人" }, "conditions", "error.text.empty"},
		{"no day", func(p *Post) { p.From = "soon" }, "from", "error.date"},
		{"no end", func(p *Post) { p.Until = "" }, "until", "error.date"},
		{"the end first", func(p *Post) { p.Until = "2026-10-14" }, "until", "post.wrong.order"},
		{"for ever", func(p *Post) { p.Until = "2027-10-16" }, "until", "post.wrong.long"},
		{"another recurrence", func(p *Post) { p.Repeat.Every = "year" }, "repeat.every", "error.choice"},
		{"weekly on no day", func(p *Post) { p.Repeat.Every = Weekly }, "repeat.days", "error.text.empty"},
		{"an eighth day", func(p *Post) { p.Repeat = Repeat{Weekly, []int{7}} }, "repeat.days", "error.number"},
		{"day 32", func(p *Post) { p.Repeat = Repeat{Monthly, []int{32}} }, "repeat.days", "error.number"},
		{"days of every day", func(p *Post) { p.Repeat.Days = []int{1} }, "repeat.days", "error.choice"},
		{"never", func(p *Post) { p.Repeat = Repeat{Monthly, []int{14}} }, "repeat.days", "post.wrong.never"},
		{"closing first", func(p *Post) { p.Times = &hours.Span{Open: 600, Close: 600} }, "times", "post.wrong.times"},
		{"a neighbourhood that is none", func(p *Post) { p.Areas = []string{strings.Repeat("x", 41)} }, "areas", "error.choice"},
	} {
		err := b.Create(t.Context(), desk, b.post(c.change))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := b.Create(t.Context(), owner, b.post(func(p *Post) { p.Title.Hans = "加微信 abc123" })); !fault.Is(err, fault.Invalid) {
		t.Errorf("a chat account in the title: %v", err)
	}
}

func TestWhenAPostHolds(t *testing.T) {
	at := func(s string) time.Time {
		x, err := time.ParseInLocation("2006-01-02 15:04", s, calendar.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	span := &hours.Span{Open: 18 * 60, Close: 26 * 60}
	for _, c := range []struct {
		name, now string
		p         Post
		live, is  bool
	}{
		{"a day before", "2026-10-14 12:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-20"}, true, false},
		{"the first minute", "2026-10-15 00:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-20"}, true, true},
		{"the last minute", "2026-10-20 23:59", Post{State: Published, From: "2026-10-15", Until: "2026-10-20"}, true, true},
		{"over", "2026-10-21 00:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-20"}, false, false},
		{"a draft", "2026-10-15 12:00", Post{State: Draft, From: "2026-10-15", Until: "2026-10-20"}, false, false},
		{"withdrawn", "2026-10-15 12:00", Post{State: Withdrawn, From: "2026-10-15", Until: "2026-10-20"}, false, false},
		{"Wednesdays, on one", "2026-10-21 12:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-31", Repeat: Repeat{Weekly, []int{2}}}, true, true},
		{"Wednesdays, on a Thursday", "2026-10-22 12:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-31", Repeat: Repeat{Weekly, []int{2}}}, true, false},
		{"the 18th, on it", "2026-11-18 12:00", Post{State: Published, From: "2026-10-15", Until: "2026-12-31", Repeat: Repeat{Monthly, []int{18}}}, true, true},
		{"the 18th, after it", "2026-11-19 12:00", Post{State: Published, From: "2026-10-15", Until: "2026-12-31", Repeat: Repeat{Monthly, []int{18}}}, true, false},
		{"the evening, before", "2026-10-15 17:59", Post{State: Published, From: "2026-10-15", Until: "2026-10-15", Times: span}, true, false},
		{"the evening", "2026-10-15 18:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-15", Times: span}, true, true},
		{"past the last midnight", "2026-10-16 01:59", Post{State: Published, From: "2026-10-15", Until: "2026-10-15", Times: span}, false, true},
		{"and over", "2026-10-16 02:00", Post{State: Published, From: "2026-10-15", Until: "2026-10-15", Times: span}, false, false},
	} {
		now := at(c.now)
		if c.p.Live(now) != c.live || c.p.Now(now) != c.is {
			t.Errorf("%s: live %v, now %v", c.name, c.p.Live(now), c.p.Now(now))
		}
	}
}

func TestWhoWritesPosts(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	for name, c := range map[string]struct {
		by   access.Actor
		kind fault.Kind
		ok   bool
	}{
		"owner": {owner, 0, true}, "staff": {staff, 0, true}, "coordinator": {desk, 0, true}, "rival": {rival, fault.NotFound, false},
		"plaza without leave": {mall, fault.NotFound, false}, "visitor": {access.Actor{}, fault.Unauthenticated, false},
	} {
		p := b.post(nil)
		err := b.Create(ctx, c.by, p)
		if c.ok != (err == nil) || !c.ok && !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
		p = b.post(nil)
		if err := b.Create(ctx, machine, p); err != nil {
			t.Fatal(err)
		}
		_, errs := b.Get(ctx, c.by, p.ID)
		_, errR := b.Replace(ctx, c.by, *p, p.Rev)
		_, errL := b.ByListing(ctx, c.by, b.shop.ID)
		_, errP := b.Publish(ctx, c.by, p.ID, 0)
		_, errW := b.Withdraw(ctx, c.by, p.ID, 0)
		for _, err := range []error{errs, errR, errL, errP, errW} {
			if c.ok != (err == nil) || !c.ok && !fault.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	// Nobody moves a post to another shop.
	other := b.enter(t, "A2")
	p := b.post(nil)
	if err := b.Create(ctx, owner, p); err != nil {
		t.Fatal(err)
	}
	moved := *p
	moved.ListingID, moved.State, moved.Slot = other.ID, Published, "listing:x/0"
	if got, err := b.Replace(ctx, owner, moved, p.Rev); err != nil || got.ListingID != b.shop.ID || got.State != Draft || got.Slot != p.Slot {
		t.Errorf("%+v %v", got, err)
	}
}

func TestALife(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	p := b.live(t, nil)
	if _, err := b.Publish(ctx, owner, p.ID, p.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("published twice: %v", err)
	}
	p.Title.Hans = "大闸蟹到货"
	p, err := b.Replace(ctx, owner, p, p.Rev)
	if err != nil || p.State != Published {
		t.Fatal(p.State, err)
	}
	if _, err := b.Replace(ctx, owner, p, p.Rev-1); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale revision: %v", err)
	}
	for _, c := range []struct{ areas, want []string }{{[]string{"b", "a", "b"}, []string{"a", "b"}}, {nil, []string{"a", "b"}}, {[]string{}, nil}} {
		p.Areas = c.areas
		if p, err = b.Replace(ctx, owner, p, p.Rev); err != nil || !slices.Equal(p.Areas, c.want) {
			t.Errorf("areas %q: %q, %v; want %q", c.areas, p.Areas, err, c.want)
		}
	}
	list, err := b.Live(ctx, Where{PlazaID: "p", CategoryID: "noodles"}, b.at)
	if err != nil || len(list) != 1 || list[0].Title.Hans != "大闸蟹到货" || list[0].MerchantID != "" {
		t.Fatalf("%+v %v", list, err)
	}
	if list, _ := b.Live(ctx, Where{StreetID: "elsewhere"}, b.at); len(list) != 0 {
		t.Error("in another street")
	}
	// A shop that is taken from the public takes its posts along.
	if _, err := b.shops.Act(ctx, machine, b.shop.ID, 0, listing.Suspend); err != nil {
		t.Fatal(err)
	}
	if list, _ := b.Live(ctx, Where{}, b.at); len(list) != 0 {
		t.Error("of a suspended shop")
	}
	if _, err := b.shops.Act(ctx, machine, b.shop.ID, 0, listing.Reinstate); err != nil {
		t.Fatal(err)
	}
	if p, err = b.Withdraw(ctx, owner, p.ID, p.Rev); err != nil || p.State != Withdrawn {
		t.Fatal(err)
	}
	for _, err := range []error{
		func() error { _, err := b.Withdraw(ctx, owner, p.ID, p.Rev); return err }(),
		func() error { _, err := b.Replace(ctx, owner, p, p.Rev); return err }(),
		func() error { _, err := b.Publish(ctx, owner, p.ID, p.Rev); return err }(),
	} {
		if !fault.Is(err, fault.Conflict) {
			t.Errorf("after it was withdrawn: %v", err)
		}
	}
	if all, err := b.ByListing(ctx, owner, b.shop.ID); err != nil || len(all) != 1 {
		t.Errorf("%d %v", len(all), err)
	}
}

// Of 40 publications at once five go through, and places come back when posts end.
func TestNoMoreThanFive(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	ids := make([]string, 40)
	for i := range ids {
		p := b.post(nil)
		if err := b.Create(ctx, owner, p); err != nil {
			t.Fatal(err)
		}
		ids[i] = p.ID
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for _, id := range ids {
		wg.Go(func() {
			_, err := b.Publish(ctx, owner, id, 0)
			mu.Lock()
			defer mu.Unlock()
			if f, ok := errors.AsType[*fault.Error](err); err == nil {
				won++
			} else if !ok || f.Key != "post.wrong.full" {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, err := b.Live(ctx, Where{ListingID: b.shop.ID}, b.at)
	if err != nil || won != MaxLive || len(list) != MaxLive {
		t.Fatalf("%d won, %d are live, %v", won, len(list), err)
	}
	b.at = b.at.AddDate(0, 1, 0)
	if list, _ := b.Live(ctx, Where{}, b.at); len(list) != 0 {
		t.Errorf("%d live after their last day", len(list))
	}
	late := b.post(func(p *Post) { p.Until = "2026-12-31" })
	if err := b.Create(ctx, owner, late); err != nil {
		t.Fatal(err)
	}
	if got, err := b.Publish(ctx, owner, late.ID, late.Rev); err != nil || got.State != Published {
		t.Errorf("no place came back: %v", err)
	}
	over := b.post(nil)
	if err := b.Create(ctx, owner, over); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(ctx, owner, over.ID, over.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("published after its last day: %v", err)
	}
}

func calendarOf() Calendar {
	return Calendar{Name: "中山中路，消息", Host: "shop.example", Lang: lang.Hans, URL: func(p *Post) string { return "https://shop.example/posts/" + p.ID }}
}

// Whatever people type: an independent reader reads the same back, lines are short, and nobody writes lines of their own.
func TestICalendarIsReadByOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		said := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"a\r\nEND:VEVENT\r\nBEGIN:VEVENT", `b\n;,:"`, strings.Repeat("松江", 80), "c\nATTACH:http://evil"}))
		p := Post{
			Meta: store.Meta{ID: "p1", Rev: 3, UpdatedAt: time.Date(2026, 10, 1, 1, 2, 3, 0, time.UTC)}, Kind: Event, State: Published,
			Title: lang.Text{Hans: lang.Clean(said.Draw(t, "title")) + "。"}, Text: lang.Text{Hans: lang.Clean(said.Draw(t, "text")) + "。"},
			From: "2026-10-15", Until: "2026-11-30",
			Repeat: rapid.SampledFrom([]Repeat{{}, {Weekly, []int{2, 6}}, {Monthly, []int{18, 31}}}).Draw(t, "repeat"),
		}
		if rapid.Bool().Draw(t, "timed") {
			p.Times = &hours.Span{Open: 18 * 60, Close: 26 * 60}
		}
		raw := calendarOf().ICalendar([]Post{p})
		for line := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
				t.Fatalf("line %q", line)
			}
		}
		cal, err := ical.NewDecoder(bytes.NewReader(raw)).Decode()
		if err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		events := cal.Events()
		if len(events) != 1 {
			t.Fatalf("%d events", len(events))
		}
		e := events[0]
		clean := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
					return -1
				}
				return r
			}, s)
		}
		if got, err := e.Props.Text(ical.PropSummary); err != nil || got != clean(p.Title.Hans) {
			t.Fatalf("title %q became %q, %v", p.Title.Hans, got, err)
		}
		if got, err := e.Props.Text(ical.PropDescription); err != nil || got != clean(p.Text.Hans) {
			t.Fatalf("text %q became %q, %v", p.Text.Hans, got, err)
		}
		// The other reader's days are ours.
		start, err := e.DateTimeStart(calendar.Shanghai)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{start.Format(time.DateOnly)}
		if set, err := e.RecurrenceSet(calendar.Shanghai); err != nil {
			t.Fatal(err)
		} else if set != nil {
			got = got[:0]
			for _, at := range set.All() {
				got = append(got, at.In(calendar.Shanghai).Format(time.DateOnly))
			}
		} else if end, err := e.DateTimeEnd(calendar.Shanghai); err != nil || p.Times != nil || end.Format(time.DateOnly) != "2026-12-01" {
			t.Fatalf("the end is %v, %v", end, err)
		} else {
			return
		}
		want := []string{}
		for d := calendar.On(2026, 10, 15); d <= calendar.On(2026, 11, 30); d++ {
			if p.On(d) {
				want = append(want, d.String())
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v, want %v\n%s", got, want, raw)
		}
	})
}

func TestAWithdrawnPostIsCancelled(t *testing.T) {
	p := Post{Meta: store.Meta{ID: "p1", Rev: 4}, Kind: Event, State: Withdrawn, Title: lang.Text{Hans: "灯会"}, From: "2026-10-15", Until: "2026-10-15"}
	raw := string(calendarOf().ICalendar([]Post{p}))
	for _, want := range []string{"STATUS:CANCELLED\r\n", "SEQUENCE:3\r\n", "UID:p1@shop.example\r\n", "DTSTART;VALUE=DATE:20261015\r\nDTEND;VALUE=DATE:20261016\r\n"} {
		if !strings.Contains(raw, want) {
			t.Errorf("no %q in %s", want, raw)
		}
	}
	if strings.Contains(raw, "RRULE") {
		t.Error("a single day recurs")
	}
}
