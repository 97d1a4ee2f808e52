package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/store"
)

// follower is what audited collections declare with store.Follow.
const follower = "audit"

// Recorded is a collection whose every write leaves one entry in the trail. Reading leaves none and is as store.Collection says. What
// needs no type is done by recorder, once for all: see store.Collection.
type Recorded[T any] struct {
	coll *store.Collection[T]
	rec  *recorder
}

// recorder makes the facts of the documents of one kind.
type recorder struct {
	log     *Log
	kind    string
	hidden  map[string]bool
	waiting func(ctx context.Context, limit int) ([]document, error)
	deliver func(ctx context.Context, follower, id string, rev int64) error
}

// Option changes what the trail keeps of a collection.
type Option func(hidden map[string]bool)

// Hide makes the trail say only that these top-level fields changed, not how: secrets and personal data.
func Hide(paths ...string) Option {
	return func(hidden map[string]bool) {
		for _, p := range paths {
			hidden[p] = true
		}
	}
}

// document is what an audited document offers through what it embeds.
type document interface {
	StoreMeta() *store.Meta
	AuditTrail() *Trail
}

// Record returns coll as a collection with a trail. *T embeds store.Meta and Trail and the collection declares
// store.Follow("audit"); otherwise it panics, for that is a mistake of the program. kind is what entries call the documents.
func Record[T any](coll *store.Collection[T], log *Log, kind string, opts ...Option) *Recorded[T] {
	if _, ok := any(new(T)).(document); !ok {
		panic(fmt.Sprintf("audit: %T does not embed store.Meta and audit.Trail", *new(T)))
	}
	rec := &recorder{log: log, kind: kind, hidden: map[string]bool{}, deliver: coll.Delivered}
	rec.waiting = func(ctx context.Context, limit int) ([]document, error) {
		docs, err := coll.Pending(ctx, follower, limit)
		return documents(docs), err
	}
	for _, o := range opts {
		o(rec.hidden)
	}
	log.follow(coll.Name(), rec)
	return &Recorded[T]{coll, rec}
}

func (l *Log) follow(collection string, r *recorder) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sources[r.kind] = r
	l.kinds[collection] = r.kind
}

// Write says what a write is for.
type Write struct {
	Action access.Action
	Why    string
	Title  string // what people call the record
}

// Insert adds the document, see store.Collection.
func (r *Recorded[T]) Insert(ctx context.Context, by access.Actor, w Write, doc *T) error {
	next := *doc
	if err := r.rec.begin(of(&next), by, w); err != nil {
		return err
	}
	if err := r.coll.Insert(ctx, &next); err != nil {
		return err
	}
	*doc = next
	r.rec.log.nudge()
	return nil
}

// Update changes the document by compare-and-swap, see store.Collection. change must be pure; a change that changes nothing is
// written and recorded all the same.
func (r *Recorded[T]) Update(ctx context.Context, by access.Actor, w Write, id string, rev int64, change func(*T) error) (T, error) {
	return r.UpdateAs(ctx, by, id, rev, func(doc *T) (Write, error) { return w, change(doc) })
}

// UpdateAs is Update for a write that only knows what it is once it has seen the document.
func (r *Recorded[T]) UpdateAs(ctx context.Context, by access.Actor, id string, rev int64, change func(*T) (Write, error)) (T, error) {
	got, err := r.coll.Update(ctx, id, rev, func(doc *T) error {
		return r.rec.step(ctx, of(doc), by, func() (Write, error) { return change(doc) })
	})
	if err == nil {
		r.rec.log.nudge()
	}
	return got, err
}

// Upsert writes many documents by id, see store.Collection. What was stored before is read first, for the trail; a document with a
// revision is written over that one only, and one without over what was read: fault.Conflict when somebody else wrote meanwhile.
func (r *Recorded[T]) Upsert(ctx context.Context, by access.Actor, w Write, docs []T) error {
	next := slices.Clone(docs)
	stored := func(ids []string) ([]document, error) {
		page, err := r.coll.Find(ctx, store.Where("id", store.In, ids).Limit(batch))
		return documents(page.Items), err
	}
	if err := r.rec.over(ctx, by, w, documents(next), stored); err != nil {
		return err
	}
	if err := r.coll.Overwrite(ctx, next); err != nil {
		return err
	}
	copy(docs, next)
	r.rec.log.nudge()
	return nil
}

func of[T any](doc *T) document { return any(doc).(document) }

// documents are those of a list, not copies of them.
func documents[T any](list []T) []document {
	out := make([]document, len(list))
	for i := range list {
		out[i] = of(&list[i])
	}
	return out
}

// begin marks a new document.
func (r *recorder) begin(doc document, by access.Actor, w Write) error {
	after, err := fields(doc)
	if err == nil {
		r.mark(doc, by, w, 1, nil, after)
	}
	return err
}

// step changes a document that is about to be written over the revision it has, and marks it.
func (r *recorder) step(ctx context.Context, doc document, by access.Actor, change func() (Write, error)) error {
	if err := r.keep(ctx, doc); err != nil {
		return err
	}
	before, err := fields(doc)
	if err != nil {
		return err
	}
	was := doc.StoreMeta().Rev
	w, err := change()
	if err != nil {
		return err
	}
	after, err := fields(doc)
	if err != nil {
		return err
	}
	r.mark(doc, by, w, was+1, before, after)
	return nil
}

