package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/place"
	stations "shangquan/services/station"
)

// memberPointRoutes are what organisations without a page of a shop open to people who pass by.
func (s *Site) memberPointRoutes() []Route {
	const path, probe = "/my/assembly/:id/points", "/my/assembly/none/points"
	return []Route{
		{Method: http.MethodGet, Path: path, Handle: s.memberPoints, Kind: Private, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: probe},
		{Method: http.MethodPost, Path: path, Handle: s.memberPointSent, Kind: Private, Rate: Write, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: probe},
	}
}

// memberPoints: GET /my/assembly/:id/points (kind): what the organisation opens, and a form to open or change one kind.
func (s *Site) memberPoints(c *fiber.Ctx) error { return s.shown(c, s.memberPointsCase) }

func (s *Site) memberPointsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	o, err := s.services.Assembly.Own(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	list, err := s.services.Stations.PointsOfMember(ctx, by, o.ID)
	if err != nil {
		return nil, err
	}
	streets, err := s.services.Streets.Streets(ctx)
	if err != nil {
		return nil, err
	}
	here := ownHref(c, "/points")
	v := &casePage{
		Up: &ui.Link{Label: p.name(o.Name), Href: ownHref(c, "")}, Title: p.say("station.points_title"), Lead: p.say("station.member_points_lead"),
		Links: []ui.Link{{Label: p.say("points.title"), Href: at(c, "/points")}},
	}
	if w := saidHere(c, "opened", "ended"); w != "" {
		v.ok(p.say("station.done.point_" + w))
	}
	if !o.Listed() {
		v.Callouts = append(v.Callouts, unlistedNote(c, p, o.ID, p.say("station.points_unlisted"))...)
	}
	for i := range list {
		x := &list[i]
		if !x.Open {
			continue
		}
		sec := section{ID: string(x.Kind), Title: p.say("station.offer." + string(x.Kind)), Facts: memberPointFacts(p, streets, x)}
		form := s.act(c, "end-"+string(x.Kind), here, 0, "")
		form.Hidden = append(form.Hidden, ui.Hidden{Name: "kind", Value: string(x.Kind)})
		form.Bar.Buttons = []ui.Button{{Label: p.say("station.point_end"), Kind: "alt", Name: "do", Value: "end", Of: sec.Title}}
		sec.Forms = []*ui.Form{form}
		sec.Links = []ui.Link{{Label: p.say("station.point_change", "Kind", sec.Title), Href: here + "?kind=" + string(x.Kind) + "#open"}}
		v.add(sec)
	}
	v.add(section{ID: "open", Title: p.say("station.point_new"), Text: p.say("station.point_new_text"), Forms: []*ui.Form{
		s.act(c, "point", here, 0, p.say("station.point_start"), memberPointParts(p, only(f, "point"), streets, list, place.PointKind(c.Query("kind")))...),
	}})
	return v, nil
}

// memberPointFacts are what is said of something that is open.
func memberPointFacts(p *speaker, streets []place.Street, x *stations.Opened) []ui.Fact {
	facts := fact(nil, p.say("points_desk.address"), x.Spot.Address)
	if i := slices.IndexFunc(streets, func(st place.Street) bool { return st.ID == x.Spot.StreetID }); i >= 0 {
		facts = fact(facts, p.say("points_desk.street"), p.name(streets[i].Name))
	}
	facts = fact(facts, p.say("station.note"), x.Note)
	facts = fact(facts, p.say("points_desk.opening"), x.Spot.Opening.Text)
	return fact(facts, p.say("station.last_check"), checkedWords(p, x.CheckedOn))
}

