package plan

import (
	"slices"
	"strconv"
	"strings"

	"shangquan/services/geo"
)

// sameRoad is how far apart, in metres, two recorded lines of one name still are one road: the width of a main street. Ends
// that lie up to joinWithin apart belong together.
const (
	sameRoad   = 30
	joinWithin = 90
)

// Merge makes the lines to draw of one street from its recorded pieces: pieces that only repeat another (the two directions of a
// bus route) are dropped, pieces that meet are joined, and points within a metre of a straight line go.
func Merge(pieces [][]geo.Point) [][]geo.Point {
	var all []geo.Point
	for _, p := range pieces {
		all = append(all, p...)
	}
	if len(all) == 0 {
		return nil
	}
	// A view of a million units a side at one unit a metre is a flat sheet to reckon on.
	v := Around(all[0], 1e6, 1e6, 1e6)
	flat := make([][]vec, 0, len(pieces))
	for _, p := range pieces {
		line := make([]vec, len(p))
		for i := range p {
			line[i] = v.at(p[i])
		}
		if len(line) > 1 {
			flat = append(flat, line)
		}
	}
	var out [][]geo.Point
	for _, line := range course(flat) {
		back := make([]geo.Point, len(line))
		for i := range line {
			back[i] = v.point(line[i])
		}
		out = append(out, back)
	}
	return out
}

// course is Merge in metres.
func course(pieces [][]vec) [][]vec {
	pieces = slices.Clone(pieces)
	slices.SortStableFunc(pieces, func(a, b []vec) int {
		switch la, lb := length(a), length(b); {
		case la > lb:
			return -1
		case la < lb:
			return 1
		}
		return 0
	})
	var kept [][]vec
	for _, p := range pieces {
		for _, rest := range uncovered(p, kept, sameRoad) {
			if len(rest) > 1 {
				kept = append(kept, rest)
			}
		}
	}
	kept = join(kept, joinWithin)
	for i, l := range kept {
		kept[i] = simplify(l, 1)
	}
	return kept
}

func length(line []vec) float64 {
	var sum float64
	for i := 1; i < len(line); i++ {
		sum += line[i].distance(line[i-1])
	}
	return sum
}

// uncovered returns the parts of line that lie farther than near from every kept line. Each part keeps one point beyond
// either end, so that no gap opens where the lines part.
func uncovered(line []vec, kept [][]vec, near float64) [][]vec {
	if len(kept) == 0 {
		return [][]vec{line}
	}
	var parts [][]vec
	start := -1
	for i, p := range line {
		covered := slices.ContainsFunc(kept, func(k []vec) bool {
			for j := 1; j < len(k); j++ {
				if p.toSegment(k[j-1], k[j]) <= near {
					return true
				}
			}
			return false
		})
		switch {
		case !covered && start < 0:
			start = i
		case covered && start >= 0:
			parts = append(parts, line[max(0, start-1):i+1])
			start = -1
		}
	}
	if start >= 0 {
		parts = append(parts, line[max(0, start-1):])
	}
	return parts
}

// join links lines whose ends lie within reach of each other into one, nearest ends first.
func join(lines [][]vec, reach float64) [][]vec {
	for {
		bi, bj, best := -1, -1, reach
		var flipI, flipJ bool
		for i := range lines {
			for j := i + 1; j < len(lines); j++ {
				for _, f := range [4][2]bool{{false, false}, {false, true}, {true, false}, {true, true}} {
					if d := tail(lines[i], f[0]).distance(tail(lines[j], !f[1])); d <= best && (d < best || bi < 0) {
						bi, bj, best, flipI, flipJ = i, j, d, f[0], f[1]
					}
				}
			}
		}
		if bi < 0 {
			return lines
		}
		a, b := slices.Clone(lines[bi]), slices.Clone(lines[bj])
		if flipI {
			slices.Reverse(a)
		}
		if flipJ {
			slices.Reverse(b)
		}
		lines[bi] = append(a, b...)
		lines = slices.Delete(lines, bj, bj+1)
	}
}

// tail returns the last point of line, or the first one when the line is read backwards.
func tail(line []vec, backwards bool) vec {
	if backwards {
		return line[0]
	}
	return line[len(line)-1]
}

// simplify drops points that lie within tolerance of the line without them (Douglas–Peucker).
func simplify(line []vec, tolerance float64) []vec {
	if len(line) < 3 {
		return line
	}
	first, last := line[0], line[len(line)-1]
	far, at := 0.0, 0
	for i := 1; i < len(line)-1; i++ {
		if d := line[i].toSegment(first, last); d > far {
			far, at = d, i
		}
	}
	if far <= tolerance {
		return []vec{first, last}
	}
	left := simplify(line[:at+1], tolerance)
	return append(slices.Clone(left[:len(left)-1]), simplify(line[at:], tolerance)...)
}

// clip cuts line to the rectangle from (−edge, −edge) to (w+edge, h+edge) and returns the parts inside.
func clip(line []vec, w, h, edge float64) [][]vec {
	var parts [][]vec
	var part []vec
	for i := 1; i < len(line); i++ {
		a, b, ok := clipSegment(line[i-1], line[i], w, h, edge)
		if !ok {
			continue
		}
		if len(part) == 0 || part[len(part)-1] != a {
			if len(part) > 0 {
				parts = append(parts, part)
			}
			part = []vec{a}
		}
		part = append(part, b)
	}
	if len(part) > 0 {
		parts = append(parts, part)
	}
	return parts
}

// clipSegment cuts one segment to the rectangle (Liang–Barsky).
func clipSegment(a, b vec, w, h, edge float64) (vec, vec, bool) {
	d := b.sub(a)
	from, to := 0.0, 1.0
	for _, side := range [4][2]float64{
		{-d.x, a.x + edge}, {d.x, w + edge - a.x}, {-d.y, a.y + edge}, {d.y, h + edge - a.y},
	} {
		p, q := side[0], side[1]
		switch {
		case p == 0 && q < 0:
			return a, b, false
		case p < 0:
			from = max(from, q/p)
		case p > 0:
			to = min(to, q/p)
		}
	}
	if from > to {
		return a, b, false
	}
	start, end := a, b
	if from > 0 {
		start = a.add(d.times(from))
	}
	if to < 1 {
		end = a.add(d.times(to))
	}
	return start, end, start != end
}

// path writes lines as the d attribute of an SVG path: absolute moves, relative lines, whole units.
func path(lines [][]vec) string {
	var b strings.Builder
	for _, l := range lines {
		var last XY
		for i, p := range l {
			xy := p.round()
			switch {
			case i == 0:
				b.WriteByte('M')
				writePair(&b, xy.X, xy.Y)
			case xy != last:
				b.WriteByte('l')
				writePair(&b, xy.X-last.X, xy.Y-last.Y)
			}
			last = xy
		}
	}
	return b.String()
}

func writePair(b *strings.Builder, x, y int) {
	b.WriteString(strconv.Itoa(x))
	if y >= 0 {
		b.WriteByte(' ')
	}
	b.WriteString(strconv.Itoa(y))
}
