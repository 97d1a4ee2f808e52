package web

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
)

// myShopsPage is templates/pages/my-shops.html: every shop of who is signed in, whatever merchants they belong to, or every unit of a plaza.
type myShopsPage struct {
	Base     ui.Base
	Up       *ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Groups   []myGroup
	Empty    *ui.Empty
	Buttons  []ui.Button
}

// myGroup is the shops of one merchant or floor. The name is empty where there is only one merchant.
type myGroup struct {
	Name  string
	Shops ui.Records
}

// myShops: GET /my.
func (s *Site) myShops(c *fiber.Ctx) error {
	p, by := s.speaker(c), Of(c).Actor
	merchants, err := s.services.Merchants.Mine(c.UserContext(), by)
	if err != nil {
		return err
	}
	if len(merchants) == 0 && s.services.Assembly != nil { // who only acts for an organisation of the joint meeting has their work there
		switch list, err := s.services.Assembly.Mine(c.UserContext(), by); {
		case err != nil:
			return err
		case len(list) > 0:
			return see(c, "/my/assembly")
		}
	}
	v := myShopsPage{Title: p.say("my.title"), Callouts: doneNote(c, p), Groups: []myGroup{}, Buttons: []ui.Button{}}
	var only *listing.Listing
	shops, may := 0, false
	for _, m := range merchants {
		list, err := s.services.Listings.ByMerchant(c.UserContext(), by, m.ID)
		if err != nil {
			return err
		}
		may = may || access.Can(by, access.ListingCreate, access.Thing{MerchantID: m.ID})
		g := myGroup{Shops: ui.Records{Items: []ui.Record{}, Empty: p.say("my.none_of_merchant")}}
		if len(merchants) > 1 {
			g.Name = p.name(m.Name)
		}
		for i := range list {
			if list[i].State == listing.Archived {
				continue
			}
			shops++
			only = &list[i]
			g.Shops.Items = append(g.Shops.Items, s.shopRecord(c, p, &list[i], s.meter(c, p, &list[i])))
		}
		v.Groups = append(v.Groups, g)
	}
	run := []string{} // the plazas whose operator this is
	for _, m := range merchants {
		if m.PlazaID != "" && access.Can(by, access.PlazaOpen, access.Thing{PlazaID: m.PlazaID, PlazaMay: true}) {
			run = append(run, m.PlazaID)
			v.Buttons = append(v.Buttons, ui.Button{Label: p.say("my.operator.all", "Name", p.name(m.Name)), Href: at(c, "/my/plazas/"+m.PlazaID), Icon: "floors", Kind: "alt"})
		}
	}
	if shops == 1 && c.Query("all") == "" {
		return see(c, "/my/shops/"+only.ID)
	}
	if shops == 0 && len(run) == 1 && c.Query("all") == "" {
		return see(c, "/my/plazas/"+run[0])
	}
	if shops == 0 {
		v.Groups = nil
		v.Empty = &ui.Empty{Lead: p.say("my.empty.lead"), Text: p.say("my.empty.text"), Buttons: []ui.Button{{Label: p.say("my.empty.find"), Href: at(c, "/"), Icon: "search"}}}
	}
	if may {
		v.Buttons = append(v.Buttons, ui.Button{Label: p.say("my.new"), Href: at(c, "/my/shops/new"), Icon: "plus", Kind: "alt"})
		v.Buttons = append(v.Buttons, ui.Button{Label: p.say("exports.handover"), Href: at(c, "/my/handover"), Icon: "share", Kind: "alt"})
	}
	v.Base = s.privateBase(c, p.say("my.title"))
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-shops", v)
}

