package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"
)

func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// shapes bounds the prepared statements that are kept. The shapes of the queries of a program are few; this is against surprise.
const shapes = 500

// read runs a query on one of the readers and calls each for every row.
func (t *sqliteTable) read(ctx context.Context, query string, args []any, each func(*sql.Rows) error) error {
	rows, err := t.db.query(ctx, query, args)
	if err == nil {
		defer func() { _ = rows.Close() }()
		for err == nil && rows.Next() {
			err = each(rows)
		}
		err = errors.Join(err, rows.Err())
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err() // SQLite calls it an interruption
	}
	return t.db.translate(err)
}

func (db *sqliteDB) query(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	if st, ok := db.stmts.Load(query); ok {
		return st.(*sql.Stmt).QueryContext(ctx, args...)
	}
	if db.kept.Load() >= shapes {
		return db.readers.QueryContext(ctx, query, args...)
	}
	st, err := db.readers.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if other, loaded := db.stmts.LoadOrStore(query, st); loaded {
		_ = st.Close()
		st = other.(*sql.Stmt)
	} else {
		db.kept.Add(1)
	}
	return st.QueryContext(ctx, args...)
}

var sqlOps = [...]string{Eq: " = ?", In: " IN (SELECT value FROM json_each(?))", Lt: " < ?", Lte: " <= ?", Gt: " > ?", Gte: " >= ?"}

// where writes the conditions. Values are always parameters; a list is one parameter, so that its length is not part of the
// statement's text.
func (t *sqliteTable) where(p plan, popular ...*field) (string, []any, error) {
	var parts []string
	var args []any
	for _, c := range p.conds {
		arg := c.values[0]
		if c.op == In {
			b, err := json.Marshal(c.values)
			if err != nil {
				return "", nil, err
			}
			arg = string(b)
		}
		switch {
		case slices.Contains(popular, c.field):
			parts = append(parts, "EXISTS (SELECT 1 FROM "+t.side(c.field.path)+" WHERE value"+sqlOps[c.op]+" AND doc = _pk)")
		case c.field.many:
			parts = append(parts, "_pk IN (SELECT doc FROM "+t.side(c.field.path)+" WHERE value"+sqlOps[c.op]+")")
		default:
			parts = append(parts, quoted(c.field.path)+sqlOps[c.op])
		}
		args = append(args, arg)
	}
	if p.after != nil {
		sign := " > "
		if p.desc {
			sign = " < "
		}
		if p.sort.path == "id" {
			parts, args = append(parts, "id"+sign+"?"), append(args, p.after.id)
		} else {
			parts, args = append(parts, "("+quoted(p.sort.path)+", id)"+sign+"(?, ?)"), append(args, p.after.value, p.after.id)
		}
	}
	if len(parts) == 0 {
		return "", nil, nil
	}
	return " WHERE " + strings.Join(parts, " AND "), args, nil
}

func (t *sqliteTable) find(ctx context.Context, p plan, yield func(stored) error) error {
	popular, err := t.popular(ctx, p)
	if err != nil {
		return err
	}
	query, args, err := t.selects(p, popular...)
	if err != nil {
		return err
	}
	return t.read(ctx, query, args, func(rows *sql.Rows) error { return t.scan(rows, yield) })
}

// manyDocuments is where walking along the sorted index and asking each document for the element gets cheaper than sorting all
// documents that have it: for a page of 20, about the square root of 20 times the size of the collection, here of 8,000.
const manyDocuments = 400

// popular returns the list fields whose wanted element very many documents have.
func (t *sqliteTable) popular(ctx context.Context, p plan) (out []*field, err error) {
	for _, c := range p.conds {
		if !c.field.many || c.op != Eq || p.sort.path == "id" || !t.sp.leads(p.sort.path) {
			continue
		}
		var n int
		err = t.read(ctx, "SELECT count(*) FROM (SELECT 1 FROM "+t.side(c.field.path)+" WHERE value = ? LIMIT ?)", []any{c.values[0], manyDocuments},
			func(rows *sql.Rows) error { return rows.Scan(&n) })
		if n == manyDocuments {
			out = append(out, c.field)
		}
	}
	return out, err
}

func (t *sqliteTable) selects(p plan, popular ...*field) (string, []any, error) {
	where, args, err := t.where(p, popular...)
	if err != nil {
		return "", nil, err
	}
	dir := ""
	if p.desc {
		dir = " DESC"
	}
	by := "id" + dir
	if p.sort.path != "id" {
		by = quoted(p.sort.path) + dir + ", " + by
	}
	return "SELECT " + t.whole(p.sort) + " FROM " + quoted(t.sp.name) + where + " ORDER BY " + by + " LIMIT ?", append(args, p.limit), nil
}

func (t *sqliteTable) count(ctx context.Context, p plan) (n int, err error) {
	where, args, err := t.where(p)
	if err != nil {
		return 0, err
	}
	err = t.read(ctx, "SELECT count(*) FROM "+quoted(t.sp.name)+where, args, func(rows *sql.Rows) error { return rows.Scan(&n) })
	return n, err
}

func (t *sqliteTable) countBy(ctx context.Context, f *field, p plan, yield func(any, int)) error {
	where, args, err := t.where(p)
	if err != nil {
		return err
	}
	col := quoted(f.path)
	return t.read(ctx, "SELECT "+col+", count(*) FROM "+quoted(t.sp.name)+where+" GROUP BY "+col, args, func(rows *sql.Rows) error {
		var v any
		var n int
		if err := rows.Scan(&v, &n); err != nil || v == nil {
			return err
		}
		if f.kind == kindBool {
			v = v.(int64) != 0
		}
		yield(v, n)
		return nil
	})
}

func (t *sqliteTable) pending(ctx context.Context, follower string, limit int, yield func(stored) error) error {
	return t.read(ctx, t.selectsPending(follower), []any{limit}, func(rows *sql.Rows) error { return t.scan(rows, yield) })
}

func (t *sqliteTable) selectsPending(follower string) string {
	return "SELECT " + t.whole(t.sp.field("id")) + " FROM " + quoted(t.sp.name) + " WHERE " + quoted(pendingColumn(follower)) + " = 1 ORDER BY updated_at, id LIMIT ?"
}
