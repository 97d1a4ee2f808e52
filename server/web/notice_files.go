package web

import (
	"context"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/media"
	"shangquan/services/notice"
)

// noticeFile: GET /notices/files/:name, a PDF of a notice. As with pictures, its address holds 128 random bits and is told only by
// pages that show the notice.
func (s *Site) noticeFile(c *fiber.Ctx) error {
	if s.services.Photos == nil {
		return notThere()
	}
	id, ok := strings.CutSuffix(c.Params("name"), ".pdf")
	if !ok {
		return notThere()
	}
	body, err := s.services.Photos.OpenFile(c.UserContext(), id)
	if err != nil {
		return err
	}
	h := &c.Response().Header
	h.Set(fiber.HeaderContentSecurityPolicy, picturePolicy)
	h.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	h.Set(fiber.HeaderContentDisposition, `attachment; filename="`+id+`.pdf"`)
	h.SetContentType(media.FileType)
	c.Response().SetBodyRaw(body)
	return nil
}

// downloads are the files of a notice, with what they are.
func downloads(p *speaker, list []media.File) []ui.Download {
	out := []ui.Download{}
	for _, f := range list {
		out = append(out, ui.Download{Label: p.name(f.Title), Href: "/notices/files/" + f.Name(), Note: p.say("notice_view.pdf", "Size", max((f.Bytes+1023)>>10, 1))})
	}
	return out
}

// noticePhotos are the pictures of a notice.
func noticePhotos(p *speaker, list []media.Photo) []ui.Photo {
	out := []ui.Photo{}
	for i := range list {
		photo := &list[i]
		v := ui.Photo{Sizes: photoSizes}
		v.Caption, v.Lang = photo.Caption.In(p.Lang)
		if v.Alt = v.Caption; v.Alt == "" {
			v.Alt = p.say("notice_view.picture", "N", i+1)
		}
		sources := []string{}
		for _, w := range photo.Widths {
			sources = append(sources, pictureHref(photo, w)+" "+strconv.Itoa(w)+"w")
			v.Href = pictureHref(photo, w)
		}
		v.SrcSet = strings.Join(sources, ", ")
		v.Src, v.Width, v.Height = source(photo, photoWidth)
		out = append(out, v)
	}
	return out
}

// filesSection is what is attached, and the form that attaches more. The form comes last.
func (s *Site) filesSection(c *fiber.Ctx, p *speaker, n *notice.Notice) section {
	x := section{ID: "files", Title: p.say("notice_desk.files")}
	here, csrf := noticeHref(c, n.ID, "files"), s.token(Of(c))
	list := ui.Records{Action: here, CSRF: csrf}
	take := func(title, note, key string) {
		list.Items = append(list.Items, ui.Record{Title: title, Lines: []string{note}, Buttons: []ui.Button{{Label: p.say("notice_form.file_remove"), Kind: "alt s", Name: "remove", Value: key + "." + revision(n.Rev)}}})
	}
	for i, v := range noticePhotos(p, n.Content.Photos) {
		take(v.Alt, p.say("notice_view.a_picture"), n.Content.Photos[i].Key)
	}
	for i, d := range downloads(p, n.Content.Files) {
		take(d.Label, d.Note, n.Content.Files[i].Key)
	}
	if len(list.Items) > 0 {
		x.Records = &list
	}
	name := field(nil, "file", "caption", p.say("notice_form.file_name"), func(y *ui.Field) { y.Max = 40 })
	file := field(nil, "file", "file", p.say("notice_form.file"), func(y *ui.Field) {
		y.Type, y.Accept, y.Hint = "file", "image/jpeg,image/png,image/webp,application/pdf", p.say("notice_form.file_hint", "Picture", maxPictureMB, "File", media.MaxFile>>20)
	})
	x.Forms = []*ui.Form{{Action: here, CSRF: csrf, Rev: revision(n.Rev), Files: true, Parts: []ui.FormPart{file, name}, Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("notice_form.file_send"), Kind: "alt"}}}}}
	return x
}

// maxPictureMB is how large a picture may be, as services/media has it.
const maxPictureMB = 8

// noticeFilesSent: POST /desk/notices/:id/files (rev, caption, file; or remove: key and revision). Like every change of what a notice
// says it ends an approval.
func (s *Site) noticeFilesSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	n, err := s.services.Notices.Get(ctx, by, id)
	if err != nil {
		return err
	}
	said, rev, x := "attached", f.Get("rev"), n.Content
	if key, shown, ok := strings.Cut(f.Get("remove"), "."); ok {
		said, rev = "removed", shown
		x = without(x, key)
	} else if err := s.attach(ctx, by.AccountID, f, &x); err != nil {
		return s.filesRefused(c, &n, f, err)
	}
	if _, err := s.services.Notices.Replace(ctx, by, id, int64(whole(rev)), x); err != nil {
		return s.filesRefused(c, &n, f, err)
	}
	return see(c, "/desk/notices/"+id+"?done="+said+"#files")
}

// without returns a content that has everything but the picture or file with a key.
func without(x notice.Content, key string) notice.Content {
	photos, files := []media.Photo{}, []media.File{}
	for _, y := range x.Photos {
		if y.Key != key {
			photos = append(photos, y)
		}
	}
	for _, y := range x.Files {
		if y.Key != key {
			files = append(files, y)
		}
	}
	x.Photos, x.Files = photos, files
	return x
}

// attach stores what was sent and adds it to a content. A caption is what the link says, or stands under the picture.
func (s *Site) attach(ctx context.Context, account string, f *form, x *notice.Content) error {
	if len(f.files["file"]) == 0 {
		return fault.Wrong("file", "shop_photos.none", nil)
	}
	u, caption := asUpload(f.files["file"][0]), lang.Text{Hans: lang.Clean(f.Get("caption"))}
	if strings.HasSuffix(strings.ToLower(u.Name), ".pdf") {
		if len(x.Files) >= notice.MaxFiles {
			return fault.Wrong("file", "error.list.long", map[string]any{"Max": notice.MaxFiles})
		}
		file, err := s.services.Photos.AddFile(ctx, u, caption, account)
		if err == nil {
			x.Files = append(append([]media.File{}, x.Files...), file)
		}
		return err
	}
	if len(x.Photos) >= notice.MaxPhotos {
		return fault.Wrong("file", "error.list.long", map[string]any{"Max": notice.MaxPhotos})
	}
	photo, err := s.services.Photos.Add(ctx, u, caption, account, media.Usage{Photos: len(x.Photos)})
	if err == nil {
		x.Photos = append(append([]media.Photo{}, x.Photos...), photo)
	}
	return err
}

// filesRefused shows the notice with what was wrong with a file.
func (s *Site) filesRefused(c *fiber.Ctx, n *notice.Notice, f *form, err error) error {
	p := s.speaker(c)
	v, forms, caseErr := s.noticeCase(c, p, n, nil)
	if caseErr != nil {
		return caseErr
	}
	x := forms["files"]
	if stale(err) || x == nil {
		v.warn(p.say("notice_desk.said.changed"))
		c.Status(fiber.StatusConflict)
		return s.showCase(c, p, v, nil, nil)
	}
	for i := range x.Parts {
		if x.Parts[i].Field != nil && x.Parts[i].Field.Name == "caption" {
			x.Parts[i].Field.Value = f.Get("caption")
		}
	}
	if why, status := refusal(p, err); why != "" {
		c.Status(status)
		x.Errors = []ui.FieldError{{ID: "file-file", Text: why}}
		x.Parts[0].Field.Error = why
		return s.showCase(c, p, v, nil, nil)
	}
	return s.showCase(c, p, v, x, err)
}
