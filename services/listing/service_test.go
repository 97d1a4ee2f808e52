package listing_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/audit/audittest"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/secret"
	"shangquan/services/store"
)

var zone = time.FixedZone("CST", 8*3600)

// machine is the program itself.
var machine = access.System("test")

type bench struct {
	*listing.Service
	db     store.DB
	coll   *store.Collection[listing.Listing]
	keys   *secret.Ring
	log    *audit.Log
	places *place.Service
	mu     sync.Mutex
	at     time.Time
}

func (b *bench) now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.at }
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 10, 15, 12, 0, 0, 0, zone)}
	db, log, keys := audittest.Open(t, b.now)
	b.db, b.keys, b.log = db, keys, log
	b.Service, b.coll, b.places = listing.New(db, b.log, b.now), listing.Declare(db), place.New(db)
	return b
}

func shop(code, name string, state listing.State) listing.Listing {
	return listing.Listing{Code: code, State: state, Name: listing.Name{Text: lang.Text{Hans: name}}}
}

func (b *bench) enter(t *testing.T, l listing.Listing) listing.Listing {
	t.Helper()
	if err := b.Enter(t.Context(), machine, &l); err != nil {
		t.Fatal(err)
	}
	return l
}

func (b *bench) act(t *testing.T, id string, actions ...listing.Action) listing.Listing {
	t.Helper()
	var l listing.Listing
	for _, a := range actions {
		var err error
		if l, err = b.Act(t.Context(), machine, id, 0, a); err != nil {
			t.Fatal(a, err)
		}
	}
	return l
}

func codes(ls []listing.Listing) string {
	out := make([]string, len(ls))
	for i := range ls {
		out[i] = ls[i].Code
	}
	return strings.Join(out, " ")
}

func TestALife(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.enter(t, shop("A1", "余天成堂", listing.Draft))
	seen := func(want bool) {
		t.Helper()
		_, err := b.Published(ctx, "yu-tian-cheng-tang")
		if want && err != nil || !want && !fault.Is(err, fault.NotFound) {
			t.Errorf("seen %v: %v", want, err)
		}
	}
	seen(false)
	b.act(t, l.ID, listing.Submit)
	seen(false)
	b.act(t, l.ID, listing.Publish)
	seen(true)
	b.act(t, l.ID, listing.Suspend)
	seen(false)
	b.act(t, l.ID, listing.Reinstate)
	got, err := b.Close(ctx, machine, l.ID, 0, listing.Closure{Kind: listing.Moved, ForwardTo: "人民北路 1 号"})
	if err != nil || got.Closure.On != "2026-10-15" {
		t.Fatal(got.Closure, err)
	}
	seen(true)
	if got := b.act(t, l.ID, listing.Reopen); got.Closure != nil {
		t.Error("a reopened shop is still closed")
	}
	if _, err := b.Act(ctx, machine, l.ID, 0, listing.Archive); !fault.Is(err, fault.Conflict) {
		t.Errorf("archived while published: %v", err)
	}
	b.act(t, l.ID, listing.Suspend, listing.Archive)
	seen(false)
	if _, err := b.Act(ctx, machine, "nothing", 0, listing.Submit); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	if _, err := b.Close(ctx, machine, l.ID, 0, listing.Closure{Kind: listing.Ceased}); !fault.Is(err, fault.Conflict) {
		t.Error(err)
	}
}

