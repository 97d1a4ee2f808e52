package web

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
)

// placed is a photo as an edit of "photos" has it.
type placed struct {
	Key     string    `json:"key"`
	Caption lang.Text `json:"caption"`
}

// photosArranged: POST /my/shops/:id/photos/order: captions, order, cover, deletion; or that the shop has read why a photo was hidden.
func (s *Site) photosArranged(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	if key, ok := strings.CutPrefix(f.Get("do"), "read:"); ok {
		if _, err := s.services.Listings.ForgetHidden(ctx, by, id, key); err != nil {
			return err
		}
		return see(c, "/my/shops/"+id+"/photos?done=read")
	}
	rev, err := f.rev()
	if err != nil {
		return err
	}
	l, err := s.services.Listings.Open(ctx, by, id)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if l.Rev != rev {
		return s.photosConflict(c, p, &l, f)
	}
	list, ok := arrange(captioned(&l, f), f.Get("do"))
	if !ok {
		return fiber.ErrBadRequest
	}
	if v := s.photosView(c, p, &l); v.wrong(p, list) {
		v.typed(f)
		c.Status(fiber.StatusUnprocessableEntity)
		return s.showPhotos(c, p, v)
	}
	patch := listing.Patch{}
	if err := patch.Put("photos", list); err != nil {
		return err
	}
	_, err = s.services.Listings.Edit(ctx, by, id, rev, patch)
	switch {
	case err == nil && strings.HasPrefix(f.Get("do"), "delete:"):
		return see(c, "/my/shops/"+id+"/photos?done=deleted")
	case err == nil:
		return see(c, "/my/shops/"+id+"/photos?done=saved")
	case fault.Is(err, fault.Conflict):
		if l, err = s.services.Listings.Open(ctx, by, id); err != nil {
			return err
		}
		return s.photosConflict(c, p, &l, f)
	}
	return err
}

// wrong says at each photo what of its caption cannot stay, and reports whether there is something.
func (v *photosPage) wrong(p *speaker, list []placed) bool {
	for i := range v.Grid.Items {
		item := &v.Grid.Items[i]
		for _, x := range list {
			if x.Key != item.ID {
				continue
			}
			for _, w := range (media.Photo{Caption: x.Caption}).Check("photos") {
				item.Error = p.problem(w)
				v.Arrange.Errors = append(v.Arrange.Errors, ui.FieldError{ID: "caption-" + item.ID, Text: item.Error})
			}
		}
	}
	return len(v.Arrange.Errors) > 0
}

// photosConflict shows the photos as somebody else has left them, with the captions typed here; where the two differ, both are seen.
func (s *Site) photosConflict(c *fiber.Ctx, p *speaker, l *listing.Listing, f *form) error {
	v := s.photosView(c, p, l)
	for i := range v.Grid.Items {
		item := &v.Grid.Items[i]
		mine, sent := f.Values["caption."+item.ID]
		if theirs := item.Photo.Caption; sent && lang.Clean(mine[0]) != theirs {
			item.Error = p.say("shop_photos.theirs", "Caption", theirs)
			v.Arrange.Errors = append(v.Arrange.Errors, ui.FieldError{ID: "caption-" + item.ID, Text: item.Error})
		}
	}
	v.typed(f)
	v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("shop_photos.changed"), Text: p.say("shop_photos.again")})
	c.Status(fiber.StatusConflict)
	return s.showPhotos(c, p, v)
}

// typed puts the captions as they were sent into the page.
func (v *photosPage) typed(f *form) {
	for i := range v.Grid.Items {
		item := &v.Grid.Items[i]
		if mine, sent := f.Values["caption."+item.ID]; sent {
			item.Photo.Caption = mine[0]
		}
	}
}

// captioned are the photos with the captions of the form. A caption that was written anew is Chinese only, until somebody writes
// the others.
func captioned(l *listing.Listing, f *form) []placed {
	out := []placed{}
	for i := range l.Photos {
		x := placed{l.Photos[i].Key, l.Photos[i].Caption}
		if mine, sent := f.Values["caption."+x.Key]; sent && lang.Clean(mine[0]) != x.Caption.Hans {
			x.Caption = lang.Text{Hans: lang.Clean(mine[0])}
		}
		out = append(out, x)
	}
	return out
}

// arrange does what a button of the form says; false for a button there is not, and for a photo that is gone.
func arrange(list []placed, do string) ([]placed, bool) {
	what, key, _ := strings.Cut(do, ":")
	if what == "save" || what == "" {
		return list, true
	}
	i := slices.IndexFunc(list, func(x placed) bool { return x.Key == key })
	if i < 0 {
		return list, false
	}
	out := slices.Clone(list)
	var to int
	switch what {
	case "up":
		to = max(i-1, 0)
	case "down":
		to = min(i+1, len(out)-1)
	case "cover":
		to = 0
	case "delete":
		return slices.Delete(out, i, i+1), true
	default:
		return list, false
	}
	x := out[i]
	return slices.Insert(slices.Delete(out, i, i+1), to, x), true
}
