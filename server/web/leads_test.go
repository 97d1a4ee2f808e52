package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/lead"
)

// filledAsk is an enquiry as its form sends it.
func filledAsk(more url.Values) url.Values {
	v := url.Values{"business": {"阿婆馄饨"}, "contact": {"138 0013 8000"}, "wants": {"想开馄饨店\n年底前"}, "agree": {"1"}}
	for name, x := range more {
		v[name] = x
	}
	return v
}

// newest is the desk's page of the enquiry that came last.
func (b *browser) newest() string {
	b.t.Helper()
	_, rest, ok := strings.Cut(b.page("/desk/leads"), `href="/desk/leads/`)
	if !ok {
		b.t.Fatal("there is no enquiry")
	}
	id, _, _ := strings.Cut(rest, `"`)
	return "/desk/leads/" + id
}

// A visitor asks for a unit with leave to keep the contact; the desk brings it from step to step, and the ledger has the leave.
func TestAnEnquiryThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	_, card := x.offer(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	has(t, "the form", anybody.page(card+"/ask"), "我想要：", "同意街道留下这个联系方式")
	has(t, "in English", anybody.page("/en"+card+"/ask"), "The district may keep this contact")
	if to := anybody.done(card+"/ask", filledAsk(nil)); to != card+"/ask?done=sent" {
		t.Errorf("sent, and led to %s", to)
	}
	has(t, "thanks", anybody.page(card+"/ask?done=sent"), "收到了")

	has(t, "the desk", desk.page("/desk/vacancies"), "新的 1", "/desk/leads?state=new")
	path := desk.newest()
	has(t, "the card at the desk", desk.page("/desk"+card), path)
	has(t, "the enquiry", desk.page(path), "1F-88", "阿婆馄饨", "138 0013 8000", "想开馄饨店", "还没有人联系过")
	if strings.Contains(desk.page("/desk/leads"), "阿婆") {
		t.Error("the list says who asks")
	}
	for _, to := range []string{"contacted", "viewing", "proposal"} {
		a := desk.done(path, url.Values{"form": {"to-" + to}, "rev": {revOf(t, desk.page(path), "to-"+to)}, "note": {"谈了" + to}})
		has(t, to, desk.page(a), "记下了", "谈了"+to, "演示协管员")
	}
	if a := desk.post(path, url.Values{"form": {"to-lost"}, "rev": {revOf(t, desk.page(path), "to-lost")}, "note": {"太贵了"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="to-lost-reason-error"`) || !strings.Contains(a.body, "太贵了") {
		t.Errorf("lost without a reason: %d %s", a.status, complaint(a.body))
	}
	stale := revOf(t, desk.page(path), "to-matched")
	desk.done(path, url.Values{"form": {"to-matched"}, "rev": {stale}})
	has(t, "matched", desk.page("/desk/leads?state=matched"), "1F-88", "谈成了 1")
	if a := desk.post(path, url.Values{"form": {"to-lost"}, "rev": {stale}, "reason": {"price"}}); a.status != http.StatusConflict {
		t.Errorf("over an old revision: %d", a.status)
	}
	for _, form := range []string{"else", "to-else"} {
		if a := desk.post(path, url.Values{"form": {form}, "rev": {"1"}}); a.status != http.StatusBadRequest {
			t.Errorf("%s: %d", form, a.status)
		}
	}
	for _, who := range []string{demo.Owner, demo.Liaison} {
		if a := x.as(t, who).get(path); a.status != http.StatusNotFound {
			t.Errorf("%s reads who asks: %d", who, a.status)
		}
	}

	admin := x.as(t, demo.Admin)
	has(t, "the ledger", admin.page("/admin/consents"), "1F-88，招商意向的联系方式", "填表的人", "同意着")
	to := desk.done(path, url.Values{"form": {"forget"}, "rev": {revOf(t, desk.page(path), "forget")}})
	if body := desk.page(to); !strings.Contains(body, "对方的资料已经删掉了") || strings.Contains(body, "阿婆") || strings.Contains(body, "谈了viewing") {
		t.Error("who asked is known still")
	}
	has(t, "the ledger, after that", admin.page("/admin/consents"), "1F-88，招商意向的联系方式", "收回了")
}

// A mistake stands at its field with everything that was typed; nothing is kept.
func TestAnEnquiryThatIsRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	path, card := x.offer(t)
	for field, bad := range map[string]url.Values{"business": {"business": {""}}, "contact": {"contact": {"来找我"}}, "wants": {"wants": {" "}}, "agree": {"agree": {""}}} {
		a := anybody.post(card+"/ask", filledAsk(bad))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+field+`-error"`) {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
		if field != "business" && !strings.Contains(a.body, "阿婆馄饨") || field != "wants" && !strings.Contains(a.body, "想开馄饨店") {
			t.Errorf("%s: what was typed is gone", field)
		}
	}
	has(t, "nothing was kept", desk.page("/desk/leads"), "这一步现在没有")
	desk.done(path, url.Values{"form": {"step"}, "rev": {"1"}, "to": {"reserved"}})
	has(t, "reserved", anybody.page(card), "已经有人在谈")
	if body := anybody.page(card + "/ask"); strings.Contains(body, `name="business"`) {
		t.Error("the form is there for what is reserved")
	}
	if a := anybody.post(card+"/ask", filledAsk(nil)); a.status != http.StatusConflict || !strings.Contains(a.body, "阿婆馄饨") {
		t.Errorf("taken: %d", a.status)
	}
}

// An enquiry that nobody goes on with is lost and forgotten by itself, and its form is limited as those of reports are.
func TestEnquiriesAreForgottenAndLimited(t *testing.T) {
	t.Parallel()
	x := peopled(t, "RATE_FACTOR", "1")
	x.public(t)
	_, card := x.offer(t)
	anybody := x.as(t, "")
	for n := range 6 {
		a := anybody.post(card+"/ask", filledAsk(nil))
		if want := map[bool]int{true: http.StatusSeeOther, false: http.StatusTooManyRequests}[n < 5]; a.status != want {
			t.Errorf("enquiry %d: %d", n+1, a.status)
		}
	}
	x.wait(lead.Keep * 24 * time.Hour)
	if n, err := x.services.Leads.Sweep(t.Context()); n != 5 || err != nil {
		t.Errorf("forgotten %d: %v", n, err)
	}
	has(t, "lost", x.again(t, demo.Coordinator).page("/desk/leads?state=lost"), "联系不上", "程序")
}

// The reasons are the district's to add and to offer no more.
func TestReasonsWhyEnquiriesAreLost(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	admin, desk := x.as(t, demo.Admin), x.as(t, demo.Coordinator)
	_, card := x.offer(t)
	x.as(t, "").done(card+"/ask", filledAsk(nil))
	admin.done("/admin/taxonomy/lead", url.Values{"rev": {"0"}, "id": {"parking"}, "hans": {"没地方停车"}, "hant": {"沒地方停車"}, "en": {"No parking"}})
	admin.done("/admin/taxonomy/lead/works", url.Values{"rev": {"1"}, "do": {"retire"}})
	path := desk.newest()
	page := desk.page(path)
	has(t, "what can be chosen", page, `<option value="parking">没地方停车</option>`, `<option value="price">租金谈不拢</option>`)
	if strings.Contains(page, `value="works"`) {
		t.Error("a retired reason is offered")
	}
	to := desk.done(path, url.Values{"form": {"to-lost"}, "rev": {revOf(t, page, "to-lost")}, "reason": {"parking"}})
	has(t, "lost", desk.page(to), "没地方停车")
	has(t, "in English", desk.page("/en"+path), "No parking")
}
