package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
	"shangquan/services/lang"
)

// bodiesPage: GET /liaison/bodies.
func (s *Site) bodiesPage(c *fiber.Ctx) error { return s.shown(c, s.bodiesCase) }

func (s *Site) bodiesCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Assembly.Bodies(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("assembly.bodies"), Lead: p.say("assembly.bodies_lead")}
	records := ui.Records{Empty: p.say("assembly.no_body")}
	for i := range list {
		g := &list[i].Page
		name, in := g.Draft.Name.In(p.Lang)
		records.Items = append(records.Items, ui.Record{Title: name, Lang: in, Href: at(c, "/liaison/bodies/"+list[i].ID), Lines: []string{gateWords(p, g.Asked, g.Reason, g.Public != nil)}})
	}
	v.add(section{Title: p.say("assembly.list.bodies"), Records: &records})
	if Of(c).Actor.Is("liaison") {
		parts, err := s.bodyParts(c, p, only(f, "body"), assembly.BodyPage{})
		if err != nil {
			return nil, err
		}
		slug := field(only(f, "body"), "body", "slug", p.say("assembly.slug"), func(x *ui.Field) { x.Max, x.Hint, x.Short = 40, p.say("assembly.slug_hint"), true })
		v.add(section{ID: "new", Title: p.say("assembly.body_new"), Forms: []*ui.Form{s.act(c, "body", at(c, "/liaison/bodies"), 0, p.say("assembly.save"), append(parts, slug)...)}})
	}
	return v, nil
}

func (s *Site) bodyParts(c *fiber.Ctx, p *speaker, f *form, x assembly.BodyPage) ([]ui.FormPart, error) {
	members, err := s.services.Assembly.Organisations(c.UserContext(), Of(c).Actor, false)
	if err != nil {
		return nil, err
	}
	out := threefold(p, f, "body", "name", p.say("assembly.name"), x.Name, func(y *ui.Field) { y.Max = assembly.MaxName })
	out = append(out, threefold(p, f, "body", "scope", p.say("assembly.scope"), x.Scope, func(y *ui.Field) { y.Max, y.Optional = assembly.MaxReason, true })...)
	out = append(out, threefold(p, f, "body", "station", p.say("assembly.station"), x.Station, func(y *ui.Field) { y.Max, y.Optional = assembly.MaxReason, true })...)
	out = append(out, threefold(p, f, "body", "programme", p.say("assembly.programme"), x.Programme, func(y *ui.Field) { y.Type, y.Max, y.Rows, y.Optional = "textarea", assembly.MaxText, 6, true })...)
	out = append(out,
		filled(f, "body", "desk", p.say("assembly.desk_title"), x.Desk.Title, func(y *ui.Field) { y.Optional, y.Max = true, assembly.MaxName }),
		filled(f, "body", "phone", p.say("assembly.desk_phone"), x.Desk.Phone, func(y *ui.Field) { y.Optional, y.Type = true, "tel" }))
	if len(members) == 0 {
		return out, nil
	}
	pick := ui.Choice{ID: "body-members", Name: "members", Legend: p.say("assembly.members"), Hint: p.say("assembly.body_members_hint"), Many: true, Columns: true, Optional: true}
	chosen := x.Members
	if f != nil {
		chosen = f.Values["members"]
	}
	on := map[string]bool{}
	for _, id := range chosen {
		on[id] = true
	}
	for _, o := range members {
		pick.Options = append(pick.Options, ui.Pick{Value: o.ID, Label: p.name(o.Name), Checked: on[o.ID]})
	}
	return append(out, ui.FormPart{Choice: &pick}), nil
}

func typedBody(f *form) assembly.BodyPage {
	return assembly.BodyPage{
		Name: typedText(f, "name"), Scope: typedText(f, "scope"), Station: typedText(f, "station"), Programme: typedText(f, "programme"),
		Desk: assembly.Desk{Title: f.Get("desk"), Phone: f.Get("phone")}, Members: f.Values["members"],
	}
}

