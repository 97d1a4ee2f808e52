package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/lang"
	stations "shangquan/services/station"
)

// roomRoutes are the rooms of the stations: where the liaison keeps them and answers, and where organisations take them.
func (s *Site) roomRoutes() []Route {
	get, post := http.MethodGet, http.MethodPost
	const one, none = "/my/rooms/:id", "/my/rooms/none"
	return []Route{
		{Method: get, Path: "/liaison/rooms", Handle: s.roomsPage, Kind: Private, Needs: access.RoomDecide},
		{Method: post, Path: "/liaison/rooms", Handle: s.roomAdded, Kind: Private, Rate: Write, Needs: access.RoomEdit},
		{Method: get, Path: "/liaison/rooms/:id", Handle: s.roomPage, Kind: Private, Needs: access.RoomDecide, Probe: "/liaison/rooms/none"},
		{Method: post, Path: "/liaison/rooms/:id", Handle: s.roomSent, Kind: Private, Rate: Write, Needs: access.RoomEdit, Probe: "/liaison/rooms/none"},
		{Method: post, Path: "/liaison/rooms/:id/bookings/:week/:booking", Handle: s.bookingSent, Kind: Private, Rate: Write, Needs: access.RoomDecide, Probe: "/liaison/rooms/none/bookings/none/none"},
		{Method: get, Path: "/liaison/rooms/:id/hours", Handle: s.hoursPage(s.roomHours), Kind: Private, Needs: access.RoomEdit, Probe: "/liaison/rooms/none/hours"},
		{Method: post, Path: "/liaison/rooms/:id/hours", Handle: s.hoursSent(s.roomHours), Kind: Private, Rate: Write, Needs: access.RoomEdit, Probe: "/liaison/rooms/none/hours"},
		{Method: get, Path: "/liaison/rooms/:id/calendar", Handle: s.roomCalendar, Kind: Private, Needs: access.RoomDecide, Probe: "/liaison/rooms/none/calendar"},
		{Method: get, Path: "/my/rooms", Handle: s.ownRooms, Kind: Private, Needs: access.AccountOwn, Thing: ownAccount},
		{Method: get, Path: one, Handle: s.ownRoomsPage, Kind: Private, Needs: access.RoomBook, Thing: s.ofMember, Probe: none},
		{Method: get, Path: one + "/:room", Handle: s.ownRoomPage, Kind: Private, Needs: access.RoomBook, Thing: s.ofMember, Probe: none + "/none"},
		{Method: post, Path: one + "/:room", Handle: s.ownRoomSent, Kind: Private, Rate: Write, Needs: access.RoomBook, Thing: s.ofMember, Probe: none + "/none"},
		{Method: post, Path: one + "/:room/bookings/:week/:booking", Handle: s.ownBookingSent, Kind: Private, Rate: Write, Needs: access.RoomBook, Thing: s.ofMember, Probe: none + "/none/bookings/none/none"},
	}
}

// onRooms is how many bookings a page lists.
const onRooms = 50

// slotWords is a day and a stretch of it: 10 月 20 日周二 10:00–11:00.
func slotWords(p *speaker, day string, from, to int) string {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return day
	}
	return ui.ShortDate(p.Lang, d.At(0), p.now) + p.say("station.gap") + ui.Weekday(p.Lang, d.Weekday()) + " " + ui.Range(p.Lang, from, to)
}

// bookingTag is how far a booking is.
func bookingTag(p *speaker, b *stations.Booking) (string, ui.TaskState) {
	state := map[stations.State]ui.TaskState{stations.Requested: ui.TaskTodo, stations.Confirmed: ui.TaskWait, stations.NoShow: ui.TaskBad, stations.Refused: ui.TaskBad}[b.State]
	if state == "" {
		state = ui.TaskDone
	}
	switch {
	case b.State == stations.Closed && b.Outcome == stations.NoShow:
		return p.say("station.ended.no_show"), state
	case b.State == stations.Closed:
		return p.say("station.ended.used"), state
	}
	return p.say("station.state." + string(b.State)), state
}

// roomsPage: GET /liaison/rooms: what waits for an answer, and the rooms.
func (s *Site) roomsPage(c *fiber.Ctx) error { return s.shown(c, s.roomsCase) }

