package web

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/listing"
	"shangquan/services/place"
	"shangquan/services/walk"
)

// walkBody is how large a batch of answers may be.
const walkBody = 128 << 10

// walkRoutes are the street walk. What it keeps on a phone comes from the addresses of JSON; each of its pages does without.
func (s *Site) walkRoutes() []Route {
	read := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: http.MethodGet, Path: path, Handle: h, Kind: Private, Needs: access.WalkDo, Probe: probe}
	}
	send := func(path string, h fiber.Handler, probe string) Route {
		return Route{Method: http.MethodPost, Path: path, Handle: h, Kind: Private, Rate: Write, Needs: access.WalkDo, Probe: probe}
	}
	batch := send("/desk/walked", s.walkBatch, "")
	batch.Body = walkBody
	return []Route{
		read("/desk/walk", s.walkList, ""),
		read("/desk/walk/:slug/:side", s.walkPage, "/desk/walk/none/odd"),
		send("/desk/walk/:slug/:side", s.walkSent, "/desk/walk/none/odd"),
		read("/desk/walk/:slug/:side/stops", s.walkStops, "/desk/walk/none/odd/stops"),
		read("/desk/walked", s.walkedPage, ""),
		batch,
		read("/desk/walked/:id", s.walkedCase, "/desk/walked/none"),
		send("/desk/walked/:id", s.walkedSent, "/desk/walked/none"),
		{Method: http.MethodGet, Path: "/walk", Handle: s.walkShell, Cached: true, Needs: access.PublicRead},
	}
}

// walkList: GET /desk/walk: which street and which side.
func (s *Site) walkList(c *fiber.Ctx) error {
	p, ctx, by := s.speaker(c), c.UserContext(), Of(c).Actor
	streets, err := s.services.Streets.Streets(ctx)
	if err != nil {
		return err
	}
	v := casePage{Up: toDesk(c, p), Title: p.say("walk.title"), Lead: p.say("walk.lead")}
	open, err := s.services.Walks.Open(ctx, by, "", queueLength)
	if err != nil {
		return err
	}
	if n := len(open.Items); n > 0 {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.count("walk.open_n", n), Link: &ui.Link{Label: p.say("walk.open_go"), Href: at(c, "/desk/walked")}})
	}
	list := ui.Records{Empty: p.say("desk_place.no_streets")}
	for i := range streets {
		st := &streets[i]
		if !st.Core {
			continue
		}
		r := ui.Record{Title: p.name(st.Name)}
		for _, side := range sides {
			stops, err := s.services.Walks.Stops(ctx, by, st.ID, side)
			if err != nil {
				return err
			}
			if len(stops) > 0 {
				r.Buttons = append(r.Buttons, ui.Button{Label: p.count("walk.side_n", len(stops), "Side", sideTitle(p, st, side)), Href: at(c, "/desk/walk/"+st.Slug+"/"+sideKey(side)), Kind: "alt s"})
			}
		}
		if len(r.Buttons) > 0 {
			list.Items = append(list.Items, r)
		}
	}
	v.add(section{Title: p.say("walk.sides"), Records: &list})
	return s.showCase(c, p, &v, nil, nil)
}

// walked is a side of a street to walk.
type walked struct {
	street place.Street
	side   place.Side
	path   string // /desk/walk/SLUG/SIDE
	stops  []walk.Stop
}

// walkOf reads the street and the side of the address: fault.NotFound.
func (s *Site) walkOf(c *fiber.Ctx) (walked, error) {
	ctx := c.UserContext()
	x := walked{path: "/desk/walk/" + c.Params("slug") + "/" + c.Params("side")}
	known := false
	for _, side := range sides {
		if sideKey(side) == c.Params("side") {
			x.side, known = side, true
		}
	}
	if !known {
		return x, fault.Missing()
	}
	var err error
	if x.street, err = s.services.Streets.StreetBySlug(ctx, c.Params("slug")); err != nil {
		return x, err
	}
	x.stops, err = s.services.Walks.Stops(ctx, Of(c).Actor, x.street.ID, x.side)
	return x, err
}

