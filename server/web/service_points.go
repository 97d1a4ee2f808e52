package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// servicePointRoutes are the benches, ramps and other points that the district itself enters and looks at.
func (s *Site) servicePointRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/desk/service-points/:id", "/desk/service-points/none"
	return []Route{
		{Method: get, Path: "/desk/service-points", Handle: s.servicePoints, Kind: Private, Needs: access.PlaceRead},
		{Method: post, Path: "/desk/service-points", Handle: s.servicePointAdded, Kind: Private, Rate: Write, Needs: access.PlaceEdit},
		{Method: get, Path: one, Handle: s.servicePoint, Kind: Private, Needs: access.PlaceRead, Probe: none},
		{Method: post, Path: one, Handle: s.servicePointSent, Kind: Private, Rate: Write, Needs: access.PlaceEdit, Probe: none},
	}
}

func mayEditPoints(c *fiber.Ctx) bool {
	return access.Can(Of(c).Actor, access.PlaceEdit, access.Thing{Kind: place.KindPoint})
}

// servicePoints: GET /desk/service-points: those there are, kind by kind, and a new one.
func (s *Site) servicePoints(c *fiber.Ctx) error { return s.shown(c, s.servicePointsCase) }

func (s *Site) servicePointsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Streets.Points(c.UserContext())
	if err != nil {
		return nil, err
	}
	streets, err := s.services.Streets.Streets(c.UserContext())
	if err != nil {
		return nil, err
	}
	v := &casePage{
		Up: toDesk(c, p), Title: p.say("points_desk.title"), Lead: p.say("points_desk.lead"),
		Links: []ui.Link{{Label: p.say("points.title"), Href: at(c, "/points")}, {Label: p.say("station.check_title"), Href: at(c, "/desk/points")}},
	}
	if saidHere(c, "gone") != "" {
		v.ok(p.say("points_desk.done.gone"))
	}
	some := false
	for _, kind := range place.PointKinds {
		records := ui.Records{}
		for i := range list {
			if x := &list[i]; x.Kind == kind && (kind.ByHand() || kind.Stops()) {
				name, in := x.Name.In(p.Lang)
				r := ui.Record{Title: name, Lang: in, Href: at(c, "/desk/service-points/"+x.ID), Lines: []string{}}
				lines := []string{x.Address, checkedWords(p, x.CheckedOn)}
				if kind.Stops() {
					lines = []string{x.Address, lastsWords(p, &x.Lasts)}
				}
				for _, line := range lines {
					if line != "" {
						r.Lines = append(r.Lines, line)
					}
				}
				records.Items = append(records.Items, r)
			}
		}
		if len(records.Items) > 0 {
			some = true
			v.add(section{ID: "kind-" + string(kind), Title: p.say("points.kind." + string(kind)), Records: &records})
		}
	}
	if !some {
		v.add(section{Records: &ui.Records{Empty: p.say("points_desk.none")}})
	}
	if mayEditPoints(c) {
		v.add(section{ID: "new", Title: p.say("points_desk.new"), Text: p.say("points_desk.new_text"), Forms: []*ui.Form{
			s.act(c, "point", at(c, "/desk/service-points"), 0, p.say("points_desk.add"), pointParts(p, only(f, "point"), streets, &place.Point{Kind: place.Bench})...),
		}})
	}
	return v, nil
}

// lastsWords say how many last departures of a stop are known, and when somebody looked them up; empty for none.
func lastsWords(p *speaker, x *place.Lasts) string {
	if len(x.List) == 0 {
		return ""
	}
	return p.count("points_desk.lasts", len(x.List), "Day", onDay(p, x.CheckedOn))
}

