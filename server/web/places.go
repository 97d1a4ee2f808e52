package web

import (
	"html/template"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// placeLink is a street or plaza in a list.
type placeLink struct {
	Href  string
	Name  ui.Marked
	Under ui.Marked // address or pinyin
	Count string    // 12 家，3 家现在营业
}

// placeGroup is places under one heading.
type placeGroup struct {
	Title  string
	Places []placeLink
}

// placesPage lists the streets or the plazas.
type placesPage struct {
	Base   ui.Base
	Title  string
	Lead   string
	Groups []placeGroup
}

func (s *Site) streets(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.directory.Streets(c.UserContext(), p.now)
	if err != nil {
		return err
	}
	v := placesPage{Title: p.say("places.streets.title"), Lead: p.say("places.streets.lead")}
	ours, others := placeGroup{Title: p.say("places.streets.ours")}, placeGroup{Title: p.say("places.streets.others")}
	for _, x := range list {
		name, in := x.Street.Name.In(p.Lang)
		link := placeLink{Href: ui.Href(p.Lang, "/streets/"+x.Street.Slug), Name: ui.Plain(name, in), Count: counts(p, x)}
		if name != x.Street.Reading() {
			link.Under = ui.Plain(x.Street.Reading(), lang.En)
		}
		if x.Street.Core {
			ours.Places = append(ours.Places, link)
		} else {
			others.Places = append(others.Places, link)
		}
	}
	for _, g := range []placeGroup{ours, others} {
		if len(g.Places) > 0 {
			v.Groups = append(v.Groups, g)
		}
	}
	return s.renderPlaces(c, p, v)
}

func (s *Site) plazas(c *fiber.Ctx) error {
	p := s.speaker(c)
	areas, err := s.directory.Plazas(c.UserContext(), p.now)
	if err != nil {
		return err
	}
	v := placesPage{Title: p.say("places.plazas.title"), Lead: p.say("places.plazas.lead")}
	for _, a := range areas {
		g := placeGroup{Title: a.Name}
		if g.Title == "" {
			g.Title = p.say("places.plazas.elsewhere")
		}
		for _, x := range a.Plazas {
			name, in := x.Plaza.Name.In(p.Lang)
			g.Places = append(g.Places, placeLink{
				Href: ui.Href(p.Lang, "/plazas/"+x.Plaza.Slug), Name: ui.Plain(name, in), Under: ui.Plain(x.Plaza.Address, lang.Hans), Count: counts(p, x),
			})
		}
		v.Groups = append(v.Groups, g)
	}
	return s.renderPlaces(c, p, v)
}

func (s *Site) renderPlaces(c *fiber.Ctx, p *speaker, v placesPage) error {
	v.Base = s.Base(c, v.Title)
	v.Base.Description = v.Lead
	items := []listItem{}
	for _, g := range v.Groups {
		for _, x := range g.Places {
			items = append(items, listItem{Type: "ListItem", Position: len(items) + 1, Name: x.Name.String(), URL: s.config.Origin + x.Href})
		}
	}
	if len(items) > 0 {
		v.Base.JSONLD = graph(listJSONLD(v.Title, items), s.crumbsJSONLD(p, v.Title))
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "places", v)
}

// counts says how many shops a place has, and how many of them are open.
func counts(p *speaker, x directory.PlaceCount) string {
	switch {
	case x.Total == 0:
		return p.say("places.none")
	case x.Open == 0:
		return p.count("places.shops", x.Total)
	}
	return p.count("places.shops_open", x.Total, "Open", x.Open)
}

// rowGroup is shops under one heading: a side of a street, a floor of a plaza.
type rowGroup struct {
	ID, Title, Note string
	Rows            []template.HTML
	Units           []unitView
}

// unitView is a unit of a plaza that nobody is in.
type unitView struct{ Number, Size string }

// placePage is a street or a plaza with its shops.
type placePage struct {
	Base    ui.Base
	Back    ui.Link
	Name    ui.Marked
	Pinyin  string
	Facts   []ui.Fact
	Count   *ui.Count // nil for none
	Groups  []rowGroup
	Plazas  []placeLink
	Nothing string
	Plan    *ui.Plan
	// Numbered rows have the numbers of the plan, and both stand on paper.
	Numbered bool
	// Callouts are the banners of notices about the place; Links lead to all of them, and what else there is of the place.
	Callouts []ui.Callout
	Links    []ui.Link
	Feeds    []ui.Link // for the head
	// Way is what one needs on the way there: stops, entrances, parking, toilets, ramps.
	Way  []ui.Fact
	path *walkPath // what the plan draws between its pins; nil: nothing
	What any       // the place as schema.org describes it, for the head; nil for what that has no word for
}

func (s *Site) street(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.directory.Street(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if fault.Is(err, fault.NotFound) && s.services.Places != nil {
		if st, gone := s.services.Places.StreetBySlug(c.UserContext(), c.Params("slug")); gone == nil && st.Ended != "" {
			return s.endedPlace(c, p, st.Name, st.Reading(), p.say("place_entry.ended_street", "Day", onDay(p, st.Ended)), "streets")
		}
	}
	if err != nil {
		return err
	}
	goesWithout(c, x.Part)
	name, in := x.Street.Name.In(p.Lang)
	posted := s.board(c).Street(p.now, x.Street.ID)
	v := placePage{
		Back: ui.Link{Label: p.say("places.streets.title"), Href: ui.Href(p.Lang, "/streets")},
		Name: ui.Plain(name, in), Pinyin: x.Street.Reading(), Count: placeCount(p, x.Total, x.Open), Facts: quietFact(p, x.Street),
		Callouts: banners(p, posted), Links: placeLinks(p, "/streets/", x.Street.Slug),
	}
	v.Callouts = append(v.Callouts, s.pedestrianNote(p, x.Street, false)...)
	v.Callouts = append(v.Callouts, s.outdoorOn(c, p, x.Street)...)
	all := []directory.Row{}
	for _, side := range x.Sides {
		g := rowGroup{ID: "side-" + string(side.Side), Title: p.say("places.side.unknown"), Rows: s.rows(p, side.Rows)}
		if side.Side != "" {
			g.Title = p.say("places.side." + string(side.Side))
			if where, _ := side.Name.In(p.Lang); where != "" {
				g.Title = p.say("places.side.where", "Side", g.Title, "Where", where)
			}
		} else {
			g.ID = "side-unknown"
		}
		v.Groups = append(v.Groups, g)
		all = append(all, side.Rows...)
	}
	v.Links = append(v.Links, s.offersAt(c, p, x.Street.Slug)...)
	here, err := s.onStreet(c, x.Street)
	if err != nil {
		return err
	}
	going, err := s.going(c, p, x.Street.Slug, posted, here)
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, going...)
	follow(p, &v, "/streets/"+x.Street.Slug, x.Street.Slug)
	tellWay(p, &v, x.Way)
	for _, z := range x.Plazas {
		zname, zin := z.Plaza.Name.In(p.Lang)
		v.Plazas = append(v.Plazas, placeLink{Href: ui.Href(p.Lang, "/plazas/"+z.Plaza.Slug), Name: ui.Plain(zname, zin), Count: counts(p, z)})
	}
	return s.renderPlace(c, p, v, x.Street.Core && len(x.Street.Lines) > 0, all)
}

// endedPlace is the page of a street or plaza that is there no more: old links and codes on paper still answer.
func (s *Site) endedPlace(c *fiber.Ctx, p *speaker, name lang.Text, reading, gone, family string) error {
	text, in := name.In(p.Lang)
	v := placePage{
		Back: ui.Link{Label: p.say("places." + family + ".title"), Href: ui.Href(p.Lang, "/"+family)}, Name: ui.Plain(text, in), Pinyin: reading,
		Callouts: []ui.Callout{{Kind: "warn", Icon: "alert", Lead: gone}},
	}
	v.Base = s.Base(c, text)
	v.Base.Description = gone
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "place", v)
}

