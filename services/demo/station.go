package demo

import (
	"context"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/place"
	"shangquan/services/resource"
	"shangquan/services/station"
)

// Stations shows a service station with a room that organisations take and that one has this week, a place to rest that the owner's
// organisation opens to everybody, a hall of it in the calendar, what the other one seeks, and a need of that one which the owner's met.
// It stands over the members that JointMeeting made. Everything bears 演示 in its name. No message leaves.
func Stations(ctx context.Context, d Deps, people []Person) error {
	today := d.Now().In(calendar.Shanghai)
	x := &shared{today: today, clock: today}
	now := func() time.Time { return x.clock }
	x.seats = assembly.New(assembly.Deps{DB: d.DB, Log: d.Log, Keys: d.Keys, Now: now})
	x.stations = station.New(station.Deps{DB: d.DB, Log: d.Log, Members: x.seats, Calendar: calendar.China, Now: now})
	x.resources = resource.New(resource.Deps{DB: d.DB, Log: d.Log, Members: x.seats, Now: now})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	for _, p := range people {
		by := access.Actor{AccountID: p.AccountID, Name: p.Name, Seats: []access.Seat{{MerchantID: p.MerchantID, Role: access.Owner}}}
		switch p.Key {
		case Liaison:
			x.liaison = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Liaison}, TwoFactor: true}
		case Admin:
			x.admin = access.Actor{AccountID: p.AccountID, Roles: []access.Role{access.Admin}, TwoFactor: true}
		case Owner:
			x.owner = by
		case Rival:
			x.rival = by
		}
	}
	for _, step := range []func(context.Context) error{x.acting, x.station, x.point, x.booking, x.posts, x.deal} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("demo: stations: %w", err)
		}
		x.clock = today
	}
	return nil
}

// shared makes what organisations have of the station and of each other, each thing at the time it would have been.
type shared struct {
	seats                        *assembly.Service
	stations                     *station.Service
	resources                    *resource.Service
	today, clock                 time.Time
	liaison, admin, owner, rival access.Actor
	shop, neighbour              string // the organisations of the two
	room                         station.Room
}

// days is the day so many days from today.
func (x *shared) days(n int) time.Time { return x.today.AddDate(0, 0, n) }

// acting finds the organisations that the two act for.
func (x *shared) acting(ctx context.Context) error {
	for _, who := range []struct {
		by access.Actor
		at *string
	}{{x.owner, &x.shop}, {x.rival, &x.neighbour}} {
		own, err := x.seats.Mine(ctx, who.by)
		if err != nil || len(own) == 0 {
			return fmt.Errorf("%s acts for nobody: %w", who.by.Name, err)
		}
		*who.at = own[0].ID
	}
	return nil
}

func (x *shared) station(ctx context.Context) error {
	s := x.stations
	st, err := s.Add(ctx, x.liaison, "demo", station.Details{
		Name:       lang.Text{Hans: "演示服务站", Hant: "演示服務站", En: "Demonstration station"},
		Intro:      lang.Text{Hans: "逛累了进来坐坐。", Hant: "逛累了進來坐坐。", En: "Come in and sit down."},
		Where:      lang.Text{Hans: "演示广场东门里", Hant: "演示廣場東門裡", En: "Inside the east door of the demonstration plaza"},
		Facilities: []station.Facility{station.Water, station.Charging, station.Rest, station.FirstAid},
		Items: []station.Item{{
			Name:  lang.Text{Hans: "借伞", Hant: "借傘", En: "Borrow an umbrella"},
			Steps: lang.Text{Hans: "到服务台说一声\n一周内还回来", Hant: "到服務台說一聲\n一週內還回來", En: "Ask at the desk\nBring it back within a week"},
		}},
	})
	if err != nil {
		return err
	}
	open, err := hours.ParseChinese("每天 9:00-18:00")
	if err != nil {
		return err
	}
	if st, err = s.SetHours(ctx, x.liaison, st.ID, st.Rev, open); err != nil {
		return err
	}
	if st, err = s.Submit(ctx, x.liaison, st.ID, st.Rev); err != nil {
		return err
	}
	if st, err = s.Approve(ctx, x.admin, st.ID, st.Rev, st.Page.Asked); err != nil {
		return err
	}
	rules := station.Usual
	rules.Name = lang.Text{Hans: "演示会议室", Hant: "演示會議室", En: "Demonstration meeting room"}
	rules.Has = lang.Text{Hans: "投影、白板", Hant: "投影、白板", En: "Projector, whiteboard"}
	rules.Seats = 12
	if x.room, err = s.AddRoom(ctx, x.liaison, st.ID, rules); err != nil {
		return err
	}
	open.ByClass = map[string][]hours.Span{"holiday": open.Week[0]} // the booking of today is for any day
	x.room, err = s.SetRoomHours(ctx, x.liaison, x.room.ID, x.room.Rev, open)
	return err
}

