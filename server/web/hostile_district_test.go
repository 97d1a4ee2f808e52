package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/services/access"
	"shangquan/services/assembly"
	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/merchant"
)

// notWalked are addresses that answer with a picture or a file as it was sent, or that a secret opens which nobody has here and that say
// nothing but who it is for.
var notWalked = []string{
	"/media/:folder/:name", "/notices/files/:name", "/desk/claims/:id/evidence/:n", "/my/assembly/:id/actions/:action/evidence/:n",
	"/liaison/actions/:id/evidence/:n", "/liaison/programme/:id/evidence/:n", "/desk/care/:id/photos/:n", "/reset/:token", "/speak/:token", "/desk/claims/:id/agree", "/desk/walked/:id",
}

// everything makes one of whatever the pages show, and says where what no page leads to is.
func (x *town) everything(t *testing.T) (more []string) {
	t.Helper()
	ctx := t.Context()
	d := demo.Deps{DB: x.db, Keys: x.services.Keys, Log: x.services.Trail, Listings: x.services.Listings, Places: x.services.Places, Now: x.now}
	people := []demo.Person{}
	for _, p := range x.people {
		people = append(people, p)
	}
	if err := errors.Join(demo.JointMeeting(ctx, d, people), demo.Together(ctx, d, people), demo.Stations(ctx, d, people), demo.Street(ctx, d, people)); err != nil {
		t.Fatal(err)
	}
	x.public(t)
	owner, desk := x.as(t, demo.Owner), x.as(t, demo.Coordinator)
	id := x.people[demo.Owner].ListingIDs[0]
	shop := x.listing(t, id)
	owner.done("/my/shops/"+id+"/posts/new", haircut("do", "publish"))
	owner.done("/my/shops/"+id+"/points", url.Values{"kind": {"water"}, "do": {"open"}, "note": {"进门右手边"}})
	x.announced(t, nil)
	told := x.told(t, nil)
	if a := owner.upload("/my/shops/"+id+"/photos", nil, upload{"photo", "a.jpg", picture(t, 64, 48)}); a.status != http.StatusSeeOther {
		t.Fatalf("a photo = %d %s", a.status, complaint(a.body))
	}
	onOffer, card := x.offer(t)
	x.as(t, "").done(card+"/ask", filledAsk(nil))
	desk.done("/desk/visits/new", filledVisit(shop.Slug, nil))
	desk.done("/desk/callout", url.Values{"form": {"entry"}, "name": {"物业抢修队"}, "can": {"抽水泵两台"}, "phone": {"021-57810000"}, "hours": {"每天24小时"}})
	_, rest, _ := strings.Cut(desk.page("/desk/callout"), `href="/desk/callout/`)
	called, _, _ := strings.Cut(rest, `"`)
	desk.done("/desk/callout", url.Values{"form": {"drill"}, "on": {"2026-10-01"}, "topic": {"停电疏散"}, "with": {called}, "result": {"十分钟走完"}, "better": {"指示灯不亮"}})
	desk.done("/desk/care/new", url.Values{"form": {"item"}, "kind": {"signboard"}, "shop": {shop.Slug}, "text": {"招牌上一个字不亮"}})
	if _, err := x.services.Notices.Remind(ctx); err != nil {
		t.Fatal(err)
	}
	receipt := linkInMail.FindStringSubmatch(x.sent(t, demo.Owner, "notice").Text)
	if receipt == nil {
		t.Fatal("the message about a notice has no link")
	}
	desk.done("/desk/calendar/2026", paperOf("2026-11-01 至 2026-11-03 重阳节 休"))
	residents := x.invited(t, demo.Rival)
	x.claim(t, demo.Owner)
	x.claim(t, demo.Rival)
	x.renamed(t, "春申面馆")
	x.makeHook(t, demo.Owner, x.people[demo.Owner].MerchantID)
	x.as(t, "").done("/shops/"+shop.Slug+"/report", url.Values{"reason": {"hours"}, "note": {"门口贴了条子"}})
	owner.done("/account/asks", url.Values{"form": {askForm}, "kind": {"right"}, "text": {"手机号是旧的"}})
	desk.done("/desk/contacts", url.Values{"do": {"ask"}, "why": {"台风停电，逐户通知"}})
	x.importing(t, desk, "表.csv", []byte("店铺编号,名称,类别,神秘列\nIMP-1,第一家,药店,\nIMP-2,第二家,便利点,\n"))
	keep := x.entered(t, desk, "云间老面馆", "中山中路 8888 号", "021-57819999")
	gone := x.entered(t, desk, "云间老面馆（中山店）", "中山中路 8888 号", "021-57819999")
	a, b := min(keep, gone), max(keep, gone)
	desk.done("/desk/duplicates/"+a+"/"+b, url.Values{
		"rev_a": {revision(x.listing(t, a).Rev)}, "rev_b": {revision(x.listing(t, b).Rev)}, "do": {"merge"}, "keep": {keep}, "why": {"同一扇门"},
	})
	path := desk.done("/desk/batches/new", url.Values{"shop": x.people[demo.Owner].ListingIDs[:2], "field": {"state"}, "move": {"close"}})
	desk.done(path, url.Values{"rev": {"1"}, "do": {"apply"}, "why": {"拆了"}})

	seats := map[string]string{}
	for _, who := range []string{demo.Owner, demo.Rival} {
		own, err := x.services.Assembly.Mine(ctx, x.actor(t, who))
		if err != nil || len(own) == 0 {
			t.Fatal(who, err)
		}
		seats[who] = own[0].ID
	}
	rival, theirs := x.as(t, demo.Rival), "/my/resources/"+seats[demo.Rival]
	offered, _, _ := strings.Cut(owner.done("/my/resources/"+seats[demo.Owner], url.Values{"form": {"post"}, "side": {"offered"}, "kind": {"hall"}, "title": {"三楼活动厅"}, "times": {"每天 18:00-21:00"}}), "?")
	owner.done("/my/assembly/"+seats[demo.Owner]+"/benefits/new", benefit(x, "修伞磨刀", nil, "do", "save"))
	owner.done("/my/assembly/"+seats[demo.Owner]+"/points", url.Values{"form": {"point"}, "kind": {"water"}, "address": {"一楼大厅"}})
	need, _, _ := strings.Cut(rival.done(theirs, url.Values{"form": {"post"}, "side": {"sought"}, "kind": {"hall"}, "title": {"借场地开会"}}), "?")
	last := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	deal, _, _ := strings.Cut(rival.done(theirs+"/posts/"+last(offered), url.Values{"form": {"answer"}, "with": {last(need)}}), "?")
	meetings, err := x.services.Assembly.Meetings(ctx, x.actor(t, demo.Liaison), []assembly.State{assembly.Published}, "", 1)
	if err != nil || len(meetings.Items) == 0 {
		t.Fatal(err)
	}

	mark := url.Values{"form": {"claim"}, "level": {"shanghai"}, "certificate": {"沪老 001"}, "issuer": {"市商务委"}, "founded": {"1926"}, "recognised": {"2006"}, "words": {"手工泛丸"}}
	if a := owner.upload("/my/shops/"+id+"/heritage", mark, upload{"photo", "a.jpg", picture(t, 80, 60)}); a.status != http.StatusSeeOther {
		t.Fatalf("the mark of an old shop = %d %s", a.status, complaint(a.body))
	}
	_, rest, _ = strings.Cut(desk.page("/desk/heritage"), "/desk/heritage/")
	old, _, _ := strings.Cut(rest, `"`)
	for _, step := range []url.Values{{"form": {"check"}}, {"form": {"show"}, "review": {"2027-10-01"}}, {"form": {"entry"}, "year": {"1926"}, "text": {"开张"}, "source": {"《松江报》"}}} {
		step.Set("rev", revOf(t, desk.page("/desk/heritage/"+old), step.Get("form")))
		desk.done("/desk/heritage/"+old, step)
	}
	st, stops := x.streetWith(t)
	desk.done("/desk/streets/"+st.Slug, url.Values{"form": {"unit"}, "number": {"9998 号"}, "area_m2": {"35.5"}})
	units, err := x.services.Streets.UnitsOn(ctx, st.ID)
	if err != nil || len(units) == 0 || len(stops) == 0 {
		t.Fatal(err)
	}
	by := x.actor(t, demo.Owner)
	if _, err := x.services.Merchants.Invite(ctx, by, by.Seats[0].MerchantID, merchant.Invite{To: "demo-guest@example.cn", Role: access.Manager, Lang: lang.Hans}); err != nil {
		t.Fatal(err)
	}
	kept := x.kept(t, id)
	const buyer = "demo-buyer@example.cn"
	owner.done("/my/merchants/"+by.Seats[0].MerchantID+"/hand-over", url.Values{"do": {"offer"}, "form": {"offer"}, "listing_id": {id}, "to": {buyer}})
	lists, err := x.services.Contacts.List(ctx, x.actor(t, demo.Coordinator), 1)
	if err != nil {
		t.Fatal(err)
	}
	x.as(t, demo.Second).done("/desk/contacts", url.Values{"allow": {lists[0].ID + "." + revision(lists[0].Rev)}})
	plazas, err := x.services.Places.Plazas(ctx)
	if err != nil {
		t.Fatal(err)
	}
	person := x.people[demo.Owner].AccountID
	if err := x.services.Accounts.AskMonthly(ctx, x.actor(t, demo.Owner), person, true); err != nil {
		t.Fatal(err)
	}
	more = []string{
		"/monthly/" + x.services.Accounts.MonthlyToken(person),
		"/shops/" + shop.Slug, "/shops/" + shop.Slug + "/calendar.ics", "/heritage/" + shop.Slug, "/s/" + shop.Code, "/api/v1/listings/" + id, "/streets/" + st.Slug + "/notices.ics",
		"/desk/heritage/" + old, "/desk/heritage/" + old + "/evidence", "/desk/units/" + units[len(units)-1].ID, "/desk/walk/" + st.Slug + "/even/stops", "/desk/register/" + id,
		"/desk/looks/" + id, "/desk/photos/" + id, desk.unitLink(onOffer), x.link(t, "demo-guest@example.cn", "merchant_invitation"), "/confirm/" + x.services.Links.To(&kept, evening.AddDate(1, 0, 0)),
		"/holiday/" + x.services.Links.ToHoliday(&kept, calendar.On(2026, 11, 1), calendar.On(2026, 11, 3)),
		"/desk/holidays/2026-11-01", x.link(t, buyer, "transfer_offered"), receipt[1], "/desk/notices/" + told + "/table?format=csv", "/plazas/" + plazas[0].Slug + "/notices.ics",
		deal, "/liaison/deals/" + last(deal), "/my/assembly/" + seats[demo.Owner] + "/meetings/" + meetings.Items[0].ID + "/print",
		"/liaison/neighbours/" + residents.ID, "/desk/contacts/" + lists[0].ID + "/file?format=csv",
	}
	return more
}
