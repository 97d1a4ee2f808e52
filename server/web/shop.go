package web

import (
	"cmp"
	"html/template"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/hours"
	"shangquan/services/insight"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// shopPage is the page of one shop, in the order of the interface design (L3): name, open or not, three actions, exceptions,
// hours, plan, description, facts.
type shopPage struct {
	Base        ui.Base
	Name        string
	NameLang    lang.Tag
	Second      *ui.Marked // the name in another language
	Under       []string   // kind and format
	Plate       ui.Plate
	Status      ui.Status
	Actions     ui.Actions
	Favourite   ui.Favourite
	Speak       ui.Speak
	Callouts    []ui.Callout
	Hours       *ui.Week
	HoursText   string    // what was typed and could not be read
	HoursNote   string    // for hours nobody knows
	Extra       []ui.Fact // breakfast, delivery and the like
	Photos      []ui.Photo
	Posts       []ui.Offer
	Calendar    string // of the posts
	Called      string // where the script says that somebody rang
	Website     string // the shop's own, and where the script says that somebody opened it
	Visited     string
	Description *ui.Marked
	Prices      []ui.PriceItem
	Facts       []ui.Fact
	Marks       []ui.Fact
	Plan        *ui.Plan
	Neighbours  []template.HTML
	Poster      string
	Embed       string  // how to show it on another site
	Report      string  // this is not right
	Claim       ui.Link // this is my shop; worded as a change where it has somebody
}

func (s *Site) shop(c *fiber.Ctx) error {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	l := shop.Listing
	path := "/shops/" + l.Slug
	v := shopPage{
		Name: shop.Name, NameLang: shop.NameLang, Plate: plateView(p, &shop.Row), Status: statusOfRow(p, &shop.Row),
		Favourite: ui.Favourite{ID: l.ID}, Speak: ui.Speak{Of: "main"}, Poster: ui.Href(p.Lang, path+"/poster"), Embed: ui.Href(p.Lang, path+"/embed"), Called: path + "/called",
		Report: ui.Href(p.Lang, path+"/report"), Claim: ui.Link{Label: p.say("report.claim_link"), Href: ui.Href(p.Lang, path+"/claim")},
		Neighbours: s.rows(p, shop.Neighbours), Facts: shopFacts(p, &shop), Marks: honours(p, &shop), Photos: photoViews(p, l),
	}
	if v.Marks != nil {
		if link := s.historyLink(c, p, l); link != nil {
			v.Marks[0].Values = append(v.Marks[0].Values, *link)
		}
	}
	v.Plate.Big = true
	if l.Website != "" {
		v.Website, v.Visited = l.Website, path+"/visited"
	}
	if l.MerchantID != "" {
		v.Claim.Label = p.say("report.claim_owned")
	}
	if other := otherName(l, p.Lang); other.String() != shop.Name {
		v.Second = &other
	}
	if shop.Category != nil {
		v.Under = append(v.Under, p.name(shop.Category.Name))
	}
	if shop.Format != nil {
		v.Under = append(v.Under, p.name(shop.Format.Name))
	}
	v.Actions = ui.Actions{
		Go:    ui.Href(p.Lang, path+"/go"),
		Share: ui.Share{URL: s.short(l), Title: shop.Name, Text: strings.TrimSpace(l.Name.Hans + " " + l.Address.Line)},
	}
	if len(l.Phones) > 0 && !shop.Gone() {
		v.Actions.Call = &ui.Call{Dial: strings.TrimPrefix(l.Phones[0].Tel(), "tel:"), Shown: l.Phones[0].Display()}
	}
	v.Callouts = closureNotes(p, &shop)
	if !shop.Gone() {
		v.Callouts = append(v.Callouts, s.shopBanners(c, p, l)...)
		v.Callouts = append(v.Callouts, s.pedestrianNote(p, shop.Street, true)...)
		v.Callouts = append(v.Callouts, s.outdoorSigns(c, p, l.ID)...)
		v.Callouts = append(v.Callouts, comingNotes(p, shop.Coming)...)
		v.Hours, v.HoursText, v.HoursNote = week(p, &shop)
		v.Extra = s.extraFacts(p, l)
	}
	if text, in := l.Description.In(p.Lang); text != "" {
		m := ui.Plain(text, in)
		v.Description = &m
	}
	if v.Posts = postViews(p, &shop.Row); len(v.Posts) > 0 {
		v.Calendar = ui.Href(p.Lang, path+"/calendar.ics")
	}
	if !shop.Gone() {
		v.Prices = priceItems(p, l.Prices)
	}
	if v.Plan, err = s.shopPlan(c, p, &shop); err != nil {
		return err
	}
	title := shop.Name
	if shop.Gone() { // which stays true, on paper too
		title = p.say("shop.title", "Name", shop.Name, "Status", v.Status.Word)
	}
	v.Base = s.Base(c, title)
	v.Base.Short = s.short(l)
	v.Base.Description = strings.TrimSpace(p.say("shop.summary", "Name", shop.Name, "Address", cmp.Or(l.Address.Line, unitOf(p, &shop.Row)), "Status", v.Status.Word, "Next", v.Status.Next))
	about := s.pageJSONLD("WebPage", v.Base.Canonical, shop.Name, p.Lang)
	about["mainEntity"], about["dateModified"] = thing{"@id": s.short(l)}, l.UpdatedAt.In(calendar.Shanghai).Format(time.DateOnly)
	v.Base.JSONLD = graph(s.shopJSONLD(p, &shop), about, s.crumbsJSONLD(p, shop.Name))
	if p.err != nil {
		return p.err
	}
	Of(c).notes(insight.View, "", l.ID)
	return s.Render(c, "shop", v)
}

// otherName is the name in a script the page is not in: English beside Chinese, Chinese beside English.
func otherName(l *listing.Listing, t lang.Tag) ui.Marked {
	if t == lang.En {
		return ui.Plain(l.Name.Hans, lang.Hans)
	}
	if l.Name.En != "" {
		return ui.Plain(l.Name.En, lang.En)
	}
	text, in := l.Name.In(t)
	return ui.Plain(text, in)
}

// short is the permanent address of a shop, the one on its poster.
func (s *Site) short(l *listing.Listing) string { return s.config.Origin + "/s/" + l.Code }

// closureNotes say that a shop has moved or closed for good, or takes a longer break.
func closureNotes(p *speaker, shop *directory.ShopPage) []ui.Callout {
	l := shop.Listing
	out := []ui.Callout{}
	if shop.Gone() && l.Closure != nil {
		note := ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("shop.gone." + string(l.Closure.Kind))}
		if day, err := calendar.ParseDate(l.Closure.On); err == nil {
			note.Text = p.say("shop.gone.on", "Day", ui.ShortDate(p.Lang, day.At(0), p.now))
		}
		if l.Closure.ForwardTo != "" {
			note.Text += p.say("shop.gone.to", "Place", l.Closure.ForwardTo)
		}
		if shop.Forward != nil {
			note.Link = &ui.Link{Label: p.say("shop.gone.see", "Name", shop.Forward.Name), Href: ui.Href(p.Lang, "/shops/"+shop.Forward.Listing.Slug)}
		}
		out = append(out, note)
	}
	return out
}

