package web

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/text/cases"
	"golang.org/x/text/language"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/insight"
	"shangquan/services/lang"
	"shangquan/services/plan"
)

// searchParams are the parameters of a search address that change the page: those of the directory, and the pin chosen on the plan.
var searchParams = append(directory.Params(), paramChosen)

// paramChosen is the number of the row whose pin is chosen on the plan.
const paramChosen = "sel"

// found is the region of the page that a changed filter replaces.
const found = "#found"

// often are the words people look for most (ui design: at most six). They are searched, so they need no shop behind them.
var often = []string{"search.often.bank", "search.often.canteen", "search.often.clinic", "search.often.pharmacy", "search.often.supermarket"}

// searchPage is the home page with its results: 找店.
type searchPage struct {
	Base     ui.Base
	Heading  string
	Box      ui.SearchBox
	Chips    []ui.Chip
	Filters  ui.Filters
	Callouts []ui.Callout
	Count    ui.Count
	Sorts    []ui.Chip
	Switch   ui.Switch
	OnMap    bool
	Near     ui.Near
	Rows     []template.HTML
	Empty    *ui.Empty
	Similar  []template.HTML
	Pager    ui.Pager
	Plan     *ui.Plan
	// Chosen is the shop whose pin is chosen on the plan.
	Chosen         []template.HTML
	ChosenHref     string
	Previous, Next string
	OffPlan        string
	// Week is what is told these days, beside the list of the home page; nil on other pages.
	Week *weekView
}

// The plan beside the list is upright, the one instead of it lies.
const (
	asideWidth, asideHeight = 1600, 2000
	mapWidth, mapHeight     = 1600, 1400
)

func (s *Site) search(c *fiber.Ctx) error {
	// Read as the page cache reads it: of a broken address, %zz or a;b, url.ParseQuery makes another question, and the answer
	// to the one would be kept for the other.
	values := url.Values{}
	for name, value := range c.Request().URI().QueryArgs().All() {
		values.Add(string(name), string(value))
	}
	q, problems := directory.ParseQuery(values, paramChosen)
	p := s.speaker(c)
	noPlan := q.Map && !s.showsPlan() // an address from before it was taken down
	if noPlan {
		q = q.AsMap(false)
	}
	page, err := s.directory.Search(c.UserContext(), q, p.Lang, p.now)
	if err != nil {
		return err
	}
	if page.Degraded {
		c.Set(fiber.HeaderCacheControl, "no-store") // the next one may find the engine well again
	}
	v := searchPage{
		Heading: p.say("search.heading", "Place", s.place(p.Lang)), OnMap: page.Query.Map, Near: ui.Near{Into: found},
		Rows: s.rows(p, page.Rows), Similar: s.rows(p, page.Similar),
	}
	l := links{p.Lang, &page.Query}
	v.Base = s.searchBase(c, p, &page)
	v.Box = ui.SearchBox{Action: ui.Href(p.Lang, "/"), Into: found, Query: page.Query.Text, Hidden: l.hidden("q")}
	if page.Query.Home() {
		if err := s.homeNotices(c, p, &v); err != nil {
			return err
		}
		for _, word := range s.oftenWords(p) {
			v.Box.Often = append(v.Box.Often, ui.Link{Label: word, Href: ui.Href(p.Lang, "/") + "?" + directory.Query{Text: word, Page: 1}.Encode()})
		}
	}
	v.Filters = filters(p, l, &page.Facets)
	v.Chips = chips(p, l, v.Filters.Facets)
	if noPlan {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("search.no_plan.lead"), Text: p.say("search.no_plan.text")})
	}
	for _, f := range slices.Concat(problems, page.Problems) {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Text: p.problem(f)})
	}
	v.Callouts = append(v.Callouts, notes(p, l, &page)...)
	v.Count = counted(p, &page)
	v.Sorts = sorts(p, l)
	v.Switch = ui.Switch{List: l.to(page.Query.AsMap(false)), Map: l.to(page.Query.AsMap(true)), OnMap: page.Query.Map}
	if page.Total == 0 {
		v.Empty = nothing(p, l, &page)
		if s.services.Insight != nil && unmet(&page) {
			v.Empty.Buttons = append(v.Empty.Buttons, ui.Button{
				Label: p.say("want.button"), Href: ui.Href(p.Lang, "/missing") + "?what=" + escaped(page.Query.Text), Kind: "text",
			})
		}
	}
	v.Pager = ui.NewPager(page.Pager.Page, page.Pager.Prev(), page.Pager.Next(), page.Pager.Numbers, func(n int) string { return l.to(page.Query.AtPage(n)) })
	if err := s.drawn(c, p, &page, values.Get(paramChosen), &v); err != nil {
		return err
	}
	if p.err != nil {
		return p.err
	}
	if q := &page.Query; q.Text != "" || q.Filtered() {
		ids := make([]string, len(page.Rows))
		for i := range page.Rows {
			ids[i] = page.Rows[i].Listing.ID
		}
		Of(c).notes(insight.Found, q.Text, ids...)
		Of(c).counted.missed = q.Text != "" && !q.Filtered() && !page.Degraded && (page.Total == 0 || page.Relaxed)
	}
	return s.Render(c, "search", v)
}

