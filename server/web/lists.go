package web

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/place"
	"shangquan/services/plan"
)

// listPage is a list of shops that answers one question: 夜里还开, 老字号, 我的收藏.
type listPage struct {
	Base     ui.Base
	Title    string
	Lead     string
	Count    *ui.Count
	Chips    []ui.Chip
	Callouts []ui.Callout
	Groups   []rowGroup
	Empty    *ui.Empty
	Facts    []pointGroup // of the night
	// Kept is set on the page of favourites: a place for the button that fills it.
	Kept  bool
	Share *ui.Share
	Rows  []directory.Row // of all groups, for the head
}

func (s *Site) renderList(c *fiber.Ctx, p *speaker, v listPage) error {
	if v.Base.Lang == "" {
		v.Base = s.Base(c, v.Title)
	}
	v.Base.Description = v.Lead
	if list := s.rowsJSONLD(v.Title, 0, v.Rows); list != nil {
		v.Base.JSONLD = graph(list)
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "list", v)
}

// night is who is still open tonight, computed from the hours.
func (s *Site) night(c *fiber.Ctx) error {
	p := s.speaker(c)
	after := directory.Open(c.Query("after"))
	page, err := s.directory.Night(c.UserContext(), after, p.Lang, p.now)
	if err != nil {
		return err
	}
	v := listPage{Title: p.say("night.title"), Lead: p.say("night.lead")}
	if after != "" && after != page.After {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Text: p.say("search.problem.value", "Value", string([]rune(string(after))[:min(len([]rune(string(after))), 20)]))})
	}
	for _, choice := range page.Counts {
		v.Chips = append(v.Chips, ui.Chip{
			Label: p.say("night.after."+choice.Value, "N", choice.N), On: choice.On, Href: ui.Href(p.Lang, "/night") + "?after=" + choice.Value,
		})
	}
	v.Count = &ui.Count{Number: len(page.Rows), Label: p.count("night.count", len(page.Rows)), Detail: p.say("night.date", "Day", ui.Date(p.Lang, page.Date.At(0), p.now))}
	if len(page.Rows) > 0 {
		v.Groups, v.Rows = []rowGroup{{Rows: s.rows(p, page.Rows)}}, page.Rows
	} else {
		v.Empty = &ui.Empty{Lead: p.say("night.none"), Buttons: []ui.Button{{Label: p.say("search.nothing.home"), Href: ui.Href(p.Lang, "/"), Kind: "alt"}}}
	}
	if page.Unknown > 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Text: p.count("night.unknown", page.Unknown)})
	}
	v.Facts = s.nightFacts(p, &page.NightFacts)
	return s.renderList(c, p, v)
}

// nightFacts are what somebody of the district wrote down of the night; a group of which nobody wrote anything is not there.
func (s *Site) nightFacts(p *speaker, x *directory.NightFacts) []pointGroup {
	out := []pointGroup{}
	for _, g := range []struct {
		id   string
		list []*place.Point
	}{{"last", x.Stops}, {"taxi", x.Taxis}, {"toilet", x.Toilets}} {
		group := pointGroup{ID: g.id, Title: p.say("night." + g.id)}
		for _, one := range g.list {
			group.Points = append(group.Points, s.pointOf(p, directory.PointRow{Point: one}))
		}
		if len(g.list) > 0 {
			out = append(out, group)
		}
	}
	quiet := pointGroup{ID: "quiet", Title: p.say("night.quiet")}
	for _, q := range x.Quiet {
		names := []string{}
		for _, st := range q.Streets {
			names = append(names, p.name(st.Name))
		}
		quiet.Points = append(quiet.Points, ui.Point{
			Name: ui.Plain(strings.Join(names, p.say("empty.and")), p.Lang), Words: []string{timesWords(p, q.Quiet.Hours)},
			Checked: p.say("points.said", "Who", q.Quiet.By, "Day", onDay(p, q.Quiet.CheckedOn)),
		})
	}
	if len(quiet.Points) > 0 {
		out = append(out, quiet)
	}
	return out
}

// heritage is the shops whose mark may be shown today.
func (s *Site) heritage(c *fiber.Ctx) error {
	p := s.speaker(c)
	groups, err := s.directory.Heritage(c.UserContext(), p.Lang, p.now)
	if err != nil {
		return err
	}
	v := listPage{Title: p.say("heritage.title"), Lead: p.say("heritage.lead")}
	if len(groups) > 0 {
		v.Chips = []ui.Chip{{Label: p.say("heritage.walk"), Href: ui.Href(p.Lang, "/heritage/walk")}}
	}
	for _, g := range groups {
		v.Groups = append(v.Groups, rowGroup{ID: "level-" + g.Level, Title: p.say("heritage.level." + g.Level), Rows: s.rows(p, g.Rows)})
		v.Rows = append(v.Rows, g.Rows...)
	}
	if len(groups) == 0 {
		v.Empty = &ui.Empty{Lead: p.say("heritage.none"), Buttons: []ui.Button{{Label: p.say("search.nothing.home"), Href: ui.Href(p.Lang, "/"), Kind: "alt"}}}
	}
	return s.renderList(c, p, v)
}

