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
	has(t, "the calendar", visitor.page("/neighbours.ics"), "BEGIN:VEVENT", "SUMMARY;LANGUAGE=zh-Hans:老人送菜上门", "/shops/")
	has(t, "the neighbourhood", section(body, near.ID), "老人送菜上门", "七十岁以上", "满三十元")
	if s := section(body, far.ID); strings.Contains(s, "老人送菜上门") || !strings.Contains(s, "现在没有") {
		t.Error("it stands where it is not for")
	}
	// On an English page every part is in the language that there is of it, also beside a part in English.
	half := url.Values{"title.en": {"Vegetables brought up"}, "who.en": {"Over seventy"}, "text": {"电话里说一声"}}
	for k, list := range v {
		half[k] = list
	}
	owner.done(path, half)
	x.public(t)
	has(t, "half of it in English", visitor.page("/en/offers"), `<h3><a href=`, "Vegetables brought up", `<p>Over seventy, <span lang="zh-Hans">满三十元</span></p>`, `<p lang="zh-Hans">电话里说一声</p>`)
	has(t, "the same for the neighbourhood", visitor.page("/en/neighbours"), "<span>Over seventy</span>", `<span lang="zh-Hans">满三十元</span>`)
	for _, l := range lang.Tags {
		has(t, string(l), visitor.page(ui.Href(l, "/neighbours")), "老人送菜上门")
		if named := strings.Contains(visitor.page(ui.Href(l, "/neighbours")), `<h2 lang="zh-Hans">方塔居民区</h2>`); named != (l != lang.Hans) {
			t.Errorf("%s: the neighbourhood is said to be Chinese: %v", l, named)
		}
	}
	has(t, "the form in English", owner.page("/en"+path), `<span lang="zh-Hans">方塔居民区`)
	has(t, "the footer", visitor.page("/about"), `href="/neighbours"`)
	x.wait(3 * 24 * time.Hour)
	x.public(t)
	if strings.Contains(visitor.page("/neighbours"), "老人送菜上门") {
		t.Error("it stands after its last day")
	}
}

