package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/holiday"
)

// holidayRoutes are about the holidays of the State Council: what the district enters, what it asks the shops, and what they answer
// without signing in.
func (s *Site) holidayRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/holidays", Handle: s.holidaysPage, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/desk/calendar", Handle: s.calendarPage, Kind: Private, Needs: access.CalendarEdit},
		{Method: get, Path: "/desk/calendar/:year", Handle: s.yearPage, Kind: Private, Needs: access.CalendarEdit, Probe: "/desk/calendar/2027"},
		{Method: post, Path: "/desk/calendar/:year", Handle: s.yearSent, Kind: Private, Rate: Write, Needs: access.CalendarEdit, Probe: "/desk/calendar/2027"},
		{Method: get, Path: "/desk/holidays", Handle: s.roundsPage, Kind: Private, Needs: access.CalendarAsk},
		{Method: get, Path: "/desk/holidays/:from", Handle: s.roundPage, Kind: Private, Needs: access.CalendarAsk, Probe: "/desk/holidays/none"},
		{Method: post, Path: "/desk/holidays/:from", Handle: s.roundSent, Kind: Private, Rate: Write, Needs: access.CalendarAsk, Probe: "/desk/holidays/none"},
		{Method: get, Path: "/holiday/:token", Handle: s.holidayLinkPage, Kind: Private, Needs: access.PublicRead, Probe: "/holiday/none"},
		{Method: post, Path: "/holiday/:token", Handle: s.holidayLinkSent, Kind: Private, Rate: Write, Needs: access.PublicRead, Probe: "/holiday/none"},
	}
}

// holidayYears are the years people ask about: this one and the next.
func holidayYears(p *speaker) []int {
	this := calendar.Today(p.now).Year()
	return []int{this, this + 1}
}

// holidaysPage: GET /holidays: the days off and the working days moved for them, with the notice they come from. A year without a notice
// says so.
func (s *Site) holidaysPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("holidays.title"), Lead: p.say("holidays.lead")}
	cal := s.calendar()
	for _, year := range holidayYears(p) {
		x := section{Title: p.say("holidays.year", "Year", year)}
		if !cal.Announced(year) {
			x.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("holidays.not_yet"), Text: p.say("holidays.not_yet_text")}}
			v.add(x)
			continue
		}
		x.Facts = holidayFacts(p, cal.Days(year))
		if days := cal.Days(year); days[0].Paper != "" {
			label := p.say("holidays.paper")
			if s.services.Holidays != nil {
				if a := s.services.Holidays.Of(year).Arrangement; a != nil {
					label = a.Title + " " + a.Number
				}
			}
			x.Links = []ui.Link{{Label: label, Href: days[0].Paper}}
		}
		v.add(x)
	}
	v.Base = s.Base(c, v.Title)
	v.Base.Description = v.Lead
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "case", v)
}

// holidayFacts are the holidays of an arrangement, each with its days off and the days worked for it.
// The year stands above them and is left out.
func holidayFacts(p *speaker, days []calendar.Day) []ui.Fact {
	at0 := *p
	if len(days) > 0 {
		at0.now = calendar.On(days[len(days)-1].Date.Year(), time.January, 1).At(0)
	}
	out := []ui.Fact{}
	at := map[string]int{}
	for i := 0; i < len(days); {
		j := i
		for j+1 < len(days) && days[j+1].Date == days[j].Date+1 && days[j+1].Name == days[i].Name && days[j+1].Class == days[i].Class {
			j++
		}
		name := holidayName(p, days[i].Name)
		n, ok := at[name]
		if !ok {
			n = len(out)
			at[name] = n
			out = append(out, ui.Fact{Term: name})
		}
		words := dayRange(&at0, days[i].Date, days[j].Date)
		if days[i].Class == calendar.Makeup {
			words = p.say("holidays.works", "Days", words)
		} else {
			words = p.count("holidays.off", j-i+1, "Days", words)
		}
		out[n].Values = append(out[n].Values, ui.Value{Text: words})
		i = j + 1
	}
	return out
}

