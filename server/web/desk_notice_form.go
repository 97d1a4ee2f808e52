package web

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/notice"
)

// noticeFormPage is templates/pages/desk-notice.html: the form of a notice with the shops it reaches between its two halves.
type noticeFormPage struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Callouts []ui.Callout
	Form     *ui.Form
	Reach    reachView
	Rest     []ui.FormPart
	Previews []namedArticle // what was looked at, and what somebody else saved meanwhile
}

// namedArticle is a notice under a heading.
type namedArticle struct {
	Heading string
	Article ui.Article
}

// reachView is which shops an audience reaches: said when it is asked for, and with script whenever the form changes.
type reachView struct {
	Button ui.Button
	Lead   string
	Shops  []ui.Record
	More   string
}

// reachShown is how many shops the form lists: nobody reads more, and the page stays light.
const reachShown = 120

// newNoticePage: GET /desk/notices/new.
func (s *Site) newNoticePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	f := &form{Values: url.Values{"kind": {string(notice.Works)}, "audience": {everybody}}}
	v, err := s.noticeFormView(c, p, nil, f)
	if err != nil {
		return err
	}
	return s.showNoticeForm(c, p, v, nil)
}

// newNoticeSent: POST /desk/notices/new.
func (s *Site) newNoticeSent(c *fiber.Ctx) error {
	return s.noticeSent(c, nil, func(ctx context.Context, x notice.Content, _ int64) (notice.Notice, error) {
		return s.services.Notices.Create(ctx, Of(c).Actor, x)
	})
}

// editNoticePage: GET /desk/notices/:id/edit.
func (s *Site) editNoticePage(c *fiber.Ctx) error {
	n, err := s.services.Notices.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	f, err := s.noticeForm(c, &n.Content)
	if err != nil {
		return err
	}
	v, err := s.noticeFormView(c, p, &n, f)
	if err != nil {
		return err
	}
	if err := s.reach(c, p, v, f); err != nil {
		return err
	}
	return s.showNoticeForm(c, p, v, nil)
}

// editNoticeSent: POST /desk/notices/:id/edit (rev).
func (s *Site) editNoticeSent(c *fiber.Ctx) error {
	n, err := s.services.Notices.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	return s.noticeSent(c, &n, func(ctx context.Context, x notice.Content, rev int64) (notice.Notice, error) {
		return s.services.Notices.Replace(ctx, Of(c).Actor, n.ID, rev, x)
	})
}

// noticeSent reads the form of a notice and does what its button says: look, one more row, which shops, or save.
func (s *Site) noticeSent(c *fiber.Ctx, n *notice.Notice, save func(context.Context, notice.Content, int64) (notice.Notice, error)) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, err := s.noticeFormView(c, p, n, f)
	if err != nil {
		return err
	}
	was, rev := notice.Content{}, int64(0)
	if n != nil {
		if rev, err = f.rev(); err != nil {
			return err
		}
		was, v.Form.Rev = n.Content, f.Get("rev")
	}
	x, wrong := s.notice(c, f, was)
	switch do := f.Get("do"); {
	case wrong != nil && fault.KindOf(wrong) != fault.Invalid:
		return wrong
	case do == "more":
		return s.showNoticeForm(c, p, v, wrong)
	case do == "reach" || do == "preview":
		if err := s.reach(c, p, v, f); err != nil {
			return err
		}
		if do == "preview" {
			v.preview(p.say("notice_desk.preview"), s.article(c, p, &x, true))
		}
		if onlyAudience(wrong) || do == "preview" {
			return s.showNoticeForm(c, p, v, wrong)
		}
		return s.showNoticeForm(c, p, v, nil) // what is not about the shops is said when it is saved
	}
	if wrong != nil {
		return s.showNoticeForm(c, p, v, wrong)
	}
	saved, err := save(c.UserContext(), x, rev)
	switch {
	case err == nil:
		return see(c, "/desk/notices/"+saved.ID+"?done=saved")
	case n != nil && stale(err) && n.Rev != rev:
		return s.noticeConflict(c, p, v, n)
	}
	if reachErr := s.reach(c, p, v, f); reachErr != nil {
		return reachErr
	}
	return s.showNoticeForm(c, p, v, err)
}

// onlyAudience reports whether every mistake is about whom the notice is for.
func onlyAudience(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return false
	}
	for _, x := range f.Fields {
		if len(x.Name) < len("audience") || x.Name[:len("audience")] != "audience" {
			return false
		}
	}
	return len(f.Fields) > 0
}

func (v *noticeFormPage) preview(heading string, a ui.Article) {
	a.Framed = true
	v.Previews = append(v.Previews, namedArticle{heading, a})
}

// noticeConflict shows what somebody else has made of the notice beside what was typed: sent again, the typed wins.
func (s *Site) noticeConflict(c *fiber.Ctx, p *speaker, v *noticeFormPage, n *notice.Notice) error {
	v.Form.Rev = revision(n.Rev)
	v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("notice_form.theirs"), Text: p.say("notice_form.again")})
	v.preview(p.say("notice_form.theirs_title"), s.article(c, p, &n.Content, true))
	c.Status(fiber.StatusConflict)
	return s.showNoticeForm(c, p, v, nil)
}

