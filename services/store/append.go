package store

import "context"

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
