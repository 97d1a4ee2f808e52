package station

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/audit/audittest"
	"shangquan/services/calendar"
	"shangquan/services/fault"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/listing"
	"shangquan/services/place"
)

var (
	liaison     = access.Actor{AccountID: "lian", Roles: []access.Role{access.Liaison}, TwoFactor: true}
	coordinator = access.Actor{AccountID: "xie", Roles: []access.Role{access.Coordinator}, TwoFactor: true}
	admin       = access.Actor{AccountID: "guan", Roles: []access.Role{access.Admin}, TwoFactor: true}
	owner       = access.Actor{AccountID: "dian", Seats: []access.Seat{{MerchantID: "m1", Role: access.Owner}}}
	staff       = access.Actor{AccountID: "yuan", Seats: []access.Seat{{MerchantID: "m1", Role: access.Staff}}}
	rival       = access.Actor{AccountID: "lin", Seats: []access.Seat{{MerchantID: "m2", Role: access.Owner}}}
)

// house is the service over a store of its own with one open room, two organisations, and a clock that the test moves.
type house struct {
	*Service
	t       testing.TB
	now     time.Time
	room    Room
	shops   map[string]listing.Listing
	named   map[string]lang.Text // the organisations that may be named
	letters []string
	gone    string // the organisation whose seat has ended
}

func (h *house) Seated(context.Context) (map[string]bool, error) {
	out := map[string]bool{"o1": true, "o2": true}
	delete(out, h.gone)
	return out, nil
}

func (h *house) ListedNames(context.Context) (map[string]lang.Text, error) { return h.named, nil }

func (h *house) street(_ context.Context, id string) (place.Street, error) {
	if id != "st1" {
		return place.Street{}, fault.Missing()
	}
	return place.Street{}, nil
}

func (h *house) org(id string) (assembly.Organisation, error) {
	var o assembly.Organisation
	switch o.ID = id; id {
	case "o1":
		o.MerchantID = "m1"
	case "o2":
		o.MerchantID = "m2"
	default:
		return o, fault.Missing()
	}
	o.Active = true
	return o, nil
}

func (h *house) Own(_ context.Context, by access.Actor, id string) (assembly.Organisation, error) {
	o, err := h.org(id)
	if err == nil {
		err = access.Require(by, access.AssemblyMember, o.Thing(by))
	}
	return o, err
}

func (h *house) Reach(_ context.Context, id string) (assembly.Organisation, []string, error) {
	o, err := h.org(id)
	return o, []string{"of " + id}, err
}

func (h *house) TellBooking(_ context.Context, accountID, _ string, confirmed bool, args map[string]any) error {
	h.letters = append(h.letters, fmt.Sprint(accountID, " ", confirmed, " ", args["When"], " ", args["Reason"]))
	return nil
}

func (h *house) Get(_ context.Context, id string) (listing.Listing, error) {
	l, ok := h.shops[id]
	if !ok {
		return l, fault.Missing()
	}
	return l, nil
}

func (h *house) RunBy(_ context.Context, ids []string) ([]listing.Listing, error) {
	out := []listing.Listing{}
	for _, id := range ids {
		if l, ok := h.shops[id]; ok && l.Public() {
			out = append(out, l)
		}
	}
	return out, nil
}

// everyDay is open from nine to five, and on holidays too.
func everyDay(t testing.TB) hours.Hours {
	t.Helper()
	h, err := hours.ParseChinese("每天 9:00-17:00")
	if err != nil {
		t.Fatal(err)
	}
	h.ByClass = map[string][]hours.Span{"holiday": {{Open: 540, Close: 1020}}}
	return h
}

