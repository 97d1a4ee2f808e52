package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/lang"
)

// area is a part of the site for people who work with it: a shop's, the district's, the administrator's.
type area struct {
	key   string // in the catalogue: role.<key>
	home  string // the page it begins with; the pages of the area lie under it
	doors []door
}

// door is a page of an area that the header leads to. word is its key in the catalogue.
type door struct{ word, path string }

// The areas with what their header leads to. An entry shows once its page is in the site map.
var (
	portal  = area{"portal", "/my", []door{{"area.shops", "/my"}, {"area.notices", "/my/notices"}, {"area.claims", "/my/claims"}, {"area.assembly", "/my/assembly"}, {"area.neighbours", "/my/neighbours"}}}
	atDesk  = area{"desk", "/desk", []door{{"area.overview", "/desk/overview"}, {"area.queue", "/desk"}, {"area.desk_notices", "/desk/notices"}, {"area.register", "/desk/shops"}, {"area.streets", "/desk/streets"}, {"area.signatures", "/desk/signatures"}, {"area.heritage", "/desk/heritage"}, {"area.callout", "/desk/callout"}, {"area.events", "/desk/events"}, {"area.policies", "/desk/policies"}, {"area.vacancies", "/desk/vacancies"}, {"area.visits", "/desk/visits"}, {"area.outdoor", "/desk/outdoor"}, {"area.care", "/desk/care"}, {"area.holidays", "/desk/holidays"}, {"area.words", "/desk/words"}, {"area.open_points", "/desk/points"}}}
	station = area{"station", "/liaison", []door{{"area.liaison", "/liaison"}, {"area.members", "/liaison/members"}, {"area.meetings", "/liaison/meetings"}, {"area.action_items", "/liaison/actions"}, {"area.pact", "/liaison/pact"}, {"area.bodies", "/liaison/bodies"}, {"area.station", "/liaison/station"}, {"area.rooms", "/liaison/rooms"}, {"area.resources", "/liaison/resources"}, {"area.activities", "/liaison/activities"}, {"area.programme", "/liaison/programme"}, {"area.neighbours", "/liaison/neighbours"}}}
	audits  = area{"audits", "/admin/audit", []door{{"area.trail", "/admin/audit"}}}
	office  = area{"office", "/admin", []door{{"area.people", "/admin/accounts"}, {"area.taxonomy", "/admin/taxonomy"}, {"area.permissions", "/admin/permissions"}, {"area.trail", "/admin/audit"}, {"area.consents", "/admin/consents"}, {"area.asks", "/admin/asks"}, {"area.retention", "/admin/retention"}, {"area.settings", "/admin/settings"}, {"area.safety", "/admin/safety"}, {"area.jobs", "/admin/jobs"}, {"area.webhooks", "/admin/webhooks"}, {"area.links", "/admin/links"}, {"area.vacancies", "/desk/vacancies"}, {"area.visits", "/desk/visits"}, {"area.approvals", "/admin/assembly"}, {"area.signatures", "/desk/signatures"}, {"area.outdoor", "/desk/outdoor"}, {"area.care", "/desk/care"}}}
)

// behind are the pages that lie behind a door with another address.
var behind = map[string]string{
	"/desk/import": "/desk/shops", "/desk/export": "/desk/shops", "/desk/contacts": "/desk/shops", "/desk/stale": "/desk/shops",
	"/desk/duplicates": "/desk/shops", "/desk/batches": "/desk/shops",
	"/desk/walk": "/desk/streets", "/desk/walked": "/desk/streets", "/desk/register": "/desk/streets", "/desk/service-points": "/desk/streets", "/desk/boundary": "/desk/streets",
	"/desk/unvisited": "/desk/visits", "/desk/calendar": "/desk/holidays", "/desk/leads": "/desk/vacancies", "/desk/links": "/desk/overview",
}

