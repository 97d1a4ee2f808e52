package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/lang"
)

// embedParams are what a list on another site can be narrowed by; theme is light or dark, else what the device says.
var embedParams = append(directory.Params(), paramTheme)

const paramTheme = "theme"

// embedRows is how many shops a list on another site shows; below them a link leads to all.
const embedRows = 12

// embedRoutes are the only pages that other sites may frame. They know no cookie, run no script and take no input.
func (s *Site) embedRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/embed", Handle: s.embedList, Cached: true, Framed: true, Query: embedParams, Rate: Search, Needs: access.PublicRead},
		{Method: http.MethodGet, Path: "/embed/shops/:slug", Handle: s.embedShop, Cached: true, Framed: true, Query: []string{paramTheme}, Probe: "/embed/shops/none", Needs: access.PublicRead},
	}
}

// framedHeaders are what a framed page says instead of the same of securityHeaders.
var framedHeaders = [][2]string{
	{"Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *; require-trusted-types-for 'script'"},
	{"Cross-Origin-Resource-Policy", "cross-origin"}, // also for sites that isolate themselves
}

// framed answers a page that may stand in a frame. What the visitor has chosen on the site itself does not matter there: a cookie that
// changed the page would be one that follows people to other sites. An error stays as it is everywhere.
func framed(c *fiber.Ctx) error {
	r := Of(c)
	r.Theme, r.Size = "", ""
	if theme := c.Query(paramTheme); theme == "light" || theme == "dark" {
		r.Theme = theme
	}
	err := c.Next()
	if status := c.Response().StatusCode(); err == nil && (status == fiber.StatusOK || status == fiber.StatusNotModified) {
		h := &c.Response().Header
		for _, kv := range framedHeaders {
			h.Set(kv[0], kv[1])
		}
		h.Del(fiber.HeaderXFrameOptions)
		h.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	}
	return err
}

// embedView is templates/pages/embed.html.
type embedView struct {
	Base  ui.Base
	Title string
	Shops []embeddedShop
	None  string
	// Wrong says what of the address cannot be read or is not known; the list is then empty, for it would be of other shops.
	Wrong []string
	All   ui.Link
}

// embeddedShop is a shop as another site shows it.
type embeddedShop struct {
	Name     string
	NameLang lang.Tag
	Href     string
	Status   ui.Status
	Address  ui.Marked
	Dial     string // empty: nobody's number is public
	Shown    string
}

// embedOf is a shop of a list, with addresses in full: they are followed from another site.
func (s *Site) embedOf(p *speaker, r *directory.Row) embeddedShop {
	v := embeddedShop{Name: r.Name, NameLang: r.NameLang, Href: s.config.Origin + ui.Href(p.Lang, "/shops/"+r.Listing.Slug), Status: statusOfRow(p, r), Address: addressLine(p, r)}
	if phones := r.Listing.PublicPhones(); len(phones) > 0 && !r.Gone() {
		v.Dial, v.Shown = strings.TrimPrefix(phones[0].Tel(), "tel:"), phones[0].Display()
	}
	return v
}

// embedShop: GET /embed/shops/:slug (theme).
func (s *Site) embedShop(c *fiber.Ctx) error {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	v := embedView{Title: shop.Name, Shops: []embeddedShop{s.embedOf(p, &shop.Row)}}
	v.All = ui.Link{Label: p.say("embed.more"), Href: v.Shops[0].Href}
	return s.showEmbed(c, p, v)
}

// embedList: GET /embed, with the parameters of a search. One that cannot be read, or names what is not there, is said instead of a list:
// who put the frame there asked for some shops and would show all of them.
func (s *Site) embedList(c *fiber.Ctx) error {
	values := url.Values{}
	for name, value := range c.Request().URI().QueryArgs().All() {
		values.Add(string(name), string(value))
	}
	q, problems := directory.ParseQuery(values, paramTheme)
	q = q.AsMap(false).AtPage(1)
	p := s.speaker(c)
	page, err := s.directory.Search(c.UserContext(), q, p.Lang, p.now)
	if err != nil {
		return err
	}
	if page.Degraded {
		c.Set(fiber.HeaderCacheControl, "no-store") // the next one may find the engine well again
	}
	v := embedView{Title: p.say("search.heading", "Place", s.place(p.Lang)), None: p.say("embed.none")}
	if q.Text != "" {
		v.Title = p.say("embed.searched", "Text", q.Text)
	}
	for _, f := range slices.Concat(problems, page.Problems) {
		v.Wrong = append(v.Wrong, p.problem(f))
	}
	if len(v.Wrong) > 0 {
		v.All = ui.Link{Label: p.say("nav.find"), Href: s.config.Origin + ui.Href(p.Lang, "/")}
		return s.showEmbed(c, p, v)
	}
	for i := range page.Rows[:min(len(page.Rows), embedRows)] {
		v.Shops = append(v.Shops, s.embedOf(p, &page.Rows[i]))
	}
	v.All = ui.Link{Label: p.count("embed.all", page.Total), Href: s.config.Origin + ui.Href(p.Lang, "/") + query(page.Query)}
	return s.showEmbed(c, p, v)
}

func (s *Site) showEmbed(c *fiber.Ctx, p *speaker, v embedView) error {
	v.Base = s.Base(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "embed", v)
}

// embedCode: GET /shops/:slug/embed: how to show the shop on another site, to copy.
func (s *Site) embedCode(c *fiber.Ctx) error {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	path := ui.Href(p.Lang, "/shops/"+shop.Listing.Slug)
	v := embedCodeView{
		Up: ui.Link{Label: shop.Name, Href: path}, Title: p.say("embed.title", "Name", shop.Name), Site: p.name(s.identity().Name),
		One:  frame(s.config.Origin+ui.Href(p.Lang, "/embed/shops/"+shop.Listing.Slug), shop.Name, 200),
		List: frame(s.config.Origin+ui.Href(p.Lang, "/embed")+"?open=now", p.name(s.identity().Name), 480),
		See:  ui.Link{Label: p.say("embed.see"), Href: ui.Href(p.Lang, "/embed/shops/"+shop.Listing.Slug)},
	}
	v.Base = s.Base(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "embed-code", v)
}

// embedCodeView is templates/pages/embed-code.html.
type embedCodeView struct {
	Base  ui.Base
	Up    ui.Link
	Title string
	Site  string
	One   string
	List  string
	See   ui.Link
}

// frame is what stands in the page of another site. It has no sandbox: in one, browsers would refuse the page its own style sheet.
func frame(src, title string, height int) string {
	return `<iframe src="` + src + `" title="` + strings.ReplaceAll(strings.ReplaceAll(title, "&", "&amp;"), `"`, "&quot;") +
		`" width="100%" height="` + itoa(int64(height)) + `" loading="lazy" referrerpolicy="no-referrer"></iframe>`
}
