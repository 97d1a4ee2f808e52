package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/assembly"
	"shangquan/services/demo"
)

func TestANeedIsMetThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	lian, owner, rival, anybody := x.as(t, demo.Liaison), x.as(t, demo.Owner), x.as(t, demo.Rival), x.as(t, "")
	mine, theirs := "/my/resources/"+own, "/my/resources/"+other
	has(t, "the way there", owner.page("/my/assembly/"+own), mine, "/my/rooms/"+own)
	offer := url.Values{"form": {"post"}, "side": {"offered"}, "kind": {"hall"}, "title": {"三楼活动厅"}, "times": {"随便"}}
	if a := owner.post(mine, offer); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="post-times-error"`) || !strings.Contains(a.body, `value="三楼活动厅"`) {
		t.Errorf("times nobody reads: %d %s", a.status, complaint(a.body))
	}
	offer.Set("times", "周一至周五 18:00-21:00")
	offer.Set("place", "nowhere")
	if a := owner.post(mine, offer); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="post-place-error"`) {
		t.Errorf("a place that is not: %d", a.status)
	}
	offer.Del("place")
	offer.Set("text", "找小王 138 1234 5678")
	if a := owner.post(mine, offer); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="post-text-error"`) || !strings.Contains(a.body, "找小王 138 1234 5678") {
		t.Errorf("a mobile number that others would read: %d", a.status)
	}
	offer.Del("text")
	post, _, _ := strings.Cut(owner.done(mine, offer), "?")
	id := post[strings.LastIndexByte(post, '/')+1:]

	// Everybody sees the space with leave alone, and not a moment longer.
	if strings.Contains(anybody.page("/spaces"), "三楼活动厅") {
		t.Error("shown without leave")
	}
	owner.done(post, url.Values{"form": {"show"}})
	has(t, "its organisation may not be named", owner.page(post), "放上去别人也看不到", `href="/my/assembly/`+own+`#consent"`)
	if strings.Contains(anybody.page("/spaces"), "三楼活动厅") {
		t.Error("shown though its organisation may not be named")
	}
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	if strings.Contains(owner.page(post), "放上去别人也看不到") {
		t.Error("its organisation is told that nobody sees what everybody sees")
	}
	has(t, "the public calendar", anybody.page("/spaces"), "三楼活动厅", "演示单位owner", "18:00–21:00")
	calendar := anybody.get("/spaces.ics")
	has(t, "the calendar file", calendar.body, "SUMMARY", "三楼活动厅", "DTSTART;TZID=Asia/Shanghai:20261016T180000", "DTEND;TZID=Asia/Shanghai:20261016T210000", "END:VCALENDAR")
	if !strings.HasPrefix(calendar.header.Get("Content-Type"), "text/calendar") || strings.Contains(calendar.body, x.people[demo.Owner].Name) || strings.Contains(calendar.body, "20261017T") {
		t.Errorf("the calendar file names a person, or a day it is shut: %s", calendar.body)
	}
	has(t, "the way to it", anybody.page("/spaces"), `href="/spaces.ics"`)
	has(t, "the ledger", x.as(t, demo.Admin).page("/admin/consents"), "公开共享场地", "同意着", "当时的隐私说明是")
	owner.done(post, url.Values{"form": {"hide"}})
	if strings.Contains(anybody.page("/spaces"), "三楼活动厅") || strings.Contains(anybody.get("/spaces.ics").body, "三楼活动厅") {
		t.Error("shown after leave was taken back")
	}
	has(t, "the ledger", x.as(t, demo.Admin).page("/admin/consents"), "收回了")

	need, _, _ := strings.Cut(rival.done(theirs, url.Values{"form": {"post"}, "side": {"sought"}, "kind": {"hall"}, "title": {"借场地开会"}}), "?")
	has(t, "what fits", rival.page(need), "三楼活动厅", "演示单位owner")
	has(t, "what is open", rival.page(theirs+"/open?side=offered"), "三楼活动厅")
	deal, _, _ := strings.Cut(rival.done(theirs+"/posts/"+id, url.Values{"form": {"answer"}, "with": {need[strings.LastIndexByte(need, '/')+1:]}}), "?")
	if m := x.sent(t, demo.Owner, "resource_match"); !strings.Contains(m.Text, "三楼活动厅") || !strings.Contains(m.Text, mine) {
		t.Errorf("the letter says %q", m.Text)
	}
	if a := rival.post(theirs+"/posts/"+id, url.Values{"form": {"answer"}, "with": {need[strings.LastIndexByte(need, '/')+1:]}}); a.status != http.StatusConflict || !strings.Contains(a.body, "还没办结") {
		t.Errorf("answered twice: %d", a.status)
	}
	ours := strings.Replace(deal, theirs, mine, 1)
	if a := owner.post(ours, url.Values{"form": {"confirm"}}); a.status != http.StatusConflict {
		t.Errorf("confirmed before anything: %d", a.status)
	}
	owner.done(ours, url.Values{"form": {"agree"}})
	day := time.Unix(0, x.clock.Load())
	if a := rival.post(deal, url.Values{"form": {"deliver"}, "on": {day.AddDate(0, 0, 2).Format(time.DateOnly)}, "note": {"开了一场会"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="deliver-on-error"`) || !strings.Contains(a.body, `value="开了一场会"`) {
		t.Errorf("delivered on a day to come: %d %s", a.status, complaint(a.body))
	}
	rival.done(deal, url.Values{"form": {"deliver"}, "on": {day.Format(time.DateOnly)}, "note": {"开了一场会"}})
	has(t, "the figures", lian.page("/liaison/resources"), "双方都确认的有 0 件")
	has(t, "the other side", owner.page(ours), "等对方确认", "开了一场会", `id="confirm"`)
	owner.done(ours, url.Values{"form": {"confirm"}})
	has(t, "the figures", lian.page("/liaison/resources"), "双方都确认的有 1 件")
	has(t, "the need", rival.page(need), "已满足")
	atLiaison := "/liaison/deals/" + deal[strings.LastIndexByte(deal, '/')+1:]
	lian.done(atLiaison, url.Values{"form": {"close"}})
	has(t, "the deal", owner.page(ours), "办结")
	for _, who := range []string{demo.Coordinator, demo.Owner} {
		if a := x.as(t, who).get(atLiaison); a.status != http.StatusNotFound {
			t.Errorf("%s reads a deal as the liaison: %d", who, a.status)
		}
	}
	if a := owner.get(strings.Replace(need, theirs, mine, 1)); a.status != http.StatusNotFound {
		t.Errorf("another's need that is met: %d", a.status)
	}
}

