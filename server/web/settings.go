package web

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/config"
	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/setting"
)

// officeRoutes are what the administrator sets and takes away.
func (s *Site) officeRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/admin/settings", Handle: s.settingsPage, Kind: Private, Needs: access.SettingRead},
		{Method: post, Path: "/admin/settings", Handle: s.settingsSent, Kind: Private, Rate: Write, Needs: access.SettingEdit},
		{Method: post, Path: "/admin/settings/back", Handle: s.settingsBack, Kind: Private, Rate: Write, Needs: access.SettingEdit},
		{Method: get, Path: "/admin/retention", Handle: s.retentionPage, Kind: Private, Needs: access.RetentionRead},
		{Method: get, Path: "/admin/consents", Handle: s.consentsPage, Kind: Private, Needs: access.ConsentRead},
		{Method: post, Path: "/admin/audit/file", Handle: s.trailFileSent, Kind: Private, Rate: Upload, Needs: access.AuditExport},
	}
}

// settings are those in force.
func (s *Site) settings() setting.Values { return s.services.Settings.Now() }

// settingsPage: GET /admin/settings.
func (s *Site) settingsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.settingsCase(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) settingsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	set, err := s.services.Settings.Get(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{Title: p.say("settings.title"), Lead: p.say("settings.lead")}
	if w := saidHere(c, "saved", "back"); w != "" {
		v.ok(p.say("settings.done." + w))
	}
	x := s.settingsForm(c, p, f, &set)
	v.add(section{ID: "set", Forms: []*ui.Form{x}})
	if set.Rev > 0 {
		v.add(section{ID: "earlier", Title: p.say("settings.earlier"), Text: p.say("settings.earlier_text"), Records: s.editions(c, p, &set)})
	}
	v.add(s.environment(p))
	return v, x, nil
}

// settingsForm is the form over an edition. What was sent stays in it.
func (s *Site) settingsForm(c *fiber.Ctx, p *speaker, f *form, set *setting.Set) *ui.Form {
	number := itoa(set.Rev)
	if f != nil {
		number = f.Get("number") // over which edition it was written; a newer one is a conflict
	}
	x := &ui.Form{ID: "settings", Action: at(c, "/admin/settings"), CSRF: s.token(Of(c)), Hidden: hidden("number", number), Bar: &ui.Bar{Buttons: []ui.Button{{Label: p.say("own.save")}}}}
	text := func(name, value string, more func(*ui.Field)) {
		part := input(f, name, p.say("settings."+strings.ReplaceAll(name, ".", "_")), func(y *ui.Field) {
			if f == nil {
				y.Value = value
			}
			if hint := "settings.hint." + strings.ReplaceAll(name, ".", "_"); p.Has(hint) {
				y.Hint = p.say(hint)
			}
			y.Optional = name != "name"
			if more != nil {
				more(y)
			}
		})
		x.Parts = append(x.Parts, part)
	}
	heading := func(key string) { x.Parts = append(x.Parts, ui.FormPart{Heading: p.say("settings.of." + key)}) }
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
	heading("languages")
	x.Parts = append(x.Parts, ui.FormPart{Choice: languageChoice(p, f, set.Languages)})
	heading("keep")
	for _, days := range []struct {
		name  string
		value int
	}{{"trail_days", set.TrailDays}, {"consent_days", set.ConsentDays}} {
		text(days.name, strconv.Itoa(days.value), func(y *ui.Field) {
			y.Type, y.InputMode, y.Short, y.Optional, y.Unit = "number", "numeric", true, false, p.say("settings.days")
		})
	}
	return x
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

// editions are the earlier ones, each with a button to put it in force again.
func (s *Site) editions(c *fiber.Ctx, p *speaker, set *setting.Set) *ui.Records {
	r := &ui.Records{Action: at(c, "/admin/settings/back"), CSRF: s.token(Of(c))}
	back := func(n int64) []ui.Button {
		return []ui.Button{{Label: p.say("settings.back"), Name: "back", Value: itoa(set.Rev) + " " + itoa(n), Kind: "alt s"}}
	}
	for _, e := range set.Earlier {
		r.Items = append(r.Items, ui.Record{Title: p.say("settings.edition", "N", e.Number), Lines: []string{p.say("settings.by", "Name", e.ByName, "When", stamp(p, e.At)), editionLine(p, &e.Values)}, Buttons: back(e.Number)})
	}
	r.Items = append(r.Items, ui.Record{Title: p.say("settings.of_environment"), Lines: []string{p.say("settings.of_environment_text")}, Buttons: back(0)})
	return r
}

// editionLine tells an edition from others in one line.
func editionLine(p *speaker, v *setting.Values) string {
	out := []string{p.name(v.Name)}
	for _, x := range []string{v.Operator, v.ICP} {
		if x != "" {
			out = append(out, x)
		}
	}
	return strings.Join(append(out, p.count("settings.keeps", v.TrailDays)), p.say("office.and"))
}

// environment shows what is set on the machine and how safe it is. It is not changed here.
func (s *Site) environment(p *speaker) section {
	x := section{ID: "environment", Title: p.say("settings.environment"), Text: p.say("settings.environment_text")}
	cfg := s.config
	ranges := []string{}
	for _, r := range cfg.StaffRanges {
		ranges = append(ranges, r.String())
	}
	staff := strings.Join(ranges, p.say("office.and"))
	if staff == "" {
		staff = p.say("settings.from_everywhere")
	}
	list := ui.Records{}
	x.Records = &list
	for _, e := range []struct{ env, value string }{
		{"SHANGQUAN_ENV", string(cfg.Env)},
		{"SHANGQUAN_ORIGIN", cfg.Origin},
		{"SHANGQUAN_STAFF_RANGES", staff},
		{"SHANGQUAN_MAIL", cfg.Mail.String()},
		{"SHANGQUAN_SMS", cmp.Or(cfg.SMS.String(), p.say("settings.none"))},
		{"SHANGQUAN_SEARCH", cfg.Search},
		{"SHANGQUAN_RATE_FACTOR", strconv.Itoa(cfg.RateFactor)},
	} {
		list.Items = append(list.Items, ui.Record{Title: e.env, Lang: lang.En, Lines: []string{e.value}})
	}
	found := config.Check(cfg)
	if len(found) == 0 {
		x.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("settings.safe")}}
		return x
	}
	names := []string{}
	for _, f := range found {
		if !slices.Contains(names, f.Setting) {
			names = append(names, f.Setting)
		}
	}
	x.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.count("settings.unsafe", len(found)), Text: p.say("settings.unsafe_text", "Names", strings.Join(names, p.say("office.and")))}}
	return x
}