// place is what the sign says; English pages have the pinyin under it, written as a name.
func (s *Site) place(t lang.Tag) string {
	id := s.identity()
	if t == lang.En && id.SignPinyin != "" {
		return cases.Title(language.Und).String(id.SignPinyin)
	}
	return id.Sign
}

// links makes addresses of searches in one language.
type links struct {
	lang lang.Tag
	q    *directory.Query
}

func (l links) to(q directory.Query) string {
	return ui.Href(l.lang, "/") + query(q)
}

func (l links) change(f func(*directory.Query)) string { return l.to(l.q.Change(f)) }

// hidden are the fields that keep the rest of the question, but for those named and the page.
func (l links) hidden(but ...string) []ui.Hidden {
	out := []ui.Hidden{}
	values := l.q.Values()
	for _, name := range directory.Params() {
		if name == "page" || slices.Contains(but, name) {
			continue
		}
		for _, v := range values[name] {
			out = append(out, ui.Hidden{Name: name, Value: v})
		}
	}
	return out
}

// searchBase makes the head of the page: its title counts the results, its address is the canonical one.
func (s *Site) searchBase(c *fiber.Ctx, p *speaker, page *directory.Page) ui.Base {
	var title string
	switch {
	case page.Query.Text != "":
		title = p.count("search.title.words", page.Total, "Words", page.Query.Text)
	case page.Query.Filtered():
		title = p.count("search.title.filtered", page.Total)
	default:
		title = p.say("search.title.home")
	}
	if page.Pager.Pages > 1 {
		title = p.say("search.title.page", "Title", title, "Page", page.Pager.Page, "Pages", page.Pager.Pages)
	}
	b := s.Base(c, title)
	b.Description = p.say("search.summary", "Site", b.Site.Name)
	list := s.rowsJSONLD(title, (page.Pager.Page-1)*directory.PerPage, page.Rows)
	if b.JSONLD = graph(list); page.Query.Home() {
		b.JSONLD = graph(s.siteJSONLD(p), list)
	}
	// The address for search engines says what was asked, not from where, in which order or how it was looked at.
	asked := page.Query.AsMap(false)
	asked.Near, asked.Sort = nil, directory.Best
	public, whole := query(asked), query(page.Query)
	b.Canonical += public
	for i := range b.Alternates {
		b.Alternates[i].URL += public
		b.Alternates[i].Path += whole
	}
	return b
}

// query is the part of an address behind the path, with its question mark; empty for the home page.
func query(q directory.Query) string {
	if enc := q.Encode(); enc != "" {
		return "?" + enc
	}
	return ""
}

// counted says how many there are: on the home page and with 现在营业 those that are open now come first.
func counted(p *speaker, page *directory.Page) ui.Count {
	order := p.say("search.order." + orderName(page.Query.Sort, page.Query.Text != ""))
	if page.Query.Home() && page.OpenCount > 0 {
		return ui.Count{Number: page.OpenCount, Label: p.count("search.count.open", page.OpenCount), Detail: p.count("search.count.of", page.Total, "Order", order)}
	}
	if page.Query.Open == directory.Now {
		return ui.Count{Number: page.Total, Label: p.count("search.count.open", page.Total), Detail: order}
	}
	v := ui.Count{Number: page.Total, Label: p.count("search.count.all", page.Total)}
	switch {
	case page.OpenCount > 0:
		v.Detail = p.count("search.count.open_of", page.OpenCount, "Order", order)
	case page.Total > 0:
		v.Detail = order // that none is known to be open says little while most have not said when they are
	}
	return v
}

