package web

import (
	"context"
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// adminRoutes are the pages of who looks after accounts and reads the trail.
func (s *Site) adminRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/admin/accounts/:id", "/admin/accounts/none"
	page := func(path, probe string, h fiber.Handler, needs access.Action) Route {
		return Route{Method: get, Path: path, Handle: h, Kind: Private, Needs: needs, Probe: probe}
	}
	form := func(path, probe string, h fiber.Handler, needs access.Action) Route {
		return Route{Method: post, Path: path, Handle: h, Kind: Private, Rate: Write, Needs: needs, Probe: probe}
	}
	return []Route{
		page("/admin", "", func(c *fiber.Ctx) error { return see(c, "/admin/accounts") }, access.AccountList),
		page("/admin/accounts", "", s.accountsPage, access.AccountList),
		page("/admin/invite", "", s.invitePage, access.AccountInvite),
		form("/admin/invite", "", s.inviteSent, access.AccountInvite),
		page(one, none, s.onePage, access.AccountList),
		form(one+"/roles", none+"/roles", s.oneChanged("roles"), access.AccountRole),
		form(one+"/factors", none+"/factors", s.oneChanged("factors"), access.AccountRole),
		form(one+"/closed", none+"/closed", s.oneChanged("closed"), access.AccountEnd),
		form(one+"/sessions", none+"/sessions", s.oneChanged("sessions"), access.AccountEnd),
		form(one+"/reset", none+"/reset", s.oneChanged("reset"), access.AccountEnd),
		form(one+"/export", none+"/export", s.accountHanded, access.AccountExport),
		form(one+"/erased", none+"/erased", s.oneChanged("erased"), access.AccountEnd),
		page("/admin/permissions", "", s.permissionsPage, access.AccountList),
		page("/admin/audit", "", s.auditPage, access.AuditRead),
	}
}

var adminDone = map[string]string{
	"invited": "office.invited", "roles": "office.roles_saved", "closed": "office.closed_saved", "sessions": "office.sessions_ended",
	"reset": "office.reset_sent", "factors": "office.factors_gone", "erased": "office.erased",
}

// recordsView is templates/pages/records.html: a list of things, page by page.
type recordsView struct {
	Base     ui.Base
	Up       *ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Button   *ui.Button
	Find     *ui.Form // what narrows the list, sent by GET
	Records  ui.Records
	Next     *ui.Link
}

func (s *Site) showRecords(c *fiber.Ctx, p *speaker, v recordsView) error {
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "records", v)
}

const accountsOnPage = 50

// accountsPage: GET /admin/accounts (after).
func (s *Site) accountsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	page, err := s.services.Accounts.List(c.UserContext(), Of(c).Actor, c.Query("after"), accountsOnPage)
	if err != nil {
		return err
	}
	v := recordsView{
		Title: p.say("area.people"), Lead: p.say("office.people_lead"), Callouts: doneCallout(c, p, adminDone),
		Button: &ui.Button{Label: p.say("office.invite"), Href: at(c, "/admin/invite")},
	}
	for _, a := range page.Items {
		item := ui.Record{Title: calledBy(p, &a), Href: at(c, "/admin/accounts/"+a.ID), Lines: append([]string{p.roles(a.Roles)}, masked(&a)...)}
		switch {
		case a.Disabled:
			item.Tag, item.State = p.say("office.is_closed"), ui.TaskBad
		case len(a.Rests()) > 0:
			item.Tag, item.State = p.say("office.rests"), ui.TaskBad
		case a.Staff() && !a.Factors.Any():
			item.Tag, item.State = p.say("office.no_factor"), ui.TaskTodo
		}
		v.Records.Items = append(v.Records.Items, item)
	}
	if page.Next != "" {
		v.Next = &ui.Link{Label: p.say("office.next"), Href: at(c, "/admin/accounts") + "?after=" + escaped(page.Next)}
	}
	return s.showRecords(c, p, v)
}

func masked(a *account.Account) []string {
	out := []string{}
	for _, x := range a.Contacts() {
		out = append(out, x.Masked())
	}
	return out
}

// roles names roles of the district; who has none is with a merchant or nobody's.
func (p *speaker) roles(list []access.Role) string {
	if len(list) == 0 {
		return p.say("office.no_role")
	}
	text := ""
	for i, r := range list {
		if i > 0 {
			text += p.say("office.and")
		}
		text += p.say("roles." + string(r))
	}
	return text
}

// rolesChoice is the choice of district roles; id is its field.
func (p *speaker) rolesChoice(checked []access.Role) ui.FormPart {
	x := ui.Choice{ID: "roles", Name: "roles", Legend: p.say("office.roles"), Hint: p.say("office.roles_hint"), Many: true, Optional: true}
	for _, r := range access.DistrictRoles {
		x.Options = append(x.Options, ui.Pick{Value: string(r), Label: p.say("roles." + string(r)), Checked: slices.Contains(checked, r)})
	}
	return ui.FormPart{Choice: &x}
}

