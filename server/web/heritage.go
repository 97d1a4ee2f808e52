package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/geo"
	"shangquan/services/heritage"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// heritageRoutes are the mark of an old shop: its owner claims it, a coordinator decides, everybody reads its history and walks from one
// to the next.
func (s *Site) heritageRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const own, ownNone, one, none = "/my/shops/:id/heritage", "/my/shops/none/heritage", "/desk/heritage/:id", "/desk/heritage/none"
	return []Route{
		{Method: get, Path: "/heritage/walk", Handle: s.heritageWalk, Cached: true, Needs: access.PublicRead},
		{Method: get, Path: "/heritage/:slug", Handle: s.heritageHistory, Cached: true, Needs: access.PublicRead, Probe: "/heritage/none"},
		{Method: get, Path: own, Handle: s.ownHeritage, Kind: Private, Needs: access.HeritageClaim, Thing: s.shopThing, Probe: ownNone},
		{Method: post, Path: own, Handle: s.ownHeritageSent, Kind: Private, Rate: Write, Body: proofBody, Needs: access.HeritageClaim, Thing: s.shopThing, Probe: ownNone},
		{Method: get, Path: own + "/evidence", Handle: s.ownHeritageProof, Kind: Private, Needs: access.HeritageClaim, Thing: s.shopThing, Probe: ownNone + "/evidence"},
		{Method: get, Path: "/desk/heritage", Handle: s.heritageDesk, Kind: Private, Needs: access.HeritageCheck},
		{Method: post, Path: "/desk/heritage", Handle: s.heritageEntered, Kind: Private, Rate: Write, Body: proofBody, Needs: access.HeritageCheck},
		{Method: get, Path: one, Handle: s.heritageRecord, Kind: Private, Needs: access.HeritageCheck, Probe: none},
		{Method: post, Path: one, Handle: s.heritageDecided, Kind: Private, Rate: Write, Needs: access.HeritageCheck, Probe: none},
		{Method: get, Path: one + "/evidence", Handle: s.heritageProof, Kind: Private, Needs: access.HeritageCheck, Probe: none + "/evidence"},
	}
}

// heritageWalk: GET /heritage/walk: the old shops in the order of their doors, with the same numbers on the street plan.
func (s *Site) heritageWalk(c *fiber.Ctx) error {
	p := s.speaker(c)
	rows, err := s.directory.HeritageWalk(c.UserContext(), p.Lang, p.now)
	if err != nil {
		return err
	}
	rows = numbered(rows)
	v := placePage{
		Back: ui.Link{Label: p.say("heritage.title"), Href: ui.Href(p.Lang, "/heritage")}, Name: ui.Plain(p.say("heritage.walk"), p.Lang), Numbered: true,
		Facts: fact(nil, p.say("heritage.walk_how"), p.say("heritage.walk_lead")),
	}
	if len(rows) == 0 {
		v.Facts, v.Nothing = nil, p.say("heritage.none")
	} else {
		legs, total := legsOf(rows)
		v.Groups = []rowGroup{{ID: "walk", Title: p.count("heritage.walk_stops", len(rows)), Rows: s.rowsWith(p, rows, func(i int) string { return legWords(p, legs[i]) })}}
		if v.path = pathOf(p, rows); v.path != nil {
			v.Facts = fact(v.Facts, p.say("heritage.walk_far"), p.say("heritage.walk_total", "Far", far(p, total)))
			if n := len(rows) - len(v.path.line); n > 0 {
				v.Facts = fact(v.Facts, p.say("heritage.walk_unknown_label"), p.count("heritage.walk_unknown", n))
			}
		}
	}
	return s.renderPlace(c, p, v, false, rows)
}

// leg is the way to a shop from the one before it whose position is known: along a straight line, since nobody here knows which streets one
// takes. From is its number, 0 for the first.
type leg struct {
	from   int
	metres float64
}

// legsOf are the legs of a walk, and how long they are together.
func legsOf(rows []directory.Row) (legs []leg, total float64) {
	last := -1
	for i := range rows {
		x := leg{}
		if rows[i].At != nil {
			if last >= 0 {
				x = leg{last + 1, geo.Distance(*rows[last].At, *rows[i].At)}
			}
			last = i
		}
		legs, total = append(legs, x), total+x.metres
	}
	return legs, total
}

func legWords(p *speaker, x leg) string {
	if x.from == 0 {
		return ""
	}
	return p.say("heritage.walk_leg", "N", x.from, "Far", far(p, x.metres))
}

