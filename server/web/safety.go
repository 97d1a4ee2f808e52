package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/alarm"
	"shangquan/services/fault"
)

// safetyRoutes are the page of the safety of the site: whether it is frozen, what sounded, whether the content is what was written.
func (s *Site) safetyRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/admin/safety", Handle: s.safetyPage, Kind: Private, Needs: access.AlarmClose},
		{Method: post, Path: "/admin/safety/freeze", Handle: s.freezeSent, Kind: Private, Rate: Write, Needs: access.SiteFreeze, Always: true},
		{Method: post, Path: "/admin/safety/alarms", Handle: s.alarmSent, Kind: Private, Rate: Write, Needs: access.AlarmClose},
	}
}

// resting returns the fault that this route is answered with while the site is frozen, nil while it is not or where the route
// answers always.
func (s *Site) resting(p *pattern) error {
	if p.Always || p.Method == http.MethodGet {
		return nil
	}
	return s.services.Freeze.Refused()
}

// safetyPage: GET /admin/safety.
func (s *Site) safetyPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, form, err := s.safety(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, &v, form, nil)
}

// safety is the page, with the form to freeze: nil while the site is frozen. f is what was sent.
func (s *Site) safety(c *fiber.Ctx, p *speaker, f *form) (casePage, *ui.Form, error) {
	v := casePage{Title: p.say("area.safety"), Lead: p.say("safety.lead")}
	if w := saidHere(c, "frozen", "closed"); w != "" {
		v.ok(p.say("safety.done." + w))
	}
	st := s.services.Freeze.Now()
	switchOff := s.freezeForm(c, p, f)
	now := section{ID: "now", Title: p.say("safety.state")}
	if st.Frozen {
		v.warn(p.say("safety.is_frozen"))
		now.Text = p.say("safety.thaw")
		now.Facts = fact(fact(nil, p.say("safety.since"), p.moment(st.Since)), p.say("office.why"), st.Why)
		switchOff = nil
	} else {
		now.Text, now.Forms = p.say("safety.freeze_text"), []*ui.Form{switchOff}
	}
	alarms, err := s.services.Alarms.Open(c.UserContext(), Of(c).Actor)
	if err != nil {
		return v, nil, err
	}
	list := ui.Records{Action: at(c, "/admin/safety/alarms"), CSRF: s.token(Of(c)), Empty: p.say("safety.quiet")}
	for i := range alarms {
		list.Items = append(list.Items, alarmRecord(c, p, &alarms[i], !st.Frozen))
	}
	v.add(section{ID: "alarms", Title: p.say("safety.alarms"), Records: &list})
	checked := section{ID: "content", Title: p.say("safety.content"), Text: p.say("safety.never")}
	if r := s.services.Integrity.Last(); r != nil {
		checked.Text = p.count("safety.all_well", r.Checked)
		if r.Wrong > 0 {
			checked.Text = p.count("safety.wrong", r.Wrong)
		}
		checked.Facts = fact(nil, p.say("safety.checked"), p.moment(r.At))
	}
	v.add(checked)
	v.add(now)
	return v, switchOff, nil
}

func (s *Site) freezeForm(c *fiber.Ctx, p *speaker, f *form) *ui.Form {
	return &ui.Form{
		Action: at(c, "/admin/safety/freeze"), CSRF: s.token(Of(c)),
		Parts: []ui.FormPart{input(f, "why", p.say("office.why"), nil)},
		Bar:   &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("safety.freeze")}}},
	}
}

// alarmRecord is an alarm in words. While the site is frozen nothing is closed.
func alarmRecord(c *fiber.Ctx, p *speaker, a *alarm.Alarm, closes bool) ui.Record {
	r := ui.Record{Title: p.say("safety.kind." + string(a.Kind)), Tag: p.say("safety.open"), State: ui.TaskBad, Lines: []string{p.say("safety.hint." + string(a.Kind))}}
	switch a.Kind { //nolint:exhaustive // the others are about one thing only
	case alarm.Network:
		r.Href = at(c, "/admin/accounts/"+a.Object)
	case alarm.Content:
		r.Lines = append(r.Lines, a.Object)
	case alarm.Frozen:
		r.Lines = append(r.Lines, a.Note)
	}
	first, last := p.moment(a.First), p.moment(a.Last)
	if first == last {
		r.Lines = append(r.Lines, last)
	} else {
		r.Lines = append(r.Lines, p.say("safety.times", "N", a.Count, "First", first, "Last", last))
	}
	if closes {
		r.Buttons = []ui.Button{{Label: p.say("safety.close"), Name: "close", Value: strconv.FormatInt(a.Rev, 10) + " " + a.ID, Kind: "alt s"}}
	}
	return r
}

// freezeSent: POST /admin/safety/freeze (why). Whoever sends it is signed out with everybody else.
func (s *Site) freezeSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if err := s.services.Freeze.Freeze(c.UserContext(), Of(c).Actor, f.Get("why")); err != nil {
		v, form, bad := s.safety(c, p, f)
		if bad != nil || form == nil {
			return err
		}
		return s.showCase(c, p, &v, form, err)
	}
	return see(c, "/sign-in?back="+escaped(at(c, "/admin/safety")))
}

// alarmSent: POST /admin/safety/alarms (close: revision and id).
func (s *Site) alarmSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	n, id, _ := strings.Cut(f.Get("close"), " ")
	rev, err := strconv.ParseInt(n, 10, 64)
	if err != nil || rev < 1 {
		return fault.New(fault.Invalid, "error.form.rev", err)
	}
	if err := s.services.Alarms.Close(c.UserContext(), Of(c).Actor, id, rev); err != nil {
		return err
	}
	return see(c, "/admin/safety?done=closed")
}

// warnings are what everybody who works for the district has to know before anything else: that the site is frozen, that content
// was tampered with.
func (s *Site) warnings(ctx context.Context, p *speaker, by access.Actor) ([]ui.Callout, error) {
	out := []ui.Callout{}
	if s.services.Freeze.Now().Frozen {
		out = append(out, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("safety.is_frozen")})
	}
	alarms, err := s.services.Alarms.Open(ctx, by)
	if err != nil {
		return nil, err
	}
	if n := len(slices.DeleteFunc(alarms, func(a alarm.Alarm) bool { return a.Kind != alarm.Content })); n > 0 {
		out = append(out, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.count("safety.tampered", n), Text: p.say("safety.tampered_text")})
	}
	return out, nil
}
