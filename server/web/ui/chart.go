package ui

import (
	"html/template"
	"strconv"
)

// Figure is a chart with its finding as title, what is measured under it, and its numbers as a table (design 4.2). Phone and
// desktop have drawings of their own, because the text of a drawing shrinks with it.
type Figure struct {
	Title, Subtitle string
	Narrow, Wide    template.HTML
	Period          string   // head of the first column
	Columns         []string // heads of the others
	Rows            []FigureRow
	Whole           bool // over the whole width of the page
}

// FigureRow is a period with its numbers.
type FigureRow struct {
	Period string
	Values []string
}

// Series is a row of numbers, one for each period, none below zero.
type Series struct {
	Name   string
	Values []int
}

// Chart is what a figure is made of.
type Chart struct {
	Title    string // the finding: 没搜到的一周比一周少
	Subtitle string // what is measured, and its unit: 最近八周，每周次数
	Period   string // 周
	Periods  []string
	Series   []Series // one or two; the second is what went wrong: drawn in dashes
	Bars     bool     // the first series as bars
	// Attention is the bar to look at, which the title speaks of; below 0 for none.
	Attention int
	Unit      string // after the last number: 次
}

// NewFigure draws a chart.
func NewFigure(c Chart) Figure {
	f := Figure{Title: c.Title, Subtitle: c.Subtitle, Period: c.Period, Narrow: c.draw(326, 220), Wide: c.draw(520, 240)}
	for _, s := range c.Series {
		f.Columns = append(f.Columns, s.Name)
	}
	for i, p := range c.Periods {
		row := FigureRow{Period: p}
		for _, s := range c.Series {
			row.Values = append(row.Values, strconv.Itoa(s.at(i)))
		}
		f.Rows = append(f.Rows, row)
	}
	return f
}

func (s Series) at(i int) int {
	if i < len(s.Values) {
		return max(s.Values[i], 0)
	}
	return 0
}

// The margins of a drawing in its own units: room for the numbers of the scale, for the names at the ends of lines, for the periods.
const (
	chartLeft   = 44.0
	chartRight  = 84.0
	chartTop    = 24.0
	chartBottom = 30.0
	lineOfText  = 17.0
)

// frame is where the numbers of a chart lie in a drawing.
type frame struct {
	left, right, top, bottom float64
	steps, most              int
}

func (f frame) x(i int, middle bool) float64 {
	if middle {
		return f.left + (f.right-f.left)*(float64(i)+0.5)/float64(f.steps)
	}
	if f.steps == 1 {
		return (f.left + f.right) / 2
	}
	return f.left + (f.right-f.left)*float64(i)/float64(f.steps-1)
}

func (f frame) y(v int) float64 { return f.bottom - (f.bottom-f.top)*float64(v)/float64(f.most) }

// draw writes the drawing. Its scale begins at zero.
func (c Chart) draw(width, height float64) template.HTML {
	f := frame{left: chartLeft, right: width - chartRight, top: chartTop, bottom: height - chartBottom, steps: max(len(c.Periods), 1), most: c.most()}
	if c.Bars {
		f.right = width
	}
	var b markup
	b.num(`<svg viewBox="0 0 `, width).num(" ", height).text(`" role="img" aria-label="`, c.Title).text(" ", c.Subtitle).WriteString(`">`)
	scale := []int{0, f.most / 2, f.most}
	if f.most == 1 {
		scale = []int{0, 1}
	}
	for _, v := range scale {
		b.num(`<path class="c-grid" d="M`, f.left).num(" ", f.y(v)).num("H", f.right).WriteString(`"/>`)
		b.num(`<text class="c-t" text-anchor="end" x="`, f.left-8).num(`" y="`, f.y(v)+4).int(`">`, v).WriteString("</text>")
	}
	every := 1 + (len(c.Periods)-1)/int((f.right-f.left)/56)
	for i := len(c.Periods) - 1; i >= 0; i -= every { // the latest has its date
		b.num(`<text class="c-t" text-anchor="middle" x="`, f.x(i, c.Bars)).num(`" y="`, height-8).text(`">`, c.Periods[i]).WriteString("</text>")
	}
	if c.Bars && len(c.Series) > 0 {
		c.bars(&b, f)
	} else {
		c.lines(&b, f)
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func (c Chart) bars(b *markup, f frame) {
	wide := (f.right - f.left) / float64(f.steps)
	for i := range c.Periods {
		v := c.Series[0].at(i)
		class := "c-b"
		if i == c.Attention {
			class = "c-b lo"
		}
		b.text(`<rect class="`, class).num(`" x="`, f.x(i, true)-wide*0.35).num(`" y="`, f.y(v)).num(`" width="`, wide*0.7).num(`" height="`, f.bottom-f.y(v)).WriteString(`"/>`)
		if wide >= 26 {
			b.num(`<text class="c-v" text-anchor="middle" x="`, f.x(i, true)).num(`" y="`, f.y(v)-6).int(`">`, v).WriteString("</text>")
		}
	}
}

// lines draws the series with their names at their ends, which keep apart where the lines meet.
func (c Chart) lines(b *markup, f frame) {
	ends := make([]float64, len(c.Series))
	for n, s := range c.Series {
		ends[n] = f.y(s.at(f.steps - 1))
	}
	if len(ends) == 2 && abs(ends[0]-ends[1]) < 2*lineOfText {
		upper, lower := 0, 1
		if ends[0] > ends[1] {
			upper, lower = 1, 0
		}
		ends[upper] = max(ends[upper]-lineOfText, f.top)
		ends[lower] = ends[upper] + 2*lineOfText + 2
	}
	for n, s := range c.Series {
		wrong := ""
		if n > 0 {
			wrong = " z"
		}
		b.text(`<path class="c-l`, wrong).WriteString(`" d="`)
		for i := range c.Periods {
			to := "L"
			if i == 0 {
				to = "M"
			}
			b.num(to, f.x(i, false)).num(" ", f.y(s.at(i)))
		}
		last := f.steps - 1
		b.text(`"/><circle class="c-d`, wrong).num(`" r="4.5" cx="`, f.x(last, false)).num(`" cy="`, f.y(s.at(last))).WriteString(`"/>`)
		for i, said := range []string{s.Name, strconv.Itoa(s.at(last)) + " " + c.Unit} {
			b.text(`<text class="c-v`, wrong).num(`" x="`, f.right+10).num(`" y="`, ends[n]+lineOfText*float64(i)).text(`">`, said).WriteString("</text>")
		}
	}
}

func abs(f float64) float64 { return max(f, -f) }

// most returns the end of the scale: the least of 1, 2, 4, 6, 8, 10, 20, 40 … that no number is above.
func (c Chart) most() int {
	largest := 1
	for _, s := range c.Series {
		for i := range c.Periods {
			largest = max(largest, s.at(i))
		}
	}
	for ten := 1; ; ten *= 10 {
		for _, n := range []int{1, 2, 4, 6, 8} {
			if n*ten >= largest {
				return n * ten
			}
		}
	}
}