func (s *Site) roomsCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	waiting, err := s.services.Stations.Waiting(ctx, by, onRooms)
	if err != nil {
		return nil, err
	}
	rooms, err := s.services.Stations.Rooms(ctx, by)
	if err != nil {
		return nil, err
	}
	list, err := s.services.Stations.Stations(ctx, by)
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	called, of := map[string]string{}, map[string]string{}
	for i := range list {
		of[list[i].ID] = p.name(list[i].Page.Draft.Name)
	}
	v := &casePage{Title: p.say("station.rooms"), Lead: p.say("station.rooms_lead")}
	records := ui.Records{Empty: p.say("station.no_room")}
	for i := range rooms {
		r := &rooms[i]
		called[r.ID] = p.name(r.Name)
		x := ui.Record{Title: called[r.ID], Href: at(c, "/liaison/rooms/"+r.ID), Lines: []string{of[r.StationID], p.count("station.seats_n", r.Seats)}}
		switch {
		case !r.Hours.Known:
			x.Tag, x.State = p.say("station.no_hours"), ui.TaskTodo
		case !r.Open:
			x.Tag, x.State = p.say("station.room_shut"), ui.TaskDone
		}
		records.Items = append(records.Items, x)
	}
	wait := ui.Records{Empty: p.say("station.nothing_waits")}
	for i := range waiting {
		b := &waiting[i]
		tag, state := bookingTag(p, &b.Booking)
		wait.Items = append(wait.Items, ui.Record{Title: slotWords(p, b.Day, b.From, b.To), Href: at(c, "/liaison/rooms/"+b.RoomID) + "?week=" + b.Day + "#b-" + b.ID, Lines: []string{called[b.RoomID], p.name(names[b.OrganisationID]), b.Purpose}, Tag: tag, State: state})
	}
	v.add(section{Title: p.say("station.waiting"), Records: &wait})
	v.add(section{Title: p.say("station.all_rooms"), Records: &records})
	if len(list) > 0 {
		v.add(section{ID: "new", Title: p.say("station.room_add_title"), Forms: []*ui.Form{s.act(c, "room", at(c, "/liaison/rooms"), 0, p.say("station.room_add"), roomParts(p, only(f, "room"), "room", nil, list)...)}})
	}
	return v, nil
}

// roomParts are the fields of a room; r is nil for a new one, which is in one of the stations.
func roomParts(p *speaker, f *form, id string, r *stations.Room, list []stations.Station) []ui.FormPart {
	x := stations.Usual
	out := []ui.FormPart{}
	if r != nil {
		x = r.Rules
	} else {
		options := []ui.Option{}
		for i := range list {
			options = append(options, ui.Option{Value: list[i].ID, Label: p.name(list[i].Page.Draft.Name), Checked: f != nil && f.Get("station") == list[i].ID})
		}
		out = append(out, filled(f, id, "station", p.say("station.home"), "", func(y *ui.Field) { y.Options = options }))
	}
	number := func(name string, n int, unit string) ui.FormPart {
		return filled(f, id, name, p.say("station.rule."+name), strconv.Itoa(n), func(y *ui.Field) { y.Short, y.InputMode, y.Unit = true, "numeric", unit })
	}
	out = append(out, threefold(p, f, id, "name", p.say("station.room_name"), x.Name, func(y *ui.Field) { y.Max = stations.MaxName })...)
	out = append(out, threefold(p, f, id, "has", p.say("station.room_has"), x.Has, func(y *ui.Field) {
		y.Max, y.Optional, y.Hint = stations.MaxLine, true, p.say("station.room_has_hint")
	})...)
	out = append(out,
		number("seats", x.Seats, p.say("station.unit.people")), number("lead_hours", x.LeadHours, p.say("station.unit.hours")), number("ahead_days", x.AheadDays, p.say("station.unit.days")),
		number("max_minutes", x.MaxMinutes, p.say("station.unit.minutes")), number("per_week", x.PerWeek, p.say("station.unit.times")))
	open := x.Open
	if f != nil {
		open = f.Get("open") == "1"
	}
	return append(out, ui.FormPart{Choice: &ui.Choice{ID: id + "-open", Name: "open", Legend: p.say("station.room_state"), Many: true, Optional: true, Options: []ui.Pick{{Value: "1", Label: p.say("station.room_open"), Checked: open}}}})
}

func typedRules(f *form) stations.Rules {
	n := func(name string) int {
		x, err := strconv.Atoi(strings.TrimSpace(f.Get(name)))
		if err != nil {
			return -1 // outside of every range
		}
		return x
	}
	return stations.Rules{Name: typedText(f, "name"), Has: typedText(f, "has"), Seats: n("seats"), LeadHours: n("lead_hours"), AheadDays: n("ahead_days"), MaxMinutes: n("max_minutes"), PerWeek: n("per_week"), Open: f.Get("open") == "1"}
}

// roomAdded: POST /liaison/rooms.
func (s *Site) roomAdded(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	r, err := s.services.Stations.AddRoom(c.UserContext(), Of(c).Actor, f.Get("station"), typedRules(f))
	if err == nil {
		return see(c, "/liaison/rooms/"+r.ID+"/hours")
	}
	return s.refused(c, f, err, s.roomsCase)
}

