package ui

import (
	"html/template"
	"slices"
)

// FloorSheet is the directory of a plaza on paper: floor by floor a strip of its units and the same as a list. Names are Chinese, as on the doors.
type FloorSheet struct {
	Sign    Sign
	Name    string
	English string
	Floors  []FloorPlan
	QR      QR
	Address string // where the code leads, as a person could type it
	Printed string // date in words
	Site    string
}

// Long reports whether the name needs smaller letters.
func (s FloorSheet) Long() bool { return textWidth(s.Name) > 9 }

// Drawn reports whether there is a strip to be explained.
func (s FloorSheet) Drawn() bool {
	return slices.ContainsFunc(s.Floors, func(f FloorPlan) bool { return len(f.Units) > 0 })
}

// FloorPlan is one floor: its units in the order of their numbers, and the shops of which nobody wrote down a unit.
type FloorPlan struct {
	Label  string // 2F
	Note   string
	Units  []FloorUnit
	Others []string
}

// FloorUnit is a unit and who is in it.
type FloorUnit struct {
	Number string
	Name   string // of the shop; empty: vacant, or not told
	Vacant bool
}

// What a strip measures, in units of its drawing. Nobody measured the units, so all are alike.
const (
	stripCells = 8
	cellWide   = 100
	cellHigh   = 72
	hall       = 14 // between two rows
	perLine    = 6  // Chinese characters in a cell, side by side
)

// ViewBox is what the strip takes; a floor with few units has a short one.
func (f FloorPlan) ViewBox() string {
	var b markup
	rows := (len(f.Units) + stripCells - 1) / stripCells
	b.int("-1 -1 ", stripCells*cellWide+2).int(" ", rows*(cellHigh+hall)+2)
	return b.String()
}

// Strip draws the units side by side along the hall below them, eight to a row. It says in which order they come and who is in them, and nothing of how
// large they are or which way one turns: the register does not know.
func (f FloorPlan) Strip() template.HTML {
	var b markup
	for i, u := range f.Units {
		x, y := i%stripCells*cellWide, i/stripCells*(cellHigh+hall)
		b.WriteString(`<rect class="u`)
		if u.Vacant {
			b.WriteString(" u-free")
		}
		b.int(`" x="`, x).int(`" y="`, y).int(`" width="`, cellWide).int(`" height="`, cellHigh).WriteString(`"/>`)
		b.int(`<text class="u-no" x="`, x+cellWide/2).int(`" y="`, y+18).text(`">`, clip(u.Number, 10)).WriteString("</text>")
		first, second := inTwo(u.Name)
		for n, line := range []string{first, second} {
			if line != "" {
				b.int(`<text x="`, x+cellWide/2).int(`" y="`, y+42+n*18).text(`">`, line).WriteString("</text>")
			}
		}
		if i%stripCells == 0 {
			wide := min(stripCells, len(f.Units)-i) * cellWide
			b.int(`<path class="u-hall" d="M0 `, y+cellHigh+hall/2).int("h", wide).WriteString(`"/>`)
		}
	}
	return template.HTML(b.String())
}

// inTwo breaks a name into the two lines of a cell; what is longer ends in a dot: the list has it whole.
func inTwo(name string) (first, second string) {
	first = clip(name, perLine)
	if first == name {
		return name, ""
	}
	first = string([]rune(first)[:len([]rune(first))-1])
	return first, clip(name[len(first):], perLine)
}

// clip shortens a text to a width in Chinese characters.
func clip(s string, most float64) string {
	if textWidth(s) <= most {
		return s
	}
	w := 0.0
	for i, r := range s {
		if w += textWidth(string(r)); w > most-1 {
			return s[:i] + "…"
		}
	}
	return s
}