// pointParts are the fields of a point.
func pointParts(p *speaker, f *form, streets []place.Street, x *place.Point) []ui.FormPart {
	const id = "point"
	kinds := []ui.Option{}
	for _, k := range place.PointKinds {
		if k.ByHand() || k == x.Kind {
			kinds = append(kinds, ui.Option{Value: string(k), Label: p.say("points.kind." + string(k)), Checked: typedOr(f, "kind", string(x.Kind)) == string(k)})
		}
	}
	out := []ui.FormPart{filled(f, id, "kind", p.say("points_desk.kind"), "", func(y *ui.Field) { y.Options = kinds })}
	out = append(out, threefold(p, f, id, "name", p.say("points_desk.name"), x.Name, func(y *ui.Field) { y.Max, y.Hint = 60, p.say("points_desk.name_hint") })...)
	out = append(out,
		filled(f, id, "address", p.say("points_desk.address"), x.Address, func(y *ui.Field) { y.Optional, y.Lang = true, lang.Hans }),
		filled(f, id, "street", p.say("points_desk.street"), "", func(y *ui.Field) {
			y.Options, y.Optional, y.Hint = append([]ui.Option{{Label: p.say("points_desk.by_pin")}}, streetOptions(p, streets, typedOr(f, "street", x.StreetID))...), true, p.say("points_desk.street_hint")
		}),
		filled(f, id, "note", p.say("points_desk.note"), x.Note, func(y *ui.Field) { y.Optional, y.Lang, y.Hint = true, lang.Hans, p.say("points_desk.note_hint") }),
		filled(f, id, "opening", p.say("points_desk.opening"), x.Opening.Text, func(y *ui.Field) {
			y.Optional, y.Max, y.Hint = true, place.MaxTimes, p.say("points_desk.opening_hint")
		}),
		ui.FormPart{Choice: &ui.Choice{ID: id + "-lit", Name: "lit", Legend: p.say("points_desk.night"), Many: true, Optional: true, Options: []ui.Pick{
			{Value: "1", Label: p.say("points_desk.lit"), Checked: f == nil && x.Lit || f != nil && f.Has("lit")},
		}}})
	steps := []ui.Option{{Label: p.say("points_desk.not_looked")}}
	for _, a := range []place.Access{place.NoSteps, place.Steps} {
		steps = append(steps, ui.Option{Value: string(a), Label: p.say("points.access." + string(a)), Checked: typedOr(f, "access", string(x.Access)) == string(a)})
	}
	out = append(out, filled(f, id, "access", p.say("points_desk.access"), "", func(y *ui.Field) { y.Options, y.Optional = steps, true }))
	lots := []ui.Option{{Label: p.say("points_desk.not_looked")}}
	for _, l := range place.Lots {
		lots = append(lots, ui.Option{Value: string(l), Label: p.say("points.lot." + string(l)), Checked: typedOr(f, "lot", string(x.Lot)) == string(l)})
	}
	out = append(out, filled(f, id, "lot", p.say("points_desk.lot"), "", func(y *ui.Field) { y.Options, y.Optional, y.Hint = lots, true, p.say("points_desk.lot_hint") }))
	return append(out, pinParts(p, f, id, x.Location)...)
}

// pinParts are a position as people copy it from a map, and the datum it is in.
func pinParts(p *speaker, f *form, id string, x *geo.Location) []ui.FormPart {
	pin, datum := "", geo.GCJ02 // what people copy from a map here is in this one
	if x != nil {
		pin, datum = pinWords(x), x.Source
	}
	return []ui.FormPart{
		filled(f, id, "location", p.say("my.place.pin"), pin, func(y *ui.Field) { y.Optional, y.InputMode, y.Hint = true, "decimal", p.say("points_desk.pin_hint") }),
		filled(f, id, "location.datum", p.say("my.place.datum"), "", func(y *ui.Field) { y.Options = datums(p, typedOr(f, "location.datum", string(datum))) }),
	}
}

func typedPoint(f *form, was *geo.Location) (place.PointFacts, error) {
	x := place.PointFacts{Kind: place.PointKind(f.Get("kind")), Name: typedText(f, "name"), Address: f.Get("address"), Note: f.Get("note"), Opening: f.Get("opening"), Lit: f.Has("lit"), StreetID: f.Get("street"), Access: place.Access(f.Get("access")), Lot: place.Lot(f.Get("lot"))}
	var err error
	x.Location, err = typedPin(f, was)
	return x, err
}

// servicePointAdded: POST /desk/service-points (kind, name, address, note, street, opening, lit, access, lot, location, location.datum).
func (s *Site) servicePointAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := typedPoint(f, nil)
	if err == nil {
		var made place.Point
		if made, err = s.services.Streets.AddPoint(c.UserContext(), Of(c).Actor, x); err == nil {
			return see(c, "/desk/service-points/"+made.ID+"?done=saved")
		}
	}
	return s.refused(c, f, err, s.servicePointsCase)
}

// servicePoint: GET /desk/service-points/:id.
func (s *Site) servicePoint(c *fiber.Ctx) error { return s.shown(c, s.servicePointCase) }

