package web

import (
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/assembly"
	"shangquan/services/lang"
	"shangquan/services/programme"
	"shangquan/services/store"
)

// What the overview of the liaison looks at.
const (
	unmetMonths    = 6   // a member that came to no meeting for so long
	lookedBack     = 24  // meetings that are read for that
	cameMonths     = 6   // of activities, as drawn
	mostActivities = 200 // of those months
)

// atHand is what several parts of the overview look at; each is read once.
type atHand struct {
	names   map[string]lang.Text // of members, also of those whose seat has ended
	todo    store.Page[assembly.Action]
	planned store.Page[activity.Activity]
	years   []programme.Year
	// ahead and lateActivities are counted to the end, whatever is listed.
	ahead, lateActivities int
}

func (s *Site) readAtHand(c *fiber.Ctx) (x atHand, err error) {
	ctx, by := c.UserContext(), Of(c).Actor
	if x.names, err = s.memberNames(c); err != nil {
		return x, err
	}
	if x.todo, err = s.services.Assembly.Actions(ctx, by, assembly.Todo, "", onLiaison); err != nil {
		return x, err
	}
	if x.planned, err = s.services.Activities.List(ctx, by, activity.Planned, "", onLiaison); err != nil {
		return x, err
	}
	if x.ahead, x.lateActivities, err = s.services.Activities.Count(ctx, by); err != nil {
		return x, err
	}
	x.years, err = s.services.Programmes.Years(ctx, by)
	return x, err
}

// liaisonPage: GET /liaison: what is open, what is late, whom nobody has met, what is ahead.
func (s *Site) liaisonPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v := overviewView{Title: p.say("area.liaison"), At: p.say("overview.at", "When", stamp(p, p.now))}
	x, err := s.readAtHand(c)
	if err != nil {
		return err
	}
	for _, part := range []func(*fiber.Ctx, *speaker, *overviewView, *atHand) error{s.meetingCards, s.lateCard, s.aheadCard, s.roomsCard, s.needsCard, s.unmetCard, s.programmeFigure, s.cameFigure} {
		if err := part(c, p, &v, &x); err != nil {
			return err
		}
	}
	v.Links = []ui.Link{{Label: p.say("neighbour.title"), Href: at(c, "/liaison/neighbours")}, {Label: p.say("programme.title"), Href: at(c, "/liaison/programme")}}
	v.Base = s.privateBase(c, v.Title)
	if p.err != nil {
		return p.err
	}
	return s.Render(c, "overview", v)
}

// meetingCards are the meetings at hand, and what was decided and is not closed.
func (s *Site) meetingCards(c *fiber.Ctx, p *speaker, v *overviewView, x *atHand) error {
	ctx, by := c.UserContext(), Of(c).Actor
	meetings, err := s.services.Assembly.Meetings(ctx, by, []assembly.State{assembly.Open, assembly.Agenda, assembly.Called, assembly.Held, assembly.Asked}, "", cardLength)
	if err != nil {
		return err
	}
	card := overviewCard{Title: p.say("assembly.now"), Records: ui.Records{Empty: p.say("assembly.no_meeting")}, All: &ui.Link{Label: p.say("assembly.meetings"), Href: at(c, "/liaison/meetings")}}
	for i := range meetings.Items {
		card.Records.Items = append(card.Records.Items, meetingRecord(c, p, "/liaison/meetings/", &meetings.Items[i]))
	}
	decided := overviewCard{Title: p.say("assembly.actions"), Records: ui.Records{Empty: p.say("assembly.no_action")}, All: &ui.Link{Label: p.say("liaison.all_actions"), Href: at(c, "/liaison/actions")}}
	proved, err := s.services.Assembly.Actions(ctx, by, assembly.Done, "", onLiaison)
	if err != nil {
		return err
	}
	total, more := 0, false
	for _, page := range []store.Page[assembly.Action]{proved, x.todo} {
		total, more = total+len(page.Items), more || page.Next != ""
		for i := range page.Items {
			if len(decided.Records.Items) < cardLength {
				decided.Records.Items = append(decided.Records.Items, actionRecord(c, p, "/liaison/actions/", &page.Items[i], x.names))
			}
		}
	}
	v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("liaison.open"), Number: orMore(total, more), Href: at(c, "/liaison/actions")})
	v.Cards = append(v.Cards, card, decided)
	return nil
}

// orMore is a number, with a plus where it was not counted to the end.
func orMore(n int, more bool) string {
	if more {
		return strconv.Itoa(n) + "+"
	}
	return strconv.Itoa(n)
}

