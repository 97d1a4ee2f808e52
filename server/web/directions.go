package web

import (
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/geo"
	"shangquan/services/insight"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// directionsPage is 怎么走: the address to copy, and the maps that can lead there.
type directionsPage struct {
	Base     ui.Base
	Name     string
	NameLang lang.Tag
	Back     string
	Address  []ui.Fact
	Maps     []mapLink
	Way      []ui.Fact // the last steps: entrances, ramps and lifts, parking
	Plan     *ui.Plan
}

func (s *Site) directions(c *fiber.Ctx) error {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	l := shop.Listing
	v := directionsPage{Name: shop.Name, NameLang: shop.NameLang, Back: ui.Href(p.Lang, "/shops/"+l.Slug)}
	for _, f := range shopFacts(p, &shop) {
		if f.Term == p.say("shop.fact.address") || f.Term == p.say("shop.fact.plaza") || f.Term == p.say("shop.fact.stop") {
			v.Address = append(v.Address, f)
		}
	}
	if at := point(l, shop.Plaza); at != nil {
		v.Maps = s.mapLinks(p, l, at.Point, strings.TrimSuffix(s.identity().City, "市"))
	}
	if v.Way, err = s.lastSteps(c, p, &shop); err != nil {
		return err
	}
	if v.Plan, err = s.shopPlan(c, p, &shop); err != nil {
		return err
	}
	v.Base = s.Base(c, p.say("go.title", "Name", shop.Name))
	if p.err != nil {
		return p.err
	}
	Of(c).notes(insight.Go, "", l.ID)
	return s.Render(c, "go", v)
}

// lastSteps are the entrances, ways without steps and car parks of the plaza a shop is in, or near its door in the street.
func (s *Site) lastSteps(c *fiber.Ctx, p *speaker, shop *directory.ShopPage) ([]ui.Fact, error) {
	groups, whole, err := s.directory.WayTo(c.UserContext(), shop, p.now)
	goesWithout(c, !whole)
	v := placePage{}
	tellWay(p, &v, groups)
	return v.Way, err
}

// site is what the map services are told of where a link comes from.
const site = "shangquan"

// mapLink leads to a map service. Its address is made by geo alone, so it may have the scheme geo:, which templates refuse in
// other links.
type mapLink struct {
	Label string
	Href  template.URL
}

// mapLinks are the walking routes to a shop, each in the datum its map service reads: the services the administrator chose, and the map of
// the phone, which is nobody's service.
func (s *Site) mapLinks(p *speaker, l *listing.Listing, at geo.Point, city string) []mapLink {
	target := geo.Target{Point: at, Name: l.Name.Hans, Address: l.Address.Line, City: city}
	out := []mapLink{}
	for _, m := range append(slices.Clone(s.settings().Maps), geo.Scheme) {
		out = append(out, mapLink{Label: p.say("go.map." + string(m)), Href: template.URL(geo.Walk(m, target, site))})
	}
	return out
}
