package directory

import (
	"context"
	"slices"
	"sync"
	"time"

	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/plan"
)

// drawn is the places of a register made ready for drawing, when a plan is first asked for.
type drawn struct {
	once    sync.Once
	streets []place.Street // with merged lines
	extent  []geo.Point    // of the district
}

func (r *register) drawing() *drawn {
	d := &r.plan
	d.once.Do(func() {
		for _, st := range r.streets {
			if st.Lines = plan.Merge(st.Lines); len(st.Lines) == 0 {
				continue
			}
			d.streets = append(d.streets, st)
			for _, line := range st.Lines {
				if st.Core {
					d.extent = append(d.extent, line...)
				}
			}
		}
		for i := range r.plazas {
			if p := &r.plazas[i]; p.Core && p.Location != nil {
				d.extent = append(d.extent, p.Location.Point)
			}
		}
	})
	return d
}

// What a plan shows around what it is about, in metres.
const (
	planMargin = 150
	planLeast  = 700 // a plan is at least this wide: less says nothing of where one is
	shopPlan   = 500
)

// Plan draws the district with a numbered pin for every row that lies in it; when all or none do, it draws where the rows are.
// The others are only in the list: a plan of a whole county shows nothing of the street one stands in. width and height are plan units; the plan may be Empty.
func (s *Service) Plan(ctx context.Context, rows []Row, t lang.Tag, width, height int, now time.Time) (plan.Drawing, error) {
	return s.PlanWith(ctx, rows, nil, t, width, height, now)
}

// Stretch is a part of a street that a plan marks: along the doors of the shops on it, or the whole street.
type Stretch struct {
	StreetID string
	Whole    bool
	Lines    [][]geo.Point               // these lines instead, of a street that is being drawn
	Outline  [][]geo.Point               // these lines instead, drawn as they are
	On       func(*listing.Listing) bool // which shops stand on it
}

// PlanWith is Plan that marks stretches of streets, and shows them whole.
func (s *Service) PlanWith(ctx context.Context, rows []Row, marked []Stretch, t lang.Tag, width, height int, now time.Time) (plan.Drawing, error) {
	spots := []plan.Spot{}
	for i := range rows {
		if r := &rows[i]; r.At != nil {
			spots = append(spots, plan.Spot{ID: r.Listing.ID, At: *r.At, Number: r.Number})
		}
	}
	return s.draw(ctx, spots, marked, t, width, height, now)
}

// PlanPoints is Plan for points: one with a number and a position has a numbered pin.
func (s *Service) PlanPoints(ctx context.Context, rows []PointRow, t lang.Tag, width, height int, now time.Time) (plan.Drawing, error) {
	spots := []plan.Spot{}
	for _, r := range rows {
		if r.Number > 0 && r.Point.Location != nil {
			spots = append(spots, plan.Spot{ID: r.Point.ID, At: r.Point.Location.Point, Number: r.Number})
		}
	}
	return s.draw(ctx, spots, nil, t, width, height, now)
}

func (s *Service) draw(ctx context.Context, spots []plan.Spot, marked []Stretch, t lang.Tag, width, height int, now time.Time) (plan.Drawing, error) {
	st, err := s.state(ctx, now)
	if err != nil {
		return plan.Drawing{}, err
	}
	d := st.snap.reg.drawing()
	var at []geo.Point
	in := plan.Input{Streets: d.streets, Plazas: st.snap.reg.plazas, Bounds: st.snap.reg.bounds.Outlines, Spots: spots, Lang: t}
	for _, x := range spots {
		at = append(at, x.At)
	}
	for _, x := range marked {
		in.Marked = append(in.Marked, st.snap.marked(d, &x)...)
	}
	for _, line := range in.Marked {
		at = append(at, line...)
	}
	v := plan.Fit(d.extent, planMargin, width, height)
	if n := shown(v, at); len(at) > 0 && (n == 0 || n == len(at)) {
		v = plan.Fit(at, planMargin, width, height)
	}
	if !v.Empty() && v.Metres(v.Width) < planLeast {
		v = plan.Around(v.Middle(), planLeast, width, height)
	}
	return plan.Draw(v, plan.StyleFor(v), in), nil
}

// marked returns the lines of a stretch; none where its street is not drawn or nobody with a position stands on it.
func (s *snapshot) marked(d *drawn, x *Stretch) [][]geo.Point {
	if x.Outline != nil {
		return x.Outline
	}
	if x.Lines != nil {
		return plan.Merge(x.Lines)
	}
	i := slices.IndexFunc(d.streets, func(st place.Street) bool { return st.ID == x.StreetID })
	if i < 0 {
		return nil
	}
	if x.Whole {
		return d.streets[i].Lines
	}
	doors := []geo.Point{}
	for _, n := range s.lists.door.list {
		if sh := &s.shops[n]; sh.located && x.On(sh.Listing) {
			doors = append(doors, sh.at)
		}
	}
	return plan.Part(d.streets[i].Lines, doors)
}

// shown counts the points that lie in a view.
func shown(v plan.View, at []geo.Point) (n int) {
	for _, p := range at {
		if !v.Empty() && v.Shows(p) {
			n++
		}
	}
	return n
}

// PlanOf draws the surroundings of one shop: its own pin, which is the only one, and dots for the shops next door. It is Empty
// for a shop without a position.
func (s *Service) PlanOf(ctx context.Context, p *ShopPage, t lang.Tag, width, height int, now time.Time) (plan.Drawing, error) {
	if p.At == nil {
		return plan.Drawing{}, nil
	}
	st, err := s.state(ctx, now)
	if err != nil {
		return plan.Drawing{}, err
	}
	in := plan.Input{Streets: st.snap.reg.drawing().streets, Plazas: st.snap.reg.plazas, Bounds: st.snap.reg.bounds.Outlines, Lang: t}
	in.Spots = append(in.Spots, plan.Spot{ID: p.Listing.ID, At: *p.At, Number: 1})
	if n, ok := st.snap.ids[p.Listing.ID]; ok {
		for _, m := range st.snap.neighbours(n, 8) {
			if sh := &st.snap.shops[m]; sh.located {
				in.Spots = append(in.Spots, plan.Spot{ID: sh.ID, At: sh.at})
			}
		}
	}
	v := plan.Around(*p.At, shopPlan, width, height)
	return plan.Draw(v, plan.StyleFor(v), in), nil
}
