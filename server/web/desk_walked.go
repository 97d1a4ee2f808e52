package web

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/walk"
)

// walkedPage: GET /desk/walked: what was found at doors and cannot be written down without a choice.
func (s *Site) walkedPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, err := s.services.Walks.Open(c.UserContext(), Of(c).Actor, "", queueLength)
	if err != nil {
		return err
	}
	v := casePage{Up: &ui.Link{Label: p.say("walk.title"), Href: at(c, "/desk/walk")}, Title: p.say("walk.open_title"), Lead: p.say("walk.open_lead")}
	if w := saidHere(c, "done", "waits", "dropped"); w != "" {
		v.ok(p.say("walk.noted." + w))
	}
	list := ui.Records{Empty: p.say("walk.open_none")}
	for i := range page.Items {
		a := &page.Items[i]
		href := at(c, "/desk/walked/"+a.ID)
		list.Items = append(list.Items, ui.Record{
			Title: s.answerTitle(c, p, a), Href: href, Lines: []string{p.say("walk.kind." + string(a.Kind)), storedDay(p, a.On)},
			Tag: p.say("walk.state." + string(a.State)), State: ui.TaskTodo, Buttons: []ui.Button{{Label: p.say("walk.choose"), Href: href, Kind: "alt s"}},
		})
	}
	v.add(section{Title: p.say("walk.open_list"), Records: &list})
	return s.showCase(c, p, &v, nil, nil)
}

// answerTitle is what an answer is about: the shop, or the door.
func (s *Site) answerTitle(c *fiber.Ctx, p *speaker, a *walk.Answer) string {
	if l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, a.ListingID); err == nil {
		return p.name(l.Name.Text)
	}
	h, _, _ := place.ParseHouse(cmp.Or(a.Said.House, a.House))
	street := ""
	if st, err := s.services.Streets.Street(c.UserContext(), a.StreetID); err == nil {
		street = p.name(st.Name)
	}
	return strings.TrimSpace(cmp.Or(a.Said.Name, street+" "+h.Door()))
}

// walkedCase: GET /desk/walked/:id: what was found at a door beside what the page says now.
func (s *Site) walkedCase(c *fiber.Ctx) error {
	p := s.speaker(c)
	a, err := s.services.Walks.Answer(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	v, x, err := s.answerCase(c, p, &a, nil)
	if err != nil {
		return err
	}
	if x != nil && a.State == walk.Wrong {
		if err := answerNames(s.services.Walks.Check(c.UserContext(), Of(c).Actor, &a)); fault.Is(err, fault.Invalid) {
			explain(p, x, err)
		}
	}
	return s.showCase(c, p, v, nil, nil)
}

// answerNames calls the fields of a mistake as the form of an answer does.
func answerNames(err error) error {
	return rename(err, "phones", "phone", "address.house", "house", "address", "house", "name", "name")
}

func (s *Site) answerCase(c *fiber.Ctx, p *speaker, a *walk.Answer, f *form) (*casePage, *ui.Form, error) {
	v := &casePage{Up: &ui.Link{Label: p.say("walk.open_title"), Href: at(c, "/desk/walked")}, Title: s.answerTitle(c, p, a), Lead: p.say("walk.found", "Day", storedDay(p, a.On), "What", p.say("walk.kind."+string(a.Kind)))}
	switch a.State {
	case walk.Conflict:
		v.warn(p.say("walk.changed_since"))
	case walk.Wrong:
		v.warn(p.say("walk.mend"))
	case walk.Taken, walk.Done, walk.Waits, walk.Dropped:
		v.warn(p.say("walk.settled"))
		return v, nil, nil
	}
	rev := int64(0)
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, a.ListingID)
	switch {
	case err == nil:
		rev = l.Rev
		v.Links = []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}}
		v.add(section{Title: p.say("walk.compare"), Compare: s.answerCompare(p, &l, a)})
	case a.ListingID != "" && !fault.Is(err, fault.NotFound):
		return nil, nil, err
	}
	x := &ui.Form{Action: at(c, "/desk/walked/"+a.ID), CSRF: s.token(Of(c)), Rev: revision(rev), Parts: answerParts(p, a, f)}
	x.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("walk.take_mine"), Name: "do", Value: "mine"}, {Label: p.say("walk.take_theirs"), Kind: "alt", Name: "do", Value: "theirs"}}}
	v.add(section{Title: p.say("walk.decide"), Forms: []*ui.Form{x}})
	return v, x, nil
}

