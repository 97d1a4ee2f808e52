package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/audit"
	"shangquan/services/calendar"
	"shangquan/services/demo"
	"shangquan/services/listing"
	"shangquan/services/notice"
)

// outage is the form of a notice about an outage of water where the first shop of the owner is, to be answered in three days.
func (x *town) outage(t testing.TB, more url.Values) url.Values {
	t.Helper()
	l := x.shopOfOwner(t)
	day := func(n int) string { return (calendar.Today(evening) + calendar.Date(n)).String() }
	v := url.Values{
		"kind": {"works"}, "title": {"中山中路 10 月 20 日停水"}, "text": {"10 月 20 日 9:00 至 17:00，**中山中路**停水。\n\n- 存好水\n- 关好龙头"},
		"audience": {everybody}, "audience.streets": {l.Address.StreetID, ""}, "audience.side": {"", ""}, "audience.from": {"", ""}, "audience.to": {"", ""},
		"from.day": {day(5)}, "from.at": {"09:00"}, "until.day": {day(5)}, "until.at": {"17:00"},
		"must_confirm": {"must_confirm"}, "due": {day(3)}, "contact.desk": {"街道商圈办"}, "contact.phone": {"021-5777 0000"},
	}
	maps.Copy(v, more)
	return v
}

var noticeAt = regexp.MustCompile(`/desk/notices/([^/?]+)`)

// written has somebody write a notice and returns its id.
func (b *browser) written(v url.Values) string {
	b.t.Helper()
	to := b.done("/desk/notices/new", v)
	m := noticeAt.FindStringSubmatch(to)
	if m == nil || !strings.HasSuffix(to, "?done=saved") {
		b.t.Fatalf("leads to %s", to)
	}
	return m[1]
}

