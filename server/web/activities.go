package web

import (
	"net/http"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/lang"
)

// activityRoutes are what organisations do for the neighbourhood: as everybody reads it, as the liaison plans it, and as the people of an
// organisation take places.
func (s *Site) activityRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	read := func(path string, h fiber.Handler, probe string, query ...string) Route {
		return Route{Method: get, Path: path, Handle: h, Cached: true, Query: query, Needs: access.PublicRead, Probe: probe}
	}
	const one, none = "/liaison/activities/:id", "/liaison/activities/none"
	return []Route{
		read("/activities", s.publicActivities, "", "after", "past"),
		read("/activities.ics", s.activitiesCalendar, ""),
		read("/activities/:id", s.publicActivity, "/activities/none"),
		read("/activities/:id/calendar.ics", s.activityCalendar, "/activities/none/calendar.ics"),
		{Method: get, Path: "/liaison/activities", Handle: s.activitiesPage, Kind: Private, Needs: access.ActivityRead},
		{Method: post, Path: "/liaison/activities", Handle: s.activityPlanned, Kind: Private, Rate: Write, Needs: access.ActivityEdit},
		{Method: get, Path: one, Handle: s.activityPage, Kind: Private, Needs: access.ActivityRead, Probe: none},
		{Method: post, Path: one, Handle: s.activitySent, Kind: Private, Rate: Write, Needs: access.ActivityEdit, Probe: none},
		{Method: post, Path: one + "/photos", Handle: s.activityPhotoSent, Kind: Private, Rate: Write, Body: proofBody, Needs: access.ActivityEdit, Probe: none + "/photos"},
		{Method: get, Path: "/my/assembly/:id/activities", Handle: s.ownActivities, Kind: Private, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: "/my/assembly/none/activities"},
		{Method: post, Path: "/my/assembly/:id/activities/:activity", Handle: s.ownPlacesSent, Kind: Private, Rate: Write, Needs: access.AssemblyMember, Thing: s.ofMember, Probe: "/my/assembly/none/activities/none"},
	}
}

// onCalendar is how many activities a page and a calendar list.
const onCalendar = 30

// whenWords say when something is: the day and both times, or two days.
func whenWords(p *speaker, from, until time.Time) string {
	a, b := from.In(p.now.Location()), until.In(p.now.Location())
	if a.Format(time.DateOnly) == b.Format(time.DateOnly) {
		return p.say("activity.when", "Day", ui.Date(p.Lang, a, p.now), "From", ui.Clock(a), "Until", ui.Clock(b))
	}
	return p.say("activity.span", "From", stamp(p, from), "Until", stamp(p, until))
}

// activityTag is what is said of an activity at a glance.
func activityTag(p *speaker, a *activity.Activity) (string, ui.TaskState) {
	switch {
	case a.Overdue(p.now):
		return p.say("activity.overdue"), ui.TaskBad
	case a.State == activity.Planned:
		return p.say("activity.state.planned"), ui.TaskWait
	case a.State == activity.Underway:
		return p.say("activity.state.underway"), ui.TaskTodo
	}
	return p.say("activity.state." + string(a.State)), ui.TaskDone
}

// publicTag is the same for everybody: whether it was written up is no matter of theirs.
func publicTag(p *speaker, a *activity.Activity) (string, ui.TaskState) {
	switch {
	case a.State == activity.Cancelled, a.State == activity.Done:
		return p.say("activity.state." + string(a.State)), ui.TaskDone
	case p.now.After(a.Plan().Until):
		return p.say("activity.over"), ui.TaskDone
	case p.now.Before(a.Plan().From):
		return p.say("activity.state.planned"), ui.TaskWait
	}
	return p.say("activity.state.underway"), ui.TaskTodo
}

// placesWords say how many places are left.
func placesWords(p *speaker, a *activity.Activity) string {
	left, counted := a.Left()
	switch {
	case !counted, a.State != activity.Planned:
		return ""
	case left == 0:
		return p.say("activity.full")
	}
	return p.say("activity.left", "N", left, "Of", a.Plan().Capacity)
}

