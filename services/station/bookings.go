package station

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/store"
)

// attempts bounds how often a booking goes back because somebody else began the week at that moment.
const attempts = 5

// offered is how many free times are named when the wish is taken.
const offered = 3

// Book asks for a room. fault.NotFound for a room that cannot be asked for, fault.Invalid with the fields that are against the rules of
// the room, fault.Conflict with Taken when somebody has it then.
func (s *Service) Book(ctx context.Context, by access.Actor, organisationID, roomID string, w Wish) (Booking, error) {
	r, err := s.RoomFor(ctx, by, organisationID, roomID)
	if err != nil {
		return Booking{}, err
	}
	now := s.Now()
	day, err := w.check(&r, s.Calendar(), now)
	if err != nil {
		return Booking{}, err
	}
	b := Booking{
		ID: strings.ToLower(rand.Text()[:12]), OrganisationID: organisationID, Day: day.String(), From: w.From, To: w.To, Purpose: w.Purpose, People: w.People, State: Requested, AskedAt: at(now),
	}
	for range attempts {
		err = s.put(ctx, by, &r, day.Monday(), b)
		if !errors.Is(err, errAgain) {
			break
		}
	}
	if taken, ok := errors.AsType[*Taken](err); ok {
		weeks, wErr := s.weeksFrom(ctx, r.ID, day-searchDays, day+searchDays)
		if wErr != nil {
			return Booking{}, wErr
		}
		taken.Free = r.Free(s.Calendar(), weeks, day, w.From, w.To-w.From, offered, now)
	}
	if err != nil {
		return Booking{}, err
	}
	return b, nil
}

var errAgain = errors.New("station: look again")

// put writes a booking into its week, which it begins when it is the first.
func (s *Service) put(ctx context.Context, by access.Actor, r *Room, monday calendar.Date, b Booking) error {
	write := audit.Write{Action: access.RoomBook, Title: r.Name.Hans + " " + b.Day}
	was, err := s.weeks.GetBy(ctx, "key", weekKey(r.ID, monday))
	if fault.Is(err, fault.NotFound) {
		first := Week{Key: weekKey(r.ID, monday), RoomID: r.ID, Monday: monday.String()}
		if err := first.take(b, r.PerWeek); err != nil {
			return err
		}
		if err := s.weeks.Insert(ctx, by, write, &first); fault.Is(err, fault.Conflict) {
			return errAgain
		} else {
			return err
		}
	}
	if err != nil {
		return err
	}
	_, err = s.weeks.Update(ctx, by, write, was.ID, 0, func(w *Week) error { return w.take(b, r.PerWeek) })
	return err
}

// weeksFrom are the weeks of a room that hold the days from first to last.
func (s *Service) weeksFrom(ctx context.Context, roomID string, first, last calendar.Date) ([]Week, error) {
	page, err := s.weeks.Find(ctx, store.Where("room_id", store.Eq, roomID).And("monday", store.Gte, first.Monday().String()).And("monday", store.Lte, last.String()).Limit(60))
	return page.Items, err
}

// Decide answers a booking, or notes what came of it; the state guards it, so that no revision is asked for: fault.NotFound,
// fault.Invalid without a reason where one is due, fault.Conflict when the booking is not at it.
func (s *Service) Decide(ctx context.Context, by access.Actor, weekID, bookingID string, d Deed, reason string) (Booking, error) {
	if err := access.Require(by, access.RoomDecide, access.Thing{Kind: kindWeek, ID: weekID}); err != nil {
		return Booking{}, err
	}
	x, ok := deeds[d]
	if !ok || d == Withdraw {
		return Booking{}, fault.Missing()
	}
	reason = lang.Clean(reason)
	if !x.reason {
		reason = ""
	} else if err := fault.Wrongs((lang.Limit{Max: MaxReason, Must: true}).Check("reason", reason)); err != nil {
		return Booking{}, err
	}
	b, w, err := s.change(ctx, by, access.RoomDecide, weekID, bookingID, d, reason, nil)
	if err == nil && (d == Confirm || d == Refuse) {
		quietly(ctx, s.tell(ctx, w.RoomID, &b))
	}
	return b, err
}

