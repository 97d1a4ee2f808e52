package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/listing"
)

// myRoutes are the merchants' side: the shops of who is signed in, and one page per task of each shop.
func (s *Site) myRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	shop, none := "/my/shops/:id", "/my/shops/none"
	routes := []Route{
		{Method: get, Path: "/my", Handle: s.myShops, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: "/my/shops/new", Handle: s.newShopPage, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: post, Path: "/my/shops/new", Handle: s.newShopSent, Kind: Private, Rate: Write, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: "/my/plazas/:id", Handle: s.myPlaza, Kind: Private, Needs: access.PlazaOpen, Thing: ofPlaza, Probe: "/my/plazas/none"},
		{Method: get, Path: "/my/shops/like", Handle: s.likePage, Kind: Private, Rate: Typing, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: shop, Handle: s.myShop, Kind: Private, Needs: access.ListingOpen, Thing: s.shopThing, Probe: none},
		{Method: post, Path: shop + "/confirm", Handle: s.myConfirmSent, Kind: Private, Rate: Write, Needs: access.ListingConfirm, Thing: s.shopThing, Probe: none + "/confirm"},
		{Method: post, Path: shop + "/withdraw", Handle: s.myWithdrawSent, Kind: Private, Rate: Write, Needs: access.ListingSensitive, Thing: s.shopThing, Probe: none + "/withdraw"},
		{Method: post, Path: shop + "/submit", Handle: s.mySubmitSent, Kind: Private, Rate: Write, Needs: access.ListingSubmit, Thing: s.shopThing, Probe: none + "/submit"},
		{Method: post, Path: shop + "/plaza", Handle: s.myPlazaSent, Kind: Private, Rate: Write, Needs: access.ListingPlaza, Thing: s.shopThing, Probe: none + "/plaza"},
		{Method: get, Path: shop + "/special", Handle: s.specialPage, Kind: Private, Needs: access.ListingHours, Thing: s.shopThing, Probe: none + "/special"},
		{Method: post, Path: shop + "/special", Handle: s.specialSent, Kind: Private, Rate: Write, Needs: access.ListingHours, Thing: s.shopThing, Probe: none + "/special"},
		{Method: get, Path: shop + "/special/copy", Handle: s.copyPage, Kind: Private, Needs: access.ListingHours, Thing: s.shopThing, Probe: none + "/special/copy"},
		{Method: post, Path: shop + "/special/copy", Handle: s.copySent, Kind: Private, Rate: Write, Needs: access.ListingHours, Thing: s.shopThing, Probe: none + "/special/copy"},
		{Method: get, Path: shop + "/extra", Handle: s.extraPage, Kind: Private, Needs: access.ListingHours, Thing: s.shopThing, Probe: none + "/extra"},
		{Method: get, Path: shop + "/history", Handle: s.historyPage, Kind: Private, Needs: access.ListingHistory, Thing: s.shopThing, Probe: none + "/history"},
		{Method: get, Path: shop + "/history/:rev", Handle: s.restorePage, Kind: Private, Needs: access.ListingRestore, Thing: s.shopThing, Probe: none + "/history/1"},
		{Method: post, Path: shop + "/history/:rev", Handle: s.restoreSent, Kind: Private, Rate: Write, Needs: access.ListingRestore, Thing: s.shopThing, Probe: none + "/history/1"},
		{Method: get, Path: "/confirm/:token", Handle: s.confirmPage, Kind: Private, Needs: access.PublicRead, Probe: "/confirm/none"},
		{Method: post, Path: "/confirm/:token", Handle: s.confirmSent, Kind: Private, Rate: Write, Needs: access.PublicRead, Probe: "/confirm/none"},
	}
	for _, e := range editors {
		routes = append(routes,
			Route{Method: get, Path: shop + "/" + e.path, Handle: s.editPage(e), Kind: Private, Needs: e.act, Thing: s.shopThing, Probe: none + "/" + e.path},
			Route{Method: post, Path: shop + "/" + e.path, Handle: s.editSent(e), Kind: Private, Rate: Write, Needs: e.act, Thing: s.shopThing, Probe: none + "/" + e.path})
	}
	return routes
}

// ownShop is the shop that the address names, as who asks may see it.
func (s *Site) ownShop(c *fiber.Ctx) (listing.Listing, error) {
	return s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
}

// shopHref is a page of a shop in the portal; without a page it is the first one.
func shopHref(c *fiber.Ctx, l *listing.Listing, page string) string {
	if page != "" {
		page = "/" + page
	}
	return at(c, "/my/shops/"+l.ID+page)
}

// shopPages are the pages of a shop in the order of the task list, with what it takes to open them. A page of which this site has
// none is left out, and so is one that is not for the role of who asks.
var shopPages = []taskPage{
	{"name", access.ListingSensitive},
	{"place", access.ListingSensitive},
	{"category", access.ListingSensitive},
	{"hours", access.ListingHours},
	{"special", access.ListingHours},
	{"extra", access.ListingHours},
	{"contact", access.ListingContact},
	{"photos", access.ListingPhotos},
	{"goods", access.ListingGoods},
	{"facilities", access.ListingGoods},
	{"texts", access.ListingTexts},
}

// taskPage is a page of a shop and what it takes to open it.
type taskPage struct {
	path string
	act  access.Action
}

// opens reports whether the site has the page and who asks may open it.
func (s *Site) opens(c *fiber.Ctx, l *listing.Listing, path string, act access.Action) bool {
	return s.shows("/my/shops/:id/"+path) && access.Can(Of(c).Actor, act, l.Thing())
}

