package web

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/notice"
)

// inboxRoutes are what shops read of notices, and how they answer: in the portal, and by the link of a message without signing in.
func (s *Site) inboxRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/my/shops/:id/notices/:notice", "/my/shops/none/notices/none"
	return []Route{
		{Method: get, Path: "/my/notices", Handle: s.inboxPage, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: one, Handle: s.letterPage, Kind: Private, Needs: access.NoticeConfirm, Thing: s.shopThing, Probe: none},
		{Method: post, Path: one + "/confirm", Handle: s.letterConfirmed, Kind: Private, Rate: Write, Needs: access.NoticeConfirm, Thing: s.shopThing, Probe: none + "/confirm"},
		{Method: post, Path: one + "/help", Handle: s.letterHelp, Kind: Private, Rate: Write, Needs: access.NoticeHelp, Thing: s.shopThing, Probe: none + "/help"},
		{Method: get, Path: "/notices/files/:name", Handle: s.noticeFile, Kind: File, Rate: Pictures, Needs: access.PublicRead, Probe: "/notices/files/none"},
		{Method: get, Path: "/receipt/:token", Handle: s.receiptLinkPage, Kind: Private, Needs: access.PublicRead, Probe: "/receipt/none"},
		{Method: post, Path: "/receipt/:token", Handle: s.receiptLinkSent, Kind: Private, Rate: Write, Needs: access.PublicRead, Probe: "/receipt/none"},
	}
}

// inboxShops and inboxShown bound the inbox: for how many shops it looks, and how many notices of each it shows.
const (
	inboxShops = 50
	inboxShown = 30
)

// letter is a notice of one shop.
type letter struct {
	shop *listing.Listing
	notice.Letter
}

// letters are the notices of all shops of who is signed in, the newest first.
func (s *Site) letters(ctx context.Context, by access.Actor) ([]letter, error) {
	merchants, err := s.services.Merchants.Mine(ctx, by)
	if err != nil {
		return nil, err
	}
	out, shops := []letter{}, 0
	for _, m := range merchants {
		list, err := s.services.Listings.ByMerchant(ctx, by, m.ID)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if shops++; shops > inboxShops || !access.Can(by, access.NoticeConfirm, list[i].Thing()) {
				continue
			}
			page, err := s.services.Notices.Inbox(ctx, by, list[i].ID, "", inboxShown)
			if err != nil {
				return nil, err
			}
			for _, x := range page.Items {
				out = append(out, letter{&list[i], x})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b letter) int { return b.Posted.PublicAt.Compare(a.Posted.PublicAt) })
	return out, nil
}

// inboxPage: GET /my/notices: what must be answered first, then what nobody has read, then the rest with what was answered.
func (s *Site) inboxPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	all, err := s.letters(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("inbox.title"), Lead: p.say("inbox.lead")}
	if w := saidHere(c, "confirmed", "help"); w != "" {
		v.ok(p.say("inbox.said." + w))
	}
	groups := map[string][]ui.Receipt{}
	for i := range all {
		x := &all[i]
		at := "old"
		switch live := x.Posted.StateAt(p.now) == notice.Live; {
		case live && x.Receipt.Group == notice.Waiting:
			at = "must"
		case live && x.Receipt.State == notice.Unopened && x.Receipt.LeftAt.IsZero():
			at = "new"
		}
		groups[at] = append(groups[at], s.letterCard(c, p, x))
	}
	for _, g := range []string{"must", "new", "old"} {
		if list := groups[g]; len(list) > 0 {
			v.add(section{ID: g, Title: p.say("inbox." + g), Receipts: list})
		}
	}
	if len(all) == 0 {
		v.Lead = p.say("inbox.none_at_all")
	} else if len(groups["must"]) == 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: p.say("inbox.none")})
	}
	return s.showCase(c, p, &v, nil, nil)
}

func letterHref(c *fiber.Ctx, shop, id, page string) string {
	if page != "" {
		page = "/" + page
	}
	return at(c, "/my/shops/"+shop+"/notices/"+id+page)
}

