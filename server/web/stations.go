package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/phone"
	stations "shangquan/services/station"
)

// stationRoutes are the service stations: what everybody reads of them, and where the liaison keeps them.
func (s *Site) stationRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/station", Handle: s.publicStations, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/station/:slug", Handle: s.publicStation, Cached: true, Needs: access.PublicRead, Probe: "/station/none"},
		{Method: get, Path: "/liaison/station", Handle: s.stationsPage, Kind: Private, Needs: access.StationEdit},
		{Method: post, Path: "/liaison/station", Handle: s.stationAdded, Kind: Private, Rate: Write, Needs: access.StationEdit},
		{Method: get, Path: "/liaison/station/:id", Handle: s.stationPage, Kind: Private, Needs: access.StationEdit, Probe: "/liaison/station/none"},
		{Method: post, Path: "/liaison/station/:id", Handle: s.stationSent, Kind: Private, Rate: Write, Needs: access.StationEdit, Probe: "/liaison/station/none"},
		{Method: get, Path: "/liaison/station/:id/hours", Handle: s.hoursPage(s.stationHours), Kind: Private, Needs: access.StationEdit, Probe: "/liaison/station/none/hours"},
		{Method: post, Path: "/liaison/station/:id/hours", Handle: s.hoursSent(s.stationHours), Kind: Private, Rate: Write, Needs: access.StationEdit, Probe: "/liaison/station/none/hours"},
	}
}

// publicStations: GET /station.
func (s *Site) publicStations(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("station.public"), Lead: p.say("station.public_lead"), Links: []ui.Link{
		{Label: p.say("points.title"), Href: at(c, "/points")}, {Label: p.say("resource.spaces"), Href: at(c, "/spaces")}, {Label: p.say("assembly.bodies"), Href: at(c, "/bodies")},
	}}
	records := ui.Records{Empty: p.say("station.none_public")}
	if s.services.Stations != nil {
		list, err := s.services.Stations.Public(c.UserContext())
		if err != nil {
			return err
		}
		for i := range list {
			name, in := list[i].Name.In(p.Lang)
			st := s.openNow(p, list[i].Hours)
			records.Items = append(records.Items, ui.Record{Title: name, Lang: in, Href: at(c, "/station/"+list[i].Slug), Lines: []string{p.name(list[i].Where), strings.TrimSpace(st.Word + " " + st.Next)}})
		}
	}
	v.add(section{Records: &records})
	return s.showPublic(c, p, &v)
}

// openNow says whether something with these hours is open.
func (s *Site) openNow(p *speaker, h hours.Hours) ui.Status {
	st, err := ui.NewStatus(p.Words, hours.At(h, s.calendar(), p.now), p.now)
	p.note(err)
	return st
}

// daysAhead is the week from today on, with the hours of each day.
func (s *Site) daysAhead(p *speaker, h hours.Hours) *ui.Week {
	if !h.Known {
		return nil
	}
	today := calendar.Today(p.now)
	out := ui.Week{}
	for d := today; d < today+7; d++ {
		out.Days = append(out.Days, ui.WeekDay{Name: ui.Weekday(p.Lang, d.Weekday()), Today: d == today, Spans: spans(p, hours.DayOf(h, s.calendar(), d).Spans)})
	}
	return &out
}

// publicStation: GET /station/:slug.
func (s *Site) publicStation(c *fiber.Ctx) error {
	if s.services.Stations == nil {
		return notThere()
	}
	x, err := s.services.Stations.PublicStation(c.UserContext(), c.Params("slug"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.say("station.public"), Href: at(c, "/station")}, Title: p.name(x.Name), Lead: p.name(x.Intro)}
	st := s.openNow(p, x.Hours)
	v.add(section{Status: &st, Facts: s.stationFacts(p, &x.Details)})
	if w := s.daysAhead(p, x.Hours); w != nil {
		v.add(section{Title: p.say("station.hours"), Week: w})
	}
	if len(x.Facilities) > 0 {
		list := []string{}
		for _, f := range x.Facilities {
			list = append(list, p.say("station.facility."+string(f)))
		}
		v.add(section{Title: p.say("station.facilities"), List: list, Text: checkedWords(p, x.CheckedOn)})
	}
	for _, item := range x.Items {
		name, _ := item.Name.In(p.Lang)
		steps, in := item.Steps.In(p.Lang)
		v.add(section{Title: name, Steps: stations.Lines(steps), In: in})
	}
	v.Links = []ui.Link{{Label: p.say("points.title"), Href: at(c, "/points")}}
	return s.showPublic(c, p, &v)
}

func checkedWords(p *speaker, day string) string {
	if day == "" {
		return ""
	}
	return p.say("station.checked", "Day", onDay(p, day))
}

