package ui

import (
	"bytes"
	"html/template"
	"sync"
)

// Rows renders shop rows of one language and keeps the HTML of those that do not depend on the visitor: a list of 24 costs a
// hundredth of rendering it again.
type Rows struct {
	t    *template.Template
	mu   sync.RWMutex
	kept map[RowKey]template.HTML
}

// RowKey is everything the HTML of a row depends on within one language.
type RowKey struct {
	ID                       string
	Rev, StreetRev, PlazaRev int64
	Status                   Status
}

// maxRows bounds what is kept, about 1 KB a row. When it is full it starts anew, which costs one rendering of each row.
const maxRows = 20_000

// NewRows returns Rows that render with a set made by Templates.
func NewRows(set *template.Template) *Rows {
	return &Rows{t: set, kept: map[RowKey]template.HTML{}}
}

// Kept returns the HTML of a row, rendering it only when no row with this key was rendered before.
func (r *Rows) Kept(key RowKey, row func() (Row, error)) (template.HTML, error) {
	r.mu.RLock()
	html, ok := r.kept[key]
	r.mu.RUnlock()
	if ok {
		return html, nil
	}
	view, err := row()
	if err != nil {
		return "", err
	}
	if html, err = r.HTML(view); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.kept) >= maxRows {
		clear(r.kept)
	}
	r.kept[key] = html
	return html, nil
}

// HTML renders a row. The template escapes what is in it, which is why its output is HTML.
func (r *Rows) HTML(row Row) (template.HTML, error) {
	var b bytes.Buffer
	if err := r.t.ExecuteTemplate(&b, "row", row); err != nil {
		return "", err
	}
	return template.HTML(b.String()), nil
}
