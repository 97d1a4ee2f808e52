package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/recheck"
)

// recheckRoutes are the pages nobody has looked at for long.
func (s *Site) recheckRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/desk/stale", Handle: s.stalePage, Kind: Private, Needs: access.RegisterTable},
		{Method: http.MethodPost, Path: "/desk/stale", Handle: s.staleSent, Kind: Private, Rate: Write, Needs: access.RegisterAsk},
	}
}

// staleShown is how many shops of a street are listed; staleMonth how long ago unless the address says otherwise.
const (
	staleShown = 100
	staleMonth = 6
)

func monthsOf(text string) int {
	if n, err := strconv.Atoi(text); err == nil && slices.Contains(recheck.Months, n) {
		return n
	}
	return staleMonth
}

// stalePage: GET /desk/stale (months, street): how many by street, or the shops of one street.
func (s *Site) stalePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.staleCase(c, p, c.Query("months"), c.Query("street"))
	if err != nil {
		return err
	}
	if w := saidHere(c, "asked"); w != "" {
		v.ok(p.say("recheck.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

// noStreet stands in addresses for the shops that are on no street of the register.
const noStreet = "-"

func (s *Site) staleCase(c *fiber.Ctx, p *speaker, typed, street string) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	months := monthsOf(typed)
	list, err := s.services.Rechecks.List(ctx, by, months)
	if err != nil {
		return nil, nil, err
	}
	places, err := s.placesNamed(c)
	if err != nil {
		return nil, nil, err
	}
	name := func(id string) string { return or(places.street(p, id), p.say("recheck.no_street")) }
	here := func(n int) string { return at(c, "/desk/stale") + "?months=" + strconv.Itoa(n) }
	v := &casePage{Up: toTable(c, p), Title: p.say("recheck.title"), Lead: p.say("recheck.lead")}
	for _, n := range recheck.Months {
		v.Chips = append(v.Chips, ui.Chip{Label: p.count("roll.months", n), Href: here(n), On: n == months})
	}
	if street != "" {
		i := slices.IndexFunc(list, func(x recheck.Stale) bool { return x.StreetID == street || street == noStreet && x.StreetID == "" })
		v.Up, v.Title = &ui.Link{Label: p.say("recheck.title"), Href: here(months)}, p.say("recheck.of", "Street", name(street))
		if i < 0 {
			v.ok(p.say("recheck.none"))
			return v, nil, nil
		}
		list = list[i : i+1]
		v.add(section{Title: p.say("recheck.shops"), Records: s.staleShops(c, p, &list[0])})
	}
	form := s.askForm(c, p, months, street, list)
	v.Sections = append([]section{{Title: p.say("recheck.round"), Forms: []*ui.Form{form}}}, v.Sections...)
	if street == "" {
		records := ui.Records{Empty: p.say("recheck.none")}
		for i := range list {
			x := &list[i]
			id := x.StreetID
			if id == "" {
				id = noStreet
			}
			records.Items = append(records.Items, ui.Record{Title: name(x.StreetID), Href: here(months) + "&street=" + id, Lines: staleLines(p, x)})
		}
		v.add(section{Title: p.say("recheck.by_street"), Records: &records})
		if err := s.rounds(c, p, v, name); err != nil {
			return nil, nil, err
		}
	}
	return v, form, nil
}

// staleLines count the shops of a street by where they stand.
func staleLines(p *speaker, x *recheck.Stale) []string {
	out := []string{p.count("recheck.number", len(x.Shops)-x.Count(recheck.Answered))}
	for _, st := range []recheck.Standing{recheck.Open, recheck.Waits, recheck.Asked, recheck.Walk, recheck.Answered} {
		if n := x.Count(st); n > 0 {
			out = append(out, p.say("recheck.counted", "What", p.say("recheck.standing."+string(st)), "N", n))
		}
	}
	return out
}

var standingLook = map[recheck.Standing]ui.TaskState{
	recheck.Open: ui.TaskTodo, recheck.Waits: ui.TaskWait, recheck.Asked: ui.TaskWait, recheck.Walk: ui.TaskBad, recheck.Answered: ui.TaskDone,
}

func (s *Site) staleShops(c *fiber.Ctx, p *speaker, x *recheck.Stale) *ui.Records {
	out := &ui.Records{}
	for _, l := range x.Shops[:min(staleShown, len(x.Shops))] {
		name, in := l.Name.In(p.Lang)
		r := ui.Record{Title: name, Lang: in, Href: at(c, "/desk/shops/"+l.ID), Lines: []string{l.Address.Line, p.say("recheck.last", "When", confirmedOn(p, l.Listing))}}
		if !l.Asked.IsZero() {
			r.Lines = append(r.Lines, p.say("recheck.asked_on", "When", dayOf(p, l.Asked)))
		}
		r.Tag, r.State = p.say("recheck.standing."+string(l.Standing)), standingLook[l.Standing]
		out.Items = append(out.Items, r)
	}
	return out
}

// askForm is the button of a round.
func (s *Site) askForm(c *fiber.Ctx, p *speaker, months int, street string, list []recheck.Stale) *ui.Form {
	open := 0
	for i := range list {
		open += list[i].Count(recheck.Open)
	}
	return &ui.Form{
		Action: at(c, "/desk/stale"), CSRF: s.token(Of(c)), Hidden: hidden("months", strconv.Itoa(months), "street", street),
		Parts: []ui.FormPart{{Text: p.say("recheck.round_text", "N", open)}},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("recheck.ask")}}},
	}
}

func (s *Site) rounds(c *fiber.Ctx, p *speaker, v *casePage, name func(string) string) error {
	list, err := s.services.Rechecks.Rounds(c.UserContext(), Of(c).Actor, 10)
	if err != nil || len(list) == 0 {
		return err
	}
	records := ui.Records{}
	for _, r := range list {
		where := p.say("recheck.everywhere")
		if r.StreetID != "" {
			where = name(r.StreetID)
		}
		records.Items = append(records.Items, ui.Record{Title: where, Lines: []string{stamp(p, r.At), r.By, p.count("roll.months", r.Months), p.count("recheck.to", r.Shops)}})
	}
	v.add(section{Title: p.say("recheck.rounds"), Records: &records})
	return nil
}

// staleSent: POST /desk/stale (months, street).
func (s *Site) staleSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	street := f.Get("street")
	if street == noStreet {
		return fault.Wrong("street", "error.choice", nil)
	}
	_, err = s.services.Rechecks.Start(c.UserContext(), Of(c).Actor, monthsOf(f.Get("months")), street)
	if err == nil {
		return see(c, "/desk/stale?months="+strconv.Itoa(monthsOf(f.Get("months")))+"&done=asked")
	}
	p := s.speaker(c)
	v, form, caseErr := s.staleCase(c, p, f.Get("months"), street)
	if caseErr != nil || form == nil {
		return err
	}
	return s.showCase(c, p, v, form, err)
}
