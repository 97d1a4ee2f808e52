package web

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/neighbour"
)

// neighbourRoutes are the cases between residents and shops: the liaison's, and a shop's own side of one. Nobody else reads any of it.
func (s *Site) neighbourRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none, own = "/liaison/neighbours/:id", "/liaison/neighbours/none", "/my/neighbours/:id"
	return []Route{
		{Method: get, Path: "/liaison/neighbours", Handle: s.casesPage, Kind: Private, Needs: access.NeighbourRead},
		{Method: post, Path: "/liaison/neighbours", Handle: s.caseBegun, Kind: Private, Rate: Write, Needs: access.NeighbourEdit},
		{Method: get, Path: "/liaison/neighbours/areas", Handle: s.areasPage, Kind: Private, Needs: access.NeighbourRead},
		{Method: post, Path: "/liaison/neighbours/areas", Handle: s.areaSent, Kind: Private, Rate: Write, Needs: access.NeighbourEdit},
		{Method: get, Path: one, Handle: s.neighbourPage, Kind: Private, Needs: access.NeighbourRead, Probe: none},
		{Method: post, Path: one, Handle: s.neighbourSent, Kind: Private, Rate: Write, Needs: access.NeighbourEdit, Probe: none},
		{Method: get, Path: "/my/neighbours", Handle: s.ownCases, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: own, Handle: s.ownCasePage, Kind: Private, Needs: access.NeighbourAnswer, Thing: s.ofCase, Probe: "/my/neighbours/none"},
		{Method: post, Path: own, Handle: s.ownCaseSent, Kind: Private, Rate: Write, Needs: access.NeighbourAnswer, Thing: s.ofCase, Probe: "/my/neighbours/none"},
	}
}

// ofCase says whose shop the case is about that the address names.
func (s *Site) ofCase(c *fiber.Ctx) (access.Thing, error) {
	return s.services.Neighbours.Of(c.UserContext(), c.Params("id"))
}

var caseLooks = map[neighbour.State]ui.TaskState{
	neighbour.Open: ui.TaskTodo, neighbour.Invited: ui.TaskTodo, neighbour.Agreed: ui.TaskWait, neighbour.Once: ui.TaskWait, neighbour.Twice: ui.TaskTodo,
	neighbour.Closed: ui.TaskDone, neighbour.NotAgreed: ui.TaskDone,
}

func caseTag(p *speaker, x *neighbour.Case) (string, ui.TaskState) {
	if x.Overdue(p.now.Format(time.DateOnly)) {
		return p.say("neighbour.overdue"), ui.TaskBad
	}
	return p.say("neighbour.state." + string(x.State)), caseLooks[x.State]
}

func caseRecord(c *fiber.Ctx, p *speaker, path string, x *neighbour.Case) ui.Record {
	r := ui.Record{Title: p.say("neighbour.topic." + string(x.Topic)), Href: at(c, path+x.ID), Lines: []string{x.Shop, x.Place}}
	if due := x.CheckDue(); due != "" {
		r.Lines = append(r.Lines, p.say("neighbour.check_on", "Day", onDay(p, due)))
	}
	r.Tag, r.State = caseTag(p, x)
	return r
}

// casesPage: GET /liaison/neighbours (state, after).
func (s *Site) casesPage(c *fiber.Ctx) error { return s.shown(c, s.casesCase) }

