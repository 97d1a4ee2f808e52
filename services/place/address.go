package place

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// Find returns the street an address line names by the name it has or had, its house number and what follows. Of several known streets in the line
// the longest name wins (新松江路 before 松江路), then the one that a house number follows, then the first. What stands in
// brackets, such as 靠近松东路, says where to turn and not where the shop is.
func Find(line string, streets []Street) (Street, House, string, bool) {
	line = width.Fold.String(line)
	plain := blank(line)
	type hit struct {
		street Street
		name   string
		house  House
		rest   string
		number bool
	}
	best, found := hit{}, false
	better := func(a, b hit) bool {
		if c := cmp.Compare(len(a.name), len(b.name)); c != 0 {
			return c > 0
		}
		return a.number && !b.number
	}
	for _, s := range streets {
		for _, name := range append([]string{s.Name.Hans}, s.Aliases...) {
			if name == "" {
				continue
			}
			for from := 0; ; {
				i := strings.Index(plain[from:], name)
				if i < 0 {
					break
				}
				from += i + len(name)
				h := hit{street: s, name: name}
				if h.house, h.rest, h.number = ParseHouse(line[from:]); !h.number {
					h.rest = strings.TrimSpace(line[from:])
				}
				if !found || better(h, best) {
					best, found = h, true
				}
			}
		}
	}
	return best.street, best.house, best.rest, found
}

var bracketed = regexp.MustCompile(`\([^()]*\)`)

// blank replaces what stands in brackets with as many spaces, so that positions stay.
func blank(s string) string {
	return bracketed.ReplaceAllStringFunc(s, func(m string) string { return strings.Repeat(" ", len(m)) })
}

// level matches how addresses write a floor: 4楼, 四层, 地上一层, 底楼, 地下一层, 负一楼, F4, 4F, B1. A dash after it makes
// it part of a unit number.
var level = regexp.MustCompile(`(?i)(地下|负|地上)?第?([一二三四五六七八九十]{1,3}|\d{1,2})(?:楼|层)|(底楼|底层)|\b(?:F(\d{1,2})|(\d{1,2})F|B(\d)F?)(?:$|[^\w-])`)

// LevelIn returns the floor an address or a cell names; false when it names none.
func LevelIn(text string) (int, bool) {
	m := level.FindStringSubmatch(width.Fold.String(text))
	if m == nil {
		return 0, false
	}
	switch {
	case m[3] != "":
		return 1, true
	case m[6] != "":
		return -numeral(m[6]), m[6] != "0"
	}
	n := numeral(cmp.Or(m[2], m[4], m[5]))
	if m[1] == "地下" || m[1] == "负" {
		n = -n
	}
	return n, n != 0
}

// numeral reads digits, or a Chinese number below a hundred.
func numeral(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	n := 0
	for _, r := range s {
		d := slices.Index([]rune("一二三四五六七八九"), r) + 1
		if r == '十' {
			n = max(n, 1) * 10
			continue
		}
		n += d
	}
	return n
}

// LevelLabel writes a floor as lift buttons do: 1F, B1; empty for 0, the unknown floor.
func LevelLabel(level int) string {
	switch {
	case level > 0:
		return fmt.Sprintf("%dF", level)
	case level < 0:
		return fmt.Sprintf("B%d", -level)
	}
	return ""
}

// Label returns the label of a floor of this plaza, or the usual one where the plaza has none of its own.
func (p *Plaza) Label(level int) string {
	for _, f := range p.Floors {
		if f.Level == level && f.Label != "" {
			return f.Label
		}
	}
	return LevelLabel(level)
}

// FloorsUp returns the floors from the lowest to the highest.
func (p *Plaza) FloorsUp() []Floor {
	out := slices.Clone(p.Floors)
	slices.SortStableFunc(out, func(a, b Floor) int { return cmp.Compare(a.Level, b.Level) })
	return out
}

// Plate is what stands on a door plate 门牌, from top to bottom.
type Plate struct {
	Place  string // street, lane or plaza
	Number string // house or unit number; empty when not known
	Foot   string // 号, or the floor
	// Unit is true for a unit number of a plaza, which is set smaller.
	Unit bool
}

// StreetPlate is the plate of a house on a street; in a lane the lane is part of the place, as on the real plates.
func StreetPlate(street string, h House) Plate {
	p := Plate{Place: street}
	if h.Lane > 0 {
		p.Place += fmt.Sprintf(" %d 弄", h.Lane)
	}
	if h.Number > 0 {
		p.Number, p.Foot = h.numbers(), "号"+h.Suffix
	}
	return p
}

// PlazaPlate is the plate of a unit of a plaza; floor is its label.
func PlazaPlate(plaza, unit, floor string) Plate {
	return Plate{Place: plaza, Number: unit, Foot: floor, Unit: true}
}