// mondayOf is the week that the address names by one of its days; this week without one.
func mondayOf(c *fiber.Ctx, p *speaker) calendar.Date {
	d, err := calendar.ParseDate(c.Query("week"))
	if err != nil {
		d = calendar.Today(p.now)
	}
	return d.Monday()
}

// weekLinks lead to the weeks before and after.
func weekLinks(p *speaker, path string, monday calendar.Date) []ui.Link {
	return []ui.Link{
		{Label: p.say("station.week_before"), Href: path + "?week=" + (monday - 7).String()},
		{Label: p.say("station.week_after"), Href: path + "?week=" + (monday + 7).String()},
	}
}

// weekTable is the bookings of a week with what is free between them; call says who has the room.
func (s *Site) weekTable(p *speaker, r *stations.Room, w *stations.Week, monday calendar.Date, call func(*stations.Booking) string) *ui.Week {
	today := calendar.Today(p.now)
	out := ui.Week{Caption: p.say("station.week_of", "Day", ui.ShortDate(p.Lang, monday.At(0), p.now))}
	for d := monday; d < monday+7; d++ {
		row := ui.WeekDay{Name: ui.Weekday(p.Lang, d.Weekday()) + " " + ui.ShortDate(p.Lang, d.At(0), p.now), Today: d == today}
		on := hours.DayOf(r.Hours, s.calendar(), d)
		held := []stations.Booking{}
		for _, b := range w.Bookings {
			if b.Day == d.String() && b.State.Holds() {
				held = append(held, b)
			}
		}
		lines := []timed{}
		for i := range held {
			lines = append(lines, timed{held[i].From, ui.Range(p.Lang, held[i].From, held[i].To) + " " + call(&held[i])})
		}
		if on.Known && !on.Unanswered {
			for _, gap := range gaps(on.Spans, held) {
				lines = append(lines, timed{gap.Open, ui.Range(p.Lang, gap.Open, gap.Close) + " " + p.say("station.free")})
			}
		}
		slices.SortStableFunc(lines, func(a, b timed) int { return a.minute - b.minute })
		for _, x := range lines {
			row.Spans = append(row.Spans, x.text)
		}
		out.Days = append(out.Days, row)
	}
	return &out
}

// timed is a line of a day with the minute it begins at.
type timed struct {
	minute int
	text   string
}

// gaps is what is left of the opening times of a day; held is in the order of time.
func gaps(open []hours.Span, held []stations.Booking) []hours.Span {
	out := []hours.Span{}
	for _, s := range open {
		from := s.Open
		for _, b := range held {
			if b.To <= from || b.From >= s.Close {
				continue
			}
			if b.From > from {
				out = append(out, hours.Span{Open: from, Close: b.From})
			}
			from = b.To
		}
		if from < s.Close {
			out = append(out, hours.Span{Open: from, Close: s.Close})
		}
	}
	return out
}

// roomPage: GET /liaison/rooms/:id (week).
func (s *Site) roomPage(c *fiber.Ctx) error { return s.shown(c, s.roomCase) }

func (s *Site) roomCase(c *fiber.Ctx, p *speaker, f *form) (*casePage, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	r, err := s.services.Stations.Room(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return nil, err
	}
	monday := mondayOf(c, p)
	w, err := s.services.Stations.WeekOf(ctx, by, r.ID, monday)
	if err != nil {
		return nil, err
	}
	here := at(c, "/liaison/rooms/"+r.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("station.rooms"), Href: at(c, "/liaison/rooms")}, Title: p.name(r.Name)}
	if saidHere(c, "saved") != "" {
		v.ok(p.say("station.done.saved"))
	}
	v.add(section{
		Title: p.say("station.week_of", "Day", ui.ShortDate(p.Lang, monday.At(0), p.now)),
		Week:  s.weekTable(p, &r, &w, monday, func(b *stations.Booking) string { return p.name(names[b.OrganisationID]) }),
		Links: append(weekLinks(p, here, monday), ui.Link{Label: p.say("station.to_calendar"), Href: here + "/calendar"}),
	})
	for i := range w.Bookings {
		v.add(s.bookingSection(c, p, f, &w, &w.Bookings[i], p.name(names[w.Bookings[i].OrganisationID])))
	}
	open := section{Title: p.say("station.hours"), Text: p.say("station.no_hours"), Links: []ui.Link{{Label: p.say("station.edit_hours"), Href: here + "/hours"}}}
	if r.Hours.Known {
		open.Text = strings.TrimSpace(weekWords(p, r.Hours.Week) + " " + classWords(p, r.Hours.ByClass))
	}
	v.add(open)
	v.add(section{Title: p.say("station.rules"), Forms: []*ui.Form{s.act(c, "room", here, r.Rev, p.say("station.save"), roomParts(p, only(f, "room"), "room", &r, nil)...)}})
	return v, nil
}