// far is a distance as people say it: tens of metres, from a kilometre on tenths of one.
func far(p *speaker, metres float64) string {
	if metres < 995 {
		return p.say("heritage.walk_metres", "N", max(10, int(math.Round(metres/10))*10))
	}
	return p.say("heritage.walk_km", "N", strconv.FormatFloat(math.Round(metres/100)/10, 'f', -1, 64))
}

// walkPath is the line of a walk on the plan, and what the legend calls it.
type walkPath struct {
	line  []geo.Point
	words string
}

// pathOf is the line from shop to shop; nil for fewer than two positions.
func pathOf(p *speaker, rows []directory.Row) *walkPath {
	out := &walkPath{words: p.say("heritage.walk_line")}
	for i := range rows {
		if rows[i].At != nil {
			out.line = append(out.line, *rows[i].At)
		}
	}
	if len(out.line) < 2 {
		return nil
	}
	return out
}

// heritageHistory: GET /heritage/:slug: the years of one shop, each with its source, while it bears the mark.
func (s *Site) heritageHistory(c *fiber.Ctx) error {
	p := s.speaker(c)
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	if s.services.Heritage == nil {
		return notThere()
	}
	r, err := s.services.Heritage.Public(c.UserContext(), shop.Listing.ID)
	if err != nil {
		return err
	}
	v := casePage{
		Up: &ui.Link{Label: shop.Name, Href: ui.Href(p.Lang, "/shops/"+shop.Listing.Slug)}, Title: p.say("heritage.history_of", "Shop", shop.Name),
		Links: []ui.Link{{Label: p.say("heritage.walk"), Href: ui.Href(p.Lang, "/heritage/walk")}},
	}
	v.add(section{Facts: markFacts(p, &shop)})
	if r.Claim.Words != "" {
		v.add(section{Title: p.say("heritage.craft"), Article: s.prose(c, p, lang.Text{Hans: r.Claim.Words})})
	}
	if len(r.Timeline) > 0 {
		v.add(section{Title: p.say("heritage.history"), Records: timeline(p, r.Timeline)})
	}
	return s.showPublic(c, p, &v)
}

// timeline are the years of a shop.
func timeline(p *speaker, list []heritage.Entry) *ui.Records {
	out := ui.Records{Empty: p.say("heritage.no_history")}
	for _, e := range list {
		text, in := e.Text.In(p.Lang)
		out.Items = append(out.Items, ui.Record{Title: p.say("heritage.year", "Year", strconv.Itoa(e.Year)) + " " + text, Lang: in, Lines: []string{p.say("heritage.evidence", "Source", e.Source)}})
	}
	return &out
}

// historyLink leads from a shop's page to its history; nil for a shop that has none.
func (s *Site) historyLink(c *fiber.Ctx, p *speaker, l *listing.Listing) *ui.Value {
	if s.services.Heritage == nil {
		return nil
	}
	told := false
	s.beside(c, func() error {
		r, err := s.services.Heritage.Public(c.UserContext(), l.ID)
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		told = err == nil && len(r.Timeline) > 0
		return err
	})
	if !told {
		return nil
	}
	return &ui.Value{Text: p.say("heritage.history"), Href: ui.Href(p.Lang, "/heritage/"+l.Slug)}
}

// heritageTag is what is said of a mark at a glance.
func heritageTag(p *speaker, r *heritage.Record) (string, ui.TaskState) {
	switch due, over := r.Due(p.now); {
	case over:
		return p.say("heritage.over"), ui.TaskBad
	case due:
		return p.say("heritage.due"), ui.TaskTodo
	case r.State == heritage.Claimed, r.State == heritage.Checked:
		return p.say("heritage.state." + string(r.State)), ui.TaskTodo
	case r.State == heritage.Returned, r.State == heritage.Withdrawn:
		return p.say("heritage.state." + string(r.State)), ui.TaskDone
	}
	return p.say("heritage.state." + string(r.State)), ui.TaskWait
}

