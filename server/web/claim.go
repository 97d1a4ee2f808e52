package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/creditcode"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/merchant"
)

const (
	// evidenceFiles is how many pictures a claim comes with, evidenceBody how many bytes they may have together.
	evidenceFiles = 3
	evidenceBody  = 25 << 20
)

// claimRoutes lead to a shop of one's own: by a claim, a letter, an invitation or a transfer. Those four are open to who has no account
// yet, who makes one at the same address; the services let in only who is signed in.
func (s *Site) claimRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/shops/:slug/claim", Handle: s.claimPage, Kind: Private, Needs: access.AccountOpen, Probe: "/shops/none/claim"},
		{Method: post, Path: "/shops/:slug/claim", Handle: s.claimSent, Kind: Private, Rate: Write, Body: evidenceBody, Needs: access.AccountOpen, Probe: "/shops/none/claim"},
		{Method: get, Path: "/my/claims", Handle: s.claimsPage, Kind: Private, Needs: access.ClaimOwn, Thing: ownAccount},
		{Method: get, Path: "/my/claims/:id", Handle: s.ownClaimPage, Kind: Private, Needs: access.ClaimOwn, Thing: s.ownClaim, Probe: "/my/claims/none"},
		{Method: post, Path: "/my/claims/:id", Handle: s.ownClaimSent, Kind: Private, Rate: Write, Body: evidenceBody, Needs: access.ClaimOwn, Thing: s.ownClaim, Probe: "/my/claims/none"},
		{Method: get, Path: "/letter", Handle: s.redeemPage, Kind: Private, Needs: access.AccountOpen},
		{Method: post, Path: "/letter", Handle: s.redeemSent, Kind: Private, Rate: Write, Needs: access.AccountOpen},
		{Method: get, Path: "/join/:token", Handle: s.joinPage, Kind: Private, Needs: access.AccountOpen, Probe: "/join/none"},
		{Method: post, Path: "/join/:token", Handle: s.joinSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Probe: "/join/none"},
		{Method: get, Path: "/transfer/:token", Handle: s.transferPage, Kind: Private, Needs: access.AccountOpen, Probe: "/transfer/none"},
		{Method: post, Path: "/transfer/:token", Handle: s.transferSent, Kind: Private, Rate: Write, Needs: access.AccountOpen, Probe: "/transfer/none"},
	}
}

// claimPage: GET /shops/:slug/claim. Who is not signed in does that first, or makes an account on the way.
func (s *Site) claimPage(c *fiber.Ctx) error {
	l, err := s.publicShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if !Of(c).Actor.Known() {
		path := "/shops/" + l.Slug + "/claim"
		return s.showForm(c, p, s.registration(c, p, s.claimHead(c, p, l), path, at(c, path), nil, false), nil)
	}
	v, err := s.claimForm(c, p, l, nil)
	if err != nil {
		return err
	}
	return s.showForm(c, p, v, nil)
}

// claimHead is what both steps of a claim begin with.
func (s *Site) claimHead(c *fiber.Ctx, p *speaker, l *listing.Listing) formPage {
	name := p.name(l.Name.Text)
	return formPage{Up: &ui.Link{Label: name, Href: at(c, "/shops/"+l.Slug)}, Title: p.say("claim.title", "Shop", name), Lead: p.say("claim.lead")}
}

// claimForm asks who runs the shop, and for pictures that prove it.
func (s *Site) claimForm(c *fiber.Ctx, p *speaker, l *listing.Listing, f *form) (formPage, error) {
	v := s.claimHead(c, p, l)
	if f != nil && len(f.files["evidence"]) > 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("kept_again.files")})
	}
	parts, err := s.draftParts(c, p, f, nil)
	if err != nil {
		return v, err
	}
	v.Form = &ui.Form{
		Action: at(c, "/shops/"+l.Slug+"/claim"), CSRF: s.token(Of(c)), Files: true, Parts: append(parts, s.evidenceParts(p, f)...),
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("claim.send")}, {Label: p.say("claim.check"), Kind: "alt", Name: "do", Value: "check"}}},
	}
	return v, nil
}

// draftParts are the fields about a merchant: one of the reader's own, or a new one. was is what they say before anything is typed.
func (s *Site) draftParts(c *fiber.Ctx, p *speaker, f *form, was *merchant.Draft) ([]ui.FormPart, error) {
	parts := []ui.FormPart{{Heading: p.say("merchant.who")}}
	mine, err := s.ownMerchants(c)
	if err != nil {
		return nil, err
	}
	if len(mine) > 0 {
		own := &ui.Choice{ID: "merchant_id", Name: "merchant_id", Legend: p.say("merchant.whose"), Options: []ui.Pick{}}
		for _, m := range mine {
			own.Options = append(own.Options, ui.Pick{Value: m.ID, Label: p.name(m.Name), Checked: f != nil && f.Get("merchant_id") == m.ID})
		}
		own.Options = append(own.Options, ui.Pick{Value: "", Label: p.say("merchant.new"), Hint: p.say("merchant.new_hint"), Checked: f == nil || f.Get("merchant_id") == ""})
		parts = append(parts, ui.FormPart{Choice: own})
	}
	return append(parts, s.merchantParts(c, p, f, was)...), nil
}

