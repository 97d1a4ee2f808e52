package web

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/lang"
)

// languageNames are what a language calls itself; they are the same on every page.
var languageNames = map[lang.Tag]string{lang.Hans: "简体中文", lang.Hant: "繁體中文", lang.En: "English"}

// entry is a line of the header or the footer.
type entry struct{ key, path string }

// holds reports whether a page belongs to the entry: itself, or a page under it.
func (e entry) holds(path string) bool {
	return path == e.path || e.path != "/" && strings.HasPrefix(path, e.path+"/")
}

// The header leads to what people come for, the footer to what they ask about the site.
var (
	navigation = []entry{
		{"find", "/"}, {"plazas", "/plazas"}, {"streets", "/streets"}, {"night", "/night"}, {"heritage", "/heritage"}, {"points", "/points"},
	}
	footing = []entry{
		{"notices", "/notices"}, {"favourites", "/favourites"}, {"report", "/reports"}, {"help", "/help"}, {"about", "/about"}, {"accessibility", "/accessibility"}, {"privacy", "/privacy"}, {"open_data", "/open-data"}, {"bodies", "/bodies"}, {"station", "/station"}, {"spaces", "/spaces"}, {"activities", "/activities"}, {"neighbours", "/neighbours"}, {"outdoor", "/outdoor"}, {"policies", "/policies"}, {"vacancies", "/vacancies"}, {"answers", "/how-we-answer"}, {"sign_in", "/sign-in"},
	}
)

// Render answers with a page in the language of the request.
func (s *Site) Render(c *fiber.Ctx, page string, data any) error {
	return s.renderer.HTML(c, Of(c).Lang, page, data)
}

// Base returns what every page has. title is the page's own; the name of the site is added to it.
func (s *Site) Base(c *fiber.Ctx, title string) ui.Base {
	r := Of(c)
	id := s.identity()
	name, _ := id.Name.In(r.Lang)
	say := func(key string, args ...any) string {
		text, err := s.catalogue.In(r.Lang).Say(key, args...)
		if err != nil && r.err == nil {
			r.err = err
		}
		return text
	}
	_, own := lang.FromPath(c.Path())
	canonical := s.config.Origin + ui.Href(r.Lang, own)
	described := graph(s.pageJSONLD("WebPage", canonical, title, r.Lang)) // until the page says more of itself
	if title != "" {
		title = say("shell.title", "Page", title, "Site", name)
	} else {
		title = name
	}
	b := ui.Base{
		Lang: r.Lang, Title: title, Theme: r.Theme, Size: r.Size,
		Canonical: canonical, JSONLD: described,
		Back: ui.Href(r.Lang, own), Printed: ui.ShortDate(r.Lang, s.now().In(calendar.Shanghai), time.Time{}),
		Site: ui.Site{
			Name: name, Sign: ui.Sign{Hanzi: id.Sign, Pinyin: id.SignPinyin, Href: ui.Href(r.Lang, "/"), Label: say("shell.home", "Name", name)},
			Operator: id.Operator, Phone: id.Phone, PhoneTel: dialled(id.Phone),
			ICP: id.ICP, Police: id.Police, Undertaker: id.Undertaker, SiteCode: id.SiteCode, Complaints: id.Complaints, ComplaintsHref: leadsThere(id.Complaints),
		},
	}
	if q := askedFor(c); q != "" {
		b.Back += "?" + q
	}
	b.Emergencies = s.emergencies(c)
	for _, t := range lang.Tags {
		if !s.leadsTo(t) {
			continue
		}
		p := ui.Href(t, own)
		b.Alternates = append(b.Alternates, ui.Alternate{Lang: t, Name: languageNames[t], URL: s.config.Origin + p, Path: p})
	}
	for _, n := range navigation {
		b.Nav = append(b.Nav, ui.NavItem{Label: say("nav." + n.key), Href: ui.Href(r.Lang, n.path), Current: n.holds(own)})
	}
	for _, n := range footing {
		b.Site.Links = append(b.Site.Links, ui.NavItem{Label: say("nav." + n.key), Href: ui.Href(r.Lang, n.path)})
	}
	if id.ICP != "" {
		b.Site.ICPHref = "https://beian.miit.gov.cn/"
	}
	if id.Police != "" {
		b.Site.PoliceHref = policeRecord + dialled(id.Police)
	}
	return b
}

// askedFor is the query of an address without what only says how people came by it: the page may be kept for others.
func askedFor(c *fiber.Ctx) string {
	all := strings.Split(string(c.Request().URI().QueryString()), "&")
	route := Of(c).route
	if route == nil || !route.Cached {
		return strings.Join(all, "&") // it is for this one visitor
	}
	reads := func(name string) bool { return slices.Contains(route.Query, name) }
	return strings.Join(slices.DeleteFunc(all, func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(name); err == nil {
			name = plain
		}
		return directory.Carried(name) && !reads(name)
	}), "&")
}

// policeRecord is where the public security bureau shows the record of a site by the digits of its number.
const policeRecord = "https://beian.mps.gov.cn/#/query/webSearch?code="

// oneNumber matches how one telephone number is written, with its country or area before it: a hotline, a number of the area, a mobile or
// a 400 number. Two hotlines beside each other are not one.
var oneNumber = regexp.MustCompile(`^(?:\+\d{1,3}[ -]?(?:[1-9]\d{1,2}[ -]?)?|[(（]0\d{2,3}[)）][ -]?|0\d{2,3}[ -]?)?` +
	`(?:\d{3,6}|\d{7,8}|\d{3,4}[ -]\d{4}|1\d{2}[ -]?\d{4}[ -]?\d{4}|[48]00[ -]?(?:\d{3}[ -]?\d{4}|\d{4}[ -]?\d{3}))$`)

// leadsThere is the link of what may be a number or an address; empty for words, and for more than one of them.
func leadsThere(where string) string {
	if oneNumber.MatchString(where) {
		return "tel:" + dialled(where)
	}
	if !strings.HasPrefix(where, "https://") || strings.ContainsFunc(where, func(r rune) bool { return r <= ' ' || r > '~' || r == ',' || r == ';' }) {
		return ""
	}
	if u, err := url.Parse(where); err != nil || u.Hostname() == "" {
		return ""
	}
	return where
}

// dialled keeps of a number as shown what a phone dials.
func dialled(shown string) string {
	return strings.Map(func(r rune) rune {
		if (r >= '0' && r <= '9') || r == '+' {
			return r
		}
		return -1
	}, shown)
}
