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

// benefitsShown are the posts of shops and what organisations do for residents, as everybody may read them at this moment.
func (s *Site) benefitsShown(c *fiber.Ctx, p *speaker) (directory.PostsPage, []post.Benefit, error) {
	page, err := s.directory.Posts(c.UserContext(), directory.PostsQuery{}, p.Lang, p.now)
	if err != nil || s.services.Posts == nil {
		return page, nil, err
	}
	offered, err := s.services.Posts.Benefits(c.UserContext(), p.now)
	return page, offered, err
}

// benefitsCalendar: GET /neighbours.ics: what shops do for the residents of a neighbourhood, and organisations for all, for a calendar that
// asks again by itself.
func (s *Site) benefitsCalendar(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, offered, err := s.benefitsShown(c, p)
	if err != nil {
		return err
	}
	posts := []post.Post{}
	where, href := map[string]string{}, map[string]string{}
	for i := range page.Posts {
		if x := &page.Posts[i]; len(x.Post.Areas) > 0 && x.Post.Kind != post.News {
			posts = append(posts, *x.Post)
			where[x.Post.ID], href[x.Post.ID] = postPlace(p, x), postHrefOf(p, x)
		}
	}
	for i := range offered {
		if x := &offered[i]; x.Kind != post.News {
			posts = append(posts, x.Post)
			where[x.ID], href[x.ID] = p.name(x.Organisation), ui.Href(p.Lang, "/neighbours")
		}
	}
	cal := post.Calendar{
		Name: p.say("benefits.title"), Host: s.config.Host(), Lang: p.Lang,
		URL: func(x *post.Post) string { return s.config.Origin + href[x.ID] }, Place: func(x *post.Post) string { return where[x.ID] },
	}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(cal.ICalendar(posts))
}

// benefitsPage: GET /neighbours: what shops and organisations do for the residents of each neighbourhood. They say so themselves with a
// post, which begins and ends by its dates, and of an organisation as long as it agrees to be named; of a neighbourhood there is the name
// and nothing else.
func (s *Site) benefitsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, offered, err := s.benefitsShown(c, p)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("benefits.title"), Lead: p.say("benefits.lead"), Links: []ui.Link{{Label: p.say("activity.subscribe"), Href: at(c, "/neighbours.ics")}, {Label: p.say("offers.title"), Href: at(c, "/offers")}, {Label: p.say("activity.title"), Href: at(c, "/activities")}}}
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
