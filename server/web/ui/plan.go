package ui

import (
	"fmt"
	"math"
	"strings"

	"shangquan/services/lang"
	"shangquan/services/plan"
)

// Plan is a street plan as SVG. Sizes are attributes and not styles, because the plan's units differ from view to view and
// the policy allows no style attribute.
type Plan struct {
	ID          string // of the picture on its page
	ViewBox     string
	Description string // what a person who cannot see it should know
	Caption     string // under a plan without legend: where the shop is, in words
	Legend      bool
	Review      string // 审图号, beneath the plan; empty: it has none
	Ground      string
	Bounds      *Road  // where the district ends; nil: not in view
	Marked      *Road  // the stretch that stands out; nil: none
	MarkedWords string // what it is, in the legend
	Roads       []Road
	Plazas      []PlanPlaza
	Labels      []PlanLabel
	Leads       string // lines from moved pins to their shops
	Dots        []PlanDot
	Pins        []PlanPin
	Here        *Here
	North       PlanNorth
	Letter      int
	Thin        float64 // width of a hairline
}

// Road is a drawn street. Edge is the width with its kerbs.
type Road struct {
	Path        string
	Width, Edge float64
}

// PlanPlaza is a drawn plaza.
type PlanPlaza struct{ X, Y, W, H int }

// PlanLabel is a name; a name in glyphs is written from top to bottom.
type PlanLabel struct {
	Text   string
	X      int
	Y      float64
	Turn   string
	Main   bool
	Size   float64
	Glyphs []Glyph
}

// Glyph is one character of a name written downwards.
type Glyph struct {
	Text string
	X    int
	Y    float64
}

// PlanDot is a shop without a number.
type PlanDot struct {
	X, Y int
	R    float64
}

// PlanPin is a numbered pin.
type PlanPin struct {
	X, Y   int
	Number int
	PinLook
	Radius, Letter, Drop float64
}

// PinLook is what the page knows of a pin's shop: its state for the colour, whether it is the chosen one, what to say, and
// where a press leads.
type PinLook struct {
	Kind     StatusKind
	Selected bool
	Label    string
	Href     string
}

// Class returns the classes of the pin.
func (l PinLook) Class() string {
	switch {
	case l.Selected:
		return "sel"
	case l.Kind == Open:
		return "o"
	case l.Kind == Soon:
		return "s"
	}
	return "c"
}

// Here is the door plate on the plan of one shop.
type Here struct {
	X, Y                int
	Text, Outline       string
	Letter, Drop, Thick float64
}

// PlanNorth is where the arrow to the north stands.
type PlanNorth struct {
	X, Y, Scale float64
}

// PlanView is what the page adds to a drawing.
type PlanView struct {
	ID, Description, Caption string
	Legend                   bool
	Review                   string
	Marked                   string // what the marked stretch is called in the legend
	Lang                     lang.Tag
	// Look says how the pin of a shop looks; it is asked once per pin.
	Look func(id string) PinLook
	// Here is the id of the spot that gets a door plate instead of a dot or pin, Plate what stands on it.
	Here, Plate string
}

