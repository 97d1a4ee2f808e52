package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/privacy"
)

// askRoutes are what a person asks about the own data, and where it is answered.
func (s *Site) askRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/admin/asks/:id", "/admin/asks/none"
	return []Route{
		{Method: get, Path: "/account/asks", Handle: s.asksPage, Kind: Private, Needs: access.PrivacyAsk, Thing: ownAccount},
		{Method: post, Path: "/account/asks", Handle: s.askSent, Kind: Private, Rate: Write, Needs: access.PrivacyAsk, Thing: ownAccount},
		{Method: get, Path: "/admin/asks", Handle: s.allAsksPage, Kind: Private, Needs: access.PrivacyAnswer},
		{Method: get, Path: one, Handle: s.askPage, Kind: Private, Needs: access.PrivacyAnswer, Probe: none},
		{Method: post, Path: one, Handle: s.askAnswered, Kind: Private, Rate: Write, Needs: access.PrivacyAnswer, Probe: none},
	}
}

// How many asks a page lists.
const (
	asksWaiting  = 100
	asksAnswered = 20
)

// askForm is the id of the form with which somebody asks, answerForm of that with which it is answered.
const (
	askForm    = "ask"
	answerForm = "answer"
)

// asksPage: GET /account/asks: ask, and read what was answered.
func (s *Site) asksPage(c *fiber.Ctx) error { return s.shown(c, s.asksCase) }

func (s *Site) asksCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	by := Of(c).Actor
	v := &casePage{Up: s.upToAccount(c, p), Title: p.say("asks.title"), Lead: p.say("asks.lead", "Days", privacy.WorkingDays)}
	if saidHere(c, "sent") != "" {
		v.ok(p.say("asks.sent"))
	}
	typed := only(f, askForm)
	kind := &ui.Choice{ID: askForm + "-kind", Name: "kind", Legend: p.say("asks.kind")}
	for _, k := range privacy.Kinds {
		kind.Options = append(kind.Options, ui.Pick{
			Value: string(k), Label: p.say("asks.kinds." + string(k)), Hint: p.say("asks.kind_hint." + string(k)), Checked: typed != nil && typed.Get("kind") == string(k),
		})
	}
	v.add(section{Forms: []*ui.Form{{
		ID: askForm, Action: at(c, "/account/asks"), CSRF: s.token(Of(c)), Hidden: hidden("form", askForm),
		Parts: []ui.FormPart{{Choice: kind}, field(typed, askForm, "text", p.say("asks.text"), func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Hint = "textarea", 3, privacy.MaxText, p.say("asks.text_hint")
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("asks.send")}}},
	}}})
	own, err := s.services.Asks.Own(c.UserContext(), by)
	if err != nil {
		return nil, err
	}
	list := ui.Records{Empty: p.say("asks.none")}
	for i := range own {
		a := &own[i]
		w, err := s.services.Asks.Read(by, a)
		if err != nil {
			return nil, err
		}
		r := askRecord(p, a)
		if w.Text != "" {
			r.Lines = append(r.Lines, w.Text)
		}
		if w.Answer != "" {
			r.Lines = append(r.Lines, p.say("asks.answer_is", "Text", w.Answer))
		}
		list.Items = append(list.Items, r)
	}
	v.add(section{ID: "own", Title: p.say("asks.own"), Records: &list})
	return v, nil
}

// askRecord is an ask in words, for its person: what stands of it, and until when an answer comes.
func askRecord(p *speaker, a *privacy.Ask) ui.Record {
	r := ui.Record{
		Title: p.say("asks.named", "Kind", p.say("asks.kinds."+string(a.Kind)), "Number", a.Number),
		Lines: []string{p.say("asks.asked_at", "When", stamp(p, a.CreatedAt))}, Tag: p.say("asks.answered"), State: ui.TaskDone,
	}
	if a.Open {
		r.Tag, r.State = p.say("asks.due", "Day", onDay(p, a.Due)), ui.TaskWait
		if a.Late(p.now) {
			r.State = ui.TaskBad
		}
	} else {
		r.Lines = append(r.Lines, p.say("asks.answered_at", "When", stamp(p, a.AnsweredAt)))
	}
	return r
}

