package vacancy

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

var (
	coord     = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin     = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	liaison   = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	operator  = access.Actor{AccountID: "guang", Seats: []access.Seat{{MerchantID: "m1", Role: access.Manager, PlazaID: "p1"}}}
	guard     = access.Actor{AccountID: "men", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff, PlazaID: "p1"}}}
	elsewhere = access.Actor{AccountID: "ta", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner, PlazaID: "p2"}}}
)

type book struct {
	*Service
	now   time.Time
	units map[string]*place.Unit
}

func opened(t testing.TB) *book {
	b := &book{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai), units: map[string]*place.Unit{
		"u1": {Meta: store.Meta{ID: "u1"}, PlazaID: "p1", Number: "1F-06", Level: 1, AreaM2: 42},
		"u2": {Meta: store.Meta{ID: "u2"}, StreetID: "s1", Number: "218", OccupiedBy: "l1"},
		"u3": {Meta: store.Meta{ID: "u3"}, PlazaID: "p2", Number: "201", Level: 2},
		"u4": {Meta: store.Meta{ID: "u4"}, PlazaID: "p1", Number: "1F-07", Level: 1, Retired: "2026-01-01"},
	}}
	now := func() time.Time { return b.now }
	db, log, keys := audittest.Open(t, now)
	b.Service = New(Deps{DB: db, Log: log, Keys: keys, Now: now, Words: taxonomy.Default, Unit: func(_ context.Context, id string) (place.Unit, error) {
		if u, ok := b.units[id]; ok {
			return *u, nil
		}
		return place.Unit{}, fault.Missing()
	}})
	return b
}

func card() Card {
	return Card{
		FrontageM: 6.5, PowerKW: 30, Gas: Yes, Exhaust: No, FormatIDs: []string{"convenience-store", "", "convenience-store"}, AvailableFrom: "2026-11-01",
		Note: lang.Text{Hans: "临街，有后门"}, DeskName: lang.Text{Hans: "街道招商办"}, DeskPhone: "021-5777 0000", DeskEmail: "zhaoshang@example.cn",
	}
}

func (b *book) added(t testing.TB, unit string) Card {
	t.Helper()
	c, err := b.Add(t.Context(), coord, unit, card())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (b *book) public(t testing.TB) []string {
	t.Helper()
	list, err := b.Public(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, o := range list {
		out = append(out, o.UnitID)
	}
	slices.Sort(out)
	return out
}

func named(err error, field, key string) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.Invalid && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == field && (key == "" || x.Key == key) })
}

func TestCardsThatAreRefused(t *testing.T) {
	b := opened(t)
	was := b.added(t, "u3")
	for _, x := range []struct {
		what, field, key string
		change           func(*Card)
	}{
		{"no desk", "desk_name", "", func(c *Card) { c.DeskName = lang.Text{En: "desk"} }},
		{"a person with a number for a desk", "desk_name", "error.mobile", func(c *Card) { c.DeskName.Hans = "王师傅 13800138000" }},
		{"nobody to ask", "desk_phone", "vacancy.wrong.no_contact", func(c *Card) { c.DeskPhone, c.DeskEmail = "", " " }},
		{"a mobile number", "desk_phone", "vacancy.wrong.mobile", func(c *Card) { c.DeskPhone = "138 0013 8000" }},
		{"a mobile number from abroad", "desk_phone", "vacancy.wrong.mobile", func(c *Card) { c.DeskPhone = "+86 13800138000" }},
		{"words for a number", "desk_phone", "vacancy.wrong.phone", func(c *Card) { c.DeskPhone = "打总机" }},
		{"two numbers", "desk_phone", "vacancy.wrong.phone", func(c *Card) { c.DeskPhone = "021-57770000、021-57770001" }},
		{"no address", "desk_email", "vacancy.wrong.email", func(c *Card) { c.DeskEmail = "zhaoshang" }},
		{"a mobile number as an address", "desk_email", "vacancy.wrong.mobile", func(c *Card) { c.DeskEmail = "13800138000@example.cn" }},
		{"a mobile number in the words", "note", "error.mobile", func(c *Card) { c.Note.Hant = "找 138-0013-8000" }},
		{"long words", "note.en", "", func(c *Card) { c.Note.En = strings.Repeat("a", MaxNote+1) }},
		{"no width", "frontage_m", "", func(c *Card) { c.FrontageM = math.NaN() }},
		{"less than nothing", "frontage_m", "", func(c *Card) { c.FrontageM = -1 }},
		{"a power station", "power_kw", "", func(c *Card) { c.PowerKW = maxPower + 1 }},
		{"some gas", "gas", "", func(c *Card) { c.Gas = "some" }},
		{"some exhaust", "exhaust", "", func(c *Card) { c.Exhaust = "some" }},
		{"no day", "available_from", "", func(c *Card) { c.AvailableFrom = "年底" }},
		{"a far day", "available_from", "", func(c *Card) { c.AvailableFrom = "2036-01-01" }},
		{"no format", "formats", "", func(c *Card) { c.FormatIDs = []string{"none"} }},
	} {
		c := card()
		x.change(&c)
		if _, err := b.Add(t.Context(), coord, "u1", c); !named(err, x.field, x.key) {
			t.Errorf("added with %s: %v", x.what, err)
		}
		if _, err := b.Set(t.Context(), coord, was.ID, was.Rev, c); !named(err, x.field, x.key) {
			t.Errorf("changed to %s: %v", x.what, err)
		}
	}
	if got := b.public(t); !slices.Equal(got, []string{"u3"}) {
		t.Errorf("what was refused is shown: %v", got)
	}
	if was.VerifiedOn != "2026-10-15" || was.VerifiedBy != Desk || len(was.FormatIDs) != 1 {
		t.Errorf("%+v", was)
	}
	if _, err := b.Add(t.Context(), coord, "u3", card()); !fault.Is(err, fault.Conflict) {
		t.Errorf("a second card: %v", err)
	}
	if _, err := b.Add(t.Context(), coord, "u4", card()); !fault.Is(err, fault.Conflict) {
		t.Errorf("of a unit that is no more: %v", err)
	}
	if _, err := b.Add(t.Context(), coord, "none", card()); !fault.Is(err, fault.NotFound) {
		t.Errorf("of no unit: %v", err)
	}
}

