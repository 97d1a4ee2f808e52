package web

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// deskDoor is a shop or a vacant unit at its house number.
type deskDoor struct {
	house place.House
	shop  *listing.Listing
	unit  *place.Unit
}

func sortDoors(doors []deskDoor) []deskDoor {
	slices.SortStableFunc(doors, func(a, b deskDoor) int { return place.CompareHouses(a.house, b.house) })
	return doors
}

func doorRecord(c *fiber.Ctx, p *speaker, d deskDoor) ui.Record {
	if d.unit != nil {
		return vacantRecord(c, p, d.unit, d.house.Door())
	}
	name, in := d.shop.Name.In(p.Lang)
	r := ui.Record{Title: name, Lang: in, Href: at(c, "/shops/"+d.shop.Slug), Lines: []string{cmp.Or(d.house.Door(), d.shop.Address.Line)}}
	if d.shop.Address.UnitID != "" {
		r.Buttons = []ui.Button{{Label: p.say("desk_place.unit"), Href: at(c, "/desk/units/"+d.shop.Address.UnitID), Kind: "text s"}}
	}
	if d.shop.Confirmed.On != "" {
		r.Lines = append(r.Lines, p.say("desk_place.checked", "Day", storedDay(p, d.shop.Confirmed.On)))
	}
	return r
}

func vacantRecord(c *fiber.Ctx, p *speaker, u *place.Unit, title string) ui.Record {
	r := ui.Record{Title: title, Href: at(c, "/desk/units/"+u.ID), Tag: p.say("desk_place.vacant"), State: ui.TaskTodo}
	if u.AreaM2 > 0 {
		r.Lines = append(r.Lines, squareMetres(p, u.AreaM2))
	}
	if u.VacantSince != "" {
		r.Lines = append(r.Lines, p.say("desk_place.vacant_since", "Day", storedDay(p, u.VacantSince)))
	}
	return r
}

// storedDay writes a day YYYY-MM-DD: 10 月 15 日. What is no day stands as it is.
func storedDay(p *speaker, day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, p.now.Location())
	if err != nil {
		return day
	}
	return ui.ShortDate(p.Lang, t, p.now)
}