// ownMerchants are the merchants the reader owns.
func (s *Site) ownMerchants(c *fiber.Ctx) ([]merchant.Merchant, error) {
	by := Of(c).Actor
	all, err := s.services.Merchants.Mine(c.UserContext(), by)
	if err != nil {
		return nil, err
	}
	out := []merchant.Merchant{}
	for i := range all {
		if by.RoleIn(all[i].Thing()) == access.Owner {
			out = append(out, all[i])
		}
	}
	return out, nil
}

// merchantParts are the fields of a merchant's own data.
func (s *Site) merchantParts(c *fiber.Ctx, p *speaker, f *form, was *merchant.Draft) []ui.FormPart {
	text := func(name, label string, value string, more func(*ui.Field)) ui.FormPart {
		x := input(f, name, label, more)
		if f == nil {
			x.Field.Value = value
		}
		return x
	}
	d := merchant.Draft{}
	if was != nil {
		d = *was
	}
	kinds := &ui.Choice{ID: "kind", Name: "kind", Legend: p.say("merchant.kind"), Columns: true}
	chosen := string(d.Kind)
	if f != nil {
		chosen = f.Get("kind")
	}
	for _, k := range merchant.Kinds {
		if k == merchant.Plaza && d.Kind != merchant.Plaza {
			continue // the operator of a plaza is entered by the district
		}
		kinds.Options = append(kinds.Options, ui.Pick{Value: string(k), Label: p.say("merchant.kinds." + string(k)), Checked: chosen == string(k)})
	}
	return []ui.FormPart{
		text("name", p.say("merchant.name"), d.Name.Hans, func(x *ui.Field) {
			x.Hint, x.Lang, x.Autocomplete = p.say("merchant.name_hint"), lang.Hans, "organization"
		}),
		{Choice: kinds},
		text("credit_code", p.say("merchant.credit_code"), d.CreditCode, func(x *ui.Field) {
			x.Optional, x.Hint, x.Said = true, p.say("merchant.credit_code_hint"), codeWords(p)
			if f != nil && strings.TrimSpace(x.Value) != "" {
				x.Hint = s.codeNote(c, p, x.Value, merchant.Kind(f.Get("kind")))
			}
		}),
		text("registered_name", p.say("merchant.registered_name"), d.RegisteredName, func(x *ui.Field) { x.Optional, x.Lang = true, lang.Hans }),
		text("person", p.say("merchant.person"), d.Person, func(x *ui.Field) { x.Optional, x.Autocomplete, x.Hint = true, "name", p.say("merchant.person_hint") }),
		text("phone", p.say("merchant.phone"), d.Phone, func(x *ui.Field) { x.Type, x.Optional, x.Autocomplete = "tel", true, "tel" }),
		text("email", p.say("merchant.email"), d.Email, func(x *ui.Field) { x.Type, x.Optional, x.Autocomplete = "email", true, "email" }),
	}
}

// codeWords are what the script beside a credit code can say while it is typed.
func codeWords(p *speaker) *ui.CodeWords {
	w := &ui.CodeWords{
		Length: p.say("error.credit_code.length", "Max", creditcode.Length), Letter: p.say("error.credit_code.letter", "Place", "{n}", "Value", "{c}"), Check: p.say("error.credit_code.check"),
		Kinds: map[string]string{},
	}
	for _, k := range creditcode.Kinds {
		w.Kinds[string(k)] = codeKindWords(p, k)
	}
	return w
}

// codeKindWords say that a code is right, and of which kind.
func codeKindWords(p *speaker, k creditcode.Kind) string {
	if k == creditcode.Other {
		return p.say("merchant.code_sound")
	}
	return p.say("merchant.code_kind", "Kind", p.say("merchant.code."+string(k)))
}

// codeNote says of which kind a credit code is, and what is worth a second look; nothing of one that cannot be read, whose mistake
// stands at the field.
func (s *Site) codeNote(c *fiber.Ctx, p *speaker, typed string, kind merchant.Kind) string {
	note, err := s.services.Merchants.CheckCode(c.UserContext(), Of(c).Actor, typed, kind)
	if err != nil || note.Code == "" {
		return p.say("merchant.credit_code_hint")
	}
	text := codeKindWords(p, note.Kind)
	if note.OtherKind || note.Odd {
		text += p.say("merchant.code_look")
	}
	if note.MerchantID != "" { // only who may read that merchant is told: to strangers it is nobody's business who is here
		text += p.say("merchant.code_here")
	}
	return text
}

