package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/holiday"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// toRing is how many shops without an answer one page lists.
const toRing = 200

// roundsPage: GET /desk/holidays: the holidays ahead, and how many shops have answered.
func (s *Site) roundsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	all, err := s.services.Holidays.Ahead(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	v := casePage{Up: toDesk(c, p), Title: p.say("holidays.rounds"), Lead: p.say("holidays.rounds_lead"), Links: []ui.Link{{Label: p.say("holidays.desk"), Href: at(c, "/desk/calendar")}}}
	list := ui.Records{Empty: p.say("holidays.none_ahead")}
	for i := range all {
		x := &all[i]
		counts, _, err := s.directory.HolidayAnswers(c.UserContext(), x.From, x.To, "", 0)
		if err != nil {
			return err
		}
		said, silent := 0, 0
		for _, n := range counts {
			said, silent = said+n.Said, silent+n.Silent
		}
		r := ui.Record{
			Title: holidayName(p, x.Name) + " " + dayRange(p, x.From, x.To), Href: at(c, "/desk/holidays/"+x.From.String()),
			Lines: []string{daysLeft(p, x.Days), p.say("holidays.counts", "Said", said, "Silent", silent)},
		}
		r.Tag, r.State = askedTag(p, x)
		list.Items = append(list.Items, r)
	}
	v.add(section{Title: p.say("holidays.ahead"), Records: &list})
	if next := calendar.Today(p.now).Year() + 1; !s.calendar().Announced(next) {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("holidays.year", "Year", next) + " " + p.say("holidays.not_yet"), Text: p.say("holidays.not_yet_desk")})
	}
	return s.showCase(c, p, &v, nil, nil)
}

// daysLeft says how far away a holiday is.
func daysLeft(p *speaker, days int) string {
	if days <= 0 {
		return p.say("holidays.now")
	}
	return p.count("holidays.left", days)
}

func askedTag(p *speaker, x *holiday.Coming) (string, ui.TaskState) {
	if x.Round == nil {
		return p.say("holidays.asks_on", "Day", ui.ShortDate(p.Lang, x.AskOn.At(0), p.now)), ui.TaskWait
	}
	begun, err := calendar.ParseDate(x.Round.Begun)
	p.note(err)
	return p.say("holidays.asked_on", "Day", ui.ShortDate(p.Lang, begun.At(0), p.now)), ui.TaskDone
}

// roundPage: GET /desk/holidays/:from (street): who has answered, by street, and who is to be rung.
func (s *Site) roundPage(c *fiber.Ctx) error { return s.showRound(c, nil) }

func (s *Site) coming(c *fiber.Ctx) (*holiday.Coming, error) {
	all, err := s.services.Holidays.Ahead(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].From.String() == c.Params("from") {
			return &all[i], nil
		}
	}
	return nil, fault.Missing()
}

func (s *Site) showRound(c *fiber.Ctx, problem error) error {
	p := s.speaker(c)
	x, err := s.coming(c)
	if err != nil {
		return err
	}
	street := c.Query("street")
	to := at(c, "/desk/holidays/"+x.From.String())
	counts, silent, err := s.directory.HolidayAnswers(c.UserContext(), x.From, x.To, street, toRing)
	if err != nil {
		return err
	}
	v := casePage{
		Up: &ui.Link{Label: p.say("holidays.rounds"), Href: at(c, "/desk/holidays")}, Title: holidayName(p, x.Name) + " " + dayRange(p, x.From, x.To),
		Lead: daysLeft(p, x.Days) + p.say("my.comma") + p.say("holidays.never_for_them"),
	}
	if saidHere(c, "begun") != "" {
		v.ok(p.say("holidays.done.begun"))
	}
	var form *ui.Form
	if tag, _ := askedTag(p, x); x.Round == nil {
		form = &ui.Form{ID: "begin", Action: to, CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("holidays.begin")}}}}
		v.add(section{Title: tag, Text: p.say("holidays.begin_text"), Forms: []*ui.Form{form}})
	} else {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: tag, Text: p.say("holidays.reminds")})
	}
	total := struct{ said, silent, unknown int }{}
	list := ui.Records{Empty: p.say("holidays.no_shops")}
	title := ""
	for _, n := range counts {
		total.said, total.silent, total.unknown = total.said+n.Said, total.silent+n.Silent, total.unknown+n.Unknown
		if n.Said+n.Silent == 0 {
			continue // nobody there can be asked yet
		}
		name := p.say("holidays.elsewhere")
		if n.Slug != "" {
			name = p.name(n.Name)
		}
		r := ui.Record{Title: name, Lines: []string{p.say("holidays.street", "Said", n.Said, "Silent", n.Silent, "Unknown", n.Unknown)}}
		switch {
		case n.Silent > 0:
			r.Href = to + "?street=" + escaped(slugOrNone(n.Slug)) + "#ring"
			r.Tag, r.State = p.count("holidays.to_ring", n.Silent), ui.TaskTodo
		case n.Said > 0:
			r.Tag, r.State = p.say("holidays.all_said"), ui.TaskDone
		}
		if street != "" && slugOrNone(n.Slug) == street {
			title = name
		}
		list.Items = append(list.Items, r)
	}
	facts := fact(nil, p.say("holidays.said"), p.count("holidays.shops", total.said))
	facts = fact(facts, p.say("holidays.silent"), p.count("holidays.shops", total.silent))
	facts = fact(facts, p.say("holidays.unknown"), p.count("holidays.shops", total.unknown))
	v.add(section{Facts: facts})
	if street != "" && title != "" {
		ring := ui.Records{Empty: p.say("holidays.all_said")}
		for _, l := range silent {
			ring.Items = append(ring.Items, ringRecord(c, p, l))
		}
		v.add(section{ID: "ring", Title: p.say("holidays.ring", "Street", title), Text: p.say("holidays.ring_text"), Records: &ring})
	}
	v.add(section{Title: p.say("holidays.by_street"), Records: &list})
	if problem != nil {
		v.warn(p.say("holidays.wrong.begun"))
		c.Status(fiber.StatusConflict)
	}
	return s.showCase(c, p, &v, nil, nil)
}