// over marks documents that are about to be written over those that are stored, which stored finds by at most a batch of ids.
func (r *recorder) over(ctx context.Context, by access.Actor, w Write, next []document, stored func(ids []string) ([]document, error)) error {
	ids, known := []string{}, map[string]document{}
	for _, doc := range next {
		if id := doc.StoreMeta().ID; id != "" {
			ids = append(ids, id)
		}
	}
	for part := range slices.Chunk(ids, batch) {
		docs, err := stored(part)
		if err != nil {
			return err
		}
		for _, doc := range docs {
			known[doc.StoreMeta().ID] = doc
		}
	}
	for _, doc := range next {
		after, err := fields(doc)
		if err != nil {
			return err
		}
		var before map[string]string
		m := doc.StoreMeta()
		was, ok := known[m.ID]
		switch {
		case !ok:
			m.Rev = 0
		case m.Rev == 0:
			m.Rev = was.StoreMeta().Rev
		case m.Rev != was.StoreMeta().Rev:
			return fault.New(fault.Conflict, "error.stale", fmt.Errorf("audit: %s has revision %d, not %d", m.ID, was.StoreMeta().Rev, m.Rev))
		}
		if ok {
			if err := r.keep(ctx, was); err != nil {
				return err
			}
			if before, err = fields(was); err != nil {
				return err
			}
		}
		r.mark(doc, by, w, m.Rev+1, before, after)
	}
	return nil
}

// mark puts the fact of a write into the document it makes. A new document says itself what it is: its fact holds no copy.
func (r *recorder) mark(doc document, by access.Actor, w Write, rev int64, before, after map[string]string) {
	f := Fact{Rev: rev, At: r.log.now().UTC().Truncate(time.Millisecond), Action: w.Action, By: byOf(by), Why: w.Why, Title: w.Title, Changes: []Change{}}
	if before != nil {
		paths := maps.Clone(before)
		maps.Copy(paths, after)
		for _, p := range slices.Sorted(maps.Keys(paths)) {
			switch {
			case before[p] == after[p]:
			case r.hidden[p]:
				f.Changes = append(f.Changes, Change{Path: p})
			default:
				f.Changes = append(f.Changes, Change{p, before[p], after[p]})
			}
		}
	}
	doc.AuditTrail().Fact = f
}

// keep sets aside the fact of the revision that is about to be written over, unless the trail has it. A document from before the
// trail began has none.
func (r *recorder) keep(ctx context.Context, doc document) error {
	e, ok := r.entry(doc)
	if !ok {
		return nil
	}
	if _, err := r.log.chain.GetBy(ctx, "key", e.Key); !fault.Is(err, fault.NotFound) {
		return err // it is there, or nobody knows
	}
	if b, err := r.log.begins(ctx); err != nil || e.Fact.At.Before(b.Before) {
		return err // it was there, and was purged
	}
	return r.log.setAside(ctx, e)
}

// entry is the entry of the document's current revision.
func (r *recorder) entry(doc document) (Entry, bool) {
	m, f := doc.StoreMeta(), doc.AuditTrail().Fact
	if f.Rev == 0 {
		return Entry{}, false
	}
	ref := Ref{r.kind, m.ID}
	return Entry{Meta: store.Meta{ID: m.ID, Rev: m.Rev}, Key: ref.String() + "/" + strconv.FormatInt(f.Rev, 10), Of: ref.String(), Fact: f}, true
}

// pending returns the entries of documents that wait, at most limit, and whether those are all. One without a fact, from before the trail
// began, waits no longer.
func (r *recorder) pending(ctx context.Context, limit int) (out []Entry, all bool, err error) {
	docs, err := r.waiting(ctx, limit)
	if err != nil {
		return nil, false, err
	}
	out = make([]Entry, 0, len(docs))
	for _, doc := range docs {
		if e, ok := r.entry(doc); ok {
			out = append(out, e)
			continue
		}
		m := doc.StoreMeta()
		if err := r.deliver(ctx, follower, m.ID, m.Rev); err != nil {
			return nil, false, err
		}
	}
	return out, len(docs) < limit, nil
}

// delivered ticks an entry off. It still has the id and revision of its document.
func (r *recorder) delivered(ctx context.Context, e *Entry) error {
	return r.deliver(ctx, follower, e.ID, e.Rev)
}

// notRecorded are the fields that change with every write.
var notRecorded = []string{"id", "rev", "created_at", "updated_at", "fact"}

// fields returns the top-level fields of a document as JSON.
func fields(doc document) (map[string]string, error) {
	b, err := json.Marshal(doc)
	if err != nil {
		return nil, fault.New(fault.Internal, "error.internal", fmt.Errorf("audit: %w", err))
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fault.New(fault.Internal, "error.internal", fmt.Errorf("audit: %w", err))
	}
	out := make(map[string]string, len(all))
	for p, v := range all {
		if !slices.Contains(notRecorded, p) && string(v) != "null" && string(v) != "[]" {
			out[p] = string(v)
		}
	}
	return out, nil
}
