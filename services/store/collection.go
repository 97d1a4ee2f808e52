package store

import (
	"context"
	"errors"
	"iter"
	"reflect"

	"shangquan/services/fault"
)

// Collection is the documents of one type. It is safe for concurrent use. What it returns is decoded afresh each time and
// belongs to the caller: lists are never nil, times are UTC in whole milliseconds.
//
// It only gives documents their type: what it does is done by documents, once for all types. The compiler makes every generic
// function anew for each of the eighty types, and again in each package that knows them.
type Collection[T any] struct{ docs *documents }

// Page is one page of a query. Next is the cursor for the page behind it, empty on the last one.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// NewCollection returns the collection called name. *T must have StoreMeta, which embedding Meta gives it. Declarations that do
// not fit T, or differ from an earlier declaration of the same collection on db, are a mistake of the program: it panics.
func NewCollection[T any](db DB, name string, decls ...Declaration) *Collection[T] {
	return &Collection[T]{newDocuments(db, reflect.TypeFor[T](), name, decls)}
}

// Get returns the document with this id: fault.NotFound.
func (c *Collection[T]) Get(ctx context.Context, id string) (T, error) {
	var out T
	err := c.docs.get(ctx, "id", id, &out)
	return out, err
}

// GetBy returns the document whose unique field has this value: fault.NotFound.
func (c *Collection[T]) GetBy(ctx context.Context, path string, value any) (T, error) {
	var out T
	err := c.docs.getBy(ctx, path, value, &out)
	return out, err
}

// Insert adds the document. It sets the id if that is empty, revision 1 and the times; on an error the document is as it was.
// fault.Conflict: the id or the value of a unique field is taken; the fault's Fields name it.
func (c *Collection[T]) Insert(ctx context.Context, doc *T) error { return c.docs.insert(ctx, doc) }

// Update changes the document with this id by compare-and-swap and returns it as it is now. change must be pure: it may run
// again, on a fresh copy; when it returns an error nothing is written and that error is returned as it is. What change does to
// the Meta is ignored.
//
// fault.NotFound; fault.Conflict when rev is not the current revision or a unique value is taken. Revision 0 means whatever is
// current: the change is then tried again when another writer came first, a bounded number of times.
func (c *Collection[T]) Update(ctx context.Context, id string, rev int64, change func(*T) error) (T, error) {
	var out T
	err := c.docs.update(ctx, id, rev, func(doc any) error { return change(doc.(*T)) }, &out)
	return out, err
}

// Find returns one page. Pages are stable: a document that is not written while one turns the pages comes exactly once.
func (c *Collection[T]) Find(ctx context.Context, q Query) (Page[T], error) {
	page := Page[T]{Items: []T{}}
	var err error
	page.Next, err = c.docs.find(ctx, q, &page.Items)
	return page, err
}

// Each goes through all pages of a query; Limit is the size of a page (without it, 200). It ends after the first error.
func (c *Collection[T]) Each(ctx context.Context, q Query) iter.Seq2[T, error] {
	if q.limit == 0 {
		q.limit = 200
	}
	return func(yield func(T, error) bool) {
		for more := true; more; {
			page, err := c.Find(ctx, q)
			for i := range page.Items {
				if !yield(page.Items[i], nil) {
					return
				}
			}
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			q, more = q.After(page.Next), page.Next != ""
		}
	}
}

// Count returns how many documents match; order, limit and cursor do not matter.
func (c *Collection[T]) Count(ctx context.Context, q Query) (int, error) { return c.docs.count(ctx, q) }

// CountBy counts the matching documents by the value of a declared field of text, integers or yes/no ("true", "false").
func (c *Collection[T]) CountBy(ctx context.Context, path string, q Query) (map[string]int, error) {
	return c.docs.countBy(ctx, path, q)
}

