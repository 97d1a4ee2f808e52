package web

import (
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/merchant"
)

// claimForms are the ids of the forms on the page of a claim.
const (
	formCheck   = "check"
	formDecide  = "decide"
	formPropose = "propose"
	formSecond  = "second"
)

// claimCasePage: GET /desk/claims/:id.
func (s *Site) claimCasePage(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.services.Merchants.Claim(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	v, _, err := s.claimCase(c, p, x, nil)
	if err != nil {
		return err
	}
	if w := saidHere(c, "checked", "proposed", "differed"); w != "" {
		v.ok(p.say("desk.done." + w))
	}
	return s.showCase(c, p, v, nil, nil)
}

// claimCase is the page of a claim: who says what, what proves it, what was checked, and the next step. The forms come by their ids.
func (s *Site) claimCase(c *fiber.Ctx, p *speaker, x merchant.Claim, f *form) (*casePage, map[string]*ui.Form, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	l, err := s.services.Listings.Open(ctx, by, x.ListingID)
	if err != nil {
		return nil, nil, err
	}
	v := &casePage{
		Up: toDesk(c, p), Title: p.say("desk.claim_title", "Shop", p.name(l.Name.Text)), Lead: p.say("desk.claim_state." + string(x.State)),
		Links: []ui.Link{{Label: p.say("desk.public"), Href: at(c, "/shops/"+l.Slug)}},
	}
	says, err := s.claimantFacts(c, p, x)
	if err != nil {
		return nil, nil, err
	}
	v.add(section{Columns: []section{{Title: p.say("desk.claimant"), Facts: says}, {Title: p.say("desk.on_record"), Facts: shopOnRecord(p, &l)}}})
	pictures := section{Title: p.say("desk.evidence")}
	if len(x.Evidence) == 0 {
		pictures.Text = p.say("desk.evidence_none")
	}
	for i, e := range x.Evidence {
		n := strconv.Itoa(i + 1)
		pictures.Pictures = append(pictures.Pictures, proof{at(c, "/desk/claims/"+x.ID+"/evidence/"+n), p.say("desk.evidence_n", "N", i+1, "What", p.say("claim.evidence."+e.Kind))})
	}
	v.add(pictures)
	v.add(s.checksOf(c, p, x))
	if x.From != "" {
		v.add(s.ownerSays(p, x))
	}
	forms := map[string]*ui.Form{}
	if x.Open() {
		s.claimSteps(c, p, v, x, &l, f, forms)
	} else if d := x.Decision; d != nil {
		v.add(section{Title: p.say("desk.decided"), Facts: fact(fact(nil, p.say("desk.when"), stamp(p, d.At)), p.say("desk.reason_said"), d.Reason)})
	}
	return v, forms, nil
}

// claimantFacts are what the claimant says, with what is worth a second look at the credit code.
func (s *Site) claimantFacts(c *fiber.Ctx, p *speaker, x merchant.Claim) ([]ui.Fact, error) {
	private, err := s.services.Merchants.ClaimPrivate(Of(c).Actor, x)
	if err != nil {
		return nil, err
	}
	out := fact(nil, p.say("merchant.name"), p.name(x.Name))
	out = fact(out, p.say("merchant.kind"), p.say("merchant.kinds."+string(x.Kind)))
	code := string(x.CreditCode)
	if code != "" {
		note, err := s.services.Merchants.CheckCode(c.UserContext(), Of(c).Actor, code, x.Kind)
		if err != nil && !fault.Is(err, fault.Invalid) {
			return nil, err
		}
		if note.Odd || note.OtherKind {
			code += p.say("desk.code_odd")
		}
		if note.MerchantID != "" && note.MerchantID != x.MerchantID {
			code += p.say("desk.code_taken")
		}
	}
	out = fact(out, p.say("merchant.credit_code"), code)
	out = fact(out, p.say("merchant.registered_name"), private.RegisteredName)
	out = fact(out, p.say("merchant.person"), private.Person)
	out = fact(out, p.say("merchant.phone"), private.Phone)
	out = fact(out, p.say("merchant.email"), private.Email)
	out = fact(out, p.say("claim.note"), private.Note)
	return fact(out, p.say("desk.sent_at"), stamp(p, x.CreatedAt)), nil
}

// shopOnRecord are the facts a claim is held against.
func shopOnRecord(p *speaker, l *listing.Listing) []ui.Fact {
	out := fact(nil, p.say("fact.name"), l.Name.Hans)
	out = fact(out, p.say("fact.address"), l.Address.Line)
	for _, n := range l.Phones {
		out = append(out, ui.Fact{Term: p.say("fact.phones"), Values: []ui.Value{{Text: n.Display(), Href: n.Tel(), Number: true, Note: n.Label}}})
	}
	return fact(out, p.say("desk.shop_code"), l.Code)
}

// checksOf lists the call-backs and visits that were made.
func (s *Site) checksOf(c *fiber.Ctx, p *speaker, x merchant.Claim) section {
	list := ui.Records{Empty: p.say("desk.check_none")}
	for _, k := range x.Checks {
		title := p.say("desk.check." + string(k.Kind))
		lines := []string{stamp(p, k.At)}
		for _, line := range []string{k.Number, s.personName(c, k.By), k.Note} {
			if line != "" {
				lines = append(lines, line)
			}
		}
		list.Items = append(list.Items, ui.Record{Title: title, Lines: lines})
	}
	return section{Title: p.say("desk.checks"), Records: &list}
}

// personName is what colleagues call an account; nothing for one that is gone.
func (s *Site) personName(c *fiber.Ctx, accountID string) string {
	a, err := s.services.Accounts.Get(c.UserContext(), accountID)
	if err != nil {
		return ""
	}
	return a.Name
}

// ownerSays is what the present owner of a disputed shop has heard and answered.
func (s *Site) ownerSays(p *speaker, x merchant.Claim) section {
	out := section{Title: p.say("desk.owner")}
	switch {
	case x.Answer != nil && x.Answer.Agree:
		out.Text = p.say("desk.owner_agrees")
	case x.Answer != nil:
		out.Text = p.say("desk.owner_denies", "Why", x.Answer.Why)
	case x.ToldAt.IsZero():
		out.Text = p.say("desk.owner_untold")
	default:
		out.Text = p.say("desk.owner_silent", "When", stamp(p, x.ToldAt))
	}
	return out
}

// missing says in words what the next step still lacks; empty when nothing is missing.
func missing(p *speaker, x merchant.Claim, now time.Time) string {
	switch {
	case len(x.Evidence) == 0:
		return p.say("desk.missing.evidence")
	case len(x.Checks) == 0:
		return p.say("desk.missing.check")
	case x.From == "":
		return ""
	case x.ToldAt.IsZero():
		return p.say("desk.missing.told")
	case now.Before(x.WaitUntil):
		return p.say("desk.missing.wait", "Until", stamp(p, x.WaitUntil))
	case x.State == merchant.ClaimProposed:
		return p.say("desk.missing.second")
	}
	return ""
}

// claimSteps puts the forms of an open claim on its page.
func (s *Site) claimSteps(c *fiber.Ctx, p *speaker, v *casePage, x merchant.Claim, l *listing.Listing, f *form, forms map[string]*ui.Form) {
	path, by := "/desk/claims/"+x.ID, Of(c).Actor
	step := func(id string, parts []ui.FormPart, buttons ...ui.Button) *ui.Form {
		forms[id] = &ui.Form{
			ID: id, Action: at(c, path), CSRF: s.token(Of(c)), Rev: revision(x.Rev), Hidden: hidden("form", id), Parts: parts,
			Bar: &ui.Bar{Loose: true, Buttons: buttons},
		}
		return forms[id]
	}
	next := section{Title: p.say("desk.next_step")}
	if lack := missing(p, x, p.now); lack != "" {
		next.Callouts = []ui.Callout{{Kind: "warn", Icon: "clock", Lead: lack}}
	}
	typed := only(f, formCheck)
	kind := &ui.Choice{ID: formCheck + "-kind", Name: "kind", Legend: p.say("desk.check_how"), Hint: p.say("desk.check_hint")}
	for _, k := range []merchant.CheckKind{merchant.CallBack, merchant.Visit} {
		kind.Options = append(kind.Options, ui.Pick{Value: string(k), Label: p.say("desk.check." + string(k)), Checked: typed != nil && typed.Get("kind") == string(k)})
	}
	next.Forms = append(next.Forms, step(formCheck, []ui.FormPart{
		{Choice: kind},
		field(typed, formCheck, "number", p.say("desk.check_number"), func(x *ui.Field) {
			x.Type, x.Optional, x.Short = "tel", true, true
			if len(l.Phones) > 0 && x.Value == "" {
				x.Hint = p.say("desk.check_known", "Number", l.Phones[0].Display())
			}
		}),
		field(typed, formCheck, "note", p.say("desk.check_note"), func(x *ui.Field) { x.Type, x.Rows, x.Optional, x.Max = "textarea", 2, true, 500 }),
	}, ui.Button{Label: p.say("desk.check_save"), Kind: "alt", Name: "do", Value: "check"}))
	v.add(next)

	decide := section{Title: p.say("desk.decide")}
	why := func(id, name string) ui.FormPart {
		return field(only(f, id), id, name, p.say("desk.reason"), func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Hint = "textarea", 2, 500, p.say("desk.claim_reason_hint")
		})
	}
	back := ui.Button{Label: p.say("desk.return"), Kind: "alt", Name: "do", Value: "return"}
	switch {
	case x.From == "":
		decide.Forms = append(decide.Forms, step(formDecide, []ui.FormPart{why(formDecide, "reason")}, ui.Button{Label: p.say("desk.claim_approve"), Name: "do", Value: "approve"}, back))
	case x.State == merchant.ClaimDisputed:
		decide.Text = p.say("desk.two_people")
		decide.Forms = append(
			decide.Forms,
			step(formPropose, []ui.FormPart{why(formPropose, "why")}, ui.Button{Label: p.say("desk.propose_yes"), Name: "do", Value: "propose_yes"}, ui.Button{Label: p.say("desk.propose_no"), Kind: "alt", Name: "do", Value: "propose_no"}),
			step(formDecide, []ui.FormPart{why(formDecide, "reason")}, back),
		)
	case x.State == merchant.ClaimProposed && x.Proposal != nil:
		verdict := "no"
		if x.Proposal.Approve {
			verdict = "yes"
		}
		decide.Facts = fact(fact(fact(nil, p.say("desk.proposed"), p.say("desk.proposed_"+verdict)), p.say("desk.proposed_why"), x.Proposal.Why), p.say("desk.proposed_by"), s.personName(c, x.Proposal.By))
		second := step(formSecond, nil, ui.Button{Label: p.say("desk.agree")})
		second.Action = at(c, path+"/agree")
		decide.Forms = append(decide.Forms, second)
		if x.Proposal.By == by.AccountID {
			decide.Callouts = []ui.Callout{{Kind: "warn", Icon: "info", Lead: p.say("error.claim.same_person")}}
		}
		decide.Forms = append(decide.Forms, step(formDecide, []ui.FormPart{why(formDecide, "reason")}, ui.Button{Label: p.say("desk.differ"), Kind: "alt", Name: "do", Value: "differ"}, back))
	default:
		decide.Forms = append(decide.Forms, step(formDecide, []ui.FormPart{why(formDecide, "reason")}, back))
	}
	v.add(decide)
}