// pageOf is the page on which a field is filled in.
var pageOf = map[string]string{
	"hours": "hours", "special": "special", "phones": "contact", "address": "place", "photos": "photos", "goods": "goods",
	"description": "texts", "tag_ids": "facilities", "payments": "facilities", "name.en": "name",
}

// meter says what the page of a shop lacks, and why it matters.
func (s *Site) meter(c *fiber.Ctx, p *speaker, l *listing.Listing) ui.Meter {
	m := ui.Meter{}
	for _, item := range listing.Completeness(l, s.calendar(), p.now) {
		m.Total++
		if item.Done {
			m.Done++
			continue
		}
		page := pageOf[item.Field]
		if i := slices.IndexFunc(shopPages, func(x taskPage) bool { return x.path == page }); i < 0 || !s.opens(c, l, page, shopPages[i].act) {
			continue // counted, but for another role to fill in
		}
		m.Missing = append(m.Missing, ui.Missing{Label: p.say("my.missing." + missingKey[item.Field]), Why: p.say(item.WhyKey), Href: shopHref(c, l, page)})
	}
	return m
}

// missingKey names what can be missing.
var missingKey = map[string]string{
	"hours": "hours", "special": "special", "phones": "phones", "address": "address", "photos": "photos", "goods": "goods",
	"description": "texts", "tag_ids": "tags", "payments": "payments", "name.en": "english",
}

// tasks is the list of pages of a shop with how far each is. current is the page it stands beside, bad says that it has mistakes.
func (s *Site) tasks(c *fiber.Ctx, p *speaker, l *listing.Listing, current string, bad bool) []ui.Task {
	todo := map[string]bool{}
	for _, item := range listing.Completeness(l, s.calendar(), p.now) {
		if !item.Done && item.Field != "name.en" { // the name is filled in without it
			todo[pageOf[item.Field]] = true
		}
	}
	waits := map[string]bool{}
	if l.Proposal != nil {
		for _, path := range l.Proposal.Paths {
			waits[proposedOn[path]] = true
		}
	}
	out := []ui.Task{}
	for _, page := range shopPages {
		if !s.opens(c, l, page.path, page.act) {
			continue
		}
		t := ui.Task{Label: p.say("my.page." + page.path), Href: shopHref(c, l, page.path), State: ui.TaskDone, Current: page.path == current}
		switch {
		case t.Current && bad:
			t.State = ui.TaskBad
		case waits[page.path]:
			t.State = ui.TaskWait
		case todo[page.path] || page.path == "category" && l.CategoryID == "":
			t.State = ui.TaskTodo
		case page.path == "extra" && len(l.ExtraHours) == 0:
			t.State = ui.TaskFree
		}
		out = append(out, t)
	}
	return out
}

// proposedOn is the page on which a change that waits was made.
var proposedOn = map[string]string{
	"name": "name", "aliases": "name", "category_id": "category", "format_id": "category", "address": "place", "location": "place",
}

// side is the column beside an editor.
func (s *Site) side(c *fiber.Ctx, p *speaker, l *listing.Listing, current string, bad bool) ui.Side {
	m := s.meter(c, p, l)
	m.Missing = nil // they stand in the list
	return ui.Side{Meter: &m, Tasks: s.tasks(c, p, l, current, bad)}
}

// seen is what customers see of a listing, from nothing but itself; the same code makes the public page.
func (s *Site) seen(p *speaker, l *listing.Listing) (ui.Status, directory.ShopPage) {
	public := l.ForPublic()
	shop := directory.Preview(&public, s.calendar(), p.Lang, p.now)
	return statusOfRow(p, &shop.Row), shop
}

// stateWords says where a page stands, for its own people; empty while it is public.
func stateWords(p *speaker, l *listing.Listing) string {
	if l.State == listing.Published {
		return ""
	}
	return p.say("my.state." + string(l.State))
}

// whereWords is the shop in one line: name and address.
func whereWords(p *speaker, l *listing.Listing) string {
	words := []string{p.name(l.Name.Text)}
	if l.Address.Line != "" {
		words = append(words, l.Address.Line)
	}
	return strings.Join(words, p.say("my.comma"))
}

// doneWords are what a page can say about what was just done.
var doneWords = []string{
	"live", "wait", "both", "same", "saved", "confirmed", "withdrawn", "submitted", "restored", "plaza_on", "plaza_off", "answered", "removed", "paused", "short", "opened", "stale",
}

// doneNote is the callout for ?done=WORD; nil for any other word.
func doneNote(c *fiber.Ctx, p *speaker) []ui.Callout {
	word := c.Query("done")
	if !slices.Contains(doneWords, word) {
		return []ui.Callout{}
	}
	kind, icon := "ok", "check"
	if word == "stale" {
		kind, icon = "warn", "alert"
	}
	return []ui.Callout{{Kind: kind, Icon: icon, Lead: p.say("my.done." + word)}}
}

// isStale reports whether err says that somebody else wrote first.
func isStale(err error) bool {
	f, ok := err.(*fault.Error) //nolint:errorlint // of a service, which wraps nothing
	return ok && f.Kind == fault.Conflict && f.Key == "error.stale"
}

// momentWords says when something was done: 今天 19:12, 10 月 13 日 9:30.
func momentWords(p *speaker, t time.Time) string {
	t = t.In(calendar.Shanghai)
	return p.say("my.moment", "Day", dayWords(p, t), "Time", ui.Clock(t))
}

// dayWords is a day that has passed, or today.
func dayWords(p *speaker, t time.Time) string {
	if calendar.Today(t) == calendar.Today(p.now) {
		return ui.Day(p.Lang, t, p.now)
	}
	return ui.ShortDate(p.Lang, t, p.now)
}
