package web

import (
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
	if s.services.Reports != nil {
		x := section{ID: "totals", Title: p.say("answers.totals"), Text: p.say("answers.totals_text")}
		for _, year := range []int{p.now.Year(), p.now.Year() - 1} {
			n, err := s.services.Reports.Totals(c.UserContext(), year)
			if err != nil {
				return err
			}
			x.Facts = fact(x.Facts, p.say("answers.year", "Year", strconv.Itoa(year)), p.say("answers.numbers", "Received", n.Received, "Answered", n.Answered))
		}
		v.add(x)
	}
	v.add(section{ID: "city", Title: p.say("answers.city"), Text: p.say("answers.city_text"), Facts: []ui.Fact{{Term: p.say("answers.city_line"), Values: []ui.Value{{Text: cityLine, Href: "tel:" + cityLine, Number: true}}}}})
	return s.showPublic(c, p, &v)
}

// cityLine is the citizens' line of the city government, in all of China.
const cityLine = "12345"
