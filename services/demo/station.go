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
	"shangquan/services/resource"
	"shangquan/services/station"
)

// Stations shows a service station with a room that organisations take, a hall that the owner's organisation opens to everybody and what
// the other one seeks, over the members that JointMeeting made. Everything bears 演示 in its name. No message leaves.
func Stations(ctx context.Context, d Deps, people []Person) error {
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	seats := assembly.New(assembly.Deps{DB: d.DB, Log: d.Log, Keys: d.Keys, Now: now})
	stations := station.New(station.Deps{DB: d.DB, Log: d.Log, Members: seats, Calendar: calendar.China, Now: now})
	resources := resource.New(resource.Deps{DB: d.DB, Log: d.Log, Members: seats, Now: now})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	admin := access.Actor{AccountID: accountOf(people, Admin), Roles: []access.Role{access.Admin}, TwoFactor: true}
	for _, p := range people {
		by := access.Actor{AccountID: p.AccountID, Name: p.Name, Seats: []access.Seat{{MerchantID: p.MerchantID, Role: access.Owner}}}
		var err error
		switch p.Key {
		case Liaison:
			err = demoStation(ctx, stations, access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Liaison}, TwoFactor: true}, admin)
		case Owner:
			err = demoPost(ctx, seats, resources, by, resource.Details{Side: resource.Offered, Kind: resource.Hall, Title: "演示活动厅", Text: "三楼，坐 30 人。", Times: "周一至周五 18:00-21:00"})
		case Rival:
			err = demoPost(ctx, seats, resources, by, resource.Details{Side: resource.Sought, Kind: resource.Printing, Title: "演示：印价目表", Text: "一个月两次，黑白就行。"})
		}
		if err != nil {
			return fmt.Errorf("demo: stations: %w", err)
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

func demoStation(ctx context.Context, s *station.Service, liaison, admin access.Actor) error {
	st, err := s.Add(ctx, liaison, "demo", station.Details{
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
	if st, err = s.SetHours(ctx, liaison, st.ID, st.Rev, open); err != nil {
		return err
	}
	if st, err = s.Submit(ctx, liaison, st.ID, st.Rev); err != nil {
		return err
	}
	if st, err = s.Approve(ctx, admin, st.ID, st.Rev, st.Page.Asked); err != nil {
		return err
	}
	rules := station.Usual
	rules.Name = lang.Text{Hans: "演示会议室", Hant: "演示會議室", En: "Demonstration meeting room"}
	rules.Has = lang.Text{Hans: "投影、白板", Hant: "投影、白板", En: "Projector, whiteboard"}
	rules.Seats = 12
	room, err := s.AddRoom(ctx, liaison, st.ID, rules)
	if err != nil {
		return err
	}
	_, err = s.SetRoomHours(ctx, liaison, room.ID, room.Rev, open)
	return err
}

// demoPost offers or seeks something for the organisation that by acts for; a space is shown to everybody.
func demoPost(ctx context.Context, seats *assembly.Service, s *resource.Service, by access.Actor, d resource.Details) error {
	own, err := seats.Mine(ctx, by)
	if err != nil || len(own) == 0 {
		return fmt.Errorf("%s acts for nobody: %w", by.Name, err)
	}
	p, err := s.Add(ctx, by, own[0].ID, d)
	if err == nil && d.Side == resource.Offered && d.Kind.Space() {
		_, err = s.Show(ctx, by, own[0].ID, p.ID, true)
	}
	return err
}
