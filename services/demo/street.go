package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/calendar"
	"shangquan/services/callout"
	"shangquan/services/care"
	"shangquan/services/geo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/outdoor"
	"shangquan/services/place"
	"shangquan/services/post"
	"shangquan/services/store"
)

// Street shows what may stand in the street before the neighbour's shop, a market, the round of this month, something at the neighbour's
// shopfront that the owner was told of, whom the district rings in an emergency with a drill, and what one asks for at night. Everything bears 演示 in its name, the authority and its number too.
func Street(ctx context.Context, d Deps, people []Person) error {
	var coordinator access.Actor
	var rival Person
	var second access.Actor
	for _, p := range people {
		switch p.Key {
		case Coordinator:
			coordinator = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Coordinator}, TwoFactor: true}
		case Rival:
			rival = p
		case Second:
			second = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Coordinator}, TwoFactor: true}
		}
	}
	if len(rival.ListingIDs) == 0 {
		return errors.New("demo: the neighbour has no shop")
	}
	if err := demoOutdoor(ctx, d, coordinator, rival.ListingIDs[0]); err != nil {
		return fmt.Errorf("demo: outdoor areas: %w", err)
	}
	if err := demoCare(ctx, d, coordinator, rival); err != nil {
		return fmt.Errorf("demo: street care: %w", err)
	}
	if err := demoCallout(ctx, d, coordinator); err != nil {
		return fmt.Errorf("demo: whom the district rings: %w", err)
	}
	if err := demoNight(ctx, d, coordinator, rival.ListingIDs[0]); err != nil {
		return fmt.Errorf("demo: the night: %w", err)
	}
	if err := demoEvent(ctx, d, coordinator, second, rival.ListingIDs[0]); err != nil {
		return fmt.Errorf("demo: an event: %w", err)
	}
	return nil
}

// demoEvent has one coordinator write an event of the neighbour's street, every weekend of two months, and the other let it through.
func demoEvent(ctx context.Context, d Deps, writer, reader access.Actor, shop string) error {
	l, err := d.Listings.Get(ctx, shop)
	if err != nil || l.Address.StreetID == "" {
		return err
	}
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	s := post.New(d.DB, d.Log, d.Listings, d.Places, now)
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	p, err := s.AddEvent(ctx, writer, post.Details{
		Title:     lang.Text{Hans: "演示：周末露天电影", Hant: "演示：週末露天電影", En: "Demonstration: open-air film"},
		Text:      lang.Text{Hans: "这是演示，不是真的活动。", Hant: "這是演示，不是真的活動。", En: "A demonstration. Nothing is really held."},
		Organiser: lang.Text{Hans: "演示单位", Hant: "演示單位", En: "Demonstration organisation"}, StreetID: l.Address.StreetID,
		From: now().Format(time.DateOnly), Until: now().AddDate(0, 2, 0).Format(time.DateOnly), Repeat: post.Repeat{Every: post.Weekly, Days: []int{5, 6}},
		Times: &hours.Span{Open: 19 * 60, Close: 21 * 60}, Free: true, Capacity: 80,
	})
	if err != nil {
		return err
	}
	if p, err = s.SubmitEvent(ctx, writer, p.ID, p.Rev); err != nil {
		return err
	}
	_, err = s.ApproveEvent(ctx, reader, p.ID, p.Rev, p.Held.Page.Asked)
	return err
}

// demoNight writes down what one asks for at night. The stop has no position: nothing here is to send anybody anywhere.
func demoNight(ctx context.Context, d Deps, coordinator access.Actor, shop string) error {
	e := place.NewEditor(d.DB, d.Log, func() time.Time { return d.Now().In(calendar.Shanghai) })
	for _, x := range []place.PointFacts{
		{Kind: place.Taxi, Name: lang.Text{Hans: "演示：打车点", Hant: "演示：叫車點", En: "Demonstration: taxis"}, Opening: "每天 19:00-24:00", Lit: true},
		{Kind: place.Toilet, Name: lang.Text{Hans: "演示：公共厕所", Hant: "演示：公共廁所", En: "Demonstration: toilet"}, Opening: "每天24小时", Lit: true},
	} {
		if _, err := e.AddPoint(ctx, coordinator, x); err != nil {
			return err
		}
	}
	const stop = "stop-demonstration"
	name := lang.Text{Hans: "演示：公交站", Hant: "演示：公車站", En: "Demonstration: bus stop"}
	if _, err := e.SavePoints(ctx, []place.Point{{Meta: store.Meta{ID: stop}, Kind: place.BusStop, Name: name, Lines: []string{}, Core: true, Source: "demonstration"}}); err != nil {
		return err
	}
	p, err := e.Point(ctx, stop)
	if err != nil {
		return err
	}
	if _, err = e.SetLasts(ctx, coordinator, stop, p.Rev, "演示1路 往演示站 22:10\n演示2路 0:20", "演示站牌"); err != nil {
		return err
	}
	l, err := d.Listings.Get(ctx, shop)
	if err != nil || l.Address.StreetID == "" {
		return err
	}
	st, err := e.Street(ctx, l.Address.StreetID)
	if err != nil {
		return err
	}
	_, err = e.SetQuiet(ctx, coordinator, st.ID, st.Rev, "每天 22:00-6:00", "演示部门")
	return err
}

