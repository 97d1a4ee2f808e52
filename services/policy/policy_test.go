package policy

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
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/notice"
	"shangquan/services/taxonomy"
)

var (
	coord = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	owner = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	rival = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

type book struct {
	*Service
	now   time.Time
	shop  listing.Listing
	words *taxonomy.Table
}

func opened(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai), words: taxonomy.Default()}
	b.shop.ID, b.shop.MerchantID, b.shop.CategoryID, b.shop.FormatID = "l1", "m1", "noodles", ""
	now := func() time.Time { return b.now }
	db, log, _ := audittest.Open(t, now)
	b.Service = New(Deps{
		DB: db, Log: log, Now: now, Words: func() *taxonomy.Table { return b.words },
		Hosts: func(context.Context) notice.Hosts { return notice.NewHosts("gov.cn") },
		Shop: func(_ context.Context, id string) (listing.Listing, error) {
			if id != b.shop.ID {
				return listing.Listing{}, fault.Missing()
			}
			return b.shop, nil
		},
	})
	return b
}

func card() Card {
	return Card{
		Kind: Benefit, Title: lang.Text{Hans: "稳岗补贴"}, Who: lang.Text{Hans: "今年没有裁员的店"}, What: lang.Text{Hans: "按人数发一次补贴"},
		Deadline: "2026-12-31", Link: "https://www.songjiang.gov.cn/a",
	}
}

func (b *book) added(t testing.TB, change func(*Card)) Card {
	t.Helper()
	c := card()
	if change != nil {
		change(&c)
	}
	made, err := b.Add(t.Context(), coord, c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// titles of the cards that a shop sees, in their order.
func (b *book) titles(t testing.TB) string {
	t.Helper()
	list, err := b.For(t.Context(), owner, "l1")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, c := range list {
		out = append(out, c.Title.Hans)
	}
	return strings.Join(out, " ")
}

func named(t testing.TB, err error, field string) bool {
	t.Helper()
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.Invalid && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == field })
}

func TestCardsThatAreRefused(t *testing.T) {
	b := opened(t)
	was := b.added(t, nil)
	for _, x := range []struct {
		what, field string
		change      func(*Card)
	}{
		{"no kind", "kind", func(c *Card) { c.Kind = "gift" }},
		{"no title", "title", func(c *Card) { c.Title.Hans = " " }},
		{"a long title", "title.en", func(c *Card) { c.Title.En = strings.Repeat("a", MaxTitle+1) }},
		{"nobody qualifies", "who", func(c *Card) { c.Who = lang.Text{} }},
		{"nothing to get", "what", func(c *Card) { c.What = lang.Text{En: "money"} }},
		{"a mobile number", "what", func(c *Card) { c.What.Hans = "找 13800138000" }},
		{"no day", "deadline", func(c *Card) { c.Deadline = "年底" }},
		{"over already", "deadline", func(c *Card) { c.Deadline = "2026-10-14" }},
		{"a lifetime away", "deadline", func(c *Card) { c.Deadline = "2126-10-14" }},
		{"no link", "link", func(c *Card) { c.Link = "" }},
		{"another site", "link", func(c *Card) { c.Link = "https://gov.cn.example/a" }},
		{"not encrypted", "link", func(c *Card) { c.Link = "http://www.songjiang.gov.cn/a" }},
		{"a page of this site", "link", func(c *Card) { c.Link = "/about" }},
		{"no category", "categories", func(c *Card) { c.CategoryIDs = []string{"none"} }},
		{"no format", "formats", func(c *Card) { c.FormatIDs = []string{"none"} }},
		{"all of them one by one", "categories", func(c *Card) {
			for _, x := range b.words.Categories {
				c.CategoryIDs = append(c.CategoryIDs, x.ID)
			}
		}},
	} {
		c := card()
		x.change(&c)
		if _, err := b.Add(t.Context(), coord, c); !named(t, err, x.field) {
			t.Errorf("added with %s: %v", x.what, err)
		}
		if _, err := b.Set(t.Context(), coord, was.ID, was.Rev, c); !named(t, err, x.field) {
			t.Errorf("changed to %s: %v", x.what, err)
		}
	}
	if list, err := b.List(t.Context(), coord); err != nil || len(list) != 1 || list[0].Rev != was.Rev {
		t.Errorf("what was refused was written: %+v %v", list, err)
	}
}

