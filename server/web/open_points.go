package web

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/place"
	stations "shangquan/services/station"
)

// openPointRoutes are what shops open to people who pass by: water, a seat, a first-aid kit; and where somebody notes that what shops and
// organisations open was there.
func (s *Site) openPointRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	return []Route{
		{Method: get, Path: "/my/shops/:id/points", Handle: s.ownPointsPage, Kind: Private, Needs: access.PointOpen, Thing: s.shopThing, Probe: "/my/shops/none/points"},
		{Method: post, Path: "/my/shops/:id/points", Handle: s.ownPointsSent, Kind: Private, Rate: Write, Needs: access.PointOpen, Thing: s.shopThing, Probe: "/my/shops/none/points"},
		{Method: get, Path: "/desk/points", Handle: s.pointsToCheck, Kind: Private, Needs: access.PointCheck},
		{Method: post, Path: "/desk/points/:id", Handle: s.pointChecked, Kind: Private, Rate: Write, Needs: access.PointCheck, Probe: "/desk/points/none"},
	}
}

// ownPointsPage: GET /my/shops/:id/points.
func (s *Site) ownPointsPage(c *fiber.Ctx) error { return s.shown(c, s.ownPointsCase) }

func (s *Site) ownPointsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	l, err := s.ownShop(c)
	if err != nil {
		return nil, err
	}
	list, err := s.services.Stations.PointsOf(c.UserContext(), Of(c).Actor, l.ID)
	if err != nil {
		return nil, err
	}
	here := at(c, "/my/shops/"+l.ID+"/points")
	v := &casePage{Up: &ui.Link{Label: p.say("my.up"), Href: shopHref(c, &l, "")}, Title: p.say("station.points_title"), Lead: p.say("station.points_lead")}
	if w := saidHere(c, "opened", "ended"); w != "" {
		v.ok(p.say("station.done.point_" + w))
	}
	if !l.Public() {
		v.warn(p.say("station.points_not_public"))
	}
	for _, x := range list {
		id := "point-" + string(x.Kind)
		sec := section{ID: string(x.Kind), Title: p.say("station.offer." + string(x.Kind))}
		form := s.act(c, id, here, 0, "")
		form.Hidden = append(form.Hidden, ui.Hidden{Name: "kind", Value: string(x.Kind)})
		if x.Open {
			sec.Facts = fact(sec.Facts, p.say("station.progress"), p.say("station.point_open"))
			sec.Facts = fact(sec.Facts, p.say("station.note"), x.Note)
			sec.Facts = fact(sec.Facts, p.say("station.last_check"), checkedWords(p, x.CheckedOn))
			form.Bar.Buttons = []ui.Button{{Label: p.say("station.point_end"), Kind: "alt", Name: "do", Value: "end", Of: sec.Title}}
		} else {
			form.Parts = []ui.FormPart{field(only(f, id), id, "note", p.say("station.note"), func(y *ui.Field) { y.Optional, y.Max, y.Hint = true, stations.MaxName, p.say("station.note_hint") })}
			form.Bar.Buttons = []ui.Button{{Label: p.say("station.point_start"), Name: "do", Value: "open", Of: sec.Title}}
		}
		sec.Forms = []*ui.Form{form}
		v.add(sec)
	}
	v.Links = []ui.Link{{Label: p.say("points.title"), Href: at(c, "/points")}}
	return v, nil
}

// ownPointsSent: POST /my/shops/:id/points (kind, note, do).
func (s *Site) ownPointsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	ctx, by, id, kind, done := c.UserContext(), Of(c).Actor, c.Params("id"), place.PointKind(f.Get("kind")), "opened"
	switch f.Get("do") {
	case "open":
		err = s.services.Stations.OpenPoint(ctx, by, id, kind, f.Get("note"))
	case "end":
		done, err = "ended", s.services.Stations.ClosePoint(ctx, by, id, kind)
	default:
		return fiber.ErrBadRequest
	}
	if err == nil {
		return see(c, "/my/shops/"+id+"/points?done="+done)
	}
	return s.refused(c, f, err, s.ownPointsCase)
}

// pointsToCheck: GET /desk/points (after): what nobody has looked at for the longest time first.
func (s *Site) pointsToCheck(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	page, err := s.services.Stations.ToCheck(ctx, by, c.Query("after"), onRooms)
	if err != nil {
		return err
	}
	toOwn := ui.Link{Label: p.say("points_desk.title"), Href: at(c, "/desk/service-points")}
	v := casePage{Title: p.say("station.check_title"), Lead: p.say("station.check_lead"), Links: []ui.Link{toOwn}}
	switch saidHere(c, "there", "gone", "stale") {
	case "there", "gone":
		v.ok(p.say("station.done.saved"))
	case "stale":
		v.warn(p.say("error.stale"))
	}
	if len(page.Items) == 0 {
		v.add(section{Records: &ui.Records{Empty: p.say("station.check_none")}})
	}
	today := calendar.Today(p.now)
	names, err := s.services.Assembly.ListedNames(ctx)
	if err != nil {
		return err
	}
	for i := range page.Items {
		x := &page.Items[i]
		name, listed := names[x.OrganisationID]
		where := x.Spot.Address
		if x.OrganisationID == "" {
			l, err := s.services.Listings.Get(ctx, x.ListingID)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			name, where, listed = l.Name.Text, l.Address.Line, err == nil
		}
		if !listed { // nobody sees it either
			continue
		}
		sec := section{Title: p.name(name) + " " + p.say("points.kind."+string(x.Kind))}
		sec.Facts = fact(sec.Facts, p.say("station.where"), where)
		sec.Facts = fact(sec.Facts, p.say("station.note"), x.Note)
		if x.CheckedOn != "" {
			sec.Facts = fact(sec.Facts, p.say("station.last_check"), onDay(p, x.CheckedOn))
		}
		if x.Stale(today) {
			sec.Facts = fact(sec.Facts, p.say("station.progress"), p.say("station.look_again"))
		}
		form := s.act(c, "check-"+x.ID, at(c, "/desk/points/"+x.ID), x.Rev, "")
		form.Bar.Buttons = []ui.Button{{Label: p.say("station.is_there"), Name: "do", Value: "there", Of: sec.Title}, {Label: p.say("station.is_gone"), Kind: "alt", Name: "do", Value: "gone", Of: sec.Title}}
		sec.Forms = []*ui.Form{form}
		v.add(sec)
	}
	if page.Next != "" {
		v.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/desk/points") + "?after=" + escaped(page.Next)}, toOwn}
	}
	return s.showCase(c, p, &v, nil, nil)
}

// pointChecked: POST /desk/points/:id (do).
func (s *Site) pointChecked(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	do := f.Get("do")
	if !strings.Contains(" there gone ", " "+do+" ") {
		return fiber.ErrBadRequest
	}
	err = s.services.Stations.CheckPoint(c.UserContext(), Of(c).Actor, c.Params("id"), rev, do == "there")
	if stale(err) {
		do, err = "stale", nil
	}
	if err != nil {
		return err
	}
	return see(c, "/desk/points?done="+do)
}
