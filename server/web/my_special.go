package web

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/holiday"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// specialView is templates/pages/my-special.html: the holidays ahead with their one-tap answers, and the days of the shop's own.
type specialView struct {
	Base     ui.Base
	Up       ui.Link
	Where    string
	Title    string
	Lead     string
	Side     ui.Side
	Callouts []ui.Callout
	Specials ui.Specials
	Pause    ui.Callout
	PauseTo  ui.Button
	Preview  ui.HoursPreview
}

// specialPage: GET /my/shops/:id/special.
func (s *Site) specialPage(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	return s.showSpecial(c, p, &l, doneNote(c, p))
}

func (s *Site) showSpecial(c *fiber.Ctx, p *speaker, l *listing.Listing, notes []ui.Callout) error {
	v := specialView{
		Up: ui.Link{Label: p.say("my.up"), Href: shopHref(c, l, "")}, Where: whereWords(p, l), Title: p.say("my.page.special"), Lead: p.say("my.lead.special"),
		Side: s.side(c, p, l, "special", false), Callouts: notes, Specials: s.specials(c, p, l, false),
		Pause:   ui.Callout{Icon: "info", Lead: p.say("my.pause.none"), Text: p.say("my.pause.rule")},
		PauseTo: ui.Button{Label: p.say("my.pause.set"), Href: shopHref(c, l, "pause"), Kind: "alt"},
	}
	if year := calendar.Today(p.now).Year() + 1; !s.calendar().Announced(year) {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("holidays.year", "Year", year) + " " + p.say("holidays.not_yet"), Text: p.say("my.special.not_yet")})
	}
	if !l.Hours.Known {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("my.special.week_first"), Link: &ui.Link{Label: p.say("my.page.hours"), Href: shopHref(c, l, "hours")}})
	}
	others, err := s.siblings(c, l)
	if err != nil {
		return err
	}
	for i := range v.Specials.Days {
		if d := &v.Specials.Days[i]; len(others) > 0 && d.State != "" {
			d.Copy = strings.Replace(d.Edit, "/special/day?", "/special/copy?", 1)
		}
	}
	if x := l.Hours.Pause; x != nil && !over(p, x) {
		v.Pause = ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("my.pause.now"), Text: pauseWords(p, x)}
		v.PauseTo.Label = p.say("my.pause.change")
	}
	x := &edit{s: s, c: c, p: p, l: l}
	v.Preview = x.preview(l.Hours, nil)
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-special", v)
}

// over reports whether a pause has ended.
func over(p *speaker, x *hours.Pause) bool {
	until, err := calendar.ParseDate(x.Until)
	return err == nil && until < calendar.Today(p.now)
}

// specials is the list of holidays and special days from today on; open leaves only those that wait for an answer.
func (s *Site) specials(c *fiber.Ctx, p *speaker, l *listing.Listing, open bool) ui.Specials {
	out := ui.Specials{
		Action: shopHref(c, l, "special"), CSRF: s.token(Of(c)), Rev: revWords(l), Days: []ui.SpecialDay{},
		Add: ui.Link{Label: p.say("my.special.add"), Href: shopHref(c, l, "special/day")},
	}
	today := calendar.Today(p.now)
	dated := map[int]ui.SpecialDay{}
	order := []int{}
	put := func(from calendar.Date, d ui.SpecialDay) {
		dated[int(from)] = d
		order = append(order, int(from))
	}
	rest := l.Hours // what is left when the holidays are taken out
	if l.Hours.Known {
		for _, h := range hours.Ahead(l.Hours, s.calendar(), today) {
			rest = rest.Without(h.From, h.To)
			d := ui.SpecialDay{
				Key: ui.SpecialKey(h.From, h.To), Name: holidayName(p, h.Name), Dates: dayRange(p, h.From, h.To), Edit: dayHref(c, l, h.From, h.To),
			}
			if h.Class == calendar.Makeup {
				d.Name = p.say("my.special.makeup", "Name", d.Name)
			}
			if left := int(h.From - today); left > 0 && left <= holiday.MaxAsk {
				d.Left = p.count("holidays.left", left)
			}
			if h.Class == calendar.Holiday {
				for _, a := range hours.Answers(h.From, h.To)[2:] {
					d.More = append(d.More, ui.Fix{Value: string(a), Label: answerLabel(p, a)})
				}
			}
			if h.Answered {
				d.State = s.answerWords(p, l, h)
			}
			if !open || !h.Answered && int(h.From-today) < aheadDays {
				put(h.From, d)
			}
		}
	}
	for _, x := range rest.Special {
		from, err1 := calendar.ParseDate(x.From)
		to, err2 := calendar.ParseDate(x.To)
		if err1 != nil || err2 != nil || to < today || open {
			continue
		}
		put(from, ui.SpecialDay{Key: ui.SpecialKey(from, to), Dates: dayRange(p, from, to), State: spansWords(p, x.Spans), Note: p.name(x.Note), Edit: dayHref(c, l, from, to)})
	}
	slices.Sort(order)
	for _, at := range slices.Compact(order) {
		out.Days = append(out.Days, dated[at])
	}
	return out
}