// evidenceParts ask for pictures and for what there is to say.
func (s *Site) evidenceParts(p *speaker, f *form) []ui.FormPart {
	kinds := &ui.Choice{ID: "evidence_kind", Name: "evidence_kind", Legend: p.say("claim.evidence_kind"), Columns: true}
	for i, k := range merchant.EvidenceKinds {
		kinds.Options = append(kinds.Options, ui.Pick{Value: k, Label: p.say("claim.evidence." + k), Checked: f == nil && i == 0 || f != nil && f.Get("evidence_kind") == k})
	}
	return []ui.FormPart{
		{Heading: p.say("claim.proof")},
		input(nil, "evidence", p.say("claim.pictures"), func(x *ui.Field) {
			x.Type, x.Accept, x.Multiple, x.Hint = "file", "image/jpeg,image/png,image/webp", true, p.say("claim.pictures_hint", "N", evidenceFiles, "Days", s.settings().EvidenceDays)
		}),
		{Choice: kinds},
		input(f, "note", p.say("claim.note"), func(x *ui.Field) {
			x.Type, x.Rows, x.Max, x.Optional, x.Hint = "textarea", 3, 500, true, p.say("claim.note_hint")
		}),
	}
}

// readDraft reads the fields of merchantParts.
func readDraft(f *form) merchant.Draft {
	return merchant.Draft{
		Kind: merchant.Kind(f.Get("kind")), Name: lang.Text{Hans: f.Get("name")}, CreditCode: f.Get("credit_code"),
		Private: merchant.Private{RegisteredName: f.Get("registered_name"), Person: f.Get("person"), Phone: f.Get("phone"), Email: f.Get("email")},
	}
}

// readClaim reads a claim, without its pictures.
func readClaim(f *form, listingID string) merchant.ClaimForm {
	return merchant.ClaimForm{ListingID: listingID, MerchantID: f.Get("merchant_id"), Draft: readDraft(f), Note: f.Get("note")}
}

// takeEvidence seals the pictures of a form. What it has stored is deleted again by drop, when the claim is not taken.
func (s *Site) takeEvidence(c *fiber.Ctx, f *form) (list []merchant.Evidence, err error) {
	files := f.files["evidence"]
	if len(files) > evidenceFiles {
		return nil, fault.Wrong("evidence", "error.list.long", map[string]any{"Max": evidenceFiles})
	}
	for _, x := range files {
		e, err := s.services.Photos.AddEvidence(c.UserContext(), asUpload(x), Of(c).Actor.AccountID)
		if err != nil {
			s.dropEvidence(c, list)
			return nil, asEvidence(err)
		}
		list = append(list, merchant.Evidence{Key: e.Key, Kind: f.Get("evidence_kind")})
	}
	return list, nil
}

// asEvidence names the field of the form where a picture cannot be taken.
func asEvidence(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	moved := &fault.Error{Kind: f.Kind, Key: f.Key, Err: f}
	for _, x := range f.Fields {
		x.Name = "evidence"
		moved.Fields = append(moved.Fields, x)
	}
	return moved
}

// dropEvidence deletes pictures that belong to no claim. One that stays is found by the sweep.
func (s *Site) dropEvidence(c *fiber.Ctx, list []merchant.Evidence) {
	for _, e := range list {
		_ = s.services.Photos.DeleteEvidence(c.UserContext(), e.Key)
	}
}

// claimWait counts a claim of a client and of an account, and returns how long either has to wait.
func (s *Site) claimWait(r *Request) time.Duration {
	if wait := s.limits.take(r.Client, Claims, r.start); wait > 0 {
		return wait
	}
	wait := s.limits.takeBy(r.Account.ID, Claims, r.start)
	if wait > 0 {
		s.limits.back(limitKey{who: r.Client, rate: Claims})
	}
	return wait
}

// claimBack forgets a claim that was not taken.
func (s *Site) claimBack(r *Request) {
	s.limits.back(limitKey{who: r.Client, rate: Claims}, limitKey{account: r.Account.ID, rate: Claims})
}

// claimSent: POST /shops/:slug/claim: a claim, or the way to an account.
func (s *Site) claimSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	l, err := s.publicShop(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if !Of(c).Actor.Known() {
		path := "/shops/" + l.Slug + "/claim"
		return s.registerSent(c, f, access.ClaimSend, s.claimHead(c, p, l), path, at(c, path), l.Name.Hans)
	}
	again := func(err error) error {
		v, formErr := s.claimForm(c, p, l, f)
		if formErr != nil {
			return formErr
		}
		return s.showForm(c, p, v, err)
	}
	if f.Get("do") == "check" {
		_, err := s.services.Merchants.CheckCode(c.UserContext(), Of(c).Actor, f.Get("credit_code"), merchant.Kind(f.Get("kind")))
		return again(err)
	}
	if wait := s.claimWait(Of(c)); wait > 0 {
		return again(tooManyOf("error.claim.many_sent", wait))
	}
	claim := readClaim(f, l.ID)
	if claim.Evidence, err = s.takeEvidence(c, f); err != nil {
		s.claimBack(Of(c))
		return again(err)
	}
	x, err := s.services.Merchants.SendClaim(c.UserContext(), Of(c).Actor, claim)
	if err != nil {
		s.dropEvidence(c, claim.Evidence)
		s.claimBack(Of(c))
		return again(err)
	}
	return see(c, "/my/claims/"+x.ID+"?done=sent")
}
