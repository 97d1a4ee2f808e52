package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// A shop shows its plaque because its owner said so, nobody finds shops by it, and one press takes it from every page and file at once.
func TestPlaqueOfAShop(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	l := x.shopOfOwner(t)
	owner, visitor := x.as(t, demo.Owner), x.as(t, "")
	path := "/my/shops/" + l.ID + "/plaque"
	has(t, "the shop", owner.page("/my/shops/"+l.ID), path)
	show := func(text, agree string) answer {
		v := url.Values{"form": {"plaque"}, "do": {"show"}, "rev": {revision(x.listing(t, l.ID).Rev)}, "text": {text}, "issuer": {"区文明办"}}
		if agree != "" {
			v.Set("agree", agree)
		}
		return owner.post(path, v)
	}
	for what, a := range map[string]answer{"without leave": show("文明示范岗", ""), "without words": show("", "1")} {
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "区文明办") || x.listing(t, l.ID).Plaque != nil {
			t.Errorf("%s: %d %s", what, a.status, complaint(a.body))
		}
	}
	if a := owner.post(path, url.Values{"form": {"plaque"}, "do": {"show"}, "rev": {"1"}, "text": {"文明示范岗"}, "agree": {"1"}}); a.status != http.StatusConflict && l.Rev != 1 {
		t.Errorf("over what nobody saw: %d", a.status)
	} else if a.status == http.StatusSeeOther {
		owner.done(path, url.Values{"do": {"end"}})
	}
	if a := show("文明示范岗", "1"); a.to != path+"?done=shown" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	x.public(t)
	has(t, "the page", visitor.page("/shops/"+l.Slug), "文明示范岗", "区文明办")
	has(t, "the ledger", x.as(t, demo.Admin).page("/admin/consents?who="+l.Code), "店里的示范岗", "文明示范岗", "同意着", "当时看的是 1 版")
	for _, tag := range lang.Tags {
		owner.page(ui.Href(tag, path))
	}
	everywhere := []string{"/?q=" + url.QueryEscape("文明示范岗"), "/api/v1/listings?q=" + url.QueryEscape("文明示范岗"), "/suggest?q=" + url.QueryEscape("文明示范岗")}
	for _, path := range everywhere {
		if body := visitor.get(path).body; strings.Contains(body, l.Slug) {
			t.Errorf("%s finds a shop by its plaque", path)
		}
	}
	if a := x.as(t, demo.Manager).get(path); a.status != http.StatusNotFound {
		t.Errorf("a manager: %d", a.status)
	}
	owner.done(path, url.Values{"form": {"end"}, "do": {"end"}})
	x.public(t)
	for _, path := range []string{"/shops/" + l.Slug, "/api/v1/listings/" + l.ID, "/heritage/" + l.Slug} {
		if strings.Contains(visitor.get(path).body, "文明示范岗") {
			t.Errorf("%s still shows it", path)
		}
	}
	has(t, "the ledger", x.as(t, demo.Admin).page("/admin/consents?who="+l.Code), "收回了")
}
