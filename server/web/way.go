package web

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/activity"
	"shangquan/services/directory"
	"shangquan/services/lastknown"
	"shangquan/services/notice"
	"shangquan/services/place"
	"shangquan/services/post"
)

// wayAnchor is where the page of a street or plaza tells of stops, entrances, parking, toilets and ramps.
const wayAnchor = "way"

// tellWay puts what one needs on the way on the page of a place, and a link to it at the head; nothing where nobody entered any.
func tellWay(p *speaker, v *placePage, groups []directory.WayGroup) {
	for _, g := range groups {
		f := ui.Fact{Term: p.say("points.kind." + string(g.Kind))}
		for i := range g.Points {
			f.Values = append(f.Values, wayValue(p, &g.Points[i]))
		}
		v.Way = append(v.Way, f)
	}
	if len(v.Way) > 0 {
		v.Links = append([]ui.Link{{Label: p.say("places.way.title"), Href: "#" + wayAnchor}}, v.Links...)
	}
}

// wayValue is one point: its name, with the lines of a stop, and then where it is, when it can be used and whether there are steps.
func wayValue(p *speaker, x *directory.WayPoint) ui.Value {
	name, in := x.Point.Name.In(p.Lang)
	v := ui.Value{Text: name, Lang: in, Href: pointHref(p, x.Point, x.Slug)}
	if len(x.Lines) > 0 {
		v.Text += "（" + strings.Join(x.Lines, "、") + "）"
	}
	said := []string{}
	switch {
	case x.Metres >= 0:
		said = append(said, p.say("places.way.metres", "N", tens(x.Metres)))
	case x.Where != "" && x.Where != name:
		said = append(said, x.Where)
	case x.Door.Side() != "":
		said = append(said, p.say("places.way.door", "House", strings.TrimSuffix(x.Door.String(), "号")))
	}
	if x.Cross != nil && !strings.Contains(name, p.name(x.Cross.Name)) {
		said = append(said, p.say("places.way.corner", "Street", p.name(x.Cross.Name)))
	}
	v.Note = strings.Join(append(said, pointWords(p, x.Point)...), p.say("posts.comma"))
	return v
}

// tens rounds metres to what a person says: tens, and at least ten.
func tens(metres float64) int { return max(1, int(metres/10+0.5)) * 10 }

// mostTold is how many notices, and how many activities, a page tells of; all of them are a press away.
const mostTold = 3

// going is what goes on at a place: notices that are no banner, and what shops and organisations do there; nothing where there is nothing. at is its slug.
func (s *Site) going(c *fiber.Ctx, p *speaker, slug string, posted []*notice.Posted, here func(where string) bool) ([]ui.Fact, error) {
	out := []ui.Fact{}
	told := ui.Fact{Term: p.say("places.going.notices")}
	for _, x := range posted {
		if !x.Content.Banner && x.Content.Kind != notice.Emergency && len(told.Values) < mostTold {
			title, in := x.Content.Title.In(p.Lang)
			told.Values = append(told.Values, ui.Value{Text: title, Lang: in, Href: postedHref(p, x), Note: period(p, x.Content.From, x.Content.Until)})
		}
	}
	if len(told.Values) > 0 {
		out = append(out, told)
	}
	events := ui.Fact{Term: p.say("places.going.events")}
	page, err := s.directory.Posts(c.UserContext(), directory.PostsQuery{At: slug}, p.Lang, p.now)
	if err != nil {
		return nil, err
	}
	for _, x := range page.Posts {
		if x.Post.Kind == post.Event && len(events.Values) < mostTold {
			title, in := x.Post.Title.In(p.Lang)
			note := postWhen(p, x.Post)
			if x.Post.Cancelled() {
				note += p.say("posts.comma") + p.say("events.off")
			}
			events.Values = append(events.Values, ui.Value{Text: title, Lang: in, Href: postHrefOf(p, &x), Note: note})
		}
	}
	if s.services.Activities != nil {
		var list []activity.Shown
		s.beside(c, func() (err error) {
			list, _, err = s.services.Activities.PublicList(c.UserContext(), false, "", onCalendar)
			return err
		})
		for i := range list {
			if a := &list[i]; here(a.Plan().Place) && len(events.Values) < 2*mostTold {
				title, in := a.Plan().Title.In(p.Lang)
				events.Values = append(events.Values, ui.Value{Text: title, Lang: in, Href: ui.Href(p.Lang, "/activities/"+a.ID), Note: whenWords(p, a.Plan().From, a.Plan().Until)})
			}
		}
	}
	if len(events.Values) > 0 {
		out = append(out, events)
	}
	return out, nil
}

var errPart = errors.New("the store is away: a page goes without a part")

// goesWithout keeps a page from being kept when it lacks something only for now.
func goesWithout(c *fiber.Ctx, lacks bool) {
	if r := Of(c); lacks && r.err == nil {
		r.err = errPart
	}
}

// beside asks the store for what a page can go without. While the store does not answer, it waits a moment only, one for all such
// questions of a request, and the page that goes without is not kept.
func (s *Site) beside(c *fiber.Ctx, ask func() error) {
	r := Of(c)
	if r.patience.IsZero() {
		r.patience = time.Now().Add(lastknown.Patience)
	}
	if s.directory.Away() || !time.Now().Before(r.patience) {
		goesWithout(c, true)
		return
	}
	whole := c.UserContext()
	defer c.SetUserContext(whole)
	ctx, cancel := context.WithDeadline(whole, r.patience)
	defer cancel()
	c.SetUserContext(ctx)
	if err := ask(); err != nil && r.err == nil {
		r.err = err
	}
}

// onStreet reports whether words that say where something is name a street.
func (s *Site) onStreet(c *fiber.Ctx, st *place.Street) (func(where string) bool, error) {
	all, err := s.directory.Register(c.UserContext(), Of(c).start)
	return func(where string) bool {
		found, _, _, ok := place.Find(where, all)
		return ok && found.ID == st.ID
	}, err
}

// inPlaza reports the same of a plaza, by the names it has.
func inPlaza(z *place.Plaza) func(where string) bool {
	return func(where string) bool {
		for _, name := range append([]string{z.Name.Hans}, z.Aliases...) {
			if name != "" && strings.Contains(where, name) {
				return true
			}
		}
		return false
	}
}

// quietFact says when a street is to be quiet, and who says so.
func quietFact(p *speaker, st *place.Street) []ui.Fact {
	if st.Quiet.Text == "" {
		return nil
	}
	return []ui.Fact{{Term: p.say("night.quiet"), Values: []ui.Value{{
		Text: timesWords(p, st.Quiet.Hours), Note: p.say("points.said", "Who", st.Quiet.By, "Day", onDay(p, st.Quiet.CheckedOn)),
	}}}}
}
