package web

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/merchant"
	"shangquan/services/neighbour"
	"shangquan/services/privacy"
)

// answersPage: GET /how-we-answer: how each kind of request is dealt with, by when, and how many there were. It takes no request itself:
// what belongs to the city goes to its own line.
func (s *Site) answersPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("answers.title"), Lead: p.say("answers.lead")}
	days, set := map[string]int{}, s.settings()
	for _, t := range set.Terms() {
		days[t.Class] = *t.Days
	}
	for _, x := range []struct {
		kind string
		told []any
		href string
	}{
		{"report", []any{"Days", days["reports"]}, "/reports"},
		{"claim", []any{"Hours", int(merchant.OwnerHas.Hours())}, "/help"},
		{"change", nil, "/help"},
		{"notice", nil, "/notices"},
		{"neighbour", []any{"First", neighbour.FirstCheck / 7, "Second", neighbour.SecondCheck / 7, "Keep", days["cases"]}, "/programme"},
		{"heritage", nil, "/heritage"},
		{"privacy", []any{"Days", privacy.WorkingDays}, "/privacy"},
	} {
		facts := fact(nil, p.say("answers.who"), p.say("answers."+x.kind+".who"))
		facts = fact(facts, p.say("answers.how"), p.say("answers."+x.kind+".how", x.told...))
		facts = fact(facts, p.say("answers.when"), p.say("answers."+x.kind+".when", x.told...))
		v.add(section{ID: x.kind, Title: p.say("answers." + x.kind + ".title"), Facts: facts, Links: []ui.Link{{Label: p.say("answers." + x.kind + ".link"), Href: at(c, x.href)}}})
	}
	if err := s.answered(c.UserContext(), p, &v); err != nil {
		return err
	}
	city := section{ID: "city", Title: p.say("answers.city"), Text: p.say("answers.city_text"), Facts: []ui.Fact{{Term: p.say("answers.city_line"), Values: []ui.Value{{Text: cityLine, Href: "tel:" + cityLine, Number: true}}}}}
	city.Facts = fact(city.Facts, p.say("answers.official"), set.Official)
	if link := s.officialLink(c.UserContext(), set.OfficialLink); link != "" { // a site that is allowed no more is not led to
		city.Links = []ui.Link{{Label: p.say("answers.official_link"), Href: link}}
	}
	v.add(city)
	return s.showPublic(c, p, &v)
}

// answered says how many of each kind came in this year and the last, and what became of them, as far as it is stored and says nothing of
// anybody.
func (s *Site) answered(ctx context.Context, p *speaker, v *casePage) error {
	type totals func(context.Context, int) (received, done int, err error)
	kinds := []struct {
		kind string
		of   totals
	}{}
	add := func(kind string, there bool, of totals) {
		if there {
			kinds = append(kinds, struct {
				kind string
				of   totals
			}{kind, of})
		}
	}
	add("report", s.services.Reports != nil, s.services.Reports.Totals)
	add("claim", s.services.Merchants != nil, s.services.Merchants.Totals)
	add("neighbour", s.services.Neighbours != nil, s.services.Neighbours.Totals)
	add("privacy", s.services.Asks != nil, s.services.Asks.Totals)
	if len(kinds) == 0 {
		return nil
	}
	x := section{ID: "totals", Title: p.say("answers.totals"), Text: p.say("answers.totals_text", "Few", fewest)}
	for _, year := range []int{p.now.Year(), p.now.Year() - 1} {
		column := section{Title: p.say("answers.year", "Year", strconv.Itoa(year))}
		for _, k := range kinds {
			received, done, err := k.of(ctx, year)
			if err != nil {
				return err
			}
			column.Facts = fact(column.Facts, p.say("answers."+k.kind+".title"), p.say("answers.numbers", "Received", few(p, received), "Answered", few(p, done)))
		}
		x.Columns = append(x.Columns, column)
	}
	v.add(x)
	return nil
}

// fewest is the least number that is shown: who lives near knows whom a smaller one is about.
const fewest = 5

// few is a number, or that it is a small one. That there is none tells nothing of anybody.
func few(p *speaker, n int) string {
	if n > 0 && n < fewest {
		return p.say("answers.below", "Few", fewest)
	}
	return strconv.Itoa(n)
}

// cityLine is the citizens' line of the city government, in all of China.
const cityLine = "12345"