// maxComing is how many exceptions stand above the hours: the next ones.
const maxComing = 3

// comingNotes say what is different in the days ahead.
func comingNotes(p *speaker, coming []directory.Coming) []ui.Callout {
	out := []ui.Callout{}
	for _, c := range coming[:min(len(coming), maxComing)] {
		days := dayRange(p, c.From, c.To)
		note := ui.Callout{Kind: "warn", Icon: "alert", Lead: days}
		if c.Name != "" {
			note.Lead = p.say("shop.coming.named", "Name", holidayName(p, c.Name), "Days", days)
		}
		switch {
		case c.Unanswered:
			note.Kind, note.Text = "", p.say("shop.coming.unanswered")
		case c.Reason == hours.ByPause:
			note.Text = p.say("shop.coming.pause")
		case len(c.Spans) == 0:
			note.Text = p.say("shop.coming.closed")
		default:
			note.Text = p.say("shop.coming.open", "Spans", strings.Join(spans(p, c.Spans), p.say("empty.and")))
		}
		if text, _ := c.Note.In(p.Lang); text != "" {
			note.Text += p.say("shop.coming.note", "Note", text)
		}
		out = append(out, note)
	}
	return out
}

// holidays are the names the State Council uses; where two fall together it joins them with 、.
var holidays = map[string]string{
	"元旦": "new_year", "春节": "spring", "清明节": "qingming", "劳动节": "labour", "端午节": "dragon_boat", "中秋节": "mid_autumn", "国庆节": "national",
}

