package store

import (
	"context"
	"errors"
	"fmt"

	"shangquan/services/fault"
)

// Append adds documents in their order, for a log that only grows. After an error the documents before the failing one may be
// there and those behind it are not, so what is stored is always a beginning of docs. The ids must be set; the rest of Meta is.
// fault.Conflict when an id or the value of a unique field is taken.
func (c *Collection[T]) Append(ctx context.Context, docs []T) error {
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	at := instant(c.now())
	records := make([]record, len(docs))
	for i := range docs {
		next := docs[i]
		*meta(&next) = Meta{ID: meta(&next).ID, Rev: 1, CreatedAt: at, UpdatedAt: at}
		r, err := c.encode(&next)
		if err != nil {
			return err
		}
		records[i] = r
	}
	if len(records) == 0 {
		return nil
	}
	if err := c.eng.append(ctx, records); err != nil {
		return err
	}
	for i := range docs {
		*meta(&docs[i]) = records[i].meta
	}
	return nil
}

// Delete removes the document with this id, in one step with the comparison of its revision; revision 0 stands for whatever is
// there. fault.NotFound; fault.Conflict when rev is not the current revision. A collection that others follow cannot lose
// documents, for nobody would hear of it: those get a state instead.
func (c *Collection[T]) Delete(ctx context.Context, id string, rev int64) error {
	if len(c.spec.followers) > 0 {
		return c.mistake("Delete: the collection has followers")
	}
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	gone, err := c.eng.remove(ctx, id, rev)
	if err != nil || gone {
		return err
	}
	now, err := c.Get(ctx, id)
	if err != nil {
		return err
	}
	return fault.New(fault.Conflict, keyStale, fmt.Errorf("store: %s %s has revision %d, not %d", c.spec.name, id, meta(&now).Rev, rev))
}

func (t *sqliteTable) append(ctx context.Context, records []record) error {
	return t.db.write(ctx, func(tx *txn) error {
		for _, r := range records {
			if err := t.insertRow(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *sqliteTable) remove(ctx context.Context, id string, rev int64) (gone bool, err error) {
	err = t.db.write(ctx, func(tx *txn) error {
		gone = false
		rows, err := tx.query("SELECT _pk FROM "+quoted(t.sp.name)+" WHERE id = ? AND (? = 0 OR rev = ?)", id, rev, rev)
		if err != nil {
			return err
		}
		var pk int64
		for rows.Next() {
			gone = true
			if err := rows.Scan(&pk); err != nil {
				return errors.Join(err, rows.Close())
			}
		}
		if err := rows.Err(); err != nil || !gone {
			return err
		}
		for _, f := range t.sp.fields {
			if f.many {
				if _, err := tx.exec("DELETE FROM "+t.side(f.path)+" WHERE doc = ?", pk); err != nil {
					return err
				}
			}
		}
		tx.touched[t] = struct{}{}
		_, err = tx.exec("DELETE FROM "+quoted(t.sp.name)+" WHERE _pk = ?", pk)
		return err
	})
	return gone && err == nil, err
}
