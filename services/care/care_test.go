package care

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
	"shangquan/services/media"
	"shangquan/services/place"
)

var (
	coord   = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	second  = access.Actor{AccountID: "yi", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin   = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	liaison = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	owner   = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	staff   = access.Actor{AccountID: "yuan", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff}}}
	rival   = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

// town is one street with a stretch, a plaza on it, a shop at number 218, a vacant unit in the plaza and one that is no more.
type town struct{}

func (town) Street(_ context.Context, id string) (place.Street, error) {
	st := place.Street{Name: lang.Text{Hans: "中山中路"}, Stretches: []place.Stretch{{ID: "s1", Name: lang.Text{Hans: "谷阳路到人民路"}, Ranges: map[place.Side]place.Range{place.Even: {From: 200, To: 240}}}}}
	if st.ID = id; id != "z" {
		return st, fault.Missing()
	}
	return st, nil
}

func (town) Plaza(_ context.Context, id string) (place.Plaza, error) {
	p := place.Plaza{Name: lang.Text{Hans: "开元"}, StreetID: "z"}
	if p.ID = id; id != "p" {
		return p, fault.Missing()
	}
	return p, nil
}

func (town) Unit(_ context.Context, id string) (place.Unit, error) {
	units := map[string]place.Unit{
		"vacant": {PlazaID: "p", Number: "1F-06"}, "old": {PlazaID: "p", Number: "1F-07", Retired: "2026-01-01"},
		"taken": {StreetID: "z", Number: "218", OccupiedBy: "l1"}, "door": {StreetID: "z", Number: "220"},
	}
	u, ok := units[id]
	if u.ID = id; !ok {
		return u, fault.Missing()
	}
	return u, nil
}

func shop(_ context.Context, id string) (listing.Listing, error) {
	l := listing.Listing{MerchantID: "m1", Address: listing.Address{StreetID: "z", House: "218", UnitID: "taken", Line: "中山中路 218 号"}}
	l.Name.Hans = "云间面馆"
	if l.ID = id; id != "l1" {
		return l, fault.Missing()
	}
	return l, nil
}

type board struct {
	*Service
	now time.Time
}

func opened(t testing.TB) *board {
	b := &board{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)}
	now := func() time.Time { return b.now }
	db, log, _ := audittest.Open(t, now)
	b.Service = New(Deps{DB: db, Log: log, Places: town{}, Shop: shop, Now: now, Organisation: func(_ context.Context, id string) (string, error) {
		if id == "none" {
			return "", fault.Missing()
		}
		return "单位 " + id, nil
	}})
	return b
}

