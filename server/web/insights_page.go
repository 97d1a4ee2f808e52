package web

import (
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/insight"
)

// insightWeeks is how far back the page of an owner looks, this week included.
const insightWeeks = 8

// insightsPage is templates/pages/my-insights.html: what customers did, in words first.
type myInsights struct {
	Base    ui.Base
	Up      ui.Link
	Title   string
	Said    []string
	KPIs    []ui.KPI
	Figures []ui.Figure
	Words   []insight.Word
	None    string
	How     []string
	Monthly ui.Link
}

// insightsPage: GET /my/shops/:id/insights.
func (s *Site) insightsPage(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), Of(c).Actor
	l, err := s.services.Listings.Open(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	weeks, err := s.services.Insight.Weeks(ctx, by, l.Thing(), insightWeeks)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := myInsights{
		Up: ui.Link{Label: l.Name.Hans, Href: at(c, "/my/shops/"+l.ID)}, Title: p.say("insights.title"),
		Said: insightWords(p, weeks), KPIs: insightNumbers(p, weeks), Figures: insightFigures(p, weeks), Words: foundBy(weeks),
		None:    p.say("insights.no_words"),
		Monthly: ui.Link{Label: p.say("monthly.ask"), Href: at(c, "/account/monthly")},
		How:     []string{p.say("insights.how.people"), p.say("insights.how.calls"), p.say("insights.how.late")},
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-insights", v)
}

// insightWords says what the numbers mean: all of them, and how the last whole week compares with the one before.
func insightWords(p *speaker, weeks []insight.Week) []string {
	sum := insight.Counts{}
	for _, w := range weeks {
		sum.Add(w.Total)
	}
	if sum == (insight.Counts{}) {
		return []string{p.say("insights.nothing")}
	}
	last, before := weeks[len(weeks)-2].Total.View, weeks[len(weeks)-3].Total.View
	out := []string{p.say("insights.sum", "View", sum.View, "Found", sum.Found, "Call", sum.Call, "Go", sum.Go, "Web", sum.Site)}
	switch {
	case last > before:
		out = append(out, p.say("insights.more", "Last", last, "More", last-before))
	case last < before:
		out = append(out, p.say("insights.less", "Last", last, "Less", before-last))
	default:
		out = append(out, p.say("insights.same", "Last", last))
	}
	return out
}

// insightKinds are what is counted, in the order of the page.
var insightKinds = []struct {
	name string
	of   func(insight.Counts) int
}{
	{"view", func(n insight.Counts) int { return n.View }},
	{"found", func(n insight.Counts) int { return n.Found }},
	{"call", func(n insight.Counts) int { return n.Call }},
	{"go", func(n insight.Counts) int { return n.Go }},
	{"site", func(n insight.Counts) int { return n.Site }},
}

// insightNumbers are those of this week, beside the last.
func insightNumbers(p *speaker, weeks []insight.Week) []ui.KPI {
	now, last := weeks[len(weeks)-1].Total, weeks[len(weeks)-2].Total
	out := []ui.KPI{}
	for _, k := range insightKinds {
		out = append(out, ui.KPI{Label: p.say("insights.kind." + k.name), Number: strconv.Itoa(k.of(now)), Change: p.say("insights.last", "N", k.of(last))})
	}
	return out
}

// insightFigures are the eight weeks: looked at and found, rang and asked the way.
func insightFigures(p *speaker, weeks []insight.Week) []ui.Figure {
	periods := []string{}
	for _, w := range weeks {
		monday, err := time.Parse(time.DateOnly, w.Monday)
		p.note(err)
		periods = append(periods, p.say("insights.week", "Month", int(monday.Month()), "Day", monday.Day()))
	}
	series := func(of func(insight.Counts) int) []int {
		out := []int{}
		for _, w := range weeks {
			out = append(out, of(w.Total))
		}
		return out
	}
	out := []ui.Figure{}
	for _, k := range insightKinds {
		values := series(k.of)
		most := slices.Max(values)
		if most == 0 {
			continue
		}
		at := slices.Index(values, most)
		out = append(out, ui.NewFigure(ui.Chart{
			Title: p.say("insights.finding."+k.name, "Week", periods[at], "N", most), Subtitle: p.say("insights.subtitle"), Period: p.say("insights.period"),
			Periods: periods, Series: []ui.Series{{Name: p.say("insights.kind." + k.name), Values: values}}, Bars: true, Attention: -1, Unit: p.say("insights.unit"),
		}))
	}
	return out
}

// foundBy are the searches that showed the shop, the most frequent first.
func foundBy(weeks []insight.Week) []insight.Word {
	n := map[string]int{}
	for _, w := range weeks {
		for _, x := range w.Words {
			n[x.Text] += x.Visitors
		}
	}
	out := []insight.Word{}
	for text, visitors := range n {
		out = append(out, insight.Word{Text: text, Visitors: visitors})
	}
	slices.SortFunc(out, func(a, b insight.Word) int {
		if a.Visitors != b.Visitors {
			return b.Visitors - a.Visitors
		}
		if a.Text < b.Text {
			return -1
		}
		return 1
	})
	return out[:min(len(out), 10)]
}