// WithdrawBooking gives a room back: fault.NotFound for the bookings of others, fault.Conflict once it has begun.
func (s *Service) WithdrawBooking(ctx context.Context, by access.Actor, organisationID, weekID, bookingID string) (Booking, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return Booking{}, err
	}
	b, _, err := s.change(ctx, by, access.RoomBook, weekID, bookingID, Withdraw, "", func(b *Booking) bool { return b.OrganisationID == organisationID })
	return b, err
}

func (s *Service) change(ctx context.Context, by access.Actor, act access.Action, weekID, bookingID string, d Deed, reason string, mine func(*Booking) bool) (Booking, Week, error) {
	var done Booking
	now := s.Now()
	w, err := s.weeks.UpdateAs(ctx, by, weekID, 0, func(w *Week) (audit.Write, error) {
		i := slices.IndexFunc(w.Bookings, func(b Booking) bool { return b.ID == bookingID })
		if i < 0 || mine != nil && !mine(&w.Bookings[i]) {
			return audit.Write{}, fault.Missing()
		}
		var err error
		done, err = w.do(bookingID, d, reason, now)
		return audit.Write{Action: act, Title: done.Day, Why: reason}, err
	})
	return done, w, err
}

// Sweep gives back the rooms that organisations have still to come to and whose seat has ended, and returns how many.
func (s *Service) Sweep(ctx context.Context) (int, error) {
	seated, err := s.Members.Seated(ctx)
	if err != nil {
		return 0, err
	}
	n, now := 0, s.Now()
	gone := func(b *Booking) bool { return !seated[b.OrganisationID] && b.Can(Withdraw, now) }
	for w, err := range s.weeks.Each(ctx, store.Where("monday", store.Gte, calendar.Today(now).Monday().String()).Limit(100)) {
		if err != nil {
			return n, err
		}
		for _, b := range takings([]Week{w}, mostInWeek, gone) {
			_, _, err := s.change(ctx, access.System("schedule"), access.RoomBook, w.ID, b.ID, Withdraw, "", gone)
			if err != nil && !fault.Is(err, fault.NotFound) { // withdrawn or refused by somebody meanwhile
				return n, err
			}
			n++
		}
	}
	return n, nil
}

// tell writes to the people of the organisation what became of a booking.
func (s *Service) tell(ctx context.Context, roomID string, b *Booking) error {
	if s.Letters == nil {
		return nil
	}
	r, err := s.rooms.Get(ctx, roomID)
	if err != nil {
		return err
	}
	_, people, err := s.Members.Reach(ctx, b.OrganisationID)
	for _, id := range people {
		err = errors.Join(err, s.Letters.TellBooking(ctx, id, "room."+b.ID+"."+string(b.State), b.State == Confirmed, map[string]any{
			"Room": r.Name.Hans, "When": b.Day + " " + hours.Minute(b.From).String(), "Reason": b.Reason, "Link": s.Link(b.OrganisationID),
		}))
	}
	return err
}

// Taking is one booking with the room and the week it is in.
type Taking struct {
	Booking
	WeekID, RoomID string
}

// Waiting returns the bookings that wait for an answer, the nearest first, at most most.
func (s *Service) Waiting(ctx context.Context, by access.Actor, most int) ([]Taking, error) {
	if err := access.Require(by, access.RoomDecide, access.Thing{Kind: kindWeek}); err != nil {
		return nil, err
	}
	page, err := s.weeks.Find(ctx, store.Where("waiting", store.Eq, true).OrderBy("monday", store.Asc).Limit(100))
	return takings(page.Items, most, func(b *Booking) bool { return b.State == Requested }), err
}

// ThisWeek returns the bookings of the present week that keep a room, in the order they come.
func (s *Service) ThisWeek(ctx context.Context, by access.Actor) ([]Taking, error) {
	if err := access.Require(by, access.RoomDecide, access.Thing{Kind: kindWeek}); err != nil {
		return nil, err
	}
	page, err := s.weeks.Find(ctx, store.Where("monday", store.Eq, calendar.Today(s.Now()).Monday().String()).Limit(mostRooms))
	list := takings(page.Items, mostRooms*mostInWeek, func(b *Booking) bool { return b.State.Holds() })
	slices.SortStableFunc(list, func(a, b Taking) int { return cmp.Or(strings.Compare(a.Day, b.Day), a.From-b.From) })
	return list, err
}