func (b *board) noted(t testing.TB) Item {
	t.Helper()
	x, err := b.Note(t.Context(), coord, "signboard", Spot{ListingID: "l1"}, "招牌上一个字不亮")
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// in is an item in a state, said to be better by the shop.
func (b *board) in(t testing.TB, st State) Item {
	t.Helper()
	x := b.noted(t)
	var err error
	do := func(act Act) {
		if err == nil {
			x, err = b.Do(t.Context(), coord, x.ID, x.Rev, act, "说明")
		}
	}
	switch st {
	case Noted: // it is
	case Informed:
		do(Inform)
	case Improved, Verified:
		do(Inform)
		if err == nil {
			x, err = b.Answer(t.Context(), owner, "l1", x.ID, x.Rev, "换了灯管", &media.Evidence{Key: "after"}, true)
		}
		if st == Verified {
			do(Verify)
		}
	case Withdrawn:
		do(Withdraw)
	}
	if err != nil || x.State != st {
		t.Fatalf("%s: %s %v", st, x.State, err)
	}
	return x
}

// Every act in every state: where it leads, or that it cannot be done.
func TestTheTableOfStates(t *testing.T) {
	acts := []Act{Inform, Improve, Verify, Again, Withdraw}
	want := map[State]map[Act]State{
		Noted:    {Inform: Informed, Withdraw: Withdrawn},
		Informed: {Improve: Improved, Withdraw: Withdrawn},
		Improved: {Verify: Verified, Again: Informed, Withdraw: Withdrawn},
	}
	b := opened(t)
	for _, from := range States {
		for _, act := range acts {
			x := b.in(t, from)
			got, err := b.Do(t.Context(), second, x.ID, x.Rev, act, "因为")
			to, can := want[from][act]
			switch {
			case can && (err != nil || got.State != to || len(got.Steps) != len(x.Steps)+1 || got.Steps[len(x.Steps)].AccountID != "yi" || got.Steps[len(x.Steps)].At.IsZero()):
				t.Errorf("%s in %s: %s %v", act, from, got.State, err)
			case !can && !fault.Is(err, fault.Conflict):
				t.Errorf("%s in %s: %v", act, from, err)
			}
			if after, ok := from.After(act); ok != can || can && after != to {
				t.Errorf("%s after %s: %s", act, from, after)
			}
		}
	}
}

// Nobody verifies their own word, and nothing is verified without a picture of after.
func TestVerified(t *testing.T) {
	b, ctx := opened(t), t.Context()
	x := b.in(t, Informed)
	x, err := b.Do(ctx, coord, x.ID, x.Rev, Improve, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Do(ctx, second, x.ID, x.Rev, Verify, ""); !named(err, "after") {
		t.Errorf("without a picture: %v", err)
	}
	if x, err = b.AddPhoto(ctx, coord, x.ID, x.Rev, media.Evidence{Key: "before"}, false, true); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Do(ctx, second, x.ID, x.Rev, Verify, ""); !named(err, "after") {
		t.Errorf("with a picture of before: %v", err)
	}
	if x, err = b.AddPhoto(ctx, coord, x.ID, x.Rev, media.Evidence{Key: "after"}, true, true); err != nil {
		t.Fatal(err)
	}
	for _, act := range []Act{Verify, Again} {
		if _, err := b.Do(ctx, coord, x.ID, x.Rev, act, "自己看"); !fault.Is(err, fault.Conflict) {
			t.Errorf("%s of one's own word: %v", act, err)
		}
	}
	if x, err = b.Do(ctx, admin, x.ID, x.Rev, Verify, ""); err != nil || x.Open() {
		t.Errorf("%s %v", x.State, err)
	}
	if _, err := b.DropPhoto(ctx, coord, x.ID, x.Rev, "after"); !fault.Is(err, fault.Conflict) {
		t.Errorf("the picture of what is verified goes: %v", err)
	}
	if _, err := b.AddPhoto(ctx, coord, x.ID, x.Rev, media.Evidence{Key: "late"}, true, true); !fault.Is(err, fault.Conflict) {
		t.Errorf("a picture for what is verified: %v", err)
	}
}

func TestPictures(t *testing.T) {
	b, ctx := opened(t), t.Context()
	x := b.in(t, Informed)
	if _, err := b.AddPhoto(ctx, coord, x.ID, x.Rev, media.Evidence{Key: "a"}, false, false); !named(err, "faceless") {
		t.Errorf("nobody says that nobody can be made out: %v", err)
	}
	if _, err := b.Answer(ctx, owner, "l1", x.ID, x.Rev, "", &media.Evidence{Key: "a"}, false); !named(err, "faceless") {
		t.Errorf("the shop does not say it: %v", err)
	}
	var err error
	for i := range MaxPhotos {
		if x, err = b.AddPhoto(ctx, coord, x.ID, x.Rev, media.Evidence{Key: strings.Repeat("k", i+1)}, false, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.AddPhoto(ctx, coord, x.ID, x.Rev, media.Evidence{Key: "more"}, false, true); !named(err, "photo") {
		t.Errorf("one too many: %v", err)
	}
	if p := x.Photos[0]; p.Words != FaceWords || p.After {
		t.Errorf("%+v", p)
	}
	keys := []string{}
	for key, err := range b.Blobs(ctx) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, key)
	}
	if len(keys) != MaxPhotos {
		t.Errorf("%d pictures in use: %v", len(keys), keys)
	}
	if x, err = b.DropPhoto(ctx, coord, x.ID, x.Rev, "k"); err != nil || len(x.Photos) != MaxPhotos-1 {
		t.Errorf("%d %v", len(x.Photos), err)
	}
	if x, err = b.Do(ctx, coord, x.ID, x.Rev, Withdraw, "看错了"); err != nil || len(x.Photos) != 0 {
		t.Errorf("what was entered wrongly keeps %d pictures: %v", len(x.Photos), err)
	}
}

func TestWhereAnItemIs(t *testing.T) {
	b := opened(t)
	for _, x := range []struct {
		at   Spot
		want Spot
	}{
		{Spot{ListingID: "l1"}, Spot{StreetID: "z", StretchID: "s1", UnitID: "taken", ListingID: "l1", Place: "云间面馆 中山中路 218 号"}},
		{Spot{UnitID: "taken"}, Spot{StreetID: "z", StretchID: "s1", UnitID: "taken", ListingID: "l1", Place: "云间面馆 中山中路 218 号"}},
		{Spot{UnitID: "door"}, Spot{StreetID: "z", StretchID: "s1", UnitID: "door", Place: "中山中路 220 号"}},
		{Spot{UnitID: "vacant"}, Spot{StreetID: "z", PlazaID: "p", UnitID: "vacant", Place: "开元 1F-06"}},
		{Spot{StreetID: "z"}, Spot{StreetID: "z", Place: "中山中路"}},
		{Spot{StreetID: "z", StretchID: "s1"}, Spot{StreetID: "z", StretchID: "s1", Place: "中山中路 谷阳路到人民路"}},
	} {
		got, err := b.Note(t.Context(), coord, "bicycles", x.at, "堆了车")
		if err != nil || strings.ReplaceAll(got.Spot.Place, " ", "") != strings.ReplaceAll(x.want.Place, " ", "") {
			t.Errorf("%+v: %q %v", x.at, got.Spot.Place, err)
		}
		if got.Spot.Place = x.want.Place; got.Spot != x.want {
			t.Errorf("%+v: %+v", x.at, got.Spot)
		}
	}
	for field, at := range map[string]Spot{"shop": {ListingID: "none"}, "unit": {UnitID: "old"}, "place": {StreetID: "z", StretchID: "none"}} {
		if _, err := b.Note(t.Context(), coord, "bicycles", at, "堆了车"); !named(err, field) {
			t.Errorf("%+v: %v", at, err)
		}
	}
	if _, err := b.Note(t.Context(), coord, "noise", Spot{}, " "); !named(err, "kind") || !named(err, "text") || !named(err, "place") {
		t.Errorf("nothing said: %v", err)
	}
}

func named(err error, field string) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Kind == fault.Invalid && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == field })
}

