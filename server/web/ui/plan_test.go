package ui

import (
	"strings"
	"testing"

	"shangquan/services/lang"
	"shangquan/services/plan"
)

func TestNewPlan(t *testing.T) {
	d := plan.Drawing{
		Width: 800, Height: 400, Style: plan.Style{Pin: 23, Letter: 24, Road: 28, Plaza: 88},
		Streets: []plan.Street{
			{Name: "谷阳北路", Path: "M0 0V400", Label: &plan.Label{Text: "谷阳北路", X: 100, Y: 200, Vertical: true}},
			{Name: "Guyang Beilu", Path: "M0 0V400", Label: &plan.Label{Text: "Guyang Beilu", X: 300, Y: 200, Vertical: true}},
			{Name: "中山中路", Core: true, Path: "M0 200H800", Label: &plan.Label{Text: "中山中路", X: 400, Y: 200, Angle: 12}},
		},
		Plazas: []plan.Plaza{{Name: "鹿鸣广场", X: 10, Y: 10, W: 88, H: 88}},
		Pins:   []plan.Pin{{ID: "a", Number: 1, X: 50, Y: 60, Home: plan.XY{X: 50, Y: 60}}, {ID: "b", Number: 2, X: 90, Y: 60, Home: plan.XY{X: 80, Y: 70}}},
		Dots:   []plan.Dot{{ID: "c", X: 5, Y: 5}, {ID: "d", X: 500, Y: 200}},
	}
	looks := map[string]PinLook{"a": {Kind: Open, Label: "一"}, "b": {Kind: Shut, Selected: true}}
	p := NewPlan(d, PlanView{ID: "p", Here: "d", Plate: "218", Look: func(id string) PinLook { return looks[id] }})

	if p.ViewBox != "0 0 800 400" || p.Ground != "M0 0h800v400H0z" {
		t.Errorf("view %q, ground %q", p.ViewBox, p.Ground)
	}
	if got := p.Roads[2].Width; got <= p.Roads[0].Width {
		t.Errorf("the district's own street is %g wide, another %g", got, p.Roads[0].Width)
	}
	if g := p.Labels[0].Glyphs; len(g) != 4 || g[0].Y >= g[3].Y || g[0].X != 100 {
		t.Errorf("a Chinese name on a street to the north is not written downwards: %+v", g)
	}
	if l := p.Labels[1]; l.Glyphs != nil || l.Turn != "rotate(90 300 200)" {
		t.Errorf("a Latin name there is not turned: %+v", l)
	}
	if l := p.Labels[2]; l.Turn != "rotate(12 400 200)" || !l.Main {
		t.Errorf("a name along a sloping street: %+v", l)
	}
	if p.Pins[0].Class() != "o" || p.Pins[1].Class() != "sel" || p.Pins[0].Radius != 23 {
		t.Errorf("pins %+v", p.Pins)
	}
	if p.Leads != "M80 70L90 60" {
		t.Errorf("leads %q, want one for the pin that moved", p.Leads)
	}
	if len(p.Dots) != 1 || p.Here == nil || p.Here.X != 500 || p.Here.Text != "218" {
		t.Errorf("the shop itself has a plate instead of a dot: dots %v, here %+v", p.Dots, p.Here)
	}
	html, err := render(t, lang.En, "plan", p)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(html, "style=") || !strings.Contains(html, `aria-labelledby="p-t p-d"`) {
		t.Errorf("plan:\n%s", html)
	}
}

func TestPinsWithoutLook(t *testing.T) {
	p := NewPlan(plan.Drawing{Width: 400, Height: 400, Pins: []plan.Pin{{ID: "a", Number: 1}}}, PlanView{})
	if got := p.Pins[0].Class(); got != "c" {
		t.Errorf("a shop of which nothing is known has the class %q, want c", got)
	}
}
