package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/care"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// ownCare: GET /my/shops/:id/care: what the district noted of a shop and told its owner.
func (s *Site) ownCare(c *fiber.Ctx) error {
	l, err := s.ownShop(c)
	if err != nil {
		return err
	}
	list, err := s.services.Care.OfShop(c.UserContext(), Of(c).Actor, l.ID)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.say("my.up"), Href: shopHref(c, &l, "")}, Title: p.say("care.my_title"), Lead: p.say("care.my_lead")}
	records := ui.Records{Empty: p.say("care.my_none")}
	for i := range list {
		r := careRecord(p, shopHref(c, &l, "care/"+list[i].ID), &list[i])
		r.Title, r.Lang = p.say("care.kind."+string(list[i].Kind)), ""
		r.Lines = []string{dayOf(p, list[i].CreatedAt)}
		if list[i].State == care.Informed {
			r.Tag, r.State = p.say("care.my_todo"), ui.TaskTodo
		}
		records.Items = append(records.Items, r)
	}
	v.add(section{Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// careTold adds to the notes of a shop that something is to be put right; nothing for who does not answer for it.
func (s *Site) careTold(c *fiber.Ctx, p *speaker, notes []ui.Callout, l *listing.Listing) ([]ui.Callout, error) {
	by := Of(c).Actor
	if s.services.Care == nil || !access.Can(by, access.CareAnswer, l.Thing()) {
		return notes, nil
	}
	list, err := s.services.Care.OfShop(c.UserContext(), by, l.ID)
	n := 0
	for i := range list {
		if list[i].State == care.Informed {
			n++
		}
	}
	if err != nil || n == 0 {
		return notes, err
	}
	return append(notes, ui.Callout{Icon: "info", Lead: p.count("care.told", n), Link: &ui.Link{Label: p.say("care.look"), Href: shopHref(c, l, "care")}}), nil
}

// ownCareItem: GET /my/shops/:id/care/:item.
func (s *Site) ownCareItem(c *fiber.Ctx) error { return s.shown(c, s.ownCareCase) }

func (s *Site) ownCareCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	l, err := s.ownShop(c)
	if err != nil {
		return nil, err
	}
	x, err := s.services.Care.OfShopOne(c.UserContext(), Of(c).Actor, l.ID, c.Params("item"))
	if err != nil {
		return nil, err
	}
	here := shopHref(c, &l, "care/"+x.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("care.my_title"), Href: shopHref(c, &l, "care")}, Title: p.say("care.kind." + string(x.Kind)), Lead: p.name(l.Name.Text)}
	if saidHere(c, "answered") != "" {
		v.ok(p.say("care.done.answered"))
	}
	v.add(section{Facts: careFacts(p, &x)})
	duty, err := s.dutySection(c, p, l.Thing(), l.Address.StreetID)
	if err != nil {
		return nil, err
	}
	if duty != nil {
		v.add(*duty)
	}
	for _, after := range []bool{false, true} {
		pictures := section{Title: p.say("care." + map[bool]string{false: "before", true: "after"}[after])}
		for i := range x.Photos {
			if x.Photos[i].After == after {
				pictures.Pictures = append(pictures.Pictures, proof{Href: here + "/photos/" + strconv.Itoa(i+1), Alt: p.say("care.photo_n", "N", i+1)})
			}
		}
		if len(pictures.Pictures) > 0 {
			v.add(pictures)
		}
	}
	v.add(s.careSteps(c, p, &x))
	if x.State == care.Informed {
		g := only(f, "better")
		parts := append([]ui.FormPart{filled(g, "better", "text", p.say("care.my_words"), "", func(y *ui.Field) { y.Max, y.Lang, y.Optional = care.MaxText, lang.Hans, true })},
			carePhotoParts(p, g, "better", p.say("care.photo"), true)...)
		form := s.act(c, "better", here, x.Rev, p.say("care.my_send"), parts...)
		form.Files = true
		v.add(section{ID: "answer", Title: p.say("care.my_answer"), Text: p.say("care.my_text"), Forms: []*ui.Form{form}})
	}
	return v, nil
}

// ownCareSent: POST /my/shops/:id/care/:item (rev, text, photo, faceless): it is better.
func (s *Site) ownCareSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	ctx, by, id, item := c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("item")
	if _, err := s.services.Care.OfShopOne(ctx, by, id, item); err != nil {
		return err
	}
	photo, err := s.carePicture(c, f)
	if err == nil {
		_, err = s.services.Care.Answer(ctx, by, id, item, rev, f.Get("text"), photo, f.Has("faceless"))
	}
	if err == nil {
		return see(c, "/my/shops/"+id+"/care/"+item+"?done=answered")
	}
	return s.refused(c, f, err, s.ownCareCase)
}

// ownCarePhoto: GET /my/shops/:id/care/:item/photos/:n.
func (s *Site) ownCarePhoto(c *fiber.Ctx) error {
	x, err := s.services.Care.OfShopOne(c.UserContext(), Of(c).Actor, c.Params("id"), c.Params("item"))
	if err != nil {
		return err
	}
	return s.sendCarePhoto(c, &x)
}