func opened(t testing.TB) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 10, 15, 9, 0, 0, 0, calendar.Shanghai), shops: map[string]listing.Listing{}} // a Thursday
	now := func() time.Time { return h.now }
	db, log, _ := audittest.Open(t, now)
	h.Service = New(Deps{DB: db, Log: log, Members: h, Shops: h, Letters: h, Street: h.street, Calendar: calendar.China, Now: now, Link: func(o string) string { return "/my/rooms/" + o }})
	st := ok(h, func() (Station, error) { return h.Add(t.Context(), liaison, "yun-jian", someDetails()) })
	rules := Usual
	rules.Name = lang.Text{Hans: "二楼会议室"}
	h.room = ok(h, func() (Room, error) { return h.AddRoom(t.Context(), liaison, st.ID, rules) })
	h.room = ok(h, func() (Room, error) { return h.SetRoomHours(t.Context(), liaison, h.room.ID, h.room.Rev, everyDay(t)) })
	return h
}

func someDetails() Details {
	return Details{Name: lang.Text{Hans: "云间服务站"}, Where: lang.Text{Hans: "中山中路 1 号"}, Facilities: []Facility{Rest, Water, "gold"}}
}

func ok[T any](h *house, f func() (T, error)) T {
	h.t.Helper()
	x, err := f()
	if err != nil {
		h.t.Fatal(err)
	}
	return x
}

func wish(day string, from, to int) Wish {
	return Wish{Day: day, From: from, To: to, Purpose: "商户座谈", People: 8}
}

func fieldOf(err error) string {
	if f, is := errors.AsType[*fault.Error](err); is && len(f.Fields) > 0 {
		return f.Fields[0].Name + " " + f.Fields[0].Key
	}
	return fmt.Sprint(err)
}

func TestWhatARoomCanBeAskedFor(t *testing.T) {
	h := opened(t)
	for name, x := range map[string]struct {
		w    Wish
		want string
	}{
		"no purpose":     {Wish{Day: "2026-10-20", From: 600, To: 660, People: 8}, "purpose error.text.empty"},
		"too many":       {Wish{Day: "2026-10-20", From: 600, To: 660, People: 21, Purpose: "会"}, "people station.wrong.people"},
		"nobody":         {Wish{Day: "2026-10-20", From: 600, To: 660, Purpose: "会"}, "people station.wrong.people"},
		"no day":         {wish("明天", 600, 660), "day station.wrong.day"},
		"off the grid":   {wish("2026-10-20", 605, 660), "from station.wrong.time"},
		"backwards":      {wish("2026-10-20", 660, 600), "to station.wrong.order"},
		"too long":       {wish("2026-10-20", 540, 735), "to station.wrong.long"},
		"too late asked": {wish("2026-10-16", 540, 600), ""},
		"in 23 hours":    {wish("2026-10-16", 525, 585), "day station.wrong.lead"},
		"too far ahead":  {wish("2026-12-15", 600, 660), "day station.wrong.ahead"},
		"before opening": {wish("2026-10-20", 525, 585), "from station.wrong.shut"},
		"past closing":   {wish("2026-10-20", 990, 1050), "from station.wrong.shut"},
	} {
		_, err := h.Book(t.Context(), owner, "o1", h.room.ID, x.w)
		if x.want == "" && err != nil || x.want != "" && fieldOf(err) != x.want {
			t.Errorf("%s: %s, want %q", name, fieldOf(err), x.want)
		}
	}
	for name, by := range map[string]access.Actor{"staff": staff, "another": rival, "the liaison": liaison, "a coordinator": coordinator} {
		if _, err := h.Book(t.Context(), by, "o1", h.room.ID, wish("2026-10-21", 600, 660)); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s books for an organisation: %v", name, err)
		}
	}
	shut := h.room.Rules
	shut.Open = false
	h.room = ok(h, func() (Room, error) { return h.EditRoom(t.Context(), liaison, h.room.ID, h.room.Rev, shut) })
	if _, err := h.Book(t.Context(), owner, "o1", h.room.ID, wish("2026-10-21", 600, 660)); !fault.Is(err, fault.NotFound) {
		t.Errorf("a room that is not to be had: %v", err)
	}
}