// shopRecord is a shop in the list: open or not, what is missing by the meter, what waits.
func (s *Site) shopRecord(c *fiber.Ctx, p *speaker, l *listing.Listing, m ui.Meter) ui.Record {
	name, in := l.Name.In(p.Lang)
	r := ui.Record{Title: name, Lang: in, Href: shopHref(c, l, ""), Lines: []string{}}
	if state := stateWords(p, l); state != "" {
		r.Lines = append(r.Lines, state)
	} else {
		st, _ := s.seen(p, l)
		r.Lines = append(r.Lines, strings.TrimSpace(st.Word+" "+st.Next))
	}
	if l.Address.Line != "" {
		r.Lines = append(r.Lines, l.Address.Line)
	}
	if soon := s.soonHoliday(p, l); soon != "" {
		r.Lines = append(r.Lines, soon)
	}
	if m.Left() > 0 {
		r.Lines = append(r.Lines, p.count("my.left", m.Left()))
	}
	switch {
	case l.Returned != nil:
		r.Tag, r.State = p.say("my.tag.returned"), ui.TaskBad
	case l.Proposal != nil || l.State == listing.Submitted:
		r.Tag, r.State = p.say("my.tag.waits"), ui.TaskWait
	case l.State == listing.Draft:
		r.Tag, r.State = p.say("my.tag.draft"), ui.TaskTodo
	case listing.Stale(l, p.now):
		r.Tag, r.State = p.say("my.tag.stale"), ui.TaskTodo
	}
	return r
}

// soonHoliday says which holiday is near that a shop has not answered for: 春节还有 10 天. Empty for none.
func (s *Site) soonHoliday(p *speaker, l *listing.Listing) string {
	if !l.Public() || !l.Hours.Known || s.services.Holidays == nil {
		return ""
	}
	today := calendar.Today(p.now)
	for _, h := range hours.Ahead(l.Hours, s.calendar(), today) {
		if left := int(h.From - today); h.Class == calendar.Holiday && !h.Answered && left >= 0 && left <= s.services.Holidays.Of(h.From.Year()).AskDays {
			return p.count("holidays.soon", left, "Name", holidayName(p, h.Name))
		}
	}
	return ""
}

// myShopPage is templates/pages/my-shop.html.
type myShopPage struct {
	Base     ui.Base
	Up       *ui.Link
	Name     string
	NameLang lang.Tag
	Where    string
	Callouts []ui.Callout
	Answer   []ui.Receipt // notices that wait for an answer
	Public   bool         // customers can see the page
	Status   ui.Status
	Notes    []ui.Callout // what is different in the days ahead
	Checked  string       // by whom and when the facts were confirmed last
	Confirm  *ui.Confirm
	Holidays *ui.Specials // holidays ahead that nobody has answered for
	Pending  []ui.Pending
	Withdraw *ui.Form
	Meter    ui.Meter
	Tasks    []ui.Task
	Submit   *ui.Form
	Others   []ui.AuditEntry
	Links    []ui.Button
	Plaza    *ui.Form
	Duty     []ui.Fact // whom to ring about the building
}

// recentDays and recentMost bound what the page tells of changes by others.
const (
	recentDays = 60
	recentMost = 5
)

// myShop: GET /my/shops/:id.
func (s *Site) myShop(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	p, r := s.speaker(c), Of(c)
	v := myShopPage{
		Where: l.Address.Line, Callouts: append(doneNote(c, p), s.standing(p, &l)...), Public: l.Public(), Pending: s.pending(c, p, &l),
		Meter: s.meter(c, p, &l), Tasks: s.tasks(c, p, &l, "", false), Links: s.shopLinks(c, p, &l),
	}
	v.Name, v.NameLang = l.Name.In(p.Lang)
	if len(r.Actor.Seats) > 0 {
		v.Up = &ui.Link{Label: p.say("my.title"), Href: at(c, "/my?all=1")}
	}
	st, shop := s.seen(p, &l)
	v.Status = st
	if !shop.Gone() {
		v.Notes = comingNotes(p, shop.Coming)
	}
	v.Checked = confirmed(p, &l)
	if l.Public() && !shop.Gone() {
		v.Confirm = s.confirmCard(c, p, &l)
		if open := s.specials(c, p, &l, true); len(open.Days) > 0 && access.Can(r.Actor, access.ListingHours, l.Thing()) {
			open.Add = ui.Link{}
			v.Holidays = &open
		}
	}
	if l.Proposal != nil && access.Can(r.Actor, access.ListingSensitive, l.Thing()) {
		v.Withdraw = &ui.Form{Action: shopHref(c, &l, "withdraw"), CSRF: s.token(r), Rev: revWords(&l), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.withdraw"), Kind: "alt"}}}}
	}
	if l.State == listing.Draft && access.Can(r.Actor, access.ListingSubmit, l.Thing()) {
		v.Submit = &ui.Form{Action: shopHref(c, &l, "submit"), CSRF: s.token(r), Rev: revWords(&l), Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("my.submit")}}}}
	}
	if v.Others, err = s.byOthers(c, p, &l); err != nil {
		return err
	}
	if v.Callouts, err = s.policyNote(c, p, v.Callouts, &l); err != nil {
		return err
	}
	if v.Callouts, err = s.careTold(c, p, v.Callouts, &l); err != nil {
		return err
	}
	if v.Callouts, err = s.promiseNote(c, p, v.Callouts, &l); err != nil {
		return err
	}
	if l.Address.PlazaID != "" && access.Can(r.Actor, access.ListingPlaza, l.Thing()) {
		v.Plaza = s.plazaForm(c, p, &l)
	}
	duty, err := s.dutySection(c, p, l.Thing(), l.Address.StreetID)
	if err != nil {
		return err
	}
	if duty != nil {
		v.Duty = duty.Facts
	}
	if v.Answer, err = s.mustAnswer(c, p, &l); err != nil {
		return err
	}
	v.Base = s.privateBase(c, v.Name)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-shop", v)
}

