package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/resource"
)

// resourceRoutes are what organisations offer each other and seek: the side of an organisation, the liaison's, and the spaces that
// everybody may see.
func (s *Site) resourceRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/my/resources/:id", "/my/resources/none"
	own := func(method, path string, h fiber.Handler, probe string) Route {
		r := Route{Method: method, Path: one + path, Handle: h, Kind: Private, Needs: access.ResourceOwn, Thing: s.ofMember, Probe: none + probe}
		if method == post {
			r.Rate = Write
		}
		return r
	}
	return []Route{
		{Method: get, Path: "/spaces", Handle: s.publicSpaces, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/spaces.ics", Handle: s.spacesCalendar, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/my/resources", Handle: s.ownResources, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		own(get, "", s.ownResourcesPage, ""),
		own(post, "", s.ownResourceAdded, ""),
		own(get, "/open", s.ownOpenPage, "/open"),
		own(get, "/posts/:post", s.ownPostPage, "/posts/none"),
		own(post, "/posts/:post", s.ownPostSent, "/posts/none"),
		own(get, "/deals/:deal", s.ownDealPage, "/deals/none"),
		own(post, "/deals/:deal", s.ownDealSent, "/deals/none"),
		{Method: get, Path: "/liaison/resources", Handle: s.resourcesPage, Kind: Private, Needs: access.ResourceRead},
		{Method: get, Path: "/liaison/resources/:id", Handle: s.resourcePage, Kind: Private, Needs: access.ResourceRead, Probe: "/liaison/resources/none"},
		{Method: post, Path: "/liaison/resources/:id", Handle: s.resourceMatched, Kind: Private, Rate: Write, Needs: access.ResourceMatch, Probe: "/liaison/resources/none"},
		{Method: get, Path: "/liaison/deals/:id", Handle: s.dealPage, Kind: Private, Needs: access.ResourceRead, Probe: "/liaison/deals/none"},
		{Method: post, Path: "/liaison/deals/:id", Handle: s.dealSent, Kind: Private, Rate: Write, Needs: access.ResourceMatch, Probe: "/liaison/deals/none"},
	}
}

// onResources is how many posts a page lists, and onDeals how many deals.
const (
	onResources = 30
	onDeals     = 50
)

// naming says what organisations are called to reader, an organisation or, when it is empty, the liaison. One that only the liaison may
// know of has no name for others, until it agrees to a deal with them.
func (s *Site) naming(c *fiber.Ctx, p *speaker, reader string) func(id string, agreed bool) string {
	known := map[string]assembly.Organisation{} // each is asked for once
	return func(id string, agreed bool) string {
		o, ok := known[id]
		if !ok {
			var err error
			if o, _, err = s.services.Assembly.Reach(c.UserContext(), id); err != nil && !fault.Is(err, fault.NotFound) {
				p.note(err)
			}
			known[id] = o
		}
		if o.Visibility == assembly.Station && reader != "" && reader != id && !agreed {
			return p.say("assembly.unnamed")
		}
		return p.name(o.Name)
	}
}

// sidesOf are what the two sides of a deal are called, by naming.
func sidesOf(d *resource.Deal, name func(id string, agreed bool) string) (giver, taker string) {
	agreed, _ := d.Said(d.GiverID)
	giver = name(d.GiverID, agreed)
	agreed, _ = d.Said(d.TakerID)
	return giver, name(d.TakerID, agreed)
}

// placeWords is the name of the street or plaza with this slug; empty for anywhere.
func (s *Site) placeWords(c *fiber.Ctx, p *speaker, slug string) string {
	if slug == "" {
		return ""
	}
	if x, err := s.services.Places.StreetBySlug(c.UserContext(), slug); err == nil {
		return p.name(x.Name)
	}
	x, err := s.services.Places.PlazaBySlug(c.UserContext(), slug)
	if err != nil && !fault.Is(err, fault.NotFound) {
		p.note(err)
	}
	return p.name(x.Name)
}

