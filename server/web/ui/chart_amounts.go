package ui

import (
	"html/template"
	"strconv"
)

// Amount is a bar with its name and what stands after it: 86%.
type Amount struct {
	Name  string
	Value int // none below zero
	Shown string
	// Attention is for the bar the title speaks of.
	Attention bool
}

// Amounts is a figure of bars one below the other, for things that have names instead of an order in time. Most is the value of a bar
// that reaches the end; 0 for the largest.
type Amounts struct {
	Title, Subtitle string
	Name, Column    string // heads of the table
	Most            int
	Bars            []Amount
}

// NewAmounts draws the bars.
func NewAmounts(a Amounts) Figure {
	f := Figure{Title: a.Title, Subtitle: a.Subtitle, Narrow: a.draw(326), Wide: a.draw(520), Period: a.Name, Columns: []string{a.Column}}
	for _, b := range a.Bars {
		f.Rows = append(f.Rows, FigureRow{b.Name, []string{b.Shown}})
	}
	return f
}

// The rows of Amounts, in units of the drawing: a name stands above its bar, so that a long one has room in large letters, too.
const (
	amountRow  = 46.0
	amountBar  = 16.0
	amountText = 64.0 // for what stands after the bar
)

func (a Amounts) draw(width float64) template.HTML {
	most := a.Most
	for _, b := range a.Bars {
		most = max(most, b.Value, 1)
	}
	var m markup
	m.num(`<svg viewBox="0 0 `, width).num(" ", amountRow*float64(len(a.Bars))+4).text(`" role="img" aria-label="`, a.Title).text(" ", a.Subtitle).WriteString(`">`)
	full := width - amountText
	for i, b := range a.Bars {
		top := amountRow * float64(i)
		class := "c-b"
		if b.Attention {
			class = "c-b lo"
		}
		m.num(`<text class="c-v" x="0" y="`, top+15).text(`">`, b.Name).WriteString("</text>")
		m.num(`<rect class="c-rest" rx="2" x="0" y="`, top+22).num(`" width="`, full).num(`" height="`, amountBar).WriteString(`"/>`)
		m.text(`<rect class="`, class).num(`" rx="2" x="0" y="`, top+22).num(`" width="`, full*float64(max(b.Value, 0))/float64(most)).num(`" height="`, amountBar).WriteString(`"/>`)
		m.num(`<text class="c-v" x="`, full+10).num(`" y="`, top+35).text(`">`, b.Shown).WriteString("</text>")
	}
	m.WriteString("</svg>")
	return template.HTML(m.String())
}

// Heat is a figure of a week: how much there is of something in each hour. One hue, darker for more; the numbers are in the table.
type Heat struct {
	Title, Subtitle string
	Name            string   // head of the first column of the table: 钟点
	Days            []string // Monday first
	Hours           []string // what the hours from First are called: 6 点
	First           int
	Values          [7][24]int
}

// NewHeat draws the week: with the hours downwards on a phone, sideways on a wide screen.
func NewHeat(h Heat) Figure {
	f := Figure{Title: h.Title, Subtitle: h.Subtitle, Narrow: h.draw(326, true), Wide: h.draw(1000, false), Period: h.Name, Columns: h.Days, Whole: true}
	for i, hour := range h.Hours {
		row := FigureRow{Period: hour}
		for day := range h.Days {
			row.Values = append(row.Values, strconv.Itoa(h.Values[day][h.First+i]))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func (h Heat) draw(width float64, upright bool) template.HTML {
	most := 1
	for _, day := range h.Values {
		for _, n := range day {
			most = max(most, n)
		}
	}
	const left, top, row = 52.0, 24.0, 26.0
	across, down := h.Hours, h.Days
	if upright {
		across, down = h.Days, h.Hours
	}
	wide := (width - left) / float64(max(len(across), 1))
	var m markup
	m.num(`<svg viewBox="0 0 `, width).num(" ", top+row*float64(len(down))).text(`" role="img" aria-label="`, h.Title).text(" ", h.Subtitle).WriteString(`">`)
	for i, name := range across {
		m.num(`<text class="c-t" text-anchor="middle" x="`, left+wide*(float64(i)+0.5)).text(`" y="15">`, name).WriteString("</text>")
	}
	for j, name := range down {
		m.num(`<text class="c-t" x="0" y="`, top+row*float64(j)+17).text(`">`, name).WriteString("</text>")
		for i := range across {
			day, hour := j, i
			if upright {
				day, hour = i, j
			}
			m.num(`<rect class="c-b" x="`, left+wide*float64(i)+1).num(`" y="`, top+row*float64(j)+1).num(`" width="`, wide-2).num(`" height="`, row-2).
				num(`" fill-opacity="`, 0.06+0.94*float64(h.Values[day][h.First+hour])/float64(most)).WriteString(`"/>`)
		}
	}
	m.WriteString("</svg>")
	return template.HTML(m.String())
}
