package web

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/activity"
	"shangquan/services/fault"
)

// ownActivities: GET /my/assembly/:id/activities: where an organisation can take places.
func (s *Site) ownActivities(c *fiber.Ctx) error { return s.shown(c, s.ownActivitiesCase) }

func (s *Site) ownActivitiesCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	id := c.Params("id")
	list, err := s.services.Activities.Coming(c.UserContext(), Of(c).Actor, id, onCalendar)
	if err != nil {
		return nil, err
	}
	v := &casePage{Up: &ui.Link{Label: p.say("assembly.my_title"), Href: ownHref(c, "")}, Title: p.say("activity.title"), Lead: p.say("activity.my_lead")}
	if w := saidHere(c, "places"); w != "" {
		v.ok(p.say("activity.done." + w))
	}
	for i := range list {
		a := &list[i]
		mine := a.TakenBy(id)
		title, _ := a.Plan().Title.In(p.Lang)
		x := section{ID: "a-" + a.ID, Title: title, Facts: activityFacts(p, a)}
		if a.State == activity.Cancelled {
			x.Callouts = []ui.Callout{{Kind: "warn", Icon: "alert", Lead: p.say("activity.state.cancelled"), Text: a.Plan().Why}}
		}
		if mine > 0 {
			x.Facts = fact(x.Facts, p.say("activity.mine"), p.count("activity.people", mine))
		}
		if a.OpenTo(p.now) {
			name := "places-" + a.ID
			x.Forms = []*ui.Form{s.act(c, name, ownHref(c, "/activities/"+a.ID), 0, p.say("activity.take"),
				filled(only(f, name), name, "n", p.say("activity.how_many"), strconv.Itoa(mine), func(y *ui.Field) {
					y.InputMode, y.Short, y.Hint = "numeric", true, p.say("activity.zero_hint")
				}))}
		}
		v.add(x)
	}
	if len(list) == 0 {
		v.add(section{Text: p.say("activity.none")})
	}
	return v, nil
}

// ownPlacesSent: POST /my/assembly/:id/activities/:activity (n).
func (s *Site) ownPlacesSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	_, err = s.services.Activities.TakePlaces(c.UserContext(), Of(c).Actor, id, c.Params("activity"), countTyped(f.Get("n")))
	if err == nil {
		return see(c, "/my/assembly/"+id+"/activities?done=places")
	}
	if fault.Is(err, fault.NotFound) {
		return err
	}
	return s.refused(c, f, err, s.ownActivitiesCase)
}
