package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

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
func (t *sqliteTable) same(cols []string) string {
	where := []string{"id = ?", "rev = ?"}
	for _, c := range cols {
		where = append(where, c+" IS ?")
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
