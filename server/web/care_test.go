package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
)

// Something is noted at a shop with a picture, the owner is told, says that it is better with a picture, and somebody of the district verifies
// it. Nobody else reads anything of it.
func TestStreetCareThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk, owner, anybody := x.as(t, demo.Coordinator), x.as(t, demo.Owner), x.as(t, "")
	shop := x.people[demo.Owner].ListingIDs[0]
	l := x.shop(t, shop)
	mine := "/my/shops/" + shop + "/care"
	v := url.Values{"form": {"item"}, "kind": {"signboard"}, "shop": {"/shops/" + l.Slug}, "text": {"招牌上一个字不亮"}}
	photo := upload{"photo", "a.jpg", picture(t, 800, 600)}
	if a := desk.upload("/desk/care/new", v, photo); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="item-faceless-error"`) || !strings.Contains(a.body, "招牌上一个字不亮") {
		t.Fatalf("a picture nobody answers for: %d %s", a.status, complaint(a.body))
	}
	v.Set("faceless", "1")
	a := desk.upload("/desk/care/new", v, photo)
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	path, _, _ := strings.Cut(a.to, "?")
	id := strings.TrimPrefix(path, "/desk/care/")
	own := mine + "/" + id
	has(t, "the item", desk.page(a.to), "记下了", "招牌上一个字不亮", l.Name.Hans, path+"/photos/1", "演示协管员")
	if got := desk.get(path + "/photos/1"); got.status != http.StatusOK || got.header.Get("Content-Type") != "image/jpeg" || got.header.Get("Cache-Control") != "no-store" {
		t.Errorf("the picture: %d %v", got.status, got.header)
	}
	has(t, "before the owner is told", owner.page(mine), "没有。")
	for _, p := range []string{own, own + "/photos/1"} {
		if a := owner.get(p); a.status != http.StatusNotFound {
			t.Errorf("%s before the owner is told: %d", p, a.status)
		}
	}
	do := func(by *browser, act, why string) answer {
		t.Helper()
		return by.post(path, url.Values{"form": {act}, "rev": {revOf(t, by.page(path), act)}, "why": {why}})
	}
	if a := do(desk, "inform", "当面说的"); a.to != path+"?done=saved" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "the shop", owner.page("/my/shops/"+shop), "门面上有 1 件事等您改", mine)
	page := owner.page(own)
	has(t, "the owner", page, "招牌上一个字不亮", "当面说的", own+"/photos/1")
	if strings.Contains(page, "演示协管员") {
		t.Error("the shop reads who noted it")
	}
	if a := owner.get(own + "/photos/1"); a.status != http.StatusOK {
		t.Errorf("the owner's look at the picture: %d", a.status)
	}
	for _, who := range []string{demo.Rival, demo.Staff, demo.Liaison, ""} {
		for _, p := range []string{mine, own, own + "/photos/1", path, "/desk/care", "/desk/care/rounds"} {
			if a := x.as(t, who).get(p); a.status != http.StatusNotFound && a.status != http.StatusSeeOther {
				t.Errorf("%q reads %s: %d", who, p, a.status)
			}
		}
	}
	better := url.Values{"form": {"better"}, "rev": {revOf(t, page, "better")}, "text": {"换了灯管"}}
	if a := owner.upload(own, better, photo); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="better-faceless-error"`) || !strings.Contains(a.body, "换了灯管") {
		t.Errorf("the owner's picture nobody answers for: %d", a.status)
	}
	better.Set("faceless", "1")
	if a := owner.upload(own, better, photo); a.to != own+"?done=answered" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	if a := owner.upload(own, better); a.status != http.StatusConflict {
		t.Errorf("said twice: %d", a.status)
	}
	has(t, "the board", desk.page("/desk/care?state=improved"), "说改好了", "没改 0 件，说改好了 1 件，看过了 0 件")
	if a := do(desk, "again", ""); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="again-why-error"`) {
		t.Errorf("not better, without a reason: %d", a.status)
	}
	if a := do(desk, "verify", "亮了"); a.to != path+"?done=saved" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "verified", owner.page(own), "看过了", "亮了")
	has(t, "the figures", desk.page("/desk/care"), "2026 年 10 月", "没改 0 件，说改好了 0 件，看过了 1 件")
	if a := desk.post(path, url.Values{"form": {"verify"}, "rev": {"1"}}); a.status != http.StatusConflict {
		t.Errorf("verified twice: %d", a.status)
	}
	for _, p := range []string{"/shops/" + l.Slug, "/", "/points"} {
		if strings.Contains(anybody.page(p), "不亮") {
			t.Errorf("everybody reads it on %s", p)
		}
	}
}

// Who said that it is better does not verify it; a picture goes for good; what was entered wrongly is withdrawn with a reason.
func TestStreetCareTakesTwo(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	desk := x.as(t, demo.Coordinator)
	streets, err := x.services.Streets.Streets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	core := ""
	for _, st := range streets {
		if st.Core {
			core = st.ID
			break
		}
	}
	if a := desk.post("/desk/care/new", url.Values{"form": {"item"}, "kind": {"bicycles"}, "text": {"堆了车"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="item-place-error"`) || !strings.Contains(a.body, "堆了车") {
		t.Errorf("nowhere: %d", a.status)
	}
	to := desk.done("/desk/care/new", url.Values{"form": {"item"}, "kind": {"bicycles"}, "place": {core}, "text": {"堆了车"}})
	path, _, _ := strings.Cut(to, "?")
	do := func(by *browser, act, why string) answer {
		t.Helper()
		return by.post(path, url.Values{"form": {act}, "rev": {revOf(t, by.page(path), act)}, "why": {why}})
	}
	for _, act := range []string{"inform", "improve"} {
		if a := do(desk, act, ""); a.status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", act, a.status, complaint(a.body))
		}
	}
	second := x.as(t, demo.Second)
	if a := do(second, "verify", ""); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "还没有改之后的照片") {
		t.Errorf("without a picture of after: %d %s", a.status, complaint(a.body))
	}
	photos := path + "/photos"
	add := func(v url.Values, files ...upload) answer {
		v.Set("form", "photo-after")
		v.Set("when", "after")
		v.Set("rev", revOf(t, desk.page(path), "photo-after"))
		return desk.upload(photos, v, files...)
	}
	if a := add(url.Values{"faceless": {"1"}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="photo-after-photo-error"`) {
		t.Errorf("no picture: %d", a.status)
	}
	if a := add(url.Values{}, upload{"photo", "a.jpg", picture(t, 640, 480)}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="photo-after-faceless-error"`) {
		t.Errorf("a picture nobody answers for: %d", a.status)
	}
	for range 2 {
		if a := add(url.Values{"faceless": {"1"}}, upload{"photo", "a.jpg", picture(t, 640, 480)}); a.to != path+"?done=photo#after" {
			t.Fatalf("%d %s", a.status, complaint(a.body))
		}
	}
	if a := do(desk, "verify", ""); a.status != http.StatusConflict || !strings.Contains(a.body, "要请别人去看") {
		t.Errorf("one's own word: %d", a.status)
	}
	if a := desk.get(photos + "/2"); a.status != http.StatusOK {
		t.Errorf("the second picture: %d", a.status)
	}
	desk.done(photos, url.Values{"remove": {hiddenOf(t, desk.page(path), "remove")}})
	if a := desk.get(photos + "/2"); a.status != http.StatusNotFound {
		t.Errorf("the picture that went: %d", a.status)
	}
	if a := do(x.as(t, demo.Admin), "verify", ""); a.status != http.StatusSeeOther {
		t.Errorf("the administrator: %d %s", a.status, complaint(a.body))
	}
	to = desk.done("/desk/care/new", url.Values{"form": {"item"}, "kind": {"cleanliness"}, "place": {core}, "text": {"有垃圾"}})
	path, _, _ = strings.Cut(to, "?")
	if a := do(desk, "withdraw", ""); a.status != http.StatusUnprocessableEntity {
		t.Errorf("withdrawn without a reason: %d", a.status)
	}
	if a := do(desk, "withdraw", "不是我们这条街"); a.status != http.StatusSeeOther {
		t.Errorf("withdrawn: %d", a.status)
	}
	has(t, "withdrawn", desk.page("/desk/care?state=withdrawn"), "撤掉了")
	if a := desk.post(path, url.Values{"form": {"else"}, "rev": {"2"}}); a.status != http.StatusConflict {
		t.Errorf("no such act: %d", a.status)
	}
}