func (s *Site) casesCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	state := neighbour.Open
	v := &casePage{Title: p.say("neighbour.title"), Lead: p.say("neighbour.lead"), Links: []ui.Link{{Label: p.say("neighbour.areas"), Href: at(c, "/liaison/neighbours/areas")}}}
	for _, x := range neighbour.States {
		if c.Query("state") == string(x) {
			state = x
		}
	}
	counts, err := s.services.Neighbours.Count(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, x := range neighbour.States {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("neighbour.chip", "State", p.say("neighbour.state."+string(x)), "N", counts[string(x)]), Href: at(c, "/liaison/neighbours") + "?state=" + string(x), On: x == state})
	}
	page, err := s.services.Neighbours.List(ctx, by, state, c.Query("after"), onLiaison)
	if err != nil {
		return nil, err
	}
	x := section{Records: &ui.Records{Empty: p.say("neighbour.none")}}
	for i := range page.Items {
		x.Records.Items = append(x.Records.Items, caseRecord(c, p, "/liaison/neighbours/", &page.Items[i]))
	}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/liaison/neighbours") + "?state=" + string(state) + "&after=" + escaped(page.Next)}}
	}
	v.add(x)
	areas, err := s.services.Neighbours.Areas(ctx, by)
	if err != nil {
		return nil, err
	}
	options := []ui.Option{}
	g := only(f, "case")
	for _, a := range areas {
		if a.ContactID == by.AccountID {
			options = append(options, ui.Option{Value: a.ID, Label: a.Name, Checked: typedOr(g, "area", "") == a.ID})
		}
	}
	begin := section{ID: "new", Title: p.say("neighbour.begin"), Text: p.say("neighbour.begin_text")}
	if len(options) == 0 {
		begin.Text = p.say("neighbour.no_area")
		v.add(begin)
		return v, nil
	}
	begin.Forms = []*ui.Form{s.act(c, "case", at(c, "/liaison/neighbours"), 0, p.say("neighbour.begin_send"), caseParts(p, g, options)...)}
	v.add(begin)
	return v, nil
}

func caseParts(p *speaker, f *form, areas []ui.Option) []ui.FormPart {
	topics := []ui.Option{}
	for _, t := range neighbour.Topics {
		topics = append(topics, ui.Option{Value: string(t), Label: p.say("neighbour.topic." + string(t)), Checked: typedOr(f, "topic", "") == string(t)})
	}
	const id = "case"
	out := []ui.FormPart{
		filled(f, id, "area", p.say("neighbour.area"), "", func(x *ui.Field) { x.Options = areas }),
		filled(f, id, "topic", p.say("neighbour.about"), "", func(x *ui.Field) { x.Options = topics }),
		filled(f, id, "place", p.say("neighbour.place"), "", func(x *ui.Field) { x.Max, x.Hint = neighbour.MaxPlace, p.say("neighbour.place_hint") }),
		filled(f, id, "shop", p.say("assembly.shop"), "", func(x *ui.Field) { x.Hint = p.say("neighbour.shop_hint") }),
		filled(f, id, "matter", p.say("neighbour.matter"), "", func(x *ui.Field) {
			x.Type, x.Max, x.Hint = "textarea", neighbour.MaxText, p.say("neighbour.matter_hint")
		}),
	}
	return append(out, sideParts(p, f, id, neighbour.Side{})...)
}

// sideParts are what only the contact reads.
func sideParts(p *speaker, f *form, id string, x neighbour.Side) []ui.FormPart {
	return []ui.FormPart{
		filled(f, id, "residents", p.say("neighbour.residents"), x.Residents, func(y *ui.Field) {
			y.Type, y.Max, y.Optional, y.Hint = "textarea", neighbour.MaxSide, true, p.say("neighbour.side_hint")
		}),
		filled(f, id, "side_shop", p.say("neighbour.side_shop"), x.Shop, func(y *ui.Field) {
			y.Type, y.Max, y.Optional, y.Hint = "textarea", neighbour.MaxSide, true, p.say("neighbour.side_hint")
		}),
	}
}

func typedSide(f *form) neighbour.Side {
	return neighbour.Side{Residents: f.Get("residents"), Shop: f.Get("side_shop")}
}

// caseBegun: POST /liaison/neighbours.
func (s *Site) caseBegun(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	l, err := s.shopAt(c, f.Get("shop"))
	if err == nil || fault.Is(err, fault.NotFound) { // the service says it at its field
		var x neighbour.Case
		x, err = s.services.Neighbours.Begin(c.UserContext(), Of(c).Actor, neighbour.Draft{
			AreaID: f.Get("area"), Topic: neighbour.Topic(f.Get("topic")), Place: f.Get("place"), ListingID: l.ID, Matter: f.Get("matter"), Side: typedSide(f),
		})
		if err == nil {
			return see(c, "/liaison/neighbours/"+x.ID+"?done=saved")
		}
	}
	return s.refused(c, f, err, s.casesCase)
}

// areasPage: GET /liaison/neighbours/areas: the residential areas with the contact of each.
func (s *Site) areasPage(c *fiber.Ctx) error { return s.shown(c, s.areasCase) }

