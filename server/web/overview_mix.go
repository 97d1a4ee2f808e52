package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/overview"
)

// What the page of the mix shows: months that are read, periods and formats in a table.
const (
	mixMonths  = 36
	mixPeriods = 12
	mixFormats = 8
)

// mixPage: GET /desk/overview/mix (at: the slug of a street or plaza; by: quarter): how shops sold there at the end of each month or
// quarter, as it was counted then; without a place, all places with the way to each.
func (s *Site) mixPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	months, err := s.services.Overview.Months(c.UserContext(), Of(c).Actor, mixMonths)
	if err != nil {
		return err
	}
	streets, err := s.services.Places.EveryStreet(c.UserContext())
	if err != nil {
		return err
	}
	plazas, err := s.services.Places.EveryPlaza(c.UserContext())
	if err != nil {
		return err
	}
	places := []mixPlace{}
	for i := range streets {
		places = append(places, mixPlace{streets[i].ID, streets[i].Slug, streets[i].Name})
	}
	for i := range plazas {
		places = append(places, mixPlace{plazas[i].ID, plazas[i].Slug, plazas[i].Name})
	}
	span := overview.ByMonth
	if c.Query("by") == string(overview.ByQuarter) {
		span = overview.ByQuarter
	}
	slug := c.Query("at")
	to := func(slug string, span overview.Span) string {
		q := url.Values{}
		for name, value := range map[string]string{"at": slug, "by": strings.TrimPrefix(string(span), string(overview.ByMonth))} {
			if value != "" {
				q.Set(name, value)
			}
		}
		if len(q) == 0 {
			return at(c, "/desk/overview/mix")
		}
		return at(c, "/desk/overview/mix") + "?" + q.Encode()
	}
	v := overviewView{Up: &ui.Link{Label: p.say("overview.title"), Href: at(c, "/desk/overview")}, Title: p.say("overview.mix.title"), At: p.say("overview.mix.none")}
	if len(months) > 0 {
		year, month, _ := strings.Cut(months[0].Month, "-")
		v.At = p.say("overview.mix.since", "Year", year, "Month", strings.TrimPrefix(month, "0"))
	}
	for _, x := range []overview.Span{overview.ByMonth, overview.ByQuarter} {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("overview.mix.by." + string(x)), Href: to(slug, x), On: x == span})
	}
	ends := overview.Ends(months, span)
	ends = ends[max(0, len(ends)-mixPeriods):]
	if slug != "" {
		i := slices.IndexFunc(places, func(x mixPlace) bool { return x.slug == slug })
		if i < 0 {
			return fault.Missing()
		}
		v.Up = &ui.Link{Label: v.Title, Href: to("", span)}
		v.Title = p.say("overview.mix.of", "Place", p.name(places[i].name))
		ends = overview.Of(ends, places[i].id)
	}
	if len(ends) > 0 {
		if ends[len(ends)-1].Total() > 0 || ends[0].Total() > 0 {
			v.Figures = append(v.Figures, s.mixTable(p, ends), s.mixNow(p, ends))
		}
		if slug == "" {
			v.Index = mixIndex(p, places, ends, func(slug string) string { return to(slug, span) })
		}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "overview", v)
}

// mixPlace is a street or plaza.
type mixPlace struct {
	id, slug string
	name     lang.Text
}

// mixTable draws how many shops there were at the end of each period; its numbers have every format.
func (s *Site) mixTable(p *speaker, ends []overview.Month) ui.Figure {
	first, last := ends[0].Total(), ends[len(ends)-1].Total()
	finding := p.say("overview.mix.finding", "Then", first, "Now", last)
	if first == last {
		finding = p.count("overview.mix.now", last)
	}
	chart := ui.Chart{
		Title: finding, Subtitle: p.say("overview.mix.formats"), Period: p.say("overview.month"), Attention: -1, Unit: p.say("overview.unit"),
	}
	all := ui.Series{Name: p.say("overview.mix.all")}
	for i := range ends {
		chart.Periods = append(chart.Periods, monthName(p, ends[i].Month))
		all.Values = append(all.Values, ends[i].Total())
	}
	chart.Series = []ui.Series{all}
	f := ui.NewFigure(chart)
	formats := overview.Formats(ends)
	rest := formats[min(len(formats), mixFormats):]
	formats = formats[:len(formats)-len(rest)]
	for _, id := range formats {
		f.Columns = append(f.Columns, s.formatName(p, id))
	}
	if len(rest) > 0 {
		f.Columns = append(f.Columns, p.say("overview.mix.others"))
	}
	for i := range f.Rows {
		for _, id := range formats {
			f.Rows[i].Values = append(f.Rows[i].Values, strconv.Itoa(ends[i].Formats[id]))
		}
		if len(rest) > 0 {
			n := 0
			for _, id := range rest {
				n += ends[i].Formats[id]
			}
			f.Rows[i].Values = append(f.Rows[i].Values, strconv.Itoa(n))
		}
	}
	return f
}

// mixNow shows how shops sell at the end of the last period, and how that changed since the first.
func (s *Site) mixNow(p *speaker, ends []overview.Month) ui.Figure {
	last := overview.Figures{}
	for _, id := range overview.Formats(ends) {
		last.Formats = append(last.Formats, overview.Count{ID: id, N: ends[len(ends)-1].Formats[id]})
	}
	return s.formatFigure(p, last, ends)
}

// mixIndex lists the places with shops, those with the most first.
func mixIndex(p *speaker, places []mixPlace, ends []overview.Month, to func(slug string) string) *overviewCard {
	last := ends[len(ends)-1]
	total := func(x mixPlace) int {
		m := overview.Month{Formats: last.Places[x.id]}
		return m.Total()
	}
	list := slices.Clone(places)
	slices.SortStableFunc(list, func(a, b mixPlace) int { return cmp.Compare(total(b), total(a)) })
	out := &overviewCard{Title: p.say("overview.mix.places")}
	for _, x := range list {
		if n := total(x); n > 0 {
			text, in := x.name.In(p.Lang)
			out.Records.Items = append(out.Records.Items, ui.Record{Title: text, Lang: in, Href: to(x.slug), Tag: p.count("overview.mix.shops", n)})
		}
	}
	return out
}