// lateCard is everything whose day is over: action items, cases, items of the programme, activities nobody wrote up.
func (s *Site) lateCard(c *fiber.Ctx, p *speaker, v *overviewView, x *atHand) error {
	ctx, by, list := c.UserContext(), Of(c).Actor, []ui.Record{}
	late, err := s.services.Assembly.LateActions(ctx, by)
	if err != nil {
		return err
	}
	late += x.lateActivities
	for i := range x.todo.Items {
		if a := &x.todo.Items[i]; a.Overdue(p.now.Format(time.DateOnly)) {
			list = append(list, actionRecord(c, p, "/liaison/actions/", a, x.names))
		}
	}
	if by.Is(access.Liaison) { // whoever administers the site has no part in the cases
		cases, err := s.services.Neighbours.Late(ctx, by)
		if err != nil {
			return err
		}
		late += len(cases)
		for i := range cases {
			list = append(list, caseRecord(c, p, "/liaison/neighbours/", &cases[i]))
		}
	}
	underway, err := s.services.Activities.List(ctx, by, activity.Underway, "", onLiaison)
	if err != nil {
		return err
	}
	for _, page := range []store.Page[activity.Activity]{underway, x.planned} {
		for i := range page.Items {
			if a := &page.Items[i]; a.Overdue(p.now) {
				list = append(list, activityRecord(c, p, a))
			}
		}
	}
	for i := range x.years {
		y := &x.years[i]
		if n := len(y.Late(p.now)); n > 0 {
			late += n
			list = append(list, ui.Record{Title: p.say("programme.of_year", "Year", strconv.Itoa(y.Year)), Href: at(c, "/liaison/programme/"+y.ID), Lines: []string{p.count("programme.late", n)}, Tag: p.say("assembly.overdue"), State: ui.TaskBad})
		}
	}
	v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("liaison.late"), Number: strconv.Itoa(late)})
	card := overviewCard{Title: p.say("liaison.late"), Records: ui.Records{Empty: p.say("liaison.none_late")}}
	card.Records.Items = list[:min(len(list), 2*cardLength)]
	v.Cards = append(v.Cards, card)
	return nil
}

// aheadCard is what is on next.
func (s *Site) aheadCard(c *fiber.Ctx, p *speaker, v *overviewView, x *atHand) error {
	page := x.planned
	card := overviewCard{Title: p.say("liaison.ahead"), Records: ui.Records{Empty: p.say("activity.none")}, All: &ui.Link{Label: p.say("liaison.all_activities"), Href: at(c, "/liaison/activities")}}
	for i := range page.Items {
		if a := &page.Items[i]; !a.Overdue(p.now) && len(card.Records.Items) < cardLength {
			card.Records.Items = append(card.Records.Items, activityRecord(c, p, a))
		}
	}
	v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("liaison.ahead"), Number: strconv.Itoa(x.ahead), Href: at(c, "/liaison/activities")})
	v.Cards = append(v.Cards, card)
	return nil
}

// roomsCard is what rooms are taken for this week; whoever administers the site has no part in it.
func (s *Site) roomsCard(c *fiber.Ctx, p *speaker, v *overviewView, x *atHand) error {
	ctx, by := c.UserContext(), Of(c).Actor
	if !by.Is(access.Liaison) {
		return nil
	}
	week, err := s.services.Stations.ThisWeek(ctx, by)
	if err != nil {
		return err
	}
	card := overviewCard{Title: p.say("liaison.this_week"), Records: ui.Records{Empty: p.say("liaison.none_this_week")}, All: &ui.Link{Label: p.say("station.rooms"), Href: at(c, "/liaison/rooms")}}
	for i := range week[:min(len(week), cardLength)] {
		b := &week[i]
		row := ui.Record{Title: slotWords(p, b.Day, b.From, b.To), Href: at(c, "/liaison/rooms/"+b.RoomID) + "?week=" + b.Day + "#b-" + b.ID, Lines: []string{p.name(x.names[b.OrganisationID]), b.Purpose}}
		row.Tag, row.State = bookingTag(p, &b.Booking)
		card.Records.Items = append(card.Records.Items, row)
	}
	v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("liaison.this_week"), Number: strconv.Itoa(len(week)), Href: at(c, "/liaison/rooms")})
	v.Cards = append(v.Cards, card)
	return nil
}

// needsCard is what organisations seek and nobody has come together with them about.
func (s *Site) needsCard(c *fiber.Ctx, p *speaker, v *overviewView, _ *atHand) error {
	needs, err := s.services.Resources.Unmatched(c.UserContext(), Of(c).Actor, onLiaison+1)
	if err != nil {
		return err
	}
	card := overviewCard{Title: p.say("liaison.needs"), Records: ui.Records{Empty: p.say("liaison.no_need")}, All: &ui.Link{Label: p.say("resource.home"), Href: at(c, "/liaison/resources")}}
	for i := range needs[:min(len(needs), cardLength)] {
		x := &needs[i]
		card.Records.Items = append(card.Records.Items, postRecord(p, x, at(c, "/liaison/resources/"+x.ID)))
	}
	v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("liaison.needs"), Number: orMore(min(len(needs), onLiaison), len(needs) > onLiaison), Href: at(c, "/liaison/resources")})
	v.Cards = append(v.Cards, card)
	return nil
}

