package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/desk"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// tableRoutes are the register as a table, and new shops that the district enters itself.
func (s *Site) tableRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/desk/shops", Handle: s.tablePage, Kind: Private, Needs: access.RegisterTable},
		{Method: http.MethodGet, Path: "/desk/shops/new", Handle: s.enterPage, Kind: Private, Needs: access.RegisterEnter},
		{Method: http.MethodPost, Path: "/desk/shops/new", Handle: s.enterSent, Kind: Private, Rate: Write, Needs: access.RegisterEnter},
	}
}

// deskTable is templates/pages/desk-table.html.
type deskTable struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Callouts []ui.Callout
	Action   string
	Find     ui.Field
	Filters  []ui.Field
	Narrowed int // how many filters are set
	Go       ui.Button
	Clear    string
	Count    string
	Roll     ui.Roll
	Pager    ui.Pager
	Links    []ui.Link
}

// The parameters of the table.
var tableParams = []string{"q", "state", "street", "plaza", "category", "months", "lacks", "source", "owner", "sort"}

// staleMonths are the choices of how long ago a page was confirmed.
var staleMonths = []int{3, 6, 12, 24}

// tableFilter reads the parameters; what it does not know does not narrow.
func tableFilter(v url.Values) desk.Filter {
	months, _ := strconv.Atoi(v.Get("months")) // 0: any
	page, err := strconv.Atoi(v.Get("page"))
	if err != nil {
		page = 1
	}
	f := desk.Filter{
		Text: v.Get("q"), State: listing.State(v.Get("state")), StreetID: v.Get("street"), PlazaID: v.Get("plaza"), Category: v.Get("category"),
		Months: months, Lacks: v.Get("lacks"), Source: v.Get("source"), Owner: v.Get("owner"), Sort: desk.Sort(v.Get("sort")), Page: page,
	}
	if !slices.Contains(listing.States, f.State) {
		f.State = ""
	}
	if !slices.Contains(desk.Lacks, f.Lacks) {
		f.Lacks = ""
	}
	return f
}

// queryOf are the parameters of a GET as values.
func queryOf(c *fiber.Ctx) url.Values {
	v, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return url.Values{}
	}
	return v
}

// tablePage: GET /desk/shops (q, state, street, plaza, category, months, lacks, source, owner, sort, page).
func (s *Site) tablePage(c *fiber.Ctx) error {
	p, ctx := s.speaker(c), c.UserContext()
	q := queryOf(c)
	t, err := s.services.Desk.Table(ctx, Of(c).Actor, tableFilter(q))
	if err != nil {
		return err
	}
	places, err := s.placesNamed(c)
	if err != nil {
		return err
	}
	b, err := s.services.Streets.Boundary(ctx)
	if err != nil {
		return err
	}
	kept := url.Values{}
	for _, name := range tableParams {
		if q.Get(name) != "" {
			kept.Set(name, q.Get(name))
		}
	}
	v := deskTable{Up: *toDesk(c, p), Title: p.say("roll.title"), Action: at(c, "/desk/shops"), Go: ui.Button{Label: p.say("roll.go"), Icon: "search"}}
	if w := saidHere(c, "entered"); w != "" {
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("roll.done." + w)}}
	}
	v.Find = ui.Field{ID: "q", Name: "q", Label: p.say("roll.find"), Type: "search", Value: q.Get("q"), Hint: p.say("roll.find_hint")}
	v.Filters = s.tableFilters(p, q, places, t.Sources)
	for name := range kept {
		if name != "q" && name != "sort" {
			v.Narrowed++
		}
	}
	if len(kept) > 0 {
		v.Clear = at(c, "/desk/shops")
	}
	v.Count = p.count("roll.count", t.Total)
	v.Roll = s.roll(c, p, t, places, &b, kept)
	v.Pager = pages(c, t.Pages, tableFilter(q).Page, "/desk/shops", kept)
	v.Links = []ui.Link{
		{Label: p.say("roll.enter"), Href: at(c, "/desk/shops/new")},
		{Label: p.say("twin.title"), Href: at(c, "/desk/duplicates")},
		{Label: p.say("recheck.title"), Href: at(c, "/desk/stale")},
		{Label: p.say("batch.list"), Href: at(c, "/desk/batches")},
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "desk-table", v)
}

// pages are the links of a pager over a list of n pages.
func pages(c *fiber.Ctx, n, page int, path string, kept url.Values) ui.Pager {
	if n < 2 {
		return ui.Pager{}
	}
	numbers := []int{}
	for i := 1; i <= n; i++ {
		switch near := i == 1 || i == n || i >= page-1 && i <= page+1; {
		case near:
			numbers = append(numbers, i)
		case numbers[len(numbers)-1] != 0:
			numbers = append(numbers, 0)
		}
	}
	previous, next := page-1, page+1
	if next > n {
		next = 0
	}
	return ui.NewPager(page, previous, next, numbers, func(i int) string {
		v := url.Values{}
		for name := range kept {
			v.Set(name, kept.Get(name))
		}
		if i > 1 {
			v.Set("page", strconv.Itoa(i))
		}
		if len(v) == 0 {
			return at(c, path)
		}
		return at(c, path) + "?" + v.Encode()
	})
}

// placesNamed are the places of the register by id, in the language of the page.
type placesNamed struct {
	streets []place.Street
	plazas  []place.Plaza
}

