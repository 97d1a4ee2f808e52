package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"shangquan/services/demo"
	"shangquan/services/webhook"
)

var whsec = regexp.MustCompile(`whsec_[A-Za-z0-9+/=]{44}`)

func hookForm(name string) url.Values {
	return url.Values{"name": {name}, "url": {"https://hooks.example.com/in"}, "types": {string(webhook.ShopChanged)}}
}

// makeHook makes a webhook and returns its id and secret.
func (x *town) makeHook(t *testing.T, who, merchantID string) (id, secret string) {
	t.Helper()
	path := "/admin/webhooks"
	if merchantID != "" {
		path = "/my/merchants/" + merchantID + "/webhooks"
	}
	a := x.as(t, who).post(path, hookForm("总部"))
	secret = whsec.FindString(strings.ReplaceAll(a.body, "&#43;", "+"))
	if a.status != http.StatusOK || secret == "" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	list, err := x.services.Webhooks.List(t.Context(), x.actor(t, who), merchantID)
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list[0].ID, secret
}

func TestWebhookOfAMerchant(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	m := x.people[demo.Owner].MerchantID
	base := "/my/merchants/" + m + "/webhooks"
	if body := x.as(t, demo.Owner).page("/my/merchants/" + m); !strings.Contains(body, base) {
		t.Error("the page of the merchant does not lead to its webhooks")
	}
	// A mistake stands at its field, and what was typed is still there.
	bad := hookForm("收银")
	bad.Set("url", "https://10.0.0.1/in")
	a := x.as(t, demo.Owner).post(base, bad)
	if a.status != http.StatusUnprocessableEntity && a.status != http.StatusBadRequest || !strings.Contains(a.body, "要用公开的域名") || !strings.Contains(a.body, "https://10.0.0.1/in") || !strings.Contains(a.body, "收银") {
		t.Errorf("an address of a closed network: %d %s", a.status, complaint(a.body))
	}
	id, secret := x.makeHook(t, demo.Owner, m)
	body := x.as(t, demo.Owner).page(base + "/" + id)
	if strings.Contains(body, secret) || !strings.Contains(body, "等管理员看") || !strings.Contains(body, "hooks.example.com") {
		t.Errorf("the page of a webhook that waits: %s", complaint(body))
	}
	if !strings.Contains(x.as(t, demo.Admin).page("/admin/webhooks"), id) {
		t.Error("the administrator does not see what waits")
	}
	// Others find nothing there, whichever way they come.
	for _, who := range []string{demo.Rival, demo.Staff, demo.Liaison} {
		for _, path := range []string{base, base + "/" + id, "/admin/webhooks/" + id, "/my/merchants/" + x.people[demo.Rival].MerchantID + "/webhooks/" + id} {
			if a := x.as(t, who).get(path); a.status != http.StatusNotFound {
				t.Errorf("%s at %s: %d", who, path, a.status)
			}
			if a := x.as(t, who).post(path, url.Values{"do": {"end"}}); a.status == http.StatusSeeOther || a.status == http.StatusOK {
				t.Errorf("%s sends to %s: %d", who, path, a.status)
			}
		}
	}
	if a := x.as(t, demo.Coordinator).post("/admin/webhooks/"+id+"/allow", nil); a.status != http.StatusNotFound {
		t.Errorf("a coordinator allows an address: %d", a.status)
	}
	x.as(t, demo.Admin).done("/admin/webhooks/"+id+"/allow", nil)
	owner := x.as(t, demo.Owner)
	if to := owner.done(base+"/"+id, url.Values{"do": {"ping"}}); !strings.Contains(owner.page(to), "试发") {
		t.Error("the test is not in the log")
	}
	a = owner.post(base+"/"+id+"/secret", nil)
	if next := whsec.FindString(strings.ReplaceAll(a.body, "&#43;", "+")); a.status != http.StatusOK || next == "" || next == secret {
		t.Errorf("another secret: %d %q", a.status, next)
	}
	if !strings.Contains(owner.page(base+"/"+id), "旧的还能用到") {
		t.Error("it does not say until when the old secret works")
	}
	if a := owner.post(base+"/"+id, url.Values{"do": {"explode"}}); a.status != http.StatusBadRequest {
		t.Errorf("an unknown deed: %d", a.status)
	}
	owner.done(base+"/"+id, url.Values{"do": {"end"}})
	if body := owner.page(base + "/" + id); !strings.Contains(body, "已停掉") || strings.Contains(body, `value="ping"`) {
		t.Error("an ended webhook still does something")
	}
}

func TestWebhooksOfTheDistrict(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id, _ := x.makeHook(t, demo.Coordinator, "")
	for _, path := range []string{"/admin/webhooks", "/zh-hant/admin/webhooks", "/en/admin/webhooks/" + id} {
		if body := x.as(t, demo.Admin).page(path); !strings.Contains(body, "总部") {
			t.Errorf("%s: %s", path, complaint(body))
		}
	}
	if a := x.as(t, demo.Owner).get("/admin/webhooks/" + id); a.status != http.StatusNotFound {
		t.Errorf("an owner reads the district's webhook: %d", a.status)
	}
	own := "/my/merchants/" + x.people[demo.Owner].MerchantID + "/webhooks/" + id
	if a := x.as(t, demo.Owner).get(own); a.status != http.StatusNotFound {
		t.Errorf("an owner reads it as the own: %d", a.status)
	}
}