// deskPlaza: GET /desk/plazas/:slug: its floors, each with its units.
func (s *Site) deskPlaza(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.plazaCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "floor", "unit"); w != "" {
		v.ok(p.say("desk_place.done." + w))
	}
	saidOfPlace(c, p, v)
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) plazaCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, map[string]*ui.Form, error) {
	ctx := c.UserContext()
	z, err := s.services.Streets.PlazaBySlug(ctx, c.Params("slug"))
	if err != nil {
		return nil, nil, err
	}
	units, err := s.services.Streets.Units(ctx, z.ID)
	if err != nil {
		return nil, nil, err
	}
	shops, err := s.services.Listings.ByPlaza(ctx, z.ID)
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("desk_place.title"), Href: at(c, "/desk/streets")}, Title: p.name(z.Name), Lead: z.Address}
	v.Links = []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/plazas/"+z.Slug)}}
	for _, level := range levelsOf(&z, units, shops) {
		x := section{Title: z.Label(level), Records: &ui.Records{Empty: p.say("desk_place.floor_empty")}}
		if level == 0 {
			x.Title = p.say("places.floor.unknown")
		}
		for i := range units {
			if u := &units[i]; u.Level == level && u.Vacant() {
				x.Records.Items = append(x.Records.Items, vacantRecord(c, p, u, u.Number))
			}
		}
		for i := range shops {
			if l := &shops[i]; l.Address.Level == level {
				r := doorRecord(c, p, deskDoor{shop: l})
				r.Lines[0] = cmp.Or(l.Address.Unit, r.Lines[0])
				x.Records.Items = append(x.Records.Items, r)
			}
		}
		v.add(x)
	}
	drawn, err := s.pinPlan(c, p, z.Location, p.name(z.Name))
	if err != nil {
		return nil, nil, err
	}
	if drawn != nil {
		v.add(section{ID: "course", Title: p.say("place_entry.course"), Plan: drawn})
	}
	if z.Ended != "" {
		v.warn(p.say("place_entry.ended_plaza", "Day", onDay(p, z.Ended)))
	}
	if !access.Can(Of(c).Actor, access.PlaceEdit, access.Thing{Kind: place.KindPlaza}) {
		return v, nil, nil
	}
	path := "/desk/plazas/" + z.Slug
	if z.Ended != "" {
		forms := map[string]*ui.Form{"revive": s.reviveForm(c, p, path, z.Rev)}
		v.add(section{Title: p.say("place_entry.revive_title"), Forms: []*ui.Form{forms["revive"]}})
		return v, forms, nil
	}
	floor := only(f, "floor")
	forms := map[string]*ui.Form{
		"unit": s.unitForm(c, p, path, false, only(f, "unit")),
		"floor": s.placeForm(c, path, "floor", z.Rev, []ui.FormPart{
			field(floor, "floor", "level", p.say("fact.level"), func(x *ui.Field) { x.Short, x.Hint = true, p.say("my.hint.level") }),
			field(floor, "floor", "label", p.say("desk_place.label"), func(x *ui.Field) {
				x.Short, x.Optional, x.Hint = true, true, p.say("desk_place.label_hint")
			}),
		}, ui.Button{Label: p.say("desk_place.add"), Kind: "alt"}),
	}
	v.add(section{Title: p.say("desk_place.add_unit"), Forms: []*ui.Form{forms["unit"]}})
	v.add(section{Title: p.say("desk_place.add_floor"), Forms: []*ui.Form{forms["floor"]}})
	return v, forms, s.plazaEntry(c, p, v, forms, &z, f)
}

// levelsOf are the floors of a plaza from the highest to the lowest, also those only a shop or a unit names; the unknown one is last.
func levelsOf(z *place.Plaza, units []place.Unit, shops []listing.Listing) []int {
	seen := map[int]bool{}
	for _, f := range z.Floors {
		seen[f.Level] = true
	}
	for i := range units {
		seen[units[i].Level] = true
	}
	for i := range shops {
		seen[shops[i].Address.Level] = true
	}
	out := []int{}
	for level := range seen {
		out = append(out, level)
	}
	slices.SortFunc(out, func(a, b int) int {
		switch {
		case a == 0:
			return 1
		case b == 0:
			return -1
		}
		return cmp.Compare(b, a)
	})
	return out
}

// deskPlazaSent: POST /desk/plazas/:slug (form, rev and what the form has).
func (s *Site) deskPlazaSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx := c.UserContext()
	z, err := s.services.Streets.PlazaBySlug(ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	switch f.Get("form") {
	case "unit":
		err = s.unitSent(c, f, place.Unit{PlazaID: z.ID})
	case "floor":
		err = s.floorSent(c, f, &z)
	case "name", "end", "revive":
		err = s.plazaEntrySent(c, f, &z)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/plazas/"+z.Slug+"?done="+f.Get("form"))
	}
	p := s.speaker(c)
	v, forms, caseErr := s.plazaCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showPlaceMistake(c, p, v, forms[f.Get("form")], err)
}

func (s *Site) floorSent(c *fiber.Ctx, f *form, z *place.Plaza) error {
	rev, err := f.rev()
	if err != nil {
		return err
	}
	level, ok := readLevel(f.Get("level"))
	if !ok || level == 0 {
		return fault.Wrong("level", "error.place.level", nil)
	}
	_, err = s.services.Streets.SetFloor(c.UserContext(), Of(c).Actor, z.ID, rev, place.Floor{Level: level, Label: f.Get("label")})
	return rename(err, "floors", "level")
}

