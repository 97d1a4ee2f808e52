package web

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/insight"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/overview"
	"shangquan/services/turnover"
)

func (s *Site) overviewRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/desk/overview", Handle: s.overviewPage, Kind: Private, Needs: access.OverviewRead},
		{Method: http.MethodGet, Path: "/desk/overview/mix", Handle: s.mixPage, Kind: Private, Query: []string{"at", "by"}, Needs: access.OverviewRead},
	}
}

// overviewView is templates/pages/overview.html: how the district stands, on one page.
type overviewView struct {
	Base    ui.Base
	Up      *ui.Link
	Title   string
	At      string
	Chips   []ui.Chip
	KPIs    []ui.KPI
	Cards   []overviewCard
	Figures []ui.Figure
	Index   *overviewCard // a long list, under the figures
	Links   []ui.Link
}

// overviewCard is a short list with the way to all of it.
type overviewCard struct {
	Title   string
	Records ui.Records
	All     *ui.Link
}

// What of each list the page shows; the rest is a page away.
const (
	cardLength     = 5
	overviewPlaces = 8
	overviewMonths = 12
	firstHour      = 6 // of the week as drawn: before that hardly anything is open
)

// overviewPage: GET /desk/overview.
func (s *Site) overviewPage(c *fiber.Ctx) error {
	ctx, by, p := c.UserContext(), Of(c).Actor, s.speaker(c)
	f, err := s.services.Overview.Figures(ctx, by)
	if err != nil {
		return err
	}
	queue, full, err := s.queue(ctx, p, by)
	if err != nil {
		return err
	}
	notices, err := s.services.Notices.List(ctx, by, []notice.State{notice.Published}, "", 100)
	if err != nil {
		return err
	}
	v := overviewView{Title: p.say("overview.title"), At: p.say("overview.at", "When", stamp(p, p.now))}
	v.KPIs = []ui.KPI{
		{Label: p.say("overview.shops"), Number: strconv.Itoa(f.Shops), Change: p.count("overview.new", f.New)},
		{Label: p.say("overview.confirmed"), Number: strconv.Itoa(f.Confirmed), Change: p.count("overview.unconfirmed", f.Shops-f.Confirmed)},
		s.waitingNumber(c, p, queue, full),
		s.noticeNumber(c, p, notices.Items),
	}
	v.Cards = append(v.Cards, queueCard(c, p, queue))
	if len(notices.Items) > 0 {
		v.Cards = append(v.Cards, noticeCard(c, p, notices.Items))
	}
	missed, err := s.services.Insight.MissedWords(ctx, by)
	if err != nil {
		return err
	}
	v.Cards = append(v.Cards, missedCard(c, p, missed))
	links, err := s.services.OutLinks.Report(ctx, by)
	if err != nil {
		return err
	}
	if card := linkCard(c, p, &links); card != nil {
		v.Cards = append(v.Cards, *card)
	}
	if v.Figures, err = s.overviewFigures(c, p, f); err != nil {
		return err
	}
	v.Links = []ui.Link{{Label: p.say("overview.mix.title"), Href: at(c, "/desk/overview/mix")}, {Label: p.say("overview.to_turnover"), Href: at(c, "/desk/register")}, {Label: p.say("outlink.title"), Href: at(c, "/desk/links")}}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "overview", v)
}

// waitingNumber is how many cases wait, and for how long the first has.
func (s *Site) waitingNumber(c *fiber.Ctx, p *speaker, queue []waiting, full bool) ui.KPI {
	k := ui.KPI{Label: p.say("overview.waiting"), Number: strconv.Itoa(len(queue)), Change: p.say("desk.none"), Href: at(c, "/desk")}
	if full {
		k.Number += "+"
	}
	if len(queue) > 0 {
		k.Change, _ = waited(p, queue[0].since)
	}
	return k
}

// noticeNumber is how many notices have a day by which shops have to answer, and how many of those are over it.
func (s *Site) noticeNumber(c *fiber.Ctx, p *speaker, list []notice.Notice) ui.KPI {
	asked, late := 0, 0
	for i := range list {
		if d := noticeDue(&list[i]); d != nil {
			if asked++; d.Before(p.now) {
				late++
			}
		}
	}
	return ui.KPI{Label: p.say("overview.notices"), Number: strconv.Itoa(asked), Change: p.count("overview.late", late), Href: at(c, "/desk/notices")}
}

// noticeDue is the end of the last day on which shops can confirm a notice in time; nil where they need not.
func noticeDue(n *notice.Notice) *time.Time {
	d, err := calendar.ParseDate(n.Content.Due)
	if !n.Content.MustConfirm || err != nil {
		return nil
	}
	end := (d + 1).At(0).Add(-time.Second)
	return &end
}

func queueCard(c *fiber.Ctx, p *speaker, queue []waiting) overviewCard {
	out := overviewCard{Title: p.say("desk.title"), Records: ui.Records{Empty: p.say("desk.none")}}
	for _, w := range queue[:min(len(queue), cardLength)] {
		r := deskRecord(c, p, w)
		r.Buttons, r.Lines = nil, r.Lines[len(r.Lines)-1:]
		out.Records.Items = append(out.Records.Items, r)
	}
	if len(queue) > 0 {
		out.All = &ui.Link{Label: p.say("desk.all", "N", len(queue)), Href: at(c, "/desk")}
	}
	return out
}

