package plan

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

var (
	west = geo.Point{Lat: 31.0090, Lng: 121.2120}
	east = geo.Point{Lat: 31.0091, Lng: 121.2400}
	core = Fit([]geo.Point{west, east, {Lat: 30.9950, Lng: 121.2260}}, 200, 4000, 5600)
)

func point() *rapid.Generator[geo.Point] {
	return rapid.Custom(func(t *rapid.T) geo.Point {
		return geo.Point{Lat: rapid.Float64Range(30.98, 31.03).Draw(t, "lat"), Lng: rapid.Float64Range(121.2, 121.26).Draw(t, "lng")}
	})
}

func TestFitShowsEveryPointAndKeepsScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(point(), 1, 20).Draw(t, "points")
		v := Fit(points, rapid.Float64Range(1, 300).Draw(t, "margin"), 4000, rapid.IntRange(500, 6000).Draw(t, "height"))
		for _, p := range points {
			if !v.Shows(p) {
				t.Fatalf("%v is outside %v", p, v)
			}
		}
		a, b := points[0], points[len(points)-1]
		drawn := v.at(a).distance(v.at(b)) / v.Scale
		if real := geo.Distance(a, b); math.Abs(drawn-real) > 0.005*real+0.1 {
			t.Fatalf("drawn %f m, really %f m", drawn, real)
		}
	})
}

func TestNorthIsUp(t *testing.T) {
	v := Around(west, 1000, 400, 300)
	if got := v.At(west); got != (XY{200, 150}) {
		t.Errorf("the middle is at %v", got)
	}
	if n := v.At(geo.Point{Lat: west.Lat + 0.001, Lng: west.Lng}); n.Y >= 150 || n.X != 200 {
		t.Errorf("north is at %v", n)
	}
	if e := v.At(geo.Point{Lat: west.Lat, Lng: west.Lng + 0.001}); e.X <= 200 || e.Y != 150 {
		t.Errorf("east is at %v", e)
	}
	if m := v.Metres(400); m < 999 || m > 1001 {
		t.Errorf("400 units are %f m", m)
	}
}

func TestNothingToDraw(t *testing.T) {
	for name, v := range map[string]View{"no points": Fit(nil, 10, 400, 300), "no size": Fit([]geo.Point{west}, 10, 0, 0), "no width": Around(west, 0, 400, 300)} {
		if !v.Empty() || v.Shows(west) {
			t.Errorf("%s: %v shows something", name, v)
		}
		if d := Draw(v, Style{}, Input{Streets: []place.Street{street("a", west, east)}}); !d.Empty() || d.Pins == nil || d.Streets == nil {
			t.Errorf("%s: %+v", name, d)
		}
	}
}

func street(slug string, points ...geo.Point) place.Street {
	return place.Street{Slug: slug, Name: lang.Text{Hans: "中山中路", En: "Zhongshan Zhonglu"}, Core: true, Lines: [][]geo.Point{points}}
}

func TestBothDirectionsOfARoadAreOneLine(t *testing.T) {
	st := street("zhongshan", west, geo.Point{Lat: 31.00905, Lng: 121.226}, east)
	back := geo.Point{Lat: 31.0092, Lng: 121.2399}
	st.Lines = append(st.Lines, []geo.Point{back, {Lat: 31.00915, Lng: 121.226}, {Lat: 31.0092, Lng: 121.2121}})
	draw := func() Drawing {
		merged := st
		merged.Lines = Merge(st.Lines)
		return Draw(core, StyleFor(core), Input{Streets: []place.Street{merged}})
	}
	d := draw()
	if n := strings.Count(d.Streets[0].Path, "M"); n != 1 {
		t.Errorf("%d lines: %s", n, d.Streets[0].Path)
	}
	// A piece that leads on from the end belongs to the same line; one far away is a line of its own.
	st.Lines = append(st.Lines, []geo.Point{{Lat: 31.0091, Lng: 121.2402}, {Lat: 31.0091, Lng: 121.2410}})
	st.Lines = append(st.Lines, []geo.Point{{Lat: 31.0000, Lng: 121.2300}, {Lat: 31.0000, Lng: 121.2310}})
	d = draw()
	if n := strings.Count(d.Streets[0].Path, "M"); n != 2 {
		t.Errorf("%d lines: %s", n, d.Streets[0].Path)
	}
}