// benefit is a form with what an organisation does for the residents of areas, or of all where there is none.
func benefit(x *town, title string, areas []string, more ...string) url.Values {
	today := x.now()
	v := url.Values{
		"do": {"publish"}, "kind": {"offer"}, "title": {title}, "who": {"附近居民"}, "conditions": {"带着伞来"}, "areas": areas,
		"from": {today.Format(time.DateOnly)}, "until": {today.AddDate(0, 0, 2).Format(time.DateOnly)},
	}
	for i := 0; i < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

// An organisation writes what it does for residents in the area of the liaison: refused beside the field, kept as a draft until it agrees to
// be named, on the page of the neighbourhoods it is for, looked at by the desk, and gone with the name.
func TestBenefitsOfOrganisations(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	own := x.member(t, demo.Owner)
	owner, visitor, liaison := x.as(t, demo.Owner), x.as(t, ""), x.actor(t, demo.Liaison)
	near, err := x.services.Neighbours.SetArea(t.Context(), liaison, "", 0, "方塔居民区", liaison.AccountID)
	if err != nil {
		t.Fatal(err)
	}
	list := "/my/assembly/" + own + "/benefits"
	has(t, "the member's page", owner.page("/my/assembly/"+own), `href="`+list+`"`)
	has(t, "before it agreed", owner.page(list), "单位还没同意公开名字", `href="`+list+`/new"`)
	a := owner.post(list+"/new", benefit(x, "", []string{near.ID}))
	if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="title-error"`) || !strings.Contains(a.body, `value="带着伞来"`) && !strings.Contains(a.body, "带着伞来") || !strings.Contains(a.body, `value="`+near.ID+`" checked`) {
		t.Errorf("without a title: %d %s", a.status, complaint(a.body))
	}
	a = owner.post(list+"/new", benefit(x, "雨天修伞", []string{near.ID}))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "单位还没同意公开名字，公开不了") {
		t.Errorf("published without the leave: %d %s", a.status, complaint(a.body))
	}
	if strings.Contains(visitor.page("/neighbours"), "雨天修伞") {
		t.Error("a draft is public")
	}
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	_, rest, _ := strings.Cut(owner.page(list), `href="`+list+"/")
	_, rest, _ = strings.Cut(rest, `href="`+list+"/")
	id, _, _ := strings.Cut(rest, `"`)
	one := list + "/" + id
	has(t, "its page", owner.page(one), `value="雨天修伞"`)
	other := x.member(t, demo.Rival)
	if a := x.as(t, demo.Rival).get("/my/assembly/" + other + "/benefits/" + id); a.status != http.StatusNotFound {
		t.Errorf("another member opens it: %d", a.status)
	}
	if a := owner.get("/my/shops/" + x.people[demo.Owner].ListingIDs[0] + "/posts/" + id); a.status != http.StatusNotFound {
		t.Errorf("it opens as a post of a shop: %d", a.status)
	}
	if to := owner.done(one, benefit(x, "雨天修伞", []string{near.ID}, "rev", hiddenOf(t, owner.page(one), "rev"), "text", "下雨就在")); to != list+"?done=published" {
		t.Errorf("led to %s", to)
	}
	for _, l := range lang.Tags {
		body := visitor.page(ui.Href(l, "/neighbours"))
		for _, text := range []string{"演示单位owner", "附近居民", "带着伞来", "下雨就在"} {
			mark := ` lang="zh-Hans"`
			if l == lang.Hans {
				mark = ""
			}
			has(t, string(l), body, "雨天修伞", "<span"+mark+">"+text+"</span>")
		}
	}
	if strings.Contains(visitor.page("/offers"), "雨天修伞") {
		t.Error("it stands among what shops offer")
	}
	desk := x.as(t, demo.Coordinator)
	has(t, "the desk", desk.page("/desk/posts/"+id), "雨天修伞", "附近居民", `href="/neighbours"`)
	for _, page := range []string{"/desk?kind=post", "/desk/overview"} {
		if body := desk.page(page); strings.Count(body, "雨天修伞") != 1 || !strings.Contains(body, "演示单位owner") {
			t.Errorf("%s: the title stands there %d times, or without the name", page, strings.Count(body, "雨天修伞"))
		}
	}
	has(t, "the liaison", x.as(t, demo.Liaison).page("/liaison/members/"+own), "雨天修伞", "正在进行")
	owner.done(list+"/new", benefit(x, "大厅歇脚", nil))
	x.public(t)
	has(t, "for everybody", visitor.page("/neighbours"), "附近各居民区", "大厅歇脚")
	calendar := strings.ReplaceAll(visitor.page("/neighbours.ics"), "\r\n ", "")
	has(t, "the calendar", calendar, "雨天修伞", "大厅歇脚", "LOCATION:演示单位owner", "/neighbours\r\n")
	tag := visitor.get("/neighbours").header.Get("ETag")
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"revoke"}})
	if a := visitor.get("/neighbours", "If-None-Match", tag); a.status != http.StatusOK || saysAny(a.body, "雨天修伞", "大厅歇脚", "演示单位owner", "附近各居民区") {
		t.Errorf("after the leave was taken back: %d", a.status)
	}
	if body := visitor.page("/neighbours.ics"); strings.Contains(body, "VEVENT") {
		t.Errorf("in the calendar after the leave was taken back: %s", body)
	}
	has(t, "the liaison then", x.as(t, demo.Liaison).page("/liaison/members/"+own), "单位没有同意公开名字，这些别人看不到")
	owner.done("/my/assembly/"+own+"/consent", url.Values{"do": {"agree"}})
	desk.done("/desk/posts/"+id, url.Values{"do": {"hide"}, "reason": {"advert"}, "rev": {hiddenOf(t, desk.page("/desk/posts/"+id), "rev")}})
	x.public(t)
	if body := visitor.page("/neighbours"); strings.Contains(body, "雨天修伞") || !strings.Contains(body, "大厅歇脚") {
		t.Error("hidden, and still there, or the other is gone")
	}
	has(t, "why", owner.page(one), "街道撤下了这一条")
	x.wait(3 * 24 * time.Hour)
	x.public(t)
	if strings.Contains(visitor.page("/neighbours"), "大厅歇脚") {
		t.Error("it stands after its last day")
	}
}
