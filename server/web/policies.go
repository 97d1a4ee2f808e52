package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/policy"
)

// policyRoutes are the cards of policies and services: as everybody reads them, as a shop reads those for it, as the district keeps them.
func (s *Site) policyRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/desk/policies/:id", "/desk/policies/none"
	return []Route{
		{Method: get, Path: "/policies", Handle: s.publicPolicies, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/my/shops/:id/policies", Handle: s.ownPolicies, Kind: Private, Needs: access.ListingOpen, Thing: s.shopThing, Probe: "/my/shops/none/policies"},
		{Method: get, Path: "/desk/policies", Handle: s.policyDesk, Kind: Private, Needs: access.PolicyEdit},
		{Method: post, Path: "/desk/policies", Handle: s.policyAdded, Kind: Private, Rate: Write, Needs: access.PolicyEdit},
		{Method: get, Path: one, Handle: s.policyPage, Kind: Private, Needs: access.PolicyEdit, Probe: none},
		{Method: post, Path: one, Handle: s.policySent, Kind: Private, Rate: Write, Needs: access.PolicyEdit, Probe: none},
	}
}

// publicPolicies: GET /policies: what is on offer today, the soonest deadline first.
func (s *Site) publicPolicies(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := casePage{Title: p.say("policy.title"), Lead: p.say("policy.lead")}
	list := []policy.Card{}
	if s.services.Policies != nil {
		var err error
		if list, err = s.services.Policies.Public(c.UserContext()); err != nil {
			return err
		}
	}
	s.policyCards(c, p, &v, list, "policy.none")
	return s.showPublic(c, p, &v)
}

// ownPolicies: GET /my/shops/:id/policies: those for a shop of this kind. Whether it qualifies the authority decides.
func (s *Site) ownPolicies(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	list, err := s.services.Policies.For(c.UserContext(), Of(c).Actor, l.ID)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{
		Up: &ui.Link{Label: p.name(l.Name.Text), Href: shopHref(c, &l, "")}, Title: p.say("policy.title"), Lead: p.say("policy.my_lead"),
		Links: []ui.Link{{Label: p.say("policy.all"), Href: at(c, "/policies")}},
	}
	s.policyCards(c, p, &v, list, "policy.my_none")
	return s.showCase(c, p, &v, nil, nil)
}

// policyNote adds to the notes of a shop what ends soon; nothing while nothing does.
func (s *Site) policyNote(c *fiber.Ctx, p *speaker, notes []ui.Callout, l *listing.Listing) ([]ui.Callout, error) {
	list, err := s.services.Policies.For(c.UserContext(), Of(c).Actor, l.ID)
	n, first := 0, ""
	for i := range list {
		if list[i].Soon(calendar.Today(p.now)) {
			if n++; n == 1 {
				first = p.say("policy.ends_first", "Title", p.name(list[i].Title), "When", leftWords(p, &list[i]))
			}
		}
	}
	if err != nil || n == 0 {
		return notes, err
	}
	link := &ui.Link{Label: p.say("policy.look"), Href: shopHref(c, l, "policies")}
	return append(notes, ui.Callout{Icon: "clock", Lead: p.count("policy.ends_soon", n), Text: first, Link: link}), nil
}

// policyCards are cards as people read them, each a section.
func (s *Site) policyCards(c *fiber.Ctx, p *speaker, v *casePage, list []policy.Card, none string) {
	if len(list) == 0 {
		v.add(section{Records: &ui.Records{Empty: p.say(none)}})
	}
	for i := range list {
		x := section{ID: "card-" + list[i].ID, Title: p.name(list[i].Title), Facts: s.policyFacts(c, p, &list[i])}
		if list[i].Soon(calendar.Today(p.now)) {
			x.Callouts = []ui.Callout{{Kind: "warn", Icon: "clock", Lead: leftWords(p, &list[i])}}
		}
		v.add(x)
	}
}

