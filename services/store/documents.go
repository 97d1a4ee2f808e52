package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"shangquan/services/fault"
	"shangquan/services/rescue"
)

// documents is a collection without the type of its documents, which pass as pointers to them.
type documents struct {
	spec *spec
	eng  engine
	set  *settings
	now  func() time.Time
}

// upsertBatch is how many documents Upsert hands to the engine at once: enough to share a commit, few enough to keep other
// writers waiting for a few milliseconds only.
const upsertBatch = 50

// swaps bounds how often Update with revision 0 tries again. With 32 writers on one document one of them may lose as often as
// the others write; beyond this the document is too busy, and the caller hears of it as a conflict.
const swaps = 200

func newDocuments(db DB, doc reflect.Type, name string, decls []Declaration) *documents {
	if _, ok := reflect.New(doc).Interface().(interface{ StoreMeta() *Meta }); !ok {
		panic(fmt.Sprintf("store: %v does not embed store.Meta", doc))
	}
	c := &documents{spec: declare(doc, name, decls), set: db.set(), now: db.now}
	c.spec.extract = func(doc []byte) (record, error) {
		v := c.fresh()
		if err := c.decode(doc, v); err != nil {
			return record{}, err
		}
		return c.record(v, doc), nil
	}
	c.eng = db.collection(c.spec)
	c.set.keeps(c.spec)
	if c.spec.sealed {
		c.set.remember(c)
	}
	return c
}

// fresh returns a new document.
func (c *documents) fresh() any { return reflect.New(c.spec.doc).Interface() }

// list is a slice of documents.
type list struct{ reflect.Value }

func listOf(docs any) list { return list{reflect.ValueOf(docs)} }

// at returns the document at i, not a copy of it.
func (l list) at(i int) any { return l.Index(i).Addr().Interface() }

// grow makes the list, which is addressable, longer by one empty document and returns that.
func (l list) grow() any {
	n := l.Len()
	l.Grow(1)
	l.SetLen(n + 1)
	l.Index(n).SetZero() // a shorter list may have ended here, see shrink
	return l.at(n)
}

// shrink takes the last document away.
func (l list) shrink() { l.SetLen(l.Len() - 1) }

func meta(doc any) *Meta { return doc.(interface{ StoreMeta() *Meta }).StoreMeta() }

func (c *documents) getBy(ctx context.Context, path string, value, into any) error {
	if !c.spec.unique(path) {
		return c.mistake("GetBy(%q): the field is not declared Unique", path)
	}
	return c.get(ctx, path, value, into)
}

func (c *documents) get(ctx context.Context, path string, value, into any) error {
	f := c.spec.field(path)
	x, err := f.kind.canonical(reflect.ValueOf(value))
	if err != nil {
		return c.mistake("field %q: %w", path, err)
	}
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	return c.eng.get(ctx, f, x, func(s stored) error {
		err := c.read(s, into)
		if errors.Is(err, errLost) {
			err = c.lost(s.id)
		}
		return err
	})
}

func (c *documents) insert(ctx context.Context, doc any) error {
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	at := instant(c.now())
	next := c.copyOf(doc)
	m := meta(next)
	*m = Meta{ID: m.ID, Rev: 1, CreatedAt: at, UpdatedAt: at}
	if m.ID == "" {
		m.ID = newID(at)
	}
	r, err := c.encode(next)
	if err != nil {
		return err
	}
	if err := c.eng.insert(ctx, r); err != nil {
		return err
	}
	*meta(doc) = r.meta
	return nil
}

// copyOf returns a copy of a document, which shares its lists.
func (c *documents) copyOf(doc any) any {
	next := reflect.New(c.spec.doc)
	next.Elem().Set(reflect.ValueOf(doc).Elem())
	return next.Interface()
}

