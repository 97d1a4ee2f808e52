package plan

import (
	"math"
	"unicode/utf8"
)

// Label is a name on the plan. X and Y are its middle.
type Label struct {
	Text string
	X, Y int
	// Vertical says that the street runs north–south: Chinese is then written one character under the other, Latin letters
	// along the street.
	Vertical bool
	// Angle turns a horizontal label along its street, in degrees clockwise, −45 to 45; 0 for a street that runs nearly
	// east–west.
	Angle int
}

// box is the ground a label covers.
type box struct{ x0, y0, x1, y1 float64 }

func (a box) overlaps(b box) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

// level is the slope in degrees below which a label stays horizontal: slightly turned text only looks like a mistake.
const level = 8

// along places text of the given letter size on one of lines, where it fits on the line, lies inside the view and covers none
// of taken. The middle of the longest line is tried first. ok is false when there is no such place.
func along(lines [][]vec, text string, size float64, v View, taken []box) (l Label, ground box, ok bool) {
	if text == "" {
		return Label{}, box{}, false
	}
	order := make([][]vec, 0, len(lines))
	for _, line := range lines {
		at := len(order)
		for at > 0 && length(order[at-1]) < length(line) {
			at--
		}
		order = append(order, nil)
		copy(order[at+1:], order[at:])
		order[at] = line
	}
	long := textLength(text, size)
	for _, line := range order {
		if length(line) < long {
			break
		}
		for _, share := range [...]float64{0.5, 0.3, 0.7, 0.15, 0.85} {
			mid, dir := walk(line, length(line)*share)
			l = Label{Text: text, Vertical: math.Abs(dir.y) > math.Abs(dir.x)}
			half := vec{long / 2, size / 2}
			if l.Vertical {
				half = vec{size / 2, long / 2}
			} else if slope := math.Atan(dir.y/dir.x) * 180 / math.Pi; math.Abs(slope) > level {
				l.Angle = int(math.Round(slope))
				half.y += long / 2 * math.Abs(math.Sin(slope*math.Pi/180))
			}
			ground = box{mid.x - half.x, mid.y - half.y, mid.x + half.x, mid.y + half.y}
			if ground.x0 < 0 || ground.y0 < 0 || ground.x1 > float64(v.Width) || ground.y1 > float64(v.Height) || covers(taken, ground) {
				continue
			}
			xy := mid.round()
			l.X, l.Y = xy.X, xy.Y
			return l, ground, true
		}
	}
	return Label{}, box{}, false
}

func covers(taken []box, b box) bool {
	for _, t := range taken {
		if t.overlaps(b) {
			return true
		}
	}
	return false
}

// walk returns the point at distance d along line and the direction there.
func walk(line []vec, d float64) (at, dir vec) {
	for i := 1; i < len(line); i++ {
		step := line[i].sub(line[i-1])
		n := step.length()
		if d <= n && n > 0 || i == len(line)-1 {
			if n == 0 {
				return line[i], vec{1, 0}
			}
			return line[i-1].add(step.times(min(1, d/n))), step.times(1 / n)
		}
		d -= n
	}
	return line[0], vec{1, 0}
}

// textLength is the drawn length of text: a Chinese character is as wide as it is high, a Latin letter a little over half.
func textLength(text string, size float64) float64 {
	var n float64
	for _, r := range text {
		if r < utf8.RuneSelf {
			n += 0.56
		} else {
			n++
		}
	}
	return n * size
}
