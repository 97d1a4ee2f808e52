package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/place"
)

// nine to five, every day, as the editor of hours sends it.
func everyDay(rev string) url.Values {
	return url.Values{"rev": {rev}, "do": {"save"}, "kind": {"same"}, "all_on": {"1"}, "all_0_open": {"540"}, "all_0_close": {"1020"}}
}

// room makes a station with an open room through the pages and returns where the liaison keeps the two.
func (x *town) room(t *testing.T, lian *browser) (station, room string) {
	t.Helper()
	v := url.Values{"form": {"station"}, "slug": {"yunjian"}, "name": {"云间服务站"}, "where": {"中山中路 1 号"}, "facilities": {"water", "umbrella"}, "items": {"代缴水费\n带上账单\n窗口办理"}}
	station, _, _ = strings.Cut(lian.done("/liaison/station", v), "?")
	hours := lian.done("/liaison/rooms", url.Values{"form": {"room"}, "station": {strings.TrimPrefix(station, "/liaison/station/")}, "name": {"二楼会议室"}, "seats": {"12"}, "lead_hours": {"24"}, "ahead_days": {"30"}, "max_minutes": {"120"}, "per_week": {"2"}, "open": {"1"}})
	room = strings.TrimSuffix(hours, "/hours")
	lian.done(hours, everyDay(hiddenOf(t, lian.page(hours), "rev")))
	return station, room
}

func TestAStationThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	lian := x.as(t, demo.Liaison)
	bad := url.Values{"form": {"station"}, "slug": {"云间"}, "name": {"云间服务站"}, "where": {"中山中路 1 号"}, "items": {"代缴水费\n带上账单"}, "items.en": {"Pay water"}, "location": {"31.01"}}
	for want, fix := range map[string]func(){
		"和中文一样 1 件事": func() { bad.Set("items.en", "Pay water\nBring the bill") },
	} {
		a := lian.post("/liaison/station", bad)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, want) || !strings.Contains(a.body, `value="云间服务站"`) {
			t.Errorf("%s: %d %s", want, a.status, complaint(a.body))
		}
		fix()
	}
	if a := lian.post("/liaison/station", bad); !strings.Contains(a.body, `id="station-location-error"`) {
		t.Errorf("half a position: %s", complaint(a.body))
	}
	bad.Set("location", "31.0061, 121.2274")
	if a := lian.post("/liaison/station", bad); !strings.Contains(a.body, `id="station-location.datum-error"`) {
		t.Errorf("a position of no map: %s", complaint(a.body))
	}
	bad.Del("location")
	if a := lian.post("/liaison/station", bad); !strings.Contains(a.body, `id="station-slug-error"`) {
		t.Errorf("an address in Chinese: %s", complaint(a.body))
	}
	bad.Set("slug", "yunjian")
	for _, name := range []string{"intro", "where", "items"} {
		was := bad.Get(name)
		bad.Set(name, "交给小王\n138 1234 5678")
		bad.Del("items.en")
		if a := lian.post("/liaison/station", bad); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="station-`+name+`-error"`) || !strings.Contains(a.body, "138 1234 5678") {
			t.Errorf("a mobile number in %s: %d %s", name, a.status, complaint(a.body))
		}
		bad.Set(name, was)
	}
	station, _ := x.room(t, lian)
	anybody := x.as(t, "")
	if a := anybody.get("/station/yunjian"); a.status != http.StatusNotFound {
		t.Errorf("public at once: %d", a.status)
	}
	if strings.Contains(anybody.page("/station"), "云间服务站") || strings.Contains(anybody.page("/points"), "云间服务站") {
		t.Error("listed before it is public")
	}
	lian.done(station+"/hours", everyDay(hiddenOf(t, lian.page(station+"/hours"), "rev")))
	rev := revOf(t, lian.page(station), "submit")
	x.letThrough(t, station)
	if a := lian.post(station, url.Values{"form": {"submit"}, "rev": {rev}}); a.status != http.StatusConflict {
		t.Errorf("handed in on an old page: %d", a.status)
	}
	has(t, "the public page", anybody.page("/station/yunjian"), "中山中路 1 号", "饮水", "借伞", "代缴水费", "<li>带上账单</li>", "9:00–17:00", "休息中")
	has(t, "the list", anybody.page("/station"), "云间服务站")
	has(t, "the points", anybody.page("/points"), `href="/station/yunjian"`, "休息中") // it shut at 17:00
	if b := anybody.get("/api/v1/points?kind=water").body; !strings.Contains(b, "FeatureCollection") {
		t.Errorf("the API says %s", b)
	}
	lian.done(station, url.Values{"form": {"withdraw"}, "rev": {revOf(t, lian.page(station), "withdraw")}})
	if a := anybody.get("/station/yunjian"); a.status != http.StatusNotFound || strings.Contains(anybody.page("/points"), "云间服务站") {
		t.Errorf("still there after it was taken off: %d", a.status)
	}
	for _, who := range []string{demo.Coordinator, demo.Owner, demo.Admin} {
		if a := x.as(t, who).get(station); a.status != http.StatusNotFound {
			t.Errorf("%s opens the station: %d", who, a.status)
		}
	}
}

func TestTwoOrganisationsWantOneRoom(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	lian, owner, rival := x.as(t, demo.Liaison), x.as(t, demo.Owner), x.as(t, demo.Rival)
	_, room := x.room(t, lian)
	id := strings.TrimPrefix(room, "/liaison/rooms/")
	day := time.Unix(0, x.clock.Load()).AddDate(0, 0, 3).Format(time.DateOnly)
	ask := url.Values{"form": {"ask"}, "day": {day}, "from": {"600"}, "to": {"660"}, "purpose": {"防火培训"}, "people": {"8"}}
	mine, theirs := "/my/rooms/"+own+"/"+id, "/my/rooms/"+other+"/"+id
	if !strings.HasPrefix(owner.get("/my/rooms").to, "/my/rooms/"+own) {
		t.Error("who acts for one organisation is asked for which")
	}
	has(t, "the rooms", owner.page("/my/rooms/"+own), "二楼会议室", "12 人")
	wrong := url.Values{"form": {"ask"}, "day": {day}, "from": {"600"}, "to": {"660"}, "purpose": {"很多人"}, "people": {"13"}}
	if a := owner.post(mine, wrong); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="ask-people-error"`) || !strings.Contains(a.body, `value="很多人"`) {
		t.Errorf("more people than seats: %d %s", a.status, complaint(a.body))
	}
	owner.done(mine, ask)
	ask.Set("purpose", "学习会")
	a := rival.post(theirs, ask)
	if a.status != http.StatusConflict {
		t.Fatalf("the second one: %d", a.status)
	}
	fix := fmt.Sprintf(`name="fix" value="%s 660 720"`, day)
	has(t, "who was second", a.body, "别的单位先约了", `value="学习会"`, fix, "11:00–12:00")
	if strings.Contains(a.body, "防火培训") || strings.Contains(a.body, "演示单位owner") {
		t.Error("the second one reads who was first")
	}
	ask.Set("fix", day+" 660 720")
	again := rival.post(theirs, ask)
	if again.status != http.StatusOK || !strings.Contains(again.body, `value="660" selected`) || !strings.Contains(again.body, `value="学习会"`) {
		t.Errorf("a free time put in: %d", again.status)
	}
	ask.Del("fix")
	ask.Set("from", "660")
	ask.Set("to", "720")
	rival.done(theirs, ask)
	wait := lian.page("/liaison/rooms")
	has(t, "what waits", wait, "防火培训", "学习会", "演示单位owner")
	page := lian.page(room + "?week=" + day)
	has(t, "the week", page, "10:00–11:00 演示单位owner", "11:00–12:00 演示单位rival", "9:00–10:00 空着")
	decide := formAction(t, page, "防火培训")
	if a := lian.post(decide, url.Values{"form": {"do-" + bookingOf(decide)}, "do": {"refuse"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "do-"+bookingOf(decide)+"-reason-error") {
		t.Errorf("refused without a reason: %d", a.status)
	}
	lian.done(decide, url.Values{"do": {"confirm"}})
	if m := x.sent(t, demo.Owner, "room_confirmed"); !strings.Contains(m.Text, "二楼会议室") || !strings.Contains(m.Text, "/my/rooms/"+own) {
		t.Errorf("the letter says %q", m.Text)
	}
	if a := lian.post(decide, url.Values{"form": {"do-" + bookingOf(decide)}, "do": {"used"}}); a.status != http.StatusConflict {
		t.Errorf("used before it begins: %d", a.status)
	}
	second := formAction(t, lian.page(room+"?week="+day), "学习会")
	lian.done(second, url.Values{"do": {"refuse"}, "reason": {"停电检修"}})
	if m := x.sent(t, demo.Rival, "room_refused"); !strings.Contains(m.Text, "停电检修") {
		t.Errorf("the letter says %q", m.Text)
	}
	has(t, "the refused one", rival.page("/my/rooms/"+other), "没同意", "停电检修")
	ics := lian.get(room + "/calendar")
	if ics.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(ics.body, "演示单位owner：防火培训（8）") {
		t.Errorf("the calendar is %s", ics.body)
	}
	back := strings.Replace(decide, "/liaison/rooms/"+id, theirs, 1)
	back, _, _ = strings.Cut(back, "?")
	if a := rival.post(back, url.Values{}); a.status != http.StatusNotFound {
		t.Errorf("another takes it back: %d", a.status)
	}
	owner.done(strings.Replace(back, theirs, mine, 1), url.Values{})
	has(t, "taken back", owner.page("/my/rooms/"+own), "已取消")
	if a := owner.post(strings.Replace(back, theirs, mine, 1), url.Values{}); a.status != http.StatusConflict {
		t.Errorf("taken back twice: %d", a.status)
	}
}

// formAction is where the form of the section with this text sends to.
func formAction(t *testing.T, page, text string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, "<dd>"+text)
	if !ok {
		_, rest, ok = strings.Cut(page, ">"+text)
	}
	_, rest, found := strings.Cut(rest, `method="post" action="`)
	if !ok || !found {
		t.Fatalf("no form after %q", text)
	}
	action, _, _ := strings.Cut(rest, `"`)
	return strings.ReplaceAll(action, "&amp;", "&")
}

