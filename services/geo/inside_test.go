package geo

import "testing"

func TestInside(t *testing.T) {
	square := []Point{{0, 0}, {0, 10}, {10, 10}, {10, 0}}
	hole := []Point{{4, 4}, {4, 6}, {6, 6}, {6, 4}}
	bay := []Point{{0, 0}, {0, 10}, {10, 10}, {10, 0}, {5, 5}} // a corner pushed in from the west
	for _, x := range []struct {
		what     string
		outlines [][]Point
		at       Point
		want     bool
	}{
		{"in the middle", [][]Point{square}, Point{5, 5}, true},
		{"north of it", [][]Point{square}, Point{11, 5}, false},
		{"east of it", [][]Point{square}, Point{5, 11}, false},
		{"west of it", [][]Point{square}, Point{5, -1}, false},
		{"in the hole", [][]Point{square, hole}, Point{5, 5}, false},
		{"beside the hole", [][]Point{square, hole}, Point{2, 5}, true},
		{"in the bay", [][]Point{bay}, Point{5, 2}, false},
		{"behind the bay", [][]Point{bay}, Point{5, 8}, true},
		{"of nothing", nil, Point{5, 5}, false},
	} {
		if got := Inside(x.at, x.outlines); got != x.want {
			t.Errorf("%s: %v", x.what, got)
		}
	}
}
