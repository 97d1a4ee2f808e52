package demo

import (
	"context"
	"fmt"
	"time"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/lang"
)

// JointMeeting shows the joint meeting at work, with the people that People made: members, a meeting whose minutes are published, one that
// is called, action items of which one is late, a pact that one member signed, and the page of a body. Everything bears 演示 in its name.
// No message leaves.
func JointMeeting(ctx context.Context, d Deps, people []Person) error {
	m := &jointMeeting{today: d.Now().In(calendar.Shanghai)}
	m.clock = m.today
	m.Service = assembly.New(assembly.Deps{DB: d.DB, Log: d.Log, Keys: d.Keys, Now: func() time.Time { return m.clock }})
	for _, p := range people {
		switch p.Key {
		case Liaison:
			m.liaison = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Liaison}, TwoFactor: true}
		case Admin:
			m.admin = access.Actor{AccountID: p.AccountID, Name: p.Name, Roles: []access.Role{access.Admin}, TwoFactor: true}
		case Owner:
			m.owner = access.Actor{AccountID: p.AccountID, Name: p.Name, Seats: []access.Seat{{MerchantID: p.MerchantID, Role: access.Owner}}}
		case Rival:
			m.rival = access.Actor{AccountID: p.AccountID, Name: p.Name, Seats: []access.Seat{{MerchantID: p.MerchantID, Role: access.Owner}}}
		}
	}
	if err := d.DB.Prepare(ctx); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{m.seats, m.pact, m.past, m.next, m.body} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("demo: the joint meeting: %w", err)
		}
	}
	return nil
}

// jointMeeting writes one thing after the other, each at the time it would have been.
type jointMeeting struct {
	*assembly.Service
	today, clock                  time.Time
	liaison, admin, owner, rival  access.Actor
	shop, neighbour, bank, estate assembly.Organisation
}

// day is some days from today at an hour.
func (m *jointMeeting) day(n, hour int) time.Time {
	return time.Date(m.today.Year(), m.today.Month(), m.today.Day()+n, hour, 0, 0, 0, calendar.Shanghai)
}

func (m *jointMeeting) date(n int) string { return m.day(n, 0).Format(time.DateOnly) }

// seats gives four members their seats, each seen as widely as a member can be.
func (m *jointMeeting) seats(ctx context.Context) error {
	since := m.date(-200)
	for _, x := range []struct {
		at *assembly.Organisation
		d  assembly.Details
	}{
		{&m.shop, assembly.Details{Name: lang.Text{Hans: "演示商户", Hant: "演示商戶", En: "Demonstration merchant"}, Kind: assembly.Merchant, MerchantID: m.owner.Seats[0].MerchantID, Seat: "副主席单位", Visibility: assembly.Public}},
		{&m.neighbour, assembly.Details{Name: lang.Text{Hans: "演示邻店", Hant: "演示鄰店", En: "Demonstration neighbour"}, Kind: assembly.Merchant, MerchantID: m.rival.Seats[0].MerchantID, Visibility: assembly.Public}},
		{&m.bank, assembly.Details{Name: lang.Text{Hans: "演示银行", Hant: "演示銀行", En: "Demonstration bank"}, Kind: assembly.Bank, Desk: assembly.Desk{Title: "大堂服务台", Phone: "021-5777 0001"}, Visibility: assembly.Members}},
		{&m.estate, assembly.Details{Name: lang.Text{Hans: "演示物业", Hant: "演示物業", En: "Demonstration property company"}, Kind: assembly.Property, Desk: assembly.Desk{Title: "物业值班室", Phone: "021-5777 0002"}, Visibility: assembly.Public}},
	} {
		x.d.Since = since
		var err error
		if *x.at, err = m.Add(ctx, m.liaison, x.d); err != nil {
			return err
		}
		m.clock = m.clock.Add(time.Second)
	}
	for _, by := range []struct {
		who access.Actor
		o   assembly.Organisation
	}{{m.owner, m.shop}, {m.liaison, m.estate}} {
		if _, err := m.Agree(ctx, by.who, by.o.ID, true); err != nil {
			return err
		}
	}
	return nil
}

func (m *jointMeeting) pact(ctx context.Context) error {
	m.clock = m.day(-60, 10)
	p, err := m.Renew(ctx, m.liaison, 0, lang.Text{
		Hans: "演示公约\n\n- 门前自己扫，垃圾按时扔。\n- 明码标价，说到做到。\n- 占道的货，当天收回。",
		Hant: "演示公約\n\n- 門前自己掃，垃圾按時扔。\n- 明碼標價，說到做到。\n- 佔道的貨，當天收回。",
		En:   "Demonstration pact\n\n- Everybody sweeps in front of their own door.\n- Prices are marked and kept.\n- Goods on the pavement are taken in the same day.",
	})
	if err != nil {
		return err
	}
	_, err = m.Sign(ctx, m.owner, m.shop.ID, p.Hash())
	return err
}