// favourites shows the shops of a list: the visitor's own, which only his phone knows, or one that somebody shared.
func (s *Site) favourites(c *fiber.Ctx) error {
	p := s.speaker(c)
	asked := []string{}
	for _, id := range strings.Split(c.Query("ids"), ",") {
		if id = strings.TrimSpace(id); id != "" {
			asked = append(asked, id)
		}
	}
	rows, err := s.directory.ByIDs(c.UserContext(), asked, p.Lang, p.now)
	if err != nil {
		return err
	}
	v := listPage{Title: p.say("favourites.title"), Lead: p.say("favourites.lead"), Kept: true}
	v.Base = s.Base(c, v.Title)
	v.Base.NoIndex = len(asked) > 0
	if missing := len(asked) - len(rows); missing > 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Text: p.count("favourites.missing", missing)})
	}
	if len(rows) > 0 {
		v.Groups = []rowGroup{{Rows: s.rows(p, rows)}}
		ids := make([]string, 0, len(rows))
		for i := range rows {
			ids = append(ids, rows[i].Listing.ID)
		}
		v.Share = &ui.Share{URL: s.config.Origin + ui.Href(p.Lang, "/favourites") + "?ids=" + strings.Join(ids, ","), Title: v.Title, Text: v.Title}
	} else {
		v.Empty = &ui.Empty{Lead: p.say("favourites.none"), Text: p.say("favourites.how"), Buttons: []ui.Button{{Label: p.say("search.nothing.home"), Href: ui.Href(p.Lang, "/"), Kind: "alt"}}}
	}
	return s.renderList(c, p, v)
}

// pointsPage is what people need on the way: 便民服务点, and where buses stop.
type pointsPage struct {
	Base   ui.Base
	Title  string
	Lead   string
	Jumps  []ui.Chip
	Groups []pointGroup
	Plan   *ui.Plan
}

type pointGroup struct {
	ID, Title, Icon string
	Points          []ui.Point
}

var pointIcons = map[place.PointKind]string{
	place.BusStop: "bus", place.Metro: "metro", place.Taxi: "taxi", place.Entrance: "entrance", place.Parking: "parking", place.Toilet: "toilet", place.Water: "water", place.Charging: "charging", place.FirstAid: "firstaid",
	place.Nursing: "nursing", place.AED: "aed", place.Rest: "rest", place.Canteen: "canteen", place.Health: "health",
	place.Bench: "bench", place.Shade: "shade", place.StepFree: "ramp",
	place.Seating: "seating", place.Market: "market", place.PopUp: "market",
}

func (s *Site) points(c *fiber.Ctx) error {
	p := s.speaker(c)
	groups, err := s.directory.Points(c.UserContext(), nil, p.now)
	if err != nil {
		return err
	}
	v := pointsPage{Title: p.say("points.title"), Lead: p.say("points.lead")}
	for i := range groups {
		groups[i].Points = slices.DeleteFunc(groups[i].Points, func(r directory.PointRow) bool {
			return groups[i].Kind == place.BusStop && !r.Point.Core // stops far away help nobody who is here
		})
	}
	pinned, listed, named := []directory.PointRow{}, 0, []string{}
	if s.showsPlan() {
		pinned = dealPins(groups)
	}
	for _, g := range groups {
		group := pointGroup{ID: string(g.Kind), Title: p.say("points.kind." + string(g.Kind)), Icon: pointIcons[g.Kind]}
		for _, r := range g.Points {
			group.Points = append(group.Points, s.pointOf(p, r))
			if r.Point.Core && len(named) < plan.MaxPins { // the page has a budget
				named = append(named, r.Point.Name.Hans)
			}
		}
		listed += len(group.Points)
		if len(group.Points) > 0 {
			v.Groups = append(v.Groups, group)
			v.Jumps = append(v.Jumps, ui.Chip{Label: p.say("points.jump", "Kind", group.Title, "N", len(group.Points)), Href: "#" + group.ID, Icon: group.Icon})
		}
	}
	if v.Plan, err = s.pointsPlan(c, p, pinned, listed); err != nil {
		return err
	}
	v.Base = s.Base(c, v.Title)
	v.Base.Description = v.Lead
	if len(named) > 0 {
		v.Base.JSONLD = graph(namesJSONLD(v.Title, named), s.crumbsJSONLD(p, v.Title))
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "points", v)
}