// orderName names an order in the catalogue: without words to search for, the best are those that are open.
func orderName(o directory.Sort, words bool) string {
	switch {
	case o == directory.Best && words:
		return "best"
	case o == directory.Best:
		return "open"
	}
	return string(o)
}

func sorts(p *speaker, l links) []ui.Chip {
	out := []ui.Chip{}
	for _, o := range []directory.Sort{directory.Best, directory.Nearest, directory.Door, directory.ByName} {
		if o == directory.Nearest && l.q.Near == nil {
			continue
		}
		out = append(out, ui.Chip{
			Label: p.say("search.sort." + orderName(o, l.q.Text != "")), Into: found, On: l.q.Sort == o,
			Href: l.change(func(q *directory.Query) { q.Sort = o }),
		})
	}
	return out
}

// notes are what the visitor should know of how the answer came about.
func notes(p *speaker, l links, page *directory.Page) []ui.Callout {
	out := []ui.Callout{}
	if page.Degraded {
		out = append(out, ui.Callout{Icon: "info", Lead: p.say("search.degraded.lead"), Text: p.say("search.degraded.text")})
	}
	near := ui.Callout{Icon: "info"}
	if page.Relaxed && page.Total > 0 {
		near.Lead, near.Text = p.say("search.relaxed.lead", "Words", page.Query.Text), p.say("search.relaxed.text")
	}
	if name := page.DidYouMean; name != "" { // also when only letters were mistaken and all words were found
		if i := strings.IndexAny(name, "（("); i > 0 {
			name = strings.TrimSpace(name[:i]) // of one branch, while all of them are meant
		}
		near.Link = &ui.Link{Label: p.say("search.did_you_mean", "Name", name), Href: l.change(func(q *directory.Query) { q.Text = name })}
	}
	if near.Lead != "" || near.Link != nil {
		out = append(out, near)
	}
	if page.Truncated {
		out = append(out, ui.Callout{Icon: "info", Text: p.say("search.truncated")})
	}
	return out
}

// unmet reports whether words were searched that no shop of the district answers to, with or without filters.
func unmet(page *directory.Page) bool {
	return page.Query.Text != "" && !page.Degraded && (page.Help == nil || page.Help.Plain == 0)
}

// nothing says what to try when there is no result.
func nothing(p *speaker, l links, page *directory.Page) *ui.Empty {
	e := &ui.Empty{Lead: p.say("search.nothing.filters"), Hints: []ui.Hint{}, Buttons: []ui.Button{}}
	if page.Query.Text != "" {
		e.Lead = p.say("search.nothing.words", "Words", page.Query.Text)
	}
	h := page.Help
	if h == nil {
		return e
	}
	if h.Words != "" {
		e.Hints = append(e.Hints, ui.Hint{
			Text:  p.say("search.nothing.close"),
			Links: []ui.Link{{Label: h.Words, Href: l.to(directory.Query{Text: h.Words, Page: 1})}},
		})
	} else if page.Query.Text != "" {
		e.Hints = append(e.Hints, ui.Hint{Text: p.say("search.nothing.another")})
	}
	if len(h.Categories) > 0 {
		kinds := ui.Hint{Text: p.say("search.nothing.kinds")}
		for _, k := range h.Categories {
			kinds.Links = append(kinds.Links, ui.Link{
				Label: p.count("search.nothing.kind", k.N, "Name", p.name(k.Name)),
				Href:  l.to(directory.Query{Categories: []string{k.Value}, Page: 1}),
			})
		}
		e.Hints = append(e.Hints, kinds)
	}
	for _, b := range []struct {
		n      int
		key    string
		change func(*directory.Query)
	}{
		{h.AnyTime, "search.nothing.any_time", func(q *directory.Query) { q.Open = directory.AnyTime }},
		{h.AnyWhere, "search.nothing.any_where", func(q *directory.Query) { q.Streets, q.Plazas, q.Level = nil, nil, 0 }},
		{h.AnyKind, "search.nothing.any_kind", func(q *directory.Query) { q.Categories, q.Groups = nil, nil }},
		{h.AnyPrice, "search.nothing.any_price", func(q *directory.Query) { q.Prices = nil }},
	} {
		if b.n > 0 {
			e.Buttons = append(e.Buttons, ui.Button{Label: p.count(b.key, b.n), Href: l.change(b.change), Kind: "alt"})
		}
	}
	if len(e.Buttons) == 0 && h.Plain > 0 {
		e.Buttons = append(e.Buttons, ui.Button{Label: p.count("search.nothing.plain", h.Plain), Href: l.to(page.Query.Unfiltered()), Kind: "alt"})
	}
	if len(e.Buttons) == 0 {
		e.Buttons = append(e.Buttons, ui.Button{Label: p.say("search.nothing.home"), Href: ui.Href(p.Lang, "/"), Kind: "alt"})
	}
	return e
}

