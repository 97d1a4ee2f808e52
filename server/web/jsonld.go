package web

import (
	"slices"
	"strings"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/post"
)

// thing is a node of JSON-LD. A map, because schema.org nodes have whatever properties are known.
type thing map[string]any

// specialDays is how far ahead special days are told to search engines.
const specialDays = 60

// shopJSONLD is the shop as schema.org describes it (features 4.1): only what is known, positions in WGS-84, hours with the special days.
func (s *Site) shopJSONLD(p *speaker, shop *directory.ShopPage) any {
	l := shop.Listing
	kind := "LocalBusiness"
	if shop.Category != nil && shop.Category.SchemaType != "" {
		kind = shop.Category.SchemaType
	}
	address := thing{"@type": "PostalAddress", "addressCountry": "CN"}
	put(address, "addressRegion", s.identity().City)
	put(address, "addressLocality", s.identity().County)
	put(address, "streetAddress", l.Address.Line)
	put(address, "postalCode", l.Address.Postcode)
	t := thing{
		"@type": kind, "@id": s.short(l), "name": l.Name.Hans,
		"url": s.config.Origin + "/shops/" + l.Slug, "address": address,
	}
	also := append([]string{}, l.Aliases...)
	for _, other := range []string{l.Name.Hant, l.Name.En} {
		if other != "" && other != l.Name.Hans {
			also = append(also, other)
		}
	}
	if len(also) > 0 {
		t["alternateName"] = also
	}
	if at := point(l, shop.Plaza); at != nil {
		t["geo"] = thing{"@type": "GeoCoordinates", "latitude": at.Lat, "longitude": at.Lng}
	}
	if len(l.Phones) > 0 {
		t["telephone"] = l.Phones[0].Digits
	}
	if shop.Plaza != nil {
		t["containedInPlace"] = thing{"@type": "ShoppingCenter", "name": shop.Plaza.Name.Hans, "url": s.config.Origin + "/plazas/" + shop.Plaza.Slug}
	}
	if text, in := l.Description.In(p.Lang); text != "" {
		t["description"] = thing{"@value": text, "@language": in}
	}
	if images := s.pictures(l); len(images) > 0 {
		t["image"] = images
	}
	if m := shop.Heritage; m != nil {
		t["award"] = p.say("heritage.level." + m.Level)
		if m.Founded > 0 {
			t["foundingDate"] = m.Founded
		}
	}
	put(t, "paymentAccepted", strings.Join(l.Payments, ", "))
	if s.showsPlan() && point(l, shop.Plaza) != nil {
		t["hasMap"] = s.config.Origin + ui.Href(p.Lang, "/shops/"+l.Slug+"/go")
	}
	if len(shop.Tags) > 0 {
		has := make([]thing, len(shop.Tags))
		for i, x := range shop.Tags {
			has[i] = thing{"@type": "LocationFeatureSpecification", "name": p.name(x.Name), "value": true}
		}
		t["amenityFeature"] = has
	}
	put(t, "sameAs", l.Website)
	put(t, "priceRange", levelSigns(l.PriceLevel()))
	if offers := offersLD(l, p.now.Format(time.DateOnly)); len(offers) > 0 && !shop.Gone() {
		t["makesOffer"], t["currenciesAccepted"] = offers, yuanCode
	}
	if events := s.shopEventsJSONLD(p, shop); len(events) > 0 && !shop.Gone() {
		t["event"] = events
	}
	if shop.Gone() || shop.Stale || !l.Hours.Known {
		return t
	}
	t["openingHoursSpecification"] = hours.Specifications(l.Hours)
	if special := hours.SpecialSpecifications(l.Hours, s.calendar(), calendar.Today(p.now), specialDays); len(special) > 0 {
		t["specialOpeningHoursSpecification"] = special
	}
	return t
}

// yuanCode is the currency of every price, by ISO 4217.
const yuanCode = "CNY"

// offersLD are the goods and services with a price that holds on a day.
func offersLD(l *listing.Listing, day string) []thing {
	out := []thing{}
	for i := range l.Prices {
		x := &l.Prices[i]
		if x.Amount == 0 || !x.Holds(day) {
			continue
		}
		o := thing{"@type": "Offer", "name": x.Name.Hans, "price": yuan(x.Amount), "priceCurrency": yuanCode}
		put(o, "priceValidUntil", x.Until)
		out = append(out, o)
	}
	return out
}

func put(t thing, name, value string) {
	if value != "" {
		t[name] = value
	}
}

// listItem is one line of a list, listed and a crumb alike. A struct, because search pages are made by the hundred a second.
type listItem struct {
	Type     string `json:"@type"`
	Position int    `json:"position"`
	Name     string `json:"name,omitempty"`
	URL      string `json:"url,omitempty"`
	Item     any    `json:"item,omitempty"`
}

// graph says what a page is, what it lists and how one comes to it; nil parts are left out.
func graph(parts ...any) any {
	parts = slices.DeleteFunc(parts, func(x any) bool { return x == nil })
	switch len(parts) {
	case 0:
		return nil
	case 1:
		if t, ok := parts[0].(thing); ok {
			t["@context"] = schemaOrg
			return t
		}
	}
	return thing{"@context": schemaOrg, "@graph": parts}
}

const schemaOrg = "https://schema.org"

// pageJSONLD is a page as such: what it is called, in which language, and of which site. A type of schema.org that is a page.
func (s *Site) pageJSONLD(kind, url, name string, in lang.Tag) thing {
	t := thing{"@type": kind, "url": url, "inLanguage": in, "isPartOf": thing{"@id": s.config.Origin + "/#site"}}
	put(t, "name", name)
	return t
}

