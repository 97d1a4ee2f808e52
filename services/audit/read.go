package audit

import (
	"context"
	"iter"

	"shangquan/services/store"
)

// Get returns the document with this id, see store.Collection.
func (r *Recorded[T]) Get(ctx context.Context, id string) (T, error) { return r.coll.Get(ctx, id) }

// GetBy returns the document whose unique field has this value, see store.Collection.
func (r *Recorded[T]) GetBy(ctx context.Context, path string, value any) (T, error) {
	return r.coll.GetBy(ctx, path, value)
}

// Find returns one page, see store.Collection.
func (r *Recorded[T]) Find(ctx context.Context, q store.Query) (store.Page[T], error) {
	return r.coll.Find(ctx, q)
}

// Each goes through all pages of a query, see store.Collection.
func (r *Recorded[T]) Each(ctx context.Context, q store.Query) iter.Seq2[T, error] {
	return r.coll.Each(ctx, q)
}

// Count returns how many documents match, see store.Collection.
func (r *Recorded[T]) Count(ctx context.Context, q store.Query) (int, error) {
	return r.coll.Count(ctx, q)
}

// CountBy counts the matching documents by the value of a field, see store.Collection.
func (r *Recorded[T]) CountBy(ctx context.Context, path string, q store.Query) (map[string]int, error) {
	return r.coll.CountBy(ctx, path, q)
}

// Pending returns documents that a follower has not delivered, see store.Collection.
func (r *Recorded[T]) Pending(ctx context.Context, follower string, limit int) ([]T, error) {
	return r.coll.Pending(ctx, follower, limit)
}

// Delivered records that the follower has dealt with this revision of the document, see store.Collection.
func (r *Recorded[T]) Delivered(ctx context.Context, follower, id string, rev int64) error {
	return r.coll.Delivered(ctx, follower, id, rev)
}

// Revision returns a number that changes with every write, see store.Collection.
func (r *Recorded[T]) Revision(ctx context.Context) (int64, error) { return r.coll.Revision(ctx) }
