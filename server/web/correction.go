package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/report"
	"shangquan/services/vocabulary"
)

// correctionRoutes are 这条信息不对: anybody says what is wrong with a shop's page, and reads by a number what came of it.
func (s *Site) correctionRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/shops/:slug/report", Handle: s.correctionPage, Kind: Private, Needs: access.ReportSend, Probe: "/shops/none/report"},
		{Method: http.MethodPost, Path: "/shops/:slug/report", Handle: s.correctionSent, Kind: Private, Rate: Report, Needs: access.ReportSend, Probe: "/shops/none/report"},
		{Method: http.MethodGet, Path: "/reports", Handle: s.progressPage, Kind: Private, Needs: access.ReportSend},
	}
}

// correctionPage: GET /shops/:slug/report.
func (s *Site) correctionPage(c *fiber.Ctx) error {
	l, err := s.publicShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	return s.showForm(c, p, s.correctionForm(c, p, l, nil), nil)
}

// publicShop is the shop of the address as visitors may see it.
func (s *Site) publicShop(c *fiber.Ctx) (*listing.Listing, error) {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return nil, err
	}
	return shop.Listing, nil
}

func (s *Site) correctionForm(c *fiber.Ctx, p *speaker, l *listing.Listing, f *form) formPage {
	path := "/shops/" + l.Slug
	reasons := &ui.Choice{ID: "reason", Name: "reason", Legend: p.say("report.what")}
	for _, r := range s.reasonChoices(p, vocabulary.ReportReasons, "") {
		reasons.Options = append(reasons.Options, ui.Pick{Value: r.code, Label: r.word, Checked: f != nil && f.Get("reason") == r.code})
	}
	name := p.name(l.Name.Text)
	return formPage{
		Up: &ui.Link{Label: name, Href: at(c, path)}, Title: p.say("report.title", "Shop", name), Lead: p.say("report.lead"),
		Form: &ui.Form{
			Action: at(c, path+"/report"), CSRF: s.token(Of(c)),
			Parts: []ui.FormPart{
				{Choice: reasons},
				input(f, "note", p.say("report.note"), func(x *ui.Field) {
					x.Type, x.Rows, x.Max, x.Optional, x.Hint = "textarea", 3, report.MaxNote, true, p.say("report.note_hint")
				}),
				input(f, "contact", p.say("report.contact"), func(x *ui.Field) {
					x.Optional, x.Hint = true, p.say("report.contact_hint", "Days", s.settings().ReportDays)
				}),
			},
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("report.send")}}},
		},
		Links: []ui.Link{{Label: p.say("report.follow"), Href: at(c, "/reports")}},
	}
}

// correctionSent: POST /shops/:slug/report (reason, note, contact).
func (s *Site) correctionSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	l, err := s.publicShop(c)
	if err != nil {
		return err
	}
	ref, err := s.services.Reports.Send(c.UserContext(), Of(c).Actor, report.Message{
		ListingID: l.ID, Reason: report.Reason(f.Get("reason")), Note: f.Get("note"), Contact: f.Get("contact"),
	})
	if err != nil {
		p := s.speaker(c)
		return s.showForm(c, p, s.correctionForm(c, p, l, f), err)
	}
	return see(c, "/reports?done=sent&ref="+escaped(ref))
}

// progressPage: GET /reports (ref): what came of a report, by its number; right after it was sent, thanks.
func (s *Site) progressPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	typed := c.Query("ref")
	v := numberPage{Title: p.say("report.follow_title"), Action: at(c, "/reports"), Lead: p.say("report.follow_lead"), Button: ui.Button{Label: p.say("report.follow_go")}}
	v.Field = ui.Field{ID: "ref", Name: "ref", Label: p.say("report.number"), Type: "text", Value: typed, Short: true}
	if typed != "" {
		x, err := s.services.Reports.Progress(c.UserContext(), Of(c).Actor, typed)
		switch {
		case fault.Is(err, fault.NotFound):
			v.Field.Error = p.say("report.unknown")
			c.Status(fiber.StatusNotFound)
		case err != nil:
			wrong := wrongFields(p, err, sameID)
			if len(wrong) == 0 {
				return err
			}
			v.Field.Error = wrong[0].Text
			c.Status(fiber.StatusUnprocessableEntity)
		default:
			s.showProgress(c, p, &v, x)
		}
	}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "correction-progress", v)
}

// numberPage is templates/pages/correction-progress.html.
type numberPage struct {
	Base     ui.Base
	Title    string
	Callouts []ui.Callout
	Facts    []ui.Fact
	Lead     string
	Action   string // of the form that asks for a number; empty: none
	Field    ui.Field
	Button   ui.Button
	Shop     *ui.Link
}

func (s *Site) showProgress(c *fiber.Ctx, p *speaker, v *numberPage, x report.Progress) {
	ref := report.Spell(x.Ref)
	if saidHere(c, "sent") != "" {
		v.Title, v.Action = p.say("report.thanks"), "" // the number stands here: there is none to type
		v.Callouts = []ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("report.thanks_ref", "Ref", ref), Text: p.say("report.thanks_text")}}
	}
	name := ""
	// A shop that has left the public since is named by nobody here.
	if list, err := s.services.Listings.ByIDs(c.UserContext(), []string{x.ListingID}); err == nil && len(list) == 1 {
		name = p.name(list[0].Name.Text)
		v.Shop = &ui.Link{Label: p.say("report.to_shop", "Shop", name), Href: at(c, "/shops/"+list[0].Slug)}
	}
	v.Facts = fact(nil, p.say("report.number"), ref)
	v.Facts = fact(v.Facts, p.say("report.shop"), name)
	v.Facts = fact(v.Facts, p.say("report.what"), s.reasonWord(p, vocabulary.ReportReasons, string(x.Reason)))
	v.Facts = fact(v.Facts, p.say("report.sent_at"), stamp(p, x.SentAt))
	v.Facts = fact(v.Facts, p.say("report.state_label"), p.say("report.state."+string(x.State)))
	if x.State == report.Answered {
		v.Facts = fact(v.Facts, p.say("report.answered_at"), stamp(p, x.AnsweredAt))
		v.Facts = fact(v.Facts, p.say("report.outcome_label"), p.say("report.outcome."+string(x.Outcome)))
		v.Facts = fact(v.Facts, p.say("report.answer"), x.Answer)
	}
}
