package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	jsonv2 "github.com/go-json-experiment/json"
	jsonv1 "github.com/go-json-experiment/json/v1"

	"shangquan/services/fault"
)

// Collection is the documents of one type. It is safe for concurrent use. What it returns is decoded afresh each time and
// belongs to the caller: lists are never nil, times are UTC in whole milliseconds.
type Collection[T any] struct {
	spec *spec
	eng  engine
	set  *settings
	now  func() time.Time
}

// Page is one page of a query. Next is the cursor for the page behind it, empty on the last one.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// upsertBatch is how many documents Upsert hands to the engine at once: enough to share a commit, few enough to keep other
// writers waiting for a few milliseconds only.
const upsertBatch = 50

// swaps bounds how often Update with revision 0 tries again. With 32 writers on one document one of them may lose as often as
// the others write; beyond this the document is too busy, and the caller hears of it as a conflict.
const swaps = 200

// NewCollection returns the collection called name. *T must have StoreMeta, which embedding Meta gives it. Declarations that do
// not fit T, or differ from an earlier declaration of the same collection on db, are a mistake of the program: it panics.
func NewCollection[T any](db DB, name string, decls ...Declaration) *Collection[T] {
	if _, ok := any(new(T)).(interface{ StoreMeta() *Meta }); !ok {
		panic(fmt.Sprintf("store: %T does not embed store.Meta", *new(T)))
	}
	c := &Collection[T]{spec: declare(reflect.TypeFor[T](), name, decls), set: db.set(), now: db.now}
	c.spec.extract = func(doc []byte) (record, error) {
		v, err := c.decode(doc)
		if err != nil {
			return record{}, err
		}
		return c.record(&v, doc), nil
	}
	c.eng = db.collection(c.spec)
	c.set.keeps(c.spec)
	if c.spec.sealed {
		c.set.remember(c)
	}
	return c
}

// Get returns the document with this id: fault.NotFound.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) { return c.get(ctx, "id", id) }

// GetBy returns the document whose unique field has this value: fault.NotFound.
func (c *Collection[T]) GetBy(ctx context.Context, path string, value any) (T, error) {
	if !c.spec.unique(path) {
		var none T
		return none, c.mistake("GetBy(%q): the field is not declared Unique", path)
	}
	return c.get(ctx, path, value)
}

func (c *Collection[T]) get(ctx context.Context, path string, value any) (out T, err error) {
	f := c.spec.field(path)
	x, err := f.kind.canonical(reflect.ValueOf(value))
	if err != nil {
		return out, c.mistake("field %q: %w", path, err)
	}
	if err := c.eng.prepare(ctx); err != nil {
		return out, err
	}
	err = c.eng.get(ctx, f, x, func(s stored) error {
		if out, err = c.read(s); errors.Is(err, errLost) {
			err = c.lost(s.id)
		}
		return err
	})
	return out, err
}

// Insert adds the document. It sets the id if that is empty, revision 1 and the times; on an error the document is as it was.
// fault.Conflict: the id or the value of a unique field is taken; the fault's Fields name it.
func (c *Collection[T]) Insert(ctx context.Context, doc *T) error {
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	at := instant(c.now())
	next := *doc
	m := meta(&next)
	*m = Meta{ID: m.ID, Rev: 1, CreatedAt: at, UpdatedAt: at}
	if m.ID == "" {
		m.ID = newID(at)
	}
	r, err := c.encode(&next)
	if err != nil {
		return err
	}
	if err := c.eng.insert(ctx, r); err != nil {
		return err
	}
	*meta(doc) = r.meta
	return nil
}

// Update changes the document with this id by compare-and-swap and returns it as it is now. change must be pure: it may run
// again, on a fresh copy; when it returns an error nothing is written and that error is returned as it is. What change does to
// the Meta is ignored.
//
// fault.NotFound; fault.Conflict when rev is not the current revision or a unique value is taken. Revision 0 means whatever is
// current: the change is then tried again when another writer came first, a bounded number of times.
func (c *Collection[T]) Update(ctx context.Context, id string, rev int64, change func(*T) error) (T, error) {
	var none T
	for range swaps {
		doc, err := c.Get(ctx, id)
		if err != nil {
			return none, err
		}
		was := *meta(&doc)
		if rev != 0 && was.Rev != rev {
			return none, fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s has revision %d, not %d", c.spec.name, id, was.Rev, rev))
		}
		if err := change(&doc); err != nil {
			return none, err
		}
		*meta(&doc) = Meta{ID: was.ID, Rev: was.Rev + 1, CreatedAt: was.CreatedAt, UpdatedAt: instant(c.now())}
		r, err := c.encode(&doc)
		if err != nil {
			return none, err
		}
		matched, err := c.eng.replace(ctx, r, was.Rev)
		if err != nil {
			return none, err
		}
		if matched {
			return c.decode(r.doc) // afresh: change may have kept pointers into doc
		}
		if rev != 0 {
			return none, fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s was changed meanwhile", c.spec.name, id))
		}
	}
	return none, fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s: %d other writers came first", c.spec.name, id, swaps))
}

