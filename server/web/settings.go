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
		{Method: post, Path: "/admin/settings/test", Handle: s.settingsTest, Kind: Private, Rate: Write, Needs: access.SettingEdit},
		{Method: get, Path: "/admin/retention", Handle: s.retentionPage, Kind: Private, Needs: access.RetentionRead},
		{Method: get, Path: "/admin/consents", Handle: s.consentsPage, Kind: Private, Needs: access.ConsentRead},
		{Method: post, Path: "/admin/audit/file", Handle: s.trailFileSent, Kind: Private, Rate: Upload, Needs: access.AuditExport},
	}
}

// settings are those in force; of a site that only shows, the usual ones.
func (s *Site) settings() setting.Values {
	if s.services.Settings == nil {
		return setting.Usual()
	}
	return s.services.Settings.Now()
}

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
	x, err := s.settingsForm(c, p, f, &set)
	if err != nil {
		return nil, nil, err
	}
	v.add(section{ID: "set", Forms: []*ui.Form{x}})
	v.add(section{ID: "test", Title: p.say("settings.test"), Text: p.say("settings.test_text"), Forms: []*ui.Form{s.act(c, "test", at(c, "/admin/settings/test"), 0, p.say("settings.test_go"))}})
	if set.Rev > 0 {
		v.add(section{ID: "earlier", Title: p.say("settings.earlier"), Text: p.say("settings.earlier_text"), Records: s.editions(c, p, &set)})
	}
	v.add(s.environment(p))
	return v, x, nil
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
	staff := p.say("settings.none")
	if s.services.Settings.Fixed() {
		staff = strings.Join(s.settings().Office, p.say("office.and"))
	}
	list := ui.Records{}
	x.Records = &list
	kept := func(x config.Secret) string {
		return strings.ReplaceAll(x.String(), config.Redacted, p.say("settings.secret"))
	}
	for _, e := range []struct{ env, value string }{
		{"SHANGQUAN_ENV", string(cfg.Env)},
		{"SHANGQUAN_ORIGIN", cfg.Origin},
		{"SHANGQUAN_STAFF_RANGES", staff},
		{"SHANGQUAN_MAIL", kept(cfg.Mail)},
		{"SHANGQUAN_SMS", cmp.Or(kept(cfg.SMS), p.say("settings.none"))},
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
	v := s.settingsRead(f)
	if err := s.settingsPut(c, f, number, v); err != nil {
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