func (s *Site) areasCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx := c.UserContext()
	list, err := s.services.Neighbours.Areas(ctx, Of(c).Actor)
	if err != nil {
		return nil, err
	}
	people, err := s.services.Neighbours.Contacts(ctx)
	if err != nil {
		return nil, err
	}
	here := at(c, "/liaison/neighbours/areas")
	v := &casePage{Up: &ui.Link{Label: p.say("neighbour.title"), Href: at(c, "/liaison/neighbours")}, Title: p.say("neighbour.areas"), Lead: p.say("neighbour.areas_lead")}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("assembly.done.saved"))
	}
	parts := func(id, name, contact string) []ui.FormPart {
		g := only(f, id)
		options := []ui.Option{}
		_, there := people[contact]
		for _, account := range slices.Sorted(maps.Keys(people)) {
			if id != "area" && there && contact != Of(c).Actor.AccountID && account != contact {
				continue // only the present contact hands an area over
			}
			options = append(options, ui.Option{Value: account, Label: people[account], Checked: typedOr(g, "contact", contact) == account})
		}
		return []ui.FormPart{
			filled(g, id, "name", p.say("neighbour.area"), name, func(x *ui.Field) { x.Max = neighbour.MaxName }),
			filled(g, id, "contact", p.say("neighbour.contact"), "", func(x *ui.Field) { x.Options, x.Hint = options, p.say("neighbour.contact_hint") }),
		}
	}
	for _, a := range list {
		form := s.act(c, "area-"+a.ID, here, a.Rev, p.say("assembly.save"), parts("area-"+a.ID, a.Name, a.ContactID)...)
		form.Hidden = append(form.Hidden, ui.Hidden{Name: "area", Value: a.ID})
		form.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: a.Name, Forms: []*ui.Form{form}})
	}
	v.add(section{ID: "new", Title: p.say("neighbour.area_new"), Forms: []*ui.Form{s.act(c, "area", here, 0, p.say("assembly.save"), parts("area", "", Of(c).Actor.AccountID)...)}})
	return v, nil
}

// areaSent: POST /liaison/neighbours/areas (area, rev, name, contact).
func (s *Site) areaSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	_, err = s.services.Neighbours.SetArea(c.UserContext(), Of(c).Actor, f.Get("area"), int64(whole(f.Get("rev"))), f.Get("name"), f.Get("contact"))
	if err == nil {
		return see(c, "/liaison/neighbours/areas?done=saved")
	}
	return s.refused(c, f, err, s.areasCase)
}

// caseFacts are what both sides read.
func caseFacts(p *speaker, x *neighbour.Case) []ui.Fact {
	facts := fact(nil, p.say("neighbour.how_far"), p.say("neighbour.state."+string(x.State)))
	said := func(term, text string) {
		if text != "" {
			facts = append(facts, ui.Fact{Term: term, Values: []ui.Value{{Text: text, Lang: lang.Hans}}})
		}
	}
	said(p.say("neighbour.place"), x.Place)
	said(p.say("neighbour.matter"), x.Matter)
	if due := x.CheckDue(); due != "" {
		facts = fact(facts, p.say("neighbour.next_check"), onDay(p, due))
	}
	said(p.say("neighbour.result"), x.Result)
	return facts
}

// caseLists are the meetings, measures and checks of a case.
func caseLists(p *speaker, x *neighbour.Case) []section {
	out := []section{}
	if len(x.Meetings) > 0 {
		list := ui.Records{}
		for _, m := range x.Meetings {
			r := ui.Record{Title: onDay(p, m.On) + " " + m.Time, Lines: []string{m.Place}}
			if m.ToldOn != "" {
				r.Lines = append(r.Lines, p.say("neighbour.told_on", "Day", onDay(p, m.ToldOn)))
			}
			list.Items = append(list.Items, r)
		}
		out = append(out, section{Title: p.say("neighbour.meetings"), Records: &list})
	}
	if len(x.Measures) > 0 {
		list := ui.Records{}
		today := p.now.Format(time.DateOnly)
		for _, m := range x.Measures {
			r := ui.Record{Title: m.Text, Lang: lang.Hans, Lines: []string{p.say("neighbour.who." + string(m.Who)), p.say("assembly.by_day", "Day", onDay(p, m.Due))}, Tag: p.say("neighbour.to_do"), State: ui.TaskWait}
			switch {
			case m.DoneOn != "":
				r.Tag, r.State = p.say("neighbour.done_on", "Day", onDay(p, m.DoneOn)), ui.TaskDone
			case m.Due < today && !x.Ended():
				r.Tag, r.State = p.say("neighbour.overdue"), ui.TaskBad
			}
			list.Items = append(list.Items, r)
		}
		out = append(out, section{Title: p.say("neighbour.measures"), Records: &list})
	}
	if len(x.Checks) > 0 {
		list := ui.Records{}
		for i, k := range x.Checks {
			r := ui.Record{Title: p.say("neighbour.check_n", "N", i+1), Lines: []string{onDay(p, k.On), k.Text}, Tag: p.say("neighbour.holds"), State: ui.TaskDone}
			if !k.Holds {
				r.Tag, r.State = p.say("neighbour.holds_not"), ui.TaskBad
			}
			list.Items = append(list.Items, r)
		}
		out = append(out, section{Title: p.say("neighbour.checks"), Records: &list})
	}
	return out
}