// Every state with every other: what leads on is taken, all else is refused and changes nothing.
func TestSteps(t *testing.T) {
	for _, from := range States {
		for _, to := range States {
			for _, occupied := range []bool{false, true} {
				b := opened(t)
				c := b.added(t, "u1")
				put := func(x *Card) error { x.State = from; return nil }
				if occupied {
					b.units["u1"].OccupiedBy = "l9"
					put = func(x *Card) error { x.State, x.Leaving = from, "l9"; return nil }
				}
				o, err := b.Get(t.Context(), coord, c.ID)
				if err != nil {
					t.Fatal(err)
				}
				if c, err = b.change(t.Context(), coord, &o, c.Rev, access.VacancyEdit, "test", put); err != nil {
					t.Fatal(err)
				}
				standing := c.Standing(b.units["u1"])
				may := slices.Contains(steps[standing], to) && (to != Notice || occupied) && (to != Vacant || !occupied)
				got, err := b.Step(t.Context(), coord, c.ID, c.Rev, to)
				if may != (err == nil) || !may && !fault.Is(err, fault.Conflict) {
					t.Errorf("%s (stands as %s, occupied %v) to %s: %v", from, standing, occupied, to, err)
				}
				if may && (got.State != to || to == Notice && got.Leaving != "l9" || to != Notice && got.Leaving != "") {
					t.Errorf("%s to %s: %+v", from, to, got)
				}
				if o, err = b.Get(t.Context(), coord, c.ID); err != nil || !may && o.Rev != c.Rev {
					t.Errorf("%s to %s was written: %v", from, to, err)
				}
			}
		}
	}
}

// What the register says of the unit is stronger than what the card says.
func TestStanding(t *testing.T) {
	for _, x := range []struct {
		state    State
		in, left string
		want     State
	}{
		{Vacant, "", "", Vacant},
		{Vacant, "l2", "", Occupied},
		{Reserved, "l2", "", Occupied},
		{FitOut, "", "", FitOut},
		{FitOut, "l2", "", Occupied},
		{Notice, "l1", "l1", Notice},
		{Notice, "", "l1", Vacant},
		{Notice, "l2", "l1", Occupied},
		{Occupied, "", "", Occupied},
		{Occupied, "l1", "", Occupied},
	} {
		c := Card{State: x.state, Leaving: x.left}
		if got := c.Standing(&place.Unit{OccupiedBy: x.in}); got != x.want {
			t.Errorf("%s with %q in it: %s, want %s", x.state, x.in, got, x.want)
		}
	}
}

