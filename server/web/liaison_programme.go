package web

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/lang"
	"shangquan/services/programme"
)

// programmesPage: GET /liaison/programme.
func (s *Site) programmesPage(c *fiber.Ctx) error { return s.shown(c, s.programmesCase) }

func (s *Site) programmesCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Programmes.Years(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("programme.title"), Lead: p.say("programme.desk_lead")}
	records := ui.Records{Empty: p.say("programme.none")}
	for i := range list {
		g := &list[i].Page
		records.Items = append(records.Items, ui.Record{
			Title: p.say("programme.of_year", "Year", strconv.Itoa(list[i].Year)), Href: at(c, "/liaison/programme/"+list[i].ID),
			Lines: []string{countWords(p, &g.Draft), gateWords(p, g.Asked, g.Reason, g.Public != nil)},
		})
	}
	v.add(section{Records: &records})
	if Of(c).Actor.Is(access.Liaison) {
		next := p.now.Year()
		for slices.ContainsFunc(list, func(y programme.Year) bool { return y.Year == next }) {
			next++
		}
		v.add(section{ID: "new", Title: p.say("programme.begin"), Forms: []*ui.Form{s.act(c, "year", at(c, "/liaison/programme"), 0, p.say("programme.begin_send"),
			filled(only(f, "year"), "year", "year", p.say("programme.year"), strconv.Itoa(next), func(x *ui.Field) { x.InputMode, x.Short = "numeric", true }))}})
	}
	return v, nil
}

// programmeBegun: POST /liaison/programme (year).
func (s *Site) programmeBegun(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	y, err := s.services.Programmes.Begin(c.UserContext(), Of(c).Actor, countTyped(f.Get("year")))
	if err == nil {
		return see(c, "/liaison/programme/"+y.ID)
	}
	return s.refused(c, f, err, s.programmesCase)
}

// programmePage: GET /liaison/programme/:id.
func (s *Site) programmePage(c *fiber.Ctx) error { return s.shown(c, s.programmeCase) }

func (s *Site) programmeCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	y, err := s.services.Programmes.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	path, g := "/liaison/programme/"+y.ID, &y.Page
	here := at(c, path)
	v := &casePage{
		Up: &ui.Link{Label: p.say("programme.title"), Href: at(c, "/liaison/programme")}, Title: p.say("programme.of_year", "Year", strconv.Itoa(y.Year)),
		Lead: gateWords(p, g.Asked, g.Reason, g.Public != nil), Links: []ui.Link{{Label: p.say("programme.sheet"), Href: here + "/print"}},
	}
	if w := saidHere(c, "saved", "waits"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	if late := y.Late(p.now); len(late) > 0 {
		v.warn(p.count("programme.late", len(late)))
	}
	if g.Public != nil {
		v.Links = append(v.Links, ui.Link{Label: p.say("assembly.public_page"), Href: at(c, "/programme/"+strconv.Itoa(y.Year))})
	}
	v.add(section{Text: countWords(p, &g.Draft)})
	v.Sections = append(v.Sections, quarters(p, &g.Draft, names, func(id string) string { return here + "/items/" + id })...)
	if !Of(c).Actor.Is(access.Liaison) {
		return v, nil
	}
	parts, err := s.itemParts(c, p, only(f, "item"), programme.Item{Quarter: (int(p.now.Month())-1)/3 + 1, State: programme.Planned}, true)
	if err != nil {
		return nil, err
	}
	v.add(section{Title: p.say("programme.add"), Forms: []*ui.Form{s.act(c, "item", here, y.Rev, p.say("programme.add_send"), parts...)}})
	lead := threefold(p, only(f, "lead"), "lead", "lead", p.say("programme.lead_label"), g.Draft.Lead, func(x *ui.Field) {
		x.Type, x.Max, x.Optional = "textarea", programme.MaxLead, true
	})
	v.add(section{Title: p.say("programme.lead_title"), Forms: []*ui.Form{s.act(c, "lead", here, y.Rev, p.say("assembly.save"), lead...)}})
	if g.Asked == "" && g.Ahead() && len(g.Draft.Items) > 0 {
		v.add(section{Title: p.say("assembly.to_approve"), Text: p.say("programme.to_approve_text"), Forms: []*ui.Form{s.act(c, "submit", here, y.Rev, p.say("assembly.submit"))}})
	}
	if g.Public != nil {
		x := s.act(c, "withdraw", here, y.Rev, p.say("assembly.withdraw_send"))
		x.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("assembly.withdraw"), Forms: []*ui.Form{x}})
	}
	return v, nil
}