// calendarPage: GET /desk/calendar: the years, and whether each is announced.
func (s *Site) calendarPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Up: toDesk(c, p), Title: p.say("holidays.desk"), Lead: p.say("holidays.desk_lead"), Links: []ui.Link{
		{Label: p.say("holidays.rounds"), Href: at(c, "/desk/holidays")}, {Label: p.say("holidays.public"), Href: at(c, "/holidays")},
	}}
	if w := saidHere(c, "saved", "withdrawn"); w != "" {
		v.ok(p.say("holidays.done." + w))
	}
	list := ui.Records{}
	this := calendar.Today(p.now).Year()
	for year := this + 2; year >= this-1; year-- {
		y := s.services.Holidays.Of(year)
		href := at(c, "/desk/calendar/"+strconv.Itoa(year))
		r := ui.Record{Title: p.say("holidays.year", "Year", year), Href: href, Buttons: []ui.Button{{Label: p.say("holidays.enter"), Href: href, Kind: "alt s"}}}
		if !y.Announced {
			r.Tag, r.State = p.say("holidays.not_yet"), ui.TaskTodo
		} else {
			off, work := 0, 0
			for _, d := range y.Days {
				if d.Class == calendar.Holiday {
					off++
				} else {
					work++
				}
			}
			r.Lines = []string{p.say("holidays.sum", "Off", off, "Work", work)}
			r.Tag, r.State = p.say("holidays.announced"), ui.TaskDone
			r.Buttons[0].Label = p.say("holidays.change")
			if y.Arrangement != nil {
				r.Lines = append(r.Lines, y.Arrangement.Number)
			} else {
				r.Lines = append(r.Lines, p.say("holidays.comes_with"))
			}
		}
		list.Items = append(list.Items, r)
	}
	v.add(section{Title: p.say("holidays.years"), Records: &list})
	return s.showCase(c, p, &v, nil, nil)
}

// yearOf is the year that an address names.
func yearOf(c *fiber.Ctx, p *speaker) (int, error) {
	year, err := strconv.Atoi(c.Params("year"))
	if this := calendar.Today(p.now).Year(); err != nil || year < this-1 || year > this+2 {
		return 0, fault.New(fault.NotFound, "error.not_found", err)
	}
	return year, nil
}

// yearPage: GET /desk/calendar/:year: what is known of a year, and the form to enter it.
func (s *Site) yearPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	year, err := yearOf(c, p)
	if err != nil {
		return err
	}
	v, _, err := s.yearCase(c, p, year, nil, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// yearCase is the page of a year; read are the days that were typed, to be looked at before they are saved.
func (s *Site) yearCase(c *fiber.Ctx, p *speaker, year int, f *form, read []calendar.Day) (*casePage, *ui.Form, error) {
	y := s.services.Holidays.Of(year)
	stored, err := s.services.Holidays.Get(c.UserContext(), Of(c).Actor, year)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("holidays.desk"), Href: at(c, "/desk/calendar")}, Title: p.say("holidays.edit", "Year", year)}
	if !y.Announced {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("holidays.not_yet"), Text: p.say("holidays.not_yet_desk")})
	}
	if read != nil {
		v.add(section{Title: p.say("holidays.read"), Text: p.say("holidays.read_text"), Facts: holidayFacts(p, read)})
	} else if y.Announced {
		x := section{Title: p.say("holidays.in_force"), Facts: holidayFacts(p, y.Days)}
		if y.Arrangement == nil {
			x.Text = p.say("holidays.comes_with")
		}
		v.add(x)
	}
	if f == nil {
		f = &form{Values: map[string][]string{"ask_days": {strconv.Itoa(y.AskDays)}, "days": {calendar.Lines(y.Days)}}}
		if a := y.Arrangement; a != nil {
			f.Set("title", a.Title)
			f.Set("number", a.Number)
			f.Set("link", a.Link)
		} else if y.Announced {
			f.Set("link", y.Days[0].Paper)
		}
	}
	to := at(c, "/desk/calendar/"+strconv.Itoa(year))
	form := &ui.Form{ID: "year", Action: to, CSRF: s.token(Of(c)), Hidden: hidden("form", "year", "rev", revision(stored.Rev)), Files: true, Parts: []ui.FormPart{
		input(f, "title", p.say("holidays.field.title"), func(x *ui.Field) { x.Max, x.Hint = holiday.MaxTitle, p.say("holidays.field.title_hint") }),
		input(f, "number", p.say("holidays.field.number"), func(x *ui.Field) { x.Max, x.Hint = holiday.MaxNumber, p.say("holidays.field.number_hint") }),
		input(f, "link", p.say("holidays.field.link"), func(x *ui.Field) { x.Type, x.Hint = "url", p.say("holidays.field.link_hint") }),
		input(f, "days", p.say("holidays.field.days"), func(x *ui.Field) {
			x.Type, x.Rows, x.Hint = "textarea", 12, p.say("holidays.field.days_hint")
		}),
		input(f, "file", p.say("holidays.field.file"), func(x *ui.Field) {
			x.Type, x.Optional, x.Accept, x.Hint = "file", true, ".json,.csv,application/json,text/csv", p.say("holidays.field.file_hint")
		}),
		input(f, "ask_days", p.say("holidays.field.ask_days"), func(x *ui.Field) {
			x.InputMode, x.Short, x.Unit, x.Hint = "numeric", true, p.say("holidays.field.days_unit"), p.say("holidays.field.ask_days_hint")
		}),
	}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("holidays.save"), Name: "do", Value: "save"}, {Label: p.say("holidays.check"), Kind: "alt", Name: "do", Value: "check"}}}}
	v.add(section{Title: p.say("holidays.enter_title"), Forms: []*ui.Form{form}})
	if y.Arrangement != nil {
		v.add(section{Title: p.say("holidays.withdraw_title"), Text: p.say("holidays.withdraw_text"), Forms: []*ui.Form{{
			ID: "withdraw", Action: to, CSRF: s.token(Of(c)), Hidden: hidden("form", "withdraw", "rev", revision(stored.Rev)),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("holidays.withdraw"), Kind: "alt", Name: "do", Value: "withdraw"}}},
		}}})
	}
	return v, form, nil
}

