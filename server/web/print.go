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
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

func (s *Site) printRoutes() []Route {
	const pack, none = "/my/shops/:id/print", "/my/shops/none/print"
	return []Route{
		{Method: http.MethodGet, Path: pack, Handle: s.printPage, Kind: Private, Needs: access.ListingPrint, Thing: s.shopThing, Probe: none},
		{Method: http.MethodGet, Path: pack + "/card", Handle: s.printCard, Kind: Private, Needs: access.ListingPrint, Thing: s.shopThing, Probe: none + "/card"},
		{Method: http.MethodGet, Path: pack + "/hours", Handle: s.printHours, Kind: Private, Needs: access.ListingPrint, Thing: s.shopThing, Probe: none + "/hours"},
	}
}

// printPack is templates/pages/my-print.html: what there is to print, each in its sizes.
type printPack struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Sheets   []printSheet
}

// printSheet is one thing to print.
type printSheet struct {
	Name, Text string
	Sizes      []ui.Button
}

// printPage: GET /my/shops/:id/print.
func (s *Site) printPage(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := printPack{
		Up: ui.Link{Label: p.name(l.Name.Text), Href: shopHref(c, &l, "")}, Title: p.say("print_pack.title"), Lead: p.say("print_pack.lead"),
	}
	add := func(name, text, address string, sizes ...string) {
		sheet := printSheet{Name: name, Text: text}
		for _, n := range sizes {
			sheet.Sizes = append(sheet.Sizes, ui.Button{Label: strings.ToUpper(n), Of: name, Href: address + "?size=" + n, Icon: "printer", Kind: "alt"})
		}
		v.Sheets = append(v.Sheets, sheet)
	}
	if l.Public() {
		add(p.say("print_pack.poster"), p.say("print_pack.poster_text"), at(c, "/shops/"+l.Slug+"/poster"), "a5", "a4")
	}
	add(p.say("print_pack.card"), p.say("print_pack.card_text"), shopHref(c, &l, "print/card"), cardSizes...)
	if l.Hours.Known {
		add(p.say("print_pack.hours"), p.say("print_pack.hours_text"), shopHref(c, &l, "print/hours"), signSizes...)
	}
	v.Callouts = s.printNotes(c, p, &l)
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-print", v)
}

// printNotes say what is better filled in before something is printed.
func (s *Site) printNotes(c *fiber.Ctx, p *speaker, l *listing.Listing) []ui.Callout {
	link := func(label, page string, act access.Action) *ui.Link {
		if !s.opens(c, l, page, act) {
			return nil
		}
		return &ui.Link{Label: label, Href: shopHref(c, l, page)}
	}
	if !l.Hours.Known {
		return []ui.Callout{{Kind: "warn", Icon: "clock", Lead: p.say("print_pack.no_hours"), Link: link(p.say("print_pack.fill_hours"), "hours", access.ListingHours)}}
	}
	if _, open := signHolidays(l.Hours, s.calendar(), calendar.Today(p.now), p); open {
		return []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("print_pack.open_holiday"), Link: link(p.say("print_pack.fill_holiday"), "special", access.ListingHours)}}
	}
	return nil
}

// The sizes of the sheets, the usual one first.
var (
	cardSizes = []string{"a6", "a5"}
	signSizes = []string{"a5", "a4"}
)

// printedPage is templates/pages/my-sheet.html: one sheet, with what to press above it.
type printedPage struct {
	Base  ui.Base
	Back  ui.Link
	Other ui.Link // the other size
	Card  *ui.TableCard
	Sign  *ui.HoursSign
}

// sheet begins the page of a sheet: its shop, its size, and the words of the sheet, which are Chinese whatever the page round it
// is in: it stands in a shop of the district.
func (s *Site) sheet(c *fiber.Ctx, path string, sizes []string) (l listing.Listing, size string, v printedPage, err error) {
	p := s.speaker(c)
	if size = c.Query("size", sizes[0]); !slices.Contains(sizes, size) {
		return l, size, v, fault.Wrong("size", "poster.size_unknown", map[string]any{"Value": strings.ToUpper(size[:min(len(size), 8)])})
	}
	if l, err = s.ownShop(c); err != nil {
		return l, size, v, err
	}
	other := sizes[0]
	if size == other {
		other = sizes[1]
	}
	v.Back = ui.Link{Label: p.say("print_pack.back"), Href: shopHref(c, &l, "print")}
	v.Other = ui.Link{Label: p.say("poster.swap", "Size", strings.ToUpper(other)), Href: shopHref(c, &l, path) + "?size=" + other}
	v.Base = s.privateBase(c, p.say("print_pack.title"))
	v.Base.Class = "poster-page"
	return l, size, v, p.err
}

