package web

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/media"
)

// uploadLimit is how large one upload may be: three photos as telephones take them.
const uploadLimit = 25 << 20

func (s *Site) photoRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/media/:folder/:name", Handle: s.picture, Kind: File, Rate: Pictures, Probe: "/media/00/none", Needs: access.PublicRead},
		{Method: get, Path: "/my/shops/:id/photos", Handle: s.photosPage, Kind: Private, Needs: access.ListingPhotos, Thing: s.shopThing, Probe: "/my/shops/none/photos"},
		{Method: post, Path: "/my/shops/:id/photos", Handle: s.photosSent, Kind: Private, Rate: Upload, Body: uploadLimit, Needs: access.ListingPhotos, Thing: s.shopThing, Probe: "/my/shops/none/photos"},
		{Method: post, Path: "/my/shops/:id/photos/order", Handle: s.photosArranged, Kind: Private, Rate: Write, Needs: access.ListingPhotos, Thing: s.shopThing, Probe: "/my/shops/none/photos/order"},
	}
}

// shopThing is the shop that an address of the portal names.
func (s *Site) shopThing(c *fiber.Ctx) (access.Thing, error) {
	if s.services.Listings == nil {
		return access.Thing{}, notThere()
	}
	l, err := s.services.Listings.Get(c.UserContext(), c.Params("id"))
	return l.Thing(), err
}

func notThere() error { return fault.Missing() }

// picturePolicy keeps a picture that is opened by itself from being anything but a picture.
const picturePolicy = "default-src 'none'; sandbox"

// picture: GET /media/:folder/:name, a photo in one width. Its address holds 128 random bits and is told only by pages that show
// the photo, so who has it has seen the photo; it is not asked again which page that was. Evidence lies in another folder, which
// this address cannot name.
func (s *Site) picture(c *fiber.Ctx) error {
	if s.services.Photos == nil {
		return notThere()
	}
	name := c.Params("name")
	body, err := s.services.Photos.Open(c.UserContext(), "media/"+c.Params("folder")+"/"+name)
	if err != nil {
		return err
	}
	tag := `"` + name + `"` // the content never changes under a name
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, picturePolicy)
	h.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	h.Set(fiber.HeaderETag, tag)
	if matches(c.Request().Header.Peek(fiber.HeaderIfNoneMatch), tag) {
		c.Status(fiber.StatusNotModified)
		return nil
	}
	h.SetContentType(media.Type)
	c.Response().SetBodyRaw(body)
	return nil
}

// photosPage is the page of a shop's photos in the portal.
type photosPage struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Upload   ui.Form
	Heading  string
	Arrange  ui.Form
	Grid     ui.PhotoGrid
	Hidden   ui.Records // photos the district took from the page
	Why      string     // its heading
}

func (s *Site) photosPage(c *fiber.Ctx) error {
	l, err := s.services.Listings.Open(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := s.photosView(c, p, &l)
	v.Callouts = append(v.Callouts, said(c,
		"added", p.say("shop_photos.done.added"), "saved", p.say("shop_photos.done.saved"), "deleted", p.say("shop_photos.done.deleted"),
		"read", p.say("shop_photos.done.read"))...)
	return s.showPhotos(c, p, v)
}

func (s *Site) showPhotos(c *fiber.Ctx, p *speaker, v photosPage) error {
	title := v.Title
	if n := len(v.Upload.Errors) + len(v.Arrange.Errors); n > 0 {
		title = p.count("form_page.title", n, "Title", title)
	}
	v.Base = s.privateBase(c, title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "my-photos", v)
}

func (s *Site) photosView(c *fiber.Ctx, p *speaker, l *listing.Listing) photosPage {
	here, csrf := "/my/shops/"+l.ID+"/photos", s.token(Of(c))
	v := photosPage{
		Up:    ui.Link{Label: l.Name.Hans, Href: at(c, "/my/shops/"+l.ID)},
		Title: p.say("shop_photos.title"), Lead: p.say("shop_photos.lead"),
		Upload: ui.Form{ID: "upload", Action: at(c, here), CSRF: csrf, Files: true, Parts: []ui.FormPart{{Field: &ui.Field{
			ID: "photo", Name: "photo", Label: p.say("shop_photos.choose"), Hint: p.say("shop_photos.which"), Type: "file",
			Accept: "image/jpeg,image/png,image/webp", Multiple: true,
		}}}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("shop_photos.send"), Icon: "plus"}}}},
		Heading: p.count("shop_photos.count", len(l.Photos), "Max", media.MaxPhotos),
		Arrange: ui.Form{ID: "order", Action: at(c, here+"/order"), CSRF: csrf, Rev: strconv.FormatInt(l.Rev, 10), Bar: &ui.Bar{
			Buttons: []ui.Button{{Label: p.say("shop_photos.save"), Kind: "alt", Name: "do", Value: "save"}},
		}},
	}
	for i := range l.Photos {
		photo := photoView(p, l, i)
		photo.Caption, photo.Lang, photo.Href = l.Photos[i].Caption.Hans, lang.Hans, ""
		v.Grid.Items = append(v.Grid.Items, ui.PhotoItem{ID: l.Photos[i].Key, Photo: photo, Cover: i == 0})
	}
	v.Hidden = s.hiddenPhotos(c, p, l)
	v.Why = p.count("shop_photos.hidden", len(l.Hidden))
	return v
}

