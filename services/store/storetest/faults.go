package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"shangquan/services/fault"
	"shangquan/services/store"
)

// faults: what the engine complains of is what the caller hears, at once and without a second try; nothing has changed then, and with the
// fault gone the same call does what it should.
func (s *suite) faults(t *testing.T) {
	ctx := t.Context()
	failing, asked := "", 0
	sorry := fault.New(fault.Unavailable, "error.unavailable", errors.New("disk I/O error"))
	db := s.faulty(t, func(_ context.Context, op string) error {
		if op != failing {
			return nil
		}
		asked++
		return sorry
	})
	c, d := shops(db), drafts(db)
	lines := store.NewCollection[Line](db, "lines", store.Unique("key"), store.Multi("tags"))
	shop, draft := insert(t, c, Shop{Slug: "a"})[0], insert(t, d, Shop{Slug: "a"})[0]
	type state struct {
		Shops, Drafts, Pending []Shop
		Lines                  []Line
	}
	now := func() (out state) {
		out.Shops = must[store.Page[Shop]](t)(c.Find(ctx, store.All())).Items
		out.Drafts = must[store.Page[Shop]](t)(d.Find(ctx, store.All())).Items
		out.Lines = must[store.Page[Line]](t)(lines.Find(ctx, store.All())).Items
		out.Pending = must[[]Shop](t)(c.Pending(ctx, "search", 100))
		return out
	}
	read := func(n int, err error) error {
		if err == nil && n == 0 {
			return errors.New("nothing was found")
		}
		return err
	}
	for name, x := range map[string]struct {
		op   string
		call func() error
	}{
		"Get":    {"get", func() error { _, err := c.Get(ctx, shop.ID); return err }},
		"GetBy":  {"get", func() error { _, err := c.GetBy(ctx, "slug", "a"); return err }},
		"Insert": {"insert", func() error { return c.Insert(ctx, &Shop{Slug: "inserted"}) }},
		"Update, not read": {"get", func() error {
			_, err := c.Update(ctx, shop.ID, 0, func(x *Shop) error { x.Rank++; return nil })
			return err
		}},
		"Update, not written": {"replace", func() error {
			_, err := c.Update(ctx, shop.ID, 0, func(x *Shop) error { x.Rank++; return nil })
			return err
		}},
		"Find":      {"find", func() error { page, err := c.Find(ctx, store.All()); return read(len(page.Items), err) }},
		"Each":      {"find", func() error { list, err := store.Collect(c.Each(ctx, store.All()), 100); return read(len(list), err) }},
		"Count":     {"count", func() error { n, err := c.Count(ctx, store.All()); return read(n, err) }},
		"CountBy":   {"countBy", func() error { m, err := c.CountBy(ctx, "state", store.All()); return read(len(m), err) }},
		"Upsert":    {"upsert", func() error { return c.Upsert(ctx, []Shop{{Meta: store.Meta{ID: "upserted"}, Slug: "upserted"}}) }},
		"Overwrite": {"upsert", func() error { return c.Overwrite(ctx, []Shop{{Meta: store.Meta{ID: "over"}, Slug: "over"}}) }},
		"Append":    {"append", func() error { return lines.Append(ctx, []Line{{Meta: store.Meta{ID: "1"}, Key: "k"}}) }},
		"Erase":     {"erase", func() error { n, err := d.Erase(ctx, draft); return read(n, err) }},
		"Pending":   {"pending", func() error { list, err := c.Pending(ctx, "mail", 100); return read(len(list), err) }},
		"Delivered": {"delivered", func() error { return c.Delivered(ctx, "search", shop.ID, shop.Rev) }},
		"Revision":  {"revision", func() error { n, err := c.Revision(ctx); return read(int(n), err) }},
		"Lease":     {"lease", func() error { _, err := db.Lease(ctx, "follow", "a", time.Hour); return err }},
	} {
		before := now()
		failing, asked = x.op, 0
		err := x.call()
		failing = ""
		if !errors.Is(err, sorry) || asked != 1 {
			t.Errorf("%s on an engine that fails = %v, after asking it %d times", name, err, asked)
		}
		if diff := cmp.Diff(before, now()); diff != "" {
			t.Errorf("a failed %s left something (-want +got):\n%s", name, diff)
		}
		if err := x.call(); err != nil {
			t.Errorf("%s after the fault = %v", name, err)
		}
	}
	s.cutShort(t)
}

// faulty opens an empty database with an engine that asks before first, and is not late besides.
func (s *suite) faulty(t *testing.T, before func(ctx context.Context, op string) error) store.DB {
	t.Helper()
	plain := *s
	plain.wrap = nil
	return s.wrap(plain.open(t), before)
}

// cutShort: of an Upsert in several batches those before the fault are written, and writing all of it again is harmless.
func (s *suite) cutShort(t *testing.T) {
	left := 1
	c := shops(s.faulty(t, func(_ context.Context, op string) error {
		if op != "upsert" {
			return nil
		}
		if left--; left < 0 {
			return fault.New(fault.Unavailable, "error.unavailable", errors.New("disk I/O error"))
		}
		return nil
	}))
	var list []Shop
	for i := range 60 { // more than a batch
		list = append(list, Shop{Meta: store.Meta{ID: fmt.Sprintf("%02d", i)}, Slug: fmt.Sprint("s", i)})
	}
	wantKind(t, "Upsert cut short", c.Upsert(t.Context(), list), fault.Unavailable)
	n := must[int](t)(c.Count(t.Context(), store.All()))
	if _, err := c.Get(t.Context(), fmt.Sprintf("%02d", n-1)); n == 0 || n == len(list) || err != nil {
		t.Errorf("an Upsert that was cut short wrote %d of %d documents, the last: %v", n, len(list), err)
	}
	left = 2
	ok(t, c.Upsert(t.Context(), list))
	if n := must[int](t)(c.Count(t.Context(), store.All())); n != len(list) {
		t.Errorf("written again there are %d documents of %d", n, len(list))
	}
}