// neighbourPage: GET /liaison/neighbours/:id.
func (s *Site) neighbourPage(c *fiber.Ctx) error { return s.shown(c, s.neighbourCase) }

func (s *Site) neighbourCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, err := s.services.Neighbours.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/liaison/neighbours/"+x.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("neighbour.title"), Href: at(c, "/liaison/neighbours")}, Title: p.say("neighbour.topic." + string(x.Topic)), Lead: x.Shop}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("assembly.done.saved"))
	}
	if x.Overdue(p.now.Format(time.DateOnly)) {
		v.warn(p.say("neighbour.overdue"))
	}
	v.add(section{Facts: caseFacts(p, &x)})
	v.Sections = append(v.Sections, caseLists(p, &x)...)
	side, err := s.services.Neighbours.Sides(c.UserContext(), Of(c).Actor, &x)
	switch {
	case fault.Is(err, fault.NotFound) && x.Sealed == "":
		v.add(section{Text: p.say("neighbour.erased")})
		return v, nil
	case fault.Is(err, fault.NotFound):
		v.add(section{Text: p.say("neighbour.not_contact")})
		return v, nil
	case err != nil:
		return nil, err
	}
	s.caseSteps(c, p, f, &x, here, v)
	sides := section{ID: "sides", Title: p.say("neighbour.sides"), Text: p.say("neighbour.sides_text")}
	if x.Coming != nil {
		sides.Facts = fact(sides.Facts, p.say("neighbour.coming"), p.say("neighbour.coming_"+map[bool]string{true: "yes", false: "no"}[*x.Coming]))
	}
	sides.Facts = fact(sides.Facts, p.say("neighbour.shop_said"), side.Said)
	if x.Ended() {
		sides.Facts = fact(fact(sides.Facts, p.say("neighbour.residents"), side.Residents), p.say("neighbour.side_shop"), side.Shop)
		sides.Facts = fact(sides.Facts, p.say("neighbour.erase_on"), onDay(p, x.EraseOn))
	} else {
		sides.Forms = []*ui.Form{s.act(c, "sides", here, x.Rev, p.say("assembly.save"), sideParts(p, only(f, "sides"), "sides", side)...)}
	}
	v.add(sides)
	return v, nil
}

