package plan

import (
	"testing"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// A name gives way to a pin: the pin cannot stand anywhere else.
func TestNamesGiveWayToPins(t *testing.T) {
	line := []geo.Point{{Lat: 31.0080, Lng: 121.2180}, {Lat: 31.0080, Lng: 121.2340}}
	in := Input{Lang: lang.Hans, Streets: []place.Street{{Slug: "a", Name: lang.Text{Hans: "中山中路"}, Lines: [][]geo.Point{line}}}}
	view := Fit(line, 300, 1600, 1600)
	style := StyleFor(view)
	free := Draw(view, style, in).Streets[0].Label
	if free == nil {
		t.Fatal("the street has no name without pins")
	}
	in.Spots = []Spot{{ID: "x", At: view.point(vec{float64(free.X), float64(free.Y)}), Number: 1}}
	d := Draw(view, style, in)
	if l := d.Streets[0].Label; l != nil {
		half := textLength(l.Text, float64(style.Letter)) / 2
		if dx := float64(l.X - d.Pins[0].X); dx < half && dx > -half && l.Y == free.Y {
			t.Errorf("the name at %d,%d lies under the pin at %d,%d", l.X, l.Y, d.Pins[0].X, d.Pins[0].Y)
		}
	}
}
