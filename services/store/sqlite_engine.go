package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

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
		same:    t.same(differ),
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

func (t *sqliteTable) replace(ctx context.Context, r record, rev int64) (matched bool, err error) {
	tried := false
	same := func(tx *txn) (bool, error) {
		tried = true
		matched, err = t.replaceSame(tx, r, rev)
		return matched, err
	}
	err = t.db.writeJob(ctx, &job{alone: same, run: func(tx *txn) error {
		if !tried {
			if done, err := same(tx); done || err != nil {
				return err
			}
		}
		matched, err = t.replaceRow(tx, r, rev)
		return err
	}})
	return matched && err == nil, err
}

// replaceSame writes r over a row whose columns and lists say what r says; done is false, and nothing written, where that is not so.
func (t *sqliteTable) replaceSame(tx *txn, r record, rev int64) (done bool, err error) {
	if t.sql.same == "" {
		return false, nil
	}
	lists, ok := t.listsOf(r)
	if !ok {
		return false, nil
	}
	n, err := tx.exec(t.sql.same, append(append(t.written(r), r.meta.ID, rev), append(t.args(r), lists...)...)...)
	if n == 1 {
		tx.touched[t] = struct{}{}
	}
	return n == 1, err
}

// same is the statement of most edits, which leave what a document is found by as it is: it writes only if columns and lists say what the
// new document says. Empty where a list holds numbers with a fraction, which a text may not say exactly.
func (t *sqliteTable) same(differ []string) string {
	where := []string{"id = ?", "rev = ?"}
	for _, d := range differ {
		where = append(where, strings.Replace(d, "IS NOT", "IS", 1))
	}
	for _, f := range t.sp.fields {
		if f.many && f.kind == kindFloat {
			return ""
		}
		if f.many {
			where = append(where, "coalesce((SELECT group_concat(length(value) || ':' || value, '' ORDER BY value) FROM "+t.side(f.path)+" WHERE doc = _pk), '') = ?")
		}
	}
	return "UPDATE " + quoted(t.sp.name) + " SET " + strings.Join(append(t.setsPending(), t.setsAlways()...), ", ") + " WHERE " + strings.Join(where, " AND ")
}

// listsOf are the lists of a record as same compares them; ok is false when one cannot be compared so.
func (t *sqliteTable) listsOf(r record) (texts []any, ok bool) {
	for i, f := range t.sp.fields {
		if !f.many {
			continue
		}
		values := slices.Clone(r.values[i])
		slices.SortFunc(values, ascending)
		var text strings.Builder
		for _, v := range slices.CompactFunc(values, func(a, b any) bool { return a == b }) {
			var s string
			switch v := v.(type) {
			case string:
				if s = v; strings.Contains(s, "\x00") { // SQLite ends a text it joins at a zero
					return nil, false
				}
			case int64:
				s = strconv.FormatInt(v, 10)
			case bool:
				s = map[bool]string{false: "0", true: "1"}[v]
			}
			// With its length before it no value can pass for two.
			text.WriteString(strconv.Itoa(utf8.RuneCountInString(s)) + ":" + s)
		}
		texts = append(texts, text.String())
	}
	return texts, true
}

// ascending is the order of SQLite for values of one kind.
func ascending(a, b any) int {
	switch a := a.(type) {
	case string:
		return strings.Compare(a, b.(string))
	case int64:
		return cmp.Compare(a, b.(int64))
	case bool:
		if a == b.(bool) {
			return 0
		} else if a {
			return 1
		}
	}
	return -1
}

// replaceRow sets the columns whose value differs from what the row has. SQLite writes every index again that a column which is set
// stands in, whatever its value: most edits would dirty a page of each for nothing.
func (t *sqliteTable) replaceRow(tx *txn, r record, rev int64) (bool, error) {
	row, differ, err := t.differing(tx, r, rev)
	if err != nil || row == 0 {
		return false, err
	}
	args := []any{}
	for i, v := range t.args(r) {
		if differ[i] {
			args = append(args, v)
		}
	}
	args = append(append(args, t.written(r)...), row)
	if _, err := tx.exec(t.replacing(differ), args...); err != nil {
		return false, err
	}
	tx.touched[t] = struct{}{}
	return true, t.writeLists(tx, row, r, true)
}

// differing returns the row of a document at a revision, 0 for none, and which of its columns say something else than r.
func (t *sqliteTable) differing(tx *txn, r record, rev int64) (row int64, differ []bool, err error) {
	args := t.args(r)
	differ = make([]bool, len(args))
	to := []any{&row}
	for i := range differ {
		to = append(to, &differ[i])
	}
	rows, err := tx.query(t.sql.differs, append(args, r.meta.ID, rev)...)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return 0, nil, err
		}
	}
	return row, differ, rows.Err()
}

// replacing is the statement that sets some of the columns, what every write sets, and that the followers have to hear of it. There are
// as many as kinds of edits: a few for each collection.
func (t *sqliteTable) replacing(differ []bool) string {
	var sets []string
	for n, i := range t.plainFields() {
		if differ[n] {
			sets = append(sets, quoted(t.sp.fields[i].path)+" = ?")
		}
	}
	return "UPDATE " + quoted(t.sp.name) + " SET " + strings.Join(slices.Concat(sets, t.setsPending(), t.setsAlways()), ", ") + " WHERE _pk = ?"
}

// setsPending are the assignments that say to the followers that there is something to hear.
func (t *sqliteTable) setsPending() []string {
	var sets []string
	for _, f := range t.sp.followers {
		sets = append(sets, quoted(pendingColumn(f))+" = 1")
	}
	return sets
}

// setsAlways are the assignments of every write over a row, with the values of written.
func (t *sqliteTable) setsAlways() []string {
	sets := []string{"rev = ?", "updated_at = ?", "_doc = ?"}
	if t.sp.sealed {
		sets = append(sets, sealColumn+" = ?")
	}
	return sets
}

func (t *sqliteTable) written(r record) []any {
	out := []any{r.meta.Rev, r.meta.UpdatedAt.UnixMilli(), string(r.doc)}
	if t.sp.sealed {
		out = append(out, r.seal)
	}
	return out
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
