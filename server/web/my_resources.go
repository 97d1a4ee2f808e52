package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/resource"
)

// ownResources: GET /my/resources: for which organisation; who acts for one goes there.
func (s *Site) ownResources(c *fiber.Ctx) error {
	return s.chooseOrganisation(c, "/my/resources/", "resource.my_title", "resource.my_lead")
}

// ownResourcesPage: GET /my/resources/:id (after): what is under way, what the organisation offers and seeks.
func (s *Site) ownResourcesPage(c *fiber.Ctx) error { return s.shown(c, s.ownResourcesCase) }

func (s *Site) ownResourcesCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	o, err := s.services.Assembly.Own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	deals, err := s.services.Resources.Deals(ctx, by, id, onDeals)
	if err != nil {
		return nil, err
	}
	page, err := s.services.Resources.Of(ctx, by, id, c.Query("after"), onResources)
	if err != nil {
		return nil, err
	}
	here := at(c, "/my/resources/"+id)
	v := &casePage{Title: p.say("resource.my_title"), Lead: p.name(o.Name)}
	v.Buttons = []ui.Button{{Label: p.say("resource.see_open"), Href: here + "/open", Icon: "search"}, {Label: p.say("resource.new"), Href: "#new", Icon: "plus", Kind: "alt"}}
	if w := saidHere(c, "added", "withdrawn"); w != "" {
		v.ok(p.say("resource.done." + w))
	}
	name := s.naming(c, p, id)
	running := ui.Records{Empty: p.say("resource.no_deal")}
	for i := range deals {
		r := dealRecord(p, &deals[i], here+"/deals/"+deals[i].ID, name)
		if agreed, confirmed := deals[i].Said(id); deals[i].State == resource.Matched && agreed || deals[i].State == resource.Delivered && confirmed {
			r.State = ui.TaskWait // for the other
		}
		running.Items = append(running.Items, r)
	}
	v.add(section{Title: p.say("resource.running"), Records: &running})
	list := ui.Records{Empty: p.say("resource.none_own")}
	for i := range page.Items {
		x := &page.Items[i]
		state := x.StateAt(calendar.Today(p.now))
		r := postRecord(p, x, here+"/posts/"+x.ID, p.say("resource.until", "Day", onDay(p, x.Until)))
		if state != resource.Open {
			r = postRecord(p, x, here+"/posts/"+x.ID, p.say("resource.post_state."+string(state)))
			r.State = ui.TaskDone
		}
		list.Items = append(list.Items, r)
	}
	own := section{Title: p.say("resource.own"), Records: &list}
	if page.Next != "" {
		own.Links = []ui.Link{{Label: p.say("office.next"), Href: here + "?after=" + escaped(page.Next)}}
	}
	v.add(own)
	v.add(section{ID: "new", Title: p.say("resource.new"), Forms: []*ui.Form{s.act(c, "post", here, 0, p.say("resource.add"), s.resourceParts(c, p, only(f, "post"), "post", nil)...)}})
	v.Links = []ui.Link{{Label: p.say("assembly.my_title"), Href: at(c, "/my/assembly/"+id)}, {Label: p.say("station.my_rooms"), Href: at(c, "/my/rooms/"+id)}}
	return v, nil
}