func (c *documents) update(ctx context.Context, id string, rev int64, change func(doc any) error, into any) error {
	for range swaps {
		doc := c.fresh()
		if err := c.get(ctx, "id", id, doc); err != nil {
			return err
		}
		was := *meta(doc)
		if rev != 0 && was.Rev != rev {
			return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s has revision %d, not %d", c.spec.name, id, was.Rev, rev))
		}
		if err := change(doc); err != nil {
			return err
		}
		*meta(doc) = Meta{ID: was.ID, Rev: was.Rev + 1, CreatedAt: was.CreatedAt, UpdatedAt: instant(c.now())}
		r, err := c.encode(doc)
		if err != nil {
			return err
		}
		// What is handed back is read afresh, for change may have kept pointers into doc; and while the disk is waited for.
		written := c.fresh()
		var aside rescue.Group
		aside.Go(func() error { return c.decode(r.doc, written) })
		matched, err := c.eng.replace(ctx, r, was.Rev)
		if err := errors.Join(err, aside.Wait()); err != nil {
			return err
		}
		if matched {
			reflect.ValueOf(into).Elem().Set(reflect.ValueOf(written).Elem())
			return nil
		}
		if rev != 0 {
			return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s was changed meanwhile", c.spec.name, id))
		}
	}
	return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s: %d other writers came first", c.spec.name, id, swaps))
}

// find appends one page of a query to items, a pointer to a list of documents, and returns the cursor for the next one. After an error
// the list is empty.
func (c *documents) find(ctx context.Context, q Query, items any) (next string, err error) {
	p, err := c.plan(ctx, q)
	if err != nil || p.none {
		return "", err
	}
	limit := p.limit
	p.limit++ // one more tells whether there is a next page
	page := list{reflect.ValueOf(items).Elem()}
	seen, more := 0, false
	err = c.eng.find(ctx, p, func(s stored) error {
		if seen == limit {
			more = true
			return nil
		}
		seen++
		err := c.read(s, page.grow())
		if next = ""; errors.Is(err, errLost) { // nobody sees it, and the page ends behind it all the same
			page.shrink()
			next = c.spec.cursorAt(p, s.at, s.id)
			return nil
		}
		return err
	})
	switch {
	case err != nil:
		page.SetLen(0)
		return "", err
	case !more:
		return "", nil
	case next == "":
		next = c.spec.cursor(p, page.Index(page.Len()-1))
	}
	return next, nil
}

func (c *documents) count(ctx context.Context, q Query) (int, error) {
	p, err := c.plan(ctx, Query{terms: q.terms})
	if err != nil || p.none {
		return 0, err
	}
	return c.eng.count(ctx, p)
}

func (c *documents) countBy(ctx context.Context, path string, q Query) (map[string]int, error) {
	f := c.spec.field(path)
	if f == nil || f.many || f.kind == kindFloat || f.kind == kindTime {
		return nil, c.mistake("CountBy(%q): the field is not declared, or not one to count by", path)
	}
	if len(q.terms) == 0 && !c.spec.leads(path) {
		return nil, c.mistake("CountBy(%q): no declared index begins with the field", path)
	}
	out := map[string]int{}
	p, err := c.plan(ctx, Query{terms: q.terms})
	if err != nil || p.none {
		return out, err
	}
	err = c.eng.countBy(ctx, f, p, func(value any, n int) { out[fmt.Sprint(value)] = n })
	return out, err
}

// unchanged refuses to write doc over another revision than the one it has.
func (c *documents) unchanged(doc any, was Meta) error {
	if m := meta(doc); m.Rev != was.Rev {
		return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s has revision %d, not %d", c.spec.name, m.ID, was.Rev, m.Rev))
	}
	return nil
}

func (c *documents) upsert(ctx context.Context, docs list, may func(doc any, was Meta) error) error {
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	at := instant(c.now())
	last := make(map[string]int, docs.Len())
	for i := range docs.Len() {
		if m := meta(docs.at(i)); m.ID == "" {
			m.ID = newID(at)
		}
		last[meta(docs.at(i)).ID] = i
	}
	var batch []int
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		ids := make([]string, len(batch))
		metas := make([]Meta, len(batch))
		for n, i := range batch {
			ids[n] = meta(docs.at(i)).ID
		}
		err := c.eng.upsert(ctx, ids, func(n int, was Meta) (record, error) {
			next := c.copyOf(docs.at(batch[n]))
			if err := may(next, was); err != nil {
				return record{}, err
			}
			metas[n] = Meta{ID: ids[n], Rev: was.Rev + 1, CreatedAt: was.CreatedAt, UpdatedAt: at}
			if was.Rev == 0 {
				metas[n].CreatedAt = at
			}
			*meta(next) = metas[n]
			return c.encode(next)
		})
		if err == nil {
			for n, i := range batch {
				*meta(docs.at(i)) = metas[n]
			}
		}
		batch = batch[:0]
		return err
	}
	for i := range docs.Len() {
		if last[meta(docs.at(i)).ID] != i {
			continue
		}
		if batch = append(batch, i); len(batch) == upsertBatch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	for i := range docs.Len() { // the ones that a later document in docs overwrote
		*meta(docs.at(i)) = *meta(docs.at(last[meta(docs.at(i)).ID]))
	}
	return nil
}