// aheadDays is how long before a holiday the page of the shop asks about it.
const aheadDays = 60

// dayHref is the form of one special day.
func dayHref(c *fiber.Ctx, l *listing.Listing, from, to calendar.Date) string {
	return shopHref(c, l, "special/day") + "?from=" + from.String() + "&to=" + to.String()
}

// answerWords is what a shop has answered for a holiday: 照常, 休息, or the times of each of its days.
func (s *Site) answerWords(p *speaker, l *listing.Listing, h hours.Holiday) string {
	usual := hours.Hours{Known: true}.With(hours.Usual(l.Hours, s.calendar(), h.From, h.To)...)
	same, closed, lines := true, true, []string{}
	last := ""
	for d := h.From; d <= h.To; d++ {
		is, would := hours.DayOf(l.Hours, s.calendar(), d), hours.DayOf(usual, s.calendar(), d)
		same = same && slices.Equal(is.Spans, would.Spans)
		closed = closed && len(is.Spans) == 0
		if words := spansWords(p, is.Spans); words != last {
			lines, last = append(lines, ui.ShortDate(p.Lang, d.At(0), p.now)+" "+words), words
		}
	}
	switch {
	case closed:
		return p.say("special.closed")
	case same:
		return p.say("special.usual")
	case len(lines) == 1:
		return last
	}
	return strings.Join(lines, p.say("my.semicolon"))
}

// specialSent: POST /my/shops/:id/special: one tap answers for a holiday, or takes a day away.
func (s *Site) specialSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	verb, from, to, ok := ui.ParseSpecialDo(f.Get("do"))
	if !ok || to-from > hours.MaxSpecialDays {
		return fault.New(fault.Invalid, "error.invalid", nil)
	}
	for range tries {
		l, err := s.ownShop(c)
		if err != nil {
			return err
		}
		if rev != l.Rev && !s.sameDays(c, &l, rev, from, to) {
			c.Status(fiber.StatusConflict)
			return s.showSpecial(c, p, &l, []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("my.done.stale")}})
		}
		h, paused, ok := l.Hours.Answered(s.calendar(), hours.Answer(verb), from, to)
		if !ok {
			return fault.New(fault.Invalid, "error.invalid", nil)
		}
		patch, err := patched("hours", h)
		if err != nil {
			return err
		}
		_, err = s.services.Listings.Edit(c.UserContext(), Of(c).Actor, l.ID, l.Rev, patch)
		if isStale(err) {
			continue
		}
		if wrong := wrongFields(p, err, func(string) string { return "" }); len(wrong) > 0 {
			c.Status(fiber.StatusUnprocessableEntity)
			notes := []ui.Callout{}
			for _, w := range wrong {
				notes = append(notes, ui.Callout{Kind: "bad", Icon: "alert", Lead: w.Text})
			}
			return s.showSpecial(c, p, &l, notes)
		}
		if err != nil {
			return err
		}
		return see(c, "/my/shops/"+l.ID+"/special?done="+answerDone(verb, paused))
	}
	return fault.New(fault.Conflict, "error.stale", nil)
}

// answerDone is the word for what one tap did.
func answerDone(verb string, paused bool) string {
	switch {
	case verb == string(hours.Clear):
		return "removed"
	case paused:
		return "paused"
	}
	return "answered"
}

// sameDays reports whether the hours said of these dates at revision rev what they say now: then nobody has touched what one tap
// is about.
func (s *Site) sameDays(c *fiber.Ctx, l *listing.Listing, rev int64, from, to calendar.Date) bool {
	was, err := s.services.Listings.At(c.UserContext(), Of(c).Actor, l.ID, rev)
	if err != nil {
		return false
	}
	for d := from; d <= to; d++ {
		a, b := hours.DayOf(was.Hours, s.calendar(), d), hours.DayOf(l.Hours, s.calendar(), d)
		if a.Reason != b.Reason || a.Unanswered != b.Unanswered || !slices.Equal(a.Spans, b.Spans) {
			return false
		}
	}
	return true
}

// queried are the dates that the address of the form of a special day names.
func (x *edit) queried() (from, to calendar.Date, ok bool) {
	from, err1 := calendar.ParseDate(x.c.Query("from"))
	to, err2 := calendar.ParseDate(x.c.Query("to"))
	return from, to, err1 == nil && err2 == nil && from <= to && to-from <= hours.MaxSpecialDays
}

