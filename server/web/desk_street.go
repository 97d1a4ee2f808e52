package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// sides are the sides of a street in the order of pages; "" is what has no house number.
var sides = []place.Side{place.Odd, place.Even, ""}

// sideKey is a side in addresses and words.
func sideKey(side place.Side) string {
	if side == "" {
		return "unknown"
	}
	return string(side)
}

func sideTitle(p *speaker, st *place.Street, side place.Side) string {
	name := p.say("places.side." + sideKey(side))
	if where, _ := st.SideNames[side].In(p.Lang); where != "" {
		return p.say("places.side.where", "Side", name, "Where", where)
	}
	return name
}

// deskStreet: GET /desk/streets/:slug (stretch, done).
func (s *Site) deskStreet(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.streetCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "sides", "pedestrian", "quiet", "stretch", "removed", "unit"); w != "" {
		v.ok(p.say("desk_place.done." + w))
	}
	saidOfPlace(c, p, v)
	return s.showCase(c, p, v, nil, nil)
}

// streetCase is the page of a street; bad is the form that was sent, by its name.
func (s *Site) streetCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, map[string]*ui.Form, error) {
	ctx := c.UserContext()
	st, err := s.services.Streets.StreetBySlug(ctx, c.Params("slug"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("desk_place.title"), Href: at(c, "/desk/streets")}, Title: p.name(st.Name)}
	v.Links = []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/streets/"+st.Slug)}}
	for _, side := range sides {
		x, err := s.streetSide(c, p, &st, side)
		if err != nil {
			return nil, nil, err
		}
		if side != "" || len(x.Records.Items) > 0 {
			v.add(x)
		}
	}
	if err := s.courseSection(c, p, v, &st, only(f, "line")); err != nil {
		return nil, nil, err
	}
	if st.Ended != "" {
		v.warn(p.say("place_entry.ended_street", "Day", onDay(p, st.Ended)))
	}
	if !access.Can(Of(c).Actor, access.PlaceEdit, access.Thing{Kind: place.KindStreet}) {
		return v, nil, nil
	}
	if st.Ended != "" {
		forms := map[string]*ui.Form{"revive": s.reviveForm(c, p, "/desk/streets/"+st.Slug, st.Rev)}
		v.add(section{Title: p.say("place_entry.revive_title"), Forms: []*ui.Form{forms["revive"]}})
		return v, forms, nil
	}
	forms := map[string]*ui.Form{"sides": s.sidesForm(c, p, &st, only(f, "sides")), "pedestrian": s.pedestrianForm(c, p, &st, only(f, "pedestrian")), "quiet": s.quietForm(c, p, &st, only(f, "quiet")), "stretch": s.stretchForm(c, p, &st, only(f, "stretch")), "unit": s.unitForm(c, p, "/desk/streets/"+st.Slug, true, only(f, "unit"))}
	if err := s.streetEntry(c, p, v, forms, &st, f); err != nil {
		return nil, nil, err
	}
	v.add(section{Title: p.say("desk_place.which_side"), Forms: []*ui.Form{forms["sides"]}})
	v.add(section{Title: p.say("desk_place.pedestrian_title"), Text: p.say("desk_place.pedestrian_text"), Forms: []*ui.Form{forms["pedestrian"]}})
	v.add(section{Title: p.say("desk_place.quiet_title"), Text: p.say("desk_place.quiet_text"), Facts: fact(nil, p.say("desk_place.quiet_checked"), onDay(p, st.Quiet.CheckedOn)), Forms: []*ui.Form{forms["quiet"]}})
	list := ui.Records{Empty: p.say("desk_place.no_stretches")}
	for _, x := range st.Stretches {
		list.Items = append(list.Items, ui.Record{Title: p.name(x.Name), Href: at(c, "/desk/streets/"+st.Slug) + "?stretch=" + x.ID + "#stretch", Lines: rangeWords(p, x)})
	}
	v.add(section{Title: p.say("desk_place.stretches"), Text: p.say("desk_place.stretches_lead"), Records: &list})
	v.add(section{ID: "stretch", Title: p.say("desk_place.stretch_form." + strconv.FormatBool(editedStretch(c, f) != "")), Forms: []*ui.Form{forms["stretch"]}})
	v.add(section{Title: p.say("desk_place.add_unit"), Text: p.say("desk_place.add_unit_street"), Forms: []*ui.Form{forms["unit"]}})
	return v, forms, nil
}

