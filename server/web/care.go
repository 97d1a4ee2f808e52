package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/care"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
)

// careRoutes are the street-care board: the district's own pages, and what a shop reads of itself. Nothing of it is public.
func (s *Site) careRoutes() []Route {
	read := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: http.MethodGet, Path: path, Handle: h, Kind: Private, Needs: access.CareEdit, Probe: probe}
	}
	send := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: http.MethodPost, Path: path, Handle: h, Kind: Private, Rate: Write, Needs: access.CareEdit, Probe: probe}
	}
	own := func(r Route) Route {
		r.Needs, r.Thing = access.CareAnswer, s.shopThing
		return r
	}
	pictured := func(r Route) Route {
		r.Body = proofBody
		return r
	}
	const one, none, round = "/desk/care/:id", "/desk/care/none", "/desk/care/rounds/:id"
	const mine, of = "/my/shops/:id/care", "/my/shops/none/care"
	return []Route{
		read("/desk/care", s.careBoard, ""),
		read("/desk/care/new", s.careNew, ""), // before the pages of one item: /desk/care/new is none
		pictured(send("/desk/care/new", s.careNoted, "")),
		read("/desk/care/rounds", s.careRounds, ""),
		send("/desk/care/rounds", s.careRoundPlanned, ""),
		read(round, s.careRound, "/desk/care/rounds/none"),
		send(round, s.careRoundSent, "/desk/care/rounds/none"),
		read(one, s.careItem, none),
		send(one, s.careSent, none),
		pictured(send(one+"/photos", s.carePhotoSent, none+"/photos")),
		read(one+"/photos/:n", s.carePhoto, none+"/photos/1"),
		own(read(mine, s.ownCare, of)),
		own(read(mine+"/:item", s.ownCareItem, of+"/none")),
		own(pictured(send(mine+"/:item", s.ownCareSent, of+"/none"))),
		own(read(mine+"/:item/photos/:n", s.ownCarePhoto, of+"/none/photos/1")),
	}
}

// onCare is how many items a page lists.
const onCare = 30

// careTags are the looks of the states.
var careTags = map[care.State]ui.TaskState{care.Noted: ui.TaskTodo, care.Informed: ui.TaskWait, care.Improved: ui.TaskTodo, care.Verified: ui.TaskDone, care.Withdrawn: ui.TaskDone}

// careBoard: GET /desk/care (state, after): the items of a state, and the figures of the months.
func (s *Site) careBoard(c *fiber.Ctx) error {
	p, state := s.speaker(c), care.Noted
	for _, x := range care.States {
		if c.Query("state") == string(x) {
			state = x
		}
	}
	ctx, by, here := c.UserContext(), Of(c).Actor, at(c, "/desk/care")
	page, err := s.services.Care.List(ctx, by, state, c.Query("after"), onCare)
	if err != nil {
		return err
	}
	v := casePage{
		Title: p.say("care.title"), Lead: p.say("care.lead"), Buttons: []ui.Button{{Label: p.say("care.new"), Href: at(c, "/desk/care/new"), Icon: "plus"}},
		Links: []ui.Link{{Label: p.say("care.rounds"), Href: at(c, "/desk/care/rounds")}},
	}
	for _, x := range care.States {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("care.state." + string(x)), Href: here + "?state=" + string(x), On: x == state})
	}
	list := section{Title: p.say("care.state." + string(state)), Records: &ui.Records{Empty: p.say("care.none")}}
	for i := range page.Items {
		list.Records.Items = append(list.Records.Items, careRecord(p, at(c, "/desk/care/"+page.Items[i].ID), &page.Items[i]))
	}
	if page.Next != "" {
		list.Links = []ui.Link{{Label: p.say("office.next"), Href: here + "?state=" + string(state) + "&after=" + escaped(page.Next)}}
	}
	v.add(list)
	figures, err := s.careFigures(c, p)
	if err != nil {
		return err
	}
	v.add(section{ID: "figures", Title: p.say("care.figures"), Text: p.say("care.figures_text"), Facts: figures})
	return s.showCase(c, p, &v, nil, nil)
}

func careRecord(p *speaker, href string, x *care.Item) ui.Record {
	return ui.Record{
		Title: x.Spot.Place, Lang: lang.Hans, Href: href, Lines: []string{p.say("care.kind." + string(x.Kind)), dayOf(p, x.CreatedAt)},
		Tag: p.say("care.state." + string(x.State)), State: careTags[x.State],
	}
}