// publicActivities: GET /activities (past, after).
func (s *Site) publicActivities(c *fiber.Ctx) error {
	p := s.speaker(c)
	past := c.Query("past") != ""
	v := casePage{Title: p.say("activity.title"), Lead: p.say("activity.lead")}
	v.Chips = []ui.Chip{{Label: p.say("activity.ahead"), Href: at(c, "/activities"), On: !past}, {Label: p.say("activity.past"), Href: at(c, "/activities") + "?past=1", On: past}}
	x := section{Records: &ui.Records{Empty: p.say("activity.none")}}
	if s.services.Activities != nil {
		list, next, err := s.services.Activities.PublicList(c.UserContext(), past, c.Query("after"), onCalendar)
		if err != nil {
			return err
		}
		for i := range list {
			a := &list[i]
			title, in := a.Plan().Title.In(p.Lang)
			r := ui.Record{Title: title, Lang: in, Href: at(c, "/activities/"+a.ID), Lines: []string{whenWords(p, a.Plan().From, a.Plan().Until), a.Plan().Place}}
			if w := placesWords(p, &a.Activity); w != "" && !past {
				r.Lines = append(r.Lines, w)
			}
			r.Tag, r.State = publicTag(p, &a.Activity)
			x.Records.Items = append(x.Records.Items, r)
		}
		if next != "" {
			q := "?after=" + escaped(next)
			if past {
				q += "&past=1"
			}
			x.Links = []ui.Link{{Label: p.say("office.next"), Href: at(c, "/activities") + q}}
		}
	}
	v.add(x)
	v.Links = []ui.Link{{Label: p.say("activity.subscribe"), Href: at(c, "/activities.ics")}, {Label: p.say("programme.title"), Href: at(c, "/programme")}}
	return s.showPublic(c, p, &v)
}

// publicActivity: GET /activities/:id.
func (s *Site) publicActivity(c *fiber.Ctx) error {
	if s.services.Activities == nil {
		return notThere()
	}
	a, err := s.services.Activities.PublicOne(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	p := s.speaker(c)
	v := casePage{Up: &ui.Link{Label: p.say("activity.title"), Href: at(c, "/activities")}, Title: p.name(a.Plan().Title)}
	if a.State == activity.Cancelled {
		v.Callouts = append(v.Callouts, ui.Callout{Kind: "warn", Icon: "alert", Lead: p.say("activity.state.cancelled"), Text: a.Plan().Why})
	}
	facts := activityFacts(p, &a.Activity)
	if name, in := a.Organiser.In(p.Lang); name != "" {
		facts = append(facts, ui.Fact{Term: p.say("activity.organiser"), Values: []ui.Value{{Text: name, Lang: in}}})
	}
	x := section{Facts: facts, Article: s.prose(c, p, a.Plan().Text)}
	if a.State != activity.Done {
		x.Links = []ui.Link{{Label: p.say("assembly.to_calendar"), Href: at(c, "/activities/"+a.ID+"/calendar.ics")}}
	}
	v.add(x)
	if came := activityOutcome(s, c, p, &a.Activity); came != nil {
		v.add(*came)
	}
	return s.showPublic(c, p, &v)
}

// activityFacts are when, where and for how many.
func activityFacts(p *speaker, a *activity.Activity) []ui.Fact {
	facts := fact(nil, p.say("activity.at"), whenWords(p, a.Plan().From, a.Plan().Until))
	facts = append(facts, ui.Fact{Term: p.say("activity.place"), Values: []ui.Value{{Text: a.Plan().Place, Lang: lang.Hans}}})
	return fact(facts, p.say("activity.places"), placesWords(p, a))
}

// activityOutcome is how it went, with pictures; nil while nobody said so.
func activityOutcome(s *Site, c *fiber.Ctx, p *speaker, a *activity.Activity) *section {
	plan := a.Plan()
	photos := plan.Pictures()
	if plan.Result.IsZero() && len(photos) == 0 {
		return nil
	}
	x := section{Title: p.say("activity.outcome"), Article: s.prose(c, p, plan.Result)}
	if x.Article == nil {
		x.Article = &ui.Article{}
	}
	x.Article.Photos = noticePhotos(p, photos)
	if plan.Came > 0 {
		x.Facts = fact(nil, p.say("activity.came"), p.count("activity.people", plan.Came))
	}
	return &x
}

// activitiesCalendar: GET /activities.ics, what is ahead for the calendar of a telephone.
func (s *Site) activitiesCalendar(c *fiber.Ctx) error {
	list := []activity.Shown{}
	if s.services.Activities != nil {
		var err error
		if list, _, err = s.services.Activities.PublicList(c.UserContext(), false, "", onCalendar); err != nil {
			return err
		}
	}
	return s.sendActivities(c, list)
}

// activityCalendar: GET /activities/:id/calendar.ics.
func (s *Site) activityCalendar(c *fiber.Ctx) error {
	if s.services.Activities == nil {
		return notThere()
	}
	a, err := s.services.Activities.PublicOne(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return s.sendActivities(c, []activity.Shown{a})
}

func (s *Site) sendActivities(c *fiber.Ctx, list []activity.Shown) error {
	p := s.speaker(c)
	cal := activity.Calendar{Name: p.say("activity.title"), Host: s.config.Host(), Lang: p.Lang, URL: func(id string) string {
		return s.config.Origin + ui.Href(p.Lang, "/activities/"+id)
	}}
	if p.err != nil {
		return p.err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	return c.Send(cal.ICalendar(list))
}