// A shop reads what it was told of, without the accounts of the district; before that, and for everybody else, there is nothing.
func TestWhatAShopReads(t *testing.T) {
	b, ctx := opened(t), t.Context()
	hidden, told := b.noted(t), b.in(t, Informed)
	list, err := b.OfShop(ctx, owner, "l1")
	if err != nil || len(list) != 1 || list[0].ID != told.ID {
		t.Fatalf("%v %v", list, err)
	}
	if slices.ContainsFunc(list[0].Steps, func(s Step) bool { return s.AccountID != "" }) {
		t.Error("the shop reads which accounts did it")
	}
	if _, err := b.OfShopOne(ctx, owner, "l1", hidden.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("before it is told: %v", err)
	}
	if _, err := b.Answer(ctx, owner, "l1", hidden.ID, hidden.Rev, "", nil, false); !fault.Is(err, fault.NotFound) {
		t.Errorf("an answer before it is told: %v", err)
	}
	for _, by := range []access.Actor{{}, staff, rival, liaison, coord} {
		_, all := b.OfShop(ctx, by, "l1")
		_, one := b.OfShopOne(ctx, by, "l1", told.ID)
		_, said := b.Answer(ctx, by, "l1", told.ID, told.Rev, "", nil, false)
		if all == nil || one == nil || said == nil {
			t.Errorf("%q reads or answers for the shop: %v %v %v", by.AccountID, all, one, said)
		}
	}
	if _, err := b.Answer(ctx, owner, "l1", told.ID, told.Rev, "打 13800138000", nil, false); !named(err, "text") {
		t.Errorf("a mobile number: %v", err)
	}
	said, err := b.Answer(ctx, owner, "l1", told.ID, told.Rev, "换了灯管", nil, false)
	if err != nil || said.State != Improved || !said.Steps[len(said.Steps)-1].Shop {
		t.Fatalf("%+v %v", said.Steps, err)
	}
	if _, err := b.Answer(ctx, owner, "l1", told.ID, said.Rev, "", nil, false); !fault.Is(err, fault.Conflict) {
		t.Errorf("said twice: %v", err)
	}
}

