package web

import (
	"cmp"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/care"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/merchant"
)

// careRounds: GET /desk/care/rounds: the rounds of the months, and a new one.
func (s *Site) careRounds(c *fiber.Ctx) error { return s.shown(c, s.careRoundsCase) }

func (s *Site) careRoundsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Care.Rounds(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("care.title"), Href: at(c, "/desk/care")}, Title: p.say("care.rounds"), Lead: p.say("care.rounds_lead")}
	records := ui.Records{Empty: p.say("care.no_round")}
	for _, r := range list {
		street, err := s.streetName(c, p, r.StreetID)
		if err != nil {
			return nil, err
		}
		records.Items = append(records.Items, ui.Record{Title: monthWords(p, r.Month), Href: at(c, "/desk/care/rounds/"+r.ID), Lines: []string{street, onDay(p, r.On), p.count("care.parts", len(r.Parts))}})
	}
	v.add(section{Records: &records})
	parts, err := s.roundParts(c, p, only(f, "round"), &care.Round{})
	if err != nil {
		return nil, err
	}
	v.add(section{ID: "new", Title: p.say("care.round_new"), Forms: []*ui.Form{s.act(c, "round", at(c, "/desk/care/rounds"), 0, p.say("care.round_add"), parts...)}})
	return v, nil
}

// roundParts are the street and the day of a round.
func (s *Site) roundParts(c *fiber.Ctx, p *speaker, f *form, r *care.Round) ([]ui.FormPart, error) {
	streets, err := s.services.Streets.Streets(c.UserContext())
	if err != nil {
		return nil, err
	}
	on := []ui.Option{}
	for i := range streets {
		if st := &streets[i]; st.Core || st.ID == r.StreetID {
			on = append(on, ui.Option{Value: st.ID, Label: p.name(st.Name), Checked: typedOr(f, "street", r.StreetID) == st.ID})
		}
	}
	const id = "round"
	return []ui.FormPart{
		filled(f, id, "street", p.say("outdoor.street"), "", func(y *ui.Field) { y.Options = on }),
		filled(f, id, "on", p.say("activity.day"), r.On, func(y *ui.Field) { y.Type, y.Short, y.Hint = "date", true, p.say("care.on_hint") }),
	}, nil
}

// careRoundPlanned: POST /desk/care/rounds (street, on).
func (s *Site) careRoundPlanned(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r, err := s.services.Care.Plan(c.UserContext(), Of(c).Actor, f.Get("street"), f.Get("on"))
	if err == nil {
		return see(c, "/desk/care/rounds/"+r.ID+"?done=saved")
	}
	return s.refused(c, f, err, s.careRoundsCase)
}

// careRound: GET /desk/care/rounds/:id: the organisations that take part, by what their signs say.
func (s *Site) careRound(c *fiber.Ctx) error { return s.shown(c, s.careRoundCase) }

func (s *Site) careRoundCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	r, err := s.services.Care.Round(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/care/rounds/"+r.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("care.rounds"), Href: at(c, "/desk/care/rounds")}, Title: monthWords(p, r.Month)}
	if v.Lead, err = s.streetName(c, p, r.StreetID); err != nil {
		return nil, err
	}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("care.done.saved"))
	}
	list := ui.Records{Empty: p.say("care.no_part")}
	for _, x := range r.Parts {
		list.Items = append(list.Items, ui.Record{Title: x.Name, Lang: lang.Hans})
	}
	v.add(section{ID: "parts", Title: p.say("care.organisations"), Text: p.say("care.organisations_text"), Records: &list})
	g := only(f, "join")
	managers, err := s.plazaManagers(c, p, g)
	if err != nil {
		return nil, err
	}
	v.add(section{Title: p.say("care.join"), Forms: []*ui.Form{s.act(c, "join", here, r.Rev, p.say("care.join_send"),
		filled(g, "join", "organisation", p.say("care.manager"), "", func(y *ui.Field) { y.Options, y.Optional = managers, true }),
		filled(g, "join", "shop", p.say("assembly.shop"), "", func(y *ui.Field) { y.Optional, y.Hint = true, p.say("care.join_hint") }))}})
	if len(r.Parts) > 0 {
		options := []ui.Option{}
		for _, x := range r.Parts {
			options = append(options, ui.Option{Value: x.MerchantID, Label: x.Name})
		}
		form := s.act(c, "leave", here, r.Rev, p.say("care.leave_send"), filled(nil, "leave", "organisation", p.say("care.organisation"), "", func(y *ui.Field) { y.Options = options }))
		form.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("care.leave"), Forms: []*ui.Form{form}})
	}
	parts, err := s.roundParts(c, p, only(f, "round"), &r)
	if err != nil {
		return nil, err
	}
	v.add(section{ID: "edit", Title: p.say("care.round_edit"), Forms: []*ui.Form{s.act(c, "round", here, r.Rev, p.say("outdoor.save"), parts...)}})
	return v, nil
}

// mostManagers is how many merchants are looked through for those that run a plaza.
const mostManagers = 2000

// plazaManagers are the merchants that run a plaza, to choose from.
func (s *Site) plazaManagers(c *fiber.Ctx, p *speaker, f *form) ([]ui.Option, error) {
	out, cursor := []ui.Option{{Label: p.say("care.choose")}}, ""
	for range mostManagers / 200 {
		page, err := s.services.Merchants.List(c.UserContext(), Of(c).Actor, merchant.Active, cursor, 200)
		if err != nil {
			return nil, err
		}
		for _, m := range page.Items {
			if m.PlazaID != "" {
				out = append(out, ui.Option{Value: m.ID, Label: p.name(m.Name), Checked: typedOr(f, "organisation", "") == m.ID})
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	slices.SortStableFunc(out[1:], func(a, b ui.Option) int { return cmp.Compare(lang.SortKey(a.Label, ""), lang.SortKey(b.Label, "")) })
	return out, nil
}

// careRoundSent: POST /desk/care/rounds/:id (form: join with organisation or shop, leave with organisation, round).
func (s *Site) careRoundSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	switch f.Get("form") {
	case "join":
		var who string
		if who, err = s.joining(c, f); err == nil {
			_, err = s.services.Care.Join(ctx, by, id, rev, who)
		}
	case "leave":
		_, err = s.services.Care.Leave(ctx, by, id, rev, f.Get("organisation"))
	case "round":
		_, err = s.services.Care.Move(ctx, by, id, rev, f.Get("street"), f.Get("on"))
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/care/rounds/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.careRoundCase)
}

// joining is the merchant that a form chose, or whose shop it names.
func (s *Site) joining(c *fiber.Ctx, f *form) (string, error) {
	if lang.Clean(f.Get("shop")) == "" {
		return f.Get("organisation"), nil
	}
	switch l, err := s.shopAt(c, f.Get("shop")); {
	case fault.Is(err, fault.NotFound):
		return "", fault.Wrong("shop", "care.wrong.shop", nil)
	case err != nil:
		return "", err
	case l.MerchantID == "":
		return "", fault.Wrong("shop", "assembly.wrong.unclaimed", nil)
	default:
		return l.MerchantID, nil
	}
}
