package web

import (
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/assembly"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
)

// proofBody is how many bytes one picture may have.
const proofBody = 9 << 20

// actionsPage: GET /liaison/actions (state, after).
func (s *Site) actionsPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	state := assembly.Todo
	v := casePage{Title: p.say("assembly.actions"), Lead: p.say("assembly.actions_lead")}
	for _, x := range assembly.Progresses {
		if c.Query("state") == string(x) {
			state = x
		}
	}
	for _, x := range assembly.Progresses {
		v.Chips = append(v.Chips, ui.Chip{Label: p.say("assembly.progress." + string(x)), Href: at(c, "/liaison/actions") + "?state=" + string(x), On: x == state})
	}
	page, err := s.services.Assembly.Actions(c.UserContext(), Of(c).Actor, state, c.Query("after"), onLiaison)
	if err != nil {
		return err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return err
	}
	list := ui.Records{Empty: p.say("assembly.no_action")}
	for i := range page.Items {
		list.Items = append(list.Items, actionRecord(c, p, "/liaison/actions/", &page.Items[i], names))
	}
	x := section{Title: p.say("assembly.progress." + string(state)), Records: &list}
	if page.Next != "" {
		x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/liaison/actions") + "?state=" + string(state) + "&after=" + escaped(page.Next)}}
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

// actionPage: GET /liaison/actions/:id.
func (s *Site) actionPage(c *fiber.Ctx) error { return s.shown(c, s.actionCase) }

func (s *Site) actionCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	a, err := s.services.Assembly.Action(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	here := at(c, "/liaison/actions/"+a.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.actions"), Href: at(c, "/liaison/actions")}, Title: a.Text}
	if w := saidHere(c, "saved"); w != "" {
		v.ok(p.say("assembly.done." + w))
	}
	facts := actionFacts(p, &a)
	facts = fact(facts, p.say("assembly.who"), p.name(names[a.OrganisationID]))
	v.add(section{Facts: facts, Links: []ui.Link{{Label: p.say("assembly.to_meeting"), Href: at(c, "/liaison/meetings/"+a.MeetingID)}}})
	v.add(proofs(p, &a, here))
	if !Of(c).Actor.Is("liaison") {
		return v, nil
	}
	if a.State == assembly.Done {
		v.add(section{Title: p.say("assembly.look"), Forms: []*ui.Form{s.act(c, "check", here, a.Rev, p.say("assembly.check_send"))}})
	}
	if a.State != assembly.Todo {
		x := s.act(c, "reopen", here, a.Rev, p.say("assembly.reopen_send"), field(only(f, "reopen"), "reopen", "reason", p.say("assembly.reason"), func(y *ui.Field) { y.Max = assembly.MaxReason }))
		x.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("assembly.reopen"), Forms: []*ui.Form{x}})
	}
	if a.State == assembly.Todo || a.State == assembly.Done {
		v.add(section{Title: p.say("assembly.prove"), Forms: []*ui.Form{s.proofForm(c, p, only(f, "prove"), here)}})
		x := s.act(c, "drop", here, a.Rev, p.say("assembly.drop_send"), field(only(f, "drop"), "drop", "reason", p.say("assembly.reason"), func(y *ui.Field) { y.Max = assembly.MaxReason }))
		x.Bar.Buttons[0].Kind = "alt"
		v.add(section{Title: p.say("assembly.drop"), Forms: []*ui.Form{x}})
	}
	return v, nil
}

func actionFacts(p *speaker, a *assembly.Action) []ui.Fact {
	state, _ := actionState(p, a)
	facts := fact(nil, p.say("assembly.state_label"), state)
	facts = fact(facts, p.say("assembly.until"), onDay(p, a.Due))
	why := "assembly.why_open"
	if a.State == assembly.Withdrawn {
		why = "assembly.why_dropped"
	}
	return fact(facts, p.say(why), a.Reason)
}

