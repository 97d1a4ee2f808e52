package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"shangquan/services/fault"
)

// statements are the ones with a fixed text.
type statements struct{ insert, same, differs, refill, rowid, current, erase, restore string }

// plainFields are the positions in record.values of the fields that are columns, beyond the metadata.
func (t *sqliteTable) plainFields() []int {
	var out []int
	for i, f := range t.sp.fields {
		if i >= len(metaFields) && !f.many {
			out = append(out, i)
		}
	}
	return out
}

func (t *sqliteTable) statements() statements {
	var cols, sets, differ []string
	for _, i := range t.plainFields() {
		cols = append(cols, quoted(t.sp.fields[i].path))
	}
	for _, c := range cols {
		sets, differ = append(sets, c+" = ?"), append(differ, c+" IS NOT ?")
	}
	table := quoted(t.sp.name)
	all := append(slices.Clone(cols), "id", "rev", "created_at", "updated_at", "_doc")
	if t.sp.sealed {
		all = append(all, sealColumn)
	}
	refill := strings.Join(sets, ", ")
	if refill == "" {
		refill = "id = id"
	}
	return statements{
		same:    t.same(cols),
		insert:  "INSERT INTO " + table + " (" + strings.Join(all, ", ") + ") VALUES (?" + strings.Repeat(", ?", len(all)-1) + ")",
		differs: "SELECT " + strings.Join(append([]string{"_pk"}, differ...), ", ") + " FROM " + table + " WHERE id = ? AND rev = ?",
		refill:  "UPDATE " + table + " SET " + refill + " WHERE _pk = ?",
		rowid:   "SELECT _pk FROM " + table + " WHERE id = ?",
		restore: "UPDATE " + table + " SET " + strings.Join(append(sets, t.setsAlways()...), ", ") + " WHERE id = ?",
		erase:   "DELETE FROM " + table + " WHERE id = ? AND rev = ?",
		current: "SELECT id, rev, created_at FROM " + table + " WHERE id IN (SELECT value FROM json_each(?))",
	}
}

// args are the values of the index columns.
func (t *sqliteTable) args(r record) []any {
	var out []any
	for _, i := range t.plainFields() {
		var v any
		if len(r.values[i]) > 0 {
			v = r.values[i][0]
		}
		out = append(out, v)
	}
	return out
}

func (t *sqliteTable) insert(ctx context.Context, r record) error {
	return t.db.write(ctx, func(tx *txn) error { return t.insertRow(tx, r) })
}

func (t *sqliteTable) insertRow(tx *txn, r record) error {
	m := r.meta
	args := append(t.args(r), m.ID, m.Rev, m.CreatedAt.UnixMilli(), m.UpdatedAt.UnixMilli(), string(r.doc))
	if t.sp.sealed {
		args = append(args, r.seal)
	}
	_, err := tx.exec(t.sql.insert, args...)
	if err != nil {
		return err
	}
	tx.touched[t] = struct{}{}
	return t.writeListsOf(tx, r, false)
}