// deskUnit: GET /desk/units/:id: a unit, who is in it and who was.
func (s *Site) deskUnit(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.unitCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "edit", "split", "retire", "guidance"); w != "" {
		v.ok(p.say("desk_place.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) unitCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, map[string]*ui.Form, error) {
	u, err := s.services.Streets.Unit(c.UserContext(), c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{}
	if v.Title, v.Up, err = s.unitPlace(c, p, &u); err != nil {
		return nil, nil, err
	}
	facts := fact(nil, p.say("desk_place.area"), squareMetres(p, u.AreaM2))
	switch {
	case u.Retired != "":
		v.warn(p.say("desk_place.retired", "Day", storedDay(p, u.Retired)))
	case u.Vacant():
		facts = fact(facts, p.say("desk_place.now"), p.say("desk_place.vacant"))
		facts = fact(facts, p.say("desk_place.since"), storedDay(p, u.VacantSince))
		facts = fact(facts, p.say("desk_place.seen"), storedDay(p, u.SeenOn))
	default:
		facts = append(facts, ui.Fact{Term: p.say("desk_place.now"), Values: []ui.Value{s.shopValue(c, p, u.OccupiedBy)}})
	}
	v.add(section{Facts: facts, Links: s.offerLink(c, p, &u)})
	v.add(s.stays(c, p, &u))
	notes, err := s.guidanceOf(c, p, f, &u)
	if err != nil {
		return nil, nil, err
	}
	v.Sections = append(v.Sections, notes...)
	if u.Retired == "" && access.Can(Of(c).Actor, access.CareEdit, access.Thing{}) {
		v.Links = []ui.Link{{Label: p.say("care.note_here"), Href: at(c, "/desk/care/new") + "?unit=" + u.ID}}
	}
	if u.Retired != "" || !access.Can(Of(c).Actor, access.PlaceEdit, access.Thing{Kind: place.KindUnit}) {
		return v, nil, nil
	}
	forms := s.unitForms(c, p, &u, f)
	for _, name := range []string{"edit", "split", "retire"} {
		if forms[name] != nil {
			v.add(section{Title: p.say("desk_place.form." + name), Text: p.say("desk_place.form_lead." + name), Forms: []*ui.Form{forms[name]}})
		}
	}
	return v, forms, nil
}

// unitPlace is what a unit is called, and where it leads back to.
func (s *Site) unitPlace(c *fiber.Ctx, p *speaker, u *place.Unit) (string, *ui.Link, error) {
	ctx := c.UserContext()
	if u.PlazaID != "" {
		z, err := s.services.Streets.Plaza(ctx, u.PlazaID)
		return p.name(z.Name) + " " + u.Number, &ui.Link{Label: p.name(z.Name), Href: at(c, "/desk/plazas/"+z.Slug)}, err
	}
	st, err := s.services.Streets.Street(ctx, u.StreetID)
	h, _, _ := place.ParseHouse(u.Number)
	return p.name(st.Name) + " " + cmp.Or(h.Door(), u.Number), &ui.Link{Label: p.name(st.Name), Href: at(c, "/desk/streets/"+st.Slug)}, err
}

// shopValue is a shop of the register as a value of a fact, whatever state it is in.
func (s *Site) shopValue(c *fiber.Ctx, p *speaker, id string) ui.Value {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, id)
	if err != nil {
		return ui.Value{Text: p.say("desk_place.gone_shop")}
	}
	name, in := l.Name.In(p.Lang)
	v := ui.Value{Text: name, Lang: in}
	if l.Public() {
		v.Href = at(c, "/shops/"+l.Slug)
	}
	return v
}

// stays is who was in a unit, the latest first.
func (s *Site) stays(c *fiber.Ctx, p *speaker, u *place.Unit) section {
	x := section{Title: p.say("desk_place.history"), Records: &ui.Records{Empty: p.say("desk_place.no_history")}}
	for _, st := range slices.Backward(u.History) {
		v := s.shopValue(c, p, st.ListingID)
		r := ui.Record{Title: v.Text, Lang: v.Lang, Href: v.Href}
		if st.Since != "" {
			r.Lines = append(r.Lines, p.say("desk_place.stay_since", "Day", storedDay(p, st.Since)))
		}
		if st.Until != "" {
			r.Lines = append(r.Lines, p.say("desk_place.stay_until", "Day", storedDay(p, st.Until)), p.say("desk_place.end."+string(st.End)))
		}
		x.Records.Items = append(x.Records.Items, r)
	}
	return x
}

func (s *Site) unitForms(c *fiber.Ctx, p *speaker, u *place.Unit, f *form) map[string]*ui.Form {
	path, street := "/desk/units/"+u.ID, strconv.FormatBool(u.StreetID != "")
	area := ""
	if u.AreaM2 > 0 {
		area = strconv.FormatFloat(u.AreaM2, 'f', -1, 64)
	}
	filled := func(part ui.FormPart, f *form, value string) ui.FormPart {
		if f == nil {
			part.Field.Value = value
		}
		return part
	}
	short := func(x *ui.Field) { x.Short = true }
	e, sp := only(f, "edit"), only(f, "split")
	parts := []ui.FormPart{filled(field(e, "edit", "number", p.say("desk_place.number."+street), short), e, u.Number)}
	if u.PlazaID != "" {
		parts = append(parts, filled(field(e, "edit", "level", p.say("fact.level"), func(x *ui.Field) { x.Short, x.Optional = true, true }), e, levelTyped(u.Level)))
	}
	parts = append(parts, filled(areaField(p, e, "edit", "area_m2"), e, area))
	out := map[string]*ui.Form{
		"edit": s.placeForm(c, path, "edit", u.Rev, parts, ui.Button{Label: p.say("desk_place.save")}),
		"split": s.placeForm(c, path, "split", u.Rev, []ui.FormPart{
			filled(field(sp, "split", "number", p.say("desk_place.first"), short), sp, u.Number), areaField(p, sp, "split", "area_m2"),
			field(sp, "split", "number2", p.say("desk_place.second"), short), areaField(p, sp, "split", "area_m22"),
		}, ui.Button{Label: p.say("desk_place.split"), Kind: "alt"}),
	}
	if u.Vacant() {
		out["retire"] = s.placeForm(c, path, "retire", u.Rev, nil, ui.Button{Label: p.say("desk_place.retire"), Kind: "alt"})
	}
	return out
}

// deskUnitSent: POST /desk/units/:id (form, rev and what the form has).
func (s *Site) deskUnitSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	u, err := s.services.Streets.Unit(ctx, id)
	if err != nil {
		return err
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	switch f.Get("form") {
	case "edit":
		err = s.unitEdited(c, f, &u, rev)
	case "split":
		var first, second float64
		if first, err = readArea(f.Get("area_m2"), "area_m2"); err == nil {
			second, err = readArea(f.Get("area_m22"), "area_m22")
		}
		if err == nil {
			_, err = s.services.Streets.Split(ctx, by, id, rev, place.Part{Number: f.Get("number"), AreaM2: first}, place.Part{Number: f.Get("number2"), AreaM2: second})
		}
	case "retire":
		_, err = s.services.Streets.Retire(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/units/"+id+"?done="+f.Get("form"))
	}
	p := s.speaker(c)
	v, forms, caseErr := s.unitCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showPlaceMistake(c, p, v, forms[f.Get("form")], err)
}

func (s *Site) unitEdited(c *fiber.Ctx, f *form, u *place.Unit, rev int64) error {
	area, err := readArea(f.Get("area_m2"), "area_m2")
	if err != nil {
		return err
	}
	level := u.Level
	if u.PlazaID != "" {
		var ok bool
		if level, ok = readLevel(f.Get("level")); !ok {
			return fault.Wrong("level", "error.place.level", nil)
		}
	}
	_, err = s.services.Streets.EditUnit(c.UserContext(), Of(c).Actor, u.ID, rev, f.Get("number"), level, area)
	return err
}
