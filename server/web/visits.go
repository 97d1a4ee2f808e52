package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/lead"
	"shangquan/services/listing"
)

// visitRoutes are the visits to shops: as the desk keeps them, and what was promised as the shop reads it.
func (s *Site) visitRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/desk/visits/:id", "/desk/visits/none"
	return []Route{
		{Method: get, Path: "/my/shops/:id/promises", Handle: s.ownPromises, Kind: Private, Needs: access.VisitPromises, Thing: s.shopThing, Probe: "/my/shops/none/promises"},
		{Method: get, Path: "/desk/visits", Handle: s.visitDesk, Kind: Private, Needs: access.VisitEdit},
		{Method: get, Path: "/desk/unvisited", Handle: s.visitCoverage, Kind: Private, Needs: access.VisitEdit},
		{Method: get, Path: "/desk/visits/new", Handle: s.newVisit, Kind: Private, Needs: access.VisitEdit},
		{Method: post, Path: "/desk/visits/new", Handle: s.visitAdded, Kind: Private, Rate: Write, Needs: access.VisitEdit},
		{Method: get, Path: one, Handle: s.visitPage, Kind: Private, Needs: access.VisitEdit, Probe: none},
		{Method: post, Path: one, Handle: s.visitSent, Kind: Private, Rate: Write, Needs: access.VisitEdit, Probe: none},
	}
}

// onVisits bounds the lists of a page, mostUnseen the shops that a page of coverage names.
const (
	onVisits   = 50
	mostUnseen = 200
)

// coverages are the months coverage can be asked for, coverage what the page begins with.
var coverages = []int{3, coverage, 12, lead.MostMonths}

const coverage = 6