// bodyAdded: POST /liaison/bodies.
func (s *Site) bodyAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	b, err := s.services.Assembly.AddBody(c.UserContext(), Of(c).Actor, f.Get("slug"), typedBody(f))
	if err == nil {
		return see(c, "/liaison/bodies/"+b.ID+"?done=saved")
	}
	return s.refused(c, f, err, s.bodiesCase)
}

// bodyPage: GET /liaison/bodies/:id.
func (s *Site) bodyPage(c *fiber.Ctx) error { return s.shown(c, s.bodyCase) }

func (s *Site) bodyCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	b, err := s.services.Assembly.Body(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here, g := at(c, "/liaison/bodies/"+b.ID), &b.Page
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.bodies"), Href: at(c, "/liaison/bodies")}, Title: p.name(g.Draft.Name), Lead: gateWords(p, g.Asked, g.Reason, g.Public != nil)}
	if w := saidHere(c, "saved", "waits"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	if g.Public != nil {
		v.Links = []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/bodies/"+b.Slug)}}
	}
	if !Of(c).Actor.Is("liaison") {
		return v, nil
	}
	if g.Asked == "" && g.Ahead() {
		v.add(s.toApprove(c, p, here, b.Rev))
	}
	parts, err := s.bodyParts(c, p, only(f, "body"), g.Draft)
	if err != nil {
		return nil, err
	}
	v.add(section{Title: p.say("assembly.details"), Forms: []*ui.Form{s.act(c, "body", here, b.Rev, p.say("assembly.save"), parts...)}})
	if g.Public != nil {
		v.add(s.toWithdraw(c, p, here, b.Rev))
	}
	return v, nil
}

// toApprove hands what is written to a second person.
func (s *Site) toApprove(c *fiber.Ctx, p *speaker, here string, rev int64) section {
	return section{Title: p.say("assembly.to_approve"), Text: p.say("assembly.to_approve_text"), Forms: []*ui.Form{s.act(c, "submit", here, rev, p.say("assembly.submit"))}}
}

// toWithdraw takes a public page away.
func (s *Site) toWithdraw(c *fiber.Ctx, p *speaker, here string, rev int64) section {
	x := s.act(c, "withdraw", here, rev, p.say("assembly.withdraw_send"))
	x.Bar.Buttons[0].Kind = "alt"
	return section{Title: p.say("assembly.withdraw"), Forms: []*ui.Form{x}}
}

// bodySent: POST /liaison/bodies/:id (form: body, submit, withdraw).
func (s *Site) bodySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "body":
		_, err = s.services.Assembly.EditBody(ctx, by, id, rev, typedBody(f))
	case "submit":
		done = "waits"
		_, err = s.services.Assembly.SubmitBody(ctx, by, id, rev)
	case "withdraw":
		_, err = s.services.Assembly.WithdrawBody(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/bodies/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.bodyCase)
}

// approvalsPage: GET /admin/assembly: what the public is to read, before it does.
func (s *Site) approvalsPage(c *fiber.Ctx) error { return s.shown(c, s.approvalsCase) }

