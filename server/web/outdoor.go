package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/outdoor"
	"shangquan/services/place"
	"shangquan/services/plan"
)

// outdoorRoutes are what authorities allowed to stand in the street: as everybody reads it, and as the district enters it.
func (s *Site) outdoorRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/desk/outdoor/:id", "/desk/outdoor/none"
	return []Route{
		{Method: get, Path: "/outdoor", Handle: s.outdoorPage, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/desk/outdoor", Handle: s.outdoorDesk, Kind: Private, Needs: access.OutdoorEdit},
		{Method: post, Path: "/desk/outdoor", Handle: s.outdoorAdded, Kind: Private, Rate: Write, Needs: access.OutdoorEdit},
		{Method: get, Path: one, Handle: s.outdoorArea, Kind: Private, Needs: access.OutdoorEdit, Probe: none},
		{Method: post, Path: one, Handle: s.outdoorSent, Kind: Private, Rate: Write, Needs: access.OutdoorEdit, Probe: none},
	}
}

// outdoorView is templates/pages/outdoor.html.
type outdoorView struct {
	Base    ui.Base
	Title   string
	Lead    string
	Licence ui.Callout // that nothing here is one
	None    string
	Areas   []outdoorSection
	Plan    *ui.Plan
}

type outdoorSection struct {
	ID     string
	Number int // of its pin on the plan; 0: none
	Name   ui.Marked
	Status ui.Status
	Facts  []ui.Fact
}

// outdoorPage: GET /outdoor: what is in force today, with the same numbers on the street plan.
func (s *Site) outdoorPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := outdoorView{Title: p.say("outdoor.title"), Lead: p.say("outdoor.lead"), Licence: ui.Callout{Icon: "info", Lead: p.say("outdoor.licence"), Text: p.say("outdoor.licence_text")}}
	list := []outdoor.Now{}
	if s.services.Outdoor != nil {
		var err error
		if list, err = s.services.Outdoor.Public(c.UserContext()); err != nil {
			return err
		}
	}
	pinned := []directory.PointRow{}
	for i := range list {
		x := &list[i]
		name, in := x.Name.In(p.Lang)
		a := outdoorSection{ID: pointAnchor(x.ID), Name: ui.Plain(name, in), Status: s.openNow(p, x.Hours)}
		if s.showsPlan() && len(pinned) < plan.MaxPins {
			a.Number = len(pinned) + 1
			point := x.Point(x.Term)
			pinned = append(pinned, directory.PointRow{Point: &point, Number: a.Number})
		}
		var err error
		if a.Facts, err = s.outdoorFacts(c, p, &x.Area, &x.Term); err != nil {
			return err
		}
		v.Areas = append(v.Areas, a)
	}
	if len(list) == 0 {
		v.None = p.say("outdoor.none")
	}
	var err error
	if v.Plan, err = s.pointsPlan(c, p, pinned, len(list)); err != nil {
		return err
	}
	v.Base = s.Base(c, v.Title)
	v.Base.Description = v.Lead
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "outdoor", v)
}

// outdoorFacts are what was decided of an area: where and when it stands, under which conditions, who decided.
func (s *Site) outdoorFacts(c *fiber.Ctx, p *speaker, a *outdoor.Area, t *outdoor.Term) ([]ui.Fact, error) {
	out := fact(nil, p.say("outdoor.kind"), p.say("points.kind."+string(a.Kind)))
	at, err := s.outdoorPlace(c, p, a)
	if err != nil {
		return nil, err
	}
	out = append(out, at...)
	out = fact(out, p.say("outdoor.days"), datesWords(p, t.From, t.Until))
	out = fact(out, p.say("outdoor.hours"), timesWords(p, a.Hours))
	conditions := ui.Fact{Term: p.say("outdoor.conditions")}
	for _, x := range a.Conditions {
		conditions.Values = append(conditions.Values, ui.Value{Text: p.say("outdoor.condition." + string(x))})
	}
	conditions.Values = append(conditions.Values, linesFact(p, "", a.Words).Values...)
	if len(conditions.Values) > 0 {
		out = append(out, conditions)
	}
	out = append(out, ui.Fact{Term: p.say("outdoor.complaints"), Values: []ui.Value{{Text: a.Complaints, Lang: lang.Hans}}})
	authority, in := t.Authority.In(p.Lang)
	return append(out, ui.Fact{Term: p.say("outdoor.authority"), Values: []ui.Value{{Text: authority, Lang: in}}}, ui.Fact{Term: p.say("outdoor.number"), Values: []ui.Value{{Text: t.Number, Lang: lang.Hans}}}), nil
}

// outdoorPlace leads to the shop and to the street of an area. A shop that has no public page is not named.
func (s *Site) outdoorPlace(c *fiber.Ctx, p *speaker, a *outdoor.Area) ([]ui.Fact, error) {
	out, ctx := []ui.Fact{}, c.UserContext()
	if a.ListingID != "" {
		switch l, err := s.services.Listings.Get(ctx, a.ListingID); {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return nil, err
		case l.Public():
			name, in := l.Name.In(p.Lang)
			out = append(out, ui.Fact{Term: p.say("outdoor.shop"), Values: []ui.Value{{Text: name, Lang: in, Href: at(c, "/shops/"+l.Slug)}}})
		}
	}
	if a.StreetID != "" {
		switch st, err := s.services.Places.Street(ctx, a.StreetID); {
		case fault.Is(err, fault.NotFound):
		case err != nil:
			return nil, err
		default:
			out = append(out, ui.Fact{Term: p.say("outdoor.street"), Values: []ui.Value{{Text: p.name(st.Name), Href: at(c, "/streets/"+st.Slug)}}})
		}
	}
	return out, nil
}

// outdoorSigns say before the page of a shop what may stand before it today.
func (s *Site) outdoorSigns(c *fiber.Ctx, p *speaker, listingID string) []ui.Callout {
	if s.services.Outdoor == nil {
		return nil
	}
	var list []outdoor.Now
	s.beside(c, func() (err error) {
		list, err = s.services.Outdoor.OfShop(c.UserContext(), listingID)
		return err
	})
	out := []ui.Callout{}
	for i := range list {
		x := &list[i]
		out = append(out, ui.Callout{
			Icon: "info", Lead: p.say("outdoor.sign." + string(x.Kind)), Text: p.say("outdoor.sign_text", "Day", onDay(p, x.Term.Until), "Hours", timesWords(p, x.Hours)),
			Link: &ui.Link{Label: p.say("outdoor.see"), Href: ui.Href(p.Lang, "/outdoor") + "#" + pointAnchor(x.ID)},
		})
	}
	return out
}

// outdoorOn says before the page of a street what may stand on it today; nothing where there is nothing, or nobody can say now.
func (s *Site) outdoorOn(c *fiber.Ctx, p *speaker, st *place.Street) []ui.Callout {
	if s.services.Outdoor == nil {
		return nil
	}
	n := 0
	s.beside(c, func() error {
		list, err := s.services.Outdoor.OnStreet(c.UserContext(), st.ID)
		n = len(list)
		return err
	})
	if n == 0 {
		return nil
	}
	return []ui.Callout{{Icon: "info", Lead: p.count("outdoor.here", n), Link: &ui.Link{Label: p.say("outdoor.see"), Href: ui.Href(p.Lang, "/outdoor")}}}
}
