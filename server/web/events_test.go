package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
)

// lanterns is an event as the form of the desk sends it, in two days of the town.
func lanterns(x *town, place string, more url.Values) url.Values {
	day := time.Unix(0, x.clock.Load()).AddDate(0, 0, 2).Format(time.DateOnly)
	v := url.Values{
		"form": {"event"}, "title": {"元宵灯会"}, "text": {"猜灯谜"}, "organiser": {"区文化馆"}, "place": {place}, "spot": {"牌楼下"}, "from": {day}, "until": {day}, "times": {"18:00"}, "times_end": {"21:00"},
		"repeat.every": {""}, "price": {"每人 10 元"}, "capacity": {"300"}, "link": {"https://example.org/deng"},
	}
	for name, value := range more {
		v[name] = value
	}
	return v
}

// opened hands an event in by a coordinator and lets it through by the second one, and returns its id.
func (x *town) opened(t *testing.T, form url.Values) string {
	t.Helper()
	path, _, _ := strings.Cut(x.as(t, demo.Coordinator).done("/desk/events", form), "?")
	x.passed(t, path)
	return strings.TrimPrefix(path, "/desk/events/")
}

func (x *town) passed(t *testing.T, path string) {
	t.Helper()
	desk, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	desk.done(path, url.Values{"form": {"submit"}, "rev": {revOf(t, desk.page(path), "submit")}})
	form := shownIn(t, second.page(path), strings.TrimPrefix(path, "/desk/events/"))
	form.Set("do", "approve")
	second.done(path+"/decide", form)
	x.public(t)
}

