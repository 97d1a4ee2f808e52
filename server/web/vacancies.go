package web

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/phone"
	"shangquan/services/place"
	"shangquan/services/vacancy"
)

// vacancyRoutes are the units on offer: as everybody reads them, as who runs a plaza or lets a unit confirms them, as the desk keeps them.
func (s *Site) vacancyRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const (
		one, plaza, link = "/desk/vacancies/:id", "/my/plazas/:id/vacancies", "/unit/:token"
		none, noLink     = "/desk/vacancies/none", "/unit/none"
	)
	return []Route{
		{Method: get, Path: "/vacancies", Handle: s.vacancies, Cached: true, Query: []string{"at", "size", "format"}, Needs: access.PublicRead},
		{Method: get, Path: "/vacancies/:id", Handle: s.vacancy, Cached: true, Needs: access.PublicRead, Probe: "/vacancies/none"},
		{Method: get, Path: link, Handle: s.vacancyLinkPage, Kind: Private, Needs: access.PublicRead, Probe: noLink},
		{Method: post, Path: link, Handle: s.vacancyLinkSent, Kind: Private, Rate: Write, Needs: access.PublicRead, Probe: noLink},
		{Method: get, Path: plaza, Handle: s.plazaVacancies, Kind: Private, Needs: access.VacancyConfirm, Thing: ofPlaza, Probe: "/my/plazas/none/vacancies"},
		{Method: post, Path: plaza, Handle: s.plazaVacancyConfirmed, Kind: Private, Rate: Write, Needs: access.VacancyConfirm, Thing: ofPlaza, Probe: "/my/plazas/none/vacancies"},
		{Method: get, Path: "/desk/vacancies", Handle: s.vacancyDesk, Kind: Private, Needs: access.VacancyEdit},
		{Method: get, Path: "/desk/vacancies/new", Handle: s.newVacancy, Kind: Private, Needs: access.VacancyEdit},
		{Method: post, Path: "/desk/vacancies/new", Handle: s.vacancyAdded, Kind: Private, Rate: Write, Needs: access.VacancyEdit},
		{Method: get, Path: one, Handle: s.vacancyDeskPage, Kind: Private, Needs: access.VacancyEdit, Probe: none},
		{Method: post, Path: one, Handle: s.vacancySent, Kind: Private, Rate: Write, Needs: access.VacancyEdit, Probe: none},
	}
}

// where is the place of a unit in words: of what street or plaza it is, and what it is called there.
type where struct {
	title  string // 中山中路 218 号, 开元地中海 1F-06
	place  string
	slug   string // of the street or plaza
	href   string // its public page
	floor  string // of a plaza
	number string
}

// unitWhere says where a unit is.
func (s *Site) unitWhere(c *fiber.Ctx, p *speaker, u *place.Unit) (where, error) {
	ctx := c.UserContext()
	if u.PlazaID != "" {
		z, err := s.services.Places.Plaza(ctx, u.PlazaID)
		name := p.name(z.Name)
		return where{name + " " + u.Number, name, z.Slug, at(c, "/plazas/"+z.Slug), z.Label(u.Level), u.Number}, err
	}
	st, err := s.services.Places.Street(ctx, u.StreetID)
	h, _, _ := place.ParseHouse(u.Number)
	name, door := p.name(st.Name), cmp.Or(h.Door(), u.Number)
	return where{name + " " + door, name, st.Slug, at(c, "/streets/"+st.Slug), "", door}, err
}

// size is a class of areas that people choose from.
type size struct {
	key         string
	from, below float64 // m²; below 0: without end
}

var sizes = []size{{"small", 0, 50}, {"middle", 50, 150}, {"large", 150, 500}, {"huge", 500, 0}}

func (z size) holds(area float64) bool {
	return area > 0 && area >= z.from && (z.below == 0 || area < z.below)
}

// publicOffers are the units that everybody sees, with where they are. A site without the service has none.
func (s *Site) publicOffers(c *fiber.Ctx, p *speaker) ([]vacancy.Offer, []where, error) {
	if s.services.Vacancies == nil {
		return nil, nil, nil
	}
	list, err := s.services.Vacancies.Public(c.UserContext())
	if err != nil {
		return nil, nil, err
	}
	places := make([]where, len(list))
	for i := range list {
		if places[i], err = s.unitWhere(c, p, &list[i].Unit); err != nil {
			return nil, nil, err
		}
	}
	return list, places, nil
}