func (s *Site) approvalsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	w, err := s.services.Assembly.Waiting(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("assembly.approvals"), Lead: p.say("assembly.approvals_lead")}
	if done := saidHere(c, "approved", "returned"); done != "" {
		v.ok(p.say("assembly.done." + done))
	}
	add := func(title, kind, id, hash string, rev int64, parts ...section) {
		v.add(section{Title: title, Text: p.say("assembly.approve_kind." + kind)})
		v.Sections = append(v.Sections, parts...)
		v.add(section{Forms: []*ui.Form{s.decision(c, p, f, kind, id, hash, rev)}})
	}
	said := inEveryLanguage
	for i := range w.Summaries {
		m := &w.Summaries[i]
		add(m.Title, "meeting", m.ID, m.Summary.Asked, m.Rev, said(p.say("assembly.summary_title"), m.Summary.Draft.Title), said(p.say("assembly.summary_text"), m.Summary.Draft.Text))
	}
	for i := range w.Pages {
		b, x := &w.Pages[i], w.Pages[i].Page.Draft
		members := []string{}
		for _, id := range x.Members {
			members = append(members, p.name(names[id]))
		}
		add(p.name(x.Name), "body", b.ID, b.Page.Asked, b.Rev, said(p.say("assembly.name"), x.Name), said(p.say("assembly.scope"), x.Scope), said(p.say("assembly.station"), x.Station),
			said(p.say("assembly.programme"), x.Programme), section{Facts: fact(deskFact(p, nil, x.Desk), p.say("assembly.members"), strings.Join(members, p.say("empty.and")))})
	}
	programmes, err := s.programmeApprovals(c, p, f, names, v)
	if err != nil {
		return nil, err
	}
	places, err := s.services.Stations.Unapproved(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	for i := range places {
		x := &places[i]
		add(p.name(x.Page.Draft.Name), "station", x.ID, x.Page.Asked, x.Rev, s.stationSaid(p, &x.Page.Draft)...)
	}
	activities, err := s.services.Activities.Waiting(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	for i := range activities {
		x := &activities[i]
		add(p.name(x.Plan().Title), "activity", x.ID, x.Page.Asked, x.Rev, activitySaid(p, x, names)...)
	}
	if len(w.Summaries)+len(w.Pages)+programmes+len(places)+len(activities) == 0 {
		v.add(section{Text: p.say("assembly.no_approval")})
	}
	return v, nil
}

// inEveryLanguage is a text as every reader will read it: who lets it through answers for all of it.
func inEveryLanguage(term string, x lang.Text) section {
	out := section{Title: term}
	for _, t := range lang.Tags {
		if text, in := x.In(t); in == t && text != "" {
			out.Facts = fact(out.Facts, languageNames[t], text)
		}
	}
	return out
}

// decision is the form with which a second person lets exactly one content through, or gives it back.
func (s *Site) decision(c *fiber.Ctx, p *speaker, f *form, kind, id, hash string, rev int64) *ui.Form {
	form := "decide-" + id
	x := ui.NewDecision(at(c, "/admin/assembly/"+kind+"/"+id), s.token(Of(c)), hash,
		*field(only(f, form), form, "reason", p.say("assembly.reason"), func(y *ui.Field) { y.Max, y.Optional = assembly.MaxReason, true }).Field, p.say("assembly.approve"), p.say("assembly.return"))
	x.ID, x.Rev = form, revision(rev)
	x.Hidden = append(x.Hidden, ui.Hidden{Name: "form", Value: form})
	return &x
}

// approvalSent: POST /admin/assembly/:kind/:id (rev, shown, do, reason).
func (s *Site) approvalSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "approved"
	switch c.Params("kind") + " " + f.Get("do") {
	case "meeting approve":
		_, err = s.services.Assembly.ApproveSummary(ctx, by, id, rev, f.Get("shown"))
	case "body approve":
		_, err = s.services.Assembly.ApproveBody(ctx, by, id, rev, f.Get("shown"))
	case "programme approve":
		_, err = s.services.Programmes.Approve(ctx, by, id, rev, f.Get("shown"))
	case "programme return":
		done = "returned"
		_, err = s.services.Programmes.Return(ctx, by, id, rev, f.Get("reason"))
	case "station approve":
		_, err = s.services.Stations.Approve(ctx, by, id, rev, f.Get("shown"))
	case "station return":
		done = "returned"
		_, err = s.services.Stations.Return(ctx, by, id, rev, f.Get("reason"))
	case "activity approve":
		_, err = s.services.Activities.Approve(ctx, by, id, rev, f.Get("shown"))
	case "activity return":
		done = "returned"
		_, err = s.services.Activities.Return(ctx, by, id, rev, f.Get("reason"))
	case "meeting return":
		done = "returned"
		_, err = s.services.Assembly.ReturnSummary(ctx, by, id, rev, f.Get("reason"))
	case "body return":
		done = "returned"
		_, err = s.services.Assembly.ReturnBody(ctx, by, id, rev, f.Get("reason"))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/admin/assembly?done="+done)
	}
	return s.refused(c, f, err, s.approvalsCase)
}