func (c *documents) pending(ctx context.Context, follower string, limit int, items any) error {
	if err := c.follows(ctx, follower); err != nil {
		return err
	}
	if limit < 1 || limit > maxLimit {
		return c.mistake("Pending of %d: the limit is from 1 to %d", limit, maxLimit)
	}
	out := list{reflect.ValueOf(items).Elem()}
	err := c.eng.pending(ctx, follower, limit, func(s stored) error {
		err := c.read(s, out.grow())
		if errors.Is(err, errLost) {
			out.shrink()
			return nil
		}
		return err
	})
	return err
}

func (c *documents) delivered(ctx context.Context, follower, id string, rev int64) error {
	if err := c.follows(ctx, follower); err != nil {
		return err
	}
	return c.eng.delivered(ctx, follower, id, rev)
}

func (c *documents) revision(ctx context.Context) (int64, error) {
	if err := c.eng.prepare(ctx); err != nil {
		return 0, err
	}
	return c.eng.revision(ctx)
}

func (c *documents) follows(ctx context.Context, follower string) error {
	for _, f := range c.spec.followers {
		if f == follower {
			return c.eng.prepare(ctx)
		}
	}
	return c.mistake("follower %q is not declared", follower)
}

func (c *documents) plan(ctx context.Context, q Query) (plan, error) {
	p, err := c.spec.check(q)
	if err != nil {
		return p, err
	}
	return p, c.eng.prepare(ctx)
}

func (c *documents) mistake(format string, args ...any) error {
	return fault.New(fault.Internal, keyInternal, fmt.Errorf("store: %s: "+format, append([]any{c.spec.name}, args...)...))
}

// reading is how encoding/json reads, but in one pass: to say the same of an error it would go through every document twice, the first
// time only to see that it is whole.
var reading = jsonv2.JoinOptions(jsonv1.DefaultOptionsV1(), jsonv1.ReportErrorsWithLegacySemantics(false))

func (c *documents) decode(doc []byte, into any) error {
	if err := jsonv2.Unmarshal(doc, into, reading); err != nil {
		return c.mistake("a stored document does not fit its type: %w", err)
	}
	tidy(reflect.ValueOf(into).Elem(), true)
	return nil
}

func (c *documents) encode(doc any) (record, error) {
	if id := meta(doc).ID; id == "" || len(id) > 200 || !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' }) {
		return record{}, fault.New(fault.Invalid, keyID, errors.New("store: an id is 1 to 200 bytes of text without control characters"))
	}
	b, err := json.Marshal(doc)
	if err == nil && tidy(reflect.ValueOf(doc).Elem(), false) {
		// A fresh copy is put right, never the caller's data, which others may be reading.
		doc = c.fresh()
		if err = c.decode(b, doc); err == nil {
			b, err = json.Marshal(doc)
		}
	}
	if err != nil {
		return record{}, c.mistake("the document cannot be encoded: %w", err)
	}
	return c.record(doc, b), nil
}

func (c *documents) record(doc any, b []byte) record {
	r := record{meta: *meta(doc), doc: b, values: make([][]any, len(c.spec.fields))}
	if c.seals() {
		r.seal = c.set.sealer.Seal(c.about(r.meta.ID), b)
	}
	v := reflect.ValueOf(doc).Elem()
	for i, f := range c.spec.fields {
		f.values(v, func(x any) { r.values[i] = append(r.values[i], x) })
	}
	return r
}