func (s *Site) stationFacts(p *speaker, x *stations.Details) []ui.Fact {
	where, in := x.Where.In(p.Lang)
	v := ui.Value{Text: where, Lang: in}
	out := []ui.Fact{}
	if x.Location != nil {
		name, _ := x.Name.In(lang.Hans)
		v.Href = geo.Walk(s.settings().Maps[0], geo.Target{Point: x.Location.Point, Name: name}, "")
	}
	out = append(out, ui.Fact{Term: p.say("station.where"), Values: []ui.Value{v}})
	numbers, err := phone.Parse(x.Phone)
	f := ui.Fact{Term: p.say("station.phone")}
	for _, n := range numbers {
		if err == nil {
			f.Values = append(f.Values, ui.Value{Text: n.Display(), Href: n.Tel(), Number: true})
		}
	}
	if len(f.Values) > 0 {
		out = append(out, f)
	}
	return out
}

// stationsPage: GET /liaison/station.
func (s *Site) stationsPage(c *fiber.Ctx) error { return s.shown(c, s.stationsCase) }

func (s *Site) stationsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Stations.Stations(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("station.home"), Lead: p.say("station.home_lead")}
	records := ui.Records{Empty: p.say("station.none")}
	for i := range list {
		x := &list[i]
		g := &x.Page
		name, in := g.Draft.Name.In(p.Lang)
		r := ui.Record{Title: name, Lang: in, Href: at(c, "/liaison/station/"+x.ID), Lines: []string{p.name(g.Draft.Where), gateWords(p, g.Asked, g.Reason, g.Public != nil)}, Tag: p.say("station.hidden"), State: ui.TaskTodo}
		if g.Public != nil {
			r.Tag, r.State = p.say("station.shown"), ui.TaskDone
		}
		records.Items = append(records.Items, r)
	}
	v.add(section{Records: &records})
	v.add(section{ID: "new", Title: p.say("station.add_title"), Forms: []*ui.Form{
		s.act(c, "station", at(c, "/liaison/station"), 0, p.say("station.add"), stationParts(p, only(f, "station"), "station", nil)...),
	}})
	return v, nil
}

// stationParts are the fields of a station; x is nil for a new one, which gets an address of its page.
func stationParts(p *speaker, f *form, id string, x *stations.Station) []ui.FormPart {
	d := stations.Details{}
	out := []ui.FormPart{}
	if x != nil {
		d = x.Page.Draft
	} else {
		out = append(out, filled(f, id, "slug", p.say("station.slug"), "", func(y *ui.Field) { y.Hint, y.Lang = p.say("station.slug_hint"), lang.En }))
	}
	out = append(out, threefold(p, f, id, "name", p.say("station.name"), d.Name, func(y *ui.Field) { y.Max = stations.MaxName })...)
	out = append(out, threefold(p, f, id, "where", p.say("station.where"), d.Where, func(y *ui.Field) { y.Max = stations.MaxLine })...)
	out = append(out, threefold(p, f, id, "intro", p.say("station.intro"), d.Intro, func(y *ui.Field) { y.Type, y.Max, y.Optional = "textarea", stations.MaxText, true })...)
	pin, datum := "", ""
	if d.Location != nil {
		pin, datum = pinWords(d.Location), string(d.Location.Source)
	}
	if f != nil {
		datum = f.Get("location.datum")
	}
	data := append([]ui.Option{{Label: p.say("my.choose")}}, datums(p, datum)...)
	out = append(out,
		filled(f, id, "phone", p.say("station.phone"), d.Phone, func(y *ui.Field) { y.Optional, y.Type = true, "tel" }),
		filled(f, id, "location", p.say("my.place.pin"), pin, func(y *ui.Field) { y.Optional, y.InputMode = true, "decimal" }),
		filled(f, id, "location.datum", p.say("my.place.datum"), "", func(y *ui.Field) { y.Optional, y.Options = true, data }),
	)
	has := ui.Choice{ID: id + "-facilities", Name: "facilities", Legend: p.say("station.facilities"), Many: true, Columns: true, Optional: true}
	for _, k := range stations.Facilities {
		on := slices.Contains(d.Facilities, k)
		if f != nil {
			on = slices.Contains(f.Values["facilities"], string(k))
		}
		has.Options = append(has.Options, ui.Pick{Value: string(k), Label: p.say("station.facility." + string(k)), Checked: on})
	}
	out = append(out, ui.FormPart{Choice: &has})
	out = append(out, filled(f, id, "checked_on", p.say("station.checked_on"), d.CheckedOn, func(y *ui.Field) { y.Type, y.Short, y.Optional = "date", true, true }))
	return append(out, threefold(p, f, id, "items", p.say("station.items"), stations.TypeItems(d.Items), func(y *ui.Field) {
		y.Type, y.Rows, y.Optional, y.Hint = "textarea", 6, true, p.say("station.items_hint")
	})...)
}

// typedStation reads what stationParts sends.
func typedStation(f *form, was *geo.Location) (stations.Details, error) {
	d := stations.Details{Name: typedText(f, "name"), Where: typedText(f, "where"), Intro: typedText(f, "intro"), Phone: f.Get("phone"), CheckedOn: f.Get("checked_on")}
	for _, k := range f.Values["facilities"] {
		d.Facilities = append(d.Facilities, stations.Facility(k))
	}
	var err error
	if d.Items, err = stations.ParseItems(typedText(f, "items")); err != nil {
		return d, err
	}
	d.Location, err = typedPin(f, was)
	return d, err
}

