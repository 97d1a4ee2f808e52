package web

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/directory"
	"shangquan/services/lang"
)

// floorSheetPage is templates/pages/floor-sheet.html: the directory of a plaza for its wall, with what to press above it.
type floorSheetPage struct {
	Base  ui.Base
	Back  ui.Link
	How   string
	Sheet ui.FloorSheet
}

// floorSheet: GET /plazas/:slug/directory: which shop is in which unit, floor by floor, on one sheet of A4.
func (s *Site) floorSheet(c *fiber.Ctx) error {
	p := s.speaker(c)
	x, err := s.directory.Plaza(c.UserContext(), c.Params("slug"), lang.Hans, p.now)
	if err != nil {
		return err
	}
	path := "/plazas/" + x.Plaza.Slug
	address := s.config.Origin + path // it hangs for years: no language
	code, err := qrCode(address)
	if err != nil {
		return err
	}
	_, typed, _ := strings.Cut(address, "://")
	v := floorSheetPage{
		Back: ui.Link{Label: p.name(x.Plaza.Name), Href: ui.Href(p.Lang, path)}, How: p.say("floor_sheet.how"),
		Sheet: ui.FloorSheet{
			Sign: s.paperSign(), Name: x.Plaza.Name.Hans, English: x.Plaza.Name.En, QR: code, Address: typed,
			Printed: ui.ShortDate(p.Lang, p.now, p.now), Site: s.identity().Name.Hans,
		},
	}
	for i := range x.Floors {
		if f := floorPlan(p, &x.Floors[i]); len(f.Units)+len(f.Others) > 0 {
			v.Sheet.Floors = append(v.Sheet.Floors, f)
		}
	}
	v.Base = s.Base(c, p.say("floor_sheet.title", "Name", p.name(x.Plaza.Name)))
	v.Base.NoIndex, v.Base.Class = true, "poster-page"
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "floor-sheet", v)
}

// floorPlan is one floor as it hangs on the wall. A unit whose shop is not public has its number alone.
func floorPlan(p *speaker, f *directory.FloorPage) ui.FloorPlan {
	out := ui.FloorPlan{Label: f.Label, Note: f.Note.Hans}
	if f.Level == 0 {
		out.Label = p.say("places.floor.unknown")
	}
	for _, u := range f.Units {
		one := ui.FloorUnit{Number: u.Unit.Number, Vacant: u.Unit.Vacant()}
		if u.Row != nil {
			one.Name = u.Row.Listing.Name.Hans
		}
		out.Units = append(out.Units, one)
	}
	for i := range f.Rows {
		out.Others = append(out.Others, f.Rows[i].Listing.Name.Hans)
	}
	return out
}