// postRecord is a post in a list.
func postRecord(p *speaker, x *resource.Post, href string, lines ...string) ui.Record {
	r := ui.Record{Title: x.Title, Lang: lang.Hans, Href: href, Tag: p.say("resource.side." + string(x.Side)), State: ui.TaskWait}
	for _, line := range append([]string{p.say("resource.kind." + string(x.Kind))}, lines...) {
		if line != "" {
			r.Lines = append(r.Lines, line)
		}
	}
	return r
}

// dealRecord is a deal in a list.
func dealRecord(p *speaker, d *resource.Deal, href string, name func(id string, agreed bool) string) ui.Record {
	giver, taker := sidesOf(d, name)
	r := ui.Record{Title: d.Title, Lang: lang.Hans, Href: href, Lines: []string{p.say("resource.kind." + string(d.Kind)), p.say("resource.between", "Giver", giver, "Taker", taker)}, Tag: p.say("resource.state." + string(d.State)), State: ui.TaskDone}
	switch d.State {
	case resource.Matched, resource.Delivered:
		r.State = ui.TaskTodo
	case resource.Agreed, resource.Confirmed:
		r.State = ui.TaskWait
	default: // over
	}
	return r
}

// sideChips choose what is offered or sought; path may have a query.
func sideChips(p *speaker, path string, now resource.Side) []ui.Chip {
	out := []ui.Chip{{Label: p.say("resource.all"), Href: path, On: now == ""}}
	for _, side := range []resource.Side{resource.Offered, resource.Sought} {
		out = append(out, ui.Chip{Label: p.say("resource.side." + string(side)), Href: path + "?side=" + string(side), On: now == side})
	}
	return out
}

// sideOf is the side that the address asks for; empty: both.
func sideOf(c *fiber.Ctx) resource.Side {
	side := resource.Side(c.Query("side"))
	if side != resource.Offered && side != resource.Sought {
		return ""
	}
	return side
}

// resourcesPage: GET /liaison/resources (side, after): what was delivered, what is under way, what is open.
func (s *Site) resourcesPage(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	figures, err := s.services.Resources.Figures(ctx, by)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("resource.home"), Lead: p.say("resource.home_lead")}
	all := 0
	facts := []ui.Fact{}
	for _, k := range resource.Kinds {
		if n := figures[k]; n > 0 {
			all += n
			facts = fact(facts, p.say("resource.kind."+string(k)), strconv.Itoa(n))
		}
	}
	v.add(section{Title: p.say("resource.figures"), Text: p.count("resource.delivered", all), Facts: facts})
	name := s.naming(c, p, "")
	running := ui.Records{Empty: p.say("resource.no_deal")}
	for _, state := range []resource.State{resource.Confirmed, resource.Delivered, resource.Agreed, resource.Matched} {
		list, err := s.services.Resources.Running(ctx, by, state, onDeals)
		if err != nil {
			return err
		}
		for i := range list {
			running.Items = append(running.Items, dealRecord(p, &list[i], at(c, "/liaison/deals/"+list[i].ID), name))
		}
	}
	v.add(section{Title: p.say("resource.running"), Records: &running})
	side := sideOf(c)
	page, err := s.services.Resources.Open(ctx, by, "", side, "", c.Query("after"), onResources)
	if err != nil {
		return err
	}
	here := at(c, "/liaison/resources")
	v.Chips = sideChips(p, here, side)
	open := ui.Records{Empty: p.say("resource.none_open")}
	for i := range page.Items {
		x := &page.Items[i]
		open.Items = append(open.Items, postRecord(p, x, here+"/"+x.ID, name(x.OrganisationID, false), s.placeWords(c, p, x.Place), p.say("resource.until", "Day", onDay(p, x.Until))))
	}
	sec := section{Title: p.say("resource.open"), Records: &open}
	if page.Next != "" {
		sec.Links = []ui.Link{{Label: p.say("office.next"), Href: here + "?side=" + string(side) + "&after=" + escaped(page.Next)}}
	}
	v.add(sec)
	return s.showCase(c, p, &v, nil, nil)
}

