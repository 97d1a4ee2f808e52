package geo

import "math"

// The offset of GCJ-02 was never published by its authors; these are the formulas every open implementation shares. They
// agree with the map services to a few metres. The ellipsoid is Krasovsky 1940, as in the original code.
const (
	semiMajor    = 6378245.0
	eccentricity = 0.00669342162296594323 // squared
	// baiduPi is the angular factor of BD-09.
	baiduPi = math.Pi * 3000 / 180
)

// InChina reports whether p lies in the rectangle in which the Chinese services shift positions: 73°33′–135°05′ E,
// 3°51′–53°33′ N. Outside of it nothing is converted.
func InChina(p Point) bool {
	return p.Lng >= 73+33./60 && p.Lng <= 135+5./60 && p.Lat >= 3+51./60 && p.Lat <= 53+33./60
}

// In returns p in datum d, as latitude and longitude in degrees. An unknown datum returns p as it is.
func (p Point) In(d Datum) (lat, lng float64) {
	if !InChina(p) {
		return p.Lat, p.Lng
	}
	switch d {
	case GCJ02:
		p = gcj(p)
	case BD09:
		p = bd(gcj(p))
	case WGS84:
	}
	return p.Lat, p.Lng
}

// From returns the WGS-84 position of a pair given in datum d. It undoes In to better than 0.1 m.
func From(d Datum, lat, lng float64) Point {
	given := Point{Lat: lat, Lng: lng}
	var p Point
	switch d {
	case GCJ02:
		p = invert(gcj, given)
	case BD09:
		p = invert(gcj, invert(bd, given))
	default:
		return given
	}
	if !InChina(p) {
		return given
	}
	return p
}

// invert solves forward(p) = q. Both shifts change by a few metres a kilometre at most, so stepping by the remaining error
// converges fast: four steps reach a nanometre, eight leave room.
func invert(forward func(Point) Point, q Point) Point {
	p := q
	for range 8 {
		f := forward(p)
		p.Lat += q.Lat - f.Lat
		p.Lng += q.Lng - f.Lng
	}
	return p
}

// gcj shifts a WGS-84 position to GCJ-02.
func gcj(p Point) Point {
	x, y := p.Lng-105, p.Lat-35
	common := 20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)
	root := math.Sqrt(math.Abs(x))
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + 2./3*(common+
		20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi)+
		160*math.Sin(y/12*math.Pi)+320*math.Sin(y/30*math.Pi))
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + 2./3*(common+
		20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi)+
		150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))
	sin := math.Sin(radians(p.Lat))
	w := 1 - eccentricity*sin*sin
	meridian := semiMajor * (1 - eccentricity) / (w * math.Sqrt(w))
	parallel := semiMajor / math.Sqrt(w) * math.Cos(radians(p.Lat))
	return Point{Lat: p.Lat + north/meridian*180/math.Pi, Lng: p.Lng + east/parallel*180/math.Pi}
}

// bd shifts a GCJ-02 position to BD-09.
func bd(p Point) Point {
	r := math.Hypot(p.Lng, p.Lat) + 0.00002*math.Sin(p.Lat*baiduPi)
	a := math.Atan2(p.Lat, p.Lng) + 0.000003*math.Cos(p.Lng*baiduPi)
	return Point{Lat: r*math.Sin(a) + 0.006, Lng: r*math.Cos(a) + 0.0065}
}
