package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/access"
	"shangquan/services/demo"
	"shangquan/services/listing"
	"shangquan/services/policy"
)

// filledCard is a card as its form sends it.
func filledCard(more url.Values) url.Values {
	v := url.Values{
		"form": {"card"}, "kind": {"policy"}, "title": {"稳岗补贴"}, "title.en": {"Keeping staff"}, "who": {"今年没有裁员的店"}, "what": {"按人数发一次\n到服务站办"},
		"deadline": {"2026-10-20"}, "link": {"https://www.songjiang.gov.cn/a"},
	}
	for name, x := range more {
		v[name] = x
	}
	return v
}

// The district enters a card; the shops it is for, and everybody, read it until its deadline; the district checks it again after a while.
func TestAPolicyThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	shop, other := x.people[demo.Owner].ListingIDs[0], x.people[demo.Rival].ListingIDs[0]
	for id, category := range map[string]string{shop: "noodles", other: "pharmacy"} {
		if _, err := x.services.Listings.Update(t.Context(), access.System("test"), id, 0, func(l *listing.Listing) error { l.CategoryID = category; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	x.public(t)
	desk, anybody, owner, rival := x.as(t, demo.Coordinator), x.as(t, ""), x.as(t, demo.Owner), x.as(t, demo.Rival)
	has(t, "nothing yet", anybody.page("/policies"), "现在没有政策和服务")
	has(t, "nothing for the shop", owner.page("/my/shops/"+shop+"/policies"), "现在没有适合这家店的")

	to := desk.done("/desk/policies", filledCard(url.Values{"categories": {"noodles", "snacks"}}))
	path, _, _ := strings.Cut(to, "?")
	has(t, "the card", desk.page(to), "保存了", "今年没有裁员的店", "到服务站办", `value="noodles" checked`)
	has(t, "everybody", anybody.page("/policies"), "稳岗补贴", "还剩 5 天", `href="https://www.songjiang.gov.cn/a"`, "面馆")
	has(t, "in English", anybody.page("/en/policies"), "Keeping staff", "5 days left")
	has(t, "its shop", owner.page("/my/shops/"+shop+"/policies"), "稳岗补贴", "以主管部门说的为准")
	has(t, "the page of its shop", owner.page("/my/shops/"+shop), "有 1 项快截止", "稳岗补贴：还剩 5 天", "/my/shops/"+shop+"/policies")
	for what, page := range map[string]string{"another kind of shop": rival.page("/my/shops/" + other + "/policies"), "the page of another kind of shop": rival.page("/my/shops/" + other)} {
		if strings.Contains(page, "稳岗补贴") {
			t.Errorf("%s reads what is not for it", what)
		}
	}
	if a := rival.get("/my/shops/" + shop + "/policies"); a.status != http.StatusNotFound {
		t.Errorf("who has no part in the shop reads what is for it: %d", a.status)
	}
	for _, who := range []string{demo.Owner, demo.Liaison, demo.Admin} {
		if a := x.as(t, who).get("/desk/policies"); a.status != http.StatusNotFound {
			t.Errorf("%s keeps cards: %d", who, a.status)
		}
	}
	send := func(form string, v url.Values) answer {
		t.Helper()
		v.Set("form", form)
		v.Set("rev", revOf(t, desk.page(path), form))
		return desk.post(path, v)
	}
	if a := send("hide", url.Values{}); a.to != path+"?done=hidden" || strings.Contains(anybody.page("/policies"), "稳岗补贴") {
		t.Errorf("put away: %d, and everybody reads it", a.status)
	}
	has(t, "put away at the desk", desk.page("/desk/policies"), "不显示的", "收起了")
	if a := send("show", url.Values{}); a.to != path+"?done=shown" || !strings.Contains(anybody.page("/policies"), "稳岗补贴") {
		t.Errorf("shown again: %d, and nobody reads it", a.status)
	}
	if a := send("card", filledCard(url.Values{"deadline": {""}})); a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "for all shops", rival.page("/my/shops/"+other+"/policies"), "稳岗补贴", "长期", "所有的店")
	if page := owner.page("/my/shops/" + shop); strings.Contains(page, "快截止") {
		t.Error("what has no deadline ends soon")
	}

	x.wait((policy.CheckDays + 1) * 24 * time.Hour)
	desk = x.again(t, demo.Coordinator)
	has(t, "long not checked", desk.page("/desk/policies"), `id="check"`, "要重新核对", "稳岗补贴")
	if a := send("check", url.Values{}); a.to != path+"?done=checked" || strings.Contains(desk.page("/desk/policies"), "要重新核对") {
		t.Errorf("checked: %d, and it has to be checked again", a.status)
	}
	if a := desk.post(path, url.Values{"form": {"else"}, "rev": {"1"}}); a.status != http.StatusBadRequest {
		t.Errorf("no such form: %d", a.status)
	}
}

// What ends is gone by itself the next day, from pages that are kept, too.
func TestAPolicyEndsByItself(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, anybody := x.as(t, demo.Coordinator), x.as(t, "")
	desk.done("/desk/policies", filledCard(url.Values{"deadline": {"2026-10-15"}}))
	has(t, "on its last day", anybody.page("/policies"), "稳岗补贴", "今天截止")
	x.wait(24 * time.Hour)
	if strings.Contains(anybody.page("/policies"), "稳岗补贴") {
		t.Error("it is over, and everybody reads it")
	}
	has(t, "at the desk", x.again(t, demo.Coordinator).page("/desk/policies"), "不显示的", "截止了")
}

// A mistake stands at its field, what was typed is still there, and nothing is written.
func TestAPolicyThatIsRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	to := desk.done("/desk/policies", filledCard(nil))
	path, _, _ := strings.Cut(to, "?")
	for field, bad := range map[string]url.Values{
		"title": {"title": {""}}, "who": {"who": {""}}, "what": {"what": {"打 13800138000"}}, "deadline": {"deadline": {"2026-10-01"}},
		"link": {"link": {"https://example.com/a"}}, "kind": {"kind": {"gift"}}, "formats": {"formats": {"none"}},
	} {
		v := filledCard(bad)
		v.Set("what.en", "Money, once")
		v.Add("categories", "noodles")
		v.Set("rev", revOf(t, desk.page(path), "card"))
		for _, at := range []string{"/desk/policies", path} {
			a := desk.post(at, v)
			if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="card-`+field+`-error"`) || !strings.Contains(a.body, "Money, once") || !strings.Contains(a.body, `value="noodles" checked`) {
				t.Errorf("%s at %s: %d %s", field, at, a.status, complaint(a.body))
			}
		}
	}
	v := filledCard(nil)
	v.Set("rev", "1")
	if a := desk.post(path, v); a.status != http.StatusSeeOther {
		t.Fatalf("nothing was written so far, and revision 1 is gone: %d", a.status)
	}
	if a := desk.post(path, v); a.status != http.StatusConflict || !strings.Contains(a.body, "稳岗补贴") {
		t.Errorf("over an old revision: %d", a.status)
	}
	if a := desk.get("/desk/policies/none"); a.status != http.StatusNotFound {
		t.Errorf("no such card: %d", a.status)
	}
}

// A page on a site that was taken off the list is no link any more.
func TestAPolicyOnASiteThatIsNotAllowedAnyMore(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	x.as(t, demo.Coordinator).done("/desk/policies", filledCard(nil))
	anybody := x.as(t, "")
	const link = `href="https://www.songjiang.gov.cn/a"`
	has(t, "allowed", anybody.page("/policies"), link)
	x.as(t, demo.Admin).done("/admin/links", url.Values{"rev": {"0"}, "hosts": {"12345.sh.cn"}})
	x.wait(time.Second)
	if page := anybody.page("/policies"); strings.Contains(page, link) || !strings.Contains(page, "https://www.songjiang.gov.cn/a") {
		t.Error("the site is not allowed, and is a link")
	}
}