// postFacts are what a post says.
func (s *Site) postFacts(c *fiber.Ctx, p *speaker, x *resource.Post, who string) []ui.Fact {
	out := fact(nil, p.say("resource.side_label"), p.say("resource.side."+string(x.Side)))
	out = fact(out, p.say("resource.kind_label"), p.say("resource.kind."+string(x.Kind)))
	out = fact(out, p.say("station.who"), who)
	out = fact(out, p.say("resource.place"), s.placeWords(c, p, x.Place))
	out = fact(out, p.say("resource.times"), x.Times)
	if x.State == resource.Open {
		return fact(out, p.say("resource.until_label"), onDay(p, x.Until))
	}
	return fact(out, p.say("station.progress"), p.say("resource.post_state."+string(x.State)))
}

// resourcePage: GET /liaison/resources/:id: a post, and what fits.
func (s *Site) resourcePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.resourceCase(c, p)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) resourceCase(c *fiber.Ctx, p *speaker) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	x, err := s.services.Resources.Post(ctx, by, "", c.Params("id"))
	if err != nil {
		return nil, err
	}
	name := s.naming(c, p, "")
	v := &casePage{Up: &ui.Link{Label: p.say("resource.home"), Href: at(c, "/liaison/resources")}, Title: x.Title, Lead: x.Text}
	v.add(section{Facts: s.postFacts(c, p, &x, name(x.OrganisationID, false))})
	if x.State != resource.Open {
		return v, nil
	}
	list, err := s.services.Resources.Suggest(ctx, by, "", &x, onResources)
	if err != nil {
		return nil, err
	}
	v.add(section{Title: p.say("resource.fitting"), Text: p.say("resource.fitting_text")})
	if len(list) == 0 {
		v.add(section{Records: &ui.Records{Empty: p.say("resource.nothing_fits")}})
	}
	for i := range list {
		o := &list[i]
		sec := section{Title: o.Title, Text: o.Text, Facts: s.postFacts(c, p, o, name(o.OrganisationID, false))}
		if access.Can(by, access.ResourceMatch, access.Thing{}) {
			form := s.act(c, "match-"+o.ID, at(c, "/liaison/resources/"+x.ID), 0, p.say("resource.match"))
			form.Bar.Buttons[0].Of = o.Title
			form.Hidden = append(form.Hidden, ui.Hidden{Name: "with", Value: o.ID})
			sec.Forms = []*ui.Form{form}
		}
		v.add(sec)
	}
	return v, nil
}

// resourceMatched: POST /liaison/resources/:id (with).
func (s *Site) resourceMatched(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	d, err := s.services.Resources.Match(c.UserContext(), Of(c).Actor, c.Params("id"), f.Get("with"))
	if err == nil {
		return see(c, "/liaison/deals/"+d.ID+"?done=matched")
	}
	p := s.speaker(c)
	v, caseErr := s.resourceCase(c, p)
	if caseErr != nil {
		return caseErr
	}
	return s.refuse(c, p, v, f, err)
}