// askSent: POST /account/asks (kind, text).
func (s *Site) askSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if _, err = s.services.Asks.Send(c.UserContext(), Of(c).Actor, privacy.Kind(f.Get("kind")), f.Get("text")); err != nil {
		return s.refused(c, f, err, s.asksCase)
	}
	return see(c, "/account/asks?done=sent")
}

// allAsksPage: GET /admin/asks: what waits for an answer, the one due first first, and the latest that were answered.
func (s *Site) allAsksPage(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	waiting, err := s.services.Asks.Waiting(ctx, by, "", asksWaiting)
	if err != nil {
		return err
	}
	answered, err := s.services.Asks.Answered(ctx, by, asksAnswered)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("area.asks"), Lead: p.say("asks.all_lead", "Days", privacy.WorkingDays)}
	if saidHere(c, "answered") != "" {
		v.ok(p.say("asks.answer_sent"))
	}
	row := func(a *privacy.Ask) ui.Record {
		r := askRecord(p, a)
		r.Href = at(c, "/admin/asks/"+a.ID)
		if who := s.personName(c, a.AccountID); who != "" {
			r.Lines = append([]string{who}, r.Lines...)
		}
		if a.Open {
			age, _ := waited(p, a.CreatedAt)
			r.Lines = append(r.Lines, age)
		}
		return r
	}
	open, past := ui.Records{Empty: p.say("asks.none_waiting")}, ui.Records{}
	for i := range waiting.Items {
		open.Items = append(open.Items, row(&waiting.Items[i]))
	}
	for i := range answered {
		past.Items = append(past.Items, row(&answered[i]))
	}
	v.add(section{ID: "waiting", Title: p.say("asks.waiting"), Records: &open})
	if len(past.Items) > 0 {
		v.add(section{ID: "past", Title: p.say("asks.past"), Records: &past})
	}
	return s.showCase(c, p, &v, nil, nil)
}

// askPage: GET /admin/asks/:id.
func (s *Site) askPage(c *fiber.Ctx) error { return s.shown(c, s.askCase) }

func (s *Site) askCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	by := Of(c).Actor
	a, err := s.services.Asks.Get(c.UserContext(), by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	w, err := s.services.Asks.Read(by, &a)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("area.asks"), Href: at(c, "/admin/asks")}, Title: p.say("asks.named", "Kind", p.say("asks.kinds."+string(a.Kind)), "Number", a.Number)}
	facts := fact(nil, p.say("asks.number"), a.Number)
	facts = fact(facts, p.say("asks.who"), s.personName(c, a.AccountID))
	facts = fact(facts, p.say("asks.asked"), stamp(p, a.CreatedAt))
	facts = fact(facts, p.say("asks.due_label"), onDay(p, a.Due))
	facts = fact(facts, p.say("asks.text"), w.Text)
	facts = fact(facts, p.say("asks.answer"), w.Answer)
	v.add(section{Facts: facts})
	if a.AccountID != "" {
		v.Links = []ui.Link{{Label: p.say("asks.account"), Href: at(c, "/admin/accounts/"+a.AccountID)}}
	}
	if !a.Open {
		return v, nil
	}
	if a.Late(p.now) {
		v.warn(p.say("asks.late"))
	}
	v.add(section{Title: p.say("asks.answer"), Text: p.say("asks.how." + string(a.Kind)), Forms: []*ui.Form{{
		ID: answerForm, Action: at(c, "/admin/asks/"+a.ID), CSRF: s.token(Of(c)), Rev: revision(a.Rev), Hidden: hidden("form", answerForm),
		Parts: []ui.FormPart{field(only(f, answerForm), answerForm, "text", p.say("asks.answer_label"), func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Hint = "textarea", 4, privacy.MaxText, p.say("asks.answer_hint")
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("asks.answer_go")}}},
	}}})
	return v, nil
}

// askAnswered: POST /admin/asks/:id (rev, text).
func (s *Site) askAnswered(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	if _, err = s.services.Asks.Answer(c.UserContext(), Of(c).Actor, c.Params("id"), rev, f.Get("text")); err != nil {
		return s.refused(c, f, err, s.askCase)
	}
	return see(c, "/admin/asks?done=answered")
}