// itemParts are the fields of an item; a new one has no result yet.
func (s *Site) itemParts(c *fiber.Ctx, p *speaker, f *form, x programme.Item, fresh bool) ([]ui.FormPart, error) {
	members, err := s.services.Assembly.Organisations(c.UserContext(), Of(c).Actor, false)
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	quarterOptions, states := []ui.Option{}, []ui.Option{}
	for q := 1; q <= 4; q++ {
		n := strconv.Itoa(q)
		quarterOptions = append(quarterOptions, ui.Option{Value: n, Label: p.say("programme.quarter." + n), Checked: typedOr(f, "quarter", strconv.Itoa(x.Quarter)) == n})
	}
	for _, st := range programme.States {
		if fresh && st == programme.Done {
			continue // nothing shows yet that it is
		}
		states = append(states, ui.Option{Value: string(st), Label: p.say("programme.state." + string(st)), Checked: typedOr(f, "state", string(x.State)) == string(st)})
	}
	const id = "item"
	out := threefold(p, f, id, "title", p.say("programme.item"), x.Title, func(y *ui.Field) { y.Max = programme.MaxTitle })
	out = append(out,
		filled(f, id, "quarter", p.say("programme.when"), "", func(y *ui.Field) { y.Options = quarterOptions }),
		filled(f, id, "organisation", p.say("programme.who"), "", func(y *ui.Field) {
			y.Options = memberOptions(p, members, names, p.say("activity.station"), typedOr(f, "organisation", x.OrganisationID), x.OrganisationID)
		}),
		filled(f, id, "state", p.say("programme.how_far"), "", func(y *ui.Field) { y.Options = states }))
	if fresh {
		return out, nil
	}
	return append(out, threefold(p, f, id, "result", p.say("programme.result"), x.Result, func(y *ui.Field) {
		y.Type, y.Max, y.Optional, y.Hint = "textarea", programme.MaxResult, true, p.say("programme.result_hint")
	})...), nil
}

func typedItem(f *form, id string) programme.Item {
	return programme.Item{ID: id, Quarter: countTyped(f.Get("quarter")), Title: typedText(f, "title"), OrganisationID: f.Get("organisation"), State: programme.State(f.Get("state")), Result: typedText(f, "result")}
}

// programmeSent: POST /liaison/programme/:id (form: item, lead, submit, withdraw).
func (s *Site) programmeSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "saved"
	switch f.Get("form") {
	case "item":
		_, err = s.services.Programmes.Put(ctx, by, id, rev, typedItem(f, ""))
	case "lead":
		_, err = s.services.Programmes.Lead(ctx, by, id, rev, typedText(f, "lead"))
	case "submit":
		done = "waits"
		_, err = s.services.Programmes.Submit(ctx, by, id, rev)
	case "withdraw":
		_, err = s.services.Programmes.Withdraw(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/programme/"+id+"?done="+done)
	}
	return s.refused(c, f, err, s.programmeCase)
}

// programmeSheet: GET /liaison/programme/:id/print: the programme as it is written now.
func (s *Site) programmeSheet(c *fiber.Ctx) error {
	y, err := s.services.Programmes.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := yearSheet(p, y.Year, &y.Page.Draft, names)
	v.Up = ui.Link{Label: v.Title, Href: at(c, "/liaison/programme/"+y.ID)}
	return s.showSheet(c, p, v)
}

// itemPage: GET /liaison/programme/:id/items/:item.
func (s *Site) itemPage(c *fiber.Ctx) error { return s.shown(c, s.itemCase) }

