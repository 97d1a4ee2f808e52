package sheet

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/store"
	"shangquan/services/taxonomy"
)

// Plan is what an import would do. Making it writes nothing.
type Plan struct {
	Report Report
	steps  []Step
}

// Step is one row of a file that changes the register: what its shop is and what it becomes.
type Step struct {
	Row    int             // as the spreadsheet numbers it
	Before listing.Listing // revision 0: a new shop
	After  listing.Listing
}

// Shops is the register as an import needs it; listing.Service is it.
type Shops interface {
	// ByCode returns the listing with this shop code: fault.NotFound.
	ByCode(ctx context.Context, code string) (listing.Listing, error)
	// Check brings a listing into its stored form and says which fields may not be stored: fault.Invalid.
	Check(l *listing.Listing) error
	// Enter adds a listing as a draft or published: fault.Conflict.
	Enter(ctx context.Context, by access.Actor, l *listing.Listing) error
	// Replace writes a changed listing over revision rev: fault.Conflict when it is no longer current.
	Replace(ctx context.Context, by access.Actor, l *listing.Listing, rev int64) error
}

// NewPlan reads a file and compares it with the register. A file that cannot be read as a table of shops gives a plan that
// does nothing and a report that says why; the error is for trouble on our side only.
func NewPlan(ctx context.Context, r io.Reader, shops Shops, n *Names) (*Plan, error) {
	p := &Plan{}
	var err error
	p.Report, err = Scan(ctx, r, shops, n, func(s Step) error { p.steps = append(p.steps, s); return nil })
	if err != nil {
		return nil, err
	}
	if p.Report.Refused != nil {
		p.steps = nil
	}
	return p, nil
}

// Scan is NewPlan for who keeps the steps elsewhere: it hands each to each, in the order of the file, and keeps none. What it handed
// out of a file that it then refuses is to be forgotten. An error of each ends it and is returned.
func Scan(ctx context.Context, r io.Reader, shops Shops, n *Names, each func(Step) error) (Report, error) {
	began := time.Now()
	b := builder{rep: Report{Columns: []string{}, Ignored: []string{}, Rows: []Problem{}}, each: each, shops: shops, names: n, seen: map[string]int{}}
	err := read(ctx, r, &b.rep, func(row int, cells []string) error {
		// A long CSV file has as much time for each of its rows as the longest XLSX file.
		if time.Since(began) > maxTime*time.Duration(1+row/MaxXLSXRows) {
			return refuse("sheet.too_slow", nil)
		}
		return b.row(ctx, row, cells)
	})
	if err == nil && b.at == nil {
		err = refuse("sheet.empty", nil)
	}
	if no, ok := errors.AsType[*refusal](err); ok {
		return Report{Format: b.rep.Format, Encoding: b.rep.Encoding, Columns: b.rep.Columns, Ignored: b.rep.Ignored, Rows: []Problem{}, Refused: &no.Problem}, nil
	}
	if err != nil {
		return Report{}, err
	}
	return b.rep, nil
}

type builder struct {
	rep   Report
	each  func(Step) error
	shops Shops
	names *Names
	// at says for every field which cell of a row each of its columns is in, −1 where the file leaves it out; nil before the
	// header was read.
	at   [][]int
	code int            // cell of the shop code
	last int            // cells of the header
	seen map[string]int // shop code → row
}

func (b *builder) row(ctx context.Context, row int, cells []string) error {
	if blank(cells) {
		return nil
	}
	if b.at == nil {
		return b.header(row, cells)
	}
	if b.isKeys(cells) {
		return nil
	}
	problems, err := b.shop(ctx, row, cells)
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		b.rep.fail(problems)
	}
	return nil
}

func (r *Report) fail(problems []Problem) {
	r.Failed++
	r.Rows = append(r.Rows, problems[:min(len(problems), maxProblems-min(len(r.Rows), maxProblems))]...)
}

func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// header finds the columns. It must be the first row that is not empty, and hold the shop code.
func (b *builder) header(row int, cells []string) error {
	known := headers()
	at := make([][]int, len(fields))
	for f := range fields {
		at[f] = slices.Repeat([]int{-1}, len(fields[f].cols))
	}
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			continue
		}
		fc, ok := known[taxonomy.Fold(c)]
		if !ok {
			b.rep.Ignored = append(b.rep.Ignored, shorten(c))
			continue
		}
		if at[fc[0]][fc[1]] >= 0 {
			return refuse("sheet.column_twice", map[string]any{"Column": fields[fc[0]].cols[fc[1]].header})
		}
		at[fc[0]][fc[1]] = i
		b.rep.Columns = append(b.rep.Columns, fields[fc[0]].cols[fc[1]].header)
	}
	code := known["code"]
	b.code = at[code[0]][code[1]]
	if b.code < 0 {
		return refuse("sheet.no_code_column", map[string]any{"Column": fields[code[0]].cols[code[1]].header, "Row": row})
	}
	// Latitude and longitude mean nothing without the datum.
	lat := known["lat"]
	if g := at[lat[0]]; (g[0] >= 0 || g[1] >= 0) && g[2] < 0 {
		return refuse("sheet.no_datum_column", map[string]any{"Column": fields[lat[0]].cols[2].header})
	}
	b.at, b.last = at, len(cells)
	return nil
}

