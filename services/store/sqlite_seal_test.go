package store_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/secret"
	"shangquan/services/store"
)

type page struct {
	store.Meta
	Slug string   `json:"slug"`
	Text string   `json:"text"`
	Tags []string `json:"tags"`
}

// sealed is a store of pages and the way around it that somebody with the file has.
type sealed struct {
	pages *store.Collection[page]
	raw   *sql.DB
	heard []string
}

func openSealed(t *testing.T) *sealed {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	keys, err := secret.New(secret.Random())
	if err != nil {
		t.Fatal(err)
	}
	box, err := keys.Box("content")
	if err != nil {
		t.Fatal(err)
	}
	x := &sealed{}
	db, err := store.Open(t.Context(), "file:"+path, store.Seal(box, func(_, id string) { x.heard = append(x.heard, id) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	x.pages = store.NewCollection[page](db, "pages", store.Unique("slug"), store.Multi("tags"), store.Sealed())
	if x.raw, err = sql.Open("sqlite", "file:"+path); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.raw.Close() })
	for i := range 5 {
		if err := x.pages.Insert(t.Context(), &page{Meta: store.Meta{ID: fmt.Sprint("p", i)}, Slug: fmt.Sprint("s", i), Text: fmt.Sprint("text ", i), Tags: []string{"good"}}); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

func (x *sealed) past(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := x.raw.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

func (x *sealed) conditions(t *testing.T) map[string]store.Condition {
	t.Helper()
	out := map[string]store.Condition{}
	if err := x.pages.Inspect(t.Context(), func(f store.Finding) error { out[f.ID] = f.Condition; return nil }); err != nil {
		t.Fatal(err)
	}
	return out
}

// T-02: whatever somebody does to the file, no reader sees it; what has a good copy is shown as it was.
func TestTampering(t *testing.T) {
	const text = `UPDATE pages SET _doc = replace(_doc, 'text 2', 'defaced') WHERE id = 'p2'`
	for _, tt := range []struct {
		name, statement string
		want            store.Condition
	}{
		{"text", text, store.Altered},
		{"text and revision", `UPDATE pages SET rev = 9, _doc = replace(replace(_doc, 'text 2', 'defaced'), '"rev":1', '"rev":9') WHERE id = 'p2'`, store.Altered},
		{"no document any more", `UPDATE pages SET _doc = 'x' WHERE id = 'p2'`, store.Altered},
		{"the copy", `UPDATE pages SET _seal = substr(_seal, 1, 20) || x'00' || substr(_seal, 22) WHERE id = 'p2'`, store.Lost},
		{"without a seal", `UPDATE pages SET _doc = replace(_doc, 'text 2', 'defaced'), _seal = NULL WHERE id = 'p2'`, store.Lost},
		{"another's document and seal", `UPDATE pages SET (_doc, _seal) = (SELECT _doc, _seal FROM pages WHERE id = 'p1') WHERE id = 'p2'`, store.Lost},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := openSealed(t)
			x.past(t, tt.statement)
			got, err := x.pages.Get(t.Context(), "p2")
			list, listErr := x.pages.Find(t.Context(), store.All().Limit(3))
			if listErr != nil {
				t.Fatal(listErr)
			}
			i := slices.IndexFunc(list.Items, func(p page) bool { return p.ID == "p2" })
			if c := x.conditions(t); c["p2"] != tt.want || c["p1"] != store.Whole || len(c) != 5 {
				t.Errorf("found %v, want p2 %s", c, tt.want)
			}
			if len(x.heard) == 0 || x.heard[0] != "p2" {
				t.Errorf("heard of %v, want p2", x.heard)
			}
			restored, restoreErr := x.pages.Restore(t.Context(), "p2")
			if tt.want == store.Lost {
				if !fault.Is(err, fault.Unavailable) || i >= 0 || !fault.Is(restoreErr, fault.Unavailable) {
					t.Errorf("a lost page: Get %v, in the list at %d, Restore %v", err, i, restoreErr)
				}
			} else {
				if err != nil || got.Text != "text 2" || got.Rev != 1 || i < 0 || list.Items[i].Text != "text 2" {
					t.Errorf("an altered page is read as %+v %v, in the list at %d", got, err, i)
				}
				if !restored || restoreErr != nil {
					t.Errorf("Restore = %t %v", restored, restoreErr)
				}
				if c := x.conditions(t); c["p2"] != store.Whole {
					t.Errorf("after Restore: %v", c)
				}
				if _, err := x.pages.Update(t.Context(), "p2", 1, func(p *page) error { p.Text = "new"; return nil }); err != nil {
					t.Errorf("a restored page cannot be written: %v", err)
				}
			}
			// Pages of a list go past it.
			seen := 0
			for p, err := range x.pages.Each(t.Context(), store.All().Limit(1)) {
				if err != nil {
					t.Fatal(err)
				}
				if p.ID != "p2" {
					seen++
				}
			}
			if seen != 4 {
				t.Errorf("%d other pages are listed, want 4", seen)
			}
		})
	}
	t.Run("an edit never takes the altered text over", func(t *testing.T) {
		x := openSealed(t)
		x.past(t, text)
		got, err := x.pages.Update(t.Context(), "p2", 1, func(p *page) error { p.Tags = []string{"edited"}; return nil })
		if err != nil || got.Text != "text 2" {
			t.Errorf("edited: %+v %v", got, err)
		}
	})
	t.Run("a page put there past the program", func(t *testing.T) {
		x := openSealed(t)
		x.past(t, `INSERT INTO pages (id, rev, created_at, updated_at, slug, _doc, _seal) SELECT 'p9', rev, created_at, updated_at, 's9', replace(replace(_doc, 'p1', 'p9'), 's1', 's9'), _seal FROM pages WHERE id = 'p1'`)
		if _, err := x.pages.Get(t.Context(), "p9"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("it is read: %v", err)
		}
		if c := x.conditions(t); c["p9"] != store.Lost {
			t.Errorf("found %v", c)
		}
	})
}

// The cost of a seal on reading and writing.
func BenchmarkSeal(b *testing.B) {
	keys, err := secret.New(secret.Random())
	if err != nil {
		b.Fatal(err)
	}
	box, err := keys.Box("content")
	if err != nil {
		b.Fatal(err)
	}
	doc := make([]byte, 2<<10)
	seal := box.Seal("listings/x", doc)
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			box.Seal("listings/x", doc)
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, ok := box.Open("listings/x", seal); !ok {
				b.Fatal("it does not open")
			}
		}
	})
}