func (s *Site) itemCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	y, err := s.services.Programmes.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(y.Page.Draft.Items, func(x programme.Item) bool { return x.ID == c.Params("item") })
	if n < 0 {
		return nil, notThere()
	}
	x := y.Page.Draft.Items[n]
	up := at(c, "/liaison/programme/"+y.ID)
	here := up + "/items/" + x.ID
	v := &casePage{Up: &ui.Link{Label: p.say("programme.of_year", "Year", strconv.Itoa(y.Year)), Href: up}, Title: p.name(x.Title)}
	if w := saidHere(c, "saved", "proved"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	proofs := section{ID: "evidence", Title: p.say("programme.evidence")}
	list := ui.Records{Empty: p.say("programme.no_evidence")}
	for i := range y.Evidence {
		e := &y.Evidence[i]
		if e.ItemID != x.ID {
			continue
		}
		r := ui.Record{Title: e.Text, Lang: lang.Hans, Lines: []string{stamp(p, e.At)}}
		if e.Photo != nil {
			r.Buttons = []ui.Button{{Label: p.say("programme.see_photo"), Kind: "alt s", Href: up + "/evidence/" + strconv.Itoa(i+1)}}
		}
		list.Items = append(list.Items, r)
	}
	proofs.Records = &list
	if !Of(c).Actor.Is(access.Liaison) {
		v.add(proofs)
		return v, nil
	}
	prove := s.proofForm(c, p, only(f, "prove"), here)
	prove.Rev = revision(y.Rev)
	proofs.Forms = []*ui.Form{prove}
	parts, err := s.itemParts(c, p, only(f, "item"), x, false)
	if err != nil {
		return nil, err
	}
	v.add(section{Title: p.say("programme.how_far"), Forms: []*ui.Form{s.act(c, "item", here, y.Rev, p.say("assembly.save"), parts...)}})
	v.add(proofs)
	drop := s.act(c, "drop", here, y.Rev, p.say("programme.drop_send"))
	drop.Bar.Buttons[0].Kind = "alt"
	v.add(section{Title: p.say("programme.drop"), Forms: []*ui.Form{drop}})
	return v, nil
}

// itemSent: POST /liaison/programme/:id/items/:item (form: item, prove, drop).
func (s *Site) itemSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, item := c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("item")
	if _, err := s.services.Programmes.Get(ctx, by, id); err != nil {
		return err
	}
	to := "/liaison/programme/" + id + "/items/" + item
	switch f.Get("form") {
	case "item":
		to += "?done=saved"
		_, err = s.services.Programmes.Put(ctx, by, id, rev, typedItem(f, item))
	case "prove":
		to += "?done=proved"
		var e assembly.Evidence
		if e, err = s.typedProof(c, f); err == nil {
			_, err = s.services.Programmes.Prove(ctx, by, id, rev, programme.Evidence{ItemID: item, Text: e.Text, Photo: e.Photo})
		}
	case "drop":
		to = "/liaison/programme/" + id + "?done=saved"
		_, err = s.services.Programmes.Drop(ctx, by, id, rev, item)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, to)
	}
	return s.refused(c, f, err, s.itemCase)
}

// itemProof: GET /liaison/programme/:id/evidence/:n, a picture for those who work on it.
func (s *Site) itemProof(c *fiber.Ctx) error {
	y, err := s.services.Programmes.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	n := whole(c.Params("n"))
	if n < 1 || n > len(y.Evidence) || y.Evidence[n-1].Photo == nil {
		return notThere()
	}
	return s.sendSealed(c, y.Evidence[n-1].Photo.Key)
}

// programmeApprovals are the programmes that wait for a second person, each as it would be public.
func (s *Site) programmeApprovals(c *fiber.Ctx, p *speaker, f *form, names map[string]lang.Text, v *casePage) (int, error) {
	list, err := s.services.Programmes.Waiting(c.UserContext(), Of(c).Actor)
	for i := range list {
		y := &list[i]
		x := &y.Page.Draft
		v.add(section{Title: p.say("programme.of_year", "Year", strconv.Itoa(y.Year)), Text: p.say("assembly.approve_kind.programme")})
		if !x.Lead.IsZero() {
			v.add(inEveryLanguage(p.say("programme.lead_label"), x.Lead))
		}
		v.add(section{Text: countWords(p, x)})
		v.Sections = append(v.Sections, quarters(p, x, names, func(id string) string { return at(c, "/liaison/programme/"+y.ID+"/items/"+id) })...)
		for k := range x.Items {
			v.add(inEveryLanguage(p.say("programme.item"), x.Items[k].Title))
			if !x.Items[k].Result.IsZero() {
				v.add(inEveryLanguage(p.say("programme.result"), x.Items[k].Result))
			}
		}
		v.add(section{Forms: []*ui.Form{s.decision(c, p, f, "programme", y.ID, y.Page.Asked, y.Rev)}})
	}
	return len(list), err
}