// resourceParts are the fields of a post; x is nil for a new one, which says whether it is offered or sought.
func (s *Site) resourceParts(c *fiber.Ctx, p *speaker, f *form, id string, x *resource.Post) []ui.FormPart {
	d := resource.Details{Side: resource.Offered, Kind: resource.Hall}
	if x != nil {
		d = x.Details
	}
	value := func(name, stored string) string {
		if f != nil {
			return f.Get(name)
		}
		return stored
	}
	out := []ui.FormPart{}
	if x == nil {
		sides := ui.Choice{ID: id + "-side", Name: "side", Legend: p.say("resource.side_label")}
		for _, side := range []resource.Side{resource.Offered, resource.Sought} {
			sides.Options = append(sides.Options, ui.Pick{Value: string(side), Label: p.say("resource.we_" + string(side)), Checked: value("side", string(d.Side)) == string(side)})
		}
		out = append(out, ui.FormPart{Choice: &sides})
	}
	kinds := []ui.Option{}
	for _, k := range resource.Kinds {
		kinds = append(kinds, ui.Option{Value: string(k), Label: p.say("resource.kind." + string(k)), Checked: value("kind", string(d.Kind)) == string(k)})
	}
	places := []ui.Option{{Label: p.say("resource.anywhere")}}
	for _, o := range s.placeOptions(c, p) {
		o.Checked = value("place", d.Place) == o.Value
		places = append(places, o)
	}
	out = append(out,
		filled(f, id, "kind", p.say("resource.kind_label"), "", func(y *ui.Field) { y.Options = kinds }),
		filled(f, id, "title", p.say("resource.title"), d.Title, func(y *ui.Field) { y.Max, y.Lang, y.Hint = resource.MaxTitle, lang.Hans, p.say("resource.title_hint") }),
		filled(f, id, "text", p.say("resource.text"), d.Text, func(y *ui.Field) {
			y.Type, y.Max, y.Optional, y.Lang, y.Hint = "textarea", resource.MaxText, true, lang.Hans, p.say("resource.text_hint")
		}),
		filled(f, id, "place", p.say("resource.place"), "", func(y *ui.Field) { y.Optional, y.Options = true, places }))
	if x == nil || x.Side == resource.Offered {
		out = append(out, filled(f, id, "times", p.say("resource.times"), d.Times, func(y *ui.Field) { y.Optional, y.Lang, y.Hint = true, lang.Hans, p.say("resource.times_hint") }))
	}
	return out
}

// placeOptions are the streets of the district and its plazas.
func (s *Site) placeOptions(c *fiber.Ctx, p *speaker) []ui.Option {
	out := []ui.Option{}
	streets, err := s.services.Places.Streets(c.UserContext())
	p.note(err)
	for i := range streets {
		if streets[i].Core {
			out = append(out, ui.Option{Value: streets[i].Slug, Label: p.name(streets[i].Name)})
		}
	}
	plazas, err := s.services.Places.Plazas(c.UserContext())
	p.note(err)
	for i := range plazas {
		if plazas[i].Core {
			out = append(out, ui.Option{Value: plazas[i].Slug, Label: p.name(plazas[i].Name)})
		}
	}
	return out
}

// typedPost reads what resourceParts sends; a place that there is not is refused.
func (s *Site) typedPost(c *fiber.Ctx, p *speaker, f *form, side resource.Side) (resource.Details, error) {
	d := resource.Details{Side: side, Kind: resource.Kind(f.Get("kind")), Title: f.Get("title"), Text: f.Get("text"), Place: f.Get("place"), Times: f.Get("times")}
	if d.Place != "" && s.placeWords(c, p, d.Place) == "" {
		return d, fault.Wrong("place", "error.choice", nil)
	}
	return d, nil
}

// ownResourceAdded: POST /my/resources/:id.
func (s *Site) ownResourceAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, id := s.speaker(c), c.Params("id")
	d, err := s.typedPost(c, p, f, resource.Side(f.Get("side")))
	if err == nil {
		var x resource.Post
		if x, err = s.services.Resources.Add(c.UserContext(), Of(c).Actor, id, d); err == nil {
			return see(c, "/my/resources/"+id+"/posts/"+x.ID+"?done=added")
		}
	}
	v, caseErr := s.ownResourcesCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.refuse(c, p, v, f, err)
}

// ownOpenPage: GET /my/resources/:id/open (side, after): what all organisations offer and seek.
func (s *Site) ownOpenPage(c *fiber.Ctx) error {
	p, id, side := s.speaker(c), c.Params("id"), sideOf(c)
	page, err := s.services.Resources.Open(c.UserContext(), Of(c).Actor, id, side, "", c.Query("after"), onResources)
	if err != nil {
		return err
	}
	here, name := at(c, "/my/resources/"+id), s.naming(c, p, id)
	v := casePage{Up: &ui.Link{Label: p.say("resource.my_title"), Href: here}, Title: p.say("resource.open"), Chips: sideChips(p, here+"/open", side)}
	list := ui.Records{Empty: p.say("resource.none_open")}
	for i := range page.Items {
		x := &page.Items[i]
		who := name(x.OrganisationID, false)
		if x.OrganisationID == id {
			who = p.say("resource.ours")
		}
		list.Items = append(list.Items, postRecord(p, x, here+"/posts/"+x.ID, who, s.placeWords(c, p, x.Place)))
	}
	sec := section{Records: &list}
	if page.Next != "" {
		sec.Links = []ui.Link{{Label: p.say("office.next"), Href: here + "/open?side=" + string(side) + "&after=" + escaped(page.Next)}}
	}
	v.add(sec)
	return s.showCase(c, p, &v, nil, nil)
}