// siteJSONLD is the site itself, for its home page: what it is called, and where a search for a word leads.
func (s *Site) siteJSONLD(p *speaker) any {
	name, _ := s.identity().Name.In(p.Lang)
	home := s.config.Origin + ui.Href(p.Lang, "/")
	return thing{
		"@type": "WebSite", "@id": s.config.Origin + "/#site", "url": home, "name": name, "inLanguage": p.Lang,
		"potentialAction": thing{
			"@type": "SearchAction", "query-input": "required name=q",
			"target": thing{"@type": "EntryPoint", "urlTemplate": home + "?q={q}"},
		},
	}
}

// rowsJSONLD is a list of shops, of which the first is the one after before; nil for none.
func (s *Site) rowsJSONLD(name string, before int, rows []directory.Row) any {
	items := make([]listItem, len(rows))
	for i := range rows {
		l := rows[i].Listing
		items[i] = listItem{Type: "ListItem", Position: before + i + 1, Name: l.Name.Hans, URL: s.config.Origin + "/shops/" + l.Slug}
	}
	return listJSONLD(name, items)
}

func listJSONLD(name string, items []listItem) any {
	if len(items) == 0 {
		return nil
	}
	return thing{"@type": "ItemList", "name": name, "numberOfItems": len(items), "itemListElement": items}
}

// namesJSONLD is a list of what has no page of its own: names alone.
func namesJSONLD(name string, items []string) any {
	return thing{"@type": "ItemList", "name": name, "numberOfItems": len(items), "itemListElement": items}
}

// offersJSONLD is what shops announce: an event with its days and the shop as its place, anything else as an offer of the shop.
func (s *Site) offersJSONLD(p *speaker, name string, posts []directory.ShopPost) any {
	items := make([]listItem, len(posts))
	for i := range posts {
		x, l := posts[i].Post, posts[i].Shop.Listing
		if x.Held != nil {
			items[i] = listItem{Type: "ListItem", Position: i + 1, Item: s.eventJSONLD(p, &posts[i])}
			continue
		}
		url := s.config.Origin + "/shops/" + l.Slug
		shop := thing{"@type": "LocalBusiness", "@id": s.short(l), "name": l.Name.Hans, "url": url}
		if x.Kind == post.Event {
			put(shop, "address", l.Address.Line)
			items[i] = listItem{Type: "ListItem", Position: i + 1, Item: s.ownEventJSONLD(p, x, l, shop)}
			continue
		}
		title, _ := x.Title.In(p.Lang)
		text, _ := x.Text.In(p.Lang)
		t := thing{"@type": "Offer", "name": title, "url": url, "availabilityStarts": x.From, "availabilityEnds": x.Until, "offeredBy": shop}
		put(t, "description", text)
		items[i] = listItem{Type: "ListItem", Position: i + 1, Item: t}
	}
	return listJSONLD(name, items)
}

// ownEventJSONLD is an event that a shop announces itself, at a place that is the shop.
func (s *Site) ownEventJSONLD(p *speaker, x *post.Post, l *listing.Listing, at thing) thing {
	title, in := x.Title.In(p.Lang)
	text, _ := x.Text.In(p.Lang)
	t := thing{
		"@type": "Event", "name": title, "inLanguage": in, "url": s.config.Origin + "/shops/" + l.Slug, "startDate": x.From, "endDate": x.Until,
		"location": at, "organizer": thing{"@id": s.short(l)},
	}
	put(t, "description", text)
	return t
}

// shopEventsJSONLD are the events of a shop for its own page, which says already what shop it is.
func (s *Site) shopEventsJSONLD(p *speaker, shop *directory.ShopPage) []any {
	out := []any{}
	for _, x := range shop.Posts {
		switch {
		case x.Held != nil:
			out = append(out, s.eventJSONLD(p, &directory.ShopPost{Post: x, Shop: shop.Row}))
		case x.Kind == post.Event:
			out = append(out, s.ownEventJSONLD(p, x, shop.Listing, thing{"@id": s.short(shop.Listing)}))
		}
	}
	return out
}

// plazaJSONLD is a plaza as schema.org describes it.
func (s *Site) plazaJSONLD(x *place.Plaza) any {
	address := thing{"@type": "PostalAddress", "addressCountry": "CN"}
	put(address, "addressRegion", s.identity().City)
	put(address, "addressLocality", s.identity().County)
	put(address, "streetAddress", x.Address)
	url := s.config.Origin + "/plazas/" + x.Slug
	t := thing{"@type": "ShoppingCenter", "@id": url, "url": url, "name": x.Name.Hans, "address": address}
	also := slices.Clone(x.Aliases)
	for _, other := range []string{x.Name.Hant, x.Name.En} {
		if other != "" && other != x.Name.Hans {
			also = append(also, other)
		}
	}
	if len(also) > 0 {
		t["alternateName"] = also
	}
	if x.Location != nil {
		t["geo"] = thing{"@type": "GeoCoordinates", "latitude": x.Location.Lat, "longitude": x.Location.Lng}
	}
	return t
}

// crumbsJSONLD is the way from the home page to this one, as the link above its heading says it.
func (s *Site) crumbsJSONLD(p *speaker, name string, over ...ui.Link) any {
	home, _ := s.identity().Name.In(p.Lang)
	items := []listItem{{Type: "ListItem", Position: 1, Name: home, Item: s.config.Origin + ui.Href(p.Lang, "/")}}
	for _, x := range over {
		items = append(items, listItem{Type: "ListItem", Position: len(items) + 1, Name: x.Label, Item: s.config.Origin + x.Href})
	}
	return thing{"@type": "BreadcrumbList", "itemListElement": append(items, listItem{Type: "ListItem", Position: len(items) + 1, Name: name})}
}