// hiddenPhotos are the photos that the district took from the page, each with the reason and a button that takes it off this list.
func (s *Site) hiddenPhotos(c *fiber.Ctx, p *speaker, l *listing.Listing) ui.Records {
	out := ui.Records{Action: at(c, "/my/shops/"+l.ID+"/photos/order"), CSRF: s.token(Of(c))}
	for _, x := range slices.Backward(l.Hidden) {
		name := p.say("shop_photos.nameless", "When", dayOf(p, x.Photo.AddedAt))
		if x.Photo.Caption.Hans != "" {
			name = x.Photo.Caption.Hans
		}
		out.Items = append(out.Items, ui.Record{
			Title: name, Tag: p.say("shop_photos.is_hidden"), State: ui.TaskBad,
			Lines:   []string{p.say("hidden.reason." + string(x.Reason)), p.say("shop_photos.hidden_on", "When", dayOf(p, x.At))},
			Buttons: []ui.Button{{Label: p.say("shop_photos.read"), Kind: "alt s", Name: "do", Value: "read:" + x.Photo.Key}},
		})
	}
	return out
}

// said is what was done on the page before: the text of the pair whose word the address has, if any.
func said(c *fiber.Ctx, pairs ...string) []ui.Callout {
	done := c.Query("done")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == done {
			return []ui.Callout{{Kind: "ok", Icon: "check", Lead: pairs[i+1]}}
		}
	}
	return nil
}

// photosSent: POST /my/shops/:id/photos. Each photo is taken or refused by itself, with a sentence that names the file; of a
// refused one nothing is kept.
func (s *Site) photosSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by := c.UserContext(), Of(c).Actor
	l, err := s.services.Listings.Open(ctx, by, c.Params("id"))
	if err != nil {
		return err
	}
	use, err := s.photosInUse(c, &l)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	status, wrong := fiber.StatusUnprocessableEntity, []ui.FieldError{}
	if len(f.files["photo"]) == 0 {
		wrong = append(wrong, ui.FieldError{ID: "photo", Text: p.say("shop_photos.none")})
	}
	for _, x := range f.files["photo"] {
		photo, err := s.services.Photos.Add(ctx, asUpload(x), lang.Text{}, by.AccountID, use)
		if err == nil { // the blobs are there; now the record that shows them
			l, err = s.addPhoto(c, l, photo)
		}
		if err != nil {
			why, as := refusal(p, err)
			if why == "" {
				return err
			}
			status = as
			wrong = append(wrong, ui.FieldError{ID: "photo", Text: p.say("shop_photos.refused", "Name", fileName(x.name), "Why", why)})
			continue
		}
		use.Photos++
		use.Bytes += int64(photo.Bytes)
	}
	if len(wrong) == 0 {
		return see(c, "/my/shops/"+l.ID+"/photos?done=added")
	}
	v := s.photosView(c, p, &l)
	v.Upload.Errors = wrong
	v.Upload.Parts[0].Field.Error = wrong[0].Text
	c.Status(status)
	return s.showPhotos(c, p, v)
}

// asUpload is a file as services/media takes it. A browser that does not know what a file is says so by the type of any file.
func asUpload(x file) media.Upload {
	u := media.Upload{Name: x.name, Type: x.contentType, Data: x.body}
	if u.Type == fiber.MIMEOctetStream {
		u.Type = ""
	}
	return u
}

func (s *Site) addPhoto(c *fiber.Ctx, l listing.Listing, photo media.Photo) (listing.Listing, error) {
	got, err := s.services.Listings.AddPhoto(c.UserContext(), Of(c).Actor, l.ID, photo)
	if err != nil {
		return l, err
	}
	return got, nil
}

// photosInUse is what the photos of a shop and of its merchant take. All shops count, also those this member does not look after.
func (s *Site) photosInUse(c *fiber.Ctx, l *listing.Listing) (media.Usage, error) {
	use := media.Usage{Photos: len(l.Photos)}
	shops := []listing.Listing{*l}
	if l.MerchantID != "" {
		all, err := s.services.Listings.ByMerchant(c.UserContext(), access.System("quota"), l.MerchantID)
		if err != nil {
			return use, err
		}
		shops = all
	}
	for i := range shops {
		for _, photo := range shops[i].Photos {
			use.Bytes += int64(photo.Bytes)
		}
	}
	return use, nil
}

// refusal says why a photo was not taken, and the status of that; empty for what is no matter of the photo.
func refusal(p *speaker, err error) (why string, status int) {
	f, ok := errors.AsType[*fault.Error](err)
	switch {
	case !ok:
		return "", 0
	case f.Kind == fault.Invalid && len(f.Fields) > 0:
		return p.problem(f.Fields[0]), fiber.StatusUnprocessableEntity
	case f.Kind == fault.Unavailable && p.Has(f.Key):
		text, sayErr := p.With(f.Key, nil)
		p.note(sayErr)
		if f.Key == "media.full" {
			return text, fiber.StatusInsufficientStorage
		}
		return text, fiber.StatusServiceUnavailable
	}
	return "", 0
}

// fileName keeps of a name what is needed to recognise the file.
func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if lang.Unsafe(r) {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 40 {
		return string(r[:39]) + "…"
	}
	return s
}
