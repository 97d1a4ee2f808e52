// Package geo keeps positions in one datum, WGS-84, and converts at the edges: what comes in says its datum, what goes out
// to a map service leaves in that service's own. A pair of numbers without a datum is refused everywhere.
package geo

// Datum names a coordinate system used in China.
type Datum string

// The data: GPS and OpenStreetMap use WGS-84; 高德, 腾讯 and Apple show GCJ-02; 百度 uses BD-09.
const (
	WGS84 Datum = "wgs84"
	GCJ02 Datum = "gcj02"
	BD09  Datum = "bd09"
)

// Point is a position in WGS-84 degrees.
type Point struct {
	Lat float64 `json:"lat"`
	Lng float64 `json:"lng"`
}

// Location is a recorded position with where it came from.
type Location struct {
	Point
	// Source is the datum the position was given in before it was converted.
	Source Datum `json:"source_datum"`
	// AccuracyM is the assumed error in metres; 0 means not stated.
	AccuracyM int `json:"accuracy_m,omitempty"`
	// Method says how it was found: "list" (published by the operator), "map search", "survey".
	Method string `json:"method,omitempty"`
}