// point has the owner's organisation open a place to rest. It has no position: nothing here is to send anybody anywhere.
func (x *shared) point(ctx context.Context) error {
	return x.stations.OpenMemberPoint(ctx, x.owner, x.shop, place.Rest, "演示：进门右手边两把椅子", station.Spot{Address: "演示广场东门里", Opening: place.Times{Text: "每天 9:00-18:00"}})
}

// booking has the owner's organisation take the room today, asked for three days ago.
func (x *shared) booking(ctx context.Context) error {
	x.clock = x.days(-3)
	b, err := x.stations.Book(ctx, x.owner, x.shop, x.room.ID, station.Wish{Day: x.today.Format(time.DateOnly), From: 14 * 60, To: 15 * 60, Purpose: "演示：防火培训", People: 8})
	if err != nil {
		return err
	}
	x.clock = x.days(-2)
	waiting, err := x.stations.Waiting(ctx, x.liaison, 1)
	if err != nil || len(waiting) == 0 {
		return fmt.Errorf("no booking waits: %w", err)
	}
	_, err = x.stations.Decide(ctx, x.liaison, waiting[0].WeekID, b.ID, station.Confirm, "")
	return err
}

// posts are a hall that is shown to everybody, and what the neighbour seeks.
func (x *shared) posts(ctx context.Context) error {
	p, err := x.resources.Add(ctx, x.owner, x.shop, resource.Details{Side: resource.Offered, Kind: resource.Hall, Title: "演示活动厅", Text: "三楼，坐 30 人。", Times: "周一至周五 18:00-21:00"})
	if err != nil {
		return err
	}
	if _, err = x.resources.Show(ctx, x.owner, x.shop, p.ID, true); err != nil {
		return err
	}
	_, err = x.resources.Add(ctx, x.rival, x.neighbour, resource.Details{Side: resource.Sought, Kind: resource.Printing, Title: "演示：印价目表", Text: "一个月两次，黑白就行。"})
	return err
}

// deal is a need of the neighbour that the owner's organisation met, as both confirmed.
func (x *shared) deal(ctx context.Context) error {
	x.clock = x.days(-12)
	p, err := x.resources.Add(ctx, x.rival, x.neighbour, resource.Details{Side: resource.Sought, Kind: resource.Goods, Title: "演示：借两张折叠桌", Text: "用一个周末。"})
	if err != nil {
		return err
	}
	x.clock = x.days(-10)
	d, err := x.resources.Answer(ctx, x.owner, x.shop, p.ID, "")
	if err != nil {
		return err
	}
	for _, step := range []struct {
		days         int
		by           access.Actor
		organisation string
		deed         resource.Deed
		said         resource.Saying
	}{
		{-9, x.rival, x.neighbour, resource.Agree, resource.Saying{}},
		{-5, x.owner, x.shop, resource.Deliver, resource.Saying{On: x.days(-5).Format(time.DateOnly), Note: "演示：两张桌子送到店门口"}},
		{-4, x.rival, x.neighbour, resource.Confirm, resource.Saying{}},
	} {
		x.clock = x.days(step.days)
		if _, err := x.resources.Do(ctx, step.by, step.organisation, d.ID, step.deed, step.said); err != nil {
			return err
		}
	}
	return nil
}

// accountOf is the account of who has this part in the demonstration.
func accountOf(people []Person, key string) string {
	for _, p := range people {
		if p.Key == key {
			return p.AccountID
		}
	}
	return ""
}
