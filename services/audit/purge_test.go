package audit

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

// years is a world whose clock the test moves.
type years struct {
	*world
	at time.Time
}

func newYears(t *testing.T) *years {
	t.Helper()
	y := &years{at: time.Date(2026, 1, 10, 8, 0, 0, 0, time.UTC)}
	now := func() time.Time { return y.at }
	db, err := store.Open(t.Context(), "file:"+filepath.Join(t.TempDir(), "a.db"), store.Clock(now))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	keys, err := secret.New([]byte(strings.Repeat("k", secret.Size)))
	if err != nil {
		t.Fatal(err)
	}
	y.world = &world{db: db, log: New(db, keys, now)}
	y.raw = store.NewCollection[page](db, "pages", store.Index("name"), store.Follow("audit"))
	y.pages = Record(y.raw, y.log, "page")
	return y
}

// event records something a month after the one before.
func (y *years) event(t *testing.T, n int) {
	t.Helper()
	for range n {
		if err := y.log.Event(t.Context(), owner, Event{Action: access.AccountOpen, Object: Ref{"account", "a1"}, Result: "ok"}); err != nil {
			t.Fatal(err)
		}
		if _, err := y.log.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		y.at = y.at.AddDate(0, 1, 0)
	}
}

var retention = access.System("retention")

func (y *years) purge(t *testing.T) int {
	t.Helper()
	n, err := y.log.Purge(t.Context(), retention, y.at.Add(-Least))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.log.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	return n
}

// AUD-04: what is older than a year goes, the purge is an entry of its own, and what is left is still proved.
func TestPurge(t *testing.T) {
	y := newYears(t)
	y.event(t, 18) // January 2026 to June 2027, now July 2027
	anchor, err := y.log.Anchor(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{365: 6, 365 + 62: 4} {
		if n, err := y.log.Due(t.Context(), days); n != want || err != nil {
			t.Errorf("due if kept for %d days: %d, %v; want %d", days, n, err, want)
		}
	}
	if n := y.purge(t); n != 6 { // January to June 2026; 10 July is a year ago to the hour
		t.Errorf("purged %d, want 6", n)
	}
	r := y.verify(t, anchor)
	if r.Broken != 0 || r.From != 7 || r.Entries != 13 {
		t.Errorf("Verify = %+v, want entries 7 to 19", r)
	}
	got, err := y.log.All(t.Context(), Filter{Action: access.AuditPurge}, "", 10)
	if err != nil || len(got.Items) != 1 || got.Items[0].Fact.By.Role != "system" || got.Items[0].Fact.Changes[1] != (Change{Path: "until", After: "6"}) {
		t.Errorf("the purge is recorded as %+v, %v", got.Items, err)
	}
	if n := y.purge(t); n != 0 {
		t.Errorf("purged %d again", n)
	}
	y.event(t, 3)
	if n := y.purge(t); n == 0 {
		t.Error("nothing of the next months was purged")
	}
	if r := y.verify(t, anchor); r.Broken != 0 || r.From <= 7 {
		t.Errorf("Verify after a second purge = %+v", r)
	}
}

func TestPurgeRefuses(t *testing.T) {
	y := newYears(t)
	y.event(t, 18)
	if _, err := y.log.Purge(t.Context(), retention, y.at.Add(-Least+time.Hour)); !fault.Is(err, fault.Invalid) {
		t.Errorf("less than a year: %v", err)
	}
	if _, err := y.log.Purge(t.Context(), owner, y.at.Add(-Least)); err == nil {
		t.Error("a person purges the trail")
	}
	e, err := y.log.chain.Get(t.Context(), seqID(2))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.log.chain.Update(t.Context(), e.ID, 0, func(e *Entry) error { e.Fact.Why = "别的"; return nil }); err != nil {
		t.Fatal(err)
	}
	if n, err := y.log.Purge(t.Context(), retention, y.at.Add(-Least)); n != 0 || err == nil {
		t.Errorf("a trail that was tampered with is purged: %d, %v", n, err)
	}
}

// After a purge nobody can cut off more of the beginning, or say that another part is gone.
func TestTamperingWithThePurge(t *testing.T) {
	for name, tamper := range map[string]func(*testing.T, *years){
		"another entry is gone": func(t *testing.T, y *years) { y.drop(t, 7) },
		"the note says more is gone": func(t *testing.T, y *years) {
			e, err := y.log.chain.Get(t.Context(), seqID(8))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := y.log.base.Update(t.Context(), theBase, 0, func(b *base) error { b.Seq, b.Hash = 8, e.Hash; return nil }); err != nil {
				t.Fatal(err)
			}
			y.drop(t, 7)
			y.drop(t, 8)
		},
		"the note is gone": func(t *testing.T, y *years) {
			b, err := y.log.base.Get(t.Context(), theBase)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := y.log.base.Erase(t.Context(), b); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			y := newYears(t)
			y.event(t, 18)
			y.purge(t)
			tamper(t, y)
			if r := y.verify(t); r.Broken == 0 {
				t.Errorf("Verify = %+v", r)
			}
		})
	}
}

// A crash between the note and the erasing leaves entries that are gone already; the next run erases them.
func TestPurgeGoesOn(t *testing.T) {
	y := newYears(t)
	y.event(t, 18)
	first, err := y.log.chain.Get(t.Context(), seqID(3))
	if err != nil {
		t.Fatal(err)
	}
	y.purge(t)
	if err := y.log.chain.Append(t.Context(), []Entry{first}); err != nil {
		t.Fatal(err)
	}
	if r := y.verify(t); r.Broken != 0 {
		t.Errorf("Verify with what a crash left = %+v", r)
	}
	if n := y.purge(t); n != 1 {
		t.Errorf("erased %d, want the one that was left", n)
	}
}

// A document that was written before the purge and is written again has no second entry of its old revision, and what was recorded once
// and for all stays known.
func TestWritingAfterThePurge(t *testing.T) {
	y := newYears(t)
	p := page{Name: "旧名"}
	if err := y.pages.Insert(t.Context(), owner, edit, &p); err != nil {
		t.Fatal(err)
	}
	if err := y.log.Once(t.Context(), retention, "seals/pages", Event{Action: access.ContentSeal, Object: Ref{"seal", "pages"}}); err != nil {
		t.Fatal(err)
	}
	y.event(t, 18)
	if n := y.purge(t); n != 8 {
		t.Fatalf("purged %d, want 8", n)
	}
	if known, err := y.log.Has(t.Context(), "seals/pages"); !known || err != nil {
		t.Errorf("Has = %v, %v", known, err)
	}
	if _, err := y.pages.Update(t.Context(), owner, edit, p.ID, 1, func(p *page) error { p.Name = "新名"; return nil }); err != nil {
		t.Fatal(err)
	}
	got := y.entries(t, p.ID)
	if len(got) != 1 || got[0].Fact.Rev != 2 {
		t.Errorf("entries = %+v, want revision 2 alone", got)
	}
	if written, err := y.log.Written(t.Context(), Ref{"page", p.ID}); !written || err != nil {
		t.Errorf("Written = %v, %v", written, err)
	}
	if written, err := y.log.Written(t.Context(), Ref{"account", "a1"}); written || err != nil {
		t.Errorf("Written of something with events alone = %v, %v", written, err)
	}
	if r := y.verify(t); r.Broken != 0 {
		t.Errorf("Verify = %+v", r)
	}
}
