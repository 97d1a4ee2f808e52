package web

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
	"shangquan/services/directory"
	"shangquan/services/lang"
	"shangquan/services/neighbour"
	"shangquan/services/post"
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

// benefitsPage: GET /neighbours: what shops and organisations do for the residents of each neighbourhood. They say so themselves with a
// post, which begins and ends by its dates, and of an organisation as long as it agrees to be named; of a neighbourhood there is the name
// and nothing else.
func (s *Site) benefitsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, err := s.directory.Posts(c.UserContext(), directory.PostsQuery{}, p.Lang, p.now)
	if err != nil {
		return err
	}
	offered := []post.Benefit{}
	if s.services.Posts != nil {
		if offered, err = s.services.Posts.Benefits(c.UserContext(), p.now); err != nil {
			return err
		}
	}
	v := casePage{Title: p.say("benefits.title"), Lead: p.say("benefits.lead"), Links: []ui.Link{{Label: p.say("offers.title"), Href: at(c, "/offers")}, {Label: p.say("activity.title"), Href: at(c, "/activities")}}}
	areas := s.areaNames(c.UserContext(), p)
	for _, a := range areas {
		x := section{ID: "area-" + a.ID, Title: a.Name, TitleIn: lang.Hans, Records: &ui.Records{Empty: p.say("benefits.none")}}
		for i := range page.Posts {
			if o := &page.Posts[i]; slices.Contains(o.Post.Areas, a.ID) {
				r := benefitRecord(p, o.Post, ui.Phrase{Text: o.Shop.Name, Lang: o.Shop.NameLang})
				r.Href = at(c, "/shops/"+o.Shop.Listing.Slug)
				x.Records.Items = append(x.Records.Items, r)
			}
		}
		for i := range offered {
			if o := &offered[i]; slices.Contains(o.Areas, a.ID) {
				x.Records.Items = append(x.Records.Items, benefitRecord(p, &o.Post, p.phrase(o.Organisation)))
			}
		}
		v.add(x)
	}
	all := section{ID: "everybody", Records: &ui.Records{Empty: p.say("benefits.none")}}
	for i := range offered {
		if o := &offered[i]; len(o.Areas) == 0 {
			all.Title = p.say("benefits.everybody")
			all.Records.Items = append(all.Records.Items, benefitRecord(p, &o.Post, p.phrase(o.Organisation)))
		}
	}
	if len(areas) == 0 || len(all.Records.Items) > 0 {
		v.add(all)
	}
	return s.showPublic(c, p, &v)
}

func benefitRecord(p *speaker, x *post.Post, who ui.Phrase) ui.Record {
	o := offerView(p, x)
	r := ui.Record{Title: o.Title, Lang: o.Lang, Said: []ui.Phrase{who, {Text: o.When}}}
	r.Said = append(append(r.Said, o.Who...), o.Text)
	r.Tag, r.State = p.say("posts.kind."+string(x.Kind)), ui.TaskWait
	if x.Now(p.now) {
		r.State = ui.TaskDone
	}
	return r
}

// offeredBy lists what a member does for residents, for who works on the joint meeting.
func (s *Site) offeredBy(c *fiber.Ctx, p *speaker, o *assembly.Organisation) (section, error) {
	x := section{ID: "benefits", Title: p.say("benefits.own"), Records: &ui.Records{Empty: p.say("benefits.none")}}
	if s.services.Posts == nil {
		return x, nil
	}
	list, err := s.services.Posts.ByOrganisation(c.UserContext(), Of(c).Actor, o.ID)
	for i := range list {
		y := &list[i]
		r := benefitRecord(p, y, ui.Phrase{Text: p.say("posts.kind." + string(y.Kind))})
		if r.Tag, r.State = postTag(p, y); r.Tag == "" {
			r.Tag, r.State = p.say("benefits.ended"), ui.TaskDone
		}
		x.Records.Items = append(x.Records.Items, r)
	}
	if len(list) > 0 && !o.Listed() {
		x.Callouts = []ui.Callout{{Icon: "info", Lead: p.say("benefits.not_named")}}
	}
	return x, err
}