func TestMergeLosesNoRoad(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SliceOfN(point(), 2, 6), 1, 5).Draw(t, "pieces")
		merged := Merge(pieces)
		v := Around(pieces[0][0], 10_000, 10_000, 10_000)
		for _, piece := range pieces {
			for _, p := range piece {
				near := math.Inf(1)
				for _, line := range merged {
					for i := 1; i < len(line); i++ {
						near = min(near, v.at(p).toSegment(v.at(line[i-1]), v.at(line[i])))
					}
				}
				if near > sameRoad+5 {
					t.Fatalf("%v is %f m from every drawn line", p, near)
				}
			}
		}
	})
	if got := Merge([][]geo.Point{{west}, nil}); got != nil {
		t.Errorf("a street of one point is drawn: %v", got)
	}
}

func TestPathIsShortAndExact(t *testing.T) {
	got := path([][]vec{{{0, 0}, {10.4, 0}, {10.4, -5}, {10.4, -5.2}}, {{7, 7}, {8, 9}}})
	if want := "M0 0l10 0l0-5M7 7l1 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestSimplifyStaysWithinTolerance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vec {
			return vec{rapid.Float64Range(0, 1000).Draw(t, "x"), rapid.Float64Range(0, 1000).Draw(t, "y")}
		}), 2, 40).Draw(t, "line")
		const tolerance = 20
		short := simplify(line, tolerance)
		if short[0] != line[0] || short[len(short)-1] != line[len(line)-1] {
			t.Fatal("the ends moved")
		}
		for _, p := range line {
			near := math.Inf(1)
			for i := 1; i < len(short); i++ {
				near = min(near, p.toSegment(short[i-1], short[i]))
			}
			if near > tolerance+1e-9 {
				t.Fatalf("%v is %f from the line", p, near)
			}
		}
	})
}

func TestClipKeepsOnlyTheInside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vec {
			return vec{rapid.Float64Range(-300, 400).Draw(t, "x"), rapid.Float64Range(-300, 400).Draw(t, "y")}
		}), 2, 20).Draw(t, "line")
		var inside float64
		for _, part := range clip(line, 100, 80, 5) {
			for _, p := range part {
				if p.x < -5-1e-6 || p.x > 105+1e-6 || p.y < -5-1e-6 || p.y > 85+1e-6 {
					t.Fatalf("%v is outside", p)
				}
			}
			inside += length(part)
		}
		// What a fine walk along the line finds inside is as long as what was kept.
		var walked float64
		const steps = 4000
		for i := 1; i < len(line); i++ {
			d := line[i].sub(line[i-1])
			for s := range steps {
				p := line[i-1].add(d.times((float64(s) + 0.5) / steps))
				if p.x >= -5 && p.x <= 105 && p.y >= -5 && p.y <= 85 {
					walked += d.length() / steps
				}
			}
		}
		if math.Abs(inside-walked) > 1+0.01*walked {
			t.Fatalf("kept %f, inside are %f", inside, walked)
		}
	})
}