// doorOf is the address under which the header knows the page at path.
func doorOf(path string) string {
	for page, door := range behind {
		if (entry{path: page}).holds(path) {
			return door
		}
	}
	return path
}

// areasOf lists the areas somebody works in, the one they work in most first. A role of the district opens its area only with the
// second factor, as access has it; without it there is the portal, and the own account.
func areasOf(r *Request) []area {
	out := []area{}
	works := r.Account.Works()
	role := func(x access.Role) bool { return r.Session.TwoFactor && slices.Contains(works, x) }
	if role(access.Coordinator) {
		out = append(out, atDesk)
	}
	if role(access.Liaison) {
		out = append(out, station)
	}
	if role(access.Auditor) {
		out = append(out, audits)
	}
	if role(access.Admin) {
		out = append(out, office)
	}
	if len(r.Actor.Seats) > 0 || !r.Account.Staff() {
		out = append(out, portal)
	}
	return out
}

// home is where somebody lands after signing in: where their work is. Who works for the district and has no second factor yet has to
// get one first.
func home(r *Request) string {
	if r.Account.Staff() && !r.Session.TwoFactor {
		return "/account/factors"
	}
	if in := areasOf(r); len(in) > 0 {
		return in[0].home
	}
	return "/account"
}

// privateBase is the base of a page for one person: in no index, in no list of languages, with the way around the area it lies in and
// the way out.
func (s *Site) privateBase(c *fiber.Ctx, title string) ui.Base {
	r := Of(c)
	b := s.Base(c, title)
	b.NoIndex, b.Canonical = true, ""
	for i := range b.Alternates {
		b.Alternates[i].URL = "" // the header still leads to the other languages
	}
	if !r.Actor.Known() {
		return b
	}
	p := s.speaker(c)
	_, own := lang.FromPath(c.Path())
	in := areasOf(r)
	b.Nav = []ui.NavItem{}
	for i, a := range in {
		if strings.HasPrefix(own+"/", a.home+"/") {
			in = slices.Concat(in[i:i+1], in[:i], in[i+1:]) // where they are comes first
			break
		}
	}
	if len(in) > 0 {
		b.Role = p.say("role." + in[0].key)
	}
	for _, a := range in {
		for _, e := range a.doors {
			there := slices.ContainsFunc(b.Nav, func(n ui.NavItem) bool { return n.Href == at(c, e.path) }) // two roles lead to it
			if s.shows(e.path) && !there {
				b.Nav = append(b.Nav, ui.NavItem{Label: p.say(e.word), Href: at(c, e.path)})
			}
		}
	}
	b.Nav = append(b.Nav, ui.NavItem{Label: p.say("area.account"), Href: at(c, "/account")})
	markCurrent(b.Nav, at(c, doorOf(own)))
	fold(b.Nav)
	b.Account = &ui.Account{Name: r.Account.Name, Href: at(c, "/account"), SignOut: at(c, "/sign-out"), CSRF: s.token(r)}
	if p.err != nil && r.err == nil {
		r.err = p.err
	}
	return b
}

// line is how many entries the header of a wide window has room for in one line.
const line = 8

// fold puts what has no room in the line under 其他页面. The areas list first what is opened every day.
func fold(nav []ui.NavItem) {
	if len(nav) <= line {
		return
	}
	for i := line - 2; i < len(nav); i++ { // 其他页面 and a longer word want room too
		nav[i].Folded = true
	}
}

// shows reports whether the site has a page at this address.
func (s *Site) shows(path string) bool {
	return slices.ContainsFunc(s.routes, func(r Route) bool { return r.Path == path && r.Method == fiber.MethodGet })
}

// markCurrent marks the entry that the page at path belongs to: the nearest above it.
func markCurrent(nav []ui.NavItem, path string) {
	best := -1
	for i, n := range nav {
		if (entry{path: n.Href}).holds(path) && (best < 0 || len(n.Href) > len(nav[best].Href)) {
			best = i
		}
	}
	if best >= 0 {
		nav[best].Current = true
	}
}