func TestClosingNeedsAValidClosure(t *testing.T) {
	b := open(t)
	l := b.enter(t, shop("A1", "甲", listing.Published))
	if _, err := b.Close(t.Context(), machine, l.ID, 0, listing.Closure{Kind: "gone"}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	if now, _ := b.Get(t.Context(), l.ID); now.State != listing.Published || now.Rev != 1 {
		t.Errorf("%+v", now)
	}
}

func TestUnitsFollow(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	var units []place.Unit
	for _, id := range []string{"u1", "u2"} {
		units = append(units, place.Unit{Meta: store.Meta{ID: id}, PlazaID: "p", Number: id})
	}
	if _, err := b.places.SaveUnits(ctx, units); err != nil {
		t.Fatal(err)
	}
	in := func(unit, want string) {
		t.Helper()
		if u, err := b.places.Unit(ctx, unit); err != nil || u.OccupiedBy != want {
			t.Errorf("%s is occupied by %q, want %q (%v)", unit, u.OccupiedBy, want, err)
		}
	}
	at := func(code, unit string, s listing.State) listing.Listing {
		l := shop(code, code, s)
		l.Address.UnitID = unit
		return l
	}
	a := b.enter(t, at("A", "u1", listing.Draft))
	in("u1", "")
	b.act(t, a.ID, listing.Submit, listing.Publish)
	in("u1", a.ID)
	late := at("B", "u1", listing.Published)
	if err := b.Enter(ctx, machine, &late); !fault.Is(err, fault.Conflict) {
		t.Errorf("two shops in one unit: %v", err)
	}
	if kept, err := b.ByCode(ctx, "B"); err != nil || kept.State != listing.Draft || kept.Rev != late.Rev {
		t.Errorf("the second shop waits as a draft: %+v %v", kept.State, err)
	}
	b.act(t, late.ID, listing.Submit)
	if _, err := b.Act(ctx, machine, late.ID, 0, listing.Publish); !fault.Is(err, fault.Conflict) {
		t.Errorf("published into an occupied unit: %v", err)
	}
	in("u1", a.ID)
	if _, err := b.Update(ctx, machine, a.ID, 0, func(l *listing.Listing) error { l.Address.UnitID = "u2"; return nil }); err != nil {
		t.Fatal(err)
	}
	in("u1", "")
	in("u2", a.ID)
	if _, err := b.Update(ctx, machine, a.ID, 0, func(l *listing.Listing) error { l.Address.UnitID = "u3"; return nil }); !fault.Is(err, fault.Invalid) {
		t.Errorf("moved into a unit that does not exist: %v", err)
	}
	if _, err := b.Update(ctx, machine, a.ID, 1, func(l *listing.Listing) error { l.Address.UnitID = "u1"; return nil }); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale revision: %v", err)
	}
	in("u1", "") // given back
	b.act(t, a.ID, listing.Suspend)
	in("u2", a.ID)
	b.act(t, a.ID, listing.Reinstate)
	if _, err := b.Close(ctx, machine, a.ID, 0, listing.Closure{Kind: listing.Ceased}); err != nil {
		t.Fatal(err)
	}
	in("u2", "")
	if got, err := b.Published(ctx, a.Slug); err != nil || got.State != listing.Closed || got.Address.UnitID != "u2" {
		t.Errorf("the page stays: %v", err)
	}
	if err := b.places.Occupy(ctx, "u2", "other", "2026-10-01"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Act(ctx, machine, a.ID, 0, listing.Reopen); !fault.Is(err, fault.Conflict) {
		t.Errorf("reopened in an occupied unit: %v", err)
	}
	// A crash left two units behind: one of a listing that is gone, one of a listing that was closed.
	if err := b.places.Occupy(ctx, "u1", a.ID, "2026-10-01"); err != nil {
		t.Fatal(err)
	}
	if n, err := b.ReleaseUnits(ctx); err != nil || n != 2 {
		t.Errorf("released %d, %v", n, err)
	}
	in("u1", "")
	in("u2", "")
	b.act(t, a.ID, listing.Reopen)
	in("u2", a.ID)
	if n, err := b.ReleaseUnits(ctx); err != nil || n != 0 {
		t.Errorf("released %d, %v", n, err)
	}
}

func TestEnter(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	first := b.enter(t, shop("A1", "余天成", listing.Published))
	second := b.enter(t, shop("A2", "余天成", listing.Published))
	if first.Slug != "yu-tian-cheng" || second.Slug != "yu-tian-cheng-a2" || first.Rev != 1 {
		t.Errorf("%s %s", first.Slug, second.Slug)
	}
	for _, c := range []struct {
		name string
		l    listing.Listing
		kind fault.Kind
	}{
		{"the same code", shop("A1", "别家", listing.Draft), fault.Conflict},
		{"closed from the start", shop("A3", "别家", listing.Closed), fault.Conflict},
		{"no name", shop("A4", "", listing.Draft), fault.Invalid},
		{"a chosen address that is taken", listing.Listing{Code: "A5", State: listing.Draft, Slug: "yu-tian-cheng", Name: listing.Name{Text: lang.Text{Hans: "别家"}}}, fault.Conflict},
	} {
		if err := b.Enter(ctx, machine, &c.l); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestUpdateAndReplace(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	l := b.enter(t, shop("A1", "甲店", listing.Published))
	next := l
	next.Website = " https://example.org "
	if err := b.Replace(ctx, machine, &next, l.Rev); err != nil || next.Rev != 2 || next.Website != "https://example.org" {
		t.Fatal(next.Rev, next.Website, err)
	}
	if err := b.Replace(ctx, machine, &next, l.Rev); !fault.Is(err, fault.Conflict) {
		t.Errorf("a stale revision: %v", err)
	}
	for _, c := range []struct {
		name   string
		change func(*listing.Listing) error
		kind   fault.Kind
	}{
		{"the state", func(l *listing.Listing) error { l.State = listing.Archived; return nil }, fault.Conflict},
		{"the code", func(l *listing.Listing) error { l.Code = "B1"; return nil }, fault.Invalid},
		{"the address", func(l *listing.Listing) error { l.Slug = "b"; return nil }, fault.Invalid},
		{"to nonsense", func(l *listing.Listing) error { l.Name.Hans = "\u202e"; return nil }, fault.Invalid},
		{"a refusal of its own", func(*listing.Listing) error { return fault.New(fault.Forbidden, "x", nil) }, fault.Forbidden},
	} {
		if _, err := b.Update(ctx, machine, l.ID, 0, c.change); !fault.Is(err, c.kind) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if now, _ := b.Get(ctx, l.ID); now.Rev != 2 {
		t.Errorf("something was written: %+v", now)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := b.Update(ctx, machine, l.ID, 0, func(l *listing.Listing) error { l.Popularity++; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if now, _ := b.Get(ctx, l.ID); now.Popularity != 8 {
		t.Errorf("an update was lost: %d of 8", now.Popularity)
	}
}

func TestLists(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	on := func(code, house string) listing.Listing {
		l := shop(code, code, listing.Published)
		l.Address.StreetID, l.Address.House = "s", house
		return l
	}
	in := func(code string, level int, unit string) listing.Listing {
		l := shop(code, code, listing.Published)
		l.Address.PlazaID, l.Address.Level, l.Address.Unit = "p", level, unit
		return l
	}
	for _, l := range []listing.Listing{on("h218a", "218甲"), on("hx", ""), on("h12", "12"), on("h218", "218"), in("f2", 2, "2F-1"), in("fx", 0, ""), in("f1b", 1, "1F-2"), in("f1a", 1, "1F-1"), in("fb", -1, "")} {
		b.enter(t, l)
	}
	hidden := on("h1", "1")
	hidden.State = listing.Draft
	draft := b.enter(t, hidden)
	if got, err := b.ByStreet(ctx, "s"); err != nil || codes(got) != "h12 h218 h218a hx" {
		t.Errorf("street: %s %v", codes(got), err)
	}
	if got, err := b.ByPlaza(ctx, "p"); err != nil || codes(got) != "fb f1a f1b f2 fx" {
		t.Errorf("plaza: %s %v", codes(got), err)
	}
	if got, err := b.ByStreet(ctx, ""); err != nil || got == nil || len(got) != 0 {
		t.Errorf("no street: %v %v", got, err)
	}
	id := func(code string) string { l, _ := b.ByCode(ctx, code); return l.ID }
	got, err := b.ByIDs(ctx, []string{id("f2"), "nothing", id("h12"), draft.ID, id("f2"), id("fb")})
	if err != nil || codes(got) != "f2 h12 fb" {
		t.Errorf("by ids: %s %v", codes(got), err)
	}
	if got, err := b.ByIDs(ctx, nil); err != nil || got == nil || len(got) != 0 {
		t.Errorf("no ids: %v %v", got, err)
	}
	if _, err := b.ByCode(ctx, "nothing"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
}

func TestChangesSince(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	var list []listing.Listing
	for _, c := range []string{"A", "B", "C", "D", "E"} { // one bulk write: all in the same millisecond
		list = append(list, shop(c, c, listing.Published))
	}
	list = append(list, shop("F", "F", listing.Draft))
	if _, err := b.Save(ctx, machine, list); err != nil {
		t.Fatal(err)
	}
	read := func(cursor string, limit int) (string, string) {
		t.Helper()
		var out []string
		for {
			got, err := b.ChangesSince(ctx, cursor, limit)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range got.Items {
				if c.Listing == nil {
					out = append(out, "-"+c.ID)
				} else {
					out = append(out, c.Listing.Code)
				}
			}
			if cursor = got.Cursor; !got.More {
				slices.Sort(out)
				return strings.Join(out, " "), cursor
			}
		}
	}
	if got, cursor := read("", 2); got != "" || cursor != "" {
		t.Errorf("reported before it settled: %s", got)
	}
	b.pass(3 * time.Second)
	got, cursor := read("", 2)
	if got != "A B C D E" {
		t.Errorf("got %s", got)
	}
	if again, same := read(cursor, 2); again != "" || same != cursor {
		t.Errorf("nothing was new, got %s", again)
	}
	if all, _ := read("", 1000); all != got {
		t.Errorf("another page size: %s", all)
	}
	a, _ := b.ByCode(ctx, "A")
	b.act(t, a.ID, listing.Suspend)
	c, _ := b.ByCode(ctx, "C")
	if _, err := b.Close(ctx, machine, c.ID, 0, listing.Closure{Kind: listing.Ceased}); err != nil {
		t.Fatal(err)
	}
	b.pass(3 * time.Second)
	if got, _ := read(cursor, 1); got != "-"+a.ID+" C" {
		t.Errorf("got %s", got)
	}
	for _, bad := range []string{"x", ".", "1.", "-1.a", "1", "99999999999999999999.a", "1." + strings.Repeat("a", 65)} {
		if _, err := b.ChangesSince(ctx, bad, 10); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestSave(t *testing.T) {
	b := open(t)
	ctx := t.Context()
	list := []listing.Listing{shop("A", "余天成", listing.Published), shop("B", "余天成", listing.Published), shop("C", "草庐", listing.Published)}
	tally, err := b.Save(ctx, machine, list)
	if err != nil || tally != (place.Tally{New: 3}) {
		t.Fatal(tally, err)
	}
	if tally, err := b.Save(ctx, machine, list); err != nil || tally != (place.Tally{Unchanged: 3}) {
		t.Errorf("again: %+v %v", tally, err)
	}
	x, _ := b.ByCode(ctx, "B")
	if x.Slug != "yu-tian-cheng-b" || x.Rev != 1 {
		t.Errorf("%s %d", x.Slug, x.Rev)
	}
	if _, err := b.Close(ctx, machine, x.ID, 0, listing.Closure{Kind: listing.Ceased}); err != nil {
		t.Fatal(err)
	}
	list[1].Website = "https://example.org"
	list = append(list, shop("D", "余天成", listing.Published))
	if tally, err := b.Save(ctx, machine, list); err != nil || tally != (place.Tally{New: 1, Changed: 1, Unchanged: 2}) {
		t.Errorf("%+v %v", tally, err)
	}
	x, _ = b.ByCode(ctx, "B")
	if x.State != listing.Closed || x.Closure == nil || x.Slug != "yu-tian-cheng-b" || x.Website == "" {
		t.Errorf("an import opened a closed shop: %+v", x)
	}
	list[2].Name.Hans = ""
	list[0].Website = "https://example.com"
	_, err = b.Save(ctx, machine, list)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Kind != fault.Invalid || !strings.Contains(err.Error(), "listing C") {
		t.Errorf("got %v", err)
	}
	if a, _ := b.ByCode(ctx, "A"); a.Website != "" {
		t.Error("half of it was written")
	}
	if _, err := b.Save(ctx, machine, []listing.Listing{shop("E", "甲", listing.Draft), shop("E", "乙", listing.Draft)}); !fault.Is(err, fault.Invalid) {
		t.Errorf("one code twice: %v", err)
	}
	if tally, err := b.Save(ctx, machine, nil); err != nil || tally != (place.Tally{}) {
		t.Errorf("nothing: %+v %v", tally, err)
	}
	n := 0
	for _, err := range b.coll.Each(ctx, store.All()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 4 {
		t.Errorf("%d listings", n)
	}
}
