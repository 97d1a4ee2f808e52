package web

import (
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/fault"
	"shangquan/services/lang"
	"shangquan/services/notice"
	"shangquan/services/place"
)

// publicNoticeRoutes are the notices everybody reads, as pages, feeds and calendars.
func (s *Site) publicNoticeRoutes() []Route {
	read := func(path string, h fiber.Handler, probe string, query ...string) Route {
		return Route{Method: http.MethodGet, Path: path, Handle: h, Cached: true, Query: query, Needs: access.PublicRead, Probe: probe}
	}
	return []Route{
		read("/notices", s.postedPage, "", "at", "kind"),
		read("/notices.atom", s.noticesAtom, "", "kind"),
		read("/notices.ics", s.noticesCalendar, "", "kind"),
		read("/notices/:id", s.postedOne, "/notices/none"),
		read("/notices/:id/calendar.ics", s.noticeCalendar, "/notices/none/calendar.ics"),
		read("/streets/:slug/notices.atom", s.streetAtom, "/streets/none/notices.atom", "kind"),
		read("/streets/:slug/notices.ics", s.streetCalendar, "/streets/none/notices.ics", "kind"),
		read("/plazas/:slug/notices.atom", s.plazaAtom, "/plazas/none/notices.atom", "kind"),
		read("/plazas/:slug/notices.ics", s.plazaCalendar, "/plazas/none/notices.ics", "kind"),
	}
}

// noticePlaces are the streets and plazas of the district, to say where notices are about; they cost no query.
type noticePlaces struct {
	streets []place.Street
	plazas  []place.Plaza
}

func (s *Site) noticePlaces(c *fiber.Ctx) (x noticePlaces, err error) {
	x.streets, x.plazas, err = s.directory.Places(c.UserContext())
	return x, err
}

func (x *noticePlaces) street(id string) *place.Street {
	if i := slices.IndexFunc(x.streets, func(st place.Street) bool { return st.ID == id }); i >= 0 {
		return &x.streets[i]
	}
	return nil
}

func (x *noticePlaces) plaza(id string) *place.Plaza {
	if i := slices.IndexFunc(x.plazas, func(z place.Plaza) bool { return z.ID == id }); i >= 0 {
		return &x.plazas[i]
	}
	return nil
}

// spot is a street or plaza that a notice names.
type spot struct {
	slug, path string // the slug, and the page of the place
	name       lang.Text
	filter     notice.Filter
	core       bool // the plan has it
}

func (x *noticePlaces) named(p *notice.Posted) []spot {
	out := []spot{}
	add := func(y spot) {
		if !slices.ContainsFunc(out, func(z spot) bool { return z.path == y.path }) {
			out = append(out, y)
		}
	}
	c := &p.Content
	streets, plazas := []string{}, []string{c.Place.PlazaID}
	if c.Place.Street != nil {
		streets = append(streets, c.Place.Street.StreetID)
	}
	for _, st := range c.Audience.Streets {
		streets = append(streets, st.StreetID)
	}
	for _, fl := range c.Audience.Plazas {
		plazas = append(plazas, fl.PlazaID)
	}
	for _, id := range streets {
		if st := x.street(id); st != nil {
			add(spot{st.Slug, "/streets/" + st.Slug, st.Name, notice.Filter{StreetID: id}, st.Core && len(st.Lines) > 0})
		}
	}
	for _, id := range plazas {
		if z := x.plaza(id); z != nil {
			add(spot{z.Slug, "/plazas/" + z.Slug, z.Name, notice.Filter{PlazaID: id}, z.Core && z.Location != nil})
		}
	}
	return out
}

// at returns the filter for the slug of a street or plaza: fault.NotFound.
func (x *noticePlaces) at(slug string) (spot, error) {
	for i := range x.streets {
		if st := &x.streets[i]; st.Slug == slug {
			return spot{slug, "/streets/" + slug, st.Name, notice.Filter{StreetID: st.ID}, st.Core}, nil
		}
	}
	for i := range x.plazas {
		if z := &x.plazas[i]; z.Slug == slug {
			return spot{slug, "/plazas/" + slug, z.Name, notice.Filter{PlazaID: z.ID}, z.Core}, nil
		}
	}
	return spot{}, fault.Missing()
}

// askedKind reads a kind of an address: fault.NotFound for one there is not.
func askedKind(c *fiber.Ctx) (notice.Kind, error) {
	k := notice.Kind(c.Query("kind"))
	if k != "" && !slices.Contains(notice.Kinds, k) {
		return "", fault.Missing()
	}
	return k, nil
}

// noticesView is templates/pages/notices.html.
type noticesView struct {
	Base   ui.Base
	Title  string
	Lead   string
	Places []ui.Chip
	Kinds  []ui.Chip
	Groups []noticeGroup
	Empty  string
	Links  []ui.Link // the feed and the calendar of what is shown
}

type noticeGroup struct {
	ID, Title string
	Rows      []ui.NoticeRow
}

// endedShown is how many notices that are over the list shows.
const endedShown = 50

