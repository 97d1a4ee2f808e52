package ui

import (
	"fmt"
	"strings"
)

// Poster is the sheet for the shop window, or for a street or a floor of a plaza. Size: a5 or a4. It is always read in Chinese with one
// English line.
type Poster struct {
	Size        string
	Of          string // street or floor, which have no door plate; empty: a shop
	Sign        Sign
	Name        string
	Kind        string
	English     string
	Plate       Plate
	QR          QR
	Address     string // where the code leads, as a person could type it
	EnglishLine string
	Seal        string // 岳阳街道; empty: nobody of the district has checked the shop
	Site        string
	Checked     string // date in words; empty: not checked yet
}

// Long reports whether the name needs smaller letters to keep the sheet to one page.
func (p Poster) Long() bool { return textWidth(p.Name) > 9 }

// QR is a code drawn as one path.
type QR struct {
	ViewBox string
	Ground  string
	Path    string
}

// quiet is the margin around a code, in modules (ISO/IEC 18004).
const quiet = 4

// NewQR draws a code of size × size modules with its margin.
func NewQR(size int, dark func(x, y int) bool) QR {
	var b strings.Builder
	for y := range size {
		for x := 0; x < size; x++ {
			if !dark(x, y) {
				continue
			}
			from := x
			for x < size && dark(x, y) {
				x++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from, y, x-from, x-from)
		}
	}
	whole := size + 2*quiet
	return QR{
		ViewBox: fmt.Sprintf("%d %d %d %d", -quiet, -quiet, whole, whole),
		Ground:  fmt.Sprintf("M%d %dh%dv%dh-%dz", -quiet, -quiet, whole, whole, whole),
		Path:    b.String(),
	}
}
