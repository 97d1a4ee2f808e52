package web

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/lang"
	"shangquan/services/setting"
)

// settingsForm is the form over an edition. What was sent stays in it.
func (s *Site) settingsForm(c *fiber.Ctx, p *speaker, f *form, set *setting.Set) (*ui.Form, error) {
	number := itoa(set.Rev)
	if f != nil {
		number = f.Get("number") // over which edition it was written; a newer one is a conflict
	}
	x := &ui.Form{ID: "settings", Action: at(c, "/admin/settings"), CSRF: s.token(Of(c)), Hidden: hidden("number", number), Bar: &ui.Bar{Buttons: []ui.Button{{Label: p.say("own.save")}}}}
	text := func(name, value string, more func(*ui.Field)) {
		x.Parts = append(x.Parts, settingsField(p, f, name, value, more))
	}
	heading := func(key string) {
		x.Parts = append(x.Parts, ui.FormPart{Heading: p.say("settings.of." + key)})
	}
	heading("names")
	text("name", set.Name.Hans, nil)
	text("name.hant", set.Name.Hant, func(y *ui.Field) { y.Lang = lang.Hant })
	text("name.en", set.Name.En, func(y *ui.Field) { y.Lang = lang.En })
	heading("foot")
	text("operator", set.Operator, nil)
	text("undertaker", set.Undertaker, nil)
	text("phone", set.Phone, func(y *ui.Field) { y.Type, y.Short = "tel", true })
	text("icp", set.ICP, nil)
	text("police", set.Police, nil)
	text("site_code", set.SiteCode, func(y *ui.Field) { y.Short = true })
	text("complaints", set.Complaints, nil)
	heading("official")
	text("official", set.Official, func(y *ui.Field) { y.Max = setting.MaxClosing })
	text("official_link", set.OfficialLink, func(y *ui.Field) { y.Type, y.Lang = "url", lang.En })
	heading("languages")
	x.Parts = append(x.Parts, ui.FormPart{Choice: languageChoice(p, f, set.Languages)})
	heading("plan")
	x.Parts = append(x.Parts, ui.FormPart{Choice: planChoice(p, f, set.PlanOff)})
	text("plan_review", set.PlanReview, func(y *ui.Field) { y.Short = true })
	maps, first := mapChoices(p, f, set.Maps)
	x.Parts = append(x.Parts, ui.FormPart{Choice: maps}, ui.FormPart{Choice: first})
	heading("office")
	if s.services.Settings.Fixed() {
		x.Parts = append(x.Parts, ui.FormPart{Static: &ui.Static{Label: p.say("settings.office"), Value: strings.Join(set.Office, p.say("office.and")), Hint: p.say("settings.office_fixed")}})
	} else {
		text("office", strings.Join(set.Office, "\n"), func(y *ui.Field) {
			y.Type, y.Rows, y.Lang, y.Hint = "textarea", 3, lang.En, p.say("settings.hint.office", "Address", Of(c).Client.String())
		})
	}
	heading("letters")
	text("sender", set.Sender, nil)
	text("from", set.From, func(y *ui.Field) { y.Type, y.Lang = "email", lang.En })
	text("reply_to", set.ReplyTo, func(y *ui.Field) { y.Type, y.Lang = "email", lang.En })
	text("closing", set.Closing, func(y *ui.Field) { y.Max = setting.MaxClosing })
	if s.channels() {
		x.Parts = append(x.Parts, ui.FormPart{Choice: channelChoice(p, f, &set.Letters)})
	}
	heading("keep")
	for _, t := range set.Terms() {
		text(t.Field, strconv.Itoa(*t.Days), func(y *ui.Field) {
			y.Type, y.InputMode, y.Short, y.Optional, y.Unit = "number", "numeric", true, false, p.say("settings.days")
			y.Label, y.Hint = p.say("retention.class."+t.Class), p.say("settings.hint.term", "Least", t.Least, "Most", t.Most)
		})
	}
	agree, err := s.shorterChoice(c, p, f, set)
	if agree != nil {
		x.Parts = append(x.Parts, ui.FormPart{Choice: agree})
	}
	return x, err
}

func settingsField(p *speaker, f *form, name, value string, more func(*ui.Field)) ui.FormPart {
	key := strings.ReplaceAll(name, ".", "_")
	label := ""
	if p.Has("settings." + key) {
		label = p.say("settings." + key)
	}
	return input(f, name, label, func(y *ui.Field) {
		if f == nil {
			y.Value = value
		}
		if hint := "settings.hint." + key; name != "office" && p.Has(hint) {
			y.Hint = p.say(hint)
		}
		y.Optional = name != "name"
		if more != nil {
			more(y)
		}
	})
}

