package web

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/post"
)

func (s *Site) postRoutes() []Route {
	get, send := http.MethodGet, http.MethodPost
	const list, none = "/my/shops/:id/posts", "/my/shops/none/posts"
	const offered, nobody = "/my/assembly/:id/benefits", "/my/assembly/none/benefits"
	out := []Route{}
	for _, x := range []struct {
		list, none string
		of         postsOf
		needs      access.Action
		thing      func(*fiber.Ctx) (access.Thing, error)
	}{{list, none, s.postsOfShop, access.ListingOffers, s.shopThing}, {offered, nobody, s.postsOfMember, access.AssemblyMember, s.ofMember}} {
		for _, r := range []Route{
			{Method: get, Path: "", Handle: s.postsPage(x.of), Probe: ""},
			{Method: get, Path: "/new", Handle: s.newPostPage(x.of), Probe: "/new"},
			{Method: send, Path: "/new", Handle: s.newPostSent(x.of), Rate: Write, Probe: "/new"},
			{Method: get, Path: "/:post", Handle: s.postPage(x.of), Probe: "/none"},
			{Method: send, Path: "/:post", Handle: s.postSent(x.of), Rate: Write, Probe: "/none"},
		} {
			r.Path, r.Probe, r.Kind, r.Needs, r.Thing = x.list+r.Path, x.none+r.Probe, Private, x.needs, x.thing
			out = append(out, r)
		}
	}
	return append(out,
		Route{Method: get, Path: "/shops/:slug/calendar.ics", Handle: s.shopCalendar, Cached: true, Needs: access.PublicRead, Probe: "/shops/none/calendar.ics"},
		Route{Method: get, Path: "/offers", Handle: s.offers, Cached: true, Query: []string{"at", "cat"}, Needs: access.PublicRead},
	)
}

// writer is whose posts some pages are: a shop's, or those of a member of the joint meeting for the residents around.
type writer struct {
	Up                 ui.Link // to the page of the writer
	Path               string  // of the list, without a language
	Title, Lead, New   string
	Near               string // what ticking a neighbourhood does
	Shop, Organisation string // the id; one of them
	Callouts           []ui.Callout
}

// postsOf finds out whose the posts are that an address is about.
type postsOf func(c *fiber.Ctx, p *speaker) (writer, error)

func (s *Site) postsOfShop(c *fiber.Ctx, p *speaker) (writer, error) {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return writer{}, err
	}
	return writer{
		Up: ui.Link{Label: l.Name.Hans, Href: at(c, "/my/shops/"+l.ID)}, Path: "/my/shops/" + l.ID + "/posts", Shop: l.ID,
		Title: p.say("posts.title"), Lead: p.say("posts.lead", "Max", post.MaxLive), New: p.say("posts.new"), Near: p.say("posts.field.areas_hint"),
	}, nil
}

// postsOfMember: what an organisation offers is public as long as it may be named; where it may not, its page says so.
func (s *Site) postsOfMember(c *fiber.Ctx, p *speaker) (writer, error) {
	o, err := s.services.Assembly.Own(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return writer{}, err
	}
	w := writer{
		Up: ui.Link{Label: p.name(o.Name), Href: at(c, "/my/assembly/"+o.ID)}, Path: "/my/assembly/" + o.ID + "/benefits", Organisation: o.ID,
		Title: p.say("benefits.own"), Lead: p.say("benefits.own_lead", "Max", post.MaxLive), New: p.say("posts.new"), Near: p.say("benefits.areas_hint"),
	}
	if !o.Listed() {
		w.Callouts = unlistedNote(c, p, o.ID, p.say("benefits.unlisted"))
	}
	return w, nil
}

// unlistedNote says to who acts for an organisation that nobody sees something of it, and where it agrees to be named.
func unlistedNote(c *fiber.Ctx, p *speaker, id, lead string) []ui.Callout {
	return []ui.Callout{{Kind: "warn", Icon: "alert", Lead: lead, Text: p.say("benefits.unlisted_text"), Link: &ui.Link{Label: p.say("assembly.consent"), Href: at(c, "/my/assembly/"+id) + "#consent"}}}
}

// all are the posts of the writer in every state, the newest first.
func (w *writer) all(c *fiber.Ctx, posts *post.Service) ([]post.Post, error) {
	if w.Organisation != "" {
		return posts.ByOrganisation(c.UserContext(), Of(c).Actor, w.Organisation)
	}
	return posts.ByListing(c.UserContext(), Of(c).Actor, w.Shop)
}

// has reports whether a post is one of the writer's.
func (w *writer) has(x *post.Post) bool {
	return x.ListingID == w.Shop && x.OrganisationID == w.Organisation
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

// postsPage: GET /my/shops/:id/posts and /my/assembly/:id/benefits.
func (s *Site) postsPage(of postsOf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p := s.speaker(c)
		w, err := of(c, p)
		if err != nil {
			return err
		}
		all, err := w.all(c, s.services.Posts)
		if err != nil {
			return err
		}
		return s.showPosts(c, p, &w, all)
	}
}

