package store

import "context"

func (c *documents) append(ctx context.Context, docs list) error {
	if err := c.eng.prepare(ctx); err != nil {
		return err
	}
	at := instant(c.now())
	records := make([]record, docs.Len())
	for i := range docs.Len() {
		next := c.copyOf(docs.at(i))
		*meta(next) = Meta{ID: meta(next).ID, Rev: 1, CreatedAt: at, UpdatedAt: at}
		r, err := c.encode(next)
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
	for i := range docs.Len() {
		*meta(docs.at(i)) = records[i].meta
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
