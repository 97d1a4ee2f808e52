package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/place"
)

// deskPlaceRoutes are the streets, plazas and units as those see them who keep the register.
func (s *Site) deskPlaceRoutes() []Route {
	read := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: http.MethodGet, Path: path, Handle: h, Kind: Private, Needs: access.PlaceRead, Probe: probe}
	}
	send := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: http.MethodPost, Path: path, Handle: h, Kind: Private, Rate: Write, Needs: access.PlaceEdit, Probe: probe}
	}
	return []Route{
		read("/desk/streets", s.deskStreets, ""),
		send("/desk/streets", s.deskPlaceAdded, ""),
		read("/desk/streets/:slug", s.deskStreet, "/desk/streets/none"),
		read("/desk/boundary", s.deskBoundary, ""),
		send("/desk/boundary", s.deskBoundarySent, ""),
		send("/desk/streets/:slug", s.deskStreetSent, "/desk/streets/none"),
		read("/desk/plazas/:slug", s.deskPlaza, "/desk/plazas/none"),
		send("/desk/plazas/:slug", s.deskPlazaSent, "/desk/plazas/none"),
		read("/desk/units/:id", s.deskUnit, "/desk/units/none"),
		send("/desk/units/:id", s.deskUnitSent, "/desk/units/none"),
	}
}

// deskStreets: GET /desk/streets: the streets and plazas of the district, then the others, then what was there; and new ones.
func (s *Site) deskStreets(c *fiber.Ctx) error { return s.shown(c, s.deskStreetsCase) }

func (s *Site) deskStreetsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx := c.UserContext()
	streets, err := s.services.Streets.EveryStreet(ctx)
	if err != nil {
		return nil, err
	}
	plazas, err := s.services.Streets.EveryPlaza(ctx)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: toDesk(c, p), Title: p.say("desk_place.title"), Lead: p.say("desk_place.lead")}
	v.Links = []ui.Link{{Label: p.say("walk.title"), Href: at(c, "/desk/walk")}, {Label: p.say("turns.title"), Href: at(c, "/desk/register")}, {Label: p.say("points_desk.title"), Href: at(c, "/desk/service-points")}, {Label: p.say("boundary.title"), Href: at(c, "/desk/boundary")}}
	ended := ui.Records{}
	for _, core := range []bool{true, false} {
		list := ui.Records{Empty: p.say("desk_place.no_streets")}
		for i := range streets {
			st := &streets[i]
			switch r := (ui.Record{Title: p.name(st.Name), Href: at(c, "/desk/streets/"+st.Slug)}); {
			case st.Core != core:
			case st.Ended != "":
				r.Lines = []string{p.say("place_entry.ended_street", "Day", onDay(p, st.Ended))}
				ended.Items = append(ended.Items, r)
			default:
				r.Lines = streetLines(p, st)
				list.Items = append(list.Items, r)
			}
		}
		if core || len(list.Items) > 0 {
			v.add(section{Title: p.say("desk_place.streets." + strconv.FormatBool(core)), Records: &list})
		}
	}
	list := ui.Records{Empty: p.say("desk_place.no_plazas")}
	for _, core := range []bool{true, false} {
		for i := range plazas {
			z := &plazas[i]
			switch r := (ui.Record{Title: p.name(z.Name), Href: at(c, "/desk/plazas/"+z.Slug)}); {
			case z.Core != core:
			case z.Ended != "":
				r.Lines = []string{p.say("place_entry.ended_plaza", "Day", onDay(p, z.Ended))}
				ended.Items = append(ended.Items, r)
			default:
				r.Lines = []string{p.count("desk_place.floors", len(z.Floors)), z.Address}
				list.Items = append(list.Items, r)
			}
		}
	}
	v.add(section{Title: p.say("places.plazas.title"), Records: &list})
	if len(ended.Items) > 0 {
		v.add(section{ID: "ended", Title: p.say("place_entry.ended"), Records: &ended})
	}
	if !access.Can(Of(c).Actor, access.PlaceEdit, access.Thing{Kind: place.KindStreet}) {
		return v, nil
	}
	v.Buttons = []ui.Button{ // the lists before the forms are long
		{Label: p.say("place_entry.new_street"), Href: "#new-street", Kind: "alt"}, {Label: p.say("place_entry.new_plaza"), Href: "#new-plaza", Kind: "alt"},
	}
	here := at(c, "/desk/streets")
	v.add(section{ID: "new-street", Title: p.say("place_entry.new_street"), Text: p.say("place_entry.new_street_text"), Forms: []*ui.Form{
		s.act(c, "street", here, 0, p.say("desk_place.add"), streetParts(p, only(f, "street"), "street", &place.Street{Core: true})...),
	}})
	parts, err := s.plazaParts(c, p, only(f, "plaza"), "plaza", &place.Plaza{Core: true})
	if err != nil {
		return nil, err
	}
	v.add(section{ID: "new-plaza", Title: p.say("place_entry.new_plaza"), Text: p.say("place_entry.new_plaza_text"), Forms: []*ui.Form{
		s.act(c, "plaza", here, 0, p.say("desk_place.add"), parts...),
	}})
	return v, nil
}

