package web

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/care"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// careItem: GET /desk/care/:id.
func (s *Site) careItem(c *fiber.Ctx) error { return s.shown(c, s.careItemCase) }

func (s *Site) careItemCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	x, err := s.services.Care.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return nil, err
	}
	here := at(c, "/desk/care/"+x.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("care.title"), Href: at(c, "/desk/care")}, Title: p.say("care.kind." + string(x.Kind)), Lead: x.Spot.Place}
	if w := saidHere(c, "noted", "saved", "photo", "removed"); w != "" {
		v.ok(p.say("care.done." + w))
	}
	v.add(section{Facts: careFacts(p, &x)})
	duty, err := s.dutySection(c, p, access.Thing{Kind: "care", ID: x.ID, ListingID: x.Spot.ListingID, PlazaID: x.Spot.PlazaID}, x.Spot.StreetID)
	if err != nil {
		return nil, err
	}
	if duty != nil {
		v.add(*duty)
	}
	v.add(s.careSteps(c, p, &x))
	for _, after := range []bool{false, true} {
		v.add(s.carePhotos(c, p, f, &x, here, after))
	}
	s.careActs(c, p, f, &x, here, v)
	return v, nil
}

// careFacts are what was noted, as the shop reads it too.
func careFacts(p *speaker, x *care.Item) []ui.Fact {
	out := fact(nil, p.say("care.how_far"), p.say("care.state."+string(x.State)))
	return append(out, ui.Fact{Term: p.say("care.text"), Values: []ui.Value{{Text: x.Text, Lang: lang.Hans}}})
}

// careSteps are what was done about an item, by whom and when; without accounts they say which side it was.
func (s *Site) careSteps(c *fiber.Ctx, p *speaker, x *care.Item) section {
	out := section{ID: "steps", Title: p.say("care.steps"), Records: &ui.Records{}}
	for _, st := range x.Steps {
		who := p.say("care.by_district")
		if st.Shop {
			who = p.say("care.by_shop")
		}
		when := stamp(p, st.At)
		if st.AccountID != "" {
			when = s.whoWhen(c, p, st.AccountID, st.At)
		}
		r := ui.Record{Title: p.say("care.step." + string(st.State)), Lines: []string{who, when}}
		if st.Text != "" {
			r.Lines = append(r.Lines, st.Text)
		}
		out.Records.Items = append(out.Records.Items, r)
	}
	return out
}

// whoWhen says which account did something, and when.
func (s *Site) whoWhen(c *fiber.Ctx, p *speaker, accountID string, when time.Time) string {
	return p.say("care.who_when", "Name", cmp.Or(s.personName(c, accountID), p.say("care.former")), "When", stamp(p, when))
}

// carePhotos are the pictures of before or of after; while something is to be done one can be added.
func (s *Site) carePhotos(c *fiber.Ctx, p *speaker, f *form, x *care.Item, here string, after bool) section {
	id := map[bool]string{false: "before", true: "after"}[after]
	out := section{ID: id, Title: p.say("care." + id), Records: &ui.Records{Action: here + "/photos", CSRF: s.token(Of(c)), Empty: p.say("care.no_photo")}}
	for i := range x.Photos {
		photo := &x.Photos[i]
		if photo.After != after {
			continue
		}
		n := strconv.Itoa(i + 1)
		title := p.say("care.photo_n", "N", i+1)
		out.Pictures = append(out.Pictures, proof{Href: here + "/photos/" + n, Alt: title})
		r := ui.Record{Title: title, Lines: []string{s.whoWhen(c, p, photo.By, photo.AddedAt), p.say("consents.version", "Version", photo.Words)}}
		if x.State != care.Verified {
			r.Buttons = []ui.Button{{Label: p.say("care.photo_remove"), Kind: "alt s", Name: "remove", Value: strconv.FormatInt(x.Rev, 10) + " " + photo.Key}}
		}
		out.Records.Items = append(out.Records.Items, r)
	}
	if !x.Open() || len(x.Of(after)) >= care.MaxPhotos || after && x.State == care.Noted {
		return out
	}
	form := s.act(c, "photo-"+id, here+"/photos", x.Rev, p.say("care.photo_send"), carePhotoParts(p, only(f, "photo-"+id), "photo-"+id, p.say("care.photo"), false)...)
	form.Hidden, form.Files = append(form.Hidden, ui.Hidden{Name: "when", Value: id}), true
	form.Bar.Buttons[0].Of, form.Bar.Buttons[0].Kind = out.Title, "alt"
	out.Forms = []*ui.Form{form}
	return out
}

