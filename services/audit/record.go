package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
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

// Reader is what may be done with an audited collection without leaving a trace: reading.
type Reader[T any] interface {
	Get(ctx context.Context, id string) (T, error)
	GetBy(ctx context.Context, path string, value any) (T, error)
	Find(ctx context.Context, q store.Query) (store.Page[T], error)
	Each(ctx context.Context, q store.Query) iter.Seq2[T, error]
	Count(ctx context.Context, q store.Query) (int, error)
	CountBy(ctx context.Context, path string, q store.Query) (map[string]int, error)
	Pending(ctx context.Context, follower string, limit int) ([]T, error)
	Delivered(ctx context.Context, follower, id string, rev int64) error
	Revision(ctx context.Context) (int64, error)
}

// Recorded is a collection whose every write leaves one entry in the trail.
type Recorded[T any] struct {
	Reader[T]
	coll   *store.Collection[T]
	log    *Log
	kind   string
	hidden map[string]bool
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
	r := &Recorded[T]{Reader: coll, coll: coll, log: log, kind: kind, hidden: map[string]bool{}}
	for _, o := range opts {
		o(r.hidden)
	}
	log.mu.Lock()
	log.sources[kind] = r
	log.kinds[coll.Name()] = kind
	log.mu.Unlock()
	return r
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
	after, err := fields(&next)
	if err != nil {
		return err
	}
	r.mark(&next, by, w, 1, nil, after)
	if err := r.coll.Insert(ctx, &next); err != nil {
		return err
	}
	*doc = next
	r.log.nudge()
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
		if err := r.keep(ctx, doc); err != nil {
			return err
		}
		before, err := fields(doc)
		if err != nil {
			return err
		}
		was := of(doc).StoreMeta().Rev
		w, err := change(doc)
		if err != nil {
			return err
		}
		after, err := fields(doc)
		if err != nil {
			return err
		}
		r.mark(doc, by, w, was+1, before, after)
		return nil
	})
	if err == nil {
		r.log.nudge()
	}
	return got, err
}

// Upsert writes many documents by id, see store.Collection. What was stored before is read first, for the trail; a document with a
// revision is written over that one only, and one without over what was read: fault.Conflict when somebody else wrote meanwhile.
func (r *Recorded[T]) Upsert(ctx context.Context, by access.Actor, w Write, docs []T) error {
	ids := []string{}
	for i := range docs {
		if id := of(&docs[i]).StoreMeta().ID; id != "" {
			ids = append(ids, id)
		}
	}
	stored := map[string]T{}
	for part := range slices.Chunk(ids, batch) {
		for d, err := range r.coll.Each(ctx, store.Where("id", store.In, part).Limit(batch)) {
			if err != nil {
				return err
			}
			stored[of(&d).StoreMeta().ID] = d
		}
	}
	next := slices.Clone(docs)
	for i := range next {
		after, err := fields(&next[i])
		if err != nil {
			return err
		}
		var before map[string]string
		m := of(&next[i]).StoreMeta()
		was, ok := stored[m.ID]
		if over := of(&was).StoreMeta().Rev; !ok {
			m.Rev = 0
		} else if m.Rev == 0 {
			m.Rev = over
		} else if m.Rev != over {
			return fault.New(fault.Conflict, "error.stale", fmt.Errorf("audit: %s has revision %d, not %d", m.ID, over, m.Rev))
		}
		if ok {
			if err := r.keep(ctx, &was); err != nil {
				return err
			}
			if before, err = fields(&was); err != nil {
				return err
			}
		}
		r.mark(&next[i], by, w, m.Rev+1, before, after)
	}
	if err := r.coll.Overwrite(ctx, next); err != nil {
		return err
	}
	copy(docs, next)
	r.log.nudge()
	return nil
}

func of[T any](doc *T) document { return any(doc).(document) }

// mark puts the fact of a write into the document it makes. A new document says itself what it is: its fact holds no copy.
func (r *Recorded[T]) mark(doc *T, by access.Actor, w Write, rev int64, before, after map[string]string) {
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
	of(doc).AuditTrail().Fact = f
}

// keep sets aside the fact of the revision that is about to be written over, unless the trail has it. A document from before the
// trail began has none.
func (r *Recorded[T]) keep(ctx context.Context, doc *T) error {
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
func (r *Recorded[T]) entry(doc *T) (Entry, bool) {
	m, f := of(doc).StoreMeta(), of(doc).AuditTrail().Fact
	if f.Rev == 0 {
		return Entry{}, false
	}
	ref := Ref{r.kind, m.ID}
	return Entry{Meta: store.Meta{ID: m.ID, Rev: m.Rev}, Key: ref.String() + "/" + strconv.FormatInt(f.Rev, 10), Of: ref.String(), Fact: f}, true
}

// pending implements source.
func (r *Recorded[T]) pending(ctx context.Context, limit int) ([]Entry, error) {
	docs, err := r.coll.Pending(ctx, follower, limit)
	if err != nil {
		return nil, err
	}
	out := make([]Entry, 0, len(docs))
	for i := range docs {
		if e, ok := r.entry(&docs[i]); ok {
			out = append(out, e)
			continue
		}
		m := of(&docs[i]).StoreMeta()
		if err := r.coll.Delivered(ctx, follower, m.ID, m.Rev); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// delivered implements source. The entry still has the id and revision of its document.
func (r *Recorded[T]) delivered(ctx context.Context, e *Entry) error {
	return r.coll.Delivered(ctx, follower, e.ID, e.Rev)
}

// notRecorded are the fields that change with every write.
var notRecorded = []string{"id", "rev", "created_at", "updated_at", "fact"}

// fields returns the top-level fields of a document as JSON.
func fields[T any](doc *T) (map[string]string, error) {
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
