package audit

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

type page struct {
	store.Meta
	Trail
	Name   string   `json:"name"`
	Secret string   `json:"secret"`
	Tags   []string `json:"tags"`
}

type world struct {
	db    store.DB
	log   *Log
	pages *Recorded[page]
	raw   *store.Collection[page]
}

var (
	owner = access.Actor{AccountID: "a1", Name: "陈阿姨", Seats: []access.Seat{{MerchantID: "m", Role: access.Owner}}, Request: "R1"}
	edit  = Write{Action: access.ListingTexts, Why: "新招牌", Title: "云间面馆"}
)

func newWorld(t *testing.T) *world {
	t.Helper()
	at := time.Date(2026, 10, 15, 11, 20, 0, 0, time.UTC)
	var ticks atomic.Int64
	now := func() time.Time { return at.Add(time.Duration(ticks.Add(1)) * time.Millisecond) }
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "a.db"), store.Clock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New([]byte(strings.Repeat("k", secret.Size)))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{db: db, log: New(db, keys, now)}
	w.raw = store.NewCollection[page](db, "pages", store.Index("name"), store.Follow("audit"))
	w.pages = Record(w.raw, w.log, "page", Hide("secret"))
	return w
}

func (w *world) entries(t *testing.T, id string) []Entry {
	t.Helper()
	p, err := w.log.Of(t.Context(), Ref{"page", id}, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	return p.Items
}

func (w *world) verify(t *testing.T, anchors ...Anchor) Report {
	t.Helper()
	r, err := w.log.Verify(t.Context(), anchors...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func name(to string) func(*page) error {
	return func(p *page) error { p.Name = to; return nil }
}

// TestEveryRevisionHasOneEntry: with who, when, what it was before and after, why, and by which request. AUD-02.
func TestEveryRevisionHasOneEntry(t *testing.T) {
	w := newWorld(t)
	p := page{Name: "旧名", Secret: "s1"}
	if err := w.pages.Insert(t.Context(), owner, edit, &p); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pages.Update(t.Context(), owner, edit, p.ID, 1, func(p *page) error { p.Name, p.Secret = "新名", "s2"; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pages.Update(t.Context(), owner, edit, p.ID, 1, name("太迟")); !fault.Is(err, fault.Conflict) {
		t.Fatalf("a stale update = %v, want a conflict", err)
	}
	refusal := errors.New("no")
	if _, err := w.pages.Update(t.Context(), owner, edit, p.ID, 2, func(*page) error { return refusal }); !errors.Is(err, refusal) {
		t.Fatalf("a refused update = %v", err)
	}
	got := w.entries(t, p.ID)
	if len(got) != 2 || got[0].Fact.Rev != 2 || got[1].Fact.Rev != 1 {
		t.Fatalf("entries = %+v, want revisions 2 and 1", got)
	}
	f := got[0].Fact
	if f.By.Account != "a1" || f.By.Name != "陈阿姨" || f.By.Role != "owner" || f.By.Request != "R1" || f.Why != "新招牌" || f.Title != "云间面馆" || f.Action != access.ListingTexts {
		t.Errorf("fact = %+v", f)
	}
	if len(f.Changes) != 2 || f.Changes[0] != (Change{"name", `"旧名"`, `"新名"`}) || f.Changes[1] != (Change{Path: "secret"}) {
		t.Errorf("changes = %+v, want the name with both values and the secret without", f.Changes)
	}
	if o := got[0].Object(); o != (Ref{"page", p.ID}) {
		t.Errorf("object = %+v", o)
	}
	if n, err := w.log.CatchUp(t.Context()); n != 0 || err != nil {
		t.Errorf("CatchUp again = %d, %v; want nothing to do", n, err)
	}
	if r := w.verify(t); r.Entries != 2 || r.Broken != 0 || r.Err() != nil {
		t.Errorf("Verify = %+v", r)
	}
}

// TestNothingIsLost writes a document again before its facts are copied, as between two rounds of the worker or after a crash.
func TestNothingIsLost(t *testing.T) {
	w := newWorld(t)
	p := page{Name: "0"}
	if err := w.pages.Insert(t.Context(), owner, edit, &p); err != nil {
		t.Fatal(err)
	}
	for i := 1; i <= 5; i++ {
		if _, err := w.pages.Update(t.Context(), owner, edit, p.ID, 0, name(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	// Another process starts on the same store: a log of its own, which knows nothing of what happened.
	later := New(w.db, w.log.keys, w.log.now)
	later.owner = w.log.owner // the lease of the one that crashed has run out
	Record(w.raw, later, "page")
	got, err := later.Of(t.Context(), Ref{"page", p.ID}, "", 100)
	if err != nil || len(got.Items) != 6 {
		t.Fatalf("after the start there are %d entries (%v), want 6", len(got.Items), err)
	}
	for i, e := range got.Items {
		if e.Fact.Rev != int64(6-i) {
			t.Errorf("entry %d is of revision %d, want %d", i, e.Fact.Rev, 6-i)
		}
	}
}

// TestCrashBetweenTrailAndDelivery: facts that were copied and not ticked off are not copied twice.
func TestCrashBetweenTrailAndDelivery(t *testing.T) {
	w := newWorld(t)
	p := page{Name: "0"}
	if err := w.pages.Insert(t.Context(), owner, edit, &p); err != nil {
		t.Fatal(err)
	}
	if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a1"}, Result: "ok"}); err != nil {
		t.Fatal(err)
	}
	waiting, _, err := w.pages.rec.pending(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	events, err := w.log.inbox.Find(t.Context(), store.All())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.log.link(t.Context(), append(waiting, events.Items...)); err != nil { // and then the power goes
		t.Fatal(err)
	}
	if _, err := w.log.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := w.verify(t); r.Entries != 2 || r.Broken != 0 {
		t.Errorf("Verify = %+v, want 2 entries", r)
	}
	if n, err := w.log.inbox.Count(t.Context(), store.All()); n != 0 || err != nil {
		t.Errorf("%d facts still wait, %v", n, err)
	}
}

func TestRace(t *testing.T) {
	w := newWorld(t)
	p := page{Name: "0"}
	if err := w.pages.Insert(t.Context(), owner, edit, &p); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	var copying, writing sync.WaitGroup
	copying.Go(func() {
		for ctx.Err() == nil {
			if _, err := w.log.CatchUp(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	})
	for i := range 8 {
		writing.Go(func() {
			for j := range 10 {
				if _, err := w.pages.Update(t.Context(), owner, edit, p.ID, 0, name(fmt.Sprint(i, "-", j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	stop()
	copying.Wait()
	got := w.entries(t, p.ID)
	if len(got) != 81 {
		t.Fatalf("%d entries, want 81", len(got))
	}
	// Each entry begins where the one before it ended.
	for i := 0; i+1 < len(got)-1; i++ {
		if later, earlier := got[i].Fact.Changes, got[i+1].Fact.Changes; later[0].Before != earlier[0].After {
			t.Errorf("revision %d begins with %s, revision %d ended with %s", got[i].Fact.Rev, later[0].Before, got[i+1].Fact.Rev, earlier[0].After)
		}
	}
	if r := w.verify(t); r.Broken != 0 {
		t.Errorf("Verify = %+v", r)
	}
}

func TestUpsert(t *testing.T) {
	w := newWorld(t)
	list := make([]page, 120)
	for i := range list {
		list[i].Name = fmt.Sprint(i)
	}
	by := access.System("import")
	if err := w.pages.Upsert(t.Context(), by, Write{Action: access.RegisterImport}, list); err != nil {
		t.Fatal(err)
	}
	list[3].Name = "changed"
	if err := w.pages.Upsert(t.Context(), by, Write{Action: access.RegisterImport}, list[3:5]); err != nil {
		t.Fatal(err)
	}
	got := w.entries(t, list[3].ID)
	if len(got) != 2 || got[0].Fact.By.Role != "system" || len(got[0].Fact.Changes) != 1 || got[0].Fact.Changes[0].Before != `"3"` {
		t.Errorf("entries = %+v", got)
	}
	if r := w.verify(t); r.Entries != 122 || r.Broken != 0 {
		t.Errorf("Verify = %+v, want 122 entries", r)
	}
}

// TestTampering: what is changed, deleted, put elsewhere or cut off is found. AUD-03.
func TestTampering(t *testing.T) {
	for _, tt := range []struct {
		name   string
		tamper func(*testing.T, *world)
		broken int64
	}{
		{"changed", func(t *testing.T, w *world) {
			if _, err := w.log.chain.Update(t.Context(), seqID(3), 0, func(e *Entry) error { e.Fact.By.Name = "别人"; return nil }); err != nil {
				t.Fatal(err)
			}
		}, 3},
		{"taken out", func(t *testing.T, w *world) { w.drop(t, 3) }, 3},
		{"put in another place", func(t *testing.T, w *world) {
			third, fourth := w.at(t, 3), w.at(t, 4)
			w.drop(t, 3)
			w.drop(t, 4)
			third.ID, fourth.ID, third.Seq, fourth.Seq = fourth.ID, third.ID, 4, 3
			if err := w.log.chain.Append(t.Context(), []Entry{fourth, third}); err != nil {
				t.Fatal(err)
			}
		}, 3},
		{"the end cut off", func(t *testing.T, w *world) { w.drop(t, 5) }, 5},
		{"all of it gone", func(t *testing.T, w *world) {
			for i := int64(1); i <= 5; i++ {
				w.drop(t, i)
			}
		}, 1},
		{"written anew with another key", func(t *testing.T, w *world) {
			kept := []Entry{}
			for i := int64(1); i <= 5; i++ {
				e := w.at(t, i)
				w.drop(t, i)
				e.Fact.Why = "没事"
				kept = append(kept, e)
			}
			keys, _ := secret.New(secret.Random())
			forger := New(w.db, keys, w.log.now)
			if err := forger.link(t.Context(), kept); err != nil {
				t.Fatal(err)
			}
		}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			for i := range 5 {
				if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", fmt.Sprint(i)}}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := w.log.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			anchor, err := w.log.Anchor(t.Context())
			if err != nil || anchor.Seq != 5 {
				t.Fatalf("Anchor = %+v, %v", anchor, err)
			}
			if r := w.verify(t, anchor); r.Broken != 0 {
				t.Fatalf("untouched: %+v", r)
			}
			tt.tamper(t, w)
			if r := w.verify(t, anchor); r.Broken != tt.broken || r.Err() == nil {
				t.Errorf("Verify = %+v, want %d to be the first that is broken", r, tt.broken)
			}
		})
	}
}

func (w *world) at(t *testing.T, seq int64) Entry {
	t.Helper()
	e, err := w.log.chain.Get(t.Context(), seqID(seq))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (w *world) drop(t *testing.T, seq int64) {
	t.Helper()
	if n, err := w.log.chain.Erase(t.Context(), w.at(t, seq)); n != 1 || err != nil {
		t.Fatal(n, err)
	}
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	for _, e := range []struct {
		by  access.Actor
		act access.Action
		of  Ref
	}{
		{owner, access.AccountOpen, Ref{"account", "a1"}}, {access.System("x"), access.AccountOpen, Ref{"account", "a2"}}, {owner, access.AccountFactor, Ref{"account", "a1"}},
	} {
		if err := w.log.Event(t.Context(), e.by, Event{Action: e.act, Object: e.of}); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		f    Filter
		want int
	}{
		{Filter{}, 3},
		{Filter{Account: "a1"}, 2},
		{Filter{Action: access.AccountOpen}, 2},
		{Filter{Account: "a1", Action: access.AccountOpen}, 1},
		{Filter{Of: Ref{"account", "a1"}}, 2},
		{Filter{Of: Ref{"account", "nobody"}}, 0},
	} {
		p, err := w.log.All(t.Context(), tt.f, "", 10)
		if err != nil || len(p.Items) != tt.want {
			t.Errorf("All(%+v) = %d entries, %v; want %d", tt.f, len(p.Items), err, tt.want)
		}
	}
}

// TestUpsertOverAnEdit: what somebody writes between the reading of an import and its writing is neither lost nor without an entry.
func TestUpsertOverAnEdit(t *testing.T) {
	w := newWorld(t)
	by, as := access.System("import"), Write{Action: access.RegisterImport}
	list := []page{{Name: "a"}}
	if err := w.pages.Upsert(t.Context(), by, as, list); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pages.Update(t.Context(), by, as, list[0].ID, 0, func(p *page) error { p.Name = "edited"; return nil }); err != nil {
		t.Fatal(err)
	}
	list[0].Name = "imported"
	if err := w.pages.Upsert(t.Context(), by, as, list); !fault.Is(err, fault.Conflict) {
		t.Errorf("Upsert over a later revision = %v", err)
	}
	got, err := w.pages.Get(t.Context(), list[0].ID)
	if err != nil || got.Name != "edited" || len(w.entries(t, got.ID)) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestReleaseLetsAnotherServerCopy(t *testing.T) {
	w := newWorld(t)
	if err := w.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a"}}); err != nil {
		t.Fatal(err)
	}
	if n, err := w.log.CatchUp(t.Context()); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	other := New(w.db, w.log.keys, w.log.now)
	if err := other.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "b"}}); err != nil {
		t.Fatal(err)
	}
	if n, err := other.CatchUp(t.Context()); n != 0 || err != nil {
		t.Errorf("while the lease lasts another server copied %d, %v", n, err)
	}
	if err := w.log.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, err := other.CatchUp(t.Context()); n != 1 || err != nil {
		t.Errorf("after the release another server copied %d, %v; want 1", n, err)
	}
}

// What is looked for by time, by kind and by how it ended.
func TestBrowsing(t *testing.T) {
	w := newWorld(t)
	start := w.log.now()
	for _, e := range []Event{
		{Action: access.AccountOpen, Object: Ref{"account", "a1"}, Result: "refused"},
		{Action: access.AccountOpen, Object: Ref{"account", "a2"}, Result: "ok"},
		{Action: access.RegisterExport, Object: Ref{"extract", "register"}, Result: "ok"},
		{Action: access.RegisterExport, Object: Ref{"accounting", "x"}, Result: "ok"},
	} {
		if err := w.log.Event(t.Context(), owner, e); err != nil {
			t.Fatal(err)
		}
	}
	all, err := w.log.Since(t.Context(), 0, 10)
	if err != nil || len(all) != 4 || all[0].Seq != 1 {
		t.Fatalf("Since = %+v, %v", all, err)
	}
	second := all[1].Fact.At
	for _, tt := range []struct {
		name string
		f    Filter
		want []int64
	}{
		{"everything, the latest first", Filter{}, []int64{4, 3, 2, 1}},
		{"of a kind", Filter{Of: Ref{Kind: "account"}}, []int64{2, 1}},
		{"refused", Filter{Result: "refused"}, []int64{1}},
		{"from", Filter{From: second}, []int64{4, 3, 2}},
		{"until", Filter{Until: second}, []int64{1}},
		{"a time and an action and who", Filter{From: start, Until: second.Add(time.Millisecond), Action: access.AccountOpen, Account: "a1"}, []int64{2, 1}},
		{"nothing", Filter{From: second.Add(time.Hour)}, []int64{}},
	} {
		page, err := w.log.All(t.Context(), tt.f, "", 10)
		if err != nil {
			t.Fatal(err)
		}
		got := []int64{}
		for _, e := range page.Items {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
		if n, err := w.log.Count(t.Context(), tt.f); err != nil || n != len(tt.want) {
			t.Errorf("%s: Count = %d, %v", tt.name, n, err)
		}
	}
	if rest, err := w.log.Since(t.Context(), 3, 10); err != nil || len(rest) != 1 || rest[0].Seq != 4 {
		t.Errorf("Since 3 = %+v, %v", rest, err)
	}
}

// A line that left the program proves itself, and a changed one does not.
func TestProof(t *testing.T) {
	w := newWorld(t)
	p := page{Name: "旧名"}
	if err := w.pages.Insert(t.Context(), owner, edit, &p); err != nil {
		t.Fatal(err)
	}
	e := w.entries(t, p.ID)[0]
	line, whole, err := w.log.Proof(&e)
	if err != nil || !whole || !Proves(w.log.keys, line) {
		t.Fatalf("Proof = %+v, %v, %v", line, whole, err)
	}
	changed := line
	changed.Entry = []byte(strings.Replace(string(line.Entry), "陈阿姨", "别人家", 1))
	moved := line
	moved.Prev = "x"
	if Proves(w.log.keys, changed) || Proves(w.log.keys, moved) {
		t.Error("a changed line is proved")
	}
	e.Fact.Why = "另一个理由"
	if _, whole, _ := w.log.Proof(&e); whole {
		t.Error("a changed entry is whole")
	}
	if s := w.log.Sign([]byte("a")); !Signed(w.log.keys, []byte("a"), s) || Signed(w.log.keys, []byte("b"), s) || Signed(w.log.keys, []byte("a"), "?") {
		t.Error("the signature of a file is not its own")
	}
}