func TestARoomOnAHolidayNobodySpokeOf(t *testing.T) {
	h := opened(t)
	h.now = time.Date(2026, 9, 1, 9, 0, 0, 0, calendar.Shanghai)
	week, err := hours.ParseChinese("每天 9:00-17:00")
	if err != nil {
		t.Fatal(err)
	}
	h.room = ok(h, func() (Room, error) { return h.SetRoomHours(t.Context(), liaison, h.room.ID, h.room.Rev, week) })
	if _, err := h.Book(t.Context(), owner, "o1", h.room.ID, wish("2026-10-01", 600, 660)); fieldOf(err) != "from station.wrong.shut" {
		t.Errorf("booked on a holiday: %v", err)
	}
}

// Who has no seat any more keeps no room from others; what was is still written down.
func TestBookingsOfASeatThatHasEnded(t *testing.T) {
	h, ctx := opened(t), t.Context()
	book := func(by access.Actor, org, day string) Booking {
		t.Helper()
		return ok(h, func() (Booking, error) { return h.Book(ctx, by, org, h.room.ID, wish(day, 600, 660)) })
	}
	past, asked, theirs := book(owner, "o1", "2026-10-20"), book(owner, "o1", "2026-10-21"), book(rival, "o2", "2026-10-22")
	later := book(owner, "o1", "2026-10-27")
	week := ok(h, func() (Week, error) { return h.WeekOf(ctx, liaison, h.room.ID, calendar.On(2026, 10, 20)) })
	ok(h, func() (Booking, error) { return h.Decide(ctx, liaison, week.ID, past.ID, Confirm, "") })
	h.now = time.Date(2026, 10, 20, 12, 0, 0, 0, calendar.Shanghai)
	sweep := func(want int) {
		t.Helper()
		if n := ok(h, func() (int, error) { return h.Sweep(ctx) }); n != want {
			t.Errorf("gave back %d, want %d", n, want)
		}
	}
	sweep(0)
	h.gone = "o1"
	sweep(2)
	sweep(0)
	states := map[string]State{}
	for _, day := range []int{20, 27} {
		for _, b := range ok(h, func() (Week, error) { return h.WeekOf(ctx, liaison, h.room.ID, calendar.On(2026, 10, day)) }).Bookings {
			states[b.ID] = b.State
		}
	}
	if states[past.ID] != Confirmed || states[asked.ID] != Withdrawn || states[later.ID] != Withdrawn || states[theirs.ID] != Requested {
		t.Errorf("the bookings are %v", states)
	}
	book(rival, "o2", "2026-10-27")
}