func (t *sqliteTable) writeListsOf(tx *txn, r record, replacing bool) error {
	if !slices.ContainsFunc(t.sp.fields, func(f *field) bool { return f.many }) {
		return nil
	}
	rows, err := tx.query(t.sql.rowid, r.meta.ID)
	if err != nil {
		return err
	}
	var row int64
	for rows.Next() {
		if err := rows.Scan(&row); err != nil {
			_ = rows.Close()
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return t.writeLists(tx, row, r, replacing)
}

// writeLists brings the side tables of one row to the record's lists. Most edits leave them alone: only differences are written.
func (t *sqliteTable) writeLists(tx *txn, row int64, r record, replacing bool) error {
	for i, f := range t.sp.fields {
		if !f.many {
			continue
		}
		side := t.side(f.path)
		have := map[any]bool{}
		if replacing {
			if err := t.listed(tx, side, row, f.kind, have); err != nil {
				return err
			}
		}
		for _, v := range r.values[i] {
			if _, ok := have[v]; !ok {
				if _, err := tx.exec("INSERT INTO "+side+" (value, doc) VALUES (?, ?)", v, row); err != nil {
					return err
				}
			}
			have[v] = true
		}
		for v, keep := range have {
			if !keep {
				if _, err := tx.exec("DELETE FROM "+side+" WHERE value = ? AND doc = ?", v, row); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (t *sqliteTable) listed(tx *txn, side string, row int64, k kind, into map[any]bool) error {
	rows, err := tx.query("SELECT value FROM "+side+" WHERE doc = ?", row)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var v any
		if err := rows.Scan(&v); err != nil {
			return err
		}
		if k == kindBool {
			v = v.(int64) != 0
		}
		into[v] = false
	}
	return rows.Err()
}

func (t *sqliteTable) upsert(ctx context.Context, ids []string, encode func(int, Meta) (record, error)) error {
	list, err := json.Marshal(ids)
	if err != nil {
		return err
	}
	return t.db.write(ctx, func(tx *txn) error {
		was, err := t.current(tx, string(list), len(ids))
		if err != nil {
			return err
		}
		for i, id := range ids {
			r, err := encode(i, was[id])
			if err != nil {
				return err
			}
			if was[id].Rev == 0 {
				err = t.insertRow(tx, r)
			} else {
				_, err = t.replaceRow(tx, r, was[id].Rev)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *sqliteTable) current(tx *txn, list string, n int) (map[string]Meta, error) {
	rows, err := tx.query(t.sql.current, list)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	was := make(map[string]Meta, n)
	for rows.Next() {
		var m Meta
		var created int64
		if err := rows.Scan(&m.ID, &m.Rev, &created); err != nil {
			return nil, err
		}
		m.CreatedAt = fromMillis(created)
		was[m.ID] = m
	}
	return was, rows.Err()
}

func (t *sqliteTable) erase(ctx context.Context, metas []Meta) (erased int, err error) {
	err = t.db.write(ctx, func(tx *txn) error {
		erased = 0
		for _, m := range metas {
			n, err := t.eraseRow(tx, m)
			if err != nil {
				return err
			}
			erased += int(n)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return erased, nil
}

// eraseRow takes the values of lists away first: they refer to the row.
func (t *sqliteTable) eraseRow(tx *txn, m Meta) (int64, error) {
	for _, f := range t.sp.fields {
		if f.many {
			own := "DELETE FROM " + t.side(f.path) + " WHERE doc = (SELECT _pk FROM " + quoted(t.sp.name) + " WHERE id = ? AND rev = ?)"
			if _, err := tx.exec(own, m.ID, m.Rev); err != nil {
				return 0, err
			}
		}
	}
	n, err := tx.exec(t.sql.erase, m.ID, m.Rev)
	if n > 0 {
		tx.touched[t] = struct{}{}
	}
	return n, err
}

func (t *sqliteTable) delivered(ctx context.Context, follower, id string, rev int64) error {
	col := quoted(pendingColumn(follower))
	return t.db.write(ctx, func(tx *txn) error {
		_, err := tx.exec("UPDATE "+quoted(t.sp.name)+" SET "+col+" = 0 WHERE id = ? AND rev = ? AND "+col+" = 1", id, rev)
		return err
	})
}

func (t *sqliteTable) revision(ctx context.Context) (int64, error) {
	if t.db.closed.Load() {
		return 0, unavailable("store: %s is closed", t.db.path)
	}
	return t.rev.Load(), ctx.Err()
}

func (t *sqliteTable) get(ctx context.Context, f *field, value any, yield func(stored) error) error {
	found := false
	err := t.read(ctx, "SELECT "+t.whole(t.sp.field("id"))+" FROM "+quoted(t.sp.name)+" WHERE "+quoted(f.path)+" = ?", []any{value}, func(rows *sql.Rows) error {
		found = true
		return t.scan(rows, yield)
	})
	if err == nil && !found {
		return fault.New(fault.NotFound, keyNotFound, errors.New("store: "+t.sp.name+": no document has this "+f.path))
	}
	return err
}

// whole are the columns that make a stored document in a query that sorts by a field.
func (t *sqliteTable) whole(sort *field) string {
	if !t.sp.sealed {
		return "_doc"
	}
	return "_doc, id, " + sealColumn + ", " + quoted(sort.path)
}

func (t *sqliteTable) scan(rows *sql.Rows, yield func(stored) error) error {
	var doc, seal sql.RawBytes
	var s stored
	to := []any{&doc}
	if t.sp.sealed {
		to = append(to, &s.id, &seal, &s.at)
	}
	if err := rows.Scan(to...); err != nil {
		return err
	}
	s.doc, s.seal = doc, seal
	return yield(s)
}
