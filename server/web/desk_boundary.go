package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/geo"
	"shangquan/services/listing"
	"shangquan/services/place"
)

// outsideShown is how many shops outside of the district the page lists; beyond them it says how many there are.
const outsideShown = 50

// deskBoundary: GET /desk/boundary: where the district ends, and which shops stand outside.
func (s *Site) deskBoundary(c *fiber.Ctx) error { return s.shown(c, s.boundaryCase) }

func (s *Site) boundaryCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx := c.UserContext()
	b, err := s.services.Streets.Boundary(ctx)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("desk_place.title"), Href: at(c, "/desk/streets")}, Title: p.say("boundary.title"), Lead: p.say("boundary.lead")}
	if w := saidHere(c, "line"); w != "" {
		v.ok(p.say("place_entry.done." + w))
	}
	outlines := b.Outlines
	if f != nil {
		if typed, err := typedCourse(f); err == nil {
			outlines = typed
		}
	}
	closed := make([][]geo.Point, len(outlines))
	for i, line := range outlines {
		closed[i] = append(append([]geo.Point{}, line...), line[0])
	}
	drawn, err := s.markedPlan(c, p, directory.Stretch{Outline: closed}, p.say("boundary.title"))
	if err != nil {
		return nil, err
	}
	if drawn != nil {
		v.add(section{ID: "drawn", Title: p.say("place_entry.course"), Plan: drawn})
	}
	if b.Known() {
		list, _, err := s.directory.Listed(ctx)
		if err != nil {
			return nil, err
		}
		out, n := ui.Records{Empty: p.say("boundary.none_outside")}, 0
		for _, l := range list {
			if !outside(&b, l) {
				continue
			}
			if n++; n <= outsideShown {
				name, in := l.Name.In(p.Lang)
				out.Items = append(out.Items, ui.Record{Title: name, Lang: in, Href: at(c, "/desk/shops/"+l.ID), Lines: []string{l.Address.Line}})
			}
		}
		v.add(section{ID: "outside", Title: p.count("boundary.outside", n), Text: p.say("boundary.outside_text"), Records: &out})
	}
	if access.Can(Of(c).Actor, access.PlaceEdit, access.Thing{}) {
		x := s.act(c, "line", at(c, "/desk/boundary"), b.Rev, "", courseParts(p, only(f, "line"), p.say("boundary.line"), b.Outlines)...)
		x.Bar.Buttons = []ui.Button{{Label: p.say("desk_place.save"), Name: "do", Value: "save"}, {Label: p.say("place_entry.look"), Kind: "alt", Name: "do", Value: "look"}}
		v.add(section{ID: "line", Title: p.say("boundary.draw"), Text: p.say("boundary.draw_text"), Forms: []*ui.Form{x}})
	}
	return v, nil
}

// deskBoundarySent: POST /desk/boundary (lines, datum, do: save or look).
func (s *Site) deskBoundarySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	rev := int64(0)
	if f.Get("rev") != "" { // nobody has drawn it yet
		if rev, err = f.rev(); err != nil {
			return err
		}
	}
	outlines, err := typedCourse(f)
	if err == nil && f.Get("do") == "look" {
		p := s.speaker(c)
		v, err := s.boundaryCase(c, p, f)
		if err != nil {
			return err
		}
		v.warn(p.say("boundary.looking"))
		return s.showCase(c, p, v, nil, nil)
	}
	if err == nil {
		if _, err = s.services.Streets.SetBoundary(c.UserContext(), Of(c).Actor, rev, outlines); err == nil {
			return see(c, "/desk/boundary?done=line")
		}
	}
	return s.refused(c, f, err, s.boundaryCase)
}

// outside reports whether a shop stands outside of the district; nothing does that has no position, or where nobody drew the boundary.
func outside(b *place.Boundary, l *listing.Listing) bool {
	return l.Location != nil && b.Outside(l.Location.Point)
}

// outsideNote warns who looks at a shop, or decides about it, that it stands outside of the district.
func (s *Site) outsideNote(c *fiber.Ctx, p *speaker, v *casePage, l *listing.Listing) error {
	b, err := s.services.Streets.Boundary(c.UserContext())
	if err == nil && outside(&b, l) {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("boundary.shop_outside"), Link: &ui.Link{Label: p.say("boundary.title"), Href: at(c, "/desk/boundary")}})
	}
	return err
}
