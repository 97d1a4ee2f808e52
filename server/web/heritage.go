package web

import (
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
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
