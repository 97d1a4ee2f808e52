package web

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/post"
)

// eventsOnDesk is how many events a page of the desk lists.
const eventsOnDesk = 30

// eventsDesk: GET /desk/events (after): every event of a street or plaza by how it stands, and a new one.
func (s *Site) eventsDesk(c *fiber.Ctx) error { return s.shown(c, s.eventsCase) }

func (s *Site) eventsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	page, err := s.services.Posts.Events(c.UserContext(), Of(c).Actor, c.Query("after"), eventsOnDesk)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("events.title"), Lead: p.say("events.lead"), Links: []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/offers")}}}
	ahead, past := ui.Records{Empty: p.say("events.none")}, ui.Records{}
	for i := range page.Items {
		x := &page.Items[i]
		title, in := x.Held.Page.Draft.Title.In(p.Lang)
		r := ui.Record{Title: title, Lang: in, Href: at(c, "/desk/events/"+x.ID), Lines: []string{postWhen(p, detailed(&x.Held.Page.Draft))}}
		r.Tag, r.State = eventTag(p, x)
		if st := x.StateAt(p.now); st == post.Ended || x.Cancelled() {
			past.Items = append(past.Items, r)
		} else {
			ahead.Items = append(ahead.Items, r)
		}
	}
	v.add(section{ID: "ahead", Title: p.say("events.ahead"), Records: &ahead})
	if len(past.Items) > 0 {
		v.add(section{ID: "past", Title: p.say("events.over"), Records: &past})
	}
	if page.Next != "" {
		v.Links = append(v.Links, ui.Link{Label: p.say("office.next"), Href: at(c, "/desk/events") + "?after=" + escaped(page.Next)})
	}
	if !access.Can(Of(c).Actor, access.EventEdit, access.Thing{}) {
		return v, nil
	}
	parts, err := s.eventParts(c, p, eventForm(p, f, nil, ""))
	v.add(section{ID: "new", Title: p.say("events.new"), Forms: []*ui.Form{s.act(c, "event", at(c, "/desk/events"), 0, p.say("events.add"), parts...)}})
	return v, err
}

// eventTag says how an event stands.
func eventTag(p *speaker, x *post.Post) (string, ui.TaskState) {
	switch {
	case x.Cancelled():
		return p.say("events.off"), ui.TaskBad
	case x.StateAt(p.now) == post.Ended:
		return p.say("events.past"), ui.TaskDone
	case x.Held.Page.Asked != "" && x.State == post.Published:
		return p.say("events.change_waiting"), ui.TaskWait
	case x.Held.Page.Asked != "":
		return p.say("events.waiting"), ui.TaskWait
	case x.State == post.Published && x.Held.Page.Ahead():
		return p.say("events.ahead_of_public"), ui.TaskTodo
	case x.State == post.Published:
		return p.say("events.shown"), ui.TaskDone
	}
	return p.say("events.draft"), ui.TaskTodo
}

// eventForm is what stands in the form of an event: what was typed, what is written, or what a new one begins with. shop is the last part
// of the address of the shop it is at.
func eventForm(p *speaker, f *form, d *post.Details, shop string) *form {
	if f = only(f, "event"); f != nil {
		return f
	}
	if d == nil {
		return &form{Values: url.Values{"from": {p.now.Format("2006-01-02")}, "form": {"event"}}}
	}
	v := whenForm(detailed(d))
	for name, text := range map[string]lang.Text{"title": d.Title, "text": d.Text, "organiser": d.Organiser, "spot": d.Spot, "price": d.Price} {
		v[name], v[name+".hant"], v[name+".en"] = []string{text.Hans}, []string{text.Hant}, []string{text.En}
	}
	v.Set("form", "event")
	v.Set("shop", shop)
	v.Set("category", d.CategoryID)
	v.Set("capacity", capacityTyped(d.Capacity))
	v.Set("link", d.Link)
	if d.Free {
		v.Set("free", "1")
	}
	switch {
	case d.ShopID != "":
	case d.PlazaID != "":
		v.Set("place", plazaPlace+d.PlazaID)
	default:
		v.Set("place", streetPlace+d.StreetID)
	}
	return &form{Values: v}
}