// leftWords say how long a card that ends soon is still there.
func leftWords(p *speaker, c *policy.Card) string {
	n, _ := c.Left(calendar.Today(p.now))
	if n == 0 {
		return p.say("policy.last_day")
	}
	return p.count("policy.left", n)
}

// policyFacts are everything a card says. What is not a link any more, because the district has taken the site off its list, stays words.
func (s *Site) policyFacts(c *fiber.Ctx, p *speaker, x *policy.Card) []ui.Fact {
	out := fact(nil, p.say("policy.kind_label"), p.say("policy.kind."+string(x.Kind)))
	out = append(out, linesFact(p, p.say("policy.who"), x.Who), linesFact(p, p.say("policy.what"), x.What))
	deadline := p.say("policy.no_deadline")
	if x.Deadline != "" {
		deadline = onDay(p, x.Deadline)
	}
	out = fact(out, p.say("policy.deadline"), deadline)
	out = fact(out, p.say("policy.for"), s.policyFor(p, x))
	link := ui.Value{Text: x.Link}
	if to, ok := s.services.Policies.Hosts(c.UserContext()).Address(x.Link); ok {
		link.Href = to
		if u, err := url.Parse(to); err == nil {
			link.Text = u.Hostname()
		}
	}
	out = append(out, ui.Fact{Term: p.say("policy.link"), Values: []ui.Value{link}})
	return fact(out, p.say("policy.checked"), onDay(p, x.CheckedOn))
}

// linesFact is a text of several lines.
func linesFact(p *speaker, term string, x lang.Text) ui.Fact {
	text, in := x.In(p.Lang)
	out := ui.Fact{Term: term}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out.Values = append(out.Values, ui.Value{Text: line, Lang: in})
		}
	}
	return out
}

// policyFor says which shops a card is for.
func (s *Site) policyFor(p *speaker, x *policy.Card) string {
	words, out := s.services.Words(), []string{}
	for _, id := range x.CategoryIDs {
		if k, ok := words.Category(id); ok && !slices.Contains(out, p.name(k.Name)) {
			out = append(out, p.name(k.Name))
		}
	}
	formats := []string{}
	for _, id := range x.FormatIDs {
		if k, ok := words.Format(id); ok {
			formats = append(formats, p.name(k.Name))
		}
	}
	and := p.say("empty.and")
	switch {
	case len(out) == 0 && len(formats) == 0:
		return p.say("policy.for_all")
	case len(out) > 0 && len(formats) > 0:
		return p.say("policy.for_both", "Categories", strings.Join(out, and), "Formats", strings.Join(formats, and))
	}
	return strings.Join(append(out, formats...), and)
}

// policyDesk: GET /desk/policies: what has to be checked again, what is shown, what is not; and a new card.
func (s *Site) policyDesk(c *fiber.Ctx) error { return s.shown(c, s.policyDeskCase) }

func (s *Site) policyDeskCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Policies.List(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("policy.title"), Lead: p.say("policy.desk_lead", "Days", policy.CheckDays), Links: []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/policies")}}}
	check, live, gone := ui.Records{}, ui.Records{Empty: p.say("policy.desk_none")}, ui.Records{}
	today := calendar.Today(p.now)
	for i := range list {
		r := policyRecord(c, p, &list[i])
		switch {
		case list[i].ToCheck(today):
			check.Items = append(check.Items, r)
		case list[i].Live(today):
			live.Items = append(live.Items, r)
		default:
			gone.Items = append(gone.Items, r)
		}
	}
	if len(check.Items) > 0 {
		v.add(section{ID: "check", Title: p.say("policy.to_check"), Text: p.say("policy.to_check_text", "Days", policy.CheckDays), Records: &check})
	}
	v.add(section{ID: "live", Title: p.say("policy.live"), Records: &live})
	if len(gone.Items) > 0 {
		v.add(section{ID: "gone", Title: p.say("policy.gone"), Records: &gone})
	}
	v.add(section{ID: "new", Title: p.say("policy.new"), Text: p.say("policy.new_text"), Forms: []*ui.Form{
		s.act(c, "card", at(c, "/desk/policies"), 0, p.say("policy.add"), s.policyParts(p, only(f, "card"), &policy.Card{Kind: policy.Benefit})...),
	}})
	return v, nil
}