// postedBy adds what an organisation offers or seeks to print, and returns its id.
func postedBy(b *browser, org, side, title string) string {
	b.t.Helper()
	to, _, _ := strings.Cut(b.done("/my/resources/"+org, url.Values{"form": {"post"}, "side": {side}, "kind": {"printing"}, "title": {title}}), "?")
	return to[strings.LastIndexByte(to, '/')+1:]
}

func TestTheLiaisonBringsTwoTogether(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	lian, owner, rival := x.as(t, demo.Liaison), x.as(t, demo.Owner), x.as(t, demo.Rival)
	offer, need := postedBy(owner, own, "offered", "免费打印"), postedBy(rival, other, "sought", "要打印")
	page := "/liaison/resources/" + offer
	has(t, "what fits", lian.page(page), "要打印", "演示单位rival")
	deal, _, _ := strings.Cut(lian.done(page, url.Values{"with": {need}}), "?")
	has(t, "the deal", lian.page(deal), "等双方同意", "还没回复")
	if a := lian.post(deal, url.Values{"form": {"give_up"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="give_up-reason-error"`) {
		t.Errorf("given up without a reason: %d", a.status)
	}
	if a := x.as(t, demo.Admin).post(deal, url.Values{"form": {"give_up"}, "reason": {"x"}}); a.status != http.StatusNotFound {
		t.Errorf("an administrator gives it up: %d", a.status)
	}
	lian.done(deal, url.Values{"form": {"give_up"}, "reason": {"机器坏了"}})
	has(t, "the organisation", owner.page("/my/resources/"+own+"/deals/"+deal[strings.LastIndexByte(deal, '/')+1:]), "没办成", "机器坏了", "还没回复")

	// What one side says was delivered and the other never answers does not hang: the liaison ends it, it does not count, both hear of it.
	deal, _, _ = strings.Cut(lian.done(page, url.Values{"with": {need}}), "?")
	id := deal[strings.LastIndexByte(deal, '/')+1:]
	ours, theirs := "/my/resources/"+own+"/deals/"+id, "/my/resources/"+other+"/deals/"+id
	owner.done(ours, url.Values{"form": {"agree"}})
	rival.done(theirs, url.Values{"form": {"agree"}})
	owner.done(ours, url.Values{"form": {"deliver"}, "on": {time.Unix(0, x.clock.Load()).Format(time.DateOnly)}, "note": {"印了一百张"}})
	has(t, "the other side", rival.page(theirs), "90 天没人回答就自动结束")
	if a := owner.post(ours, url.Values{"form": {"give_up"}, "reason": {"算了"}}); a.status != http.StatusConflict {
		t.Errorf("who says it was delivered gives it up: %d", a.status)
	}
	lian.done(deal, url.Values{"form": {"give_up"}, "reason": {"对方联系不上"}})
	has(t, "the figures", lian.page("/liaison/resources"), "双方都确认的有 0 件")
	for _, who := range []string{demo.Owner, demo.Rival} {
		if m := x.sent(t, who, "resource_ended"); !strings.Contains(m.Text, "不算办成") || !strings.Contains(m.Text, "/deals/"+id) {
			t.Errorf("the letter to %s says %q", who, m.Text)
		}
	}
}

// A member that only the liaison may know of is not named to other members, and not to who merely answers what it offers: it is once it
// agreed to a deal with them, to nobody else.
func TestAMemberThatOnlyTheLiaisonKnowsIsNotNamed(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	lian, owner, rival := x.as(t, demo.Liaison), x.as(t, demo.Owner), x.as(t, demo.Rival)
	hidden, err := x.services.Assembly.Organisation(t.Context(), x.actor(t, demo.Liaison), own)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Assembly.Edit(t.Context(), x.actor(t, demo.Liaison), own, hidden.Rev, assembly.Details{
		Name: hidden.Name, Kind: hidden.Kind, MerchantID: hidden.MerchantID, Since: hidden.Since, Visibility: assembly.Station,
	}); err != nil {
		t.Fatal(err)
	}
	name, theirs := hidden.Name.Hans, "/my/resources/"+other
	last := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	post := func(b *browser, org, side, title string) string {
		t.Helper()
		to, _, _ := strings.Cut(b.done("/my/resources/"+org, url.Values{"form": {"post"}, "side": {side}, "kind": {"printing"}, "title": {title}}), "?")
		return to
	}
	unnamed := func(paths ...string) {
		t.Helper()
		for _, path := range paths {
			if body := rival.page(path); strings.Contains(body, name) || !strings.Contains(body, "一个成员单位") {
				t.Errorf("another member is told who it is at %s", path)
			}
		}
	}
	offer, need := post(owner, own, "offered", "免费打印"), post(rival, other, "sought", "要打印")
	offered := theirs + "/posts/" + last(offer)
	unnamed(theirs+"/open", offered, need)
	has(t, "the liaison", lian.page("/liaison/resources"), name)
	has(t, "the liaison", lian.page("/liaison/resources/"+last(need)), name)
	has(t, "those who may be known", owner.page("/my/resources/"+own+"/open"), "演示单位rival")

	deal, _, _ := strings.Cut(rival.done(offered, url.Values{"form": {"answer"}, "with": {last(need)}}), "?")
	unnamed(deal, theirs)
	ours := "/my/resources/" + own + "/deals/" + last(deal)
	has(t, "itself", owner.page(ours), name, "演示单位rival")
	has(t, "the liaison", lian.page("/liaison/deals/"+last(deal)), name)
	owner.done(ours, url.Values{"form": {"agree"}})
	has(t, "the other side of what it agreed to", rival.page(deal), name)
	has(t, "the other side of what it agreed to", rival.page(theirs), name)
	unnamed(theirs+"/open", offered)
}

// What an organisation posted is over with its seat: nobody is brought together with it.
func TestNobodyIsBroughtTogetherWithWhoLeft(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	own, other := x.member(t, demo.Owner), x.member(t, demo.Rival)
	lian, owner, rival := x.as(t, demo.Liaison), x.as(t, demo.Owner), x.as(t, demo.Rival)
	offer, need := postedBy(owner, own, "offered", "免费打印"), postedBy(rival, other, "sought", "要打印")
	has(t, "what fits while both have a seat", lian.page("/liaison/resources/"+offer), "要打印")
	o, err := x.services.Assembly.Organisation(t.Context(), x.actor(t, demo.Liaison), other)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.services.Assembly.Leave(t.Context(), x.actor(t, demo.Liaison), other, o.Rev, true); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/liaison", "/liaison/resources", "/liaison/resources/" + offer} {
		if strings.Contains(lian.page(path), "要打印") {
			t.Errorf("%s shows what one posted that left", path)
		}
	}
	has(t, "the need", lian.page("/liaison/resources/"+need), "已收回")
	if a := lian.post("/liaison/resources/"+offer, url.Values{"with": {need}}); a.status != http.StatusConflict {
		t.Errorf("brought together with one that left: %d", a.status)
	}
}
