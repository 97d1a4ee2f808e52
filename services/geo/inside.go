package geo

// Inside reports whether p lies within outlines, each closed from its last corner to its first. An outline in another one is a hole.
func Inside(p Point, outlines [][]Point) bool {
	in := false
	for _, line := range outlines {
		for i := range line {
			a, b := line[i], line[(i+1)%len(line)]
			if (a.Lat > p.Lat) != (b.Lat > p.Lat) && p.Lng < (b.Lng-a.Lng)*(p.Lat-a.Lat)/(b.Lat-a.Lat)+a.Lng {
				in = !in
			}
		}
	}
	return in
}