// holidayName translates the name of a holiday; an unknown one stays as it is.
func holidayName(p *speaker, name string) string {
	names := strings.Split(name, "、")
	for i, n := range names {
		if key, ok := holidays[n]; ok {
			names[i] = p.say("holiday." + key)
		}
	}
	return strings.Join(names, p.say("empty.and"))
}

// dayRange is one date, or two with the year said once.
func dayRange(p *speaker, from, to calendar.Date) string {
	first := ui.Date(p.Lang, from.At(0), p.now)
	if from == to {
		return first
	}
	return p.say("shop.coming.range", "From", first, "To", ui.Date(p.Lang, to.At(0), from.At(0)))
}

func spans(p *speaker, list []hours.Span) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, ui.Range(p.Lang, s.Open, s.Close))
	}
	return out
}

// week is the table of the hours, or what to say instead of it.
func week(p *speaker, shop *directory.ShopPage) (table *ui.Week, text, note string) {
	l := shop.Listing
	if !l.Hours.Known {
		return nil, l.Hours.Text, p.say("shop.hours.unknown")
	}
	if shop.Stale { // of the week nothing may be relied on, and of holidays no more
		return nil, l.Hours.Text, p.say("shop.hours.stale") + confirmed(p, l)
	}
	table = &ui.Week{Days: []ui.WeekDay{}, Note: confirmed(p, l)}
	today := calendar.Today(p.now)
	for _, d := range shop.Week {
		table.Days = append(table.Days, ui.WeekDay{Name: ui.Weekday(p.Lang, d.Date.Weekday()), Today: d.Date == today, Spans: spans(p, d.Spans)})
	}
	for _, d := range hours.ClassDays(l.Hours) {
		row := ui.WeekDay{Name: p.say("my.class." + string(d.Class)), Spans: spans(p, d.Spans)}
		switch {
		case d.Unanswered:
			row.Spans = []string{p.say("shop.hours.unanswered")}
		case d.Usual:
			row.Spans = []string{p.say("shop.hours.usual")}
		}
		table.Days = append(table.Days, row)
	}
	return table, "", ""
}

// confirmed says who looked at the facts last, and when; what nobody of the district has looked at says of which year it is.
func confirmed(p *speaker, l *listing.Listing) string {
	if day, err := calendar.ParseDate(l.Confirmed.On); err == nil && l.Confirmed.By != "source" {
		return p.say("shop.confirmed."+l.Confirmed.By, "Day", ui.ShortDate(p.Lang, day.At(0), p.now))
	}
	if l.Source.Observed != "" {
		return p.say("shop.confirmed.source", "Year", year(p, l.Source.Observed))
	}
	return ""
}

// year reads the year of a source; "c.2016" is about 2016.
func year(p *speaker, observed string) string {
	if about, ok := strings.CutPrefix(observed, "c."); ok {
		return p.say("shop.confirmed.about", "Year", strings.TrimSpace(about))
	}
	return p.say("shop.confirmed.year", "Year", observed)
}