// unmetCard is the members that came to no meeting for months. Who has the seat is an organisation; who came for it nobody wrote down.
func (s *Site) unmetCard(c *fiber.Ctx, p *speaker, v *overviewView, _ *atHand) error {
	ctx, by := c.UserContext(), Of(c).Actor
	meetings, err := s.services.Assembly.Meetings(ctx, by, []assembly.State{assembly.Held, assembly.Asked, assembly.Published}, "", lookedBack)
	if err != nil {
		return err
	}
	members, err := s.services.Assembly.Organisations(ctx, by, false)
	if err != nil {
		return err
	}
	since := p.now.AddDate(0, -unmetMonths, 0)
	came := map[string]bool{}
	for i := range meetings.Items {
		for _, r := range meetings.Items[i].Rows {
			if r.Presence == assembly.Present && meetings.Items[i].At.After(since) {
				came[r.OrganisationID] = true
			}
		}
	}
	card := overviewCard{Title: p.say("liaison.unmet", "N", unmetMonths), Records: ui.Records{Empty: p.say("liaison.all_met")}, All: &ui.Link{Label: p.say("assembly.members"), Href: at(c, "/liaison/members")}}
	n := 0
	for _, o := range members {
		if came[o.ID] || o.Since > since.Format(time.DateOnly) { // a new one had no time yet
			continue
		}
		if n++; n <= cardLength {
			name, in := o.Name.In(p.Lang)
			card.Records.Items = append(card.Records.Items, ui.Record{Title: name, Lang: in, Href: at(c, "/liaison/members/"+o.ID), Lines: []string{o.Seat}})
		}
	}
	v.KPIs = append(v.KPIs, ui.KPI{Label: p.say("liaison.unmet", "N", unmetMonths), Number: strconv.Itoa(n), Href: at(c, "/liaison/members")})
	v.Cards = append(v.Cards, card)
	return nil
}

// programmeFigure draws how far this year's programme is, by quarter; nothing without a programme.
func (s *Site) programmeFigure(_ *fiber.Ctx, p *speaker, v *overviewView, x *atHand) error {
	for i := range x.years {
		plan := &x.years[i].Page.Draft
		if x.years[i].Year != p.now.Year() || len(plan.Items) == 0 {
			continue
		}
		done, open, periods := []int{}, []int{}, []string{}
		for q := 1; q <= 4; q++ {
			d := 0
			items := plan.Of(q)
			for _, item := range items {
				if item.State == programme.Done {
					d++
				}
			}
			done, open, periods = append(done, d), append(open, len(items)-d), append(periods, p.say("programme.quarter."+strconv.Itoa(q)))
		}
		v.Figures = append(v.Figures, ui.NewFigure(ui.Chart{
			Title: p.say("liaison.programme_title", "Done", plan.Counts()[programme.Done], "All", len(plan.Items)), Subtitle: p.say("liaison.programme_unit"),
			Period: p.say("programme.when"), Periods: periods, Bars: true, Attention: -1,
			Series: []ui.Series{{Name: p.say("programme.state.done"), Values: done}, {Name: p.say("liaison.not_done"), Values: open}},
		}))
	}
	return nil
}

// cameFigure draws how many people came to activities, month by month; nothing while nobody did.
func (s *Site) cameFigure(c *fiber.Ctx, p *speaker, v *overviewView, _ *atHand) error {
	page, err := s.services.Activities.List(c.UserContext(), Of(c).Actor, activity.Done, "", mostActivities)
	if err != nil {
		return err
	}
	first := time.Date(p.now.Year(), p.now.Month(), 1, 0, 0, 0, 0, p.now.Location()).AddDate(0, 1-cameMonths, 0)
	values, periods, total := make([]int, cameMonths), []string{}, 0
	for i := range cameMonths {
		periods = append(periods, p.say("liaison.month", "N", int(first.AddDate(0, i, 0).Month())))
	}
	for i := range page.Items {
		when := page.Items[i].Plan().From.In(p.now.Location())
		if n := (when.Year()-first.Year())*12 + int(when.Month()-first.Month()); n >= 0 && n < cameMonths {
			values[n] += page.Items[i].Plan().Came
			total += page.Items[i].Plan().Came
		}
	}
	if total == 0 {
		return nil
	}
	v.Figures = append(v.Figures, ui.NewFigure(ui.Chart{
		Title: p.say("liaison.came_title", "N", total, "Months", cameMonths), Subtitle: p.say("liaison.came_unit"), Period: p.say("liaison.by_month"), Periods: periods, Bars: true, Attention: -1,
		Series: []ui.Series{{Name: p.say("activity.came"), Values: values}},
	}))
	return nil
}
