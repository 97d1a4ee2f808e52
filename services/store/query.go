package store

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"shangquan/services/fault"
)

// Op compares a field with a value. A document that has no value for the field matches no comparison.
type Op uint8

// The comparisons. In takes a slice; an empty one matches nothing.
const (
	Eq Op = iota
	In
	Lt
	Lte
	Gt
	Gte
)

var opNames = [...]string{"=", "in", "<", "≤", ">", "≥"}

// Direction is which way a sort goes.
type Direction bool

// The directions.
const (
	Asc  Direction = false
	Desc Direction = true
)

const (
	defaultLimit = 20
	maxLimit     = 1000
)

// Query says which documents to find, in which order, and how many. It is a value: each method returns a changed copy.
type Query struct {
	terms  []term
	order  []order
	limit  int
	cursor string
}

type term struct {
	path  string
	op    Op
	value any
}

type order struct {
	path string
	desc Direction
}

// All matches every document.
func All() Query { return Query{} }

// Where matches the documents whose field compares with value as op says. The value must be of the field's type.
func Where(path string, op Op, value any) Query { return Query{}.And(path, op, value) }

// Created matches the documents that were made from a moment on and before another.
func Created(from, until time.Time) Query {
	return Where("created_at", Gte, from).And("created_at", Lt, until)
}

// And narrows the query.
func (q Query) And(path string, op Op, value any) Query {
	q.terms = append(slices.Clip(q.terms), term{path, op, value})
	return q
}

// OrderBy sorts by one field; documents with the same value are sorted by id, the same way. Without it the order is by id.
func (q Query) OrderBy(path string, d Direction) Query {
	q.order = append(slices.Clip(q.order), order{path, d})
	return q
}

// Limit sets the size of a page, from 1 to 1,000; without it a page has 20.
func (q Query) Limit(n int) Query { q.limit = n; return q }

// After continues behind the page that gave the cursor (Page.Next); the empty cursor begins at the first page. The cursor of
// another query is refused with fault.Invalid.
func (q Query) After(cursor string) Query { q.cursor = cursor; return q }

// plan is a checked query: its fields are declared, its values canonical.
type plan struct {
	conds []cond
	sort  *field
	desc  bool
	limit int
	after *position
	none  bool // some condition can match nothing
}

type cond struct {
	field  *field
	op     Op
	values []any // one, except for In
}

// position is where a page ended.
type position struct {
	value any // of the sort field
	id    string
}

// check turns a query into a plan. What it refuses is a mistake of the program (fault.Internal), except the cursor, which comes
// from outside.
func (sp *spec) check(q Query) (plan, error) {
	refuse := func(format string, args ...any) (plan, error) {
		return plan{}, fault.New(fault.Internal, keyInternal, fmt.Errorf("store: query of %s: "+format, append([]any{sp.name}, args...)...))
	}
	p := plan{limit: q.limit, sort: sp.field("id")}
	led := len(q.terms) == 0
	for _, t := range q.terms {
		f := sp.field(t.path)
		if f == nil {
			return refuse("field %q is not declared: declare Index(%q)", t.path, t.path)
		}
		if int(t.op) >= len(opNames) {
			return refuse("comparison %d is not known", t.op)
		}
		led = led || sp.leads(t.path)
		c, err := f.cond(t)
		if err != nil {
			return refuse("%w", err)
		}
		p.none = p.none || len(c.values) == 0
		p.conds = append(p.conds, c)
	}
	if !led {
		return refuse("no declared index begins with one of the filtered fields: declare Index(%q)", q.terms[0].path)
	}
	if len(q.order) > 1 {
		return refuse("it is sorted twice")
	}
	if len(q.order) == 1 {
		p.sort, p.desc = sp.field(q.order[0].path), bool(q.order[0].desc)
		switch {
		case p.sort == nil:
			return refuse("sort field %q is not declared", q.order[0].path)
		case p.sort.many || p.sort.optional:
			return refuse("%q cannot be sorted by: not every document has exactly one", p.sort.path)
		case len(q.terms) == 0 && !sp.leads(p.sort.path):
			return refuse("no declared index begins with the sort field: declare Index(%q)", p.sort.path)
		}
	}
	if p.limit == 0 {
		p.limit = defaultLimit
	}
	if p.limit < 0 || p.limit > maxLimit {
		return refuse("a page of %d: the limit is from 1 to %d; use Each for everything", q.limit, maxLimit)
	}
	if q.cursor != "" {
		after, err := sp.parseCursor(p, q.cursor)
		if err != nil {
			return plan{}, fault.New(fault.Invalid, keyCursor, err)
		}
		p.after = &after
	}
	return p, nil
}

func (f *field) cond(t term) (cond, error) {
	c := cond{field: f, op: t.op}
	v := reflect.ValueOf(t.value)
	if t.op != In {
		x, err := f.kind.canonical(v)
		if err != nil {
			return c, fmt.Errorf("field %q: %w", f.path, err)
		}
		c.values = []any{x}
		return c, nil
	}
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
		return c, fmt.Errorf("field %q: In wants a slice", f.path)
	}
	for i := range v.Len() {
		x, err := f.kind.canonical(v.Index(i))
		if err != nil {
			return c, fmt.Errorf("field %q: %w", f.path, err)
		}
		if !slices.Contains(c.values, x) {
			c.values = append(c.values, x)
		}
	}
	if len(c.values) > maxLimit {
		return c, fmt.Errorf("field %q: more than 1,000 values", f.path)
	}
	return c, nil
}
