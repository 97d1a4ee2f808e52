package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/neighbour"
)

// invited is a case about the shop of somebody, who is asked to come.
func (x *town) invited(t *testing.T, who string) neighbour.Case {
	t.Helper()
	ctx, by := t.Context(), x.actor(t, demo.Liaison)
	area, err := x.services.Neighbours.SetArea(ctx, by, "", 0, "演示居民区"+who, by.AccountID)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x.services.Neighbours.Begin(ctx, by, neighbour.Draft{
		AreaID: area.ID, Topic: "noise", Place: "后巷", ListingID: x.people[who].ListingIDs[0], Matter: "夜里太响", Side: neighbour.Side{Residents: "三楼老王", Shop: "找店长"},
	})
	if err == nil {
		c, err = x.services.Neighbours.Invite(ctx, by, c.ID, c.Rev, neighbour.Meeting{On: "2026-12-01", Time: "14:00", Place: "居委会议室"})
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACaseThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	lian, owner := x.as(t, demo.Liaison), x.as(t, demo.Owner)
	if strings.Contains(lian.page("/liaison/neighbours"), `id="case"`) {
		t.Error("a case can begin without an area")
	}
	me := x.people[demo.Liaison].AccountID
	if a := lian.post("/liaison/neighbours/areas", url.Values{"form": {"area"}, "name": {""}, "contact": {me}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an area without a name: %d", a.status)
	}
	lian.done("/liaison/neighbours/areas", url.Values{"form": {"area"}, "name": {"谷阳一村"}, "contact": {me}})
	page := lian.page("/liaison/neighbours")
	_, rest, _ := strings.Cut(page, `id="case-area"`)
	_, rest, _ = strings.Cut(rest, `<option value="`)
	area, _, _ := strings.Cut(rest, `"`)
	v := url.Values{"form": {"case"}, "area": {area}, "topic": {"smoke"}, "place": {"中山中路后巷"}, "matter": {"油烟往楼上走"}, "residents": {"三楼老王 6123 9876"}, "side_shop": {"找店长"}, "shop": {"/shops/none"}}
	a := lian.post("/liaison/neighbours", v)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="case-shop-error"`) || !strings.Contains(a.body, "三楼老王") {
		t.Errorf("no such shop: %d %s", a.status, complaint(a.body))
	}
	v.Set("matter", "打老王 6123 9876")
	if a := lian.post("/liaison/neighbours", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="case-matter-error"`) || !strings.Contains(a.body, "打老王 6123 9876") {
		t.Errorf("a number that both sides would read: %d %s", a.status, complaint(a.body))
	}
	v.Set("matter", "油烟往楼上走")
	v.Set("shop", "/shops/"+x.listing(t, x.people[demo.Owner].ListingIDs[0]).Slug)
	to, _, _ := strings.Cut(lian.done("/liaison/neighbours", v), "?")
	id := strings.TrimPrefix(to, "/liaison/neighbours/")
	mine := "/my/neighbours/" + id
	if a := owner.get(mine); a.status != http.StatusNotFound {
		t.Errorf("the shop reads before it is asked: %d", a.status)
	}
	step := func(form string, v url.Values) {
		t.Helper()
		v.Set("form", form)
		v.Set("rev", revOf(t, lian.page(to), form))
		lian.done(to, v)
	}
	day := func(n int) string { return time.Unix(0, x.clock.Load()).AddDate(0, 0, n).Format(time.DateOnly) }
	bad := lian.post(to, url.Values{"form": {"invite"}, "rev": {revOf(t, lian.page(to), "invite")}, "on": {"明天"}, "time": {"下午"}, "where": {""}})
	for _, name := range []string{"on", "time", "where"} {
		if !strings.Contains(bad.body, `id="invite-`+name+`-error"`) {
			t.Errorf("nothing said of %s", name)
		}
	}
	step("invite", url.Values{"on": {day(1)}, "time": {"14:00"}, "where": {"居委会议室"}})
	letter := x.sent(t, demo.Owner, "neighbour_invited")
	has(t, "the letter", letter.Text, day(1)+" 14:00", mine)
	for _, word := range []string{"老王", "6123", "谷阳一村", "油烟", "后巷", "居委会议室"} {
		if strings.Contains(letter.Subject+letter.Text, word) {
			t.Errorf("the letter says %q", word)
		}
	}
	has(t, "whether the residents know", lian.page(to), "居民请到了吗")
	step("told", url.Values{})
	lacks(t, "once they know", lian.page(to), "居民请到了吗")
	own := owner.page(mine)
	has(t, "that the residents know", own, "已经请过居民")
	has(t, "the shop", own, "油烟往楼上走", "居委会议室")
	for _, word := range []string{"老王", "6123", "谷阳一村"} {
		if strings.Contains(own, word) {
			t.Errorf("the shop reads %q", word)
		}
	}
	owner.done(mine, url.Values{"form": {"answer"}, "do": {"yes"}, "said": {"想先看烟道"}})
	has(t, "the contact", lian.page(to), "想先看烟道", "会来", "三楼老王")
	for _, who := range []string{demo.Rival, demo.Coordinator, demo.Admin, demo.Staff} {
		if a := x.as(t, who).get(mine); a.status != http.StatusNotFound {
			t.Errorf("%s reads the shop's side: %d", who, a.status)
		}
		if a := x.as(t, who).get(to); a.status != http.StatusNotFound {
			t.Errorf("%s reads the case: %d", who, a.status)
		}
	}
	step("measure", url.Values{"text": {"换净化器"}, "who": {"shop"}, "due": {day(7)}})
	step("agree", url.Values{})
	has(t, "the shop", owner.page(mine), "换净化器", "谈成了")
	if strings.Contains(lian.page(to), `id="check"`) {
		t.Error("it can be checked on the first day")
	}
	x.wait(14 * 24 * time.Hour)
	lian = x.again(t, demo.Liaison)
	has(t, "late", lian.page("/liaison/neighbours?state=agreed"), "过期了")
	step("fulfil", url.Values{"n": {"1"}})
	step("check", url.Values{"holds": {"yes"}, "text": {"没味道"}})
	x.wait(42 * 24 * time.Hour)
	lian = x.again(t, demo.Liaison)
	step("check", url.Values{"holds": {"yes"}, "text": {"还是没味道"}})
	step("close", url.Values{"result": {"油烟没了"}})
	has(t, "closed", lian.page(to), "油烟没了", "哪天清掉")
	x.wait(366 * 24 * time.Hour)
	if n, err := x.services.Neighbours.Sweep(t.Context()); err != nil || n != 1 {
		t.Fatalf("erased %d: %v", n, err)
	}
	lian = x.again(t, demo.Liaison)
	page = lian.page(to)
	has(t, "after a year", page, "已经清掉了")
	if strings.Contains(page, "老王") {
		t.Error("a side is still there")
	}
}
