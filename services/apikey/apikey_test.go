package apikey_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/apikey"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

type bench struct {
	*apikey.Service
	db      store.DB
	log     *audit.Log
	file    string
	at      atomic.Int64
	account func(id string) (access.Actor, error)
}

func (b *bench) now() time.Time       { return time.UnixMilli(b.at.Load()).In(zone) }
func (b *bench) pass(d time.Duration) { b.at.Add(d.Milliseconds()) }

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{file: filepath.Join(t.TempDir(), "test.db")}
	b.at.Store(time.Date(2026, 10, 15, 12, 0, 0, 0, zone).UnixMilli())
	db, err := store.Open(t.Context(), "file:"+b.file, store.Clock(b.now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ring, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	b.db, b.log = db, audit.New(db, ring, b.now)
	b.account = func(id string) (access.Actor, error) {
		a := owner
		a.AccountID, a.Sudo, a.TwoFactor, a.Roles = id, true, true, []access.Role{access.Coordinator}
		return a, nil
	}
	b.Service = b.again()
	return b
}

// again is the service after a restart, or on another server.
func (b *bench) again() *apikey.Service {
	return apikey.New(b.db, b.log, func(_ context.Context, id string) (access.Actor, error) { return b.account(id) }, b.now)
}

func seat(r access.Role, merchant string) access.Actor {
	return access.Actor{AccountID: "x", Sudo: true, Seats: []access.Seat{{MerchantID: merchant, Role: r}}}
}

var owner = access.Actor{AccountID: "o", Name: "陈阿姨", Sudo: true, Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}, {MerchantID: "n", Role: access.Owner}}}

func wish() apikey.Wish {
	return apikey.Wish{MerchantID: "m", Name: "收银系统", Actions: []access.Action{access.ListingHours, access.ListingOpen}, Until: "2026-12-31"}
}

func (b *bench) make(t *testing.T, w apikey.Wish) (string, apikey.Item) {
	t.Helper()
	plain, item, err := b.Make(t.Context(), owner, w)
	if err != nil {
		t.Fatal(err)
	}
	return plain, item
}

func (b *bench) refused(t *testing.T, what, plain, key string, kind fault.Kind) {
	t.Helper()
	a, err := b.Authenticate(t.Context(), plain)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != kind || f.Key != key || a.Known() {
		t.Errorf("%s: %+v, %v; want %v %s", what, a, err, kind, key)
	}
}