func (s *Site) showPosts(c *fiber.Ctx, p *speaker, w *writer, all []post.Post) error {
	v := myPostsPage{
		Up: w.Up, Title: w.Title, Lead: w.Lead, New: ui.Button{Label: w.New, Href: at(c, w.Path+"/new"), Icon: "plus"},
		Callouts: said(c, "saved", p.say("posts.done.saved"), "published", p.say("posts.done.published"),
			"withdrawn", p.say("posts.done.withdrawn")),
	}
	v.Callouts = append(v.Callouts, w.Callouts...)
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
				o.Edit, o.Ended = at(c, w.Path+"/"+x.ID), g.state == post.Ended
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

// newPostPage: GET /my/shops/:id/posts/new and /my/assembly/:id/benefits/new.
func (s *Site) newPostPage(of postsOf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p := s.speaker(c)
		w, err := of(c, p)
		if err != nil {
			return err
		}
		return s.showPost(c, p, s.postView(c, p, &w, nil, newPostForm(p)), nil)
	}
}

// newPostSent: POST /my/shops/:id/posts/new and /my/assembly/:id/benefits/new.
func (s *Site) newPostSent(of postsOf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := s.form(c)
		if err != nil {
			return err
		}
		ctx, by, p := c.UserContext(), Of(c).Actor, s.speaker(c)
		w, err := of(c, p)
		if err != nil {
			return err
		}
		v := s.postView(c, p, &w, nil, f)
		x := f.post()
		x.ListingID, x.OrganisationID = w.Shop, w.Organisation
		if f.Get("do") == "preview" {
			v.preview(p, &x)
			return s.showPost(c, p, v, nil)
		}
		if err := s.services.Posts.Create(ctx, by, &x); err != nil {
			return s.showPost(c, p, v, f.postFault(err))
		}
		if f.Get("do") != "publish" {
			return see(c, w.Path+"?done=saved")
		}
		if _, err := s.services.Posts.Publish(ctx, by, x.ID, x.Rev); err != nil {
			// It is kept as a draft: its page says why it is not public.
			return s.showPost(c, p, s.postView(c, p, &w, &x, postForm(&x)), err)
		}
		return see(c, w.Path+"?done=published")
	}
}

// ownPost returns the writer and the post that an address names, of that writer.
func (s *Site) ownPost(c *fiber.Ctx, p *speaker, of postsOf) (w writer, x post.Post, err error) {
	if w, err = of(c, p); err != nil {
		return w, x, err
	}
	if x, err = s.services.Posts.Get(c.UserContext(), Of(c).Actor, c.Params("post")); err == nil && !w.has(&x) {
		err = notThere()
	}
	return w, x, err
}

// postPage: GET /my/shops/:id/posts/:post and /my/assembly/:id/benefits/:post.
func (s *Site) postPage(of postsOf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		p := s.speaker(c)
		w, x, err := s.ownPost(c, p, of)
		if err != nil {
			return err
		}
		v := s.postView(c, p, &w, &x, postForm(&x))
		v.preview(p, &x)
		return s.showPost(c, p, v, nil)
	}
}

// postSent: POST /my/shops/:id/posts/:post and /my/assembly/:id/benefits/:post.
func (s *Site) postSent(of postsOf) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, rev, err := s.revised(c)
		if err != nil {
			return err
		}
		p := s.speaker(c)
		w, was, err := s.ownPost(c, p, of)
		if err != nil {
			return err
		}
		return s.postChanged(c, p, &w, was, f, rev)
	}
}

func (s *Site) postChanged(c *fiber.Ctx, p *speaker, w *writer, was post.Post, f *form, rev int64) (err error) {
	ctx, by := c.UserContext(), Of(c).Actor
	x := f.post()
	x.ID, x.ListingID, x.OrganisationID, x.State = was.ID, was.ListingID, was.OrganisationID, was.State
	done := "saved"
	switch f.Get("do") {
	case "preview":
		v := s.postView(c, p, w, &was, f)
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
			return s.postConflict(c, p, w, &was, f)
		}
		return s.showPost(c, p, s.postView(c, p, w, &was, f), f.postFault(err))
	}
	return see(c, w.Path+"?done="+done)
}

// postConflict shows what somebody else has made of the post above the form with what was typed: sent again, the typed wins.
func (s *Site) postConflict(c *fiber.Ctx, p *speaker, w *writer, x *post.Post, f *form) error {
	v := s.postView(c, p, w, x, f)
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
func (s *Site) postView(c *fiber.Ctx, p *speaker, w *writer, x *post.Post, f *form) myPostPage {
	v := myPostPage{Up: ui.Link{Label: w.Title, Href: at(c, w.Path)}, Title: w.New, Callouts: slices.Clone(w.Callouts)}
	v.Form = &ui.Form{Action: at(c, w.Path+"/new"), CSRF: s.token(Of(c)), Parts: postParts(p, f, s.areaNames(c.UserContext(), p), w.Near)}
	state := post.Draft
	if x != nil {
		v.Title, v.Form.Action, v.Form.Rev = p.say("posts.edit"), at(c, w.Path+"/"+x.ID), strconv.FormatInt(x.Rev, 10)
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