// careFigures say for each month and street how many items are where.
func (s *Site) careFigures(c *fiber.Ctx, p *speaker) ([]ui.Fact, error) {
	list, err := s.services.Care.Figures(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	out := []ui.Fact{}
	for _, f := range list {
		street, err := s.streetName(c, p, f.StreetID)
		if err != nil {
			return nil, err
		}
		out = fact(out, p.say("care.of_month", "Month", monthWords(p, f.Month), "Street", street), p.say("care.numbers", "Open", f.Open, "Improved", f.Improved, "Verified", f.Verified))
	}
	return out, nil
}

// streetName is what a street is called; what lies on none is elsewhere.
func (s *Site) streetName(c *fiber.Ctx, p *speaker, id string) (string, error) {
	st, err := s.services.Streets.Street(c.UserContext(), id)
	if fault.Is(err, fault.NotFound) {
		return p.say("care.elsewhere"), nil
	}
	return p.name(st.Name), err
}

// monthWords is a month YYYY-MM as people say it.
func monthWords(p *speaker, month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return p.say("care.month", "Year", strconv.Itoa(t.Year()), "Month", int(t.Month()))
}

// careNew: GET /desk/care/new (unit).
func (s *Site) careNew(c *fiber.Ctx) error { return s.shown(c, s.careNewCase) }

func (s *Site) careNewCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	const id = "item"
	v := &casePage{Up: &ui.Link{Label: p.say("care.title"), Href: at(c, "/desk/care")}, Title: p.say("care.new"), Lead: p.say("care.new_text")}
	kinds := ui.Choice{ID: id + "-kind", Name: "kind", Legend: p.say("care.about")}
	for i, k := range care.Kinds {
		kinds.Options = append(kinds.Options, ui.Pick{Value: string(k), Label: p.say("care.kind." + string(k)), Checked: f != nil && f.Get("kind") == string(k) || f == nil && i == 0})
	}
	parts := []ui.FormPart{{Choice: &kinds}}
	unit := typedOr(f, "unit", c.Query("unit"))
	if unit != "" {
		u, err := s.services.Streets.Unit(c.UserContext(), unit)
		if err != nil {
			return nil, err
		}
		if v.Title, v.Up, err = s.unitPlace(c, p, &u); err != nil {
			return nil, err
		}
		v.Up = &ui.Link{Label: v.Title, Href: at(c, "/desk/units/"+u.ID)}
		v.Title = p.say("care.new")
	} else {
		places, err := s.carePlaces(c, p, f)
		if err != nil {
			return nil, err
		}
		parts = append(parts,
			filled(f, id, "shop", p.say("assembly.shop"), "", func(y *ui.Field) { y.Optional, y.Hint = true, p.say("care.shop_hint") }),
			filled(f, id, "place", p.say("care.place"), "", func(y *ui.Field) { y.Options, y.Optional = places, true }))
	}
	parts = append(parts, filled(f, id, "text", p.say("care.text"), "", func(y *ui.Field) {
		y.Type, y.Max, y.Lang, y.Hint = "textarea", care.MaxText, lang.Hans, p.say("care.text_hint")
	}))
	form := s.act(c, id, at(c, "/desk/care/new"), 0, p.say("care.note"), append(parts, carePhotoParts(p, f, id, p.say("care.before"), true)...)...)
	form.Hidden, form.Files = append(form.Hidden, hidden("unit", unit)...), true
	v.add(section{Forms: []*ui.Form{form}})
	return v, nil
}

// carePlaces are the streets of the district with their stretches.
func (s *Site) carePlaces(c *fiber.Ctx, p *speaker, f *form) ([]ui.Option, error) {
	streets, err := s.services.Streets.Streets(c.UserContext())
	out := []ui.Option{{Label: p.say("care.choose")}}
	for i := range streets {
		st := &streets[i]
		if !st.Core {
			continue
		}
		add := func(value, label string) {
			out = append(out, ui.Option{Value: value, Label: label, Checked: typedOr(f, "place", "") == value})
		}
		add(st.ID, p.name(st.Name))
		for _, x := range st.Stretches {
			add(st.ID+"/"+x.ID, p.say("care.stretch", "Street", p.name(st.Name), "Stretch", p.name(x.Name)))
		}
	}
	return out, err
}

// carePhotoParts are a picture and the word that no passer-by can be made out in it.
func carePhotoParts(p *speaker, f *form, id, label string, optional bool) []ui.FormPart {
	return []ui.FormPart{
		field(f, id, "photo", label, func(y *ui.Field) {
			y.Type, y.Accept, y.Optional = "file", "image/jpeg,image/png,image/webp", optional
		}),
		{Choice: &ui.Choice{ID: id + "-faceless", Name: "faceless", Legend: p.say("care.faces"), Many: true, Optional: optional, Options: []ui.Pick{
			{Value: "1", Label: p.say("care.faceless"), Checked: f != nil && f.Has("faceless")},
		}}},
	}
}

// carePicture is the picture of a form, nil for none. One that nobody answers for is not even stored.
func (s *Site) carePicture(c *fiber.Ctx, f *form) (*media.Evidence, error) {
	if len(f.files["photo"]) > 0 {
		if err := care.CheckFaces(f.Has("faceless")); err != nil {
			return nil, err
		}
	}
	return s.typedPicture(c, f)
}

// careNoted: POST /desk/care/new (kind, shop or place or unit, text, photo, faceless).
func (s *Site) careNoted(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := s.careNote(c, f)
	if err == nil {
		return see(c, "/desk/care/"+x.ID+"?done=noted")
	}
	return s.refused(c, f, err, s.careNewCase)
}

func (s *Site) careNote(c *fiber.Ctx, f *form) (care.Item, error) {
	ctx, by, spot := c.UserContext(), Of(c).Actor, care.Spot{UnitID: f.Get("unit")}
	switch {
	case spot.UnitID != "":
	case lang.Clean(f.Get("shop")) != "":
		l, err := s.shopAt(c, f.Get("shop"))
		if fault.Is(err, fault.NotFound) {
			return care.Item{}, fault.Wrong("shop", "care.wrong.shop", nil)
		}
		if err != nil {
			return care.Item{}, err
		}
		spot.ListingID = l.ID
	default:
		spot.StreetID, spot.StretchID, _ = strings.Cut(f.Get("place"), "/")
	}
	photo, err := s.carePicture(c, f)
	if err != nil {
		return care.Item{}, err
	}
	x, err := s.services.Care.Note(ctx, by, care.Kind(f.Get("kind")), spot, f.Get("text"))
	if err != nil || photo == nil {
		return x, err
	}
	return s.services.Care.AddPhoto(ctx, by, x.ID, x.Rev, *photo, false, f.Has("faceless"))
}