func languageChoice(p *speaker, f *form, offered []lang.Tag) *ui.Choice {
	x := &ui.Choice{ID: "languages", Name: "languages", Legend: p.say("settings.languages"), Hint: p.say("settings.hint.languages"), Many: true, Optional: true}
	for _, t := range lang.Tags {
		if t == lang.Hans {
			continue // always offered
		}
		checked := slices.Contains(offered, t)
		if f != nil {
			checked = slices.Contains(f.Values["languages"], string(t))
		}
		x.Options = append(x.Options, ui.Pick{Value: string(t), Label: languageNames[t], Checked: checked})
	}
	return x
}

// planOff is what the form says for a site without the plan.
const planOff = "off"

func planChoice(p *speaker, f *form, off bool) *ui.Choice {
	if f != nil {
		off = f.Get("plan") == planOff
	}
	return &ui.Choice{ID: "plan", Name: "plan", Legend: p.say("settings.plan"), Hint: p.say("settings.hint.plan"), Options: []ui.Pick{
		{Value: "on", Label: p.say("settings.shown.on"), Checked: !off},
		{Value: planOff, Label: p.say("settings.shown.off"), Checked: off},
	}}
}

// mapChoices are the map services that are offered, and which of them is the first.
func mapChoices(p *speaker, f *form, offered []geo.Map) (maps, first *ui.Choice) {
	maps = &ui.Choice{ID: "maps", Name: "maps", Legend: p.say("settings.maps"), Hint: p.say("settings.hint.maps"), Many: true}
	first = &ui.Choice{ID: "map_first", Name: "map_first", Legend: p.say("settings.map_first"), Hint: p.say("settings.hint.map_first")}
	for _, m := range geo.Services {
		with, lead := slices.Contains(offered, m), offered[0] == m
		if f != nil {
			with, lead = slices.Contains(f.Values["maps"], string(m)), f.Get("map_first") == string(m)
		}
		maps.Options = append(maps.Options, ui.Pick{Value: string(m), Label: p.say("go.map." + string(m)), Checked: with})
		first.Options = append(first.Options, ui.Pick{Value: string(m), Label: p.say("go.map." + string(m)), Checked: lead})
	}
	return maps, first
}

// mapsRead are the services a form has ticked, the one it names first before the others.
func mapsRead(f *form) []geo.Map {
	out, first := []geo.Map{}, geo.Map(f.Get("map_first"))
	for _, name := range f.Values["maps"] {
		if m := geo.Map(name); m == first {
			out = slices.Insert(out, 0, m)
		} else {
			out = append(out, m)
		}
	}
	return out
}

// channels reports whether the machine sends both e-mail and short messages, so that there is something to choose.
func (s *Site) channels() bool { return s.config.SMS != "" || s.config.Mail.Reveal() == "log:" }

func channelChoice(p *speaker, f *form, l *setting.Letters) *ui.Choice {
	x := &ui.Choice{ID: "channels", Name: "channels", Legend: p.say("settings.channels"), Hint: p.say("settings.hint.channels"), Many: true}
	for _, o := range []struct {
		name string
		off  bool
	}{{"mail", l.MailOff}, {"short", l.ShortOff}} {
		checked := !o.off
		if f != nil {
			checked = slices.Contains(f.Values["channels"], o.name)
		}
		x.Options = append(x.Options, ui.Pick{Value: o.name, Label: p.say("settings.channel." + o.name), Checked: checked})
	}
	return x
}

// agreement names the terms that become shorter, with their days: who agreed to one change has not agreed to another.
func agreement(shorter []setting.Term) string {
	out := []string{}
	for _, t := range shorter {
		out = append(out, fmt.Sprintf("%s-%d", t.Class, *t.Days))
	}
	return strings.Join(out, "-")
}

