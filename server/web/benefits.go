package web

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/neighbour"
)

// areaNames are the neighbourhoods by their names; that they cannot be read spoils the page of p.
func (s *Site) areaNames(ctx context.Context, p *speaker) []neighbour.Named {
	if s.services.Neighbours == nil {
		return nil
	}
	list, err := s.services.Neighbours.Names(ctx)
	p.note(err)
	return list
}

// benefitsPage: GET /neighbours: what shops do for the residents of each neighbourhood. A shop says so itself with a post, which begins and
// ends by its dates; of a neighbourhood there is the name and nothing else.
func (s *Site) benefitsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, err := s.directory.Posts(c.UserContext(), directory.PostsQuery{}, p.Lang, p.now)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("benefits.title"), Lead: p.say("benefits.lead"), Links: []ui.Link{{Label: p.say("offers.title"), Href: at(c, "/offers")}, {Label: p.say("activity.title"), Href: at(c, "/activities")}}}
	areas := s.areaNames(c.UserContext(), p)
	if len(areas) == 0 {
		v.add(section{Records: &ui.Records{Empty: p.say("benefits.none")}})
	}
	for _, a := range areas {
		x := section{ID: "area-" + a.ID, Title: a.Name, Records: &ui.Records{Empty: p.say("benefits.none")}}
		for i := range page.Posts {
			if o := &page.Posts[i]; slices.Contains(o.Post.Areas, a.ID) {
				x.Records.Items = append(x.Records.Items, benefitRecord(p, c, o))
			}
		}
		v.add(x)
	}
	return s.showPublic(c, p, &v)
}

func benefitRecord(p *speaker, c *fiber.Ctx, x *directory.ShopPost) ui.Record {
	o := offerView(p, x.Post)
	r := ui.Record{Title: o.Title, Lang: o.Lang, Href: at(c, "/shops/"+x.Shop.Listing.Slug), Lines: []string{x.Shop.Name, o.When}}
	for _, line := range []string{o.Who, o.Text} {
		if line != "" {
			r.Lines = append(r.Lines, line)
		}
	}
	r.Tag, r.State = p.say("posts.kind."+string(x.Post.Kind)), ui.TaskWait
	if x.Post.Now(p.now) {
		r.State = ui.TaskDone
	}
	return r
}