// A card is there for the thirtieth day and gone on the thirty-first, without anybody doing anything.
func TestACardThatNobodyConfirms(t *testing.T) {
	today := calendar.On(2026, 10, 15)
	for after, want := range map[int]struct{ lapsed, soon bool }{0: {}, 22: {}, 23: {soon: true}, 30: {soon: true}, 31: {lapsed: true}, 400: {lapsed: true}} {
		c := Card{VerifiedOn: today.String()}
		day := today + calendar.Date(after)
		if c.Lapsed(day) != want.lapsed || c.Soon(day) != want.soon {
			t.Errorf("after %d days: lapsed %v, soon %v", after, c.Lapsed(day), c.Soon(day))
		}
	}
	if c := (Card{}); !c.Lapsed(today) || c.Soon(today) {
		t.Error("never confirmed, and shown")
	}
	b := opened(t)
	c := b.added(t, "u1")
	b.now = time.Date(2026, 11, 14, 23, 59, 0, 0, calendar.Shanghai)
	if got := b.public(t); len(got) != 1 {
		t.Errorf("on the last minute of the thirtieth day: %v", got)
	}
	b.now = b.now.Add(time.Minute)
	if got := b.public(t); len(got) != 0 {
		t.Errorf("on the thirty-first day: %v", got)
	}
	if _, err := b.PublicCard(t.Context(), c.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("its page is there: %v", err)
	}
	next, err := b.Set(t.Context(), coord, c.ID, c.Rev, c)
	if err != nil || next.VerifiedOn != c.VerifiedOn {
		t.Errorf("other words count as a confirmation: %+v %v", next, err)
	}
	if next, err = b.Confirm(t.Context(), coord, c.ID, next.Rev); err != nil || next.VerifiedOn != "2026-11-15" || len(b.public(t)) != 1 {
		t.Errorf("confirmed: %+v %v", next, err)
	}
}

func TestAUnitThatIsLetAgain(t *testing.T) {
	b := opened(t)
	c := b.added(t, "u2")
	if c.State != Notice || c.Leaving != "l1" {
		t.Errorf("of a unit with a shop in it: %+v", c)
	}
	b.units["u2"].OccupiedBy = ""
	o, err := b.PublicCard(t.Context(), c.ID)
	if err != nil || o.Standing != Vacant || !o.Asks() {
		t.Errorf("the shop has left: %+v %v", o, err)
	}
	c, err = b.Step(t.Context(), coord, c.ID, c.Rev, Reserved)
	if err != nil {
		t.Fatal(err)
	}
	if o, err = b.PublicCard(t.Context(), c.ID); err != nil || o.Asks() {
		t.Errorf("reserved: %+v %v", o, err)
	}
	if c, err = b.Step(t.Context(), coord, c.ID, c.Rev, FitOut); err != nil || len(b.public(t)) != 0 {
		t.Errorf("being fitted out, and shown: %v", err)
	}
	b.units["u2"].OccupiedBy = "l2"
	if _, err := b.Confirm(t.Context(), coord, c.ID, c.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("confirmed though a shop is in it: %v", err)
	}
	b.now = b.now.AddDate(1, 0, 0)
	if c, err = b.Step(t.Context(), coord, c.ID, c.Rev, Notice); err != nil || c.Leaving != "l2" || c.VerifiedOn != "2027-10-15" || len(b.public(t)) != 1 {
		t.Errorf("on offer again: %+v %v", c, err)
	}
	b.units["u2"].Retired = "2027-10-15"
	if len(b.public(t)) != 0 {
		t.Error("the unit was split, and is shown")
	}
}

