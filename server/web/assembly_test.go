package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/assembly"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// member gives the merchant of somebody a seat and returns its id.
func (x *town) member(t *testing.T, who string) string {
	t.Helper()
	o, err := x.services.Assembly.Add(t.Context(), x.actor(t, demo.Liaison), assembly.Details{
		Name: lang.Text{Hans: "演示单位" + who}, Kind: assembly.Merchant, MerchantID: x.people[who].MerchantID, Since: "2026-01-01", Visibility: assembly.Public,
	})
	if err != nil {
		t.Fatal(err)
	}
	return o.ID
}

// revOf is the revision that a form of a page carries.
func revOf(t *testing.T, page, form string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `id="`+form+`"`)
	if !ok {
		t.Fatalf("the page has no form %q", form)
	}
	_, rest, _ = strings.Cut(rest, `name="rev" value="`)
	rev, _, _ := strings.Cut(rest, `"`)
	return rev
}

// hiddenOf is what a page's form carries along under a name.
func hiddenOf(t *testing.T, page, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="`+name+`" value="`)
	if !ok {
		t.Fatalf("the page carries no %q", name)
	}
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

func TestAMeetingThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	lian, owner := x.as(t, demo.Liaison), x.as(t, demo.Owner)

	bad := lian.post("/liaison/meetings", url.Values{"form": {"meeting"}, "title": {"十月会议"}, "day": {"明天"}, "time": {"14:00"}, "place": {"三楼"}})
	if bad.status != http.StatusUnprocessableEntity || !strings.Contains(bad.body, `value="十月会议"`) || !strings.Contains(bad.body, `id="meeting-day-error"`) {
		t.Errorf("a day that is none: %d %s", bad.status, complaint(bad.body))
	}
	day := time.Unix(0, x.clock.Load()).AddDate(0, 0, 2)
	to := lian.done("/liaison/meetings", url.Values{"form": {"meeting"}, "title": {"十月会议"}, "day": {day.Format(time.DateOnly)}, "time": {"14:00"}, "place": {"三楼"}})
	id := strings.TrimPrefix(to, "/liaison/meetings/")
	mine := "/my/assembly/" + own + "/meetings/" + id
	if a := owner.post(mine, url.Values{"form": {"topic"}, "title": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a topic without a title: %d", a.status)
	}
	owner.done(mine, url.Values{"form": {"topic"}, "title": {"后巷的灯"}, "text": {"晚上看不见"}})
	if a := owner.get(mine + "/calendar"); a.status != http.StatusNotFound {
		t.Errorf("a calendar before anybody is called: %d", a.status)
	}
	page := lian.page(to)
	has(t, "the meeting", page, "后巷的灯", "演示单位owner提的")
	topic := hiddenTopic(t, page)
	step := func(form string, more url.Values) {
		t.Helper()
		v := url.Values{"form": {form}, "rev": {revOf(t, lian.page(to), form)}}
		for k, list := range more {
			v[k] = list
		}
		lian.done(to, v)
	}
	step("agenda", url.Values{"order." + topic: {"1"}})
	plan := url.Values{"title": {"十月会议"}, "day": {day.Format(time.DateOnly)}, "time": {"15:30"}, "place": {"二楼"}}
	step("call", plan)
	if _, err := x.services.Assembly.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := x.sent(t, demo.Owner, "meeting_called"); !strings.Contains(m.Text, "15:30") || !strings.Contains(m.Text, mine) {
		t.Errorf("the call says %q", m.Text)
	}
	ics := owner.get(mine + "/calendar")
	if ics.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(ics.body, "SEQUENCE:0") || !strings.Contains(ics.body, "T153000") {
		t.Errorf("the calendar is %s", ics.body)
	}
	x.wait(48 * time.Hour)
	lian, owner, admin := x.again(t, demo.Liaison), x.again(t, demo.Owner), x.again(t, demo.Admin)
	step("hold", url.Values{"was." + own: {"present"}, "was." + other: {"excused"}})
	step("write", url.Values{"said." + topic: {"都说太暗"}, "decision." + topic: {"装两盏"}})
	if strings.Contains(owner.page(mine), "装两盏") {
		t.Error("a member reads minutes that are not out")
	}
	due := time.Unix(0, x.clock.Load()).AddDate(0, 0, 3).Format(time.DateOnly)
	step("ask", url.Values{"due": {due}})
	step("assign", url.Values{"text": {"后巷装灯"}, "topic": {topic}, "organisation": {own}, "due": {due}})
	page = owner.page(mine)
	has(t, "the minutes", page, "装两盏", "前回个话")

	// Minutes that are out are read and not written; taken back with a reason, they are.
	out := lian.page(to)
	has(t, "minutes that are out", out, "装两盏", `id="back"`)
	if strings.Contains(out, `name="said.`) {
		t.Error("minutes that are out are shown as a form")
	}
	if a := lian.post(to, url.Values{"form": {"write"}, "rev": {revOf(t, out, "back")}, "said." + topic: {"都说太暗"}, "decision." + topic: {"装四盏"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "要改先收回") {
		t.Errorf("minutes changed while they are out: %d %s", a.status, complaint(a.body))
	}
	if a := lian.post(to, url.Values{"form": {"back"}, "rev": {revOf(t, out, "back")}, "reason": {" "}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="back-reason-error"`) {
		t.Errorf("taken back without a reason: %d %s", a.status, complaint(a.body))
	}
	if a := admin.post(to, url.Values{"form": {"back"}, "rev": {revOf(t, out, "back")}, "reason": {"写漏了"}}); a.status != http.StatusNotFound {
		t.Errorf("taken back by the administrator: %d", a.status)
	}
	step("back", url.Values{"reason": {"写漏了一句"}})
	has(t, "taken back", lian.page(to), "写漏了一句", `name="said.`+topic+`"`)
	has(t, "a member, of what was taken back", owner.page(mine), "写漏了一句", "收回去改了")
	if _, err := x.services.Assembly.Tell(t.Context()); err != nil {
		t.Fatal(err)
	}
	if m := x.sent(t, demo.Owner, "meeting_taken_back"); !strings.Contains(m.Text, "写漏了一句") || !strings.Contains(m.Text, mine) {
		t.Errorf("the letter says %q", m.Text)
	}
	step("ask", url.Values{"due": {due}})
	page = owner.page(mine)
	shown := hiddenOf(t, page, "shown")
	if a := owner.post(mine, url.Values{"form": {"answer"}, "do": {"object"}, "shown": {shown}, "text": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("an objection without a text: %d", a.status)
	}
	if a := owner.post(mine, url.Values{"form": {"answer"}, "do": {"right"}, "shown": {"older"}}); a.status != http.StatusConflict {
		t.Errorf("an answer to other minutes: %d", a.status)
	}
	owner.done(mine, url.Values{"form": {"answer"}, "do": {"right"}, "shown": {shown}})
	has(t, "who said nothing", lian.page(to), "没有回复", "说写得对")
	if strings.Contains(lian.page(to), `id="publish"`) {
		t.Error("the minutes can be published while a member may still answer")
	}
	rival := x.again(t, demo.Rival)
	there := "/my/assembly/" + other + "/meetings/" + id
	rival.done(there, url.Values{"form": {"answer"}, "do": {"object"}, "shown": {hiddenOf(t, rival.page(there), "shown")}, "text": {"要装三盏"}})
	has(t, "minutes with an objection", lian.page(to), `id="back"`, `id="publish"`)
	rival.done(there, url.Values{"form": {"answer"}, "do": {"right"}, "shown": {hiddenOf(t, rival.page(there), "shown")}})
	sure := lian.page(to)
	if strings.Contains(sure, `id="back"`) || strings.Contains(sure, `id="ask"`) {
		t.Error("confirmed minutes can be taken back")
	}
	if a := lian.post(to, url.Values{"form": {"back"}, "rev": {revOf(t, sure, "publish")}, "reason": {"写漏了"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "没人说不对") {
		t.Errorf("confirmed minutes taken back: %d %s", a.status, complaint(a.body))
	}
	rival.done(there, url.Values{"form": {"answer"}, "do": {"object"}, "shown": {hiddenOf(t, rival.page(there), "shown")}, "text": {"要装三盏"}})
	step("publish", nil)
	if a := lian.post(to, url.Values{"form": {"write"}, "rev": {revOf(t, lian.page(to), "summary")}, "said." + topic: {"都说太暗"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "已经定稿") {
		t.Errorf("published minutes changed: %d %s", a.status, complaint(a.body))
	}
	has(t, "published minutes", owner.page(mine), "要装三盏")
	has(t, "on paper", owner.page(mine+"/print"), "装两盏", "要装三盏")
	step("summary", url.Values{"title": {"十月联席会议"}, "text": {"后巷装两盏灯。"}})
	if a := x.as(t, "").get("/meetings/" + id); a.status != http.StatusNotFound {
		t.Errorf("a summary nobody approved: %d", a.status)
	}
	wait := admin.page("/admin/assembly")
	has(t, "what waits", wait, "后巷装两盏灯。")
	decide := url.Values{"rev": {hiddenOf(t, wait, "rev")}, "shown": {hiddenOf(t, wait, "shown")}, "form": {"decide-" + id}}
	decide.Set("do", "return")
	if a := admin.post("/admin/assembly/meeting/"+id, decide); a.status != http.StatusUnprocessableEntity {
		t.Errorf("returned without a reason: %d", a.status)
	}
	decide.Set("do", "approve")
	good := decide.Get("shown")
	decide.Set("shown", "else")
	if a := admin.post("/admin/assembly/meeting/"+id, decide); a.status != http.StatusConflict {
		t.Errorf("approved something else: %d", a.status)
	}
	decide.Set("shown", good)
	admin.done("/admin/assembly/meeting/"+id, decide)
	has(t, "the public", x.as(t, "").page("/meetings/"+id), "后巷装两盏灯。")
	has(t, "the public list", x.as(t, "").page("/meetings"), "十月联席会议")

	// The action item comes back, and is closed with evidence only.
	actions, err := x.services.Assembly.ActionsOf(t.Context(), x.actor(t, demo.Liaison), id)
	if err != nil || len(actions) != 1 {
		t.Fatalf("action items %v %v", actions, err)
	}
	item := "/liaison/actions/" + actions[0].ID
	next := lian.done("/liaison/meetings", url.Values{"form": {"meeting"}, "title": {"十一月会议"}, "day": {day.AddDate(0, 1, 0).Format(time.DateOnly)}, "time": {"14:00"}, "place": {"三楼"}})
	lian.done(next, url.Values{"form": {"agenda"}, "rev": {revOf(t, lian.page(next), "agenda")}})
	has(t, "the next agenda", lian.page(next), "后巷装灯", "上次没办完的")
	if strings.Contains(lian.page(item), `id="check"`) {
		t.Error("an item without evidence can be closed")
	}
	if a := lian.post(item, url.Values{"form": {"check"}, "rev": {"1"}}); a.status != http.StatusConflict {
		t.Errorf("closed without evidence: %d", a.status)
	}
	his := "/my/assembly/" + own + "/actions/" + actions[0].ID
	if a := owner.post(his, url.Values{"form": {"prove"}, "text": {" "}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("evidence that says nothing: %d", a.status)
	}
	if a := owner.upload(his, url.Values{"form": {"prove"}, "text": {"装好了"}}, upload{"photo", "灯.jpg", []byte("no picture")}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "装好了") {
		t.Errorf("a picture that is none: %d", a.status)
	}
	owner.done(his, url.Values{"form": {"prove"}, "text": {"装好了"}})
	lian.done(item, url.Values{"form": {"check"}, "rev": {revOf(t, lian.page(item), "check")}})
	has(t, "the closed item", owner.page(his), "办结")
	if a := rival.get("/my/assembly/" + other + "/actions/" + actions[0].ID); a.status != http.StatusNotFound {
		t.Errorf("another's item: %d", a.status)
	}
}

// The minutes of a long meeting are written in parts, each of which fits into a form with its texts as long as they may be.
func TestMinutesOfALongMeeting(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, by, a, ctx := x.member(t, demo.Owner), x.actor(t, demo.Liaison), x.services.Assembly, t.Context()
	at := time.Unix(0, x.clock.Load()).Add(48 * time.Hour)
	m, err := a.Convene(ctx, by, assembly.Plan{Title: "长会", Place: "三楼", At: at})
	order := map[string]int{}
	for i := range 2*minutesAtOnce + 1 {
		if err == nil {
			m, err = a.Propose(ctx, by, "", m.ID, fmt.Sprintf("第 %d 件事", i+1), "")
			order[m.Topics[i].ID] = i + 1
		}
	}
	if err == nil {
		m, err = a.Settle(ctx, by, m.ID, m.Rev, order)
	}
	if err == nil {
		m, err = a.Call(ctx, by, m.ID, m.Rev, assembly.Plan{Title: m.Title, Place: m.Place, At: m.At})
	}
	x.wait(49 * time.Hour)
	if err == nil {
		m, err = a.Hold(ctx, by, m.ID, m.Rev, map[string]assembly.Presence{own: assembly.Present})
	}
	if err != nil {
		t.Fatal(err)
	}
	here, lian := "/liaison/meetings/"+m.ID, x.again(t, demo.Liaison)
	long := strings.Repeat("𠮷", assembly.MaxText)
	send := func(part int, text string) answer {
		page := lian.page(here + "?part=" + strconv.Itoa(part))
		v := url.Values{"form": {"write"}, "rev": {revOf(t, page, "write")}, "part": {hiddenOf(t, page, "part")}}
		for i, topic := range m.Topics {
			if there := strings.Contains(page, `name="said.`+topic.ID+`"`); there != (i/minutesAtOnce == part-1) {
				t.Errorf("part %d: topic %d: %v", part, i+1, there)
			} else if there {
				v.Set("said."+topic.ID, text)
				v.Set("decision."+topic.ID, text)
			}
		}
		return lian.post(here, v)
	}
	for part := 1; part <= 3; part++ {
		if a := send(part, long); a.status != http.StatusSeeOther {
			t.Errorf("part %d: %d %s", part, a.status, complaint(a.body))
		}
	}
	if m, err = a.Meeting(ctx, by, m.ID); err != nil {
		t.Fatal(err)
	}
	for i, topic := range m.Topics {
		if topic.Said != long || topic.Decision != long {
			t.Errorf("topic %d says %d characters", i+1, len([]rune(topic.Said)))
		}
	}
	if a := send(2, long+"长"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `name="part" value="2"`) || !strings.Contains(a.body, long+"长") {
		t.Errorf("one too long: %d %s", a.status, complaint(a.body))
	}
	for _, odd := range []string{"0", "4", "-1", "x", "9223372036854775807"} {
		has(t, "part "+odd, lian.page(here+"?part="+odd), `name="said.`+m.Topics[0].ID+`"`)
	}
}

// hiddenTopic is the id of the first topic of the form of the agenda.
func hiddenTopic(t *testing.T, page string) string {
	t.Helper()
	_, rest, ok := strings.Cut(page, `name="order.`)
	if !ok {
		t.Fatal("there is no topic to place")
	}
	id, _, _ := strings.Cut(rest, `"`)
	return id
}

func TestThePactIsSignedByOrganisations(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.member(t, demo.Owner)
	lian, owner := x.as(t, demo.Liaison), x.as(t, demo.Owner)
	if a := owner.get("/my/assembly/" + id + "/pact"); a.status != http.StatusNotFound {
		t.Errorf("a pact before there is one: %d", a.status)
	}
	if a := lian.post("/liaison/pact", url.Values{"form": {"pact"}, "after": {"0"}, "text": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a pact that says nothing: %d", a.status)
	}
	lian.done("/liaison/pact", url.Values{"form": {"pact"}, "after": {"0"}, "text": {"门前三包。"}})
	has(t, "the member", owner.page("/my/assembly/"+id), "公约出了第 1 版")
	page := owner.page("/my/assembly/" + id + "/pact")
	has(t, "the pact", page, "门前三包。")
	owner.done("/my/assembly/"+id+"/pact", url.Values{"form": {"sign"}, "shown": {hiddenOf(t, page, "shown")}})
	has(t, "the roster", lian.page("/liaison/pact/roster"), "演示单位owner", "第 1 版")
	lian.done("/liaison/pact", url.Values{"form": {"pact"}, "after": {"1"}, "text": {"门前四包。"}})
	has(t, "the member again", owner.page("/my/assembly/"+id), "公约出了第 2 版")
	if a := owner.post("/my/assembly/"+id+"/pact", url.Values{"form": {"sign"}, "shown": {hiddenOf(t, page, "shown")}}); a.status != http.StatusConflict {
		t.Errorf("the old one signed: %d", a.status)
	}
}

func TestMembersThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	lian := x.as(t, demo.Liaison)
	if to := x.as(t, demo.Liaison).get("/sign-in").to; to != "" && !strings.Contains(to, "/liaison") {
		t.Errorf("the liaison lands at %s", to)
	}
	v := url.Values{"form": {"member"}, "name": {"演示物业"}, "kind": {"property"}, "since": {"2026-01-01"}, "visibility": {"public"}, "desk": {"值班室"}, "phone": {"138 0000 1111"}}
	a := lian.post("/liaison/members", v)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "不留个人的手机") || !strings.Contains(a.body, `value="演示物业"`) {
		t.Errorf("a mobile number: %d %s", a.status, complaint(a.body))
	}
	v.Set("phone", "021-5777 0000")
	v.Set("shop", "/shops/none")
	if a = lian.post("/liaison/members", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="member-shop-error"`) {
		t.Errorf("no such shop: %d", a.status)
	}
	slug := x.listing(t, x.people[demo.Owner].ListingIDs[0]).Slug
	v.Set("shop", "http://shop.test/en/shops/"+slug)
	to, _, _ := strings.Cut(lian.done("/liaison/members", v), "?")
	has(t, "the member", lian.page(to), "店主和店长", "还没同意公开")
	lian.done(to+"/consent", url.Values{"do": {"agree"}})
	has(t, "noted from paper", lian.page(to), "按书面同意记的")
	if owner := x.as(t, demo.Owner); !strings.HasPrefix(owner.get("/my/assembly").to, "/my/assembly/") {
		t.Error("the owner of the shop does not act for it")
	}
	lian.done(to, url.Values{"form": {"leave"}, "rev": {revOf(t, lian.page(to), "leave")}})
	has(t, "those that left", lian.page("/liaison/members?gone=1"), "演示物业")
	for _, who := range []string{demo.Coordinator, demo.Owner} {
		if a := x.as(t, who).get("/liaison/members"); a.status != http.StatusNotFound {
			t.Errorf("%s reads the members: %d", who, a.status)
		}
	}
	for _, path := range []string{"/desk", "/desk/reports", "/desk/notices", "/desk/claims/none"} {
		if a := lian.get(path); a.status != http.StatusNotFound {
			t.Errorf("the liaison opens %s: %d", path, a.status)
		}
	}
}