func policyRecord(c *fiber.Ctx, p *speaker, x *policy.Card) ui.Record {
	title, in := x.Title.In(p.Lang)
	r := ui.Record{Title: title, Lang: in, Href: at(c, "/desk/policies/"+x.ID), Lines: []string{p.say("policy.kind." + string(x.Kind))}}
	if x.Deadline != "" {
		r.Lines = append(r.Lines, p.say("policy.until", "Day", onDay(p, x.Deadline)))
	}
	r.Lines = append(r.Lines, p.say("policy.checked_on", "Day", onDay(p, x.CheckedOn)))
	switch today := calendar.Today(p.now); {
	case x.Hidden:
		r.Tag, r.State = p.say("policy.hidden"), ui.TaskDone
	case x.Ended(today):
		r.Tag, r.State = p.say("policy.ended"), ui.TaskDone
	case x.ToCheck(today):
		r.Tag, r.State = p.say("policy.check_due"), ui.TaskTodo
	case x.Soon(today):
		r.Tag, r.State = leftWords(p, x), ui.TaskWait
	}
	return r
}

// policyParts are the fields of a card.
func (s *Site) policyParts(p *speaker, f *form, x *policy.Card) []ui.FormPart {
	const id = "card"
	kinds := ui.Choice{ID: id + "-kind", Name: "kind", Legend: p.say("policy.kind_label")}
	for _, k := range policy.Kinds {
		kinds.Options = append(kinds.Options, ui.Pick{Value: string(k), Label: p.say("policy.kind." + string(k)), Checked: typedOr(f, "kind", string(x.Kind)) == string(k)})
	}
	out := []ui.FormPart{{Choice: &kinds}}
	out = append(out, threefold(p, f, id, "title", p.say("policy.name"), x.Title, func(y *ui.Field) { y.Max = policy.MaxTitle })...)
	out = append(out, threefold(p, f, id, "who", p.say("policy.who"), x.Who, func(y *ui.Field) { y.Type, y.Max, y.Hint = "textarea", policy.MaxText, p.say("policy.who_hint") })...)
	out = append(out, threefold(p, f, id, "what", p.say("policy.what"), x.What, func(y *ui.Field) { y.Type, y.Max, y.Hint = "textarea", policy.MaxText, p.say("policy.what_hint") })...)
	out = append(out,
		filled(f, id, "deadline", p.say("policy.deadline"), x.Deadline, func(y *ui.Field) {
			y.Type, y.Short, y.Optional, y.Hint = "date", true, true, p.say("policy.deadline_hint")
		}),
		filled(f, id, "link", p.say("policy.link"), x.Link, func(y *ui.Field) { y.InputMode, y.Hint = "url", p.say("policy.link_hint") }),
		ui.FormPart{Heading: p.say("policy.for")}, ui.FormPart{Text: p.say("policy.for_hint")})
	return append(out, s.policyTargets(p, f, x)...)
}

