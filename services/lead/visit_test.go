package lead

import (
	"context"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

type walks struct {
	*Visits
	now   time.Time
	shops []*listing.Listing
}

func shop(id, merchant string) *listing.Listing {
	l := &listing.Listing{MerchantID: merchant, State: listing.Published}
	l.ID, l.Name.Hans = id, "店"+id
	return l
}

func visited(t testing.TB) *walks {
	w := &walks{now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai), shops: []*listing.Listing{shop("l1", "m1"), shop("l2", "m2"), shop("l3", "")}}
	now := func() time.Time { return w.now }
	db, log, _ := audittest.Open(t, now)
	w.Visits = NewVisits(VisitDeps{
		DB: db, Log: log, Now: now, Listed: func(context.Context) ([]*listing.Listing, string, error) { return w.shops, "", nil },
		Shop: func(_ context.Context, id string) (listing.Listing, error) {
			for _, l := range w.shops {
				if l.ID == id {
					return *l, nil
				}
			}
			return listing.Listing{}, fault.Missing()
		},
	})
	return w
}

func report() Report {
	return Report{On: "2026-10-14", Topics: "门口停车", Promise: Promise{Text: "问交警能不能画线", Due: "2026-10-30"}}
}

func (w *walks) to(t testing.TB, id string, r Report) Visit {
	t.Helper()
	v, err := w.Add(t.Context(), coord, id, r)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVisitsThatAreRefused(t *testing.T) {
	w, ctx := visited(t), t.Context()
	v := w.to(t, "l1", report())
	for _, x := range []struct {
		what, field string
		change      func(*Report)
		onlyNew     bool
	}{
		{"no day", "on", func(r *Report) { r.On = "昨天" }, false},
		{"tomorrow", "on", func(r *Report) { r.On = "2026-10-16" }, false},
		{"two years ago", "on", func(r *Report) { r.On = "2024-10-14" }, false},
		{"nothing talked about", "topics", func(r *Report) { r.Topics = " " }, false},
		{"a novel", "topics", func(r *Report) { r.Topics = strings.Repeat("长", MaxTopics+1) }, false},
		{"a promise without a day", "due", func(r *Report) { r.Promise.Due = "" }, true},
		{"a promise before the visit", "due", func(r *Report) { r.Promise.Due = "2026-10-13" }, true},
		{"a promise for another time", "due", func(r *Report) { r.Promise.Due = "2029-10-13" }, true},
		{"a long promise", "promise", func(r *Report) { r.Promise.Text = strings.Repeat("长", MaxPromise+1) }, true},
	} {
		r := report()
		x.change(&r)
		if _, err := w.Add(ctx, coord, "l1", r); !named(err, x.field) {
			t.Errorf("%s: %v", x.what, err)
		}
		var err error
		if x.onlyNew {
			_, err = w.Promise(ctx, coord, v.ID, v.Rev, r.Promise)
		} else {
			_, err = w.Set(ctx, coord, v.ID, v.Rev, r)
		}
		if !named(err, x.field) {
			t.Errorf("changed: %s: %v", x.what, err)
		}
	}
	if _, err := w.Add(ctx, coord, "none", report()); !named(err, "shop") {
		t.Errorf("at no shop: %v", err)
	}
	if _, err := w.Promise(ctx, coord, v.ID, v.Rev, Promise{Due: "2026-10-30"}); !named(err, "promise") {
		t.Errorf("an empty promise: %v", err)
	}
}

func TestPromises(t *testing.T) {
	w, ctx := visited(t), t.Context()
	v := w.to(t, "l1", report())
	if v.By != "xie" || v.Name != "小谢" || v.NextDue != "2026-10-30" {
		t.Errorf("%+v", v)
	}
	must := func(x Visit, err error) {
		t.Helper()
		if v = x; err != nil {
			t.Fatal(err)
		}
	}
	must(w.Promise(ctx, coord, v.ID, v.Rev, Promise{Text: "修路灯", Due: "2026-10-20", DoneOn: "2020-01-01"}))
	if v.NextDue != "2026-10-20" || v.Promises[1].DoneOn != "" {
		t.Errorf("%+v", v)
	}
	owed, err := w.Owed(ctx, coord, 10)
	if err != nil || len(owed) != 1 {
		t.Errorf("%+v %v", owed, err)
	}
	must(w.Done(ctx, coord, v.ID, v.Rev, 2, true))
	if v.NextDue != "2026-10-30" || v.Promises[1].DoneOn != "2026-10-15" {
		t.Errorf("%+v", v)
	}
	for _, x := range []struct {
		n    int
		done bool
	}{{2, true}, {1, false}, {0, true}, {3, true}, {-1, true}} {
		if _, err := w.Done(ctx, coord, v.ID, v.Rev, x.n, x.done); !fault.Is(err, fault.Conflict) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	must(w.Done(ctx, coord, v.ID, v.Rev, 1, true))
	if owed, err = w.Owed(ctx, coord, 10); err != nil || len(owed) != 0 || v.NextDue != "" {
		t.Errorf("all is kept: %+v %v", owed, err)
	}
	must(w.Done(ctx, coord, v.ID, v.Rev, 2, false))
	if v.NextDue != "2026-10-20" || !v.Promises[1].Late("2026-10-21") || v.Promises[1].Late("2026-10-20") || v.Promises[0].Late("2027-01-01") {
		t.Errorf("%+v", v)
	}
	must(w.Set(ctx, coord, v.ID, v.Rev, Report{On: "2026-10-13", Topics: "路灯"}))
	if v.On != "2026-10-13" || v.Topics != "路灯" || len(v.Promises) != 2 {
		t.Errorf("%+v", v)
	}
	for len(v.Promises) < MaxPromises {
		must(w.Promise(ctx, coord, v.ID, v.Rev, Promise{Text: "又一件", Due: "2026-12-01"}))
	}
	if _, err := w.Promise(ctx, coord, v.ID, v.Rev, Promise{Text: "再一件", Due: "2026-12-01"}); !named(err, "promise") {
		t.Errorf("one too many: %v", err)
	}
}

// A shop reads what was promised to it, and to nobody who had it before or to others.
func TestWhatAShopReads(t *testing.T) {
	w, ctx := visited(t), t.Context()
	w.to(t, "l1", report())
	w.to(t, "l3", report())
	none := report()
	none.Promise = Promise{}
	w.to(t, "l1", none)
	list, err := w.For(ctx, owner, "l1")
	if err != nil || len(list) != 1 || list[0].Text != "问交警能不能画线" || list[0].On != "2026-10-14" {
		t.Errorf("%+v %v", list, err)
	}
	for _, by := range []access.Actor{{}, rival, coord, admin, liaison} {
		if _, err := w.For(ctx, by, "l1"); err == nil {
			t.Errorf("%s reads what was promised to another", by.AccountID)
		}
	}
	w.shops[0].MerchantID, w.shops[2].MerchantID = "m2", "m1"
	if list, err := w.For(ctx, rival, "l1"); err != nil || len(list) != 0 {
		t.Errorf("who took the shop over: %+v %v", list, err)
	}
	if list, err := w.For(ctx, owner, "l3"); err != nil || len(list) != 1 {
		t.Errorf("who claimed it since: %+v %v", list, err)
	}
	if _, err := w.For(ctx, owner, "none"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestShopsNobodyVisited(t *testing.T) {
	w, ctx := visited(t), t.Context()
	for id, on := range map[string]string{"l1": "2026-04-14", "l2": "2026-04-15"} {
		w.to(t, id, Report{On: on, Topics: "看看"})
	}
	w.to(t, "l1", Report{On: "2026-01-01", Topics: "早先"})
	seen := func(months int) string {
		t.Helper()
		list, err := w.Unseen(ctx, coord, months)
		if err != nil {
			t.Fatal(err)
		}
		out := []string{}
		for _, x := range list {
			out = append(out, x.Shop.ID+x.Last)
		}
		return strings.Join(out, " ")
	}
	for months, want := range map[int]string{6: "l3 l12026-04-14", 3: "l3 l12026-04-14 l22026-04-15", 12: "l3", 0: "l3 l12026-04-14 l22026-04-15", 500: "l3"} {
		if got := seen(months); got != want {
			t.Errorf("for %d months: %s, want %s", months, got, want)
		}
	}
}

func TestWhoVisits(t *testing.T) {
	w, ctx := visited(t), t.Context()
	v := w.to(t, "l1", report())
	for _, by := range []access.Actor{{}, owner, liaison} {
		_, add := w.Add(ctx, by, "l1", report())
		_, set := w.Set(ctx, by, v.ID, v.Rev, report())
		_, promise := w.Promise(ctx, by, v.ID, v.Rev, report().Promise)
		_, done := w.Done(ctx, by, v.ID, v.Rev, 1, true)
		_, get := w.Get(ctx, by, v.ID)
		_, list := w.List(ctx, by, "", 10)
		_, owed := w.Owed(ctx, by, 10)
		_, unseen := w.Unseen(ctx, by, 6)
		if add == nil || set == nil || promise == nil || done == nil || get == nil || list == nil || owed == nil || unseen == nil {
			t.Errorf("%s: %v %v %v %v %v %v %v %v", by.AccountID, add, set, promise, done, get, list, owed, unseen)
		}
	}
	if _, err := w.Done(ctx, admin, v.ID, v.Rev, 1, true); err != nil {
		t.Fatal(err)
	}
	for name, rev := range map[string]int64{"an old revision": v.Rev, "no revision": 0} {
		_, set := w.Set(ctx, coord, v.ID, rev, report())
		_, promise := w.Promise(ctx, coord, v.ID, rev, report().Promise)
		_, done := w.Done(ctx, coord, v.ID, rev, 1, false)
		if !fault.Is(set, fault.Conflict) || !fault.Is(promise, fault.Conflict) || !fault.Is(done, fault.Conflict) {
			t.Errorf("over %s: %v %v %v", name, set, promise, done)
		}
	}
	if page, err := w.List(ctx, coord, "", 10); err != nil || len(page.Items) != 1 {
		t.Errorf("%+v %v", page, err)
	}
}
