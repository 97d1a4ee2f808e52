package web

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/listing"
)

// siblings are the other shops of the same merchant whose hours who asks may write.
func (s *Site) siblings(c *fiber.Ctx, l *listing.Listing) ([]listing.Listing, error) {
	by := Of(c).Actor
	list, err := s.services.Listings.ByMerchant(c.UserContext(), by, l.MerchantID)
	return slices.DeleteFunc(list, func(x listing.Listing) bool {
		return x.ID == l.ID || x.State == listing.Archived || x.State == listing.Closed || !access.Can(by, access.ListingHours, x.Thing())
	}), err
}

// copied is what became of one shop that was chosen.
type copied struct {
	name, word, more string
	ok               bool
}

// copyPage: GET /my/shops/:id/special/copy (from, to): what this shop says of some days is said of other shops of the same merchant, too.
// None is chosen beforehand: a mistake that is copied is many mistakes.
func (s *Site) copyPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.copyView(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// copyView is the page with its form; the form is nil when there is nothing to copy, or nowhere to copy it to.
func (s *Site) copyView(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	l, err := s.ownShop(c)
	if err != nil {
		return nil, nil, err
	}
	from, to, ok := copyDates(c)
	if !ok {
		return nil, nil, fault.Missing()
	}
	others, err := s.siblings(c, &l)
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("my.page.special"), Href: shopHref(c, &l, "special")}, Title: p.say("my.copy.title")}
	if hours.Silent(l.Hours, s.calendar(), from, to) || !l.Hours.Known {
		v.warn(p.say("my.copy.silent"))
		return v, nil, nil
	}
	days := func(x *listing.Listing) string {
		switch {
		case !x.Hours.Known:
			return p.say("my.copy.week")
		case hours.Silent(x.Hours, s.calendar(), from, to):
			return p.say("my.copy.now", "Words", p.say("special.open_question"))
		}
		return p.say("my.copy.now", "Words", s.answerWords(p, x, hours.Holiday{From: from, To: to}))
	}
	v.add(section{Facts: fact(fact(nil, p.say("my.copy.days"), dayRange(p, from, to)), p.name(l.Name.Text), s.answerWords(p, &l, hours.Holiday{From: from, To: to}))})
	if len(others) == 0 {
		v.warn(p.say("my.copy.alone"))
		return v, nil, nil
	}
	which := &ui.Choice{ID: "shop", Name: "shop", Legend: p.say("my.copy.which"), Hint: p.say("my.copy.hint"), Many: true}
	x := &ui.Form{
		ID: "copy", Action: shopHref(c, &l, "special/copy") + "?from=" + from.String() + "&to=" + to.String(), CSRF: s.token(Of(c)), Rev: revWords(&l),
		Parts: []ui.FormPart{{Choice: which}}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.copy.send")}}},
	}
	for i := range others {
		o := &others[i]
		which.Options = append(which.Options, ui.Pick{Value: o.ID, Label: p.name(o.Name.Text), Hint: days(o), Checked: f != nil && slices.Contains(f.Values["shop"], o.ID)})
		x.Hidden = append(x.Hidden, ui.Hidden{Name: "rev-" + o.ID, Value: revWords(o)})
	}
	v.add(section{Forms: []*ui.Form{x}})
	return v, x, nil
}

// copyDates are the dates that the address names.
func copyDates(c *fiber.Ctx) (from, to calendar.Date, ok bool) {
	from, err1 := calendar.ParseDate(c.Query("from"))
	to, err2 := calendar.ParseDate(c.Query("to"))
	return from, to, err1 == nil && err2 == nil && from <= to && to-from <= hours.MaxSpecialDays
}

// copySent: POST /my/shops/:id/special/copy (from, to; shop, rev, rev-ID): each shop that was chosen is written by itself, if it still is
// what was shown; the answer says of each what became of it.
func (s *Site) copySent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	from, to, ok := copyDates(c)
	if !ok {
		return fault.Missing()
	}
	p := s.speaker(c)
	again := func(status int, bad error) error {
		v, x, err := s.copyView(c, p, f)
		if err != nil {
			return err
		}
		if bad != nil && x != nil {
			return s.showCase(c, p, v, x, bad)
		}
		v.warn(p.say("my.done.stale"))
		c.Status(status)
		return s.showCase(c, p, v, nil, nil)
	}
	chosen := f.Values["shop"]
	switch {
	case rev != l.Rev && !s.sameDays(c, &l, rev, from, to):
		return again(fiber.StatusConflict, nil)
	case len(chosen) == 0:
		return again(0, fault.Wrong("shop", "my.wrong.choose", nil))
	}
	others, err := s.siblings(c, &l)
	if err != nil {
		return err
	}
	done := []copied{}
	for i := range others {
		if o := &others[i]; slices.Contains(chosen, o.ID) {
			done = append(done, s.copyTo(c, p, &l, o, f.Get("rev-"+o.ID), from, to))
		}
	}
	if len(done) == 0 {
		return fault.Missing()
	}
	return s.showCopied(c, p, &l, done)
}

// copyTo writes what l says of the dates over the revision of o that was shown.
func (s *Site) copyTo(c *fiber.Ctx, p *speaker, l, o *listing.Listing, shown string, from, to calendar.Date) copied {
	out := copied{name: p.name(o.Name.Text)}
	h, ok := o.Hours.Copied(s.calendar(), l.Hours, from, to)
	if !ok {
		out.word = "week"
		return out
	}
	if revWords(o) != shown {
		out.word = "stale"
		return out
	}
	patch, err := patched("hours", h)
	if err == nil {
		var got listing.Listing
		if got, err = s.services.Listings.Edit(c.UserContext(), Of(c).Actor, o.ID, o.Rev, patch); err == nil {
			out.ok, out.word = true, "written"
			if got.Rev == o.Rev {
				out.word = "same"
			}
			return out
		}
	}
	out.word = "refused"
	if isStale(err) {
		out.word = "stale"
	} else if wrong := wrongFields(p, err, func(string) string { return "" }); len(wrong) > 0 {
		out.more = wrong[0].Text
	}
	return out
}

// showCopied says of each shop what became of it.
func (s *Site) showCopied(c *fiber.Ctx, p *speaker, l *listing.Listing, done []copied) error {
	v := &casePage{Up: &ui.Link{Label: p.say("my.page.special"), Href: shopHref(c, l, "special")}, Title: p.say("my.copy.title")}
	list := &ui.Records{}
	written := 0
	for _, x := range done {
		r := ui.Record{Title: x.name, Lines: []string{p.say("my.copy.word." + x.word)}, Tag: p.say("my.copy.no"), State: ui.TaskBad}
		if x.more != "" {
			r.Lines = append(r.Lines, x.more)
		}
		if x.ok {
			written++
			r.Tag, r.State = p.say("my.copy.yes"), ui.TaskDone
		}
		list.Items = append(list.Items, r)
	}
	lead := p.say("my.copy.result", "N", written, "All", len(done))
	if written == len(done) {
		v.ok(lead)
	} else {
		v.warn(lead)
	}
	v.add(section{Title: p.say("my.copy.shops"), Records: list})
	if written == 0 {
		c.Status(fiber.StatusConflict)
	}
	return s.showCase(c, p, v, nil, nil)
}