// careActs are what can be done next, each with a word about it.
func (s *Site) careActs(c *fiber.Ctx, p *speaker, f *form, x *care.Item, here string, v *casePage) {
	for _, act := range []care.Act{care.Inform, care.Improve, care.Verify, care.Again, care.Withdraw} {
		if _, can := x.State.After(act); !can {
			continue
		}
		id := string(act)
		form := s.act(c, id, here, x.Rev, p.say("care.send."+id), filled(only(f, id), id, "why", p.say("care.why."+id), "", func(y *ui.Field) {
			y.Max, y.Lang, y.Optional = care.MaxText, lang.Hans, act != care.Again && act != care.Withdraw
		}))
		if act == care.Again || act == care.Withdraw {
			form.Bar.Buttons[0].Kind = "alt"
		}
		v.add(section{ID: "do-" + id, Title: p.say("care.act." + id), Text: p.say("care.act_text." + id), Forms: []*ui.Form{form}})
	}
}

// careSent: POST /desk/care/:id (form: an act; why).
func (s *Site) careSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	if _, err = s.services.Care.Do(c.UserContext(), Of(c).Actor, id, rev, care.Act(f.Get("form")), f.Get("why")); err == nil {
		return see(c, "/desk/care/"+id+"?done=saved")
	}
	return s.refused(c, f, err, s.careItemCase)
}

// carePhotoSent: POST /desk/care/:id/photos (rev, when, photo, faceless; or remove: a revision and a key).
func (s *Site) carePhotoSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, back := c.UserContext(), Of(c).Actor, c.Params("id"), "/desk/care/"+c.Params("id")
	if _, err := s.services.Care.Get(ctx, by, id); err != nil {
		return err
	}
	if f.Get("remove") != "" {
		rev, key := cutRev(f.Get("remove"))
		if _, err = s.services.Care.DropPhoto(ctx, by, id, rev, key); err == nil {
			err = s.services.Photos.DeleteEvidence(ctx, key)
		}
		if err == nil {
			return see(c, back+"?done=removed#before")
		}
		return s.refused(c, f, err, s.careItemCase)
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	photo, err := s.carePicture(c, f)
	if err == nil && photo == nil {
		err = fault.Wrong("photo", "activity.wrong.photo", nil)
	}
	if err == nil {
		_, err = s.services.Care.AddPhoto(ctx, by, id, rev, *photo, f.Get("when") == "after", f.Has("faceless"))
	}
	if err == nil {
		return see(c, back+"?done=photo#"+map[bool]string{false: "before", true: "after"}[f.Get("when") == "after"])
	}
	return s.refused(c, f, err, s.careItemCase)
}

// cutRev reads a revision and a key from the value of a button.
func cutRev(value string) (int64, string) {
	rev, key, _ := strings.Cut(value, " ")
	n, err := strconv.ParseInt(rev, 10, 64)
	if err != nil {
		return 0, key
	}
	return n, key
}

// carePhoto: GET /desk/care/:id/photos/:n.
func (s *Site) carePhoto(c *fiber.Ctx) error {
	x, err := s.services.Care.Get(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	return s.sendCarePhoto(c, &x)
}

func (s *Site) sendCarePhoto(c *fiber.Ctx, x *care.Item) error {
	n, err := strconv.Atoi(c.Params("n"))
	if err != nil || n < 1 || n > len(x.Photos) {
		return notThere()
	}
	return s.sendSealed(c, x.Photos[n-1].Key)
}