func rangeWords(p *speaker, x place.Stretch) []string {
	out := []string{}
	for _, side := range []place.Side{place.Odd, place.Even} {
		if r, ok := x.Ranges[side]; ok {
			out = append(out, p.say("desk_place.range."+string(side), "From", r.From, "To", r.To))
		}
	}
	return out
}

// streetSide is one side of a street: its shops and vacant units in the order of house numbers.
func (s *Site) streetSide(c *fiber.Ctx, p *speaker, st *place.Street, side place.Side) (section, error) {
	ctx := c.UserContext()
	x := section{ID: sideKey(side), Title: sideTitle(p, st, side), Records: &ui.Records{Empty: p.say("desk_place.side_empty")}}
	shops, err := s.services.Listings.ByStreet(ctx, st.ID)
	if err != nil {
		return x, err
	}
	units, err := s.services.Streets.UnitsOn(ctx, st.ID)
	if err != nil {
		return x, err
	}
	byID := map[string]*listing.Listing{}
	doors := []deskDoor{}
	for i := range shops {
		h, _, _ := place.ParseHouse(shops[i].Address.House)
		byID[shops[i].ID] = &shops[i]
		if h.Side() == side {
			doors = append(doors, deskDoor{house: h, shop: &shops[i]})
		}
	}
	for i := range units {
		h, _, _ := place.ParseHouse(units[i].Number)
		if units[i].Vacant() && h.Side() == side {
			doors = append(doors, deskDoor{house: h, unit: &units[i]})
		}
	}
	for _, d := range sortDoors(doors) {
		x.Records.Items = append(x.Records.Items, doorRecord(c, p, d))
	}
	if side != "" && len(x.Records.Items) > 0 {
		x.Links = []ui.Link{{Label: p.say("walk.this_side"), Href: at(c, "/desk/walk/"+st.Slug+"/"+sideKey(side))}}
	}
	return x, nil
}

func (s *Site) sidesForm(c *fiber.Ctx, p *speaker, st *place.Street, f *form) *ui.Form {
	x := field(f, "sides", "odd", p.say("desk_place.odd"), func(x *ui.Field) {
		if f == nil {
			x.Value = string(st.OddSide())
		}
		x.Options = []ui.Option{{Label: p.say("desk_place.unknown")}}
		for _, d := range place.Compasses {
			x.Options = append(x.Options, ui.Option{Value: string(d), Label: p.say("desk_place.compass." + string(d))})
		}
		x.Hint = p.say("desk_place.odd_hint")
		choose(x)
	})
	return s.placeForm(c, "/desk/streets/"+st.Slug, "sides", st.Rev, []ui.FormPart{x}, ui.Button{Label: p.say("desk_place.save")})
}

func (s *Site) pedestrianForm(c *fiber.Ctx, p *speaker, st *place.Street, f *form) *ui.Form {
	x := field(f, "pedestrian", "pedestrian", p.say("desk_place.pedestrian"), func(x *ui.Field) {
		if f == nil {
			x.Value = st.Pedestrian.Text
		}
		x.Optional, x.Max, x.Hint = true, place.MaxTimes, p.say("desk_place.pedestrian_hint")
	})
	return s.placeForm(c, "/desk/streets/"+st.Slug, "pedestrian", st.Rev, []ui.FormPart{x}, ui.Button{Label: p.say("desk_place.save")})
}

func (s *Site) quietForm(c *fiber.Ctx, p *speaker, st *place.Street, f *form) *ui.Form {
	const id = "quiet"
	return s.placeForm(c, "/desk/streets/"+st.Slug, id, st.Rev, []ui.FormPart{
		filled(f, id, "quiet", p.say("desk_place.pedestrian"), st.Quiet.Text, func(x *ui.Field) { x.Optional, x.Max, x.Hint = true, place.MaxTimes, p.say("desk_place.quiet_hint") }),
		filled(f, id, "quiet.by", p.say("desk_place.quiet_by"), st.Quiet.By, func(x *ui.Field) {
			x.Optional, x.Max, x.Lang, x.Hint = true, place.MaxName, lang.Hans, p.say("desk_place.quiet_by_hint")
		}),
	}, ui.Button{Label: p.say("desk_place.save")})
}

// choose marks the option of a select that has the value of the field.
func choose(x *ui.Field) {
	for i := range x.Options {
		x.Options[i].Checked = x.Options[i].Value == x.Value
	}
}

