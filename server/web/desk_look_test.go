package web

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/lang"
	"shangquan/services/post"
	"shangquan/services/report"
)

// The first photos of a shop wait to be looked at; one is hidden with one press, its address answers no more, and its shop reads why.
func TestPhotoIsLookedAtAndHidden(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	mine := "/my/shops/" + id + "/photos"
	if a := staff.upload(mine, nil, upload{"photo", "a.jpg", picture(t, 800, 600)}, upload{"photo", "b.jpg", picture(t, 640, 480)}); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	desk, path := x.as(t, demo.Coordinator), "/desk/photos/"+id
	if body := desk.page("/desk?kind=photo"); !strings.Contains(body, path) || !strings.Contains(body, "2 张新照片") {
		t.Fatalf("they do not wait: %s", complaint(body))
	}
	l := x.shop(t, id)
	bad, good := l.Photos[0], l.Photos[1]
	file := "/" + bad.File(320)
	x.public(t)
	visitor := x.as(t, "")
	if a := visitor.get(file); a.status != http.StatusOK {
		t.Fatalf("the photo is not public: %d", a.status)
	}
	if a := desk.post(path, url.Values{"do": {"hide:" + bad.Key}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "从列出来的里面选一项") {
		t.Errorf("without a reason = %d %s", a.status, complaint(a.body))
	}
	hide := url.Values{"do": {"hide:" + bad.Key}, "reason": {"person"}}
	if to := desk.done(path, hide); to != path+"?done=hidden" {
		t.Errorf("leads to %s", to)
	}
	if a := visitor.get(file); a.status != http.StatusNotFound {
		t.Errorf("the hidden photo = %d", a.status)
	}
	if a := visitor.get("/" + good.File(320)); a.status != http.StatusOK {
		t.Errorf("the other photo = %d", a.status)
	}
	x.public(t)
	if body := visitor.page("/shops/" + l.Slug); strings.Contains(body, bad.Key) || !strings.Contains(body, good.Key) {
		t.Error("the page of the shop shows the wrong photos")
	}
	desk.done(path, hide) // pressed twice
	// The shop reads why, sends another, and takes note.
	body := staff.page(mine)
	if !strings.Contains(body, "街道撤下了 1 张照片") || !strings.Contains(body, "照到了别人的脸") {
		t.Errorf("the shop is not told: %s", complaint(body))
	}
	if !strings.Contains(staff.page("/my/shops/"+id), "街道撤下了 1 张照片") {
		t.Error("the page of the shop in the portal says nothing")
	}
	if to := staff.done(mine+"/order", url.Values{"do": {"read:" + bad.Key}}); to != mine+"?done=read" || strings.Contains(staff.page(mine), "撤下") {
		t.Errorf("taken note of: %s", to)
	}
	// All is well: one press.
	if to := desk.done(path, url.Values{"do": {"looked"}, "rev": {revision(x.shop(t, id).Rev)}}); to != "/desk?done=looked" {
		t.Errorf("leads to %s", to)
	}
	if body := desk.page("/desk"); strings.Contains(body, path) {
		t.Error("it still waits")
	}
	if a := staff.post(path, hide); a.status != http.StatusNotFound && a.status != http.StatusForbidden {
		t.Errorf("a shop hides a photo: %d", a.status)
	}
}

// A photo that was reported is hidden from the report itself.
func TestReportedPhotoIsHidden(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.people[demo.Staff].ListingIDs[0]
	if a := x.as(t, demo.Staff).upload("/my/shops/"+id+"/photos", nil, upload{"photo", "a.jpg", picture(t, 640, 480)}); a.status != http.StatusSeeOther {
		t.Fatal(a.status)
	}
	l := x.shop(t, id)
	x.as(t, "").done("/shops/"+l.Slug+"/report", url.Values{"reason": {"photo"}, "note": {"这是别家的照片"}})
	desk := x.as(t, demo.Coordinator)
	queue, err := x.services.Reports.Queue(t.Context(), x.actor(t, demo.Coordinator), "", 10)
	if err != nil {
		t.Fatal(err)
	}
	var item report.Item
	for _, r := range queue.Items {
		if r.ListingID == id {
			item = r
		}
	}
	path := "/desk/reports/" + item.ID
	if body := desk.page(path); !strings.Contains(body, "hide:"+l.Photos[0].Key) || !strings.Contains(body, "照片不该放在这里") {
		t.Fatalf("the report shows no photo: %s", complaint(body))
	}
	to := desk.done("/desk/photos/"+id, url.Values{"do": {"hide:" + l.Photos[0].Key}, "reason": {"not_here"}, "report": {item.ID}})
	if to != path+"?done=hidden" {
		t.Errorf("leads to %s", to)
	}
	if a := x.as(t, "").get("/" + l.Photos[0].File(320)); a.status != http.StatusNotFound {
		t.Errorf("the hidden photo = %d", a.status)
	}
	if body := desk.page(to); !strings.Contains(body, "不再显示了") {
		t.Errorf("nothing is said: %s", complaint(body))
	}
}

// The first offers of a shop wait to be looked at, public meanwhile; a hidden one tells its shop why.
func TestPostIsLookedAtAndHidden(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	id := x.people[demo.Owner].ListingIDs[0]
	by, ctx := x.actor(t, demo.Owner), t.Context()
	day := time.Unix(0, x.clock.Load()).Format(time.DateOnly)
	p := &post.Post{ListingID: id, Kind: post.Offer, Title: lang.Text{Hans: "最后三天清仓"}, Who: lang.Text{Hans: "人人"}, Conditions: lang.Text{Hans: "无"}, From: day, Until: day}
	if err := x.services.Posts.Create(ctx, by, p); err != nil {
		t.Fatal(err)
	}
	live, err := x.services.Posts.Publish(ctx, by, p.ID, p.Rev)
	if err != nil {
		t.Fatal(err)
	}
	desk, path := x.as(t, demo.Coordinator), "/desk/posts/"+p.ID
	if body := desk.page("/desk?kind=post"); !strings.Contains(body, path) {
		t.Fatalf("it does not wait: %s", complaint(body))
	}
	if body := desk.page(path); !strings.Contains(body, "最后三天清仓") || !strings.Contains(body, "看过了，没问题") {
		t.Errorf("the page: %s", complaint(body))
	}
	rev := revision(live.Rev)
	if a := desk.post(path, url.Values{"rev": {rev}, "do": {"hide"}}); a.status != http.StatusUnprocessableEntity {
		t.Errorf("without a reason = %d", a.status)
	}
	if a := desk.post(path, url.Values{"rev": {"1"}, "do": {"hide"}, "reason": {"advert"}}); a.status != http.StatusConflict {
		t.Errorf("an older revision = %d", a.status)
	}
	if to := desk.done(path, url.Values{"rev": {rev}, "do": {"hide"}, "reason": {"advert"}}); to != "/desk?done=hidden" {
		t.Errorf("leads to %s", to)
	}
	owner := x.as(t, demo.Owner)
	if body := owner.page("/my/shops/" + id + "/posts/" + p.ID); !strings.Contains(body, "街道撤下了这一条") || !strings.Contains(body, "只是广告") {
		t.Errorf("the shop is not told: %s", complaint(body))
	}
	if a := desk.post(path, url.Values{"rev": {rev}, "do": {"looked"}}); a.status != http.StatusConflict {
		t.Errorf("looked at afterwards = %d", a.status)
	}
}
