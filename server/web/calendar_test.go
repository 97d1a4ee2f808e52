package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/hours"
)

// paperOf is what a coordinator types from the notice of a year.
func paperOf(days string) url.Values {
	return url.Values{
		"rev": {"0"}, "do": {"save"}, "title": {"国务院办公厅关于 2027 年部分节假日安排的通知"}, "number": {"国办发明电〔2026〕8 号"},
		"link": {"https://www.gov.cn/zhengce/zhengceku/202611/content_1.htm"}, "ask_days": {"14"}, "days": {days},
	}
}

// nextYear is the year after the town's evening.
func (x *town) nextYear() int { return time.Unix(0, x.clock.Load()).In(calendar.Shanghai).Year() + 1 }

// A year is not announced until a coordinator enters its notice; then the public page, the API and the shops know it at once, and it can
// be taken back.
func TestYearIsAnnounced(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	year := x.nextYear()
	if year != 2027 {
		t.Fatalf("the evening of the tests is of %d", year-1)
	}
	visitor, desk := x.as(t, ""), x.as(t, demo.Coordinator)
	if body := visitor.page("/holidays"); !strings.Contains(body, "放假安排还没公布") || !strings.Contains(body, "国庆节") {
		t.Error("the public page does not say that a year is not announced, or not what is")
	}
	if body := visitor.page("/api/v1/calendar/2027"); !strings.Contains(body, `"announced":false`) {
		t.Error(body)
	}
	if body := x.as(t, demo.Owner).page("/my/shops/" + x.people[demo.Owner].ListingIDs[0] + "/special"); !strings.Contains(body, "2027 年 放假安排还没公布") {
		t.Error("the owner is not told that the next year is not announced")
	}
	if body := desk.page("/desk/calendar"); !strings.Contains(body, "放假安排还没公布") {
		t.Error("the desk does not say what is missing")
	}

	const days = "2027-01-01 至 2027-01-03 元旦 休\n2027-02-05 至 2027-02-11 春节 休\n2027-02-20 春节 班"
	v := paperOf(days)
	v.Set("do", "check")
	if a := desk.post("/desk/calendar/2027", v); a.status != http.StatusOK || !strings.Contains(a.body, "读到的是这些") || !strings.Contains(a.body, "国办发明电〔2026〕8 号") {
		t.Fatalf("check: %d %s", a.status, complaint(a.body))
	}
	if x.calendar().Announced(2027) {
		t.Fatal("a check has saved")
	}
	v.Set("do", "save")
	if to := desk.done("/desk/calendar/2027", v); to != "/desk/calendar?done=saved" {
		t.Error(to)
	}
	x.public(t)
	if body := visitor.page("/holidays"); strings.Contains(body, "放假安排还没公布") || !strings.Contains(body, "国办发明电〔2026〕8 号") || !strings.Contains(body, "上班") || !strings.Contains(body, "content_1.htm") {
		t.Error("the public page does not know the new year")
	}
	if body := visitor.page("/api/v1/calendar/2027"); !strings.Contains(body, `"announced":true`) || !strings.Contains(body, `"2027-02-20"`) {
		t.Error(body)
	}
	if body := x.as(t, demo.Owner).page("/my/shops/" + x.people[demo.Owner].ListingIDs[0] + "/special"); !strings.Contains(body, "usual:2027-01-01:2027-01-03") || !strings.Contains(body, "festival:2027-02-05:2027-02-11") || !strings.Contains(body, "first:2027-01-01:2027-01-03") {
		t.Error("the owner is not asked about the new holidays")
	}

	// A second first entry, a mistake, and an old revision change nothing and say why.
	if a := desk.post("/desk/calendar/2027", paperOf(days)); a.status != http.StatusConflict {
		t.Errorf("entered twice: %d", a.status)
	}
	v = paperOf("2027-01-01 元旦")
	v.Set("rev", "1")
	if a := desk.post("/desk/calendar/2027", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "第 1 行看不懂") || !strings.Contains(a.body, "2027-01-01 元旦</textarea>") {
		t.Errorf("a line that is none: %d %s", a.status, complaint(a.body))
	}
	v = paperOf("2027-01-01 元旦 休\n2027-01-06 元旦 班")
	v.Set("rev", "1")
	v.Set("title", "")
	if a := desk.post("/desk/calendar/2027", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "2027-01-06 不是周末") {
		t.Errorf("a Wednesday worked: %d", a.status)
	}
	for _, path := range []string{"/desk/calendar/1999", "/desk/calendar/x"} {
		if a := desk.get(path); a.status != http.StatusNotFound {
			t.Errorf("%s = %d", path, a.status)
		}
	}
	desk.done("/desk/calendar/2027", url.Values{"rev": {"1"}, "do": {"withdraw"}})
	if x.calendar().Announced(2027) {
		t.Error("it was not taken back")
	}
}