// Upsert writes documents by id, in batches: the last write wins, also within docs. Each gets the revision after the stored one
// and keeps the stored creation time; its Meta is set in docs. After an error (fault.Conflict when a unique value is taken) the
// batches before the failing one are written; writing the same documents again is harmless.
func (c *Collection[T]) Upsert(ctx context.Context, docs []T) error {
	return c.docs.upsert(ctx, listOf(docs), func(any, Meta) error { return nil })
}

// Overwrite is Upsert over the revision that each document has, 0 for one that must not be there yet: fault.Conflict when another
// one is stored. Then that document is not written; those of its batch may be or not.
func (c *Collection[T]) Overwrite(ctx context.Context, docs []T) error {
	return c.docs.upsert(ctx, listOf(docs), c.docs.unchanged)
}

// Append adds documents in their order, for a log that only grows. After an error the documents before the failing one may be
// there and those behind it are not, so what is stored is always a beginning of docs. The ids must be set; the rest of Meta is.
// fault.Conflict when an id or the value of a unique field is taken.
func (c *Collection[T]) Append(ctx context.Context, docs []T) error {
	return c.docs.append(ctx, listOf(docs))
}

// Erase removes those of docs whose stored revision is still the one they have, and returns how many it removed: what somebody
// wrote to since it was read stays, and so nothing is erased that was not looked at. It is for what a retention rule ends, such
// as sessions and keys of requests; what people know of is closed or archived instead.
//
// A collection that somebody follows cannot be erased from: a follower never hears of what is gone.
func (c *Collection[T]) Erase(ctx context.Context, docs ...T) (int, error) {
	return c.docs.erase(ctx, listOf(docs))
}

// Pending returns up to limit documents that the follower has not delivered, the longest waiting first. Every write makes a
// document pending again; a follower that is newly declared has everything before it.
func (c *Collection[T]) Pending(ctx context.Context, follower string, limit int) ([]T, error) {
	out := []T{}
	err := c.docs.pending(ctx, follower, limit, &out)
	return out, err
}

// Delivered records that the follower has dealt with this revision of the document. It may come twice, late or for a document
// that is not there: only the current revision clears the mark.
func (c *Collection[T]) Delivered(ctx context.Context, follower, id string, rev int64) error {
	return c.docs.delivered(ctx, follower, id, rev)
}

// Revision returns a number that grows with every write to the collection, by whichever server: the key of caches.
func (c *Collection[T]) Revision(ctx context.Context) (int64, error) { return c.docs.revision(ctx) }

// Name returns what the collection is called.
func (c *Collection[T]) Name() string { return c.docs.Name() }

// Inspect compares every document with its seal, in the order of ids. A store without seals has nothing to compare.
func (c *Collection[T]) Inspect(ctx context.Context, each func(Finding) error) error {
	return c.docs.Inspect(ctx, each)
}

// Restore writes the sealed copy of a document back over what the database says, whatever revision that claims to be, and reports
// whether there was a need to: fault.NotFound, fault.Unavailable when there is no good copy.
func (c *Collection[T]) Restore(ctx context.Context, id string) (restored bool, err error) {
	return c.docs.Restore(ctx, id)
}

// SealAll seals every document that has no seal, as those have that were written before the collection was declared Sealed, and
// returns how many those were. It believes what the database says: its caller makes sure that it happens once.
func (c *Collection[T]) SealAll(ctx context.Context) (int, error) { return c.docs.SealAll(ctx) }

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

// Mark identifies what several collections hold: it grows with every change of one of them. Each revision only grows, so their sum says it
// as well as all of them would.
func Mark(ctx context.Context, list ...interface {
	Revision(context.Context) (int64, error)
},
) (sum int64, err error) {
	for _, x := range list {
		n, err := x.Revision(ctx)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// Seen refuses a change by somebody who does not say which revision they saw: fault.Conflict. To Update, such a change is one of whatever
// is current, which is for the program alone.
func Seen(rev int64) error {
	if rev < 1 {
		return fault.New(fault.Conflict, keyStale, errors.New("store: without the revision that was shown"))
	}
	return nil
}