// pedestrianNote says when no car may enter a street and whether that is now; with now alone only while it is.
func (s *Site) pedestrianNote(p *speaker, st *place.Street, now bool) []ui.Callout {
	if st == nil || st.Pedestrian.Text == "" {
		return nil
	}
	in := hours.At(st.Pedestrian.Hours, s.calendar(), p.now).IsOpen()
	if now && !in {
		return nil
	}
	note := ui.Callout{Lead: p.say("places.pedestrian.lead"), Text: timesWords(p, st.Pedestrian.Hours)}
	if in {
		note.Kind, note.Lead = "live", p.say("places.pedestrian.now")
	}
	return []ui.Callout{note}
}

func (s *Site) plaza(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.directory.Plaza(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if fault.Is(err, fault.NotFound) && s.services.Places != nil {
		if z, gone := s.services.Places.PlazaBySlug(c.UserContext(), c.Params("slug")); gone == nil && z.Ended != "" {
			return s.endedPlace(c, p, z.Name, "", p.say("place_entry.ended_plaza", "Day", onDay(p, z.Ended)), "plazas")
		}
	}
	if err != nil {
		return err
	}
	goesWithout(c, x.Part)
	name, in := x.Plaza.Name.In(p.Lang)
	posted := s.board(c).Plaza(p.now, x.Plaza.ID)
	v := placePage{
		Back: ui.Link{Label: p.say("places.plazas.title"), Href: ui.Href(p.Lang, "/plazas")},
		Name: ui.Plain(name, in), Facts: plazaFacts(p, &x), What: s.plazaJSONLD(x.Plaza),
		Callouts: banners(p, posted), Links: placeLinks(p, "/plazas/", x.Plaza.Slug),
	}
	if x.Total == 0 {
		v.Nothing = p.say("places.plazas.empty")
	} else {
		v.Count = placeCount(p, x.Total, x.Open)
	}
	v.Links = append(v.Links, s.offersAt(c, p, x.Plaza.Slug)...)
	going, err := s.going(c, p, x.Plaza.Slug, posted, inPlaza(x.Plaza))
	if err != nil {
		return err
	}
	v.Facts = append(v.Facts, going...)
	follow(p, &v, "/plazas/"+x.Plaza.Slug, x.Plaza.Slug)
	tellWay(p, &v, x.Way)
	all := []directory.Row{}
	for i := range x.Floors {
		f := &x.Floors[i]
		g := rowGroup{ID: "floor-" + strconv.Itoa(f.Level), Title: f.Label}
		if f.Level == 0 {
			g.ID, g.Title = "floor-unknown", p.say("places.floor.unknown")
			if len(x.Floors) == 1 {
				g.Title = p.say("places.floor.all")
			}
		}
		g.Note, _ = f.Note.In(p.Lang)
		here := []directory.Row{}
		for _, u := range f.Units {
			switch {
			case u.Row != nil:
				here = append(here, *u.Row)
			case u.Unit.Vacant():
				g.Units = append(g.Units, unitView{u.Unit.Number, squareMetres(p, u.Unit.AreaM2)})
			}
		}
		here = append(here, f.Rows...)
		g.Rows = s.rows(p, here)
		if len(g.Rows)+len(g.Units) > 0 || g.Note != "" {
			v.Groups = append(v.Groups, g)
		}
		all = append(all, here...)
	}
	if len(v.Groups) > 0 {
		v.Links = append(v.Links, ui.Link{Label: p.say("floor_sheet.link"), Href: ui.Href(p.Lang, "/plazas/"+x.Plaza.Slug+"/directory")})
	}
	return s.renderPlace(c, p, v, x.Plaza.Core && x.Plaza.Location != nil, all)
}

func squareMetres(p *speaker, area float64) string {
	if area <= 0 {
		return ""
	}
	return p.say("places.area", "N", strconv.FormatFloat(area, 'f', -1, 64))
}

func plazaFacts(p *speaker, x *directory.PlazaPage) []ui.Fact {
	out := []ui.Fact{}
	if x.Plaza.Address != "" {
		out = append(out, ui.Fact{Term: p.say("shop.fact.address"), Values: []ui.Value{{Text: x.Plaza.Address, Lang: lang.Hans, Copy: x.Plaza.Address, CopyLabel: p.say("shop.fact.copy")}}})
	}
	if x.Street != nil {
		out = append(out, ui.Fact{Term: p.say("places.on"), Values: []ui.Value{{Text: p.name(x.Street.Name), Href: ui.Href(p.Lang, "/streets/"+x.Street.Slug)}}})
	}
	if x.Plaza.Area != "" {
		out = append(out, ui.Fact{Term: p.say("places.area_of"), Values: []ui.Value{{Text: x.Plaza.Area, Lang: lang.Hans}}})
	}
	if len(x.Plaza.Aliases) > 0 {
		f := ui.Fact{Term: p.say("shop.fact.aliases")}
		for _, a := range x.Plaza.Aliases {
			f.Values = append(f.Values, ui.Value{Text: a, Lang: lang.Hans})
		}
		out = append(out, f)
	}
	return out
}

// placeLinks lead from a street or plaza to its notices, and to the sheet with its code.
func placeLinks(p *speaker, folder, slug string) []ui.Link {
	return []ui.Link{
		{Label: p.say("notices.of_place"), Href: ui.Href(p.Lang, "/notices") + "?at=" + slug},
		{Label: p.say("poster.of_place"), Href: ui.Href(p.Lang, folder+slug+"/poster")},
	}
}

// placeCount counts the shops of a place. That none is known to be open is not said: most have not said when they are.
func placeCount(p *speaker, total, open int) *ui.Count {
	v := &ui.Count{Number: total, Label: p.count("search.count.all", total)}
	if open > 0 {
		v.Detail = p.count("places.open", open)
	}
	return v
}

func (s *Site) renderPlace(c *fiber.Ctx, p *speaker, v placePage, core bool, rows []directory.Row) error {
	var err error
	if v.Plan, err = s.placePlan(c, p, core, rows, v.path); err != nil {
		return err
	}
	v.Base = s.Base(c, v.Name.String())
	v.Base.Description = p.count("places.summary", len(rows), "Name", v.Name.String())
	v.Base.JSONLD = graph(v.What, s.rowsJSONLD(v.Name.String(), 0, rows), s.crumbsJSONLD(p, v.Name.String(), v.Back))
	v.Base.Feeds = v.Feeds
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "place", v)
}