func TestBookingsThatTouch(t *testing.T) {
	for name, x := range map[string]struct {
		from, to int
		free     bool
	}{
		"the same": {600, 660, false}, "inside": {615, 645, false}, "around": {570, 690, false}, "over the begin": {585, 615, false}, "over the end": {645, 675, false},
		"just before": {540, 600, true}, "just after": {660, 720, true},
	} {
		h := opened(t)
		ok(h, func() (Booking, error) {
			return h.Book(t.Context(), owner, "o1", h.room.ID, wish("2026-10-20", 600, 660))
		})
		_, err := h.Book(t.Context(), rival, "o2", h.room.ID, wish("2026-10-20", x.from, x.to))
		taken, is := errors.AsType[*Taken](err)
		switch {
		case x.free && err != nil:
			t.Errorf("%s: %v", name, err)
		case !x.free && (!is || !fault.Is(err, fault.Conflict) || len(taken.Free) != offered):
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFreeTimesAreNearAndFree(t *testing.T) {
	h := opened(t)
	ok(h, func() (Booking, error) {
		return h.Book(t.Context(), owner, "o1", h.room.ID, wish("2026-10-20", 600, 660))
	})
	_, err := h.Book(t.Context(), rival, "o2", h.room.ID, wish("2026-10-20", 600, 660))
	taken, _ := errors.AsType[*Taken](err)
	if taken == nil || len(taken.Free) != 3 {
		t.Fatalf("%v", err)
	}
	day := calendar.On(2026, 10, 20)
	if taken.Free[0] != (Slot{day, 540, 600}) || taken.Free[1] != (Slot{day, 660, 720}) || taken.Free[2] != (Slot{day, 720, 780}) {
		t.Errorf("free are %v", taken.Free)
	}
	for _, s := range taken.Free {
		w := wish(s.Day.String(), s.From, s.To)
		h.room.PerWeek = 10
		if _, err := w.check(&h.room, h.Calendar(), h.now); err != nil {
			t.Errorf("%v is offered and refused: %v", s, err)
		}
	}
}

func TestTwoHundredAskAtOnce(t *testing.T) {
	h := opened(t)
	const n = 200
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			by, org := owner, "o1"
			if i%2 == 1 {
				by, org = rival, "o2"
			}
			from := 600 + i%3*Step // all of them overlap
			_, errs[i] = h.Book(t.Context(), by, org, h.room.ID, wish("2026-10-20", from, from+60))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if _, is := errors.AsType[*Taken](err); !is {
			t.Errorf("a loser hears %v", err)
		}
	}
	w := ok(h, func() (Week, error) { return h.WeekOf(t.Context(), liaison, h.room.ID, calendar.On(2026, 10, 20)) })
	if won != 1 || len(w.Bookings) != 1 {
		t.Errorf("%d won, %d are stored", won, len(w.Bookings))
	}
}

func TestAnOrganisationHasItsShareOfAWeek(t *testing.T) {
	h := opened(t)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs { // no two overlap: only the share keeps them out
		wg.Go(func() {
			_, errs[i] = h.Book(t.Context(), owner, "o1", h.room.ID, wish(fmt.Sprintf("2026-10-%d", 20+i/4), 540+i%4*60, 600+i%4*60))
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fieldOf(err) != "day station.wrong.share" {
			t.Errorf("%v", err)
		}
	}
	if won != Usual.PerWeek {
		t.Errorf("%d bookings in a week", won)
	}
	if _, err := h.Book(t.Context(), owner, "o1", h.room.ID, wish("2026-10-26", 600, 660)); err != nil {
		t.Errorf("in the next week: %v", err)
	}
	if _, err := h.Book(t.Context(), rival, "o2", h.room.ID, wish("2026-10-20", 960, 1020)); err != nil {
		t.Errorf("another organisation: %v", err)
	}
}

func TestStepsOfABooking(t *testing.T) {
	before, after := time.Date(2026, 10, 20, 9, 59, 0, 0, calendar.Shanghai), time.Date(2026, 10, 20, 10, 0, 0, 0, calendar.Shanghai)
	can := map[string][]Deed{
		"requested before": {Confirm, Refuse, Withdraw}, "requested after": {Refuse},
		"confirmed before": {Refuse, Withdraw}, "confirmed after": {Refuse, MarkUsed, MarkGone},
		"used after": {Close}, "no_show after": {Close}, "used before": {Close}, "no_show before": {Close},
	}
	for _, s := range []State{Requested, Confirmed, Used, NoShow, Closed, Refused, Withdrawn} {
		for when, now := range map[string]time.Time{"before": before, "after": after} {
			for d, line := range deeds {
				w := Week{Bookings: []Booking{{ID: "b", Day: "2026-10-20", From: 600, To: 660, State: s}}}
				want := false
				for _, x := range can[string(s)+" "+when] {
					want = want || x == d
				}
				b, err := w.do("b", d, "", now)
				if want != (err == nil) || want && b.State != line.to || !want && !fault.Is(err, fault.Conflict) {
					t.Errorf("%s of a %s booking %s it begins: %v", d, s, when, err)
				}
			}
		}
	}
}

func TestABookingFromRequestToClose(t *testing.T) {
	h, ctx := opened(t), t.Context()
	b := ok(h, func() (Booking, error) { return h.Book(ctx, owner, "o1", h.room.ID, wish("2026-10-20", 600, 660)) })
	wait := ok(h, func() ([]Taking, error) { return h.Waiting(ctx, liaison, 10) })
	if len(wait) != 1 || wait[0].ID != b.ID {
		t.Fatalf("waiting are %v", wait)
	}
	week := wait[0].WeekID
	for name, by := range map[string]access.Actor{"the owner": owner, "a coordinator": coordinator, "an administrator": admin} {
		if _, err := h.Decide(ctx, by, week, b.ID, Confirm, ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s confirms: %v", name, err)
		}
	}
	if _, err := h.Decide(ctx, liaison, week, b.ID, Refuse, " "); fieldOf(err) != "reason error.text.empty" {
		t.Errorf("refused without a reason: %v", err)
	}
	if _, err := h.Decide(ctx, liaison, week, "none", Confirm, ""); !fault.Is(err, fault.NotFound) {
		t.Errorf("no such booking: %v", err)
	}
	ok(h, func() (Booking, error) { return h.Decide(ctx, liaison, week, b.ID, Confirm, "") })
	if _, err := h.WithdrawBooking(ctx, rival, "o2", week, b.ID); !fault.Is(err, fault.NotFound) {
		t.Errorf("another withdraws it: %v", err)
	}
	seen := ok(h, func() (Week, error) { return h.WeekFor(ctx, rival, "o2", h.room.ID, calendar.On(2026, 10, 20)) })
	if x := seen.Bookings[0]; x.Purpose != "" || x.OrganisationID != "" || x.People != 0 || x.From != 600 || len(seen.Organisations) > 0 {
		t.Errorf("another organisation reads %+v", x)
	}
	if len(ok(h, func() ([]Taking, error) { return h.OfOrganisation(ctx, owner, "o1", 10) })) != 1 {
		t.Error("the organisation does not see its booking")
	}
	h.now = h.now.AddDate(0, 0, 5).Add(3 * time.Hour)
	ok(h, func() (Booking, error) { return h.Decide(ctx, liaison, week, b.ID, MarkGone, "") })
	done := ok(h, func() (Booking, error) { return h.Decide(ctx, liaison, week, b.ID, Close, "") })
	if done.State != Closed || done.Outcome != NoShow || done.Sequence != 3 {
		t.Errorf("closed is %+v", done)
	}
	if len(h.letters) != 1 || h.letters[0] != "of o1 true 2026-10-20 10:00 " {
		t.Errorf("letters %q", h.letters)
	}
	_, list, err := h.Coming(ctx, liaison, h.room.ID)
	if err != nil {
		t.Fatal(err)
	}
	ics := string(h.room.ICalendar(list, "example", func(id string) string { return "单位，" + id }, h.now))
	for _, x := range []string{"UID:" + b.ID + "@example", "STATUS:CONFIRMED", "DTSTART;TZID=Asia/Shanghai:20261020T100000", "SEQUENCE:3", "单位，o1：商户座谈（8）"} {
		if !strings.Contains(ics, x) {
			t.Errorf("the calendar lacks %q: %s", x, ics)
		}
	}
}

func TestARefusedRoomIsFreeAgain(t *testing.T) {
	h, ctx := opened(t), t.Context()
	b := ok(h, func() (Booking, error) { return h.Book(ctx, owner, "o1", h.room.ID, wish("2026-10-20", 600, 660)) })
	week := ok(h, func() ([]Taking, error) { return h.Waiting(ctx, liaison, 10) })[0].WeekID
	ok(h, func() (Booking, error) { return h.Decide(ctx, liaison, week, b.ID, Refuse, "设备检修") })
	if len(h.letters) != 1 || h.letters[0] != "of o1 false 2026-10-20 10:00 设备检修" {
		t.Errorf("letters %q", h.letters)
	}
	if len(ok(h, func() ([]Taking, error) { return h.Waiting(ctx, liaison, 10) })) != 0 {
		t.Error("an answered booking waits")
	}
	b = ok(h, func() (Booking, error) { return h.Book(ctx, rival, "o2", h.room.ID, wish("2026-10-20", 600, 660)) })
	ok(h, func() (Booking, error) { return h.WithdrawBooking(ctx, rival, "o2", week, b.ID) })
	ok(h, func() (Booking, error) { return h.Book(ctx, owner, "o1", h.room.ID, wish("2026-10-20", 600, 660)) })
}