// walkView is templates/pages/walk.html.
type walkView struct {
	Base     ui.Base
	Up       ui.Link
	Title    string
	Lead     string
	Callouts []ui.Callout
	Walk     ui.Walk
}

// walkPage: GET /desk/walk/:slug/:side (at, done): one stop, from 1.
func (s *Site) walkPage(c *fiber.Ctx) error {
	x, err := s.walkOf(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := s.walkAt(c, p, &x, max(c.QueryInt("at", 1), 1))
	if w := saidHere(c, "done", "waits"); w != "" {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "ok", Icon: "check", Lead: p.say("walk.noted." + w)})
	}
	return s.showWalk(c, p, v)
}

func (s *Site) showWalk(c *fiber.Ctx, p *speaker, v walkView) error {
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "walk", v)
}

func (s *Site) walkAt(c *fiber.Ctx, p *speaker, x *walked, n int) walkView {
	to := func(n int) string { return at(c, x.path) + "?at=" + strconv.Itoa(n) }
	v := walkView{
		Up: ui.Link{Label: p.say("walk.title"), Href: at(c, "/desk/walk")}, Title: p.name(x.street.Name), Lead: sideTitle(p, &x.street, x.side),
		Walk: ui.Walk{
			Data: at(c, x.path+"/stops"), Send: at(c, "/desk/walked"), Open: at(c, "/desk/walked"), List: at(c, "/desk/walk"), Action: at(c, x.path),
			CSRF: s.token(Of(c)), ID: rand.Text(), N: n, All: len(x.stops), Categories: s.walkCategories(p),
		},
	}
	if n <= len(x.stops) {
		stop := s.stopView(p, &x.stops[n-1])
		v.Walk.Stop, v.Walk.Next = &stop, to(n+1)
	}
	if n > 1 {
		v.Walk.Previous = to(min(n-1, len(x.stops)))
	}
	return v
}

func (s *Site) walkCategories(p *speaker) []ui.Option {
	out := []ui.Option{{Label: p.say("walk.no_category")}}
	for _, k := range s.services.Words().Categories {
		out = append(out, ui.Option{Value: k.ID, Label: p.name(k.Name)})
	}
	return out
}

// stopView writes a stop in words.
func (s *Site) stopView(p *speaker, x *walk.Stop) ui.WalkStop {
	v := ui.WalkStop{Listing: x.ListingID, Unit: x.UnitID, House: x.House.String(), Rev: x.Rev, Door: cmp.Or(x.House.Door(), p.say("walk.no_house"))}
	if x.ListingID == "" {
		if x.VacantSince != "" {
			v.Checked = p.say("desk_place.vacant_since", "Day", storedDay(p, x.VacantSince))
		}
		return v
	}
	v.Name, v.Lang = x.Name.In(p.Lang)
	if k, ok := s.services.Words().Category(x.CategoryID); ok {
		v.Kind = p.name(k.Name)
	}
	numbers := []string{}
	for _, n := range x.Phones {
		numbers = append(numbers, n.Display())
	}
	v.Phone = strings.Join(numbers, p.say("empty.and"))
	v.Hours = hoursWords(p, &listing.Listing{Hours: x.Hours})
	if x.Confirmed.On != "" {
		v.Checked = p.say("desk_place.checked", "Day", storedDay(p, x.Confirmed.On))
	}
	return v
}

// walkOwner tells whose answers wait on a phone without saying who it is.
func (s *Site) walkOwner(by access.Actor) string {
	return base64.RawURLEncoding.EncodeToString(s.services.Keys.MAC("walk owner", []byte(by.AccountID))[:9])
}

