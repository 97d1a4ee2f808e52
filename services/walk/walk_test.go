package walk_test

import (
	"slices"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/walk"
)

var zone = time.FixedZone("CST", 8*3600)

// two are coordinators; the one who proposes a closing may not approve it.
var (
	one   = access.Actor{AccountID: "a1", Name: "王", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	other = access.Actor{AccountID: "a2", Name: "李", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
)

type bench struct {
	*walk.Service
	shops  *listing.Service
	places *place.Editor
	street place.Street
	at     time.Time
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 10, 15, 12, 0, 0, 0, zone)}
	now := func() time.Time { return b.at }
	db, log, _ := audittest.Open(t, now)
	b.shops, b.places = listing.New(db, log, now), place.NewEditor(db, log, now)
	b.Service = walk.New(db, b.shops, b.places, now)
	var err error
	if _, err := b.places.SaveStreets(t.Context(), []place.Street{{Slug: "zhongshan", Name: lang.Text{Hans: "中山中路"}}}); err != nil {
		t.Fatal(err)
	}
	if b.street, err = b.places.StreetBySlug(t.Context(), "zhongshan"); err != nil {
		t.Fatal(err)
	}
	return b
}

func (b *bench) shop(t *testing.T, code, name, house string) listing.Listing {
	t.Helper()
	l := listing.Listing{
		Code: code, State: listing.Published, Name: listing.Name{Text: lang.Text{Hans: name}},
		Address: listing.Address{Line: "中山中路 " + house + " 号", StreetID: b.street.ID, House: house},
		Phones:  []phone.Number{{Kind: phone.Landline, Digits: "+862157721664"}, {Kind: phone.Mobile, Digits: "+8613812345678"}},
	}
	if err := b.shops.Enter(t.Context(), access.System("test"), &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *bench) get(t *testing.T, id string) listing.Listing {
	t.Helper()
	l, err := b.shops.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// say sends one answer about a shop as it was seen.
func (b *bench) say(t *testing.T, by access.Actor, id string, l listing.Listing, kind walk.Kind, said walk.Said) walk.Result {
	t.Helper()
	r, err := b.Take(t.Context(), by, []walk.Sent{{ID: id, StreetID: b.street.ID, House: l.Address.House, ListingID: l.ID, Rev: l.Rev, Kind: kind, At: b.at, Said: said}})
	if err != nil {
		t.Fatal(err)
	}
	return r[0]
}

func TestStopsAreInTheOrderOfDoors(t *testing.T) {
	b := open(t)
	b.shop(t, "A3", "丙", "218")
	b.shop(t, "A1", "甲", "12")
	b.shop(t, "A2", "乙", "9")
	b.shop(t, "A4", "丁", "")
	if _, err := b.places.AddUnit(t.Context(), one, place.Unit{StreetID: b.street.ID, Number: "100 号"}); err != nil {
		t.Fatal(err)
	}
	for side, want := range map[place.Side][]string{place.Even: {"12", "100", "218"}, place.Odd: {"9"}, "": {""}} {
		stops, err := b.Stops(t.Context(), one, b.street.ID, side)
		if err != nil {
			t.Fatal(err)
		}
		got := []string{}
		for _, s := range stops {
			got = append(got, s.House.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", side, got, want)
		}
		for _, s := range stops {
			if len(s.Phones) > 1 {
				t.Errorf("a phone would keep a mobile number nobody agreed to show")
			}
		}
	}
	if _, err := b.Stops(t.Context(), access.Actor{AccountID: "x"}, b.street.ID, place.Odd); err == nil {
		t.Error("anybody may walk")
	}
}

// Each answer does its part and says what became of it.
func TestAnswers(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	t.Run("same confirms by survey, once", func(t *testing.T) {
		l := b.shop(t, "S1", "余天成", "2")
		for range 2 {
			if r := b.say(t, one, "same-0001", l, walk.Same, walk.Said{}); r.State != walk.Done {
				t.Fatal(r)
			}
		}
		if now := b.get(t, l.ID); now.Confirmed != (listing.Confirmed{On: "2026-10-15", By: "survey"}) || now.Rev != l.Rev+1 {
			t.Errorf("%+v rev %d", now.Confirmed, now.Rev)
		}
	})
	t.Run("changed writes what differs and keeps what was not seen", func(t *testing.T) {
		l := b.shop(t, "S2", "草庐", "4")
		if r := b.say(t, one, "changed-0001", l, walk.Changed, walk.Said{Phone: "021-5782 0000", Hours: "每天 9:00-21:00"}); r.State != walk.Done {
			t.Fatal(r)
		}
		now := b.get(t, l.ID)
		if now.Name.Hans != "草庐" || !now.Hours.Known || now.Confirmed.By != "survey" {
			t.Errorf("%+v", now)
		}
		if len(now.Phones) != 2 || now.Phones[0].Digits != "+862157820000" || now.Phones[1].Kind != phone.Mobile {
			t.Errorf("phones %+v", now.Phones)
		}
	})
	t.Run("gone waits for a second person", func(t *testing.T) {
		l := b.shop(t, "S3", "松江商城", "6")
		if r := b.say(t, one, "gone-00001", l, walk.Gone, walk.Said{}); r.State != walk.Waits {
			t.Fatal(r)
		}
		now := b.get(t, l.ID)
		if now.State != listing.Published || now.Proposal == nil {
			t.Fatalf("it is %s with %v", now.State, now.Proposal)
		}
		if _, err := b.shops.Approve(ctx, one, l.ID, now.ProposalHash()); !fault.Is(err, fault.Forbidden) {
			t.Errorf("the same person confirms: %v", err)
		}
		closed, err := b.shops.Approve(ctx, other, l.ID, now.ProposalHash())
		if err != nil || closed.State != listing.Closed || len(closed.Turns) != 1 || closed.Turns[0].Kind != listing.ShutDown {
			t.Errorf("%s %+v %v", closed.State, closed.Turns, err)
		}
	})
	t.Run("a vacant door becomes a unit", func(t *testing.T) {
		sent := walk.Sent{ID: "vacant-0001", StreetID: b.street.ID, House: "88", Kind: walk.Vacant, At: b.at.AddDate(0, 0, -2)}
		for range 2 {
			if r, err := b.Take(ctx, one, []walk.Sent{sent}); err != nil || r[0].State != walk.Done {
				t.Fatal(r, err)
			}
		}
		units, err := b.places.UnitsOn(ctx, b.street.ID)
		if err != nil || len(units) != 1 || units[0].Number != "88" || units[0].VacantSince != "2026-10-13" {
			t.Errorf("%+v %v", units, err)
		}
	})
	t.Run("a new shop is one page, which asks to be published", func(t *testing.T) {
		sent := walk.Sent{ID: "new-000001", StreetID: b.street.ID, House: "90", Kind: walk.NewShop, At: b.at.AddDate(0, 0, -1), Said: walk.Said{Name: "阿婆面馆", Category: "noodles"}}
		for range 2 {
			if r, err := b.Take(ctx, one, []walk.Sent{sent}); err != nil || r[0].State != walk.Waits {
				t.Fatal(r, err)
			}
		}
		page, err := b.shops.Submitted(ctx, one, "", 10)
		if err != nil || len(page.Items) != 1 || page.Items[0].Address.House != "90" {
			t.Fatalf("%+v %v", page.Items, err)
		}
		l, err := b.shops.Act(ctx, other, page.Items[0].ID, page.Items[0].Rev, listing.Publish)
		if err != nil || len(l.Turns) != 1 || l.Turns[0].Kind != listing.Opened || l.Turns[0].On != "2026-10-14" {
			t.Errorf("%+v %v", l.Turns, err)
		}
	})
	t.Run("what cannot be taken is said and holds up nothing", func(t *testing.T) {
		l := b.shop(t, "S5", "德兴馆", "10")
		r, err := b.Take(ctx, one, []walk.Sent{
			{ID: "short", Kind: walk.Same, ListingID: l.ID, Rev: l.Rev, At: b.at},
			{ID: "wrong-0001", StreetID: b.street.ID, ListingID: l.ID, Rev: l.Rev, Kind: walk.Changed, At: b.at, Said: walk.Said{Hours: "看老板心情"}},
			{ID: "wrong-0002", StreetID: b.street.ID, Kind: "burnt", At: b.at},
			{ID: "right-0001", StreetID: b.street.ID, ListingID: l.ID, Rev: l.Rev, Kind: walk.Same, At: b.at},
		})
		if err != nil {
			t.Fatal(err)
		}
		got := []walk.State{}
		for _, x := range r {
			got = append(got, x.State)
		}
		if !slices.Equal(got, []walk.State{walk.Wrong, walk.Wrong, walk.Wrong, walk.Done}) || r[0].Answer != "" || r[1].Answer == "" {
			t.Errorf("%+v", r)
		}
		if _, err := b.Take(ctx, one, make([]walk.Sent, walk.MaxBatch+1)); !fault.Is(err, fault.Invalid) {
			t.Errorf("too many are taken: %v", err)
		}
	})
}

// A page that changed after it was seen is never overwritten: somebody compares and chooses.
func TestConflictIsChosen(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.shop(t, "C1", "余天成", "2")
	if _, err := b.shops.Confirm(ctx, other, l.ID, l.Rev); err != nil {
		t.Fatal(err)
	}
	r := b.say(t, one, "changed-0001", l, walk.Changed, walk.Said{Name: "余天成堂"})
	if r.State != walk.Conflict {
		t.Fatal(r)
	}
	now := b.get(t, l.ID)
	if now.Name.Hans != "余天成" {
		t.Fatal("it was overwritten")
	}
	page, err := b.Open(ctx, other, "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].ID != r.Answer {
		t.Fatalf("%+v %v", page.Items, err)
	}
	said := page.Items[0].Said
	if _, err := b.Choose(ctx, other, r.Answer, now.Rev-1, said); !fault.Is(err, fault.Conflict) {
		t.Errorf("chosen over another page than the one shown: %v", err)
	}
	if a, err := b.Choose(ctx, other, r.Answer, now.Rev, walk.Said{Hours: "看老板心情"}); !fault.Is(err, fault.Invalid) || a.State != walk.Wrong {
		t.Errorf("%s %v", a.State, err)
	}
	if a, err := b.Choose(ctx, other, r.Answer, now.Rev, said); err != nil || a.State != walk.Done {
		t.Fatalf("%s %v", a.State, err)
	}
	if now := b.get(t, l.ID); now.Name.Hans != "余天成堂" {
		t.Errorf("it is called %s", now.Name.Hans)
	}
	if _, err := b.Drop(ctx, other, r.Answer); !fault.Is(err, fault.Conflict) {
		t.Errorf("settled twice: %v", err)
	}

	second := b.shop(t, "C2", "草庐", "4")
	if _, err := b.shops.Confirm(ctx, other, second.ID, second.Rev); err != nil {
		t.Fatal(err)
	}
	r = b.say(t, one, "gone-00002", second, walk.Gone, walk.Said{})
	if r.State != walk.Conflict {
		t.Fatal(r)
	}
	if a, err := b.Drop(ctx, one, r.Answer); err != nil || a.State != walk.Dropped {
		t.Errorf("%s %v", a.State, err)
	}
	if now := b.get(t, second.ID); now.Proposal != nil {
		t.Error("dropped and yet proposed")
	}
	if page, err := b.Open(ctx, one, "", 10); err != nil || len(page.Items) != 0 {
		t.Errorf("%+v %v", page.Items, err)
	}
}

// The same id of two people are two answers, and what was settled long ago is forgotten.
func TestAnswersAreEachPersonsAndEnd(t *testing.T) {
	b := open(t)
	l := b.shop(t, "E1", "余天成", "2")
	first := b.say(t, one, "same-0001", l, walk.Same, walk.Said{})
	second := b.say(t, other, "same-0001", l, walk.Same, walk.Said{})
	if first.Answer == second.Answer {
		t.Error("one person's answer stands for another's")
	}
	if n, err := b.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("swept %d %v at once", n, err)
	}
	b.at = b.at.AddDate(0, 0, 61)
	if n, err := b.Sweep(t.Context()); n < 1 || err != nil {
		t.Errorf("swept %d %v", n, err)
	}
	if _, err := b.Answer(t.Context(), one, first.Answer); !fault.Is(err, fault.NotFound) {
		t.Errorf("still there: %v", err)
	}
}
