package web

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/merchant"
)

// merchantRoutes are the pages of a merchant: who has access, its data, its papers, what it hands over.
func (s *Site) merchantRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	route := func(method, rest string, h fiber.Handler, needs access.Action, thing func(*fiber.Ctx) (access.Thing, error)) Route {
		r := Route{Method: method, Path: "/my/merchants/:id" + rest, Handle: h, Kind: Private, Needs: needs, Thing: thing, Probe: "/my/merchants/none" + rest}
		if method == post {
			r.Rate = Write
		}
		return r
	}
	member := func(r Route) Route { r.Probe = "/my/merchants/none/people/none"; return r }
	paper := func(r Route) Route { r.Probe = "/my/merchants/none/papers/none"; return r }
	return []Route{
		route(get, "", s.merchantPage, access.MerchantRead, s.ofMerchant),
		route(post, "", s.merchantSent, access.MerchantRole, s.ofMerchant),
		member(route(get, "/people/:account", s.memberPage, access.MerchantPeople, s.ofMerchant)),
		member(route(post, "/people/:account", s.memberSent, access.MerchantRole, s.ofMerchant)),
		route(get, "/leave", s.leavePage, access.MerchantLeave, s.ofMerchant),
		route(post, "/leave", s.leaveSent, access.MerchantLeave, s.ofMerchant),
		route(get, "/hand-over", s.handOverPage, access.MerchantTransfer, s.ofMerchant),
		route(post, "/hand-over", s.handOverSent, access.MerchantTransfer, s.ofMerchant),
		route(get, "/edit", s.merchantEditPage, access.MerchantEdit, s.ofMerchant),
		route(post, "/edit", s.merchantEditSent, access.MerchantEdit, s.ofMerchant),
		route(get, "/papers", s.papersPage, access.MerchantPapers, s.ofMerchant),
		route(post, "/papers", s.papersSent, access.MerchantPapers, s.ofMerchant),
		paper(route(get, "/papers/:paper", s.paperPage, access.MerchantPapers, s.ofMerchant)),
		paper(route(post, "/papers/:paper", s.paperSent, access.MerchantPapers, s.ofMerchant)),
		route(post, "/export", s.exportSent, access.MerchantExport, s.ofMerchant),
		route(post, "/end", s.endSent, access.MerchantEnd, s.ofMerchant),
	}
}

// ofMerchant is the thing of routes about a merchant. A member who looks after some shops only is asked about one of those: the name,
// the papers and the way out are theirs too; what is about the whole merchant takes an owner, who is never limited.
func (s *Site) ofMerchant(c *fiber.Ctx) (access.Thing, error) {
	by := Of(c).Actor
	if !by.Known() {
		return access.Thing{}, nil
	}
	m, err := s.services.Merchants.Get(c.UserContext(), by, c.Params("id"))
	if err != nil {
		return access.Thing{}, err
	}
	t := m.Thing()
	if x, ok := m.Member(by.AccountID); ok && len(x.ListingIDs) > 0 {
		t.ListingID = x.ListingIDs[0]
	}
	return t, nil
}

