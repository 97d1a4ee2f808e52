package web

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/notice"
)

// noticePageView is templates/pages/notice.html: a notice as everybody reads it.
type noticePageView struct {
	Base      ui.Base
	Back      ui.Link
	Title     string
	Lang      lang.Tag
	Callouts  []ui.Callout
	Article   *ui.Article // nil for one that was withdrawn
	Speak     ui.Speak
	Calendar  string
	Places    []ui.Link
	Plan      *ui.Plan
	ShopsHead string
	Shops     []template.HTML
	ShopsMore string
}

// affectedShown is how many of the shops a notice is for its page lists.
const affectedShown = 30

// postedOne: GET /notices/:id.
func (s *Site) postedOne(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, ok := s.board(c).Get(c.Params("id"))
	if !ok || x.At.After(p.now) {
		return fault.Missing()
	}
	v := noticePageView{Back: ui.Link{Label: p.say("notices.title"), Href: ui.Href(p.Lang, "/notices")}}
	v.Title, v.Lang = x.Content.Title.In(p.Lang)
	v.Base = s.Base(c, v.Title)
	v.Base.Class = "notice-page"
	switch x.StateAt(p.now) {
	case notice.Taken:
		v.Base.NoIndex = true
		note := ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("notices.was_taken", "Day", dayOf(p, x.UpdatedAt))}
		if x.Why != "" {
			note.Text = x.Why
		}
		v.Callouts = append(v.Callouts, note)
	case notice.Over:
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Lead: p.say("notices.was_over", "Day", dayOf(p, x.Content.ExpiresAt))})
		fallthrough
	default:
		if err := s.fillNotice(c, p, &v, x); err != nil {
			return err
		}
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "notice", v)
}

func (s *Site) fillNotice(c *fiber.Ctx, p *speaker, v *noticePageView, x *notice.Posted) error {
	a := s.article(c, p, &x.Content, false)
	a.Ended, a.By = x.StateAt(p.now) == notice.Over, postedWords(p, x)
	if in := v.Lang; in != p.Lang {
		v.Callouts = append(v.Callouts, ui.Callout{Icon: "info", Text: p.say("notices.untranslated", "Language", languageNames[in])})
	}
	v.Article, v.Speak = &a, ui.Speak{Of: "main"}
	v.Calendar = postedHref(p, x) + "/calendar.ics"
	v.Base.Description = v.Title
	if text, _ := x.Content.Text.In(p.Lang); text != "" {
		v.Base.Description = firstWords(notice.Plain(text))
	}
	title, _ := x.Content.Title.In(p.Lang)
	v.Base.JSONLD = graph(s.noticeJSONLD(p, x), s.crumbsJSONLD(p, title, v.Back))
	places, err := s.noticePlaces(c)
	if err != nil {
		return err
	}
	core := false
	for _, y := range places.named(x) {
		core = core || y.core
		v.Places = append(v.Places, ui.Link{Label: p.name(y.name), Href: ui.Href(p.Lang, y.path)})
	}
	return s.affected(c, p, v, x, core)
}

// affected lists the shops a notice is for, and draws where they are; core: it names a street or plaza that the plan has.
func (s *Site) affected(c *fiber.Ctx, p *speaker, v *noticePageView, x *notice.Posted, core bool) error {
	bare := func() error { // a street that is dug up is worth a plan though no shop is asked
		if x.Content.Place.Street == nil {
			return nil
		}
		return s.noticePlan(c, p, v, x, nil, false)
	}
	if !x.Content.Audience.Shops() || x.Content.Audience.All {
		return bare()
	}
	listed, _, err := s.directory.Listed(c.UserContext())
	if err != nil {
		return err
	}
	ids := []string{}
	for _, l := range x.Content.Audience.Of(listed) {
		ids = append(ids, l.ID)
	}
	if len(ids) == 0 {
		return bare()
	}
	rows, err := s.directory.ByIDs(c.UserContext(), ids[:min(len(ids), affectedShown)], p.Lang, p.now)
	if err != nil {
		return err
	}
	v.ShopsHead = p.count("notices.shops", len(ids))
	if x.Content.OpenAsUsual {
		v.ShopsHead = p.count("notices.shops_open", len(ids))
	}
	if more := len(ids) - len(rows); more > 0 {
		v.ShopsMore = p.count("notices.shops_more", more)
	}
	v.Shops = s.rows(p, rows)
	return s.noticePlan(c, p, v, x, rows, core)
}

// noticePlan draws the piece of the street plan with the shops of a notice.
func (s *Site) noticePlan(c *fiber.Ctx, p *speaker, v *noticePageView, x *notice.Posted, rows []directory.Row, core bool) error {
	if !s.showsPlan() {
		return nil
	}
	d, err := s.directory.PlanWith(c.UserContext(), numbered(rows), stretches(x), p.Lang, asideWidth, asideHeight, p.now)
	if err != nil || d.Empty() || len(d.Pins) == 0 && d.Marked == "" && !core {
		return err
	}
	byID := map[string]*directory.Row{}
	for i := range rows {
		byID[rows[i].Listing.ID] = &rows[i]
	}
	view := ui.PlanView{ID: "plan", Description: p.say("notices.plan"), Legend: true, Marked: p.say("notices.stretch"), Look: func(id string) ui.PinLook {
		r := byID[id]
		st := rowStatus(p, r)
		return ui.PinLook{Kind: st.Kind, Label: p.say("places.pin", "Name", r.Name, "Status", st.Word), Href: ui.Href(p.Lang, "/shops/"+r.Listing.Slug)}
	}}
	if d.Marked != "" {
		view.Description = p.say("notices.plan_stretch")
	}
	v.Plan = s.publicPlan(d, view)
	return nil
}

// stretches are the parts of streets a notice is about: where it takes place if it says so, else where the shops are it is for.
func stretches(x *notice.Posted) []directory.Stretch {
	list := x.Content.Audience.Streets
	if st := x.Content.Place.Street; st != nil {
		list = []notice.Stretch{*st}
	}
	out := []directory.Stretch{}
	for _, st := range list {
		out = append(out, directory.Stretch{StreetID: st.StreetID, Whole: st.From == 0 && st.To == 0, On: st.Includes})
	}
	return out
}

// firstWords are the beginning of a text, for search engines.
func firstWords(text string) string {
	r := []rune(text)
	return string(r[:min(len(r), 120)])
}