// Who qualifies is shown by what a shop is, the soonest deadline first; what is over or hidden is shown to nobody.
func TestWhatAShopSees(t *testing.T) {
	b := opened(t)
	b.added(t, func(c *Card) { c.Title.Hans, c.Deadline = "一直有的", "" })
	b.added(t, func(c *Card) { c.Title.Hans, c.Deadline = "年底的", "2026-12-31" })
	soon := b.added(t, func(c *Card) {
		c.Title.Hans, c.Deadline, c.CategoryIDs = "面馆的", "2026-10-20", []string{"snacks", "noodles"}
	})
	b.added(t, func(c *Card) { c.Title.Hans, c.CategoryIDs = "药店的", []string{"pharmacy"} })
	b.added(t, func(c *Card) {
		c.Title.Hans, c.Deadline, c.FormatIDs = "超市的", "2026-11-01", []string{"supermarket"}
	})
	if got := b.titles(t); got != "面馆的 超市的 年底的 一直有的" {
		t.Errorf("of a shop whose format nobody knows: %s", got)
	}
	b.shop.FormatID = "convenience-store"
	if got := b.titles(t); got != "面馆的 年底的 一直有的" {
		t.Errorf("of a shop that is no supermarket: %s", got)
	}
	b.shop.CategoryID, b.shop.FormatID = "", "supermarket"
	if got := b.titles(t); got != "面馆的 超市的 年底的 药店的 一直有的" {
		t.Errorf("of a shop whose category nobody knows: %s", got)
	}
	b.shop.CategoryID, b.shop.FormatID = "noodles", "convenience-store"
	hidden, err := b.Hide(t.Context(), coord, soon.ID, soon.Rev, true)
	if got := b.titles(t); err != nil || got != "年底的 一直有的" {
		t.Errorf("hidden, and seen: %s %v", got, err)
	}
	if _, err := b.Hide(t.Context(), coord, soon.ID, hidden.Rev, false); err != nil {
		t.Fatal(err)
	}
	b.now = time.Date(2026, 10, 20, 23, 59, 0, 0, calendar.Shanghai)
	if got := b.titles(t); !strings.HasPrefix(got, "面馆的") {
		t.Errorf("gone on its last day: %s", got)
	}
	b.now = b.now.Add(time.Minute)
	if got := b.titles(t); got != "年底的 一直有的" {
		t.Errorf("over, and seen: %s", got)
	}
	if list, err := b.Public(t.Context()); err != nil || len(list) != 4 {
		t.Errorf("everybody sees %d cards: %v", len(list), err)
	}
	if list, err := b.List(t.Context(), coord); err != nil || len(list) != 5 {
		t.Errorf("the desk sees %d cards: %v", len(list), err)
	}
}

// A card that names a category which has become another is for the shops of the other.
func TestACategoryThatBecameAnother(t *testing.T) {
	b := opened(t)
	b.added(t, func(c *Card) { c.CategoryIDs = []string{"noodles"} })
	words, err := taxonomy.Default().Over(&taxonomy.Overlay{Merged: map[string]string{"noodles": "snacks"}})
	if err != nil {
		t.Fatal(err)
	}
	b.words, b.shop.CategoryID = words, "snacks"
	if b.titles(t) == "" {
		t.Error("the card is for nobody any more")
	}
	list, err := b.List(t.Context(), coord)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Set(t.Context(), coord, list[0].ID, list[0].Rev, list[0]); err != nil {
		t.Errorf("the card cannot be saved any more: %v", err)
	}
}

