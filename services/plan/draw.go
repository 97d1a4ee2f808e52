package plan

import (
	"cmp"
	"slices"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// MaxPins is how many numbered pins a plan holds: one page of a list.
const MaxPins = 24

// Style is how large things are drawn, in plan units.
type Style struct {
	Pin    int // radius of a numbered pin
	Letter int // size of a street name
	Road   int // width of a street
	Plaza  int // side of the square that stands for a plaza
}

// StyleFor returns the sizes that look right when a view of this width is shown about 400 pixels wide.
func StyleFor(v View) Style {
	unit := float64(v.Width) / 400
	of := func(px float64) int { return max(1, int(px*unit+0.5)) }
	return Style{Pin: of(11.5), Letter: of(12), Road: of(14), Plaza: of(44)}
}

// Spot is a shop to be pinned.
type Spot struct {
	ID string
	At geo.Point
	// Number is shown in the pin and equals the number in the list; 0 draws a plain dot, for neighbours.
	Number int
}

// Input is what there is to draw.
type Input struct {
	Streets []place.Street
	Plazas  []place.Plaza
	Spots   []Spot
	// Marked are lines that stand out, such as the stretch a notice is about; see Part.
	Marked [][]geo.Point
	// Bounds are the outlines of the district, each closed from its last corner to its first.
	Bounds [][]geo.Point
	Lang   lang.Tag
}

// Street is a drawn street.
type Street struct {
	Slug string
	Name string
	Core bool
	// Path is the d attribute of an SVG path in whole plan units.
	Path string
	// Label is nil where the name does not fit.
	Label *Label
}

// Plaza is a drawn plaza: a square, because its outline is not known.
type Plaza struct {
	Slug       string
	Name       string
	X, Y, W, H int
	// Label is nil where the name does not fit.
	Label *Label
}

// Pin is a numbered pin. Home is where the shop really is, when the pin had to make room; otherwise equal to X, Y.
type Pin struct {
	ID     string
	Number int
	X, Y   int
	Home   XY
}

// Moved reports whether the pin stands away from its shop.
func (p Pin) Moved() bool { return p.Home != XY{p.X, p.Y} }

// Dot is a shop without a number.
type Dot struct {
	ID   string
	X, Y int
}

// Drawing is a finished plan. Streets come in drawing order: those of the district last, on top.
type Drawing struct {
	Width, Height int
	Style         Style
	Streets       []Street
	Plazas        []Plaza
	Pins          []Pin
	Dots          []Dot
	Bounds        string // the d attribute of the path of where the district ends; empty: nobody knows, or not in view
	Marked        string // the d attribute of the path of what stands out; empty: nothing
}

// Empty reports whether there is nothing on the plan that would help anybody.
func (d Drawing) Empty() bool { return len(d.Streets) == 0 && len(d.Plazas) == 0 }

// Draw draws what of in lies inside v; the lines of streets should be merged, see Merge. Spots outside the view, and numbered spots beyond MaxPins, are left out.
func Draw(v View, s Style, in Input) Drawing {
	d := Drawing{Width: v.Width, Height: v.Height, Style: s, Streets: []Street{}, Plazas: []Plaza{}, Pins: []Pin{}, Dots: []Dot{}}
	if v.Empty() {
		return d
	}
	lines := func(of [][]geo.Point, closed bool) string {
		var out [][]vec
		for _, line := range of {
			drawn := make([]vec, len(line), len(line)+1)
			for i, p := range line {
				drawn[i] = v.at(p)
			}
			if closed && len(line) > 0 {
				drawn = append(drawn, drawn[0])
			}
			out = append(out, clip(drawn, float64(v.Width), float64(v.Height), float64(s.Road))...)
		}
		return path(out)
	}
	d.Marked, d.Bounds = lines(in.Marked, false), lines(in.Bounds, true)
	// Pins first: they cannot give way, names can.
	d.addSpots(v, s, in)
	var taken []box
	for _, p := range d.Pins {
		r := float64(s.Pin)
		taken = append(taken, box{float64(p.X) - r, float64(p.Y) - r, float64(p.X) + r, float64(p.Y) + r})
	}
	taken = d.addPlazas(v, s, in, taken)
	d.addStreets(v, s, in, taken)
	return d
}

// addPlazas returns taken with the ground of the plazas and their names added.
func (d *Drawing) addPlazas(v View, s Style, in Input, taken []box) []box {
	half := s.Plaza / 2
	for _, p := range in.Plazas {
		if p.Location == nil || !v.Shows(p.Location.Point) {
			continue
		}
		at := v.At(p.Location.Point)
		name, _ := p.Name.In(in.Lang)
		out := Plaza{Slug: p.Slug, Name: name, X: at.X - half, Y: at.Y - half, W: s.Plaza, H: s.Plaza}
		long := textLength(name, float64(s.Letter))
		x, y := float64(at.X), float64(at.Y-half)-float64(s.Letter)*0.7
		ground := box{x - long/2, y - float64(s.Letter)/2, x + long/2, y + float64(s.Letter)/2}
		if ground.x0 >= 0 && ground.y0 >= 0 && ground.x1 <= float64(v.Width) && !covers(taken, ground) {
			out.Label = &Label{Text: name, X: at.X, Y: vec{x, y}.round().Y}
			taken = append(taken, ground)
		}
		taken = append(taken, box{float64(out.X), float64(out.Y), float64(out.X + out.W), float64(out.Y + out.H)})
		d.Plazas = append(d.Plazas, out)
	}
	return taken
}

func (d *Drawing) addStreets(v View, s Style, in Input, taken []box) {
	type drawn struct {
		Street
		lines [][]vec
	}
	var all []drawn
	for _, st := range in.Streets {
		var inside [][]vec
		for _, line := range st.Lines {
			drawn := make([]vec, len(line))
			for i, p := range line {
				drawn[i] = v.at(p)
			}
			inside = append(inside, clip(simplify(drawn, float64(s.Road)/8), float64(v.Width), float64(v.Height), float64(s.Road))...)
		}
		if len(inside) == 0 {
			continue
		}
		name, _ := st.Name.In(in.Lang)
		all = append(all, drawn{Street{Slug: st.Slug, Name: name, Core: st.Core, Path: path(inside)}, inside})
	}
	// The district's own streets, and among them the longest, choose the place of their name first.
	slices.SortStableFunc(all, func(a, b drawn) int {
		if a.Core != b.Core {
			return boolOrder(b.Core, a.Core)
		}
		return cmp.Compare(total(b.lines), total(a.lines))
	})
	for i := range all {
		if l, ground, ok := along(all[i].lines, all[i].Name, float64(s.Letter), v, taken); ok {
			all[i].Label = &l
			taken = append(taken, ground)
		}
	}
	slices.Reverse(all)
	for _, st := range all {
		d.Streets = append(d.Streets, st.Street)
	}
}

func total(lines [][]vec) (sum float64) {
	for _, l := range lines {
		sum += length(l)
	}
	return sum
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func (d *Drawing) addSpots(v View, s Style, in Input) {
	var at []vec
	for _, sp := range in.Spots {
		if !v.Shows(sp.At) {
			continue
		}
		home := v.At(sp.At)
		switch {
		case sp.Number == 0:
			d.Dots = append(d.Dots, Dot{sp.ID, home.X, home.Y})
		case len(d.Pins) < MaxPins:
			d.Pins = append(d.Pins, Pin{ID: sp.ID, Number: sp.Number, Home: home})
			at = append(at, v.at(sp.At))
		}
	}
	gap := float64(2*s.Pin + max(1, s.Pin/6))
	for i, p := range nudge(at, gap, float64(s.Pin), float64(v.Width), float64(v.Height)) {
		xy := p.round()
		d.Pins[i].X, d.Pins[i].Y = xy.X, xy.Y
	}
}
