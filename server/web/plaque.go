package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/listing"
)

// plaqueRoutes are the page where an owner puts up the shop's plaque and takes it back.
func (s *Site) plaqueRoutes() []Route {
	const path, none = "/my/shops/:id/plaque", "/my/shops/none/plaque"
	return []Route{
		{Method: http.MethodGet, Path: path, Handle: s.plaquePage, Kind: Private, Needs: access.ListingPlaque, Thing: s.shopThing, Probe: none},
		{Method: http.MethodPost, Path: path, Handle: s.plaqueSent, Kind: Private, Rate: Write, Needs: access.ListingPlaque, Thing: s.shopThing, Probe: none},
	}
}

// plaquePage: GET /my/shops/:id/plaque.
func (s *Site) plaquePage(c *fiber.Ctx) error { return s.shown(c, s.plaqueCase) }

func (s *Site) plaqueCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	l, err := s.ownShop(c)
	if err != nil {
		return nil, err
	}
	here := shopHref(c, &l, "plaque")
	v := &casePage{Up: &ui.Link{Label: p.say("my.up"), Href: shopHref(c, &l, "")}, Title: p.say("plaque.title"), Lead: p.say("plaque.lead")}
	if w := saidHere(c, "shown", "ended"); w != "" {
		v.ok(p.say("plaque.done." + w))
	}
	if q := l.Plaque; q != nil {
		facts := append(plaqueFacts(p, q), fact(nil, p.say("plaque.agreed"), stamp(p, q.Consent.At))...)
		end := s.act(c, "end", here, 0, "")
		end.Bar.Buttons = []ui.Button{{Label: p.say("plaque.end"), Kind: "alt", Name: "do", Value: "end"}}
		v.add(section{ID: "now", Title: p.say("plaque.now"), Facts: append(facts, fact(nil, p.say("plaque.words"), p.say("consents.version", "Version", strconv.Itoa(q.Consent.Words)))...), Forms: []*ui.Form{end}})
		v.Links = []ui.Link{{Label: p.say("my.link.public"), Href: at(c, "/shops/"+l.Slug)}}
		return v, nil
	}
	if !l.Public() {
		v.warn(p.say("plaque.not_public"))
	}
	g := only(f, "plaque")
	agree := &ui.Choice{ID: "plaque-agree", Name: "agree", Legend: p.say("plaque.consent"), Many: true, Options: []ui.Pick{{Value: "1", Label: p.say("plaque.agree"), Checked: g != nil && g.Has("agree")}}}
	x := s.act(c, "plaque", here, l.Rev, "",
		field(g, "plaque", "text", p.say("plaque.text"), func(y *ui.Field) { y.Max, y.Hint = listing.MaxPlaque, p.say("plaque.text_hint") }),
		field(g, "plaque", "issuer", p.say("plaque.issuer"), func(y *ui.Field) { y.Max, y.Optional = listing.MaxIssuer, true }),
		ui.FormPart{Choice: agree})
	x.Bar.Buttons = []ui.Button{{Label: p.say("plaque.go"), Name: "do", Value: "show"}}
	v.add(section{Forms: []*ui.Form{x}})
	return v, nil
}

// plaqueFacts are what is on a plaque.
func plaqueFacts(p *speaker, q *listing.Plaque) []ui.Fact {
	f := ui.Fact{Term: p.say("plaque.on_page"), Values: []ui.Value{{Text: q.Text}}}
	if q.Issuer != "" {
		f.Values = append(f.Values, ui.Value{Text: p.say("plaque.issued", "Issuer", q.Issuer)})
	}
	return []ui.Fact{f}
}

// honours are the marks of a shop and, below them, the plaque it shows.
func honours(p *speaker, shop *directory.ShopPage) []ui.Fact {
	out := markFacts(p, shop)
	if q := shop.Listing.Plaque; q != nil {
		out = append(out, plaqueFacts(p, q)...)
	}
	return out
}

// plaqueSent: POST /my/shops/:id/plaque (do: show with text, issuer, agree; or end).
func (s *Site) plaqueSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "shown"
	switch f.Get("do") {
	case "show":
		var rev int64
		if rev, err = f.rev(); err != nil {
			return err
		}
		_, err = s.services.Listings.SetPlaque(ctx, by, id, rev, f.Get("text"), f.Get("issuer"), f.Has("agree"))
	case "end":
		done = "ended"
		_, err = s.services.Listings.DropPlaque(ctx, by, id)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/my/shops/"+id+"/plaque?done="+done)
	}
	return s.refused(c, f, err, s.plaqueCase)
}