// yearSent: POST /desk/calendar/:year (rev, do, title, number, link, days, file, ask_days): enters a year, shows what was read, or takes
// the year back.
func (s *Site) yearSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	year, err := yearOf(c, p)
	if err != nil {
		return err
	}
	rev, err := strconv.ParseInt(f.Get("rev"), 10, 64)
	if err != nil || rev < 0 {
		return fault.New(fault.Invalid, "error.form.rev", err)
	}
	ctx, by := c.UserContext(), Of(c).Actor
	if f.Get("do") == "withdraw" {
		if err = s.services.Holidays.Withdraw(ctx, by, year, rev); err == nil {
			return see(c, "/desk/calendar?done=withdrawn")
		}
		return s.yearAgain(c, p, year, f, nil, err)
	}
	if files := f.files["file"]; len(files) > 0 && len(files[0].body) > 0 {
		f.Set("days", string(files[0].body))
	}
	a := holiday.Arrangement{Year: year, Title: f.Get("title"), Number: f.Get("number"), Link: f.Get("link")}
	a.AskDays, err = strconv.Atoi(f.Get("ask_days"))
	if err != nil {
		a.AskDays = -1
	}
	if err = holiday.Read(&a, f.Get("days")); err == nil {
		f.Set("days", calendar.Lines(a.Days))
		if f.Get("do") == "check" {
			return s.yearAgain(c, p, year, f, a.Days, s.services.Holidays.Check(&a))
		}
		if _, err = s.services.Holidays.Put(ctx, by, a, rev); err == nil {
			return see(c, "/desk/calendar?done=saved")
		}
	}
	return s.yearAgain(c, p, year, f, nil, err)
}

// yearAgain shows what was typed with what is wrong with it.
func (s *Site) yearAgain(c *fiber.Ctx, p *speaker, year int, f *form, read []calendar.Day, err error) error {
	if stale(err) {
		v, _, openErr := s.yearCase(c, p, year, nil, nil)
		if openErr != nil {
			return openErr
		}
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	v, form, openErr := s.yearCase(c, p, year, f, read)
	if openErr != nil {
		return openErr
	}
	return s.showCase(c, p, v, form, err)
}
