package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/post"
)

// photosLookPage: GET /desk/photos/:id: the photos of a shop, those nobody has looked at first.
func (s *Site) photosLookPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.photosCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "hidden"); w != "" {
		v.ok(p.say("desk.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) photosCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{
		Up: toDesk(c, p), Title: p.say("desk.photos_title", "Shop", p.name(l.Name.Text)),
		Links: []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}},
	}
	if len(l.Looks.Photos) == 0 {
		v.warn(p.say("desk.photos_none"))
	} else {
		v.Lead = p.say("desk.photos_lead")
		v.add(section{Forms: []*ui.Form{{
			ID: "looked", Action: at(c, "/desk/photos/"+l.ID), CSRF: s.token(Of(c)), Rev: revision(l.Rev),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("desk.looked"), Name: "do", Value: "looked"}}},
		}}})
	}
	x := s.hideForm(c, p, &l, f, "")
	if x != nil {
		v.add(section{Title: p.say("desk.photos_hide"), Forms: []*ui.Form{x}})
	}
	return v, x, nil
}

// hideForm lists the photos of a shop, those nobody has looked at first, each with a button that hides it; nil for a shop without photos.
// back is the number of the report from which it is sent, empty for none.
func (s *Site) hideForm(c *fiber.Ctx, p *speaker, l *listing.Listing, f *form, back string) *ui.Form {
	if len(l.Photos) == 0 {
		return nil
	}
	list := &ui.PhotoLooks{}
	for i := range l.Photos {
		photo := photoView(p, l, i)
		item := ui.PhotoLook{ID: l.Photos[i].Key, N: i + 1, Photo: photo, Added: stamp(p, l.Photos[i].AddedAt), New: slices.Contains(l.Looks.Photos, l.Photos[i].Key)}
		list.Items = append(list.Items, item)
	}
	slices.SortStableFunc(list.Items, func(a, b ui.PhotoLook) int {
		switch {
		case a.New && !b.New:
			return -1
		case b.New && !a.New:
			return 1
		}
		return 0
	})
	x := &ui.Form{
		ID: "hide", Action: at(c, "/desk/photos/"+l.ID), CSRF: s.token(Of(c)),
		Parts: []ui.FormPart{{Choice: hideReasons(p, f)}, {Looks: list}},
	}
	if back != "" {
		x.Hidden = hidden("report", back)
	}
	return x
}

// hideReasons asks why something is hidden.
func hideReasons(p *speaker, f *form) *ui.Choice {
	x := &ui.Choice{ID: "reason", Name: "reason", Legend: p.say("desk.hide_why"), Hint: p.say("desk.hide_hint"), Columns: true}
	for _, r := range listing.HideReasons {
		x.Options = append(x.Options, ui.Pick{Value: string(r), Label: p.say("hidden.reason." + string(r)), Checked: f != nil && f.Get("reason") == string(r)})
	}
	return x
}

// photosLookSent: POST /desk/photos/:id (do, reason, rev, report).
func (s *Site) photosLookSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	if key, ok := strings.CutPrefix(f.Get("do"), "hide:"); ok {
		_, photo, err := s.services.Listings.HidePhoto(ctx, by, id, key, listing.HideReason(f.Get("reason")))
		if err == nil {
			err = s.services.Photos.Delete(ctx, photo)
		}
		switch back := f.Get("report"); {
		case err == nil && back != "":
			return see(c, "/desk/reports/"+escaped(back)+"?done=hidden")
		case err == nil:
			return see(c, "/desk/photos/"+id+"?done=hidden")
		case !fault.Is(err, fault.Invalid):
			return err
		}
		p := s.speaker(c)
		v, x, drawErr := s.photosCase(c, p, f)
		if drawErr != nil {
			return drawErr
		}
		return s.showCase(c, p, v, x, err)
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	if _, err = s.services.Listings.PhotosLooked(ctx, by, id, rev); err == nil {
		return decided(c, "looked")
	}
	if !stale(err) {
		return err
	}
	p := s.speaker(c)
	v, _, err := s.photosCase(c, p, nil)
	if err != nil {
		return err
	}
	v.warn(p.say("desk.changed"))
	c.Status(fiber.StatusConflict)
	return s.showCase(c, p, v, nil, nil)
}

// postLookPage: GET /desk/posts/:id: a post that went live and that nobody of the district has looked at.
func (s *Site) postLookPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.postCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) postCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	x, err := s.services.Posts.Get(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: toDesk(c, p), Title: p.say("desk.post_title", "What", p.name(x.Title))}
	if x.ListingID != "" {
		l, err := s.services.Listings.Open(ctx, by, x.ListingID)
		if err != nil {
			return nil, nil, err
		}
		v.Lead = p.name(l.Name.Text)
		v.Links = []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}}
	} else { // of an organisation, which this side knows by what is public only
		v.Lead, v.Links = p.say("benefits.title"), []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/neighbours")}}
	}
	facts := fact(nil, p.say("posts.field.kind"), p.say("posts.kind."+string(x.Kind)))
	for _, t := range []struct {
		label string
		text  lang.Text
	}{{"title", x.Title}, {"text", x.Text}, {"who", x.Who}, {"conditions", x.Conditions}} {
		for _, said := range []string{t.text.Hans, t.text.Hant, t.text.En} {
			facts = fact(facts, p.say("posts.field."+t.label), said)
		}
	}
	v.add(section{Facts: fact(facts, p.say("posts.field.when"), postWhen(p, &x))})
	if x.StateAt(p.now) != post.Published {
		v.warn(p.say("desk.post_none"))
		return v, nil, nil
	}
	buttons := []ui.Button{}
	if !x.LookSince.IsZero() {
		buttons = append(buttons, ui.Button{Label: p.say("desk.looked"), Name: "do", Value: "looked"})
	}
	buttons = append(buttons, ui.Button{Label: p.say("desk.hide"), Kind: "alt", Name: "do", Value: "hide"})
	decide := &ui.Form{
		ID: "decide", Action: at(c, "/desk/posts/"+x.ID), CSRF: s.token(Of(c)), Rev: revision(x.Rev),
		Parts: []ui.FormPart{{Choice: hideReasons(p, f)}}, Bar: &ui.Bar{Loose: true, Buttons: buttons},
	}
	v.add(section{Title: p.say("desk.decide"), Forms: []*ui.Form{decide}})
	return v, decide, nil
}

// postLookSent: POST /desk/posts/:id (rev, do, reason).
func (s *Site) postLookSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, word := c.UserContext(), Of(c).Actor, c.Params("id"), "looked"
	if f.Get("do") == "hide" {
		word = "hidden"
		_, err = s.services.Posts.Hide(ctx, by, id, rev, listing.HideReason(f.Get("reason")))
	} else {
		_, err = s.services.Posts.Looked(ctx, by, id, rev)
	}
	if err == nil {
		return decided(c, word)
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	p := s.speaker(c)
	v, x, drawErr := s.postCase(c, p, f)
	if drawErr != nil {
		return drawErr
	}
	if x == nil || stale(err) {
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, err)
}