func (s *Site) servicePointCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, err := s.services.Streets.Point(c.UserContext(), c.Params("id"))
	if err != nil {
		return nil, err
	}
	streets, err := s.services.Streets.Streets(c.UserContext())
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/service-points/"+x.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("points_desk.title"), Href: at(c, "/desk/service-points")}, Title: p.name(x.Name), Lead: p.say("points.kind." + string(x.Kind))}
	if w := saidHere(c, "saved", "there"); w != "" {
		v.ok(p.say("points_desk.done." + w))
	}
	facts := fact(nil, p.say("points_desk.address"), x.Address)
	facts = fact(facts, p.say("points_desk.note"), x.Note)
	if x.Opening.Text != "" {
		facts = fact(facts, p.say("points_desk.opening"), timesWords(p, x.Opening.Hours))
	}
	v.add(section{Facts: fact(facts, p.say("station.last_check"), checkedWords(p, x.CheckedOn))})
	if x.Kind.Stops() {
		v.add(s.lastsSection(c, p, f, &x))
	}
	if !mayEditPoints(c) {
		return v, nil
	}
	look := s.act(c, "look", here, x.Rev, "")
	look.Bar.Buttons = []ui.Button{{Label: p.say("station.is_there"), Name: "do", Value: "there"}, {Label: p.say("station.is_gone"), Kind: "alt", Name: "do", Value: "gone"}}
	v.add(section{Title: p.say("points_desk.look"), Forms: []*ui.Form{look}})
	v.add(section{Title: p.say("points_desk.edit"), Forms: []*ui.Form{s.act(c, "point", here, x.Rev, p.say("points_desk.save"), pointParts(p, only(f, "point"), streets, &x)...)}})
	return v, nil
}

// lastsSection are the last departures of a stop, and the form that writes them.
func (s *Site) lastsSection(c *fiber.Ctx, p *speaker, f *form, x *place.Point) section {
	const id = "lasts"
	v := section{ID: "last", Title: p.say("points_desk.last_title"), Text: p.say("points_desk.last_text")}
	for _, d := range x.Lasts.List {
		v.Facts = append(v.Facts, ui.Fact{Term: ui.ClockMinutes(p.Lang, d.Minute()), Values: []ui.Value{{Text: d.Name(), Lang: lang.Hans}}})
	}
	if len(v.Facts) > 0 {
		v.Facts = fact(v.Facts, p.say("points_desk.source"), p.say("points.said", "Who", x.Lasts.Source, "Day", onDay(p, x.Lasts.CheckedOn)))
	}
	if mayEditPoints(c) {
		f = only(f, id)
		v.Forms = []*ui.Form{s.act(c, id, at(c, "/desk/service-points/"+x.ID), x.Rev, p.say("points_desk.save"),
			filled(f, id, "last", p.say("points_desk.last"), x.Lasts.Text(), func(y *ui.Field) {
				y.Type, y.Rows, y.Optional, y.Lang, y.Hint = "textarea", 5, true, lang.Hans, p.say("points_desk.last_hint")
			}),
			filled(f, id, "source", p.say("points_desk.source"), x.Lasts.Source, func(y *ui.Field) {
				y.Max, y.Optional, y.Lang, y.Hint = place.MaxName, true, lang.Hans, p.say("points_desk.source_hint")
			}))}
	}
	return v
}

// servicePointSent: POST /desk/service-points/:id (form: look with do = there or gone; point with its fields; lasts of a stop with last, source).
func (s *Site) servicePointSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, do := c.UserContext(), Of(c).Actor, c.Params("id"), f.Get("do")
	was, err := s.services.Streets.Point(ctx, id)
	if err != nil {
		return err
	}
	to := "/desk/service-points/" + id + "?done=saved"
	switch form := f.Get("form"); {
	case form == "point":
		var x place.PointFacts
		if x, err = typedPoint(f, was.Location); err == nil {
			_, err = s.services.Streets.SetPoint(ctx, by, id, rev, x)
		}
	case form == "lasts" && was.Kind.Stops():
		_, err = s.services.Streets.SetLasts(ctx, by, id, rev, f.Get("last"), f.Get("source"))
	case form == "look" && (do == "there" || do == "gone"):
		_, err = s.services.Streets.SawPoint(ctx, by, id, rev, do == "there")
		to = "/desk/service-points/" + id + "?done=there"
		if do == "gone" {
			to = "/desk/service-points?done=gone"
		}
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, to)
	}
	return s.refused(c, f, err, s.servicePointCase)
}
