package plan

import (
	"math"
	"testing"

	"shangquan/services/geo"
)

func TestPart(t *testing.T) {
	// A street a kilometre to the east, and another line of it to the north of its end.
	v := Around(geo.Point{Lat: 31, Lng: 121}, 1e6, 1e6, 1e6)
	mid := v.at(geo.Point{Lat: 31, Lng: 121})
	at := func(x, y float64) geo.Point { return v.point(vec{mid.x + x, mid.y + y}) }
	street := [][]geo.Point{{at(0, 0), at(400, 0), at(1000, 0)}, {at(1000, -50), at(1000, -400)}}
	for name, c := range map[string]struct {
		doors []geo.Point
		want  []float64 // length of each part, in metres
	}{
		"nobody":               {nil, nil},
		"one door":             {[]geo.Point{at(200, 12)}, []float64{30}},
		"over a bend":          {[]geo.Point{at(300, 12), at(500, -12)}, []float64{230}},
		"at the very end":      {[]geo.Point{at(0, 5), at(100, 5)}, []float64{115}},
		"on both lines":        {[]geo.Point{at(900, 5), at(950, 5), at(1010, -200), at(1010, -300)}, []float64{80, 130}},
		"the whole of one":     {[]geo.Point{at(-30, 5), at(1040, 5)}, []float64{1000}},
		"beside it, far apart": {[]geo.Point{at(500, 900)}, []float64{30}},
	} {
		got := []float64{}
		for _, line := range Part(street, c.doors) {
			flat := []vec{}
			for _, p := range line {
				flat = append(flat, v.at(p))
			}
			got = append(got, length(flat))
		}
		same := len(got) == len(c.want)
		for i := 0; same && i < len(got); i++ {
			same = math.Abs(got[i]-c.want[i]) < 1
		}
		if !same {
			t.Errorf("%s: %.1f, want %.1f", name, got, c.want)
		}
	}
	if got := Part(nil, []geo.Point{at(0, 0)}); len(got) != 0 {
		t.Errorf("a street nobody has drawn: %v", got)
	}
}
