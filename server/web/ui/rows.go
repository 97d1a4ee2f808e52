package ui

import (
	"bytes"
	"html/template"
	"strings"
	"sync"

	"shangquan/services/taxonomy"
)

// Rows renders shop rows of one language. What of a row is the same for everybody is rendered once and kept as the pieces between
// the places that depend on the visitor: the name with its marks, the way there, and why it was found. A list of 24 then costs a
// fiftieth of rendering it again.
type Rows struct {
	t    *template.Template
	mu   sync.RWMutex
	kept map[RowKey][]piece
}

// RowKey is everything the HTML of a row depends on within one language, besides RowFill.
type RowKey struct {
	ID                       string
	Rev, StreetRev, PlazaRev int64
	Words                    *taxonomy.Table // the names of its category and tags are from
	Status                   Status
	Offer                    bool // it says that there is an offer today
	walk, hint               bool // the row has them at all
}

// RowFill is what of a row depends on the visitor. Walk and Hint may be empty.
type RowFill struct {
	Name Marked
	Walk string
	Hint Marked
}

// piece is HTML up to a slot, and the slot; the last one has none.
type piece struct {
	html string
	slot slot
}

// slot is a character of the private use area that stands where a part of the fill goes.
type slot rune

const (
	noSlot   slot = 0
	nameSlot slot = 0xE000 + iota
	walkSlot
	hintSlot
)

// maxRows bounds what is kept, about 1 KB a row. When it is full it starts anew, which costs one rendering of each row.
const maxRows = 10_000

// NewRows returns Rows that render with a set made by Templates.
func NewRows(set *template.Template) *Rows {
	return &Rows{t: set, kept: map[RowKey][]piece{}}
}

// HTML returns the HTML of a row. row makes the view of it without the fill; it is asked only when no row with this key was
// rendered before.
func (r *Rows) HTML(key RowKey, fill RowFill, row func() Row) (template.HTML, error) {
	key.walk, key.hint = fill.Walk != "", len(fill.Hint.Parts) > 0
	r.mu.RLock()
	pieces, ok := r.kept[key]
	r.mu.RUnlock()
	if !ok {
		view := row()
		var err error
		if pieces, err = r.pieces(view, fill); err != nil {
			return "", err
		}
		if pieces == nil { // a shop with such a character in its own words is rendered whole
			view.Name, view.Walk, view.Hint = fill.Name, fill.Walk, fill.Hint
			html, err := r.render(view)
			return template.HTML(html), err
		}
		r.mu.Lock()
		if len(r.kept) >= maxRows {
			clear(r.kept)
		}
		r.kept[key] = pieces
		r.mu.Unlock()
	}
	var b strings.Builder
	size := len(fill.Walk)
	for _, p := range pieces {
		size += len(p.html) + 64
	}
	b.Grow(size)
	for _, p := range pieces {
		b.WriteString(p.html)
		switch p.slot {
		case noSlot:
		case nameSlot:
			fill.Name.write(&b)
		case walkSlot:
			escape(&b, fill.Walk)
		case hintSlot:
			fill.Hint.write(&b)
		}
	}
	return template.HTML(b.String()), nil
}

// pieces renders a row with slots and cuts it there; nil when it cannot be cut.
func (r *Rows) pieces(view Row, fill RowFill) ([]piece, error) {
	in := func(m Marked, s slot) Marked { return Marked{Lang: m.Lang, Parts: []Part{{Text: string(rune(s))}}} }
	view.Name = in(fill.Name, nameSlot)
	want := 1
	if fill.Walk != "" {
		view.Walk = string(rune(walkSlot))
		want++
	}
	if len(fill.Hint.Parts) > 0 {
		view.Hint = in(fill.Hint, hintSlot)
		want++
	}
	html, err := r.render(view)
	if err != nil {
		return nil, err
	}
	out := make([]piece, 0, want+1)
	at := 0
	for i, c := range html {
		if s := slot(c); s == nameSlot || s == walkSlot || s == hintSlot {
			out = append(out, piece{html[at:i], s})
			at = i + len(string(c))
		}
	}
	if len(out) != want {
		return nil, nil
	}
	return append(out, piece{html[at:], noSlot}), nil
}

// render renders a row. The template escapes what is in it, which is why its output is HTML.
func (r *Rows) render(row Row) (string, error) {
	var b bytes.Buffer
	if err := r.t.ExecuteTemplate(&b, "row", row); err != nil {
		return "", err
	}
	return b.String(), nil
}
