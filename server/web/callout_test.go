package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
)

// S27: coordinators keep whom to ring, by organisation and duty phone, and what was practised; nobody else reads any of it.
func TestTheCalloutList(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	const list = "/desk/callout"
	entry := func(name, value string) url.Values {
		v := url.Values{"form": {"entry"}, "name": {"物业抢修队"}, "can": {"抽水泵两台"}, "phone": {"021-57810000"}, "hours": {"每天24小时"}}
		v.Set(name, value)
		return v
	}
	for field, wrong := range map[string]string{"name": "", "can": "", "phone": "13800138000", "hours": "有空的时候"} {
		if a := desk.post(list, entry(field, wrong)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="entry-`+field+`-error"`) || wrong != "" && !strings.Contains(a.body, wrong) {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	desk.done(list, entry("name", "物业抢修队"))
	page := desk.page(list)
	has(t, "the list", page, "物业抢修队", "抽水泵两台", `href="tel:`, "这会儿有人接", "还没有演练记录")
	has(t, "from the notices", desk.page("/desk/notices"), `href="`+list+`"`)
	_, rest, _ := strings.Cut(page, `href="`+list+`/`)
	id, _, _ := strings.Cut(rest, `"`)
	one := list + "/" + id
	drill := func(name, value string) url.Values {
		day := time.Unix(0, x.clock.Load())
		v := url.Values{"form": {"drill"}, "on": {day.Format(time.DateOnly)}, "topic": {"停电疏散"}, "with": {id}, "result": {"十分钟走完"}, "better": {"指示灯不亮"}, "next_on": {day.AddDate(0, 0, 30).Format(time.DateOnly)}}
		v.Set(name, value)
		return v
	}
	for field, wrong := range map[string]string{"on": "2099-01-01", "topic": "", "with": "none", "result": "", "next_on": "2020-01-01"} {
		if a := desk.post(list, drill(field, wrong)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `drill-`+field+`-error"`) || !strings.Contains(a.body, "指示灯不亮") {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	desk.done(list, drill("topic", "停电疏散"))
	page = desk.page(list)
	has(t, "the drill", page, "停电疏散", "下次演练最晚")
	_, rest, _ = strings.Cut(page, `href="`+list+`/drills/`)
	did, _, _ := strings.Cut(rest, `"`)
	has(t, "its page", desk.page(list+"/drills/"+did), "指示灯不亮", "物业抢修队", "十分钟走完")
	v := drill("better", "灯修好了")
	v.Set("rev", revOf(t, desk.page(list+"/drills/"+did), "drill"))
	desk.done(list+"/drills/"+did, v)
	if a := desk.post(list+"/drills/"+did, v); a.status != http.StatusConflict {
		t.Errorf("over an old revision: %d", a.status)
	}
	has(t, "corrected", desk.page(list+"/drills/"+did), "灯修好了")
	for _, who := range []string{"", demo.Owner, demo.Liaison, demo.Admin} {
		for _, path := range []string{list, one, list + "/drills/" + did} {
			if a := x.as(t, who).get(path); a.status == http.StatusOK || strings.Contains(a.body, "57810000") || strings.Contains(a.body, "停电疏散") {
				t.Errorf("%q reads %s: %d", who, path, a.status)
			}
		}
	}
	x.wait(200 * 24 * time.Hour)
	desk = x.again(t, demo.Coordinator)
	page = desk.page(list)
	has(t, "half a year later", page, "打一次看看", "该演练了")
	desk.done(one, url.Values{"form": {"tried"}, "rev": {revOf(t, desk.page(one), "tried")}})
	if strings.Contains(desk.page(list), "打一次看看") {
		t.Error("a number that was tried today is to be tried")
	}
	desk.done(one, url.Values{"form": {"end"}, "rev": {revOf(t, desk.page(one), "end")}})
	if page = desk.page(list); strings.Contains(page, "2157810000") || !strings.Contains(page, "不再找的") {
		t.Error("who is off the list is still to be rung")
	}
	has(t, "the drill still names it", desk.page(list+"/drills/"+did), "物业抢修队")
	desk.done(one, url.Values{"form": {"again"}, "rev": {revOf(t, desk.page(one), "again")}})
	has(t, "back", desk.page(list), "2157810000")
}