func TestWhenACardIsLookedAt(t *testing.T) {
	b := opened(t)
	c := b.added(t, func(c *Card) { c.Deadline = "" })
	if c.CheckedOn != "2026-10-15" {
		t.Errorf("checked on %q", c.CheckedOn)
	}
	day := calendar.Today(b.now)
	for _, x := range []struct {
		after  int
		change func(*Card)
		want   bool
	}{
		{CheckDays, func(*Card) {}, false},
		{CheckDays + 1, func(*Card) {}, true},
		{CheckDays + 1, func(c *Card) { c.Hidden = true }, false},
		{CheckDays + 1, func(c *Card) { c.Deadline = "2026-11-01" }, false},
		{0, func(c *Card) { c.CheckedOn = "" }, true},
	} {
		was := c
		x.change(&was)
		if got := was.ToCheck(day + calendar.Date(x.after)); got != x.want {
			t.Errorf("after %d days, %+v: to be checked %v", x.after, was, got)
		}
	}
	b.now = b.now.AddDate(0, 0, CheckDays+1)
	next, err := b.Set(t.Context(), coord, c.ID, c.Rev, c)
	if err != nil || next.CheckedOn != "2026-10-15" {
		t.Errorf("a change of words counts as a check: %q %v", next.CheckedOn, err)
	}
	if next, err = b.Check(t.Context(), coord, c.ID, next.Rev); err != nil || next.CheckedOn != "2027-01-14" || next.ToCheck(calendar.Today(b.now)) {
		t.Errorf("%+v %v", next, err)
	}
}

func TestWhenACardEndsSoon(t *testing.T) {
	today := calendar.On(2026, 10, 15)
	for deadline, want := range map[string]bool{"": false, "2026-10-14": false, "2026-10-15": true, "2026-10-29": true, "2026-10-30": false} {
		c := Card{Deadline: deadline}
		if c.Soon(today) != want {
			t.Errorf("%q: %v", deadline, !want)
		}
	}
}

func TestWhoMay(t *testing.T) {
	b, ctx := opened(t), t.Context()
	c := b.added(t, nil)
	liaison := access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	for _, by := range []access.Actor{{}, owner, liaison} {
		_, add := b.Add(ctx, by, card())
		_, set := b.Set(ctx, by, c.ID, c.Rev, card())
		_, check := b.Check(ctx, by, c.ID, c.Rev)
		_, hide := b.Hide(ctx, by, c.ID, c.Rev, true)
		_, get := b.Get(ctx, by, c.ID)
		_, list := b.List(ctx, by)
		if add == nil || set == nil || check == nil || hide == nil || get == nil || list == nil {
			t.Errorf("%s: %v %v %v %v %v %v", by.AccountID, add, set, check, hide, get, list)
		}
	}
	for _, by := range []access.Actor{{}, rival, liaison} {
		if _, err := b.For(ctx, by, "l1"); err == nil {
			t.Errorf("%s sees what is for a shop of others", by.AccountID)
		}
	}
	if _, err := b.For(ctx, owner, "none"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := b.Set(ctx, coord, c.ID, c.Rev, card()); err != nil {
		t.Fatal(err)
	}
	for name, rev := range map[string]int64{"an old revision": c.Rev, "no revision": 0} {
		if _, err := b.Set(ctx, coord, c.ID, rev, card()); !fault.Is(err, fault.Conflict) {
			t.Errorf("over %s: %v", name, err)
		}
		if _, err := b.Check(ctx, coord, c.ID, rev); !fault.Is(err, fault.Conflict) {
			t.Errorf("checked at %s: %v", name, err)
		}
	}
	if _, err := b.Get(ctx, coord, "none"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

// Pages that are kept know that a card changed.
func TestRevision(t *testing.T) {
	b := opened(t)
	before, err := b.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.added(t, nil)
	if after, err := b.Revision(t.Context()); err != nil || after == before {
		t.Errorf("%d %d %v", before, after, err)
	}
}