// heritageFacts are what is claimed of a shop, and how far that is.
func heritageFacts(p *speaker, r *heritage.Record) []ui.Fact {
	tag, _ := heritageTag(p, r)
	said := r.Claim
	if r.State.Borne() {
		said = r.InForce()
	}
	facts := fact(nil, p.say("heritage.how_far"), tag)
	facts = fact(facts, p.say("heritage.reason"), r.Reason)
	facts = fact(facts, p.say("heritage.condition"), r.Condition)
	facts = fact(facts, p.say("heritage.level_label"), p.say("heritage.level."+said.Level))
	facts = fact(facts, p.say("heritage.certificate_label"), said.Certificate)
	facts = fact(facts, p.say("heritage.issuer_label"), said.Issuer)
	facts = fact(facts, p.say("heritage.founded_label"), yearKnown(said.Founded))
	facts = fact(facts, p.say("heritage.recognised_label"), yearKnown(said.Recognised))
	facts = fact(facts, p.say("heritage.craft"), said.Words)
	facts = fact(facts, p.say("heritage.named_label"), r.Named)
	if r.ReviewOn != "" {
		facts = fact(facts, p.say("heritage.review_on"), onDay(p, r.ReviewOn))
	}
	if r.Named != "" && r.State == heritage.Shown {
		facts = fact(facts, p.say("heritage.rule_label"), p.say("heritage.rule"))
	}
	return facts
}

// yearKnown writes a year; nothing for one that nobody knows.
func yearKnown(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// ownHeritage: GET /my/shops/:id/heritage.
func (s *Site) ownHeritage(c *fiber.Ctx) error { return s.shown(c, s.ownHeritageCase) }

func (s *Site) ownHeritageCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	l, err := s.ownShop(c)
	if err != nil {
		return nil, err
	}
	r, some, err := s.services.Heritage.OfShop(c.UserContext(), Of(c).Actor, l.ID)
	if err != nil {
		return nil, err
	}
	here := shopHref(c, &l, "heritage")
	v := &casePage{Up: &ui.Link{Label: p.name(l.Name.Text), Href: shopHref(c, &l, "")}, Title: p.say("heritage.title"), Lead: p.say("heritage.my_lead")}
	if saidHere(c, "sent") != "" {
		v.ok(p.say("heritage.done.sent"))
	}
	if some {
		x := section{Facts: heritageFacts(p, &r)}
		if r.Evidence != nil {
			x.Pictures = []proof{{Href: here + "/evidence", Alt: p.say("heritage.photo")}}
		}
		v.add(x)
		if len(r.Timeline) > 0 {
			v.add(section{Title: p.say("heritage.history"), Records: timeline(p, r.Timeline)})
		}
	}
	if !some || r.Claimable() {
		form := s.act(c, "claim", here, r.Rev, p.say("heritage.claim_send"), claimMarkParts(p, only(f, "claim"), r.Claim, r.Evidence != nil)...)
		form.Files = true
		v.add(section{ID: "claim", Title: p.say("heritage.claim"), Text: p.say("heritage.claim_text"), Forms: []*ui.Form{form}})
	}
	return v, nil
}

func claimMarkParts(p *speaker, f *form, x heritage.Claim, proven bool) []ui.FormPart {
	const id = "claim"
	levels := []ui.Option{}
	for _, l := range heritage.Levels {
		levels = append(levels, ui.Option{Value: l, Label: p.say("heritage.level." + l), Checked: typedOr(f, "level", x.Level) == l})
	}
	return []ui.FormPart{
		filled(f, id, "level", p.say("heritage.level_label"), "", func(y *ui.Field) { y.Options = levels }),
		filled(f, id, "certificate", p.say("heritage.certificate_label"), x.Certificate, func(y *ui.Field) { y.Max, y.Hint = heritage.MaxLine, p.say("heritage.certificate_hint") }),
		filled(f, id, "issuer", p.say("heritage.issuer_label"), x.Issuer, func(y *ui.Field) { y.Max = heritage.MaxLine }),
		filled(f, id, "founded", p.say("heritage.founded_label"), yearKnown(x.Founded), func(y *ui.Field) { y.InputMode, y.Short, y.Hint = "numeric", true, p.say("heritage.year_hint") }),
		filled(f, id, "recognised", p.say("heritage.recognised_label"), yearKnown(x.Recognised), func(y *ui.Field) { y.InputMode, y.Short = "numeric", true }),
		filled(f, id, "words", p.say("heritage.craft"), x.Words, func(y *ui.Field) { y.Type, y.Max, y.Hint = "textarea", heritage.MaxText, p.say("heritage.craft_hint") }),
		field(f, id, "photo", p.say("heritage.photo"), func(y *ui.Field) {
			y.Type, y.Accept, y.Hint, y.Optional = "file", "image/jpeg,image/png,image/webp", p.say("heritage.photo_hint"), proven
		}),
	}
}

