package geo_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"shangquan/services/fault"
	"shangquan/services/geo"
)

func TestParseLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []int // points of each line
	}{
		"one line":        {"31.0081, 121.2270\n31.0091，121.2280", []int{2}},
		"two pieces":      {"31.1 121.1\r\n31.2 121.2\r\n\r\n\r\n31.3 121.3\r\n31.4 121.4\r\n31.5 121.5\r\n", []int{2, 3}},
		"nothing":         {" \n", nil},
		"a line string":   {`{"type":"LineString","coordinates":[[121.2,31.1],[121.3,31.2,7]]}`, []int{2}},
		"a feature":       {`{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[121.2,31.1],[121.3,31.2],[121.3,31.1],[121.2,31.1]]]}}`, []int{4}},
		"several":         {`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"MultiLineString","coordinates":[[[121.2,31.1],[121.3,31.2]],[[121.2,31.1],[121.3,31.2]]]}}]}`, []int{2, 2}},
		"several islands": {`{"type":"MultiPolygon","coordinates":[[[[121.2,31.1],[121.3,31.2],[121.3,31.1]]]]}`, []int{3}},
	} {
		got, err := geo.ParseLines(c.text, geo.WGS84)
		if err != nil || len(got) != len(c.want) {
			t.Errorf("%s: %v %v", name, got, err)
			continue
		}
		for i, n := range c.want {
			if len(got[i]) != n || got[i][0].Lat < 31 || got[i][0].Lat > 32 || got[i][0].Lng < 121 {
				t.Errorf("%s: %v", name, got)
			}
		}
	}
	for name, c := range map[string]struct {
		text  string
		datum geo.Datum
		field string
		key   string
	}{
		"no datum":         {"31.1, 121.1\n31.2, 121.2", "", "datum", "error.geo.datum"},
		"one point":        {"31.1, 121.1", geo.WGS84, "lines", "error.geo.short"},
		"no number":        {"31.1, 121.1\nhere, there", geo.WGS84, "lines", "error.geo.row"},
		"three numbers":    {"31.1, 121.1, 4", geo.WGS84, "lines", "error.geo.row"},
		"exchanged":        {"121.1, 31.1\n121.2, 31.2", geo.WGS84, "lines", "error.geo.row"},
		"a point of JSON":  {`{"type":"Point","coordinates":[121.2,31.1]}`, geo.WGS84, "lines", "error.geo.json"},
		"broken JSON":      {`{"type":`, geo.WGS84, "lines", "error.geo.json"},
		"nested for ever":  {`{"type":"Feature","geometry":{"type":"Feature","geometry":{"type":"Feature","geometry":{"type":"Feature","geometry":{"type":"Feature"}}}}}`, geo.WGS84, "lines", "error.geo.json"},
		"too many of them": {strings.Repeat("31.1, 121.1\n", geo.MaxLinePoints+1), geo.WGS84, "lines", "error.geo.most"},
	} {
		_, err := geo.ParseLines(c.text, c.datum)
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || len(f.Fields) != 1 || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is written as text is read again as it was, to less than a metre.
func TestLinesText(t *testing.T) {
	t.Parallel()
	lines := [][]geo.Point{{{Lat: 31.0081234, Lng: 121.227}, {Lat: 31.01, Lng: 121.23}}, {{Lat: 31.02, Lng: 121.24}, {Lat: 31.03, Lng: 121.25}}}
	got, err := geo.ParseLines(geo.LinesText(lines), geo.WGS84)
	if err != nil || len(got) != 2 || len(got[0]) != 2 || math.Abs(got[0][0].Lat-lines[0][0].Lat) > 1e-6 || got[1][1] != lines[1][1] {
		t.Errorf("%v %v", got, err)
	}
	converted, err := geo.ParseLines(geo.LinesText(lines), geo.GCJ02)
	if d := geo.Distance(converted[0][0], lines[0][0]); err != nil || d < 300 || d > 700 {
		t.Errorf("%v m %v", d, err)
	}
}

func TestFromLines(t *testing.T) {
	road := [][]geo.Point{{{Lat: 31.0090, Lng: 121.2280}, {Lat: 31.0090, Lng: 121.2330}}, {{Lat: 31.02, Lng: 121.2280}}}
	for _, x := range []struct {
		p    geo.Point
		want float64
	}{{geo.Point{Lat: 31.0090, Lng: 121.2300}, 0}, {geo.Point{Lat: 31.0100, Lng: 121.2300}, 111.2}, {geo.Point{Lat: 31.0090, Lng: 121.2340}, 95.3}, {geo.Point{Lat: 31.02, Lng: 121.2290}, 95.3}} {
		if got := geo.FromLines(x.p, road); math.Abs(got-x.want) > 0.3 {
			t.Errorf("%v is %.1f m away, want %.1f", x.p, got, x.want)
		}
	}
	if got := geo.FromLines(road[0][0], nil); !math.IsInf(got, 1) {
		t.Errorf("from nothing it is %v m", got)
	}
}