func TestWhoKeepsTheBoard(t *testing.T) {
	b, ctx := opened(t), t.Context()
	x := b.in(t, Informed)
	r, err := b.Plan(ctx, admin, "z", "2026-10-20")
	if err != nil {
		t.Fatal(err)
	}
	for _, by := range []access.Actor{{}, owner, staff, liaison} {
		_, e1 := b.Note(ctx, by, "bicycles", Spot{StreetID: "z"}, "堆了车")
		_, e2 := b.Do(ctx, by, x.ID, x.Rev, Improve, "")
		_, e3 := b.AddPhoto(ctx, by, x.ID, x.Rev, media.Evidence{Key: "a"}, true, true)
		_, e4 := b.DropPhoto(ctx, by, x.ID, x.Rev, "a")
		_, e5 := b.Get(ctx, by, x.ID)
		_, e6 := b.List(ctx, by, Noted, "", 10)
		_, e7 := b.Figures(ctx, by)
		_, e8 := b.Plan(ctx, by, "z", "2026-11-20")
		_, e9 := b.Move(ctx, by, r.ID, r.Rev, "z", "2026-11-20")
		_, e10 := b.Join(ctx, by, r.ID, r.Rev, "m1")
		_, e11 := b.Leave(ctx, by, r.ID, r.Rev, "m1")
		_, e12 := b.Round(ctx, by, r.ID)
		_, e13 := b.Rounds(ctx, by)
		for i, err := range []error{e1, e2, e3, e4, e5, e6, e7, e8, e9, e10, e11, e12, e13} {
			if err == nil {
				t.Errorf("%q may do %d", by.AccountID, i+1)
			}
		}
	}
	for _, rev := range []int64{0, x.Rev - 1} {
		if _, err := b.Do(ctx, coord, x.ID, rev, Improve, ""); !fault.Is(err, fault.Conflict) {
			t.Errorf("over revision %d: %v", rev, err)
		}
	}
	for act, from := range map[Act]State{Again: Improved, Withdraw: Noted} {
		y := b.in(t, from)
		if _, err := b.Do(ctx, second, y.ID, y.Rev, act, " "); !named(err, "why") {
			t.Errorf("%s without a reason: %v", act, err)
		}
	}
}

func TestRounds(t *testing.T) {
	b, ctx := opened(t), t.Context()
	r, err := b.Plan(ctx, coord, "z", "2026-10-20")
	if err != nil || r.Month != "2026-10" {
		t.Fatal(err)
	}
	if _, err := b.Plan(ctx, coord, "z", "2026-10-28"); !named(err, "on") {
		t.Errorf("a second round of the month: %v", err)
	}
	if _, err := b.Plan(ctx, coord, "none", "十月"); !named(err, "on") || !named(err, "street") {
		t.Errorf("no day and no street: %v", err)
	}
	later, err := b.Plan(ctx, coord, "z", "2026-11-20")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Move(ctx, coord, later.ID, later.Rev, "z", "2026-10-21"); !named(err, "on") {
		t.Errorf("moved into a month that has its round: %v", err)
	}
	if later, err = b.Move(ctx, coord, later.ID, later.Rev, "z", "2026-12-01"); err != nil || later.Month != "2026-12" {
		t.Errorf("%s %v", later.Month, err)
	}
	if r, err = b.Join(ctx, coord, r.ID, r.Rev, "m1"); err != nil || r.Parts[0].Name != "单位 m1" {
		t.Fatal(err)
	}
	for _, who := range []string{"m1", "none"} {
		if _, err := b.Join(ctx, coord, r.ID, r.Rev, who); !named(err, "organisation") {
			t.Errorf("%s joins: %v", who, err)
		}
	}
	if r, err = b.Leave(ctx, coord, r.ID, r.Rev, "m1"); err != nil || len(r.Parts) != 0 {
		t.Error(err)
	}
	if list, err := b.Rounds(ctx, coord); err != nil || len(list) != 2 || list[0].Month != "2026-12" {
		t.Errorf("%v %v", list, err)
	}
}

// What is open, said to be better and verified is counted by street and month; what was entered wrongly is not, and old months are gone.
func TestFigures(t *testing.T) {
	b := opened(t)
	b.now = time.Date(2025, 10, 31, 9, 0, 0, 0, calendar.Shanghai)
	b.noted(t)
	b.now = time.Date(2025, 11, 1, 9, 0, 0, 0, calendar.Shanghai)
	b.noted(t)
	for _, st := range States {
		b.now = time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai)
		b.in(t, st)
	}
	got, err := b.Figures(t.Context(), admin)
	want := []Figure{{"2026-10", "z", 2, 1, 1}, {"2025-11", "z", 1, 0, 0}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v %v", got, err)
	}
}