func (x *town) noticeNow(t testing.TB, id string) notice.Notice {
	t.Helper()
	n, err := x.services.Notices.Get(t.Context(), x.actor(t, demo.Coordinator), id)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// tried does one step with a notice as it is now.
func (b *browser) tried(id, word string, more url.Values) answer {
	b.t.Helper()
	n := b.x.noticeNow(b.t, id)
	v := url.Values{"rev": {revision(n.Rev)}, "shown": {n.Content.Hash()}}
	maps.Copy(v, more)
	return b.post("/desk/notices/"+id+"/"+word, v)
}

// stepped does a step that has to be possible.
func (b *browser) stepped(id, word string, more url.Values) {
	b.t.Helper()
	if a := b.tried(id, word, more); a.status != http.StatusSeeOther {
		b.t.Fatalf("%s: %d %s", word, a.status, complaint(a.body))
	}
	b.x.wait(time.Second) // what shops read is kept for a moment
}

// told publishes a notice that needs nobody's approval, and returns its id.
func (x *town) told(t testing.TB, more url.Values) string {
	t.Helper()
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	id := desk.written(x.outage(t, more))
	desk.stepped(id, "publish", nil)
	return id
}

// receipt is the row of the owner's first shop.
func (x *town) receipt(t testing.TB, id string) notice.Receipt {
	t.Helper()
	y, err := x.services.Notices.Read(t.Context(), x.actor(t, demo.Owner), id, x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	return y.Receipt
}

func (x *town) letterPath(id string) string {
	return "/my/shops/" + x.people[demo.Owner].ListingIDs[0] + "/notices/" + id
}

// What goes to the home page is approved by somebody else than its author, and then reaches the shops, which answer with one press.
func TestNoticeFromWritingToTheAnswer(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	id := desk.written(x.outage(t, url.Values{"front": {"home"}}))
	if body := desk.page("/desk/notices/" + id); strings.Contains(body, `id="publish"`) || !strings.Contains(body, `id="submit"`) {
		t.Errorf("what goes to the home page is published by its author: %s", complaint(body))
	}
	if a := desk.tried(id, "publish", nil); a.status != http.StatusConflict || x.noticeNow(t, id).Public != notice.NotYet {
		t.Errorf("published without a second person: %d", a.status)
	}
	desk.stepped(id, "submit", nil)
	if body := desk.page("/desk/notices/" + id); strings.Contains(body, `value="approve"`) || !strings.Contains(body, "自己写的不能自己核对") {
		t.Errorf("the author may approve: %s", complaint(body))
	}
	if a := desk.tried(id, "approve", url.Values{"do": {"approve"}}); a.status != http.StatusConflict || x.noticeNow(t, id).State != notice.Submitted {
		t.Errorf("the author approved it: %d", a.status)
	}
	body := second.page("/desk/notices/" + id)
	if !strings.Contains(body, `value="approve"`) || !strings.Contains(body, "<strong>中山中路</strong>") || !strings.Contains(body, "<li>存好水</li>") {
		t.Errorf("the second person does not see it as it will be: %s", complaint(body))
	}
	second.stepped(id, "approve", url.Values{"do": {"approve"}})
	second.stepped(id, "publish", nil)
	if n := x.noticeNow(t, id); n.State != notice.Published || n.Version() != 1 {
		t.Fatalf("it is %s, version %d", n.State, n.Version())
	}

	owner, shop := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[0]
	if body := owner.page("/my/shops/" + shop); !strings.Contains(body, "要回话的公告") || !strings.Contains(body, x.letterPath(id)) {
		t.Errorf("the first page of the shop does not ask: %s", complaint(body))
	}
	if body := owner.page("/my/notices"); !strings.Contains(body, "我看到了，已安排") || !strings.Contains(body, "还剩 3 天") {
		t.Errorf("the inbox does not ask: %s", complaint(body))
	}
	if x.receipt(t, id).State != notice.Unopened {
		t.Error("a list of notices is taken for reading them")
	}
	if body := owner.page(x.letterPath(id)); !strings.Contains(body, "<li>存好水</li>") {
		t.Errorf("the shop does not read it: %s", complaint(body))
	}
	if x.receipt(t, id).State != notice.Opened {
		t.Error("that it was opened is not noted")
	}
	if to := owner.done(x.letterPath(id)+"/confirm", url.Values{"version": {"1"}}); to != "/my/notices?done=confirmed" {
		t.Errorf("leads to %s", to)
	}
	if r := x.receipt(t, id); r.State != notice.Confirmed || r.Version != 1 {
		t.Errorf("the receipt is %+v", r)
	}
	if body := owner.page("/my/notices?done=confirmed"); strings.Contains(body, "我看到了，已安排</") || !strings.Contains(body, "看到了第 1 版") {
		t.Errorf("the inbox asks again: %s", complaint(body))
	}
	if body := desk.page("/desk/notices/" + id + "/receipts?group=done"); !strings.Contains(body, "回了话，看的是第 1 版") {
		t.Errorf("the ledger does not say who answered: %s", complaint(body))
	}
}

// Mistakes stand beside their fields, what was typed is still there, and nothing is kept.
func TestNoticeFormSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	yesterday, far := (calendar.Today(evening) - 1).String(), (calendar.Today(evening) + 900).String()
	for name, c := range map[string]struct {
		change url.Values
		id     string // of the control that is wrong
	}{
		"no title":        {url.Values{"title": {""}}, "title"},
		"long title":      {url.Values{"title": {strings.Repeat("停水", 13)}}, "title"},
		"ends before":     {url.Values{"from.at": {"18:00"}}, "until"},
		"no day":          {url.Values{"until.day": {"2026-02-31"}}, "until"},
		"over already":    {url.Values{"expires_at.day": {yesterday}}, "expires_at"},
		"too long":        {url.Values{"expires_at.day": {far}}, "expires_at"},
		"due is no day":   {url.Values{"due": {""}}, "due"},
		"due after":       {url.Values{"due": {far}}, "due"},
		"a bomb":          {url.Values{"text": {strings.Repeat("> ", 4000) + "x"}}, "text"},
		"brackets":        {url.Values{"text": {strings.Repeat("[a](b", 5000)}}, "text"},
		"very long":       {url.Values{"text": {strings.Repeat("停水", 10001)}}, "text"},
		"no kind":         {url.Values{"kind": {"rumour"}}, "kind"},
		"nobody":          {url.Values{"audience": {shopsOnly}, "audience.streets": {"", ""}}, "audience"},
		"house":           {url.Values{"audience.from": {"二十", ""}}, "audience.streets"},
		"houses backward": {url.Values{"audience.from": {"90", ""}, "audience.to": {"10", ""}}, "audience.streets"},
		"no such shop":    {url.Values{"audience.listings": {"ZZ9999"}}, "audience.listings"},
		"asked nobody":    {url.Values{"audience.streets": {"", ""}}, "must_confirm"},
		"phone":           {url.Values{"contact.phone": {"12"}}, "contact.phone"},
	} {
		v := x.outage(t, c.change)
		a := desk.post("/desk/notices/new", v)
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("%s = %d %s", name, a.status, a.to)
			continue
		}
		if !strings.Contains(a.body, `href="#`+c.id+`"`) || !strings.Contains(a.body, `id="`+c.id+`-error"`) {
			t.Errorf("%s: the mistake does not stand at %s: %s", name, c.id, problems(a.body))
		}
		if !strings.Contains(a.body, `value="021-5777 0000"`) && name != "phone" {
			t.Errorf("%s: what was typed is gone", name)
		}
	}
	counts, err := x.services.Notices.Counts(t.Context(), x.actor(t, demo.Coordinator))
	if err != nil || len(counts) > 0 {
		t.Errorf("kept %v, %v", counts, err)
	}
}

