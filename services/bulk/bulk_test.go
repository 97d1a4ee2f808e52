package bulk_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit/audittest"
	"shangquan/services/bulk"
	"shangquan/services/countersign"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
)

func person(id string, roles ...access.Role) access.Actor {
	return access.Actor{AccountID: id, Name: id, Roles: roles, TwoFactor: true, Sudo: true}
}

var (
	first  = person("first", access.Coordinator)
	second = person("second", access.Coordinator)
	admin  = person("admin", access.Admin)
)

type bench struct {
	*bulk.Service
	shops *listing.Service
	signs *countersign.Service
	docs  *store.Collection[bulk.Batch]
	mu    sync.Mutex
	at    time.Time
}

func (b *bench) now() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return b.at }
func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	b.at = b.at.Add(d)
	b.mu.Unlock()
}

func open(t *testing.T) *bench {
	t.Helper()
	b := &bench{at: time.Date(2026, 10, 15, 12, 0, 0, 0, time.UTC)}
	db, log, _ := audittest.Open(t, b.now)
	b.shops, b.signs = listing.New(db, log, b.now), countersign.New(db, log, b.now)
	b.Service = bulk.New(db, log, b.shops, b.signs, b.now)
	b.docs = store.NewCollection[bulk.Batch](db, "batches", store.Index("stage", "until"), store.Index("by.account", "created_at"))
	return b
}

func (b *bench) enter(t *testing.T, codes ...string) (ids []string) {
	t.Helper()
	for _, code := range codes {
		l := listing.Listing{Code: code, State: listing.Published, CategoryID: "tea", TagIDs: []string{"wifi"}, Name: listing.Name{Text: lang.Text{Hans: "店" + code}}}
		if err := b.shops.Enter(t.Context(), access.System("test"), &l); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, l.ID)
	}
	return ids
}

func daily(t *testing.T, text string) *hours.Hours {
	t.Helper()
	h, err := hours.ParseChinese(text)
	if err != nil {
		t.Fatal(err)
	}
	return &h
}

func (b *bench) shop(t *testing.T, id string) listing.Listing {
	t.Helper()
	l, err := b.shops.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// A preview writes nothing; applied, every shop changes but the one somebody wrote to since; taken back, every shop is as it was but the
// one somebody wrote to since.
func TestBatch(t *testing.T) {
	for name, c := range map[string]struct {
		change bulk.Change
		did    func(*listing.Listing) bool
	}{
		"hours":    {bulk.Change{Field: bulk.Hours, Hours: daily(t, "10:00-22:00")}, func(l *listing.Listing) bool { return l.Hours.Known && l.Confirmed.By == "coordinator" }},
		"category": {bulk.Change{Field: bulk.Category, Category: "noodles"}, func(l *listing.Listing) bool { return l.CategoryID == "noodles" }},
		"tags": {bulk.Change{Field: bulk.Tags, Add: []string{"cash"}, Remove: []string{"wifi"}}, func(l *listing.Listing) bool {
			return slices.Equal(l.TagIDs, []string{"cash"})
		}},
		"state": {bulk.Change{Field: bulk.State, Move: listing.Suspend}, func(l *listing.Listing) bool { return l.State == listing.Suspended }},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			ids := b.enter(t, "A", "B", "C")
			p, err := b.Plan(ctx, first, append(ids, ids[0], "none"), c.change)
			if err != nil || p.Count(bulk.Planned) != 3 || len(p.Rows) != 3 {
				t.Fatalf("%+v %v", p, err)
			}
			for _, id := range ids {
				if l := b.shop(t, id); l.Rev != 1 {
					t.Fatal("a preview writes")
				}
			}
			touch := func(id string) {
				t.Helper()
				if _, err := b.shops.Update(ctx, first, id, 0, func(l *listing.Listing) error { l.Website = "https://" + l.Code + ".example"; return nil }); err != nil {
					t.Fatal(err)
				}
			}
			touch(ids[2])
			if _, err := b.Apply(ctx, first, p.ID, p.Rev+1, ""); !fault.Is(err, fault.Conflict) {
				t.Errorf("applied another revision: %v", err)
			}
			p, err = b.Apply(ctx, first, p.ID, p.Rev, "")
			if err != nil || p.Stage != bulk.Applied || p.Count(bulk.Written) != 2 || p.Count(bulk.Changed) != 1 {
				t.Fatalf("%+v %v", p, err)
			}
			for i, want := range []bool{true, true, false} {
				if l := b.shop(t, ids[i]); c.did(&l) != want {
					t.Errorf("%d: %+v", i, l)
				}
			}
			if _, err := b.Apply(ctx, first, p.ID, p.Rev, ""); !fault.Is(err, fault.Conflict) {
				t.Errorf("applied twice: %v", err)
			}
			touch(ids[1])
			p, err = b.Undo(ctx, second, p.ID)
			if err != nil || p.Stage != bulk.Undone || p.Count(bulk.Back) != 1 || p.Count(bulk.Changed) != 2 {
				t.Fatalf("%+v %v", p, err)
			}
			for i, want := range []bool{false, true, false} {
				if l := b.shop(t, ids[i]); c.did(&l) != want {
					t.Errorf("taken back, %d: %+v", i, l)
				}
			}
			if l := b.shop(t, ids[0]); l.Confirmed != (listing.Confirmed{}) || l.CategoryID != "tea" || !slices.Equal(l.TagIDs, []string{"wifi"}) || l.Hours.Known {
				t.Errorf("%+v", l)
			}
			if _, err := b.Undo(ctx, first, p.ID); !fault.Is(err, fault.Conflict) {
				t.Errorf("taken back twice: %v", err)
			}
		})
	}
}

