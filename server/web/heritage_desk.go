package web

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/heritage"
	"shangquan/services/lang"
)

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
