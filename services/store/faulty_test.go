package store

import (
	"context"
	"time"
)

// Faulty is db with an engine that asks before first, by the name of what it is to do: before may wait, and when it fails that is the
// engine's answer, which has done nothing.
func Faulty(db DB, before func(ctx context.Context, op string) error) DB {
	return &faultyDB{db, before}
}

type faultyDB struct {
	DB
	before func(ctx context.Context, op string) error
}

func (d *faultyDB) collection(sp *spec) engine { return &faultyEngine{d.DB.collection(sp), d.before} }

func (d *faultyDB) Lease(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	if err := d.before(ctx, "lease"); err != nil {
		return false, err
	}
	return d.DB.Lease(ctx, name, owner, ttl)
}

// faultyEngine leaves what happens at a start, prepare and sealAll, as it is.
type faultyEngine struct {
	engine
	before func(ctx context.Context, op string) error
}

func (e *faultyEngine) get(ctx context.Context, f *field, value any, yield func(stored) error) error {
	if err := e.before(ctx, "get"); err != nil {
		return err
	}
	return e.engine.get(ctx, f, value, yield)
}

func (e *faultyEngine) insert(ctx context.Context, r record) error {
	if err := e.before(ctx, "insert"); err != nil {
		return err
	}
	return e.engine.insert(ctx, r)
}

func (e *faultyEngine) replace(ctx context.Context, r record, rev int64) (bool, error) {
	if err := e.before(ctx, "replace"); err != nil {
		return false, err
	}
	return e.engine.replace(ctx, r, rev)
}

func (e *faultyEngine) upsert(ctx context.Context, ids []string, encode func(i int, was Meta) (record, error)) error {
	if err := e.before(ctx, "upsert"); err != nil {
		return err
	}
	return e.engine.upsert(ctx, ids, encode)
}

func (e *faultyEngine) erase(ctx context.Context, metas []Meta) (int, error) {
	if err := e.before(ctx, "erase"); err != nil {
		return 0, err
	}
	return e.engine.erase(ctx, metas)
}

func (e *faultyEngine) append(ctx context.Context, records []record) error {
	if err := e.before(ctx, "append"); err != nil {
		return err
	}
	return e.engine.append(ctx, records)
}

func (e *faultyEngine) find(ctx context.Context, p plan, yield func(stored) error) error {
	if err := e.before(ctx, "find"); err != nil {
		return err
	}
	return e.engine.find(ctx, p, yield)
}

func (e *faultyEngine) count(ctx context.Context, p plan) (int, error) {
	if err := e.before(ctx, "count"); err != nil {
		return 0, err
	}
	return e.engine.count(ctx, p)
}

func (e *faultyEngine) countBy(ctx context.Context, f *field, p plan, yield func(value any, n int)) error {
	if err := e.before(ctx, "countBy"); err != nil {
		return err
	}
	return e.engine.countBy(ctx, f, p, yield)
}

func (e *faultyEngine) pending(ctx context.Context, follower string, limit int, yield func(stored) error) error {
	if err := e.before(ctx, "pending"); err != nil {
		return err
	}
	return e.engine.pending(ctx, follower, limit, yield)
}

func (e *faultyEngine) delivered(ctx context.Context, follower, id string, rev int64) error {
	if err := e.before(ctx, "delivered"); err != nil {
		return err
	}
	return e.engine.delivered(ctx, follower, id, rev)
}

func (e *faultyEngine) revision(ctx context.Context) (int64, error) {
	if err := e.before(ctx, "revision"); err != nil {
		return 0, err
	}
	return e.engine.revision(ctx)
}

func (e *faultyEngine) restore(ctx context.Context, r record) error {
	if err := e.before(ctx, "restore"); err != nil {
		return err
	}
	return e.engine.restore(ctx, r)
}