// past is a meeting whose minutes are published, with a summary for everybody and two action items, one of them late.
func (m *jointMeeting) past(ctx context.Context) error {
	m.clock = m.day(-34, 10)
	plan := assembly.Plan{Title: "演示：上一次联席会议", Place: "演示会议室", At: m.day(-24, 14)}
	x, err := m.Convene(ctx, m.liaison, plan)
	if err != nil {
		return err
	}
	if x, err = m.Propose(ctx, m.owner, m.shop.ID, x.ID, "后巷晚上太暗", "七点以后看不清台阶。"); err != nil {
		return err
	}
	if x, err = m.Propose(ctx, m.rival, m.neighbour.ID, x.ID, "垃圾房一天清几次", ""); err != nil {
		return err
	}
	lamps, rubbish := x.Topics[0].ID, x.Topics[1].ID
	if x, err = m.Settle(ctx, m.liaison, x.ID, x.Rev, map[string]int{lamps: 1, rubbish: 2}); err != nil {
		return err
	}
	if x, err = m.Call(ctx, m.liaison, x.ID, x.Rev, plan); err != nil {
		return err
	}
	m.clock = m.day(-24, 17)
	if x, err = m.Hold(ctx, m.liaison, x.ID, x.Rev, map[string]assembly.Presence{
		m.shop.ID: assembly.Present, m.neighbour.ID: assembly.Present, m.estate.ID: assembly.Present, m.bank.ID: assembly.Excused,
	}); err != nil {
		return err
	}
	if x, err = m.Write(ctx, m.liaison, x.ID, x.Rev, map[string]assembly.Words{
		lamps: {Said: "台阶和拐角最暗。", Decision: "后巷装两盏灯。"}, rubbish: {Said: "中午满得快。", Decision: "垃圾房一天清两次。"},
	}); err != nil {
		return err
	}
	if x, err = m.Ask(ctx, m.liaison, x.ID, x.Rev, m.date(-17)); err != nil {
		return err
	}
	for _, item := range []struct {
		topic, text, due string
		o                assembly.Organisation
	}{{lamps, "演示：后巷装两盏灯", m.date(-3), m.estate}, {rubbish, "演示：垃圾房一天清两次", m.date(14), m.shop}} {
		if _, err = m.Assign(ctx, m.liaison, x.ID, item.topic, item.text, item.o.ID, item.due); err != nil {
			return err
		}
	}
	if x, err = m.Answer(ctx, m.owner, m.shop.ID, x.ID, x.Minutes, true, ""); err != nil {
		return err
	}
	m.clock = m.day(-16, 9)
	if x, err = m.Publish(ctx, m.liaison, x.ID, x.Rev); err != nil {
		return err
	}
	if x, err = m.Summarise(ctx, m.liaison, x.ID, x.Rev, assembly.Summary{
		Title: lang.Text{Hans: "演示：上一次联席会议摘要", Hant: "演示：上一次聯席會議摘要", En: "Demonstration: the last joint meeting"},
		Text: lang.Text{
			Hans: "- 后巷装两盏灯。\n- 垃圾房一天清两次。", Hant: "- 後巷裝兩盞燈。\n- 垃圾房一天清兩次。",
			En: "- Two lamps for the back lane.\n- The rubbish room is emptied twice a day.",
		},
	}); err != nil {
		return err
	}
	_, err = m.ApproveSummary(ctx, m.admin, x.ID, x.Rev, x.Summary.Asked)
	return err
}

// next is a meeting that members are called to; what is not done is back on its agenda.
func (m *jointMeeting) next(ctx context.Context) error {
	m.clock = m.day(-7, 10)
	plan := assembly.Plan{Title: "演示：下一次联席会议", Place: "演示会议室", At: m.day(5, 14)}
	x, err := m.Convene(ctx, m.liaison, plan)
	if err != nil {
		return err
	}
	if x, err = m.Propose(ctx, m.rival, m.neighbour.ID, x.ID, "年底几点关门", "想和隔壁一样。"); err != nil {
		return err
	}
	if x, err = m.Settle(ctx, m.liaison, x.ID, x.Rev, map[string]int{x.Topics[0].ID: 1}); err != nil {
		return err
	}
	m.clock = m.today
	_, err = m.Call(ctx, m.liaison, x.ID, x.Rev, plan)
	return err
}

func (m *jointMeeting) body(ctx context.Context) error {
	b, err := m.AddBody(ctx, m.liaison, "demo", assembly.BodyPage{
		Name:    lang.Text{Hans: "演示商圈联合组织", Hant: "演示商圈聯合組織", En: "Demonstration joint organisation"},
		Scope:   lang.Text{Hans: "演示路段和两座演示广场", Hant: "演示路段和兩座演示廣場", En: "A demonstration street and two plazas"},
		Station: lang.Text{Hans: "演示会议室，工作日 9:00 到 17:00", Hant: "演示會議室，工作日 9:00 到 17:00", En: "Demonstration room, working days from 9:00 to 17:00"},
		Programme: lang.Text{
			Hans: "演示内容，不是真的安排。\n\n- 每月走一次街。\n- 每季度开一次联席会议。", Hant: "演示內容，不是真的安排。\n\n- 每月走一次街。\n- 每季度開一次聯席會議。",
			En: "For demonstration only.\n\n- A walk along the street every month.\n- A joint meeting every quarter.",
		},
		Desk: assembly.Desk{Title: "联络站", Phone: "021-5777 0003"}, Members: []string{m.shop.ID, m.neighbour.ID, m.estate.ID},
	})
	if err != nil {
		return err
	}
	if b, err = m.SubmitBody(ctx, m.liaison, b.ID, b.Rev); err != nil {
		return err
	}
	_, err = m.ApproveBody(ctx, m.admin, b.ID, b.Rev, b.Page.Asked)
	return err
}
