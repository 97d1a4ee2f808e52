package ui

import (
	"html/template"
	"slices"
)

// Choices writes the options of a filter. Fifty and more of them are on every search page, which is why no template does it.
func (f Facet) Choices() template.HTML {
	var b markup
	kind := "checkbox"
	if f.Radio {
		kind = "radio"
	}
	for i, o := range f.Options {
		if i == f.Shown && i > 0 {
			b.WriteString("<details")
			if slices.ContainsFunc(f.Options[i:], func(o Option) bool { return o.Checked }) {
				b.WriteString(" open")
			}
			b.text(`><summary class="opt">`, f.More).WriteString("</summary>\n")
		}
		b.WriteString(`<label class="opt`)
		if o.Count == 0 {
			b.WriteString(" opt-none")
		}
		b.text(`"><input type="`+kind+`" id="`, f.ID).int("-", i).text(`" name="`, f.Name).text(`" value="`, o.Value)
		if o.Checked {
			b.WriteString(`" checked><span>`)
		} else {
			b.WriteString(`"><span>`)
		}
		b.text("", o.Label).WriteString("</span>")
		if o.Count >= 0 {
			b.int(`<span class="n num">`, o.Count).WriteString("</span>")
		}
		b.WriteString("</label>\n")
	}
	if f.Shown > 0 && f.Shown < len(f.Options) {
		b.WriteString("</details>\n")
	}
	return template.HTML(b.String())
}