func TestUndoEndsAfterADay(t *testing.T) {
	b, ctx := open(t), t.Context()
	p, err := b.Plan(ctx, first, b.enter(t, "A"), bulk.Change{Field: bulk.Category, Category: "noodles"})
	if err == nil {
		p, err = b.Apply(ctx, first, p.ID, p.Rev, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	b.pass(bulk.UndoFor)
	if _, err := b.Undo(ctx, first, p.ID); !fault.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
}

// Special days and a pause are the shop's own promises: a batch leaves them.
func TestHoursLeaveSpecialDays(t *testing.T) {
	special := []hours.Special{{From: "2026-10-20", To: "2026-10-20"}}
	l := listing.Listing{State: listing.Published, Hours: hours.Hours{Known: true, Special: special}}
	c := bulk.Change{Field: bulk.Hours, Hours: daily(t, "10:00-22:00")}
	next, err := c.To(l, "2026-10-15")
	if err != nil || len(next.Hours.Special) != 1 {
		t.Errorf("%+v %v", next.Hours, err)
	}
}

// Closing shops, and taking down more than a few at once, is proposed by one and done by another.
func TestWhatTakesTwo(t *testing.T) {
	many := []string{"A", "B", "C", "D", "E", "F"}
	for name, x := range map[string]struct {
		codes []string
		move  listing.Action
		kind  string
		state listing.State
	}{
		"closing":           {many[:1], listing.Close, bulk.CloseKind, listing.Closed},
		"taking down":       {many[:bulk.Few+1], listing.Suspend, bulk.SuspendKind, listing.Suspended},
		"taking down a few": {many[:bulk.Few], listing.Suspend, "", listing.Suspended},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			ids := b.enter(t, x.codes...)
			p, err := b.Plan(ctx, first, ids, bulk.Change{Field: bulk.State, Move: x.move})
			if err != nil {
				t.Fatal(err)
			}
			if kind, err := b.TwoPeople(ctx, first, &p); err != nil || kind != x.kind {
				t.Fatal(kind, err)
			}
			if p, err = b.Apply(ctx, first, p.ID, p.Rev, "商场拆了"); err != nil {
				t.Fatal(err)
			}
			if x.kind != "" {
				if l := b.shop(t, ids[0]); p.Stage != bulk.Signing || l.State != listing.Published {
					t.Fatalf("done by one person: %s %s", p.Stage, l.State)
				}
				sign, err := b.signs.Open(ctx, second, x.kind, p.ID)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := b.signs.Confirm(ctx, first, sign.ID, sign.Hash()); !fault.Is(err, fault.Forbidden) {
					t.Errorf("confirmed by who proposed it: %v", err)
				}
				if _, err := b.signs.Confirm(ctx, second, sign.ID, sign.Hash()); err != nil {
					t.Fatal(err)
				}
			}
			if l := b.shop(t, ids[len(ids)-1]); l.State != x.state || x.state == listing.Closed && l.Closure.Kind != listing.Ceased {
				t.Errorf("%+v", l)
			}
			if p, err = b.Undo(ctx, second, p.ID); err != nil || p.Count(bulk.Back) != len(ids) {
				t.Errorf("%+v %v", p, err)
			}
			if l := b.shop(t, ids[0]); l.State != listing.Published || l.Closure != nil {
				t.Errorf("%+v", l)
			}
		})
	}
}