// noticeFormView is the page of the form: of a new notice when n is nil.
func (s *Site) noticeFormView(c *fiber.Ctx, p *speaker, n *notice.Notice, f *form) (*noticeFormPage, error) {
	k, err := s.noticeControls(c, p, f)
	if err != nil {
		return nil, err
	}
	v := &noticeFormPage{Up: ui.Link{Label: p.say("notice_desk.back"), Href: at(c, "/desk/notices")}, Title: p.say("notice_desk.new")}
	v.Form = &ui.Form{Action: at(c, "/desk/notices/new"), CSRF: s.token(Of(c)), Parts: k.parts(), Bar: &ui.Bar{Buttons: []ui.Button{
		{Label: p.say("notice_form.save"), Name: "do", Value: "save"}, {Label: p.say("notice_form.look"), Kind: "alt", Name: "do", Value: "preview"},
	}}}
	if n != nil {
		v.Up = ui.Link{Label: p.name(n.Content.Title), Href: noticeHref(c, n.ID, "")}
		v.Title, v.Form.Action, v.Form.Rev = p.say("notice_desk.edit"), noticeHref(c, n.ID, "edit"), revision(n.Rev)
		if n.Public == notice.Live {
			v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("notice_desk.do.correct_text")})
		}
		if n.Content.Kind == notice.Emergency {
			v.Form.Parts = append(k.urgent(), v.Form.Parts[3:]...)
		}
	}
	v.Rest = k.rest()
	v.Reach.Button = ui.Button{Label: p.say("notice_form.see_shops"), Kind: "alt", Name: "do", Value: "reach"}
	return v, nil
}

// reach fills in which shops the audience of the form reaches now.
func (s *Site) reach(c *fiber.Ctx, p *speaker, v *noticeFormPage, f *form) error {
	a := notice.Audience{}
	if _, err := s.readAudience(c, f, &a); err != nil {
		return err
	}
	if !a.Shops() {
		if a.Everybody {
			v.Reach.Lead = p.say("notice_form.found_public")
		}
		return nil
	}
	found, err := s.services.Notices.Preview(c.UserContext(), Of(c).Actor, a)
	if fault.Is(err, fault.Invalid) {
		return nil // said at the fields
	}
	if err != nil {
		return err
	}
	v.Reach.Lead = p.count("notice_desk.to_shops", len(found.Shops))
	if len(found.Shops) == 0 {
		v.Reach.Lead = p.say("notice_form.found_none")
	}
	for i, l := range found.Shops {
		if i == reachShown {
			v.Reach.More = p.count("notice_form.found_more", len(found.Shops)-reachShown)
			break
		}
		name, in := l.Name.In(p.Lang)
		v.Reach.Shops = append(v.Reach.Shops, ui.Record{Title: name, Lang: in, Lines: []string{l.Address.Line}})
	}
	return nil
}

// showNoticeForm answers with the form; err is what was wrong with it.
func (s *Site) showNoticeForm(c *fiber.Ctx, p *speaker, v *noticeFormPage, err error) error {
	title := v.Title
	if err != nil {
		// The two halves are one form: mistakes of both stand above it.
		whole := *v.Form
		whole.Parts = append(append([]ui.FormPart{}, v.Form.Parts...), v.Rest...)
		status := explain(p, &whole, err)
		if status == 0 {
			return err
		}
		c.Status(status)
		v.Form.Errors = whole.Errors
		title = p.count("form_page.title", len(whole.Errors), "Title", title)
	}
	v.Base = s.privateBase(c, title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "desk-notice", v)
}

// emergencyHours are how long an emergency notice may stand, in hours; the first is the usual.
var emergencyHours = []int{6, 12, 24, 48, 72}

// emergencyPage: GET /desk/notices/emergency.
func (s *Site) emergencyPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.emergencyView(c, p, &form{Values: url.Values{"level": {string(notice.Yellow)}, "hours": {itoa(int64(emergencyHours[0]))}, "must_confirm": {"must_confirm"}}})
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

// emergencySent: POST /desk/notices/emergency: written and public at once.
func (s *Site) emergencySent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, err := s.emergencyView(c, p, f)
	if err != nil {
		return err
	}
	x, err := s.emergency(f, p.now)
	if err != nil {
		return s.showForm(c, p, v, err)
	}
	ctx, by := c.UserContext(), Of(c).Actor
	reach, err := s.services.Notices.Preview(ctx, by, x.Audience)
	if err != nil {
		return s.showForm(c, p, v, err)
	}
	if len(reach.Shops) == 0 {
		return s.showForm(c, p, v, fault.Wrong("area", "notice.wrong.nobody", nil))
	}
	n, err := s.services.Notices.Create(ctx, by, x)
	if err != nil {
		return s.showForm(c, p, v, err)
	}
	_, err = s.services.Notices.PublishEmergency(ctx, by, n.ID, n.Rev)
	if keyOf(err) == "notice.wrong.again" { // what was typed is kept, and goes the way of two people
		if _, err := s.services.Notices.Submit(ctx, by, n.ID, n.Rev); err != nil {
			return err
		}
		return see(c, "/desk/notices/"+n.ID+"?done=second")
	}
	if err != nil {
		return err
	}
	return see(c, "/desk/notices/"+n.ID+"?done=published")
}

