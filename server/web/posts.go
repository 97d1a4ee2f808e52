package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/post"
)

func (s *Site) postRoutes() []Route {
	get, send := http.MethodGet, http.MethodPost
	const list, none = "/my/shops/:id/posts", "/my/shops/none/posts"
	return []Route{
		{Method: get, Path: list, Handle: s.postsPage, Kind: Private, Needs: access.ListingOffers, Thing: s.shopThing, Probe: none},
		{Method: get, Path: list + "/new", Handle: s.newPostPage, Kind: Private, Needs: access.ListingOffers, Thing: s.shopThing, Probe: none + "/new"},
		{Method: send, Path: list + "/new", Handle: s.newPostSent, Kind: Private, Rate: Write, Needs: access.ListingOffers, Thing: s.shopThing, Probe: none + "/new"},
		{Method: get, Path: list + "/:post", Handle: s.postPage, Kind: Private, Needs: access.ListingOffers, Thing: s.shopThing, Probe: none + "/none"},
		{Method: send, Path: list + "/:post", Handle: s.postSent, Kind: Private, Rate: Write, Needs: access.ListingOffers, Thing: s.shopThing, Probe: none + "/none"},
		{Method: get, Path: "/shops/:slug/calendar.ics", Handle: s.shopCalendar, Cached: true, Needs: access.PublicRead, Probe: "/shops/none/calendar.ics"},
		{Method: get, Path: "/offers", Handle: s.offers, Cached: true, Query: []string{"at", "cat"}, Needs: access.PublicRead},
	}
}

// postsPage is templates/pages/my-posts.html: 本店消息与优惠.
type myPostsPage struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	New      ui.Button
	Groups   []postGroup
}

// postGroup is the posts in one state.
type postGroup struct {
	Heading string
	Offers  []ui.Offer
}

// postsPage: GET /my/shops/:id/posts.
func (s *Site) postsPage(c *fiber.Ctx) error {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	all, err := s.services.Posts.ByListing(c.UserContext(), Of(c).Actor, l.ID)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := myPostsPage{
		Up: ui.Link{Label: l.Name.Hans, Href: at(c, "/my/shops/"+l.ID)}, Title: p.say("posts.title"),
		Lead: p.say("posts.lead", "Max", post.MaxLive),
		New:  ui.Button{Label: p.say("posts.new"), Href: at(c, postHref(l.ID, "new")), Icon: "plus"},
		Callouts: said(c, "saved", p.say("posts.done.saved"), "published", p.say("posts.done.published"),
			"withdrawn", p.say("posts.done.withdrawn")),
	}
	for _, g := range []struct {
		state   post.State
		heading string
	}{
		{post.Published, p.say("posts.state.published")},
		{post.Draft, p.say("posts.state.draft")},
		{post.Ended, p.say("posts.state.ended")},
		{post.Withdrawn, p.say("posts.state.withdrawn")},
	} {
		group := postGroup{Heading: g.heading}
		for i := range all {
			if x := &all[i]; x.StateAt(p.now) == g.state {
				o := offerView(p, x)
				o.Edit, o.Ended = at(c, postHref(l.ID, x.ID)), g.state == post.Ended
				o.Tag, o.State = postTag(p, x)
				group.Offers = append(group.Offers, o)
			}
		}
		if len(group.Offers) > 0 {
			v.Groups = append(v.Groups, group)
		}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-posts", v)
}

func postHref(listingID, what string) string { return "/my/shops/" + listingID + "/posts/" + what }

// postTag says how a post stands; of one that has ended the component says it.
func postTag(p *speaker, x *post.Post) (string, ui.TaskState) {
	switch x.StateAt(p.now) {
	case post.Published:
		if x.Now(p.now) {
			return p.say("posts.tag.now"), ui.TaskWait
		}
		return p.say("posts.tag.later"), ui.TaskDone
	case post.Draft:
		return p.say("posts.tag.draft"), ui.TaskTodo
	case post.Withdrawn:
		if x.Hidden != "" {
			return p.say("posts.tag.hidden"), ui.TaskBad
		}
		return p.say("posts.tag.withdrawn"), ui.TaskDone
	case post.Ended:
	}
	return "", ""
}

// newPostPage: GET /my/shops/:id/posts/new.
func (s *Site) newPostPage(c *fiber.Ctx) error {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	return s.showPost(c, p, s.postView(c, p, &l, nil, newPostForm(p)), nil)
}

// newPostSent: POST /my/shops/:id/posts/new.
func (s *Site) newPostSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	l, err := s.services.Listings.Open(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := s.postView(c, p, &l, nil, f)
	x := f.post()
	x.ListingID = l.ID
	if f.Get("do") == "preview" {
		v.preview(p, &x)
		return s.showPost(c, p, v, nil)
	}
	if err := s.services.Posts.Create(ctx, by, &x); err != nil {
		return s.showPost(c, p, v, f.postFault(err))
	}
	if f.Get("do") != "publish" {
		return see(c, "/my/shops/"+l.ID+"/posts?done=saved")
	}
	if _, err := s.services.Posts.Publish(ctx, by, x.ID, x.Rev); err != nil {
		// It is kept as a draft: its page says why it is not public.
		return s.showPost(c, p, s.postView(c, p, &l, &x, postForm(&x)), err)
	}
	return see(c, "/my/shops/"+l.ID+"/posts?done=published")
}

// ownPost returns the shop and the post that an address names, in that shop.
func (s *Site) ownPost(c *fiber.Ctx) (l listing.Listing, x post.Post, err error) {
	by := Of(c).Actor
	if l, err = s.services.Listings.Open(c.UserContext(), by, c.Params("id")); err != nil {
		return l, x, err
	}
	if x, err = s.services.Posts.Get(c.UserContext(), by, c.Params("post")); err == nil && x.ListingID != l.ID {
		err = notThere()
	}
	return l, x, err
}

// postPage: GET /my/shops/:id/posts/:post.
func (s *Site) postPage(c *fiber.Ctx) error {
	l, x, err := s.ownPost(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := s.postView(c, p, &l, &x, postForm(&x))
	v.preview(p, &x)
	return s.showPost(c, p, v, nil)
}

// postSent: POST /my/shops/:id/posts/:post.
func (s *Site) postSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	l, was, err := s.ownPost(c)
	if err != nil {
		return err
	}
	ctx, by, p := c.UserContext(), Of(c).Actor, s.speaker(c)
	x := f.post()
	x.ID, x.ListingID, x.State = was.ID, was.ListingID, was.State
	done := "saved"
	switch f.Get("do") {
	case "preview":
		v := s.postView(c, p, &l, &was, f)
		v.Form.Rev = f.Get("rev")
		v.preview(p, &x)
		return s.showPost(c, p, v, nil)
	case "withdraw":
		done = "withdrawn"
		_, err = s.services.Posts.Withdraw(ctx, by, was.ID, rev)
	case "publish":
		done = "published"
		if x, err = s.services.Posts.Replace(ctx, by, x, rev); err == nil {
			was = x
			_, err = s.services.Posts.Publish(ctx, by, x.ID, x.Rev)
		}
	default:
		_, err = s.services.Posts.Replace(ctx, by, x, rev)
	}
	if err != nil {
		if fault.Is(err, fault.Conflict) && was.Rev != rev && was.Rev != x.Rev {
			return s.postConflict(c, p, &l, &was, f)
		}
		return s.showPost(c, p, s.postView(c, p, &l, &was, f), f.postFault(err))
	}
	return see(c, "/my/shops/"+l.ID+"/posts?done="+done)
}

// postConflict shows what somebody else has made of the post above the form with what was typed: sent again, the typed wins.
func (s *Site) postConflict(c *fiber.Ctx, p *speaker, l *listing.Listing, x *post.Post, f *form) error {
	v := s.postView(c, p, l, x, f)
	v.preview(p, x)
	v.PreviewHeading = p.say("posts.theirs")
	v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("posts.changed"), Text: p.say("posts.again")})
	c.Status(fiber.StatusConflict)
	return s.showPost(c, p, v, nil)
}

