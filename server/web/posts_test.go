package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"shangquan/services/demo"
	"shangquan/services/hours"
	"shangquan/services/lang"
	"shangquan/services/post"
)

// haircut is an offer as a form sends it: two Saturdays in a row, in the morning.
func haircut(more ...string) url.Values {
	v := url.Values{
		"kind": {"offer"}, "title": {"60 岁以上理发 8 折"}, "who": {"60 岁以上"}, "conditions": {"凭身份证"}, "text": {"周六早上不用排队"},
		"from": {"2026-10-15"}, "until": {"2026-10-24"}, "times": {"09:00"}, "times_end": {"11:00"}, "repeat.every": {"week"}, "repeat.days": {"3", "5"},
	}
	for i := 0; i+1 < len(more); i += 2 {
		v.Set(more[i], more[i+1])
	}
	return v
}

func (x *town) posts(t testing.TB, listingID string) []post.Post {
	t.Helper()
	all, err := x.services.Posts.ByListing(t.Context(), x.actor(t, demo.Owner), listingID)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// A member writes an offer: customers see it on the page, in lists, in search, in their calendar and among the offers, until its
// last day is over.
func TestPostComesAndGoesByItself(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	list := "/my/shops/" + id + "/posts"
	if to := staff.done(list+"/new", haircut("do", "publish")); to != list+"?done=published" {
		t.Fatalf("leads to %s", to)
	}
	if body := staff.page(list + "?done=published"); !strings.Contains(body, "公开了") || !strings.Contains(body, "60 岁以上理发 8 折") || !strings.Contains(body, "顾客看得到的") {
		t.Error(complaint(body))
	}
	x.public(t)
	visitor, slug := x.as(t, ""), x.shop(t, id).Slug
	shop := visitor.page("/shops/" + slug)
	for _, want := range []string{"本店消息与优惠", "60 岁以上理发 8 折", "10 月 15 日至 10 月 24 日，每周四、周六 9:00–11:00", "60 岁以上，凭身份证", `href="/shops/` + slug + `/calendar.ics"`} {
		if !strings.Contains(shop, want) {
			t.Errorf("the page of the shop lacks %q", want)
		}
	}
	row := visitor.page("/?q=" + url.QueryEscape("理发 8 折"))
	if !strings.Contains(row, "/shops/"+slug) || !strings.Contains(row, "#offer") {
		t.Error("the search does not show the offer")
	}
	ics := visitor.get("/shops/" + slug + "/calendar.ics")
	if ics.header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(ics.body, "RRULE:") || !strings.Contains(ics.body, "http://shop.test/shops/") {
		t.Errorf("%s\n%s", ics.header.Get("Content-Type"), ics.body)
	}
	offers := visitor.page("/offers")
	if !strings.Contains(offers, "60 岁以上理发 8 折") {
		t.Error("it is not among the offers")
	}
	told, _ := listOf(described(t, "/offers", offers)["ItemList"]["itemListElement"])[0].(map[string]any)["item"].(map[string]any)
	if told["@type"] != "Offer" || told["name"] != "60 岁以上理发 8 折" || told["availabilityStarts"] != "2026-10-15" || told["availabilityEnds"] != "2026-10-24" {
		t.Errorf("a search engine reads of it: %v", told)
	}
	if body := visitor.page("/en/offers"); !strings.Contains(body, "every Thu, Sat 9:00–11:00") {
		t.Errorf("in English: %s", complaint(body))
	}
	x.wait(24 * time.Hour) // a Friday: it holds again tomorrow, so lists say nothing today
	x.public(t)
	if strings.Contains(visitor.page("/?q="+url.QueryEscape("理发 8 折")), "#offer") {
		t.Error("the tag is there on a day without the offer")
	}
	x.wait(9 * 24 * time.Hour) // the day after the last one
	x.public(t)
	for _, path := range []string{"/shops/" + slug, "/offers", "/shops/" + slug + "/calendar.ics"} {
		if strings.Contains(visitor.page(path), "60 岁以上理发") {
			t.Errorf("%s still has it", path)
		}
	}
}

// What is wrong is said at the field, and everything typed is still there.
func TestPostRefused(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	list := "/my/shops/" + id + "/posts"
	for _, tt := range []struct{ name, field, value, control string }{
		{"no title", "title", "", "title"},
		{"text too long", "text", strings.Repeat("长", 61), "text"},
		{"an offer for nobody", "who", "", "who"},
		{"no kind", "kind", "secret", "kind"},
		{"a day there is not", "from", "2026-02-30", "from"},
		{"the wrong way round", "until", "2026-10-01", "until"},
		{"times that are none", "times", "late", "times"},
	} {
		a := staff.post(list+"/new", haircut(tt.field, tt.value, "do", "publish"))
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="`+tt.control+`-error"`) && !strings.Contains(a.body, `href="#`+tt.control+`"`) {
			t.Errorf("%s = %d: %s", tt.name, a.status, complaint(a.body))
		}
		if tt.field != "conditions" && !strings.Contains(a.body, "凭身份证") {
			t.Errorf("%s: what was typed is gone", tt.name)
		}
	}
	monthly := haircut("repeat.every", "month", "month_days", "40")
	if a := staff.post(list+"/new", monthly); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `id="month_days-error"`) {
		t.Errorf("the 40th of a month = %d", a.status)
	}
	if n := len(x.posts(t, id)); n != 0 {
		t.Errorf("%d posts are stored", n)
	}
	if a := staff.post(list+"/new", haircut("do", "preview")); a.status != http.StatusOK || !strings.Contains(a.body, "顾客看到的") || len(x.posts(t, id)) != 0 {
		t.Errorf("the preview = %d", a.status)
	}
}

func TestPostIsChangedAndWithdrawn(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	list := "/my/shops/" + id + "/posts"
	staff.done(list+"/new", haircut("do", "save"))
	p := x.posts(t, id)[0]
	here := list + "/" + p.ID
	if body := staff.page(here); !strings.Contains(body, `value="60 岁以上理发 8 折"`) || !strings.Contains(body, `value="09:00"`) || strings.Count(body, " checked") != 4 {
		t.Errorf("the form of a draft: %s", body)
	}
	// Two people at once: the second sees what the first has made of it, and what was typed.
	stale := strconv.FormatInt(p.Rev, 10)
	x.as(t, demo.Manager).done(here, haircut("title", "她的题目", "rev", stale, "do", "save"))
	a := staff.post(here, haircut("title", "他的题目", "rev", stale, "do", "save"))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "她的题目") || !strings.Contains(a.body, `value="他的题目"`) {
		t.Fatalf("the second of two = %d %s", a.status, complaint(a.body))
	}
	rev := strconv.FormatInt(x.posts(t, id)[0].Rev, 10)
	staff.done(here, haircut("title", "他的题目", "rev", rev, "do", "publish"))
	p = x.posts(t, id)[0]
	if p.State != post.Published || p.Title.Hans != "他的题目" {
		t.Fatalf("%+v", p)
	}
	if to := staff.done(here, url.Values{"rev": {strconv.FormatInt(p.Rev, 10)}, "do": {"withdraw"}}); to != list+"?done=withdrawn" {
		t.Errorf("leads to %s", to)
	}
	if p = x.posts(t, id)[0]; p.State != post.Withdrawn || p.Title.Hans != "他的题目" {
		t.Errorf("%+v", p)
	}
	if body := staff.page(here); strings.Contains(body, `value="publish"`) {
		t.Error("what was withdrawn can be published")
	}
}

// The sixth post at a time is kept, and says what to do.
func TestPostsAreFewAtATime(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	list := "/my/shops/" + id + "/posts"
	for range post.MaxLive {
		staff.done(list+"/new", haircut("do", "publish"))
	}
	a := staff.post(list+"/new", haircut("do", "publish"))
	if a.status != http.StatusConflict || !strings.Contains(a.body, "同时公开的消息满了，先撤下一条") || !strings.Contains(a.body, "改这一条") {
		t.Errorf("= %d %s", a.status, complaint(a.body))
	}
	if all := x.posts(t, id); len(all) != post.MaxLive+1 {
		t.Errorf("%d posts", len(all))
	}
}

func TestPostsOfOthers(t *testing.T) {
	t.Parallel()
	x := peopled(t)
	staff, id := x.as(t, demo.Staff), x.people[demo.Staff].ListingIDs[0]
	staff.done("/my/shops/"+id+"/posts/new", haircut("do", "save"))
	p := x.posts(t, id)[0]
	rival, theirs := x.as(t, demo.Rival), x.people[demo.Rival].ListingIDs[0]
	for _, path := range []string{"/my/shops/" + id + "/posts", "/my/shops/" + id + "/posts/" + p.ID, "/my/shops/" + theirs + "/posts/" + p.ID} {
		if a := rival.get(path); a.status != http.StatusNotFound {
			t.Errorf("GET %s = %d", path, a.status)
		}
	}
	if a := rival.post("/my/shops/"+theirs+"/posts/"+p.ID, url.Values{"rev": {"1"}, "do": {"withdraw"}}); a.status != http.StatusNotFound {
		t.Errorf("withdrawn by a rival = %d", a.status)
	}
	// The own post under the address of another own shop is not there either.
	owner, other := x.as(t, demo.Owner), x.people[demo.Owner].ListingIDs[1]
	if a := owner.get("/my/shops/" + other + "/posts/" + p.ID); a.status != http.StatusNotFound {
		t.Errorf("in another shop = %d", a.status)
	}
}

// A form and the post it makes say the same, whatever the recurrence.
func TestPostFormIsFaithful(t *testing.T) {
	for _, x := range []post.Post{
		{Kind: post.News, Areas: []string{"a", "b"}, Title: lang.Text{Hans: "上新", En: "New"}, From: "2026-10-15", Until: "2026-10-15", Repeat: post.Repeat{Days: []int{}}},
		{Kind: post.Event, From: "2026-10-15", Until: "2026-12-15", Repeat: post.Repeat{Every: post.Weekly, Days: []int{0, 6}}, Times: &hours.Span{Open: 9 * 60, Close: 11 * 60}},
		{Kind: post.Offer, From: "2026-10-15", Until: "2026-12-15", Repeat: post.Repeat{Every: post.Monthly, Days: []int{1, 15}}, Times: &hours.Span{Open: 22 * 60, Close: 26 * 60}},
	} {
		got := postForm(&x).post()
		if got.Kind != x.Kind || !slices.Equal(got.Areas, x.Areas) || got.Title != x.Title || got.From != x.From || got.Until != x.Until || !sameDays(got.Repeat, x.Repeat) || (got.Times == nil) != (x.Times == nil) || got.Times != nil && *got.Times != *x.Times {
			t.Errorf("%+v\n%+v", x, got)
		}
	}
}

func sameDays(a, b post.Repeat) bool {
	if a.Every != b.Every || len(a.Days) != len(b.Days) {
		return false
	}
	for i := range a.Days {
		if a.Days[i] != b.Days[i] {
			return false
		}
	}
	return true
}
