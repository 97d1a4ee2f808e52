package web

import (
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"shangquan/server/web/ui"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/lang"
	stations "shangquan/services/station"
)

// ownRooms: GET /my/rooms: for which organisation; who acts for one goes there.
func (s *Site) ownRooms(c *fiber.Ctx) error {
	return s.chooseOrganisation(c, "/my/rooms/", "station.my_rooms", "station.my_rooms_lead")
}

// chooseOrganisation lists the organisations somebody acts for, and leads on where there is one.
func (s *Site) chooseOrganisation(c *fiber.Ctx, to, title, lead string) error {
	list, err := s.services.Assembly.Mine(c.UserContext(), Of(c).Actor)
	if err != nil {
		return err
	}
	if len(list) == 1 {
		return see(c, to+list[0].ID)
	}
	p := s.speaker(c)
	v := casePage{Title: p.say(title), Lead: p.say(lead)}
	records := ui.Records{Empty: p.say("assembly.my_none")}
	for _, o := range list {
		name, in := o.Name.In(p.Lang)
		records.Items = append(records.Items, ui.Record{Title: name, Lang: in, Href: at(c, to+o.ID)})
	}
	v.add(section{Records: &records})
	return s.showCase(c, p, &v, nil, nil)
}

// ownRoomsPage: GET /my/rooms/:id: the rooms, and the bookings of the organisation.
func (s *Site) ownRoomsPage(c *fiber.Ctx) error {
	p, ctx, by, id := s.speaker(c), c.UserContext(), Of(c).Actor, c.Params("id")
	o, err := s.services.Assembly.Own(ctx, by, id)
	if err != nil {
		return err
	}
	rooms, err := s.services.Stations.RoomsFor(ctx, by, id)
	if err != nil {
		return err
	}
	mine, err := s.services.Stations.OfOrganisation(ctx, by, id, onRooms)
	if err != nil {
		return err
	}
	v := casePage{Title: p.say("station.my_rooms"), Lead: p.name(o.Name), Links: []ui.Link{{Label: p.say("assembly.my_title"), Href: at(c, "/my/assembly/"+id)}, {Label: p.say("resource.my_title"), Href: at(c, "/my/resources/"+id)}}}
	called := map[string]string{}
	list := ui.Records{Empty: p.say("station.no_room_open")}
	for i := range rooms {
		r := &rooms[i]
		called[r.ID] = p.name(r.Name)
		lines := []string{p.count("station.seats_n", r.Seats), weekWords(p, r.Hours.Week)}
		if has := p.name(r.Has); has != "" {
			lines = append(lines, has)
		}
		list.Items = append(list.Items, ui.Record{Title: called[r.ID], Href: at(c, "/my/rooms/"+id+"/"+r.ID), Lines: lines})
	}
	v.add(section{Title: p.say("station.book_title"), Text: p.say("station.book_text"), Records: &list})
	bookings := ui.Records{Empty: p.say("station.no_booking")}
	for i := range mine {
		b := &mine[i]
		x := ui.Record{Title: slotWords(p, b.Day, b.From, b.To), Lines: []string{called[b.RoomID], b.Purpose}}
		if called[b.RoomID] != "" {
			x.Href = at(c, "/my/rooms/"+id+"/"+b.RoomID) + "?week=" + b.Day + "#b-" + b.ID
		}
		if b.Reason != "" {
			x.Lines = append(x.Lines, p.say("station.why", "Reason", b.Reason))
		}
		x.Tag, x.State = bookingTag(p, &b.Booking)
		bookings.Items = append(bookings.Items, x)
	}
	v.add(section{Title: p.say("station.my_bookings"), Records: &bookings})
	return s.showCase(c, p, &v, nil, nil)
}

// ownRoomPage: GET /my/rooms/:id/:room (week).
func (s *Site) ownRoomPage(c *fiber.Ctx) error {
	p := s.speaker(c)
	v, err := s.ownRoomCase(c, p, nil, nil)
	if err != nil {
		return err
	}
	return s.showCase(c, p, v, nil, nil)
}

// ownRoomCase is the page of a room for an organisation; free are the times that are offered where the wish is taken.
func (s *Site) ownRoomCase(c *fiber.Ctx, p *speaker, f *form, free []stations.Slot) (*casePage, error) {
	ctx, by, id := c.UserContext(), Of(c).Actor, c.Params("id")
	r, err := s.services.Stations.RoomFor(ctx, by, id, c.Params("room"))
	if err != nil {
		return nil, err
	}
	monday := mondayOf(c, p)
	if f != nil {
		if d, err := calendar.ParseDate(f.Get("day")); err == nil {
			monday = d.Monday()
		}
	}
	w, err := s.services.Stations.WeekFor(ctx, by, id, r.ID, monday)
	if err != nil {
		return nil, err
	}
	here := at(c, "/my/rooms/"+id+"/"+r.ID)
	v := &casePage{Up: &ui.Link{Label: p.say("station.my_rooms"), Href: at(c, "/my/rooms/"+id)}, Title: p.name(r.Name), Lead: p.name(r.Has)}
	if word := saidHere(c, "asked", "withdrawn"); word != "" {
		v.ok(p.say("station.done." + word))
	}
	v.add(section{
		Title: p.say("station.week_of", "Day", ui.ShortDate(p.Lang, monday.At(0), p.now)), Links: weekLinks(p, here, monday),
		Week: s.weekTable(p, &r, &w, monday, func(b *stations.Booking) string {
			if b.OrganisationID == id {
				return p.say("station.yours")
			}
			return p.say("station.taken")
		}),
	})
	for i := range w.Bookings {
		b := &w.Bookings[i]
		if b.OrganisationID != id {
			continue
		}
		tag, _ := bookingTag(p, b)
		x := section{ID: "b-" + b.ID, Title: slotWords(p, b.Day, b.From, b.To), Facts: bookingFacts(p, b, "", tag)}
		if b.Can(stations.Withdraw, p.now) {
			form := s.act(c, "back-"+b.ID, here+"/bookings/"+w.ID+"/"+b.ID, 0, p.say("station.deed.withdraw"))
			form.Bar.Buttons[0].Kind = "alt"
			x.Forms = []*ui.Form{form}
		}
		v.add(x)
	}
	v.add(section{
		ID: "ask", Title: p.say("station.ask_title"), Text: p.say("station.ask_text", "Hours", r.LeadHours, "Days", r.AheadDays, "Minutes", r.MaxMinutes, "Times", r.PerWeek),
		Forms: []*ui.Form{s.act(c, "ask", here, 0, p.say("station.ask"), askParts(p, only(f, "ask"), &r, free)...)},
	})
	return v, nil
}