// dealPage: GET /liaison/deals/:id.
func (s *Site) dealPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.dealCase(c, p, nil, "")
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// dealCase is a deal for an organisation, or for the district when it is empty.
func (s *Site) dealCase(c *fiber.Ctx, p *speaker, f *form, organisationID string) (*casePage, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("deal")
	up, here := &ui.Link{Label: p.say("resource.my_title"), Href: at(c, "/my/resources/"+organisationID)}, at(c, "/my/resources/"+organisationID+"/deals/"+id)
	if organisationID == "" {
		id = c.Params("id")
		up, here = &ui.Link{Label: p.say("resource.home"), Href: at(c, "/liaison/resources")}, at(c, "/liaison/deals/"+id)
	}
	d, err := s.services.Resources.Deal(ctx, by, organisationID, id)
	if err != nil {
		return nil, err
	}
	giver, taker := sidesOf(&d, s.naming(c, p, organisationID))
	v := &casePage{Up: up, Title: d.Title}
	if w := saidHere(c, "matched", "saved"); w != "" {
		v.ok(p.say("resource.done." + w))
	}
	facts := fact(nil, p.say("station.progress"), p.say("resource.state."+string(d.State)))
	facts = fact(facts, p.say("resource.kind_label"), p.say("resource.kind."+string(d.Kind)))
	facts = fact(facts, p.say("resource.giver"), giver+p.say("station.gap")+saidWords(p, &d, d.GiverID))
	facts = fact(facts, p.say("resource.taker"), taker+p.say("station.gap")+saidWords(p, &d, d.TakerID))
	if d.On != "" {
		facts = fact(facts, p.say("resource.on"), onDay(p, d.On))
	}
	facts = fact(facts, p.say("resource.note"), d.Note)
	v.add(section{Facts: fact(facts, p.say("station.reason"), d.Reason)})
	if organisationID == "" && !access.Can(by, access.ResourceMatch, access.Thing{}) {
		return v, nil
	}
	for _, deed := range []resource.Deed{resource.Agree, resource.Deliver, resource.Confirm, resource.Close, resource.Deny, resource.GiveUp} {
		if d.Can(deed, organisationID) {
			v.add(s.deedSection(c, p, f, deed, here))
		}
	}
	return v, nil
}

// saidWords is what an organisation has said of a deal.
func saidWords(p *speaker, d *resource.Deal, organisationID string) string {
	agreed, confirmed := d.Said(organisationID)
	switch {
	case confirmed:
		return p.say("resource.said.confirmed")
	case agreed:
		return p.say("resource.said.agreed")
	}
	return p.say("resource.said.nothing")
}

// deedSection is one thing that can be done to a deal now.
func (s *Site) deedSection(c *fiber.Ctx, p *speaker, f *form, deed resource.Deed, here string) section {
	id, parts := string(deed), []ui.FormPart{}
	switch deed {
	case resource.Deliver:
		parts = append(parts, filled(only(f, id), id, "on", p.say("resource.on"), p.now.Format("2006-01-02"), func(x *ui.Field) { x.Type, x.Short = "date", true }),
			field(only(f, id), id, "note", p.say("resource.note"), func(x *ui.Field) { x.Max, x.Hint = resource.MaxReason, p.say("resource.note_hint") }))
	case resource.Deny, resource.GiveUp:
		parts = append(parts, field(only(f, id), id, "reason", p.say("station.reason"), func(x *ui.Field) { x.Max = resource.MaxReason }))
	default: // one press
	}
	form := s.act(c, id, here, 0, p.say("resource.deed."+id), parts...)
	if deed == resource.Deny || deed == resource.GiveUp {
		form.Bar.Buttons[0].Kind = "alt"
	}
	sec := section{Title: p.say("resource.ask." + id), Forms: []*ui.Form{form}}
	if deed == resource.Confirm {
		sec.Text = p.say("resource.unanswered_ends", "Days", resource.Lasts)
	}
	return sec
}

// dealSent: POST /liaison/deals/:id (form, reason).
func (s *Site) dealSent(c *fiber.Ctx) error { return s.deedDone(c, "", c.Params("id")) }

// deedDone carries out what a form of deedSection asks for.
func (s *Site) deedDone(c *fiber.Ctx, organisationID, id string) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	_, err = s.services.Resources.Do(c.UserContext(), Of(c).Actor, organisationID, id, resource.Deed(f.Get("form")), resource.Saying{On: f.Get("on"), Note: f.Get("note"), Reason: f.Get("reason")})
	if err == nil {
		if organisationID == "" {
			return see(c, "/liaison/deals/"+id+"?done=saved")
		}
		return see(c, "/my/resources/"+organisationID+"/deals/"+id+"?done=saved")
	}
	p := s.speaker(c)
	v, caseErr := s.dealCase(c, p, f, organisationID)
	if caseErr != nil {
		return caseErr
	}
	return s.refuse(c, p, v, f, err)
}