// vacancies: GET /vacancies (at, size, format): the units on offer.
func (s *Site) vacancies(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, places, err := s.publicOffers(c, p)
	if err != nil {
		return err
	}
	now := url.Values{}
	for _, name := range []string{"at", "size", "format"} {
		if x := c.Query(name); x != "" {
			now.Set(name, x)
		}
	}
	v := casePage{Title: p.say("vacancy.title"), Lead: p.say("vacancy.lead", "Days", vacancy.ConfirmDays), Chips: s.vacancyChips(c, p, list, places, now)}
	records := ui.Records{Empty: p.say("vacancy.none")}
	if len(now) > 0 {
		records.Empty = p.say("vacancy.none_such")
	}
	for i := range list {
		if fits(&list[i], places[i], now) {
			records.Items = append(records.Items, s.vacancyRecord(p, &list[i], places[i], at(c, "/vacancies/"+list[i].ID)))
		}
	}
	v.add(section{ID: "units", Records: &records})
	return s.showPublic(c, p, &v)
}

// fits reports whether a unit is one of those asked for. A unit of which nobody has said how to sell there is for every format.
func fits(o *vacancy.Offer, w where, q url.Values) bool {
	if x := q.Get("at"); x != "" && x != w.slug {
		return false
	}
	if x := q.Get("format"); x != "" && len(o.FormatIDs) > 0 && !slices.Contains(o.FormatIDs, x) {
		return false
	}
	x := q.Get("size")
	return x == "" || slices.ContainsFunc(sizes, func(z size) bool { return z.key == x && z.holds(o.Unit.AreaM2) })
}

// vacancyChips narrow the list: the places, sizes and formats there are, each with the others kept.
func (s *Site) vacancyChips(c *fiber.Ctx, p *speaker, list []vacancy.Offer, places []where, now url.Values) []ui.Chip {
	out := []ui.Chip{}
	if len(list) == 0 {
		return out
	}
	chip := func(name, value, label string) {
		q := url.Values{}
		for k, x := range now {
			q[k] = x
		}
		on := now.Get(name) == value
		if q.Set(name, value); on {
			q.Del(name)
		}
		to := at(c, "/vacancies")
		if len(q) > 0 {
			to += "?" + q.Encode()
		}
		x := ui.Chip{Label: label, Href: to, On: on}
		if !slices.ContainsFunc(out, func(y ui.Chip) bool { return y.Href == x.Href && y.Label == x.Label }) {
			out = append(out, x)
		}
	}
	for _, w := range places {
		chip("at", w.slug, w.place)
	}
	for _, z := range sizes {
		if slices.ContainsFunc(list, func(o vacancy.Offer) bool { return z.holds(o.Unit.AreaM2) }) {
			chip("size", z.key, p.say("vacancy.size."+z.key))
		}
	}
	for _, f := range s.services.Words().Formats {
		if slices.ContainsFunc(list, func(o vacancy.Offer) bool { return slices.Contains(o.FormatIDs, f.ID) }) {
			chip("format", f.ID, p.name(f.Name))
		}
	}
	return out
}

// vacancyRecord is a unit in a list.
func (s *Site) vacancyRecord(p *speaker, o *vacancy.Offer, w where, href string) ui.Record {
	r := ui.Record{Title: w.title, Href: href, Tag: p.say("vacancy.state." + string(o.Standing)), State: vacancyLooks[o.Standing]}
	for _, line := range []string{w.floor, squareMetres(p, o.Unit.AreaM2), s.formatWords(p, o.FormatIDs)} {
		if line != "" {
			r.Lines = append(r.Lines, line)
		}
	}
	if o.AvailableFrom != "" {
		r.Lines = append(r.Lines, p.say("vacancy.from", "Day", onDay(p, o.AvailableFrom)))
	}
	return r
}

var vacancyLooks = map[vacancy.State]ui.TaskState{
	vacancy.Notice: ui.TaskTodo, vacancy.Vacant: ui.TaskTodo, vacancy.Reserved: ui.TaskWait, vacancy.FitOut: ui.TaskWait, vacancy.Occupied: ui.TaskDone,
}

// formatWords are the names of formats; empty for none.
func (s *Site) formatWords(p *speaker, ids []string) string {
	out := []string{}
	for _, id := range ids {
		if f, ok := s.services.Words().Format(id); ok {
			out = append(out, p.name(f.Name))
		}
	}
	return strings.Join(out, p.say("empty.and"))
}

