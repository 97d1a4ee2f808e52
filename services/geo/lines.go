package geo

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"shangquan/services/fault"
)

// MaxLinePoints is how many points a course or an outline has at most; a street of the sample has fewer than a hundred.
const MaxLinePoints = 2000

// ParseLines reads lines as people copy them from a map: a position to a line of text, "latitude, longitude", an empty line between two
// lines; or GeoJSON with lines or polygons in it, which has the longitude first. Everything is in datum and comes back in WGS-84.
// fault.Invalid on field "lines", or "datum" for one that is not known.
func ParseLines(text string, datum Datum) ([][]Point, error) {
	if !datum.Known() {
		return nil, fault.Wrong("datum", "error.geo.datum", map[string]any{"Value": string(datum)})
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "{") {
		return fromGeoJSON(text, datum)
	}
	var out [][]Point
	var line []Point
	end := func() error {
		if len(line) == 1 {
			return fault.Wrong("lines", "error.geo.short", nil)
		}
		if len(line) > 0 {
			out, line = append(out, line), nil
		}
		return nil
	}
	n := 0
	for i, row := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n") {
		if strings.TrimSpace(row) == "" {
			if err := end(); err != nil {
				return nil, err
			}
			continue
		}
		parts := strings.FieldsFunc(row, func(r rune) bool { return strings.ContainsRune(",，、; \t", r) })
		if len(parts) != 2 {
			return nil, fault.Wrong("lines", "error.geo.row", map[string]any{"N": i + 1})
		}
		at, err := Parse(parts[0], parts[1], datum)
		if err != nil {
			return nil, fault.Wrong("lines", "error.geo.row", map[string]any{"N": i + 1})
		}
		if line = append(line, at.Point); n == MaxLinePoints {
			return nil, fault.Wrong("lines", "error.geo.most", map[string]any{"Max": MaxLinePoints})
		}
		n++
	}
	return out, end()
}

// fromGeoJSON takes the lines and outlines of a geometry, a feature or a collection of them.
func fromGeoJSON(text string, datum Datum) ([][]Point, error) {
	wrong := fault.Wrong("lines", "error.geo.json", nil)
	var x shape
	if json.Unmarshal([]byte(text), &x) != nil {
		return nil, wrong
	}
	var raw [][][]float64
	if !x.lines(&raw, 0) || len(raw) == 0 {
		return nil, wrong
	}
	out, n := make([][]Point, 0, len(raw)), 0
	for _, given := range raw {
		line := make([]Point, 0, len(given))
		for _, pair := range given {
			if len(pair) < 2 {
				return nil, wrong
			}
			at, err := New(pair[1], pair[0], datum)
			if err != nil {
				return nil, wrong
			}
			line = append(line, at.Point)
		}
		if n += len(line); n > MaxLinePoints {
			return nil, fault.Wrong("lines", "error.geo.most", map[string]any{"Max": MaxLinePoints})
		}
		if len(line) < 2 {
			return nil, fault.Wrong("lines", "error.geo.short", nil)
		}
		out = append(out, line)
	}
	return out, nil
}

// shape is what of GeoJSON is read.
type shape struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Geometry    *shape          `json:"geometry"`
	Features    []shape         `json:"features"`
	Geometries  []shape         `json:"geometries"`
}

// lines adds the lines of x, as they stand; false for what has none.
func (x *shape) lines(out *[][][]float64, depth int) bool {
	if depth > 3 {
		return false
	}
	one, many, most := [][]float64{}, [][][]float64{}, [][][][]float64{}
	switch x.Type {
	case "Feature":
		return x.Geometry != nil && x.Geometry.lines(out, depth+1)
	case "FeatureCollection", "GeometryCollection":
		for _, list := range [][]shape{x.Features, x.Geometries} {
			for i := range list {
				if !list[i].lines(out, depth+1) {
					return false
				}
			}
		}
		return true
	case "LineString":
		if json.Unmarshal(x.Coordinates, &one) != nil {
			return false
		}
		many = append(many, one)
	case "MultiLineString", "Polygon":
		if json.Unmarshal(x.Coordinates, &many) != nil {
			return false
		}
	case "MultiPolygon":
		if json.Unmarshal(x.Coordinates, &most) != nil {
			return false
		}
		for _, rings := range most {
			many = append(many, rings...)
		}
	default:
		return false
	}
	*out = append(*out, many...)
	return true
}

// FromLines returns how far, in metres, a point is from the nearest place of some lines, within a few kilometres as exact as Distance; +Inf from none.
func FromLines(p Point, lines [][]Point) float64 {
	metre := radians(1) * earthRadius // a degree to the north
	east := metre * math.Cos(radians(p.Lat))
	best := math.Inf(1)
	for _, line := range lines {
		for i, a := range line {
			b := line[max(0, i-1)]
			ax, ay, bx, by := (a.Lng-p.Lng)*east, (a.Lat-p.Lat)*metre, (b.Lng-p.Lng)*east, (b.Lat-p.Lat)*metre
			t := 0.0
			if long := (bx-ax)*(bx-ax) + (by-ay)*(by-ay); long > 0 {
				t = min(1, max(0, -(ax*(bx-ax)+ay*(by-ay))/long))
			}
			best = min(best, math.Hypot(ax+t*(bx-ax), ay+t*(by-ay)))
		}
	}
	return best
}

// LinesText writes lines as ParseLines reads them, in WGS-84.
func LinesText(lines [][]Point) string {
	var b strings.Builder
	for i, line := range lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		for _, p := range line {
			b.WriteString(strconv.FormatFloat(p.Lat, 'f', 6, 64) + ", " + strconv.FormatFloat(p.Lng, 'f', 6, 64) + "\n")
		}
	}
	return b.String()
}