// merchantPage: GET /my/merchants/:id: everybody with access on one page, and what is under way.
func (s *Site) merchantPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.merchantCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "joined", "invited", "resent", "withdrawn", "role", "removed", "answered", "offered", "saved"); w != "" {
		v.ok(p.say("member.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

// merchantCase is the page of a merchant, with those of its forms that can be refused, by their ids.
func (s *Site) merchantCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, map[string]*ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	m, err := s.services.Merchants.Get(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	base := "/my/merchants/" + m.ID
	v := &casePage{Up: &ui.Link{Label: p.say("claim.my_shops"), Href: at(c, "/my")}, Title: p.name(m.Name)}
	if _, own := m.Member(by.AccountID); !own && access.Can(by, access.AccountList, access.Thing{}) {
		v.Up = &ui.Link{Label: p.say("area.people"), Href: at(c, "/admin/accounts")} // where an administrator comes from
	} else if !own {
		v.Up = toDesk(c, p)
	}
	shops, err := s.services.Merchants.Shops.ShopsOf(ctx, m.ID)
	if err != nil {
		return nil, nil, err
	}
	facts := fact(nil, p.say("merchant.kind"), p.say("merchant.kinds."+string(m.Kind)))
	facts = fact(facts, p.say("merchant.credit_code"), string(m.CreditCode))
	facts = fact(facts, p.say("merchant.shops"), p.count("merchant.shop_count", len(shops)))
	me := section{Facts: facts}
	if access.Can(by, access.MerchantEdit, m.Thing()) {
		me.Links = append(me.Links, ui.Link{Label: p.say("merchant.edit"), Href: at(c, base+"/edit")})
	}
	if t, err := s.ofMerchant(c); err == nil && access.Can(by, access.MerchantPapers, t) {
		me.Links = append(me.Links, ui.Link{Label: p.say("paper.title"), Href: at(c, base+"/papers")})
	}
	if access.Can(by, access.KeyList, m.Thing()) {
		me.Links = append(me.Links, ui.Link{Label: p.say("keys.title"), Href: at(c, base+"/keys")})
	}
	if access.Can(by, access.WebhookList, m.Thing()) {
		me.Links = append(me.Links, ui.Link{Label: p.say("webhooks.title"), Href: at(c, base+"/webhooks")})
	}
	if m.State == merchant.Closed {
		v.warn(p.say("merchant.closed"))
		v.add(section{Facts: facts})
		return v, nil, nil
	}
	forms := map[string]*ui.Form{}
	if access.Can(by, access.MerchantPeople, m.Thing()) {
		people, err := s.peopleSection(c, p, &m, shops)
		if err != nil {
			return nil, nil, err
		}
		v.add(people)
		invite := s.inviteForm(c, p, &m, shops, only(f, "invite"))
		forms["invite"] = invite
		v.add(section{ID: "invite", Title: p.say("member.invite"), Text: p.say("member.invite_text"), Forms: []*ui.Form{invite}})
		disputes, err := s.disputeSections(c, p, &m)
		if err != nil {
			return nil, nil, err
		}
		for _, x := range disputes {
			v.add(x)
		}
	}
	v.add(me)
	last := section{Title: p.say("member.more")}
	if access.Can(by, access.MerchantTransfer, m.Thing()) {
		last.Links = append(last.Links, ui.Link{Label: p.say("handover.title"), Href: at(c, base+"/hand-over")})
	}
	if access.Can(by, access.MerchantExport, m.Thing()) {
		last.Forms = append(last.Forms, &ui.Form{
			ID: "export", Action: at(c, base+"/export"), CSRF: s.token(Of(c)), Parts: []ui.FormPart{{Text: p.say("merchant.export_text")}},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("merchant.export"), Kind: "alt"}}},
		})
	}
	if _, ok := m.Member(by.AccountID); ok {
		last.Links = append(last.Links, ui.Link{Label: p.say("member.leave"), Href: at(c, base+"/leave")})
	}
	if len(last.Links)+len(last.Forms) > 0 {
		v.add(last)
	}
	if access.Can(by, access.MerchantEnd, m.Thing()) {
		end, form, err := s.endSection(c, p, &m, f)
		if err != nil {
			return nil, nil, err
		}
		forms[endForm] = form
		v.add(end)
	}
	return v, forms, nil
}

// peopleSection answers "who can change my shop": members with role, shops and last sign-in, then invitations.
func (s *Site) peopleSection(c *fiber.Ctx, p *speaker, m *merchant.Merchant, shops []merchant.Shop) (section, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	members, invited, err := s.services.Merchants.Access(ctx, by, m.ID)
	if err != nil {
		return section{}, err
	}
	base := "/my/merchants/" + m.ID
	list := ui.Records{Action: at(c, base), CSRF: s.token(Of(c)), Empty: p.say("member.none")}
	for _, x := range members {
		a, err := s.services.Accounts.Get(ctx, x.AccountID)
		if err != nil {
			return section{}, err
		}
		last, err := s.lastSeen(c, x.AccountID)
		if err != nil {
			return section{}, err
		}
		r := ui.Record{Title: a.Name, Lines: []string{p.say("member.role." + string(x.Role)), shopNames(p, shops, x.ListingIDs), p.say("member.since", "Day", dayOf(p, x.Since))}}
		if last.IsZero() {
			r.Lines = append(r.Lines, p.say("member.not_seen"))
		} else {
			r.Lines = append(r.Lines, p.say("member.seen", "When", stamp(p, last)))
		}
		if x.AccountID == by.AccountID {
			r.Tag, r.State = p.say("member.you"), ui.TaskDone
		}
		r.Buttons = []ui.Button{{Label: p.say("member.change"), Href: at(c, base+"/people/"+x.AccountID), Kind: "text s"}}
		list.Items = append(list.Items, r)
	}
	for _, x := range invited {
		if x.State == merchant.Accepted || x.State == merchant.Withdrawn {
			continue
		}
		r := ui.Record{
			Title: x.Shown, Lines: []string{p.say("member.role." + string(x.Role)), shopNames(p, shops, x.ListingIDs), p.say("member.until", "Day", dayOf(p, x.Until))},
			Tag: p.say("member.invited"), State: ui.TaskWait,
			Buttons: []ui.Button{{Label: p.say("member.resend"), Kind: "text s", Name: "resend", Value: x.ID}, {Label: p.say("member.withdraw"), Kind: "alt s", Name: "withdraw", Value: x.ID}},
		}
		if x.State == merchant.Expired {
			r.Tag, r.State = p.say("member.expired"), ui.TaskBad
		}
		list.Items = append(list.Items, r)
	}
	return section{Title: p.say("member.title"), Records: &list}, nil
}

