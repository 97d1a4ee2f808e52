// Package plan draws the district as a street plan 示意图: it projects streets, plazas and shops from WGS-84 to whole plan
// units, cuts them to a view, places names along streets and keeps numbered pins apart. Everything is a pure function of its
// input; the shapes it returns are drawn by whoever renders the page.
package plan

import (
	"math"

	"shangquan/services/geo"
)

// metresPerDegree is the length of a degree of latitude; over a district the earth is flat enough for it.
const metresPerDegree = 111_320

// XY is a position in plan units, x to the east and y to the south.
type XY struct{ X, Y int }

// View is a window on the district: its north-west corner, its scale, and its size in plan units.
type View struct {
	NorthWest geo.Point
	// Scale is plan units per metre.
	Scale         float64
	Width, Height int
}

// Fit returns the view of the given size that shows all points with margin metres around them, centred. Without points it
// returns the zero View, which draws nothing.
func Fit(points []geo.Point, margin float64, width, height int) View {
	if len(points) == 0 || width <= 0 || height <= 0 {
		return View{}
	}
	lo, hi := points[0], points[0]
	for _, p := range points[1:] {
		lo.Lat, lo.Lng = min(lo.Lat, p.Lat), min(lo.Lng, p.Lng)
		hi.Lat, hi.Lng = max(hi.Lat, p.Lat), max(hi.Lng, p.Lng)
	}
	mid := geo.Point{Lat: (lo.Lat + hi.Lat) / 2, Lng: (lo.Lng + hi.Lng) / 2}
	east := metresPerDegree * math.Cos(mid.Lat*math.Pi/180)
	w := (hi.Lng-lo.Lng)*east + 2*margin
	h := (hi.Lat-lo.Lat)*metresPerDegree + 2*margin
	// A single point without margin still needs a window: a metre is the least.
	metres := max(w, h*float64(width)/float64(height), 1)
	return around(mid, metres, width, height)
}

// Around returns a view of the given size with p in its middle, metres wide.
func Around(p geo.Point, metres float64, width, height int) View {
	if metres <= 0 || width <= 0 || height <= 0 {
		return View{}
	}
	return around(p, metres, width, height)
}

func around(mid geo.Point, metres float64, width, height int) View {
	scale := float64(width) / metres
	east := metresPerDegree * math.Cos(mid.Lat*math.Pi/180)
	return View{
		NorthWest: geo.Point{
			Lat: mid.Lat + float64(height)/2/scale/metresPerDegree,
			Lng: mid.Lng - float64(width)/2/scale/east,
		},
		Scale: scale, Width: width, Height: height,
	}
}

// Empty reports whether there is nothing to see through the view.
func (v View) Empty() bool { return v.Scale <= 0 || v.Width <= 0 || v.Height <= 0 }

// At returns where p lies in the view; it may lie outside.
func (v View) At(p geo.Point) XY {
	f := v.at(p)
	return XY{int(math.Round(f.x)), int(math.Round(f.y))}
}

// Shows reports whether p lies inside the view.
func (v View) Shows(p geo.Point) bool {
	f := v.at(p)
	return !v.Empty() && f.x >= 0 && f.y >= 0 && f.x <= float64(v.Width) && f.y <= float64(v.Height)
}

// Metres returns the length of n plan units on the ground.
func (v View) Metres(n int) float64 { return float64(n) / v.Scale }

// vec is a position or a direction before it is rounded to plan units.
type vec struct{ x, y float64 }

func (a vec) sub(b vec) vec          { return vec{a.x - b.x, a.y - b.y} }
func (a vec) add(b vec) vec          { return vec{a.x + b.x, a.y + b.y} }
func (a vec) times(k float64) vec    { return vec{a.x * k, a.y * k} }
func (a vec) length() float64        { return math.Hypot(a.x, a.y) }
func (a vec) distance(b vec) float64 { return a.sub(b).length() }
func (a vec) round() XY              { return XY{int(math.Round(a.x)), int(math.Round(a.y))} }
func (a vec) toSegment(p, q vec) float64 {
	d := q.sub(p)
	n := d.x*d.x + d.y*d.y
	if n == 0 {
		return a.distance(p)
	}
	t := ((a.x-p.x)*d.x + (a.y-p.y)*d.y) / n
	return a.distance(p.add(d.times(min(1, max(0, t)))))
}

// Middle returns the point in the middle of the view.
func (v View) Middle() geo.Point { return v.point(vec{float64(v.Width) / 2, float64(v.Height) / 2}) }

func (v View) at(p geo.Point) vec {
	return vec{(p.Lng - v.NorthWest.Lng) * v.east() * v.Scale, (v.NorthWest.Lat - p.Lat) * metresPerDegree * v.Scale}
}

func (v View) point(a vec) geo.Point {
	return geo.Point{Lat: v.NorthWest.Lat - a.y/v.Scale/metresPerDegree, Lng: v.NorthWest.Lng + a.x/v.Scale/v.east()}
}

// east is the length of a degree of longitude in the middle of the view, so that a view keeps its shape wherever its points lie.
func (v View) east() float64 {
	midLat := v.NorthWest.Lat - float64(v.Height)/2/v.Scale/metresPerDegree
	return metresPerDegree * math.Cos(midLat*math.Pi/180)
}
