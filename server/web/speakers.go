package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/assembly"
	"shangquan/services/fault"
)

// speakerRoutes are who acts for an organisation that is no merchant: invited by the liaison, ended by either in one press.
func (s *Site) speakerRoutes() []Route {
	const one, none = "/liaison/members/:id", "/liaison/members/none"
	return []Route{
		{Method: http.MethodPost, Path: one + "/invite", Handle: s.speakerInvited, Kind: Private, Rate: Write, Needs: access.AssemblyInvite, Probe: none + "/invite"},
		{Method: http.MethodPost, Path: one + "/acting", Handle: s.speakerEnded, Kind: Private, Rate: Write, Needs: access.AssemblyEdit, Probe: none + "/acting"},
		{Method: http.MethodPost, Path: "/my/assembly/:id/leave", Handle: s.speakerLeft, Kind: Private, Rate: Write, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: "/my/assembly/none/leave"},
		{Method: http.MethodGet, Path: "/speak/:token", Handle: s.speakPage, Kind: Private, Needs: access.AccountOpen, Probe: "/speak/none"},
		{Method: http.MethodPost, Path: "/speak/:token", Handle: s.speakSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Probe: "/speak/none"},
	}
}

// actingSection is who acts for an organisation, who was asked to, and where one more is asked. Names are read from the accounts; the
// organisation keeps their ids only.
func (s *Site) actingSection(c *fiber.Ctx, p *speaker, o *assembly.Organisation, f *form, may bool) (section, error) {
	here := at(c, "/liaison/members/"+o.ID)
	x := section{ID: "acting", Title: p.say("assembly.acts")}
	list := ui.Records{Action: here + "/acting", CSRF: s.token(Of(c)), Empty: p.say("assembly.acts_none")}
	press := func(r *ui.Record, label, name, value string) {
		if may {
			r.Buttons = []ui.Button{{Label: label, Kind: "alt s", Name: name, Value: value}}
		}
	}
	if o.MerchantID != "" {
		list.Items = append(list.Items, ui.Record{Title: p.say("assembly.acts_shop"), Lines: []string{p.say("assembly.acts_shop_text")}})
	}
	for _, id := range o.Speakers {
		a, err := s.services.Accounts.Get(c.UserContext(), id)
		switch {
		case fault.Is(err, fault.NotFound):
			a.Name = p.say("assembly.account_gone")
		case err != nil:
			return x, err
		}
		r := ui.Record{Title: a.Name}
		press(&r, p.say("assembly.dismiss"), "dismiss", id)
		list.Items = append(list.Items, r)
	}
	for i := range o.Invitations {
		if y := &o.Invitations[i]; y.Open(p.now) {
			r := ui.Record{Title: p.say("assembly.invited", "Day", dayOf(p, y.At)), Lines: []string{p.say("assembly.invited_until", "Day", dayOf(p, y.Until))}, Tag: p.say("assembly.invited_wait"), State: ui.TaskWait}
			press(&r, p.say("assembly.uninvite"), "withdraw", y.ID)
			list.Items = append(list.Items, r)
		}
	}
	x.Records = &list
	if may && o.Active && o.MerchantID == "" {
		x.Forms = append(x.Forms, s.act(c, "invite", here+"/invite", 0, p.say("assembly.invite_send"),
			field(only(f, "invite"), "invite", "to", p.say("assembly.invite_to"), func(y *ui.Field) { y.Hint = p.say("assembly.invite_hint") })))
	}
	return x, nil
}

// speakerInvited: POST /liaison/members/:id/invite (to).
func (s *Site) speakerInvited(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if _, err = s.services.Assembly.Invite(c.UserContext(), Of(c).Actor, c.Params("id"), f.Get("to"), p.Lang); err == nil {
		return see(c, "/liaison/members/"+c.Params("id")+"?done=invited")
	}
	v, caseErr := s.seatCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	return s.refuse(c, p, v, f, err)
}

// speakerEnded: POST /liaison/members/:id/acting (dismiss or withdraw): who acts for the organisation acts for it no more, or an invitation is taken
// back.
func (s *Site) speakerEnded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, done := c.UserContext(), Of(c).Actor, c.Params("id"), "dismissed"
	switch {
	case f.Get("dismiss") != "":
		_, err = s.services.Assembly.Dismiss(ctx, by, id, f.Get("dismiss"))
	case f.Get("withdraw") != "":
		done = "uninvited"
		err = s.services.Assembly.Withdraw(ctx, by, id, f.Get("withdraw"))
	default:
		return fiber.ErrBadRequest
	}
	if err != nil {
		return err
	}
	return see(c, "/liaison/members/"+id+"?done="+done)
}