func rolesOf(f *form) []access.Role {
	out := []access.Role{}
	for _, r := range f.Values["roles"] {
		out = append(out, access.Role(r))
	}
	return out
}

// invitePage: GET /admin/invite.
func (s *Site) invitePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	return s.showForm(c, p, s.officialForm(c, p, nil), nil)
}

func (s *Site) officialForm(c *fiber.Ctx, p *speaker, f *form) formPage {
	var roles []access.Role
	if f != nil {
		roles = rolesOf(f)
	}
	return formPage{Title: p.say("office.invite"), Up: &ui.Link{Label: p.say("area.people"), Href: at(c, "/admin/accounts")}, Lead: p.say("office.invite_lead"), Form: &ui.Form{
		Action: at(c, "/admin/invite"), CSRF: s.token(Of(c)),
		Parts: []ui.FormPart{input(f, "name", p.say("office.name"), nil), input(f, "contact", p.say("sign_in.name"), nil), p.rolesChoice(roles)},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("office.invite_go")}}},
	}}
}

// inviteSent: POST /admin/invite.
func (s *Site) inviteSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if _, err := s.services.Accounts.Invite(c.UserContext(), Of(c).Actor, f.Get("name"), f.Get("contact"), rolesOf(f), lang.Hans); err != nil {
		return s.showForm(c, p, s.officialForm(c, p, f), err)
	}
	return see(c, "/admin/accounts?done=invited")
}

// oneView is templates/pages/admin-account.html.
type oneView struct {
	Base     ui.Base
	Up       *ui.Link
	Title    string
	Callouts []ui.Callout
	Facts    []ui.Static
	Forms    []ui.Form
	Sessions ui.Records
}

// onePage: GET /admin/accounts/:id.
func (s *Site) onePage(c *fiber.Ctx) error {
	a, err := s.services.Accounts.Get(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _, err := s.oneForms(c, p, a, nil)
	if err != nil {
		return err
	}
	return s.showOne(c, p, v)
}

func (s *Site) showOne(c *fiber.Ctx, p *speaker, v oneView) error {
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "admin-account", v)
}

// oneForms returns the page about an account with everything that can be done about it, and where each form stands by its name. f is
// what was sent, whose roles and reason stay in their form.
func (s *Site) oneForms(c *fiber.Ctx, p *speaker, a account.Account, f *form) (oneView, map[string]int, error) {
	to := at(c, "/admin/accounts/"+a.ID)
	v := oneView{Title: calledBy(p, &a), Up: &ui.Link{Label: p.say("area.people"), Href: at(c, "/admin/accounts")}, Callouts: doneCallout(c, p, adminDone)}
	refused, err := s.refusedCallout(c, p, &a, "office.mail_refused", "office.mail_refused_text")
	if err != nil {
		return v, nil, err
	}
	v.Callouts = append(v.Callouts, refused...)
	if rests := a.Rests(); len(rests) > 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("office.rests"), Text: p.say("office.rests_text", "Rests", p.roles(rests), "Works", p.roles(a.Works()))})
	}
	factor := p.say("own.factor_none")
	if a.Factors.Any() {
		factor = p.say("own.factor_set")
	}
	for _, x := range masked(&a) {
		v.Facts = append(v.Facts, ui.Static{Label: p.say("sign_in.name"), Value: x})
	}
	v.Facts = append(v.Facts, ui.Static{Label: p.say("own.factor"), Value: factor},
		ui.Static{Label: p.say("area.trail"), Value: p.say("office.since", "Date", ui.Date(p.Lang, a.CreatedAt, p.now)), Link: &ui.Link{Label: p.say("office.see_trail"), Href: at(c, "/admin/audit") + "?account=" + escaped(a.ID)}})
	// Where the person acts is what is in the way of an erasure.
	seats, err := s.services.Merchants.Seats(c.UserContext(), a.ID)
	if err != nil {
		return v, nil, err
	}
	mine, err := s.services.Merchants.Mine(c.UserContext(), access.Actor{AccountID: a.ID, Seats: seats})
	if err != nil {
		return v, nil, err
	}
	for i := range mine {
		v.Facts = append(v.Facts, ui.Static{Label: p.say("office.seat"), Value: p.name(mine[i].Name), Link: &ui.Link{Label: p.say("office.seat_go"), Href: at(c, "/my/merchants/"+mine[i].ID)}})
	}
	roles := a.Roles
	if f != nil {
		roles = rolesOf(f)
	}
	rev := ""
	if a.Rev > 0 {
		rev = itoa(a.Rev)
	}
	index := map[string]int{}
	add := func(name, heading, text, button, kind string, parts ...ui.FormPart) {
		index[name] = len(v.Forms)
		all := append([]ui.FormPart{{Heading: heading}, {Text: text}}, parts...)
		v.Forms = append(v.Forms, ui.Form{Action: to + "/" + name, CSRF: s.token(Of(c)), Rev: rev, Parts: all, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: button, Kind: kind}}}})
	}
	why := func(id string) ui.FormPart {
		part := input(f, "why", p.say("office.why"), func(x *ui.Field) { x.Optional = true })
		part.Field.ID = id
		return part
	}
	add("roles", p.say("office.roles"), p.say("office.roles_text"), p.say("own.save"), "", p.rolesChoice(roles), why("why"))
	add("reset", p.say("office.reset"), p.say("office.reset_text"), p.say("office.reset_go"), "alt")
	add("sessions", p.say("own.sessions"), p.say("office.sessions_text"), p.say("office.sessions_go"), "alt")
	if a.Factors.Any() && a.ID != Of(c).Account.ID {
		add("factors", p.say("own.factor"), p.say("office.factors_text"), p.say("office.factors_go"), "alt", why("why-factors"))
	}
	heading, text, button := p.say("office.close"), p.say("office.close_text"), p.say("office.close_go")
	if a.Disabled {
		heading, text, button = p.say("office.open"), p.say("office.open_text"), p.say("office.open_go")
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("office.is_closed")})
	}
	add("closed", heading, text, button, "alt", why("why-closed"))
	if !a.Disabled {
		v.Forms[index["closed"]].Hidden = hidden("closed", "1")
	}
	if !a.Deleted() && a.ID != Of(c).Account.ID {
		asked := func(id string) ui.FormPart {
			part := why(id)
			part.Field.Optional, part.Field.Label, part.Field.Hint = false, p.say("office.erase_why"), p.say("office.erase_why_hint")
			return part
		}
		add("export", p.say("office.hand_out"), p.say("office.hand_out_text"), "", "", asked("why-export"))
		v.Forms[index["export"]].Bar.Buttons = exportButtons(p)
		add("erased", p.say("office.erase"), p.say("office.erase_text"), p.say("office.erase_go"), "alt", asked("why-erased"))
	}
	list, err := s.services.Accounts.Sessions(c.UserContext(), Of(c).Actor, a.ID)
	if err != nil {
		return v, index, err
	}
	v.Sessions = s.sessionRecords(c, p, list, to+"/sessions")
	return v, index, nil
}

