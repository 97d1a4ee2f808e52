package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/place"
	"shangquan/services/vacancy"
)

// vacancyDesk: GET /desk/vacancies: what has lapsed, what is about to, what is shown, what rests; and empty units without a card.
func (s *Site) vacancyDesk(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	list, err := s.services.Vacancies.List(ctx, by)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("vacancy.title"), Lead: p.say("vacancy.desk_lead", "Days", vacancy.ConfirmDays), Links: []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/vacancies")}}}
	if v.Chips, err = s.leadChips(c, p, ""); err != nil {
		return err
	}
	lapsed, soon, shown, rest := ui.Records{}, ui.Records{}, ui.Records{Empty: p.say("vacancy.none")}, ui.Records{}
	today := calendar.Today(p.now)
	carded := map[string]bool{}
	for i := range list {
		o := &list[i]
		if o.Open() {
			carded[o.UnitID] = true
		}
		w, err := s.unitWhere(c, p, &o.Unit)
		if err != nil {
			return err
		}
		r := s.vacancyRecord(p, o, w, at(c, "/desk/vacancies/"+o.ID))
		r.Lines = append(r.Lines, verifiedWords(p, &o.Card))
		to := &shown
		switch {
		case !o.Open():
			to = &rest
		case o.Lapsed(today):
			r.Tag, r.State, to = p.say("vacancy.lapsed"), ui.TaskBad, &lapsed
		case o.Soon(today):
			n, _ := o.Left(today)
			r.Lines = append(r.Lines, p.count("vacancy.left", n))
			to = &soon
		}
		to.Items = append(to.Items, r)
	}
	if len(lapsed.Items) > 0 {
		v.add(section{ID: "lapsed", Title: p.say("vacancy.lapsed_title"), Text: p.say("vacancy.lapsed_text", "Days", vacancy.ConfirmDays), Records: &lapsed})
	}
	if len(soon.Items) > 0 {
		v.add(section{ID: "soon", Title: p.say("vacancy.soon"), Records: &soon})
	}
	v.add(section{ID: "shown", Title: p.say("vacancy.shown"), Records: &shown})
	if len(rest.Items) > 0 {
		v.add(section{ID: "rest", Title: p.say("vacancy.rest"), Records: &rest})
	}
	x, err := s.uncarded(c, p, carded)
	if err != nil {
		return err
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

// uncarded are the empty units of the register that are not on offer.
func (s *Site) uncarded(c *fiber.Ctx, p *speaker, carded map[string]bool) (section, error) {
	units, err := s.services.Places.Vacant(c.UserContext())
	list := ui.Records{Empty: p.say("vacancy.empty_none")}
	for i := range units {
		if carded[units[i].ID] || err != nil {
			continue
		}
		var w where
		if w, err = s.unitWhere(c, p, &units[i]); err == nil {
			r := vacantRecord(c, p, &units[i], w.title)
			r.Buttons = []ui.Button{{Label: p.say("vacancy.new"), Href: at(c, "/desk/vacancies/new") + "?unit=" + escaped(units[i].ID), Kind: "alt s"}}
			list.Items = append(list.Items, r)
		}
	}
	return section{ID: "empty", Title: p.say("vacancy.empty"), Text: p.say("vacancy.empty_text"), Records: &list, Links: []ui.Link{{Label: p.say("desk_place.title"), Href: at(c, "/desk/streets")}}}, err
}

// newVacancy: GET /desk/vacancies/new (unit): the card of a unit; one that has a card leads to it.
func (s *Site) newVacancy(c *fiber.Ctx) error {
	o, err := s.services.Vacancies.OfUnit(c.UserContext(), Of(c).Actor, c.Query("unit"))
	if err == nil {
		return see(c, "/desk/vacancies/"+o.ID)
	}
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return s.shown(c, s.newVacancyCase)
}

func (s *Site) newVacancyCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	u, err := s.services.Places.Unit(c.UserContext(), cmp.Or(c.Query("unit"), typedOr(f, "unit", "")))
	if err == nil && u.Retired != "" {
		err = fault.Missing()
	}
	if err != nil {
		return nil, err
	}
	w, err := s.unitWhere(c, p, &u)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("vacancy.title"), Href: at(c, "/desk/vacancies")}, Title: p.say("vacancy.new_of", "Unit", w.title)}
	v.Lead = p.say("vacancy.new_lead." + strconv.FormatBool(u.Vacant()))
	facts := fact(fact(nil, p.say("desk_place.area"), cmp.Or(squareMetres(p, u.AreaM2), p.say("vacancy.unknown"))), p.say("fact.level"), w.floor)
	form := s.act(c, "card", at(c, "/desk/vacancies/new"), 0, p.say("vacancy.add"), s.vacancyParts(p, only(f, "card"), &vacancy.Card{})...)
	form.Hidden = append(form.Hidden, ui.Hidden{Name: "unit", Value: u.ID})
	v.add(section{Facts: facts, Links: []ui.Link{{Label: p.say("vacancy.unit"), Href: at(c, "/desk/units/"+u.ID)}}})
	v.add(section{ID: "new", Title: p.say("vacancy.says"), Forms: []*ui.Form{form}})
	return v, nil
}