// NewPlan turns a drawing into the view of it.
func NewPlan(d plan.Drawing, v PlanView) Plan {
	u := float64(d.Width) / 400 // drawings are shown about 400 pixels wide
	p := Plan{
		ID: v.ID, Description: v.Description, Caption: v.Caption, Legend: v.Legend, Review: v.Review,
		ViewBox: fmt.Sprintf("0 0 %d %d", d.Width, d.Height),
		Ground:  fmt.Sprintf("M0 0h%dv%dH0z", d.Width, d.Height),
		Letter:  d.Style.Letter, Thin: tenth(u),
		North: PlanNorth{X: tenth(float64(d.Width) - 22*u), Y: tenth(14 * u), Scale: tenth(u)},
		Roads: []Road{}, Plazas: []PlanPlaza{}, Labels: []PlanLabel{}, Dots: []PlanDot{}, Pins: []PlanPin{},
	}
	for _, s := range d.Streets {
		width := float64(d.Style.Road)
		if s.Core {
			width *= 1.6
		}
		p.Roads = append(p.Roads, Road{Path: s.Path, Width: tenth(width), Edge: tenth(width + 2*u)})
		if s.Label != nil {
			p.Labels = append(p.Labels, newLabel(*s.Label, d.Style.Letter, s.Core))
		}
	}
	if d.Bounds != "" {
		p.Bounds = &Road{Path: d.Bounds, Width: tenth(2 * u), Edge: tenth(7 * u)}
	}
	if d.Marked != "" {
		p.Marked, p.MarkedWords = &Road{Path: d.Marked, Width: tenth(float64(d.Style.Road) * 1.1)}, v.Marked
	}
	for _, z := range d.Plazas {
		p.Plazas = append(p.Plazas, PlanPlaza{z.X, z.Y, z.W, z.H})
		if z.Label != nil {
			p.Labels = append(p.Labels, newLabel(*z.Label, d.Style.Letter, false))
		}
	}
	for _, dot := range d.Dots {
		if dot.ID != v.Here {
			p.Dots = append(p.Dots, PlanDot{dot.X, dot.Y, tenth(4 * u)})
			continue
		}
		p.Here = newHere(dot.X, dot.Y, v.Plate, u)
	}
	var leads strings.Builder
	r := float64(d.Style.Pin)
	for _, pin := range d.Pins {
		if v.Here != "" && pin.ID == v.Here {
			p.Here = newHere(pin.Home.X, pin.Home.Y, v.Plate, u)
			continue
		}
		if pin.Moved() {
			fmt.Fprintf(&leads, "M%d %dL%d %d", pin.Home.X, pin.Home.Y, pin.X, pin.Y)
		}
		look := PinLook{Kind: Unknown}
		if v.Look != nil {
			look = v.Look(pin.ID)
		}
		p.Pins = append(p.Pins, PlanPin{X: pin.X, Y: pin.Y, Number: pin.Number, PinLook: look, Radius: r, Letter: tenth(r * 1.05), Drop: tenth(r * 0.38)})
	}
	p.Leads = leads.String()
	return p
}

// newLabel places the letters of a name: SVG sets text on a baseline, which lies 0.36 of a letter under the middle.
func newLabel(l plan.Label, letter int, main bool) PlanLabel {
	size := float64(letter)
	if main {
		size *= 1.15
	}
	out := PlanLabel{Text: l.Text, X: l.X, Y: tenth(float64(l.Y) + 0.36*size), Main: main, Size: tenth(size)}
	runes := []rune(l.Text)
	switch {
	case l.Vertical && runes[0] >= 0x2E80:
		for i, r := range runes {
			y := float64(l.Y) + (float64(i)-float64(len(runes)-1)/2)*size*1.06 + 0.36*size
			out.Glyphs = append(out.Glyphs, Glyph{string(r), l.X, tenth(y)})
		}
	case l.Vertical:
		out.Turn = fmt.Sprintf("rotate(90 %d %d)", l.X, l.Y)
	case l.Angle != 0:
		out.Turn = fmt.Sprintf("rotate(%d %d %d)", l.Angle, l.X, l.Y)
	}
	return out
}

// newHere draws a plate with a point under it, as wide as its text needs.
func newHere(x, y int, text string, u float64) *Here {
	half := math.Max(25, textWidth(text)*11+8) * u
	top, low, tip := -37*u, -9*u, 6*u
	return &Here{
		X: x, Y: y, Text: text, Letter: tenth(18 * u), Drop: tenth(-17 * u), Thick: tenth(2 * u),
		Outline: fmt.Sprintf("M%g %gH%gV%gH%gL0 0 %g %gH%gz", tenth(-half), tenth(top), tenth(half), tenth(low), tenth(tip), tenth(-tip), tenth(low), tenth(-half)),
	}
}

// tenth rounds to one decimal: more is weight that nobody sees.
func tenth(f float64) float64 { return math.Round(f*10) / 10 }
