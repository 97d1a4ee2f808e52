package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/listing"
)

// ofPlaza is the thing of routes about a whole plaza: its operator's, whatever the single shops allow.
func ofPlaza(c *fiber.Ctx) (access.Thing, error) {
	return access.Thing{Kind: "plaza", ID: c.Params("id"), PlazaID: c.Params("id"), PlazaMay: true}, nil
}

// myPlaza: GET /my/plazas/:id, the units of a plaza by floor for who runs it, vacant ones too; what a shop lets the plaza do leads there.
func (s *Site) myPlaza(c *fiber.Ctx) error {
	p := s.speaker(c)
	ctx := c.UserContext()
	z, err := s.services.Places.Plaza(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	x, err := s.directory.Plaza(ctx, z.Slug, p.Lang, p.now)
	if err != nil {
		return err
	}
	list, err := s.services.Listings.InPlaza(ctx, Of(c).Actor, z.ID)
	if err != nil {
		return err
	}
	byID := make(map[string]*listing.Listing, len(list))
	for i := range list {
		byID[list[i].ID] = &list[i]
	}
	v := myShopsPage{
		Title: p.name(z.Name), Up: &ui.Link{Label: p.say("my.up"), Href: at(c, "/my?all=1")}, Callouts: []ui.Callout{}, Groups: []myGroup{},
		Buttons: []ui.Button{
			{Label: p.say("my.operator.public"), Href: at(c, "/plazas/"+z.Slug), Kind: "alt"},
			{Label: p.say("vacancy.title"), Href: at(c, "/my/plazas/"+z.ID+"/vacancies"), Kind: "alt"},
		},
	}
	vacant, short := 0, 0
	for i := range x.Floors {
		f := &x.Floors[i]
		g := myGroup{Name: f.Label, Shops: ui.Records{Items: []ui.Record{}, Empty: p.say("my.operator.none")}}
		if f.Level == 0 {
			g.Name = p.say("places.floor.unknown")
		}
		shop := func(row *directory.Row) {
			if l := byID[row.Listing.ID]; l != nil { // else it went between the two questions
				m := s.meter(c, p, l)
				if m.Left() > 0 {
					short++
				}
				g.Shops.Items = append(g.Shops.Items, s.plazaRecord(c, p, l, m))
			}
		}
		for _, u := range f.Units {
			switch {
			case u.Row != nil:
				shop(u.Row)
			case u.Unit.Vacant():
				vacant++
				lines := []string{}
				if u.Unit.AreaM2 > 0 {
					lines = append(lines, squareMetres(p, u.Unit.AreaM2))
				}
				g.Shops.Items = append(g.Shops.Items, ui.Record{Title: u.Unit.Number, Lines: lines, Tag: p.say("my.operator.vacant"), State: ui.TaskTodo})
			}
		}
		for j := range f.Rows {
			shop(&f.Rows[j])
		}
		v.Groups = append(v.Groups, g)
	}
	words := []string{p.count("my.operator.shops", x.Total)}
	if vacant > 0 {
		words = append(words, p.count("my.operator.empty", vacant))
	}
	if short > 0 {
		words = append(words, p.count("my.operator.short", short))
	}
	v.Lead = strings.Join(words, p.say("my.comma"))
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-shops", v)
}

// plazaRecord is a shop as the plaza's operator reads it: it leads to the editors where the shop lets the plaza in, and says so where not.
func (s *Site) plazaRecord(c *fiber.Ctx, p *speaker, l *listing.Listing, m ui.Meter) ui.Record {
	r := s.shopRecord(c, p, l, m)
	if l.Address.Unit != "" {
		r.Lines = append([]string{l.Address.Unit}, r.Lines...)
	}
	if !access.Can(Of(c).Actor, access.ListingOpen, l.Thing()) {
		r.Href, r.Tag, r.State = "", p.say("my.operator.own"), ui.TaskDone
	}
	return r
}