// lastSeen is when a person last used the site. The owner of a merchant sees it of those who can change its shops; the page has asked
// for that before.
func (s *Site) lastSeen(c *fiber.Ctx, accountID string) (last time.Time, err error) {
	sessions, err := s.services.Accounts.Sessions(c.UserContext(), access.System("page of a merchant"), accountID)
	for _, x := range sessions {
		if x.Used.After(last) {
			last = x.Used
		}
	}
	return last, err
}

// shopNames says which shops somebody looks after; all of them where ids is empty.
func shopNames(p *speaker, shops []merchant.Shop, ids []string) string {
	if len(ids) == 0 {
		return p.say("member.all_shops")
	}
	text := ""
	for _, x := range shops {
		if slices.Contains(ids, x.ID) {
			if text != "" {
				text += p.say("empty.and")
			}
			text += p.name(x.Name)
		}
	}
	return p.say("member.only_shops", "Shops", text)
}

// memberRoles are the roles in a merchant, the least first.
var memberRoles = []access.Role{access.Staff, access.Manager, access.Owner}

// roleParts ask what somebody may do, and for which shops. Who may not make owners is offered the other roles, and reads why.
func roleParts(p *speaker, formID string, crowns bool, role access.Role, shops []merchant.Shop, ids []string) []ui.FormPart {
	roles := &ui.Choice{ID: formID + "-role", Name: "role", Legend: p.say("member.role_label")}
	offered := memberRoles
	if !crowns {
		offered = []access.Role{access.Staff, access.Manager}
		roles.Hint = p.say("error.merchant.two_people")
	}
	for _, r := range offered {
		roles.Options = append(roles.Options, ui.Pick{Value: string(r), Label: p.say("member.role." + string(r)), Hint: p.say("member.may." + string(r)), Checked: r == role})
	}
	parts := []ui.FormPart{{Choice: roles}}
	if len(shops) > 1 {
		x := &ui.Choice{ID: formID + "-shops", Name: "listing_ids", Legend: p.say("member.shops"), Hint: p.say("member.shops_hint"), Many: true, Optional: true}
		for _, shop := range shops {
			x.Options = append(x.Options, ui.Pick{Value: shop.ID, Label: p.name(shop.Name), Checked: slices.Contains(ids, shop.ID)})
		}
		parts = append(parts, ui.FormPart{Choice: x})
	}
	return parts
}

func (s *Site) inviteForm(c *fiber.Ctx, p *speaker, m *merchant.Merchant, shops []merchant.Shop, f *form) *ui.Form {
	role, ids := access.Staff, []string{}
	if f != nil {
		role, ids = access.Role(f.Get("role")), f.Values["listing_ids"]
	}
	return &ui.Form{
		ID: "invite-form", Action: at(c, "/my/merchants/"+m.ID), CSRF: s.token(Of(c)), Hidden: hidden("form", "invite"),
		Parts: append([]ui.FormPart{field(f, "invite", "to", p.say("member.to"), func(x *ui.Field) { x.Autocomplete = "off" })}, roleParts(p, "invite", m.Crowns(Of(c).Actor.AccountID), role, shops, ids)...),
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("member.send"), Name: "do", Value: "invite"}}},
	}
}