// letterCard is a notice in the inbox: with the button that answers it, or with the answer.
func (s *Site) letterCard(c *fiber.Ctx, p *speaker, x *letter) ui.Receipt {
	content := &x.Posted.Content
	r := ui.Receipt{Href: letterHref(c, x.shop.ID, x.Posted.ID, ""), Lines: []string{p.name(x.shop.Name.Text), postedWords(p, x.Posted)}}
	r.Title, r.Lang = content.Title.In(p.Lang)
	state := x.Posted.StateAt(p.now)
	if state == notice.Over {
		r.Lines = append(r.Lines, p.say("article.ended"))
	}
	switch {
	case state == notice.Taken:
		r.Kind, r.Due, r.Text = "done", p.say("inbox.taken"), x.Posted.Why
	case x.Receipt.Group == notice.NeedsHelp:
		r.Kind, r.Due = "help", p.say("inbox.waiting_help")
	case x.Receipt.State == notice.Confirmed || x.Receipt.State == notice.Phoned:
		r.Kind, r.Due = "done", p.say("inbox.answered")
	case state == notice.Over: // the line says so; there is nothing to answer any more
	case x.Receipt.Group == notice.Waiting:
		r.Due, r.Kind = dueWords(p, content.Due, true)
		r.Action, r.CSRF = letterHref(c, x.shop.ID, x.Posted.ID, "confirm"), s.token(Of(c))
		r.Hidden = []ui.Hidden{{Name: "version", Value: itoa(int64(x.Posted.N))}}
		r.Button = ui.Button{Label: p.say("inbox.confirm"), Of: r.Title}
		r.Help = &ui.Link{Label: p.say("inbox.help"), Href: r.Href + "#help"}
	}
	if text := ownAnswer(p, &x.Receipt); text != "" && r.Text == "" {
		r.Text = text
	}
	return r
}

// postedWords say when a notice was published, and which version it is once it was corrected.
func postedWords(p *speaker, x *notice.Posted) string {
	if x.N > 1 {
		return p.say("inbox.version", "Day", dayOf(p, x.At), "N", x.N)
	}
	return p.say("inbox.by", "Day", dayOf(p, x.At))
}

// dueWords say by when a shop has to answer, and how urgent that is.
func dueWords(p *speaker, due string, late bool) (text, kind string) {
	day, err := calendar.ParseDate(due)
	if err != nil {
		return "", "due"
	}
	left := int(day - calendar.Today(p.now))
	switch {
	case left < 0 && late:
		return p.count("receipts.overdue", -left), "overdue"
	case left < 0:
		return p.say("receipts.was_due", "Day", ui.ShortDate(p.Lang, day.At(0), p.now)), "overdue"
	case left == 0:
		return p.say("receipts.due_today"), "overdue"
	}
	return p.count("receipts.due_left", left, "Day", ui.ShortDate(p.Lang, day.At(0), p.now)), "due"
}

// ownAnswer is what the shop itself reads of its answer.
func ownAnswer(p *speaker, r *notice.Receipt) string {
	text := ""
	switch {
	case r.State == notice.Phoned:
		text = p.say("inbox.said_phone", "When", stamp(p, r.At))
	case r.State == notice.Confirmed && r.Way == notice.ByLink:
		text = p.say("inbox.said_link", "When", stamp(p, r.At), "N", r.Version)
	case r.State == notice.Confirmed:
		text = p.say("inbox.said_page", "Name", r.NameBy, "When", stamp(p, r.At), "N", r.Version)
	case len(r.Past) > 0:
		text = p.say("inbox.changed", "Old", r.Past[len(r.Past)-1].Version, "New", r.Version)
	}
	if r.Group == notice.NeedsHelp && r.Help != "" {
		text += p.say("inbox.said_help", "When", stamp(p, r.HelpAt), "Text", r.Help)
	}
	return text
}

// ownLetter is the notice that an address names, as a shop of who asks was sent it.
func (s *Site) ownLetter(c *fiber.Ctx) (*letter, error) {
	l, err := s.ownShop(c)
	if err != nil {
		return nil, err
	}
	x, err := s.services.Notices.Read(c.UserContext(), Of(c).Actor, c.Params("notice"), l.ID)
	return &letter{&l, x}, err
}

// letterPage: GET /my/shops/:id/notices/:notice. That it was opened is noted; that it was understood is said by the button only.
func (s *Site) letterPage(c *fiber.Ctx) error {
	r, err := s.services.Notices.Open(c.UserContext(), Of(c).Actor, c.Params("notice"), c.Params("id"))
	if err != nil && !fault.Is(err, fault.Conflict) { // over or withdrawn: it can still be read
		return err
	}
	opened := err == nil
	x, err := s.ownLetter(c)
	if err != nil {
		return err
	}
	if opened {
		x.Receipt = r
	}
	p := s.speaker(c)
	v, _ := s.letterCase(c, p, x, nil)
	if w := saidHere(c, "confirmed", "help"); w != "" {
		v.Callouts = append([]ui.Callout{{Kind: "ok", Icon: "check", Lead: p.say("inbox.said." + w)}}, v.Callouts...)
	}
	return s.showCase(c, p, v, nil, nil)
}