// postedPage: GET /notices (at: slug of a street or plaza; kind).
func (s *Site) postedPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	places, err := s.noticePlaces(c)
	if err != nil {
		return err
	}
	kind, err := askedKind(c)
	if err != nil {
		return err
	}
	here := spot{}
	if at := c.Query("at"); at != "" {
		if here, err = places.at(at); err != nil {
			return err
		}
	}
	b, f := s.board(c), here.filter
	f.Kind = kind
	v := noticesView{Title: p.say("notices.title"), Lead: p.say("notices.lead"), Empty: p.say("notices.none")}
	if here.slug != "" {
		v.Title = p.say("notices.title_at", "Name", p.name(here.name))
	}
	running, next := []*notice.Posted{}, []*notice.Posted{}
	for _, x := range b.Live(p.now, f) {
		if coming(x, p.now) {
			next = append(next, x)
		} else {
			running = append(running, x)
		}
	}
	ended := b.Ended(p.now, f)
	for _, g := range []struct {
		id   string
		list []*notice.Posted
	}{{"running", running}, {"coming", next}, {"ended", ended[:min(len(ended), endedShown)]}} {
		rows, err := s.noticeRows(c, p, g.list)
		if err != nil {
			return err
		}
		if len(rows) > 0 {
			v.Groups = append(v.Groups, noticeGroup{g.id, p.say("notices.group." + g.id), rows})
		}
	}
	v.Places, v.Kinds = s.noticeChips(p, b, &places, here.slug, kind)
	feed := "/notices"
	if here.slug != "" {
		feed = here.path + "/notices"
	}
	v.Base = s.Base(c, v.Title)
	atom := ui.Link{Label: p.say("notices.feed"), Href: ui.Href(p.Lang, feed+".atom") + noticesQuery("", kind)}
	v.Base.Description, v.Base.Feeds = v.Lead, []ui.Link{{Label: v.Title, Href: atom.Href}}
	v.Links = []ui.Link{{Label: p.say("notices.calendar"), Href: ui.Href(p.Lang, feed+".ics") + noticesQuery("", kind)}, atom}
	if q := noticesQuery(here.slug, kind); q != "" {
		v.Base.Canonical += q
		for i := range v.Base.Alternates {
			v.Base.Alternates[i].URL += q
			v.Base.Alternates[i].Path += q
		}
	}
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "notices", v)
}

// noticesQuery is the part of an address behind the path; slugs and kinds need no escaping.
func noticesQuery(at string, kind notice.Kind) string {
	switch {
	case at != "" && kind != "":
		return "?at=" + at + "&kind=" + string(kind)
	case at != "":
		return "?at=" + at
	case kind != "":
		return "?kind=" + string(kind)
	}
	return ""
}

// noticeChips narrow the list to the places and kinds that have notices.
func (s *Site) noticeChips(p *speaker, b *notice.Board, places *noticePlaces, at string, kind notice.Kind) (where, kinds []ui.Chip) {
	to := func(at string, kind notice.Kind) string { return ui.Href(p.Lang, "/notices") + noticesQuery(at, kind) }
	all := slices.Concat(b.Live(p.now, notice.Filter{}), b.Ended(p.now, notice.Filter{}))
	spots, has := []spot{}, map[notice.Kind]bool{kind: true}
	for _, x := range all {
		has[x.Content.Kind] = true
		for _, y := range places.named(x) {
			if !slices.ContainsFunc(spots, func(z spot) bool { return z.path == y.path }) {
				spots = append(spots, y)
			}
		}
	}
	if x, err := places.at(at); at != "" && err == nil && !slices.ContainsFunc(spots, func(z spot) bool { return z.path == x.path }) {
		spots = append(spots, x)
	}
	if len(spots) > 1 || at != "" {
		where = append(where, ui.Chip{Label: p.say("notices.anywhere"), Href: to("", kind), On: at == ""})
		for _, x := range spots {
			where = append(where, ui.Chip{Label: p.name(x.name), Href: to(x.slug, kind), On: at == x.slug})
		}
	}
	if delete(has, ""); len(has) > 1 || kind != "" {
		kinds = append(kinds, ui.Chip{Label: p.say("notices.any"), Href: to(at, ""), On: kind == ""})
		for _, k := range notice.Kinds {
			if has[k] {
				kinds = append(kinds, ui.Chip{Label: p.say("notice_kind." + string(k)), Href: to(at, k), On: kind == k})
			}
		}
	}
	return where, kinds
}

// noticeRows are notices in a list.
func (s *Site) noticeRows(c *fiber.Ctx, p *speaker, list []*notice.Posted) ([]ui.NoticeRow, error) {
	out := []ui.NoticeRow{}
	if len(list) == 0 {
		return out, nil
	}
	places, err := s.noticePlaces(c)
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		r := ui.NoticeRow{Href: postedHref(p, x), Tag: p.say("notice_kind." + string(x.Content.Kind)), Posted: p.say("notices.posted", "Day", dayOf(p, x.PublicAt))}
		r.Title, r.Lang = x.Content.Title.In(p.Lang)
		switch x.StateAt(p.now) {
		case notice.Taken:
			r.State = p.say("notices.taken")
		case notice.Over:
			r.State = p.say("article.ended")
		default:
			r.When = period(p, x.Content.From, x.Content.Until)
			r.Urgent = x.Content.Urgent || x.Content.Kind == notice.Emergency
		}
		for _, y := range places.named(x) {
			r.Places = append(r.Places, p.name(y.name))
		}
		r.Places = r.Places[:min(len(r.Places), 3)]
		out = append(out, r)
	}
	return out, nil
}
