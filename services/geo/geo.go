// Package geo keeps positions in one datum, WGS-84, and converts at the edges: what comes in says its datum, what goes out
// to a map service leaves in that service's own. A pair of numbers without a datum is refused everywhere.
package geo

import (
	"math"
	"strconv"
	"strings"

	"shangquan/services/fault"
)

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

// Known reports whether d is one of the three data.
func (d Datum) Known() bool { return d == WGS84 || d == GCJ02 || d == BD09 }

// Valid reports whether p is a position on the globe. NaN and infinities are not.
func (p Point) Valid() bool { return math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180 }

// Parse reads a position given as text, with the datum it is in, and returns it in WGS-84. An empty or unknown datum is an
// error, whatever the numbers look like: a wrong guess puts the pin several blocks away.
func Parse(lat, lng string, datum Datum) (Location, error) {
	if !datum.Known() {
		return Location{}, fault.Wrong("datum", "error.geo.datum", map[string]any{"Value": string(datum)})
	}
	la, err := degrees("lat", lat)
	if err != nil {
		return Location{}, err
	}
	ln, err := degrees("lng", lng)
	if err != nil {
		return Location{}, err
	}
	return New(la, ln, datum)
}

// New is Parse for numbers.
func New(lat, lng float64, datum Datum) (Location, error) {
	if !datum.Known() {
		return Location{}, fault.Wrong("datum", "error.geo.datum", map[string]any{"Value": string(datum)})
	}
	given := Point{Lat: lat, Lng: lng}
	if !given.Valid() {
		if (Point{Lat: lng, Lng: lat}).Valid() {
			return Location{}, fault.Wrong("lat", "error.geo.swapped", nil)
		}
		return Location{}, fault.Wrong("lat", "error.geo.range", nil)
	}
	return Location{Point: From(datum, lat, lng), Source: datum}, nil
}

func degrees(field, s string) (float64, error) {
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, fault.Wrong(field, "error.geo.number", map[string]any{"Value": s})
	}
	return f, nil
}

// earthRadius is the mean radius in metres (IUGG).
const earthRadius = 6371008.8

// Distance returns the metres between two points along the globe (haversine); within 0.5 % of the ellipsoid.
func Distance(a, b Point) float64 {
	la, lb := radians(a.Lat), radians(b.Lat)
	s, t := math.Sin((lb-la)/2), math.Sin(radians(b.Lng-a.Lng)/2)
	h := s*s + math.Cos(la)*math.Cos(lb)*t*t
	return 2 * earthRadius * math.Asin(math.Sqrt(min(1, h)))
}

// walkingSpeed is metres a minute: 4.5 km/h, an unhurried adult.
const walkingSpeed = 75

// WalkMinutes returns how many minutes' walk a distance in metres is, rounded up; at least 1.
func WalkMinutes(metres float64) int { return max(1, int(math.Ceil(metres/walkingSpeed))) }

func radians(deg float64) float64 { return deg * math.Pi / 180 }