// What stands before the id of a street or plaza that is chosen from one list.
const streetPlace, plazaPlace = "street:", "plaza:"

func (s *Site) eventParts(c *fiber.Ctx, p *speaker, f *form) ([]ui.FormPart, error) {
	places := []ui.Option{{Label: p.say("events.choose_place")}}
	for _, x := range []struct {
		before string
		read   func(*fiber.Ctx, *speaker) ([]ui.Option, error)
	}{{plazaPlace, s.plazaOptions}, {streetPlace, s.streetOptions}} {
		list, err := x.read(c, p)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			o.Value = x.before + o.Value
			o.Checked = o.Value == f.Get("place")
			places = append(places, o)
		}
	}
	categories, err := s.categoryOptions(c, p)
	if err != nil {
		return nil, err
	}
	for i := range categories {
		categories[i].Checked = categories[i].Value == f.Get("category")
	}
	line := func(max int, hint string) func(*ui.Field) {
		return func(y *ui.Field) { y.Max, y.Optional, y.Hint = max, true, hint }
	}
	// What a text says in the other languages comes last: most who write an event leave it empty.
	others := []ui.FormPart{{Heading: p.say("events.languages")}}
	text := func(name, label string, more func(*ui.Field)) ui.FormPart {
		parts := threefold(p, f, "event", name, label, lang.Text{}, more)
		for i := range parts[1:] {
			parts[i+1].Field.Hint = ""
		}
		others = append(others, parts[1:]...)
		return parts[0]
	}
	out := []ui.FormPart{
		text("title", p.say("events.name"), func(y *ui.Field) { y.Max = post.MaxEventTitle }),
		text("text", p.say("events.text"), func(y *ui.Field) {
			y.Type, y.Rows, y.Max, y.Optional, y.Hint = "textarea", 4, post.MaxEventText, true, p.say("events.text_hint")
		}),
		text("organiser", p.say("events.organiser"), line(post.MaxEventLine, p.say("events.organiser_hint"))),
		{Heading: p.say("events.place")},
		field(f, "event", "place", p.say("events.where"), func(y *ui.Field) { y.Options, y.Hint = places, p.say("events.where_hint") }),
		field(f, "event", "shop", p.say("events.shop"), func(y *ui.Field) { y.Optional, y.Hint = true, p.say("events.shop_hint") }),
		text("spot", p.say("events.spot"), line(post.MaxEventLine, p.say("events.spot_hint"))),
		field(f, "event", "category", p.say("events.category"), func(y *ui.Field) {
			y.Options, y.Optional, y.Hint = append([]ui.Option{{Label: p.say("events.no_category")}}, categories...), true, p.say("events.category_hint")
		}),
	}
	out = append(out, whenParts(p, f)...)
	out = append(out, ui.FormPart{Heading: p.say("events.come")}, postChoice(f, "free", p.say("events.cost"), true, ui.Pick{Value: "1", Label: p.say("events.free")}))
	out[len(out)-1].Choice.Optional = true
	out = append(out, text("price", p.say("events.price"), line(post.MaxEventLine, p.say("events.price_hint"))),
		field(f, "event", "capacity", p.say("events.capacity"), func(y *ui.Field) {
			y.InputMode, y.Short, y.Optional, y.Hint = "numeric", true, true, p.say("events.capacity_hint")
		}),
		field(f, "event", "link", p.say("events.link"), func(y *ui.Field) {
			y.Type, y.InputMode, y.Max, y.Optional, y.Hint = "text", "url", post.MaxEventLink, true, p.say("events.link_hint")
		}))
	return append(out, others...), nil
}