// oneChanged: POST /admin/accounts/:id/WHAT.
func (s *Site) oneChanged(what string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		f, err := s.form(c)
		if err != nil {
			return err
		}
		ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
		a, err := s.services.Accounts.Get(ctx, id)
		if err != nil {
			return err
		}
		var rev int64
		if what == "roles" || what == "closed" || what == "erased" {
			if rev, err = f.rev(); err != nil {
				return err
			}
		}
		switch what {
		case "roles":
			_, err = s.services.Accounts.SetRoles(ctx, by, id, rev, rolesOf(f), f.Get("why"))
		case "closed":
			_, err = s.services.Accounts.SetDisabled(ctx, by, id, rev, f.Has("closed"), f.Get("why"))
		case "factors":
			err = s.services.Accounts.ResetFactors(ctx, by, id, f.Get("why"))
		case "reset":
			err = s.services.Accounts.TriggerReset(ctx, by, id)
		case "erased":
			err = s.erased(ctx, by, id, rev, f.Get("why"))
		case "sessions":
			if f.Get("end") != "" {
				err = s.services.Accounts.End(ctx, by, id, f.Get("end"))
			} else {
				err = s.services.Accounts.EndAll(ctx, by, id)
			}
		}
		if err == nil {
			return see(c, "/admin/accounts/"+id+"?done="+what)
		}
		return s.oneRefused(c, &a, what, f, err)
	}
}

// oneRefused answers with the page about an account and what was wrong with one of its forms.
func (s *Site) oneRefused(c *fiber.Ctx, a *account.Account, what string, f *form, err error) error {
	p := s.speaker(c)
	v, index, bad := s.oneForms(c, p, *a, f)
	if bad != nil {
		return bad
	}
	i, ok := index[what]
	if !ok {
		return err
	}
	status := explain(p, &v.Forms[i], err)
	if status == 0 {
		return err
	}
	c.Status(status)
	return s.showOne(c, p, v)
}

// erased erases an account for who can no longer do it: never one that still acts for a shop or an organisation.
func (s *Site) erased(ctx context.Context, by access.Actor, id string, rev int64, why string) error {
	seats, err := s.services.Merchants.Seats(ctx, id)
	if err != nil {
		return err
	}
	speaks, err := s.services.Assembly.Mine(ctx, access.Actor{AccountID: id, Seats: seats})
	if err != nil {
		return err
	}
	if len(seats) == 0 && len(speaks) > 0 {
		return fault.New(fault.Conflict, "account.erase.speaks", nil)
	}
	return s.services.Accounts.Erase(ctx, by, id, rev, seats, why)
}