// speakerLeft: POST /my/assembly/:id/leave: somebody stops acting for an organisation.
func (s *Site) speakerLeft(c *fiber.Ctx) error {
	if _, err := s.form(c); err != nil {
		return err
	}
	by := Of(c).Actor
	if _, err := s.services.Assembly.Dismiss(c.UserContext(), by, c.Params("id"), by.AccountID); err != nil {
		return err
	}
	return see(c, "/my/assembly?done=left")
}

// speakPage: GET /speak/:token: what an invitation offers. Opening it changes nothing: chat programs open links by themselves.
func (s *Site) speakPage(c *fiber.Ctx) error {
	x, err := s.services.Assembly.ShowInvitation(c.UserContext(), c.Params("token"))
	if err != nil {
		return gone(err)
	}
	p := s.speaker(c)
	v, err := s.speakForm(c, p, x, nil)
	if err != nil {
		return gone(err)
	}
	return s.showForm(c, p, v, nil)
}

// speakForm is one press for who is signed in, and an account for who has none: the link came to their own telephone or e-mail, which is
// as good as a code sent to it.
func (s *Site) speakForm(c *fiber.Ctx, p *speaker, x assembly.Offered, f *form) (formPage, error) {
	path := at(c, "/speak/"+c.Params("token"))
	v := formPage{Title: p.say("assembly.speak_title", "Name", p.name(x.Name)), Lead: p.say("assembly.speak_lead", "Until", dayOf(p, x.Until))}
	v.Form = &ui.Form{Action: path, CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("assembly.speak_accept")}}}}
	if Of(c).Actor.Known() {
		v.Form.Parts = []ui.FormPart{{Text: p.say("assembly.speak_as", "Name", Of(c).Account.Name)}}
		return v, nil
	}
	to, err := s.services.Assembly.InvitedAt(c.UserContext(), c.Params("token"))
	if err != nil {
		return v, err
	}
	v.Callouts, v.Form.Hidden, v.Form.Parts = s.newAccount(c, p, path, to.Masked(), f)
	v.Form.Bar.Buttons[0].Label = p.say("join.register")
	return v, nil
}

// speakSent: POST /speak/:token (new, name, password).
func (s *Site) speakSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, token, by := c.UserContext(), c.Params("token"), Of(c).Actor
	if !by.Known() && f.Get("new") == "" {
		return s.turnedAway(c, access.Require(by, access.InvitationAccept, access.Thing{}))
	}
	p := s.speaker(c)
	x, err := s.services.Assembly.ShowInvitation(ctx, token)
	if err != nil {
		return gone(err)
	}
	if !by.Known() {
		if by, err = s.speakRegister(c, p, x, f); err != nil {
			return s.speakAgain(c, p, x, f, err)
		}
	}
	o, err := s.services.Assembly.Accept(ctx, by, token)
	if err != nil {
		return s.speakAgain(c, p, x, f, err)
	}
	return see(c, "/my/assembly/"+o.ID+"?done=speaks")
}

// speakRegister makes an account for the address the invitation went to, and signs in with it.
func (s *Site) speakRegister(c *fiber.Ctx, p *speaker, x assembly.Offered, f *form) (access.Actor, error) {
	to, err := s.services.Assembly.InvitedAt(c.UserContext(), c.Params("token"))
	if err != nil {
		return access.Actor{}, err
	}
	in, err := s.services.Accounts.Register(c.UserContext(), account.Registration{
		Name: f.Get("name"), Contact: string(to), Proved: true, Password: f.Get("password"), Lang: p.Lang, Words: []string{x.Name.Hans},
	}, client(c))
	if err != nil {
		return access.Actor{}, err
	}
	s.signIn(c, in)
	return s.newcomer(c, in), nil
}

func (s *Site) speakAgain(c *fiber.Ctx, p *speaker, x assembly.Offered, f *form, err error) error {
	if fault.Is(err, fault.NotFound) {
		return gone(err) // used or taken back meanwhile
	}
	v, formErr := s.speakForm(c, p, x, f)
	if formErr != nil {
		return gone(formErr)
	}
	return s.showForm(c, p, v, err)
}