// answerCompare sets what the page says now beside what was found at the door.
func (s *Site) answerCompare(p *speaker, l *listing.Listing, a *walk.Answer) *ui.Compare {
	now := s.stopView(p, &walk.Stop{ListingID: l.ID, Name: l.Name, Phones: l.PublicPhones(), Hours: l.Hours, Confirmed: l.Confirmed})
	x := &ui.Compare{OldTitle: p.say("walk.page_says"), NewTitle: p.say("walk.door_says")}
	if a.Kind != walk.Changed {
		x.Fields = append(x.Fields, ui.NewCompareField(p.say("walk.found_there"), p.say("walk.listing_state."+string(l.State)), p.say("walk.kind."+string(a.Kind))))
	} else {
		for _, f := range []struct{ word, now, found string }{{"name", now.Name, a.Said.Name}, {"phone", now.Phone, a.Said.Phone}, {"hours", now.Hours, a.Said.Hours}} {
			x.Fields = append(x.Fields, ui.NewCompareField(p.say("walk.field."+f.word), f.now, cmp.Or(f.found, f.now)))
		}
	}
	return x
}

func answerParts(p *speaker, a *walk.Answer, f *form) []ui.FormPart {
	text := func(name, value string) ui.FormPart {
		return input(f, name, p.say("walk.field."+name), func(x *ui.Field) {
			x.Max = 60
			if f == nil {
				x.Value = value
			}
		})
	}
	switch a.Kind {
	case walk.Changed:
		return []ui.FormPart{text("name", a.Said.Name), text("phone", a.Said.Phone), text("hours", a.Said.Hours)}
	case walk.NewShop:
		return []ui.FormPart{text("name", a.Said.Name), text("house", cmp.Or(a.Said.House, a.House))}
	case walk.Same, walk.Gone, walk.Vacant:
	}
	return nil
}

// walkedSent: POST /desk/walked/:id (rev, do and the fields of the answer).
func (s *Site) walkedSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	a, err := s.services.Walks.Answer(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if f.Get("do") == "theirs" {
		if _, err = s.services.Walks.Drop(ctx, by, id); err == nil {
			return see(c, "/desk/walked?done=dropped")
		}
	} else {
		rev, revErr := strconv.ParseInt(f.Get("rev"), 10, 64)
		if revErr != nil {
			return fault.New(fault.Invalid, "error.form.rev", revErr)
		}
		said := walk.Said{Name: f.Get("name"), Phone: f.Get("phone"), Hours: f.Get("hours"), House: f.Get("house"), Category: a.Said.Category}
		var next walk.Answer
		if next, err = s.services.Walks.Choose(ctx, by, id, rev, said); err == nil && (next.State == walk.Done || next.State == walk.Waits) {
			return see(c, "/desk/walked?done="+string(next.State))
		}
	}
	if !stale(err) && !fault.Is(err, fault.Invalid) {
		return err
	}
	// What is there now is shown: the page changed again, or what was typed still cannot be taken.
	again, getErr := s.services.Walks.Answer(ctx, by, id)
	if getErr != nil {
		return getErr
	}
	v, x, caseErr := s.answerCase(c, p, &again, f)
	if caseErr != nil {
		return caseErr
	}
	if x == nil || stale(err) {
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, answerNames(err))
}