// standing says what a page that is not simply public waits for, and what the district sent back.
func (s *Site) standing(p *speaker, l *listing.Listing) []ui.Callout {
	out := []ui.Callout{}
	if state := stateWords(p, l); state != "" {
		out = append(out, ui.Callout{Icon: "info", Lead: state, Text: p.say("my.standing." + string(l.State))})
	}
	if x := l.Returned; x != nil {
		out = append(out, ui.Callout{Kind: "bad", Icon: "alert", Lead: p.say("my.returned", "When", momentWords(p, x.At)), Text: x.Reason})
	}
	if n := len(l.Hidden); n > 0 {
		out = append(out, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.count("shop_photos.hidden", n), Text: p.say("shop_photos.hidden_look")})
	}
	return out
}

// confirmCard is 没变，还是这样.
func (s *Site) confirmCard(c *fiber.Ctx, p *speaker, l *listing.Listing) *ui.Confirm {
	r := Of(c)
	if !l.Hours.Known || !access.Can(r.Actor, access.ListingConfirm, l.Thing()) {
		return nil
	}
	if l.Confirmed.On == p.now.Format(time.DateOnly) && l.Confirmed.By != "source" {
		return &ui.Confirm{Kind: "ok", Lead: p.say("my.confirm.fresh"), Text: p.say("my.confirm.shown", "Words", confirmed(p, l))}
	}
	card := &ui.Confirm{
		Action: shopHref(c, l, "confirm"), CSRF: s.token(r), Rev: revWords(l), Lead: p.say("my.confirm.ask"), Text: p.say("my.confirm.why"),
		Button: ui.Button{Label: p.say("my.confirm.button"), Kind: "alt"},
	}
	if listing.Stale(l, p.now) {
		card.Kind, card.Lead = "warn", p.say("my.confirm.stale")
	}
	return card
}

// pending is what waits for the district, field by field.
func (s *Site) pending(c *fiber.Ctx, p *speaker, l *listing.Listing) []ui.Pending {
	out := []ui.Pending{}
	if l.Proposal == nil {
		return out
	}
	on := momentWords(p, l.Proposal.At)
	want := l.Proposed()
	for _, d := range listing.Diff(*l, want) {
		if label, before, after := s.diffWords(c, p, d); label != "" {
			out = append(out, ui.Pending{Label: label, Old: before, New: after, On: on})
		}
	}
	return out
}

// shopLinks lead to what else there is of a shop.
func (s *Site) shopLinks(c *fiber.Ctx, p *speaker, l *listing.Listing) []ui.Button {
	out := []ui.Button{}
	if l.Public() {
		out = append(out, ui.Button{Label: p.say("my.link.public"), Href: at(c, "/shops/"+l.Slug), Kind: "alt"},
			ui.Button{Label: p.say("my.link.poster"), Href: at(c, "/shops/"+l.Slug+"/poster"), Icon: "printer", Kind: "alt"})
	}
	for _, x := range []struct {
		path string
		act  access.Action
	}{
		{"posts", access.ListingOffers}, {"insights", access.ListingInsight}, {"print", access.ListingPrint}, {"points", access.PointOpen}, {"heritage", access.HeritageClaim}, {"plaque", access.ListingPlaque}, {"policies", access.ListingOpen}, {"care", access.CareAnswer}, {"promises", access.VisitPromises}, {"pause", access.ListingHours}, {"history", access.ListingHistory},
	} {
		if s.opens(c, l, x.path, x.act) {
			out = append(out, ui.Button{Label: p.say("my.link." + x.path), Href: shopHref(c, l, x.path), Kind: "alt"})
		}
	}
	return out
}

