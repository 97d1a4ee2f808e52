package demo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"shangquan/services/access"
	"shangquan/services/activity"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/lang"
	"shangquan/services/neighbour"
	"shangquan/services/notice"
	"shangquan/services/policy"
	"shangquan/services/post"
	"shangquan/services/programme"
	"shangquan/services/taxonomy"
)

// Together shows what organisations, residents and shops do with each other, over the members that JointMeeting made: an activity ahead and
// one that is done, the programme of this year, a case that the owner is asked to settle and one whose measures hold, what the owner's organisation does for residents, and a
// policy for every shop. Everything bears 演示 in its name.
func Together(ctx context.Context, d Deps, people []Person) error {
	var liaison, admin, coordinator access.Actor
	var owner Person
	for _, p := range people {
		switch p.Key {
		case Liaison:
			liaison = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Liaison}, TwoFactor: true}
		case Admin:
			admin = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Admin}, TwoFactor: true}
		case Coordinator:
			coordinator = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Coordinator}, TwoFactor: true}
		case Owner:
			owner = p
		}
	}
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	seats := assembly.New(assembly.Deps{DB: d.DB, Log: d.Log, Keys: d.Keys, Now: now})
	members, err := seats.Organisations(ctx, liaison, false)
	if err != nil {
		return fmt.Errorf("demo: members: %w", err)
	}
	own := slices.IndexFunc(members, func(o assembly.Organisation) bool { return o.MerchantID == owner.MerchantID })
	if own < 0 {
		return errors.New("demo: the owner's merchant is no member")
	}
	member := members[own].ID
	if err := demoActivities(ctx, d, seats, liaison, admin, member); err != nil {
		return fmt.Errorf("demo: activities: %w", err)
	}
	if err := demoProgramme(ctx, programme.New(programme.Deps{DB: d.DB, Log: d.Log, Seats: seats, Now: now}), liaison, admin, member, now().Year()); err != nil {
		return fmt.Errorf("demo: the programme: %w", err)
	}
	if err := demoCases(ctx, d, liaison, owner); err != nil {
		return fmt.Errorf("demo: cases: %w", err)
	}
	if err := demoBenefit(ctx, d, seats, owner, member); err != nil {
		return fmt.Errorf("demo: something for residents: %w", err)
	}
	if err := demoPolicy(ctx, d, coordinator); err != nil {
		return fmt.Errorf("demo: a policy: %w", err)
	}
	return nil
}

// demoBenefit has who acts for a member write what it does for the residents around, every Saturday of a month.
func demoBenefit(ctx context.Context, d Deps, seats *assembly.Service, owner Person, member string) error {
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	s := post.New(d.DB, d.Log, d.Listings, d.Places, now)
	s.Members = seats
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	by := access.Actor{AccountID: owner.AccountID, Name: owner.Name, Seats: []access.Seat{{MerchantID: owner.MerchantID, Role: access.Owner}}}
	p := post.Post{
		OrganisationID: member, Kind: post.Offer,
		Title:      lang.Text{Hans: "演示：周六给街坊磨刀", Hant: "演示：週六給街坊磨刀", En: "Demonstration: grinding"},
		Text:       lang.Text{Hans: "这是演示，不是真的。", Hant: "這是演示，不是真的。", En: "A demonstration. Nothing is really done."},
		Who:        lang.Text{Hans: "附近居民", Hant: "附近居民", En: "Residents nearby"},
		Conditions: lang.Text{Hans: "每家一把", Hant: "每家一把", En: "One for each home"},
		From:       now().Format(time.DateOnly), Until: now().AddDate(0, 1, 0).Format(time.DateOnly), Repeat: post.Repeat{Every: post.Weekly, Days: []int{5}},
	}
	if err := s.Create(ctx, by, &p); err != nil {
		return err
	}
	_, err := s.Publish(ctx, by, p.ID, p.Rev)
	return err
}

func demoPolicy(ctx context.Context, d Deps, coordinator access.Actor) error {
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	s := policy.New(policy.Deps{
		DB: d.DB, Log: d.Log, Words: taxonomy.Default, Now: now,
		Hosts: func(context.Context) notice.Hosts { return notice.NewHosts(notice.DefaultHosts...) },
	})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	_, err := s.Add(ctx, coordinator, policy.Card{
		Kind:     policy.Benefit,
		Title:    lang.Text{Hans: "演示：换节能灯的补贴", Hant: "演示：換節能燈的補貼", En: "Demonstration: money for saving lamps"},
		Who:      lang.Text{Hans: "今年换了灯的店。", Hant: "今年換了燈的店。", En: "Shops that changed their lamps this year."},
		What:     lang.Text{Hans: "按盏数补一次，带发票到服务站办。", Hant: "按盞數補一次，帶發票到服務站辦。", En: "Once, by the number of lamps; bring the invoice to the station."},
		Deadline: now().AddDate(0, 0, 60).Format(time.DateOnly), Link: "https://www.gov.cn/",
	})
	return err
}