// specialOn is the special day that begins on a date, or the ordinary hours of that date.
func specialOn(h hours.Hours, cal *calendar.Calendar, from, to calendar.Date) hours.Special {
	for _, x := range h.Special {
		if x.From == from.String() {
			return x
		}
	}
	return hours.Special{From: from.String(), To: to.String(), Spans: hours.DayOf(h, cal, from).Spans}
}

// dayEditor is one special day: dates, times, and a word to the customers.
var dayEditor = editor{
	path: "special/day", act: access.ListingHours, next: "special",
	fields: []editField{{name: "special", key: "special", owns: func(string) bool { return true }, words: func(x *edit, v url.Values) string {
		in := ui.ParseSpecial(v)
		day, err := in.Special(hours.Special{})
		if err != nil {
			return strings.TrimSpace(in.From + " " + x.p.say("my.words.mistake"))
		}
		return specialWords(x.p, []hours.Special{day})
	}}},
	fill: func(x *edit, l *listing.Listing) url.Values {
		from, to, ok := x.queried()
		in := ui.SpecialInput{Day: ui.DayInput{Open: true, Spans: []ui.SpanInput{}}}
		if ok {
			day := specialOn(l.Hours, x.s.calendar(), from, to)
			in = ui.NewSpecialInput(day)
			in.To = to.String()
		}
		v := ui.HoursInput{Rows: map[string]ui.DayInput{ui.SpecialRow: in.Day}}.Values()
		v.Del("kind")
		v.Set("from", in.From)
		v.Set("to", in.To)
		v.Set("note", in.Note)
		return v
	},
	parts: func(x *edit) []ui.FormPart {
		p := x.p
		return []ui.FormPart{
			x.control("from", p.say("my.special.from"), func(f *ui.Field) { f.Type, f.Short = "date", true }),
			x.control("to", p.say("my.special.to"), func(f *ui.Field) { f.Type, f.Short, f.Optional, f.Hint = "date", true, true, p.say("my.hint.to") }),
		}
	},
	read: func(x *edit) (listing.Patch, error) {
		in := ui.ParseSpecial(x.typed)
		day, err := in.Special(x.noted(in.From))
		if err != nil {
			return nil, err
		}
		from, err1 := calendar.ParseDate(day.From)
		to, err2 := calendar.ParseDate(day.To)
		if err1 != nil || err2 != nil {
			return nil, fault.Wrong("from", "error.date", nil)
		}
		if to < calendar.Today(x.p.now) {
			return nil, fault.Wrong("from", "my.wrong.past", nil)
		}
		if limit := listing.Limits["hours.special.note"].Check("note", day.Note.Hans); len(limit) > 0 {
			return nil, fault.Wrongs(limit)
		}
		h := x.l.Hours.WithoutPause(from, to)
		if a, b, ok := x.queried(); ok { // what was there before its dates were changed
			h = h.Without(a, b)
		}
		h = h.With(day)
		if f, ok := hours.Validate(h).(*fault.Error); ok { //nolint:errorlint // wraps nothing
			for i := range f.Fields {
				f.Fields[i].Name = "from"
			}
			return nil, f
		}
		return patched("hours", h)
	},
	change: func(x *edit) bool {
		do, fix := x.pressed()
		if do == "preview" {
			return true
		}
		in := ui.ParseSpecial(x.typed)
		if !in.Day.Change(ui.SpecialRow, do, fix) {
			return false
		}
		for name := range x.typed {
			if strings.HasPrefix(name, ui.SpecialRow+"_") {
				delete(x.typed, name)
			}
		}
		for name, values := range (ui.HoursInput{Rows: map[string]ui.DayInput{ui.SpecialRow: in.Day}}).Values() {
			if name != "kind" {
				x.typed[name] = values
			}
		}
		return true
	},
	dress: func(x *edit, v *editView, problem error) {
		words := ui.NewHourWords(x.s.catalogue.In(x.p.Lang))
		row, summary := words.Special(ui.ParseSpecial(x.typed).Day, problem)
		x.p.note(words.Err)
		v.Row = &row
		if problem != nil {
			v.Form.Errors = rowErrors(summary, v.Form.Errors)
		}
		v.After = []ui.FormPart{x.control("note", x.p.say("my.special.note"), func(f *ui.Field) {
			f.Optional, f.Max, f.Lang, f.Hint, f.Error = true, listing.Limits["hours.special.note"].Max, lang.Hans, x.p.say("my.hint.note_day"), errorOf(v.Form.Errors, "note")
		})}
	},
	word: func(*edit, *listing.Listing) string { return "answered" },
}

// noted is the special day that begins on a date, for its notes in other languages.
func (x *edit) noted(from string) hours.Special {
	for _, s := range x.l.Hours.Special {
		if s.From == from {
			return s
		}
	}
	return hours.Special{}
}