// bookingOf is the booking that an address ends in.
func bookingOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path[strings.LastIndexByte(path, '/')+1:]
}

func TestWhatAShopOpensIsOnTheMap(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	owner, anybody, desk := x.as(t, demo.Owner), x.as(t, ""), x.as(t, demo.Coordinator)
	shop := x.people[demo.Owner].ListingIDs[0]
	name := x.listing(t, shop).Name.Hans
	page := "/my/shops/" + shop + "/points"
	has(t, "the way there", owner.page("/my/shops/"+shop), page)
	open := url.Values{"form": {"point-water"}, "kind": {"water"}, "do": {"open"}, "note": {strings.Repeat("右", 41)}}
	if a := owner.post(page, open); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="point-water-note-error"`) {
		t.Errorf("a note that is too long: %d", a.status)
	}
	open.Set("note", "进门右手边")
	owner.saved(shop, "hours", hoursForm("same", map[string][]string{"all": {"540", "1260"}}))
	x.public(t)
	before := anybody.page("/points")
	owner.done(page, open)
	has(t, "the points", anybody.page("/points"), "进门右手边", name)
	if body := anybody.page("/points"); strings.Count(body, `class="st `) != strings.Count(before, `class="st `)+1 {
		t.Error("it does not say whether the shop is open now")
	}
	has(t, "the ledger", x.as(t, demo.Admin).page("/admin/consents"), name+"，开放便民点：", "同意着")
	var list struct {
		Features []struct{ Properties map[string]any }
	}
	feature := func() map[string]any {
		t.Helper()
		list.Features = nil
		if err := json.Unmarshal([]byte(anybody.get("/api/v1/points?kind="+string(place.Water)).body), &list); err != nil {
			t.Fatal(err)
		}
		for _, f := range list.Features {
			if f.Properties["source"] == "shop" {
				return f.Properties
			}
		}
		return nil
	}
	if f := feature(); x.listing(t, shop).Location != nil && (f == nil || f["note"] != "进门右手边") {
		t.Errorf("the API says %v", f)
	}
	todo := desk.page("/desk/points")
	has(t, "what to look at", todo, name, "半年没看过了")
	check := formAction(t, todo, name)
	desk.done(check, url.Values{"rev": {hiddenOf(t, todo, "rev")}, "do": {"there"}})
	has(t, "the points", anybody.page("/points"), "核对")
	if to := desk.done(check, url.Values{"rev": {hiddenOf(t, todo, "rev")}, "do": {"gone"}}); !strings.HasSuffix(to, "stale") {
		t.Errorf("an old page: %s", to)
	}
	owner.done(page, url.Values{"kind": {"water"}, "do": {"end"}})
	if after := anybody.page("/points"); strings.Contains(after, "进门右手边") || strings.Contains(before, "进门右手边") {
		t.Error("still on the map after it was taken back")
	}
	if a := x.as(t, demo.Rival).get(page); a.status != http.StatusNotFound {
		t.Errorf("another opens it: %d", a.status)
	}
}

// A bank has no page of a shop; its water and its toilet are on the map, in the API and on the page of the street all the same, while it may
// be named.
func TestWhatAnOrganisationOpensIsOnTheMap(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	own := x.member(t, demo.Owner)
	owner, anybody, desk := x.as(t, demo.Owner), x.as(t, ""), x.as(t, demo.Coordinator)
	streets, err := x.services.Places.Streets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	street := streets[0]
	page := "/my/assembly/" + own + "/points"
	has(t, "the way there", owner.page("/my/assembly/"+own), `href="`+page+`"`)
	has(t, "before it agreed", owner.page(page), "单位还没同意公开名字")
	good := func(kind string) url.Values {
		return url.Values{
			"form": {"point"}, "kind": {kind}, "address": {"中山中路 218 号一楼大厅"}, "street": {street.ID}, "note": {"找保安指路"}, "opening": {"每天 0:00-24:00"},
			"location": {"31.0061, 121.2274"}, "location.datum": {"gcj02"},
		}
	}
	for field, typed := range map[string]string{"address": "", "street": "nowhere", "opening": "有人就开", "location": "31.0061", "location.datum": "?", "kind": "metro", "note": "打 13812345678"} {
		v := good("water")
		v.Set(field, typed)
		a := owner.post(page, v)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="point-`+field+`-error"`) || field != "address" && !strings.Contains(a.body, `value="中山中路 218 号一楼大厅"`) {
			t.Errorf("%s %q: %d %s", field, typed, a.status, complaint(a.body))
		}
	}
	if a := owner.post(page, url.Values{"kind": {"water"}}); a.status != http.StatusBadRequest {
		t.Errorf("no such press: %d", a.status)
	}
	owner.done(page, good("water"))
	owner.done(page, good("toilet"))
	has(t, "its page", owner.page(page), "喝水", "用厕所", "找保安指路", "修改喝水", "?kind=water#open")
	has(t, "to change one", owner.page(page+"?kind=toilet"), `<option value="toilet" selected`, `value="中山中路 218 号一楼大厅"`)
	if strings.Contains(anybody.page("/points"), "找保安指路") || strings.Contains(desk.page("/desk/points"), "找保安指路") {
		t.Error("public before the organisation agreed to be named")
	}
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	has(t, "the points", anybody.page("/points"), "演示单位owner", "找保安指路", "现在能用")
	has(t, "the API", anybody.page("/api/v1/points?kind=water"), `"source":"organisation"`, `"opening_hours":"24/7"`, "找保安指路")
	has(t, "the street", anybody.page("/streets/"+street.Slug), "演示单位owner", "中山中路 218 号一楼大厅")
	has(t, "the ledger", x.as(t, demo.Admin).page("/admin/consents"), "演示单位owner，开放便民点：")
	has(t, "the liaison", x.as(t, demo.Liaison).page("/liaison/members/"+own), "喝水", "中山中路 218 号一楼大厅")
	todo := desk.page("/desk/points")
	has(t, "what to look at", todo, "演示单位owner", "找保安指路")
	check := formAction(t, todo, "演示单位owner")
	desk.done(check, url.Values{"rev": {hiddenOf(t, todo, "rev")}, "do": {"there"}})
	has(t, "the points", anybody.page("/points"), "核对")
	if a := x.as(t, demo.Rival).get(page); a.status != http.StatusNotFound {
		t.Errorf("another opens it: %d", a.status)
	}
	for _, kind := range []string{"water", "toilet"} {
		owner.done(page, url.Values{"kind": {kind}, "do": {"end"}})
	}
	if strings.Contains(anybody.page("/points"), "找保安指路") {
		t.Error("still there after it was taken back")
	}
}