// placeForm is one of the forms of a page: form says which.
func (s *Site) placeForm(c *fiber.Ctx, path, name string, rev int64, parts []ui.FormPart, buttons ...ui.Button) *ui.Form {
	return &ui.Form{
		ID: "form-" + name, Action: at(c, path), CSRF: s.token(Of(c)), Rev: revision(rev), Hidden: hidden("form", name), Parts: parts,
		Bar: &ui.Bar{Loose: true, Buttons: buttons},
	}
}

// editedStretch is the stretch the form is about; "" for a new one.
func editedStretch(c *fiber.Ctx, f *form) string {
	if f != nil && f.Get("form") == "stretch" {
		return f.Get("stretch")
	}
	return c.Query("stretch")
}

func (s *Site) stretchForm(c *fiber.Ctx, p *speaker, st *place.Street, f *form) *ui.Form {
	was, known := st.Stretch(editedStretch(c, f))
	value := func(of string) func(*ui.Field) {
		return func(x *ui.Field) {
			if f == nil {
				x.Value = of
			}
		}
	}
	number := func(side place.Side, end string, n int) ui.FormPart {
		part := field(f, "stretch", string(side)+"."+end, p.say("desk_place."+string(side)+"_"+end), value(typedNumber(n)))
		part.Field.Short, part.Field.InputMode, part.Field.Optional = true, "numeric", true
		return part
	}
	name := func(tag, text string, max int) ui.FormPart {
		part := field(f, "stretch", "name."+tag, p.say("desk_place.stretch_name."+tag), value(text))
		part.Field.Max, part.Field.Optional, part.Field.Lang = max, tag != "hans", map[string]lang.Tag{"hans": lang.Hans, "hant": lang.Hant, "en": lang.En}[tag]
		return part
	}
	parts := []ui.FormPart{
		name("hans", was.Name.Hans, 60),
		number(place.Odd, "from", was.Ranges[place.Odd].From), number(place.Odd, "to", was.Ranges[place.Odd].To),
		number(place.Even, "from", was.Ranges[place.Even].From), number(place.Even, "to", was.Ranges[place.Even].To),
		name("hant", was.Name.Hant, 60), name("en", was.Name.En, 60),
	}
	buttons := []ui.Button{{Label: p.say("desk_place.save"), Name: "do", Value: "save"}}
	if known {
		buttons = append(buttons, ui.Button{Label: p.say("desk_place.remove"), Kind: "alt", Name: "do", Value: "remove"})
	}
	x := s.placeForm(c, "/desk/streets/"+st.Slug, "stretch", st.Rev, parts, buttons...)
	x.Hidden = append(x.Hidden, hidden("stretch", editedStretch(c, f))...)
	return x
}

func typedNumber(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// unitForm adds a unit; on a street its number is a house number.
func (s *Site) unitForm(c *fiber.Ctx, p *speaker, path string, street bool, f *form) *ui.Form {
	parts := []ui.FormPart{field(f, "unit", "number", p.say("desk_place.number."+strconv.FormatBool(street)), func(x *ui.Field) { x.Short = true })}
	if !street {
		parts = append(parts, field(f, "unit", "level", p.say("fact.level"), func(x *ui.Field) { x.Short, x.Optional, x.Hint = true, true, p.say("my.hint.level") }))
	}
	parts = append(parts, areaField(p, f, "unit", "area_m2"))
	return s.placeForm(c, path, "unit", 0, parts, ui.Button{Label: p.say("desk_place.add"), Kind: "alt"})
}

func areaField(p *speaker, f *form, formID, name string) ui.FormPart {
	return field(f, formID, name, p.say("desk_place.area"), func(x *ui.Field) {
		x.Short, x.Optional, x.InputMode, x.Unit = true, true, "decimal", p.say("desk_place.m2")
	})
}

// readArea reads square metres; nothing is not known.
func readArea(typed, name string) (float64, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(typed, 64)
	if err != nil {
		return 0, fault.Wrong(name, "error.unit.area", nil)
	}
	return n, nil
}

// deskStreetSent: POST /desk/streets/:slug (form, rev and what the form has).
func (s *Site) deskStreetSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	st, err := s.services.Streets.StreetBySlug(ctx, c.Params("slug"))
	if err != nil {
		return err
	}
	rev, revErr := f.rev()
	word := f.Get("form")
	switch word {
	case "sides":
		if err = revErr; err == nil {
			_, err = s.services.Streets.SetSides(ctx, by, st.ID, rev, place.Compass(f.Get("odd")))
		}
	case "pedestrian":
		if err = revErr; err == nil {
			_, err = s.services.Streets.SetPedestrian(ctx, by, st.ID, rev, f.Get("pedestrian"))
		}
	case "quiet":
		if err = revErr; err == nil {
			_, err = s.services.Streets.SetQuiet(ctx, by, st.ID, rev, f.Get("quiet"), f.Get("quiet.by"))
		}
	case "stretch":
		if err = revErr; err == nil {
			word, err = s.stretchSent(c, f, &st, rev)
		}
	case "unit":
		err = s.unitSent(c, f, place.Unit{StreetID: st.ID})
	case "name", "line", "end", "revive":
		if err = revErr; err == nil {
			err = s.streetEntrySent(c, f, &st, rev)
		}
		if err == nil && word == "line" && f.Get("do") == "look" {
			return s.streetLooked(c, f)
		}
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/streets/"+st.Slug+"?done="+word)
	}
	p := s.speaker(c)
	v, forms, caseErr := s.streetCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showPlaceMistake(c, p, v, forms[f.Get("form")], err)
}