func streetLines(p *speaker, st *place.Street) []string {
	out := []string{p.say("desk_place.odd_unknown")}
	if odd := st.OddSide(); odd != "" {
		out[0] = p.say("desk_place.odd_is." + string(odd))
	}
	return append(out, p.count("desk_place.stretches_n", len(st.Stretches)))
}

// deskPlaceAdded: POST /desk/streets (form: street or plaza, with its fields).
func (s *Site) deskPlaceAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, to := c.UserContext(), Of(c).Actor, ""
	switch f.Get("form") {
	case "street":
		var st place.Street
		st, err = s.services.Streets.AddStreet(ctx, by, typedStreet(f))
		to = "/desk/streets/" + st.Slug
	case "plaza":
		var x place.PlazaFacts
		if x, err = typedPlaza(f, nil); err == nil {
			var z place.Plaza
			z, err = s.services.Streets.AddPlaza(ctx, by, x)
			to = "/desk/plazas/" + z.Slug
		}
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, to+"?done=added")
	}
	return s.refused(c, f, err, s.deskStreetsCase)
}

// streetParts are what is said of a street.
func streetParts(p *speaker, f *form, id string, x *place.Street) []ui.FormPart {
	return append(signParts(p, f, id, p.say("place_entry.street_name"), x.Name, x.Pinyin), corePart(p, f, id, x.Core))
}

func signParts(p *speaker, f *form, id, label string, name lang.Text, pinyin string) []ui.FormPart {
	return append(threefold(p, f, id, "name", label, name, func(y *ui.Field) { y.Max = place.MaxName }),
		filled(f, id, "pinyin", p.say("place_entry.pinyin"), pinyin, func(y *ui.Field) { y.Optional, y.Hint = true, p.say("place_entry.pinyin_hint") }))
}

func corePart(p *speaker, f *form, id string, core bool) ui.FormPart {
	x := ui.Choice{ID: id + "-core", Name: "core", Legend: p.say("place_entry.core")}
	for _, b := range []bool{true, false} {
		word := strconv.FormatBool(b)
		x.Options = append(x.Options, ui.Pick{Value: word, Label: p.say("place_entry.core_is." + word), Checked: typedOr(f, "core", strconv.FormatBool(core)) == word})
	}
	return ui.FormPart{Choice: &x}
}

// plazaParts are what is said of a plaza.
func (s *Site) plazaParts(c *fiber.Ctx, p *speaker, f *form, id string, x *place.Plaza) ([]ui.FormPart, error) {
	streets, err := s.streetOptions(c, p)
	if err != nil {
		return nil, err
	}
	streets = append([]ui.Option{{Label: p.say("place_entry.no_street")}}, streets...)
	for i := range streets {
		streets[i].Checked = streets[i].Value == typedOr(f, "street_id", x.StreetID)
	}
	out := append(signParts(p, f, id, p.say("place_entry.plaza_name"), x.Name, x.Pinyin), corePart(p, f, id, x.Core),
		filled(f, id, "street_id", p.say("places.on"), "", func(y *ui.Field) { y.Optional, y.Options = true, streets }),
		filled(f, id, "address", p.say("points_desk.address"), x.Address, func(y *ui.Field) { y.Optional, y.Lang = true, lang.Hans }),
		filled(f, id, "area", p.say("place_entry.area"), x.Area, func(y *ui.Field) {
			y.Optional, y.Lang, y.Hint = true, lang.Hans, p.say("place_entry.area_hint")
		}))
	return append(out, pinParts(p, f, id, x.Location)...), nil
}

func typedStreet(f *form) place.StreetFacts {
	return place.StreetFacts{Name: typedText(f, "name"), Pinyin: f.Get("pinyin"), Core: f.Get("core") == "true"}
}

func typedPlaza(f *form, was *place.Plaza) (place.PlazaFacts, error) {
	x := place.PlazaFacts{
		Name: typedText(f, "name"), Pinyin: f.Get("pinyin"), Core: f.Get("core") == "true", Area: f.Get("area"), StreetID: f.Get("street_id"), Address: f.Get("address"),
	}
	var err error
	if was != nil {
		x.Location = was.Location
	}
	x.Location, err = typedPin(f, x.Location)
	return x, err
}
