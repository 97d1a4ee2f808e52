package web

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/fault"
	"shangquan/services/lang"
)

// streetPoster: GET /streets/:slug/poster (size): the sheet for the corner of a street.
func (s *Site) streetPoster(c *fiber.Ctx) error {
	p := s.speaker(c)
	size, other, err := posterSize(c)
	if err != nil {
		return err
	}
	x, err := s.directory.Street(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	path := "/streets/" + x.Street.Slug
	here := ui.Href(p.Lang, path+"/poster")
	v := posterPage{
		Back: ui.Link{Label: p.name(x.Street.Name), Href: ui.Href(p.Lang, path)}, How: p.say("poster.how_street"),
		Other: ui.Link{Label: p.say("poster.swap", "Size", strings.ToUpper(other)), Href: here + "?size=" + other},
	}
	if v.Poster, err = s.placePoster("street", size, path, x.Street.Name); err != nil {
		return err
	}
	return s.renderPoster(c, p, &v)
}

// plazaPoster: GET /plazas/:slug/poster (size, floor): the sheet for a floor of a plaza, or for its doors where no floor is named.
func (s *Site) plazaPoster(c *fiber.Ctx) error {
	p := s.speaker(c)
	size, other, err := posterSize(c)
	if err != nil {
		return err
	}
	x, err := s.directory.Plaza(c.UserContext(), c.Params("slug"), p.Lang, p.now)
	if err != nil {
		return err
	}
	path := "/plazas/" + x.Plaza.Slug
	here := ui.Href(p.Lang, path+"/poster")
	asked, label, to, floor := c.Query("floor"), "", path, ""
	v := posterPage{Back: ui.Link{Label: p.name(x.Plaza.Name), Href: ui.Href(p.Lang, path)}, How: p.say("poster.how_floor")}
	v.Chips = []ui.Chip{{Label: p.say("poster.whole"), Href: here + "?size=" + size, On: asked == ""}}
	for i := range x.Floors {
		f := &x.Floors[i]
		level := strconv.Itoa(f.Level)
		if f.Level == 0 || !hasHeading(f) {
			continue
		}
		v.Chips = append(v.Chips, ui.Chip{Label: f.Label, Href: here + "?size=" + size + "&floor=" + level, On: asked == level})
		if asked == level {
			label, to, floor = f.Label, path+"#floor-"+level, "&floor="+level
		}
	}
	if asked != "" && floor == "" {
		return fault.Wrong("floor", "poster.floor_unknown", map[string]any{"Value": string([]rune(asked)[:min(len([]rune(asked)), 8)])})
	}
	v.Other = ui.Link{Label: p.say("poster.swap", "Size", strings.ToUpper(other)), Href: here + "?size=" + other + floor}
	if v.Poster, err = s.placePoster("floor", size, to, x.Plaza.Name); err != nil {
		return err
	}
	v.Poster.Kind = label
	return s.renderPoster(c, p, &v)
}

// hasHeading reports whether the page of a plaza has a heading for a floor, to which a code can lead.
func hasHeading(f *directory.FloorPage) bool {
	if note, _ := f.Note.In(lang.Hans); note != "" || len(f.Rows) > 0 {
		return true
	}
	for _, u := range f.Units {
		if u.Row != nil || u.Unit.Vacant() {
			return true
		}
	}
	return false
}

// placePoster is the sheet of a street or a floor, whose code leads to a path of the site. Codes hang for years: the path has no language.
func (s *Site) placePoster(of, size, path string, name lang.Text) (ui.Poster, error) {
	address := s.config.Origin + path
	code, err := qrCode(address)
	_, typed, _ := strings.Cut(address, "://")
	return ui.Poster{
		Of: of, Size: size, Sign: s.paperSign(),
		Name: name.Hans, English: name.En, QR: code, Address: typed, EnglishLine: scanPlaceLine, Site: s.identity().Name.Hans,
	}, err
}

// scanPlaceLine stands on the sheet of a street or a floor, for those who do not read Chinese.
const scanPlaceLine = "Scan for every shop here and which are open now."