// ownPostPage: GET /my/resources/:id/posts/:post.
func (s *Site) ownPostPage(c *fiber.Ctx) error { return s.shown(c, s.ownPostCase) }

func (s *Site) ownPostCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	x, err := s.services.Resources.Post(ctx, by, id, c.Params("post"))
	if err != nil {
		return nil, err
	}
	here, name := at(c, "/my/resources/"+id+"/posts/"+x.ID), s.naming(c, p, id)
	v := &casePage{Up: &ui.Link{Label: p.say("resource.my_title"), Href: at(c, "/my/resources/"+id)}, Title: x.Title, Lead: x.Text}
	if w := saidHere(c, "added", "saved", "shown", "hidden", "renewed"); w != "" {
		v.ok(p.say("resource.done." + w))
	}
	fitting, err := s.services.Resources.Suggest(ctx, by, id, &x, onResources)
	if err != nil {
		return nil, err
	}
	if x.OrganisationID != id {
		v.add(section{Facts: s.postFacts(c, p, &x, name(x.OrganisationID, false))})
		with := []ui.Option{{Label: p.say("resource.without")}}
		for _, o := range s.ownFitting(c, p, id, &x) {
			o.Checked = only(f, "answer") != nil && f.Get("with") == o.Value
			with = append(with, o)
		}
		parts := []ui.FormPart{}
		if len(with) > 1 {
			parts = append(parts, field(only(f, "answer"), "answer", "with", p.say("resource.with"), func(y *ui.Field) { y.Optional, y.Options = true, with }))
		}
		v.add(section{Title: p.say("resource.answer_title"), Text: p.say("resource.answer_text"), Forms: []*ui.Form{s.act(c, "answer", here, 0, p.say("resource.answer."+string(x.Side)), parts...)}})
		return v, nil
	}
	state := x.StateAt(calendar.Today(p.now))
	v.add(section{Facts: s.postFacts(c, p, &x, "")})
	if state == resource.Open && x.Side == resource.Offered && x.Kind.Space() && x.Hours.Known {
		sec, err := s.leaveSection(c, p, &x, here)
		if err != nil {
			return nil, err
		}
		v.add(sec)
	}
	if state == resource.Open {
		list := ui.Records{Empty: p.say("resource.nothing_fits")}
		for i := range fitting {
			o := &fitting[i]
			list.Items = append(list.Items, postRecord(p, o, at(c, "/my/resources/"+id+"/posts/"+o.ID), name(o.OrganisationID, false), s.placeWords(c, p, o.Place)))
		}
		v.add(section{Title: p.say("resource.fitting"), Text: p.say("resource.fitting_text"), Records: &list})
	}
	if state == resource.Open || state == resource.Lapsed {
		v.add(section{Title: p.say("resource.renew_title"), Text: p.say("resource.renew_text", "Days", resource.Lasts), Forms: []*ui.Form{s.act(c, "renew", here, 0, p.say("resource.renew"))}})
	}
	if state == resource.Open {
		v.add(section{Title: p.say("resource.edit"), Forms: []*ui.Form{s.act(c, "post", here, x.Rev, p.say("station.save"), s.resourceParts(c, p, only(f, "post"), "post", &x)...)}})
		end := s.act(c, "withdraw", here, 0, p.say("resource.withdraw"))
		end.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("resource.withdraw_title"), Text: p.say("resource.withdraw_text"), Forms: []*ui.Form{end}})
	}
	return v, nil
}