// walkStops: GET /desk/walk/:slug/:side/stops: the side as a phone keeps it, and what it needs to send answers.
func (s *Site) walkStops(c *fiber.Ctx) error {
	x, err := s.walkOf(c)
	if err != nil {
		return err
	}
	p, by := s.speaker(c), Of(c).Actor
	open, err := s.services.Walks.Open(c.UserContext(), by, "", queueLength)
	if err != nil {
		return err
	}
	v := struct {
		Street string        `json:"street"`
		Title  string        `json:"title"`
		Lead   string        `json:"lead"`
		Owner  string        `json:"owner"`
		CSRF   string        `json:"csrf"`
		Open   int           `json:"open"`
		Stops  []ui.WalkStop `json:"stops"`
		Kinds  []ui.Option   `json:"kinds"`
	}{x.street.ID, p.name(x.street.Name), sideTitle(p, &x.street, x.side), s.walkOwner(by), s.token(Of(c)), len(open.Items), []ui.WalkStop{}, s.walkCategories(p)}
	for i := range x.stops {
		v.Stops = append(v.Stops, s.stopView(p, &x.stops[i]))
	}
	if p.err != nil {
		return p.err
	}
	return c.JSON(v)
}

// walkSent: POST /desk/walk/:slug/:side: one answer, of a page without a script.
func (s *Site) walkSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	x, err := s.walkOf(c)
	if err != nil {
		return err
	}
	rev, err := strconv.ParseInt(cmp.Or(f.Get("rev"), "0"), 10, 64)
	if err != nil {
		return fiber.ErrBadRequest
	}
	n, err := strconv.Atoi(cmp.Or(f.Get("n"), "1"))
	if err != nil {
		return fiber.ErrBadRequest
	}
	sent := walk.Sent{
		ID: f.Get("id"), StreetID: x.street.ID, House: f.Get("house"), ListingID: f.Get("listing"), UnitID: f.Get("unit"), Rev: rev,
		Kind: walk.Kind(f.Get("kind")), At: s.now(), Said: walk.Said{Name: f.Get("name"), Phone: f.Get("phone"), Hours: f.Get("hours")},
	}
	if sent.Kind == walk.NewShop {
		sent.Said = walk.Said{Name: f.Get("new.name"), Category: f.Get("new.category"), House: f.Get("new.house")}
	}
	results, err := s.services.Walks.Take(c.UserContext(), Of(c).Actor, []walk.Sent{sent})
	if err != nil {
		return err
	}
	switch r := results[0]; {
	case r.State == walk.Done || r.State == walk.Waits:
		if sent.Kind != walk.NewShop { // the door itself is still to be looked at
			n++
		}
		return see(c, x.path+"?at="+strconv.Itoa(n)+"&done="+string(r.State))
	case r.Answer != "":
		return see(c, "/desk/walked/"+r.Answer)
	}
	return fiber.ErrBadRequest
}

// walkBatch: POST /desk/walked {"answers": […]}: what waited on a phone. The answer says of each what became of it.
func (s *Site) walkBatch(c *fiber.Ctx) error {
	var in struct {
		Answers []walk.Sent `json:"answers"`
	}
	body, err := jsonBody(c)
	if err != nil {
		return err
	}
	if json.Unmarshal(body, &in) != nil {
		return fiber.ErrBadRequest
	}
	results, err := s.services.Walks.Take(c.UserContext(), Of(c).Actor, in.Answers)
	if err != nil {
		return err
	}
	return c.JSON(fiber.Map{"results": results})
}

// walkShell: GET /walk: the page of a walk without anything in it, which stands in when a phone has no network.
func (s *Site) walkShell(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := walkView{
		Up: ui.Link{Label: p.say("walk.title"), Href: at(c, "/desk/walk")}, Title: p.say("walk.title"), Lead: p.say("walk.shell"),
		Walk: ui.Walk{Send: at(c, "/desk/walked"), Open: at(c, "/desk/walked"), List: at(c, "/desk/walk"), Stop: &ui.WalkStop{}, Categories: []ui.Option{{Label: p.say("walk.no_category")}}},
	}
	v.Base = s.Base(c, v.Title)
	v.Base.NoIndex = true
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "walk", v)
}
