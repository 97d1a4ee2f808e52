package ui

import (
	"bytes"
	"fmt"
	"html/template"
	"io"
	"io/fs"

	"shangquan/frontend"
	"shangquan/frontend/locales"
)

// Gallery is the page of all components, for those who work on them. Its words are not translated.
type Gallery struct {
	Base
	Shown []Shown
}

// Shown is an example with its HTML.
type Shown struct {
	Example
	HTML template.HTML
}

// whole are the components that a page has once; the gallery page has its own.
var whole = map[string]bool{"site-header": true, "site-footer": true}

// lists are the components that stand in a list.
var lists = map[string]bool{"row": true}

// RenderGallery writes the gallery in the language of words, in theme and size as a page would have them.
func RenderGallery(out io.Writer, fsys fs.FS, words *locales.Words, assets *frontend.Assets, theme, size string) error {
	set, err := Templates(fsys, words, assets)
	if err != nil {
		return err
	}
	page, err := set.Clone()
	if err != nil {
		return err
	}
	if _, err := page.ParseFS(fsys, "templates/gallery.html"); err != nil {
		return err
	}
	examples, err := Examples(words)
	if err != nil {
		return err
	}
	g := Gallery{Base: ExampleBase(words, "/gallery")}
	g.Theme, g.Size, g.Title = theme, size, "Components"
	for _, e := range examples {
		if whole[e.Component] {
			continue
		}
		var b bytes.Buffer
		if err := set.ExecuteTemplate(&b, e.Component, e.Data); err != nil {
			return fmt.Errorf("example %s (%s): %w", e.Component, e.State, err)
		}
		html := b.String()
		if lists[e.Component] {
			html = `<ol class="shops with-ix">` + html + `</ol>`
		}
		g.Shown = append(g.Shown, Shown{e, template.HTML(html)})
	}
	return page.ExecuteTemplate(out, "layout", g)
}