func TestNames(t *testing.T) {
	v := Around(geo.Point{Lat: 31.009, Lng: 121.226}, 1600, 400, 400)
	at := func(x, y float64) geo.Point {
		return geo.Point{Lat: v.NorthWest.Lat - y/v.Scale/metresPerDegree, Lng: v.NorthWest.Lng + x/v.Scale/(metresPerDegree*math.Cos(31.009*math.Pi/180))}
	}
	for _, tt := range []struct {
		name     string
		line     []geo.Point
		text     lang.Text
		vertical bool
		angle    int
		none     bool
	}{
		{name: "east–west", line: []geo.Point{at(0, 200), at(400, 205)}, text: lang.Text{Hans: "中山中路"}},
		{name: "west again", line: []geo.Point{at(400, 200), at(0, 200)}, text: lang.Text{Hans: "中山中路"}},
		{name: "north–south", line: []geo.Point{at(200, 0), at(210, 400)}, text: lang.Text{Hans: "谷阳北路"}, vertical: true},
		{name: "slanting down", line: []geo.Point{at(0, 100), at(400, 300)}, text: lang.Text{Hans: "人民路"}, angle: 27},
		{name: "slanting up", line: []geo.Point{at(0, 300), at(400, 100)}, text: lang.Text{Hans: "人民路"}, angle: -27},
		{name: "too short", line: []geo.Point{at(200, 200), at(230, 200)}, text: lang.Text{Hans: "中山中路"}, none: true},
		{name: "at the very edge", line: []geo.Point{at(0, 1), at(400, 1)}, text: lang.Text{Hans: "中山中路"}, none: true},
		{name: "no name", line: []geo.Point{at(0, 200), at(400, 200)}, none: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := Draw(v, StyleFor(v), Input{Streets: []place.Street{{Slug: "s", Name: tt.text, Lines: [][]geo.Point{tt.line}}}})
			l := d.Streets[0].Label
			if tt.none {
				if l != nil {
					t.Fatalf("named %+v", l)
				}
				return
			}
			if l == nil || l.Vertical != tt.vertical || l.Angle != tt.angle || l.Text != tt.text.Hans {
				t.Fatalf("got %+v", l)
			}
		})
	}
	t.Run("two names never cover each other", func(t *testing.T) {
		a := place.Street{Slug: "a", Name: lang.Text{Hans: "一二三四"}, Core: true, Lines: [][]geo.Point{{at(0, 200), at(400, 200)}}}
		b := place.Street{Slug: "b", Name: lang.Text{Hans: "五六七八"}, Lines: [][]geo.Point{{at(200, 0), at(200, 400)}}}
		c := place.Plaza{Slug: "c", Name: lang.Text{Hans: "广场"}, Location: &geo.Location{Point: at(120, 190)}}
		d := Draw(v, StyleFor(v), Input{Streets: []place.Street{b, a}, Plazas: []place.Plaza{c}})
		if len(d.Streets) != 2 || d.Streets[1].Slug != "a" {
			t.Fatalf("the district's own streets are drawn last: %+v", d.Streets)
		}
		if d.Streets[0].Label == nil || d.Streets[1].Label == nil || d.Plazas[0].Label == nil {
			t.Fatalf("missing names: %+v", d)
		}
		if y := d.Streets[0].Label.Y; y > 200-6-24 && y < 200+6+24 {
			t.Errorf("the second name lies on the first: y = %d", y)
		}
		c.Location.Point = at(200, 190)
		d = Draw(v, StyleFor(v), Input{Streets: []place.Street{a}, Plazas: []place.Plaza{c}})
		if x := d.Streets[0].Label.X; x > 200-22-24 && x < 200+22+24 {
			t.Errorf("the name lies on the plaza: x = %d", x)
		}
	})
	t.Run("in the language asked for", func(t *testing.T) {
		d := Draw(v, StyleFor(v), Input{Streets: []place.Street{street("a", at(0, 200), at(400, 200))}, Lang: lang.En})
		if d.Streets[0].Label.Text != "Zhongshan Zhonglu" {
			t.Errorf("got %+v", d.Streets[0].Label)
		}
	})
}

func TestPinsKeepApart(t *testing.T) {
	s := StyleFor(core)
	rapid.Check(t, func(t *rapid.T) {
		var spots []Spot
		for i, p := range rapid.SliceOfN(point(), 1, 30).Draw(t, "at") {
			if rapid.Bool().Draw(t, "same") && i > 0 {
				p = spots[0].At
			}
			spots = append(spots, Spot{ID: string(rune('a' + i)), At: p, Number: i + 1})
		}
		d := Draw(core, s, Input{Spots: spots})
		if len(d.Pins) > MaxPins {
			t.Fatalf("%d pins", len(d.Pins))
		}
		for i, p := range d.Pins {
			if p.X < s.Pin-1 || p.Y < s.Pin-1 || p.X > core.Width-s.Pin+1 || p.Y > core.Height-s.Pin+1 {
				t.Fatalf("pin %+v is cut by the edge", p)
			}
			for _, q := range d.Pins[:i] {
				if math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)) < float64(2*s.Pin)-2 {
					t.Fatalf("pins %+v and %+v overlap", p, q)
				}
			}
		}
	})
}

func TestSpots(t *testing.T) {
	outside := geo.Point{Lat: 31.2, Lng: 121.5}
	middle := geo.Point{Lat: 31.0, Lng: 121.225}
	in := Input{Spots: []Spot{{ID: "pin", At: middle, Number: 7}, {ID: "dot", At: middle}, {ID: "away", At: outside, Number: 8}}}
	d := Draw(core, StyleFor(core), in)
	if len(d.Pins) != 1 || d.Pins[0].Number != 7 || d.Pins[0].Moved() {
		t.Errorf("pins: %+v", d.Pins)
	}
	if len(d.Dots) != 1 || d.Dots[0].ID != "dot" {
		t.Errorf("dots: %+v", d.Dots)
	}
	in.Spots = []Spot{{ID: "a", At: middle, Number: 1}, {ID: "b", At: middle, Number: 2}}
	if d = Draw(core, StyleFor(core), in); !d.Pins[0].Moved() || d.Pins[0].Home != d.Pins[1].Home {
		t.Errorf("two shops at one door: %+v", d.Pins)
	}
}