// placePlan draws rows of a place. Without a pin the plan of the district still shows where a street or plaza of it (core) runs; nil where
// it would show nothing.
func (s *Site) placePlan(c *fiber.Ctx, p *speaker, core bool, rows []directory.Row, path *walkPath) (*ui.Plan, error) {
	if !s.showsPlan() {
		return nil, nil
	}
	words, marked := "", []directory.Stretch(nil)
	if path != nil {
		words, marked = path.words, []directory.Stretch{{Outline: [][]geo.Point{path.line}}}
	}
	d, err := s.directory.PlanWith(c.UserContext(), numbered(rows), marked, p.Lang, asideWidth, asideHeight, p.now)
	if err != nil || d.Empty() || len(d.Pins) == 0 && !core {
		return nil, err
	}
	byID := map[string]*directory.Row{}
	for i := range rows {
		byID[rows[i].Listing.ID] = &rows[i]
	}
	return s.publicPlan(d, ui.PlanView{ID: "plan", Description: p.say("search.plan"), Legend: true, Marked: words, Look: func(id string) ui.PinLook {
		r := byID[id]
		st := rowStatus(p, r)
		return ui.PinLook{Kind: st.Kind, Label: p.say("places.pin", "Name", r.Name, "Status", st.Word), Href: ui.Href(p.Lang, "/shops/"+r.Listing.Slug)}
	}}), nil
}

// numbered counts rows of several groups through, so that the plan's pins have one number each.
func numbered(rows []directory.Row) []directory.Row {
	out := append([]directory.Row{}, rows...)
	for i := range out {
		out[i].Number = i + 1
	}
	return out
}