// typedPin reads a position as people copy it from a map, with the datum it is in: fault.Invalid.
func typedPin(f *form, was *geo.Location) (*geo.Location, error) {
	typed, datum := lang.Clean(f.Get("location")), geo.Datum(f.Get("location.datum"))
	if typed == "" {
		return nil, nil
	}
	if was != nil && typed == pinWords(was) && datum == was.Source {
		return was, nil
	}
	lat, lng, ok := strings.Cut(strings.ReplaceAll(typed, "，", ","), ",")
	if !ok {
		return nil, fault.Wrong("location", "station.wrong.pin", nil)
	}
	x, err := geo.Parse(strings.TrimSpace(lat), strings.TrimSpace(lng), datum)
	if err != nil {
		name := "location"
		if !datum.Known() {
			name = "location.datum"
		}
		return nil, fault.Wrong(name, "station.wrong.pin", nil)
	}
	x.Method = "map search"
	return &x, nil
}

// stationAdded: POST /liaison/station.
func (s *Site) stationAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	d, err := typedStation(f, nil)
	if err == nil {
		var x stations.Station
		if x, err = s.services.Stations.Add(c.UserContext(), Of(c).Actor, f.Get("slug"), d); err == nil {
			return see(c, "/liaison/station/"+x.ID+"?done=saved")
		}
	}
	return s.refused(c, f, err, s.stationsCase)
}

// stationPage: GET /liaison/station/:id.
func (s *Site) stationPage(c *fiber.Ctx) error { return s.shown(c, s.stationCase) }

func (s *Site) stationCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, err := s.services.Stations.Station(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here, g := at(c, "/liaison/station/"+x.ID), &x.Page
	v := &casePage{Up: &ui.Link{Label: p.say("station.home"), Href: at(c, "/liaison/station")}, Title: p.name(g.Draft.Name), Lead: gateWords(p, g.Asked, g.Reason, g.Public != nil)}
	if w := saidHere(c, "saved", "waits"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	if g.Public != nil {
		v.Links = []ui.Link{{Label: p.say("station.see"), Href: at(c, "/station/"+x.Slug)}}
	}
	if g.Asked == "" && g.Ahead() {
		v.add(s.toApprove(c, p, here, x.Rev))
	}
	open := section{Title: p.say("station.hours"), Links: []ui.Link{{Label: p.say("station.edit_hours"), Href: here + "/hours"}}}
	if x.Hours.Known {
		open.Text = strings.TrimSpace(weekWords(p, x.Hours.Week) + " " + classWords(p, x.Hours.ByClass))
	} else {
		open.Text = p.say("station.no_hours")
	}
	v.add(open)
	v.add(section{Title: p.say("station.details"), Forms: []*ui.Form{s.act(c, "station", here, x.Rev, p.say("station.save"), stationParts(p, only(f, "station"), "station", &x)...)}})
	if g.Public != nil {
		v.add(s.toWithdraw(c, p, here, x.Rev))
	}
	return v, nil
}

// stationSaid is the page of a station as everybody will read it.
func (s *Site) stationSaid(p *speaker, d *stations.Details) []section {
	has := []string{}
	for _, f := range d.Facilities {
		has = append(has, p.say("station.facility."+string(f)))
	}
	facts := s.stationFacts(p, d)
	facts = fact(facts, p.say("station.facilities"), strings.Join(has, p.say("empty.and")))
	out := []section{
		inEveryLanguage(p.say("station.name"), d.Name), inEveryLanguage(p.say("station.where"), d.Where), inEveryLanguage(p.say("station.intro"), d.Intro),
		{Facts: fact(facts, p.say("station.checked_on"), checkedWords(p, d.CheckedOn))},
	}
	for i := range d.Items {
		out = append(out, inEveryLanguage(p.say("station.items"), d.Items[i].Name), inEveryLanguage("", d.Items[i].Steps))
	}
	return out
}

// stationSent: POST /liaison/station/:id (form: station, submit, withdraw).
func (s *Site) stationSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "station":
		var x stations.Station
		if x, err = s.services.Stations.Station(ctx, by, id); err != nil {
			return err
		}
		var d stations.Details
		if d, err = typedStation(f, x.Page.Draft.Location); err == nil {
			_, err = s.services.Stations.Edit(ctx, by, id, rev, d)
		}
	case "submit":
		done = "waits"
		_, err = s.services.Stations.Submit(ctx, by, id, rev)
	case "withdraw":
		_, err = s.services.Stations.Withdraw(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/station/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.stationCase)
}

func (s *Site) stationHours(c *fiber.Ctx) (*hoursOf, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	x, err := s.services.Stations.Station(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	return &hoursOf{name: x.Page.Draft.Name, next: "/liaison/station/" + x.ID, hours: x.Hours, rev: x.Rev, save: func(rev int64, h hours.Hours) error {
		_, err := s.services.Stations.SetHours(ctx, by, x.ID, rev, h)
		return err
	}}, nil
}