// claimCaseSent: POST /desk/claims/:id (rev, form, do).
func (s *Site) claimCaseSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, m := c.UserContext(), Of(c).Actor, c.Params("id"), s.services.Merchants
	done, to := "", "/desk"
	switch f.Get("do") {
	case "check":
		done, to = "checked", "/desk/claims/"+id
		_, err = m.Check(ctx, by, id, rev, merchant.CheckForm{Kind: merchant.CheckKind(f.Get("kind")), Number: f.Get("number"), Note: f.Get("note")})
	case "approve":
		done = "approved"
		_, err = m.Approve(ctx, by, id, rev)
	case "return":
		done = "returned"
		_, err = m.Return(ctx, by, id, rev, f.Get("reason"))
	case "propose_yes", "propose_no":
		done, to = "proposed", "/desk/claims/"+id
		_, err = m.Propose(ctx, by, id, rev, f.Get("do") == "propose_yes", f.Get("why"))
	case "differ":
		done, to = "differed", "/desk/claims/"+id
		_, err = m.Differ(ctx, by, id, rev)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, to+"?done="+done)
	}
	return s.claimRefused(c, f, rev, err)
}

// claimAgreed: POST /desk/claims/:id/agree (rev): the second of two people, freshly checked.
func (s *Site) claimAgreed(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	if _, err = s.services.Merchants.Agree(c.UserContext(), Of(c).Actor, c.Params("id"), rev); err == nil {
		return decided(c, "approved")
	}
	return s.claimRefused(c, f, rev, err)
}