// Find returns one page. Pages are stable: a document that is not written while one turns the pages comes exactly once.
func (c *Collection[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	p, err := c.plan(ctx, q)
	if err != nil || p.none {
		return page, err
	}
	limit := p.limit
	p.limit++ // one more tells whether there is a next page
	seen, more, next := 0, false, ""
	err = c.eng.find(ctx, p, func(s stored) error {
		if seen == limit {
			more = true
			return nil
		}
		seen++
		v, err := c.read(s)
		if errors.Is(err, errLost) { // nobody sees it, and the page ends behind it all the same
			next = c.spec.cursorAt(p, s.at, s.id)
			return nil
		}
		page.Items, next = append(page.Items, v), ""
		return err
	})
	if err != nil {
		return Page[T]{Items: []T{}}, err
	}
	if more && next == "" {
		next = c.spec.cursor(p, reflect.ValueOf(&page.Items[len(page.Items)-1]).Elem())
	}
	if more {
		page.Next = next
	}
	return page, nil
}

// Each goes through all pages of a query; Limit is the size of a page (without it, 200). It ends after the first error.
func (c *Collection[T]) Each(ctx context.Context, q Query) iter.Seq2[T, error] {
	if q.limit == 0 {
		q.limit = 200
	}
	return func(yield func(T, error) bool) {
		for {
			page, err := c.Find(ctx, q)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, v := range page.Items {
				if !yield(v, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			q = q.After(page.Next)
		}
	}
}

// Collect reads a list to its end, at most most of it.
func Collect[T any](seq iter.Seq2[T, error], most int) ([]T, error) {
	out := []T{}
	for x, err := range seq {
		if err != nil {
			return nil, err
		}
		if out = append(out, x); len(out) == most {
			break
		}
	}
	return out, nil
}

// Mark identifies what several collections hold: it is another after every change of one of them.
func Mark(ctx context.Context, list ...interface {
	Revision(context.Context) (int64, error)
},
) (string, error) {
	out := ""
	for _, x := range list {
		n, err := x.Revision(ctx)
		if err != nil {
			return "", err
		}
		out += "." + strconv.FormatInt(n, 36)
	}
	return out, nil
}

// Seen refuses a change by somebody who does not say which revision they saw: fault.Conflict. To Update, such a change is one of whatever
// is current, which is for the program alone.
func Seen(rev int64) error {
	if rev < 1 {
		return fault.New(fault.Conflict, keyStale, errors.New("store: without the revision that was shown"))
	}
	return nil
}

// Count returns how many documents match; order, limit and cursor do not matter.
func (c *Collection[T]) Count(ctx context.Context, q Query) (int, error) {
	p, err := c.plan(ctx, Query{terms: q.terms})
	if err != nil || p.none {
		return 0, err
	}
	return c.eng.count(ctx, p)
}

// CountBy counts the matching documents by the value of a declared field of text, integers or yes/no ("true", "false").
func (c *Collection[T]) CountBy(ctx context.Context, path string, q Query) (map[string]int, error) {
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

// Upsert writes documents by id, in batches: the last write wins, also within docs. Each gets the revision after the stored one
// and keeps the stored creation time; its Meta is set in docs. After an error (fault.Conflict when a unique value is taken) the
// batches before the failing one are written; writing the same documents again is harmless.
func (c *Collection[T]) Upsert(ctx context.Context, docs []T) error {
	return c.upsert(ctx, docs, func(*T, Meta) error { return nil })
}

// Overwrite is Upsert over the revision that each document has, 0 for one that must not be there yet: fault.Conflict when another
// one is stored. Then that document is not written; those of its batch may be or not.
func (c *Collection[T]) Overwrite(ctx context.Context, docs []T) error {
	return c.upsert(ctx, docs, func(doc *T, was Meta) error {
		if m := meta(doc); m.Rev != was.Rev {
			return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s has revision %d, not %d", c.spec.name, m.ID, was.Rev, m.Rev))
		}
		return nil
	})
}

func (c *Collection[T]) upsert(ctx context.Context, docs []T, may func(doc *T, was Meta) error) error {
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	at := instant(c.now())
	last := make(map[string]int, len(docs))
	for i := range docs {
		if m := meta(&docs[i]); m.ID == "" {
			m.ID = newID(at)
		}
		last[meta(&docs[i]).ID] = i
	}
	var batch []int
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		ids := make([]string, len(batch))
		metas := make([]Meta, len(batch))
		for n, i := range batch {
			ids[n] = meta(&docs[i]).ID
		}
		err := c.eng.upsert(ctx, ids, func(n int, was Meta) (record, error) {
			next := docs[batch[n]]
			if err := may(&next, was); err != nil {
				return record{}, err
			}
			metas[n] = Meta{ID: ids[n], Rev: was.Rev + 1, CreatedAt: was.CreatedAt, UpdatedAt: at}
			if was.Rev == 0 {
				metas[n].CreatedAt = at
			}
			*meta(&next) = metas[n]
			return c.encode(&next)
		})
		if err == nil {
			for n, i := range batch {
				*meta(&docs[i]) = metas[n]
			}
		}
		batch = batch[:0]
		return err
	}
	for i := range docs {
		if last[meta(&docs[i]).ID] != i {
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
	for i := range docs { // the ones that a later document in docs overwrote
		*meta(&docs[i]) = *meta(&docs[last[meta(&docs[i]).ID]])
	}
	return nil
}

// Pending returns up to limit documents that the follower has not delivered, the longest waiting first. Every write makes a
// document pending again; a follower that is newly declared has everything before it.
func (c *Collection[T]) Pending(ctx context.Context, follower string, limit int) ([]T, error) {
	if err := c.follows(ctx, follower); err != nil {
		return nil, err
	}
	if limit < 1 || limit > maxLimit {
		return nil, c.mistake("Pending of %d: the limit is from 1 to %d", limit, maxLimit)
	}
	out := []T{}
	err := c.eng.pending(ctx, follower, limit, func(s stored) error {
		v, err := c.read(s)
		if errors.Is(err, errLost) {
			return nil
		}
		out = append(out, v)
		return err
	})
	return out, err
}

// Delivered records that the follower has dealt with this revision of the document. It may come twice, late or for a document
// that is not there: only the current revision clears the mark.
func (c *Collection[T]) Delivered(ctx context.Context, follower, id string, rev int64) error {
	if err := c.follows(ctx, follower); err != nil {
		return err
	}
	return c.eng.delivered(ctx, follower, id, rev)
}

// Revision returns a number that changes with every write to the collection, by whichever server: the key of caches.
func (c *Collection[T]) Revision(ctx context.Context) (int64, error) {
	if err := c.eng.prepare(ctx); err != nil {
		return 0, err
	}
	return c.eng.revision(ctx)
}

func (c *Collection[T]) follows(ctx context.Context, follower string) error {
	for _, f := range c.spec.followers {
		if f == follower {
			return c.eng.prepare(ctx)
		}
	}
	return c.mistake("follower %q is not declared", follower)
}

func (c *Collection[T]) plan(ctx context.Context, q Query) (plan, error) {
	p, err := c.spec.check(q)
	if err != nil {
		return p, err
	}
	return p, c.eng.prepare(ctx)
}

func (c *Collection[T]) mistake(format string, args ...any) error {
	return fault.New(fault.Internal, keyInternal, fmt.Errorf("store: %s: "+format, append([]any{c.spec.name}, args...)...))
}

func meta[T any](doc *T) *Meta { return any(doc).(interface{ StoreMeta() *Meta }).StoreMeta() }

func (c *Collection[T]) decode(doc []byte) (T, error) {
	var v T
	if err := jsonv2.Unmarshal(doc, &v, jsonv1.DefaultOptionsV1()); err != nil {
		return v, c.mistake("a stored document does not fit its type: %w", err)
	}
	tidy(reflect.ValueOf(&v).Elem(), true)
	return v, nil
}

func (c *Collection[T]) encode(doc *T) (record, error) {
	if id := meta(doc).ID; id == "" || len(id) > 200 || !utf8.ValidString(id) || strings.ContainsFunc(id, func(r rune) bool { return r < ' ' }) {
		return record{}, fault.New(fault.Invalid, keyID, errors.New("store: an id is 1 to 200 bytes of text without control characters"))
	}
	b, err := json.Marshal(doc)
	if err == nil && tidy(reflect.ValueOf(doc).Elem(), false) {
		// A fresh copy is put right, never the caller's data, which others may be reading.
		var v T
		if v, err = c.decode(b); err == nil {
			b, err = json.Marshal(&v)
			doc = &v
		}
	}
	if err != nil {
		return record{}, c.mistake("the document cannot be encoded: %w", err)
	}
	return c.record(doc, b), nil
}

func (c *Collection[T]) record(doc *T, b []byte) record {
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
