package web

import (
	"math"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/geo"
)

// heritageWalk: GET /heritage/walk: the old shops in the order of their doors, with the same numbers on the street plan.
func (s *Site) heritageWalk(c *fiber.Ctx) error {
	p := s.speaker(c)
	rows, err := s.directory.HeritageWalk(c.UserContext(), p.Lang, p.now)
	if err != nil {
		return err
	}
	rows = numbered(rows)
	v := placePage{
		Back: ui.Link{Label: p.say("heritage.title"), Href: ui.Href(p.Lang, "/heritage")}, Name: ui.Plain(p.say("heritage.walk"), p.Lang), Numbered: true,
		Facts: fact(nil, p.say("heritage.walk_how"), p.say("heritage.walk_lead")),
	}
	if len(rows) == 0 {
		v.Facts, v.Nothing = nil, p.say("heritage.none")
	} else {
		legs, total := legsOf(rows)
		v.Groups = []rowGroup{{ID: "walk", Title: p.count("heritage.walk_stops", len(rows)), Rows: s.rowsWith(p, rows, func(i int) string { return legWords(p, legs[i]) })}}
		if v.path = pathOf(p, rows); v.path != nil {
			v.Facts = fact(v.Facts, p.say("heritage.walk_far"), p.say("heritage.walk_total", "Far", far(p, total)))
			if n := len(rows) - len(v.path.line); n > 0 {
				v.Facts = fact(v.Facts, p.say("heritage.walk_unknown_label"), p.count("heritage.walk_unknown", n))
			}
		}
	}
	return s.renderPlace(c, p, v, false, rows)
}

// leg is the way to a shop from the one before it whose position is known: along a straight line, since nobody here knows which streets one
// takes. From is its number, 0 for the first.
type leg struct {
	from   int
	metres float64
}

// legsOf are the legs of a walk, and how long they are together.
func legsOf(rows []directory.Row) (legs []leg, total float64) {
	last := -1
	for i := range rows {
		x := leg{}
		if rows[i].At != nil {
			if last >= 0 {
				x = leg{last + 1, geo.Distance(*rows[last].At, *rows[i].At)}
			}
			last = i
		}
		legs, total = append(legs, x), total+x.metres
	}
	return legs, total
}

func legWords(p *speaker, x leg) string {
	if x.from == 0 {
		return ""
	}
	return p.say("heritage.walk_leg", "N", x.from, "Far", far(p, x.metres))
}

// far is a distance as people say it: tens of metres, from a kilometre on tenths of one.
func far(p *speaker, metres float64) string {
	if metres < 995 {
		return p.say("heritage.walk_metres", "N", max(10, int(math.Round(metres/10))*10))
	}
	return p.say("heritage.walk_km", "N", strconv.FormatFloat(math.Round(metres/100)/10, 'f', -1, 64))
}

// walkPath is the line of a walk on the plan, and what the legend calls it.
type walkPath struct {
	line  []geo.Point
	words string
}

// pathOf is the line from shop to shop; nil for fewer than two positions.
func pathOf(p *speaker, rows []directory.Row) *walkPath {
	out := &walkPath{words: p.say("heritage.walk_line")}
	for i := range rows {
		if rows[i].At != nil {
			out.line = append(out.line, *rows[i].At)
		}
	}
	if len(out.line) < 2 {
		return nil
	}
	return out
}
