package web

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/access"
	"shangquan/services/account"
	"shangquan/services/audit"
	"shangquan/services/consent"
	"shangquan/services/demo"
	"shangquan/services/extract"
	"shangquan/services/lang"
	"shangquan/services/report"
	"shangquan/services/store"
)

// What the administrator sets stands on public pages at the next request, also on those that were kept, and can be taken back.
func TestSettings(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	visitor := x.as(t, "")
	before := visitor.page("/about")
	for _, l := range lang.Tags {
		if body := admin.page(ui.Href(l, "/admin/settings")); !strings.Contains(body, "SHANGQUAN_STAFF_RANGES") {
			t.Errorf("%s: the page does not show what the machine says", l)
		}
	}
	for _, key := range []string{demo.Owner, demo.Coordinator, demo.Liaison} {
		if a := x.as(t, key).get("/admin/settings"); a.status != http.StatusNotFound {
			t.Errorf("%s reads the settings: %d", key, a.status)
		}
		if a := x.as(t, key).post("/admin/settings", url.Values{"number": {"0"}, "name": {"别人的商圈"}}); a.status != http.StatusNotFound {
			t.Errorf("%s changes the settings: %d", key, a.status)
		}
	}
	values := func(number string) url.Values {
		return url.Values{
			"number": {number}, "name": {"醉白池商圈"}, "operator": {"岳阳街道"}, "undertaker": {"商圈办"}, "icp": {"沪ICP备2026001号-1"}, "phone": {"021-5777 1111"},
			"site_code": {"3101170001"}, "languages": {"en"}, "complaints": {"12377"},
			"trail_days": {"400"}, "consent_days": {"1095"}, "evidence_days": {"90"}, "report_days": {"30"}, "case_days": {"365"}, "enquiry_days": {"180"}, "plan": {"on"}, "maps": {"amap", "baidu", "tencent", "apple"}, "map_first": {"amap"}, "channels": {"mail", "short"},
		}
	}
	wrong := values("0")
	wrong.Set("icp", "还在备案")
	wrong.Set("trail_days", "30")
	if a := admin.post("/admin/settings", wrong); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="icp-error"`) || !strings.Contains(a.body, `id="trail_days-error"`) || !strings.Contains(a.body, `value="还在备案"`) {
		t.Errorf("wrong settings: %d %s", a.status, complaint(a.body))
	}
	if visitor.page("/about") != before {
		t.Error("what was refused changed a page")
	}
	if to := admin.done("/admin/settings", values("0")); to != "/admin/settings?done=saved" {
		t.Errorf("led to %s", to)
	}
	after := visitor.page("/about")
	for _, want := range []string{"醉白池商圈", "沪ICP备2026001号-1", "岳阳街道", "承办：商圈办", `违法和不良信息举报 <a href="tel:12377">12377</a>`, "3101170001", `lang="en"`} {
		if !strings.Contains(after, want) {
			t.Errorf("the page kept from before does not say %s", want)
		}
	}
	if strings.Contains(after, `hreflang="zh-Hant"`) || strings.Contains(visitor.page("/sitemap.xml"), `hreflang="zh-Hant"`) {
		t.Error("a language that is not offered is led to")
	}
	if a := visitor.get(ui.Href(lang.Hant, "/about")); a.status != http.StatusOK {
		t.Errorf("the address in a language that is not offered: %d", a.status)
	}
	if a := admin.post("/admin/settings", values("0")); a.status != http.StatusConflict {
		t.Errorf("over the settings of before: %d", a.status)
	}
	body := admin.page("/admin/settings")
	back := regexp.MustCompile(`name="back" value="(\d+ 0)"`).FindStringSubmatch(body)
	if back == nil {
		t.Fatal("there is no way back")
	}
	admin.done("/admin/settings/back", url.Values{"back": {back[1]}})
	if strings.Contains(visitor.page("/about"), "醉白池商圈") {
		t.Error("it was not taken back")
	}
	if a := admin.post("/admin/settings/back", url.Values{"back": {back[1]}}); a.status != http.StatusConflict {
		t.Errorf("taken back over an older edition: %d", a.status)
	}
	if a := admin.post("/admin/settings/back", url.Values{"back": {"x"}}); a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest {
		t.Errorf("back to nothing: %d", a.status)
	}
}

// settingsSent is a form with what is in force, and some fields changed.
func settingsSent(number string, change url.Values) url.Values {
	v := url.Values{
		"number": {number}, "name": {"松江商圈"}, "languages": {"en", "zh-Hant"}, "channels": {"mail", "short"},
		"trail_days": {"365"}, "consent_days": {"1095"}, "evidence_days": {"90"}, "report_days": {"30"}, "case_days": {"365"}, "enquiry_days": {"180"}, "plan": {"on"}, "maps": {"amap", "baidu", "tencent", "apple"}, "map_first": {"amap"},
	}
	for name, list := range change {
		v[name] = list
	}
	return v
}

// Where the staff's pages answer is set by somebody who is there, and holds for the next request.
func TestSettingsOffice(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin, coordinator := x.as(t, demo.Admin), x.as(t, demo.Coordinator)
	for office, why := range map[string]string{
		"203.0.113.0/24":         "不在里面，存了你自己就进不来了",
		"0.0.0.0/32 203.0.113.x": "“203.0.113.x”看不懂",
		"0.0.0.0/0":              "看不懂，照",
	} {
		a := admin.post("/admin/settings", settingsSent("0", url.Values{"office": {office}}))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="office-error"`) || !strings.Contains(a.body, why) || !strings.Contains(a.body, ">"+office+"</textarea>") {
			t.Errorf("%s: %d %s", office, a.status, complaint(a.body))
		}
	}
	coordinator.page("/desk")
	admin.done("/admin/settings", settingsSent("0", url.Values{"office": {"0.0.0.0/32\n203.0.113.0/24"}})) // requests of these tests come from the first
	if body := admin.page("/admin/settings"); !strings.Contains(body, "0.0.0.0/32\n203.0.113.0/24</textarea>") {
		t.Error("the ranges are not in the form")
	}
	coordinator.page("/desk")
	// Another server writes ranges without this one.
	by := x.actor(t, demo.Admin)
	by.Sudo, by.TwoFactor, by.Client = true, true, netip.MustParseAddr("203.0.113.5")
	set, err := x.services.Settings.Get(t.Context(), by)
	if err != nil {
		t.Fatal(err)
	}
	set.Office = []string{"203.0.113.0/24"}
	if _, err := x.services.Settings.Put(t.Context(), by, set.Rev, set.Values); err != nil {
		t.Fatal(err)
	}
	for who, b := range map[string]*browser{"/desk": coordinator, "/admin/settings": admin} {
		if a := b.get(who); a.status != http.StatusNotFound {
			t.Errorf("%s answers from elsewhere: %d", who, a.status)
		}
	}
	x.as(t, demo.Owner).page("/my")
	fixed := peopled(t, "STAFF_RANGES", "0.0.0.0/32")
	admin = fixed.as(t, demo.Admin)
	if body := admin.page("/admin/settings"); !strings.Contains(body, "机器上写了，以机器上的为准") || strings.Contains(body, `name="office"`) {
		t.Error("ranges of the machine can be changed")
	}
	admin.done("/admin/settings", settingsSent("0", url.Values{"office": {"203.0.113.0/24"}}))
	admin.page("/admin/settings")
}

