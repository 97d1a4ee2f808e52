package geo_test

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/fault"
	"shangquan/services/geo"
)

// The vectors of github.com/googollee/eviltransform (its tests) and github.com/wandergis/coordtransform (test/app.js).
func TestPublishedVectors(t *testing.T) {
	const near = 1e-6 // degrees, the tolerance of the first source
	for _, v := range []struct {
		name     string
		p        geo.Point
		d        geo.Datum
		lat, lng float64
	}{
		{"eviltransform Shanghai", geo.Point{Lat: 31.1774276, Lng: 121.5272106}, geo.GCJ02, 31.17530398364597, 121.531541859215},
		{"eviltransform Shenzhen", geo.Point{Lat: 22.543847, Lng: 113.912316}, geo.GCJ02, 22.540796131694766, 113.9171764808363},
		{"eviltransform Beijing", geo.Point{Lat: 39.911954, Lng: 116.377817}, geo.GCJ02, 39.91334545536069, 116.38404722455657},
		{"coordtransform to GCJ-02", geo.Point{Lat: 39.915, Lng: 116.404}, geo.GCJ02, 39.91640428150164, 116.41024449916938},
		{"coordtransform to BD-09", geo.Point{Lat: 39.915, Lng: 116.404}, geo.BD09, 39.922699552216216, 116.41662724378733},
	} {
		t.Run(v.name, func(t *testing.T) {
			lat, lng := v.p.In(v.d)
			if math.Abs(lat-v.lat) > near || math.Abs(lng-v.lng) > near {
				t.Errorf("In = %.9f,%.9f, want %.9f,%.9f", lat, lng, v.lat, v.lng)
			}
			if d := geo.Distance(geo.From(v.d, v.lat, v.lng), v.p); d > 0.1 {
				t.Errorf("From is %.3f m off", d)
			}
		})
	}
}

// Published inverses are approximations; ours must agree to their error of about a metre and be better than they are.
func TestPublishedInverses(t *testing.T) {
	for _, v := range []struct {
		name     string
		d        geo.Datum
		lat, lng float64
		want     geo.Point
	}{
		{"coordtransform GCJ-02", geo.GCJ02, 39.915, 116.404, geo.Point{Lat: 39.91359571849836, Lng: 116.39775550083061}},
		{"coordtransform BD-09", geo.BD09, 39.915, 116.404, geo.Point{Lat: 39.907253214522164, Lng: 116.3913836995125}},
		{"Songjiang BD-09", geo.BD09, 31.005505, 121.25414, geo.Point{Lat: 31.001936, Lng: 121.243142}},
		{"Songjiang GCJ-02", geo.GCJ02, 31.015967, 121.227114, geo.Point{Lat: 31.01809, Lng: 121.222694}},
	} {
		t.Run(v.name, func(t *testing.T) {
			p := geo.From(v.d, v.lat, v.lng)
			if d := geo.Distance(p, v.want); d > 2 {
				t.Errorf("%.2f m from the published value", d)
			}
			lat, lng := p.In(v.d)
			if d := geo.Distance(geo.Point{Lat: lat, Lng: lng}, geo.Point{Lat: v.lat, Lng: v.lng}); d > 0.001 {
				t.Errorf("going there again is %.4f m off", d)
			}
		})
	}
}

// The size of the shift at Songjiang, computed independently: 484 m to GCJ-02 and 910 m more to BD-09.
func TestShiftAtSongjiang(t *testing.T) {
	p := geo.Point{Lat: 31.006, Lng: 121.228}
	lat, lng := p.In(geo.GCJ02)
	g := geo.Point{Lat: lat, Lng: lng}
	if d := geo.Distance(p, g); math.Abs(d-484) > 2 {
		t.Errorf("GCJ-02 lies %.0f m away", d)
	}
	lat, lng = p.In(geo.BD09)
	if d := geo.Distance(g, geo.Point{Lat: lat, Lng: lng}); math.Abs(d-910) > 3 {
		t.Errorf("BD-09 lies %.0f m away from GCJ-02", d)
	}
}