// typedEvent reads the fields of an event: fault.Invalid for a shop that is none. The service says what else is wrong.
func (s *Site) typedEvent(c *fiber.Ctx, f *form) (post.Details, error) {
	d := post.Details{
		Title: typedText(f, "title"), Text: typedText(f, "text"), Organiser: typedText(f, "organiser"), Spot: typedText(f, "spot"), Price: typedText(f, "price"),
		Free: f.Get("free") != "", Capacity: countTyped(f.Get("capacity")), Link: f.Get("link"), CategoryID: f.Get("category"),
	}
	var when post.Post
	f.when(&when)
	d.From, d.Until, d.Repeat, d.Times = when.From, when.Until, when.Repeat, when.Times
	if id, ok := strings.CutPrefix(f.Get("place"), plazaPlace); ok {
		d.PlazaID = id
	} else {
		d.StreetID = strings.TrimPrefix(f.Get("place"), streetPlace)
	}
	if d.CategoryID != "" {
		if _, ok := s.services.Words().Category(d.CategoryID); !ok {
			return d, fault.Wrong("category", "error.choice", nil)
		}
	}
	if lang.Clean(f.Get("shop")) == "" {
		return d, nil
	}
	l, err := s.shopAt(c, f.Get("shop"))
	if fault.Is(err, fault.NotFound) {
		return d, fault.Wrong("shop", "outdoor.wrong.shop", nil)
	}
	d.ShopID = l.ID
	return d, err
}

// eventAdded: POST /desk/events (the fields of an event).
func (s *Site) eventAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	d, err := s.typedEvent(c, f)
	if err == nil {
		var x post.Post
		if x, err = s.services.Posts.AddEvent(c.UserContext(), Of(c).Actor, d); err == nil {
			return see(c, "/desk/events/"+x.ID+"?done=saved")
		}
	}
	return s.refused(c, f, f.postFault(err), s.eventsCase)
}

// eventDesk: GET /desk/events/:id.
func (s *Site) eventDesk(c *fiber.Ctx) error { return s.shown(c, s.eventCase) }

func (s *Site) eventCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	by := Of(c).Actor
	x, err := s.services.Posts.Event(c.UserContext(), by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here, g := at(c, "/desk/events/"+x.ID), &x.Held.Page
	v := &casePage{
		Up: &ui.Link{Label: p.say("events.title"), Href: at(c, "/desk/events")}, Title: p.name(g.Draft.Title),
	}
	if w := saidHere(c, "saved", "waits", "approved", "returned", "cancelled"); w != "" {
		v.ok(p.say("events.done." + w))
	}
	tag, _ := eventTag(p, &x)
	switch {
	case x.Cancelled():
		v.warn(tag + p.say("posts.comma") + p.say("events.off_why."+string(x.Held.Off)))
	case g.Asked == "" && g.Reason != "":
		v.warn(p.say("events.returned", "Why", g.Reason))
		fallthrough
	default:
		v.Lead = tag
	}
	where, err := s.eventDraft(c, p, &x)
	if err != nil {
		return nil, err
	}
	v.add(section{Facts: s.eventFacts(p, &where, &g.Draft)})
	for _, part := range []section{inEveryLanguage(p.say("events.name"), g.Draft.Title), inEveryLanguage(p.say("events.text"), g.Draft.Text)} {
		if len(part.Facts) > 0 {
			v.add(part)
		}
	}
	if x.State == post.Published {
		v.Links = append(v.Links, ui.Link{Label: p.say("assembly.public_page"), Href: at(c, "/events/"+x.ID)})
	}
	if x.Cancelled() {
		return v, nil
	}
	if g.Asked != "" {
		v.add(s.eventDecision(c, p, f, &x, here))
	}
	if !access.Can(by, access.EventEdit, access.Thing{}) {
		return v, nil
	}
	if g.Asked == "" && g.Ahead() {
		v.add(section{ID: "submit", Title: p.say("events.submit_title"), Text: p.say("events.submit_text"), Forms: []*ui.Form{s.act(c, "submit", here, x.Rev, p.say("events.submit"))}})
	}
	shop := ""
	if where.Shop.Listing != nil {
		shop = where.Shop.Listing.Slug
	}
	parts, err := s.eventParts(c, p, eventForm(p, f, &g.Draft, shop))
	if err != nil {
		return nil, err
	}
	stays := ""
	if x.State == post.Published {
		stays = p.say("events.edit_text")
	}
	v.add(section{ID: "edit", Title: p.say("events.edit"), Text: stays, Forms: []*ui.Form{s.act(c, "event", here, x.Rev, p.say("assembly.save"), parts...)}})
	if x.StateAt(p.now) == post.Published {
		why := []ui.Pick{}
		for _, o := range post.Offs {
			why = append(why, ui.Pick{Value: string(o), Label: p.say("events.off_why." + string(o)), Checked: typedOr(only(f, "off"), "off", "") == string(o)})
		}
		form := s.act(c, "off", here, x.Rev, p.say("events.off_send"), ui.FormPart{Choice: &ui.Choice{ID: "off-off", Name: "off", Legend: p.say("events.why"), Options: why}})
		form.Bar.Buttons[0].Kind = "alt"
		v.add(section{ID: "cancel", Title: p.say("events.off_title"), Text: p.say("events.off_text"), Forms: []*ui.Form{form}})
	}
	return v, nil
}