// visitDesk: GET /desk/visits (after): what is to be kept, and the visits, the latest first.
func (s *Site) visitDesk(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	v := casePage{
		Title: p.say("visit.title"), Lead: p.say("visit.lead"),
		Buttons: []ui.Button{{Label: p.say("visit.new"), Href: at(c, "/desk/visits/new"), Icon: "plus", Kind: "alt"}, {Label: p.say("visit.coverage"), Href: at(c, "/desk/unvisited"), Kind: "alt"}},
	}
	owed, err := s.services.Visits.Owed(ctx, by, onVisits)
	if err != nil {
		return err
	}
	open := ui.Records{Empty: p.say("visit.owed_none")}
	for i := range owed {
		for j := range owed[i].Promises {
			if x := &owed[i].Promises[j]; x.DoneOn == "" {
				r := promiseRecord(p, x)
				r.Href, r.Lines = at(c, "/desk/visits/"+owed[i].ID), append([]string{owed[i].Shop}, r.Lines...)
				open.Items = append(open.Items, r)
			}
		}
	}
	v.add(section{ID: "owed", Title: p.say("visit.owed"), Records: &open})
	page, err := s.services.Visits.List(ctx, by, c.Query("after"), onVisits)
	if err != nil {
		return err
	}
	list := ui.Records{Empty: p.say("visit.none")}
	for i := range page.Items {
		x := &page.Items[i]
		r := ui.Record{Title: x.Shop, Lang: lang.Hans, Href: at(c, "/desk/visits/"+x.ID), Lines: []string{onDay(p, x.On) + " " + s.personNamed(c, x.Name, x.By)}}
		if n := len(x.Promises); n > 0 {
			r.Lines = append(r.Lines, p.count("visit.promised", n))
		}
		list.Items = append(list.Items, r)
	}
	x := section{ID: "visits", Title: p.say("visit.all"), Records: &list}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/desk/visits") + "?after=" + escaped(page.Next)}}
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

// promiseRecord is a promise in a list.
func promiseRecord(p *speaker, x *lead.Promise) ui.Record {
	r := ui.Record{Title: x.Text, Lang: lang.Hans, Lines: []string{p.say("assembly.by_day", "Day", onDay(p, x.Due))}, Tag: p.say("visit.open"), State: ui.TaskWait}
	switch {
	case x.DoneOn != "":
		r.Tag, r.State = p.say("visit.done_on", "Day", onDay(p, x.DoneOn)), ui.TaskDone
	case x.Late(p.now.Format(time.DateOnly)):
		r.Tag, r.State = p.say("visit.late"), ui.TaskBad
	}
	return r
}

// visitCoverage: GET /desk/unvisited (months): the shops nobody called on for so long.
func (s *Site) visitCoverage(c *fiber.Ctx) error {
	p, months := s.speaker(c), coverage
	v := casePage{Up: &ui.Link{Label: p.say("visit.title"), Href: at(c, "/desk/visits")}, Title: p.say("visit.coverage")}
	for _, n := range coverages {
		if c.Query("months") == strconv.Itoa(n) {
			months = n
		}
	}
	for _, n := range coverages {
		v.Chips = append(v.Chips, ui.Chip{Label: p.count("visit.months", n), Href: at(c, "/desk/unvisited") + "?months=" + strconv.Itoa(n), On: n == months})
	}
	list, err := s.services.Visits.Unseen(c.UserContext(), Of(c).Actor, months)
	if err != nil {
		return err
	}
	v.Lead = p.count("visit.unseen", len(list), "Months", months)
	records := ui.Records{Empty: p.say("visit.unseen_none")}
	for _, x := range list[:min(len(list), mostUnseen)] {
		name, in := x.Shop.Name.In(p.Lang)
		r := ui.Record{Title: name, Lang: in, Href: at(c, "/shops/"+x.Shop.Slug), Lines: []string{x.Shop.Address.Line, p.say("visit.never")}}
		if x.Last != "" {
			r.Lines[1] = p.say("visit.last", "Day", onDay(p, x.Last))
		}
		r.Buttons = []ui.Button{{Label: p.say("visit.new"), Href: at(c, "/desk/visits/new") + "?shop=" + escaped(x.Shop.Slug), Kind: "alt s"}}
		records.Items = append(records.Items, r)
	}
	x := section{ID: "unseen", Records: &records}
	if len(list) > mostUnseen {
		x.Text = p.count("visit.first_only", mostUnseen)
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

// newVisit: GET /desk/visits/new (shop).
func (s *Site) newVisit(c *fiber.Ctx) error { return s.shown(c, s.newVisitCase) }

func (s *Site) newVisitCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	v := &casePage{Up: &ui.Link{Label: p.say("visit.title"), Href: at(c, "/desk/visits")}, Title: p.say("visit.new"), Lead: p.say("visit.new_lead")}
	g := only(f, "visit")
	parts := []ui.FormPart{filled(g, "visit", "shop", p.say("assembly.shop"), c.Query("shop"), func(x *ui.Field) { x.Hint = p.say("visit.shop_hint") })}
	parts = append(parts, visitParts(p, g, "visit", p.now.Format(time.DateOnly), "")...)
	parts = append(parts, ui.FormPart{Heading: p.say("visit.promise_first")})
	parts = append(parts, promiseParts(p, g, "visit", true)...)
	v.add(section{ID: "new", Forms: []*ui.Form{s.act(c, "visit", at(c, "/desk/visits/new"), 0, p.say("policy.save"), parts...)}})
	return v, nil
}

func visitParts(p *speaker, f *form, id, on, topics string) []ui.FormPart {
	return []ui.FormPart{
		filled(f, id, "on", p.say("activity.day"), on, func(x *ui.Field) { x.Type, x.Short = "date", true }),
		filled(f, id, "topics", p.say("visit.topics"), topics, func(x *ui.Field) { x.Type, x.Max, x.Hint = "textarea", lead.MaxTopics, p.say("visit.topics_hint") }),
	}
}

func promiseParts(p *speaker, f *form, id string, optional bool) []ui.FormPart {
	return []ui.FormPart{
		filled(f, id, "promise", p.say("visit.promise"), "", func(x *ui.Field) {
			x.Max, x.Optional, x.Hint = lead.MaxPromise, optional, p.say("visit.promise_hint")
		}),
		filled(f, id, "due", p.say("neighbour.due"), "", func(x *ui.Field) { x.Type, x.Short, x.Optional = "date", true, optional }),
	}
}

func typedVisit(f *form) lead.Report {
	return lead.Report{On: f.Get("on"), Topics: f.Get("topics"), Promise: lead.Promise{Text: f.Get("promise"), Due: f.Get("due")}}
}

// visitAdded: POST /desk/visits/new (shop, on, topics, promise, due).
func (s *Site) visitAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	l, err := s.shopAt(c, f.Get("shop"))
	if err == nil || fault.Is(err, fault.NotFound) { // the service says it at its field
		var x lead.Visit
		if x, err = s.services.Visits.Add(c.UserContext(), Of(c).Actor, l.ID, typedVisit(f)); err == nil {
			return see(c, "/desk/visits/"+x.ID+"?done=saved")
		}
	}
	return s.refused(c, f, err, s.newVisitCase)
}

// visitPage: GET /desk/visits/:id.
func (s *Site) visitPage(c *fiber.Ctx) error { return s.shown(c, s.visitCase) }

func (s *Site) visitCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, err := s.services.Visits.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/visits/"+x.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("visit.title"), Href: at(c, "/desk/visits")}, Title: p.say("visit.to", "Shop", x.Shop)}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("assembly.done.saved"))
	}
	v.add(section{Facts: fact(fact(fact(nil, p.say("activity.day"), onDay(p, x.On)), p.say("visit.who"), s.personNamed(c, x.Name, x.By)), p.say("visit.topics"), x.Topics)})
	list := ui.Records{Empty: p.say("visit.no_promise")}
	forms := []*ui.Form{}
	for i := range x.Promises {
		list.Items = append(list.Items, promiseRecord(p, &x.Promises[i]))
		turn := "keep"
		if x.Promises[i].DoneOn != "" {
			turn = "reopen"
		}
		n := strconv.Itoa(i + 1)
		form := s.act(c, turn+"-"+n, here, x.Rev, p.say("visit."+turn))
		form.Bar.Buttons[0].Kind, form.Bar.Buttons[0].Of = "alt", x.Promises[i].Text
		forms = append(forms, form)
	}
	v.add(section{ID: "promises", Title: p.say("visit.promises"), Text: p.say("visit.promises_text"), Records: &list, Forms: forms})
	if len(x.Promises) < lead.MaxPromises {
		v.add(section{Title: p.say("visit.promise_new"), Forms: []*ui.Form{s.act(c, "promise", here, x.Rev, p.say("policy.add"), promiseParts(p, only(f, "promise"), "promise", false)...)}})
	}
	v.add(section{ID: "edit", Title: p.say("policy.edit"), Forms: []*ui.Form{s.act(c, "visit", here, x.Rev, p.say("policy.save"), visitParts(p, only(f, "visit"), "visit", x.On, x.Topics)...)}})
	return v, nil
}