// disputeSections are the claims of others on the merchant's shops that wait for a word of the owner.
func (s *Site) disputeSections(c *fiber.Ctx, p *speaker, m *merchant.Merchant) ([]section, error) {
	list, err := s.services.Merchants.Disputes(c.UserContext(), Of(c).Actor, m.ID)
	if err != nil {
		return nil, err
	}
	out := []section{}
	for _, d := range list {
		if d.State != merchant.ClaimSubmitted && d.State != merchant.ClaimDisputed && d.State != merchant.ClaimProposed {
			continue
		}
		name, err := s.shopName(c, p, d.ListingID)
		if err != nil {
			return nil, err
		}
		x := section{Title: p.say("dispute.title", "Shop", name), Text: p.say("dispute.text")}
		if !d.WaitUntil.IsZero() {
			x.Text = p.say("dispute.text_until", "Until", stamp(p, d.WaitUntil))
		}
		id := "dispute-" + d.ID
		if d.Answer != nil {
			said := "dispute.said_no"
			if d.Answer.Agree {
				said = "dispute.said_yes"
			}
			x.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say(said), Text: d.Answer.Why}}
		}
		x.Forms = []*ui.Form{{
			ID: id, Action: at(c, "/my/merchants/"+m.ID), CSRF: s.token(Of(c)), Rev: revision(d.Rev), Hidden: hidden("form", id, "claim", d.ID),
			Parts: []ui.FormPart{field(nil, id, "why", p.say("dispute.why"), func(x *ui.Field) { x.Type, x.Rows, x.Max, x.Hint = "textarea", 3, 500, p.say("dispute.why_hint") })},
			Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("dispute.no"), Name: "do", Value: "no"}, {Label: p.say("dispute.yes"), Kind: "alt", Name: "do", Value: "yes"}}},
		}}
		out = append(out, x)
	}
	return out, nil
}

// merchantSent: POST /my/merchants/:id (invite, resend, withdraw, or the answer to a claim).
func (s *Site) merchantSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if f.Get("claim") != "" {
		return s.disputeSent(c, f)
	}
	ctx, by, id, m := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Merchants
	done := ""
	switch {
	case f.Get("resend") != "":
		done = "resent"
		_, err = m.Resend(ctx, by, id, f.Get("resend"))
	case f.Get("withdraw") != "":
		done = "withdrawn"
		err = m.WithdrawInvitation(ctx, by, id, f.Get("withdraw"))
	default:
		done = "invited"
		_, err = m.Invite(ctx, by, id, merchant.Invite{To: f.Get("to"), Role: access.Role(f.Get("role")), ListingIDs: f.Values["listing_ids"], Lang: Of(c).Lang})
	}
	if err == nil {
		return see(c, "/my/merchants/"+id+"?done="+done)
	}
	p := s.speaker(c)
	v, forms, caseErr := s.merchantCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.showCase(c, p, v, forms["invite"], err)
}

// disputeSent is what the owner says to a claim on a shop (claim, rev, do, why).
func (s *Site) disputeSent(c *fiber.Ctx, f *form) error {
	rev, err := f.rev()
	if err != nil {
		return err
	}
	id := c.Params("id")
	_, err = s.services.Merchants.AnswerDispute(c.UserContext(), Of(c).Actor, f.Get("claim"), rev, f.Get("do") == "yes", f.Get("why"))
	if err == nil {
		return see(c, "/my/merchants/"+id+"?done=answered")
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	p := s.speaker(c)
	v, _, caseErr := s.merchantCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	bad := &ui.Form{}
	for _, x := range v.Sections {
		for _, form := range x.Forms {
			if form.ID == f.Get("form") {
				bad = form
				form.Parts[0].Field.Value = f.Get("why")
			}
		}
	}
	return s.showCase(c, p, v, bad, err)
}

// leavePage: GET /my/merchants/:id/leave.
func (s *Site) leavePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.leaveForm(c, p)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

func (s *Site) leaveForm(c *fiber.Ctx, p *speaker) (formPage, error) {
	m, err := s.services.Merchants.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return formPage{}, err
	}
	base := "/my/merchants/" + m.ID
	return formPage{
		Up: &ui.Link{Label: p.name(m.Name), Href: at(c, base)}, Title: p.say("member.leave"), Lead: p.say("member.leave_text"),
		Form: &ui.Form{Action: at(c, base+"/leave"), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("member.leave")}}}},
	}, nil
}

// leaveSent: POST /my/merchants/:id/leave.
func (s *Site) leaveSent(c *fiber.Ctx) error {
	err := s.services.Merchants.Leave(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err == nil {
		return see(c, "/my?done=left")
	}
	p := s.speaker(c)
	v, formErr := s.leaveForm(c, p)
	if formErr != nil {
		return formErr
	}
	return s.showForm(c, p, v, err)
}

// exportSent: POST /my/merchants/:id/export: everything kept of a merchant, as a file. It is a form, so that no program that opens
// links by itself makes an entry in the trail.
func (s *Site) exportSent(c *fiber.Ctx) error {
	x, err := s.services.Merchants.Export(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(x, "", "  ")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/json; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="merchant.json"`)
	return c.Send(body)
}
