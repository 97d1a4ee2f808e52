package consent_test

import (
	"context"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/consent"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/media"
	"shangquan/services/store"
)

// thing stands in for records that hold consents in a field of their own.
type thing struct {
	store.Meta
	audit.Trail
	Consent *leave  `json:"consent,omitempty"`
	Plaque  *plaque `json:"plaque,omitempty"`
	Monthly *leave  `json:"monthly,omitempty"`
	Open    bool    `json:"open"`
}

type leave struct {
	AccountID string    `json:"account_id"`
	At        time.Time `json:"at"`
	Words     int       `json:"words"`
}

type plaque struct {
	Text    string `json:"text"`
	Consent leave  `json:"consent"`
}

// Every record that shows something by somebody's leave is in the ledger from the press that gave it to the press that took it back.
func TestEveryLeaveIsInTheLedger(t *testing.T) {
	said := leave{AccountID: "o", Words: 1}
	for name, c := range map[string]struct {
		object     string
		give, take func(*thing)
		want       consent.Consent
	}{
		"a shared space":   {"resource", func(x *thing) { x.Consent = &said }, func(x *thing) { x.Consent = nil }, consent.Consent{Kind: consent.Space, Version: "1"}},
		"a monthly letter": {"account", func(x *thing) { x.Monthly = &said }, func(x *thing) { x.Monthly = nil }, consent.Consent{Kind: consent.Monthly, Version: "1"}},
		"an open point":    {"open_point", func(x *thing) { x.Open = true }, func(x *thing) { x.Open = false }, consent.Consent{Kind: consent.Opened, Version: "1", Shown: "water"}},
		"a plaque":         {listing.Kind, func(x *thing) { x.Plaque = &plaque{"文明示范岗", said} }, func(x *thing) { x.Plaque = nil }, consent.Consent{Kind: consent.Plaque, Version: "1", Shown: "文明示范岗"}},
	} {
		t.Run(name, func(t *testing.T) { inLedger(t, c.object, c.want, c.give, c.take) })
	}
	t.Run("a photo", func(t *testing.T) {
		photo := activity.Photo{Photo: media.Photo{Key: "photos/a/b"}, Consent: activity.Consent{Basis: activity.Agreed, AccountID: "o", Words: 1}}
		inLedger(t, "activity", consent.Consent{Kind: consent.Photo, Version: "1", Shown: "agreed"},
			func(a *activity.Activity) { a.Plan().Photos = []activity.Photo{photo} },
			func(a *activity.Activity) { a.Plan().Photos = []activity.Photo{} })
	})
}

// inLedger gives a leave and takes it back, in records of a type that the trail calls object.
func inLedger[T any](t *testing.T, object string, want consent.Consent, give, take func(*T)) {
	t.Helper()
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	db, log, keys := audittest.Open(t, now)
	things := audit.Record(store.NewCollection[T](db, "things", store.Follow("audit")), log, object)
	first := true
	s := consent.New(consent.Deps{
		DB: db, Log: log, Keys: keys, Days: func() int { return 90 }, Now: now,
		Shop:     func(context.Context, string) (listing.Listing, error) { return listing.Listing{}, fault.Missing() },
		OpenedAt: func(context.Context, string) (time.Time, error) { return time.Time{}, fault.Missing() },
	})
	w := audit.Write{Action: access.PointOpen, Title: "某处", Why: "water"}
	x := new(T)
	if err := things.Insert(t.Context(), owner, w, x); err != nil {
		t.Fatal(err)
	}
	id := any(x).(interface{ StoreMeta() *store.Meta }).StoreMeta().ID
	for _, by := range []access.Actor{owner, admin} {
		change := give
		if !first {
			change = take
		}
		if _, err := things.Update(t.Context(), by, w, id, 0, func(x *T) error { change(x); return nil }); err != nil {
			t.Fatal(err)
		}
		page, err := s.List(t.Context(), admin, consent.Filter{}, "", 10)
		if err != nil || len(page.Items) != 1 {
			t.Fatal(page.Items, err)
		}
		got := page.Items[0]
		if got.Kind != want.Kind || got.Version != want.Version || got.Shown != want.Shown || got.By != "o" || got.Title != "某处" || got.Stands() != first || got.Notice == "" {
			t.Errorf("given %v: %+v", first, got)
		}
		first = false
	}
}

// Something that a shop opened when it was written down first is in the ledger, too.
func TestPointThatBeganOpen(t *testing.T) {
	at := time.Date(2026, 11, 28, 2, 0, 0, 0, time.UTC)
	now := func() time.Time { at = at.Add(time.Second); return at }
	for opened, want := range map[time.Time]int{at: 1, {}: 0, at.Add(time.Hour): 0} {
		db, log, keys := audittest.Open(t, now)
		things := audit.Record(store.NewCollection[thing](db, "things", store.Follow("audit")), log, "open_point")
		s := consent.New(consent.Deps{
			DB: db, Log: log, Keys: keys, Days: func() int { return 90 }, Now: now,
			OpenedAt: func(context.Context, string) (time.Time, error) { return opened, nil },
		})
		if err := things.Insert(t.Context(), owner, audit.Write{Action: access.PointOpen, Title: "老面馆", Why: "water"}, &thing{Open: true}); err != nil {
			t.Fatal(err)
		}
		if page, err := s.List(t.Context(), admin, consent.Filter{}, "", 10); err != nil || len(page.Items) != want {
			t.Errorf("opened %v: %+v %v", opened, page.Items, err)
		}
	}
}

// The words of a day are those that began last before it.
func TestWordsOfADay(t *testing.T) {
	newest := consent.Newest(consent.Notice)
	if got := consent.In(consent.Notice, newest.Since); got.Version != newest.Version || got.Version == "" {
		t.Errorf("on its first day: %q", got.Version)
	}
	if got := consent.In(consent.Notice, "2000-01-01"); got.Version == "" {
		t.Error("before there was a version nothing is said of it")
	}
	if got := consent.In("none", "2026-11-28"); got.Version != "" {
		t.Errorf("of no kind: %+v", got)
	}
}
