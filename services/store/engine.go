package store

import "context"

// engine is what one collection asks of a database. Documents pass as JSON; a callback must not keep the bytes it is given.
// Errors are faults, except those of a context, which pass through untouched.
type engine interface {
	// prepare brings the database to the declarations. It runs before anything else, and does nothing the second time.
	prepare(ctx context.Context) error
	// get finds the document whose field (the id or a unique field) has the value: fault.NotFound.
	get(ctx context.Context, f *field, value any, yield func(stored) error) error
	// insert adds a document: fault.Conflict when its id or a unique value is there already.
	insert(ctx context.Context, r record) error
	// replace writes r over the document with its id whose revision is rev, in one step; matched says whether there was one.
	replace(ctx context.Context, r record, rev int64) (matched bool, err error)
	// upsert writes a document for each id. encode is given what is stored (the zero Meta for nothing), and may be called again.
	upsert(ctx context.Context, ids []string, encode func(i int, was Meta) (record, error)) error
	// erase removes the documents that still have the id and revision of one of these, and returns how many those were.
	erase(ctx context.Context, metas []Meta) (int, error)
	// append adds documents in order; what is stored after an error is a beginning of records.
	append(ctx context.Context, records []record) error
	find(ctx context.Context, p plan, yield func(stored) error) error
	count(ctx context.Context, p plan) (int, error)
	// countBy calls yield with each value of f and the number of matching documents that have it.
	countBy(ctx context.Context, f *field, p plan, yield func(value any, n int)) error
	// pending yields up to limit documents that the follower has not delivered, the longest waiting first.
	pending(ctx context.Context, follower string, limit int, yield func(stored) error) error
	// delivered clears the follower's mark if the document still has revision rev.
	delivered(ctx context.Context, follower, id string, rev int64) error
	revision(ctx context.Context) (int64, error)
	// restore writes r over the document with its id, whatever revision that has; followers' marks stay.
	restore(ctx context.Context, r record) error
	// sealAll gives the documents without a seal the one that seal makes, and returns how many those were.
	sealAll(ctx context.Context, seal func(id string, doc []byte) []byte) (int, error)
}

// record is an encoded document with the values of its declared fields.
type record struct {
	meta   Meta
	doc    []byte
	seal   []byte  // nil: none
	values [][]any // by spec.fields; one value for a plain field, none when it is absent
}
