package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/activity"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// planned is an activity two days ahead with ten places.
func (x *town) planned(t *testing.T, organiser string) activity.Activity {
	t.Helper()
	from := time.Unix(0, x.clock.Load()).AddDate(0, 0, 2)
	a, err := x.services.Activities.Plan(t.Context(), x.actor(t, demo.Liaison), activity.Details{
		Title: lang.Text{Hans: "修伞磨刀"}, OrganiserID: organiser, From: from, Until: from.Add(2 * time.Hour), Place: "广场东门", Capacity: 10,
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAnActivityThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	own := x.member(t, demo.Owner)
	lian, owner, anybody := x.as(t, demo.Liaison), x.as(t, demo.Owner), x.as(t, "")
	day := time.Unix(0, x.clock.Load()).AddDate(0, 0, 2)
	v := url.Values{"form": {"activity"}, "title": {"修伞磨刀"}, "organiser": {own}, "place": {"广场东门"}, "day": {day.Format(time.DateOnly)}, "from": {"14:00"}, "until": {"13:00"}, "capacity": {"很多"}}
	a := lian.post("/liaison/activities", v)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="修伞磨刀"`) || !strings.Contains(a.body, `id="activity-until-error"`) || !strings.Contains(a.body, `id="activity-capacity-error"`) {
		t.Errorf("an end before the start: %d %s", a.status, complaint(a.body))
	}
	v.Set("until", "16:00")
	v.Set("capacity", "10")
	to, _, _ := strings.Cut(lian.done("/liaison/activities", v), "?")
	id := strings.TrimPrefix(to, "/liaison/activities/")
	x.letThrough(t, to)
	has(t, "everybody", anybody.page("/activities"), "修伞磨刀", "还剩 10 个，一共 10 个")
	if strings.Contains(anybody.page("/activities/"+id), "演示单位") {
		t.Error("an organisation is named that did not agree")
	}
	if ics := anybody.get("/activities.ics"); ics.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(ics.body, "T140000") {
		t.Errorf("the calendar: %s", ics.body)
	}
	mine := "/my/assembly/" + own + "/activities"
	take := func(n string) answer {
		return owner.post(mine+"/"+id, url.Values{"form": {"places-" + id}, "n": {n}})
	}
	has(t, "the member", owner.page(mine), "修伞磨刀")
	for n, says := range map[string]string{"11": "只剩 10 个名额", "几个": "写一个数"} {
		if a := take(n); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, says) || !strings.Contains(a.body, `value="`+n+`"`) {
			t.Errorf("%s places: %d %s", n, a.status, complaint(a.body))
		}
	}
	if a := take("4"); a.status != http.StatusSeeOther {
		t.Fatalf("four places: %d %s", a.status, complaint(a.body))
	}
	has(t, "everybody at the next request", anybody.page("/activities/"+id), "还剩 6 个，一共 10 个")
	has(t, "the liaison", lian.page(to), "演示单位owner", "4 人", "名单不收")
	if a := x.as(t, demo.Rival).post(mine+"/"+id, url.Values{"n": {"1"}}); a.status != http.StatusNotFound {
		t.Errorf("for another's organisation: %d", a.status)
	}

	photos := to + "/photos"
	x.wait(48 * time.Hour)
	x.wait(12 * time.Hour)
	lian = x.again(t, demo.Liaison)
	lian.done(to, url.Values{"form": {"start"}, "rev": {revOf(t, lian.page(to), "start")}})
	rev := func(form string) string { return revOf(t, lian.page(to), form) }
	if a := lian.upload(photos, url.Values{"form": {"photo"}, "rev": {rev("photo")}, "caption": {"摊位"}}, upload{"photo", "a.jpg", picture(t, 800, 600)}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="photo-basis-error"`) {
		t.Errorf("a picture nobody answers for: %d %s", a.status, complaint(a.body))
	}
	if a := lian.upload(photos, url.Values{"form": {"photo"}, "rev": {rev("photo")}, "basis": {"faceless"}}, upload{"photo", "a.jpg", []byte("none")}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a picture that is none: %d", a.status)
	}
	if a := lian.upload(photos, url.Values{"form": {"photo"}, "rev": {rev("photo")}, "basis": {"faceless"}, "caption": {"摊位"}}, upload{"photo", "a.jpg", picture(t, 800, 600)}); a.status != http.StatusSeeOther {
		t.Fatalf("a picture: %d %s", a.status, complaint(a.body))
	}
	has(t, "whose word it is", lian.page(to), "没有拍到清楚的脸", "说的")
	admin := x.again(t, demo.Admin)
	has(t, "the ledger", admin.page("/admin/consents"), "活动照片：没有拍到清楚的脸", "同意着")
	if strings.Contains(anybody.page("/activities/"+id), "摊位") {
		t.Error("a picture that one person put there is public")
	}
	x.letThrough(t, to)
	page := anybody.page("/activities/" + id)
	has(t, "everybody", page, "摊位")
	if a := lian.post(to, url.Values{"form": {"finish"}, "rev": {rev("finish")}, "came": {"40"}, "result": {""}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="40"`) {
		t.Errorf("done without a result: %d", a.status)
	}
	lian.done(to, url.Values{"form": {"finish"}, "rev": {rev("finish")}, "came": {"40"}, "result": {"修了 30 把伞。"}})
	has(t, "everybody", anybody.page("/activities?past=1"), "办完了")
	if strings.Contains(anybody.page("/activities/"+id), "修了 30 把伞。") {
		t.Error("how it went is public before a second person read it")
	}
	x.letThrough(t, to)
	has(t, "everybody", anybody.page("/activities/"+id), "修了 30 把伞。", "40 人")
	has(t, "looking back", anybody.page("/activities?past=1"), "修伞磨刀")
	got, err := x.services.Activities.Get(t.Context(), x.actor(t, demo.Liaison), id)
	if err != nil || len(got.Plan().Photos) != 1 {
		t.Fatal(err)
	}
	photo := got.Plan().Photos[0]
	file := "/" + photo.File(photo.Widths[0])
	if a := anybody.get(file); a.status != http.StatusOK {
		t.Errorf("the picture: %d", a.status)
	}
	lian.done(photos, url.Values{"remove": {photo.Key}})
	if a := anybody.get(file); a.status != http.StatusNotFound {
		t.Errorf("a picture that was taken away: %d", a.status)
	}
	if strings.Contains(anybody.page("/activities/"+id), "摊位") {
		t.Error("the page still has it")
	}
	has(t, "the ledger, after that", admin.page("/admin/consents"), "活动照片：没有拍到清楚的脸", "收回了")
}

func TestACancelledActivityIsSaidEverywhere(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	own := x.member(t, demo.Owner)
	p := x.planned(t, "")
	lian, owner := x.as(t, demo.Liaison), x.as(t, demo.Owner)
	to := "/liaison/activities/" + p.ID
	x.letThrough(t, to)
	owner.done("/my/assembly/"+own+"/activities/"+p.ID, url.Values{"n": {"2"}})
	if a := lian.post(to, url.Values{"form": {"cancel"}, "rev": {revOf(t, lian.page(to), "cancel")}, "why": {" "}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("cancelled without a reason: %d", a.status)
	}
	stale := revOf(t, lian.page(to), "cancel")
	lian.done(to, url.Values{"form": {"places"}, "organisation": {own}, "n": {"3"}})
	if a := lian.post(to, url.Values{"form": {"cancel"}, "rev": {stale}, "why": {"下雨"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "下雨") {
		t.Errorf("over somebody else's change: %d", a.status)
	}
	lian.done(to, url.Values{"form": {"cancel"}, "rev": {revOf(t, lian.page(to), "cancel")}, "why": {"下雨"}})
	has(t, "the member", owner.page("/my/assembly/"+own+"/activities"), "取消了", "下雨")
	public := x.as(t, "").page("/activities/" + p.ID)
	has(t, "everybody", public, "取消了")
	if strings.Contains(public, "下雨") {
		t.Error("everybody reads a reason that one person wrote")
	}
	if ics := x.as(t, "").get("/activities/" + p.ID + "/calendar.ics"); !strings.Contains(ics.body, "STATUS:CANCELLED") {
		t.Error("the calendar keeps it")
	}
	x.letThrough(t, to)
	has(t, "everybody", x.as(t, "").page("/activities/"+p.ID), "取消了", "下雨")
	hidden, err := x.services.Activities.Plan(t.Context(), x.actor(t, demo.Liaison), p.Plan().Details)
	if err != nil {
		t.Fatal(err)
	}
	if a := x.as(t, "").get("/activities/" + hidden.ID); a.status != http.StatusNotFound {
		t.Errorf("one that nobody let through: %d", a.status)
	}
}