// demoCallout puts an organisation on the call-out list, and a drill with it that was held a week ago.
func demoCallout(ctx context.Context, d Deps, coordinator access.Actor) error {
	s := callout.New(callout.Deps{DB: d.DB, Log: d.Log, Now: func() time.Time { return d.Now().In(calendar.Shanghai) }})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	e, err := s.Add(ctx, coordinator, callout.Facts{Name: "演示：物业抢修队", Can: "演示：抽水泵两台", Phone: "021-5777 0002", Hours: "每天24小时"})
	if err != nil {
		return err
	}
	day := s.Now()
	_, err = s.AddDrill(ctx, coordinator, callout.Practised{
		On: day.AddDate(0, 0, -7).Format(time.DateOnly), Topic: "演示：停电疏散", With: []string{e.ID}, Result: "演示：十分钟走完", Better: "演示：楼梯口要加一盏灯",
		NextOn: day.AddDate(0, 3, 0).Format(time.DateOnly),
	})
	return err
}

func demoOutdoor(ctx context.Context, d Deps, coordinator access.Actor, shop string) error {
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	s := outdoor.New(outdoor.Deps{DB: d.DB, Log: d.Log, Shop: d.Listings.Get, Street: d.Places.Street, Now: now})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	l, err := d.Listings.Get(ctx, shop)
	if err != nil {
		return err
	}
	at, err := geo.New(31.0069, 121.2277, geo.WGS84)
	if err != nil {
		return err
	}
	if l.Location != nil {
		at = *l.Location
	}
	open, err := hours.ParseChinese("每天 17:00-22:00")
	if err != nil {
		return err
	}
	facts := outdoor.Facts{
		Kind: place.Seating, ListingID: shop, StreetID: l.Address.StreetID, Location: at, Typed: "每天 17:00-22:00", Hours: open, Conditions: outdoor.Standard,
		Name: lang.Text{Hans: "演示：门前外摆", Hant: "演示：門前外擺", En: "Demonstration: seats before a shop"}, Complaints: "演示服务台 021-5777 0000",
	}
	term := outdoor.Term{
		From: now().AddDate(0, -1, 0).Format(time.DateOnly), Until: now().AddDate(0, 5, 0).Format(time.DateOnly), Number: "演示 1 号",
		Authority: lang.Text{Hans: "演示部门", Hant: "演示部門", En: "Demonstration authority"},
	}
	if _, err := s.Add(ctx, coordinator, facts, term); err != nil {
		return err
	}
	facts.Kind, facts.ListingID, facts.Name = place.Market, "", lang.Text{Hans: "演示：周末集市", Hant: "演示：週末集市", En: "Demonstration: weekend market"}
	facts.Typed = "周六、周日 9:00-18:00"
	term.Number = "演示 2 号"
	_, err = s.Add(ctx, coordinator, facts, term)
	return err
}

func demoCare(ctx context.Context, d Deps, coordinator access.Actor, rival Person) error {
	now := func() time.Time { return d.Now().In(calendar.Shanghai) }
	s := care.New(care.Deps{
		DB: d.DB, Log: d.Log, Places: d.Places, Shop: d.Listings.Get, Now: now,
		Organisation: func(context.Context, string) (string, error) { return "演示邻店", nil },
	})
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	x, err := s.Note(ctx, coordinator, "signboard", care.Spot{ListingID: rival.ListingIDs[0]}, "演示：招牌上一个字不亮。")
	if err != nil {
		return err
	}
	if _, err = s.Do(ctx, coordinator, x.ID, x.Rev, care.Inform, "演示：当面说的。"); err != nil {
		return err
	}
	r, err := s.Plan(ctx, coordinator, x.Spot.StreetID, now().Format(time.DateOnly))
	if err != nil {
		return err
	}
	_, err = s.Join(ctx, coordinator, r.ID, r.Rev, rival.MerchantID)
	return err
}