// A shorter term says what it erases and has to be agreed to; the runs and the privacy notice go by it.
func TestSettingsTerms(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin, visitor := x.as(t, demo.Admin), x.as(t, "")
	l, err := x.services.Listings.Get(t.Context(), x.people[demo.Owner].ListingIDs[0])
	if err != nil {
		t.Fatal(err)
	}
	x.wait(-8 * 24 * time.Hour) // so long ago somebody reported something
	if _, err := x.services.Reports.Send(t.Context(), access.Actor{Client: netip.MustParseAddr("203.0.113.5")}, report.Message{ListingID: l.ID, Reason: report.Reasons[0], Contact: "13812345678"}); err != nil {
		t.Fatal(err)
	}
	x.wait(8 * 24 * time.Hour)
	if body := visitor.page("/privacy"); !strings.Contains(body, "留下 30 天后；有了答复，从答复算起") {
		t.Error("the notice does not say how long reports are kept")
	}
	if a := admin.post("/admin/settings", settingsSent("0", url.Values{"report_days": {"6"}, "agreed": {"reports-6"}})); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="report_days-error"`) || !strings.Contains(a.body, "7 到 30 天") {
		t.Errorf("too short: %d %s", a.status, complaint(a.body))
	}
	for _, agreed := range []string{"", "reports-20", "trail-365"} {
		a := admin.post("/admin/settings", settingsSent("0", url.Values{"report_days": {"7"}, "agreed": {agreed}}))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="agreed-error"`) || !strings.Contains(a.body, "反映人的联系方式和留言留 7 天，下一轮会删 1 条") || !strings.Contains(a.body, `value="reports-7"`) {
			t.Errorf("agreed to %q: %d %s", agreed, a.status, complaint(a.body))
		}
	}
	if n, err := x.services.Reports.Sweep(t.Context()); n != 0 || err != nil {
		t.Errorf("erased before it was agreed to: %d, %v", n, err)
	}
	admin.done("/admin/settings", settingsSent("0", url.Values{"report_days": {"7"}, "agreed": {"reports-7"}}))
	for _, l := range lang.Tags {
		visitor.page(ui.Href(l, "/privacy"))
	}
	if body := visitor.page("/privacy"); !strings.Contains(body, "留下 7 天后；有了答复，从答复算起") {
		t.Error("the notice does not say the shorter term")
	}
	has(t, "the form for what is wrong", visitor.page("/shops/"+l.Slug+"/report"), "7 天后删掉")
	has(t, "the form of a claim", x.as(t, demo.Rival).page("/shops/"+x.nobodys(t).Slug+"/claim"), "办完 90 天后删掉")
	if body := visitor.page("/how-we-answer"); !strings.Contains(body, "答复 7 天后") {
		t.Error("how we answer does not say the shorter term")
	}
	if n, err := x.services.Reports.Sweep(t.Context()); n != 1 || err != nil {
		t.Errorf("the run erases %d, %v", n, err)
	}
	// Longer again needs no agreement.
	admin.done("/admin/settings", settingsSent("1", url.Values{"report_days": {"30"}}))
}