func (s *Site) placesNamed(c *fiber.Ctx) (x placesNamed, err error) {
	if x.streets, err = s.services.Places.Streets(c.UserContext()); err == nil {
		x.plazas, err = s.services.Places.Plazas(c.UserContext())
	}
	return x, err
}

func (x *placesNamed) street(p *speaker, id string) string {
	for i := range x.streets {
		if x.streets[i].ID == id {
			return p.name(x.streets[i].Name)
		}
	}
	return ""
}

// anyThen are options that begin with one that does not narrow.
func anyThen(p *speaker, value string, options []ui.Option) []ui.Option {
	return chosen(append([]ui.Option{{Label: p.say("roll.any")}}, options...), value)
}

func (s *Site) tableFilters(p *speaker, q url.Values, places placesNamed, sources []string) []ui.Field {
	field := func(name string, options []ui.Option) ui.Field {
		return ui.Field{ID: name, Name: name, Label: p.say("roll.by." + name), Options: anyThen(p, q.Get(name), options)}
	}
	states, streets, plazas, kinds, months, lacks, from := []ui.Option{}, []ui.Option{}, []ui.Option{}, []ui.Option{}, []ui.Option{}, []ui.Option{}, []ui.Option{}
	for _, st := range listing.States {
		states = append(states, ui.Option{Value: string(st), Label: p.say("my.state." + string(st))})
	}
	for i := range places.streets {
		streets = append(streets, ui.Option{Value: places.streets[i].ID, Label: p.name(places.streets[i].Name)})
	}
	for i := range places.plazas {
		plazas = append(plazas, ui.Option{Value: places.plazas[i].ID, Label: p.name(places.plazas[i].Name)})
	}
	kinds = append(kinds, s.categories(p)[1:]...)
	for _, n := range staleMonths {
		months = append(months, ui.Option{Value: strconv.Itoa(n), Label: p.count("roll.months", n)})
	}
	for _, x := range desk.Lacks {
		lacks = append(lacks, ui.Option{Value: x, Label: p.say("fact." + lackWords[x])})
	}
	for _, id := range sources {
		from = append(from, ui.Option{Value: id, Label: id})
	}
	sorts := ui.Field{ID: "sort", Name: "sort", Label: p.say("roll.by.sort")}
	for _, x := range desk.Sorts {
		sorts.Options = append(sorts.Options, ui.Option{Value: string(x), Label: p.say("roll.sort." + string(x))})
	}
	sorts.Options = chosen(sorts.Options, q.Get("sort"))
	return []ui.Field{
		field("state", states), field("street", streets), field("plaza", plazas), field("category", kinds), field("months", months), field("lacks", lacks),
		field("owner", []ui.Option{{Value: "yes", Label: p.say("roll.owner.yes")}, {Value: "no", Label: p.say("roll.owner.no")}}), field("source", from), sorts,
	}
}

// lackWords are the facts by which the want of something is named.
var lackWords = map[string]string{
	"hours": "week", "phones": "phones", "address": "address", "photos": "photos", "goods": "goods", "description": "text", "tag_ids": "tags",
	"payments": "payments", "name.en": "name_en",
}

func (s *Site) roll(c *fiber.Ctx, p *speaker, t desk.Table, places placesNamed, b *place.Boundary, kept url.Values) ui.Roll {
	v := ui.Roll{
		Caption: p.say("roll.title"), Action: at(c, "/desk/batches/new"), Button: ui.Button{Label: p.say("batch.choose"), Kind: "alt"},
		Columns: []string{p.say("fact.name"), p.say("fact.address"), p.say("fact.category"), p.say("roll.column.owner"), p.say("roll.column.confirmed"), p.say("roll.column.complete")},
	}
	for _, name := range tableParams {
		if kept.Get(name) != "" {
			v.Hidden = append(v.Hidden, ui.Hidden{Name: name, Value: kept.Get(name)})
		}
	}
	if t.Total > len(t.Rows) {
		v.All = p.count("roll.all", min(t.Total, desk.MaxChosen))
	}
	for _, r := range t.Rows {
		name, in := r.Name.In(p.Lang)
		x := ui.RollRow{ID: r.ID, Title: name, Lang: in, Href: at(c, "/desk/shops/"+r.ID)}
		if r.State != listing.Published {
			x.Tags = append(x.Tags, ui.RollTag{Text: p.say("my.state." + string(r.State)), State: ui.TaskWait})
		}
		if outside(b, r.Listing) {
			x.Tags = append(x.Tags, ui.RollTag{Text: p.say("boundary.tag"), State: ui.TaskWait})
		}
		line := r.Address.Line
		if line == "" {
			line = places.street(p, r.Address.StreetID)
		}
		owner := p.say("roll.owner.no")
		if r.MerchantID != "" {
			owner = p.say("roll.owner.yes")
		}
		x.Cells = []string{line, s.idWords(c, p, "category_id", r.CategoryID), owner, confirmedOn(p, r.Listing), p.say("roll.complete", "Done", r.Done, "Of", r.Of)}
		v.Rows = append(v.Rows, x)
	}
	return v
}

// confirmedOn is when somebody last looked at a page.
func confirmedOn(p *speaker, l *listing.Listing) string {
	if l.Confirmed.On == "" {
		return p.say("roll.never")
	}
	return l.Confirmed.On
}