// S7: an event of a street is public once a second coordinator has read exactly that, stands on the street's page, in the list, the
// calendar and on its own page, which stays when it is over; and it is struck out when it is cancelled.
func TestAnEventOfAStreet(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	st := x.streetOf(t, x.people[demo.Owner].ListingIDs[0])
	desk, second, anybody := x.as(t, demo.Coordinator), x.as(t, demo.Second), x.as(t, "")
	street := "/streets/" + st.Slug
	for field, wrong := range map[string]string{"title": "", "place": "street:none", "shop": "none", "price": "13800138000", "capacity": "many", "link": "http://example.org", "until": "2020-01-01", "times": "25:00", "category": "none"} {
		if a := desk.post("/desk/events", lanterns(x, "street:"+st.ID, url.Values{field: {wrong}})); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `-error"`) || !strings.Contains(a.body, "猜灯谜") || !strings.Contains(a.body, "牌楼下") {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	path, _, _ := strings.Cut(desk.done("/desk/events", lanterns(x, "street:"+st.ID, nil)), "?")
	public := strings.Replace(path, "/desk", "", 1)
	unseen := func(when string) {
		t.Helper()
		x.public(t)
		for _, p := range []string{"/offers", street, "/offers.ics?at=" + st.Slug} {
			if strings.Contains(anybody.page(p), "元宵灯会") {
				t.Errorf("%s: %s has it", when, p)
			}
		}
		if a := anybody.get(public); a.status != http.StatusNotFound {
			t.Errorf("%s: %d", when, a.status)
		}
	}
	unseen("a draft")
	has(t, "a draft, which another person has to read", desk.page(path), "还没公开", "请另一个人看")
	desk.done(path, url.Values{"form": {"submit"}, "rev": {revOf(t, desk.page(path), "submit")}})
	unseen("submitted")
	has(t, "what waits", second.page("/desk/signatures"), "街上活动：元宵灯会", path)
	own := desk.page(path)
	has(t, "handed in", own, "等另一个人看")
	if strings.Contains(own, path+"/decide") || strings.Contains(own, "管理员看") || strings.Contains(own, "公开的先不变") {
		t.Error("who wrote it can let it through, or it is said to wait for somebody else, or to be public")
	}
	form := shownIn(t, second.page(path), strings.TrimPrefix(path, "/desk/events/"))
	form.Set("do", "return")
	if a := second.post(path+"/decide", form); a.status != http.StatusUnprocessableEntity {
		t.Errorf("given back without a reason: %d", a.status)
	}
	form.Set("do", "approve")
	if a := desk.post(path+"/decide", form); a.status != http.StatusConflict {
		t.Errorf("by who wrote it: %d %s", a.status, complaint(a.body))
	}
	unseen("refused")
	second.done(path+"/decide", form)
	x.public(t)
	has(t, "the street", anybody.page(street), "元宵灯会", `href="`+public+`"`)
	has(t, "the list", anybody.page("/offers?at="+st.Slug), "元宵灯会", `href="`+public+`"`, st.Name.Hans)
	has(t, "the calendar of the street", anybody.page("/offers.ics?at="+st.Slug), ":元宵灯会", "STATUS:CONFIRMED", public)
	has(t, "its page", anybody.page(public), "区文化馆", "牌楼下", "每人 10 元", "300 人", `href="https://example.org/deng"`, `href="`+street+`"`, `"@type":"Event"`, `"maximumAttendeeCapacity":300`, public+"/calendar.ics")
	has(t, "for one's calendar", anybody.page(public+"/calendar.ics"), ":元宵灯会", "牌楼下")
	has(t, "the sitemap", anybody.page("/sitemap.xml"), public)
	if strings.Contains(anybody.page("/offers?cat=noodles"), "元宵灯会") {
		t.Error("it is of every category")
	}
	// A change waits in the same way, and is then said to be one.
	desk.done(path, lanterns(x, "street:"+st.ID, url.Values{"rev": {revOf(t, desk.page(path), "event")}, "title": {"中秋灯会"}}))
	x.public(t)
	if page := anybody.page(public); !strings.Contains(page, "元宵灯会") || strings.Contains(page, "中秋灯会") || strings.Contains(page, "改过") {
		t.Error("everybody reads what nobody let through")
	}
	has(t, "public, with a change", desk.page(path), "公开着，改过的还没给人看", "公开的先不变")
	x.passed(t, path)
	has(t, "changed", anybody.page(public), "中秋灯会", "改过")
	if a := desk.post(path, url.Values{"form": {"off"}, "rev": {revOf(t, desk.page(path), "off")}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("cancelled for no reason: %d", a.status)
	}
	desk.done(path, url.Values{"form": {"off"}, "off": {"weather"}, "rev": {revOf(t, desk.page(path), "off")}})
	x.public(t)
	has(t, "cancelled", anybody.page(public), "取消了", "因为天气", "EventCancelled")
	has(t, "the street says so", anybody.page(street), "取消了")
	has(t, "the list says so", anybody.page("/offers"), "取消了")
	has(t, "calendars strike it out", anybody.page("/offers.ics"), "STATUS:CANCELLED")
	x.wait(4 * 24 * time.Hour)
	x.public(t)
	for _, p := range []string{"/offers", street, "/offers.ics", "/sitemap.xml"} {
		if page := anybody.page(p); strings.Contains(page, "中秋灯会") || strings.Contains(page, public) {
			t.Errorf("%s has what is over", p)
		}
	}
	has(t, "its page stays", anybody.page(public), "中秋灯会")
}

// An event at a shop is found by its words, stands on the shop's page and in the list once; one of a plaza on the plaza's page. What is
// over says so.
func TestAnEventAtAShopAndOneInAPlaza(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	anybody := x.as(t, "")
	shop := x.shopOfOwner(t)
	plazas, err := x.services.Places.Plazas(t.Context())
	if err != nil || len(plazas) == 0 {
		t.Fatal(err)
	}
	at := x.opened(t, lanterns(x, "", url.Values{"shop": {"https://example.org/shops/" + shop.Slug}, "title": {"品茶会"}, "price": {""}, "free": {"1"}}))
	in := x.opened(t, lanterns(x, "plaza:"+plazas[0].ID, url.Values{"title": {"木偶戏"}, "category": {shop.CategoryID}}))
	has(t, "the shop", anybody.page("/shops/"+shop.Slug), "品茶会", `href="/events/`+at+`"`)
	has(t, "search", anybody.page("/?q="+url.QueryEscape("品茶会")), `href="/shops/`+shop.Slug+`"`)
	if n := strings.Count(anybody.page("/offers"), `href="/events/`+at+`"`); n != 1 {
		t.Errorf("it is in the list %d times", n)
	}
	has(t, "its page", anybody.page("/events/"+at), "免费", `href="/shops/`+shop.Slug+`"`, `"isAccessibleForFree":true`)
	has(t, "the plaza", anybody.page("/plazas/"+plazas[0].Slug), "木偶戏", `href="/events/`+in+`"`)
	has(t, "the calendar of a category", anybody.page("/offers.ics?cat="+shop.CategoryID), ":木偶戏", ":品茶会")
	x.wait(4 * 24 * time.Hour)
	x.public(t)
	has(t, "over", anybody.page("/events/"+in), "已经结束")
	if strings.Contains(anybody.page("/shops/"+shop.Slug), "品茶会") {
		t.Error("the shop tells of what is over")
	}
}