// policyTargets are the categories, group by group, and the formats a card may be for. What is offered no more stays with a card that has it.
func (s *Site) policyTargets(p *speaker, f *form, x *policy.Card) []ui.FormPart {
	words, out := s.services.Words(), []ui.FormPart{}
	picks := func(id, name, legend string) *ui.Choice {
		out = append(out, ui.FormPart{Choice: &ui.Choice{ID: "card-" + id, Name: name, Legend: legend, Many: true, Columns: true, Optional: true}})
		return out[len(out)-1].Choice
	}
	pick := func(to *ui.Choice, axis, id string, label lang.Text, had []string) {
		if !words.Offered(axis, id) && !slices.Contains(had, id) {
			return
		}
		on := slices.Contains(had, id)
		if f != nil {
			on = slices.Contains(f.Values[to.Name], id)
		}
		to.Options = append(to.Options, ui.Pick{Value: id, Label: p.name(label), Checked: on})
	}
	had := []string{} // a category that has become another is that one
	for _, id := range x.CategoryIDs {
		if k, ok := words.Category(id); ok {
			had = append(had, k.ID)
		}
	}
	for _, g := range words.Groups {
		group := picks("group-"+g.ID, "categories", p.name(g.Name))
		for _, k := range words.Categories {
			if k.GroupID == g.ID {
				pick(group, "category", k.ID, k.Name, had)
			}
		}
	}
	formats := picks("formats", "formats", p.say("policy.formats"))
	for _, k := range words.Formats {
		pick(formats, "format", k.ID, k.Name, x.FormatIDs)
	}
	return slices.DeleteFunc(out, func(part ui.FormPart) bool { return len(part.Choice.Options) == 0 })
}

func typedCard(f *form) policy.Card {
	return policy.Card{
		Kind: policy.Kind(f.Get("kind")), Title: typedText(f, "title"), Who: typedText(f, "who"), What: typedText(f, "what"),
		Deadline: f.Get("deadline"), Link: strings.TrimSpace(f.Get("link")), CategoryIDs: f.Values["categories"], FormatIDs: f.Values["formats"],
	}
}

// policyAdded: POST /desk/policies (the fields of a card).
func (s *Site) policyAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := s.services.Policies.Add(c.UserContext(), Of(c).Actor, typedCard(f))
	if err == nil {
		return see(c, "/desk/policies/"+x.ID+"?done=saved")
	}
	return s.refused(c, f, err, s.policyDeskCase)
}

// policyPage: GET /desk/policies/:id.
func (s *Site) policyPage(c *fiber.Ctx) error { return s.shown(c, s.policyCase) }

func (s *Site) policyCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, err := s.services.Policies.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/policies/"+x.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("policy.title"), Href: at(c, "/desk/policies")}, Title: p.name(x.Title)}
	if w := saidHere(c, "saved", "checked", "hidden", "shown"); w != "" {
		v.ok(p.say("policy.done." + w))
	}
	today := calendar.Today(p.now)
	switch {
	case x.Hidden:
		v.warn(p.say("policy.hidden_text"))
	case x.Ended(today):
		v.warn(p.say("policy.ended_text"))
	case x.ToCheck(today):
		v.warn(p.say("policy.to_check_text", "Days", policy.CheckDays))
	}
	v.add(section{Facts: s.policyFacts(c, p, &x)})
	if x.Live(today) {
		v.add(section{Title: p.say("policy.check"), Text: p.say("policy.check_text"), Forms: []*ui.Form{s.act(c, "check", here, x.Rev, p.say("policy.check_send"))}})
	}
	v.add(section{ID: "edit", Title: p.say("policy.edit"), Forms: []*ui.Form{s.act(c, "card", here, x.Rev, p.say("policy.save"), s.policyParts(p, only(f, "card"), &x)...)}})
	turn := "hide"
	if x.Hidden {
		turn = "show"
	}
	form := s.act(c, turn, here, x.Rev, p.say("policy."+turn+"_send"))
	form.Bar.Buttons[0].Kind = "alt"
	v.add(section{Title: p.say("policy." + turn), Text: p.say("policy." + turn + "_text"), Forms: []*ui.Form{form}})
	return v, nil
}

// policySent: POST /desk/policies/:id (form: card, check, hide, show).
func (s *Site) policySent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "card":
		_, err = s.services.Policies.Set(ctx, by, id, rev, typedCard(f))
	case "check":
		done = "checked"
		_, err = s.services.Policies.Check(ctx, by, id, rev)
	case "hide":
		done = "hidden"
		_, err = s.services.Policies.Hide(ctx, by, id, rev, true)
	case "show":
		done = "shown"
		_, err = s.services.Policies.Hide(ctx, by, id, rev, false)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/policies/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.policyCase)
}