// Which shops a notice reaches is said without script, before anything is kept; an audience that reaches none is refused when it is
// published.
func TestNoticeReach(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, l := x.as(t, demo.Coordinator), x.shopOfOwner(t)
	a := desk.post("/desk/notices/new", x.outage(t, url.Values{"do": {"reach"}, "title": {""}}))
	if a.status != http.StatusOK || !strings.Contains(a.body, l.Name.Hans) || !strings.Contains(a.body, l.Address.Line) || strings.Contains(a.body, "callout bad") {
		t.Errorf("the shops = %d %s", a.status, complaint(a.body))
	}
	if a := desk.post("/desk/notices/new", x.outage(t, url.Values{"do": {"more"}, "title": {""}})); a.status != http.StatusOK || strings.Count(a.body, `name="audience.streets"`) != 2 {
		t.Errorf("one more line = %d", a.status)
	}
	if a := desk.post("/desk/notices/new", x.outage(t, url.Values{"do": {"preview"}})); a.status != http.StatusOK || !strings.Contains(a.body, "<li>存好水</li>") {
		t.Errorf("the preview = %d %s", a.status, complaint(a.body))
	}
	id := desk.written(x.outage(t, url.Values{"audience.from": {"9000", ""}}))
	a = desk.tried(id, "publish", nil)
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "callout bad") || x.noticeNow(t, id).Public != notice.NotYet {
		t.Errorf("published for nobody: %d %s", a.status, complaint(a.body))
	}
}