// ownHeritageSent: POST /my/shops/:id/heritage (level, certificate, issuer, founded, recognised, words, photo).
func (s *Site) ownHeritageSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	evidence, err := s.typedPicture(c, f)
	if err == nil {
		_, err = s.services.Heritage.Claim(ctx, by, l.ID, max(int64(whole(f.Get("rev"))), 0), typedClaim(f), evidence)
	}
	if err == nil {
		return see(c, "/my/shops/"+l.ID+"/heritage?done=sent")
	}
	return s.refused(c, f, err, s.ownHeritageCase)
}

func typedClaim(f *form) heritage.Claim {
	return heritage.Claim{Level: f.Get("level"), Certificate: f.Get("certificate"), Issuer: f.Get("issuer"), Founded: countTyped(f.Get("founded")), Recognised: countTyped(f.Get("recognised")), Words: f.Get("words")}
}

// ownHeritageProof: GET /my/shops/:id/heritage/evidence, the picture its owner sent.
func (s *Site) ownHeritageProof(c *fiber.Ctx) error {
	r, some, err := s.services.Heritage.OfShop(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	if !some || r.Evidence == nil {
		return notThere()
	}
	return s.sendSealed(c, r.Evidence.Key)
}

// heritageDesk: GET /desk/heritage: what waits, and what has to be reviewed.
func (s *Site) heritageDesk(c *fiber.Ctx) error { return s.shown(c, s.heritageDeskCase) }

func (s *Site) heritageDeskCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	list, err := s.services.Heritage.List(c.UserContext(), Of(c).Actor)
	if err != nil {
		return nil, err
	}
	v := &casePage{Title: p.say("heritage.title"), Lead: p.say("heritage.desk_lead"), Links: []ui.Link{{Label: p.say("assembly.public_page"), Href: at(c, "/heritage")}}}
	records := ui.Records{Empty: p.say("heritage.desk_none")}
	for i := range list {
		r := ui.Record{Title: list[i].Shop, Lang: lang.Hans, Href: at(c, "/desk/heritage/"+list[i].ID), Lines: []string{p.say("heritage.level." + list[i].Claim.Level)}}
		if list[i].ReviewOn != "" {
			r.Lines = append(r.Lines, p.say("heritage.review_by", "Day", onDay(p, list[i].ReviewOn)))
		}
		r.Tag, r.State = heritageTag(p, &list[i])
		records.Items = append(records.Items, r)
	}
	v.add(section{Records: &records})
	g := only(f, "claim")
	shop := filled(g, "claim", "shop", p.say("assembly.shop"), "", func(y *ui.Field) { y.Hint = p.say("neighbour.shop_hint") })
	x := s.act(c, "claim", at(c, "/desk/heritage"), 0, p.say("heritage.enter_send"), append([]ui.FormPart{shop}, claimMarkParts(p, g, heritage.Claim{}, false)...)...)
	x.Files = true
	v.add(section{ID: "claim", Title: p.say("heritage.enter"), Text: p.say("heritage.enter_text"), Forms: []*ui.Form{x}})
	return v, nil
}

// heritageEntered: POST /desk/heritage (shop, and the fields of a claim): the mark of a shop that has no owner to claim it.
func (s *Site) heritageEntered(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	l, err := s.shopAt(c, f.Get("shop"))
	var r heritage.Record
	some := false
	if err == nil {
		r, some, err = s.services.Heritage.OfShop(ctx, by, l.ID)
	}
	if fault.Is(err, fault.NotFound) || some && l.MerchantID == "" && (!r.Claimable() || r.State == heritage.Claimed) {
		err = fault.Wrong("shop", "heritage.wrong.shop", nil)
	}
	if err == nil {
		evidence, wrong := s.typedPicture(c, f)
		if err = wrong; err == nil {
			r, err = s.services.Heritage.Claim(ctx, by, l.ID, r.Rev, typedClaim(f), evidence)
		}
	}
	if err == nil {
		return see(c, "/desk/heritage/"+r.ID+"?done=saved")
	}
	return s.refused(c, f, err, s.heritageDeskCase)
}

// heritageRecord: GET /desk/heritage/:id.
func (s *Site) heritageRecord(c *fiber.Ctx) error { return s.shown(c, s.heritageCase) }