// byOthers is what people who do not belong to the merchant have changed lately.
func (s *Site) byOthers(c *fiber.Ctx, p *speaker, l *listing.Listing) ([]ui.AuditEntry, error) {
	by := Of(c).Actor
	if l.MerchantID == "" || !access.Can(by, access.ListingHistory, l.Thing()) {
		return nil, nil
	}
	m, err := s.services.Merchants.Get(c.UserContext(), by, l.MerchantID)
	if fault.Is(err, fault.NotFound) {
		return nil, nil // the operator of the plaza, say
	}
	if err != nil {
		return nil, err
	}
	ours := func(id string) bool {
		return slices.ContainsFunc(m.Members, func(x merchant.Member) bool { return x.AccountID == id })
	}
	list, err := s.services.Listings.ByOthers(c.UserContext(), by, l.ID, p.now.AddDate(0, 0, -recentDays), recentMost, ours)
	if err != nil {
		return nil, err
	}
	return s.entriesOf(c, p, l, list, false), nil
}

// plazaForm lets the operator of the plaza edit, or not any more.
func (s *Site) plazaForm(c *fiber.Ctx, p *speaker, l *listing.Listing) *ui.Form {
	f := &ui.Form{Action: shopHref(c, l, "plaza"), CSRF: s.token(Of(c)), Rev: revWords(l), Parts: []ui.FormPart{{Text: p.say("my.plaza.off")}}}
	button := ui.Button{Label: p.say("my.plaza.allow"), Kind: "alt", Name: "may", Value: "1"}
	if l.PlazaMay {
		f.Parts[0].Text = p.say("my.plaza.on")
		button.Label, button.Value = p.say("my.plaza.end"), "0"
	}
	f.Bar = &ui.Bar{Loose: true, Buttons: []ui.Button{button}}
	return f
}

// pressed does what one button of a shop's page asks for and goes back there. A button of a page that is not current any more does
// nothing: what changed is shown first.
func (s *Site) pressed(c *fiber.Ctx, word string, do func(by access.Actor, id string, rev int64, f *form) error) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	err = do(Of(c).Actor, id, rev, f)
	if isStale(err) || fault.Is(err, fault.Conflict) && keyOf(err) == "listing.wrong.decided" {
		return see(c, "/my/shops/"+id+"?done=stale")
	}
	if err != nil {
		return err
	}
	return see(c, "/my/shops/"+id+"?done="+word)
}

func keyOf(err error) string {
	if f, ok := err.(*fault.Error); ok { //nolint:errorlint // of a service, which wraps nothing
		return f.Key
	}
	return ""
}

// myConfirmSent: POST /my/shops/:id/confirm.
func (s *Site) myConfirmSent(c *fiber.Ctx) error {
	return s.pressed(c, "confirmed", func(by access.Actor, id string, rev int64, _ *form) error {
		_, err := s.services.Listings.Confirm(c.UserContext(), by, id, rev)
		return err
	})
}

// myWithdrawSent: POST /my/shops/:id/withdraw.
func (s *Site) myWithdrawSent(c *fiber.Ctx) error {
	return s.pressed(c, "withdrawn", func(by access.Actor, id string, rev int64, _ *form) error {
		_, err := s.services.Listings.Withdraw(c.UserContext(), by, id, rev)
		return err
	})
}

// mySubmitSent: POST /my/shops/:id/submit.
func (s *Site) mySubmitSent(c *fiber.Ctx) error {
	return s.pressed(c, "submitted", func(by access.Actor, id string, rev int64, _ *form) error {
		_, err := s.services.Listings.Act(c.UserContext(), by, id, rev, listing.Submit)
		return err
	})
}

// myPlazaSent: POST /my/shops/:id/plaza.
func (s *Site) myPlazaSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	word := "plaza_off"
	if f.Get("may") == "1" {
		word = "plaza_on"
	}
	return s.pressed(c, word, func(by access.Actor, id string, rev int64, f *form) error {
		_, err := s.services.Listings.LetPlaza(c.UserContext(), by, id, rev, f.Get("may") == "1")
		return err
	})
}
