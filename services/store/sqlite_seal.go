package store

import "context"

// restore puts a row back. Index columns and lists follow the document; what followers have still to hear stays as it is.
func (t *sqliteTable) restore(ctx context.Context, r record) error {
	return t.db.write(ctx, func(tx *txn) error {
		n, err := tx.exec(t.sql.restore, append(append(t.args(r), t.written(r)...), r.meta.ID)...)
		if err != nil || n == 0 {
			return err
		}
		tx.touched[t] = struct{}{}
		return t.writeListsOf(tx, r, true)
	})
}

// sealBatch is how many rows are sealed in one write.
const sealBatch = 500

func (t *sqliteTable) sealAll(ctx context.Context, seal func(id string, doc []byte) []byte) (int, error) {
	total := 0
	for {
		n := 0
		err := t.db.write(ctx, func(tx *txn) (err error) {
			n, err = t.sealSome(tx, seal)
			return err
		})
		total += n
		if err != nil || n < sealBatch {
			return total, err
		}
	}
}

func (t *sqliteTable) sealSome(tx *txn, seal func(id string, doc []byte) []byte) (int, error) {
	rows, err := tx.query("SELECT _pk, id, _doc FROM "+quoted(t.sp.name)+" WHERE "+sealColumn+" IS NULL LIMIT ?", sealBatch)
	if err != nil {
		return 0, err
	}
	seals := map[int64][]byte{}
	for rows.Next() {
		var pk int64
		var id string
		var doc []byte
		if err := rows.Scan(&pk, &id, &doc); err != nil {
			_ = rows.Close()
			return 0, err
		}
		seals[pk] = seal(id, doc)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for pk, s := range seals {
		if _, err := tx.exec("UPDATE "+quoted(t.sp.name)+" SET "+sealColumn+" = ? WHERE _pk = ?", s, pk); err != nil {
			return 0, err
		}
	}
	return len(seals), nil
}