// memberPointParts are the fields that open one kind: as that kind was opened last, else at the place of another, which most often is the
// same house.
func memberPointParts(p *speaker, f *form, streets []place.Street, list []stations.Opened, kind place.PointKind) []ui.FormPart {
	const id = "point"
	i := slices.IndexFunc(list, func(x stations.Opened) bool { return x.Kind == kind })
	if i < 0 {
		i = max(slices.IndexFunc(list, func(x stations.Opened) bool { return !x.Open }), 0)
	}
	one := list[i]
	if j := slices.IndexFunc(list, func(x stations.Opened) bool { return x.Spot.Address != "" }); one.Spot.Address == "" && j >= 0 {
		one.Spot = list[j].Spot
	}
	kinds := []ui.Option{}
	for _, x := range list {
		kinds = append(kinds, ui.Option{Value: string(x.Kind), Label: p.say("station.offer." + string(x.Kind)), Checked: typedOr(f, "kind", string(one.Kind)) == string(x.Kind)})
	}
	return append([]ui.FormPart{
		filled(f, id, "kind", p.say("points_desk.kind"), "", func(y *ui.Field) { y.Options = kinds }),
		filled(f, id, "address", p.say("points_desk.address"), one.Spot.Address, func(y *ui.Field) { y.Max, y.Lang, y.Hint = stations.MaxLine, lang.Hans, p.say("station.address_hint") }),
		filled(f, id, "street", p.say("points_desk.street"), "", func(y *ui.Field) {
			y.Options, y.Optional, y.Hint = append([]ui.Option{{Label: p.say("points_desk.by_pin")}}, streetOptions(p, streets, typedOr(f, "street", one.Spot.StreetID))...), true, p.say("points_desk.street_hint")
		}),
		filled(f, id, "note", p.say("station.note"), one.Note, func(y *ui.Field) {
			y.Optional, y.Max, y.Lang, y.Hint = true, stations.MaxName, lang.Hans, p.say("station.note_hint")
		}),
		filled(f, id, "opening", p.say("points_desk.opening"), one.Spot.Opening.Text, func(y *ui.Field) {
			y.Optional, y.Max, y.Hint = true, place.MaxTimes, p.say("points_desk.opening_hint")
		}),
	}, pinParts(p, f, id, one.Spot.Location)...)
}

// memberPointSent: POST /my/assembly/:id/points (do: end, or else the form opens: kind, address, street, note, opening, location,
// location.datum).
func (s *Site) memberPointSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, kind, done := c.UserContext(), Of(c).Actor, c.Params("id"), place.PointKind(f.Get("kind")), "opened"
	switch {
	case f.Get("do") == "end":
		done, err = "ended", s.services.Stations.CloseMemberPoint(ctx, by, id, kind)
	case f.Get("form") == "point":
		err = s.openMemberPoint(c, f, kind)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/my/assembly/"+id+"/points?done="+done)
	}
	return s.refused(c, f, err, s.memberPointsCase)
}

func (s *Site) openMemberPoint(c *fiber.Ctx, f *form, kind place.PointKind) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	list, err := s.services.Stations.PointsOfMember(ctx, by, id)
	if err != nil {
		return err
	}
	x := stations.Spot{Address: f.Get("address"), StreetID: f.Get("street"), Opening: place.Times{Text: f.Get("opening")}}
	var was *geo.Location
	if i := slices.IndexFunc(list, func(x stations.Opened) bool { return x.Kind == kind }); i >= 0 {
		was = list[i].Spot.Location
	}
	if x.Location, err = typedPin(f, was); err != nil {
		return err
	}
	return s.services.Stations.OpenMemberPoint(ctx, by, id, kind, f.Get("note"), x)
}

// openedByMember lists what a member opens to people who pass by, for who works on the joint meeting; empty for one that opens nothing.
func (s *Site) openedByMember(c *fiber.Ctx, p *speaker, o *assembly.Organisation) (section, error) {
	x := section{ID: "points", Title: p.say("station.points_title"), Records: &ui.Records{Empty: p.say("station.member_points_none")}}
	if s.services.Stations == nil {
		return x, nil
	}
	list, err := s.services.Stations.PointsOfMember(c.UserContext(), Of(c).Actor, o.ID)
	for i := range list {
		if y := &list[i]; y.Open {
			x.Records.Items = append(x.Records.Items, ui.Record{Title: p.say("station.offer." + string(y.Kind)), Lines: []string{y.Spot.Address, checkedWords(p, y.CheckedOn)}})
		}
	}
	if len(x.Records.Items) > 0 && !o.Listed() {
		x.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("benefits.not_named")}}
	}
	return x, err
}