// eventDraft is what the draft of an event is at.
func (s *Site) eventDraft(c *fiber.Ctx, p *speaker, x *post.Post) (directory.ShopPost, error) {
	d := x.Held.Page.Draft
	draft := post.Post{StreetID: d.StreetID, PlazaID: d.PlazaID, Held: &post.Held{}}
	draft.Held.Page.Public = &d
	return s.directory.EventAt(c.UserContext(), &draft, p.Lang, p.now)
}

// eventDecision is the form of the second person, or the word to who wrote it that somebody else decides.
func (s *Site) eventDecision(c *fiber.Ctx, p *speaker, f *form, x *post.Post, here string) section {
	out := section{ID: "decide", Title: p.say("desk.decide")}
	for _, who := range x.Held.Page.Authors {
		if who == Of(c).Actor.Who() {
			out.Text = p.say("countersign.own")
			return out
		}
	}
	id := "decide-" + x.ID
	reason := field(only(f, id), id, "reason", p.say("assembly.reason"), func(y *ui.Field) { y.Max, y.Optional = 200, true })
	form := ui.NewDecision(here+"/decide", s.token(Of(c)), x.Held.Page.Asked, *reason.Field, p.say("assembly.approve"), p.say("assembly.return"))
	form.ID, form.Rev = id, revision(x.Rev)
	form.Hidden = append(form.Hidden, ui.Hidden{Name: "form", Value: id})
	out.Forms = []*ui.Form{&form}
	return out
}

// eventSent: POST /desk/events/:id (form: event, submit, off).
func (s *Site) eventSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "event":
		var d post.Details
		if d, err = s.typedEvent(c, f); err == nil {
			_, err = s.services.Posts.EditEvent(ctx, by, id, rev, d)
		}
	case "submit":
		done = "waits"
		_, err = s.services.Posts.SubmitEvent(ctx, by, id, rev)
	case "off":
		done = "cancelled"
		_, err = s.services.Posts.CancelEvent(ctx, by, id, rev, post.Off(f.Get("off")))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/events/"+id+"?done="+done)
	}
	return s.refused(c, f, f.postFault(err), s.eventCase)
}

// eventDecided: POST /desk/events/:id/decide (rev, shown, do, reason).
func (s *Site) eventDecided(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "approved"
	switch f.Get("do") {
	case "approve":
		_, err = s.services.Posts.ApproveEvent(ctx, by, id, rev, f.Get("shown"))
	case "return":
		done = "returned"
		_, err = s.services.Posts.ReturnEvent(ctx, by, id, rev, f.Get("reason"))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/events/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.eventCase)
}
