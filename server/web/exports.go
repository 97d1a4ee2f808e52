package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/extract"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/sheet"
)

func (s *Site) exportRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/desk/export", Handle: s.tablesPage, Kind: Private, Needs: access.RegisterExport},
		{Method: post, Path: "/desk/export", Handle: s.tablesSent, Kind: Private, Rate: Upload, Needs: access.RegisterExport},
		{Method: get, Path: "/desk/contacts", Handle: s.contactsPage, Kind: Private, Needs: access.RegisterExport},
		{Method: post, Path: "/desk/contacts", Handle: s.contactsSent, Kind: Private, Rate: Write, Needs: access.RegisterContacts},
		{Method: get, Path: "/desk/contacts/:id/file", Handle: s.contactsFile, Kind: Private, Rate: Upload, Needs: access.RegisterContacts, Probe: "/desk/contacts/none/file"},
		{Method: get, Path: "/my/handover", Handle: s.handoverPage, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: post, Path: "/my/handover", Handle: s.handoverSent, Kind: Private, Rate: Upload, Needs: access.AccountOwn, Thing: ownAccount},
	}
}

// tablesPage: GET /desk/export: the register as a table, and the sheets for others.
func (s *Site) tablesPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.tablesView(c, p, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) tablesView(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	v := &casePage{Up: toDesk(c, p), Title: p.say("exports.title"), Lead: p.say("exports.lead")}
	x := &ui.Form{ID: "export", Action: at(c, "/desk/export"), CSRF: s.token(Of(c)), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("exports.send")}}}}
	x.Parts = append(x.Parts, ui.FormPart{Choice: whatChoice(p, f, "register", string(extract.Google), string(extract.Maps))})
	for _, field := range []struct {
		name    string
		options func(*fiber.Ctx, *speaker) ([]ui.Option, error)
	}{{"street", s.streetOptions}, {"plaza", s.plazaOptions}, {"category", s.categoryOptions}, {"state", stateOptions}} {
		options, err := field.options(c, p)
		if err != nil {
			return nil, nil, err
		}
		x.Parts = append(x.Parts, input(f, field.name, p.say("exports."+field.name), func(y *ui.Field) {
			y.Options = append([]ui.Option{{Value: "", Label: p.say("exports.all")}}, options...)
			for i := range y.Options {
				y.Options[i].Checked = y.Options[i].Value == y.Value
			}
		}))
	}
	x.Parts = append(x.Parts, ui.FormPart{Choice: formatChoice(p, f)})
	v.add(section{Forms: []*ui.Form{x}, Links: []ui.Link{{Label: p.say("imports.title"), Href: at(c, "/desk/import")}, {Label: p.say("contacts.title"), Href: at(c, "/desk/contacts")}, {Label: p.say("opendata.title"), Href: at(c, "/open-data")}}})
	return v, x, nil
}

// whatChoice asks which table; the first is the one most people want.
func whatChoice(p *speaker, f *form, what ...string) *ui.Choice {
	x := &ui.Choice{ID: "what", Name: "what", Legend: p.say("exports.what")}
	for _, w := range what {
		x.Options = append(x.Options, ui.Pick{Value: w, Label: p.say("exports.whats." + w), Hint: p.say("exports.hints." + w)})
	}
	picked(x, f)
	return x
}

func formatChoice(p *speaker, f *form) *ui.Choice {
	x := &ui.Choice{ID: "format", Name: "format", Legend: p.say("exports.format"), Options: []ui.Pick{
		{Value: string(sheet.XLSX), Label: "XLSX", Hint: p.say("exports.xlsx_hint", "Max", sheet.MaxXLSXRows)}, {Value: string(sheet.CSV), Label: "CSV", Hint: p.say("exports.csv_hint")},
	}}
	picked(x, f)
	return x
}

// picked marks what was chosen, or the first.
func picked(x *ui.Choice, f *form) {
	at := 0
	if f != nil {
		at = max(slices.IndexFunc(x.Options, func(o ui.Pick) bool { return o.Value == f.Get(x.Name) }), 0)
	}
	x.Options[at].Checked = true
}

func (s *Site) streetOptions(c *fiber.Ctx, p *speaker) ([]ui.Option, error) {
	all, err := s.services.Places.Streets(c.UserContext())
	out := []ui.Option{}
	for i := range all {
		out = append(out, ui.Option{Value: all[i].ID, Label: p.name(all[i].Name)})
	}
	return out, err
}

func (s *Site) plazaOptions(c *fiber.Ctx, p *speaker) ([]ui.Option, error) {
	all, err := s.services.Places.Plazas(c.UserContext())
	return plazaOptions(p, all), err
}

