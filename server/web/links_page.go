package web

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/listing"
	"shangquan/services/outlink"
	"shangquan/services/policy"
	"shangquan/services/post"
)

// linkRoutes are what public pages link to elsewhere: which hosts notices may link to, and which links do not answer any more.
func (s *Site) linkRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/desk/links", Handle: s.linksPage, Kind: Private, Needs: access.LinkRead},
		{Method: http.MethodGet, Path: "/admin/links", Handle: s.hostsPage, Kind: Private, Needs: access.LinkRead},
		{Method: http.MethodPost, Path: "/admin/links", Handle: s.hostsSent, Kind: Private, Rate: Write, Needs: access.LinkHosts},
	}
}

// linksShown is how many links that need somebody a page lists.
const linksShown = 100

// linksPage: GET /desk/links.
func (s *Site) linksPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	r, err := s.services.OutLinks.Report(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("outlink.title"), Lead: p.say("outlink.lead"), Links: []ui.Link{{Label: p.say("outlink.hosts"), Href: at(c, "/admin/links")}}}
	list := ui.Records{Empty: p.say("outlink.none")}
	unasked := 0
	for i := range r.Links {
		switch l := &r.Links[i]; {
		case l.Trouble() && len(list.Items) < linksShown:
			list.Items = append(list.Items, linkRecord(c, p, l))
		case l.State == outlink.Unasked:
			unasked++
		}
	}
	x := section{Title: p.say("outlink.trouble"), Records: &list}
	switch {
	case r.At.IsZero():
		list.Empty = p.say("outlink.never")
	case len(r.Links) == 0: // that all of none answer would sound like work that was done
		list.Empty = p.say("outlink.nothing")
	}
	if !r.At.IsZero() {
		x.Facts = fact(x.Facts, p.say("outlink.looked_after"), p.count("outlink.links", len(r.Links)+r.Left))
		x.Facts = fact(x.Facts, p.say("outlink.asked"), stamp(p, r.At))
		if unasked > 0 {
			x.Facts = fact(x.Facts, p.say("outlink.unasked"), p.count("outlink.links", unasked))
		}
		if r.Left > 0 {
			x.Facts = fact(x.Facts, p.say("outlink.left"), p.count("outlink.links", r.Left))
		}
	}
	v.add(x)
	return s.showCase(c, p, &v, nil, nil)
}

// linkRecord is a link that needs somebody: what it is, where it stands, what happened.
func linkRecord(c *fiber.Ctx, p *speaker, l *outlink.Link) ui.Record {
	r := ui.Record{Title: l.URL, Tag: p.say("outlink.state." + string(l.State)), State: ui.TaskBad}
	switch {
	case l.State == outlink.Moved:
		r.State = ui.TaskWait
		r.Lines = append(r.Lines, p.say("outlink.to", "Host", l.To))
	case l.Status > 0:
		r.Lines = append(r.Lines, p.say("outlink.status", "N", l.Status))
	default:
		r.Lines = append(r.Lines, p.say("outlink.cause."+l.Cause))
	}
	names := []string{}
	for _, on := range l.On {
		names = append(names, p.name(on.Name))
	}
	r.Lines = append(r.Lines, p.say("outlink.on", "Pages", strings.Join(names, p.say("office.and"))), p.say("outlink.since", "Day", dayOf(p, l.Since)))
	if len(l.On) > 0 {
		to := map[string]string{listing.Kind: "/desk/shops/", policy.Name: "/desk/policies/", string(post.Event): "/desk/events/"}
		r.Href = at(c, cmp.Or(to[l.On[0].Kind], "/desk/notices/")+l.On[0].ID)
	}
	return r
}

// linkCard is what the overview says of links; nil while nothing needs anybody.
func linkCard(c *fiber.Ctx, p *speaker, r *outlink.Report) *overviewCard {
	out := overviewCard{Title: p.say("outlink.trouble")}
	n := 0
	for i := range r.Links {
		if !r.Links[i].Trouble() {
			continue
		}
		if n++; n <= cardLength {
			out.Records.Items = append(out.Records.Items, linkRecord(c, p, &r.Links[i]))
		}
	}
	if n == 0 {
		return nil
	}
	out.All = &ui.Link{Label: p.count("outlink.all", n), Href: at(c, "/desk/links")}
	return &out
}

// hostsPage: GET /admin/links.
func (s *Site) hostsPage(c *fiber.Ctx) error {
	h, err := s.services.LinkHosts.Get(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v, _ := s.hostsCase(c, p, &form{Values: map[string][]string{"rev": {revision(h.Rev)}, "hosts": {strings.Join(h.Names, "\n")}}})
	return s.showCase(c, p, v, nil, nil)
}

// hostsCase is the page of the hosts, with the form for those who choose them; others see what holds.
func (s *Site) hostsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, *ui.Form) {
	v := &casePage{Title: p.say("outlink.hosts"), Lead: p.say("outlink.hosts_lead"), Links: []ui.Link{{Label: p.say("outlink.title"), Href: at(c, "/desk/links")}}}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("outlink.saved"))
	}
	if !Of(c).Actor.Is(access.Admin) {
		list := ui.Records{Empty: p.say("outlink.no_hosts")}
		for _, name := range strings.Fields(f.Get("hosts")) {
			list.Items = append(list.Items, ui.Record{Title: name})
		}
		v.add(section{Records: &list})
		return v, nil
	}
	x := &ui.Form{
		Action: at(c, "/admin/links"), CSRF: s.token(Of(c)), Hidden: hidden("rev", f.Get("rev")),
		Parts: []ui.FormPart{input(f, "hosts", p.say("outlink.each"), func(y *ui.Field) {
			y.Type, y.Rows, y.Optional, y.Hint = "textarea", 10, true, p.say("outlink.each_hint")
		})},
		Bar: &ui.Bar{Loose: true, Buttons: []ui.Button{{Label: p.say("outlink.save")}}},
	}
	v.add(section{Forms: []*ui.Form{x}})
	return v, x
}

// hostsSent: POST /admin/links (rev, hosts: one a line).
func (s *Site) hostsSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	rev, err := numberOf(f)
	if err != nil {
		return err
	}
	if _, err := s.services.LinkHosts.Set(c.UserContext(), Of(c).Actor, rev, strings.Split(f.Get("hosts"), "\n")); err != nil {
		p := s.speaker(c)
		v, form := s.hostsCase(c, p, f)
		return s.showCase(c, p, v, form, err)
	}
	return see(c, "/admin/links?done=saved")
}