// vacancy: GET /vacancies/:id: everything there is to know of a unit, and whom to ask.
func (s *Site) vacancy(c *fiber.Ctx) error {
	if s.services.Vacancies == nil {
		return notThere()
	}
	p := s.speaker(c)
	o, err := s.services.Vacancies.PublicCard(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	w, err := s.unitWhere(c, p, &o.Unit)
	if err != nil {
		return err
	}
	v := casePage{Up: &ui.Link{Label: p.say("vacancy.title"), Href: at(c, "/vacancies")}, Title: w.title}
	if o.Asks() {
		v.Buttons = []ui.Button{{Label: p.say("vacancy.ask"), Href: at(c, "/vacancies/"+o.ID+"/ask")}}
	} else {
		v.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("vacancy.reserved_text")}}
	}
	v.add(section{Facts: s.vacancyFacts(p, &o, w)})
	v.add(section{ID: "desk", Title: p.say("vacancy.desk"), Facts: vacancyDeskFacts(p, &o), Text: p.say("vacancy.desk_text")})
	return s.showPublic(c, p, &v)
}

// vacancyFacts are what a card says of its unit. What nobody knows is left out, but for the area.
func (s *Site) vacancyFacts(p *speaker, o *vacancy.Offer, w where) []ui.Fact {
	out := fact(nil, p.say("vacancy.state_label"), p.say("vacancy.state."+string(o.Standing)))
	out = append(out, ui.Fact{Term: p.say("vacancy.place"), Values: []ui.Value{{Text: w.place, Href: w.href}}})
	out = fact(fact(out, p.say("vacancy.number"), w.number), p.say("fact.level"), w.floor)
	out = fact(out, p.say("desk_place.area"), cmp.Or(squareMetres(p, o.Unit.AreaM2), p.say("vacancy.unknown")))
	if o.FrontageM > 0 {
		out = fact(out, p.say("vacancy.frontage"), p.say("vacancy.metres", "N", strconv.FormatFloat(o.FrontageM, 'f', -1, 64)))
	}
	out = fact(out, p.say("vacancy.formats"), cmp.Or(s.formatWords(p, o.FormatIDs), p.say("vacancy.formats_any")))
	if o.PowerKW > 0 {
		out = fact(out, p.say("vacancy.power"), p.say("vacancy.kilowatts", "N", o.PowerKW))
	}
	fitted := func(term string, x vacancy.Fitted) {
		if x != vacancy.Unknown {
			out = fact(out, term, p.say("vacancy.fitted."+string(x)))
		}
	}
	fitted(p.say("vacancy.gas"), o.Gas)
	fitted(p.say("vacancy.exhaust"), o.Exhaust)
	if o.AvailableFrom != "" {
		out = fact(out, p.say("vacancy.available"), onDay(p, o.AvailableFrom))
	}
	if p.name(o.Note) != "" {
		out = append(out, linesFact(p, p.say("vacancy.note"), o.Note))
	}
	return fact(out, p.say("vacancy.verified"), verifiedWords(p, &o.Card))
}

// verifiedWords say when a card was last confirmed, and in what capacity.
func verifiedWords(p *speaker, c *vacancy.Card) string {
	return p.say("vacancy.verified_by."+string(c.VerifiedBy), "Day", onDay(p, c.VerifiedOn))
}

func vacancyDeskFacts(p *speaker, o *vacancy.Offer) []ui.Fact {
	name, in := o.DeskName.In(p.Lang)
	out := []ui.Fact{{Term: p.say("vacancy.desk_name"), Values: []ui.Value{{Text: name, Lang: in}}}}
	if numbers, err := phone.Parse(o.DeskPhone); err == nil && len(numbers) > 0 {
		n := numbers[0]
		out = append(out, ui.Fact{Term: p.say("vacancy.desk_phone"), Values: []ui.Value{{Text: n.Display(), Href: n.Tel(), Number: true}}})
	}
	return fact(out, p.say("vacancy.desk_email"), o.DeskEmail)
}

// offersAt is the way from the page of a street or plaza to the units on offer there; none where there are none, or nobody can say now.
func (s *Site) offersAt(c *fiber.Ctx, p *speaker, slug string) []ui.Link {
	var places []where
	s.beside(c, func() (err error) {
		_, places, err = s.publicOffers(c, p)
		return err
	})
	n := 0
	for _, w := range places {
		if w.slug == slug {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []ui.Link{{Label: p.count("vacancy.here", n), Href: at(c, "/vacancies") + "?at=" + slug}}
}
