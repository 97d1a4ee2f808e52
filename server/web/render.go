package web

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"

	"shangquan/frontend"
	"shangquan/frontend/locales"
	"shangquan/server/web/ui"
	"shangquan/services/lang"
)

// Renderer holds every page of every language, parsed. It is made once and never changes: nothing is bound per request, so
// one visitor's language cannot reach another's page.
type Renderer struct {
	sets  map[lang.Tag]*template.Template
	pages map[string]string // what is executed for a page
	rows  map[lang.Tag]*ui.Rows
}

// NewRenderer parses the layout, the components and each of templates/pages in each language.
func NewRenderer(fsys fs.FS, catalogue *locales.Catalogue, assets *frontend.Assets) (*Renderer, error) {
	files, err := fs.Glob(fsys, "templates/pages/*.html")
	if err != nil {
		return nil, err
	}
	r := &Renderer{sets: map[lang.Tag]*template.Template{}, pages: map[string]string{}, rows: map[lang.Tag]*ui.Rows{}}
	for _, tag := range lang.Tags {
		set, err := ui.Templates(fsys, catalogue.In(tag), assets)
		if err != nil {
			return nil, err
		}
		r.sets[tag] = set
		for _, file := range files {
			name, err := ui.Page(set, fsys, file, catalogue.In(tag), assets)
			if err != nil {
				return nil, err
			}
			r.pages[strings.TrimSuffix(path.Base(file), ".html")] = name
		}
		r.rows[tag] = ui.NewRows(set) // from here on the set is executed, and no page can be made of it
	}
	return r, nil
}

// Pages returns the names of the pages, for the test that renders each.
func (r *Renderer) Pages() []string {
	names := []string{}
	for name := range r.pages {
		names = append(names, name)
	}
	return names
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// largestBuffer is what the pool keeps: a rare huge page does not stay in memory.
const largestBuffer = 256 << 10

// HTML renders a page whole and then sends it, so that an error in a template can still become a clean answer. The status
// is what c has.
func (r *Renderer) HTML(c *fiber.Ctx, tag lang.Tag, page string, data any) error {
	name, ok := r.pages[page]
	if !ok {
		return fmt.Errorf("no page %q", page)
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	defer func() {
		if b.Cap() <= largestBuffer {
			buffers.Put(b)
		}
	}()
	if err := r.sets[tag].ExecuteTemplate(b, name, data); err != nil {
		return fmt.Errorf("page %s in %s: %w", page, tag, err)
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "no-cache")
	}
	c.Response().SetBody(b.Bytes()) // copies: the buffer goes back to the pool
	return nil
}