// The round of a month is one street with the organisations that take part, chosen from the register.
func TestRoundsThroughThePages(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	x.public(t)
	desk := x.as(t, demo.Coordinator)
	l := x.shop(t, x.people[demo.Owner].ListingIDs[0])
	street := l.Address.StreetID
	day := time.Unix(0, x.clock.Load()).Format(time.DateOnly)
	to := desk.done("/desk/care/rounds", url.Values{"form": {"round"}, "street": {street}, "on": {day}})
	path, _, _ := strings.Cut(to, "?")
	if a := desk.post("/desk/care/rounds", url.Values{"form": {"round"}, "street": {street}, "on": {day}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="round-on-error"`) {
		t.Errorf("a second round of the month: %d", a.status)
	}
	page := desk.page(path)
	has(t, "those who run plazas", page, "演示广场管理处", "不写人名")
	send := func(form string, v url.Values) answer {
		t.Helper()
		v.Set("form", form)
		v.Set("rev", revOf(t, desk.page(path), form))
		return desk.post(path, v)
	}
	for field, v := range map[string]url.Values{"organisation": {}, "shop": {"shop": {"/shops/none"}}} {
		if a := send("join", v); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="join-`+field+`-error"`) {
			t.Errorf("%s: %d %s", field, a.status, complaint(a.body))
		}
	}
	if a := send("join", url.Values{"shop": {"/shops/" + l.Slug}}); a.to != path+"?done=saved" {
		t.Fatalf("%d %s", a.status, complaint(a.body))
	}
	has(t, "the organisation", desk.page(path), "演示商户")
	has(t, "the list", desk.page("/desk/care/rounds"), "2026 年 10 月", "1 个单位")
	if a := send("leave", url.Values{"organisation": {l.MerchantID}}); a.to != path+"?done=saved" || strings.Contains(desk.page(path), "演示商户") {
		t.Errorf("it leaves: %d", a.status)
	}
	if a := send("round", url.Values{"street": {street}, "on": {"2026-11-20"}}); a.to != path+"?done=saved" {
		t.Errorf("moved: %d", a.status)
	}
	has(t, "moved", desk.page(path), "2026 年 11 月")
	if a := desk.post(path, url.Values{"form": {"else"}, "rev": {"1"}}); a.status != http.StatusBadRequest {
		t.Errorf("no such form: %d", a.status)
	}
}
