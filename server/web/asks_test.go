package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

var askAt = regexp.MustCompile(`/admin/asks/([^/"?]+)`)

// PRV-03: a person asks about the own data, gets a number and a day, and reads the answer; nobody else does.
func TestAskAboutOwnData(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	has(t, "the account", owner.page("/account"), `href="/account/asks"`)
	for _, v := range []url.Values{
		{"form": {askForm}, "text": {"手机号是旧的"}},                                  // of no kind
		{"form": {askForm}, "kind": {"right"}, "text": {""}},                     // without what is wrong
		{"form": {askForm}, "kind": {"sell"}, "text": {"手机号是旧的"}},                // of a kind that is none
		{"form": {askForm}, "kind": {"see"}, "text": {strings.Repeat("长", 501)}}, // too long
	} {
		a := owner.post("/account/asks", v)
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, v.Get("text")) {
			t.Errorf("%v: %d %s", v.Get("kind"), a.status, complaint(a.body))
		}
	}
	if body := owner.page("/account/asks"); !strings.Contains(body, "还没有申请过") {
		t.Error("what was refused was kept")
	}
	owner.done("/account/asks", url.Values{"form": {askForm}, "kind": {"right"}, "text": {"手机号是旧的"}})
	mine := owner.page("/account/asks?done=sent")
	has(t, "the person", mine, "收到了", "改我的资料 ", "11 月 5 日前答复", "手机号是旧的")
	if a := owner.post("/account/asks", url.Values{"form": {askForm}, "kind": {"right"}, "text": {"再说一遍"}}); a.status != http.StatusConflict || !strings.Contains(a.body, "再说一遍") {
		t.Errorf("asked twice: %d", a.status)
	}
	if body := x.as(t, demo.Rival).page("/account/asks"); strings.Contains(body, "手机号是旧的") {
		t.Error("another person reads it")
	}
	x.wait(2 * time.Hour)
	admin := x.again(t, demo.Admin)
	list := admin.page("/admin/asks")
	has(t, "the list", list, "改我的资料 ", "11 月 5 日前答复", "等了 2 小时", x.people[demo.Owner].Name)
	path := "/admin/asks/" + askAt.FindStringSubmatch(list)[1]
	one := admin.page(path)
	has(t, "the ask", one, "手机号是旧的", "先改好，再答复")
	ask, err := x.services.Asks.Get(t.Context(), x.actor(t, demo.Admin), strings.TrimPrefix(path, "/admin/asks/"))
	if err != nil {
		t.Fatal(err)
	}
	rev := revision(ask.Rev)
	if a := admin.post(path, url.Values{"form": {answerForm}, "rev": {rev}, "text": {""}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("answered with nothing: %d", a.status)
	}
	if a := admin.post(path, url.Values{"form": {answerForm}, "rev": {"9"}, "text": {"改好了"}}); a.status != http.StatusConflict {
		t.Errorf("answered what nobody saw: %d", a.status)
	}
	admin.done(path, url.Values{"form": {answerForm}, "rev": {rev}, "text": {"改好了，请看账号页"}})
	if a := admin.post(path, url.Values{"form": {answerForm}, "rev": {revision(ask.Rev + 1)}, "text": {"又改了"}}); a.status != http.StatusConflict {
		t.Errorf("answered twice: %d", a.status)
	}
	has(t, "the list", admin.page("/admin/asks"), "没有等答复的", "答复了")
	owner = x.again(t, demo.Owner)
	has(t, "the person", owner.page("/account/asks"), "改好了，请看账号页", "答复了")
	for _, tag := range lang.Tags {
		owner.page(ui.Href(tag, "/account/asks"))
		admin.page(ui.Href(tag, "/admin/asks"))
		admin.page(ui.Href(tag, path))
	}
	for _, who := range []string{demo.Owner, demo.Coordinator, demo.Liaison} {
		if a := x.again(t, who).get(path); a.status != http.StatusNotFound {
			t.Errorf("%s reads what others asked: %d", who, a.status)
		}
	}
	if a := x.as(t, "").get("/account/asks"); a.status != http.StatusSeeOther {
		t.Errorf("a visitor: %d", a.status)
	}
}

// What is not answered in time stands out, for both.
func TestAskThatIsLate(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.as(t, demo.Owner).done("/account/asks", url.Values{"form": {askForm}, "kind": {"see"}})
	x.wait(40 * 24 * time.Hour)
	admin := x.again(t, demo.Admin)
	list := admin.page("/admin/asks")
	has(t, "the list", list, "tag bad", "等了 40 天")
	has(t, "the ask", admin.page("/admin/asks/"+askAt.FindStringSubmatch(list)[1]), "过了答复的日子")
}

// The copy of the own data is a file for programs and a table with the same, and has what the person agreed to and asked.
func TestOwnDataAsTable(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner := x.as(t, demo.Owner)
	x.wait(time.Minute)
	owner.saved(x.people[demo.Owner].ListingIDs[0], "contact", url.Values{"phones.0.number": {"13812345678"}, "phones.0.consent": {consentVersion}})
	owner.done("/account/asks", url.Values{"form": {askForm}, "kind": {"erase"}, "text": {"=1+1"}})
	file := owner.post("/account/export", url.Values{"format": {"csv"}})
	if file.status != http.StatusOK || !strings.HasPrefix(file.header.Get("Content-Type"), "text/csv") || !strings.Contains(file.header.Get("Content-Disposition"), "account.csv") {
		t.Fatalf("%d %v", file.status, file.header)
	}
	who := x.people[demo.Owner]
	has(t, "the table", file.body, "\ufeff项,内容\r\n", "name,"+who.Name, who.Contact, "consents.1.version,"+consentVersion, "asks.1.kind,erase", "merchants.1.role,owner", "'=1+1")
	file = owner.post("/account/export", url.Values{})
	has(t, "the file", file.body, `"kind": "mobile"`, `"text": "=1+1"`)
	if strings.Contains(file.body, "argon2") {
		t.Error("the copy has what opens the account")
	}
}