func demoActivities(ctx context.Context, d Deps, seats *assembly.Service, liaison, admin access.Actor, member string) error {
	today := d.Now().In(calendar.Shanghai)
	clock := today
	s := activity.New(activity.Deps{DB: d.DB, Log: d.Log, Seats: seats, Now: func() time.Time { return clock }})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	plan := func(days int, title lang.Text, capacity int) (activity.Activity, error) {
		from := time.Date(today.Year(), today.Month(), today.Day()+days, 14, 0, 0, 0, calendar.Shanghai)
		return s.Plan(ctx, liaison, activity.Details{Title: title, OrganiserID: member, From: from, Until: from.Add(2 * time.Hour), Place: "演示广场东门", Capacity: capacity})
	}
	public := func(a activity.Activity, err error) error {
		if err != nil {
			return err
		}
		if a, err = s.Submit(ctx, liaison, a.ID, a.Rev); err != nil {
			return err
		}
		_, err = s.Approve(ctx, admin, a.ID, a.Rev, a.Page.Asked)
		return err
	}
	ahead, err := plan(6, lang.Text{Hans: "演示：修伞磨刀", Hant: "演示：修傘磨刀", En: "Demonstration: umbrellas mended, knives ground"}, 40)
	if err != nil {
		return err
	}
	if err := public(s.TakePlaces(ctx, liaison, member, ahead.ID, 6)); err != nil {
		return err
	}
	done, err := plan(-20, lang.Text{Hans: "演示：量血压", Hant: "演示：量血壓", En: "Demonstration: blood pressure taken"}, 0)
	if err != nil {
		return err
	}
	return public(s.Finish(ctx, liaison, done.ID, done.Rev, 52, lang.Text{Hans: "量了 52 位街坊的血压。", Hant: "量了 52 位街坊的血壓。", En: "The blood pressure of 52 neighbours was taken."}))
}

func demoProgramme(ctx context.Context, s *programme.Service, liaison, admin access.Actor, member string, year int) error {
	y, err := s.Begin(ctx, liaison, year)
	if err != nil {
		return err
	}
	for _, x := range []programme.Item{
		{Quarter: 1, Title: lang.Text{Hans: "演示：给长辈理发", Hant: "演示：給長輩理髮", En: "Demonstration: haircuts for the old"}, OrganisationID: member, State: programme.Underway},
		{Quarter: 2, Title: lang.Text{Hans: "演示：后巷装灯", Hant: "演示：後巷裝燈", En: "Demonstration: lamps in the back lane"}, State: programme.Underway},
		{Quarter: 4, Title: lang.Text{Hans: "演示：年底走一次街", Hant: "演示：年底走一次街", En: "Demonstration: a walk at the end of the year"}, State: programme.Planned},
	} {
		if y, err = s.Put(ctx, liaison, y.ID, y.Rev, x); err != nil {
			return err
		}
	}
	first := y.Page.Draft.Items[0]
	if y, err = s.Prove(ctx, liaison, y.ID, y.Rev, programme.Evidence{ItemID: first.ID, Text: "演示：登记的次数"}); err != nil {
		return err
	}
	first.State, first.Result = programme.Done, lang.Text{Hans: "理了 12 次。", Hant: "理了 12 次。", En: "Twelve times."}
	if y, err = s.Put(ctx, liaison, y.ID, y.Rev, first); err != nil {
		return err
	}
	if y, err = s.Submit(ctx, liaison, y.ID, y.Rev); err != nil {
		return err
	}
	_, err = s.Approve(ctx, admin, y.ID, y.Rev, y.Page.Asked)
	return err
}

// demoCases are two matters between residents and the owner's shop: the owner is asked to a meeting about one, and about the other both sides
// agreed on measures, which held when the contact looked two weeks later.
func demoCases(ctx context.Context, d Deps, liaison access.Actor, owner Person) error {
	today := d.Now().In(calendar.Shanghai)
	clock := today
	s := neighbour.New(neighbour.Deps{
		DB: d.DB, Log: d.Log, Keys: d.Keys, Now: func() time.Time { return clock },
		Shop: func(context.Context, string) (access.Thing, string, error) {
			return access.Thing{MerchantID: owner.MerchantID}, "演示店铺", nil
		},
		Contacts: func(context.Context) (map[string]string, error) {
			return map[string]string{liaison.AccountID: liaison.Name}, nil
		},
	})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	area, err := s.SetArea(ctx, liaison, "", 0, "演示居民区", liaison.AccountID)
	if err != nil {
		return err
	}
	listing := ""
	if len(owner.ListingIDs) > 0 {
		listing = owner.ListingIDs[0]
	}
	begin := func(topic neighbour.Topic, matter string, meet int) (neighbour.Case, error) {
		x, err := s.Begin(ctx, liaison, neighbour.Draft{AreaID: area.ID, Topic: topic, Place: "演示后巷", ListingID: listing, Matter: matter, Side: neighbour.Side{Residents: "演示：楼组长转达"}})
		if err != nil {
			return x, err
		}
		return s.Invite(ctx, liaison, x.ID, x.Rev, neighbour.Meeting{On: today.AddDate(0, 0, meet).Format(time.DateOnly), Time: "15:00", Place: "演示会议室"})
	}
	if _, err := begin("delivery", "演示：夜里卸货声音大。", 3); err != nil {
		return err
	}
	agreed := -neighbour.FirstCheck - 1
	clock = today.AddDate(0, 0, agreed-5)
	x, err := begin("waste", "演示：垃圾桶放在楼道口。", agreed)
	if err != nil {
		return err
	}
	clock = today.AddDate(0, 0, agreed)
	if x, err = s.Add(ctx, liaison, x.ID, x.Rev, neighbour.Measure{Text: "演示：垃圾桶移到后门，晚上九点前收走。", Who: neighbour.Shop, Due: today.AddDate(0, 0, agreed+3).Format(time.DateOnly)}); err != nil {
		return err
	}
	if x, err = s.Agree(ctx, liaison, x.ID, x.Rev); err != nil {
		return err
	}
	clock = today.AddDate(0, 0, agreed+2)
	if x, err = s.Fulfil(ctx, liaison, x.ID, x.Rev, 1); err != nil {
		return err
	}
	clock = today
	_, err = s.Look(ctx, liaison, x.ID, x.Rev, true, "演示：去看过，桶在后门，楼道口干净。")
	return err
}