// vacancyParts are the fields of a card.
func (s *Site) vacancyParts(p *speaker, f *form, x *vacancy.Card) []ui.FormPart {
	const id = "card"
	short := func(mode, unit string) func(*ui.Field) {
		return func(y *ui.Field) { y.Short, y.Optional, y.InputMode, y.Unit = true, true, mode, unit }
	}
	frontage := ""
	if x.FrontageM > 0 {
		frontage = strconv.FormatFloat(x.FrontageM, 'f', -1, 64)
	}
	out := []ui.FormPart{
		filled(f, id, "frontage_m", p.say("vacancy.frontage"), frontage, short("decimal", p.say("vacancy.m"))),
		filled(f, id, "power_kw", p.say("vacancy.power"), numberTyped(x.PowerKW), short("numeric", p.say("vacancy.kw"))),
	}
	for _, y := range []struct {
		name, label string
		is          vacancy.Fitted
	}{{"gas", p.say("vacancy.gas"), x.Gas}, {"exhaust", p.say("vacancy.exhaust"), x.Exhaust}} {
		choice := ui.Choice{ID: id + "-" + y.name, Name: y.name, Legend: y.label}
		for _, fit := range vacancy.Fits {
			choice.Options = append(choice.Options, ui.Pick{Value: string(fit), Label: p.say("vacancy.fitted." + cmp.Or(string(fit), "unknown")), Checked: typedOr(f, y.name, string(y.is)) == string(fit)})
		}
		out = append(out, ui.FormPart{Choice: &choice})
	}
	out = append(out, filled(f, id, "available_from", p.say("vacancy.available"), x.AvailableFrom, func(y *ui.Field) {
		y.Type, y.Short, y.Optional, y.Hint = "date", true, true, p.say("vacancy.available_hint")
	}), s.vacancyFormats(p, f, x))
	out = append(out, threefold(p, f, id, "note", p.say("vacancy.note"), x.Note, func(y *ui.Field) {
		y.Type, y.Max, y.Optional, y.Hint = "textarea", vacancy.MaxNote, true, p.say("vacancy.note_hint")
	})...)
	out = append(out, ui.FormPart{Heading: p.say("vacancy.desk")}, ui.FormPart{Text: p.say("vacancy.desk_hint")})
	out = append(out, threefold(p, f, id, "desk_name", p.say("vacancy.desk_name"), x.DeskName, func(y *ui.Field) { y.Max = vacancy.MaxDesk })...)
	return append(out,
		filled(f, id, "desk_phone", p.say("vacancy.desk_phone"), x.DeskPhone, func(y *ui.Field) { y.Type, y.Optional, y.Hint = "tel", true, p.say("vacancy.desk_phone_hint") }),
		filled(f, id, "desk_email", p.say("vacancy.desk_email"), x.DeskEmail, func(y *ui.Field) { y.Type, y.Optional = "email", true }))
}

// vacancyFormats are the formats a unit may be let for. What is offered no more stays with a card that has it.
func (s *Site) vacancyFormats(p *speaker, f *form, x *vacancy.Card) ui.FormPart {
	words := s.services.Words()
	out := ui.Choice{ID: "card-formats", Name: "formats", Legend: p.say("vacancy.formats"), Hint: p.say("vacancy.formats_hint"), Many: true, Columns: true, Optional: true}
	for _, k := range words.Formats {
		on := slices.Contains(x.FormatIDs, k.ID)
		if !words.Offered("format", k.ID) && !on {
			continue
		}
		if f != nil {
			on = slices.Contains(f.Values["formats"], k.ID)
		}
		out.Options = append(out.Options, ui.Pick{Value: k.ID, Label: p.name(k.Name), Checked: on})
	}
	return ui.FormPart{Choice: &out}
}

// typedVacancy reads a card as its form sends it: fault.Invalid for what is no number.
func typedVacancy(f *form) (vacancy.Card, error) {
	x := vacancy.Card{
		Gas: vacancy.Fitted(f.Get("gas")), Exhaust: vacancy.Fitted(f.Get("exhaust")), FormatIDs: f.Values["formats"], AvailableFrom: f.Get("available_from"),
		Note: typedText(f, "note"), DeskName: typedText(f, "desk_name"), DeskPhone: f.Get("desk_phone"), DeskEmail: f.Get("desk_email"),
	}
	var wrong []fault.Field
	var err error
	if typed := strings.TrimSpace(f.Get("frontage_m")); typed != "" {
		if x.FrontageM, err = strconv.ParseFloat(typed, 64); err != nil {
			wrong = append(wrong, fault.Field{Name: "frontage_m", Key: "error.number"})
		}
	}
	if typed := strings.TrimSpace(f.Get("power_kw")); typed != "" {
		if x.PowerKW, err = strconv.Atoi(typed); err != nil {
			wrong = append(wrong, fault.Field{Name: "power_kw", Key: "error.number"})
		}
	}
	return x, fault.Wrongs(wrong)
}

// vacancyAdded: POST /desk/vacancies/new (unit and the fields of a card).
func (s *Site) vacancyAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := typedVacancy(f)
	if err == nil {
		if x, err = s.services.Vacancies.Add(c.UserContext(), Of(c).Actor, f.Get("unit"), x); err == nil {
			return see(c, "/desk/vacancies/"+x.ID+"?done=added")
		}
	}
	return s.refused(c, f, err, s.newVacancyCase)
}

// offerLink leads from a unit at the desk to its card, or to a new one.
func (s *Site) offerLink(c *fiber.Ctx, p *speaker, u *place.Unit) []ui.Link {
	if u.Retired != "" || s.services.Vacancies == nil || !access.Can(Of(c).Actor, access.VacancyEdit, access.Thing{Kind: vacancy.Name}) {
		return nil
	}
	return []ui.Link{{Label: p.say("vacancy.title"), Href: at(c, "/desk/vacancies/new") + "?unit=" + escaped(u.ID)}}
}