// How messages leave is set without a restart and tried at once.
func TestSettingsLetters(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	for field, v := range map[string]url.Values{
		"from": {"from": {"街道"}}, "reply_to": {"reply_to": {"a@b@c"}}, "channels": {"channels": {}},
	} {
		if a := admin.post("/admin/settings", settingsSent("0", v)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+field+`-error"`) {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	admin.done("/admin/settings", settingsSent("0", url.Values{"sender": {"岳阳街道"}, "from": {"office@example.cn"}, "closing": {"有事打街道电话"}, "channels": {"mail"}}))
	if v := x.services.Settings.Now(); v.Sender != "岳阳街道" || v.From != "office@example.cn" || v.Closing != "有事打街道电话" || v.MailOff || !v.ShortOff {
		t.Errorf("in force: %+v", v.Letters)
	}
	for _, l := range lang.Tags {
		a := admin.post(ui.Href(l, "/admin/settings/test"), url.Values{})
		if a.status != http.StatusOK || !strings.Contains(a.body, "@example.cn") {
			t.Errorf("%s: tried: %d %s", l, a.status, complaint(a.body))
		}
	}
	sent := x.outbox.Sent()
	if n := len(sent); n < 3 || sent[n-1].Kind != "test" {
		t.Errorf("nothing was sent: %d", n)
	}
	if a := x.as(t, demo.Coordinator).post("/admin/settings/test", url.Values{}); a.status != http.StatusNotFound {
		t.Errorf("a coordinator sends a test message: %d", a.status)
	}
}

// The trail is looked through by who, what, day and result, and leaves as a file that proves itself.
func TestTrailBrowser(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	shop := x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), shop)
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"object=" + l.Code:                          "listing/" + l.ID,
		"object=listing":                            "listing/",
		"object=listing/" + l.ID:                    "listing/" + l.ID,
		"account=" + x.people[demo.Admin].AccountID: "account/",
		"from=2026-10-15&until=2026-10-15":          "listing/",
	} {
		if body := admin.page("/admin/audit?" + query); !strings.Contains(body, want) || !strings.Contains(body, "带走一份") {
			t.Errorf("%s does not find %s", query, want)
		}
	}
	if body := admin.page("/admin/audit?until=2026-10-14"); !strings.Contains(body, "没有这样的记录") || strings.Contains(body, "带走一份") {
		t.Error("something from before the first day is found")
	}
	for query, field := range map[string]string{"from=x": "from", "from=2026-10-16&until=2026-10-15": "until"} {
		if a := admin.get("/admin/audit?" + query); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+field+`-error"`) {
			t.Errorf("%s: %d %s", query, a.status, complaint(a.body))
		}
	}
	if err := x.services.Trail.Event(t.Context(), access.Actor{Name: "小偷"}, audit.Event{Action: access.AccountOpen, Object: audit.Ref{Kind: "account"}, Result: "refused", Why: "second factor: wrong"}); err != nil {
		t.Fatal(err)
	}
	for why, want := range map[string]string{
		"second factor: wrong": "第二道验证不对", "signed in": "登录", "submit": "送审", "a note without words": "", // of the program
		"店主来电": "店主来电", "Asked by phone": "Asked by phone", "typo, see mail": "typo, see mail", "": "",
	} {
		if got := (&speaker{Words: x.catalogue.In(lang.Hans)}).did(why); got != want {
			t.Errorf("%q is said as %q, want %q", why, got, want)
		}
	}
	if body := admin.page("/admin/audit"); !strings.Contains(body, "第二道验证不对") || strings.Contains(body, "second factor") {
		t.Error("the page shows the notes of the program as they are")
	}
	if body := admin.page("/admin/audit?result=refused"); !strings.Contains(body, "小偷") || !strings.Contains(body, ">1 条<") {
		t.Error("what was refused is not found alone")
	}
	a := admin.post("/admin/audit/file", url.Values{"result": {"refused"}})
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/zip" || !strings.Contains(a.header.Get("Content-Disposition"), "trail-") {
		t.Fatalf("the file: %d %s", a.status, complaint(a.body))
	}
	if m, err := extract.CheckTrail(x.services.Keys, []byte(a.body)); err != nil || m.Entries != 1 || m.Filter["result"] != "refused" {
		t.Errorf("the file is %+v, %v", m, err)
	}
	if body := admin.page("/admin/audit?action=audit.export"); !strings.Contains(body, "sha256") {
		t.Error("that it was taken is not in the trail")
	}
	if a := admin.post("/admin/audit/file", url.Values{"from": {"x"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("a file of no day: %d", a.status)
	}
	if a := x.as(t, demo.Coordinator).post("/admin/audit/file", url.Values{}); a.status != http.StatusNotFound {
		t.Errorf("a coordinator takes the trail: %d", a.status)
	}
}

// What was erased stands on a page with how much and when.
func TestRetentionPage(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	admin := x.as(t, demo.Admin)
	if body := admin.page("/admin/retention"); !strings.Contains(body, "登录状态") || !strings.Contains(body, "还没跑过") || !strings.Contains(body, "没有到期的") {
		t.Error("before the first run the page does not say so")
	}
	for _, run := range []struct {
		n   int
		err error
	}{{7, nil}, {0, errors.New("broken")}} {
		_, _ = x.services.Retention.Do("sessions", func(context.Context) (int, error) { return run.n, run.err })(t.Context())
	}
	for _, l := range lang.Tags {
		admin.page(ui.Href(l, "/admin/retention"))
	}
	if body := admin.page("/admin/retention"); !strings.Contains(body, "登录状态和验证码 7 条，按 30 天") || !strings.Contains(body, "没清完") || !strings.Contains(body, "10 月 15 日") {
		t.Error("what was erased is not on the page")
	}
	if a := x.as(t, demo.Coordinator).get("/admin/retention"); a.status != http.StatusNotFound {
		t.Errorf("a coordinator reads it: %d", a.status)
	}
}

// Who agreed to show a number is in the ledger with the words, also after it was taken back.
func TestConsentLedger(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, admin := x.as(t, demo.Owner), x.as(t, demo.Admin)
	id := x.people[demo.Owner].ListingIDs[0]
	l, err := x.services.Listings.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	x.wait(time.Minute) // the shop was there before
	owner.saved(id, "contact", url.Values{"phones.0.number": {"13812345678"}, "phones.0.consent": {consentVersion}})
	body := admin.page("/admin/consents?who=" + l.Code)
	for _, want := range []string{"138****5678", "同意着", consentVersion} {
		if !strings.Contains(body, want) {
			t.Errorf("the ledger does not say %s", want)
		}
	}
	if strings.Contains(body, "13812345678") {
		t.Error("the ledger shows the whole number")
	}
	owner.saved(id, "contact", url.Values{"phones.0.number": {"13812345678"}})
	if body := admin.page("/admin/consents?who=" + l.Code); !strings.Contains(body, "收回了") || strings.Contains(body, "同意着") {
		t.Error("the ledger does not say that it was taken back")
	}
	for _, tag := range lang.Tags {
		admin.page(ui.Href(tag, "/admin/consents"))
	}
	if body := admin.page("/admin/consents?who=nobody"); !strings.Contains(body, "没有人同意过") {
		t.Error("nobody's consents are found")
	}
	if a := owner.get("/admin/consents"); a.status != http.StatusNotFound {
		t.Errorf("an owner reads the ledger: %d", a.status)
	}
}

// The words in the ledger are those that the pages show: other words need another version.
func TestWordsOfConsents(t *testing.T) {
	d, err := front()
	if err != nil {
		t.Fatal(err)
	}
	mobile := consent.Newest(string(consent.Mobile))
	if mobile.Version != consentVersion {
		t.Errorf("the form asks for version %s, the newest words are %s", consentVersion, mobile.Version)
	}
	for i := range consent.AllWords() {
		if w := &consent.AllWords()[i]; w.Kind == "" || w.Version == "" || w.Since == "" || w.Text.Hans == "" || w.Text.Hant == "" || w.Text.En == "" {
			t.Errorf("%s %s is not whole", w.Kind, w.Version)
		}
	}
	pages := map[string][]string{
		string(consent.Mobile): {"my.phone.consent", "my.hint.consent"}, string(consent.Listed): {"assembly.consent_words"}, string(consent.Space): {"resource.leave_words"},
		string(consent.Photo): {"activity.faces", "activity.faces_hint"}, string(consent.Opened): {"station.points_title", "station.points_lead"}, string(consent.Plaque): {"plaque.agree"}, string(consent.Asking): {"lead.agree"}, string(consent.Monthly): {"monthly.agree"},
		consent.Notice: {},
	}
	for _, part := range []string{"title", "lead", "cookies_h", "cookies", "place_h", "place", "logs_h", "logs", "others_h", "others", "shops_h", "shops", "rights_h", "rights"} {
		pages[consent.Notice] = append(pages[consent.Notice], "info.privacy."+part)
	}
	for _, k := range consent.Kinds {
		if _, ok := pages[string(k)]; !ok {
			t.Errorf("the words of %s are on no page", k)
		}
	}
	for _, l := range lang.Tags {
		for kind, keys := range pages {
			said := []string{}
			for _, key := range keys {
				text, err := d.Catalogue.In(l).Say(key)
				if err != nil {
					t.Fatal(err)
				}
				said = append(said, text)
			}
			if got, _ := consent.Newest(kind).Text.In(l); got != strings.Join(said, " ") {
				t.Errorf("%s: the words of %s changed, and their version in services/consent/words.toml did not:\n%s\n%s", l, kind, got, strings.Join(said, " "))
			}
		}
	}
}

// toPlan is a link to the plan. The switches of language and theme lead back to the very address one is at, whatever it is.
var toPlan = regexp.MustCompile(`<a [^>]*href="[^"]*view=map[^"]*"`)

// The street plan leaves every public page with the next request, and comes back; addresses of it answer with the list and say so. The
// number of its review stands beneath each, and the maps that lead to a shop are those chosen.
func TestSettingsPlan(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, visitor := x.as(t, demo.Admin), x.as(t, "")
	pin := regexp.MustCompile(`data-href="(/shops/[^"]+)"`).FindStringSubmatch(visitor.page("/"))
	if pin == nil {
		t.Fatal("no shop has a pin")
	}
	shop := pin[1]
	drawn := []string{"/", "/?view=map", "/en/?view=map&sel=1", shop, shop + "/go", "/points"}
	plazas, err := x.services.Places.Plazas(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	everywhere := append(x.publicOutputs(t, map[string]string{"shops": strings.TrimPrefix(shop, "/shops/"), "plazas": plazas[0].Slug}, "店"), drawn...)
	shows := func(path string) bool {
		body := visitor.page(path)
		return strings.Contains(body, `class="plan"`)
	}
	for _, path := range drawn {
		if !shows(path) {
			t.Fatalf("%s has no plan before", path)
		}
	}
	for field, change := range map[string]url.Values{
		"plan_review": {"plan_review": {"还没审"}}, "maps": {"maps": {}, "map_first": {""}}, "map_first": {"maps": {"baidu"}},
	} {
		change.Set("plan", planOff)
		a := admin.post("/admin/settings", settingsSent("0", change))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+field+`-error"`) || !strings.Contains(a.body, `value="off" checked`) {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
		if n := len(change["maps"]); n == 1 && (!strings.Contains(a.body, `value="baidu" checked`) || strings.Contains(a.body, `name="maps" value="amap" checked`)) {
			t.Errorf("%s: what was ticked is not kept", field)
		}
	}
	if !shows(drawn[1]) {
		t.Error("what was refused takes the plan away")
	}
	admin.done("/admin/settings", settingsSent("0", url.Values{"plan_review": {"沪S(2026)012号"}, "maps": {"amap", "baidu"}, "map_first": {"baidu"}}))
	for _, path := range drawn {
		if body := visitor.page(path); !strings.Contains(body, "沪S(2026)012号") || !strings.Contains(body, "街区示意图") && !strings.Contains(body, "not to scale") {
			t.Errorf("%s: the plan says nothing of its review, or not that it is a sketch", path)
		}
	}
	body := visitor.page(drawn[4])
	baidu, amap, phone := strings.Index(body, "api.map.baidu.com"), strings.Index(body, "uri.amap.com"), strings.Index(body, `href="geo:`)
	if baidu < 0 || amap < baidu || phone < amap || strings.Contains(body, "map.qq.com") || strings.Contains(body, "maps.apple.com") {
		t.Errorf("the maps are not those chosen, in their order: %d %d %d", baidu, amap, phone)
	}
	admin.done("/admin/settings", settingsSent("1", url.Values{"plan": {planOff}, "plan_review": {"沪S(2026)012号"}}))
	for _, path := range everywhere {
		body := visitor.get(path).body
		for _, said := range []string{"这里现在不放街区示意图", "這裡現在不放街區示意圖"} {
			body = strings.ReplaceAll(body, said, "")
		}
		for _, gone := range []string{`class="plan"`, "街区示意图", "街區示意圖", "沪S(2026)012号"} {
			if strings.Contains(body, gone) {
				t.Errorf("%s still has %s", path, gone)
			}
		}
		if to := toPlan.FindString(body); to != "" {
			t.Errorf("%s leads to the plan: %s", path, to)
		}
	}
	list := visitor.page("/?view=map")
	if !strings.Contains(list, "这里现在不放街区示意图") || !strings.Contains(list, `href="`+shop+`"`) {
		t.Error("an address of the plan does not answer with the list")
	}
	entries, err := x.services.Trail.All(t.Context(), audit.Filter{Action: access.SettingEdit}, "", 1)
	if err != nil || len(entries.Items) != 1 || !slices.ContainsFunc(entries.Items[0].Fact.Changes, func(c audit.Change) bool { return c.Path == "plan_off" && c.After == "true" }) {
		t.Errorf("the trail says %+v %v", entries.Items, err)
	}
	admin.done("/admin/settings", settingsSent("2", nil))
	for _, path := range drawn {
		if !shows(path) {
			t.Errorf("%s: the plan did not come back", path)
		}
	}
}

// Who audits lands on the trail, finds what was done by anybody and takes it away, and sees nothing else of the district (AUZ-06).
func TestTheAuditorReadsTheTrailAlone(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	b := x.signIn(t, demo.Auditor)
	landed := b.get("/sign-in")
	if landed.status != http.StatusSeeOther || landed.to != "/admin/audit" {
		t.Errorf("the auditor lands at %d %s", landed.status, landed.to)
	}
	page := b.page("/admin/audit?account=" + x.people[demo.Coordinator].AccountID)
	has(t, "the trail", page, "演示协管员", "审计后台", `id="file"`)
	header, _, _ := strings.Cut(page, "</header>")
	for _, path := range []string{"/admin/accounts", "/admin/settings", "/desk", "/liaison", "/my"} {
		if strings.Contains(header, `href="`+path+`"`) {
			t.Errorf("the header leads to %s", path)
		}
		if a := b.get(path); a.status != http.StatusNotFound && path != "/my" { // the portal opens to everybody with an account
			t.Errorf("%s opens: %d", path, a.status)
		}
	}
	if a := b.post("/admin/audit/file", url.Values{"result": {"refused"}}); a.status != http.StatusOK || a.header.Get("Content-Type") != "application/zip" {
		t.Errorf("the file: %d %s", a.status, a.header.Get("Content-Type"))
	}
	admin, at := x.as(t, demo.Admin), "/admin/accounts/"+x.people[demo.Auditor].AccountID
	has(t, "the roles", admin.page(at), "审计员")
	a := admin.post(at+"/roles", url.Values{"rev": {revOf(t, admin.page(at), "roles")}, "roles": {"auditor", "coordinator"}})
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "不能自己查自己") {
		t.Errorf("an auditor who is a coordinator: %d %s", a.status, complaint(a.body))
	}
	if a := admin.post("/admin/invite", url.Values{"name": {"新来的"}, "contact": {"audit-new@example.cn"}, "roles": {"auditor", "admin"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "不能自己查自己") || !strings.Contains(a.body, "audit-new@example.cn") {
		t.Errorf("an auditor who administers is invited: %d %s", a.status, complaint(a.body))
	}
}

// Liaison and coordinator are two people (AUZ-06): the choice is refused with the reason and stays as it was sent. An account from before
// that has both is a coordinator alone, with its open session too, until an administrator has chosen.
func TestTheLiaisonIsNobodyElse(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	const why = "两边的事要由不同的人办"
	admin, id := x.as(t, demo.Admin), x.people[demo.Coordinator].AccountID
	at := "/admin/accounts/" + id
	for _, other := range []string{"coordinator", "admin"} {
		a := admin.post(at+"/roles", url.Values{"rev": {revOf(t, admin.page(at), "roles")}, "roles": {"liaison", other}})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, why) {
			t.Errorf("a liaison who is %s: %d %s", other, a.status, complaint(a.body))
		}
		a = admin.post("/admin/invite", url.Values{"name": {"新来的"}, "contact": {"both@example.cn"}, "roles": {"liaison", other}})
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, why) || !strings.Contains(a.body, "both@example.cn") {
			t.Errorf("a liaison who is %s is invited: %d %s", other, a.status, complaint(a.body))
		}
	}
	if strings.Contains(admin.page("/admin/accounts"), "有一个角色暂停") {
		t.Error("a role of somebody rests")
	}
	stored := store.NewCollection[account.Account](x.db, "accounts", store.Unique("phone_key"), store.Unique("email_key"), store.Multi("roles"),
		store.Index("monthly.at"), store.Follow("audit"), store.Sealed())
	if _, err := stored.Update(t.Context(), id, 0, func(a *account.Account) error {
		a.Roles = []access.Role{access.Coordinator, access.Liaison}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	both := x.as(t, demo.Coordinator)
	header, _, _ := strings.Cut(both.page("/desk"), "</header>")
	if a := both.get("/liaison"); a.status != http.StatusNotFound || strings.Contains(header, "/liaison") {
		t.Errorf("the liaison's area opens: %d", a.status)
	}
	has(t, "the accounts", admin.page("/admin/accounts"), "有一个角色暂停")
	has(t, "the account", admin.page(at), "联络员和协管员不能是同一个人，现在只按协管员算")
	admin.done(at+"/roles", url.Values{"rev": {revOf(t, admin.page(at), "roles")}, "roles": {"liaison"}})
	if body := admin.page(at); strings.Contains(body, "不能是同一个人，现在") {
		t.Error("a role rests though one was chosen")
	}
}