// caseSteps are what the contact can do next.
func (s *Site) caseSteps(c *fiber.Ctx, p *speaker, f *form, x *neighbour.Case, here string, v *casePage) {
	step := func(id, title, text, button string, parts ...ui.FormPart) {
		v.add(section{Title: title, Text: text, Forms: []*ui.Form{s.act(c, id, here, x.Rev, button, parts...)}})
	}
	date := func(id, name, label string) ui.FormPart {
		return filled(only(f, id), id, name, label, "", func(y *ui.Field) { y.Type, y.Short = "date", true })
	}
	prose := func(id, name, label string) ui.FormPart {
		return filled(only(f, id), id, name, label, "", func(y *ui.Field) { y.Type, y.Max = "textarea", neighbour.MaxText })
	}
	is := func(states ...neighbour.State) bool { return slices.Contains(states, x.State) }
	if is(neighbour.Invited, neighbour.Agreed, neighbour.Once, neighbour.Twice) {
		options := []ui.Option{}
		for i, m := range x.Measures {
			if m.DoneOn == "" {
				options = append(options, ui.Option{Value: strconv.Itoa(i + 1), Label: m.Text})
			}
		}
		if len(options) > 0 {
			step("fulfil", p.say("neighbour.fulfil"), "", p.say("neighbour.fulfil_send"), filled(only(f, "fulfil"), "fulfil", "n", p.say("neighbour.measure"), "", func(y *ui.Field) { y.Options = options }))
		}
	}
	if due := x.CheckDue(); due != "" && due <= p.now.Format(time.DateOnly) {
		step("check", p.say("neighbour.check"), p.say("neighbour.check_text"), p.say("neighbour.check_send"),
			ui.FormPart{Choice: &ui.Choice{ID: "check-holds", Name: "holds", Legend: p.say("neighbour.check_question"), Options: []ui.Pick{
				{Value: "yes", Label: p.say("neighbour.holds"), Checked: true}, {Value: "no", Label: p.say("neighbour.holds_not"), Hint: p.say("neighbour.again_hint"), Checked: typedOr(only(f, "check"), "holds", "") == "no"},
			}}}, prose("check", "text", p.say("neighbour.check_words")))
	}
	if is(neighbour.Invited) && x.Meetings[len(x.Meetings)-1].ToldOn == "" {
		step("told", p.say("neighbour.told"), p.say("neighbour.told_text"), p.say("neighbour.told_send"))
	}
	if is(neighbour.Invited) {
		whose := []ui.Option{}
		for _, w := range neighbour.Sides {
			whose = append(whose, ui.Option{Value: string(w), Label: p.say("neighbour.who." + string(w)), Checked: typedOr(only(f, "measure"), "who", "") == string(w)})
		}
		step("measure", p.say("neighbour.measure_new"), p.say("neighbour.measure_text"), p.say("neighbour.measure_send"), prose("measure", "text", p.say("neighbour.measure")),
			filled(only(f, "measure"), "measure", "who", p.say("neighbour.whose"), "", func(y *ui.Field) { y.Options = whose }), date("measure", "due", p.say("neighbour.due")))
		if len(x.Measures) > 0 {
			step("agree", p.say("neighbour.agree"), p.say("neighbour.agree_text"), p.say("neighbour.agree_send"))
		}
	}
	if is(neighbour.Open, neighbour.Invited) {
		step("invite", p.say("neighbour.invite"), p.say("neighbour.invite_text"), p.say("neighbour.invite_send"), date("invite", "on", p.say("activity.day")),
			filled(only(f, "invite"), "invite", "time", p.say("activity.from"), "", func(y *ui.Field) { y.Short, y.Hint = true, p.say("activity.clock_hint") }),
			filled(only(f, "invite"), "invite", "where", p.say("neighbour.where"), "", func(y *ui.Field) { y.Max = neighbour.MaxPlace }))
		step("give_up", p.say("neighbour.give_up"), "", p.say("neighbour.give_up_send"), prose("give_up", "result", p.say("neighbour.result")))
	}
	if is(neighbour.Twice) {
		step("close", p.say("neighbour.close"), p.say("neighbour.close_text"), p.say("neighbour.close_send"), prose("close", "result", p.say("neighbour.result")))
	}
}

// neighbourSent: POST /liaison/neighbours/:id (form: sides, invite, told, measure, agree, fulfil, check, close, give_up).
func (s *Site) neighbourSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, n := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Neighbours
	switch f.Get("form") {
	case "sides":
		_, err = n.Note(ctx, by, id, rev, typedSide(f))
	case "invite":
		_, err = n.Invite(ctx, by, id, rev, neighbour.Meeting{On: f.Get("on"), Time: f.Get("time"), Place: f.Get("where")})
	case "told":
		_, err = n.Told(ctx, by, id, rev)
	case "measure":
		_, err = n.Add(ctx, by, id, rev, neighbour.Measure{Text: f.Get("text"), Who: neighbour.Who(f.Get("who")), Due: f.Get("due")})
	case "agree":
		_, err = n.Agree(ctx, by, id, rev)
	case "fulfil":
		_, err = n.Fulfil(ctx, by, id, rev, whole(f.Get("n")))
	case "check":
		_, err = n.Look(ctx, by, id, rev, f.Get("holds") == "yes", f.Get("text"))
	case "close", "give_up":
		_, err = n.Close(ctx, by, id, rev, f.Get("form") == "close", f.Get("result"))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/neighbours/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.neighbourCase)
}