func noticeCard(c *fiber.Ctx, p *speaker, list []notice.Notice) overviewCard {
	out := overviewCard{Title: p.say("overview.notices_card"), All: &ui.Link{Label: p.count("overview.all_notices", len(list)), Href: at(c, "/desk/notices")}}
	for i := range list[:min(len(list), cardLength)] {
		n := &list[i]
		title, in := n.Content.Title.In(p.Lang)
		r := ui.Record{Title: title, Lang: in, Href: at(c, "/desk/notices/"+n.ID)}
		if d := noticeDue(n); d != nil {
			r.Tag, r.State = p.say("overview.due", "Day", dayOf(p, *d)), ui.TaskWait
			if d.Before(p.now) {
				r.State = ui.TaskBad
			}
		}
		out.Records.Items = append(out.Records.Items, r)
	}
	return out
}

// missedCard is what residents searched and did not find: what the district lacks, or only calls by another word.
func missedCard(c *fiber.Ctx, p *speaker, list []insight.MissedWord) overviewCard {
	out := overviewCard{Title: p.say("overview.missed"), Records: ui.Records{Empty: p.say("overview.missed_none")}}
	for _, w := range list[:min(len(list), cardLength)] {
		r := ui.Record{Title: w.Text, Lang: lang.Hans, State: ui.TaskWait}
		if w.Visitors > 0 {
			r.Tag = p.count("insights.visitors", w.Visitors)
		}
		if w.Wanted > 0 {
			r.Lines = []string{p.count("words.wanted_by", w.Wanted)}
		}
		out.Records.Items = append(out.Records.Items, r)
	}
	if len(list) > 0 {
		out.All = &ui.Link{Label: p.count("overview.all_missed", len(list)), Href: at(c, "/desk/words")}
	}
	return out
}

// overviewFigures are the drawings. One that has nothing to show is left out.
func (s *Site) overviewFigures(c *fiber.Ctx, p *speaker, f overview.Figures) ([]ui.Figure, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	names, err := s.placeNames(c)
	if err != nil {
		return nil, err
	}
	out := []ui.Figure{}
	if len(f.Places) > 0 {
		out = append(out, fillFigure(p, f, names))
	}
	months, err := s.services.Overview.Months(ctx, by, overviewMonths)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(f.Formats, func(x overview.Count) bool { return x.ID != "" }) {
		out = append(out, s.formatFigure(p, f, months))
	}
	if len(months) > 1 {
		out = append(out, s.mixFigure(p, f, months))
	}
	turns, err := s.turnFigure(c, p)
	if err != nil {
		return nil, err
	}
	if turns != nil {
		out = append(out, *turns)
	}
	if f.Known > 0 {
		out = append(out, weekFigure(p, f))
	}
	return out, nil
}

// placeNames is what streets and plazas are called, by id, and stretches by the id of their street, a stroke and their own.
func (s *Site) placeNames(c *fiber.Ctx) (map[string]lang.Text, error) {
	streets, err := s.services.Places.EveryStreet(c.UserContext())
	if err != nil {
		return nil, err
	}
	plazas, err := s.services.Places.EveryPlaza(c.UserContext())
	out := map[string]lang.Text{}
	for i := range streets {
		out[streets[i].ID] = streets[i].Name
		for _, x := range streets[i].Stretches {
			out[streets[i].ID+"/"+x.ID] = x.Name
		}
	}
	for i := range plazas {
		out[plazas[i].ID] = plazas[i].Name
	}
	return out, err
}

// fillFigure shows the places whose pages say least. A place with a shop or two says nothing about itself.
func fillFigure(p *speaker, f overview.Figures, names map[string]lang.Text) ui.Figure {
	list := slices.DeleteFunc(slices.Clone(f.Places), func(x overview.Fill) bool { return x.Place == "" || x.Shops < 3 })
	if len(list) == 0 {
		list = f.Places
	}
	list = list[:min(len(list), overviewPlaces)]
	name := func(x *overview.Fill) string {
		out := p.say("overview.elsewhere")
		if text, ok := names[x.Place]; ok {
			out = p.name(text)
		}
		if text, ok := names[x.Place+"/"+x.Stretch]; ok {
			out += " " + p.name(text)
		}
		return out
	}
	a := ui.Amounts{
		Title: p.say("overview.fill.finding", "Place", name(&list[0])), Subtitle: p.say("overview.fill.subtitle"),
		Name: p.say("overview.fill.place"), Column: p.say("overview.fill.column"), Most: 100,
	}
	for i := range list {
		x := &list[i]
		a.Bars = append(a.Bars, ui.Amount{Name: p.count("overview.fill.bar", x.Shops, "Place", name(x)), Value: x.Percent, Shown: strconv.Itoa(x.Percent) + "%", Attention: i == 0})
	}
	return ui.NewAmounts(a)
}