func TestNothingShiftsOutsideChina(t *testing.T) {
	for _, p := range []geo.Point{{Lat: 35.681236, Lng: 139.767125}, {Lat: 1.35, Lng: 103.82}, {Lat: 48.85, Lng: 2.35}, {Lat: -27.47, Lng: 153.03}, {}} {
		for _, d := range []geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09} {
			if lat, lng := p.In(d); lat != p.Lat || lng != p.Lng {
				t.Errorf("%v in %s = %v,%v", p, d, lat, lng)
			}
			if q := geo.From(d, p.Lat, p.Lng); q != p {
				t.Errorf("%v from %s = %v", p, d, q)
			}
		}
	}
}

func TestInverseUndoesForward(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// A border strip as wide as the shift is left out: there the rectangle itself makes the answer ambiguous.
		p := geo.Point{Lat: rapid.Float64Range(3.9, 53.5).Draw(t, "lat"), Lng: rapid.Float64Range(73.6, 135).Draw(t, "lng")}
		d := rapid.SampledFrom([]geo.Datum{geo.WGS84, geo.GCJ02, geo.BD09}).Draw(t, "datum")
		lat, lng := p.In(d)
		if off := geo.Distance(geo.From(d, lat, lng), p); off > 0.1 {
			t.Fatalf("%.4f m off", off)
		}
	})
}

func TestParse(t *testing.T) {
	got, err := geo.Parse(" 31.006 ", "121.228", geo.WGS84)
	if err != nil || got.Lat != 31.006 || got.Lng != 121.228 || got.Source != geo.WGS84 {
		t.Fatalf("got %+v, %v", got, err)
	}
	if got, _ := geo.Parse("31.006", "121.228", geo.BD09); got.Source != geo.BD09 || got.Lat == 31.006 {
		t.Errorf("BD-09 was kept as it is: %+v", got)
	}
	for _, c := range []struct {
		name, lat, lng string
		datum          geo.Datum
		field, key     string
	}{
		{"no datum", "31", "121", "", "datum", "error.geo.datum"},
		{"unknown datum", "31", "121", "mars", "datum", "error.geo.datum"},
		{"no number", "north", "121", geo.WGS84, "lat", "error.geo.number"},
		{"not a number", "31", "NaN", geo.WGS84, "lng", "error.geo.number"},
		{"infinite", "Inf", "121", geo.WGS84, "lat", "error.geo.number"},
		{"exchanged", "121.228", "31.006", geo.WGS84, "lat", "error.geo.swapped"},
		{"off the globe", "31", "1210", geo.WGS84, "lat", "error.geo.range"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := geo.Parse(c.lat, c.lng, c.datum)
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid || f.Fields[0].Name != c.field || f.Fields[0].Key != c.key {
				t.Errorf("got %v", err)
			}
		})
	}
	if _, err := geo.New(31, 121, ""); !fault.Is(err, fault.Invalid) {
		t.Errorf("numbers without datum: %v", err)
	}
}

func TestDistanceAndWalk(t *testing.T) {
	a, b := geo.Point{Lat: 31.17530398364597, Lng: 121.531541859215}, geo.Point{Lat: 39.91334545536069, Lng: 116.38404722455657}
	if d := geo.Distance(a, b); math.Abs(d-1078164) > 2500 { // the published figure uses the equatorial radius
		t.Errorf("Shanghai to Beijing %.0f m", d)
	}
	if geo.Distance(a, a) != 0 {
		t.Error("a point is not at itself")
	}
	for m, want := range map[float64]int{0: 1, 75: 1, 75.1: 2, 400: 6} {
		if got := geo.WalkMinutes(m); got != want {
			t.Errorf("%v m = %d min, want %d", m, got, want)
		}
	}
}
