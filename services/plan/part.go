package plan

import (
	"math"

	"shangquan/services/geo"
)

// partEnds is how far, in metres, a part of a street goes on behind its last doors: a door is in the middle of its shop.
const partEnds = 15

// Part returns the part of a street's lines along which points lie, such as the doors of a stretch, a little longer at both ends. Each
// point counts for the line it is nearest to. Without points there is no part.
func Part(lines [][]geo.Point, points []geo.Point) [][]geo.Point {
	if len(points) == 0 || len(lines) == 0 {
		return nil
	}
	v := Around(points[0], 1e6, 1e6, 1e6) // a flat sheet of one unit a metre
	flat := make([][]vec, len(lines))
	for i, line := range lines {
		for _, p := range line {
			flat[i] = append(flat[i], v.at(p))
		}
	}
	type span struct{ from, to float64 }
	spans := map[int]span{}
	for _, p := range points {
		at := v.at(p)
		best, on, along := math.Inf(1), -1, 0.0
		for i, line := range flat {
			if d, x := nearest(line, at); d < best {
				best, on, along = d, i, x
			}
		}
		if on < 0 {
			continue
		}
		s, ok := spans[on]
		if !ok {
			s = span{along, along}
		}
		spans[on] = span{min(s.from, along), max(s.to, along)}
	}
	out := [][]geo.Point{}
	for i, line := range flat {
		s, ok := spans[i]
		if !ok {
			continue
		}
		part := []geo.Point{}
		for _, a := range cut(line, s.from-partEnds, s.to+partEnds) {
			part = append(part, v.point(a))
		}
		if len(part) > 1 {
			out = append(out, part)
		}
	}
	return out
}

// nearest returns how far a point is from a line, and how far along the line it is nearest.
func nearest(line []vec, p vec) (distance, along float64) {
	distance = math.Inf(1)
	walked := 0.0
	for i := 1; i < len(line); i++ {
		a, d := line[i-1], line[i].sub(line[i-1])
		long := d.length()
		t := 0.0
		if long > 0 {
			t = min(1, max(0, ((p.x-a.x)*d.x+(p.y-a.y)*d.y)/(long*long)))
		}
		if off := p.distance(a.add(d.times(t))); off < distance {
			distance, along = off, walked+t*long
		}
		walked += long
	}
	return distance, along
}

// cut returns what lies between two distances along a line.
func cut(line []vec, from, to float64) []vec {
	out := []vec{}
	walked := 0.0
	for i := 1; i < len(line); i++ {
		a, d := line[i-1], line[i].sub(line[i-1])
		long := d.length()
		start, end := max(from, walked), min(to, walked+long)
		if long > 0 && start < end {
			if len(out) == 0 {
				out = append(out, a.add(d.times((start-walked)/long)))
			}
			out = append(out, a.add(d.times((end-walked)/long)))
		}
		walked += long
	}
	return out
}
