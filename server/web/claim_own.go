package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/merchant"
)

// ownClaim is the thing of routes about a claim of the reader's own.
func (s *Site) ownClaim(c *fiber.Ctx) (access.Thing, error) {
	if !Of(c).Actor.Known() {
		return access.Thing{}, nil
	}
	x, err := s.services.Merchants.Claim(c.UserContext(), Of(c).Actor, c.Params("id"))
	return x.Thing(), err
}

// claimsPage: GET /my/claims: the reader's own claims.
func (s *Site) claimsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	list, err := s.services.Merchants.MyClaims(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	v := casePage{Up: &ui.Link{Label: p.say("claim.my_shops"), Href: at(c, "/my")}, Title: p.say("claim.mine")}
	records := ui.Records{Empty: p.say("claim.mine_none")}
	for _, x := range list {
		title, err := s.shopName(c, p, x.ListingID)
		if err != nil {
			return err
		}
		records.Items = append(records.Items, ui.Record{
			Title: title, Href: at(c, "/my/claims/"+x.ID), Lines: []string{stamp(p, x.CreatedAt)}, Tag: p.say("claim.state." + string(x.State)), State: claimLook(x.State),
		})
	}
	v.add(section{Records: &records})
	v.Links = []ui.Link{{Label: p.say("claim.by_letter"), Href: at(c, "/letter")}}
	return s.showCase(c, p, &v, nil, nil)
}

// shopName is what a shop is called, in any state.
func (s *Site) shopName(c *fiber.Ctx, p *speaker, listingID string) (string, error) {
	l, err := s.services.Listings.Get(c.UserContext(), listingID)
	if err != nil {
		return "", err
	}
	return p.name(l.Name.Text), nil
}

func claimLook(st merchant.ClaimState) ui.TaskState {
	switch st {
	case merchant.ClaimApproved, merchant.ClaimWithdrawn:
		return ui.TaskDone
	case merchant.ClaimReturned, merchant.ClaimRefused:
		return ui.TaskBad
	case merchant.ClaimSubmitted, merchant.ClaimDisputed, merchant.ClaimProposed:
	}
	return ui.TaskWait
}

// ownClaimPage: GET /my/claims/:id: where a claim stands, and what its owner can do.
func (s *Site) ownClaimPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, _, err := s.ownClaimCase(c, p, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "sent", "again", "withdrawn"); w != "" {
		v.ok(p.say("claim.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

func (s *Site) ownClaimCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	x, err := s.services.Merchants.Claim(ctx, by, c.Params("id"))
	if err != nil {
		return nil, nil, err
	}
	private, err := s.services.Merchants.ClaimPrivate(by, x)
	if err != nil {
		return nil, nil, err
	}
	name, err := s.shopName(c, p, x.ListingID)
	if err != nil {
		return nil, nil, err
	}
	path := "/my/claims/" + x.ID
	v := &casePage{Up: &ui.Link{Label: p.say("claim.mine"), Href: at(c, "/my/claims")}, Title: p.say("claim.of", "Shop", name), Lead: p.say("claim.says." + string(x.State))}
	if d := x.Decision; d != nil && d.Reason != "" && !x.Open() {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "info", Lead: p.say("claim.answer"), Text: d.Reason})
	}
	if x.State == merchant.ClaimApproved {
		v.Links = []ui.Link{{Label: p.say("claim.my_shops"), Href: at(c, "/my")}}
	}
	facts := fact(nil, p.say("claim.sent_at"), stamp(p, x.CreatedAt))
	facts = fact(facts, p.say("merchant.name"), p.name(x.Name))
	facts = fact(facts, p.say("merchant.credit_code"), string(x.CreditCode))
	facts = fact(facts, p.say("claim.proof"), p.count("claim.pictures_sent", len(x.Evidence)))
	facts = fact(facts, p.say("claim.note"), private.Note)
	v.add(section{Facts: facts})
	if x.State == merchant.ClaimReturned {
		was := merchant.Draft{Kind: x.Kind, Name: x.Name, CreditCode: string(x.CreditCode), Private: private.Private}
		again := only(f, "again")
		parts, err := s.draftParts(c, p, again, &was)
		if err != nil {
			return nil, nil, err
		}
		form := &ui.Form{
			ID: "again", Action: at(c, path), CSRF: s.token(Of(c)), Rev: revision(x.Rev), Hidden: hidden("form", "again"), Files: true, Parts: append(parts, s.evidenceParts(p, again)...),
			Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("claim.send_again"), Name: "do", Value: "again"}}},
		}
		v.add(section{Title: p.say("claim.again_title"), Text: p.say("claim.again_text"), Forms: []*ui.Form{form}})
		return v, form, nil
	}
	if !x.Open() {
		return v, nil, nil
	}
	form := &ui.Form{
		ID: "withdraw", Action: at(c, path), CSRF: s.token(Of(c)), Rev: revision(x.Rev), Hidden: hidden("form", "withdraw"),
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("claim.withdraw"), Kind: "alt", Name: "do", Value: "withdraw"}}},
	}
	v.add(section{Forms: []*ui.Form{form}})
	return v, form, nil
}