// dealPins numbers the points that get a pin, in the order of the list, and returns them. A plan holds plan.MaxPins; they are dealt to the kinds in
// turn, so that the many of one kind leave some to the others.
func dealPins(groups []directory.PointGroup) []directory.PointRow {
	on := func(r directory.PointRow) bool { return r.Point.Core && r.Point.Location != nil }
	could, share := make([]int, len(groups)), make([]int, len(groups))
	for i, g := range groups {
		for _, r := range g.Points {
			if on(r) {
				could[i]++
			}
		}
	}
	for left, dealt := plan.MaxPins, true; dealt; {
		dealt = false
		for i := range groups {
			if left > 0 && share[i] < could[i] {
				share[i]++
				left--
				dealt = true
			}
		}
	}
	out := []directory.PointRow{}
	for i, g := range groups {
		for n := range g.Points {
			if r := &g.Points[n]; share[i] > 0 && on(*r) {
				share[i]--
				r.Number = len(out) + 1
				out = append(out, *r)
			}
		}
	}
	return out
}

// pointAnchor is where the list names a point. Those that are made of other records have a dot in their id, which an anchor has not.
func pointAnchor(id string) string { return "point-" + strings.ReplaceAll(id, ".", "-") }

// pointsPlan is the street plan with a pin for each point that has a number; nil where there is none to show. It says how many of those listed have
// none.
func (s *Site) pointsPlan(c *fiber.Ctx, p *speaker, rows []directory.PointRow, listed int) (*ui.Plan, error) {
	if !s.showsPlan() {
		return nil, nil
	}
	d, err := s.directory.PlanPoints(c.UserContext(), rows, p.Lang, asideWidth, asideHeight, p.now)
	if err != nil || d.Empty() || len(d.Pins) == 0 {
		return nil, err
	}
	byID := map[string]*place.Point{}
	for _, r := range rows {
		byID[r.Point.ID] = r.Point
	}
	caption := p.say("points.plan_caption")
	if off := listed - len(d.Pins); off > 0 {
		caption += p.count("points.off_plan", off)
	}
	return s.publicPlan(d, ui.PlanView{ID: "plan", Description: p.say("points.plan"), Caption: caption, Look: func(id string) ui.PinLook {
		x := byID[id]
		return ui.PinLook{Label: p.say("places.pin", "Name", p.name(x.Name), "Status", p.say("points.kind."+string(x.Kind))), Href: "#" + pointAnchor(id)}
	}}), nil
}

// pointOf is a point in a list.
func (s *Site) pointOf(p *speaker, r directory.PointRow) ui.Point {
	x := r.Point
	name, in := x.Name.In(p.Lang)
	v := ui.Point{ID: pointAnchor(x.ID), Number: r.Number, Name: ui.Plain(name, in), Address: x.Address, Note: strings.Join(x.Lines, p.say("empty.and"))}
	if x.Note != "" {
		v.Note = strings.TrimSpace(v.Note + " " + x.Note)
	}
	v.Href = pointHref(p, x, r.Slug)
	if h := x.Usable(); h != nil {
		st := s.openNow(p, *h)
		if x.Opening.Text != "" { // it is no shop, and its hours stand beside
			usable := st.Kind == ui.Open || st.Kind == ui.Soon
			st.Word, st.Next = p.say("points.usable."+strconv.FormatBool(usable)), ""
		}
		v.Status = &st
	}
	v.Words = pointWords(p, x)
	if _, err := calendar.ParseDate(x.CheckedOn); err == nil {
		v.Checked = p.say("shop.confirmed.coordinator", "Day", onDay(p, x.CheckedOn))
	}
	for _, d := range x.Lasts.List {
		v.Lasts = append(v.Lasts, ui.Departure{Name: d.Name(), At: ui.ClockMinutes(p.Lang, d.Minute())})
	}
	if len(v.Lasts) > 0 {
		v.Checked = p.say("points.said", "Who", x.Lasts.Source, "Day", onDay(p, x.Lasts.CheckedOn))
	}
	return v
}

// pointHref is the page that says more of a point: of the shop that is the same place, or its own; empty for none.
func pointHref(p *speaker, x *place.Point, slug string) string {
	switch {
	case slug != "":
		return ui.Href(p.Lang, "/shops/"+slug)
	case x.Page != "":
		return ui.Href(p.Lang, x.Page)
	}
	return ""
}

// pointWords say how one parks there, when a point can be used, that it is lit, and whether there are steps; nil where nobody wrote any of it down.
func pointWords(p *speaker, x *place.Point) []string {
	var out []string
	if x.Lot != "" {
		out = append(out, p.say("points.lot."+string(x.Lot)))
	}
	if x.Opening.Text != "" {
		out = append(out, timesWords(p, x.Opening.Hours))
	}
	if x.Lit {
		out = append(out, p.say("points.lit"))
	}
	if x.Access != "" {
		out = append(out, p.say("points.access."+string(x.Access)))
	}
	return out
}

// offline is the page the service worker keeps for addresses that were never visited.
func (s *Site) offline(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := listPage{Title: p.say("offline.title"), Lead: p.say("offline.none")}
	v.Base = s.Base(c, v.Title)
	v.Base.NoIndex, v.Base.Canonical, v.Base.Alternates = true, "", nil
	v.Groups = []rowGroup{}
	return s.renderList(c, p, v)
}