// bookingSection is one booking with what can be done to it now.
func (s *Site) bookingSection(c *fiber.Ctx, p *speaker, f *form, w *stations.Week, b *stations.Booking, who string) section {
	tag, _ := bookingTag(p, b)
	x := section{ID: "b-" + b.ID, Title: slotWords(p, b.Day, b.From, b.To), Facts: bookingFacts(p, b, who, tag)}
	id := "do-" + b.ID
	parts, buttons := []ui.FormPart{}, []ui.Button{}
	for _, d := range []stations.Deed{stations.Confirm, stations.MarkUsed, stations.MarkGone, stations.Close, stations.Refuse} {
		if !b.Can(d, p.now) {
			continue
		}
		button := ui.Button{Label: p.say("station.deed." + string(d)), Name: "do", Value: string(d)}
		if len(buttons) > 0 {
			button.Kind = "alt"
		}
		if d == stations.Refuse {
			button.Kind = "alt"
			parts = append(parts, field(only(f, id), id, "reason", p.say("station.reason"), func(y *ui.Field) { y.Optional, y.Max, y.Hint = true, stations.MaxReason, p.say("station.reason_hint") }))
		}
		buttons = append(buttons, button)
	}
	if len(buttons) > 0 {
		form := s.act(c, id, at(c, "/liaison/rooms/"+w.RoomID+"/bookings/"+w.ID+"/"+b.ID)+"?week="+b.Day, 0, "", parts...)
		form.Bar.Buttons = buttons
		x.Forms = []*ui.Form{form}
	}
	return x
}

func bookingFacts(p *speaker, b *stations.Booking, who, tag string) []ui.Fact {
	out := fact(nil, p.say("station.who"), who)
	out = fact(out, p.say("station.purpose"), b.Purpose)
	out = fact(out, p.say("station.people"), strconv.Itoa(b.People))
	out = fact(out, p.say("station.progress"), tag)
	return fact(out, p.say("station.reason"), b.Reason)
}

// roomSent: POST /liaison/rooms/:id (form: room).
func (s *Site) roomSent(c *fiber.Ctx) error {
	f, rev, err := s.revised(c)
	if err != nil {
		return err
	}
	id := c.Params("id")
	if _, err = s.services.Stations.EditRoom(c.UserContext(), Of(c).Actor, id, rev, typedRules(f)); err == nil {
		return see(c, "/liaison/rooms/"+id+"?done=saved")
	}
	return s.roomAgain(c, f, err)
}

func (s *Site) roomAgain(c *fiber.Ctx, f *form, err error) error {
	return s.refused(c, f, err, s.roomCase)
}

// bookingSent: POST /liaison/rooms/:id/bookings/:week/:booking (do, reason).
func (s *Site) bookingSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	b, err := s.services.Stations.Decide(c.UserContext(), Of(c).Actor, c.Params("week"), c.Params("booking"), stations.Deed(f.Get("do")), f.Get("reason"))
	if err == nil {
		return see(c, "/liaison/rooms/"+c.Params("id")+"?week="+b.Day+"&done=saved#b-"+b.ID)
	}
	return s.roomAgain(c, f, err)
}

func (s *Site) roomHours(c *fiber.Ctx) (*hoursOf, error) {
	ctx, by := c.UserContext(), Of(c).Actor
	r, err := s.services.Stations.Room(ctx, by, c.Params("id"))
	if err != nil {
		return nil, err
	}
	return &hoursOf{name: r.Name, next: "/liaison/rooms/" + r.ID, hours: r.Hours, rev: r.Rev, save: func(rev int64, h hours.Hours) error {
		_, err := s.services.Stations.SetRoomHours(ctx, by, r.ID, rev, h)
		return err
	}}, nil
}

// roomCalendar: GET /liaison/rooms/:id/calendar, an iCalendar file of the bookings.
func (s *Site) roomCalendar(c *fiber.Ctx) error {
	r, list, err := s.services.Stations.Coming(c.UserContext(), Of(c).Actor, c.Params("id"))
	if err != nil {
		return err
	}
	names, err := s.memberNames(c)
	if err != nil {
		return err
	}
	host := s.config.Origin
	if u, err := url.Parse(host); err == nil {
		host = u.Hostname()
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="room.ics"`)
	return c.Send(r.ICalendar(list, host, func(id string) string { name, _ := names[id].In(lang.Hans); return name }, s.now()))
}
