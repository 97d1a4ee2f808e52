package ui

import "html/template"

// Choices writes the options of a filter. Fifty of them are on every search page, which is why no template does it.
func (f Facet) Choices() template.HTML {
	var b markup
	kind := "checkbox"
	if f.Radio {
		kind = "radio"
	}
	for i, o := range f.Options {
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
	return template.HTML(b.String())
}
