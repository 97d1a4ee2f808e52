package web

import (
	"strings"

	"github.com/boombuler/barcode/qr"
	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/listing"
)

// posterPage is the sheet for the shop window, A5 or A4.
type posterPage struct {
	Base   ui.Base
	Back   ui.Link
	Other  ui.Link   // the other size
	How    string    // where it hangs
	Chips  []ui.Chip // the floors of a plaza
	Poster ui.Poster
}

// paperSign is the sign of the site on paper, which leads nowhere.
func (s *Site) paperSign() ui.Sign {
	id := s.identity()
	return ui.Sign{Hanzi: id.Sign, Pinyin: id.SignPinyin, Label: id.Sign}
}

// posterSize is the size that is asked for, a5 where none is, and the other one.
func posterSize(c *fiber.Ctx) (size, other string, err error) {
	switch size = c.Query("size", "a5"); size {
	case "a5":
		return size, "a4", nil
	case "a4":
		return size, "a5", nil
	}
	return "", "", fault.Wrong("size", "poster.size_unknown", map[string]any{"Value": strings.ToUpper(size[:min(len(size), 8)])})
}

func (s *Site) poster(c *fiber.Ctx) error {
	p := s.speaker(c)
	size, other, err := posterSize(c)
	if err != nil {
		return err
	}
	// The sheet is in Chinese whatever the page around it is in: it hangs in a window of the district.
	shop, err := s.directory.Shop(c.UserContext(), c.Params("slug"), lang.Hans, p.now)
	if err != nil {
		return err
	}
	l := shop.Listing
	code, err := qrCode(s.short(l))
	if err != nil {
		return err
	}
	hans := &speaker{Words: s.catalogue.In(lang.Hans), now: p.now}
	site, _ := s.identity().Name.In(lang.Hans)
	v := posterPage{Back: ui.Link{Label: p.say("poster.back"), Href: ui.Href(p.Lang, "/shops/"+l.Slug)}, How: p.say("poster.how")}
	v.Poster = ui.Poster{
		Size: size, Sign: s.paperSign(),
		Name: l.Name.Hans, English: l.Name.En, Plate: plateView(hans, &shop.Row), QR: code, Address: s.typed(l),
		EnglishLine: scanLine, Site: site,
	}
	v.Poster.Plate.Big = true
	if shop.Category != nil {
		v.Poster.Kind = shop.Category.Name.Hans
	}
	if day, ok := checked(l); ok {
		v.Poster.Seal, v.Poster.Checked = hans.say("poster.seal"), ui.ShortDate(lang.Hans, day.At(0), p.now)
	}
	v.Other = ui.Link{Label: p.say("poster.swap", "Size", strings.ToUpper(other)), Href: ui.Href(p.Lang, "/shops/"+l.Slug+"/poster") + "?size=" + other}
	p.note(hans.err)
	return s.renderPoster(c, p, &v)
}

func (s *Site) renderPoster(c *fiber.Ctx, p *speaker, v *posterPage) error {
	v.Base = s.Base(c, p.say("poster.title", "Name", v.Poster.Name))
	v.Base.NoIndex, v.Base.Class = true, "poster-page"
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "poster", v)
}

// checked returns the day the district looked at the shop itself. What the owner or a public list says is not that: the seal
// on the poster would vouch for it.
func checked(l *listing.Listing) (calendar.Date, bool) {
	if l.Confirmed.By != "coordinator" && l.Confirmed.By != "survey" {
		return 0, false
	}
	day, err := calendar.ParseDate(l.Confirmed.On)
	return day, err == nil
}

// qrCode makes the code for an address at level Q: a quarter of it may be dirty or torn.
func qrCode(address string) (ui.QR, error) {
	code, err := qr.Encode(address, qr.Q, qr.Auto)
	if err != nil {
		return ui.QR{}, err
	}
	return ui.NewQR(code.Bounds().Dx(), func(x, y int) bool {
		r, _, _, _ := code.At(x, y).RGBA()
		return r == 0
	}), nil
}