func TestTheLink(t *testing.T) {
	b, ctx := opened(t), t.Context()
	c := b.added(t, "u1")
	b.now = b.now.AddDate(0, 0, 20)
	token, until, err := b.Link(ctx, coord, c.ID, c.Rev)
	if err != nil || until.Sub(b.now) < LinkDays*24*time.Hour-time.Second {
		t.Fatalf("%v %v", until, err)
	}
	for range 2 {
		if o, state, err := b.ShowLink(ctx, token); err != nil || state != LinkReady || o.VerifiedOn != "2026-10-15" {
			t.Errorf("looked at: %s %+v %v", state, o, err)
		}
	}
	for range 2 {
		if o, state, err := b.UseLink(ctx, token); err != nil || state != LinkDone || o.VerifiedOn != "2026-11-04" || o.VerifiedBy != Holder {
			t.Errorf("used: %s %+v %v", state, o, err)
		}
	}
	o, err := b.Get(ctx, coord, c.ID)
	if err != nil || o.Rev != c.Rev+1 {
		t.Errorf("used twice, written %d times: %v", o.Rev-c.Rev, err)
	}
	token, _, err = b.Link(ctx, coord, c.ID, o.Rev)
	if err != nil {
		t.Fatal(err)
	}
	changed, err := b.Set(ctx, coord, c.ID, o.Rev, o.Card)
	if err != nil {
		t.Fatal(err)
	}
	if _, state, err := b.UseLink(ctx, token); state != LinkChanged || !fault.Is(err, fault.Conflict) {
		t.Errorf("of a card that changed: %s %v", state, err)
	}
	if _, _, err := b.Link(ctx, coord, c.ID, o.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("to what is not current: %v", err)
	}
	token, _, _ = b.Link(ctx, coord, c.ID, changed.Rev)
	b.units["u1"].OccupiedBy = "l5"
	if _, state, err := b.UseLink(ctx, token); state != LinkOver || !fault.Is(err, fault.Conflict) {
		t.Errorf("of a unit that is let: %s %v", state, err)
	}
	if _, _, err := b.Link(ctx, coord, c.ID, changed.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("to what is let: %v", err)
	}
	b.now = b.now.AddDate(0, 0, LinkDays+1)
	for _, x := range []string{token, token + "x", "x" + token, "", ".", strings.Repeat("a", 500)} {
		if _, _, err := b.UseLink(ctx, x); !fault.Is(err, fault.NotFound) {
			t.Errorf("%.20q: %v", x, err)
		}
	}
}

func TestWhoMay(t *testing.T) {
	b, ctx := opened(t), t.Context()
	c := b.added(t, "u1")
	other := b.added(t, "u3")
	for _, by := range []access.Actor{{}, operator, liaison} {
		_, add := b.Add(ctx, by, "u2", card())
		_, set := b.Set(ctx, by, c.ID, c.Rev, card())
		_, step := b.Step(ctx, by, c.ID, c.Rev, Reserved)
		_, get := b.Get(ctx, by, c.ID)
		_, of := b.OfUnit(ctx, by, "u1")
		_, list := b.List(ctx, by)
		_, _, link := b.Link(ctx, by, c.ID, c.Rev)
		if add == nil || set == nil || step == nil || get == nil || of == nil || list == nil || link == nil {
			t.Errorf("%s: %v %v %v %v %v %v %v", by.AccountID, add, set, step, get, of, list, link)
		}
	}
	for _, by := range []access.Actor{{}, guard, elsewhere, liaison} {
		if _, err := b.Confirm(ctx, by, c.ID, c.Rev); err == nil {
			t.Errorf("%s confirms", by.AccountID)
		}
		if _, err := b.OfPlaza(ctx, by, "p1"); err == nil {
			t.Errorf("%s reads the cards of the plaza", by.AccountID)
		}
	}
	list, err := b.OfPlaza(ctx, operator, "p1")
	if err != nil || len(list) != 1 || list[0].ID != c.ID {
		t.Errorf("who runs the plaza reads %+v %v", list, err)
	}
	if _, err := b.Confirm(ctx, operator, other.ID, other.Rev); !fault.Is(err, fault.NotFound) {
		t.Errorf("a card of another plaza: %v", err)
	}
	next, err := b.Confirm(ctx, operator, c.ID, c.Rev)
	if err != nil || next.VerifiedBy != Plaza {
		t.Errorf("%+v %v", next, err)
	}
	if next, err = b.Confirm(ctx, admin, c.ID, next.Rev); err != nil || next.VerifiedBy != Desk {
		t.Errorf("%+v %v", next, err)
	}
	for name, rev := range map[string]int64{"an old revision": c.Rev, "no revision": 0} {
		_, set := b.Set(ctx, coord, c.ID, rev, card())
		_, confirm := b.Confirm(ctx, coord, c.ID, rev)
		_, step := b.Step(ctx, coord, c.ID, rev, Reserved)
		if !fault.Is(set, fault.Conflict) || !fault.Is(confirm, fault.Conflict) || !fault.Is(step, fault.Conflict) {
			t.Errorf("over %s: %v %v %v", name, set, confirm, step)
		}
	}
	if _, err := b.OfUnit(ctx, coord, "u2"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if all, err := b.List(ctx, admin); err != nil || len(all) != 2 {
		t.Errorf("%v %v", all, err)
	}
}

// Pages that are kept know that a card changed.
func TestRevision(t *testing.T) {
	b := opened(t)
	before, err := b.Revision(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.added(t, "u1")
	if after, err := b.Revision(t.Context()); err != nil || after == before {
		t.Errorf("%d %d %v", before, after, err)
	}
}
