package plan

import "math"

// nudge moves positions apart until no two are closer than gap, or rounds run out, and keeps them margin inside w×h. Positions
// that coincide part along a fixed spiral, so the same input always gives the same plan.
func nudge(at []vec, gap, margin, w, h float64) []vec {
	const rounds = 120
	// golden spreads any number of directions without two of them falling together.
	golden := math.Pi * (3 - math.Sqrt(5))
	out := make([]vec, len(at))
	copy(out, at)
	for range rounds {
		moved := false
		for i := range out {
			for j := i + 1; j < len(out); j++ {
				d := out[j].sub(out[i])
				n := d.length()
				if n >= gap {
					continue
				}
				if n < 1e-6 {
					d, n = vec{math.Cos(golden * float64(j)), math.Sin(golden * float64(j))}, 0
				} else {
					d = d.times(1 / n)
				}
				// A hair more than the half, so that rounding to whole units does not close the gap again.
				push := d.times((gap - n + 0.01*gap) / 2)
				out[i], out[j] = out[i].sub(push), out[j].add(push)
				moved = true
			}
		}
		for i := range out {
			out[i].x = min(w-margin, max(margin, out[i].x))
			out[i].y = min(h-margin, max(margin, out[i].y))
		}
		if !moved {
			break
		}
	}
	return out
}