// drawn adds the street plan: instead of the list when it was asked for, else beside it.
func (s *Site) drawn(c *fiber.Ctx, p *speaker, page *directory.Page, chosen string, v *searchPage) error {
	if !s.showsPlan() {
		return nil
	}
	width, height := asideWidth, asideHeight
	if page.Query.Map {
		width, height = mapWidth, mapHeight
	}
	d, err := s.directory.Plan(c.UserContext(), page.Rows, p.Lang, width, height, p.now)
	if err != nil {
		return err
	}
	if d.Empty() {
		return nil
	}
	n := chosenRow(chosen, page.Rows, d)
	at := func(number int) string {
		enc := page.Query.AsMap(true).Encode()
		return ui.Href(p.Lang, "/") + "?" + enc + "&" + paramChosen + "=" + strconv.Itoa(number)
	}
	rows := map[string]*directory.Row{}
	for i := range page.Rows {
		rows[page.Rows[i].Listing.ID] = &page.Rows[i]
	}
	view := ui.PlanView{ID: "plan", Description: p.say("search.plan"), Legend: true, Look: func(id string) ui.PinLook {
		r := rows[id]
		st := rowStatus(p, r)
		look := ui.PinLook{Kind: st.Kind, Label: p.say("plan.pin", "N", r.Number, "Name", r.Name, "Status", st.Word), Href: at(r.Number)}
		if page.Query.Map {
			look.Selected = n > 0 && r.Number == page.Rows[n-1].Number
		} else {
			look.Href = ui.Href(p.Lang, "/shops/"+r.Listing.Slug)
		}
		return look
	}}
	v.Plan = s.publicPlan(d, view)
	if off := len(page.Rows) - len(d.Pins); off > 0 {
		v.OffPlan = p.count("search.off_plan", off)
	}
	if page.Query.Map && n > 0 {
		v.Chosen, v.ChosenHref = v.Rows[n-1:n], ui.Href(p.Lang, "/shops/"+page.Rows[n-1].Listing.Slug)
		pinned := pinnedRows(page.Rows, d)
		i := slices.Index(pinned, n)
		if i > 0 {
			v.Previous = at(pinned[i-1])
		}
		if i >= 0 && i < len(pinned)-1 {
			v.Next = at(pinned[i+1])
		}
	}
	return nil
}

// pinnedRows are the numbers of the rows that have a pin, in the order of the list.
func pinnedRows(rows []directory.Row, d plan.Drawing) []int {
	out := []int{}
	for i := range rows {
		if slices.ContainsFunc(d.Pins, func(pin plan.Pin) bool { return pin.ID == rows[i].Listing.ID }) {
			out = append(out, rows[i].Number)
		}
	}
	return out
}

// chosenRow is the number of the row asked for when it has a pin, else the first that has one; 0 for none.
func chosenRow(asked string, rows []directory.Row, d plan.Drawing) int {
	pinned := pinnedRows(rows, d)
	if n, err := strconv.Atoi(asked); err == nil && slices.Contains(pinned, n) {
		return n
	}
	if len(pinned) > 0 {
		return pinned[0]
	}
	return 0
}