// formatName is what a retail format is called.
func (s *Site) formatName(p *speaker, id string) string {
	if x, ok := s.services.Words().Format(id); ok {
		return p.name(x.Name)
	}
	return p.say("overview.no_format")
}

// formatFigure shows how shops sell now; what stands after a bar says how that changed since the first month that was counted.
func (s *Site) formatFigure(p *speaker, f overview.Figures, months []overview.Month) ui.Figure {
	list := f.Formats[:min(len(f.Formats), overviewPlaces)]
	finding := p.say("overview.format.finding", "Format", s.formatName(p, list[0].ID), "N", list[0].N)
	if list[0].ID == "" {
		finding = p.count("overview.format.unknown", list[0].N)
	}
	a := ui.Amounts{
		Title: finding, Subtitle: p.say("overview.format.subtitle"),
		Name: p.say("overview.format.name"), Column: p.say("overview.format.column"),
	}
	for _, x := range list {
		shown := strconv.Itoa(x.N)
		if len(months) > 1 {
			if d := x.N - months[0].Formats[x.ID]; d != 0 {
				shown += " (" + strings.Replace(strconv.Itoa(d), "-", "−", 1) + ")"
				if d > 0 {
					shown = strings.Replace(shown, "(", "(+", 1)
				}
			}
		}
		a.Bars = append(a.Bars, ui.Amount{Name: s.formatName(p, x.ID), Value: x.N, Shown: shown})
	}
	return ui.NewAmounts(a)
}

// mixFigure shows how the two most frequent formats went, month by month.
func (s *Site) mixFigure(p *speaker, f overview.Figures, months []overview.Month) ui.Figure {
	chart := ui.Chart{
		Title: p.say("overview.mix.finding", "Then", months[0].Total(), "Now", f.Shops), Subtitle: p.say("overview.mix.subtitle"), Period: p.say("overview.month"),
		Attention: -1, Unit: p.say("overview.unit"),
	}
	all := ui.Series{Name: p.say("overview.mix.all")}
	for i := range months {
		chart.Periods = append(chart.Periods, monthName(p, months[i].Month))
		all.Values = append(all.Values, months[i].Total())
	}
	chart.Series = []ui.Series{all}
	return ui.NewFigure(chart)
}

// monthName is how a month, 2026-10, stands under a chart.
func monthName(p *speaker, month string) string {
	year, n, _ := strings.Cut(month, "-")
	return p.say("overview.month_name", "Year", year, "Month", strings.TrimPrefix(n, "0"))
}

// turnFigure shows openings and closings month by month; nil while there were none.
func (s *Site) turnFigure(c *fiber.Ctx, p *speaker) (*ui.Figure, error) {
	periods, err := turnover.Last(overviewMonths, p.now.Format(time.DateOnly), turnover.Month)
	if err != nil {
		return nil, err
	}
	turns, err := s.services.Listings.TurnsSince(c.UserContext(), Of(c).Actor, periods[0].First())
	if err != nil {
		return nil, err
	}
	chart := ui.Chart{Subtitle: p.say("overview.turns.subtitle"), Period: p.say("overview.month"), Attention: -1, Unit: p.say("overview.unit")}
	opened, closed := ui.Series{Name: p.say("overview.turns.opened")}, ui.Series{Name: p.say("overview.turns.closed")}
	sum := turnover.Figure{}
	for i, x := range turnover.New(turns).By(periods) {
		chart.Periods = append(chart.Periods, monthName(p, periods[i].First()[:7]))
		opened.Values, closed.Values = append(opened.Values, x.Opened), append(closed.Values, x.Closed)
		sum.Opened, sum.Closed, sum.Moved = sum.Opened+x.Opened, sum.Closed+x.Closed, sum.Moved+x.Moved
	}
	if sum == (turnover.Figure{}) {
		return nil, nil
	}
	chart.Title = p.say("overview.turns.finding", "Opened", sum.Opened, "Closed", sum.Closed)
	chart.Series = []ui.Series{opened, closed}
	f := ui.NewFigure(chart)
	return &f, nil
}

// weekFigure shows when shops are open in an ordinary week.
func weekFigure(p *speaker, f overview.Figures) ui.Figure {
	h := ui.Heat{Subtitle: p.count("overview.week.subtitle", f.Known), Name: p.say("overview.week.hour"), First: firstHour, Values: f.Open}
	day, hour, late := 0, firstHour, 0
	for d := range f.Open {
		h.Days = append(h.Days, ui.Weekday(p.Lang, time.Weekday((d+1)%7)))
		for n := firstHour; n < 24; n++ {
			if f.Open[d][n] > f.Open[day][hour] {
				day, hour = d, n
			}
		}
		late += f.Open[d][21]
	}
	for n := firstHour; n < 24; n++ {
		h.Hours = append(h.Hours, p.say("overview.week.clock", "N", n))
	}
	h.Title = p.say("overview.week.finding", "Day", h.Days[day], "Hour", hour, "N", f.Open[day][hour], "Late", (late+3)/7)
	return ui.NewHeat(h)
}