// myPostPage is templates/pages/my-post.html.
type myPostPage struct {
	Base           ui.Base
	Up             ui.Link
	Title          string
	Callouts       []ui.Callout
	PreviewHeading string
	Preview        *ui.Offer
	Form           *ui.Form
}

func (v *myPostPage) preview(p *speaker, x *post.Post) {
	o := offerView(p, x)
	o.Ended = x.StateAt(p.now) == post.Ended
	v.PreviewHeading, v.Preview = p.say("posts.preview"), &o
}

// showPost answers with the form of a post; err is what was wrong with it.
func (s *Site) showPost(c *fiber.Ctx, p *speaker, v myPostPage, err error) error {
	if err != nil {
		status := explain(p, v.Form, err)
		if status == 0 {
			return err
		}
		c.Status(status)
	}
	title := v.Title
	if n := len(v.Form.Errors); n > 0 {
		title = p.count("form_page.title", n, "Title", title)
	}
	v.Base = s.privateBase(c, title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-post", v)
}

// postView is the page of a post: a new one when x is nil.
func (s *Site) postView(c *fiber.Ctx, p *speaker, l *listing.Listing, x *post.Post, f *form) myPostPage {
	v := myPostPage{Up: ui.Link{Label: p.say("posts.title"), Href: at(c, "/my/shops/"+l.ID+"/posts")}, Title: p.say("posts.new")}
	v.Form = &ui.Form{Action: at(c, postHref(l.ID, "new")), CSRF: s.token(Of(c)), Parts: postParts(p, f, s.areaNames(c.UserContext(), p))}
	state := post.Draft
	if x != nil {
		v.Title, v.Form.Action, v.Form.Rev = p.say("posts.edit"), at(c, postHref(l.ID, x.ID)), strconv.FormatInt(x.Rev, 10)
		state = x.StateAt(p.now)
	}
	do := func(kind, value, label string) ui.Button {
		return ui.Button{Label: label, Kind: kind, Name: "do", Value: value}
	}
	v.Form.Bar = &ui.Bar{}
	add := func(b ...ui.Button) { v.Form.Bar.Buttons = append(v.Form.Bar.Buttons, b...) }
	switch state {
	case post.Published:
		add(do("", "save", p.say("posts.save_live")), do("alt", "preview", p.say("posts.look")), do("text", "withdraw", p.say("posts.withdraw")))
	case post.Withdrawn:
		v.Form.Bar = nil
		if x.Hidden != "" {
			v.Callouts = append(v.Callouts, ui.Callout{Kind: "bad", Icon: "alert", Lead: p.say("posts.is_hidden"), Text: p.say("hidden.reason." + string(x.Hidden))})
		}
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("posts.is_withdrawn")})
	case post.Draft, post.Ended:
		add(do("", "publish", p.say("posts.publish")), do("alt", "preview", p.say("posts.look")), do("alt", "save", p.say("posts.save")))
	}
	return v
}

// days are the days of a week or a month that a form names.
func days(words []string) []int {
	out := []int{}
	for _, w := range words {
		if n, err := strconv.Atoi(w); err == nil && !slices.Contains(out, n) {
			out = append(out, n)
		} else if err != nil {
			out = append(out, -1) // said to be wrong by the service
		}
	}
	return out
}
