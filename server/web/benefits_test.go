package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/server/web/ui"
	"shangquan/services/demo"
	"shangquan/services/lang"
)

// What a shop does for the residents of a neighbourhood stands on their page while the post lasts; of the neighbourhood there is the name.
func TestBenefits(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	owner, visitor := x.as(t, demo.Owner), x.as(t, "")
	shop := x.people[demo.Owner].ListingIDs[0]
	path := "/my/shops/" + shop + "/posts/new"
	has(t, "no neighbourhoods", visitor.page("/neighbours"), "现在没有")
	if strings.Contains(owner.page(path), `name="areas"`) {
		t.Error("a choice of nothing")
	}
	liaison := x.actor(t, demo.Liaison)
	near, err := x.services.Neighbours.SetArea(t.Context(), liaison, "", 0, "方塔居民区", liaison.AccountID)
	if err != nil {
		t.Fatal(err)
	}
	far, err := x.services.Neighbours.SetArea(t.Context(), liaison, "", 0, "谷阳居民区", liaison.AccountID)
	if err != nil {
		t.Fatal(err)
	}
	if body := visitor.page("/neighbours"); !strings.Contains(body, "谷阳居民区") || strings.Contains(body, liaison.AccountID) || strings.Contains(body, liaison.Name) {
		t.Error("the page has not the names alone")
	}
	has(t, "the form", owner.page(path), "方塔居民区", "谷阳居民区", `name="areas"`)
	today := x.now()
	v := url.Values{
		"do": {"publish"}, "kind": {"offer"}, "title": {"老人送菜上门"}, "who": {"七十岁以上"}, "conditions": {"满三十元"}, "areas": {near.ID, "nobody"},
		"from": {today.Format(time.DateOnly)}, "until": {today.AddDate(0, 0, 2).Format(time.DateOnly)},
	}
	wrong := url.Values{}
	for k, list := range v {
		wrong[k] = list
	}
	wrong.Set("until", today.AddDate(0, 0, -1).Format(time.DateOnly))
	if a := owner.post(path, wrong); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="`+near.ID+`" checked`) {
		t.Errorf("what was ticked is forgotten: %d %s", a.status, complaint(a.body))
	}
	owner.done(path, v)
	x.public(t)
	section := func(body, id string) string {
		_, rest, _ := strings.Cut(body, `id="area-`+id+`"`)
		one, _, _ := strings.Cut(rest, "</section>")
		return one
	}
	body := visitor.page("/neighbours")
	has(t, "the neighbourhood", section(body, near.ID), "老人送菜上门", "七十岁以上", "满三十元")
	if s := section(body, far.ID); strings.Contains(s, "老人送菜上门") || !strings.Contains(s, "现在没有") {
		t.Error("it stands where it is not for")
	}
	for _, l := range lang.Tags {
		has(t, string(l), visitor.page(ui.Href(l, "/neighbours")), "老人送菜上门")
	}
	has(t, "the footer", visitor.page("/about"), `href="/neighbours"`)
	x.wait(3 * 24 * time.Hour)
	x.public(t)
	if strings.Contains(visitor.page("/neighbours"), "老人送菜上门") {
		t.Error("it stands after its last day")
	}
}
