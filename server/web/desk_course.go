package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/place"
)

// saidOfPlace says above the page of a street or plaza what was just done.
func saidOfPlace(c *fiber.Ctx, p *speaker, v *casePage) {
	if w := saidHere(c, "added", "name", "line", "end", "revive"); w != "" {
		v.ok(p.say("place_entry.done." + w))
	}
}

// streetEntry are the forms with which a street is named, drawn and ended.
func (s *Site) streetEntry(c *fiber.Ctx, p *speaker, v *casePage, forms map[string]*ui.Form, st *place.Street, f *form) error {
	path := "/desk/streets/" + st.Slug
	shops, err := s.services.Listings.StandingAt(c.UserContext(), st.ID, "")
	if err != nil {
		return err
	}
	forms["name"] = s.placeForm(c, path, "name", st.Rev, streetParts(p, only(f, "name"), "name", st), ui.Button{Label: p.say("desk_place.save")})
	v.add(section{ID: "name", Title: p.say("place_entry.rename_street"), Text: p.say("place_entry.rename_text"), Forms: []*ui.Form{forms["name"]}})
	forms["line"] = s.placeForm(c, path, "line", st.Rev, courseParts(p, only(f, "line"), p.say("place_entry.lines"), st.Lines),
		ui.Button{Label: p.say("desk_place.save"), Name: "do", Value: "save"}, ui.Button{Label: p.say("place_entry.look"), Kind: "alt", Name: "do", Value: "look"})
	v.add(section{ID: "line", Title: p.say("place_entry.line"), Text: p.say("place_entry.line_text"), Forms: []*ui.Form{forms["line"]}})
	forms["end"] = s.endForm(c, p, path, st.Rev)
	v.add(section{ID: "end", Title: p.say("place_entry.end_street"), Text: p.count("place_entry.end_street_text", shops), Forms: []*ui.Form{forms["end"]}})
	return nil
}

func (s *Site) endForm(c *fiber.Ctx, p *speaker, path string, rev int64) *ui.Form {
	return s.placeForm(c, path, "end", rev, nil, ui.Button{Label: p.say("place_entry.end"), Kind: "alt"})
}

func (s *Site) reviveForm(c *fiber.Ctx, p *speaker, path string, rev int64) *ui.Form {
	return s.placeForm(c, path, "revive", rev, nil, ui.Button{Label: p.say("place_entry.revive")})
}

// courseParts are lines as text, called label, and the datum they are in, which nobody guesses.
func courseParts(p *speaker, f *form, label string, lines [][]geo.Point) []ui.FormPart {
	datum := ""
	if len(lines) > 0 {
		datum = string(geo.WGS84)
	}
	return []ui.FormPart{
		filled(f, "line", "lines", label, geo.LinesText(lines), func(y *ui.Field) {
			y.Type, y.Rows, y.Optional, y.Hint = "textarea", 8, true, p.say("place_entry.lines_hint")
		}),
		filled(f, "line", "datum", p.say("my.place.datum"), "", func(y *ui.Field) {
			y.Options = append([]ui.Option{{Label: p.say("my.choose")}}, datums(p, typedOr(f, "datum", datum))...)
		}),
	}
}

// typedCourse reads what courseParts sends; nothing typed is no line.
func typedCourse(f *form) ([][]geo.Point, error) {
	if f.Get("lines") == "" {
		return nil, nil
	}
	return geo.ParseLines(f.Get("lines"), geo.Datum(f.Get("datum")))
}

// courseSection shows where a street runs on the plan: as typed where it was, else as it is stored; nothing where nobody knows.
func (s *Site) courseSection(c *fiber.Ctx, p *speaker, v *casePage, st *place.Street, f *form) error {
	lines := st.Lines
	if f != nil {
		if typed, err := typedCourse(f); err == nil {
			lines = typed
		}
	}
	drawn, err := s.linesPlan(c, p, lines, p.name(st.Name))
	if err != nil || drawn == nil {
		return err
	}
	v.add(section{ID: "course", Title: p.say("place_entry.course"), Plan: drawn})
	return nil
}

// linesPlan draws lines on the street plan; nil where there is nothing to draw.
func (s *Site) linesPlan(c *fiber.Ctx, p *speaker, lines [][]geo.Point, name string) (*ui.Plan, error) {
	if len(lines) == 0 {
		return nil, nil
	}
	return s.markedPlan(c, p, directory.Stretch{Lines: lines}, name)
}