// shopFacts is what one needs to know before going there; only what is known is listed.
func shopFacts(p *speaker, shop *directory.ShopPage) []ui.Fact {
	l := shop.Listing
	out := []ui.Fact{}
	add := func(key string, values ...ui.Value) {
		if len(values) > 0 {
			out = append(out, ui.Fact{Term: p.say("shop.fact." + key), Values: values})
		}
	}
	list := func(items []string) []ui.Value {
		if len(items) == 0 {
			return nil
		}
		return []ui.Value{{Text: strings.Join(items, p.say("empty.and")), Lang: lang.Hans}}
	}
	if l.Address.Line != "" {
		address := ui.Value{Text: l.Address.Line, Lang: lang.Hans, Copy: l.Address.Line, CopyLabel: p.say("shop.fact.copy")}
		if l.Address.Hint != "" {
			address.Note = l.Address.Hint
		}
		values := []ui.Value{address}
		if shop.Street != nil {
			values = append(values, ui.Value{Text: p.say("shop.fact.on_street", "Street", p.name(shop.Street.Name)), Href: ui.Href(p.Lang, "/streets/"+shop.Street.Slug)})
		}
		add("address", values...)
	}
	if shop.Plaza != nil {
		add("plaza", ui.Value{Text: unitOf(p, &shop.Row), Href: ui.Href(p.Lang, "/plazas/"+shop.Plaza.Slug)})
	}
	phones := []ui.Value{}
	for _, n := range l.Phones {
		phones = append(phones, ui.Value{Text: n.Display(), Href: n.Tel(), Number: true, Note: n.Label})
	}
	add("phone", phones...)
	if shop.Stop != nil {
		name, in := shop.Stop.Point.Name.In(p.Lang)
		add("stop", ui.Value{Text: p.say("shop.fact.stop_at", "Stop", name, "Walk", way(p, shop.Stop.Metres)), Lang: sameOr(in, p.Lang), Note: strings.Join(shop.Stop.Point.Lines, p.say("empty.and"))})
	}
	if len(shop.Tags) > 0 {
		f := ui.Fact{Term: p.say("shop.fact.tags")}
		for _, t := range shop.Tags {
			f.Tags = append(f.Tags, ui.Tag{Icon: t.Icon, Label: p.name(t.Name)})
		}
		out = append(out, f)
	}
	add("goods", list(l.Goods)...)
	if level := l.PriceLevel(); level > 0 {
		add("spend", ui.Value{Text: p.say("shop.fact.spend_about", "N", l.Spend, "Level", levelSigns(level))})
	}
	add("payments", list(l.Payments)...)
	add("aliases", list(l.Aliases)...)
	if l.Website != "" {
		add("website", ui.Value{Text: l.Website, Href: l.Website})
	}
	if note := confirmed(p, l); note != "" {
		add("checked", ui.Value{Text: note})
	}
	return out
}

// sameOr marks mixed text only when its main part is in another language than the page, which for a stop's name it never is in
// Chinese pages.
func sameOr(in, page lang.Tag) lang.Tag {
	if page == lang.En {
		return page // an English sentence with a Chinese name in it
	}
	return in
}

// markFacts are the marks that may be shown today, with their evidence.
func markFacts(p *speaker, shop *directory.ShopPage) []ui.Fact {
	m := shop.Heritage
	if m == nil {
		return nil
	}
	f := ui.Fact{Term: p.say("heritage.level." + m.Level)}
	if m.Issuer != "" {
		f.Values = append(f.Values, ui.Value{Text: p.say("heritage.issuer", "Issuer", m.Issuer)})
	}
	if m.Certificate != "" {
		f.Values = append(f.Values, ui.Value{Text: p.say("heritage.certificate", "Number", m.Certificate)})
	}
	if m.Founded > 0 {
		f.Values = append(f.Values, ui.Value{Text: p.say("heritage.founded", "Year", m.Founded)})
	}
	if m.Evidence != "" {
		f.Values = append(f.Values, ui.Value{Text: p.say("heritage.evidence", "Source", m.Evidence)}, ui.Value{Text: p.say("heritage.own_review", "Day", onDay(p, m.ReviewOn))})
	}
	return []ui.Fact{f}
}

// The plan of one shop lies across a card.
const shopPlanWidth, shopPlanHeight = 1600, 920

// shopPlan draws the surroundings; nil for a shop whose place is not known, and where the site shows no plan.
func (s *Site) shopPlan(c *fiber.Ctx, p *speaker, shop *directory.ShopPage) (*ui.Plan, error) {
	if !s.showsPlan() {
		return nil, nil
	}
	d, err := s.directory.PlanOf(c.UserContext(), shop, p.Lang, shopPlanWidth, shopPlanHeight, p.now)
	if err != nil || d.Empty() {
		return nil, err
	}
	plate := plateView(p, &shop.Row)
	return s.publicPlan(d, ui.PlanView{
		ID: "plan", Description: p.say("shop.plan", "Name", shop.Name), Caption: shop.Listing.Address.Hint, Here: shop.Listing.ID, Plate: plate.Number,
	}), nil
}

// shortAddress is /s/CODE: the permanent address on posters, whatever a shop is called later.
func (s *Site) shortAddress(c *fiber.Ctx) error {
	slug, err := s.directory.ByCode(c.UserContext(), c.Params("code"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	return c.Redirect("/shops/"+slug, fiber.StatusFound)
}