// printCard: GET /my/shops/:id/print/card, for tables and the counter.
func (s *Site) printCard(c *fiber.Ctx) error {
	l, size, v, err := s.sheet(c, "print/card", cardSizes)
	if err != nil {
		return err
	}
	code, err := qrCode(s.short(&l))
	if err != nil {
		return err
	}
	v.Card = &ui.TableCard{Size: size, Name: l.Name.Hans, QR: code, Address: s.typed(&l), EnglishLine: scanLine, Site: s.identity().Name.Hans}
	return s.Render(c, "my-sheet", v)
}

// printHours: GET /my/shops/:id/print/hours, for the door: the week, and what holds on the holidays ahead.
func (s *Site) printHours(c *fiber.Ctx) error {
	l, size, v, err := s.sheet(c, "print/hours", signSizes)
	if err != nil {
		return err
	}
	if !l.Hours.Known {
		return notThere() // the pack says what is missing, and has no link to this sheet
	}
	code, err := qrCode(s.short(&l))
	if err != nil {
		return err
	}
	p := &speaker{Words: s.catalogue.In(lang.Hans), now: s.speaker(c).now}
	holidays, _ := signHolidays(l.Hours, s.calendar(), calendar.Today(p.now), p)
	v.Sign = &ui.HoursSign{
		Size: size, Name: l.Name.Hans, Lines: signWeek(p, l.Hours), Holidays: holidays, QR: code, Address: s.typed(&l),
		Printed: ui.ShortDate(lang.Hans, p.now, p.now), Site: s.identity().Name.Hans,
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-sheet", v)
}

// scanLine stands on every sheet with a code, for those who do not read Chinese.
const scanLine = "Scan for today’s hours, phone and directions."

// typed is the permanent address of a shop as people would type it.
func (s *Site) typed(l *listing.Listing) string {
	_, address, _ := strings.Cut(s.short(l), "://")
	return address
}

// signWeek is an ordinary week: neighbouring days with the same times are one line.
func signWeek(p *speaker, h hours.Hours) []ui.SignLine {
	spansOf := func(day int) []hours.Span { return usualSpans(h, day) }
	out := []ui.SignLine{}
	for from := 0; from < 7; {
		to := from
		for to < 6 && slices.Equal(spansOf(to+1), spansOf(from)) {
			to++
		}
		line := ui.SignLine{Days: weekdayName(from), Spans: spans(p, spansOf(from))}
		switch {
		case from == 0 && to == 6:
			line.Days = p.say("print_pack.every_day")
		case to > from:
			line.Days = p.say("print_pack.days", "From", weekdayName(from), "To", weekdayName(to))
		}
		out = append(out, line)
		from = to + 1
	}
	return out
}

// weekdayName is a day counted from Monday 0, as signs in Chinese have it.
func weekdayName(day int) string { return ui.Weekday(lang.Hans, calendar.Date(day+4).Weekday()) } // 1970-01-05 was a Monday

// signAhead is how many days ahead a sign tells of holidays: until the paper is yellow.
const signAhead = 120

// signHolidays is what holds on the holidays ahead, as far as the shop has said; open says that there is one of which it has not.
// A holiday with different times on its days has a line for each stretch.
func signHolidays(h hours.Hours, cal *calendar.Calendar, today calendar.Date, p *speaker) (lines []ui.SignLine, open bool) {
	type stretch struct {
		name     string
		from, to calendar.Date
		spans    []hours.Span
		usual    bool // as on other days
		mixed    bool // then not always the same
	}
	var all []stretch
	for d := today; d < today+signAhead; d++ {
		named, ok := cal.Day(d)
		if !ok || named.Class != calendar.Holiday {
			continue
		}
		day := hours.DayOf(h, cal, d)
		if day.Unanswered {
			open = true
			continue
		}
		x := stretch{name: named.Name, from: d, to: d, spans: day.Spans, usual: slices.Equal(day.Spans, usualSpans(h, d.FromMonday()))}
		if n := len(all); n > 0 && all[n-1].name == x.name && all[n-1].to == d-1 {
			last := &all[n-1]
			alike := !last.mixed && slices.Equal(last.spans, x.spans)
			if alike || last.usual && x.usual {
				last.to, last.usual, last.mixed = d, last.usual && x.usual, !alike
				continue
			}
		}
		all = append(all, x)
	}
	lines = []ui.SignLine{}
	for _, x := range all {
		line := ui.SignLine{Days: p.say("print_pack.holiday", "Name", x.name, "Day", ui.ShortDate(lang.Hans, x.from.At(0), p.now)), Usual: x.usual}
		if x.to > x.from {
			line.Days = p.say("print_pack.holiday_days", "Name", x.name, "From", ui.ShortDate(lang.Hans, x.from.At(0), p.now), "To", ui.ShortDate(lang.Hans, x.to.At(0), p.now))
		}
		if !x.usual {
			line.Spans = spans(p, x.spans)
		}
		lines = append(lines, line)
	}
	return lines, open
}

// usualSpans are the times of a day of an ordinary week, counted from Monday 0.
func usualSpans(h hours.Hours, day int) []hours.Span {
	if rest, ok := h.ByClass[string(calendar.Rest)]; ok && day >= 5 {
		return rest
	}
	return h.Week[day]
}