// ownFitting are the open posts of an organisation that fit one of another.
func (s *Site) ownFitting(c *fiber.Ctx, p *speaker, id string, x *resource.Post) []ui.Option {
	page, err := s.services.Resources.Of(c.UserContext(), Of(c).Actor, id, "", onResources)
	p.note(err)
	out := []ui.Option{}
	for i := range page.Items {
		if o := &page.Items[i]; o.StateAt(calendar.Today(p.now)) == resource.Open && o.Side != x.Side && o.Kind == x.Kind {
			out = append(out, ui.Option{Value: o.ID, Label: o.Title})
		}
	}
	return out
}

// leaveSection lets everybody see a space, or nobody any more. Where its organisation may not be named, it says so.
func (s *Site) leaveSection(c *fiber.Ctx, p *speaker, x *resource.Post, here string) (section, error) {
	sec := section{ID: "leave", Title: p.say("resource.leave"), Text: p.say("resource.leave_words")}
	o, err := s.services.Assembly.Own(c.UserContext(), Of(c).Actor, x.OrganisationID)
	if err != nil {
		return sec, err
	}
	if !o.Listed() {
		sec.Callouts = unlistedNote(c, p, o.ID, p.say("resource.unlisted"))
	}
	if x.Shown {
		form := s.act(c, "hide", here, 0, p.say("resource.leave_end"))
		form.Bar.Buttons[0].Kind = "alt"
		sec.Forms = []*ui.Form{form}
		sec.Links = []ui.Link{{Label: p.say("resource.spaces"), Href: at(c, "/spaces")}}
		if x.Consent != nil {
			sec.Facts = fact(nil, p.say("resource.leave_given"), stamp(p, x.Consent.At)+p.say("my.comma")+p.say("consents.version", "Version", x.Consent.Words))
		}
		return sec, nil
	}
	sec.Forms = []*ui.Form{s.act(c, "show", here, 0, p.say("resource.leave_give"))}
	return sec, nil
}

// ownPostSent: POST /my/resources/:id/posts/:post (form: answer, show, hide, renew, post, withdraw).
func (s *Site) ownPostSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p, ctx, by, id, post := s.speaker(c), c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("post")
	r, done := s.services.Resources, map[string]string{"show": "shown", "hide": "hidden", "renew": "renewed", "post": "saved"}[f.Get("form")]
	switch f.Get("form") {
	case "answer":
		var d resource.Deal
		if d, err = r.Answer(ctx, by, id, post, f.Get("with")); err == nil {
			return see(c, "/my/resources/"+id+"/deals/"+d.ID+"?done=matched")
		}
	case "show", "hide":
		_, err = r.Show(ctx, by, id, post, f.Get("form") == "show")
	case "renew":
		_, err = r.Renew(ctx, by, id, post)
	case "withdraw":
		if _, err = r.Withdraw(ctx, by, id, post); err == nil {
			return see(c, "/my/resources/"+id+"?done=withdrawn")
		}
	case "post":
		err = s.postEdited(c, p, f, id, post)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/my/resources/"+id+"/posts/"+post+"?done="+done)
	}
	v, caseErr := s.ownPostCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.refuse(c, p, v, f, err)
}

func (s *Site) postEdited(c *fiber.Ctx, p *speaker, f *form, id, post string) error {
	rev, err := f.rev()
	if err != nil {
		return err
	}
	was, err := s.services.Resources.Post(c.UserContext(), Of(c).Actor, id, post)
	if err != nil {
		return err
	}
	d, err := s.typedPost(c, p, f, was.Side)
	if err != nil {
		return err
	}
	_, err = s.services.Resources.Edit(c.UserContext(), Of(c).Actor, id, post, rev, d)
	return err
}

// ownDealPage: GET /my/resources/:id/deals/:deal.
func (s *Site) ownDealPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.dealCase(c, p, nil, c.Params("id"))
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// ownDealSent: POST /my/resources/:id/deals/:deal (form, on, note, reason).
func (s *Site) ownDealSent(c *fiber.Ctx) error {
	return s.deedDone(c, c.Params("id"), c.Params("deal"))
}