// letterCase is the page of one notice for one shop: the notice, then the answer.
func (s *Site) letterCase(c *fiber.Ctx, p *speaker, x *letter, f *form) (*casePage, *ui.Form) {
	content := &x.Posted.Content
	v := &casePage{Up: &ui.Link{Label: p.say("inbox.back"), Href: at(c, "/my/notices")}, Title: p.name(content.Title)}
	live := x.Posted.StateAt(p.now) == notice.Live && x.Receipt.LeftAt.IsZero()
	if x.Posted.State == notice.Taken {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "info", Lead: p.say("inbox.withdrawn"), Text: x.Posted.Why})
	}
	article := s.article(c, p, content, false)
	article.By, article.Ended = postedWords(p, x.Posted), x.Posted.StateAt(p.now) == notice.Over
	v.add(section{ID: "notice", Article: &article})
	card := s.letterCard(c, p, x)
	card.Title, card.Href, card.Help = p.name(x.shop.Name.Text), "", nil
	card.Lines = nil
	v.add(section{ID: "answer", Title: p.say("inbox.answer"), Receipts: []ui.Receipt{card}})
	var help *ui.Form
	if live {
		words := input(f, "help", p.say("inbox.help_label"), func(y *ui.Field) {
			y.Type, y.Rows, y.Max, y.Hint = "textarea", 2, notice.MaxHelp, p.say("inbox.help_hint")
		})
		help = &ui.Form{ID: "ask", Action: letterHref(c, x.shop.ID, x.Posted.ID, "help"), CSRF: s.token(Of(c)), Parts: []ui.FormPart{words}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("inbox.help_send"), Kind: "alt"}}}}
		if f == nil {
			words.Field.Value = x.Receipt.Help
		}
		v.add(section{ID: "help", Title: p.say("inbox.help_title"), Forms: []*ui.Form{help}})
	}
	if past := pastAnswers(p, &x.Receipt); len(past) > 0 {
		v.add(section{Title: p.say("inbox.done"), Facts: past})
	}
	return v, help
}

// pastAnswers are what the shop answered to earlier versions.
func pastAnswers(p *speaker, r *notice.Receipt) []ui.Fact {
	out := []ui.Fact{}
	for _, y := range slices.Backward(r.Past) {
		out = fact(out, p.say("notice_desk.compare.version", "N", y.Version), p.say("inbox.past", "Name", y.Name, "When", stamp(p, y.At)))
	}
	return out
}

// letterConfirmed: POST /my/shops/:id/notices/:notice/confirm (version). What was not shown is not confirmed.
func (s *Site) letterConfirmed(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if whole(f.Get("version")) < 1 {
		return fault.New(fault.Invalid, "error.form.rev", nil)
	}
	_, err = s.services.Notices.Confirm(c.UserContext(), Of(c).Actor, c.Params("notice"), c.Params("id"), whole(f.Get("version")))
	if err == nil {
		return see(c, "/my/notices?done=confirmed")
	}
	return s.letterRefused(c, nil, err)
}

// letterHelp: POST /my/shops/:id/notices/:notice/help (help).
func (s *Site) letterHelp(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	id, shop := c.Params("notice"), c.Params("id")
	if _, err = s.services.Notices.AskHelp(c.UserContext(), Of(c).Actor, id, shop, f.Get("help")); err == nil {
		return see(c, "/my/shops/"+shop+"/notices/"+id+"?done=help")
	}
	return s.letterRefused(c, f, err)
}

// letterRefused shows the notice as it is now with what stands in the way.
func (s *Site) letterRefused(c *fiber.Ctx, f *form, err error) error {
	if !fault.Is(err, fault.Conflict) && !fault.Is(err, fault.Invalid) {
		return err
	}
	x, openErr := s.ownLetter(c)
	if openErr != nil {
		return openErr
	}
	p := s.speaker(c)
	v, help := s.letterCase(c, p, x, f)
	if fault.Is(err, fault.Conflict) {
		v.warn(p.why(err))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, help, err)
}

// mustAnswer are the notices a shop has to answer, for its first page; the most urgent first.
func (s *Site) mustAnswer(c *fiber.Ctx, p *speaker, l *listing.Listing) ([]ui.Receipt, error) {
	out := []ui.Receipt{}
	by := Of(c).Actor
	if s.services.Notices == nil || by.RoleIn(l.Thing()) == access.Visitor || !access.Can(by, access.NoticeConfirm, l.Thing()) {
		return out, nil
	}
	list, err := s.services.Notices.Waiting(c.UserContext(), by, l.ID)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b notice.Letter) int { return dueOf(a).Compare(dueOf(b)) })
	for _, x := range list {
		card := s.letterCard(c, p, &letter{l, x})
		card.Lines = card.Lines[1:] // the page is about the shop
		out = append(out, card)
	}
	return out, nil
}

// dueOf is by when a notice has to be answered; one that only has to be read comes first.
func dueOf(x notice.Letter) time.Time {
	day, err := calendar.ParseDate(x.Posted.Content.Due)
	if err != nil {
		return time.Time{}
	}
	return day.At(0)
}
