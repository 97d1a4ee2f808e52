package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
	"shangquan/services/programme"
)

// programmeRoutes are the programme of the year: as everybody reads it, and as the liaison writes it.
func (s *Site) programmeRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	read := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: get, Path: path, Handle: h, Cached: true, Needs: access.PublicRead, Probe: probe}
	}
	inside := func(method, path string, h fiber.Handler, act access.Action, probe string) Route {
		r := Route{Method: method, Path: "/liaison/programme" + path, Handle: h, Kind: Private, Needs: act, Probe: probe}
		if method == post {
			r.Rate = Write
		}
		return r
	}
	const one, none = "/:id", "/liaison/programme/none"
	proof := inside(post, one+"/items/:item", s.itemSent, access.ProgrammeEdit, none+"/items/none")
	proof.Body = proofBody
	return []Route{
		read("/programme", s.publicProgrammes, ""),
		read("/programme/:year", s.publicProgramme, "/programme/none"),
		read("/programme/:year/print", s.publicProgrammeSheet, "/programme/none/print"),
		inside(get, "", s.programmesPage, access.ProgrammeRead, ""),
		inside(post, "", s.programmeBegun, access.ProgrammeEdit, ""),
		inside(get, one, s.programmePage, access.ProgrammeRead, none),
		inside(post, one, s.programmeSent, access.ProgrammeEdit, none),
		inside(get, one+"/print", s.programmeSheet, access.ProgrammeRead, none+"/print"),
		inside(get, one+"/items/:item", s.itemPage, access.ProgrammeRead, none+"/items/none"),
		proof,
		inside(get, one+"/evidence/:n", s.itemProof, access.ProgrammeRead, none+"/evidence/1"),
	}
}

// publicProgrammes: GET /programme: the years there are; where there is one, that year.
func (s *Site) publicProgrammes(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("programme.title"), Lead: p.say("programme.lead")}
	records := ui.Records{Empty: p.say("programme.none")}
	if s.services.Programmes != nil {
		years, err := s.services.Programmes.PublicYears(c.UserContext())
		if err != nil {
			return err
		}
		for _, y := range years {
			records.Items = append(records.Items, ui.Record{Title: p.say("programme.of_year", "Year", strconv.Itoa(y)), Href: at(c, "/programme/"+strconv.Itoa(y))})
		}
	}
	v.add(section{Records: &records})
	v.Links = []ui.Link{{Label: p.say("activity.title"), Href: at(c, "/activities")}, {Label: p.say("assembly.bodies"), Href: at(c, "/bodies")}}
	return s.showPublic(c, p, &v)
}

// shownYear is the public programme the address names: fault.NotFound.
func (s *Site) shownYear(c *fiber.Ctx) (programme.Shown, error) {
	year, err := strconv.Atoi(c.Params("year"))
	if err != nil || s.services.Programmes == nil {
		return programme.Shown{}, notThere()
	}
	return s.services.Programmes.Public(c.UserContext(), year)
}

// publicProgramme: GET /programme/:year.
func (s *Site) publicProgramme(c *fiber.Ctx) error {
	x, err := s.shownYear(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{
		Up: &ui.Link{Label: p.say("programme.title"), Href: at(c, "/programme")}, Title: p.say("programme.of_year", "Year", strconv.Itoa(x.Year)), Lead: p.name(x.Lead),
		Links: []ui.Link{{Label: p.say("programme.sheet"), Href: at(c, "/programme/"+strconv.Itoa(x.Year)+"/print")}},
	}
	v.add(section{Text: countWords(p, &x.Plan)})
	v.Sections = append(v.Sections, quarters(p, &x.Plan, x.Names, nil)...)
	return s.showPublic(c, p, &v)
}

// countWords say how far a year is.
func countWords(p *speaker, x *programme.Plan) string {
	n := x.Counts()
	return p.say("programme.counts", "All", len(x.Items), "Done", n[programme.Done], "Underway", n[programme.Underway], "Planned", n[programme.Planned])
}

var itemLooks = map[programme.State]ui.TaskState{programme.Planned: ui.TaskWait, programme.Underway: ui.TaskTodo, programme.Done: ui.TaskDone}

// quarters are the items of a plan by quarter. href says where an item leads; nil: nowhere.
func quarters(p *speaker, x *programme.Plan, names map[string]lang.Text, href func(id string) string) []section {
	out := []section{}
	for q := 1; q <= 4; q++ {
		list := ui.Records{}
		for _, i := range x.Of(q) {
			title, in := i.Title.In(p.Lang)
			r := ui.Record{Title: title, Lang: in, Lines: []string{}, Tag: p.say("programme.state." + string(i.State)), State: itemLooks[i.State]}
			if name := p.name(names[i.OrganisationID]); name != "" {
				r.Lines = append(r.Lines, name)
			}
			if result := p.name(i.Result); result != "" {
				r.Lines = append(r.Lines, result)
			}
			if href != nil {
				r.Href = href(i.ID)
			}
			list.Items = append(list.Items, r)
		}
		if len(list.Items) > 0 {
			out = append(out, section{Title: p.say("programme.quarter." + strconv.Itoa(q)), Records: &list})
		}
	}
	return out
}

// yearSheet is a programme on one sheet of A4.
func yearSheet(p *speaker, year int, x *programme.Plan, names map[string]lang.Text) assemblySheet {
	v := assemblySheet{
		Title: p.say("programme.of_year", "Year", strconv.Itoa(year)), Facts: fact(nil, p.say("programme.how_far"), countWords(p, x)),
		Head: []string{p.say("programme.when"), p.say("programme.item"), p.say("programme.who"), p.say("programme.how_far"), p.say("programme.result")},
	}
	for q := 1; q <= 4; q++ {
		for _, i := range x.Of(q) {
			v.Rows = append(v.Rows, []string{p.say("programme.quarter." + strconv.Itoa(q)), p.name(i.Title), p.name(names[i.OrganisationID]), p.say("programme.state." + string(i.State)), p.name(i.Result)})
		}
	}
	return v
}

// publicProgrammeSheet: GET /programme/:year/print.
func (s *Site) publicProgrammeSheet(c *fiber.Ctx) error {
	x, err := s.shownYear(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := yearSheet(p, x.Year, &x.Plan, x.Names)
	v.Up = ui.Link{Label: p.say("programme.of_year", "Year", strconv.Itoa(x.Year)), Href: at(c, "/programme/"+strconv.Itoa(x.Year))}
	v.Note = p.say("programme.approved", "Day", dayOf(p, x.At))
	v.Base = s.Base(c, v.Title)
	v.Base.NoIndex = true // the page of the year is in the index
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "assembly-sheet", v)
}