// markedPlan draws a stretch on the street plan; nil where there is nothing to draw.
func (s *Site) markedPlan(c *fiber.Ctx, p *speaker, marked directory.Stretch, name string) (*ui.Plan, error) {
	d, err := s.directory.PlanWith(c.UserContext(), nil, []directory.Stretch{marked}, p.Lang, asideWidth, asideHeight, p.now)
	if err != nil || d.Marked == "" {
		return nil, err
	}
	out := ui.NewPlan(d, ui.PlanView{ID: "plan", Description: p.say("place_entry.plan", "Name", name), Caption: p.say("place_entry.plan_caption", "Name", name)})
	return &out, nil
}

// pinPlan draws a position on the street plan; nil where there is none.
func (s *Site) pinPlan(c *fiber.Ctx, p *speaker, at *geo.Location, name string) (*ui.Plan, error) {
	if at == nil {
		return nil, nil
	}
	d, err := s.directory.PlanPoints(c.UserContext(), []directory.PointRow{{Point: &place.Point{Location: at}, Number: 1}}, p.Lang, asideWidth, asideHeight, p.now)
	if err != nil || d.Empty() {
		return nil, err
	}
	out := ui.NewPlan(d, ui.PlanView{ID: "plan", Description: p.say("place_entry.plan", "Name", name), Caption: p.say("place_entry.pin_caption"), Look: func(string) ui.PinLook {
		return ui.PinLook{Label: name, Href: "#plan"}
	}})
	return &out, nil
}

// streetEntrySent does what one of the forms of streetEntry asks for.
func (s *Site) streetEntrySent(c *fiber.Ctx, f *form, st *place.Street, rev int64) error {
	ctx, by := c.UserContext(), Of(c).Actor
	switch f.Get("form") {
	case "name":
		_, err := s.services.Streets.SetStreet(ctx, by, st.ID, rev, typedStreet(f))
		return err
	case "line":
		lines, err := typedCourse(f)
		if err == nil && f.Get("do") != "look" {
			_, err = s.services.Streets.SetLines(ctx, by, st.ID, rev, lines)
		}
		return err
	case "end":
		shops, err := s.services.Listings.StandingAt(ctx, st.ID, "")
		if err == nil {
			_, err = s.services.Streets.EndStreet(ctx, by, st.ID, rev, shops)
		}
		return err
	case "revive":
		_, err := s.services.Streets.ReviveStreet(ctx, by, st.ID, rev)
		return err
	}
	return fault.Missing()
}

// streetLooked shows the plan with the line that was typed, which is not kept yet.
func (s *Site) streetLooked(c *fiber.Ctx, f *form) error {
	p := s.speaker(c)
	v, _, err := s.streetCase(c, p, f)
	if err != nil {
		return err
	}
	v.warn(p.say("place_entry.looking"))
	return s.showCase(c, p, v, nil, nil)
}

// plazaEntry are the forms with which a plaza is described and ended; forms gets them by name.
func (s *Site) plazaEntry(c *fiber.Ctx, p *speaker, v *casePage, forms map[string]*ui.Form, z *place.Plaza, f *form) error {
	path := "/desk/plazas/" + z.Slug
	parts, err := s.plazaParts(c, p, only(f, "name"), "name", z)
	if err != nil {
		return err
	}
	shops, err := s.services.Listings.StandingAt(c.UserContext(), "", z.ID)
	if err != nil {
		return err
	}
	forms["name"] = s.placeForm(c, path, "name", z.Rev, parts, ui.Button{Label: p.say("desk_place.save")})
	v.add(section{ID: "name", Title: p.say("place_entry.rename_plaza"), Text: p.say("place_entry.rename_text"), Forms: []*ui.Form{forms["name"]}})
	forms["end"] = s.endForm(c, p, path, z.Rev)
	v.add(section{ID: "end", Title: p.say("place_entry.end_plaza"), Text: p.count("place_entry.end_plaza_text", shops), Forms: []*ui.Form{forms["end"]}})
	return nil
}

// plazaEntrySent does what one of the forms of plazaEntry asks for.
func (s *Site) plazaEntrySent(c *fiber.Ctx, f *form, z *place.Plaza) error {
	ctx, by := c.UserContext(), Of(c).Actor
	rev, err := f.rev()
	if err != nil {
		return err
	}
	switch f.Get("form") {
	case "name":
		var x place.PlazaFacts
		if x, err = typedPlaza(f, z); err == nil {
			_, err = s.services.Streets.SetPlaza(ctx, by, z.ID, rev, x)
		}
	case "end":
		var shops int
		if shops, err = s.services.Listings.StandingAt(ctx, "", z.ID); err == nil {
			_, err = s.services.Streets.EndPlaza(ctx, by, z.ID, rev, shops)
		}
	case "revive":
		_, err = s.services.Streets.RevivePlaza(ctx, by, z.ID, rev)
	}
	return err
}