// emergency reads the short form: what to do, where, for how long.
func (s *Site) emergency(f *form, now time.Time) (notice.Content, error) {
	hours := whole(f.Get("hours"))
	if hours < 1 || hours > int(notice.EmergencyFor/time.Hour) {
		return notice.Content{}, fault.Wrong("hours", "notice.wrong.emergency", map[string]any{"Hours": int(notice.EmergencyFor / time.Hour)})
	}
	text := func(name string) lang.Text {
		return lang.Text{Hans: lang.Clean(f.Get(name)), Hant: lang.Clean(f.Get(name + ".hant")), En: lang.Clean(f.Get(name + ".en"))}
	}
	ends := now.Add(time.Duration(hours) * time.Hour)
	x := notice.Content{
		Kind: notice.Emergency, Level: notice.Level(f.Get("level")), Title: text("title"), Instruction: text("instruction"), Text: text("text"),
		From: now, ExpiresAt: ends, Urgent: true, Contact: notice.Contact{Phone: lang.Clean(f.Get("contact.phone"))},
		Audience: notice.Audience{Everybody: true},
	}
	if f.Get("must_confirm") != "" {
		x.MustConfirm, x.Due = true, calendar.Today(ends).String()
	}
	area := notice.Place{}
	switch value := f.Get("area"); {
	case value == "":
		x.Audience.All = true
	case len(value) > 7 && value[:7] == "street/":
		area.Street = &notice.Stretch{StreetID: value[7:]}
		x.Audience.Streets = []notice.Stretch{*area.Street}
	case len(value) > 6 && value[:6] == "plaza/":
		area.PlazaID = value[6:]
		x.Audience.Plazas = []notice.Floors{{PlazaID: area.PlazaID}}
	default:
		return x, fault.Wrong("area", "error.choice", nil)
	}
	x.Place = area
	return x, nil
}

func (s *Site) emergencyView(c *fiber.Ctx, p *speaker, f *form) (formPage, error) {
	k, err := s.noticeControls(c, p, f)
	if err != nil {
		return formPage{}, err
	}
	hours := []ui.Option{}
	for _, h := range emergencyHours {
		value := itoa(int64(h))
		hours = append(hours, ui.Option{Value: value, Label: p.count("notice_urgent.hour", h), Checked: f.Get("hours") == value})
	}
	parts := k.urgent()
	area := k.where()
	area.Field.ID, area.Field.Name, area.Field.Label, area.Field.Optional = "area", "area", p.say("notice_urgent.area"), false
	area.Field.Options[0].Label = p.say("notice_urgent.area_all")
	for i := range area.Field.Options {
		area.Field.Options[i].Checked = area.Field.Options[i].Value == f.Get("area")
	}
	parts = append(parts, area,
		ui.FormPart{Field: &ui.Field{ID: "hours", Name: "hours", Label: p.say("notice_urgent.hours"), Hint: p.say("notice_urgent.hours_hint"), Options: hours, Short: true}},
		k.switches("must_confirm", p.say("notice_form.answer_ask"), ui.Pick{Value: "must_confirm", Label: p.say("notice_urgent.answer")}),
		input(f, "contact.phone", p.say("notice_form.contact_phone"), func(x *ui.Field) { x.Type, x.Short, x.Optional, x.InputMode = "tel", true, true, "tel" }),
		k.prose("text", p.say("notice_urgent.text"), lang.Hans, func(x *ui.Field) { x.Optional = true }),
		ui.FormPart{Heading: p.say("notice_form.others")},
	)
	parts = append(parts, k.translations("title", "instruction")...)
	return formPage{
		Up: &ui.Link{Label: p.say("notice_desk.back"), Href: at(c, "/desk/notices")}, Title: p.say("notice_urgent.title"), Lead: p.say("notice_urgent.lead"),
		Form: &ui.Form{Action: at(c, "/desk/notices/emergency"), Parts: parts, Bar: &ui.Bar{Buttons: []ui.Button{{Label: p.say("notice_urgent.send"), Icon: "alert"}}}},
	}, nil
}

// urgent are the controls that only an emergency has, with its title.
func (k *noticeControls) urgent() []ui.FormPart {
	p := k.p
	levels := []ui.Pick{}
	for _, l := range notice.Levels {
		levels = append(levels, ui.Pick{Value: string(l), Label: p.say("notice_urgent.is." + string(l))})
	}
	return []ui.FormPart{
		k.choice("level", p.say("notice_urgent.level"), false, levels...),
		k.line("title", p.say("notice_form.title"), lang.Hans, func(x *ui.Field) { x.Hint = p.say("notice_urgent.title_hint") }),
		k.prose("instruction", p.say("notice_urgent.instruction"), lang.Hans, func(x *ui.Field) { x.Rows, x.Max, x.Hint = 2, 120, p.say("notice_urgent.instruction_hint") }),
	}
}