// ownClaimSent: POST /my/claims/:id (rev, do = withdraw or again).
func (s *Site) ownClaimSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	done := "withdrawn"
	if f.Get("do") == "again" {
		done = "again"
		err = s.sendAgain(c, f, id, rev)
	} else {
		_, err = s.services.Merchants.WithdrawClaim(ctx, by, id, rev)
	}
	if err == nil {
		return see(c, "/my/claims/"+id+"?done="+done)
	}
	p := s.speaker(c)
	v, form, caseErr := s.ownClaimCase(c, p, f)
	if caseErr != nil {
		return caseErr
	}
	if form == nil || stale(err) {
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, form, err)
}

func (s *Site) sendAgain(c *fiber.Ctx, f *form, id string, rev int64) error {
	ctx, by := c.UserContext(), Of(c).Actor
	was, err := s.services.Merchants.Claim(ctx, by, id)
	if err != nil {
		return err
	}
	claim := readClaim(f, was.ListingID)
	more, err := s.takeEvidence(c, f)
	if err != nil {
		return err
	}
	// The pictures that were sent before still count; new ones come on top.
	claim.Evidence = append(append([]merchant.Evidence{}, was.Evidence...), more...)
	if _, err = s.services.Merchants.SendAgain(ctx, by, id, rev, claim); err != nil {
		s.dropEvidence(c, more)
	}
	return err
}

// redeemPage: GET /letter (shop): somebody has a letter with a code.
func (s *Site) redeemPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	back := at(c, "/letter")
	if shop := c.Query("shop"); shop != "" {
		back += "?shop=" + escaped(shop)
	}
	if !Of(c).Actor.Known() {
		return s.showForm(c, p, s.registration(c, p, redeemHead(p), "/letter", back, nil, false), nil)
	}
	v, err := s.redeemForm(c, p, nil)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

func redeemHead(p *speaker) formPage {
	return formPage{Title: p.say("letter.title"), Lead: p.say("letter.lead")}
}

func (s *Site) redeemForm(c *fiber.Ctx, p *speaker, f *form) (formPage, error) {
	v := redeemHead(p)
	draft, err := s.draftParts(c, p, f, nil)
	if err != nil {
		return v, err
	}
	shop := input(f, "shop", p.say("letter.shop"), func(x *ui.Field) {
		x.Short = true
		if f == nil {
			x.Value = c.Query("shop")
		}
	})
	code := input(f, "code", p.say("letter.code"), func(x *ui.Field) { x.Short, x.Hint, x.Autocomplete = true, p.say("letter.code_hint"), "off" })
	v.Form = &ui.Form{
		Action: at(c, "/letter"), CSRF: s.token(Of(c)), Parts: append([]ui.FormPart{shop, code}, draft...),
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("letter.go")}}},
	}
	return v, nil
}

// redeemSent: POST /letter (shop, code, and who runs the shop). A shop that does not exist answers as a wrong code does.
func (s *Site) redeemSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	if !Of(c).Actor.Known() {
		back := at(c, "/letter")
		if shop := f.Get("shop"); shop != "" {
			back += "?shop=" + escaped(shop)
		}
		return s.registerSent(c, f, access.GrantRedeem, redeemHead(s.speaker(c)), "/letter", back)
	}
	listingID := "none"
	if l, err := s.services.Listings.ByCode(c.UserContext(), f.Get("shop")); err == nil {
		listingID = l.ID
	}
	if _, err = s.services.Merchants.Redeem(c.UserContext(), Of(c).Actor, listingID, f.Get("code"), readClaim(f, listingID)); err == nil {
		return see(c, "/my?done=joined")
	}
	p := s.speaker(c)
	v, formErr := s.redeemForm(c, p, f)
	if formErr != nil {
		return formErr
	}
	return s.showForm(c, p, v, err)
}