// isKeys reports whether a row below the header repeats the machine names of the columns, as some templates do.
func (b *builder) isKeys(cells []string) bool {
	return b.code < len(cells) && cells[b.code] == "code"
}

// shop compares one row with the register and adds a step if it changes something.
func (b *builder) shop(ctx context.Context, row int, cells []string) ([]Problem, error) {
	cell := func(i int) string {
		if i < len(cells) {
			return cells[i]
		}
		return ""
	}
	code := lang.Clean(cell(b.code))
	one := func(column, key string, args map[string]any, suggestion string) []Problem {
		return []Problem{{Row: row, Code: code, Column: column, Key: key, Args: args, Suggestion: suggestion}}
	}
	if code == "" {
		return one(fields[0].cols[0].header, "sheet.code_missing", nil, ""), nil
	}
	if first, twice := b.seen[code]; twice {
		return one(fields[0].cols[0].header, "sheet.code_twice", map[string]any{"Row": first}, ""), nil
	}
	b.seen[code] = row
	if b.last < len(cells) && !blank(cells[b.last:]) {
		return one("", "sheet.row_too_long", map[string]any{"Columns": b.last}, ""), nil
	}
	before, err := b.shops.ByCode(ctx, code)
	isNew := fault.Is(err, fault.NotFound)
	if err != nil && !isNew {
		return nil, err
	}
	changes := b.changes(&before, cell)
	if len(changes) == 0 {
		b.rep.Unchanged++
		return nil, nil
	}
	after, err := clone(&before)
	if err != nil {
		return nil, err
	}
	var problems []Problem
	for _, c := range changes {
		if w := c.field.set(&after, c.cells, b.names); w != nil {
			problems = append(problems, one(c.field.cols[w.col].header, w.key, w.args, w.suggestion)...)
		}
	}
	if len(problems) > 0 {
		return problems, nil
	}
	if after.State == "" {
		after.State = listing.Draft
	}
	if err := b.shops.Check(&after); err != nil {
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Kind == fault.Invalid {
			return ProblemsOf(f, row, code), nil
		}
		return nil, err
	}
	switch {
	case isNew:
		b.rep.New++
	case store.Same(&before, &after):
		b.rep.Unchanged++
		return nil, nil
	default:
		b.rep.Changed++
	}
	return nil, b.each(Step{Row: row, Before: before, After: after})
}

type change struct {
	field *field
	cells []string
}

// changes compares the cells of a row with those the listing would be written with. A cell as we would write it says nothing
// new, even where it cannot say everything (the notes of special days): that is why export and import change nothing.
func (b *builder) changes(l *listing.Listing, cell func(int) string) []change {
	var out []change
	for f := range fields {
		was := fields[f].get(l, b.names)
		now := slices.Clone(was)
		for c, i := range b.at[f] {
			if i >= 0 {
				now[c] = cell(i)
			}
		}
		if fields[f].unveil != nil && fields[f].unveil(l, now) {
			b.rep.Marks++
		}
		if !slices.Equal(was, now) {
			out = append(out, change{&fields[f], now})
		}
	}
	return out
}

// ProblemsOf turns what the register says against a listing into problems of its row, each at the column it is about.
func ProblemsOf(f *fault.Error, row int, code string) []Problem {
	var problems []Problem
	for _, x := range f.Fields {
		problems = append(problems, Problem{Row: row, Code: code, Column: columnOf(x.Name), Key: x.Key, Args: x.Args})
	}
	if len(problems) == 0 {
		problems = append(problems, Problem{Row: row, Code: code, Key: f.Key})
	}
	return problems
}

// columnOf returns the header of the column that a field of a fault belongs to: the one with the longest path it begins with.
func columnOf(name string) string {
	header, most := "", 0
	for _, c := range columns() {
		for _, path := range append(c.paths, c.key) {
			if (name == path || strings.HasPrefix(name, path+".")) && len(path) > most {
				header, most = c.header, len(path)
			}
		}
	}
	return header
}

// clone copies a listing with everything in it.
func clone(l *listing.Listing) (out listing.Listing, err error) {
	b, err := json.Marshal(l)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal(b, &out)
}

// shorten keeps what a report repeats of a file within bounds.
func shorten(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Apply writes, in the name of by, what the plan says and returns the report of what was really done. A shop that somebody else changed since the
// plan was made is not overwritten: its row fails. Every shop is written on its own, so an import that was cut off is finished
// by running the file again.
func (p *Plan) Apply(ctx context.Context, by access.Actor, shops Shops) (Report, error) {
	rep := p.Report
	rep.Rows = slices.Clone(rep.Rows)
	for i := range p.steps {
		s := &p.steps[i]
		l := s.After
		var err error
		if s.Before.Rev == 0 {
			err = shops.Enter(ctx, by, &l)
		} else {
			err = shops.Replace(ctx, by, &l, s.Before.Rev)
		}
		if err == nil {
			continue
		}
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Kind != fault.Conflict && f.Kind != fault.Invalid && f.Kind != fault.NotFound {
			return rep, err
		}
		if s.Before.Rev == 0 {
			rep.New--
		} else {
			rep.Changed--
		}
		problems := ProblemsOf(f, s.Row, l.Code)
		if s.Before.Rev != 0 && f.Kind != fault.Invalid {
			problems = []Problem{{Row: s.Row, Code: l.Code, Key: "sheet.changed_meanwhile"}}
		}
		rep.fail(problems)
	}
	return rep, nil
}