// shorterChoice asks, once a form with shorter terms was sent, whether what they would erase is meant to go; nil when nothing would be
// erased earlier.
func (s *Site) shorterChoice(c *fiber.Ctx, p *speaker, f *form, set *setting.Set) (*ui.Choice, error) {
	if f == nil {
		return nil, nil //nolint:nilnil // there is no such question on a fresh page
	}
	v := s.settingsRead(f)
	shorter := v.Shorter(&set.Values)
	lines := []string{}
	for _, t := range shorter {
		if *t.Days < t.Least {
			return nil, nil //nolint:nilnil // it cannot be anyway
		}
		n, err := s.services.Retention.Due(c.UserContext(), Of(c).Actor, t.Class, *t.Days)
		if err != nil {
			return nil, err
		}
		lines = append(lines, p.count("settings.would_erase", n, "What", p.say("retention.class."+t.Class), "Days", *t.Days))
	}
	if len(lines) == 0 {
		return nil, nil //nolint:nilnil // as above
	}
	value := agreement(shorter)
	return &ui.Choice{ID: "agreed", Name: "agreed", Legend: p.say("settings.shorter"), Hint: strings.Join(lines, p.say("settings.then")), Many: true, Options: []ui.Pick{
		{Value: value, Label: p.say("settings.agreed"), Checked: f.Get("agreed") == value},
	}}, nil
}

// settingsRead is what a form says.
func (s *Site) settingsRead(f *form) setting.Values {
	days := func(name string) int { n, _ := strconv.Atoi(strings.TrimSpace(f.Get(name))); return n } // what is no number is out of bounds
	v := setting.Values{
		Name:     lang.Text{Hans: f.Get("name"), Hant: f.Get("name.hant"), En: f.Get("name.en")},
		Operator: f.Get("operator"), Undertaker: f.Get("undertaker"), Phone: f.Get("phone"), ICP: f.Get("icp"), Police: f.Get("police"), SiteCode: f.Get("site_code"), Complaints: f.Get("complaints"),
		Official: f.Get("official"), OfficialLink: f.Get("official_link"),
		PlanOff: f.Get("plan") == planOff, PlanReview: f.Get("plan_review"), Maps: mapsRead(f),
		Office:  strings.FieldsFunc(f.Get("office"), func(r rune) bool { return strings.ContainsRune("\r\n,，、;； \t", r) }),
		Letters: setting.Letters{Sender: f.Get("sender"), From: f.Get("from"), ReplyTo: f.Get("reply_to"), Closing: f.Get("closing")},
	}
	for _, t := range v.Terms() {
		*t.Days = days(t.Field)
	}
	for _, t := range f.Values["languages"] {
		v.Languages = append(v.Languages, lang.Tag(t))
	}
	if s.channels() {
		v.MailOff, v.ShortOff = !slices.Contains(f.Values["channels"], "mail"), !slices.Contains(f.Values["channels"], "short")
	}
	return v
}

// settingsPut puts what was sent in force. Terms that become shorter have to be agreed to, with what they erase in sight.
func (s *Site) settingsPut(c *fiber.Ctx, f *form, number int64, v setting.Values) error {
	ctx, by := c.UserContext(), Of(c).Actor
	set, err := s.services.Settings.Get(ctx, by)
	if err != nil {
		return err
	}
	if err := s.services.Settings.Check(by, v); err != nil {
		return err
	}
	if link := strings.TrimSpace(v.OfficialLink); link != "" && s.officialLink(ctx, link) == "" {
		return fault.Wrong("official_link", "settings.wrong.link", nil)
	}
	if first := f.Get("map_first"); first != "" && !slices.Contains(f.Values["maps"], first) {
		return fault.Wrong("map_first", "settings.wrong.map_first", nil)
	}
	if shorter := v.Shorter(&set.Values); len(shorter) > 0 && f.Get("agreed") != agreement(shorter) && number == set.Rev {
		return fault.Wrong("agreed", "settings.wrong.agreed", nil)
	}
	_, err = s.services.Settings.Put(ctx, by, number, v)
	return err
}

// officialLink is an address that notices may link to; empty for any other.
func (s *Site) officialLink(ctx context.Context, link string) string {
	if s.services.LinkHosts == nil {
		return ""
	}
	to, ok := s.services.LinkHosts.Allowed(ctx).Address(link)
	if !ok {
		return ""
	}
	return to
}

// settingsTest: POST /admin/settings/test: a message to whoever presses it, and what became of it.
func (s *Site) settingsTest(c *fiber.Ctx) error {
	tried, err := s.services.Accounts.Try(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _, err := s.settingsCase(c, p, nil)
	if err != nil {
		return err
	}
	for _, x := range tried {
		if x.Err == nil {
			v.ok(p.say("settings.tried", "To", x.To.Masked()))
			continue
		}
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("settings.not_tried", "To", x.To.Masked()), Text: p.why(x.Err)})
	}
	return s.showCase(c, p, v, nil, nil)
}