func (s *Site) heritageCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	r, err := s.services.Heritage.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/heritage/"+r.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("heritage.title"), Href: at(c, "/desk/heritage")}, Title: r.Shop}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("assembly.done.saved"))
	}
	if _, over := r.Due(p.now); over {
		v.warn(p.say("heritage.over_text"))
	}
	facts := section{Facts: heritageFacts(p, &r)}
	if r.Evidence != nil {
		facts.Pictures = []proof{{Href: here + "/evidence", Alt: p.say("heritage.photo")}}
	}
	v.add(facts)
	step := func(id, title, text, button string, parts ...ui.FormPart) {
		v.add(section{ID: "step-" + id, Title: title, Text: text, Forms: []*ui.Form{s.act(c, id, here, r.Rev, button, parts...)}})
	}
	review := func(id string) ui.FormPart {
		return filled(only(f, id), id, "review", p.say("heritage.review_on"), p.now.AddDate(1, 0, 0).Format(time.DateOnly), func(y *ui.Field) { y.Type, y.Short = "date", true })
	}
	words := func(id, name, label string, optional bool) ui.FormPart {
		return filled(only(f, id), id, name, label, "", func(y *ui.Field) { y.Type, y.Max, y.Optional = "textarea", heritage.MaxReason, optional })
	}
	waits := r.State == heritage.Claimed || r.State == heritage.Checked
	switch {
	case waits && !r.MayDecide(Of(c).Actor.AccountID):
		v.add(section{ID: "own", Title: p.say("heritage.check"), Text: p.say("heritage.wrong.own")})
	case r.State == heritage.Claimed:
		step("check", p.say("heritage.check"), p.say("heritage.check_text"), p.say("heritage.check_send"))
	case r.State == heritage.Checked:
		step("show", p.say("heritage.show"), p.say("heritage.show_text"), p.say("heritage.show_send"), review("show"))
	case r.State == heritage.Shown, r.State == heritage.Confirmed, r.State == heritage.Conditional:
		outcomes, text := heritage.Outcomes, ""
		if !r.MayDecide(Of(c).Actor.AccountID) {
			outcomes, text = []heritage.Outcome{heritage.Remove}, p.say("heritage.review_own")
		}
		picks := []ui.Pick{}
		for _, o := range outcomes {
			picks = append(picks, ui.Pick{Value: string(o), Label: p.say("heritage.outcome." + string(o)), Checked: typedOr(only(f, "review"), "outcome", string(outcomes[0])) == string(o)})
		}
		step("review", p.say("heritage.review"), text, p.say("heritage.review_send"),
			ui.FormPart{Choice: &ui.Choice{ID: "review-outcome", Name: "outcome", Legend: p.say("heritage.outcome_label"), Options: picks}}, review("review"), words("review", "words", p.say("heritage.review_words"), true))
	default: // what is over has no next step
	}
	if waits {
		step("return", p.say("heritage.give_back"), "", p.say("heritage.give_back_send"), words("return", "reason", p.say("heritage.reason"), false))
	}
	s.historySection(c, p, f, &r, here, v)
	return v, nil
}

// heritageDecided: POST /desk/heritage/:id (form: check, show, review, return, entry; or drop: a number and a revision).
func (s *Site) heritageDecided(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, h := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Heritage
	if n, rev := dropped(f); n > 0 {
		_, err = h.DropEntry(ctx, by, id, rev, n)
	} else {
		var rev int64
		if rev, err = f.rev(); err != nil {
			return err
		}
		switch f.Get("form") {
		case "check":
			_, err = h.Check(ctx, by, id, rev)
		case "show":
			_, err = h.Show(ctx, by, id, rev, f.Get("review"))
		case "review":
			_, err = h.Review(ctx, by, id, rev, heritage.Outcome(f.Get("outcome")), f.Get("review"), f.Get("words"))
		case "return":
			_, err = h.Return(ctx, by, id, rev, f.Get("reason"))
		case "entry":
			_, err = h.AddEntry(ctx, by, id, rev, heritage.Entry{Year: countTyped(f.Get("year")), Text: typedText(f, "text"), Source: f.Get("source")})
		default:
			return fiber.ErrBadRequest
		}
	}
	if err == nil {
		return see(c, "/desk/heritage/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.heritageCase)
}

// heritageProof: GET /desk/heritage/:id/evidence. That somebody looked is on record before anything is shown.
func (s *Site) heritageProof(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), Of(c).Actor
	r, err := s.services.Heritage.Get(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	if r.Evidence == nil {
		return notThere()
	}
	if err := s.services.Trail.Event(ctx, by, audit.Event{Action: access.HeritageCheck, Object: audit.Ref{Kind: heritage.Kind, ID: r.ID}, Title: r.Shop, Why: "evidence", Result: "ok"}); err != nil {
		return err
	}
	return s.sendSealed(c, r.Evidence.Key)
}