// A few batches of a few are many: what one person took down alone within a day counts, whoever planned it; what they took back, what two
// people signed and what somebody else took down does not.
func TestAFewBatchesOfAFew(t *testing.T) {
	suspend := bulk.Change{Field: bulk.State, Move: listing.Suspend}
	codes := []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L"}
	for name, x := range map[string]struct {
		before int // how many shops went down before one more is asked for
		then   func(t *testing.T, b *bench, made bulk.Batch)
		by     access.Actor
		kind   string
	}{
		"one less than the limit": {bulk.Few - 1, nil, first, ""},
		"the limit":               {bulk.Few, nil, first, bulk.SuspendKind},
		"by somebody else":        {bulk.Few, nil, second, ""},
		"a moment before a day":   {bulk.Few, func(_ *testing.T, b *bench, _ bulk.Batch) { b.pass(24*time.Hour - time.Second) }, first, bulk.SuspendKind},
		"a day ago":               {bulk.Few, func(_ *testing.T, b *bench, _ bulk.Batch) { b.pass(24 * time.Hour) }, first, ""},
		"taken back": {bulk.Few, func(t *testing.T, b *bench, made bulk.Batch) {
			t.Helper()
			if _, err := b.Undo(t.Context(), first, made.ID); err != nil {
				t.Fatal(err)
			}
		}, first, ""},
		"left by a crash": {bulk.Few, func(t *testing.T, b *bench, made bulk.Batch) {
			t.Helper()
			if _, err := b.docs.Update(t.Context(), made.ID, 0, func(x *bulk.Batch) error {
				x.Stage, x.Rows[0].Outcome, x.Until = bulk.Running, bulk.Planned, time.Time{}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}, first, bulk.SuspendKind},
		"signed by two": {bulk.Few + 1, func(t *testing.T, b *bench, made bulk.Batch) {
			t.Helper()
			sign, err := b.signs.Open(t.Context(), second, bulk.SuspendKind, made.ID)
			if err == nil {
				_, err = b.signs.Confirm(t.Context(), second, sign.ID, sign.Hash())
			}
			if err != nil {
				t.Fatal(err)
			}
		}, first, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b, ctx := open(t), t.Context()
			ids := b.enter(t, codes...)
			made, err := b.Plan(ctx, second, ids[:x.before], suspend) // planned by one, a day before another applies it
			if err != nil {
				t.Fatal(err)
			}
			b.pass(24*time.Hour - time.Second)
			if made, err = b.Apply(ctx, first, made.ID, made.Rev, ""); err != nil {
				t.Fatal(err)
			}
			if x.then != nil {
				x.then(t, b, made)
			}
			p, err := b.Plan(ctx, x.by, ids[len(ids)-1:], suspend)
			if err != nil {
				t.Fatal(err)
			}
			if kind, err := b.TwoPeople(ctx, x.by, &p); err != nil || kind != x.kind {
				t.Errorf("two people for one more: %q, %v", kind, err)
			}
			p, err = b.Apply(ctx, x.by, p.ID, p.Rev, "")
			if l := b.shop(t, ids[len(ids)-1]); err != nil || (p.Stage == bulk.Signing) != (x.kind != "") || (l.State == listing.Suspended) != (x.kind == "") {
				t.Errorf("one more: %s, the shop is %s, %v", p.Stage, l.State, err)
			}
		})
	}
}

func TestWhatIsNoBatch(t *testing.T) {
	b, ctx := open(t), t.Context()
	ids := b.enter(t, "A")
	many := make([]string, bulk.MaxRows+1)
	for i := range many {
		many[i] = time.Duration(i).String()
	}
	ok := bulk.Change{Field: bulk.Category, Category: "noodles"}
	for name, c := range map[string]struct {
		ids    []string
		change bulk.Change
		field  string
	}{
		"nothing": {ids, bulk.Change{}, "field"}, "no hours": {ids, bulk.Change{Field: bulk.Hours, Hours: &hours.Hours{}}, "hours"},
		"no category": {ids, bulk.Change{Field: bulk.Category}, "category_id"}, "no tags": {ids, bulk.Change{Field: bulk.Tags}, "tag_ids"},
		"a tag both ways": {ids, bulk.Change{Field: bulk.Tags, Add: []string{"a"}, Remove: []string{"a"}}, "tag_ids"},
		"publish":         {ids, bulk.Change{Field: bulk.State, Move: listing.Publish}, "move"}, "no shops": {nil, ok, "shop"}, "too many": {many, ok, "shop"}, "unknown shops": {[]string{"x"}, ok, "shop"},
	} {
		_, err := b.Plan(ctx, first, c.ids, c.change)
		f, is := err.(*fault.Error) //nolint:errorlint // it returns the fault itself
		if !is || f.Kind != fault.Invalid || f.Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Plan(ctx, admin, ids, ok); !fault.Is(err, fault.NotFound) {
		t.Errorf("planned by an administrator: %v", err)
	}
	if _, err := b.Get(ctx, admin, "x"); !fault.Is(err, fault.NotFound) {
		t.Error(err)
	}
	p, err := b.Plan(ctx, first, ids, bulk.Change{Field: bulk.State, Move: listing.Reinstate})
	if err != nil || p.Rows[0].Outcome != bulk.Cannot || p.Rows[0].Why != "error.listing.state" {
		t.Errorf("%+v %v", p.Rows, err)
	}
	if p, err = b.Plan(ctx, first, ids, bulk.Change{Field: bulk.Category, Category: "tea"}); err != nil || p.Rows[0].Outcome != bulk.Same {
		t.Errorf("%+v %v", p.Rows, err)
	}
}

// A batch that a crash left in the middle goes on with what is still planned, and counts what was written already.
func TestCutOff(t *testing.T) {
	b, ctx := open(t), t.Context()
	ids := b.enter(t, "A", "B")
	p, err := b.Plan(ctx, first, ids, bulk.Change{Field: bulk.Category, Category: "noodles"})
	if err != nil {
		t.Fatal(err)
	}
	patch := listing.Patch{}
	if err := patch.Put("category_id", "noodles"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.shops.Edit(ctx, first, ids[0], 1, patch); err != nil {
		t.Fatal(err)
	}
	if _, err := b.docs.Update(ctx, p.ID, p.Rev, func(d *bulk.Batch) error { d.Stage = bulk.Running; return nil }); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Settle(ctx); err != nil || n != 0 {
		t.Errorf("the request that began it is not left alone: %d %v", n, err)
	}
	b.pass(3 * time.Minute)
	if n, err := b.Settle(ctx); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if p, _ = b.Get(ctx, first, p.ID); p.Stage != bulk.Applied || p.Count(bulk.Written) != 2 {
		t.Errorf("%+v", p)
	}
	old, err := b.Plan(ctx, first, ids, bulk.Change{Field: bulk.Category, Category: "tea"})
	if err != nil {
		t.Fatal(err)
	}
	b.pass(25 * time.Hour)
	if _, err := b.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(ctx, first, old.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("a preview nobody applied is kept: %v", err)
	}
}