// slugOrNone stands for the shops on no street of the register.
func slugOrNone(slug string) string {
	if slug == "" {
		return "-"
	}
	return slug
}

// ringRecord is a shop that has not answered, with its numbers and the page on which its answer is entered.
func ringRecord(c *fiber.Ctx, p *speaker, l *listing.Listing) ui.Record {
	name, in := l.Name.In(p.Lang)
	r := ui.Record{Title: name, Lang: in, Href: at(c, "/shops/"+l.Slug), Lines: []string{l.Address.Line}}
	for _, x := range l.PublicPhones() {
		r.Buttons = append(r.Buttons, ui.Button{Label: p.say("holidays.call", "Number", x.Display()), Href: x.Tel(), Icon: "phone", Kind: "alt s"})
		break
	}
	if len(r.Buttons) == 0 {
		r.Lines = append(r.Lines, p.say("holidays.no_phone"))
	}
	r.Buttons = append(r.Buttons, ui.Button{Label: p.say("holidays.enter_answer"), Href: at(c, "/my/shops/"+l.ID+"/special"), Kind: "alt s"})
	return r
}

// roundSent: POST /desk/holidays/:from: asks the shops now.
func (s *Site) roundSent(c *fiber.Ctx) error {
	from, err := calendar.ParseDate(c.Params("from"))
	if err != nil {
		return fault.New(fault.NotFound, "error.not_found", err)
	}
	if _, err := s.services.Holidays.Begin(c.UserContext(), Of(c).Actor, from); err != nil {
		if keyOf(err) == "holidays.wrong.begun" {
			return s.showRound(c, err)
		}
		return err
	}
	return see(c, "/desk/holidays/"+from.String()+"?done=begun")
}

// answerLabel is the word for a one-tap answer.
func answerLabel(p *speaker, a hours.Answer) string { return p.say("special." + string(a)) }

// holidayLinkPage: GET /holiday/:token: what a shop does on a holiday, asked of who has the link. Opening it changes nothing.
func (s *Site) holidayLinkPage(c *fiber.Ctx) error {
	x, err := s.services.Links.ShowHoliday(c.UserContext(), c.Params("token"), s.calendar())
	if err != nil {
		return goneAs(err)
	}
	return s.showHolidayLink(c, &x, false)
}

// holidayLinkSent: POST /holiday/:token (do): it answers once; after that it says what was answered.
func (s *Site) holidayLinkSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := s.services.Links.AnswerHoliday(c.UserContext(), c.Params("token"), s.calendar(), hours.Answer(f.Get("do")))
	switch {
	case fault.Is(err, fault.NotFound):
		return goneAs(err)
	case keyOf(err) == "listing.wrong.answered":
		c.Status(fiber.StatusConflict)
		if x, err = s.services.Links.ShowHoliday(c.UserContext(), c.Params("token"), s.calendar()); err != nil {
			return goneAs(err)
		}
		return s.showHolidayLink(c, &x, false)
	case err != nil:
		return err
	}
	return s.showHolidayLink(c, &x, true)
}

func (s *Site) showHolidayLink(c *fiber.Ctx, x *listing.Holiday, done bool) error {
	p := s.speaker(c)
	l := &x.Listing
	name, in := l.Name.In(p.Lang)
	day, _ := s.calendar().Day(x.From)
	what := strings.TrimSpace(holidayName(p, day.Name) + " " + dayRange(p, x.From, x.To))
	v := formPage{Title: p.say("holidays.link.title", "Holiday", what), Form: &ui.Form{Parts: []ui.FormPart{
		{Static: &ui.Static{Label: p.say("fact.name"), Value: name, Lang: in}},
		{Static: &ui.Static{Label: p.say("fact.address"), Value: or(l.Address.Line, p.say("compare.nothing"))}},
		{Static: &ui.Static{Label: p.say("fact.week"), Value: or(hoursWords(p, l), p.say("compare.nothing"))}},
	}}}
	public := ui.Button{Label: p.say("my.link.public"), Href: at(c, "/shops/"+l.Slug), Kind: "alt"}
	other := ui.Button{Label: p.say("special.times"), Href: dayHref(c, l, x.From, x.To), Kind: "alt"}
	if x.Silent {
		v.Lead = p.say("holidays.link.lead")
		v.Form.Action = at(c, "/holiday/"+c.Params("token"))
		bar := &ui.Bar{Loose: true}
		for _, a := range hours.Answers(x.From, x.To) {
			b := ui.Button{Label: answerLabel(p, a), Name: "do", Value: string(a)}
			if a != hours.AsUsual {
				b.Kind = "alt"
			}
			bar.Buttons = append(bar.Buttons, b)
		}
		bar.Buttons = append(bar.Buttons, other)
		v.Form.Bar = bar
		return s.showForm(c, p, v, nil)
	}
	said := s.answerWords(p, l, hours.Holiday{From: x.From, To: x.To, Name: day.Name, Answered: true})
	v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("holidays.link.done"), Text: p.say("holidays.link.said", "Words", said)}}
	if !done {
		v.Callouts[0].Lead = p.say("holidays.link.before")
	}
	other.Label = p.say("holidays.link.change")
	v.Form.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{public, other}}
	return s.showForm(c, p, v, nil)
}