func TestAKeyActsForItsMaker(t *testing.T) {
	b := open(t)
	w := wish()
	w.ListingIDs = []string{"a", "a", "b"}
	plain, item := b.make(t, w)
	a, err := b.Authenticate(t.Context(), plain)
	if err != nil {
		t.Fatal(err)
	}
	shop := func(merchant, listing string) access.Thing {
		return access.Thing{Kind: "listing", ID: listing, MerchantID: merchant, ListingID: listing}
	}
	for _, tt := range []struct {
		name string
		act  access.Action
		t    access.Thing
		want bool
	}{
		{"what it is for", access.ListingHours, shop("m", "a"), true},
		{"the other shop", access.ListingOpen, shop("m", "b"), true},
		{"a shop it is not for", access.ListingHours, shop("m", "c"), false},
		{"an action it is not for", access.ListingTexts, shop("m", "a"), false},
		{"another merchant of the same owner", access.ListingHours, shop("n", "a"), false},
		{"people", access.MerchantPeople, access.Thing{MerchantID: "m"}, false},
		{"the district's work", access.ReviewRead, access.Thing{}, false},
	} {
		if got := access.Can(a, tt.act, tt.t); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if a.AccountID != "o" || a.Key == nil || a.Key.ID != item.ID || a.Name != "收银系统" || a.Sudo || a.TwoFactor || len(a.Roles) > 0 {
		t.Errorf("the actor is %+v", a)
	}
	if len(item.ListingIDs) != 2 || item.Daily != apikey.DefaultDaily || item.Burst != apikey.DefaultBurst || !item.Live {
		t.Errorf("the key is %+v", item)
	}
}

func TestWhatIsStored(t *testing.T) {
	b := open(t)
	plain, item := b.make(t, wish())
	if !strings.HasPrefix(plain, "sq_"+item.Prefix+"_") || len(plain) != 55 {
		t.Errorf("the key is %q", plain)
	}
	raw, err := os.ReadFile(b.file + "-wal")
	if err != nil || strings.Contains(string(raw), plain) || strings.Contains(string(raw), plain[12:]) || !strings.Contains(string(raw), item.Prefix) {
		t.Errorf("the key lies in the store: %v", err)
	}
	entries, err := b.log.Of(t.Context(), audit.Ref{Kind: "api_key", ID: item.ID}, "", 10)
	if err != nil || len(entries.Items) != 1 || entries.Items[0].Fact.Action != access.KeyMake || entries.Items[0].Fact.Title != "收银系统" {
		t.Errorf("the trail has %+v, %v", entries, err)
	}
}

func TestWhoMay(t *testing.T) {
	b := open(t)
	_, item := b.make(t, wish())
	tired := owner
	tired.Sudo = false
	none := fault.Kind(0)
	for _, tt := range []struct {
		name            string
		by              access.Actor
		make, list, end fault.Kind
	}{
		{"nobody", access.Actor{}, fault.Unauthenticated, fault.Unauthenticated, fault.Unauthenticated},
		{"signed", access.Actor{AccountID: "x", Sudo: true}, fault.NotFound, fault.NotFound, fault.NotFound},
		{"staff", seat(access.Staff, "m"), fault.NotFound, fault.NotFound, fault.NotFound},
		{"owner of another", seat(access.Owner, "z"), fault.NotFound, fault.NotFound, fault.NotFound},
		{"coordinator", access.Actor{AccountID: "x", Sudo: true, TwoFactor: true, Roles: []access.Role{access.Coordinator}}, fault.NotFound, fault.NotFound, fault.NotFound},
		{"manager", seat(access.Manager, "m"), fault.NotFound, none, none},
		{"owner", seat(access.Owner, "m"), none, none, none},
		{"owner, a while after signing in", tired, fault.Forbidden, none, none},
		{"admin", access.Actor{AccountID: "x", Sudo: true, TwoFactor: true, Roles: []access.Role{access.Admin}}, fault.NotFound, none, none},
	} {
		check := func(what string, err error, want fault.Kind) {
			t.Helper()
			if want == none && err != nil || want != none && !fault.Is(err, want) {
				t.Errorf("%s: %s: %v, want %v", tt.name, what, err, want)
			}
		}
		_, _, err := b.Make(t.Context(), tt.by, wish())
		check("make", err, tt.make)
		_, err = b.List(t.Context(), tt.by, "m")
		check("list", err, tt.list)
		check("end", b.End(t.Context(), tt.by, item.ID, ""), tt.end)
		absent := tt.end
		if absent == none {
			absent = fault.NotFound
		}
		check("end what is not there", b.End(t.Context(), tt.by, "nothing", ""), absent)
	}
}

func TestWishesThatAreRefused(t *testing.T) {
	b := open(t)
	for name, tt := range map[string]struct {
		change func(*apikey.Wish)
		field  string
	}{
		"no name":              {func(w *apikey.Wish) { w.Name = "  " }, "name"},
		"a long name":          {func(w *apikey.Wish) { w.Name = strings.Repeat("名", 41) }, "name"},
		"for nothing":          {func(w *apikey.Wish) { w.Actions = nil }, "actions"},
		"for people":           {func(w *apikey.Wish) { w.Actions = []access.Action{access.MerchantPeople} }, "actions"},
		"for what is not":      {func(w *apikey.Wish) { w.Actions = []access.Action{"listing.everything"} }, "actions"},
		"for too many":         {func(w *apikey.Wish) { w.ListingIDs = strings.Split(strings.Repeat("a,", 50)+manyIDs(), ",") }, "listing_ids"},
		"without an end":       {func(w *apikey.Wish) { w.Until = "" }, "until"},
		"on no day":            {func(w *apikey.Wish) { w.Until = "2026-02-30" }, "until"},
		"over yesterday":       {func(w *apikey.Wish) { w.Until = "2026-10-14" }, "until"},
		"a year and a day":     {func(w *apikey.Wish) { w.Until = "2027-10-16" }, "until"},
		"fewer than one a day": {func(w *apikey.Wish) { w.Daily = -1 }, "daily"},
		"too many a day":       {func(w *apikey.Wish) { w.Daily = apikey.MaxDaily + 1 }, "daily"},
		"too many at once":     {func(w *apikey.Wish) { w.Burst = apikey.MaxBurst + 1 }, "burst"},
	} {
		w := wish()
		tt.change(&w)
		plain, _, err := b.Make(t.Context(), owner, w)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Name != tt.field || plain != "" {
			t.Errorf("%s: %q, %v; want %s named", name, plain, err, tt.field)
		}
	}
	if all, err := b.List(t.Context(), owner, "m"); err != nil || len(all) != 0 {
		t.Errorf("%d keys were made, %v", len(all), err)
	}
}

func manyIDs() string {
	ids := make([]string, apikey.MaxListings+1)
	for i := range ids {
		ids[i] = string(rune('一' + i))
	}
	return strings.Join(ids, ",")
}

func TestWhatAKeyCannotOpen(t *testing.T) {
	b := open(t)
	plain, item := b.make(t, wish())
	other, _ := b.make(t, wish())
	flip := []byte(plain)
	flip[20] ^= 1
	for name, wrong := range map[string]string{
		"nothing": "", "no key": "Bearer", "cut off": plain[:54], "longer": plain + "x", "one letter": string(flip),
		"the second part of another": plain[:12] + other[12:], "the hash": "sq_" + item.Prefix + "_" + secret.Hash(plain),
		"not found": "sq_00000000_" + plain[12:], "capitals": strings.ToUpper(plain), "another mark": "xx_" + plain[3:],
	} {
		b.refused(t, name, wrong, "error.api_key.unknown", fault.Unauthenticated)
	}
}

func TestTheEndOfAKey(t *testing.T) {
	b := open(t)
	w := wish()
	w.Until = "2026-10-16"
	plain, _ := b.make(t, w)
	b.pass(36*time.Hour - time.Minute) // 23:59 on the last day
	if _, err := b.Authenticate(t.Context(), plain); err != nil {
		t.Error(err)
	}
	b.pass(time.Minute)
	b.refused(t, "too old", plain, "error.api_key.over", fault.Unauthenticated)

	plain, item := b.make(t, wish())
	if err := b.End(t.Context(), owner, item.ID, "手机丢了"); err != nil {
		t.Fatal(err)
	}
	b.refused(t, "ended", plain, "error.api_key.over", fault.Unauthenticated)
	if err := b.End(t.Context(), owner, item.ID, "again"); err != nil {
		t.Errorf("ended twice: %v", err)
	}
	entries, err := b.log.Of(t.Context(), audit.Ref{Kind: "api_key", ID: item.ID}, "", 10)
	if err != nil || len(entries.Items) != 2 || entries.Items[0].Fact.Why != "手机丢了" {
		t.Errorf("the trail has %+v, %v", entries.Items, err)
	}
	all, err := b.List(t.Context(), owner, "m")
	if err != nil || len(all) != 2 || all[0].ID != item.ID || all[0].Live || !all[0].EndedAt.Equal(b.now()) || all[1].Live {
		t.Errorf("the list has %+v, %v", all, err)
	}

	plain, _ = b.make(t, wish())
	was := b.account
	b.account = func(id string) (access.Actor, error) {
		return access.Actor{AccountID: id, Seats: []access.Seat{{MerchantID: "n", Role: access.Owner}}}, nil
	}
	b.refused(t, "of somebody who left", plain, "error.api_key.over", fault.Unauthenticated)
	b.account = func(string) (access.Actor, error) {
		return access.Actor{}, fault.Missing()
	}
	b.refused(t, "of an account that is gone", plain, "error.api_key.over", fault.Unauthenticated)
	b.account = was
	if _, err := b.Authenticate(t.Context(), plain); err != nil {
		t.Error(err)
	}
}

// TestEndedAtOnce: from the moment the end is written no request with the key begins.
func TestEndedAtOnce(t *testing.T) {
	b := open(t)
	w := wish()
	w.Burst = apikey.MaxBurst
	plain, item := b.make(t, w)
	var ended atomic.Bool
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				before := ended.Load()
				if _, err := b.Authenticate(t.Context(), plain); err == nil && before {
					t.Error("a request began after the end")
				}
			}
		})
	}
	if err := b.End(t.Context(), owner, item.ID, ""); err != nil {
		t.Error(err)
	}
	ended.Store(true)
	all.Wait()
}