// settingsSent: POST /admin/settings.
func (s *Site) settingsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	number, err := editionNumber(f.Get("number"))
	if err != nil {
		return err
	}
	days := func(name string) int { n, _ := strconv.Atoi(strings.TrimSpace(f.Get(name))); return n } // what is no number is out of bounds
	v := setting.Values{
		Name:     lang.Text{Hans: f.Get("name"), Hant: f.Get("name.hant"), En: f.Get("name.en")},
		Operator: f.Get("operator"), Undertaker: f.Get("undertaker"), Phone: f.Get("phone"), ICP: f.Get("icp"), Police: f.Get("police"), SiteCode: f.Get("site_code"), Complaints: f.Get("complaints"),
		TrailDays: days("trail_days"), ConsentDays: days("consent_days"),
	}
	for _, t := range f.Values["languages"] {
		v.Languages = append(v.Languages, lang.Tag(t))
	}
	if _, err := s.services.Settings.Put(c.UserContext(), Of(c).Actor, number, v); err != nil {
		p := s.speaker(c)
		page, x, bad := s.settingsCase(c, p, f)
		if bad != nil {
			return bad
		}
		return s.showCase(c, p, page, x, err)
	}
	return see(c, "/admin/settings?done=saved")
}

// settingsBack: POST /admin/settings/back (back: the edition in force and the one to go back to).
func (s *Site) settingsBack(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	now, then, _ := strings.Cut(f.Get("back"), " ")
	number, err := editionNumber(now)
	if err != nil {
		return err
	}
	to, err := editionNumber(then)
	if err != nil {
		return err
	}
	if _, err := s.services.Settings.Back(c.UserContext(), Of(c).Actor, number, to); err != nil {
		return err
	}
	return see(c, "/admin/settings?done=back")
}

// editionNumber reads the number of an edition, 0 for that of the environment.
func editionNumber(s string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.New(fault.Invalid, "error.form.rev", err)
	}
	return n, nil
}
