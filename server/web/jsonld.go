package web

import (
	"shangquan/services/calendar"
	"shangquan/services/directory"
	"shangquan/services/hours"
	"shangquan/services/lang"
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
		"@context": "https://schema.org", "@type": kind, "@id": s.short(l), "name": l.Name.Hans,
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
	put(t, "sameAs", l.Website)
	if shop.Gone() || shop.Stale || !l.Hours.Known {
		return t
	}
	t["openingHoursSpecification"] = hours.Specifications(l.Hours)
	if special := hours.SpecialSpecifications(l.Hours, s.calendar(), calendar.Today(p.now), specialDays); len(special) > 0 {
		t["specialOpeningHoursSpecification"] = special
	}
	return t
}

func put(t thing, name, value string) {
	if value != "" {
		t[name] = value
	}
}

// listJSONLD is a page that lists shops, for street, plaza and search pages.
func (s *Site) listJSONLD(name string, rows []directory.Row) any {
	items := []thing{}
	for i := range rows {
		items = append(items, thing{"@type": "ListItem", "position": i + 1, "name": rows[i].Listing.Name.Hans, "url": s.config.Origin + "/shops/" + rows[i].Listing.Slug})
	}
	return thing{"@context": "https://schema.org", "@type": "ItemList", "name": name, "inLanguage": lang.Hans, "itemListElement": items}
}
