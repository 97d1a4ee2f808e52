package ui

import (
	"html/template"
	"strconv"
	"strings"
)

// A plan of the district has a thousand numbers. Written by a template they cost more than the rest of the page together, so the
// parts that repeat are written here; the template has the frame.

// markup writes elements. Names and labels go through text, everything else is made of numbers and constants of the program.
type markup struct{ strings.Builder }

func (b *markup) num(before string, f float64) *markup {
	b.WriteString(before)
	var room [24]byte
	_, _ = b.Write(strconv.AppendFloat(room[:0], f, 'f', -1, 64))
	return b
}

func (b *markup) int(before string, n int) *markup {
	b.WriteString(before)
	b.WriteString(strconv.Itoa(n))
	return b
}

// text writes s so that it is text wherever it stands, in an element or in a quoted attribute.
func (b *markup) text(before, s string) *markup {
	b.WriteString(before)
	escape(&b.Builder, s)
	return b
}

// escape writes s as text. Most words have nothing to escape.
func escape(b *strings.Builder, s string) {
	if strings.ContainsAny(s, "\"'&<>\x00") {
		template.HTMLEscape(b, []byte(s))
		return
	}
	b.WriteString(s)
}

// Ways draws the streets: all kerbs first, so that crossings are open.
func (p Plan) Ways() template.HTML {
	var b markup
	for _, r := range p.Roads {
		b.text(`<path class="m-edge" d="`, r.Path).num(`" stroke-width="`, r.Edge).WriteString(`"/>`)
	}
	for _, r := range p.Roads {
		b.text(`<path class="m-road" d="`, r.Path).num(`" stroke-width="`, r.Width).WriteString(`"/>`)
	}
	return template.HTML(b.String())
}

// Names writes the names of streets and plazas.
func (p Plan) Names() template.HTML {
	var b markup
	for _, l := range p.Labels {
		b.WriteString(`<text class="m-name`)
		if l.Main {
			b.WriteString(" m-big")
		}
		b.num(`" font-size="`, l.Size)
		if len(l.Glyphs) == 0 {
			b.int(`" x="`, l.X).num(`" y="`, l.Y)
			if l.Turn != "" {
				b.text(`" transform="`, l.Turn)
			}
			b.text(`">`, l.Text)
		} else {
			b.WriteString(`">`)
			for _, g := range l.Glyphs {
				b.int(`<tspan x="`, g.X).num(`" y="`, g.Y).text(`">`, g.Text).WriteString(`</tspan>`)
			}
		}
		b.WriteString("</text>")
	}
	return template.HTML(b.String())
}

// Numbered draws the pins.
func (p Plan) Numbered() template.HTML {
	var b markup
	for i := range p.Pins {
		n := &p.Pins[i]
		b.text(`<g class="pin `, n.Class()).int(`" data-x="`, n.X).int(`" data-y="`, n.Y)
		if n.Href != "" {
			b.text(`" data-href="`, n.Href)
		}
		b.int(`" transform="translate(`, n.X).int(" ", n.Y).text(`)"><title>`, n.Label).num(`</title><circle r="`, n.Radius).num(`" stroke-width="`, p.Thin)
		b.num(`"/><text y="`, n.Drop).num(`" font-size="`, n.Letter).int(`">`, n.Number).WriteString("</text></g>")
	}
	return template.HTML(b.String())
}