// takings picks bookings out of weeks.
func takings(weeks []Week, most int, pick func(*Booking) bool) []Taking {
	out := []Taking{}
	for _, w := range weeks {
		for i := range w.Bookings {
			if pick(&w.Bookings[i]) && len(out) < most {
				out = append(out, Taking{w.Bookings[i], w.ID, w.RoomID})
			}
		}
	}
	return out
}

// OfOrganisation returns the bookings of an organisation, those of the latest weeks first, at most most.
func (s *Service) OfOrganisation(ctx context.Context, by access.Actor, organisationID string, most int) ([]Taking, error) {
	if err := s.acts(ctx, by, organisationID); err != nil {
		return nil, err
	}
	page, err := s.weeks.Find(ctx, store.Where("organisations", store.Eq, organisationID).OrderBy("monday", store.Desc).Limit(30))
	return takings(page.Items, most, func(b *Booking) bool { return b.OrganisationID == organisationID }), err
}

// WeekOf returns a week of a room for the liaison; one without a booking is empty.
func (s *Service) WeekOf(ctx context.Context, by access.Actor, roomID string, monday calendar.Date) (Week, error) {
	if err := access.Require(by, access.RoomDecide, access.Thing{Kind: kindWeek}); err != nil {
		return Week{}, err
	}
	return s.week(ctx, roomID, monday)
}

func (s *Service) week(ctx context.Context, roomID string, monday calendar.Date) (Week, error) {
	w, err := s.weeks.GetBy(ctx, "key", weekKey(roomID, monday.Monday()))
	if fault.Is(err, fault.NotFound) {
		return Week{RoomID: roomID, Monday: monday.Monday().String()}, nil
	}
	return w, err
}

// WeekFor returns a week of a room as an organisation reads it: of the bookings of others only when the room is taken.
func (s *Service) WeekFor(ctx context.Context, by access.Actor, organisationID, roomID string, monday calendar.Date) (Week, error) {
	if _, err := s.RoomFor(ctx, by, organisationID, roomID); err != nil {
		return Week{}, err
	}
	w, err := s.week(ctx, roomID, monday)
	if err != nil {
		return Week{}, err
	}
	for i := range w.Bookings {
		if b := &w.Bookings[i]; b.OrganisationID != organisationID {
			*b = Booking{Day: b.Day, From: b.From, To: b.To, State: b.State}
		}
	}
	w.Organisations, w.Trail = nil, audit.Trail{}
	return w, nil
}

// FreeFor returns free times of a room for an organisation, near a wish.
func (s *Service) FreeFor(ctx context.Context, by access.Actor, organisationID, roomID string, day calendar.Date, from, length int) ([]Slot, error) {
	r, err := s.RoomFor(ctx, by, organisationID, roomID)
	if err != nil {
		return nil, err
	}
	weeks, err := s.weeksFrom(ctx, roomID, day-searchDays, day+searchDays)
	return r.Free(s.Calendar(), weeks, day, from, length, offered, s.Now()), err
}

// Coming returns the bookings of a room from four weeks ago on that hold it, for the calendar of the liaison.
func (s *Service) Coming(ctx context.Context, by access.Actor, roomID string) (Room, []Booking, error) {
	r, err := s.Room(ctx, by, roomID)
	if err != nil {
		return Room{}, nil, err
	}
	today := calendar.Today(s.Now())
	weeks, err := s.weeksFrom(ctx, roomID, today-28, today+calendar.Date(r.AheadDays))
	out := []Booking{}
	for _, x := range takings(weeks, 1000, func(*Booking) bool { return true }) {
		out = append(out, x.Booking)
	}
	return r, out, err
}

// begun reports that an instant has passed, for pages.
func (b *Booking) Begun(now time.Time) bool { return !now.Before(b.Start()) }
