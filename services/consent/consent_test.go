package consent_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/consent"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/store"
)

var (
	admin = access.Actor{AccountID: "a", Name: "管理员", Roles: []access.Role{access.Admin}, TwoFactor: true}
	owner = access.Actor{AccountID: "o", Name: "陈阿姨"}
)

// shop stands in for a listing, member for an organisation of the joint meeting.
type shop struct {
	store.Meta
	audit.Trail
	Consents []listing.Consent `json:"consents"`
}

type member struct {
	store.Meta
	audit.Trail
	Consent map[string]any `json:"consent,omitempty"`
}

func TestLedger(t *testing.T) {
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	db, log, keys := audittest.Open(t, now)
	shops := audit.Record(store.NewCollection[shop](db, "shops", store.Follow("audit")), log, listing.Kind)
	members := audit.Record(store.NewCollection[member](db, "members", store.Follow("audit")), log, "organisation")
	s := consent.New(consent.Deps{
		DB: db, Log: log, Keys: keys, Days: func() int { return 90 }, Now: now,
		Shop: func(ctx context.Context, id string) (listing.Listing, error) {
			x, err := shops.Get(ctx, id)
			return listing.Listing{Consents: x.Consents}, err
		},
	})
	list := func(f consent.Filter) []consent.Consent {
		t.Helper()
		page, err := s.List(t.Context(), admin, f, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	w := audit.Write{Action: access.ListingContact, Title: "老面馆"}
	old := listing.Consent{Digits: "+8613812345678", Version: "2026-11", At: at, By: "o"}
	x := shop{Consents: []listing.Consent{old}} // there with the record
	if err := shops.Insert(t.Context(), owner, w, &x); err != nil {
		t.Fatal(err)
	}
	set := func(by access.Actor, all ...listing.Consent) {
		t.Helper()
		if _, err := shops.Update(t.Context(), by, w, x.ID, 0, func(x *shop) error { x.Consents = all; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	brief := listing.Consent{Digits: "+8613987654321", Version: "2026-11", At: at, By: "o"}
	set(owner, old, brief)
	set(admin, old) // taken back before anybody looked
	got := list(consent.Filter{Of: "listing/" + x.ID})
	if len(got) != 2 {
		t.Fatalf("the ledger has %+v", got)
	}
	for _, c := range got {
		switch c.Shown {
		case "138****5678":
			if !c.Stands() || c.By != "o" || c.ByName != "陈阿姨" || c.Version != "2026-11" || c.Kind != consent.Mobile || c.Title != "老面馆" {
				t.Errorf("the one that stands: %+v", c)
			}
		case "139****4321":
			if c.Stands() || c.WithdrawnBy != "a" || c.WithdrawnName != "管理员" {
				t.Errorf("the one that was taken back: %+v", c)
			}
		default:
			t.Errorf("a number in full or of nobody: %+v", c)
		}
	}
	renewed := old
	renewed.Version, renewed.At = "2027-01", at
	set(owner, renewed) // other words: another consent
	if got := list(consent.Filter{By: "o"}); len(got) != 3 || got[0].Version != "2027-01" || !got[0].Stands() {
		t.Errorf("with other words: %+v", got)
	}
	m := member{}
	if err := members.Insert(t.Context(), admin, audit.Write{Action: access.AccountOwn, Title: "某某公司"}, &m); err != nil {
		t.Fatal(err)
	}
	agree := func(v map[string]any) {
		t.Helper()
		if _, err := members.Update(t.Context(), owner, audit.Write{Action: access.AccountOwn, Title: "某某公司"}, m.ID, 0, func(x *member) error { x.Consent = v; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	agree(map[string]any{"account_id": "o", "at": at, "words": 1, "paper": true})
	if got := list(consent.Filter{Of: "organisation/" + m.ID}); len(got) != 1 || got[0].Kind != consent.Listed || !got[0].Paper || got[0].Version != "1" {
		t.Errorf("an organisation: %+v", got)
	}
	agree(nil)
	if got := list(consent.Filter{Of: "organisation/" + m.ID}); len(got) != 1 || got[0].Stands() {
		t.Errorf("an organisation that took it back: %+v", got)
	}
	if n, err := s.Take(t.Context()); n != 0 || err != nil {
		t.Errorf("read again: %d, %v", n, err)
	}
	if own, err := s.Own(t.Context(), owner, "o"); err != nil || len(own) != 4 {
		t.Errorf("of the account: %+v, %v", own, err)
	}
	if _, err := s.Own(t.Context(), access.Actor{AccountID: "x"}, "o"); err == nil {
		t.Error("somebody reads what another agreed to")
	}
	if _, err := s.List(t.Context(), owner, consent.Filter{}, "", 10); !fault.Is(err, fault.NotFound) {
		t.Errorf("an owner reads the ledger: %v", err)
	}
	at = at.AddDate(0, 0, 91)
	for days, want := range map[int]int{90: 3, 92: 0} {
		if n, err := s.Due(t.Context(), days); n != want || err != nil {
			t.Errorf("due if kept for %d days: %d, %v; want %d", days, n, err, want)
		}
	}
	if n, err := s.Sweep(t.Context()); n != 3 || err != nil {
		t.Errorf("Sweep = %d, %v; want what was taken back", n, err)
	}
	if got := list(consent.Filter{}); len(got) != 1 || !got[0].Stands() {
		t.Errorf("what is left: %+v", got)
	}
}

// Reading the same entries again, as after a crash, changes nothing.
func TestTakeAgain(t *testing.T) {
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	given, none := []listing.Consent{{Digits: "+8613812345678", Version: "1", At: at, By: "o"}}, []listing.Consent{}
	for name, tt := range map[string]struct {
		said  [][]listing.Consent
		lines int
	}{
		"given, taken back":        {[][]listing.Consent{given, none}, 1},
		"given again":              {[][]listing.Consent{given, none, given}, 2},
		"taken back a second time": {[][]listing.Consent{given, none, given, none}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			at := at
			now := func() time.Time { at = at.Add(time.Second); return at }
			db, log, keys := audittest.Open(t, now)
			shops := audit.Record(store.NewCollection[shop](db, "shops", store.Follow("audit")), log, listing.Kind)
			x := shop{}
			w := audit.Write{Action: access.ListingContact}
			if err := shops.Insert(t.Context(), owner, w, &x); err != nil {
				t.Fatal(err)
			}
			for _, all := range tt.said {
				if _, err := shops.Update(t.Context(), owner, w, x.ID, 0, func(x *shop) error { x.Consents = all; return nil }); err != nil {
					t.Fatal(err)
				}
			}
			s := consent.New(consent.Deps{DB: db, Log: log, Keys: keys, Days: func() int { return 90 }, Now: now, Shop: func(context.Context, string) (listing.Listing, error) {
				return listing.Listing{}, fault.Missing()
			}})
			if n, err := s.Take(t.Context()); n != len(tt.said) || err != nil {
				t.Fatalf("Take = %d, %v", n, err)
			}
			before, err := s.List(t.Context(), admin, consent.Filter{}, "", 10)
			if err != nil || len(before.Items) != tt.lines {
				t.Fatalf("%+v, %v", before.Items, err)
			}
			if err := s.Rewind(t.Context()); err != nil {
				t.Fatal(err)
			}
			after, err := s.List(t.Context(), admin, consent.Filter{}, "", 10)
			if diff := cmp.Diff(before.Items, after.Items); err != nil || diff != "" {
				t.Errorf("read again: %v %s", err, diff)
			}
		})
	}
}