func TestQuota(t *testing.T) {
	b := open(t)
	w := wish()
	w.Daily, w.Burst = 7, 3
	plain, _ := b.make(t, w)
	use := func(n int) {
		t.Helper()
		for range n {
			if _, err := b.Authenticate(t.Context(), plain); err != nil {
				t.Fatal(err)
			}
		}
	}
	use(3)
	b.refused(t, "the fourth at once", plain, "error.api_key.burst", fault.TooMany)
	b.pass(10 * time.Second)
	use(3)
	b.pass(time.Minute)
	use(1)
	b.refused(t, "the eighth of the day", plain, "error.api_key.daily", fault.TooMany)
	b.pass(time.Minute)
	b.refused(t, "still that day", plain, "error.api_key.daily", fault.TooMany)

	b.Service = b.again() // a restart does not give a new day
	b.refused(t, "after a restart", plain, "error.api_key.daily", fault.TooMany)
	b.pass(12 * time.Hour)
	use(3)
	b.pass(-time.Hour) // the clock is set back
	use(1)
	if all, err := b.List(t.Context(), owner, "m"); err != nil || len(all) != 1 || all[0].LastUsed.IsZero() {
		t.Errorf("the list has %+v, %v", all, err)
	}
}

func TestTwoServersShareTheQuota(t *testing.T) {
	b := open(t)
	w := wish()
	w.Daily, w.Burst = 10, 10
	plain, _ := b.make(t, w)
	other := b.again()
	n := 0
	for range 20 {
		for _, s := range []*apikey.Service{b.Service, other} {
			if _, err := s.Authenticate(t.Context(), plain); err == nil {
				n++
			}
		}
		b.pass(61 * time.Second)
	}
	if n < 10 || n > 11 {
		t.Errorf("%d requests passed in a day, want 10, or one more while the other server did not know yet", n)
	}
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	b := open(t)
	w := wish()
	w.Burst = apikey.MaxBurst
	plain, _ := b.make(t, w)
	for range 50 {
		if _, err := b.Authenticate(t.Context(), plain); err != nil {
			t.Fatal(err)
		}
	}
	today := func() int {
		t.Helper()
		all, err := b.List(t.Context(), owner, "m")
		if err != nil {
			t.Fatal(err)
		}
		return all[0].Today
	}
	if n := today(); n != 1 {
		t.Errorf("after a moment %d are written, want the first", n)
	}
	b.pass(time.Minute)
	if _, err := b.Authenticate(t.Context(), plain); err != nil {
		t.Fatal(err)
	}
	if n := today(); n != 51 {
		t.Errorf("after a minute %d are written, want 51", n)
	}
	b.pass(24 * time.Hour)
	if n := today(); n != 0 {
		t.Errorf("the next day begins with %d", n)
	}
}

func TestTwentyKeys(t *testing.T) {
	b := open(t)
	var last apikey.Item
	for range apikey.MaxLive {
		_, last = b.make(t, wish())
	}
	_, _, err := b.Make(t.Context(), owner, wish())
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Fields[0].Key != "error.api_key.enough" {
		t.Errorf("one key too many: %v", err)
	}
	if err := b.End(t.Context(), owner, last.ID, ""); err != nil {
		t.Fatal(err)
	}
	b.make(t, wish())
	prefixes := map[string]bool{}
	all, err := b.List(t.Context(), owner, "m")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		prefixes[k.Prefix] = true
	}
	if len(prefixes) != apikey.MaxLive+1 {
		t.Errorf("%d keys have %d prefixes", len(all), len(prefixes))
	}
	if got, err := b.List(t.Context(), owner, "n"); err != nil || len(got) != 0 {
		t.Errorf("another merchant has %d of them, %v", len(got), err)
	}
}

func TestGrantable(t *testing.T) {
	for _, a := range apikey.Grantable {
		if access.Dangerous(a) || access.Grant(access.Owner, a) != access.Own || !slices.Contains(access.Actions(), a) {
			t.Errorf("%s cannot be left to a program of the owner", a)
		}
	}
}