// toClaimCase: GET /desk/claims/:id/agree: who changes the language of an answer to the form lands on the claim.
func (s *Site) toClaimCase(c *fiber.Ctx) error { return see(c, "/desk/claims/"+c.Params("id")) }

// claimRefused shows the claim again, as it is now, with what stands against the step.
func (s *Site) claimRefused(c *fiber.Ctx, f *form, rev int64, err error) error {
	if fault.Is(err, fault.NotFound) {
		return err
	}
	p := s.speaker(c)
	x, openErr := s.services.Merchants.Claim(c.UserContext(), Of(c).Actor, c.Params("id"))
	if openErr != nil {
		return openErr
	}
	v, forms, openErr := s.claimCase(c, p, x, f)
	if openErr != nil {
		return openErr
	}
	bad := forms[f.Get("form")]
	if x.Rev != rev || bad == nil {
		v.warn(p.say("desk.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, bad, err)
}

// evidence: GET /desk/claims/:id/evidence/:n: a picture of a claim, for who decides and nobody else. That somebody looked is on
// record before anything is shown.
func (s *Site) evidence(c *fiber.Ctx) error {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	x, err := s.services.Merchants.Claim(ctx, by, id)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil || n < 1 || n > len(x.Evidence) {
		return fault.New(fault.NotFound, "error.not_found", err)
	}
	key := x.Evidence[n-1].Key
	if err := s.services.Merchants.EvidenceOf(ctx, by, id, key); err != nil {
		return err
	}
	if err := s.services.Trail.Event(ctx, by, audit.Event{Action: access.ClaimDecide, Object: audit.Ref{Kind: merchant.KindClaim, ID: id}, Title: strings.Join([]string{"evidence", c.Params("n")}, " "), Result: "ok"}); err != nil {
		return err
	}
	return s.sendSealed(c, key)
}