// The file of holiday-cn is read as it is published.
func TestYearFromAFile(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	v := paperOf("")
	file := upload{"file", "2027.json", []byte(`{"year":2027,"papers":["https://www.gov.cn/p.htm"],"days":[{"name":"元旦","date":"2027-01-01","isOffDay":true}]}`)}
	if a := desk.upload("/desk/calendar/2027", v, file); a.status != http.StatusSeeOther || x.calendar().Class(calendar.On(2027, 1, 1)) != calendar.Holiday {
		t.Errorf("%d %s", a.status, complaint(a.body))
	}
	v.Set("rev", "1")
	file.body = []byte(`{"year":2028,"days":[{"name":"元旦","date":"2028-01-01","isOffDay":true}]}`)
	if a := desk.upload("/desk/calendar/2027", v, file); a.status != http.StatusUnprocessableEntity {
		t.Errorf("the file of another year: %d", a.status)
	}
}

// The question round: the desk asks, the owner answers by the link and without signing in, once; what the public sees and the desk counts
// follows. Who is silent is shown as not confirmed: nobody answers for them.
func TestQuestionRound(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk, visitor := x.as(t, demo.Coordinator), x.as(t, "")
	desk.done("/desk/calendar/2026", paperOf("2026-11-01 至 2026-11-03 重阳节 休"))
	x.public(t)
	from, to := calendar.On(2026, 11, 1), calendar.On(2026, 11, 3)
	id := x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if !hours.Silent(l.Hours, x.calendar(), from, to) {
		t.Fatal("the shop of the test has answered already")
	}
	if body := desk.page("/desk/holidays"); !strings.Contains(body, "起问店家") {
		t.Error("the desk does not say when shops are asked")
	}
	desk.done("/desk/holidays/2026-11-01", nil)
	if a := desk.post("/desk/holidays/2026-11-01", nil); a.status != http.StatusConflict || !strings.Contains(a.body, "已经问过了") {
		t.Errorf("asked twice: %d", a.status)
	}
	if a := desk.post("/desk/holidays/2026-11-02", nil); a.status != http.StatusNotFound {
		t.Errorf("no holiday begins there: %d", a.status)
	}
	if n, err := x.services.Holidays.Ask(t.Context()); err != nil || n == 0 {
		t.Fatalf("asked %d, %v", n, err)
	}
	if x.questions[0].Name != "重阳节" || len(x.questions[0].Shops) == 0 {
		t.Errorf("%+v", x.questions[0])
	}

	before := x.silent(t, from, to)
	public := func() string { return visitor.page("/shops/" + l.Slug) }
	if body := public(); !strings.Contains(body, "节假日时间待确认") {
		t.Error("a silent shop is not shown as not confirmed")
	}
	token := x.services.Links.ToHoliday(&l, from, to)
	if body := visitor.page("/holiday/" + token); !strings.Contains(body, `value="usual"`) || !strings.Contains(body, `value="first"`) || strings.Contains(body, `value="festival"`) {
		t.Error("the link does not ask, or asks what is none of its answers")
	}
	if x.silent(t, from, to) != before {
		t.Fatal("opening the link has answered")
	}
	for name, a := range map[string]answer{
		"another answer": visitor.post("/holiday/"+token, url.Values{"do": {"perhaps"}}),
		"no answer":      visitor.post("/holiday/"+token, nil),
	} {
		if a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if a := visitor.post("/holiday/"+token, url.Values{"do": {"closed"}}); a.status != http.StatusOK || !strings.Contains(a.body, "记下了") || !strings.Contains(a.body, "休息") {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	if a := visitor.post("/holiday/"+token, url.Values{"do": {"usual"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "已经有人答过了") {
		t.Errorf("a link answers twice: %d", a.status)
	}
	x.wait(time.Minute)
	x.public(t)
	if got := x.silent(t, from, to); got != before-1 {
		t.Errorf("%d silent shops, want %d: one has answered, nobody else", got, before-1)
	}
	now, err := x.services.Listings.Get(t.Context(), id)
	if err != nil || now.Confirmed.By != "owner" || !strings.Contains(strings.Join(now.Watch.Changed, " "), "hours") {
		t.Errorf("%+v %+v %v", now.Confirmed, now.Watch, err)
	}
	for name, bad := range map[string]string{"of nobody": "x.y", "changed": token[:len(token)-2] + "AA", "of a confirmation": x.services.Links.To(&l, time.Now().AddDate(9, 0, 0))} {
		if a := visitor.get("/holiday/" + bad); a.status != http.StatusNotFound && a.status != http.StatusGone {
			t.Errorf("a link %s: %d", name, a.status)
		}
	}
}

// silent counts the shops that have said nothing.
func (x *town) silent(t *testing.T, from, to calendar.Date) int {
	t.Helper()
	all, _, err := x.directory.HolidayAnswers(t.Context(), from, to, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, a := range all {
		n += a.Silent
	}
	return n
}