// What changed after it was approved is not published, and what changed after it was looked at is not approved.
func TestNoticeChangedAfterApproval(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, second := x.as(t, demo.Coordinator), x.as(t, demo.Second)
	id := desk.written(x.outage(t, url.Values{"front": {"banner"}}))
	desk.stepped(id, "submit", nil)
	seen := x.noticeNow(t, id)
	edit := func(title string) {
		n := x.noticeNow(t, id)
		desk.done("/desk/notices/"+id+"/edit", x.outage(t, url.Values{"front": {"banner"}, "title": {title}, "rev": {revision(n.Rev)}}))
	}
	edit("中山中路 10 月 21 日停水")
	a := second.post("/desk/notices/"+id+"/approve", url.Values{"rev": {revision(seen.Rev)}, "shown": {seen.Content.Hash()}, "do": {"approve"}})
	if a.status != http.StatusConflict || !strings.Contains(a.body, "刚才看的内容又变了") || !strings.Contains(a.body, "10 月 21 日") {
		t.Errorf("approved is not what was shown: %d %s", a.status, complaint(a.body))
	}
	second.stepped(id, "approve", url.Values{"do": {"approve"}})
	edit("中山中路 10 月 22 日停水")
	if a := desk.tried(id, "publish", nil); a.status != http.StatusConflict {
		t.Errorf("published is not what was approved: %d", a.status)
	}
	if n := x.noticeNow(t, id); n.State != notice.Submitted || n.Public != notice.NotYet {
		t.Errorf("it is %s, %s", n.State, n.Public)
	}
	// Sent back takes a reason, which its author reads.
	if a := second.tried(id, "approve", url.Values{"do": {"return"}, "form": {"approve"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="approve-reason-error"`) {
		t.Errorf("without a reason = %d %s", a.status, complaint(a.body))
	}
	second.stepped(id, "approve", url.Values{"do": {"return"}, "reason": {"哪一天再问一下"}})
	if body := desk.page("/desk/notices/" + id); !strings.Contains(body, "哪一天再问一下") {
		t.Errorf("the author does not read why: %s", complaint(body))
	}
}

// Two who write at once: the second sees what the first saved and loses nothing.
func TestNoticeConflict(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	id := desk.written(x.outage(t, nil))
	rev := revision(x.noticeNow(t, id).Rev)
	x.as(t, demo.Second).done("/desk/notices/"+id+"/edit", x.outage(t, url.Values{"title": {"停水改到 21 日"}, "rev": {rev}}))
	a := desk.post("/desk/notices/"+id+"/edit", x.outage(t, url.Values{"title": {"停水改到 22 日"}, "rev": {rev}}))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "停水改到 21 日") || !strings.Contains(a.body, `value="停水改到 22 日"`) {
		t.Fatalf("= %d %s", a.status, complaint(a.body))
	}
	now := revision(x.noticeNow(t, id).Rev)
	if !strings.Contains(a.body, `name="rev" value="`+now+`"`) {
		t.Error("the form is not over what was shown")
	}
	desk.done("/desk/notices/"+id+"/edit", x.outage(t, url.Values{"title": {"停水改到 22 日"}, "rev": {now}}))
}

// A correction asks those who had answered once more; an earlier version comes back with one press; a scheduled notice waits.
func TestNoticeCorrectionAsksAgain(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.told(t, nil)
	desk, owner := x.as(t, demo.Coordinator), x.as(t, demo.Owner)
	owner.done(x.letterPath(id)+"/confirm", url.Values{"version": {"1"}})
	desk.done("/desk/notices/"+id+"/edit", x.outage(t, url.Values{"until.at": {"20:00"}, "rev": {revision(x.noticeNow(t, id).Rev)}}))
	body := desk.page("/desk/notices/" + id)
	if !strings.Contains(body, "改了什么") || !strings.Contains(body, "<del>") || !strings.Contains(body, "公开的还是第 1 版") {
		t.Errorf("old and new do not stand side by side: %s", complaint(body))
	}
	if x.receipt(t, id).State != notice.Confirmed {
		t.Error("a correction that is not public asks already")
	}
	desk.stepped(id, "publish", nil)
	if r := x.receipt(t, id); r.Group != notice.Waiting || r.Version != 2 || len(r.Past) != 1 {
		t.Errorf("the receipt is %+v", r)
	}
	body = owner.page("/my/notices")
	if !strings.Contains(body, "你上次看的是第 1 版，现在是第 2 版") {
		t.Errorf("the shop does not hear that it changed: %s", complaint(body))
	}
	// The page was open while it changed: what was not read is not confirmed.
	a := owner.post(x.letterPath(id)+"/confirm", url.Values{"version": {"1"}})
	if a.status != http.StatusConflict || x.receipt(t, id).State == notice.Confirmed || !strings.Contains(a.body, "20:00") {
		t.Errorf("the old version is confirmed: %d %s", a.status, complaint(a.body))
	}
	owner.done(x.letterPath(id)+"/confirm", url.Values{"version": {"2"}})
	if body := owner.page(x.letterPath(id)); !strings.Contains(body, "回过的话") || !strings.Contains(body, "第 1 版") {
		t.Errorf("the history of the shop: %s", complaint(body))
	}
	body = desk.page("/desk/notices/" + id + "/versions")
	if !strings.Contains(body, "<ins>") || strings.Count(body, `name="n"`) != 1 {
		t.Errorf("the versions: %s", complaint(body))
	}
	old := x.noticeNow(t, id).Rev
	if to := desk.done("/desk/notices/"+id+"/versions", url.Values{"rev": {revision(old)}, "n": {"1"}}); !strings.HasSuffix(to, "done=reverted") {
		t.Errorf("leads to %s", to)
	}
	if a := desk.post("/desk/notices/"+id+"/versions", url.Values{"rev": {revision(old)}, "n": {"1"}}); a.status != http.StatusConflict {
		t.Errorf("the same press again = %d", a.status)
	}
	if a := desk.post("/desk/notices/"+id+"/versions", url.Values{"rev": {revision(x.noticeNow(t, id).Rev)}, "n": {"7"}}); a.status != http.StatusNotFound {
		t.Errorf("a version there is not = %d", a.status)
	}
	desk.stepped(id, "publish", nil)
	if n := x.noticeNow(t, id); n.Version() != 3 || n.Versions[2].Hash != n.Versions[0].Hash {
		t.Errorf("what came back is version %d", n.Version())
	}
}

// A scheduled notice says when; nobody but the desk sees it before.
func TestNoticeIsScheduled(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	tomorrow := (calendar.Today(evening) + 1).String()
	id := x.told(t, url.Values{"publish_at.day": {tomorrow}, "publish_at.at": {"08:00"}})
	desk := x.as(t, demo.Coordinator)
	if n := x.noticeNow(t, id); n.State != notice.Scheduled || n.Public != notice.NotYet {
		t.Fatalf("it is %s", n.State)
	}
	if body := desk.page("/desk/notices?state=scheduled"); !strings.Contains(body, id) {
		t.Errorf("not among the scheduled: %s", complaint(body))
	}
	if a := x.as(t, demo.Owner).get(x.letterPath(id)); a.status != http.StatusNotFound {
		t.Errorf("the shop reads it before its time: %d", a.status)
	}
	x.wait(14 * time.Hour)
	if _, err := x.services.Notices.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	x.sessions = reopened(t, x)
	if body := x.as(t, demo.Owner).page("/my/notices"); !strings.Contains(body, "停水") {
		t.Errorf("the shop does not read it at its time: %s", complaint(body))
	}
}

// reopened signs everybody in anew: a night ends the sessions of staff.
func reopened(t testing.TB, x *town) map[string]ticket {
	t.Helper()
	out := map[string]ticket{}
	for _, key := range []string{demo.Owner, demo.Coordinator, demo.Second} {
		in, err := open(t.Context(), x.services.Accounts, x.people[key], time.Unix(0, x.clock.Load()))
		if err != nil {
			t.Fatal(err)
		}
		out[key] = in
	}
	return out
}

// Withdrawn is said everywhere, with the reason, and nobody confirms it any more.
func TestNoticeIsWithdrawn(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.told(t, nil)
	desk, owner := x.as(t, demo.Coordinator), x.as(t, demo.Owner)
	if a := desk.tried(id, "withdraw", url.Values{"form": {"withdraw"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="withdraw-reason-error"`) {
		t.Errorf("without a reason = %d %s", a.status, complaint(a.body))
	}
	desk.stepped(id, "withdraw", url.Values{"reason": {"施工改期"}})
	for who, body := range map[string]string{"desk": desk.page("/desk/notices/" + id), "ledger": desk.page("/desk/notices/" + id + "/receipts"), "shop": owner.page(x.letterPath(id)), "inbox": owner.page("/my/notices")} {
		if !strings.Contains(body, "撤下") || !strings.Contains(body, "施工改期") || strings.Contains(body, "/confirm") {
			t.Errorf("%s: %s", who, complaint(body))
		}
	}
	a := owner.post(x.letterPath(id)+"/confirm", url.Values{"version": {"1"}})
	if a.status != http.StatusConflict || !strings.Contains(a.body, "施工改期") || x.receipt(t, id).State == notice.Confirmed {
		t.Errorf("what was withdrawn is confirmed: %d %s", a.status, complaint(a.body))
	}
	if a := owner.post(x.letterPath(id)+"/help", url.Values{"help": {"没有桶"}}); a.status != http.StatusConflict {
		t.Errorf("help with what was withdrawn = %d", a.status)
	}
}

// The ledger says it in numbers first, rings by a press, notes a call, puts who needs help on top, and gives the whole away as a table.
func TestLedgerPages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.told(t, nil)
	desk, owner, shop := x.as(t, demo.Coordinator), x.as(t, demo.Owner), x.shopOfOwner(t)
	here := "/desk/notices/" + id + "/receipts"
	if a := owner.post(x.letterPath(id)+"/help", url.Values{"help": {strings.Repeat("桶", 201)}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="help-error"`) {
		t.Errorf("a long cry for help = %d", a.status)
	}
	owner.done(x.letterPath(id)+"/help", url.Values{"help": {"没有储水的桶"}})
	body := desk.page(here)
	if !strings.Contains(body, "没有储水的桶") || strings.Index(body, `id="help"`) > strings.Index(body, `id="waiting"`) || !strings.Contains(body, "家要帮忙") {
		t.Errorf("who needs help is not on top: %s", complaint(body))
	}
	if !strings.Contains(body, `href="tel:`) {
		t.Error("nobody can be rung by a press")
	}
	if list := desk.page("/desk/notices/" + id + "/calls"); !strings.Contains(list, "没有储水的桶") || !strings.Contains(list, shop.Name.Hans) || !strings.Contains(list, shop.Address.Line) {
		t.Errorf("the call list: %s", complaint(list))
	}
	press := regexp.MustCompile(`name="helped" value="([^"]+)"`).FindStringSubmatch(body)
	if press == nil {
		t.Fatal("help that was given cannot be noted")
	}
	desk.done(here, url.Values{"helped": {html.UnescapeString(press[1])}})
	if a := desk.post(here, url.Values{"helped": {html.UnescapeString(press[1])}}); a.status != http.StatusConflict {
		t.Errorf("the same press again = %d", a.status)
	}
	if to := desk.done(here+"?group=waiting", url.Values{"phoned": {shop.ID + ".1"}}); !strings.Contains(to, "group=waiting") {
		t.Errorf("leads to %s", to)
	}
	if r := x.receipt(t, id); r.State != notice.Phoned {
		t.Errorf("the call is not noted: %+v", r)
	}
	if a := desk.post(here, url.Values{"phoned": {shop.ID + ".9"}}); a.status != http.StatusConflict {
		t.Errorf("a version nobody was told = %d", a.status)
	}
	if a := desk.post(here, url.Values{"phoned": {"nonsense"}}); a.status < 400 || a.status >= 500 {
		t.Errorf("nonsense = %d", a.status)
	}
	if body := owner.page("/my/notices"); !strings.Contains(body, "打过电话，店里知道了") {
		t.Errorf("the shop does not read that it was told: %s", complaint(body))
	}
	if body := desk.page(here); !strings.Contains(body, "再提醒一次") {
		t.Errorf("no round of reminders: %s", complaint(body))
	}
	desk.done("/desk/notices/"+id+"/remind", url.Values{"rev": {revision(x.noticeNow(t, id).Rev)}})
	if body := desk.page(here); !strings.Contains(body, "已经点过提醒") {
		t.Errorf("two rounds on one day: %s", complaint(body))
	}
	l := x.listing(t, shop.ID)
	if _, err := x.services.Listings.Update(t.Context(), x.actor(t, demo.Coordinator), shop.ID, l.Rev, func(l *listing.Listing) error {
		l.Phones = append(l.Phones, phones(t, "夜间：13987650123")...)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	has(t, "the way to the table", desk.page(here), `href="/desk/notices/`+id+`/table"`, `href="/desk/notices/`+id+`/table?format=csv"`)
	csv := desk.get("/desk/notices/" + id + "/table?format=csv")
	x.onRecord(t, access.NoticeLedger, "notice/"+id, csv.body)
	if strings.Contains(csv.body, "13987650123") || strings.Contains(csv.body, "139 8765 0123") {
		t.Error("a number that no visitor sees leaves the house")
	}
	if !strings.Contains(csv.body, shop.Name.Hans) || !strings.HasPrefix(csv.header.Get("Content-Disposition"), "attachment") || !strings.Contains(csv.header.Get("Content-Type"), "text/csv") {
		t.Errorf("the table: %d %v", csv.status, csv.header)
	}
	if xlsx := desk.get("/desk/notices/" + id + "/table"); xlsx.status != http.StatusOK || !strings.HasPrefix(xlsx.body, "PK") {
		t.Errorf("the workbook: %d", xlsx.status)
	}
}

// onRecord says that exactly one file about something left, with these bytes and as many rows as it has.
func (x *town) onRecord(t *testing.T, act access.Action, of, body string) {
	t.Helper()
	if _, err := x.services.Trail.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	page, err := x.services.Trail.All(t.Context(), auditFilter(act), "", 50)
	if err != nil {
		t.Fatal(err)
	}
	files := slices.DeleteFunc(page.Items, func(e audit.Entry) bool { return e.Of != of || e.Result != "ok" })
	if len(files) != 1 {
		t.Fatalf("%d files of %s are on record", len(files), of)
	}
	sum := sha256.Sum256([]byte(body))
	rows, hash := files[0].Fact.Changes[0], files[0].Fact.Changes[1]
	n, err := strconv.Atoi(rows.After)
	if err != nil || n < 1 || n >= strings.Count(body, "\r\n") || hash.After != strconv.Quote(hex.EncodeToString(sum[:])) {
		t.Errorf("on record of %s: %+v", of, files[0].Fact)
	}
}

var linkInMail = regexp.MustCompile(`http://shop\.test(/receipt/[\w.-]+)`)

// The link of a message: looking changes nothing, pressing answers once; an older one, one of what was withdrawn and one that has run
// out say so.
func TestReceiptLink(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.told(t, nil)
	if _, err := x.services.Notices.Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	m := linkInMail.FindStringSubmatch(x.sent(t, demo.Owner, "notice").Text)
	if m == nil {
		t.Fatal("the message has no link")
	}
	guest, desk := x.as(t, ""), x.as(t, demo.Coordinator)
	for range 2 {
		if body := guest.page(m[1]); !strings.Contains(body, "我看到了，已安排") || !strings.Contains(body, "<li>存好水</li>") {
			t.Errorf("the page of the link: %s", complaint(body))
		}
	}
	if x.receipt(t, id).State != notice.Unopened {
		t.Error("looking was taken for answering")
	}
	if a := guest.post(m[1], url.Values{}); a.status != http.StatusOK || !strings.Contains(a.body, "已经回过话了") {
		t.Errorf("answered = %d %s", a.status, complaint(a.body))
	}
	if a := guest.post(m[1], url.Values{}); a.status != http.StatusOK || !strings.Contains(a.body, "已经回过话了") {
		t.Errorf("answered again = %d", a.status)
	}
	if r := x.receipt(t, id); r.State != notice.Confirmed || r.Way != notice.ByLink {
		t.Errorf("the receipt is %+v", r)
	}
	desk.done("/desk/notices/"+id+"/edit", x.outage(t, url.Values{"until.at": {"20:00"}, "rev": {revision(x.noticeNow(t, id).Rev)}}))
	desk.stepped(id, "publish", nil)
	if a := guest.post(m[1], url.Values{}); a.status != http.StatusConflict || !strings.Contains(a.body, "第 1 版的") || !strings.Contains(a.body, "20:00") || x.receipt(t, id).State == notice.Confirmed {
		t.Errorf("an older link = %d %s", a.status, complaint(a.body))
	}
	desk.stepped(id, "withdraw", url.Values{"reason": {"施工改期"}})
	if a := guest.post(m[1], url.Values{}); a.status != http.StatusConflict || !strings.Contains(a.body, "施工改期") {
		t.Errorf("a link of what was withdrawn = %d %s", a.status, complaint(a.body))
	}
	if a := guest.get("/receipt/" + strings.Repeat("A", 60)); a.status != http.StatusGone {
		t.Errorf("a link that is not ours = %d", a.status)
	}
	x.wait(40 * 24 * time.Hour)
	if a := guest.get(m[1]); a.status != http.StatusGone {
		t.Errorf("a link that has run out = %d", a.status)
	}
}

// An emergency takes a fresh check and nobody else, ends within three days, and says what is wrong beside the field.
func TestEmergencyNotice(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	v := url.Values{"level": {"red"}, "title": {"中山中路燃气泄漏"}, "instruction": {"关好燃气阀，从南门离开"}, "hours": {"6"}, "area": {"street/" + x.shopOfOwner(t).Address.StreetID}, "must_confirm": {"must_confirm"}}
	for field, wrong := range map[string]url.Values{
		"hours": {"hours": {"73"}}, "title": {"title": {""}}, "instruction": {"instruction": {""}}, "level": {"level": {"purple"}}, "area": {"area": {"street/none"}},
	} {
		y := maps.Clone(v)
		maps.Copy(y, wrong)
		if a := desk.post("/desk/notices/emergency", y); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `href="#`+field+`"`) {
			t.Errorf("%s = %d %s", field, a.status, problems(a.body))
		}
	}
	to := desk.done("/desk/notices/emergency", v)
	id := noticeAt.FindStringSubmatch(to)[1]
	if n := x.noticeNow(t, id); n.Public != notice.Live || n.EndsAt.Sub(evening) > 6*time.Hour+time.Minute {
		t.Errorf("it is %s until %s", n.Public, n.EndsAt)
	}
	if body := x.as(t, demo.Owner).page("/my/notices"); !strings.Contains(body, "燃气泄漏") || !strings.Contains(body, "今天要回话") && !strings.Contains(body, "还剩") {
		t.Errorf("the shop: %s", complaint(body))
	}
	// Sent again by the same person it is not public: it waits for another one.
	again := desk.done("/desk/notices/emergency", v)
	if n := x.noticeNow(t, noticeAt.FindStringSubmatch(again)[1]); n.Public != notice.NotYet || n.State != notice.Submitted || !strings.HasSuffix(again, "?done=second") {
		t.Errorf("sent again it is %q, %s: %s", n.Public, n.State, again)
	}
	has(t, "the page says why", partOf(desk.page(again), "main"), "还没公开")
	x.wait(11 * time.Minute)
	if a := desk.get("/desk/notices/emergency"); a.status != http.StatusSeeOther || !strings.HasPrefix(a.to, "/account/check") {
		t.Errorf("without a fresh check = %d %s", a.status, a.to)
	}
	if a := desk.post("/desk/notices/emergency", v); !strings.Contains(a.body, `action="/account/check"`) {
		t.Errorf("sent without a fresh check = %d %s", a.status, complaint(a.body))
	}
}

// A file is attached, given out as an attachment and taken off again; what is none is refused beside the field.
func TestNoticeFiles(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	id := desk.written(x.outage(t, nil))
	path := "/desk/notices/" + id + "/files"
	rev := func() url.Values {
		return url.Values{"rev": {revision(x.noticeNow(t, id).Rev)}, "caption": {"停水范围图"}}
	}
	pdf := []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n")
	if a := desk.upload(path, rev(), upload{"file", "map.pdf", []byte("<script>")}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="file-file-error"`) || !strings.Contains(a.body, `value="停水范围图"`) {
		t.Errorf("no file = %d %s", a.status, problems(a.body))
	}
	if a := desk.upload(path, rev()); a.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing chosen = %d", a.status)
	}
	if a := desk.upload(path, rev(), upload{"file", "map.pdf", pdf}); a.status != http.StatusSeeOther {
		t.Fatalf("a file = %d %s", a.status, problems(a.body))
	}
	body := desk.page("/desk/notices/" + id)
	m := regexp.MustCompile(`href="(/notices/files/[0-9a-f]+\.pdf)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the file is not shown: %s", complaint(body))
	}
	got := x.as(t, "").get(m[1])
	if !bytes.Equal([]byte(got.body), pdf) || got.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") || got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("given out as %v", got.header)
	}
	for _, none := range []string{"/notices/files/none", "/notices/files/..%2fx.pdf", "/notices/files/" + strings.Repeat("a", 32) + ".pdf"} {
		if a := x.as(t, "").get(none); a.status != http.StatusNotFound {
			t.Errorf("%s = %d", none, a.status)
		}
	}
	remove := regexp.MustCompile(`name="remove" value="([^"]+)"`).FindStringSubmatch(body)
	desk.done(path, url.Values{"remove": {html.UnescapeString(remove[1])}})
	if n := x.noticeNow(t, id); len(n.Content.Files) > 0 {
		t.Errorf("still attached: %v", n.Content.Files)
	}
	if a := desk.post(path, url.Values{"remove": {html.UnescapeString(remove[1])}}); a.status != http.StatusConflict {
		t.Errorf("the same press again = %d", a.status)
	}
}

// Every page is whole in each language, and the shops of others are nobody's business.
func TestNoticePagesInEveryLanguage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.told(t, url.Values{"title.en": {"No water on 20 October"}, "text.en": {"No water from 9 to 17."}})
	desk, owner := x.as(t, demo.Coordinator), x.as(t, demo.Owner)
	for _, prefix := range []string{"", "/zh-hant", "/en"} {
		for _, path := range []string{"", "?state=published", "/new", "/emergency", "/" + id, "/" + id + "/edit", "/" + id + "/versions", "/" + id + "/receipts", "/" + id + "/calls"} {
			if body := desk.page(prefix + "/desk/notices" + path); strings.Count(body, "<h1") != 1 || strings.Contains(body, "ZgotmplZ") {
				t.Errorf("%s%s: %s", prefix, path, complaint(body))
			}
		}
		owner.page(prefix + "/my/notices")
		owner.page(prefix + x.letterPath(id))
	}
	if body := desk.page("/en/desk/notices/" + id); !strings.Contains(body, "No water on 20 October") {
		t.Errorf("the translation does not show: %s", complaint(body))
	}
	if a := x.as(t, demo.Rival).get(x.letterPath(id)); a.status != http.StatusNotFound {
		t.Errorf("a stranger reads the notice of a shop: %d", a.status)
	}
	if a := x.as(t, demo.Liaison).get("/desk/notices/" + id); a.status != http.StatusNotFound {
		t.Errorf("the liaison reads a draft: %d", a.status)
	}
}