func (s *Site) categoryOptions(_ *fiber.Ctx, p *speaker) ([]ui.Option, error) {
	out := []ui.Option{}
	for _, x := range s.services.Words().Categories {
		out = append(out, ui.Option{Value: x.ID, Label: p.name(x.Name)})
	}
	return out, nil
}

func stateOptions(_ *fiber.Ctx, p *speaker) ([]ui.Option, error) {
	out := []ui.Option{}
	for _, x := range listing.States {
		out = append(out, ui.Option{Value: string(x), Label: p.say("exports.states." + string(x))})
	}
	return out, nil
}

// tablesSent: POST /desk/export (what, street, plaza, category, state, format): answers with the file.
func (s *Site) tablesSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	filter := extract.Filter{Street: f.Get("street"), Plaza: f.Get("plaza"), Category: f.Get("category"), State: listing.State(f.Get("state"))}
	var out extract.File
	what, format := f.Get("what"), formatAsked(f.Get("format"))
	switch what {
	case "register":
		out, err = s.services.Extracts.Register(ctx, by, filter, format)
	case string(extract.Google), string(extract.Maps):
		out, err = s.services.Extracts.Handover(ctx, by, extract.Handover(what), filter, format)
	default:
		err = fault.Wrong("what", "exports.choose", nil)
	}
	if err != nil {
		p := s.speaker(c)
		v, x, viewErr := s.tablesView(c, p, f)
		if viewErr != nil {
			return viewErr
		}
		return s.showCase(c, p, v, x, err)
	}
	return sendFile(c, out.Format, what+"-"+s.now().Format("20060102"), out.Body)
}

// handoverPage: GET /my/handover: the sheets for map services, of the shops of who asks.
func (s *Site) handoverPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	shops, err := s.handoverShops(c)
	if err != nil {
		return err
	}
	return s.showForm(c, p, s.handoverView(c, p, shops, nil), nil)
}

// handoverShops are the public shops for which who asks may have what is handed out.
func (s *Site) handoverShops(c *fiber.Ctx) ([]listing.Listing, error) {
	by := Of(c).Actor
	out := []listing.Listing{}
	for _, seat := range by.Seats {
		all, err := s.services.Listings.ByMerchant(c.UserContext(), by, seat.MerchantID)
		if err != nil {
			return nil, err
		}
		for i := range all {
			known := slices.ContainsFunc(out, func(l listing.Listing) bool { return l.ID == all[i].ID })
			if !known && all[i].State == listing.Published && access.Can(by, access.ListingPrint, all[i].Thing()) {
				out = append(out, all[i])
			}
		}
	}
	return out, nil
}

func (s *Site) handoverView(c *fiber.Ctx, p *speaker, shops []listing.Listing, f *form) formPage {
	v := formPage{Up: &ui.Link{Label: p.say("my.title"), Href: at(c, "/my")}, Title: p.say("exports.handover"), Lead: p.say("exports.handover_lead")}
	if len(shops) == 0 {
		v.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("exports.handover_none")}}
		return v
	}
	names := make([]string, len(shops))
	for i := range shops {
		names[i] = p.name(shops[i].Name.Text)
	}
	v.Form = &ui.Form{
		Action: at(c, "/my/handover"),
		Parts: []ui.FormPart{
			{Static: &ui.Static{Label: p.say("exports.handover_shops"), Value: strings.Join(names, p.say("imports.comma"))}},
			{Choice: whatChoice(p, f, string(extract.Maps), string(extract.Google))},
			{Choice: formatChoice(p, f)},
		},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("exports.send")}}},
	}
	return v
}

// handoverSent: POST /my/handover (what, format): answers with the file.
func (s *Site) handoverSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	shops, err := s.handoverShops(c)
	if err != nil {
		return err
	}
	what := extract.Handover(f.Get("what"))
	if len(shops) == 0 || !slices.Contains(extract.Handovers, what) {
		p := s.speaker(c)
		return s.showForm(c, p, s.handoverView(c, p, shops, f), fault.Wrong("what", "exports.choose", nil))
	}
	ids := make([]string, len(shops))
	for i := range shops {
		ids[i] = shops[i].ID
	}
	out, err := s.services.Extracts.HandoverOf(c.UserContext(), Of(c).Actor, what, ids, formatAsked(f.Get("format")))
	if err != nil {
		return err
	}
	return sendFile(c, out.Format, string(what)+"-"+s.now().Format("20060102"), out.Body)
}