// proofs is what shows that an action item is done.
func proofs(p *speaker, a *assembly.Action, here string) section {
	x := section{Title: p.say("assembly.evidence")}
	list := ui.Records{Empty: p.say("assembly.no_evidence")}
	for i, e := range a.Evidence {
		list.Items = append(list.Items, ui.Record{Title: e.Text, Lang: lang.Hans, Lines: []string{stamp(p, e.At)}})
		if e.Photo != nil {
			x.Pictures = append(x.Pictures, proof{Href: here + "/evidence/" + revision(int64(i+1)), Alt: p.say("assembly.picture_n", "N", i+1)})
		}
	}
	x.Records = &list
	return x
}

func (s *Site) proofForm(c *fiber.Ctx, p *speaker, f *form, here string) *ui.Form {
	x := s.act(c, "prove", here, 0, p.say("assembly.prove_send"),
		field(f, "prove", "text", p.say("assembly.prove_text"), func(y *ui.Field) { y.Type, y.Max = "textarea", assembly.MaxText }),
		field(f, "prove", "photo", p.say("assembly.prove_photo"), func(y *ui.Field) {
			y.Type, y.Accept, y.Optional, y.Hint = "file", "image/jpeg,image/png,image/webp", true, p.say("assembly.prove_hint")
		}))
	x.Files = true
	return x
}

// typedProof stores the picture that was sent, if any.
func (s *Site) typedProof(c *fiber.Ctx, f *form) (assembly.Evidence, error) {
	e := assembly.Evidence{Text: f.Get("text")}
	if len(f.files["photo"]) == 0 || lang.Clean(e.Text) == "" { // without a text nothing is kept
		return e, nil
	}
	photo, err := s.typedPicture(c, f)
	e.Photo = photo
	return e, err
}

// typedPicture seals the picture that was sent; nil where there is none.
func (s *Site) typedPicture(c *fiber.Ctx, f *form) (*media.Evidence, error) {
	if len(f.files["photo"]) == 0 {
		return nil, nil
	}
	photo, err := s.services.Photos.AddEvidence(c.UserContext(), asUpload(f.files["photo"][0]), Of(c).Actor.AccountID)
	if why, _ := refusal(s.speaker(c), err); err != nil && why != "" {
		return nil, fault.Wrong("photo", "assembly.wrong.photo", map[string]any{"Why": why})
	}
	if err != nil {
		return nil, err
	}
	return &photo, nil
}

// actionSent: POST /liaison/actions/:id (form: check, reopen, prove).
func (s *Site) actionSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	if _, err := s.services.Assembly.Action(ctx, by, id); err != nil {
		return err
	}
	rev := int64(0)
	if f.Get("form") != "prove" {
		if rev, err = f.rev(); err != nil {
			return err
		}
	}
	switch f.Get("form") {
	case "check":
		_, err = s.services.Assembly.Close(ctx, by, id, rev)
	case "reopen":
		_, err = s.services.Assembly.Reopen(ctx, by, id, rev, f.Get("reason"))
	case "drop":
		_, err = s.services.Assembly.WithdrawAction(ctx, by, id, rev, f.Get("reason"))
	case "prove":
		var e assembly.Evidence
		if e, err = s.typedProof(c, f); err == nil {
			_, err = s.services.Assembly.Prove(ctx, by, "", id, e)
		}
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/liaison/actions/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.actionCase)
}

// actionProof: GET /liaison/actions/:id/evidence/:n, a picture.
func (s *Site) actionProof(c *fiber.Ctx) error {
	a, err := s.services.Assembly.Action(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	return s.sendProof(c, &a)
}

// sendProof answers with a picture for one person's eyes.
func (s *Site) sendProof(c *fiber.Ctx, a *assembly.Action) error {
	n := whole(c.Params("n"))
	if n < 1 || n > len(a.Evidence) || a.Evidence[n-1].Photo == nil {
		return notThere()
	}
	return s.sendSealed(c, a.Evidence[n-1].Photo.Key)
}

// sendSealed answers with a sealed picture; its caller has asked who may see it.
func (s *Site) sendSealed(c *fiber.Ctx, key string) error {
	body, err := s.services.Photos.OpenEvidence(c.UserContext(), key)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="evidence.jpg"`)
	c.Set(fiber.HeaderContentSecurityPolicy, picturePolicy)
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(body)
}
