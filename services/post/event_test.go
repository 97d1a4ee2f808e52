package post

import (
	"errors"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

var (
	second = access.Actor{AccountID: "c2", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin  = access.Actor{AccountID: "a", Roles: []access.Role{access.Admin}, TwoFactor: true}
)

// street is one that events are held on.
func (b *bench) street(t testing.TB) string {
	t.Helper()
	if _, err := b.places.SaveStreets(t.Context(), []place.Street{{Slug: "zhong-lu", Name: lang.Text{Hans: "中路"}}}); err != nil {
		t.Fatal(err)
	}
	all, err := b.places.Streets(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0].ID
}

func lanterns(street string) Details {
	return Details{
		Title: lang.Text{Hans: "元宵灯会"}, StreetID: street, From: "2026-10-20", Until: "2026-10-25", Times: &hours.Span{Open: 18 * 60, Close: 21 * 60},
		Price: lang.Text{Hans: "进场 10 元"}, Capacity: 300, Link: "https://example.org/a",
	}
}

func TestWhatAnEventMaySay(t *testing.T) {
	b := open(t)
	st := b.street(t)
	hidden := listing.Listing{Code: "Z9", State: listing.Draft, Name: listing.Name{Text: lang.Text{Hans: "还没开"}}, Address: listing.Address{StreetID: st}}
	if err := b.shops.Enter(t.Context(), machine, &hidden); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		what, field, key string
		change           func(*Details)
	}{
		{"no title", "title", "error.text.empty", func(d *Details) { d.Title.Hans = " " }},
		{"a mobile number", "spot", "error.mobile", func(d *Details) { d.Spot.Hans = "找王师傅 13800138000" }},
		{"a long text", "text", "error.text.long", func(d *Details) { d.Text.Hans = strings.Repeat("字", MaxEventText+1) }},
		{"free and not", "price", "post.wrong.free", func(d *Details) { d.Free = true }},
		{"fewer than nobody", "capacity", "error.number", func(d *Details) { d.Capacity = -1 }},
		{"a link that is not locked", "link", "error.url", func(d *Details) { d.Link = "http://example.org" }},
		{"a link that does something", "link", "error.url", func(d *Details) { d.Link = "javascript:alert(1)" }},
		{"a link with a password", "link", "error.url", func(d *Details) { d.Link = "https://a:b@example.org" }},
		{"nowhere", "place", "post.wrong.place", func(d *Details) { d.StreetID = "" }},
		{"on a street that is none", "place", "post.wrong.place", func(d *Details) { d.StreetID = "none" }},
		{"in a plaza that is none", "place", "post.wrong.place", func(d *Details) { d.StreetID, d.PlazaID = "", "none" }},
		{"at two places", "place", "post.wrong.place", func(d *Details) { d.PlazaID = "p" }},
		{"at a shop that is none", "shop", "post.wrong.shop", func(d *Details) { d.ShopID = "none" }},
		{"at a shop nobody sees", "shop", "post.wrong.shop", func(d *Details) { d.ShopID = hidden.ID }},
		{"no day", "from", "error.date", func(d *Details) { d.From = "soon" }},
		{"the end first", "until", "post.wrong.order", func(d *Details) { d.Until = "2026-10-19" }},
		{"weekly on no day", "repeat.days", "error.text.empty", func(d *Details) { d.Repeat.Every = Weekly }},
		{"never", "repeat.days", "post.wrong.never", func(d *Details) { d.Repeat = Repeat{Monthly, []int{1}} }},
		{"an end before the start", "times", "post.wrong.times", func(d *Details) { d.Times = &hours.Span{Open: 600, Close: 540} }},
	} {
		d := lanterns(st)
		x.change(&d)
		_, err := b.AddEvent(t.Context(), desk, d)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != x.field || f.Fields[0].Key != x.key {
			t.Errorf("%s: %v", x.what, err)
		}
	}
}

func TestWhoWritesEvents(t *testing.T) {
	b, ctx := open(t), t.Context()
	d := lanterns(b.street(t))
	for _, by := range []access.Actor{owner, mall, admin, {AccountID: "x"}} {
		if _, err := b.AddEvent(ctx, by, d); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s writes one: %v", by.AccountID, err)
		}
	}
	p, err := b.AddEvent(ctx, desk, d)
	if err != nil {
		t.Fatal(err)
	}
	// The ways of a shop's posts do not lead to it.
	for what, err := range map[string]error{
		"publish":  func() error { _, err := b.Publish(ctx, desk, p.ID, p.Rev); return err }(),
		"replace":  func() error { _, err := b.Replace(ctx, desk, p, p.Rev); return err }(),
		"withdraw": func() error { _, err := b.Withdraw(ctx, desk, p.ID, p.Rev); return err }(),
		"create":   b.Create(ctx, desk, &Post{Kind: Event, StreetID: d.StreetID, Title: d.Title, From: d.From, Until: d.Until}),
	} {
		if !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := b.Event(ctx, owner, p.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("an owner reads it: %v", err)
	}
	if _, err := b.Event(ctx, desk, b.live(t, nil).ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a post of a shop is no event: %v", err)
	}
}

// passed has a second person let an event through.
func (b *bench) passed(t testing.TB, p Post) Post {
	t.Helper()
	p, err := b.SubmitEvent(t.Context(), desk, p.ID, p.Rev)
	if err == nil {
		p, err = b.ApproveEvent(t.Context(), second, p.ID, p.Rev, p.Held.Page.Asked)
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheWayOfAnEvent(t *testing.T) {
	b, ctx := open(t), t.Context()
	d := lanterns(b.street(t))
	p, err := b.AddEvent(ctx, desk, d)
	if err != nil {
		t.Fatal(err)
	}
	hidden := func(when string) {
		t.Helper()
		if _, err := b.PublicEvent(ctx, p.ID); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s: public: %v", when, err)
		}
		if all, err := b.Published(ctx, b.at); err != nil || len(all) != 0 {
			t.Errorf("%s: %d in lists, %v", when, len(all), err)
		}
	}
	hidden("a draft")
	if _, err := b.CancelEvent(ctx, desk, p.ID, p.Rev, OffWeather); !fault.Is(err, fault.Conflict) {
		t.Errorf("a draft is cancelled: %v", err)
	}
	if p, err = b.SubmitEvent(ctx, desk, p.ID, p.Rev); err != nil {
		t.Fatal(err)
	}
	hidden("submitted")
	asked := p.Held.Page.Asked
	if all, err := b.EventsWaiting(ctx, second); err != nil || len(all) != 1 {
		t.Errorf("waiting: %d %v", len(all), err)
	}
	for _, by := range []access.Actor{desk, owner} {
		if _, err := b.ApproveEvent(ctx, by, p.ID, p.Rev, asked); err == nil {
			t.Errorf("%s lets it through", by.AccountID)
		}
	}
	if _, err := b.ReturnEvent(ctx, second, p.ID, p.Rev, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("given back without a reason: %v", err)
	}
	if p, err = b.ReturnEvent(ctx, second, p.ID, p.Rev, "写清楚在哪里"); err != nil || p.Held.Page.Reason == "" || p.Held.Page.Asked != "" {
		t.Fatal(p.Held, err)
	}
	d.Spot.Hans = "东头牌楼下"
	if p, err = b.EditEvent(ctx, desk, p.ID, p.Rev, d); err == nil {
		p, err = b.SubmitEvent(ctx, desk, p.ID, p.Rev)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ApproveEvent(ctx, second, p.ID, p.Rev, asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("what it does not say any more: %v", err)
	}
	if p, err = b.ApproveEvent(ctx, admin, p.ID, p.Rev, p.Held.Page.Asked); err != nil || p.State != Published || !p.Held.ChangedAt.IsZero() {
		t.Fatal(p, err)
	}
	// What is public stays as it is until the change is let through, and is then said to be changed.
	d.Until, d.Title.Hans = "2026-10-26", "灯会"
	if p, err = b.EditEvent(ctx, desk, p.ID, p.Rev, d); err != nil {
		t.Fatal(err)
	}
	if x, err := b.PublicEvent(ctx, p.ID); err != nil || x.Title.Hans != "元宵灯会" || x.Until != "2026-10-25" || x.Held.Page.Draft.Title.Hans != "" || x.Held.Page.Authors != nil {
		t.Errorf("everybody reads %+v %v", x, err)
	}
	b.at = b.at.Add(time.Hour)
	p = b.passed(t, p)
	if x, err := b.PublicEvent(ctx, p.ID); err != nil || x.Title.Hans != "灯会" || x.Held.ChangedAt.IsZero() {
		t.Errorf("changed: %+v %v", x, err)
	}
	all, err := b.Published(ctx, b.at)
	if err != nil || len(all) != 1 || !all[0].Live(b.at) {
		t.Fatal(all, err)
	}
	evening := time.Date(2026, 10, 21, 19, 0, 0, 0, calendar.Shanghai)
	if !p.Now(evening) || p.Words() == nil {
		t.Error("it is not on at seven")
	}
	cal := Calendar{Name: "灯会", Host: "h", Lang: lang.Hans}
	if _, err := b.CancelEvent(ctx, desk, p.ID, p.Rev, "bored"); !fault.Is(err, fault.Invalid) {
		t.Errorf("for no reason of the list: %v", err)
	}
	if p, err = b.CancelEvent(ctx, desk, p.ID, p.Rev, OffWeather); err != nil || p.Now(evening) || p.Words() != nil {
		t.Fatal(err)
	}
	if ics := string(cal.ICalendar([]Post{p})); !strings.Contains(ics, "STATUS:CANCELLED") {
		t.Error(ics)
	}
	if _, err := b.EditEvent(ctx, desk, p.ID, p.Rev, d); !fault.Is(err, fault.Conflict) {
		t.Errorf("changed when cancelled: %v", err)
	}
	b.at = time.Date(2026, 10, 27, 8, 0, 0, 0, calendar.Shanghai)
	if all, err := b.Published(ctx, b.at); err != nil || len(all) != 0 {
		t.Errorf("over, and in lists: %d %v", len(all), err)
	}
	if x, err := b.PublicEvent(ctx, p.ID); err != nil || x.StateAt(b.at) != Ended {
		t.Errorf("over, and its page is gone: %v", err)
	}
}

func TestAnEventThatIsOverIsNotLetThrough(t *testing.T) {
	b, ctx := open(t), t.Context()
	p, err := b.AddEvent(ctx, desk, lanterns(b.street(t)))
	if err == nil {
		p, err = b.SubmitEvent(ctx, desk, p.ID, p.Rev)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.at = time.Date(2026, 10, 26, 8, 0, 0, 0, calendar.Shanghai)
	if _, err := b.ApproveEvent(ctx, second, p.ID, p.Rev, p.Held.Page.Asked); !fault.Is(err, fault.Conflict) {
		t.Errorf("let through when it is over: %v", err)
	}
	late, err := b.AddEvent(ctx, desk, lanterns(p.StreetID))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.SubmitEvent(ctx, desk, late.ID, late.Rev); !fault.Is(err, fault.Invalid) {
		t.Errorf("handed in when it is over: %v", err)
	}
}

func TestAnEventAtAShopIsWhereTheShopIs(t *testing.T) {
	b, ctx := open(t), t.Context()
	d := lanterns("")
	d.ShopID = b.shop.ID
	p, err := b.AddEvent(ctx, desk, d)
	if err != nil || p.StreetID != "s" || p.PlazaID != "p" || p.ListingID != "" {
		t.Errorf("%+v %v", p, err)
	}
}