// askParts are the fields of a booking.
func askParts(p *speaker, f *form, r *stations.Room, free []stations.Slot) []ui.FormPart {
	day := field(f, "ask", "day", p.say("station.day"), func(x *ui.Field) { x.Type, x.Short = "date", true })
	for _, s := range free {
		day.Field.Fixes = append(day.Field.Fixes, ui.Fix{Label: slotWords(p, s.Day.String(), s.From, s.To), Value: s.Day.String() + " " + strconv.Itoa(s.From) + " " + strconv.Itoa(s.To)})
	}
	first, last := 24*60, 0
	for _, spans := range r.Hours.Week {
		for _, s := range spans {
			first, last = min(first, s.Open), max(last, min(s.Close, 24*60))
		}
	}
	times := func(name string, from, to int) ui.FormPart {
		return field(f, "ask", name, p.say("station."+name), func(x *ui.Field) {
			x.Short = true
			x.Options = []ui.Option{{Label: p.say("my.choose")}}
			for m := (from + stations.Step - 1) / stations.Step * stations.Step; m <= to; m += stations.Step {
				x.Options = append(x.Options, ui.Option{Value: strconv.Itoa(m), Label: ui.ClockMinutes(p.Lang, m), Checked: x.Value == strconv.Itoa(m)})
			}
		})
	}
	return []ui.FormPart{
		day, times("from", first, last-stations.Step), times("to", first+stations.Step, last),
		field(f, "ask", "purpose", p.say("station.purpose"), func(x *ui.Field) { x.Max, x.Lang, x.Hint = stations.MaxLine, lang.Hans, p.say("station.purpose_hint") }),
		field(f, "ask", "people", p.say("station.people"), func(x *ui.Field) { x.Short, x.InputMode, x.Unit = true, "numeric", p.say("station.unit.people") }),
	}
}

// ownRoomSent: POST /my/rooms/:id/:room (day, from, to, purpose, people; fix puts a free time in and asks for nothing yet).
func (s *Site) ownRoomSent(c *fiber.Ctx) error {
	f, err := s.form(c)
	if err != nil {
		return err
	}
	p := s.speaker(c)
	if fix := strings.Fields(f.Get("fix")); len(fix) == 3 {
		f.Set("day", fix[0])
		f.Set("from", fix[1])
		f.Set("to", fix[2])
		v, err := s.ownRoomCase(c, p, f, nil)
		if err != nil {
			return err
		}
		return s.showCase(c, p, v, nil, nil)
	}
	number := func(name string) int {
		n, err := strconv.Atoi(strings.TrimSpace(f.Get(name)))
		if err != nil {
			return -1
		}
		return n
	}
	w := stations.Wish{Day: f.Get("day"), From: number("from"), To: number("to"), Purpose: f.Get("purpose"), People: number("people")}
	id, room := c.Params("id"), c.Params("room")
	b, err := s.services.Stations.Book(c.UserContext(), Of(c).Actor, id, room, w)
	if err == nil {
		return see(c, "/my/rooms/"+id+"/"+room+"?week="+b.Day+"&done=asked")
	}
	var free []stations.Slot
	taken, is := errors.AsType[*stations.Taken](err)
	if is {
		free = taken.Free
		key := "station.wrong.taken"
		if len(free) == 0 {
			key = "station.wrong.taken_all"
		}
		err = fault.Wrong("day", key, nil)
	}
	v, caseErr := s.ownRoomCase(c, p, f, free)
	if caseErr != nil {
		return caseErr
	}
	err = s.refuse(c, p, v, f, err)
	if is && err == nil {
		c.Status(fiber.StatusConflict)
	}
	return err
}

// ownBookingSent: POST /my/rooms/:id/:room/bookings/:week/:booking gives a room back.
func (s *Site) ownBookingSent(c *fiber.Ctx) error {
	if _, err := s.form(c); err != nil {
		return err
	}
	id, room := c.Params("id"), c.Params("room")
	b, err := s.services.Stations.WithdrawBooking(c.UserContext(), Of(c).Actor, id, c.Params("week"), c.Params("booking"))
	if err == nil {
		return see(c, "/my/rooms/"+id+"/"+room+"?week="+b.Day+"&done=withdrawn")
	}
	p := s.speaker(c)
	v, caseErr := s.ownRoomCase(c, p, nil, nil)
	if caseErr != nil {
		return caseErr
	}
	v.warn(p.why(err))
	if !stale(err) {
		return err
	}
	c.Status(fiber.StatusConflict)
	return s.showCase(c, p, v, nil, nil)
}