// visitSent: POST /desk/visits/:id (form: visit, promise, keep-N, reopen-N).
func (s *Site) visitSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	switch name, n := cutNumber(f.Get("form")); {
	case name == "visit":
		_, err = s.services.Visits.Set(ctx, by, id, rev, typedVisit(f))
	case name == "promise":
		_, err = s.services.Visits.Promise(ctx, by, id, rev, lead.Promise{Text: f.Get("promise"), Due: f.Get("due")})
	case (name == "keep" || name == "reopen") && n > 0:
		_, err = s.services.Visits.Done(ctx, by, id, rev, n, name == "keep")
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/desk/visits/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.visitCase)
}

// cutNumber takes a form like keep-2 apart; −1 where it has no number.
func cutNumber(form string) (string, int) {
	name, n, _ := strings.Cut(form, "-")
	return name, whole(n)
}

// ownPromises: GET /my/shops/:id/promises: what the district promised to the shop.
func (s *Site) ownPromises(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	list, err := s.services.Visits.For(c.UserContext(), Of(c).Actor, l.ID)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.name(l.Name.Text), Href: shopHref(c, &l, "")}, Title: p.say("visit.my_title"), Lead: p.say("visit.my_lead")}
	records := ui.Records{Empty: p.say("visit.my_none")}
	for i := range list {
		r := promiseRecord(p, &list[i].Promise)
		r.Lines = append([]string{p.say("visit.said_on", "Day", onDay(p, list[i].On))}, r.Lines...)
		records.Items = append(records.Items, r)
	}
	v.add(section{ID: "promises", Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// promiseNote adds to the notes of a shop that something was promised to it which is not done yet; nothing while nothing is.
func (s *Site) promiseNote(c *fiber.Ctx, p *speaker, notes []ui.Callout, l *listing.Listing) ([]ui.Callout, error) {
	if !access.Can(Of(c).Actor, access.VisitPromises, l.Thing()) {
		return notes, nil
	}
	list, err := s.services.Visits.For(c.UserContext(), Of(c).Actor, l.ID)
	n, first := 0, (*lead.Promised)(nil)
	for i := range list {
		if list[i].DoneOn == "" {
			if n++; first == nil || list[i].Due < first.Due {
				first = &list[i]
			}
		}
	}
	if err != nil || n == 0 {
		return notes, err
	}
	return append(notes, ui.Callout{
		Icon: "info", Lead: p.count("visit.my_open", n), Text: p.say("visit.my_first", "Text", first.Text, "Day", onDay(p, first.Due)),
		Link: &ui.Link{Label: p.say("policy.look"), Href: shopHref(c, l, "promises")},
	}), nil
}