// showPlaceMistake shows what is wrong with a form; one that was made from an older state comes back with the present one.
func (s *Site) showPlaceMistake(c *fiber.Ctx, p *speaker, v *casePage, bad *ui.Form, err error) error {
	if bad == nil {
		return err
	}
	return s.showCase(c, p, v, bad, err)
}

func (s *Site) stretchSent(c *fiber.Ctx, f *form, st *place.Street, rev int64) (string, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	if f.Get("do") == "remove" {
		_, err := s.services.Streets.RemoveStretch(ctx, by, st.ID, rev, f.Get("stretch"))
		return "removed", err
	}
	x := place.Stretch{ID: f.Get("stretch"), Name: lang.Text{Hans: f.Get("name.hans"), Hant: f.Get("name.hant"), En: f.Get("name.en")}, Ranges: map[place.Side]place.Range{}}
	var wrong []fault.Field
	for _, side := range []place.Side{place.Odd, place.Even} {
		from, to := strings.TrimSpace(f.Get(string(side)+".from")), strings.TrimSpace(f.Get(string(side)+".to"))
		if from == "" && to == "" {
			continue
		}
		a, errA := strconv.Atoi(from)
		b, errB := strconv.Atoi(to)
		if errA != nil || errB != nil {
			wrong = append(wrong, fault.Field{Name: string(side) + ".from", Key: "error.stretch.range"})
			continue
		}
		x.Ranges[side] = place.Range{From: a, To: b}
	}
	if err := fault.Wrongs(wrong); err != nil {
		return "stretch", err
	}
	_, err := s.services.Streets.SetStretch(ctx, by, st.ID, rev, x)
	return "stretch", rename(err, "stretches.odd", "odd.from", "stretches.even", "even.from", "stretches", "name.hans")
}

// rename calls the fields of a mistake as the form does: pairs of the name in the service and that of the form.
func rename(err error, pairs ...string) error {
	fe, ok := err.(*fault.Error) //nolint:errorlint // of the services, which do not wrap what a form shows
	if !ok || len(fe.Fields) == 0 {
		return err
	}
	next := *fe
	next.Fields = append([]fault.Field{}, fe.Fields...)
	for i := range next.Fields {
		for n := 0; n+1 < len(pairs); n += 2 {
			if name := next.Fields[i].Name; name == pairs[n] || strings.HasPrefix(name, pairs[n]+".") {
				next.Fields[i].Name = pairs[n+1]
				break
			}
		}
	}
	return &next
}

// unitSent adds the unit of a form to a place.
func (s *Site) unitSent(c *fiber.Ctx, f *form, u place.Unit) error {
	u.Number = f.Get("number")
	var err error
	if u.AreaM2, err = readArea(f.Get("area_m2"), "area_m2"); err != nil {
		return err
	}
	if u.PlazaID != "" {
		var ok bool
		if u.Level, ok = readLevel(f.Get("level")); !ok {
			return fault.Wrong("level", "error.place.level", nil)
		}
	}
	_, err = s.services.Streets.AddUnit(c.UserContext(), Of(c).Actor, u)
	return err
}
